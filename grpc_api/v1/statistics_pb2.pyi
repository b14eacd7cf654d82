from grpc_api.v1 import commands_pb2 as _commands_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AgentActivity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGENT_ACTIVITY_UNSPECIFIED: _ClassVar[AgentActivity]
    AGENT_ACTIVITY_LOGGED_OUT: _ClassVar[AgentActivity]
    AGENT_ACTIVITY_TALKING: _ClassVar[AgentActivity]
    AGENT_ACTIVITY_HOLDING: _ClassVar[AgentActivity]
    AGENT_ACTIVITY_WRAP_UP: _ClassVar[AgentActivity]
    AGENT_ACTIVITY_RINGING: _ClassVar[AgentActivity]
    AGENT_ACTIVITY_NOT_READY: _ClassVar[AgentActivity]
    AGENT_ACTIVITY_ENGAGED: _ClassVar[AgentActivity]
    AGENT_ACTIVITY_IDLE: _ClassVar[AgentActivity]
AGENT_ACTIVITY_UNSPECIFIED: AgentActivity
AGENT_ACTIVITY_LOGGED_OUT: AgentActivity
AGENT_ACTIVITY_TALKING: AgentActivity
AGENT_ACTIVITY_HOLDING: AgentActivity
AGENT_ACTIVITY_WRAP_UP: AgentActivity
AGENT_ACTIVITY_RINGING: AgentActivity
AGENT_ACTIVITY_NOT_READY: AgentActivity
AGENT_ACTIVITY_ENGAGED: AgentActivity
AGENT_ACTIVITY_IDLE: AgentActivity

class ServiceLevels(_message.Message):
    __slots__ = ("of_offered", "of_answered", "of_answered_and_abandoned", "without_early_abandons", "with_early_abandons", "without_short_abandons", "without_abandons", "service_factor")
    OF_OFFERED_FIELD_NUMBER: _ClassVar[int]
    OF_ANSWERED_FIELD_NUMBER: _ClassVar[int]
    OF_ANSWERED_AND_ABANDONED_FIELD_NUMBER: _ClassVar[int]
    WITHOUT_EARLY_ABANDONS_FIELD_NUMBER: _ClassVar[int]
    WITH_EARLY_ABANDONS_FIELD_NUMBER: _ClassVar[int]
    WITHOUT_SHORT_ABANDONS_FIELD_NUMBER: _ClassVar[int]
    WITHOUT_ABANDONS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FACTOR_FIELD_NUMBER: _ClassVar[int]
    of_offered: float
    of_answered: float
    of_answered_and_abandoned: float
    without_early_abandons: float
    with_early_abandons: float
    without_short_abandons: float
    without_abandons: float
    service_factor: float
    def __init__(self, of_offered: _Optional[float] = ..., of_answered: _Optional[float] = ..., of_answered_and_abandoned: _Optional[float] = ..., without_early_abandons: _Optional[float] = ..., with_early_abandons: _Optional[float] = ..., without_short_abandons: _Optional[float] = ..., without_abandons: _Optional[float] = ..., service_factor: _Optional[float] = ...) -> None: ...

class WaitMetrics(_message.Message):
    __slots__ = ("arrived", "offered", "answered", "abandoned", "flowed_out", "service_level", "answered_share", "abandoned_share", "abandoned_share_without_short", "asa_s", "abandoned_wait_s")
    ARRIVED_FIELD_NUMBER: _ClassVar[int]
    OFFERED_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_FIELD_NUMBER: _ClassVar[int]
    FLOWED_OUT_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_SHARE_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_SHARE_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_SHARE_WITHOUT_SHORT_FIELD_NUMBER: _ClassVar[int]
    ASA_S_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_WAIT_S_FIELD_NUMBER: _ClassVar[int]
    arrived: int
    offered: int
    answered: int
    abandoned: int
    flowed_out: int
    service_level: ServiceLevels
    answered_share: float
    abandoned_share: float
    abandoned_share_without_short: float
    asa_s: float
    abandoned_wait_s: float
    def __init__(self, arrived: _Optional[int] = ..., offered: _Optional[int] = ..., answered: _Optional[int] = ..., abandoned: _Optional[int] = ..., flowed_out: _Optional[int] = ..., service_level: _Optional[_Union[ServiceLevels, _Mapping]] = ..., answered_share: _Optional[float] = ..., abandoned_share: _Optional[float] = ..., abandoned_share_without_short: _Optional[float] = ..., asa_s: _Optional[float] = ..., abandoned_wait_s: _Optional[float] = ...) -> None: ...

