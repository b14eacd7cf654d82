"""Days of an outbound campaign: agents who come, pause and leave, people who answer or do not, calls of all lengths.

The world that pacing is tuned, tested and measured in, and that a campaign is simulated in before its launch. There is
no engine in it, so a day of twenty agents takes about a second. Draws are looked up by attempt and by agent
(``draws``), so that two policies dial the same people (common random numbers).

What counts: an agent's *logged-in* time runs from log-in to the day's end without breaks and absences, which begin when
the work in hand is done; *utilisation* is talk and wrap-up within that time, cut off at the day's end. Dialling stops
at the day's end; whoever answers after that still counts as answered, and as abandoned unless an agent takes the call.
An answered person is abandoned after ``grace_s`` without an agent; a person taken for a machine is, too.

Owns the world; must not know how a policy decides (``policies``).
"""

import heapq
import math
from collections import deque
from collections.abc import Sequence
from statistics import NormalDist
from typing import Final, NamedTuple, Protocol

from msgspec import Struct

from routing.simulation.draws import at as draw
from routing.simulation.draws import stream, unit

GONE, IDLE, TALK, WRAP = range(4)
OUTBOUND, INBOUND = range(2)
_NORMAL: Final = NormalDist()
_LATE_S: Final = 120.0  # after the day's end, until nothing rings any more


class Day(Struct, frozen=True):
    """A day's world; times in seconds, places in the day and rates in parts of one.

    Attributes
    ----------
    agents, rate : int, float
        How many log in, and P(a person answers | attempt) before ``course``.
    course : sequence of (place, factor)
        From that place of the day on the answer rate is multiplied so.
    cap, grace_s : float
        The share of answered persons that may be abandoned; how long one waits for an agent.
    talk_s, talk_cv, wrap_s, wrap_cv : float
        Lognormal.
    answer_least_s, answer_s, answer_most_s : float
        Answers come after the least plus an exponential time, below the most.
    ring_least_s, ring_most_s, busy, busy_s : float
        The others end between these, but for a share of busy lines.
    step_s : float
        Between decisions.
    log_in_s, break_s, away, away_at, away_s : float
        Log-ins spread evenly over the first; a break each at an instant that nobody announces; a share of agents is
        away from a place of the day on.
    leaving : tuple of (place, share, seconds) or empty
        A share of all agents leaves as soon as their call is done.
    failing : sequence of (from, until, share)
        Between these places of the day, a share of attempts fails at the carrier within a second.
    machines, detection_s, missed, mistaken : float
        Of attempts without a person, the share that a machine picks up; with any of it, whatever picks up is examined
        so long on average (a gamma time of shape 4); the share of persons taken for machines, and of machines for
        persons.
    inbound : float
        Calls an hour for the same agents, who take them first; they wait as long as it takes.
    hint_s : float
        An agent says so many seconds before the end of wrap-up to be closing; 0: never.
    """

    agents: int = 20
    rate: float = 0.3
    course: Sequence[tuple[float, float]] = ((0.375, 0.5), (0.5625, 1.0), (0.6875, 1.5), (0.8125, 1.0))
    cap: float = 0.03
    grace_s: float = 2.0
    talk_s: float = 120.0
    talk_cv: float = 0.8
    wrap_s: float = 20.0
    wrap_cv: float = 0.5
    answer_least_s: float = 5.0
    answer_s: float = 8.0
    answer_most_s: float = 25.0
    ring_least_s: float = 20.0
    ring_most_s: float = 25.0
    busy: float = 0.1
    busy_s: float = 3.0
    day_s: float = 28_800.0
    step_s: float = 0.5
    log_in_s: float = 600.0
    break_s: float = 900.0
    away: float = 0.2
    away_at: float = 0.6
    away_s: float = 3_600.0
    leaving: tuple[float, float, float] | tuple[()] = ()
    failing: Sequence[tuple[float, float, float]] = ()
    machines: float = 0.0
    detection_s: float = 0.0
    missed: float = 0.0
    mistaken: float = 0.0
    inbound: float = 0.0
    hint_s: float = 0.0


class Counted(NamedTuple):
    """What the world counts for a policy to see, and the law."""

    idle: int
    in_flight: int
    waiting: int
    waiting_inbound: int
    answered: int
    abandoned: int


