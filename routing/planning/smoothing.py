"""A level, an effect of each weekday and a shape of the day, each smoothed as days go by.

For a day of weekday d the number of calls is forecast as ``exp(level + effect[d] + carry * last)``, where ``last``
is by how much, in logarithms, the day before it differed from its own level and effect; the day's shape shares it
out over the intervals. When the day is over, level, effect and shape move by a share of their error. That is
exponential smoothing with a weekly season (Winters 1960) in logarithms, with the correction for the error of the day
before that Taylor (2003) adds to Holt-Winters, over whole days; the shape of the day, smoothed by interval, takes
the place of his second season.

What a day teaches is cut off at three times the usual error, so that an outlier moves the forecast little and a
change that lasts is still learned. Missing intervals teach nothing.

Owns these recursions and the choice of their rates from the past; must not know dates, holidays or intervals of
confidence. Every forecast of day i is made from days before i.

Sources: P. R. Winters, Forecasting sales by exponentially weighted moving averages, Management Science 6 (1960);
J. W. Taylor, Short-term electricity demand forecasting using double seasonal exponential smoothing, Journal of the
Operational Research Society 54 (2003); R. Gelper, R. Fried, C. Croux, Robust forecasting with exponential and
Holt-Winters smoothing, Journal of Forecasting 29 (2010), for the cut-off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from routing.errors import UsageError
from routing.planning.volumes import Floats

#: A weekday's forecast counts as one once the weekday was seen this often.
SEEN: Final = 2
#: What a day teaches is cut off at so many times the usual error.
_CUT: Final = 3.0
_USUAL: Final = 0.1  # of the first days
_TINY: Final = 1e-300
_USUAL_LEAST: Final = 0.03
_USUAL_RATE: Final = 0.1
_FIRST: Final = 4  # days of a weekday that count by their middle one
_SHAPE_OF_ALL: Final = 0.5  # so much of a shape's error moves the shapes of all weekdays


@dataclass(frozen=True)
class Rates:
    """How fast each part follows: 0 never, 1 at once.

    The share of an error that moves the level, the weekday's effect and the weekday's shape, and the share of the
    last day's error that is expected to be there the next day too.
    """

    level: float
    effect: float
    shape: float
    carry: float


#: What `fit` chooses from.
GRID: Final = tuple(
    Rates(*values) for values in product((0.05, 0.15), (0.1, 0.2, 0.4), (0.1,), (0.2, 0.4, 0.6))
)


@dataclass(frozen=True)
class Labelled:
    """Days as the recursions see them.

    Attributes
    ----------
    calls : array, (days, intervals)
        Counts; NaN where unknown.
    weekday : sequence of int
        Season of each day, 0..6.
    after : sequence of int
        For a day after days that were closed, the weekday of the first of these, whose callers come today: the
        larger of the two effects counts. -1 for others.
    special : sequence of bool
        Days that are forecast, and teach nothing.
    """

    calls: Floats
    weekday: Sequence[int]
    after: Sequence[int]
    special: Sequence[bool]


class Tracks:
    """The state of the recursions for several rates side by side.

    Parameters
    ----------
    rates : sequence of Rates
        One for each track.
    total : float
        Calls of an ordinary day, to start from.
    intervals : int
        Of a day.
    """

    def __init__(self, rates: Sequence[Rates], total: float, intervals: int) -> None:
        size = len(rates)
        self.rates = tuple(rates)
        self.rate_level = np.array([rate.level for rate in rates])
        self.rate_effect = np.array([rate.effect for rate in rates])
        self.rate_shape = np.array([rate.shape for rate in rates])
        self.carry = np.array([rate.carry for rate in rates])
        self.level = np.full(size, np.log(total + 1.0))
        self.effect = np.zeros((7, size))
        self.last = np.zeros(size)
        self.common = np.full((size, intervals), 1.0 / intervals)
        self.own = np.zeros((7, size, intervals))
        self.usual = np.full(size, _USUAL)
        self.seen = [0] * 7
        self.first: list[list[Floats]] = [[] for _ in range(7)]
        self.counted = [0.0] * 7
        self.shaped = -1, self.common  # the shape that was asked for last, and of which weekday

    def copy(self) -> "Tracks":
        """Return a copy that goes its own way."""
        twin = object.__new__(Tracks)
        twin.__dict__ = {
            name: value.copy() if isinstance(value, (np.ndarray, list)) else value
            for name, value in self.__dict__.items()
        }
        return twin

    def expect(self, weekday: int, after: int = -1, ahead: int = 1) -> Floats:
        """Forecast a day ``ahead`` days after the last one seen: (tracks, intervals)."""
        total = self._base(weekday, after) + self.carry**ahead * self.last
        return np.maximum(np.exp(total) - 1.0, 0.0)[:, None] * self._shape(weekday)

    def learn(self, row: Floats, weekday: int, after: int = -1) -> None:
        """Move on by a day."""
        known = ~np.isnan(row)
        if not known.any():
            self.last = self.last * self.carry
            return
        shape = self._shape(weekday)
        covered = shape[:, known].sum(axis=1)
        base = self._base(weekday, after)
        actual = float(row[known].sum())
        error = np.log((actual + 1.0) / (np.maximum(np.exp(base) - 1.0, 0.0) * covered + 1.0))
        seen = self.seen[weekday]
        if seen >= SEEN:
            usual = np.maximum(self.usual, _USUAL_LEAST)
            error = np.clip(error, -_CUT * usual, _CUT * usual)
            self.usual = self.usual + _USUAL_RATE * (np.abs(error) * 1.25 - self.usual)  # sd of a normal
        self.last = error
        self.level = self.level + self.rate_level * error
        if after < 0:
            self._learn_effect(weekday, error)
        if actual > 0:
            self.shaped = -1, self.common
            self._learn_shape(row, known, shape, covered, weekday)
        self.seen[weekday] = seen + 1

    def _learn_effect(self, weekday: int, error: Floats) -> None:
        """Move the effect; the first few days of a weekday count by their middle one."""
        first = self.first[weekday]
        if len(first) < _FIRST:
            found = self.effect[weekday] + (1.0 - self.rate_level) * error
            self.first[weekday] = first = [*first, found]
            middle = [*first, np.zeros_like(found)] if len(first) == 2 else first  # of two, the less odd one
            self.effect[weekday] = np.median(np.array(middle), axis=0)
            return
        self.effect[weekday] += self.rate_effect * (1.0 - self.rate_level) * error

    def _learn_shape(
        self,
        row: Floats,
        known: npt.NDArray[np.bool_],
        shape: Floats,
        covered: Floats,
        weekday: int,
    ) -> None:
        found = row[known] / row[known].sum()
        error = found[None, :] * covered[:, None] - shape[:, known]
        actual = float(row[known].sum())
        self.counted[weekday] += actual
        mine = np.maximum(self.rate_shape, actual / self.counted[weekday])
        common = _SHAPE_OF_ALL * self.rate_shape
        self.common[:, known] += common[:, None] * error
        self.own[weekday][:, known] += (mine * (1.0 - common))[:, None] * error

    def _base(self, weekday: int, after: int) -> Floats:
        effect = self.effect[weekday]
        if after >= 0:
            effect = np.maximum(effect, self.effect[after])
        return np.asarray(self.level + effect)

    def _shape(self, weekday: int) -> Floats:
        if self.shaped[0] != weekday:  # asked for twice a day: to forecast it and to learn from it
            shape = np.maximum(self.common + self.own[weekday], 0.0)
            shape /= np.maximum(shape.sum(axis=1, keepdims=True), _TINY)
            self.shaped = weekday, shape
        return self.shaped[1]


def fit(days: Labelled, grid: Sequence[Rates] = GRID) -> Rates:
    """Choose the rates whose day-ahead forecasts of the past had the least absolute error.

    Ties go to the first of the grid. With less than three days of a kind there is nothing to choose by, and the
    first is taken. O(days x rates x intervals).
    """
    if not grid:
        raise UsageError("the grid is empty; give at least one set of rates")
    tracks = start(days, grid)
    lost = np.zeros(len(grid))
    for row, weekday, after, special in zip(days.calls, days.weekday, days.after, days.special, strict=True):
        if special:
            continue
        if tracks.seen[weekday] >= SEEN:
            known = ~np.isnan(row)
            lost += np.abs(tracks.expect(weekday, after)[:, known] - row[known]).sum(axis=1)
        tracks.learn(row, weekday, after)
    return grid[int(np.argmin(lost))]


def start(days: Labelled, rates: Sequence[Rates]) -> Tracks:
    """Start from the middle one of the first seven ordinary days."""
    totals = [
        float(np.nansum(row)) for row, special in zip(days.calls, days.special, strict=True) if not special
    ]
    if not totals:
        raise UsageError("the history has no ordinary day; give at least one")
    return Tracks(rates, float(np.median(totals[:7])), days.calls.shape[1])


@dataclass(frozen=True, eq=False)
class Walked:
    """What `walk` found: the state after the last day, and for each day what was forecast of it (NaN: nothing)."""

    state: Tracks
    expected: Floats


def walk(days: Labelled, rates: Rates, ahead: int = 1) -> Walked:
    """Go through the days with these rates, forecasting each from what was known ``ahead`` days before.

    Special days are forecast too, as ordinary ones. O(days x intervals).
    """
    state = start(days, (rates,))
    past: list[Tracks] = []  # states of the last ``ahead`` days
    expected = np.full(days.calls.shape, np.nan)
    for number, row in enumerate(days.calls):
        weekday, after = days.weekday[number], days.after[number]
        past.append(state.copy() if ahead > 1 else state)
        known = past[-ahead] if len(past) >= ahead else None
        if known is not None and known.seen[weekday] >= SEEN:
            expected[number] = known.expect(weekday, after, ahead)[0]
        del past[:-ahead]
        if not days.special[number]:
            state.learn(row, weekday, after)
    return Walked(state, expected)
