"""Recording: what statistics have finished goes somewhere that lasts, such as a database, every few seconds.

What is over is taken under the host's lock, given away outside it, and confirmed afterwards. What is not confirmed is
kept with the statistics, so after a crash it is given again: whoever takes it writes by key, and nothing is lost or
doubled. That an interval is over is journaled before its rows are told.

Owns when rows are taken, given and confirmed; must not know where they go.
"""

import threading
from collections.abc import Callable

from msgspec import Struct

from routing.errors import HuntgroupError
from routing.host.counting import FOLLOWER, Counting
from routing.host.host import Host
from routing.host.keeper import Keeper
from routing.statistics.fold import Taken
from routing.units import SECOND


class Recorded(Struct, frozen=True):
    """How a recorder stands. ``pending`` rows and records wait; ``problem`` is that of the latest try, or ""."""

    written: int
    pending: int
    lost: int
    failures: int
    problem: str


class Recorder:
    """Gives away what a host's statistics have finished.

    Parameters
    ----------
    host : Host
        It has the follower `routing.host.counting.FOLLOWER`.
    put : callable, optional
        Is given what is finished, some of it perhaps again; what it raises is tried anew the next time. None: nothing
        is given away, and only the end of intervals is seen to.
    every_ns : int, default 5 s
        How often.
    failed : callable, optional
        Is told of the first failure after a success.
    threads : bool, default True
        False: somebody calls `record`.

    Examples
    --------
    >>> from routing import Config, Queue
    >>> from routing.host.counting import Counted, counting
    >>> host = Host(Config(queues=(Queue("sales"),)), followers={FOLLOWER: counting(Counted(keep=True))})
    >>> with host, Recorder(host, print, threads=False) as recorder:
    ...     recorder.record()  # nothing is over yet
    0
    """

    def __init__(
        self,
        host: Host,
        put: Callable[[Taken], object] | None = None,
        *,
        every_ns: int = 5 * SECOND,
        failed: Callable[[BaseException], object] | None = None,
        threads: bool = True,
    ) -> None:
        self._host = host
        self._put = put
        self._every_ns = every_ns
        self._failed = failed
        self._one = threading.Lock()  # one at a time, so that it is confirmed in order
        self._written = 0
        self._failures = 0
        self._problem = ""
        self._keeper = Keeper(self._work, "huntgroup-recorder") if threads else None

    def record(self) -> int:
        """Give away what is finished; returns how many rows and records that was.

        Raises
        ------
        Exception
            Whatever was raised by whom it was given to, or by the host; it is given again the next time.
        """
        with self._one:
            try:
                count = self._record()
            except BaseException as error:
                self._failures += 1
                first, self._problem = not self._problem, f"{type(error).__name__}: {error}"
                if first and self._failed is not None:
                    self._failed(error)
                raise
            self._problem = ""
            return count

    def _record(self) -> int:
        if self._host.look_now(FOLLOWER, _is_over):
            self._host.pass_time()
        if self._put is None:
            self._host.look(FOLLOWER, _settle)
            return 0
        number, taken = self._host.look(FOLLOWER, _take)
        count = len(taken.queues) + len(taken.agents) + len(taken.records) + len(taken.sessions)
        if count:
            self._put(taken)
            self._host.look(FOLLOWER, lambda counting: counting.confirm(number))
            self._written += count
        return count

    def figures(self) -> Recorded:
        """Say how it stands."""
        pending, lost = self._host.look(FOLLOWER, lambda counting: (counting.pending_size, counting.lost))
        return Recorded(self._written, pending, lost, self._failures, self._problem)

    def close(self) -> None:
        """Stop, after a last try."""
        if self._keeper is not None:
            self._keeper.end()
            self._keeper = None
            self._work()

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _work(self) -> int | None:
        try:
            self.record()
        except HuntgroupError:
            if self._host.state == "stopped":
                return None
        except Exception:  # of whoever writes; it was told, and is tried again
            return self._every_ns
        return self._every_ns


def _is_over(counting: Counting, now_ns: int) -> bool:
    """Is the present interval over, and does nobody know?"""
    return now_ns >= counting.interval_start_ns + counting.settings.interval_ns


def _settle(counting: Counting) -> None:
    counting.settle()


def _take(counting: Counting) -> tuple[int, Taken]:
    counting.settle()
    return counting.take()
