"""The board: instructions as they come about, for whoever follows them.

A follower has a place of its own and is woken only for what concerns it. One that falls too far behind is cut off and
costs the others nothing; one that comes back goes on from a mark that it was given.

Owns the instructions of late, and the followers; must not know hosts.
"""

import asyncio
import threading
from bisect import bisect_left
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import NamedTuple, Self

from grpc_api.facade.ends import Last
from grpc_api.facade.fold import Ending, Fold, Told
from grpc_api.facade.shapes import Notice
from grpc_api.settings import FacadeLimits
from routing.clock import monotonic_ns
from routing.errors import ClosedError, CompactedError, OverloadedError, UsageError
from routing.units import SECOND

#: How often an idle stream is given a mark of progress, ns.
MARK_NS = 10 * SECOND


class Posted(NamedTuple):
    """An instruction on the board, and whose call it concerns."""

    told: Told
    front_end: str


class Board:
    """What front-ends are to do, as it comes about.

    Parameters
    ----------
    fold : Fold
        The calls; whoever changes it holds ``lock``.
    limits : FacadeLimits
        Of followers and of what is kept for them.
    now : callable
        Gives the instant of the engine.
    """

    def __init__(self, fold: Fold, limits: FacadeLimits, now: Callable[[], int]) -> None:
        self.fold = fold
        self.lock = threading.Lock()
        self.revision = 0  # everything up to here has been posted
        self.oldest = 0  # everything after it is still kept
        self._now = now
        self._limits = limits
        self._log: list[Posted] = []
        self._calls: dict[str, dict[str, None]] = {}  # living ones by front-end, the oldest first
        self._by_front_end: dict[str, set[Following]] = {}
        self._by_call: dict[str, set[Following]] = {}
        self._moved = threading.Condition(self.lock)
        self._waiting = 0
        self._closed = ""
        self._over = ""  # why nobody may follow any more, though it is still filled
        self.followers = 0

    # --- Whoever fills it

    def begin(self, revision: int) -> None:
        """Start anew from the calls in the fold; whoever followed has missed something and is cut off."""
        with self.lock:
            for following in self._everybody():
                following._cut(self._compacted(following.revision, revision))
            self._log.clear()
            self._calls.clear()
            self.revision = self.oldest = revision
            for call_id, call in self.fold.calls.items():
                self._calls.setdefault(call.front_end or "", {})[call_id] = None
            self._moved.notify_all()

    def post(self, revision: int, posted: Sequence[Posted]) -> None:
        """Put instructions up and wake whom they concern. O(instructions and followers of these calls)."""
        with self.lock:
            self._log += posted
            keep = self._limits.notices
            if len(self._log) > 2 * keep:
                self.oldest = self._log[-keep - 1].told.revision
                del self._log[:-keep]
            for one in posted:
                self._index(one)
                self._hand_out(one)
            self.revision = revision
            if self._waiting:
                self._moved.notify_all()

    def add(self, told: Sequence[Told]) -> None:
        """Put up what follows from no event, as of the latest revision; the lock is held."""
        for one in told:
            call = self.fold.calls.get(one.call_id)
            if call is not None and call.front_end is not None:
                posted = Posted(one._replace(revision=self.revision), call.front_end)
                self._log.append(posted)
                self._hand_out(posted, anew=True)

    def close(self, why: str) -> None:
        """End every stream, now or at its next call; nothing is posted any more."""
        with self.lock:
            self._closed = self._closed or why
        self.end_streams(why)

    def end_streams(self, why: str) -> None:
        """End every stream, now or at its next call, while the rest goes on."""
        with self.lock:
            self._over = self._over or why
            for following in self._everybody():
                following._cut(self._ended())
            self._moved.notify_all()

    # --- Whoever asks

    def wait_for(self, revision: int, timeout_ns: int) -> bool:
        """Wait until everything up to a revision has been posted; False when the time was over before."""
        until = monotonic_ns() + timeout_ns
        with self.lock:
            self._waiting += 1
            try:
                while self.revision < revision:
                    left = (until - monotonic_ns()) / 1e9
                    if left <= 0 or self._closed:
                        return False
                    self._moved.wait(left)
                return True
            finally:
                self._waiting -= 1

    def ending(self, call_id: str) -> Ending | None:
        """Tell how a call ended, if that is still known."""
        with self.lock:
            return self.fold.endings.get(call_id)

    def changed(self, call_id: str) -> int:
        """Give the revision of the latest event of a call; 0 when it is not known."""
        with self.lock:
            return self._changed(call_id)

    def follow(
        self, *, front_end: str | None = None, call_id: str = "", start_revision: int | None = None
    ) -> "Following":
        """Follow all calls of a front-end, or one call.

        Parameters
        ----------
        front_end : str, optional
            Whose calls.
        call_id : str, optional
            Which call; goes before the front-end.
        start_revision : int, optional
            0: what holds now comes first. One that a stream gave: whatever came after it, and what it gave at this
            very revision once more. None: from now on.

        Raises
        ------
        CompactedError
            If instructions after ``start_revision`` are no longer kept: start with 0.
        OverloadedError
            If there are as many followers as the limit allows.
        UsageError
            If neither is given, or the revision is below 0.
        """
        if not call_id and front_end is None:
            raise UsageError("neither call_id nor front_end is given; say what to follow")
        with self.lock:
            if self._over:
                raise self._ended()
            if self.followers >= self._limits.followers:
                raise OverloadedError(
                    f"{self.followers} follow instructions, the limit facade.followers; close some, or raise it",
                    SECOND,
                )
            following = Following(self, front_end, call_id, self._limits.pending)
            following.revision = self.revision
            if start_revision is not None:
                following.revision = max(self.revision, start_revision)
                following.first = self._first(front_end, call_id, start_revision)
                following.greets = not (call_id and start_revision)
            self.followers += 1
            if call_id:
                self._by_call.setdefault(call_id, set()).add(following)
            else:
                self._by_front_end.setdefault(front_end or "", set()).add(following)
            return following

    # --- Inside; the lock is held

    def _first(self, front_end: str | None, call_id: str, start: int) -> list[Notice]:
        if start < 0:
            raise UsageError(f"start_revision {start} is below 0; pass 0, or a mark of an earlier stream")
        if call_id:
            return self._present((call_id,), start) if self._changed(call_id) > start or not start else []
        if start == 0:
            found = self._present(tuple(self._calls.get(front_end or "", ())), 0)
            return sorted(
                found, key=lambda notice: notice.revision
            )  # so that a break among them loses nothing
        if start < self.oldest:
            raise self._compacted(start, self.oldest)
        at = bisect_left(self._log, start, key=lambda one: one.told.revision)
        return [notice_of(one.told) for one in self._log[at:] if one.front_end == front_end]

    def _present(self, call_ids: Sequence[str], start: int) -> list[Notice]:
        return [
            Notice(max(self._changed(call_id), start), call_id, one)
            for call_id in call_ids
            for one in self.fold.present(call_id, self._now())
        ]

    def _changed(self, call_id: str) -> int:
        call = self.fold.calls.get(call_id)
        if call is not None:
            return call.changed
        ended = self.fold.endings.get(call_id)
        return ended.revision if ended is not None else 0

    def _index(self, one: Posted) -> None:
        calls = self._calls.setdefault(one.front_end, {})
        if isinstance(one.told.instruction, Last):
            calls.pop(one.told.call_id, None)
            if not calls:
                del self._calls[one.front_end]
        else:
            calls[one.told.call_id] = None

    def _hand_out(self, one: Posted, *, anew: bool = False) -> None:
        for followers in (
            self._by_front_end.get(one.front_end, ()),
            self._by_call.get(one.told.call_id, ()),
        ):
            for following in followers:
                following._give(notice_of(one.told), anew=anew)

    def _everybody(self) -> Iterator["Following"]:
        for followers in (*self._by_front_end.values(), *self._by_call.values()):
            yield from followers

    def _let_go(self, following: "Following") -> None:
        table, key = (
            (self._by_call, following.call_id)
            if following.call_id
            else (self._by_front_end, following.front_end or "")
        )
        followers = table.get(key)
        if followers is not None and following in followers:
            self.followers -= 1
            followers.discard(following)
            if not followers:
                del table[key]

    def _compacted(self, start: int, oldest: int) -> CompactedError:
        return CompactedError(
            f"instructions after revision {start} are no longer kept, those after {oldest} are; "
            "say which calls there are (SyncCalls), and follow from 0",
            oldest,
        )

    def _ended(self) -> ClosedError:
        return ClosedError(f"instructions have ended: {self._over}")


