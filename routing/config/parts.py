"""The rules for the parts of a queue: its steps, reserves, shares, split and overflows, and their expressions.

What concerns one part costs O(its size) and raises the first thing wrong.

Owns these rules; must not know the order in which a queue is checked (``checks``), files, or the engine.
"""

from typing import Final

from routing.conditions import Condition, compile_condition
from routing.config.names import Names, check_once, unknown
from routing.durations import format_duration
from routing.errors import ConfigError, ExpressionError
from routing.model import Limits, Overflow, Queue, Reserve, Step
from routing.skills import Requirement, compile_requirement, compile_score, quoted
from routing.units import MINUTE

#: A batch is collected for no longer.
MAX_BATCH_NS: Final = MINUTE


def effective_steps(queue: Queue) -> tuple[Step, ...]:
    """Give the steps that contacts of a queue go through: its own, or one from age 0. Never empty.

    Examples
    --------
    >>> effective_steps(Queue("sales", requirement="tech"))
    (Step(expression='tech', after_ns=0, when='', score=''),)
    """
    return queue.steps or (Step(queue.requirement, score=queue.score),)


def check_steps(steps: tuple[Step, ...], path: str, limits: Limits) -> None:
    """Check number and ages of steps, and that the first is unconditional; not their expressions.

    Raises
    ------
    ConfigError
        If there are more than ``limits.steps``, the first is not at age 0 or has a ``when``, or ages do not
        increase.

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
            if step.when:
                raise ConfigError(
                    f"{path}[0].when",
                    f"{quoted(step.when)} could leave a contact without a step; put a step without 'when' first",
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


def check_score(score: str, path: str, names: Names) -> tuple[tuple[str, int], ...]:
    """Compile a score whose skills must all be declared.

    Raises
    ------
    ConfigError
        With ``reason`` "unknown_skill" (and the skill as ``subject``) or "invalid_configuration".

    Examples
    --------
    >>> check_score("2*tech", "score", Names(skills={"tech"}))
    (('tech', 2),)
    """
    try:
        weights = compile_score(score, names.limits.expression_terms)
    except ExpressionError as error:
        raise ConfigError(path, str(error)) from None
    for skill, _ in weights:
        if skill not in names.skills:
            raise unknown("skill", skill, path, names.skills)
    return weights


def check_condition(condition: str, path: str, names: Names) -> Condition:
    """Compile a condition whose groups must all be declared.

    Raises
    ------
    ConfigError
        With ``reason`` "unknown_group" (and the group as ``subject``) or "invalid_configuration".

    Examples
    --------
    >>> check_condition("ready(day) < 2", "when", Names(groups={"day"})).groups
    ('day',)
    """
    try:
        compiled = compile_condition(condition, names.limits.expression_terms)
    except ExpressionError as error:
        raise ConfigError(path, str(error)) from None
    for group in compiled.groups:
        if group not in names.groups:
            raise unknown("group", group, path, names.groups)
    return compiled


def check_reserves(reserves: tuple[Reserve, ...], path: str, limits: Limits) -> None:
    """Check number and content of reserves, not their names or conditions.

    Raises
    ------
    ConfigError
        If there are more than ``limits.reserves``, one names nobody or twice the same, or always serves.

    Examples
    --------
    >>> check_reserves((Reserve(groups=("day",)),), "reserves", Limits())
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: reserves[0]: has neither 'after' nor 'when' and would always serve; give one
    """
    if len(reserves) > limits.reserves:
        raise ConfigError(
            path, f"{len(reserves)} reserves are more than limits.reserves = {limits.reserves}; drop some"
        )
    for place, reserve in enumerate(reserves):
        here = f"{path}[{place}]"
        check_once(reserve.members, f"{here}.members")
        check_once(reserve.groups, f"{here}.groups")
        if not reserve.members and not reserve.groups:
            raise ConfigError(here, "names nobody; give it members or groups")
        if not reserve.after_ns and not reserve.when:
            raise ConfigError(here, "has neither 'after' nor 'when' and would always serve; give one")


def check_shares(queue: Queue, path: str) -> None:
    """Check that a queue has shares exactly when its strategy reads them.

    Raises
    ------
    ConfigError
        If not.

    Examples
    --------
    >>> check_shares(Queue("sales", shares={"day": 60}), "queue")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: queue.shares: is read by strategy 'percent_allocation' only; remove it
    """
    if queue.strategy == "percent_allocation":
        if not queue.shares:
            raise ConfigError(f"{path}.shares", "is empty; percent_allocation needs a share for some group")
    elif queue.shares:
        raise ConfigError(f"{path}.shares", "is read by strategy 'percent_allocation' only; remove it")


def check_split(queue: Queue, path: str) -> None:
    """Check that the parts of a split are a whole.

    Raises
    ------
    ConfigError
        If not.

    Examples
    --------
    >>> check_split(Queue("sales", split={"sales": 60, "partner": 30}), "queue")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: queue.split: adds up to 90 percent; make it 100, the queue itself included
    """
    total = sum(queue.split.values())
    if queue.split and total != 100:
        raise ConfigError(
            f"{path}.split", f"adds up to {total} percent; make it 100, the queue itself included"
        )


def check_batch(queue: Queue, path: str) -> None:
    """Check that a batch goes with the strategy and lasts no longer than a minute.

    Raises
    ------
    ConfigError
        If not.

    Examples
    --------
    >>> check_batch(Queue("sales", batch_ns=5), "queue")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: queue.batch: is read by strategy 'weighted' only; remove it
    """
    if queue.batch_ns is None:
        return
    if queue.strategy != "weighted":
        raise ConfigError(f"{path}.batch", "is read by strategy 'weighted' only; remove it")
    if queue.batch_ns > MAX_BATCH_NS:
        age, most = format_duration(queue.batch_ns), format_duration(MAX_BATCH_NS)
        raise ConfigError(
            f"{path}.batch", f"{age} lets contacts wait beside free agents; write at most {most}"
        )


def check_overflow(action: Overflow, name: str, path: str) -> None:
    """Check what stands in an overflow, given the field of the queue that holds it.

    Raises
    ------
    ConfigError
        If something is missing, or stands where it is not read.

    Examples
    --------
    >>> check_overflow(Overflow("voicemail"), "overflow", "queue.overflow[0]")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: queue.overflow[0].when: is empty; write a condition, such as 'waiting > 20'
    """
    if action.to == "queue" and not action.queue:
        raise ConfigError(f"{path}.queue", "is missing; to = 'queue' needs the id of a queue")
    if action.to != "queue" and action.queue:
        raise ConfigError(
            f"{path}.queue", f"{quoted(action.queue)} is not read as to = {action.to!r}; write to = 'queue'"
        )
    if name == "max_wait" and not action.after_ns:
        raise ConfigError(f"{path}.after", "0s would let nobody wait; write a time above 0s")
    if name not in ("max_wait", "no_agent", "overflow") and action.after_ns:
        age = format_duration(action.after_ns)
        raise ConfigError(
            f"{path}.after", f"{age} is not read here, only in max_wait, no_agent and overflow; remove it"
        )
    if name == "max_length" and not action.length:
        raise ConfigError(f"{path}.length", "0 would turn every contact away; write a number of at least 1")
    if name != "max_length" and action.length:
        raise ConfigError(
            f"{path}.length", f"{action.length} is not read here, only in max_length; remove it"
        )
    if name == "overflow" and not action.when:
        raise ConfigError(f"{path}.when", "is empty; write a condition, such as 'waiting > 20'")
    if name != "overflow" and action.when:
        raise ConfigError(
            f"{path}.when", f"{quoted(action.when)} is not read here, only in overflow; remove it"
        )
