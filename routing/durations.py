"""Durations as people write them: ``"20s"``, ``"1m30s"``, ``"250ms"``, ``"1.5h"``.

Whole nanoseconds, computed with integers only: what is not a whole number of them is refused, never rounded.

Owns this spelling; must not know which fields are durations (``config``) or what they are compared with.
"""

import re
from typing import Final

from routing.errors import ConfigError
from routing.units import (
    DAY,
    HOUR,
    MAX_DURATION_NS,
    MICROSECOND,
    MILLISECOND,
    MINUTE,
    SECOND,
)
from routing.words import quoted

#: Nanoseconds of each unit, the largest first, which is also the order within a duration.
UNITS: Final = {
    "d": DAY,
    "h": HOUR,
    "m": MINUTE,
    "s": SECOND,
    "ms": MILLISECOND,
    "us": MICROSECOND,
    "ns": 1,
}

_RANK: Final = {unit: rank for rank, unit in enumerate(UNITS)}
_PART: Final = re.compile(r"\s*([0-9]+)(?:\.([0-9]+))?\s*([^\W\d_]*)")
_MAX_CHARS: Final = 64
_HOW: Final = "write a number and a unit of d, h, m, s, ms, us or ns, as in '1m30s'"


def parse_duration(text: str, path: str = "") -> int:
    """Read a duration.

    Parameters
    ----------
    text : str
        Numbers, each with its unit (``d h m s ms us ns``), the larger units first, each at most once; blanks
        between are allowed. The last number may have decimals.
    path : str, default ""
        Where the text stands, for the error.

    Returns
    -------
    int
        Nanoseconds, 0..MAX_DURATION_NS.

    Raises
    ------
    ConfigError
        If the text has no or another unit, is out of order, out of range, or no whole number of nanoseconds.

    Examples
    --------
    >>> parse_duration("1m30s") == parse_duration("1.5m") == 90 * SECOND
    True
    >>> parse_duration("20", "queues[0].ring_timeout")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: queues[0].ring_timeout: '20' has no unit; write '20s' for seconds
    """
    if not text.strip() or len(text) > _MAX_CHARS:
        raise ConfigError(path, f"{quoted(text)} is no duration; {_HOW}")
    total, rank, place = 0, -1, 0
    body = text.rstrip()
    while place < len(body):
        part = _PART.match(body, place)
        if part is None:
            raise ConfigError(path, f"{quoted(text)} is no duration; {_HOW}")
        whole, decimals, unit = part[1], part[2], part[3]
        if unit not in UNITS:
            raise ConfigError(path, _unit_problem(text, unit))
        if _RANK[unit] <= rank:
            raise ConfigError(path, f"{text!r} is out of order; write larger units first and each once")
        if decimals and part.end() < len(body):
            raise ConfigError(
                path, f"{text!r} has decimals in its middle; only the last number may have them"
            )
        total += _nanoseconds(int(whole + (decimals or "")), len(decimals or ""), UNITS[unit], text, path)
        rank, place = _RANK[unit], part.end()
    if total > MAX_DURATION_NS:
        raise ConfigError(path, f"{text!r} is too long; a duration has at most {MAX_DURATION_NS // DAY} days")
    return total


def format_duration(duration_ns: int) -> str:
    """Write a duration so that `parse_duration` reads the same; whole numbers, no unit more than needed.

    Raises
    ------
    ValueError
        If the duration is negative.

    Examples
    --------
    >>> [format_duration(ns) for ns in (0, 90 * SECOND, DAY, 1_500 * MILLISECOND, 1)]
    ['0s', '1m30s', '1d', '1s500ms', '1ns']
    """
    if duration_ns < 0:
        raise ValueError(f"duration_ns {duration_ns} is negative; durations are not")
    parts = []
    rest = duration_ns
    for unit, size in UNITS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def _nanoseconds(digits: int, decimals: int, size: int, text: str, path: str) -> int:
    scale: int = 10**decimals
    value, remainder = divmod(digits * size, scale)
    if remainder:
        raise ConfigError(path, f"{text!r} is no whole number of nanoseconds; write fewer decimals")
    return value


def _unit_problem(text: str, unit: str) -> str:
    if not unit:
        if text.strip().isdigit():
            return f"{quoted(text)} has no unit; write '{quoted(text.strip())[1:-1]}s' for seconds"
        return f"{quoted(text)} has a number without a unit; {_HOW}"
    return f"{quoted(text)} has the unknown unit {unit!r}; {_HOW}"
