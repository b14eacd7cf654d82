"""The commands that change the configuration: queues, skills, groups, agents, and all of it at once.

Owns what each of them checks and does; the rules for a single noun are those of ``routing.config``.
"""

from collections.abc import Callable

from msgspec.structs import replace

from reference.conditions import rules_of
from reference.contacts import ContactCommands
from reference.ground import RefusedError, refuse_if
from reference.scores import steps_of
from reference.state import Line, Person
from routing import commands, events
from routing.conditions import compile_condition
from routing.config import (
    Names,
    check_agent,
    check_id,
    check_queue,
    check_skill_id,
    validate,
)
from routing.errors import ConfigError
from routing.events import Reason
from routing.model import Agent, Config, Overflow, Queue, Reserve, Step
from routing.skills import compile_requirement, compile_score
from routing.units import MAX_DURATION_NS

OVERFLOWS = ("max_wait", "no_agent", "max_length", "closed")


class ConfigurationCommands(ContactCommands):
    """What may change while contacts wait."""

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

    def _publish_estimate(self, command: commands.PublishEstimate) -> None:
        line, wait_ns = self._known_queue(command.queue), command.wait_ns
        wrong = wait_ns is not None and not 0 <= wait_ns <= MAX_DURATION_NS
        refuse_if(wrong, Reason.ESTIMATE_OUT_OF_RANGE, wait_ns)
        line.estimate_ns = wait_ns
        self._emit(events.EstimatePublished, line.id, -1 if wait_ns is None else wait_ns)

    def _put_queue(self, command: commands.PutQueue) -> None:
        queue, line = command.queue, self._lines.get(command.queue.id)
        refuse_if(line is not None and line.queue == queue, Reason.ALREADY_SO, queue.id)
        self._check_noun(queue, queue.id)
        self._check_requirements_limit(steps_of(queue), queue.id)
        self._set_queue(queue)

    def _set_queue(self, queue: Queue) -> None:
        line = self._lines.get(queue.id)
        if line is None:
            self._add_line(queue)
            self._emit(events.QueueChanged, queue.id, "added")
            return
        if line.queue.reserves != queue.reserves:
            line.reserves_on.clear()
        if line.queue.split != queue.split:
            line.split_given.clear()
        if line.queue.shares != queue.shares:
            line.shares_given.clear()
        line.queue = queue
        for contact in self._visitors(line):
            visit = contact.visit_in(line)
            assert visit is not None
            self._find_anew(contact, visit)
        self._emit(events.QueueChanged, queue.id, "changed")

    def _remove_queue(self, command: commands.RemoveQueue) -> None:
        line = self._known_queue(command.queue)
        if command.move_to:
            self._known_queue(command.move_to)
        others = [other.queue for other in self._lines.values() if other is not line]
        aims = [getattr(other, name) for other in others for name in OVERFLOWS]
        aims += [rule for other in others for rule in other.overflow]
        aimed_at = any(a is not None and a.to == "queue" and a.queue == line.id for a in aims)
        aimed_at = aimed_at or any(line.id in other.split for other in others)
        refuse_if(aimed_at or command.move_to == line.id, Reason.QUEUE_IN_USE, line.id)
        self._drop_queue(line, Overflow("queue", command.move_to) if command.move_to else None)

    def _drop_queue(self, line: Line, action: Overflow | None) -> None:
        line.removed = True
        del self._lines[line.id]
        self._emit(events.QueueChanged, line.id, "removed")
        action = action or line.queue.closed or Overflow()
        self._empty(line, action, cause="queue_removed", withdrawn="queue_removed")

    def _put_skill(self, command: commands.PutSkill) -> None:
        refuse_if(command.skill in self._skills, Reason.ALREADY_SO, command.skill)
        self._check_word(check_skill_id, command.skill)
        refuse_if(len(self._skills) >= self._base.limits.skills, Reason.SKILLS_LIMIT, command.skill)
        self._skills.append(command.skill)
        self._emit(events.SkillChanged, command.skill, "added")

    def _remove_skill(self, command: commands.RemoveSkill) -> None:
        refuse_if(command.skill not in self._skills, Reason.UNKNOWN_SKILL, command.skill)
        lists = [steps_of(line.queue) for line in self._lines.values()]
        lists += [contact.steps for contact in self._contacts.values()]
        named = {name for steps in lists for step in steps for name in names_in(step)}
        owned = {name for person in self._people.values() for name in person.agent.skills}
        refuse_if(command.skill in named | owned, Reason.SKILL_IN_USE, command.skill)
        self._skills.remove(command.skill)
        self._emit(events.SkillChanged, command.skill, "removed")

    def _put_group(self, command: commands.PutGroup) -> None:
        refuse_if(command.group in self._groups, Reason.ALREADY_SO, command.group)
        self._check_word(check_id, command.group)
        refuse_if(len(self._groups) >= self._base.limits.groups, Reason.GROUPS_LIMIT, command.group)
        self._groups.append(command.group)
        self._emit(events.GroupChanged, command.group, "added")

    def _remove_group(self, command: commands.RemoveGroup) -> None:
        refuse_if(command.group not in self._groups, Reason.UNKNOWN_GROUP, command.group)
        named = {group for person in self._people.values() for group in person.agent.groups}
        named |= {group for line in self._lines.values() for group in groups_in(line)}
        named |= {group for shift in self._shifts for group in shift.groups}
        refuse_if(command.group in named, Reason.GROUP_IN_USE, command.group)
        self._groups.remove(command.group)
        self._emit(events.GroupChanged, command.group, "removed")

    def _put_agent(self, command: commands.PutAgent) -> None:
        agent, person = command.agent, self._configured(command.agent.id)
        refuse_if(person is not None and person.agent == agent, Reason.ALREADY_SO, agent.id)
        self._check_noun(agent, agent.id)
        self._set_agent(agent)

    def _set_skills(self, command: commands.SetSkills) -> None:
        person = self._known_agent(command.agent)
        refuse_if(person.removing, Reason.AGENT_LEAVING, person.id)
        agent = replace(person.agent, skills=dict(command.skills))
        refuse_if(person.agent == agent, Reason.ALREADY_SO, person.id)
        self._check_noun(agent, agent.id)
        self._set_agent(agent)

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

    def _remove_agent(self, command: commands.RemoveAgent) -> None:
        person = self._known_agent(command.agent)
        refuse_if(person.removing, Reason.AGENT_LEAVING, person.id)
        for line in self._lines.values():
            parts: list[Queue | Reserve] = [*line.queue.reserves]
            if not line.queue.reserves:  # without anybody it would be open to all
                parts.append(line.queue)
            last_one = any(part.members == (person.id,) and not part.groups for part in parts)
            refuse_if(last_one, Reason.QUEUE_IN_USE, line.id)
        self._drop_agent(person)

    def _drop_agent(self, person: Person) -> None:
        """Out of the configuration at once; gone as soon as logged out."""
        person.removing = True
        self._order.remove(person)
        for line in self._lines.values():
            line.queue = without_agent(line.queue, person.id)
        self._shifts = tuple(replace(s, agents=without(s.agents, person.id)) for s in self._shifts)
        if not person.logged_in:
            self._finish_removing(person)
        elif person.leaving:
            self._emit(events.LogOutPending, person.id)
        else:
            self._leave(person)

    def _check_noun(self, noun: Agent | Queue, subject: str) -> None:
        """Unknown names, then everything else about an agent or a queue, then the limit on their number."""
        names = Names.of(self.config)
        try:
            if isinstance(noun, Agent):
                check_agent(noun, "agent", names)
            else:
                check_queue(noun, "queue", names)
        except ConfigError as error:
            invalid = error.reason == Reason.INVALID_CONFIGURATION
            raise RefusedError(Reason(error.reason), subject if invalid else error.subject) from None

    def _check_word(self, check: Callable[[str, str], None], word: str) -> None:
        try:
            check(word, "")
        except ConfigError:
            raise RefusedError(Reason.INVALID_CONFIGURATION, word) from None

    def _configure(self, command: commands.Configure) -> None:
        try:
            new = validate(command.config)
        except ConfigError:
            raise RefusedError(Reason.INVALID_CONFIGURATION, "") from None
        refuse_if(new == self.config, Reason.ALREADY_SO, "")

        self._begin_panes_anew(new)
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

    def _begin_panes_anew(self, new: Config) -> None:
        """Panes of another length, or another number of them, have nothing in them yet."""
        for line in self._lines.values():
            if new.pane_ns != self._base.pane_ns:
                line.tick_ns = None
            if (new.pane_ns, new.service_level_panes) != (self._base.pane_ns, self._base.service_level_panes):
                line.outcomes.clear()
        for person in (
            self._people.values() if new.occupancy_window_ns != self._base.occupancy_window_ns else ()
        ):
            self._forget_occupancy(person)


def without_agent(queue: Queue, agent: str) -> Queue:
    reserves = tuple(replace(one, members=without(one.members, agent)) for one in queue.reserves)
    return replace(queue, members=without(queue.members, agent), reserves=reserves)


def without(ids: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(one for one in ids if one != gone)


def groups_in(line: Line) -> set[str]:
    """The groups that a queue names anywhere."""
    queue = line.queue
    named = {*queue.groups, *queue.shares}.union(*(reserve.groups for reserve in queue.reserves))
    return named.union(*(compile_condition(when, max_terms=255).groups for when in rules_of(line)))


def names_in(step: Step) -> set[str]:
    """The skills that a step names; all of it has parsed once."""
    named = set(compile_requirement(step.expression, max_terms=255).names)
    return named | {skill for skill, _ in (compile_score(step.score, max_terms=255) if step.score else ())}