class WaitQuantiles(_message.Message):
    __slots__ = ("count", "p50_ns", "p75_ns", "p90_ns", "p95_ns", "p99_ns", "p999_ns", "max_ns")
    COUNT_FIELD_NUMBER: _ClassVar[int]
    P50_NS_FIELD_NUMBER: _ClassVar[int]
    P75_NS_FIELD_NUMBER: _ClassVar[int]
    P90_NS_FIELD_NUMBER: _ClassVar[int]
    P95_NS_FIELD_NUMBER: _ClassVar[int]
    P99_NS_FIELD_NUMBER: _ClassVar[int]
    P999_NS_FIELD_NUMBER: _ClassVar[int]
    MAX_NS_FIELD_NUMBER: _ClassVar[int]
    count: int
    p50_ns: int
    p75_ns: int
    p90_ns: int
    p95_ns: int
    p99_ns: int
    p999_ns: int
    max_ns: int
    def __init__(self, count: _Optional[int] = ..., p50_ns: _Optional[int] = ..., p75_ns: _Optional[int] = ..., p90_ns: _Optional[int] = ..., p95_ns: _Optional[int] = ..., p99_ns: _Optional[int] = ..., p999_ns: _Optional[int] = ..., max_ns: _Optional[int] = ...) -> None: ...

class QueueMetrics(_message.Message):
    __slots__ = ("contacts", "visits", "wait_s", "wait_longest_s", "queue_length", "queue_length_most", "overflowed_share", "aht_s", "talk_s", "hold_s", "acw_s", "transferred_share", "ring_s", "offers_answered_share", "answered_waits")
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    VISITS_FIELD_NUMBER: _ClassVar[int]
    WAIT_S_FIELD_NUMBER: _ClassVar[int]
    WAIT_LONGEST_S_FIELD_NUMBER: _ClassVar[int]
    QUEUE_LENGTH_FIELD_NUMBER: _ClassVar[int]
    QUEUE_LENGTH_MOST_FIELD_NUMBER: _ClassVar[int]
    OVERFLOWED_SHARE_FIELD_NUMBER: _ClassVar[int]
    AHT_S_FIELD_NUMBER: _ClassVar[int]
    TALK_S_FIELD_NUMBER: _ClassVar[int]
    HOLD_S_FIELD_NUMBER: _ClassVar[int]
    ACW_S_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_SHARE_FIELD_NUMBER: _ClassVar[int]
    RING_S_FIELD_NUMBER: _ClassVar[int]
    OFFERS_ANSWERED_SHARE_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_WAITS_FIELD_NUMBER: _ClassVar[int]
    contacts: WaitMetrics
    visits: WaitMetrics
    wait_s: float
    wait_longest_s: float
    queue_length: float
    queue_length_most: int
    overflowed_share: float
    aht_s: float
    talk_s: float
    hold_s: float
    acw_s: float
    transferred_share: float
    ring_s: float
    offers_answered_share: float
    answered_waits: WaitQuantiles
    def __init__(self, contacts: _Optional[_Union[WaitMetrics, _Mapping]] = ..., visits: _Optional[_Union[WaitMetrics, _Mapping]] = ..., wait_s: _Optional[float] = ..., wait_longest_s: _Optional[float] = ..., queue_length: _Optional[float] = ..., queue_length_most: _Optional[int] = ..., overflowed_share: _Optional[float] = ..., aht_s: _Optional[float] = ..., talk_s: _Optional[float] = ..., hold_s: _Optional[float] = ..., acw_s: _Optional[float] = ..., transferred_share: _Optional[float] = ..., ring_s: _Optional[float] = ..., offers_answered_share: _Optional[float] = ..., answered_waits: _Optional[_Union[WaitQuantiles, _Mapping]] = ...) -> None: ...

