"""``huntgroup customer``: customers: find, show, export and erase them, who looked, and the keys of their data.

Within: ``customer_options`` < ``customer_telling``, ``customer_keeping`` < ``customering``. A further command is a line
in the list below.

Owns the list of these commands; must not know what they do.
"""

import argparse
from collections.abc import Callable
from typing import Final

from routing.cli.customer_keeping import add_erase, add_new_key, add_purge, add_rotate
from routing.cli.customer_telling import add_audit, add_export, add_find, add_show

_COMMANDS: Final[tuple[tuple[str, Callable[[argparse.ArgumentParser], None], str], ...]] = (
    ("find", add_find, "say who has a number, an address or an id"),
    ("show", add_show, "show a customer and earlier contacts, masked unless asked"),
    ("export", add_export, "write all that is held of a customer as JSON"),
    ("erase", add_erase, "erase a customer: the key goes"),
    ("purge", add_purge, "erase those of whom nothing was heard for long; dry run first"),
    ("audit", add_audit, "show who looked at, exported or erased whom"),
    ("rotate", add_rotate, "wrap all keys by a new master key, or make new ones"),
    ("new-key", add_new_key, "put a new master key in front of a file of them"),
)


def add_customer(parser: argparse.ArgumentParser) -> None:
    """Declare the commands."""
    parser.description = "Customers: who they are, what is held of them, and what goes."
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, add, text in _COMMANDS:
        add(commands.add_parser(name, help=text))
