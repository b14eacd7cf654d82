"""Intervals of means over independent replications: Student's t, without any library.

Owns the quantile and what is said of a mean or of a ratio of means; must not know what was counted.
"""

import math
from collections.abc import Sequence
from functools import cache
from statistics import NormalDist
from typing import Final

from msgspec import Struct

from routing.errors import UsageError

#: Beyond so many degrees of freedom the expansion is exact to all digits that a float has.
_EXPAND_FROM: Final = 2000


class Estimate(Struct, frozen=True):
    """A figure over ``n`` replications.

    Attributes
    ----------
    value : float or None
        The mean, or the ratio of two means; ``None`` where there is nothing to divide by.
    half_width : float or None
        Of the 95 % interval; ``None`` for fewer than two replications.
    std_error : float or None
        Of ``value``.
    n : int
        Replications that have the figure.
    """

    value: float | None
    half_width: float | None
    std_error: float | None
    n: int

    @property
    def differs_from_0(self) -> bool:
        """Does the interval leave 0 out?"""
        return self.value is not None and self.half_width is not None and abs(self.value) > self.half_width


def mean(values: Sequence[float]) -> Estimate:
    """Estimate a mean. O(n).

    Examples
    --------
    >>> e = mean([1.0, 2.0, 3.0])
    >>> e.value, round(e.half_width or 0, 3), e.n
    (2.0, 2.484, 3)
    """
    n = len(values)
    if n == 0:
        return Estimate(None, None, None, 0)
    if min(values) == max(values):  # no rounding shall make a difference of what is none
        return Estimate(float(values[0]), 0.0 if n > 1 else None, 0.0 if n > 1 else None, n)
    middle = math.fsum(values) / n
    variance = math.fsum((value - middle) ** 2 for value in values) / (n - 1)
    return _estimate(middle, math.sqrt(variance / n), n)


def ratio(parts: Sequence[float], wholes: Sequence[float]) -> Estimate:
    """Estimate a ratio of means, as answered in time / offered over many days. O(n).

    The interval is the usual one of the delta method: that of the mean of ``part - r whole``, divided by the mean
    whole (Law, *Simulation Modeling and Analysis*, 5th ed., 9.5.2; Cochran, *Sampling Techniques*, 2.11).

    Examples
    --------
    >>> ratio([1, 2, 3], [2, 4, 6]).value, ratio([1, 2, 3], [2, 4, 6]).half_width
    (0.5, 0.0)
    >>> ratio([0], [0]).value is None
    True
    """
    n, whole = len(wholes), math.fsum(wholes)
    if not whole:
        return Estimate(None, None, None, n)
    r = math.fsum(parts) / whole
    if n == 1:
        return Estimate(r, None, None, 1)
    squares = math.fsum((part - r * total) ** 2 for part, total in zip(parts, wholes, strict=True))
    return _estimate(r, math.sqrt(squares / (n - 1) / n) / abs(whole / n), n)


def _estimate(value: float, error: float, n: int) -> Estimate:
    return Estimate(value, student_t(n - 1) * error, error, n)


@cache
def student_t(freedom: int, level: float = 0.95) -> float:
    """Find the two-sided quantile of Student's t.

    Parameters
    ----------
    freedom : int
        Degrees of freedom, at least 1.
    level : float, default 0.95
        How much lies between minus and plus the quantile, in (0, 1).

    Raises
    ------
    UsageError
        Outside of these.

    Notes
    -----
    Abramowitz and Stegun, *Handbook of Mathematical Functions*: the distribution 26.7.3 and 26.7.4, halved into; for
    many degrees of freedom the expansion 26.7.5. O(freedom), remembered.

    Examples
    --------
    >>> round(student_t(1), 4), round(student_t(19), 4), round(student_t(9999), 4)
    (12.7062, 2.093, 1.9602)
    """
    if freedom < 1 or not 0.0 < level < 1.0:
        raise UsageError(f"freedom {freedom}, level {level}: give at least 1, and a level between 0 and 1")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    if freedom > _EXPAND_FROM:
        return _expanded(z, freedom)
    low, high = 0.0, 1.0
    while _between(high, freedom) < level:
        high *= 2
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return high
        if _between(middle, freedom) < level:
            low = middle
        else:
            high = middle


def _between(t: float, freedom: int) -> float:
    """How much lies between -t and t."""
    angle = math.atan2(t, math.sqrt(freedom))
    square = math.cos(angle) ** 2
    if freedom % 2:
        term = total = math.cos(angle) if freedom > 1 else 0.0
        for step in range(2, freedom - 1, 2):
            term *= square * step / (step + 1)
            total += term
        return 2 / math.pi * (angle + math.sin(angle) * total)
    term = total = 1.0
    for step in range(1, freedom - 2, 2):
        term *= square * step / (step + 1)
        total += term
    return math.sin(angle) * total


def _expanded(z: float, freedom: int) -> float:
    n = float(freedom)
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    g4 = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + g1 / n + g2 / n**2 + g3 / n**3 + g4 / n**4
