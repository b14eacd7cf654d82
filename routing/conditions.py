"""Conditions on the state of a queue: when a reserve joins, a step is fit, a contact overflows.

A condition compares what can be counted in a queue with numbers::

    waiting > 20 and (ready(day) < 2 or oldest >= 1m30s) and not logged_in == 0

``oldest`` and ``estimate`` are compared with durations, spelled as in configuration files, or with 0; all
others with whole numbers. ``ready`` and ``logged_in`` take a group in parentheses. Comparisons are joined by
``and``, ``or``, ``not`` and parentheses; ``not`` binds more tightly than ``and``, ``and`` than ``or``.

Owns the language and its postfix program; must not know queues or how the core counts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from routing.durations import parse_duration
from routing.errors import ConfigError, ExpressionError, UsageError
from routing.skills import Op, compares
from routing.words import MAX_CHARS, MAX_DEPTH, quoted, suggest

#: Greatest number that anything but a duration or a percentage is compared with.
MAX_COUNT: Final = 1_000_000_000


class Term(IntEnum):
    """What a condition can ask of a queue."""

    WAITING = 0
    OLDEST = 1
    READY = 2
    LOGGED_IN = 3
    SERVICE_LEVEL = 4
    ESTIMATE = 5


#: ``(op, term, group, value)``; all but the op are 0 or "" unless it compares.
Instruction = tuple[int, int, str, int]


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition; made by `compile_condition` and equal when the texts are.

    Attributes
    ----------
    text : str
        The text as it was given.
    program : tuple of (int, int, str, int)
        Postfix instructions ``(op, term, group, value)``, ops as in `routing.skills.Op`, of which ``TRUE`` and
        ``FALSE`` never occur; fewer than ``4 * comparisons`` of them. Durations are nanoseconds.
    groups : tuple of str
        Every group named, in order of first occurrence.
    terms : frozenset of Term
        Everything that is asked of the queue.
    """

    text: str
    program: tuple[Instruction, ...]
    groups: tuple[str, ...]
    terms: frozenset[Term]

    def holds(self, read: Callable[[Term, str], int | None]) -> bool:
        """Tell whether the condition holds. O(program).

        Parameters
        ----------
        read : callable
            Gives the value of a term, for a group or "" for the queue as a whole; durations in nanoseconds.
            ``None``: it is not known, so this comparison is false.

        Examples
        --------
        >>> state = {Term.WAITING: 3, Term.OLDEST: 0}
        >>> compile_condition("waiting >= 2 and not estimate > 1m").holds(lambda term, group: state.get(term))
        True
        """
        stack: list[bool] = []
        for op, term, group, value in self.program:
            if op == Op.AND:
                right = stack.pop()
                stack[-1] = stack[-1] and right
            elif op == Op.OR:
                right = stack.pop()
                stack[-1] = stack[-1] or right
            elif op == Op.NOT:
                stack[-1] = not stack[-1]
            else:
                found = read(Term(term), group)
                stack.append(found is not None and compares(op, found, value))
        return stack[0]


def compile_condition(text: str, max_terms: int = 64) -> Condition:
    """Parse a condition.

    Equal arguments may return the same object: the last thousand results are remembered.

    Parameters
    ----------
    text : str
        Comparisons of a term with a number, on either side, joined by ``and``, ``or``, ``not``, parentheses.
    max_terms : int, default 64
        Comparisons that are allowed; configured as ``limits.expression_terms``.

    Returns
    -------
    Condition

    Raises
    ------
    ExpressionError
        If the text is empty, too long, too deep, has too many comparisons, or is not of this language. The
        message names value, column, rule and remedy.
    UsageError
        If `text` is no `str`.

    Examples
    --------
    >>> compile_condition("ready(night shift) < 2 or oldest > 2m").groups
    ('night shift',)
    >>> compile_condition("waiting > 20 and oldest > 120")
    Traceback (most recent call last):
        ...
    routing.errors.ExpressionError: column 27: '120' has no unit; write '120s' for seconds
    """
    if not isinstance(text, str):
        raise UsageError(f"condition is a {type(text).__name__}; it must be a str")
    return _compiled(text, max_terms)


@lru_cache(maxsize=1024)
def _compiled(text: str, max_terms: int) -> Condition:
    if len(text) > MAX_CHARS:
        raise ExpressionError(
            f"the condition has {len(text)} characters; {MAX_CHARS} are allowed, so write a shorter one"
        )
    if not text.strip():
        raise ExpressionError(f"{quoted(text)} says nothing; leave it out")
    program = _Parser(text, max_terms).parse()
    comparisons = [instruction for instruction in program if Op.GE <= instruction[0] <= Op.NE]
    groups = dict.fromkeys(group for _, _, group, _ in comparisons if group)
    terms = frozenset(Term(term) for _, term, _, _ in comparisons)
    return Condition(text, tuple(program), tuple(groups), terms)


