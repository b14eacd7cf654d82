from grpc_api.v1 import commands_pb2 as _commands_pb2
from grpc_api.v1 import nouns_pb2 as _nouns_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SegmentState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEGMENT_STATE_UNSPECIFIED: _ClassVar[SegmentState]
    SEGMENT_STATE_RINGING: _ClassVar[SegmentState]
    SEGMENT_STATE_HANDLING: _ClassVar[SegmentState]
    SEGMENT_STATE_WRAP_UP: _ClassVar[SegmentState]
    SEGMENT_STATE_HELD: _ClassVar[SegmentState]

class ContactState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONTACT_STATE_UNSPECIFIED: _ClassVar[ContactState]
    CONTACT_STATE_WAITING: _ClassVar[ContactState]
    CONTACT_STATE_OFFERED: _ClassVar[ContactState]
    CONTACT_STATE_HANDLING: _ClassVar[ContactState]
    CONTACT_STATE_HELD: _ClassVar[ContactState]

class ReasonCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REASON_CODE_UNSPECIFIED: _ClassVar[ReasonCode]
    REASON_CODE_NOT_LOGGED_IN: _ClassVar[ReasonCode]
    REASON_CODE_LEAVING: _ClassVar[ReasonCode]
    REASON_CODE_NOT_READY: _ClassVar[ReasonCode]
    REASON_CODE_DEVICE: _ClassVar[ReasonCode]
    REASON_CODE_RETRY_HOLD: _ClassVar[ReasonCode]
    REASON_CODE_NO_ROOM: _ClassVar[ReasonCode]
    REASON_CODE_INTERRUPTION: _ClassVar[ReasonCode]
    REASON_CODE_PAIR_HOLD: _ClassVar[ReasonCode]
    REASON_CODE_CONTACT_HELD: _ClassVar[ReasonCode]
    REASON_CODE_NOT_A_MEMBER: _ClassVar[ReasonCode]
    REASON_CODE_RESERVE_NOT_ACTIVE: _ClassVar[ReasonCode]
    REASON_CODE_STEP_NOT_SATISFIED: _ClassVar[ReasonCode]
    REASON_CODE_PREFERRED_WAIT: _ClassVar[ReasonCode]
    REASON_CODE_RINGS_ALREADY: _ClassVar[ReasonCode]
    REASON_CODE_RINGS_ENOUGH: _ClassVar[ReasonCode]
    REASON_CODE_BATCH_WINDOW: _ClassVar[ReasonCode]
    REASON_CODE_RESERVED_FOR_OTHER: _ClassVar[ReasonCode]
    REASON_CODE_RESUMING: _ClassVar[ReasonCode]
    REASON_CODE_TAKES_PART: _ClassVar[ReasonCode]
SEGMENT_STATE_UNSPECIFIED: SegmentState
SEGMENT_STATE_RINGING: SegmentState
SEGMENT_STATE_HANDLING: SegmentState
SEGMENT_STATE_WRAP_UP: SegmentState
SEGMENT_STATE_HELD: SegmentState
CONTACT_STATE_UNSPECIFIED: ContactState
CONTACT_STATE_WAITING: ContactState
CONTACT_STATE_OFFERED: ContactState
CONTACT_STATE_HANDLING: ContactState
CONTACT_STATE_HELD: ContactState
REASON_CODE_UNSPECIFIED: ReasonCode
REASON_CODE_NOT_LOGGED_IN: ReasonCode
REASON_CODE_LEAVING: ReasonCode
REASON_CODE_NOT_READY: ReasonCode
REASON_CODE_DEVICE: ReasonCode
REASON_CODE_RETRY_HOLD: ReasonCode
REASON_CODE_NO_ROOM: ReasonCode
REASON_CODE_INTERRUPTION: ReasonCode
REASON_CODE_PAIR_HOLD: ReasonCode
REASON_CODE_CONTACT_HELD: ReasonCode
REASON_CODE_NOT_A_MEMBER: ReasonCode
REASON_CODE_RESERVE_NOT_ACTIVE: ReasonCode
REASON_CODE_STEP_NOT_SATISFIED: ReasonCode
REASON_CODE_PREFERRED_WAIT: ReasonCode
REASON_CODE_RINGS_ALREADY: ReasonCode
REASON_CODE_RINGS_ENOUGH: ReasonCode
REASON_CODE_BATCH_WINDOW: ReasonCode
REASON_CODE_RESERVED_FOR_OTHER: ReasonCode
REASON_CODE_RESUMING: ReasonCode
REASON_CODE_TAKES_PART: ReasonCode

