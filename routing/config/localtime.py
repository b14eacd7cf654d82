"""Local dates and times of day, and the instants they stand for.

A time of day that the clock skips stands for the instant of the jump; one that it shows twice stands for the
first. So a later local time never means an earlier instant, whatever the clock does.

Owns the spelling of dates and times and the way from local time to nanoseconds since 1970 UTC; must not know
opening hours or shifts. `zone` alone reads the machine's time zone database.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from routing.errors import ConfigError, UsageError
from routing.skills import quoted, suggest
from routing.units import SECOND

MINUTES_PER_DAY: Final = 1440

_CLOCK: Final = re.compile(r"([0-9]{2}):([0-9]{2})")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


def parse_clock(text: str, path: str = "") -> int:
    """Read a time of day ``HH:MM`` as minutes since midnight, 0..1440 (``24:00``).

    Raises
    ------
    ConfigError
        If it is spelled otherwise or no time of day.

    Examples
    --------
    >>> parse_clock("08:30"), parse_clock("24:00")
    (510, 1440)
    >>> parse_clock("8.30", "hours[0].weekly[0].opens")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: hours[0].weekly[0].opens: '8.30' is no time of day; write HH:MM, as in '08:30'
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ConfigError(path, f"{quoted(text)} is no time of day; write HH:MM, as in '08:30'")
    minutes = int(match[1]) * 60 + int(match[2])
    if int(match[2]) > 59 or minutes > MINUTES_PER_DAY:
        raise ConfigError(path, f"{text!r} is not in 00:00..24:00; write a time of day")
    return minutes


def parse_date(text: str, path: str = "") -> date:
    """Read a date ``YYYY-MM-DD``.

    Raises
    ------
    ConfigError
        If it is spelled otherwise or not in the calendar.

    Examples
    --------
    >>> parse_date("2028-02-29")
    datetime.date(2028, 2, 29)
    >>> parse_date("2026-02-29", "shifts[0].from_date")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: shifts[0].from_date: '2026-02-29' is not in the calendar; correct the date
    """
    if not _DATE.fullmatch(text):
        raise ConfigError(path, f"{quoted(text)} is no date; write YYYY-MM-DD, as in '2026-12-25'")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(path, f"{text!r} is not in the calendar; correct the date") from None


def zone(name: str, path: str = "") -> ZoneInfo:
    """Look a time zone up in the machine's database (or the ``tzdata`` package).

    Raises
    ------
    ConfigError
        If there is none of this name.

    Examples
    --------
    >>> zone("Europe/Berlin")
    zoneinfo.ZoneInfo(key='Europe/Berlin')
    >>> zone("Europe/Berlim", "timezone")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: timezone: unknown time zone 'Europe/Berlim'; did you mean 'Europe/Berlin'?
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or a directory such as "Europe"
        hint = suggest(name, available_timezones()) or "; write a name such as 'Europe/Berlin'"
        raise ConfigError(path, f"unknown time zone {quoted(name)}{hint}") from None


def instant_ns(day: date, minutes: int, where: ZoneInfo) -> int:
    """Tell when the local clock first shows, or jumps past, a time of day.

    Parameters
    ----------
    day : date
        Local date.
    minutes : int
        Minutes since its midnight by the clock; from 1440 on, of the days after.
    where : ZoneInfo
        The time zone.

    Returns
    -------
    int
        Nanoseconds since 1970 UTC.

    Examples
    --------
    On 29 March 2026 clocks in Berlin jump from 02:00 to 03:00; 02:30 stands for the jump.

    >>> berlin, jump_day = zone("Europe/Berlin"), date(2026, 3, 29)
    >>> instant_ns(jump_day, 150, berlin) == instant_ns(jump_day, 180, berlin)
    True
    >>> (instant_ns(jump_day, 240, berlin) - instant_ns(jump_day, 60, berlin)) // (3600 * SECOND)
    2
    """
    extra_days, minutes = divmod(minutes, MINUTES_PER_DAY)
    local = datetime.combine(day + timedelta(days=extra_days), time(minutes // 60, minutes % 60), where)
    at = _since_1970(local)
    if _local(at, where) == local.replace(tzinfo=None):
        return at * SECOND
    # Skipped. With the offset of after the jump it lies before it (fold=1), and the other way round (fold=0).
    before, after = _since_1970(local.replace(fold=1)), at
    while after - before > 1:
        middle = (before + after) // 2
        if _local(middle, where) < local.replace(tzinfo=None):
            before = middle
        else:
            after = middle
    return after * SECOND


def parse_moment(text: str, where: ZoneInfo, *, end: bool = False) -> int:
    """Read a local date, or date and time of day, as an instant.

    Parameters
    ----------
    text : str
        ``YYYY-MM-DD`` or ``YYYY-MM-DDTHH:MM``; a blank may stand for the T.
    where : ZoneInfo
        Whose clock.
    end : bool
        A date alone means its end, not its start.

    Raises
    ------
    UsageError
        If it is neither.

    Examples
    --------
    >>> berlin = zone("Europe/Berlin")
    >>> start, end = parse_moment("2026-03-29", berlin), parse_moment("2026-03-29", berlin, end=True)
    >>> (end - start) // (3600 * SECOND), (parse_moment("2026-03-29T08:30", berlin) - start) // (60 * SECOND)
    (23, 450)
    """
    day, _, clock = text.replace(" ", "T", 1).partition("T")
    try:
        date = parse_date(day)
        minutes = parse_clock(clock) if clock else 0
    except ConfigError as error:
        raise UsageError(f"{error}; a moment is YYYY-MM-DDTHH:MM") from None
    if end and not clock:
        date += timedelta(days=1)
    at_ns = instant_ns(date, minutes, where)
    if at_ns < 0:
        raise UsageError(f"{quoted(text)} is before 1970; choose a later date")
    return at_ns


def local_date(at_ns: int, where: ZoneInfo) -> date:
    """Tell the date that the local calendar shows at an instant.

    >>> local_date(0, zone("America/New_York"))
    datetime.date(1969, 12, 31)
    """
    return _local(at_ns // SECOND, where).date()


def _since_1970(moment: datetime) -> int:
    return (moment.astimezone(UTC) - _EPOCH) // _SECOND


def _local(at: int, where: ZoneInfo) -> datetime:
    """What the clock on the wall shows, as a naive datetime."""
    return (_EPOCH + at * _SECOND).astimezone(where).replace(tzinfo=None, fold=0)
