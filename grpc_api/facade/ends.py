"""Single instructions that follow from single events: how offers and calls end, and how a call begins.

Owns these; must not know what was told before (``fold``).
"""

from collections.abc import Sequence

from grpc_api.facade.bells import Bells
from grpc_api.facade.directory import Directory
from grpc_api.facade.shapes import Instruction, Reject, Release, Treatment
from routing.events import (
    ContactEnded,
    ContactEnqueued,
    ContactOffered,
    ContactOverflowed,
    Event,
    OfferAccepted,
    OfferFailed,
    OfferMissed,
    OfferRejected,
    OfferWithdrawn,
    Outcome,
)
from routing.views import SegmentView

Last = Treatment | Reject | Release


def offered(contact: str, segment: SegmentView, now_ns: int) -> ContactOffered:
    """Spell a ringing segment as the event that it came from; when exactly it began is not known any more."""
    return ContactOffered(now_ns, contact, segment.agent, segment.queue, segment.offer, segment.until_ns)


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


def ending(
    event: ContactEnded, overflow: ContactOverflowed | None, directory: Directory, into: str = ""
) -> Last:
    """Make the last instruction of a call; ``into``: whose agent has that call now."""
    if event.outcome == Outcome.DIVERTED and overflow is not None:
        if overflow.to == "voicemail":
            return Treatment("voicemail", overflow.queue, directory.target("voicemail", overflow.queue))
        return Treatment("callback", overflow.queue, directory.target("callback", overflow.queue))
    if event.outcome == Outcome.REJECTED and overflow is not None:
        return Reject(overflow.cause, overflow.queue)
    return Release(event.outcome.value, into)


def of_one_command(call_id: str, events: Sequence[Event], bells: Bells) -> tuple[Instruction, ...] | None:
    """Say what a call has to do by the events that enqueued it; None when they do not tell all of it.

    Examples
    --------
    >>> from grpc_api.settings import DomainSettings
    >>> from routing.center.devices import Seats
    >>> enqueued = ContactEnqueued(0, "c1", ("sales",), "voice", 0)
    >>> full = ContactOverflowed(0, "c1", "sales", "length", "disconnect", "")
    >>> ended = ContactEnded(0, "c1", Outcome.REJECTED, "", "")
    >>> of_one_command("c1", (enqueued, full, ended), Bells(Directory(DomainSettings()), Seats()))
    (Reject(reason='length', subject='sales'),)
    """
    if not events or not isinstance(events[0], ContactEnqueued):
        return None
    overflow: ContactOverflowed | None = None
    offers: list[Instruction] = []
    for event in events:
        match event:
            case ContactOffered(contact=contact) if contact == call_id:
                offers += bells.offers(event, event.at_ns, events[0].parent)
            case ContactOverflowed(contact=contact) if contact == call_id:
                overflow = event
            case ContactEnded(contact=contact) if contact == call_id:
                return (ending(event, overflow, bells.directory),)
            case OfferWithdrawn(contact=contact) | OfferAccepted(contact=contact) if contact == call_id:
                return None
            case _:
                continue
    return tuple(offers) or None
