"""Forecasts of volumes: no look into the future, accuracy, coverage, holidays, and the rest of a day that has begun."""

import io
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outside import outside

from routing.errors import DataError, UsageError
from routing.model import Holiday, Hours
from routing.planning.forecasting import Forecast, day_ahead, days_ahead, reforecast
from routing.planning.holidays import CLOSED, Special, special_days
from routing.planning.holt_winters import HoltWinters
from routing.planning.scoring import last_same, score, wape
from routing.planning.smoothing import Rates
from routing.planning.volumes import Volumes, count_calls, read_volumes, write_volumes
from routing.simulation.calls import Call
from routing.units import HOUR, SECOND

MONDAY = date(2026, 1, 5)
FAST = Rates(0.1, 0.2, 0.1, 0.2)


def made(days: int, seed: int = 1, weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)) -> Volumes:
    """A centre of our own: busy Mondays, a lunch dip, days that are busier or quieter as a whole, Poisson counts."""
    draw = np.random.default_rng(seed)
    shape = np.array([30, 60, 90, 100, 80, 70, 90, 80, 50, 20.0])
    week = np.array([1.3, 1.1, 1.0, 0.95, 0.9, 0.4, 0.2])
    rows = [
        draw.poisson(shape * week[weekdays[number % len(weekdays)]] * np.exp(draw.normal(0, 0.1)))
        for number in range(days)
    ]
    return Volumes.of_rows(rows, MONDAY, weekdays=weekdays, first_minute=540)


@pytest.fixture(scope="module")
def bank() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """28 whole half hours of 164 days, from 7:00; the last five-minute bin belongs to none."""
    bins = np.genfromtxt(outside("fpp2_calls.csv"), delimiter=",")
    return np.asarray(bins[:, :168].reshape(len(bins), 28, 6).sum(axis=2), dtype=np.float64)


# ----------------------------------------------------------------------------------------------- the future


@settings(max_examples=15)
@given(st.integers(11, 39), st.integers(0, 2**32 - 1))
def test_the_future_never_changes_a_forecast(day: int, seed: int) -> None:
    volumes = made(40)
    changed = volumes.calls.copy()
    changed[day:] = np.random.default_rng(seed).poisson(500, changed[day:].shape)
    other = Volumes(volumes.dates, changed, volumes.first_minute, volumes.minutes)
    one, two = (day_ahead(known, volumes.dates[day]) for known in (volumes, other))
    assert one.mean.tolist() == two.mean.tolist()
    assert one.quantile(0.9).tolist() == two.quantile(0.9).tolist()
    seen = min(5, day % 9)
    one, two = (reforecast(known, volumes.calls[day, :seen]) for known in (one, two))
    assert one.mean.tolist() == two.mean.tolist()


def test_several_days_are_forecast_from_before_the_first() -> None:
    volumes = made(40)
    wanted = list(volumes.dates[30:35])
    one = days_ahead(volumes, wanted)
    two = days_ahead(volumes.head(30), wanted)
    assert [day.mean.tolist() for day in one] == [day.mean.tolist() for day in two]
    assert one[0].mean.tolist() == day_ahead(volumes, wanted[0]).mean.tolist()


# ----------------------------------------------------------------------------------------------- accuracy


def test_the_bank_day_ahead_and_after_eight_half_hours(bank: np.ndarray) -> None:
    """Rows as they stand, five a week: the dates are not in the file."""
    days = Volumes.of_rows(bank, MONDAY, first_minute=420)
    found = score(days, 60, lambda known, number: day_ahead(known, days.dates[number]))
    assert found.wape <= 0.070, found
    assert found.wape_rest <= 0.048, found
    assert 0.74 <= found.coverage <= 0.88, found
    assert 0.74 <= found.coverage_rest <= 0.88, found
    assert 0.68 <= found.coverage_total <= 0.92, found
    naive = np.array([last_same(days.head(n), days.dates[n].weekday()) for n in range(104, 164)])
    assert found.wape < wape(bank[104:], naive) - 0.008


def test_a_table_and_the_same_days_with_dates_agree(bank: np.ndarray) -> None:
    dated = Volumes.of_rows(bank, MONDAY, minutes=30, first_minute=420)
    one, two = day_ahead(bank[:110]), day_ahead(dated, dated.dates[110])
    assert one.mean == pytest.approx(two.mean)