class SegmentView(_message.Message):
    __slots__ = ("agent", "contact", "queue", "state", "offer", "until_ns", "accepted_ns", "channel", "load", "held_since_ns")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_NS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    LOAD_FIELD_NUMBER: _ClassVar[int]
    HELD_SINCE_NS_FIELD_NUMBER: _ClassVar[int]
    agent: str
    contact: str
    queue: str
    state: SegmentState
    offer: int
    until_ns: int
    accepted_ns: int
    channel: str
    load: int
    held_since_ns: int
    def __init__(self, agent: _Optional[str] = ..., contact: _Optional[str] = ..., queue: _Optional[str] = ..., state: _Optional[_Union[SegmentState, str]] = ..., offer: _Optional[int] = ..., until_ns: _Optional[int] = ..., accepted_ns: _Optional[int] = ..., channel: _Optional[str] = ..., load: _Optional[int] = ..., held_since_ns: _Optional[int] = ...) -> None: ...

class AgentView(_message.Message):
    __slots__ = ("id", "logged_in", "leaving", "ready", "reason", "device", "available", "idle_since_ns", "retry_until_ns", "handled", "misses", "segments", "occupancy", "not_ready_until_ns")
    ID_FIELD_NUMBER: _ClassVar[int]
    LOGGED_IN_FIELD_NUMBER: _ClassVar[int]
    LEAVING_FIELD_NUMBER: _ClassVar[int]
    READY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    IDLE_SINCE_NS_FIELD_NUMBER: _ClassVar[int]
    RETRY_UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    HANDLED_FIELD_NUMBER: _ClassVar[int]
    MISSES_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    OCCUPANCY_FIELD_NUMBER: _ClassVar[int]
    NOT_READY_UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    id: str
    logged_in: bool
    leaving: bool
    ready: bool
    reason: str
    device: _commands_pb2.Device
    available: bool
    idle_since_ns: int
    retry_until_ns: int
    handled: int
    misses: int
    segments: _containers.RepeatedCompositeFieldContainer[SegmentView]
    occupancy: int
    not_ready_until_ns: int
    def __init__(self, id: _Optional[str] = ..., logged_in: _Optional[bool] = ..., leaving: _Optional[bool] = ..., ready: _Optional[bool] = ..., reason: _Optional[str] = ..., device: _Optional[_Union[_commands_pb2.Device, str]] = ..., available: _Optional[bool] = ..., idle_since_ns: _Optional[int] = ..., retry_until_ns: _Optional[int] = ..., handled: _Optional[int] = ..., misses: _Optional[int] = ..., segments: _Optional[_Iterable[_Union[SegmentView, _Mapping]]] = ..., occupancy: _Optional[int] = ..., not_ready_until_ns: _Optional[int] = ...) -> None: ...

class VisitView(_message.Message):
    __slots__ = ("queue", "enqueued_ns", "entered_ns", "step", "spills")
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    ENQUEUED_NS_FIELD_NUMBER: _ClassVar[int]
    ENTERED_NS_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    SPILLS_FIELD_NUMBER: _ClassVar[int]
    queue: str
    enqueued_ns: int
    entered_ns: int
    step: int
    spills: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, queue: _Optional[str] = ..., enqueued_ns: _Optional[int] = ..., entered_ns: _Optional[int] = ..., step: _Optional[int] = ..., spills: _Optional[_Iterable[int]] = ...) -> None: ...

