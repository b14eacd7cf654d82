"""The present as events: what would lead a fold that has seen nothing to what an engine shows now.

A fold that joins an engine late begins with these, forgets what it counted of them, and then stands as if it had seen
everything: what waits and since when, who does what, and how each contact can end. Instants are those of the engine
where it keeps them. What it does not keep is put where it may have been: an agent's log-in to the beginning of what is
known of the agent, the start of ringing or wrap-up to its end less the queue's time-out. That a contact was answered
before it came back to a queue is known only while somebody still wraps up after it, and a hold only while it lasts:
what was on hold before, in the same hands, counts as talk.

Owns this reconstruction; must not know what is counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from routing.commands import EnqueueContact, PlaceContact
from routing.engine import Engine
from routing.events import (
    AgentLoggedIn,
    ContactEnded,
    ContactEnqueued,
    ContactHeld,
    ContactOffered,
    ContactOverflowed,
    ContactPlaced,
    ContactRequeued,
    DeviceReported,
    Event,
    LogOutPending,
    OfferAccepted,
    Outcome,
    QueueClosed,
    WrapUpStarted,
)
from routing.model import Queue
from routing.views import AgentView, ContactView, SegmentView

_CAUSE = "present"


class _Step(NamedTuple):
    """Events of one instant that belong together."""

    at_ns: int
    events: tuple[Event, ...]


class _Strand:
    """What happened to one contact or agent; instants never decrease."""

    def __init__(self, earliest_ns: int, latest_ns: int) -> None:
        self.at_ns = earliest_ns
        self._latest_ns = latest_ns
        self.steps: list[_Step] = []

    def go(self, at_ns: int) -> int:
        """Pass to an instant, as far as it is not before the one before; returns it."""
        self.at_ns = max(self.at_ns, min(at_ns, self._latest_ns))
        return self.at_ns

    def add(self, *events: Event) -> None:
        """Let something happen now."""
        self.steps.append(_Step(self.at_ns, events))


def present(engine: Engine) -> tuple[Event, ...]:
    """Give events that would have led to what the engine shows now. O((agents + contacts) log of these).

    Parameters
    ----------
    engine : Engine
        Is only looked at.

    Returns
    -------
    tuple of Event
        In the order of their instants, none after the engine's ``now_ns``.

    Examples
    --------
    >>> from routing.commands import EnqueueContact, LogIn
    >>> from routing.model import Agent, Config, Queue
    >>> engine = Engine(Config(agents=(Agent("ann"),), queues=(Queue("sales"),)))
    >>> _ = engine.apply(LogIn("ann"), 5), engine.apply(EnqueueContact("call-1", ("sales",)), 7)
    >>> for event in present(engine):
    ...     print(type(event).__name__, event.at_ns)
    AgentLoggedIn 5
    ContactEnqueued 7
    ContactOffered 7
    """
    queues = {queue.id: queue for queue in engine.config.queues}
    agents = [*engine.agents.values(), *engine.leaving.values()]
    wrapping: dict[str, list[SegmentView]] = {}
    for agent in agents:
        for part in agent.segments:
            if part.state == "wrap_up":
                wrapping.setdefault(part.contact, []).append(part)
    for parts in wrapping.values():
        parts.sort(key=lambda part: (part.accepted_ns, part.offer))
    now_ns = engine.now_ns
    strands = [_agent(agent, now_ns) for agent in agents]
    for contact, parts in wrapping.items():
        living = engine.contacts.get(contact)
        over = parts if living is None else [one for one in parts if one.accepted_ns < living.enqueued_ns]
        if over:
            strands.append(_ended(over, queues, now_ns if living is None else living.enqueued_ns))
    for view in engine.contacts.values():
        command = engine.asked(view.id)
        assert command is not None  # it is alive
        parts = [one for one in wrapping.get(view.id, ()) if one.accepted_ns >= view.enqueued_ns]
        strands.append(_living(view, command, parts, queues, now_ns))
    closed = [_Step(now_ns, (QueueClosed(now_ns, one.id),)) for one in engine.queues.values() if not one.open]
    return tuple(_in_order(strands, closed))


def _in_order(strands: Iterable[_Strand], last: Sequence[_Step]) -> Iterator[Event]:
    steps = [step for strand in strands for step in strand.steps]
    steps += last
    for step in sorted(steps, key=itemgetter(0)):  # which keeps the order within a strand
        yield from step.events


def _agent(agent: AgentView, now_ns: int) -> _Strand:
    known = [agent.idle_since_ns, *(part.accepted_ns for part in agent.segments if part.accepted_ns)]
    strand = _Strand(min(min(known), now_ns), now_ns)
    if agent.logged_in:
        strand.add(AgentLoggedIn(strand.at_ns, agent.id, agent.ready, agent.reason))
    if agent.device != "available":
        strand.add(DeviceReported(strand.at_ns, agent.id, agent.device))
    if agent.leaving:
        strand.add(LogOutPending(strand.go(now_ns), agent.id))
    return strand


def _ended(parts: Sequence[SegmentView], queues: dict[str, Queue], latest_ns: int) -> _Strand:
    """A contact that is over, and still wrapped up after; another one may have its id by now."""
    first = parts[0]
    strand = _Strand(first.accepted_ns, latest_ns)
    strand.add(ContactEnqueued(strand.at_ns, first.contact, (first.queue,), first.channel, 0))
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        _answered(strand, part)
        at_ns = strand.go(_parted_ns(part, queues, following.accepted_ns if following else latest_ns))
        left: Event
        if following is None:
            left = ContactEnded(at_ns, part.contact, Outcome.HANDLED, part.queue, part.agent)
        else:
            left = ContactRequeued(at_ns, part.contact, (following.queue,), part.agent, True)
        strand.add(left, WrapUpStarted(at_ns, part.agent, part.contact, part.until_ns))
    return strand


def _living(
    contact: ContactView,
    command: EnqueueContact | PlaceContact,
    parts: Sequence[SegmentView],
    queues: dict[str, Queue],
    now_ns: int,
) -> _Strand:
    strand = _Strand(contact.enqueued_ns, now_ns)
    in_hand = next((part for part in contact.segments if part.state in ("handling", "held")), None)
    placed: SegmentView | None = None
    if isinstance(command, PlaceContact):
        entered: tuple[str, ...] = ()
        known = [*parts, in_hand] if in_hand else parts
        placed = known[0] if known and _is_placed(known[0], command, contact) else None
        strand.add(
            ContactPlaced(
                strand.at_ns, contact.id, command.agent, command.queue, contact.channel, command.direction
            )
        )
        if placed is None:
            strand.add(ContactRequeued(strand.at_ns, contact.id, (command.queue,), command.agent, True))
    else:
        entered = command.queues
        strand.add(
            ContactEnqueued(
                strand.at_ns,
                contact.id,
                command.queues,
                contact.channel,
                contact.priority,
                contact.direction,
                contact.parent,
            )
        )
    until_ns = [in_hand.accepted_ns] if in_hand else [visit.entered_ns for visit in contact.visits]
    nexts = [*parts[1:], in_hand]
    for part, following in zip(parts, nexts, strict=True) if parts else ():
        if part is not placed:
            _answered(strand, part)
        latest_ns = following.accepted_ns if following else min(until_ns, default=now_ns)
        to = (following.queue,) if following else tuple(visit.queue for visit in contact.visits)
        at_ns = strand.go(_parted_ns(part, queues, latest_ns))
        strand.add(
            ContactRequeued(at_ns, contact.id, to, part.agent, True),
            WrapUpStarted(at_ns, part.agent, contact.id, part.until_ns),
        )
    if in_hand:
        if in_hand is not placed:
            _answered(strand, in_hand)
        if in_hand.state == "held":
            strand.add(ContactHeld(strand.go(in_hand.held_since_ns), contact.id, in_hand.agent))
        return strand
    if (
        parts
        or any(visit.entered_ns != contact.enqueued_ns for visit in contact.visits)
        or (tuple(visit.queue for visit in contact.visits) != entered)
    ):
        _enter(strand, contact)
    for part in contact.segments:
        ring_ns = queues[part.queue].ring_timeout_ns if part.queue in queues else 0
        at_ns = strand.go(part.until_ns - ring_ns if part.until_ns and ring_ns else now_ns)
        strand.add(ContactOffered(at_ns, contact.id, part.agent, part.queue, part.offer, part.until_ns))
    return strand


def _is_placed(part: SegmentView, command: PlaceContact, contact: ContactView) -> bool:
    """Tell whether this is the work that began when the contact was placed."""
    return part.agent == command.agent and part.accepted_ns == contact.enqueued_ns


def _enter(strand: _Strand, contact: ContactView) -> None:
    """Let the contact enter its queues, each when it did."""
    first_ns = contact.visits[0].entered_ns if contact.visits else 0
    together = [visit.queue for visit in contact.visits if visit.entered_ns == first_ns]
    strand.add(ContactRequeued(strand.go(first_ns), contact.id, tuple(together), "", True))
    for visit in contact.visits[len(together) :]:
        at_ns = strand.go(visit.entered_ns)
        strand.add(ContactOverflowed(at_ns, contact.id, visit.queue, _CAUSE, "queue", visit.queue))


def _answered(strand: _Strand, part: SegmentView) -> None:
    at_ns = strand.go(part.accepted_ns)
    strand.add(
        ContactOffered(at_ns, part.contact, part.agent, part.queue, part.offer, 0),
        OfferAccepted(at_ns, part.contact, part.agent, part.queue, part.offer, 0),
    )


def _parted_ns(part: SegmentView, queues: dict[str, Queue], latest_ns: int) -> int:
    """Guess when the contact left the agent's hands: not after ``latest_ns``."""
    queue = queues.get(part.queue)
    lasts_ns = queue.wrap_up_ns if queue else 0
    if not part.until_ns or lasts_ns <= 0:
        return latest_ns
    return min(part.until_ns - lasts_ns, latest_ns)
