"""Distributions of times, by name: how long calls take, how long callers wait, when they try again.

==================  ===========================================================================
``constant``        ``mean``, always
``uniform``         evenly between ``low`` and ``high``
``exponential``     ``mean``
``erlang``          ``mean``, ``k`` phases (squared coefficient of variation 1/k)
``gamma``           ``mean``, and ``shape`` or ``scv`` = 1/shape
``lognormal``       ``mean`` and ``scv``, of the times themselves, not of their logarithm
``weibull``         ``mean`` and ``shape``
``hyperexponential``  one of ``means``, with ``probabilities``
``empirical``       one of ``values``, evenly or by ``weights``
``never``           longer than any simulation: patience without end
==================  ===========================================================================

Everything but gamma is drawn by inversion (Devroye, *Non-Uniform Random Variate Generation*, 1986, II.2), so a draw
grows with its random number, which keeps the draws of two plans alike.

Owns names, rules and draws of distributions; must not know where the random bits come from (``draws``).
"""

import math
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from statistics import NormalDist
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from routing.config.faults import field_path
from routing.errors import ConfigError
from routing.model import Duration
from routing.simulation.draws import mix, unit
from routing.units import MAX_DURATION_NS

Kind = Literal[
    "constant",
    "uniform",
    "exponential",
    "erlang",
    "gamma",
    "lognormal",
    "weibull",
    "hyperexponential",
    "empirical",
    "never",
]
#: From 64 random bits to a time in ns.
Sampler = Callable[[int], int]

#: The time of what never happens.
NEVER: Final = -1

_READS: Final[dict[str, tuple[str, ...]]] = {
    "constant": ("mean",),
    "uniform": ("low", "high"),
    "exponential": ("mean",),
    "erlang": ("mean", "k"),
    "gamma": ("mean", "shape", "scv"),
    "lognormal": ("mean", "scv"),
    "weibull": ("mean", "shape"),
    "hyperexponential": ("means", "probabilities"),
    "empirical": ("values", "weights"),
    "never": (),
}
_MIX: Final = 1e-9  # probabilities add up to 1 within this
_INVERSE_NORMAL: Final = NormalDist().inv_cdf


