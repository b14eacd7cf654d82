from grpc_api.v1 import engine_pb2 as _engine_pb2
from grpc_api.v1 import remarks_pb2 as _remarks_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SupervisorAct(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SUPERVISOR_ACT_UNSPECIFIED: _ClassVar[SupervisorAct]
    SUPERVISOR_ACT_LISTEN: _ClassVar[SupervisorAct]
    SUPERVISOR_ACT_WHISPER: _ClassVar[SupervisorAct]
    SUPERVISOR_ACT_BARGE_IN: _ClassVar[SupervisorAct]
    SUPERVISOR_ACT_STOP_MONITORING: _ClassVar[SupervisorAct]
    SUPERVISOR_ACT_ASK_CONSENT: _ClassVar[SupervisorAct]
    SUPERVISOR_ACT_TAKE_OVER: _ClassVar[SupervisorAct]
    SUPERVISOR_ACT_FORCE_DISCONNECT: _ClassVar[SupervisorAct]
    SUPERVISOR_ACT_REDIRECT_QUEUE: _ClassVar[SupervisorAct]
    SUPERVISOR_ACT_END_REDIRECT: _ClassVar[SupervisorAct]
    SUPERVISOR_ACT_POST_MESSAGE: _ClassVar[SupervisorAct]
    SUPERVISOR_ACT_WITHDRAW_MESSAGE: _ClassVar[SupervisorAct]
SUPERVISOR_ACT_UNSPECIFIED: SupervisorAct
SUPERVISOR_ACT_LISTEN: SupervisorAct
SUPERVISOR_ACT_WHISPER: SupervisorAct
SUPERVISOR_ACT_BARGE_IN: SupervisorAct
SUPERVISOR_ACT_STOP_MONITORING: SupervisorAct
SUPERVISOR_ACT_ASK_CONSENT: SupervisorAct
SUPERVISOR_ACT_TAKE_OVER: SupervisorAct
SUPERVISOR_ACT_FORCE_DISCONNECT: SupervisorAct
SUPERVISOR_ACT_REDIRECT_QUEUE: SupervisorAct
SUPERVISOR_ACT_END_REDIRECT: SupervisorAct
SUPERVISOR_ACT_POST_MESSAGE: SupervisorAct
SUPERVISOR_ACT_WITHDRAW_MESSAGE: SupervisorAct

class GetScreenPopRequest(_message.Message):
    __slots__ = ("domain", "contact", "agent")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    domain: str
    contact: str
    agent: str
    def __init__(self, domain: _Optional[str] = ..., contact: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class EarlierContact(_message.Message):
    __slots__ = ("contact", "channel", "queue", "agent", "arrived_ns", "answered_ns", "ended_ns", "outcome", "subject")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    ARRIVED_NS_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_NS_FIELD_NUMBER: _ClassVar[int]
    ENDED_NS_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    contact: str
    channel: str
    queue: str
    agent: str
    arrived_ns: int
    answered_ns: int
    ended_ns: int
    outcome: str
    subject: str
    def __init__(self, contact: _Optional[str] = ..., channel: _Optional[str] = ..., queue: _Optional[str] = ..., agent: _Optional[str] = ..., arrived_ns: _Optional[int] = ..., answered_ns: _Optional[int] = ..., ended_ns: _Optional[int] = ..., outcome: _Optional[str] = ..., subject: _Optional[str] = ...) -> None: ...

class ScreenPop(_message.Message):
    __slots__ = ("contact", "customer", "state", "name", "numbers", "attributes", "contacts", "earlier", "last_agent", "conversation", "notes", "call_backs", "signals")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class SignalsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBERS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    EARLIER_FIELD_NUMBER: _ClassVar[int]
    LAST_AGENT_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    CALL_BACKS_FIELD_NUMBER: _ClassVar[int]
    SIGNALS_FIELD_NUMBER: _ClassVar[int]
    contact: str
    customer: str
    state: str
    name: str
    numbers: _containers.RepeatedScalarFieldContainer[str]
    attributes: _containers.ScalarMap[str, str]
    contacts: int
    earlier: _containers.RepeatedCompositeFieldContainer[EarlierContact]
    last_agent: str
    conversation: str
    notes: _containers.RepeatedScalarFieldContainer[str]
    call_backs: _containers.RepeatedCompositeFieldContainer[CallBackView]
    signals: _containers.ScalarMap[str, str]
    def __init__(self, contact: _Optional[str] = ..., customer: _Optional[str] = ..., state: _Optional[str] = ..., name: _Optional[str] = ..., numbers: _Optional[_Iterable[str]] = ..., attributes: _Optional[_Mapping[str, str]] = ..., contacts: _Optional[int] = ..., earlier: _Optional[_Iterable[_Union[EarlierContact, _Mapping]]] = ..., last_agent: _Optional[str] = ..., conversation: _Optional[str] = ..., notes: _Optional[_Iterable[str]] = ..., call_backs: _Optional[_Iterable[_Union[CallBackView, _Mapping]]] = ..., signals: _Optional[_Mapping[str, str]] = ...) -> None: ...

class GetScreenPopResponse(_message.Message):
    __slots__ = ("revision", "pop")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    POP_FIELD_NUMBER: _ClassVar[int]
    revision: int
    pop: ScreenPop
    def __init__(self, revision: _Optional[int] = ..., pop: _Optional[_Union[ScreenPop, _Mapping]] = ...) -> None: ...

class ListDispositionsRequest(_message.Message):
    __slots__ = ("domain", "queue")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    domain: str
    queue: str
    def __init__(self, domain: _Optional[str] = ..., queue: _Optional[str] = ...) -> None: ...

class DispositionCode(_message.Message):
    __slots__ = ("code", "label", "resolved", "note", "call_back")
    class LabelEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CODE_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    CALL_BACK_FIELD_NUMBER: _ClassVar[int]
    code: str
    label: _containers.ScalarMap[str, str]
    resolved: _remarks_pb2.Resolution
    note: str
    call_back: str
    def __init__(self, code: _Optional[str] = ..., label: _Optional[_Mapping[str, str]] = ..., resolved: _Optional[_Union[_remarks_pb2.Resolution, str]] = ..., note: _Optional[str] = ..., call_back: _Optional[str] = ...) -> None: ...

class ListDispositionsResponse(_message.Message):
    __slots__ = ("revision", "codes")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CODES_FIELD_NUMBER: _ClassVar[int]
    revision: int
    codes: _containers.RepeatedCompositeFieldContainer[DispositionCode]
    def __init__(self, revision: _Optional[int] = ..., codes: _Optional[_Iterable[_Union[DispositionCode, _Mapping]]] = ...) -> None: ...

class CallBackView(_message.Message):
    __slots__ = ("call_back", "kind", "queue", "customer", "agent", "from_ns", "to_ns", "timezone", "asked_ns", "contact", "attempt", "dials", "outcome", "ended_ns")
    CALL_BACK_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    FROM_NS_FIELD_NUMBER: _ClassVar[int]
    TO_NS_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    ASKED_NS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DIALS_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    ENDED_NS_FIELD_NUMBER: _ClassVar[int]
    call_back: str
    kind: str
    queue: str
    customer: str
    agent: str
    from_ns: int
    to_ns: int
    timezone: str
    asked_ns: int
    contact: str
    attempt: str
    dials: int
    outcome: str
    ended_ns: int
    def __init__(self, call_back: _Optional[str] = ..., kind: _Optional[str] = ..., queue: _Optional[str] = ..., customer: _Optional[str] = ..., agent: _Optional[str] = ..., from_ns: _Optional[int] = ..., to_ns: _Optional[int] = ..., timezone: _Optional[str] = ..., asked_ns: _Optional[int] = ..., contact: _Optional[str] = ..., attempt: _Optional[str] = ..., dials: _Optional[int] = ..., outcome: _Optional[str] = ..., ended_ns: _Optional[int] = ...) -> None: ...

class BookCallBackRequest(_message.Message):
    __slots__ = ("domain", "call_back", "queue", "number", "number_reference", "customer", "from_ns", "to_ns", "agent", "timezone", "confirmed", "priority", "contact", "keep_place", "request_id")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CALL_BACK_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    NUMBER_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    FROM_NS_FIELD_NUMBER: _ClassVar[int]
    TO_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    KEEP_PLACE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    domain: str
    call_back: str
    queue: str
    number: str
    number_reference: str
    customer: str
    from_ns: int
    to_ns: int
    agent: str
    timezone: str
    confirmed: bool
    priority: int
    contact: str
    keep_place: bool
    request_id: str
    def __init__(self, domain: _Optional[str] = ..., call_back: _Optional[str] = ..., queue: _Optional[str] = ..., number: _Optional[str] = ..., number_reference: _Optional[str] = ..., customer: _Optional[str] = ..., from_ns: _Optional[int] = ..., to_ns: _Optional[int] = ..., agent: _Optional[str] = ..., timezone: _Optional[str] = ..., confirmed: _Optional[bool] = ..., priority: _Optional[int] = ..., contact: _Optional[str] = ..., keep_place: _Optional[bool] = ..., request_id: _Optional[str] = ...) -> None: ...

class BookCallBackResponse(_message.Message):
    __slots__ = ("revision", "call_back")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CALL_BACK_FIELD_NUMBER: _ClassVar[int]
    revision: int
    call_back: CallBackView
    def __init__(self, revision: _Optional[int] = ..., call_back: _Optional[_Union[CallBackView, _Mapping]] = ...) -> None: ...

class MoveCallBackRequest(_message.Message):
    __slots__ = ("domain", "call_back", "from_ns", "to_ns", "agent", "timezone", "request_id")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CALL_BACK_FIELD_NUMBER: _ClassVar[int]
    FROM_NS_FIELD_NUMBER: _ClassVar[int]
    TO_NS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    domain: str
    call_back: str
    from_ns: int
    to_ns: int
    agent: str
    timezone: str
    request_id: str
    def __init__(self, domain: _Optional[str] = ..., call_back: _Optional[str] = ..., from_ns: _Optional[int] = ..., to_ns: _Optional[int] = ..., agent: _Optional[str] = ..., timezone: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class MoveCallBackResponse(_message.Message):
    __slots__ = ("revision", "call_back")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CALL_BACK_FIELD_NUMBER: _ClassVar[int]
    revision: int
    call_back: CallBackView
    def __init__(self, revision: _Optional[int] = ..., call_back: _Optional[_Union[CallBackView, _Mapping]] = ...) -> None: ...

class CancelCallBackRequest(_message.Message):
    __slots__ = ("domain", "call_back", "reason", "request_id")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CALL_BACK_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    domain: str
    call_back: str
    reason: str
    request_id: str
    def __init__(self, domain: _Optional[str] = ..., call_back: _Optional[str] = ..., reason: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class CancelCallBackResponse(_message.Message):
    __slots__ = ("revision", "call_back")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CALL_BACK_FIELD_NUMBER: _ClassVar[int]
    revision: int
    call_back: CallBackView
    def __init__(self, revision: _Optional[int] = ..., call_back: _Optional[_Union[CallBackView, _Mapping]] = ...) -> None: ...

class ListCallBacksRequest(_message.Message):
    __slots__ = ("domain", "queue", "customer")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    domain: str
    queue: str
    customer: str
    def __init__(self, domain: _Optional[str] = ..., queue: _Optional[str] = ..., customer: _Optional[str] = ...) -> None: ...

class ListCallBacksResponse(_message.Message):
    __slots__ = ("revision", "call_backs")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CALL_BACKS_FIELD_NUMBER: _ClassVar[int]
    revision: int
    call_backs: _containers.RepeatedCompositeFieldContainer[CallBackView]
    def __init__(self, revision: _Optional[int] = ..., call_backs: _Optional[_Iterable[_Union[CallBackView, _Mapping]]] = ...) -> None: ...

class ListCallBackSlotsRequest(_message.Message):
    __slots__ = ("domain", "queue", "from_ns", "to_ns", "timezone")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    FROM_NS_FIELD_NUMBER: _ClassVar[int]
    TO_NS_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    domain: str
    queue: str
    from_ns: int
    to_ns: int
    timezone: str
    def __init__(self, domain: _Optional[str] = ..., queue: _Optional[str] = ..., from_ns: _Optional[int] = ..., to_ns: _Optional[int] = ..., timezone: _Optional[str] = ...) -> None: ...

class CallBackSlot(_message.Message):
    __slots__ = ("from_ns", "to_ns", "free")
    FROM_NS_FIELD_NUMBER: _ClassVar[int]
    TO_NS_FIELD_NUMBER: _ClassVar[int]
    FREE_FIELD_NUMBER: _ClassVar[int]
    from_ns: int
    to_ns: int
    free: bool
    def __init__(self, from_ns: _Optional[int] = ..., to_ns: _Optional[int] = ..., free: _Optional[bool] = ...) -> None: ...

class ListCallBackSlotsResponse(_message.Message):
    __slots__ = ("revision", "slots")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    revision: int
    slots: _containers.RepeatedCompositeFieldContainer[CallBackSlot]
    def __init__(self, revision: _Optional[int] = ..., slots: _Optional[_Iterable[_Union[CallBackSlot, _Mapping]]] = ...) -> None: ...

class GetCallBackNumberRequest(_message.Message):
    __slots__ = ("domain", "attempt")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    domain: str
    attempt: str
    def __init__(self, domain: _Optional[str] = ..., attempt: _Optional[str] = ...) -> None: ...

class GetCallBackNumberResponse(_message.Message):
    __slots__ = ("revision", "number")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    revision: int
    number: str
    def __init__(self, revision: _Optional[int] = ..., number: _Optional[str] = ...) -> None: ...

class ListRecordingsRequest(_message.Message):
    __slots__ = ("domain", "contact", "customer", "agent", "queue", "matter", "from_ns", "to_ns", "page_size", "page_token")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    MATTER_FIELD_NUMBER: _ClassVar[int]
    FROM_NS_FIELD_NUMBER: _ClassVar[int]
    TO_NS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    domain: str
    contact: str
    customer: str
    agent: str
    queue: str
    matter: str
    from_ns: int
    to_ns: int
    page_size: int
    page_token: str
    def __init__(self, domain: _Optional[str] = ..., contact: _Optional[str] = ..., customer: _Optional[str] = ..., agent: _Optional[str] = ..., queue: _Optional[str] = ..., matter: _Optional[str] = ..., from_ns: _Optional[int] = ..., to_ns: _Optional[int] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class RecordedSegment(_message.Message):
    __slots__ = ("segment", "contact", "customer", "queue", "agents", "started_ns", "ended_ns", "keep_until_ns", "location", "sha256", "matters")
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    STARTED_NS_FIELD_NUMBER: _ClassVar[int]
    ENDED_NS_FIELD_NUMBER: _ClassVar[int]
    KEEP_UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    MATTERS_FIELD_NUMBER: _ClassVar[int]
    segment: str
    contact: str
    customer: str
    queue: str
    agents: _containers.RepeatedScalarFieldContainer[str]
    started_ns: int
    ended_ns: int
    keep_until_ns: int
    location: str
    sha256: str
    matters: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, segment: _Optional[str] = ..., contact: _Optional[str] = ..., customer: _Optional[str] = ..., queue: _Optional[str] = ..., agents: _Optional[_Iterable[str]] = ..., started_ns: _Optional[int] = ..., ended_ns: _Optional[int] = ..., keep_until_ns: _Optional[int] = ..., location: _Optional[str] = ..., sha256: _Optional[str] = ..., matters: _Optional[_Iterable[str]] = ...) -> None: ...

class ListRecordingsResponse(_message.Message):
    __slots__ = ("revision", "recordings", "next_page_token")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    RECORDINGS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    revision: int
    recordings: _containers.RepeatedCompositeFieldContainer[RecordedSegment]
    next_page_token: str
    def __init__(self, revision: _Optional[int] = ..., recordings: _Optional[_Iterable[_Union[RecordedSegment, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class HoldRecordingsRequest(_message.Message):
    __slots__ = ("domain", "segments", "matter", "why", "release")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    MATTER_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    domain: str
    segments: _containers.RepeatedScalarFieldContainer[str]
    matter: str
    why: str
    release: bool
    def __init__(self, domain: _Optional[str] = ..., segments: _Optional[_Iterable[str]] = ..., matter: _Optional[str] = ..., why: _Optional[str] = ..., release: _Optional[bool] = ...) -> None: ...

class HoldRecordingsResponse(_message.Message):
    __slots__ = ("revision", "asked")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ASKED_FIELD_NUMBER: _ClassVar[int]
    revision: int
    asked: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, revision: _Optional[int] = ..., asked: _Optional[_Iterable[str]] = ...) -> None: ...

class SuperviseRequest(_message.Message):
    __slots__ = ("domain", "who", "act", "contact", "queue", "group", "to", "leave_waiting", "text", "until_ns", "reason", "why", "request_id")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    ACT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    LEAVE_WAITING_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    domain: str
    who: str
    act: SupervisorAct
    contact: str
    queue: str
    group: str
    to: str
    leave_waiting: bool
    text: str
    until_ns: int
    reason: str
    why: str
    request_id: str
    def __init__(self, domain: _Optional[str] = ..., who: _Optional[str] = ..., act: _Optional[_Union[SupervisorAct, str]] = ..., contact: _Optional[str] = ..., queue: _Optional[str] = ..., group: _Optional[str] = ..., to: _Optional[str] = ..., leave_waiting: _Optional[bool] = ..., text: _Optional[str] = ..., until_ns: _Optional[int] = ..., reason: _Optional[str] = ..., why: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class SuperviseResponse(_message.Message):
    __slots__ = ("revision", "repeated", "refusal")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    REPEATED_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    revision: int
    repeated: bool
    refusal: _engine_pb2.Refusal
    def __init__(self, revision: _Optional[int] = ..., repeated: _Optional[bool] = ..., refusal: _Optional[_Union[_engine_pb2.Refusal, _Mapping]] = ...) -> None: ...

class ListMessagesRequest(_message.Message):
    __slots__ = ("domain", "agent", "queues", "groups")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    domain: str
    agent: str
    queues: _containers.RepeatedScalarFieldContainer[str]
    groups: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, domain: _Optional[str] = ..., agent: _Optional[str] = ..., queues: _Optional[_Iterable[str]] = ..., groups: _Optional[_Iterable[str]] = ...) -> None: ...

class DayMessage(_message.Message):
    __slots__ = ("text", "version", "by", "at_ns", "until_ns", "queue", "group")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    text: str
    version: int
    by: str
    at_ns: int
    until_ns: int
    queue: str
    group: str
    def __init__(self, text: _Optional[str] = ..., version: _Optional[int] = ..., by: _Optional[str] = ..., at_ns: _Optional[int] = ..., until_ns: _Optional[int] = ..., queue: _Optional[str] = ..., group: _Optional[str] = ...) -> None: ...

class ListMessagesResponse(_message.Message):
    __slots__ = ("revision", "messages")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    revision: int
    messages: _containers.RepeatedCompositeFieldContainer[DayMessage]
    def __init__(self, revision: _Optional[int] = ..., messages: _Optional[_Iterable[_Union[DayMessage, _Mapping]]] = ...) -> None: ...

class QueryAuditRequest(_message.Message):
    __slots__ = ("domain", "from_ns", "to_ns", "who", "act", "subject", "result", "newest")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FROM_NS_FIELD_NUMBER: _ClassVar[int]
    TO_NS_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    ACT_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    NEWEST_FIELD_NUMBER: _ClassVar[int]
    domain: str
    from_ns: int
    to_ns: int
    who: _containers.RepeatedScalarFieldContainer[str]
    act: _containers.RepeatedScalarFieldContainer[str]
    subject: _containers.RepeatedScalarFieldContainer[str]
    result: _containers.RepeatedScalarFieldContainer[str]
    newest: int
    def __init__(self, domain: _Optional[str] = ..., from_ns: _Optional[int] = ..., to_ns: _Optional[int] = ..., who: _Optional[_Iterable[str]] = ..., act: _Optional[_Iterable[str]] = ..., subject: _Optional[_Iterable[str]] = ..., result: _Optional[_Iterable[str]] = ..., newest: _Optional[int] = ...) -> None: ...

class AuditedRow(_message.Message):
    __slots__ = ("number", "at_ns", "who", "act", "command", "on", "subject", "why", "result", "reason", "before", "after")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    ACT_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    number: int
    at_ns: int
    who: str
    act: str
    command: str
    on: str
    subject: str
    why: str
    result: str
    reason: str
    before: str
    after: str
    def __init__(self, number: _Optional[int] = ..., at_ns: _Optional[int] = ..., who: _Optional[str] = ..., act: _Optional[str] = ..., command: _Optional[str] = ..., on: _Optional[str] = ..., subject: _Optional[str] = ..., why: _Optional[str] = ..., result: _Optional[str] = ..., reason: _Optional[str] = ..., before: _Optional[str] = ..., after: _Optional[str] = ...) -> None: ...

class QueryAuditResponse(_message.Message):
    __slots__ = ("revision", "rows")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    revision: int
    rows: _containers.RepeatedCompositeFieldContainer[AuditedRow]
    def __init__(self, revision: _Optional[int] = ..., rows: _Optional[_Iterable[_Union[AuditedRow, _Mapping]]] = ...) -> None: ...

class ListAlertsRequest(_message.Message):
    __slots__ = ("domain", "queues")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    domain: str
    queues: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, domain: _Optional[str] = ..., queues: _Optional[_Iterable[str]] = ...) -> None: ...

class OpenAlert(_message.Message):
    __slots__ = ("contact", "at_ns", "code", "level", "to", "rule")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    contact: str
    at_ns: int
    code: str
    level: _remarks_pb2.AlertLevel
    to: str
    rule: str
    def __init__(self, contact: _Optional[str] = ..., at_ns: _Optional[int] = ..., code: _Optional[str] = ..., level: _Optional[_Union[_remarks_pb2.AlertLevel, str]] = ..., to: _Optional[str] = ..., rule: _Optional[str] = ...) -> None: ...

class ListAlertsResponse(_message.Message):
    __slots__ = ("revision", "alerts")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ALERTS_FIELD_NUMBER: _ClassVar[int]
    revision: int
    alerts: _containers.RepeatedCompositeFieldContainer[OpenAlert]
    def __init__(self, revision: _Optional[int] = ..., alerts: _Optional[_Iterable[_Union[OpenAlert, _Mapping]]] = ...) -> None: ...
