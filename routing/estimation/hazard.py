"""At which rate something ends, by its age: patience, above all.

Time is cut into buckets, each a tenth longer than the one before. In a bucket the hazard is the number of those that
ended there by themselves over the time that all spent in it, whatever ended them: the estimate of Kaplan and Meier
(1958) with a constant hazard in each bucket. What is long past counts less.

Owns hazards; must not know what ends.
"""

import math
from bisect import bisect_right
from typing import Final

from msgspec import Struct, field

from routing.units import SECOND

_BUCKETS: Final = 120
_FIRST: Final = SECOND // 50
_GROWTH: Final = 1.1
#: Where the buckets begin, ns; the last ends never.
EDGES: Final = (0, *(int(_FIRST * (_GROWTH**place - 1.0) / (_GROWTH - 1.0)) for place in range(1, _BUCKETS)))
_PRIOR: Final = 4.0  # events at the mean rate that each bucket is born with
_FRESHEN: Final = 64  # observations after which rates are made anew


def _zeros() -> list[float]:
    return [0.0] * _BUCKETS


class Hazard(Struct):
    """Rates by age, learned from how long things lasted.

    Examples
    --------
    >>> patience = Hazard()
    >>> for number in range(1000):
    ...     patience.add(2 * SECOND + number, ended=number % 2 == 0)
    >>> patience.freshen()
    >>> round(patience.events_per_ns * 4 * SECOND, 3)  # half of them left, after 2 s each
    1.0
    """

    lasted: list[float] = field(default_factory=_zeros)  # how many came to their end here, by bucket
    spent: list[float] = field(default_factory=_zeros)  # ns that these spent in the bucket
    ended: list[float] = field(default_factory=_zeros)  # how many of them ended by themselves
    weight: float = 1.0  # of the next observation, against those past
    growth: float = 1.0
    added: int = 0
    rates: list[float] = field(default_factory=_zeros)  # events per ns in the bucket
    sums: list[float] = field(default_factory=_zeros)  # the cumulated hazard where it begins
    events_per_ns: float = 0.0

    def add(self, duration_ns: int, *, ended: bool) -> None:
        """Learn that something lasted so long, and whether it ``ended`` by itself. O(1) amortised."""
        place = bisect_right(EDGES, duration_ns) - 1
        weight = self.weight
        self.lasted[place] += weight
        self.spent[place] += weight * (duration_ns - EDGES[place])
        if ended:
            self.ended[place] += weight
        self.weight = weight * self.growth
        self.added += 1
        if self.added % _FRESHEN == 0 or self.added in (8, 16, 32):
            self.freshen()

    def freshen(self) -> None:
        """Make the rates anew. O(buckets)."""
        beyond = 0.0
        exposed = _zeros()
        for place in range(_BUCKETS - 1, -1, -1):
            exposed[place] = self.spent[place]
            if beyond:
                exposed[place] += beyond * (EDGES[place + 1] - EDGES[place])
            beyond += self.lasted[place]
        total = sum(exposed)
        self.events_per_ns = mean = sum(self.ended) / total if total else 0.0
        if mean > 0.0:
            prior_ns = _PRIOR / mean
            sums, cumulated = self.sums, 0.0
            for place in range(_BUCKETS):
                rate = (self.ended[place] + _PRIOR) / (exposed[place] + prior_ns)
                self.rates[place] = rate
                sums[place] = cumulated
                if place + 1 < _BUCKETS:
                    cumulated += rate * (EDGES[place + 1] - EDGES[place])
        if self.weight > 1e6:
            for numbers in (self.lasted, self.spent, self.ended):
                numbers[:] = [number / self.weight for number in numbers]
            self.weight = 1.0

    def by(self, age_ns: float) -> float:
        """Give the cumulated hazard up to an age. O(log buckets)."""
        if age_ns <= 0.0:
            return 0.0
        place = bisect_right(EDGES, age_ns) - 1
        return self.sums[place] + self.rates[place] * (age_ns - EDGES[place])


def growth_of(memory: int) -> float:
    """By how much the weight of an observation exceeds that of the one before."""
    return math.exp(1.0 / memory)
