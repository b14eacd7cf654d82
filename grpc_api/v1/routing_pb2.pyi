from grpc_api.v1 import commands_pb2 as _commands_pb2
from grpc_api.v1 import engine_pb2 as _engine_pb2
from grpc_api.v1 import remarks_pb2 as _remarks_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Report(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REPORT_UNSPECIFIED: _ClassVar[Report]
    REPORT_RINGING: _ClassVar[Report]
    REPORT_ANSWERED: _ClassVar[Report]
    REPORT_NO_ANSWER: _ClassVar[Report]
    REPORT_BUSY: _ClassVar[Report]
    REPORT_UNREACHABLE: _ClassVar[Report]
    REPORT_REJECTED: _ClassVar[Report]
    REPORT_ENDED: _ClassVar[Report]
    REPORT_ABANDONED: _ClassVar[Report]
    REPORT_TRUNK_ERROR: _ClassVar[Report]

class TreatmentKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TREATMENT_KIND_UNSPECIFIED: _ClassVar[TreatmentKind]
    TREATMENT_KIND_VOICEMAIL: _ClassVar[TreatmentKind]
    TREATMENT_KIND_CALLBACK: _ClassVar[TreatmentKind]

class Standing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STANDING_UNSPECIFIED: _ClassVar[Standing]
    STANDING_FREE: _ClassVar[Standing]
    STANDING_RINGING: _ClassVar[Standing]
    STANDING_TALKING: _ClassVar[Standing]
    STANDING_WRAPPING_UP: _ClassVar[Standing]
    STANDING_NOT_READY: _ClassVar[Standing]
    STANDING_AWAY: _ClassVar[Standing]
    STANDING_UNKNOWN: _ClassVar[Standing]
REPORT_UNSPECIFIED: Report
REPORT_RINGING: Report
REPORT_ANSWERED: Report
REPORT_NO_ANSWER: Report
REPORT_BUSY: Report
REPORT_UNREACHABLE: Report
REPORT_REJECTED: Report
REPORT_ENDED: Report
REPORT_ABANDONED: Report
REPORT_TRUNK_ERROR: Report
TREATMENT_KIND_UNSPECIFIED: TreatmentKind
TREATMENT_KIND_VOICEMAIL: TreatmentKind
TREATMENT_KIND_CALLBACK: TreatmentKind
STANDING_UNSPECIFIED: Standing
STANDING_FREE: Standing
STANDING_RINGING: Standing
STANDING_TALKING: Standing
STANDING_WRAPPING_UP: Standing
STANDING_NOT_READY: Standing
STANDING_AWAY: Standing
STANDING_UNKNOWN: Standing

class RouteCallRequest(_message.Message):
    __slots__ = ("domain", "call_id", "front_end", "caller", "called", "attributes", "request_id", "priority")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    CALLED_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    domain: str
    call_id: str
    front_end: str
    caller: str
    called: str
    attributes: _containers.ScalarMap[str, str]
    request_id: str
    priority: int
    def __init__(self, domain: _Optional[str] = ..., call_id: _Optional[str] = ..., front_end: _Optional[str] = ..., caller: _Optional[str] = ..., called: _Optional[str] = ..., attributes: _Optional[_Mapping[str, str]] = ..., request_id: _Optional[str] = ..., priority: _Optional[int] = ...) -> None: ...

class RouteCallResponse(_message.Message):
    __slots__ = ("revision", "instruction", "further", "refusal")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    FURTHER_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    revision: int
    instruction: Instruction
    further: _containers.RepeatedCompositeFieldContainer[Instruction]
    refusal: _engine_pb2.Refusal
    def __init__(self, revision: _Optional[int] = ..., instruction: _Optional[_Union[Instruction, _Mapping]] = ..., further: _Optional[_Iterable[_Union[Instruction, _Mapping]]] = ..., refusal: _Optional[_Union[_engine_pb2.Refusal, _Mapping]] = ...) -> None: ...

class ReportCallRequest(_message.Message):
    __slots__ = ("domain", "call_id", "front_end", "report", "agent", "offer", "request_id", "endpoint")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    domain: str
    call_id: str
    front_end: str
    report: Report
    agent: str
    offer: int
    request_id: str
    endpoint: str
    def __init__(self, domain: _Optional[str] = ..., call_id: _Optional[str] = ..., front_end: _Optional[str] = ..., report: _Optional[_Union[Report, str]] = ..., agent: _Optional[str] = ..., offer: _Optional[int] = ..., request_id: _Optional[str] = ..., endpoint: _Optional[str] = ...) -> None: ...

class ReportCallResponse(_message.Message):
    __slots__ = ("revision", "instruction", "further", "refusal")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    FURTHER_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    revision: int
    instruction: Instruction
    further: _containers.RepeatedCompositeFieldContainer[Instruction]
    refusal: _engine_pb2.Refusal
    def __init__(self, revision: _Optional[int] = ..., instruction: _Optional[_Union[Instruction, _Mapping]] = ..., further: _Optional[_Iterable[_Union[Instruction, _Mapping]]] = ..., refusal: _Optional[_Union[_engine_pb2.Refusal, _Mapping]] = ...) -> None: ...

class FollowCallsRequest(_message.Message):
    __slots__ = ("domain", "front_end", "call_id", "start_revision")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    START_REVISION_FIELD_NUMBER: _ClassVar[int]
    domain: str
    front_end: str
    call_id: str
    start_revision: int
    def __init__(self, domain: _Optional[str] = ..., front_end: _Optional[str] = ..., call_id: _Optional[str] = ..., start_revision: _Optional[int] = ...) -> None: ...

class FollowCallsResponse(_message.Message):
    __slots__ = ("revision", "call_id", "instruction")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    revision: int
    call_id: str
    instruction: Instruction
    def __init__(self, revision: _Optional[int] = ..., call_id: _Optional[str] = ..., instruction: _Optional[_Union[Instruction, _Mapping]] = ...) -> None: ...

class FrontEndCall(_message.Message):
    __slots__ = ("call_id", "agent")
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    agent: str
    def __init__(self, call_id: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class SyncCallsRequest(_message.Message):
    __slots__ = ("domain", "front_end", "calls", "request_id", "attempts")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    domain: str
    front_end: str
    calls: _containers.RepeatedCompositeFieldContainer[FrontEndCall]
    request_id: str
    attempts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, domain: _Optional[str] = ..., front_end: _Optional[str] = ..., calls: _Optional[_Iterable[_Union[FrontEndCall, _Mapping]]] = ..., request_id: _Optional[str] = ..., attempts: _Optional[_Iterable[str]] = ...) -> None: ...

class SyncCallsResponse(_message.Message):
    __slots__ = ("revision", "lost", "unknown", "instructions", "adopted", "lost_attempts", "unknown_attempts")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    LOST_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    ADOPTED_FIELD_NUMBER: _ClassVar[int]
    LOST_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    revision: int
    lost: _containers.RepeatedScalarFieldContainer[str]
    unknown: _containers.RepeatedScalarFieldContainer[str]
    instructions: _containers.RepeatedCompositeFieldContainer[CallInstruction]
    adopted: _containers.RepeatedScalarFieldContainer[str]
    lost_attempts: _containers.RepeatedScalarFieldContainer[str]
    unknown_attempts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, revision: _Optional[int] = ..., lost: _Optional[_Iterable[str]] = ..., unknown: _Optional[_Iterable[str]] = ..., instructions: _Optional[_Iterable[_Union[CallInstruction, _Mapping]]] = ..., adopted: _Optional[_Iterable[str]] = ..., lost_attempts: _Optional[_Iterable[str]] = ..., unknown_attempts: _Optional[_Iterable[str]] = ...) -> None: ...

