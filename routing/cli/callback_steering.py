"""``huntgroup callback cancel|move|confirm``: orders that lie in the database until the running centre obeys them.

Owns their options; must not know how an order is obeyed.
"""

import argparse
from typing import Any

from routing.center.callbacks.book import Action, Order
from routing.cli.callback_options import add_name, add_timezone, add_where, add_who, book, now_ns, where, who
from routing.config.localtime import parse_moment
from routing.errors import UsageError


def add_cancel(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Have nobody call; the running centre obeys within seconds (`callback show` tells)."
    add_name(parser)
    parser.add_argument("--reason", default="", help="a code, for the journal")
    add_who(parser)
    add_where(parser)
    parser.set_defaults(run=_cancel)


def add_move(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Give a call-back another window, or another agent."
    add_name(parser)
    parser.add_argument("--from", dest="start", required=True, metavar="WHEN", help="YYYY-MM-DDTHH:MM")
    parser.add_argument("--to", dest="end", required=True, metavar="WHEN", help="the same")
    parser.add_argument("--agent", default="*", help="who is to call; '' is anybody (default: as before)")
    add_timezone(parser)
    add_who(parser)
    add_where(parser)
    parser.set_defaults(run=_move)


def add_confirm(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Say that the number is right, or refer to the right one."
    add_name(parser)
    parser.add_argument(
        "--number", default="", metavar="REFERENCE", help="of the right one; never the number itself"
    )
    add_who(parser)
    add_where(parser)
    parser.set_defaults(run=_confirm)


def _cancel(options: argparse.Namespace) -> int:
    return _order(options, "cancel", reason=options.reason)


def _move(options: argparse.Namespace) -> int:
    clock = where(options)
    start_ns, end_ns = parse_moment(options.start, clock), parse_moment(options.end, clock, end=True)
    if end_ns <= start_ns:
        raise UsageError(f"--to {options.end} is not after --from {options.start}; swap them")
    return _order(
        options,
        "move",
        agent=options.agent,
        timezone=options.timezone if options.timezone != "UTC" else "",
        from_ns=start_ns,
        to_ns=end_ns,
    )


def _confirm(options: argparse.Namespace) -> int:
    return _order(options, "confirm", number=options.number)


def _order(options: argparse.Namespace, action: Action, **wanted: Any) -> int:
    name, at_ns = options.call_back, now_ns()
    with book(options) as found:
        promise = found.get(name)
        if promise is None or promise["outcome"]:
            print(f"{name} is over ({promise['outcome']})" if promise else f"there is no call-back {name}")
            return 1
        found.order(Order(f"{action}/{name}/{at_ns}", at_ns, who(options), action, name, **wanted))
    print(f"{action} of {name} is ordered; `huntgroup callback show {name}` tells what came of it")
    return 0
