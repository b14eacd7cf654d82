"""``huntgroup campaign start|pause|stop|list|rules``: say what is wanted of a campaign and its lists.

Owns their options; must not know who obeys.
"""

import argparse

from rich.table import Table

from routing.campaigns import load_rules
from routing.campaigns.rules import to_json
from routing.cli.campaign_options import add_campaign_name, add_where, book, moment, now_ns
from routing.cli.printing import make_console
from routing.errors import UsageError
from routing.words import quoted


def add_start(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_campaign_name(parser)
    parser.add_argument(
        "--from", dest="start", metavar="WHEN", help="not before; YYYY-MM-DD or YYYY-MM-DDTHH:MM"
    )
    parser.add_argument("--until", metavar="WHEN", help="not after; a date means its end")
    parser.add_argument("--timezone", default="UTC", help="whose clock (default: UTC)")
    add_where(parser)
    parser.set_defaults(run=_start)


def add_pause(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_campaign_name(parser)
    add_where(parser)
    parser.set_defaults(run=_pause)


def add_stop(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_campaign_name(parser)
    parser.add_argument("--drain", action="store_true", help="let what is in flight end first")
    add_where(parser)
    parser.set_defaults(run=_stop)


def add_rules(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Give a campaign its rules from a file, also while it runs; without one, show them."
    add_campaign_name(parser)
    parser.add_argument("file", nargs="?", metavar="FILE", help="TOML, YAML or JSON (docs/campaigns.md)")
    add_where(parser)
    parser.set_defaults(run=_rules)


def add_list(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--campaign", help="of this campaign only")
    parser.add_argument("--activate", metavar="LIST", help="let records of this list be dialled")
    parser.add_argument("--deactivate", metavar="LIST", help="do not")
    parser.add_argument(
        "--move", nargs=2, metavar=("LIST", "PLACE"), help="give a list another place in the order"
    )
    add_where(parser)
    parser.set_defaults(run=_list)


def _start(options: argparse.Namespace) -> int:
    with book(options) as office:
        if options.start is not None or options.until is not None:
            if options.campaign not in office.campaigns():
                raise UsageError(
                    f"there is no campaign {quoted(options.campaign)}; import a list into it first"
                )
            span = moment(options, options.start), moment(options, options.until, end=True)
            office.configure(options.campaign, now_ns(), span=span)
        office.set_state(options.campaign, "running", now_ns())
    print(f"{options.campaign} is to run")
    return 0


def _pause(options: argparse.Namespace) -> int:
    with book(options) as office:
        office.set_state(options.campaign, "paused", now_ns())
    print(f"{options.campaign} is to pause")
    return 0


def _stop(options: argparse.Namespace) -> int:
    with book(options) as office:
        office.set_state(options.campaign, "draining" if options.drain else "stopped", now_ns())
    print(f"{options.campaign} is to {'drain' if options.drain else 'stop'}")
    return 0


def _rules(options: argparse.Namespace) -> int:
    if options.file:
        rules = load_rules(options.file)
        with book(options, create=True) as office:
            revision = office.configure(options.campaign, now_ns(), rules)
        print(f"{options.campaign} has revision {revision}")
        return 0
    with book(options) as office:
        print(to_json(office.wanted(options.campaign, now_ns()).rules))
    return 0


def _list(options: argparse.Namespace) -> int:
    with book(options) as office:
        if options.activate:
            office.set_list(options.activate, "active")
        if options.deactivate:
            office.set_list(options.deactivate, "inactive")
        if options.move:
            name, place = options.move
            if not place.isdecimal():
                raise UsageError(f"--move: the place {quoted(place)} is no whole number")
            office.set_list(name, place=int(place))
        found = office.lists(options.campaign)
    table = Table(box=None, pad_edge=False)
    for heading in ("campaign", "list", "state"):
        table.add_column(heading)
    counts = ("place", "records", "bad", "new", "retry", "recall", "dialling", "closed")
    for heading in counts:
        table.add_column(heading, justify="right")
    for one in found:
        table.add_row(one.campaign, one.id, one.state, *(f"{getattr(one, name):,}" for name in counts))
    make_console().print(table)
    return 0
