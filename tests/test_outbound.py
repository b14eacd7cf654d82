"""Whole runs of the dialer: host, book, ledger, pacing and a front-end that answers by draws, in virtual time.

Owns that everything agrees afterwards, and what each mode and state does; must not know how to pace.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from dialled_world import CARRIERS, NOON, SPRING, Dialled, Told, centre, check_conservation, numbers
from msgspec.structs import replace

from routing import AcceptOffer, CompleteContact, LogIn
from routing.campaigns.importing import import_list
from routing.campaigns.rules import CampaignRules, Retry, RetryRules
from routing.campaigns.shapes import Dialled as Dialling
from routing.commands import (
    AbandonContact,
    CancelContact,
    EndAttempt,
    EndWrapUp,
    EnqueueContact,
    LogOut,
    RejectOffer,
    RequestDial,
    SetNotReady,
    SetReady,
)
from routing.errors import ConfigError, UnavailableError, UsageError
from routing.events import (
    AttemptEnded,
    CommandRefused,
    ContactEnded,
    ContactEnqueued,
    ContactOffered,
    DialRequested,
    OfferAccepted,
)
from routing.outbound.calls import FOLLOWER
from routing.outbound.campaign import Campaign, Carrier, Detection, Outbound, Settings, Share
from routing.outbound.simulated import World
from routing.units import HOUR, MINUTE, SECOND

pytestmark = pytest.mark.once


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """In memory where the system has such a place: a dial waits for its disk, and there are thousands."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def dials(told: Told) -> list[DialRequested]:
    return [event for event in told.events if isinstance(event, DialRequested)]


@pytest.mark.parametrize(
    ("mode", "ratio"),
    [
        pytest.param("progressive", 1.0, marks=pytest.mark.slow),
        pytest.param("power", 2.0, marks=pytest.mark.slow),
        ("predictive", 1.0),
    ],
)
def test_everything_agrees_afterwards(tmp_path: Path, mode: Any, ratio: float) -> None:
    campaign = replace(SPRING, mode=mode, ratio=ratio)
    world = Dialled(tmp_path, Outbound((campaign,), CARRIERS), centre(6), world=World(person=0.5))
    world.run(10 * MINUTE)
    world.finish()
    outcomes = check_conservation(world)
    assert outcomes["person"] > 10
    assert outcomes["no_answer"]
    assert outcomes["busy"]
    assert not set(outcomes) - {"person", "no_answer", "busy"}
    if mode == "progressive":
        assert world.dialer.standing("spring").abandoned == 0
    world.close()


@pytest.mark.slow
def test_the_same_seed_is_the_same_day(tmp_path: Path) -> None:
    def day(folder: Path) -> int:
        folder.mkdir()
        world = Dialled(folder, Outbound((replace(SPRING, mode="power", ratio=1.5),), CARRIERS), seed=3)
        world.run(4 * MINUTE)
        digest = world.host.digest
        world.close()
        return digest

    assert day(tmp_path / "a") == day(tmp_path / "b")


def test_lines_and_rates_of_carriers_hold_at_every_instant(tmp_path: Path) -> None:
    carriers = (Carrier("one", concurrent=6, calls_per_second=0.5, burst=2), Carrier("two", concurrent=3))
    campaign = replace(SPRING, mode="power", ratio=4.0, carriers=(Share("one"), Share("two", 0)))
    world = Dialled(
        tmp_path,
        Outbound((campaign,), carriers),
        centre(8),
        world=World(person=0.4, talk_ns=60 * SECOND),
        records=800,
    )
    world.run(8 * MINUTE)
    world.finish()
    check_conservation(world)
    busy: Counter[str] = Counter()
    on: dict[str, str] = {}
    answered: set[str] = set()
    begun: list[int] = []
    most: Counter[str] = Counter()
    for event in world.told.events:
        if isinstance(event, DialRequested):
            on[event.attempt] = event.carrier
            busy[event.carrier] += 1
            most[event.carrier] = max(most[event.carrier], busy[event.carrier])
            if event.carrier == "one":
                begun.append(event.at_ns)
        elif isinstance(event, AttemptEnded):
            if event.outcome == "person":
                answered.add(event.attempt)
            else:
                busy[on[event.attempt]] -= 1
        elif isinstance(event, ContactEnded) and event.contact in answered:
            busy[on[event.contact]] -= 1
    assert most == {"one": 6, "two": 3}
    for first in range(len(begun)):
        for last in range(first, min(first + 30, len(begun))):
            assert last - first + 1 <= 2 + 0.5 * (begun[last] - begun[first]) / SECOND
    world.close()