class Distribution(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A distribution of times; which fields it reads depends on ``kind``, see the module."""

    kind: Kind
    mean_ns: Duration = field(default=0, name="mean")
    scv: float = 0.0  # squared coefficient of variation: variance / mean²
    shape: float = 0.0
    k: Annotated[int, Meta(ge=0, le=1000)] = 0
    low_ns: Duration = field(default=0, name="low")
    high_ns: Duration = field(default=0, name="high")
    means_ns: tuple[Duration, ...] = field(default=(), name="means")
    probabilities: tuple[float, ...] = ()
    values_ns: tuple[Duration, ...] = field(default=(), name="values")
    weights: tuple[float, ...] = ()


def check_distribution(spec: Distribution, path: str) -> None:
    """Check that a distribution has what its kind reads, and nothing else.

    Raises
    ------
    ConfigError
        If not.

    Examples
    --------
    >>> check_distribution(Distribution("erlang", mean_ns=60), "service")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: service.k: 0 is not in 1..1000; an erlang distribution needs its number of phases
    """
    reads = _READS[spec.kind]
    for name, value in _given(spec):
        if name not in reads:
            known = f"it reads {', '.join(reads)}" if reads else "it reads nothing"
            raise ConfigError(
                field_path(path, name), f"{value} is not read by {spec.kind!r} ({known}); remove it"
            )
    if "mean" in reads and spec.mean_ns == 0 and spec.kind != "constant":
        raise ConfigError(
            field_path(path, "mean"), f"0s is no mean of {_a(spec.kind)} time; give a longer one"
        )
    if "k" in reads and spec.k < 1:
        raise ConfigError(
            field_path(path, "k"),
            f"{spec.k} is not in 1..1000; an erlang distribution needs its number of phases",
        )
    _check_shape(spec, path)
    if spec.kind == "uniform" and spec.low_ns > spec.high_ns:
        raise ConfigError(field_path(path, "high"), "is below 'low'; swap the two")
    if spec.kind == "hyperexponential":
        _check_mixture(spec, path)
    if spec.kind == "empirical":
        _check_values(spec, path)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _given(spec: Distribution) -> list[tuple[str, object]]:
    fields: tuple[tuple[str, object], ...] = (
        ("mean", spec.mean_ns),
        ("scv", spec.scv),
        ("shape", spec.shape),
        ("k", spec.k),
        ("low", spec.low_ns),
        ("high", spec.high_ns),
        ("means", spec.means_ns),
        ("probabilities", spec.probabilities),
        ("values", spec.values_ns),
        ("weights", spec.weights),
    )
    return [(name, value) for name, value in fields if value]


def _check_shape(spec: Distribution, path: str) -> None:
    """Check scv and shape."""
    for name, value in (("scv", spec.scv), ("shape", spec.shape)):
        if not (math.isfinite(value) and 0 <= value <= 1e6):
            raise ConfigError(field_path(path, name), f"{value!r} is not in 0..1000000; correct it")
    if spec.kind == "lognormal" and spec.scv == 0:
        raise ConfigError(
            field_path(path, "scv"), "0 leaves no variation; give one above 0, or kind = 'constant'"
        )
    if spec.kind == "weibull" and spec.shape < 0.05:
        raise ConfigError(field_path(path, "shape"), f"{spec.shape!r} is below 0.05; give the Weibull shape")
    if spec.kind == "gamma":
        if bool(spec.scv) == bool(spec.shape):
            raise ConfigError(
                field_path(path, "shape"), "give either shape or scv = 1/shape, not both or neither"
            )
        if (spec.shape or 1 / spec.scv) < 1e-3:
            raise ConfigError(field_path(path, "shape"), "lies below 0.001; give a larger one")


def _check_mixture(spec: Distribution, path: str) -> None:
    if not spec.means_ns or len(spec.means_ns) != len(spec.probabilities):
        raise ConfigError(
            field_path(path, "probabilities"),
            f"{len(spec.probabilities)} for {len(spec.means_ns)} means; give one for each of at least one",
        )
    if not all(part >= 0 for part in spec.probabilities) or abs(sum(spec.probabilities) - 1) > _MIX:
        raise ConfigError(
            field_path(path, "probabilities"),
            f"add up to {sum(spec.probabilities)!r}; make it 1, none below 0",
        )


def _check_values(spec: Distribution, path: str) -> None:
    if not spec.values_ns:
        raise ConfigError(field_path(path, "values"), "is empty; list the times that were seen")
    if spec.weights and len(spec.weights) != len(spec.values_ns):
        raise ConfigError(
            field_path(path, "weights"),
            f"{len(spec.weights)} for {len(spec.values_ns)} values; give one for each",
        )
    if spec.weights and not (
        all(weight >= 0 for weight in spec.weights) and 0 < sum(spec.weights) < math.inf
    ):
        raise ConfigError(field_path(path, "weights"), "must not be negative nor all 0; correct them")


def make_sampler(spec: Distribution) -> Sampler:
    """Make what draws from a checked distribution.

    Returns
    -------
    callable
        From 64 random bits to a time in ns, at most ``MAX_DURATION_NS``; `NEVER` for ``never``. O(1), O(k) for
        ``erlang``, O(log n) for ``empirical``.

    Examples
    --------
    >>> draw = make_sampler(Distribution("exponential", mean_ns=1000))
    >>> draw(0), draw(2**63), draw(2**64 - 1)
    (36737, 693, 0)
    """
    return _MAKERS[spec.kind](spec)


def _constant(spec: Distribution) -> Sampler:
    value = spec.mean_ns
    return lambda _: value


def _never(_: Distribution) -> Sampler:
    return lambda _: NEVER


def _uniform(spec: Distribution) -> Sampler:
    low, width = spec.low_ns, spec.high_ns - spec.low_ns
    return lambda bits: low + int(width * unit(bits) + 0.5)


def _exponential(spec: Distribution) -> Sampler:
    mean, log = float(spec.mean_ns), math.log
    if 40 * spec.mean_ns < MAX_DURATION_NS:  # no draw is longer than 37 means
        return lambda bits: int(0.5 - mean * log(((bits >> 12) + 0.5) * 2.0**-52))
    return lambda bits: _whole(-mean * log(((bits >> 12) + 0.5) * 2.0**-52))


def _erlang(spec: Distribution) -> Sampler:
    phase, phases, log = spec.mean_ns / spec.k, range(spec.k), math.log

    def draw(bits: int) -> int:
        total = 0.0
        for _ in phases:
            total -= log(unit(bits))
            bits = mix(bits)
        return _whole(phase * total)

    return draw


def gamma_draw(shape: float, bits: int) -> float:
    """Draw from the gamma distribution with this shape and scale 1.

    Marsaglia and Tsang, *A simple method for generating gamma variables*, ACM TOMS 26 (2000) 363; for shapes below 1
    a draw of shape + 1 times u^(1/shape), as they say. The draws that are rejected come from the bits, too.

    Examples
    --------
    >>> round(sum(gamma_draw(2.5, mix(n)) for n in range(4000)) / 4000, 1)
    2.5
    """
    if shape < 1.0:
        return gamma_draw(shape + 1.0, mix(bits ^ 1)) * math.pow(unit(bits), 1.0 / shape)
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        x = _INVERSE_NORMAL(unit(bits))
        bits = mix(bits)
        v = (1.0 + c * x) ** 3
        if v > 0.0 and math.log(unit(bits)) < 0.5 * x * x + d - d * v + d * math.log(v):
            return d * v
        bits = mix(bits)


def _gamma(spec: Distribution) -> Sampler:
    shape = spec.shape or 1.0 / spec.scv
    scale = spec.mean_ns / shape
    return lambda bits: _whole(scale * gamma_draw(shape, bits))


def _lognormal(spec: Distribution) -> Sampler:
    variance = math.log1p(spec.scv)
    mu, sigma = math.log(spec.mean_ns) - variance / 2, math.sqrt(variance)
    return lambda bits: _whole(math.exp(mu + sigma * _INVERSE_NORMAL(unit(bits))))


def _weibull(spec: Distribution) -> Sampler:
    power = 1.0 / spec.shape
    scale = spec.mean_ns / math.gamma(1.0 + power)
    return lambda bits: _whole(scale * (-math.log(unit(bits))) ** power)


def _hyperexponential(spec: Distribution) -> Sampler:
    bounds, last = list(accumulate(spec.probabilities)), len(spec.means_ns) - 1
    means = spec.means_ns

    def draw(bits: int) -> int:
        branch = min(bisect_right(bounds, unit(bits)), last)
        return _whole(-means[branch] * math.log(unit(mix(bits))))

    return draw


def _empirical(spec: Distribution) -> Sampler:
    pairs = sorted(zip(spec.values_ns, spec.weights or [1.0] * len(spec.values_ns), strict=True))
    values, bounds = [value for value, _ in pairs], list(accumulate(weight for _, weight in pairs))
    total, last = bounds[-1], len(pairs) - 1
    return lambda bits: values[min(bisect_right(bounds, total * unit(bits)), last)]


def _whole(time_ns: float) -> int:
    """Round, and cap what a heavy tail may bring."""
    return int(time_ns + 0.5) if time_ns < MAX_DURATION_NS else MAX_DURATION_NS


_MAKERS: Final[dict[str, Callable[[Distribution], Sampler]]] = {
    "constant": _constant,
    "uniform": _uniform,
    "exponential": _exponential,
    "erlang": _erlang,
    "gamma": _gamma,
    "lognormal": _lognormal,
    "weibull": _weibull,
    "hyperexponential": _hyperexponential,
    "empirical": _empirical,
    "never": _never,
}
