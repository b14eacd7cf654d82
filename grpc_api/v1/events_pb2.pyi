from grpc_api.v1 import remarks_pb2 as _remarks_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ContactOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONTACT_OUTCOME_UNSPECIFIED: _ClassVar[ContactOutcome]
    CONTACT_OUTCOME_HANDLED: _ClassVar[ContactOutcome]
    CONTACT_OUTCOME_ABANDONED: _ClassVar[ContactOutcome]
    CONTACT_OUTCOME_DIVERTED: _ClassVar[ContactOutcome]
    CONTACT_OUTCOME_REJECTED: _ClassVar[ContactOutcome]
    CONTACT_OUTCOME_CANCELLED: _ClassVar[ContactOutcome]
    CONTACT_OUTCOME_LOST: _ClassVar[ContactOutcome]
    CONTACT_OUTCOME_MERGED: _ClassVar[ContactOutcome]

class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REASON_UNSPECIFIED: _ClassVar[Reason]
    REASON_ID_EMPTY: _ClassVar[Reason]
    REASON_ID_TOO_LONG: _ClassVar[Reason]
    REASON_ALREADY_SO: _ClassVar[Reason]
    REASON_EXISTS_WITH_DIFFERENT: _ClassVar[Reason]
    REASON_UNKNOWN_CONTACT: _ClassVar[Reason]
    REASON_UNKNOWN_AGENT: _ClassVar[Reason]
    REASON_UNKNOWN_QUEUE: _ClassVar[Reason]
    REASON_UNKNOWN_CHANNEL: _ClassVar[Reason]
    REASON_UNKNOWN_SKILL: _ClassVar[Reason]
    REASON_UNKNOWN_GROUP: _ClassVar[Reason]
    REASON_UNKNOWN_REASON: _ClassVar[Reason]
    REASON_NO_QUEUE: _ClassVar[Reason]
    REASON_TOO_MANY_QUEUES: _ClassVar[Reason]
    REASON_DUPLICATE_QUEUE: _ClassVar[Reason]
    REASON_PRIORITY_OUT_OF_RANGE: _ClassVar[Reason]
    REASON_CREDIT_OUT_OF_RANGE: _ClassVar[Reason]
    REASON_LOAD_OUT_OF_RANGE: _ClassVar[Reason]
    REASON_DUE_OUT_OF_RANGE: _ClassVar[Reason]
    REASON_ESTIMATE_OUT_OF_RANGE: _ClassVar[Reason]
    REASON_TOO_MANY_PREFERRED: _ClassVar[Reason]
    REASON_PREFER_OUT_OF_RANGE: _ClassVar[Reason]
    REASON_BAD_REQUIREMENT: _ClassVar[Reason]
    REASON_BAD_STEPS: _ClassVar[Reason]
    REASON_TOO_MANY_ATTRIBUTES: _ClassVar[Reason]
    REASON_ATTRIBUTES_TOO_LARGE: _ClassVar[Reason]
    REASON_INVALID_CONFIGURATION: _ClassVar[Reason]
    REASON_CONTACT_ENDED: _ClassVar[Reason]
    REASON_CONTACT_NOT_OFFERED: _ClassVar[Reason]
    REASON_OFFER_IS_ANOTHER: _ClassVar[Reason]
    REASON_CONTACT_NOT_HANDLED: _ClassVar[Reason]
    REASON_CONTACT_NOT_WAITING: _ClassVar[Reason]
    REASON_AGENT_LOGGED_OUT: _ClassVar[Reason]
    REASON_AGENT_LEAVING: _ClassVar[Reason]
    REASON_AGENT_NOT_IN_WRAP_UP: _ClassVar[Reason]
    REASON_SKILL_IN_USE: _ClassVar[Reason]
    REASON_GROUP_IN_USE: _ClassVar[Reason]
    REASON_QUEUE_IN_USE: _ClassVar[Reason]
    REASON_AGENTS_LIMIT: _ClassVar[Reason]
    REASON_QUEUES_LIMIT: _ClassVar[Reason]
    REASON_SKILLS_LIMIT: _ClassVar[Reason]
    REASON_GROUPS_LIMIT: _ClassVar[Reason]
    REASON_CONTACTS_LIMIT: _ClassVar[Reason]
    REASON_REQUIREMENTS_LIMIT: _ClassVar[Reason]
    REASON_LOADS_LIMIT: _ClassVar[Reason]
    REASON_HOLDS_LIMIT: _ClassVar[Reason]
    REASON_RESUME_OUT_OF_RANGE: _ClassVar[Reason]
    REASON_DUPLICATE_CONTACT: _ClassVar[Reason]
    REASON_UNKNOWN_ATTEMPT: _ClassVar[Reason]
    REASON_DUPLICATE_ATTEMPT: _ClassVar[Reason]
    REASON_RING_OUT_OF_RANGE: _ClassVar[Reason]
    REASON_OUTCOME_RESERVED: _ClassVar[Reason]
    REASON_CONFIDENCE_OUT_OF_RANGE: _ClassVar[Reason]
    REASON_DETECTION_OUT_OF_RANGE: _ClassVar[Reason]
    REASON_ATTEMPT_ENDED: _ClassVar[Reason]
    REASON_ATTEMPT_ANSWERED: _ClassVar[Reason]
    REASON_ATTEMPTS_LIMIT: _ClassVar[Reason]
    REASON_REMARK_TOO_LARGE: _ClassVar[Reason]
    REASON_CONTACT_IS_LEG: _ClassVar[Reason]
    REASON_CONTACT_NOT_LEG: _ClassVar[Reason]
    REASON_NO_LEG_JOINED: _ClassVar[Reason]
    REASON_AGENT_NO_ROOM: _ClassVar[Reason]
    REASON_DISPOSITION_REQUIRED: _ClassVar[Reason]
    REASON_LEGS_LIMIT: _ClassVar[Reason]
