"""Days that are not ordinary: closed, or open and different.

They teach the ordinary forecast nothing. A closed day has no calls. A holiday that is open is forecast as a share of
the ordinary forecast of its date: the share, and the shape of the day, that the last holiday of the same name had;
else the middle one of the shares of all past holidays; else the whole. Outside its own opening hours it has no calls.

The first open day after closed ones takes the callers of these as well: the larger of the effects of its own weekday
and that of the first closed day counts.

Owns these rules; must not know how an ordinary day is forecast.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

import numpy as np

from routing.config.localtime import MINUTES_PER_DAY, parse_clock, parse_date
from routing.model import Hours
from routing.planning.volumes import Floats, Volumes

_DAY: Final = timedelta(days=1)
_LONGEST: Final = 7  # closed days in a row that the day after them makes up for


@dataclass(frozen=True)
class Special:
    """A day that is not ordinary: open from ``opens`` to ``closes``, minutes from midnight; closed if equal."""

    name: str = ""
    opens: int = 0
    closes: int = 0

    @property
    def closed(self) -> bool:
        """Is it closed all day?"""
        return self.opens == self.closes


#: No special days.
NONE: Final[Mapping[date, Special]] = MappingProxyType({})
#: A day without calls, such as a strike or an outage that must teach nothing.
CLOSED: Final = Special("closed")


def special_days(hours: Iterable[Hours], closed: Iterable[date] = ()) -> dict[date, Special]:
    """Collect the holidays of opening hours, and further closed days.

    Parameters
    ----------
    hours : iterable of Hours
        Of a configuration. Where they differ about a date, the widest opening counts.
    closed : iterable of date
        Days that are closed whatever the hours say.

    Examples
    --------
    >>> from routing.model import Holiday
    >>> hours = Hours("bank", holidays=(Holiday("2026-12-24", "09:00", "12:00", "Christmas Eve"),))
    >>> special_days([hours], [date(2026, 12, 25)])[date(2026, 12, 24)]
    Special(name='Christmas Eve', opens=540, closes=720)
    """
    found: dict[date, Special] = {}
    for one in hours:
        for holiday in one.holidays:
            day = parse_date(holiday.date)
            opens = parse_clock(holiday.opens) if holiday.opens else 0
            closes = parse_clock(holiday.closes) if holiday.closes else opens
            if closes < opens:  # over midnight: the part of the next day is not the holiday's
                closes = MINUTES_PER_DAY
            new, old = Special(holiday.name, opens, closes), found.get(day)
            if old is not None and not old.closed:
                new = (
                    old
                    if new.closed
                    else Special(old.name or new.name, min(opens, old.opens), max(closes, old.closes))
                )
            found[day] = new
    for day in closed:
        found[day] = CLOSED
    return found


def after_closed(day: date, special: Mapping[date, Special]) -> int:
    """Tell the weekday of the first of the closed days right before a day; -1 if there is none."""
    first = -1
    for back in range(1, _LONGEST + 1):
        before = special.get(day - _DAY * back)
        if before is None or not before.closed:
            break
        first = (day - _DAY * back).weekday()
    return first


def holiday_mean(
    day: date, mean: Floats, special: Mapping[date, Special], history: Volumes, expected: Floats
) -> Floats:
    """Forecast a special day.

    Parameters
    ----------
    day : date
        One of ``special``.
    mean : array, (intervals,)
        What would be expected of an ordinary day.
    special : mapping
        The special days.
    history : Volumes
        Days before ``day``.
    expected : array, (days, intervals)
        What was expected of the history's days as ordinary ones; NaN where nothing.
    """
    rule = special[day]
    if rule.closed:
        return np.zeros_like(mean)
    shares: list[float] = []
    same: tuple[float, Floats] | None = None
    for number, past in enumerate(history.dates):
        known = ~np.isnan(history.calls[number]) & ~np.isnan(expected[number])
        ordinary = float(expected[number, known].sum())
        row = np.nan_to_num(history.calls[number])
        if past not in special or special[past].closed or ordinary <= 0 or row.sum() <= 0:
            continue
        shares.append(float(row[known].sum()) / ordinary)
        if rule.name and special[past].name == rule.name:
            same = shares[-1], row
    starts = history.first_minute + np.arange(len(mean)) * history.minutes
    is_open = (starts + history.minutes > rule.opens) & (starts < rule.closes)
    if same is not None:
        shaped = np.where(is_open, same[1], 0.0)
        if shaped.sum() > 0:
            return np.asarray(shaped / shaped.sum() * mean.sum() * same[0])
    share = float(np.median(shares)) if shares else 1.0
    opened = np.where(is_open, mean, 0.0)
    if shares and opened.sum() > 0:  # shares are of a whole day
        return np.asarray(opened / opened.sum() * mean.sum() * share)
    return np.asarray(opened)
