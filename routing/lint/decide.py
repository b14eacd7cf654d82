"""Exact answers about boolean formulas over small whole numbers: can it hold, does it always, does one imply another?

A formula is a postfix program of comparisons of variables with constants, over a box of bounds for the variables. The
search narrows the box at the constants that the undecided comparisons name until the formula is decided on all of
it, so it visits products of the intervals that comparisons cut and never single numbers. It gives up, and says so,
after `BUDGET` boxes.

Owns the search; must not know what the variables stand for.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Final, NamedTuple

from routing.skills import Op

#: Boxes that one question may look at; beyond, the answer is None.
BUDGET: Final = 20_000

#: ``(op, variable, value)``; ops as in `routing.skills.Op`, the last two without meaning unless the op compares.
Instruction = tuple[int, Hashable, int]
Formula = Sequence[Instruction]
Bounds = tuple[int, int]
Box = dict[Hashable, Bounds]


class Space(NamedTuple):
    """The values that are possible.

    Attributes
    ----------
    bounds : mapping of variable to (int, int)
        Least and greatest value of each variable.
    below : tuple of (x, y)
        Pairs of variables of which the first is at most the second.
    given : formula
        What holds in any case; empty: nothing else.
    """

    bounds: Mapping[Hashable, Bounds]
    below: tuple[tuple[Hashable, Hashable], ...] = ()
    given: Formula = ()


def can_hold(formula: Formula, space: Space) -> bool | None:
    """Tell whether some values of the space satisfy the formula; None: not decided within `BUDGET`.

    Examples
    --------
    >>> tech = Space({"tech": (0, 100)})
    >>> can_hold([(Op.GE, "tech", 60), (Op.LT, "tech", 61), (Op.AND, "", 0)], tech)
    True
    >>> can_hold([(Op.GE, "tech", 60), (Op.LT, "tech", 60), (Op.AND, "", 0)], tech)
    False
    """
    asked = [*formula, *space.given, (Op.AND, "", 0)] if space.given else formula
    return _Search(asked, space.below).found(dict(space.bounds))


def always_holds(formula: Formula, space: Space) -> bool | None:
    """Tell whether all values of the space satisfy the formula; None: not decided.

    >>> always_holds([(Op.GE, "tech", 0)], Space({"tech": (0, 100)}))
    True
    """
    return _opposite(can_hold([*formula, (Op.NOT, "", 0)], space))


def implies(one: Formula, other: Formula, space: Space) -> bool | None:
    """Tell whether all values of the space that satisfy `one` satisfy `other`; None: not decided.

    >>> implies([(Op.GE, "tech", 60)], [(Op.GE, "tech", 1)], Space({"tech": (0, 100)}))
    True
    """
    return _opposite(can_hold([*one, *other, (Op.NOT, "", 0), (Op.AND, "", 0)], space))


def _opposite(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


class _Search:
    """One question, and how many boxes it has cost."""

    def __init__(self, formula: Formula, below: tuple[tuple[Hashable, Hashable], ...]) -> None:
        self.formula = formula
        self.below = below
        self.boxes = 0

    def found(self, start: Box) -> bool | None:
        pending = [start]
        while pending:
            self.boxes += 1
            if self.boxes > BUDGET:
                return None
            box = pending.pop()
            if not self._agree(box):
                continue
            truth, open_leaf = self._evaluate(box)
            if truth:
                return True
            if truth is None and open_leaf is not None:
                pending += _halves(box, open_leaf)
        return False

    def _agree(self, box: Box) -> bool:
        """Raise lower bounds to what `below` demands; tell whether anything is left. Lowest values then fit."""
        for _ in self.below:
            moved = False
            for small, large in self.below:
                least = box[small][0]
                if least > box[large][0]:
                    box[large] = (least, box[large][1])
                    moved = True
            if not moved:
                break
        return all(least <= most for least, most in box.values())

    def _evaluate(self, box: Box) -> tuple[bool | None, Instruction | None]:
        """Truth on all of the box, or None and a comparison that is open in a way that matters."""
        stack: list[tuple[bool | None, Instruction | None]] = []
        for instruction in self.formula:
            op = instruction[0]
            if op == Op.NOT:
                truth, leaf = stack.pop()
                stack.append((None if truth is None else not truth, leaf))
            elif op in (Op.AND, Op.OR):
                right, left = stack.pop(), stack.pop()
                decisive = op == Op.OR
                if decisive in (left[0], right[0]):
                    stack.append((decisive, None))
                else:
                    stack.append(left if left[0] is None else right)
            elif op in (Op.TRUE, Op.FALSE):
                stack.append((op == Op.TRUE, None))
            else:
                held = _on(box[instruction[1]], op, instruction[2])
                stack.append((held, instruction if held is None else None))
        return stack[0]


def _on(bounds: Bounds, op: int, value: int) -> bool | None:
    """Truth of a comparison on an interval."""
    least, most = bounds
    if op in (Op.GE, Op.LT):
        held = True if least >= value else False if most < value else None
        return held if op == Op.GE else _opposite(held)
    if op in (Op.GT, Op.LE):
        held = True if least > value else False if most <= value else None
        return held if op == Op.GT else _opposite(held)
    held = True if least == most == value else False if not least <= value <= most else None
    return held if op == Op.EQ else _opposite(held)


def _halves(box: Box, leaf: Instruction) -> list[Box]:
    """Cut a box where a comparison changes."""
    op, variable, value = leaf
    least, most = box[variable]
    if op in (Op.GE, Op.LT):
        parts = [(least, value - 1), (value, most)]
    elif op in (Op.GT, Op.LE):
        parts = [(least, value), (value + 1, most)]
    else:
        parts = [(least, value - 1), (value + 1, most), (value, value)]
    return [{**box, variable: part} for part in parts if part[0] <= part[1]]
