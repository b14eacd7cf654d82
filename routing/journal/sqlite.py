"""The journal of a host in one file of SQLite, with its write-ahead log beside it.

A batch is a row and a transaction. What is promised when `SqliteJournal.append` returns is the `durability`; what the
file looks like is in ``schema``, how damage is found in ``examining``.

Within: ``chain``, ``failing``, ``locking``, ``wal`` < ``schema`` < ``reading`` < ``shelving``, ``examining`` <
``repairing`` < ``sqlite``.

Owns writing, and what happens when a journal is opened and closed; must not know what commands do.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Final

from routing.errors import ClosedError, FencedError, HuntgroupError, JournalFullError, UsageError
from routing.journal import failing, schema, shelving
from routing.journal.chain import first_link, link, seal_text
from routing.journal.examining import examine
from routing.journal.locking import LockFile, resolved
from routing.journal.memory import check_shape
from routing.journal.protocol import Batch, Durability, Opening, SavedSnapshot
from routing.journal.reading import Reader, signed
from routing.journal.repairing import repair
from routing.journal.wal import make_room, wal_path

#: Pages in the write-ahead log after which it is brought into the file (8 MiB), and the size to which it is cut.
_CHECKPOINT_PAGES: Final = 2048
_WAL_BYTES: Final = 2 * _CHECKPOINT_PAGES * schema.PAGE_SIZE

#: So many bytes after the last time, `sync` brings them into the file, so that `append` seldom has to.
_CHECKPOINT_BYTES: Final = 1 << 21

#: What is made of it when a journal is opened: a little more than what it grows to.
_WAL_ROOM: Final = 5 * _WAL_BYTES // 8

_SYNCHRONOUS: Final[dict[Durability, str]] = {"full": "FULL", "group": "NORMAL", "none": "OFF"}

_data_to_disk: Final = getattr(os, "fdatasync", os.fsync)  # not every system has the cheaper one

_APPEND: Final = (
    "INSERT INTO batch SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE (SELECT max(seq) FROM batch) IS ?9"
)


class SqliteJournal:
    r"""A journal in one file of SQLite.

    Parameters
    ----------
    path : path
        The file; it is made if there is none. Symbolic links and relative names lead to the same journal.
    durability : {"full", "group", "none"}, default "full"
        When `append` returns, the batch is on the disk / survives the death of the process, and the next `sync`
        brings it to the disk / survives the death of the process.
    read_only : bool, default False
        Look at it without the lock, also while a host writes; whatever writes raises `UsageError`.
    accept_loss : bool, default False
        If it is damaged, put it aside and go on with what is still whole.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     journal = SqliteJournal(f"{folder}/centre.journal")
    ...     _ = journal.open()
    ...     journal.append(Batch(1, 1, 5, 0, 0, b"[1,5]\n"))
    ...     journal.close()
    ...     journal.open().last_seq
    1
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        durability: Durability = "full",
        *,
        read_only: bool = False,
        accept_loss: bool = False,
    ) -> None:
        if durability not in _SYNCHRONOUS:
            raise UsageError(f"durability {durability!r} is not known; choose full, group or none")
        self.durability = durability
        self.read_only = read_only
        self.path = Path(path)
        self._accept_loss = accept_loss
        self._lock = RLock()  # of the writing connection
        self._sync_lock = RLock()
        self._db: sqlite3.Connection | None = None
        self._keeper: sqlite3.Connection | None = (
            None  # brings the write-ahead log into the file beside appending
        )
        self._reader: Reader | None = None
        self._lock_file: LockFile | None = None
        self._wal_fd = -1
        self._last = 0
        self._synced = 0
        self._fresh = 0  # bytes appended since the write-ahead log was last brought into the file
        self._writes = 0
        self._sum = b""
        self._top: int | None = None  # the seq of the last row, None where there is no row
        self._unsure: HuntgroupError | None = None

    # --------------------------------------------------------------------------------------- opening and closing

    def open(self) -> Opening:
        """Take the lock, verify what would be replayed, and say where the log ends.

        Raises
        ------
        JournalLockedError
            If somebody else has it open; the message names the process.
        CorruptJournalError
            If it is damaged, no journal, or of a newer version.
        OSError
            If the file cannot be made, read or written.
        """
        if self._reader is not None:
            raise UsageError(f"{self.path} is open already; close it first")
        self.path = resolved(self.path)
        try:
            return self._open_to_read() if self.read_only else self._open_to_write()
        except BaseException:
            self._abandon()
            raise

    def _open_to_read(self) -> Opening:
        if not self.path.exists():
            raise FileNotFoundError(2, "there is no such journal", str(self.path))
        try:
            db = schema.connect(self.path, writing=False)
            try:
                schema.check(db, self.path)
                schema.written(db, self.path)
                self._reader = Reader(self.path, db)
            except BaseException:
                db.close()
                raise
        except sqlite3.Error as error:
            raise failing.on_opening(self.path, error) from error
        self._last = self._reader.tail().last
        return Opening(self._last)

    def _open_to_write(self) -> Opening:
        self._lock_file = LockFile(self.path)
        problems: list[str] = []
        if self._accept_loss:
            problems += repair(self.path, self._lock_file)
        problems += examine(self.path, self._lock_file.marks(), self.durability)
        try:
            db = self._db = schema.connect(self.path, writing=True)
            if schema.is_new(db):
                schema.create(db)
            else:
                problems += schema.migrate(db, schema.check(db, self.path))
            db.execute(f"PRAGMA synchronous={_SYNCHRONOUS[self.durability]}")
            db.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
            db.execute(f"PRAGMA journal_size_limit={_WAL_BYTES}")
            self._keeper = schema.connect(self.path, writing=True)
            self._keeper.execute(f"PRAGMA synchronous={_SYNCHRONOUS[self.durability]}")
            self._reader = Reader(self.path, schema.connect(self.path, writing=False))
            self._writes = schema.written(db, self.path)
        except sqlite3.Error as error:
            raise failing.on_opening(self.path, error) from error
        tail = self._reader.tail()
        self._last = self._synced = tail.last
        self._top = tail.row
        self._sum = tail.sum or first_link(self._reader.identity)
        self._unsure = None
        try:
            self._sweep()
        except JournalFullError as error:  # reading works, and writing will
            problems.append(str(error))
        if self.durability != "none":
            with suppress(OSError):  # only for speed
                make_room(wal_path(self.path), _WAL_ROOM)
        _sync_folder(self.path)
        self._lock_file.begin(self._reader.identity, self._last, self._writes)
        return Opening(self._last, tuple(problems))

    def close(self) -> None:
        """Bring everything to the disk and let the lock go; closing twice does nothing."""
        with self._sync_lock, self._lock:
            if self._db is not None and self._unsure is None and self.durability != "none":
                with suppress(HuntgroupError, OSError):
                    self.sync()
            self._abandon()

    def _abandon(self) -> None:
        with self._sync_lock, self._lock:
            if self._wal_fd >= 0:
                os.close(self._wal_fd)
                self._wal_fd = -1
            if self._reader is not None:
                self._reader.close()
                self._reader = None
            if self._keeper is not None:
                self._keeper.close()
                self._keeper = None
            if self._db is not None:
                self._db.close()  # the last one brings the write-ahead log into the file
                self._db = None
            if self._lock_file is not None:
                self._lock_file.release()
                self._lock_file = None

    def __enter__(self) -> "SqliteJournal":
        if self._reader is None:
            self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------------- writing

    def append(self, batch: Batch) -> None:
        """Write at the end, all or nothing; return when it is as durable as configured.

        Raises
        ------
        FencedError
            If the log does not end where the batch begins.
        JournalFullError
            If there is no room; nothing was written, and the same call works once there is.
        CorruptJournalError
            If the disk cannot say whether it has taken the batch; close the journal and open it again.
        """
        with self._lock:
            db = self._writable()
            check_shape(batch)
            if batch.seq != self._last + 1:
                raise self._fenced(batch)
            previous = self._sum
            own = link(batch, previous)
            try:
                cursor = db.execute(
                    _APPEND,
                    (
                        batch.seq,
                        batch.count,
                        batch.at_ns,
                        batch.revision,
                        signed(batch.digest),
                        previous,
                        own,
                        batch.lines,
                        self._top,
                    ),
                )
            except sqlite3.IntegrityError:
                raise self._fenced(batch) from None
            except sqlite3.Error as error:
                raise self._failed(error) from error
            if cursor.rowcount != 1:
                raise self._fenced(batch)
            self._last += batch.count
            self._fresh += len(batch.lines)
            self._sum, self._top = own, batch.seq
            if self.durability == "full":
                self._synced = self._last
            self._mark()

    def sync(self) -> None:
        """Bring to the disk what was appended so far; does nothing where that is so already.

        Raises
        ------
        CorruptJournalError
            If the disk does not confirm it; what was appended since the last `sync` may be lost. Close and open again.
        """
        self._sync(always=False)

    def _sync(self, *, always: bool) -> None:
        with self._sync_lock:
            last = self._last
            if self._lock_file is None or self._keeper is None:
                return
            if self._fresh >= _CHECKPOINT_BYTES:
                self._fresh = 0
                with suppress(sqlite3.Error):  # then append does it
                    self._keeper.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            if self.durability == "none" or (last == self._synced and not always):
                return
            try:
                if self._wal_fd < 0:
                    self._wal_fd = os.open(f"{self.path}-wal", os.O_RDWR | os.O_CLOEXEC)
                _data_to_disk(self._wal_fd)
            except OSError as error:
                raise self._doubtful(f"the disk does not confirm ({error.strerror})") from error
            with self._lock:
                self._synced = max(self._synced, last)
                self._mark()

    def save(self, snapshot: SavedSnapshot) -> None:
        """Put a snapshot on the shelf, durable when it returns; may be called beside `append`."""
        with self._lock:
            self._writable()
            if self._top is None:  # the log begins with it
                self._last = self._synced = max(self._last, snapshot.seq)
            if snapshot.seq > self._last:
                raise UsageError(
                    f"a snapshot at {snapshot.seq} is ahead of the log, which ends at {self._last}"
                )
        try:
            writes = shelving.put(self._turn, snapshot)
        except JournalFullError:
            with suppress(JournalFullError):
                self._sweep()  # what was put there already takes room, too
            raise
        self._force(writes)

    def _sweep(self) -> None:
        for _ in shelving.sweep(self._turn):
            pass

    def compact(self, before: int) -> None:
        """Drop older snapshots than the one at ``before`` and the envelopes in it; may be called beside `append`."""
        if before not in self.shelf():
            raise UsageError(f"there is no snapshot at {before}; compact up to one that shelf() lists")
        self.load(before)  # what is dropped is gone, so what is to replace it had better be whole
        self._force(shelving.drop(self._turn, before))

    def note(self, name: str, value: str) -> None:
        """Keep a small text beside the log, durable when it returns."""
        with self._turn() as db, schema.transaction(db):
            row = (name, value, seal_text(name, value.encode()))
            db.execute("INSERT OR REPLACE INTO note VALUES(?, ?, ?)", row)
            writes = schema.stamp(db)
        self._force(writes)

    def _force(self, writes: int) -> None:
        """Bring what was written beside the log to the disk, whatever was appended."""
        if self.durability == "group":
            self._sync(always=True)
        with self._lock:
            if self.durability != "none" and self._lock_file is not None:
                self._writes = max(self._writes, writes)
                self._mark()

    def _mark(self) -> None:
        assert self._lock_file is not None
        self._lock_file.mark(self._last, self._synced, self._writes)

    @contextmanager
    def _turn(self) -> Iterator[sqlite3.Connection]:
        """Have the writing connection for one short step."""
        with self._lock:
            db = self._writable()
            try:
                yield db
            except sqlite3.Error as error:
                raise self._failed(error) from error

    def _writable(self) -> sqlite3.Connection:
        if self.read_only:
            raise UsageError(f"{self.path} was opened read-only; open it with read_only=False to write")
        if self._db is None:
            raise ClosedError(f"{self.path}: the journal is closed; open it before you write")
        if self._unsure is not None:
            raise self._unsure
        return self._db

    def _fenced(self, batch: Batch) -> FencedError:
        return FencedError(
            f"{self.path}: the batch begins at seq {batch.seq}, but the log does not end at {batch.seq - 1} as this "
            f"writer left it (it knows up to {self._last}); another writer has written, so this one must stop"
        )

    def _failed(self, error: sqlite3.Error) -> HuntgroupError:
        db = self._db
        if db is not None and db.in_transaction:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
        if failing.is_unsure(error):
            return self._doubtful(f"the disk does not confirm ({failing.name(error)})")
        return failing.on_writing(self.path, error)

    def _doubtful(self, what: str) -> HuntgroupError:
        """Write no more: what was written last may or may not be there when the journal is opened again."""
        self._unsure = failing.damaged(
            self.path, f"{what} that it has taken what was written; close the journal and open it again"
        )
        return self._unsure

    # ------------------------------------------------------------------------------------------------- reading

    def read(self, after: int = 0) -> Iterator[Batch]:
        """Give the batches that hold envelopes after this ``seq``, verified, in order; may run beside writing."""
        return self._reading().batches(after)

    def shelf(self) -> Sequence[int]:
        """Give the ``seq`` of every snapshot, newest first."""
        return self._reading().shelf()

    def sealed(self) -> int:
        """Give the ``seq`` of the newest sealed snapshot; 0 if there is none."""
        return self._reading().sealed()

    def load(self, seq: int) -> SavedSnapshot:
        """Give a snapshot, verified."""
        return self._reading().load(seq)

    def noted(self, name: str) -> str | None:
        """Give a text that was noted."""
        return self._reading().noted(name)

    def _reading(self) -> Reader:
        if self._reader is None:
            raise ClosedError(f"{self.path}: the journal is closed; open it before you read")
        return self._reader

    @property
    def reader(self) -> Reader:
        """What looks closer than the protocol does; for `huntgroup journal`."""
        return self._reading()


def _sync_folder(path: Path) -> None:
    fd = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            os.fsync(fd)
    finally:
        os.close(fd)