def test_a_change_that_lasts_is_learned_and_an_outlier_hardly() -> None:
    volumes = made(60)
    ordinary = day_ahead(volumes, rates=FAST).total
    wild = volumes.calls.copy()
    wild[-3] *= 8
    outlier = day_ahead(Volumes(volumes.dates, wild, 540), rates=FAST).total
    assert abs(outlier / ordinary - 1) < 0.15
    grown = volumes.calls.copy()
    grown[-25:] *= 1.5
    assert day_ahead(Volumes(volumes.dates, grown, 540), rates=FAST).total > 1.3 * ordinary


def test_intervals_hold_what_they_say() -> None:
    volumes = made(140, seed=5)
    found = score(
        volumes, 60, lambda known, number: day_ahead(known, volumes.dates[number], rates=FAST), observed=4
    )
    assert 0.74 <= found.coverage <= 0.86
    assert 0.74 <= found.coverage_rest <= 0.86
    assert 0.65 <= found.coverage_total <= 0.95
    assert found.wape_rest < found.wape


# ----------------------------------------------------------------------------------------------- the rest of a day


def test_nothing_observed_changes_nothing() -> None:
    normal = day_ahead(made(40))
    for nothing in ([], [np.nan, np.nan]):
        again = reforecast(normal, nothing)
        assert again.mean.tolist() == normal.mean.tolist()
        assert again.quantile(0.2).tolist() == normal.quantile(0.2).tolist()


def test_what_was_observed_counts_for_more_as_the_day_goes_on() -> None:
    normal = day_ahead(made(60))
    ratios = []
    for seen in range(1, 9):
        busy = reforecast(normal, 1.3 * normal.mean[:seen])
        ratios.append(float(busy.mean[9] / normal.mean[9]))
        assert busy.mean[:seen] == pytest.approx(1.3 * normal.mean[:seen])
    assert 1.0 < ratios[0] < ratios[2] < ratios[-1] < 1.35
    assert ratios[0] < 1.2


def test_a_forecast_that_was_corrected_is_corrected_anew() -> None:
    normal = day_ahead(made(60))
    once = reforecast(reforecast(normal, [10, 200]), [50, 60, 70])
    assert once.mean.tolist() == reforecast(normal, [50, 60, 70]).mean.tolist()


def test_intervals_narrow_as_the_day_goes_on() -> None:
    normal = day_ahead(made(80))

    def width(forecast: Forecast) -> float:
        return float((forecast.quantile(0.9) - forecast.quantile(0.1))[8])

    assert width(reforecast(normal, normal.mean[:7])) < width(normal)
    assert normal.total_quantile(0.1) < normal.total < normal.total_quantile(0.9)
    full = reforecast(normal, normal.mean)
    assert full.total_quantile(0.1) == pytest.approx(full.total_quantile(0.9)) == pytest.approx(normal.total)


# ----------------------------------------------------------------------------------------------- holidays and gaps


def test_a_closed_day_teaches_nothing_and_has_no_calls() -> None:
    volumes = made(60)
    lost = volumes.calls.copy()
    lost[50] = 0
    closed = {volumes.dates[50]: CLOSED}
    with_zero = day_ahead(Volumes(volumes.dates, lost, 540), special=closed, rates=FAST)
    junk = volumes.calls.copy()
    junk[50] = 999
    with_junk = day_ahead(Volumes(volumes.dates, junk, 540), special=closed, rates=FAST)
    assert with_zero.mean.tolist() == with_junk.mean.tolist()
    tomorrow = with_zero.day
    assert day_ahead(volumes, tomorrow, special={tomorrow: CLOSED}).total == 0