def test_a_failing_carrier_rests_and_another_takes_over(tmp_path: Path) -> None:
    carriers = (Carrier("one", failing_least=5, rest_ns=5 * MINUTE), Carrier("two"))
    campaign = replace(SPRING, carriers=(Share("one"), Share("two", 0)))
    world = Dialled(
        tmp_path,
        Outbound((campaign,), carriers),
        fails=lambda carrier, at_ns: carrier == "one" and at_ns < NOON + 5 * MINUTE,
    )
    world.run(4 * MINUTE)
    (one, two) = world.dialer.carriers()
    assert one.failed == 5
    assert one.resting_until_ns > world.clock.at_ns
    assert two.begun > 5
    world.run(6 * MINUTE)
    assert world.dialer.carriers()[0].begun > 10
    world.finish()
    assert check_conservation(world)["congestion"] == 5
    world.close()


def test_rules_hold_at_the_dial(tmp_path: Path) -> None:
    """Nobody outside calling hours, nobody on a list, nobody twice at once, and no number sooner than rules say."""
    rules = CampaignRules(retry=RetryRules(no_answer=Retry(after_ns=2 * MINUTE), busy=Retry(after_ns=MINUTE)))
    strict = replace(SPRING, mode="power", ratio=3.0, rules=rules)
    dinner = NOON + 10 * HOUR - 10 * MINUTE  # ten minutes before nine in the evening
    world = Dialled(
        tmp_path,
        Outbound((strict,), CARRIERS),
        centre(4),
        records=60,
        start_ns=dinner,
        world=World(person=0.1),
    )
    import_list(world.book, numbers(60), "spring", "the same again", dinner)  # every number twice
    listed = [f"+1212{5550000 + place:07d}" for place in range(10)]
    world.book.suppress(listed, dinner, scope="tenant")
    world.run(20 * MINUTE)
    world.finish()
    check_conservation(world)
    rows = world.attempts()
    assert len(rows) > 60
    assert max(row["at_ns"] for row in rows) < dinner + 10 * MINUTE
    called = [world.book.number_of(f"{row['record']}.{row['position']}") for row in rows]
    assert not set(called) & set(listed)
    last: dict[str, int] = {}
    for number, row in zip(called, rows, strict=True):
        assert row["at_ns"] >= last.get(number, 0)
        last[number] = row["ended_ns"]
    world.close()


def test_a_preview_lies_before_an_agent_first(tmp_path: Path) -> None:
    preview = replace(SPRING, mode="preview")
    world = Dialled(
        tmp_path, Outbound((preview,), CARRIERS), centre(3), world=World(person=0.5, accept_ns=SECOND)
    )
    world.run(20 * MINUTE)
    taken = {
        (event.contact, event.agent): event.at_ns
        for event in world.told.events
        if isinstance(event, OfferAccepted)
    }
    made = dials(world.told)
    assert len(made) > 20
    for event in made:
        assert event.contact == event.attempt
        assert taken[event.attempt, event.agent] <= event.at_ns <= taken[event.attempt, event.agent] + SECOND
    world.finish()
    outcomes = check_preview(world)
    assert outcomes["person"] > 5
    world.close()


def check_preview(world: Dialled) -> Counter[str]:
    standing = world.dialer.standing("spring")
    ends = [event for event in world.told.events if isinstance(event, AttemptEnded)]
    rows = {row["attempt"]: row for row in world.attempts()}
    assert rows.keys() == {event.attempt for event in ends}
    persons = [event for event in ends if event.outcome == "person"]
    assert (standing.answered, standing.abandoned) == (len(persons), 0)
    closed = {event.contact: event.at_ns for event in world.told.events if isinstance(event, ContactEnded)}
    for event in persons:
        assert rows[event.attempt]["talk_ns"] == closed[event.attempt] - event.at_ns > 0
        assert not rows[event.attempt]["abandoned"]
    assert not world.book.open_attempts("spring")
    return Counter(event.outcome for event in ends)


