"""Calling hours: may one call where several clocks may be the called party's, and if not, when next?

A place is a set of time zones that a number may be in, and a region. One may call while the hours of every profile are
open in every zone. Local days follow the time zone database (`routing.config.localtime`), so the instants are exact on
days of 23 and 25 hours, too.

Owns the way from hours to instants; must not know numbers or what else a profile asks.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from routing.compliance.profiles import Profile
from routing.config.localtime import instant_ns, local_date, parse_clock, parse_date, zone
from routing.model import Day, OpenSpan
from routing.units import DAY, MAX_INSTANT_NS

_DAYS: Final[tuple[Day, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = timedelta(days=1)
_MINUTES: Final = 1440
#: So far ahead is looked.
_HORIZON_DAYS: Final = 60


class Window(NamedTuple):
    """Whether one may call at an instant, and until when that holds.

    Attributes
    ----------
    open : bool
        May one call?
    until_ns : int
        When that changes, which belongs to the change; -1 when it does not within about 60 days.
    profile, timezone : str
        Whose hours are closed where; of several the one that opens last. Empty when open.
    """

    open: bool
    until_ns: int
    profile: str = ""
    timezone: str = ""


class _Stretch(NamedTuple):
    open: bool
    from_ns: int
    until_ns: int
    ends: bool = True  # False: nobody looked further


_ALWAYS: Final = _Stretch(True, 0, MAX_INSTANT_NS, ends=False)


class CallingHours:
    """The hours of one or several profiles.

    Parameters
    ----------
    profiles : iterable of Profile
        Checked ones; those without hours and holidays are left out.

    Examples
    --------
    A number that may be in New York or in Los Angeles may be called from 8 a.m. in Los Angeles to 9 p.m. in New York.

    >>> from routing.compliance.profiles import BUILT_IN
    >>> from routing.config.localtime import parse_date, zone
    >>> hours = CallingHours([BUILT_IN["us"]])
    >>> noon_ns = instant_ns(parse_date("2026-03-02"), 720, zone("America/New_York"))
    >>> hours.window(("America/New_York", "America/Los_Angeles"), "US", noon_ns).open
    True
    >>> before = hours.window(("America/New_York", "America/Los_Angeles"), "US", noon_ns - 2 * 3600 * 10**9)
    >>> before.open, before.timezone, (before.until_ns - noon_ns) // (60 * 10**9)
    (False, 'America/Los_Angeles', -60)
    """

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._weeks = [_Week(profile) for profile in profiles if profile.hours or profile.holidays]
        self._stretches: dict[tuple[int, str, str], _Stretch] = {}
        self._known: dict[
            tuple[tuple[str, ...], str], tuple[int, int, Window]
        ] = {}  # from, until, what holds

    def window(self, zones: tuple[str, ...], region: str, at_ns: int) -> Window:
        """Say whether one may call at an instant, and until when that holds.

        Asked again about the same place while the answer holds, this is two dict look-ups.

        Parameters
        ----------
        zones : tuple of str
            Every time zone that the called party may be in.
        region : str
            Whose holidays are read.
        at_ns : int
            The instant, in nanoseconds since 1970.

        Raises
        ------
        ConfigError
            If a time zone is not known.
        """
        place = (zones, region)
        known = self._known.get(place)
        if known is None or not known[0] <= at_ns < known[1]:
            known = self._known[place] = self._find(zones, region, at_ns)
        return known[2]

    def _find(self, zones: tuple[str, ...], region: str, at_ns: int) -> tuple[int, int, Window]:
        """Give what holds from an instant until when."""
        stretches = [
            (self._stretch(place, name, region, at_ns), week.profile, name)
            for place, week in enumerate(self._weeks)
            for name in zones
        ]
        closed = [entry for entry in stretches if not entry[0].open]
        if not closed:
            first = min((entry[0] for entry in stretches), key=lambda one: one.until_ns, default=_ALWAYS)
            return at_ns, first.until_ns, Window(True, first.until_ns if first.ends else -1)
        horizon_ns = at_ns + _HORIZON_DAYS * DAY
        while True:
            last, profile, name = max(closed, key=lambda entry: entry[0].until_ns)
            opens_ns = last.until_ns
            if not last.ends or opens_ns > horizon_ns:
                return at_ns, at_ns + DAY, Window(False, -1, profile, name)
            closed = [
                (stretch, week.profile, other)
                for place, week in enumerate(self._weeks)
                for other in zones
                if not (stretch := self._stretch(place, other, region, opens_ns)).open
            ]
            if not closed:
                return at_ns, opens_ns, Window(False, opens_ns, profile, name)

    def _stretch(self, place: int, name: str, region: str, at_ns: int) -> _Stretch:
        key = (place, name, region)
        known = self._stretches.get(key)
        if known is None or not known.from_ns <= at_ns < known.until_ns:
            known = self._stretches[key] = self._weeks[place].stretch(zone(name), region, at_ns)
        return known


class _Week:
    """The hours of a profile with their texts read."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile.id
        always = (OpenSpan(_DAYS, "00:00", "24:00"),)
        self._weekly: list[list[tuple[int, int]]] = [[] for _ in _DAYS]
        for span in profile.hours or always:
            for day in span.days:
                self._weekly[_DAYS.index(day)].append((parse_clock(span.opens), parse_clock(span.closes)))
        self._holidays: dict[str, dict[date, list[tuple[int, int]]]] = {}
        for regional in profile.holidays:
            dates = self._holidays.setdefault(regional.region, {})
            for holiday in regional.holidays:
                times = dates.setdefault(parse_date(holiday.date), [])
                if holiday.opens:
                    times.append((parse_clock(holiday.opens), parse_clock(holiday.closes)))

    def stretch(self, where: ZoneInfo, region: str, at_ns: int) -> _Stretch:
        """Find the open or closed stretch around an instant; open ones that touch are one. O(days until it ends)."""
        today = local_date(at_ns, where)
        opened_ns: int | None = None  # since when it has been open, if it is open where we stand
        ended_ns = from_ns = instant_ns(today - _DAY, 0, where)
        day = today - _DAY
        for _ in range(_HORIZON_DAYS + 2):
            for opens, closes in self._times(day, region):
                start_ns, end_ns = instant_ns(day, opens, where), instant_ns(day, closes, where)
                if end_ns <= start_ns:
                    continue  # the clock jumps over it
                if opened_ns is None or start_ns > ended_ns:
                    if opened_ns is not None and at_ns < ended_ns:
                        return _Stretch(True, opened_ns, ended_ns)
                    if at_ns < start_ns:
                        return _Stretch(False, from_ns if opened_ns is None else ended_ns, start_ns)
                    opened_ns = start_ns
                ended_ns = max(ended_ns, end_ns)
            day += _DAY
        looked_ns = instant_ns(day, 0, where)
        if opened_ns is not None and at_ns < ended_ns:
            return _Stretch(True, opened_ns, ended_ns, ends=ended_ns < looked_ns)
        return _Stretch(False, from_ns if opened_ns is None else ended_ns, looked_ns, ends=False)

    def _times(self, day: date, region: str) -> list[tuple[int, int]]:
        """Opening times of a date: where holidays of the region and of all regions meet, both must be open."""
        found: list[tuple[int, int]] | None = None
        for name in {"", region}:
            times = self._holidays.get(name, {}).get(day)
            if times is not None:
                found = times if found is None else _both(found, times)
        return sorted(self._weekly[day.weekday()] if found is None else found)


def _both(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> list[tuple[int, int]]:
    pairs = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return [(opens, closes) for opens, closes in pairs if opens < closes]
