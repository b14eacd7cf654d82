"""Histograms against the obvious: sorted lists of all values, and a deque of those in the window.

Owns the error bound, merging, windows and saving; must not know buckets.
"""

import math
from array import array
from collections.abc import Sequence
from itertools import pairwise
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.errors import CorruptSnapshotError, UsageError
from routing.simulation.report import nearest_rank
from routing.statistics.quantiles import FLOOR_NS, Histogram, RollingHistogram, cumulative, quantiles
from routing.units import HOUR, MILLISECOND, SECOND

MAX_NS = 1 << 62
SHARES = (0.0, 0.001, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0)

magnitudes = st.integers(0, 62).flatmap(lambda bits: st.integers(0, 1 << bits))
waits = st.integers(0, 2 * HOUR)
values = st.one_of(magnitudes, waits, st.sampled_from([0, 1, FLOOR_NS - 1, FLOOR_NS, SECOND, MAX_NS]))
floors = st.integers(6, 40).map(lambda bits: 1 << bits)


def of(numbers: Sequence[int], floor_ns: int = FLOOR_NS) -> Histogram:
    made = Histogram(floor_ns)
    made.add_many(array("q", numbers))
    return made


def off(told: int, exact: int, floor_ns: int) -> bool:
    """Whether a value is told more than 1/128 wrong."""
    return abs(told - exact) * 128 > max(exact, floor_ns)


def rank(numbers: Sequence[int], share: float) -> int:
    ordered = sorted(numbers)
    return ordered[max(1, math.ceil(round(share * 1_000_000) * len(ordered) / 1_000_000)) - 1]


# ------------------------------------------------------------------------------------------------ all values


@settings(max_examples=60, deadline=None)
@given(st.lists(values, min_size=1, max_size=60), floors, st.lists(st.floats(0, 1), max_size=4))
def test_every_quantile_is_within_one_percent(numbers: list[int], floor_ns: int, more: list[float]) -> None:
    histogram = of(numbers, floor_ns)
    assert histogram.count == len(numbers)
    assert histogram.sum_ns == sum(numbers)
    assert (histogram.least_ns, histogram.greatest_ns) == (min(numbers), max(numbers))
    assert sum(count for _, count in histogram.buckets()) == len(numbers)
    for share in (*SHARES, *more):
        told = histogram.quantile(share)
        assert told is not None
        assert not off(told, rank(numbers, share), floor_ns)


def test_the_definition_is_that_of_the_simulation() -> None:
    numbers = sorted(Random(5).randrange(1, HOUR) for _ in range(997))
    histogram = of(numbers)
    for percent in (1, 10, 50, 75, 90, 95, 99, 100):
        exact, told = nearest_rank(numbers, percent), histogram.quantile(percent / 100)
        assert exact is not None
        assert told is not None
        assert not off(told, exact, FLOOR_NS)


@settings(max_examples=60, deadline=None)
@given(st.lists(values, min_size=1, max_size=40), values)
def test_shares_are_exact_for_a_value_close_by(numbers: list[int], asked: int) -> None:
    histogram = of(numbers)
    slack = max(asked, FLOOR_NS) // 128 + 1
    count = histogram.count_at_most(asked)
    assert sum(number <= asked - slack for number in numbers) <= count
    assert count <= sum(number <= asked + slack for number in numbers)
    assert histogram.share_at_most(asked) == count / len(numbers)


@settings(max_examples=60, deadline=None)
@given(st.lists(values, min_size=1, max_size=40))
def test_quantile_and_share_agree(numbers: list[int]) -> None:
    histogram = of(numbers)
    for share in SHARES[1:]:
        told = histogram.quantile(share)
        assert told is not None
        back = histogram.share_at_most(told)
        assert back is not None
        assert back >= share - 1e-6


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(values, max_size=20), max_size=5), st.randoms(use_true_random=False), floors)
def test_merged_is_the_histogram_of_all(parts: list[list[int]], random: Random, floor_ns: int) -> None:
    merged = Histogram(floor_ns)
    for part in random.sample(parts, len(parts)):
        merged.merge(of(part, floor_ns))
    together = [number for part in parts for number in part]
    random.shuffle(together)
    assert merged.snapshot() == of(together, floor_ns).snapshot()


