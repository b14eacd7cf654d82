"""Ratios of whole numbers: correctly rounded, and ``None`` where there is nothing to divide by.

Owns that rule; must not know what is divided.
"""

from routing.units import SECOND


def share(part: int, whole: int) -> float | None:
    """Return part / whole.

    >>> share(3, 4), share(0, 0)
    (0.75, None)
    """
    return part / whole if whole else None


def mean_s(sum_ns: int, count: int) -> float | None:
    """Return a mean in seconds of durations that were added up in ns.

    >>> mean_s(3_000_000_000, 2), mean_s(0, 0)
    (1.5, None)
    """
    return sum_ns / (count * SECOND) if count else None
