from grpc_api.v1 import engine_pb2 as _engine_pb2
from grpc_api.v1 import routing_pb2 as _routing_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MenuProblem(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MENU_PROBLEM_UNSPECIFIED: _ClassVar[MenuProblem]
    MENU_PROBLEM_LENGTH: _ClassVar[MenuProblem]
    MENU_PROBLEM_DIGITS: _ClassVar[MenuProblem]
    MENU_PROBLEM_PATTERN: _ClassVar[MenuProblem]
    MENU_PROBLEM_CHECK: _ClassVar[MenuProblem]
    MENU_PROBLEM_RANGE: _ClassVar[MenuProblem]
    MENU_PROBLEM_SPEECH: _ClassVar[MenuProblem]
    MENU_PROBLEM_LATE: _ClassVar[MenuProblem]

class MenuCause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MENU_CAUSE_UNSPECIFIED: _ClassVar[MenuCause]
    MENU_CAUSE_HANG_UP: _ClassVar[MenuCause]
    MENU_CAUSE_CALLER: _ClassVar[MenuCause]
    MENU_CAUSE_DEAD_END: _ClassVar[MenuCause]
    MENU_CAUSE_TOO_MANY_STEPS: _ClassVar[MenuCause]

class MenuIgnored(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MENU_IGNORED_UNSPECIFIED: _ClassVar[MenuIgnored]
    MENU_IGNORED_LATE: _ClassVar[MenuIgnored]
    MENU_IGNORED_NOT_ASKED_FOR: _ClassVar[MenuIgnored]
    MENU_IGNORED_ENDED: _ClassVar[MenuIgnored]

class MenuDone(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MENU_DONE_UNSPECIFIED: _ClassVar[MenuDone]
    MENU_DONE_ENQUEUED: _ClassVar[MenuDone]
    MENU_DONE_BOOKED: _ClassVar[MenuDone]
    MENU_DONE_REFUSED: _ClassVar[MenuDone]
MENU_PROBLEM_UNSPECIFIED: MenuProblem
MENU_PROBLEM_LENGTH: MenuProblem
MENU_PROBLEM_DIGITS: MenuProblem
MENU_PROBLEM_PATTERN: MenuProblem
MENU_PROBLEM_CHECK: MenuProblem
MENU_PROBLEM_RANGE: MenuProblem
MENU_PROBLEM_SPEECH: MenuProblem
MENU_PROBLEM_LATE: MenuProblem
MENU_CAUSE_UNSPECIFIED: MenuCause
MENU_CAUSE_HANG_UP: MenuCause
MENU_CAUSE_CALLER: MenuCause
MENU_CAUSE_DEAD_END: MenuCause
MENU_CAUSE_TOO_MANY_STEPS: MenuCause
MENU_IGNORED_UNSPECIFIED: MenuIgnored
MENU_IGNORED_LATE: MenuIgnored
MENU_IGNORED_NOT_ASKED_FOR: MenuIgnored
MENU_IGNORED_ENDED: MenuIgnored
MENU_DONE_UNSPECIFIED: MenuDone
MENU_DONE_ENQUEUED: MenuDone
MENU_DONE_BOOKED: MenuDone
MENU_DONE_REFUSED: MenuDone

class MenuSpoken(_message.Message):
    __slots__ = ("text", "language", "barge_in")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    BARGE_IN_FIELD_NUMBER: _ClassVar[int]
    text: str
    language: str
    barge_in: bool
    def __init__(self, text: _Optional[str] = ..., language: _Optional[str] = ..., barge_in: _Optional[bool] = ...) -> None: ...

class MenuAwaitInput(_message.Message):
    __slots__ = ("wait", "timeout_ns", "digit_timeout_ns", "max_digits", "keys", "end_key", "phrases", "secret")
    WAIT_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_NS_FIELD_NUMBER: _ClassVar[int]
    DIGIT_TIMEOUT_NS_FIELD_NUMBER: _ClassVar[int]
    MAX_DIGITS_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    END_KEY_FIELD_NUMBER: _ClassVar[int]
    PHRASES_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    wait: int
    timeout_ns: int
    digit_timeout_ns: int
    max_digits: int
    keys: _containers.RepeatedScalarFieldContainer[str]
    end_key: str
    phrases: _containers.RepeatedScalarFieldContainer[str]
    secret: bool
    def __init__(self, wait: _Optional[int] = ..., timeout_ns: _Optional[int] = ..., digit_timeout_ns: _Optional[int] = ..., max_digits: _Optional[int] = ..., keys: _Optional[_Iterable[str]] = ..., end_key: _Optional[str] = ..., phrases: _Optional[_Iterable[str]] = ..., secret: _Optional[bool] = ...) -> None: ...

class MenuAwaitAnswer(_message.Message):
    __slots__ = ("wait", "what", "timeout_ns", "inputs")
    class InputsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    WAIT_FIELD_NUMBER: _ClassVar[int]
    WHAT_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_NS_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    wait: int
    what: str
    timeout_ns: int
    inputs: _containers.ScalarMap[str, str]
    def __init__(self, wait: _Optional[int] = ..., what: _Optional[str] = ..., timeout_ns: _Optional[int] = ..., inputs: _Optional[_Mapping[str, str]] = ...) -> None: ...

class MenuAwaitRecording(_message.Message):
    __slots__ = ("wait", "mailbox", "max_length_ns", "timeout_ns", "end_key")
    WAIT_FIELD_NUMBER: _ClassVar[int]
    MAILBOX_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_NS_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_NS_FIELD_NUMBER: _ClassVar[int]
    END_KEY_FIELD_NUMBER: _ClassVar[int]
    wait: int
    mailbox: str
    max_length_ns: int
    timeout_ns: int
    end_key: str
    def __init__(self, wait: _Optional[int] = ..., mailbox: _Optional[str] = ..., max_length_ns: _Optional[int] = ..., timeout_ns: _Optional[int] = ..., end_key: _Optional[str] = ...) -> None: ...

class MenuWait(_message.Message):
    __slots__ = ("await_input", "await_answer", "await_recording")
    AWAIT_INPUT_FIELD_NUMBER: _ClassVar[int]
    AWAIT_ANSWER_FIELD_NUMBER: _ClassVar[int]
    AWAIT_RECORDING_FIELD_NUMBER: _ClassVar[int]
    await_input: MenuAwaitInput
    await_answer: MenuAwaitAnswer
    await_recording: MenuAwaitRecording
    def __init__(self, await_input: _Optional[_Union[MenuAwaitInput, _Mapping]] = ..., await_answer: _Optional[_Union[MenuAwaitAnswer, _Mapping]] = ..., await_recording: _Optional[_Union[MenuAwaitRecording, _Mapping]] = ...) -> None: ...

class MenuDigits(_message.Message):
    __slots__ = ("digits", "wait")
    DIGITS_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    digits: str
    wait: int
    def __init__(self, digits: _Optional[str] = ..., wait: _Optional[int] = ...) -> None: ...

class MenuSpeech(_message.Message):
    __slots__ = ("text", "wait")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    text: str
    wait: int
    def __init__(self, text: _Optional[str] = ..., wait: _Optional[int] = ...) -> None: ...

class MenuSealed(_message.Message):
    __slots__ = ("problem", "wait")
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    problem: MenuProblem
    wait: int
    def __init__(self, problem: _Optional[_Union[MenuProblem, str]] = ..., wait: _Optional[int] = ...) -> None: ...

class MenuTimedOut(_message.Message):
    __slots__ = ("wait",)
    WAIT_FIELD_NUMBER: _ClassVar[int]
    wait: int
    def __init__(self, wait: _Optional[int] = ...) -> None: ...

class MenuAnswered(_message.Message):
    __slots__ = ("result", "values", "wait")
    class ValuesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    RESULT_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    result: str
    values: _containers.ScalarMap[str, str]
    wait: int
    def __init__(self, result: _Optional[str] = ..., values: _Optional[_Mapping[str, str]] = ..., wait: _Optional[int] = ...) -> None: ...

class MenuFailed(_message.Message):
    __slots__ = ("wait",)
    WAIT_FIELD_NUMBER: _ClassVar[int]
    wait: int
    def __init__(self, wait: _Optional[int] = ...) -> None: ...

class MenuRecorded(_message.Message):
    __slots__ = ("reference", "length_ns", "wait")
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    LENGTH_NS_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    reference: str
    length_ns: int
    wait: int
    def __init__(self, reference: _Optional[str] = ..., length_ns: _Optional[int] = ..., wait: _Optional[int] = ...) -> None: ...

class MenuHungUp(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class MenuInput(_message.Message):
    __slots__ = ("digits", "speech", "sealed", "timed_out", "answered", "failed", "recorded", "hung_up")
    DIGITS_FIELD_NUMBER: _ClassVar[int]
    SPEECH_FIELD_NUMBER: _ClassVar[int]
    SEALED_FIELD_NUMBER: _ClassVar[int]
    TIMED_OUT_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    HUNG_UP_FIELD_NUMBER: _ClassVar[int]
    digits: MenuDigits
    speech: MenuSpeech
    sealed: MenuSealed
    timed_out: MenuTimedOut
    answered: MenuAnswered
    failed: MenuFailed
    recorded: MenuRecorded
    hung_up: MenuHungUp
    def __init__(self, digits: _Optional[_Union[MenuDigits, _Mapping]] = ..., speech: _Optional[_Union[MenuSpeech, _Mapping]] = ..., sealed: _Optional[_Union[MenuSealed, _Mapping]] = ..., timed_out: _Optional[_Union[MenuTimedOut, _Mapping]] = ..., answered: _Optional[_Union[MenuAnswered, _Mapping]] = ..., failed: _Optional[_Union[MenuFailed, _Mapping]] = ..., recorded: _Optional[_Union[MenuRecorded, _Mapping]] = ..., hung_up: _Optional[_Union[MenuHungUp, _Mapping]] = ...) -> None: ...

class MenuToQueue(_message.Message):
    __slots__ = ("queues", "priority", "requirement", "customer", "attributes")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REQUIREMENT_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    queues: _containers.RepeatedScalarFieldContainer[str]
    priority: int
    requirement: str
    customer: str
    attributes: _containers.ScalarMap[str, str]
    def __init__(self, queues: _Optional[_Iterable[str]] = ..., priority: _Optional[int] = ..., requirement: _Optional[str] = ..., customer: _Optional[str] = ..., attributes: _Optional[_Mapping[str, str]] = ...) -> None: ...

class MenuToNumber(_message.Message):
    __slots__ = ("number",)
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    number: str
    def __init__(self, number: _Optional[str] = ...) -> None: ...

class MenuToMailbox(_message.Message):
    __slots__ = ("mailbox", "reference", "length_ns")
    MAILBOX_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    LENGTH_NS_FIELD_NUMBER: _ClassVar[int]
    mailbox: str
    reference: str
    length_ns: int
    def __init__(self, mailbox: _Optional[str] = ..., reference: _Optional[str] = ..., length_ns: _Optional[int] = ...) -> None: ...

class MenuToCallBack(_message.Message):
    __slots__ = ("queue", "number", "attributes")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    queue: str
    number: str
    attributes: _containers.ScalarMap[str, str]
    def __init__(self, queue: _Optional[str] = ..., number: _Optional[str] = ..., attributes: _Optional[_Mapping[str, str]] = ...) -> None: ...

class MenuEnded(_message.Message):
    __slots__ = ("cause",)
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    cause: MenuCause
    def __init__(self, cause: _Optional[_Union[MenuCause, str]] = ...) -> None: ...

class MenuOutcome(_message.Message):
    __slots__ = ("to_queue", "to_number", "to_mailbox", "to_call_back", "ended")
    TO_QUEUE_FIELD_NUMBER: _ClassVar[int]
    TO_NUMBER_FIELD_NUMBER: _ClassVar[int]
    TO_MAILBOX_FIELD_NUMBER: _ClassVar[int]
    TO_CALL_BACK_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    to_queue: MenuToQueue
    to_number: MenuToNumber
    to_mailbox: MenuToMailbox
    to_call_back: MenuToCallBack
    ended: MenuEnded
    def __init__(self, to_queue: _Optional[_Union[MenuToQueue, _Mapping]] = ..., to_number: _Optional[_Union[MenuToNumber, _Mapping]] = ..., to_mailbox: _Optional[_Union[MenuToMailbox, _Mapping]] = ..., to_call_back: _Optional[_Union[MenuToCallBack, _Mapping]] = ..., ended: _Optional[_Union[MenuEnded, _Mapping]] = ...) -> None: ...

class MenuTurn(_message.Message):
    __slots__ = ("call", "flow", "version", "language", "spoken", "wait", "outcome", "ignored", "again", "served", "done", "refusal", "problem", "instructions")
    CALL_FIELD_NUMBER: _ClassVar[int]
    FLOW_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    SPOKEN_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    IGNORED_FIELD_NUMBER: _ClassVar[int]
    AGAIN_FIELD_NUMBER: _ClassVar[int]
    SERVED_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    call: str
    flow: str
    version: str
    language: str
    spoken: _containers.RepeatedCompositeFieldContainer[MenuSpoken]
    wait: MenuWait
    outcome: MenuOutcome
    ignored: MenuIgnored
    again: bool
    served: bool
    done: MenuDone
    refusal: _engine_pb2.Refusal
    problem: str
    instructions: _containers.RepeatedCompositeFieldContainer[_routing_pb2.Instruction]
    def __init__(self, call: _Optional[str] = ..., flow: _Optional[str] = ..., version: _Optional[str] = ..., language: _Optional[str] = ..., spoken: _Optional[_Iterable[_Union[MenuSpoken, _Mapping]]] = ..., wait: _Optional[_Union[MenuWait, _Mapping]] = ..., outcome: _Optional[_Union[MenuOutcome, _Mapping]] = ..., ignored: _Optional[_Union[MenuIgnored, str]] = ..., again: _Optional[bool] = ..., served: _Optional[bool] = ..., done: _Optional[_Union[MenuDone, str]] = ..., refusal: _Optional[_Union[_engine_pb2.Refusal, _Mapping]] = ..., problem: _Optional[str] = ..., instructions: _Optional[_Iterable[_Union[_routing_pb2.Instruction, _Mapping]]] = ...) -> None: ...

class FlowBrief(_message.Message):
    __slots__ = ("flow", "version", "languages", "queues", "calls", "begun", "ended", "served", "outcomes")
    class OutcomesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    FLOW_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    BEGUN_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    SERVED_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    flow: str
    version: str
    languages: _containers.RepeatedScalarFieldContainer[str]
    queues: _containers.RepeatedScalarFieldContainer[str]
    calls: int
    begun: int
    ended: int
    served: int
    outcomes: _containers.ScalarMap[str, int]
    def __init__(self, flow: _Optional[str] = ..., version: _Optional[str] = ..., languages: _Optional[_Iterable[str]] = ..., queues: _Optional[_Iterable[str]] = ..., calls: _Optional[int] = ..., begun: _Optional[int] = ..., ended: _Optional[int] = ..., served: _Optional[int] = ..., outcomes: _Optional[_Mapping[str, int]] = ...) -> None: ...

class ListFlowsRequest(_message.Message):
    __slots__ = ("domain",)
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    domain: str
    def __init__(self, domain: _Optional[str] = ...) -> None: ...

class ListFlowsResponse(_message.Message):
    __slots__ = ("revision", "flows")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    FLOWS_FIELD_NUMBER: _ClassVar[int]
    revision: int
    flows: _containers.RepeatedCompositeFieldContainer[FlowBrief]
    def __init__(self, revision: _Optional[int] = ..., flows: _Optional[_Iterable[_Union[FlowBrief, _Mapping]]] = ...) -> None: ...

class StartMenuRequest(_message.Message):
    __slots__ = ("domain", "call", "flow", "attributes", "language", "caller", "front_end", "channel", "only_tell")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    FLOW_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    ONLY_TELL_FIELD_NUMBER: _ClassVar[int]
    domain: str
    call: str
    flow: str
    attributes: _containers.ScalarMap[str, str]
    language: str
    caller: str
    front_end: str
    channel: str
    only_tell: bool
    def __init__(self, domain: _Optional[str] = ..., call: _Optional[str] = ..., flow: _Optional[str] = ..., attributes: _Optional[_Mapping[str, str]] = ..., language: _Optional[str] = ..., caller: _Optional[str] = ..., front_end: _Optional[str] = ..., channel: _Optional[str] = ..., only_tell: _Optional[bool] = ...) -> None: ...

class StartMenuResponse(_message.Message):
    __slots__ = ("revision", "turn")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    revision: int
    turn: MenuTurn
    def __init__(self, revision: _Optional[int] = ..., turn: _Optional[_Union[MenuTurn, _Mapping]] = ...) -> None: ...

class GiveMenuRequest(_message.Message):
    __slots__ = ("domain", "call", "input")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    domain: str
    call: str
    input: MenuInput
    def __init__(self, domain: _Optional[str] = ..., call: _Optional[str] = ..., input: _Optional[_Union[MenuInput, _Mapping]] = ...) -> None: ...

class GiveMenuResponse(_message.Message):
    __slots__ = ("revision", "turn")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    revision: int
    turn: MenuTurn
    def __init__(self, revision: _Optional[int] = ..., turn: _Optional[_Union[MenuTurn, _Mapping]] = ...) -> None: ...

class GetMenuRequest(_message.Message):
    __slots__ = ("domain", "call", "caller")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    domain: str
    call: str
    caller: str
    def __init__(self, domain: _Optional[str] = ..., call: _Optional[str] = ..., caller: _Optional[str] = ...) -> None: ...

class GetMenuResponse(_message.Message):
    __slots__ = ("revision", "turn")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    revision: int
    turn: MenuTurn
    def __init__(self, revision: _Optional[int] = ..., turn: _Optional[_Union[MenuTurn, _Mapping]] = ...) -> None: ...

class SyncMenusRequest(_message.Message):
    __slots__ = ("domain", "front_end", "calls")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    domain: str
    front_end: str
    calls: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, domain: _Optional[str] = ..., front_end: _Optional[str] = ..., calls: _Optional[_Iterable[str]] = ...) -> None: ...

class SyncMenusResponse(_message.Message):
    __slots__ = ("revision", "ended", "unknown")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_FIELD_NUMBER: _ClassVar[int]
    revision: int
    ended: _containers.RepeatedScalarFieldContainer[str]
    unknown: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, revision: _Optional[int] = ..., ended: _Optional[_Iterable[str]] = ..., unknown: _Optional[_Iterable[str]] = ...) -> None: ...
