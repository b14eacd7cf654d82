"""Staffing: independent arithmetic, monotony, inverses by brute force, limits between models, the domain.

Owns properties of the models; published values stand in ``test_staffing_reference``, the command in
``test_staffing_command``.
"""

import math
import random
from array import array
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import UsageError
from routing.staffing import (
    Curve,
    Deterministic,
    Empirical,
    ErlangA,
    ErlangC,
    ErlangG,
    Exponential,
    Figures,
    Gamma,
    Hyperexponential,
    Level,
    Lognormal,
    Of,
    Retrying,
    Targets,
    Weibull,
    blockings,
    erlang_b,
    erlang_b_lines,
    erlang_b_load,
    erlang_b_retrials,
    erlang_c,
    garnett,
    halfin_whitt,
    minimum_agents,
    queue_blocking,
    queue_lines,
    service_levels,
)

Queue = ErlangA | ErlangC | ErlangG | Retrying

CURVES: list[Curve] = [
    Exponential(200),
    Deterministic(60),
    Gamma(120, 3),
    Gamma(120, 0.5),
    Lognormal(200, 4),
    Hyperexponential([20, 400], [0.3, 0.7]),
    Weibull(150, 0.7),
    Weibull(150, 2.5),
    Empirical([5, 10, 30, 60, 120, 300], [0.97, 0.95, 0.9, 0.83, 0.7, 0.5]),
    Empirical([30, 90], [0.5, 0.0]),
]


# ------------------------------------------------------------------------------------- independent arithmetic


def blocked(load: Fraction, n: int) -> Fraction:
    """Erlang B by its recursion, in fractions."""
    value = Fraction(1)
    for k in range(1, n + 1):
        value = load * value / (k + load * value)
    return value


@pytest.mark.parametrize("load", [1e-6, 0.3, 1.0, 7.25, 40.0, 333.5])
@pytest.mark.parametrize("n", [1, 2, 5, 40, 41, 100, 300])
def test_erlang_b_and_c_in_fractions(load: float, n: int) -> None:
    exact = blocked(Fraction(load), n)
    if exact > Fraction(10) ** -290:
        assert erlang_b(load, n) == pytest.approx(float(exact), rel=1e-13, abs=0)
    if n > load and exact > Fraction(10) ** -290:
        waits = exact / (1 - Fraction(load) / n * (1 - exact))
        assert erlang_c(load, n) == pytest.approx(float(waits), rel=1e-13, abs=0)


def decimal_figures(load: float, n: int, aht: float, patience: float, threshold: float) -> dict[str, Decimal]:
    """Erlang A by sums over its birth-and-death process, and by the series of the incomplete gamma function."""
    with localcontext() as context:
        context.prec = 60
        a, s, p, t = (Decimal(value) for value in (load, aht, patience, threshold))
        arrivals, leave = a / s, 1 / p
        cap = n / s
        below, term = Decimal(0), Decimal(1)  # states with a free agent, in units of the last of them
        for k in range(n - 1, -1, -1):
            below += term
            term *= Decimal(k) / a
        above, queued, squared, term = Decimal(0), Decimal(0), Decimal(0), a / n
        k = 0
        while term * k * k > (squared + above) * Decimal("1e-40") or arrivals > cap + k * leave or k < 3:
            above, queued, squared = above + term, queued + k * term, squared + k * k * term
            k += 1
            term *= arrivals / (cap + k * leave)
        whole = below + above
        queue = queued / whole

        def tail(extra: int, at: Decimal) -> Decimal:
            """The integral of exp(h(x) - extra leave x) from ``at`` on."""
            place = cap * p + extra
            y = arrivals * p * (-leave * at).exp()
            total, piece, k = Decimal(0), 1 / place, 0
            while piece > total * Decimal("1e-45") or y > place + k:
                total += piece
                k += 1
                piece *= y / (place + k)
            return p * total * (arrivals * p - y - place * at / p).exp()

        mass = below + arrivals * tail(0, Decimal(0))
        beyond = arrivals * tail(0, t) / mass
        stay_within = arrivals * (tail(1, Decimal(0)) - tail(1, t)) / mass
        abandon = queue * leave / arrivals
        return {
            "p_no_wait": below / whole,
            "p_wait": above / whole,
            "queue": queue,
            "queue_variance": squared / whole - queue * queue,
            "p_abandon": abandon,
            "wait": queue / arrivals,
            "occupancy": (1 - abandon) * a / n,
            "served": below / whole + stay_within,
            "longer": beyond * (-leave * t).exp(),
            "abandoned": 1 - (below / whole + stay_within) - beyond * (-leave * t).exp(),
        }


