"""How well estimates came true.

Owns these counts; must not know how estimates are made.
"""

import math

from msgspec import Struct, field

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

    def add(self, said: list[float], p50: float, p90: float, wait: float, keep: float) -> None:
        """Count one more wait; what was there before is multiplied by ``keep``. O(predictors)."""
        self.count = self.count * keep + 1.0
        self.wait = self.wait * keep + wait
        self.p50 = self.p50 * keep + (wait <= p50)
        self.p90 = self.p90 * keep + (wait <= p90)
        bias, size, square = self.bias, self.size, self.square
        for place, value in enumerate(said):
            error = value - wait
            bias[place] = bias[place] * keep + error
            size[place] = size[place] * keep + abs(error)
            square[place] = square[place] * keep + error * error

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

    def add(self, said: list[float], p50: float, p90: float, wait: float) -> None:
        """Count one more wait. O(predictors)."""
        self.total.add(said, p50, p90, wait, 1.0)
        self.lately.add(said, p50, p90, wait, 1.0 - _LATELY)

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
