"""People: whose contacts are alive, what their conversation is, and which of their contacts were dropped of late.

A contact goes on with the conversation of its customer when it begins no later than the window after the last of that
has ended, whatever channels they are on; a conversation has the id of its first contact. That is the rule by which
`routing.customers` parts the history, so both agree.

Owns this memory and its bounds; must not know commands, events or engines.
"""

from heapq import heapify, heappop, heappush
from typing import Final

from msgspec import Struct

#: No instant is later.
_FOREVER: Final = 2**63 - 1


class Part(Struct):
    """A contact of a conversation."""

    contact: str
    channel: str
    queue: str  # entered or, once it is over, where it was answered
    arrived_ns: int
    ended_ns: int = -1  # -1: it goes on
    outcome: str = ""
    agent: str = ""  # who had it in hand at the end


class Conversation(Struct, frozen=True):
    """A conversation and its contacts, oldest first."""

    conversation: str
    open_until_ns: int  # -1: a contact of it goes on
    parts: tuple[Part, ...]


class Stay(Struct):
    """How a living contact stands: since when in which queue, ns, and its credit."""

    whom: str
    channel: str
    queues: dict[str, int]
    credit_ns: int
    kept_ns: int  # of that, given back for an earlier contact
    due_ns: int
    returns: bool  # whether it can be dropped: it is a customer's own


class Drop(Struct):
    """A contact that was dropped; its customer may come back."""

    contact: str
    at_ns: int
    outcome: str
    agent: str
    stay: Stay


class Person(Struct):
    """What is known of one customer."""

    conversation: str
    open_until_ns: int
    parts: list[Part]
    living: int = 0
    drops: list[Drop] = []  # oldest first


class Kept(Struct, array_like=True):
    """Everything, as it is written down."""

    format: int
    by: tuple[str, ...]
    people: dict[str, Person]
    living: dict[str, Stay]


class People:
    """Customers by what says who they are.

    Parameters
    ----------
    window_ns : int
        How long a conversation stays open.
    drops_ns : int
        How long a dropped contact matters.
    most : int
        Whom it remembers at once, but for those with living contacts.
    parts : int
        Contacts listed of a conversation.
    """

    def __init__(self, window_ns: int, drops_ns: int, most: int, parts: int) -> None:
        self.window_ns = window_ns
        self.drops_ns = drops_ns
        self.most = most
        self.parts = parts
        self.people: dict[str, Person] = {}
        self.living: dict[str, Stay] = {}
        self._of: dict[str, str] = {}  # conversation -> whose
        self._ends: list[tuple[int, str]] = []  # when somebody may be forgotten, with some that hold no more

    def load(self, people: dict[str, Person], living: dict[str, Stay]) -> None:
        """Go on with what was written down. O(people)."""
        self.people, self.living = people, living
        self._of = {person.conversation: whom for whom, person in people.items()}
        self._ends = [(self._end(person), whom) for whom, person in people.items() if not person.living]
        heapify(self._ends)

    def conversation_at(self, whom: str, at_ns: int) -> str:
        """Name the conversation that a contact goes on with; "": it begins one. O(1)."""
        person = self.people.get(whom)
        if person is None or not (person.living or at_ns <= person.open_until_ns):
            return ""
        return person.conversation

    def begin(self, whom: str, part: Part, stay: Stay) -> None:
        """A contact of theirs begins. O(1)."""
        person = self.people.get(whom)
        if person is None:
            person = self.people[whom] = Person(part.contact, -1, [])
            self._of[part.contact] = whom
        elif not self.conversation_at(whom, part.arrived_ns):
            self._rename(whom, person, part.contact)
        person.living += 1
        person.parts.append(part)
        if len(person.parts) > self.parts:
            gone = next((one for one in person.parts if one.ended_ns >= 0), None)
            if gone is not None:
                person.parts.remove(gone)
        self.living[part.contact] = stay

    def end(self, contact: str, at_ns: int, outcome: str, queue: str, agent: str) -> None:
        """A contact is over, and was dropped if it is one that customers come back for. O(parts)."""
        stay = self.living.pop(contact)
        person = self.people[stay.whom]
        person.living -= 1
        person.open_until_ns = max(person.open_until_ns, at_ns + self.window_ns)
        for part in person.parts:
            if part.contact == contact and part.ended_ns < 0:
                part.ended_ns, part.outcome, part.queue, part.agent = (
                    at_ns,
                    outcome,
                    queue or part.queue,
                    agent,
                )
        if stay.returns and self.drops_ns:
            person.drops = [one for one in person.drops if at_ns <= one.at_ns + self.drops_ns]
            person.drops.append(Drop(contact, at_ns, outcome, agent, stay))
        if not person.living:
            heappush(self._ends, (self._end(person), stay.whom))

    def take(self, whom: str, contact: str) -> None:
        """What this contact had was given back: nobody gets it again."""
        person = self.people.get(whom)
        if person is not None:
            person.drops = [one for one in person.drops if one.contact != contact]

    def forget(self, now_ns: int) -> None:
        """Forget who does not matter any more, and who is too many. O(log people) for each."""
        while self._ends and (self._ends[0][0] < now_ns or len(self.people) > self.most):
            end, whom = heappop(self._ends)
            person = self.people.get(whom)
            if person is None or person.living or self._end(person) != end:
                continue  # it stands there again
            del self.people[whom]
            self._of.pop(person.conversation, None)

    def conversation(self, name: str) -> Conversation | None:
        """Give a conversation by its id, or that of a living contact. O(parts)."""
        stay = self.living.get(name)
        whom = self._of.get(name) if stay is None else stay.whom
        person = None if whom is None else self.people.get(whom)
        if person is None:
            return None
        until = -1 if person.living else person.open_until_ns
        return Conversation(person.conversation, until, tuple(person.parts))

    def _rename(self, whom: str, person: Person, conversation: str) -> None:
        self._of.pop(person.conversation, None)
        self._of[conversation] = whom
        person.conversation, person.parts, person.open_until_ns = conversation, [], -1

    def _end(self, person: Person) -> int:
        """After that, nothing of what is known of somebody matters."""
        last = max((one.at_ns for one in person.drops), default=-1)
        return min(max(person.open_until_ns, last + self.drops_ns if last >= 0 else -1), _FOREVER)
