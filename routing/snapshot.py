"""Snapshots: the whole state of an engine as bytes, and back.

A snapshot is the magic ``HGSNAP``, a format number, a BLAKE2b digest of the rest, and MessagePack: behaviour
version, configuration, and the state in an order that depends on the state alone, so that equal engines write
equal bytes.

Owns the format; must not know what the values mean (``_core``).
"""

from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct

from routing.commands import EnqueueContact
from routing.errors import CorruptSnapshotError
from routing.events import Event
from routing.model import Agent, Config

MAGIC: Final = b"HGSNAP"
FORMAT: Final = 2
_HEAD: Final = len(MAGIC) + 2
_DIGEST: Final = 16


Diary = tuple[int, list[int], list[int]]
Level = tuple[int, list[int]]


class SavedContact(Struct, array_like=True):
    """A contact as the core writes it."""

    command: EnqueueContact
    number: int
    state: int
    enqueued: int
    seq: int
    priority: int
    steps: tuple[tuple[str, int, str, str], ...]
    hops: int
    target: int
    held_until: int
    credit: int
    channel: str
    load: int
    answered_in: int
    visits: tuple[tuple[int, int, int, int, int, int, int], ...]
    holds: tuple[tuple[int, int], ...]
    wishes: tuple[tuple[int, int, int], ...]
    prefer_until: int
    due: int
    expedited: int
    grouped: int
    ring_until: int
    drain_at: int
    drained: int
    attributes: dict[str, str] | None


class Saved(Struct, array_like=True):
    """A whole engine."""

    behaviour: int
    config: Config
    leaving: tuple[Agent, ...]  # out of the configuration, but still at work
    numbers: tuple[int, int, int, int, int, int, int, int, int, int]
    agents: list[tuple[str, int, int, int, int, str, int, int, int, int, int, int, int, Diary | None]]
    queues: list[
        tuple[str, int, int, int, str, int, int, int, int, int, list[int], list[int], Level | None, int]
    ]
    contacts: list[SavedContact]
    segments: list[tuple[str, int, int, str, int, int, int, int, int, int, int]]
    remembered: list[EnqueueContact]
    requests: list[tuple[str, int, tuple[Event, ...]]]


def write(saved: Saved) -> bytes:
    """Encode; O(size)."""
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
    if form != FORMAT:
        raise CorruptSnapshotError(
            f"format {form} is not known to this version, which reads {FORMAT}; upgrade"
        )
    body = data[_HEAD + _DIGEST :]
    if blake2b(body, digest_size=_DIGEST).digest() != data[_HEAD : _HEAD + _DIGEST]:
        raise CorruptSnapshotError(f"the digest of {len(body)} bytes does not match; take an older snapshot")
    try:
        return msgspec.msgpack.decode(body, type=Saved)
    except msgspec.MsgspecError as error:
        raise CorruptSnapshotError(f"the content cannot be read ({error}); take an older snapshot") from None
