"""The commands of contacts: into the queues, to the end, and back again.

Owns what each of them checks and does; must not know how agents are found.
"""

from reference.ground import RefusedError, refuse_if
from reference.offers import OfferCommands
from reference.state import Contact, Preferred
from routing import commands, events
from routing.commands import EnqueueContact
from routing.events import Outcome, Reason
from routing.model import Step


class ContactCommands(OfferCommands):
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
        self._check_credit(command.credit_ns)
        load = channels[command.channel].load if command.load is None else command.load
        refuse_if(not 0 <= load <= 1_000_000, Reason.LOAD_OUT_OF_RANGE, load)
        if command.requirement:
            self._check_expression(command.requirement)
        refuse_if(bool(command.requirement and command.steps), Reason.BAD_STEPS, contact)
        self._check_steps(contact, command.steps)
        self._check_attributes(command.attributes or {})
        self._check_due(command.due_ns)
        self._check_preferences(command)
        refuse_if(len(self._contacts) >= limits.contacts, Reason.CONTACTS_LIMIT, contact)
        own = (Step(command.requirement),) if command.requirement else command.steps
        self._check_requirements_limit(own, contact)
        loads = {(one.channel, one.load) for one in self._contacts.values()}
        new_load = (command.channel, load) not in loads
        refuse_if(new_load and len(loads) >= limits.loads, Reason.LOADS_LIMIT, contact)

        self._contacts_made += 1
        aged = (self._now_ns, self._next_seq())
        created = Contact(command, self._contacts_made, load, command.priority, own, aged)
        created.credit_ns, created.due_ns = command.credit_ns, command.due_ns
        created.attributes = dict(command.attributes or {})
        self._contacts[contact] = created
        self._look_up_preferred(created)
        self._emit(events.ContactEnqueued, contact, command.queues, command.channel, command.priority)
        self._enter_all(created, [self._lines[queue] for queue in command.queues], aged)

    def _look_up_preferred(self, contact: Contact) -> None:
        """These very agents; the wait for them begins when one of them is there."""
        for preference in contact.command.preferred:
            person = self._people.get(preference.agent)
            if person is not None and contact.preference(person) is None:
                contact.preferred.append(Preferred(person, preference.score, preference.direct))
        if contact.command.prefer_ns and any(one.person.present for one in contact.preferred):
            contact.prefer_until_ns = self._now_ns + contact.command.prefer_ns

    def _abandon(self, command: commands.AbandonContact) -> None:
        contact = self._living(command.contact)
        refuse_if(contact.state == "handling", Reason.CONTACT_NOT_WAITING, contact.id)
        self._stop_ringing(contact, "abandoned")
        self._count_outcome(contact.visits[0].line, "abandoned")
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

    def _update(self, command: commands.UpdateContact) -> None:
        contact = self._living(command.contact)
        refuse_if(contact.state == "handling", Reason.CONTACT_NOT_WAITING, contact.id)
        priority = contact.priority if command.priority is None else command.priority
        credit_ns = contact.credit_ns if command.credit_ns is None else command.credit_ns
        due_ns = contact.due_ns if command.due_ns is None else command.due_ns
        attributes = {**contact.attributes, **(command.attributes or {})}
        for name, value in (command.attributes or {}).items():
            if not value:
                del attributes[name]
        if command.priority is not None:
            self._check_priority(priority)
        self._check_credit(credit_ns)
        self._check_due(due_ns)
        if command.attributes is not None:
            self._check_attributes(attributes)

        contact.priority, contact.credit_ns, contact.due_ns = priority, credit_ns, due_ns
        contact.attributes = attributes
        if command.expedite is not None:
            contact.expedited = command.expedite
        self._emit(events.ContactUpdated, contact.id, priority, credit_ns, due_ns, contact.expedited)

    def _requeue(self, command: commands.RequeueContact) -> None:
        contact = self._living(command.contact)
        in_hand = contact.in_hand
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
        contact.segments.clear()
        contact.visits.clear()
        contact.priority = priority
        contact.steps = steps
        contact.hops = 0
        if in_hand is not None:
            self._wrap_up(in_hand)
        if not command.keep_age:
            contact.aged = (self._now_ns, self._next_seq())
        self._enter_all(contact, [self._lines[queue] for queue in queues], contact.aged)
