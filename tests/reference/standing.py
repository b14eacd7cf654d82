"""Where contacts stand: the key of each visit, by the ordering of its queue.

Owns keys and the least of them; must not know who is found for whom.
"""

from reference.ground import Ground
from reference.state import Contact, Visit

Key = tuple[int, int, int, int]

EXPEDITED_TIER = -(2**31)


class Standing(Ground):
    """The order among those who wait."""

    def _key(self, contact: Contact, visit: Visit) -> Key:
        tier = EXPEDITED_TIER if contact.expedited else visit.line.queue.tier
        return (tier, rank(contact, visit), visit.enqueued_ns, visit.seq)

    def _standing(self, contact: Contact) -> Key:
        return min(self._key(contact, visit) for visit in contact.visits)

    def _lead(self, contact: Contact) -> Visit:
        """The visit by which the contact stands; of equal ones the first."""
        return min(contact.visits, key=lambda visit: self._key(contact, visit))


def rank(contact: Contact, visit: Visit) -> int:
    queue, since_ns = visit.line.queue, visit.enqueued_ns
    match queue.ordering:
        case "priority_age":
            by_priority = queue.priority_credits_ns or (0,)
            credits_ns = by_priority[min(contact.priority, len(by_priority) - 1)]
            return since_ns - contact.credit_ns - queue.credit_ns - credits_ns
        case "fifo":
            return since_ns
        case "service_objective":
            return since_ns + queue.service_level_ns
        case "deadline":
            return contact.due_ns or since_ns + queue.service_level_ns
