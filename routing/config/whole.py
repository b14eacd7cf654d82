"""The configuration as a whole: filling in what it leaves out and checking every noun against the others.

`validate` is a pure function of its argument, fit for an engine. Time zones are left to `check_time_zones`,
which looks at the machine and so may answer otherwise where a journal is replayed.

Owns rules that look at all nouns at once; must not know files (``files``) or the engine.
"""

from collections.abc import Callable, Iterable

import msgspec

from routing.config.checks import (
    check_agent_names,
    check_agent_rules,
    check_channel_names,
    check_channel_rules,
    check_queue_names,
    check_queue_rules,
)
from routing.config.faults import field_path
from routing.config.localtime import zone
from routing.config.names import Names, are_ids, check_id, check_skill_id, check_text
from routing.config.shape import check_types, fold
from routing.config.timetable import check_hours, check_shift
from routing.errors import ConfigError
from routing.model import MISSED_OFFERS, Agent, Channel, Config
from routing.skills import quoted


def normalise(config: Config) -> Config:
    """Fill in empty ``skills`` and ``groups``: the sorted union of what the agents have. O(agents).

    Queues and shifts do not count, nor do reserves, shares and conditions: what only they name is a misspelling,
    or must be listed. The result is its
    own normal form, unless there is nothing to fill in.

    Examples
    --------
    >>> normalise(Config(agents=(Agent("ann", {"tech": 50}), Agent("bob", {"billing": 9})))).skills
    ('billing', 'tech')
    """
    skills, groups = config.skills, config.groups
    if not skills:
        skills = tuple(sorted({skill for agent in config.agents for skill in agent.skills}))
    if not groups:
        groups = tuple(sorted({group for agent in config.agents for group in agent.groups}))
    if skills == config.skills and groups == config.groups:
        return config
    return msgspec.structs.replace(config, skills=skills, groups=groups)


def validate(config: Config) -> Config:
    """Normalise a configuration and check everything about it but time zones. O(size).

    A hundred thousand agents take some tenths of a second.

    Returns
    -------
    Config
        The normalised configuration.

    Raises
    ------
    ConfigError
        For the first thing wrong.

    Examples
    --------
    >>> from routing.model import Queue
    >>> validate(Config(queues=(Queue("sales"), Queue("sales"))))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: queues[1].id: 'sales' is the id of queues[0] already; choose another
    """
    bounds = check_types(config, Config, "")
    if bounds is not None:
        raise bounds
    return check_rules(config)


def check_rules(config: Config) -> Config:
    """Normalise and check a configuration whose types and bounds are known to be right. O(size).

    Raises
    ------
    ConfigError
        For the first thing wrong.
    """
    check_text(config.name, "name")
    check_text(config.timezone, "timezone")
    if not config.timezone.strip():
        raise ConfigError("timezone", "is empty; name one such as 'Europe/Berlin', or leave the field out")
    full = normalise(config)
    _check_ids(full)
    _check_words(config, full)
    _check_not_ready_limits(full)
    _check_counts(full)
    names = Names.of(full)
    for place, channel in enumerate(full.channels):
        check_channel_names(channel, f"channels[{place}]", names)
        check_channel_rules(channel, f"channels[{place}]")
    _check_interruptions(full.channels)
    kinds, places = fold(full.agents)
    for place, agent in zip(_firsts(places), kinds, strict=True):
        check_agent_names(agent, f"agents[{place}]", names)
        check_agent_rules(agent, f"agents[{place}]")
    for place, queue in enumerate(full.queues):
        check_queue_names(queue, f"queues[{place}]", names)
        check_queue_rules(queue, f"queues[{place}]", names)
    for place, hours in enumerate(full.hours):
        check_hours(hours, f"hours[{place}]")
    for place, shift in enumerate(full.shifts):
        check_shift(shift, f"shifts[{place}]", names)
    return full


