"""Replay: an engine from a journal, with every checkpoint verified.

`replay` goes through a text, `recover` through the log of a host, from its newest snapshot on.

Owns nothing but the loops; must not know where journals lie.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from msgspec import Struct

from routing.commands import Command, note_of
from routing.engine import Engine
from routing.errors import CorruptJournalError, CorruptSnapshotError, ReplayMismatchError, UsageError
from routing.events import Event
from routing.journal import Batch, Checkpoint, Envelope, Header, Journal, SavedSnapshot, read, read_batch


def replay(
    lines: Iterable[bytes],
    publish: Callable[[tuple[Event, ...]], None] | None = None,
    *,
    engine: Engine | None = None,
    after: int = 0,
    torn: bool = False,
) -> Engine:
    """Apply a journal from its header on, or go on from a snapshot.

    Parameters
    ----------
    lines : iterable of bytes
        The journal, line by line, such as an open binary file.
    publish : callable, optional
        Is given the events of each envelope that is applied.
    engine : Engine, optional
        A restored engine to go on with instead of a new one.
    after : int, default 0
        What that engine has seen: envelopes up to this ``seq``, and checkpoints among them, are passed over.
    torn : bool, default False
        Ignore a last line that a crash broke off (`routing.journal.read`).

    Returns
    -------
    Engine
        The engine after the last line.

    Raises
    ------
    CorruptJournalError
        If a line cannot be read or applied.
    ReplayMismatchError
        If a checkpoint is not reached with the revision and digest that it names.
    UsageError
        If the header's behaviour version is not known.

    Examples
    --------
    >>> from routing.commands import LogIn
    >>> from routing.journal import Writer, header, write
    >>> from routing.model import Agent, Config
    >>> journal = [write(header(Config(agents=(Agent("ann"),)), 1)), Writer().command(LogIn("ann"), 5)]
    >>> replay(journal).agents["ann"].ready
    True
    """
    seq = 0
    for value in read(lines, torn=torn):
        if isinstance(value, Header):
            engine = engine or Engine(value.config, behaviour=value.behaviour)
        elif isinstance(value, Envelope):
            seq = value.seq
        if engine is None or isinstance(value, Header) or seq <= after:
            continue
        if isinstance(value, Checkpoint):
            verify(engine, value, seq)
            continue
        events = apply_envelope(engine, value)
        if publish is not None:
            publish(events)
    if engine is None:
        raise CorruptJournalError("the journal is empty; its first line is the header")
    return engine


def apply_envelope(engine: Engine, envelope: Envelope) -> tuple[Event, ...]:
    """Do what one envelope says; raises `CorruptJournalError` where it cannot be done."""
    try:
        if envelope.command is None:
            return engine.advance(envelope.at_ns)
        return engine.apply(envelope.command, envelope.at_ns, request_id=envelope.request_id)
    except UsageError as error:
        raise CorruptJournalError(f"envelope {envelope.seq} cannot be applied: {error}") from None


def verify(engine: Engine, checkpoint: Checkpoint, seq: int) -> None:
    """Raise `ReplayMismatchError` unless the engine has reached this, ``seq`` being the last envelope."""
    reached = f"{engine.digest:016x}"
    if engine.revision != checkpoint.revision or reached != checkpoint.digest:
        raise ReplayMismatchError(
            f"after envelope {seq} the journal has revision {checkpoint.revision} and digest {checkpoint.digest}, "
            f"but the replay has {engine.revision} and {reached}; it was written by other code or has been changed"
        )


#: Is told of every command, or of passed time (None), with the events that came of it.
Follow = Callable[[Command | None, Sequence[Event]], None]


@runtime_checkable
class Witness(Protocol):
    """Wants to know by whom a command was given, and how things stood before.

    It is told of every command that was done, not of one that only repeats a request, and of what somebody wrote down
    (an envelope without a command, but with a note), in the order of the journal.
    """

    def before(self, envelope: Envelope) -> None:
        """It is about to be done, timers that were due have fired; the engine stands as it does before."""
        ...

    def after(self, envelope: Envelope, events: Sequence[Event]) -> None:
        """It was done, and everybody has followed it. An envelope without a command has no events."""
        ...


class Told(NamedTuple):
    """Who goes along with an engine: everybody by one function, and those who want to know more."""

    follow: Follow
    witnesses: Sequence[Witness] = ()


class Recovered(Struct, frozen=True):
    """An engine that stands where the journal ends.

    ``seq`` and ``at_ns`` are of the last envelope, or of the snapshot where none follows; ``problems`` are for the log.
    """

    engine: Engine
    seq: int
    at_ns: int
    snapshot_seq: int
    problems: tuple[str, ...] = ()


def recover(
    journal: Journal,
    publish: Callable[[tuple[Event, ...]], None] | None = None,
    behaviour: int | None = None,
    begin: Callable[[SavedSnapshot, Engine], Told] | None = None,
) -> Recovered:
    """Bring an engine to the end of a journal: the newest snapshot that is whole, then what follows it.

    Parameters
    ----------
    journal : Journal
        An open one.
    publish : callable, optional
        Is given the events of each envelope that is applied.
    behaviour : int, optional
        The version of the rules that the caller follows; by default the snapshot's.
    begin : callable, optional
        Is shown the snapshot and its engine before anything is applied, and says who is told of each envelope.

    Raises
    ------
    CorruptJournalError
        If no snapshot is whole, or the log behind it is damaged.
    ReplayMismatchError
        If a batch was recorded at another revision or digest than the replay reaches; the message names them.
    UsageError
        If the snapshot follows another behaviour version.
    """
    snapshot, engine, problems = restore(journal)
    if behaviour is not None and snapshot.behaviour != behaviour:
        raise UsageError(
            f"the snapshot at seq {snapshot.seq} follows behaviour {snapshot.behaviour}, not {behaviour}; "
            "seal the journal with the version that wrote it (`huntgroup journal seal`)"
        )
    seq, at_ns = snapshot.seq, snapshot.at_ns
    follow, witnesses = (None, ()) if begin is None else begin(snapshot, engine)
    for batch in journal.read(seq):
        replay_batch(engine, batch, seq, publish, follow, witnesses)
        seq, at_ns = batch.seq + batch.count - 1, batch.at_ns
    return Recovered(engine, seq, at_ns, snapshot.seq, problems)


def restore(journal: Journal, seq: int | None = None) -> tuple[SavedSnapshot, Engine, tuple[str, ...]]:
    """Make an engine from the newest snapshot that is whole, at or before this ``seq``; also says what was damaged."""
    problems: list[str] = []
    sealed, damaged = journal.sealed(), -1
    for number in journal.shelf():
        if seq is not None and number > seq:
            continue
        if number < sealed <= damaged:
            problems.append(f"at seq {sealed} it was sealed, and what was before follows other rules")
            break
        try:
            snapshot = journal.load(number)
            return snapshot, restored(snapshot), tuple(problems)
        except (CorruptJournalError, CorruptSnapshotError) as error:
            damaged = max(damaged, number)
            problems.append(f"the snapshot at seq {number} is damaged, an older one is taken: {error}")
    raise CorruptJournalError(
        "; ".join(problems)
        or "the journal holds no snapshot to begin with; a host saves one before the first command"
    )


def restored(snapshot: SavedSnapshot) -> Engine:
    """Make an engine from a snapshot and verify that it stands where the shelf says."""
    engine = Engine.restore(snapshot.body)
    if (engine.revision, engine.digest) != (snapshot.revision, snapshot.digest):
        raise CorruptSnapshotError(
            f"the snapshot at seq {snapshot.seq} is of revision {engine.revision} and digest {engine.digest:016x}, "
            f"but the shelf says {snapshot.revision} and {snapshot.digest:016x}; take an older one"
        )
    return engine


def replay_batch(
    engine: Engine,
    batch: Batch,
    after: int,
    publish: Callable[[tuple[Event, ...]], None] | None = None,
    follow: Follow | None = None,
    witnesses: Sequence[Witness] = (),
) -> None:
    """Apply a batch; ``after`` is what the engine has seen, and what is in the batch of that is passed over."""
    if batch.seq > after:
        verify_batch(engine, batch)
    apply, advance = engine.apply, engine.advance
    at_seq = batch.seq
    try:
        for envelope in read_batch(batch.lines, at_seq):
            at_seq = envelope.seq
            if at_seq <= after:
                continue
            command, before = envelope.command, engine.revision
            if follow is not None and command is not None:
                early = advance(envelope.at_ns)  # what timers did is not the command's, and told apart
                follow(None, early)
                if publish is not None:
                    publish(early)
                before = engine.revision
                for witness in witnesses:
                    witness.before(envelope)
            if command is None:
                events = advance(envelope.at_ns)
            else:
                events = apply(command, envelope.at_ns, request_id=envelope.request_id)
            events = events[: engine.revision - before]  # without what a repeated request was answered
            if publish is not None:
                publish(events)
            if follow is not None:
                follow(command, events)
            if witnesses and (events if command is not None else note_of(envelope)):
                for witness in witnesses:
                    witness.after(envelope, events if command is not None else ())
    except UsageError as error:
        raise CorruptJournalError(f"envelope {at_seq} cannot be applied: {error}") from None


def verify_batch(engine: Engine, batch: Batch) -> None:
    """Raise `ReplayMismatchError` unless the engine stands where it stood when the batch was written."""
    if engine.revision != batch.revision or engine.digest != batch.digest:
        raise ReplayMismatchError(
            f"before seq {batch.seq} the journal has revision {batch.revision} and digest {batch.digest:016x}, "
            f"but the replay has {engine.revision} and {engine.digest:016x}; it was written by other code or has been "
            "changed; `huntgroup journal replay` finds the first difference"
        )
