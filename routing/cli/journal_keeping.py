"""``huntgroup journal inspect``, ``verify`` and ``repair``: is it whole, and what is in it?

Owns their options, text and exit codes; must not know how damage is found.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from routing.errors import CorruptJournalError, DataError, ReplayMismatchError
from routing.journal import read_batch
from routing.journal.locking import LockFile, holder, resolved
from routing.journal.repairing import repair
from routing.journal.schema import VERSION
from routing.journal.sqlite import SqliteJournal
from routing.journal.verifying import verify
from routing.replay import replay_batch, restored
from routing.units import SECOND

_BESIDE: Final = ("", "-wal")


class Shelved(Struct, frozen=True):
    """A snapshot as ``inspect`` tells it."""

    seq: int
    at_ns: int
    revision: int
    digest: str
    behaviour: int
    sealed: bool
    size: int


class Inspection(Struct, frozen=True):
    """What ``inspect`` tells. ``first_seq`` 0: no envelope is kept."""

    file: str
    schema: int
    size: int  # with the write-ahead log
    batches: int
    envelopes: int
    first_seq: int
    last_seq: int
    first_at_ns: int
    last_at_ns: int
    snapshots: tuple[Shelved, ...]
    notes: dict[str, str]
    open_in: str  # the process that has it open


def add_inspect(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Say what a journal holds, without verifying all of it; a host may have it open."
    parser.add_argument("journal", metavar="JOURNAL", help="the file")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=_inspect)


def add_verify(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Verify every checksum of a journal, the chain that they make, every snapshot, and the file itself; a host may "
        "have it open."
    )
    parser.epilog = "Exit code: 0 it is whole, 1 it is damaged, 2 wrong usage."
    parser.add_argument("journal", metavar="JOURNAL", help="the file")
    parser.add_argument(
        "--replay",
        action="store_true",
        help="also replay it from the oldest snapshot (the newest seal), and reach every snapshot and every digest",
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=_verify)


def add_repair(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Keep what is whole of a damaged journal that no host has open; the damaged file is put aside. What is not "
        "whole is lost, so restore a backup if there is a better one."
    )
    parser.add_argument("journal", metavar="JOURNAL", help="the file")
    parser.set_defaults(run=_repair)


@contextmanager
def opened(path: str) -> Iterator[SqliteJournal]:
    """Open a journal to look at it."""
    journal = SqliteJournal(path, read_only=True)
    journal.open()
    try:
        yield journal
    finally:
        journal.close()


def _inspect(options: argparse.Namespace) -> int:
    with opened(options.journal) as journal:
        found = _look(journal, options.journal)
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return 0
    print(f"{found.file}: schema version {found.schema} of {VERSION}, {found.size:,} bytes")
    print(f"open in:    {'process ' + found.open_in if found.open_in else 'nobody has it open'}")
    if found.envelopes:
        print(f"log:        {found.envelopes:,} envelopes in {found.batches:,} batches")
        print(f"            seq {found.first_seq} to {found.last_seq}")
        print(f"            {moment(found.first_at_ns)} to {moment(found.last_at_ns)}")
    else:
        print(f"log:        empty, ends at seq {found.last_seq}")
    for one in found.snapshots:
        sealed = ", sealed" if one.sealed else ""
        print(
            f"snapshot:   seq {one.seq}, {moment(one.at_ns)}, revision {one.revision}, digest {one.digest}, "
            f"behaviour {one.behaviour}{sealed}, {one.size:,} bytes"
        )
    for name, value in found.notes.items():
        print(f"note:       {name} = {value}")
    return 0


def _look(journal: SqliteJournal, name: str) -> Inspection:
    reader = journal.reader
    batches, envelopes, first = reader.rows("SELECT count(*), total(count), min(seq) FROM batch")[0]
    last_at_ns = reader.rows("SELECT max(at_ns) FROM batch")[0][0] or 0
    shelf = [
        Shelved(seq, at_ns, revision, f"{digest & (1 << 64) - 1:016x}", behaviour, bool(sealed), size)
        for seq, at_ns, revision, digest, behaviour, sealed, size in reader.rows(
            "SELECT seq, at_ns, revision, digest, behaviour, sealed, size FROM snapshot ORDER BY seq DESC"
        )
    ]
    files = [Path(f"{journal.path}{ending}") for ending in _BESIDE]
    return Inspection(
        name,
        reader.rows("PRAGMA user_version")[0][0],
        sum(file.stat().st_size for file in files if file.exists()),
        batches,
        int(envelopes),
        first or 0,
        reader.tail().last,
        _first_at_ns(journal, first),
        last_at_ns,
        tuple(shelf),
        {name: reader.noted(name) or "" for name in reader.names()},
        holder(journal.path) or "",
    )


def _first_at_ns(journal: SqliteJournal, seq: int | None) -> int:
    """The time of the first envelope is in its line; a batch has that of its last."""
    if seq is None:
        return 0
    batch = next(journal.read(seq - 1))
    return read_batch(batch.lines, seq)[0].at_ns


def moment(at_ns: int) -> str:
    """Write an instant for people, in UTC."""
    seconds, rest = divmod(at_ns, SECOND)
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest // 1000:06}Z"
    except (ValueError, OverflowError):
        return f"{at_ns} ns"


def _verify(options: argparse.Namespace) -> int:
    report = verify(resolved(options.journal))
    damage = list(report.damage)
    reached = 0
    if options.replay and not damage:
        try:
            reached = _replay(options.journal)
        except DataError as error:
            damage.append(str(error))
    if options.json:
        document = {**msgspec.to_builtins(report), "damage": damage, "replayed": reached}
        print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
        return int(bool(damage))
    for remark in report.remarks:
        print(f"note: {remark}")
    for problem in damage:
        print(f"damaged: {problem}")
    print(
        f"{report.envelopes:,} envelopes in {report.batches:,} batches, {report.snapshots} snapshots and "
        f"{report.notes} notes are whole; the log ends at seq {report.last_seq}"
    )
    if options.replay and not damage:
        print(f"{reached:,} envelopes were replayed, and every recorded digest was reached")
    if damage:
        places = "one place is" if len(damage) == 1 else f"{len(damage)} places are"
        raise CorruptJournalError(
            f"{options.journal}: {places} damaged; restore a backup, or keep what is whole with "
            "`huntgroup journal repair`, which puts the damaged file aside"
        )
    return 0


def _replay(path: str) -> int:
    """Replay from the oldest snapshot on, or from the newest seal, across which nothing may be replayed.

    Compares with every newer snapshot; returns how many envelopes that were.
    """
    with opened(path) as journal:
        sealed = journal.sealed()
        shelf = sorted(seq for seq in journal.shelf() if seq >= sealed)
        if not shelf:
            return 0
        snapshot = journal.load(shelf.pop(0))
        engine, seq = restored(snapshot), snapshot.seq
        start = seq
        for batch in journal.read(seq):
            replay_batch(engine, batch, seq)
            seq = batch.seq + batch.count - 1
            while shelf and shelf[0] <= seq:
                snapshot = journal.load(shelf.pop(0))
                stands = (engine.revision, engine.digest)
                if snapshot.seq == seq and stands != (snapshot.revision, snapshot.digest):
                    raise ReplayMismatchError(
                        f"the snapshot at seq {seq} has revision {snapshot.revision} and digest "
                        f"{snapshot.digest:016x}, but the replay reaches {engine.revision} and {engine.digest:016x}"
                    )
        return seq - start


def _repair(options: argparse.Namespace) -> int:
    path = resolved(options.journal)
    if not path.exists():
        raise FileNotFoundError(2, "there is no such journal", str(path))
    lock = LockFile(path)
    try:
        done = repair(path, lock)
    finally:
        lock.release()
    print("\n".join(done) or f"{options.journal} is whole; nothing was done")
    return 0
