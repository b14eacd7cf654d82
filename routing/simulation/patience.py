"""How long callers are willing to wait: the Kaplan-Meier estimate and draws from it.

Whoever was answered would have waited longer than they did, nobody knows how much: their patience is
*censored*. Kaplan and Meier (Nonparametric estimation from incomplete observations, J. Amer. Statist. Assoc.
53, 1958) estimate the share S(t) of callers whose patience is longer than t from both kinds.

Owns survival curves; must not know calls, logs or seeds.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from msgspec import Struct

from routing.units import MILLISECOND


class Survival(Struct, frozen=True):
    """A falling step function: the share of callers whose patience is longer than t.

    Attributes
    ----------
    times_ns : tuple of int
        Where the curve falls, increasing.
    shares : tuple of float
        Its value from each of these times on, decreasing; before the first it is 1.
    """

    times_ns: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()

    def at(self, time_ns: int) -> float:
        """Return the share of callers whose patience is longer than ``time_ns``. O(log n).

        >>> Survival((10, 20), (0.5, 0.25)).at(10), Survival((10, 20), (0.5, 0.25)).at(9)
        (0.5, 1.0)
        """
        place = bisect_right(self.times_ns, time_ns)
        return self.shares[place - 1] if place else 1.0

    def draw(self, uniform: float, beyond_ns: int = -1) -> int | None:
        """Draw a patience, given that it is longer than ``beyond_ns``. O(log n).

        Beyond the last step nothing was observed; there callers are taken to leave at the mean rate of the
        whole curve, ``-ln(share) / time`` of the last step (an exponential tail). To the millisecond.

        Parameters
        ----------
        uniform : float
            A uniform draw from [0, 1); the same draw always gives the same patience.
        beyond_ns : int
            What the patience is known to exceed; by default nothing.

        Returns
        -------
        int or None
            ``None`` on a curve without steps: nobody was ever seen to leave, so this caller stays.

        Examples
        --------
        >>> curve = Survival((10, 20), (0.5, 0.25))
        >>> [curve.draw(uniform) for uniform in (0.0, 0.49, 0.6)]
        [10, 10, 20]
        >>> curve.draw(0.0, beyond_ns=10)
        20
        """
        if not self.times_ns:
            return None
        last_ns, last = self.times_ns[-1], self.shares[-1]
        rate = -math.log(last) / last_ns if last_ns and 0.0 < last < 1.0 else 0.0
        left = self.at(beyond_ns)
        if beyond_ns > last_ns:
            left *= math.exp(rate * (last_ns - beyond_ns))
        reached = left * (1.0 - uniform)
        place = bisect_right(self.shares, -reached, key=_negated)
        if place < len(self.times_ns):
            return self.times_ns[place]
        if not rate:
            return None if last else max(last_ns, beyond_ns + 1)
        later_ns = max(last_ns, last_ns + math.log(last / reached) / rate)
        return max(beyond_ns + 1, last_ns, round(later_ns / MILLISECOND) * MILLISECOND)


def _negated(share: float) -> float:
    """Turn the falling shares into rising ones for ``bisect``."""
    return -share


def kaplan_meier(observations: Iterable[tuple[int, bool]]) -> Survival:
    """Estimate the survival curve of patience. O(n log n).

    Parameters
    ----------
    observations : iterable of (wait_ns, left)
        How long each caller waited, and whether they then left (true) or were answered (false: censored).

    Returns
    -------
    Survival
        With one step at every time at which somebody left; a caller answered at such a time counts as still waiting
        then (the usual convention).

    Examples
    --------
    Five callers, worked by hand: at 2 one of 5 leaves (4/5); at 3 somebody is answered; at 5 one of 3 leaves
    (4/5 x 2/3).

    >>> kaplan_meier([(2, True), (3, False), (5, True), (5, False), (9, False)])
    Survival(times_ns=(2, 5), shares=(0.8, 0.5333333333333333))
    """
    ordered = sorted(observations)
    at_risk = len(ordered)
    times_ns: list[int] = []
    shares: list[float] = []
    share = 1.0
    place = 0
    while place < len(ordered):
        time_ns = ordered[place][0]
        here = place
        left = 0
        while here < len(ordered) and ordered[here][0] == time_ns:
            left += ordered[here][1]
            here += 1
        if left:
            share *= (at_risk - left) / at_risk
            times_ns.append(time_ns)
            shares.append(share)
        at_risk -= here - place
        place = here
    return Survival(tuple(times_ns), tuple(shares))


def through(points: Sequence[tuple[int, float]], step_ns: int, until_ns: int) -> Survival:
    """Make a curve through published points: between them, and after the last, the hazard is constant.

    Parameters
    ----------
    points : sequence of (time_ns, share)
        Times increasing from above 0, shares falling from at most 1 and above 0.
    step_ns, until_ns : int
        The curve falls every ``step_ns``, up to ``until_ns``. O(until_ns / step_ns).

    Examples
    --------
    >>> through([(10, 0.8), (20, 0.4)], step_ns=5, until_ns=30).shares[1::2]
    (0.8, 0.4, 0.2)
    """
    before_ns, log_share, rate = 0, 0.0, 0.0
    times_ns: list[int] = []
    shares: list[float] = []
    coming = iter(points)
    point = next(coming, None)
    if point is not None:
        rate = (math.log(point[1]) - log_share) / (point[0] - before_ns)
    for time_ns in range(step_ns, until_ns + 1, step_ns):
        while point is not None and time_ns > point[0]:
            before_ns, log_share = point[0], math.log(point[1])
            point = next(coming, None)
            if point is not None:
                rate = (math.log(point[1]) - log_share) / (point[0] - before_ns)
        times_ns.append(time_ns)
        shares.append(round(math.exp(log_share + rate * (time_ns - before_ns)), 15))
    return Survival(tuple(times_ns), tuple(shares))
