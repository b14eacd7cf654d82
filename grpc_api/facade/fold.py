"""From events to instructions: what a front-end has to do, as a fold over the feed.

Several events may concern one call at one instant: it waits, and rings. They are folded in batches: at the end of one,
each call that it touched is told what holds now, once. Only how offers end is told event by event.

Owns what follows from events; must not know hosts, threads, or who listens.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, cast

from grpc_api.facade.bells import Bells
from grpc_api.facade.directory import Directory
from grpc_api.facade.ends import Last, ending, why_stopped
from grpc_api.facade.living import Call
from grpc_api.facade.marks import Mark, noted
from grpc_api.facade.shapes import (
    Instruction,
    StopRinging,
    Wait,
)
from routing.center.devices import Cause, Moved, Seats
from routing.events import (
    ContactEnded,
    ContactEnqueued,
    ContactHandedOver,
    ContactHeld,
    ContactOffered,
    ContactOverflowed,
    ContactPlaced,
    ContactRemarked,
    ContactRequeued,
    ContactRetrieved,
    Event,
    LegJoined,
    LegParted,
    OfferAccepted,
    OfferFailed,
    OfferMissed,
    OfferRejected,
    OfferWithdrawn,
    Outcome,
)
from routing.views import ContactView

#: Nothing else changes what a front-end has to do.
TELLING: Final = frozenset(
    {
        ContactEnded,
        ContactEnqueued,
        ContactHandedOver,
        ContactHeld,
        ContactOffered,
        ContactOverflowed,
        ContactPlaced,
        ContactRemarked,
        ContactRequeued,
        ContactRetrieved,
        LegJoined,
        LegParted,
        OfferAccepted,
        OfferFailed,
        OfferMissed,
        OfferRejected,
        OfferWithdrawn,
    }
)


def telling(event: Event) -> bool:
    """Tell whether an event may change what a front-end has to do."""
    return type(event) in TELLING


class Told(NamedTuple):
    """An instruction that follows from the events up to ``revision``."""

    revision: int
    call_id: str
    instruction: Instruction


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
    seats : Seats, optional
        Who sits where.
    policy : bool, default False
        Whether a policy decides what is recorded (`marks.noted`).

    Attributes
    ----------
    calls : dict
        Living calls by id.
    endings : dict
        How the latest calls ended, the oldest first.
    owners : dict
        Front-ends of calls that are about to begin, from those who know; taken out as they do.
    bells : Bells
        Which devices ring.

    Examples
    --------
    >>> from grpc_api.settings import DomainSettings
    >>> fold = Fold(Directory(DomainSettings()), 100)
    >>> events = [ContactEnqueued(0, "c1", ("sales",), "voice", 0), ContactOffered(0, "c1", "ann", "sales", 7, 20)]
    >>> [told.instruction.endpoint for told in fold.take(enumerate(events, 1))]
    ['sip:ann@127.0.0.1']
    >>> for told in fold.take([(3, OfferMissed(20, "c1", "ann", "sales", 7, 1))]):
    ...     print(type(told.instruction).__name__)
    StopRinging
    Wait
    """

    def __init__(
        self, directory: Directory, remembered: int, seats: Seats | None = None, *, policy: bool = False
    ) -> None:
        self.calls: dict[str, Call] = {}
        self.endings: dict[str, Ending] = {}
        self.owners: dict[str, str] = {}
        self.bells = Bells(directory, seats or Seats())
        self._remembered = remembered
        self._policy = policy
        self._told: list[Told] = []
        self._touched: dict[str, int] = {}

    @property
    def directory(self) -> Directory:
        """Where agents are, and treatments."""
        return self.bells.directory

    def use(self, directory: Directory) -> None:
        """Go on with other addresses; what rings goes on ringing."""
        self.bells.directory = directory

    def take_over(
        self, views: Sequence[ContactView], marks: Sequence[Mark], revision: int, now_ns: int
    ) -> None:
        """Begin anew from what there is; all of it is as good as told. O(calls)."""
        before = self.calls
        self.calls = {}
        self.owners.clear()
        self._told, self._touched = [], {}
        for view, mark in zip(views, marks, strict=True):
            known = before.get(view.id)
            call = Call.of(view, now_ns, mark, known.endpoint if known is not None else "")
            call.changed = revision
            self.calls[view.id] = call
        self.bells.keep(offer for call in self.calls.values() for offer in call.ringing)
        for call in self.calls.values():
            call.told, call.told_mark = self._to_tell(call), call.mark

    def take(self, events: Iterable[tuple[int, Event]]) -> list[Told]:
        """Fold events with their revisions; returns what is to be told of them, by revision."""
        self.heed(events)
        return self.tell()

    def heed(self, events: Iterable[tuple[int, Event]]) -> None:
        """Fold events with their revisions."""
        for revision, event in events:
            if type(event) not in TELLING:
                continue
            contact: str = getattr(event, "leg" if isinstance(event, LegJoined | LegParted) else "contact")
            self._fold(revision, contact, event)
            self._touched[contact] = revision

    @property
    def doubtful(self) -> list[str]:
        """Calls touched since the last `tell` of which events do not tell for certain in which queues they are.

        One that comes to a queue by overflow before it comes there as it was told to has no event of its own for that;
        somebody has to look, and `settle` it.
        """
        return [
            one for one in self._touched if (call := self.calls.get(one)) and call.doubtful and not call.agent
        ]

    def settle(self, queues: Mapping[str, Sequence[str]]) -> None:
        """Put right in which queues calls are; those who are in none, or not known, stay."""
        for call_id, found in queues.items():
            call = self.calls.get(call_id)
            if call is not None and found:
                call.queues = list(found)

    def tell(self) -> list[Told]:
        """Give what is to be told of what was folded, by revision."""
        told, touched = self._told, self._touched
        self._told, self._touched = [], {}
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
        return self.holding(call, self._peer(call), now_ns)

    def holding(self, call: Call, peer: str, now_ns: int) -> tuple[Instruction, ...]:
        """Say what holds for a call that may be none of ours."""
        if call.ringing and not call.agent:
            offers = (self.bells.offers(one, now_ns, call.parent) for one in call.ringing.values())
            ringing = tuple(offer for several in offers for offer in several)
            if ringing:
                return (*ringing, *call.mark.present())
        first = call.standing(peer) if call.agent else self._wait(call)
        return (first, *call.mark.present())

    # --- Devices

    def ringing(self, call_id: str, agent: str, offer: int) -> ContactOffered | None:
        """Give the offer that is meant: by number, by agent, or the only one that rings; None when none is."""
        call = self.calls.get(call_id)
        if call is None:
            return None
        meant = [one for one in call.ringing.values() if offer in (0, one.offer) and agent in ("", one.agent)]
        return meant[0] if len(meant) == 1 else None

    def give_up(
        self, event: ContactOffered, endpoint: str, cause: Cause, now_ns: int
    ) -> tuple[list[Told], Cause | None]:
        """Give up a device that rings, and ring the next; with the cause to fail the offer for when none is left."""
        moved = self.bells.failed(event, endpoint, cause, now_ns)
        if moved is None:
            return [], cause
        if moved.over is not None:
            return [], moved.over
        return self._moved(event, moved, cause, now_ns), None

    def pass_time(self, now_ns: int) -> list[Told]:
        """Ring the devices whose turn has come. O(rounds, and calls where one moves)."""
        overdue = set(self.bells.overdue(now_ns))
        told: list[Told] = []
        for call in tuple(self.calls.values()) if overdue else ():
            for offer in overdue & call.ringing.keys():
                moved = self.bells.advance(offer, now_ns)
                told += self._moved(call.ringing[offer], moved, "no_answer", now_ns)
        return told

    def _moved(self, event: ContactOffered, moved: Moved, cause: Cause, now_ns: int) -> list[Told]:
        call = self.calls[event.contact]
        found: list[Instruction] = [
            StopRinging(event.agent, event.offer, cause, one.address) for one in moved.stopped
        ]
        found += self.bells.made(event, moved.begun, now_ns, call.parent)
        call.told = self._to_tell(call)
        return [Told(call.changed, event.contact, one) for one in found]

    # --- One event

    def _fold(self, revision: int, contact: str, event: Event) -> None:
        told = self._told
        if isinstance(event, ContactEnqueued | ContactPlaced):
            self._begin(revision, contact, event)
        call_or_none = self.calls.get(contact)
        if call_or_none is None:
            if isinstance(event, ContactRemarked):  # of one that has ended
                return
            self.calls[contact] = call_or_none = Call((), None)  # began before we looked
        call = call_or_none
        call.changed = revision
        match event:
            case ContactOffered():
                call.ringing[event.offer] = event
            case OfferAccepted():
                ringing = call.ringing.pop(event.offer, None)
                call.agent = event.agent
                call.endpoint = self.bells.taken(ringing) if ringing is not None else ""
                self._tell_now(revision, contact, call)
            case ContactPlaced():
                call.agent = event.agent
                self._tell_now(revision, contact, call)
            case ContactHandedOver():
                leg = self.calls.get(event.leg)
                call.agent, call.held = event.to_agent, False
                call.endpoint = leg.endpoint if leg is not None else ""
                self._tell_now(revision, contact, call)
                self._touched.update(dict.fromkeys(call.legs, revision))  # who talk to somebody else now
            case ContactHeld():
                call.held = True
            case ContactRetrieved():
                call.held = False
            case LegJoined():
                call.joined = True
            case LegParted():
                call.joined = False
            case ContactRemarked():
                call.mark = noted(call.mark, event.remark, policy=self._policy)
            case OfferRejected() | OfferMissed() | OfferFailed() | OfferWithdrawn():
                call.ringing.pop(event.offer, None)
                self.bells.end(event.offer)
                call.told = {one for one in call.told if not _is_of(one, event.offer)}
                call.told.discard(tuple(call.queues))  # what comes next is said anew
                stop = StopRinging(event.agent, event.offer, why_stopped(event))
                told.append(Told(revision, contact, stop))
            case ContactOverflowed():
                self._overflow(call, event)
            case ContactRequeued():
                call.queues = list(event.queues)
                call.overflow = None  # where it came from before does not tell how it ends
                call.doubtful = False
                call.leave()
                call.told = set()
            case ContactEnded():
                into = call.parent if event.outcome == Outcome.MERGED else ""
                instruction = ending(event, call.overflow, self.directory, into)
                self._remember(contact, Ending(revision, call.front_end, instruction))
                told.append(Told(revision, contact, instruction))

    def _begin(self, revision: int, contact: str, event: ContactEnqueued | ContactPlaced) -> None:
        self.endings.pop(contact, None)  # the id came free and is used again
        front_end = self.owners.pop(contact, None)
        if isinstance(event, ContactPlaced):
            self.calls[contact] = Call((), front_end)
            return
        self.calls[contact] = call = Call(event.queues, front_end, event.parent)
        call.changed = revision
        parent = self.calls.get(event.parent) if event.parent else None
        if parent is not None:
            parent.legs[contact] = None

    def _overflow(self, call: Call, event: ContactOverflowed) -> None:
        call.overflow = event
        call.doubtful = True
        if event.queue in call.queues:
            call.queues.remove(event.queue)
        if event.to == "queue" and event.to_queue not in call.queues:
            call.queues.append(event.to_queue)

    def _tell_now(self, revision: int, contact: str, call: Call) -> None:
        standing = call.standing(self._peer(call))
        call.told = {standing}
        self._told.append(Told(revision, contact, standing))

    def _remember(self, contact: str, ended: Ending) -> None:
        call = self.calls.pop(contact)
        for offer in call.ringing:
            self.bells.end(offer)
        parent = self.calls.get(call.parent) if call.parent else None
        if parent is not None:
            parent.legs.pop(contact, None)
        self.endings[contact] = ended
        while len(self.endings) > self._remembered:
            del self.endings[next(iter(self.endings))]

    def _peer(self, call: Call) -> str:
        parent = self.calls.get(call.parent) if call.parent else None
        return parent.agent if parent is not None else ""

    def _news(self, call: Call) -> list[Instruction]:
        """What holds for a call and has not been told yet."""
        now = self._to_tell(call)
        fresh = now - call.told
        call.told = now
        found: list[Instruction] = []
        if fresh and call.agent:
            found.append(call.standing(self._peer(call)))
        elif fresh and call.ringing:
            for one in call.ringing.values():
                offers = self.bells.offers(one, one.at_ns, call.parent)
                found += (offer for offer in offers if (offer.offer, offer.endpoint) in fresh)
        elif fresh:
            found.append(self._wait(call))
        found += call.mark.since(call.told_mark)
        call.told_mark = call.mark
        return found

    def _wait(self, call: Call) -> Wait:
        queues = tuple(call.queues)
        treatment = self.directory.target("waiting", queues[0]) if queues and not call.parent else ""
        return Wait(queues, treatment=treatment, parent=call.parent)

    def _to_tell(self, call: Call) -> set[object]:
        """What a front-end must have been told, in short."""
        if call.agent:
            return {call.standing(self._peer(call))}
        if not call.ringing:
            return {tuple(call.queues)}
        offers = (self.bells.offers(one, one.at_ns) for one in call.ringing.values())
        return cast("set[object]", {(one.offer, one.endpoint) for several in offers for one in several})


def _is_of(told: object, offer: int) -> bool:
    """Whether what was told is of this offer; of what rings, the number and the address are told."""
    return isinstance(told, tuple) and len(told) == 2 and told[0] == offer


def _by_revision(told: Told) -> int:
    return told.revision