def test_erlang_a_in_decimals() -> None:
    """Loads, patience and thresholds of all sizes, light and heavy; every digit that fifty leave certain."""
    rng = random.Random(20)
    for _ in range(40):
        load = 10 ** rng.uniform(-2, 2.6)
        n = max(1, round(load * 10 ** rng.uniform(-0.5, 0.4)))
        patience = 180 * 10 ** rng.uniform(-2.5, 2)
        threshold = 10 ** rng.uniform(-1, 3)
        given = (load, n, 180.0, patience, threshold)
        figures = ErlangA(load, 180.0, patience).at(n, threshold)
        for name, truth in decimal_figures(*given).items():
            value = getattr(figures, name, None)
            value = getattr(figures.within, name) if value is None else value
            if abs(truth) > Decimal("1e-30") or name in {"p_wait", "p_no_wait", "queue", "p_abandon"}:
                assert value == pytest.approx(float(truth), rel=2e-12, abs=1e-300), (given, name)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("load", "n"),
    [
        (4_900.0, 5_000),
        (5_000.0, 5_000),
        (5_600.0, 5_000),
        (49_800.0, 50_000),
        (5e4, 50_000),
        (51_000.0, 50_000),
    ],
)
@pytest.mark.parametrize("patience", [9.0, 1_800.0])
def test_large_centres_in_decimals(load: float, n: int, patience: float) -> None:
    """Below, at and above the load, callers who leave soon and late."""
    given = (load, n, 180.0, patience, 5.0)
    figures = ErlangA(load, 180.0, patience).at(n, 5.0)
    for name, truth in decimal_figures(*given).items():
        value = getattr(figures, name, None)
        value = getattr(figures.within, name) if value is None else value
        if abs(truth) > Decimal("1e-30"):  # what is smaller is a difference that sixty digits do not hold
            assert value == pytest.approx(float(truth), rel=2e-11, abs=0), name


@pytest.mark.parametrize(("load", "n"), [(99_500.0, 100_000), (101_000.0, 100_000), (1e-6, 1), (1e5, 50_000)])
@pytest.mark.parametrize("patience", [0.01, 180.0, 1e7])
def test_extremes_keep_their_identities(load: float, n: int, patience: float) -> None:
    figures = ErlangA(load, 180, patience).at(n, 20)
    assert figures.p_wait + figures.p_no_wait == pytest.approx(1, abs=1e-14)
    assert figures.p_served + figures.p_abandon == pytest.approx(1, abs=1e-12)
    assert figures.p_abandon == pytest.approx(figures.wait / patience, rel=1e-12)  # the rate of leaving
    assert figures.within is not None
    total = figures.within.served + figures.within.abandoned + figures.within.longer
    assert total == pytest.approx(1, abs=1e-12)
    assert figures.occupancy <= 1
    mean = figures.p_served * figures.wait_served + figures.p_abandon * figures.wait_abandoned
    assert mean == pytest.approx(figures.wait, rel=1e-12)


# ------------------------------------------------------------------------------------------ between the models


def test_patience_without_end_is_erlang_c() -> None:
    given = ErlangA(10, 180, 1e13).at(12, 20)
    limit = ErlangC(10, 180).at(12, 20)
    for name in ("p_wait", "wait", "queue", "queue_variance", "occupancy"):
        assert getattr(given, name) == pytest.approx(getattr(limit, name), rel=1e-8)
    assert given.service_level() == pytest.approx(limit.service_level(), rel=1e-8)


def test_no_patience_is_erlang_b() -> None:
    for load, n in ((10, 12), (10, 8), (300, 280)):
        figures = ErlangA(load, 180, 1e-9).at(n)
        assert figures.p_wait == pytest.approx(erlang_b(load, n), rel=1e-8)
        assert figures.p_abandon == pytest.approx(erlang_b(load, n), rel=1e-8)


