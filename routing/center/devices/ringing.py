"""What rings for one offer: the devices of an agent, all at once or one after the other, until nobody is left to try.

A *round* is a state machine that is told the time: it says what rings, and what rings next when a device was not
answered, was busy or could not be reached. Only when none is left has the offer failed.

Owns rounds; must not know settings, seats, an engine or a clock of its own.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

#: Why a device was given up.
Cause = Literal["no_answer", "busy", "unreachable"]
#: Of several, the offer as a whole failed for the first of these: somebody heard it ring, or is there and talks.
_HEAVIEST: Final[tuple[Cause, ...]] = ("no_answer", "busy", "unreachable")


class Rung(NamedTuple):
    """A device that rings."""

    id: str
    address: str


class Stage(NamedTuple):
    """Devices that ring together, for at most ``ring_ns`` (0: for what is left) unless they are the last."""

    devices: tuple[Rung, ...]
    ring_ns: int = 0


class Moved(NamedTuple):
    """What came of something: these stopped, these ring now; ``over``: nothing is left, and the offer failed so."""

    stopped: tuple[Rung, ...] = ()
    begun: tuple[Rung, ...] = ()
    over: Cause | None = None


class Round:
    """An offer that rings at the devices of its agent.

    Parameters
    ----------
    stages : sequence of Stage
        At least one, each with at least one device; no device twice.
    now_ns : int
        When it begins.
    until_ns : int
        When the offer ends, 0: never.

    Examples
    --------
    >>> desk, mobile = Rung("desk", "sip:1@x"), Rung("mobile", "tel:2")
    >>> ring = Round((Stage((desk,), 8), Stage((mobile,), 8)), 100, 120)
    >>> [one.id for one in ring.ringing], ring.rest_ns(100)
    (['desk'], 8)
    >>> [one.id for one in ring.failed("desk", "no_answer", 108).begun], ring.rest_ns(108)
    (['mobile'], 12)
    >>> ring.failed("mobile", "busy", 109).over
    'no_answer'
    """

    __slots__ = ("_at", "_causes", "_failed_ns", "_ringing", "_since_ns", "_stages", "_until_ns")

    def __init__(self, stages: Sequence[Stage], now_ns: int, until_ns: int) -> None:
        self._stages = tuple(stages)
        self._until_ns = until_ns
        self._at = 0
        self._since_ns = now_ns
        self._failed_ns = now_ns  # when a device was given up last
        self._ringing = self._stages[0].devices
        self._causes: set[Cause] = set()

    @property
    def ringing(self) -> tuple[Rung, ...]:
        """What rings now; empty when nothing is left."""
        return self._ringing

    @property
    def due_ns(self) -> int | None:
        """When the next stage begins by itself; None: never, for the offer ends first, or this is the last."""
        stage = self._stages[self._at]
        if not self._ringing or self._at + 1 == len(self._stages) or not stage.ring_ns:
            return None
        due = self._since_ns + stage.ring_ns
        return due if not self._until_ns or due < self._until_ns else None

    def rest_ns(self, now_ns: int) -> int:
        """For how long what rings is to ring yet; at least 1, or 0: for ever."""
        until = self.due_ns
        if until is None:
            until = self._until_ns
        return max(until - now_ns, 1) if until else 0

    def failed(self, device: str, cause: Cause, now_ns: int) -> Moved:
        """Give a device up ("": all that ring); one that does not ring changes nothing, but when none is left."""
        if not self._ringing:
            return Moved(over=self._cause())
        gone = tuple(one for one in self._ringing if device in ("", one.id))
        if not gone:
            return Moved()
        self._causes.add(cause)
        self._failed_ns = now_ns
        self._ringing = tuple(one for one in self._ringing if one not in gone)
        if self._ringing:
            return Moved(gone)
        return self._next(gone, now_ns)

    def advance(self, now_ns: int) -> Moved:
        """Let time pass: go on to the stage that is due."""
        due = self.due_ns
        if due is None or now_ns < due:
            return Moved()
        self._causes.add("no_answer")
        moved = self._next(self._ringing, max(due, self._failed_ns))
        later = self.advance(now_ns)
        return Moved(moved.stopped, later.begun) if later.begun else moved

    def _next(self, gone: tuple[Rung, ...], now_ns: int) -> Moved:
        if self._at + 1 == len(self._stages):
            self._ringing = ()
            return Moved(gone, over=self._cause())
        self._at += 1
        self._since_ns = now_ns
        self._ringing = self._stages[self._at].devices
        return Moved(gone, self._ringing)

    def _cause(self) -> Cause:
        return next(one for one in _HEAVIEST if one in self._causes)
