"""The rules for one agent or queue among known names: what a configuration and a runtime command share.

Each check costs O(size of the noun), reads nothing but its arguments, and raises the first thing wrong in
this order: wrong types, unknown names in the order of the fields, everything else about the noun, limits.

Owns these rules and `Names`; must not know the configuration as a whole (``whole``), files, or the engine.
"""

import keyword
import re
import unicodedata
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final, Literal

from routing.config.faults import field_path
from routing.config.shape import check_types
from routing.durations import format_duration
from routing.errors import ConfigError, ExpressionError
from routing.model import Agent, Config, Limits, Overflow, Queue, Step
from routing.skills import Requirement, compile_requirement, is_skill_id, quoted, suggest

#: The fields of a queue that say where it gives contacts up to.
OVERFLOWS: Final = ("max_wait", "no_agent", "max_length", "closed")

Noun = Literal["skill", "group", "agent", "queue", "channel", "hours"]

_REMEDIES: Final[dict[Noun, str]] = {
    "skill": "declare it in skills",
    "group": "declare it in groups",
    "agent": "add the agent or remove the name",
    "queue": "add the queue or remove the name",
    "channel": "declare it in channels",
    "hours": "add opening hours with this id",
}
# Control characters, line separators and halves of surrogate pairs.
_UNFIT: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Names:
    """What is known, for names to be checked against.

    Sets or live views of dicts, so that an engine keeps one `Names` over its registries for good.

    Attributes
    ----------
    skills, groups, channels, agents, queues, hours : set-like of str
        Declared ids.
    limits : Limits
        The limits in force.
    """

    skills: AbstractSet[str] = frozenset()
    groups: AbstractSet[str] = frozenset()
    channels: AbstractSet[str] = frozenset()
    agents: AbstractSet[str] = frozenset()
    queues: AbstractSet[str] = frozenset()
    hours: AbstractSet[str] = frozenset()
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def of(cls, config: Config) -> "Names":
        """Collect the names of a normalised configuration. O(size).

        Examples
        --------
        >>> Names.of(Config(agents=(Agent("ann"),))).agents
        frozenset({'ann'})
        """
        return cls(
            skills=frozenset(config.skills),
            groups=frozenset(config.groups),
            channels=frozenset(channel.id for channel in config.channels),
            agents=frozenset(agent.id for agent in config.agents),
            queues=frozenset(queue.id for queue in config.queues),
            hours=frozenset(hours.id for hours in config.hours),
            limits=config.limits,
        )


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
    _check_limit("agent", agent.id, path, names.agents, names.limits.agents)


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
    _check_limit("queue", queue.id, path, names.queues, names.limits.queues)


def effective_steps(queue: Queue) -> tuple[Step, ...]:
    """Give the steps that contacts of a queue go through: its own, or one from age 0. Never empty.

    Examples
    --------
    >>> effective_steps(Queue("sales", requirement="tech"))
    (Step(expression='tech', after_ns=0, when='', score=''),)
    """
    return queue.steps or (Step(queue.requirement),)


def check_steps(steps: tuple[Step, ...], path: str, limits: Limits) -> None:
    """Check number and ages of steps, not their expressions.

    Raises
    ------
    ConfigError
        If there are more than ``limits.steps``, the first is not at age 0, or ages do not increase.

    Examples
    --------
    >>> check_steps((Step("tech"), Step("", 0)), "steps", Limits())
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: steps[1].after: 0s is not after steps[0]'s 0s; steps go by increasing age
    """
    if len(steps) > limits.steps:
        raise ConfigError(path, f"{len(steps)} steps are more than limits.steps = {limits.steps}; drop some")
    for place, step in enumerate(steps):
        age = format_duration(step.after_ns)
        here = f"{path}[{place}].after"
        if place == 0:
            if step.after_ns:
                raise ConfigError(
                    here, f"{age} leaves the time before it without a step; start with one at 0s"
                )
        elif step.after_ns <= steps[place - 1].after_ns:
            before = format_duration(steps[place - 1].after_ns)
            raise ConfigError(
                here, f"{age} is not after steps[{place - 1}]'s {before}; steps go by increasing age"
            )


def check_expression(expression: str, path: str, names: Names) -> Requirement:
    """Compile an expression whose skills must all be declared.

    Raises
    ------
    ConfigError
        With ``reason`` "unknown_skill" (and the skill as ``subject``) or "invalid_configuration".

    Examples
    --------
    >>> check_expression("tech >= 50", "requirement", Names(skills={"tech"})).names
    ('tech',)
    """
    try:
        requirement = compile_requirement(expression, names.limits.expression_terms)
    except ExpressionError as error:
        raise ConfigError(path, str(error)) from None
    for skill in requirement.names:
        if skill not in names.skills:
            raise unknown("skill", skill, path, names.skills)
    return requirement


def check_skill_id(skill: str, path: str) -> None:
    """Check that expressions can name a skill.

    Raises
    ------
    ConfigError
        If they cannot.

    Examples
    --------
    >>> check_skill_id("lang-es", "skills[0]")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: skills[0]: 'lang-es' is no skill id; use letters, digits and '_' only
    """
    if not is_skill_id(skill):
        raise ConfigError(path, f"{quoted(skill)} is no skill id; {_skill_remedy(skill)}")
    check_id(skill, path)


