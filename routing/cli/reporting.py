"""``huntgroup report``: what happened in a span, by queue, agent, code or interval, from the history in a database.

Owns its options; must not know how anything is reckoned, drawn or written.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from routing.cli.discovering import load
from routing.cli.journal_keeping import opened
from routing.cli.printing import WIDE, make_console
from routing.cli.rebuilding import rebuild
from routing.config.localtime import parse_moment, zone
from routing.durations import parse_duration
from routing.errors import ConfigError, UsageError
from routing.history import History
from routing.history.exporting import to_json, write_csv
from routing.history.figures import LEVELS
from routing.history.local import INTERVALS
from routing.history.quality import make_quality
from routing.history.quality_text import render_quality
from routing.history.report import Question, make_report
from routing.history.text import render
from routing.statistics.fold import Settings
from routing.words import quoted

_DATABASE: Final = "history.db"
#: Names that a message lists before it only counts them.
_LISTED: Final = 10


def add_report(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Tell what happened in a span: tables, and files for spreadsheets, notebooks and walls. A date as end "
        "means its end, so --from 2026-11-01 --to 2026-11-02 are two days."
    )
    parser.add_argument(
        "--database",
        default=_DATABASE,
        metavar="FILE|URL",
        help="where the history lies: a file, or postgresql://user@host/name (default history.db)",
    )
    parser.add_argument(
        "--domain", help="the tenant, as the server names it (default: the only one there is)"
    )
    parser.add_argument("--from", dest="start", metavar="WHEN", help="YYYY-MM-DD or YYYY-MM-DDTHH:MM")
    parser.add_argument(
        "--to", dest="end", metavar="WHEN", help="the same; default: the end of the day of --from"
    )
    parser.add_argument(
        "--by",
        choices=("queue", "agent", "interval", "code"),
        default="queue",
        help="what a line is of; code: dispositions (default: queue)",
    )
    parser.add_argument(
        "--interval", choices=tuple(INTERVALS), help="part the span (default: 30m with --by interval)"
    )
    parser.add_argument(
        "--queue", action="append", metavar="QUEUE", help="of this queue only; may be repeated"
    )
    parser.add_argument(
        "--channel", action="append", metavar="CHANNEL", help="of this channel only; may be repeated"
    )
    parser.add_argument(
        "--agent", action="append", metavar="AGENT", help="of this agent only; may be repeated"
    )
    parser.add_argument(
        "--timezone", default="UTC", help="whose days and clock, as Europe/Berlin (default: UTC)"
    )
    parser.add_argument(
        "--basis",
        choices=("happened", "arrival"),
        default="happened",
        help="count what happened in the span (the default), or what became of contacts that arrived in it",
    )
    parser.add_argument(
        "--short-abandon",
        type=_duration,
        default="5s",
        metavar="TIME",
        help="with --basis arrival and --rebuild: who gives up sooner is a short abandon (default 5s)",
    )
    parser.add_argument(
        "--level",
        choices=LEVELS,
        default="of_offered",
        metavar="NAME",
        help=f"definition of the service level: {', '.join(LEVELS)} (default: of_offered)",
    )
    parser.add_argument(
        "--quality",
        action="store_true",
        help="also tell first-contact resolution and feedback; by agent adherence and feedback, by code feedback",
    )
    parser.add_argument(
        "--days",
        type=int,
        default=7,
        metavar="N",
        help="with --quality: for so long a customer must not come again (default 7)",
    )
    parser.add_argument("--json", action="store_true", help="print the lines as JSON")
    for name in ("csv", "parquet", "arrow"):
        parser.add_argument(f"--{name}", metavar="FILE", help=f"also write the lines as {name.capitalize()}")
    parser.add_argument("--plot", metavar="FILE", help="also draw it; the name ends in .png or .svg")
    parser.add_argument(
        "--upgrade",
        action="store_true",
        help="bring the tables of an older version to this one first; without --from do only that",
    )
    parser.add_argument(
        "--rebuild",
        metavar="JOURNAL",
        help="make rows again from the journal of a host first (its intervals of 15m, and --short-abandon); "
        "without --from do only that",
    )
    parser.set_defaults(run=_report)


def _duration(text: str) -> int:
    try:
        return parse_duration(text)
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _report(options: argparse.Namespace) -> int:
    if options.start is None and not options.upgrade and not options.rebuild:
        raise UsageError("--from is missing; name the first day, as in --from 2026-11-01")
    writers = _writers(options)
    tell = partial(print, file=sys.stderr if options.start else sys.stdout)
    if options.upgrade:
        with History(options.database, create=False) as history:
            tell(f"{history.name} has schema version {history.upgrade()}")
    if options.rebuild:
        with opened(options.rebuild):  # what is no journal makes no database
            pass
        with History(options.database) as any_history:
            history = _of_domain(any_history, options.domain, new=True)
            settings = Settings(short_abandon_ns=options.short_abandon, records=True)
            tell(rebuild(options.rebuild, history, settings))
    if options.start is None:
        return 0
    question = _question(options)
    with History(options.database, create=False) as any_history:
        history = _of_domain(any_history, options.domain)
        report = make_report(history, question)
        quality = make_quality(history, question, options.days) if options.quality else None
        unknown = "" if report.lines else _unknown(history, question)
    for write, path in writers:
        write(report, path)
    if options.json:
        print(to_json(report, quality).decode())
    else:
        console = make_console()
        console.print(render(report, narrow=console.width < WIDE))
        if quality is not None:
            console.print(render_quality(quality))
    if unknown:
        print(unknown, file=sys.stderr)
    return 0


def _of_domain(history: History, named: str | None, *, new: bool = False) -> History:
    """The tenant that is meant: one that has rows, unless rows are about to be written."""
    there = history.domains()
    if named is None:
        if len(there) > 1:
            raise UsageError(f"{history.name} holds {_listed(there)}; name one of them by --domain")
        return history.of(there[0]) if there else history
    if there and named not in there and not new:
        raise UsageError(
            f"{history.name} has nothing of the domain {quoted(named)}; it holds {_listed(there)}"
        )
    return history.of(named)


def _unknown(history: History, question: Question) -> str:
    """Say which names there are in the span, when none of those asked for is among them; empty: nothing to say."""
    span = question.from_ns, question.to_ns
    for kind, asked, sums in (
        ("queue", question.queues, history.queue_sums(*span)),
        ("agent", question.agents, history.agent_sums(*span)),
    ):
        there = [key[0] for key, _ in sums] if asked else []
        if there and not set(there) & set(asked or ()):
            return f"huntgroup: no {kind} of this span is {_listed(asked or ())}; there are {_listed(there)}"
    return ""


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(quoted(name) for name in names[:_LISTED]) + more


def _question(options: argparse.Namespace) -> Question:
    try:
        where = zone(options.timezone)
    except ConfigError as error:
        raise UsageError(f"--timezone: {error}") from None
    start = parse_moment(options.start, where)
    end = parse_moment(options.end or options.start.partition("T")[0].partition(" ")[0], where, end=True)
    if end <= start:
        raise UsageError(f"--to {options.end} is not after --from {options.start}; swap them")
    return Question(
        from_ns=start,
        to_ns=end,
        by=options.by,
        where=where,
        interval_ns=INTERVALS[options.interval] if options.interval else None,
        basis=options.basis,
        queues=_names(options.queue),
        channels=_names(options.channel),
        agents=_names(options.agent),
        short_abandon_ns=options.short_abandon,
        level=options.level,
    )


def _names(given: Sequence[str] | None) -> tuple[str, ...] | None:
    return tuple(given) if given else None


def _writers(options: argparse.Namespace) -> list[tuple[Any, str]]:
    """What writes files, found before anything is asked: a long report must not end at a missing package."""
    writers: list[tuple[Any, str]] = []
    if options.csv:
        writers.append((_write_csv, options.csv))
    if options.parquet or options.arrow:
        arrow = load("routing.history.arrow", "--parquet and --arrow")
        writers += [(arrow.write_parquet, options.parquet)] if options.parquet else []
        writers += [(arrow.write_arrow, options.arrow)] if options.arrow else []
    if options.plot:
        plot = load("routing.history.plot", "--plot")
        plot.check_format(options.plot)
        writers.append((plot.draw, options.plot))
    for _, path in writers:
        if not Path(path).parent.is_dir():
            raise UsageError(f"there is no folder {Path(path).parent}; make it first, or write elsewhere")
    return writers


def _write_csv(report: Any, path: str) -> None:
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        write_csv(report, file)
