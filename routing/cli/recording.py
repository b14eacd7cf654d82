"""``huntgroup recording``: recordings: list and show them, legal holds, hashes, and the purge by retention.

Within: ``recording_options`` < ``recording_telling``, ``recording_keeping`` < ``recording``. A further command is a
line in the list below.

Owns the list of these commands; must not know what they do.
"""

import argparse
from collections.abc import Callable
from typing import Final

from routing.cli.recording_keeping import add_hold, add_purge, add_release, add_report, add_verify
from routing.cli.recording_telling import add_audit, add_export, add_list, add_show

_COMMANDS: Final[tuple[tuple[str, Callable[[argparse.ArgumentParser], None], str], ...]] = (
    ("list", add_list, "list segments, found by contact, customer, agent, queue or day"),
    ("show", add_show, "show all that is known of a segment"),
    ("export", add_export, "write metadata as JSON lines"),
    ("report", add_report, "say where media lie, and keep their SHA-256"),
    ("verify", add_verify, "tell whether media are what was recorded"),
    ("hold", add_hold, "put segments under legal hold"),
    ("release", add_release, "release them"),
    ("purge", add_purge, "what was kept long enough goes, in two phases; dry run first"),
    ("audit", add_audit, "show who did what with which segment"),
)


def add_recording(parser: argparse.ArgumentParser) -> None:
    """Declare the commands."""
    parser.description = "Recordings: what was recorded, where it lies, what holds it, and what goes."
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, add, text in _COMMANDS:
        add(commands.add_parser(name, help=text))
