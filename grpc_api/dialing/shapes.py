"""What a front-end is told of a dial, what is shown of campaigns, and what RPCs ask a domain that dials.

Owns these shapes; must not know how anything is dialled.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

from grpc_api.dialing.lines import Lines
from routing.commands import AttemptOutcome, AttemptState
from routing.events import Event
from routing.views import AttemptView

Mode = Literal["preview", "progressive", "power", "predictive", "agentless"]
State = Literal["running", "paused", "stopped", "draining"]


class Dial(Struct, frozen=True):
    """What is to be dialled, once, and how.

    ``number`` is E.164. ``caller_id``, ``greeting`` and ``message`` are references that the front-end knows: what the
    called party sees, what a person hears at once, and what one hears for whom no agent came in time. ``contact``: the
    agent has this contact in hand already (mode preview). ``again``: the front-end was told before.
    """

    attempt: str
    number: str
    campaign: str
    caller_id: str = ""
    carrier: str = ""
    ring_ns: int = 0
    until_ns: int = 0
    detect_machines: bool = False
    detection_ns: int = 0
    greeting: str = ""
    message: str = ""
    agent: str = ""
    contact: str = ""
    customer: str = ""
    again: bool = False


class DialOver(Struct, frozen=True):
    """An attempt is over; by somebody else than its front-end if it is ``cancelled`` or ``lost``."""

    attempt: str
    outcome: AttemptOutcome


class CampaignBrief(Struct, frozen=True):
    """A campaign in brief.

    ``dials`` and ``persons`` count since the journal began; ``answered`` and ``abandoned`` are of the law that leaves
    the least room, over its window; ``cap``, and the ``slack`` that it leaves, are the campaign's own if stricter.
    """

    campaign: str
    title: str
    mode: Mode
    queue: str
    state: State
    in_flight: int = 0
    dials: int = 0
    persons: int = 0
    answered: int = 0
    abandoned: int = 0
    cap: float = 1.0
    slack: float = 0.0

    @property
    def share(self) -> float | None:
        """The share of answered calls that were abandoned; None without any."""
        return self.abandoned / self.answered if self.answered else None


class CampaignAccount(Struct, frozen=True):
    """How a campaign stands with one law; see `routing.compliance.accounts.Account`."""

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


class CampaignPacing(Struct, frozen=True):
    """What pacing knows of a campaign; see `routing.pacing.PacingPicture`."""

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


class CarrierState(Struct, frozen=True):
    """How a carrier stands; -1: no limit."""

    carrier: str
    busy: int
    free: int
    ready: int
    resting_until_ns: int
    begun: int
    failed: int


class CampaignList(Struct, frozen=True):
    """A list of a campaign, and how many of its records stand where; ``fresh`` ones were never dialled."""

    list: str
    state: str
    records: int
    fresh: int
    retry: int
    recall: int
    dialling: int
    closed: int


class CampaignPicture(Struct, frozen=True):
    """All that is known of a campaign.

    ``closed``: records by why they are closed; ``outcomes``: attempts by outcome ("": open); ``run_out_ns``: until
    nothing remains, None when the last hour does not say; ``problem``: why it does not dial, "" if nothing is wrong.
    """

    brief: CampaignBrief
    at_ns: int
    lists: tuple[CampaignList, ...]
    closed: dict[str, int]
    outcomes: dict[str, int]
    attempts: int
    abandoned: int
    remaining: int
    run_out_ns: int | None
    accounts: tuple[CampaignAccount, ...]
    pacing: CampaignPacing | None
    carriers: tuple[CarrierState, ...]
    problem: str


class Desk(Protocol):
    """A domain that dials, as RPCs see it. For any thread; what is not known raises `UsageError`."""

    @property
    def lines(self) -> Lines:
        """Which front-end has which carrier."""
        ...

    @property
    def campaigns(self) -> Sequence[str]:
        """The ids of all campaigns."""
        ...

    @property
    def problem(self) -> str:
        """What the latest decision failed by, or ""."""
        ...

    def dial(self, view: AttemptView, *, again: bool = False) -> Dial | None:
        """Say how to dial; None when there is nothing to dial, and then the attempt is ended."""
        ...

    def report(self, attempt: str, state: AttemptState, request_id: str) -> tuple[Event, ...]:
        """An attempt has come further."""
        ...

    def end(
        self,
        attempt: str,
        outcome: AttemptOutcome,
        confidence: int,
        detection_ns: int,
        cause: str,
        request_id: str,
    ) -> tuple[Event, ...]:
        """An attempt is over."""
        ...

    def message(self, campaign: str, outcome: AttemptOutcome) -> str:
        """Name what plays to whom no agent talks."""
        ...

    def closing(self, agent: str) -> None:
        """An agent will be free soon."""
        ...

    def skip(self, contact: str) -> bool:
        """An agent will not have this preview dialled."""
        ...

    def queue_of(self, campaign: str) -> str:
        """Give the queue of a campaign, "" if it has none."""
        ...

    def brief(self, campaign: str) -> CampaignBrief:
        """Show a campaign in brief."""
        ...

    def picture(self, campaign: str) -> CampaignPicture:
        """Show all that is known of a campaign."""
        ...

    def set_state(self, campaign: str, state: State) -> State:
        """Steer a campaign; returns what was wanted before."""
        ...
