"""Writes ``docs/bank.md`` and ``docs/bank.svg``: two months of a bank's call log beside what the engine makes of them.

    python docs/bank.py [DIRECTORY]

The directory holds ``january_1999.txt.gz`` and ``october_1999.txt.gz``; by default it is ``anonymous_bank`` in the
directory that ``HUNTGROUP_DATA`` names, or in ``../shared/data``. Where they are absent nothing is written.

Owns that page and that picture; must not know how calls are read, routed or added up.
"""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import correlation

from msgspec.structs import replace

from routing.config import load
from routing.config.localtime import zone
from routing.model import Config
from routing.simulation.calls import ABANDONED, Call, CallLog
from routing.simulation.placing import Placement
from routing.simulation.reading import read_calls
from routing.simulation.report import nearest_rank
from routing.simulation.result import ABANDONED_CODE
from routing.simulation.study import simulate
from routing.units import DAY, HOUR, MINUTE, SECOND

HERE = Path(__file__).resolve().parent
MONTHS = ("january", "october")
TYPES = ("PS", "NW", "NE", "IN", "TT", "PE")
SEEDS = range(10)
AWAY_MIN = (2, 5, 15, 30)
IN_TIME_NS = 20 * SECOND


class Side:
    """One side of the comparison: for each call of a month how long it waited and whether its caller left."""

    def __init__(
        self, calls: Sequence[Call], waits_ns: Iterable[int], left: Iterable[bool], offset_ns: int
    ) -> None:
        self.rows = list(zip(calls, waits_ns, left, strict=True))
        self.offset_ns = offset_ns

    def only(self, wanted: Callable[[Call, int], bool]) -> "Figures":
        """Add up the calls that are wanted by themselves and their local time of day."""
        return Figures(
            [
                (wait_ns, left)
                for call, wait_ns, left in self.rows
                if wanted(call, (call.arrival_ns + self.offset_ns) % DAY)
            ]
        )

    def all(self) -> "Figures":
        """Add up everything."""
        return Figures([(wait_ns, left) for _, wait_ns, left in self.rows])

    def by_day(self) -> dict[int, "Figures"]:
        """Add up each day."""
        days: dict[int, list[tuple[int, bool]]] = {}
        for call, wait_ns, left in self.rows:
            days.setdefault((call.arrival_ns + self.offset_ns) // DAY, []).append((wait_ns, left))
        return {day: Figures(rows) for day, rows in days.items()}


class Figures:
    """What the page says of a set of calls."""

    def __init__(self, rows: Sequence[tuple[int, bool]]) -> None:
        waits_ns = sorted(wait_ns for wait_ns, _ in rows)
        size = max(len(rows), 1)
        self.offered = len(rows)
        self.left = sum(left for _, left in rows) / size
        self.waited = sum(wait_ns > 0 for wait_ns in waits_ns) / size
        self.mean_s = sum(waits_ns) / size / SECOND
        self.p90_s = (nearest_rank(waits_ns, 90) or 0) / SECOND
        self.in_time = sum(not left and wait_ns <= IN_TIME_NS for wait_ns, left in rows) / size


class Month:
    """A month's log, placed in the configured centre, and ways to run it."""

    def __init__(self, path: Path, config: Config) -> None:
        where = zone(config.timezone)
        self.config = config
        self.log: CallLog = read_calls(path, Placement(config), zone=where)
        self.offset_ns = 2 * HOUR  # both months are winter time there
        self.told = Side(
            self.log.calls,
            (call.wait_ns or 0 for call in self.log.calls),
            (call.outcome == ABANDONED for call in self.log.calls),
            self.offset_ns,
        )

    def run(self, config: Config | None = None, *, seed: int = 0, away_ns: int = 5 * MINUTE) -> Side:
        """Simulate the month with staffing from the log."""
        result = simulate(config or self.config, self.log, staffing="log", seed=seed, away_ns=away_ns).result
        left = (outcome == ABANDONED_CODE for outcome in result.outcomes)
        return Side(self.log.calls, result.waits_ns, left, self.offset_ns)


def main(arguments: Sequence[str]) -> int:
    """Write the page, if the data are there."""
    root = Path(os.environ.get("HUNTGROUP_DATA", HERE.parent.parent / "shared" / "data"))
    directory = Path(arguments[0]) if arguments else root / "anonymous_bank"
    paths = {month: directory / f"{month}_1999.txt.gz" for month in MONTHS}
    if not all(path.is_file() for path in paths.values()):
        print("the bank's call logs are not here; see the first lines of docs/bank.py")
        return 0
    config = load(HERE.parent / "examples" / "bank.toml")
    months = {name: Month(path, config) for name, path in paths.items()}
    runs = {name: month.run() for name, month in months.items()}
    template = (HERE / "templates" / "bank.md").read_text(encoding="utf-8")
    page = template.format(
        totals=totals(months, runs),
        types=types(months, runs),
        hours=hours(months, runs),
        priorities=priorities(months, runs),
        away=away(months),
        seeds=seeds(months),
        days=days(months, runs),
    )
    (HERE / "bank.md").write_text(page, encoding="utf-8")
    (HERE / "bank.svg").write_text(draw(months, runs), encoding="utf-8")
    return 0


# -- Tables -----------------------------------------------------------------------------------------------

Months = dict[str, Month]
Runs = dict[str, Side]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table; all columns but the first are right-aligned."""
    lines = [f"| {' | '.join(header)} |", f"|---|{'---:|' * (len(header) - 1)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)


def pair(log: float, engine: float, form: Callable[[float], str]) -> str:
    """Write what the log says and what the engine says."""
    return f"{form(log)} / {form(engine)}"


def percent(value: float) -> str:
    """Write a share."""
    return f"{100 * value:.1f} %"


def seconds(value: float) -> str:
    """Write a time."""
    return f"{value:.1f} s"


def totals(months: Months, runs: Runs) -> str:
    """Compare whole months."""
    rows = []
    for name, month in months.items():
        for title, side in (("log", month.told.all()), ("engine", runs[name].all())):
            rows.append(
                (
                    f"{name.title()}, {title}",
                    f"{side.offered:,}",
                    percent(side.left),
                    percent(side.waited),
                    seconds(side.mean_s),
                    f"{side.p90_s:.0f} s",
                    percent(side.in_time),
                )
            )
    return table(("", "offered", "abandoned", "waited at all", "mean wait", "p90", "answered in 20 s"), rows)


def compared(name: str, log: Figures, engine: Figures) -> tuple[str, ...]:
    """Write a row of a finer table."""
    return (
        name,
        f"{log.offered:,}",
        pair(log.left, engine.left, percent),
        pair(log.mean_s, engine.mean_s, seconds),
        pair(log.p90_s, engine.p90_s, lambda value: f"{value:.0f} s"),
    )


def finer(months: Months, runs: Runs, kinds: Iterable[tuple[str, Callable[[Call, int], bool]]]) -> str:
    """Compare kinds of calls, month by month."""
    header = ("", "offered", "abandoned, log / engine", "mean wait, log / engine", "p90, log / engine")
    rows = []
    for name, wanted in kinds:
        for month in MONTHS:
            log, engine = months[month].told.only(wanted), runs[month].only(wanted)
            rows.append(compared(f"{name} {month.title()}", log, engine))
    return table(header, rows)


def types(months: Months, runs: Runs) -> str:
    """Compare by type of call."""
    return finer(months, runs, ((kind, of_type(kind)) for kind in TYPES))


def of_type(kind: str) -> Callable[[Call, int], bool]:
    """Want the calls of a type."""
    return lambda call, _: call.queue == kind


def between(from_s: int, to_s: int) -> Callable[[Call, int], bool]:
    """Want the calls that arrive between two times of day."""
    return lambda _, time_ns: from_s <= time_ns // SECOND < to_s


def priorities(months: Months, runs: Runs) -> str:
    """Compare regular calls by priority, with the bank's age credit and without it."""
    rows = []
    for name, month in months.items():
        plain = replace(
            month.config,
            queues=tuple(replace(queue, priority_credits_ns=()) for queue in month.config.queues),
        )
        without = month.run(plain)
        for priority in (1, 2):

            def wanted(call: Call, _: int, priority: int = priority) -> bool:
                return call.queue == "PS" and call.priority == priority

            log, engine, equal = (side.only(wanted) for side in (month.told, runs[name], without))
            rows.append(
                (
                    f"{name.title()}, priority {priority}",
                    f"{log.offered:,}",
                    seconds(log.mean_s),
                    seconds(engine.mean_s),
                    seconds(equal.mean_s),
                )
            )
    return table(("regular calls", "offered", "log", "engine", "engine without the credit"), rows)


def hours(months: Months, runs: Runs) -> str:
    """Compare by hour of the day."""
    header = ["hour"]
    for month in MONTHS:
        header += [month.title(), "abandoned", "mean wait"]
    rows = []
    for hour in range(7, 24):
        wanted = between(hour * 3600, (hour + 1) * 3600)
        row = [f"{hour:02}"]
        for month in MONTHS:
            log, engine = months[month].told.only(wanted), runs[month].only(wanted)
            row += [
                f"{log.offered:,}",
                pair(log.left, engine.left, percent),
                pair(log.mean_s, engine.mean_s, seconds),
            ]
        rows.append(row)
    return table(header, rows)


def away(months: Months) -> str:
    """Show what the longest idle time that counts as presence does."""
    rows = []
    for minutes in AWAY_MIN:
        row = [f"{minutes} min"]
        for month in months.values():
            side = month.run(away_ns=minutes * MINUTE).all()
            row += [percent(side.left), seconds(side.mean_s)]
        rows.append(row)
    logs = ["log"]
    for month in months.values():
        side = month.told.all()
        logs += [percent(side.left), seconds(side.mean_s)]
    header = ("away after", "January abandoned", "mean wait", "October abandoned", "mean wait")
    return table(header, [*rows, logs])


def seeds(months: Months) -> str:
    """Say how far the drawn patience and service times move the figures."""
    parts = []
    for name, month in months.items():
        sides = [month.run(seed=seed).all() for seed in SEEDS]
        left, waits = [side.left for side in sides], [side.mean_s for side in sides]
        shares = f"{percent(min(left))} to {percent(max(left))} abandoned"
        parts.append(f"{shares} and {seconds(min(waits))} to {seconds(max(waits))} in {name.title()}")
    return "; ".join(parts)


def days(months: Months, runs: Runs) -> str:
    """Say how well single days agree."""
    parts = []
    for name, month in months.items():
        log, engine = month.told.by_day(), runs[name].by_day()
        busy = [day for day, figures in log.items() if figures.offered >= 100]
        value = correlation([log[day].mean_s for day in busy], [engine[day].mean_s for day in busy])
        parts.append(f"{value:.2f} in {name.title()}")
    return " and ".join(parts)


# -- Picture ----------------------------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 220, 40, 24, 10, 24
FROM_S, TO_S = 7 * 3600, 24 * 3600
TOP_S = 80.0
COLOURS = (("log", "#8a8a8a", ""), ("engine", "#0b6bcb", ' stroke-dasharray="5 3"'))


def draw(months: Months, runs: Runs) -> str:
    """Draw the mean wait by half hour of arrival: one panel for each month, one line for each side."""
    panels = []
    for place, name in enumerate(MONTHS):
        sides = (months[name].told, runs[name])
        panels.append(f'<g transform="translate(0 {place * HEIGHT})">{panel(name.title(), sides)}</g>')
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT * len(MONTHS)}" '
        'font-family="sans-serif" font-size="11" fill="#808080">'
    )
    title = "<title>Mean wait by half hour of arrival, log and engine</title>"
    return "\n".join((head, title, *panels, "</svg>", ""))


