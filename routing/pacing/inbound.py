"""How often contacts come in by themselves, by queue, as of late.

Owns these rates; must not know campaigns nor agents.
"""

import math
from typing import Final

from msgspec import Struct

#: Seconds after which an arrival counts for a third of what it did.
MEMORY: Final = 300.0


class Arrivals(Struct):
    """Arrivals in one queue: a count that fades, and since when it is kept.

    Examples
    --------
    >>> arrivals = Arrivals(0.0)
    >>> for second in range(0, 3000, 10):
    ...     arrivals.came(float(second))
    >>> round(arrivals.rate(3000.0), 2)
    0.1
    """

    begun: float
    count: float = 0.0
    last: float = 0.0

    def came(self, at: float) -> None:
        """One more. O(1)."""
        self.count = self._now(at) + 1.0
        self.last = at

    def rate(self, at: float) -> float:
        """Return arrivals a second, as of late; those of the first minutes by the time that passed. O(1)."""
        seen = MEMORY * -math.expm1(-max(at - self.begun, 30.0) / MEMORY)
        return self._now(at) / seen

    def _now(self, at: float) -> float:
        return self.count * math.exp((self.last - at) / MEMORY) if at > self.last else self.count
