"""The predictors that are formulas of the state.

With n contacts ahead that compete for the same agents, R the rate at which these agents come free together (for
s agents with mean service m it is s/m), and a contact that waits leaving at rate theta, or h(age):

- QL: ``(n + 1) / R`` (R. Ibrahim and W. Whitt, Real-time delay estimation based on delay history,
  Manufacturing & Service Operations Management 11, 2009).
- QLm: ``sum over i = 0..n of 1 / (R + i theta)`` (the same, Real-time delay estimation in overloaded multiserver
  queues with abandonments, Management Science 55, 2009).
- QLa (there, too): ``sum over i = 0..n of 1 / (R + d(n) - d(n - i))``, ``d(k) = sum over j = 1..k of h(j a)``, where
  ``a`` is the time between two entries of those that wait: the j-th from the end has waited for j a.

The number ahead may be a fraction, since contacts count by the share of agents for whom they compete.

Owns the formulas; must not know where their numbers come from. Any unit of time that is used throughout.
"""

import math
from collections.abc import Callable
from typing import Final

_EXACT: Final = 12  # terms of QLm that are added up one by one
_FEW: Final = 3  # of QLa
#: Half the Gauss-Legendre rule of eight nodes on [-1, 1] (M. Abramowitz and I. Stegun, Handbook of Mathematical
#: Functions, 1964, table 25.4): nodes and weights.
_GAUSS: Final = (
    (0.1834346424956498, 0.3626837833783620),
    (0.5255324099163290, 0.3137066458778873),
    (0.7966664774136267, 0.2223810344533745),
    (0.9602898564975363, 0.1012285362903763),
)
#: The same on [0, 1] for an integral over u^2, so that nodes lie close where terms are large: near the head.
_NODES: Final = tuple(
    (((1.0 + sign * node) / 2.0) ** 2, weight * (1.0 + sign * node) / 2.0)
    for sign in (-1.0, 1.0)
    for node, weight in _GAUSS
)


def ql(ahead: float, rate: float) -> float:
    """Wait by QL: the queue empties at the rate of the agents alone. O(1).

    >>> ql(9, rate=0.5)
    20.0
    """
    return (ahead + 1.0) / rate


def qlm(ahead: float, rate: float, leaving: float) -> float:
    """Wait by QLm: each of those ahead leaves at rate ``leaving``. O(1).

    The first terms are added up; the rest is ``ln`` by the midpoint rule, wrong by less than 1e-4 of them.

    >>> round(qlm(40, rate=100.0, leaving=1.0), 4), qlm(9, 0.5, 0.0)
    (0.345, 20.0)
    """
    whole = int(ahead)
    few = min(whole, _EXACT)
    wait, left = 0.0, rate
    for _ in range(few + 1):
        wait += 1.0 / left
        left += leaving
    low, high = few + 0.5, ahead + 0.5
    if high <= low:
        return wait
    if leaving * (high - low) < 1e-9 * rate:
        return wait + (high - low) / rate
    return wait + math.log((rate + high * leaving) / (rate + low * leaving)) / leaving


def qla(ahead: float, rate: float, apart: float, left_by: Callable[[float], float]) -> float:
    """Wait by QLa: those ahead leave at the rate of their age. O(1) calls of ``left_by``.

    The first terms are added up; the rest is an integral, wrong by about a thousandth where hazards are as learned.

    Parameters
    ----------
    ahead, rate
        As above.
    apart : float
        Time between two entries of those that wait.
    left_by : callable
        The cumulated hazard of leaving up to an age, so that ``d(k) = left_by(k apart) / apart``.

    Examples
    --------
    A constant hazard makes it QLm:

    >>> round(qla(40, 100.0, 0.01, lambda age: 1.0 * age), 4)
    0.345
    """
    if apart <= 0.0:
        return ql(ahead, rate)
    all_left = rate + left_by(ahead * apart) / apart
    few = min(int(ahead), _FEW)
    wait = 0.0
    for remaining in range(few + 1):
        wait += 1.0 / (all_left - left_by((ahead - remaining) * apart) / apart)
    low = few + 0.5
    span = ahead + 0.5 - low
    if span <= 0.0:
        return wait
    rest = 0.0
    for place, weight in _NODES:
        rest += weight / (all_left - left_by((ahead - low - place * span) * apart) / apart)
    return wait + rest * span
