"""The ledger against a naive recount of all events, at boundary instants, through snapshots, and its audit.

Owns what the ledger must count; must not test the engine.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive_ledger import count

from routing import Agent, Config, Engine, Queue
from routing.commands import AcceptOffer, EndAttempt, EnqueueContact, LogIn, RequestDial
from routing.compliance import (
    BUILT_IN,
    Ledger,
    Profile,
    Standing,
    Watched,
    Window,
)
from routing.errors import ConfigError, CorruptSnapshotError, UsageError
from routing.events import (
    AttemptEnded,
    AttemptProgressed,
    ContactEnded,
    ContactEnqueued,
    ContactRequeued,
    DialRequested,
    Event,
    OfferAccepted,
    Outcome,
)
from routing.model import Overflow
from routing.units import DAY, HOUR, MINUTE, SECOND

NEW_YORK = "America/New_York"
PROFILES = {
    **BUILT_IN,
    "short": Profile(
        "short",
        cap=0.1,
        window=Window("rolling", length_ns=HOUR),
        connect_within_ns=SECOND,
        clock="pick_up",
        early_hangup="answered",
    ),
    "daily": Profile(
        "daily",
        cap=0.1,
        window=Window("calendar_day"),
        connect_within_ns=3 * SECOND,
        early_hangup="abandoned",
        machine_false_positives=True,
    ),
    "two-days": Profile("two-days", cap=0.1, window=Window("periods", days=2), connect_within_ns=2 * SECOND),
    "whole": Profile("whole", cap=0.1, window=Window("campaign"), connect_within_ns=2 * SECOND),
}
ALL = ("us-fcc", "uk", "canada", "short", "daily", "two-days", "whole")


def at(text: str, where: str = "UTC") -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(where)).timestamp()) * SECOND


def dial(at_ns: int, attempt: str, campaign: str = "spring") -> DialRequested:
    return DialRequested(at_ns, attempt, campaign, "", "", "", "", 25 * SECOND, at_ns + MINUTE)


def person(at_ns: int, attempt: str, campaign: str = "spring", detection_ns: int = 0) -> AttemptEnded:
    return AttemptEnded(at_ns, attempt, campaign, "person", 9 * SECOND, 100, detection_ns, "")


def queued(at_ns: int, attempt: str) -> ContactEnqueued:
    return ContactEnqueued(at_ns, attempt, ("spring",), "voice", 0)


def taken(at_ns: int, attempt: str) -> OfferAccepted:
    return OfferAccepted(at_ns, attempt, "ann", "spring", 1, 0)


def over(at_ns: int, attempt: str, outcome: Outcome) -> ContactEnded:
    return ContactEnded(at_ns, attempt, outcome, "spring", "")


def one(ids: Sequence[str] = ("us",), **settings: object) -> Ledger:
    return Ledger([Watched("spring", tuple(ids), **settings)], PROFILES)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------ one call at a time

START = 100 * DAY


@pytest.mark.parametrize(
    ("after_ns", "standing"),
    [(0, (1, 0)), (2 * SECOND, (1, 0)), (2 * SECOND + 1, (1, 1)), (MINUTE, (1, 1))],
)
def test_two_seconds_include_their_last_instant(after_ns: int, standing: tuple[int, int]) -> None:
    ledger = one()
    ledger.follow([person(START, "a"), queued(START, "a"), taken(START + after_ns, "a")])
    assert ledger.standing("spring", START + after_ns) == standing


def test_who_waits_too_long_is_abandoned_before_anything_else_happens() -> None:
    ledger = one()
    ledger.follow([person(START, "a"), queued(START, "a")])
    assert ledger.standing("spring", START + 2 * SECOND) == Standing(0, 0)
    assert ledger.standing("spring", START + 2 * SECOND + 1) == Standing(1, 1)
    ledger.follow([taken(START + SECOND, "a")])  # which was told late
    assert ledger.standing("spring", START + 9 * SECOND) == Standing(1, 0)


@pytest.mark.parametrize(
    ("outcome", "after_ns", "why", "abandoned_after_ns"),
    [
        (Outcome.ABANDONED, 2 * SECOND + 1, "left_waiting", 2 * SECOND),
        (Outcome.REJECTED, 2 * SECOND, "disconnected", 2 * SECOND),
        (Outcome.REJECTED, SECOND, "disconnected", SECOND),
        (Outcome.DIVERTED, 5 * SECOND, "diverted", 2 * SECOND),
        (Outcome.LOST, SECOND, "lost", SECOND),
        (Outcome.CANCELLED, 3 * SECOND, "cancelled", 2 * SECOND),
    ],
)
def test_each_abandoned_call_is_written_with_its_reason(
    outcome: Outcome, after_ns: int, why: str, abandoned_after_ns: int
) -> None:
    ledger = one(["us", "whole"], message="sorry.wav")
    ledger.follow([person(START, "a"), queued(START, "a"), over(START + after_ns, "a", outcome)])
    number, rows = ledger.take()
    (row,) = rows.abandonments
    assert (row.why, row.abandoned_ns - START, row.ended_ns - START) == (why, abandoned_after_ns, after_ns)
    assert (row.attempt, row.campaign, row.message) == ("a", "spring", "sorry.wav")
    assert row.profiles == ("us", "whole")
    assert ledger.take() == (number, rows)
    ledger.confirm(number)
    ledger.confirm(number)
    assert ledger.pending == 0
    assert ledger.standing("spring", START + MINUTE) == (1, 1)


def test_an_early_hangup_counts_as_each_profile_says() -> None:
    ledger = one(["us", "short", "daily"])
    ledger.follow([person(START, "a"), queued(START, "a"), over(START + SECOND, "a", Outcome.ABANDONED)])
    accounts = ledger.accounts("spring", START + SECOND)
    assert accounts["us"].standing == (0, 0)
    assert accounts["us"].early_hangups == 1
    assert accounts["short"].standing == (1, 0)
    assert accounts["daily"].standing == (1, 1)
    assert [row.why for row in ledger.take()[1].abandonments] == ["hung_up_early"]


def test_nobody_asked_for_an_agent() -> None:
    ledger = one()
    ledger.follow([person(START, "a"), dial(START + 2 * SECOND, "b")])
    assert ledger.pending == 0
    ledger.follow([dial(START + 2 * SECOND + 1, "c")])
    assert [row.why for row in ledger.take()[1].abandonments] == ["not_queued"]
    assert ledger.standing("spring", START + MINUTE) == (1, 1)
    ledger.follow([queued(START + MINUTE, "a"), taken(START + MINUTE, "a")])  # too late to matter
    assert ledger.standing("spring", START + MINUTE) == (1, 1)


def test_a_contact_may_come_at_the_last_instant_of_the_time_to_connect() -> None:
    """Another call's time is over just before, which makes the ledger look."""
    ledger = one()
    last_ns = START + 2 * SECOND
    ledger.follow([person(START - 1, "b"), person(START, "a"), queued(last_ns, "a"), taken(last_ns, "a")])
    assert ledger.standing("spring", last_ns) == (2, 1)
    assert [row.attempt for row in ledger.take()[1].abandonments] == ["b"]


