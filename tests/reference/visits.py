"""Into the queues and out of them: entering, overflowing, ending.

Owns the visits of a contact; must not know commands.
"""

from reference.entries import Entries
from reference.state import Contact, Line, Visit
from routing import events
from routing.events import Outcome
from routing.model import Overflow, Step


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
        self._let_go(contact)
        self._end(contact, outcome, segment.line.id, segment.person.id)
        self._wrap_up(segment)

    def _let_go(self, contact: Contact) -> None:
        """It leaves its agent's hands: its legs end before, and it is retrieved."""
        for leg in self._legs(contact):
            if leg.in_hand is not None:
                self._end_in_hand(leg, Outcome.HANDLED)
            else:
                self._stop_ringing(leg, "cancelled")
                self._end(leg, Outcome.CANCELLED, leg.visits[0].line.id, "")
        self._retrieve(contact)

    def _retrieve(self, contact: Contact) -> None:
        """Nothing if it is not on hold."""
        segment = contact.in_hand
        if segment is not None and segment.held_since_ns is not None:
            held_ns = self._now_ns - segment.held_since_ns
            segment.held_since_ns = None
            self._emit(events.ContactRetrieved, contact.id, segment.person.id, held_ns)

    def _legs(self, contact: Contact) -> list[Contact]:
        return [one for one in self._contacts.values() if one.parent is contact]

    def _wait_again(
        self, contact: Contact, queues: tuple[str, ...], *, keep_age: bool, steps: tuple[Step, ...]
    ) -> None:
        """Into these queues, from wherever it is."""
        in_hand = contact.in_hand
        self._stop_ringing(contact, "requeued")
        self._let_go(contact)
        contact.joined = False
        agent = in_hand.person.id if in_hand is not None else ""
        self._emit(events.ContactRequeued, contact.id, queues, agent, keep_age)
        contact.segments.clear()
        contact.visits.clear()
        contact.steps = steps
        contact.hops = 0
        if in_hand is not None:
            self._wrap_up(in_hand)
        if not keep_age:
            contact.aged = (self._now_ns, self._next_seq())
        self._enter_all(contact, [self._lines[queue] for queue in queues], contact.aged)

    def _empty(self, line: Line, action: Overflow, cause: str, withdrawn: str) -> None:
        """Every contact with a visit here loses it, in the order in which they stand."""
        for contact in sorted(self._visitors(line), key=self._standing):
            self._stop_ringing(contact, withdrawn, through=line)
            visit = contact.visit_in(line)
            assert visit is not None
            self._overflow_visit(contact, visit, action, cause)
            self._end_if_nowhere(contact)
