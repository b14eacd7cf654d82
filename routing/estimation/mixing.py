"""The combination of predictors: weights that are learned from the waits that came true.

The wait is taken for a sum of what the predictors say, with weights that are not negative, so that more
contacts ahead never make it shorter. Weights are those of least squares over all waits so far, older ones
counting less: the normal equations are kept (a Gram matrix of predictors, and their products with the wait), one set
for the whole centre and one for each queue, in units of the queue's own mean wait. Long waits are less sure than
short ones; so each row is divided by the root of what was said, too (weighted least squares).

A queue's equations are added to the centre's, scaled to a fixed number of waits, so that a queue of which little is
known follows the centre and goes its own way as it learns (shrinkage). The equations are solved under the sign
constraint by coordinate descent (C. Lawson and R. Hanson, Solving Least Squares Problems, 1974, ch. 23, state the
problem) now and then, not at reads.

Quantiles are factors of the mean: each follows the pinball loss by steps of its gradient (R. Koenker and G. Bassett,
Regression quantiles, Econometrica 46, 1978), in the logarithm of ``wait / mean``, apart for few and for many
contacts ahead, where the spread differs.

Owns weights and factors; must not know which predictors there are, or whose waits these are.
"""

import math
from typing import Final

from msgspec import Struct, field

_RIDGE: Final = 0.0003  # of the trace, against predictors that say the same
_LEAST: Final = 0.05  # of the mean wait: what is said to be shorter weighs no more than this
_SWEEPS: Final = 40
#: The least step of a quantile. Waits that overlap err alike, so a large one would run after the errors of the moment.
_STEP: Final = 0.003
_BINS: Final = 12  # by the contacts ahead: 0, 1-2, 3-6, 7-14, ...
#: How the mean is spread before anything is known: an exponential wait has its median at ln 2 and nine tenths at ln 10.
_FIRST_P50: Final = math.log(math.log(2.0))
_FIRST_P90: Final = math.log(math.log(10.0))


class Equations(Struct):
    """Normal equations of a least-squares problem with ``size`` unknowns."""

    size: int
    gram: list[float] = field(default_factory=list)  # the upper triangle, row by row
    products: list[float] = field(default_factory=list)
    count: float = 0.0

    def __post_init__(self) -> None:
        if not self.gram:
            self.gram = [0.0] * (self.size * (self.size + 1) // 2)
            self.products = [0.0] * self.size

    def add(self, said: list[float], came: float, keep: float) -> None:
        """Add one row; what was there before is multiplied by ``keep``. O(size^2)."""
        gram, products, place = self.gram, self.products, 0
        for row, value in enumerate(said):
            for other in said[row:]:
                gram[place] = gram[place] * keep + value * other
                place += 1
            products[row] = products[row] * keep + value * came
        self.count = self.count * keep + 1.0


def solve(own: Equations, whole: Equations, shrink: float, start: list[float]) -> list[float]:
    """Find the weights, none negative, for own rows and ``shrink`` rows like those of the whole. O(size^2) sweeps.

    >>> rows = Equations(2)
    >>> for number in range(1, 100):
    ...     rows.add([float(number), 1.0], 3.0 * number, keep=1.0)
    >>> [round(weight) + 0.0 for weight in solve(rows, rows, 10.0, [0.0, 1.0])]
    [3.0, 0.0]
    """
    size = own.size
    share = shrink / whole.count if whole.count else 0.0
    matrix = [[0.0] * size for _ in range(size)]
    place = 0
    for row in range(size):
        for column in range(row, size):
            matrix[row][column] = matrix[column][row] = own.gram[place] + share * whole.gram[place]
            place += 1
    right = [mine + share * all_ for mine, all_ in zip(own.products, whole.products, strict=True)]
    ridge = _RIDGE * sum(matrix[row][row] for row in range(size)) / size + 1e-9
    weights = list(start)
    for _ in range(_SWEEPS):
        moved = 0.0
        for row in range(size):
            line = matrix[row]
            rest = right[row] + ridge / size - sum(map(_times, line, weights)) + line[row] * weights[row]
            found = max(0.0, rest / (line[row] + ridge))
            moved = max(moved, abs(found - weights[row]))
            weights[row] = found
        if moved < 1e-4:
            break
    return weights


def scale_of(said: float, unit: float) -> float:
    """Say by what the row of a wait is divided; ``unit`` is the queue's mean wait.

    >>> scale_of(9.0, unit=4.0), scale_of(0.0, unit=4.0)
    (6.0, 0.8944271909999159)
    """
    return math.sqrt(max(said, _LEAST * unit) * unit)


def _times(left: float, right: float) -> float:
    return left * right


class Spread(Struct):
    """Factors from the mean to its p50 and p90, as logarithms, by how many are ahead."""

    p50: list[float] = field(default_factory=lambda: [_FIRST_P50] * _BINS)
    p90: list[float] = field(default_factory=lambda: [_FIRST_P90] * _BINS)
    seen: list[int] = field(default_factory=lambda: [0] * _BINS)

    def add(self, place: int, came: float, mean: float) -> None:
        """Learn from a wait of which ``mean`` was said. O(1)."""
        ratio = math.log(max(came, 1e-9) / max(mean, 1e-9))
        step = max(_STEP, 1.0 / (4 + self.seen[place]))
        self.seen[place] += 1
        self.p50[place] += step * (0.5 if ratio > self.p50[place] else -0.5)
        self.p90[place] += step * (0.9 if ratio > self.p90[place] else -0.1)

    def factors(self, place: int) -> tuple[float, float]:
        """Give the factors from the mean to its p50 and p90. O(1)."""
        return math.exp(self.p50[place]), math.exp(max(self.p90[place], self.p50[place]))


def bin_of(ahead: float) -> int:
    """In which of the bins of ``Spread`` a contact falls.

    >>> [bin_of(ahead) for ahead in (0, 0.4, 1, 3, 4, 1e9)]
    [0, 0, 1, 2, 2, 11]
    """
    return min(_BINS - 1, int(ahead + 1.0).bit_length() - 1 if ahead < 1e6 else _BINS - 1)
