"""Facts as the core gives them, with names.

Owns the meaning of each place in its tuples; must not know what follows from them.
"""

from typing import NamedTuple

from routing.commands import EnqueueContact, PlaceContact
from routing.editing import Editor
from routing.model import Agent, Channel, Config, Queue, Step
from routing.views import SegmentView


class AgentFacts(NamedTuple):
    """An agent as configured and as it stands now."""

    noun: Agent
    number: int
    logged_in: bool
    leaving: bool
    ready: bool
    reason: str
    device: str
    idle: tuple[int, int]
    retry_until_ns: int
    handled: int
    occupancy: int
    segments: tuple[SegmentView, ...]
    kept_for: str  # contact, or ""


class VisitFacts(NamedTuple):
    """A stay in a queue."""

    queue: Queue
    enqueued_ns: int
    seq: int
    entered_ns: int
    step: int
    spills: int
    steps: int  # the core's number of the list


class ContactFacts(NamedTuple):
    """A living contact; holds and wishes by the agent's number."""

    command: EnqueueContact | PlaceContact
    number: int
    state: str
    channel: str
    load: int
    priority: int
    credit_ns: int
    due_ns: int
    expedited: bool
    held_until_ns: int
    prefer_until_ns: int
    grouped: bool
    rings_at: tuple[str, ...]
    reserved: str
    visits: tuple[VisitFacts, ...]
    holds: dict[int, int]
    wishes: dict[int, tuple[int, bool]]  # score, direct
    parties: tuple[str, ...]  # who takes part in the contact of which it is a leg


class QueueFacts(NamedTuple):
    """What a queue remembers of its matches, and which of its reserves are on (bits)."""

    last: str
    next_place: int
    matched: int
    given: tuple[int, ...]  # by share, in order of groups
    on: int


class Facts:
    """Everything that an engine can be asked for an explanation, read when it is asked for.

    Parameters
    ----------
    engine : Editor
        Is looked at, and not changed.
    """

    def __init__(self, engine: Editor) -> None:
        self.engine = engine
        self.now_ns = engine.now_ns
        self._raw = engine._agent_facts()
        self._known: dict[str, AgentFacts] = {}
        self._queues: dict[str, QueueFacts] = {}
        self.channels: dict[str, Channel] = {one.id: one for one in engine._base.channels}

    @property
    def config(self) -> Config:
        """The configuration apart from what commands change piecemeal."""
        return self.engine._base

    @property
    def agents(self) -> list[str]:
        """Ids of the configured agents, in order."""
        return list(self.engine._agent_nouns)

    def agent(self, agent: str) -> AgentFacts:
        """Look at a configured agent."""
        found = self._known.get(agent)
        if found is None:
            state, kept_for = self._raw[agent]
            found = self._known[agent] = AgentFacts(
                self.engine._agent_nouns[agent],
                state[0],
                state[1],
                state[2] != 0,
                state[3],
                state[4],
                state[5],
                (state[6], state[7]),
                state[8],
                state[9],
                state[13],
                tuple(SegmentView(*segment) for segment in state[12]),
                kept_for,
            )
        return found

    def contact(self, contact: str) -> ContactFacts | None:
        """Look at a contact; None when it is not alive."""
        found = self.engine._contact_facts(contact)
        if found is None:
            return None
        visits = tuple(
            VisitFacts(self.engine._queue_nouns[queue], enqueued, seq, entered, step, spills, steps)
            for queue, enqueued, seq, entered, step, _, spills, steps in found[14]
        )
        wishes: dict[int, tuple[int, bool]] = {}
        for number, score, direct in found[16]:
            wishes.setdefault(number, (score, direct))
        return ContactFacts._make((*found[:14], visits, dict(found[15]), wishes, found[17]))

    def standing(self) -> list[str]:
        """Ids of the contacts in the one order, in no order."""
        return self.engine._living_now()

    def queue(self, queue: str) -> QueueFacts:
        """Look at a queue."""
        if queue not in self._queues:
            self._queues[queue] = QueueFacts(*self.engine._queue_facts(queue))
        return self._queues[queue]

    def steps(self, contact: ContactFacts) -> list[tuple[Step, ...]]:
        """The steps of each visit."""
        texts = self.engine._steps_facts({visit.steps for visit in contact.visits})
        return [
            tuple(Step(expression, after, when, score) for expression, after, when, score in texts[one.steps])
            for one in contact.visits
        ]

    def ways(self, agent: AgentFacts, queue: Queue) -> int:
        """How the agent is a member: bit 0 regularly, bit i + 1 through reserve i; 0: not at all."""
        if not (queue.members or queue.groups or queue.reserves):
            return 1
        return self.engine._queues_of(agent.noun).get(queue.id, 0)

    def members(self, queue: Queue) -> list[str]:
        """All members of a queue in its order."""
        if not (queue.members or queue.groups or queue.reserves):
            return self.agents
        return self.engine._members_in_order(queue, {agent: at for at, agent in enumerate(self.agents)})

    def batch_until_ns(self) -> int:
        """When the open window of a batch ends; 0 when none is open."""
        return self.engine._batch_until() or 0


__all__ = ["AgentFacts", "ContactFacts", "Facts", "QueueFacts", "VisitFacts"]
