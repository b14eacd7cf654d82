"""Requirement expressions: which agents a contact may be given to.

An expression is Python's own expression syntax cut down to skills and small numbers::

    lang_es >= 70 and (tech or billing >= 30) and not trainee

A skill on its own means "has it at all" (proficiency 1 or more), a missing skill counts as 0, and an empty
expression is satisfied by everybody. A *term* is a leaf: a bare skill, one comparison, ``True`` or ``False``;
the chain ``30 <= tech <= 70`` has two.

Skills are compared in Unicode's NFKC form, as Python compares identifiers; a configuration only takes skill
ids that are in this form already, so an expression may be typed in either.

The text is scanned first (so every complaint has its column and a remedy, and hostile input is refused before
anything recurses) and then handed to ``ast`` for precedence.

Owns the language and its postfix program; must not know agents, queues or how the core evaluates a program.
"""

import ast
import keyword
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from routing.errors import ExpressionError, UsageError
from routing.scores import compile_score as compile_score
from routing.words import MAX_CHARS as MAX_CHARS
from routing.words import MAX_DEPTH as MAX_DEPTH
from routing.words import is_skill_id as is_skill_id
from routing.words import quoted as quoted
from routing.words import suggest as suggest


class Op(IntEnum):
    """An instruction of a requirement's postfix program."""

    TRUE = 0
    FALSE = 1
    GE = 2
    GT = 3
    LE = 4
    LT = 5
    EQ = 6
    NE = 7
    NOT = 8
    AND = 9
    OR = 10


