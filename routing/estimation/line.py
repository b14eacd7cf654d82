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


class Visit(Struct):
    """A stay in a queue: what orders it there."""

    enqueued_ns: int
    seq: int


class Contact(Struct):
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


class Said(Struct):
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
    """The keys of those who wait in a queue, and apart those of them who stand by another queue's key."""

    __slots__ = ("all", "guests")

    def __init__(self) -> None:
        self.all: Any = SortedList()
        self.guests: Any = SortedList()

    def __len__(self) -> int:
        return len(self.all)

    def put(self, key: Key, *, guest: bool) -> None:
        """Let somebody stand in line. O(log n)."""
        self.all.add(key)
        if guest:
            self.guests.add(key)

    def remove(self, key: Key, *, guest: bool) -> None:
        """Let them go. O(log n)."""
        self.all.remove(key)
        if guest:
            self.guests.remove(key)

    def clear(self) -> None:
        """Let everybody go."""
        self.all.clear()
        self.guests.clear()

    def before(self, key: Key) -> int:
        """Count who stands before the key. O(log n)."""
        return int(self.all.bisect_left(key))

    def own_before(self, key: Key) -> int:
        """Count those of them who stand by this queue's key. O(log n)."""
        count = int(self.all.bisect_left(key))
        return count - int(self.guests.bisect_left(key)) if self.guests else count
