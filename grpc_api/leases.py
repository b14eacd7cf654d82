"""Leases: a front-end that goes away and does not come back in time has lost its calls.

Owns who is there, and until when the others are waited for; must not know sessions.
"""

import logging
import threading
from typing import Final

from grpc_api.domains import Hosted
from routing.commands import SyncCalls
from routing.errors import HuntgroupError

_LOG: Final = logging.getLogger("huntgroup.server")
#: In the journal, of what is done when a lease runs out.
ACTOR: Final = "lease"


class Leases:
    """The leases of a server. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._there: dict[tuple[str, str], int] = {}  # sessions by domain and front-end
        self._running: dict[tuple[str, str], threading.Timer] = {}
        self._closed = False

    def enter(self, hosted: Hosted, front_end: str) -> None:
        """The front-end has opened a session: nothing runs out any more."""
        key = hosted.name, front_end
        with self._lock:
            self._there[key] = self._there.get(key, 0) + 1
            timer = self._running.pop(key, None)
            if timer is not None:
                timer.cancel()

    def leave(self, hosted: Hosted, front_end: str, lease_ns: int) -> None:
        """A session of the front-end has ended; if it was the last one, its lease (0: none) begins to run."""
        key = hosted.name, front_end
        with self._lock:
            left = self._there.pop(key) - 1
            if left:
                self._there[key] = left
            elif lease_ns and not self._closed:
                timer = threading.Timer(lease_ns / 1e9, self._run_out, (hosted, front_end))
                timer.daemon = True
                self._running[key] = timer
                timer.start()

    def close(self) -> None:
        """Forget all leases: whoever comes back to the next server says what it has."""
        with self._lock:
            self._closed = True
            timers = list(self._running.values())
            self._running.clear()
        for timer in timers:
            timer.cancel()
            timer.join()

    def _run_out(self, hosted: Hosted, front_end: str) -> None:
        key = hosted.name, front_end
        with self._lock:
            if self._running.get(key) is not threading.current_thread():
                return  # it came back at the last moment
            del self._running[key]
        try:
            hosted.host.apply(SyncCalls(front_end, ()), actor=ACTOR)
            _LOG.warning("the lease of front-end %r of domain %r has run out", front_end, hosted.name)
        except HuntgroupError as error:
            _LOG.error(
                "the lease of front-end %r of domain %r has run out, but: %s", front_end, hosted.name, error
            )
