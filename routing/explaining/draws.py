"""The draws of the strategy ``random``, said again in Python.

Owns the two hash functions; must not know who is drawn.
"""

from collections.abc import Callable
from typing import Final

MASK: Final = 2**64 - 1
#: Throws at the members before everybody's own draw counts.
DRAWS: Final = 64


def mix64(value: int) -> int:
    """Mix 64 bits (the finaliser of splitmix64)."""
    value = (value + 0x9E3779B97F4A7C15) & MASK
    value = ((value ^ value >> 30) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ value >> 27) * 0x94D049BB133111EB) & MASK
    return value ^ value >> 31


def hash64(data: bytes) -> int:
    """Hash bytes, eight at a time."""
    value = 0x9E3779B97F4A7C15 ^ len(data)
    for start in range(0, len(data), 8):
        value = mix64(value ^ int.from_bytes(data[start : start + 8], "little"))
    return value


def dice(seed: int, queue: str, matched: int) -> Callable[[int], int]:
    """Give the draws of a queue for the match that comes after so many."""
    base = mix64(mix64(mix64(seed) ^ hash64(queue.encode())) ^ matched)
    return lambda i: mix64(base ^ i)
