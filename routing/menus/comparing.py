"""What a branch asks of a call's attributes.

Python's own expression syntax cut down to attributes, texts and numbers::

    balance >= 100 and (language == 'de' or segment in ('gold', 'silver')) and not blocked

An attribute on its own holds when it is set to anything but nothing. With a number it is compared as one, by value
and exactly (``"10" > 9.5``); what is no number then makes the comparison false. With a text it is compared letter by
letter, ``==``, ``!=``, ``in`` and ``not in`` only. An attribute that is not set is the empty text. ``language`` is
the language that is spoken.

The conditions of queues (`routing.conditions`) are another language: they count contacts and agents.

Owns the language and its program; must not know nodes.
"""

import ast
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from routing.errors import ExpressionError, UsageError
from routing.words import MAX_CHARS, MAX_DEPTH, is_skill_id, quoted

#: Comparisons that one expression may have.
MAX_TERMS: Final = 64

_NUMBER: Final = re.compile(r"\s*([+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?)\s*")
_NUMBER_MAX_CHARS: Final = 100


class Comparison(NamedTuple):
    """A compiled expression; made by `compile_comparison`.

    ``names`` are the attributes that it names, in order of first occurrence.
    """

    text: str
    names: tuple[str, ...]
    test: Callable[[Mapping[str, str]], bool]

    def holds(self, attributes: Mapping[str, str]) -> bool:
        """Tell whether it holds. O(comparisons).

        Examples
        --------
        >>> ask = compile_comparison("10 <= balance < 100.5 and not blocked")
        >>> [ask.holds({"balance": text}) for text in ("10", "100.50", "9", "", "much")]
        [True, False, False, False, False]
        """
        return self.test(attributes)


_Test = Callable[[Mapping[str, str]], bool]
_SIGNS: Final[dict[type[ast.cmpop], Callable[[Decimal, Decimal], bool]]] = {
    ast.Eq: lambda left, right: left == right,
    ast.NotEq: lambda left, right: left != right,
    ast.Lt: lambda left, right: left < right,
    ast.LtE: lambda left, right: left <= right,
    ast.Gt: lambda left, right: left > right,
    ast.GtE: lambda left, right: left >= right,
}
_MIRRORED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.Eq,
    ast.NotEq: ast.NotEq,
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}


@lru_cache(maxsize=1024)
def compile_comparison(text: str) -> Comparison:
    """Parse an expression. O(n).

    Raises
    ------
    ExpressionError
        If it is empty, too long, too deep, has too many comparisons, or is not of this language; the message names
        value, rule and remedy, and the column as far as it is known.
    UsageError
        If `text` is no `str`.

    Examples
    --------
    >>> compile_comparison("segment in ('gold', 'silver')").holds({"segment": "gold"})
    True
    >>> compile_comparison("balance > limit")
    Traceback (most recent call last):
        ...
    routing.errors.ExpressionError: column 1: compares two attributes; compare one with a number or a text in quotes
    """
    if not isinstance(text, str):
        raise UsageError(f"comparison is a {type(text).__name__}; it must be a str")
    if len(text) > MAX_CHARS:
        raise ExpressionError(
            f"the comparison has {len(text)} characters; {MAX_CHARS} are allowed, so write a shorter one"
        )
    if not text.strip():
        raise ExpressionError("is empty; compare an attribute, as in \"segment == 'gold'\"")
    _check_depth(text)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionError(
            f"{quoted(text)} is no comparison; write one such as \"balance >= 100 and segment == 'gold'\""
        ) from None
    reader = _Reader()
    test = reader.read(tree)
    return Comparison(text, tuple(reader.names), test)


def _check_depth(text: str) -> None:
    """Refuse what would make the parser recurse: count brackets and what may stand before an operand."""
    depth = 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if depth > MAX_DEPTH:
            raise ExpressionError(f"brackets are nested more than {MAX_DEPTH} deep; take some out")
    if len(re.findall(r"\bnot\b|[-+~]", text)) > MAX_TERMS:
        raise ExpressionError(f"more than {MAX_TERMS} signs and negations; take some out")


