from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Resolution(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESOLUTION_UNSPECIFIED: _ClassVar[Resolution]
    RESOLUTION_UNRESOLVED: _ClassVar[Resolution]
    RESOLUTION_RESOLVED: _ClassVar[Resolution]
    RESOLUTION_CLOSED: _ClassVar[Resolution]
    RESOLUTION_CALL_BACK: _ClassVar[Resolution]

class ConsentAnswer(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONSENT_ANSWER_UNSPECIFIED: _ClassVar[ConsentAnswer]
    CONSENT_ANSWER_ASKED: _ClassVar[ConsentAnswer]
    CONSENT_ANSWER_GIVEN: _ClassVar[ConsentAnswer]
    CONSENT_ANSWER_REFUSED: _ClassVar[ConsentAnswer]

class RecordingAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECORDING_ACTION_UNSPECIFIED: _ClassVar[RecordingAction]
    RECORDING_ACTION_START: _ClassVar[RecordingAction]
    RECORDING_ACTION_PAUSE: _ClassVar[RecordingAction]
    RECORDING_ACTION_RESUME: _ClassVar[RecordingAction]
    RECORDING_ACTION_STOP: _ClassVar[RecordingAction]

class MonitoringMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MONITORING_MODE_UNSPECIFIED: _ClassVar[MonitoringMode]
    MONITORING_MODE_LISTEN: _ClassVar[MonitoringMode]
    MONITORING_MODE_WHISPER: _ClassVar[MonitoringMode]
    MONITORING_MODE_BARGE: _ClassVar[MonitoringMode]
    MONITORING_MODE_STOP: _ClassVar[MonitoringMode]

class HintKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HINT_KIND_UNSPECIFIED: _ClassVar[HintKind]
    HINT_KIND_CLOSING: _ClassVar[HintKind]

class AlertLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALERT_LEVEL_UNSPECIFIED: _ClassVar[AlertLevel]
    ALERT_LEVEL_NOTICE: _ClassVar[AlertLevel]
    ALERT_LEVEL_WARNING: _ClassVar[AlertLevel]
    ALERT_LEVEL_CRITICAL: _ClassVar[AlertLevel]

class CallBackAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CALL_BACK_ACTION_UNSPECIFIED: _ClassVar[CallBackAction]
    CALL_BACK_ACTION_KEEP: _ClassVar[CallBackAction]
    CALL_BACK_ACTION_BOOK: _ClassVar[CallBackAction]
    CALL_BACK_ACTION_CONFIRM: _ClassVar[CallBackAction]
    CALL_BACK_ACTION_MOVE: _ClassVar[CallBackAction]
    CALL_BACK_ACTION_CANCEL: _ClassVar[CallBackAction]
    CALL_BACK_ACTION_CLOSE: _ClassVar[CallBackAction]
RESOLUTION_UNSPECIFIED: Resolution
RESOLUTION_UNRESOLVED: Resolution
RESOLUTION_RESOLVED: Resolution
RESOLUTION_CLOSED: Resolution
RESOLUTION_CALL_BACK: Resolution
CONSENT_ANSWER_UNSPECIFIED: ConsentAnswer
CONSENT_ANSWER_ASKED: ConsentAnswer
CONSENT_ANSWER_GIVEN: ConsentAnswer
CONSENT_ANSWER_REFUSED: ConsentAnswer
RECORDING_ACTION_UNSPECIFIED: RecordingAction
RECORDING_ACTION_START: RecordingAction
RECORDING_ACTION_PAUSE: RecordingAction
RECORDING_ACTION_RESUME: RecordingAction
RECORDING_ACTION_STOP: RecordingAction
MONITORING_MODE_UNSPECIFIED: MonitoringMode
MONITORING_MODE_LISTEN: MonitoringMode
MONITORING_MODE_WHISPER: MonitoringMode
MONITORING_MODE_BARGE: MonitoringMode
MONITORING_MODE_STOP: MonitoringMode
HINT_KIND_UNSPECIFIED: HintKind
HINT_KIND_CLOSING: HintKind
ALERT_LEVEL_UNSPECIFIED: AlertLevel
ALERT_LEVEL_NOTICE: AlertLevel
ALERT_LEVEL_WARNING: AlertLevel
ALERT_LEVEL_CRITICAL: AlertLevel
CALL_BACK_ACTION_UNSPECIFIED: CallBackAction
CALL_BACK_ACTION_KEEP: CallBackAction
CALL_BACK_ACTION_BOOK: CallBackAction
CALL_BACK_ACTION_CONFIRM: CallBackAction
CALL_BACK_ACTION_MOVE: CallBackAction
CALL_BACK_ACTION_CANCEL: CallBackAction
CALL_BACK_ACTION_CLOSE: CallBackAction

class Disposition(_message.Message):
    __slots__ = ("code", "resolved", "agent", "note_ref", "call_back_ns")
    CODE_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    NOTE_REF_FIELD_NUMBER: _ClassVar[int]
    CALL_BACK_NS_FIELD_NUMBER: _ClassVar[int]
    code: str
    resolved: Resolution
    agent: str
    note_ref: str
    call_back_ns: int
    def __init__(self, code: _Optional[str] = ..., resolved: _Optional[_Union[Resolution, str]] = ..., agent: _Optional[str] = ..., note_ref: _Optional[str] = ..., call_back_ns: _Optional[int] = ...) -> None: ...

class Consent(_message.Message):
    __slots__ = ("what", "answer")
    WHAT_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    what: str
    answer: ConsentAnswer
    def __init__(self, what: _Optional[str] = ..., answer: _Optional[_Union[ConsentAnswer, str]] = ...) -> None: ...

class Recording(_message.Message):
    __slots__ = ("action", "reason", "segment")
    ACTION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    action: RecordingAction
    reason: str
    segment: str
    def __init__(self, action: _Optional[_Union[RecordingAction, str]] = ..., reason: _Optional[str] = ..., segment: _Optional[str] = ...) -> None: ...

class Monitoring(_message.Message):
    __slots__ = ("supervisor", "mode")
    SUPERVISOR_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    supervisor: str
    mode: MonitoringMode
    def __init__(self, supervisor: _Optional[str] = ..., mode: _Optional[_Union[MonitoringMode, str]] = ...) -> None: ...

class Signal(_message.Message):
    __slots__ = ("name", "value", "source")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    source: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ..., source: _Optional[str] = ...) -> None: ...

class Feedback(_message.Message):
    __slots__ = ("survey", "question", "answer", "score")
    SURVEY_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    survey: str
    question: str
    answer: str
    score: int
    def __init__(self, survey: _Optional[str] = ..., question: _Optional[str] = ..., answer: _Optional[str] = ..., score: _Optional[int] = ...) -> None: ...

class Note(_message.Message):
    __slots__ = ("ref",)
    REF_FIELD_NUMBER: _ClassVar[int]
    ref: str
    def __init__(self, ref: _Optional[str] = ...) -> None: ...

class Hint(_message.Message):
    __slots__ = ("what",)
    WHAT_FIELD_NUMBER: _ClassVar[int]
    what: HintKind
    def __init__(self, what: _Optional[_Union[HintKind, str]] = ...) -> None: ...

class Alert(_message.Message):
    __slots__ = ("code", "level", "to", "rule")
    CODE_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    code: str
    level: AlertLevel
    to: str
    rule: str
    def __init__(self, code: _Optional[str] = ..., level: _Optional[_Union[AlertLevel, str]] = ..., to: _Optional[str] = ..., rule: _Optional[str] = ...) -> None: ...

class Acknowledged(_message.Message):
    __slots__ = ("code", "by")
    CODE_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    code: str
    by: str
    def __init__(self, code: _Optional[str] = ..., by: _Optional[str] = ...) -> None: ...

class SurveyProposed(_message.Message):
    __slots__ = ("survey", "means", "language", "until_ns")
    SURVEY_FIELD_NUMBER: _ClassVar[int]
    MEANS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    survey: str
    means: str
    language: str
    until_ns: int
    def __init__(self, survey: _Optional[str] = ..., means: _Optional[str] = ..., language: _Optional[str] = ..., until_ns: _Optional[int] = ...) -> None: ...

class CallBack(_message.Message):
    __slots__ = ("call_back", "action", "queue", "customer", "number", "agent", "from_ns", "to_ns", "timezone", "confirmed", "priority", "reason")
    CALL_BACK_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    FROM_NS_FIELD_NUMBER: _ClassVar[int]
    TO_NS_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    call_back: str
    action: CallBackAction
    queue: str
    customer: str
    number: str
    agent: str
    from_ns: int
    to_ns: int
    timezone: str
    confirmed: bool
    priority: int
    reason: str
    def __init__(self, call_back: _Optional[str] = ..., action: _Optional[_Union[CallBackAction, str]] = ..., queue: _Optional[str] = ..., customer: _Optional[str] = ..., number: _Optional[str] = ..., agent: _Optional[str] = ..., from_ns: _Optional[int] = ..., to_ns: _Optional[int] = ..., timezone: _Optional[str] = ..., confirmed: _Optional[bool] = ..., priority: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class AnyRemark(_message.Message):
    __slots__ = ("disposition", "consent", "recording", "monitoring", "signal", "feedback", "note", "hint", "alert", "acknowledged", "survey_proposed", "call_back")
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    CONSENT_FIELD_NUMBER: _ClassVar[int]
    RECORDING_FIELD_NUMBER: _ClassVar[int]
    MONITORING_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    FEEDBACK_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    ALERT_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    SURVEY_PROPOSED_FIELD_NUMBER: _ClassVar[int]
    CALL_BACK_FIELD_NUMBER: _ClassVar[int]
    disposition: Disposition
    consent: Consent
    recording: Recording
    monitoring: Monitoring
    signal: Signal
    feedback: Feedback
    note: Note
    hint: Hint
    alert: Alert
    acknowledged: Acknowledged
    survey_proposed: SurveyProposed
    call_back: CallBack
    def __init__(self, disposition: _Optional[_Union[Disposition, _Mapping]] = ..., consent: _Optional[_Union[Consent, _Mapping]] = ..., recording: _Optional[_Union[Recording, _Mapping]] = ..., monitoring: _Optional[_Union[Monitoring, _Mapping]] = ..., signal: _Optional[_Union[Signal, _Mapping]] = ..., feedback: _Optional[_Union[Feedback, _Mapping]] = ..., note: _Optional[_Union[Note, _Mapping]] = ..., hint: _Optional[_Union[Hint, _Mapping]] = ..., alert: _Optional[_Union[Alert, _Mapping]] = ..., acknowledged: _Optional[_Union[Acknowledged, _Mapping]] = ..., survey_proposed: _Optional[_Union[SurveyProposed, _Mapping]] = ..., call_back: _Optional[_Union[CallBack, _Mapping]] = ...) -> None: ...
