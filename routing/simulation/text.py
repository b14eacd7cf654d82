"""Shows a report as aligned tables, and a day as bars.

Owns how figures look; must not know how they are reckoned, nor where they are printed.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

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


class _Column(NamedTuple):
    """A column of figures: its heading, the figure, and where there is no room for it."""

    title: str
    name: str
    wide_only: bool = False  # left out on narrow terminals
    whole_only: bool = False  # left out of half hours

    def cell(self, figures: Figures) -> str:
        """Write the figure."""
        value = figures.service_level.of_offered if self.name == "in_time" else getattr(figures, self.name)
        if isinstance(value, int):
            return _count(value)
        return _seconds(value) if self.name.endswith("_s") else _percent(value)


_COUNTS: Final = (
    _Column("offered", "offered"),
    _Column("answered", "answered", wide_only=True),
    _Column("abandoned", "abandoned"),
    _Column("%", "abandoned_share"),
)
_RARE: Final = ("diverted", "rejected", "refused", "waiting")
_WAITS: Final = (
    _Column("in time", "in_time"),
    _Column("ASA", "asa_s"),
    _Column("mean wait", "wait_mean_s", wide_only=True),
    _Column("p50", "wait_p50_s", wide_only=True, whole_only=True),
    _Column("p90", "wait_p90_s"),
    _Column("p99", "wait_p99_s", wide_only=True, whole_only=True),
    _Column("AHT", "aht_s", whole_only=True),
)
_OCCUPANCY: Final = _Column("occupancy", "occupancy")


def render(
    report: Report, *, half_hours: bool = True, bars: bool = False, narrow: bool = False
) -> RenderableType:
    """Lay a report out.

    Parameters
    ----------
    report : Report
        What is shown.
    half_hours : bool
        Show the day by half hours; several days are added up.
    bars : bool
        Draw the day, too.
    narrow : bool
        Leave out what does not fit into eighty columns.
    """
    parts: list[RenderableType] = [_queues(report, narrow)]
    rare = [f"{_count(getattr(report.total, name))} {name}" for name in _RARE if getattr(report.total, name)]
    if narrow and rare:
        parts.append(f"Among all calls: {', '.join(rare)}.")
    parts.append(_levels(report.total.service_level))
    if report.groups:
        parts.append(_teams(report.groups))
    if report.overflows:
        parts.append(_overflows(report))
    if half_hours and report.day:
        parts.append(_day(report.day, narrow))
    if bars and report.day:
        parts.append(draw_day(report.day))
    return Group(*(item for part in parts for item in (part, "")))


def draw_day(day: Sequence[HalfHour]) -> RenderableType:
    """Draw the day: callers waiting, busy among the agents there, and the service level, by half hour.

    The mean number waiting is the waiting time of those who arrived in the half hour, divided by its length
    (Little's law).
    """
    table = _table("", ("", "callers waiting", "agents busy / there", "in time"), left=4)
    waiting = [
        (slot.figures.wait_mean_s or 0.0) * slot.figures.offered / _HALF_HOUR_S / slot.days for slot in day
    ]
    most_waiting = max(max(waiting), 1.0)
    most_agents = max(max(slot.staffed for slot in day), 1.0)
    for slot, callers in zip(day, waiting, strict=True):
        level = slot.figures.service_level.of_offered
        agents = Text(bar(slot.busy, most_agents, 16), style="cyan")
        agents.append(f" {slot.busy:.1f} / {slot.staffed:.1f}")
        served = Text(bar(level or 0.0, 1.0, 12), style=_colour(level))
        served.append(f" {_percent(level)}")
        queue = Text(bar(callers, most_waiting, 12), style="yellow")
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


def _chosen(columns: Iterable[_Column], narrow: bool) -> list[_Column]:
    return [column for column in columns if not (narrow and column.wide_only)]


def _queues(report: Report, narrow: bool) -> Table:
    """One row for each queue, and the total."""
    rows = [*report.queues.items(), ("total", report.total)]
    rare = tuple(_Column(name, name, wide_only=True) for name in _RARE if getattr(report.total, name))
    columns = _chosen((*_COUNTS, *rare, *_WAITS, _OCCUPANCY), narrow)
    table = _table("Calls by queue (times in seconds)", ("", *(column.title for column in columns)))
    for name, figures in rows:
        if figures is report.total:
            table.add_section()
        table.add_row(name, *(column.cell(figures) for column in columns))
    return table


def _levels(level: ServiceLevel) -> Table:
    """The service level in all definitions."""
    within = "each queue's own time" if level.threshold_s is None else f"{level.threshold_s:g} s"
    table = _table(f"Service level within {within}", ("", ""))
    table.show_header = False
    for name, meaning in _LEVELS:
        table.add_row(meaning, _percent(getattr(level, name), 2))
    return table


def _teams(groups: dict[str, Team]) -> Table:
    table = _table("Agents by group", ("", "agents", "answered", "AHT", "staffed h", "busy h", "occupancy"))
    for name, team in groups.items():
        table.add_row(
            name,
            _count(team.agents),
            _count(team.answered),
            _seconds(team.aht_s),
            _seconds(team.staffed_h),
            _seconds(team.busy_h),
            _percent(team.occupancy),
        )
    return table


def _overflows(report: Report) -> Table:
    table = _table("Overflows", ("queue", "cause", "to", "contacts"), left=3)
    for entry in report.overflows:
        table.add_row(entry.queue, entry.cause, f"{entry.to} {entry.to_queue}".strip(), _count(entry.count))
    return table


def _day(day: Sequence[HalfHour], narrow: bool) -> Table:
    days = max(slot.days for slot in day)
    title = "By half hour of arrival" + (f", up to {days} days added up" if days > 1 else "")
    columns = _chosen((*_COUNTS, *(column for column in _WAITS if not column.whole_only)), narrow)
    names = [column.title for column in columns]
    table = _table(title, ("", *names, "agents", "busy", _OCCUPANCY.title))
    for slot in day:
        cells = [column.cell(slot.figures) for column in columns]
        table.add_row(
            slot.start, *cells, f"{slot.staffed:.1f}", f"{slot.busy:.1f}", _OCCUPANCY.cell(slot.figures)
        )
    return table


def _table(title: str, columns: Sequence[str], left: int = 1) -> Table:
    """Make a table whose first columns are aligned to the left."""
    table = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place < left else "right", no_wrap=True)
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
