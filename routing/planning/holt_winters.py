"""Double seasonal Holt-Winters: a level, a season of the day and one of the week, smoothed interval by interval.

Taylor's method (2003) without a trend, on the logarithm of the counts, so that seasons multiply; with
his correction for the last error, which fades by a power for each interval ahead. For y the logarithm of a count,

    e = y - (level + day[t - s1] + week[t - s2] + carry * last)
    level += alpha * e;  day += delta * e;  week += omega * e;  last = y - (level + day + week before)

It is here to compare with, and for those who want the method by its name; `forecasting.day_ahead` is more exact on
days of a call centre, since a night lies between two days and a day is one thing.

Owns this recursion; must not know dates: days come one after the other, ``season`` of them a week.

Source: J. W. Taylor, Short-term electricity demand forecasting using double seasonal exponential smoothing, Journal of
the Operational Research Society 54 (2003) 799-805.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from routing.errors import UsageError
from routing.planning.volumes import Floats


@dataclass(frozen=True)
class HoltWinters:
    """The smoothing constants: of the level, of the season of the day, of that of the week, and of the last error.

    The defaults did best on the first 104 days of the series of `docs/forecasting.md`.

    Examples
    --------
    >>> weeks = [[100, 200], [80, 160], [80, 160], [80, 160], [90, 180]] * 6
    >>> HoltWinters().day_ahead(weeks).round().tolist()
    [100.0, 200.0]
    """

    alpha: float = 0.003
    delta: float = 0.02
    omega: float = 0.3
    carry: float = 0.5

    def __post_init__(self) -> None:
        for name in ("alpha", "delta", "omega", "carry"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise UsageError(f"{name} is {getattr(self, name)}; give a share in 0..1")

    def day_ahead(self, history: npt.ArrayLike, season: int = 5) -> Floats:
        """Forecast the day after the history: (intervals,).

        Parameters
        ----------
        history : array-like, (days, intervals)
            At least two seasons; NaN where unknown.
        season : int
            Days a week.

        Notes
        -----
        O(days x intervals). The first season starts the seasons: the mean of its days, and what they differ from it.
        """
        table = np.asarray(history, dtype=np.float64)
        if table.ndim != 2 or len(table) < 2 * season or season < 1:
            raise UsageError(
                f"history has the shape {table.shape}; give at least {2 * season} days, two seasons of {season}"
            )
        logs = np.log(table + 0.5)
        first = logs[:season]
        level = float(np.nanmean(first))
        day = np.nan_to_num(np.nanmean(first, axis=0) - level)
        week = np.nan_to_num(first - level - day)
        last = 0.0
        for number in range(season, len(logs)):
            weekly = week[number % season]
            for interval, value in enumerate(logs[number].tolist()):
                if value != value:
                    last *= self.carry
                    continue
                base = level + day[interval] + weekly[interval]
                error = value - base - self.carry * last
                last = value - base
                level += self.alpha * error
                day[interval] += self.delta * error
                weekly[interval] += self.omega * error
        fade = last * self.carry ** np.arange(1, table.shape[1] + 1)
        return np.asarray(np.maximum(np.exp(level + day + week[len(logs) % season] + fade) - 0.5, 0.0))