def test_a_holiday_follows_the_last_of_its_name() -> None:
    volumes = made(60)
    calls = volumes.calls.copy()
    calls[30] = [0, 0, 60, 40, 0, 0, 0, 0, 0, 0]
    eve = Special("eve", 600, 720)
    special = {volumes.dates[30]: eve}
    known = Volumes(volumes.dates, calls, 540)
    tomorrow = volumes.dates[-1] + timedelta(days=3)
    normal = day_ahead(known, tomorrow, special=special, rates=FAST)
    holiday = day_ahead(known, tomorrow, special={**special, tomorrow: eve}, rates=FAST)
    assert holiday.total < 0.4 * normal.total
    assert holiday.mean[2] / holiday.mean[3] == pytest.approx(1.5)
    assert holiday.mean[[0, 1, 4, 9]].tolist() == [0, 0, 0, 0]
    other = day_ahead(known, tomorrow, special={**special, tomorrow: Special("new", 540, 720)}, rates=FAST)
    assert other.total == pytest.approx(holiday.total)
    assert other.mean[6:].tolist() == [0, 0, 0, 0]


def test_the_day_after_closed_ones_is_busy_like_the_first_of_them() -> None:
    volumes = made(60)
    tuesday = volumes.dates[-1] + timedelta(days=4)
    monday = tuesday - timedelta(days=1)
    normal = day_ahead(volumes, tuesday, rates=FAST).total
    after = day_ahead(volumes, tuesday, special={monday: CLOSED}, rates=FAST).total
    assert after == pytest.approx(day_ahead(volumes, monday, rates=FAST).total, rel=0.1)
    assert after > normal


def test_holidays_come_from_the_configuration() -> None:
    hours = [
        Hours("a", holidays=(Holiday("2026-12-24", "09:00", "12:00"), Holiday("2026-12-25"))),
        Hours(
            "b",
            holidays=(
                Holiday("2026-12-24", "10:00", "14:00", "Eve"),
                Holiday("2026-12-31", "20:00", "02:00"),
            ),
        ),
    ]
    found = special_days(hours, [date(2026, 12, 31)])
    assert found[date(2026, 12, 24)] == Special("Eve", 540, 840)
    assert found[date(2026, 12, 25)].closed
    assert found[date(2026, 12, 31)] == CLOSED


def test_missing_intervals_and_days_are_no_zeros() -> None:
    volumes = made(60)
    holes = volumes.calls.copy()
    holes[40:50, 3:6] = np.nan
    holes[20] = np.nan
    whole, torn = day_ahead(volumes, rates=FAST), day_ahead(Volumes(volumes.dates, holes, 540), rates=FAST)
    assert torn.mean == pytest.approx(whole.mean, rel=0.12)
    assert not np.isnan(torn.quantile(0.9)).any()


