"""The command of a front-end that has come back: which of its calls are live.

Owns who is lost and who is adopted; must not know how agents are found.
"""

from reference.attempts import AttemptCommands
from reference.ground import RefusedError, refuse_if
from reference.state import Contact
from routing import commands, events
from routing.commands import LiveCall
from routing.events import Outcome, Reason


class CallCommands(AttemptCommands):
    """Contacts brought in line with calls."""

    def _sync(self, command: commands.SyncCalls) -> None:
        live: dict[str, LiveCall] = {}
        for call in command.live:
            if call.contact in live:
                raise RefusedError(Reason.DUPLICATE_CONTACT, call.contact)
            live[call.contact] = call
        for index, dial in enumerate(command.attempts):
            refuse_if(dial in command.attempts[:index], Reason.DUPLICATE_ATTEMPT, dial)

        ours = [one for one in self._contacts.values() if one.command.front_end == command.front_end]
        lost = [contact for contact in ours if contact.id not in live]
        unknown = tuple(contact for contact in live if contact not in self._contacts)
        dialed = [one for one in self._attempts.values() if one.command.front_end == command.front_end]
        lost_attempts = [attempt for attempt in dialed if attempt.id not in command.attempts]
        unknown_attempts = tuple(one for one in command.attempts if one not in self._attempts)
        told = len(self._events)
        for contact in lost:
            self._lose(contact)
        for attempt in lost_attempts:
            self._finish_attempt(attempt, "lost")
        adopted = sum(self._adopt(self._contacts[call.contact], call.agent) for call in known(live, unknown))
        synced = events.CallsSynced(
            self._now_ns,
            command.front_end,
            len(lost),
            adopted,
            unknown,
            len(lost_attempts),
            unknown_attempts,
        )
        self._events.insert(told, synced)

    def _lose(self, contact: Contact) -> None:
        if contact.state == "handling":
            self._end_in_hand(contact, Outcome.LOST)
        else:
            self._stop_ringing(contact, "lost")
            self._end(contact, Outcome.LOST, contact.visits[0].line.id, "")

    def _adopt(self, contact: Contact, agent: str) -> bool:
        """Give the contact to the agent who talks to its caller; is that news, and possible?"""
        person = self._people.get(agent)
        if contact.state == "handling" or person is None or not person.logged_in:
            return False
        ringing = next((one for one in contact.ringing if one.person is person), None)
        if ringing is None and not self._has_room(person, contact):
            return False
        for segment in contact.ringing:
            if segment is not ringing:
                self._withdraw_offer(contact, segment, "answered_elsewhere")
        if ringing is None:
            ringing = self._offer(contact, person, self._lead(contact).line, grouped=False, for_ever=True)
            reserved = self._reserved_for(contact)
            if reserved is not None:
                self._end_reservation(contact, reserved)
        self._take(contact, ringing)
        return True


def known(live: dict[str, LiveCall], unknown: tuple[str, ...]) -> list[LiveCall]:
    return [call for contact, call in live.items() if contact not in unknown]