class Figures(Struct, frozen=True):
    """What came of a day. ``utilisation``: talk and wrap-up by logged-in time; ``inbound_s``: mean wait of inbound."""

    utilisation: float
    answered: int
    abandoned: int
    dials: int
    inbound: int = 0
    inbound_s: float = 0.0
    least_slack: float = 0.0

    @property
    def ratio(self) -> float:
        """Abandoned by answered; 0 without any."""
        return self.abandoned / self.answered if self.answered else 0.0


class Policy(Protocol):
    """Decides how many to dial; told of everything that a dialler is told of. Times are seconds of the day."""

    def agent(self, number: int, doing: int, work: int, at: float) -> None:
        """Say what an agent does from now on, at which work (0 the campaign's, 1 inbound)."""

    def worked(self, doing: int, work: int, seconds: float) -> None:
        """Take in that a talk or a wrap-up ended after so long."""

    def closing(self, number: int, at: float, until: float) -> None:
        """Take in that an agent will be free soon (``until``: when, to be learned from once it is past)."""

    def dialled(self, at: float, count: int) -> None:
        """Take in attempts."""

    def picked_up(self, at: float, age: float) -> None:
        """Take in that an attempt is examined from now on."""

    def ended(self, at: float, age: float, examined: float, outcome: str) -> None:
        """Take in how an attempt ended: ``person``, ``failed`` or anything else; -1: was not examined."""

    def came_in(self, at: float) -> None:
        """Take in an inbound call."""

    def dials(self, at: float, counted: Counted) -> int:
        """Decide."""


class _Agent(Struct):
    doing: int = GONE
    work: int = OUTBOUND
    since: float = 0.0  # of the work in hand
    logged_in: float = -1.0
    out_for: float = 0.0  # wants to be gone for so long
    busy: float = 0.0
    there: float = 0.0


class _Attempt(NamedTuple):
    number: int
    dialled: float
    picked_up: float
    outcome: str


def simulated(day: Day, policy: Policy, seed: int) -> Figures:
    """Live through a day. About 20 us an attempt, and for each decision what the policy takes.

    Examples
    --------
    >>> from routing.simulation.policies import Progressive
    >>> figures = simulated(Day(agents=3, day_s=3600.0), Progressive(), 1)
    >>> figures.answered > 20, figures.abandoned, 0.4 < figures.utilisation < 0.8
    (True, 0, True)
    """
    return _World(day, policy, seed).live()


