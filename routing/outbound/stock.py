"""The list of a rehearsed day: so many records, and when those come again who were not reached.

Each record has one number. What a rule puts off to another day, or to the other half of this one, is gone for today.

Owns this reckoning; must not know records (``routing.campaigns``) or who dials.
"""

import heapq
from typing import Final

from routing.campaigns.rules import RetryRules
from routing.units import SECOND

#: What a simulated day calls an outcome, and rules.
_NAMES: Final = {"failed": "congestion", "missed": "machine"}


class Stock:
    """Records of one list.

    Parameters
    ----------
    records : int
        How many; 0: without end.
    rules : RetryRules
        When somebody is called again.
    new_first : bool, default False
        New records before those that are due again.

    Examples
    --------
    >>> stock = Stock(2, RetryRules())
    >>> stock.take(5, 0.0)
    [1, 1]
    >>> stock.back("busy", 1, 3.0)
    >>> stock.take(5, 300.0), stock.take(5, 303.0)
    ([], [2])
    """

    def __init__(self, records: int, rules: RetryRules, *, new_first: bool = False) -> None:
        self._endless = not records
        self._new = records
        self._rules = rules
        self._new_first = new_first
        self._due: list[tuple[float, int, int]] = []
        self._order = 0

    @property
    def left(self) -> int | None:
        """New records that are left; None if there is no end to them."""
        return None if self._endless else self._new

    def take(self, most: int, at: float) -> list[int]:
        """Take so many records, fewer if there are not; of each, which attempt at it this is."""
        if self._endless:
            return [1] * most
        taken = self._take_new(most) if self._new_first else []
        while len(taken) < most and self._due and self._due[0][0] <= at:
            taken.append(heapq.heappop(self._due)[2] + 1)
        return taken if self._new_first else taken + self._take_new(most - len(taken))

    def back(self, outcome: str, tries: int, at: float) -> None:
        """Take in how an attempt ended."""
        if self._endless:
            return
        rule = self._rules.of(_NAMES.get(outcome, outcome))
        given_up = self._rules.attempts and tries >= self._rules.attempts
        if rule.then == "again" and rule.when == "after" and not given_up:
            self._order += 1
            heapq.heappush(self._due, (at + rule.after_ns / SECOND, self._order, tries))

    def _take_new(self, most: int) -> list[int]:
        number = min(most, self._new)
        self._new -= number
        return [1] * number
