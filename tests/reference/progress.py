"""How far a visit has come: its step and its spills, found from its age.

Owns the finding of both; must not know when it is time to look (``timers``, ``visits``).
"""

from reference.conditions import Conditions
from reference.state import Contact, Line, Visit
from routing import events


class Progress(Conditions):
    """Steps and spills of visits."""

    def _find_step(self, contact: Contact, visit: Visit) -> None:
        """Go on to the last fit step, if that comes after the current one, and take in every reserve in reach."""
        age_ns = self._now_ns - visit.enqueued_ns
        for place, step in enumerate(contact.steps_in(visit)):
            fit = step.after_ns <= age_ns and (not step.when or self._holds(visit.line, step.when))
            if fit and place > visit.step:
                visit.step = place
        visit.spills |= {
            place for place, reserve in enumerate(visit.line.queue.reserves) if reserve.after_ns <= age_ns
        }
        visit.looked_at_age_ns = age_ns

    def _go_on(self, contact: Contact, visit: Visit) -> None:
        """To the next step, the next spill, or both."""
        step, spills = visit.step, set(visit.spills)
        self._find_step(contact, visit)
        if visit.step != step:
            self._emit(events.StepReached, contact.id, visit.line.id, visit.step)
        for place in sorted(visit.spills - spills):
            self._emit(events.SpillReached, contact.id, visit.line.id, place)

    def _find_anew(self, contact: Contact, visit: Visit) -> None:
        """The queue was edited."""
        visit.step = 0
        visit.spills = set()
        self._find_step(contact, visit)

    def _counts_as_waiting(self, contact: Contact) -> bool:
        """Do the timers of those who wait run for this one?"""
        return contact.state == "waiting" or contact.grouped

    def _visitors(self, line: Line) -> list[Contact]:
        return [contact for contact in self._contacts.values() if contact.visit_in(line) is not None]


def step_or_spill_due(contact: Contact, visit: Visit) -> int | None:
    """When the visit comes to the age of its next step or its next spill."""
    ages = [step.after_ns for step in contact.steps_in(visit)[visit.step + 1 :]]
    ages += [reserve.after_ns for reserve in visit.line.queue.reserves]
    later = [age_ns for age_ns in ages if age_ns > visit.looked_at_age_ns]
    return visit.enqueued_ns + min(later) if later else None