def panel(title: str, sides: Sequence[Side]) -> str:
    """Draw one month."""
    parts = [
        f'<text x="{LEFT}" y="14" font-weight="bold">{title}: mean wait in s by half hour of arrival</text>'
    ]
    for value in range(0, int(TOP_S) + 1, 20):
        y = height(value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#808080" stroke-opacity=".25"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value}</text>')
    for hour in range(7, 25):
        x = across(hour * 3600)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{hour}</text>')
    for number, (side, (name, colour, dashes)) in enumerate(zip(sides, COLOURS, strict=True)):
        points = []
        for start in range(FROM_S, TO_S, 1800):
            figures = side.only(between(start, start + 1800))
            points.append(f"{across(start + 900):.1f} {height(min(figures.mean_s, TOP_S)):.1f}")
        parts.append(
            f'<path d="M{"L".join(points)}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'
        )
        x = WIDTH - RIGHT - 150 + 80 * number
        parts.append(f'<path d="M{x} 10h22" stroke="{colour}" stroke-width="2"{dashes}/>')
        parts.append(f'<text x="{x + 27}" y="14">{name}</text>')
    return "\n".join(parts)


def across(time_s: float) -> float:
    """Place a time of day."""
    return LEFT + (WIDTH - LEFT - RIGHT) * (time_s - FROM_S) / (TO_S - FROM_S)


def height(value_s: float) -> float:
    """Place a wait."""
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value_s / TOP_S)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
