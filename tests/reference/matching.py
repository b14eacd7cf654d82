"""Who gets whom: the match, repeated until there is none left.

Owns the order among contacts and what a match moves; must not know why the state is as it is.
"""

from reference.candidates import Candidates
from reference.state import Contact, Line, Person, Visit
from reference.strategies import pick, share_of


class Matching(Candidates):
    """Settling after each command and each timer."""

    def _settle(self) -> None:
        self._keep_occupancy()
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
        if self._paused_until_ns is not None:
            return False
        waiting = [contact for contact in self._contacts.values() if self._wants_an_offer(contact)]
        for contact in sorted(waiting, key=self._standing):
            candidates = self._candidates(contact)
            if candidates:
                self._match(contact, self._pick(contact, candidates))
                return True
        return False

    def _wants_an_offer(self, contact: Contact) -> bool:
        """It waits, and for no batch, or rings in a group that is not complete."""
        if contact.state == "waiting":
            return not self._is_batched(contact)
        return contact.grouped and len(contact.ringing) < self._group_size(contact)

    def _is_batched(self, contact: Contact) -> bool:
        return self._lead(contact).line.queue.batch_ns is not None

    def _group_size(self, contact: Contact) -> int:
        """How many offers of it may ring at once, by its lead queue."""
        queue, most = self._lead(contact).line.queue, self._base.limits.offers_per_contact
        return {"ring_all": most, "ring_n": min(queue.ring_agents, most)}.get(queue.strategy, 1)

    def _pick(self, contact: Contact, candidates: list[Person]) -> Person:
        """By preference, where there is one; else as the lead queue's strategy will."""
        lead = self._lead(contact)
        preferred = [person for person in candidates if contact.preference(person) is not None]
        waits_for_them = contact.prefer_until_ns is not None
        if preferred and (waits_for_them or lead.line.queue.strategy != "weighted"):
            return min(preferred, key=lambda person: (-contact.affinity(person), person.idle))
        members = self._members(lead.line.queue)
        return pick(candidates, contact, lead, members, self._order, self._base.seed)

    def _match(self, contact: Contact, person: Person) -> None:
        lead = self._lead(contact)
        self._move_on(lead, person)
        grouped = lead.line.queue.strategy in ("ring_all", "ring_n")
        self._offer(contact, person, self._offering_visit(contact, person).line, grouped=grouped)

    def _move_on(self, lead: Visit, person: Person) -> None:
        """Counter, pointer and shares of the lead queue."""
        line = lead.line
        line.matched += 1
        share = share_of(line, person)
        if share is not None:
            line.shares_given[share] = line.shares_given.get(share, 0) + 1
        members = self._members(line.queue)
        if person in members:
            line.last = person
            line.place = members.index(person)
