"""``huntgroup explain``: why an agent was offered a contact, or why a contact waited, from a journal.

Owns its options; must not know how a decision is found.
"""

import argparse
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final

import msgspec

from routing.cli.printing import make_console
from routing.config.localtime import zone
from routing.errors import UsageError
from routing.explanation import explain_decision
from routing.explanation.text import render
from routing.journal import Header, read
from routing.units import MAX_INSTANT_NS, MICROSECOND

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LIMIT: Final = 20


def add_explain(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Replay a journal up to a decision and say why: the candidates as they were and how they were ranked, why the "
        "others were none, and who stood before."
    )
    parser.add_argument("journal", metavar="JOURNAL", help="the journal; - for standard input")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--offer", type=int, metavar="N", help="the offer with this number")
    what.add_argument(
        "--contact", metavar="ID", help="the last offer of this contact, or why it waits as long as it does"
    )
    parser.add_argument(
        "--at",
        metavar="TIME",
        help="with --contact: as of this time, YYYY-MM-DDTHH:MM:SS in the centre's time zone, or nanoseconds",
    )
    parser.add_argument("--agents", type=_ids, metavar="A,B,...", help="list these agents only")
    parser.add_argument(
        "--limit",
        type=int,
        default=_LIMIT,
        metavar="N",
        help=f"list so many agents, and contacts before it (default {_LIMIT}); 0: all",
    )
    parser.add_argument("--json", action="store_true", help="print the decision as JSON")
    parser.set_defaults(run=_explain)


def _ids(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _explain(options: argparse.Namespace) -> int:
    if options.limit < 0:
        raise UsageError(f"--limit {options.limit} is below 0; give a number of agents, or 0 for all")
    with _opened(options.journal) as file:
        lines = list(file)
    where = _zone(lines)
    found = explain_decision(
        lines,
        offer=options.offer,
        contact=options.contact,
        at_ns=None if options.at is None else _instant(options.at, where),
        agents=options.agents,
        limit=options.limit or None,
        torn=True,
    )
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        make_console().print(render(found, zone=where), soft_wrap=False)
    return 0


def _opened(name: str) -> AbstractContextManager[Iterable[bytes]]:
    return nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb")


def _zone(lines: list[bytes]) -> tzinfo:
    first = next(read(lines[:1]))
    assert isinstance(first, Header)
    return zone(first.config.timezone)


def _instant(text: str, where: tzinfo) -> int:
    """Read an instant: nanoseconds, or a date with a time."""
    if text.isascii() and text.isdigit() and len(text) < 20:
        at_ns = int(text)
    else:
        try:
            local = datetime.fromisoformat(text)
        except ValueError:
            raise UsageError(f"--at {text!r} is no time; write it as 2026-01-31T09:30:00") from None
        local = local if local.tzinfo else local.replace(tzinfo=where)
        at_ns = (local - _EPOCH) // timedelta(microseconds=1) * MICROSECOND
    if not 0 <= at_ns <= MAX_INSTANT_NS:
        raise UsageError(f"--at {text!r} is not within the times that an engine knows")
    return at_ns
