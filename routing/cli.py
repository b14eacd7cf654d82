"""The command ``huntgroup``: parses arguments, calls the library, prints.

Exit codes: 0 done, 1 wrong data (a configuration, a call log, a file that cannot be read), 2 wrong usage. Whatever is
wrong is said in one line on standard error.

Owns options and printing; must not know how anything is reckoned.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, TextIO

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from routing.config import load, parse_duration
from routing.config.localtime import parse_date, zone
from routing.errors import DataError, HuntgroupError, UsageError
from routing.model import Config
from routing.simulation.calls import CallLog
from routing.simulation.demo import demo_centre, demo_day
from routing.simulation.placing import Placement
from routing.simulation.presence import AWAY_NS
from routing.simulation.reading import FORMATS, read_calls
from routing.simulation.report import Report, make_report
from routing.simulation.result import write_calls
from routing.simulation.run import Answering
from routing.simulation.study import Simulation, simulate
from routing.simulation.text import render
from routing.simulation.workload import NEVER

OK: Final = 0
BAD_DATA: Final = 1
BAD_USAGE: Final = 2
INTERRUPTED: Final = 130

#: Narrower terminals are shown fewer columns; where there is no terminal, nothing limits the width.
WIDE: Final = 110
_UNLIMITED_WIDTH: Final = 200
_BAD_ROWS_SHOWN: Final = 10
#: Shorter runs are over before a bar is worth looking at.
_PROGRESS_FROM_CALLS: Final = 50_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the command's own name; by default those of the process.
    """
    options = _parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        code = run(options)
        sys.stdout.flush()
        return code
    except UsageError as error:
        return _complain(str(error), BAD_USAGE)
    except HuntgroupError as error:
        return _complain(str(error), BAD_DATA)
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        return _complain(f"{error.filename or 'output'}: {error.strerror or error}", BAD_DATA)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)


def _complain(message: str, code: int) -> int:
    print(f"huntgroup: {' '.join(message.split())}", file=sys.stderr)
    return code


# -- Options ----------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="huntgroup", description="Routing for contact centres: simulate a centre on its own call log."
    )
    parser.add_argument("--version", action="version", version=f"huntgroup {_version()}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_simulate(
        commands.add_parser("simulate", help="route the calls of a log through a configured centre")
    )
    _add_demo(commands.add_parser("demo", help="make up a day at a small bank, route it, and draw it"))
    return parser


def _add_simulate(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Route the calls of a log through a configured centre and report what a planner wants to know."
    )
    parser.add_argument("config", metavar="CONFIG", help="the centre: a TOML, YAML or JSON file")
    parser.add_argument(
        "--calls", required=True, metavar="FILE", help="the call log, gzip or plain; - for standard input"
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="", help="format of the log; by default its content tells"
    )
    parser.add_argument(
        "--staffing",
        choices=("shifts", "log", "all"),
        help="who is there: by the configured shifts (the default if there are any), as the log shows, or everybody",
    )
    parser.add_argument(
        "--away",
        type=_duration,
        default=AWAY_NS,
        metavar="TIME",
        help="with --staffing log: agents who served nobody for longer were away (default 5m)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="of what the log does not know and has to be drawn (default 0)"
    )
    parser.add_argument(
        "--patience",
        type=_patience,
        metavar="log|never|MEAN",
        help="callers leave as the log tells (the default), never, or after an exponential time with this mean, as 2m",
    )
    parser.add_argument(
        "--answer",
        type=_answer,
        default=(0, 0),
        metavar="TIME[..TIME]",
        help="how long agents let an offer ring, as 4s or 2s..8s (default: they answer at once)",
    )
    parser.add_argument(
        "--wrap-up",
        type=_duration,
        default=0,
        metavar="TIME",
        help="length of wrap-ups that the configuration leaves unlimited",
    )
    parser.add_argument(
        "--from",
        type=_date,
        dest="first_day",
        metavar="DATE",
        help="leave out calls before this day (YYYY-MM-DD)",
    )
    parser.add_argument(
        "--to", type=_date, dest="last_day", metavar="DATE", help="leave out calls after this day"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--per-call", metavar="FILE", help="write outcome, wait and agent of each call as CSV"
    )
    parser.set_defaults(run=_simulate)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.description = "Make up a day at a small bank's centre from published facts, route it, and draw it."
    parser.add_argument("--seed", type=int, default=1, help="of the day (default 1)")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=_demo)


