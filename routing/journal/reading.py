"""Reading a journal in SQLite, and verifying what was read.

Rows come in pages, each its own short look at the file: whoever reads for long neither keeps the log from being
checkpointed nor from being compacted, and learns when what comes next was.

Owns reading; must not know who writes.
"""

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from struct import error as LayoutError  # noqa: N812 - it is an error
from threading import RLock
from typing import Any, Final

from routing.errors import ClosedError, CompactedError
from routing.journal import failing
from routing.journal.chain import first_link, link, seal, seal_text
from routing.journal.protocol import Batch, SavedSnapshot
from routing.journal.schema import identity

_BATCH: Final = "seq, count, at_ns, revision, digest, previous, sum, lines"
_PAGE: Final = 128  # rows read at once
_SIGN: Final = 1 << 63


def unsigned(value: int) -> int:
    """Give the digest for what SQLite keeps, a number with a sign."""
    return value + 2 * _SIGN if value < 0 else value


def signed(value: int) -> int:
    """Give what SQLite keeps for a digest."""
    return value - 2 * _SIGN if value >= _SIGN else value


class Tail:
    """Where a log ends: the last ``seq``, the checksum and the ``seq`` of the last row, None where there is no row."""

    __slots__ = ("last", "row", "sum")

    def __init__(self, last: int, sum_: bytes | None, row: int | None) -> None:
        self.last = last
        self.sum = sum_
        self.row = row


