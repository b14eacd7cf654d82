"""Cells of tables: how numbers, shares and times are written, and how a table is laid out.

Owns these; must not know what is shown.
"""

from collections.abc import Sequence
from typing import Final

from rich.table import Table

from routing.units import SECOND

#: What cannot be said.
NOTHING: Final = "–"


def hms(seconds: float | None) -> str:
    """Write seconds as hours, minutes and seconds, to the nearest.

    >>> hms(3_725), hms(59.6), hms(None)
    ('1:02:05', '1:00', '–')
    """
    if seconds is None:
        return NOTHING
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def spell_ns(ns: int) -> str:
    """Write nanoseconds as `hms` does seconds."""
    return hms(ns / SECOND)


def whole(value: int) -> str:
    """Write a whole number, thousands apart."""
    return f"{value:,}"


def percent(value: float | None) -> str:
    """Write a share.

    >>> percent(0.125), percent(None)
    ('12.5%', '–')
    """
    return NOTHING if value is None else f"{100 * value:.1f}%"


def grid(title: str, left: Sequence[str], right: Sequence[str]) -> Table:
    """Make a table without lines; names on the left are texts, those on the right numbers."""
    table = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for name in (*left, *right):
        table.add_column(name, justify="left" if name in left else "right", no_wrap=True)
    return table
