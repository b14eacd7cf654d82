"""A journal that lives and dies with the process: for tests, and for engines that need to survive nothing.

Owns the reference of what `routing.journal.Journal` promises; must not know any medium.
"""

from collections.abc import Iterator, Sequence
from threading import Lock

from routing.errors import ClosedError, CompactedError, CorruptJournalError, FencedError, UsageError
from routing.journal.protocol import Batch, Opening, SavedSnapshot


class MemoryJournal:
    r"""A log and a shelf in memory, behind the same protocol as those that last.

    It can be closed and opened again, which is a restart without a crash.

    Examples
    --------
    >>> journal = MemoryJournal()
    >>> journal.open().last_seq
    0
    >>> journal.append(Batch(1, 1, 5, 0, 0, b'[1,5]\n'))
    >>> [batch.seq for batch in journal.read()]
    [1]
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._batches: list[Batch] = []
        self._snapshots: dict[int, SavedSnapshot] = {}
        self._notes: dict[str, str] = {}
        self._last = 0
        self._open = False

    def open(self) -> Opening:
        """Say where the log ends."""
        self._open = True
        return Opening(self._last)

    def append(self, batch: Batch) -> None:
        """Put a batch at the end."""
        with self._lock:
            if not self._open:
                raise ClosedError("the journal is closed; open it before you append")
            check_shape(batch)
            if batch.seq != self._last + 1:
                raise FencedError(
                    f"the batch begins at {batch.seq}, but the log ends at {self._last}; somebody else has written"
                )
            self._batches.append(batch)
            self._last += batch.count

    def sync(self) -> None:
        """Do nothing: there is nothing that memory could be brought to."""

    def read(self, after: int = 0) -> Iterator[Batch]:
        """Give the batches that hold envelopes after this ``seq``; what is appended meanwhile may be among them."""
        with self._lock:
            oldest = self._batches[0].seq if self._batches else self._last + 1
        if after + 1 < oldest:
            raise CompactedError(f"envelopes after {after} are gone; the oldest is {oldest}", oldest)
        for batch in self._batches[:]:
            if batch.seq + batch.count > after + 1:
                yield batch

    def save(self, snapshot: SavedSnapshot) -> None:
        """Put a snapshot on the shelf."""
        with self._lock:
            if not self._batches:
                self._last = max(self._last, snapshot.seq)
            if snapshot.seq > self._last:
                raise UsageError(
                    f"a snapshot at {snapshot.seq} is ahead of the log, which ends at {self._last}"
                )
            self._snapshots[snapshot.seq] = snapshot

    def shelf(self) -> Sequence[int]:
        """Give the ``seq`` of every snapshot, newest first."""
        with self._lock:
            return sorted(self._snapshots, reverse=True)

    def sealed(self) -> int:
        """Give the ``seq`` of the newest sealed snapshot; 0 if there is none."""
        with self._lock:
            return max((seq for seq, snapshot in self._snapshots.items() if snapshot.sealed), default=0)

    def load(self, seq: int) -> SavedSnapshot:
        """Give a snapshot."""
        try:
            return self._snapshots[seq]
        except KeyError:
            raise CorruptJournalError(
                f"there is no snapshot at {seq}; shelf() lists those there are"
            ) from None

    def compact(self, before: int) -> None:
        """Drop what the snapshot at ``before`` makes superfluous."""
        with self._lock:
            if before not in self._snapshots:
                raise UsageError(f"there is no snapshot at {before}; compact up to one that shelf() lists")
            self._snapshots = {seq: kept for seq, kept in self._snapshots.items() if seq >= before}
            self._batches = [batch for batch in self._batches if batch.seq + batch.count > before + 1]

    def note(self, name: str, value: str) -> None:
        """Keep a small text."""
        self._notes[name] = value

    def noted(self, name: str) -> str | None:
        """Give a text that was noted."""
        return self._notes.get(name)

    def close(self) -> None:
        """Take nothing more until it is opened again."""
        self._open = False


def check_shape(batch: Batch) -> None:
    """Raise `UsageError` for a batch that no host could mean."""
    if batch.count < 1 or batch.seq < 1:
        raise UsageError(f"a batch of {batch.count} envelopes from seq {batch.seq}; both start at 1")
    if batch.lines.count(b"\n") != batch.count or not batch.lines.endswith(b"\n"):
        raise UsageError(
            f"the batch says {batch.count} envelopes, but its lines are {batch.lines.count(10)}; write one a line"
        )
