"""What goes wrong with SQLite, in the words of this project.

Owns which error means what; must not know what was being done.
"""

import errno
import sqlite3
from pathlib import Path
from typing import Final

from routing.errors import (
    CorruptJournalError,
    HuntgroupError,
    InternalError,
    JournalFullError,
    JournalLockedError,
)

_PRIMARY: Final = 0xFF
_UNSURE: Final = frozenset({"SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC"})
_NO_ROOM: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def primary(error: sqlite3.Error) -> int:
    """Give the primary result code, 0 where the error is Python's own."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY


def name(error: sqlite3.Error) -> str:
    """Give the name of the result code."""
    return str(getattr(error, "sqlite_errorname", type(error).__name__))


def is_unsure(error: sqlite3.Error) -> bool:
    """Tell whether nobody knows if what was written has reached the disk."""
    return name(error) in _UNSURE


def on_writing(path: Path, error: sqlite3.Error) -> HuntgroupError:
    """Give our error for one of SQLite that came when something was written."""
    code = primary(error)
    if code in _NO_ROOM or code == sqlite3.SQLITE_CANTOPEN:
        return JournalFullError(
            f"{path}: nothing was written ({name(error)}: {error}); make room or make it writable; "
            "writing goes on by itself then"
        )
    return on_reading(path, error)


def on_reading(path: Path, error: Exception) -> HuntgroupError:
    """Give our error for one of SQLite that came when something was read."""
    if not isinstance(error, sqlite3.Error):  # values that cannot be what was written
        return damaged(path, f"what was read makes no sense ({error})")
    code = primary(error)
    if code in _BUSY:
        return JournalLockedError(f"{path}: another connection keeps it busy ({error}); close that")
    if code in _DAMAGED or isinstance(error, sqlite3.DataError) or "no such" in str(error):
        return damaged(path, str(error))
    if code == sqlite3.SQLITE_IOERR:
        return damaged(path, f"the disk gives an error ({name(error)})")
    if "decode" in str(error):
        return damaged(path, str(error))
    return InternalError(f"{path}: {name(error)}: {error}; please report it")


def damaged(path: Path, what: str, whole: str = "") -> CorruptJournalError:
    """Say what is damaged, what is still whole, and what to do."""
    return CorruptJournalError(
        f"{path}: {what}{'; ' + whole if whole else ''}; look at it with `huntgroup journal verify`, then restore a "
        "backup, or keep what is whole with `huntgroup journal repair` (SqliteJournal(..., accept_loss=True)), "
        "which puts the damaged file aside"
    )


def on_opening(path: Path, error: Exception) -> Exception:
    """Give our error, or an `OSError` that names the file, for one of SQLite that came when a file was opened."""
    if not isinstance(error, sqlite3.Error):
        return on_reading(path, error)
    code = primary(error)
    if code == sqlite3.SQLITE_NOTADB:
        return CorruptJournalError(f"{path}: is no SQLite file, so no journal, or its beginning is damaged")
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return PermissionError(errno.EACCES, "cannot be opened as a journal; look at its rights", str(path))
    if code == sqlite3.SQLITE_READONLY:
        return OSError(errno.EROFS, "cannot be written; look at its rights and its file system", str(path))
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return on_writing(path, error)
    return on_reading(path, error)