class ContactView(_message.Message):
    __slots__ = ("id", "state", "channel", "priority", "customer", "enqueued_ns", "lead_queue", "visits", "segment", "held_until_ns", "segments", "prefer_until_ns", "due_ns", "expedited", "credit_ns", "reserved", "attributes", "front_end", "direction", "parent", "legs", "joined")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    ENQUEUED_NS_FIELD_NUMBER: _ClassVar[int]
    LEAD_QUEUE_FIELD_NUMBER: _ClassVar[int]
    VISITS_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    HELD_UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    PREFER_UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    DUE_NS_FIELD_NUMBER: _ClassVar[int]
    EXPEDITED_FIELD_NUMBER: _ClassVar[int]
    CREDIT_NS_FIELD_NUMBER: _ClassVar[int]
    RESERVED_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    LEGS_FIELD_NUMBER: _ClassVar[int]
    JOINED_FIELD_NUMBER: _ClassVar[int]
    id: str
    state: ContactState
    channel: str
    priority: int
    customer: str
    enqueued_ns: int
    lead_queue: str
    visits: _containers.RepeatedCompositeFieldContainer[VisitView]
    segment: SegmentView
    held_until_ns: int
    segments: _containers.RepeatedCompositeFieldContainer[SegmentView]
    prefer_until_ns: int
    due_ns: int
    expedited: bool
    credit_ns: int
    reserved: str
    attributes: _containers.ScalarMap[str, str]
    front_end: str
    direction: _commands_pb2.Direction
    parent: str
    legs: _containers.RepeatedScalarFieldContainer[str]
    joined: bool
    def __init__(self, id: _Optional[str] = ..., state: _Optional[_Union[ContactState, str]] = ..., channel: _Optional[str] = ..., priority: _Optional[int] = ..., customer: _Optional[str] = ..., enqueued_ns: _Optional[int] = ..., lead_queue: _Optional[str] = ..., visits: _Optional[_Iterable[_Union[VisitView, _Mapping]]] = ..., segment: _Optional[_Union[SegmentView, _Mapping]] = ..., held_until_ns: _Optional[int] = ..., segments: _Optional[_Iterable[_Union[SegmentView, _Mapping]]] = ..., prefer_until_ns: _Optional[int] = ..., due_ns: _Optional[int] = ..., expedited: _Optional[bool] = ..., credit_ns: _Optional[int] = ..., reserved: _Optional[str] = ..., attributes: _Optional[_Mapping[str, str]] = ..., front_end: _Optional[str] = ..., direction: _Optional[_Union[_commands_pb2.Direction, str]] = ..., parent: _Optional[str] = ..., legs: _Optional[_Iterable[str]] = ..., joined: _Optional[bool] = ...) -> None: ...

class QueueView(_message.Message):
    __slots__ = ("id", "open", "waiting", "members_logged_in", "estimate_ns", "reserves_on")
    ID_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_LOGGED_IN_FIELD_NUMBER: _ClassVar[int]
    ESTIMATE_NS_FIELD_NUMBER: _ClassVar[int]
    RESERVES_ON_FIELD_NUMBER: _ClassVar[int]
    id: str
    open: bool
    waiting: int
    members_logged_in: int
    estimate_ns: int
    reserves_on: _containers.RepeatedScalarFieldContainer[bool]
    def __init__(self, id: _Optional[str] = ..., open: _Optional[bool] = ..., waiting: _Optional[int] = ..., members_logged_in: _Optional[int] = ..., estimate_ns: _Optional[int] = ..., reserves_on: _Optional[_Iterable[bool]] = ...) -> None: ...

