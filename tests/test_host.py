"""The host: order of journal and publication, durability of answers, timers, overload, reopening, closing.

Owns what a host promises beside crashes (`test_crash.py`); must not test the engine.
"""

import asyncio
import random
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from routing import (
    AcceptOffer,
    Agent,
    CloseQueue,
    CommandRefused,
    CompleteContact,
    Config,
    Engine,
    EnqueueContact,
    LogIn,
    LogOut,
    Queue,
    Reason,
    SetReady,
)
from routing.clock import pause_ns
from routing.errors import (
    ClosedError,
    FencedError,
    JournalFullError,
    JournalLockedError,
    OverloadedError,
    UsageError,
)
from routing.events import ContactOffered, Event, OfferMissed, OfferWithdrawn, Resumed
from routing.host import Host, Outcome, Request, Settings
from routing.journal import Batch, Envelope, MemoryJournal
from routing.journal.sqlite import SqliteJournal
from routing.replay import apply_envelope
from routing.units import MILLISECOND, SECOND

CENTRE = Config(
    agents=(Agent("ann"), Agent("ben")),
    queues=(Queue("sales", ring_timeout_ns=20 * SECOND, exclusion_ns=0),),
)
BY_HAND = Settings(threads=False)
DECODER = msgspec.json.Decoder(Envelope)


class HandClock:
    """A clock that a test sets."""

    def __init__(self, at_ns: int = 1_000 * SECOND) -> None:
        self.at_ns = at_ns

    def now_ns(self) -> int:
        return self.at_ns

    def not_before(self, at_ns: int) -> None:
        self.at_ns = max(self.at_ns, at_ns)


