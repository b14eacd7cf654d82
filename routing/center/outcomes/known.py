"""What the wing knows of contacts: those that live, and as many of the ended as the engine remembers.

Owns who had a contact in hand, and when they were done with it; must not know what was said of it.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Final, get_args

from msgspec import Struct

from routing.commands import Command, EnqueueContact, PlaceContact, UpdateContact
from routing.events import (
    ContactEnded,
    ContactEnqueued,
    ContactHandedOver,
    ContactPlaced,
    ContactRequeued,
    Event,
    OfferAccepted,
    Outcome,
    WrapUpEnded,
    WrapUpStarted,
)

_Told = ContactEnded | ContactHandedOver | ContactRequeued | OfferAccepted | WrapUpEnded | WrapUpStarted
_OF_KNOWN: Final = frozenset(get_args(_Told))
#: Events that `Contacts.tell` makes something of.
TOLD: Final = _OF_KNOWN | {ContactEnqueued, ContactPlaced}
#: The attribute of a contact that says which language its customer speaks.
LANGUAGE: Final = "language"


class Part(Struct):
    """A segment: one agent's stay with a contact. ``first_ns``: when a disposition was made of it first; -1: none."""

    agent: str
    queue: str
    in_hand: bool = True
    wrapping: bool = False
    said: bool = False
    first_ns: int = -1

    @property
    def done(self) -> bool:
        """Whether the agent has neither the contact in hand nor works on after it."""
        return not self.in_hand and not self.wrapping


class Asked(Struct):
    """A survey that was proposed."""

    at_ns: int
    until_ns: int
    means: str
    language: str
    answers: int = 0


class Known(Struct):
    """A contact. ``code`` and ``resolved`` are what stands; ``first_ns`` is of a disposition without a segment."""

    contact: str
    arrived_ns: int
    channel: str
    direction: str
    parent: str
    queue: str
    customer: str = ""
    language: str = ""
    opted_out: bool = False
    parts: list[Part] = []
    ended_ns: int = -1
    outcome: str = ""
    code: str = ""
    resolved: str = ""
    first_ns: int = -1
    surveys: dict[str, Asked] = {}

    def newest(self, agent: str = "") -> int:
        """Number the newest segment, or the newest of an agent; -1: there is none."""
        for number in range(len(self.parts) - 1, -1, -1):
            if not agent or self.parts[number].agent == agent:
                return number
        return -1


