"""Which carrier takes the next call: lines, calls per second, shares, and a rest for those that fail.

A pure state machine on integers of nanoseconds: what it is told and when decides everything. Calls per second are held
by the *generic cell rate algorithm* (virtual scheduling; ITU-T Recommendation I.371, Annex A): with an emission
interval ``T`` and a burst ``b``, a call may begin at ``t`` when ``t >= TAT - (b - 1) T``; then ``TAT = max(t, TAT) +
T``. No window of length ``w``, wherever it begins, then sees more than ``b + w / T`` calls. The bucket starts empty,
because nobody knows what began just before a restart.

Calls are spread by shares: each carrier of a campaign has a virtual time that grows by ``1 / share`` with every call,
and the least goes first. One that had no room does not catch up later.

Owns these limits; must not know campaigns beyond their names, or the clock.
"""

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from routing.errors import UsageError
from routing.outbound.campaign import Carrier, Share
from routing.units import SECOND

#: A call of a carrier with a share of 1 moves its virtual time by this much: divisible by every share up to 16.
_UNIT: Final = 720_720
#: The outcomes that are a carrier's fault.
FAULTS: Final = frozenset({"congestion", "carrier_error"})


class CarrierPicture(NamedTuple):
    """How a carrier stands, for people: lines in use, free ones (-1: no limit), calls that may begin now (-1), rest."""

    id: str
    busy: int
    free: int
    ready: int
    resting_until_ns: int
    begun: int
    failed: int


