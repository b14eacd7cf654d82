"""What callers are told while they wait, and what the engine is told of its queues.

Owns schedules and the way through the host; must not know how waits are estimated (``test_estimation``).
"""

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from routing import Agent, Config, EnqueueContact, LogIn, Queue, UpdateContact
from routing.commands import (
    AbandonContact,
    AcceptOffer,
    CompleteContact,
    Configure,
    LogOut,
    SetNotReady,
    SetReady,
)
from routing.estimation import Estimator
from routing.events import EstimatePublished, Event
from routing.host import Announcement, Announcer, Announcing, Host
from routing.host import Settings as HostSettings
from routing.host.schedule import Schedule
from routing.journal.sqlite import SqliteJournal
from routing.replay import replay_batch, restore
from routing.units import MINUTE, SECOND

CENTRE = Config(
    agents=tuple(Agent(f"a{number}") for number in range(3)),
    queues=(Queue("sales", ring_timeout_ns=0), Queue("help", ring_timeout_ns=0)),
)


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at_ns = 0

    def now_ns(self) -> int:
        return self.at_ns

    def not_before(self, at_ns: int) -> None:
        self.at_ns = max(self.at_ns, at_ns)


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def host(clock: Hand) -> Iterator[Host]:
    with Host(CENTRE, settings=HostSettings(threads=False), clock=clock) as one:
        yield one


