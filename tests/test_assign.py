"""The assignment solver of the core against another solver, and its rule for ties against trying everything.

Owns the solver alone, by rows and columns; what contacts and agents make of it is none of its business.
"""

from array import array
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing._core import _assign
from routing.errors import UsageError

pytestmark = pytest.mark.once

Weights = Sequence[Sequence[int]]  # by row and column; 0 where there is no edge
Match = Sequence[int | None]

HEAVIEST = 1 << 60

#: Rows, columns, and how likely an edge is.
SHAPES = [
    (1, 1, 1.0),
    (1, 40, 0.5),
    (40, 1, 0.5),
    (7, 7, 0.3),
    (20, 60, 0.05),
    (20, 60, 1.0),
    (60, 20, 0.2),
    (60, 20, 1.0),
    (50, 50, 0.06),
    (50, 50, 0.5),
    (50, 50, 1.0),
    (120, 121, 0.02),
]


def assign(weights: Weights, n_cols: int | None = None) -> list[int | None]:
    """Solve what a table says."""
    starts, cols, edges = array("I", [0]), array("I"), array("q")
    for row in weights:
        for col, weight in enumerate(row):
            if weight:
                cols.append(col)
                edges.append(weight)
        starts.append(len(cols))
    return _assign(starts, cols, edges, n_cols if n_cols is not None else len(weights[0]) if weights else 0)


def drawn(rng: Random, rows: int, cols: int, density: float, heaviest: int) -> list[list[int]]:
    return [
        [rng.randint(1, heaviest) if rng.random() < density else 0 for _ in range(cols)] for _ in range(rows)
    ]


def checked(weights: Weights, match: Match) -> int:
    """The total of an assignment that is one, and leaves no edge with both ends free."""
    assert len(match) == len(weights)
    used = [col for col in match if col is not None]
    assert len(used) == len(set(used))
    total = 0
    for row, col in zip(weights, match, strict=True):
        if col is None:
            assert not any(weight and other not in used for other, weight in enumerate(row))
        else:
            assert row[col] > 0
            total += row[col]
    return total


def assignments(weights: Weights, used: frozenset[int] = frozenset()) -> Iterator[list[int | None]]:
    """All of them, one row after the other."""
    if not weights:
        yield []
        return
    for rest in assignments(weights[1:], used):
        yield [None, *rest]
    for col, weight in enumerate(weights[0]):
        if weight and col not in used:
            for rest in assignments(weights[1:], used | {col}):
                yield [col, *rest]


def rank(weights: Weights, match: Match) -> tuple[Any, ...]:
    """The least is the one to choose: the total, which rows, which columns, the columns in the order of the rows."""
    total = sum(row[col] for row, col in zip(weights, match, strict=True) if col is not None)
    used = [col for col in match if col is not None]
    return -total, [col is None for col in match], sorted(used), used


def first(weights: Weights) -> list[int | None]:
    return min(assignments(weights), key=lambda match: rank(weights, match))


# -------------------------------------------------------------------------------------- against another solver


@pytest.mark.parametrize("heaviest", [1, 2, 5, 100, 10**6, 10**12])
@pytest.mark.parametrize(("rows", "cols", "density"), SHAPES)
def test_nobody_finds_more(rows: int, cols: int, density: float, heaviest: int) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    rng = Random(f"{rows} {cols} {density} {heaviest}")
    for _ in range(8):
        weights = drawn(rng, rows, cols, density, heaviest)
        found = optimize.linear_sum_assignment(weights, maximize=True)
        total = sum(weights[row][col] for row, col in zip(*found, strict=True))
        assert checked(weights, assign(weights)) == total


