"""Claims: a journal acknowledges 100,000 commands a second, each on the disk, in batches of 64; one command alone costs
one fsync and at most 100 us; a million commands behind a snapshot of a large centre are recovered within ten seconds.

The disk decides most of it, so everything is compared with the barest thing that does as much, in turns within one
run and in wall-clock time: SQLite with one blob a row, and a file that is appended to and synced.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from measure import FIGURES, FULL
from pytest_benchmark.fixture import BenchmarkFixture

from routing import (
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    EndWrapUp,
    Engine,
    EnqueueContact,
    LogIn,
    Queue,
)
from routing.commands import Command
from routing.events import ContactOffered
from routing.journal import Batch, SavedSnapshot, Writer
from routing.journal.sqlite import SqliteJournal
from routing.replay import recover
from routing.units import MILLISECOND, SECOND

ROUNDS = 9 if FULL else 2
APPENDS = 800 if FULL else 200
AGENTS, WAITING, COMMANDS = (50_000, 20_000, 1_000_000) if FULL else (500, 200, 10_000)
DIGESTS = {10_000: 15357021743204756786, 1_000_000: 16121600698524977740}
LINE = (
    b'[%d,1700000000000000000,"front-1","request-%09d",'
    b'{"type":"EnqueueContact","contact":"call-%09d","queues":["sales"],"priority":3}]\n'
)

data_to_disk = getattr(os, "fdatasync", os.fsync)
MEMORY = Path("/dev/shm")

Append = Callable[[int, bytes], object]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder on a disk, not in memory."""
    place = Path(tempfile.mkdtemp(dir=Path.cwd()))
    yield place
    shutil.rmtree(place)


def batches(size: int) -> list[bytes]:
    """The lines of every batch."""
    return [
        b"".join(LINE % (seq, seq, seq) for seq in range(start * size + 1, start * size + size + 1))
        for start in range(APPENDS)
    ]


def seconds(append: Append, size: int) -> list[float]:
    """Wall-clock seconds of every append."""
    taken: list[float] = []
    for number, lines in enumerate(batches(size)):
        start = perf_counter()
        append(number * size + 1, lines)
        taken.append(perf_counter() - start)
    return taken


def by_journal(path: Path, size: int) -> list[float]:
    with SqliteJournal(path, "full") as journal:
        taken = seconds(lambda seq, lines: journal.append(Batch(seq, size, 5, seq, seq, lines)), size)
        assert sum(batch.count for batch in journal.read()) == size * APPENDS
        return taken


def own_cost(size: int) -> float:
    """Median of an append in a file system in memory, us: what is not the disk's."""
    place = Path(tempfile.mkdtemp(dir=MEMORY))
    try:
        return min(median(by_journal(place / str(number), size)) for number in range(ROUNDS)) * 1e6
    finally:
        shutil.rmtree(place)


def by_bare_sqlite(path: Path, size: int) -> list[float]:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE log(seq INTEGER PRIMARY KEY, lines BLOB)")
    taken = seconds(lambda seq, lines: db.execute("INSERT INTO log VALUES(?, ?)", (seq, lines)), size)
    db.close()
    return taken


