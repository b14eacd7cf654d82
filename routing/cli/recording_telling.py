"""``huntgroup recording list|show|export|audit``: what was recorded, where it lies, and who did what with it.

Owns their options and output; must not know where that comes from.
"""

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import json

from routing.center.recording.shapes import Recorded
from routing.cli.recording_options import (
    add_search,
    add_segment,
    add_where,
    now_ns,
    print_json,
    recordings,
    search,
    who,
)
from routing.durations import format_duration
from routing.errors import UsageError
from routing.history.local import shown
from routing.units import SECOND

_UTC: Final = ZoneInfo("UTC")
_PAGE: Final = 500


def add_list(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "List segments, the oldest first: id, start, length, contact, queue, agents, what holds."
    )
    add_search(parser)
    parser.add_argument("--most", type=int, default=1_000, help="so many at most (default 1,000)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, with all that is known")
    parser.add_argument(
        "--strays", action="store_true", help="instead: media that were reported and belong to no segment"
    )
    add_where(parser)
    parser.set_defaults(run=_list)


def add_show(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Show all that is known of a segment, as JSON."
    add_segment(parser)
    add_where(parser)
    parser.set_defaults(run=_show)


def add_export(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Write the metadata of segments, one JSON object a line; that is audited."
    add_search(parser)
    parser.add_argument("--out", metavar="FILE", help="where to; readable by you alone (default: the screen)")
    add_where(parser)
    parser.set_defaults(run=_export)


def add_audit(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Show who held, released, moved, verified, exported, erased or deleted what, oldest first."
    )
    parser.add_argument("segment", nargs="?", default="", metavar="SEGMENT", help="only of this one")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_where(parser)
    parser.set_defaults(run=_audit)


def _list(options: argparse.Namespace) -> int:
    if options.most < 1:
        raise UsageError(f"--most {options.most} is below 1; name how many at most")
    with recordings(options) as found:
        if options.strays:
            for segment, media in found.strays(now_ns()):
                print(f"{segment}  {shown(media.at_ns, _UTC)}  {media.location}")
            return 0
        wanted, after, left = search(options), (0, ""), options.most
        while left > 0 and (page := found.search(wanted, after=after, most=min(left, _PAGE))):
            for one in page:
                print(json.encode(one).decode() if options.json else _line(one))
            after, left = (page[-1].segment.started_ns, page[-1].segment.segment), left - len(page)
    if left == options.most:
        print("there are no such recordings", file=sys.stderr)
    return 0


def _line(one: Recorded) -> str:
    segment = one.segment
    length = format_duration((segment.ended_ns - segment.started_ns) // SECOND * SECOND)
    agents = ",".join(dict.fromkeys(part.agent for part in segment.parts)) or "-"
    marks = [f"held: {hold.matter}" for hold in one.holds]
    marks += ["erased"] if one.erased else []
    marks += ["deletion asked"] if one.asked_ns else []
    marks += [] if one.media else ["no media reported"]
    words = (
        segment.segment,
        shown(segment.started_ns, _UTC),
        length,
        segment.contact,
        segment.queue or "-",
        segment.direction,
        agents,
        f"until {shown(segment.keep_until_ns, _UTC)[:10]}",
        *marks,
    )
    return "  ".join(words)


def _show(options: argparse.Namespace) -> int:
    with recordings(options) as found:
        one = found.get(options.segment)
    if one is None:
        raise UsageError(
            f"there is no recording {options.segment!r} (any more); find its id by `recording list`, and what "
            "became of it by `recording audit`"
        )
    print_json(one)
    return 0


def _export(options: argparse.Namespace) -> int:
    count = 0
    with recordings(options) as found:
        if options.out:
            Path(options.out).touch(mode=0o600)
        with Path(options.out).open("wb") if options.out else nullcontext(sys.stdout.buffer) as file:
            for one in found.export(search(options), at_ns=now_ns(), who=who(options)):
                file.write(json.encode(one) + b"\n")
                count += 1
            file.flush()
    if options.out:
        print(f"{count:,} segments are in {options.out}")
    return 0


def _audit(options: argparse.Namespace) -> int:
    with recordings(options) as found:
        for one in found.audit(options.segment):
            if options.json:
                print(json.encode(one).decode())
                continue
            words = (shown(one.at_ns, _UTC), one.who, one.action, one.segment, one.details)
            print("  ".join(filter(None, words)))
    return 0