CONTACT_OUTCOME_UNSPECIFIED: ContactOutcome
CONTACT_OUTCOME_HANDLED: ContactOutcome
CONTACT_OUTCOME_ABANDONED: ContactOutcome
CONTACT_OUTCOME_DIVERTED: ContactOutcome
CONTACT_OUTCOME_REJECTED: ContactOutcome
CONTACT_OUTCOME_CANCELLED: ContactOutcome
CONTACT_OUTCOME_LOST: ContactOutcome
CONTACT_OUTCOME_MERGED: ContactOutcome
REASON_UNSPECIFIED: Reason
REASON_ID_EMPTY: Reason
REASON_ID_TOO_LONG: Reason
REASON_ALREADY_SO: Reason
REASON_EXISTS_WITH_DIFFERENT: Reason
REASON_UNKNOWN_CONTACT: Reason
REASON_UNKNOWN_AGENT: Reason
REASON_UNKNOWN_QUEUE: Reason
REASON_UNKNOWN_CHANNEL: Reason
REASON_UNKNOWN_SKILL: Reason
REASON_UNKNOWN_GROUP: Reason
REASON_UNKNOWN_REASON: Reason
REASON_NO_QUEUE: Reason
REASON_TOO_MANY_QUEUES: Reason
REASON_DUPLICATE_QUEUE: Reason
REASON_PRIORITY_OUT_OF_RANGE: Reason
REASON_CREDIT_OUT_OF_RANGE: Reason
REASON_LOAD_OUT_OF_RANGE: Reason
REASON_DUE_OUT_OF_RANGE: Reason
REASON_ESTIMATE_OUT_OF_RANGE: Reason
REASON_TOO_MANY_PREFERRED: Reason
REASON_PREFER_OUT_OF_RANGE: Reason
REASON_BAD_REQUIREMENT: Reason
REASON_BAD_STEPS: Reason
REASON_TOO_MANY_ATTRIBUTES: Reason
REASON_ATTRIBUTES_TOO_LARGE: Reason
REASON_INVALID_CONFIGURATION: Reason
REASON_CONTACT_ENDED: Reason
REASON_CONTACT_NOT_OFFERED: Reason
REASON_OFFER_IS_ANOTHER: Reason
REASON_CONTACT_NOT_HANDLED: Reason
REASON_CONTACT_NOT_WAITING: Reason
REASON_AGENT_LOGGED_OUT: Reason
REASON_AGENT_LEAVING: Reason
REASON_AGENT_NOT_IN_WRAP_UP: Reason
REASON_SKILL_IN_USE: Reason
REASON_GROUP_IN_USE: Reason
REASON_QUEUE_IN_USE: Reason
REASON_AGENTS_LIMIT: Reason
REASON_QUEUES_LIMIT: Reason
REASON_SKILLS_LIMIT: Reason
REASON_GROUPS_LIMIT: Reason
REASON_CONTACTS_LIMIT: Reason
REASON_REQUIREMENTS_LIMIT: Reason
REASON_LOADS_LIMIT: Reason
REASON_HOLDS_LIMIT: Reason
REASON_RESUME_OUT_OF_RANGE: Reason
REASON_DUPLICATE_CONTACT: Reason
REASON_UNKNOWN_ATTEMPT: Reason
REASON_DUPLICATE_ATTEMPT: Reason
REASON_RING_OUT_OF_RANGE: Reason
REASON_OUTCOME_RESERVED: Reason
REASON_CONFIDENCE_OUT_OF_RANGE: Reason
REASON_DETECTION_OUT_OF_RANGE: Reason
REASON_ATTEMPT_ENDED: Reason
REASON_ATTEMPT_ANSWERED: Reason
REASON_ATTEMPTS_LIMIT: Reason
REASON_REMARK_TOO_LARGE: Reason
REASON_CONTACT_IS_LEG: Reason
REASON_CONTACT_NOT_LEG: Reason
REASON_NO_LEG_JOINED: Reason
REASON_AGENT_NO_ROOM: Reason
REASON_DISPOSITION_REQUIRED: Reason
REASON_LEGS_LIMIT: Reason

