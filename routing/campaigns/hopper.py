"""Which record of a campaign is next: what is due of each list, kept in memory a few hundred records at a time.

The order: recalls that are due; then retries and new records, whichever the rules put first. Within each, the largest
priority; among lists of the same, the first list or the lists in turn; within a list, what has been due longest, then
the order of the file.

A buffer is read again when it is used up, and when something else may have become due, but for that at most once in
``fresh_ns``. So handing out costs the same however long the list is, and what becomes due waits at most that long.

Owns this order and the buffers; must not know SQL (``picking``) or what is told of a record.
"""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from itertools import islice
from typing import NamedTuple

from routing.campaigns.picking import Fetched, Key
from routing.campaigns.rules import HopperRules
from routing.campaigns.tables import NEW, RECALL, RETRY

#: Reads what is due of (list, queue) at an instant, at most so many, behind a key or from the first.
Fetch = Callable[[str, int, int, int, Key | None], Fetched]


class Taken(NamedTuple):
    """A record that is next."""

    list_id: str
    queue: int
    key: Key


class _Buffer:
    """The first records of a list and queue that are due."""

    __slots__ = ("fetched_ns", "keys", "last", "list_id", "next_due_ns", "queue", "whole")

    def __init__(self, list_id: str, queue: int) -> None:
        self.list_id = list_id
        self.queue = queue
        self.keys: deque[Key] = deque()
        self.last: Key | None = None  # the last key that was read
        self.whole = False  # nothing further was due when it was read
        self.next_due_ns: int | None = None
        self.fetched_ns = -1  # never


class Hopper:
    """The next records of one campaign.

    Parameters
    ----------
    rules : HopperRules
        The order.
    lists : sequence of str
        The active lists, in their order.
    fetch : callable
        Reads what is due.
    reserved : collection of int
        Records that are handed out; they are passed over. It is looked at, not kept.
    batch : int, default 300
        Records that are read at a time.
    fresh_ns : int, default one second
        What becomes due waits at most so long.
    """

    def __init__(
        self,
        rules: HopperRules,
        lists: Sequence[str],
        fetch: Fetch,
        reserved: Collection[int],
        *,
        batch: int = 300,
        fresh_ns: int = 1_000_000_000,
    ) -> None:
        then = (RETRY, NEW) if rules.order == "retry_first" else (NEW, RETRY)
        self._rules = rules
        self._fetch = fetch
        self._reserved = reserved
        self._batch = batch
        self._fresh_ns = fresh_ns
        self._rows = [[_Buffer(list_id, queue) for list_id in lists] for queue in (RECALL, *then)]
        self._by_key = {(one.list_id, one.queue): one for row in self._rows for one in row}

    def take(self, at_ns: int) -> Taken | None:
        """Take the next record, or nothing. O(lists), but for reading now and then."""
        for row in self._rows:
            best: _Buffer | None = None
            for buffer in row:
                if self._ready(buffer, at_ns) and (best is None or buffer.keys[0][0] > best.keys[0][0]):
                    best = buffer
            if best is not None:
                key = best.keys.popleft()
                if self._rules.lists == "round_robin" and len(row) > 1:
                    place = row.index(best) + 1
                    row[:] = row[place:] + row[:place]  # whose turn it was comes last
                return Taken(best.list_id, best.queue, key)
        return None

    def ahead(self, list_id: str, queue: int, most: int) -> list[int]:
        """Name the records that are next in a buffer."""
        keys = self._by_key[list_id, queue].keys
        return [key[2] for key in islice(keys, most)]

    def give_back(self, taken: Taken) -> None:
        """Put a record that was taken back where it was."""
        key = taken.key
        buffer = self._by_key.get((taken.list_id, taken.queue))
        if buffer is None or buffer.fetched_ns < 0:
            return
        if not buffer.keys or _order(key) < _order(buffer.keys[0]):
            buffer.keys.appendleft(key)
        else:
            buffer.fetched_ns = -1

    def due(self, list_id: str, queue: int, due_ns: int) -> None:
        """Know that a record becomes due, which was written by somebody else."""
        buffer = self._by_key.get((list_id, queue))
        if buffer is not None and (buffer.next_due_ns is None or due_ns < buffer.next_due_ns):
            buffer.next_due_ns = due_ns

    def forget(self) -> None:
        """Read everything again when it is wanted next."""
        for buffer in self._by_key.values():
            buffer.fetched_ns = -1

    def _ready(self, buffer: _Buffer, at_ns: int) -> bool:
        """Tell whether a buffer has a record, reading when that is due."""
        if buffer.fetched_ns < 0 or (
            buffer.next_due_ns is not None
            and at_ns >= buffer.next_due_ns
            and at_ns >= buffer.fetched_ns + self._fresh_ns
        ):
            self._read(buffer, at_ns)
        while True:
            keys, reserved = buffer.keys, self._reserved
            while keys and keys[0][2] in reserved:
                keys.popleft()
            if keys or buffer.whole:
                return bool(keys)
            self._read_on(buffer, at_ns)

    def _read(self, buffer: _Buffer, at_ns: int) -> None:
        found = self._fetch(buffer.list_id, buffer.queue, at_ns, self._batch + len(self._reserved), None)
        self._fill(buffer, found)
        buffer.next_due_ns, buffer.fetched_ns = found.next_due_ns, at_ns

    def _read_on(self, buffer: _Buffer, at_ns: int) -> None:
        """Read what comes behind; what became due before it is seen to when everything is read again."""
        found = self._fetch(buffer.list_id, buffer.queue, at_ns, self._batch, buffer.last)
        self._fill(buffer, found)
        waits = [one for one in (buffer.next_due_ns, found.next_due_ns) if one is not None]
        buffer.next_due_ns = min(waits, default=None)

    def _fill(self, buffer: _Buffer, found: Fetched) -> None:
        reserved = self._reserved
        if found.keys:
            buffer.last = found.keys[-1]
        buffer.keys = deque(key for key in found.keys if key[2] not in reserved)
        buffer.whole = found.whole


def _order(key: Key) -> Key:
    return -key[0], key[1], key[2]
