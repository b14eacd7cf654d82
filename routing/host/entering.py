"""Entering: a contact is completed before it is journaled, from what is known of earlier ones.

A follower that is an `Entering`, too, is asked for each `EnqueueContact` of an engine's host, whichever door it comes
through. What it gives is what is journaled, applied and told; so a replay needs neither the follower nor its settings.
It answers from its own state and the engine's, which stand where everything before has been done: where that takes
it, what waits for the same write goes into the journal before.

A completed command says by itself what was added (``as_sent`` takes it away). So a contact that is sent again, as it
was sent, is known again, also after a crash.

Owns the protocol, and what is asked when; must not know what is completed how.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from msgspec.structs import replace

from routing.commands import Command, EnqueueContact, PlaceContact
from routing.engine import Engine
from routing.events import Event


@runtime_checkable
class Entering(Protocol):
    """A follower that completes contacts before they enter.

    Pure: asked again in the same state it says the same, and asking changes nothing. What it raises stops the host.
    """

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """As of `Follower`."""
        ...

    def snapshot(self) -> bytes:
        """As of `Follower`."""
        ...

    def entering(self, command: EnqueueContact, at_ns: int) -> EnqueueContact:
        """Give the command as it shall be journaled; the contact it makes is neither alive nor remembered."""
        ...

    def as_sent(self, command: EnqueueContact) -> EnqueueContact:
        """Take away what `entering` adds: ``as_sent(entering(command, at_ns)) == as_sent(command)``."""
        ...

    def concerns(self, command: EnqueueContact | PlaceContact) -> str:
        """Name whom a contact is of. "": nobody's, so nothing is added to it, and it matters to nobody."""
        ...

    def is_open(self, whom: str) -> bool:
        """Could other commands, or time, change what is added to the next contact of theirs?"""
        ...


class Entrance:
    """Asks all who complete commands, in the order in which the host has them.

    Parameters
    ----------
    engine : Engine
        Whose contacts they are.
    askers : iterable of Entering
        Who is asked; each is given what the one before it gave.
    """

    def __init__(self, engine: Engine, askers: Iterable[Entering]) -> None:
        self._engine = engine
        self._askers = tuple(askers)
        self._coming: set[tuple[int, str]] = set()  # of whom contacts wait for the next write, by asker
        self._ids: set[str] = set()  # which contacts do

    def written(self) -> None:
        """What waited was done."""
        self._coming.clear()
        self._ids.clear()

    def must_wait(self, command: EnqueueContact, *, more: bool) -> bool:
        """Must what comes before be done first? ``more``: there is something, in this write or by a timer."""
        if not more:
            return False
        if command.contact in self._ids:
            return True
        for number, asker in enumerate(self._askers):
            whom = asker.concerns(command)
            if whom and ((number, whom) in self._coming or asker.is_open(whom)):
                return True
        return False

    def complete(self, command: EnqueueContact, at_ns: int) -> EnqueueContact:
        """Give the command that is journaled."""
        known = self._engine.brought(command.contact)
        if known is not None:
            return self._again(command, known)
        for asker in self._askers:
            command = asker.entering(command, at_ns)
        return command

    def note(self, command: EnqueueContact | PlaceContact) -> None:
        """It waits for the next write."""
        self._ids.add(command.contact)
        for number, asker in enumerate(self._askers):
            if whom := asker.concerns(command):
                self._coming.add((number, whom))

    def _again(self, command: EnqueueContact, known: EnqueueContact | PlaceContact) -> EnqueueContact:
        """Compare with what was sent: what is the same becomes the same, and what differs differs in that alone."""
        if not isinstance(known, EnqueueContact):
            return command
        sent, before = self._as_sent(command), self._as_sent(known)
        if sent == before:
            return known
        names = command.__struct_fields__
        return replace(
            known,
            **{name: value for name in names if (value := getattr(sent, name)) != getattr(before, name)},
        )

    def _as_sent(self, command: EnqueueContact) -> EnqueueContact:
        for asker in reversed(self._askers):
            command = asker.as_sent(command)
        return command
