"""How busy agents have been lately.

Owns the spans in which an agent has something accepted, and the occupancy that follows; must not know offers.
"""

from reference.progress import Progress
from reference.state import Person
from routing.model import Queue

PANES = 6


class Occupancy(Progress):
    """Evaluated when something is accepted and when something accepted is released; it keeps its value in between."""

    def _keep_occupancy(self) -> None:
        """It is kept while some queue reads it; when the first does, everybody's is 0."""
        needed = any(reads_occupancy(line.queue) for line in self._lines.values())
        if needed and not self._occupancy_needed:
            for person in self._people.values():
                person.occupancy = 0
                self._forget_occupancy(person)
        self._occupancy_needed = needed

    def _forget_occupancy(self, person: Person) -> None:
        """Count from now on only; the value stays."""
        person.counted_from_ns = self._now_ns
        person.busy.clear()
        if person.busy_since_ns is not None:
            person.busy_since_ns = self._now_ns

    def _evaluate_occupancy(self, person: Person) -> None:
        """After something was accepted or released."""
        busy = any(segment.state != "ringing" for segment in person.segments)
        if busy and person.busy_since_ns is None:
            person.busy_since_ns = self._now_ns
        if not busy and person.busy_since_ns is not None:
            person.busy.append((person.busy_since_ns, self._now_ns))
            person.busy_since_ns = None
        pane_ns = self._base.occupancy_window_ns // PANES
        since_ns = max(person.counted_from_ns, (self._now_ns // pane_ns - PANES + 1) * pane_ns)
        spans = [
            *person.busy,
            *([(person.busy_since_ns, self._now_ns)] if person.busy_since_ns is not None else []),
        ]
        occupied_ns = sum(max(0, until_ns - max(from_ns, since_ns)) for from_ns, until_ns in spans)
        logged_in_ns = self._now_ns - since_ns
        person.occupancy = 10_000 * occupied_ns // logged_in_ns if logged_in_ns else 0


def reads_occupancy(queue: Queue) -> bool:
    by_weight = queue.strategy == "weighted" and queue.weights.occupancy > 0
    return queue.strategy == "least_occupied" or by_weight
