"""Windows: from when until when the share of abandoned calls is measured at an instant.

Owns the arithmetic of periods, days and months in the campaign's time zone; must not know what is counted.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from routing.compliance.profiles import Window
from routing.config.localtime import instant_ns, local_date
from routing.units import MAX_INSTANT_NS


class Bounds(NamedTuple):
    """A stretch of time; ``start_ns`` belongs to it, ``end_ns`` to the next."""

    start_ns: int
    end_ns: int


def bounds_of(window: Window, at_ns: int, first_ns: int, where: ZoneInfo) -> Bounds:
    """Say which window an instant belongs to. O(1).

    Parameters
    ----------
    window : Window
        Its kind. A rolling window at an instant reaches from ``length_ns`` before it (not included) up to it.
    at_ns : int
        The instant.
    first_ns : int
        When the campaign first dialed; read by "periods".
    where : ZoneInfo
        The campaign's time zone. Days and months are local, so a period may be an hour longer or shorter.

    Examples
    --------
    >>> from routing.units import DAY, HOUR
    >>> utc = ZoneInfo("UTC")
    >>> bounds_of(Window("periods", days=30), 45 * DAY, 3 * HOUR, utc) == Bounds(30 * DAY, 60 * DAY)
    True
    >>> bounds_of(Window("calendar_month"), 45 * DAY, 0, utc) == Bounds(31 * DAY, 59 * DAY)
    True
    """
    if window.kind == "campaign":
        return Bounds(0, MAX_INSTANT_NS)
    if window.kind == "rolling":
        return Bounds(at_ns - window.length_ns + 1, at_ns + 1)
    today = local_date(at_ns, where)
    if window.kind == "calendar_month":
        start = today.replace(day=1)
        end = (start + timedelta(days=31)).replace(day=1)
    elif window.kind == "calendar_day":
        start, end = today, today + timedelta(days=1)
    else:
        anchor = local_date(first_ns, where)
        start = anchor + timedelta(days=(today - anchor).days // window.days * window.days)
        end = start + timedelta(days=window.days)
    return Bounds(_midnight_ns(start, where), _midnight_ns(end, where))


@lru_cache(maxsize=4096)
def _midnight_ns(day: date, where: ZoneInfo) -> int:
    return instant_ns(day, 0, where)