class AgentLoggedIn(_message.Message):
    __slots__ = ("at_ns", "agent", "ready", "reason")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    READY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    agent: str
    ready: bool
    reason: str
    def __init__(self, at_ns: _Optional[int] = ..., agent: _Optional[str] = ..., ready: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class AgentLoggedOut(_message.Message):
    __slots__ = ("at_ns", "agent")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    agent: str
    def __init__(self, at_ns: _Optional[int] = ..., agent: _Optional[str] = ...) -> None: ...

class LogOutPending(_message.Message):
    __slots__ = ("at_ns", "agent")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    agent: str
    def __init__(self, at_ns: _Optional[int] = ..., agent: _Optional[str] = ...) -> None: ...

class AgentReady(_message.Message):
    __slots__ = ("at_ns", "agent")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    agent: str
    def __init__(self, at_ns: _Optional[int] = ..., agent: _Optional[str] = ...) -> None: ...

class AgentNotReady(_message.Message):
    __slots__ = ("at_ns", "agent", "reason")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    agent: str
    reason: str
    def __init__(self, at_ns: _Optional[int] = ..., agent: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class DeviceReported(_message.Message):
    __slots__ = ("at_ns", "agent", "state")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    agent: str
    state: str
    def __init__(self, at_ns: _Optional[int] = ..., agent: _Optional[str] = ..., state: _Optional[str] = ...) -> None: ...

class ContactEnqueued(_message.Message):
    __slots__ = ("at_ns", "contact", "queues", "channel", "priority", "direction", "parent")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    queues: _containers.RepeatedScalarFieldContainer[str]
    channel: str
    priority: int
    direction: str
    parent: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., queues: _Optional[_Iterable[str]] = ..., channel: _Optional[str] = ..., priority: _Optional[int] = ..., direction: _Optional[str] = ..., parent: _Optional[str] = ...) -> None: ...

class ContactPlaced(_message.Message):
    __slots__ = ("at_ns", "contact", "agent", "queue", "channel", "direction")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    queue: str
    channel: str
    direction: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ..., queue: _Optional[str] = ..., channel: _Optional[str] = ..., direction: _Optional[str] = ...) -> None: ...

class ContactHeld(_message.Message):
    __slots__ = ("at_ns", "contact", "agent")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class ContactRetrieved(_message.Message):
    __slots__ = ("at_ns", "contact", "agent", "held_ns")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    HELD_NS_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    held_ns: int
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ..., held_ns: _Optional[int] = ...) -> None: ...

class LegJoined(_message.Message):
    __slots__ = ("at_ns", "contact", "leg", "agent")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    LEG_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    leg: str
    agent: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., leg: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class LegParted(_message.Message):
    __slots__ = ("at_ns", "contact", "leg", "agent")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    LEG_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    leg: str
    agent: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., leg: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class ContactHandedOver(_message.Message):
    __slots__ = ("at_ns", "contact", "leg", "agent", "to_agent", "queue")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    LEG_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    TO_AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    leg: str
    agent: str
    to_agent: str
    queue: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., leg: _Optional[str] = ..., agent: _Optional[str] = ..., to_agent: _Optional[str] = ..., queue: _Optional[str] = ...) -> None: ...

