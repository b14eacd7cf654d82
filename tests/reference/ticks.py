"""Pane ticks: what queues look at now and then, as long as there is something to look at.

Owns when a queue ticks and what it does then; must not know the other timers.
"""

from reference.downtime import Downtime
from reference.state import Contact, Line


class Ticks(Downtime):
    """Reserves, overflow rules and steps whose conditions may have changed."""

    def _settle(self) -> None:
        super()._settle()
        for line in self._lines.values():
            if not self._has_something_to_look_at(line):
                line.tick_ns = None
            elif line.tick_ns is None:
                pane_ns = self._base.pane_ns
                line.tick_ns = (self._now_ns // pane_ns + 1) * pane_ns

    def _has_something_to_look_at(self, line: Line) -> bool:
        if line.reserves_on:
            return True
        visitors = self._visitors(line)
        rules = [one for one in line.queue.reserves if one.when]
        later = [one for one in line.queue.overflow if one.after_ns > 0]
        own = any(self._own_conditions(contact, line) for contact in visitors)
        return bool(visitors) and bool(rules or later or own)

    def _tick(self, line: Line) -> None:
        line.tick_ns = None
        self._look_at_reserves(line)
        looking = [contact for contact in self._visitors(line) if self._counts_as_waiting(contact)]
        for contact in sorted(looking, key=self._standing):
            self._look_at_visitor(contact, line)

    def _look_at_visitor(self, contact: Contact, line: Line) -> None:
        visit = contact.visit_in(line)
        assert visit is not None
        for rule in line.queue.overflow:
            here_ns = self._now_ns - visit.entered_ns
            if 0 < rule.after_ns <= here_ns and self._holds(line, rule.when):
                self._overflow_visit(contact, visit, rule, "condition")
                self._end_if_nowhere(contact)
                return
        self._go_on(contact, visit)
