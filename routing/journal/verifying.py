"""Verifying a whole journal: every row, every snapshot, every note, the file's own structure.

Unlike reading, which stops at the first damage, this goes on and tells all of it.

Owns what is looked at and the report; must not change anything.
"""

import sqlite3
from pathlib import Path

from msgspec import Struct

from routing.errors import CorruptJournalError
from routing.journal import failing, schema
from routing.journal.examining import weigh
from routing.journal.locking import Marks, holder, marks_beside
from routing.journal.reading import Reader
from routing.journal.text import read_batch
from routing.journal.wal import WalState, scan, wal_path


class Report(Struct, frozen=True):
    """What a journal holds, and what is wrong with it; ``batches`` and ``envelopes`` count those that are whole."""

    batches: int
    envelopes: int
    snapshots: int
    notes: int
    last_seq: int
    damage: tuple[str, ...]
    remarks: tuple[str, ...]


def verify(path: Path) -> Report:
    """Look at everything, also while a host writes. O(size).

    Raises
    ------
    CorruptJournalError
        If it is no journal, or so damaged that nothing can be read.
    OSError
        If it cannot be opened.
    """
    if not path.exists():
        raise FileNotFoundError(2, "there is no such journal", str(path))
    live = holder(path) is not None
    marks = marks_beside(path)  # before the log is looked at, so that it cannot be ahead of what is there
    state = None if live else scan(wal_path(path))
    try:
        db = schema.connect(path, writing=False)
        try:
            schema.check(db, path)
            return _verify(db, Reader(path, db), state, marks)
        finally:
            db.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise failing.on_opening(path, error) from error


def _verify(db: sqlite3.Connection, reader: Reader, state: WalState | None, marks: Marks | None) -> Report:
    damage: list[str] = []
    remarks: list[str] = []
    try:
        remarks += weigh(reader, schema.written(db, reader.path), state, marks, "full")
    except CorruptJournalError as error:
        damage.append(_short(error))
    damage += [
        f"the file itself: {row[0]}" for row in db.execute("PRAGMA integrity_check(20)") if row[0] != "ok"
    ]
    batches, envelopes = _verify_batches(reader, damage)
    snapshots = notes = 0
    for seq in reader.shelf():
        try:
            reader.load(seq)
            snapshots += 1
        except CorruptJournalError as error:
            damage.append(_short(error))
    for name in reader.names():
        try:
            reader.noted(name)
            notes += 1
        except CorruptJournalError as error:
            damage.append(_short(error))
    last = reader.tail().last
    return Report(batches, envelopes, snapshots, notes, last, tuple(dict.fromkeys(damage)), tuple(remarks))


def _short(error: CorruptJournalError) -> str:
    """Leave the remedy out, which is the same for all."""
    return str(error).split("; look at it with", maxsplit=1)[0]


def _verify_batches(reader: Reader, damage: list[str]) -> tuple[int, int]:
    """Go through the log, and behind damage go on with the next batch; counts what is whole."""
    batches = envelopes = 0
    rows = reader.rows("SELECT min(seq) FROM batch")
    after = rows[0][0] - 1 if rows[0][0] is not None else None
    while after is not None:
        reached = after
        try:
            for batch in reader.batches(after):
                read_batch(batch.lines, batch.seq)
                reached = batch.seq + batch.count - 1
                batches += 1
                envelopes += batch.count
            return batches, envelopes
        except CorruptJournalError as error:
            damage.append(_short(error))
        # The damaged batch begins right behind, or, where rows are missing, the next one does.
        rows = reader.rows("SELECT seq FROM batch WHERE seq > ? ORDER BY seq LIMIT 2", (reached,))
        gap = bool(rows) and rows[0][0] > reached + 1
        after = rows[0][0] - 1 if gap else rows[1][0] - 1 if len(rows) == 2 else None
    return batches, envelopes
