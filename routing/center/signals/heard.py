"""What was signalled of a contact, and what conditions read out of it.

Owns these values and how they become numbers 0..100; must not know rules, commands or engines.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from routing.center.signals.settings import Term

#: What counts as a number.
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?\Z")
_MOST: Final = 100


class Heard(Struct, array_like=True, frozen=True):
    """One signal."""

    at_ns: int
    number: int  # 1, 2, 3 ... of the contact
    name: str
    value: str
    source: str


def number_of(value: str, scale: float = 1.0, shift: float = 0.0) -> int:
    """Read a value as a number 0..100; one that is no number counts as 1.

    >>> number_of("-0.5", 50, 50), number_of("73"), number_of("cancel"), number_of("1000")
    (25, 73, 1, 100)
    """
    found = float(value) if _NUMBER.match(value) else 1.0
    return min(max(round(found * scale + shift), 0), _MOST)


def read(term: Term, signals: Iterable[Heard], now_ns: int) -> int:
    """Read a term out of signals, oldest first. O(signals).

    >>> said = [Heard(5, 1, "keyword", "cancel", ""), Heard(9, 2, "keyword", "lawyer", "")]
    >>> read(Term("angry", "keyword", ("cancel", "lawyer"), reads="count", within_ns=3), said, 10)
    1
    """
    numbers = [number_of(one.value, term.scale, term.shift) for one in signals if fits(term, one, now_ns)]
    if not numbers:
        return 0
    if term.reads == "count":
        return min(len(numbers), _MOST)
    if term.reads == "latest":
        return numbers[-1]
    return min(numbers) if term.reads == "lowest" else max(numbers)


def fits(term: Term, signal: Heard, now_ns: int) -> bool:
    """Does a term read this signal now?"""
    return (
        signal.name == term.signal
        and (not term.values or signal.value in term.values)
        and (not term.sources or signal.source in term.sources)
        and (not term.within_ns or now_ns - signal.at_ns <= term.within_ns)
    )


def changes_at(terms: Iterable[Term], signals: Sequence[Heard], now_ns: int) -> int | None:
    """Give the next instant at which a signal is too old for one of these terms. O(terms * signals)."""
    ends = [
        one.at_ns + term.within_ns + 1
        for term in terms
        if term.within_ns
        for one in signals
        if fits(term, one, now_ns)
    ]
    return min(ends, default=None)
