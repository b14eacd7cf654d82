"""Patience: the Kaplan-Meier estimate, draws from it, and what is drawn for calls that a log knows too little of.

Owns tests of ``patience`` and ``workload``; must not route calls.
"""

import math
from functools import cache
from random import Random
from statistics import mean
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outside import outside

from routing.errors import DataError, UsageError
from routing.simulation.calls import Call
from routing.simulation.draws import uniform
from routing.simulation.patience import Survival, kaplan_meier, through
from routing.simulation.reading import read_calls
from routing.simulation.workload import NEVER, complete
from routing.units import SECOND

# ----------------------------------------------------------------------------------------------- Kaplan-Meier


def test_freireich_1963() -> None:
    """Remission times of 21 patients on 6-MP, the example of most textbooks; ``False`` is censored."""
    times = (6, 6, 6, 7, 10, 13, 16, 22, 23)
    censored = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
    curve = kaplan_meier([*((time, True) for time in times), *((time, False) for time in censored)])
    assert curve.times_ns == (6, 7, 10, 13, 16, 22, 23)
    assert [round(share, 4) for share in curve.shares] == [
        0.8571,
        0.8067,
        0.7529,
        0.6902,
        0.6275,
        0.5378,
        0.4482,
    ]


def test_without_censoring_it_is_the_empirical_share() -> None:
    curve = kaplan_meier([(time, True) for time in (1, 2, 2, 5)])
    assert curve.times_ns == (1, 2, 5)
    assert curve.shares == pytest.approx((0.75, 0.25, 0.0))


