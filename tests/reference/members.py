"""Who serves a queue: its members in their order, regular ones and those of its reserves.

Owns membership; must not know skills, availability or what a member does.
"""

from reference.standing import Standing
from reference.state import Line, Person, Visit
from routing.model import Queue, Reserve


class Members(Standing):
    """Those who may be asked, whatever they can do."""

    def _members(self, queue: Queue) -> list[Person]:
        """All members in the queue's order, everybody once, at the first place."""
        if is_open(queue):
            return list(self._order)
        parts: list[Queue | Reserve] = [queue, *queue.reserves]
        found: list[Person] = []
        for part in parts:
            named = [self._people[agent] for agent in part.members]
            grouped = [person for person in self._order if has_group(person, part)]
            found += named + grouped
        return list(dict.fromkeys(found))

    def _serves(self, visit: Visit, person: Person) -> bool:
        """Is this agent a regular member, or in a reserve that is active for the visit?"""
        queue = visit.line.queue
        if person.removing:
            return False
        return is_open(queue) or belongs(person, queue) or self._in_active_reserve(visit, person)

    def _in_active_reserve(self, visit: Visit, person: Person) -> bool:
        queue, on = visit.line.queue, visit.line.reserves_on
        return any(
            place in visit.spills and (not reserve.when or place in on) and belongs(person, reserve)
            for place, reserve in enumerate(queue.reserves)
        )

    def _is_staffed(self, line: Line) -> bool:
        return any(person.present for person in self._members(line.queue))


def is_open(queue: Queue) -> bool:
    """Without members, groups and reserves everybody is a member."""
    return not (queue.members or queue.groups or queue.reserves)


def has_group(person: Person, part: Queue | Reserve) -> bool:
    return any(group in part.groups for group in person.agent.groups)


def belongs(person: Person, part: Queue | Reserve) -> bool:
    """Is this configured agent in, by name or by group?"""
    return person.id in part.members or has_group(person, part)
