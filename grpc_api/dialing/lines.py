"""Lines: which front-end has which carrier, and who was told of which attempt, so that nobody is dialled twice.

An attempt that names its front-end is told to that one alone. One that names none goes to the first that has its
carrier, and after that to nobody else; and whoever was told of one that is older than this server, nobody knows, so it
is told to nobody. Of one front-end a later stream takes the place of an earlier one with a carrier in common: a
front-end that connects again does so before its old connection is known to be dead.

Owns this; must not know what is told, or how.
"""

import threading
from collections.abc import Collection, Iterable
from typing import NamedTuple

from routing.views import AttemptView


class Line:
    """One front-end that listens.

    Parameters
    ----------
    front_end : str
        Its name.
    carriers : collection of str
        Its carriers; none: whatever the carrier.
    """

    def __init__(self, front_end: str, carriers: Collection[str]) -> None:
        self.front_end = front_end
        self.carriers = frozenset(carriers)
        self.replaced = False

    def has(self, carrier: str) -> bool:
        """Does it dial over this carrier?"""
        return not self.carriers or carrier in self.carriers

    def _meets(self, other: "Line") -> bool:
        if self.front_end != other.front_end:
            return False
        return not (self.carriers and other.carriers) or not self.carriers.isdisjoint(other.carriers)

    def replace(self, others: Iterable["Line"]) -> list["Line"]:
        """Take the place of those of the same front-end that have a carrier in common; returns the others."""
        left = []
        for other in others:
            if self._meets(other):
                other.replaced = True
            else:
                left.append(other)
        return left


class Told(NamedTuple):
    """Whether an attempt is to be told, and whether it was before."""

    now: bool
    again: bool = False


class Lines:
    """The front-ends of one domain. For any thread.

    Parameters
    ----------
    begun_ns : int
        Since when who was told what is known.

    Examples
    --------
    >>> lines = Lines(begun_ns=10)
    >>> pbx, other = lines.enter("pbx", ["one"]), lines.enter("other", [])
    >>> view = AttemptView("a1", "spring", "1/0", "one", "dialing", 20, 75, "", "", {}, "", "", 25)
    >>> lines.tell(pbx, view), lines.tell(other, view), lines.tell(pbx, view)
    (Told(now=True, again=False), Told(now=False, again=False), Told(now=True, again=True))
    >>> pbx.replaced, lines.enter("pbx", []).front_end, pbx.replaced
    (False, 'pbx', True)
    """

    def __init__(self, begun_ns: int = 0) -> None:
        self._begun_ns = begun_ns
        self._lock = threading.Lock()
        self._lines: list[Line] = []
        self._told: dict[str, str] = {}  # attempt, front-end

    def __len__(self) -> int:
        return len(self._lines)

    def enter(self, front_end: str, carriers: Collection[str]) -> Line:
        """Begin to listen."""
        line = Line(front_end, carriers)
        with self._lock:
            self._lines = [*line.replace(self._lines), line]
        return line

    def leave(self, line: Line) -> None:
        """Listen no longer."""
        with self._lock:
            self._lines = [one for one in self._lines if one is not line]

    def is_heard(self, front_end: str, carriers: Iterable[str]) -> bool:
        """Does somebody listen for each of these carriers? "" is a call without a carrier's name. O(these x lines)."""
        lines = [one for one in self._lines if not front_end or one.front_end == front_end]
        return all(any(one.has(carrier) for one in lines) for carrier in carriers or ("",))

    def tell(self, line: Line, view: AttemptView) -> Told:
        """Is this one to be told of a living attempt? If so, it is taken as told. O(1)."""
        if not line.has(view.carrier) or view.state != "dialing":
            return Told(False)
        with self._lock:
            if line.replaced:
                return Told(False)
            before = self._told.get(view.id)
            if view.front_end:
                if view.front_end != line.front_end:
                    return Told(False)
            elif (before is None and view.requested_ns < self._begun_ns) or before not in (
                None,
                line.front_end,
            ):
                return Told(False)
            self._told[view.id] = line.front_end
        return Told(True, before is not None)

    def is_others(self, attempt: str, named: str, front_end: str) -> bool:
        """Is it another front-end that dials this? ``named``: whom the attempt names."""
        dials = named or self._told.get(attempt, "")
        return bool(dials) and dials != front_end

    def know(self, line: Line, attempts: Iterable[str]) -> None:
        """A front-end says that it was told of these."""
        with self._lock:
            for attempt in attempts:
                self._told.setdefault(attempt, line.front_end)

    def told(self) -> set[str]:
        """Give the attempts that somebody was told of."""
        with self._lock:
            return set(self._told)

    def forget(self, attempt: str) -> None:
        """An attempt is over."""
        self._told.pop(attempt, None)
