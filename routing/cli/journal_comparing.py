"""Where a journal differs first: from what a replay reaches, or from another journal.

A digest is a fold over everything before, so once it differs it stays different, and the first difference can be
found by halving.

Owns finding and telling; must not know how a journal is opened.
"""

from bisect import bisect_left
from itertools import zip_longest

from routing.engine import Engine
from routing.errors import ReplayMismatchError
from routing.journal import Batch, Envelope, SavedSnapshot, read_batch, write
from routing.journal.sqlite import SqliteJournal
from routing.replay import replay_batch, restore

Stand = tuple[int, int]  # revision and digest


def explain_mismatch(engine: Engine, snapshot: SavedSnapshot, last: Batch | None, batch: Batch) -> str:
    """Say which command was the first to lead elsewhere: one of the last batch, before which all was well."""
    recorded = f"revision {batch.revision} and digest {batch.digest:016x}"
    reached = f"revision {engine.revision} and digest {engine.digest:016x}"
    if last is None:
        return (
            f"the snapshot at seq {snapshot.seq} stands at {reached}, but the journal has {recorded} before seq "
            f"{batch.seq}; the snapshot or the batch is of another journal"
        )
    envelopes = read_batch(last.lines, last.seq)
    which = (
        f"seq {last.seq}"
        if len(envelopes) == 1
        else f"one of seq {last.seq} to {batch.seq - 1}, the first being"
    )
    return (
        f"the first difference is at {which} {_shown(envelopes[0])}: up to revision {last.revision} all is as "
        f"recorded; then the journal has {recorded}, but the replay reaches {reached}; it was written by other code "
        "or has been changed"
    )


def compare(one: SqliteJournal, other: SqliteJournal) -> str | None:
    """Find the first record in which two journals differ; ``None`` if there is none as far as both reach."""
    ours, theirs = _stands(one), _stands(other)
    common = sorted(ours.keys() & theirs.keys())
    if not common:
        return "the journals have no seq in common at which both recorded where they stood"
    first = bisect_left(common, True, key=lambda seq: ours[seq] != theirs[seq])
    if first == 0:
        seq = common[0]
        return f"before seq {seq + 1} they differ already: {_pair(ours[seq], theirs[seq])}"
    start = common[first - 1]
    end = common[first] if first < len(common) else None
    line = _first_line(one, other, start, end)
    if line is not None:
        return line
    if end is None:
        return None
    return _first_decision(one, other, start, end) or (
        f"seq {start + 1} to {end} hold the same commands, but lead to {_pair(ours[end], theirs[end])}; one of the "
        "journals was written by other code"
    )


def _stands(journal: SqliteJournal) -> dict[int, Stand]:
    """Give, by the ``seq`` of the last envelope, where the engine stood according to batches and snapshots."""
    rows = journal.reader.rows("SELECT seq - 1, revision, digest FROM batch")
    rows += journal.reader.rows("SELECT seq, revision, digest FROM snapshot")
    return {seq: (revision, digest & (1 << 64) - 1) for seq, revision, digest in rows}


def _first_line(one: SqliteJournal, other: SqliteJournal, start: int, end: int | None) -> str | None:
    for ours, theirs in zip_longest(_envelopes(one, start, end), _envelopes(other, start, end)):
        if ours is None or theirs is None:
            return None  # one is longer, which is no difference
        if ours != theirs:
            return f"they differ first at seq {ours.seq}: {_shown(ours)} against {_shown(theirs)}"
    return None


def _envelopes(journal: SqliteJournal, start: int, end: int | None) -> list[Envelope]:
    found: list[Envelope] = []
    for batch in journal.read(start):
        if end is not None and batch.seq > end:
            break
        found += [envelope for envelope in read_batch(batch.lines, batch.seq) if envelope.seq > start]
    return [envelope for envelope in found if end is None or envelope.seq <= end]


def _first_decision(one: SqliteJournal, other: SqliteJournal, start: int, end: int) -> str | None:
    """Replay up to the difference and say which of the two this version agrees with."""
    snapshot, engine, _ = restore(one, start)
    seq = snapshot.seq
    try:
        for batch in one.read(seq):
            if batch.seq > end:
                break
            replay_batch(engine, batch, seq)
            seq = batch.seq + batch.count - 1
    except ReplayMismatchError:
        return None
    reached = (engine.revision, engine.digest)
    agrees = [journal.path.name for journal in (one, other) if _stands(journal).get(end) == reached]
    if len(agrees) != 1:
        return None
    ours, theirs = _stands(one)[end], _stands(other)[end]
    return (
        f"seq {start + 1} to {end} hold the same commands, but lead to {_pair(ours, theirs)}; this version agrees with "
        f"{agrees[0]}"
    )


def _pair(ours: Stand, theirs: Stand) -> str:
    return f"revision {ours[0]} and digest {ours[1]:016x} against {theirs[0]} and {theirs[1]:016x}"


def _shown(envelope: Envelope) -> str:
    return write(envelope).decode().strip()
