"""Offers and what becomes of them: ringing, withdrawn, in hand, wrapped up, released; and leaving after the last.

Owns the life of a segment; must not know commands.
"""

from reference.occupancy import Occupancy
from reference.state import Contact, Hold, Line, Person, Segment
from routing import events
from routing.model import UNLIMITED


class Segments(Occupancy):
    """One agent's part in one contact, from the offer to the release."""

    def _offer(
        self, contact: Contact, person: Person, line: Line, *, grouped: bool, for_ever: bool = False
    ) -> Segment:
        self._offers += 1
        timeout_ns = 0 if for_ever else line.queue.ring_timeout_ns
        until_ns = self._now_ns + timeout_ns if timeout_ns else 0
        if contact.ringing:
            until_ns = contact.ringing[0].ring_until_ns
        elif grouped:
            contact.grouped = True
        segment = Segment(self._offers, contact.id, person, line, contact.channel, contact.load, until_ns)
        contact.segments.append(segment)
        person.segments.append(segment)
        self._emit(events.ContactOffered, contact.id, person.id, line.id, segment.offer, until_ns)
        return segment

    def _withdraw_offer(self, contact: Contact, segment: Segment, cause: str) -> None:
        self._emit_offer(events.OfferWithdrawn, segment, cause)
        self._return_to_waiting(contact, segment)

    def _withdraw_ringing(self, person: Person, cause: str) -> None:
        for segment in person.segments_in("ringing"):
            self._withdraw_offer(self._contacts[segment.contact], segment, cause)

    def _stop_ringing(self, contact: Contact, cause: str, through: Line | None = None) -> None:
        """Withdraw all offers, or those through one queue."""
        for segment in contact.ringing:
            if through is None or segment.line is through:
                self._withdraw_offer(contact, segment, cause)

    def _return_to_waiting(self, contact: Contact, segment: Segment) -> None:
        """One offer less; the contact waits again when it was the last."""
        contact.segments.remove(segment)
        self._release(segment)
        if contact.segments:
            return
        contact.grouped = False
        for visit in contact.visits:
            self._find_step(contact, visit)

    def _hold_pair(self, contact: Contact, person: Person, duration_ns: int) -> None:
        if not duration_ns:
            return
        until_ns = self._now_ns + duration_ns
        for hold in contact.holds:
            if hold.person is person:
                hold.until_ns = max(hold.until_ns, until_ns)
                return
        if len(contact.holds) >= self._base.limits.holds_per_contact:
            contact.holds.remove(min(contact.holds, key=lambda hold: hold.until_ns))  # ties: the first made
        contact.holds.append(Hold(person, until_ns))

    def _miss(self, segment: Segment) -> None:
        """The ring time-out."""
        contact, person, queue = self._contacts[segment.contact], segment.person, segment.line.queue
        person.misses += 1
        self._emit_offer(events.OfferMissed, segment, person.misses)
        self._hold_pair(contact, person, queue.exclusion_ns)
        self._return_to_waiting(contact, segment)
        if 0 < queue.misses_to_not_ready <= person.misses and person.ready:
            self._go_not_ready(person, "missed_offers")

    def _ring_out(self, contact: Contact) -> None:
        """The deadline of a group of offers."""
        misses = contact.ringing[0].line.queue.group_misses
        for segment in contact.ringing:
            if misses:
                self._miss(segment)
            else:
                self._withdraw_offer(contact, segment, "timed_out")

    def _ring_out_one(self, contact: Contact, segment: Segment) -> None:
        """The front-end rings no longer."""
        if contact.grouped and not segment.line.queue.group_misses:
            self._withdraw_offer(contact, segment, "timed_out")
        else:
            self._miss(segment)

    def _go_not_ready(self, person: Person, reason: str) -> None:
        person.ready = False
        person.reason = reason
        self._emit(events.AgentNotReady, person.id, reason)
        self._limit_not_ready(person)
        self._withdraw_ringing(person, "agent_not_ready")

    def _limit_not_ready(self, person: Person) -> None:
        """From now on, if the reason has a limit."""
        limit_ns = 0 if person.ready else self._base.not_ready_limits_ns.get(person.reason, 0)
        person.not_ready_until_ns = max(self._now_ns + limit_ns, self._grace_until_ns) if limit_ns else None

    def _go_ready(self, person: Person) -> None:
        person.ready = True
        person.reason = ""
        person.misses = 0
        person.not_ready_until_ns = None
        if self._base.idle_since_ready:
            self._renew_idle(person)
        self._emit(events.AgentReady, person.id)

    def _exceed_not_ready(self, person: Person) -> None:
        """The limit has passed."""
        person.not_ready_until_ns = None
        self._emit(events.NotReadyTimeExceeded, person.id, person.reason)
        if self._base.after_not_ready == "ready":
            self._go_ready(person)
        elif self._base.after_not_ready == "log_out":
            self._leave(person)

    def _wrap_up(self, segment: Segment) -> None:
        """The contact left its agent: wrap-up, if the queue it was answered from has one."""
        duration_ns = 0 if segment.line.removed else segment.line.queue.wrap_up_ns
        lacking = lacks_disposition(segment)
        if (duration_ns == 0 and not lacking) or segment.person.dropping:
            self._release(segment)
            return
        segment.state = "wrap_up"
        until_ns = max(self._now_ns + duration_ns, self._grace_until_ns)
        segment.wrap_up_until_ns = 0 if duration_ns == UNLIMITED or lacking else until_ns
        self._emit(events.WrapUpStarted, segment.person.id, segment.contact, segment.wrap_up_until_ns)

    def _finish_wrap_up(self, segment: Segment) -> None:
        before = segment.person.segments[: segment.person.segments.index(segment)]
        of_it = [one for one in before if one.state == "wrap_up" and one.contact == segment.contact]
        older = sum(map(lacks_disposition, of_it))
        self._emit(events.WrapUpEnded, segment.person.id, segment.contact, older)
        self._release(segment)

    def _release(self, segment: Segment) -> None:
        """The agent is done with this contact, for good or because it never was accepted."""
        person = segment.person
        person.segments.remove(segment)
        if segment.state != "ringing":
            self._renew_idle(person)
            self._evaluate_occupancy(person)
        if person.leaving and not person.segments:
            self._finish_leaving(person)

    def _renew_idle(self, person: Person) -> None:
        self._stamp += 1
        person.idle = (self._now_ns, self._stamp)

    def _leave(self, person: Person) -> None:
        """Log out now, or as soon as nothing is in hand any more; the ringing offers are withdrawn."""
        person.not_ready_until_ns = None
        if len(person.segments) > len(person.segments_in("ringing")):
            person.leaving = True
            self._emit(events.LogOutPending, person.id)
        else:
            self._finish_leaving(person)
        self._withdraw_ringing(person, "agent_logged_out")

    def _finish_leaving(self, person: Person) -> None:
        person.logged_in = person.leaving = person.ready = person.dropping = False
        self._emit(events.AgentLoggedOut, person.id)
        if person.removing:
            self._finish_removing(person)

    def _finish_removing(self, person: Person) -> None:
        del self._people[person.id]
        self._emit(events.AgentChanged, person.id, "removed")

    def _emit_offer(self, event: type, segment: Segment, *more: object) -> None:
        self._emit(event, segment.contact, segment.person.id, segment.line.id, segment.offer, *more)


def lacks_disposition(segment: Segment) -> bool:
    """Does the queue want one that has not been made?"""
    line = segment.line
    return line.queue.disposition_required and not line.removed and not segment.disposed
