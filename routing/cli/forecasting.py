"""``huntgroup forecast``: forecast the calls of days to come, or of the rest of today.

Owns its options and the table; must not know how a forecast is made.
"""

import argparse
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from msgspec import Struct
from rich.table import Table

from routing.cli.printing import load_config, make_console
from routing.cli.telling import tell_bad_rows
from routing.config.localtime import parse_date, zone
from routing.errors import DataError, UsageError
from routing.planning.forecasting import Forecast, days_ahead, reforecast
from routing.planning.holidays import Special, special_days
from routing.planning.picture import draw_forecasts
from routing.planning.volumes import Floats, Volumes, count_calls, read_volumes, write_volumes
from routing.simulation.reading import FORMATS, read_calls

_MOST_DAYS: Final = 366
_HEADER_BYTES: Final = 4096


def add_forecast(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Forecast calls by interval, with quantiles, from volumes (start,calls[,aht]) or a call log."
    )
    parser.add_argument("history", metavar="FILE", help="volumes as CSV, or a call log, gzip or plain")
    parser.add_argument(
        "--day",
        type=_date,
        metavar="DATE",
        help="first day to forecast (by default the day after the history)",
    )
    parser.add_argument("--days", type=int, default=1, metavar="N", help="how many days (default 1)")
    parser.add_argument(
        "--observed", metavar="FILE", help="volumes of the first day so far: forecast the rest of it"
    )
    parser.add_argument(
        "--quantiles",
        type=_percents,
        default=(10.0, 90.0),
        metavar="P,P",
        help="percent, in rising order (default 10,90)",
    )
    parser.add_argument(
        "--config", metavar="CENTRE", help="a configuration: its holidays, and its time zone for a call log"
    )
    parser.add_argument(
        "--closed",
        type=_date,
        action="append",
        default=[],
        metavar="DATE",
        help="a day that was or will be closed, or must not be learned from; may be repeated",
    )
    parser.add_argument(
        "--minutes", type=int, metavar="N", help="length of an interval (default: the file's, or 30)"
    )
    parser.add_argument("--format", choices=FORMATS, default="", help="format of a call log")
    parser.add_argument("--queue", metavar="ID", help="only the calls of this queue of a call log")
    parser.add_argument("--csv", metavar="FILE", help="write start,calls[,aht] of the forecast")
    parser.add_argument("--plot", metavar="FILE", help="draw it as SVG")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=_forecast)


class _Interval(Struct):
    start: str
    calls: float
    quantiles: dict[str, float]
    observed: float | None
    aht_s: float | None


class _Day(Struct):
    day: str
    calls: float
    quantiles: dict[str, float]
    intervals: list[_Interval]


def _forecast(options: argparse.Namespace) -> int:
    config = load_config(options.config) if options.config else None
    special = special_days(config.hours if config else (), options.closed)
    history = _history(options, config.timezone if config else "UTC")
    if not 1 <= options.days <= _MOST_DAYS:
        raise UsageError(f"--days is {options.days}; give 1..{_MOST_DAYS}")
    first = options.day or history.dates[-1] + timedelta(days=1)
    days = [first + timedelta(days=number) for number in range(options.days)]
    found = days_ahead(history, days, special=special)
    if options.observed:
        found[0] = reforecast(found[0], _observed(options.observed, history, first))
    aht_s = _handling(history, days, special)
    if options.csv:
        table = Volumes(
            tuple(days),
            np.array([one.mean for one in found]).round(3),
            history.first_minute,
            history.minutes,
            None if aht_s is None else aht_s.round(1),
        )
        with Path(options.csv).open("w", encoding="utf-8", newline="") as file:
            write_volumes(table, file)
    if options.plot:
        low, high = min(options.quantiles) / 100, max(options.quantiles) / 100
        title = f"Calls by {history.minutes} minutes, {options.quantiles[0]:g} to {options.quantiles[-1]:g} %"
        Path(options.plot).write_text(draw_forecasts(found, low, high, title), encoding="utf-8")
    told = [_told(one, options.quantiles, None if aht_s is None else aht_s[n]) for n, one in enumerate(found)]
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(told)).decode())
    else:
        _print(told, options.quantiles)
    return 0


