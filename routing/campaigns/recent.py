"""The attempts of this process, by number and customer: what was read of the past before them is brought up to date.

Owns these attempts, and how many are kept; must not know a database.
"""

from collections.abc import Iterable, Mapping

from routing.compliance.limits import Past


class Recent:
    """Attempts since they were last read.

    Parameters
    ----------
    most : int, default 50,000
        Attempts that are kept; whoever adds more is told to read anew.

    Examples
    --------
    >>> recent = Recent()
    >>> recent.add("a1", Past(5, "+442079460018", "spring"))
    >>> [one.campaign for one in recent.merged({}, ["+442079460018"], "")]
    ['spring']
    """

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        self._by_number: dict[str, dict[str, Past]] = {}
        self._by_customer: dict[str, dict[str, Past]] = {}
        self._all: dict[str, Past] = {}

    def get(self, attempt: str) -> Past | None:
        """Give an attempt, if it is among them."""
        return self._all.get(attempt)

    def add(self, attempt: str, past: Past) -> None:
        """Know an attempt, or what became of it. O(1)."""
        self._all[attempt] = past
        self._by_number.setdefault(past.number, {})[attempt] = past
        if past.customer:
            self._by_customer.setdefault(past.customer, {})[attempt] = past

    def full(self) -> bool:
        """Tell whether it is time to read anew, and forget these."""
        if len(self._all) <= self._most:
            return False
        self._all.clear()
        self._by_number.clear()
        self._by_customer.clear()
        return True

    def merged(self, past: Mapping[str, Past], numbers: Iterable[str], customer: str) -> tuple[Past, ...]:
        """Give what was read, by attempt, brought up to date; oldest first."""
        mine = dict(past)
        for number in numbers:
            mine |= self._by_number.get(number, {})
        if customer:
            mine |= self._by_customer.get(customer, {})
        return tuple(sorted(mine.values())) if mine else ()
