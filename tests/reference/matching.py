"""Who gets whom: the match, repeated until there is none left.

Owns candidates and the order among contacts; must not know why the state is as it is.
"""

from reference.configuration import ConfigurationCommands
from reference.state import Contact, Line, Person, Visit
from reference.strategies import pick, share_of
from routing.skills import compile_requirement


class Matching(ConfigurationCommands):
    """Settling after each command and each timer."""

    def _settle(self) -> None:
        for line in self._lines.values():
            self._look_at(line)
        while self._match_one():
            pass

    def _look_at(self, line: Line) -> None:
        """What a queue keeps from one command or timer to the next: the place, and since when it is unstaffed."""
        staffed = self._is_staffed(line)
        if line.staffed and not staffed:
            line.unstaffed_since_ns = self._now_ns
        line.staffed = staffed
        members = self._members(line.queue)
        if line.last in members:
            line.place = members.index(line.last)

    def _match_one(self) -> bool:
        """Offer the first contact that has a candidate; is there one?"""
        waiting = [contact for contact in self._contacts.values() if self._wants_an_offer(contact)]
        for contact in sorted(waiting, key=self._standing):
            candidates = [person for person in self._order if self._is_candidate(contact, person)]
            if candidates:
                self._match(contact, candidates)
                return True
        return False

    def _match(self, contact: Contact, candidates: list[Person]) -> None:
        lead = self._lead(contact)
        members = self._members(lead.line.queue)
        person = pick(candidates, contact, lead, members, self._order, self._base.seed)
        lead.line.matched += 1
        share = share_of(lead.line, person)
        if share is not None:
            lead.line.shares_given[share] = lead.line.shares_given.get(share, 0) + 1
        if person in members:
            lead.line.last = person
            lead.line.place = members.index(person)
        fitting = [visit for visit in contact.visits if self._fits(contact, visit, person)]
        best = min(fitting, key=lambda visit: self._key(contact, visit))
        grouped = lead.line.queue.strategy in ("ring_all", "ring_n")
        self._offer(contact, person, best.line, grouped=grouped)

    def _wants_an_offer(self, contact: Contact) -> bool:
        """It waits, or rings in a group that is not complete."""
        in_group = contact.group_line is not None
        return contact.state == "waiting" or (in_group and len(contact.ringing) < self._group_size(contact))

    def _group_size(self, contact: Contact) -> int:
        """How many offers of it may ring at once, by its lead queue."""
        queue, most = self._lead(contact).line.queue, self._base.limits.offers_per_contact
        return {"ring_all": most, "ring_n": min(queue.ring_agents, most)}.get(queue.strategy, 1)

    def _is_candidate(self, contact: Contact, person: Person) -> bool:
        return (
            person.available
            and all(offer.person is not person for offer in contact.ringing)
            and self._has_room(person, contact)
            and contact.held_until_ns is None
            and all(hold.person is not person for hold in contact.holds)
            and any(self._fits(contact, visit, person) for visit in contact.visits)
        )

    def _fits(self, contact: Contact, visit: Visit, person: Person) -> bool:
        requirement = compile_requirement(contact.step_of(visit).expression, max_terms=255)
        return self._serves(visit, person) and requirement.matches(person.agent.skills)

    def _has_room(self, person: Person, contact: Contact) -> bool:
        on_channel = [segment for segment in person.segments if segment.channel == contact.channel]
        total = sum(segment.load for segment in person.segments) + contact.load
        fits_load = contact.load == 0 or total <= person.agent.load
        return len(on_channel) < self._capacity(person, contact.channel) and fits_load

    def _capacity(self, person: Person, channel: str) -> int:
        if person.agent.channels:
            return person.agent.channels.get(channel, 0)
        return next((one.capacity for one in self._base.channels if one.id == channel), 0)