class ContactRemarked(_message.Message):
    __slots__ = ("at_ns", "contact", "agent", "remark")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    REMARK_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    remark: _remarks_pb2.AnyRemark
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ..., remark: _Optional[_Union[_remarks_pb2.AnyRemark, _Mapping]] = ...) -> None: ...

class NotReadyTimeExceeded(_message.Message):
    __slots__ = ("at_ns", "agent", "reason")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    agent: str
    reason: str
    def __init__(self, at_ns: _Optional[int] = ..., agent: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ContactOffered(_message.Message):
    __slots__ = ("at_ns", "contact", "agent", "queue", "offer", "ring_until_ns")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    RING_UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    queue: str
    offer: int
    ring_until_ns: int
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ..., queue: _Optional[str] = ..., offer: _Optional[int] = ..., ring_until_ns: _Optional[int] = ...) -> None: ...

class OfferAccepted(_message.Message):
    __slots__ = ("at_ns", "contact", "agent", "queue", "offer", "wait_ns")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    WAIT_NS_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    queue: str
    offer: int
    wait_ns: int
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ..., queue: _Optional[str] = ..., offer: _Optional[int] = ..., wait_ns: _Optional[int] = ...) -> None: ...

class OfferRejected(_message.Message):
    __slots__ = ("at_ns", "contact", "agent", "queue", "offer")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    queue: str
    offer: int
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ..., queue: _Optional[str] = ..., offer: _Optional[int] = ...) -> None: ...

class OfferMissed(_message.Message):
    __slots__ = ("at_ns", "contact", "agent", "queue", "offer", "misses")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    MISSES_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    queue: str
    offer: int
    misses: int
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ..., queue: _Optional[str] = ..., offer: _Optional[int] = ..., misses: _Optional[int] = ...) -> None: ...

class OfferFailed(_message.Message):
    __slots__ = ("at_ns", "contact", "agent", "queue", "offer", "cause")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    queue: str
    offer: int
    cause: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ..., queue: _Optional[str] = ..., offer: _Optional[int] = ..., cause: _Optional[str] = ...) -> None: ...

class OfferWithdrawn(_message.Message):
    __slots__ = ("at_ns", "contact", "agent", "queue", "offer", "cause")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    queue: str
    offer: int
    cause: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ..., queue: _Optional[str] = ..., offer: _Optional[int] = ..., cause: _Optional[str] = ...) -> None: ...

class StepReached(_message.Message):
    __slots__ = ("at_ns", "contact", "queue", "step")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    queue: str
    step: int
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., queue: _Optional[str] = ..., step: _Optional[int] = ...) -> None: ...

class SpillReached(_message.Message):
    __slots__ = ("at_ns", "contact", "queue", "reserve")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    RESERVE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    queue: str
    reserve: int
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., queue: _Optional[str] = ..., reserve: _Optional[int] = ...) -> None: ...

class ReserveChanged(_message.Message):
    __slots__ = ("at_ns", "queue", "reserve", "active")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    RESERVE_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    queue: str
    reserve: int
    active: bool
    def __init__(self, at_ns: _Optional[int] = ..., queue: _Optional[str] = ..., reserve: _Optional[int] = ..., active: _Optional[bool] = ...) -> None: ...

class EstimatePublished(_message.Message):
    __slots__ = ("at_ns", "queue", "wait_ns")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    WAIT_NS_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    queue: str
    wait_ns: int
    def __init__(self, at_ns: _Optional[int] = ..., queue: _Optional[str] = ..., wait_ns: _Optional[int] = ...) -> None: ...

class ContactUpdated(_message.Message):
    __slots__ = ("at_ns", "contact", "priority", "credit_ns", "due_ns", "expedited")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    CREDIT_NS_FIELD_NUMBER: _ClassVar[int]
    DUE_NS_FIELD_NUMBER: _ClassVar[int]
    EXPEDITED_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    priority: int
    credit_ns: int
    due_ns: int
    expedited: bool
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., priority: _Optional[int] = ..., credit_ns: _Optional[int] = ..., due_ns: _Optional[int] = ..., expedited: _Optional[bool] = ...) -> None: ...

class AgentReserved(_message.Message):
    __slots__ = ("at_ns", "contact", "agent", "queue")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    queue: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ..., queue: _Optional[str] = ...) -> None: ...

