"""The front-end's answers to offers: accepted, rejected, failed, withdrawn.

Owns what each of them checks and does; must not know how offers come about.
"""

from reference.checks import ContactChecks
from reference.ground import refuse_if
from reference.state import Contact, Segment
from routing import commands, events
from routing.events import Reason


class OfferCommands(ContactChecks):
    """What becomes of a contact that rings."""

    def _accept(self, command: commands.AcceptOffer) -> None:
        contact, (segment,) = self._ringing(command.contact, command.agent, command.offer)
        self._take(contact, segment)

    def _take(self, contact: Contact, segment: Segment) -> None:
        visit = contact.visit_in(segment.line)
        assert visit is not None
        segment.state = "handling"
        segment.person.handled += 1
        segment.person.misses = 0
        self._evaluate_occupancy(segment.person)
        contact.visits.clear()
        limit_ns = segment.line.queue.max_handling_ns
        segment.handling_until_ns = self._now_ns + limit_ns if limit_ns else 0
        wait_ns = self._now_ns - visit.entered_ns
        in_time = wait_ns <= segment.line.queue.service_level_ns
        self._emit_offer(events.OfferAccepted, segment, wait_ns)
        for other in contact.ringing:
            self._withdraw_offer(contact, other, "answered_elsewhere")
        contact.grouped = False
        self._count_outcome(segment.line, "in_time" if in_time else "late")

    def _reject(self, command: commands.RejectOffer) -> None:
        contact, (segment,) = self._ringing(command.contact, command.agent, command.offer)
        self._emit_offer(events.OfferRejected, segment)
        self._hold_pair(contact, segment.person, segment.line.queue.exclusion_ns)
        self._return_to_waiting(contact, segment)

    def _fail(self, command: commands.FailOffer) -> None:
        contact, (segment,) = self._ringing(command.contact, command.agent, command.offer)
        if command.cause == "no_answer":
            self._ring_out_one(contact, segment)
            return
        self._emit_offer(events.OfferFailed, segment, command.cause)
        delay_ns, person = segment.line.queue.retry_delay_ns, segment.person
        until_ns = self._now_ns + delay_ns
        if delay_ns and command.cause == "trunk_error":
            contact.held_until_ns = max(until_ns, contact.held_until_ns or 0)
        elif delay_ns:
            person.retry_until_ns = max(until_ns, person.retry_until_ns or 0)
        self._return_to_waiting(contact, segment)

    def _withdraw(self, command: commands.WithdrawOffer) -> None:
        contact, segments = self._ringing(command.contact, command.agent, command.offer)
        for segment in segments:
            self._hold_pair(contact, segment.person, segment.line.queue.exclusion_ns)
            self._withdraw_offer(contact, segment, "withdrawn")

    def _ringing(self, contact_id: str, agent: str, offer: int) -> tuple[Contact, list[Segment]]:
        """The offers that are meant: one with an agent or a number, all of them without."""
        contact = self._living(contact_id, agent)
        refuse_if(not contact.ringing, Reason.CONTACT_NOT_OFFERED, contact_id)
        meant = [one for one in contact.ringing if agent in ("", one.person.id) and offer in (0, one.offer)]
        refuse_if(not meant, Reason.OFFER_IS_ANOTHER, contact_id)
        return contact, meant
