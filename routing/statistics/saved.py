"""Snapshots of statistics: everything that was counted as bytes, and back.

The magic ``HGSTAT``, a format number, a BLAKE2b digest of the rest, and MessagePack, compressed: settings, names, one
stream of 64-bit numbers (low bytes first), and what is finished but not taken.

Owns the format; must not know what the numbers mean (``_fold``).
"""

import sys
import zlib
from array import array
from hashlib import blake2b
from typing import Any, Final

import msgspec
from msgspec import Struct

from routing.errors import CorruptSnapshotError
from routing.statistics.shapes import ContactRecord, Session

MAGIC: Final = b"HGSTAT"
FORMAT: Final = 3
_HEAD: Final = len(MAGIC) + 2
_DIGEST: Final = 16


class Saved(Struct, array_like=True):
    """Everything that one `Statistics` knows."""

    interval_ns: int
    short_abandon_ns: int
    pane_ns: int
    panes: int
    wait_pane_ns: int
    wait_panes: int
    recording: bool
    numbers: bytes
    names: tuple[list[str], list[str], list[str], list[str], list[str]]
    stories: list[list[Any]]
    spans: list[tuple[int, int, bytes, bytes, list[tuple[int, dict[str, int]]]]]
    records: list[ContactRecord]
    sessions: list[Session]
    waits: list[tuple[int, bytes, bytes]]


def write(saved: Saved) -> bytes:
    """Write down. Equal statistics write equal bytes with one version of zlib."""
    body = zlib.compress(msgspec.msgpack.encode(_low_first(saved)), 1)
    return MAGIC + FORMAT.to_bytes(2, "big") + blake2b(body, digest_size=_DIGEST).digest() + body


def read(data: bytes) -> Saved:
    """Take up again.

    Raises
    ------
    CorruptSnapshotError
        If the bytes are no such snapshot, a damaged one, or of another format.

    Examples
    --------
    >>> read(b"something else")
    Traceback (most recent call last):
        ...
    routing.errors.CorruptSnapshotError: these 14 bytes are no snapshot of statistics; it would begin with b'HGSTAT'
    """
    if data[: len(MAGIC)] != MAGIC or len(data) < _HEAD + _DIGEST:
        raise CorruptSnapshotError(
            f"these {len(data)} bytes are no snapshot of statistics; it would begin with {MAGIC!r}"
        )
    known = int.from_bytes(data[len(MAGIC) : _HEAD], "big")
    if known != FORMAT:
        raise CorruptSnapshotError(
            f"the snapshot of statistics has format {known}, this version reads {FORMAT}; fold the journal anew"
        )
    digest, body = data[_HEAD : _HEAD + _DIGEST], data[_HEAD + _DIGEST :]
    if blake2b(body, digest_size=_DIGEST).digest() != digest:
        raise CorruptSnapshotError("the snapshot of statistics is damaged; restore another one")
    try:
        return _low_first(msgspec.msgpack.decode(zlib.decompress(body), type=Saved))
    except (msgspec.MsgspecError, zlib.error) as error:
        raise CorruptSnapshotError(f"the snapshot of statistics cannot be read: {error}") from None


def _low_first(saved: Saved) -> Saved:
    """Numbers with the low byte first, from or to those of this machine."""
    if sys.byteorder == "little":
        return saved
    spans = [(start, end, _swapped(a), _swapped(b), reasons) for start, end, a, b, reasons in saved.spans]
    return msgspec.structs.replace(saved, numbers=_swapped(saved.numbers), spans=spans)


def _swapped(data: bytes) -> bytes:
    numbers = array("q", data)
    numbers.byteswap()
    return numbers.tobytes()