class ReservationEnded(_message.Message):
    __slots__ = ("at_ns", "contact", "agent")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class ContactOverflowed(_message.Message):
    __slots__ = ("at_ns", "contact", "queue", "cause", "to", "to_queue")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    TO_QUEUE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    queue: str
    cause: str
    to: str
    to_queue: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., queue: _Optional[str] = ..., cause: _Optional[str] = ..., to: _Optional[str] = ..., to_queue: _Optional[str] = ...) -> None: ...

class ContactRequeued(_message.Message):
    __slots__ = ("at_ns", "contact", "queues", "agent", "keep_age")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    KEEP_AGE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    queues: _containers.RepeatedScalarFieldContainer[str]
    agent: str
    keep_age: bool
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., queues: _Optional[_Iterable[str]] = ..., agent: _Optional[str] = ..., keep_age: _Optional[bool] = ...) -> None: ...

class ContactEnded(_message.Message):
    __slots__ = ("at_ns", "contact", "outcome", "queue", "agent")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    outcome: ContactOutcome
    queue: str
    agent: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., outcome: _Optional[_Union[ContactOutcome, str]] = ..., queue: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class WrapUpStarted(_message.Message):
    __slots__ = ("at_ns", "agent", "contact", "until_ns")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    agent: str
    contact: str
    until_ns: int
    def __init__(self, at_ns: _Optional[int] = ..., agent: _Optional[str] = ..., contact: _Optional[str] = ..., until_ns: _Optional[int] = ...) -> None: ...

class WrapUpEnded(_message.Message):
    __slots__ = ("at_ns", "agent", "contact", "older")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    OLDER_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    agent: str
    contact: str
    older: int
    def __init__(self, at_ns: _Optional[int] = ..., agent: _Optional[str] = ..., contact: _Optional[str] = ..., older: _Optional[int] = ...) -> None: ...

