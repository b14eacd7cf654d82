"""``huntgroup campaign simulate``: live through a campaign's day before its launch, under many seeds.

Owns its options; must not know how a day is lived through (``routing.outbound.rehearsal``) or how tables look.
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from routing.cli.campaign_options import add_span, book, span
from routing.cli.discovering import load
from routing.cli.printing import make_console
from routing.cli.progress import Bar
from routing.cli.rehearsal_tables import document, render, render_comparison, write_days
from routing.cli.repeating import add_jobs
from routing.config.localtime import parse_clock, zone
from routing.errors import ConfigError, DataError, UsageError
from routing.history.history import History
from routing.outbound.campaign import Mode
from routing.outbound.files import load_outbound
from routing.outbound.measuring import Measured, measure, measure_wrap_up
from routing.outbound.rehearsal import MODES, Plan, Rehearsal, by_engine, plan, quickly, rehearse
from routing.outbound.supposing import Supposed, load_supposed
from routing.units import MINUTE
from routing.words import quoted

_SEEDS: Final = 20
#: Stretches of the picture.
_STRETCHES: Final = 120


def add_simulate(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Live through the day of a campaign under many seeds, by the pacing that would dial it, and say what would "
        "come of it. What is supposed of agents and of the called stands in the table [simulation] of the file, or is "
        "measured in the database of a campaign that runs."
    )
    parser.add_argument("config", metavar="CONFIG", help="the file of campaigns: TOML, YAML or JSON")
    parser.add_argument("--campaign", default="", metavar="NAME", help="which (default: the only one)")
    parser.add_argument("--seeds", type=int, metavar="N", help=f"days (default {_SEEDS}; with --engine 1)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the first of them (default 1)")
    add_jobs(parser)
    parser.add_argument("--mode", choices=MODES, help="instead of the campaign's")
    parser.add_argument("--ratio", type=float, help="dials for each idle agent, with mode power")
    parser.add_argument("--cap", type=float, metavar="SHARE", help="stricter than the campaign's, as 0.01")
    parser.add_argument("--agents", type=int, metavar="N", help="instead of the table's")
    parser.add_argument("--answer-rate", type=float, metavar="SHARE", help="instead of the table's")
    parser.add_argument("--records", type=int, metavar="N", help="length of the list; 0: without end")
    parser.add_argument(
        "--compare",
        metavar="WAY,..",
        help="the same days in other ways too: progressive, power:2 (dials an idle agent), predictive:0.01 (cap)",
    )
    parser.add_argument(
        "--engine",
        action="store_true",
        help="through engine, dialer, database and ledger; a hundred times as slow",
    )
    measured = parser.add_argument_group("measured rates")
    measured.add_argument(
        "--measured",
        dest="database",
        metavar="FILE|URL",
        help="take rates and times from the attempts of this campaign in a database",
    )
    measured.add_argument("--of", metavar="NAME", help="of another campaign there (default: the same name)")
    measured.add_argument("--domain", help="the tenant (default: the only one there is)")
    measured.add_argument(
        "--day-starts", default="09:00", metavar="HH:MM", help="when the day begins (09:00)"
    )
    add_span(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--csv", metavar="FILE", help="write the figures of each day")
    parser.add_argument("--plot", metavar="FILE", help="draw the first day, as SVG or PNG")
    parser.set_defaults(run=_simulate)


class _Asked(Struct, frozen=True):
    """What is to be rehearsed, first the campaign's own way, and what measured rates rest on."""

    plans: tuple[Plan, ...]
    notes: tuple[str, ...]