def check_id(text: str, path: str) -> None:
    """Check an id of anything but a skill: 1..128 characters, no blanks at its ends, no control characters.

    Raises
    ------
    ConfigError
        If it is otherwise.

    Examples
    --------
    >>> check_id("sales ", "queues[0].id")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: queues[0].id: 'sales ' begins or ends with a blank; remove it
    """
    if not 1 <= len(text) <= 128:
        raise ConfigError(path, f"{quoted(text)} has {len(text)} characters; ids have 1 to 128")
    if text != text.strip():
        raise ConfigError(path, f"{quoted(text)} begins or ends with a blank; remove it")
    check_text(text, path)


def check_text(text: str, path: str) -> None:
    """Check that a text has no control characters and can be encoded.

    Raises
    ------
    ConfigError
        If not.
    """
    if _UNFIT.search(text):
        raise ConfigError(path, f"{quoted(text)} contains a control character; remove it")


def check_once(names: Iterable[str], path: str) -> None:
    """Check that a list names nothing twice.

    Raises
    ------
    ConfigError
        With the path of the second.
    """
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        first = seen.setdefault(name, place)
        if first != place:
            raise ConfigError(
                f"{path}[{place}]", f"{quoted(name)} is in the list already; remove one of them"
            )


def unknown(noun: Noun, name: str, path: str, known: AbstractSet[str]) -> ConfigError:
    """Make the complaint about a name that nobody declared."""
    hint = suggest(name, known) or f"; {_REMEDIES[noun]}"
    reason = "invalid_configuration" if noun == "hours" else f"unknown_{noun}"
    return ConfigError(path, f"unknown {noun} {quoted(name)}{hint}", reason=reason, subject=name)


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


def check_queue_names(queue: Queue, path: str, names: Names) -> None:
    """Check that what the queue names is declared; expressions as far as they can be understood."""
    for place, member in enumerate(queue.members):
        if member not in names.agents:
            raise unknown("agent", member, f"{path}.members[{place}]", names.agents)
    for place, group in enumerate(queue.groups):
        if group not in names.groups:
            raise unknown("group", group, f"{path}.groups[{place}]", names.groups)
    for expression, where in _expressions(queue, path):
        try:
            compile_requirement(expression, names.limits.expression_terms)
        except ExpressionError:
            continue  # the rules will say so, after the names
        check_expression(expression, where, names)
    for name in OVERFLOWS:
        action: Overflow | None = getattr(queue, name)
        target = action.queue if action is not None and action.to == "queue" else ""
        if target and target not in names.queues and target != queue.id:
            raise unknown("queue", target, f"{path}.{name}.queue", names.queues)


def check_queue_rules(queue: Queue, path: str, names: Names) -> None:
    """Check what concerns the queue alone, and its hours."""
    check_once(queue.members, f"{path}.members")
    check_once(queue.groups, f"{path}.groups")
    if queue.requirement and queue.steps:
        raise ConfigError(
            f"{path}.requirement", "stands beside steps; move it into steps[0].expression or remove the steps"
        )
    check_steps(queue.steps, f"{path}.steps", names.limits)
    for expression, where in _expressions(queue, path):
        check_expression(expression, where, names)
    for name in OVERFLOWS:
        action: Overflow | None = getattr(queue, name)
        if action is not None:
            _check_overflow(action, name, f"{path}.{name}")
    if queue.hours and queue.hours not in names.hours:
        raise unknown("hours", queue.hours, f"{path}.hours", names.hours)


def _skill_remedy(skill: str) -> str:
    form = unicodedata.normalize("NFKC", skill)
    if is_skill_id(form):
        return f"write {quoted(form)}, its normal form"
    if keyword.iskeyword(form):
        return "it is a reserved word, so choose another name"
    if form[:1].isdigit():
        return "do not begin with a digit"
    return "use letters, digits and '_' only"


def _expressions(queue: Queue, path: str) -> Iterator[tuple[str, str]]:
    """Every expression of a queue that says something, with its path."""
    if queue.requirement:
        yield queue.requirement, f"{path}.requirement"
    for place, step in enumerate(queue.steps):
        if step.expression:
            yield step.expression, f"{path}.steps[{place}].expression"


def _check_overflow(action: Overflow, name: str, path: str) -> None:
    if action.to == "queue" and not action.queue:
        raise ConfigError(f"{path}.queue", "is missing; to = 'queue' needs the id of a queue")
    if action.to != "queue" and action.queue:
        raise ConfigError(
            f"{path}.queue", f"{quoted(action.queue)} is not read as to = {action.to!r}; write to = 'queue'"
        )
    if name == "max_wait" and not action.after_ns:
        raise ConfigError(f"{path}.after", "0s would let nobody wait; write a time above 0s")
    if name not in ("max_wait", "no_agent") and action.after_ns:
        age = format_duration(action.after_ns)
        raise ConfigError(
            f"{path}.after", f"{age} is not read here, only in max_wait and no_agent; remove it"
        )
    if name == "max_length" and not action.length:
        raise ConfigError(f"{path}.length", "0 would turn every contact away; write a number of at least 1")
    if name != "max_length" and action.length:
        raise ConfigError(
            f"{path}.length", f"{action.length} is not read here, only in max_length; remove it"
        )


def _check_limit(noun: str, name: str, path: str, known: AbstractSet[str], limit: int) -> None:
    if name not in known and len(known) >= limit:
        raise ConfigError(
            path,
            f"{quoted(name)} would be {noun} number {len(known) + 1} of limits.{noun}s = {limit}; raise it",
            reason=f"{noun}s_limit",
            subject=name,
        )
