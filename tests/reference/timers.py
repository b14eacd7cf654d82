"""Every timer: when it is due, what it does.

Owns the kinds and their order; must not know calls.
"""

from collections.abc import Iterator

from reference.progress import step_or_spill_due
from reference.state import Contact, Segment, Visit
from reference.ticks import Ticks
from routing import events

WRAP_UP, RETRY, HOLD, STEP, RING, NO_AGENT, MAX_WAIT, DRAIN, MAX_HANDLING = range(1, 10)
TICK, BATCH, PAUSE, ATTEMPT = range(10, 14)
#: What does not end within the grace after downtime.
GRACED = (WRAP_UP, NO_AGENT, MAX_WAIT, MAX_HANDLING, ATTEMPT)


class Timers(Ticks):
    """Nothing is armed: each timer follows from the state."""

    def _timers(self) -> Iterator[tuple[int, int, int]]:
        """Every timer as (due, kind, number); one that is past due counts as due now."""
        for due, kind, number in self._armed():
            yield max(due, self._now_ns, self._grace_until_ns if kind in GRACED else 0), kind, number

    def _armed(self) -> Iterator[tuple[int, int, int]]:
        for person in self._people.values():
            if person.retry_until_ns is not None:
                yield person.retry_until_ns, RETRY, person.number
            for segment in person.segments:
                yield from self._segment_timers(segment)
        for contact in self._contacts.values():
            for until_ns in self._held_until(contact):
                yield until_ns, HOLD, contact.number
            for visit in contact.visits if self._counts_as_waiting(contact) else ():
                for kind, due in (
                    (STEP, step_or_spill_due(contact, visit)),
                    (NO_AGENT, no_agent_due(visit)),
                    (MAX_WAIT, max_wait_due(visit)),
                ):
                    if due is not None:
                        yield due, kind, contact.number

            drain_due = self._drain_due(contact)
            if drain_due is not None:
                yield drain_due, DRAIN, contact.number
        for line in self._lines.values():
            if line.tick_ns is not None:
                yield line.tick_ns, TICK, line.number
        if self._window_ns is not None:
            yield self._window_ns, BATCH, 0
        if self._paused_until_ns is not None:
            yield self._paused_until_ns, PAUSE, 0
        for attempt in self._attempts.values():
            yield attempt.until_ns, ATTEMPT, attempt.number

    def _segment_timers(self, segment: Segment) -> Iterator[tuple[int, int, int]]:
        if segment.state == "ringing" and segment.ring_until_ns:
            yield segment.ring_until_ns, RING, segment.offer
        if segment.state == "handling" and segment.handling_until_ns:
            yield segment.handling_until_ns, MAX_HANDLING, segment.offer
        if segment.state == "wrap_up" and segment.wrap_up_until_ns:
            yield segment.wrap_up_until_ns, WRAP_UP, segment.offer

    def _held_until(self, contact: Contact) -> list[int]:
        whole = [] if contact.held_until_ns is None else [contact.held_until_ns]
        preferred = [] if contact.prefer_until_ns is None else [contact.prefer_until_ns]
        return whole + preferred + [hold.until_ns for hold in contact.holds]

    def _fire(self, kind: int, number: int) -> None:
        if kind in (WRAP_UP, RING, MAX_HANDLING):
            people = self._people.values()
            segments = [segment for person in people for segment in person.segments]
            self._fire_segment(kind, next(one for one in segments if one.offer == number))
        elif kind == RETRY:
            next(one for one in self._people.values() if one.number == number).retry_until_ns = None
        elif kind == TICK:
            self._tick(next(one for one in self._lines.values() if one.number == number))
        elif kind == BATCH:
            self._close_window()
        elif kind == PAUSE:
            self._paused_until_ns = None
        elif kind == ATTEMPT:
            self._finish_attempt(next(one for one in self._attempts.values() if one.number == number), "lost")
        else:
            self._fire_contact(kind, next(one for one in self._contacts.values() if one.number == number))

    def _fire_segment(self, kind: int, segment: Segment) -> None:
        if kind == WRAP_UP:
            self._finish_wrap_up(segment)
        elif kind == RING:
            contact = self._contacts[segment.contact]
            if not contact.grouped:
                self._miss(segment)
            else:
                self._ring_out(contact)
        else:
            segment.handling_until_ns = 0
            self._emit(events.HandlingTimeExceeded, segment.contact, segment.person.id)

    def _fire_contact(self, kind: int, contact: Contact) -> None:
        if kind == DRAIN:
            self._reserve(contact)
            return
        if kind == HOLD:
            contact.holds = [hold for hold in contact.holds if hold.until_ns > self._now_ns]
            if contact.held_until_ns is not None and contact.held_until_ns <= self._now_ns:
                contact.held_until_ns = None
            if contact.prefer_until_ns is not None and contact.prefer_until_ns <= self._now_ns:
                contact.prefer_until_ns = None
        for visit in list(contact.visits):
            queue = visit.line.queue
            if kind == STEP and self._is_due(step_or_spill_due(contact, visit)):
                self._go_on(contact, visit)
            if kind == NO_AGENT and queue.no_agent is not None and self._is_due(no_agent_due(visit)):
                self._overflow_visit(contact, visit, queue.no_agent, "no_agent")
            if kind == MAX_WAIT and queue.max_wait is not None and self._is_due(max_wait_due(visit)):
                self._overflow_visit(contact, visit, queue.max_wait, "max_wait")
        self._end_if_nowhere(contact)

    def _is_due(self, due: int | None) -> bool:
        return due is not None and due <= self._now_ns


def no_agent_due(visit: Visit) -> int | None:
    action, line = visit.line.queue.no_agent, visit.line
    if action is None or line.staffed:
        return None
    return max(visit.entered_ns, line.unstaffed_since_ns) + action.after_ns


def max_wait_due(visit: Visit) -> int | None:
    action = visit.line.queue.max_wait
    return None if action is None else visit.entered_ns + action.after_ns
