"""From opening hours and shifts to instants: weekly patterns, holidays, clocks that jump, hand-overs."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from routing.calendar import Staffed, commands, is_open, next_change_ns, staffing
from routing.commands import CloseQueue, LogIn, LogOut, OpenQueue
from routing.config import from_dict, validate
from routing.config.localtime import instant_ns, local_date, parse_clock, parse_date, zone
from routing.errors import ConfigError, UsageError
from routing.model import Agent, Config, Day, Holiday, Hours, OpenSpan, Queue, Shift
from routing.units import DAY, HOUR, MAX_INSTANT_NS, MINUTE, SECOND

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
WEEK: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc(text: str) -> int:
    """Read ``2026-03-29 01:00`` as nanoseconds."""
    return int((datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) / timedelta(seconds=1)) * SECOND


def shown(at_ns: int) -> str:
    return (EPOCH + timedelta(seconds=at_ns // SECOND)).strftime("%Y-%m-%d %H:%M")


def timeline(config: Config, start: str, end: str) -> list[str]:
    """The commands as a transcript, in UTC."""
    lines = []
    for at_ns, command in commands(config, utc(start), utc(end)):
        who = getattr(command, "queue", None) or getattr(command, "agent", None)
        lines.append(f"{shown(at_ns)} {type(command).__name__} {who}")
    return lines


def with_hours(
    *spans: OpenSpan, holidays: tuple[Holiday, ...] = (), timezone: str = "Europe/Berlin"
) -> Config:
    return validate(
        Config(queues=(Queue("sales", hours="office"),), hours=(Hours("office", spans, holidays, timezone),))
    )


def with_shifts(*shifts: Shift, timezone: str = "Europe/Berlin") -> Config:
    agents = (Agent("ann", groups=("early",)), Agent("bob", groups=("early", "late")), Agent("cy"))
    return validate(Config(timezone=timezone, agents=agents, shifts=shifts))


def every_day(opens: str, closes: str) -> OpenSpan:
    return OpenSpan(WEEK, opens, closes)


# --- Local time

DST = [
    # An ordinary day
    (BERLIN, "2026-01-15", "12:00", "2026-01-15 11:00"),
    (BERLIN, "2026-07-15", "12:00", "2026-07-15 10:00"),
    (NEW_YORK, "2026-01-15", "12:00", "2026-01-15 17:00"),
    # The clock jumps from 02:00 to 03:00
    (BERLIN, "2026-03-29", "01:59", "2026-03-29 00:59"),
    (BERLIN, "2026-03-29", "02:00", "2026-03-29 01:00"),
    (BERLIN, "2026-03-29", "02:30", "2026-03-29 01:00"),
    (BERLIN, "2026-03-29", "03:00", "2026-03-29 01:00"),
    (BERLIN, "2026-03-29", "03:01", "2026-03-29 01:01"),
    (BERLIN, "2026-03-28", "24:00", "2026-03-28 23:00"),
    (BERLIN, "2026-03-29", "24:00", "2026-03-29 22:00"),
    (NEW_YORK, "2026-03-08", "02:30", "2026-03-08 07:00"),
    (NEW_YORK, "2026-03-08", "03:30", "2026-03-08 07:30"),
    # The clock shows 02:00 to 03:00 twice (in New York 01:00 to 02:00)
    (BERLIN, "2026-10-25", "01:59", "2026-10-24 23:59"),
    (BERLIN, "2026-10-25", "02:30", "2026-10-25 00:30"),
    (BERLIN, "2026-10-25", "03:00", "2026-10-25 02:00"),
    (NEW_YORK, "2026-11-01", "01:30", "2026-11-01 05:30"),
    (NEW_YORK, "2026-11-01", "02:00", "2026-11-01 07:00"),
    # Half an hour, at midnight, and a day that never was
    (ZoneInfo("Australia/Lord_Howe"), "2026-10-04", "02:15", "2026-10-03 15:30"),
    (ZoneInfo("America/Santiago"), "2026-09-06", "00:30", "2026-09-06 04:00"),
    (ZoneInfo("Pacific/Apia"), "2011-12-30", "12:00", "2011-12-30 10:00"),
    (ZoneInfo("Pacific/Apia"), "2011-12-31", "00:00", "2011-12-30 10:00"),
    (ZoneInfo("UTC"), "2026-03-29", "02:30", "2026-03-29 02:30"),
]


@pytest.mark.parametrize(("where", "day", "clock", "expected"), DST)
def test_instants(where: ZoneInfo, day: str, clock: str, expected: str) -> None:
    assert shown(instant_ns(parse_date(day), parse_clock(clock), where)) == expected


def test_minutes_may_go_on_into_the_next_days() -> None:
    assert instant_ns(date(2026, 3, 28), 1440 + 240, BERLIN) == instant_ns(date(2026, 3, 29), 240, BERLIN)


zones = st.sampled_from(
    [
        zone(name)
        for name in (
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "America/Santiago",
            "Asia/Kolkata",
            "Pacific/Apia",
            "UTC",
        )
    ]
)


@given(zones, st.dates(date(1971, 1, 1), date(2100, 1, 1)), st.integers(0, 2880), st.integers(0, 2880))
def test_later_by_the_clock_is_never_earlier(where: ZoneInfo, day: date, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert instant_ns(day, low, where) <= instant_ns(day, high, where)


@given(zones, st.dates(date(1971, 1, 1), date(2100, 1, 1)), st.integers(0, 1439))
def test_the_clock_shows_the_time_or_has_jumped_past_it(where: ZoneInfo, day: date, minutes: int) -> None:
    at_ns = instant_ns(day, minutes, where)
    wanted = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    local = (EPOCH + timedelta(seconds=at_ns // SECOND)).astimezone(where)
    before = (EPOCH + timedelta(seconds=at_ns // SECOND - 1)).astimezone(where)
    assert local.replace(tzinfo=None) >= wanted
    assert before.replace(tzinfo=None) < wanted or before.utcoffset() != local.utcoffset()
    assert local_date(at_ns, where) == local.date()


# --- Opening hours


def test_an_office_week() -> None:
    config = with_hours(OpenSpan(WEEK[:5], "08:00", "18:00"), OpenSpan(("sat",), "09:00", "12:00"))
    assert timeline(config, "2026-01-16 00:00", "2026-01-19 08:00") == [
        "2026-01-16 00:00 CloseQueue sales",  # Friday
        "2026-01-16 07:00 OpenQueue sales",
        "2026-01-16 17:00 CloseQueue sales",
        "2026-01-17 08:00 OpenQueue sales",
        "2026-01-17 11:00 CloseQueue sales",
        "2026-01-19 07:00 OpenQueue sales",
    ]


def test_holidays_replace_their_weekday() -> None:
    config = with_hours(
        OpenSpan(WEEK[:5], "08:00", "18:00"),
        holidays=(
            Holiday("2026-12-24", "08:00", "10:00", "Christmas Eve"),
            Holiday("2026-12-24", "11:00", "12:00"),
            Holiday("2026-12-25"),
        ),
    )
    assert timeline(config, "2026-12-24 06:00", "2026-12-28 08:00") == [
        "2026-12-24 06:00 CloseQueue sales",  # Thursday
        "2026-12-24 07:00 OpenQueue sales",
        "2026-12-24 09:00 CloseQueue sales",
        "2026-12-24 10:00 OpenQueue sales",
        "2026-12-24 11:00 CloseQueue sales",
        "2026-12-28 07:00 OpenQueue sales",
    ]


@pytest.mark.parametrize(
    ("zone_name", "start", "lines"),
    [
        ("Europe/Berlin", "2026-03-28 12:00", ["2026-03-29 00:30 OpenQueue", "2026-03-29 02:00 CloseQueue"]),
        ("Europe/Berlin", "2026-10-24 12:00", ["2026-10-24 23:30 OpenQueue", "2026-10-25 03:00 CloseQueue"]),
        (
            "America/New_York",
            "2026-03-07 12:00",
            ["2026-03-08 06:30 OpenQueue", "2026-03-08 08:00 CloseQueue"],
        ),
        (
            "America/New_York",
            "2026-10-31 12:00",
            ["2026-11-01 05:30 OpenQueue", "2026-11-01 09:00 CloseQueue"],
        ),
    ],
)
def test_short_and_long_days(zone_name: str, start: str, lines: list[str]) -> None:
    config = with_hours(every_day("01:30", "04:00"), timezone=zone_name)
    end = shown(utc(start) + DAY)
    assert timeline(config, start, end) == [f"{start} CloseQueue sales", *(f"{line} sales" for line in lines)]


def test_hours_that_the_clock_jumps_over_do_not_happen() -> None:
    config = with_hours(every_day("02:10", "02:50"))
    assert timeline(config, "2026-03-28 12:00", "2026-03-30 00:00") == ["2026-03-28 12:00 CloseQueue sales"]


@pytest.mark.parametrize(
    "spans",
    [
        (every_day("00:00", "24:00"),),
        (every_day("00:00", "12:00"), every_day("12:00", "24:00")),
    ],
)
def test_round_the_clock_there_is_nothing_to_say(spans: tuple[OpenSpan, ...]) -> None:
    config = with_hours(*spans)
    assert timeline(config, "2026-03-01 00:00", "2026-11-01 00:00") == []
    assert next_change_ns(config, "sales", utc("2026-03-01 00:00")) is None


def test_windows_are_half_open() -> None:
    config = with_hours(every_day("08:00", "18:00"), timezone="UTC")
    assert timeline(config, "2026-01-16 08:00", "2026-01-16 18:00") == []
    assert timeline(config, "2026-01-16 18:00", "2026-01-17 08:00") == ["2026-01-16 18:00 CloseQueue sales"]
    assert timeline(config, "2026-01-16 18:00", "2026-01-16 18:00") == []


def test_queues_without_hours_are_left_alone() -> None:
    config = Config(queues=(Queue("sales"),))
    assert timeline(config, "2026-01-01 00:00", "2026-02-01 00:00") == []
    assert is_open(config, "sales", 0)
    assert next_change_ns(config, "sales", 0) is None


def test_hours_without_spans_are_closed() -> None:
    config = with_hours()
    assert timeline(config, "2026-01-01 00:00", "2026-02-01 00:00") == ["2026-01-01 00:00 CloseQueue sales"]
    assert not is_open(config, "sales", utc("2026-01-15 12:00"))
    assert next_change_ns(config, "sales", 0) is None


def test_the_zone_of_the_hours_wins_over_the_centres() -> None:
    spans = (every_day("08:00", "18:00"),)
    config = Config(
        timezone="America/New_York",
        queues=(Queue("a", hours="here"), Queue("b", hours="there")),
        hours=(Hours("here", spans), Hours("there", spans, timezone="Europe/Berlin")),
    )
    assert timeline(config, "2026-01-15 00:00", "2026-01-16 00:00") == [
        "2026-01-15 00:00 CloseQueue a",
        "2026-01-15 00:00 CloseQueue b",
        "2026-01-15 07:00 OpenQueue b",
        "2026-01-15 13:00 OpenQueue a",
        "2026-01-15 17:00 CloseQueue b",
        "2026-01-15 23:00 CloseQueue a",
    ]


@pytest.mark.parametrize(
    ("at", "change"),
    [
        ("2026-01-16 06:59", "2026-01-16 07:00"),
        ("2026-01-16 07:00", "2026-01-16 17:00"),
        ("2026-01-16 17:00", "2026-01-19 07:00"),  # over the weekend
        ("2026-12-23 17:00", "2026-12-28 07:00"),  # and over holidays before one
        ("2026-03-27 17:00", "2026-03-30 06:00"),  # into summer time
    ],
)
def test_next_change(at: str, change: str) -> None:
    config = with_hours(
        OpenSpan(WEEK[:5], "08:00", "18:00"),
        holidays=(Holiday("2026-12-24"), Holiday("2026-12-25"), Holiday("9999-12-31"), Holiday("0001-01-01")),
    )
    found = next_change_ns(config, "sales", utc(at))
    assert found is not None
    assert shown(found) == change


def test_next_change_looks_as_far_as_the_last_holiday() -> None:
    config = with_hours(every_day("00:00", "24:00"), holidays=(Holiday("2031-05-01"),))
    assert next_change_ns(config, "sales", utc("2026-01-01 00:00")) == utc("2031-04-30 22:00")
    assert next_change_ns(config, "sales", utc("2031-04-30 22:00")) == utc("2031-05-01 22:00")
    assert next_change_ns(config, "sales", utc("2031-05-01 22:00")) is None


def test_the_ends_of_time() -> None:
    config = with_hours(every_day("08:00", "18:00"))
    assert next_change_ns(config, "sales", 0) == 7 * HOUR
    assert next_change_ns(config, "sales", MAX_INSTANT_NS) is None
    assert len(timeline(config, "1970-01-01 00:00", "1970-01-02 00:00")) == 3
    assert list(commands(config, MAX_INSTANT_NS, MAX_INSTANT_NS)) == []
    assert staffing(with_shifts(Shift("08:00", "18:00", agents=("cy",))), 0, 0) == []


# --- Shifts


def test_a_day_of_shifts() -> None:
    config = with_shifts(
        Shift("06:00", "14:00", groups=("early",)), Shift("14:00", "22:00", groups=("late",), agents=("cy",))
    )
    assert timeline(config, "2026-01-15 00:00", "2026-01-16 00:00") == [
        "2026-01-15 05:00 LogIn ann",
        "2026-01-15 05:00 LogIn bob",
        "2026-01-15 13:00 LogIn cy",  # in before ann is out, and bob stays
        "2026-01-15 13:00 LogOut ann",
        "2026-01-15 21:00 LogOut bob",
        "2026-01-15 21:00 LogOut cy",
    ]


def test_who_is_on_shift_at_the_start_is_logged_in() -> None:
    config = with_shifts(Shift("22:00", "06:00", agents=("cy",)))
    assert timeline(config, "2026-01-15 01:00", "2026-01-15 23:00") == [
        "2026-01-15 01:00 LogIn cy",
        "2026-01-15 05:00 LogOut cy",
        "2026-01-15 21:00 LogIn cy",
    ]
    assert timeline(config, "2026-01-15 05:00", "2026-01-15 21:00") == []


def test_staffing_is_cut_to_the_window() -> None:
    config = with_shifts(Shift("22:00", "06:00", agents=("cy",)), timezone="UTC")
    start, end = utc("2026-01-15 01:00"), utc("2026-01-15 23:00")
    assert staffing(config, start, end) == [
        Staffed("cy", start, utc("2026-01-15 06:00")),
        Staffed("cy", utc("2026-01-15 22:00"), end),
    ]
    assert staffing(config, start, end)[0] == ("cy", start, utc("2026-01-15 06:00"))


@pytest.mark.parametrize(
    ("start", "hours"),
    [("2026-01-15 12:00", 8), ("2026-03-28 12:00", 7), ("2026-10-24 12:00", 9)],
)
def test_nights_on_which_the_clock_jumps(start: str, hours: int) -> None:
    config = with_shifts(Shift("22:00", "06:00", agents=("cy",)))
    (stay,) = staffing(config, utc(start), utc(start) + DAY)
    assert stay.logout_ns - stay.login_ns == hours * HOUR


def test_overlapping_and_touching_shifts_are_one_stay() -> None:
    config = with_shifts(
        Shift("12:00", "18:00", agents=("ann",)),
        Shift("08:00", "12:00", groups=("early",)),
        Shift("08:30", "10:00", agents=("ann",)),
        Shift("11:00", "12:00", agents=("ann",), timezone="UTC"),
    )
    assert timeline(config, "2026-01-15 00:00", "2026-01-16 00:00") == [
        "2026-01-15 07:00 LogIn ann",
        "2026-01-15 07:00 LogIn bob",
        "2026-01-15 11:00 LogOut bob",
        "2026-01-15 17:00 LogOut ann",
    ]


def test_round_the_clock_nobody_goes_home() -> None:
    config = with_shifts(Shift("08:00", "08:00", agents=("cy",)))
    assert timeline(config, "2026-03-01 00:00", "2026-11-01 00:00") == ["2026-03-01 00:00 LogIn cy"]


def test_days_and_dates_bound_the_start_of_a_shift() -> None:
    config = with_shifts(
        Shift("22:00", "02:00", ("fri", "sat"), ("cy",), from_date="2026-01-09", to_date="2026-01-16"),
        timezone="UTC",
    )
    stays = staffing(config, utc("2026-01-01 00:00"), utc("2026-02-01 00:00"))
    assert [shown(stay.login_ns) for stay in stays] == [
        "2026-01-09 22:00",
        "2026-01-10 22:00",
        "2026-01-16 22:00",
    ]
    assert shown(stays[-1].logout_ns) == "2026-01-17 02:00"


def test_a_shift_of_nobody() -> None:
    assert timeline(with_shifts(Shift("08:00", "16:00")), "2026-01-01 00:00", "2026-02-01 00:00") == []


def test_what_comes_at_one_instant() -> None:
    """The night's queue opens and its agents log in before the day's closes and its agents leave."""
    config = from_dict(
        {
            "agents": [{"id": "day"}, {"id": "night"}],
            "queues": [{"id": "days", "hours": "day"}, {"id": "nights", "hours": "night"}],
            "hours": [
                {"id": "day", "weekly": [{"days": list(WEEK), "opens": "08:00", "closes": "20:00"}]},
                {"id": "night", "weekly": [{"days": list(WEEK), "opens": "20:00", "closes": "24:00"}]},
            ],
            "shifts": [
                {"starts": "08:00", "ends": "20:00", "agents": ["day"]},
                {"starts": "20:00", "ends": "24:00", "agents": ["night"]},
            ],
        }
    )
    assert timeline(config, "2026-01-15 08:00", "2026-01-15 20:01") == [
        "2026-01-15 08:00 LogIn day",
        "2026-01-15 08:00 CloseQueue nights",
        "2026-01-15 20:00 OpenQueue nights",
        "2026-01-15 20:00 LogIn night",
        "2026-01-15 20:00 CloseQueue days",
        "2026-01-15 20:00 LogOut day",
    ]


def test_a_host_goes_on_where_it_left_off() -> None:
    config = from_dict(
        {
            "agents": [{"id": "ann"}, {"id": "bob"}],
            "queues": [{"id": "sales", "hours": "office"}],
            "hours": [
                {"id": "office", "weekly": [{"days": list(WEEK), "opens": "08:00", "closes": "20:00"}]}
            ],
            "shifts": [
                {"starts": "08:00", "ends": "14:00", "agents": ["ann"]},
                {"starts": "14:00", "ends": "20:00", "agents": ["ann", "bob"]},
            ],
        }
    )
    start, noon, end = utc("2026-01-15 00:00"), utc("2026-01-15 14:00"), utc("2026-01-15 20:00")
    assert list(commands(config, noon, end, continuing=True)) == [(noon, LogIn("bob"))]
    assert list(commands(config, end, end + DAY // 2, continuing=True)) == [
        (end, CloseQueue("sales")),
        (end, LogOut("ann")),
        (end, LogOut("bob")),
    ]
    assert [command for _, command in commands(config, start, noon)] == [
        CloseQueue("sales"),
        OpenQueue("sales"),
        LogIn("ann"),
    ]


# --- Complaints


@pytest.mark.parametrize(
    ("window", "problem"),
    [
        ((-1, 5), "instant -1 is not an int in 0..4611686018427387903; give nanoseconds since 1970"),
        ((0, MAX_INSTANT_NS + 1), "instant 4611686018427387904 is not an int in 0.."),
        ((0.5, 1), "instant 0.5 is not an int"),
        ((False, 1), "instant False is not an int"),
        ((5, 4), "to_ns 4 is before from_ns 5; swap them"),
    ],
)
def test_wrong_windows(window: tuple[int, int], problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        commands(Config(), *window)
    with pytest.raises(UsageError, match=problem):
        staffing(Config(), *window)


def test_unknown_queues() -> None:
    config = with_hours(every_day("08:00", "18:00"))
    with pytest.raises(UsageError, match=r"unknown queue 'sale'; did you mean 'sales'\?"):
        is_open(config, "sale", 0)
    with pytest.raises(UsageError, match="unknown queue 'x'; name a queue of the configuration"):
        next_change_ns(config, "x", 0)
    with pytest.raises(UsageError, match="instant -1 is not an int"):
        is_open(config, "sales", -1)


def test_unknown_zones() -> None:
    with pytest.raises(ConfigError, match=r"^hours\[0\].timezone: unknown time zone 'Mars'"):
        list(commands(with_hours(timezone="Mars"), 0, 1))
    with pytest.raises(ConfigError, match=r"^shifts\[0\].timezone: unknown time zone 'Mars'"):
        staffing(with_shifts(Shift("08:00", "09:00"), timezone="Mars"), 0, 1)


# --- Properties


@st.composite
def offices(draw: st.DrawFn) -> Config:
    quarters = st.integers(0, 96)
    spans = []
    for day in WEEK:
        times = sorted(draw(st.sets(quarters, min_size=0, max_size=4)))
        for opens, closes in zip(times[::2], times[1::2], strict=False):
            spans.append(OpenSpan((day,), clock(opens * 15), clock(closes * 15)))
    first = draw(
        st.sampled_from((date(2026, 3, 28), date(2026, 10, 24), date(2026, 3, 7), date(2026, 10, 31)))
    )
    holiday = Holiday((first + timedelta(days=draw(st.integers(-1, 3)))).isoformat())
    return with_hours(
        *spans,
        holidays=draw(st.sampled_from(((), (holiday,)))),
        timezone=draw(st.sampled_from(("Europe/Berlin", "America/New_York", "Australia/Lord_Howe"))),
    )


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


starts = st.sampled_from(("2026-03-28 00:00", "2026-10-24 00:00", "2026-03-07 00:00", "2026-10-31 00:00"))


@given(offices(), starts, st.integers(0, 4 * 24 * 4), st.integers(0, 4 * 24 * 4))
def test_commands_agree_with_is_open(config: Config, start: str, offset: int, length: int) -> None:
    from_ns = utc(start) + offset * 15 * MINUTE
    to_ns = from_ns + length * 15 * MINUTE
    told = list(commands(config, from_ns, to_ns))
    assert [at_ns for at_ns, _ in told] == sorted({at_ns for at_ns, _ in told})  # one queue: one at a time
    now_open, place = True, 0
    for at_ns in range(from_ns, to_ns, 15 * MINUTE):
        while place < len(told) and told[place][0] <= at_ns:
            opens = type(told[place][1]).__name__ == "OpenQueue"
            assert opens != now_open  # nothing needless
            now_open, place = opens, place + 1
        assert now_open == is_open(config, "sales", at_ns)
    assert place == len(told)


@given(offices(), starts, st.integers(0, 4 * 24 * 60))
def test_next_change_agrees_with_is_open(config: Config, start: str, minute: int) -> None:
    at_ns = utc(start) + minute * MINUTE
    change_ns = next_change_ns(config, "sales", at_ns)
    before = is_open(config, "sales", at_ns)
    if change_ns is None:
        assert all(is_open(config, "sales", at_ns + hours * HOUR) == before for hours in range(24 * 9))
    else:
        assert change_ns > at_ns
        assert is_open(config, "sales", change_ns) != before
        assert is_open(config, "sales", change_ns - 1) == before


rosters = st.lists(
    st.builds(
        lambda starts, ends, days, agents: Shift(
            clock(starts), clock(ends), tuple(sorted(days)), tuple(agents)
        ),
        st.integers(0, 95).map(lambda quarter: quarter * 15),
        st.integers(0, 96).map(lambda quarter: quarter * 15),
        st.sets(st.sampled_from(WEEK), min_size=1),
        st.sets(st.sampled_from(("ann", "bob", "cy"))).map(sorted),
    ),
    max_size=6,
)


@given(offices(), rosters, starts, st.tuples(*[st.integers(0, 4 * 24 * 4)] * 3))
def test_a_window_is_its_parts(
    office: Config, shifts: list[Shift], start: str, offsets: tuple[int, ...]
) -> None:
    config = replace(with_shifts(*shifts), queues=office.queues, hours=office.hours)
    from_ns, middle_ns, to_ns = (utc(start) + offset * 15 * MINUTE for offset in sorted(offsets))
    whole = list(commands(config, from_ns, to_ns))
    assert all(from_ns <= at_ns < to_ns for at_ns, _ in whole)
    if from_ns < middle_ns:
        parts = [*commands(config, from_ns, middle_ns), *commands(config, middle_ns, to_ns, continuing=True)]
        assert parts == whole


@given(rosters, starts, st.integers(0, 100), st.integers(0, 200))
def test_staffing_is_in_order_apart_and_whole(
    shifts: list[Shift], start: str, skip: int, length: int
) -> None:
    config = with_shifts(*shifts)
    from_ns = utc(start) + skip * HOUR
    to_ns = from_ns + length * HOUR
    stays = staffing(config, from_ns, to_ns)
    assert [stay.login_ns for stay in stays] == sorted(stay.login_ns for stay in stays)
    for agent in ("ann", "bob", "cy"):
        own = [stay for stay in stays if stay.agent == agent]
        assert all(from_ns <= stay.login_ns < stay.logout_ns <= to_ns for stay in own)
        assert all(one.logout_ns < other.login_ns for one, other in pairwise(own))
    middle_ns = (from_ns + to_ns) // 2
    parts = staffing(config, from_ns, middle_ns) + staffing(config, middle_ns, to_ns)
    assert sum(stay.logout_ns - stay.login_ns for stay in parts) == sum(
        stay.logout_ns - stay.login_ns for stay in stays
    )
    present: set[str] = set()
    for _, command in commands(config, from_ns, to_ns):
        agent, comes = getattr(command, "agent"), type(command).__name__ == "LogIn"  # noqa: B009
        assert (agent in present) != comes  # nobody comes who is there
        (present.add if comes else present.discard)(agent)
