"""Who may be offered a contact: available, with room, not held, and fit for it or preferred directly.

Owns the candidates; must not know which of them is picked.
"""

from reference.room import Room
from reference.state import Contact, Person, Visit
from routing.skills import compile_requirement


class Candidates(Room):
    """Agents for a contact."""

    def _candidates(self, contact: Contact) -> list[Person]:
        return [person for person in self._order if self._is_candidate(contact, person)]

    def _is_candidate(self, contact: Contact, person: Person) -> bool:
        return self._would_do(contact, person) and self._has_room(person, contact)

    def _would_do(self, contact: Contact, person: Person) -> bool:
        """A candidate, but perhaps for room."""
        preference = contact.preference(person)
        if contact.prefer_until_ns is not None and preference is None:
            return False
        fits = any(self._fits(contact, visit, person) for visit in contact.visits)
        return (
            person.available
            and all(offer.person is not person for offer in contact.ringing)
            and contact.held_until_ns is None
            and not self._takes_part(contact, person)
            and all(hold.person is not person for hold in contact.holds)
            and (fits or (preference is not None and preference.direct))
        )

    def _takes_part(self, contact: Contact, person: Person) -> bool:
        """Has the agent the parent of this leg, or another of its legs, or rings one there?"""
        if contact.parent is None:
            return False
        whole = [contact.parent, *self._legs(contact.parent)]
        return any(segment.person is person for one in whole for segment in one.segments)

    def _fits(self, contact: Contact, visit: Visit, person: Person) -> bool:
        requirement = compile_requirement(contact.step_of(visit).expression, max_terms=255)
        return self._serves(visit, person) and requirement.matches(person.agent.skills)

    def _offering_visit(self, contact: Contact, person: Person) -> Visit:
        """Through which queue: the best that fits this agent, or the lead queue for a direct one whom none fits."""
        fitting = [visit for visit in contact.visits if self._fits(contact, visit, person)]
        return min(fitting or contact.visits, key=lambda visit: self._key(contact, visit))
