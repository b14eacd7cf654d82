"""A configuration with what the checks ask of it again and again: members, who satisfies what, who shares agents.

Owns these derived facts; must not judge them.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Final, NamedTuple

from routing.config import effective_steps
from routing.model import Agent, Config, Queue, Reserve, Step
from routing.skills import Requirement, compile_requirement

#: Names that a message lists before it says how many more there are.
_NAMED_MOST: Final = 4

Places = frozenset[int]


class Component(NamedTuple):
    """Queues connected by agents whom they share, by place; one alone when it shares nobody."""

    queues: tuple[int, ...]
    agents: Places


class Centre:
    """A normalised configuration. Agents and queues are named by their places in it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.queues = config.queues
        self.agents = config.agents
        self.place_of = {queue.id: place for place, queue in enumerate(config.queues)}
        self._satisfying: dict[str, Places] = {}

    @cached_property
    def everybody(self) -> Places:
        """All agents."""
        return frozenset(range(len(self.agents)))

    @cached_property
    def agent_places(self) -> dict[str, int]:
        """Place of each agent."""
        return {agent.id: place for place, agent in enumerate(self.agents)}

    @cached_property
    def in_group(self) -> dict[str, Places]:
        """Agents of each group, those of declared groups without any included."""
        found: dict[str, set[int]] = {group: set() for group in self.config.groups}
        for place, agent in enumerate(self.agents):
            for group in agent.groups:
                found.setdefault(group, set()).add(place)
        return {group: frozenset(places) for group, places in found.items()}

    @cached_property
    def regulars(self) -> tuple[Places, ...]:
        """Regular members of each queue."""
        return tuple(
            self.everybody if is_open_to_all(queue) else self.named(queue.members, queue.groups)
            for queue in self.queues
        )

    @cached_property
    def members(self) -> tuple[Places, ...]:
        """Members of each queue, those of its reserves included."""
        return tuple(
            regular.union(*(self.of_reserve(reserve) for reserve in queue.reserves))
            for queue, regular in zip(self.queues, self.regulars, strict=True)
        )

    @cached_property
    def with_room(self) -> Places:
        """Agents who have room, with nothing in hand, for a contact of some channel with the channel's own load."""
        return frozenset(place for place, agent in enumerate(self.agents) if self.open_channels(agent))

    @cached_property
    def servers(self) -> tuple[Places, ...]:
        """Members of each queue with room for something who satisfy one of its steps at least."""
        return tuple(
            frozenset().union(
                *(self.satisfying(step.expression) & members for step in effective_steps(queue))
            )
            & self.with_room
            for queue, members in zip(self.queues, self.members, strict=True)
        )

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """Groups of queues connected by members, whatever the requirements: contacts may bring their own."""
        leader = list(range(len(self.queues)))

        def top(place: int) -> int:
            while leader[place] != place:
                leader[place] = leader[leader[place]]
                place = leader[place]
            return place

        first_queue: dict[int, int] = {}
        seen: dict[Places, int] = {}
        for place, members in enumerate(self.members):
            able = members & self.able
            if able in seen and able:  # the same members: the same component
                leader[top(place)] = top(seen[able])
                continue
            seen[able] = place
            for agent in able:
                first = first_queue.setdefault(agent, place)
                low, high = sorted((top(place), top(first)))
                leader[high] = low
        grouped: dict[int, list[int]] = {}
        for place in range(len(self.queues)):
            grouped.setdefault(top(place), []).append(place)
        return tuple(
            Component(
                tuple(places), frozenset().union(*(self.members[place] & self.able for place in places))
            )
            for _, places in sorted((min(places), places) for places in grouped.values())
        )

    @cached_property
    def able(self) -> Places:
        """Agents with capacity for some channel; a contact of load 0 may always fit."""
        return frozenset(
            place
            for place, agent in enumerate(self.agents)
            if any(self.capacity(agent, channel.id) for channel in self.config.channels)
        )

    def capacity(self, agent: Agent, channel: str) -> int:
        """How many contacts of a channel an agent can have at once."""
        if agent.channels:
            return agent.channels.get(channel, 0)
        return next(known.capacity for known in self.config.channels if known.id == channel)

    def open_channels(self, agent: Agent) -> list[str]:
        """Channels of which an agent with nothing in hand can take a contact of the channel's own load."""
        return [
            channel.id
            for channel in self.config.channels
            if self.capacity(agent, channel.id) and channel.load <= agent.load
        ]

    def named(self, agents: Iterable[str], groups: Iterable[str]) -> Places:
        """Agents listed by id or by group."""
        places = {self.agent_places[agent] for agent in agents if agent in self.agent_places}
        return frozenset(places).union(*(self.in_group.get(group, frozenset()) for group in groups))

    def of_reserve(self, reserve: Reserve) -> Places:
        """Members of a reserve."""
        return self.named(reserve.members, reserve.groups)

    def requirement(self, expression: str) -> Requirement:
        """Compile an expression that is known to be right."""
        return compile_requirement(expression, self.config.limits.expression_terms)

    def satisfying(self, expression: str) -> Places:
        """Agents who satisfy an expression."""
        found = self._satisfying.get(expression)
        if found is None:
            requirement = self.requirement(expression)
            found = frozenset(
                place for place, agent in enumerate(self.agents) if requirement.matches(agent.skills)
            )
            self._satisfying[expression] = found
        return found

    def steps(self, place: int) -> list[tuple[Step, str]]:
        """Steps of a queue, each with the path of its expression."""
        queue = self.queues[place]
        if not queue.steps:
            return [(Step(queue.requirement, score=queue.score), f"queues[{place}].requirement")]
        return [
            (step, f"queues[{place}].steps[{number}].expression") for number, step in enumerate(queue.steps)
        ]


def is_open_to_all(queue: Queue) -> bool:
    """Tell whether a queue names no members, so that everybody is one."""
    return not queue.members and not queue.groups and not queue.reserves


def listed(names: Iterable[str]) -> str:
    """Quote names for a message, the first few of them.

    >>> listed(["ann", "bob"]), listed("abcdef")
    ("'ann' and 'bob'", "'a', 'b', 'c', 'd' and 2 more")
    """
    every = [repr(name) for name in names]
    shown = every[:_NAMED_MOST] if len(every) > _NAMED_MOST else every[:-1]
    last = f"{len(every) - _NAMED_MOST} more" if len(every) > _NAMED_MOST else "".join(every[-1:])
    return f"{', '.join(shown)} and {last}" if shown else last


def counted(number: int, noun: str) -> str:
    """Put a number before a noun.

    >>> counted(1, "agent"), counted(3, "agent")
    ('1 agent', '3 agents')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
