"""``huntgroup recording report|verify|hold|release|purge``: where media lie, legal holds, and what goes.

Owns their options and output; must not know how anything is kept, nor delete media.
"""

import argparse
import sys
from pathlib import Path

from msgspec import json

from routing.center.recording.shapes import Confirmed, Purge
from routing.cli.recording_options import (
    add_segment,
    add_where,
    at,
    hashed,
    now_ns,
    recordings,
    who,
)
from routing.errors import UsageError


def add_report(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Say where the media of a segment lie, as a media server does; their SHA-256 is kept."
    )
    add_segment(parser)
    parser.add_argument("file", metavar="FILE", help="the media, to be hashed")
    parser.add_argument("--location", help="how the media server finds them (default: FILE)")
    add_where(parser)
    parser.set_defaults(run=_report)


def add_verify(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Tell whether media are what was recorded, by their SHA-256; exit code 1 if they are not."
    )
    add_segment(parser)
    parser.add_argument("file", metavar="FILE", help="the media")
    add_where(parser)
    parser.set_defaults(run=_verify)


def add_hold(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Put segments under legal hold: they are never purged before they are released."
    add_segment(parser, several=True)
    parser.add_argument("--matter", required=True, help="what it is for, such as a case")
    parser.add_argument("--why", required=True, help="why, for the audit")
    add_where(parser)
    parser.set_defaults(run=_hold)


def add_release(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Release segments from a legal hold; what is old enough goes with the next purge."
    add_segment(parser, several=True)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--matter", default="", help="which hold; 'policy' is that of a rule")
    which.add_argument("--all", action="store_true", help="every hold there is on them")
    parser.add_argument("--why", default="", help="why, for the audit")
    add_where(parser)
    parser.set_defaults(run=_release)


def add_purge(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Purge by retention, in two phases. --ask notes what is to go and prints it: delete these media. --confirm "
        "then deletes the metadata of those that are gone. Either may be repeated, also after a crash."
    )
    phase = parser.add_mutually_exclusive_group(required=True)
    phase.add_argument("--dry-run", action="store_true", help="only print what would go")
    phase.add_argument(
        "--ask", action="store_true", help="print what is to be deleted, and note that it was asked"
    )
    phase.add_argument(
        "--confirm",
        metavar="FILE",
        help="ids of segments whose media are deleted, one a line; - reads them here",
    )
    parser.add_argument("--most", type=int, default=10_000, help="so many anew at most (default 10,000)")
    parser.add_argument(
        "--at", metavar="WHEN", help="as if it were then: YYYY-MM-DD or YYYY-MM-DDTHH:MM (dry run)"
    )
    parser.add_argument("--timezone", default="UTC", help="whose clock, as Europe/Berlin (default: UTC)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_where(parser)
    parser.set_defaults(run=_purge)


def _report(options: argparse.Namespace) -> int:
    sha256, size = hashed(options.file)
    location = options.location or options.file
    with recordings(options) as found:
        found.report(options.segment, location, sha256, size, at_ns=now_ns(), who=who(options))
    print(f"{options.segment} lies at {location}: {size:,} bytes, SHA-256 {sha256}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    sha256, _ = hashed(options.file)
    with recordings(options) as found:
        same = found.verify(options.segment, sha256, at_ns=now_ns(), who=who(options))
    verb = "is" if same else "is NOT"
    print(f"{options.file} {verb} what was recorded as {options.segment}")
    return 0 if same else 1


def _hold(options: argparse.Namespace) -> int:
    with recordings(options) as found:
        asked = found.hold(
            options.segments, options.matter, at_ns=now_ns(), who=who(options), why=options.why
        )
    print(f"{len(set(options.segments)):,} segments are under legal hold for {options.matter}")
    for one in asked:
        print(
            f"{one}: its deletion had been asked for, and is withdrawn; see whether the media are still there"
        )
    return 0


def _release(options: argparse.Namespace) -> int:
    matter = "" if options.all else options.matter
    with recordings(options) as found:
        many = found.release(options.segments, matter, at_ns=now_ns(), who=who(options), why=options.why)
    print(f"{many:,} legal holds are released")
    return 0


def _purge(options: argparse.Namespace) -> int:
    if options.at and not options.dry_run:
        raise UsageError("--at is for a dry run; a purge goes by the present")
    if options.most < 1:
        raise UsageError(f"--most {options.most} is below 1; name how many at most")
    with recordings(options) as found:
        if options.confirm:
            said = sys.stdin.read() if options.confirm == "-" else Path(options.confirm).read_text("utf-8")
            return _told(found.confirm(said.split(), at_ns=now_ns(), who=who(options)))
        if options.dry_run:
            _list(found.purge(at(options), dry_run=True, most=options.most), options)
        else:
            _list(found.purge(now_ns(), who=who(options), dry_run=False, most=options.most), options)
    return 0


def _list(purge: Purge, options: argparse.Namespace) -> None:
    for one in purge.due:
        line = f"{one.segment}  {one.why}  {one.location or '(no media reported)'}"
        print(json.encode(one).decode() if options.json else line)
    would = "would be" if purge.dry_run else "are"
    more = ", and there are more" if purge.more else ""
    then = "nothing was changed" if purge.dry_run else "confirm by --confirm once they are deleted"
    held = f"{purge.held:,} as old are under legal hold"
    print(
        f"{len(purge.due):,} segments {would} asked to be deleted{more}; {held}; {then}",
        file=sys.stderr if options.json else sys.stdout,
    )


def _told(done: Confirmed) -> int:
    print(f"the metadata of {len(done.deleted):,} segments are deleted")
    for one in done.held:
        print(f"{one}: under legal hold; its metadata stay")
    for one in done.unasked:
        print(f"{one}: its deletion was never asked for; nothing was changed")
    return 1 if done.held or done.unasked else 0
