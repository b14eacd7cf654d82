"""Local time: what a span of dates means, which intervals a report can have, and how instants are shown.

Owns the spelling of these; must not know where a local interval begins (``routing.statistics.intervals``).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Final
from zoneinfo import ZoneInfo

from routing.statistics.intervals import Length, Period, period
from routing.units import DAY, HOUR, MINUTE, SECOND

#: The intervals that a report can have; all of them are whole sums of the first.
INTERVALS: Final = {"15m": 15 * MINUTE, "30m": 30 * MINUTE, "1h": HOUR, "1d": DAY}
_LENGTHS: Final[dict[int, Length]] = {15 * MINUTE: "15m", 30 * MINUTE: "30m", HOUR: "60m", DAY: "day"}


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
    >>> from routing.config.localtime import parse_moment
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
