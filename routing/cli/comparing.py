"""``huntgroup whatif``: two plans on the same calls, figure by figure, with the intervals of their differences.

What ``huntgroup what-if`` tells of contacts that wait now, this tells of a plan: whole days of calls are simulated.

Owns its options and output; must not know how plans are edited, simulated or drawn.
"""

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from routing.cli.printing import load_config, make_console
from routing.cli.progress import Bar
from routing.cli.repeating import add_jobs
from routing.cli.telling import tell_bad_rows
from routing.cli.worlds import add_world, world_of
from routing.config.localtime import zone
from routing.errors import DataError, UsageError
from routing.model import Config
from routing.simulation.calls import CallLog
from routing.simulation.estimates_text import render_comparison
from routing.simulation.placing import Placement
from routing.simulation.plans import change_agents, set_value
from routing.simulation.reading import read_calls
from routing.simulation.replications import Compared, Figures, compare, nested, replicate

_SUFFIXES = (".png", ".svg", ".pdf")


class _Plan(NamedTuple):
    """A plan, the calls as it takes them, and its name in tables."""

    config: Config
    log: CallLog
    name: str


def add_whatif(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Simulate a plan and a changed one on the same calls, seed by seed, and tell what the change makes of each "
        "figure, with the 95 % interval of the difference. (For those who wait right now: huntgroup what-if.)"
    ).replace("%", "%%")
    parser.add_argument("config", metavar="CONFIG", help="the plan as it is: a TOML, YAML or JSON file")
    parser.add_argument(
        "--calls", required=True, metavar="FILE", help="the call log, gzip or plain; - for standard input"
    )
    parser.add_argument(
        "--agents",
        action="append",
        default=[],
        metavar="+N@NAME",
        help="N agents more (or -N fewer) in this group or queue, like most of those who are there",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="another value, as queues.sales.ring_timeout=15s",
    )
    parser.add_argument(
        "--against", metavar="FILE", help="another configuration; --agents and --set change this one"
    )
    add_world(parser)
    parser.add_argument(
        "--seeds",
        type=int,
        default=20,
        metavar="N",
        help="simulate under N seeds, from --seed on (default 20)",
    )
    add_jobs(parser)
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--plot", metavar="FILE", help="draw both plans by half hour, as .svg, .png or .pdf")
    parser.set_defaults(run=_whatif, complain=parser.error)


def joined(arguments: Sequence[str]) -> list[str]:
    """Join ``--agents -3@sales`` into one argument, which argparse would take for two options.

    >>> joined(["whatif", "--agents", "-3@sales", "--agents", "+1@help"])
    ['whatif', '--agents=-3@sales', '--agents', '+1@help']
    """
    found: list[str] = []
    for argument in arguments:
        if found and found[-1] == "--agents" and argument.startswith("-") and "@" in argument:
            found[-1] = f"--agents={argument}"
        else:
            found.append(argument)
    return found


def _whatif(options: argparse.Namespace) -> int:
    if options.seeds < 2:
        options.complain(f"--seeds is {options.seeds}; an interval needs at least 2")
    if options.agents and options.staffing == "log":
        options.complain(
            "--agents has no effect with --staffing log, which knows only who was there; leave one out"
        )
    drawing = _drawing(options.plot) if options.plot else None
    config = load_config(options.config)
    changed, words = _changed(config, options)
    source = sys.stdin.buffer.read() if options.calls == "-" else None
    old = _Plan(config, _calls(config, options, source), "as it is")
    new = _Plan(changed, _calls(changed, options, source), "changed")
    tell_bad_rows(old.log, options.calls)
    if [call.arrival_ns for call in old.log.calls] != [call.arrival_ns for call in new.log.calls]:
        raise DataError(
            f"{options.calls}: the two plans do not take the same calls ({len(old.log.calls):,} and "
            f"{len(new.log.calls):,}); let both have the queues and skills that the log names"
        )
    runs = _replications(old, new, options)
    found = compare(*runs)
    if options.json:
        about = {"config": options.config, "calls": options.calls, "format": old.log.format}
        document = {**nested({path: _plain(one) for path, one in found.items()}), **about}
        document |= {"changes": words, "seed": options.seed, "seeds": options.seeds}
        print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
    else:
        console = make_console()
        for line in words:
            console.print(f"Changed: {line}.", soft_wrap=True)
        title = f"{len(old.log.calls):,} calls under {options.seeds} seeds, the same for both plans"
        console.print()
        console.print(render_comparison(found, title, (old.name, new.name)))
    if drawing is not None:
        drawing.draw(runs[0], runs[1], options.plot, title=f"{Path(options.config).name}: {'; '.join(words)}")
    return 0


def _plain(compared: Compared) -> dict[str, Any]:
    return {
        "old": msgspec.to_builtins(compared.old),
        "new": msgspec.to_builtins(compared.new),
        "difference": {
            **msgspec.to_builtins(compared.difference),
            "differs_from_0": compared.difference.differs_from_0,
        },
    }


def _changed(config: Config, options: argparse.Namespace) -> tuple[Config, list[str]]:
    """Make the other plan, and say what is different."""
    words = []
    if options.against:
        config = load_config(options.against)
        words.append(f"{options.against} instead of {options.config}")
    for edit in options.agents:
        config, said = change_agents(config, edit)
        words.append(said)
    for edit in options.set:
        config, said = set_value(config, edit)
        words.append(said)
    if not words:
        options.complain("nothing is changed; give --agents, --set or --against")
    return config, words


def _calls(config: Config, options: argparse.Namespace, source: bytes | None) -> CallLog:
    """Read the log, its calls placed in this plan's queues."""
    return read_calls(
        options.calls if source is None else io.BytesIO(source),
        Placement(config),
        fmt=options.format,
        zone=zone(config.timezone),
    )


def _replications(old: _Plan, new: _Plan, options: argparse.Namespace) -> tuple[list[Figures], list[Figures]]:
    """Simulate both plans under the same seeds."""
    seeds = range(options.seed, options.seed + options.seeds)
    world = world_of(options)
    with Bar("runs", 2 * len(seeds)) as bar:
        first = replicate(old.config, old.log, seeds, world, jobs=options.jobs, progress=bar.told)
        second = replicate(
            new.config,
            new.log,
            seeds,
            world,
            jobs=options.jobs,
            progress=lambda number: bar.told(len(seeds) + number),
        )
    return first, second


def _drawing(path: str) -> Any:
    """Load what draws, before anything is simulated."""
    if not path.lower().endswith(_SUFFIXES):
        raise UsageError(f"--plot {path}: the name must end in one of {', '.join(_SUFFIXES)}")
    try:
        return importlib.import_module("routing.simulation.drawing")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "routing":
            raise
        raise UsageError(
            f"--plot needs {error.name!r}, which is not installed; install huntgroup[plot]"
        ) from error
