"""Queues whose callers have any distribution of patience: M/M/n+G.

Baccelli and Hebuterne (On queues with impatient customers, Performance '81) found the law of the offered wait V: with S
the share of callers who stay longer than t and H its integral from 0, its density is const exp(lambda H(x) - n mu x).
Zeltyn and Mandelbaum (Call centers with impatient customers, Queueing Systems 51, 2005) write out what follows from it.

Owns these integrals; must not know any distribution (``curves``).
"""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from routing.errors import UsageError
from routing.staffing import _erlang
from routing.staffing.curves import Curve, Empirical
from routing.staffing.domain import duration, erlangs, not_negative, patient, positive
from routing.staffing.figures import Figures, Targets, Within
from routing.staffing.models import waiting_percentile
from routing.staffing.quadrature import Row, integrate
from routing.staffing.searching import Of, most_load, real_agents, whole_agents

#: How far the exponent is followed down from its peak, in steps: e^-46 is beyond the digits of a float.
_DEPTHS = (0.5, 2.0, 5.0, 10.0, 16.0, 23.0, 30.0, 38.0, 46.0)


class ErlangG(Struct, frozen=True):
    """M/M/n+G: as `ErlangA`, with patience by a curve.

    A caller who finds V = x waits the lesser of x and their patience; as a caller enters service after x, the number
    in queue is Poisson with mean lambda H(x), which gives E[Q] and Var(Q). Figures are exact to 1e-10 or so
    (``quadrature``); one question takes milliseconds.

    Parameters
    ----------
    load : float
        Erlangs: calls per unit of time, times ``aht``.
    aht : float
        Average handling time.
    curve : Curve
        The patience, in the same unit.

    Examples
    --------
    >>> from routing.staffing import Lognormal
    >>> queue = ErlangG(102, 1, Lognormal(mean=1, scv=1))
    >>> round(queue.at(100).p_abandon, 10)
    0.0376475078
    >>> queue.minimum_agents(Targets(abandonment=0.05))
    99
    """

    load: float
    aht: float
    curve: Curve

    def __post_init__(self) -> None:
        erlangs(self.load)
        patient(duration(self.curve.mean, "mean of the curve"), duration(self.aht, "aht"))

    @classmethod
    def of_calls(cls, calls: float, per: float, aht: float, curve: Curve) -> Self:
        """Make it of the calls in a time ``per``."""
        return cls(positive(calls, "calls") * positive(aht, "aht") / positive(per, "per"), aht, curve)

    def loaded(self, load: float) -> Self:
        """Return the same queue with another load."""
        return replace(self, load=load)

    def least_n(self, load: float) -> float:  # noqa: ARG002 - Erlang C's depends on it
        """Return what the number of agents must exceed: nothing."""
        return 0.0

    def at(self, n: float, threshold: float | None = None) -> Figures:
        """Return all figures with n agents, n above 0, whole or not."""
        n = erlangs(n, "n")
        past = None if threshold is None else not_negative(threshold, "threshold")
        offered = _Offered(self, n)
        early = offered.sums(0.0, past) if past else [0.0] * 6
        late = offered.sums(past or 0.0, math.inf)
        mass, stay, leave, time, time_stay, time_leave = (
            offered.unit * (one + other) for one, other in zip(early, late, strict=True)
        )
        served = offered.now + stay
        queue = offered.arrivals * time
        within = None
        if past is not None:
            beyond = offered.unit * late[0]
            within = Within(
                past,
                offered.now + offered.unit * early[1],
                offered.unit * early[2] + self.curve.left(past) * beyond,
                self.curve.staying(past) * beyond,
            )
        return Figures(
            agents=n,
            load=self.load,
            occupancy=min(1.0, served * self.load / n),
            p_no_wait=offered.now,
            p_wait=mass,
            p_served=served,
            p_abandon=leave,
            wait=time,
            wait_served=time_stay / served,
            wait_abandoned=time_leave / leave if leave else 0.0,
            queue=queue,
            queue_variance=queue + offered.now * queue * queue + offered.unit * offered.spread(queue),
            in_service=served * self.load,
            in_system=queue + served * self.load,
            within=within,
        )

    def percentile(self, n: float, share: float, of: Of = Of.ALL) -> float:
        """Return the time within which this share of callers has stopped waiting, as `ErlangA.percentile`."""
        return waiting_percentile(self, n, share, of)

    def minimum_agents(self, targets: Targets) -> int:
        """Find the least whole number of agents that meets all targets; it may lie below the load."""
        return whole_agents(self, targets)

    def real_agents(self, targets: Targets) -> float:
        """Find the least real number of agents that meets all targets."""
        return real_agents(self, targets, self.minimum_agents(targets))

    def maximum_load(self, n: float, targets: Targets) -> float:
        """Find the greatest load, in erlangs, at which n agents meet all targets."""
        return most_load(self, n, targets)


