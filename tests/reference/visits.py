"""Into the queues and out of them: entering, overflowing, ending.

Owns the visits of a contact; must not know commands.
"""

from reference.entries import Entries
from reference.state import Contact, Line, Visit
from routing import events
from routing.events import Outcome
from routing.model import Overflow


class Visits(Entries):
    """A contact's stays in queues."""

    def _enter_all(self, contact: Contact, lines: list[Line], aged: tuple[int, int]) -> None:
        for line in lines:
            self._enter(contact, line, aged)
        self._end_if_nowhere(contact)

    def _enter(self, contact: Contact, line: Line, aged: tuple[int, int]) -> None:
        if contact.visit_in(line) is not None:
            return
        turned_away = self._turned_away(line)
        if turned_away is not None:
            self._overflow(contact, line, aged, *turned_away)
            return
        visit = Visit(line, *aged, entered_ns=self._now_ns)
        self._find_step(contact, visit)  # the newcomer is not counted
        contact.visits.append(visit)

    def _overflow(
        self, contact: Contact, line: Line, aged: tuple[int, int], action: Overflow, cause: str
    ) -> None:
        """A queue gives the contact up: its visit has ended, or its entry did not become one."""
        to, target = action.to, self._lines.get(action.queue)
        if to == "queue" and target is None:
            to = "disconnect"
        if to == "queue" and contact.hops >= self._base.limits.overflows:
            to, cause = "disconnect", "overflow_limit"
        contact.last_target = to
        if to != "queue" or target is None:
            self._emit(events.ContactOverflowed, contact.id, line.id, cause, to, "")
            return
        contact.hops += 1
        self._emit(events.ContactOverflowed, contact.id, line.id, cause, to, target.id)
        if contact.visit_in(target) is None:
            self._enter(contact, target, aged if action.keep_age else (self._now_ns, self._next_seq()))

    def _overflow_visit(self, contact: Contact, visit: Visit, action: Overflow, cause: str) -> None:
        self._stop_ringing(contact, "overflowed", through=visit.line)
        contact.visits.remove(visit)
        self._overflow(contact, visit.line, (visit.enqueued_ns, visit.seq), action, cause)

    def _end_if_nowhere(self, contact: Contact) -> None:
        if contact.state == "waiting" and not contact.visits:
            diverted = contact.last_target in ("voicemail", "callback")
            self._end(contact, Outcome.DIVERTED if diverted else Outcome.REJECTED, "", "")

    def _end(self, contact: Contact, outcome: Outcome, queue: str, agent: str) -> None:
        del self._contacts[contact.id]
        self._ended[contact.id] = contact.command
        self._forget()
        self._emit(events.ContactEnded, contact.id, outcome, queue, agent)

    def _end_in_hand(self, contact: Contact, outcome: Outcome) -> None:
        segment = contact.in_hand
        assert segment is not None
        self._end(contact, outcome, segment.line.id, segment.person.id)
        self._wrap_up(segment)

    def _empty(self, line: Line, action: Overflow, cause: str, withdrawn: str) -> None:
        """Every contact with a visit here loses it, in the order in which they stand."""
        for contact in sorted(self._visitors(line), key=self._standing):
            self._stop_ringing(contact, withdrawn, through=line)
            visit = contact.visit_in(line)
            assert visit is not None
            self._overflow_visit(contact, visit, action, cause)
            self._end_if_nowhere(contact)
