"""``huntgroup simulate``: the calls of a log through a configured centre, once or under many seeds; or a model.

Owns its options; must not know how anything is reckoned.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Final, TextIO

from routing.cli.printing import WIDE, load_config, make_console
from routing.cli.progress import Bar
from routing.cli.repeating import add_jobs, simulate_days, simulate_seeds
from routing.cli.telling import notes, print_json, tell_bad_rows
from routing.cli.worlds import add_world
from routing.config.localtime import zone
from routing.model import Config
from routing.simulation.placing import Placement
from routing.simulation.reading import read_calls
from routing.simulation.recording import Recorder
from routing.simulation.report import make_report
from routing.simulation.result import write_calls
from routing.simulation.run import Answering, Machine
from routing.simulation.study import simulate
from routing.simulation.text import render

#: Shorter runs are over before a bar is worth looking at.
_PROGRESS_FROM_CALLS: Final = 50_000


def add_simulate(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Route the calls of a log through a configured centre and report what a planner wants to know. "
        "With --seeds, under many seeds and with intervals; with --model, calls are drawn instead."
    )
    parser.add_argument("config", metavar="CONFIG", nargs="?", help="the centre: a TOML, YAML or JSON file")
    parser.add_argument("--calls", metavar="FILE", help="the call log, gzip or plain; - for standard input")
    add_world(parser)
    parser.add_argument(
        "--seeds",
        type=int,
        default=1,
        metavar="N",
        help="simulate under N seeds, from --seed on, and give each figure with its 95 %% interval",
    )
    parser.add_argument("--model", metavar="FILE", help="a model file, instead of CONFIG and --calls")
    parser.add_argument(
        "--days", type=int, default=100, metavar="N", help="with --model: so many days (default 100)"
    )
    add_jobs(parser)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--per-call", metavar="FILE", help="write outcome, wait and agent of each call as CSV"
    )
    parser.add_argument(
        "--journal",
        metavar="FILE",
        help="write the commands of the run as a journal, for huntgroup explain",
    )
    parser.set_defaults(run=_simulate, complain=parser.error)


def _simulate(options: argparse.Namespace) -> int:
    one_run = [name for name in ("per_call", "journal") if getattr(options, name)]
    if one_run and (options.model or options.seeds != 1):
        options.complain(
            f"--{one_run[0].replace('_', '-')} is of a single run; leave --seeds and --model out"
        )
    if options.model:
        if options.config or options.calls or options.seeds != 1:
            options.complain(
                "--model draws its calls; give it without CONFIG, --calls and --seeds, but with --days"
            )
        return simulate_days(options)
    if not options.config or not options.calls:
        options.complain("give CONFIG and --calls FILE, or --model FILE")
    return _once(options) if options.seeds == 1 else simulate_seeds(options)


def _once(options: argparse.Namespace) -> int:
    config = load_config(options.config)
    log = read_calls(options.calls, Placement(config), fmt=options.format, zone=zone(config.timezone))
    tell_bad_rows(log, options.calls)
    # Files are opened first: a long run must not end at a wrong path.
    with _writing(options.per_call) as file, _recording(options.journal) as record:
        with Bar("calls", len(log.calls), _PROGRESS_FROM_CALLS) as progress:
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
