"""Simulations that are repeated: a log under many seeds, a model for many days; figures with their intervals.

Owns their text and JSON; must not know how replications are run.
"""

import argparse
import os

import msgspec

from routing.cli.printing import load_config, make_console
from routing.cli.progress import Bar
from routing.cli.telling import tell_bad_rows
from routing.cli.worlds import world_of
from routing.config.localtime import zone
from routing.errors import DataError
from routing.simulation.estimates_text import render_estimates, render_model
from routing.simulation.model_file import load_model
from routing.simulation.modelling import simulate_model
from routing.simulation.placing import Placement
from routing.simulation.reading import read_calls
from routing.simulation.replications import estimate, nested, replicate
from routing.simulation.sums import make_model_report


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Declare the option for the number of processes."""
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes (default: one for each processor); no figure depends on it",
    )


def simulate_seeds(options: argparse.Namespace) -> int:
    """Simulate a log under many seeds."""
    if options.seeds < 1:
        options.complain(f"--seeds is {options.seeds}; give at least 1")
    config = load_config(options.config)
    log = read_calls(options.calls, Placement(config), fmt=options.format, zone=zone(config.timezone))
    tell_bad_rows(log, options.calls)
    seeds = range(options.seed, options.seed + options.seeds)
    with Bar("runs", len(seeds)) as bar:
        found = estimate(
            replicate(config, log, seeds, world_of(options), jobs=options.jobs, progress=bar.told)
        )
    if options.json:
        about = {"config": options.config, "calls": options.calls, "format": log.format}
        _print_json({**nested(found), **about, "seed": options.seed, "seeds": options.seeds})
        return 0
    console = make_console()
    console.print(render_estimates(found, f"{options.seeds} seeds, from {options.seed} on"))
    if all(not one.half_width for one in found.values()):
        console.print()
        console.print(
            "All seeds gave the same: what the log does not know, and is drawn, decided nothing.",
            soft_wrap=True,
        )
    return 0


def simulate_days(options: argparse.Namespace) -> int:
    """Simulate a model for many days."""
    if options.days < 1:
        options.complain(f"--days is {options.days}; give at least 1")
    try:
        made = load_model(options.model)
    except DataError as error:
        raise DataError(f"{options.model}: {error}") from error
    with Bar("days", options.days) as bar:
        sums = simulate_model(made, options.days, seed=options.seed, jobs=options.jobs, progress=bar.told)
    report = make_model_report(sums, options.seed)
    if options.json:
        _print_json(msgspec.to_builtins(report))
        return 0
    title = f"{made.model.name or options.model}: {options.days:,} days, seed {options.seed}"
    make_console().print(render_model(report, title))
    return 0


def _print_json(document: object) -> None:
    print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
