"""What a good engineer writes in plain Python in an afternoon, and means to be fast: the measure of the engine.

`Router` keeps, per queue, the members that are ready in the order in which they fell idle, and the contacts that
wait in a SortedList. It validates what it is told, knows one contact per agent and one strategy (longest idle), and
leaves out what the engine has besides: timers, offers that lapse, holds, steps, several queues per contact, events,
a digest. So a ratio against it is a lower bound for like with like.

`SortedRouter` is the same with the ready members in SortedLists too: any other strategy would need that.

`run_trace` is the usual event loop over a heap, for calls whose agents answer at once.

Owns the baselines; must not know the engine.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple, Protocol

from sortedcontainers import SortedList

CREDIT_NS = 60_000_000_000  # of one level of priority

READY, RINGING, TALKING, WRAP_UP, WAITING = range(5)


class Agent:
    """One agent, with the queues that its skills open."""

    __slots__ = ("id", "queues", "stamp", "state")

    def __init__(self, name: str) -> None:
        self.id = name
        self.queues: list[Queue] = []
        self.stamp = (0, self)
        self.state = READY


class Queue:
    """One queue: who is ready for it, in order of insertion or by key, and who waits in it."""

    __slots__ = ("by_key", "id", "ready", "waiting")

    def __init__(self, name: str) -> None:
        self.id = name
        self.ready: dict[Agent, None] = {}
        self.by_key: SortedList = SortedList()
        self.waiting: SortedList = SortedList()


class Contact:
    """One contact, alive."""

    __slots__ = ("agent", "id", "key", "queue", "state")

    def __init__(self, name: str, queue: Queue) -> None:
        self.id = name
        self.queue = queue
        self.state = WAITING
        self.agent: Agent | None = None
        self.key: tuple[int, int, Contact] | None = None


class Doors(Protocol):
    """What a router in plain Python can be told."""

    def enqueue(self, contact_id: str, queue_id: str, priority: int, at_ns: int) -> str | None:
        """Take a contact in; returns the agent who is offered it, or None when it has to wait."""

    def accept(self, contact_id: str, agent_id: str) -> None:
        """Let the agent answer."""

    def complete(self, contact_id: str) -> None:
        """End the conversation; wrap-up begins."""

    def end_wrap_up(self, agent_id: str) -> str | None:
        """Free the agent; returns the contact that is offered, or None when the agent falls idle."""


class Router:
    """Longest idle agent for the contact that is first by age and priority.

    Parameters
    ----------
    eligible : mapping of str to iterable of str
        By queue, the agents who satisfy its requirement, worked out beforehand.
    agents : iterable of str
        All agents, ready, in order of idle time.
    """

    def __init__(self, eligible: Mapping[str, Iterable[str]], agents: Iterable[str]) -> None:
        self.agents = {name: Agent(name) for name in agents}
        self.queues = {name: Queue(name) for name in eligible}
        self.contacts: dict[str, Contact] = {}
        self.seq = 0
        for name, members in eligible.items():
            for member in members:
                self.agents[member].queues.append(self.queues[name])
        for agent in self.agents.values():
            self._rest(agent)

    def enqueue(self, contact_id: str, queue_id: str, priority: int, at_ns: int) -> str | None:
        """Take a contact in; returns the agent who is offered it, or None when it has to wait."""
        if contact_id in self.contacts:
            raise ValueError(f"contact {contact_id!r} exists")
        queue = self.queues[queue_id]
        contact = self.contacts[contact_id] = Contact(contact_id, queue)
        agent = self._take(queue)
        if agent is not None:
            agent.state = contact.state = RINGING
            contact.agent = agent
            return agent.id
        self.seq += 1
        contact.key = (at_ns - priority * CREDIT_NS, self.seq, contact)
        queue.waiting.add(contact.key)
        return None

    def accept(self, contact_id: str, agent_id: str) -> None:
        """Let the agent answer."""
        contact = self.contacts[contact_id]
        agent = contact.agent
        if contact.state != RINGING or agent is None or agent.id != agent_id:
            raise ValueError(f"contact {contact_id!r} does not ring at {agent_id!r}")
        agent.state = contact.state = TALKING

    def complete(self, contact_id: str) -> None:
        """End the conversation; wrap-up begins."""
        contact = self.contacts.pop(contact_id)
        agent = contact.agent
        if contact.state != TALKING or agent is None:
            raise ValueError(f"nobody talks to contact {contact_id!r}")
        agent.state = WRAP_UP

    def end_wrap_up(self, agent_id: str) -> str | None:
        """Free the agent; returns the contact that is offered, or None when the agent falls idle."""
        agent = self.agents[agent_id]
        if agent.state != WRAP_UP:
            raise ValueError(f"agent {agent_id!r} is in no wrap-up")
        first: tuple[int, int, Contact] | None = None
        for queue in agent.queues:
            waiting = queue.waiting
            if waiting:
                key = waiting[0]
                if first is None or key < first:
                    first = key
        if first is None:
            agent.state = READY
            self._rest(agent)
            return None
        contact = first[2]
        contact.queue.waiting.remove(first)
        agent.state = contact.state = RINGING
        contact.agent = agent
        return contact.id

    def _rest(self, agent: Agent) -> None:
        """Put an agent last in the idle order: that of insertion, since idle times only grow."""
        for queue in agent.queues:
            queue.ready[agent] = None

    def _take(self, queue: Queue) -> Agent | None:
        agent = next(iter(queue.ready), None)
        if agent is None:
            return None
        for other in agent.queues:
            del other.ready[agent]
        return agent


class SortedRouter(Router):
    """The same with SortedLists of ready agents, as strategies other than longest idle need them."""

    def __init__(self, eligible: Mapping[str, Iterable[str]], agents: Iterable[str]) -> None:
        self.idle = 0
        super().__init__(eligible, agents)

    def _rest(self, agent: Agent) -> None:
        self.idle += 1
        agent.stamp = (self.idle, agent)
        for queue in agent.queues:
            queue.by_key.add(agent.stamp)

    def _take(self, queue: Queue) -> Agent | None:
        if not queue.by_key:
            return None
        stamp: tuple[int, Agent] = queue.by_key[0]
        agent = stamp[1]
        for other in agent.queues:
            other.by_key.remove(stamp)
        return agent


class Calls(NamedTuple):
    """A trace, column by column, in order of arrival; ``patience_ns`` of -1 is endless."""

    skill: array[int]
    arrival_ns: array[int]
    service_ns: array[int]
    patience_ns: array[int]


class Fates(NamedTuple):
    """What became of each call: wait, and the agent's number or -1 for those who left."""

    wait_ns: list[int]
    agent: list[int]


