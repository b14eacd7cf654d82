"""Tables of rehearsals: the figures of one with their intervals, and several ways to dial beside each other.

Owns how they look as text, JSON and CSV; must not know options or how a day is lived through.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TextIO

from msgspec import structs, to_builtins
from rich.console import Group, RenderableType
from rich.table import Table

from routing.durations import format_duration
from routing.outbound.rehearsal import Plan, Rehearsal, gain
from routing.outbound.watching import CarrierPeak, DayFigures
from routing.simulation.student import Estimate
from routing.units import SECOND

_NOTHING: Final = "–"


def _share(value: float) -> str:
    return f"{value:.2%}"


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def _clock(value: float) -> str:
    return format_duration(max(round(value), 1) * SECOND)


_FIGURES: Final[tuple[tuple[str, str, Callable[[float], str]], ...]] = (
    ("utilisation", "utilisation (talk + wrap-up / logged in)", _share),
    ("idle_s", "idle time of agents, per call", _seconds),
    ("dials", "dials", _number),
    ("answered", "answered by a person", _number),
    ("connected", "connected to an agent", _number),
    ("connects", "connected, per hour of an agent", _number),
    ("share", "abandoned / answered", _share),
    ("wait_s", "wait until connected", _seconds),
    ("in_flight_most", "dials in flight at most", _number),
    ("run_out_s", "the list runs out after", _clock),
    ("inbound", "inbound calls", _number),
    ("inbound_wait_s", "wait of inbound calls", _seconds),
)


def title_of(plan: Plan) -> str:
    """Say what is rehearsed."""
    campaign = plan.campaign
    mode = f"power, {campaign.ratio:g} dials an idle agent" if campaign.mode == "power" else campaign.mode
    return f"{campaign.id}: {mode}, {plan.supposed.agents:,} agents, cap {100 * plan.cap:g} %"


def render(found: Rehearsal) -> RenderableType:
    """Lay out the figures of a rehearsal, its worst day, and what carriers had to bear."""
    days = found.days
    estimates = found.estimates()
    which = (
        f"{len(days):,} days, from seed {days[0].seed} on"
        if len(days) > 1
        else f"one day, seed {days[0].seed}"
    )
    table = _table(f"{title_of(found.plan)}; {which}")
    for heading, right in (("", False), ("mean", True), ("95 % interval", True)):
        table.add_column(heading, justify="right" if right else "left")
    for name, words, spell in _FIGURES:
        if name in estimates:
            table.add_row(words, *_cells(estimates[name], spell))
    parts: list[RenderableType] = [table, ""]
    parts += _remarks(found)
    peaks = list(_peaks(days))
    if peaks:
        lines = _table("")
        for heading in (
            "carrier",
            "calls a day",
            "lines at most",
            "begun in a second at most",
            "failed a day",
        ):
            lines.add_column(heading, justify="left" if heading == "carrier" else "right")
        for one in peaks:
            calls, failed = _number(one.calls / len(days)), _number(one.failed / len(days))
            lines.add_row(one.carrier, calls, f"{one.lines:,}", f"{one.per_second:,}", failed)
        parts += ["", lines]
    return Group(*parts)


def render_comparison(found: Sequence[Rehearsal]) -> RenderableType:
    """Lay several rehearsals of the same days out beside each other; differences are to the first."""
    first = found[0]
    table = _table(f"{first.plan.campaign.id}: the same {len(first.days):,} days, dialled in other ways")
    headings = ("", "utilisation", "difference", "abandoned / answered", "worst day", "days above cap",
                "connected, per agent hour", "idle, per call")  # fmt: skip
    for heading in headings:
        table.add_column(heading, justify="right" if heading else "left")
    for one in found:
        told = one.estimates()
        difference = gain(first, one)
        apart = (
            ""
            if one is first
            else f"{100 * (difference.value or 0.0):+.2f} ± {_half(difference, 100):.2f} pp"
        )
        table.add_row(
            way(one.plan),
            f"{told['utilisation'].value or 0.0:.2%}",
            apart,
            _share(told["share"].value or 0.0),
            _share(one.worst.share),
            f"{one.above_cap} of {len(one.days)}",
            _number(told["connects"].value or 0.0),
            _seconds(told["idle_s"].value or 0.0),
        )
    return table


def way(plan: Plan) -> str:
    """Name a way to dial, as ``--compare`` spells it."""
    campaign = plan.campaign
    if campaign.mode == "power":
        return f"power:{campaign.ratio:g}"
    return f"predictive:{plan.cap:g}" if campaign.mode == "predictive" else campaign.mode


def document(found: Rehearsal) -> dict[str, Any]:
    """Give a rehearsal as plain data: figures with intervals, worst day, all days."""
    plan = found.plan
    return {
        "campaign": plan.campaign.id,
        "mode": plan.campaign.mode,
        "ratio": plan.campaign.ratio,
        "cap": plan.cap,
        "days": len(found.days),
        "figures": {name: structs.asdict(one) for name, one in found.estimates().items()},
        "days_above_cap": found.above_cap,
        "worst_day": _plain(found.worst),
        "carriers": [structs.asdict(one) for one in _peaks(found.days)],
        "by_day": [_plain(one) for one in found.days],
    }


def write_days(found: Sequence[Rehearsal], file: TextIO) -> None:
    """Write a line for each day as CSV, of each rehearsal."""
    names = [name for name in DayFigures.__struct_fields__ if name != "carriers"]
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["way", *names, "share", "connects"])
    for one in found:
        for day in one.days:
            plain = _plain(day)
            out.writerow([way(one.plan), *("" if plain[name] is None else plain[name] for name in names),
                          plain["share"], plain["connects"]])  # fmt: skip


def _plain(day: DayFigures) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(day)
    return told | {"share": day.share, "connects": day.connects}


def _remarks(found: Rehearsal) -> Iterator[str]:
    days, worst = found.days, found.worst
    yield (
        f"Worst day: seed {worst.seed}, {worst.abandoned:,} of {worst.answered:,} abandoned ({worst.share:.2%}). "
        f"Days above the cap of {100 * found.plan.cap:g} %: {found.above_cap} of {len(days)}."
    )
    out = [day for day in days if day.run_out_s is not None]
    if found.plan.supposed.records and out:
        earliest = min(day.run_out_s or 0.0 for day in out)
        yield f"The list runs out on {len(out)} of {len(days)} days, at the earliest after {_clock(earliest)}."
    elif found.plan.supposed.records:
        left = min(day.left or 0 for day in days)
        yield f"The list runs out on no day; of {found.plan.supposed.records:,} new records at least {left:,} are left."


def _peaks(days: Sequence[DayFigures]) -> Iterator[CarrierPeak]:
    """Put days together: sums of calls, the most of the rest."""
    for place, one in enumerate(days[0].carriers):
        every = [day.carriers[place] for day in days]
        yield CarrierPeak(
            one.carrier,
            sum(day.calls for day in every),
            max(day.lines for day in every),
            max(day.per_second for day in every),
            sum(day.failed for day in every),
        )


def _cells(estimate: Estimate, spell: Callable[[float], str]) -> tuple[str, str]:
    if estimate.value is None:
        return _NOTHING, ""
    half = estimate.half_width
    return spell(estimate.value), "" if half is None else f"± {spell(half)}"


def _half(estimate: Estimate, times: float) -> float:
    return times * (estimate.half_width or 0.0)


def _table(title: str) -> Table:
    return Table(title=title or None, title_justify="left", box=None, pad_edge=False, title_style="bold")
