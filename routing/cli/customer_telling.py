"""``huntgroup customer find|show|export|audit``: who has a number, what is held of somebody, who looked.

Owns their options and output; must not know how anything is stored.
"""

import argparse
import os
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import json
from rich.table import Table

from routing.cli.customer_options import (
    add_customer_name,
    add_personal,
    add_where,
    customers,
    now_ns,
    print_json,
    who,
)
from routing.cli.printing import make_console
from routing.customers.identities import KINDS
from routing.history.local import shown

_UTC = ZoneInfo("UTC")


def add_find(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Print the reference of who has a number, an address or an id; exit code 1: nobody."
    parser.add_argument("value", metavar="VALUE", help="as +442079460018")
    parser.add_argument("--kind", choices=KINDS, default="number", help="what it is (default: number)")
    parser.add_argument("--region", default="", metavar="XX", help="country of numbers without a plus, as GB")
    add_where(parser)
    parser.set_defaults(run=_find)


def add_show(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Show a customer: numbers and ids, attributes, earlier contacts, open call-backs."
    add_customer_name(parser)
    add_personal(parser)
    add_where(parser)
    parser.set_defaults(run=_show)


def add_export(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Write everything that is held of a customer as JSON (GDPR, articles 15 and 20)."
    add_customer_name(parser)
    add_personal(parser)
    parser.add_argument(
        "--json", metavar="FILE", help="write there, for you alone (default: standard output)"
    )
    add_where(parser)
    parser.set_defaults(run=_export)


def add_audit(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Show who looked at, changed, exported or erased whom."
    parser.add_argument("customer", nargs="?", default="", metavar="CUSTOMER", help="only of this one")
    add_where(parser)
    parser.set_defaults(run=_audit)


def _find(options: argparse.Namespace) -> int:
    with customers(options, options.region) as found:
        customer = found.find(options.kind, options.value)
    if not customer:
        print(f"no customer has this {options.kind}", file=sys.stderr)
        return 1
    print(customer)
    return 0


def _show(options: argparse.Namespace) -> int:
    with customers(options) as found:
        state = found.state(options.customer)
        if state in ("unknown", "erased"):
            print(f"{options.customer} is {state}")
            return 1
        held = found.export(options.customer, now_ns(), who(options), personal=options.personal)
    console = make_console()
    also = f", also {', '.join(held['also'])}" if held["also"] else ""
    console.print(f"{held['customer']}{also}: since {shown(held['created_ns'], _UTC)}")
    table = Table("what", "value", box=None, pad_edge=False)
    for one in held["identities"]:
        table.add_row(one["kind"], one["value"])
    for name, value in held["attributes"].items():
        table.add_row(name, value)
    if table.row_count:
        console.print(table)
    if held["contacts"]:
        table = Table("arrived (UTC)", "channel", "queue", "agent", "outcome", box=None, pad_edge=False)
        for one in reversed(held["contacts"]):
            agents = " ".join(part["agent"] for part in one["segments"])
            queue = one["queue"] or one["entry_queue"]
            table.add_row(shown(one["arrived_ns"], _UTC), one["channel"], queue, agents, one["outcome"])
        console.print(table)
    for note in held["notes"]:
        console.print(f"{shown(note['at_ns'], _UTC)} {note['agent'] or '–'}: {note['text']}")
    return 0


def _export(options: argparse.Namespace) -> int:
    with customers(options) as found:
        held = found.export(options.customer, now_ns(), who(options), personal=options.personal)
    if not options.json:
        print_json(held)
        return 0
    path = Path(options.json)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(json.format(json.encode(held), indent=2) + b"\n")
    return 0


def _audit(options: argparse.Namespace) -> int:
    with customers(options) as found:
        entries = found.audit(options.customer)
    table = Table("when (UTC)", "who", "did", "whom", "details", box=None, pad_edge=False)
    for one in entries:
        table.add_row(shown(one.at_ns, _UTC), one.who, one.action, one.customer, one.details)
    make_console().print(table)
    return 0
