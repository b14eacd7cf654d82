"""What the commands of call-backs have in common: where they lie, whose, who asks, and the clock.

Owns these options; must not know what is done.
"""

import argparse
import getpass
from typing import Final
from zoneinfo import ZoneInfo

from routing.center.callbacks.book import CallBackBook
from routing.clock import WallClock
from routing.config.localtime import zone
from routing.errors import ConfigError, UsageError
from routing.history.local import shown
from routing.history.tenants import meant

_DATABASE: Final = "history.db"


def add_where(parser: argparse.ArgumentParser) -> None:
    """Declare where the call-backs are."""
    parser.add_argument(
        "--database",
        default=_DATABASE,
        metavar="FILE|URL",
        help="where they lie: a file, or postgresql://user@host/name (default history.db)",
    )
    parser.add_argument(
        "--domain", help="the tenant, as the server names it (default: the only one there is)"
    )


def add_timezone(parser: argparse.ArgumentParser) -> None:
    """Declare whose clock is meant."""
    parser.add_argument("--timezone", default="UTC", help="whose clock, as Europe/Berlin (default: UTC)")


def add_name(parser: argparse.ArgumentParser) -> None:
    """Declare which call-back."""
    parser.add_argument("call_back", metavar="CALL-BACK", help="its id, as `callback list` tells it")


def add_who(parser: argparse.ArgumentParser) -> None:
    """Declare who asks."""
    parser.add_argument("--who", help="who asks, for the journal (default: the name you are logged in by)")


def book(options: argparse.Namespace) -> CallBackBook:
    """Open the book that is meant; it must be there."""
    return CallBackBook(options.database, meant(options.database, options.domain), create=False)


def who(options: argparse.Namespace) -> str:
    """Name who asks."""
    if options.who:
        return str(options.who)
    try:
        return f"{getpass.getuser()} (huntgroup)"
    except (KeyError, OSError):
        raise UsageError("nobody is logged in; name who asks by --who, for the journal") from None


def where(options: argparse.Namespace) -> ZoneInfo:
    """Give the time zone that is meant."""
    try:
        return zone(options.timezone)
    except ConfigError as error:
        raise UsageError(f"--timezone: {error}") from None


def told(at_ns: int, clock: ZoneInfo) -> str:
    """Spell an instant; "–" for none."""
    return shown(at_ns, clock) if at_ns > 0 else "–"


def now_ns() -> int:
    """Tell the time."""
    return WallClock().now_ns()
