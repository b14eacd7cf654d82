"""What stands at the door of a queue: whether, and by which rule, somebody who enters is sent elsewhere.

Owns the order of these rules, the choices of ``split``, and reserves going on and off; must not know visits.
"""

from reference.segments import Segments
from reference.state import Line
from routing import events
from routing.model import Overflow


class Entries(Segments):
    """Looked at before a visit begins."""

    def _turned_away(self, line: Line) -> tuple[Overflow, str] | None:
        """The action that meets who enters now, and its cause."""
        queue = line.queue
        if not line.open:
            return queue.closed or Overflow(), "closed"
        chosen = choose(line) if queue.split else line.id
        if chosen != line.id:
            return Overflow("queue", chosen), "split"
        self._look_at_reserves(line)
        if queue.max_length is not None and len(self._visitors(line)) >= queue.max_length.length:
            return queue.max_length, "length"
        if queue.no_agent is not None and queue.no_agent.after_ns == 0 and not self._is_staffed(line):
            return queue.no_agent, "no_agent"
        for rule in queue.overflow:
            if rule.after_ns == 0 and self._holds(line, rule.when):
                return rule, "condition"
        return None

    def _look_at_reserves(self, line: Line) -> None:
        for place, reserve in enumerate(line.queue.reserves):
            on = bool(reserve.when) and self._holds(line, reserve.when)
            if on != (place in line.reserves_on):
                line.reserves_on ^= {place}
                self._emit(events.ReserveChanged, line.id, place, on)


def choose(line: Line) -> str:
    """The queue that is furthest behind its share of the entries; the choice counts."""
    made, given = sum(line.split_given.values()), line.split_given
    percents = {queue: percent for queue, percent in line.queue.split.items() if percent}
    chosen = min(
        percents, key=lambda queue: (100 * given.get(queue, 0) - percents[queue] * (made + 1), queue)
    )
    given[chosen] = given.get(chosen, 0) + 1
    return chosen
