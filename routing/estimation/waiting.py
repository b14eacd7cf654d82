"""Who waits, and where: the living contacts and the lines in which they stand.

Owns contacts and lines; must not know agents, what is learned, or estimates.
"""

from collections.abc import Callable, Iterator

from routing.estimation.line import Contact, Key, Line, Visit, key_of
from routing.estimation.saved import State
from routing.events import ContactOverflowed
from routing.model import Queue
from routing.views import ContactView


class Waiting:
    """The contacts of a state, and a line for each queue.

    Parameters
    ----------
    state : State
        Whose contacts they are.
    look : callable or None
        Gives the engine's picture of a living contact, or None.
    """

    def __init__(self, state: State, look: Callable[[str], ContactView | None] | None) -> None:
        self._state = state
        self._look = look
        self.contacts = state.contacts
        self.queues: dict[str, Queue] = {}
        self.lines: dict[str, Line] = {}

    def configure(self, queues: dict[str, Queue]) -> Iterator[Contact]:
        """Take the queues over; gives those who stand in line again, one by one. O(contacts log contacts)."""
        self.queues = queues
        self.lines = {queue: Line() for queue in queues}
        for contact in self.contacts.values():
            contact.standing = False
            if not contact.in_hand and not contact.agents and self.stand(contact):
                yield contact

    def clear(self) -> None:
        """Forget everybody."""
        self.contacts.clear()
        for line in self.lines.values():
            line.clear()

    def visit(self, at_ns: int) -> Visit:
        """Make the visit of who enters now, behind all who came before. O(1)."""
        self._state.seq += 1
        return Visit(at_ns, self._state.seq)

    def take_over(self, view: ContactView) -> Contact:
        """Make a contact of an engine's picture. O(queues)."""
        own = self.visit(view.enqueued_ns)
        visits = {visit.queue: Visit(visit.enqueued_ns, own.seq) for visit in view.visits}
        since_ns = max((visit.entered_ns for visit in view.visits), default=view.enqueued_ns)
        contact = Contact(
            view.id, since_ns, view.priority, visits, own, view.credit_ns, view.due_ns, view.expedited
        )
        contact.in_hand = view.state in ("handling", "held")
        contact.agents = [part.agent for part in view.segments]
        self.contacts[view.id] = contact
        return contact

    def ask(self, contact: Contact) -> None:
        """Learn from the engine's picture what events leave out. O(queues)."""
        picture = self._look(contact.id) if self._look is not None else None
        if picture is None:
            return
        contact.priority, contact.credit_ns = picture.priority, picture.credit_ns
        contact.due_ns, contact.expedited = picture.due_ns, picture.expedited
        if picture.visits:
            before = contact.visits
            contact.visits = {}
            for visit in picture.visits:
                known = before.get(visit.queue, contact.own)
                contact.visits[visit.queue] = (
                    known if known.enqueued_ns == visit.enqueued_ns else Visit(visit.enqueued_ns, known.seq)
                )

    def least(self, contact: Contact) -> tuple[Key | None, str]:
        """Find the key by which it stands, if it has a queue to wait in, and the queue whose key that is. O(queues)."""
        least: Key | None = None
        lead = ""
        for queue, visit in contact.visits.items():
            known = self.queues.get(queue)
            if known is not None:
                key = key_of(contact, known, visit)
                if least is None or key < least:
                    least, lead = key, queue
        return least, lead

    def stand(self, contact: Contact) -> bool:
        """Let it stand in line, if it has a queue to wait in; does it stand there only now? O(queues log contacts)."""
        if contact.standing:
            return False
        key, lead = self.least(contact)
        if key is None:
            return False
        contact.standing, contact.key, contact.lead = True, key, lead
        for queue in contact.visits:
            line = self.lines.get(queue)
            if line is not None:
                line.put(key, guest=queue != lead)
        return True

    def unstand(self, contact: Contact) -> None:
        """Let it stand in line no longer, if it does. O(queues log contacts)."""
        if contact.standing and contact.key is not None:
            contact.standing = False
            for queue in contact.visits:
                line = self.lines.get(queue)
                if line is not None:
                    line.remove(contact.key, guest=queue != contact.lead)

    def overflow(self, contact: Contact, event: ContactOverflowed) -> None:
        """Let it leave a queue, perhaps for another; it does not stand in line meanwhile. O(1)."""
        left = contact.visits.pop(event.queue, contact.own)
        if event.to == "queue" and event.to_queue not in contact.visits:
            contact.visits[event.to_queue] = left if self._keeps_age(event) else self.visit(event.at_ns)

    def _keeps_age(self, event: ContactOverflowed) -> bool:
        """Does the age go along?"""
        queue = self.queues.get(event.queue)
        if queue is None:
            return True
        rules = {
            "closed": (queue.closed,),
            "length": (queue.max_length,),
            "no_agent": (queue.no_agent,),
            "max_wait": (queue.max_wait,),
            "condition": queue.overflow,
        }.get(event.cause, ())
        fitting = [rule for rule in rules if rule is not None and rule.queue == event.to_queue]
        return all(rule.keep_age for rule in fitting)