class Contacts:
    """Contacts by id.

    Parameters
    ----------
    remembered : int
        How many ended contacts the engine remembers; an attribute, too.
    opt_out : str
        The attribute of those who do not want to be asked.

    Attributes
    ----------
    by_id : dict of str to Known
        Alive or remembered.
    begun : list of (Known, int, int, int)
        Segments whose wrap-up began, when, and until when it lasts (0: without an end), since the list was emptied.
    done : list of (Known, int, int)
        Segments whose agent is done with the contact, and since when.
    again : list of Known
        Contacts that came into the hands of an agent who had them before, and had said nothing.
    gone : list of Known
        Contacts that were forgotten.
    moved : bool
        Whether anything of these, or of what is remembered, may have changed since it was set to False.
    """

    def __init__(self, remembered: int, opt_out: str) -> None:
        self.by_id: dict[str, Known] = {}
        self.ended: dict[str, None] = {}
        self.begun: list[tuple[Known, int, int, int]] = []
        self.done: list[tuple[Known, int, int]] = []
        self.again: list[Known] = []
        self.gone: list[Known] = []
        self.moved = True
        self.remembered = remembered
        self._opt_out = opt_out

    def tell(self, command: Command | None, event: Event) -> None:
        """Take note of one event. O(segments of the contact)."""
        if type(event) is ContactEnqueued:
            self._came(event, event.queues[0], event.parent, command)
        elif type(event) is ContactPlaced:
            self._taken(self._came(event, event.queue, "", command), event.agent, event.queue)
        elif type(event) in _OF_KNOWN:
            known = self.by_id.get(event.contact)  # type: ignore[union-attr]  # these have one
            if known is not None:
                self._tell(known, event)  # type: ignore[arg-type]

    def _tell(self, known: Known, event: _Told) -> None:
        match event:
            case ContactEnded():
                self._ended(known, event)
            case WrapUpStarted():
                self._wraps_up(known, event)
            case WrapUpEnded():
                of_theirs = (
                    at for at, part in enumerate(known.parts) if part.agent == event.agent and part.wrapping
                )
                for number in islice(of_theirs, event.older, event.older + 1):
                    known.parts[number].wrapping = False
                    self.done.append((known, number, event.at_ns))
                    self.moved = True
            case OfferAccepted():
                self._taken(known, event.agent, event.queue)
            case ContactHandedOver():
                self._left(known, event.at_ns)
                self._taken(known, event.to_agent, event.queue)
            case ContactRequeued():
                self._left(known, event.at_ns)

    def update(self, command: UpdateContact) -> None:
        """Take note of what a contact's attributes were changed to; the engine did so."""
        known = self.by_id.get(command.contact)
        if known is not None and command.attributes:
            self._read(known, command.attributes)

    def forget(self) -> None:
        """Forget the oldest of the ended contacts, as the engine does."""
        while len(self.ended) > self.remembered:
            contact = next(iter(self.ended))
            del self.ended[contact]
            self.gone.append(self.by_id.pop(contact))

    def restore(self, contacts: Sequence[Known], ended: Sequence[str]) -> None:
        """Go on from what was kept."""
        self.by_id.clear()
        self.by_id.update((known.contact, known) for known in contacts)
        self.ended = dict.fromkeys(ended)

    def _came(
        self, event: ContactEnqueued | ContactPlaced, queue: str, parent: str, command: Command | None
    ) -> Known:
        contact = event.contact
        before = self.by_id.get(contact)
        if before is not None:  # an id that is used again
            self.ended.pop(contact, None)
            self.gone.append(before)
            self.moved = True
        known = Known(contact, event.at_ns, event.channel, event.direction, parent, queue)
        if isinstance(command, EnqueueContact | PlaceContact) and command.contact == contact:
            known.customer = command.customer
            self._read(known, command.attributes or {})
        self.by_id[contact] = known
        return known

    def _taken(self, known: Known, agent: str, queue: str) -> None:
        """An agent has the contact; who has it again is not waited for to speak of the time before."""
        for part in known.parts:
            if part.agent == agent and not part.said:
                part.said = True
                self.again.append(known)
                self.moved = True
        known.parts.append(Part(agent, queue))

    def _read(self, known: Known, attributes: dict[str, str]) -> None:
        if self._opt_out in attributes:
            known.opted_out = bool(attributes[self._opt_out])
        if LANGUAGE in attributes:
            known.language = attributes[LANGUAGE]

    def _left(self, known: Known, at_ns: int) -> None:
        """Whoever has the contact in hand has it no more; a wrap-up is told of by the next event."""
        for number, part in enumerate(known.parts):
            if part.in_hand:
                part.in_hand = False
                self.done.append((known, number, at_ns))
                self.moved = True

    def _ended(self, known: Known, event: ContactEnded) -> None:
        known.ended_ns, known.outcome = event.at_ns, event.outcome.value
        if event.outcome == Outcome.MERGED:  # its agent goes on with the contact that it was a leg of
            for part in known.parts:
                part.in_hand = False
        self._left(known, event.at_ns)
        self.ended[known.contact] = None
        self.moved = True

    def _wraps_up(self, known: Known, event: WrapUpStarted) -> None:
        number = known.newest(event.agent)
        if number >= 0:
            known.parts[number].wrapping = True
            self.done = [one for one in self.done if one != (known, number, event.at_ns)]
            self.begun.append((known, number, event.at_ns, event.until_ns))
            self.moved = True
