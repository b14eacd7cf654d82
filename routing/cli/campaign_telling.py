"""``huntgroup campaign status|audit|export``: how a campaign stands, its abandoned calls, its attempts as CSV.

Owns their options and tables; must not know how anything is counted.
"""

import argparse
import csv
import sys
from contextlib import ExitStack
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import json, structs
from rich.table import Table

from routing.campaigns.telling import EXPORTED, PERSONAL
from routing.cli.campaign_options import add_campaign_name, add_span, add_where, book, now_ns, span
from routing.cli.printing import make_console
from routing.durations import format_duration
from routing.history.local import shown
from routing.units import DAY, MINUTE


def add_status(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_campaign_name(parser)
    parser.add_argument("--hours", action="store_true", help="also count the last day's attempts by hour")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_where(parser)
    parser.set_defaults(run=_status)


def add_audit(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_campaign_name(parser)
    add_span(parser)
    parser.add_argument("--windows", action="store_true", help="the counts of windows that are over, instead")
    add_where(parser)
    parser.set_defaults(run=_audit)


def add_export(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_campaign_name(parser)
    add_span(parser)
    parser.add_argument("--csv", metavar="FILE", help="write there (default: standard output)")
    parser.add_argument("--personal", action="store_true", help="with numbers and customers")
    add_where(parser)
    parser.set_defaults(run=_export)


def _status(options: argparse.Namespace) -> int:
    at_ns = now_ns()
    with book(options) as office:
        status = office.status(options.campaign, at_ns)
        hours = office.hours(options.campaign, at_ns - DAY, at_ns + 1) if options.hours else []
    if options.json:
        told = structs.asdict(status) | {"remaining": status.remaining}
        told |= {"hours": [one._asdict() for one in hours]} if options.hours else {}
        print(json.encode(told).decode())
        return 0
    console = make_console()
    console.print(f"{status.id} is to be {status.state}, revision {status.revision}")
    run_out = (
        ""
        if status.run_out_ns is None
        else f", run out in {format_duration(status.run_out_ns // MINUTE * MINUTE)}"
    )
    console.print(f"{status.remaining:,} records remain{run_out}")
    rate = f" ({status.abandoned / status.persons:.1%} of persons)" if status.persons else ""
    console.print(
        f"{status.attempts:,} attempts, {status.persons:,} persons, {status.abandoned:,} abandoned{rate}"
    )
    for title, counts in (("outcome", status.outcomes), ("closed", status.closed)):
        table = Table(title, "number", box=None, pad_edge=False)
        table.columns[1].justify = "right"
        for name, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
            table.add_row(name or "(open)", f"{number:,}")
        if counts:
            console.print(table)
    if hours:
        table = Table("hour (UTC)", "attempts", "persons", "machines", "abandoned", box=None, pad_edge=False)
        for one in hours:
            table.add_row(shown(one.start_ns, ZoneInfo("UTC")), *(f"{number:,}" for number in one[1:]))
        console.print(table)
    return 0


def _audit(options: argparse.Namespace) -> int:
    start, end = span(options)
    where = ZoneInfo(options.timezone)
    out = csv.writer(sys.stdout)
    with book(options) as office:
        if options.windows:
            names = ("profile", "start", "end", "answered", "abandoned", "early_hangups", "agentless", "machines",
                     "machine_false_positives")  # fmt: skip
            out.writerow(names)
            for row in office.windows(options.campaign, start, end):
                ends = shown(row.start_ns, where), shown(row.end_ns, where)
                out.writerow((row.profile, *ends, *(getattr(row, name) for name in names[3:])))
            return 0
        out.writerow(("attempt", "answered", "abandoned", "ended", "why", "message", "profiles"))
        for one in office.audit(options.campaign, start, end):
            times = (shown(at_ns, where) for at_ns in (one.answered_ns, one.abandoned_ns, one.ended_ns))
            out.writerow((one.attempt, *times, one.why, one.message, " ".join(one.profiles)))
    return 0


def _export(options: argparse.Namespace) -> int:
    start, end = span(options)
    names = (*EXPORTED, *PERSONAL) if options.personal else EXPORTED
    with ExitStack() as stack:
        file = sys.stdout
        office = stack.enter_context(book(options))
        if options.csv:
            file = stack.enter_context(Path(options.csv).open("w", encoding="utf-8", newline=""))
        out = csv.DictWriter(file, names)
        out.writeheader()
        out.writerows(office.attempts(options.campaign, start, end, personal=options.personal))
    return 0
