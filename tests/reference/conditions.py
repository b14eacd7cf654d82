"""What conditions read of a queue, and whether they hold.

Owns the value of each term; must not know what depends on a condition.
"""

from reference.members import Members
from reference.state import Contact, Line, Person
from routing.conditions import Term, compile_condition


class Conditions(Members):
    """The queue's state in numbers."""

    def _holds(self, line: Line, when: str) -> bool:
        return compile_condition(when, max_terms=255).holds(lambda term, group: self._read(line, term, group))

    def _read(self, line: Line, term: Term, group: str) -> int | None:
        visits = [visit for contact in self._contacts.values() for visit in contact.visits]
        here = [visit for visit in visits if visit.line is line]
        match term:
            case Term.WAITING:
                return len(here)
            case Term.OLDEST:
                return max((self._now_ns - visit.entered_ns for visit in here), default=0)
            case Term.READY:
                return sum(person.available and not person.segments for person in self._asked(line, group))
            case Term.LOGGED_IN:
                return sum(person.present for person in self._asked(line, group))
            case Term.SERVICE_LEVEL:
                return self._service_level(line)
            case Term.ESTIMATE:
                return line.estimate_ns

    def _asked(self, line: Line, group: str) -> list[Person]:
        """The members, or everybody in the group, member or not."""
        if not group:
            return self._members(line.queue)
        return [person for person in self._order if group in person.agent.groups]

    def _service_level(self, line: Line) -> int:
        """Percent answered in time of all answered and abandoned, in the newest panes."""
        first_pane = self._now_ns // self._base.pane_ns - self._base.service_level_panes + 1
        counted = [one for at_ns, one in line.outcomes if at_ns // self._base.pane_ns >= first_pane]
        return 100 * counted.count("in_time") // len(counted) if counted else 100

    def _count_outcome(self, line: Line, contact_outcome: str) -> None:
        """Answered in time, answered late, abandoned: counted while the queue's own rules ask for it."""
        if any(Term.SERVICE_LEVEL in compile_condition(when, max_terms=255).terms for when in rules_of(line)):
            line.outcomes.append((self._now_ns, contact_outcome))

    def _own_conditions(self, contact: Contact, line: Line) -> bool:
        """Has this contact's visit here a step with a condition?"""
        visit = contact.visit_in(line)
        return visit is not None and any(step.when for step in contact.steps_in(visit))


def rules_of(line: Line) -> list[str]:
    """Every condition that the queue itself has."""
    queue = line.queue
    texts = [one.when for one in queue.steps]
    texts += [one.when for one in queue.reserves]
    texts += [one.when for one in queue.overflow]
    return [when for when in texts if when]