def test_told_on_a_schedule(host: Host, clock: Hand) -> None:
    told: list[Announcement] = []
    announcer = Announcer(host, Announcing(first_ns=10 * SECOND, every_ns=30 * SECOND, publish_every_ns=0))
    announcer.subscribe(told.append)
    for second in range(100):
        clock.at_ns = second * SECOND
        if second in (5, 6):
            host.apply(EnqueueContact(f"c{second}", ("sales",)))
        announcer.step()
    assert [(one.at_ns // SECOND, one.contact, one.position) for one in told] == [
        (15, "c5", 1), (16, "c6", 2), (45, "c5", 1), (46, "c6", 2), (75, "c5", 1), (76, "c6", 2),
    ]  # fmt: skip
    announcer.close()


def test_nobody_is_told_after_the_end(host: Host, clock: Hand) -> None:
    told: list[Announcement] = []
    announcer = Announcer(host, Announcing(first_ns=0, every_ns=SECOND))
    announcer.subscribe(told.append)
    host.apply(EnqueueContact("c", ("sales",)))
    announcer.step()
    assert len(told) == 1
    host.apply(LogIn("a0"))  # it rings
    clock.at_ns = 5 * SECOND
    announcer.step()
    host.apply(AbandonContact("c"))
    clock.at_ns = 9 * SECOND
    announcer.step()
    assert len(told) == 1
    announcer.close()


def test_what_is_told_never_rises_unless_it_may(host: Host, clock: Hand) -> None:
    settings = Announcing(first_ns=0, every_ns=SECOND, publish_every_ns=0)
    never, may = Announcer(host, settings), Announcer(host, Announcing(0, SECOND, may_rise=True))
    told: dict[str, list[Announcement]] = {"never": [], "may": []}
    never.subscribe(told["never"].append)
    may.subscribe(told["may"].append)
    host.apply(LogIn("a0", False))
    host.apply(EnqueueContact("c", ("sales",)))
    for second in range(3):
        clock.at_ns = second * SECOND
        host.apply(EnqueueContact(f"vip{second}", ("sales",), priority=5))
        never.step()
        may.step()
    assert [one.position for one in told["never"] if one.contact == "c"] == [2, 2, 2]
    assert [one.position for one in told["may"] if one.contact == "c"] == [2, 3, 4]
    never.close()
    may.close()


@pytest.mark.parametrize("seed", range(3))
def test_what_is_told_never_rises_whatever_happens(seed: int, host: Host, clock: Hand) -> None:
    random = Random(seed)
    announcer = Announcer(host, Announcing(first_ns=0, every_ns=5 * SECOND))
    told: dict[str, list[Announcement]] = {}
    announcer.subscribe(lambda one: told.setdefault(one.contact, []).append(one))
    live(host, clock, announcer, random, 400)
    rows = [row for row in told.values() if len(row) > 1]
    assert len(rows) > 5
    for row in rows:
        assert [one.position for one in row] == sorted((one.position for one in row), reverse=True)
        waits = [(one.wait_ns, one.more_than) for one in row]
        assert waits == sorted(waits, reverse=True)
    announcer.close()


def live(host: Host, clock: Hand, announcer: Announcer, random: Random, steps: int) -> None:
    """A centre at work."""
    for number in range(steps):
        clock.at_ns += random.randrange(4 * SECOND)
        agent = f"a{random.randrange(3)}"
        commands = (
            LogIn(agent),
            SetReady(agent),
            SetNotReady(agent),
            LogOut(agent) if number % 11 == 0 else LogIn(agent),
            EnqueueContact(f"c{number}", (random.choice(("sales", "help")),), priority=random.randrange(3)),
            EnqueueContact(f"d{number}", ("sales", "help"), credit_ns=random.randrange(90) * SECOND),
            UpdateContact(f"c{random.randrange(number + 1)}", priority=random.randrange(9)),
        )
        host.apply(random.choice(commands))
        for view in host.read(lambda engine: list(engine.agents.values())):
            for part in view.segments:
                if part.state == "ringing":
                    host.apply(AcceptOffer(part.contact, part.agent))
                elif random.randrange(6) == 0:
                    host.apply(CompleteContact(part.contact))
        if number % 2:
            announcer.step()


def test_rounding_and_what_is_told(host: Host) -> None:
    coarse = Announcing(fine_ns=SECOND, fine_until_ns=MINUTE, coarse_ns=MINUTE, limit_ns=5 * MINUTE)
    assert [coarse.rounded(seconds * SECOND) for seconds in (0, 1, 60, 61, 300, 301)] == [
        (0, False), (SECOND, False), (MINUTE, False), (2 * MINUTE, False), (5 * MINUTE, False), (5 * MINUTE, True),
    ]  # fmt: skip
    told: list[Announcement] = []
    estimator = Estimator(CENTRE)
    estimator.fold(host.apply(EnqueueContact("c", ("sales",))))
    for settings in (Announcing(position=False), Announcing(estimate=False), Announcing(tell="p90")):
        schedule = Schedule(estimator, settings)
        schedule.add("c", 0)
        told += schedule.take(MINUTE)
    assert [(one.position, one.wait_ns >= 0) for one in told] == [(0, True), (1, False), (1, True)]
    assert told[2].more_than or told[2].wait_ns >= told[0].wait_ns


def test_a_listener_that_raises_is_not_called_again(host: Host) -> None:
    announcer = Announcer(host, Announcing(first_ns=0, every_ns=SECOND))
    told: list[Announcement] = []

    def deaf(announcement: Announcement) -> None:
        raise RuntimeError(announcement.contact)

    announcer.subscribe(deaf)
    announcer.subscribe(told.append)
    for contact in ("c", "d"):
        host.apply(EnqueueContact(contact, ("sales",)))
    announcer.step()
    assert len(told) == 2
    assert "RuntimeError('c')" in announcer.problem
    announcer.close()


def test_estimates_come_into_the_journal(tmp_path: Path, clock: Hand) -> None:
    """A whole host: what is published is a command like others, so a replay gives the same digest."""
    path = tmp_path / "centre.journal"
    with Host(CENTRE, path, settings=HostSettings(threads=False), clock=clock) as host:
        announcer = Announcer(host, Announcing(publish_every_ns=5 * SECOND))
        watch = host.feed.watch()
        live(host, clock, announcer, Random(1), 300)
        published = [
            event for _, event in watch.take(0, 10_000).events if isinstance(event, EstimatePublished)
        ]
        queues = {event.queue for event in published}
        assert queues == {"sales", "help"}
        assert any(event.wait_ns > 0 for event in published)
        engine_says = host.read(lambda engine: engine.queues["sales"].estimate_ns)
        assert engine_says == [event.wait_ns for event in published if event.queue == "sales"][-1]
        digest = host.digest
        announcer.close()
    journal = SqliteJournal(path)
    journal.open()
    _, engine, _ = restore(journal, 0)
    replayed: list[Event] = []
    for batch in journal.read():
        replay_batch(engine, batch, 0, replayed.extend)
    journal.close()
    assert engine.digest == digest
    assert engine.queues["sales"].estimate_ns == engine_says
    assert [event for event in replayed if isinstance(event, EstimatePublished)] == published


def test_small_changes_are_not_published(host: Host, clock: Hand) -> None:
    announcer = Announcer(host, Announcing(publish_every_ns=SECOND))
    host.apply(LogIn("a0", False))
    watch = host.feed.watch()
    for second in range(20):
        clock.at_ns = second * SECOND
        announcer.step()
    assert [event for _, event in watch.take(0).events] == []  # nobody at work: not known, as before
    host.apply(SetReady("a0"))
    for second in range(20, 40):
        clock.at_ns = second * SECOND
        announcer.step()
    found = [event for _, event in watch.take(0).events if isinstance(event, EstimatePublished)]
    assert [(event.queue, event.wait_ns) for event in found] == [("sales", 0), ("help", 0)]
    announcer.close()


def test_it_may_start_late_and_fall_behind(clock: Hand) -> None:
    with Host(CENTRE, settings=HostSettings(threads=False, keep_events=10), clock=clock) as host:
        host.apply(LogIn("a0"))
        for number in range(3):
            host.apply(EnqueueContact(f"c{number}", ("sales",)))
        announcer = Announcer(host, Announcing(first_ns=SECOND))
        told: list[str] = []
        announcer.subscribe(lambda one: told.append(one.contact))
        for number in range(3, 40):  # more than the feed keeps
            host.apply(EnqueueContact(f"c{number}", ("sales",)))
        clock.at_ns = 2 * SECOND
        announcer.step()
        assert told == sorted(f"c{number}" for number in range(1, 40)) or set(told) == {
            f"c{number}" for number in range(1, 40)
        }
        saved = announcer.snapshot()
        announcer.close()
        host.apply(Configure(Config(agents=CENTRE.agents, queues=(*CENTRE.queues, Queue("new")))))
        again = Announcer(host, learned=saved)
        assert again.estimator.queues == ["sales", "help", "new"]
        assert len(again.estimator.waiting()) == 39
        again.close()


@pytest.mark.once
def test_a_thread_of_its_own() -> None:
    told: list[Announcement] = []
    with Host(CENTRE) as host:
        settings = Announcing(first_ns=0, gather_ns=2_000_000, publish_every_ns=SECOND // 100)
        with Announcer(host, settings) as announcer:
            announcer.subscribe(told.append)
            host.apply(LogIn("a0"))
            for number in range(50):
                host.apply(EnqueueContact(f"c{number}", ("sales",)))
            until = time.monotonic() + 60
            while (
                len({one.contact for one in told}) < 49
                or host.read(lambda engine: engine.queues["sales"].estimate_ns) <= 0
            ) and time.monotonic() < until:
                time.sleep(0.01)
        assert {one.contact for one in told} == {f"c{number}" for number in range(1, 50)}
        assert host.read(lambda engine: engine.queues["sales"].estimate_ns) > 0
        announcer.close()  # twice does nothing
    assert announcer.problem == ""
