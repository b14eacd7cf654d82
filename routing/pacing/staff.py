"""Agents as events tell of them, put down on the compiled floor: who is idle, who will be free.

Owns agents, their work in hand and what is learned when it ends; must not know campaigns nor attempts.
"""

from collections.abc import Callable

from msgspec import Struct, field

from routing.pacing._pacer import Floor, Work

GONE, IDLE, TALK, WRAP, AWAY = range(5)


class Hand(Struct):
    """A contact at an agent: in which queue's work, what is done with it, since when (seconds)."""

    work: int
    doing: int
    since: float


class Person(Struct):
    """An agent. ``done``: the work that ended last, until it is known whether a wrap-up follows (-1: none)."""

    slot: int
    logged_in: bool = False
    ready: bool = False
    leaving: bool = False
    usable: bool = True
    hinted: float = -1.0
    done: int = -1
    done_at: float = 0.0
    hands: dict[str, Hand] = field(default_factory=dict)


class Staff:
    """All agents, and all kinds of work by queue.

    Parameters
    ----------
    make : callable
        Makes what is to be learned of a queue's work.
    """

    def __init__(self, make: Callable[[], Work]) -> None:
        self._make = make
        self.floor = Floor()
        self.people: dict[str, Person] = {}
        self.kinds: dict[str, int] = {}
        self.works: list[Work] = []

    def person(self, agent: str) -> Person:
        """Return an agent, who is new if need be. O(1)."""
        person = self.people.get(agent)
        if person is None:
            person = self.people[agent] = Person(self.floor.add())
        return person

    def kind(self, queue: str) -> int:
        """Return the number of a queue's work, which is new if need be. O(1)."""
        number = self.kinds.get(queue)
        if number is None:
            work = self._make()
            number = self.kinds[queue] = self.floor.teach(work)
            self.works.append(work)
        return number

    def put(self, person: Person, at: float) -> None:
        """Put down what an agent does now."""
        if not person.logged_in:
            doing, work, since = GONE, 0, at
        elif person.hands:
            hand = max(person.hands.values(), key=_since)
            staying = person.ready and not person.leaving and len(person.hands) == 1
            doing, work, since = hand.doing if staying else AWAY, hand.work, hand.since
        else:
            free = person.ready and person.usable and not person.leaving
            doing, work, since = IDLE if free else GONE, 0, at
        self.floor.put(person.slot, doing, work, since)
        if doing == TALK and person.hinted >= 0.0:
            self.floor.hint(person.slot, person.hinted)

    def take(self, agent: str, contact: str, queue: str, doing: int, at: float) -> None:
        """A contact is at an agent from now on."""
        person = self.person(agent)
        if person.done >= 0:  # no wrap-up followed the last one
            if doing != WRAP:
                self.works[person.done].wrapped(0.0)
                self._freed(person, person.done, person.done_at)
            person.done = -1
        hand = person.hands.get(contact)
        if hand is None or hand.doing != doing:
            person.hands[contact] = Hand(self.kind(queue), doing, at)
        if doing == TALK:
            person.hinted = -1.0
        self.put(person, at)

    def again(self, agent: str, contact: str, queue: str, at: float) -> None:
        """The offered contact is accepted: the talk begins now."""
        person = self.person(agent)
        person.hands.pop(contact, None)
        self.take(agent, contact, queue, TALK, at)

    def queue_of(self, person: Person, contact: str) -> str:
        """Return the queue of a contact in hand or, just ended, of the agent's last work. O(kinds)."""
        hand = person.hands.get(contact)
        kind = hand.work if hand is not None else person.done
        return next((queue for queue, number in self.kinds.items() if number == kind), "")

    def drop(self, agent: str, contact: str, at: float, *, served: bool) -> None:
        """A contact is at the agent no longer; learn for how long, if it was ``served``."""
        person = self.people.get(agent)
        hand = person.hands.pop(contact, None) if person is not None else None
        if person is None or hand is None:
            return
        if served:
            if hand.doing == WRAP:
                self.works[hand.work].wrapped(at - hand.since)
                self._freed(person, hand.work, at)
            else:
                self.works[hand.work].talked(at - hand.since)
                person.done, person.done_at = hand.work, at
        self.put(person, at)

    def hint(self, agent: str, at: float) -> None:
        """An agent in talk will be free soon; one who is not is left alone."""
        person = self.people.get(agent)
        if person is not None and any(hand.doing == TALK for hand in person.hands.values()):
            person.hinted = at
            self.put(person, at)

    def _freed(self, person: Person, work: int, at: float) -> None:
        if person.hinted >= 0.0:
            self.works[work].closed(at - person.hinted)
            person.hinted = -1.0


def _since(hand: Hand) -> float:
    return hand.since