class _World:
    """One day under way: a heap of what is to happen."""

    def __init__(self, day: Day, policy: Policy, seed: int) -> None:
        self.day = day
        self.policy = policy
        self.agents = [_Agent() for _ in range(day.agents)]
        self.idle: dict[int, None] = {}
        self.waiting: dict[int, None] = {}
        self.inbound: deque[tuple[int, float]] = deque()
        self.coming: list[tuple[float, int, int, int, object]] = []
        self.order = 0
        self.attempts = self.in_flight = self.answered = self.abandoned = 0
        self.came_in = 0
        self.waited = 0.0
        self.over = False
        self.least_slack = 0.0
        self.places = [stream(seed, purpose) for purpose in range(16)]
        self.talk = _lognormal(day.talk_s, day.talk_cv)
        self.wrap = _lognormal(day.wrap_s, day.wrap_cv)
        self.handlers = (
            self._log_in,
            self._pause,
            self._pick_up,
            self._end_attempt,
            self._end_talk,
            self._end_wrap,
            self._give_up,
            self._come_in,
            self._close,
        )

    def live(self) -> Figures:
        """Let all of it happen."""
        day, coming, handlers = self.day, self.coming, self.handlers
        self._plan()
        steps = round(day.day_s / day.step_s)
        for step in range(steps + 1):
            until = step * day.step_s
            while coming and coming[0][0] <= until:
                at, _, kind, number, more = heapq.heappop(coming)
                handlers[kind](at, number, more)
            if step < steps:
                self._decide(until)
        self._finish()
        while coming and coming[0][0] <= day.day_s + _LATE_S:
            at, _, kind, number, more = heapq.heappop(coming)
            handlers[kind](at, number, more)
        logged_in = sum(agent.there for agent in self.agents)
        return Figures(
            sum(agent.busy for agent in self.agents) / logged_in if logged_in else 0.0,
            self.answered,
            self.abandoned,
            self.attempts,
            self.came_in,
            self.waited / self.came_in if self.came_in else 0.0,
            self.least_slack,
        )

    def _u(self, purpose: int, number: int) -> float:
        return unit(draw(self.places[purpose], number))

    def _at(self, at: float, kind: int, number: int, more: object = None) -> None:
        self.order += 1
        heapq.heappush(self.coming, (at, self.order, kind, number, more))

    def _plan(self) -> None:
        """Put down what the day brings by itself."""
        day = self.day
        for number in range(day.agents):
            self._at(day.log_in_s * self._u(0, number), 0, number)
            if day.break_s:
                room = day.day_s - 2.0 * day.log_in_s - 2.0 * day.break_s
                self._at(2.0 * day.log_in_s + max(room, 0.0) * self._u(1, number), 1, number, day.break_s)
            if self._u(2, number) < day.away:
                self._at(day.away_at * day.day_s, 1, number, day.away_s)
            if day.leaving and self._u(3, number) < day.leaving[1]:
                self._at(day.leaving[0] * day.day_s, 1, number, day.leaving[2])
        at, number = 0.0, 0
        while day.inbound:
            at -= math.log(self._u(4, number)) * 3600.0 / day.inbound
            if at >= day.day_s:
                break
            self._at(at, 7, number)
            number += 1

    def _decide(self, at: float) -> None:
        counted = Counted(
            len(self.idle),
            self.in_flight,
            len(self.waiting),
            len(self.inbound),
            self.answered,
            self.abandoned,
        )
        dials = self.policy.dials(at, counted)
        if dials <= 0:
            return
        for _ in range(dials):
            self._dial(at)
        self.policy.dialled(at, dials)

    def _dial(self, at: float) -> None:
        """Draw what becomes of an attempt."""
        day = self.day
        number = self.attempts
        self.attempts += 1
        self.in_flight += 1
        place = at / day.day_s
        rate = day.rate * next((factor for begun, factor in reversed(day.course) if place >= begun), 1.0)
        bad = next((share for begun, ended, share in day.failing if begun <= place < ended), 0.0)
        if bad and self._u(5, number) < bad:
            self._at(at + 1.0, 3, number, _Attempt(number, at, -1.0, "failed"))
            return
        person = self._u(6, number) < min(rate, 0.97)
        machine = not person and self._u(7, number) < day.machines
        if person or machine:
            lasts = day.answer_most_s - day.answer_least_s
            late = -day.answer_s * math.log1p(self._u(8, number) * math.expm1(-lasts / day.answer_s))
            at_answer = at + day.answer_least_s + late
            if not day.detection_s:
                self._at(at_answer, 3, number, _Attempt(number, at, -1.0, "person" if person else "machine"))
                return
            wrong = self._u(9, number) < (day.missed if person else day.mistaken)
            outcome = ("missed" if wrong else "person") if person else ("mistaken" if wrong else "machine")
            self._at(at_answer, 2, number, _Attempt(number, at, at_answer, outcome))
        elif self._u(10, number) < day.busy:
            self._at(at + day.busy_s, 3, number, _Attempt(number, at, -1.0, "busy"))
        else:
            late = (day.ring_most_s - day.ring_least_s) * self._u(11, number)
            self._at(at + day.ring_least_s + late, 3, number, _Attempt(number, at, -1.0, "no_answer"))

    # What happens

    def _log_in(self, at: float, number: int, more: object) -> None:
        del more
        agent = self.agents[number]
        if self.over or agent.logged_in >= 0.0:
            return
        agent.logged_in = at
        agent.out_for = 0.0
        self._free(at, number)

    def _pause(self, at: float, number: int, more: object) -> None:
        agent = self.agents[number]
        if self.over or agent.logged_in < 0.0 or not isinstance(more, float):
            return
        agent.out_for = max(agent.out_for, more)
        if agent.doing == IDLE:
            del self.idle[number]
            self._free(at, number)

    def _free(self, at: float, number: int) -> None:
        """An agent has nothing in hand: goes, or takes who waits, or is idle."""
        agent = self.agents[number]
        if agent.out_for and not self.over:
            agent.there += at - agent.logged_in
            agent.logged_in = -1.0
            agent.doing = GONE
            self.policy.agent(number, GONE, 0, at)
            self._at(at + agent.out_for, 0, number)
        elif self.inbound:
            call, since = self.inbound.popleft()
            self.waited += at - since
            self._take(at, number, INBOUND, call)
        elif self.waiting:
            attempt = next(iter(self.waiting))
            del self.waiting[attempt]
            self._take(at, number, OUTBOUND, attempt)
        else:
            agent.doing = IDLE
            self.idle[number] = None
            self.policy.agent(number, IDLE, 0, at)

    def _take(self, at: float, number: int, work: int, call: int) -> None:
        agent = self.agents[number]
        agent.doing, agent.work, agent.since = TALK, work, at
        self.policy.agent(number, TALK, work, at)
        place = 12 if work == OUTBOUND else 14
        talk = self.talk(self._u(place, call))
        wrap = self.wrap(self._u(place + 1, call))
        self._at(at + talk, 4, number, wrap)
        if self.day.hint_s:
            self._at(max(at, at + talk + wrap - self.day.hint_s), 8, number, at + talk + wrap)

    def _pick_up(self, at: float, number: int, more: object) -> None:
        assert isinstance(more, _Attempt)
        self.policy.picked_up(at, at - more.dialled)
        u = max(self._u(9, ~number) * 0.9998, 0.0001)
        # A gamma time of shape 4, by the cube of Wilson and Hilferty (Proc. Nat. Acad. Sci. 17, 1931).
        late = self.day.detection_s * (1.0 - 1.0 / 36.0 + _NORMAL.inv_cdf(u) / 6.0) ** 3
        self._at(at + max(late, 0.05), 3, number, more)

    def _end_attempt(self, at: float, number: int, more: object) -> None:
        assert isinstance(more, _Attempt)
        self.in_flight -= 1
        outcome = more.outcome
        examined = at - more.picked_up if more.picked_up >= 0.0 else -1.0
        seen = "person" if outcome in ("person", "mistaken") else outcome
        self.policy.ended(at, at - more.dialled, examined, seen)
        if outcome == "missed":  # a person who was hung up on
            self.answered += 1
            self.abandoned += 1
        elif seen == "person":
            self.answered += outcome == "person"
            if self.idle:
                agent = next(iter(self.idle))
                del self.idle[agent]
                self._take(at, agent, OUTBOUND, number)
            else:
                self.waiting[number] = None
                self._at(at + self.day.grace_s, 6, number, outcome)

    def _give_up(self, at: float, number: int, more: object) -> None:
        del at
        if number in self.waiting:
            del self.waiting[number]
            self.abandoned += more == "person"
            self.least_slack = min(self.least_slack, self.day.cap * self.answered - self.abandoned)

    def _end_talk(self, at: float, number: int, more: object) -> None:
        assert isinstance(more, float)
        agent = self.agents[number]
        self.policy.worked(TALK, agent.work, at - agent.since)
        self._account(at, agent)
        agent.doing = WRAP
        self.policy.agent(number, WRAP, agent.work, at)
        self._at(at + more, 5, number)

    def _end_wrap(self, at: float, number: int, more: object) -> None:
        del more
        agent = self.agents[number]
        self.policy.worked(WRAP, agent.work, at - agent.since)
        self._account(at, agent)
        self._free(at, number)

    def _come_in(self, at: float, number: int, more: object) -> None:
        del more
        self.came_in += 1
        self.policy.came_in(at)
        if self.idle:
            agent = next(iter(self.idle))
            del self.idle[agent]
            self._take(at, agent, INBOUND, number)
        else:
            self.inbound.append((number, at))

    def _close(self, at: float, number: int, more: object) -> None:
        assert isinstance(more, float)
        if self.agents[number].doing == TALK:
            self.policy.closing(number, at, more)

    def _account(self, at: float, agent: _Agent) -> None:
        if not self.over:
            agent.busy += at - agent.since
        agent.since = at

    def _finish(self) -> None:
        """Close the accounts at the day's end."""
        self.over = True
        for agent in self.agents:
            if agent.logged_in >= 0.0:
                agent.there += self.day.day_s - agent.logged_in
                if agent.doing in (TALK, WRAP):
                    agent.busy += self.day.day_s - agent.since


class _Lognormal(Protocol):
    def __call__(self, share: float, /) -> float: ...


def _lognormal(mean: float, cv: float) -> _Lognormal:
    """Return the quantiles of a lognormal time."""
    square = math.log1p(cv * cv)
    middle, spread = math.log(mean) - square / 2.0, math.sqrt(square)

    def quantile(share: float) -> float:
        return math.exp(middle + spread * _NORMAL.inv_cdf(share))

    return quantile
