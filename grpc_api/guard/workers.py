"""Threads for calls, of which none waits long for a message that does not come.

A worker of ``grpc.server`` takes a call when its headers have come, and waits for the message: before any code of
ours has run, so before anybody was asked who they are. A stranger who sends headers alone, once for each worker,
would stop the server for as long as he likes. Here such waiting ends: after ``patience``, or, as soon as more calls
wait for their message than are ``spare``, for the one that has waited longest. Whoever sends a message with the
headers, as every client does, waits for nothing and is not touched.

Owns that watch; must not know what calls do.
"""

import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

from routing.units import MILLISECOND, SECOND

_LOG: Final = logging.getLogger("huntgroup.guard")
_HURRY_NS: Final = 100 * MILLISECOND  # that anybody may wait, however many do
_IN_POOL: Final = ("_unary_response_in_pool", "_stream_response_in_pool")
_EVENT, _THUNK = 1, 4  # where gRPC puts the call, and what waits for its message

Answer = TypeVar("Answer")


class Workers(ThreadPoolExecutor):
    """What ``grpc.server`` takes as its threads.

    Parameters
    ----------
    workers : int
        Threads for calls that are being done.
    spare : int, default 64
        Threads beyond these, for calls that wait for their message.
    patience_ns : int, default 10 s
        How long a call may wait for its message.
    thread_name_prefix : str, default "huntgroup-call"
        How the threads are called.
    """

    def __init__(
        self,
        workers: int,
        spare: int = 64,
        patience_ns: int = 10 * SECOND,
        thread_name_prefix: str = "huntgroup-call",
    ) -> None:
        super().__init__(workers + spare, thread_name_prefix)
        self._spare = spare
        self._patience_ns = patience_ns
        self._waiting: dict[int, tuple[int, Any]] = {}
        self._numbers = itertools.count()
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._look_on, name=f"{thread_name_prefix}-watch", daemon=True)
        self._watch.start()

    def submit(self, fn: Callable[..., Answer], /, *args: Any, **kwargs: Any) -> Future[Answer]:
        """Take a task; of those that gRPC gives, watch the one part that waits for the client."""
        if len(args) > _THUNK and getattr(args[0], "__name__", "") in _IN_POOL:
            call, thunk = args[_EVENT].call, args[_THUNK]
            number, waiting = next(self._numbers), self._waiting

            def receive() -> Any:
                waiting[number] = (time.monotonic_ns(), call)
                try:
                    return thunk()
                finally:
                    waiting.pop(number, None)

            args = (*args[:_THUNK], receive, *args[_THUNK + 1 :])
        return super().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End, as any executor does."""
        self._closed.set()
        super().shutdown(wait, cancel_futures=cancel_futures)

    @property
    def waiting(self) -> int:
        """Calls that wait for their message now."""
        return len(self._waiting)

    def _look_on(self) -> None:
        while not self._closed.wait(_HURRY_NS / SECOND):
            if self._waiting:
                self._hurry(time.monotonic_ns())

    def _hurry(self, now_ns: int) -> None:
        """Cancel those that have waited too long, the oldest first."""
        waiting = list(self._waiting.items())  # at once, since workers go on meanwhile
        waiting.sort(key=lambda item: item[1][0])
        cancelled = 0
        for place, (number, (since_ns, call)) in enumerate(waiting):
            crowded = len(waiting) - place > self._spare
            if now_ns - since_ns < (_HURRY_NS if crowded else self._patience_ns):
                break
            if self._waiting.pop(number, None) is not None:
                call.cancel()
                cancelled += 1
        if cancelled:
            _LOG.warning("%d calls were cancelled that sent headers and no message", cancelled)