def _version() -> str:
    try:
        return version("huntgroup")
    except PackageNotFoundError:
        return "(not installed)"


def _duration(text: str) -> int:
    try:
        return parse_duration(text)
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _date(text: str) -> date:
    try:
        return parse_date(text)
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _patience(text: str) -> int | None:
    if text == "log":
        return None
    mean_ns = NEVER if text == "never" else _duration(text)
    if mean_ns == 0:
        raise argparse.ArgumentTypeError(
            "a mean patience of 0 leaves no caller; write never, log or a time above 0"
        )
    return mean_ns


def _answer(text: str) -> tuple[int, int]:
    low, dots, high = text.partition("..")
    low_ns = _duration(low)
    high_ns = _duration(high) if dots else low_ns
    if high_ns < low_ns:
        raise argparse.ArgumentTypeError(f"{text!r} ends before it starts; swap the two times")
    return low_ns, high_ns


# -- Commands ---------------------------------------------------------------------------------------------


def _simulate(options: argparse.Namespace) -> int:
    config = _load(options.config)
    log = read_calls(options.calls, Placement(config), fmt=options.format, zone=zone(config.timezone))
    _tell_bad_rows(log, options.calls)
    with _writing(options.per_call) as file:  # opened first: a long run must not end at a wrong path
        with _Progress(len(log.calls)) as progress:
            done = simulate(
                config,
                log,
                staffing=options.staffing,
                seed=options.seed,
                mean_patience_ns=options.patience,
                answering=_answering(options),
                first_day=options.first_day,
                last_day=options.last_day,
                away_ns=options.away,
                progress=progress.told,
            )
        if file is not None:
            write_calls(done.result, file)
    found = make_report(done.result, config, zone(config.timezone))
    if options.json:
        about = {
            "config": options.config,
            "calls": "standard input" if options.calls == "-" else options.calls,
            "format": log.format,
            "seed": options.seed,
        }
        _print_json(found, about, done, log)
    else:
        console = _console()
        console.print(render(found, narrow=console.width < WIDE))
        for line in _notes(done, log):
            console.print(line, soft_wrap=True)
    return OK


def _writing(path: str | None) -> AbstractContextManager[TextIO | None]:
    """Open a file for writing, or nothing without a path."""
    return Path(path).open("w", encoding="utf-8", newline="") if path else nullcontext()


def _demo(options: argparse.Namespace) -> int:
    config, log = demo_centre(), demo_day(options.seed)
    done = simulate(config, log, seed=options.seed)
    found = make_report(done.result, config)
    if options.json:
        _print_json(
            found, {"config": "demo", "calls": "demo", "format": log.format, "seed": options.seed}, done, log
        )
        return OK
    console = _console()
    console.print(
        f"A made-up day at a small bank's call centre: {len(log.calls):,} calls, {len(config.agents)} agents.\n"
    )
    drawn = console.is_terminal
    console.print(render(found, half_hours=not drawn, bars=drawn, narrow=console.width < WIDE))
    for line in _notes(done, log):
        console.print(line, soft_wrap=True)
    return OK


def _answering(options: argparse.Namespace) -> Answering:
    low_ns, high_ns = options.answer
    return Answering(low_ns, high_ns, options.wrap_up, options.seed)


def _load(path: str) -> Config:
    try:
        return load(path)
    except (UsageError, DataError) as error:
        raise DataError(f"{path}: {error}") from error


# -- Printing ---------------------------------------------------------------------------------------------


