from grpc_api.v1 import nouns_pb2 as _nouns_pb2
from grpc_api.v1 import remarks_pb2 as _remarks_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Device(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DEVICE_UNSPECIFIED: _ClassVar[Device]
    DEVICE_AVAILABLE: _ClassVar[Device]
    DEVICE_IN_USE: _ClassVar[Device]
    DEVICE_UNREACHABLE: _ClassVar[Device]

class FailCause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FAIL_CAUSE_UNSPECIFIED: _ClassVar[FailCause]
    FAIL_CAUSE_BUSY: _ClassVar[FailCause]
    FAIL_CAUSE_UNREACHABLE: _ClassVar[FailCause]
    FAIL_CAUSE_TRUNK_ERROR: _ClassVar[FailCause]
    FAIL_CAUSE_NO_ANSWER: _ClassVar[FailCause]

class AttemptState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ATTEMPT_STATE_UNSPECIFIED: _ClassVar[AttemptState]
    ATTEMPT_STATE_RINGING: _ClassVar[AttemptState]
    ATTEMPT_STATE_ANSWERED: _ClassVar[AttemptState]

class AttemptOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ATTEMPT_OUTCOME_UNSPECIFIED: _ClassVar[AttemptOutcome]
    ATTEMPT_OUTCOME_PERSON: _ClassVar[AttemptOutcome]
    ATTEMPT_OUTCOME_MACHINE: _ClassVar[AttemptOutcome]
    ATTEMPT_OUTCOME_FAX: _ClassVar[AttemptOutcome]
    ATTEMPT_OUTCOME_BUSY: _ClassVar[AttemptOutcome]
    ATTEMPT_OUTCOME_NO_ANSWER: _ClassVar[AttemptOutcome]
    ATTEMPT_OUTCOME_INVALID: _ClassVar[AttemptOutcome]
    ATTEMPT_OUTCOME_CONGESTION: _ClassVar[AttemptOutcome]
    ATTEMPT_OUTCOME_CARRIER_ERROR: _ClassVar[AttemptOutcome]
    ATTEMPT_OUTCOME_CANCELLED: _ClassVar[AttemptOutcome]
    ATTEMPT_OUTCOME_LOST: _ClassVar[AttemptOutcome]

class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIRECTION_UNSPECIFIED: _ClassVar[Direction]
    DIRECTION_INBOUND: _ClassVar[Direction]
    DIRECTION_OUTBOUND: _ClassVar[Direction]
    DIRECTION_INTERNAL: _ClassVar[Direction]
DEVICE_UNSPECIFIED: Device
DEVICE_AVAILABLE: Device
DEVICE_IN_USE: Device
DEVICE_UNREACHABLE: Device
FAIL_CAUSE_UNSPECIFIED: FailCause
FAIL_CAUSE_BUSY: FailCause
FAIL_CAUSE_UNREACHABLE: FailCause
FAIL_CAUSE_TRUNK_ERROR: FailCause
FAIL_CAUSE_NO_ANSWER: FailCause
ATTEMPT_STATE_UNSPECIFIED: AttemptState
ATTEMPT_STATE_RINGING: AttemptState
ATTEMPT_STATE_ANSWERED: AttemptState
ATTEMPT_OUTCOME_UNSPECIFIED: AttemptOutcome
ATTEMPT_OUTCOME_PERSON: AttemptOutcome
ATTEMPT_OUTCOME_MACHINE: AttemptOutcome
ATTEMPT_OUTCOME_FAX: AttemptOutcome
ATTEMPT_OUTCOME_BUSY: AttemptOutcome
ATTEMPT_OUTCOME_NO_ANSWER: AttemptOutcome
ATTEMPT_OUTCOME_INVALID: AttemptOutcome
ATTEMPT_OUTCOME_CONGESTION: AttemptOutcome
ATTEMPT_OUTCOME_CARRIER_ERROR: AttemptOutcome
ATTEMPT_OUTCOME_CANCELLED: AttemptOutcome
ATTEMPT_OUTCOME_LOST: AttemptOutcome
DIRECTION_UNSPECIFIED: Direction
DIRECTION_INBOUND: Direction
DIRECTION_OUTBOUND: Direction
DIRECTION_INTERNAL: Direction

class LiveCall(_message.Message):
    __slots__ = ("contact", "agent")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    contact: str
    agent: str
    def __init__(self, contact: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class LogIn(_message.Message):
    __slots__ = ("agent", "ready", "reason")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    READY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    agent: str
    ready: bool
    reason: str
    def __init__(self, agent: _Optional[str] = ..., ready: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class LogOut(_message.Message):
    __slots__ = ("agent", "force")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    agent: str
    force: bool
    def __init__(self, agent: _Optional[str] = ..., force: _Optional[bool] = ...) -> None: ...

class SetReady(_message.Message):
    __slots__ = ("agent",)
    AGENT_FIELD_NUMBER: _ClassVar[int]
    agent: str
    def __init__(self, agent: _Optional[str] = ...) -> None: ...

class SetNotReady(_message.Message):
    __slots__ = ("agent", "reason")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    agent: str
    reason: str
    def __init__(self, agent: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ReportDevice(_message.Message):
    __slots__ = ("agent", "state", "endpoint", "said")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    SAID_FIELD_NUMBER: _ClassVar[int]
    agent: str
    state: Device
    endpoint: str
    said: str
    def __init__(self, agent: _Optional[str] = ..., state: _Optional[_Union[Device, str]] = ..., endpoint: _Optional[str] = ..., said: _Optional[str] = ...) -> None: ...

class EndWrapUp(_message.Message):
    __slots__ = ("agent", "contact")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    agent: str
    contact: str
    def __init__(self, agent: _Optional[str] = ..., contact: _Optional[str] = ...) -> None: ...

class EnqueueContact(_message.Message):
    __slots__ = ("contact", "queues", "channel", "priority", "requirement", "steps", "credit_ns", "load", "customer", "attributes", "due_ns", "preferred", "prefer_ns", "front_end", "parent", "direction")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REQUIREMENT_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    CREDIT_NS_FIELD_NUMBER: _ClassVar[int]
    LOAD_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    DUE_NS_FIELD_NUMBER: _ClassVar[int]
    PREFERRED_FIELD_NUMBER: _ClassVar[int]
    PREFER_NS_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    contact: str
    queues: _containers.RepeatedScalarFieldContainer[str]
    channel: str
    priority: int
    requirement: str
    steps: _containers.RepeatedCompositeFieldContainer[_nouns_pb2.Step]
    credit_ns: int
    load: int
    customer: str
    attributes: _nouns_pb2.Attributes
    due_ns: int
    preferred: _containers.RepeatedCompositeFieldContainer[_nouns_pb2.Preference]
    prefer_ns: int
    front_end: str
    parent: str
    direction: Direction
    def __init__(self, contact: _Optional[str] = ..., queues: _Optional[_Iterable[str]] = ..., channel: _Optional[str] = ..., priority: _Optional[int] = ..., requirement: _Optional[str] = ..., steps: _Optional[_Iterable[_Union[_nouns_pb2.Step, _Mapping]]] = ..., credit_ns: _Optional[int] = ..., load: _Optional[int] = ..., customer: _Optional[str] = ..., attributes: _Optional[_Union[_nouns_pb2.Attributes, _Mapping]] = ..., due_ns: _Optional[int] = ..., preferred: _Optional[_Iterable[_Union[_nouns_pb2.Preference, _Mapping]]] = ..., prefer_ns: _Optional[int] = ..., front_end: _Optional[str] = ..., parent: _Optional[str] = ..., direction: _Optional[_Union[Direction, str]] = ...) -> None: ...

class PlaceContact(_message.Message):
    __slots__ = ("contact", "agent", "queue", "direction", "channel", "load", "customer", "attributes", "front_end")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    LOAD_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    contact: str
    agent: str
    queue: str
    direction: Direction
    channel: str
    load: int
    customer: str
    attributes: _nouns_pb2.Attributes
    front_end: str
    def __init__(self, contact: _Optional[str] = ..., agent: _Optional[str] = ..., queue: _Optional[str] = ..., direction: _Optional[_Union[Direction, str]] = ..., channel: _Optional[str] = ..., load: _Optional[int] = ..., customer: _Optional[str] = ..., attributes: _Optional[_Union[_nouns_pb2.Attributes, _Mapping]] = ..., front_end: _Optional[str] = ...) -> None: ...

class HoldContact(_message.Message):
    __slots__ = ("contact",)
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    contact: str
    def __init__(self, contact: _Optional[str] = ...) -> None: ...

class RetrieveContact(_message.Message):
    __slots__ = ("contact",)
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    contact: str
    def __init__(self, contact: _Optional[str] = ...) -> None: ...

class JoinLeg(_message.Message):
    __slots__ = ("leg",)
    LEG_FIELD_NUMBER: _ClassVar[int]
    leg: str
    def __init__(self, leg: _Optional[str] = ...) -> None: ...

class PartLeg(_message.Message):
    __slots__ = ("leg",)
    LEG_FIELD_NUMBER: _ClassVar[int]
    leg: str
    def __init__(self, leg: _Optional[str] = ...) -> None: ...

class HandOver(_message.Message):
    __slots__ = ("contact", "leg")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    LEG_FIELD_NUMBER: _ClassVar[int]
    contact: str
    leg: str
    def __init__(self, contact: _Optional[str] = ..., leg: _Optional[str] = ...) -> None: ...

class Remark(_message.Message):
    __slots__ = ("contact", "remark")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    REMARK_FIELD_NUMBER: _ClassVar[int]
    contact: str
    remark: _remarks_pb2.AnyRemark
    def __init__(self, contact: _Optional[str] = ..., remark: _Optional[_Union[_remarks_pb2.AnyRemark, _Mapping]] = ...) -> None: ...

class AcceptOffer(_message.Message):
    __slots__ = ("contact", "agent", "offer")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    contact: str
    agent: str
    offer: int
    def __init__(self, contact: _Optional[str] = ..., agent: _Optional[str] = ..., offer: _Optional[int] = ...) -> None: ...

class RejectOffer(_message.Message):
    __slots__ = ("contact", "agent", "offer")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    contact: str
    agent: str
    offer: int
    def __init__(self, contact: _Optional[str] = ..., agent: _Optional[str] = ..., offer: _Optional[int] = ...) -> None: ...

class FailOffer(_message.Message):
    __slots__ = ("contact", "agent", "cause", "offer")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    contact: str
    agent: str
    cause: FailCause
    offer: int
    def __init__(self, contact: _Optional[str] = ..., agent: _Optional[str] = ..., cause: _Optional[_Union[FailCause, str]] = ..., offer: _Optional[int] = ...) -> None: ...

class WithdrawOffer(_message.Message):
    __slots__ = ("contact", "agent", "offer")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    contact: str
    agent: str
    offer: int
    def __init__(self, contact: _Optional[str] = ..., agent: _Optional[str] = ..., offer: _Optional[int] = ...) -> None: ...

class AbandonContact(_message.Message):
    __slots__ = ("contact",)
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    contact: str
    def __init__(self, contact: _Optional[str] = ...) -> None: ...

class CompleteContact(_message.Message):
    __slots__ = ("contact",)
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    contact: str
    def __init__(self, contact: _Optional[str] = ...) -> None: ...

class RequeueContact(_message.Message):
    __slots__ = ("contact", "queues", "keep_age", "priority", "steps", "preferred", "prefer_ns")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    KEEP_AGE_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    PREFERRED_FIELD_NUMBER: _ClassVar[int]
    PREFER_NS_FIELD_NUMBER: _ClassVar[int]
    contact: str
    queues: _containers.RepeatedScalarFieldContainer[str]
    keep_age: bool
    priority: int
    steps: _nouns_pb2.Steps
    preferred: _containers.RepeatedCompositeFieldContainer[_nouns_pb2.Preference]
    prefer_ns: int
    def __init__(self, contact: _Optional[str] = ..., queues: _Optional[_Iterable[str]] = ..., keep_age: _Optional[bool] = ..., priority: _Optional[int] = ..., steps: _Optional[_Union[_nouns_pb2.Steps, _Mapping]] = ..., preferred: _Optional[_Iterable[_Union[_nouns_pb2.Preference, _Mapping]]] = ..., prefer_ns: _Optional[int] = ...) -> None: ...

class UpdateContact(_message.Message):
    __slots__ = ("contact", "priority", "credit_ns", "due_ns", "expedite", "attributes")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    CREDIT_NS_FIELD_NUMBER: _ClassVar[int]
    DUE_NS_FIELD_NUMBER: _ClassVar[int]
    EXPEDITE_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    contact: str
    priority: int
    credit_ns: int
    due_ns: int
    expedite: bool
    attributes: _nouns_pb2.Attributes
    def __init__(self, contact: _Optional[str] = ..., priority: _Optional[int] = ..., credit_ns: _Optional[int] = ..., due_ns: _Optional[int] = ..., expedite: _Optional[bool] = ..., attributes: _Optional[_Union[_nouns_pb2.Attributes, _Mapping]] = ...) -> None: ...

class CancelContact(_message.Message):
    __slots__ = ("contact", "reason")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    contact: str
    reason: str
    def __init__(self, contact: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class PublishEstimate(_message.Message):
    __slots__ = ("queue", "wait_ns")
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    WAIT_NS_FIELD_NUMBER: _ClassVar[int]
    queue: str
    wait_ns: int
    def __init__(self, queue: _Optional[str] = ..., wait_ns: _Optional[int] = ...) -> None: ...

class OpenQueue(_message.Message):
    __slots__ = ("queue",)
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    queue: str
    def __init__(self, queue: _Optional[str] = ...) -> None: ...

class CloseQueue(_message.Message):
    __slots__ = ("queue",)
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    queue: str
    def __init__(self, queue: _Optional[str] = ...) -> None: ...

class ResetCounts(_message.Message):
    __slots__ = ("agent",)
    AGENT_FIELD_NUMBER: _ClassVar[int]
    agent: str
    def __init__(self, agent: _Optional[str] = ...) -> None: ...

class PutSkill(_message.Message):
    __slots__ = ("skill",)
    SKILL_FIELD_NUMBER: _ClassVar[int]
    skill: str
    def __init__(self, skill: _Optional[str] = ...) -> None: ...

class RemoveSkill(_message.Message):
    __slots__ = ("skill",)
    SKILL_FIELD_NUMBER: _ClassVar[int]
    skill: str
    def __init__(self, skill: _Optional[str] = ...) -> None: ...

class PutGroup(_message.Message):
    __slots__ = ("group",)
    GROUP_FIELD_NUMBER: _ClassVar[int]
    group: str
    def __init__(self, group: _Optional[str] = ...) -> None: ...

class RemoveGroup(_message.Message):
    __slots__ = ("group",)
    GROUP_FIELD_NUMBER: _ClassVar[int]
    group: str
    def __init__(self, group: _Optional[str] = ...) -> None: ...

class PutAgent(_message.Message):
    __slots__ = ("agent",)
    AGENT_FIELD_NUMBER: _ClassVar[int]
    agent: _nouns_pb2.Agent
    def __init__(self, agent: _Optional[_Union[_nouns_pb2.Agent, _Mapping]] = ...) -> None: ...

class SetSkills(_message.Message):
    __slots__ = ("agent", "skills")
    class SkillsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    AGENT_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    agent: str
    skills: _containers.ScalarMap[str, int]
    def __init__(self, agent: _Optional[str] = ..., skills: _Optional[_Mapping[str, int]] = ...) -> None: ...

class RemoveAgent(_message.Message):
    __slots__ = ("agent",)
    AGENT_FIELD_NUMBER: _ClassVar[int]
    agent: str
    def __init__(self, agent: _Optional[str] = ...) -> None: ...

class PutQueue(_message.Message):
    __slots__ = ("queue",)
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    queue: _nouns_pb2.Queue
    def __init__(self, queue: _Optional[_Union[_nouns_pb2.Queue, _Mapping]] = ...) -> None: ...

class RemoveQueue(_message.Message):
    __slots__ = ("queue", "move_to")
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    MOVE_TO_FIELD_NUMBER: _ClassVar[int]
    queue: str
    move_to: str
    def __init__(self, queue: _Optional[str] = ..., move_to: _Optional[str] = ...) -> None: ...

class Configure(_message.Message):
    __slots__ = ("config",)
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    config: _nouns_pb2.Config
    def __init__(self, config: _Optional[_Union[_nouns_pb2.Config, _Mapping]] = ...) -> None: ...

class Resume(_message.Message):
    __slots__ = ("until_ns",)
    UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    until_ns: int
    def __init__(self, until_ns: _Optional[int] = ...) -> None: ...

class SyncCalls(_message.Message):
    __slots__ = ("front_end", "live", "attempts")
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    LIVE_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    front_end: str
    live: _containers.RepeatedCompositeFieldContainer[LiveCall]
    attempts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, front_end: _Optional[str] = ..., live: _Optional[_Iterable[_Union[LiveCall, _Mapping]]] = ..., attempts: _Optional[_Iterable[str]] = ...) -> None: ...

class RequestDial(_message.Message):
    __slots__ = ("attempt", "campaign", "target", "carrier", "agent", "contact", "ring_ns", "front_end", "customer", "attributes")
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    RING_NS_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    attempt: str
    campaign: str
    target: str
    carrier: str
    agent: str
    contact: str
    ring_ns: int
    front_end: str
    customer: str
    attributes: _nouns_pb2.Attributes
    def __init__(self, attempt: _Optional[str] = ..., campaign: _Optional[str] = ..., target: _Optional[str] = ..., carrier: _Optional[str] = ..., agent: _Optional[str] = ..., contact: _Optional[str] = ..., ring_ns: _Optional[int] = ..., front_end: _Optional[str] = ..., customer: _Optional[str] = ..., attributes: _Optional[_Union[_nouns_pb2.Attributes, _Mapping]] = ...) -> None: ...

class ReportAttempt(_message.Message):
    __slots__ = ("attempt", "state")
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    attempt: str
    state: AttemptState
    def __init__(self, attempt: _Optional[str] = ..., state: _Optional[_Union[AttemptState, str]] = ...) -> None: ...

class EndAttempt(_message.Message):
    __slots__ = ("attempt", "outcome", "confidence", "detection_ns", "cause")
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    DETECTION_NS_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    attempt: str
    outcome: AttemptOutcome
    confidence: int
    detection_ns: int
    cause: str
    def __init__(self, attempt: _Optional[str] = ..., outcome: _Optional[_Union[AttemptOutcome, str]] = ..., confidence: _Optional[int] = ..., detection_ns: _Optional[int] = ..., cause: _Optional[str] = ...) -> None: ...

class Item(_message.Message):
    __slots__ = ("request_id", "log_in", "log_out", "set_ready", "set_not_ready", "report_device", "end_wrap_up", "enqueue_contact", "accept_offer", "reject_offer", "fail_offer", "withdraw_offer", "abandon_contact", "complete_contact", "requeue_contact", "update_contact", "cancel_contact", "publish_estimate", "open_queue", "close_queue", "reset_counts", "put_skill", "remove_skill", "put_group", "remove_group", "put_agent", "set_skills", "remove_agent", "put_queue", "remove_queue", "configure", "resume", "sync_calls", "request_dial", "report_attempt", "end_attempt", "hold_contact", "retrieve_contact", "place_contact", "join_leg", "part_leg", "hand_over", "remark")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LOG_IN_FIELD_NUMBER: _ClassVar[int]
    LOG_OUT_FIELD_NUMBER: _ClassVar[int]
    SET_READY_FIELD_NUMBER: _ClassVar[int]
    SET_NOT_READY_FIELD_NUMBER: _ClassVar[int]
    REPORT_DEVICE_FIELD_NUMBER: _ClassVar[int]
    END_WRAP_UP_FIELD_NUMBER: _ClassVar[int]
    ENQUEUE_CONTACT_FIELD_NUMBER: _ClassVar[int]
    ACCEPT_OFFER_FIELD_NUMBER: _ClassVar[int]
    REJECT_OFFER_FIELD_NUMBER: _ClassVar[int]
    FAIL_OFFER_FIELD_NUMBER: _ClassVar[int]
    WITHDRAW_OFFER_FIELD_NUMBER: _ClassVar[int]
    ABANDON_CONTACT_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_CONTACT_FIELD_NUMBER: _ClassVar[int]
    REQUEUE_CONTACT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_CONTACT_FIELD_NUMBER: _ClassVar[int]
    CANCEL_CONTACT_FIELD_NUMBER: _ClassVar[int]
    PUBLISH_ESTIMATE_FIELD_NUMBER: _ClassVar[int]
    OPEN_QUEUE_FIELD_NUMBER: _ClassVar[int]
    CLOSE_QUEUE_FIELD_NUMBER: _ClassVar[int]
    RESET_COUNTS_FIELD_NUMBER: _ClassVar[int]
    PUT_SKILL_FIELD_NUMBER: _ClassVar[int]
    REMOVE_SKILL_FIELD_NUMBER: _ClassVar[int]
    PUT_GROUP_FIELD_NUMBER: _ClassVar[int]
    REMOVE_GROUP_FIELD_NUMBER: _ClassVar[int]
    PUT_AGENT_FIELD_NUMBER: _ClassVar[int]
    SET_SKILLS_FIELD_NUMBER: _ClassVar[int]
    REMOVE_AGENT_FIELD_NUMBER: _ClassVar[int]
    PUT_QUEUE_FIELD_NUMBER: _ClassVar[int]
    REMOVE_QUEUE_FIELD_NUMBER: _ClassVar[int]
    CONFIGURE_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    SYNC_CALLS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_DIAL_FIELD_NUMBER: _ClassVar[int]
    REPORT_ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    END_ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    HOLD_CONTACT_FIELD_NUMBER: _ClassVar[int]
    RETRIEVE_CONTACT_FIELD_NUMBER: _ClassVar[int]
    PLACE_CONTACT_FIELD_NUMBER: _ClassVar[int]
    JOIN_LEG_FIELD_NUMBER: _ClassVar[int]
    PART_LEG_FIELD_NUMBER: _ClassVar[int]
    HAND_OVER_FIELD_NUMBER: _ClassVar[int]
    REMARK_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    log_in: LogIn
    log_out: LogOut
    set_ready: SetReady
    set_not_ready: SetNotReady
    report_device: ReportDevice
    end_wrap_up: EndWrapUp
    enqueue_contact: EnqueueContact
    accept_offer: AcceptOffer
    reject_offer: RejectOffer
    fail_offer: FailOffer
    withdraw_offer: WithdrawOffer
    abandon_contact: AbandonContact
    complete_contact: CompleteContact
    requeue_contact: RequeueContact
    update_contact: UpdateContact
    cancel_contact: CancelContact
    publish_estimate: PublishEstimate
    open_queue: OpenQueue
    close_queue: CloseQueue
    reset_counts: ResetCounts
    put_skill: PutSkill
    remove_skill: RemoveSkill
    put_group: PutGroup
    remove_group: RemoveGroup
    put_agent: PutAgent
    set_skills: SetSkills
    remove_agent: RemoveAgent
    put_queue: PutQueue
    remove_queue: RemoveQueue
    configure: Configure
    resume: Resume
    sync_calls: SyncCalls
    request_dial: RequestDial
    report_attempt: ReportAttempt
    end_attempt: EndAttempt
    hold_contact: HoldContact
    retrieve_contact: RetrieveContact
    place_contact: PlaceContact
    join_leg: JoinLeg
    part_leg: PartLeg
    hand_over: HandOver
    remark: Remark
    def __init__(self, request_id: _Optional[str] = ..., log_in: _Optional[_Union[LogIn, _Mapping]] = ..., log_out: _Optional[_Union[LogOut, _Mapping]] = ..., set_ready: _Optional[_Union[SetReady, _Mapping]] = ..., set_not_ready: _Optional[_Union[SetNotReady, _Mapping]] = ..., report_device: _Optional[_Union[ReportDevice, _Mapping]] = ..., end_wrap_up: _Optional[_Union[EndWrapUp, _Mapping]] = ..., enqueue_contact: _Optional[_Union[EnqueueContact, _Mapping]] = ..., accept_offer: _Optional[_Union[AcceptOffer, _Mapping]] = ..., reject_offer: _Optional[_Union[RejectOffer, _Mapping]] = ..., fail_offer: _Optional[_Union[FailOffer, _Mapping]] = ..., withdraw_offer: _Optional[_Union[WithdrawOffer, _Mapping]] = ..., abandon_contact: _Optional[_Union[AbandonContact, _Mapping]] = ..., complete_contact: _Optional[_Union[CompleteContact, _Mapping]] = ..., requeue_contact: _Optional[_Union[RequeueContact, _Mapping]] = ..., update_contact: _Optional[_Union[UpdateContact, _Mapping]] = ..., cancel_contact: _Optional[_Union[CancelContact, _Mapping]] = ..., publish_estimate: _Optional[_Union[PublishEstimate, _Mapping]] = ..., open_queue: _Optional[_Union[OpenQueue, _Mapping]] = ..., close_queue: _Optional[_Union[CloseQueue, _Mapping]] = ..., reset_counts: _Optional[_Union[ResetCounts, _Mapping]] = ..., put_skill: _Optional[_Union[PutSkill, _Mapping]] = ..., remove_skill: _Optional[_Union[RemoveSkill, _Mapping]] = ..., put_group: _Optional[_Union[PutGroup, _Mapping]] = ..., remove_group: _Optional[_Union[RemoveGroup, _Mapping]] = ..., put_agent: _Optional[_Union[PutAgent, _Mapping]] = ..., set_skills: _Optional[_Union[SetSkills, _Mapping]] = ..., remove_agent: _Optional[_Union[RemoveAgent, _Mapping]] = ..., put_queue: _Optional[_Union[PutQueue, _Mapping]] = ..., remove_queue: _Optional[_Union[RemoveQueue, _Mapping]] = ..., configure: _Optional[_Union[Configure, _Mapping]] = ..., resume: _Optional[_Union[Resume, _Mapping]] = ..., sync_calls: _Optional[_Union[SyncCalls, _Mapping]] = ..., request_dial: _Optional[_Union[RequestDial, _Mapping]] = ..., report_attempt: _Optional[_Union[ReportAttempt, _Mapping]] = ..., end_attempt: _Optional[_Union[EndAttempt, _Mapping]] = ..., hold_contact: _Optional[_Union[HoldContact, _Mapping]] = ..., retrieve_contact: _Optional[_Union[RetrieveContact, _Mapping]] = ..., place_contact: _Optional[_Union[PlaceContact, _Mapping]] = ..., join_leg: _Optional[_Union[JoinLeg, _Mapping]] = ..., part_leg: _Optional[_Union[PartLeg, _Mapping]] = ..., hand_over: _Optional[_Union[HandOver, _Mapping]] = ..., remark: _Optional[_Union[Remark, _Mapping]] = ...) -> None: ...
