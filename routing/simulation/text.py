"""Shows a report as aligned tables, and a day as bars.

Owns how figures look; must not know how they are reckoned, nor where they are printed.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from routing.simulation.report import Figures, HalfHour, Report, ServiceLevel, Team

_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
_NOTHING: Final = "–"
_HALF_HOUR_S: Final = 1800

_LEVELS: Final = (
    ("of_offered", "answered in time / offered"),
    ("of_answered", "answered in time / answered"),
    ("without_short_abandons", "answered in time / (offered - abandoned in time)"),
    ("with_short_abandons", "(answered + abandoned in time) / offered"),
)


def render(report: Report, *, half_hours: bool = True, bars: bool = False) -> RenderableType:
    """Lay a report out.

    Parameters
    ----------
    report : Report
        What is shown.
    half_hours : bool
        Show the day by half hours; several days are added up.
    bars : bool
        Draw the day, too.
    """
    parts: list[RenderableType] = [_queues(report), _levels(report.total.service_level)]
    if report.groups:
        parts.append(_teams(report.groups))
    if report.overflows:
        parts.append(_overflows(report))
    if half_hours and report.day:
        parts.append(_day(report.day))
    if bars and report.day:
        parts.append(draw_day(report.day))
    return Group(*(item for part in parts for item in (part, "")))


def draw_day(day: Sequence[HalfHour]) -> RenderableType:
    """Draw the day: callers waiting, busy among the agents there, and the service level, by half hour.

    The mean number waiting is the waiting time of those who arrived in the half hour, divided by its length
    (Little's law).
    """
    table = _table(
        "", (("", "left"), ("callers waiting", "left"), ("agents busy / there", "left"), ("in time", "left"))
    )
    waiting = [
        (slot.figures.wait_mean_s or 0.0) * slot.figures.offered / _HALF_HOUR_S / slot.days for slot in day
    ]
    most_waiting = max(max(waiting), 1.0)
    most_agents = max(max(slot.staffed for slot in day), 1.0)
    for slot, callers in zip(day, waiting, strict=True):
        level = slot.figures.service_level.of_offered
        agents = Text(bar(slot.busy, most_agents, 24), style="cyan")
        agents.append(f" {slot.busy:.1f} / {slot.staffed:.1f}")
        served = Text(bar(level or 0.0, 1.0, 16), style=_colour(level))
        served.append(f" {_percent(level)}")
        queue = Text(bar(callers, most_waiting, 16), style="yellow")
        queue.append(f" {callers:.1f}")
        table.add_row(slot.start, queue, agents, served)
    return table


def bar(value: float, full: float, width: int) -> str:
    """Draw a bar of at most ``width`` characters, to an eighth of a character.

    >>> bar(5, 8, 2), bar(0, 8, 2), bar(9, 8, 2)
    ('█▎', '  ', '██')
    """
    eighths = round(min(max(value / full, 0.0), 1.0) * width * 8) if full > 0 else 0
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (_EIGHTHS[rest] if rest else "")).ljust(width)


def _queues(report: Report) -> Table:
    """One row for each queue, and the total."""
    rows = [*report.queues.items(), ("total", report.total)]
    rare = [
        name
        for name in ("diverted", "rejected", "refused", "waiting")
        if any(getattr(figures, name) for _, figures in rows)
    ]
    names = (
        "offered",
        "answered",
        "abandoned",
        "%",
        *rare,
        "in time",
        "ASA",
        "mean wait",
        "p50",
        "p90",
        "p99",
        "AHT",
        "occupancy",
    )
    table = _table("Calls by queue (times in seconds)", (("", "left"), *((name, "right") for name in names)))
    for name, figures in rows:
        if name == "total" and figures is report.total:
            table.add_section()
        table.add_row(name, *_cells(figures, rare))
    return table


def _cells(figures: Figures, rare: Sequence[str]) -> Iterable[str]:
    yield _count(figures.offered)
    yield _count(figures.answered)
    yield _count(figures.abandoned)
    yield _percent(figures.abandoned_share)
    for name in rare:
        yield _count(getattr(figures, name))
    yield _percent(figures.service_level.of_offered)
    for seconds in (
        figures.asa_s,
        figures.wait_mean_s,
        figures.wait_p50_s,
        figures.wait_p90_s,
        figures.wait_p99_s,
        figures.aht_s,
    ):
        yield _seconds(seconds)
    yield _percent(figures.occupancy)


def _levels(level: ServiceLevel) -> Table:
    """The service level in all definitions."""
    within = "each queue's own time" if level.threshold_s is None else f"{level.threshold_s:g} s"
    table = _table(f"Service level within {within}", (("", "left"), ("", "right")))
    table.show_header = False
    for name, meaning in _LEVELS:
        table.add_row(meaning, _percent(getattr(level, name), 2))
    return table


def _teams(groups: dict[str, Team]) -> Table:
    names = ("agents", "answered", "AHT", "staffed h", "busy h", "occupancy")
    table = _table("Agents by group", (("", "left"), *((name, "right") for name in names)))
    for name, team in groups.items():
        table.add_row(
            name,
            _count(team.agents),
            _count(team.answered),
            _seconds(team.aht_s),
            f"{team.staffed_h:.1f}",
            f"{team.busy_h:.1f}",
            _percent(team.occupancy),
        )
    return table


def _overflows(report: Report) -> Table:
    table = _table("Overflows", (("queue", "left"), ("cause", "left"), ("to", "left"), ("contacts", "right")))
    for entry in report.overflows:
        table.add_row(entry.queue, entry.cause, f"{entry.to} {entry.to_queue}".strip(), _count(entry.count))
    return table


def _day(day: Sequence[HalfHour]) -> Table:
    days = max(slot.days for slot in day)
    title = "By half hour of arrival" + (f", up to {days} days added up" if days > 1 else "")
    names = (
        "offered",
        "answered",
        "abandoned",
        "%",
        "in time",
        "ASA",
        "mean wait",
        "p90",
        "agents",
        "busy",
        "occupancy",
    )
    table = _table(title, (("", "left"), *((name, "right") for name in names)))
    for slot in day:
        figures = slot.figures
        table.add_row(
            slot.start,
            _count(figures.offered),
            _count(figures.answered),
            _count(figures.abandoned),
            _percent(figures.abandoned_share),
            _percent(figures.service_level.of_offered),
            _seconds(figures.asa_s),
            _seconds(figures.wait_mean_s),
            _seconds(figures.wait_p90_s),
            f"{slot.staffed:.1f}",
            f"{slot.busy:.1f}",
            _percent(figures.occupancy),
        )
    return table


def _table(title: str, columns: Iterable[tuple[str, str]]) -> Table:
    table = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for name, justify in columns:
        table.add_column(name, justify="right" if justify == "right" else "left", no_wrap=True)
    return table


def _colour(level: float | None) -> str:
    if level is None:
        return "dim"
    return "green" if level >= 0.8 else "yellow" if level >= 0.5 else "red"


def _count(value: int) -> str:
    return f"{value:,}"


def _seconds(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:,.1f}"


def _percent(value: float | None, digits: int = 1) -> str:
    return _NOTHING if value is None else f"{100 * value:.{digits}f}%"
