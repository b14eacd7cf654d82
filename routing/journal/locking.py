"""The file beside a journal that is locked while a host has it open, and what stands in it.

The lock is the kernel's (``flock``), so it goes with the process, however that ends; the file stays and does no harm.
In it stand the process id, for the message to whoever comes second, and *marks*: how far the journal was appended to
and how far it was brought to the disk. A journal that ends before its marks has lost something, whatever its own bytes
say. A mark is written after what it speaks of, so it never promises too much.

Owns the lock and the marks; must not know what a journal looks like inside.
"""

import fcntl
import os
import time
import weakref
from contextlib import suppress
from pathlib import Path
from struct import Struct as Layout
from struct import error as LayoutError  # noqa: N812 - it is an error
from typing import Final

from msgspec import Struct

from routing.errors import JournalLockedError, UsageError

_PID_SIZE: Final = 32
_MARKS: Final = Layout(
    "<16s16sqqqqqq"
)  # journal, boot, appended, synced, writes, and these once more, inverted
_TRIES: Final = 4
_PAUSE_S: Final = 0.01
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


class Marks(Struct, frozen=True):
    """How far a journal came.

    ``appended``: everything up to this ``seq`` was handed over to the kernel; ``synced``: and is on the disk.
    ``writes``: how often something was written beside the log. ``same_boot``: the machine has not been started since,
    so what was handed over must still be there.
    """

    journal: bytes
    appended: int
    synced: int
    writes: int
    same_boot: bool

    @property
    def certain(self) -> int:
        """The ``seq`` that the journal must reach."""
        return self.appended if self.same_boot else self.synced


class LockFile:
    """The lock of one journal.

    Parameters
    ----------
    path : Path
        Of the journal, resolved.

    Raises
    ------
    JournalLockedError
        If another process, or another object of this one, has it; the message names the process.
    OSError
        If its folder is not there, or may not be written to.
    """

    def __init__(self, path: Path) -> None:
        self._fd = -1
        self.path = lock_path(path)
        self._fd = _take(path, self.path)
        self._journal = b""
        self._boot = boot()
        with suppress(OSError):  # on a full disk the lock has no name
            os.pwrite(self._fd, f"{os.getpid()}\n".encode().ljust(_PID_SIZE), 0)
        _HELD.add(self)

    def marks(self) -> Marks | None:
        """Read what the last holder left; ``None`` if there is nothing, or it was broken off."""
        return _marks(self._fd)

    def begin(self, journal: bytes, seq: int, writes: int) -> None:
        """Start marking for the journal with this identity."""
        self._journal = journal
        self.mark(seq, seq, writes)

    def mark(self, appended: int, synced: int, writes: int) -> None:
        """Write how far it came; a full disk does not matter, since nothing grows."""
        row = _MARKS.pack(self._journal, self._boot, appended, synced, writes, ~appended, ~synced, ~writes)
        with suppress(OSError):  # only a further safety
            os.pwrite(self._fd, row, _PID_SIZE)

    def release(self) -> None:
        """Let the lock go; twice does nothing."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            _HELD.discard(self)
            os.close(fd)

    def __del__(self) -> None:
        self.release()

    def forget(self) -> None:
        """In a forked child: let the parent alone hold the lock."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


_HELD: Final[weakref.WeakSet[LockFile]] = weakref.WeakSet()


def _forget_all() -> None:
    for lock in list(_HELD):
        lock.forget()


os.register_at_fork(after_in_child=_forget_all)


def resolved(path: str | os.PathLike[str]) -> Path:
    """Give the one name of a journal, however it was called.

    Raises
    ------
    UsageError
        If it is a directory, or has several hard links: SQLite keeps what is newest in a file beside each name.
    """
    place = Path(path).resolve()
    if place.is_dir():
        raise UsageError(f"{place} is a directory; name a file for the journal")
    if place.exists() and place.stat().st_nlink > 1:
        raise UsageError(
            f"{place} has {place.stat().st_nlink} hard links; a journal has one name, use symbolic links"
        )
    return place


def lock_path(path: Path) -> Path:
    """Give the file that is locked for a journal."""
    return path.with_name(path.name + ".lock")


def holder(path: Path) -> str | None:
    """Name the process that has a journal open; ``None`` if nobody has."""
    try:
        fd = os.open(lock_path(path), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _pid(fd)
    else:
        return None
    finally:
        os.close(fd)


def marks_beside(path: Path) -> Marks | None:
    """Read the marks of a journal that somebody else may have open."""
    try:
        fd = os.open(lock_path(path), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return _marks(fd)
    finally:
        os.close(fd)


def _marks(fd: int) -> Marks | None:
    try:
        journal, started, appended, synced, writes, *inverted = _MARKS.unpack(
            os.pread(fd, _MARKS.size, _PID_SIZE)
        )
    except LayoutError:
        return None
    if inverted != [~appended, ~synced, ~writes]:
        return None
    return Marks(journal, appended, synced, writes, started == boot() != bytes(16))


def boot() -> bytes:
    """Identify the run of the machine; zeros where that is not known."""
    try:
        return bytes.fromhex(_BOOT.read_text(encoding="ascii").replace("-", ""))
    except (OSError, ValueError):
        return bytes(16)


def _take(journal: Path, path: Path) -> int:
    tries = _TRIES
    while True:
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except FileNotFoundError as error:
            problem = "there is no such folder for the journal; make it first, or put the journal elsewhere"
            raise FileNotFoundError(error.errno, problem, str(path.parent)) from None
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.fstat(fd).st_ino == path.stat().st_ino:
                return fd
        except BlockingIOError:
            pid = _pid(fd)
            os.close(fd)
            tries -= 1
            if tries:  # perhaps only somebody who asks for the holder
                time.sleep(_PAUSE_S)
                continue
            raise JournalLockedError(
                f"{journal} is open in process {pid}; stop that, or use another file: a journal has one writer"
            ) from None
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)  # somebody has deleted the file between the two calls


def _pid(fd: int) -> str:
    return os.pread(fd, _PID_SIZE, 0).decode("ascii", "replace").strip(" \n\0") or "unknown"
