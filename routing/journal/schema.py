"""The tables of a journal in SQLite, and the versions that they have had.

::

    batch     seq of the first envelope, count, at_ns, revision, digest, lines; the checksum before it and its own
    snapshot  seq, at_ns, revision, digest, behaviour, sealed; store: where its pieces are; its checksum
    piece     the compressed body of a snapshot, cut up so that no write takes long
    note      small texts
    identity  one row: what tells this journal from every other, how often something was written beside the log, with
              which seq the log begins, and a checksum over what there is: tables, snapshots and notes by name

Owns the tables and how old ones become new ones; must not know what is written into them.
"""

import os
import sqlite3
from pathlib import Path
from typing import Final

from routing.errors import CorruptJournalError
from routing.journal import failing
from routing.journal.chain import seal_text

APPLICATION_ID: Final = 0x4847_4A4C  # "HGJL"
VERSION: Final = 1
PAGE_SIZE: Final = 4096

_TABLES: Final = (
    """CREATE TABLE batch(
        seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, at_ns INTEGER NOT NULL, revision INTEGER NOT NULL,
        digest INTEGER NOT NULL, previous BLOB NOT NULL, sum BLOB NOT NULL, lines BLOB NOT NULL)""",
    """CREATE TABLE snapshot(
        seq INTEGER PRIMARY KEY, at_ns INTEGER NOT NULL, revision INTEGER NOT NULL, digest INTEGER NOT NULL,
        behaviour INTEGER NOT NULL, sealed INTEGER NOT NULL, chain BLOB, size INTEGER NOT NULL,
        store INTEGER NOT NULL, sum BLOB NOT NULL)""",
    "CREATE TABLE piece(store INTEGER NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE INDEX piece_by_store ON piece(store, number)",
    "CREATE TABLE note(name TEXT PRIMARY KEY, value TEXT NOT NULL, sum BLOB NOT NULL) WITHOUT ROWID",
    """CREATE TABLE identity(
        value BLOB NOT NULL, sum BLOB NOT NULL, writes INTEGER NOT NULL, oldest INTEGER NOT NULL,
        state BLOB NOT NULL)""",
)

#: What makes version n + 1 out of version n, in one transaction.
MIGRATIONS: Final[dict[int, tuple[str, ...]]] = {}

_BUSY_S: Final = 10.0


def connect(path: Path, *, writing: bool) -> sqlite3.Connection:
    """Open a file that exists or, for writing, make it; nothing has been read yet."""
    mode = "rwc" if writing else "ro"
    if not writing and not os.access(path.parent, os.W_OK) and not _has_wal(path):
        mode = "ro&immutable=1"  # a copy on a medium that nobody can write to
    db = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=_BUSY_S,
        cached_statements=64,
    )
    try:
        db.execute("PRAGMA cell_size_check=ON")
        if not writing:
            db.execute("PRAGMA query_only=ON")
    except BaseException:
        db.close()
        raise
    return db


