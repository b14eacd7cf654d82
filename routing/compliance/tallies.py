"""Tallies: counts of answered calls by window, exact at any instant from the last event on.

Two ways to keep them: by window where windows follow each other, by call where every instant has a window of its own.

Owns how counts are kept; must not know events or what a call counts as.
"""

from array import array
from bisect import bisect_left, bisect_right
from typing import Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from routing.compliance.profiles import Window
from routing.compliance.windows import Bounds, bounds_of

#: What an answered call is counted as.
CONNECTED, ABANDONED, EARLY, PLAYED, MACHINE = range(5)
_KINDS: Final = 5
_MILLION: Final = 1_000_000
_TRIM: Final = 1024  # so many calls that have left the window are dropped at once


class Counts(NamedTuple):
    """How many calls of each kind a window has; ``suspected_ppm``: people among machines, in millionths of a call."""

    connected: int = 0
    abandoned: int = 0
    early: int = 0  # the person hung up before the time to connect was over
    played: int = 0  # answered by a person in a campaign without agents
    machines: int = 0
    suspected_ppm: int = 0

    @property
    def suspected(self) -> int:
        """People who were taken for machines, by estimate, rounded up."""
        return -(-self.suspected_ppm // _MILLION)


class Tally(Protocol):
    """Counts by window. Calls are added in the order of about when they were answered."""

    def add(self, kind: int, answered_ns: int, ppm: int = 0) -> None:
        """Count a call that was answered then."""
        ...

    def at(self, at_ns: int) -> tuple[Bounds, Counts]:
        """Give the window of an instant and what it holds."""
        ...

    def saved(self) -> list[list[int]]:
        """Write the counts down as plain numbers."""
        ...

    def load(self, rows: list[list[int]]) -> None:
        """Take over what `saved` gave."""
        ...


class WindowTally:
    """Counts of windows that follow each other: one row each. O(1) per call.

    Attributes
    ----------
    first_ns : int
        When the campaign first dialed, from which periods are counted; -1 until known.
    """

    def __init__(self, window: Window, where: ZoneInfo) -> None:
        self.window = window
        self.first_ns = -1
        self._where = where
        self._rows: dict[Bounds, list[int]] = {}
        self._last: Bounds | None = None

    def begin(self, first_ns: int) -> None:
        """Say when the campaign first dialed; before any call is counted."""
        self.first_ns = first_ns
        self._last = None

    def add(self, kind: int, answered_ns: int, ppm: int = 0) -> None:
        """Count a call. O(1)."""
        row = self._rows.setdefault(self._bounds(answered_ns), [0] * (_KINDS + 1))
        row[kind] += 1
        row[_KINDS] += ppm

    def at(self, at_ns: int) -> tuple[Bounds, Counts]:
        """Give the window of an instant and its counts. O(1)."""
        bounds = self._bounds(at_ns)
        row = self._rows.get(bounds)
        return bounds, Counts(*row) if row else Counts()

    def over(self, before_ns: int) -> list[tuple[Bounds, Counts]]:
        """Give, and forget, the windows that ended by then, in order."""
        done = sorted(bounds for bounds in self._rows if bounds.end_ns <= before_ns)
        return [(bounds, Counts(*self._rows.pop(bounds))) for bounds in done]

    def saved(self) -> list[list[int]]:
        """Write the counts down."""
        return [[*bounds, *row] for bounds, row in self._rows.items()]

    def load(self, rows: list[list[int]]) -> None:
        """Take over what `saved` gave."""
        self._rows = {Bounds(row[0], row[1]): row[2:] for row in rows}

    def _bounds(self, at_ns: int) -> Bounds:
        last = self._last
        if last is None or not last.start_ns <= at_ns < last.end_ns:
            first_ns = self.first_ns if self.first_ns >= 0 else at_ns
            last = self._last = bounds_of(self.window, at_ns, first_ns, self._where)
        return last


class RollingTally:
    """Counts of a window that moves: the instant of each call in it, 8 bytes (16 for machines). O(log calls) to ask."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self._times = [array("q") for _ in range(_KINDS)]
        self._suspected = array("q", [0])  # people among the first n machines, in millionths

    def add(self, kind: int, answered_ns: int, ppm: int = 0) -> None:
        """Count a call. O(calls answered since then)."""
        times = self._times[kind]
        place = bisect_right(times, answered_ns)
        times.insert(place, answered_ns)
        if kind == MACHINE:
            sums = self._suspected
            sums.insert(place + 1, sums[place])
            for later in range(place + 1, len(sums)):
                sums[later] += ppm

    def at(self, at_ns: int) -> tuple[Bounds, Counts]:
        """Give the window up to an instant and its counts; not before the last call. O(log calls)."""
        bounds = bounds_of(self.window, at_ns, 0, _UTC)
        starts = [bisect_left(times, bounds.start_ns) for times in self._times]
        counts = [len(times) - start for times, start in zip(self._times, starts, strict=True)]
        counts.append(self._suspected[-1] - self._suspected[starts[MACHINE]])
        return bounds, Counts(*counts)

    def forget(self, now_ns: int) -> None:
        """Drop the calls that have left the window, once they are many. O(1) on average."""
        start_ns = now_ns - self.window.length_ns + 1
        for kind, times in enumerate(self._times):
            if len(times) > _TRIM and times[_TRIM] < start_ns:
                gone = bisect_left(times, start_ns)
                del times[:gone]
                if kind == MACHINE:
                    del self._suspected[:gone]

    def saved(self) -> list[list[int]]:
        """Write the calls down."""
        return [*(times.tolist() for times in self._times), self._suspected.tolist()]

    def load(self, rows: list[list[int]]) -> None:
        """Take over what `saved` gave."""
        *times, suspected = rows
        self._times = [array("q", row) for row in times]
        self._suspected = array("q", suspected)


_UTC: Final = ZoneInfo("UTC")
