"""The nouns of a contact centre as frozen structs: what a configuration holds and what commands carry.

Owns the shape of the configuration; must not know how it is read from files (``config``), how
expressions are parsed (``skills``) or how anything is routed (``engine``).

Durations are integers of nanoseconds here and end in ``_ns``; a configuration file spells the same field
without the suffix and with a unit (``ring_timeout = "20s"``). Every struct is open at its end: new fields are
appended with a default, so that a journal written today stays readable.
"""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from routing.units import MAX_DURATION_NS, MINUTE, SECOND

Id = Annotated[str, Meta(min_length=1, max_length=128)]
Proficiency = Annotated[int, Meta(ge=1, le=100)]
Duration = Annotated[int, Meta(ge=0, le=MAX_DURATION_NS, title="duration")]
#: A wrap-up of this length ends only when somebody ends it; configuration files say ``"unlimited"``.
UNLIMITED: Final = -1
#: Why somebody is not ready who missed too many offers.
MISSED_OFFERS: Final = "missed_offers"
WrapUp = Annotated[int, Meta(ge=UNLIMITED, le=MAX_DURATION_NS, title="duration or 'unlimited'")]
Weight = Annotated[int, Meta(ge=0, le=10_000)]

Strategy = Literal[
    "longest_idle",
    "fewest_contacts",
    "round_robin",
    "linear",
    "most_skilled",
    "least_skilled",
    "random",
    "least_occupied",
    "weighted",
    "percent_allocation",
    "ring_all",
    "ring_n",
]
Ordering = Literal["priority_age", "fifo", "service_objective", "deadline"]
AfterNotReady = Literal["alert", "ready", "log_out"]
Target = Literal["queue", "voicemail", "callback", "disconnect"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

#: Credit of priority p when a queue says nothing: one minute of age per level, up to level 10.
DEFAULT_CREDITS_NS: Final = tuple(level * MINUTE for level in range(11))


class Channel(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A medium. ``capacity`` contacts of it at once for an agent who states no capacity of their own."""

    id: Id
    capacity: Annotated[int, Meta(ge=0, le=1000)] = 1
    load: Annotated[int, Meta(ge=0, le=1_000_000)] = 0  # what one contact adds to its agent's total load
    interrupts: tuple[str, ...] = ()  # channels whose contacts in hand leave room for this one


class Agent(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Somebody who serves contacts.

    ``channels`` maps channel to contacts at once; when it is given, the agent serves no other channel.
    ``load`` caps the sum of the loads of all contacts at once.
    """

    id: Id
    skills: dict[str, Proficiency] = {}
    groups: tuple[str, ...] = ()
    channels: dict[str, Annotated[int, Meta(ge=0, le=1000)]] = {}
    load: Annotated[int, Meta(ge=0, le=1_000_000)] = 100
    cost: Annotated[int, Meta(ge=0, le=1_000_000)] = 0  # read by the strategy "weighted"


class Step(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From age ``after_ns`` on, a contact asks for ``expression`` (empty: any member of the queue).

    With ``when``, only if that condition on the queue's state holds when it is looked at. ``score`` weighs the
    skills that speak for an agent, as in ``"2*lang_es + tech"``; empty: those named positively, each once.
    """

    expression: str = ""
    after_ns: Duration = field(default=0, name="after")
    when: str = ""
    score: str = ""


class Reserve(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Members of a queue who join for contacts of age ``after_ns``, or while ``when`` holds, or both."""

    members: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    after_ns: Duration = field(default=0, name="after")
    when: str = ""


class Weights(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What counts how much for the strategy "weighted"; occupancy and cost count against an agent.

    Per point of proficiency, second of idle time, hundredth of a percent of occupancy, point of cost, and point
    of the contact's preference for the agent.
    """

    proficiency: Weight = 1
    idle: Weight = 0
    occupancy: Weight = 0
    cost: Weight = 0
    affinity: Weight = 0


class Preference(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An agent whom a contact prefers; the higher ``score`` first. ``direct``: even if no member or not skilled."""

    agent: str
    score: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    direct: bool = False


class Overflow(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a contact goes when a queue gives it up: another queue, or out of the engine."""

    to: Target = "disconnect"
    queue: str = ""  # the target when ``to`` is "queue"
    after_ns: Duration = field(default=0, name="after")  # read by max_wait, no_agent and overflow
    length: Annotated[int, Meta(ge=0, le=100_000_000)] = 0  # read by max_length
    keep_age: bool = True  # the age, and so the place, goes along to the target queue
    when: str = ""  # read by overflow


class Queue(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where contacts wait. With neither ``members`` nor ``groups`` nor ``reserves`` every agent is a member."""

    id: Id
    members: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    strategy: Strategy = "longest_idle"
    ordering: Ordering = "priority_age"
    tier: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)] = 0  # lower goes first, strictly
    priority_credits_ns: tuple[Duration, ...] = field(default=DEFAULT_CREDITS_NS, name="priority_credits")
    requirement: str = ""  # short for one step from age 0
    steps: tuple[Step, ...] = ()
    ring_timeout_ns: Duration = field(default=20 * SECOND, name="ring_timeout")  # 0: rings for ever
    exclusion_ns: Duration = field(default=30 * SECOND, name="exclusion")
    retry_delay_ns: Duration = field(default=5 * SECOND, name="retry_delay")
    misses_to_not_ready: Annotated[int, Meta(ge=0, le=1_000_000)] = 0  # 0: never
    wrap_up_ns: WrapUp = field(default=0, name="wrap_up")
    max_handling_ns: Duration = field(default=0, name="max_handling")  # 0: nobody asks
    max_wait: Overflow | None = None
    no_agent: Overflow | None = None
    max_length: Overflow | None = None
    closed: Overflow | None = None
    on_close: Literal["keep", "overflow"] = "keep"  # what closing does to those who wait
    service_level_ns: Duration = field(default=20 * SECOND, name="service_level")  # a target for reports
    hours: str = ""  # id of the opening hours; empty: always open
    score: str = ""  # goes with requirement
    credit_ns: Duration = field(
        default=0, name="credit"
    )  # age credited to each of its contacts by priority_age
    reserves: tuple[Reserve, ...] = ()
    weights: Weights = Weights()  # read by the strategy "weighted"
    shares: dict[str, Annotated[int, Meta(ge=1, le=1_000_000)]] = {}  # by group; read by "percent_allocation"
    ring_agents: Annotated[int, Meta(ge=1, le=64)] = 2  # rung at once by "ring_n"
    group_misses: bool = False  # does a time-out of "ring_all" and "ring_n" count misses and exclude?
    split: dict[
        str, Annotated[int, Meta(ge=0, le=100)]
    ] = {}  # percent of the entries by queue, itself included
    overflow: tuple[Overflow, ...] = ()  # by condition on the state
    batch_ns: Duration | None = field(default=None, name="batch")  # collect so long, then assign optimally
    drain_after_ns: Duration = field(default=0, name="drain_after")  # 0: no room is reserved
    auto_answer: bool = False  # an offer is accepted as soon as it is made
    disposition_required: bool = False  # a wrap-up does not end before somebody has said how it came out
    keep_age: bool = True  # contacts transferred here keep their age unless the command says otherwise


class OpenSpan(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Local opening time on the days named, ``opens`` and ``closes`` as "HH:MM"; "24:00" is midnight."""

    days: tuple[Day, ...]
    opens: str
    closes: str


class Holiday(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A date (YYYY-MM-DD) that replaces its weekday's hours; without times it is closed all day."""

    date: str
    opens: str = ""
    closes: str = ""
    name: str = ""


class Hours(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Opening hours in a time zone; a queue names them by id."""

    id: Id
    weekly: tuple[OpenSpan, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    timezone: str = ""  # empty: the centre's


class Shift(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Agents logged in from ``starts`` to ``ends`` (local "HH:MM") on the days named.

    A shift whose end is not after its start ends the next day. ``from_date`` and ``to_date`` (YYYY-MM-DD,
    both inclusive) bound the dates on which it starts.
    """

    starts: str
    ends: str
    days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    agents: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    from_date: str = ""
    to_date: str = ""
    timezone: str = ""


Count = Annotated[int, Meta(ge=0, le=100_000_000)]


class Limits(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything has a limit; reaching one is a refusal with a reason of its own."""

    agents: Count = 1_000_000
    queues: Annotated[int, Meta(ge=0, le=60_000)] = 10_000
    skills: Annotated[int, Meta(ge=0, le=60_000)] = 10_000
    groups: Count = 100_000
    channels: Annotated[int, Meta(ge=1, le=16)] = 16
    contacts: Count = 1_000_000  # alive at once
    queues_per_contact: Annotated[int, Meta(ge=1, le=64)] = 16
    steps: Annotated[int, Meta(ge=1, le=255)] = 16
    expression_terms: Annotated[int, Meta(ge=1, le=255)] = 64
    requirements: Annotated[int, Meta(ge=1, le=1_000_000)] = 50_000  # distinct lists of steps in use
    loads: Annotated[int, Meta(ge=1, le=32)] = 32  # distinct (channel, load) pairs of living contacts
    holds_per_contact: Annotated[int, Meta(ge=1, le=10_000)] = 64
    reserves: Annotated[int, Meta(ge=0, le=15)] = 15  # of one queue
    overflow_rules: Annotated[int, Meta(ge=0, le=1000)] = 32  # by condition, of one queue
    offers_per_contact: Annotated[int, Meta(ge=1, le=64)] = 64  # ringing at once
    preferred: Annotated[int, Meta(ge=0, le=64)] = 16  # preferred agents of one contact
    batch_contacts: Annotated[int, Meta(ge=1, le=1024)] = 256  # assigned at once
    overflows: Annotated[int, Meta(ge=0, le=255)] = 8  # hops from queue to queue of one contact
    priority: Count = 100
    attributes: Count = 64
    attribute_bytes: Count = 4096  # names and values of one contact together
    remembered_requests: Count = 10_000
    remembered_contacts: Count = 10_000  # ended contacts whose id is still known, and as many ended attempts
    attempts: Count = 1_000_000  # alive at once
    legs: Annotated[int, Meta(ge=0, le=64)] = 16  # of one contact at once
    remark_bytes: Count = 4096  # of all texts of one remark together


DEFAULT_CHANNELS: Final = (Channel("voice"),)


class Config(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole contact centre.

    Empty ``skills`` or ``groups`` mean "those that the agents have"; once something is listed, anything
    not listed is an error, which catches misspellings.
    """

    name: str = ""
    timezone: str = "UTC"
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 0
    channels: tuple[Channel, ...] = DEFAULT_CHANNELS
    skills: tuple[Id, ...] = ()
    groups: tuple[Id, ...] = ()
    agents: tuple[Agent, ...] = ()
    queues: tuple[Queue, ...] = ()
    hours: tuple[Hours, ...] = ()
    shifts: tuple[Shift, ...] = ()
    not_ready_reasons: tuple[Id, ...] = ()  # empty: any reason is taken
    idle_since_ready: bool = False  # does a return from not ready restart the idle time?
    pane_ns: Annotated[int, Meta(ge=1, le=MAX_DURATION_NS, title="duration")] = field(
        default=10 * SECOND, name="pane"
    )  # conditions on the state are looked at this often
    service_level_panes: Annotated[int, Meta(ge=1, le=360)] = (
        30  # that the service level in conditions looks back
    )
    occupancy_window_ns: Annotated[int, Meta(ge=6, le=MAX_DURATION_NS, title="duration")] = field(
        default=30 * MINUTE, name="occupancy_window"
    )
    limits: Limits = Limits()
    resume_grace_ns: Duration = field(
        default=30 * SECOND, name="resume_grace"
    )  # after downtime, no wrap-up, wait, handling or attempt is over before this has passed
    attempt_grace_ns: Duration = field(
        default=30 * SECOND, name="attempt_grace"
    )  # an attempt that is not reported on is lost so long after it should have ceased to ring, or was answered
    not_ready_limits_ns: dict[Id, Duration] = field(default={}, name="not_ready_limits")  # by reason
    after_not_ready: AfterNotReady = "alert"  # what follows beside the event, when one of these has passed
