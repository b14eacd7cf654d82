"""``huntgroup campaign import``: load a list from CSV into a campaign.

Owns its options and what it prints; must not know how a file is read.
"""

import argparse
from pathlib import Path
from typing import Final

from routing.campaigns.importing import Options, import_file
from routing.cli.campaign_options import add_where, book, now_ns
from routing.cli.progress import Bar
from routing.errors import UsageError
from routing.words import quoted

#: Smaller files need no progress bar.
_WORTH: Final = 1_000_000


def add_import(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Load a list from CSV. Columns number, number_2, .., hours, hours_2, .., customer, priority and timezone mean "
        "what they say; all others become attributes. Nothing is dialled from a list before its last row is loaded; "
        "an import that was cut off begins afresh when it is repeated."
    )
    parser.add_argument("file", metavar="FILE", help="the list")
    parser.add_argument("--campaign", required=True, help="whose; made, and paused, if it is new")
    parser.add_argument("--list", dest="list_id", help="name of the list (default: that of the file)")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help="which column is meant, as number=Phone or number_2=Mobile; may be repeated",
    )
    parser.add_argument(
        "--attributes", metavar="COLUMN,..", help="keep these columns only ('' for none; default: all others)"
    )
    parser.add_argument("--region", default="", metavar="XX", help="country of numbers without a plus, as GB")
    parser.add_argument(
        "--priority", type=int, default=0, help="of rows that have none (0); larger comes first"
    )
    parser.add_argument(
        "--duplicates",
        choices=("allow", "list", "campaign", "all"),
        default="list",
        help="where a number must not stand already (default: in this list)",
    )
    parser.add_argument(
        "--bad", metavar="FILE", help="write rows that are not taken there, with line and reason"
    )
    parser.add_argument("--encoding", default="", help="default: UTF-8, or what a byte order mark says")
    parser.add_argument("--delimiter", default="", help="default: what the header has most of , ; tab |")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be taken")
    add_where(parser)
    parser.set_defaults(run=_import)


def _import(options: argparse.Namespace) -> int:
    path = Path(options.file)
    how = Options(
        mapping=dict(_pair(text) for text in options.column),
        attributes=_listed(options.attributes),
        region=options.region,
        priority=options.priority,
        duplicates=options.duplicates,
        delimiter=options.delimiter,
        dry_run=options.dry_run,
    )
    list_id = options.list_id or path.stem
    with Bar("bytes", path.stat().st_size, _WORTH) as bar:
        office = book(options, create=True)
        try:
            loaded = import_file(
                office,
                path,
                options.campaign,
                list_id,
                now_ns(),
                how,
                encoding=options.encoding,
                bad=options.bad,
                told=bar.told,
            )
        finally:
            office.close()
    would = "would be " if options.dry_run else ""
    print(f"{loaded.records:,} records with {loaded.numbers:,} numbers {would}loaded into {quoted(list_id)}")
    if loaded.bad or loaded.partly:
        reasons = ", ".join(f"{number:,} {kind}" for kind, number in loaded.reasons.items() if number)
        where = f"; see {options.bad}" if options.bad else "; name a file for them by --bad"
        print(
            f"{loaded.bad:,} rows not taken{f' ({reasons})' if reasons else ''}, {loaded.partly:,} in part{where}"
        )
    return 0


def _pair(text: str) -> tuple[str, str]:
    ours, mark, theirs = text.partition("=")
    if not mark:
        raise UsageError(f"--column {quoted(text)} has no '='; write it as number=Phone")
    return ours.strip(), theirs


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())
