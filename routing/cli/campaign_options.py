"""What the commands of campaigns have in common: where the database is, whose campaigns, and moments.

Owns these options; must not know what is done.
"""

import argparse
from typing import Final

from routing.campaigns import Book
from routing.clock import WallClock
from routing.config.localtime import parse_moment, zone
from routing.errors import ConfigError, UsageError
from routing.words import quoted

_DATABASE: Final = "history.db"


def add_where(parser: argparse.ArgumentParser) -> None:
    """Declare where the campaigns are."""
    parser.add_argument(
        "--database",
        default=_DATABASE,
        metavar="FILE|URL",
        help="where the campaigns lie: a file, or postgresql://user@host/name (default history.db)",
    )
    parser.add_argument(
        "--domain", help="the tenant, as the server names it (default: the only one there is, or 'default')"
    )


def add_campaign_name(parser: argparse.ArgumentParser) -> None:
    """Declare which campaign."""
    parser.add_argument("campaign", metavar="CAMPAIGN", help="its name")


def add_span(parser: argparse.ArgumentParser) -> None:
    """Declare a span."""
    parser.add_argument("--from", dest="start", metavar="WHEN", help="YYYY-MM-DD or YYYY-MM-DDTHH:MM")
    parser.add_argument("--to", dest="end", metavar="WHEN", help="the same; a date means its end")
    parser.add_argument("--timezone", default="UTC", help="whose clock, as Europe/Berlin (default: UTC)")


def book(options: argparse.Namespace, *, create: bool = False) -> Book:
    """Open the book that is meant; without ``create``, it must be there."""
    name = options.domain
    if name is None:
        there: list[str] = []
        if not create:
            with Book(options.database, create=False) as any_book:
                there = any_book.domains()
        if len(there) > 1:
            listed = ", ".join(quoted(one) for one in there)
            raise UsageError(f"{options.database} holds campaigns of {listed}; name one of them by --domain")
        name = there[0] if there else "default"
    return Book(options.database, name, create=create)


def now_ns() -> int:
    """Tell the time."""
    return WallClock().now_ns()


def moment(options: argparse.Namespace, text: str | None, *, end: bool = False) -> int:
    """Read a moment; 0 where none is given."""
    if text is None:
        return 0
    try:
        where = zone(options.timezone)
    except ConfigError as error:
        raise UsageError(f"--timezone: {error}") from None
    return parse_moment(text, where, end=end)


def span(options: argparse.Namespace) -> tuple[int, int]:
    """Read a span; without an end, up to now."""
    start = moment(options, options.start)
    end = moment(options, options.end, end=True) or now_ns() + 1
    if end <= start:
        raise UsageError(f"--to {options.end} is not after --from {options.start}; swap them")
    return start, end
