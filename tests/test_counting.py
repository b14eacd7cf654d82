"""Statistics of a host: counted in its turn, kept beside snapshots, written to the last row whatever happens.

Owns `routing.host.counting`, ``recording`` and ``pictures``; must not know how a fold counts.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from routing import (
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    EnqueueContact,
    LogIn,
    Queue,
)
from routing.clock import pause_ns
from routing.commands import (
    AbandonContact,
    Command,
    LogOut,
    PutAgent,
    RequeueContact,
    SetNotReady,
    SetReady,
    UpdateContact,
)
from routing.errors import JournalFullError, UsageError
from routing.host import Host, Settings
from routing.host.circles import circle_of
from routing.host.counting import FOLLOWER, Counted, Counting, counting
from routing.host.pictures import (
    agent_statistics,
    centre_statistics,
    counts_of,
    group_statistics,
    queue_statistics,
)
from routing.host.recording import Recorder
from routing.journal.sqlite import SqliteJournal
from routing.model import Reserve
from routing.replay import replay_batch, restore
from routing.statistics.fold import Statistics, Taken
from routing.units import SECOND

CENTRE = Config(
    agents=(Agent("ann", groups=("day",)), Agent("ben", groups=("day",)), Agent("cat")),
    queues=(
        Queue("sales", wrap_up_ns=2 * SECOND),
        Queue("service", groups=("day",)),
        Queue("vip", members=("cat",), reserves=(Reserve(members=("ann",), after_ns=SECOND),)),
    ),
)
BY_HAND = Settings(threads=False, keep_snapshots=1000)
COUNTED = Counted(interval_ns=10 * SECOND, records=True, keep=True)


class HandClock:
    """Time that a test moves."""

    def __init__(self, at_ns: int = 1_000_000 * SECOND) -> None:
        self.at_ns = at_ns

    def now_ns(self) -> int:
        return self.at_ns

    def not_before(self, at_ns: int) -> None:
        self.at_ns = max(self.at_ns, at_ns)


class Store:
    """Keeps rows by key, as a database does."""

    def __init__(self) -> None:
        self.rows: dict[Any, Any] = {}
        self.puts = 0
        self.broken: Callable[[], None] | None = None

    def put(self, taken: Taken) -> None:
        self.puts += 1
        if self.broken is not None:
            self.broken()
        for one in taken.queues:
            self.rows["queue", one.start_ns, one.queue, one.channel] = one
        for row in taken.agents:
            self.rows["agent", row.start_ns, row.agent] = row
        for record in taken.records:
            self.rows["contact", record.contact, record.arrived_ns] = record
        for session in taken.sessions:
            self.rows["session", session.agent, session.log_in_ns] = session


def open_host(
    path: Path | None, clock: HandClock, counted: Counted = COUNTED, config: Config | None = CENTRE
) -> Host:
    return Host(config, path, settings=BY_HAND, clock=clock, followers={FOLLOWER: counting(counted)})


def fold_of(host: Host) -> Statistics:
    found: Statistics = host.look(FOLLOWER, lambda counting: counting.statistics)
    return found


def work(random: Random, host: Host, clock: HandClock, steps: int) -> None:
    """Do something of everything."""
    for _ in range(steps):
        clock.at_ns += random.randrange(2 * SECOND)
        host.tick()
        contacts = host.read(lambda engine: dict(engine.contacts))
        ringing = [
            (part.contact, part.agent)
            for one in contacts.values()
            for part in one.segments
            if part.state == "ringing"
        ]
        in_hand = [one.id for one in contacts.values() if one.state == "handling"]
        agent = random.choice(("ann", "ben", "cat"))
        number = host.revision
        options: list[Command] = [
            EnqueueContact(
                f"call-{number}",
                tuple(random.sample(("sales", "service", "vip"), 2)),
                customer=f"c{number}",
                attributes={"subject": "bill"},
            ),
            random.choice((LogIn(agent), SetReady(agent), SetNotReady(agent, "lunch"), LogOut(agent))),
            LogIn(agent),
        ]
        if ringing:
            options += [AcceptOffer(*random.choice(ringing))] * 3
        if in_hand:
            options += [CompleteContact(random.choice(in_hand)), RequeueContact(in_hand[0], ("service",))]
        if contacts:
            options.append(AbandonContact(random.choice(list(contacts))))
        host.apply(random.choice(options), request_id=f"r{number}")


def crash(path: Path, again: Path) -> Path:
    """Take the journal of a host that lives elsewhere, as it stands on the disk."""
    again.mkdir()
    for file in path.parent.glob(path.name + "*"):
        (again / file.name).write_bytes(file.read_bytes())
    return again / path.name


def recounted(path: Path) -> dict[Any, Any]:
    """Count everything that a journal holds from its beginning, without a stop."""
    journal = SqliteJournal(path)
    journal.open()
    try:
        _, engine, _ = restore(journal, 0)
        statistics = Statistics(engine.config, COUNTED.fold, configuration=lambda: engine.config)

        def follow(command: Command | None, events: Any) -> None:
            statistics.fold(events)
            if isinstance(command, EnqueueContact) and "Contact" in type(events[0]).__name__:
                statistics.describe(command.contact, command.customer, "bill")

        for batch in journal.read(0):
            replay_batch(engine, batch, 0, None, follow)
        statistics.advance(engine.now_ns)
        store = Store()
        store.put(statistics.take())
        return store.rows
    finally:
        journal.close()


# --------------------------------------------------------------------------------------- written to the last row


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_lost_or_doubled_whatever_crashes(tmp_path: Path, seed: int) -> None:
    random, clock, store = Random(seed), HandClock(), Store()
    path = tmp_path / "centre.journal"
    hosts = [open_host(path, clock)]
    for number in range(5):
        host = hosts[-1]
        recorder = Recorder(host, store.put, threads=False)
        for _ in range(random.randrange(4)):
            work(random, host, clock, random.randrange(30))
            if random.random() < 0.4:
                host.snapshot()
            if random.random() < 0.6:
                recorder.record()

        def dies() -> None:
            raise KeyboardInterrupt

        if random.random() < 0.5:  # while it writes; half the time what was written is in the database
            store.broken = dies if random.random() < 0.5 else None
            with suppress(KeyboardInterrupt):  # unless there is nothing to write
                Recorder(host, _both(store.put, dies), threads=False).record()
            store.broken = None
        path = crash(path, tmp_path / f"again-{number}")
        clock.at_ns += random.randrange(15 * SECOND)
        hosts.append(open_host(path, clock, config=None))
    work(random, hosts[-1], clock, 30)
    clock.at_ns += 11 * SECOND
    with Recorder(hosts[-1], store.put, threads=False) as recorder:
        recorder.record()
        assert recorder.figures().pending == 0
    assert len(store.rows) > 20
    hosts[-1].close()
    assert store.rows == recounted(path)
    for host in hosts[:-1]:
        host.close()


def _both(*doing: Callable[..., object]) -> Callable[[Taken], None]:
    def put(taken: Taken) -> None:
        doing[0](taken)
        doing[1]()

    return put


def test_what_cannot_be_written_is_kept_and_told_once() -> None:
    clock, store = HandClock(), Store()
    told: list[BaseException] = []
    with open_host(None, clock) as host:

        def fails() -> None:
            raise OSError("the disk is away")

        recorder = Recorder(host, store.put, failed=told.append, threads=False)
        store.broken = fails
        work(Random(1), host, clock, 40)
        for _ in range(2):
            with pytest.raises(OSError, match="away"):
                recorder.record()
        figures = recorder.figures()
        assert (figures.failures, figures.written, len(told)) == (2, 0, 1)
        assert figures.pending > 10
        assert figures.problem == "OSError: the disk is away"
        store.broken = None
        assert recorder.record() == figures.pending
        assert recorder.figures().pending == 0
        assert recorder.record() == 0
        assert recorder.figures().written == figures.pending


def test_what_waits_for_too_long_is_dropped_and_counted() -> None:
    clock = HandClock()
    with open_host(None, clock, replace(COUNTED, most=10)) as host:
        for number in range(8):
            work(Random(number), host, clock, 20)
            host.look(FOLLOWER, lambda counting: counting.settle())
        pending, lost = host.look(FOLLOWER, lambda counting: (counting.pending_size, counting.lost))
        assert pending <= 60  # the newest batch stays whole
        assert lost > 10


def test_an_interval_ends_though_nothing_happens() -> None:
    clock, store = HandClock(), Store()
    with open_host(None, clock) as host:
        host.apply(LogIn("ann"))
        recorder = Recorder(host, store.put, threads=False)
        recorder.record()
        assert not store.rows
        clock.at_ns += 25 * SECOND
        assert recorder.record() == 2  # both are over
        before = host.seq
        clock.at_ns += SECOND
        recorder.record()
        assert host.seq == before  # nothing to journal
        assert [row.counts.idle_ns for row in store.rows.values()] == [10 * SECOND] * 2
        assert host.look(FOLLOWER, lambda counting: counting.last_agent("ann").idle_ns) == 10 * SECOND


def test_a_recorder_works_by_itself_and_at_the_end() -> None:
    store = Store()
    counted = replace(COUNTED, interval_ns=SECOND // 10)
    with Host(CENTRE, followers={FOLLOWER: counting(counted)}) as host:
        host.apply(LogIn("ann"))
        with Recorder(host, store.put, every_ns=SECOND // 50):
            for _ in range(500):
                if store.rows:
                    break
                pause_ns(SECOND // 50)
            host.apply(LogOut("ann"))
        assert any(key[0] == "session" for key in store.rows)  # of the last moment


def test_a_recorder_without_a_place_keeps_only_the_last_interval() -> None:
    clock = HandClock()
    with open_host(None, clock, replace(COUNTED, keep=False)) as host:
        recorder = Recorder(host, threads=False)
        work(Random(3), host, clock, 60)
        assert recorder.record() == 0
        assert recorder.figures().pending == 0
        assert host.look(FOLLOWER, lambda counting: counting.take()[1]) == Taken([], [], [], [])


def test_a_full_journal_is_a_reason_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, store = HandClock(), Store()
    with open_host(None, clock) as host:
        host.apply(LogIn("ann"))
        recorder = Recorder(host, store.put, threads=False)
        clock.at_ns += 25 * SECOND

        def full(_: object) -> None:
            raise JournalFullError("no room")

        with monkeypatch.context() as patch:
            patch.setattr(host._journal, "append", full)
            with pytest.raises(JournalFullError):
                recorder.record()
        assert recorder.record() == 2


# ------------------------------------------------------------------------------------------------- as a follower


def test_counts_go_on_after_a_crash(tmp_path: Path) -> None:
    clock, path = HandClock(), tmp_path / "centre.journal"
    host = open_host(path, clock)
    work(Random(5), host, clock, 50)
    host.snapshot()
    work(Random(6), host, clock, 50)
    counted = fold_of(host).total()
    waits = host.look(FOLLOWER, lambda counting: counting.statistics.waits_ever("sales").snapshot())
    back = open_host(crash(path, tmp_path / "again"), clock, config=None)
    again = fold_of(back).total()
    assert (again.entered, again.answered, again.wait_answered_ns) == (
        counted.entered,
        counted.answered,
        counted.wait_answered_ns,
    )
    assert back.look(FOLLOWER, lambda counting: counting.statistics.waits_ever("sales").snapshot()) == waits
    assert back.look(FOLLOWER, lambda counting: counting.statistics.waits_ever("sales").count) == counted_in(
        back, "sales"
    )
    back.close()
    host.close()


def counted_in(host: Host, queue: str) -> int:
    return fold_of(host).queue(queue).answered


@pytest.mark.parametrize("what", ["settings", "damage", "none"])
def test_what_cannot_be_continued_begins_anew_with_the_present(tmp_path: Path, what: str) -> None:
    clock, path = HandClock(), tmp_path / "centre.journal"
    with open_host(path, clock) as host:
        host.apply(LogIn("ann"))
        host.apply(EnqueueContact("c1", ("sales",)))
        host.apply(AcceptOffer("c1", "ann"))
        host.apply(EnqueueContact("c2", ("sales",), customer="c", attributes={"subject": "s"}))
        if what == "none":
            host._following._makings.clear()
            host._following.by_name.clear()
        elif what == "damage":
            host._following.by_name = {FOLLOWER: Damaged()}
    counted = replace(COUNTED, short_abandon_ns=1) if what == "settings" else COUNTED
    clock.at_ns += 3 * SECOND
    with open_host(path, clock, counted, None) as host:
        sales = queue_statistics(host, "sales")
        assert (sales.waiting, sales.in_hand, sales.longest_wait_ns) == (1, 1, 3 * SECOND)
        assert sales.total.entered == 0
        assert agent_statistics(host, "ann").state == "talking"
        host.apply(AbandonContact("c2"))
        (record,) = host.look(FOLLOWER, lambda counting: counting.take()[1].records)
        assert (record.customer, record.subject) == ("c", "s")
        assert queue_statistics(host, "sales").total.wait_abandoned_ns == 3 * SECOND


class Damaged:
    """Writes down what nobody can read."""

    def follow(self, command: object, events: object) -> None: ...

    def snapshot(self) -> bytes:
        return b"nonsense"


def test_a_refused_command_says_nothing_of_the_contact_that_is_there() -> None:
    with open_host(None, HandClock()) as host:
        host.apply(EnqueueContact("c1", ("sales",), customer="first"))
        host.apply(EnqueueContact("c1", ("service",), customer="second"))
        host.apply(UpdateContact("c1", priority=3))
        host.apply(AbandonContact("c1"))
        (record,) = host.look(FOLLOWER, lambda counting: counting.take()[1].records)
        assert record.customer == "first"


def test_a_contact_that_ends_at_the_door_has_its_customer() -> None:
    centre = Config(queues=(Queue("sales", on_close="overflow"),), agents=(Agent("ann"),))
    with Host(centre, settings=BY_HAND, followers={FOLLOWER: counting(COUNTED)}) as host:
        from_door = host.apply(EnqueueContact("c1", ("sales",), customer="c"))
        assert type(from_door[0]).__name__ == "ContactEnqueued"
        host.apply(AbandonContact("c1"))
        (record,) = host.look(FOLLOWER, lambda counting: counting.take()[1].records)
        assert record.customer == "c"


# ----------------------------------------------------------------------------------------------------- pictures


def test_pictures_of_a_working_centre() -> None:
    clock = HandClock()
    with open_host(None, clock) as host:
        assert counts_of(host)
        for agent in ("ann", "ben"):
            host.apply(LogIn(agent))
        host.apply(SetNotReady("ben", "lunch"))
        host.apply(EnqueueContact("c1", ("sales",)))
        clock.at_ns += SECOND
        host.apply(AcceptOffer("c1", "ann"))
        host.apply(EnqueueContact("c2", ("service",)))
        clock.at_ns += 3 * SECOND
        sales = queue_statistics(host, "sales")
        assert sales.metrics.visits.asa_s == 1.0
        assert sales.metrics.answered_waits is not None
        assert (sales.metrics.answered_waits.count, sales.recent[-1].service_level) == (1, 1.0)
        assert sales.agents is not None
        assert (sales.agents.staffed, sales.agents.talking, sales.agents.not_ready) == (2, 1, 1)
        assert sales.agents.not_ready_by == {"lunch": 1}
        service = queue_statistics(host, "service")
        assert service.longest_wait_ns == 3 * SECOND  # as of now, though nothing has happened
        assert service.agents == group_statistics(host, "day").agents == sales.agents
        vip = queue_statistics(host, "vip")
        assert vip.agents is not None
        assert (vip.agents.staffed, vip.agents.talking, vip.agents.occupancy) == (1, 1, 1.0)
        voice = queue_statistics(host, "sales", "voice")
        assert (voice.total, voice.agents) == (sales.total, None)
        ann = agent_statistics(host, "ann")
        assert (ann.state, ann.at_ns - ann.since_ns, ann.in_hand) == ("talking", 3 * SECOND, 1)
        assert ann.metrics.occupancy == 1.0 or ann.total.ringing_ns
        centre = centre_statistics(host)
        assert (centre.contacts, centre.contacts_waiting, centre.contacts_in_hand) == (2, 1, 1)
        assert centre.total.entered == 2
        host.apply(PutAgent(Agent("dan", groups=("day",))))
        host.apply(LogIn("dan"))
        grown = queue_statistics(host, "service").agents
        assert grown is not None
        assert grown.staffed == 3
        host.apply(PutAgent(Agent("ann")))  # not in the reserve of `vip` by a group, but by name
        assert queue_statistics(host, "vip").agents == replace(vip.agents)
        for look in (queue_statistics, agent_statistics, group_statistics):
            with pytest.raises(UsageError, match="nobody"):
                look(host, "nobody")


def test_the_last_interval_is_the_one_before_this() -> None:
    clock = HandClock()
    with open_host(None, clock) as host:
        recorder = Recorder(host, Store().put, threads=False)
        host.apply(EnqueueContact("c1", ("sales",)))
        host.apply(AbandonContact("c1"))
        clock.at_ns += 10 * SECOND
        recorder.record()
        sales = queue_statistics(host, "sales")
        assert (sales.last.abandoned, sales.interval.abandoned, sales.total.abandoned) == (1, 0, 1)
        assert queue_statistics(host, "sales", "voice").last == sales.last
        clock.at_ns += 10 * SECOND
        recorder.record()
        assert queue_statistics(host, "sales").last.abandoned == 0


def test_reading_leaves_the_end_of_an_interval_to_the_journal() -> None:
    clock = HandClock()
    with open_host(None, clock) as host:
        host.apply(LogIn("ann"))
        clock.at_ns += 60 * SECOND
        assert agent_statistics(host, "ann").at_ns == 1_000_010 * SECOND - 1
        host.pass_time()
        assert agent_statistics(host, "ann").at_ns == clock.at_ns
        assert agent_statistics(host, "ann").total.idle_ns == 60 * SECOND


def test_everybody_serves_a_queue_without_members() -> None:
    queue = Queue("q", reserves=(Reserve(when="waiting > 3"),))
    assert circle_of(queue, Config(queues=(queue,))).everybody


def test_a_host_without_statistics_says_so() -> None:
    with Host(CENTRE, settings=BY_HAND) as host:
        assert not counts_of(host)
        with pytest.raises(UsageError, match="no follower 'statistics'"):
            queue_statistics(host, "sales")


def test_counting_is_a_follower_of_any_name() -> None:
    with Host(CENTRE, settings=BY_HAND, followers={"mine": counting()}) as host:
        host.apply(LogIn("ann"))
        assert host.look("mine", lambda counting: isinstance(counting, Counting))
