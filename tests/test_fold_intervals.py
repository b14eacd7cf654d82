"""Periods of local time, and sums over them.

Owns the days on which clocks change; must not know the fold.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from routing.errors import UsageError
from routing.model import Config, Hours, Queue
from routing.statistics.intervals import add, period, sum_agents, sum_queues, zone_of
from routing.statistics.shapes import AgentCounts, AgentRow, QueueCounts, QueueRow
from routing.units import HOUR, MINUTE, SECOND

QUARTER = 15 * MINUTE
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo")


def instant(*parts: int, zone: str = "UTC") -> int:
    return int(datetime(*parts, tzinfo=ZoneInfo(zone)).timestamp()) * SECOND  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24), ((2026, 3, 30), 24)]
)
def test_days_on_which_clocks_change(day: tuple[int, int, int], hours: int) -> None:
    found = period(instant(*day, 12, zone="Europe/Berlin"), "day", "Europe/Berlin")
    assert found.start_ns == instant(*day, zone="Europe/Berlin")
    assert found.end_ns - found.start_ns == hours * HOUR


def test_an_hour_that_comes_twice_is_two() -> None:
    first = period(instant(2026, 10, 25, 0, 30), "60m", "Europe/Berlin")  # 02:30 the first time
    second = period(instant(2026, 10, 25, 1, 30), "60m", "Europe/Berlin")
    assert first.end_ns == second.start_ns
    assert second.end_ns - first.start_ns == 2 * HOUR


def test_quarters_of_an_hour_from_utc() -> None:
    found = period(instant(2026, 1, 1, 0, 20), "60m", "Asia/Kathmandu")  # 05:45 from UTC
    assert found.start_ns == instant(2026, 1, 1, 0, 15)
    assert found.end_ns == instant(2026, 1, 1, 1, 15)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("length", ["15m", "30m", "60m", "day"])
def test_periods_follow_each_other(zone: str, length: str) -> None:
    """Without a gap, each found from any instant within, and named by one local slot."""
    random = Random(f"{zone} {length}")
    for start in (instant(2026, 3, 27), instant(2026, 4, 3), instant(2026, 10, 2), instant(2026, 10, 23)):
        at, end = period(start, length, zone).start_ns, start + 5 * 24 * HOUR  # type: ignore[arg-type]
        while at < end:
            found = period(at, length, zone)  # type: ignore[arg-type]
            assert found.start_ns == at < found.end_ns
            assert period(random.randrange(at, found.end_ns), length, zone) == found  # type: ignore[arg-type]
            local = datetime.fromtimestamp(at // SECOND, ZoneInfo(zone))
            last = datetime.fromtimestamp(found.end_ns // SECOND - 1, ZoneInfo(zone))
            assert local.date() == last.date()
            if length == "day":
                before = local.astimezone(UTC) - timedelta(seconds=1)
                assert before.astimezone(ZoneInfo(zone)).date() < local.date()
            else:
                assert found.end_ns - at <= int(length[:2]) * MINUTE
            at = found.end_ns


def test_sums_agree_with_the_whole() -> None:
    random = Random(5)
    start = instant(2026, 10, 24)
    rows = [
        QueueRow(at, at + QUARTER, f"q{random.randrange(2)}", "voice", QueueCounts(*some(random, 48)))
        for at in range(start, start + 72 * HOUR, QUARTER)
    ]
    agents = [
        AgentRow(row.start_ns, row.end_ns, "ann", AgentCounts(idle_ns=n, not_ready_by={f"r{n % 2}": n}))
        for n, row in enumerate(rows)
    ]
    whole = add(QueueCounts(), [row.counts for row in rows])
    whole_agent = add(AgentCounts(), [row.counts for row in agents])
    for length in ("15m", "30m", "60m", "day"):
        summed = sum_queues(rows, length, "Europe/Berlin")
        assert add(QueueCounts(), [row.counts for row in summed]) == whole
        of_agents = sum_agents(agents, length, "Europe/Berlin")
        assert add(AgentCounts(), [row.counts for row in of_agents]) == whole_agent
        assert all(earlier.end_ns <= later.start_ns for earlier, later in pairwise(of_agents))
    days = sum_agents(agents, "day", "Europe/Berlin")
    assert [(row.end_ns - row.start_ns) // HOUR for row in days] == [24, 25, 24, 24]


def some(random: Random, count: int) -> list[int]:
    return [random.randrange(100) for _ in range(count)]


def test_what_cannot_be_summed_is_refused() -> None:
    with pytest.raises(UsageError, match="Mars"):
        period(0, "day", "Mars/Olympus")
    with pytest.raises(UsageError, match="45m"):
        period(0, "45m")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="longer than 30m"):
        sum_queues([QueueRow(0, HOUR, "q", "voice", QueueCounts())], "30m")


def test_the_zone_of_a_queue() -> None:
    hours = (Hours("east", timezone="Asia/Tokyo"), Hours("here"))
    queues = (Queue("a", hours="east"), Queue("b", hours="here"), Queue("c"))
    config = Config(timezone="Europe/Berlin", hours=hours, queues=queues)
    assert [zone_of(config, name) for name in "abc"] == ["Asia/Tokyo", "Europe/Berlin", "Europe/Berlin"]
