"""The nouns of a running engine as they stand, and who is a member of which queue, by what way.

Owns these registers; must not know the commands that change them (``editing``).
"""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from routing._core import Core
from routing.conditions import Condition, Term, compile_condition
from routing.config import effective_steps, groups_named
from routing.model import Agent, Queue

#: Strategies that go by an order of agents.
ORDERED: Final = frozenset({"linear", "round_robin", "random"})


class Memberships(Core):
    """The part of the engine that knows who belongs where."""

    def _begin(self) -> None:
        """Nobody is there yet."""
        self._agent_nouns: dict[str, Agent] = {}  # in configured order
        self._queue_nouns: dict[str, Queue] = {}
        self._leaving_nouns: dict[str, Agent] = {}  # agents whose removal is pending
        self._watching = False  # some condition or share counts agents, or did
        self._strategies: dict[str, int] = {}  # queues by strategy
        self._queues_by_agent: dict[
            str, dict[str, int]
        ] = {}  # by members: bit 0 regularly, bit i + 1 by reserve i
        self._queues_by_group: dict[str, dict[str, int]] = {}
        self._open_watched: dict[str, None] = {}  # queues open to all whose ready agents are counted
        self._naming_group: dict[str, int] = {}  # queues that name a group, in whatever place
        self._agents_by_group: dict[str, dict[str, None]] = {}

    def _all_agents(self) -> Iterable[Agent]:
        return [*self._agent_nouns.values(), *self._leaving_nouns.values()]

    def _queues_of(self, agent: Agent) -> dict[str, int]:
        """Queues with limited members that the agent belongs to, and by which ways."""
        found = dict(self._queues_by_agent.get(agent.id, {}))
        for group in agent.groups:
            for queue, ways in self._queues_by_group.get(group, {}).items():
                found[queue] = found.get(queue, 0) | ways
        return found

    def _ordered_queues(self, agent: Agent) -> list[Queue]:
        queues = [self._queue_nouns[queue] for queue in self._queues_of(agent)]
        return [queue for queue in queues if queue.strategy in ORDERED]

    def _limited_members(self, queue: Queue) -> dict[str, int]:
        """Members of a queue that limits them, and by which ways; nobody when it is open to all."""
        found: dict[str, int] = {}
        for way, (members, groups) in enumerate(circles(queue)):
            grouped = [agent for group in groups for agent in self._agents_by_group.get(group, ())]
            for agent in [*members, *grouped]:
                if agent in self._agent_nouns:
                    found[agent] = found.get(agent, 0) | 1 << way
        return found

    def _members_in_order(self, queue: Queue, place: dict[str, int]) -> list[str]:
        """Each circle by its list, then by groups in configured order; everybody at the first place."""
        found: dict[str, None] = {}
        for members, groups in circles(queue):
            grouped = {agent for group in groups for agent in self._agents_by_group.get(group, ())}
            found.update(dict.fromkeys(members))
            found.update(dict.fromkeys(sorted(grouped & place.keys(), key=place.__getitem__)))
        return list(found)

    def _link_queue(self, queue: Queue) -> set[str]:
        """Note who is named; gives the agents whom somebody counts from now on."""
        self._count_strategy(queue, 1)
        for way, (members, groups) in enumerate(circles(queue)):
            for agent in members:
                ways = self._queues_by_agent.setdefault(agent, {})
                ways[queue.id] = ways.get(queue.id, 0) | 1 << way
            for group in groups:
                ways = self._queues_by_group.setdefault(group, {})
                ways[queue.id] = ways.get(queue.id, 0) | 1 << way
        for group in {*queue.groups, *groups_named(queue)}:
            self._naming_group[group] = self._naming_group.get(group, 0) + 1
        watched: set[str] = set()
        for group in sorted(
            {*queue.shares, *(group for one in conditions_of(queue) for group in one.groups)}
        ):
            self._watching = True
            if self._watch("group", group):
                watched.update(self._agents_by_group.get(group, ()))
        counted = queue.id in self._open_watched
        self._open_watched.pop(queue.id, None)
        if Term.READY in terms_read(queue):
            self._watching = True
            new = self._watch("queue", queue.id)
            if not is_limited(queue):
                self._open_watched[queue.id] = None
            elif new:
                watched.update(self._limited_members(queue))
        if counted != (queue.id in self._open_watched):
            watched.update(self._agent_nouns)
        return watched & self._agent_nouns.keys()

    def _unlink_queue(self, queue: Queue) -> None:
        self._count_strategy(queue, -1)
        for members, groups in circles(queue):
            for agent in members:
                self._queues_by_agent.get(agent, {}).pop(queue.id, None)
            for group in groups:
                self._queues_by_group[group].pop(queue.id, None)
        for group in {*queue.groups, *groups_named(queue)}:
            self._naming_group[group] -= 1

    def _count_strategy(self, queue: Queue, change: int) -> None:
        self._strategies[queue.strategy] = self._strategies.get(queue.strategy, 0) + change
        if queue.strategy == "weighted" and queue.weights.occupancy:
            self._strategies["occupancy"] = self._strategies.get("occupancy", 0) + change

    def _link_agent(self, agent: Agent) -> None:
        for group in agent.groups:
            self._agents_by_group.setdefault(group, {})[agent.id] = None

    def _unlink_agent(self, agent: Agent) -> None:
        for group in agent.groups:
            self._agents_by_group[group].pop(agent.id, None)


def is_limited(queue: Queue) -> bool:
    """Does the queue have members of its own?"""
    return bool(queue.members or queue.groups or queue.reserves)


def circles(queue: Queue) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Members and groups of a queue, then those of each of its reserves: the ways in, by bit."""
    return [(queue.members, queue.groups), *((one.members, one.groups) for one in queue.reserves)]


def conditions_of(queue: Queue) -> list[Condition]:
    """Every condition among the rules of a queue."""
    texts = [rule.when for rule in effective_steps(queue)]
    texts += [rule.when for rule in queue.reserves] + [rule.when for rule in queue.overflow]
    return [compile_condition(text, 255) for text in texts if text]


def terms_read(queue: Queue) -> set[Term]:
    """What the conditions of a queue read of it."""
    return {term for condition in conditions_of(queue) for term in condition.terms}


def needs(queue: Queue, agent: str) -> bool:
    """Would the queue, or one of its reserves, be left without the members it names?"""
    bare = queue.members == (agent,) and not queue.groups and not queue.reserves
    return bare or any(one.members == (agent,) and not one.groups for one in queue.reserves)


def trimmed(queue: Queue, agent: str) -> Queue:
    """The queue without one of its members; reserves that would name nobody are gone."""
    reserves = tuple(replace(one, members=without(one.members, agent)) for one in queue.reserves)
    reserves = tuple(one for one in reserves if one.members or one.groups)
    return replace(queue, members=without(queue.members, agent), reserves=reserves)


def without(ids: tuple[str, ...], gone: str) -> tuple[str, ...]:
    """The ids but one."""
    return tuple(one for one in ids if one != gone)
