from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AfterNotReady(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AFTER_NOT_READY_UNSPECIFIED: _ClassVar[AfterNotReady]
    AFTER_NOT_READY_ALERT: _ClassVar[AfterNotReady]
    AFTER_NOT_READY_READY: _ClassVar[AfterNotReady]
    AFTER_NOT_READY_LOG_OUT: _ClassVar[AfterNotReady]

class Strategy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STRATEGY_UNSPECIFIED: _ClassVar[Strategy]
    STRATEGY_LONGEST_IDLE: _ClassVar[Strategy]
    STRATEGY_FEWEST_CONTACTS: _ClassVar[Strategy]
    STRATEGY_ROUND_ROBIN: _ClassVar[Strategy]
    STRATEGY_LINEAR: _ClassVar[Strategy]
    STRATEGY_MOST_SKILLED: _ClassVar[Strategy]
    STRATEGY_LEAST_SKILLED: _ClassVar[Strategy]
    STRATEGY_RANDOM: _ClassVar[Strategy]
    STRATEGY_LEAST_OCCUPIED: _ClassVar[Strategy]
    STRATEGY_WEIGHTED: _ClassVar[Strategy]
    STRATEGY_PERCENT_ALLOCATION: _ClassVar[Strategy]
    STRATEGY_RING_ALL: _ClassVar[Strategy]
    STRATEGY_RING_N: _ClassVar[Strategy]

class Ordering(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDERING_UNSPECIFIED: _ClassVar[Ordering]
    ORDERING_PRIORITY_AGE: _ClassVar[Ordering]
    ORDERING_FIFO: _ClassVar[Ordering]
    ORDERING_SERVICE_OBJECTIVE: _ClassVar[Ordering]
    ORDERING_DEADLINE: _ClassVar[Ordering]

class Target(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TARGET_UNSPECIFIED: _ClassVar[Target]
    TARGET_QUEUE: _ClassVar[Target]
    TARGET_VOICEMAIL: _ClassVar[Target]
    TARGET_CALLBACK: _ClassVar[Target]
    TARGET_DISCONNECT: _ClassVar[Target]

class Day(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DAY_UNSPECIFIED: _ClassVar[Day]
    DAY_MON: _ClassVar[Day]
    DAY_TUE: _ClassVar[Day]
    DAY_WED: _ClassVar[Day]
    DAY_THU: _ClassVar[Day]
    DAY_FRI: _ClassVar[Day]
    DAY_SAT: _ClassVar[Day]
    DAY_SUN: _ClassVar[Day]

class OnClose(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ON_CLOSE_UNSPECIFIED: _ClassVar[OnClose]
    ON_CLOSE_KEEP: _ClassVar[OnClose]
    ON_CLOSE_OVERFLOW: _ClassVar[OnClose]
AFTER_NOT_READY_UNSPECIFIED: AfterNotReady
AFTER_NOT_READY_ALERT: AfterNotReady
AFTER_NOT_READY_READY: AfterNotReady
AFTER_NOT_READY_LOG_OUT: AfterNotReady
STRATEGY_UNSPECIFIED: Strategy
STRATEGY_LONGEST_IDLE: Strategy
STRATEGY_FEWEST_CONTACTS: Strategy
STRATEGY_ROUND_ROBIN: Strategy
STRATEGY_LINEAR: Strategy
STRATEGY_MOST_SKILLED: Strategy
STRATEGY_LEAST_SKILLED: Strategy
STRATEGY_RANDOM: Strategy
STRATEGY_LEAST_OCCUPIED: Strategy
STRATEGY_WEIGHTED: Strategy
STRATEGY_PERCENT_ALLOCATION: Strategy
STRATEGY_RING_ALL: Strategy
STRATEGY_RING_N: Strategy
ORDERING_UNSPECIFIED: Ordering
ORDERING_PRIORITY_AGE: Ordering
ORDERING_FIFO: Ordering
ORDERING_SERVICE_OBJECTIVE: Ordering
ORDERING_DEADLINE: Ordering
TARGET_UNSPECIFIED: Target
TARGET_QUEUE: Target
TARGET_VOICEMAIL: Target
TARGET_CALLBACK: Target
TARGET_DISCONNECT: Target
DAY_UNSPECIFIED: Day
DAY_MON: Day
DAY_TUE: Day
DAY_WED: Day
DAY_THU: Day
DAY_FRI: Day
DAY_SAT: Day
DAY_SUN: Day
ON_CLOSE_UNSPECIFIED: OnClose
ON_CLOSE_KEEP: OnClose
ON_CLOSE_OVERFLOW: OnClose

class Steps(_message.Message):
    __slots__ = ("steps",)
    STEPS_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[Step]
    def __init__(self, steps: _Optional[_Iterable[_Union[Step, _Mapping]]] = ...) -> None: ...

class Attributes(_message.Message):
    __slots__ = ("values",)
    class ValuesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.ScalarMap[str, str]
    def __init__(self, values: _Optional[_Mapping[str, str]] = ...) -> None: ...

class Durations(_message.Message):
    __slots__ = ("values_ns",)
    VALUES_NS_FIELD_NUMBER: _ClassVar[int]
    values_ns: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, values_ns: _Optional[_Iterable[int]] = ...) -> None: ...

class Days(_message.Message):
    __slots__ = ("days",)
    DAYS_FIELD_NUMBER: _ClassVar[int]
    days: _containers.RepeatedScalarFieldContainer[Day]
    def __init__(self, days: _Optional[_Iterable[_Union[Day, str]]] = ...) -> None: ...

class Channels(_message.Message):
    __slots__ = ("channels",)
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    channels: _containers.RepeatedCompositeFieldContainer[Channel]
    def __init__(self, channels: _Optional[_Iterable[_Union[Channel, _Mapping]]] = ...) -> None: ...

class Channel(_message.Message):
    __slots__ = ("id", "capacity", "load", "interrupts")
    ID_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_FIELD_NUMBER: _ClassVar[int]
    LOAD_FIELD_NUMBER: _ClassVar[int]
    INTERRUPTS_FIELD_NUMBER: _ClassVar[int]
    id: str
    capacity: int
    load: int
    interrupts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., capacity: _Optional[int] = ..., load: _Optional[int] = ..., interrupts: _Optional[_Iterable[str]] = ...) -> None: ...

class Agent(_message.Message):
    __slots__ = ("id", "skills", "groups", "channels", "load", "cost")
    class SkillsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class ChannelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    LOAD_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    id: str
    skills: _containers.ScalarMap[str, int]
    groups: _containers.RepeatedScalarFieldContainer[str]
    channels: _containers.ScalarMap[str, int]
    load: int
    cost: int
    def __init__(self, id: _Optional[str] = ..., skills: _Optional[_Mapping[str, int]] = ..., groups: _Optional[_Iterable[str]] = ..., channels: _Optional[_Mapping[str, int]] = ..., load: _Optional[int] = ..., cost: _Optional[int] = ...) -> None: ...

class Step(_message.Message):
    __slots__ = ("expression", "after_ns", "when", "score")
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    AFTER_NS_FIELD_NUMBER: _ClassVar[int]
    WHEN_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    expression: str
    after_ns: int
    when: str
    score: str
    def __init__(self, expression: _Optional[str] = ..., after_ns: _Optional[int] = ..., when: _Optional[str] = ..., score: _Optional[str] = ...) -> None: ...

class Reserve(_message.Message):
    __slots__ = ("members", "groups", "after_ns", "when")
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    AFTER_NS_FIELD_NUMBER: _ClassVar[int]
    WHEN_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedScalarFieldContainer[str]
    groups: _containers.RepeatedScalarFieldContainer[str]
    after_ns: int
    when: str
    def __init__(self, members: _Optional[_Iterable[str]] = ..., groups: _Optional[_Iterable[str]] = ..., after_ns: _Optional[int] = ..., when: _Optional[str] = ...) -> None: ...

class Weights(_message.Message):
    __slots__ = ("proficiency", "idle", "occupancy", "cost", "affinity")
    PROFICIENCY_FIELD_NUMBER: _ClassVar[int]
    IDLE_FIELD_NUMBER: _ClassVar[int]
    OCCUPANCY_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    AFFINITY_FIELD_NUMBER: _ClassVar[int]
    proficiency: int
    idle: int
    occupancy: int
    cost: int
    affinity: int
    def __init__(self, proficiency: _Optional[int] = ..., idle: _Optional[int] = ..., occupancy: _Optional[int] = ..., cost: _Optional[int] = ..., affinity: _Optional[int] = ...) -> None: ...

class Preference(_message.Message):
    __slots__ = ("agent", "score", "direct")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    DIRECT_FIELD_NUMBER: _ClassVar[int]
    agent: str
    score: int
    direct: bool
    def __init__(self, agent: _Optional[str] = ..., score: _Optional[int] = ..., direct: _Optional[bool] = ...) -> None: ...

class Overflow(_message.Message):
    __slots__ = ("to", "queue", "after_ns", "length", "keep_age", "when")
    TO_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    AFTER_NS_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    KEEP_AGE_FIELD_NUMBER: _ClassVar[int]
    WHEN_FIELD_NUMBER: _ClassVar[int]
    to: Target
    queue: str
    after_ns: int
    length: int
    keep_age: bool
    when: str
    def __init__(self, to: _Optional[_Union[Target, str]] = ..., queue: _Optional[str] = ..., after_ns: _Optional[int] = ..., length: _Optional[int] = ..., keep_age: _Optional[bool] = ..., when: _Optional[str] = ...) -> None: ...

class Queue(_message.Message):
    __slots__ = ("id", "members", "groups", "strategy", "ordering", "tier", "priority_credits_ns", "requirement", "steps", "ring_timeout_ns", "exclusion_ns", "retry_delay_ns", "misses_to_not_ready", "wrap_up_ns", "max_handling_ns", "max_wait", "no_agent", "max_length", "closed", "on_close", "service_level_ns", "hours", "score", "credit_ns", "reserves", "weights", "shares", "ring_agents", "group_misses", "split", "overflow", "batch_ns", "drain_after_ns", "auto_answer", "disposition_required", "keep_age")
    class SharesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class SplitEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    ORDERING_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_CREDITS_NS_FIELD_NUMBER: _ClassVar[int]
    REQUIREMENT_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    RING_TIMEOUT_NS_FIELD_NUMBER: _ClassVar[int]
    EXCLUSION_NS_FIELD_NUMBER: _ClassVar[int]
    RETRY_DELAY_NS_FIELD_NUMBER: _ClassVar[int]
    MISSES_TO_NOT_READY_FIELD_NUMBER: _ClassVar[int]
    WRAP_UP_NS_FIELD_NUMBER: _ClassVar[int]
    MAX_HANDLING_NS_FIELD_NUMBER: _ClassVar[int]
    MAX_WAIT_FIELD_NUMBER: _ClassVar[int]
    NO_AGENT_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    ON_CLOSE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_NS_FIELD_NUMBER: _ClassVar[int]
    HOURS_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    CREDIT_NS_FIELD_NUMBER: _ClassVar[int]
    RESERVES_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    RING_AGENTS_FIELD_NUMBER: _ClassVar[int]
    GROUP_MISSES_FIELD_NUMBER: _ClassVar[int]
    SPLIT_FIELD_NUMBER: _ClassVar[int]
    OVERFLOW_FIELD_NUMBER: _ClassVar[int]
    BATCH_NS_FIELD_NUMBER: _ClassVar[int]
    DRAIN_AFTER_NS_FIELD_NUMBER: _ClassVar[int]
    AUTO_ANSWER_FIELD_NUMBER: _ClassVar[int]
    DISPOSITION_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    KEEP_AGE_FIELD_NUMBER: _ClassVar[int]
    id: str
    members: _containers.RepeatedScalarFieldContainer[str]
    groups: _containers.RepeatedScalarFieldContainer[str]
    strategy: Strategy
    ordering: Ordering
    tier: int
    priority_credits_ns: Durations
    requirement: str
    steps: _containers.RepeatedCompositeFieldContainer[Step]
    ring_timeout_ns: int
    exclusion_ns: int
    retry_delay_ns: int
    misses_to_not_ready: int
    wrap_up_ns: int
    max_handling_ns: int
    max_wait: Overflow
    no_agent: Overflow
    max_length: Overflow
    closed: Overflow
    on_close: OnClose
    service_level_ns: int
    hours: str
    score: str
    credit_ns: int
    reserves: _containers.RepeatedCompositeFieldContainer[Reserve]
    weights: Weights
    shares: _containers.ScalarMap[str, int]
    ring_agents: int
    group_misses: bool
    split: _containers.ScalarMap[str, int]
    overflow: _containers.RepeatedCompositeFieldContainer[Overflow]
    batch_ns: int
    drain_after_ns: int
    auto_answer: bool
    disposition_required: bool
    keep_age: bool
    def __init__(self, id: _Optional[str] = ..., members: _Optional[_Iterable[str]] = ..., groups: _Optional[_Iterable[str]] = ..., strategy: _Optional[_Union[Strategy, str]] = ..., ordering: _Optional[_Union[Ordering, str]] = ..., tier: _Optional[int] = ..., priority_credits_ns: _Optional[_Union[Durations, _Mapping]] = ..., requirement: _Optional[str] = ..., steps: _Optional[_Iterable[_Union[Step, _Mapping]]] = ..., ring_timeout_ns: _Optional[int] = ..., exclusion_ns: _Optional[int] = ..., retry_delay_ns: _Optional[int] = ..., misses_to_not_ready: _Optional[int] = ..., wrap_up_ns: _Optional[int] = ..., max_handling_ns: _Optional[int] = ..., max_wait: _Optional[_Union[Overflow, _Mapping]] = ..., no_agent: _Optional[_Union[Overflow, _Mapping]] = ..., max_length: _Optional[_Union[Overflow, _Mapping]] = ..., closed: _Optional[_Union[Overflow, _Mapping]] = ..., on_close: _Optional[_Union[OnClose, str]] = ..., service_level_ns: _Optional[int] = ..., hours: _Optional[str] = ..., score: _Optional[str] = ..., credit_ns: _Optional[int] = ..., reserves: _Optional[_Iterable[_Union[Reserve, _Mapping]]] = ..., weights: _Optional[_Union[Weights, _Mapping]] = ..., shares: _Optional[_Mapping[str, int]] = ..., ring_agents: _Optional[int] = ..., group_misses: _Optional[bool] = ..., split: _Optional[_Mapping[str, int]] = ..., overflow: _Optional[_Iterable[_Union[Overflow, _Mapping]]] = ..., batch_ns: _Optional[int] = ..., drain_after_ns: _Optional[int] = ..., auto_answer: _Optional[bool] = ..., disposition_required: _Optional[bool] = ..., keep_age: _Optional[bool] = ...) -> None: ...

class OpenSpan(_message.Message):
    __slots__ = ("days", "opens", "closes")
    DAYS_FIELD_NUMBER: _ClassVar[int]
    OPENS_FIELD_NUMBER: _ClassVar[int]
    CLOSES_FIELD_NUMBER: _ClassVar[int]
    days: _containers.RepeatedScalarFieldContainer[Day]
    opens: str
    closes: str
    def __init__(self, days: _Optional[_Iterable[_Union[Day, str]]] = ..., opens: _Optional[str] = ..., closes: _Optional[str] = ...) -> None: ...

class Holiday(_message.Message):
    __slots__ = ("date", "opens", "closes", "name")
    DATE_FIELD_NUMBER: _ClassVar[int]
    OPENS_FIELD_NUMBER: _ClassVar[int]
    CLOSES_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    date: str
    opens: str
    closes: str
    name: str
    def __init__(self, date: _Optional[str] = ..., opens: _Optional[str] = ..., closes: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class Hours(_message.Message):
    __slots__ = ("id", "weekly", "holidays", "timezone")
    ID_FIELD_NUMBER: _ClassVar[int]
    WEEKLY_FIELD_NUMBER: _ClassVar[int]
    HOLIDAYS_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    id: str
    weekly: _containers.RepeatedCompositeFieldContainer[OpenSpan]
    holidays: _containers.RepeatedCompositeFieldContainer[Holiday]
    timezone: str
    def __init__(self, id: _Optional[str] = ..., weekly: _Optional[_Iterable[_Union[OpenSpan, _Mapping]]] = ..., holidays: _Optional[_Iterable[_Union[Holiday, _Mapping]]] = ..., timezone: _Optional[str] = ...) -> None: ...

class Shift(_message.Message):
    __slots__ = ("starts", "ends", "days", "agents", "groups", "from_date", "to_date", "timezone")
    STARTS_FIELD_NUMBER: _ClassVar[int]
    ENDS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    starts: str
    ends: str
    days: Days
    agents: _containers.RepeatedScalarFieldContainer[str]
    groups: _containers.RepeatedScalarFieldContainer[str]
    from_date: str
    to_date: str
    timezone: str
    def __init__(self, starts: _Optional[str] = ..., ends: _Optional[str] = ..., days: _Optional[_Union[Days, _Mapping]] = ..., agents: _Optional[_Iterable[str]] = ..., groups: _Optional[_Iterable[str]] = ..., from_date: _Optional[str] = ..., to_date: _Optional[str] = ..., timezone: _Optional[str] = ...) -> None: ...

class Limits(_message.Message):
    __slots__ = ("agents", "queues", "skills", "groups", "channels", "contacts", "queues_per_contact", "steps", "expression_terms", "requirements", "loads", "holds_per_contact", "reserves", "overflow_rules", "offers_per_contact", "preferred", "batch_contacts", "overflows", "priority", "attributes", "attribute_bytes", "remembered_requests", "remembered_contacts", "attempts", "legs", "remark_bytes")
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    QUEUES_PER_CONTACT_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_TERMS_FIELD_NUMBER: _ClassVar[int]
    REQUIREMENTS_FIELD_NUMBER: _ClassVar[int]
    LOADS_FIELD_NUMBER: _ClassVar[int]
    HOLDS_PER_CONTACT_FIELD_NUMBER: _ClassVar[int]
    RESERVES_FIELD_NUMBER: _ClassVar[int]
    OVERFLOW_RULES_FIELD_NUMBER: _ClassVar[int]
    OFFERS_PER_CONTACT_FIELD_NUMBER: _ClassVar[int]
    PREFERRED_FIELD_NUMBER: _ClassVar[int]
    BATCH_CONTACTS_FIELD_NUMBER: _ClassVar[int]
    OVERFLOWS_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTE_BYTES_FIELD_NUMBER: _ClassVar[int]
    REMEMBERED_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    REMEMBERED_CONTACTS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    LEGS_FIELD_NUMBER: _ClassVar[int]
    REMARK_BYTES_FIELD_NUMBER: _ClassVar[int]
    agents: int
    queues: int
    skills: int
    groups: int
    channels: int
    contacts: int
    queues_per_contact: int
    steps: int
    expression_terms: int
    requirements: int
    loads: int
    holds_per_contact: int
    reserves: int
    overflow_rules: int
    offers_per_contact: int
    preferred: int
    batch_contacts: int
    overflows: int
    priority: int
    attributes: int
    attribute_bytes: int
    remembered_requests: int
    remembered_contacts: int
    attempts: int
    legs: int
    remark_bytes: int
    def __init__(self, agents: _Optional[int] = ..., queues: _Optional[int] = ..., skills: _Optional[int] = ..., groups: _Optional[int] = ..., channels: _Optional[int] = ..., contacts: _Optional[int] = ..., queues_per_contact: _Optional[int] = ..., steps: _Optional[int] = ..., expression_terms: _Optional[int] = ..., requirements: _Optional[int] = ..., loads: _Optional[int] = ..., holds_per_contact: _Optional[int] = ..., reserves: _Optional[int] = ..., overflow_rules: _Optional[int] = ..., offers_per_contact: _Optional[int] = ..., preferred: _Optional[int] = ..., batch_contacts: _Optional[int] = ..., overflows: _Optional[int] = ..., priority: _Optional[int] = ..., attributes: _Optional[int] = ..., attribute_bytes: _Optional[int] = ..., remembered_requests: _Optional[int] = ..., remembered_contacts: _Optional[int] = ..., attempts: _Optional[int] = ..., legs: _Optional[int] = ..., remark_bytes: _Optional[int] = ...) -> None: ...

class Config(_message.Message):
    __slots__ = ("name", "timezone", "seed", "channels", "skills", "groups", "agents", "queues", "hours", "shifts", "not_ready_reasons", "idle_since_ready", "pane_ns", "service_level_panes", "occupancy_window_ns", "limits", "resume_grace_ns", "attempt_grace_ns", "not_ready_limits_ns", "after_not_ready")
    class NotReadyLimitsNsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    HOURS_FIELD_NUMBER: _ClassVar[int]
    SHIFTS_FIELD_NUMBER: _ClassVar[int]
    NOT_READY_REASONS_FIELD_NUMBER: _ClassVar[int]
    IDLE_SINCE_READY_FIELD_NUMBER: _ClassVar[int]
    PANE_NS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_PANES_FIELD_NUMBER: _ClassVar[int]
    OCCUPANCY_WINDOW_NS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    RESUME_GRACE_NS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_GRACE_NS_FIELD_NUMBER: _ClassVar[int]
    NOT_READY_LIMITS_NS_FIELD_NUMBER: _ClassVar[int]
    AFTER_NOT_READY_FIELD_NUMBER: _ClassVar[int]
    name: str
    timezone: str
    seed: int
    channels: Channels
    skills: _containers.RepeatedScalarFieldContainer[str]
    groups: _containers.RepeatedScalarFieldContainer[str]
    agents: _containers.RepeatedCompositeFieldContainer[Agent]
    queues: _containers.RepeatedCompositeFieldContainer[Queue]
    hours: _containers.RepeatedCompositeFieldContainer[Hours]
    shifts: _containers.RepeatedCompositeFieldContainer[Shift]
    not_ready_reasons: _containers.RepeatedScalarFieldContainer[str]
    idle_since_ready: bool
    pane_ns: int
    service_level_panes: int
    occupancy_window_ns: int
    limits: Limits
    resume_grace_ns: int
    attempt_grace_ns: int
    not_ready_limits_ns: _containers.ScalarMap[str, int]
    after_not_ready: AfterNotReady
    def __init__(self, name: _Optional[str] = ..., timezone: _Optional[str] = ..., seed: _Optional[int] = ..., channels: _Optional[_Union[Channels, _Mapping]] = ..., skills: _Optional[_Iterable[str]] = ..., groups: _Optional[_Iterable[str]] = ..., agents: _Optional[_Iterable[_Union[Agent, _Mapping]]] = ..., queues: _Optional[_Iterable[_Union[Queue, _Mapping]]] = ..., hours: _Optional[_Iterable[_Union[Hours, _Mapping]]] = ..., shifts: _Optional[_Iterable[_Union[Shift, _Mapping]]] = ..., not_ready_reasons: _Optional[_Iterable[str]] = ..., idle_since_ready: _Optional[bool] = ..., pane_ns: _Optional[int] = ..., service_level_panes: _Optional[int] = ..., occupancy_window_ns: _Optional[int] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ..., resume_grace_ns: _Optional[int] = ..., attempt_grace_ns: _Optional[int] = ..., not_ready_limits_ns: _Optional[_Mapping[str, int]] = ..., after_not_ready: _Optional[_Union[AfterNotReady, str]] = ...) -> None: ...
