"""What the commands of customers have in common: where they lie, whose, their master keys, who asks.

Owns these options; must not know what is done.
"""

import argparse
import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from msgspec import json

from routing.campaigns.holding import Holding
from routing.campaigns.office import Office
from routing.center.callbacks.book import CallBackBook
from routing.center.callbacks.holding import Holding as CallBackHolding
from routing.center.outcomes.holding import OutcomeHolding
from routing.center.recording.holding import Holding as RecordingHolding
from routing.center.recording.recordings import Recordings
from routing.center.recording.searching import Search
from routing.clock import WallClock
from routing.customers import Customers, MasterKeys
from routing.errors import UsageError
from routing.history import History
from routing.history.tenants import meant

_DATABASE: Final = "history.db"


def add_where(parser: argparse.ArgumentParser) -> None:
    """Declare where the customers are, and what opens their data."""
    parser.add_argument(
        "--database",
        default=_DATABASE,
        metavar="FILE|URL",
        help="where the customers lie: a file, or postgresql://user@host/name (default history.db)",
    )
    parser.add_argument(
        "--domain", help="the tenant, as the server names it (default: the only one there is)"
    )
    parser.add_argument(
        "--keys",
        metavar="FILE",
        help="master keys (default: HUNTGROUP_CUSTOMER_KEYS, or the file HUNTGROUP_CUSTOMER_KEY_FILE)",
    )
    parser.add_argument("--who", help="who asks, for the audit (default: the name you are logged in by)")


def add_customer_name(parser: argparse.ArgumentParser) -> None:
    """Declare which customer."""
    parser.add_argument("customer", metavar="CUSTOMER", help="the reference, as `customer find` tells it")


def add_personal(parser: argparse.ArgumentParser) -> None:
    """Declare whether values are shown in clear."""
    parser.add_argument("--personal", action="store_true", help="in clear; otherwise values are masked")


def masters(options: argparse.Namespace) -> MasterKeys:
    """Read the master keys."""
    return MasterKeys.from_file(options.keys) if options.keys else MasterKeys.from_environment(os.environ)


@contextmanager
def customers(options: argparse.Namespace, region: str = "") -> Iterator[Customers]:
    """Open the customers that are meant, with all that the same database holds of them; nothing is made."""
    domain = meant(options.database, options.domain)
    with (
        Office(options.database, domain, create=False) as office,
        Recordings(options.database, domain, create=False) as recordings,
        CallBackBook(options.database, domain, create=False) as book,
        History(options.database, domain, create=False) as history,
        Customers(
            options.database,
            masters(options),
            domain,
            create=False,
            region=region,
            holders=[
                Holding(office),
                RecordingHolding(recordings, now_ns, who=_named(options)),
                CallBackHolding(book),
                OutcomeHolding(history.outcomes),
            ],
        ) as found,
    ):
        yield found


def who(options: argparse.Namespace) -> str:
    """Name who asks."""
    if options.who:
        return str(options.who)
    try:
        return f"{getpass.getuser()} (huntgroup)"
    except (KeyError, OSError):
        raise UsageError("nobody is logged in; name who asks by --who, for the audit") from None


def kept_recordings(options: argparse.Namespace, customer: str) -> int:
    """Count a customer's recordings that stay, because they are under legal hold."""
    with Recordings(options.database, meant(options.database, options.domain), create=False) as recordings:
        return len(recordings.search(Search(customer=customer, held=True), most=1_000))


def _named(options: argparse.Namespace) -> str:
    return str(options.who) if options.who else "erasure"


def now_ns() -> int:
    """Tell the time."""
    return WallClock().now_ns()


def print_json(value: Any) -> None:
    """Print a value as JSON that people can read."""
    print(json.format(json.encode(value), indent=2).decode())