def by_hand(tmp_path: Path, campaign: Campaign, agents: int = 1, **more: Any) -> Dialled:
    """A world whose agents and called parties the test plays."""
    return Dialled(tmp_path, Outbound((campaign,), CARRIERS), centre(agents), **more)


def test_a_preview_may_be_skipped_rejected_or_hung_up(tmp_path: Path) -> None:
    world = by_hand(tmp_path, replace(SPRING, mode="preview"), records=3)
    host, dialer, clock = world.host, world.dialer, world.clock
    clock.at_ns += SECOND
    assert dialer.step().offered == 1
    (first,) = host.read(lambda engine: list(engine.contacts))
    assert not dialer.skip("nobody's")
    assert dialer.skip(first)
    clock.at_ns += SECOND
    assert dialer.step().offered == 1
    (second,) = host.read(lambda engine: list(engine.contacts))
    host.apply(RejectOffer(second, "a1"))
    clock.at_ns += 3 * SECOND
    host.tick()
    assert dialer.step().offered == 1  # of the third record: the others come later
    (third,) = host.read(lambda engine: list(engine.contacts))
    host.apply(AcceptOffer(third, "a1"))
    clock.at_ns += SECOND
    assert dialer.step().dialled == (third,)
    assert dialer.number(third).startswith("+1212")
    host.apply(CompleteContact(third))  # before anybody answers
    dialer.step()
    (ended,) = (event for event in world.told.events if isinstance(event, AttemptEnded))
    assert (ended.attempt, ended.outcome) == (third, "cancelled")
    with pytest.raises(UsageError, match="is not alive; numbers are given while it is dialled"):
        dialer.number(third)
    assert dialer.step().offered == 0
    clock.at_ns += HOUR
    dialer.step()
    host.apply(EndWrapUp("a1"))
    assert dialer.step().offered == 1
    world.close()
    (row,) = world.attempts()
    assert row["outcome"] == "cancelled"


def test_a_call_back_goes_to_its_agent(tmp_path: Path) -> None:
    world = by_hand(tmp_path, SPRING, agents=3, records=1)
    host, dialer, clock = world.host, world.dialer, world.clock
    clock.at_ns += SECOND
    (attempt,) = dialer.step().dialled
    host.apply(SetNotReady("a2", "break"))
    dialer.end(attempt, "person")
    (row,) = world.attempts()
    host.apply(CancelContact(attempt))
    dialer.step()
    world.book.recall(str(row["record"]), clock.at_ns + HOUR, "a2")
    clock.at_ns += HOUR + SECOND
    assert not dialer.step().dialled  # a2 is not there, and nobody else is asked
    clock.at_ns += 11 * SECOND
    host.apply(SetReady("a2"))
    (again,) = dialer.step().dialled
    assert dials(world.told)[-1].agent == "a2"
    assert dialer.step().dialled == ()
    events = dialer.end(again, "person", request_id="r1")
    (offered,) = (event for event in events if isinstance(event, ContactOffered))
    assert (offered.contact, offered.agent) == (again, "a2")
    assert dialer.end(again, "person", request_id="r1") == events
    world.close()


def test_what_is_wanted_is_obeyed(tmp_path: Path) -> None:
    world = by_hand(tmp_path, SPRING, agents=2, running=False)
    host, dialer, clock = world.host, world.dialer, world.clock

    def step() -> tuple[str, ...]:
        clock.at_ns += SECOND
        host.tick()
        return dialer.step().dialled

    assert step() == ()  # it is paused until somebody starts it
    world.book.set_state("spring", "running", clock.at_ns)
    first, second = step()
    dialer.set_state("spring", "paused")
    dialer.end(first, "busy")
    assert step() == ()
    assert second in host.read(lambda engine: engine.attempts)
    dialer.set_state("spring", "running")
    (third,) = step()
    dialer.set_state("spring", "draining")
    assert step() == ()
    assert world.book.state("spring") == "draining"
    dialer.end(second, "busy")
    dialer.end(third, "person")
    assert step() == ()
    assert world.book.state("spring") == "draining"  # somebody talks
    host.apply(CancelContact(third))
    assert step() == ()
    assert world.book.state("spring") == "stopped"
    dialer.set_state("spring", "running")
    fourth, *_ = step()
    dialer.set_state("spring", "stopped")
    assert step() == ()
    assert fourth not in host.read(lambda engine: engine.attempts)
    step()
    rows = {row["attempt"]: row["outcome"] for row in world.attempts()}
    assert rows[fourth] == "cancelled"
    assert (rows[first], rows[second], rows[third]) == ("busy", "busy", "person")
    world.close()


