"""A decision of the past: the journal is replayed up to it, and looked at in the midst of the matching.

Owns finding the moment; must not know what is to be seen there (``explaining``).
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from msgspec.structs import replace

from routing.engine import Engine
from routing.errors import DataError, UsageError
from routing.events import ContactEnded, ContactEnqueued, ContactOffered, Event
from routing.explaining import look
from routing.explaining.look import RawBatch
from routing.explaining.shapes import Decision, Moment
from routing.journal import Checkpoint, Envelope, Header, read
from routing.replay import apply_envelope, verify
from routing.words import quoted

_LATEST: Final = 2**63


class Stage(NamedTuple):
    """An engine after a piece of a journal; ``command`` is "" where only time has passed."""

    engine: Engine
    seq: int
    command: str
    events: tuple[Event, ...]


def explain_decision(
    lines: Iterable[bytes],
    *,
    offer: int | None = None,
    contact: str | None = None,
    at_ns: int | None = None,
    agents: Collection[str] | None = None,
    limit: int | None = None,
    torn: bool = False,
) -> Decision:
    """Explain an offer of a journal, or why a contact waited.

    Parameters
    ----------
    lines : iterable of bytes
        The journal, line by line, such as an open binary file.
    offer : int, optional
        Number of the offer.
    contact : str, optional
        Instead: the last offer of this contact; as long as it waits, why it does. One that ended without an offer
        is explained as it stood before its end.
    at_ns : int, optional
        With a contact: the journal as far as this instant.
    agents, limit
        Which verdicts to list, as for `routing.engine.Engine.explain`; ``limit`` bounds the contacts before, too.
    torn : bool, default False
        Ignore a last line that a crash broke off.

    Returns
    -------
    Decision
        With the situation at the very moment of the match: earlier matches of the same command are done, later ones
        are not.

    Raises
    ------
    DataError
        If the journal has no such offer or contact, cannot be read, or is not reached again by a replay.
    UsageError
        If neither an offer nor a contact is asked for, or both are.

    Examples
    --------
    >>> from routing.commands import EnqueueContact, LogIn
    >>> from routing.journal import Writer, header, write
    >>> from routing.model import Agent, Config, Queue
    >>> centre = Config(agents=(Agent("ann"), Agent("ben")), queues=(Queue("sales"),))
    >>> writer = Writer()
    >>> journal = [write(header(centre, 1)), writer.command(LogIn("ben"), 5), writer.command(LogIn("ann"), 6)]
    >>> journal.append(writer.command(EnqueueContact("call-1", ("sales",)), 9))
    >>> decision = explain_decision(journal, offer=1)
    >>> decision.agent, [verdict.agent for verdict in decision.explanation.verdicts]
    ('ben', ['ben', 'ann'])
    """
    if (offer is None) == (contact is None):
        raise UsageError("explain either an offer by its number or a contact by its id")
    if contact is None:
        if at_ns is not None:
            raise UsageError("an offer has its own time; at_ns goes with a contact")
        assert offer is not None
        return _of_offer(_stages(lines, torn), offer, agents, limit)
    kept = list(lines)
    return _of_contact(kept, contact, at_ns, agents, limit, torn)


def _stages(
    lines: Iterable[bytes], torn: bool, until_ns: int = _LATEST, before_seq: int = _LATEST
) -> Iterator[Stage]:
    """Replay; timers before a command are a stage of their own. First comes the engine before anything."""
    engine: Engine | None = None
    seq = 0
    for value in read(lines, torn=torn):
        if isinstance(value, Header):
            engine = Engine(value.config, behaviour=value.behaviour)
            yield Stage(engine, 0, "", ())
        elif engine is not None and isinstance(value, Checkpoint):
            verify(engine, value, seq)
        elif engine is not None and isinstance(value, Envelope):
            if value.at_ns > until_ns or value.seq >= before_seq:
                break
            seq = value.seq
            passed = replace(value, command=None)
            yield Stage(engine, seq, "", apply_envelope(engine, passed))
            if value.command is not None:
                yield Stage(engine, seq, type(value.command).__name__, apply_envelope(engine, value))
    if engine is not None and engine.now_ns < until_ns < _LATEST:
        yield Stage(engine, seq, "", engine.advance(until_ns))


class _Watch:
    """Waits for an offer to be made."""

    def __init__(self, engine: Engine, offer: int, agents: Collection[str] | None, limit: int | None) -> None:
        self.engine = engine
        self.agents = agents
        self.limit = limit
        self.moment: Moment | None = None
        self.error: Exception | None = None
        engine._watch_offer(offer, self.seen)

    def seen(self, contact: str, agent: str, batch: RawBatch | None) -> None:
        """Look at the engine in the midst of its matching; nothing may be raised there."""
        try:
            self.moment = look(self.engine, contact, agent, batch, self.agents, self.limit)
        except Exception as error:  # is raised again outside
            self.error = error


def _of_offer(
    stages: Iterator[Stage], offer: int, agents: Collection[str] | None, limit: int | None
) -> Decision:
    if not 1 <= offer < _LATEST:
        raise UsageError(f"offer {offer} is no number of an offer; they count from 1")
    engine = next(stages).engine
    watch = _Watch(engine, offer, agents, limit)
    for stage in stages:
        if watch.error is not None:
            raise watch.error
        if watch.moment is not None:
            made = next(
                event for event in stage.events if isinstance(event, ContactOffered) and event.offer == offer
            )
            return Decision(
                made.at_ns,
                stage.seq,
                stage.command,
                offer,
                made.contact,
                made.agent,
                made.queue,
                watch.moment.explanation,
                watch.moment.earlier,
                watch.moment.batch,
            )
    raise DataError(f"the journal makes no offer {offer}; it makes {engine._offers_made()}")


def _of_contact(
    lines: list[bytes],
    contact: str,
    at_ns: int | None,
    agents: Collection[str] | None,
    limit: int | None,
    torn: bool,
) -> Decision:
    until_ns = _LATEST if at_ns is None else at_ns
    last: Stage | None = None
    ended: tuple[int, int] | None = None  # by this envelope, or a timer before it, at this instant
    offer, known = 0, False
    for stage in _stages(lines, torn, until_ns):
        last = stage
        for event in stage.events:
            if isinstance(event, ContactEnqueued) and event.contact == contact:
                offer, known, ended = 0, True, None
            elif isinstance(event, ContactOffered) and event.contact == contact:
                offer = event.offer
            elif isinstance(event, ContactEnded) and event.contact == contact:
                ended = stage.seq, event.at_ns
    if last is None or not known:
        raise DataError(
            f"the journal has no contact {quoted(contact)} up to then; look at its id and the time"
        )
    view = last.engine.contacts.get(contact)
    if view is not None and (view.state == "waiting" or not offer):
        return _waiting(last, contact, agents, limit)
    if offer:
        return _of_offer(_stages(lines, torn), offer, agents, limit)
    assert ended is not None
    return _before_end(lines, torn, contact, ended, agents, limit)


def _waiting(stage: Stage, contact: str, agents: Collection[str] | None, limit: int | None) -> Decision:
    found = stage.engine.explain(contact, agents=agents, limit=limit)
    return Decision(found.at_ns, stage.seq, stage.command, 0, contact, "", "", found)


def _before_end(
    lines: list[bytes],
    torn: bool,
    contact: str,
    ended: tuple[int, int],
    agents: Collection[str] | None,
    limit: int | None,
) -> Decision:
    """Stop before the envelope in which it ended, and let time pass up to the instant before the end."""
    seq, at_ns = ended
    *_, last = _stages(lines, torn, at_ns - 1, before_seq=seq)
    if contact not in last.engine.contacts:
        raise DataError(f"contact {quoted(contact)} ended at the instant at which it came; it never waited")
    return _waiting(last, contact, agents, limit)
