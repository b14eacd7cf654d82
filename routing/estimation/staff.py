"""Who is at work for which queues, for how long a contact occupies them, and which queues share them.

Agents who may serve the same queues by membership and by the queue's first step form one *cell*. Counts and times
are kept by cell, so a change of an agent's state costs the same whatever the number of queues. What a queue sees of
it, its `View`, is made when it is asked for: the rate at which its agents come free, and of each other queue the
share of these agents for whom its contacts compete.

A reserve's members count only in a queue that has no others; what a contact itself requires is not looked at.

Owns agents and cells; must not know contacts but by id, nor who waits.
"""

from msgspec import Struct, field

from routing.model import Agent, Config, Queue
from routing.skills import compile_requirement

#: After so many ends of service a mean is brought up to date.
_STALE_AFTER = 16
#: The least number of agents that a rate is made of.
_FEW = 0.5


class Person(Struct):
    """An agent as the events tell."""

    cell: str
    logged_in: bool = False
    ready: bool = False
    leaving: bool = False
    usable: bool = True
    working: bool = False  # all of these
    hands: dict[str, int] = field(default_factory=dict)  # contact to since when

    def slots(self) -> int:
        """How many contacts at once this agent is taken to serve."""
        return max(1, len(self.hands)) if self.working else 0

    def idle(self) -> bool:
        """At work, with nothing in hand?"""
        return self.working and not self.hands


class Cell(Struct):
    """Agents who serve the same queues: how many contacts they take at once now, how many of them have none, and the
    decayed mean of occupation.
    """

    queues: tuple[str, ...]
    slots: int = 0
    idle: int = 0
    hold_sum_ns: float = 0.0
    holds: float = 0.0
    ends: int = 0
    hold_ns: float = 0.0  # as of late; 0: not known
    version: int = 0


class View(Struct):
    """What a queue sees of the staff. ``shared``: by queue the share of its own agents who serve that one, too.

    ``whole_ns``: the centre's mean, where that stood in for one that is not known; else 0.
    """

    version: int  # of the staff as the queue sees it
    agents: float
    rate: float  # per ns
    shared: dict[str, float]
    whole_ns: float


def served_by(config: Config) -> dict[str, tuple[str, ...]]:
    """Map each agent to the queues they may serve, in configured order. O(agents queues).

    >>> served_by(Config(agents=(Agent("ann", {"tech": 50}), Agent("ben")),
    ...     queues=(Queue("all"), Queue("tech", requirement="tech"))))
    {'ann': ('all', 'tech'), 'ben': ('all',)}
    """
    found: dict[str, list[str]] = {agent.id: [] for agent in config.agents}
    for queue in config.queues:
        expression = queue.steps[0].expression if queue.steps else queue.requirement
        wanted = compile_requirement(expression) if expression else None
        verdicts: dict[tuple[tuple[str, int], ...], bool] = {}
        for agent in config.agents:
            if not _is_member(agent, queue):
                continue
            if wanted is not None:
                skills = tuple((name, agent.skills.get(name, 0)) for name in wanted.names)
                if skills not in verdicts:
                    verdicts[skills] = wanted.matches(agent.skills)
                if not verdicts[skills]:
                    continue
            found[agent.id].append(queue.id)
    return {agent: tuple(queues) for agent, queues in found.items()}


def _is_member(agent: Agent, queue: Queue) -> bool:
    members, groups = queue.members, queue.groups
    if not members and not groups:
        if not queue.reserves:
            return True
        members = tuple(member for reserve in queue.reserves for member in reserve.members)
        groups = tuple(group for reserve in queue.reserves for group in reserve.groups)
    return agent.id in members or any(group in groups for group in agent.groups)


