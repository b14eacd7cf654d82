"""The commands of agents at work.

Owns what each of them checks and does; must not know contacts beyond their segments.
"""

from reference.ground import refuse_if
from reference.segments import lacks_disposition
from reference.state import Person
from reference.visits import Visits
from routing import commands, events
from routing.events import Outcome, Reason


class AgentCommands(Visits):
    """Log-in to log-out."""

    def _log_in(self, command: commands.LogIn) -> None:
        person = self._known_agent(command.agent)
        if not command.ready:
            self._check_reason(command.reason)
        refuse_if(person.leaving, Reason.AGENT_LEAVING, person.id)
        refuse_if(person.logged_in, Reason.ALREADY_SO, person.id)
        person.logged_in = True
        person.ready = command.ready
        person.reason = "" if command.ready else command.reason
        person.device = "available"
        person.retry_until_ns = None
        person.handled = person.misses = person.occupancy = 0
        self._forget_occupancy(person)
        self._renew_idle(person)
        self._emit(events.AgentLoggedIn, person.id, person.ready, person.reason)
        self._limit_not_ready(person)

    def _log_out(self, command: commands.LogOut) -> None:
        person = self._known_agent(command.agent)
        refuse_if(not person.logged_in, Reason.AGENT_LOGGED_OUT, person.id)
        if command.force:
            self._drop(person)
            return
        refuse_if(person.leaving, Reason.ALREADY_SO, person.id)
        self._leave(person)

    def _drop(self, person: Person) -> None:
        """Log out by force: whatever the agent has goes back, or is over, in order of offers."""
        in_hand = len(person.segments) > len(person.segments_in("ringing"))
        if in_hand and not person.leaving:
            self._emit(events.LogOutPending, person.id)
        person.leaving = person.dropping = True
        person.not_ready_until_ns = None
        if not person.segments:
            self._finish_leaving(person)
        for segment in sorted(person.segments, key=lambda one: one.offer):
            contact = self._contacts.get(segment.contact)
            if segment.state == "wrap_up":
                self._finish_wrap_up(segment)
            elif contact is not None and segment.state == "ringing":
                self._withdraw_offer(contact, segment, "agent_logged_out")
            elif contact is not None and contact.parent is None and contact.command.direction == "internal":
                self._end_in_hand(contact, Outcome.CANCELLED)
            elif contact is not None:
                contact.last_target = "disconnect"
                queues = () if segment.line.removed else (segment.line.id,)
                self._wait_again(contact, queues, keep_age=True, steps=contact.steps)

    def _set_ready(self, command: commands.SetReady) -> None:
        person = self._working_agent(command.agent)
        refuse_if(person.ready, Reason.ALREADY_SO, person.id)
        self._go_ready(person)

    def _set_not_ready(self, command: commands.SetNotReady) -> None:
        self._known_agent(command.agent)
        self._check_reason(command.reason)
        person = self._working_agent(command.agent)
        refuse_if(not person.ready and person.reason == command.reason, Reason.ALREADY_SO, person.id)
        self._go_not_ready(person, command.reason)

    def _report_device(self, command: commands.ReportDevice) -> None:
        person = self._known_agent(command.agent)
        refuse_if(not person.logged_in, Reason.AGENT_LOGGED_OUT, person.id)
        held = command.state == "available" and person.retry_until_ns is not None
        refuse_if(person.device == command.state and not held, Reason.ALREADY_SO, person.id)
        person.device = command.state
        if command.state == "available":
            person.retry_until_ns = None
        self._emit(events.DeviceReported, person.id, command.state)
        if command.state == "unreachable":
            self._withdraw_ringing(person, "device_unreachable")

    def _end_wrap_up(self, command: commands.EndWrapUp) -> None:
        person = self._known_agent(command.agent)
        ending = [s for s in person.segments_in("wrap_up") if command.contact in ("", s.contact)]
        refuse_if(not ending, Reason.AGENT_NOT_IN_WRAP_UP, person.id)
        may_end = [segment for segment in ending if not lacks_disposition(segment)]
        refuse_if(not may_end, Reason.DISPOSITION_REQUIRED, ending[0].contact)
        for segment in may_end:
            self._finish_wrap_up(segment)

    def _reset_counts(self, command: commands.ResetCounts) -> None:
        chosen = [self._known_agent(command.agent)] if command.agent else list(self._people.values())
        for person in chosen:
            person.handled = 0
        for line in self._lines.values() if not command.agent else ():
            line.shares_given.clear()
        self._emit(events.CountsReset, command.agent)

    def _working_agent(self, agent: str) -> Person:
        person = self._known_agent(agent)
        refuse_if(not person.logged_in, Reason.AGENT_LOGGED_OUT, agent)
        refuse_if(person.leaving, Reason.AGENT_LEAVING, agent)
        return person

    def _check_reason(self, reason: str) -> None:
        known = self._base.not_ready_reasons
        refuse_if(bool(known) and reason not in known, Reason.UNKNOWN_REASON, reason)
