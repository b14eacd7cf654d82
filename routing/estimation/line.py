"""Who waits in a queue, in the order of the engine.

A contact stands by its least key ``(tier, rank_ns, enqueued_ns, seq)`` over the queues it waits in
(``docs/engine.md``), and stands in each of their lines by that one. ``seq`` is counted here as the engine counts it:
by entry. A contact that rings does not stand in line; when its offer comes to nothing it is back at its place.

Owns contacts and their keys; must not know agents or estimates.
"""

from typing import Any

from msgspec import Struct, field
from sortedcontainers import SortedList

from routing.model import Queue

#: Tier, rank, enqueued, seq, id.
Key = tuple[int, int, int, int, str]

_EXPEDITED = -(2**31)


class Visit(Struct, gc=False):
    """A stay in a queue: what orders it there."""

    enqueued_ns: int
    seq: int


class Contact(Struct, gc=False):
    """A living contact, and what was said of its wait when it came."""

    id: str
    since_ns: int  # when this wait began
    priority: int
    visits: dict[str, Visit]
    own: Visit
    credit_ns: int = 0
    due_ns: int = 0
    expedited: bool = False
    key: Key | None = None
    lead: str = ""
    standing: bool = False
    agents: list[str] = field(default_factory=list)  # at whom it rings, or who has it in hand
    in_hand: bool = False
    said: "Said | None" = None


class Said(Struct, gc=False):
    """An estimate at entry, in ns as floats: by predictor, and combined."""

    queue: str
    by: list[float]
    mean: float
    p50: float
    p90: float
    unit: float
    bin: int


def key_of(contact: Contact, queue: Queue, visit: Visit) -> Key:
    """Make the key of a visit. O(1).

    >>> visit = Visit(100, 7)
    >>> key_of(Contact("c", 100, 1, {"q": visit}, visit), Queue("q", priority_credits_ns=(0, 30)), visit)
    (0, 70, 100, 7, 'c')
    """
    enqueued_ns = rank_ns = visit.enqueued_ns
    if queue.ordering == "priority_age":
        levels = queue.priority_credits_ns
        rank_ns -= contact.credit_ns + queue.credit_ns
        if levels:
            rank_ns -= levels[min(contact.priority, len(levels) - 1)]
    elif queue.ordering != "fifo":
        rank_ns += queue.service_level_ns
        if queue.ordering == "deadline" and contact.due_ns:
            rank_ns = contact.due_ns
    return (_EXPEDITED if contact.expedited else queue.tier, rank_ns, enqueued_ns, visit.seq, contact.id)


class Line:
    """The keys of those who wait in a queue, and apart those of them who stand by another queue's key.

    Who came last stands at the door: most contacts are offered as soon as they come, and never go further in.
    """

    __slots__ = ("_door", "_guests", "_inside")

    def __init__(self) -> None:
        self._door: Key | None = None
        self._inside: Any = SortedList()
        self._guests: Any = SortedList()

    def __len__(self) -> int:
        return len(self._inside) + (self._door is not None)

    def put(self, key: Key, *, guest: bool) -> None:
        """Let somebody stand in line. O(log n)."""
        if self._door is not None:
            self._inside.add(self._door)
        self._door = key
        if guest:
            self._guests.add(key)

    def remove(self, key: Key, *, guest: bool) -> None:
        """Let them go. O(log n)."""
        if key == self._door:
            self._door = None
        else:
            self._inside.remove(key)
        if guest:
            self._guests.remove(key)

    def clear(self) -> None:
        """Let everybody go."""
        self._door = None
        self._inside.clear()
        self._guests.clear()

    def head(self) -> Key | None:
        """Give the least key, if anybody waits. O(1)."""
        door = self._door
        if not self._inside:
            return door
        first: Key = self._inside[0]
        return first if door is None or first < door else door

    def before(self, key: Key) -> int:
        """Count who stands before the key. O(log n)."""
        count = int(self._inside.bisect_left(key)) if self._inside else 0
        return count + 1 if self._door is not None and self._door < key else count

    def guests_before(self, key: Key) -> int:
        """Count those of them who stand by another queue's key. O(log n)."""
        return int(self._guests.bisect_left(key)) if self._guests else 0