def check_time_zones(config: Config) -> None:
    """Check that this machine knows every time zone named. Reads the time zone database.

    Raises
    ------
    ConfigError
        For the first that it does not know.

    Examples
    --------
    >>> check_time_zones(Config(timezone="Europe/Berlin"))
    """
    zone(config.timezone, "timezone")
    for place, hours in enumerate(config.hours):
        if hours.timezone:
            zone(hours.timezone, f"hours[{place}].timezone")
    for place, shift in enumerate(config.shifts):
        if shift.timezone:
            zone(shift.timezone, f"shifts[{place}].timezone")


def _firsts(places: list[int]) -> list[int]:
    """Where each place occurs first; they are numbered in that order."""
    firsts: list[int] = []
    for at, place in enumerate(places):
        if place == len(firsts):
            firsts.append(at)
    return firsts


def _check_ids(config: Config) -> None:
    for noun, ids in (
        ("channels", [channel.id for channel in config.channels]),
        ("agents", [agent.id for agent in config.agents]),
        ("queues", [queue.id for queue in config.queues]),
        ("hours", [hours.id for hours in config.hours]),
    ):
        _check_unique(ids, noun, ".id")
        if not are_ids(ids):
            for place, name in enumerate(ids):
                check_id(name, f"{noun}[{place}].id")


def _check_words(given: Config, full: Config) -> None:
    """Check skills, groups and reasons, which are listed by nothing but their ids."""
    for field, names, listed, check in (
        ("skills", full.skills, given.skills, check_skill_id),
        ("groups", full.groups, given.groups, check_id),
        ("not_ready_reasons", full.not_ready_reasons, given.not_ready_reasons, check_id),
    ):
        _check_unique(names, field, "")
        for place, name in enumerate(names):
            _check_word(check, name, f"{field}[{place}]" if listed else "", full.agents)


def _check_not_ready_limits(config: Config) -> None:
    """Check that reasons with a limit are ids, and some that may be given."""
    for reason in config.not_ready_limits_ns:
        path = field_path("not_ready_limits", reason)
        check_id(reason, path)
        if config.not_ready_reasons and reason not in (*config.not_ready_reasons, MISSED_OFFERS):
            raise ConfigError(path, f"unknown reason {quoted(reason)}; add it to not_ready_reasons")


def _check_word(check: Callable[[str, str], None], name: str, path: str, agents: Iterable[Agent]) -> None:
    try:
        check(name, path)
    except ConfigError as error:
        if path:
            raise
        raise ConfigError(_holder(name, agents, check is check_skill_id), error.problem) from None


def _holder(name: str, agents: Iterable[Agent], is_skill: bool) -> str:
    """Give the path of a skill or group that was never listed: the first agent who has it."""
    for place, agent in enumerate(agents):
        if is_skill and name in agent.skills:
            return field_path(f"agents[{place}].skills", name)
        if not is_skill and name in agent.groups:
            return f"agents[{place}].groups[{agent.groups.index(name)}]"
    return ""


def _check_unique(names: Iterable[str], noun: str, field: str) -> None:
    names = list(names)
    if len(set(names)) == len(names):
        return
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        first = seen.setdefault(name, place)
        if first != place:
            what = "is the id of" if field else "is"
            raise ConfigError(
                f"{noun}[{place}]{field}", f"{quoted(name)} {what} {noun}[{first}] already; choose another"
            )


def _check_interruptions(channels: tuple[Channel, ...]) -> None:
    """Check that no two channels interrupt each other, which would leave no rule for their order."""
    pairs = {(channel.id, other) for channel in channels for other in channel.interrupts}
    for place, channel in enumerate(channels):
        for position, other in enumerate(channel.interrupts):
            if (other, channel.id) in pairs:
                raise ConfigError(
                    f"channels[{place}].interrupts[{position}]",
                    f"{quoted(other)} interrupts {quoted(channel.id)} as well; remove one of the two",
                )


def _check_counts(config: Config) -> None:
    limits = config.limits
    for noun, count, limit in (
        ("agents", len(config.agents), limits.agents),
        ("queues", len(config.queues), limits.queues),
        ("skills", len(config.skills), limits.skills),
        ("groups", len(config.groups), limits.groups),
        ("channels", len(config.channels), limits.channels),
    ):
        if count > limit:
            raise ConfigError(noun, f"{count} are more than limits.{noun} = {limit}; raise it or remove some")
