"""Snapshots: the whole state of an engine as bytes, and back.

A snapshot is the magic ``HGSNAP``, a format number, a BLAKE2b digest of the rest, and MessagePack: behaviour
version, configuration, and the state in an order that depends on the state alone, so that equal engines write
equal bytes. What there are many of (agents, contacts and what hangs on them) are rows of 64-bit integers, low
bytes first, laid side by side in one string of bytes each: they are copied, not parsed. Agents that differ by
their ids alone are described once.

Owns the format; must not know what the values mean (``_core``).
"""

import sys
from array import array
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct, field

from routing.commands import EnqueueContact, RequestDial
from routing.config.shape import fold
from routing.errors import CorruptSnapshotError
from routing.events import Event
from routing.model import Agent, Config

MAGIC: Final = b"HGSNAP"
FORMAT: Final = 5
#: Since when fields have only been appended: what was written then can be read.
OLDEST: Final = 4
_HEAD: Final = len(MAGIC) + 2
_DIGEST: Final = 16


Diary = tuple[int, list[int], list[int]]
Level = tuple[int, list[int]]


Kind = tuple[dict[str, int], tuple[str, ...], dict[str, int], int, int]


class Staff(Struct, array_like=True):
    """Agents: what they can do, and by agent its id and which of these it is."""

    kinds: list[Kind]  # skills, groups, channels, load, cost
    ids: list[str]
    places: bytes


class SavedAgents(Struct, array_like=True):
    """The state of agents as the core writes it, in the order of `Staff`."""

    rows: bytes
    reasons: list[str]
    diaries: list[Diary]


class SavedContacts(Struct, array_like=True):
    """Contacts as the core writes them, in the order of their numbers."""

    commands: list[EnqueueContact]
    rows: bytes
    steps: list[tuple[tuple[str, int, str, str], ...]]
    channels: list[str]
    visits: bytes
    holds: bytes
    wishes: bytes
    attributes: list[tuple[int, dict[str, str]]]


class SavedSegments(Struct, array_like=True):
    """Reservations and what became of them as the core writes them, in the order of offers."""

    rows: bytes
    channels: list[str]


class SavedAttempts(Struct, array_like=True):
    """Attempts as the core writes them, in the order of their numbers; ``made``: how many there have been."""

    made: int = 0
    commands: list[RequestDial] = []
    rows: bytes = b""
    remembered: list[RequestDial] = []


class Saved(Struct, array_like=True):
    """A whole engine."""

    behaviour: int
    config: Config  # without its agents
    staff: Staff  # the configured agents, then those who are out of the configuration, but still at work
    leaving: int  # how many these are
    numbers: tuple[int, int, int, int, int, int, int, int, int, int, int, int]
    agents: SavedAgents
    queues: list[
        tuple[str, int, int, int, str, int, int, int, int, int, list[int], list[int], Level | None, int]
    ]
    contacts: SavedContacts
    segments: SavedSegments
    remembered: list[EnqueueContact]
    requests: list[tuple[str, int, tuple[Event, ...]]]
    attempts: SavedAttempts = field(default_factory=SavedAttempts)  # from format 5 on


def fold_agents(agents: Sequence[Agent]) -> Staff:
    """Describe agents that differ by their ids alone once; O(size)."""
    kinds, places = fold(agents)
    return Staff(
        [
            (dict(sorted(k.skills.items())), k.groups, dict(sorted(k.channels.items())), k.load, k.cost)
            for k in kinds
        ],
        [agent.id for agent in agents],
        array("q", places).tobytes(),
    )


def unfold_agents(staff: Staff) -> tuple[list[Agent], Sequence[int]]:
    """Make the agents again, and which of the kinds each is; alike ones share what they can do. O(size)."""
    kinds = staff.kinds
    places = array("q", staff.places)
    return [Agent(agent, *kinds[place]) for agent, place in zip(staff.ids, places, strict=True)], places


def low_bytes_first(saved: Saved) -> None:
    """Turn the rows of a machine that has its high bytes first around, or back."""
    for holder, name in (
        (saved.staff, "places"),
        (saved.agents, "rows"),
        (saved.contacts, "rows"),
        (saved.contacts, "visits"),
        (saved.contacts, "holds"),
        (saved.contacts, "wishes"),
        (saved.segments, "rows"),
        (saved.attempts, "rows"),
    ):
        rows = array("q", getattr(holder, name))
        rows.byteswap()
        setattr(holder, name, rows.tobytes())


def write(saved: Saved) -> bytes:
    """Encode; O(size)."""
    if sys.byteorder == "big":
        low_bytes_first(saved)
    body = msgspec.msgpack.encode(saved)
    return MAGIC + FORMAT.to_bytes(2, "big") + blake2b(body, digest_size=_DIGEST).digest() + body


def read(data: bytes) -> Saved:
    """Decode and verify; O(size).

    Raises
    ------
    CorruptSnapshotError
        If the bytes are no snapshot, are damaged, or are of a newer format.
    """
    if data[: len(MAGIC)] != MAGIC:
        raise CorruptSnapshotError(
            f"{data[:8]!r} is not the start of a snapshot; pass what Engine.snapshot() returned"
        )
    form = int.from_bytes(data[len(MAGIC) : _HEAD], "big")
    if not OLDEST <= form <= FORMAT:
        raise CorruptSnapshotError(
            f"format {form} is not known to this version, which reads {OLDEST} to {FORMAT}; "
            "use the version that wrote it"
        )
    body = data[_HEAD + _DIGEST :]
    if blake2b(body, digest_size=_DIGEST).digest() != data[_HEAD : _HEAD + _DIGEST]:
        raise CorruptSnapshotError(f"the digest of {len(body)} bytes does not match; take an older snapshot")
    try:
        saved = msgspec.msgpack.decode(body, type=Saved)
    except msgspec.MsgspecError as error:
        raise CorruptSnapshotError(f"the content cannot be read ({error}); take an older snapshot") from None
    if sys.byteorder == "big":
        low_bytes_first(saved)
    return saved
