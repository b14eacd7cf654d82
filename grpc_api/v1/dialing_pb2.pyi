from grpc_api.v1 import commands_pb2 as _commands_pb2
from grpc_api.v1 import engine_pb2 as _engine_pb2
from grpc_api.v1 import routing_pb2 as _routing_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CampaignState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAMPAIGN_STATE_UNSPECIFIED: _ClassVar[CampaignState]
    CAMPAIGN_STATE_RUNNING: _ClassVar[CampaignState]
    CAMPAIGN_STATE_PAUSED: _ClassVar[CampaignState]
    CAMPAIGN_STATE_STOPPED: _ClassVar[CampaignState]
    CAMPAIGN_STATE_DRAINING: _ClassVar[CampaignState]

class DialingMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIALING_MODE_UNSPECIFIED: _ClassVar[DialingMode]
    DIALING_MODE_PREVIEW: _ClassVar[DialingMode]
    DIALING_MODE_PROGRESSIVE: _ClassVar[DialingMode]
    DIALING_MODE_POWER: _ClassVar[DialingMode]
    DIALING_MODE_PREDICTIVE: _ClassVar[DialingMode]
    DIALING_MODE_AGENTLESS: _ClassVar[DialingMode]
CAMPAIGN_STATE_UNSPECIFIED: CampaignState
CAMPAIGN_STATE_RUNNING: CampaignState
CAMPAIGN_STATE_PAUSED: CampaignState
CAMPAIGN_STATE_STOPPED: CampaignState
CAMPAIGN_STATE_DRAINING: CampaignState
DIALING_MODE_UNSPECIFIED: DialingMode
DIALING_MODE_PREVIEW: DialingMode
DIALING_MODE_PROGRESSIVE: DialingMode
DIALING_MODE_POWER: DialingMode
DIALING_MODE_PREDICTIVE: DialingMode
DIALING_MODE_AGENTLESS: DialingMode

class WatchDialsRequest(_message.Message):
    __slots__ = ("domain", "front_end", "carriers", "known", "progress_interval_ns")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    CARRIERS_FIELD_NUMBER: _ClassVar[int]
    KNOWN_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_INTERVAL_NS_FIELD_NUMBER: _ClassVar[int]
    domain: str
    front_end: str
    carriers: _containers.RepeatedScalarFieldContainer[str]
    known: _containers.RepeatedScalarFieldContainer[str]
    progress_interval_ns: int
    def __init__(self, domain: _Optional[str] = ..., front_end: _Optional[str] = ..., carriers: _Optional[_Iterable[str]] = ..., known: _Optional[_Iterable[str]] = ..., progress_interval_ns: _Optional[int] = ...) -> None: ...

class WatchDialsResponse(_message.Message):
    __slots__ = ("revision", "dials", "over")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    DIALS_FIELD_NUMBER: _ClassVar[int]
    OVER_FIELD_NUMBER: _ClassVar[int]
    revision: int
    dials: _containers.RepeatedCompositeFieldContainer[Dial]
    over: _containers.RepeatedCompositeFieldContainer[DialOver]
    def __init__(self, revision: _Optional[int] = ..., dials: _Optional[_Iterable[_Union[Dial, _Mapping]]] = ..., over: _Optional[_Iterable[_Union[DialOver, _Mapping]]] = ...) -> None: ...

class Dial(_message.Message):
    __slots__ = ("attempt", "number", "campaign", "caller_id", "carrier", "ring_ns", "until_ns", "detect_machines", "detection_ns", "greeting", "message", "agent", "contact", "customer", "again")
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    CALLER_ID_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    RING_NS_FIELD_NUMBER: _ClassVar[int]
    UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    DETECT_MACHINES_FIELD_NUMBER: _ClassVar[int]
    DETECTION_NS_FIELD_NUMBER: _ClassVar[int]
    GREETING_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    AGAIN_FIELD_NUMBER: _ClassVar[int]
    attempt: str
    number: str
    campaign: str
    caller_id: str
    carrier: str
    ring_ns: int
    until_ns: int
    detect_machines: bool
    detection_ns: int
    greeting: str
    message: str
    agent: str
    contact: str
    customer: str
    again: bool
    def __init__(self, attempt: _Optional[str] = ..., number: _Optional[str] = ..., campaign: _Optional[str] = ..., caller_id: _Optional[str] = ..., carrier: _Optional[str] = ..., ring_ns: _Optional[int] = ..., until_ns: _Optional[int] = ..., detect_machines: _Optional[bool] = ..., detection_ns: _Optional[int] = ..., greeting: _Optional[str] = ..., message: _Optional[str] = ..., agent: _Optional[str] = ..., contact: _Optional[str] = ..., customer: _Optional[str] = ..., again: _Optional[bool] = ...) -> None: ...

