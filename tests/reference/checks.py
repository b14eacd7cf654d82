"""What a command may say of a contact: queues, numbers, steps, attributes.

Owns the checks that several commands of contacts share; must not know what those commands do.
"""

from itertools import pairwise

from reference.agents import AgentCommands
from reference.ground import RefusedError, refuse_if
from reference.scores import steps_of
from reference.state import Contact
from routing.commands import EnqueueContact, PlaceContact, RequeueContact
from routing.conditions import compile_condition
from routing.errors import ExpressionError
from routing.events import Reason
from routing.model import Step
from routing.scores import compile_score
from routing.skills import compile_requirement
from routing.units import MAX_DURATION_NS, MAX_INSTANT_NS


class ContactChecks(AgentCommands):
    """Raises the refusal, or does nothing."""

    def _living(self, contact: str, also_known: str = "") -> Contact:
        """The living contact of this id; ``also_known`` is an agent who is looked up before its end is told."""
        known = contact in self._contacts or contact in self._ended
        refuse_if(not known, Reason.UNKNOWN_CONTACT, contact)
        if also_known:
            self._known_agent(also_known)
        refuse_if(contact not in self._contacts, Reason.CONTACT_ENDED, contact)
        return self._contacts[contact]

    def _check_queues_known(self, queues: tuple[str, ...]) -> None:
        for queue in queues:
            refuse_if(queue not in self._lines, Reason.UNKNOWN_QUEUE, queue)

    def _check_queues_fit(self, queues: tuple[str, ...]) -> None:
        refuse_if(len(queues) > self._base.limits.queues_per_contact, Reason.TOO_MANY_QUEUES, len(queues))
        for index, queue in enumerate(queues):
            refuse_if(queue in queues[:index], Reason.DUPLICATE_QUEUE, queue)

    def _check_priority(self, priority: int) -> None:
        refuse_if(not 0 <= priority <= self._base.limits.priority, Reason.PRIORITY_OUT_OF_RANGE, priority)

    def _check_credit(self, credit_ns: int) -> None:
        refuse_if(not 0 <= credit_ns <= MAX_DURATION_NS, Reason.CREDIT_OUT_OF_RANGE, credit_ns)

    def _check_due(self, due_ns: int) -> None:
        refuse_if(not 0 <= due_ns <= MAX_INSTANT_NS, Reason.DUE_OUT_OF_RANGE, due_ns)

    def _check_attributes(self, attributes: dict[str, str]) -> None:
        limits = self._base.limits
        size = sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
        refuse_if(len(attributes) > limits.attributes, Reason.TOO_MANY_ATTRIBUTES, len(attributes))
        refuse_if(size > limits.attribute_bytes, Reason.ATTRIBUTES_TOO_LARGE, size)

    def _check_new(self, command: EnqueueContact | PlaceContact) -> None:
        contact = command.contact
        earlier = self._contacts[contact].command if contact in self._contacts else self._ended.get(contact)
        if earlier is not None:
            refuse_if(earlier == command, Reason.ALREADY_SO, contact)
            raise RefusedError(Reason.EXISTS_WITH_DIFFERENT, contact)

    def _check_loads_limit(self, command: EnqueueContact | PlaceContact, load: int) -> None:
        loads = {(one.channel, one.load) for one in self._contacts.values()}
        full = (command.channel, load) not in loads and len(loads) >= self._base.limits.loads
        refuse_if(full, Reason.LOADS_LIMIT, command.contact)

    def _check_preferences(self, command: EnqueueContact | RequeueContact) -> None:
        many, prefer_ns = len(command.preferred), command.prefer_ns
        refuse_if(many > self._base.limits.preferred, Reason.TOO_MANY_PREFERRED, many)
        refuse_if(not 0 <= prefer_ns <= MAX_DURATION_NS, Reason.PREFER_OUT_OF_RANGE, prefer_ns)

    def _check_steps(self, contact: str, steps: tuple[Step, ...]) -> None:
        ages = [step.after_ns for step in steps]
        misshapen = len(steps) > self._base.limits.steps or ages[:1] not in ([], [0])
        misshapen = misshapen or any(later <= sooner for sooner, later in pairwise(ages))
        misshapen = misshapen or any(step.when for step in steps[:1])
        refuse_if(misshapen, Reason.BAD_STEPS, contact)
        for step in steps:
            self._check_expression(step.expression)
            if step.score:
                self._check_score(step.score)
            if step.when:
                self._check_own_condition(contact, step.when)

    def _check_expression(self, expression: str) -> None:
        try:
            requirement = compile_requirement(expression, max_terms=self._base.limits.expression_terms)
        except ExpressionError:
            raise RefusedError(Reason.BAD_REQUIREMENT, expression) from None
        for name in requirement.names:
            refuse_if(name not in self._skills, Reason.UNKNOWN_SKILL, name)

    def _check_score(self, score: str) -> None:
        try:
            weighed = compile_score(score, max_terms=self._base.limits.expression_terms)
        except ExpressionError:
            raise RefusedError(Reason.BAD_REQUIREMENT, score) from None
        for name, _ in weighed:
            refuse_if(name not in self._skills, Reason.UNKNOWN_SKILL, name)

    def _check_own_condition(self, contact: str, when: str) -> None:
        """Conditions that a contact brings name no group."""
        try:
            condition = compile_condition(when, max_terms=self._base.limits.expression_terms)
        except ExpressionError:
            raise RefusedError(Reason.BAD_STEPS, contact) from None
        refuse_if(bool(condition.groups), Reason.BAD_STEPS, contact)

    def _check_requirements_limit(self, steps: tuple[Step, ...], subject: str) -> None:
        if not steps:
            return
        in_use = {steps_of(line.queue) for line in self._lines.values()}
        in_use |= {contact.steps for contact in self._contacts.values() if contact.steps}
        full = len(in_use) >= self._base.limits.requirements
        refuse_if(steps not in in_use and full, Reason.REQUIREMENTS_LIMIT, subject)
