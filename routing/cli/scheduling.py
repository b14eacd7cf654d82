"""``huntgroup schedule``: choose shifts that cover a requirement, and try them on the engine.

Owns its options and the tables; must not know how shifts are chosen or tried.
"""

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from routing.cli.printing import load_config, make_console
from routing.config import dumps, parse_duration
from routing.config.localtime import zone
from routing.errors import DataError, UsageError
from routing.model import Config
from routing.planning.improving import Round, improve
from routing.planning.requirement import Requirement, read_requirement
from routing.planning.rota import Worked, deal_out, to_config
from routing.planning.sampling import as_log, draw_calls, write_trace
from routing.planning.scheduling import Schedule, schedule
from routing.planning.shift_files import Shifts, load_shifts
from routing.planning.volumes import clock, read_volumes
from routing.simulation.calls import Call, CallLog
from routing.units import SECOND

_AHT_NS: Final = 180 * SECOND


def add_schedule(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Choose the cheapest shifts with breaks that cover the agents needed in each interval."
    )
    parser.add_argument(
        "requirement", metavar="FILE", help="agents needed, as CSV: start,agents or start,SKILL,SKILL,..."
    )
    parser.add_argument(
        "--shifts", required=True, metavar="FILE", help="the shifts there may be (docs/scheduling.md)"
    )
    parser.add_argument(
        "--gap", type=_share, default=0.0, metavar="PERCENT", help="stop so close to the best (0)"
    )
    parser.add_argument("--nodes", type=int, metavar="N", help="stop after so many branches of the search")
    parser.add_argument("--config", metavar="CENTRE", help="a configuration that gets the agents and shifts")
    parser.add_argument("--toml", metavar="FILE", help="write that configuration, for huntgroup simulate")
    parser.add_argument("--csv", metavar="FILE", help="write one row for each person's shift")
    parser.add_argument(
        "--calls",
        action="append",
        default=[],
        metavar="[QUEUE=]FILE",
        help="volumes to try the schedule on: calls are drawn from them and routed; may be repeated",
    )
    parser.add_argument(
        "--drawn", metavar="FILE", help="with --calls: write the calls first drawn, for huntgroup simulate"
    )
    parser.add_argument(
        "--aht",
        type=_duration,
        default=_AHT_NS,
        metavar="TIME",
        help="handling time where volumes have none (3m)",
    )
    parser.add_argument(
        "--patience", type=_duration, metavar="TIME", help="mean patience (default: nobody leaves)"
    )
    parser.add_argument(
        "--target", type=_share, default=0.8, metavar="PERCENT", help="answered within the service level (80)"
    )
    parser.add_argument("--rounds", type=int, default=8, metavar="N", help="schedules to try at most (8)")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="times that each day is drawn (5)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=_schedule)


class _Shift(Struct):
    person: str
    group: str
    type: str
    date: str
    starts: str
    ends: str
    breaks: list[str]


class _Level(Struct):
    skill: str
    date: str
    service_level: float | None


class _Told(Struct):
    cost: float
    bound: float
    gap: float
    proven: bool
    paid_hours: float
    people: int
    missing_hours: float
    variables: int
    constraints: int
    shifts: list[_Shift]
    rounds: int
    met: bool | None
    levels: list[_Level]


def _schedule(options: argparse.Namespace) -> int:
    with Path(options.requirement).open(encoding="utf-8-sig", newline="") as file:
        requirement = read_requirement(file, options.requirement)
    shifts = load_shifts(options.shifts)
    if (options.toml or options.calls) and not options.config:
        raise UsageError("--toml and --calls need the queues of a centre; name it by --config")
    if options.drawn and not options.calls:
        raise UsageError("--drawn writes calls that are drawn from volumes; name these by --calls")
    base = load_config(options.config) if options.config else None
    tried: tuple[Round, ...] = ()
    best: Round | None = None
    if base is not None and options.calls:
        logs = _logs(options, base)
        if options.drawn:
            with Path(options.drawn).open("w", encoding="utf-8", newline="") as file:
                write_trace(logs[0], file)
        done = improve(
            base,
            logs,
            requirement,
            shifts.types,
            shifts.groups,
            shifts.rules,
            target=options.target,
            rounds=options.rounds,
            gap=options.gap,
            nodes=options.nodes,
        )
        tried, best = done.rounds, done.best
        found, worked, config = best.schedule, list(best.worked), best.config
    else:
        found = schedule(
            requirement, shifts.types, shifts.groups, shifts.rules, gap=options.gap, nodes=options.nodes
        )
        worked = deal_out(found, _pauses(shifts))
        config = to_config(base, worked, shifts.groups) if base is not None else Config()
    if options.toml:
        Path(options.toml).write_text(dumps(config, "toml"), encoding="utf-8")
    told = _told(found, worked, tried, best)
    if options.csv:
        _write(options.csv, told.shifts)
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(told)).decode())
    else:
        _print(make_console(), requirement, found, told)
    return 0


