"""Conditions on the state of a queue: those that never hold, that always do, that an earlier one makes needless.

What can be counted has bounds: as many contacts wait as ``max_length`` lets in, as many agents are ready as are
logged in, and no more of them than there are members. Within these the answers are exact.

Owns these checks; must not know when an engine looks at conditions.
"""

from collections.abc import Hashable, Iterator
from typing import Final, NamedTuple

from routing.conditions import Term, compile_condition
from routing.lint.centre import Centre
from routing.lint.decide import Bounds, Formula, Instruction, Space, always_holds, can_hold, implies
from routing.lint.expressions import undecided
from routing.lint.finding import Finding
from routing.model import Queue
from routing.skills import Op
from routing.units import MAX_INSTANT_NS
from routing.words import quoted

_UNKNOWN: Final = -1  # an estimate that nobody has published
_ENDLESS: Final = MAX_INSTANT_NS
_BY_ITSELF: Final[dict[Term, Bounds]] = {
    Term.WAITING: (0, _ENDLESS),
    Term.OLDEST: (0, _ENDLESS),
    Term.READY: (0, _ENDLESS),
    Term.LOGGED_IN: (0, _ENDLESS),
    Term.SERVICE_LEVEL: (0, 100),
    Term.ESTIMATE: (_UNKNOWN, _ENDLESS),
}
_HEADS: Final = (Term.READY, Term.LOGGED_IN)

Variable = tuple[Term, str]


class _Place(NamedTuple):
    """A condition and where it stands; ``entry``: looked at only when a contact is about to enter."""

    text: str
    path: str
    entry: bool


def check_conditions(centre: Centre) -> Iterator[Finding]:
    """Find conditions that can be left out or that keep their rule from ever acting."""
    for place, queue in enumerate(centre.queues):
        for at in _conditions(queue, f"queues[{place}]"):
            yield from _alone(centre, place, at)
        yield from _shadowed(centre, place, queue)


def never(centre: Centre, place: int, text: str, entry: bool = False) -> bool:
    """Tell whether a condition can never hold in a queue as it is configured."""
    world = _World(centre, place, [text], entry)
    return can_hold(world.formula(text), world.space) is False


def _conditions(queue: Queue, path: str) -> Iterator[_Place]:
    for number, step in enumerate(queue.steps):
        if step.when:
            yield _Place(step.when, f"{path}.steps[{number}].when", False)
    for number, reserve in enumerate(queue.reserves):
        if reserve.when:
            yield _Place(reserve.when, f"{path}.reserves[{number}].when", False)
    for number, rule in enumerate(queue.overflow):
        if rule.when:
            yield _Place(rule.when, f"{path}.overflow[{number}].when", not rule.after_ns)


def _alone(centre: Centre, place: int, at: _Place) -> Iterator[Finding]:
    anywhere = _World(centre, place, [at.text], at.entry, bounded=False)
    here = _World(centre, place, [at.text], at.entry)
    formula = here.formula(at.text)
    possible = can_hold(formula, here.space)
    if possible is None:
        yield undecided(at.path, at.text)
    elif not can_hold(formula, anywhere.space):
        yield Finding(
            "contradictory-condition",
            "error",
            at.path,
            f"{quoted(at.text)} holds at no time, whatever happens in the queue",
            "no numbers make it true (at most as many agents are ready as are logged in; "
            "with nobody waiting the oldest has waited 0s)",
            "correct the numbers, or 'and' where 'or' is meant",
        )
    elif not possible:
        yield Finding(
            "unreachable-condition",
            "warning",
            at.path,
            f"{quoted(at.text)} can never hold in this queue",
            here.limits(),
            "correct the numbers, or raise what limits them",
        )
    elif always_holds(formula, here.space):
        yield Finding(
            "always-true-condition",
            "warning",
            at.path,
            f"{quoted(at.text)} always holds in this queue",
            f"a condition is there to be false at times; {here.limits()}",
            "correct it, or remove it",
        )


