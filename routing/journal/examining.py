"""Looking a journal over before anybody writes to it, without changing a byte.

Owns what is an error and what a remark; must not change anything.
"""

import sqlite3
from pathlib import Path

from routing.journal import failing, schema
from routing.journal.locking import Marks
from routing.journal.protocol import Durability
from routing.journal.reading import Reader


def examine(path: Path, marks: Marks | None, durability: Durability) -> list[str]:
    """Verify what would be replayed; returns what is worth a line in the log.

    Raises
    ------
    CorruptJournalError
        If something is damaged, or what was acknowledged is missing.
    """
    if not path.exists() or path.stat().st_size == 0:
        return []
    try:
        db = schema.connect(path, writing=False)
        try:
            if schema.is_new(db):
                return []
            schema.check(db, path)
            reader = Reader(path, db)
            tail = reader.tail()
            shelf = reader.shelf()
            for _ in reader.batches(shelf[0] if shelf else max(tail.last - 1, 0)):
                pass
        finally:
            db.close()
    except sqlite3.Error as error:
        raise failing.on_opening(path, error) from error
    return []
