"""Edits a plan: more or fewer agents, another value somewhere; so that two plans can be compared.

Agents are added by copying: ``+5@sales`` finds what most agents of the group ``sales`` (or of the queue ``sales``) have
in common (skills, channels, groups, membership in queues, shifts) and adds five like that, ``sales-extra-1`` and so on.
``-3@sales`` takes away the last three as configured. ``queues.sales.ring_timeout=15s`` sets a value as a
configuration file would spell it.

Owns the meaning of such edits; must not know how plans are simulated or compared.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from routing.config import from_dict
from routing.config.shape import to_raw
from routing.errors import ConfigError, UsageError
from routing.model import Agent, Config, Queue
from routing.simulation.presence import may_serve
from routing.skills import quoted, suggest

_EDIT: Final = re.compile(r"([+-])([0-9]{1,7})@(.+)")


class Edited(NamedTuple):
    """A plan after an edit, and the edit in words."""

    config: Config
    words: str


def change_agents(config: Config, edit: str) -> Edited:
    """Add or remove agents of a group or queue.

    Parameters
    ----------
    config : Config
        Is not changed.
    edit : str
        ``+N@NAME`` or ``-N@NAME``; where a group and a queue have the same name it is the group.

    Raises
    ------
    UsageError
        If the edit is spelled otherwise, nobody is called so, or fewer agents are there than shall go.

    Examples
    --------
    >>> centre = Config(agents=(Agent("ann", groups=("day",)), Agent("ben", groups=("day",))), groups=("day",))
    >>> made, words = change_agents(centre, "+1@day")
    >>> made.agents[-1], words
    (Agent(id='day-extra-1', skills={}, groups=('day',), channels={}, load=100, cost=0), \
'1 agent more in group day, like ann: day-extra-1')
    """
    parts = _EDIT.fullmatch(edit.strip())
    if not parts or int(parts[2]) == 0:
        raise UsageError(
            f"{quoted(edit)} is no change of agents; write +5@GROUP, -3@GROUP or the same with a queue"
        )
    count, name = int(parts[2]), parts[3].strip()
    noun, staff = _find(config, name)
    if parts[1] == "-":
        return _removed(config, count, noun, name, staff)
    if not staff:
        raise UsageError(f"{noun} {quoted(name)} has no agent to copy; configure one first")
    return _added(config, count, noun, name, staff)


def _find(config: Config, name: str) -> tuple[str, list[Agent]]:
    """Find the agents of a group or queue."""
    if name in config.groups:
        return "group", [agent for agent in config.agents if name in agent.groups]
    for queue in config.queues:
        if queue.id == name:
            return "queue", [agent for agent in config.agents if may_serve(agent, queue, "")]
    names = {*config.groups, *(queue.id for queue in config.queues)}
    raise UsageError(f"{quoted(name)} is neither a group nor a queue{suggest(name, names)}")


def _added(config: Config, count: int, noun: str, name: str, staff: Sequence[Agent]) -> Edited:
    """Add copies of what most of them are."""
    kinds: dict[object, list[Agent]] = {}
    for agent in staff:
        kinds.setdefault(_kind(config, agent), []).append(agent)
    pattern = max(kinds.values(), key=len)[0]  # of equally many the first
    taken = {agent.id for agent in config.agents}
    ids: list[str] = []
    number = 0
    while len(ids) < count:
        number += 1
        if f"{name}-extra-{number}" not in taken:
            ids.append(f"{name}-extra-{number}")

    def along(names: tuple[str, ...]) -> tuple[str, ...]:
        return (*names, *ids) if pattern.id in names else names

    made = replace(
        config,
        agents=(*config.agents, *(replace(pattern, id=new) for new in ids)),
        queues=tuple(_with_members(queue, along) for queue in config.queues),
        shifts=tuple(replace(shift, agents=along(shift.agents)) for shift in config.shifts),
    )
    return Edited(made, f"{_agents(count)} more in {noun} {name}, like {pattern.id}: {_listed(ids)}")


def _removed(config: Config, count: int, noun: str, name: str, staff: Sequence[Agent]) -> Edited:
    """Take the last away."""
    if count > len(staff):
        raise UsageError(f"{noun} {quoted(name)} has {_agents(len(staff))}; no {count} of them can go")
    gone = [agent.id for agent in staff[-count:]]

    def without(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(agent for agent in names if agent not in gone)

    for queue in config.queues:  # an empty list of members would mean everybody
        if queue.members and not (without(queue.members) or queue.groups):
            raise UsageError(f"queue {quoted(queue.id)} would have no member left; remove fewer agents")
    made = replace(
        config,
        agents=tuple(agent for agent in config.agents if agent.id not in gone),
        queues=tuple(_with_members(queue, without) for queue in config.queues),
        shifts=tuple(
            shorter
            for shift in config.shifts
            for shorter in (replace(shift, agents=without(shift.agents)),)
            if shorter.agents or shorter.groups or not shift.agents
        ),
    )
    return Edited(made, f"{_agents(count)} fewer in {noun} {name}: {_listed(gone)}")


def _kind(config: Config, agent: Agent) -> object:
    """Everything by which agents differ, but their names."""

    def places(lists: Iterable[Sequence[str]]) -> tuple[int, ...]:
        return tuple(place for place, names in enumerate(lists) if agent.id in names)

    return (
        tuple(sorted(agent.skills.items())),
        tuple(sorted(agent.groups)),
        tuple(sorted(agent.channels.items())),
        agent.load,
        agent.cost,
        places(queue.members for queue in config.queues),
        tuple(places(reserve.members for reserve in queue.reserves) for queue in config.queues),
        places(shift.agents for shift in config.shifts),
    )


def _with_members(queue: Queue, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Queue:
    """Give a queue other members, and its reserves too."""
    reserves = tuple(
        changed
        for reserve in queue.reserves
        for changed in (replace(reserve, members=change(reserve.members)),)
        if changed.members or changed.groups
    )
    return replace(queue, members=change(queue.members), reserves=reserves)


def _agents(count: int) -> str:
    return f"{count:,} agent{'s' * (count != 1)}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{names[0]} .. {names[-1]}"


def set_value(config: Config, edit: str) -> Edited:
    """Set a value as a configuration file would.

    Parameters
    ----------
    config : Config
        Is not changed.
    edit : str
        ``path=value``. The path names fields, and members of lists by id or place: ``queues.sales.ring_timeout``,
        ``queues[0].steps[1].after``, ``agents.ann.skills.tech``. The value is TOML, or else text.

    Raises
    ------
    UsageError
        If the path leads nowhere.
    ConfigError
        If the configuration is not right with that value.

    Examples
    --------
    >>> centre = Config(queues=(Queue("sales"),))
    >>> made, words = set_value(centre, "queues.sales.ring_timeout=15s")
    >>> made.queues[0].ring_timeout_ns, words
    (15000000000, "queues.sales.ring_timeout = '15s'")
    """
    path, equals, written = edit.partition("=")
    path = path.strip()
    names = [name for name in re.split(r"[.\[\]]+", path) if name]
    if not equals or not names:
        raise UsageError(f"{quoted(edit)} sets nothing; write path=value, as queues.sales.ring_timeout=15s")
    value = _value(written.strip())
    raw: Any = to_raw(config)
    place: Any = raw
    for name in names[:-1]:
        place = _down(place, name, path)
    last = names[-1]
    if isinstance(place, list):
        place[_index(place, last, path)] = value
    elif isinstance(place, dict):
        place[last] = value
    else:
        raise UsageError(f"{quoted(path)} leads into a single value; shorten the path")
    try:
        return Edited(from_dict(raw), f"{path} = {value!r}")
    except ConfigError as error:
        raise ConfigError(error.path, f"{error.problem} (after {edit})") from None


def _value(written: str) -> object:
    """Read a value as TOML, or take it as text."""
    try:
        return tomllib.loads(f"value = {written}")["value"]
    except tomllib.TOMLDecodeError:
        return written


def _down(place: Any, name: str, path: str) -> Any:
    """Go one step along a path; a table that has only defaults is made."""
    if isinstance(place, list):
        return place[_index(place, name, path)]
    if isinstance(place, dict):
        return place.setdefault(name, {})
    raise UsageError(f"{quoted(path)} leads into a single value at {quoted(name)}; shorten the path")


def _index(place: Sequence[Any], name: str, path: str) -> int:
    """Find a member of a list by its id, or by its place from 0."""
    ids = [member.get("id") for member in place if isinstance(member, Mapping)]
    if name in ids:
        return ids.index(name)
    if name.isdecimal() and int(name) < len(place):
        return int(name)
    known = {str(one) for one in ids if one}
    raise UsageError(f"{quoted(path)}: there is no {quoted(name)}{suggest(name, known)}")