def _pauses(shifts: Shifts) -> dict[str, tuple[int, ...]]:
    return {one.name: tuple(pause.minutes for pause in one.breaks) for one in shifts.types}


def _logs(options: argparse.Namespace, base: Config) -> list[CallLog]:
    """Draw every day of the volumes with each seed."""
    if options.seeds < 1:
        raise UsageError(f"--seeds is {options.seeds}; give 1 or more")
    where = zone(base.timezone)
    queues = [queue.id for queue in base.queues]
    parts: list[list[list[Call]]] = [[] for _ in range(options.seeds)]
    for number, given in enumerate(options.calls):
        queue, sign, path = given.partition("=")
        if not sign:
            queue, path = (queues[0] if len(queues) == 1 else ""), given
        if queue not in queues:
            raise UsageError(f"--calls {given!r}: name a queue of the centre, as QUEUE=FILE; it has {queues}")
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            volumes = read_volumes(file, path)
        for place, day in enumerate(volumes.dates):
            mean = np.nan_to_num(volumes.calls[place])
            aht_s = options.aht / SECOND
            if volumes.aht_s is not None:
                known = ~np.isnan(volumes.aht_s[place])
                if mean[known].sum() > 0:
                    aht_s = float(np.average(volumes.aht_s[place][known], weights=mean[known]))
            for seed, part in enumerate(parts):
                part.append(
                    draw_calls(
                        queue,
                        mean,
                        day,
                        first_minute=volumes.first_minute,
                        minutes=volumes.minutes,
                        aht_s=aht_s,
                        patience_s=None if options.patience is None else options.patience / SECOND,
                        zone=where,
                        seed=seed * len(options.calls) + number,
                    )
                )
    return [as_log(part) for part in parts]


def _told(found: Schedule, worked: Sequence[Worked], tried: Sequence[Round], best: Round | None) -> _Told:
    levels = []
    if best is not None:
        for skill, days in best.days.items():
            for day, level in zip(best.requirement.dates, days.tolist(), strict=True):
                levels.append(_Level(skill, day.isoformat(), None if level != level else round(level, 4)))
    hours = found.requirement.minutes / 60
    return _Told(
        round(found.cost, 4),
        round(found.bound, 4),
        round(found.gap, 6),
        found.proven,
        found.paid_hours,
        len({one.person for one in worked}),
        round(sum(float(table.sum()) for table in found.missing.values()) * hours, 4),
        found.variables,
        found.constraints,
        [
            _Shift(
                one.person,
                one.group,
                one.type,
                one.date.isoformat(),
                clock(one.span.start),
                clock(one.span.end % 1440),
                [str(pause) for pause in one.breaks],
            )
            for one in worked
        ],
        len(tried),
        None if best is None else best.met,
        levels,
    )


def _write(path: str, shifts: Sequence[_Shift]) -> None:
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("date", "person", "group", "type", "starts", "ends", "breaks"))
        rows.writerows(
            (one.date, one.person, one.group, one.type, one.starts, one.ends, " ".join(one.breaks))
            for one in shifts
        )


def _print(console: Console, asked: Requirement, found: Schedule, told: _Told) -> None:
    """Print the shifts, what they cost, and how sure it is that none are cheaper."""
    table = Table(title="Shifts")
    for heading in ("date", "shift", "group", "type"):
        table.add_column(heading)
    table.add_column("agents", justify="right")
    table.add_column("breaks")
    for count in found.counts:
        breaks = "; ".join(
            ", ".join(f"{clock(start % 1440)} ({agents})" for start, agents in places)
            for places in count.breaks
        )
        day = asked.dates[count.day].isoformat()
        table.add_row(day, str(count.span), count.group, count.type, str(count.agents), breaks)
    console.print(table)
    proof = "proven best" if told.proven else f"at most {told.gap:.2%} above the best"
    console.print(
        f"{told.people:,} people, {told.paid_hours:,.1f} paid hours, cost {told.cost:,.2f}: {proof} "
        f"(bound {told.bound:,.2f})."
    )
    if told.missing_hours:
        console.print(f"Agents are missing for {told.missing_hours:,.1f} hours.")
    if told.met is not None:
        console.print(
            f"Tried on the engine in {told.rounds} rounds: the target is {'met' if told.met else 'missed'}."
        )
        for level in told.levels:
            share = "no calls" if level.service_level is None else f"{level.service_level:.1%}"
            console.print(f"{level.date} {level.skill}: {share}")


def _duration(text: str) -> int:
    try:
        length = parse_duration(text)
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not length:
        raise argparse.ArgumentTypeError("0 is no such time; write one above it, as 3m")
    return length


def _share(text: str) -> float:
    try:
        value = float(text.removesuffix("%")) / 100
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no percentage below 100; write 80 or 0.5")
    return value