class _Offered:
    """The law of the offered wait: an atom at 0, and the density ``unit`` x e^(h(x) - h(peak)) beyond."""

    def __init__(self, model: ErlangG, n: float) -> None:
        self.curve = model.curve
        self.arrivals = model.load / model.aht
        self.served = n / model.aht
        self.scale = model.aht
        self.peak = self._peak()
        far = max(
            self.peak, 46.0 / self.served
        )  # the exponent is a difference of products; so many digits it leaves
        noise = 4e-16 * self.arrivals * self.curve.integral(far)
        if noise > 1e-7:
            raise UsageError(
                f"a load of {model.load:g} with such patience leaves less than 7 digits; use ErlangA, or less load"
            )
        self.tolerance = max(1e-13, noise)
        self.top = self._exponent(self.peak)
        lost = _erlang.erlang_b(model.load, n - 1.0)
        mass = self.arrivals * self.sums(0.0, math.inf)[0]
        if lost * 1e300 < 1.0:  # so few wait that only the logarithm would hold it
            self.now, self.unit = 1.0, self.arrivals * lost
            return
        idle = math.exp(-self.top) / lost
        self.now = idle / (idle + mass)
        self.unit = self.arrivals / (idle + mass)

    def sums(self, low: float, high: float) -> list[float]:
        """Integrate 1, S, 1 - S, H, x S and H - x S against the density."""
        if isinstance(self.curve, Empirical):
            return self._stepped(low, high, 0.0)[:6]

        def rows(x: float) -> Row:
            staying, held = self.curve.staying(x), self.curve.integral(x)
            weight = math.exp(self.arrivals * held - self.served * x - self.top)
            return (
                weight,
                weight * staying,
                weight * self.curve.left(x),
                weight * held,
                weight * x * staying,
                weight * max(0.0, held - x * staying),
            )

        return integrate(rows, self._edges(low, high), self.tolerance)

    def spread(self, centre: float) -> float:
        """Integrate (lambda H - centre)^2 against the density."""
        if isinstance(self.curve, Empirical):
            return self._stepped(0.0, math.inf, centre)[6]

        def rows(x: float) -> Row:
            held = self.arrivals * self.curve.integral(x)
            return (math.exp(held - self.served * x - self.top) * (held - centre) ** 2,)

        return integrate(rows, self._edges(0.0, math.inf), self.tolerance)[0]

    def _stepped(self, low: float, high: float, centre: float) -> list[float]:
        assert isinstance(self.curve, Empirical)
        edges = self._edges(low, high)
        return list(self.curve.integrals(self.arrivals, self.served, self.top, centre, edges))

    def _exponent(self, x: float) -> float:
        return self.arrivals * self.curve.integral(x) - self.served * x

    def _peak(self) -> float:
        """Where the exponent is largest: where as many stay as can be served."""
        if self.arrivals <= self.served:
            return 0.0
        low, high = 0.0, self.scale
        while self.arrivals * self.curve.staying(high) > self.served:
            low, high = high, 2.0 * high
        while low < (middle := 0.5 * (low + high)) < high:
            if self.arrivals * self.curve.staying(middle) > self.served:
                low = middle
            else:
                high = middle
        return high

    def _edges(self, low: float, high: float) -> list[float]:
        """Cut what matters between low and high into pieces, by how far the exponent has fallen and by the curve."""
        place = min(max(self.peak, low), high)
        edges = {place, *self._falls(place, 1.0, high - place), *self._falls(place, -1.0, place - low)}
        first, last = min(edges), max(edges)
        edges |= {at for at in self.curve.breaks() if first < at < last}
        ordered = sorted(edges)
        return [
            ordered[0],
            *(later for sooner, later in pairwise(ordered) if later - sooner > 1e-15 * self.scale),
        ]

    def _falls(self, place: float, sign: float, room: float) -> Iterator[float]:
        """Give the places, outwards, where the exponent has fallen by each depth; the last is the end of the room."""
        top = self._exponent(place)
        if room <= 0.0:
            return
        near, step = 0.0, min(room, 1e-3 * self.scale)
        for depth in _DEPTHS:
            far = min(room, near + step)
            while far < room and top - self._exponent(place + sign * far) < depth:
                far = min(room, 2.0 * far)
            if top - self._exponent(place + sign * far) < depth:
                yield place + sign * room
                return
            low, high = near, far
            for _ in range(30):
                middle = 0.5 * (low + high)
                if top - self._exponent(place + sign * middle) < depth:
                    low = middle
                else:
                    high = middle
            yield place + sign * high
            near, step = high, high
