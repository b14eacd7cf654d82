"""The inbox: commands that wait for the writer, a bounded number of them.

Owns the waiting line and its limit; must not know how commands are done.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence

from routing.errors import OverloadedError
from routing.host.shapes import Outcome, Request
from routing.units import MILLISECOND, SECOND


class Turn:
    """Some commands of one caller, and what became of them.

    ``tell`` is called when it is done, by whichever thread did it.
    """

    __slots__ = ("error", "outcomes", "requests", "tell")

    def __init__(self, requests: Sequence[Request], tell: Callable[["Turn"], None] | None = None) -> None:
        self.requests = requests
        self.outcomes: list[Outcome] | None = None
        self.error: Exception | None = None
        self.tell = tell

    @property
    def done(self) -> bool:
        """Is there an answer?"""
        return self.outcomes is not None or self.error is not None

    def finish(self, outcomes: list[Outcome]) -> None:
        """Answer with outcomes."""
        self.outcomes = outcomes
        if self.tell is not None:
            self.tell(self)

    def fail(self, error: Exception) -> None:
        """Answer with an error."""
        self.error = error
        if self.tell is not None:
            self.tell(self)

    def result(self) -> list[Outcome]:
        """Give the outcomes, or raise the error."""
        if self.error is not None:
            raise self.error
        assert self.outcomes is not None
        return self.outcomes


class Inbox:
    """Turns in order of arrival.

    Parameters
    ----------
    limit : int
        Commands that may wait. A single turn may be larger, when nothing else waits.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.waiting = 0  # commands
        self.overloaded = 0  # commands refused
        self.pace_ns = 10_000.0  # per command, as of late
        self._turns: deque[Turn] = deque()
        self._door = threading.Lock()

    def put(self, turn: Turn) -> None:
        """Line up; raises `OverloadedError` when the line is full."""
        size = len(turn.requests)
        with self._door:
            if self.waiting and self.waiting + size > self.limit:
                self.overloaded += size
                wait = min(max(int(self.waiting * self.pace_ns), 10 * MILLISECOND), 5 * SECOND)
                raise OverloadedError(
                    f"{self.waiting} commands wait, and the limit is {self.limit} (inbox); "
                    f"send less at once, and these again in {wait // MILLISECOND} ms",
                    wait,
                )
            self.waiting += size
            self._turns.append(turn)

    def take(self, most: int) -> list[Turn]:
        """Take turns of at most so many commands together, but at least one turn if there is any."""
        turns = self._turns
        taken: list[Turn] = []
        size = 0
        with self._door:
            while turns and (not taken or size + len(turns[0].requests) <= most):
                turn = turns.popleft()
                size += len(turn.requests)
                taken.append(turn)
            self.waiting -= size
        return taken
