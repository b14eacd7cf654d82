"""Whether an agent has room for a contact: places on channels, loads, and channels that interrupt others.

Owns capacity; must not know availability, skills or queues.
"""

from reference.configuration import ConfigurationCommands
from reference.state import Contact, Person


class Room(ConfigurationCommands):
    """What agents can take beside what they have."""

    def _has_room(self, person: Person, contact: Contact) -> bool:
        on_channel = [segment for segment in person.segments if segment.channel == contact.channel]
        interrupted = self._interrupted_by(contact.channel)
        total = contact.load + sum(one.load for one in person.segments if one.channel not in interrupted)
        fits_load = contact.load == 0 or total <= person.agent.load
        fits = len(on_channel) < self._capacity(person, contact.channel) and fits_load
        return fits and not self._is_busy_with_more_urgent(person, contact)

    def _is_busy_with_more_urgent(self, person: Person, contact: Contact) -> bool:
        """Rings or is in hand what interrupts this contact's channel? (Wrap-up does not count.)"""
        live = [segment for segment in person.segments if segment.state != "wrap_up"]
        return any(contact.channel in self._interrupted_by(segment.channel) for segment in live)

    def _could_hold(self, person: Person, contact: Contact) -> bool:
        """Is there room for it when nothing else is in hand?"""
        capacity = self._capacity(person, contact.channel)
        return capacity > 0 and (contact.load == 0 or contact.load <= person.agent.load)

    def _interrupted_by(self, channel: str) -> tuple[str, ...]:
        return next((one.interrupts for one in self._base.channels if one.id == channel), ())

    def _capacity(self, person: Person, channel: str) -> int:
        if person.agent.channels:
            return person.agent.channels.get(channel, 0)
        return next((one.capacity for one in self._base.channels if one.id == channel), 0)
