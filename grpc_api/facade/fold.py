"""From events to instructions: what a front-end has to do, as a fold over the feed.

Several events may concern one call at one instant: it waits, and rings. They are folded in batches: at the end of one,
each call that it touched is told what holds now, once. Only how offers end is told event by event.

Owns what follows from events; must not know hosts, threads, or who listens.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, cast

from grpc_api.facade.directory import Directory
from grpc_api.facade.shapes import (
    Instruction,
    Offer,
    Reject,
    Release,
    StopRinging,
    Talk,
    Treatment,
    Wait,
)
from routing.events import (
    ContactEnded,
    ContactEnqueued,
    ContactHandedOver,
    ContactOffered,
    ContactOverflowed,
    ContactPlaced,
    ContactRequeued,
    Event,
    OfferAccepted,
    OfferFailed,
    OfferMissed,
    OfferRejected,
    OfferWithdrawn,
    Outcome,
)
from routing.views import ContactView, SegmentView

#: Nothing else changes what a front-end has to do.
TELLING: Final = frozenset(
    {
        ContactEnded,
        ContactEnqueued,
        ContactHandedOver,
        ContactOffered,
        ContactOverflowed,
        ContactPlaced,
        ContactRequeued,
        OfferAccepted,
        OfferFailed,
        OfferMissed,
        OfferRejected,
        OfferWithdrawn,
    }
)

Last = Treatment | Reject | Release


def telling(event: Event) -> bool:
    """Tell whether an event may change what a front-end has to do."""
    return type(event) in TELLING


class Told(NamedTuple):
    """An instruction that follows from the events up to ``revision``."""

    revision: int
    call_id: str
    instruction: Instruction


class Call:
    """A living call, as far as instructions need it."""

    __slots__ = ("agent", "changed", "front_end", "overflow", "queues", "ringing", "told")

    def __init__(self, queues: Iterable[str], front_end: str | None) -> None:
        self.queues = list(queues)
        self.front_end = front_end  # None: nobody has said it yet, for events do not
        self.ringing: dict[int, ContactOffered] = {}  # by number of the offer
        self.agent = ""  # who has it in hand
        self.overflow: ContactOverflowed | None = None  # the latest
        self.told: set[object] = set()  # numbers of offers, or the agent, or the queues waited in
        self.changed = 0  # revision of the latest event


class Ending(NamedTuple):
    """How a call ended."""

    revision: int
    front_end: str | None
    instruction: Last


class Fold:
    """The calls of one domain and what is to be done with them.

    Parameters
    ----------
    directory : Directory
        Where agents are, and treatments.
    remembered : int
        Of how many ended calls it is known how they ended.

    Attributes
    ----------
    calls : dict
        Living calls by id.
    endings : dict
        How the latest calls ended, the oldest first.
    owners : dict
        Front-ends of calls that are about to begin, from those who know; taken out as they do.

    Examples
    --------
    >>> from grpc_api.settings import DomainSettings
    >>> fold = Fold(Directory(DomainSettings()), 100)
    >>> events = [ContactEnqueued(0, "c1", ("sales",), "voice", 0), ContactOffered(0, "c1", "ann", "sales", 7, 20)]
    >>> [told.instruction for told in fold.take(enumerate(events, 1))]
    [Offer(agent='ann', endpoint='sip:ann@127.0.0.1', offer=7, ring_ns=20, queue='sales')]
    >>> for told in fold.take([(3, OfferMissed(20, "c1", "ann", "sales", 7, 1))]):
    ...     print(told.instruction)
    StopRinging(agent='ann', offer=7, cause='missed')
    Wait(queues=('sales',), position=0, estimated_wait_ns=-1, treatment='')
    """

    def __init__(self, directory: Directory, remembered: int) -> None:
        self.calls: dict[str, Call] = {}
        self.endings: dict[str, Ending] = {}
        self.owners: dict[str, str] = {}
        self.directory = directory
        self._remembered = remembered

    def adopt(self, view: ContactView, revision: int, now_ns: int) -> None:
        """Take over a call that was there before."""
        call = Call((visit.queue for visit in view.visits), view.front_end)
        call.changed = revision
        for segment in view.segments:
            if segment.state == "ringing":
                call.ringing[segment.offer] = offered(view.id, segment, now_ns)
            else:
                call.agent = segment.agent
        self.calls[view.id] = call
        call.told = _to_tell(call)

    def take(self, events: Iterable[tuple[int, Event]]) -> list[Told]:
        """Fold events with their revisions; returns what is to be told of them, by revision."""
        told: list[Told] = []
        touched: dict[str, int] = {}
        for revision, event in events:
            if type(event) not in TELLING:
                continue
            contact: str = getattr(event, "contact")  # noqa: B009 (all of these have one)
            self._fold(revision, contact, event, told)
            touched[contact] = revision
        for contact, revision in touched.items():
            call = self.calls.get(contact)
            if call is not None:
                told += (Told(revision, contact, one) for one in self._news(call))
        told.sort(key=_by_revision)
        return told

    def present(self, call_id: str, now_ns: int) -> tuple[Instruction, ...]:
        """Say what holds for a call now; empty when it is not known. ``now_ns``: for what is left of the ringing."""
        call = self.calls.get(call_id)
        if call is None:
            ending = self.endings.get(call_id)
            return () if ending is None else (ending.instruction,)
        if call.agent:
            return (Talk(call.agent),)
        if call.ringing:
            return tuple(to_offer(one, self.directory, now_ns) for one in call.ringing.values())
        return (self._wait(call),)

    # --- One event

    def _fold(self, revision: int, contact: str, event: Event, told: list[Told]) -> None:
        if isinstance(event, ContactEnqueued):
            self.calls[contact] = call = Call(event.queues, self.owners.pop(contact, None))
            call.changed = revision
            self.endings.pop(contact, None)  # the id came free and is used again
            return
        if isinstance(event, ContactPlaced):
            self.calls[contact] = Call((), self.owners.pop(contact, None))
            self.endings.pop(contact, None)
        call_or_none = self.calls.get(contact)
        if call_or_none is None:  # began before we looked
            self.calls[contact] = call_or_none = Call((), None)
        call = call_or_none
        call.changed = revision
        match event:
            case ContactOffered():
                call.ringing[event.offer] = event
            case OfferAccepted():
                call.ringing.pop(event.offer, None)
                call.agent = event.agent
                call.told = {event.agent}
                told.append(Told(revision, contact, Talk(event.agent)))
            case ContactPlaced():
                call.agent = event.agent
                call.told = {event.agent}
                told.append(Told(revision, contact, Talk(event.agent)))
            case ContactHandedOver():
                call.agent = event.to_agent
                call.told = {event.to_agent}
                told.append(Told(revision, contact, Talk(event.to_agent)))
            case OfferRejected() | OfferMissed() | OfferFailed() | OfferWithdrawn():
                call.ringing.pop(event.offer, None)
                call.told -= {event.offer, tuple(call.queues)}  # what comes next is said anew
                told.append(
                    Told(revision, contact, StopRinging(event.agent, event.offer, why_stopped(event)))
                )
            case ContactOverflowed():
                call.overflow = event
                if event.queue in call.queues:
                    call.queues.remove(event.queue)
                if event.to == "queue" and event.to_queue not in call.queues:
                    call.queues.append(event.to_queue)
            case ContactRequeued():
                call.queues = list(event.queues)
                call.overflow = None  # where it came from before does not tell how it ends
                call.agent = ""
                call.told = set()
            case ContactEnded():
                instruction = ending(event, call.overflow, self.directory)
                self._remember(contact, Ending(revision, call.front_end, instruction))
                told.append(Told(revision, contact, instruction))

    def _remember(self, contact: str, ended: Ending) -> None:
        del self.calls[contact]
        self.endings[contact] = ended
        while len(self.endings) > self._remembered:
            del self.endings[next(iter(self.endings))]

    def _news(self, call: Call) -> list[Instruction]:
        """What holds for a call and has not been told yet."""
        now = _to_tell(call)
        fresh = now - call.told
        call.told = now
        if not fresh:
            return []
        if call.agent:
            return [Talk(call.agent)]
        if call.ringing:
            return [
                to_offer(one, self.directory, one.at_ns)
                for one in call.ringing.values()
                if one.offer in fresh
            ]
        return [self._wait(call)]

    def _wait(self, call: Call) -> Wait:
        queues = tuple(call.queues)
        return Wait(queues, treatment=self.directory.target("waiting", queues[0]) if queues else "")


def _to_tell(call: Call) -> set[object]:
    """What a front-end must have been told, in short."""
    if call.agent:
        return {call.agent}
    return cast("set[object]", set(call.ringing)) if call.ringing else {tuple(call.queues)}


def _by_revision(told: Told) -> int:
    return told.revision


# --- Single instructions


def offered(contact: str, segment: SegmentView, now_ns: int) -> ContactOffered:
    """Spell a ringing segment as the event that it came from; when exactly it began is not known any more."""
    return ContactOffered(now_ns, contact, segment.agent, segment.queue, segment.offer, segment.until_ns)


def to_offer(event: ContactOffered, directory: Directory, now_ns: int) -> Offer:
    """Make the instruction to ring, for what is left of the ringing time."""
    ring_ns = max(event.ring_until_ns - now_ns, 1) if event.ring_until_ns else 0
    return Offer(event.agent, directory.endpoint(event.agent), event.offer, ring_ns, event.queue)


def why_stopped(event: OfferRejected | OfferMissed | OfferFailed | OfferWithdrawn) -> str:
    """Name the cause for which an agent is rung no longer.

    >>> why_stopped(OfferRejected(0, "c1", "ann", "sales", 7))
    'rejected'
    """
    match event:
        case OfferRejected():
            return "rejected"
        case OfferMissed():
            return "missed"
        case _:
            return event.cause


def ending(event: ContactEnded, overflow: ContactOverflowed | None, directory: Directory) -> Last:
    """Make the last instruction of a call."""
    if event.outcome == Outcome.DIVERTED and overflow is not None:
        if overflow.to == "voicemail":
            return Treatment("voicemail", overflow.queue, directory.target("voicemail", overflow.queue))
        return Treatment("callback", overflow.queue, directory.target("callback", overflow.queue))
    if event.outcome == Outcome.REJECTED and overflow is not None:
        return Reject(overflow.cause, overflow.queue)
    return Release(event.outcome.value)


def of_one_command(
    call_id: str, events: Sequence[Event], directory: Directory
) -> tuple[Instruction, ...] | None:
    """Say what a call has to do by the events that enqueued it; None when they do not tell all of it.

    Examples
    --------
    >>> from grpc_api.settings import DomainSettings
    >>> enqueued = ContactEnqueued(0, "c1", ("sales",), "voice", 0)
    >>> full = ContactOverflowed(0, "c1", "sales", "length", "disconnect", "")
    >>> ended = ContactEnded(0, "c1", Outcome.REJECTED, "", "")
    >>> of_one_command("c1", (enqueued, full, ended), Directory(DomainSettings()))
    (Reject(reason='length', subject='sales'),)
    """
    if not events or not isinstance(events[0], ContactEnqueued):
        return None
    overflow: ContactOverflowed | None = None
    offers: list[Offer] = []
    for event in events:
        match event:
            case ContactOffered(contact=contact) if contact == call_id:
                offers.append(to_offer(event, directory, event.at_ns))
            case ContactOverflowed(contact=contact) if contact == call_id:
                overflow = event
            case ContactEnded(contact=contact) if contact == call_id:
                return (ending(event, overflow, directory),)
            case OfferWithdrawn(contact=contact) if contact == call_id:
                return None
            case _:
                continue
    return tuple(offers) or None
