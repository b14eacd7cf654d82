"""Draws a rehearsed day as SVG or PNG, through matplotlib; the same day makes the same file.

Above what agents do, in the middle the dials in flight, below the share of abandoned calls so far against the cap.

Owns this picture; must not know how a day is lived through. Nothing global of matplotlib is touched.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator, PercentFormatter

from routing.errors import UsageError
from routing.outbound.rehearsal import Rehearsal
from routing.outbound.watching import Sample

#: Endings of files that can be drawn.
FORMATS: Final = (".png", ".svg")
_TALK, _WRAP, _IDLE, _FLYING, _SHARE, _CAP = "#4878a8", "#e49444", "#6a9f58", "#a87c9f", "#2f2f2f", "#d1605e"
_STYLE: Final[dict[Any, Any]] = {"svg.hashsalt": "huntgroup", "svg.fonttype": "path", "font.size": 9.0}
_TICKS_H: Final = (0.25, 0.5, 1.0, 2.0)
_SHARE_MOST: Final = 3.0  # caps; what few calls in the morning make of the share would dwarf the day


def check_format(path: str | os.PathLike[str]) -> None:
    """Raise `UsageError` unless the name of a file ends as one that can be drawn."""
    if Path(path).suffix.lower() not in FORMATS:
        raise UsageError(f"{os.fspath(path)!r} does not end in {' or '.join(FORMATS)}; name such a file")


def draw(rehearsal: Rehearsal, path: str | os.PathLike[str]) -> None:
    """Draw the first day of a rehearsal into a file; its ending tells the format.

    Raises
    ------
    UsageError
        If the name ends otherwise, or the rehearsal kept no stretches of that day.
    """
    check_format(path)
    if not rehearsal.samples:
        raise UsageError("this rehearsal kept no stretches of a day; rehearse with every_s")
    with rc_context(_STYLE):
        svg = Path(path).suffix.lower() == ".svg"
        _figure(rehearsal).savefig(path, dpi=110, metadata={"Date": None} if svg else {"Software": None})


def _figure(rehearsal: Rehearsal) -> Figure:
    figure = Figure(figsize=(10, 6.2), layout="constrained")
    axes = figure.subplots(3, 1, sharex=True, height_ratios=(3, 1.2, 1.2))
    samples = rehearsal.samples
    edges = [0.0, *(one.at_s / 3600.0 for one in samples)]
    _agents(axes[0], samples, edges)
    axes[1].stairs([one.in_flight for one in samples], edges, fill=True, color=_FLYING)
    axes[1].set_ylabel("dials in flight")
    _shares(axes[2], samples, rehearsal.plan.cap)
    day_h = rehearsal.plan.supposed.day_ns / 3.6e12
    step = next((one for one in _TICKS_H if day_h / one <= 10), _TICKS_H[-1])
    axes[2].xaxis.set_major_locator(MultipleLocator(step))
    axes[2].set_xlabel("hours of the day")
    axes[2].set_xlim(0.0, day_h)
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
        one.tick_params(length=2)
        one.set_ylim(bottom=0.0)
    return figure


def _agents(axes: Axes, samples: Sequence[Sample], edges: list[float]) -> None:
    base = [0.0] * len(samples)
    for name, values, colour in (
        ("talk", [one.talking for one in samples], _TALK),
        ("wrap-up", [one.wrapping for one in samples], _WRAP),
        ("idle", [one.idle for one in samples], _IDLE),
    ):
        top = [one + other for one, other in zip(base, values, strict=True)]
        axes.stairs(top, edges, baseline=base, fill=True, color=colour, label=name)
        base = top
    axes.set_ylabel("agents")
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, frameon=False)


def _shares(axes: Axes, samples: Sequence[Sample], cap: float) -> None:
    places = [one.at_s / 3600.0 for one in samples]
    shares = [one.abandoned / one.answered if one.answered else 0.0 for one in samples]
    axes.plot(places, shares, color=_SHARE, linewidth=1.2)
    axes.axhline(cap, color=_CAP, linewidth=1.0)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_ylabel("abandoned so far")
    axes.set_ylim(0.0, max(min(max(shares), _SHARE_MOST * cap), 1.2 * cap, 0.001))
