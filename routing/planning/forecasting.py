"""What comes next: the calls of a day by interval, and of its rest once some of it is seen.

`day_ahead` forecasts a day from the days before it, `days_ahead` several, `reforecast` corrects a forecast by the
intervals seen so far. Handling times are forecast with the same functions: give them as ``calls``.

Owns the sequence (label the days, choose rates, walk, apply rules for holidays) and `Forecast`; must not know the
recursions (`smoothing`), the errors (`spread`) or files (`volumes`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from routing.errors import DataError, UsageError
from routing.planning import spread
from routing.planning.holidays import NONE, Special, after_closed, holiday_mean
from routing.planning.smoothing import Labelled, Rates, fit, walk
from routing.planning.volumes import Floats, Volumes, clock

_DAY: Final = timedelta(days=1)
_MONDAY: Final = date(2001, 1, 1)  # a table without dates starts on a Monday
_WEEKS: Final = {5: range(5), 6: range(6), 7: range(7)}


@dataclass(frozen=True, eq=False)
class Forecast:
    """The calls of a day by interval.

    Attributes
    ----------
    day : date
        That it is for; of a table without dates, counted from Monday 1 January 2001 on.
    mean : array of float, (intervals,)
        Calls to expect; what has been observed stands as observed.
    first_minute, minutes : int
        As in ``Volumes``.
    prior : array of float, (intervals,)
        The forecast before anything of the day was seen.
    errors : array of float, (days, intervals)
        Errors ``z`` (see `routing.planning.spread`) that such forecasts of past days had.
    observed : array of float, (intervals,)
        What has been seen; NaN where nothing.
    """

    day: date
    mean: Floats
    first_minute: int
    minutes: int
    prior: Floats
    errors: Floats
    observed: Floats

    @property
    def total(self) -> float:
        """Calls to expect of the whole day."""
        return float(self.mean.sum())

    def start_of(self, interval: int) -> str:
        """Tell when an interval starts, as ``HH:MM``."""
        return clock(self.first_minute + interval * self.minutes)

    def quantile(self, share: float) -> Floats:
        """Find what each interval stays below with this probability, by how past forecasts erred.

        Parameters
        ----------
        share : float
            In (0, 1): 0.1 and 0.9 bound an interval that holds 80 %.

        Raises
        ------
        UsageError
            If it is not in (0, 1).
        """
        _check_share(share)
        left, sd = self._left
        pool = np.divide(left, sd, out=np.full(left.shape, np.nan), where=sd > 0)
        bound = self._open(spread.counts_of(self._shift() + sd * spread.quantile(pool, share), self.prior))
        return np.asarray(np.where(np.isnan(self.observed), bound, self.observed))

    def total_quantile(self, share: float) -> float:
        """Find what the whole day stays below: the quantile of the forecast with past days' errors, day by day."""
        _check_share(share)
        left = self._left[0]
        if len(left) < spread.ENOUGH_DAYS:  # errors that go together entirely: the wider interval
            return float(self.quantile(share).sum())
        days = self._open(spread.counts_of(self._shift() + np.nan_to_num(left), self.prior))
        totals = np.where(np.isnan(self.observed), days, self.observed).sum(axis=1)
        return float(np.quantile(totals, share))

    def _open(self, counts: Floats) -> Floats:
        """Leave out intervals without any calls to expect: errors of open days say nothing of closed ones."""
        return np.asarray(np.where((self.mean == 0) & (self.prior == 0), 0.0, counts))

    def _shift(self) -> Floats:
        """By how much what was seen moves each interval, as an error."""
        return spread.errors_of(self.mean, self.prior)

    @cached_property
    def _left(self) -> tuple[Floats, Floats]:
        """Errors that past days had after the correction by the same intervals, and their standard deviation."""
        seen = np.flatnonzero(~np.isnan(self.observed))
        cover = spread.covariance(self.errors, self.prior, self.minutes)
        if not len(seen):
            return self.errors, np.sqrt(np.diag(cover))
        carried = spread.weights(cover, seen)
        left = self.errors - np.nan_to_num(self.errors[:, seen]) @ carried.T
        known = cover - carried @ cover[seen] - cover[:, seen] @ carried.T
        known = known + carried @ cover[np.ix_(seen, seen)] @ carried.T
        return left, np.sqrt(np.maximum(np.diag(known), 0.0))


def day_ahead(
    history: Volumes | npt.ArrayLike,
    day: date | None = None,
    *,
    special: Mapping[date, Special] = NONE,
    season: int = 5,
    rates: Rates | None = None,
) -> Forecast:
    """Forecast a day from the days before it.

    Parameters
    ----------
    history : Volumes or array-like, (days, intervals)
        Days from ``day`` on are not looked at. A table without dates has ``season`` days a week, one after the
        other.
    day : date, optional
        By default the next one after the history whose weekday it has.
    special : mapping of date to Special
        Holidays and closed days, past and to come, see `routing.planning.holidays`.
    season : int
        Days a week of a table without dates: 5, 6 or 7.
    rates : Rates, optional
        By default those that did best on the history.

    Returns
    -------
    Forecast

    Raises
    ------
    DataError
        There is no ordinary day before ``day``.

    Notes
    -----
    O(days x intervals x rates to choose from).

    Examples
    --------
    >>> weeks = [[100, 200], [80, 160], [80, 160], [80, 160], [90, 180]] * 4
    >>> day_ahead(weeks).mean.round(-1).tolist()
    [100.0, 200.0]
    """
    known = _volumes(history, season)
    wanted = day or _next(known)
    return days_ahead(known.before(wanted), [wanted], special=special, rates=rates)[0]


