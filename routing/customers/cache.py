"""Answers for a while: as many as fit, the one that was not used for longest goes first.

Owns how long and how many; must not know what they answer, nor the time.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """A bounded memory of values that grow old.

    Parameters
    ----------
    most : int
        Values that are kept.

    Examples
    --------
    >>> cache = Cache(2)
    >>> for name in "abc":
    ...     cache.put(name, name.upper(), until_ns=10)
    >>> cache.get("a"), cache.get("c"), len(cache)
    (None, ('C', 10), 2)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K) -> tuple[V, int] | None:
        """Give a value and until when it is fresh; it may be older. O(1)."""
        found = self._values.get(key)
        if found is not None:
            self._values.move_to_end(key)
        return found

    def put(self, key: K, value: V, until_ns: int) -> None:
        """Keep a value. O(1)."""
        self._values[key] = (value, until_ns)
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)

    def drop(self, key: K) -> None:
        """Forget a value, should it be there."""
        self._values.pop(key, None)

    def drop_if(self, value_is: Callable[[V], bool]) -> int:
        """Forget every value of which this is true; returns how many. O(n)."""
        gone = [key for key, (value, _) in self._values.items() if value_is(value)]
        for key in gone:
            del self._values[key]
        return len(gone)
