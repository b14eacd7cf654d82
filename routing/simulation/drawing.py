"""Draws two plans by half hour of the day: service level, waiting and busy agents, with their 95 % intervals.

Needs matplotlib (the extra ``plot``); nothing of the base install imports this module.

Owns the picture; must not know how replications are run.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from routing.simulation.replications import Figures, estimate

#: Title of a panel, the path of its figure within a half hour, and what its values are multiplied by.
_PANELS: Final = (
    ("answered in time / offered, %", ("figures", "service_level", "of_offered"), 100.0),
    ("mean wait, s", ("figures", "wait_mean_s"), 1.0),
    ("agents: busy (line), staffed (dotted)", ("busy",), 1.0),
)
_COLOURS: Final = ("#1f5a94", "#c4561d")
_NAMES: Final = ("as it is", "changed")


class Curve(NamedTuple):
    """A figure by time of day with its interval; times in hours."""

    hours: list[float]
    values: list[float]
    lows: list[float]
    highs: list[float]


def curve(runs: Sequence[Figures], figure: tuple[str, ...], scale: float = 1.0) -> Curve:
    """Take the half hours of a day in which calls arrived.

    Examples
    --------
    >>> curve([{("day", "10:30", "busy"): 2.0}, {("day", "10:30", "busy"): 4.0}], ("busy",)).hours
    [10.5]
    """
    rows = []
    for path, found in estimate(runs).items():
        if path[0] == "day" and path[2:] == figure and found.value is not None:
            hour, minute = path[1].split(":")
            half = (found.half_width or 0.0) * scale
            value = found.value * scale
            rows.append((int(hour) + int(minute) / 60, value, value - half, value + half))
    return (
        Curve(*(list(column) for column in zip(*sorted(rows), strict=True)))
        if rows
        else Curve([], [], [], [])
    )


def draw(old: Sequence[Figures], new: Sequence[Figures], path: str | Path, title: str = "") -> None:
    """Draw two plans into a file whose suffix says which format.

    The same replications give the same picture, to the byte for SVG.

    Parameters
    ----------
    old, new : sequence of dict
        From ``replicate``.
    path : str or Path
        ``.svg``, ``.png`` or ``.pdf``.
    title : str
        Stands above.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    figure = Figure(figsize=(9, 9), layout="constrained")
    panels = figure.subplots(len(_PANELS), 1, sharex=True, squeeze=False)[:, 0]
    for panel, (name, which, scale) in zip(panels, _PANELS, strict=True):
        for runs, colour, label in zip((old, new), _COLOURS, _NAMES, strict=True):
            _line(panel, curve(runs, which, scale), colour, label)
            if which == ("busy",):
                staffed = curve(runs, ("staffed",))
                panel.plot(staffed.hours, staffed.values, color=colour, linestyle=":")
        panel.set_ylabel(name)
        panel.set_ylim(bottom=0)
        panel.grid(alpha=0.3)
    panels[0].legend(loc="best")
    panels[-1].xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True))
    panels[-1].set_xlabel("time of day, h (half hour of arrival)")
    if title:
        figure.suptitle(title, wrap=True, fontsize="medium")
    with mpl.rc_context({"svg.hashsalt": "huntgroup"}):
        metadata = {"Date": None} if str(path).lower().endswith(".svg") else None
        figure.savefig(path, metadata=metadata, dpi=150)


def _line(panel: Axes, found: Curve, colour: str, label: str) -> None:
    """Draw a curve with its interval; a gap in the day is a gap in the line."""
    start = 0
    breaks = [place + 1 for place, (one, two) in enumerate(pairwise(found.hours)) if two - one > 0.75]
    for end in (*breaks, len(found.hours)):
        part = slice(start, end)
        panel.plot(
            found.hours[part],
            found.values[part],
            color=colour,
            marker=".",
            label=label if start == 0 else None,
        )
        panel.fill_between(
            found.hours[part], found.lows[part], found.highs[part], color=colour, alpha=0.2, linewidth=0
        )
        start = end
