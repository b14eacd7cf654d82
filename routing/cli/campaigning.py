"""``huntgroup campaign``: outbound campaigns: import lists, start, pause and stop, suppress, see how they stand.

Each writes to the database of campaigns, where a running dialer notices it within a second.

Within: ``campaign_options`` < ``campaign_importing``, ``campaign_steering``, ``campaign_keeping``, ``campaign_telling``
< ``campaigning``. A further command is a line in the list below.

Owns the list of these commands; must not know what they do.
"""

import argparse
from collections.abc import Callable
from typing import Final

from routing.cli.campaign_importing import add_import
from routing.cli.campaign_keeping import add_recycle, add_suppress
from routing.cli.campaign_steering import add_list, add_pause, add_rules, add_start, add_stop
from routing.cli.campaign_telling import add_audit, add_export, add_status

_COMMANDS: Final[tuple[tuple[str, Callable[[argparse.ArgumentParser], None], str], ...]] = (
    ("import", add_import, "load a list from CSV"),
    ("list", add_list, "show the lists; activate or deactivate one, or move it"),
    ("rules", add_rules, "give a campaign its rules: when somebody is called again, in which order"),
    ("start", add_start, "let it run; also after a pause"),
    ("pause", add_pause, "dial nothing more until it is started again"),
    ("resume", add_start, "the same as start"),
    ("stop", add_stop, "end it: at once, or when what is in flight has ended"),
    ("status", add_status, "say how records and attempts stand"),
    ("recycle", add_recycle, "take closed records up again, by how their last attempt ended"),
    ("suppress", add_suppress, "put numbers on a do-not-call list, or take them off"),
    ("audit", add_audit, "show each abandoned call: when, why, and which message was played"),
    ("export", add_export, "write attempts as CSV"),
)


def add_campaign(parser: argparse.ArgumentParser) -> None:
    """Declare the commands."""
    parser.description = "Outbound campaigns: lists, what is wanted of a campaign, and what became of it."
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, add, text in _COMMANDS:
        add(commands.add_parser(name, help=text))
