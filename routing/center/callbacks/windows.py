"""Windows of call-backs: from local times of the customer to instants, and the slots that lie in them.

Owns this arithmetic; must not know capacity, queues' state or promises.
"""

from collections.abc import Iterator
from typing import NamedTuple

from routing.config.localtime import instant_ns, parse_clock, parse_date, zone


class Window(NamedTuple):
    """A stretch of time; ``from_ns`` belongs to it, ``to_ns`` does not."""

    from_ns: int
    to_ns: int


def local_window(date: str, opens: str, closes: str, timezone: str) -> Window:
    """Give the instants of a local window; one that closes no later than it opens closes the next day.

    A time that the clock skips stands for the jump, one that it shows twice for the first.

    Parameters
    ----------
    date : str
        ``YYYY-MM-DD``.
    opens, closes : str
        ``HH:MM``.
    timezone : str
        The customer's.

    Raises
    ------
    ConfigError
        If a date, a time or a time zone is misspelled.

    Examples
    --------
    >>> from routing.units import HOUR
    >>> night = local_window("2026-03-29", "01:00", "04:00", "Europe/Berlin")  # the clock skips an hour
    >>> (night.to_ns - night.from_ns) // HOUR
    2
    >>> late = local_window("2026-10-24", "23:00", "04:00", "Europe/Berlin")  # and shows one twice
    >>> (late.to_ns - late.from_ns) // HOUR
    6
    """
    day, where = parse_date(date, "date"), zone(timezone, "timezone")
    start, end = parse_clock(opens, "opens"), parse_clock(closes, "closes")
    from_ns = instant_ns(day, start, where)
    to_ns = instant_ns(day, end if end > start else end + 24 * 60, where)
    return Window(from_ns, to_ns)


def slots_in(window: Window, slot_ns: int) -> Iterator[Window]:
    """Give the slots that lie wholly in a window: stretches of ``slot_ns`` that begin at its multiples since 1970.

    Examples
    --------
    >>> [tuple(slot) for slot in slots_in(Window(5, 35), 10)]
    [(10, 20), (20, 30)]
    """
    start_ns = -(-window.from_ns // slot_ns) * slot_ns
    while start_ns + slot_ns <= window.to_ns:
        yield Window(start_ns, start_ns + slot_ns)
        start_ns += slot_ns
