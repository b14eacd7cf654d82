"""Queues whose figures are known: formulas, and a plain simulator of agents who hand contacts on.

Owns independent opinions of what models of handling must give; must not know how the engine routes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from routing.simulation.arrivals import Calls
from routing.simulation.handling_draws import HandlingDraws, Hold, Which
from routing.simulation.handling_shape import Consult, Transfer


def erlang_b(agents: int, offered: float) -> float:
    """The share of calls that find nobody free, and are lost."""
    blocked = 1.0
    for number in range(1, agents + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return blocked


def erlang_c_wait(agents: int, arrivals: float, service: float) -> float:
    """The mean wait of M/M/c, in the unit of ``service``; ``arrivals`` in one such unit of time."""
    offered = arrivals * service
    blocked = erlang_b(agents, offered)
    waits = blocked / (1 - offered / agents * (1 - blocked))
    return waits * service / (agents - offered)


def pollaczek_khinchine(arrivals: float, mean: float, second_moment: float) -> float:
    """The mean wait of M/G/1."""
    return arrivals * second_moment / (2 * (1 - arrivals * mean))


def interrupted_sojourn(first: tuple[float, float], second: tuple[float, float]) -> float:
    """The mean sojourn of the second class of M/M/1 that the first interrupts, and that goes on where it was.

    Classes are (arrivals, mean service). Conway, Maxwell and Miller, *Theory of Scheduling*, 1967, 8-6.
    """
    loads = [arrivals * service for arrivals, service in (first, second)]
    rest = sum(load * service for load, (_, service) in zip(loads, (first, second), strict=True))
    return (second[1] * (1 - sum(loads)) + rest) / ((1 - loads[0]) * (1 - sum(loads)))


# ------------------------------------------------------------------------------------------ hand to hand


@dataclass
class Station:
    """Agents who are alike, and who waits for them: the oldest first."""

    free: int
    line: list[tuple[int, int, Callable[[int], None]]] = field(default_factory=list)


@dataclass
class Found:
    """What a day gave."""

    waits: dict[int, int] = field(default_factory=dict)
    later_waits: int = 0
    talk: int = 0
    hold: int = 0
    legs: int = 0
    ended: int = 0
    transfers: int = 0
    handed_over: int = 0
    last: int = 0


class Hands:
    """Two stations, first come, first served: generators that yield delays and requests, and a heap of instants."""

    def __init__(
        self, draws: HandlingDraws, calls: Calls, free: dict[str, int], wrap: dict[str, int]
    ) -> None:
        self.draws, self.calls, self.wrap = draws, calls, wrap
        self.stations = {name: Station(agents) for name, agents in free.items()}
        self.heap: list[tuple[int, int, Callable[[int], None]]] = []
        self.order = count()
        self.found = Found()

    def run(self) -> Found:
        for number, at in enumerate(self.calls.arrivals_ns):
            self.go(at, lambda now, number=number: self.step(self.call(number, now), now))  # type: ignore[misc]
        while self.heap:
            at, _, do = heappop(self.heap)
            self.found.last = at
            do(at)
        return self.found

    def go(self, at: int, do: Callable[[int], None]) -> None:
        heappush(self.heap, (at, next(self.order), do))

    def step(self, process: "Iterator[tuple[str, int]]", now: int) -> None:
        """Go on with a process until it waits: ``("", delay)``, or ``(station, age)`` to be served there."""
        asked = next(process, None)
        if asked is None:
            return
        station, number = asked
        if not station:
            self.go(now + number, lambda at: self.step(process, at))
            return
        heappush(self.stations[station].line, (number, next(self.order), lambda at: self.step(process, at)))
        self.serve(station, now)

    def serve(self, station: str, now: int) -> None:
        place = self.stations[station]
        if place.free and place.line:
            place.free -= 1
            heappop(place.line)[2](now)

    def release(self, station: str, now: int, queue: str) -> None:
        """The agent wraps up by the rules of the queue, and is free."""

        def free(at: int) -> None:
            self.stations[station].free += 1
            self.serve(station, at)

        self.go(now + self.wrap[queue], free) if self.wrap[queue] else free(now)

    def call(self, number: int, now: int) -> "Iterator[tuple[str, int]]":
        found, draws = self.found, self.draws
        which = Which(self.calls.types[number], self.calls.numbers[number], 0, 0)
        age = since = now
        station = queue = "help"
        service = self.calls.services_ns[number]
        while True:
            yield queue, age
            found.waits.setdefault(number, self.now - now)
            if which.hop:
                found.later_waits += self.now - since
            while True:
                yield from self.talk(which, queue, service)
                way = draws.exit(which, queue)
                if not isinstance(way, Consult):
                    break
                yield from self.ask(which, way)
                found.handed_over += 1
                self.release(station, self.now, queue)
                station = "tech"
                which = which._replace(hop=which.hop + 1)
                service = draws.service_ns(which, way.service, 0)
            self.release(station, self.now, queue)
            if not isinstance(way, Transfer):
                found.ended += 1
                return
            found.transfers += 1
            which = which._replace(hop=which.hop + 1)
            service = draws.service_ns(which, way.service, 0)
            since = self.now
            age = age if way.keep_age else since
            station = queue = way.queue

    def talk(self, which: Which, queue: str, service: int) -> "Iterator[tuple[str, int]]":
        parts, rest = self.draws.plan(which, queue, service)
        for part in parts:
            yield "", part.talk_ns
            if isinstance(part.then, Hold):
                yield "", part.then.time_ns
                self.found.hold += part.then.time_ns
            else:
                yield from self.ask(which, part.then)
                self.release("tech", self.now, "tech")
        yield "", rest
        self.found.talk += service

    def ask(self, which: Which, consult: Consult) -> "Iterator[tuple[str, int]]":
        """Wait for a colleague while the contact is on hold, and talk; the colleague stays busy."""
        begun = self.now
        yield "tech", begun
        answered = self.now
        yield "", self.draws.talk_ns(which, consult)
        self.found.hold += self.now - begun
        together = self.draws.together_ns(which, consult)
        if consult.together is not None:
            self.found.talk += together
            yield "", together
        self.found.legs += self.now - answered

    @property
    def now(self) -> int:
        return self.found.last
