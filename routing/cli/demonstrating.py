"""``huntgroup demo``: a made-up day, routed and drawn.

Owns its options; must not know how the day is made up.
"""

import argparse

from routing.cli.printing import WIDE, make_console
from routing.cli.telling import notes, print_json
from routing.simulation.demo import demo_centre, demo_day
from routing.simulation.report import make_report
from routing.simulation.study import simulate
from routing.simulation.text import render


def add_demo(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Make up a day at a small bank's centre from published facts, route it, and draw it."
    parser.add_argument("--seed", type=int, default=1, help="of the day (default 1)")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> int:
    config, log = demo_centre(), demo_day(options.seed)
    done = simulate(config, log, seed=options.seed)
    found = make_report(done.result, config)
    if options.json:
        print_json(
            found, {"config": "demo", "calls": "demo", "format": log.format, "seed": options.seed}, done, log
        )
        return 0
    console = make_console()
    console.print(
        f"A made-up day at a small bank's call centre: {len(log.calls):,} calls, {len(config.agents)} agents.\n"
    )
    drawn = console.is_terminal
    console.print(render(found, half_hours=not drawn, bars=drawn, narrow=console.width < WIDE))
    for line in notes(done, log):
        console.print(line, soft_wrap=True)
    return 0
