"""The questions turned round: how few agents, how much load, how long a wait - for any model.

Every figure that can be a target moves one way with agents and the other way with load, so that halving intervals
finds the true limit. Owns the searches; must not know any formula.
"""

import math
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, Self

from routing.errors import UsageError
from routing.staffing.domain import LEAST, MOST, erlangs, inner_share
from routing.staffing.figures import Figures, Targets


class Of(StrEnum):
    """Whose wait: everybody's, that of callers who are served, of those who abandon."""

    ALL = "all"
    SERVED = "served"
    ABANDONED = "abandoned"


class Model(Protocol):
    """A queue whose agents are still to be chosen."""

    @property
    def load(self) -> float:
        """Offered load, erlangs."""

    @property
    def aht(self) -> float:
        """Average handling time."""

    def at(self, n: float, threshold: float | None = None) -> Figures:
        """Return all figures with n agents."""

    def loaded(self, load: float) -> Self:
        """Return the same queue with another load."""

    def least_n(self, load: float) -> float:
        """Return what the number of agents must exceed."""


def whole_agents(model: Model, targets: Targets) -> int:
    """Find the least whole number that meets the targets: outwards from the load, then by halves. O(log n) figures."""
    floor = math.floor(model.least_n(model.load))

    def met(n: int) -> bool:
        return n > floor and targets.met_by(model.at(n, targets.needs_threshold))

    high = max(floor + 1, math.floor(model.load))
    step = max(1, math.floor(0.3 * math.sqrt(model.load)))
    if met(high):
        low = max(floor, high - step)
        while low > floor and met(low):
            high, step = low, step * 2
            low = max(floor, high - step)
    else:
        low = high
        while not met(high):
            low, high, step = high, high + step, step * 2
            if high > MOST:
                raise UsageError(f"more than {MOST:g} agents would be needed for {targets}; ask less")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if met(middle) else (middle, high)
    return high


def real_agents(model: Model, targets: Targets, whole: int) -> float:
    """Find the least real number, from the least whole one, to the last digit but one."""
    bottom = max(model.least_n(model.load), whole - 1.0)

    def met(n: float) -> bool:
        return n >= LEAST and targets.met_by(model.at(n, targets.needs_threshold))

    return _edge(met, float(whole), bottom)


def most_load(model: Model, n: float, targets: Targets) -> float:
    """Find the greatest load at which n agents meet the targets, to the last digit but one. O(50) figures."""
    n = erlangs(n, "n")

    def met(load: float) -> bool:
        tried = model.loaded(load)
        return model.least_n(load) < n and targets.met_by(tried.at(n, targets.needs_threshold))

    low = high = n
    if met(n):
        while met(high):
            low, high = high, high * 2.0
            if high > MOST:
                raise UsageError(
                    f"{n:g} agents meet {targets} at any load; ask for something that load makes worse"
                )
    else:
        while not met(low):
            low, high = low * 0.5, low
            if low < max(LEAST, 1e-12 * n):
                raise UsageError(
                    f"{n:g} agents do not meet {targets} at any load; ask less, or give more agents"
                )
    return _edge(met, low, high)


def percentile(tail: Callable[[float], float], share: float, scale: float) -> float:
    """Find the least t with tail(t) <= 1 - share; ``scale`` is a time to begin with."""
    rest = 1.0 - inner_share(share, "share")
    if tail(0.0) <= rest:
        return 0.0
    low, high = 0.0, scale
    while tail(high) > rest:
        low, high = high, high * 2.0
        if high > 1e18 * scale:
            raise UsageError(f"share {share!r} waits without end; ask for a lower one")
    above, below = tail(low) - rest, tail(high) - rest
    turn = 0
    while high - low > 1e-14 * high and turn < 300:
        middle = 0.5 * (low + high)
        if (
            turn % 3 < 2
        ):  # a straight line through both ends guesses better than the middle, except where it bends
            middle = min(max(low + above / (above - below) * (high - low), low), high)
            middle += 0.01 * (0.5 * (low + high) - middle)  # not on an end for ever
        excess = tail(middle) - rest
        low, above, high, below = (
            (middle, excess, high, below) if excess > 0.0 else (low, above, middle, excess)
        )
        turn += 1
    return high


def _edge(met: Callable[[float], bool], good: float, bad: float) -> float:
    """Halve until good and bad are neighbours; return the good one."""
    while min(good, bad) < (middle := 0.5 * (good + bad)) < max(good, bad):
        if met(middle):
            good = middle
        else:
            bad = middle
    return good