def days_ahead(
    history: Volumes,
    days: Sequence[date],
    *,
    special: Mapping[date, Special] = NONE,
    rates: Rates | None = None,
) -> list[Forecast]:
    """Forecast several days from the same history; a weekday that it never had, and weeks of it, is closed.

    Parameters
    ----------
    history : Volumes
        Days from the first of ``days`` on are not looked at.
    days : sequence of date
        In rising order.
    special, rates
        As for `day_ahead`.
    """
    if not days:
        return []
    known = history.before(days[0])
    labelled = _label(known, special)
    if all(labelled.special):
        raise DataError(
            f"no ordinary day lies before {days[0]}; give a history with at least one, better eight weeks"
        )
    chosen = rates or fit(labelled)
    weekdays = {day.weekday() for day in known.dates}
    opened = {
        weekday for weekday, special_ in zip(labelled.weekday, labelled.special, strict=True) if not special_
    }
    done: dict[int, tuple[Floats, Floats]] = {}
    ahead, found = 0, []
    for day in days:
        ahead = _ahead(known.dates[-1], day, weekdays)
        past = walk(labelled, chosen, ahead)
        after = after_closed(day, special)
        mean = past.state.expect(day.weekday(), after, ahead)[0]
        if day.weekday() not in opened and len(known.dates) >= 2 * max(len(opened), 1):
            mean = np.zeros_like(mean)
        if ahead not in done:
            usable = [
                n
                for n, skip in enumerate(labelled.special)
                if not skip and not np.isnan(past.expected[n]).all()
            ]
            done[ahead] = (past.expected, spread.errors_of(known.calls[usable], past.expected[usable]))
        expected, errors = done[ahead]
        if day in special:
            mean = holiday_mean(day, mean, special, known, expected)
        unseen = np.full(mean.shape, np.nan)
        found.append(Forecast(day, mean, known.first_minute, known.minutes, mean, errors, unseen))
    return found


def reforecast(forecast: Forecast, observed: npt.ArrayLike) -> Forecast:
    """Correct a forecast by what has been seen of its day.

    Parameters
    ----------
    forecast : Forecast
        From `day_ahead`; one that was corrected before is taken as it was before.
    observed : array-like, (intervals seen,)
        Calls of the first intervals; NaN where unknown. Nothing seen changes nothing.

    Raises
    ------
    UsageError
        If more intervals were seen than the day has, or a count is negative.

    Notes
    -----
    O(days x intervals^2 + intervals seen^3).

    Examples
    --------
    >>> weeks = [[100, 200, 300], [80, 160, 240], [80, 160, 240], [80, 160, 240], [90, 180, 270]] * 4
    >>> normal = day_ahead(weeks)
    >>> busy = reforecast(normal, [150])
    >>> bool(busy.mean[0] == 150), bool(normal.mean[2] < busy.mean[2] < 1.5 * normal.mean[2])
    (True, True)
    """
    seen = np.asarray(observed, dtype=np.float64)
    size = len(forecast.prior)
    if seen.ndim != 1 or len(seen) > size:
        raise UsageError(f"observed has the shape {seen.shape}; give at most {size} intervals of the day")
    if np.isinf(seen).any() or (seen < 0).any():
        raise UsageError("observed holds a negative or infinite number; give counts, NaN where unknown")
    row = np.full(size, np.nan)
    row[: len(seen)] = seen
    known = np.flatnonzero(~np.isnan(row))
    if not len(known):
        return replace(forecast, mean=forecast.prior, observed=row)
    cover = spread.covariance(forecast.errors, forecast.prior, forecast.minutes)
    errors = spread.errors_of(row[known], forecast.prior[known])
    mean = spread.counts_of(spread.weights(cover, known) @ errors, forecast.prior)
    mean[forecast.prior <= 0] = 0.0
    mean[known] = row[known]
    return replace(forecast, mean=mean, observed=row)


def _volumes(history: Volumes | npt.ArrayLike, season: int) -> Volumes:
    """Give dates to a table that has none."""
    if isinstance(history, Volumes):
        return history
    if season not in _WEEKS:
        raise UsageError(f"season is {season}; a week has 5, 6 or 7 days; give others as Volumes with dates")
    table = np.asarray(history, dtype=np.float64)
    if table.ndim != 2:
        raise UsageError(f"history has the shape {table.shape}; give a row for each day")
    # The length of an interval is not known; what depends on it is a share of a day of 14 hours.
    return Volumes.of_rows(
        table, _MONDAY, weekdays=_WEEKS[season], minutes=max(1, 840 // max(table.shape[1], 28))
    )


def _next(history: Volumes) -> date:
    """Find the next day after the history whose weekday it has."""
    if not history.dates:
        raise DataError("the history has no days; give at least one, better eight weeks")
    weekdays = {day.weekday() for day in history.dates}
    day = history.dates[-1] + _DAY
    while day.weekday() not in weekdays:
        day += _DAY
    return day


def _ahead(last: date, day: date, weekdays: set[int]) -> int:
    """Count the days of the history's weekdays from its last to ``day``; at least 1, and two weeks at most."""
    span = min((day - last).days, 14)
    return max(1, sum((day - _DAY * back).weekday() in weekdays for back in range(span)))


def _label(history: Volumes, special: Mapping[date, Special]) -> Labelled:
    """Find what the recursions must know of each day; a day without any call counts as closed."""
    return Labelled(
        history.calls,
        [day.weekday() for day in history.dates],
        [after_closed(day, special) for day in history.dates],
        [
            day in special or not np.nansum(row) > 0
            for day, row in zip(history.dates, history.calls, strict=True)
        ],
    )


def _check_share(share: float) -> None:
    if not 0.0 < share < 1.0:
        raise UsageError(f"share is {share}; give a probability between 0 and 1, such as 0.9")