class CallInstruction(_message.Message):
    __slots__ = ("call_id", "instruction", "further")
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    FURTHER_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    instruction: Instruction
    further: _containers.RepeatedCompositeFieldContainer[Instruction]
    def __init__(self, call_id: _Optional[str] = ..., instruction: _Optional[_Union[Instruction, _Mapping]] = ..., further: _Optional[_Iterable[_Union[Instruction, _Mapping]]] = ...) -> None: ...

class DialCodeRequest(_message.Message):
    __slots__ = ("domain", "endpoint", "code", "request_id")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    domain: str
    endpoint: str
    code: str
    request_id: str
    def __init__(self, domain: _Optional[str] = ..., endpoint: _Optional[str] = ..., code: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class DialCodeResponse(_message.Message):
    __slots__ = ("revision", "text", "agent", "done", "state")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    revision: int
    text: str
    agent: str
    done: bool
    state: AgentState
    def __init__(self, revision: _Optional[int] = ..., text: _Optional[str] = ..., agent: _Optional[str] = ..., done: _Optional[bool] = ..., state: _Optional[_Union[AgentState, _Mapping]] = ...) -> None: ...

class AgentState(_message.Message):
    __slots__ = ("logged_in", "ready", "reason", "leaving")
    LOGGED_IN_FIELD_NUMBER: _ClassVar[int]
    READY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LEAVING_FIELD_NUMBER: _ClassVar[int]
    logged_in: bool
    ready: bool
    reason: str
    leaving: bool
    def __init__(self, logged_in: _Optional[bool] = ..., ready: _Optional[bool] = ..., reason: _Optional[str] = ..., leaving: _Optional[bool] = ...) -> None: ...

class Instruction(_message.Message):
    __slots__ = ("wait", "offer", "treatment", "reject", "release", "talk", "stop", "hold", "conference", "record", "monitor")
    WAIT_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    TREATMENT_FIELD_NUMBER: _ClassVar[int]
    REJECT_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    TALK_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    HOLD_FIELD_NUMBER: _ClassVar[int]
    CONFERENCE_FIELD_NUMBER: _ClassVar[int]
    RECORD_FIELD_NUMBER: _ClassVar[int]
    MONITOR_FIELD_NUMBER: _ClassVar[int]
    wait: Wait
    offer: Offer
    treatment: Treatment
    reject: Reject
    release: Release
    talk: Talk
    stop: StopRinging
    hold: Hold
    conference: Conference
    record: Record
    monitor: Monitor
    def __init__(self, wait: _Optional[_Union[Wait, _Mapping]] = ..., offer: _Optional[_Union[Offer, _Mapping]] = ..., treatment: _Optional[_Union[Treatment, _Mapping]] = ..., reject: _Optional[_Union[Reject, _Mapping]] = ..., release: _Optional[_Union[Release, _Mapping]] = ..., talk: _Optional[_Union[Talk, _Mapping]] = ..., stop: _Optional[_Union[StopRinging, _Mapping]] = ..., hold: _Optional[_Union[Hold, _Mapping]] = ..., conference: _Optional[_Union[Conference, _Mapping]] = ..., record: _Optional[_Union[Record, _Mapping]] = ..., monitor: _Optional[_Union[Monitor, _Mapping]] = ...) -> None: ...

class Wait(_message.Message):
    __slots__ = ("queues", "position", "estimated_wait_ns", "treatment", "parent")
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    ESTIMATED_WAIT_NS_FIELD_NUMBER: _ClassVar[int]
    TREATMENT_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    queues: _containers.RepeatedScalarFieldContainer[str]
    position: int
    estimated_wait_ns: int
    treatment: str
    parent: str
    def __init__(self, queues: _Optional[_Iterable[str]] = ..., position: _Optional[int] = ..., estimated_wait_ns: _Optional[int] = ..., treatment: _Optional[str] = ..., parent: _Optional[str] = ...) -> None: ...

class Offer(_message.Message):
    __slots__ = ("agent", "endpoint", "offer", "ring_ns", "queue", "parent")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    RING_NS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    agent: str
    endpoint: str
    offer: int
    ring_ns: int
    queue: str
    parent: str
    def __init__(self, agent: _Optional[str] = ..., endpoint: _Optional[str] = ..., offer: _Optional[int] = ..., ring_ns: _Optional[int] = ..., queue: _Optional[str] = ..., parent: _Optional[str] = ...) -> None: ...

class Treatment(_message.Message):
    __slots__ = ("kind", "queue", "target")
    KIND_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    kind: TreatmentKind
    queue: str
    target: str
    def __init__(self, kind: _Optional[_Union[TreatmentKind, str]] = ..., queue: _Optional[str] = ..., target: _Optional[str] = ...) -> None: ...

class Reject(_message.Message):
    __slots__ = ("reason", "subject")
    REASON_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    reason: str
    subject: str
    def __init__(self, reason: _Optional[str] = ..., subject: _Optional[str] = ...) -> None: ...

class Release(_message.Message):
    __slots__ = ("outcome", "into")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    INTO_FIELD_NUMBER: _ClassVar[int]
    outcome: str
    into: str
    def __init__(self, outcome: _Optional[str] = ..., into: _Optional[str] = ...) -> None: ...

class Talk(_message.Message):
    __slots__ = ("agent", "endpoint", "parent", "peer")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PEER_FIELD_NUMBER: _ClassVar[int]
    agent: str
    endpoint: str
    parent: str
    peer: str
    def __init__(self, agent: _Optional[str] = ..., endpoint: _Optional[str] = ..., parent: _Optional[str] = ..., peer: _Optional[str] = ...) -> None: ...

class Hold(_message.Message):
    __slots__ = ("agent", "endpoint", "parent")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    agent: str
    endpoint: str
    parent: str
    def __init__(self, agent: _Optional[str] = ..., endpoint: _Optional[str] = ..., parent: _Optional[str] = ...) -> None: ...

class Conference(_message.Message):
    __slots__ = ("agent", "endpoint", "parent")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    agent: str
    endpoint: str
    parent: str
    def __init__(self, agent: _Optional[str] = ..., endpoint: _Optional[str] = ..., parent: _Optional[str] = ...) -> None: ...

class Record(_message.Message):
    __slots__ = ("action", "segment", "reason")
    ACTION_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    action: _remarks_pb2.RecordingAction
    segment: str
    reason: str
    def __init__(self, action: _Optional[_Union[_remarks_pb2.RecordingAction, str]] = ..., segment: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class Monitor(_message.Message):
    __slots__ = ("supervisor", "mode", "endpoint")
    SUPERVISOR_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    supervisor: str
    mode: _remarks_pb2.MonitoringMode
    endpoint: str
    def __init__(self, supervisor: _Optional[str] = ..., mode: _Optional[_Union[_remarks_pb2.MonitoringMode, str]] = ..., endpoint: _Optional[str] = ...) -> None: ...

class StopRinging(_message.Message):
    __slots__ = ("agent", "offer", "cause", "endpoint")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    agent: str
    offer: int
    cause: str
    endpoint: str
    def __init__(self, agent: _Optional[str] = ..., offer: _Optional[int] = ..., cause: _Optional[str] = ..., endpoint: _Optional[str] = ...) -> None: ...

class Destination(_message.Message):
    __slots__ = ("queues", "agent", "number")
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    queues: _containers.RepeatedScalarFieldContainer[str]
    agent: str
    number: str
    def __init__(self, queues: _Optional[_Iterable[str]] = ..., agent: _Optional[str] = ..., number: _Optional[str] = ...) -> None: ...

class HoldAction(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RetrieveAction(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TransferAction(_message.Message):
    __slots__ = ("to", "keep_age")
    TO_FIELD_NUMBER: _ClassVar[int]
    KEEP_AGE_FIELD_NUMBER: _ClassVar[int]
    to: Destination
    keep_age: bool
    def __init__(self, to: _Optional[_Union[Destination, _Mapping]] = ..., keep_age: _Optional[bool] = ...) -> None: ...

class ConsultAction(_message.Message):
    __slots__ = ("leg", "to", "anyway")
    LEG_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    ANYWAY_FIELD_NUMBER: _ClassVar[int]
    leg: str
    to: Destination
    anyway: bool
    def __init__(self, leg: _Optional[str] = ..., to: _Optional[_Union[Destination, _Mapping]] = ..., anyway: _Optional[bool] = ...) -> None: ...

class JoinAction(_message.Message):
    __slots__ = ("leg",)
    LEG_FIELD_NUMBER: _ClassVar[int]
    leg: str
    def __init__(self, leg: _Optional[str] = ...) -> None: ...

class PartAction(_message.Message):
    __slots__ = ("leg",)
    LEG_FIELD_NUMBER: _ClassVar[int]
    leg: str
    def __init__(self, leg: _Optional[str] = ...) -> None: ...

class HandOverAction(_message.Message):
    __slots__ = ("leg",)
    LEG_FIELD_NUMBER: _ClassVar[int]
    leg: str
    def __init__(self, leg: _Optional[str] = ...) -> None: ...

class TakeOverAction(_message.Message):
    __slots__ = ("leg", "agent")
    LEG_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    leg: str
    agent: str
    def __init__(self, leg: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class HandleCallRequest(_message.Message):
    __slots__ = ("domain", "call_id", "front_end", "request_id", "hold", "retrieve", "transfer", "consult", "join", "part", "hand_over", "take_over")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLD_FIELD_NUMBER: _ClassVar[int]
    RETRIEVE_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_FIELD_NUMBER: _ClassVar[int]
    CONSULT_FIELD_NUMBER: _ClassVar[int]
    JOIN_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    HAND_OVER_FIELD_NUMBER: _ClassVar[int]
    TAKE_OVER_FIELD_NUMBER: _ClassVar[int]
    domain: str
    call_id: str
    front_end: str
    request_id: str
    hold: HoldAction
    retrieve: RetrieveAction
    transfer: TransferAction
    consult: ConsultAction
    join: JoinAction
    part: PartAction
    hand_over: HandOverAction
    take_over: TakeOverAction
    def __init__(self, domain: _Optional[str] = ..., call_id: _Optional[str] = ..., front_end: _Optional[str] = ..., request_id: _Optional[str] = ..., hold: _Optional[_Union[HoldAction, _Mapping]] = ..., retrieve: _Optional[_Union[RetrieveAction, _Mapping]] = ..., transfer: _Optional[_Union[TransferAction, _Mapping]] = ..., consult: _Optional[_Union[ConsultAction, _Mapping]] = ..., join: _Optional[_Union[JoinAction, _Mapping]] = ..., part: _Optional[_Union[PartAction, _Mapping]] = ..., hand_over: _Optional[_Union[HandOverAction, _Mapping]] = ..., take_over: _Optional[_Union[TakeOverAction, _Mapping]] = ...) -> None: ...

class HandleCallResponse(_message.Message):
    __slots__ = ("revision", "instruction", "further", "refusal", "legs", "presence", "obstacle")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    FURTHER_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    LEGS_FIELD_NUMBER: _ClassVar[int]
    PRESENCE_FIELD_NUMBER: _ClassVar[int]
    OBSTACLE_FIELD_NUMBER: _ClassVar[int]
    revision: int
    instruction: Instruction
    further: _containers.RepeatedCompositeFieldContainer[Instruction]
    refusal: _engine_pb2.Refusal
    legs: _containers.RepeatedCompositeFieldContainer[CallInstruction]
    presence: Presence
    obstacle: str
    def __init__(self, revision: _Optional[int] = ..., instruction: _Optional[_Union[Instruction, _Mapping]] = ..., further: _Optional[_Iterable[_Union[Instruction, _Mapping]]] = ..., refusal: _Optional[_Union[_engine_pb2.Refusal, _Mapping]] = ..., legs: _Optional[_Iterable[_Union[CallInstruction, _Mapping]]] = ..., presence: _Optional[_Union[Presence, _Mapping]] = ..., obstacle: _Optional[str] = ...) -> None: ...

class PlaceCallRequest(_message.Message):
    __slots__ = ("domain", "call_id", "front_end", "request_id", "agent", "queue", "to", "leg", "anyway", "customer", "attributes")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    LEG_FIELD_NUMBER: _ClassVar[int]
    ANYWAY_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    domain: str
    call_id: str
    front_end: str
    request_id: str
    agent: str
    queue: str
    to: str
    leg: str
    anyway: bool
    customer: str
    attributes: _containers.ScalarMap[str, str]
    def __init__(self, domain: _Optional[str] = ..., call_id: _Optional[str] = ..., front_end: _Optional[str] = ..., request_id: _Optional[str] = ..., agent: _Optional[str] = ..., queue: _Optional[str] = ..., to: _Optional[str] = ..., leg: _Optional[str] = ..., anyway: _Optional[bool] = ..., customer: _Optional[str] = ..., attributes: _Optional[_Mapping[str, str]] = ...) -> None: ...

class PlaceCallResponse(_message.Message):
    __slots__ = ("revision", "instruction", "further", "refusal", "legs", "presence")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    FURTHER_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    LEGS_FIELD_NUMBER: _ClassVar[int]
    PRESENCE_FIELD_NUMBER: _ClassVar[int]
    revision: int
    instruction: Instruction
    further: _containers.RepeatedCompositeFieldContainer[Instruction]
    refusal: _engine_pb2.Refusal
    legs: _containers.RepeatedCompositeFieldContainer[CallInstruction]
    presence: Presence
    def __init__(self, revision: _Optional[int] = ..., instruction: _Optional[_Union[Instruction, _Mapping]] = ..., further: _Optional[_Iterable[_Union[Instruction, _Mapping]]] = ..., refusal: _Optional[_Union[_engine_pb2.Refusal, _Mapping]] = ..., legs: _Optional[_Iterable[_Union[CallInstruction, _Mapping]]] = ..., presence: _Optional[_Union[Presence, _Mapping]] = ...) -> None: ...

class RemarkCallRequest(_message.Message):
    __slots__ = ("domain", "call_id", "front_end", "request_id", "remark")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REMARK_FIELD_NUMBER: _ClassVar[int]
    domain: str
    call_id: str
    front_end: str
    request_id: str
    remark: _remarks_pb2.AnyRemark
    def __init__(self, domain: _Optional[str] = ..., call_id: _Optional[str] = ..., front_end: _Optional[str] = ..., request_id: _Optional[str] = ..., remark: _Optional[_Union[_remarks_pb2.AnyRemark, _Mapping]] = ...) -> None: ...

class RemarkCallResponse(_message.Message):
    __slots__ = ("revision", "instruction", "further", "refusal")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    FURTHER_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    revision: int
    instruction: Instruction
    further: _containers.RepeatedCompositeFieldContainer[Instruction]
    refusal: _engine_pb2.Refusal
    def __init__(self, revision: _Optional[int] = ..., instruction: _Optional[_Union[Instruction, _Mapping]] = ..., further: _Optional[_Iterable[_Union[Instruction, _Mapping]]] = ..., refusal: _Optional[_Union[_engine_pb2.Refusal, _Mapping]] = ...) -> None: ...

class Presence(_message.Message):
    __slots__ = ("agent", "standing", "reason")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    STANDING_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    agent: str
    standing: Standing
    reason: str
    def __init__(self, agent: _Optional[str] = ..., standing: _Optional[_Union[Standing, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class GetPresenceRequest(_message.Message):
    __slots__ = ("domain", "agent", "endpoint")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    domain: str
    agent: str
    endpoint: str
    def __init__(self, domain: _Optional[str] = ..., agent: _Optional[str] = ..., endpoint: _Optional[str] = ...) -> None: ...

class GetPresenceResponse(_message.Message):
    __slots__ = ("revision", "presence")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PRESENCE_FIELD_NUMBER: _ClassVar[int]
    revision: int
    presence: Presence
    def __init__(self, revision: _Optional[int] = ..., presence: _Optional[_Union[Presence, _Mapping]] = ...) -> None: ...

class ReportEndpointRequest(_message.Message):
    __slots__ = ("domain", "endpoint", "state", "request_id")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    domain: str
    endpoint: str
    state: _commands_pb2.Device
    request_id: str
    def __init__(self, domain: _Optional[str] = ..., endpoint: _Optional[str] = ..., state: _Optional[_Union[_commands_pb2.Device, str]] = ..., request_id: _Optional[str] = ...) -> None: ...

class ReportEndpointResponse(_message.Message):
    __slots__ = ("revision", "text", "agent")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    revision: int
    text: str
    agent: str
    def __init__(self, revision: _Optional[int] = ..., text: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...
