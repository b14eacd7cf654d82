"""Watches a rehearsed day: who does what, what is in flight, who waits how long; the same for every way to live it.

Owns these sums and the minutes of the picture; must not know what drives the day. Times are seconds of the day.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from msgspec import Struct

from routing.simulation.dialing import GONE, IDLE, TALK, WRAP

_FLYING: Final = 4  # behind what agents do
_NEVER: Final = -1.0


class Sample(NamedTuple):
    """The mean of a stretch that ends at ``at_s``, but ``answered``, ``abandoned`` and ``dials``, which are totals."""

    at_s: float
    talking: float
    wrapping: float
    idle: float
    in_flight: float
    answered: int
    abandoned: int
    dials: int


class CarrierPeak(Struct, frozen=True):
    """What a carrier had to bear: calls in all, lines at once, calls begun within a second, calls that failed."""

    carrier: str
    calls: int
    lines: int
    per_second: int
    failed: int


class DayFigures(Struct, frozen=True):
    """What came of a day.

    Attributes
    ----------
    seed : int
        Which day.
    utilisation : float
        Talk and wrap-up by logged-in time.
    idle_s : float
        Idle time of agents by call of theirs.
    dials, answered, connected, abandoned : int
        Attempts; persons who answered; those of them who got an agent; those who count as abandoned.
    hours : float
        Logged-in time of all agents.
    wait_s : float
        Mean wait of the connected.
    in_flight_most : int
        Attempts at once that nobody had answered yet.
    run_out_s : float or None
        When the list first had no record to give.
    left : int or None
        New records that are left; None of a list without end.
    inbound, inbound_wait_s : int, float
        Inbound calls, and their mean wait.
    carriers : tuple of CarrierPeak
        What each had to bear.
    """

    seed: int
    utilisation: float
    idle_s: float
    dials: int
    answered: int
    connected: int
    abandoned: int
    hours: float
    wait_s: float
    in_flight_most: int
    run_out_s: float | None = None
    left: int | None = None
    inbound: int = 0
    inbound_wait_s: float = 0.0
    carriers: tuple[CarrierPeak, ...] = ()

    @property
    def share(self) -> float:
        """Abandoned by answered; 0 without any."""
        return self.abandoned / self.answered if self.answered else 0.0

    @property
    def connects(self) -> float:
        """Connected persons for each hour of an agent."""
        return self.connected / self.hours if self.hours else 0.0


class Watch:
    """Sums of one day.

    Parameters
    ----------
    agents : int
        All of them gone at first.
    day_s : float
        Nothing counts after it.
    every_s : float, default 0
        Length of the stretches of the picture; 0: none are kept.

    Examples
    --------
    >>> watch = Watch(1, 100.0)
    >>> watch.agent(0, IDLE, 0.0)
    >>> watch.dialled(10.0, ["one"])
    >>> watch.over(30.0)
    >>> watch.agent(0, TALK, 30.0)
    >>> watch.connected(0.0)
    >>> watch.agent(0, WRAP, 80.0)
    >>> found = watch.figures(1, answered=1, abandoned=0)
    >>> found.utilisation, found.idle_s, found.dials
    (0.7, 30.0, 1)
    """

    def __init__(self, agents: int, day_s: float, every_s: float = 0.0) -> None:
        self._day_s = day_s
        self._every_s = every_s
        self._doing = [GONE] * agents
        self._counts = [agents, 0, 0, 0, 0]
        self._areas = [0.0] * 5
        self._seen = [0.0] * 5  # areas at the last sample
        self._since = self._sampled = 0.0
        self._next = every_s if every_s else float("inf")
        self._dials = self._connected = self._most = 0
        self._waited = 0.0
        self._inbound = 0
        self._inbound_waited = 0.0
        self._lines: Counter[str] = Counter()
        self._begun: dict[str, deque[float]] = {}
        self._per_second: Counter[str] = Counter()
        self.samples: list[Sample] = []
        self.run_out_s: float = _NEVER

    def agent(self, number: int, doing: int, at: float) -> None:
        """Take in what an agent does from now on."""
        self._flow(at)
        self._counts[self._doing[number]] -= 1
        self._counts[doing] += 1
        self._doing[number] = doing

    def dialled(self, at: float, carriers: Iterable[str]) -> None:
        """Take in attempts, by their carriers."""
        self._flow(at)
        for carrier in carriers:
            self._dials += 1
            self._counts[_FLYING] += 1
            lately = self._begun.setdefault(carrier, deque())
            lately.append(at)
            while lately[0] <= at - 1.0:
                lately.popleft()
            self._per_second[carrier] = max(self._per_second[carrier], len(lately))
        self._most = max(self._most, self._counts[_FLYING])

    def over(self, at: float) -> None:
        """Take in that an attempt ended."""
        self._flow(at)
        self._counts[_FLYING] -= 1

    def connected(self, waited: float) -> None:
        """Take in that somebody got an agent."""
        self._connected += 1
        self._waited += waited

    def served(self, waited: float) -> None:
        """Take in that an inbound call got an agent."""
        self._inbound += 1
        self._inbound_waited += waited

    def lines(self, busy: Mapping[str, int]) -> None:
        """Take in how many lines are busy now."""
        for carrier, number in busy.items():
            self._lines[carrier] = max(self._lines[carrier], number)

    def run_out(self, at: float) -> None:
        """Take in that the list had no record to give."""
        if self.run_out_s == _NEVER:
            self.run_out_s = at

    def due(self, at: float) -> bool:
        """Say whether a stretch of the picture is over."""
        return at >= self._next

    def sample(self, at: float, answered: int, abandoned: int) -> None:
        """End a stretch of the picture."""
        self._flow(at)
        lasted = at - self._sampled
        if lasted <= 0.0:
            return
        means = [(now - before) / lasted for now, before in zip(self._areas, self._seen, strict=True)]
        self.samples.append(
            Sample(
                at, means[TALK], means[WRAP], means[IDLE], means[_FLYING], answered, abandoned, self._dials
            )
        )
        self._seen = list(self._areas)
        self._sampled = at
        self._next = at + self._every_s

    def figures(
        self,
        seed: int,
        *,
        answered: int,
        abandoned: int,
        left: int | None = None,
        calls: Mapping[str, tuple[int, int]] | None = None,
    ) -> DayFigures:
        """Close the accounts at the day's end. ``calls``: of each carrier, those begun and those that failed."""
        self._flow(self._day_s)
        idle, talk, wrap = (self._areas[doing] for doing in (IDLE, TALK, WRAP))
        there = idle + talk + wrap
        taken = self._connected + self._inbound
        return DayFigures(
            seed,
            (talk + wrap) / there if there else 0.0,
            idle / taken if taken else idle,
            self._dials,
            answered,
            self._connected,
            abandoned,
            there / 3600.0,
            self._waited / self._connected if self._connected else 0.0,
            self._most,
            None if self.run_out_s == _NEVER else self.run_out_s,
            left,
            self._inbound,
            self._inbound_waited / self._inbound if self._inbound else 0.0,
            tuple(
                CarrierPeak(name, begun, self._lines[name], self._per_second[name], failed)
                for name, (begun, failed) in (calls or {}).items()
            ),
        )

    def _flow(self, at: float) -> None:
        at = min(at, self._day_s)
        lasts = at - self._since
        if lasts > 0.0:
            areas, counts = self._areas, self._counts
            for place in range(5):
                areas[place] += counts[place] * lasts
            self._since = at