class Reader:
    """Reads through a connection of its own.

    Parameters
    ----------
    path : Path
        For messages.
    db : Connection
        Closed by `close`.
    """

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self.identity = identity(db, path)
        self._db: sqlite3.Connection | None = db
        self._lock = RLock()

    def close(self) -> None:
        """Close the connection; twice does nothing."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one query, with our errors."""
        with self._lock:
            if self._db is None:
                raise ClosedError(f"{self.path}: the journal is closed")
            try:
                return self._db.execute(statement, values).fetchall()
            except (sqlite3.Error, UnicodeDecodeError) as error:
                raise failing.on_reading(self.path, error) from error

    # ------------------------------------------------------------------------------------------------- the log

    def tail(self) -> Tail:
        """Look where the log ends, without verifying what is before."""
        rows = self.rows("SELECT seq, count, sum FROM batch ORDER BY seq DESC LIMIT 1")
        if rows:
            seq, count, last = rows[0]
            if not (isinstance(count, int) and isinstance(last, bytes)):
                raise failing.damaged(self.path, f"the batch from seq {seq} on is damaged")
            return Tail(seq + count - 1, last, seq)
        rows = self.rows("SELECT max(seq) FROM snapshot")
        return Tail(rows[0][0] or 0, None, None)

    def batches(self, after: int = 0) -> Iterator[Batch]:
        """Give the batches with envelopes after this ``seq``, each verified with its link to the one before."""
        rows = self.rows("SELECT max(seq) FROM batch WHERE seq <= ?", (after + 1,))
        start = rows[0][0]
        if start is None:
            self._complain_if_gone(after)
            return
        expected, previous = self._beginning(start)
        while True:
            page = self.rows(
                f"SELECT {_BATCH} FROM batch WHERE seq >= ? ORDER BY seq LIMIT {_PAGE}", (start,)
            )
            for row in page:
                batch, follows, own = self._batch(row)
                if expected is not None and batch.seq != expected:
                    raise self._gap(batch.seq, expected)
                if previous is not None and follows != previous:
                    raise failing.damaged(
                        self.path,
                        f"the batch from seq {batch.seq} on does not follow the one before; "
                        "one of them was put there",
                        f"everything up to seq {batch.seq - 1} is whole",
                    )
                expected, previous = batch.seq + batch.count, own
                if expected > after + 1:
                    yield batch
            if len(page) < _PAGE:
                return
            assert expected is not None
            start = expected

    def _beginning(self, start: int) -> tuple[int | None, bytes | None]:
        """Say what is known of the first batch before it is read: its ``seq``, and what it follows."""
        if start == 1:
            return 1, first_link(self.identity)
        rows = self.rows("SELECT chain FROM snapshot WHERE seq = ?", (start - 1,))
        return start, rows[0][0] if rows else None

    def _complain_if_gone(self, after: int) -> None:
        oldest = self.rows("SELECT min(seq) FROM batch")[0][0]
        if oldest is None:
            last = self.tail().last
            if last <= after:
                return
            oldest = last + 1
        raise self._compacted(after, oldest)

    def _compacted(self, after: int, oldest: int) -> CompactedError:
        return CompactedError(
            f"{self.path}: envelopes after seq {after} are no longer kept; the oldest is {oldest}, "
            "and a snapshot holds those before",
            oldest,
        )

    def _gap(self, seq: int, expected: int) -> Exception:
        kept = self.rows("SELECT max(seq) FROM batch WHERE seq < ?", (seq,))[0][0]
        if kept is None and self.rows("SELECT 1 FROM snapshot WHERE seq >= ? LIMIT 1", (expected - 1,)):
            return self._compacted(expected - 1, seq)  # while we were reading
        return failing.damaged(
            self.path,
            f"a batch from seq {seq} on follows seq {expected - 1}",
            f"everything up to seq {expected - 1} is whole",
        )

    def _batch(self, row: tuple[Any, ...]) -> tuple[Batch, bytes, bytes]:
        seq, count, at_ns, revision, digest, follows, own, lines = row
        try:
            batch = Batch(seq, count, at_ns, revision, unsigned(digest), lines)
            fits = link(batch, follows) == own
        except (TypeError, LayoutError):
            fits = False
        if not fits:
            raise failing.damaged(
                self.path,
                f"the batch from seq {seq} on does not match its checksum",
                f"everything up to seq {seq - 1} is whole",
            )
        return batch, follows, own

    # ----------------------------------------------------------------------------------------------- the shelf

    def shelf(self) -> list[int]:
        """Give the ``seq`` of every snapshot, newest first."""
        return [row[0] for row in self.rows("SELECT seq FROM snapshot ORDER BY seq DESC")]

    def sealed(self) -> int:
        """Give the ``seq`` of the newest sealed snapshot; 0 if there is none."""
        newest = self.rows("SELECT max(seq) FROM snapshot WHERE sealed <> 0")[0][0]
        return newest or 0

    def load(self, seq: int) -> SavedSnapshot:
        """Give a snapshot, verified."""
        rows = self.rows(
            "SELECT seq, at_ns, revision, digest, behaviour, sealed, chain, size, store, sum "
            "FROM snapshot WHERE seq = ?",
            (seq,),
        )
        if not rows:
            raise failing.damaged(self.path, f"there is no snapshot at seq {seq}")
        number, at_ns, revision, digest, behaviour, sealed, chain, size, store, own = rows[0]
        pieces = self.rows("SELECT body FROM piece WHERE store = ? ORDER BY number", (store,))
        try:
            body = zlib.decompress(b"".join(piece[0] for piece in pieces))
            snapshot = SavedSnapshot(number, at_ns, revision, unsigned(digest), behaviour, bool(sealed), body)
            fits = seal(snapshot, chain, size) == own and len(body) == size
        except (TypeError, LayoutError, zlib.error):
            fits = False
        if not fits:
            raise failing.damaged(self.path, f"the snapshot at seq {seq} does not match its checksum")
        return snapshot

    # ---------------------------------------------------------------------------------------------------- notes

    def noted(self, name: str) -> str | None:
        """Give a text that was noted, verified."""
        rows = self.rows("SELECT value, sum FROM note WHERE name = ?", (name,))
        if not rows:
            return None
        value, own = rows[0]
        if not isinstance(value, str) or seal_text(name, value.encode()) != own:
            raise failing.damaged(self.path, f"the note {name!r} does not match its checksum")
        return value

    def names(self) -> list[str]:
        """Give the names of all notes."""
        return [row[0] for row in self.rows("SELECT name FROM note ORDER BY name")]
