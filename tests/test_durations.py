"""Durations as text, to nanoseconds and back."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.config import format_duration, parse_duration
from routing.durations import UNITS
from routing.errors import ConfigError
from routing.units import DAY, HOUR, MAX_DURATION_NS, MILLISECOND, MINUTE, SECOND


@pytest.mark.parametrize(
    ("text", "duration_ns"),
    [
        ("0s", 0),
        ("20s", 20 * SECOND),
        ("1m30s", 90 * SECOND),
        ("90s", 90 * SECOND),
        ("250ms", 250 * MILLISECOND),
        ("2h", 2 * HOUR),
        ("1d", DAY),
        ("1.5s", 1500 * MILLISECOND),
        ("0.000000001s", 1),
        ("2.50m", 150 * SECOND),
        ("1h 30m", 90 * MINUTE),
        ("  5 m ", 5 * MINUTE),
        ("1d2h3m4s5ms6us7ns", DAY + 2 * HOUR + 3 * MINUTE + 4_005_006_007),
        ("1h0.5m", HOUR + 30 * SECOND),
        ("007s", 7 * SECOND),
        (f"{MAX_DURATION_NS}ns", MAX_DURATION_NS),
    ],
)
def test_reads(text: str, duration_ns: int) -> None:
    assert parse_duration(text) == duration_ns


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "'' is no duration; write a number and a unit of d, h, m, s, ms, us or ns, as in '1m30s'"),
        ("soon", "'soon' is no duration; write a number and a unit"),
        ("-5s", "'-5s' is no duration"),
        ("5s!", "'5s!' is no duration"),
        (".5s", "'.5s' is no duration"),
        ("s", "'s' is no duration"),
        ("9" * 5000 + "s", "' is no duration"),
        ("20", "'20' has no unit; write '20s' for seconds"),
        ("1m30", "'1m30' has a number without a unit; write a number and a unit"),
        ("1.5", "'1.5' has a number without a unit"),
        ("20sec", "'20sec' has the unknown unit 'sec'; write a number and a unit"),
        ("20S", "'20S' has the unknown unit 'S'"),
        ("20µs", "'20µs' has the unknown unit 'µs'"),
        ("30s1m", "'30s1m' is out of order; write larger units first and each once"),
        ("30s30s", "'30s30s' is out of order"),
        ("1.5h30m", "'1.5h30m' has decimals in its middle; only the last number may have them"),
        ("0.5ns", "'0.5ns' is no whole number of nanoseconds; write fewer decimals"),
        ("1.0000000001s", "'1.0000000001s' is no whole number of nanoseconds"),
        ("13344d", "'13344d' is too long; a duration has at most 13343 days"),
        (f"{MAX_DURATION_NS + 1}ns", "is too long"),
    ],
)
def test_complains(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_duration(text, "queues[0].ring_timeout")
    assert str(caught.value).startswith("queues[0].ring_timeout: ")
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("duration_ns", "text"),
    [(0, "0s"), (90 * SECOND, "1m30s"), (DAY, "1d"), (26 * HOUR, "1d2h"), (1_500_000_001, "1s500ms1ns")],
)
def test_writes(duration_ns: int, text: str) -> None:
    assert format_duration(duration_ns) == text


def test_writes_nothing_negative() -> None:
    with pytest.raises(ValueError, match="duration_ns -1 is negative; durations are not"):
        format_duration(-1)


@given(st.integers(0, MAX_DURATION_NS))
def test_what_is_written_is_read(duration_ns: int) -> None:
    assert parse_duration(format_duration(duration_ns)) == duration_ns


@given(st.integers(0, 10_000), st.text("0123456789", max_size=12), st.sampled_from(list(UNITS)))
def test_decimals_are_exact(whole: int, decimals: str, unit: str) -> None:
    text = f"{whole}.{decimals}{unit}" if decimals else f"{whole}{unit}"
    exact = Fraction(f"{whole}.{decimals or 0}") * UNITS[unit]
    if exact.denominator == 1:
        assert parse_duration(text) == exact
    else:
        with pytest.raises(ConfigError, match="no whole number of nanoseconds"):
            parse_duration(text)


@given(st.text("0123456789.smhdun -", max_size=12) | st.text(max_size=80))
def test_fuzzed_text_is_read_or_explained(text: str) -> None:
    try:
        duration_ns = parse_duration(text, "here")
    except ConfigError as caught:
        message = str(caught)
    else:
        assert 0 <= duration_ns <= MAX_DURATION_NS
        return
    assert message.startswith("here: ")
    assert "\n" not in message
