"""Looking a journal over before anybody writes to it, without changing a byte.

Three witnesses are heard: the rows, which must verify and chain; the write-ahead log, behind whose first bad frame
nothing whole may lie; and the marks in the lock file, which say how far the journal must reach. Whoever finds damage
must not let SQLite write, since that would make room on what could still be saved.

Owns what is an error and what a remark; must not change anything.
"""

import sqlite3
from pathlib import Path

from routing.journal import failing, schema
from routing.journal.locking import Marks
from routing.journal.protocol import Durability
from routing.journal.reading import Reader
from routing.journal.wal import WalState, scan, wal_path


def examine(path: Path, marks: Marks | None, durability: Durability) -> list[str]:
    """Verify what would be replayed; returns what is worth a line in the log.

    Parameters
    ----------
    path : Path
        Of the journal, resolved; the caller holds its lock.
    marks : Marks or None
        What the last writer left.
    durability : str
        Where there are no marks: whether everything must be there whatever the machine went through.

    Raises
    ------
    CorruptJournalError
        If something is damaged, or what was acknowledged is missing.
    """
    wal = wal_path(path)
    if not path.exists() or path.stat().st_size == 0:
        if wal.exists() and wal.stat().st_size > 0:
            raise failing.damaged(path, f"the file is gone, but its write-ahead log {wal.name} is there")
        return []
    if path.with_name(path.name + "-journal").exists():
        return []  # the making of the tables was broken off, and SQLite takes that back
    state = scan(wal)
    try:
        db = schema.connect(path, writing=False)
        try:
            if schema.is_new(db) and not (state and state.frames):
                return []
            schema.check(db, path)
            if wal.exists() and wal.stat().st_size > 0 and not schema.is_wal(db):
                raise failing.damaged(path, "its beginning is damaged: it does not name its write-ahead log")
            return weigh(Reader(path, db), schema.written(db, path), state, marks, durability)
        finally:
            db.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise failing.on_opening(path, error) from error


def weigh(
    reader: Reader, writes: int, state: WalState | None, marks: Marks | None, durability: Durability
) -> list[str]:
    """Hear the witnesses."""
    problems: list[str] = []
    tail = reader.tail()
    where = f": {state.describe()}" if state and state.damaged else ""
    whole = f"everything up to seq {tail.last} is whole"
    if marks is not None and marks.journal == reader.identity:
        if tail.last < marks.certain:
            raise failing.damaged(
                reader.path,
                f"the log ends at seq {tail.last}, but seq {marks.certain} was acknowledged{where}",
                whole,
            )
        if writes < marks.writes:
            raise failing.damaged(
                reader.path,
                f"what was written beside the log last, a snapshot or a note, is lost{where}",
                whole,
            )
        if tail.last < marks.appended:
            problems.append(
                f"seq {tail.last + 1} to {marks.appended} were written, but not yet on the disk when the machine "
                f"stopped, and are lost{where}"
            )
    elif where:
        if durability == "full":
            raise failing.damaged(reader.path, where[2:], whole)
        problems.append(
            f"{where[2:]}; under durability {durability!r} the end may be torn when a machine stops"
        )
    shelf = reader.shelf()
    if shelf and shelf[0] > tail.last:
        raise failing.damaged(
            reader.path, f"the log ends at seq {tail.last}, but there is a snapshot at seq {shelf[0]}", whole
        )
    for _ in reader.batches(shelf[0] if shelf else max(tail.last - 1, 0)):
        pass
    return problems