class WatchfulJournal(MemoryJournal):
    """A real journal that looks at the host while it is written to, and can be told to have no room."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False
        self.fenced = False
        self.host: Host | None = None
        self.published: list[int] = []  # revision of the feed when each batch was written
        self.gate: threading.Event | None = None
        self.reached = threading.Event()  # somebody stands before the gate

    def append(self, batch: Batch) -> None:
        if self.gate is not None:
            self.reached.set()
            self.gate.wait(60)
        if self.full:
            raise JournalFullError("no room")
        if self.fenced:
            raise FencedError("another one writes")
        if self.host is not None:
            self.published.append(self.host.feed.revision)
        super().append(batch)

    @property
    def envelopes(self) -> list[Envelope]:
        return [envelope for batch in self.read(0) for envelope in decode(batch)]


def decode(batch: Batch) -> Sequence[Envelope]:
    return DECODER.decode_lines(batch.lines)


@pytest.fixture
def journal() -> WatchfulJournal:
    return WatchfulJournal()


@pytest.fixture
def host(journal: WatchfulJournal) -> Iterator[Host]:
    with Host(CENTRE, journal, settings=BY_HAND, clock=HandClock()) as host:
        journal.host = host
        yield host
        journal.full = False


def kinds(events: Sequence[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


# ------------------------------------------------------------------------------------------------ commands


def test_a_command_is_in_the_journal_before_it_is_published(host: Host, journal: WatchfulJournal) -> None:
    before = host.revision
    assert kinds(host.apply(LogIn("ann"), request_id="r1", actor="desk")) == ["AgentLoggedIn"]
    assert journal.published == [before]
    assert host.feed.revision == before + 1
    (envelope,) = journal.envelopes
    assert (envelope.seq, envelope.actor, envelope.request_id, envelope.command) == (
        1,
        "desk",
        "r1",
        LogIn("ann"),
    )


def test_a_repeated_request_is_answered_from_memory(host: Host, journal: WatchfulJournal) -> None:
    first = host.apply_many([Request(LogIn("ann"), "r1")])
    again = host.apply_many([Request(LogIn("ann"), "r1")])
    assert (first[0].repeated, again[0].repeated) == (False, True)
    assert again[0].events == first[0].events
    assert again[0].revision == first[0].revision
    assert len(journal.envelopes) == 1


def test_a_request_twice_in_one_batch_is_done_once(host: Host) -> None:
    first, again = host.apply_many([Request(LogIn("ann"), "r1"), Request(LogIn("ann"), "r1")])
    assert (first.repeated, again.repeated) == (False, True)
    assert again.events == first.events
    assert host.revision == first.revision


def test_misuse_leaves_nothing_behind(host: Host, journal: WatchfulJournal) -> None:
    digest = host.digest
    with pytest.raises(UsageError):
        host.apply_many([Request(LogIn("ann")), Request(LogIn(5))])  # type: ignore[arg-type]  # that is the misuse
    with pytest.raises(UsageError, match="actor"):
        host.apply(LogIn("ann"), actor=None)  # type: ignore[arg-type]  # that is the misuse
    assert journal.envelopes == []
    assert host.digest == digest
    assert host.state == "serving"


def test_a_refusal_is_an_answer_and_is_counted(host: Host) -> None:
    (refused,) = host.apply(SetReady("ann"))
    assert isinstance(refused, CommandRefused)
    assert refused.reason is Reason.AGENT_LOGGED_OUT
    assert host.figures().refusals == {"agent_logged_out": 1}


def test_outcomes_leave_out_what_timers_did(journal: WatchfulJournal) -> None:
    clock = HandClock()
    with Host(CENTRE, journal, settings=BY_HAND, clock=clock) as host:
        host.apply(LogIn("ann"))
        host.apply(EnqueueContact("call-1", ("sales",)))
        clock.at_ns += 60 * SECOND
        watch = host.feed.watch()
        assert kinds(host.apply(LogIn("ben"))) == ["AgentLoggedIn"]
        seen = kinds([event for _, event in watch.take(0).events])
        assert seen[0] == "OfferMissed"
        assert seen[-1] == "AgentLoggedIn"


# --------------------------------------------------------------------------------------------------- timers


def test_timers_fire_by_themselves_and_are_journaled() -> None:
    centre = Config(agents=CENTRE.agents, queues=(Queue("sales", ring_timeout_ns=30 * MILLISECOND),))
    with Host(centre, MemoryJournal()) as host, host.feed.watch() as watch:
        host.apply(LogIn("ann"))
        host.apply(EnqueueContact("call-1", ("sales",)))
        missed: list[Event] = []
        while not missed:
            missed = [event for _, event in watch.take(30 * SECOND).events if isinstance(event, OfferMissed)]
        assert host.figures().ticks >= 1


def test_a_tick_by_hand(journal: WatchfulJournal) -> None:
    clock = HandClock()
    with Host(CENTRE, journal, settings=BY_HAND, clock=clock) as host:
        journal.host = host
        host.apply(LogIn("ann"))
        (_, offered) = host.apply(EnqueueContact("call-1", ("sales",)))
        assert isinstance(offered, ContactOffered)
        assert host.tick() == offered.ring_until_ns
        assert len(journal.envelopes) == 2
        clock.at_ns = offered.ring_until_ns
        before = host.feed.revision
        host.tick()
        assert journal.envelopes[-1] == Envelope(3, offered.ring_until_ns)
        assert journal.published[-1] == before


def test_nothing_fires_while_the_journal_has_no_room(journal: WatchfulJournal) -> None:
    clock = HandClock()
    with Host(CENTRE, journal, settings=BY_HAND, clock=clock) as host:
        host.apply(LogIn("ann"))
        host.apply(EnqueueContact("call-1", ("sales",)))
        digest = host.digest
        clock.at_ns += 60 * SECOND
        journal.full = True
        with pytest.raises(JournalFullError):
            host.tick()
        with pytest.raises(JournalFullError):
            host.apply(LogIn("ben"))
        assert str(host.state) == "full"
        assert host.digest == digest
        assert host.read(lambda engine: engine.contacts["call-1"].state) == "offered"
        journal.full = False
        host.tick()
        assert str(host.state) == "serving"
        assert host.digest != digest


# --------------------------------------------------------------------------------------- threads and tasks


def test_threads_are_written_together_and_each_gets_its_own() -> None:
    journal = WatchfulJournal()
    with Host(CENTRE, journal) as host:
        journal.gate = threading.Event()
        answers: dict[str, tuple[Event, ...]] = {}

        def ask(name: str) -> None:
            answers[name] = host.apply(EnqueueContact(name, ("sales",)))

        threads = [threading.Thread(target=ask, args=(f"call-{i}",)) for i in range(40)]
        threads[0].start()
        assert journal.reached.wait(60)  # alone: else several might be written with the first
        for thread in threads[1:]:
            thread.start()
        while host.figures().waiting < 39:
            pause_ns(MILLISECOND)
        journal.gate.set()
        for thread in threads:
            thread.join()
        assert {name: events[0].contact for name, events in answers.items()} == {  # type: ignore[union-attr]  # all are
            name: name for name in answers
        }
        assert host.figures().batches == 2
        host.read(lambda engine: engine._check())


def test_tasks_are_written_together() -> None:
    journal = WatchfulJournal()

    async def ask(host: Host, i: int) -> str:
        event = (await host.apply_async(EnqueueContact(f"call-{i}", ("sales",)), request_id=f"r{i}"))[0]
        return event.contact  # type: ignore[union-attr]  # it is ContactEnqueued

    async def main(host: Host) -> None:
        found = await asyncio.gather(*(ask(host, i) for i in range(50)))
        assert found == [f"call-{i}" for i in range(50)]
        with pytest.raises(UsageError):
            await host.apply_async(LogIn(5))  # type: ignore[arg-type]  # that is the misuse

    with Host(CENTRE, journal) as host:
        asyncio.run(main(host))
        assert host.figures().batches < 50


def test_a_full_inbox_says_when_to_come_back() -> None:
    journal = WatchfulJournal()
    with Host(CENTRE, journal, settings=Settings(inbox=3)) as host:
        journal.gate = threading.Event()
        threads = [
            threading.Thread(target=host.apply, args=(EnqueueContact(f"call-{i}", ("sales",)),))
            for i in range(4)
        ]
        threads[0].start()
        assert journal.reached.wait(60)  # so that the others wait, all of them
        for thread in threads[1:]:
            thread.start()
        while host.figures().waiting < 3:
            pause_ns(MILLISECOND)
        with pytest.raises(OverloadedError, match="3 commands wait, and the limit is 3") as caught:
            host.apply(LogIn("ann"))
        assert caught.value.retry_after_ns > 0
        journal.gate.set()
        for thread in threads:
            thread.join()
        assert host.figures().overloaded == 1
        assert len(host.read(lambda engine: list(engine.contacts))) == 4


# -------------------------------------------------------------------------------------------------- the end


def test_draining_does_what_waits_and_takes_no_more(host: Host) -> None:
    host.apply(LogIn("ann"))
    assert host.drain()
    assert host.state == "draining"
    with pytest.raises(ClosedError, match="takes no more commands"):
        host.apply(LogIn("ben"))
    assert host.read(lambda engine: engine.agents["ann"].logged_in)


def test_closing_ends_watches_and_happens_once(journal: WatchfulJournal) -> None:
    host = Host(CENTRE, journal)
    host.apply(LogIn("ann"))
    watch = host.feed.watch()
    host.close()
    host.close()
    assert host.state == "stopped"
    with pytest.raises(ClosedError, match="the host was closed"):
        watch.take()
    with pytest.raises(ClosedError):
        host.apply(LogIn("ben"))


def test_a_fenced_host_stops(host: Host, journal: WatchfulJournal) -> None:
    journal.fenced = True
    with pytest.raises(FencedError):
        host.apply(LogIn("ann"))
    assert host.state == "stopped"
    with pytest.raises(ClosedError, match="FencedError"):
        host.apply(LogIn("ann"))


def test_an_unexpected_error_of_the_journal_stops_it(host: Host, journal: WatchfulJournal) -> None:
    def burn(_: Batch) -> None:
        raise OSError("the disk is on fire")

    journal.append = burn  # type: ignore[assignment,method-assign]  # a journal that breaks
    with pytest.raises(ClosedError, match="on fire"):
        host.apply(LogIn("ann"))
    assert host.state == "stopped"


# ---------------------------------------------------------------------------------------------- opening again


def test_what_was_done_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with Host(CENTRE, path) as host:
        host.apply(LogIn("ann"), request_id="r1")
        events = host.apply(EnqueueContact("call-1", ("sales",)), request_id="r2")
        host.apply(AcceptOffer("call-1", "ann"))
        revision, now = host.revision, host.now_ns
    with Host(CENTRE, path) as host:
        assert host.now_ns >= now
        assert host.apply(EnqueueContact("call-1", ("sales",)), request_id="r2") == events
        assert host.read(lambda engine: engine.contacts["call-1"].state) == "handling"
        assert host.feed.oldest == revision
        (resumed,) = (event for _, event in host.feed.watch(revision).take(0).events)
        assert isinstance(resumed, Resumed)
        assert resumed.at_ns == now


def test_what_rang_is_withdrawn_and_offered_again_when_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    clock = HandClock()
    with Host(CENTRE, path, clock=clock, settings=BY_HAND) as host:
        host.apply(LogIn("ann"))
        host.apply(EnqueueContact("call-1", ("sales",)))
        revision = host.revision
    clock.at_ns += 3_600 * SECOND
    with Host(None, path, clock=clock, settings=BY_HAND) as host:
        events = [event for _, event in host.feed.watch(revision).take(0).events]
        assert kinds(events) == ["Resumed", "OfferWithdrawn", "ContactOffered"]
        assert isinstance(events[1], OfferWithdrawn)
        assert events[1].cause == "resumed"
        assert events[2].at_ns == clock.at_ns
        assert host.read(lambda engine: engine.agents["ann"].misses) == 0


def test_time_never_runs_back_across_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with Host(CENTRE, path, clock=HandClock(5_000 * SECOND), settings=BY_HAND) as host:
        host.apply(LogIn("ann"))
    clock = HandClock(1_000 * SECOND)
    with Host(CENTRE, path, clock=clock, settings=BY_HAND) as host:
        host.apply(LogIn("ben"))
        assert host.now_ns == 5_000 * SECOND


def test_a_changed_configuration_is_taken_over_and_edits_stay_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with Host(CENTRE, path) as host:
        host.apply(CloseQueue("sales"))
    with Host(CENTRE, path) as host:
        assert not host.read(lambda engine: engine.queues["sales"].open)
    larger = Config(agents=CENTRE.agents, queues=(*CENTRE.queues, Queue("support")))
    with Host(larger, path) as host:
        assert host.read(lambda engine: list(engine.queues)) == ["sales", "support"]
    with Host(None, path) as host:
        assert host.read(lambda engine: list(engine.queues)) == ["sales", "support"]


def test_a_host_that_starts_without_room_catches_up_first() -> None:
    journal = WatchfulJournal()
    clock = HandClock()
    with Host(CENTRE, journal, clock=clock, settings=BY_HAND) as host:
        host.apply(LogIn("ann"))
        host.apply(EnqueueContact("call-1", ("sales",)))
    journal.full = True
    larger = Config(agents=CENTRE.agents, queues=(*CENTRE.queues, Queue("support")))
    clock.at_ns += 60 * SECOND
    with Host(larger, journal, clock=clock, settings=BY_HAND) as host:
        assert host.problems == (
            "no room; it starts all the same, and goes on where it was once there is room",
        )
        assert host.read(lambda engine: engine.contacts["call-1"].state) == "offered"
        with pytest.raises(JournalFullError):
            host.apply(LogIn("ben"))
        with pytest.raises(JournalFullError):
            host.tick()
        journal.full = False
        watch = host.feed.watch()
        host.apply(LogIn("ben"))
        seen = kinds([event for _, event in watch.take(0).events])
        assert seen[:3] == ["Resumed", "OfferWithdrawn", "ContactOffered"]
        assert seen[-3:] == ["Configured", "QueueChanged", "AgentLoggedIn"]


def test_an_empty_journal_needs_a_configuration() -> None:
    with pytest.raises(UsageError, match="there is no configuration"):
        Host(None, MemoryJournal())


def test_one_journal_has_one_host(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with Host(CENTRE, path), pytest.raises(JournalLockedError):
        Host(CENTRE, path)
    Host(CENTRE, path).close()


def test_snapshots_bound_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    settings = Settings(snapshot_every=10, keep_snapshots=2, threads=False)
    with Host(CENTRE, path, settings=settings) as host:
        for i in range(5):
            for j in range(10):
                host.apply(EnqueueContact(f"call-{i}-{j}", ("sales",)))
            host.snapshot()
        digest = host.digest
        seq = host.seq
    journal = SqliteJournal(path, read_only=True)
    journal.open()
    assert list(journal.shelf()) == [seq, seq - 10]
    journal.close()
    with Host(None, path, settings=settings) as host:
        assert len(host.read(lambda engine: list(engine.contacts))) == 50
        assert host.feed.oldest == 50
        assert host.digest != digest  # it has resumed


def test_a_sealed_journal_starts_there(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with Host(CENTRE, path) as host:
        host.apply(LogIn("ann"))
        host.apply(EnqueueContact("call-1", ("sales",)))
        host.apply(AcceptOffer("call-1", "ann"))
        seq = host.seal()
    journal = SqliteJournal(path, read_only=True)
    journal.open()
    assert list(journal.shelf()) == [seq]
    assert journal.load(seq).sealed
    journal.close()
    with Host(None, path) as host:
        assert kinds(host.apply(CompleteContact("call-1"))) == ["ContactEnded"]


def test_what_threads_were_told_is_what_the_journal_leads_to() -> None:
    """Many callers, a watch and readers at once: answers, feed and a replay of the journal agree."""
    journal = MemoryJournal()
    centre = Config(
        agents=tuple(Agent(f"agent-{i}") for i in range(8)),
        queues=(Queue("sales", ring_timeout_ns=2 * MILLISECOND, wrap_up_ns=MILLISECOND, exclusion_ns=0),),
    )
    told: list[Outcome] = []
    seen: list[tuple[int, Event]] = []
    host = Host(centre, journal)

    def call(name: int) -> None:
        rng = random.Random(name)
        for i in range(60):
            requests = [
                Request(EnqueueContact(f"{name}-{i}", ("sales",)), f"{name}-{i}"),
                Request(rng.choice((LogIn, LogOut, SetReady))(f"agent-{rng.randrange(8)}")),
            ][: rng.randrange(1, 3)]
            told.extend(host.apply_many(requests))
            host.read(lambda engine: engine.queues["sales"].waiting)

    def look() -> None:
        watch = host.feed.watch(0)
        while True:
            try:
                seen.extend(watch.take().events)
            except ClosedError:
                return

    watcher = threading.Thread(target=look)
    watcher.start()
    callers = [threading.Thread(target=call, args=(name,)) for name in range(6)]
    for thread in callers:
        thread.start()
    for thread in callers:
        thread.join()
    digest, revision = host.read(lambda engine: (engine.digest, engine.revision))  # timers go on
    host.close()
    watcher.join()

    assert [number for number, _ in seen] == list(range(1, len(seen) + 1))
    events = [event for _, event in seen]
    for outcome in told:
        assert tuple(events[outcome.revision - len(outcome.events) : outcome.revision]) == outcome.events
    journal.open()
    first = min(journal.shelf())
    engine = Engine.restore(journal.load(first).body)
    again: list[Event] = []
    for batch in journal.read(first):
        for envelope in decode(batch):
            again += apply_envelope(engine, envelope)
            if engine.revision == revision:
                assert engine.digest == digest
    assert again == events


@pytest.mark.parametrize("place", [None, "j"])
def test_an_unknown_durability_is_refused_with_and_without_a_file(tmp_path: Path, place: str | None) -> None:
    with pytest.raises(UsageError, match="durability 'half' is not known; choose full, group, none"):
        Host(Config(), tmp_path / place if place else None, durability="half")  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