def test_settings_change_while_calls_go_on(tmp_path: Path) -> None:
    world = by_hand(tmp_path, replace(SPRING, in_flight=1), agents=4)
    dialer, clock = world.dialer, world.clock
    clock.at_ns += SECOND
    (first,) = dialer.step().dialled
    outbound = Outbound((replace(SPRING, in_flight=3),), CARRIERS)
    dialer.change(outbound)
    assert dialer.outbound is outbound
    clock.at_ns += SECOND
    assert len(dialer.step().dialled) == 2
    with pytest.raises(ConfigError, match="breaks the rule ring_at_least"):
        dialer.change(Outbound((replace(SPRING, ring_ns=SECOND),), CARRIERS))
    autumn = replace(SPRING, id="autumn")
    dialer.change(Outbound((autumn,), CARRIERS, settings=Settings(in_flight=4)))
    assert world.book.state("autumn") == "paused"
    dialer.end(first, "person")  # of a campaign that is gone: its calls end as they would have
    assert first in world.host.read(lambda engine: engine.contacts)
    clock.at_ns += SECOND
    assert not dialer.step().dialled
    dialer.set_state("autumn", "running")
    import_list(world.book, numbers(50, 1000), "autumn", "more", clock.at_ns)
    clock.at_ns += SECOND
    assert dialer.step().dialled
    world.close()


def test_hours_and_a_time_box_of_the_campaign(tmp_path: Path) -> None:
    boxed = replace(SPRING, starts="2026-11-03 16:10", ends="2026-11-03 16:20")  # of UTC, the centre's zone
    world = by_hand(tmp_path, boxed, agents=2, world=World(person=0.0))
    world.run(21 * MINUTE)
    made = [event.at_ns for event in dials(world.told)]
    assert min(made) == NOON + 10 * MINUTE
    assert NOON + 19 * MINUTE < max(made) < NOON + 20 * MINUTE
    world.close()


def test_agentless_plays_its_message_and_holds_the_line(tmp_path: Path) -> None:
    notice = Campaign(
        "notice",
        mode="agentless",
        profiles=("us",),
        caller_id="main",
        message="closed on monday",
        message_ns=20 * SECOND,
        concurrent=8,
        carriers=(Share("one"),),
    )
    world = Dialled(
        tmp_path, Outbound((notice,), (Carrier("one", concurrent=5),)), centre(1), world=World(person=0.6)
    )
    lines = []
    world.run(6 * MINUTE, lambda _: lines.append(world.dialer.carriers()[0].busy))
    assert max(lines) == 5
    world.finish()
    rows = world.attempts("notice")
    persons = [row for row in rows if row["outcome"] == "person"]
    assert len(persons) > 20
    assert not any(row["abandoned"] for row in rows)
    assert world.dialer.standing("notice").answered == 0  # no agent was meant to come
    assert not any(isinstance(event, ContactOffered) for event in world.told.events)
    # A line dials (5 s and more), is answered, and plays for 20 s: so many cannot have been fewer lines' work.
    spans = sorted((row["ended_ns"], row["ended_ns"] + 20 * SECOND) for row in persons)
    assert all(sum(start <= at < end for start, end in spans) <= 5 for at, _ in spans)
    world.close()


