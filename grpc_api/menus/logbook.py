"""The logbook of calls in menus: a file beside the journal of a domain, so that they outlast a crash.

It begins with everything as it stood, and goes on with what happened since, a line each. A line is written before it
takes effect. Every so many lines the file is written anew with the calls that there still are, so it stays small, and
what ended calls held is gone from it. Secrets never reach it (`routing.menus.sealing`).

A line is ``crc32 in hex, space, JSON``. A last line that was cut off by a crash is dropped: nobody was answered.

Owns the file; must not know what is in it, nor time. One process at a time, which the journal beside it sees to.
"""

import base64
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from grpc_api.menus.entries import Entry, Kept
from routing.errors import CorruptJournalError, JournalFullError, UnavailableError

_HEADER: Final = "huntgroup menus 1"
_encode = msgspec.json.Encoder().encode
_ENTRY: Final = msgspec.json.Decoder(Entry)
_KEPT: Final = msgspec.msgpack.Decoder(Kept)


class Logbook:
    """A file of entries.

    Parameters
    ----------
    path : Path
        Made if need be, for the owner alone.
    durable : bool, default True
        Whether every line is brought to the disk before it counts; otherwise it outlasts the process, and not the
        machine.

    Attributes
    ----------
    lines : int
        How many there are since everything was written down.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.path = path
        self.lines = 0
        self._durable = durable
        self._file: BinaryIO | None = None

    def read(self) -> tuple[Kept | None, list[Entry], str]:
        """Read what there is: how it began, what came since, and what was wrong with its end, or "".

        Raises
        ------
        CorruptJournalError
            If a line before the last is damaged, or the file is something else.
        UnavailableError
            If it cannot be read.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None, [], ""
        except OSError as error:
            raise UnavailableError(f"the menus of {self.path} cannot be read: {error.strerror}") from None
        lines = data.split(b"\n")
        torn = lines.pop()
        entries: list[Entry] = []
        kept: Kept | None = None
        for number, line in enumerate(lines, 1):
            text = self._checked(line, number, last=number == len(lines) and not torn)
            if text is None:
                torn = line
                break
            if number == 1:
                kept = self._beginning(text)
            else:
                entries.append(self._entry(text, number))
        self.lines = len(entries)
        return (
            kept,
            entries,
            f"the last line was not whole, and is dropped ({len(torn)} bytes)" if torn else "",
        )

    def begin(self, kept: Kept) -> None:
        """Write everything down anew; what was there before is gone.

        Raises
        ------
        JournalFullError
            If there is no room; then everything is as it was.
        """
        beside = self.path.with_name(f"{self.path.name}.new")
        state = base64.b64encode(zlib.compress(msgspec.msgpack.encode(kept), 1)).decode()
        try:
            file = self._opened(beside, os.O_TRUNC)
            try:
                file.write(_line(_encode([_HEADER, state])))
                _sync(file)
                beside.replace(self.path)
                _sync_folder(self.path.parent)
            except BaseException:
                file.close()
                raise
        except OSError as error:
            raise JournalFullError(f"{self.path} cannot be written: {error.strerror}") from None
        if self._file is not None:
            self._file.close()
        self._file = file
        self.lines = 0

    def write(self, entry: Entry) -> None:
        """Write a line; when this returns, it counts.

        Raises
        ------
        JournalFullError
            If there is no room; then nothing has happened.
        """
        file = self._file
        if file is None:
            raise UnavailableError(f"the menus of {self.path} are closed; ask whoever runs the server")
        line = _line(_encode(entry))
        size = file.tell()
        try:
            file.write(line)
            file.flush()
            if self._durable:
                os.fsync(file.fileno())
        except OSError as error:
            file.truncate(size)
            file.seek(size)
            raise JournalFullError(f"{self.path} cannot be written: {error.strerror}; make room") from None
        self.lines += 1

    def close(self) -> None:
        """Bring everything to the disk, and let the file go; twice does nothing."""
        file, self._file = self._file, None
        if file is not None:
            _sync(file)
            file.close()

    # Inside

    @staticmethod
    def _opened(path: Path, flags: int) -> BinaryIO:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600), "wb", buffering=0)

    def _checked(self, line: bytes, number: int, *, last: bool) -> bytes | None:
        """Give what a line holds; None where it is the last and damaged."""
        text = line[9:]
        if line[:9] == b"%08x " % zlib.crc32(text):
            return text
        if last:
            return None
        raise CorruptJournalError(
            f"{self.path}: line {number} is damaged; put back a copy, or take the file away to begin without its calls"
        )

    def _beginning(self, text: bytes) -> Kept:
        try:
            header, state = msgspec.json.decode(text, type=tuple[str, str])
            if header == _HEADER:
                return _KEPT.decode(zlib.decompress(base64.b64decode(state)))
        except (msgspec.MsgspecError, ValueError, zlib.error):
            pass
        raise CorruptJournalError(f"{self.path} is no file of menus, or of another version; take it away")

    def _entry(self, text: bytes, number: int) -> Entry:
        try:
            found: Entry = _ENTRY.decode(text)
            return found
        except msgspec.MsgspecError as error:
            raise CorruptJournalError(f"{self.path}: line {number} is of another version: {error}") from None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.read()[1])


def _line(text: bytes) -> bytes:
    r"""Write a line.

    >>> _line(b"{}")
    b'a3a6bf43 {}\n'
    """
    return b"%08x %b\n" % (zlib.crc32(text), text)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