class Staff(Struct):
    """All agents and cells."""

    people: dict[str, Person] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    by_queue: dict[str, list[str]] = field(default_factory=dict)  # names of cells
    version: int = 0
    hold_sum_ns: float = 0.0
    holds: float = 0.0
    ends: int = 0
    hold_ns: float = 0.0

    def configure(self, config: Config) -> None:
        """Take over who serves what; states and what was learned stay. O(agents queues)."""
        served = served_by(config)
        before = self.cells
        self.cells, self.by_queue = {}, {queue.id: [] for queue in config.queues}
        for agent, queues in served.items():
            name = "\n".join(queues)
            if name not in self.cells:
                old = before.get(name)
                self.cells[name] = (
                    Cell(queues)
                    if old is None
                    else Cell(queues, 0, 0, old.hold_sum_ns, old.holds, old.ends, old.hold_ns, old.version)
                )
                for queue in queues:
                    self.by_queue[queue].append(name)
            if agent in self.people:
                self.people[agent].cell = name
            else:
                self.people[agent] = Person(name)
        for agent in list(self.people):
            if agent not in served:
                del self.people[agent]
        for person in self.people.values():
            self.cells[person.cell].slots += person.slots()
            self.cells[person.cell].idle += person.idle()
        self.version += 1

    def set(self, agent: str, **states: bool) -> None:
        """Set ``logged_in``, ``ready``, ``leaving`` or ``usable`` of an agent. O(1)."""
        person = self.people.get(agent)
        if person is not None:
            slots, idle = person.slots(), person.idle()
            for name, value in states.items():
                setattr(person, name, value)
            person.working = person.logged_in and person.ready and not person.leaving and person.usable
            cell = self.cells[person.cell]
            cell.idle += person.idle() - idle
            if person.slots() != slots:
                cell.slots += person.slots() - slots
                cell.version += 1

    def take(self, agent: str, contact: str, at_ns: int) -> None:
        """The contact occupies the agent from now on, or still does. O(1)."""
        person = self.people.get(agent)
        if person is not None and contact not in person.hands:
            if person.working:
                cell = self.cells[person.cell]
                if person.hands:
                    cell.slots += 1
                    cell.version += 1
                else:
                    cell.idle -= 1
            person.hands[contact] = at_ns

    def drop(self, agent: str, contact: str, at_ns: int, *, served: bool, more: bool = False) -> None:
        """The contact occupies the agent no longer; learn for how long it did, if it was ``served``.

        With ``more`` the time is added to that of a contact that was counted already: its wrap-up. O(1).
        """
        person = self.people.get(agent)
        if person is None or contact not in person.hands:
            return
        held_ns = at_ns - person.hands.pop(contact)
        cell = self.cells[person.cell]
        if person.working:
            if person.hands:
                cell.slots -= 1
                cell.version += 1
            else:
                cell.idle += 1
        if served:
            once = 0.0 if more else 1.0
            keep = 1.0 - once / 1000.0
            self.hold_sum_ns = self.hold_sum_ns * keep + held_ns
            self.holds = self.holds * keep + once
            self.ends += 1
            if self.ends % _STALE_AFTER == 0 or self.ends < _STALE_AFTER:
                self.hold_ns = self.hold_sum_ns / max(self.holds, 1.0)
            cell.hold_sum_ns = cell.hold_sum_ns * keep + held_ns
            cell.holds = cell.holds * keep + once
            cell.ends += 1
            if cell.ends % _STALE_AFTER == 0 or cell.ends < _STALE_AFTER:
                cell.hold_ns = (cell.hold_sum_ns + 8.0 * self.hold_ns) / (cell.holds + 8.0)
                cell.version += 1

    def idle(self, queue: str) -> bool:
        """Has somebody at work for the queue nothing in hand? O(cells of the queue)."""
        return any(self.cells[name].idle for name in self.by_queue.get(queue, ()))

    def staffed(self, queue: str) -> bool:
        """Is anybody at work for the queue? O(cells of the queue)."""
        return any(self.cells[name].slots for name in self.by_queue.get(queue, ()))

    def clear(self) -> None:
        """Forget who is at work; what was learned stays. O(agents)."""
        for name, person in self.people.items():
            self.people[name] = Person(person.cell)
        for cell in self.cells.values():
            cell.slots = cell.idle = 0
        self.version += 1

    def seen(self, queue: str) -> int:
        """Give a number that grows when what the queue sees of its agents changes. O(cells of the queue)."""
        version = self.version
        for name in self.by_queue.get(queue, ()):
            version += self.cells[name].version
        return version

    def holds_true(self, view: View, queue: str, first_ns: int) -> bool:
        """Is a view that was made before still what the queue sees? O(cells of the queue)."""
        return view.version == self.seen(queue) and view.whole_ns in (0.0, self.hold_ns or first_ns)

    def view(self, queue: str, service_ns: int, first_ns: int) -> View:
        """Look at the staff as a queue sees it. O(cells of the queue and their queues).

        It may be kept as long as `holds_true`.
        """
        whole_ns = self.hold_ns or first_ns
        used_ns = 0.0
        agents = rate = 0.0
        shared: dict[str, float] = {}
        for name in self.by_queue.get(queue, ()):
            cell = self.cells[name]
            if not cell.slots:
                continue
            hold_ns = service_ns or cell.hold_ns
            if not hold_ns:
                hold_ns = used_ns = whole_ns
            agents += cell.slots
            rate += cell.slots / max(hold_ns, 1.0)
            for other in cell.queues:
                shared[other] = shared.get(other, 0.0) + cell.slots
        if agents:
            shared = {other: count / agents for other, count in shared.items()}
        else:  # nobody: as if one came half the time, for this queue alone
            used_ns = 0.0 if service_ns else whole_ns
            agents, rate, shared = _FEW, _FEW / max(service_ns or whole_ns, 1.0), {queue: 1.0}
        return View(self.seen(queue), agents, rate, shared, used_ns)
