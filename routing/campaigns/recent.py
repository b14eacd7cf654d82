"""The attempts of this process, by number and customer: what was read of the past before them is brought up to date.

Owns these attempts, and how many are kept; must not know a database.
"""

from collections.abc import Iterable

from routing.campaigns.picking import in_time
from routing.campaigns.shapes import Past


class Recent:
    """Attempts since they were last read.

    Parameters
    ----------
    most : int, default 50,000
        Attempts that are kept; whoever adds more is told to read anew.

    Examples
    --------
    >>> recent = Recent()
    >>> recent.add(Past("a1", 5, "spring", "+442079460018", "", "", False, 0))
    >>> [one.attempt for one in recent.merged((), ["+442079460018"], "")]
    ['a1']
    """

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        self._by_number: dict[str, dict[str, Past]] = {}
        self._by_customer: dict[str, dict[str, Past]] = {}
        self._all: dict[str, Past] = {}

    def get(self, attempt: str) -> Past | None:
        """Give an attempt, if it is among them."""
        return self._all.get(attempt)

    def add(self, past: Past) -> None:
        """Know an attempt, or what became of it. O(1)."""
        self._all[past.attempt] = past
        self._by_number.setdefault(past.number, {})[past.attempt] = past
        if past.customer:
            self._by_customer.setdefault(past.customer, {})[past.attempt] = past

    def full(self) -> bool:
        """Tell whether it is time to read anew, and forget these."""
        if len(self._all) <= self._most:
            return False
        self._all.clear()
        self._by_number.clear()
        self._by_customer.clear()
        return True

    def merged(self, past: tuple[Past, ...], numbers: Iterable[str], customer: str) -> tuple[Past, ...]:
        """Give what was read, brought up to date."""
        mine: dict[str, Past] = {}
        for number in numbers:
            mine |= self._by_number.get(number, {})
        if customer:
            mine |= self._by_customer.get(customer, {})
        if not mine:
            return past
        return tuple(sorted(({one.attempt: one for one in past} | mine).values(), key=in_time))
