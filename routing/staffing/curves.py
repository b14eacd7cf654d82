"""How long callers are willing to wait: distributions of patience, and curves that were measured.

Each gives the share that stays longer than t, the share that has left by then, and the integral of the former from 0 to
t - the mean of the lesser of patience and t, which is all that a queue needs to know.

Owns these; must not know queues.
"""

import math
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final, Protocol

from routing.errors import UsageError
from routing.staffing import _erlang
from routing.staffing.domain import LONGEST, duration, number, positive

#: Beyond this many scales, whatever the shape, everybody has left.
_FAR: Final = 1e300
_FAR_LOG: Final = math.log(_FAR)


class Curve(Protocol):
    """A distribution of patience; times ``t`` are finite, 0 or more."""

    @property
    def mean(self) -> float:
        """Mean patience."""

    def staying(self, t: float) -> float:
        """P(patience > t)."""

    def left(self, t: float) -> float:
        """P(patience <= t), with its digits where it is small."""

    def integral(self, t: float) -> float:
        """E[min(patience, t)]."""

    def breaks(self) -> Sequence[float]:
        """Times at which something jumps or bends."""


class Exponential:
    """Patience without memory: what Erlang A assumes."""

    def __init__(self, mean: float) -> None:
        self.mean = duration(mean, "mean")

    def staying(self, t: float) -> float:
        """P(patience > t)."""
        return math.exp(-t / self.mean)

    def left(self, t: float) -> float:
        """P(patience <= t)."""
        return -math.expm1(-t / self.mean)

    def integral(self, t: float) -> float:
        """E[min(patience, t)]."""
        return self.mean * self.left(t)

    def breaks(self) -> Sequence[float]:
        """None."""
        return ()


class Deterministic:
    """Everybody leaves after the same time."""

    def __init__(self, after: float) -> None:
        self.mean = duration(after, "after")

    def staying(self, t: float) -> float:
        """P(patience > t)."""
        return float(t < self.mean)

    def left(self, t: float) -> float:
        """P(patience <= t)."""
        return float(t >= self.mean)

    def integral(self, t: float) -> float:
        """E[min(patience, t)]."""
        return min(t, self.mean)

    def breaks(self) -> Sequence[float]:
        """The time."""
        return (self.mean,)


class Gamma:
    """Patience with a gamma distribution; for a whole shape k it is Erlang-k, the sum of k exponential times.

    >>> curve = Gamma(mean=1, shape=2)  # E2
    >>> round(curve.staying(1), 12) == round(3 * math.exp(-2), 12)
    True
    """

    def __init__(self, mean: float, shape: float) -> None:
        self.mean, self.shape = duration(mean, "mean"), _shape(shape, "shape", 1e-3, 1e6)

    def staying(self, t: float) -> float:
        """P(patience > t)."""
        return _erlang.gamma_upper(self.shape, self._scaled(t))

    def left(self, t: float) -> float:
        """P(patience <= t)."""
        return _erlang.gamma_lower(self.shape, self._scaled(t))

    def integral(self, t: float) -> float:
        """E[min(patience, t)] = t S(t) + mean P(shape + 1, .)."""
        return t * self.staying(t) + self.mean * _erlang.gamma_lower(self.shape + 1.0, self._scaled(t))

    def _scaled(self, t: float) -> float:
        return min(t * self.shape / self.mean, _FAR)

    def breaks(self) -> Sequence[float]:
        """None."""
        return ()


