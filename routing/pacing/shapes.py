"""What pacing is told and what it says: campaigns, standings, proposals, pictures, and its tuned constants.

Owns their shape and defaults; must not know how anything is computed.
"""

from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from routing.units import SECOND

Mode = Literal["preview", "progressive", "power", "predictive", "agentless"]


class Paced(Struct, frozen=True):
    """A campaign as pacing sees it.

    Attributes
    ----------
    id, queue : str
        The campaign, and the queue that its answered persons enter.
    mode : Mode
        ``preview``: an agent looks at a record first. ``progressive``: one dial for each idle agent. ``power``:
        ``ratio`` dials for each. ``predictive``: as many as the cap allows. ``agentless``: ``concurrent`` at once,
        without agents.
    ratio : float
        Of ``power``.
    cap : float
        The share of calls answered by a person that may be abandoned; 0: none may, which is progressive dialling.
    grace_ns : int
        From the answer of a person until it counts as abandoned that there is no agent.
    ring_ns : int
        For how long an attempt rings.
    weight : int
        Of the dials for agents shared with other campaigns, this campaign's part.
    min_agents, max_agents : int
        Below so many agents at its work a campaign goes before others; beyond ``max_agents`` (0: no limit) it does not
        dial.
    concurrent : int
        Of ``agentless``: attempts and calls at once.
    """

    id: str
    queue: str
    mode: Mode = "predictive"
    ratio: float = 1.0
    cap: float = 0.03
    grace_ns: int = 2 * SECOND
    ring_ns: int = 25 * SECOND
    weight: int = 1
    min_agents: int = 0
    max_agents: int = 0
    concurrent: int = 0


class Standing(NamedTuple):
    """What the law counts, over its window: calls answered by a person, and of these abandoned."""

    answered: int
    abandoned: int


class Proposal(NamedTuple):
    """So many dials a campaign should have now (``preview``: so many records for agents to look at)."""

    campaign: str
    dials: int


class PacingPicture(Struct, frozen=True):
    """What pacing knows of a campaign, for people; rates and risks in parts of one.

    ``rate`` is P(a person | attempt), ``rate_deviation`` its uncertainty; ``answer_ns`` the median time to an answer.
    ``slack`` is how many calls more may be abandoned now, ``target`` where it is held, ``theta`` the risk up to which
    is dialled, ``risk`` that of the next dial as of the last decision.
    """

    campaign: str
    mode: Mode
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
    kappa: float
    risk: float


class Settings(Struct, frozen=True):
    """The constants of the policy. docs/pacing.md has what each does to the figures.

    Attributes
    ----------
    reach : float
        Seconds after its answer in which one more call may cost another its agent.
    rate, rate_weight : float
        What the answer rate is taken to be before anything is known, and the attempts that this is worth.
    change, change_weight : float
        Seconds between jumps of the answer rate, and the persons that it takes to believe in the new one.
    caution : float
        Standard deviations of the answer rate that are added to it.
    curve_weight : float
        Observations that a lognormal curve fitted to talk and wrap-up times is worth against their histogram.
    slack_one, slack_power : float
        The slack that is held: ``slack_one * agents ** slack_power`` calls.
    length : float
        Of slack over which the price of an abandoned call doubles, in slacks held.
    edge : float
        Calls: about so much slack is never spent.
    luxury : float
        What the price rises to with slack without end.
    kappa, kappa_few, kappa_weight : float
        Theta at the slack that is held is ``cap * (kappa + kappa_few / agents)`` at first; what is learned of it
        instead counts like the prior after ``kappa_weight`` abandoned calls.
    talk_s, wrap_s : float
        Mean talk and wrap-up, until some were seen.
    """

    reach: float = 5.0
    rate: float = 0.3
    rate_weight: float = 20.0
    change: float = 3000.0
    change_weight: float = 12.0
    caution: float = 0.5
    curve_weight: float = 150.0
    slack_one: float = 1.5
    slack_power: float = 0.57
    length: float = 1.0
    edge: float = 1.5
    luxury: float = 2.0
    kappa: float = 0.7
    kappa_few: float = 4.0
    kappa_weight: float = 10.0
    talk_s: float = 150.0
    wrap_s: float = 25.0

    def tuning(self) -> tuple[float, ...]:
        """Give what the compiled part takes, in its order.

        >>> len(Settings().tuning())
        15
        """
        return tuple(float(value) for value in msgspec.structs.astuple(self)[:-2])