def test_inbound_comes_first(tmp_path: Path) -> None:
    world = by_hand(tmp_path, SPRING, agents=1)
    host, dialer, clock = world.host, world.dialer, world.clock
    clock.at_ns += SECOND
    (attempt,) = dialer.step().dialled
    host.apply(SetNotReady("a1", "break"))
    dialer.end(attempt, "person")
    clock.at_ns += SECOND
    host.apply(EnqueueContact("inbound", ("service",)))
    host.apply(SetReady("a1"))
    offered = [event.contact for event in world.told.events if isinstance(event, ContactOffered)]
    assert offered == ["inbound"]
    clock.at_ns += 2 * SECOND
    host.tick()
    dialer.step()
    (row,) = world.attempts()
    assert row["abandoned"]
    assert dialer.standing("spring").abandoned == 1
    (entry,) = world.book.audit("spring", 0, 2**62)
    assert (entry.why, entry.message, entry.profiles) == ("disconnected", "sorry", ("us",))
    world.close()


def test_an_answer_that_comes_late_or_twice_enqueues_nobody_again(tmp_path: Path) -> None:
    world = by_hand(tmp_path, SPRING, agents=1)
    host, dialer, clock = world.host, world.dialer, world.clock
    clock.at_ns += SECOND
    (attempt,) = dialer.step().dialled
    dialer.report(attempt, "ringing")
    dialer.end(attempt, "busy")
    (refused,) = dialer.end(attempt, "person")
    assert isinstance(refused, CommandRefused)
    assert attempt not in host.read(lambda engine: engine.contacts)
    (unknown,) = dialer.end("never", "person")
    assert isinstance(unknown, CommandRefused)
    world.close()


def test_an_attempt_that_nobody_reports_on_is_lost(tmp_path: Path) -> None:
    world = by_hand(tmp_path, SPRING, agents=1, records=1)
    world.clock.at_ns += SECOND
    (attempt,) = world.dialer.step().dialled
    world.clock.at_ns += 2 * MINUTE
    world.host.tick()
    world.dialer.step()
    (row,) = world.attempts()
    assert (row["attempt"], row["outcome"]) == (attempt, "lost")
    world.close()


@pytest.mark.slow
def test_two_campaigns_share_agents_and_a_limit_of_all(tmp_path: Path) -> None:
    autumn = replace(SPRING, id="autumn", mode="power", ratio=2.0, priority=1)
    outbound = Outbound((SPRING, autumn), CARRIERS, settings=Settings(in_flight=5))
    world = Dialled(tmp_path, outbound, centre(6), world=World(person=0.4), records=300)
    flight = []
    world.run(
        8 * MINUTE,
        lambda _: flight.append(world.host.look(FOLLOWER, lambda calls: sum(calls.unanswered.values()))),
    )
    assert max(flight) == 5
    world.finish()
    for name in ("spring", "autumn"):
        assert sum(check_conservation(world, name).values()) > 3
    world.close()


@pytest.mark.slow
def test_detection_takes_time_and_mistakes_persons(tmp_path: Path) -> None:
    amd = Detection(True, 1500_000_000, false_positives=0.05)
    campaign = replace(SPRING, mode="power", ratio=1.5, amd=amd)
    called = World(person=0.4, machine=0.3, detection_ns=1500_000_000, taken_for_machine=0.05)
    world = Dialled(tmp_path, Outbound((campaign,), CARRIERS), centre(6), world=called)
    world.run(8 * MINUTE)
    world.finish()
    rows = world.attempts()
    machines = [row for row in rows if row["outcome"] == "machine"]
    assert len(machines) > 10
    assert {row["detection_ns"] for row in machines} == {1500_000_000}
    persons = sum(row["outcome"] == "person" for row in rows)
    assert world.dialer.standing("spring").answered >= persons  # those taken for machines count, too
    world.close()


def test_somebody_who_hangs_up_at_once_and_an_agent_who_leaves(tmp_path: Path) -> None:
    world = by_hand(tmp_path, SPRING, agents=2)
    host, dialer, clock = world.host, world.dialer, world.clock
    clock.at_ns += SECOND
    first, second = dialer.step().dialled
    host.apply(LogOut("a1"))
    host.apply(LogOut("a2"))
    dialer.end(first, "person")
    host.apply(AbandonContact(first))  # before the two seconds are over
    dialer.end(second, "person")
    clock.at_ns += 3 * SECOND
    host.tick()
    dialer.step()
    rows = {row["attempt"]: row for row in world.attempts()}
    assert (rows[first]["abandoned"], rows[second]["abandoned"]) == (0, 1)
    assert dialer.standing("spring") == (1, 1)
    host.apply(LogIn("a1"))
    world.close()