class Lognormal:
    """Patience whose logarithm is normal, by its mean and squared coefficient of variation.

    >>> curve = Lognormal(mean=4, scv=4)
    >>> round(curve.staying(4 / 5**0.5), 12), round(curve.integral(1e9), 9)
    (0.5, 4.0)
    """

    def __init__(self, mean: float, scv: float) -> None:
        self.mean, self.scv = duration(mean, "mean"), _shape(scv, "scv", 1e-9, 1e6)
        self._sigma = math.sqrt(math.log1p(self.scv))
        self._mu = math.log(self.mean) - 0.5 * self._sigma**2

    def staying(self, t: float) -> float:
        """P(patience > t)."""
        return _upper((math.log(t) - self._mu) / self._sigma) if t > 0.0 else 1.0

    def left(self, t: float) -> float:
        """P(patience <= t)."""
        return _upper((self._mu - math.log(t)) / self._sigma) if t > 0.0 else 0.0

    def integral(self, t: float) -> float:
        """E[min(patience, t)], by the partial mean of the lognormal."""
        if t <= 0.0:
            return 0.0
        place = (math.log(t) - self._mu) / self._sigma
        return t * _upper(place) + self.mean * _upper(self._sigma - place)

    def breaks(self) -> Sequence[float]:
        """Where the density rises from nothing, so that this place is looked at closely."""
        return tuple(math.exp(self._mu + self._sigma * k) for k in (-6.0, -3.0, 0.0, 3.0))


class Hyperexponential:
    """A mixture of exponential times: some callers leave soon, others stay long.

    Parameters
    ----------
    means, shares : sequence of float
        Of each kind of caller; the shares sum to 1.
    """

    def __init__(self, means: Sequence[float], shares: Sequence[float]) -> None:
        parts = [positive(part, "shares", 1.0) for part in shares]
        if len(means) != len(parts) or abs(math.fsum(parts) - 1.0) > 1e-9:
            raise UsageError(f"shares {parts} are not one for each mean with sum 1; make them so")
        self._kinds = tuple((duration(mean, "means"), part) for mean, part in zip(means, parts, strict=True))
        self.mean = math.fsum(part * mean for mean, part in self._kinds)

    def staying(self, t: float) -> float:
        """P(patience > t)."""
        return math.fsum(part * math.exp(-t / mean) for mean, part in self._kinds)

    def left(self, t: float) -> float:
        """P(patience <= t)."""
        return math.fsum(part * -math.expm1(-t / mean) for mean, part in self._kinds)

    def integral(self, t: float) -> float:
        """E[min(patience, t)]."""
        return math.fsum(part * mean * -math.expm1(-t / mean) for mean, part in self._kinds)

    def breaks(self) -> Sequence[float]:
        """None."""
        return ()


class Weibull:
    """S(t) = exp(-(t / scale)^shape): with a shape below 1, who has waited long will wait longer."""

    def __init__(self, scale: float, shape: float) -> None:
        self.scale, self.shape = duration(scale, "scale"), _shape(shape, "shape", 0.01, 1e3)
        self.mean = self.scale * math.gamma(1.0 + 1.0 / self.shape)

    def staying(self, t: float) -> float:
        """P(patience > t)."""
        return math.exp(-self._scaled(t))

    def left(self, t: float) -> float:
        """P(patience <= t)."""
        return -math.expm1(-self._scaled(t))

    def integral(self, t: float) -> float:
        """E[min(patience, t)] = t S(t) + mean P(1 + 1/shape, (t/scale)^shape)."""
        return t * self.staying(t) + self.mean * _erlang.gamma_lower(1.0 + 1.0 / self.shape, self._scaled(t))

    def _scaled(self, t: float) -> float:
        ratio = t / self.scale
        if ratio > 1.0 and self.shape * math.log(ratio) > _FAR_LOG:
            return _FAR
        return math.pow(ratio, self.shape)

    def breaks(self) -> Sequence[float]:
        """None."""
        return ()