@pytest.mark.parametrize(("rows", "cols"), [(60, 200), (120, 120), (200, 60)])
@pytest.mark.parametrize("backwards", [False, True])
def test_products_where_each_row_would_displace_all_others(rows: int, cols: int, backwards: bool) -> None:
    weights = [[(i + 1) * (j + 1) for j in range(cols)] for i in range(rows)]
    few = min(rows, cols)
    expected: list[int | None] = [
        None if i < rows - few else i - rows + few + cols - few for i in range(rows)
    ]
    if backwards:
        weights = [row[::-1] for row in weights[::-1]]
        expected = [None if col is None else cols - 1 - col for col in expected[::-1]]
    assert assign(weights) == expected


@pytest.mark.parametrize("kind", ["sums", "products", "blocks"])
def test_scores_as_they_come(kind: str) -> None:
    """Weights with structure, which make other ways necessary than random ones do."""
    optimize = pytest.importorskip("scipy.optimize")
    rng = Random(kind)
    for _ in range(20):
        rows, cols = rng.randint(1, 60), rng.randint(1, 60)
        a = [rng.randint(1, 10) for _ in range(rows)]
        b = [rng.randint(1, 10) for _ in range(cols)]
        weights = [
            [x + y if kind == "sums" else x * y if kind == "products" else int(x // 3 <= y // 3) for y in b]
            for x in a
        ]
        found = optimize.linear_sum_assignment(weights, maximize=True)
        total = sum(weights[row][col] for row, col in zip(*found, strict=True))
        assert checked(weights, assign(weights)) == total


# --------------------------------------------------------------------------------------------------------- ties


@pytest.mark.parametrize("heaviest", [1, 2, 3, 50])
@pytest.mark.parametrize("density", [0.25, 0.6, 1.0])
def test_ties_small(heaviest: int, density: float) -> None:
    rng = Random(f"{heaviest} {density}")
    for _ in range(60):
        weights = drawn(rng, rng.randint(1, 6), rng.randint(1, 5), density, heaviest)
        assert assign(weights) == first(weights)


@st.composite
def tables(draw: st.DrawFn) -> list[list[int]]:
    rows, cols = draw(st.integers(0, 6)), draw(st.integers(1, 5))
    edge = st.sampled_from([0, 0, 1, 1, 2, 3, 7, HEAVIEST - 1, HEAVIEST])
    return draw(st.lists(st.lists(edge, min_size=cols, max_size=cols), min_size=rows, max_size=rows))


@settings(deadline=None)
@given(tables())
def test_ties_by_hypothesis(weights: list[list[int]]) -> None:
    match = assign(weights)
    checked(weights, match)
    assert match == first(weights)


@pytest.mark.parametrize(
    ("weights", "match"),
    [
        ([[1, 1], [1, 1]], [0, 1]),
        ([[1, 1, 1]], [0]),
        ([[1], [1], [1]], [0, None, None]),
        ([[2, 1], [1, 0]], [1, 0]),  # rather two rows than one
        ([[1, 1], [1, 0], [0, 1]], [1, 0, None]),  # which rows goes before which columns they get
        ([[1, 0, 1], [1, 1, 0]], [0, 1]),  # which columns goes before
        ([[1, 1, 0], [1, 0, 1]], [1, 0]),  # who gets which
        ([[0, 5, 5], [5, 0, 5], [5, 5, 0]], [1, 2, 0]),
    ],
)
def test_ties_by_hand(weights: list[list[int]], match: list[int | None]) -> None:
    assert assign(weights) == match == first(weights)


@pytest.mark.parametrize(("rows", "cols", "density"), SHAPES)
def test_the_rows_are_those_that_weigh_a_little_more(rows: int, cols: int, density: float) -> None:
    """An advantage of the earlier row too small to count decides nothing that was not a tie."""
    rng = Random(f"{rows} {cols} {density}")
    for heaviest in (1, 2, 5):
        weights = drawn(rng, rows, cols, density, heaviest)
        favoured = [[weight and weight * 2**20 + rows - i for weight in row] for i, row in enumerate(weights)]
        match, other = assign(weights), assign(favoured)
        assert [col is None for col in match] == [col is None for col in other]
        assert checked(weights, match) == checked(weights, other)


@pytest.mark.parametrize(("rows", "cols", "density"), SHAPES)
def test_no_two_or_three_rows_could_swap(rows: int, cols: int, density: float) -> None:
    """No better answer lies nearby: another row or column instead, or an exchange of two rows."""
    rng = Random(f"{rows} {cols} {density}")
    for heaviest in (1, 2, 3):
        weights = drawn(rng, rows, cols, density, heaviest)
        match = assign(weights)
        own = [row[col] if col is not None else 0 for row, col in zip(weights, match, strict=True)]
        free = sorted(set(range(cols)).difference(match))
        for i, col in enumerate(match):
            for j in range(i + 1, rows):
                other = match[j]
                if col is None and other is not None:
                    assert weights[i][other] < own[j] or not weights[i][other]
                if (
                    col is not None
                    and other is not None
                    and other < col
                    and weights[i][other]
                    and weights[j][col]
                ):
                    assert weights[i][other] + weights[j][col] < own[i] + own[j]
            if col is not None:
                assert all(weights[i][c] < own[i] for c in free if c < col and weights[i][c])


# --------------------------------------------------------------------------------------------------------- edges


def test_nothing_to_do() -> None:
    assert assign([]) == []
    assert assign([], 5) == []
    assert assign([[], []]) == [None, None]
    assert assign([[0, 0], [0, 0], [0, 0]]) == [None, None, None]
    assert assign([[0, 0], [0, 3]]) == [None, 1]
    assert assign([[4]]) == [0]


def test_the_heaviest_weights_do_not_overflow() -> None:
    rng = Random(1)
    for rows, cols in ((30, 30), (30, 90), (90, 30)):
        spare = [[rng.randint(0, 3) for _ in range(cols)] for _ in range(rows)]
        heavy = [[HEAVIEST - less for less in row] for row in spare]
        light = [[1000 - less for less in row] for row in spare]
        assert assign(heavy) == assign(light)
        steep = [[HEAVIEST if rng.random() < 0.5 else 1 for _ in range(cols)] for _ in range(rows)]
        flat = [[1000 if weight > 1 else 1 for weight in row] for row in steep]
        assert assign(steep) == assign(flat)


def test_the_same_again() -> None:
    weights = drawn(Random(7), 80, 90, 0.3, 3)
    assert len({tuple(assign(weights)) for _ in range(5)}) == 1


def test_what_nobody_wants_changes_nothing() -> None:
    """Rows without edges and columns that no edge names, which turn the sides about."""
    rng = Random(8)
    for rows, cols in ((20, 30), (30, 20)):
        weights = drawn(rng, rows, cols, 0.3, 3)
        match = assign(weights)
        assert assign(weights, 100) == match
        assert assign([*weights, *([0] * cols for _ in range(100))]) == [*match, *[None] * 100]


@pytest.mark.parametrize(
    ("starts", "cols", "weights", "n_cols", "problem"),
    [
        ([], [], [], 0, "starts must go from 0"),
        ([0, 2], [0], [1], 1, "starts must go from 0"),
        ([1, 1], [0], [1], 1, "starts must go from 0"),
        ([0, 1], [0], [], 1, "starts must go from 0"),
        ([0, 2, 1], [0], [1], 1, "starts must not decrease"),
        ([0, 1], [1], [1], 1, "cols[0] = 1 must be below 1"),
        ([0, 2], [1, 0], [1, 1], 2, "cols[1] = 0 must be below 2 and ascend"),
        ([0, 2], [1, 1], [1, 1], 2, "cols[1] = 1 must be below 2 and ascend"),
        ([0, 1], [0], [0], 1, "weights[0] = 0 is not in 1.."),
        ([0, 1], [0], [HEAVIEST + 1], 1, "is not in 1.."),
    ],
)
def test_what_is_no_graph(
    starts: list[int], cols: list[int], weights: list[int], n_cols: int, problem: str
) -> None:
    with pytest.raises(UsageError) as caught:
        _assign(array("I", starts), array("I", cols), array("q", weights), n_cols)
    assert problem in str(caught.value)