class VerdictReason(_message.Message):
    __slots__ = ("code", "subject", "queue", "until_ns", "have", "most", "terms")
    CODE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    HAVE_FIELD_NUMBER: _ClassVar[int]
    MOST_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    code: ReasonCode
    subject: str
    queue: str
    until_ns: int
    have: int
    most: int
    terms: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, code: _Optional[_Union[ReasonCode, str]] = ..., subject: _Optional[str] = ..., queue: _Optional[str] = ..., until_ns: _Optional[int] = ..., have: _Optional[int] = ..., most: _Optional[int] = ..., terms: _Optional[_Iterable[str]] = ...) -> None: ...

class ScorePart(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: int
    def __init__(self, name: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...

class OrderKey(_message.Message):
    __slots__ = ("tier", "rank_ns", "enqueued_ns", "seq", "expedited", "parts")
    TIER_FIELD_NUMBER: _ClassVar[int]
    RANK_NS_FIELD_NUMBER: _ClassVar[int]
    ENQUEUED_NS_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    EXPEDITED_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    tier: int
    rank_ns: int
    enqueued_ns: int
    seq: int
    expedited: bool
    parts: _containers.RepeatedCompositeFieldContainer[ScorePart]
    def __init__(self, tier: _Optional[int] = ..., rank_ns: _Optional[int] = ..., enqueued_ns: _Optional[int] = ..., seq: _Optional[int] = ..., expedited: _Optional[bool] = ..., parts: _Optional[_Iterable[_Union[ScorePart, _Mapping]]] = ...) -> None: ...

class ReserveState(_message.Message):
    __slots__ = ("index", "spilled", "on")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    SPILLED_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    index: int
    spilled: bool
    on: bool
    def __init__(self, index: _Optional[int] = ..., spilled: _Optional[bool] = ..., on: _Optional[bool] = ...) -> None: ...

class VisitExplanation(_message.Message):
    __slots__ = ("queue", "key", "entered_ns", "step", "steps", "expression", "when", "reached_ns", "next_after_ns", "next_expression", "next_when", "reserves")
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    ENTERED_NS_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    WHEN_FIELD_NUMBER: _ClassVar[int]
    REACHED_NS_FIELD_NUMBER: _ClassVar[int]
    NEXT_AFTER_NS_FIELD_NUMBER: _ClassVar[int]
    NEXT_EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    NEXT_WHEN_FIELD_NUMBER: _ClassVar[int]
    RESERVES_FIELD_NUMBER: _ClassVar[int]
    queue: str
    key: OrderKey
    entered_ns: int
    step: int
    steps: int
    expression: str
    when: str
    reached_ns: int
    next_after_ns: int
    next_expression: str
    next_when: str
    reserves: _containers.RepeatedCompositeFieldContainer[ReserveState]
    def __init__(self, queue: _Optional[str] = ..., key: _Optional[_Union[OrderKey, _Mapping]] = ..., entered_ns: _Optional[int] = ..., step: _Optional[int] = ..., steps: _Optional[int] = ..., expression: _Optional[str] = ..., when: _Optional[str] = ..., reached_ns: _Optional[int] = ..., next_after_ns: _Optional[int] = ..., next_expression: _Optional[str] = ..., next_when: _Optional[str] = ..., reserves: _Optional[_Iterable[_Union[ReserveState, _Mapping]]] = ...) -> None: ...

class AgentFigures(_message.Message):
    __slots__ = ("idle_since_ns", "idle_ns", "handled", "occupancy", "score", "parts", "share", "share_given", "share_of", "position", "preference", "direct")
    IDLE_SINCE_NS_FIELD_NUMBER: _ClassVar[int]
    IDLE_NS_FIELD_NUMBER: _ClassVar[int]
    HANDLED_FIELD_NUMBER: _ClassVar[int]
    OCCUPANCY_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    SHARE_GIVEN_FIELD_NUMBER: _ClassVar[int]
    SHARE_OF_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    PREFERENCE_FIELD_NUMBER: _ClassVar[int]
    DIRECT_FIELD_NUMBER: _ClassVar[int]
    idle_since_ns: int
    idle_ns: int
    handled: int
    occupancy: int
    score: int
    parts: _containers.RepeatedCompositeFieldContainer[ScorePart]
    share: str
    share_given: int
    share_of: int
    position: int
    preference: int
    direct: bool
    def __init__(self, idle_since_ns: _Optional[int] = ..., idle_ns: _Optional[int] = ..., handled: _Optional[int] = ..., occupancy: _Optional[int] = ..., score: _Optional[int] = ..., parts: _Optional[_Iterable[_Union[ScorePart, _Mapping]]] = ..., share: _Optional[str] = ..., share_given: _Optional[int] = ..., share_of: _Optional[int] = ..., position: _Optional[int] = ..., preference: _Optional[int] = ..., direct: _Optional[bool] = ...) -> None: ...

class Verdict(_message.Message):
    __slots__ = ("agent", "candidate", "place", "reasons", "figures")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    agent: str
    candidate: bool
    place: int
    reasons: _containers.RepeatedCompositeFieldContainer[VerdictReason]
    figures: AgentFigures
    def __init__(self, agent: _Optional[str] = ..., candidate: _Optional[bool] = ..., place: _Optional[int] = ..., reasons: _Optional[_Iterable[_Union[VerdictReason, _Mapping]]] = ..., figures: _Optional[_Union[AgentFigures, _Mapping]] = ...) -> None: ...

class Explanation(_message.Message):
    __slots__ = ("at_ns", "contact", "state", "channel", "load", "priority", "lead_queue", "strategy", "key", "before", "standing", "visits", "held_until_ns", "prefer_until_ns", "batch_until_ns", "reserved", "rings_at", "verdicts", "agents", "candidates", "totals")
    class TotalsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    LOAD_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    LEAD_QUEUE_FIELD_NUMBER: _ClassVar[int]
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    STANDING_FIELD_NUMBER: _ClassVar[int]
    VISITS_FIELD_NUMBER: _ClassVar[int]
    HELD_UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    PREFER_UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    BATCH_UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    RESERVED_FIELD_NUMBER: _ClassVar[int]
    RINGS_AT_FIELD_NUMBER: _ClassVar[int]
    VERDICTS_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    state: ContactState
    channel: str
    load: int
    priority: int
    lead_queue: str
    strategy: _nouns_pb2.Strategy
    key: OrderKey
    before: int
    standing: int
    visits: _containers.RepeatedCompositeFieldContainer[VisitExplanation]
    held_until_ns: int
    prefer_until_ns: int
    batch_until_ns: int
    reserved: str
    rings_at: _containers.RepeatedScalarFieldContainer[str]
    verdicts: _containers.RepeatedCompositeFieldContainer[Verdict]
    agents: int
    candidates: int
    totals: _containers.ScalarMap[str, int]
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., state: _Optional[_Union[ContactState, str]] = ..., channel: _Optional[str] = ..., load: _Optional[int] = ..., priority: _Optional[int] = ..., lead_queue: _Optional[str] = ..., strategy: _Optional[_Union[_nouns_pb2.Strategy, str]] = ..., key: _Optional[_Union[OrderKey, _Mapping]] = ..., before: _Optional[int] = ..., standing: _Optional[int] = ..., visits: _Optional[_Iterable[_Union[VisitExplanation, _Mapping]]] = ..., held_until_ns: _Optional[int] = ..., prefer_until_ns: _Optional[int] = ..., batch_until_ns: _Optional[int] = ..., reserved: _Optional[str] = ..., rings_at: _Optional[_Iterable[str]] = ..., verdicts: _Optional[_Iterable[_Union[Verdict, _Mapping]]] = ..., agents: _Optional[int] = ..., candidates: _Optional[int] = ..., totals: _Optional[_Mapping[str, int]] = ...) -> None: ...
