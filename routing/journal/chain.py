"""Checksums that chain: each covers a batch and the checksum before it.

So a batch that was changed, dropped, doubled or moved does not fit between its neighbours. What compaction leaves has
an anchor: every row also says which checksum it follows, and a snapshot which one it stands on.

Owns what is summed up and how; must not know where it lies.
"""

from hashlib import blake2b
from struct import Struct as Layout
from typing import Final

from routing.journal.protocol import Batch, SavedSnapshot

SIZE: Final = 16
_BATCH: Final = Layout("<QQQQQ")
_SNAPSHOT: Final = Layout("<QQQQQQQ")


def first_link(identity: bytes) -> bytes:
    """Give what the first batch of a journal follows."""
    return blake2b(identity, digest_size=SIZE, person=b"huntgroup begin").digest()


def link(batch: Batch, previous: bytes) -> bytes:
    """Sum up a batch and the checksum that it follows. O(its size)."""
    head = _BATCH.pack(batch.seq, batch.count, batch.at_ns, batch.revision, batch.digest)
    whole = blake2b(previous + head, digest_size=SIZE)
    whole.update(batch.lines)
    return whole.digest()


def seal(snapshot: SavedSnapshot, chain: bytes | None, size: int) -> bytes:
    """Sum up a snapshot, the checksum of the batch that it stands on, and the size that it takes. O(its size)."""
    head = _SNAPSHOT.pack(
        snapshot.seq,
        snapshot.at_ns,
        snapshot.revision,
        snapshot.digest,
        snapshot.behaviour,
        snapshot.sealed,
        size,
    )
    whole = blake2b(head + (chain or b"-"), digest_size=SIZE)
    whole.update(snapshot.body)
    return whole.digest()


def seal_text(name: str, value: bytes) -> bytes:
    """Sum up a note."""
    return blake2b(name.encode() + b"\0" + value, digest_size=SIZE).digest()
