"""Files that change while the server runs: certificates and keys.

Owns the question whether they did; must not know what is in them.
"""

import os
from collections.abc import Callable, Iterable


class Watched:
    """Tells, now and then, whether any of some files has changed. Not thread-safe.

    Parameters
    ----------
    paths : iterable of str
        The files; one that is missing counts as changed once it is there again.
    interval_ns : int
        How often they are looked at.
    clock_ns : callable
        A clock that never runs backwards, ns.
    """

    def __init__(self, paths: Iterable[str], interval_ns: int, clock_ns: Callable[[], int]) -> None:
        self._paths = tuple(paths)
        self._interval_ns = interval_ns
        self._clock_ns = clock_ns
        self.next_look_ns = clock_ns() + interval_ns
        self._seen = self._look()

    def changed(self) -> bool:
        """Tell whether a file has changed since this was last answered; within the interval, the answer is no."""
        now_ns = self._clock_ns()
        if now_ns < self.next_look_ns:
            return False
        self.next_look_ns = now_ns + self._interval_ns
        seen = self._look()
        changed, self._seen = seen != self._seen, seen
        return changed

    def _look(self) -> tuple[tuple[int, int, int] | None, ...]:
        return tuple(map(_state, self._paths))


def _state(path: str) -> tuple[int, int, int] | None:
    """What changes with the content: its time, its size and, for a file put in its place, its number."""
    try:
        found = os.stat(path)  # noqa: PTH116 (a path object would be made of each at every look)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
