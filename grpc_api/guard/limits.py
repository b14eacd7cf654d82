"""How often: token buckets of many clients in bounded memory.

Owns the arithmetic; must not know who the clients are or what they spend on.
"""

import threading
from collections.abc import Callable
from typing import Final

_SECOND: Final = 1_000_000_000
_LOOKS: Final = 8  # entries that a newcomer may look at for room, so that each call costs the same
_SHARED: Final = ""


class Buckets:
    """One token bucket for each client. O(1), thread-safe.

    A bucket is one number: the time at which it will be full again. A client whose bucket is full may be forgotten
    without any difference, so the table holds only those of late. When all its places are taken by such, newcomers
    share one bucket: a flood of new clients takes neither memory nor anything from those who were there before.

    Parameters
    ----------
    per_second : int
        How fast a bucket fills; 0: no limit.
    burst : int
        How much it holds; 0: what flows in within a second.
    clients : int
        How many buckets are kept.
    clock_ns : callable
        A clock that never runs backwards, ns.
    period_ns : int, default one second
        The period of `per_second`, when it is not a second.

    Examples
    --------
    >>> now = 0
    >>> buckets = Buckets(2, 2, 100, lambda: now)
    >>> [buckets.take("ann") for _ in range(3)], buckets.take("bob")
    ([0, 0, 500000000], 0)
    >>> now = 500_000_000
    >>> [buckets.take("ann") for _ in range(2)]
    [0, 500000000]
    """

    def __init__(
        self,
        per_second: int,
        burst: int,
        clients: int,
        clock_ns: Callable[[], int],
        period_ns: int = _SECOND,
    ) -> None:
        self.unlimited = per_second == 0
        self._each_ns = -(-period_ns // per_second) if per_second else 0
        self._burst = burst or per_second
        self._room_ns = self._burst * self._each_ns
        self._clients = clients
        self._clock_ns = clock_ns
        self._full_at_ns: dict[str, int] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._full_at_ns)

    def take(self, client: str, amount: int = 1) -> int:
        """Take so much and return 0; or take nothing and return when it is worth trying again, ns from now.

        What is more than a bucket holds is given from a full one, and paid back before there is more.
        """
        if self.unlimited:
            return 0
        now_ns = self._clock_ns()
        with self._lock:
            full_at_ns = self._full_at_ns.get(client, 0)
            if not full_at_ns:
                client = self._place_for(client, now_ns)
                full_at_ns = self._full_at_ns.get(client, 0)
            full_at_ns = max(full_at_ns, now_ns)
            cost_ns = min(amount, self._burst) * self._each_ns
            late_ns = full_at_ns + cost_ns - now_ns - self._room_ns
            if late_ns > 0:
                return late_ns
            self._full_at_ns[client] = full_at_ns + amount * self._each_ns
            return 0

    def wait_ns(self, client: str) -> int:
        """Return 0 if there is one to take, else when there will be, ns from now. Takes nothing."""
        if self.unlimited:
            return 0
        now_ns = self._clock_ns()
        with self._lock:
            if client not in self._full_at_ns and len(self._full_at_ns) >= self._clients:
                client = _SHARED
            full_at_ns = max(self._full_at_ns.get(client, 0), now_ns)
            return max(0, full_at_ns + self._each_ns - now_ns - self._room_ns)

    def _place_for(self, client: str, now_ns: int) -> str:
        """Make room for a newcomer among those who have been away for long, or send it to the shared bucket."""
        places = self._full_at_ns
        if len(places) < self._clients:
            return client
        for _ in range(min(_LOOKS, len(places))):
            oldest = next(iter(places))
            full_at_ns = places.pop(oldest)
            if full_at_ns <= now_ns:
                return client
            places[oldest] = full_at_ns  # at the end, so that others are looked at next time
        return _SHARED


class Streams:
    """How many streams each client has open. As large as there are open streams. Thread-safe."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: dict[str, int] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._open)

    def open(self, client: str) -> bool:
        """Count one more, if the limit allows it (0: there is none)."""
        with self._lock:
            count = self._open.get(client, 0)
            if self._limit and count >= self._limit:
                return False
            self._open[client] = count + 1
            return True

    def close(self, client: str) -> None:
        """Count one less."""
        with self._lock:
            count = self._open.get(client, 0) - 1
            if count > 0:
                self._open[client] = count
            else:
                self._open.pop(client, None)