class AgentMetrics(_message.Message):
    __slots__ = ("staffed_h", "busy_h", "occupancy", "occupancy_without_ringing", "utilisation", "concurrency", "idle_share", "not_ready_share", "aht_s", "talk_s", "hold_s", "acw_s", "transferred_share", "offers_answered_share", "segments_per_staffed_h")
    STAFFED_H_FIELD_NUMBER: _ClassVar[int]
    BUSY_H_FIELD_NUMBER: _ClassVar[int]
    OCCUPANCY_FIELD_NUMBER: _ClassVar[int]
    OCCUPANCY_WITHOUT_RINGING_FIELD_NUMBER: _ClassVar[int]
    UTILISATION_FIELD_NUMBER: _ClassVar[int]
    CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    IDLE_SHARE_FIELD_NUMBER: _ClassVar[int]
    NOT_READY_SHARE_FIELD_NUMBER: _ClassVar[int]
    AHT_S_FIELD_NUMBER: _ClassVar[int]
    TALK_S_FIELD_NUMBER: _ClassVar[int]
    HOLD_S_FIELD_NUMBER: _ClassVar[int]
    ACW_S_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_SHARE_FIELD_NUMBER: _ClassVar[int]
    OFFERS_ANSWERED_SHARE_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_PER_STAFFED_H_FIELD_NUMBER: _ClassVar[int]
    staffed_h: float
    busy_h: float
    occupancy: float
    occupancy_without_ringing: float
    utilisation: float
    concurrency: float
    idle_share: float
    not_ready_share: float
    aht_s: float
    talk_s: float
    hold_s: float
    acw_s: float
    transferred_share: float
    offers_answered_share: float
    segments_per_staffed_h: float
    def __init__(self, staffed_h: _Optional[float] = ..., busy_h: _Optional[float] = ..., occupancy: _Optional[float] = ..., occupancy_without_ringing: _Optional[float] = ..., utilisation: _Optional[float] = ..., concurrency: _Optional[float] = ..., idle_share: _Optional[float] = ..., not_ready_share: _Optional[float] = ..., aht_s: _Optional[float] = ..., talk_s: _Optional[float] = ..., hold_s: _Optional[float] = ..., acw_s: _Optional[float] = ..., transferred_share: _Optional[float] = ..., offers_answered_share: _Optional[float] = ..., segments_per_staffed_h: _Optional[float] = ...) -> None: ...