@pytest.mark.parametrize(
    ("between", "standing"),
    [
        (None, (1, 0)),
        (ContactEnded(START, "a", Outcome.HANDLED, "spring", "ann"), (1, 1)),
        (ContactRequeued(START, "a", ("spring",), "ann", True), (1, 1)),
    ],
)
def test_a_preview_has_its_agent_before_the_answer(between: Event | None, standing: tuple[int, int]) -> None:
    """Unless the agent gave the contact away while it rang."""
    ledger = one()
    preview = DialRequested(START, "a", "spring", "", "", "ann", "a", 25 * SECOND, START + MINUTE)
    ledger.follow([queued(START - MINUTE, "a"), taken(START - MINUTE, "a"), preview])
    ledger.follow([between] if between is not None else [])
    ledger = Ledger.restore(ledger.snapshot(), [Watched("spring", ("us",))])
    ledger.follow([person(START + SECOND, "a")])
    assert ledger.standing("spring", START + MINUTE) == standing


def test_the_clock_starts_with_the_greeting_or_with_picking_up() -> None:
    """A greeting of two seconds, heard out by the detection: in time from its end, late from picking up."""
    ledger = one(["us", "canada"])
    up = AttemptProgressed(START, "a", "spring", "answered", 7 * SECOND)
    ledger.follow(
        [up, person(START + 2 * SECOND, "a", detection_ns=2 * SECOND), queued(START + 2 * SECOND, "a")]
    )
    ledger.follow([taken(START + 3 * SECOND, "a")])
    accounts = ledger.accounts("spring", START + 3 * SECOND)
    assert accounts["us"].standing == (1, 0)
    assert accounts["canada"].standing == (1, 1)
    assert ledger.take()[1].abandonments[0].profiles == ("canada",)


