"""The feed: events as they happen, from any revision that is still kept.

The n-th event of an engine has revision n. The writer appends and goes on; each watch holds nothing but its place and
takes from there when it likes. So a slow watch costs nobody anything: when what it wants is no longer kept, it is cut
off, and learns it.

Owns the kept events and the places; must not know where events come from.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from itertools import compress, count
from typing import Self

from msgspec import Struct

from routing.clock import monotonic_ns
from routing.errors import ClosedError, CompactedError, UsageError
from routing.events import Event

Wanted = Callable[[Event], bool]


class Taken(Struct, frozen=True):
    """What a watch has been given. Everything up to ``revision`` has been seen, also when nothing of it was wanted."""

    revision: int
    events: list[tuple[int, Event]]


class Feed:
    """The latest events by revision.

    Parameters
    ----------
    revision : int
        What the engine has reached.
    keep : int
        How many events are kept at least, as soon as there are so many; at most twice as many.
    """

    def __init__(self, revision: int, keep: int) -> None:
        self.keep = keep
        self.watches = 0
        self.cut = 0
        self._events: list[Event] = []
        self._before = revision  # revision of what came before the first kept
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._waiting = 0  # threads
        self._tasks: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._closed = ""

    @property
    def revision(self) -> int:
        """Revision of the latest event."""
        return self._before + len(self._events)

    @property
    def oldest(self) -> int:
        """The least revision after which everything is still kept."""
        return self._before

    def publish(self, events: Sequence[Event]) -> None:
        """Append, and wake who waits. O(events), O(1) on average for what is dropped."""
        with self._lock:
            kept = self._events
            kept.extend(events)
            if len(kept) > 2 * self.keep:
                dropped = len(kept) - self.keep
                del kept[:dropped]
                self._before += dropped
            self._wake()

    def close(self, why: str) -> None:
        """End every watch, now or at its next call."""
        with self._changed:
            self._closed = self._closed or why
            self._wake()

    def watch(self, after: int | None = None, wanted: Wanted | None = None) -> "Watch":
        """Watch from behind this revision on (None: from now on).

        Raises
        ------
        CompactedError
            If events after it are no longer kept; ``oldest`` says from where they are.
        UsageError
            If the revision is ahead of the feed.

        Examples
        --------
        >>> feed = Feed(7, keep=100)
        >>> feed.watch().take(0).revision
        7
        """
        revision = self.revision
        if after is not None and (type(after) is not int or not 0 <= after <= revision):
            raise UsageError(
                f"revision {after!r} is not in 0..{revision}, which is what has happened; watch from one of these"
            )
        watch = Watch(self, revision if after is None else after, wanted)
        if watch.revision < self._before:
            watch.close()
            raise self._compacted(watch.revision)
        return watch

    def _wake(self) -> None:
        if self._waiting:
            self._changed.notify_all()
        for event, loop in self._tasks.items():
            try:
                loop.call_soon_threadsafe(event.set)
            except RuntimeError:  # the loop is closed; whoever waited in it is gone
                continue

    def _take(self, after: int, limit: int, wanted: Wanted | None) -> Taken | None:
        """Take what is there; None when that is nothing. The lock is held."""
        start = after - self._before
        if start < 0:
            raise self._compacted(after)
        found = self._events[start : start + limit]
        if not found:
            if self._closed:
                raise ClosedError(f"the feed has ended: {self._closed}")
            return None
        revision = after + len(found)
        numbered = zip(count(after + 1), found, strict=False)
        if wanted is None:
            return Taken(revision, list(numbered))
        return Taken(revision, list(compress(numbered, map(wanted, found))))

    def _compacted(self, after: int) -> CompactedError:
        return CompactedError(
            f"events after revision {after} are no longer kept, those after {self._before} are; "
            "read the present state, and watch from its revision",
            self._before,
        )


class Watch:
    """A place in a feed. For one thread or task at a time."""

    def __init__(self, feed: Feed, revision: int, wanted: Wanted | None) -> None:
        self.revision = revision  # everything up to here has been seen
        self._feed = feed
        self._wanted = wanted
        self._open = True
        with feed._changed:
            feed.watches += 1

    def take(self, timeout_ns: int | None = None, limit: int = 1_000) -> Taken:
        """Wait for events, at most so long (None: for ever), and take at most ``limit``; wanted ones are returned.

        Comes back without events when the time is over, or when none of what happened was wanted.

        Raises
        ------
        CompactedError
            If this watch was too slow, so that events are gone which it has not seen.
        ClosedError
            If the feed has ended.
        """
        feed = self._feed
        until = None if timeout_ns is None else monotonic_ns() + timeout_ns
        with feed._changed:
            while (taken := self._now(limit)) is None:
                left = None if until is None else (until - monotonic_ns()) / 1e9
                if left is not None and left <= 0:
                    return Taken(self.revision, [])
                feed._waiting += 1
                try:
                    feed._changed.wait(left)
                finally:
                    feed._waiting -= 1
        return taken

    async def take_async(self, timeout_ns: int | None = None, limit: int = 1_000) -> Taken:
        """Like `take`, for asyncio."""
        feed = self._feed
        woken = asyncio.Event()
        try:
            async with asyncio.timeout(None if timeout_ns is None else timeout_ns / 1e9):
                while True:
                    with feed._changed:
                        feed._tasks[woken] = asyncio.get_running_loop()
                        taken = self._now(limit)
                    if taken is not None:
                        return taken
                    await woken.wait()
                    woken.clear()
        except TimeoutError:
            return Taken(self.revision, [])
        finally:
            with feed._changed:
                feed._tasks.pop(woken, None)

    def close(self) -> None:
        """Let go; closing twice does nothing."""
        with self._feed._changed:
            if self._open:
                self._open = False
                self._feed.watches -= 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _now(self, limit: int) -> Taken | None:
        if not self._open:
            raise ClosedError("the watch is closed; make another one")
        try:
            taken = self._feed._take(self.revision, limit, self._wanted)
        except CompactedError:
            self._feed.cut += 1
            raise
        if taken is not None:
            self.revision = taken.revision
        return taken
