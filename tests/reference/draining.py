"""Draining: agents kept free of anything new until they have room for a large contact.

Owns reservations: who is chosen, when they end, when it is tried again; must not know how offers end.
"""

from reference.batches import Batches
from reference.state import Contact, Person
from routing import events
from routing.events import Outcome


class Draining(Batches):
    """At most one reserved agent for a contact, and one contact for an agent."""

    def _settle(self) -> None:
        for contact, person in sorted(self._reserved, key=lambda pair: pair[0].number):
            if contact.state != "waiting" or not self._may_reserve(contact, person):
                self._end_reservation(contact, person)
        super()._settle()

    def _end(self, contact: Contact, outcome: Outcome, queue: str, agent: str) -> None:
        super()._end(contact, outcome, queue, agent)
        reserved = self._reserved_for(contact)
        if reserved is not None:
            self._end_reservation(contact, reserved)

    def _match(self, contact: Contact, person: Person) -> None:
        super()._match(contact, person)
        reserved = self._reserved_for(contact)
        if reserved is not None:
            self._end_reservation(contact, reserved)
        offered = contact.segments[-1]
        if offered.line.queue.auto_answer:
            self._take(contact, offered)

    def _pick(self, contact: Contact, candidates: list[Person]) -> Person:
        reserved = self._reserved_for(contact)
        return reserved if reserved in candidates else super()._pick(contact, candidates)

    def _would_do(self, contact: Contact, person: Person) -> bool:
        taken = any(one is person and other is not contact for other, one in self._reserved)
        return not taken and super()._would_do(contact, person)

    def _may_reserve(self, contact: Contact, person: Person) -> bool:
        batched = self._lead(contact).line.queue.batch_ns is not None
        return not batched and self._would_do(contact, person) and self._could_hold(person, contact)

    def _drain_due(self, contact: Contact) -> int | None:
        """When the contact reserves an agent, at the first try or at another."""
        dues = [
            visit.entered_ns + visit.line.queue.drain_after_ns
            for visit in contact.visits
            if visit.line.queue.drain_after_ns
        ]
        if contact.state != "waiting" or self._reserved_for(contact) is not None or not dues:
            return None
        return max(min(dues), contact.drains_again_ns)

    def _reserve(self, contact: Contact) -> None:
        able = [person for person in self._order if self._may_reserve(contact, person)]
        if not able:
            contact.drains_again_ns = self._now_ns + self._base.pane_ns
            return
        person = min(able, key=lambda one: (sum(segment.load for segment in one.segments), one.idle))
        self._reserved.append((contact, person))
        self._emit(events.AgentReserved, contact.id, person.id, self._lead(contact).line.id)

    def _end_reservation(self, contact: Contact, person: Person) -> None:
        self._reserved.remove((contact, person))
        contact.drains_again_ns = self._now_ns + self._base.pane_ns
        self._emit(events.ReservationEnded, contact.id, person.id)

    def _reserved_for(self, contact: Contact) -> Person | None:
        return next((person for other, person in self._reserved if other is contact), None)