def test_what_others_do_to_the_engine_is_no_concern_of_the_book(tmp_path: Path) -> None:
    world = by_hand(tmp_path, SPRING, agents=1)
    world.host.apply(RequestDial("theirs", "elsewhere"))
    world.host.apply(EndAttempt("theirs", "person"))
    world.clock.at_ns += SECOND
    assert world.dialer.step().written == 1
    assert "theirs" not in [row["attempt"] for row in world.attempts()]
    world.close()


def test_a_crash_between_answer_and_agent_forgets_nobody(tmp_path: Path) -> None:
    """The journal is told in other portions than it happened: the person who answered has a contact all the same."""
    before = by_hand(tmp_path, SPRING, agents=1, journal=tmp_path / "journal.db")
    before.clock.at_ns += SECOND
    (attempt,) = before.dialer.step().dialled
    before.dialer.end(attempt, "person")
    before.host._journal.close()  # nothing else is written any more
    after = by_hand(tmp_path, SPRING, agents=1, journal=tmp_path / "journal.db", log_in=False)
    assert after.host.look(FOLLOWER, lambda calls: calls.open[attempt].contact_alive)
    assert after.dialer.lost == 0
    after.host.apply(AcceptOffer(attempt, "a1"))
    after.clock.at_ns += MINUTE
    after.host.apply(CompleteContact(attempt))
    after.dialer.step()
    (row,) = after.attempts()
    assert (row["outcome"], row["talk_ns"], row["ended_ns"]) == ("person", MINUTE, after.clock.at_ns)
    after.close()


def test_a_crash_between_book_and_engine_leaves_an_attempt_that_is_lost(tmp_path: Path) -> None:
    before = by_hand(tmp_path, SPRING, agents=1, journal=tmp_path / "journal.db")
    before.host._journal.close()
    (candidate,) = before.book.next("spring", before.clock.at_ns, 1)
    before.book.dialled([Dialling("spring-1", candidate, before.clock.at_ns, "one")])
    after = by_hand(tmp_path, SPRING, agents=1, journal=tmp_path / "journal.db", log_in=False)
    assert after.dialer.lost == 1
    (row,) = after.attempts()
    assert (row["outcome"], row["cause"]) == ("lost", "never_requested")
    after.close()


def test_outcomes_wait_for_a_database_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = by_hand(tmp_path, SPRING, agents=2)
    world.clock.at_ns += SECOND
    first, second = world.dialer.step().dialled
    world.dialer.end(first, "busy")

    def fails(_: object) -> None:
        raise UnavailableError("the database is away; try again later")

    with monkeypatch.context() as broken:
        broken.setattr(world.book, "ended", fails)
        with pytest.raises(UnavailableError):
            world.dialer.step()
        world.dialer.end(second, "no_answer")
    world.clock.at_ns += SECOND
    step = world.dialer.step()
    assert step.written == 2
    assert sorted(row["outcome"] for row in world.attempts() if row["ended_ns"]) == ["busy", "no_answer"]

    with monkeypatch.context() as broken:  # what cannot be written down is not dialled
        broken.setattr(world.book, "dialled", fails)
        for attempt in step.dialled:
            world.dialer.end(attempt, "busy")
        world.clock.at_ns += SECOND
        before = len(dials(world.told))
        with pytest.raises(UnavailableError):
            world.dialer.step()
        assert len(dials(world.told)) == before
        assert world.dialer.carriers()[0].busy == 0
    world.clock.at_ns += SECOND
    assert len(world.dialer.step().dialled) == 2  # and is the next again
    world.close()