@pytest.mark.parametrize(("load", "n"), [(25.0, 28.0), (25.0, 24.5), (40.0, 20.0), (3.0, 9.0)])
def test_the_general_model_with_exponential_patience_is_erlang_a(load: float, n: float) -> None:
    for patience in (5.0, 200.0, 5_000.0):
        general = ErlangG(load, 180, Exponential(patience)).at(n, 20)
        special = ErlangA(load, 180, patience).at(n, 20)
        for name in Figures.__struct_fields__[:-1]:
            assert getattr(general, name) == pytest.approx(getattr(special, name), rel=1e-10), name
        for level in Level:
            assert general.service_level(level) == pytest.approx(special.service_level(level), rel=1e-11)


def test_ways_to_write_one_curve_agree() -> None:
    for one, other in (
        (Gamma(100, 1), Exponential(100)),
        (Weibull(100, 1), Exponential(100)),
        (Hyperexponential([100, 100], [0.4, 0.6]), Exponential(100)),
        (Empirical([60], [0.0]), Deterministic(60)),
    ):
        first, second = ErlangG(25, 180, one).at(24, 20), ErlangG(25, 180, other).at(24, 20)
        for name in Figures.__struct_fields__[:-1]:
            assert getattr(first, name) == pytest.approx(getattr(second, name), rel=1e-9), name


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: type(curve).__name__)
def test_curves_and_their_queues_are_consistent(curve: Curve) -> None:
    times = [0.5 * k for k in range(1, 1200)]
    area = 0.0
    for sooner, later in zip([0.0, *times], times, strict=False):
        step = curve.integral(later) - curve.integral(sooner)
        assert (
            curve.staying(later) * (later - sooner) - 1e-9
            <= step
            <= curve.staying(sooner) * (later - sooner) + 1e-9
        )
        area += step
        assert curve.staying(later) + curve.left(later) == pytest.approx(1, abs=1e-12)
    assert area == pytest.approx(curve.integral(times[-1]), rel=1e-9)
    assert curve.integral(1e9) == pytest.approx(curve.mean, rel=1e-6)
    queue = ErlangG(25, 180, curve)
    before = None
    for n in (5, 22, 25, 28, 40):
        figures = queue.at(n, 20)
        assert figures.p_served + figures.p_abandon == pytest.approx(1, abs=1e-10)
        assert figures.p_served * 25 == pytest.approx(figures.in_service, rel=1e-12)
        assert figures.within is not None
        past = figures.within
        assert past.served + past.abandoned + past.longer == pytest.approx(1, abs=1e-10)
        mean = figures.p_served * figures.wait_served + figures.p_abandon * figures.wait_abandoned
        assert mean == pytest.approx(figures.wait, rel=1e-10)
        assert before is None or figures.service_level() > before
        before = figures.service_level()
        # with the balance of all servers busy: Zeltyn and Mandelbaum, section 3
        lost = 1 - erlang_b(25, n - 1) if figures.p_no_wait < 1e-9 else 0
        assert lost or figures.occupancy == pytest.approx(1 - idle(figures, n), rel=1e-9)


def idle(figures: Figures, n: int) -> float:
    """The mean share of idle agents, by the states below n: their weights are Erlang's."""
    weights = [math.exp(j * math.log(25) - math.lgamma(j + 1)) for j in range(n)]
    return figures.p_no_wait * sum((n - j) * weight for j, weight in enumerate(weights)) / sum(weights) / n


def test_real_agents_pass_through_the_whole_ones() -> None:
    for load in (0.7, 9.5, 80.0):
        for n in range(math.floor(load) + 1, math.floor(load) + 6):
            near = n + 1e-7
            assert erlang_b(load, near) == pytest.approx(erlang_b(load, n), rel=1e-5)
            assert ErlangC(load, 1).at(near).p_wait == pytest.approx(ErlangC(load, 1).at(n).p_wait, rel=1e-5)
            assert ErlangA(load, 1, 2).at(near).wait == pytest.approx(
                ErlangA(load, 1, 2).at(n).wait, rel=1e-5
            )


