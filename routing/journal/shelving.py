"""Putting snapshots on the shelf and taking what is superfluous away, in steps that are short each.

Owns what lies between the steps after a crash; must not know when to do it.
"""

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Final

from routing.journal.chain import seal
from routing.journal.protocol import SavedSnapshot
from routing.journal.reading import signed
from routing.journal.schema import stamp, transaction

_LEVEL: Final = 1
_PIECE: Final = 1 << 20
_ROWS: Final = 512  # batches dropped at once
_PAGES: Final = 1024  # pages given back at once

Turn = Callable[[], AbstractContextManager[sqlite3.Connection]]  # the writer's connection, for one short step


def put(turn: Turn, snapshot: SavedSnapshot) -> int:
    """Write the body in pieces, then, at once, the row that makes it a snapshot; counts as `schema.stamp` does."""
    packed = memoryview(zlib.compress(snapshot.body, _LEVEL))
    with turn() as db:
        store = db.execute("SELECT ifnull(max(store), 0) + 1 FROM piece").fetchone()[0]
        store = max(store, db.execute("SELECT ifnull(max(store), 0) + 1 FROM snapshot").fetchone()[0])
    for number, start in enumerate(range(0, len(packed), _PIECE)):
        with turn() as db:
            db.execute("INSERT INTO piece VALUES(?, ?, ?)", (store, number, packed[start : start + _PIECE]))
    with turn() as db, transaction(db):
        chain = _chain(db, snapshot.seq)
        size = len(snapshot.body)
        db.execute(
            "INSERT OR REPLACE INTO snapshot VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                snapshot.seq,
                snapshot.at_ns,
                snapshot.revision,
                signed(snapshot.digest),
                snapshot.behaviour,
                snapshot.sealed,
                chain,
                size,
                store,
                seal(snapshot, chain, size),
            ),
        )
        empty = db.execute("SELECT max(seq) FROM batch").fetchone()[0] is None
        writes = stamp(db, snapshot.seq + 1 if empty else None)  # an empty log goes on from here
    for _ in sweep(turn):
        pass
    return writes


def _chain(db: sqlite3.Connection, seq: int) -> bytes | None:
    """Give the checksum of the batch that ends at this ``seq``; none where a snapshot lies within a batch."""
    row = db.execute(
        "SELECT seq + count - 1, sum FROM batch WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (seq,)
    ).fetchone()
    return row[1] if row and row[0] == seq else None


def sweep(turn: Turn) -> Iterator[None]:
    """Drop pieces that no snapshot names: a crash, or a newer snapshot at the same ``seq``, has left them."""
    while True:
        with turn() as db:
            done = db.execute(
                "DELETE FROM piece WHERE rowid IN (SELECT rowid FROM piece WHERE store NOT IN "
                "(SELECT store FROM snapshot) LIMIT 4)"
            ).rowcount
        if done < 1:
            return
        yield


def drop(turn: Turn, before: int) -> int:
    """Drop older snapshots and the envelopes in this one; the last batch of them stays, as the anchor of the chain."""
    with turn() as db, transaction(db):
        db.execute("DELETE FROM snapshot WHERE seq < ?", (before,))
        anchor = db.execute(
            "SELECT max(seq) FROM batch WHERE seq + count - 1 <= ? AND seq <= ?", (before, before)
        )
        oldest = anchor.fetchone()[0]
        writes = stamp(db, oldest)
    for _ in sweep(turn):
        pass
    done = _ROWS
    while oldest is not None and done == _ROWS:
        with turn() as db:
            done = db.execute(
                "DELETE FROM batch WHERE seq IN (SELECT seq FROM batch WHERE seq < ? ORDER BY seq LIMIT ?)",
                (oldest, _ROWS),
            ).rowcount
    shrink(turn)
    return writes


def shrink(turn: Turn) -> None:
    """Give free pages back to the file system."""
    free = -1
    while True:
        with turn() as db:
            left = db.execute("PRAGMA freelist_count").fetchone()[0]
            if left == 0 or left == free:
                return
            free = left
            db.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()
