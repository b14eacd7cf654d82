"""Limits, do-not-call lists and the rulebook: each rule at the instant from which it allows the call.

Owns what rules must answer; must not test hours and numbers by themselves.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.compliance import (
    BUILT_IN,
    AttemptLimit,
    DoNotCall,
    Past,
    Planned,
    Profile,
    Reading,
    broken_limits,
    choose,
)
from routing.compliance.limits import latest
from routing.compliance.numbers import e164, place
from routing.compliance.numberset import NumberSet
from routing.compliance.rules import Rulebook
from routing.compliance.suppression import SCOPES, as_int
from routing.errors import DataError, UsageError
from routing.units import DAY, HOUR, MINUTE, SECOND

LONDON, NEW_YORK = "+442079460958", "+12125550123"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(text: str, where: str = "Europe/London") -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(where)).timestamp()) * SECOND


NOON = at("2026-05-06T12:00")  # a Wednesday


# ------------------------------------------------------------------------------------------- known cases


def test_seven_attempts_in_seven_days() -> None:
    """As the commentary on 12 CFR 1006.14(b)(2) counts: a call on the 1st and six more to the 7th; again on the 8th."""
    book = Rulebook(choose(["us-reg-f"]))
    days = ("01T09:00", "02T09:00", "03T09:00", "04T09:00", "05T09:00", "06T09:00", "07T20:59")
    past = [Past(at(f"2026-04-{day}", "America/New_York"), NEW_YORK, customer="c") for day in days]
    seventh = at("2026-04-07T20:59:30", "America/New_York")
    refusal = book.check(Planned(NEW_YORK, customer="c"), past, seventh)
    assert refusal is not None
    assert (refusal.rule, refusal.profile) == ("too_many_attempts_in_days_of_customer", "us-reg-f")
    assert refusal.until_ns == at("2026-04-08T00:00", "America/New_York")
    assert book.next_allowed_ns(Planned(NEW_YORK, customer="c"), past, seventh) == at(
        "2026-04-08T08:00", "America/New_York"
    )
    assert book.check(Planned(NEW_YORK, customer="c"), past[1:], seventh) is None
    busy = [one._replace(outcome="busy") for one in past]
    assert book.check(Planned(NEW_YORK, customer="c"), busy, seventh) is None


def test_seven_days_from_the_day_of_a_conversation() -> None:
    """A conversation on Thursday the 13th: the next call is allowed on Thursday the 20th, to any of their numbers."""
    book = Rulebook(choose(["us-reg-f"]))
    talk = Past(at("2026-08-13T20:50", "America/New_York"), NEW_YORK, "a", "c", "person", talked=True)
    other = Planned("+12125550199", "b", "c")
    refusal = book.check(other, [talk], at("2026-08-19T12:00", "America/New_York"))
    assert refusal is not None
    assert refusal.rule == "locked_out_after_conversation"
    assert refusal.until_ns == at("2026-08-20T00:00", "America/New_York")
    assert book.check(other, [talk], at("2026-08-20T08:00", "America/New_York")) is None
    assert (
        book.check(other._replace(asked_for=True), [talk], at("2026-08-19T12:00", "America/New_York")) is None
    )


def test_an_abandoned_number_rests_unless_an_agent_is_certain() -> None:
    book = Rulebook(choose(["uk"]))
    past = [Past(NOON, LONDON, "a", outcome="person", ended_ns=NOON + MINUTE, abandoned=True)]
    until_ns = NOON + MINUTE + 72 * HOUR
    refusal = book.check(Planned(LONDON), past, until_ns - 1)
    assert refusal is not None
    assert (refusal.rule, refusal.until_ns) == ("locked_out_after_abandoned_call", until_ns)
    assert book.check(Planned(LONDON), past, until_ns) is None
    assert book.check(Planned(LONDON, certain_agent=True), past, NOON + HOUR) is None
    machine = [Past(NOON, LONDON, "a", outcome="machine")]
    heard = book.check(Planned(LONDON), machine, NOON + HOUR)
    assert heard is not None
    assert (heard.rule, heard.until_ns) == ("locked_out_after_machine", NOON + 24 * HOUR)


OURS = Profile(
    "ours",
    attempts=(
        AttemptLimit(2, days=1),
        AttemptLimit(3, days=7),
        AttemptLimit(4, campaign=True),
        AttemptLimit(5, "customer", within_ns=10 * DAY),
    ),
    interval_ns=2 * HOUR,
)


@pytest.mark.parametrize(
    ("ago", "rule", "until"),
    [
        ([], None, None),
        ([1], "too_soon_after_attempt", "2026-05-06T13:00"),
        ([2], None, None),
        ([2, 4], "too_many_attempts_today", "2026-05-07T00:00"),
        ([13, 14, 15], "too_many_attempts_in_days", "2026-05-12T00:00"),
        ([400, 500, 600, 700], "too_many_attempts_in_campaign", None),
    ],
)
def test_limits_of_our_own(ago: list[int], rule: str | None, until: str | None) -> None:
    past = [Past(NOON - hours * HOUR, LONDON, "a") for hours in ago]
    refusal = Rulebook([OURS]).check(Planned(LONDON, "a", "c"), past, NOON)
    assert (refusal.rule if refusal else None) == rule
    assert (refusal.until_ns if refusal else None) == (at(until) if until else None)


def test_a_customer_is_counted_over_all_numbers_and_campaigns() -> None:
    past = [Past(NOON - 50 * HOUR - n, f"+44207946{n:04}", f"campaign-{n}", "c") for n in range(5)]
    refusal = Rulebook([OURS]).check(Planned(LONDON, "a", "c"), past, NOON)
    assert refusal is not None
    assert refusal.rule == "too_many_attempts_in_time_of_customer"
    assert refusal.until_ns == NOON - 50 * HOUR - 4 + 10 * DAY
    assert Rulebook([OURS]).check(Planned(LONDON, "a", "d"), past, NOON) is None


def test_of_several_zones_all_must_allow() -> None:
    """In London it is the next day already; in New York the day of both attempts has hours to go."""
    profile = Profile("ours", attempts=(AttemptLimit(1, days=1),))
    past = [Past(at("2026-05-06T22:00"), LONDON)]
    now = at("2026-05-07T00:30")
    assert Rulebook([profile]).check(Planned(LONDON), past, now) is None
    refusal = Rulebook([profile]).check(Planned(LONDON, zones=("America/New_York",)), past, now)
    assert refusal is not None
    assert refusal.until_ns == at("2026-05-07T00:00", "America/New_York")


def test_the_strictest_of_several_profiles_is_named() -> None:
    strict = Profile("strict", interval_ns=5 * HOUR)
    past = [Past(NOON - HOUR, LONDON)]
    for profiles in ([OURS, strict], [strict, OURS]):
        refusal = Rulebook(profiles).check(Planned(LONDON), past, NOON)
        assert refusal is not None
        assert (refusal.rule, refusal.profile) == ("too_soon_after_attempt", "strict")


# ---------------------------------------------------------------------------- limits against a naive check


def allowed(limit: AttemptLimit, past: Sequence[Past], zones: Sequence[str], at_ns: int) -> bool:
    """Count again by the calendar."""

    def day(instant_ns: int, where: str) -> int:
        moment = EPOCH + timedelta(microseconds=instant_ns // 1000)
        return moment.astimezone(ZoneInfo(where)).date().toordinal()

    if limit.days:
        return all(
            sum(day(at_ns, name) - day(one.at_ns, name) < limit.days for one in past) < limit.most
            for name in zones
        )
    return sum(at_ns - one.at_ns < limit.within_ns for one in past) < limit.most


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 4),
    st.sampled_from(((1, 0), (2, 0), (7, 0), (0, 5 * HOUR), (0, 3 * DAY))),
    st.lists(st.integers(0, 8 * 24 * 4), max_size=8),
    st.lists(
        st.sampled_from(("Europe/London", "America/New_York", "Asia/Tokyo")),
        min_size=1,
        max_size=3,
        unique=True,
    ),
)
def test_limits_allow_from_the_very_instant(
    most: int, span: tuple[int, int], quarters: list[int], zones: list[str]
) -> None:
    limit = AttemptLimit(most, days=span[0], within_ns=span[1])
    now = at("2026-10-27T12:00")  # two days after the clocks went back
    past = [Past(now - quarter * 15 * MINUTE, LONDON) for quarter in quarters]
    broken = latest(broken_limits(Profile("p", attempts=(limit,)), Planned(LONDON), past, zones, now))
    assert (broken is None) == allowed(limit, past, zones, now)
    if broken is not None:
        assert broken.until_ns is not None
        assert allowed(limit, past, zones, broken.until_ns)
        assert not allowed(limit, past, zones, broken.until_ns - 1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from(("", "machine", "busy")), st.booleans()), max_size=6
    )
)
def test_the_next_allowed_instant_is_the_first(history: list[tuple[int, str, bool]]) -> None:
    book = Rulebook([*choose(["uk", "canada"]), OURS])
    past = [
        Past(NOON - q * 15 * MINUTE, LONDON, "b", outcome=how, abandoned=drop) for q, how, drop in history
    ]
    planned = Planned(LONDON, "a")
    found = book.next_allowed_ns(planned, past, NOON)
    if found is None:
        return
    assert book.check(planned, past, found) is None
    for instant_ns in (*range(NOON, found, 2 * HOUR), found - 1):
        assert instant_ns < NOON or book.check(planned, past, instant_ns) is not None


# ------------------------------------------------------------------------------------------ do-not-call


def test_lists_hold_for_everybody_a_tenant_or_a_campaign() -> None:
    lists = DoNotCall()
    book = Rulebook(choose(["us"]), lists)
    noon = at("2026-05-06T12:00", "America/New_York")
    lists.add(NEW_YORK, "campaign", "spring")
    assert book.check(Planned(NEW_YORK, "autumn"), (), noon) is None
    refusal = book.check(Planned(NEW_YORK, "spring"), (), noon)
    assert refusal == ("do_not_call", "us", "on the list campaign spring", None)
    assert lists.remove(NEW_YORK, "campaign", "spring")
    lists.add(NEW_YORK, "tenant", "bank")
    assert book.check(Planned(NEW_YORK, "spring", tenant="shop"), (), noon) is None
    assert book.next_allowed_ns(Planned(NEW_YORK, "spring", tenant="bank"), (), noon) is None
    lists.add(NEW_YORK)
    assert lists.listed(NEW_YORK, "spring", "bank") == "global"
    assert [lists.count(), lists.count("tenant", "bank")] == [1, 1]


def test_numbers_that_cannot_exist_and_unknown_zones_are_refused() -> None:
    book = Rulebook(choose(["us"]))
    refusal = book.check(Planned("+19995550123"), (), NOON)
    assert refusal is not None
    assert (refusal.rule, refusal.until_ns) == ("number_not_valid", None)
    satellite = book.check(Planned("+881612345678"), (), NOON)
    assert satellite is not None
    assert (satellite.rule, satellite.profile) == ("time_zone_not_known", "us")
    assert Rulebook(choose(["uk"])).check(Planned("+881612345678"), (), NOON) is None


def test_a_number_that_may_have_moved_is_called_when_all_of_the_country_is_open() -> None:
    morning = at("2026-05-06T10:00", "America/New_York")
    assert Rulebook(choose(["us"])).check(Planned(NEW_YORK), (), morning) is None
    book = Rulebook(choose(["us"]), placing=partial(place, placing="country"))
    refusal = book.check(Planned(NEW_YORK), (), morning)
    assert refusal is not None
    assert refusal.until_ns == at("2026-05-06T08:00", "Pacific/Honolulu")


def test_hours_come_before_limits_that_end_together() -> None:
    night = at("2026-05-06T23:00", "America/New_York")
    refusal = Rulebook([BUILT_IN["us"], OURS]).check(Planned(NEW_YORK), [Past(night - HOUR, NEW_YORK)], night)
    assert refusal is not None
    assert (refusal.rule, refusal.profile) == ("outside_calling_hours", "us")


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 200_000) | st.integers(0, 10**15 - 1)), max_size=60))
def test_number_sets_are_sets(steps: list[tuple[bool, int]]) -> None:
    numbers, model = NumberSet(), set[int]()
    for adds, value in steps:
        if adds:
            assert numbers.add(value) == (value not in model)
            model.add(value)
        else:
            assert numbers.discard(value) == (value in model)
            model.discard(value)
        assert (value in numbers) == (value in model)
    assert list(numbers) == sorted(model)
    assert len(numbers) == len(model)


def test_dense_number_sets_turn_into_bitmaps() -> None:
    numbers = NumberSet(range(0, 200_000, 3))
    assert len(numbers) == 66_667
    assert list(numbers) == list(range(0, 200_000, 3))
    assert 3 in numbers
    assert 4 not in numbers
    assert numbers.update(range(200_000)) == 200_000 - 66_667
    assert all(map(numbers.discard, range(200_000)))
    assert not numbers.discard(7)
    assert (len(numbers), list(numbers)) == (0, [])


def test_files_are_read_line_by_line() -> None:
    lines = [
        "\ufeffname;phone",
        "Ann; 020 7946 0958",
        "",
        "# no more",
        "Bob;12",
        "Cec",
        'Dan;"+44 20 7946 0959"',
    ]
    reading = Reading(lines, "phone", lambda text: e164(text, "GB"))
    lists = DoNotCall()
    assert lists.add_all(reading, "tenant", "bank") == 2
    assert (reading.good_count, reading.bad_count) == (2, 2)
    assert [bad.line for bad in reading.bad] == [5, 6]
    assert "'12' is no number that can exist in GB" in reading.bad[0].reason
    assert lists.listed(LONDON, tenant="bank") == "tenant bank"
    short = Reading(["x"] * 50, most_bad=3)
    assert (list(short), len(short.bad), short.bad_count) == ([], 3, 50)
    with pytest.raises(DataError, match=r"no column 'tel'; the header has name, phone"):
        list(Reading(["name,phone"], "tel"))


def test_misuse_of_lists_is_told() -> None:
    lists = DoNotCall()
    with pytest.raises(UsageError, match="unknown scope 'world'"):
        lists.add(LONDON, "world")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="a list of a tenant needs its name"):
        lists.add(LONDON, "tenant")
    with pytest.raises(UsageError, match="a global list has no name, but 'x' was given"):
        lists.count("global", "x")
    for text in ("", "12125550123", "+12a", "+1234567890123456", "+١٢٣٤٥"):
        with pytest.raises(DataError, match=r"is not in E\.164 form"):
            as_int(text)
    assert SCOPES == ("global", "tenant", "campaign")