@given(load=st.floats(1e-3, 500), n=st.floats(0.0, 600), step=st.floats(0.01, 5))
def test_erlang_b_obeys_its_recursion_and_falls(load: float, n: float, step: float) -> None:
    here, after = erlang_b(load, n), erlang_b(load, n + 1)
    assert after == pytest.approx(load * here / (n + 1 + load * here), rel=1e-12, abs=1e-300)
    assert erlang_b(load, n + step) <= here * (1 + 1e-13)


# ------------------------------------------------------------------------------------------------- inverses


TARGETS = [
    Targets(service_level=0.8, threshold=20),
    Targets(service_level=0.95, threshold=5, definition=Level.SERVED),
    Targets(service_level=0.9, threshold=20, definition=Level.NOT_QUICKLY_LEFT),
    Targets(service_level=0.9, threshold=20, definition=Level.SETTLED),
    Targets(asa=15, occupancy=0.9),
    Targets(mean_wait=10),
    Targets(p_wait=0.2),
    Targets(service_level=0.5, abandonment=0.05),
    Targets(abandonment=0.3),
]


def brute(model: Queue, targets: Targets) -> int:
    """The first whole number that meets the targets, counting from 1."""
    n = math.floor(model.least_n(model.load)) + 1
    while not targets.met_by(model.at(n, targets.needs_threshold)):
        n += 1
    return n


@pytest.mark.parametrize("targets", TARGETS, ids=lambda targets: "-".join(targets.asked))
def test_minimum_is_the_first_that_meets_the_targets(targets: Targets) -> None:
    for load in (1e-6, 0.3, 2.0, 7.7, 31.0):
        for patience in (10.0, 200.0, 4_000.0):
            model = ErlangA(load, 180, patience)
            assert model.minimum_agents(targets) == brute(model, targets)
        if targets.abandonment is None:
            patient = ErlangC(load, 180)
            assert patient.minimum_agents(targets) == brute(patient, targets)


def test_minimum_with_other_patience_and_with_retrials() -> None:
    models: list[Queue] = [ErlangG(9.5, 180, curve) for curve in CURVES[1:8:3]]
    models += [Retrying(ErlangA(9.5, 180, 200), 0.6), Retrying(ErlangA(9.5, 180, 200), 1.0)]
    for model in models:
        for targets in (TARGETS[0], TARGETS[7]):
            assert model.minimum_agents(targets) == brute(model, targets)


def test_minimum_may_lie_below_the_load() -> None:
    assert ErlangA(100, 180, 60).minimum_agents(Targets(abandonment=0.2)) < 85
    assert ErlangA(500, 180, 120).minimum_agents(Targets(service_level=0.8)) < 500


@pytest.mark.parametrize("targets", TARGETS, ids=lambda targets: "-".join(targets.asked))
def test_maximum_load_and_real_agents_undo_each_other(targets: Targets) -> None:
    models: list[ErlangA | ErlangC] = [ErlangA(20, 180, 200)]
    models += [ErlangC(20, 180)] if targets.abandonment is None else []
    for model in models:
        n = model.real_agents(targets)
        assert model.minimum_agents(targets) == math.ceil(n)
        assert model.maximum_load(n, targets) == pytest.approx(20, rel=1e-9)
        load = model.maximum_load(23, targets)
        assert model.loaded(load).minimum_agents(targets) == 23
        assert model.loaded(load * (1 + 1e-9)).minimum_agents(targets) == 24


@given(load=st.floats(0.01, 2000), blocking=st.floats(1e-4, 0.5))
def test_lines_and_loads_undo_each_other(load: float, blocking: float) -> None:
    lines = erlang_b_lines(load, blocking)
    assert erlang_b(load, lines) <= blocking * (1 + 1e-12)
    assert lines == 0 or erlang_b(load, lines - 1) > blocking * (1 - 1e-12)
    assert erlang_b(erlang_b_load(lines + 1, blocking), lines + 1) == pytest.approx(blocking, rel=1e-11)


