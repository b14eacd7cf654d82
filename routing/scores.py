"""Scores: sums of weighted skills that say who suits a contact best, as in ``2*lang_es + tech - 3*trainee``.

Skills are compared in Unicode's NFKC form, as requirement expressions compare them (``skills``).

Owns this language; must not know agents or what a score is compared with.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from routing.errors import ExpressionError, UsageError
from routing.words import MAX_CHARS, is_skill_id, quoted

#: Greatest weight of a skill in a score, positive or negative.
MAX_WEIGHT: Final = 1000

_BLANK: Final = re.compile(r"\s")
# A word is a run of anything but blanks and ASCII punctuation, "_" excepted.
_TOKEN: Final = re.compile(r"(?P<blank> +)|[^ !-/:-@\[-^`{-~]+|.")


def compile_score(text: str, max_terms: int = 64) -> tuple[tuple[str, int], ...]:
    """Parse a score, a sum of weighted skills.

    Equal arguments may return the same object: the last thousand results are remembered.

    Parameters
    ----------
    text : str
        Skills, each at most once and with or without a weight 1..1000 before it, joined by ``+`` and ``-``.
    max_terms : int, default 64
        Skills that are allowed; configured as ``limits.expression_terms``.

    Returns
    -------
    tuple of (str, int)
        Skills in the order of the text, with weights -1000..1000 that are not 0.

    Raises
    ------
    ExpressionError
        If the text is empty, too long, names too many skills, or is not of this language. The message names
        value, column, rule and remedy.
    UsageError
        If `text` is no `str`.

    Examples
    --------
    >>> compile_score("2*lang_es + tech - 3*trainee")
    (('lang_es', 2), ('tech', 1), ('trainee', -3))
    """
    if not isinstance(text, str):
        raise UsageError(f"score is a {type(text).__name__}; it must be a str")
    return _weighted(text, max_terms)


@lru_cache(maxsize=1024)
def _weighted(text: str, max_terms: int) -> tuple[tuple[str, int], ...]:
    if len(text) > MAX_CHARS:
        raise ExpressionError(
            f"the score has {len(text)} characters; {MAX_CHARS} are allowed, so declare a skill for what it sums"
        )
    source = _BLANK.sub(" ", text)
    if not source.strip():
        raise ExpressionError(f"{quoted(text)} weighs nothing; leave it out")
    weights: dict[str, int] = {}
    place = 0
    while place < len(source.rstrip()):
        sign, weight, skill, column, place = _summand(source, place, first=not weights)
        if skill in weights:
            raise ExpressionError(f"{quoted(skill)} is weighed twice; add up its weights", column)
        if len(weights) == max_terms:
            raise ExpressionError(
                f"more than {max_terms} skills; raise limits.expression_terms or drop some", column
            )
        weights[skill] = sign * weight
    return tuple(weights.items())


def _summand(source: str, place: int, first: bool) -> tuple[int, int, str, int, int]:
    """Read a sign, a weight and a skill: these, the skill's column and where to go on."""
    token, column, place = _token(source, place)
    sign = 1
    if token in ("+", "-"):
        sign = 1 if token == "+" else -1
        token, column, place = _token(source, place)
    elif not first:
        remedy = "write the weight before the skill" if token == "*" else "put '+' or '-' there"
        raise ExpressionError(f"no '+' or '-' stands before {quoted(token)}; {remedy}", column)
    weight = 1
    if token.isascii() and token.isdigit():
        weight = _weight(token, column)
        star, column, place = _token(source, place)
        if star != "*":
            raise ExpressionError(
                f"{quoted(star)} stands after the weight {weight}; write '{weight}*' and the skill", column
            )
        token, column, place = _token(source, place)
    skill = unicodedata.normalize("NFKC", token)
    if not is_skill_id(skill):
        raise ExpressionError(
            f"{quoted(token)} is no skill; write skills, each with a weight before it if need be, "
            "as in '2*tech + billing'",
            column,
        )
    return sign, weight, skill, column, place


def _weight(token: str, column: int) -> int:
    if len(token) > 4 or not 1 <= int(token) <= MAX_WEIGHT:
        raise ExpressionError(f"{quoted(token)} is not in 1..{MAX_WEIGHT}, the range of weights", column)
    if str(int(token)) != token:
        raise ExpressionError(f"{token!r} starts with a zero; write '{int(token)}'", column)
    return int(token)


def _token(source: str, place: int) -> tuple[str, int, int]:
    """Read the next token that is no blank: itself, its column and where to go on."""
    for match in _TOKEN.finditer(source, place):
        if not match["blank"]:
            return match[0], match.start() + 1, match.end()
    raise ExpressionError("the score breaks off; add what is missing", len(source))
