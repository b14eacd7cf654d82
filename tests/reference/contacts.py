"""The commands of contacts: from the queue through offers to the end, and back again.

Owns what each of them checks and does; must not know how agents are found.
"""

from itertools import pairwise

from reference.agents import AgentCommands
from reference.ground import RefusedError, refuse_if
from reference.state import Contact, Segment
from routing import commands, events
from routing.commands import EnqueueContact
from routing.config import effective_steps
from routing.errors import ExpressionError
from routing.events import Outcome, Reason
from routing.model import Step
from routing.skills import compile_requirement
from routing.units import MAX_DURATION_NS


class ContactCommands(AgentCommands):
    """EnqueueContact to ContactEnded."""

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
        credit_ns = command.credit_ns
        refuse_if(not 0 <= credit_ns <= MAX_DURATION_NS, Reason.CREDIT_OUT_OF_RANGE, credit_ns)
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

    def _requeue(self, command: commands.RequeueContact) -> None:
        contact = self._living(command.contact)
        in_hand = contact.segment if contact.state == "handling" else None
        queues = command.queues
        if not queues and in_hand is not None:
            refuse_if(in_hand.line.removed, Reason.UNKNOWN_QUEUE, in_hand.line.id)
            queues = (in_hand.line.id,)
        elif not queues:
            queues = tuple(visit.line.id for visit in contact.visits)
        self._check_queues_known(command.queues)
        self._check_queues_fit(command.queues)
        priority = contact.priority
        if command.priority is not None:
            priority = command.priority
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

    def _living(self, contact: str, also_known: str = "") -> Contact:
        """The living contact of this id; ``also_known`` is an agent who is looked up before its end is told."""
        known = contact in self._contacts or contact in self._ended
        refuse_if(not known, Reason.UNKNOWN_CONTACT, contact)
        if also_known:
            self._known_agent(also_known)
        refuse_if(contact not in self._contacts, Reason.CONTACT_ENDED, contact)
        return self._contacts[contact]

    def _ringing(self, contact_id: str, agent: str, offer: int) -> tuple[Contact, Segment]:
        contact = self._living(contact_id, agent)
        segment = contact.segment
        if segment is None or segment.state != "ringing":
            raise RefusedError(Reason.CONTACT_NOT_OFFERED, contact_id)
        another = agent not in ("", segment.person.id) or offer not in (0, segment.offer)
        refuse_if(another, Reason.OFFER_IS_ANOTHER, contact_id)
        return contact, segment

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