def test_a_preview_waits_for_a_database_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = by_hand(tmp_path, replace(SPRING, mode="preview"), agents=1)
    attempt = preview_of(world, "a1")

    def fails(_: object) -> None:
        raise UnavailableError("the database is away; try again later")

    with monkeypatch.context() as broken:
        broken.setattr(world.book, "dialled", fails)
        with pytest.raises(UnavailableError):
            world.dialer.step()
    assert world.dialer.step().dialled == (attempt,)
    (tmp_path / "other").mkdir()
    second = by_hand(tmp_path / "other", replace(SPRING, mode="preview"), agents=1)
    taken = preview_of(second, "a1")
    with monkeypatch.context() as broken:  # somebody closed the record meanwhile
        broken.setattr(second.book, "dialled", lambda some: frozenset(one.attempt for one in some))
        assert second.dialer.step().dialled == ()
    assert taken not in second.host.read(lambda engine: engine.contacts)
    world.close()
    second.close()


def preview_of(world: Dialled, agent: str) -> str:
    """Have a record offered, and the agent accept it."""
    world.clock.at_ns += SECOND
    assert world.dialer.step().offered
    offer = [event for event in world.told.events if isinstance(event, ContactOffered)][-1]
    assert offer.agent == agent
    world.host.apply(AcceptOffer(offer.contact, agent))
    world.clock.at_ns += SECOND
    return offer.contact


def test_previews_after_a_crash(tmp_path: Path) -> None:
    """One is only looked at, of one the customer talks, of one the agent left while it rang."""
    preview = replace(SPRING, mode="preview")
    before = by_hand(tmp_path, preview, agents=3, journal=tmp_path / "journal.db", log_in=False)
    host, dialer = before.host, before.dialer
    made = []
    for agent in ("a1", "a2", "a3"):
        host.apply(LogIn(agent))
        made.append(preview_of(before, agent))
        if agent != "a3":
            assert dialer.step().dialled == (made[-1],)
    talks, left, looked = made
    dialer.end(talks, "person")
    host.apply(CompleteContact(left))
    host._journal.close()
    after = by_hand(tmp_path, preview, agents=3, journal=tmp_path / "journal.db", log_in=False)
    assert list(after.host.read(lambda engine: list(engine.contacts))) == [talks]
    assert not after.host.read(lambda engine: list(engine.attempts))
    after.clock.at_ns += MINUTE
    after.host.apply(CompleteContact(talks))
    after.dialer.step()
    rows = {row["attempt"]: row for row in after.attempts()}
    assert {name: row["outcome"] for name, row in rows.items()} == {talks: "person", left: "cancelled"}
    assert rows[talks]["talk_ns"] >= MINUTE
    assert not rows[talks]["abandoned"]
    assert looked not in rows
    after.close()


def test_a_preview_of_a_paused_campaign_is_not_dialled(tmp_path: Path) -> None:
    world = by_hand(tmp_path, replace(SPRING, mode="preview"), agents=1)
    attempt = preview_of(world, "a1")
    world.dialer.set_state("spring", "paused")
    assert world.dialer.step().dialled == ()
    assert attempt not in world.host.read(lambda engine: engine.contacts)
    world.host.apply(EndWrapUp("a1"))
    world.dialer.set_state("spring", "running")
    again = preview_of(world, "a1")
    assert world.dialer.step().dialled == (again,)
    world.dialer.end(again, "no_answer")  # which ends the preview, too
    assert again not in world.host.read(lambda engine: engine.contacts)
    world.close()


def test_blended_callers_never_wait_behind_campaigns(tmp_path: Path) -> None:
    """Whoever becomes free has a caller who waits, if one does; and the cap holds all the same."""
    world = Dialled(
        tmp_path,
        Outbound((replace(SPRING, mode="predictive"),), CARRIERS),
        centre(8),
        world=World(person=0.4, callers_ns=40 * SECOND, callers_queue="service"),
    )
    world.run(12 * MINUTE)
    assert world.front.callers > 10
    waiting: set[str] = set()
    for event in world.told.events:
        if isinstance(event, ContactEnqueued) and event.contact.startswith("caller"):
            waiting.add(event.contact)
        elif isinstance(event, ContactOffered):
            assert event.contact in waiting or not waiting, "a campaign's call went before a caller"
            waiting.discard(event.contact)
    assert world.dialer.standing("spring").answered > 20
    world.close()
