"""Draws forecasts as SVG: the mean as a line, the range between two quantiles as a band, what was observed as dots.

Owns the drawing; must not know where forecasts come from. The picture depends on nothing but its arguments.
"""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

import numpy as np

from routing.planning.forecasting import Forecast

_WIDTH: Final = 860
_HEIGHT: Final = 320
_LEFT: Final = 56
_TOP: Final = 36
_BOTTOM: Final = 40
_TICKS: Final = 5


def draw_forecasts(forecasts: Sequence[Forecast], low: float, high: float, title: str = "") -> str:
    """Draw days beside each other.

    Parameters
    ----------
    forecasts : sequence of Forecast
        At least one.
    low, high : float
        Quantiles that bound the band.
    title : str
        Above the picture.

    Returns
    -------
    str
        The SVG document.
    """
    mean = np.concatenate([one.mean for one in forecasts])
    bottom = np.concatenate([one.quantile(low) for one in forecasts])
    top = np.concatenate([one.quantile(high) for one in forecasts])
    seen = np.concatenate([one.observed for one in forecasts])
    most = _round_up(float(max(top.max(), mean.max(), np.nan_to_num(seen).max(), 1.0)))
    size = len(mean)
    step = (_WIDTH - _LEFT - 16) / size
    floor = _HEIGHT - _BOTTOM

    def spot(place: float, value: float) -> str:
        return f"{_LEFT + place * step:.1f},{floor - value / most * (floor - _TOP):.1f}"

    def line(values: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> list[str]:
        return [spot(place + 0.5, value) for place, value in enumerate(values.tolist())]

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        "<style>text { font: 12px sans-serif }</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="20" font-weight="bold">{escape(title)}</text>',
    ]
    for tick in range(_TICKS + 1):
        value = most * tick / _TICKS
        y = float(spot(0, value).partition(",")[2])
        parts.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - 16}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    labels = 0
    for one in forecasts:
        every = max(1, len(one.mean) * len(forecasts) // 10)
        for interval in range(0, len(one.mean), every):
            x = float(spot(labels + interval + 0.5, 0).partition(",")[0])
            label = one.start_of(interval) if interval or len(forecasts) == 1 else f"{one.day:%d %b}"
            parts.append(f'<text x="{x:.1f}" y="{floor + 16}" text-anchor="middle">{label}</text>')
        labels += len(one.mean)
    band = " ".join([*line(top), *reversed(line(bottom))])
    parts.append(f'<polygon points="{band}" fill="#9ec5e8" fill-opacity="0.6"/>')
    parts.append(f'<polyline points="{" ".join(line(mean))}" fill="none" stroke="#1f5f99" stroke-width="2"/>')
    for place, value in enumerate(seen.tolist()):
        if value == value:
            left, _, down = spot(place + 0.5, value).partition(",")
            parts.append(f'<circle cx="{left}" cy="{down}" r="3" fill="#c0392b"/>')
    return "\n".join([*parts, "</svg>", ""])


def _round_up(value: float) -> float:
    """Find the next of 1, 2, 5, 10, ... times a power of ten, over a fifth of the axis.

    >>> _round_up(437.0), _round_up(12.0)
    (500.0, 25.0)
    """
    scale = float(10 ** np.floor(np.log10(value / _TICKS)))
    for factor in (1.0, 2.0, 5.0, 10.0):
        if value <= factor * scale * _TICKS:
            return factor * scale * _TICKS
    return value