class HandlingTimeExceeded(_message.Message):
    __slots__ = ("at_ns", "contact", "agent")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    contact: str
    agent: str
    def __init__(self, at_ns: _Optional[int] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class QueueOpened(_message.Message):
    __slots__ = ("at_ns", "queue")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    queue: str
    def __init__(self, at_ns: _Optional[int] = ..., queue: _Optional[str] = ...) -> None: ...

class QueueClosed(_message.Message):
    __slots__ = ("at_ns", "queue")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    queue: str
    def __init__(self, at_ns: _Optional[int] = ..., queue: _Optional[str] = ...) -> None: ...

class CountsReset(_message.Message):
    __slots__ = ("at_ns", "agent")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    agent: str
    def __init__(self, at_ns: _Optional[int] = ..., agent: _Optional[str] = ...) -> None: ...

class SkillChanged(_message.Message):
    __slots__ = ("at_ns", "skill", "change")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    SKILL_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    skill: str
    change: str
    def __init__(self, at_ns: _Optional[int] = ..., skill: _Optional[str] = ..., change: _Optional[str] = ...) -> None: ...

class GroupChanged(_message.Message):
    __slots__ = ("at_ns", "group", "change")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    group: str
    change: str
    def __init__(self, at_ns: _Optional[int] = ..., group: _Optional[str] = ..., change: _Optional[str] = ...) -> None: ...

class AgentChanged(_message.Message):
    __slots__ = ("at_ns", "agent", "change")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    agent: str
    change: str
    def __init__(self, at_ns: _Optional[int] = ..., agent: _Optional[str] = ..., change: _Optional[str] = ...) -> None: ...

class QueueChanged(_message.Message):
    __slots__ = ("at_ns", "queue", "change")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    queue: str
    change: str
    def __init__(self, at_ns: _Optional[int] = ..., queue: _Optional[str] = ..., change: _Optional[str] = ...) -> None: ...

class Configured(_message.Message):
    __slots__ = ("at_ns",)
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    def __init__(self, at_ns: _Optional[int] = ...) -> None: ...

class CommandRefused(_message.Message):
    __slots__ = ("at_ns", "command", "reason", "subject", "detail")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    command: str
    reason: Reason
    subject: str
    detail: str
    def __init__(self, at_ns: _Optional[int] = ..., command: _Optional[str] = ..., reason: _Optional[_Union[Reason, str]] = ..., subject: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...

class Resumed(_message.Message):
    __slots__ = ("at_ns", "until_ns")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    until_ns: int
    def __init__(self, at_ns: _Optional[int] = ..., until_ns: _Optional[int] = ...) -> None: ...

class CallsSynced(_message.Message):
    __slots__ = ("at_ns", "front_end", "lost", "adopted", "unknown", "lost_attempts", "unknown_attempts")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    LOST_FIELD_NUMBER: _ClassVar[int]
    ADOPTED_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_FIELD_NUMBER: _ClassVar[int]
    LOST_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    front_end: str
    lost: int
    adopted: int
    unknown: _containers.RepeatedScalarFieldContainer[str]
    lost_attempts: int
    unknown_attempts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, at_ns: _Optional[int] = ..., front_end: _Optional[str] = ..., lost: _Optional[int] = ..., adopted: _Optional[int] = ..., unknown: _Optional[_Iterable[str]] = ..., lost_attempts: _Optional[int] = ..., unknown_attempts: _Optional[_Iterable[str]] = ...) -> None: ...

class DialRequested(_message.Message):
    __slots__ = ("at_ns", "attempt", "campaign", "target", "carrier", "agent", "contact", "ring_ns", "until_ns", "front_end")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    RING_NS_FIELD_NUMBER: _ClassVar[int]
    UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    attempt: str
    campaign: str
    target: str
    carrier: str
    agent: str
    contact: str
    ring_ns: int
    until_ns: int
    front_end: str
    def __init__(self, at_ns: _Optional[int] = ..., attempt: _Optional[str] = ..., campaign: _Optional[str] = ..., target: _Optional[str] = ..., carrier: _Optional[str] = ..., agent: _Optional[str] = ..., contact: _Optional[str] = ..., ring_ns: _Optional[int] = ..., until_ns: _Optional[int] = ..., front_end: _Optional[str] = ...) -> None: ...

class AttemptProgressed(_message.Message):
    __slots__ = ("at_ns", "attempt", "campaign", "state", "age_ns")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    AGE_NS_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    attempt: str
    campaign: str
    state: str
    age_ns: int
    def __init__(self, at_ns: _Optional[int] = ..., attempt: _Optional[str] = ..., campaign: _Optional[str] = ..., state: _Optional[str] = ..., age_ns: _Optional[int] = ...) -> None: ...

class AttemptEnded(_message.Message):
    __slots__ = ("at_ns", "attempt", "campaign", "outcome", "age_ns", "confidence", "detection_ns", "cause")
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    AGE_NS_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    DETECTION_NS_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    at_ns: int
    attempt: str
    campaign: str
    outcome: str
    age_ns: int
    confidence: int
    detection_ns: int
    cause: str
    def __init__(self, at_ns: _Optional[int] = ..., attempt: _Optional[str] = ..., campaign: _Optional[str] = ..., outcome: _Optional[str] = ..., age_ns: _Optional[int] = ..., confidence: _Optional[int] = ..., detection_ns: _Optional[int] = ..., cause: _Optional[str] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("agent_logged_in", "agent_logged_out", "log_out_pending", "agent_ready", "agent_not_ready", "device_reported", "contact_enqueued", "contact_offered", "offer_accepted", "offer_rejected", "offer_missed", "offer_failed", "offer_withdrawn", "step_reached", "spill_reached", "reserve_changed", "estimate_published", "contact_updated", "agent_reserved", "reservation_ended", "contact_overflowed", "contact_requeued", "contact_ended", "wrap_up_started", "wrap_up_ended", "handling_time_exceeded", "queue_opened", "queue_closed", "counts_reset", "skill_changed", "group_changed", "agent_changed", "queue_changed", "configured", "command_refused", "resumed", "calls_synced", "dial_requested", "attempt_progressed", "attempt_ended", "contact_placed", "contact_held", "contact_retrieved", "leg_joined", "leg_parted", "contact_handed_over", "contact_remarked", "not_ready_time_exceeded")
    AGENT_LOGGED_IN_FIELD_NUMBER: _ClassVar[int]
    AGENT_LOGGED_OUT_FIELD_NUMBER: _ClassVar[int]
    LOG_OUT_PENDING_FIELD_NUMBER: _ClassVar[int]
    AGENT_READY_FIELD_NUMBER: _ClassVar[int]
    AGENT_NOT_READY_FIELD_NUMBER: _ClassVar[int]
    DEVICE_REPORTED_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ENQUEUED_FIELD_NUMBER: _ClassVar[int]
    CONTACT_OFFERED_FIELD_NUMBER: _ClassVar[int]
    OFFER_ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    OFFER_REJECTED_FIELD_NUMBER: _ClassVar[int]
    OFFER_MISSED_FIELD_NUMBER: _ClassVar[int]
    OFFER_FAILED_FIELD_NUMBER: _ClassVar[int]
    OFFER_WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    STEP_REACHED_FIELD_NUMBER: _ClassVar[int]
    SPILL_REACHED_FIELD_NUMBER: _ClassVar[int]
    RESERVE_CHANGED_FIELD_NUMBER: _ClassVar[int]
    ESTIMATE_PUBLISHED_FIELD_NUMBER: _ClassVar[int]
    CONTACT_UPDATED_FIELD_NUMBER: _ClassVar[int]
    AGENT_RESERVED_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ENDED_FIELD_NUMBER: _ClassVar[int]
    CONTACT_OVERFLOWED_FIELD_NUMBER: _ClassVar[int]
    CONTACT_REQUEUED_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ENDED_FIELD_NUMBER: _ClassVar[int]
    WRAP_UP_STARTED_FIELD_NUMBER: _ClassVar[int]
    WRAP_UP_ENDED_FIELD_NUMBER: _ClassVar[int]
    HANDLING_TIME_EXCEEDED_FIELD_NUMBER: _ClassVar[int]
    QUEUE_OPENED_FIELD_NUMBER: _ClassVar[int]
    QUEUE_CLOSED_FIELD_NUMBER: _ClassVar[int]
    COUNTS_RESET_FIELD_NUMBER: _ClassVar[int]
    SKILL_CHANGED_FIELD_NUMBER: _ClassVar[int]
    GROUP_CHANGED_FIELD_NUMBER: _ClassVar[int]
    AGENT_CHANGED_FIELD_NUMBER: _ClassVar[int]
    QUEUE_CHANGED_FIELD_NUMBER: _ClassVar[int]
    CONFIGURED_FIELD_NUMBER: _ClassVar[int]
    COMMAND_REFUSED_FIELD_NUMBER: _ClassVar[int]
    RESUMED_FIELD_NUMBER: _ClassVar[int]
    CALLS_SYNCED_FIELD_NUMBER: _ClassVar[int]
    DIAL_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_PROGRESSED_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_ENDED_FIELD_NUMBER: _ClassVar[int]
    CONTACT_PLACED_FIELD_NUMBER: _ClassVar[int]
    CONTACT_HELD_FIELD_NUMBER: _ClassVar[int]
    CONTACT_RETRIEVED_FIELD_NUMBER: _ClassVar[int]
    LEG_JOINED_FIELD_NUMBER: _ClassVar[int]
    LEG_PARTED_FIELD_NUMBER: _ClassVar[int]
    CONTACT_HANDED_OVER_FIELD_NUMBER: _ClassVar[int]
    CONTACT_REMARKED_FIELD_NUMBER: _ClassVar[int]
    NOT_READY_TIME_EXCEEDED_FIELD_NUMBER: _ClassVar[int]
    agent_logged_in: AgentLoggedIn
    agent_logged_out: AgentLoggedOut
    log_out_pending: LogOutPending
    agent_ready: AgentReady
    agent_not_ready: AgentNotReady
    device_reported: DeviceReported
    contact_enqueued: ContactEnqueued
    contact_offered: ContactOffered
    offer_accepted: OfferAccepted
    offer_rejected: OfferRejected
    offer_missed: OfferMissed
    offer_failed: OfferFailed
    offer_withdrawn: OfferWithdrawn
    step_reached: StepReached
    spill_reached: SpillReached
    reserve_changed: ReserveChanged
    estimate_published: EstimatePublished
    contact_updated: ContactUpdated
    agent_reserved: AgentReserved
    reservation_ended: ReservationEnded
    contact_overflowed: ContactOverflowed
    contact_requeued: ContactRequeued
    contact_ended: ContactEnded
    wrap_up_started: WrapUpStarted
    wrap_up_ended: WrapUpEnded
    handling_time_exceeded: HandlingTimeExceeded
    queue_opened: QueueOpened
    queue_closed: QueueClosed
    counts_reset: CountsReset
    skill_changed: SkillChanged
    group_changed: GroupChanged
    agent_changed: AgentChanged
    queue_changed: QueueChanged
    configured: Configured
    command_refused: CommandRefused
    resumed: Resumed
    calls_synced: CallsSynced
    dial_requested: DialRequested
    attempt_progressed: AttemptProgressed
    attempt_ended: AttemptEnded
    contact_placed: ContactPlaced
    contact_held: ContactHeld
    contact_retrieved: ContactRetrieved
    leg_joined: LegJoined
    leg_parted: LegParted
    contact_handed_over: ContactHandedOver
    contact_remarked: ContactRemarked
    not_ready_time_exceeded: NotReadyTimeExceeded
    def __init__(self, agent_logged_in: _Optional[_Union[AgentLoggedIn, _Mapping]] = ..., agent_logged_out: _Optional[_Union[AgentLoggedOut, _Mapping]] = ..., log_out_pending: _Optional[_Union[LogOutPending, _Mapping]] = ..., agent_ready: _Optional[_Union[AgentReady, _Mapping]] = ..., agent_not_ready: _Optional[_Union[AgentNotReady, _Mapping]] = ..., device_reported: _Optional[_Union[DeviceReported, _Mapping]] = ..., contact_enqueued: _Optional[_Union[ContactEnqueued, _Mapping]] = ..., contact_offered: _Optional[_Union[ContactOffered, _Mapping]] = ..., offer_accepted: _Optional[_Union[OfferAccepted, _Mapping]] = ..., offer_rejected: _Optional[_Union[OfferRejected, _Mapping]] = ..., offer_missed: _Optional[_Union[OfferMissed, _Mapping]] = ..., offer_failed: _Optional[_Union[OfferFailed, _Mapping]] = ..., offer_withdrawn: _Optional[_Union[OfferWithdrawn, _Mapping]] = ..., step_reached: _Optional[_Union[StepReached, _Mapping]] = ..., spill_reached: _Optional[_Union[SpillReached, _Mapping]] = ..., reserve_changed: _Optional[_Union[ReserveChanged, _Mapping]] = ..., estimate_published: _Optional[_Union[EstimatePublished, _Mapping]] = ..., contact_updated: _Optional[_Union[ContactUpdated, _Mapping]] = ..., agent_reserved: _Optional[_Union[AgentReserved, _Mapping]] = ..., reservation_ended: _Optional[_Union[ReservationEnded, _Mapping]] = ..., contact_overflowed: _Optional[_Union[ContactOverflowed, _Mapping]] = ..., contact_requeued: _Optional[_Union[ContactRequeued, _Mapping]] = ..., contact_ended: _Optional[_Union[ContactEnded, _Mapping]] = ..., wrap_up_started: _Optional[_Union[WrapUpStarted, _Mapping]] = ..., wrap_up_ended: _Optional[_Union[WrapUpEnded, _Mapping]] = ..., handling_time_exceeded: _Optional[_Union[HandlingTimeExceeded, _Mapping]] = ..., queue_opened: _Optional[_Union[QueueOpened, _Mapping]] = ..., queue_closed: _Optional[_Union[QueueClosed, _Mapping]] = ..., counts_reset: _Optional[_Union[CountsReset, _Mapping]] = ..., skill_changed: _Optional[_Union[SkillChanged, _Mapping]] = ..., group_changed: _Optional[_Union[GroupChanged, _Mapping]] = ..., agent_changed: _Optional[_Union[AgentChanged, _Mapping]] = ..., queue_changed: _Optional[_Union[QueueChanged, _Mapping]] = ..., configured: _Optional[_Union[Configured, _Mapping]] = ..., command_refused: _Optional[_Union[CommandRefused, _Mapping]] = ..., resumed: _Optional[_Union[Resumed, _Mapping]] = ..., calls_synced: _Optional[_Union[CallsSynced, _Mapping]] = ..., dial_requested: _Optional[_Union[DialRequested, _Mapping]] = ..., attempt_progressed: _Optional[_Union[AttemptProgressed, _Mapping]] = ..., attempt_ended: _Optional[_Union[AttemptEnded, _Mapping]] = ..., contact_placed: _Optional[_Union[ContactPlaced, _Mapping]] = ..., contact_held: _Optional[_Union[ContactHeld, _Mapping]] = ..., contact_retrieved: _Optional[_Union[ContactRetrieved, _Mapping]] = ..., leg_joined: _Optional[_Union[LegJoined, _Mapping]] = ..., leg_parted: _Optional[_Union[LegParted, _Mapping]] = ..., contact_handed_over: _Optional[_Union[ContactHandedOver, _Mapping]] = ..., contact_remarked: _Optional[_Union[ContactRemarked, _Mapping]] = ..., not_ready_time_exceeded: _Optional[_Union[NotReadyTimeExceeded, _Mapping]] = ...) -> None: ...
