"""``huntgroup journal replay``: goes through a journal again, and finds the first difference.

Owns its options and text; must not know how a command is applied (``routing.replay``).
"""

import argparse
import sys

import msgspec

from routing.cli.journal_comparing import compare, explain_mismatch
from routing.cli.journal_keeping import moment, opened
from routing.errors import ReplayMismatchError, UsageError
from routing.events import Event
from routing.journal.sqlite import SqliteJournal
from routing.replay import replay_batch, restore, restored


def add_replay(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Replay a journal from a snapshot to its end and verify the digest at every batch; where it differs, say at "
        "which command and revision first. With --against: compare two journals. A host may have them open."
    )
    parser.epilog = "Exit code: 0 everything was reached, 1 something differs or is damaged, 2 wrong usage."
    parser.add_argument("journal", metavar="JOURNAL", help="the file")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--from-snapshot", type=int, metavar="SEQ", help="start from this snapshot; default: the newest"
    )
    where.add_argument(
        "--from-beginning",
        action="store_true",
        help="start from the oldest snapshot that is kept, or the newest seal",
    )
    parser.add_argument("--until", type=int, metavar="SEQ", help="stop after the batch with this envelope")
    parser.add_argument("--events", action="store_true", help="print every event, a JSON value a line")
    parser.add_argument(
        "--against", metavar="OTHER", help="find the first record in which another journal differs"
    )
    parser.set_defaults(run=_replay)


def _replay(options: argparse.Namespace) -> int:
    with opened(options.journal) as journal:
        if options.against is not None:
            with opened(options.against) as other:
                found = compare(journal, other)
            print(found or "the journals hold the same, as far as both reach")
            return int(found is not None)
        return _replay_one(journal, options)


def _replay_one(journal: SqliteJournal, options: argparse.Namespace) -> int:
    shelf = sorted(journal.shelf())
    if options.from_snapshot is not None and options.from_snapshot not in shelf:
        raise UsageError(
            f"there is no snapshot at seq {options.from_snapshot}; there are {', '.join(map(str, shelf))}"
        )
    if options.from_snapshot is not None or (options.from_beginning and shelf):
        oldest = min(seq for seq in shelf if seq >= journal.sealed()) if shelf else 0
        snapshot = journal.load(oldest if options.from_snapshot is None else options.from_snapshot)
        engine = restored(snapshot)
    else:
        snapshot, engine, problems = restore(journal)
        for problem in problems:
            print(f"huntgroup: {problem}", file=sys.stderr)
    publish = _print_events if options.events else None
    seq, at_ns, count, last = snapshot.seq, snapshot.at_ns, 0, None
    until = _end(journal, seq, options.until)
    for batch in journal.read(seq):
        if until is not None and batch.seq > until:
            break
        try:
            replay_batch(engine, batch, seq, publish)
        except ReplayMismatchError as error:
            raise ReplayMismatchError(explain_mismatch(engine, snapshot, last, batch)) from error
        count += batch.seq + batch.count - 1 - seq
        seq, at_ns, last = batch.seq + batch.count - 1, batch.at_ns, batch
    if not options.events:
        print(
            f"from the snapshot at seq {snapshot.seq}: {count:,} envelopes replayed, every recorded digest reached"
        )
        print(f"seq {seq}, {moment(at_ns)}, revision {engine.revision}, digest {engine.digest:016x}")
    return 0


def _end(journal: SqliteJournal, start: int, until: int | None) -> int | None:
    """Stop at the first seal: what follows is decided by other rules."""
    rows = journal.reader.rows("SELECT min(seq) FROM snapshot WHERE sealed <> 0 AND seq > ?", (start,))
    seal: int | None = rows[0][0]
    if seal is None or (until is not None and until <= seal):
        return until
    print(f"huntgroup: the replay ends at seq {seal}, where the journal was sealed", file=sys.stderr)
    return seal


def _print_events(events: tuple[Event, ...]) -> None:
    for event in events:
        sys.stdout.write(msgspec.json.encode(event).decode() + "\n")
