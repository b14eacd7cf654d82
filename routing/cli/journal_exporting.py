"""``huntgroup journal export``: a journal as text to be read for ever, or a copy of the file while a host writes.

Owns its options and the order of lines; must not know how a line looks (``routing.journal.text``).
"""

import argparse
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, Final

from routing.cli.journal_keeping import opened
from routing.errors import UsageError
from routing.journal import Checkpoint, header, write
from routing.journal.failing import on_opening, on_writing
from routing.journal.schema import check, connect
from routing.journal.sqlite import SqliteJournal
from routing.replay import restored

_CHECKPOINT_EVERY: Final = 1000


def add_export(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Write a journal as text: the header with the configuration, the envelopes, and now and then a checkpoint. "
        "Or copy it to another file, consistent while a host writes."
    )
    parser.add_argument("journal", metavar="JOURNAL", help="the file")
    parser.add_argument("--output", metavar="FILE", help="write the text there; default: standard output")
    parser.add_argument(
        "--after",
        type=int,
        metavar="SEQ",
        help="leave out envelopes up to this one; default: none that are kept",
    )
    parser.add_argument("--until", type=int, metavar="SEQ", help="leave out envelopes after this one")
    parser.add_argument("--copy", metavar="FILE", help="copy the journal to a new file instead")
    parser.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    if options.copy is not None:
        if options.output is not None or options.after is not None or options.until is not None:
            raise UsageError("--copy copies all of the file; leave --output, --after and --until out")
        return _copy(options.journal, Path(options.copy))
    with opened(options.journal) as journal:
        if options.output is None:
            _write(journal, sys.stdout.buffer, options.after, options.until)
        else:
            with Path(options.output).open("wb") as file:
                _write(journal, file, options.after, options.until)
    return 0


def _write(journal: SqliteJournal, file: BinaryIO, after: int | None, until: int | None) -> None:
    shelf = sorted(journal.shelf())
    if not shelf:
        raise UsageError(f"{journal.path} holds no snapshot, so its configuration is not known")
    before = [seq for seq in shelf if seq <= after] if after is not None else shelf[:1]
    snapshot = journal.load(max(before, default=shelf[0]))
    start = snapshot.seq if after is None else after
    file.write(write(header(restored(snapshot).config, snapshot.behaviour)))
    if start > 0:
        print(
            f"huntgroup: the text begins after seq {start}, so it can be read, but not be replayed by itself",
            file=sys.stderr,
        )
    if journal.sealed() > start:
        print(
            f"huntgroup: the journal was sealed at seq {journal.sealed()}; what follows was decided by other rules "
            "than the header names",
            file=sys.stderr,
        )
    since = 0
    for batch in journal.read(start):
        if until is not None and batch.seq > until:
            break
        if since >= _CHECKPOINT_EVERY:
            file.write(write(Checkpoint(batch.revision, f"{batch.digest:016x}")))
            since = 0
        since += batch.count
        if batch.seq > start and (until is None or batch.seq + batch.count - 1 <= until):
            file.write(batch.lines)
            continue
        lines = batch.lines.splitlines(keepends=True)
        last = len(lines) if until is None else until - batch.seq + 1
        file.write(b"".join(lines[max(0, start - batch.seq + 1) : last]))


def _copy(source: str, target: Path) -> int:
    """Copy with SQLite's own means, which see one moment of the file whatever is written meanwhile."""
    if target.exists():
        raise UsageError(f"{target} exists; name a new file")
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    with opened(source) as journal:
        path = journal.path
    try:
        with closing(connect(path, writing=False)) as db:
            check(db, path)
            with closing(sqlite3.connect(partial)) as copy:
                db.backup(copy)
                check(copy, partial)
    except sqlite3.Error as error:
        partial.unlink(missing_ok=True)
        raise (on_writing(partial, error) if partial.parent.exists() else on_opening(path, error)) from error
    fd = os.open(partial, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
    partial.replace(target)
    for ending in ("-wal", "-shm"):
        Path(f"{partial}{ending}").unlink(missing_ok=True)
    return 0
