"""Feeds whose waits are known, and the scores of an estimator that follows them: queues of theory, and a bank's log.

Errors are over contacts that waited and were answered, estimated when they came; "error" is the root of the mean
squared one over the mean wait of the same contacts.

Owns the feeds; must not know how anything is estimated.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from routing.config import load
from routing.estimation import PREDICTORS, Estimator, Settings
from routing.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    ContactEnded,
    ContactEnqueued,
    ContactOffered,
    Event,
    OfferAccepted,
    Outcome,
)
from routing.model import Agent, Config, Queue
from routing.simulation.calls import SERVED, Call
from routing.simulation.reading import read_calls
from routing.units import MINUTE, SECOND

HERE = Path(__file__).resolve().parent

#: Ibrahim and Whitt's figures: what reaches which, and the load.
PUBLISHED = {"M/M/100": ("ql", 0.210), "M/M/100+M": ("qlm", 0.157), "M/M/100+E10": ("qla", 0.093)}

Draw = Callable[[Random], float]


def exponential(random: Random) -> float:
    """Draw from the exponential distribution of mean 1."""
    return random.expovariate(1.0)


def erlang10(random: Random) -> float:
    """Draw from the Erlang distribution of ten stages and mean 1."""
    return random.gammavariate(10.0, 0.1)


def for_ever(random: Random) -> float:
    """Nobody leaves."""
    del random
    return math.inf


MODELS: dict[str, tuple[float, Draw]] = {
    "M/M/100": (95.0, for_ever),
    "M/M/100+M": (140.0, exponential),
    "M/M/100+E10": (140.0, erlang10),
}


GIVEN = Settings(service_ns=SECOND, patience_ns=SECOND)


class Score:
    """Errors of each predictor, and how often the quantiles held."""

    def __init__(self) -> None:
        self.count = 0
        self.wait = 0.0
        self.held = [0, 0]
        self.square = dict.fromkeys((*PREDICTORS, "combined", "last_10_all"), 0.0)
        self.size = dict.fromkeys(self.square, 0.0)

    def add(self, said: dict[str, float], p50: float, p90: float, wait: float) -> None:
        """Count a wait."""
        self.count += 1
        self.wait += wait
        self.held[0] += wait <= p50
        self.held[1] += wait <= p90
        for name, value in said.items():
            self.square[name] += (value - wait) ** 2
            self.size[name] += abs(value - wait)

    def error(self, name: str) -> float:
        """Root mean squared error over the mean wait."""
        return math.sqrt(self.square[name] / self.count) / (self.wait / self.count)

    def mean_error(self, name: str) -> float:
        """Mean absolute error over the mean wait."""
        return self.size[name] / self.wait


def theory(
    arrivals: int, rate: float, patience: Draw, seed: int, agents: int = 100, service_ns: int = SECOND
) -> Iterator[Event]:
    """Events of a queue M/M/n+G in the unit of a mean service, first come, first served; a mix of heap and lists."""
    random = Random(seed)
    for number in range(agents):
        yield AgentLoggedIn(0, str(number), True, "")
    free = [str(number) for number in range(agents)]
    busy: list[tuple[int, str, str]] = []
    line: list[tuple[str, int]] = []
    head = 0
    leaving: list[tuple[int, str]] = []
    gone: set[str] = set()
    now_ns = 0
    for number in range(arrivals):
        now_ns += max(1, int(random.expovariate(rate) * service_ns))
        while (busy and busy[0][0] <= now_ns) or (leaving and leaving[0][0] <= now_ns):
            if leaving and (not busy or leaving[0][0] < busy[0][0]):
                at_ns, contact = heappop(leaving)
                if contact not in gone:
                    gone.add(contact)
                    yield ContactEnded(at_ns, contact, Outcome.ABANDONED, "q", "")
                continue
            at_ns, contact, agent = heappop(busy)
            yield ContactEnded(at_ns, contact, Outcome.HANDLED, "q", agent)
            while head < len(line) and line[head][0] in gone:
                gone.discard(line[head][0])
                head += 1
            if head == len(line):
                free.append(agent)
                continue
            contact, since_ns = line[head]
            head += 1
            gone.add(contact)
            if patience is for_ever:
                gone.discard(contact)
            yield ContactOffered(at_ns, contact, agent, "q", number, 0)
            yield OfferAccepted(at_ns, contact, agent, "q", number, at_ns - since_ns)
            heappush(busy, (at_ns + int(random.expovariate(1.0) * service_ns), contact, agent))
        contact = f"c{number}"
        yield ContactEnqueued(now_ns, contact, ("q",), "voice", 0)
        if free:
            agent = free.pop()
            yield ContactOffered(now_ns, contact, agent, "q", number, 0)
            yield OfferAccepted(now_ns, contact, agent, "q", number, 0)
            heappush(busy, (now_ns + int(random.expovariate(1.0) * service_ns), contact, agent))
            continue
        line.append((contact, now_ns))
        lasts = patience(random)
        if lasts < math.inf:
            heappush(leaving, (now_ns + max(1, int(lasts * service_ns)), contact))
        if head > 10_000:
            del line[:head]
            head = 0


def score_theory(
    model: str, arrivals: int, seed: int, settings: Settings | None = None, warm: float = 0.1
) -> Score:
    """Run a queue of theory past an estimator; the first part is for learning only."""
    rate, patience = MODELS[model]
    config = Config(agents=tuple(Agent(str(number)) for number in range(100)), queues=(Queue("q"),))
    estimator = Estimator(config, settings=settings or Settings(first_service_ns=SECOND))
    return follow(estimator, theory(arrivals, rate, patience, seed), int(warm * arrivals))


def follow(
    estimator: Estimator,
    events: Iterator[Event],
    warm: int = 0,
    apart: str = "",
    into: dict[str, Score] | None = None,
) -> Score:
    """Fold events; estimate each contact when it has come, and hold that against its wait.

    With ``into`` it gets a second score under the name ``apart``: without the bank's queue for internet support.
    """
    score, rest = Score(), Score()
    if into is not None:
        into[apart] = rest
    said: dict[str, tuple[int, dict[str, float], float, float]] = {}
    number = 0
    last: list[int] = []
    previous: Event | None = None
    for event in events:
        if (
            isinstance(previous, ContactEnqueued)
            and not (
                isinstance(event, ContactOffered)
                and event.contact == previous.contact
                and event.at_ns == previous.at_ns
            )
            and number > warm
        ):
            one = estimator.estimate(previous.contact, previous.at_ns)
            by: dict[str, float] = {**one.by, "combined": one.wait_ns}
            by["last_10_all"] = sum(last) / len(last) if last else 0.0
            said[previous.contact] = (previous.at_ns, by, one.p50_ns, one.p90_ns)
        estimator.fold((event,))
        previous = event
        if isinstance(event, ContactEnqueued):
            number += 1
        elif isinstance(event, OfferAccepted):
            last = [*last[-9:], event.wait_ns]
            found = said.pop(event.contact, None)
            if found is not None and event.wait_ns > 0:
                score.add(found[1], found[2], found[3], event.wait_ns)
                if event.queue != "IN":
                    rest.add(found[1], found[2], found[3], event.wait_ns)
        elif isinstance(event, ContactEnded):
            said.pop(event.contact, None)
    return score


# -- The bank ---------------------------------------------------------------------------------------------

AWAY_NS = 15 * MINUTE
PAUSE_NS = 20 * SECOND


def bank_events(calls: Sequence[Call]) -> Iterator[Event]:
    """Tell a log as an engine would: what is known of an instant is told at that instant, nothing before.

    The log does not say when agents come and go. One is logged in with their first call, not ready when no call has
    come for ``PAUSE_NS`` after the last, and logged out after ``AWAY_NS``; each is told when it has become so.
    """
    told: list[tuple[int, int, int, int, str]] = []  # instant, kind, number of the call, what, agent
    for number, call in enumerate(calls):
        wait_ns = call.wait_ns or 0
        end_ns = call.arrival_ns + wait_ns
        served = call.outcome == SERVED
        heappush(told, (call.arrival_ns, 2, number, 0, ""))
        if wait_ns or not served:
            heappush(told, (end_ns, 1 if wait_ns else 3, number, 1, ""))
    state: dict[str, tuple[str, int]] = {}  # agent: what they are, since when
    in_hand: dict[str, int] = {}
    while told:
        at_ns, kind, number, what, agent = heappop(told)
        call = calls[number]
        contact = str(number)
        if kind == 0:  # a service ends
            yield ContactEnded(at_ns, contact, Outcome.HANDLED, call.queue, agent)
            in_hand[agent] = in_hand.get(agent, 1) - 1
            state[agent] = ("ready", at_ns)
            if not in_hand[agent]:
                heappush(told, (at_ns + PAUSE_NS, 4, number, 0, agent))
            continue
        if kind == 4:  # nothing has come since
            doing, since_ns = state[agent]
            if in_hand.get(agent) or since_ns > at_ns - (PAUSE_NS if what == 0 else AWAY_NS):
                continue
            if what == 0:
                state[agent] = ("not ready", since_ns)
                yield AgentNotReady(at_ns, agent, "pause")
                heappush(told, (since_ns + AWAY_NS, 4, number, 1, agent))
            elif doing == "not ready":
                state[agent] = ("out", since_ns)
                yield AgentLoggedOut(at_ns, agent)
            continue
        served = call.outcome == SERVED
        if kind == 2:
            yield ContactEnqueued(at_ns, contact, (call.queue,), "voice", call.priority)
            if call.wait_ns or not served:
                continue
        if not served:
            yield ContactEnded(at_ns, contact, Outcome.ABANDONED, call.queue, "")
            continue
        agent = call.agent or "unknown"
        doing, since_ns = state.get(agent, ("out", 0))
        if doing == "out":
            yield AgentLoggedIn(at_ns, agent, True, "")
        elif doing == "not ready":
            yield AgentReady(at_ns, agent)
        state[agent] = ("busy", at_ns)
        in_hand[agent] = in_hand.get(agent, 0) + 1
        yield ContactOffered(at_ns, contact, agent, call.queue, number, 0)
        yield OfferAccepted(at_ns, contact, agent, call.queue, number, call.wait_ns or 0)
        heappush(told, (at_ns + (call.service_ns or 0), 0, number, 0, agent))


def bank(folder: Path) -> dict[str, Score]:
    """Follow January, then October, with one estimator."""
    config = load(HERE.parent / "examples" / "bank.toml")
    estimator = Estimator(config)
    scores: dict[str, Score] = {}
    for month in ("january", "october"):
        log = read_calls(str(folder / f"{month}_1999.txt.gz"), zone=ZoneInfo("Asia/Jerusalem"))
        scores[month] = follow(estimator, bank_events(log.calls), apart=f"{month} without IN", into=scores)
    return scores
