"""Draws the calls of one day of a model: when they come, how long each takes, how long its caller waits.

Arrivals are Poisson with rates constant by period, drawn as a stream of rate 1 whose times are looked up backwards in
the cumulated rates: a busier day shortens the gaps and changes nothing else (Law, *Simulation Modeling and Analysis*,
5th ed., 8.6). Everything is addressed by (seed, day, type, purpose, number), see ``draws``.

Owns the purposes of draws; must not know the engine, or what becomes of a call.
"""

import math
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from routing.simulation.distributions import NEVER, Sampler, gamma_draw, make_sampler
from routing.simulation.draws import MASK, STEP, at, many, mix, stream, unit
from routing.simulation.model_shape import CallType, Model, by_period

# What a draw is for.
_ARRIVAL, _SERVICE, _PATIENCE, _BALKING, _RETRIAL, _DELAY, _AGAIN, _REACH, _DAY, _PERIOD = range(1, 11)
#: The type of what concerns a whole day.
_WHOLE: Final = 2**32


class Calls(Struct):
    """The calls of a day in order of arrival; the arrays are parallel. ``numbers`` count within a type."""

    types: "array[int]"
    numbers: "array[int]"
    arrivals_ns: "array[int]"
    services_ns: "array[int]"
    patience_ns: "array[int]"


class Source:
    """Draws for a model and a seed, day by day."""

    def __init__(self, model: Model, seed: int) -> None:
        self.model = model
        self.seed = seed
        self.kinds = [_Kind(kind) for kind in model.types]

    def day(self, day: int) -> "Day":
        """Open a day. O(types)."""
        return Day(self, day)


class _Kind:
    """A type with its distributions made ready."""

    def __init__(self, kind: CallType) -> None:
        self.noun = kind
        self.service = [make_sampler(spec) for spec in kind.service]
        self.patience = [make_sampler(spec) for spec in kind.patience]
        self.delay = make_sampler(kind.retrial.delay) if kind.retrial else None


