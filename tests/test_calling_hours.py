"""Calling hours against the clock on the wall, minute by minute; numbers and where they may be.

Owns what hours and numbers must say; must not test the rules that ask them.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.compliance import BUILT_IN, CallingHours, Profile, RegionalHolidays
from routing.compliance.numbers import e164, place, with_zones
from routing.errors import ConfigError, DataError
from routing.model import Day, Holiday, OpenSpan
from routing.units import DAY, HOUR, MINUTE, SECOND

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEK: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def at(text: str, where: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(where)).timestamp()) * SECOND


ODD = Profile(
    "odd",
    hours=(OpenSpan(("mon", "tue", "wed", "thu", "fri"), "08:30", "12:00"), OpenSpan(WEEK, "13:00", "24:00")),
    holidays=(
        RegionalHolidays((Holiday("2026-10-26", "14:00", "16:00"),), "GB"),
        RegionalHolidays((Holiday("2026-10-26", "15:00", "18:00"), Holiday("2026-03-29"))),
    ),
)
EARLY = Profile("early", hours=(OpenSpan(WEEK, "00:00", "10:00"),))
PROFILES = {**BUILT_IN, "odd": ODD, "early": EARLY}
ZONES = ("America/New_York", "America/Los_Angeles", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata")


def on_the_wall(profile: Profile, where: str, region: str, at_ns: int) -> bool:
    """Is it open by the wall clock there?"""
    local = (EPOCH + timedelta(seconds=at_ns // SECOND)).astimezone(ZoneInfo(where))
    now = f"{local:%H:%M}"
    found = True
    special = False
    for regional in profile.holidays:
        days = [one for one in regional.holidays if one.date == f"{local:%Y-%m-%d}"]
        if regional.region in ("", region) and days:
            special = True
            found = found and any(one.opens <= now < one.closes for one in days if one.opens)
    if special:
        return found
    spans = [span for span in profile.hours if WEEK[local.weekday()] in span.days]
    return not profile.hours or any(span.opens <= now < span.closes for span in spans)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(("us", "canada", "odd", "early")), min_size=1, max_size=2, unique=True),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True),
    st.sampled_from(("GB", "US", "")),
    st.sampled_from(("2026-03-07", "2026-03-28", "2026-04-04", "2026-10-03", "2026-10-25", "2026-11-01")),
    st.integers(0, 2 * 1440),
)
def test_windows_are_those_of_the_wall_clock(
    ids: list[str], zones: list[str], region: str, day: str, minutes: int
) -> None:
    profiles = [PROFILES[one] for one in ids]
    hours = CallingHours(profiles)
    at_ns = at(day, "UTC") + minutes * MINUTE
    window = hours.window(tuple(zones), region, at_ns)

    def is_open(instant_ns: int) -> bool:
        return all(on_the_wall(one, name, region, instant_ns) for one in profiles for name in zones)

    assert window.open == is_open(at_ns)
    if window.until_ns >= 0:
        assert is_open(window.until_ns) != window.open
        assert is_open(window.until_ns - 1) == window.open
    end_ns = window.until_ns if window.until_ns >= 0 else at_ns + 5 * DAY
    for instant_ns in range(at_ns, min(end_ns, at_ns + 3 * DAY), 30 * MINUTE):
        assert is_open(instant_ns) == window.open
        assert hours.window(tuple(zones), region, instant_ns)[:2] == window[:2]


def test_american_hours_end_at_nine_sharp() -> None:
    hours = CallingHours([BUILT_IN["us"]])
    end_ns = at("2026-07-01T21:00", "America/Chicago")
    assert hours.window(("America/Chicago",), "US", end_ns - 1).open
    closed = hours.window(("America/Chicago",), "US", end_ns)
    assert closed == (False, at("2026-07-02T08:00", "America/Chicago"), "us", "America/Chicago")


def test_a_night_in_which_the_clock_jumps_is_shorter() -> None:
    hours = CallingHours([BUILT_IN["us"]])
    for evening, morning, length in (
        ("2026-03-07", "2026-03-08", 10),
        ("2026-10-31", "2026-11-01", 12),
        ("2026-07-01", "2026-07-02", 11),
    ):
        end_ns = at(f"{evening}T21:00", "America/New_York")
        until_ns = hours.window(("America/New_York",), "US", end_ns).until_ns
        assert until_ns == at(f"{morning}T08:00", "America/New_York")
        assert until_ns - end_ns == length * HOUR


def test_canadian_weekends_are_shorter() -> None:
    hours = CallingHours([BUILT_IN["canada"]])
    where = "America/Toronto"
    friday = hours.window((where,), "CA", at("2026-05-01T21:29", where))
    assert friday.until_ns == at("2026-05-01T21:30", where)
    assert hours.window((where,), "CA", friday.until_ns).until_ns == at("2026-05-02T10:00", where)
    assert not hours.window((where,), "CA", at("2026-05-02T18:00", where)).open


def test_zones_that_are_never_open_together_are_told_after_all_that_looking() -> None:
    hours = CallingHours([Profile("hour", hours=(OpenSpan(WEEK, "08:00", "09:00"),))])
    window = hours.window(("Europe/London", "America/New_York"), "", at("2026-05-01T08:30", "UTC"))
    assert (window.open, window.until_ns) == (False, -1)


def test_without_hours_it_is_always_open() -> None:
    assert CallingHours([BUILT_IN["uk"]]).window((), "", 0) == (True, -1, "", "")
    bank = Profile("bank", holidays=(RegionalHolidays((Holiday("2026-12-25"),), "GB"),))
    hours = CallingHours([bank])
    eve_ns = at("2026-12-24T12:00", "Europe/London")
    assert hours.window(("Europe/London",), "GB", eve_ns).until_ns == eve_ns + 12 * HOUR
    assert not hours.window(("Europe/London",), "GB", eve_ns + 12 * HOUR).open
    assert hours.window(("Europe/London",), "US", eve_ns + 12 * HOUR).open


def test_a_holiday_far_ahead_is_not_forgotten_while_it_is_always_open() -> None:
    bank = Profile("bank", holidays=(RegionalHolidays((Holiday("2026-12-25"),)),))
    hours = CallingHours([bank])
    start_ns, shut_ns = at("2026-07-01T08:00", "Europe/London"), at("2026-12-25T00:00", "Europe/London")
    for asked_ns in range(start_ns, shut_ns + 2 * DAY, 7 * HOUR):
        window = hours.window(("Europe/London",), "GB", asked_ns)
        assert window.open == (not shut_ns <= asked_ns < shut_ns + DAY)
        if shut_ns - 30 * DAY < asked_ns < shut_ns + DAY:
            assert window.until_ns == (shut_ns if asked_ns < shut_ns else shut_ns + DAY)


def test_an_unknown_zone_is_told() -> None:
    with pytest.raises(ConfigError, match="unknown time zone 'Europe/Lodnon'"):
        CallingHours([BUILT_IN["us"]]).window(("Europe/Lodnon",), "", 0)


# ------------------------------------------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+1 (415) 555-2671", "", "+14155552671"),
        ("415.555.2671", "US", "+14155552671"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("0049 151 12345678", "DE", "+4915112345678"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, region: str, number: str) -> None:
    assert e164(text, region) == number


@pytest.mark.parametrize(
    ("text", "region", "problem"),
    [
        ("", "US", "is no telephone number; correct or drop it"),
        ("415 555 2671", "", "write it with + and country code"),
        ("+1 999 555 0123", "", "is no number that can exist; correct"),
        ("911", "US", "is no number that can exist in US"),
    ],
)
def test_what_is_no_number_is_told(text: str, region: str, problem: str) -> None:
    with pytest.raises(DataError, match=re.escape(problem)):
        e164(text, region)


def test_a_number_may_be_in_several_zones() -> None:
    assert place("+442079460958").zones == ("Europe/London",)
    russian = place("+79161234567")
    assert russian.kind == "mobile"
    assert {"Europe/Moscow", "Asia/Vladivostok"} <= set(russian.zones)
    fixed = place("+74951234567", "country")
    assert (fixed.kind, fixed.zones) == ("fixed", ("Europe/Moscow",))


def test_an_american_number_may_have_moved_within_the_country() -> None:
    zones = set(place("+12125550123", "country").zones)
    assert {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "America/Anchorage"} <= zones
    assert not zones & {"America/Toronto", "America/Jamaica", "America/Vancouver"}
    canadian = set(place("+14165550123", "country").zones)
    assert {"America/St_Johns", "America/Vancouver"} <= canadian
    assert "America/Los_Angeles" not in canadian
    assert "Pacific/Honolulu" in place("+18005550123").zones


def test_what_is_known_of_the_customer_adds_to_it() -> None:
    found = with_zones(place("+12125550123"), ["America/Denver", "", "America/New_York"])
    assert found.zones == ("America/Denver", "America/New_York")