def notice_of(told: Told) -> Notice:
    """Make an item of a stream.

    >>> from grpc_api.facade.shapes import Talk
    >>> notice_of(Told(7, "call-1", Talk("ann")))
    Notice(revision=7, call_id='call-1', instruction=Talk(agent='ann'))
    """
    return Notice(told.revision, told.call_id, told.instruction)


class Following:
    """A place on the board, for one thread or task at a time. Iterating goes on until it is closed.

    Attributes
    ----------
    revision : int
        The latest mark: where to go on after a break.
    first : list of Notice
        What comes first; the board fills it, the facade completes it.
    greets : bool
        The first mark comes at once, even if nothing stands before it: all that holds has been told.
    """

    def __init__(self, board: Board, front_end: str | None, call_id: str, pending: int) -> None:
        self.front_end = front_end
        self.call_id = call_id
        self.revision = 0
        self.first: list[Notice] = []
        self.greets = False
        self._board = board
        self._pending = pending
        self._items: deque[Notice] = deque()
        self._error: ClosedError | CompactedError | None = None
        self._woken = threading.Condition(board.lock)
        self._task: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._open = True

    def take(self, timeout_ns: int | None = None) -> list[Notice]:
        """Wait for instructions, at most so long (None: for ever); they end in a mark, which may come alone.

        Raises
        ------
        CompactedError
            If this follower was too slow, so that instructions are gone which it has not seen.
        ClosedError
            If it was closed, or the host was.
        """
        until = None if timeout_ns is None else monotonic_ns() + timeout_ns
        with self._board.lock:
            while not self._ready():
                left = None if until is None else (until - monotonic_ns()) / 1e9
                if left is not None and left <= 0:
                    break
                self._woken.wait(left)
            return self._taken()

    async def take_async(self, timeout_ns: int | None = None) -> list[Notice]:
        """Like `take`, for asyncio."""
        event = asyncio.Event()
        try:
            async with asyncio.timeout(None if timeout_ns is None else timeout_ns / 1e9):
                while True:
                    with self._board.lock:
                        if self._ready():
                            return self._taken()
                        self._task = (asyncio.get_running_loop(), event)
                    await event.wait()
                    event.clear()
        except TimeoutError:
            with self._board.lock:
                return self._taken()
        finally:
            with self._board.lock:
                self._task = None

    def close(self) -> None:
        """Let go; closing twice does nothing. Whoever waits here is woken."""
        with self._board.lock:
            self._open = False
            self._board._let_go(self)
            self._wake()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Notice]:
        while True:
            try:
                yield from self.take(MARK_NS)
            except ClosedError:
                if not self._open:
                    return
                raise

    async def __aiter__(self) -> AsyncIterator[Notice]:
        while True:
            for notice in await self.take_async(MARK_NS):
                yield notice

    # --- Inside; the lock is held

    def _ready(self) -> bool:
        return bool(self._items or self.first or self.greets or self._error or not self._open)

    def _taken(self) -> list[Notice]:
        if not self._open:
            raise ClosedError("the stream is closed; follow anew")
        if self._error is not None:
            self._board._let_go(self)
            raise self._error
        found = [*self.first, *self._items]
        self.first, self.greets = [], False
        self._items.clear()
        self.revision = max(self.revision, self._board.revision)
        return [*found, Notice(self.revision)]

    def _give(self, notice: Notice, *, anew: bool) -> None:
        if notice.revision <= self.revision and not anew:  # it was seen before the fold came to it
            return
        if len(self._items) >= self._pending:
            self._cut(
                CompactedError(
                    f"{self._pending} instructions were not taken in time, the limit facade.pending; "
                    f"follow from {self.revision}, and take faster",
                    self.revision,
                )
            )
            return
        self._items.append(notice)
        self._wake()

    def _cut(self, error: ClosedError | CompactedError) -> None:
        self._error = self._error or error
        self._items.clear()
        self._wake()

    def _wake(self) -> None:
        self._woken.notify_all()
        if self._task is not None:
            loop, event = self._task
            try:
                loop.call_soon_threadsafe(event.set)
            except RuntimeError:  # the loop is closed; whoever waited in it is gone
                self._task = None
