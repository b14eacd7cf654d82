"""The rules for one agent or queue among known names: what a configuration and a runtime command share.

Each check costs O(size of the noun), reads nothing but its arguments, and raises the first thing wrong in
this order: wrong types, unknown names in the order of the fields, everything else about the noun, limits.
A queue's names come in this order: members, groups, the skills and groups in requirement, score and steps (each
its expression, score and condition), reserves (each its members, groups and condition), shares, split, and the
targets of max_wait, no_agent, max_length, closed and overflow (each rule its target and condition).

Owns which rules apply in which order; must not know the configuration as a whole (``whole``), files, or the
engine.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from routing.conditions import compile_condition
from routing.config.faults import field_path
from routing.config.names import Names, check_id, check_limit, check_once, unknown
from routing.config.parts import (
    check_batch,
    check_condition,
    check_expression,
    check_overflow,
    check_reserves,
    check_score,
    check_shares,
    check_split,
    check_steps,
)
from routing.config.shape import check_types
from routing.errors import ConfigError
from routing.model import Agent, Channel, Overflow, Queue
from routing.skills import quoted

#: The fields of a queue that say where it gives contacts up to, whatever its state; ``overflow`` comes after them.
OVERFLOWS: Final = ("max_wait", "no_agent", "max_length", "closed")

#: A condition that was checked under other limits compiles under these.
MAX_TERMS: Final = 255

_Text = tuple[Callable[[str, str, Names], object], str, str]  # its check, itself, its path


def check_agent(agent: Agent, path: str, names: Names) -> None:
    """Check an agent, whether new or replacing another.

    Parameters
    ----------
    agent : Agent
        The agent, possibly built in Python with wrong types.
    path : str
        Start of the path in the message, such as ``agents[3]``.
    names : Names
        What is known; an agent not in ``names.agents`` counts against the limit.

    Raises
    ------
    ConfigError
        With ``reason`` "unknown_skill", "unknown_group", "unknown_channel", "agents_limit" or
        "invalid_configuration", and the id that is unknown or over the limit as ``subject``.

    Examples
    --------
    >>> check_agent(Agent("ann", skills={"spanisch": 80}), "agent", Names(skills={"spanish"}))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: agent.skills.spanisch: unknown skill 'spanisch'; did you mean 'spanish'?
    """
    bounds = check_types(agent, Agent, path)
    check_agent_names(agent, path, names)
    if bounds is not None:
        raise bounds
    check_id(agent.id, field_path(path, "id"))
    check_agent_rules(agent, path)
    check_limit("agent", agent.id, path, names.agents, names.limits.agents)


def check_queue(queue: Queue, path: str, names: Names) -> None:
    """Check a queue, whether new or replacing another. It may overflow to itself.

    Parameters
    ----------
    queue : Queue
        The queue, possibly built in Python with wrong types.
    path : str
        Start of the path in the message, such as ``queues[3]``.
    names : Names
        What is known; a queue not in ``names.queues`` counts against the limit.

    Raises
    ------
    ConfigError
        With ``reason`` "unknown_agent", "unknown_group", "unknown_skill", "unknown_queue", "queues_limit" or
        "invalid_configuration", and the id that is unknown or over the limit as ``subject``.

    Examples
    --------
    >>> check_queue(Queue("sales", requirement="tech >="), "queue", Names(skills={"tech"}))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: queue.requirement: column 7: the expression breaks off; add what is missing
    """
    bounds = check_types(queue, Queue, path)
    check_queue_names(queue, path, names)
    if bounds is not None:
        raise bounds
    check_id(queue.id, field_path(path, "id"))
    check_queue_rules(queue, path, names)
    check_limit("queue", queue.id, path, names.queues, names.limits.queues)


def overflow_targets(queue: Queue) -> set[str]:
    """Give every queue that a queue may send contacts to by itself, itself included where it is named.

    Examples
    --------
    >>> queue = Queue("a", split={"a": 50, "b": 50}, overflow=(Overflow("queue", "c", when="waiting > 5"),))
    >>> sorted(overflow_targets(queue))
    ['a', 'b', 'c']
    """
    actions = (action for _, action, _ in _overflows(queue, ""))
    return {*queue.split, *(action.queue for action in actions if action.to == "queue")}


def groups_named(queue: Queue) -> set[str]:
    """Give every group that a checked queue names: as members, in reserves, shares and conditions.

    Examples
    --------
    >>> queue = Queue("a", groups=("day",), overflow=(Overflow(when="ready(night) == 0"),))
    >>> sorted(groups_named(queue))
    ['day', 'night']
    """
    conditions = [step.when for step in queue.steps]
    conditions += [reserve.when for reserve in queue.reserves]
    conditions += [action.when for action in queue.overflow]
    named = {*queue.groups, *queue.shares, *(group for reserve in queue.reserves for group in reserve.groups)}
    for text in filter(None, conditions):
        named.update(compile_condition(text, MAX_TERMS).groups)
    return named


# --- The parts, for `whole`, which has checked types, ids and limits in its own way.


def check_agent_names(agent: Agent, path: str, names: Names) -> None:
    """Check that what the agent names is declared."""
    if not agent.skills.keys() <= names.skills:
        skill = next(skill for skill in agent.skills if skill not in names.skills)
        raise unknown("skill", skill, field_path(f"{path}.skills", skill), names.skills)
    for place, group in enumerate(agent.groups):
        if group not in names.groups:
            raise unknown("group", group, f"{path}.groups[{place}]", names.groups)
    for channel in agent.channels:
        if channel not in names.channels:
            raise unknown("channel", channel, field_path(f"{path}.channels", channel), names.channels)


def check_agent_rules(agent: Agent, path: str) -> None:
    """Check what concerns the agent alone."""
    if len(agent.groups) > 1:
        check_once(agent.groups, f"{path}.groups")


def check_channel_names(channel: Channel, path: str, names: Names) -> None:
    """Check that what the channel names is declared."""
    for place, other in enumerate(channel.interrupts):
        if other not in names.channels:
            raise unknown("channel", other, f"{path}.interrupts[{place}]", names.channels)


def check_channel_rules(channel: Channel, path: str) -> None:
    """Check what concerns the channel alone."""
    check_once(channel.interrupts, f"{path}.interrupts")
    if channel.id in channel.interrupts:
        place = channel.interrupts.index(channel.id)
        raise ConfigError(
            f"{path}.interrupts[{place}]", f"{quoted(channel.id)} is the channel itself; remove it"
        )


def check_queue_names(queue: Queue, path: str, names: Names) -> None:
    """Check that what the queue names is declared; expressions as far as they can be understood."""
    _check_members(queue.members, queue.groups, path, names)
    for text in _step_texts(queue, path):
        _check_text_names(text, names)
    for place, reserve in enumerate(queue.reserves):
        here = f"{path}.reserves[{place}]"
        _check_members(reserve.members, reserve.groups, here, names)
        if reserve.when:
            _check_text_names((check_condition, reserve.when, f"{here}.when"), names)
    for group in queue.shares:
        if group not in names.groups:
            raise unknown("group", group, field_path(f"{path}.shares", group), names.groups)
    for target in queue.split:
        if target not in names.queues and target != queue.id:
            raise unknown("queue", target, field_path(f"{path}.split", target), names.queues)
    for _, action, here in _overflows(queue, path):
        target = action.queue if action.to == "queue" else ""
        if target and target not in names.queues and target != queue.id:
            raise unknown("queue", target, f"{here}.queue", names.queues)
        if action.when:
            _check_text_names((check_condition, action.when, f"{here}.when"), names)


def check_queue_rules(queue: Queue, path: str, names: Names) -> None:
    """Check what concerns the queue alone, and its hours."""
    check_once(queue.members, f"{path}.members")
    check_once(queue.groups, f"{path}.groups")
    for field in ("requirement", "score"):
        if getattr(queue, field) and queue.steps:
            better = "expression" if field == "requirement" else field
            raise ConfigError(
                f"{path}.{field}", f"stands beside steps; move it into steps[0].{better} or remove the steps"
            )
    check_steps(queue.steps, f"{path}.steps", names.limits)
    for check, text, here in _step_texts(queue, path):
        check(text, here, names)
    check_reserves(queue.reserves, f"{path}.reserves", names.limits)
    most = names.limits.overflow_rules
    if len(queue.overflow) > most:
        raise ConfigError(
            f"{path}.overflow",
            f"{len(queue.overflow)} rules are more than limits.overflow_rules = {most}; drop some",
        )
    for place, reserve in enumerate(queue.reserves):
        if reserve.when:
            check_condition(reserve.when, f"{path}.reserves[{place}].when", names)
    check_shares(queue, path)
    check_split(queue, path)
    for name, action, here in _overflows(queue, path):
        check_overflow(action, name, here)
        if action.when:
            check_condition(action.when, f"{here}.when", names)
    check_batch(queue, path)
    if queue.hours and queue.hours not in names.hours:
        raise unknown("hours", queue.hours, f"{path}.hours", names.hours)


def _check_members(members: Iterable[str], groups: Iterable[str], path: str, names: Names) -> None:
    for place, member in enumerate(members):
        if member not in names.agents:
            raise unknown("agent", member, f"{path}.members[{place}]", names.agents)
    for place, group in enumerate(groups):
        if group not in names.groups:
            raise unknown("group", group, f"{path}.groups[{place}]", names.groups)


def _check_text_names(text: _Text, names: Names) -> None:
    """Check the names in a text that can be understood; that others cannot, the rules will say."""
    check, content, path = text
    try:
        check(content, path, names)
    except ConfigError as error:
        if error.reason != "invalid_configuration":
            raise


def _step_texts(queue: Queue, path: str) -> Iterator[_Text]:
    """Every text of requirement, score and steps that says something."""
    if queue.requirement:
        yield check_expression, queue.requirement, f"{path}.requirement"
    if queue.score:
        yield check_score, queue.score, f"{path}.score"
    for place, step in enumerate(queue.steps):
        here = f"{path}.steps[{place}]"
        if step.expression:
            yield check_expression, step.expression, f"{here}.expression"
        if step.score:
            yield check_score, step.score, f"{here}.score"
        if step.when:
            yield check_condition, step.when, f"{here}.when"


def _overflows(queue: Queue, path: str) -> Iterator[tuple[str, Overflow, str]]:
    """Every overflow of a queue with the field that holds it and its path."""
    for name in OVERFLOWS:
        action: Overflow | None = getattr(queue, name)
        if action is not None:
            yield name, action, f"{path}.{name}"
    for place, action in enumerate(queue.overflow):
        yield "overflow", action, f"{path}.overflow[{place}]"