class QueueTotals(_message.Message):
    __slots__ = ("entered", "entered_overflow", "entered_requeue", "answered", "answered_in", "answered_elsewhere", "abandoned", "abandoned_in", "abandoned_short", "ended_elsewhere", "overflowed", "diverted", "rejected", "requeued", "cancelled", "lost", "wait_answered_ns", "wait_abandoned_ns", "wait_other_ns", "wait_max_ns", "waiting_ns", "waiting_max", "contacts", "contacts_answered", "contacts_answered_in", "contacts_handled", "contacts_abandoned", "contacts_abandoned_in", "contacts_abandoned_short", "contacts_diverted", "contacts_rejected", "contacts_cancelled", "contacts_lost", "contacts_transferred", "contact_wait_answered_ns", "contact_wait_abandoned_ns", "offers", "offers_rejected", "offers_missed", "offers_failed", "offers_withdrawn", "ring_ns", "segments", "transferred", "talk_ns", "hold_ns", "wrap_ups", "wrap_up_ns", "arrived_outbound", "arrived_internal", "arrived_legs", "placed", "contacts_merged", "handed_over", "holds")
    ENTERED_FIELD_NUMBER: _ClassVar[int]
    ENTERED_OVERFLOW_FIELD_NUMBER: _ClassVar[int]
    ENTERED_REQUEUE_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_IN_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_ELSEWHERE_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_IN_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_SHORT_FIELD_NUMBER: _ClassVar[int]
    ENDED_ELSEWHERE_FIELD_NUMBER: _ClassVar[int]
    OVERFLOWED_FIELD_NUMBER: _ClassVar[int]
    DIVERTED_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    REQUEUED_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    LOST_FIELD_NUMBER: _ClassVar[int]
    WAIT_ANSWERED_NS_FIELD_NUMBER: _ClassVar[int]
    WAIT_ABANDONED_NS_FIELD_NUMBER: _ClassVar[int]
    WAIT_OTHER_NS_FIELD_NUMBER: _ClassVar[int]
    WAIT_MAX_NS_FIELD_NUMBER: _ClassVar[int]
    WAITING_NS_FIELD_NUMBER: _ClassVar[int]
    WAITING_MAX_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_ANSWERED_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_ANSWERED_IN_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_HANDLED_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_ABANDONED_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_ABANDONED_IN_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_ABANDONED_SHORT_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_DIVERTED_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_REJECTED_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_CANCELLED_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_LOST_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_TRANSFERRED_FIELD_NUMBER: _ClassVar[int]
    CONTACT_WAIT_ANSWERED_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_WAIT_ABANDONED_NS_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    OFFERS_REJECTED_FIELD_NUMBER: _ClassVar[int]
    OFFERS_MISSED_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FAILED_FIELD_NUMBER: _ClassVar[int]
    OFFERS_WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    RING_NS_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_FIELD_NUMBER: _ClassVar[int]
    TALK_NS_FIELD_NUMBER: _ClassVar[int]
    HOLD_NS_FIELD_NUMBER: _ClassVar[int]
    WRAP_UPS_FIELD_NUMBER: _ClassVar[int]
    WRAP_UP_NS_FIELD_NUMBER: _ClassVar[int]
    ARRIVED_OUTBOUND_FIELD_NUMBER: _ClassVar[int]
    ARRIVED_INTERNAL_FIELD_NUMBER: _ClassVar[int]
    ARRIVED_LEGS_FIELD_NUMBER: _ClassVar[int]
    PLACED_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_MERGED_FIELD_NUMBER: _ClassVar[int]
    HANDED_OVER_FIELD_NUMBER: _ClassVar[int]
    HOLDS_FIELD_NUMBER: _ClassVar[int]
    entered: int
    entered_overflow: int
    entered_requeue: int
    answered: int
    answered_in: int
    answered_elsewhere: int
    abandoned: int
    abandoned_in: int
    abandoned_short: int
    ended_elsewhere: int
    overflowed: int
    diverted: int
    rejected: int
    requeued: int
    cancelled: int
    lost: int
    wait_answered_ns: int
    wait_abandoned_ns: int
    wait_other_ns: int
    wait_max_ns: int
    waiting_ns: int
    waiting_max: int
    contacts: int
    contacts_answered: int
    contacts_answered_in: int
    contacts_handled: int
    contacts_abandoned: int
    contacts_abandoned_in: int
    contacts_abandoned_short: int
    contacts_diverted: int
    contacts_rejected: int
    contacts_cancelled: int
    contacts_lost: int
    contacts_transferred: int
    contact_wait_answered_ns: int
    contact_wait_abandoned_ns: int
    offers: int
    offers_rejected: int
    offers_missed: int
    offers_failed: int
    offers_withdrawn: int
    ring_ns: int
    segments: int
    transferred: int
    talk_ns: int
    hold_ns: int
    wrap_ups: int
    wrap_up_ns: int
    arrived_outbound: int
    arrived_internal: int
    arrived_legs: int
    placed: int
    contacts_merged: int
    handed_over: int
    holds: int
    def __init__(self, entered: _Optional[int] = ..., entered_overflow: _Optional[int] = ..., entered_requeue: _Optional[int] = ..., answered: _Optional[int] = ..., answered_in: _Optional[int] = ..., answered_elsewhere: _Optional[int] = ..., abandoned: _Optional[int] = ..., abandoned_in: _Optional[int] = ..., abandoned_short: _Optional[int] = ..., ended_elsewhere: _Optional[int] = ..., overflowed: _Optional[int] = ..., diverted: _Optional[int] = ..., rejected: _Optional[int] = ..., requeued: _Optional[int] = ..., cancelled: _Optional[int] = ..., lost: _Optional[int] = ..., wait_answered_ns: _Optional[int] = ..., wait_abandoned_ns: _Optional[int] = ..., wait_other_ns: _Optional[int] = ..., wait_max_ns: _Optional[int] = ..., waiting_ns: _Optional[int] = ..., waiting_max: _Optional[int] = ..., contacts: _Optional[int] = ..., contacts_answered: _Optional[int] = ..., contacts_answered_in: _Optional[int] = ..., contacts_handled: _Optional[int] = ..., contacts_abandoned: _Optional[int] = ..., contacts_abandoned_in: _Optional[int] = ..., contacts_abandoned_short: _Optional[int] = ..., contacts_diverted: _Optional[int] = ..., contacts_rejected: _Optional[int] = ..., contacts_cancelled: _Optional[int] = ..., contacts_lost: _Optional[int] = ..., contacts_transferred: _Optional[int] = ..., contact_wait_answered_ns: _Optional[int] = ..., contact_wait_abandoned_ns: _Optional[int] = ..., offers: _Optional[int] = ..., offers_rejected: _Optional[int] = ..., offers_missed: _Optional[int] = ..., offers_failed: _Optional[int] = ..., offers_withdrawn: _Optional[int] = ..., ring_ns: _Optional[int] = ..., segments: _Optional[int] = ..., transferred: _Optional[int] = ..., talk_ns: _Optional[int] = ..., hold_ns: _Optional[int] = ..., wrap_ups: _Optional[int] = ..., wrap_up_ns: _Optional[int] = ..., arrived_outbound: _Optional[int] = ..., arrived_internal: _Optional[int] = ..., arrived_legs: _Optional[int] = ..., placed: _Optional[int] = ..., contacts_merged: _Optional[int] = ..., handed_over: _Optional[int] = ..., holds: _Optional[int] = ...) -> None: ...