def by_bare_file(path: Path, size: int, *, room: bool = False) -> list[float]:
    """Append and sync; with ``room`` made beforehand, so that only data has to go to the disk."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    if room:
        os.pwrite(fd, bytes(APPENDS * size * 200), 0)
    os.fsync(fd)

    def append(seq: int, lines: bytes) -> None:
        os.pwrite(fd, lines, (seq - 1) * 150)
        data_to_disk(fd)

    taken = seconds(append, size)
    os.close(fd)
    return taken


def by_file_with_room(path: Path, size: int) -> list[float]:
    return by_bare_file(path, size, room=True)


@pytest.mark.benchmark(group="journal")
@pytest.mark.parametrize("size", [1, 64])
def test_acknowledged_commands(benchmark: BenchmarkFixture, folder: Path, size: int) -> None:
    ways = {
        "the journal": by_journal,
        "bare SQLite": by_bare_sqlite,
        "a bare file, appended to and synced": by_bare_file,
        "a bare file, written over and synced": by_file_with_room,
    }
    taken: dict[str, list[list[float]]] = {name: [] for name in ways}

    def run() -> None:
        for name, way in ways.items():
            taken[name].append(way(folder / f"{name} {len(taken[name])}", size))

    benchmark.pedantic(run, rounds=ROUNDS if benchmark.enabled else 1)
    if not benchmark.enabled:
        return
    rates = {name: max(size * APPENDS / sum(times) for times in rounds) for name, rounds in taken.items()}
    middle = {name: min(median(times) for times in rounds) * 1e6 for name, rounds in taken.items()}
    FIGURES.append(
        f"journal, every command on the disk, batches of {size}: {rates['the journal']:,.0f} commands/s"
    )
    FIGURES.extend(
        f"    {name}: {rates[name]:,.0f} commands/s, median {middle[name]:.0f} us an append" for name in ways
    )
    if size == 1:
        own = middle["the journal"] - middle["a bare file, appended to and synced"]
        FIGURES.append(f"    {own:+.0f} us to a file that is appended to and synced (claim: at most 100 us)")
        if MEMORY.is_dir():
            FIGURES.append(f"    {own_cost(size):.0f} us where a sync costs nothing, {MEMORY}")
    else:
        FIGURES.append("    claim: 100,000 commands/s")


# ------------------------------------------------------------------------------------------------- recovery


def day(journal: SqliteJournal) -> Engine:
    """Fill a centre, save a snapshot, and write so many commands behind it: calls from arrival to wrap-up."""
    agents = tuple(Agent(f"agent-{number}", skills={"tech": 50}) for number in range(AGENTS))
    queues = (
        Queue("sales", requirement="tech", wrap_up_ns=10 * SECOND),
        Queue("experts", requirement="tech >= 90"),
    )
    engine = Engine(Config(agents=agents, queues=queues))
    engine.apply_many((LogIn(agent.id), 0) for agent in agents)
    engine.apply_many((EnqueueContact(f"waiting-{number}", ("experts",)), 1) for number in range(WAITING))
    body = engine.snapshot()
    journal.save(SavedSnapshot(0, engine.now_ns, engine.revision, engine.digest, 1, False, body))
    writer, lines, at_ns = Writer(), list[bytes](), 1
    revision, digest = engine.revision, engine.digest
    for number in range(COMMANDS // 4):
        contact, agent = f"call-{number}", ""
        at_ns += MILLISECOND
        for kind in range(4):
            command: Command = (
                EnqueueContact(contact, ("sales",)),
                AcceptOffer(contact, agent),
                CompleteContact(contact),
                EndWrapUp(agent),
            )[kind]
            lines.append(writer.command(command, at_ns, actor="front-1"))
            for event in engine.apply(command, at_ns):
                if isinstance(event, ContactOffered):
                    agent = event.agent
        if len(lines) >= 64 or writer.seq == COMMANDS:
            first = writer.seq - len(lines) + 1
            journal.append(Batch(first, len(lines), at_ns, revision, digest, b"".join(lines)))
            lines, revision, digest = [], engine.revision, engine.digest
    return engine


@pytest.mark.benchmark(group="journal")
def test_recovery(benchmark: BenchmarkFixture, folder: Path) -> None:
    path = folder / "centre.journal"
    with SqliteJournal(path, "none") as journal:
        digest = day(journal).digest
    assert digest == DIGESTS[COMMANDS]
    taken: list[float] = []

    def run() -> None:
        start = perf_counter()
        with SqliteJournal(path) as journal:
            back = recover(journal)
            taken.append(perf_counter() - start)
        assert (back.seq, back.engine.digest) == (COMMANDS, digest)

    benchmark.pedantic(run, rounds=3)
    if benchmark.enabled:
        FIGURES.append(
            f"recovery: snapshot of {AGENTS:,} agents and {WAITING:,} waiting, {COMMANDS:,} commands after it: "
            f"{min(taken):.2f} s (claim: 10 s for 1,000,000)"
        )