class _Line:
    """One carrier's state."""

    __slots__ = (
        "begun",
        "busy",
        "failed",
        "faults",
        "gone",
        "interval_ns",
        "lately",
        "noun",
        "rests_until_ns",
        "tat_ns",
    )

    def __init__(self, noun: Carrier, at_ns: int) -> None:
        self.busy = 0
        self.begun = 0
        self.failed = 0
        self.rests_until_ns = 0
        self.lately: deque[tuple[int, bool]] = deque()
        self.faults = 0  # among ``lately``
        self.gone = False
        self.change(noun, at_ns)

    def change(self, noun: Carrier, at_ns: int) -> None:
        """Take over other limits; the bucket begins empty."""
        self.noun, self.gone = noun, False
        rate = noun.calls_per_second
        self.interval_ns = math.ceil(SECOND / rate) if rate > 0 else 0
        self.tat_ns = at_ns + self.interval_ns * noun.burst

    def room(self, at_ns: int) -> int:
        """How many calls may begin now; -1: no limit."""
        if self.gone or at_ns < self.rests_until_ns:
            return 0
        room = -1
        if self.noun.concurrent:
            room = max(self.noun.concurrent - self.busy, 0)
        if self.interval_ns:
            ahead_ns = max(self.tat_ns - at_ns, 0)
            ready = max(self.noun.burst - -(-ahead_ns // self.interval_ns), 0)
            room = ready if room < 0 else min(room, ready)
        return room

    def begin(self, at_ns: int) -> None:
        self.busy += 1
        self.begun += 1
        if self.interval_ns:
            self.tat_ns = max(at_ns, self.tat_ns) + self.interval_ns

    def tell(self, failed: bool, at_ns: int) -> None:
        """Note how a call ended, and rest if too many failed."""
        noun = self.noun
        self.failed += failed
        if noun.failing_share >= 1 or at_ns < self.rests_until_ns:
            return
        lately = self.lately
        lately.append((at_ns, failed))
        self.faults += failed
        while lately and lately[0][0] <= at_ns - noun.failing_window_ns:
            self.faults -= lately.popleft()[1]
        if len(lately) >= noun.failing_least and self.faults > noun.failing_share * len(lately):
            self.rests_until_ns = at_ns + noun.rest_ns
            lately.clear()
            self.faults = 0

    def next_ns(self, at_ns: int) -> int:
        """When a call may begin at the earliest, as far as the rate and the rest go."""
        due_ns = max(at_ns, self.rests_until_ns)
        if self.interval_ns:
            due_ns = max(due_ns, self.tat_ns - (self.noun.burst - 1) * self.interval_ns)
        return due_ns


class Carriers:
    """The carriers of a dialer.

    Parameters
    ----------
    carriers : iterable of Carrier
        Their limits.
    at_ns : int
        Now: buckets start empty here.

    Examples
    --------
    >>> lines = Carriers([Carrier("a", concurrent=2), Carrier("b", concurrent=1)], 0)
    >>> order = (Share("a", 2), Share("b", 0))
    >>> [lines.take("sales", order, 0) for _ in range(4)]
    ['a', 'a', 'b', None]
    >>> lines.release("a")
    >>> lines.take("sales", order, 0)
    'a'
    """

    def __init__(self, carriers: Iterable[Carrier], at_ns: int) -> None:
        self._lines = {noun.id: _Line(noun, at_ns) for noun in carriers}
        self._virtual: dict[tuple[str, str], int] = {}  # by campaign and carrier

    def change(self, carriers: Iterable[Carrier], at_ns: int) -> None:
        """Take over other limits. What is unchanged goes on; a carrier that is gone takes no more calls."""
        nouns = {noun.id: noun for noun in carriers}
        for name, line in self._lines.items():
            line.gone = name not in nouns
        for name, noun in nouns.items():
            known = self._lines.get(name)
            if known is None:
                self._lines[name] = _Line(noun, at_ns)
            elif known.noun != noun:
                known.change(noun, at_ns)

    def set_busy(self, busy: Mapping[str, int]) -> None:
        """Say how many calls each has at this moment, as somebody knows who has counted them."""
        for name, line in self._lines.items():
            line.busy = busy.get(name, 0)

    def room(self, order: Sequence[Share], at_ns: int, most: int) -> int:
        """Say how many calls of a campaign may begin now, at most so many. O(carriers)."""
        if not order:
            return most
        total = 0
        for one in order:
            room = self._line(one.carrier).room(at_ns)
            if room < 0:
                return most
            total += room
        return min(total, most)

    def take(self, campaign: str, order: Sequence[Share], at_ns: int) -> str | None:
        """Begin one call: on which carrier? None: none has room. "" when the campaign has no carriers. O(carriers).

        Raises
        ------
        UsageError
            If a carrier is not known.
        """
        if not order:
            return ""
        virtual = self._virtual
        best: Share | None = None
        best_time = 0
        for one in order:
            if one.share and self._line(one.carrier).room(at_ns):
                time = virtual.get((campaign, one.carrier), 0)
                if best is None or time < best_time:
                    best, best_time = one, time
        if best is None:
            best = next((one for one in order if not one.share and self._line(one.carrier).room(at_ns)), None)
            if best is None:
                return None
        else:
            for one in order:  # who had no room does not catch up
                if one.share and virtual.get((campaign, one.carrier), 0) < best_time:
                    virtual[campaign, one.carrier] = best_time
            virtual[campaign, best.carrier] = best_time + _UNIT // best.share
        self._lines[best.carrier].begin(at_ns)
        return best.carrier

    def release(self, carrier: str) -> None:
        """A call is over: its line is free. A carrier that is not known is none of ours."""
        line = self._lines.get(carrier)
        if line is not None and line.busy:
            line.busy -= 1

    def tell(self, carrier: str, outcome: str, at_ns: int) -> None:
        """Say how an attempt ended, so that a carrier that fails gets its rest. O(1) amortised."""
        line = self._lines.get(carrier)
        if line is not None:
            line.tell(outcome in FAULTS, at_ns)

    def next_ns(self, order: Sequence[Share], at_ns: int) -> int:
        """Say when a call may begin at the earliest, if lines are free; ``at_ns`` itself: now."""
        return min((self._line(one.carrier).next_ns(at_ns) for one in order), default=at_ns)

    def pictures(self, at_ns: int) -> list[CarrierPicture]:
        """Say how each stands."""
        return [
            CarrierPicture(
                name,
                line.busy,
                max(line.noun.concurrent - line.busy, 0) if line.noun.concurrent else -1,
                line.room(at_ns),
                line.rests_until_ns if line.rests_until_ns > at_ns else 0,
                line.begun,
                line.failed,
            )
            for name, line in self._lines.items()
        ]

    def _line(self, name: str) -> _Line:
        try:
            return self._lines[name]
        except KeyError:
            raise UsageError(
                f"carrier {name!r} is not known; declare it in carriers ({', '.join(self._lines) or 'none is'})"
            ) from None
