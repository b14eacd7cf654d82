"""Shows estimates with their intervals, and two plans beside each other, as aligned tables.

Owns how such figures look; must not know how they are reckoned.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar

from rich.console import Group, RenderableType
from rich.table import Table

from routing.simulation.replications import Compared
from routing.simulation.student import Estimate
from routing.simulation.sums import ModelReport

Figure = TypeVar("Figure", Estimate, Compared)

_NOTHING: Final = "–"
_WORDS: Final = {
    "of_offered": "in time / offered",
    "of_answered": "in time / answered",
    "without_short_abandons": "in time / (offered - abandoned in time)",
    "with_short_abandons": "(in time + abandoned in time) / offered",
    "abandoned_share": "abandoned / offered",
    "waited_share": "waited at all",
    "asa_s": "speed of answer",
    "wait_mean_s": "mean wait",
    "waited_mean_s": "mean wait of those who waited",
    "wait_p50_s": "wait, half of all",
    "wait_p90_s": "wait, 90 of 100",
    "wait_p99_s": "wait, 99 of 100",
    "wait_max_s": "longest wait",
    "aht_s": "handling time",
    "given_up": "given up by a queue",
    "waiting": "waiting, on average",
    "in_time": "answered in time",
    "staffed_h": "staffed",
    "busy_h": "busy",
    "dialled": "numbers dialled",
    "talk_s": "talk",
    "hold_s": "on hold",
    "wrap_up_s": "wrap-up",
    "transferred_share": "transferred / answered",
    "transfer_wait_s": "wait after a transfer",
    "consult_s": "consultation",
    "call_backs": "call-backs accepted",
    "call_back_wait_s": "wait for the call-back",
    "called_back_share": "reached / called back",
    "disposed_share": "with an outcome / answered",
    "resolved_share": "resolved / with an outcome",
    "first_contact_resolution": "resolved at the first contact",
    "came_again": "called again after service",
    "not_ready_share": "not ready / staffed",
    "not_placed_share": "nobody free / to be placed",
}
#: Of queues, groups and types only these are shown; JSON has all.
_PARTS: Final = (
    "offered",
    "answered",
    "abandoned_share",
    "of_offered",
    "asa_s",
    "wait_mean_s",
    "dialled",
    "aht_s",
    "hold_s",
    "transferred_share",
    "first_contact_resolution",
    "occupancy",
    "not_ready_share",
    "placed",
    "not_placed_share",
    "talk_s",
)
_HIDDEN: Final = frozenset({"threshold_s", "agents"})
_SHARES: Final = ("share", "abandons", "of_offered", "of_answered", "occupancy", "first_contact_resolution")


def render_estimates(figures: Mapping[tuple[str, ...], Estimate], title: str) -> RenderableType:
    """Lay out what ``estimate`` found: all calls, then queues and groups.

    Parameters
    ----------
    figures : dict
        By path.
    title : str
        Stands above.
    """
    table = _table(title, ("", "", "mean", "95 % interval"))
    for where, name, estimate in _chosen(figures):
        table.add_row(where, _word(name), _cell(estimate.value, name), _half(estimate, name))
    return table


def render_model(report: ModelReport, title: str) -> RenderableType:
    """Lay out the figures of a model."""
    figures: dict[tuple[str, ...], Estimate] = {
        ("total", name): estimate for name, estimate in report.total.items()
    }
    for kind, found in report.types.items():
        figures |= {("types", kind, name): estimate for name, estimate in found.items()}
    for group, found in report.groups.items():
        figures |= {("groups", group, name): estimate for name, estimate in found.items()}
    for kind, found in report.placed.items():
        figures |= {("placed", kind, name): estimate for name, estimate in found.items()}
    return render_estimates(figures, title)


def render_comparison(
    figures: Mapping[tuple[str, ...], Compared], title: str, names: tuple[str, str]
) -> RenderableType:
    """Lay two plans out beside each other; ``*`` marks differences whose interval leaves 0 out."""
    table = _table(title, ("", "", *names, "difference", "95 % interval", ""))
    marked = False
    for where, name, compared in _chosen(figures):
        estimate = compared.difference
        marked |= estimate.differs_from_0
        table.add_row(
            where,
            _word(name),
            _cell(compared.old.value, name),
            _cell(compared.new.value, name),
            _cell(estimate.value, name, difference=True, signed=True),
            _half(estimate, name, difference=True),
            "*" if estimate.differs_from_0 else "",
        )
    note = (
        "* the interval of the difference leaves 0 out"
        if marked
        else "No interval of a difference leaves 0 out."
    )
    return Group(table, "", note)


def _chosen(figures: Mapping[tuple[str, ...], Figure]) -> Iterator[tuple[str, str, Figure]]:
    """Choose what is shown: of all calls everything that ever was more than 0, of the parts the most telling."""
    for path, figure in figures.items():
        name, where = path[-1], path[0]
        if name in _HIDDEN or not _tells(figure):
            continue
        if where == "total":
            yield "all calls", name, figure
        elif where in ("queues", "groups", "types", "placed") and name in _PARTS:
            yield f"{where.removesuffix('s')} {path[1]}", name, figure


def _tells(figure: Estimate | Compared) -> bool:
    """Is there anything but 0?"""
    return bool(figure.value if isinstance(figure, Estimate) else figure.old.value or figure.new.value)


def _word(name: str) -> str:
    base, _, number = name.rpartition("_")
    if number.isdigit():
        return f"{_WORDS.get(base, base.replace('_', ' '))} ({number})"
    return _WORDS.get(name, name.replace("_", " "))


def _cell(value: float | None, name: str, difference: bool = False, signed: bool = False) -> str:
    """Write a figure; the difference of two shares is one of percentage points."""
    if value is None:
        return _NOTHING
    sign = "+" if signed else ""
    if any(part in name for part in _SHARES):
        return f"{100 * value:{sign}.2f}{' pp' if difference else '%'}"
    unit = " s" if name.endswith("_s") else " h" if name.endswith("_h") else ""
    return f"{value:{sign},.2f}{unit}"


def _half(estimate: Estimate, name: str, difference: bool = False) -> str:
    return _NOTHING if estimate.half_width is None else f"± {_cell(estimate.half_width, name, difference)}"


def _table(title: str, columns: Sequence[str]) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place < 2 else "right", no_wrap=True)
    return table
