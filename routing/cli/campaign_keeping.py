"""``huntgroup campaign recycle|suppress``: take records up again; do-not-call lists.

Owns their options; must not know how they are kept.
"""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Final

from routing.campaigns.dialing_plans import NumberReader
from routing.campaigns.suppressing import Scope
from routing.cli.campaign_options import add_campaign_name, add_where, book, now_ns
from routing.compliance import Reading
from routing.errors import UsageError

_AT_ONCE: Final = 5_000


def add_recycle(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Take closed records up again whose last attempt ended so, or that were closed for this reason. Their attempts "
        "are counted anew; the limits of the law go on counting."
    )
    add_campaign_name(parser)
    parser.add_argument(
        "outcomes", nargs="+", metavar="OUTCOME", help="as no_answer, machine, exhausted, or a disposition"
    )
    parser.add_argument("--list", dest="lists", action="append", help="of this list only; may be repeated")
    add_where(parser)
    parser.set_defaults(run=_recycle)


def add_suppress(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Numbers that must not be called; checked when a list is loaded and again before each dial."
    )
    parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="with a plus and their country")
    parser.add_argument("--file", metavar="FILE", help="numbers in a file, one a line or the first of a CSV")
    parser.add_argument("--column", help="with --file: the heading of the column that holds them")
    parser.add_argument("--region", default="", metavar="XX", help="country of numbers without a plus, as GB")
    parser.add_argument("--campaign", default="", help="for this campaign only (default: for the tenant)")
    parser.add_argument("--everywhere", action="store_true", help="for all tenants")
    parser.add_argument("--lift", action="store_true", help="let them be called again")
    parser.add_argument("--source", default="", help="where this comes from, for people")
    add_where(parser)
    parser.set_defaults(run=_suppress)


def _recycle(options: argparse.Namespace) -> int:
    with book(options) as office:
        done = office.recycle(options.campaign, set(options.outcomes), now_ns(), options.lists)
    print(f"{done:,} records are taken up again")
    return 0


def _suppress(options: argparse.Namespace) -> int:
    if options.campaign and options.everywhere:
        raise UsageError("--campaign and --everywhere exclude each other; choose one")
    if not options.numbers and not options.file:
        raise UsageError("there is no number; write some, or name a file by --file")
    scope: Scope = "global" if options.everywhere else "campaign" if options.campaign else "tenant"
    reader = NumberReader(options.region)
    done = 0
    with ExitStack() as stack:
        numbers: Iterator[str] = (f"+{reader.read(text)}" for text in options.numbers)
        reading = None
        if options.file:
            file = stack.enter_context(Path(options.file).open(encoding="utf-8-sig"))
            reading = Reading(file, options.column, lambda text: f"+{reader.read(text)}")
            numbers = (f"+{number}" for number in reading)
        office = stack.enter_context(book(options, create=True))
        while some := list(islice(numbers, _AT_ONCE)):
            if options.lift:
                done += office.lift(some, scope=scope, campaign=options.campaign)
            else:
                office.suppress(some, now_ns(), scope=scope, campaign=options.campaign, source=options.source)
                done += len(some)
    print(f"{done:,} numbers {'may be called again' if options.lift else 'must not be called'}")
    if reading is not None and reading.bad_count:
        print(f"{reading.bad_count:,} lines hold no number: {reading.bad[0].line}: {reading.bad[0].reason}")
    return 0