@settings(max_examples=60, deadline=None)
@given(st.lists(values, max_size=30), st.lists(values, max_size=30))
def test_subtracting_undoes_merging(stays: list[int], goes: list[int]) -> None:
    histogram = of(stays + goes)
    histogram.subtract(of(goes))
    assert (histogram.count, histogram.sum_ns) == (len(stays), sum(stays))
    assert histogram.buckets() == of(stays).buckets()
    assert Histogram.restore(histogram.snapshot()).snapshot() == histogram.snapshot()
    for share in SHARES if stays else ():
        told = histogram.quantile(share)
        assert told is not None
        assert not off(told, rank(stays, share), FLOOR_NS)


def test_nothing_has_no_quantile() -> None:
    histogram = Histogram()
    assert histogram.quantile(0.5) is None
    assert histogram.share_at_most(SECOND) is None
    assert (histogram.least_ns, histogram.greatest_ns) == (None, None)
    assert (histogram.count, histogram.sum_ns, histogram.buckets()) == (0, 0, [])
    assert quantiles(histogram).p999_ns is None
    histogram.merge(Histogram())
    histogram.subtract(Histogram())
    assert Histogram.restore(histogram.snapshot()).count == 0


def test_sums_do_not_overflow() -> None:
    histogram = of([MAX_NS] * 40)
    assert histogram.sum_ns == 40 * MAX_NS
    twice = histogram.copy()
    twice.merge(histogram)
    assert Histogram.restore(twice.snapshot()).sum_ns == 80 * MAX_NS
    twice.subtract(histogram)
    assert twice.snapshot() == histogram.snapshot()
    assert histogram.quantile(0.5) == MAX_NS


@pytest.mark.parametrize(
    ("greatest_ns", "size"),
    [(2 * SECOND, 6144), (240 * SECOND, 9728), (HOUR, 11_776), (48 * HOUR, 14_848), (MAX_NS, 22_528)],
)
def test_memory_is_as_documented(greatest_ns: int, size: int) -> None:
    assert of([greatest_ns]).size_bytes == size


def test_buckets_follow_each_other_without_gaps() -> None:
    """Each value from the floor of 64 ns on to some octaves above lies in the bucket whose bound is the next."""
    bounds = [of([value], 64).buckets()[0][0] for value in range(2048)]
    assert bounds == sorted(bounds)
    assert all(value <= bound for value, bound in enumerate(bounds))
    uppers = sorted(set(bounds))
    for lower, upper in pairwise(uppers):
        assert upper - lower <= max(1, (lower + 1) / 64)
        assert bounds[lower + 1] == upper


def test_cumulative_counts_rise_to_the_count() -> None:
    histogram = of([number * SECOND for number in range(4000)])
    counts = cumulative(histogram)
    assert counts == sorted(counts)
    assert counts[-1] == pytest.approx(3601, rel=0.01)


# ------------------------------------------------------------------------------------------------ the window


class Obvious:
    """All values with their instants; those of the panes of the window are sorted when asked for."""

    def __init__(self, panes: int, pane_ns: int) -> None:
        self.panes, self.pane_ns = panes, pane_ns
        self.head = 0
        self.told: list[tuple[int, int]] = []

    def advance(self, at_ns: int) -> None:
        self.head = max(self.head, at_ns // self.pane_ns)

    def add(self, value_ns: int, at_ns: int) -> bool:
        self.advance(at_ns)
        self.told.append((value_ns, at_ns))
        return at_ns // self.pane_ns > self.head - self.panes

    def values(self, panes: int | None = None) -> list[int]:
        first = self.head - (panes or self.panes)
        return [value_ns for value_ns, at_ns in self.told if at_ns // self.pane_ns > first]


steps = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 3), st.integers(-15, 15), st.integers(0, 200)), st.one_of(st.none(), values)
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(steps, st.integers(1, 7), st.integers(1, 9))
def test_windows_are_those_of_the_obvious_one(
    moves: list[tuple[int, int | None]], panes: int, pane_ns: int
) -> None:
    rolling, obvious, now_ns = RollingHistogram(panes, pane_ns), Obvious(panes, pane_ns), 50
    for later_ns, value_ns in moves:
        now_ns = max(0, now_ns + later_ns)
        if value_ns is None:
            rolling.advance(now_ns)
            obvious.advance(now_ns)
        else:
            assert rolling.add(value_ns, now_ns) == obvious.add(value_ns, now_ns)
        assert rolling.count == len(obvious.values())
    for some in (None, *range(1, panes + 1)):
        assert rolling.window(some).snapshot() == of(obvious.values(some)).snapshot()
        assert rolling.quantile(0.9, some) == of(obvious.values(some)).quantile(0.9)
    back = RollingHistogram.restore(rolling.snapshot())
    assert back.snapshot() == rolling.snapshot()
    assert back.window().snapshot() == rolling.window().snapshot()
    for one in (back, rolling):
        one.advance(now_ns + 1000 * panes * pane_ns)
        assert one.count == 0
        assert one.window().snapshot() == Histogram().snapshot()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(values, st.integers(0, 60), st.integers(0, 2)), max_size=60), st.integers(1, 5))
