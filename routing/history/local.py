"""Local time: what a span of dates means, which intervals a report can have, and how instants are shown.

Owns the spelling of these; must not know where a local interval begins (``routing.statistics.intervals``).
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Final
from zoneinfo import ZoneInfo

from routing.config.localtime import instant_ns, parse_clock, parse_date
from routing.errors import ConfigError, UsageError
from routing.statistics.intervals import Length, Period, period
from routing.units import DAY, HOUR, MINUTE, SECOND
from routing.words import quoted

#: The intervals that a report can have; all of them are whole sums of the first.
INTERVALS: Final = {"15m": 15 * MINUTE, "30m": 30 * MINUTE, "1h": HOUR, "1d": DAY}
_LENGTHS: Final[dict[int, Length]] = {15 * MINUTE: "15m", 30 * MINUTE: "30m", HOUR: "60m", DAY: "day"}


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
    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> start, end = parse_moment("2026-03-29", berlin), parse_moment("2026-03-29", berlin, end=True)
    >>> (end - start) // HOUR, (parse_moment("2026-03-29T08:30", berlin) - start) // MINUTE
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


class LocalIntervals:
    """Finds the local interval of an instant, and remembers it (`routing.statistics.intervals.period`).

    Parameters
    ----------
    interval_ns : int
        Of `INTERVALS`.
    where : ZoneInfo
        Whose clock.

    Examples
    --------
    The day on which clocks in Berlin go back has 25 hours.

    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> start = parse_moment("2026-10-25", berlin)
    >>> len({LocalIntervals(HOUR, berlin).of(start + n * 15 * MINUTE) for n in range(25 * 4)})
    25
    >>> LocalIntervals(DAY, berlin).of(start + HOUR).end_ns - start == 25 * HOUR
    True
    """

    def __init__(self, interval_ns: int, where: ZoneInfo) -> None:
        self.interval_ns = interval_ns
        self.of: Callable[[int], Period] = lru_cache(100_000)(
            partial(period, length=_LENGTHS[interval_ns], timezone=where.key)
        )


def shown(at_ns: int, where: ZoneInfo) -> str:
    """Write an instant as local time with its distance from UTC.

    >>> shown(0, ZoneInfo("Europe/Berlin"))
    '1970-01-01T01:00+01:00'
    """
    local = datetime.fromtimestamp(at_ns // SECOND, UTC).astimezone(where)
    return local.isoformat(timespec="minutes" if at_ns % MINUTE == 0 else "seconds")
