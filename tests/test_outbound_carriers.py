"""Carriers against the obvious model: lines are counted, buckets hold fractions, and every window is looked at.

Owns `routing.outbound.carriers`; must not know campaigns.
"""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import UsageError
from routing.outbound.campaign import Carrier, Share
from routing.outbound.carriers import Carriers
from routing.units import MINUTE, SECOND


class Bucket:
    """Tokens as fractions, which drip in; empty at first."""

    def __init__(self, rate: Fraction, burst: int, at_ns: int) -> None:
        self.rate, self.burst, self.at_ns = rate, burst, at_ns
        self.tokens = Fraction(0)

    def whole(self, at_ns: int) -> int:
        self.tokens = min(self.tokens + self.rate * (at_ns - self.at_ns) / SECOND, Fraction(self.burst))
        self.at_ns = at_ns
        return int(self.tokens)


@given(
    rate=st.sampled_from([1, 2, 4, 5, 10, 50]),  # whose interval is a whole number of ns
    burst=st.integers(1, 6),
    concurrent=st.integers(0, 5),
    moves=st.lists(st.tuples(st.integers(0, 3 * SECOND), st.booleans()), max_size=80),
)
def test_a_carrier_is_the_obvious_bucket(
    rate: int, burst: int, concurrent: int, moves: list[tuple[int, bool]]
) -> None:
    order = (Share("one"),)
    lines = Carriers([Carrier("one", concurrent=concurrent, calls_per_second=rate, burst=burst)], 0)
    bucket = Bucket(Fraction(rate), burst, 0)
    busy = at_ns = 0
    for pause_ns, release in moves:
        at_ns += pause_ns
        if release and busy:
            lines.release("one")
            busy -= 1
        room = bucket.whole(at_ns)
        if concurrent:
            room = min(room, concurrent - busy)
        assert lines.room(order, at_ns, 100) == room
        got = lines.take("sales", order, at_ns)
        assert (got == "one") == (room > 0)
        if got:
            bucket.tokens -= 1
            busy += 1
            assert lines.next_ns(order, at_ns) >= at_ns


@pytest.mark.parametrize(("rate", "burst"), [(0.3, 1), (3.0, 4), (7.7, 2), (33.3, 10)])
def test_no_window_sees_more_than_the_rate_allows(rate: float, burst: int) -> None:
    rng = Random(f"{rate} {burst}")
    lines = Carriers([Carrier("one", calls_per_second=rate, burst=burst)], 0)
    begun: list[int] = []
    at_ns = 0
    for _ in range(1_500):
        at_ns += rng.choice((0, SECOND // 100, SECOND // 10, SECOND))
        while lines.take("sales", (Share("one"),), at_ns):
            begun.append(at_ns)
    assert len(begun) > 100
    for first in range(len(begun)):
        for last in range(first, min(first + 200, len(begun))):
            span_ns = begun[last] - begun[first]
            assert last - first + 1 <= burst + rate * span_ns / SECOND + 1e-9


def test_shares_are_kept_and_nobody_catches_up() -> None:
    lines = Carriers([Carrier("a"), Carrier("b"), Carrier("c"), Carrier("spare")], 0)
    order: tuple[Share, ...] = (Share("a", 3), Share("b", 2), Share("c", 1), Share("spare", 0))
    got = [lines.take("sales", order, 0) for _ in range(60)]
    assert [got.count(name) for name in ("a", "b", "c", "spare")] == [30, 20, 10, 0]
    assert sorted(map(str, got[:6])) == ["a", "a", "a", "b", "b", "c"]

    lines = Carriers([Carrier("a", concurrent=2), Carrier("b")], 0)
    order = (Share("a"), Share("b"))
    for _ in range(100):
        lines.take("sales", order, 0)
    for _ in range(2):
        lines.release("a")
    assert [lines.take("sales", order, 0) for _ in range(4)].count("a") == 2
    lines.set_busy({"a": 0})
    assert [lines.take("sales", order, 0) for _ in range(4)].count("a") == 2  # and not four


def test_overflow_goes_in_order() -> None:
    lines = Carriers([Carrier("a", concurrent=1), Carrier("b", concurrent=1), Carrier("c", concurrent=1)], 0)
    order = (Share("a"), Share("b", 0), Share("c", 0))
    assert lines.room(order, 0, 99) == 3
    assert [lines.take("sales", order, 0) for _ in range(4)] == ["a", "b", "c", None]
    assert lines.take("sales", (), 0) == ""


def test_a_carrier_that_fails_rests() -> None:
    lines = Carriers([Carrier("a", failing_least=4, failing_share=0.5, rest_ns=MINUTE), Carrier("b")], 0)
    order = (Share("a"), Share("b", 0))
    for outcome in ("busy", "congestion", "person", "congestion"):
        lines.tell("a", outcome, SECOND)
    assert lines.take("sales", order, SECOND) == "a"  # a half is not more than a half
    lines.tell("a", "carrier_error", 2 * SECOND)
    assert lines.take("sales", order, 2 * SECOND) == "b"
    (picture, _) = lines.pictures(2 * SECOND)
    assert (picture.resting_until_ns, picture.ready, picture.failed) == (2 * SECOND + MINUTE, 0, 3)
    assert lines.next_ns((Share("a"),), 2 * SECOND) == 2 * SECOND + MINUTE
    assert lines.take("sales", order, 2 * SECOND + MINUTE) == "a"
    for _ in range(3):
        lines.tell("a", "congestion", 3 * SECOND + MINUTE)
    assert lines.take("sales", order, 3 * SECOND + MINUTE) == "a"  # of few nothing is concluded
    for place in range(100):  # old ones do not count
        lines.tell("a", "congestion" if place % 3 == 0 else "busy", (place + 40) * 20 * SECOND)
    assert lines.take("sales", order, 140 * 20 * SECOND) == "a"


def test_limits_change_while_calls_go_on() -> None:
    lines = Carriers([Carrier("a", concurrent=2), Carrier("b")], 0)
    order = (Share("a"), Share("b", 0))
    assert [lines.take("x", order, 0) for _ in range(2)] == ["a", "a"]
    lines.change([Carrier("a", concurrent=3), Carrier("c")], 0)
    assert lines.take("x", order, 0) == "a"
    assert lines.take("x", order, 0) is None  # b is gone
    assert lines.take("x", (Share("c"),), 0) == "c"
    with pytest.raises(UsageError, match="carrier 'd' is not known; declare it"):
        lines.take("x", (Share("d"),), 0)
    lines.release("d")  # of somebody else
    lines.change([Carrier("a", concurrent=3), Carrier("b")], 0)
    assert lines.take("x", order, 0) == "b"


def test_the_same_moves_give_the_same_carriers() -> None:
    def play(seed: int) -> list[str | None]:
        rng = Random(seed)
        lines = Carriers([Carrier("a", 5, 3.0, 2), Carrier("b", 3, 1.0), Carrier("c", 0, 0.5)], 0)
        order = (Share("a", 2), Share("b"), Share("c", 0))
        got: list[str | None] = []
        for step in range(500):
            got.append(lines.take("x", order, step * SECOND // 5))
            if rng.random() < 0.4:
                lines.release(rng.choice("abc"))
        return got

    assert play(5) == play(5)
