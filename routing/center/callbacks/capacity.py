"""Capacity: can so many call-backs all be made, each in one of its slots, when a slot has room for so many?

That is a matching of call-backs with places in slots. It is sought as H. W. Kuhn does (The Hungarian method for the
assignment problem, Naval Research Logistics Quarterly 2, 1955): one augmenting path for each call-back, so the answer
is exact also where windows have holes, such as nights.

Owns this question; must not know what a slot is, nor promises.
"""

from collections.abc import Hashable, Iterable, Sequence


class Matching:
    """Call-backs in slots, added one by one.

    Parameters
    ----------
    per_slot : int
        How many each slot takes.

    Examples
    --------
    >>> matching = Matching(1)
    >>> matching.add("a", [1, 2]), matching.add("b", [1]), matching.add("c", [1, 2]), matching.add("d", [3])
    (True, True, False, True)
    >>> matching.free(2), matching.free(4)
    (0, 1)
    """

    def __init__(self, per_slot: int) -> None:
        self._per_slot = per_slot
        self._slots: dict[str, Sequence[Hashable]] = {}
        self._in: dict[Hashable, list[str]] = {}

    def add(self, name: str, slots: Sequence[Hashable]) -> bool:
        """Find a slot for one more, moving others if need be; False: there is none. O(all choices)."""
        self._slots[name] = slots
        if self._augment(name):
            return True
        del self._slots[name]
        return False

    def fits(self, slots: Sequence[Hashable]) -> bool:
        """Would one more find a slot? It is not added; others may have moved, which changes no answer."""
        probe = ""
        if not self.add(probe, slots):
            return False
        for names in self._in.values():
            if probe in names:
                names.remove(probe)
        del self._slots[probe]
        return True

    def free(self, slot: Hashable) -> int:
        """Give the places in a slot that are free as things are arranged now; others may be freed by moving."""
        return self._per_slot - len(self._in.get(slot, ()))

    def _augment(self, name: str) -> bool:
        """Look breadth-first for a free place, from slot to slot along call-backs that could move."""
        came: dict[Hashable, tuple[str, Hashable | None]] = {}  # slot: who would move in, and from which slot
        queue: list[Hashable] = []
        for slot in self._slots[name]:
            if slot not in came:
                came[slot] = (name, None)
                queue.append(slot)
        for slot in queue:
            names = self._in.setdefault(slot, [])
            if len(names) < self._per_slot:
                self._shift(slot, came)
                return True
            for other in names:
                for further in self._slots[other]:
                    if further not in came:
                        came[further] = (other, slot)
                        queue.append(further)
        return False

    def _shift(self, slot: Hashable, came: dict[Hashable, tuple[str, Hashable | None]]) -> None:
        at: Hashable | None = slot
        while at is not None:
            name, before = came[at]
            if before is not None:
                self._in[before].remove(name)
            self._in[at].append(name)
            at = before


def matched(per_slot: int, wishes: Iterable[tuple[str, Sequence[Hashable]]]) -> tuple[Matching, list[str]]:
    """Match as many as can be; also names those that found no slot. O(wishes x choices)."""
    matching = Matching(per_slot)
    return matching, [name for name, slots in wishes if not matching.add(name, slots)]
