"""The commands of contacts: into the queues, to the end, and back again.

Owns what each of them checks and does; must not know how agents are found.
"""

from reference.ground import refuse_if
from reference.offers import OfferCommands
from reference.state import Contact, Preferred
from routing import commands, events
from routing.commands import EnqueueContact
from routing.events import Outcome, Reason
from routing.model import Preference, Step


class ContactCommands(OfferCommands):
    """EnqueueContact to ContactEnded."""

    def _enqueue(self, command: EnqueueContact) -> None:
        contact, limits = command.contact, self._base.limits
        self._check_new(command)
        parent = command.parent
        refuse_if(parent not in ("", *self._contacts, *self._ended), Reason.UNKNOWN_CONTACT, parent)
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
        if parent:
            self._check_parent(parent)
        refuse_if(len(self._contacts) >= limits.contacts, Reason.CONTACTS_LIMIT, contact)
        if parent:
            many = len(self._legs(self._contacts[parent]))
            refuse_if(many >= limits.legs, Reason.LEGS_LIMIT, parent)
        own = (Step(command.requirement),) if command.requirement else command.steps
        self._check_requirements_limit(own, contact)
        self._check_loads_limit(command, load)

        self._contacts_made += 1
        aged = (self._now_ns, self._next_seq())
        created = Contact(command, self._contacts_made, load, command.priority, own, aged)
        created.credit_ns, created.due_ns = command.credit_ns, command.due_ns
        created.attributes = dict(command.attributes or {})
        created.parent = self._contacts[parent] if parent else None
        self._contacts[contact] = created
        self._look_up_preferred(created, command.preferred, command.prefer_ns)
        self._emit(
            events.ContactEnqueued,
            contact,
            command.queues,
            command.channel,
            command.priority,
            command.direction,
            parent,
        )
        self._enter_all(created, [self._lines[queue] for queue in command.queues], aged)

    def _check_parent(self, parent: str) -> None:
        contact = self._living(parent)
        refuse_if(contact.in_hand is None, Reason.CONTACT_NOT_HANDLED, parent)
        refuse_if(contact.parent is not None, Reason.CONTACT_IS_LEG, parent)

    def _look_up_preferred(self, contact: Contact, preferred: tuple[Preference, ...], prefer_ns: int) -> None:
        """These very agents; the wait for them begins when one of them is there."""
        for preference in preferred:
            person = self._people.get(preference.agent)
            if person is not None and contact.preference(person) is None:
                contact.preferred.append(Preferred(person, preference.score, preference.direct))
        if prefer_ns and any(one.person.present for one in contact.preferred):
            contact.prefer_until_ns = self._now_ns + prefer_ns

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
        self._check_preferences(command)
        steps = contact.steps if command.steps is None else command.steps
        self._check_steps(contact.id, command.steps or ())
        self._check_requirements_limit(steps, contact.id)

        contact.priority = priority
        if command.preferred:
            contact.preferred, contact.prefer_until_ns = [], None
            self._look_up_preferred(contact, command.preferred, command.prefer_ns)
        keep_age = command.keep_age
        if keep_age is None:
            keep_age = not command.queues or self._lines[queues[0]].queue.keep_age
        self._wait_again(contact, queues, keep_age=keep_age, steps=steps)
