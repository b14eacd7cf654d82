"""The options that say what stands around the engine in a simulation: the log, who is there, how patient callers are.

Owns these options; must not know what is done with them.
"""

import argparse
from datetime import date

from routing.config import parse_duration
from routing.config.localtime import parse_date
from routing.errors import DataError
from routing.simulation.presence import AWAY_NS
from routing.simulation.reading import FORMATS
from routing.simulation.replications import World
from routing.simulation.workload import NEVER


def add_world(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
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
    parser.add_argument(
        "--seed", type=int, default=0, help="of what the log does not know and has to be drawn (default 0)"
    )


def world_of(options: argparse.Namespace) -> World:
    """Read the options."""
    low_ns, high_ns = options.answer
    return World(
        staffing=options.staffing,
        mean_patience_ns=options.patience,
        delay_ns_min=low_ns,
        delay_ns_max=high_ns,
        wrap_up_ns=options.wrap_up,
        first_day=options.first_day,
        last_day=options.last_day,
        away_ns=options.away,
    )


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
