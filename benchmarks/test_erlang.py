"""Claim: staffing a plan of thousands of intervals takes less than a moment, with and without patience.

The baseline is the textbook's way in Python: Erlang B by its recursion from one agent up; and one question after
the other through the models for Erlang A. Answers are compared with the baseline's.
"""

import math
import random
from array import array
from collections.abc import Sequence

import pytest
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture

from routing.staffing import ErlangA, Targets, minimum_agents

AHT = 180.0
PATIENCE = 300.0
TARGETS = Targets(service_level=0.8, threshold=20)
TIMES = 4 if FULL else 1


def drawn(low: float, high: float, many: int) -> "array[float]":
    rng = random.Random(1917)
    return array("d", (rng.uniform(low, high) for _ in range(many)))


def textbook(loads: Sequence[float]) -> list[int]:
    """Erlang C's minimum, as it stands in textbooks."""
    found: list[int] = []
    for load in loads:
        n = 0
        lost = 1.0
        while True:
            n += 1
            lost = load * lost / (n + load * lost)
            if n <= load:
                continue
            waits = lost / (1.0 - load / n * (1.0 - lost))
            if 1.0 - waits * math.exp(-(n - load) * 20 / AHT) >= 0.8:
                break
        found.append(n)
    return found


@pytest.mark.benchmark(group="staffing")
@pytest.mark.parametrize(("low", "high", "many"), [(2, 20, 20_000), (200, 2_000, 2_000)])
def test_erlang_c(benchmark: BenchmarkFixture, low: float, high: float, many: int) -> None:
    loads = drawn(low, high, many * TIMES)
    sample = loads[: many // 20]
    baseline = textbook(sample)
    assert list(minimum_agents(sample, TARGETS, aht=AHT)) == baseline

    def ours() -> Timed:
        return lambda: minimum_agents(loads, TARGETS, aht=AHT)

    def theirs() -> Timed:
        return lambda: [textbook(sample) for _ in range(20 * TIMES)]

    claim = f"Erlang C, minimum agents at {low:,}-{high:,} erlangs"
    side_by_side(benchmark, claim, len(loads), "intervals", ours, {"the textbook's recursion": theirs})


@pytest.mark.benchmark(group="staffing")
def test_erlang_a(benchmark: BenchmarkFixture) -> None:
    loads = drawn(190, 210, 1_000 * TIMES)
    sample = loads[:100]
    assert list(minimum_agents(sample, TARGETS, aht=AHT, patience=PATIENCE)) == [
        ErlangA(load, AHT, PATIENCE).minimum_agents(TARGETS) for load in sample
    ]

    def ours() -> Timed:
        return lambda: minimum_agents(loads, TARGETS, aht=AHT, patience=PATIENCE)

    def theirs() -> Timed:
        return lambda: [ErlangA(load, AHT, PATIENCE).minimum_agents(TARGETS) for load in loads]

    claim = "Erlang A, minimum agents at 190-210 erlangs"
    side_by_side(benchmark, claim, len(loads), "intervals", ours, {"one model after the other": theirs})
