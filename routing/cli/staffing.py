"""``huntgroup staff``: how many agents a load needs.

Owns its options, its table and its CSV; must not know any formula.
"""

import argparse
import csv
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

import msgspec
from msgspec import Struct
from rich.table import Table

from routing.cli.printing import make_console
from routing.config import format_duration, parse_duration
from routing.errors import DataError, UsageError
from routing.staffing import ErlangA, ErlangC, Figures, Level, Retrying, Targets
from routing.units import SECOND

#: So many more and fewer agents stand around the answer.
_AROUND: Final = 3
_DEFAULT_LEVEL: Final = (0.8, 20.0)
_COLUMNS: Final = ("start", "calls", "aht", "patience")


class Answer(Struct, frozen=True):
    """What ``--json`` prints: the load, the answer, and the figures around it."""

    erlangs: float
    agents: int
    rostered: int
    model: str
    targets: Targets
    definition: Level
    rows: list[Figures]


def add_staff(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Find the least number of agents that meets all targets, and show what the centre would be like with a few "
        "more or fewer. Times are seconds, or have a unit, as 3m10s. Shares are percent, as 80 or 80%%, or below 1."
    )
    parser.add_argument("--calls", type=_number, metavar="N", help="calls offered in one interval")
    parser.add_argument(
        "--per", type=_time, default=1800.0, metavar="TIME", help="the interval (default 30m)"
    )
    parser.add_argument("--aht", type=_time, metavar="TIME", help="average handling time, wrap-up included")
    parser.add_argument(
        "--patience", type=_time, metavar="TIME", help="mean time that callers are willing to wait"
    )
    parser.add_argument(
        "--model",
        choices=("a", "c"),
        help="Erlang A: callers leave; Erlang C: nobody leaves (default: A with --patience, else C)",
    )
    parser.add_argument(
        "--service-level",
        type=_level,
        metavar="SHARE/TIME",
        help="share of callers answered within a time, as 80/20 (the default if no target is given)",
    )
    parser.add_argument(
        "--definition",
        type=Level,
        choices=tuple(Level),
        default=Level.OFFERED,
        help="what the answered are a share of (default offered: all callers)",
    )
    parser.add_argument("--asa", type=_time, metavar="TIME", help="average speed of answer, at most")
    parser.add_argument("--abandon", type=_share, metavar="SHARE", help="share of callers who leave, at most")
    parser.add_argument(
        "--p-wait", type=_share, metavar="SHARE", help="share of callers who wait at all, at most"
    )
    parser.add_argument(
        "--occupancy", type=_share, metavar="SHARE", help="share of time agents are busy, at most"
    )
    parser.add_argument(
        "--shrinkage",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="share of rostered agents who are away (breaks, training, illness)",
    )
    parser.add_argument(
        "--retry", type=_share, default=0.0, metavar="SHARE", help="share of those who left who call again"
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument(
        "--csv",
        metavar="FILE",
        help="find the agents of each interval: CSV with start, calls and, where they differ, aht and patience; "
        "- for standard input",
    )
    parser.add_argument(
        "--output", metavar="FILE", help="with --csv: where to write (default standard output)"
    )
    parser.set_defaults(run=_staff)


def _staff(options: argparse.Namespace) -> int:
    targets = _targets(options)
    if not 0.0 <= options.shrinkage < 1.0:
        raise UsageError(f"--shrinkage {options.shrinkage:g} leaves nobody; give less than 100%")
    if options.csv is not None:
        return _day(options, targets)
    if options.output is not None:
        raise UsageError("--output goes with --csv; leave it out, or use > FILE")
    if options.calls is None or options.aht is None:
        missing = "--calls" if options.calls is None else "--aht"
        raise UsageError(f"{missing} is missing; give --calls and --aht, or --csv FILE")
    model = _model(options, options.calls, options.aht, options.patience)
    agents = model.minimum_agents(targets)
    low = max(1, agents - _AROUND, math.floor(model.least_n(model.load)) + 1)
    rows = [model.at(n, targets.threshold) for n in range(low, agents + _AROUND + 1)]
    rostered = _rostered(agents, options.shrinkage)
    name = "Erlang C" if isinstance(_inner(model), ErlangC) else "Erlang A"
    answer = Answer(model.load, agents, rostered, name, targets, targets.definition, rows)
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())
        return 0
    console = make_console()
    console.print(
        f"{options.calls:g} calls per {_spelled(options.per)} of {_spelled(options.aht)}: "
        f"{model.load:.2f} erlangs, {name}"
    )
    console.print(
        f"{agents:,} agents, {rostered:,} rostered with {options.shrinkage:.0%} shrinkage: {_told(targets)}"
    )
    console.print(_table(answer))
    return 0


def _day(options: argparse.Namespace, targets: Targets) -> int:
    if options.json or options.calls is not None:
        raise UsageError("--csv reads calls from the file and writes CSV; leave out --calls and --json")
    name = options.csv
    if name == "-":
        lines = list(_intervals(options, targets, sys.stdin, "standard input"))
    else:
        with Path(name).open(encoding="utf-8-sig", newline="") as source:
            lines = list(_intervals(options, targets, source, name))
    if options.output is None:
        _write(lines, sys.stdout)
    else:
        with Path(options.output).open("w", encoding="utf-8", newline="") as target:
            _write(lines, target)
    return 0


def _write(lines: list[dict[str, object]], target: TextIO) -> None:
    fields = (
        "start",
        "calls",
        "agents",
        "rostered",
        "service_level",
        "asa",
        "p_wait",
        "abandoned",
        "occupancy",
    )
    writer = csv.DictWriter(target, fields, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)


