"""What the commands of recordings have in common: where they lie, whose, who asks, and which segments are meant.

Owns these options; must not know what is done.
"""

import argparse
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

from msgspec import json

from routing.center.recording.recordings import Recordings
from routing.center.recording.searching import Search
from routing.clock import WallClock
from routing.config.localtime import parse_moment, zone
from routing.errors import ConfigError, UsageError
from routing.history.tenants import meant
from routing.units import MAX_INSTANT_NS

_DATABASE: Final = "history.db"


def add_where(parser: argparse.ArgumentParser) -> None:
    """Declare where the recordings are."""
    parser.add_argument(
        "--database",
        default=_DATABASE,
        metavar="FILE|URL",
        help="where the metadata lie: a file, or postgresql://user@host/name (default history.db)",
    )
    parser.add_argument(
        "--domain", help="the tenant, as the server names it (default: the only one there is)"
    )
    parser.add_argument("--who", help="who asks, for the audit (default: the name you are logged in by)")


def add_segment(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Declare which segment, or segments."""
    name, nargs = ("segments", "+") if several else ("segment", None)
    parser.add_argument(name, metavar="SEGMENT", nargs=nargs, help="its id, as `recording list` tells it")


def add_search(parser: argparse.ArgumentParser) -> None:
    """Declare which segments are meant."""
    for name in ("contact", "customer", "agent", "queue", "direction", "rule", "matter"):
        parser.add_argument(f"--{name}", default="", help=f"only those of this {name}")
    parser.add_argument("--from", dest="start", metavar="WHEN", help="YYYY-MM-DD or YYYY-MM-DDTHH:MM")
    parser.add_argument("--to", dest="end", metavar="WHEN", help="the same; a date means its end")
    parser.add_argument("--timezone", default="UTC", help="whose clock, as Europe/Berlin (default: UTC)")
    parser.add_argument("--held", action="store_true", help="only those under legal hold")
    parser.add_argument(
        "--due", action="store_true", help="only those that may be purged by now, held or not"
    )


def search(options: argparse.Namespace) -> Search:
    """Say which segments are meant."""
    where = _zone(options)
    return Search(
        contact=options.contact,
        customer=options.customer,
        agent=options.agent,
        queue=options.queue,
        direction=options.direction,
        rule=options.rule,
        matter=options.matter,
        from_ns=parse_moment(options.start, where) if options.start else 0,
        to_ns=parse_moment(options.end, where, end=True) if options.end else MAX_INSTANT_NS,
        held=True if options.held else None,
        due_ns=now_ns() if options.due else None,
    )


def at(options: argparse.Namespace) -> int:
    """Read the moment for which a purge is asked; now, unless one is named."""
    return parse_moment(options.at, _zone(options)) if options.at else now_ns()


def _zone(options: argparse.Namespace) -> Any:
    try:
        return zone(options.timezone)
    except ConfigError as error:
        raise UsageError(f"--timezone: {error}") from None


@contextmanager
def recordings(options: argparse.Namespace) -> Iterator[Recordings]:
    """Open the recordings that are meant; nothing is made."""
    with Recordings(options.database, meant(options.database, options.domain), create=False) as found:
        yield found


def who(options: argparse.Namespace) -> str:
    """Name who asks."""
    if options.who:
        return str(options.who)
    try:
        return f"{getpass.getuser()} (huntgroup)"
    except (KeyError, OSError):
        raise UsageError("nobody is logged in; name who asks by --who, for the audit") from None


def hashed(path: str) -> tuple[str, int]:
    """Give the SHA-256 of a file, and its size."""
    with Path(path).open("rb") as file:
        return file_digest(file, "sha256").hexdigest(), Path(path).stat().st_size


def now_ns() -> int:
    """Tell the time."""
    return WallClock().now_ns()


def print_json(value: Any) -> None:
    """Print a value as JSON that people can read."""
    print(json.format(json.encode(value), indent=2).decode())
