"""What every part of the obvious engine stands on: its state, refusals, looking things up, emitting.

Owns the registries and the questions about them; must not know what commands do.
"""

from msgspec.structs import replace

from reference.state import Attempt, Contact, Line, Person
from routing.commands import EnqueueContact, RequestDial
from routing.config import validate
from routing.events import Event, Reason
from routing.model import Agent, Config, Queue


class RefusedError(Exception):
    """The command has no effect, for this reason; raised before anything was changed."""

    def __init__(self, reason: Reason, subject: object) -> None:
        super().__init__(reason, subject)
        self.reason = reason
        self.subject = str(subject)


class Ground:
    """The state of the engine."""

    def __init__(self, config: Config) -> None:
        self._base = validate(config)  # everything that no command changes piecemeal
        self._skills = list(self._base.skills)
        self._groups = list(self._base.groups)
        self._shifts = self._base.shifts
        self._people: dict[str, Person] = {}  # those whose removal is pending included
        self._order: list[Person] = []  # the agents in configured order
        self._lines: dict[str, Line] = {}  # the queues in configured order
        self._contacts: dict[str, Contact] = {}  # the living, in order of creation
        self._ended: dict[str, EnqueueContact] = {}  # the remembered, in order of their ends
        self._attempts: dict[str, Attempt] = {}  # those that go on, in order of request
        self._past_attempts: dict[str, RequestDial] = {}  # the remembered, in order of their ends
        self._outcomes: dict[str, tuple[Event, ...]] = {}  # by request id, in order of first use
        self._now_ns = 0
        self._seq = 0
        self._stamp = 0
        self._offers = 0
        self._people_made = 0
        self._lines_made = 0
        self._contacts_made = 0
        self._attempts_made = 0
        self._events: list[Event] = []
        self._revision = 0
        self._reserved: list[tuple[Contact, Person]] = []
        self._occupancy_needed = False
        self._window_ns: int | None = None  # when the open batch is assigned
        self._paused_until_ns: int | None = None  # nobody is matched before
        self._grace_until_ns = 0  # no limit ends before
        for agent in self._base.agents:
            self._add_person(agent)
        for queue in self._base.queues:
            self._add_line(queue)

    @property
    def config(self) -> Config:
        """The configuration as it stands now."""
        return replace(
            self._base,
            skills=tuple(self._skills),
            groups=tuple(self._groups),
            agents=tuple(person.agent for person in self._order),
            queues=tuple(line.queue for line in self._lines.values()),
            shifts=self._shifts,
        )

    def _emit(self, event: type, *fields: object) -> None:
        self._events.append(event(self._now_ns, *fields))

    def _forget(self) -> None:
        limits = self._base.limits
        while len(self._outcomes) > limits.remembered_requests:
            del self._outcomes[next(iter(self._outcomes))]
        while len(self._ended) > limits.remembered_contacts:
            del self._ended[next(iter(self._ended))]
        while len(self._past_attempts) > limits.remembered_contacts:
            del self._past_attempts[next(iter(self._past_attempts))]

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq

    def _add_person(self, agent: Agent) -> Person:
        self._people_made += 1
        person = Person(agent, self._people_made)
        self._people[agent.id] = person
        self._order.append(person)
        return person

    def _add_line(self, queue: Queue) -> None:
        self._lines_made += 1
        self._lines[queue.id] = Line(queue, self._lines_made)

    def _known_agent(self, agent: str) -> Person:
        refuse_if(agent not in self._people, Reason.UNKNOWN_AGENT, agent)
        return self._people[agent]

    def _configured(self, agent: str) -> Person | None:
        return next((person for person in self._order if person.id == agent), None)

    def _known_queue(self, queue: str) -> Line:
        refuse_if(queue not in self._lines, Reason.UNKNOWN_QUEUE, queue)
        return self._lines[queue]


def refuse_if(condition: bool, reason: Reason, subject: object) -> None:
    if condition:
        raise RefusedError(reason, subject)
