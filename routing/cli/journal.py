"""``huntgroup journal``: looks at the journal of a host, verifies it, replays it, and writes it elsewhere.

What only looks needs no lock, so it may be done while a host has the journal open.

Within: ``journal_replaying``, ``journal_exporting``, ``journal_keeping``, ``journal_sealing`` < ``journal``.

Owns the list of these commands; must not know what they do.
"""

import argparse

from routing.cli.journal_exporting import add_export
from routing.cli.journal_keeping import add_inspect, add_repair, add_verify
from routing.cli.journal_replaying import add_replay
from routing.cli.journal_sealing import add_seal


def add_journal(parser: argparse.ArgumentParser) -> None:
    """Declare the commands."""
    parser.description = (
        "Look at the journal of a host, verify it, replay it, copy it, keep what is whole of it."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_inspect(commands.add_parser("inspect", help="say what it holds"))
    add_verify(commands.add_parser("verify", help="verify every checksum, with --replay every digest"))
    add_replay(commands.add_parser("replay", help="replay it, and find where it first differs"))
    add_export(commands.add_parser("export", help="write it as text, or copy it while a host writes"))
    add_repair(commands.add_parser("repair", help="keep what is whole of a damaged one"))
    add_seal(commands.add_parser("seal", help="pass it on to the rules of this version"))
