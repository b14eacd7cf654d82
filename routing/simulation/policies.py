"""Policies of dialling for simulated days: the predictive one that campaigns run with, and the plainest.

Owns how a day's world speaks to the compiled pacing; must not know the world's secrets.
"""

import math

from routing.pacing._pacer import Floor, Sight, Work
from routing.pacing.inbound import Arrivals
from routing.pacing.shapes import Settings
from routing.simulation.dialing import TALK, Counted, Day


class Deaf:
    """Hears nothing of what a policy may be told; for those that go by counts alone."""

    def agent(self, number: int, doing: int, work: int, at: float) -> None:
        """Nothing."""

    def worked(self, doing: int, work: int, seconds: float) -> None:
        """Nothing."""

    def closing(self, number: int, at: float, until: float) -> None:
        """Nothing."""

    def dialled(self, at: float, count: int) -> None:
        """Nothing."""

    def picked_up(self, at: float, age: float) -> None:
        """Nothing."""

    def ended(self, at: float, age: float, examined: float, outcome: str) -> None:
        """Nothing."""

    def came_in(self, at: float) -> None:
        """Nothing."""


class Progressive(Deaf):
    """One dial for each idle agent.

    >>> Progressive().dials(0.0, Counted(3, 1, 0, 0, 0, 0))
    2
    """

    def dials(self, at: float, counted: Counted) -> int:
        """Decide."""
        del at
        return counted.idle - counted.in_flight - counted.waiting - counted.waiting_inbound


class Ratio(Deaf):
    """So many dials for each idle agent, whatever comes of it.

    >>> Ratio(2.5).dials(0.0, Counted(3, 1, 0, 0, 0, 0))
    7
    """

    def __init__(self, ratio: float) -> None:
        self.ratio = ratio

    def dials(self, at: float, counted: Counted) -> int:
        """Decide."""
        del at
        free = counted.idle - counted.waiting - counted.waiting_inbound
        return math.ceil(self.ratio * free - 1e-9) - counted.in_flight


class Predictive:
    """The policy of ``routing.pacing``, on its compiled part.

    Parameters
    ----------
    day : Day
        Of which it may know what a campaign's configuration says: agents' places, cap, grace and ring time.
    settings : Settings, optional
        The constants.
    """

    def __init__(self, day: Day, settings: Settings | None = None) -> None:
        given = settings or Settings()
        self.floor = Floor()
        self.works = [Work(given.talk_s, given.wrap_s, day.grace_s, given.curve_weight) for _ in range(2)]
        for work in self.works:
            self.floor.teach(work)
        for _ in range(day.agents):
            self.floor.add()
        self.line = Sight(day.cap, day.ring_most_s, given.tuning())
        self.agent = self.floor.put
        self.dialled = self.line.dialled
        self.picked_up = self.line.picked_up
        self._decide = self.line.decide
        self._arrivals = Arrivals(0.0)
        self._blended = False

    def worked(self, doing: int, work: int, seconds: float) -> None:
        """Learn."""
        if doing == TALK:
            self.works[work].talked(seconds)
        else:
            self.works[work].wrapped(seconds)

    def closing(self, number: int, at: float, until: float) -> None:
        """Learn, and reckon with it."""
        work = self.floor.look(number)[1]
        self.works[work].closed(until - at)
        self.floor.hint(number, at)

    def ended(self, at: float, age: float, examined: float, outcome: str) -> None:
        """Learn."""
        if outcome == "failed":
            self.line.failed(at, age, examined)
        else:
            self.line.ended(at, age, examined, outcome == "person")

    def came_in(self, at: float) -> None:
        """Reckon with more of them."""
        self._blended = True
        self._arrivals.came(at)

    def dials(self, at: float, counted: Counted) -> int:
        """Decide."""
        return self._decide(
            at,
            self.floor,
            0,
            counted.answered,
            counted.abandoned,
            counted.waiting + counted.waiting_inbound,
            2000,
            self._arrivals.rate(at) if self._blended else 0.0,
        )