def test_a_weekday_that_never_comes_is_closed() -> None:
    volumes = made(40)
    friday = volumes.dates[-1]
    week = days_ahead(volumes, [friday + timedelta(days=n) for n in range(1, 8)])
    assert [day.total > 0 for day in week] == [False, False, True, True, True, True, True]
    for share in (0.1, 0.9):
        assert [day.total_quantile(share) > 0 for day in week] == [day.total > 0 for day in week]
        assert not week[0].quantile(share).any()


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_whatever_the_history_forecasts_are_counts_in_order(seed: int) -> None:
    draw = np.random.default_rng(seed)
    rows, size = int(draw.integers(1, 25)), int(draw.integers(1, 12))
    calls = draw.poisson(draw.choice([0.01, 0.5, 5, 1000], size), (rows, size)).astype(float)
    calls[draw.random(calls.shape) < 0.2] = np.nan
    calls[0, 0] = 1.0
    volumes = Volumes.of_rows(calls, MONDAY, weekdays=sorted({int(day) for day in draw.integers(0, 7, 5)}))
    special = {day: CLOSED if draw.random() < 0.5 else Special("x", 0, 300) for day in volumes.dates[1::7]}
    for normal in days_ahead(
        volumes, [volumes.dates[-1] + timedelta(days=n) for n in (1, 2, 9)], special=special
    ):
        for one in (normal, reforecast(normal, draw.poisson(50, size // 2))):
            low, high = one.quantile(0.1), one.quantile(0.9)
            assert np.isfinite(one.mean).all()
            assert (one.mean >= 0).all()
            assert (low <= high + 1e-9).all()
            assert one.total_quantile(0.1) <= one.total_quantile(0.9) + 1e-9


def test_days_further_ahead_are_less_sure() -> None:
    volumes = made(120, seed=3)
    steady = days_ahead(volumes, [volumes.dates[-1] + timedelta(days=n) for n in (3, 10)], rates=FAST)
    widths = [float((day.total_quantile(0.95) - day.total_quantile(0.05)) / day.total) for day in steady]
    assert widths[1] > 0.7 * widths[0]  # both are there, and of one size


# ----------------------------------------------------------------------------------------------- Holt-Winters


def test_holt_winters_is_what_the_formulas_say() -> None:
    """Recomputed with a dictionary by time instead of arrays."""
    rows = made(15).calls
    constants = HoltWinters(0.1, 0.2, 0.3, 0.4)
    size, season = rows.shape[1], 5
    y = {t: float(np.log(rows.flat[t] + 0.5)) for t in range(rows.size)}
    level = sum(y[t] for t in range(season * size)) / (season * size)
    day = {i: sum(y[d * size + i] for d in range(season)) / season - level for i in range(size)}
    week = {t: y[t] - level - day[t % size] for t in range(season * size)}
    last = 0.0
    for t in range(season * size, rows.size):
        base = level + day[t % size] + week[t % (season * size)]
        error = y[t] - base - 0.4 * last
        last = y[t] - base
        level, day[t % size] = level + 0.1 * error, day[t % size] + 0.2 * error
        week[t % (season * size)] += 0.3 * error
    t = rows.size
    wanted = [
        np.exp(level + day[i] + week[(t + i) % (season * size)] + last * 0.4 ** (i + 1)) - 0.5
        for i in range(size)
    ]
    assert constants.day_ahead(rows).tolist() == pytest.approx(wanted)


# ----------------------------------------------------------------------------------------------- files and misuse


def test_volumes_are_written_and_read() -> None:
    volumes = made(7, weekdays=(0, 1, 2, 3, 4, 5, 6))
    holes = volumes.calls.copy()
    holes[2, 3] = np.nan
    before = Volumes(volumes.dates, holes, 540, 30, np.where(np.isnan(holes), np.nan, 180.5))
    file = io.StringIO()
    write_volumes(before, file)
    after = read_volumes(io.StringIO(file.getvalue()))
    assert (after.dates, after.first_minute, after.minutes) == (before.dates, 540, 30)
    np.testing.assert_array_equal(after.calls, before.calls)
    np.testing.assert_array_equal(after.aht_s, before.aht_s)


def test_a_log_is_counted_in_local_time() -> None:
    calls = [Call(number * HOUR, "q", service_ns=100 * SECOND) for number in range(48)]
    found = count_calls(calls, minutes=60)
    assert found.calls.tolist() == [[1.0] * 24] * 2
    assert found.aht_s is not None
    assert found.aht_s[0, 0] == 100


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("begin,calls\n", "must name start and calls"),
        ("start,calls\n", "has no rows"),
        ("start,calls\nyesterday,4\n", "line 2: start is 'yesterday'"),
        ("start,calls\n2026-11-23T07:00Z,4\n", "write local time"),
        ("start,calls\n2026-11-23T07:00,-4\n", "calls is '-4'"),
        ("start,calls\n2026-11-23T07:00,4\n2026-11-23T07:00,4\n", "stands twice"),
        ("start,calls\n2026-11-23T07:00,4\n2026-11-23T07:30,4\n2026-11-24T07:45,1\n", "07:45 does not start"),
    ],
)
def test_a_wrong_file_is_refused(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_volumes(io.StringIO(text))


def test_misuse_is_refused() -> None:
    volumes = made(20)
    with pytest.raises(DataError, match="no ordinary day"):
        day_ahead(volumes, volumes.dates[0])
    with pytest.raises(UsageError, match="season is 9"):
        day_ahead(volumes.calls, season=9)
    with pytest.raises(UsageError, match="at most 10 intervals"):
        reforecast(day_ahead(volumes), [1] * 11)
    with pytest.raises(UsageError, match="negative"):
        reforecast(day_ahead(volumes), [-1])
    with pytest.raises(UsageError, match=r"share is 1\.5"):
        day_ahead(volumes).quantile(1.5)
    with pytest.raises(UsageError, match="rising order"):
        Volumes((MONDAY, MONDAY), np.zeros((2, 3)))
    with pytest.raises(UsageError, match="pass midnight"):
        Volumes((MONDAY,), np.zeros((1, 49)))
