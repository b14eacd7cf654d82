"""Sets of telephone numbers: tens of millions in memory.

A number of up to 15 digits is split: the low 16 bits are kept in a container of its high bits. A container with few
numbers is a sorted array of two bytes each, one with many a bitmap of 8 KiB, so a set never needs more than two bytes a
number and some 170 a container. The layout is that of Chambi, Lemire, Kaser and Godin (Better bitmap performance with
Roaring bitmaps, Software: Practice and Experience 46, 2016).

Owns the layout; must not know what a number means or which list it is on.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Final

_LOW: Final = 0xFFFF
_SPARSE: Final = 4096  # numbers from which on a bitmap is smaller
_BITMAP: Final = 8192  # bytes


class NumberSet:
    """A set of whole numbers from 0 to 10**15.

    Examples
    --------
    >>> numbers = NumberSet([12125550123, 442079460958])
    >>> 12125550123 in numbers, 12125550124 in numbers, len(numbers), list(numbers)
    (True, False, 2, [12125550123, 442079460958])
    """

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._containers: dict[int, array[int] | bytearray] = {}
        self._size = 0
        self.update(numbers)

    def __len__(self) -> int:
        return self._size

    def __contains__(self, number: int) -> bool:
        container = self._containers.get(number >> 16)
        if container is None:
            return False
        low = number & _LOW
        if type(container) is bytearray:
            return bool(container[low >> 3] >> (low & 7) & 1)
        place = bisect_left(container, low)
        return place < len(container) and container[place] == low

    def __iter__(self) -> Iterator[int]:
        """In rising order. O(size + containers log containers)."""
        for high in sorted(self._containers):
            container = self._containers[high]
            lows = _bits(container) if isinstance(container, bytearray) else container
            for low in lows:
                yield high << 16 | low

    @property
    def bytes_held(self) -> int:
        """Memory of the set, its containers and their places in the dict. O(containers)."""
        return (
            sys.getsizeof(self._containers)
            + sum(map(sys.getsizeof, self._containers.values()))
            + sum(map(sys.getsizeof, self._containers))
        )

    def add(self, number: int) -> bool:
        """Add a number; tell whether it is new. O(4096) at worst."""
        low = number & _LOW
        container = self._containers.get(number >> 16)
        if container is None:
            self._containers[number >> 16] = array("H", (low,))
        elif isinstance(container, bytearray):
            if container[low >> 3] >> (low & 7) & 1:
                return False
            container[low >> 3] |= 1 << (low & 7)
        else:
            place = bisect_left(container, low)
            if place < len(container) and container[place] == low:
                return False
            container.insert(place, low)
            if len(container) > _SPARSE:
                self._containers[number >> 16] = _bitmap(container)
        self._size += 1
        return True

    def discard(self, number: int) -> bool:
        """Remove a number; tell whether it was there. A bitmap stays one. O(4096) at worst."""
        if number not in self:
            return False
        low = number & _LOW
        container = self._containers[number >> 16]
        if isinstance(container, bytearray):
            container[low >> 3] &= ~(1 << (low & 7))
        else:
            del container[bisect_left(container, low)]
            if not container:
                del self._containers[number >> 16]
        self._size -= 1
        return True

    def update(self, numbers: Iterable[int]) -> int:
        """Add many; give how many were new. O(n log 4096)."""
        return sum(map(self.add, numbers))


def _bitmap(lows: Iterable[int]) -> bytearray:
    bitmap = bytearray(_BITMAP)
    for low in lows:
        bitmap[low >> 3] |= 1 << (low & 7)
    return bitmap


def _bits(bitmap: bytearray) -> Iterator[int]:
    for place, byte in enumerate(bitmap):
        while byte:
            yield place << 3 | (byte & -byte).bit_length() - 1
            byte &= byte - 1