#: ``(op, skill, value)``; the skill is "" and the value 0 unless the op compares.
Instruction = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A compiled expression; made by `compile_requirement` and equal when the expressions are.

    Attributes
    ----------
    expression : str
        The text as it was given.
    program : tuple of (int, str, int)
        Postfix instructions ``(op, skill, value)``, ops as in `Op`; fewer than ``4 * terms`` of them. ``NOT``
        takes one operand, ``AND`` and ``OR`` take two.
    names : tuple of str
        Every skill named, in order of first occurrence.
    positive : tuple of str
        Skills whose height speaks for an agent, each once, in order of first occurrence: those that stand
        bare or with ``>=``, ``>`` or ``==`` once all negations are moved into the leaves.
    """

    expression: str
    program: tuple[Instruction, ...]
    names: tuple[str, ...]
    positive: tuple[str, ...]

    def matches(self, skills: Mapping[str, int]) -> bool:
        """Tell whether an agent with these proficiencies satisfies the requirement. O(program).

        Parameters
        ----------
        skills : mapping of str to int
            Proficiency 1..100 by skill; a missing skill counts as 0.

        Examples
        --------
        >>> compile_requirement("tech >= 50 and not trainee").matches({"tech": 60})
        True
        """
        stack: list[bool] = []
        for op, skill, value in self.program:
            if op == Op.AND:
                right = stack.pop()
                stack[-1] = stack[-1] and right
            elif op == Op.OR:
                right = stack.pop()
                stack[-1] = stack[-1] or right
            elif op == Op.NOT:
                stack[-1] = not stack[-1]
            else:
                stack.append(compares(op, skills.get(skill, 0), value))
        return stack[0]

    def score(self, skills: Mapping[str, int]) -> int:
        """Add up the proficiencies in the positively named skills (missing: 0). O(positive).

        Examples
        --------
        >>> compile_requirement("tech >= 50 and not trainee").score({"tech": 60, "trainee": 9})
        60
        """
        return sum(skills.get(skill, 0) for skill in self.positive)


def compile_requirement(expression: str, max_terms: int = 64) -> Requirement:
    """Parse an expression.

    Equal arguments may return the same object: the last thousand results are remembered.

    Parameters
    ----------
    expression : str
        Skills, ``and``, ``or``, ``not``, parentheses, comparisons of a skill with a number 0..100 (chains
        too), ``True``, ``False``; empty or blank: satisfied by everybody. Line breaks count as blanks.
    max_terms : int, default 64
        Leaves that are allowed; configured as ``limits.expression_terms``.

    Returns
    -------
    Requirement

    Raises
    ------
    ExpressionError
        If the expression is too long, too deep, has too many terms, or is not of this language. The message
        names value, column, rule and remedy.
    UsageError
        If `expression` is no `str`.

    Examples
    --------
    >>> compile_requirement("tech and not (billing < 30)").positive
    ('tech', 'billing')
    >>> compile_requirement("lang-es >= 70")
    Traceback (most recent call last):
        ...
    routing.errors.ExpressionError: column 5: '-' is not understood; skills consist of letters, digits and '_'
    """
    if not isinstance(expression, str):
        raise UsageError(f"expression is a {type(expression).__name__}; it must be a str")
    return _compiled(expression, max_terms)


@lru_cache(maxsize=1024)
def _compiled(expression: str, max_terms: int) -> Requirement:
    if len(expression) > MAX_CHARS:
        raise ExpressionError(
            f"the expression has {len(expression)} characters; {MAX_CHARS} are allowed, so declare a skill "
            "for what it describes"
        )
    source = _BLANK.sub(" ", expression)
    if not source.strip():
        return Requirement(expression, ((Op.TRUE, "", 0),), (), ())
    _scan(source)
    compiler = _Compiler(source, max_terms)
    compiler.emit(_parse(source), negated=False)
    names = dict.fromkeys(skill for _, skill, _ in compiler.program if skill)
    return Requirement(expression, tuple(compiler.program), tuple(names), tuple(compiler.positive))


# --- Scanning: every character is accounted for, operands and operators alternate, nothing nests deeply.

_BLANK: Final = re.compile(r"\s")
# A word is a run of anything but blanks and ASCII punctuation, "_" excepted.
_TOKEN: Final = re.compile(r"(?P<blank> +)|(?P<word>[^ !-/:-@\[-^`{-~]+)|<=|>=|==|!=|.")
_OPERATORS: Final = frozenset(("<", "<=", ">", ">=", "==", "!=", "and", "or"))
_CONSTANTS: Final = frozenset(("True", "False"))
_REMEDY: Final = "use skills, numbers, comparisons, 'and', 'or', 'not' and parentheses"
_REMEDIES: Final = {
    "&": "write 'and'",
    "|": "write 'or'",
    "!": "write 'not'",
    "~": "write 'not'",
    "=": "write '=='",
    "-": "skills consist of letters, digits and '_'",
    ".": "skills consist of letters, digits and '_'",
    "'": "write skills without quotes",
    '"': "write skills without quotes",
    "#": "an expression has no comments",
    ",": "join with 'and' or 'or'",
}


def _scan(source: str) -> None:
    """Refuse what is not a row of operands and operators, with the column of the first thing wrong."""
    open_at: list[int] = []  # columns of "(" and, negative, of each "not" that waits for its operand
    wants_operand = True
    for match in _TOKEN.finditer(source):
        token, column = match[0], match.start() + 1
        if match["blank"]:
            continue
        if token in ("(", "not"):
            _check_place(token, column, wants_operand)
            open_at.append(column if token == "(" else -column)
            if len(open_at) > MAX_DEPTH:
                raise ExpressionError(f"nested more than {MAX_DEPTH} deep; write it flatter", column)
        elif token in _OPERATORS:
            _check_place(token, column, not wants_operand)
            wants_operand = True
        elif token == ")":
            _check_place(token, column, not wants_operand)
            if not open_at:
                raise ExpressionError("')' closes nothing; remove it or open a '(' before", column)
            open_at.pop()
            _drop_negations(open_at)
        elif match["word"]:
            _check_word(token, column)
            _check_place(token, column, wants_operand)
            _drop_negations(open_at)
            wants_operand = False
        else:
            raise ExpressionError(f"{token!r} is not understood; {_REMEDIES.get(token, _REMEDY)}", column)
    if wants_operand:
        raise ExpressionError("the expression breaks off; add what is missing", len(source))
    if open_at:
        raise ExpressionError("'(' is never closed; add a ')'", open_at[-1])


def _drop_negations(open_at: list[int]) -> None:
    while open_at and open_at[-1] < 0:
        open_at.pop()


def _check_place(token: str, column: int, fits: bool) -> None:
    if fits:
        return
    if token in _OPERATORS or token == ")":
        raise ExpressionError(f"nothing stands before {token!r}; put a skill there", column)
    raise ExpressionError(
        f"no operator stands before {quoted(token)}; put 'and', 'or' or a comparison there", column
    )


def _check_word(word: str, column: int) -> None:
    if word in _CONSTANTS:
        return
    if word.isascii() and word.isdigit():
        if len(word) > 3 or int(word) > 100:
            raise ExpressionError(f"{quoted(word)} is not in 0..100, the range of proficiencies", column)
        if str(int(word)) != word:
            raise ExpressionError(f"{word!r} starts with a zero; write '{int(word)}'", column)
    elif not word.isidentifier():
        raise ExpressionError(
            f"{quoted(word)} is neither a skill nor a number; "
            "a skill consists of letters, digits and '_' and starts with no digit",
            column,
        )
    elif keyword.iskeyword(unicodedata.normalize("NFKC", word)):
        raise ExpressionError(f"{quoted(word)} is a reserved word; {_REMEDY}", column)


# --- Compiling: Python's grammar gives the precedence, a walk over its tree the postfix program.

_OPS: Final[dict[type[ast.cmpop], Op]] = {
    ast.GtE: Op.GE,
    ast.Gt: Op.GT,
    ast.LtE: Op.LE,
    ast.Lt: Op.LT,
    ast.Eq: Op.EQ,
    ast.NotEq: Op.NE,
}
_MIRRORED: Final = {Op.GE: Op.LE, Op.GT: Op.LT, Op.LE: Op.GE, Op.LT: Op.GT, Op.EQ: Op.EQ, Op.NE: Op.NE}
_NEGATED: Final = {Op.GE: Op.LT, Op.GT: Op.LE, Op.LE: Op.GT, Op.LT: Op.GE, Op.EQ: Op.NE, Op.NE: Op.EQ}
_POSITIVE: Final = frozenset((Op.GE, Op.GT, Op.EQ))


def _parse(source: str) -> ast.expr:
    """Let Python parse the text, in parentheses so that leading blanks do no harm. The scan balanced it."""
    try:
        return ast.parse(f"({source})", mode="eval").body
    except SyntaxError as error:  # such as "tech >= not 5"
        column = min(max((error.offset or 2) - 1, 1), len(source))
        raise ExpressionError(f"does not parse here; {_REMEDY}", column) from None


class _Compiler:
    """One walk over the tree of one source text."""

    def __init__(self, source: str, max_terms: int) -> None:
        self.program: list[Instruction] = []
        self.positive: dict[str, None] = {}
        self._source = f"({source})".encode()
        self._max_terms = max_terms
        self._terms = 0

    def emit(self, node: ast.expr, negated: bool) -> None:
        """Append the program of `node`; `negated` tells whether it stands under an odd number of nots."""
        match node:
            case ast.BoolOp(op=connective, values=values):
                op = Op.AND if isinstance(connective, ast.And) else Op.OR
                self.emit(values[0], negated)
                for value in values[1:]:
                    self.emit(value, negated)
                    self.program.append((op, "", 0))
            case ast.UnaryOp(op=ast.Not(), operand=ast.UnaryOp(op=ast.Not(), operand=operand)):
                self.emit(operand, negated)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self.emit(operand, not negated)
                self.program.append((Op.NOT, "", 0))
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                self._emit_chain([left, *comparators], [_OPS[type(op)] for op in ops], negated)
            case ast.Name(id=skill):
                self._emit_leaf(node, Op.GE, skill, 1, negated)
            case ast.Constant(value=bool(truth)):
                self._count(node)
                self.program.append((Op.TRUE if truth else Op.FALSE, "", 0))
            case ast.Constant(value=int(number)):
                raise ExpressionError(
                    f"{number} stands alone; compare a skill with it, as in 'tech >= {number}'",
                    self._column(node),
                )
            case _:  # nothing that the scan lets through, as far as we know
                raise ExpressionError(f"does not parse here; {_REMEDY}", self._column(node))

    def _emit_chain(self, operands: list[ast.expr], ops: list[Op], negated: bool) -> None:
        """Append ``a <= b <= c`` as ``a <= b and b <= c``."""
        for place, op in enumerate(ops):
            match operands[place], operands[place + 1]:
                case ast.Name(id=skill), ast.Constant(value=int(value)) if not isinstance(value, bool):
                    self._emit_leaf(operands[place], op, skill, value, negated)
                case ast.Constant(value=int(value)), ast.Name(id=skill) if not isinstance(value, bool):
                    self._emit_leaf(operands[place], _MIRRORED[op], skill, value, negated)
                case left, _:
                    raise ExpressionError(
                        "a comparison needs a skill on one side and a number 0..100 on the other",
                        self._column(left),
                    )
            if place:
                self.program.append((Op.AND, "", 0))

    def _emit_leaf(self, node: ast.expr, op: Op, skill: str, value: int, negated: bool) -> None:
        self._count(node)
        self.program.append((op, skill, value))
        if (_NEGATED[op] if negated else op) in _POSITIVE:
            self.positive[skill] = None

    def _count(self, node: ast.expr) -> None:
        self._terms += 1
        if self._terms > self._max_terms:
            raise ExpressionError(
                f"more than {self._max_terms} terms; raise limits.expression_terms "
                "or declare a skill for a part of it",
                self._column(node),
            )

    def _column(self, node: ast.expr) -> int:
        """Count characters where ``ast`` counts bytes; the parenthesis in front makes it start at 1."""
        return len(self._source[: node.col_offset].decode())


def compares(op: int, found: int, value: int) -> bool:
    """Evaluate a leaf of a program; one that is constant does not look at the numbers. O(1).

    >>> compares(Op.GE, 60, 50), compares(Op.TRUE, 0, 0)
    (True, True)
    """
    # Comparisons are cheaper than a table of functions.
    if op == Op.GE:
        return found >= value
    if op == Op.GT:
        return found > value
    if op == Op.LE:
        return found <= value
    if op == Op.LT:
        return found < value
    if op == Op.EQ:
        return found == value
    if op == Op.NE:
        return found != value
    return op == Op.TRUE
