"""Events of late, as the server sent them, by revision; for one event loop.

Owns what is kept and who waits; must not know where events come from nor where they go.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Callable

from msgspec import Struct

from routing.errors import CompactedError, UsageError
from routing.events import Event


class Kept(Struct, frozen=True, gc=False):
    """An event, and the part of a ``WatchResponse`` that holds it."""

    revision: int
    event: Event
    chunk: bytes


class Shelf:
    """The latest events of a domain.

    Parameters
    ----------
    keep : int
        How many events at least, once there are so many; at most twice as many.
    """

    def __init__(self, keep: int) -> None:
        self.keep = keep
        self.revision = -1  # everything up to here is on the shelf, or was; -1: it has not begun
        self.oldest = 0  # everything after it is still here
        self.error: Exception | None = None
        self.watches = 0
        self._kept: list[Kept] = []
        self._moved = asyncio.Event()

    def begin(self, revision: int) -> None:
        """Start anew from a revision."""
        self._kept.clear()
        self.revision = self.oldest = revision
        self._wake()

    def add(self, revision: int, events: list[Kept]) -> None:
        """Put events up, and whoever waits is woken."""
        self._kept += events
        if len(self._kept) > 2 * self.keep:
            dropped = len(self._kept) - self.keep
            self.oldest = self._kept[dropped - 1].revision
            del self._kept[:dropped]
        self.revision = revision
        self._wake()

    def fail(self, error: Exception) -> None:
        """End everybody's watch."""
        self.error = error
        self._wake()

    def check(self, after: int) -> None:
        """Raise unless one can watch from behind this revision on."""
        if self.error is not None:
            raise self.error
        if after > self.revision:
            raise UsageError(
                f"revision {after} is not in 0..{self.revision}, which is what has happened; watch from one of these"
            )
        if after < self.oldest:
            raise CompactedError(
                f"events after revision {after} are no longer kept, those after {self.oldest} are; "
                "read the present state, and watch from its revision",
                self.oldest,
            )

    def take(self, after: int, limit: int, wanted: Callable[[Event], bool] | None) -> tuple[int, list[bytes]]:
        """Give what is wanted of the next ``limit`` events behind a revision, and how far that goes."""
        self.check(after)
        start = bisect_right(self._kept, after, key=lambda one: one.revision)
        found = self._kept[start : start + limit]
        revision = found[-1].revision if start + limit < len(self._kept) else self.revision
        if wanted is None:
            return revision, [one.chunk for one in found]
        return revision, [one.chunk for one in found if wanted(one.event)]

    async def wait(self, after: int, timeout_s: float) -> None:
        """Wait until something has happened behind a revision, at most so long."""
        moved = self._moved
        if self.revision > after or self.error is not None:
            return
        try:
            async with asyncio.timeout(timeout_s):
                await moved.wait()
        except TimeoutError:
            return

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