def _has_wal(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0


def is_new(db: sqlite3.Connection) -> bool:
    """Tell whether nothing has been written yet, or a crash has broken off the making of the tables."""
    return (
        _pragma(db, "application_id") == 0
        and _pragma(db, "user_version") == 0
        and db.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    )


def create(db: sqlite3.Connection) -> None:
    """Make the tables and the identity."""
    db.execute(f"PRAGMA page_size={PAGE_SIZE}")
    db.execute("PRAGMA auto_vacuum=INCREMENTAL")
    db.execute("PRAGMA journal_mode=WAL")
    identity = os.urandom(16)
    with _transaction(db):
        for statement in _TABLES:
            db.execute(statement)
        db.execute(
            "INSERT INTO identity VALUES(?, ?, 0, 1, ?)", (identity, seal_text("identity", identity), b"")
        )
        stamp(db)
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute(f"PRAGMA user_version={VERSION}")


def check(db: sqlite3.Connection, path: Path) -> int:
    """Verify that this is a journal; returns the version of its schema.

    Raises
    ------
    CorruptJournalError
        If it is another file of SQLite, or from a newer version.
    """
    application, version = _pragma(db, "application_id"), _pragma(db, "user_version")
    if application != APPLICATION_ID:
        raise CorruptJournalError(
            f"{path}: is a SQLite file, but no journal: its application id is {application:#x}, a journal's "
            f"{APPLICATION_ID:#x}; name another file"
        )
    if version > VERSION:
        raise CorruptJournalError(
            f"{path}: has schema version {version}; this version of huntgroup reads up to {VERSION}; upgrade"
        )
    if version != VERSION and version not in MIGRATIONS:
        raise CorruptJournalError(
            f"{path}: schema version {version} is not known; this version reads {min((*MIGRATIONS, VERSION))} to "
            f"{VERSION}"
        )
    return version


def migrate(db: sqlite3.Connection, version: int) -> list[str]:
    """Bring older tables to the newest version, one transaction a version; says what was done."""
    done: list[str] = []
    while version < VERSION:
        with _transaction(db):
            for statement in MIGRATIONS[version]:
                db.execute(statement)
            version += 1
            db.execute(f"PRAGMA user_version={version}")
            stamp(db)
        done.append(f"the tables were brought from schema version {version - 1} to {version}")
    return done


def identity(db: sqlite3.Connection, path: Path) -> bytes:
    """Read what tells this journal from every other."""
    rows = db.execute("SELECT value, sum FROM identity").fetchall()
    if len(rows) != 1 or not isinstance(rows[0][0], bytes) or seal_text("identity", rows[0][0]) != rows[0][1]:
        raise failing.damaged(path, "the identity of the journal is damaged")
    value: bytes = rows[0][0]
    return value


def stamp(db: sqlite3.Connection, oldest: int | None = None) -> int:
    """Within a transaction that changed snapshots or notes: count it, and sum up what there is now.

    ``oldest``: with which ``seq`` the log begins from now on.
    """
    writes, before = db.execute("SELECT writes, oldest FROM identity").fetchone()
    oldest = before if oldest is None else oldest
    db.execute(
        "UPDATE identity SET writes = ?, oldest = ?, state = ?",
        (writes + 1, oldest, _state(db, writes + 1, oldest)),
    )
    return int(writes + 1)


def written(db: sqlite3.Connection, path: Path) -> int:
    """Verify that every table, snapshot and note is there; returns how often something was written beside the log."""
    db.execute("BEGIN")  # one look, whatever a host writes meanwhile
    try:
        writes, oldest, state = db.execute("SELECT writes, oldest, state FROM identity").fetchone()
        if not isinstance(writes, int) or _state(db, writes, oldest) != state:
            raise failing.damaged(path, "the list of tables, snapshots and notes does not match its checksum")
        first = db.execute("SELECT min(seq) FROM batch").fetchone()[0]
        if first is not None and first > oldest:
            raise failing.damaged(
                path, f"the log begins at seq {first}, but seq {oldest} and on are to be there"
            )
        return writes
    finally:
        db.execute("COMMIT")


def _state(db: sqlite3.Connection, writes: int, oldest: int) -> bytes:
    rows = db.execute(
        "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master ORDER BY name"
    ).fetchall()
    rows += db.execute("SELECT seq FROM snapshot ORDER BY seq").fetchall()
    rows += db.execute("SELECT name FROM note ORDER BY name").fetchall()
    return seal_text("state", repr((writes, oldest, rows)).encode())


def is_wal(db: sqlite3.Connection) -> bool:
    """Tell whether SQLite takes the file for one with a write-ahead log."""
    return bool(db.execute("PRAGMA journal_mode").fetchone()[0] == "wal")


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


class _transaction:  # noqa: N801 - reads as a statement
    """``with`` a transaction of its own."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            try:
                self._db.execute("COMMIT")
                return
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")


transaction = _transaction