def _simulate(options: argparse.Namespace) -> int:
    picture: Any = None
    if options.plot:
        picture = load("routing.outbound.rehearsal_picture", "--plot")
        picture.check_format(options.plot)
    asked = _ask(options)
    number = options.seeds if options.seeds is not None else 1 if options.engine else _SEEDS
    if number < 1:
        raise UsageError(f"--seeds is {number}; give at least 1")
    seeds = range(options.seed, options.seed + number)
    with ExitStack() as stack:
        # Opened first: a long run must not end at a wrong path.
        file = None
        if options.csv:
            file = stack.enter_context(Path(options.csv).open("w", encoding="utf-8", newline=""))
        found = _run(asked.plans, seeds, options, picture is not None)
        if file is not None:
            write_days(found, file)
    if picture is not None:
        picture.draw(found[0], options.plot)
    if options.json:
        told = document(found[0]) | {
            "config": options.config,
            "seed": options.seed,
            "measured": list(asked.notes),
        }
        if len(found) > 1:
            told["compared"] = [document(one) for one in found[1:]]
        print(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return 0
    console = make_console()
    for note in asked.notes:
        console.print(f"measured: {note}", soft_wrap=True)
    if asked.notes:
        console.print()
    console.print(render(found[0]))
    if len(found) > 1:
        console.print()
        console.print(render_comparison(found))
    return 0


def _run(plans: Sequence[Plan], seeds: range, options: argparse.Namespace, drawn: bool) -> list[Rehearsal]:
    living = by_engine if options.engine else quickly
    found: list[Rehearsal] = []
    with Bar("days", len(plans) * len(seeds)) as bar:
        for place, one in enumerate(plans):
            every_s = one.supposed.day_ns / 1e9 / _STRETCHES if drawn and not place else 0.0
            told = partial(_tell, bar, place * len(seeds))
            found.append(
                rehearse(one, seeds, jobs=options.jobs, every_s=every_s, living=living, progress=told)
            )
    return found


def _tell(bar: Bar, before: int, number: int) -> None:
    bar.told(before + number)


def _ask(options: argparse.Namespace) -> _Asked:
    """Read what is to be rehearsed; complaints of the file start with its name."""
    try:
        outbound = load_outbound(options.config)
        supposed = load_supposed(options.config)
    except DataError as error:
        raise DataError(f"{options.config}: {error}") from error
    own = plan(outbound, options.campaign, mode=options.mode, ratio=options.ratio, cap=options.cap)
    measured = Measured(supposed, ())
    if options.database:
        measured = _measure(options, own, supposed)
    changes = {"agents": options.agents, "answer_rate": options.answer_rate, "records": options.records}
    supposed = replace(
        measured.supposed, **{name: value for name, value in changes.items() if value is not None}
    )
    name = own.campaign.id
    plans = [plan(outbound, name, supposed, mode=options.mode, ratio=options.ratio, cap=options.cap)]
    for text in (options.compare or "").split(","):
        if text.strip():
            mode, ratio, cap = _way(text.strip())
            plans.append(plan(outbound, name, supposed, mode=mode, ratio=ratio, cap=cap))
    return _Asked(tuple(plans), measured.notes)


def _measure(options: argparse.Namespace, own: Plan, supposed: Supposed) -> Measured:
    try:
        starts_ns = parse_clock(options.day_starts) * MINUTE
        where = zone(options.timezone)
    except ConfigError as error:
        raise UsageError(f"--day-starts, --timezone: {error}") from None
    from_ns, to_ns = span(options)
    name = options.of or own.campaign.id
    with book(options) as office:
        found = measure(office, name, supposed, from_ns, to_ns, starts_ns=starts_ns, where=where)
        domain = office.domain
    with History(options.database, domain, create=False) as history:
        return measure_wrap_up(history, own.campaign.queue, found, from_ns, to_ns)


def _way(text: str) -> tuple[Mode, float | None, float | None]:
    """Read a way to dial: a mode, and the ratio of power or the cap of predictive behind a colon."""
    mode, colon, number = text.partition(":")
    if mode not in MODES or (colon and mode == "progressive"):
        raise UsageError(f"--compare {quoted(text)} is none of progressive, power:RATIO and predictive:CAP")
    value: float | None = None
    if colon:
        try:
            value = float(number)
        except ValueError:
            raise UsageError(f"--compare {quoted(text)}: {quoted(number)} is no number") from None
    chosen = cast("Mode", mode)
    return chosen, value if mode == "power" else None, value if mode == "predictive" else None