class AgentTotals(_message.Message):
    __slots__ = ("staffed_ns", "talking_ns", "holding_ns", "wrap_up_ns", "ringing_ns", "not_ready_ns", "engaged_ns", "idle_ns", "not_ready_by", "in_hand_ns", "log_ins", "log_outs", "offers", "accepted", "rejected", "missed", "failed", "withdrawn", "segments", "handled", "transferred", "talk_ns", "hold_ns", "wrap_ups", "contact_wrap_up_ns", "placed", "handed_over", "taken_over", "holds")
    class NotReadyByEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    STAFFED_NS_FIELD_NUMBER: _ClassVar[int]
    TALKING_NS_FIELD_NUMBER: _ClassVar[int]
    HOLDING_NS_FIELD_NUMBER: _ClassVar[int]
    WRAP_UP_NS_FIELD_NUMBER: _ClassVar[int]
    RINGING_NS_FIELD_NUMBER: _ClassVar[int]
    NOT_READY_NS_FIELD_NUMBER: _ClassVar[int]
    ENGAGED_NS_FIELD_NUMBER: _ClassVar[int]
    IDLE_NS_FIELD_NUMBER: _ClassVar[int]
    NOT_READY_BY_FIELD_NUMBER: _ClassVar[int]
    IN_HAND_NS_FIELD_NUMBER: _ClassVar[int]
    LOG_INS_FIELD_NUMBER: _ClassVar[int]
    LOG_OUTS_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    MISSED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    HANDLED_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_FIELD_NUMBER: _ClassVar[int]
    TALK_NS_FIELD_NUMBER: _ClassVar[int]
    HOLD_NS_FIELD_NUMBER: _ClassVar[int]
    WRAP_UPS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_WRAP_UP_NS_FIELD_NUMBER: _ClassVar[int]
    PLACED_FIELD_NUMBER: _ClassVar[int]
    HANDED_OVER_FIELD_NUMBER: _ClassVar[int]
    TAKEN_OVER_FIELD_NUMBER: _ClassVar[int]
    HOLDS_FIELD_NUMBER: _ClassVar[int]
    staffed_ns: int
    talking_ns: int
    holding_ns: int
    wrap_up_ns: int
    ringing_ns: int
    not_ready_ns: int
    engaged_ns: int
    idle_ns: int
    not_ready_by: _containers.ScalarMap[str, int]
    in_hand_ns: int
    log_ins: int
    log_outs: int
    offers: int
    accepted: int
    rejected: int
    missed: int
    failed: int
    withdrawn: int
    segments: int
    handled: int
    transferred: int
    talk_ns: int
    hold_ns: int
    wrap_ups: int
    contact_wrap_up_ns: int
    placed: int
    handed_over: int
    taken_over: int
    holds: int
    def __init__(self, staffed_ns: _Optional[int] = ..., talking_ns: _Optional[int] = ..., holding_ns: _Optional[int] = ..., wrap_up_ns: _Optional[int] = ..., ringing_ns: _Optional[int] = ..., not_ready_ns: _Optional[int] = ..., engaged_ns: _Optional[int] = ..., idle_ns: _Optional[int] = ..., not_ready_by: _Optional[_Mapping[str, int]] = ..., in_hand_ns: _Optional[int] = ..., log_ins: _Optional[int] = ..., log_outs: _Optional[int] = ..., offers: _Optional[int] = ..., accepted: _Optional[int] = ..., rejected: _Optional[int] = ..., missed: _Optional[int] = ..., failed: _Optional[int] = ..., withdrawn: _Optional[int] = ..., segments: _Optional[int] = ..., handled: _Optional[int] = ..., transferred: _Optional[int] = ..., talk_ns: _Optional[int] = ..., hold_ns: _Optional[int] = ..., wrap_ups: _Optional[int] = ..., contact_wrap_up_ns: _Optional[int] = ..., placed: _Optional[int] = ..., handed_over: _Optional[int] = ..., taken_over: _Optional[int] = ..., holds: _Optional[int] = ...) -> None: ...