class Empirical:
    """A curve that was measured: steps, such as Kaplan and Meier's estimate.

    Beyond the last step callers are taken to leave at the mean rate of the whole curve, -ln(share) / time of the last
    step (an exponential tail); after a last share of 0 nobody is left.

    Parameters
    ----------
    times : sequence of float
        Where the curve falls, increasing from 0 or more.
    shares : sequence of float
        P(patience > t) from each of these times on, falling from at most 1 to at least 0.

    Raises
    ------
    UsageError
        If a rule is broken, or the curve never falls: then use ErlangC.

    Examples
    --------
    >>> curve = Empirical([10, 20], [0.5, 0.25])
    >>> curve.staying(9), curve.staying(10), curve.integral(20), round(curve.mean, 3)
    (1.0, 0.5, 15.0, 18.607)
    """

    def __init__(self, times: Sequence[float], shares: Sequence[float]) -> None:
        self._times = [number(time, "times") for time in times]
        self._shares = [number(part, "shares") for part in shares]
        if len(self._times) != len(self._shares) or not self._times:
            raise UsageError(
                f"{len(self._times)} times and {len(self._shares)} shares are no curve; give as many, at least 1"
            )
        rising = [0.0 if self._times[0] >= 0.0 else math.inf, *self._times]
        if max(self._times) > LONGEST:
            raise UsageError(f"times go on to {max(self._times):g}, beyond {LONGEST:g}; take a greater unit")
        if any(later <= sooner for sooner, later in pairwise(self._times)) or rising[0]:
            raise UsageError("times do not increase from 0 or more; sort them and merge equal ones")
        falling = [1.0, *self._shares, 0.0]
        if any(later > sooner for sooner, later in pairwise(falling)):
            raise UsageError(
                "shares do not fall from at most 1 to at least 0; give P(patience > t) at each time"
            )
        last = self._shares[-1]
        if last == 1.0 or (last > 0.0 and self._times[-1] == 0.0):
            raise UsageError(
                "on this curve nobody leaves while waiting; use ErlangC, or give times at which callers leave"
            )
        if last:
            duration(self._times[-1], "the last of times")
        self._rate = -math.log(last) / self._times[-1] if last else math.inf
        steps = zip([0.0, *self._times], self._times, [1.0, *self._shares], strict=False)
        self._areas = list(accumulate(height * (end - start) for start, end, height in steps))
        self._arrays = array("d", self._times), array("d", self._shares), array("d", self._areas)
        self.mean = duration(self._areas[-1] + (last / self._rate if last else 0.0), "mean of the curve")

    def staying(self, t: float) -> float:
        """P(patience > t). O(log steps)."""
        place = bisect_right(self._times, t)
        if place == len(self._times):
            return (
                self._shares[-1] * math.exp(-self._rate * (t - self._times[-1])) if self._shares[-1] else 0.0
            )
        return self._shares[place - 1] if place else 1.0

    def left(self, t: float) -> float:
        """P(patience <= t)."""
        return 1.0 - self.staying(t)

    def integral(self, t: float) -> float:
        """E[min(patience, t)]. O(log steps)."""
        place = bisect_right(self._times, t)
        if not place:
            return t
        area, share = self._areas[place - 1], self._shares[place - 1]
        if place < len(self._times):
            return area + share * (t - self._times[place - 1])
        return area + (
            share / self._rate * -math.expm1(-self._rate * (t - self._times[-1])) if share else 0.0
        )

    def breaks(self) -> Sequence[float]:
        """The steps."""
        return self._times

    def integrals(
        self, arrivals: float, served: float, top: float, centre: float, edges: Sequence[float]
    ) -> tuple[float, ...]:
        """Integrate what M/M/n+G needs between edges that have the steps among them. O(edges), compiled."""
        return _erlang.steps(arrivals, served, top, centre, *self._arrays, self._rate, array("d", edges))


def _shape(value: float, name: str, least: float, most: float) -> float:
    """Return the value, refused where the distribution is hardly one any more."""
    if (real := positive(value, name, most)) < least:
        raise UsageError(f"{name} {real!r} is below {least:g}, the least that is reckoned with; give more")
    return real


def _upper(x: float) -> float:
    """Return the upper tail of the standard normal distribution."""
    return 0.5 * math.erfc(x / math.sqrt(2.0))
