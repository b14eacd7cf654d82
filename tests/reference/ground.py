"""What every part of the obvious engine stands on: its state, refusals, looking things up, emitting.

Owns the registries and the questions about them; must not know what commands do.
"""

from msgspec.structs import replace

from reference.state import Contact, Line, Person, Visit
from routing import events
from routing.commands import EnqueueContact
from routing.config import validate
from routing.events import Event, Reason
from routing.model import Agent, Config, Queue

Key = tuple[int, int, int, int]

REFUSED



class Ground:
    """The state of the engine."""


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

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq

    def _add_person(self, agent: Agent) -> Person:
        self._people_made += 1
        person = Person(agent, self._people_made)
        self._people[agent.id] = person
        self._order.append(person)
        return person

    def _known_agent(self, agent: str) -> Person:
        refuse_if(agent not in self._people, Reason.UNKNOWN_AGENT, agent)
        return self._people[agent]

    def _configured(self, agent: str) -> Person | None:
        return next((person for person in self._order if person.id == agent), None)

    def _known_queue(self, queue: str) -> Line:
        refuse_if(queue not in self._lines, Reason.UNKNOWN_QUEUE, queue)
        return self._lines[queue]

    def _members(self, queue: Queue) -> list[Person]:
        if not queue.members and not queue.groups:
            return list(self._order)
        named = [self._people[agent] for agent in queue.members]
        grouped = [person for person in self._order if set(person.agent.groups) & set(queue.groups)]
        return named + [person for person in grouped if person not in named]

    def _is_staffed(self, line: Line) -> bool:
        return any(person.present for person in self._members(line.queue))

    def _visitors(self, line: Line) -> list[Contact]:
        return [contact for contact in self._contacts.values() if contact.visit_in(line) is not None]

    def _find_step(self, contact: Contact, visit: Visit) -> None:
        """The current step, found anew from the age: the last one that it has reached."""
        age = self._now_ns - visit.enqueued_ns
        steps = contact.steps_in(visit)
        visit.step = max(index for index, step in enumerate(steps) if step.after_ns <= age)

    def _key(self, contact: Contact, visit: Visit) -> tuple[int, int, int, int]:
        queue, rank = visit.line.queue, visit.enqueued_ns
        if queue.ordering == "priority_age":
            credits = queue.priority_credits_ns or (0,)
            rank -= contact.command.credit_ns + credits[min(contact.priority, len(credits) - 1)]
        return (queue.tier, rank, visit.enqueued_ns, visit.seq)

    def _standing(self, contact: Contact) -> tuple[int, int, int, int]:
        return min(self._key(contact, visit) for visit in contact.visits)


def refuse_if(condition: bool, reason: Reason, subject: object) -> None:
    if condition:
        raise Refused(reason, subject)
