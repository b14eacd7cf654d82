"""Calls, counted by method and code and by how long they took.

Owns the counting, which stands in the way of every call and so does little; must not know who reads it (``metrics``).
"""

import threading
from collections.abc import Collection
from typing import Final

#: Bucket i holds what took less than 2**(i + FIRST_BIT) ns, the last all else: 16 us to 17 s.
BUCKETS: Final = 22
FIRST_BIT: Final = 14
_UNKNOWN: Final = "unknown"
_PLACES: Final = tuple(min(max(bits - FIRST_BIT, 0), BUCKETS - 1) for bits in range(65))


class Calls:
    """What calls of one method came to."""

    __slots__ = ("buckets", "codes", "sum_ns")

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}
        self.buckets = [0] * BUCKETS
        self.sum_ns = 0


class CallCounter:
    """Counts calls. Thread-safe; of methods it does not know there is one row, whatever they are called."""

    def __init__(self, methods: Collection[str]) -> None:
        self._calls = {method: Calls() for method in (*methods, _UNKNOWN)}
        self._denials: dict[str, int] = {}
        self._lock = threading.Lock()

    def record(self, method: str, code: str, duration_ns: int) -> None:
        """Count a call that has ended. O(1)."""
        calls = self._calls.get(method) or self._calls[_UNKNOWN]
        place = _PLACES[duration_ns.bit_length()]
        codes, buckets = calls.codes, calls.buckets
        with self._lock:
            codes[code] = codes.get(code, 0) + 1
            buckets[place] += 1
            calls.sum_ns += duration_ns

    def denied(self, reason: str) -> None:
        """Count somebody who was turned away, by the reason of the `Denied`."""
        with self._lock:
            self._denials[reason] = self._denials.get(reason, 0) + 1

    def read(self) -> tuple[dict[str, tuple[dict[str, int], list[int], int]], dict[str, int]]:
        """Give codes, buckets and the sum of ns of each method that was called, and denials by reason."""
        with self._lock:
            calls = {
                method: (dict(calls.codes), list(calls.buckets), calls.sum_ns)
                for method, calls in self._calls.items()
                if calls.codes
            }
            return calls, dict(self._denials)
