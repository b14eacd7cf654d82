"""Calls by interval of local time: a table with a row for each day, and the same as CSV.

Local times are those of the clock on the wall: an hour that the clock shows twice is counted once with the calls
of both, one that it skips is missing. An interval without a row is missing (NaN), which is not the same as 0 calls.

Owns this shape, its file and the count from a call log; must not know any forecast.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final, TextIO

import numpy as np
import numpy.typing as npt

from routing.errors import DataError, UsageError
from routing.simulation.calls import Call
from routing.units import DAY, MINUTE, SECOND

Floats = npt.NDArray[np.float64]
MINUTES_PER_DAY: Final = 1440
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Volumes:
    """Calls by day and interval.

    Attributes
    ----------
    dates : tuple of date
        Local dates in rising order, each once; days may be left out.
    calls : array of float, (days, intervals)
        Counts; NaN where unknown.
    first_minute : int
        Minutes from midnight to the first interval.
    minutes : int
        Length of an interval.
    aht_s : array of float, (days, intervals), optional
        Mean handling time of the interval's calls in seconds; NaN where unknown.

    Raises
    ------
    UsageError
        If the parts do not fit together.

    Examples
    --------
    >>> volumes = Volumes.of_rows([[10, 20], [11, 19]], date(2026, 11, 20), first_minute=540)
    >>> [str(day) for day in volumes.dates], volumes.start_of(1)
    (['2026-11-20', '2026-11-23'], '09:30')
    """

    dates: tuple[date, ...]
    calls: Floats
    first_minute: int = 0
    minutes: int = 30
    aht_s: Floats | None = None

    def __post_init__(self) -> None:
        if self.calls.ndim != 2 or len(self.calls) != len(self.dates):
            raise UsageError(
                f"calls has the shape {self.calls.shape} and there are {len(self.dates)} dates; "
                "give a row for each date"
            )
        if self.aht_s is not None and self.aht_s.shape != self.calls.shape:
            raise UsageError(
                f"aht_s has the shape {self.aht_s.shape}, calls {self.calls.shape}; give both alike"
            )
        if self.minutes < 1 or not 0 <= self.first_minute < MINUTES_PER_DAY:
            raise UsageError(
                f"intervals of {self.minutes} minutes from minute {self.first_minute} on are none of a day; "
                "give a length from 1 and a first minute in 0..1439"
            )
        if self.first_minute + self.calls.shape[1] * self.minutes > MINUTES_PER_DAY:
            raise UsageError(
                f"{self.calls.shape[1]} intervals of {self.minutes} minutes from minute {self.first_minute} on "
                "pass midnight; start the next day in a row of its own"
            )
        if any(later <= earlier for earlier, later in pairwise(self.dates)):
            raise UsageError("the dates are not in rising order; sort them and give each once")
        if np.isinf(self.calls).any() or (self.calls < 0).any():
            raise UsageError("calls holds a negative or infinite number; give counts, NaN where unknown")

    @classmethod
    def of_rows(
        cls,
        rows: npt.ArrayLike,
        first: date,
        *,
        weekdays: Sequence[int] = (0, 1, 2, 3, 4),
        without: Iterable[date] = (),
        first_minute: int = 0,
        minutes: int = 30,
    ) -> "Volumes":
        """Give dates to the rows of a table: one after the other from ``first`` on.

        Parameters
        ----------
        rows : array-like, (days, intervals)
            Counts; NaN where unknown.
        first : date
            Of the first row, if it is one of ``weekdays``; else of the next that is.
        weekdays : sequence of int
            Which days the table has, 0 is Monday.
        without : iterable of date
            Dates that the table leaves out.
        """
        table = np.asarray(rows, dtype=np.float64)
        left_out, kept, day = frozenset(without), frozenset(weekdays), first
        if not kept & frozenset(range(7)):
            raise UsageError("weekdays is empty; name the days of the table, 0 is Monday")
        dates: list[date] = []
        while len(dates) < len(table):
            if day.weekday() in kept and day not in left_out:
                dates.append(day)
            day += _DAY
        return cls(tuple(dates), table, first_minute, minutes)

    def start_of(self, interval: int) -> str:
        """Tell when an interval starts, as ``HH:MM``."""
        return clock(self.first_minute + interval * self.minutes)

    def before(self, day: date) -> "Volumes":
        """Keep the days before ``day``: all that a forecast of it may know. O(days)."""
        return self.head(sum(known < day for known in self.dates))

    def head(self, days: int) -> "Volumes":
        """Keep the first ``days`` days; a view, O(1) besides the dates."""
        aht_s = None if self.aht_s is None else self.aht_s[:days]
        return Volumes(self.dates[:days], self.calls[:days], self.first_minute, self.minutes, aht_s)

    def coarser(self, factor: int) -> "Volumes":
        """Put ``factor`` intervals together; what remains at the end of the day is left out.

        A missing part makes the whole missing. The handling time is that of all calls together.

        Examples
        --------
        >>> Volumes.of_rows([[1, 2, 3, 4, 9]], date(2026, 11, 23), minutes=5).coarser(2).calls.tolist()
        [[3.0, 7.0]]
        """
        size = self.calls.shape[1] // factor if factor >= 1 else 0
        if not size:
            raise UsageError(f"factor is {factor}; give 1..{self.calls.shape[1]}, the intervals of a day")
        shape = (len(self.dates), size, factor)
        parts = self.calls[:, : size * factor].reshape(shape)
        aht_s = None
        if self.aht_s is not None:
            known = self.aht_s[:, : size * factor].reshape(shape)
            weights = np.where(np.isnan(known), 0.0, np.nan_to_num(parts))
            total = weights.sum(axis=2)
            aht_s = np.full(total.shape, np.nan)
            np.divide((weights * np.nan_to_num(known)).sum(axis=2), total, out=aht_s, where=total > 0)
        return Volumes(self.dates, parts.sum(axis=2), self.first_minute, self.minutes * factor, aht_s)


def clock(minutes: int) -> str:
    """Write minutes since midnight as ``HH:MM``.

    >>> clock(450)
    '07:30'
    """
    return f"{minutes // 60:02}:{minutes % 60:02}"


def read_volumes(file: TextIO, name: str = "the volumes", *, minutes: int = 0) -> Volumes:
    r"""Read ``start,calls[,aht]``: local times as ``2026-11-23T07:00``, handling times in seconds.

    Parameters
    ----------
    file : text file
        With a header; the columns in any order, others are not read; rows in any order.
    name : str
        Of the file, for errors.
    minutes : int
        Length of an interval; by default the smallest step between two starts of one day.

    Raises
    ------
    DataError
        A column is missing, a value is none, a start stands twice or between two intervals.

    Examples
    --------
    >>> import io
    >>> text = "start,calls\n2026-11-23T07:00,4\n2026-11-23T08:00,6\n2026-11-24T07:30,\n"
    >>> volumes = read_volumes(io.StringIO(text), minutes=30)
    >>> volumes.start_of(0), volumes.calls.tolist()
    ('07:00', [[4.0, nan, 6.0], [nan, nan, nan]])
    """
    rows = csv.DictReader(file)
    if not {"start", "calls"} <= set(rows.fieldnames or ()):
        raise DataError(f"{name}: the header is {rows.fieldnames}; it must name start and calls")
    seen: dict[tuple[date, int], tuple[float, float]] = {}
    for row in rows:
        where = f"{name}, line {rows.line_num}"
        start = _start(row["start"], where)
        key = (start.date(), start.hour * 60 + start.minute)
        if key in seen:
            raise DataError(f"{where}: {row['start']} stands twice; give each interval once")
        seen[key] = (_number(row["calls"], "calls", where), _number(row.get("aht"), "aht", where))
    if not seen:
        raise DataError(f"{name}: has no rows; give at least one interval")
    dates = sorted({day for day, _ in seen})
    starts = sorted({minute for _, minute in seen})
    length = minutes or _step(seen)
    first = starts[0]
    odd = [minute for minute in starts if (minute - first) % length]
    if odd:
        raise DataError(
            f"{name}: {clock(odd[0])} does not start an interval of {length} minutes from {clock(first)} on; "
            "give intervals of one length"
        )
    shape = (len(dates), (starts[-1] - first) // length + 1)
    calls, aht_s = np.full(shape, np.nan), np.full(shape, np.nan)
    place = {day: number for number, day in enumerate(dates)}
    for (day, minute), values in seen.items():
        spot = place[day], (minute - first) // length
        calls[spot], aht_s[spot] = values
    return Volumes(tuple(dates), calls, first, length, aht_s if "aht" in (rows.fieldnames or ()) else None)


def write_volumes(volumes: Volumes, file: TextIO) -> None:
    """Write what `read_volumes` reads; missing counts are left out."""
    rows = csv.writer(file, lineterminator="\n")
    aht_s = volumes.aht_s
    rows.writerow(("start", "calls") if aht_s is None else ("start", "calls", "aht"))
    for number, day in enumerate(volumes.dates):
        for interval, calls in enumerate(volumes.calls[number].tolist()):
            if np.isnan(calls):
                continue
            row = [f"{day}T{volumes.start_of(interval)}", f"{calls:g}"]
            if aht_s is not None:
                known = float(aht_s[number, interval])
                row.append("" if np.isnan(known) else f"{known:g}")
            rows.writerow(row)


def count_calls(calls: Iterable[Call], *, minutes: int = 30, zone: tzinfo = UTC) -> Volumes:
    """Count the calls of a log by interval of local time, over whole days from midnight on.

    Parameters
    ----------
    calls : iterable of Call
        In any order, such as ``read_calls(...).calls``.
    minutes : int
        Length of an interval; a divisor of a day.
    zone : tzinfo
        Of the local times.

    Returns
    -------
    Volumes
        Every day from the first call to the last; an interval without a call has 0. ``aht_s`` is the mean of the
        known service times.

    Raises
    ------
    DataError
        There are no calls.

    Notes
    -----
    O(calls + days x intervals).

    Examples
    --------
    >>> volumes = count_calls([Call(0, "q", service_ns=60 * SECOND), Call(31 * MINUTE, "q")])
    >>> volumes.calls[0, :3].tolist(), volumes.aht_s[0, :2].tolist()
    ([1.0, 1.0, 0.0], [60.0, nan])
    """
    if minutes < 1 or MINUTES_PER_DAY % minutes:
        raise UsageError(f"minutes is {minutes}; give a divisor of {MINUTES_PER_DAY}, such as 30")
    offsets: dict[int, int] = {}
    seen: dict[tuple[int, int], list[int]] = {}
    for call in calls:
        quarter = call.arrival_ns // (15 * MINUTE)
        if quarter not in offsets:
            offset = datetime.fromtimestamp(quarter * 900, zone).utcoffset() or timedelta(0)
            offsets[quarter] = round(offset.total_seconds()) * SECOND
        day, rest_ns = divmod(call.arrival_ns + offsets[quarter], DAY)
        cell = seen.setdefault((day, rest_ns // (minutes * MINUTE)), [0, 0, 0])
        cell[0] += 1
        if call.service_ns is not None:
            cell[1] += 1
            cell[2] += call.service_ns
    if not seen:
        raise DataError("there are no calls to count; give a log with at least one")
    first, last = min(day for day, _ in seen), max(day for day, _ in seen)
    shape = (last - first + 1, MINUTES_PER_DAY // minutes)
    counts, aht_s = np.zeros(shape), np.full(shape, np.nan)
    for (day, interval), (count, known, service_ns) in seen.items():
        counts[day - first, interval] = count
        if known:
            aht_s[day - first, interval] = service_ns / known / SECOND
    epoch = date(1970, 1, 1)
    dates = tuple(epoch + timedelta(days=day) for day in range(first, last + 1))
    return Volumes(dates, counts, 0, minutes, aht_s)


def _start(text: str | None, where: str) -> datetime:
    try:
        start = datetime.fromisoformat(text or "")
    except ValueError:
        start = None
    if start is None or start.tzinfo is not None or start.second or start.microsecond:
        raise DataError(f"{where}: start is {text!r}; write local time as 2026-11-23T07:00")
    return start


def _number(text: str | None, column: str, where: str) -> float:
    """Read a count or a time; nothing is NaN."""
    if text is None or not text.strip():
        return float("nan")
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise DataError(f"{where}: {column} is {text!r}; it must be a number from 0 on, or empty if unknown")
    return value


def _step(seen: Iterable[tuple[date, int]]) -> int:
    """Find the smallest step between two starts of one day; half an hour if there is none."""
    ordered = sorted(seen)
    steps = [later[1] - earlier[1] for earlier, later in pairwise(ordered) if earlier[0] == later[0]]
    return min(steps, default=30)
