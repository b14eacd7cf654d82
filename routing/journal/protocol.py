"""What a host asks of a journal that it writes to while it runs.

A journal is a log of batches and a shelf of snapshots. A batch goes in whole or not at all, and only at the end: its
first ``seq`` must be the one after the last. That is also the fence: of two writers, the one whose expectation is
broken has lost, and learns it (`routing.errors.FencedError`). So a replicated log with an expected last sequence fits
behind the same protocol.

Owns the shape; must not know any medium, nor what commands do.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

from msgspec import Struct

#: When `Journal.append` returns, the batch ... is on the disk / survives the death of the process, and is on the disk
#: a named time later / survives the death of the process.
Durability = Literal["full", "group", "none"]


class Batch(Struct, frozen=True):
    """Commands that went into the journal together.

    ``lines`` holds ``count`` envelopes as `routing.journal.write` makes them, one a line. ``revision`` and ``digest``
    are what the engine had reached **before** the first of them, so every batch proves all those before it.
    """

    seq: int  # of the first envelope
    count: int
    at_ns: int  # of the last envelope
    revision: int
    digest: int
    lines: bytes


class SavedSnapshot(Struct, frozen=True):
    """A snapshot on the shelf. ``seq`` is that of the last envelope in it, 0 for none.

    ``sealed``: nothing may be replayed across it; it begins under the behaviour version that it names.
    """

    seq: int
    at_ns: int
    revision: int
    digest: int
    behaviour: int
    sealed: bool
    body: bytes  # of `Engine.snapshot`


class Opening(Struct, frozen=True):
    """What a journal says when it is opened. ``last_seq`` 0: there is no envelope. ``problems`` are for the log."""

    last_seq: int
    problems: tuple[str, ...] = ()


class Journal(Protocol):
    """A log of batches and a shelf of snapshots, with one writer.

    Every method may be called from any thread; `append` from one at a time, and any other beside it.

    Errors: `CorruptJournalError` (what was read is damaged: says where and what is still whole), `JournalFullError`
    (nothing was written; try again later), `JournalLockedError` (somebody else has it open), `FencedError` (somebody
    else has written).
    """

    def open(self) -> Opening:
        """Take the lock, repair what a crash may leave, and say where the log ends."""
        ...

    def append(self, batch: Batch) -> None:
        """Write at the end, all or nothing; return when it is as durable as configured."""
        ...

    def sync(self) -> None:
        """Bring to the disk what was appended so far, and tidy up; called a few ms after something was appended."""
        ...

    def read(self, after: int = 0) -> Iterator[Batch]:
        """Give the batches that hold envelopes after this ``seq``, verified, in order.

        Raises `CompactedError` when envelopes after it are no longer there.
        """
        ...

    def save(self, snapshot: SavedSnapshot) -> None:
        """Put a snapshot on the shelf, durable when it returns."""
        ...

    def shelf(self) -> Sequence[int]:
        """Give the ``seq`` of every snapshot, newest first."""
        ...

    def sealed(self) -> int:
        """Give the ``seq`` of the newest sealed snapshot, across which nothing may be replayed; 0 if there is none."""
        ...

    def load(self, seq: int) -> SavedSnapshot:
        """Give a snapshot, verified."""
        ...

    def compact(self, before: int) -> None:
        """Drop snapshots older than the one with this ``seq`` and the envelopes that it holds."""
        ...

    def note(self, name: str, value: str) -> None:
        """Keep a small text beside the log, such as the hash of the configuration file last taken over."""
        ...

    def noted(self, name: str) -> str | None:
        """Give a text that was noted."""
        ...

    def close(self) -> None:
        """Bring everything to the disk and let the lock go; closing twice does nothing."""
        ...
