"""Writes the measured part of ``docs/forecasting.md`` and ``docs/forecasting.svg``: forecasts of 60 days of a bank.

    python docs/forecasting.py [FILE]

The file is ``fpp2_calls.csv``; by default it is looked for in the directory that ``HUNTGROUP_DATA`` names, or in
``../shared/data``. Where it is absent nothing is written.

Owns that table and that picture; must not know how a forecast is made.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from routing.planning.forecasting import day_ahead, reforecast
from routing.planning.holidays import CLOSED, NONE, Special
from routing.planning.holt_winters import HoltWinters
from routing.planning.picture import draw_forecasts
from routing.planning.scoring import Score, last_same, score, wape
from routing.planning.volumes import Floats, Volumes

HERE = Path(__file__).resolve().parent
PAGE = HERE / "forecasting.md"
PICTURE = HERE / "forecasting.svg"
BEGIN, END = "<!-- measured: docs/forecasting.py -->", "<!-- end of measured -->"
FIRST = date(2003, 3, 3)
DAYS = 60
OBSERVED = 8
#: Weekdays that the file leaves out, read off where its Mondays peak; the last three are holidays of the country.
LEFT_OUT = (date(2003, 4, 7), date(2003, 4, 8), date(2003, 5, 26), date(2003, 7, 4), date(2003, 9, 1))
HOLIDAYS = LEFT_OUT[2:]
DRAWN = 150


def main(arguments: Sequence[str]) -> int:
    """Write table and picture; say so if there is no data."""
    beside = Path(os.environ.get("HUNTGROUP_DATA", HERE.parent.parent / "shared" / "data"))
    path = Path(arguments[0]) if arguments else beside / "fpp2_calls.csv"
    if not path.is_file():
        print(f"{path.name} is not there; nothing is written")
        return 0
    five = Volumes.of_rows(np.genfromtxt(path, delimiter=","), FIRST, first_minute=420, minutes=5)
    rows = five.coarser(6)  # the last of the 169 intervals, 21:00 to 21:05, belongs to no whole half hour
    dated = Volumes.of_rows(rows.calls, FIRST, without=LEFT_OUT, first_minute=420)
    table = [
        "| method | rows five a week | with dates | after 8 half hours: rows | with dates |",
        "|---|---|---|---|---|",
        *(line(name, method, rows, dated) for name, method in simple()),
    ]
    ours = [engine(rows), engine(dated), engine(dated, dict.fromkeys(HOLIDAYS, CLOSED))]
    table += [
        four("`day_ahead`, `reforecast`", ours[0].wape, ours[1].wape, ours[0].wape_rest, ours[1].wape_rest),
        f"| the same, told of three holidays | | **{ours[2].wape:.2%}** | | **{ours[2].wape_rest:.2%}** |",
        "",
        "Share of what came that lay between the 10 % and the 90 % quantile, which should be 80 %:",
        "",
        "| | rows five a week | with dates | with holidays |",
        "|---|---|---|---|",
        cover("half hours, day ahead", (one.coverage for one in ours)),
        cover("half hours, after 8", (one.coverage_rest for one in ours)),
        cover("whole days, day ahead", (one.coverage_total for one in ours)),
    ]
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text("\n".join([f"{before}{BEGIN}", *table, f"{END}{after}"]), encoding="utf-8")
    seen = reforecast(day_ahead(dated, dated.dates[DRAWN]), dated.calls[DRAWN, :OBSERVED])
    title = f"Day {DRAWN} after its first four hours: mean, 10 % to 90 %, and what was observed (dots)"
    PICTURE.write_text(draw_forecasts([seen], 0.1, 0.9, title), encoding="utf-8")
    return 0


def simple() -> list[tuple[str, Callable[[Volumes, int], Floats]]]:
    """Name the methods that are compared with."""
    double = HoltWinters()
    return [
        (
            "last week's day",
            lambda volumes, number: last_same(volumes.head(number), weekday(volumes, number), 1),
        ),
        (
            "mean of the last four same weekdays",
            lambda volumes, n: last_same(volumes.head(n), weekday(volumes, n)),
        ),
        ("Holt-Winters, double seasonal", lambda volumes, number: double.day_ahead(volumes.calls[:number])),
    ]


def weekday(volumes: Volumes, number: int) -> int:
    """Tell the weekday of a row."""
    return volumes.dates[number].weekday()


def line(name: str, method: Callable[[Volumes, int], Floats], rows: Volumes, dated: Volumes) -> str:
    """Measure a simple method; after 8 half hours it is scaled by the ratio of actual to forecast so far."""
    ahead, later = [], []
    for volumes in (rows, dated):
        days = range(len(volumes.dates) - DAYS, len(volumes.dates))
        found = np.array([method(volumes, number) for number in days])
        actual = volumes.calls[days.start :]
        ratio = actual[:, :OBSERVED].sum(axis=1) / found[:, :OBSERVED].sum(axis=1)
        ahead.append(wape(actual, found))
        later.append(wape(actual[:, OBSERVED:], found[:, OBSERVED:] * ratio[:, None]))
    return f"| {name} | {ahead[0]:.2%} | {ahead[1]:.2%} | {later[0]:.2%} | {later[1]:.2%} |"


def engine(volumes: Volumes, special: Mapping[date, Special] = NONE) -> Score:
    """Measure ours."""
    return score(
        volumes, DAYS, lambda known, n: day_ahead(known, volumes.dates[n], special=special), observed=OBSERVED
    )


def four(name: str, *shares: float) -> str:
    """Write a row of errors."""
    return f"| {name} | " + " | ".join(f"**{share:.2%}**" for share in shares) + " |"


def cover(name: str, shares: Iterable[float]) -> str:
    """Write a row of coverages."""
    return f"| {name} | " + " | ".join(f"{share:.0%}" for share in shares) + " |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
