"""Which terms of a requirement an agent fails.

Owns blame; must not know the language (``skills`` does), only its postfix program.
"""

from collections.abc import Mapping
from typing import Final

from routing.skills import Op, Requirement, compares

_SIGNS: Final = {Op.GE: ">=", Op.GT: ">", Op.LE: "<=", Op.LT: "<", Op.EQ: "==", Op.NE: "!="}
_NEGATED: Final = {
    Op.GE: Op.LT,
    Op.GT: Op.LE,
    Op.LE: Op.GT,
    Op.LT: Op.GE,
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.TRUE: Op.FALSE,
    Op.FALSE: Op.TRUE,
}

#: The terms to blame when the part is not so, and when it is so and should not be.
_Blame = tuple[bool, dict[str, None], dict[str, None]]


def failing(requirement: Requirement, skills: Mapping[str, int]) -> tuple[str, ...]:
    """Name the terms, with what the agent has; nothing when the requirement is satisfied. O(program).

    Of ``and`` the operands that fail, of ``or`` all of them; under ``not`` a term is turned round.

    Examples
    --------
    >>> from routing.skills import compile_requirement
    >>> failing(compile_requirement("tech >= 50 and (fr or es) and not trainee"), {"tech": 30, "trainee": 1})
    ('tech >= 50 (has 30)', 'fr (has 0)', 'es (has 0)', 'not trainee (has 1)')
    """
    stack: list[_Blame] = []
    for op, skill, value in requirement.program:
        if op == Op.NOT:
            holds, when_not, when_so = stack.pop()
            stack.append((not holds, when_so, when_not))
        elif op in (Op.AND, Op.OR):
            right, left = stack.pop(), stack.pop()
            stack.append(_joined(left, right, both=op == Op.AND))
        else:
            holds = compares(op, skills.get(skill, 0), value)
            has = f" (has {skills.get(skill, 0)})" if skill else ""
            stack.append(
                (
                    holds,
                    {_spelled(Op(op), skill, value) + has: None},
                    {_spelled(_NEGATED[Op(op)], skill, value) + has: None},
                )
            )
    holds, blamed, _ = stack[0]
    return () if holds else tuple(blamed)


def _joined(left: _Blame, right: _Blame, *, both: bool) -> _Blame:
    holds = (left[0] and right[0]) if both else (left[0] or right[0])
    when_not = {name: None for side in (left, right) if not side[0] for name in side[1]}
    when_so = {name: None for side in (left, right) if side[0] for name in side[2]}
    return holds, when_not, when_so


def _spelled(op: Op, skill: str, value: int) -> str:
    if not skill:
        return "True" if op == Op.TRUE else "False"
    if value == 1 and op in (Op.GE, Op.LT):
        return skill if op == Op.GE else f"not {skill}"
    return f"{skill} {_SIGNS[op]} {value}"