def test_without_detection_a_greeting_is_taken_to_last_as_long_as_configured() -> None:
    ledger = one(greeting_ns=SECOND)
    ledger.follow([person(START, "a"), queued(START, "a"), taken(START + 3 * SECOND, "a")])
    assert ledger.standing("spring", START + 3 * SECOND) == (1, 0)


def test_machines_count_by_the_share_of_people_among_them() -> None:
    ledger = one(["uk", "whole"], machine_false_positives=0.02)
    ledger.follow([AttemptEnded(START, f"m{n}", "spring", "machine", SECOND, 90, 0, "") for n in range(51)])
    accounts = ledger.accounts("spring", START)
    assert accounts["uk"].standing == (2, 2)  # 1.02, rounded up
    assert (accounts["uk"].machines, accounts["uk"].machine_false_positives) == (51, 2)
    assert accounts["whole"].standing == (0, 0)  # a profile that does not ask for it


def test_a_campaign_without_agents_is_counted_apart() -> None:
    ledger = one(agentless=True)
    ledger.follow([person(START, "a"), dial(START + MINUTE, "b")])
    account = ledger.accounts("spring", START + MINUTE)["us"]
    assert (account.standing, account.agentless, ledger.pending) == ((0, 0), 1, 0)


def test_other_outcomes_and_other_campaigns_count_nothing() -> None:
    ledger = one(ALL)
    outcomes = ("fax", "busy", "no_answer", "invalid", "congestion", "carrier_error", "cancelled", "lost")
    ledger.follow([AttemptEnded(START, name, "spring", name, SECOND, 0, 0, "") for name in outcomes])
    ledger.follow([person(START, "x", "autumn"), queued(START, "x"), queued(START, "inbound")])
    ledger.follow([taken(START, "inbound"), over(START + DAY, "x", Outcome.ABANDONED)])
    assert all(account.standing == (0, 0) for account in ledger.accounts("spring", START + DAY).values())
    assert ledger.pending == 0


# ------------------------------------------------------------------------------------------------ windows


def answered(ledger: Ledger, at_ns: int, attempt: str) -> None:
    ledger.follow(
        [dial(at_ns, attempt), person(at_ns, attempt), queued(at_ns, attempt), taken(at_ns, attempt)]
    )


def test_thirty_days_are_counted_from_the_first_dial_in_local_days() -> None:
    """From 1 March, 3 p.m. in New York: the clocks go forward on the 8th, and the 31st begins the second period."""
    ledger = one(timezone=NEW_YORK)
    answered(ledger, at("2026-03-01T15:00", NEW_YORK), "a")
    end_ns = at("2026-03-31T00:00", NEW_YORK)
    answered(ledger, end_ns - 1, "b")
    assert ledger.standing("spring", end_ns - 1) == (2, 0)
    assert ledger.standing("spring", end_ns) == (0, 0)
    answered(ledger, end_ns, "c")
    account = ledger.accounts("spring", end_ns)["us"]
    assert (account.start_ns, account.end_ns) == (end_ns, at("2026-04-30T00:00", NEW_YORK))
    assert account.end_ns - account.start_ns == 30 * DAY
    assert end_ns - at("2026-03-01T00:00", NEW_YORK) == 30 * DAY - HOUR


def test_a_call_belongs_to_the_window_in_which_it_was_answered() -> None:
    ledger = one(["canada"], timezone="America/Toronto")
    end_ns = at("2026-02-01T00:00", "America/Toronto")
    ledger.follow([person(end_ns - 1, "a"), queued(end_ns - 1, "a")])
    ledger.follow([over(end_ns + 5 * SECOND, "a", Outcome.REJECTED)])
    assert ledger.standing("spring", end_ns + 5 * SECOND) == (0, 0)
    ledger.follow([dial(end_ns + HOUR, "z")])
    (row,) = ledger.take()[1].windows
    assert (row.answered, row.abandoned, row.end_ns) == (1, 1, end_ns)


def test_a_rolling_window_ends_to_the_nanosecond() -> None:
    ledger = one(["uk"])
    ledger.follow([person(START, "a"), queued(START, "a"), over(START + MINUTE, "a", Outcome.ABANDONED)])
    assert ledger.standing("spring", START + DAY - 1) == (1, 1)
    assert ledger.standing("spring", START + DAY) == (0, 0)


