"""Between a fold and a history: takes rows without waiting, writes them from a thread of its own, and tries again.

The fold runs where commands are applied, which must never wait for a database. What cannot be written yet is kept up to
a limit; what is beyond it is dropped, counted, and its span told, so that it can be made again from the journal
(`huntgroup report --rebuild`): nothing is lost without a word.

Owns the thread and what waits; must not know where rows come from.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from msgspec import Struct

from routing.errors import UnavailableError, UsageError
from routing.history.writing import Taken, size
from routing.statistics.shapes import AgentRow, ContactRecord, QueueRow, Session
from routing.units import MILLISECOND, SECOND

_FIRST_PAUSE_NS: Final = 250 * MILLISECOND
_LAST_PAUSE_NS: Final = 30 * SECOND
#: Rows that go into one transaction, unless one `put` has more.
_AT_ONCE: Final = 20_000
#: What the database refuses, though it is there, is tried so often before it is dropped.
_TRIES: Final = 5


class Target(Protocol):
    """Where rows are written: a `History`."""

    def write(self, taken: Taken) -> None:
        """Write; safe to do again."""
        ...


class Recording(Struct, frozen=True):
    """How a recorder stands; rows are those of intervals, contacts and sessions alike.

    ``failures`` are the tries since the last success, ``trouble`` says why. What was dropped lies between
    ``dropped_from_ns`` and ``dropped_to_ns`` (both 0: nothing was).
    """

    waiting: int
    written: int
    dropped: int
    dropped_from_ns: int
    dropped_to_ns: int
    failures: int
    trouble: str


class Recorder:
    """Writes what it is given into a history, soon.

    Parameters
    ----------
    history : History
        Where to write.
    limit : int, default 500_000
        Rows that are kept while they cannot be written: some hundred bytes each, and a day of a thousand queues and
        agents are some 200,000.
    tell : callable, optional
        Is given a line for the log when writing fails for the first time, works again, or rows are dropped; from the
        recorder's thread, or from that of `put`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from routing.statistics.shapes import Session
    >>> history = SimpleNamespace(write=lambda taken: None)
    >>> with Recorder(history) as recorder:
    ...     recorder.put(SimpleNamespace(queues=[], agents=[], records=[], sessions=[Session("ann", 5, 9)]))
    ...     _ = recorder.flush(60 * SECOND)
    ...     recorder.standing().written
    1
    """

    def __init__(
        self, history: Target, *, limit: int = 500_000, tell: Callable[[str], None] | None = None
    ) -> None:
        if limit < 1:
            raise UsageError(f"limit {limit} is not above 0; allow as many rows as memory has room for")
        self._history = history
        self._limit = limit
        self._tell = tell or (lambda _: None)
        self._changed = threading.Condition(threading.Lock())
        self._waiting: deque[Taken] = deque()
        self._rows = 0  # of what waits, also of what is being written
        self._written = self._dropped = self._failures = 0
        self._dropped_from_ns = self._dropped_to_ns = 0
        self._trouble = ""
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="huntgroup-recorder", daemon=True)
        self._thread.start()

    def put(self, taken: Taken) -> None:
        """Have it written; never waits for the database. O(1), unless it is dropped."""
        rows = size(taken)
        if not rows:
            return
        with self._changed:
            ended = self._ending
            full = self._rows + rows > self._limit or ended
            if full:
                self._drop(taken)
            else:
                self._waiting.append(taken)
                self._rows += rows
                self._changed.notify_all()
        if full:
            why = (
                "the recorder has ended" if ended else f"as many as {self._limit} wait to be written already"
            )
            self._tell(f"{rows} rows of the history are dropped: {why}")

    def standing(self) -> Recording:
        """Tell how much waits, was written and was dropped. O(1)."""
        with self._changed:
            return Recording(
                self._rows,
                self._written,
                self._dropped,
                self._dropped_from_ns,
                self._dropped_to_ns,
                self._failures,
                self._trouble,
            )

    def flush(self, timeout_ns: int) -> bool:
        """Wait until everything is written, or dropped; tells whether that came true in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._rows, timeout_ns / SECOND)

    def close(self, timeout_ns: int = 10 * SECOND) -> None:
        """Write what waits and end; what cannot be written in this time is dropped, and counted so."""
        self.flush(timeout_ns)
        with self._changed:
            self._ending = True
            left = list(self._waiting)
            self._waiting.clear()
            for taken in left:
                self._rows -= size(taken)
                self._drop(taken)
            self._changed.notify_all()
        if left:
            self._tell(f"{sum(map(size, left))} rows of the history could not be written before the end")
        self._thread.join(timeout_ns / SECOND)  # a write under way ends by itself, or with the process

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------- in the thread

    def _run(self) -> None:
        pause_ns = 0
        while True:
            with self._changed:
                if pause_ns:
                    self._changed.wait_for(lambda: self._ending, pause_ns / SECOND)
                self._changed.wait_for(lambda: self._waiting or self._ending)
                if self._ending:
                    return
                some = self._some()
            pause_ns = self._try(some, pause_ns)

    def _some(self) -> list[Taken]:
        """What goes into the next transaction: one thing alone while something is refused."""
        some, rows = [self._waiting[0]], size(self._waiting[0])
        if self._failures:
            return some
        for taken in list(self._waiting)[1:]:
            rows += size(taken)
            if rows > _AT_ONCE:
                break
            some.append(taken)
        return some

    def _try(self, some: list[Taken], paused_ns: int) -> int:
        """Write; returns how long to pause before the next try, 0: not at all."""
        try:
            self._history.write(some[0] if len(some) == 1 else _Joined(some))
        except Exception as error:  # a thread that ends would lose everything from then on
            return self._failed(some, error, paused_ns)
        with self._changed:
            self._done(some)
            self._written += sum(map(size, some))
            failures, self._failures, self._trouble = self._failures, 0, ""
        if failures:
            self._tell(f"the history is written again, after {failures} tries that failed")
        return 0

    def _failed(self, some: list[Taken], error: Exception, paused_ns: int) -> int:
        with self._changed:
            self._failures += 1
            first = self._failures == 1
            self._trouble = str(error) or type(error).__name__
            given_up = self._failures >= _TRIES and not isinstance(error, UnavailableError)
            if given_up:
                self._done(some)
                self._drop(*some)
                self._failures = 1  # so that the next goes alone, too
        if given_up:
            self._tell(f"{sum(map(size, some))} rows of the history are dropped: {self._trouble}")
        elif first:
            self._tell(f"the history is not written, what waits is kept and tried again: {self._trouble}")
        return min(max(2 * paused_ns, _FIRST_PAUSE_NS), _LAST_PAUSE_NS)

    def _done(self, some: list[Taken]) -> None:
        """Forget what is done with; `close` may have been quicker."""
        for taken in some:
            if self._waiting and self._waiting[0] is taken:
                self._waiting.popleft()
                self._rows -= size(taken)
        self._changed.notify_all()

    def _drop(self, *dropped: Taken) -> None:
        for taken in dropped:
            starts, ends = _reach(taken)
            self._dropped_from_ns = min(starts, self._dropped_from_ns) if self._dropped else starts
            self._dropped_to_ns = max(ends, self._dropped_to_ns)
            self._dropped += size(taken)


class _Joined:
    """Several things that are written in one transaction."""

    def __init__(self, some: list[Taken]) -> None:
        self.queues: list[QueueRow] = [row for taken in some for row in taken.queues]
        self.agents: list[AgentRow] = [row for taken in some for row in taken.agents]
        self.records: list[ContactRecord] = [one for taken in some for one in taken.records]
        self.sessions: list[Session] = [one for taken in some for one in taken.sessions]


def _reach(taken: Taken) -> tuple[int, int]:
    """Tell from when to when rows reach; there is at least one."""
    spans = [(row.start_ns, row.end_ns) for rows in (taken.queues, taken.agents) for row in rows]
    spans += [(one.arrived_ns, one.ended_ns) for one in taken.records]
    spans += [(one.log_in_ns, one.log_out_ns) for one in taken.sessions]
    return min(start for start, _ in spans), max(end for _, end in spans)
