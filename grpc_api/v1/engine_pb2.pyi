from grpc_api.v1 import commands_pb2 as _commands_pb2
from grpc_api.v1 import events_pb2 as _events_pb2
from grpc_api.v1 import statistics_pb2 as _statistics_pb2
from grpc_api.v1 import views_pb2 as _views_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StatisticsList(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATISTICS_LIST_UNSPECIFIED: _ClassVar[StatisticsList]
    STATISTICS_LIST_QUEUES: _ClassVar[StatisticsList]
    STATISTICS_LIST_AGENTS: _ClassVar[StatisticsList]

class Severity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEVERITY_UNSPECIFIED: _ClassVar[Severity]
    SEVERITY_ERROR: _ClassVar[Severity]
    SEVERITY_WARNING: _ClassVar[Severity]
    SEVERITY_NOTE: _ClassVar[Severity]

class HostState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HOST_STATE_UNSPECIFIED: _ClassVar[HostState]
    HOST_STATE_SERVING: _ClassVar[HostState]
    HOST_STATE_FULL: _ClassVar[HostState]
    HOST_STATE_DRAINING: _ClassVar[HostState]
    HOST_STATE_STOPPED: _ClassVar[HostState]
STATISTICS_LIST_UNSPECIFIED: StatisticsList
STATISTICS_LIST_QUEUES: StatisticsList
STATISTICS_LIST_AGENTS: StatisticsList
SEVERITY_UNSPECIFIED: Severity
SEVERITY_ERROR: Severity
SEVERITY_WARNING: Severity
SEVERITY_NOTE: Severity
HOST_STATE_UNSPECIFIED: HostState
HOST_STATE_SERVING: HostState
HOST_STATE_FULL: HostState
HOST_STATE_DRAINING: HostState
HOST_STATE_STOPPED: HostState

class ApplyRequest(_message.Message):
    __slots__ = ("domain", "items")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    domain: str
    items: _containers.RepeatedCompositeFieldContainer[_commands_pb2.Item]
    def __init__(self, domain: _Optional[str] = ..., items: _Optional[_Iterable[_Union[_commands_pb2.Item, _Mapping]]] = ...) -> None: ...

class ApplyResponse(_message.Message):
    __slots__ = ("revision", "outcomes")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    revision: int
    outcomes: _containers.RepeatedCompositeFieldContainer[Outcome]
    def __init__(self, revision: _Optional[int] = ..., outcomes: _Optional[_Iterable[_Union[Outcome, _Mapping]]] = ...) -> None: ...

class Outcome(_message.Message):
    __slots__ = ("revision", "at_ns", "done", "refusal", "repeated")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    REPEATED_FIELD_NUMBER: _ClassVar[int]
    revision: int
    at_ns: int
    done: Done
    refusal: Refusal
    repeated: bool
    def __init__(self, revision: _Optional[int] = ..., at_ns: _Optional[int] = ..., done: _Optional[_Union[Done, _Mapping]] = ..., refusal: _Optional[_Union[Refusal, _Mapping]] = ..., repeated: _Optional[bool] = ...) -> None: ...

class Done(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_events_pb2.Event]
    def __init__(self, events: _Optional[_Iterable[_Union[_events_pb2.Event, _Mapping]]] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("reason", "subject", "detail", "command", "at_ns")
    REASON_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    reason: _events_pb2.Reason
    subject: str
    detail: str
    command: str
    at_ns: int
    def __init__(self, reason: _Optional[_Union[_events_pb2.Reason, str]] = ..., subject: _Optional[str] = ..., detail: _Optional[str] = ..., command: _Optional[str] = ..., at_ns: _Optional[int] = ...) -> None: ...

class SessionRequest(_message.Message):
    __slots__ = ("domain", "sequence", "items", "front_end", "lease_ns")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    FRONT_END_FIELD_NUMBER: _ClassVar[int]
    LEASE_NS_FIELD_NUMBER: _ClassVar[int]
    domain: str
    sequence: int
    items: _containers.RepeatedCompositeFieldContainer[_commands_pb2.Item]
    front_end: str
    lease_ns: int
    def __init__(self, domain: _Optional[str] = ..., sequence: _Optional[int] = ..., items: _Optional[_Iterable[_Union[_commands_pb2.Item, _Mapping]]] = ..., front_end: _Optional[str] = ..., lease_ns: _Optional[int] = ...) -> None: ...

class SessionResponse(_message.Message):
    __slots__ = ("revision", "sequence", "outcomes", "failure", "credits")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    CREDITS_FIELD_NUMBER: _ClassVar[int]
    revision: int
    sequence: int
    outcomes: _containers.RepeatedCompositeFieldContainer[Outcome]
    failure: Failure
    credits: int
    def __init__(self, revision: _Optional[int] = ..., sequence: _Optional[int] = ..., outcomes: _Optional[_Iterable[_Union[Outcome, _Mapping]]] = ..., failure: _Optional[_Union[Failure, _Mapping]] = ..., credits: _Optional[int] = ...) -> None: ...

class Failure(_message.Message):
    __slots__ = ("code", "reason", "message", "metadata", "retry_after_ns")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_NS_FIELD_NUMBER: _ClassVar[int]
    code: int
    reason: str
    message: str
    metadata: _containers.ScalarMap[str, str]
    retry_after_ns: int
    def __init__(self, code: _Optional[int] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ..., retry_after_ns: _Optional[int] = ...) -> None: ...

class WatchRequest(_message.Message):
    __slots__ = ("domain", "start_revision", "contacts", "agents", "queues", "types", "min_interval_ns", "progress_interval_ns")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    START_REVISION_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    MIN_INTERVAL_NS_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_INTERVAL_NS_FIELD_NUMBER: _ClassVar[int]
    domain: str
    start_revision: int
    contacts: _containers.RepeatedScalarFieldContainer[str]
    agents: _containers.RepeatedScalarFieldContainer[str]
    queues: _containers.RepeatedScalarFieldContainer[str]
    types: _containers.RepeatedScalarFieldContainer[str]
    min_interval_ns: int
    progress_interval_ns: int
    def __init__(self, domain: _Optional[str] = ..., start_revision: _Optional[int] = ..., contacts: _Optional[_Iterable[str]] = ..., agents: _Optional[_Iterable[str]] = ..., queues: _Optional[_Iterable[str]] = ..., types: _Optional[_Iterable[str]] = ..., min_interval_ns: _Optional[int] = ..., progress_interval_ns: _Optional[int] = ...) -> None: ...

class WatchResponse(_message.Message):
    __slots__ = ("revision", "events", "progress")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    revision: int
    events: _containers.RepeatedCompositeFieldContainer[WatchedEvent]
    progress: bool
    def __init__(self, revision: _Optional[int] = ..., events: _Optional[_Iterable[_Union[WatchedEvent, _Mapping]]] = ..., progress: _Optional[bool] = ...) -> None: ...

class WatchedEvent(_message.Message):
    __slots__ = ("revision", "event")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    revision: int
    event: _events_pb2.Event
    def __init__(self, revision: _Optional[int] = ..., event: _Optional[_Union[_events_pb2.Event, _Mapping]] = ...) -> None: ...

class GetContactRequest(_message.Message):
    __slots__ = ("domain", "contact")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    domain: str
    contact: str
    def __init__(self, domain: _Optional[str] = ..., contact: _Optional[str] = ...) -> None: ...

class GetContactResponse(_message.Message):
    __slots__ = ("revision", "contact")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    revision: int
    contact: _views_pb2.ContactView
    def __init__(self, revision: _Optional[int] = ..., contact: _Optional[_Union[_views_pb2.ContactView, _Mapping]] = ...) -> None: ...

class GetAgentRequest(_message.Message):
    __slots__ = ("domain", "agent")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    domain: str
    agent: str
    def __init__(self, domain: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class GetAgentResponse(_message.Message):
    __slots__ = ("revision", "agent")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    revision: int
    agent: _views_pb2.AgentView
    def __init__(self, revision: _Optional[int] = ..., agent: _Optional[_Union[_views_pb2.AgentView, _Mapping]] = ...) -> None: ...

class GetQueueRequest(_message.Message):
    __slots__ = ("domain", "queue")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    domain: str
    queue: str
    def __init__(self, domain: _Optional[str] = ..., queue: _Optional[str] = ...) -> None: ...

class GetQueueResponse(_message.Message):
    __slots__ = ("revision", "queue")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    revision: int
    queue: _views_pb2.QueueView
    def __init__(self, revision: _Optional[int] = ..., queue: _Optional[_Union[_views_pb2.QueueView, _Mapping]] = ...) -> None: ...

class ListContactsRequest(_message.Message):
    __slots__ = ("domain", "page_size", "page_token", "state", "queue")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    domain: str
    page_size: int
    page_token: str
    state: _views_pb2.ContactState
    queue: str
    def __init__(self, domain: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., state: _Optional[_Union[_views_pb2.ContactState, str]] = ..., queue: _Optional[str] = ...) -> None: ...

class ListContactsResponse(_message.Message):
    __slots__ = ("revision", "contacts", "next_page_token")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    revision: int
    contacts: _containers.RepeatedCompositeFieldContainer[_views_pb2.ContactView]
    next_page_token: str
    def __init__(self, revision: _Optional[int] = ..., contacts: _Optional[_Iterable[_Union[_views_pb2.ContactView, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListAgentsRequest(_message.Message):
    __slots__ = ("domain", "page_size", "page_token", "logged_in")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    LOGGED_IN_FIELD_NUMBER: _ClassVar[int]
    domain: str
    page_size: int
    page_token: str
    logged_in: bool
    def __init__(self, domain: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., logged_in: _Optional[bool] = ...) -> None: ...

class ListAgentsResponse(_message.Message):
    __slots__ = ("revision", "agents", "next_page_token")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    revision: int
    agents: _containers.RepeatedCompositeFieldContainer[_views_pb2.AgentView]
    next_page_token: str
    def __init__(self, revision: _Optional[int] = ..., agents: _Optional[_Iterable[_Union[_views_pb2.AgentView, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListQueuesRequest(_message.Message):
    __slots__ = ("domain", "page_size", "page_token")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    domain: str
    page_size: int
    page_token: str
    def __init__(self, domain: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListQueuesResponse(_message.Message):
    __slots__ = ("revision", "queues", "next_page_token")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    revision: int
    queues: _containers.RepeatedCompositeFieldContainer[_views_pb2.QueueView]
    next_page_token: str
    def __init__(self, revision: _Optional[int] = ..., queues: _Optional[_Iterable[_Union[_views_pb2.QueueView, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ExplainRequest(_message.Message):
    __slots__ = ("domain", "contact", "agents", "limit")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    domain: str
    contact: str
    agents: _containers.RepeatedScalarFieldContainer[str]
    limit: int
    def __init__(self, domain: _Optional[str] = ..., contact: _Optional[str] = ..., agents: _Optional[_Iterable[str]] = ..., limit: _Optional[int] = ...) -> None: ...

class ExplainResponse(_message.Message):
    __slots__ = ("revision", "explanation")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    revision: int
    explanation: _views_pb2.Explanation
    def __init__(self, revision: _Optional[int] = ..., explanation: _Optional[_Union[_views_pb2.Explanation, _Mapping]] = ...) -> None: ...

class GetStatisticsRequest(_message.Message):
    __slots__ = ("domain", "queues", "agents", "groups", "list", "page_size", "page_token", "by_channel")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    LIST_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    BY_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    domain: str
    queues: _containers.RepeatedScalarFieldContainer[str]
    agents: _containers.RepeatedScalarFieldContainer[str]
    groups: _containers.RepeatedScalarFieldContainer[str]
    list: StatisticsList
    page_size: int
    page_token: str
    by_channel: bool
    def __init__(self, domain: _Optional[str] = ..., queues: _Optional[_Iterable[str]] = ..., agents: _Optional[_Iterable[str]] = ..., groups: _Optional[_Iterable[str]] = ..., list: _Optional[_Union[StatisticsList, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., by_channel: _Optional[bool] = ...) -> None: ...

class GetStatisticsResponse(_message.Message):
    __slots__ = ("revision", "at_ns", "queues", "contacts", "agents", "figures", "centre", "queue_statistics", "agent_statistics", "group_statistics", "next_page_token")
    class FiguresEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    REVISION_FIELD_NUMBER: _ClassVar[int]
    AT_NS_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    CENTRE_FIELD_NUMBER: _ClassVar[int]
    QUEUE_STATISTICS_FIELD_NUMBER: _ClassVar[int]
    AGENT_STATISTICS_FIELD_NUMBER: _ClassVar[int]
    GROUP_STATISTICS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    revision: int
    at_ns: int
    queues: _containers.RepeatedCompositeFieldContainer[_views_pb2.QueueView]
    contacts: ContactCounts
    agents: AgentCounts
    figures: _containers.ScalarMap[str, int]
    centre: _statistics_pb2.CentreStatistics
    queue_statistics: _containers.RepeatedCompositeFieldContainer[_statistics_pb2.QueueStatistics]
    agent_statistics: _containers.RepeatedCompositeFieldContainer[_statistics_pb2.AgentStatistics]
    group_statistics: _containers.RepeatedCompositeFieldContainer[_statistics_pb2.GroupStatistics]
    next_page_token: str
    def __init__(self, revision: _Optional[int] = ..., at_ns: _Optional[int] = ..., queues: _Optional[_Iterable[_Union[_views_pb2.QueueView, _Mapping]]] = ..., contacts: _Optional[_Union[ContactCounts, _Mapping]] = ..., agents: _Optional[_Union[AgentCounts, _Mapping]] = ..., figures: _Optional[_Mapping[str, int]] = ..., centre: _Optional[_Union[_statistics_pb2.CentreStatistics, _Mapping]] = ..., queue_statistics: _Optional[_Iterable[_Union[_statistics_pb2.QueueStatistics, _Mapping]]] = ..., agent_statistics: _Optional[_Iterable[_Union[_statistics_pb2.AgentStatistics, _Mapping]]] = ..., group_statistics: _Optional[_Iterable[_Union[_statistics_pb2.GroupStatistics, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ContactCounts(_message.Message):
    __slots__ = ("waiting", "offered", "handling", "held")
    WAITING_FIELD_NUMBER: _ClassVar[int]
    OFFERED_FIELD_NUMBER: _ClassVar[int]
    HANDLING_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    waiting: int
    offered: int
    handling: int
    held: int
    def __init__(self, waiting: _Optional[int] = ..., offered: _Optional[int] = ..., handling: _Optional[int] = ..., held: _Optional[int] = ...) -> None: ...

class AgentCounts(_message.Message):
    __slots__ = ("configured", "logged_in", "ready", "available", "ringing", "handling", "wrap_up", "held")
    CONFIGURED_FIELD_NUMBER: _ClassVar[int]
    LOGGED_IN_FIELD_NUMBER: _ClassVar[int]
    READY_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    RINGING_FIELD_NUMBER: _ClassVar[int]
    HANDLING_FIELD_NUMBER: _ClassVar[int]
    WRAP_UP_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    configured: int
    logged_in: int
    ready: int
    available: int
    ringing: int
    handling: int
    wrap_up: int
    held: int
    def __init__(self, configured: _Optional[int] = ..., logged_in: _Optional[int] = ..., ready: _Optional[int] = ..., available: _Optional[int] = ..., ringing: _Optional[int] = ..., handling: _Optional[int] = ..., wrap_up: _Optional[int] = ..., held: _Optional[int] = ...) -> None: ...

class GetConfigurationRequest(_message.Message):
    __slots__ = ("domain",)
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    domain: str
    def __init__(self, domain: _Optional[str] = ...) -> None: ...

class GetConfigurationResponse(_message.Message):
    __slots__ = ("revision", "json", "version")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    JSON_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    revision: int
    json: str
    version: str
    def __init__(self, revision: _Optional[int] = ..., json: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class ValidateConfigurationRequest(_message.Message):
    __slots__ = ("domain", "json")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    JSON_FIELD_NUMBER: _ClassVar[int]
    domain: str
    json: str
    def __init__(self, domain: _Optional[str] = ..., json: _Optional[str] = ...) -> None: ...

class ValidateConfigurationResponse(_message.Message):
    __slots__ = ("revision", "valid", "version", "findings")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    VALID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    revision: int
    valid: bool
    version: str
    findings: _containers.RepeatedCompositeFieldContainer[Finding]
    def __init__(self, revision: _Optional[int] = ..., valid: _Optional[bool] = ..., version: _Optional[str] = ..., findings: _Optional[_Iterable[_Union[Finding, _Mapping]]] = ...) -> None: ...

class Finding(_message.Message):
    __slots__ = ("code", "severity", "path", "message", "reason", "remedy")
    CODE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REMEDY_FIELD_NUMBER: _ClassVar[int]
    code: str
    severity: Severity
    path: str
    message: str
    reason: str
    remedy: str
    def __init__(self, code: _Optional[str] = ..., severity: _Optional[_Union[Severity, str]] = ..., path: _Optional[str] = ..., message: _Optional[str] = ..., reason: _Optional[str] = ..., remedy: _Optional[str] = ...) -> None: ...

class PutConfigurationRequest(_message.Message):
    __slots__ = ("domain", "json", "expected_version", "request_id")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    JSON_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    domain: str
    json: str
    expected_version: str
    request_id: str
    def __init__(self, domain: _Optional[str] = ..., json: _Optional[str] = ..., expected_version: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class PutConfigurationResponse(_message.Message):
    __slots__ = ("revision", "version", "events", "findings")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    revision: int
    version: str
    events: _containers.RepeatedCompositeFieldContainer[_events_pb2.Event]
    findings: _containers.RepeatedCompositeFieldContainer[Finding]
    def __init__(self, revision: _Optional[int] = ..., version: _Optional[str] = ..., events: _Optional[_Iterable[_Union[_events_pb2.Event, _Mapping]]] = ..., findings: _Optional[_Iterable[_Union[Finding, _Mapping]]] = ...) -> None: ...

class GetStatusRequest(_message.Message):
    __slots__ = ("domain",)
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    domain: str
    def __init__(self, domain: _Optional[str] = ...) -> None: ...

class GetStatusResponse(_message.Message):
    __slots__ = ("revision", "state", "digest", "now_ns", "behaviour", "configuration_version", "domains")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    NOW_NS_FIELD_NUMBER: _ClassVar[int]
    BEHAVIOUR_FIELD_NUMBER: _ClassVar[int]
    CONFIGURATION_VERSION_FIELD_NUMBER: _ClassVar[int]
    DOMAINS_FIELD_NUMBER: _ClassVar[int]
    revision: int
    state: HostState
    digest: int
    now_ns: int
    behaviour: int
    configuration_version: str
    domains: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, revision: _Optional[int] = ..., state: _Optional[_Union[HostState, str]] = ..., digest: _Optional[int] = ..., now_ns: _Optional[int] = ..., behaviour: _Optional[int] = ..., configuration_version: _Optional[str] = ..., domains: _Optional[_Iterable[str]] = ...) -> None: ...
