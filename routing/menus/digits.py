"""What digits must be like: how many, of which pattern, with which check digit, in which range.

A pattern is read from left to right. ``7`` is that digit, ``.`` any digit, ``[1-58]`` one of those; after each may
stand ``?`` (or not), ``{3}`` (so many times), ``{2,4}`` (so many). ``|`` parts alternatives: ``4.{15}|5[1-5].{14}``.
There are no groups and nothing repeats for ever, so a match costs O(pattern * digits) whatever the caller keys in.

Owns these checks; must not know nodes or who typed.
"""

import re
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from routing.errors import ConfigError
from routing.menus.nodes import Collect
from routing.words import quoted

Problem = Literal["", "length", "digits", "pattern", "check", "range"]

_ITEM: Final = re.compile(r"([0-9.]|\[[0-9-]+\])(?:\{([0-9]{1,2})(?:,([0-9]{1,2}))?\}|(\?))?")
_RANGE: Final = re.compile(r"([0-9])-([0-9])|([0-9])")
_ANY: Final = frozenset("0123456789")


class Item(NamedTuple):
    """A stretch of a pattern: from ``least`` to ``most`` of these digits."""

    digits: frozenset[str]
    least: int
    most: int


@lru_cache(maxsize=1024)
def compile_pattern(text: str) -> tuple[tuple[Item, ...], ...]:
    """Read a pattern; one tuple of items for each alternative. O(n).

    Raises
    ------
    ConfigError
        If it is spelled otherwise, or asks for more than 64 digits.

    Examples
    --------
    >>> [(sorted(item.digits), item.least, item.most) for item in compile_pattern("[1-3]{2,4}7?")[0]]
    [(['1', '2', '3'], 2, 4), (['7'], 0, 1)]
    """
    return tuple(_alternative(part, text) for part in text.split("|"))


def _alternative(part: str, text: str) -> tuple[Item, ...]:
    items: list[Item] = []
    place = 0
    while place < len(part):
        match = _ITEM.match(part, place)
        if match is None:
            raise ConfigError(
                "",
                f"{quoted(text)} cannot be read from {quoted(part[place:])} on; "
                "a pattern has digits, '.', [1-5], ?, {2,4} and |",
            )
        least = 0 if match[4] else int(match[2] or 1)
        most = int(match[3]) if match[3] else max(least, 1 if match[4] else least)
        if most < least or most == 0:
            raise ConfigError("", f"{quoted(match[0])} repeats from {least} to {most} times; swap them")
        items.append(Item(_digits(match[1]), least, most))
        place = match.end()
    if not items:
        raise ConfigError("", f"{quoted(text)} has an empty alternative; remove the | or fill it in")
    if sum(item.most for item in items) > 64:
        raise ConfigError("", f"{quoted(text)} asks for more than 64 digits; shorten it")
    return tuple(items)


def _digits(text: str) -> frozenset[str]:
    if text == ".":
        return _ANY
    if not text.startswith("["):
        return frozenset(text)
    inside, found, place = text[1:-1], "", 0
    while place < len(inside):
        match = _RANGE.match(inside, place)
        if match is None or (match[1] and match[1] > match[2]):
            raise ConfigError("", f"{quoted(text)} is no set of digits; write one such as [1-58]")
        found += match[3] or "".join(str(digit) for digit in range(int(match[1]), int(match[2]) + 1))
        place = match.end()
    return frozenset(found)


def fits(pattern: str, digits: str) -> bool:
    """Tell whether digits fit a pattern as a whole. O(pattern * digits).

    Examples
    --------
    >>> fits("4.{15}|5[1-5].{14}", "4111111111111111"), fits("41?2{2,3}", "4222"), fits("41?2{2,3}", "412")
    (True, True, False)
    """
    return any(_matches(items, digits) for items in compile_pattern(pattern))


def _matches(items: tuple[Item, ...], digits: str) -> bool:
    places = {0}
    for item in items:
        reached = set(places) if item.least == 0 else set()
        for count in range(1, item.most + 1):
            places = {place + 1 for place in places if digits[place : place + 1] in item.digits}
            if count >= item.least:
                reached |= places
        places = reached
    return len(digits) in places


def lengths(pattern: str) -> frozenset[int]:
    """How many digits a pattern may have.

    >>> sorted(lengths("1.{2,3}|9"))
    [1, 3, 4]
    """
    spans = [
        (sum(item.least for item in items), sum(item.most for item in items))
        for items in compile_pattern(pattern)
    ]
    return frozenset(length for low, high in spans for length in range(low, high + 1))


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit of the others by Luhn's formula (ISO/IEC 7812-1, annex B).

    From the right, every second digit is doubled, nines are cast out, and the sum is a multiple of ten.

    Examples
    --------
    >>> luhn("79927398713"), luhn("79927398710"), luhn("")
    (True, False, False)
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return bool(digits) and sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def problem_of(node: Collect, digits: str) -> Problem:
    """Say what is wrong with digits at a node; "" for nothing. The end key must have been taken off.

    Examples
    --------
    >>> node = Collect(into="pin", min_digits=4, max_digits=4, most=1999)
    >>> [problem_of(node, digits) for digits in ("1234", "123", "2000", "12*4")]
    ['', 'length', 'range', 'digits']
    """
    if not node.min_digits <= len(digits) <= node.max_digits:
        return "length"
    if not _ANY.issuperset(digits):
        return "digits"
    if node.pattern and not fits(node.pattern, digits):
        return "pattern"
    if node.check == "luhn" and not luhn(digits):
        return "check"
    number = int(digits)
    if number < node.least or (node.most >= 0 and number > node.most):
        return "range"
    return ""


def ended(node: Collect, digits: str) -> str:
    """Take off the end key, which a media server may deliver or not.

    >>> ended(Collect(into="pin"), "1234#")
    '1234'
    """
    return digits.removesuffix(node.end_key) if node.end_key else digits