class Day:
    """One day's draws."""

    def __init__(self, source: Source, day: int) -> None:
        self.model = source.model
        self.kinds = source.kinds
        self.address = (source.seed, day)
        self.busyness = self._factor(self.model.busyness, _WHOLE)
        self.streams = [
            tuple(stream(*self.address, place, purpose) for purpose in range(_REACH + 1))
            for place in range(len(self.kinds))
        ]

    def _factor(self, shape: float, place: int, purpose: int = _DAY, number: int = 0) -> float:
        """Draw a gamma factor of mean 1; without a shape it is 1."""
        if not shape:
            return 1.0
        return gamma_draw(shape, at(stream(*self.address, place, purpose), number)) / shape

    def calls(self) -> Calls:
        """Draw all calls that come in by themselves. O(n log n)."""
        rows: list[tuple[int, int, int, int, int]] = []
        for place, kind in enumerate(self.kinds):
            if kind.noun.rates:
                rows += self._rows(place)
        if len(self.kinds) > 1:
            rows.sort()
        return Calls(
            array("H", [row[1] for row in rows]),
            array("q", [row[2] for row in rows]),
            array("q", [row[0] for row in rows]),
            array("q", [row[3] for row in rows]),
            array("q", [row[4] for row in rows]),
        )

    def _rows(self, place: int) -> list[tuple[int, int, int, int, int]]:
        """Draw the calls of a type: (at_ns, type, number, service_ns, patience_ns)."""
        kind = self.kinds[place]
        arrivals = self._arrivals(place)
        size = len(arrivals)
        rest: list[list[int]] = []
        for samplers, begin in (
            (kind.service, self.streams[place][_SERVICE]),
            (kind.patience, self.streams[place][_PATIENCE]),
        ):
            bits = many(begin, size)
            drawn: list[int] = []
            for period in range(len(samplers)):
                first = bisect_left(arrivals, period * self.model.period_ns)
                behind = bisect_left(arrivals, (period + 1) * self.model.period_ns)
                drawn += map(samplers[period], bits[first : size if period == len(samplers) - 1 else behind])
            rest.append(drawn)
        services, patience = rest
        if kind.noun.balking:
            for number, bits_ in enumerate(many(self.streams[place][_BALKING], size)):
                if unit(bits_) < kind.noun.balking:
                    patience[number] = 0
        return list(zip(arrivals, [place] * size, range(size), services, patience, strict=True))

    def _arrivals(self, place: int) -> list[int]:
        """Draw when calls of a type come."""
        noun = self.kinds[place].noun
        model = self.model
        factor = self.busyness * self._factor(noun.busyness, place)
        rates = [
            by_period(noun.rates, period)
            * factor
            / noun.per_ns
            * self._factor(noun.period_busyness, place, _PERIOD, period)
            for period in range(model.periods)
        ]
        return poisson(rates, model.period_ns, self.streams[place][_ARRIVAL])

    def service_ns(self, place: int, number: int, period: int) -> int:
        """Draw how long call ``number`` of a type takes that arrives in this period."""
        samplers = self.kinds[place].service
        return _sampled(samplers, period, mix(self.streams[place][_SERVICE] + number * STEP & MASK))

    def patience_ns(self, place: int, number: int, period: int) -> int:
        """Draw how long its caller waits; -1: for ever."""
        kind = self.kinds[place]
        if kind.noun.balking and unit(at(self.streams[place][_BALKING], number)) < kind.noun.balking:
            return 0
        return _sampled(kind.patience, period, mix(self.streams[place][_PATIENCE] + number * STEP & MASK))

    def again(
        self, place: int, number: int, tried: int, period: int, patience_ns: int
    ) -> tuple[int, int] | None:
        """Tell after how long a caller who has left ``tried`` times comes back, and how patient; None: not at all."""
        kind = self.kinds[place]
        retrial = kind.noun.retrial
        if retrial is None or kind.delay is None:
            return None
        streams = self.streams[place]
        if unit(at(mix(streams[_RETRIAL] ^ number), tried)) >= retrial.probability:
            return None
        delay_ns = kind.delay(at(mix(streams[_DELAY] ^ number), tried))
        if not retrial.same_patience:
            patience_ns = _sampled(kind.patience, period, at(mix(streams[_AGAIN] ^ number), tried))
        return delay_ns, patience_ns

    def reached(self, place: int, number: int, period: int) -> bool:
        """Does somebody answer the number that is dialled?"""
        dialer = self.kinds[place].noun.dialer
        return dialer is not None and unit(at(self.streams[place][_REACH], number)) < by_period(
            dialer.reach, period
        )


def poisson(rates: Sequence[float], period_ns: int, begin: int) -> list[int]:
    """Draw the instants of a Poisson process, rates per ns by period, from the stream that begins there. O(n).

    Examples
    --------
    >>> found = poisson([0.0, 0.01], 1000, stream(1, 2))
    >>> all(1000 <= at_ns < 2000 for at_ns in found), found == sorted(found)
    (True, True)
    """
    log = math.log
    found: list[int] = []
    add = found.append
    passed = 0.0  # of the cumulated rate
    number = 0
    due = -log(unit(at(begin, 0)))
    for period, rate in enumerate(rates):
        start_ns = period * period_ns
        until = passed + rate * period_ns
        while due < until:
            add(start_ns + min(int((due - passed) / rate), period_ns - 1))
            number += 1
            # draws.at and draws.unit, written out: this is the innermost loop
            x = begin + number * STEP + STEP & MASK
            x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK
            x = (x ^ x >> 27) * 0x94D049BB133111EB & MASK
            due -= log((((x ^ x >> 31) >> 12) + 0.5) * 2.0**-52)
        passed = until
    return found


def _sampled(samplers: list[Sampler], period: int, bits: int) -> int:
    return (samplers[period] if period < len(samplers) else samplers[-1])(bits)


__all__ = ["NEVER", "Calls", "Day", "Source", "poisson"]