def test_rolling_windows_forget_what_has_left_them() -> None:
    ledger = one(["short"])
    for number in range(20_000):
        answered(ledger, START + number * SECOND, f"a{number}")
    assert ledger.standing("spring", START + 19_999 * SECOND) == (3600, 0)
    assert len(ledger.snapshot()) < 100_000


def test_the_tightest_profile_is_told() -> None:
    ledger = one(["us", "uk"])
    for number in range(300):
        answered(ledger, START + number, f"a{number}")
    ledger.follow(
        [person(START + 1000, "x"), queued(START + 1000, "x"), over(START + MINUTE, "x", Outcome.LOST)]
    )
    for number in range(50):
        answered(ledger, START + 2 * DAY + number, f"b{number}")
    ledger.follow([person(START + 2 * DAY + 60, "y"), over(START + 2 * DAY + 61, "y", Outcome.LOST)])
    account = ledger.tightest("spring", START + 2 * DAY + MINUTE)
    assert account is not None
    assert (account.profile, account.standing, account.kept) == ("uk", (51, 1), True)
    assert account.slack == pytest.approx(0.53)
    assert ledger.cap("spring") == 0.03


# -------------------------------------------------------------------------------- against a naive recount

ENDS = (Outcome.ABANDONED, Outcome.REJECTED, Outcome.DIVERTED, Outcome.LOST)


@st.composite
def streams(draw: st.DrawFn) -> list[Event]:
    """Calls of two campaigns around instants where windows end, in the order of time."""
    events: list[tuple[int, int, Event]] = []
    base = at("2026-10-24T12:00", "Europe/London")  # the clocks go back in the night
    order = 0

    def put(event: Event) -> None:
        nonlocal order
        order += 1
        events.append((event.at_ns, order, event))

    for campaign in ("spring", "autumn"):
        put(dial(base, f"{campaign}-0", campaign))
    for number in range(draw(st.integers(1, 12))):
        attempt = f"a{number}"
        campaign = draw(st.sampled_from(("spring", "spring", "autumn")))
        edge = draw(
            st.sampled_from((0, HOUR, 11 * HOUR, 12 * HOUR, 13 * HOUR, DAY, DAY + HOUR, 8 * DAY + 12 * HOUR))
        )
        picked = base + edge + draw(st.integers(0, 4)) * SECOND + draw(st.integers(-1, 1))
        picked = max(picked, base)
        listening = draw(st.sampled_from((0, SECOND, 2 * SECOND)))
        if draw(st.booleans()):
            put(AttemptProgressed(picked, attempt, campaign, "answered", SECOND))
        said = picked + listening
        outcome = draw(st.sampled_from(("person", "person", "person", "machine", "busy")))
        confidence = draw(st.sampled_from((100, 83)))
        put(AttemptEnded(said, attempt, campaign, outcome, 30 * SECOND, confidence, listening, ""))
        if outcome != "person":
            continue
        if draw(st.integers(0, 9)):
            put(queued(said, attempt))
            after = said + draw(st.sampled_from((0, SECOND, 2 * SECOND, 3 * SECOND, MINUTE, HOUR)))
            after += draw(st.integers(0, 1))
            match draw(st.sampled_from(("taken", "taken", "ended", "open"))):
                case "taken":
                    put(taken(after, attempt))
                    put(over(after + HOUR, attempt, Outcome.HANDLED))
                case "ended":
                    put(over(after, attempt, draw(st.sampled_from(ENDS))))
    return [event for _, _, event in sorted(events, key=lambda entry: entry[:2])]


WATCHED = (
    Watched("spring", ALL, "Europe/London", machine_false_positives=0.3, message="m"),
    Watched("autumn", ALL, NEW_YORK, greeting_ns=2 * SECOND, trust_confidence=True),
)


@given(streams(), st.data())
def test_counts_are_those_of_a_recount(events: list[Event], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(events)))
    ledger = Ledger(WATCHED, PROFILES)
    ledger.follow(events[:cut])
    if data.draw(st.booleans()):
        ledger = Ledger.restore(ledger.snapshot(), WATCHED, PROFILES)
    if data.draw(st.booleans()):
        ledger.take()
    for event in events[cut:]:
        ledger.follow([event])
        ledger.accounts("spring", event.at_ns)
    later = data.draw(st.sampled_from((0, 1, SECOND, 2 * SECOND, 2 * SECOND + 1, HOUR, DAY, 40 * DAY)))
    at_ns = ledger.now_ns + later
    for watched in WATCHED:
        found = ledger.accounts(watched.id, at_ns)
        for name, account in found.items():
            assert account.standing == count(events, watched, PROFILES[name], at_ns), (watched.id, name)


