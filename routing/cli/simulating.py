"""``huntgroup simulate``: the calls of a log through a configured centre.

Owns its options; must not know how anything is reckoned.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import Final, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from routing.cli.printing import WIDE, load_config, make_console
from routing.cli.telling import notes, print_json, tell_bad_rows
from routing.config import parse_duration
from routing.config.localtime import parse_date, zone
from routing.errors import DataError
from routing.model import Config
from routing.simulation.placing import Placement
from routing.simulation.presence import AWAY_NS
from routing.simulation.reading import FORMATS, read_calls
from routing.simulation.recording import Recorder
from routing.simulation.report import make_report
from routing.simulation.result import write_calls
from routing.simulation.run import Answering, Machine
from routing.simulation.study import simulate
from routing.simulation.text import render
from routing.simulation.workload import NEVER

#: Shorter runs are over before a bar is worth looking at.
_PROGRESS_FROM_CALLS: Final = 50_000


def add_simulate(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
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
    parser.add_argument(
        "--journal",
        metavar="FILE",
        help="write the commands of the run as a journal, for huntgroup explain",
    )
    parser.set_defaults(run=_simulate)


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


def _simulate(options: argparse.Namespace) -> int:
    config = load_config(options.config)
    log = read_calls(options.calls, Placement(config), fmt=options.format, zone=zone(config.timezone))
    tell_bad_rows(log, options.calls)
    # Files are opened first: a long run must not end at a wrong path.
    with _writing(options.per_call) as file, _recording(options.journal) as record:
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
                engine=record,
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
        print_json(found, about, done, log)
    else:
        console = make_console()
        console.print(render(found, narrow=console.width < WIDE))
        for line in notes(done, log):
            console.print(line, soft_wrap=True)
    return 0


def _writing(path: str | None) -> AbstractContextManager[TextIO | None]:
    """Open a file for writing, or nothing without a path."""
    return Path(path).open("w", encoding="utf-8", newline="") if path else nullcontext()


@contextmanager
def _recording(path: str | None) -> Iterator[Callable[[Config], Machine] | None]:
    """Make what makes an engine that writes its commands down; nothing without a path."""
    if not path:
        yield None
        return
    made: list[Recorder] = []

    def make(config: Config) -> Machine:
        made.append(Recorder(config, file.write))
        return made[-1]

    with Path(path).open("wb") as file:
        yield make
        for recorder in made:
            recorder.close()


def _answering(options: argparse.Namespace) -> Answering:
    low_ns, high_ns = options.answer
    return Answering(low_ns, high_ns, options.wrap_up, options.seed)


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
