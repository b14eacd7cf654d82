"""Replay: an engine from a journal, with every checkpoint verified.

Owns nothing but the loop; must not know where journals lie.
"""

from collections.abc import Callable, Iterable

from routing.engine import Engine
from routing.errors import CorruptJournalError, ReplayMismatchError, UsageError
from routing.events import Event
from routing.journal import Checkpoint, Envelope, Header, read


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
