"""Who may serve whom: members of queues by configuration, and agents whose skills and channels fit a contact.

Owns these questions about a saved state; must not know orders, events or commands.
"""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from routing.config import effective_steps
from routing.memberships import circles, is_limited
from routing.model import Agent, Config, Queue
from routing.skills import compile_requirement
from routing.snapshot import Saved, unfold_agents
from routing.whatif.saved import AgentRow, SavedContact, VisitRow, WishRow, rows

#: Place in the tuples of `routing.snapshot.Saved.queues`.
ON: Final = 9

_MOST_TERMS: Final = 255

#: A queue, which of its ways in count, a list of steps and the one in force, channel and load.
Kind = tuple[str, int, tuple[tuple[str, int, str, str], ...], int, str, int]


def members(config: Config) -> dict[str, dict[str, int]]:
    """Give the members of each queue by id, with the ways by which they are in: bit 0 regular, then reserves.

    O(members) over all queues.

    >>> config = Config(agents=(Agent("ann"), Agent("ben")), queues=(Queue("all"), Queue("one", members=("ben",))))
    >>> members(config)
    {'all': {'ann': 1, 'ben': 1}, 'one': {'ben': 1}}
    """
    by_group: dict[str, list[str]] = {}
    for agent in config.agents:
        for group in agent.groups:
            by_group.setdefault(group, []).append(agent.id)
    everybody = {agent.id: 1 for agent in config.agents}
    found: dict[str, dict[str, int]] = {}
    for queue in config.queues:
        if not is_limited(queue):
            found[queue.id] = everybody
            continue
        ways: dict[str, int] = {}
        for way, (listed, groups) in enumerate(circles(queue)):
            for agent_id in [*listed, *(one for group in groups for one in by_group.get(group, ()))]:
                if agent_id in everybody:
                    ways[agent_id] = ways.get(agent_id, 0) | 1 << way
        found[queue.id] = ways
    return found


class Reach:
    """Answers for one saved state; asks about each kind of visit once."""

    def __init__(self, saved: Saved) -> None:
        agents, _ = unfold_agents(saved.staff)
        config = replace(saved.config, agents=tuple(agents[: len(agents) - saved.leaving]))
        states = list(zip(saved.staff.ids, rows(AgentRow, saved.agents.rows), strict=True))
        self.members = members(config)
        self.here = frozenset(agent for agent, row in states if row.logged_in and not row.leaving)
        self._agents = {agent.id: agent for agent in config.agents}
        self.by_number = {row.number: agent for agent, row in states}
        self._queues = {queue.id: queue for queue in config.queues}
        self._channels = {channel.id: channel.capacity for channel in config.channels}
        self._on = {one[0]: one[ON] for one in saved.queues}
        self._ids = [one[0] for one in saved.queues]
        self._fitting: dict[Kind, frozenset[str]] = {}
        self._joined: dict[frozenset[Kind], frozenset[str]] = {}
        self._steps: dict[str, tuple[tuple[str, int, str, str], ...]] = {}

    def of(self, contact: SavedContact) -> frozenset[str]:
        """Give the agents who may serve a contact, whether there or not."""
        kinds = frozenset(
            self._kind(contact, self._queues[self._ids[visit.queue]], visit) for visit in contact.visits
        )
        found = self._joined.get(kinds)
        if found is None:
            found = self._joined[kinds] = frozenset().union(*(self._fits(kind) for kind in kinds))
        direct = self._direct(contact.wishes)
        return found | direct if direct else found

    def _kind(self, contact: SavedContact, queue: Queue, visit: VisitRow) -> Kind:
        ways = 1
        for place, reserve in enumerate(queue.reserves):
            if visit.spills >> place & 1 and (not reserve.when or self._on[queue.id] >> place & 1):
                ways |= 2 << place
        return (queue.id, ways, contact.steps, visit.step, contact.channel, contact.row.load)

    def _fits(self, kind: Kind) -> frozenset[str]:
        found = self._fitting.get(kind)
        if found is None:
            queue, ways, steps, step, channel, load = kind
            steps = steps or self._queue_steps(queue)
            requirement = compile_requirement(steps[step][0], _MOST_TERMS)
            agents = ((self._agents[one], way) for one, way in self.members[queue].items())
            found = self._fitting[kind] = frozenset(
                agent.id
                for agent, way in agents
                if way & ways and self._bears(agent, channel, load) and requirement.matches(agent.skills)
            )
        return found

    def _queue_steps(self, queue: str) -> tuple[tuple[str, int, str, str], ...]:
        found = self._steps.get(queue)
        if found is None:
            found = self._steps[queue] = tuple(
                (step.expression, step.after_ns, step.when, step.score)
                for step in effective_steps(self._queues[queue])
            )
        return found

    def _bears(self, agent: Agent, channel: str, load: int) -> bool:
        places = agent.channels or self._channels
        return places.get(channel, 0) > 0 and (load == 0 or load <= agent.load)

    def _direct(self, wishes: Iterable[WishRow]) -> frozenset[str]:
        named = (self.by_number.get(wish.agent, "") for wish in wishes if wish.direct)
        return frozenset(agent for agent in named if agent in self._agents)