class DialOver(_message.Message):
    __slots__ = ("attempt", "outcome")
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    attempt: str
    outcome: _commands_pb2.AttemptOutcome
    def __init__(self, attempt: _Optional[str] = ..., outcome: _Optional[_Union[_commands_pb2.AttemptOutcome, str]] = ...) -> None: ...

class ReportAttemptRequest(_message.Message):
    __slots__ = ("domain", "front_end", "attempt", "state", "request_id")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    domain: str
    front_end: str
    attempt: str
    state: _commands_pb2.AttemptState
    request_id: str
    def __init__(self, domain: _Optional[str] = ..., front_end: _Optional[str] = ..., attempt: _Optional[str] = ..., state: _Optional[_Union[_commands_pb2.AttemptState, str]] = ..., request_id: _Optional[str] = ...) -> None: ...

class ReportAttemptResponse(_message.Message):
    __slots__ = ("revision", "refusal")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    revision: int
    refusal: _engine_pb2.Refusal
    def __init__(self, revision: _Optional[int] = ..., refusal: _Optional[_Union[_engine_pb2.Refusal, _Mapping]] = ...) -> None: ...

class EndAttemptRequest(_message.Message):
    __slots__ = ("domain", "front_end", "attempt", "outcome", "confidence", "detection_ns", "cause", "request_id")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    DETECTION_NS_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    domain: str
    front_end: str
    attempt: str
    outcome: _commands_pb2.AttemptOutcome
    confidence: int
    detection_ns: int
    cause: str
    request_id: str
    def __init__(self, domain: _Optional[str] = ..., front_end: _Optional[str] = ..., attempt: _Optional[str] = ..., outcome: _Optional[_Union[_commands_pb2.AttemptOutcome, str]] = ..., confidence: _Optional[int] = ..., detection_ns: _Optional[int] = ..., cause: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class EndAttemptResponse(_message.Message):
    __slots__ = ("revision", "refusal", "call_id", "instruction", "further", "message")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    FURTHER_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    revision: int
    refusal: _engine_pb2.Refusal
    call_id: str
    instruction: _routing_pb2.Instruction
    further: _containers.RepeatedCompositeFieldContainer[_routing_pb2.Instruction]
    message: str
    def __init__(self, revision: _Optional[int] = ..., refusal: _Optional[_Union[_engine_pb2.Refusal, _Mapping]] = ..., call_id: _Optional[str] = ..., instruction: _Optional[_Union[_routing_pb2.Instruction, _Mapping]] = ..., further: _Optional[_Iterable[_Union[_routing_pb2.Instruction, _Mapping]]] = ..., message: _Optional[str] = ...) -> None: ...

class ClosingRequest(_message.Message):
    __slots__ = ("domain", "agent")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    domain: str
    agent: str
    def __init__(self, domain: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class ClosingResponse(_message.Message):
    __slots__ = ("revision",)
    REVISION_FIELD_NUMBER: _ClassVar[int]
    revision: int
    def __init__(self, revision: _Optional[int] = ...) -> None: ...

class SkipPreviewRequest(_message.Message):
    __slots__ = ("domain", "contact")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    domain: str
    contact: str
    def __init__(self, domain: _Optional[str] = ..., contact: _Optional[str] = ...) -> None: ...

class SkipPreviewResponse(_message.Message):
    __slots__ = ("revision", "skipped")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    revision: int
    skipped: bool
    def __init__(self, revision: _Optional[int] = ..., skipped: _Optional[bool] = ...) -> None: ...

class CampaignBrief(_message.Message):
    __slots__ = ("campaign", "title", "mode", "queue", "state", "in_flight", "dials", "persons", "answered", "abandoned", "cap", "slack")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    DIALS_FIELD_NUMBER: _ClassVar[int]
    PERSONS_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_FIELD_NUMBER: _ClassVar[int]
    CAP_FIELD_NUMBER: _ClassVar[int]
    SLACK_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    title: str
    mode: DialingMode
    queue: str
    state: CampaignState
    in_flight: int
    dials: int
    persons: int
    answered: int
    abandoned: int
    cap: float
    slack: float
    def __init__(self, campaign: _Optional[str] = ..., title: _Optional[str] = ..., mode: _Optional[_Union[DialingMode, str]] = ..., queue: _Optional[str] = ..., state: _Optional[_Union[CampaignState, str]] = ..., in_flight: _Optional[int] = ..., dials: _Optional[int] = ..., persons: _Optional[int] = ..., answered: _Optional[int] = ..., abandoned: _Optional[int] = ..., cap: _Optional[float] = ..., slack: _Optional[float] = ...) -> None: ...

class CampaignAccount(_message.Message):
    __slots__ = ("profile", "cap", "start_ns", "end_ns", "answered", "abandoned", "early_hangups", "agentless", "machines", "machine_false_positives")
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    CAP_FIELD_NUMBER: _ClassVar[int]
    START_NS_FIELD_NUMBER: _ClassVar[int]
    END_NS_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_FIELD_NUMBER: _ClassVar[int]
    EARLY_HANGUPS_FIELD_NUMBER: _ClassVar[int]
    AGENTLESS_FIELD_NUMBER: _ClassVar[int]
    MACHINES_FIELD_NUMBER: _ClassVar[int]
    MACHINE_FALSE_POSITIVES_FIELD_NUMBER: _ClassVar[int]
    profile: str
    cap: float
    start_ns: int
    end_ns: int
    answered: int
    abandoned: int
    early_hangups: int
    agentless: int
    machines: int
    machine_false_positives: int
    def __init__(self, profile: _Optional[str] = ..., cap: _Optional[float] = ..., start_ns: _Optional[int] = ..., end_ns: _Optional[int] = ..., answered: _Optional[int] = ..., abandoned: _Optional[int] = ..., early_hangups: _Optional[int] = ..., agentless: _Optional[int] = ..., machines: _Optional[int] = ..., machine_false_positives: _Optional[int] = ...) -> None: ...

class CampaignPacing(_message.Message):
    __slots__ = ("idle", "busy", "staff", "waiting", "in_flight", "rate", "rate_deviation", "answer_ns", "slack", "target", "theta", "risk")
    IDLE_FIELD_NUMBER: _ClassVar[int]
    BUSY_FIELD_NUMBER: _ClassVar[int]
    STAFF_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    RATE_DEVIATION_FIELD_NUMBER: _ClassVar[int]
    ANSWER_NS_FIELD_NUMBER: _ClassVar[int]
    SLACK_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    THETA_FIELD_NUMBER: _ClassVar[int]
    RISK_FIELD_NUMBER: _ClassVar[int]
    idle: int
    busy: int
    staff: int
    waiting: int
    in_flight: int
    rate: float
    rate_deviation: float
    answer_ns: int
    slack: float
    target: float
    theta: float
    risk: float
    def __init__(self, idle: _Optional[int] = ..., busy: _Optional[int] = ..., staff: _Optional[int] = ..., waiting: _Optional[int] = ..., in_flight: _Optional[int] = ..., rate: _Optional[float] = ..., rate_deviation: _Optional[float] = ..., answer_ns: _Optional[int] = ..., slack: _Optional[float] = ..., target: _Optional[float] = ..., theta: _Optional[float] = ..., risk: _Optional[float] = ...) -> None: ...

class CarrierState(_message.Message):
    __slots__ = ("carrier", "busy", "free", "ready", "resting_until_ns", "begun", "failed")
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    BUSY_FIELD_NUMBER: _ClassVar[int]
    FREE_FIELD_NUMBER: _ClassVar[int]
    READY_FIELD_NUMBER: _ClassVar[int]
    RESTING_UNTIL_NS_FIELD_NUMBER: _ClassVar[int]
    BEGUN_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    carrier: str
    busy: int
    free: int
    ready: int
    resting_until_ns: int
    begun: int
    failed: int
    def __init__(self, carrier: _Optional[str] = ..., busy: _Optional[int] = ..., free: _Optional[int] = ..., ready: _Optional[int] = ..., resting_until_ns: _Optional[int] = ..., begun: _Optional[int] = ..., failed: _Optional[int] = ...) -> None: ...

class CampaignList(_message.Message):
    __slots__ = ("list", "state", "records", "fresh", "retry", "recall", "dialling", "closed")
    LIST_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    FRESH_FIELD_NUMBER: _ClassVar[int]
    RETRY_FIELD_NUMBER: _ClassVar[int]
    RECALL_FIELD_NUMBER: _ClassVar[int]
    DIALLING_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    list: str
    state: str
    records: int
    fresh: int
    retry: int
    recall: int
    dialling: int
    closed: int
    def __init__(self, list: _Optional[str] = ..., state: _Optional[str] = ..., records: _Optional[int] = ..., fresh: _Optional[int] = ..., retry: _Optional[int] = ..., recall: _Optional[int] = ..., dialling: _Optional[int] = ..., closed: _Optional[int] = ...) -> None: ...

class CampaignPicture(_message.Message):
    __slots__ = ("brief", "at_ns", "lists", "closed", "outcomes", "attempts", "abandoned", "remaining", "run_out_ns", "accounts", "pacing", "carriers", "problem")
    class ClosedEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class OutcomesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    BRIEF_FIELD_NUMBER: _ClassVar[int]
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    LISTS_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    ABANDONED_FIELD_NUMBER: _ClassVar[int]
    REMAINING_FIELD_NUMBER: _ClassVar[int]
    RUN_OUT_NS_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    PACING_FIELD_NUMBER: _ClassVar[int]
    CARRIERS_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    brief: CampaignBrief
    at_ns: int
    lists: _containers.RepeatedCompositeFieldContainer[CampaignList]
    closed: _containers.ScalarMap[str, int]
    outcomes: _containers.ScalarMap[str, int]
    attempts: int
    abandoned: int
    remaining: int
    run_out_ns: int
    accounts: _containers.RepeatedCompositeFieldContainer[CampaignAccount]
    pacing: CampaignPacing
    carriers: _containers.RepeatedCompositeFieldContainer[CarrierState]
    problem: str
    def __init__(self, brief: _Optional[_Union[CampaignBrief, _Mapping]] = ..., at_ns: _Optional[int] = ..., lists: _Optional[_Iterable[_Union[CampaignList, _Mapping]]] = ..., closed: _Optional[_Mapping[str, int]] = ..., outcomes: _Optional[_Mapping[str, int]] = ..., attempts: _Optional[int] = ..., abandoned: _Optional[int] = ..., remaining: _Optional[int] = ..., run_out_ns: _Optional[int] = ..., accounts: _Optional[_Iterable[_Union[CampaignAccount, _Mapping]]] = ..., pacing: _Optional[_Union[CampaignPacing, _Mapping]] = ..., carriers: _Optional[_Iterable[_Union[CarrierState, _Mapping]]] = ..., problem: _Optional[str] = ...) -> None: ...

class ListCampaignsRequest(_message.Message):
    __slots__ = ("domain", "page_size", "page_token")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    domain: str
    page_size: int
    page_token: str
    def __init__(self, domain: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCampaignsResponse(_message.Message):
    __slots__ = ("revision", "campaigns", "next_page_token")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGNS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    revision: int
    campaigns: _containers.RepeatedCompositeFieldContainer[CampaignBrief]
    next_page_token: str
    def __init__(self, revision: _Optional[int] = ..., campaigns: _Optional[_Iterable[_Union[CampaignBrief, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetCampaignRequest(_message.Message):
    __slots__ = ("domain", "campaign")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    domain: str
    campaign: str
    def __init__(self, domain: _Optional[str] = ..., campaign: _Optional[str] = ...) -> None: ...

class GetCampaignResponse(_message.Message):
    __slots__ = ("revision", "campaign")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    revision: int
    campaign: CampaignPicture
    def __init__(self, revision: _Optional[int] = ..., campaign: _Optional[_Union[CampaignPicture, _Mapping]] = ...) -> None: ...

class SetCampaignStateRequest(_message.Message):
    __slots__ = ("domain", "campaign", "state")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    domain: str
    campaign: str
    state: CampaignState
    def __init__(self, domain: _Optional[str] = ..., campaign: _Optional[str] = ..., state: _Optional[_Union[CampaignState, str]] = ...) -> None: ...

class SetCampaignStateResponse(_message.Message):
    __slots__ = ("revision", "before")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    revision: int
    before: CampaignState
    def __init__(self, revision: _Optional[int] = ..., before: _Optional[_Union[CampaignState, str]] = ...) -> None: ...