def test_percentiles_undo_the_law_of_the_wait() -> None:
    for model in (ErlangA(20, 180, 200), ErlangG(20, 180, Weibull(150, 2.5))):
        for share in (0.6, 0.99):
            for of in Of:
                figures = model.at(20, model.percentile(20, share, of))
                assert figures.within is not None
                value = {
                    Of.ALL: 1 - figures.within.longer,
                    Of.SERVED: figures.within_if_served,
                    Of.ABANDONED: figures.within_if_abandoned,
                }[of]
                assert value == pytest.approx(share, rel=1e-9)
    assert ErlangA(20, 180, 200).percentile(40, 0.5) == 0
    assert ErlangC(20, 180).percentile(40, 0.5) == 0
    patient = ErlangC(20, 180)
    assert patient.at(22, patient.percentile(22, 0.9)).service_level() == pytest.approx(0.9, rel=1e-12)


# ------------------------------------------------------------------------------------------ retrials, trunks


def test_retrials_are_a_fixed_point() -> None:
    for retry in (0.0, 0.3, 1.0):
        for n in (21, 26):
            queue = Retrying(ErlangA(20, 180, 200), retry)
            figures = queue.at(n)
            assert figures.load == pytest.approx(20 + retry * figures.load * figures.p_abandon, rel=1e-12)
            assert queue.lost(n) == pytest.approx(1 - figures.in_service / 20, abs=1e-12)
    assert erlang_b_retrials(20, 22, 0).blocking == erlang_b(20, 22)
    assert erlang_b_retrials(20, 22, 1).lost == 0
    with pytest.raises(UsageError, match="who all try again"):
        Retrying(ErlangA(20, 180, 200), 1.0).at(20)


@pytest.mark.parametrize(("load", "n"), [(10.0, 12), (12.0, 12), (15.0, 12), (0.4, 1), (900.0, 890)])
def test_the_truncated_queue_in_fractions(load: float, n: int) -> None:
    for more in (0, 1, 5, 40):
        weights = [Fraction(1)]
        for j in range(1, n + more + 1):
            weights.append(weights[-1] * Fraction(load) / min(j, n))
        exact = weights[-1] / sum(weights)
        assert queue_blocking(load, n, n + more) == pytest.approx(float(exact), rel=1e-11)


def test_lines_of_a_centre_are_the_first_that_do() -> None:
    for load, n in ((10, 12), (12.05, 12), (0.4, 1)):
        lines = queue_lines(load, n, 0.01)
        assert queue_blocking(load, n, lines) <= 0.01
        assert lines == n or queue_blocking(load, n, lines - 1) > 0.01


# --------------------------------------------------------------------------------------------------- arrays


def test_arrays_say_what_the_models_say() -> None:
    rng = random.Random(5)
    loads = [10 ** rng.uniform(-2, 3) for _ in range(60)]
    patience = [10 ** rng.uniform(0.5, 3.5) for _ in loads]
    targets = Targets(service_level=0.8, asa=30, occupancy=0.95)
    many = minimum_agents(loads, targets, aht=190, patience=patience)
    assert list(many) == [
        ErlangA(a, 190, p).minimum_agents(targets) for a, p in zip(loads, patience, strict=True)
    ]
    patient = minimum_agents(array("d", loads), targets, aht=[190.0] * 60)
    assert list(patient) == [ErlangC(load, 190).minimum_agents(targets) for load in loads]
    levels = service_levels(
        loads, [float(n) for n in many], 20, aht=190, patience=patience, definition=Level.SERVED
    )
    for level, load, n, mean in zip(levels, loads, many, patience, strict=True):
        assert level == ErlangA(load, 190, mean).at(n, 20).service_level(Level.SERVED)
    assert list(blockings(loads, 5)) == [erlang_b(load, 5) for load in loads]


def test_arrays_may_be_numpys() -> None:
    loads = np.linspace(1, 50, 99)
    targets = Targets(service_level=0.8)
    found = np.frombuffer(minimum_agents(loads, targets, aht=180), dtype=np.int64)
    assert (found[1:] >= found[:-1]).all()
    assert list(found[::2]) == list(minimum_agents(loads[::2], targets, aht=180))  # not contiguous
    assert list(minimum_agents(np.arange(4), targets, aht=180)) == [0, 3, 4, 5]  # not doubles
    assert list(minimum_agents([], targets, aht=180)) == []


