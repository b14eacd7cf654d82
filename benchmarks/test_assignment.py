"""Claim: the best assignment of 200 rows to 1,000 columns takes one or two milliseconds with ordinary scores.

That is about what SciPy's solver takes, which is compiled, too, gets its matrix of floats ready made, and breaks ties
as they fall; where edges are few, ours is several times as fast.
"""

from array import array
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture

from routing._core import _assign

ROWS, COLS = 200, 1_000
TIMES = 20 if FULL else 3
SKILLS = 12

Weights = list[list[int]]  # by row and column; 0 where there is no edge


def even(heaviest: int, density: float = 1.0) -> Weights:
    rng = Random(heaviest)
    return [
        [rng.randint(1, heaviest) if rng.random() < density else 0 for _ in range(COLS)] for _ in range(ROWS)
    ]


def sums_of_skills() -> Weights:
    """Each row wants some skills, each column has some at levels of 1 to 10: many ties."""
    rng = Random(12)
    wants = [[rng.random() < 0.25 for _ in range(SKILLS)] for _ in range(ROWS)]
    levels = [[rng.randint(1, 10) * (rng.random() < 0.4) for _ in range(SKILLS)] for _ in range(COLS)]
    return [
        [1 + sum(level for level, wanted in zip(has, want, strict=True) if wanted) for has in levels]
        for want in wants
    ]


def products() -> Weights:
    """The worst: all rows want the same columns, and each of them a little more than the one before."""
    return [[(i + 1) * (j + 1) for j in range(COLS)] for i in range(ROWS)]


CASES: dict[str, Callable[[], Weights]] = {
    "scores of 1..100": lambda: even(100),
    "scores of 1..1,000,000": lambda: even(1_000_000),
    "scores of 1..100, one edge in twenty": lambda: even(100, 0.05),
    "sums of skills": sums_of_skills,
    "all alike": lambda: even(1),
    "products, the worst case": products,
}


def edges(weights: Weights) -> "tuple[array[int], array[int], array[int], int]":
    starts, cols, scores = array("I", [0]), array("I"), array("q")
    for row in weights:
        cols.extend(col for col, weight in enumerate(row) if weight)
        scores.extend(weight for weight in row if weight)
        starts.append(len(cols))
    return starts, cols, scores, COLS


def repeated(solve: Callable[[], object]) -> Timed:
    def run() -> None:
        for _ in range(TIMES):
            solve()

    return run


def total(weights: Weights, pairs: Sequence[tuple[int, int]]) -> int:
    return sum(weights[row][col] for row, col in pairs)


@pytest.mark.benchmark(group="assign")
@pytest.mark.parametrize("case", CASES)
def test_assign(benchmark: BenchmarkFixture, case: str) -> None:
    numpy: Any = pytest.importorskip("numpy")
    optimize: Any = pytest.importorskip("scipy.optimize")
    weights = CASES[case]()
    graph = edges(weights)
    matrix = numpy.array(weights, dtype=float)

    def core() -> list[int | None]:
        return _assign(*graph)

    def scipy() -> Any:
        return optimize.linear_sum_assignment(matrix, maximize=True)

    ours = [(row, col) for row, col in enumerate(core()) if col is not None]
    assert total(weights, ours) == total(weights, list(zip(*scipy(), strict=True)))
    side_by_side(
        benchmark,
        f"assignment of {ROWS} rows to {COLS:,} columns, {case}",
        TIMES,
        "assignments",
        lambda: repeated(core),
        {"scipy.optimize.linear_sum_assignment": lambda: repeated(scipy)},
    )
