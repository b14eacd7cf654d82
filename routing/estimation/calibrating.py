"""How well estimates came true.

Owns these counts; must not know how estimates are made.
"""

import math
from collections.abc import Sequence
from operator import le, mul, sub

from msgspec import Struct, field

from routing.estimation.mixing import fading
from routing.estimation.shapes import PREDICTORS, Calibration, Predicted

#: What is scored: the predictors, and the combination last.
SCORED = (*PREDICTORS, "combined")
_LATELY = 0.005


def _zeros() -> list[float]:
    return [0.0] * len(SCORED)


class Errors(Struct):
    """Sums over waits, ns."""

    count: float = 0.0
    wait: float = 0.0
    p50: float = 0.0
    p90: float = 0.0
    bias: list[float] = field(default_factory=_zeros)
    size: list[float] = field(default_factory=_zeros)
    square: list[float] = field(default_factory=_zeros)

    def add(self, other: "Errors", keep: float) -> None:
        """Add others; what was there before is multiplied by ``keep``. O(predictors)."""
        self.count = self.count * keep + other.count
        self.wait = self.wait * keep + other.wait
        self.p50 = self.p50 * keep + other.p50
        self.p90 = self.p90 * keep + other.p90
        for mine, theirs in (
            (self.bias, other.bias),
            (self.size, other.size),
            (self.square, other.square),
        ):
            mine[:] = [old * keep + new for old, new in zip(mine, theirs, strict=True)]

    def figures(self) -> dict[str, Predicted]:
        """Give the figures of each predictor."""
        count = self.count or 1.0
        return {
            name: Predicted(
                round(self.bias[place] / count),
                round(self.size[place] / count),
                round(math.sqrt(self.square[place] / count)),
            )
            for place, name in enumerate(SCORED)
        }


class Tally(Struct):
    """Errors since the beginning, and of late."""

    total: Errors = field(default_factory=Errors)
    lately: Errors = field(default_factory=Errors)

    def add(self, other: "Tally") -> None:
        """Count others, which came later. O(predictors)."""
        self.total.add(other.total, 1.0)
        self.lately.add(other.lately, (1.0 - _LATELY) ** other.total.count)

    def calibration(self) -> Calibration:
        """Give the figures."""
        total, lately = self.total, self.lately
        count, late = total.count or 1.0, lately.count or 1.0
        return Calibration(
            round(total.count),
            round(total.wait / count),
            total.p50 / count,
            total.p90 / count,
            lately.p50 / late,
            lately.p90 / late,
            total.figures(),
            lately.figures(),
        )


def tally_of(
    columns: Sequence[Sequence[float]], p50: Sequence[float], p90: Sequence[float], waits: Sequence[float]
) -> Tally:
    """Count waits and what was said of them, by column in the order of ``SCORED``. O(predictors waits).

    >>> tally_of([[3.0, 5.0]] * 9, [1.0, 9.0], [9.0, 9.0], [4.0, 4.0]).total.size[0]
    2.0
    """
    tally = Tally()
    total, lately = tally.total, tally.lately
    weights = fading(1.0 - _LATELY, len(waits))
    total.count, lately.count = float(len(waits)), sum(weights)
    total.wait, lately.wait = sum(waits), sum(map(mul, weights, waits))
    held50, held90 = list(map(le, waits, p50)), list(map(le, waits, p90))
    total.p50, lately.p50 = float(sum(held50)), sum(map(mul, weights, held50))
    total.p90, lately.p90 = float(sum(held90)), sum(map(mul, weights, held90))
    for place, column in enumerate(columns):
        errors = list(map(sub, column, waits))
        sizes = list(map(abs, errors))
        weighed = list(map(mul, weights, errors))
        total.bias[place], lately.bias[place] = sum(errors), sum(weighed)
        total.size[place], lately.size[place] = sum(sizes), sum(map(mul, weights, sizes))
        total.square[place], lately.square[place] = (
            sum(map(mul, errors, errors)),
            sum(map(mul, weighed, errors)),
        )
    return tally