# --------------------------------------------------------------------------------------------------- domain


WRONG = [math.nan, math.inf, -1.0, 0.0, "5", None, True]


@pytest.mark.parametrize("value", WRONG, ids=repr)
@pytest.mark.parametrize(
    "ask",
    [
        lambda v: erlang_b(v, 5),
        lambda v: erlang_c(v, 5),
        lambda v: erlang_b_lines(v, 0.1),
        lambda v: erlang_b_lines(5, v),
        lambda v: erlang_b_load(v, 0.1),
        lambda v: queue_blocking(v, 5, 9),
        lambda v: queue_lines(v, 5, 0.1),
        lambda v: ErlangC(v, 180),
        lambda v: ErlangC(5, v),
        lambda v: ErlangC(5, 180).at(v),
        lambda v: ErlangA(v, 180, 60),
        lambda v: ErlangA(5, 180, v),
        lambda v: ErlangA(5, 180, 60).at(v),
        lambda v: ErlangG(v, 180, Exponential(1)),
        lambda v: ErlangG(5, 180, Exponential(1)).at(v),
        lambda v: ErlangA.of_calls(v, 1800, 180, 60),
        lambda v: ErlangA(5, 180, 60).maximum_load(v, Targets(p_wait=0.5)),
        lambda v: ErlangA(5, 180, 60).percentile(5, v),
        lambda v: Exponential(v),
        lambda v: Deterministic(v),
        lambda v: Gamma(v, 2),
        lambda v: Lognormal(3, v),
        lambda v: Weibull(v, 2),
        lambda v: Hyperexponential([v], [1]),
        lambda v: halfin_whitt(v),
        lambda v: garnett(1, v),
        lambda v: minimum_agents([5.0], Targets(p_wait=0.5), aht=v),
        lambda v: blockings([v], 5),
    ],
)
def test_outside_the_domain_there_is_an_error_and_no_number(
    ask: Callable[[object], object], value: object
) -> None:
    with pytest.raises(UsageError, match=r"; "):
        ask(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("service_level", 1.0),
        ("service_level", 0.0),
        ("service_level", math.nan),
        ("threshold", -1.0),
        ("threshold", math.inf),
        ("asa", 0.0),
        ("mean_wait", math.inf),
        ("abandonment", 1.5),
        ("occupancy", 0.0),
        ("occupancy", 1.1),
        ("p_wait", -0.1),
        ("definition", "some"),
    ],
)
def test_targets_that_mean_nothing(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=name):
        Targets(**{"p_wait": 0.5, name: value})  # type: ignore[arg-type]


def test_what_has_no_answer() -> None:
    patient = ErlangC(10, 180)
    for ask in (
        lambda: patient.at(10),
        lambda: erlang_c(10, 9.5),
        lambda: Targets(),
        lambda: patient.minimum_agents(Targets(abandonment=0.1)),
        lambda: patient.percentile(12, 0.9, Of.ABANDONED),
        lambda: patient.at(12).service_level(),
        lambda: patient.at(12, 20).within_if_abandoned,
        lambda: queue_lines(20, 12, 0.01),
        lambda: queue_blocking(5, 9, 8),
        lambda: Empirical([], []),
        lambda: Empirical([1, 1], [0.9, 0.8]),
        lambda: Empirical([1, 2], [0.8, 0.9]),
        lambda: Empirical([1], [1.0]),
        lambda: Hyperexponential([1, 2], [0.5, 0.4]),
        lambda: service_levels([10, 10], [12, 10], 20, aht=180),
        lambda: service_levels([10, 10], [12], 20, aht=180),
        lambda: minimum_agents([10], Targets(abandonment=0.1), aht=180),
        lambda: minimum_agents([1, -1], Targets(p_wait=0.1), aht=180),
        lambda: minimum_agents(np.zeros((2, 2)), Targets(p_wait=0.1), aht=180),
        lambda: minimum_agents("12", Targets(p_wait=0.1), aht=180),
    ):
        with pytest.raises(UsageError, match=r"; "):
            ask()
