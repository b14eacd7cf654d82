"""How good forecasts are: simple ones to beat, errors and coverage over many days, each forecast from its past alone.

Owns these measures; must not know how a forecast is made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from routing.errors import UsageError
from routing.planning.forecasting import Forecast, reforecast
from routing.planning.volumes import Floats, Volumes


def wape(actual: Floats, forecast: Floats) -> float:
    """Divide the sum of all absolute errors by the sum of all counts; NaN where a count is unknown is left out.

    >>> wape(np.array([10.0, 30.0]), np.array([12.0, 28.0]))
    0.1
    """
    total = float(np.nansum(actual))
    if total <= 0:
        raise UsageError(f"the counts add up to {total}; give at least one call")
    return float(np.nansum(np.abs(actual - forecast)) / total)


def last_same(history: Volumes, weekday: int, days: int = 4) -> Floats:
    """Take the mean of the last days of a weekday (0 is Monday): the forecast to beat. One day: last week's.

    >>> from datetime import date
    >>> last_same(Volumes.of_rows([[8], [0], [0], [0], [0], [12]], date(2026, 11, 16)), 0).tolist()
    [10.0]
    """
    same = [number for number, day in enumerate(history.dates) if day.weekday() == weekday][-days:]
    if not same or days < 1:
        raise UsageError(
            f"the history has none of weekday {weekday} among its last {days}; give one, 0 is Monday"
        )
    return np.asarray(np.nanmean(history.calls[same], axis=0))


@dataclass(frozen=True)
class Score:
    """How forecasts of several days did.

    ``wape`` is that of the day ahead, ``wape_rest`` that of the intervals after those observed; ``coverage`` and
    ``coverage_rest`` are the shares of intervals between the two quantiles, ``coverage_total`` that of days.
    """

    days: int
    wape: float
    wape_rest: float
    coverage: float
    coverage_rest: float
    coverage_total: float


def score(
    volumes: Volumes,
    days: int,
    method: Callable[[Volumes, int], Forecast],
    *,
    observed: int = 8,
    quantiles: tuple[float, float] = (0.1, 0.9),
) -> Score:
    """Forecast each of the last days from those before it, and compare.

    Parameters
    ----------
    volumes : Volumes
        History and the days to compare.
    days : int
        How many of the last to forecast.
    method : callable
        Makes a forecast from the history (which ends before the day) and the day's number.
    observed : int
        Intervals seen before the rest of the day is forecast anew.
    quantiles : (float, float)
        Bounds of the interval whose coverage is counted.
    """
    size = len(volumes.dates)
    if not 0 < days < size:
        raise UsageError(f"days is {days}; give 1..{size - 1}, so that a history remains")
    actual = volumes.calls[size - days :]
    ahead: list[Forecast] = [method(volumes.head(number), number) for number in range(size - days, size)]
    later = [reforecast(one, row[:observed]) for one, row in zip(ahead, actual, strict=True)]
    rest = actual[:, observed:]
    totals = actual.sum(axis=1)
    low, high = quantiles
    return Score(
        days,
        wape(actual, np.array([one.mean for one in ahead])),
        wape(rest, np.array([one.mean[observed:] for one in later])),
        _between(actual, [one.quantile(low) for one in ahead], [one.quantile(high) for one in ahead]),
        _between(
            rest,
            [one.quantile(low)[observed:] for one in later],
            [one.quantile(high)[observed:] for one in later],
        ),
        _between(
            totals, [one.total_quantile(low) for one in ahead], [one.total_quantile(high) for one in ahead]
        ),
    )


def _between(actual: Floats, low: Sequence[Floats | float], high: Sequence[Floats | float]) -> float:
    """Count the share that lies between the bounds, both included."""
    known = ~np.isnan(actual)
    inside = (np.asarray(low) <= actual) & (actual <= np.asarray(high))
    return float(inside[known].mean()) if known.any() else float("nan")
