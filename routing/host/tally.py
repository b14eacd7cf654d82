"""Counters of a host, for those who watch over it.

Owns the counting; must not know who reads it.
"""

from collections import Counter
from typing import Final

#: Batches are counted by time to write: bucket i holds those below 2**(i + 12) ns, the last all others.
BUCKETS: Final = 22


class Tally:
    """What has happened since the host was opened. One writer; readers may be a batch behind."""

    def __init__(self) -> None:
        self.commands = 0
        self.repeated = 0
        self.events = 0
        self.batches = 0
        self.ticks = 0
        self.snapshots = 0
        self.journal_bytes = 0
        self.append_ns = [0] * BUCKETS
        self.append_ns_sum = 0
        self.refusals: Counter[str] = Counter()
        self.lag_ns = 0

    def appended(self, size: int, took_ns: int) -> None:
        """A batch of so many bytes went into the journal, and it took so long."""
        self.batches += 1
        self.journal_bytes += size
        self.append_ns_sum += took_ns
        self.append_ns[min(max(took_ns.bit_length() - 12, 0), BUCKETS - 1)] += 1