# --- Scanning

_Kind = Literal["term", "number", "compare", "and", "or", "not", "(", ")", "end"]

_OPS: Final = {">=": Op.GE, ">": Op.GT, "<=": Op.LE, "<": Op.LT, "==": Op.EQ, "!=": Op.NE}
_MIRRORED: Final = {Op.GE: Op.LE, Op.GT: Op.LT, Op.LE: Op.GE, Op.LT: Op.GT, Op.EQ: Op.EQ, Op.NE: Op.NE}
_TERMS: Final = {term.name.lower(): term for term in Term}
_DURATIONS: Final = frozenset((Term.OLDEST, Term.ESTIMATE))
_GROUPED: Final = frozenset((Term.READY, Term.LOGGED_IN))
# A number goes on over blanks before another digit or a unit, as durations may: "1m 30s", "5 m". A word is a
# run of anything but blanks and ASCII punctuation, "_" excepted.
_TOKEN: Final = re.compile(
    r"(?P<number>[0-9][\w.]*(?:\s+(?:[0-9][\w.]*|(?:d|h|m|s|ms|us|ns)\b))*)"
    r"|(?P<word>[^\s!-/:-@\[-^`{-~]+)|<=|>=|==|!=|."
)
_BLANK: Final = re.compile(r"\s*")
_REMEDY: Final = "use terms, numbers, comparisons, 'and', 'or', 'not' and parentheses"
_REMEDIES: Final = {
    "&": "write 'and'",
    "|": "write 'or'",
    "!": "write 'not'",
    "~": "write 'not'",
    "=": "write '=='",
    "-": "numbers have no sign, and terms consist of letters and '_'",
    "%": "write a percentage as its number alone",
    "'": "write everything without quotes",
    '"': "write everything without quotes",
    "#": "a condition has no comments",
    ",": "join with 'and' or 'or'",
}


class _Token(NamedTuple):
    kind: _Kind
    text: str
    column: int
    term: Term = Term.WAITING
    group: str = ""


def _tokens(text: str) -> list[_Token]:
    """Cut the text up; the last token is the end, which stands at the last character."""
    tokens: list[_Token] = []
    place = _end(_BLANK, text, 0)
    while place < len(text):
        match = _TOKEN.match(text, place)
        assert match is not None  # what was a line break is a blank
        token, column, after = match[0], place + 1, match.end()
        if match["number"]:
            tokens.append(_Token("number", token, column))
        elif match["word"]:
            found, after = _word(text, token, place, after)
            tokens.append(found)
        elif token in _OPS:
            tokens.append(_Token("compare", token, column))
        elif token in ("(", ")"):
            tokens.append(_Token("(" if token == "(" else ")", token, column))
        else:
            raise ExpressionError(f"{token!r} is not understood; {_REMEDIES.get(token, _REMEDY)}", column)
        place = _end(_BLANK, text, after)
    tokens.append(_Token("end", "", len(text.rstrip())))
    return tokens


def _word(text: str, word: str, place: int, after: int) -> tuple[_Token, int]:
    """Read a word, together with the group in parentheses that may follow a term."""
    column = place + 1
    if word in ("and", "or", "not"):
        return _Token(word, word, column), after  # type: ignore[arg-type]
    term = _TERMS.get(word)
    if term is None:
        hint = suggest(word, _TERMS) or f"; terms are {', '.join(_TERMS)}"
        raise ExpressionError(f"unknown term {quoted(word)}{hint}", column)
    opening = _end(_BLANK, text, after)
    if text[opening : opening + 1] != "(":
        return _Token("term", word, column, term), after
    if term not in _GROUPED:
        raise ExpressionError(f"{word!r} takes no group; write it without parentheses", opening + 1)
    closing = re.compile(r"[()]").search(text, opening + 1)
    if closing is None:
        raise ExpressionError("'(' is never closed; add a ')'", opening + 1)
    if closing[0] == "(":
        raise ExpressionError(
            "a group named here has no parentheses in its name; add the ')' or rename the group",
            closing.start() + 1,
        )
    group = text[opening + 1 : closing.start()].strip()
    if not group:
        raise ExpressionError(
            f"no group stands in the parentheses; name one, or write {word!r} for all members", opening + 1
        )
    return _Token("term", word, column, term, group), closing.end()


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    return match.end() if match else place


# --- Parsing: one function per level of precedence