class _Reader:
    """Makes tests of a parsed expression."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self._terms = 0

    def read(self, node: ast.expr) -> _Test:
        match node:
            case ast.BoolOp(op=op, values=values):
                tests = [self.read(value) for value in values]
                quantifier = all if isinstance(op, ast.And) else any
                return lambda attributes: quantifier(test(attributes) for test in tests)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.read(operand)
                return lambda attributes: not inner(attributes)
            case ast.Compare(left=left, ops=ops, comparators=rights):
                pairs = zip((left, *rights), ops, rights, strict=False)
                links = [self._link(one, type(op), other) for one, op, other in pairs]
                return lambda attributes: all(link(attributes) for link in links)
            case ast.Name():
                self._count(node)
                name = self._name(node)
                return lambda attributes: attributes.get(name, "") != ""
        raise _misplaced(node)

    def _link(self, left: ast.expr, op: type[ast.cmpop], right: ast.expr) -> _Test:
        self._count(left)
        if isinstance(left, ast.Name) and isinstance(right, ast.Name):
            raise ExpressionError(
                "compares two attributes; compare one with a number or a text in quotes", left.col_offset + 1
            )
        if isinstance(right, ast.Name) and op in _MIRRORED:
            left, op, right = right, _MIRRORED[op], left
        if not isinstance(left, ast.Name):
            raise _misplaced(left)
        name = self._name(left)
        if op in (ast.In, ast.NotIn):
            return _among(name, _texts(right), wanted=op is ast.In)
        value = _literal(right)
        if isinstance(value, Decimal):
            return _numeric(name, op, value, right)
        if op not in (ast.Eq, ast.NotEq):
            raise ExpressionError(
                f"the text {quoted(value)} has no order; compare it with == or !=", right.col_offset + 1
            )
        return _among(name, frozenset((value,)), wanted=op is ast.Eq)

    def _count(self, node: ast.expr) -> None:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise ExpressionError(f"more than {MAX_TERMS} comparisons; drop some", node.col_offset + 1)

    def _name(self, node: ast.Name) -> str:
        if not is_skill_id(node.id):
            raise ExpressionError(f"{quoted(node.id)} names no attribute; rename it", node.col_offset + 1)
        self.names.setdefault(node.id)
        return node.id


def _numeric(name: str, op: type[ast.cmpop], value: Decimal, node: ast.expr) -> _Test:
    sign = _SIGNS.get(op)
    if sign is None:
        raise _misplaced(node)

    def test(attributes: Mapping[str, str]) -> bool:
        text = attributes.get(name, "")
        found = _NUMBER.fullmatch(text) if len(text) <= _NUMBER_MAX_CHARS else None
        return found is not None and sign(Decimal(found[1]), value)

    return test


def _among(name: str, texts: frozenset[str], wanted: bool) -> _Test:
    return lambda attributes: (attributes.get(name, "") in texts) == wanted


def _literal(node: ast.expr) -> str | Decimal:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=bool()):
            raise _misplaced(node)
        case ast.Constant(value=int() | float()):
            return _decimal(node, 1)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float()) as operand):
            return _decimal(operand, -1)
    raise _misplaced(node)


def _decimal(node: ast.Constant, sign: int) -> Decimal:
    found = _NUMBER.fullmatch(repr(node.value))
    if found is None:
        raise ExpressionError(
            f"{quoted(repr(node.value))} is no number of ours; write digits, as in 12.50",
            node.col_offset + 1,
        )
    return sign * Decimal(found[1])


def _texts(node: ast.expr) -> frozenset[str]:
    if not isinstance(node, ast.Tuple | ast.List) or not node.elts:
        raise ExpressionError(
            "in needs a list of texts behind it, as in segment in ('gold', 'silver')", node.col_offset + 1
        )
    texts = [_literal(item) for item in node.elts]
    if not all(isinstance(text, str) for text in texts):
        raise ExpressionError("in compares texts; put what it lists in quotes", node.col_offset + 1)
    return frozenset(str(text) for text in texts)


def _misplaced(node: ast.expr) -> ExpressionError:
    return ExpressionError(
        f"{quoted(ast.unparse(node))} does not belong here; a comparison has attributes, numbers, texts in quotes, "
        "and, or, not, in",
        node.col_offset + 1,
    )
