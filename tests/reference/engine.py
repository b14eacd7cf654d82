"""The obvious engine itself: calls, commands, timers, the match.

Owns the rules of docs/engine.md; a method says what the page says, in the page's order. Commands check
everything first (raising ``RefusedError``), then act. It must not know anything of the compiled engine.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import msgspec
from msgspec.structs import replace

from reference.state import Contact, Hold, Line, Person, Segment, Visit
from reference.strategies import pick
from routing import commands, events
from routing.commands import Command, EnqueueContact
from routing.config import effective_steps, validate
from routing.errors import ConfigError, ExpressionError, UsageError
from routing.events import CommandRefused, Event, Outcome, Reason
from routing.model import UNLIMITED, Agent, Config, Overflow, Queue, Step
from routing.skills import compile_requirement
from routing.units import MAX_DURATION_NS, MAX_INSTANT_NS

WRAP_UP, RETRY, HOLD, STEP, RING, NO_AGENT, MAX_WAIT, MAX_HANDLING = range(1, 9)
OVERFLOWS = ("max_wait", "no_agent", "max_length", "closed")


class RefusedError(Exception):
    """The command has no effect, for this reason; raised before anything was changed."""

    def __init__(self, reason: Reason, subject: object) -> None:
        super().__init__(reason, subject)
        self.reason = reason
        self.subject = str(subject)


class ReferenceEngine:
    """What the engine does, exactly and slowly."""

    def __init__(self, config: Config) -> None:
        self._base = validate(config)  # everything that no command changes piecemeal
        self._skills = list(self._base.skills)
        self._groups = list(self._base.groups)
        self._shifts = self._base.shifts
        self._people: dict[str, Person] = {}  # those whose removal is pending included
        self._order: list[Person] = []  # the agents in configured order
        self._lines: dict[str, Line] = {}  # the queues in configured order
        self._contacts: dict[str, Contact] = {}  # the living, in order of creation
        self._ended: dict[str, EnqueueContact] = {}  # the remembered, in order of their ends
        self._outcomes: dict[str, tuple[Event, ...]] = {}  # by request id, in order of first use
        self._now_ns = 0
        self._seq = 0
        self._stamp = 0
        self._offers = 0
        self._people_made = 0
        self._contacts_made = 0
        self._events: list[Event] = []
        self._revision = 0
        for agent in self._base.agents:
            self._add_person(agent)
        for queue in self._base.queues:
            self._lines[queue.id] = Line(queue)

    # Calls -------------------------------------------------------------------------------------------------

    @property
    def now_ns(self) -> int:
        return self._now_ns

    @property
    def revision(self) -> int:
        return self._revision

    @property
    def next_due_ns(self) -> int | None:
        return min((due for due, _, _ in self._timers()), default=None)

    @property
    def config(self) -> Config:
        """The configuration as it stands now."""
        return replace(
            self._base,
            skills=tuple(self._skills),
            groups=tuple(self._groups),
            agents=tuple(person.agent for person in self._order),
            queues=tuple(line.queue for line in self._lines.values()),
            shifts=self._shifts,
        )

    def apply(self, command: Command, at_ns: int, request_id: str = "") -> tuple[Event, ...]:
        check_types(command)
        if type(request_id) is not str:
            raise UsageError(f"request_id {request_id!r} is no string")
        earlier = self.advance(at_ns)
        if request_id and request_id in self._outcomes:
            return earlier + self._outcomes[request_id]
        try:
            self._dispatch(command)
        except RefusedError as refusal:
            self._emit(CommandRefused, type(command).__name__, refusal.reason, refusal.subject)
        self._settle()
        own = self._take_events()
        if request_id:
            self._outcomes[request_id] = own
        self._forget()
        return earlier + own

    def advance(self, at_ns: int) -> tuple[Event, ...]:
        if type(at_ns) is not int:
            raise UsageError(f"at_ns {at_ns!r} is no integer of nanoseconds")
        if not self._now_ns <= at_ns <= MAX_INSTANT_NS:
            raise UsageError(f"at_ns {at_ns} is not within [{self._now_ns}, {MAX_INSTANT_NS}]")
        while True:
            due, kind, number = min(self._timers(), default=(at_ns + 1, 0, 0))
            if due > at_ns:
                break
            self._now_ns = due
            self._fire(kind, number)
            self._settle()
        self._now_ns = at_ns
        return self._take_events()

    def _dispatch(self, command: Command) -> None:
        check_ids(command)
        handlers: dict[type, Callable[[Any], None]] = {
            commands.LogIn: self._log_in,
            commands.LogOut: self._log_out,
            commands.SetReady: self._set_ready,
            commands.SetNotReady: self._set_not_ready,
            commands.ReportDevice: self._report_device,
            commands.EndWrapUp: self._end_wrap_up,
            commands.ResetCounts: self._reset_counts,
            commands.EnqueueContact: self._enqueue,
            commands.AcceptOffer: self._accept,
            commands.RejectOffer: self._reject,
            commands.FailOffer: self._fail,
            commands.WithdrawOffer: self._withdraw,
            commands.AbandonContact: self._abandon,
            commands.CompleteContact: self._complete,
            commands.CancelContact: self._cancel,
            commands.RequeueContact: self._requeue,
            commands.OpenQueue: self._open_queue,
            commands.CloseQueue: self._close_queue,
            commands.PutSkill: self._put_skill,
            commands.RemoveSkill: self._remove_skill,
            commands.PutGroup: self._put_group,
            commands.RemoveGroup: self._remove_group,
            commands.PutAgent: self._put_agent,
            commands.SetSkills: self._set_skills,
            commands.RemoveAgent: self._remove_agent,
            commands.PutQueue: self._put_queue,
            commands.RemoveQueue: self._remove_queue,
            commands.Configure: self._configure,
        }
        handlers[type(command)](command)

    def _emit(self, event: type, *fields: object) -> None:
        self._events.append(event(self._now_ns, *fields))

    def _take_events(self) -> tuple[Event, ...]:
        taken = tuple(self._events)
        self._events.clear()
        self._revision += len(taken)
        return taken

    def _forget(self) -> None:
        limits = self._base.limits
        while len(self._outcomes) > limits.remembered_requests:
            del self._outcomes[next(iter(self._outcomes))]
        while len(self._ended) > limits.remembered_contacts:
            del self._ended[next(iter(self._ended))]

    # Agents ------------------------------------------------------------------------------------------------

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
        person.handled = person.misses = 0
        self._renew_idle(person)
        self._emit(events.AgentLoggedIn, person.id, person.ready, person.reason)

    def _log_out(self, command: commands.LogOut) -> None:
        person = self._known_agent(command.agent)
        refuse_if(not person.logged_in, Reason.AGENT_LOGGED_OUT, person.id)
        refuse_if(person.leaving, Reason.ALREADY_SO, person.id)
        self._leave(person)

    def _leave(self, person: Person) -> None:
        """Log out now, or as soon as nothing is in hand any more; the ringing offers are withdrawn."""
        if len(person.segments) > len(person.segments_in("ringing")):
            person.leaving = True
            self._emit(events.LogOutPending, person.id)
        else:
            self._finish_leaving(person)
        self._withdraw_ringing(person, "agent_logged_out")

    def _finish_leaving(self, person: Person) -> None:
        person.logged_in = person.leaving = person.ready = False
        self._emit(events.AgentLoggedOut, person.id)
        if person.removing:
            self._finish_removing(person)

    def _finish_removing(self, person: Person) -> None:
        del self._people[person.id]
        self._emit(events.AgentChanged, person.id, "removed")

    def _set_ready(self, command: commands.SetReady) -> None:
        person = self._working_agent(command.agent)
        refuse_if(person.ready, Reason.ALREADY_SO, person.id)
        person.ready = True
        person.reason = ""
        person.misses = 0
        if self._base.idle_since_ready:
            self._renew_idle(person)
        self._emit(events.AgentReady, person.id)

    def _set_not_ready(self, command: commands.SetNotReady) -> None:
        self._known_agent(command.agent)
        self._check_reason(command.reason)
        person = self._working_agent(command.agent)
        refuse_if(not person.ready and person.reason == command.reason, Reason.ALREADY_SO, person.id)
        self._go_not_ready(person, command.reason)

    def _go_not_ready(self, person: Person, reason: str) -> None:
        person.ready = False
        person.reason = reason
        self._emit(events.AgentNotReady, person.id, reason)
        self._withdraw_ringing(person, "agent_not_ready")

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
        for segment in ending:
            self._finish_wrap_up(segment)

    def _finish_wrap_up(self, segment: Segment) -> None:
        self._emit(events.WrapUpEnded, segment.person.id, segment.contact)
        self._release(segment)

    def _reset_counts(self, command: commands.ResetCounts) -> None:
        chosen = [self._known_agent(command.agent)] if command.agent else list(self._people.values())
        for person in chosen:
            person.handled = 0
        self._emit(events.CountsReset, command.agent)

    def _renew_idle(self, person: Person) -> None:
        self._stamp += 1
        person.idle = (self._now_ns, self._stamp)

    def _release(self, segment: Segment) -> None:
        """The agent is done with this contact, for good or because it never was accepted."""
        person = segment.person
        person.segments.remove(segment)
        if segment.state != "ringing":
            self._renew_idle(person)
        if person.leaving and not person.segments:
            self._finish_leaving(person)

    def _known_agent(self, agent: str) -> Person:
        refuse_if(agent not in self._people, Reason.UNKNOWN_AGENT, agent)
        return self._people[agent]

    def _working_agent(self, agent: str) -> Person:
        person = self._known_agent(agent)
        refuse_if(not person.logged_in, Reason.AGENT_LOGGED_OUT, agent)
        refuse_if(person.leaving, Reason.AGENT_LEAVING, agent)
        return person

    def _check_reason(self, reason: str) -> None:
        known = self._base.not_ready_reasons
        refuse_if(bool(known) and reason not in known, Reason.UNKNOWN_REASON, reason)

    # Contacts: into the queues and out of them -------------------------------------------------------------

    def _enqueue(self, command: EnqueueContact) -> None:
        contact, limits = command.contact, self._base.limits
        earlier = self._contacts[contact].command if contact in self._contacts else self._ended.get(contact)
        if earlier is not None:
            refuse_if(earlier == command, Reason.ALREADY_SO, contact)
            raise RefusedError(Reason.EXISTS_WITH_DIFFERENT, contact)
        self._check_queues_known(command.queues)
        channels = {channel.id: channel for channel in self._base.channels}
        refuse_if(command.channel not in channels, Reason.UNKNOWN_CHANNEL, command.channel)
        refuse_if(not command.queues, Reason.NO_QUEUE, contact)
        self._check_queues_fit(command.queues)
        self._check_priority(command.priority)
        refuse_if(
            not 0 <= command.credit_ns <= MAX_DURATION_NS, Reason.CREDIT_OUT_OF_RANGE, command.credit_ns
        )
        load = channels[command.channel].load if command.load is None else command.load
        refuse_if(not 0 <= load <= 1_000_000, Reason.LOAD_OUT_OF_RANGE, load)
        if command.requirement:
            self._check_expression(command.requirement)
        refuse_if(bool(command.requirement and command.steps), Reason.BAD_STEPS, contact)
        self._check_steps(contact, command.steps)
        attributes = command.attributes or {}
        size = sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
        refuse_if(len(attributes) > limits.attributes, Reason.TOO_MANY_ATTRIBUTES, len(attributes))
        refuse_if(size > limits.attribute_bytes, Reason.ATTRIBUTES_TOO_LARGE, size)
        refuse_if(len(self._contacts) >= limits.contacts, Reason.CONTACTS_LIMIT, contact)
        own = (Step(command.requirement),) if command.requirement else command.steps
        self._check_requirements_limit(own, contact)
        loads = {(one.channel, one.load) for one in self._contacts.values()}
        new_load = (command.channel, load) not in loads
        refuse_if(new_load and len(loads) >= limits.loads, Reason.LOADS_LIMIT, contact)

        self._contacts_made += 1
        aged = (self._now_ns, self._next_seq())
        created = Contact(command, self._contacts_made, load, command.priority, own, aged)
        self._contacts[contact] = created
        self._emit(events.ContactEnqueued, contact, command.queues, command.channel, command.priority)
        self._enter_all(created, [self._lines[queue] for queue in command.queues], aged)

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq

    def _enter_all(self, contact: Contact, lines: list[Line], aged: tuple[int, int]) -> None:
        for line in lines:
            self._enter(contact, line, aged)
        self._end_if_nowhere(contact)

    def _enter(self, contact: Contact, line: Line, aged: tuple[int, int]) -> None:
        queue = line.queue
        if contact.visit_in(line) is not None:
            return
        if not line.open:
            self._overflow(contact, line, aged, queue.closed or Overflow(), "closed")
        elif queue.max_length is not None and len(self._visitors(line)) >= queue.max_length.length:
            self._overflow(contact, line, aged, queue.max_length, "length")
        elif queue.no_agent is not None and queue.no_agent.after_ns == 0 and not self._is_staffed(line):
            self._overflow(contact, line, aged, queue.no_agent, "no_agent")
        else:
            visit = Visit(line, *aged, entered_ns=self._now_ns)
            contact.visits.append(visit)
            self._find_step(contact, visit)

    def _overflow(
        self, contact: Contact, line: Line, aged: tuple[int, int], action: Overflow, cause: str
    ) -> None:
        """A queue gives the contact up: its visit has ended, or its entry did not become one."""
        to, target = action.to, self._lines.get(action.queue)
        if to == "queue" and target is None:
            to = "disconnect"
        if to == "queue" and contact.hops >= self._base.limits.overflows:
            to, cause = "disconnect", "overflow_limit"
        contact.last_target = to
        if to != "queue" or target is None:
            self._emit(events.ContactOverflowed, contact.id, line.id, cause, to, "")
            return
        contact.hops += 1
        self._emit(events.ContactOverflowed, contact.id, line.id, cause, to, target.id)
        if contact.visit_in(target) is None:
            self._enter(contact, target, aged if action.keep_age else (self._now_ns, self._next_seq()))

    def _overflow_visit(self, contact: Contact, visit: Visit, action: Overflow, cause: str) -> None:
        contact.visits.remove(visit)
        self._overflow(contact, visit.line, (visit.enqueued_ns, visit.seq), action, cause)

    def _end_if_nowhere(self, contact: Contact) -> None:
        if contact.state == "waiting" and not contact.visits:
            diverted = contact.last_target in ("voicemail", "callback")
            self._end(contact, Outcome.DIVERTED if diverted else Outcome.REJECTED, "", "")

    def _end(self, contact: Contact, outcome: Outcome, queue: str, agent: str) -> None:
        del self._contacts[contact.id]
        self._ended[contact.id] = contact.command
        self._forget()
        self._emit(events.ContactEnded, contact.id, outcome, queue, agent)

    def _visitors(self, line: Line) -> list[Contact]:
        return [contact for contact in self._contacts.values() if contact.visit_in(line) is not None]

    def _find_step(self, contact: Contact, visit: Visit) -> None:
        """The current step, found anew from the age: the last one that it has reached."""
        age = self._now_ns - visit.enqueued_ns
        steps = contact.steps_in(visit)
        visit.step = max(index for index, step in enumerate(steps) if step.after_ns <= age)

    # Contacts: checks --------------------------------------------------------------------------------------

    def _check_queues_known(self, queues: tuple[str, ...]) -> None:
        for queue in queues:
            refuse_if(queue not in self._lines, Reason.UNKNOWN_QUEUE, queue)

    def _check_queues_fit(self, queues: tuple[str, ...]) -> None:
        refuse_if(len(queues) > self._base.limits.queues_per_contact, Reason.TOO_MANY_QUEUES, len(queues))
        for index, queue in enumerate(queues):
            refuse_if(queue in queues[:index], Reason.DUPLICATE_QUEUE, queue)

    def _check_priority(self, priority: int) -> None:
        refuse_if(not 0 <= priority <= self._base.limits.priority, Reason.PRIORITY_OUT_OF_RANGE, priority)

    def _check_steps(self, contact: str, steps: tuple[Step, ...]) -> None:
        ages = [step.after_ns for step in steps]
        misshapen = len(steps) > self._base.limits.steps or ages[:1] not in ([], [0])
        misshapen = misshapen or any(later <= sooner for sooner, later in pairwise(ages))
        refuse_if(misshapen, Reason.BAD_STEPS, contact)
        for step in steps:
            self._check_expression(step.expression)

    def _check_expression(self, expression: str) -> None:
        try:
            requirement = compile_requirement(expression, max_terms=self._base.limits.expression_terms)
        except ExpressionError:
            raise RefusedError(Reason.BAD_REQUIREMENT, expression) from None
        for name in requirement.names:
            refuse_if(name not in self._skills, Reason.UNKNOWN_SKILL, name)

    def _check_requirements_limit(self, steps: tuple[Step, ...], subject: str) -> None:
        if not steps:
            return
        in_use = {effective_steps(line.queue) for line in self._lines.values()}
        in_use |= {contact.steps for contact in self._contacts.values() if contact.steps}
        full = len(in_use) >= self._base.limits.requirements
        refuse_if(steps not in in_use and full, Reason.REQUIREMENTS_LIMIT, subject)

    def _living(self, contact: str, also_known: str = "") -> Contact:
        """The living contact of this id; ``also_known`` is an agent to be looked up before its end is told."""
        refuse_if(
            contact not in self._contacts and contact not in self._ended, Reason.UNKNOWN_CONTACT, contact
        )
        if also_known:
            self._known_agent(also_known)
        refuse_if(contact not in self._contacts, Reason.CONTACT_ENDED, contact)
        return self._contacts[contact]

    # Contacts: offers --------------------------------------------------------------------------------------

    def _offer(self, contact: Contact, person: Person, line: Line) -> None:
        self._offers += 1
        timeout_ns = line.queue.ring_timeout_ns
        until_ns = self._now_ns + timeout_ns if timeout_ns else 0
        segment = Segment(self._offers, contact.id, person, line, contact.channel, contact.load, until_ns)
        contact.segment = segment
        person.segments.append(segment)
        self._emit(events.ContactOffered, contact.id, person.id, line.id, segment.offer, until_ns)

    def _ringing(self, contact_id: str, agent: str, offer: int) -> tuple[Contact, Segment]:
        contact = self._living(contact_id, agent)
        segment = contact.segment
        if segment is None or segment.state != "ringing":
            raise RefusedError(Reason.CONTACT_NOT_OFFERED, contact_id)
        another = agent not in ("", segment.person.id) or offer not in (0, segment.offer)
        refuse_if(another, Reason.OFFER_IS_ANOTHER, contact_id)
        return contact, segment

    def _accept(self, command: commands.AcceptOffer) -> None:
        contact, segment = self._ringing(command.contact, command.agent, command.offer)
        visit = contact.visit_in(segment.line)
        assert visit is not None
        segment.state = "handling"
        segment.person.handled += 1
        segment.person.misses = 0
        contact.visits.clear()
        limit_ns = segment.line.queue.max_handling_ns
        segment.handling_until_ns = self._now_ns + limit_ns if limit_ns else 0
        self._emit_offer(events.OfferAccepted, segment, self._now_ns - visit.entered_ns)

    def _reject(self, command: commands.RejectOffer) -> None:
        contact, segment = self._ringing(command.contact, command.agent, command.offer)
        self._emit_offer(events.OfferRejected, segment)
        self._hold_pair(contact, segment.person, segment.line.queue.exclusion_ns)
        self._return_to_waiting(contact, segment)

    def _fail(self, command: commands.FailOffer) -> None:
        contact, segment = self._ringing(command.contact, command.agent, command.offer)
        self._emit_offer(events.OfferFailed, segment, command.cause)
        delay_ns, person = segment.line.queue.retry_delay_ns, segment.person
        until_ns = self._now_ns + delay_ns
        if delay_ns and command.cause == "trunk_error":
            contact.held_until_ns = max(until_ns, contact.held_until_ns or 0)
        elif delay_ns:
            person.retry_until_ns = max(until_ns, person.retry_until_ns or 0)
        self._return_to_waiting(contact, segment)

    def _withdraw(self, command: commands.WithdrawOffer) -> None:
        contact, segment = self._ringing(command.contact, command.agent, command.offer)
        self._hold_pair(contact, segment.person, segment.line.queue.exclusion_ns)
        self._withdraw_offer(contact, segment, "withdrawn")

    def _miss(self, segment: Segment) -> None:
        """The ring time-out."""
        contact, person, queue = self._contacts[segment.contact], segment.person, segment.line.queue
        person.misses += 1
        self._emit_offer(events.OfferMissed, segment, person.misses)
        self._hold_pair(contact, person, queue.exclusion_ns)
        self._return_to_waiting(contact, segment)
        if 0 < queue.misses_to_not_ready <= person.misses and person.ready:
            self._go_not_ready(person, "missed_offers")

    def _emit_offer(self, event: type, segment: Segment, *more: object) -> None:
        self._emit(event, segment.contact, segment.person.id, segment.line.id, segment.offer, *more)

    def _withdraw_offer(self, contact: Contact, segment: Segment, cause: str) -> None:
        self._emit_offer(events.OfferWithdrawn, segment, cause)
        self._return_to_waiting(contact, segment)

    def _withdraw_ringing(self, person: Person, cause: str) -> None:
        for segment in person.segments_in("ringing"):
            self._withdraw_offer(self._contacts[segment.contact], segment, cause)

    def _stop_ringing(self, contact: Contact, cause: str) -> None:
        if contact.segment is not None and contact.segment.state == "ringing":
            self._withdraw_offer(contact, contact.segment, cause)

    def _return_to_waiting(self, contact: Contact, segment: Segment) -> None:
        contact.segment = None
        self._release(segment)
        for visit in contact.visits:
            self._find_step(contact, visit)

    def _hold_pair(self, contact: Contact, person: Person, duration_ns: int) -> None:
        if not duration_ns:
            return
        until_ns = self._now_ns + duration_ns
        for hold in contact.holds:
            if hold.person is person:
                hold.until_ns = max(hold.until_ns, until_ns)
                return
        if len(contact.holds) >= self._base.limits.holds_per_contact:
            contact.holds.remove(min(contact.holds, key=lambda hold: hold.until_ns))  # ties: the first made
        contact.holds.append(Hold(person, until_ns))

    # Contacts: ends and the way back -----------------------------------------------------------------------

    def _abandon(self, command: commands.AbandonContact) -> None:
        contact = self._living(command.contact)
        refuse_if(contact.state == "handling", Reason.CONTACT_NOT_WAITING, contact.id)
        self._stop_ringing(contact, "abandoned")
        self._end(contact, Outcome.ABANDONED, contact.visits[0].line.id, "")

    def _complete(self, command: commands.CompleteContact) -> None:
        contact = self._living(command.contact)
        refuse_if(contact.state != "handling", Reason.CONTACT_NOT_HANDLED, contact.id)
        self._end_in_hand(contact, Outcome.HANDLED)

    def _cancel(self, command: commands.CancelContact) -> None:
        contact = self._living(command.contact)
        if contact.state == "handling":
            self._end_in_hand(contact, Outcome.CANCELLED)
        else:
            self._stop_ringing(contact, "cancelled")
            self._end(contact, Outcome.CANCELLED, contact.visits[0].line.id, "")

    def _end_in_hand(self, contact: Contact, outcome: Outcome) -> None:
        segment = contact.segment
        assert segment is not None
        self._end(contact, outcome, segment.line.id, segment.person.id)
        self._wrap_up(segment)

    def _wrap_up(self, segment: Segment) -> None:
        """The contact left its agent: wrap-up, if the queue it was answered from has one."""
        duration_ns = 0 if segment.line.removed else segment.line.queue.wrap_up_ns
        if duration_ns == 0:
            self._release(segment)
            return
        segment.state = "wrap_up"
        segment.wrap_up_until_ns = 0 if duration_ns == UNLIMITED else self._now_ns + duration_ns
        self._emit(events.WrapUpStarted, segment.person.id, segment.contact, segment.wrap_up_until_ns)

    def _requeue(self, command: commands.RequeueContact) -> None:
        contact = self._living(command.contact)
        in_hand = contact.segment if contact.state == "handling" else None
        queues = command.queues
        if not queues and in_hand is not None:
            refuse_if(in_hand.line.removed, Reason.UNKNOWN_QUEUE, in_hand.line.id)
            queues = (in_hand.line.id,)
        elif not queues:
            queues = tuple(visit.line.id for visit in contact.visits)
        self._check_queues_known(queues)
        self._check_queues_fit(queues)
        priority = contact.priority if command.priority is None else command.priority
        self._check_priority(priority)
        steps = contact.steps if command.steps is None else command.steps
        self._check_steps(contact.id, command.steps or ())
        self._check_requirements_limit(steps, contact.id)

        self._stop_ringing(contact, "requeued")
        agent = in_hand.person.id if in_hand is not None else ""
        self._emit(events.ContactRequeued, contact.id, queues, agent, command.keep_age)
        contact.segment = None
        contact.visits.clear()
        contact.priority = priority
        contact.steps = steps
        contact.hops = 0
        if in_hand is not None:
            self._wrap_up(in_hand)
        if not command.keep_age:
            contact.aged = (self._now_ns, self._next_seq())
        self._enter_all(contact, [self._lines[queue] for queue in queues], contact.aged)

    # Queues ------------------------------------------------------------------------------------------------

    def _known_queue(self, queue: str) -> Line:
        refuse_if(queue not in self._lines, Reason.UNKNOWN_QUEUE, queue)
        return self._lines[queue]

    def _open_queue(self, command: commands.OpenQueue) -> None:
        line = self._known_queue(command.queue)
        refuse_if(line.open, Reason.ALREADY_SO, line.id)
        line.open = True
        self._emit(events.QueueOpened, line.id)

    def _close_queue(self, command: commands.CloseQueue) -> None:
        line = self._known_queue(command.queue)
        refuse_if(not line.open, Reason.ALREADY_SO, line.id)
        line.open = False
        self._emit(events.QueueClosed, line.id)
        if line.queue.on_close == "overflow":
            action = line.queue.closed or Overflow()
            self._empty(line, action, cause="closed", withdrawn="queue_closed")

    def _empty(self, line: Line, action: Overflow, cause: str, withdrawn: str) -> None:
        """Every contact with a visit here loses it, in the order in which they stand."""
        for contact in sorted(self._visitors(line), key=self._standing):
            if contact.segment is not None and contact.segment.line is line:
                self._stop_ringing(contact, withdrawn)
            visit = contact.visit_in(line)
            assert visit is not None
            self._overflow_visit(contact, visit, action, cause)
            self._end_if_nowhere(contact)

    # Configuration: skills and groups ----------------------------------------------------------------------

    def _put_skill(self, command: commands.PutSkill) -> None:
        refuse_if(command.skill in self._skills, Reason.ALREADY_SO, command.skill)
        refuse_if(len(self._skills) >= self._base.limits.skills, Reason.SKILLS_LIMIT, command.skill)
        self._skills.append(command.skill)
        self._emit(events.SkillChanged, command.skill, "added")

    def _remove_skill(self, command: commands.RemoveSkill) -> None:
        refuse_if(command.skill not in self._skills, Reason.UNKNOWN_SKILL, command.skill)
        lists = [effective_steps(line.queue) for line in self._lines.values()]
        lists += [contact.steps for contact in self._contacts.values()]
        named = {name for steps in lists for step in steps for name in names_in(step.expression)}
        owned = {name for person in self._people.values() for name in person.agent.skills}
        refuse_if(command.skill in named | owned, Reason.SKILL_IN_USE, command.skill)
        self._skills.remove(command.skill)
        self._emit(events.SkillChanged, command.skill, "removed")

    def _put_group(self, command: commands.PutGroup) -> None:
        refuse_if(command.group in self._groups, Reason.ALREADY_SO, command.group)
        refuse_if(len(self._groups) >= self._base.limits.groups, Reason.GROUPS_LIMIT, command.group)
        self._groups.append(command.group)
        self._emit(events.GroupChanged, command.group, "added")

    def _remove_group(self, command: commands.RemoveGroup) -> None:
        refuse_if(command.group not in self._groups, Reason.UNKNOWN_GROUP, command.group)
        named = {group for person in self._people.values() for group in person.agent.groups}
        named |= {group for line in self._lines.values() for group in line.queue.groups}
        named |= {group for shift in self._shifts for group in shift.groups}
        refuse_if(command.group in named, Reason.GROUP_IN_USE, command.group)
        self._groups.remove(command.group)
        self._emit(events.GroupChanged, command.group, "removed")

    # Configuration: agents ---------------------------------------------------------------------------------

    def _put_agent(self, command: commands.PutAgent) -> None:
        agent, person = command.agent, self._configured(command.agent.id)
        refuse_if(person is not None and person.agent == agent, Reason.ALREADY_SO, agent.id)
        self._check_agent(agent)
        full = person is None and len(self._order) >= self._base.limits.agents
        refuse_if(full, Reason.AGENTS_LIMIT, agent.id)
        self._set_agent(agent)

    def _set_skills(self, command: commands.SetSkills) -> None:
        person = self._known_agent(command.agent)
        refuse_if(person.removing, Reason.AGENT_LEAVING, person.id)
        agent = replace(person.agent, skills=dict(command.skills))
        refuse_if(person.agent == agent, Reason.ALREADY_SO, person.id)
        self._check_agent(agent)
        self._set_agent(agent)

    def _check_agent(self, agent: Agent) -> None:
        for skill in agent.skills:
            refuse_if(skill not in self._skills, Reason.UNKNOWN_SKILL, skill)
        for group in agent.groups:
            refuse_if(group not in self._groups, Reason.UNKNOWN_GROUP, group)
        for channel in agent.channels:
            known = any(channel == one.id for one in self._base.channels)
            refuse_if(not known, Reason.UNKNOWN_CHANNEL, channel)
        others = [person.agent for person in self._order if person.id != agent.id]
        self._check_whole(replace(self.config, agents=(*others, agent)), agent.id)

    def _set_agent(self, agent: Agent) -> None:
        """Add, replace, or call back from a pending removal."""
        person = self._people.get(agent.id)
        change = "changed"
        if person is None:
            person = self._add_person(agent)
            change = "added"
        elif person.removing:
            person.removing = False
            self._order.append(person)
            change = "added"
        person.agent = agent
        self._emit(events.AgentChanged, agent.id, change)

    def _add_person(self, agent: Agent) -> Person:
        self._people_made += 1
        person = Person(agent, self._people_made)
        self._people[agent.id] = person
        self._order.append(person)
        return person

    def _configured(self, agent: str) -> Person | None:
        return next((person for person in self._order if person.id == agent), None)

    def _remove_agent(self, command: commands.RemoveAgent) -> None:
        person = self._known_agent(command.agent)
        refuse_if(person.removing, Reason.AGENT_LEAVING, person.id)
        for line in self._lines.values():
            last_one = line.queue.members == (person.id,) and not line.queue.groups
            refuse_if(last_one, Reason.QUEUE_IN_USE, line.id)
        self._drop_agent(person)

    def _drop_agent(self, person: Person) -> None:
        """Out of the configuration at once; gone as soon as logged out."""
        person.removing = True
        self._order.remove(person)
        for line in self._lines.values():
            line.queue = replace(line.queue, members=without(line.queue.members, person.id))
        self._shifts = tuple(replace(s, agents=without(s.agents, person.id)) for s in self._shifts)
        if not person.logged_in:
            self._finish_removing(person)
        elif person.leaving:
            self._emit(events.LogOutPending, person.id)
        else:
            self._leave(person)

    # Configuration: queues ---------------------------------------------------------------------------------

    def _put_queue(self, command: commands.PutQueue) -> None:
        queue, line = command.queue, self._lines.get(command.queue.id)
        refuse_if(line is not None and line.queue == queue, Reason.ALREADY_SO, queue.id)
        self._check_queue(queue)
        full = line is None and len(self._lines) >= self._base.limits.queues
        refuse_if(full, Reason.QUEUES_LIMIT, queue.id)
        self._check_requirements_limit(effective_steps(queue), queue.id)
        self._set_queue(queue)

    def _check_queue(self, queue: Queue) -> None:
        for agent in queue.members:
            refuse_if(self._configured(agent) is None, Reason.UNKNOWN_AGENT, agent)
        for group in queue.groups:
            refuse_if(group not in self._groups, Reason.UNKNOWN_GROUP, group)
        for expression in (queue.requirement, *(step.expression for step in queue.steps)):
            for name in names_in(expression):
                refuse_if(name not in self._skills, Reason.UNKNOWN_SKILL, name)
        for action in (getattr(queue, name) for name in OVERFLOWS):
            if action is not None and action.to == "queue":
                known = action.queue in self._lines or action.queue == queue.id
                refuse_if(not known, Reason.UNKNOWN_QUEUE, action.queue)
        others = [line.queue for line in self._lines.values() if line.id != queue.id]
        self._check_whole(replace(self.config, queues=(*others, queue)), queue.id)

    def _set_queue(self, queue: Queue) -> None:
        line = self._lines.get(queue.id)
        if line is None:
            self._lines[queue.id] = Line(queue)
            self._emit(events.QueueChanged, queue.id, "added")
            return
        line.queue = queue
        for contact in self._visitors(line):
            visit = contact.visit_in(line)
            assert visit is not None
            self._find_step(contact, visit)
        self._emit(events.QueueChanged, queue.id, "changed")

    def _remove_queue(self, command: commands.RemoveQueue) -> None:
        line = self._known_queue(command.queue)
        if command.move_to:
            self._known_queue(command.move_to)
        aims = [
            getattr(other.queue, name)
            for other in self._lines.values()
            if other is not line
            for name in OVERFLOWS
        ]
        aimed_at = any(a is not None and a.to == "queue" and a.queue == line.id for a in aims)
        refuse_if(aimed_at or command.move_to == line.id, Reason.QUEUE_IN_USE, line.id)
        self._drop_queue(line, Overflow("queue", command.move_to) if command.move_to else None)

    def _drop_queue(self, line: Line, action: Overflow | None) -> None:
        line.removed = True
        del self._lines[line.id]
        self._emit(events.QueueChanged, line.id, "removed")
        action = action or line.queue.closed or Overflow()
        self._empty(line, action, cause="queue_removed", withdrawn="queue_removed")

    # Configuration: the whole ------------------------------------------------------------------------------

    def _check_whole(self, config: Config, subject: str) -> None:
        # The numbers of things have limits, and refusals, of their own: here they must not get in the way.
        limits = replace(config.limits, agents=10**8, queues=60_000, requirements=10**6)
        try:
            validate(replace(config, limits=limits))
        except ConfigError:
            raise RefusedError(Reason.INVALID_CONFIGURATION, subject) from None

    def _configure(self, command: commands.Configure) -> None:
        try:
            new = validate(command.config)
        except ConfigError:
            raise RefusedError(Reason.INVALID_CONFIGURATION, "") from None
        refuse_if(new == self.config, Reason.ALREADY_SO, "")

        self._base = new
        self._skills, self._groups = list(new.skills), list(new.groups)
        self._emit(events.Configured)
        agents = {agent.id: agent for agent in new.agents}
        queues = {queue.id: queue for queue in new.queues}
        for line in [line for line in self._lines.values() if line.id not in queues]:
            self._drop_queue(line, None)
        for person in [person for person in self._order if person.id not in agents]:
            self._drop_agent(person)
        for agent in new.agents:
            known = self._configured(agent.id)
            if known is None or known.agent != agent:
                self._set_agent(agent)
        for queue in new.queues:
            if queue.id not in self._lines or self._lines[queue.id].queue != queue:
                self._set_queue(queue)
        self._order = [self._people[agent] for agent in agents]
        self._lines = {queue: self._lines[queue] for queue in queues}
        self._shifts = new.shifts

    # Matching ----------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        for line in self._lines.values():
            self._look_at(line)
        while self._match_one():
            pass

    def _look_at(self, line: Line) -> None:
        """What a queue keeps from one command or timer to the next: since when it is unstaffed, and the place."""
        staffed = self._is_staffed(line)
        if line.staffed and not staffed:
            line.unstaffed_since_ns = self._now_ns
        line.staffed = staffed
        members = self._members(line.queue)
        if line.last in members:
            line.place = members.index(line.last)

    def _match_one(self) -> bool:
        """Offer the first waiting contact that has a candidate; is there one?"""
        waiting = [contact for contact in self._contacts.values() if contact.state == "waiting"]
        for contact in sorted(waiting, key=self._standing):
            candidates = [person for person in self._order if self._is_candidate(contact, person)]
            if candidates:
                self._match(contact, candidates)
                return True
        return False

    def _match(self, contact: Contact, candidates: list[Person]) -> None:
        lead = min(contact.visits, key=lambda visit: self._key(contact, visit))
        members = self._members(lead.line.queue)
        person = pick(candidates, contact, lead, members, self._order, self._base.seed)
        lead.line.matched += 1
        if person in members:
            lead.line.last = person
            lead.line.place = members.index(person)
        fitting = [visit for visit in contact.visits if self._fits(contact, visit, person)]
        best = min(fitting, key=lambda visit: self._key(contact, visit))
        self._offer(contact, person, best.line)

    def _key(self, contact: Contact, visit: Visit) -> tuple[int, int, int, int]:
        queue, rank = visit.line.queue, visit.enqueued_ns
        if queue.ordering == "priority_age":
            by_priority = queue.priority_credits_ns or (0,)
            rank -= contact.command.credit_ns + by_priority[min(contact.priority, len(by_priority) - 1)]
        return (queue.tier, rank, visit.enqueued_ns, visit.seq)

    def _standing(self, contact: Contact) -> tuple[int, int, int, int]:
        return min(self._key(contact, visit) for visit in contact.visits)

    def _is_candidate(self, contact: Contact, person: Person) -> bool:
        held = contact.held_until_ns is not None or any(hold.person is person for hold in contact.holds)
        fits = any(self._fits(contact, visit, person) for visit in contact.visits)
        return person.available and self._has_room(person, contact) and not held and fits

    def _fits(self, contact: Contact, visit: Visit, person: Person) -> bool:
        expression = contact.step_of(visit).expression
        member = person in self._members(visit.line.queue)
        return member and compile_requirement(expression, max_terms=255).matches(person.agent.skills)

    def _has_room(self, person: Person, contact: Contact) -> bool:
        on_channel = [segment for segment in person.segments if segment.channel == contact.channel]
        total = sum(segment.load for segment in person.segments) + contact.load
        fits_load = contact.load == 0 or total <= person.agent.load
        return len(on_channel) < self._capacity(person, contact.channel) and fits_load

    def _capacity(self, person: Person, channel: str) -> int:
        if person.agent.channels:
            return person.agent.channels.get(channel, 0)
        return next((one.capacity for one in self._base.channels if one.id == channel), 0)

    def _members(self, queue: Queue) -> list[Person]:
        if not queue.members and not queue.groups:
            return list(self._order)
        named = [self._people[agent] for agent in queue.members]
        grouped = [person for person in self._order if set(person.agent.groups) & set(queue.groups)]
        return named + [person for person in grouped if person not in named]

    def _is_staffed(self, line: Line) -> bool:
        return any(person.present for person in self._members(line.queue))

    # Timers ------------------------------------------------------------------------------------------------

    def _timers(self) -> Iterator[tuple[int, int, int]]:
        """Every timer as (due, kind, number); one that is past due counts as due now."""
        return ((max(due, self._now_ns), kind, number) for due, kind, number in self._armed())

    def _armed(self) -> Iterator[tuple[int, int, int]]:
        for person in self._people.values():
            if person.retry_until_ns is not None:
                yield person.retry_until_ns, RETRY, person.number
            for segment in person.segments:
                yield from self._segment_timers(segment)
        for contact in self._contacts.values():
            for until_ns in self._held_until(contact):
                yield until_ns, HOLD, contact.number
            if contact.state == "waiting":
                for kind, due_in in (
                    (STEP, self._step_due),
                    (NO_AGENT, no_agent_due),
                    (MAX_WAIT, max_wait_due),
                ):
                    for visit in contact.visits:
                        due = due_in(contact, visit)
                        if due is not None:
                            yield due, kind, contact.number

    def _segment_timers(self, segment: Segment) -> Iterator[tuple[int, int, int]]:
        if segment.state == "ringing" and segment.ring_until_ns:
            yield segment.ring_until_ns, RING, segment.offer
        if segment.state == "handling" and segment.handling_until_ns:
            yield segment.handling_until_ns, MAX_HANDLING, segment.offer
        if segment.state == "wrap_up" and segment.wrap_up_until_ns:
            yield segment.wrap_up_until_ns, WRAP_UP, segment.offer

    def _held_until(self, contact: Contact) -> list[int]:
        whole = [] if contact.held_until_ns is None else [contact.held_until_ns]
        return whole + [hold.until_ns for hold in contact.holds]

    def _step_due(self, contact: Contact, visit: Visit) -> int | None:
        steps = contact.steps_in(visit)
        return visit.enqueued_ns + steps[visit.step + 1].after_ns if visit.step + 1 < len(steps) else None

    def _fire(self, kind: int, number: int) -> None:
        if kind in (WRAP_UP, RING, MAX_HANDLING):
            people = self._people.values()
            self._fire_segment(
                kind, next(s for person in people for s in person.segments if s.offer == number)
            )
        elif kind == RETRY:
            next(one for one in self._people.values() if one.number == number).retry_until_ns = None
        else:
            self._fire_contact(kind, next(one for one in self._contacts.values() if one.number == number))

    def _fire_segment(self, kind: int, segment: Segment) -> None:
        if kind == WRAP_UP:
            self._finish_wrap_up(segment)
        elif kind == RING:
            self._miss(segment)
        else:
            segment.handling_until_ns = 0
            self._emit(events.HandlingTimeExceeded, segment.contact, segment.person.id)

    def _fire_contact(self, kind: int, contact: Contact) -> None:
        if kind == HOLD:
            contact.holds = [hold for hold in contact.holds if hold.until_ns > self._now_ns]
            if contact.held_until_ns is not None and contact.held_until_ns <= self._now_ns:
                contact.held_until_ns = None
        for visit in list(contact.visits):
            queue = visit.line.queue
            if kind == STEP and self._is_due(self._step_due(contact, visit)):
                self._find_step(contact, visit)
                self._emit(events.StepReached, contact.id, visit.line.id, visit.step)
            if kind == NO_AGENT and queue.no_agent is not None and self._is_due(no_agent_due(contact, visit)):
                self._overflow_visit(contact, visit, queue.no_agent, "no_agent")
            if kind == MAX_WAIT and queue.max_wait is not None and self._is_due(max_wait_due(contact, visit)):
                self._overflow_visit(contact, visit, queue.max_wait, "max_wait")
        self._end_if_nowhere(contact)

    def _is_due(self, due: int | None) -> bool:
        return due is not None and due <= self._now_ns


def no_agent_due(_: Contact, visit: Visit) -> int | None:
    action, line = visit.line.queue.no_agent, visit.line
    if action is None or line.staffed:
        return None
    return max(visit.entered_ns, line.unstaffed_since_ns) + action.after_ns


def max_wait_due(_: Contact, visit: Visit) -> int | None:
    action = visit.line.queue.max_wait
    return None if action is None else visit.entered_ns + action.after_ns


def refuse_if(condition: bool, reason: Reason, subject: object) -> None:
    if condition:
        raise RefusedError(reason, subject)


def without(ids: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(one for one in ids if one != gone)


def names_in(expression: str) -> tuple[str, ...]:
    """The skills that an expression names; none when it does not parse."""
    try:
        return tuple(compile_requirement(expression, max_terms=255).names)
    except ExpressionError:
        return ()


def check_types(command: Command) -> None:
    """Misuse is whatever could not be read back from a journal."""
    try:
        msgspec.convert(msgspec.to_builtins(command), type(command), strict=True)
        known = isinstance(command, Command)
    except (msgspec.ValidationError, TypeError) as error:
        raise UsageError(f"{command!r} has a wrong type: {error}") from None
    if not known:
        raise UsageError(f"{command!r} is no command")


def check_ids(command: Command) -> None:
    """``id_empty`` before ``id_too_long``, each in the order of the fields; structs bound their own ids."""
    optional = {commands.EndWrapUp: "contact", commands.WithdrawOffer: "agent", commands.ResetCounts: "agent"}
    ids = ("contact", "agent", "queue", "skill", "group")
    fields = [name for name in ids if isinstance(getattr(command, name, None), str)]
    for name in fields:
        empty = getattr(command, name) == "" and optional.get(type(command)) != name
        refuse_if(empty, Reason.ID_EMPTY, "")
    for name in (one for one in command.__struct_fields__ if one in fields):
        value = getattr(command, name)
        refuse_if(len(value) > 128, Reason.ID_TOO_LONG, value)
