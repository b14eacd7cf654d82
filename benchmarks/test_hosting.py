"""Claims of a host, each beside what it cannot beat.

- In batches of 64, durable, it acknowledges commands at a rate that the engine alone bounds, not the disk.
- It is back within ten seconds on a journal of a snapshot of 50,000 agents and 20,000 waiting contacts, and a million
  commands after it: not much longer than the engine takes for the same commands.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from time import perf_counter

import msgspec
import pytest
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture

from routing import Agent, CancelContact, Config, Engine, EnqueueContact, LogIn, Queue, SetNotReady, SetReady
from routing.commands import Command
from routing.host import Host, Request, Settings
from routing.journal import Durability
from routing.journal.sqlite import SqliteJournal

AGENTS = 1_000
COMMANDS = 200_000 if FULL else 6_400
TAIL = 1_000_000 if FULL else 6_400
STAFF, WAITING = (50_000, 20_000) if FULL else (500, 200)
QUIET = Settings(snapshot_every=100_000_000)
START_NS = 1_700_000_000_000_000_000


def centre(agents: int) -> Config:
    """Agents in groups of ten queues, and a queue that nobody serves."""
    return Config(
        agents=tuple(Agent(f"agent-{i}", groups=(f"team-{i % 10}",)) for i in range(agents)),
        groups=(*(f"team-{i}" for i in range(10)), "nobody"),
        queues=(
            *(Queue(f"queue-{i}", groups=(f"team-{i}",)) for i in range(10)),
            Queue("idle", groups=("nobody",)),
        ),
    )


def work(agents: int) -> Iterator[Command]:
    """Contacts that ring and are taken back, agents who come and go: four commands a round, for ever."""
    round_ = 0
    while True:
        contact, agent = f"call-{round_}", f"agent-{round_ % agents}"
        yield EnqueueContact(contact, (f"queue-{round_ % 10}",))
        yield CancelContact(contact)
        yield SetNotReady(agent)
        yield SetReady(agent)
        round_ += 1


def staffed(path: Path, durability: Durability) -> Host:
    host = Host(centre(AGENTS), path, durability=durability, settings=QUIET)
    host.apply_many([Request(LogIn(f"agent-{i}")) for i in range(AGENTS)])
    return host


def in_batches(commands: Sequence[Command]) -> list[Sequence[Command]]:
    return [commands[start : start + 64] for start in range(0, len(commands), 64)]


@pytest.mark.benchmark(group="host", timer=perf_counter)
@pytest.mark.parametrize("durability", ["full", "group"])
def test_acknowledged_commands(benchmark: BenchmarkFixture, tmp_path: Path, durability: Durability) -> None:
    """Batches of 64, each acknowledged as durable before the next is sent."""
    commands = list(islice(work(AGENTS), COMMANDS))
    batches = in_batches(commands)
    texts = [b"\n".join(map(msgspec.json.encode, batch)) for batch in batches]
    paths = (tmp_path / f"{number}.db" for number in count())
    hosts: list[Host] = []

    def host() -> Timed:
        while hosts:
            hosts.pop().close()
        hosts.append(host := staffed(next(paths), durability))
        requests = [[Request(command) for command in batch] for batch in batches]

        def run() -> None:
            for batch in requests:
                host.apply_many(batch)

        return run

    def engine() -> Timed:
        engine = Engine(centre(AGENTS))
        engine.apply_many([(LogIn(f"agent-{i}"), START_NS) for i in range(AGENTS)])

        def run() -> None:
            for command in commands:
                engine.apply(command, START_NS)

        return run

    def sqlite() -> Timed:
        db = sqlite3.connect(next(paths), isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(f"PRAGMA synchronous={'FULL' if durability == 'full' else 'NORMAL'}")
        db.execute("CREATE TABLE log(seq INTEGER PRIMARY KEY, lines BLOB)")

        def run() -> None:
            for text in texts:
                db.execute("INSERT INTO log(lines) VALUES(?)", (text,))
            db.close()

        return run

    side_by_side(
        benchmark,
        f"commands acknowledged in batches of 64, durability {durability}",
        COMMANDS,
        "commands",
        host,
        {"the engine alone": engine, "bare SQLite, a row a batch": sqlite},
        perf_counter,
    )
    for one in hosts:
        one.read(lambda engine: engine._check())
        one.close()


@pytest.fixture(scope="module")
def long_journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of a centre with many people in it, and many commands after it."""
    path = tmp_path_factory.mktemp("recovery") / "centre.journal"
    with Host(centre(STAFF), path, durability="none", settings=QUIET) as host:
        for batch in in_batches([LogIn(f"agent-{i}") for i in range(STAFF)]):
            host.apply_many([Request(command) for command in batch])
        for batch in in_batches([EnqueueContact(f"waiting-{i}", ("idle",)) for i in range(WAITING)]):
            host.apply_many([Request(command) for command in batch])
        host.snapshot()
        for batch in in_batches(list(islice(work(STAFF), TAIL))):
            host.apply_many([Request(command) for command in batch])
        host._writer.since_snapshot = 0  # so that closing takes no snapshot, as a crash would not
    return path


@pytest.mark.benchmark(group="recovery")
def test_recovery(benchmark: BenchmarkFixture, long_journal: Path, tmp_path: Path) -> None:
    """From a closed file to serving, beside the engine doing the same commands."""
    commands = list(islice(work(STAFF), TAIL))
    copies = (tmp_path / f"{number}.journal" for number in count())

    def host() -> Timed:
        path = next(copies)
        shutil.copy(long_journal, path)

        def run() -> None:
            host = Host(None, path, durability="none", settings=QUIET)
            assert len(host.read(lambda engine: engine.contacts)) == WAITING
            host._writer.since_snapshot = 0
            host.close()

        return run

    def engine() -> Timed:
        journal = SqliteJournal(long_journal, read_only=True)
        journal.open()
        snapshot = journal.load(journal.shelf()[0])
        journal.close()
        engine = Engine.restore(snapshot.body)

        def run() -> None:
            for command in commands:
                engine.apply(command, snapshot.at_ns)

        return run

    side_by_side(
        benchmark,
        f"recovery of {STAFF:,} agents, {WAITING:,} waiting, {TAIL:,} commands after the snapshot",
        TAIL,
        "commands",
        host,
        {"the engine alone": engine},
    )