def _intervals(
    options: argparse.Namespace, targets: Targets, source: TextIO, name: str
) -> Iterator[dict[str, object]]:
    reader = csv.DictReader(source)
    columns = reader.fieldnames or ()
    if missing := [column for column in _COLUMNS[:2] if column not in columns]:
        raise DataError(f"{name}: the column {missing[0]!r} is missing; the first line names start and calls")
    for row in reader:
        where = f"{name}:{reader.line_num}"
        try:
            calls = _number(row["calls"] or "")
            aht = _time(row["aht"]) if row.get("aht") else options.aht
            patience = _time(row["patience"]) if row.get("patience") else options.patience
            if aht is None:
                raise DataError("the handling time is missing; fill the column aht, or give --aht")
            line: dict[str, object] = {
                "start": row["start"],
                "calls": row["calls"],
                "agents": 0,
                "rostered": 0,
            }
            if calls:
                model = _model(options, calls, aht, patience)
                agents = model.minimum_agents(targets)
                line["agents"], line["rostered"] = agents, _rostered(agents, options.shrinkage)
                line |= _described(model.at(agents, targets.threshold), targets.definition)
        except (argparse.ArgumentTypeError, DataError, UsageError) as error:
            raise DataError(f"{where}: {error}") from error
        yield line


def _described(figures: Figures, definition: Level) -> dict[str, object]:
    return {
        "service_level": f"{figures.service_level(definition):.6f}",
        "asa": f"{figures.asa:.3f}",
        "p_wait": f"{figures.p_wait:.6f}",
        "abandoned": f"{figures.p_abandon:.6f}",
        "occupancy": f"{figures.occupancy:.6f}",
    }


def _targets(options: argparse.Namespace) -> Targets:
    asked = (options.service_level, options.asa, options.abandon, options.p_wait, options.occupancy)
    level, threshold = options.service_level or (None, _DEFAULT_LEVEL[1])
    if all(target is None for target in asked):
        level, threshold = _DEFAULT_LEVEL
    return Targets(
        service_level=level,
        threshold=threshold,
        definition=options.definition,
        asa=options.asa,
        abandonment=options.abandon,
        p_wait=options.p_wait,
        occupancy=options.occupancy,
    )


def _model(
    options: argparse.Namespace, calls: float, aht: float, patience: float | None
) -> ErlangA | ErlangC | Retrying:
    model: ErlangA | ErlangC
    if options.model == "c" or (options.model is None and patience is None):
        if options.retry:
            raise UsageError(
                "--retry speaks of callers who left, and in Erlang C nobody leaves; give --patience"
            )
        return ErlangC.of_calls(calls, options.per, aht)
    if patience is None:
        raise UsageError("--patience is missing, which Erlang A needs; give it, or --model c")
    model = ErlangA.of_calls(calls, options.per, aht, patience)
    return Retrying(model, options.retry) if options.retry else model


def _inner(model: ErlangA | ErlangC | Retrying) -> object:
    return model.queue if isinstance(model, Retrying) else model


def _rostered(agents: int, shrinkage: float) -> int:
    """Return the least number of which, with that share away, so many are there."""
    heads = math.ceil(agents / (1.0 - shrinkage))
    return heads - 1 if (heads - 1) * (1.0 - shrinkage) >= agents - 1e-9 else heads


def _table(answer: Answer) -> Table:
    table = Table(box=None, pad_edge=False)
    within = _spelled(answer.targets.threshold)
    for title in ("agents", f"within {within}", "ASA", "wait at all", "abandoned", "occupancy", "in queue"):
        table.add_column(title, justify="right")
    table.add_column("")
    for figures in answer.rows:
        table.add_row(
            f"{figures.agents:,.0f}",
            f"{figures.service_level(answer.definition):.1%}",
            f"{figures.asa:,.1f}s",
            f"{figures.p_wait:.1%}",
            f"{figures.p_abandon:.1%}",
            f"{figures.occupancy:.1%}",
            f"{figures.queue:,.2f}",
            "<- the answer" if figures.agents == answer.agents else "",
        )
    return table


def _told(targets: Targets) -> str:
    parts = []
    if targets.service_level is not None:
        share = f"{targets.service_level:.6g}"
        parts.append(f"{float(share):.6g} within {_spelled(targets.threshold)} ({targets.definition.value})")
    parts += [f"ASA at most {_spelled(targets.asa)}"] if targets.asa is not None else []
    for name, most in (
        ("abandoned", targets.abandonment),
        ("wait at all", targets.p_wait),
        ("occupancy", targets.occupancy),
    ):
        parts += [f"{name} at most {most:.6g}"] if most is not None else []
    return ", ".join(parts)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number; write one such as 240") from None
    if not 0.0 <= value < math.inf:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a finite number of 0 or more; write one such as 240"
        )
    return value


def _time(text: str) -> float:
    """Read seconds, or a duration with units."""
    try:
        return _number(text)
    except argparse.ArgumentTypeError:
        if not any(letter.isalpha() for letter in text) or text.strip().lower() in {"nan", "inf", "infinity"}:
            raise
    try:
        return parse_duration(text) / SECOND
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _share(text: str) -> float:
    """Read percent - with the sign, or above 1 - or a share."""
    percent = text.strip().removesuffix("%")
    value = _number(percent)
    if value > 1.0 or percent != text.strip():
        value /= 100.0
    if value > 1.0:
        raise argparse.ArgumentTypeError(f"{text!r} is above 100%; write a share such as 80% or 0.8")
    return value


def _level(text: str) -> tuple[float, float]:
    share, slash, within = text.partition("/")
    if not slash:
        raise argparse.ArgumentTypeError(f"{text!r} has no time; write a share and a time, as 80/20")
    return _share(share), _time(within)


def _spelled(seconds: float) -> str:
    return format_duration(round(seconds * 1000) * (SECOND // 1000))
