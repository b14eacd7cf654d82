"""Claim: a rolling histogram counts ten million waits a second, each at its own instant, old ones leaving on the way.

The baseline keeps the same window exactly: a deque of the waits by instant and a SortedList of them, whose quantiles
are looked up by place.
"""

from array import array
from collections import deque
from random import Random

import pytest
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture
from sortedcontainers import SortedList

from routing.statistics.quantiles import Histogram, RollingHistogram
from routing.units import SECOND

VALUES = 2_000_000 if FULL else 40_000
BASELINE = 50_000 if FULL else 10_000  # of these the baseline counts so many
PANES, PANE_NS = 180, 10 * SECOND
SPAN_NS = 8 * PANES * PANE_NS  # the window goes by eight times


def waits(number: int) -> "array[int]":
    """Waits with a mean of 30 seconds, to the nanosecond."""
    random = Random(7)
    return array("q", [int(random.expovariate(1 / (30 * SECOND))) for _ in range(number)])


def instants(number: int) -> "array[int]":
    """One wait after the other, at even distances."""
    return array("q", range(0, SPAN_NS, SPAN_NS // number))


class Exact:
    """The window of the baseline; ``window_ns`` before the latest instant."""

    def __init__(self, window_ns: int) -> None:
        self.window_ns = window_ns
        self.ordered = SortedList()
        self.by_age: deque[tuple[int, int]] = deque()

    def add(self, value_ns: int, at_ns: int) -> None:
        """Count a value; those that are too old leave."""
        while self.by_age and self.by_age[0][0] <= at_ns - self.window_ns:
            self.ordered.remove(self.by_age.popleft()[1])
        self.by_age.append((at_ns, value_ns))
        self.ordered.add(value_ns)


def test_a_rolling_histogram_counts_ten_million_waits_a_second(benchmark: BenchmarkFixture) -> None:
    values, ats = waits(VALUES), instants(VALUES)
    few, few_ats = waits(BASELINE), instants(BASELINE)
    rolling, exact = RollingHistogram(PANES, PANE_NS), Exact((PANES - 1) * PANE_NS)

    def engine() -> Timed:
        nonlocal rolling
        rolling = RollingHistogram(PANES, PANE_NS)
        return lambda: rolling.add_many(values, ats)

    def baseline() -> Timed:
        nonlocal exact
        exact = Exact((PANES - 1) * PANE_NS)

        def run() -> None:
            for value_ns, at_ns in zip(few, few_ats, strict=True):
                exact.add(value_ns, at_ns)

        return run

    ratios = side_by_side(
        benchmark,
        f"waits into a rolling window of {PANES} panes, each at its instant",
        VALUES,
        "waits",
        engine,
        {f"a sorted list of the window, given 1/{VALUES // BASELINE} of the waits": baseline},
    )
    rolling.add_many(values[-1:], ats[-1:])
    assert 0 < rolling.count <= VALUES // 8 + 2
    told, ordered = rolling.quantile(0.9), sorted(values[-rolling.count + 1 :])
    assert told == pytest.approx(ordered[int(0.9 * len(ordered))], rel=0.02)
    for ratio in ratios.values():
        assert ratio * VALUES / BASELINE > 10


def test_reading_a_window_costs_microseconds(benchmark: BenchmarkFixture) -> None:
    rolling = RollingHistogram(PANES, PANE_NS)
    values = waits(VALUES)
    rolling.add_many(values, instants(VALUES))
    kept = sorted(values[-rolling.count :])
    reads = 50 if FULL else 20

    def engine() -> Timed:
        return lambda: [rolling.quantile(0.99) for _ in range(reads)]

    def baseline() -> Timed:
        return lambda: [sorted(kept)[99 * len(kept) // 100] for _ in range(reads)]

    side_by_side(
        benchmark,
        f"p99 of a window of {len(kept):,} waits",
        reads,
        "reads",
        engine,
        {"sorting the sorted window": baseline},
    )
    assert rolling.quantile(0.99) == pytest.approx(kept[99 * len(kept) // 100], rel=0.01)


def test_histograms_are_added_up(benchmark: BenchmarkFixture) -> None:
    """A hundred queues' histograms into one."""
    parts = []
    for number in range(100):
        part = Histogram()
        part.add_many(array("q", [value * (number + 1) for value in waits(200)]))
        parts.append(part)

    def engine() -> Timed:
        total = Histogram()

        def run() -> None:
            for part in parts:
                total.merge(part)

        return run

    def baseline() -> Timed:
        everything: dict[int, int] = {}

        def run() -> None:
            for part in parts:
                for bound, count in part.buckets():
                    everything[bound] = everything.get(bound, 0) + count

        return run

    side_by_side(
        benchmark, "histograms merged", len(parts), "histograms", engine, {"a dict of buckets": baseline}
    )
