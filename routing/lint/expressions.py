"""Requirement expressions by themselves and one step after the other: what they say, whoever the agents are.

Owns these checks; must not know which agents there are (``people``).
"""

from collections.abc import Iterator
from typing import Final

from routing.lint.centre import Centre
from routing.lint.decide import BUDGET, Formula, Space, always_holds, can_hold, implies
from routing.lint.finding import Finding
from routing.model import Queue, Step
from routing.words import quoted

_LEVELS: Final = (0, 100)
#: Strategies that read what a step says about the height of skills, and not only whom it lets through.
_READ_LEVELS: Final = frozenset(("most_skilled", "least_skilled", "weighted"))


def check_expressions(centre: Centre) -> Iterator[Finding]:
    """Find expressions that nobody could satisfy, that everybody does, and steps that do not widen."""
    for place, queue in enumerate(centre.queues):
        steps = centre.steps(place)
        for number, (step, path) in enumerate(steps):
            yield from _alone(centre, step, path, last=number == len(steps) - 1)
        for number in range(1, len(steps)):
            yield from _after_others(centre, queue, f"queues[{place}].steps[{number}]", number)


def undecided(path: str, text: str) -> Finding:
    """Say that the search for an answer was given up."""
    return Finding(
        "undecided",
        "note",
        path,
        f"{quoted(text)} is too involved to be decided",
        f"an exact answer took more than {BUDGET} cases, so this was not checked",
        "split it up, or declare a skill for a part of it",
    )


def _alone(centre: Centre, step: Step, path: str, last: bool) -> Iterator[Finding]:
    requirement = centre.requirement(step.expression)
    if not requirement.names and not last:
        return  # a plain False is a deliberate "nobody yet"
    space = Space(dict.fromkeys(requirement.names, _LEVELS))
    possible = can_hold(requirement.program, space)
    if possible is None:
        yield undecided(path, step.expression)
    elif not possible:
        yield Finding(
            "contradictory-expression",
            "error",
            path,
            f"{quoted(step.expression)} can be satisfied by nobody, whatever their skills",
            "no proficiencies in 0..100 (0: the skill is missing) make it true",
            "correct the numbers, or 'and' where 'or' is meant",
        )
    elif requirement.names and always_holds(requirement.program, space):
        yield Finding(
            "always-true-expression",
            "warning",
            path,
            f"{quoted(step.expression)} is satisfied by everybody, whatever their skills",
            "all proficiencies in 0..100 (0: the skill is missing) make it true, as an empty expression does",
            "correct it, or leave it empty to say so",
        )


def _after_others(centre: Centre, queue: Queue, path: str, number: int) -> Iterator[Finding]:
    """Compare a step with every step that a contact may come from."""
    step = queue.steps[number]
    before = [queue.steps[number - 1]]
    while before[-1].when:  # it may have been passed over; the first step has no condition
        before.append(queue.steps[number - 1 - len(before)])
    same, narrower = True, True
    for other in before:
        one, two = centre.requirement(other.expression), centre.requirement(step.expression)
        space = Space(dict.fromkeys((*one.names, *two.names), _LEVELS))
        forth = implies(one.program, two.program, space)
        back = implies(two.program, one.program, space)
        if forth is None or back is None:
            yield undecided(f"{path}.expression", step.expression)
            return
        same = (
            same and forth and back and not (queue.strategy in _READ_LEVELS and _speaks(other, step, centre))
        )
        narrower = narrower and back and not forth and _possible(two.program, space)
    if same:
        yield Finding(
            "step-without-effect",
            "warning",
            f"{path}.expression",
            f"{quoted(step.expression)} lets through exactly those whom the step before does",
            "a step matters only when it changes who may be given a contact",
            "remove the step, or widen it",
        )
    elif narrower:
        yield Finding(
            "narrowing-step",
            "warning",
            f"{path}.expression",
            f"{quoted(step.expression)} lets fewer through than {quoted(before[0].expression)} before it",
            "everybody who satisfies it satisfied the step before, but not the other way round: "
            "contacts that have waited longer find fewer agents",
            "widen it, or put the steps in the other order",
        )


def _possible(program: Formula, space: Space) -> bool:
    return can_hold(program, space) is not False  # a contradiction has a finding of its own


def _speaks(one: Step, other: Step, centre: Centre) -> bool:
    """Tell whether two steps rank agents differently, as far as their texts say."""
    return (one.score or sorted(centre.requirement(one.expression).positive)) != (
        other.score or sorted(centre.requirement(other.expression).positive)
    )
