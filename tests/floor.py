"""A floor of equal agents who are there throughout, fed by chance, and what the engine gives to whom.

There is no wrap-up. Owns the simulation and its record; must not know what is fair.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random

from msgspec import Struct

from routing import AcceptOffer, Agent, CompleteContact, Config, Engine, EnqueueContact, LogIn, Queue
from routing.commands import Command
from routing.events import ContactEnded, ContactOffered, Event, OfferAccepted
from routing.model import Channel
from routing.units import SECOND


class Given(Struct, frozen=True):
    """An offer: to whom, through which queue, and who had room just before it."""

    at_ns: int
    agent: str
    queue: str
    room: frozenset[str]


class Accepted(Struct, frozen=True):
    at_ns: int
    agent: str


class Released(Struct, frozen=True):
    at_ns: int
    agent: str


Entry = Given | Accepted | Released


class Floor:
    """Equal agents with ``capacity`` contacts at once; arrivals, ringing and services are drawn from the seed."""

    def __init__(
        self,
        queues: tuple[Queue, ...],
        seed: int,
        *,
        agents: int = 6,
        capacity: int = 1,
        busy: float = 0.7,
        service_ns: int = 60 * SECOND,
        ring_ns: int = 3 * SECOND,
        groups: tuple[str, ...] = (),
    ) -> None:
        self.random = Random(seed)
        self.capacity = capacity
        self.ids = [f"a{number}" for number in range(agents)]
        people = tuple(
            Agent(name, groups=(groups[place % len(groups)],) if groups else ())
            for place, name in enumerate(self.ids)
        )
        self.group_of = {agent.id: agent.groups[0] for agent in people if agent.groups}
        config = Config(channels=(Channel("voice", capacity=capacity),), agents=people, queues=queues)
        self.engine = Engine(config)
        self.queues = [queue.id for queue in queues]
        self.service_ns, self.ring_ns = service_ns, ring_ns
        self.apart_ns = (service_ns + ring_ns / 2) / (busy * agents * capacity)
        self.taken = dict.fromkeys(self.ids, 0)
        self.calendar: list[tuple[int, int, Command]] = []
        self.commands = 0
        for name in self.ids:
            self.engine.apply(LogIn(name), 0)

    def run(self, contacts: int) -> Iterator[Entry]:
        """What happens, in order."""
        at_ns = 0
        for number in range(contacts):
            at_ns += self._draw(self.apart_ns)
            queues = tuple(self.random.sample(self.queues, self.random.randint(1, len(self.queues))))
            self._plan(at_ns, EnqueueContact(f"c{number}", queues))
        while self.calendar:
            at_ns, _, command = heappop(self.calendar)
            while (due_ns := self.engine.next_due_ns) is not None and due_ns <= at_ns:
                yield from self._note(self.engine.advance(due_ns))
            yield from self._note(self.engine.apply(command, at_ns))

    def _plan(self, at_ns: int, command: Command) -> None:
        self.commands += 1
        heappush(self.calendar, (at_ns, self.commands, command))

    def _draw(self, mean_ns: float) -> int:
        return 1 + int(self.random.expovariate(1 / mean_ns))

    def _note(self, events: tuple[Event, ...]) -> Iterator[Entry]:
        for event in events:
            if isinstance(event, ContactOffered):
                room = frozenset(name for name, taken in self.taken.items() if taken < self.capacity)
                self.taken[event.agent] += 1
                self._plan(
                    event.at_ns + self.random.randint(0, self.ring_ns),
                    AcceptOffer(event.contact, event.agent),
                )
                yield Given(event.at_ns, event.agent, event.queue, room)
            elif isinstance(event, OfferAccepted):
                self._plan(event.at_ns + self._draw(self.service_ns), CompleteContact(event.contact))
                yield Accepted(event.at_ns, event.agent)
            elif isinstance(event, ContactEnded):
                self.taken[event.agent] -= 1
                yield Released(event.at_ns, event.agent)