def _shadowed(centre: Centre, place: int, queue: Queue) -> Iterator[Finding]:
    """Find rules of overflow that an earlier rule forestalls whenever they would act."""
    for late, rule in enumerate(queue.overflow):
        for early, other in enumerate(queue.overflow[:late]):
            together = bool(rule.after_ns) == bool(other.after_ns) and other.after_ns <= rule.after_ns
            if not (together and rule.when and other.when):
                continue
            world = _World(centre, place, [rule.when, other.when], not rule.after_ns)
            one, two = world.formula(rule.when), world.formula(other.when)
            if can_hold(one, world.space) and implies(one, two, world.space):
                path = f"queues[{place}].overflow[{late}].when"
                yield Finding(
                    "shadowed-rule",
                    "warning",
                    path,
                    f"{quoted(rule.when)} holds only when {quoted(other.when)} of overflow[{early}] does",
                    "the first rule whose condition holds acts, so this one never does",
                    "put it before the other, or remove one of them",
                )
                break


class _World:
    """What the variables of some conditions can be in one queue."""

    def __init__(
        self, centre: Centre, place: int, texts: list[str], entry: bool, *, bounded: bool = True
    ) -> None:
        self.queue = centre.queues[place]
        self.members = centre.members[place]
        self.centre = centre
        self.entry = entry
        self.most_terms = centre.config.limits.expression_terms
        self.bounds: dict[Hashable, Bounds] = {}
        for text in texts:
            for op, term, group, _ in compile_condition(text, self.most_terms).program:
                if op not in (Op.AND, Op.OR, Op.NOT):
                    self.bounds[Term(term), group] = (
                        self._bounds(Term(term), group) if bounded else _BY_ITSELF[Term(term)]
                    )
        waiting, oldest = (Term.WAITING, ""), (Term.OLDEST, "")
        given: Formula = ()
        if waiting in self.bounds and oldest in self.bounds:
            given = ((Op.GE, waiting, 1), (Op.EQ, oldest, 0), (Op.OR, "", 0))
        self.space = Space(self.bounds, tuple(self._below(bounded)), given)

    def formula(self, text: str) -> Formula:
        """Translate a condition."""
        formula: list[Instruction] = []
        for op, term, group, value in compile_condition(text, self.most_terms).program:
            joins = op in (Op.AND, Op.OR, Op.NOT)
            variable: Variable = (Term(term), group)
            formula.append((op, "", 0) if joins else (op, variable, value))
            if not joins and variable[0] == Term.ESTIMATE:  # not known: every comparison is false
                formula += [(Op.GE, variable, 0), (Op.AND, "", 0)]
        return formula

    def limits(self) -> str:
        """Say what bounds the numbers here."""
        said = []
        terms = {variable[0] for variable in self.bounds if isinstance(variable, tuple)}
        if Term.WAITING in terms and self.queue.max_length is not None:
            length = self.queue.max_length.length
            said.append(
                f"max_length lets at most {length} wait, so a contact about to enter finds fewer"
                if self.entry
                else f"max_length lets at most {length} wait"
            )
        if terms.intersection(_HEADS):
            said.append(
                f"the queue has {len(self.members)} members, a group has its agents, and who is ready is logged in"
            )
        if Term.SERVICE_LEVEL in terms:
            said.append("a service level is a percentage, 0 to 100")
        return "; ".join(said) or "its numbers are never negative"

    def _bounds(self, term: Term, group: str) -> Bounds:
        if term == Term.WAITING and self.queue.max_length is not None:
            return (0, self.queue.max_length.length - self.entry)
        if term in _HEADS:
            return (0, len(self._heads(group)))
        return _BY_ITSELF[term]

    def _heads(self, group: str) -> frozenset[int]:
        return self.centre.in_group.get(group, frozenset()) if group else self.members

    def _below(self, bounded: bool) -> Iterator[tuple[Variable, Variable]]:
        heads = [
            variable for variable in self.bounds if isinstance(variable, tuple) and variable[0] in _HEADS
        ]
        for one in heads:
            for other in heads:
                if one == other or (one[0], other[0]) == (Term.LOGGED_IN, Term.READY):
                    continue
                if one[1] == other[1] or (bounded and self._heads(one[1]) <= self._heads(other[1])):
                    yield one, other