class RecentVisits(_message.Message):
    __slots__ = ("span_ns", "answered", "answered_in", "abandoned", "abandoned_in", "abandoned_short", "service_level")
    SPAN_NS_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_IN_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_IN_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_SHORT_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    span_ns: int
    answered: int
    answered_in: int
    abandoned: int
    abandoned_in: int
    abandoned_short: int
    service_level: float
    def __init__(self, span_ns: _Optional[int] = ..., answered: _Optional[int] = ..., answered_in: _Optional[int] = ..., abandoned: _Optional[int] = ..., abandoned_in: _Optional[int] = ..., abandoned_short: _Optional[int] = ..., service_level: _Optional[float] = ...) -> None: ...

class AgentsByState(_message.Message):
    __slots__ = ("staffed", "talking", "holding", "wrap_up", "ringing", "not_ready", "engaged", "idle", "not_ready_by", "occupancy")
    class NotReadyByEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    STAFFED_FIELD_NUMBER: _ClassVar[int]
    TALKING_FIELD_NUMBER: _ClassVar[int]
    HOLDING_FIELD_NUMBER: _ClassVar[int]
    WRAP_UP_FIELD_NUMBER: _ClassVar[int]
    RINGING_FIELD_NUMBER: _ClassVar[int]
    NOT_READY_FIELD_NUMBER: _ClassVar[int]
    ENGAGED_FIELD_NUMBER: _ClassVar[int]
    IDLE_FIELD_NUMBER: _ClassVar[int]
    NOT_READY_BY_FIELD_NUMBER: _ClassVar[int]
    OCCUPANCY_FIELD_NUMBER: _ClassVar[int]
    staffed: int
    talking: int
    holding: int
    wrap_up: int
    ringing: int
    not_ready: int
    engaged: int
    idle: int
    not_ready_by: _containers.ScalarMap[str, int]
    occupancy: float
    def __init__(self, staffed: _Optional[int] = ..., talking: _Optional[int] = ..., holding: _Optional[int] = ..., wrap_up: _Optional[int] = ..., ringing: _Optional[int] = ..., not_ready: _Optional[int] = ..., engaged: _Optional[int] = ..., idle: _Optional[int] = ..., not_ready_by: _Optional[_Mapping[str, int]] = ..., occupancy: _Optional[float] = ...) -> None: ...

class QueueStatistics(_message.Message):
    __slots__ = ("queue", "channel", "at_ns", "waiting", "longest_wait_ns", "in_hand", "in_wrap_up", "agents", "recent", "interval_start_ns", "total", "interval", "last", "metrics", "interval_metrics")
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    LONGEST_WAIT_NS_FIELD_NUMBER: _ClassVar[int]
    IN_HAND_FIELD_NUMBER: _ClassVar[int]
    IN_WRAP_UP_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    RECENT_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_START_NS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_METRICS_FIELD_NUMBER: _ClassVar[int]
    queue: str
    channel: str
    at_ns: int
    waiting: int
    longest_wait_ns: int
    in_hand: int
    in_wrap_up: int
    agents: AgentsByState
    recent: _containers.RepeatedCompositeFieldContainer[RecentVisits]
    interval_start_ns: int
    total: QueueTotals
    interval: QueueTotals
    last: QueueTotals
    metrics: QueueMetrics
    interval_metrics: QueueMetrics
    def __init__(self, queue: _Optional[str] = ..., channel: _Optional[str] = ..., at_ns: _Optional[int] = ..., waiting: _Optional[int] = ..., longest_wait_ns: _Optional[int] = ..., in_hand: _Optional[int] = ..., in_wrap_up: _Optional[int] = ..., agents: _Optional[_Union[AgentsByState, _Mapping]] = ..., recent: _Optional[_Iterable[_Union[RecentVisits, _Mapping]]] = ..., interval_start_ns: _Optional[int] = ..., total: _Optional[_Union[QueueTotals, _Mapping]] = ..., interval: _Optional[_Union[QueueTotals, _Mapping]] = ..., last: _Optional[_Union[QueueTotals, _Mapping]] = ..., metrics: _Optional[_Union[QueueMetrics, _Mapping]] = ..., interval_metrics: _Optional[_Union[QueueMetrics, _Mapping]] = ...) -> None: ...

