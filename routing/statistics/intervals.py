"""Rows of a quarter of an hour summed to half hours, hours and days of a time zone.

Every count but the maxima is a sum, so nothing is lost: the sum of a day's rows is what a fold with that day as its
interval would have counted. Every present time zone is a multiple of 15 minutes from UTC, so its
periods are whole rows.

Owns periods of local time and sums of counts; must not know where rows come from.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from routing.errors import UsageError
from routing.model import Config
from routing.statistics.shapes import MAXIMA, AgentCounts, AgentRow, QueueCounts, QueueRow
from routing.units import MINUTE, SECOND

Length = Literal["15m", "30m", "60m", "day"]
Counts = TypeVar("Counts", QueueCounts, AgentCounts)

_MINUTES: dict[Length, int] = {"15m": 15, "30m": 30, "60m": 60}
_GRAIN_NS = 15 * MINUTE


class Period(Struct, frozen=True):
    """One stretch of local time, from ``start_ns`` to before ``end_ns``."""

    start_ns: int
    end_ns: int


def period(at_ns: int, length: Length, timezone: str = "UTC") -> Period:
    """Find the period of local time that an instant lies in. O(1).

    Days go from local midnight to local midnight, so they have 23 or 25 hours where clocks change. Shorter periods
    begin at full local hours, halves and quarters, and anew where clocks change: an hour that comes twice is two
    periods. (Where clocks change by half an hour, as on Lord Howe Island, a period of 60 minutes is cut there.)

    Parameters
    ----------
    at_ns : int
        ns since 1970 (UTC).
    length : str
        "15m", "30m", "60m" or "day".
    timezone : str, default "UTC"
        A name of the IANA database.

    Raises
    ------
    UsageError
        If the time zone or the length is not known.

    Examples
    --------
    >>> from datetime import UTC
    >>> spring = int(datetime(2026, 3, 29, 12, tzinfo=UTC).timestamp()) * SECOND
    >>> day = period(spring, "day", "Europe/Berlin")
    >>> (day.end_ns - day.start_ns) // (60 * MINUTE)
    23
    """
    zone = _zone(timezone)
    if length == "day":
        today = datetime.fromtimestamp(at_ns // SECOND, zone).date()
        return Period(_midnight(today, zone), _midnight(today + timedelta(days=1), zone))
    if length not in _MINUTES:
        raise UsageError(f"length {length!r} is not known; take 15m, 30m, 60m or day")
    first = at_ns // _GRAIN_NS * _GRAIN_NS
    slot = _slot(first, _MINUTES[length], zone)
    last = first
    while _slot(first - _GRAIN_NS, _MINUTES[length], zone) == slot:
        first -= _GRAIN_NS
    while _slot(last + _GRAIN_NS, _MINUTES[length], zone) == slot:
        last += _GRAIN_NS
    return Period(first, last + _GRAIN_NS)


def sum_queues(rows: Iterable[QueueRow], length: Length, timezone: str = "UTC") -> list[QueueRow]:
    """Sum rows of queues by period, queue and channel, in this order. O(rows).

    Examples
    --------
    >>> quarter = 15 * MINUTE
    >>> rows = [QueueRow(n * quarter, (n + 1) * quarter, "q", "voice", QueueCounts(answered=n)) for n in range(4)]
    >>> [(row.start_ns // quarter, row.counts.answered) for row in sum_queues(rows, "30m")]
    [(0, 1), (2, 5)]
    """
    found: dict[tuple[int, int, str, str], list[QueueCounts]] = {}
    periods: dict[int, Period] = {}
    for row in rows:
        span = _period_of(row.start_ns, row.end_ns, length, timezone, periods)
        found.setdefault((span.start_ns, span.end_ns, row.queue, row.channel), []).append(row.counts)
    return [QueueRow(*key, add(QueueCounts(), parts)) for key, parts in sorted(found.items(), key=_by_key)]


def sum_agents(rows: Iterable[AgentRow], length: Length, timezone: str = "UTC") -> list[AgentRow]:
    """Sum rows of agents by period and agent, in this order. O(rows)."""
    found: dict[tuple[int, int, str], list[AgentCounts]] = {}
    periods: dict[int, Period] = {}
    for row in rows:
        span = _period_of(row.start_ns, row.end_ns, length, timezone, periods)
        found.setdefault((span.start_ns, span.end_ns, row.agent), []).append(row.counts)
    return [AgentRow(*key, add(AgentCounts(), parts)) for key, parts in sorted(found.items(), key=_by_key)]


def add(total: Counts, parts: Iterable[Counts]) -> Counts:
    """Add counts to others, which are changed and returned; of maxima the greatest stays.

    Examples
    --------
    >>> both = add(QueueCounts(), [QueueCounts(answered=2, wait_max_ns=5), QueueCounts(answered=1, wait_max_ns=7)])
    >>> both.answered, both.wait_max_ns
    (3, 7)
    """
    for part in parts:
        for name in part.__struct_fields__:
            had, more = getattr(total, name), getattr(part, name)
            if isinstance(more, dict):
                setattr(total, name, {key: had.get(key, 0) + more.get(key, 0) for key in {**had, **more}})
            else:
                setattr(total, name, max(had, more) if name in MAXIMA else had + more)
    return total


def zone_of(config: Config, queue: str) -> str:
    """Name the time zone of a queue: that of its opening hours, or else the centre's. O(queues + hours).

    Examples
    --------
    >>> zone_of(Config(timezone="Europe/Berlin"), "sales")
    'Europe/Berlin'
    """
    hours = next((one.hours for one in config.queues if one.id == queue), "")
    named = next((one.timezone for one in config.hours if one.id == hours), "")
    return named or config.timezone


def _period_of(start_ns: int, end_ns: int, length: Length, timezone: str, known: dict[int, Period]) -> Period:
    """The period of a row, which must lie within it whole."""
    if start_ns not in known:
        known[start_ns] = period(start_ns, length, timezone)
    found = known[start_ns]
    if end_ns > found.end_ns:
        raise UsageError(
            f"a row from {start_ns} to {end_ns} is longer than {length} in {timezone}; count by 15 minutes"
        )
    return found


def _by_key(item: tuple[tuple[int | str, ...], object]) -> tuple[int | str, ...]:
    return item[0]


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"timezone {timezone!r} is not known; take a name such as Europe/Berlin") from None


def _midnight(day: date, zone: ZoneInfo) -> int:
    """When a local day begins; where midnight is left out, the instant at which clocks change."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * SECOND


def _slot(at_ns: int, minutes: int, zone: ZoneInfo) -> tuple[datetime, timedelta | None]:
    """The local slot of an instant, with the offset from UTC that tells two of the same name apart."""
    local = datetime.fromtimestamp(at_ns // SECOND, zone)
    begun = local.replace(tzinfo=None) - timedelta(minutes=local.minute % minutes, seconds=local.second)
    return begun, local.utcoffset()