class _Parser:
    """One walk over the tokens of one text."""

    def __init__(self, text: str, max_terms: int) -> None:
        self._tokens = _tokens(text)
        self._place = 0
        self._depth = 0
        self._terms = 0
        self._max_terms = max_terms
        self._program: list[Instruction] = []

    def parse(self) -> list[Instruction]:
        """Give the program of the whole text."""
        self._any()
        self._check_end(self._tokens[self._place])
        return self._program

    def _next(self) -> _Token:
        token = self._tokens[self._place]
        self._place += token.kind != "end"
        return token

    def _takes(self, kind: _Kind) -> bool:
        taken = self._tokens[self._place].kind == kind
        self._place += taken
        return taken

    def _any(self) -> None:
        self._all()
        while self._takes("or"):
            self._all()
            self._program.append((Op.OR, 0, "", 0))

    def _all(self) -> None:
        self._one()
        while self._takes("and"):
            self._one()
            self._program.append((Op.AND, 0, "", 0))

    def _one(self) -> None:
        token = self._next()
        if token.kind not in ("not", "("):
            self._comparison(token)
            return
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError(f"nested more than {MAX_DEPTH} deep; write it flatter", token.column)
        if token.kind == "(":
            self._any()
            self._close(token)
        else:
            self._one()
            if self._program[-1][0] == Op.NOT:
                self._program.pop()
            else:
                self._program.append((Op.NOT, 0, "", 0))
        self._depth -= 1

    def _close(self, opening: _Token) -> None:
        if self._takes(")"):
            return
        token = self._tokens[self._place]
        if token.kind == "end":
            raise ExpressionError("'(' is never closed; add a ')'", opening.column)
        self._check_end(token)

    def _check_end(self, token: _Token) -> None:
        """Complain unless nothing follows a comparison that is complete."""
        if token.kind == ")":
            raise ExpressionError("')' closes nothing; remove it or open a '(' before", token.column)
        if token.kind == "compare":
            raise ExpressionError(
                f"{token.text!r} follows a whole comparison; join comparisons with 'and'", token.column
            )
        if token.kind != "end":
            raise ExpressionError(
                f"no operator stands before {quoted(token.text)}; put 'and' or 'or' there", token.column
            )

    def _comparison(self, left: _Token) -> None:
        self._check_operand(left)
        middle = self._tokens[self._place]
        if middle.kind != "compare":
            raise ExpressionError(_alone(left), left.column)
        self._place += 1
        right = self._next()
        self._check_operand(right)
        op = _OPS[middle.text]
        term, number = (left, right) if left.kind == "term" else (right, left)
        if term.kind != "term" or number.kind != "number":
            raise ExpressionError(
                "a comparison needs a term on one side and a number on the other", left.column
            )
        self._terms += 1
        if self._terms > self._max_terms:
            raise ExpressionError(
                f"more than {self._max_terms} comparisons; raise limits.expression_terms or drop some",
                left.column,
            )
        value = _value(number, term.term)
        self._program.append((op if term is left else _MIRRORED[op], term.term, term.group, value))

    def _check_operand(self, token: _Token) -> None:
        if token.kind == "end":
            raise ExpressionError("the condition breaks off; add what is missing", token.column)
        if token.kind not in ("term", "number"):
            raise ExpressionError(
                f"{token.text!r} stands where a term or a number should; put one before it", token.column
            )


def _alone(token: _Token) -> str:
    if token.kind == "number":
        return f"{quoted(token.text)} stands alone; compare a term with it, as in 'waiting > 5'"
    example = "2m" if token.term in _DURATIONS else "5"
    return f"{token.text!r} stands alone; compare it with a number, as in '{token.text} > {example}'"


def _value(token: _Token, term: Term) -> int:
    """Read the number that a term is compared with."""
    text = token.text
    if term in _DURATIONS:
        if text == "0":
            return 0
        try:
            return parse_duration(text)
        except ConfigError as error:
            raise ExpressionError(error.problem, token.column) from None
    most = 100 if term is Term.SERVICE_LEVEL else MAX_COUNT
    name = term.name.lower()
    if not (text.isascii() and text.isdigit()):
        raise ExpressionError(
            f"{quoted(text)} is no whole number; {name} is compared with one in 0..{most}", token.column
        )
    if len(text) > len(str(MAX_COUNT)) or int(text) > most:
        raise ExpressionError(
            f"{quoted(text)} is not in 0..{most}; {name} is compared with a number in there", token.column
        )
    if str(int(text)) != text:
        raise ExpressionError(f"{quoted(text)} starts with a zero; write '{int(text)}'", token.column)
    return int(text)