@given(streams(), st.data())
def test_a_snapshot_changes_nothing(events: list[Event], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(events)))
    straight = Ledger(WATCHED, PROFILES)
    straight.follow(events)
    ledger = Ledger(WATCHED, PROFILES)
    ledger.follow(events[:cut])
    again = Ledger.restore(ledger.snapshot(), WATCHED, PROFILES)
    assert again.snapshot() == ledger.snapshot()
    again.follow(events[cut:])
    assert again.take() == straight.take()
    assert again.snapshot() == straight.snapshot()


# ------------------------------------------------------------------------------------- kept, and misused


def test_what_is_no_longer_watched_is_kept_for_when_it_is_again() -> None:
    ledger = one(["us", "uk"])
    answered(ledger, START, "a")
    other = Ledger.restore(ledger.snapshot(), [Watched("autumn", ("us",))], PROFILES)
    back = Ledger.restore(other.snapshot(), [Watched("spring", ("us",))], PROFILES)
    assert back.standing("spring", START) == (1, 0)
    back.watch(Watched("spring", ("uk", "us", "never")))
    assert {name: one.answered for name, one in back.accounts("spring", START).items()} == {
        "uk": 1,
        "us": 1,
        "never": 0,
    }


def test_rows_that_nobody_confirms_are_bounded() -> None:
    ledger = Ledger([Watched("spring", ("us",))], PROFILES, most=10)
    for number in range(55):
        ledger.follow([person(START, f"a{number}"), over(START, f"a{number}", Outcome.LOST)])
    number, rows = ledger.take()
    assert (len(rows.abandonments), ledger.lost) == (15, 40)
    assert rows.abandonments[-1].attempt == "a54"
    ledger.confirm(number - 5)
    assert ledger.pending == 5


def test_damaged_and_foreign_snapshots_are_told() -> None:
    with pytest.raises(CorruptSnapshotError, match="no snapshot of a ledger"):
        Ledger.restore(b"\x93\x01\x02")
    foreign = one().snapshot().replace(b"\x9b\x01", b"\x9b\x02", 1)
    with pytest.raises(CorruptSnapshotError, match="format 2, known is 1"):
        Ledger.restore(foreign)


def test_misuse_is_told() -> None:
    ledger = one()
    answered(ledger, START, "a")
    with pytest.raises(UsageError, match="unknown campaign 'sprung'; did you mean 'spring'"):
        ledger.standing("sprung", START)
    with pytest.raises(UsageError, match="is before now_ns"):
        ledger.standing("spring", START - 1)
    with pytest.raises(ConfigError, match=r"campaign.profiles\[0\]: unknown profile 'su'"):
        ledger.watch(Watched("spring", ("su",)))
    with pytest.raises(ConfigError, match=r"campaigns\[1\].id: 'a' stands twice"):
        Ledger([Watched("a"), Watched("a")])
    with pytest.raises(ConfigError, match="timezone: unknown time zone"):
        Ledger([Watched("a", timezone="Mars/Base")])


# -------------------------------------------------------------------------------------- a real engine


def test_an_engine_tells_what_the_ledger_needs() -> None:
    """Two people answer, one agent is there: the other call is given up after two seconds by the queue."""
    queue = Queue("spring", max_wait=Overflow("disconnect", after_ns=2 * SECOND))
    engine = Engine(Config(agents=(Agent("ann"),), queues=(queue,)))
    ledger = Ledger([Watched("spring", ("us",))])
    ledger.follow(engine.apply(LogIn("ann"), START))
    for attempt in ("a", "b"):
        ledger.follow(engine.apply(RequestDial(attempt, "spring"), START))
    for attempt in ("a", "b"):
        ledger.follow(engine.apply(EndAttempt(attempt, "person"), START + 8 * SECOND))
        ledger.follow(engine.apply(EnqueueContact(attempt, ("spring",)), START + 8 * SECOND))
    ledger.follow(engine.apply(AcceptOffer("a", "ann"), START + 9 * SECOND))
    ledger.follow(engine.advance(START + 20 * SECOND))
    assert ledger.standing("spring", START + 20 * SECOND) == (2, 1)
    (row,) = ledger.take()[1].abandonments
    assert (row.attempt, row.why, row.abandoned_ns) == ("b", "disconnected", START + 10 * SECOND)
