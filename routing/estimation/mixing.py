"""The combination of predictors: weights that are learned from the waits that came true.

The wait is taken for a sum of what the predictors say, with weights that are not negative, so that more
contacts ahead never make it shorter. Weights are those of least squares over all waits so far, older ones
counting less: the normal equations are kept (a Gram matrix of predictors, and their products with the wait), one set
for the whole centre and one for each queue, in units of the queue's own mean wait. Long waits are less sure than
short ones; so each row is divided by the root of what was said, too (weighted least squares).

A queue's equations are added to the centre's, scaled to a fixed number of waits, so that a queue of which little is
known follows the centre and goes its own way as it learns (shrinkage). The equations are solved exactly under
the sign constraint, by the method of active sets (C. Lawson and R. Hanson, Solving Least Squares Problems, 1974,
ch. 23), now and then, not at reads: weights that are not 0 go to their least squares, as far as none becomes
negative, and the one that would help most is let in, until none would.

Quantiles are factors of the mean: each follows the pinball loss by steps of its gradient (R. Koenker and G. Bassett,
Regression quantiles, Econometrica 46, 1978), in the logarithm of ``wait / mean``, apart for few and for many
contacts ahead, where the spread differs.

Owns weights and factors; must not know which predictors there are, or whose waits these are.
"""

import math
from collections.abc import Sequence
from operator import mul
from typing import Final

from msgspec import Struct, field

_RIDGE: Final = 0.0003  # of the trace, against predictors that say the same
_LEAST: Final = 0.05  # of the mean wait: what is said to be shorter weighs no more than this
_ROUNDS: Final = 24
_ENOUGH: Final = 1e-6  # a weight that would become no more than this stays 0
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

    def add(self, other: "Equations", keep: float) -> None:
        """Add others' rows; what was there before is multiplied by ``keep``. O(size^2)."""
        self.gram = [mine * keep + theirs for mine, theirs in zip(self.gram, other.gram, strict=True)]
        self.products = [
            mine * keep + theirs for mine, theirs in zip(self.products, other.products, strict=True)
        ]
        self.count = self.count * keep + other.count


def equations_of(columns: Sequence[Sequence[float]], came: Sequence[float], keep: float) -> Equations:
    """Make the equations of rows that are given by column; each row weighs ``keep`` times the one after it.

    O(size^2 rows).

    >>> equations_of([[1.0, 2.0], [0.0, 1.0]], [3.0, 4.0], keep=0.5)
    Equations(size=2, gram=[4.5, 2.0, 1.0], products=[9.5, 4.0], count=1.5)
    """
    weights = fading(keep, len(came))
    gram: list[float] = []
    products: list[float] = []
    for place, column in enumerate(columns):
        weighed = list(map(mul, column, weights))
        gram.extend(sum(map(mul, weighed, other)) for other in columns[place:])
        products.append(sum(map(mul, weighed, came)))
    return Equations(len(columns), gram, products, sum(weights))


def fading(keep: float, count: int) -> list[float]:
    """Give the weights of so many observations, the latest of which counts 1.

    >>> fading(0.5, 3)
    [0.25, 0.5, 1.0]
    """
    weights = [1.0]
    for _ in range(count - 1):
        weights.append(weights[-1] * keep)
    return weights[::-1]


def solve(own: Equations, whole: Equations, shrink: float, start: list[float]) -> list[float]:
    """Find the weights, none negative, for own rows and ``shrink`` rows like those of the whole. O(size^3) rounds, few.

    >>> numbers = [float(number) for number in range(1, 100)]
    >>> rows = equations_of([numbers, [1.0] * 99], [3.0 * number for number in numbers], keep=1.0)
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
    for row in range(size):
        matrix[row][row] += ridge
        right[row] += ridge / size
    weights = list(start)
    free = [row for row in range(size) if weights[row] > 0.0]
    for _ in range(_ROUNDS):
        _descend(matrix, right, weights, free)
        missing = [want - sum(map(mul, line, weights)) for want, line in zip(right, matrix, strict=True)]
        gains = [0.0 if row in free else missing[row] / matrix[row][row] for row in range(size)]
        gain = max(gains)
        if gain < _ENOUGH:
            break
        free.append(gains.index(gain))
    return weights


def _descend(matrix: list[list[float]], right: list[float], weights: list[float], free: list[int]) -> None:
    """Go to the least squares of the ``free`` weights; those that would become negative are 0 and free no longer."""
    while free:
        found = _eliminate([[matrix[row][column] for column in free] + [right[row]] for row in free])
        way, stops = 1.0, -1
        for row, value in zip(free, found, strict=True):
            if value <= 0.0 and weights[row] <= way * (weights[row] - value):
                way, stops = weights[row] / (weights[row] - value) if weights[row] else 0.0, row
        for row, value in zip(free, found, strict=True):
            weights[row] += way * (value - weights[row])
        if stops < 0:
            return
        weights[stops] = 0.0
        free.remove(stops)


def _eliminate(rows: list[list[float]]) -> list[float]:
    """Solve equations whose matrix is symmetric and positive definite; the last column is the right side."""
    count = len(rows)
    for place, pivot in enumerate(rows):
        for row in rows[place + 1 :]:
            share = row[place] / pivot[place]
            for column in range(place + 1, count + 1):
                row[column] -= share * pivot[column]
    found = [0.0] * count
    for place in range(count - 1, -1, -1):
        row = rows[place]
        rest = row[count]
        for column in range(place + 1, count):
            rest -= row[column] * found[column]
        found[place] = rest / row[place]
    return found


def scale_of(said: float, unit: float) -> float:
    """Say by what the row of a wait is divided; ``unit`` is the queue's mean wait.

    >>> scale_of(9.0, unit=4.0), scale_of(0.0, unit=4.0)
    (6.0, 0.8944271909999159)
    """
    return math.sqrt(max(said, _LEAST * unit) * unit)


class Spread(Struct):
    """Factors from the mean to its p50 and p90, as logarithms, by how many are ahead."""

    p50: list[float] = field(default_factory=lambda: [_FIRST_P50] * _BINS)
    p90: list[float] = field(default_factory=lambda: [_FIRST_P90] * _BINS)
    seen: list[int] = field(default_factory=lambda: [0] * _BINS)

    def add(self, place: int, ratio: float) -> None:
        """Learn from a wait, given as the logarithm of it over the mean that was said. O(1)."""
        step = max(_STEP, 1.0 / (4 + self.seen[place]))
        self.seen[place] += 1
        self.p50[place] += step * (0.5 if ratio > self.p50[place] else -0.5)
        self.p90[place] += step * (0.9 if ratio > self.p90[place] else -0.1)

    def factors(self, place: int) -> tuple[float, float]:
        """Give the factors from the mean to its p50 and p90. O(1)."""
        return math.exp(self.p50[place]), math.exp(max(self.p90[place], self.p50[place]))


def ratio_of(came: float, mean: float) -> float:
    """Give the logarithm of what came over what was said, where there may be nothing.

    >>> ratio_of(3.0, 3.0)
    0.0
    """
    return math.log(max(came, 1e-9) / max(mean, 1e-9))


def bin_of(ahead: float) -> int:
    """In which of the bins of ``Spread`` a contact falls.

    >>> [bin_of(ahead) for ahead in (0, 0.4, 1, 3, 4, 1e9)]
    [0, 0, 1, 2, 2, 11]
    """
    return min(_BINS - 1, int(ahead + 1.0).bit_length() - 1 if ahead < 1e6 else _BINS - 1)