class AgentStatistics(_message.Message):
    __slots__ = ("agent", "at_ns", "state", "since_ns", "log_in_ns", "leaving", "ready", "reason", "device", "in_hand", "held", "ringing", "wrap_ups", "occupancy", "total", "interval", "last", "metrics")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SINCE_NS_FIELD_NUMBER: _ClassVar[int]
    LOG_IN_NS_FIELD_NUMBER: _ClassVar[int]
    LEAVING_FIELD_NUMBER: _ClassVar[int]
    READY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    IN_HAND_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    RINGING_FIELD_NUMBER: _ClassVar[int]
    WRAP_UPS_FIELD_NUMBER: _ClassVar[int]
    OCCUPANCY_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    agent: str
    at_ns: int
    state: AgentActivity
    since_ns: int
    log_in_ns: int
    leaving: bool
    ready: bool
    reason: str
    device: _commands_pb2.Device
    in_hand: int
    held: int
    ringing: int
    wrap_ups: int
    occupancy: float
    total: AgentTotals
    interval: AgentTotals
    last: AgentTotals
    metrics: AgentMetrics
    def __init__(self, agent: _Optional[str] = ..., at_ns: _Optional[int] = ..., state: _Optional[_Union[AgentActivity, str]] = ..., since_ns: _Optional[int] = ..., log_in_ns: _Optional[int] = ..., leaving: _Optional[bool] = ..., ready: _Optional[bool] = ..., reason: _Optional[str] = ..., device: _Optional[_Union[_commands_pb2.Device, str]] = ..., in_hand: _Optional[int] = ..., held: _Optional[int] = ..., ringing: _Optional[int] = ..., wrap_ups: _Optional[int] = ..., occupancy: _Optional[float] = ..., total: _Optional[_Union[AgentTotals, _Mapping]] = ..., interval: _Optional[_Union[AgentTotals, _Mapping]] = ..., last: _Optional[_Union[AgentTotals, _Mapping]] = ..., metrics: _Optional[_Union[AgentMetrics, _Mapping]] = ...) -> None: ...

class GroupStatistics(_message.Message):
    __slots__ = ("group", "at_ns", "agents")
    GROUP_FIELD_NUMBER: _ClassVar[int]
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    group: str
    at_ns: int
    agents: AgentsByState
    def __init__(self, group: _Optional[str] = ..., at_ns: _Optional[int] = ..., agents: _Optional[_Union[AgentsByState, _Mapping]] = ...) -> None: ...

class CentreStatistics(_message.Message):
    __slots__ = ("at_ns", "contacts", "contacts_waiting", "contacts_in_hand", "waiting", "longest_wait_ns", "agents", "recent", "interval_start_ns", "total", "metrics")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_WAITING_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_IN_HAND_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    LONGEST_WAIT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    RECENT_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_START_NS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contacts: int
    contacts_waiting: int
    contacts_in_hand: int
    waiting: int
    longest_wait_ns: int
    agents: AgentsByState
    recent: _containers.RepeatedCompositeFieldContainer[RecentVisits]
    interval_start_ns: int
    total: QueueTotals
    metrics: QueueMetrics
    def __init__(self, at_ns: _Optional[int] = ..., contacts: _Optional[int] = ..., contacts_waiting: _Optional[int] = ..., contacts_in_hand: _Optional[int] = ..., waiting: _Optional[int] = ..., longest_wait_ns: _Optional[int] = ..., agents: _Optional[_Union[AgentsByState, _Mapping]] = ..., recent: _Optional[_Iterable[_Union[RecentVisits, _Mapping]]] = ..., interval_start_ns: _Optional[int] = ..., total: _Optional[_Union[QueueTotals, _Mapping]] = ..., metrics: _Optional[_Union[QueueMetrics, _Mapping]] = ...) -> None: ...
