"""What an explanation is: frozen structs that can be printed, compared and written as JSON.

Owns their shape and the codes of reasons; must not know how they are found.
"""

from typing import Final, Literal, get_args

from msgspec import Struct

from routing.model import Strategy

ReasonCode = Literal[
    "not_logged_in",
    "leaving",
    "not_ready",
    "device",
    "retry_hold",
    "no_room",
    "interruption",
    "pair_hold",
    "contact_held",
    "not_a_member",
    "reserve_not_active",
    "step_not_satisfied",
    "preferred_wait",
    "rings_already",
    "takes_part",
    "rings_enough",
    "batch_window",
    "reserved_for_other",
    "resuming",
]
#: In the order in which the normative page names them; an agent's reasons stand so.
CODES: Final[tuple[ReasonCode, ...]] = get_args(ReasonCode)
#: Reasons why the contact waits although the agent is a candidate.
DELAYS: Final[frozenset[ReasonCode]] = frozenset(("batch_window", "rings_enough", "resuming"))


class Reason(Struct, frozen=True, omit_defaults=True):
    """Why an agent is no candidate.

    ``subject``: the reason of not ready, the state of the device, ``"load"`` or the channel without room, the
    contact that is more urgent or that the agent is kept free for, ``"after"`` or ``"when"`` of a reserve, the
    expression of a step.
    """

    code: ReasonCode
    subject: str = ""
    queue: str = ""  # the visit that this is about
    until_ns: int = 0  # 0: not bound to a time
    have: int = 0  # no_room: places or load in use; reserve_not_active: the reserve
    most: int = 0  # no_room: what the agent may have
    terms: tuple[str, ...] = ()  # of a step: what fails, with what the agent has


class Part(Struct, frozen=True):
    """A summand with its sign: ns of a rank, points of a score."""

    name: str
    value: int


class Key(Struct, frozen=True):
    """The place of a visit in the one order: ``(tier, rank_ns, enqueued_ns, seq)``, the least first."""

    tier: int
    rank_ns: int
    enqueued_ns: int
    seq: int
    expedited: bool
    parts: tuple[Part, ...]  # what the rank adds up to

    @property
    def order(self) -> tuple[int, int, int, int]:
        """What is compared."""
        return self.tier, self.rank_ns, self.enqueued_ns, self.seq


class ReserveState(Struct, frozen=True):
    """A reserve of a queue, as it is for one visit."""

    index: int
    spilled: bool  # the visit's age has reached it
    on: bool  # it has no condition, or it held when it was last looked at


class VisitExplanation(Struct, frozen=True):
    """A contact's stay in one queue.

    ``reached_ns`` is the first instant at which the step could be; with a condition it may have come later.
    """

    queue: str
    key: Key
    entered_ns: int
    step: int
    steps: int
    expression: str
    when: str  # of the current step
    reached_ns: int
    next_after_ns: int | None  # age of the next step
    next_expression: str
    next_when: str
    reserves: tuple[ReserveState, ...]


class Figures(Struct, frozen=True, omit_defaults=True):
    """What agents are ranked by; each strategy reads some of it."""

    idle_since_ns: int
    idle_ns: int
    handled: int
    occupancy: int
    score: int | None = None  # most_skilled, least_skilled, weighted; the worth in a batch
    parts: tuple[Part, ...] = ()  # of the score
    share: str = ""  # percent_allocation: the group
    share_given: int = 0
    share_of: int = 0
    position: int | None = None  # linear, round_robin, random: turn in the order of the search, from 0
    preference: int | None = None  # of the contact for this agent
    direct: bool = False


class Verdict(Struct, frozen=True, omit_defaults=True):
    """What holds for one agent. A candidate has a place and no reasons but those that only delay (`DELAYS`)."""

    agent: str
    candidate: bool
    place: int = 0  # among the candidates, from 1; 0 for none
    reasons: tuple[Reason, ...] = ()
    figures: Figures | None = None


class Explanation(Struct, frozen=True):
    """How a living contact stands, and why each agent may or may not have it."""

    at_ns: int
    contact: str
    state: Literal["waiting", "offered", "handling", "held"]
    channel: str
    load: int
    priority: int
    lead_queue: str  # "" once it is in hand
    strategy: Strategy | None
    key: Key | None
    before: int  # contacts that stand before it
    standing: int  # contacts in the one order
    visits: tuple[VisitExplanation, ...]
    held_until_ns: int
    prefer_until_ns: int
    batch_until_ns: int | None  # it is collected for a batch; 0: that is assigned at once
    reserved: str  # the agent who is kept free for it
    rings_at: tuple[str, ...]
    verdicts: tuple[Verdict, ...]  # candidates in the order of the strategy, then by number of reasons
    agents: int
    candidates: int
    totals: dict[str, int]  # agents by code of reason, all of them whatever the verdicts were limited to


class Earlier(Struct, frozen=True):
    """A contact that stood before, and why it did not take the agent."""

    contact: str
    key: Key
    reasons: tuple[Reason, ...]


class Pair(Struct, frozen=True):
    """Two who were brought together by a batch, and what that is worth."""

    contact: str
    agent: str
    worth: int


class BatchDecision(Struct, frozen=True):
    """The assignment as a whole decided, not this pair."""

    first_offer: int
    contacts: int  # that were to be assigned
    worth: int  # total
    pairs: tuple[Pair, ...]


class Moment(Struct, frozen=True):
    """What there was to be seen when an offer was about to be made."""

    explanation: Explanation
    agent: str  # chosen
    earlier: tuple[Earlier, ...]
    batch: BatchDecision | None


class Decision(Struct, frozen=True):
    """An offer of a journal, or the lack of one.

    Without an offer, ``offer`` is 0, ``agent`` is "" and the explanation says why the contact waits.
    """

    at_ns: int
    seq: int  # envelope
    command: str  # its type; "" when a timer did it
    offer: int
    contact: str
    agent: str
    queue: str  # through which the agent was offered the contact
    explanation: Explanation
    earlier: tuple[Earlier, ...] = ()
    batch: BatchDecision | None = None