def run_trace(groups: Sequence[tuple[int, Sequence[int]]], calls: Calls) -> Fates:
    """Serve a trace: the longest idle agent who can takes a call, a freed agent the oldest call they can take.

    Parameters
    ----------
    groups : sequence of (size, skills)
        Agents by set of skills, numbered on in this order; all are idle at first, in the order of their numbers.
    calls : Calls
        The trace; no two events may fall on the same instant.
    """
    idle: list[deque[tuple[int, int]]] = []  # by group: (idle stamp, agent), oldest first
    group_of: list[int] = []
    for number, (size, _) in enumerate(groups):
        idle.append(deque((agent, agent) for agent in range(len(group_of), len(group_of) + size)))
        group_of += [number] * size
    skills = 1 + max(skill for _, known in groups for skill in known)
    able = [
        [idle[number] for number, (_, known) in enumerate(groups) if skill in known]
        for skill in range(skills)
    ]
    waiting: list[deque[int]] = [deque() for _ in range(skills)]
    asks = [[waiting[skill] for skill in known] for _, known in groups]
    arrival_ns, service_ns, patience_ns = calls.arrival_ns, calls.service_ns, calls.patience_ns
    wait_ns = list(patience_ns)
    served_by = [-1] * len(arrival_ns)
    busy: list[tuple[int, int]] = []  # (instant of completion, agent)
    stamp = len(group_of)

    def free(now: int, agent: int) -> None:
        """Give a freed agent the oldest call that is still there, or let them fall idle."""
        nonlocal stamp
        group = group_of[agent]
        oldest: deque[int] | None = None
        for line in asks[group]:
            while line:
                call = line[0]
                if patience_ns[call] < 0 or arrival_ns[call] + patience_ns[call] > now:
                    if oldest is None or call < oldest[0]:
                        oldest = line
                    break
                line.popleft()
        if oldest is None:
            idle[group].append((stamp, agent))
            stamp += 1
            return
        call = oldest.popleft()
        wait_ns[call] = now - arrival_ns[call]
        served_by[call] = agent
        heappush(busy, (now + service_ns[call], agent))

    for call, (skill, now) in enumerate(zip(calls.skill, arrival_ns, strict=True)):
        while busy and busy[0][0] < now:
            free(*heappop(busy))
        longest: deque[tuple[int, int]] | None = None
        for line in able[skill]:
            if line and (longest is None or line[0] < longest[0]):
                longest = line
        if longest is None:
            waiting[skill].append(call)
        else:
            agent = longest.popleft()[1]
            wait_ns[call] = 0
            served_by[call] = agent
            heappush(busy, (now + service_ns[call], agent))
    while busy:
        free(*heappop(busy))
    return Fates(wait_ns, served_by)
