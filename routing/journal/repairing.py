"""Keeping what is whole of a damaged journal: a new file is made of it, and the damaged one is put aside.

The log is kept as far as it can be reached from a snapshot: of all whole snapshots the one is taken from which whole
batches lead farthest, and before it whatever still chains to it.

Owns what is kept and where the damaged files go; must not know how damage came about.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from routing.errors import CorruptJournalError, HuntgroupError
from routing.journal import failing, schema, shelving
from routing.journal.chain import first_link, link, seal_text
from routing.journal.examining import examine
from routing.journal.locking import LockFile
from routing.journal.protocol import Batch, SavedSnapshot
from routing.journal.reading import Reader, signed
from routing.journal.wal import wal_path

_BESIDE: Final = ("", "-wal", "-shm", "-journal")


def repair(path: Path, lock: LockFile) -> list[str]:
    """Put a damaged journal aside and make one of what is whole; says what was done, nothing if it was whole.

    Raises
    ------
    CorruptJournalError
        If nothing can be kept: no snapshot is whole, or the tables cannot be read at all.
    OSError
        If there is no room for the copy.
    """
    try:
        examine(path, lock.marks(), "full")
        with _opened(path) as reader:
            for seq in reader.shelf():
                reader.load(seq)
            for name in reader.names():
                reader.noted(name)
        return []
    except FileNotFoundError:
        return []
    except CorruptJournalError as error:
        damage = str(error)
    aside = _aside(path)
    for ending in _BESIDE:
        with suppress(FileNotFoundError):
            shutil.copy2(f"{path}{ending}", f"{aside}{ending}")
    fresh = path.with_name(path.name + ".repairing")
    for ending in _BESIDE:
        with suppress(FileNotFoundError):
            Path(f"{fresh}{ending}").unlink()
    try:
        with _opened(path) as reader:
            last = _save(reader, fresh)
    except sqlite3.Error as error:
        raise failing.on_opening(path, error) from error
    for ending in _BESIDE[1:]:
        with suppress(FileNotFoundError):
            Path(f"{path}{ending}").unlink()
    fresh.replace(path)
    lock.begin(b"", 0, 0)  # what the damaged one reached does not count any more
    return [f"what is whole was kept, up to seq {last}; the damaged journal is at {aside}: {damage}"]


def _aside(path: Path) -> Path:
    number = 1
    while path.with_name(f"{path.name}.damaged-{number}").exists():
        number += 1
    return path.with_name(f"{path.name}.damaged-{number}")


@contextmanager
def _opened(path: Path) -> Iterator[Reader]:
    if not path.exists() or path.stat().st_size == 0:
        raise FileNotFoundError(2, "there is no such journal", str(path))
    db = schema.connect(path, writing=False)
    try:
        yield Reader(path, db)
    finally:
        db.close()


def _save(reader: Reader, fresh: Path) -> int:
    """Write a new journal of what is whole in another; returns where it ends."""
    snapshots = list(_whole_snapshots(reader))
    if not snapshots:
        raise CorruptJournalError(
            f"{reader.path}: no snapshot is whole, so there is nothing to go on from; restore a backup"
        )
    reached = [(_reach(reader, snapshot.seq), snapshot.seq) for snapshot in snapshots]
    last, base = max(reached)
    first = min((seq for end, seq in reached if end == last), default=base)
    db = schema.connect(fresh, writing=True)
    try:
        schema.create(db)
        db.execute("PRAGMA synchronous=FULL")
        with schema.transaction(db):
            _copy_batches(reader, db, first)
            for name in reader.names():
                with suppress(HuntgroupError):
                    value = reader.noted(name)
                    if value is not None:
                        row = (name, value, seal_text(name, value.encode()))
                        db.execute("INSERT INTO note VALUES(?, ?, ?)", row)

        @contextmanager
        def turn() -> Iterator[sqlite3.Connection]:
            yield db

        with schema.transaction(db):
            schema.stamp(db, db.execute("SELECT min(seq) FROM batch").fetchone()[0])
        for snapshot in reversed(snapshots):
            if first <= snapshot.seq <= last:
                shelving.put(turn, snapshot)
    finally:
        db.close()
    wal_path(fresh).unlink(missing_ok=True)
    fd = os.open(fresh, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
    return last


def _whole_snapshots(reader: Reader) -> Iterator[SavedSnapshot]:
    """Give those that verify, newest first."""
    for seq in reader.shelf():
        with suppress(HuntgroupError):
            yield reader.load(seq)


def _whole_batches(reader: Reader, after: int) -> Iterator[Batch]:
    """Give the batches after this ``seq`` up to the first damage."""
    with suppress(HuntgroupError):
        yield from reader.batches(after)


def _reach(reader: Reader, seq: int) -> int:
    """Give the last ``seq`` that whole batches lead to from here."""
    for batch in _whole_batches(reader, seq):
        if batch.seq > seq + 1:
            break
        seq = batch.seq + batch.count - 1
    return seq


def _copy_batches(reader: Reader, db: sqlite3.Connection, after: int) -> None:
    """Write the batches with links of the new journal, which has another identity."""
    row = db.execute("SELECT value FROM identity").fetchone()
    previous = first_link(row[0])
    for batch in _whole_batches(reader, after):
        own = link(batch, previous)
        values = (batch.seq, batch.count, batch.at_ns, batch.revision, signed(batch.digest), previous, own)
        db.execute("INSERT INTO batch VALUES(?, ?, ?, ?, ?, ?, ?, ?)", (*values, batch.lines))
        previous = own
