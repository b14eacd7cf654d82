"""The write-ahead log of SQLite as bytes: how far it is whole, and whether something whole lies behind the damage.

SQLite reads its log up to the first frame that does not verify and silently drops the rest, because that is what a
crash leaves. A flipped bit looks the same, but then frames that do verify follow it. The format is described at
https://www.sqlite.org/fileformat2.html#walformat.

Owns the format of that file; must not know what the pages hold.
"""

import os
import sys
from array import array
from functools import cache
from operator import mul
from pathlib import Path
from struct import Struct as Layout
from typing import Final

from msgspec import Struct

_HEAD: Final = Layout(">8I")
_FRAME: Final = Layout(">6I")
_LITTLE: Final = 0x377F_0682
_SPARE: Final = 16  # so many times the log must be free
_BIG: Final = 0x377F_0683
_WORD: Final = 0xFFFF_FFFF


def make_room(path: Path, size: int) -> None:
    """Fill the log up with zeros, which nobody takes for frames, so that its blocks are there before they are needed.

    To sync a file that has grown costs the file system a transaction of its own; to sync one that has not does not.
    Left out where the disk is nearly full. Nobody may write meanwhile.
    """
    with path.open("r+b") as file:
        missing = size - file.seek(0, os.SEEK_END)
        room = os.statvfs(path)
        if missing > 0 and room.f_bavail * room.f_frsize > _SPARE * size:
            file.write(bytes(missing))
            os.fsync(file.fileno())


class WalState(Struct, frozen=True):
    """What a write-ahead log is like.

    ``whole``: frames from the first on that verify; ``behind``: transactions after the first bad frame, of the same
    run of the log, that are whole in themselves; ``header``: whether the first 32 bytes verify.
    """

    frames: int
    whole: int
    behind: int
    header: bool

    @property
    def damaged(self) -> bool:
        """Tell whether the damage is none that a crash leaves."""
        return self.behind > 0

    def describe(self) -> str:
        """Say where the damage is."""
        where = f"frame {self.whole + 1} of {self.frames}" if self.header else "the header"
        return (
            f"{where} of the write-ahead log is damaged, and {self.behind} whole transactions lie behind it, which "
            "SQLite would drop"
        )


def wal_path(path: Path) -> Path:
    """Give the write-ahead log of a file of SQLite."""
    return path.with_name(path.name + "-wal")


def scan(path: Path) -> WalState | None:
    """Look a write-ahead log over; ``None`` where there is none. O(its size)."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    if len(data) < _HEAD.size:
        return None
    magic, _, page, _, *salts, first, second = _HEAD.unpack_from(data)
    sizes = [page] if page in _SIZES else []
    header = (
        bool(sizes) and magic in (_LITTLE, _BIG) and _sum(data[:24], magic == _BIG, (0, 0)) == (first, second)
    )
    if header:
        return _scan(data, page, magic == _BIG, (salts[0], salts[1]), (first, second))
    big = sys.byteorder == "big"
    found = [
        _scan(data, size, big, None, None) for size in sizes + [size for size in _SIZES if size not in sizes]
    ]
    return max(found, key=lambda state: state.behind)


_SIZES: Final = tuple(1 << bits for bits in range(9, 17))


def _scan(
    data: bytes, page: int, big: bool, salts: tuple[int, int] | None, start: tuple[int, int] | None
) -> WalState:
    """Look at the frames; without the header's salts and checksum, those of the first frame count."""
    step = _FRAME.size + page
    frames = (len(data) - _HEAD.size) // step
    header = salts is not None
    whole = behind = 0
    sound = header  # everything so far verifies
    stored = start
    for number in range(frames):
        at = _HEAD.size + number * step
        pgno, commit, one, two, *own = _FRAME.unpack_from(data, at)
        salts = salts or (one, two)
        fits = False
        if (one, two) == salts and pgno and stored is not None:
            mine = data[at : at + 8] + data[at + _FRAME.size : at + step]
            fits = _sum(mine, big, stored) == (own[0], own[1])
        stored = (own[0], own[1])
        if sound and fits:
            whole += 1
            continue
        sound = False
        behind += fits and commit > 0
    return WalState(frames, whole, behind, header)


def _sum(data: bytes, big: bool, start: tuple[int, int]) -> tuple[int, int]:
    """Go on with SQLite's checksum: two sums over pairs of words, each adding the other. O(size)."""
    words = array("I", data)
    if big != (sys.byteorder == "big"):
        words.byteswap()
    ones, twos, (a, b, c, d) = _weights(len(words))
    first = a * start[0] + b * start[1] + sum(map(mul, ones, words))
    second = c * start[0] + d * start[1] + sum(map(mul, twos, words))
    return first & _WORD, second & _WORD


@cache
def _weights(words: int) -> tuple[list[int], list[int], tuple[int, int, int, int]]:
    """Say how much each word, and the sums so far, count in the sums at the end.

    The checksum is linear: a pair (x, y) turns (s, t) into (s + t + x, s + 2t + x + y), modulo 2**32.
    """
    ones, twos = [0] * words, [0] * words
    a, b, c, d = 1, 0, 0, 1
    for place in range(words - 2, -1, -2):
        ones[place], ones[place + 1] = (a + b) & _WORD, b
        twos[place], twos[place + 1] = (c + d) & _WORD, d
        a, b, c, d = (a + b) & _WORD, (a + 2 * b) & _WORD, (c + d) & _WORD, (c + 2 * d) & _WORD
    return ones, twos, (a, b, c, d)