def _history(options: argparse.Namespace, timezone: str) -> Volumes:
    """Read volumes, or count a call log."""
    if options.history != "-" and _is_volumes(options.history) and not options.format:
        with Path(options.history).open(encoding="utf-8-sig", newline="") as file:
            history = read_volumes(file, options.history)
        minutes = options.minutes or history.minutes
        if minutes % history.minutes:
            raise UsageError(
                f"--minutes is {minutes}; the file has {history.minutes}, give a multiple of them"
            )
        return history.coarser(minutes // history.minutes) if minutes > history.minutes else history
    try:
        log = read_calls(options.history, fmt=options.format, zone=zone(timezone))
    except DataError as error:
        if options.format or options.history == "-" or not Path(options.history).is_file():
            raise
        raise DataError(f"{error}; volumes have the columns start and calls in their first line") from error
    tell_bad_rows(log, options.history)
    calls = [call for call in log.calls if options.queue in (None, call.queue)]
    if not calls:
        queues = sorted({call.queue for call in log.calls})
        raise DataError(
            f"{options.history}: has no calls of {options.queue or 'any queue'}; its queues are {queues}"
        )
    return count_calls(calls, minutes=options.minutes or 30, zone=zone(timezone))


def _is_volumes(path: str) -> bool:
    """Tell by the header."""
    with Path(path).open("rb") as file:
        names = file.read(_HEADER_BYTES).partition(b"\n")[0].removeprefix(b"\xef\xbb\xbf").strip().split(b",")
    return {b"start", b"calls"} <= {name.strip() for name in names}


def _observed(path: str, history: Volumes, day: date) -> Floats:
    """Read what has been seen of a day, in the history's intervals."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        seen = read_volumes(file, path)
    if seen.minutes != history.minutes and seen.calls.shape[1] > 1:
        if history.minutes % seen.minutes or (seen.first_minute - history.first_minute) % history.minutes:
            raise DataError(
                f"{path}: has intervals of {seen.minutes} minutes, the history {history.minutes}; give the same"
            )
        if seen.calls.shape[1] >= history.minutes // seen.minutes:
            seen = seen.coarser(history.minutes // seen.minutes)
    if day not in seen.dates:
        raise DataError(f"{path}: has nothing of {day}; give that day, or another --day")
    row = np.full(history.calls.shape[1], np.nan)
    counts = seen.calls[seen.dates.index(day)]
    for number, calls in enumerate(counts.tolist()):
        place, rest = divmod(
            seen.first_minute - history.first_minute + number * history.minutes, history.minutes
        )
        if rest or not 0 <= place < len(row):
            raise DataError(
                f"{path}: {seen.start_of(number)} is no interval of the history; give the same intervals"
            )
        row[place] = calls
    return row


def _handling(history: Volumes, days: Sequence[date], special: dict[date, Special]) -> Floats | None:
    """Forecast the handling times, where the history has them."""
    if history.aht_s is None or np.isnan(history.before(days[0]).calls).all():
        return None
    known = Volumes(history.dates, history.aht_s, history.first_minute, history.minutes)
    closed = {day: rule for day, rule in special.items() if day in known.dates or rule.closed}
    if not np.nansum(known.before(days[0]).calls) > 0:
        return None
    found = np.array([one.mean for one in days_ahead(known, days, special=closed)])
    found[found <= 0] = np.nan
    return found


def _told(one: Forecast, percents: Iterable[float], aht_s: Floats | None) -> _Day:
    bounds = {f"{percent:g}": one.quantile(percent / 100).round(2).tolist() for percent in percents}
    seen = one.observed.tolist()
    return _Day(
        one.day.isoformat(),
        round(one.total, 2),
        {f"{percent:g}": round(one.total_quantile(percent / 100), 2) for percent in percents},
        [
            _Interval(
                f"{one.day}T{one.start_of(interval)}",
                round(calls, 2),
                {name: values[interval] for name, values in bounds.items()},
                None if seen[interval] != seen[interval] else seen[interval],
                None if aht_s is None or np.isnan(aht_s[interval]) else round(float(aht_s[interval]), 1),
            )
            for interval, calls in enumerate(one.mean.tolist())
        ],
    )


def _print(days: Sequence[_Day], percents: Sequence[float]) -> None:
    """Print a table of the intervals of one day, or of the days."""
    names = [f"{percent:g}" for percent in percents]
    single = len(days) == 1
    table = Table(title=f"{days[0].day}" if single else f"{days[0].day} to {days[-1].day}")
    table.add_column("from" if single else "day")
    for heading in ("calls", *(f"{name} %" for name in names)):
        table.add_column(heading, justify="right")
    with_aht = single and any(one.aht_s is not None for one in days[0].intervals)
    if with_aht:
        table.add_column("AHT s", justify="right")
    if single:
        for one in days[0].intervals:
            cells: list[Any] = [one.calls, *(one.quantiles[name] for name in names)]
            mark = "" if one.observed is None else " observed"
            extra = [f"{one.aht_s or 0.0:.0f}"] if with_aht else []
            table.add_row(one.start[-5:] + mark, *(f"{cell:,.1f}" for cell in cells), *extra)
        table.add_section()
    for day in days:
        cells = [day.calls, *(day.quantiles[name] for name in names)]
        label = "day" if single else f"{date.fromisoformat(day.day):%a} {day.day}"
        table.add_row(label, *(f"{cell:,.1f}" for cell in cells))
    make_console().print(table)


def _date(text: str) -> date:
    try:
        return parse_date(text)
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _percents(text: str) -> tuple[float, ...]:
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if not found or not all(0 < one < 100 for one in found) or list(found) != sorted(set(found)):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no list of percents; write them in rising order, as 10,50,90"
        )
    return found