def test_rolling_ones_add_up_in_any_order(told: list[tuple[int, int, int]], panes: int) -> None:
    whole = RollingHistogram(panes, 7)
    parts = [RollingHistogram(panes, 7) for _ in range(3)]
    for value_ns, at_ns, part in told:
        whole.add(value_ns, at_ns)
        parts[part].add(value_ns, at_ns)
    for order in ((0, 1, 2), (2, 0, 1)):
        merged = RollingHistogram(panes, 7)
        for part in order:
            merged.merge(parts[part])
        assert merged.snapshot() == whole.snapshot()
        assert merged.window().snapshot() == whole.window().snapshot()


def test_the_order_of_values_does_not_matter() -> None:
    random = Random(3)
    told = [(random.randrange(HOUR), random.randrange(100 * SECOND)) for _ in range(2000)]
    told.append((5, 100 * SECOND))
    snapshots = set()
    for _ in range(3):
        rolling = RollingHistogram(200, SECOND)
        rolling.add_many(array("q", [value for value, _ in told]), array("q", [at for _, at in told]))
        snapshots.add(rolling.snapshot())
        random.shuffle(told)
    assert len(snapshots) == 1


def test_a_pane_of_many_values_counts_them_as_well() -> None:
    """Beyond 8,192 values a pane no longer lists them."""
    random = Random(4)
    numbers = [int(random.expovariate(1 / (20 * SECOND))) for _ in range(30_000)]
    rolling = RollingHistogram(4, SECOND)
    assert rolling.add_many(array("q", numbers), 5 * SECOND) == 30_000
    rolling.add_many(array("q", numbers[:100]), 6 * SECOND)
    assert rolling.window().snapshot() == of(numbers + numbers[:100]).snapshot()
    assert rolling.window(1).snapshot() == of(numbers[:100]).snapshot()
    assert rolling.size_bytes < 60_000
    double = RollingHistogram.restore(rolling.snapshot())
    double.merge(rolling)
    double.merge(double)
    assert double.count == 4 * rolling.count
    rolling.advance(9 * SECOND)
    assert rolling.window().snapshot() == of(numbers[:100]).snapshot()
    rolling.advance(HOUR)
    assert rolling.size_bytes == 4 * 72 + of(numbers).size_bytes


def test_the_window_ends_with_the_pane_of_the_latest_instant() -> None:
    rolling = RollingHistogram(panes=3, pane_ns=10)
    assert (rolling.panes, rolling.pane_ns, rolling.floor_ns, rolling.end_ns) == (3, 10, FLOOR_NS, 10)
    rolling.add(1, 9)
    rolling.add(2, 10)
    rolling.add(3, 29)
    assert (rolling.count, rolling.end_ns) == (3, 30)
    rolling.advance(30)
    assert rolling.window().least_ns == 2
    assert not rolling.add(9, 9)
    assert rolling.add(7, 10)
    rolling.advance(12)
    assert rolling.count == 3


def test_extreme_instants() -> None:
    rolling = RollingHistogram(2, 1 << 61)
    rolling.add(MAX_NS, MAX_NS)
    rolling.add(0, 0)
    assert rolling.count == 1
    one = RollingHistogram(1, 1)
    for at_ns in (0, 1, MAX_NS - 1, MAX_NS):
        one.add(at_ns, at_ns)
        assert one.window().least_ns == at_ns


# ------------------------------------------------------------------------------------------------ misuse


@pytest.mark.parametrize("value", [-1, MAX_NS + 1, 1 << 80, 1.5, "1", None, True])
def test_wrong_values_are_refused(value: object) -> None:
    histogram, rolling = Histogram(), RollingHistogram(2, SECOND)
    with pytest.raises(UsageError, match="whole number"):
        histogram.add(value)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="value_ns"):
        rolling.add(value, 0)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="at_ns"):
        rolling.add(0, value)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="at_ns"):
        rolling.advance(value)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="value_ns"):
        histogram.count_at_most(value)  # type: ignore[arg-type]
    assert histogram.count == rolling.count == 0


