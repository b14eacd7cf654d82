"""``huntgroup callback list|show``: which call-backs there are, and what became of one.

Owns their options and output; must not know how anything is stored.
"""

import argparse

from msgspec import json
from rich.table import Table

from routing.cli.callback_options import add_name, add_timezone, add_where, book, told, where
from routing.cli.printing import make_console


def add_list(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "List call-backs, those asked for last first, and count them by outcome."
    parser.add_argument("--all", action="store_true", help="also those that are over")
    parser.add_argument("--queue", default="", help="only of this queue")
    parser.add_argument("--customer", default="", help="only of this reference")
    parser.add_argument("--most", type=int, default=100, metavar="N", help="at most so many (default 100)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_timezone(parser)
    add_where(parser)
    parser.set_defaults(run=_list)


def add_show(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Show a call-back, its dials, and what was wanted of it; exit code 1: there is none."
    add_name(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_timezone(parser)
    add_where(parser)
    parser.set_defaults(run=_show)


def _list(options: argparse.Namespace) -> int:
    clock = where(options)
    with book(options) as found:
        promises = found.listed(
            open_only=not options.all, customer=options.customer, queue=options.queue, most=options.most
        )
        outcomes = found.outcomes()
    if options.json:
        print(json.encode(promises).decode())
        return 0
    table = Table(
        "call-back", "queue", "asked", "from", "until", "agent", "dials", "stands", box=None, pad_edge=False
    )
    for one in promises:
        table.add_row(
            one["call_back"],
            one["queue"],
            told(one["asked_ns"], clock),
            told(one["from_ns"], clock),
            told(one["to_ns"], clock),
            one["agent"] or "anybody",
            str(one["dials"]),
            _stands(one),
        )
    console = make_console()
    if promises:
        console.print(table)
    counted = ", ".join(f"{count:,} {outcome or 'open'}" for outcome, count in outcomes.items())
    console.print(counted or "there are no call-backs")
    return 0


def _show(options: argparse.Namespace) -> int:
    clock = where(options)
    with book(options) as found:
        promise = found.get(options.call_back)
        dials = found.attempts([options.call_back])
        orders = found.orders_of(options.call_back)
    if promise is None:
        print(f"there is no call-back {options.call_back}")
        return 1
    if options.json:
        print(json.encode({**promise, "attempts": dials, "orders": orders}).decode())
        return 0
    console = make_console()
    table = Table("what", "value", box=None, pad_edge=False)
    for name, value in promise.items():
        text = told(value, clock) if name.endswith("_ns") else str(value)
        if text not in ("", "–"):
            table.add_row(name.removesuffix("_ns"), text)
    console.print(table)
    if dials:
        table = Table("dialled", "for", "ended", "outcome", box=None, pad_edge=False)
        for one in dials:
            ended = told(one["ended_ns"], clock)
            table.add_row(
                told(one["requested_ns"], clock), one["agent"] or "–", ended, one["outcome"] or "goes on"
            )
        console.print(table)
    for one in orders:
        answer = one["answer"] or ("done" if one["done_ns"] else "not looked at yet")
        console.print(f"{told(one['at_ns'], clock)} {one['who']}: {one['action']}: {answer}")
    return 0


def _stands(one: dict[str, object]) -> str:
    if one["outcome"]:
        into = f" into {one['merged_into']}" if one["merged_into"] else ""
        return f"{one['outcome']}{into}"
    if one["reached_ns"]:
        return "reached"
    if one["attempt"]:
        return "dialled"
    if one["taken_by"]:
        return f"with {one['taken_by']}"
    if one["contact"]:
        return "in the queue"
    return "booked" if one["confirmed"] else "not confirmed"
