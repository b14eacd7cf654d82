"""The order of those who wait or ring, read out of a snapshot.

Owns keys, places and the standing of each contact; must not know what is compared with what.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from routing import snapshot
from routing.events import ContactEnded, ContactOverflowed, Event
from routing.model import Queue
from routing.views import VisitView
from routing.whatif.reach import Reach
from routing.whatif.saved import HANDLING, OFFERED, WAITING, SavedContact, contacts_of
from routing.whatif.shapes import Key, Standing

EXPEDITED_TIER: Final = -(2**31)
_MOST_SPILLS: Final = 15


class Seen(Struct, frozen=True):
    """A contact that waits or rings, and the agents who may serve it."""

    standing: Standing
    reach: frozenset[str]


class Picture:
    """A state, and what its events have said since."""

    def __init__(self, data: bytes, events: Iterable[Event] = ()) -> None:
        saved = snapshot.read(data)
        self.reach = Reach(saved)
        contacts = contacts_of(saved)
        self.in_hand = {one.command.contact for one in contacts if one.row.state == HANDLING}
        self.overflows: dict[str, tuple[ContactOverflowed, ...]] = {}
        self.outcomes: dict[str, str] = {}
        for event in events:
            if isinstance(event, ContactOverflowed):
                self.overflows[event.contact] = (*self.overflows.get(event.contact, ()), event)
            elif isinstance(event, ContactEnded):
                self.outcomes[event.contact] = event.outcome.value
        self._queue_ids = [one[0] for one in saved.queues]
        self._queues = {queue.id: queue for queue in saved.config.queues}
        standing = [(*self._lead(one), one) for one in contacts if one.row.state in (WAITING, OFFERED)]
        places = {key: place for place, key in enumerate(sorted(key for key, *_ in standing), 1)}
        #: Who waits or rings, in the order of their creation.
        self.seen = {
            one.command.contact: self._look(one, key, lead, places[key]) for key, lead, one in standing
        }

    def standing(self, contact: str) -> Standing | None:
        """Where a contact stands, whatever its state; None when it never was or is forgotten."""
        seen = self.seen.get(contact)
        if seen is not None:
            return seen.standing
        overflows = self.overflows.get(contact, ())
        if contact in self.in_hand:
            return Standing("handling", overflows=overflows)
        if contact in self.outcomes:
            return Standing("ended", overflows=overflows, outcome=self.outcomes[contact])
        return None

    def _lead(self, contact: SavedContact) -> tuple[Key, str]:
        visits = [
            (self._key(contact, self._queues[queue], visit.enqueued, visit.seq), queue)
            for visit in contact.visits
            for queue in (self._queue_ids[visit.queue],)
        ]
        return min(visits, key=lambda visit: visit[0])

    def _key(self, contact: SavedContact, queue: Queue, enqueued_ns: int, seq: int) -> Key:
        tier = EXPEDITED_TIER if contact.row.expedited else queue.tier
        return (tier, rank(contact, queue, enqueued_ns), enqueued_ns, seq)

    def _look(self, contact: SavedContact, key: Key, lead: str, place: int) -> Seen:
        reach = self.reach.of(contact)
        visits = tuple(
            VisitView(
                self._queue_ids[visit.queue],
                visit.enqueued,
                visit.entered,
                visit.step,
                tuple(spill for spill in range(_MOST_SPILLS) if visit.spills >> spill & 1),
            )
            for visit in contact.visits
        )
        standing = Standing(
            "waiting" if contact.row.state == WAITING else "offered",
            lead,
            key,
            place,
            visits,
            tuple(self.reach.by_number[agent] for agent in contact.ringing),
            self.reach.by_number[contact.row.drained] if contact.row.drained else "",
            len(reach),
            len(reach & self.reach.here),
            self.overflows.get(contact.command.contact, ()),
        )
        return Seen(standing, reach)


def rank(contact: SavedContact, queue: Queue, enqueued_ns: int) -> int:
    """Give the rank of a visit, as docs/engine.md has it under Keys."""
    if queue.ordering == "priority_age":
        by_priority = queue.priority_credits_ns or (0,)
        credit_ns = by_priority[min(contact.row.priority, len(by_priority) - 1)]
        return enqueued_ns - contact.row.credit - queue.credit_ns - credit_ns
    if queue.ordering == "fifo":
        return enqueued_ns
    if queue.ordering == "deadline" and contact.row.due:
        return contact.row.due
    return enqueued_ns + queue.service_level_ns
