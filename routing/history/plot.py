"""Draws a report as PNG or SVG, through matplotlib; the same report makes the same file.

Owns pictures; must not know how figures are reckoned. Nothing global of matplotlib is touched.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from routing.errors import UsageError
from routing.history.report import Line, Report
from routing.statistics.outcomes import CodeCounts
from routing.statistics.shapes import AgentCounts
from routing.units import DAY, HOUR, SECOND

FORMATS: Final = (".png", ".svg")
_ANSWERED, _ABANDONED, _LEVEL, _AGENTS = "#4878a8", "#d1605e", "#2f2f2f", "#6a9f58"
#: Colours and fields of where the time of an agent goes.
_STATES: Final = (
    ("talking", "talking_ns", "#4878a8"),
    ("holding", "holding_ns", "#85b6b2"),
    ("wrap-up", "wrap_up_ns", "#e49444"),
    ("ringing", "ringing_ns", "#e7ca60"),
    ("idle", "idle_ns", "#6a9f58"),
    ("engaged", "engaged_ns", "#a87c9f"),
    ("not ready", "not_ready_ns", "#b8b0ac"),
)
#: Colours of what dispositions say of the matter.
_WORDS: Final = (
    ("resolved", "#6a9f58"),
    ("closed", "#b8b0ac"),
    ("unresolved", "#d1605e"),
    ("call_back", "#e49444"),
)
_LINES_MAX: Final = 400
_STYLE: Final[dict[Any, Any]] = {"svg.hashsalt": "huntgroup", "svg.fonttype": "path", "font.size": 9.0}


def check_format(path: str | os.PathLike[str]) -> None:
    """Raise `UsageError` unless the name of a file ends as one that can be drawn."""
    if Path(path).suffix.lower() not in FORMATS:
        raise UsageError(f"{os.fspath(path)!r} does not end in {' or '.join(FORMATS)}; name such a file")


def draw(report: Report, path: str | os.PathLike[str]) -> None:
    """Draw a report into a file; its ending tells the format.

    By interval: answered and abandoned, the service level, agents there. By queue: the same without time. By agent:
    where the time of each went. By code: what each says of the matter. Lines beyond four hundred bars are left out.

    Raises
    ------
    UsageError
        If the name ends otherwise.
    """
    check_format(path)
    with rc_context(_STYLE):
        figure = _figure(report)
        svg = Path(path).suffix.lower() == ".svg"
        figure.savefig(path, dpi=110, metadata={"Date": None} if svg else {"Software": None})


def _figure(report: Report) -> Figure:
    if not report.lines:
        figure = Figure(figsize=(10, 2), layout="constrained")
        figure.text(0.5, 0.5, "There is nothing in this span.", ha="center")
        return figure
    if report.question.by == "interval":
        return _by_interval(report)
    lines = report.lines[:_LINES_MAX]
    figure = Figure(figsize=(10, 1.6 + 0.28 * len(lines)), layout="constrained")
    if report.question.by == "agent":
        _agents(figure.subplots(), report, lines)
    elif report.question.by == "code":
        _codes(figure.subplots(), report, lines)
    else:
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 1))
        _queues(left, right, report, lines)
    return figure


def _by_interval(report: Report) -> Figure:
    """Volumes with the service level over them, and the agents below."""
    people = any(line.people is not None for line in report.lines)
    figure = Figure(figsize=(11, 6.2 if people else 4.4), layout="constrained")
    axes = figure.subplots(
        2 if people else 1, 1, sharex=True, squeeze=False, height_ratios=(3, 1) if people else (1,)
    )
    volume: Axes = axes[0][0]
    starts = [_number(line.start_ns) for line in report.lines]
    widths = [(line.end_ns - line.start_ns) / DAY * 0.9 for line in report.lines]
    answered, abandoned = _volumes(report, report.lines)
    volume.bar(starts, answered, widths, align="edge", color=_ANSWERED, label="answered")
    volume.bar(starts, abandoned, widths, answered, align="edge", color=_ABANDONED, label="abandoned")
    volume.set_ylabel(report.counted)
    _plain(volume)
    level = volume.twinx()
    middles = [start + width / 1.8 for start, width in zip(starts, widths, strict=True)]
    levels = [_percent(report, line) for line in report.lines]
    level.plot(middles, levels, color=_LEVEL, marker=".", linewidth=1.2, label="answered in time")
    level.set_ylim(0, 104)
    level.yaxis.set_major_formatter(PercentFormatter())
    level.set_ylabel("answered in time")
    level.spines["top"].set_visible(False)
    figure.legend(loc="outside upper right", ncols=3, frameon=False)
    if people:
        staffed: Axes = axes[1][0]
        there = [_mean(line) for line in report.lines]
        staffed.bar(starts, there, widths, align="edge", color=_AGENTS)
        staffed.set_ylabel("agents there")
        _plain(staffed)
    where = report.question.where
    locator: Any = AutoDateLocator(tz=where, minticks=4, maxticks=12)  # type: ignore[no-untyped-call]
    axes[-1][0].xaxis.set_major_locator(locator)
    formatter = ConciseDateFormatter(locator, tz=where)  # type: ignore[no-untyped-call]
    axes[-1][0].xaxis.set_major_formatter(formatter)
    axes[-1][0].set_xlabel(where.key)
    return figure


def _queues(left: Axes, right: Axes, report: Report, lines: list[Line]) -> None:
    places = range(len(lines))
    answered, abandoned = _volumes(report, lines)
    left.barh(places, answered, color=_ANSWERED, label="answered")
    left.barh(places, abandoned, left=answered, color=_ABANDONED, label="abandoned")
    left.set_yticks(places, [_label(report, line) for line in lines])
    left.invert_yaxis()
    left.set_xlabel(report.counted)
    left.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, frameon=False)
    right.barh(places, [_percent(report, line) for line in lines], color=_LEVEL, height=0.5)
    right.set_xlim(0, 100)
    right.xaxis.set_major_formatter(PercentFormatter())
    right.set_xlabel("answered in time")
    _plain(left)
    _plain(right)


def _agents(axes: Axes, report: Report, lines: list[Line]) -> None:
    places, base = range(len(lines)), [0.0] * len(lines)
    for name, field, colour in _STATES:
        hours = [getattr(line.people or AgentCounts(), field) / HOUR for line in lines]
        axes.barh(places, hours, left=base, color=colour, label=name)
        base = [one + other for one, other in zip(base, hours, strict=True)]
    axes.set_yticks(places, [_label(report, line) for line in lines])
    axes.invert_yaxis()
    axes.set_xlabel("hours")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=len(_STATES), frameon=False)
    _plain(axes)


def _codes(axes: Axes, report: Report, lines: list[Line]) -> None:
    places, base = range(len(lines)), [0] * len(lines)
    for name, colour in _WORDS:
        counts = [getattr(line.codes or CodeCounts(), name) for line in lines]
        axes.barh(places, counts, left=base, color=colour, label=name.replace("_", "-"))
        base = [one + other for one, other in zip(base, counts, strict=True)]
    rest = [(line.codes or CodeCounts()).dispositions - one for line, one in zip(lines, base, strict=True)]
    axes.barh(places, rest, left=base, color=_ANSWERED, label="not said")
    axes.set_yticks(places, [_label(report, line) for line in lines])
    axes.invert_yaxis()
    axes.set_xlabel("dispositions")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=len(_WORDS) + 1, frameon=False)
    _plain(axes)


def _volumes(report: Report, lines: list[Line]) -> tuple[list[int], list[int]]:
    told = [report.volumes(line) for line in lines]
    return [one[1] for one in told], [one[2] for one in told]


def _percent(report: Report, line: Line) -> float:
    level = report.queue_figures(line)["service_level"]
    return float("nan") if level is None else 100 * level


def _mean(line: Line) -> float:
    return line.people.staffed_ns / (line.end_ns - line.start_ns) if line.people else 0.0


def _label(report: Report, line: Line) -> str:
    name = line.agent or line.code or f"{line.queue} ({line.channel})"
    if not report.parted:
        return name
    moment = datetime.fromtimestamp(line.start_ns // SECOND, UTC).astimezone(report.question.where)
    return f"{moment:%m-%d %H:%M} {name}"


def _number(at_ns: int) -> float:
    return at_ns / DAY  # matplotlib counts days since 1970


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=2)
