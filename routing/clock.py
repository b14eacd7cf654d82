"""The time of day as a host stamps it: integer nanoseconds since 1970 that never decrease.

Owns the only use of the standard clocks; must not know what is stamped.
"""

import time
from time import monotonic_ns
from typing import Protocol


class Clock(Protocol):
    """Where a host takes the time from."""

    def now_ns(self) -> int:
        """Give the instant, ns since 1970, never less than before."""
        ...

    def not_before(self, at_ns: int) -> None:
        """Never give an instant before this one from now on."""
        ...


class WallClock:
    """The machine's clock, without its steps backwards.

    Time goes on at the pace of the monotonic clock. When the wall clock is ahead of that (it was set forward, or the
    machine slept) it is followed; when it is behind, it is not, so that no timer stands still until it catches up.

    Examples
    --------
    >>> clock = WallClock()
    >>> early = clock.now_ns()
    >>> clock.not_before(early + 3_600_000_000_000)
    >>> clock.now_ns() - early >= 3_600_000_000_000
    True
    """

    def __init__(self) -> None:
        self._offset = time.time_ns() - monotonic_ns()

    def now_ns(self) -> int:
        """Give the instant, ns since 1970, never less than before. O(1), about 0.2 us."""
        offset = time.time_ns() - monotonic_ns()
        if offset > self._offset + 50_000_000:  # less is the noise of two readings, or a slew
            self._offset = offset
        return monotonic_ns() + self._offset

    def not_before(self, at_ns: int) -> None:
        """Go on from this instant, should it be ahead."""
        self._offset = max(self._offset, at_ns - monotonic_ns())


def pause_ns(duration_ns: int) -> None:
    """Let so much time pass."""
    time.sleep(duration_ns / 1e9)


__all__ = ["Clock", "WallClock", "monotonic_ns", "pause_ns"]
