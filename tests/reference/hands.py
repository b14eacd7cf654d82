"""The commands of contacts in hand: on hold and back, placed, with legs, handed over; and what is said of a contact.

Owns what each of them checks and does; must not know how agents are found.
"""

import msgspec

from reference.attempts import AttemptCommands
from reference.ground import RefusedError, refuse_if
from reference.state import Contact, Person, Segment
from routing import commands, events
from routing.events import Outcome, Reason
from routing.remarks import CallBack, Disposition


class HandCommands(AttemptCommands):
    """What agents do with what they have."""

    def _in_hand(self, contact: str) -> tuple[Contact, Segment]:
        found = self._living(contact)
        segment = found.in_hand
        if segment is None:
            raise RefusedError(Reason.CONTACT_NOT_HANDLED, contact)
        return found, segment

    def _hold(self, command: commands.HoldContact) -> None:
        contact, segment = self._in_hand(command.contact)
        refuse_if(segment.held_since_ns is not None, Reason.ALREADY_SO, contact.id)
        segment.held_since_ns = self._now_ns
        self._emit(events.ContactHeld, contact.id, segment.person.id)

    def _retrieve_command(self, command: commands.RetrieveContact) -> None:
        contact, segment = self._in_hand(command.contact)
        refuse_if(segment.held_since_ns is None, Reason.ALREADY_SO, contact.id)
        self._retrieve(contact)

    def _place(self, command: commands.PlaceContact) -> None:
        self._check_new(command)
        person = self._known_agent(command.agent)
        line = self._known_queue(command.queue)
        channels = {channel.id: channel for channel in self._base.channels}
        refuse_if(command.channel not in channels, Reason.UNKNOWN_CHANNEL, command.channel)
        load = channels[command.channel].load if command.load is None else command.load
        refuse_if(not 0 <= load <= 1_000_000, Reason.LOAD_OUT_OF_RANGE, load)
        self._check_attributes(command.attributes or {})
        refuse_if(not person.logged_in, Reason.AGENT_LOGGED_OUT, person.id)
        refuse_if(person.leaving, Reason.AGENT_LEAVING, person.id)
        contact = Contact(command, self._contacts_made + 1, load, 0, (), (self._now_ns, 0))
        refuse_if(not self._has_room(person, contact), Reason.AGENT_NO_ROOM, person.id)
        refuse_if(len(self._contacts) >= self._base.limits.contacts, Reason.CONTACTS_LIMIT, contact.id)
        self._check_loads_limit(command, load)

        self._contacts_made += 1
        contact.aged = (self._now_ns, self._next_seq())
        contact.attributes = dict(command.attributes or {})
        self._contacts[contact.id] = contact
        self._begin_work(contact, person, line.id)
        self._emit(events.ContactPlaced, contact.id, person.id, line.id, command.channel, command.direction)

    def _begin_work(self, contact: Contact, person: Person, queue: str) -> None:
        """The agent has the contact in hand, by no offer of a queue."""
        self._offers += 1
        line = next(
            (one.line for one in contact.segments), self._lines.get(queue)
        )  # of the agent before, if there is one
        assert line is not None
        segment = Segment(self._offers, contact.id, person, line, contact.channel, contact.load, 0)
        segment.state = "handling"
        limit_ns = 0 if line.removed else line.queue.max_handling_ns
        segment.handling_until_ns = self._now_ns + limit_ns if limit_ns else 0
        contact.segments = [segment]
        person.segments.append(segment)
        self._evaluate_occupancy(person)

    # Legs

    def _join(self, command: commands.JoinLeg) -> None:
        leg, segment = self._in_hand(command.leg)
        parent = self._parent_of(leg)
        refuse_if(leg.joined, Reason.ALREADY_SO, leg.id)
        self._retrieve(parent)
        self._retrieve(leg)
        leg.joined = True
        self._emit(events.LegJoined, parent.id, leg.id, segment.person.id)

    def _part(self, command: commands.PartLeg) -> None:
        leg, segment = self._in_hand(command.leg)
        parent = self._parent_of(leg)
        refuse_if(not leg.joined, Reason.ALREADY_SO, leg.id)
        leg.joined = False
        self._emit(events.LegParted, parent.id, leg.id, segment.person.id)

    def _parent_of(self, leg: Contact) -> Contact:
        if leg.parent is None:
            raise RefusedError(Reason.CONTACT_NOT_LEG, leg.id)
        return leg.parent

    def _hand_over(self, command: commands.HandOver) -> None:
        named = [command.contact, command.leg] if command.leg else [command.contact]
        for one in named:
            refuse_if(one not in self._contacts and one not in self._ended, Reason.UNKNOWN_CONTACT, one)
        for one in named:
            self._living(one)
        found = [self._in_hand(one) for one in named]
        contact, before = found[0]
        if command.leg:
            leg = found[1][0]
            refuse_if(leg.parent is not contact, Reason.CONTACT_NOT_LEG, leg.id)
        else:
            joined = [one for one in self._legs(contact) if one.joined]
            refuse_if(not joined, Reason.NO_LEG_JOINED, contact.id)
            leg = joined[0]
        gone = leg.in_hand
        assert gone is not None
        refuse_if(not self._fits_instead(contact, gone), Reason.AGENT_NO_ROOM, gone.person.id)

        self._retrieve(contact)
        self._retrieve(leg)
        self._emit(
            events.ContactHandedOver, contact.id, leg.id, before.person.id, gone.person.id, before.line.id
        )
        self._begin_work(contact, gone.person, before.line.id)
        self._wrap_up(before)
        self._end(leg, Outcome.MERGED, gone.line.id, gone.person.id)
        self._release(gone)

    def _fits_instead(self, contact: Contact, gone: Segment) -> bool:
        """It takes the place of another one, or has room once that is gone."""
        if contact.channel == gone.channel and contact.load <= gone.load:
            return True
        place = gone.person.segments.index(gone)
        gone.person.segments.remove(gone)
        fits = self._has_room(gone.person, contact)
        gone.person.segments.insert(place, gone)
        return fits

    # Remarks

    def _remark(self, command: commands.Remark) -> None:
        contact, remark, agent = command.contact, command.remark, ""
        known = contact in self._contacts or contact in self._ended
        lacks = contact == "" and isinstance(remark, CallBack)
        refuse_if(not known and not lacks, Reason.UNKNOWN_CONTACT, contact)
        said = [value for value in msgspec.structs.astuple(remark) if isinstance(value, str)]
        size = sum(len(value.encode()) for value in said)
        refuse_if(size > self._base.limits.remark_bytes, Reason.REMARK_TOO_LARGE, size)
        living = self._contacts.get(contact)
        if living is not None and living.in_hand is not None:
            agent = living.in_hand.person.id
        if isinstance(remark, Disposition):
            agent = remark.agent or agent
            for person in self._people.values():
                for segment in person.segments:
                    of_it = segment.contact == contact and segment.state != "ringing"
                    if of_it and remark.agent in ("", person.id):
                        segment.disposed = True
        self._emit(events.ContactRemarked, contact, agent, remark)
