"""``huntgroup audit``: the log of who did what in a centre: list it, verify that nothing was changed, export it.

Owns its options and output; must not know how the log is made.
"""

import argparse
import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any, Final, get_args
from zoneinfo import ZoneInfo

import msgspec
from rich.table import Table

from routing.center.supervision.log import AuditLog, Head, Logged, Wanted
from routing.center.supervision.shapes import Result
from routing.center.supervision.tables import FIELDS
from routing.cli.printing import make_console
from routing.config.localtime import parse_moment
from routing.errors import UsageError
from routing.history.local import shown
from routing.history.tenants import meant

_UTC: Final = ZoneInfo("UTC")
_END: Final = 2**63 - 1


def add_audit(parser: argparse.ArgumentParser) -> None:
    """Declare the commands."""
    parser.description = "The audit log: who did what, when, on what, why, and what it changed."
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, add, text in _COMMANDS:
        add(commands.add_parser(name, help=text))


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.description = "Show rows of the log, the newest last."
    _add_where(parser)
    _add_wanted(parser)
    parser.add_argument("--newest", type=int, default=50, metavar="N", help="so many; 0: all (default 50)")
    parser.add_argument("--changes", action="store_true", help="how things stood before and after, too")
    parser.set_defaults(run=_list)


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Go through the whole chain of hashes; exit code 1 when a row was changed, removed, put in or moved. Rows that "
        "were cut off at the end only show against a head that was noted before."
    )
    _add_where(parser)
    noted = parser.add_mutually_exclusive_group()
    noted.add_argument(
        "--head", metavar="NUMBER:HASH", help="an end that the log had, as this command printed it"
    )
    noted.add_argument(
        "--note",
        metavar="FILE",
        help="the same from a file, which is written anew when all is well; keep it on another machine",
    )
    parser.set_defaults(run=_verify)


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.description = "Write rows with their hashes, as JSON lines or CSV."
    _add_where(parser)
    _add_wanted(parser)
    parser.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", help="default: jsonl")
    parser.add_argument("--output", metavar="FILE", help="default: standard output")
    parser.set_defaults(run=_export)


_COMMANDS: Final[tuple[tuple[str, Callable[[argparse.ArgumentParser], None], str], ...]] = (
    ("list", _add_list, "show who did what"),
    ("verify", _add_verify, "find rows that were changed, removed, put in, moved or cut off"),
    ("export", _add_export, "write rows as JSON lines or CSV"),
)


def _add_where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database",
        default="history.db",
        metavar="FILE|URL",
        help="where it lies: a file, or postgresql://user@host/name (default history.db)",
    )
    parser.add_argument(
        "--domain", help="the tenant, as the server names it (default: the only one there is)"
    )


def _add_wanted(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", metavar="DATE", help="YYYY-MM-DD or YYYY-MM-DDTHH:MM, UTC")
    parser.add_argument("--to", dest="end", metavar="DATE", help="likewise; a date alone is included")
    for name, text in (
        ("who", "only of this person"),
        ("act", "only this operation or command, as TakeOver"),
        ("subject", "only on this contact, agent, queue or group"),
    ):
        parser.add_argument(f"--{name}", action="append", default=[], metavar=name.upper(), help=text)
    parser.add_argument(
        "--result", action="append", default=[], choices=get_args(Result), help="done, refused or denied"
    )


@contextmanager
def _log(options: argparse.Namespace) -> Iterator[AuditLog]:
    with AuditLog(options.database, meant(options.database, options.domain), create=False) as log:
        yield log


def _wanted(options: argparse.Namespace) -> Wanted:
    return Wanted(
        parse_moment(options.start, _UTC) if options.start else 0,
        parse_moment(options.end, _UTC, end=True) if options.end else _END,
        tuple(options.who),
        tuple(options.act),
        tuple(options.subject),
        tuple(options.result),
    )


def _list(options: argparse.Namespace) -> int:
    if options.newest < 0:
        raise UsageError(f"--newest {options.newest} is negative; name a number of rows, 0 for all")
    names = ["no.", "when (UTC)", "who", "did", "on", "result", "why", "request"]
    table = Table(*names, *(("before", "after") if options.changes else ()), box=None, pad_edge=False)
    with _log(options) as log:
        for one in log.rows(_wanted(options), newest=options.newest):
            row = one.row
            act = row.act if row.command in ("", row.act) else f"{row.act} ({row.command})"
            cells = [
                str(one.number),
                shown(row.at_ns, _UTC),
                row.who or "-",
                act,
                f"{row.on} {row.subject}".strip(),
                f"{row.result} {row.reason}".strip() + (f" ({row.lost} left out before)" if row.lost else ""),
                row.why,
                row.request_id,
            ]
            table.add_row(*cells, *((row.before, row.after) if options.changes else ()))
    make_console().print(table)
    return 0


def _verify(options: argparse.Namespace) -> int:
    note = Path(options.note) if options.note else None
    noted = Head.read(options.head) if options.head else None
    if note is not None and note.exists():
        noted = Head.read(note.read_text(encoding="utf-8"))
    with _log(options) as log:
        found = log.verify(noted)
    for problem in found.problems:
        print(problem)
    if found.problems:
        return 1
    print(f"{found.rows} rows are whole; head {found.head}")
    if note is not None:
        note.write_text(f"{found.head}\n", encoding="utf-8")
    return 0


def _export(options: argparse.Namespace) -> int:
    output: Any = (
        Path(options.output).open("w", encoding="utf-8", newline="")  # noqa: SIM115  # closed below
        if options.output
        else nullcontext(sys.stdout)
    )
    with _log(options) as log, output as file:
        rows = log.rows(_wanted(options))
        if options.format == "csv":
            _write_csv(file, rows)
        else:
            for one in rows:
                file.write(msgspec.json.encode(_plain(one)).decode() + "\n")
    return 0


def _write_csv(file: IO[str], rows: Iterator[Logged]) -> None:
    writer = csv.DictWriter(file, ["number", *FIELDS, "previous", "hash"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(_plain, rows))


def _plain(one: Logged) -> dict[str, Any]:
    return {
        "number": one.number,
        **dict(zip(FIELDS, msgspec.structs.astuple(one.row), strict=True)),
        "previous": one.previous.hex(),
        "hash": one.hash.hex(),
    }
