"""Journals to test with: batches that follow from their ``seq`` alone, a centre that writes one, files to damage.

As a script it is a victim: it appends, saves and compacts until it is killed, and says on standard output what was
acknowledged. Whoever reads the journal afterwards knows from the ``seq`` what must be in it.

    python tests/journal_samples.py JOURNAL DURABILITY SEED
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

from routing import Agent, Config, Engine, EnqueueContact, LogIn, LogOut, Queue
from routing.commands import Command
from routing.journal import Batch, Journal, SavedSnapshot, Writer
from routing.journal.sqlite import SqliteJournal
from routing.journal.wal import wal_path

CONFIG = Config(agents=tuple(Agent(f"a{number}") for number in range(5)), queues=(Queue("sales"),))
BESIDE = ("", "-wal", ".lock")


def batch_from(seq: int) -> Batch:
    """The batch that begins at ``seq``: of one to six envelopes, now and then of hundreds."""
    count = 1 + seq * 7919 % 6 + (300 if seq % 37 == 0 else 0)
    lines = b"".join(b'[%d,%d,"","",null]\n' % (number, number * 10) for number in range(seq, seq + count))
    return Batch(seq, count, (seq + count - 1) * 10, seq - 1, (seq * 0x9E3779B97F4A7C15) % 2**64, lines)


def batches_up_to(last: int) -> list[Batch]:
    """All batches from seq 1 on that end at or before ``last``."""
    found: list[Batch] = []
    seq = 1
    while True:
        batch = batch_from(seq)
        seq += batch.count
        if seq - 1 > last:
            return found
        found.append(batch)


def snapshot_at(seq: int, size: int = 3000) -> SavedSnapshot:
    """A snapshot with a body that no engine knows."""
    return SavedSnapshot(seq, seq * 10, seq, seq * 3 % 2**64, 1, False, Random(seq).randbytes(size))


def fill(journal: Journal, batches: int, last: int = 0) -> int:
    """Append so many batches; returns the last ``seq``."""
    for _ in range(batches):
        batch = batch_from(last + 1)
        journal.append(batch)
        last += batch.count
    return last


class Centre:
    """A small centre whose every command goes into a journal."""

    def __init__(self, journal: Journal, seed: int = 1) -> None:
        self.random = Random(seed)
        self.journal = journal
        self.engine = Engine(CONFIG)
        self.writer = Writer()
        self.snapshot()

    def snapshot(self) -> int:
        engine = self.engine
        body = engine.snapshot()
        self.journal.save(
            SavedSnapshot(self.writer.seq, engine.now_ns, engine.revision, engine.digest, 1, False, body)
        )
        return self.writer.seq

    def command(self) -> Command | None:
        return self.random.choice(
            (
                LogIn(f"a{self.random.randrange(5)}"),
                LogOut(f"a{self.random.randrange(5)}"),
                EnqueueContact(f"c{self.random.randrange(99)}", ("sales",)),
                None,
            )
        )

    def batch(self, *commands: Command | None) -> None:
        """Apply and append these commands, or one to six random ones."""
        engine, seq = self.engine, self.writer.seq + 1
        revision, digest = engine.revision, engine.digest
        lines: list[bytes] = []
        for command in commands or [self.command() for _ in range(self.random.randint(1, 6))]:
            at_ns = engine.now_ns + self.random.randrange(10**9)
            lines.append(self.writer.command(command, at_ns))
            if command is None:
                engine.advance(at_ns)
            else:
                engine.apply(command, at_ns)
        self.journal.append(Batch(seq, len(lines), engine.now_ns, revision, digest, b"".join(lines)))


def copied(source: Path, target: Path, *, marks: bool = True) -> Path:
    """Copy a journal with what lies beside it, as a crash would leave it."""
    for ending in BESIDE if marks else BESIDE[:2]:
        if Path(f"{source}{ending}").exists():
            shutil.copyfile(f"{source}{ending}", f"{target}{ending}")
    if wal_path(target).exists():
        os.truncate(wal_path(target), used(wal_path(target)) + 100_000)
    return target


def used(path: Path) -> int:
    """How much of a write-ahead log is in use; behind it there are only zeros, room made beforehand."""
    data = path.read_bytes()
    return len(data.rstrip(b"\0"))


def removed(path: Path) -> None:
    """Remove a copy with everything beside it."""
    for file in path.parent.glob(path.name + "*"):
        file.unlink()


def content(journal: Journal) -> tuple[list[Batch], list[SavedSnapshot], list[str | None]]:
    """Everything that a journal holds."""
    shelf = list(journal.shelf())
    oldest = min(shelf, default=0)
    return (
        list(journal.read(oldest)),
        [journal.load(seq) for seq in shelf],
        [journal.noted("city"), journal.noted("hash")],
    )


def flips(random: Random, size: int, amount: int) -> Iterator[tuple[int, int]]:
    """Draw places of single bits: (byte, mask)."""
    for _ in range(amount):
        yield random.randrange(size), 1 << random.randrange(8)


def victim(path: str, durability: str, seed: int) -> None:
    """Append until killed."""
    random = Random(seed)
    journal = SqliteJournal(path, durability)  # type: ignore[arg-type]
    last = journal.open().last_seq
    os.write(1, b"open %d\n" % last)
    if not journal.shelf():
        journal.save(snapshot_at(0))
    while True:
        batch = batch_from(last + 1)
        journal.append(batch)
        last += batch.count
        os.write(1, b"%d\n" % last)
        if random.random() < 0.02:
            journal.save(snapshot_at(last, random.choice((1000, 3_000_000))))
        if random.random() < 0.02 and len(journal.shelf()) > 2:
            journal.compact(journal.shelf()[1])
        if random.random() < 0.1:
            journal.sync()


if __name__ == "__main__":
    victim(sys.argv[1], sys.argv[2], int(sys.argv[3]))
