"""Claim: a day of a model whose agents stay runs inside the core faster than by commands, draws and sums included.

Erlang A over eight hours (``examples/models/mmc_ab.toml``), the same draws both ways; the digests agree.
"""

from pathlib import Path

import pytest
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture

from routing.simulation.arrivals import Source
from routing.simulation.model_file import load_model
from routing.simulation.sums import count
from routing.simulation.world import play

MADE = load_model(Path(__file__).resolve().parent.parent / "examples" / "models" / "mmc_ab.toml")
DAYS = 40 if FULL else 2


def days(inside: bool) -> Timed:
    """Simulate the days one way."""
    source = Source(MADE.model, 1)

    def run() -> None:
        for day in range(DAYS):
            count(MADE, play(MADE, source.day(day), inside=inside))

    return run


def test_both_ways_come_to_the_same_digest() -> None:
    source = Source(MADE.model, 1)
    digests = {play(MADE, source.day(0), inside=inside).digest for inside in (True, False)}
    assert len(digests) == 1


@pytest.mark.benchmark(group="model")
def test_days_of_a_model(benchmark: BenchmarkFixture) -> None:
    side_by_side(
        benchmark,
        f"{DAYS} days of a model, about 2,000 calls each",
        DAYS,
        "days",
        lambda: days(True),
        {"by commands": lambda: days(False)},
    )