def test_nobody_left_or_nobody_at_all() -> None:
    assert kaplan_meier([(5, False)]) == kaplan_meier([]) == Survival()
    assert Survival().at(10**18) == 1.0
    assert Survival().draw(0.3) is None


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=60))
def test_it_agrees_with_its_definition(observations: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier(observations)
    for time in range(21):
        share = 1.0
        for at in range(time + 1):
            at_risk = sum(wait >= at for wait, _ in observations)
            left = sum(wait == at and gone for wait, gone in observations)
            share *= 1 - left / at_risk if at_risk else 1
        assert curve.at(time) == pytest.approx(share)


@cache
def bank_curve() -> Survival:
    observations = []
    for month in ("january", "october"):
        log = read_calls(outside(f"anonymous_bank/{month}_1999.txt.gz"), zone=ZoneInfo("Asia/Jerusalem"))
        observations += [(call.wait_ns or 0, call.outcome == "abandoned") for call in log.calls]
    return kaplan_meier(observations)


@pytest.mark.parametrize(
    ("at_s", "share"), [(10, 0.968), (30, 0.908), (60, 0.833), (120, 0.725), (300, 0.513), (600, 0.306)]
)
def test_the_banks_callers(at_s: int, share: float) -> None:
    """Published for three months, of which two are here; so they agree to about a hundredth, less in the thin tail."""
    assert bank_curve().at(at_s * SECOND) == pytest.approx(share, abs=0.01 if at_s < 300 else 0.03)


# ----------------------------------------------------------------------------------------------- draws


def test_draws_follow_the_curve() -> None:
    curve = kaplan_meier([(wait, wait % 3 > 0) for wait in range(1, 200)])
    draws = [curve.draw((number + 0.5) / 10_000) for number in range(10_000)]
    for time in (5, 50, 120, 197):
        longer = mean((draw or 0) > time for draw in draws)
        assert longer == pytest.approx(curve.at(time), abs=2e-4)


@given(st.integers(0, 250), st.floats(0, 1, exclude_max=True))
def test_a_conditional_draw_is_longer_than_what_is_known(beyond: int, draw: float) -> None:
    curve = kaplan_meier([(wait, wait % 3 > 0) for wait in range(1, 200)])
    assert (curve.draw(draw, beyond) or 0) > beyond


def test_conditional_draws_follow_the_conditional_curve() -> None:
    curve = Survival((10 * SECOND, 20 * SECOND, 30 * SECOND), (0.8, 0.4, 0.1))
    draws = [curve.draw((number + 0.5) / 1000, 10 * SECOND) for number in range(1000)]
    assert draws.count(10 * SECOND) == 0
    assert draws.count(20 * SECOND) == 500  # (0.8 - 0.4) / 0.8
    assert draws.count(30 * SECOND) == 375


def test_beyond_the_curve_callers_leave_at_its_mean_rate() -> None:
    end_ns = 600 * SECOND
    curve = Survival((end_ns,), (0.25,))
    draws = [curve.draw((number + 0.5) / 1000, 2 * end_ns) or 0 for number in range(1000)]
    assert min(draws) > 2 * end_ns
    assert sum(draw > 3 * end_ns for draw in draws) == 250  # a quarter survives each ten minutes
    assert curve.draw(0.9) == pytest.approx(end_ns * (1 + math.log(2.5, 4)), abs=SECOND)
    assert {draw % 10**6 for draw in draws} == {0}


def test_a_curve_through_points() -> None:
    curve = through([(60, 0.8), (120, 0.4)], 10, 180)
    assert curve.at(60) == pytest.approx(0.8)
    assert curve.at(90) == pytest.approx((0.8 * 0.4) ** 0.5)
    assert curve.at(120) == pytest.approx(0.4)
    assert curve.at(180) == pytest.approx(0.2)  # goes on as between the last two points


# ----------------------------------------------------------------------------------------------- completing


def answered(at_ns: int, wait_s: int, queue: str = "q") -> Call:
    return Call(at_ns, queue, service_ns=60 * SECOND, outcome="served", wait_ns=wait_s * SECOND)


def left(at_ns: int, wait_s: int, queue: str = "q") -> Call:
    wait_ns = wait_s * SECOND
    return Call(at_ns, queue, patience_ns=wait_ns, outcome="abandoned", wait_ns=wait_ns)


def log_of(size: int, queue: str = "q") -> list[Call]:
    rng = Random(7)
    return [
        (left if rng.random() < 0.2 else answered)(number, rng.randrange(300), queue)
        for number in range(size)
    ]


def test_what_is_known_is_kept_and_what_is_not_is_longer() -> None:
    calls = log_of(2000)
    load = complete(calls, seed=3)
    for call, service_ns, patience_ns in zip(calls, load.service_ns, load.patience_ns, strict=True):
        assert service_ns == 60 * SECOND
        if call.patience_ns is not None:
            assert patience_ns == call.patience_ns
        else:
            assert patience_ns > (call.wait_ns or 0)
    assert load.service_drawn == sum(call.service_ns is None for call in calls)
    assert load.patience_drawn == sum(call.patience_ns is None for call in calls)


def test_equal_seeds_draw_alike_and_others_do_not() -> None:
    calls = log_of(500)
    assert complete(calls, 1) == complete(calls, 1)
    assert complete(calls, 1).patience_ns != complete(calls, 2).patience_ns


def test_a_draw_depends_on_nothing_but_its_call() -> None:
    """Common random numbers: what else is in the log moves the curve, not the luck."""
    assert uniform(5, 17, 1) == uniform(5, 17, 1)
    draws = [uniform(5, number, 1) for number in range(20_000)]
    assert mean(draws) == pytest.approx(0.5, abs=0.01)
    assert mean(draw < 0.1 for draw in draws) == pytest.approx(0.1, abs=0.01)
    assert len(set(draws)) == len(draws)


def test_each_queue_is_drawn_from_its_own_calls_when_there_are_enough() -> None:
    quick = [Call(number, "quick", service_ns=1) for number in range(60)]
    slow = [Call(number, "slow", service_ns=1000) for number in range(60)]
    rare = [Call(number, "rare", service_ns=500) for number in range(3)]
    unknown = [Call(99, queue) for queue in ("quick", "slow", "rare")]
    services = complete([*quick, *slow, *rare, *unknown]).service_ns.tolist()[-3:]
    assert services[:2] == [1, 1000]
    assert services[2] in (1, 500, 1000)


def test_a_log_without_outcomes_knows_no_impatience() -> None:
    load = complete([Call(0, "q", service_ns=5), Call(1, "q", service_ns=5, patience_ns=9)])
    assert load.patience_ns.tolist() == [NEVER, 9]
    assert load.patience_drawn == 0


def test_patience_can_be_replaced() -> None:
    calls = log_of(4000)
    assert set(complete(calls, mean_patience_ns=NEVER).patience_ns) == {NEVER}
    drawn = complete(calls, mean_patience_ns=120 * SECOND).patience_ns
    assert mean(drawn) == pytest.approx(120 * SECOND, rel=0.05)
    with pytest.raises(UsageError, match="mean_patience_ns is 0; it must be positive, or NEVER"):
        complete(calls, mean_patience_ns=0)


def test_without_any_known_service_nothing_can_be_drawn() -> None:
    with pytest.raises(DataError, match="no call has a known service time"):
        complete([left(0, 5)])


def test_no_calls_at_all() -> None:
    assert complete([]).service_ns.tolist() == []
