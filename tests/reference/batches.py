"""Batches: contacts that are collected for a while and then assigned as well as all of them together can be.

Owns the window, who is assigned, and the best assignment; must not know other matching.
"""

from functools import cache

from reference.matching import Matching
from reference.state import Contact, Person
from reference.strategies import merit
from routing.units import SECOND

MOST_WORTH = 2**30


class Batches(Matching):
    """What the match leaves to be assigned."""

    def _settle(self) -> None:
        super()._settle()
        while self._look_at_batches():
            super()._settle()

    def _look_at_batches(self) -> bool:
        """Assign at once or open a window, if there is something to assign and no window is open."""
        ready = self._ready_for_a_batch()
        if not ready or self._window_ns is not None or self._paused_until_ns is not None:
            return False
        batch_ns = self._lead(ready[0]).line.queue.batch_ns
        assert batch_ns is not None
        if batch_ns:
            self._window_ns = self._now_ns + batch_ns
            return False
        self._assign(ready)
        return True

    def _close_window(self) -> None:
        self._window_ns = None
        if self._paused_until_ns is None:
            self._assign(self._ready_for_a_batch())

    def _ready_for_a_batch(self) -> list[Contact]:
        """Those with a candidate, in the order in which they stand."""
        waiting = [contact for contact in self._contacts.values() if contact.state == "waiting"]
        batched = [contact for contact in waiting if self._is_batched(contact)]
        ready = [contact for contact in batched if self._candidates(contact)]
        return sorted(ready, key=self._standing)

    def _assign(self, ready: list[Contact]) -> None:
        contacts = ready[: self._base.limits.batch_contacts]
        people = sorted(self._people.values(), key=lambda person: person.idle)
        worths = [[self._worth(contact, person) for person in people] for contact in contacts]
        for contact, place in zip(contacts, best_assignment(with_places(worths)), strict=True):
            if place is not None:
                self._match(contact, people[place])

    def _worth(self, contact: Contact, person: Person) -> int:
        """What the pair is worth; 0 when they are none."""
        if not self._is_candidate(contact, person):
            return 0
        lead = self._lead(contact)
        idle_s = (self._now_ns - person.idle[0]) // SECOND
        score = merit(person, contact, lead) + lead.line.queue.weights.idle * idle_s
        return min(1 + max(0, score), MOST_WORTH)


def with_places(worths: list[list[int]]) -> list[list[int]]:
    """The same with the places counted in: of equal totals the earlier rows win, then the earlier columns."""
    rows, columns = len(worths), len(worths[0]) if worths else 0
    return [
        [
            worth
            and (worth << rows + columns) + (1 << columns + rows - 1 - row) + (1 << columns - 1 - column)
            for column, worth in enumerate(row_of_worths)
        ]
        for row, row_of_worths in enumerate(worths)
    ]


def best_assignment(worths: list[list[int]]) -> list[int | None]:
    """The place of somebody, or nobody, for each row: the greatest total.

    Of equal ones the first row gets the earliest place, then the second, and so on.
    """

    @cache
    def best(row: int, taken: int) -> int:
        if row == len(worths):
            return 0
        return max(worth + best(row + 1, taken_then) for _, worth, taken_then in options(row, taken))

    def options(row: int, taken: int) -> list[tuple[int | None, int, int]]:
        free = [place for place, worth in enumerate(worths[row]) if worth and not taken >> place & 1]
        return [*((place, worths[row][place], taken | 1 << place) for place in free), (None, 0, taken)]

    chosen: list[int | None] = []
    taken = 0
    for row in range(len(worths)):
        total = best(row, taken)
        place, _, taken = next(one for one in options(row, taken) if one[1] + best(row + 1, one[2]) == total)
        chosen.append(place)
    return chosen
