"""The whole state of pacing as plain data, so that it survives a crash.

Owns what is written down; must not know what any of it means.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from msgspec import Struct

from routing.errors import CorruptSnapshotError
from routing.pacing.attempts import Flight
from routing.pacing.inbound import Arrivals
from routing.pacing.shapes import Paced, Settings
from routing.pacing.staff import Person

FORMAT = 1


class One(Struct):
    """A campaign; ``line`` as its compiled part wrote it."""

    paced: Paced
    line: bytes
    bound: int
    calls: int
    carried: float


class State(Struct):
    """Everything that pacing keeps; times in seconds since the origin."""

    settings: Settings
    origin_ns: int
    at_ns: int
    grace: float
    campaigns: dict[str, One]
    people: dict[str, Person]
    floor: bytes
    works: dict[str, bytes]
    flights: dict[str, Flight]
    contacts: dict[str, tuple[str, str, str]]
    arrivals: dict[str, Arrivals]
    persons: dict[str, str]
    format: int = FORMAT


def write(state: State) -> bytes:
    """Write it down. O(size)."""
    return msgspec.msgpack.encode(state)


def read(data: bytes) -> State:
    """Read it again.

    Raises
    ------
    CorruptSnapshotError
        If the bytes are none that `write` gave, or of another version.
    """
    with fitting():
        state = msgspec.msgpack.decode(data, type=State)
    if state.format != FORMAT:
        raise CorruptSnapshotError(f"format {state.format} is not known; this version reads {FORMAT}")
    return state


@contextmanager
def fitting() -> Iterator[None]:
    """Say of what does not fit that the snapshot is none."""
    try:
        yield
    except (msgspec.DecodeError, TypeError, ValueError, KeyError) as error:
        raise CorruptSnapshotError(
            f"this is no state of pacing: {error}; pass what snapshot() returned"
        ) from None
