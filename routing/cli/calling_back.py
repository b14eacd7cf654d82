"""``huntgroup callback``: call-backs: list and show them, and have them cancelled, moved or confirmed.

Within: ``callback_options`` < ``callback_telling``, ``callback_steering`` < ``calling_back``.

Owns the list of these commands; must not know what they do.
"""

import argparse
from collections.abc import Callable
from typing import Final

from routing.cli.callback_steering import add_cancel, add_confirm, add_move
from routing.cli.callback_telling import add_list, add_show

_COMMANDS: Final[tuple[tuple[str, Callable[[argparse.ArgumentParser], None], str], ...]] = (
    ("list", add_list, "list call-backs, and count them by outcome"),
    ("show", add_show, "show one, its dials, and what was wanted of it"),
    ("cancel", add_cancel, "have nobody call"),
    ("move", add_move, "give one another window or agent"),
    ("confirm", add_confirm, "say that the number is right"),
)


def add_callback(parser: argparse.ArgumentParser) -> None:
    """Declare the commands."""
    parser.description = "Call-backs: what is promised, dialled and over, and what is to become of it."
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, add, text in _COMMANDS:
        add(commands.add_parser(name, help=text))