@pytest.mark.parametrize(
    "numbers",
    [
        [1, 2],
        array("d", [1.0]),
        array("i", [1]),
        array("Q", [1]),
        array("q", [5, -1]),
        array("q", [5, MAX_NS + 1]),
    ],
)
def test_wrong_arrays_change_nothing(numbers: object) -> None:
    histogram, rolling = Histogram(), RollingHistogram(2, SECOND)
    with pytest.raises(UsageError, match="values_ns"):
        histogram.add_many(numbers)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="values_ns"):
        rolling.add_many(numbers, 5)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="at_ns"):
        rolling.add_many(array("q", [1, 2]), numbers)  # type: ignore[arg-type]
    assert histogram.count == rolling.count == 0


def test_other_misuse() -> None:
    histogram, rolling = Histogram(), RollingHistogram(2, SECOND)
    for share in (-0.1, 1.1, math.nan, "p90", None, True):
        with pytest.raises(UsageError, match="share"):
            histogram.quantile(share)  # type: ignore[arg-type]
    for floor_ns in (0, 32, 100, 1 << 62, 2.0**20):
        with pytest.raises(UsageError, match="floor_ns"):
            Histogram(floor_ns)  # type: ignore[arg-type]
    for panes, pane_ns in ((0, 1), (1, 0), (100_001, 1), (1, 1 << 62)):
        with pytest.raises(UsageError, match=r"panes|pane_ns"):
            RollingHistogram(panes, pane_ns)
    with pytest.raises(UsageError, match="floor_ns"):
        histogram.merge(Histogram(64))
    with pytest.raises(UsageError, match="no Histogram"):
        histogram.merge(rolling)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no RollingHistogram"):
        rolling.merge(histogram)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="must have the same"):
        rolling.merge(RollingHistogram(3, SECOND))
    for panes in (0, 3):
        with pytest.raises(UsageError, match="panes"):
            rolling.window(panes)
    with pytest.raises(UsageError, match="1 values and 2 instants"):
        rolling.add_many(array("q", [1]), array("q", [1, 2]))


def test_only_what_was_merged_can_be_subtracted() -> None:
    histogram = of([SECOND, 2 * SECOND])
    before = histogram.snapshot()
    for other in ([3 * SECOND], [SECOND, SECOND], [HOUR], [SECOND, 2 * SECOND + MILLISECOND]):
        with pytest.raises(UsageError, match="only what was merged"):
            histogram.subtract(of(other))
    assert histogram.snapshot() == before


def test_damaged_snapshots_are_refused() -> None:
    good = of([SECOND, 2 * SECOND]).snapshot()
    counts = msgspec.msgpack.decode(good)[3]
    rolling = RollingHistogram(2, SECOND)
    rolling.add(SECOND, 9 * SECOND)
    ring = rolling.snapshot()
    for cut in range(len(good)):
        with pytest.raises(CorruptSnapshotError):
            Histogram.restore(good[:cut])
    for cut in range(len(ring)):
        with pytest.raises(CorruptSnapshotError):
            RollingHistogram.restore(ring[:cut])
    for place in range(len(counts)):
        for wrong in (-1, counts[place] + (1 << 61), 1 << 63, "x", None):
            with pytest.raises(CorruptSnapshotError):
                Histogram.restore(
                    msgspec.msgpack.encode(
                        ["histogram", 1, 14, [*counts[:place], wrong, *counts[place + 1 :]]]
                    )
                )
    for data in (
        ring,
        msgspec.msgpack.encode(["histogram", 2, 14, counts]),
        msgspec.msgpack.encode(["histogram", 1, 56, counts]),
        msgspec.msgpack.encode(["histogram", 1, "a", counts]),
        msgspec.msgpack.encode(["histogram", 1, 14, {}]),
        msgspec.msgpack.encode({}),
    ):
        with pytest.raises(CorruptSnapshotError):
            Histogram.restore(data)
    with pytest.raises(CorruptSnapshotError):
        Histogram.restore(5)  # type: ignore[arg-type]
    fields = msgspec.msgpack.decode(ring)
    for place, wrongs in (
        (2, (56, -1, "x")),
        (3, (0, 1, 1 << 40)),
        (4, (0, 1 << 62)),
        (5, (-1, 0, MAX_NS)),
        (6, ([], 5)),
    ):
        for wrong in wrongs:
            with pytest.raises(CorruptSnapshotError):
                RollingHistogram.restore(
                    msgspec.msgpack.encode([*fields[:place], wrong, *fields[place + 1 :]])
                )


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_sound(data: bytes) -> None:
    for kind in (Histogram, RollingHistogram):
        try:
            restored = kind.restore(data)
        except CorruptSnapshotError:
            continue
        assert restored.count >= 0
