"""The keeper: the thread that lets timers fire in time and does what asyncio callers have lined up.

Owns waiting; must not know what is done (``host``).
"""

import threading
from collections.abc import Callable


class Keeper:
    """Calls ``work`` when it is due, or when somebody knocks.

    Parameters
    ----------
    work : callable
        Does what there is to do, and returns in how many ns it wants to be called again (None: when somebody knocks).
    """

    def __init__(self, work: Callable[[], int | None], name: str) -> None:
        self._work = work
        self._changed = threading.Condition(threading.Lock())
        self._knocked = False
        self._ending = False
        self._until_ns: int | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def knock(self) -> None:
        """Have the work done now. O(1), never blocks for long."""
        with self._changed:
            self._knocked = True
            self._changed.notify()

    def end(self) -> None:
        """Stop, and wait until the work under way is done."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        wait_ns: int | None = 0
        while True:
            with self._changed:
                if not self._knocked and not self._ending and wait_ns != 0:
                    self._changed.wait(None if wait_ns is None else min(wait_ns / 1e9, threading.TIMEOUT_MAX))
                if self._ending:
                    return
                self._knocked = False
            wait_ns = self._work()
