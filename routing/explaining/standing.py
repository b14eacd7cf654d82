"""Where a contact stands: the keys of its visits, and what their ranks are made of.

Owns the sums; must not know agents.
"""

from collections.abc import Iterator

from routing.explaining.facts import ContactFacts, Facts, VisitFacts
from routing.explaining.shapes import Key, Part

#: The tier of an expedited contact, before all that can be configured.
EXPEDITED_TIER = -(2**31)


def key_of(contact: ContactFacts, visit: VisitFacts) -> Key:
    """Give the key of a visit."""
    parts = tuple(part for part in _parts(contact, visit) if part.value or part.name == "enqueued")
    tier = EXPEDITED_TIER if contact.expedited else visit.queue.tier
    rank_ns = sum(part.value for part in parts)
    return Key(tier, rank_ns, visit.enqueued_ns, visit.seq, contact.expedited, parts)


def _parts(contact: ContactFacts, visit: VisitFacts) -> Iterator[Part]:
    queue = visit.queue
    if queue.ordering == "deadline" and contact.due_ns:
        yield Part("due", contact.due_ns)
        return
    yield Part("enqueued", visit.enqueued_ns)
    if queue.ordering == "priority_age":
        credits_ns = queue.priority_credits_ns or (0,)
        yield Part("credit", -contact.credit_ns)
        yield Part("queue_credit", -queue.credit_ns)
        yield Part("priority", -credits_ns[min(contact.priority, len(credits_ns) - 1)])
    elif queue.ordering != "fifo":
        yield Part("service_level", queue.service_level_ns)


def lead_of(contact: ContactFacts) -> tuple[VisitFacts, Key]:
    """Give the visit by which the contact stands, and its key; of equal ones the first."""
    found = [(visit, key_of(contact, visit)) for visit in contact.visits]
    return min(found, key=lambda one: one[1].order)


def order_now(facts: Facts) -> list[tuple[tuple[int, int, int, int], str]]:
    """Give key and id of everybody in the one order, as they stand. O(n log n)."""
    found: list[tuple[tuple[int, int, int, int], str]] = []
    for name in facts.standing():
        contact = facts.contact(name)
        if contact is not None and contact.visits:
            found.append((lead_of(contact)[1].order, name))
    return sorted(found)