def _tell_bad_rows(log: CallLog, name: str) -> None:
    """Report columns that are not read and rows that were left out; when nothing else is left, give up."""
    name = "standard input" if name == "-" else name
    for column in log.unread[:_BAD_ROWS_SHOWN]:
        print(f"huntgroup: {name}, line {column.line}: {column.reason}", file=sys.stderr)
    more = len(log.unread) - _BAD_ROWS_SHOWN
    if more > 0:
        print(f"huntgroup: {name}: {more:,} more columns are not read", file=sys.stderr)
    for row in log.bad_rows[:_BAD_ROWS_SHOWN]:
        print(f"huntgroup: {name}, line {row.line}: {row.reason}; the row is left out", file=sys.stderr)
    more = log.bad_row_count - _BAD_ROWS_SHOWN
    if more > 0:
        print(f"huntgroup: {name}: {more:,} more rows are left out", file=sys.stderr)
    if log.bad_row_count and not log.calls:
        raise DataError(f"{name}: no row could be used; see the reasons above")


def _notes(done: Simulation, log: CallLog) -> list[str]:
    """Say in words what the figures rest on."""
    size = len(done.workload.calls)
    lines = []
    if not size:
        lines.append("There are no calls.")
    lines.append(f"Staffing: {_STAFFING[done.plan.staffing]}")
    if done.plan.strangers:
        names = ", ".join(sorted(done.plan.strangers)[:5])
        lines.append(
            f"The log shows {len(done.plan.strangers):,} agents whom the configuration lacks ({names}); "
            f"they are left out ({sum(done.plan.strangers.values()):,} services)."
        )
    if done.workload.patience_drawn:
        lines.append(
            f"Patience of {done.workload.patience_drawn:,} of {size:,} callers is drawn, by the seed."
        )
    if done.workload.service_drawn:
        lines.append(
            f"Service time of {done.workload.service_drawn:,} of {size:,} calls is drawn, by the seed."
        )
    lines += [f"{count:,} rows are no calls to a queue: {kind}." for kind, count in log.skipped.items()]
    if log.bad_row_count:
        lines.append(f"{log.bad_row_count:,} rows are wrong and were left out.")
    lines += [f"The engine refused {count:,} calls: {why}." for why, count in done.result.refusals.items()]
    lines.append(f"Digest {done.result.digest:016x}.")
    return lines


_STAFFING: Final = {
    "shifts": "agents come and go by the configured shifts.",
    "log": "agents come and go as the log shows them at work.",
    "all": "every agent is there all the time.",
}


def _print_json(found: Report, about: dict[str, Any], done: Simulation, log: CallLog) -> None:
    document = {
        **msgspec.to_builtins(found),
        **about,
        "staffing": done.plan.staffing,
        "bad_rows": log.bad_row_count,
        "skipped_rows": log.skipped,
        "unknown_agents": done.plan.strangers,
        "service_drawn": done.workload.service_drawn,
        "patience_drawn": done.workload.patience_drawn,
        "refusals": done.result.refusals,
        "commands": done.result.commands,
        "events": done.result.events,
        "digest": f"{done.result.digest:016x}",
    }
    print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())


def _console() -> Console:
    """Make the console for reports: as wide as a terminal, or as the tables where there is none."""
    console = Console(highlight=False, markup=False, emoji=False)
    return (
        console
        if console.is_terminal
        else Console(highlight=False, markup=False, emoji=False, width=_UNLIMITED_WIDTH)
    )


class _Progress:
    """A progress bar on standard error, for long runs on a terminal."""

    def __init__(self, calls: int) -> None:
        console = Console(stderr=True)
        self.bar: Progress | None = None
        if console.is_terminal and calls >= _PROGRESS_FROM_CALLS:
            columns = (TextColumn("calls"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self.bar = Progress(*columns, console=console, transient=True)
            self.task = self.bar.add_task("calls", total=calls)

    def __enter__(self) -> "_Progress":
        if self.bar is not None:
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def told(self, number: int) -> None:
        """Show that so many calls have arrived."""
        if self.bar is not None:
            self.bar.update(self.task, completed=number)
