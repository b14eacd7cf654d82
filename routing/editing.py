"""The configuration of a running engine: taken at the start, edited by commands, told to the core.

Owns the nouns as they stand now and who is a member of what; must not know how contacts are matched (``_core``)
or how the state is written down (``snapshot``).
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from msgspec.structs import replace

from routing import commands as c
from routing import events as e
from routing._core import Core
from routing.commands import Command
from routing.config import (
    Names,
    check_agent,
    check_id,
    check_queue,
    check_skill_id,
    config_hash,
    effective_steps,
    validate,
)
from routing.config.checks import OVERFLOWS
from routing.config.shape import check_types
from routing.errors import ConfigError, InternalError, UsageError
from routing.events import Reason
from routing.model import Agent, Config, Queue, Shift

#: The rules of routing that this code follows; a journal names the one it was written under.
BEHAVIOUR: Final = 1

ORDERED: Final = frozenset({"linear", "round_robin", "random"})


class Editor(Core):
    """The part of the engine that knows the configuration."""

    def __init__(self, config: Config) -> None:
        config = validate(config)
        config = replace(config, agents=tuple(own(agent) for agent in config.agents))
        self._base = config
        self._agent_nouns: dict[str, Agent] = {}  # in configured order
        self._queue_nouns: dict[str, Queue] = {}
        self._leaving_nouns: dict[str, Agent] = {}  # agents whose removal is pending
        self._skill_ids_now: dict[str, None] = dict.fromkeys(config.skills)
        self._group_ids_now: dict[str, None] = dict.fromkeys(config.groups)
        self._shifts: tuple[Shift, ...] = config.shifts
        self._places_noted = False
        self._strategies: dict[str, int] = {}  # queues by strategy
        self._queues_by_agent: dict[str, dict[str, None]] = {}  # by members
        self._queues_by_group: dict[str, dict[str, None]] = {}
        self._agents_by_group: dict[str, dict[str, None]] = {}
        self._handlers: dict[type, Callable[[Any], None]] = {
            c.PutSkill: self._put_skill,
            c.RemoveSkill: self._remove_skill,
            c.PutGroup: self._put_group,
            c.RemoveGroup: self._remove_group,
            c.PutAgent: self._put_agent,
            c.SetSkills: self._set_skills,
            c.RemoveAgent: self._remove_agent_command,
            c.PutQueue: self._put_queue,
            c.RemoveQueue: self._remove_queue_command,
            c.Configure: self._configure_all,
        }
        self._take_settings()
        for skill in config.skills:
            self._add_skill(skill)
        for queue in config.queues:
            self._new_queue(queue.id)
            self._queue_nouns[queue.id] = queue
            self._link_queue(queue)
            self._set_queue(queue, steps_of(queue), is_limited(queue))
        for queue in config.queues:
            self._set_actions(queue)
        for agent in config.agents:
            self._new_agent(agent.id)
            self._agent_nouns[agent.id] = agent
            self._link_agent(agent)
            self._tell_agent(agent)
        self._tell_orders(self._queue_nouns.values())
        self._set_digest(config_hash(config) ^ BEHAVIOUR)

    @property
    def config(self) -> Config:
        """The configuration as it stands now. O(its size)."""
        return replace(
            self._base,
            skills=tuple(self._skill_ids_now),
            groups=tuple(self._group_ids_now),
            agents=tuple(self._agent_nouns.values()),
            queues=tuple(self._queue_nouns.values()),
            shifts=self._shifts,
        )

    # What the core asks

    def _misuse_configuration(self, command: Command) -> None:
        name = type(command).__name__
        try:
            fault = check_types(command, type(command), name)
        except ConfigError as error:
            raise UsageError(str(error)) from None
        if fault is not None:
            raise UsageError(str(fault))

    def _configure(self, command: Command) -> None:
        self._bury()
        self._handlers[type(command)](command)

    def _forget_agent(self, agent: str) -> None:
        noun = self._leaving_nouns.pop(agent)
        self._unlink_agent(noun)
        self._agent_gone(agent)

    def _take_leaving(self, agents: Iterable[Agent]) -> None:
        """Restored agents whose removal is pending."""
        for agent in agents:
            self._new_agent(agent.id)
            self._leaving_nouns[agent.id] = agent
            self._link_agent(agent)
            self._tell_agent(agent)

    # Skills and groups

    def _put_skill(self, command: c.PutSkill) -> None:
        if command.skill in self._skill_ids_now:
            self._refuse_command(command, Reason.ALREADY_SO, command.skill)
        elif self._refuse_id(command, command.skill, check_skill_id):
            return
        elif len(self._skill_ids_now) >= self._base.limits.skills or not self._add_skill(command.skill):
            self._refuse_command(command, Reason.SKILLS_LIMIT, command.skill)
        else:
            self._skill_ids_now[command.skill] = None
            self._emit_event(e.SkillChanged(self.now_ns, command.skill, "added"), command.skill + "+")

    def _remove_skill(self, command: c.RemoveSkill) -> None:
        skill = command.skill
        if skill not in self._skill_ids_now:
            self._refuse_command(command, Reason.UNKNOWN_SKILL, skill)
        elif any(skill in agent.skills for agent in self._all_agents()) or self._skill_in_use(skill):
            self._refuse_command(command, Reason.SKILL_IN_USE, skill)
        else:
            del self._skill_ids_now[skill]
            self._undeclare_skill(skill)
            self._emit_event(e.SkillChanged(self.now_ns, skill, "removed"), skill + "-")

    def _put_group(self, command: c.PutGroup) -> None:
        if command.group in self._group_ids_now:
            self._refuse_command(command, Reason.ALREADY_SO, command.group)
        elif self._refuse_id(command, command.group, check_id):
            return
        elif len(self._group_ids_now) >= self._base.limits.groups:
            self._refuse_command(command, Reason.GROUPS_LIMIT, command.group)
        else:
            self._group_ids_now[command.group] = None
            self._emit_event(e.GroupChanged(self.now_ns, command.group, "added"), command.group + "+")

    def _remove_group(self, command: c.RemoveGroup) -> None:
        group = command.group
        if group not in self._group_ids_now:
            self._refuse_command(command, Reason.UNKNOWN_GROUP, group)
        elif (
            self._agents_by_group.get(group)
            or self._queues_by_group.get(group)
            or any(group in shift.groups for shift in self._shifts)
        ):
            self._refuse_command(command, Reason.GROUP_IN_USE, group)
        else:
            del self._group_ids_now[group]
            self._emit_event(e.GroupChanged(self.now_ns, group, "removed"), group + "-")

    # Agents

    def _put_agent(self, command: c.PutAgent) -> None:
        if self._agent_nouns.get(command.agent.id) == command.agent:
            self._refuse_command(command, Reason.ALREADY_SO, command.agent.id)
        elif not self._refuse_faulty(command, command.agent.id, check_agent, command.agent, "agent"):
            agent = own(command.agent)
            self._take_agent(agent)
            self._tell_orders(self._ordered_queues(agent))

    def _set_skills(self, command: c.SetSkills) -> None:
        agent = self._agent_nouns.get(command.agent)
        if agent is None:
            known = command.agent in self._leaving_nouns
            self._refuse_command(
                command, Reason.AGENT_LEAVING if known else Reason.UNKNOWN_AGENT, command.agent
            )
            return
        new = replace(agent, skills=dict(command.skills))
        if new == agent:
            self._refuse_command(command, Reason.ALREADY_SO, agent.id)
        elif not self._refuse_faulty(command, agent.id, check_agent, new, "agent"):
            self._take_agent(new)

    def _take_agent(self, agent: Agent) -> None:
        """Add, replace, or call back from a pending removal."""
        old = self._agent_nouns.get(agent.id)
        pending = self._leaving_nouns.pop(agent.id, None)
        if old is not None:
            self._note_places(self._queues_of(old))
            self._unlink_agent(old)
        elif pending is not None:
            self._unlink_agent(pending)
            self._call_back(agent.id)
        else:
            self._new_agent(agent.id)
        self._agent_nouns[agent.id] = agent
        self._link_agent(agent)
        self._tell_agent(agent)
        if old is not None and old.groups != agent.groups:
            self._tell_orders(self._ordered_queues(old))
        change = "changed" if old is not None else "added"
        self._emit_event(e.AgentChanged(self.now_ns, agent.id, change), agent.id + change)

    def _remove_agent_command(self, command: c.RemoveAgent) -> None:
        agent = command.agent
        if agent in self._leaving_nouns:
            self._refuse_command(command, Reason.AGENT_LEAVING, agent)
            return
        if agent not in self._agent_nouns:
            self._refuse_command(command, Reason.UNKNOWN_AGENT, agent)
            return
        for queue in self._queue_nouns.values():
            if queue.members == (agent,) and not queue.groups:
                self._refuse_command(
                    command,
                    Reason.QUEUE_IN_USE,
                    queue.id,
                    f"{agent!r} is its only member; give it another one first",
                )
                return
        self._drop_agent(agent)

    def _drop_agent(self, agent: str) -> None:
        """Out of the configuration at once; gone as soon as logged out."""
        noun = self._agent_nouns[agent]
        self._note_places([queue for queue in self._queue_nouns if self._last_matched(queue) == agent])
        ordered = self._ordered_queues(noun)
        del self._agent_nouns[agent]
        self._leaving_nouns[agent] = noun
        for queue in list(self._queues_by_agent.get(agent, ())):
            self._trim_queue(queue, agent)
        self._shifts = tuple(replace(shift, agents=without(shift.agents, agent)) for shift in self._shifts)
        self._remove_agent(agent)
        if not self._places_noted:  # else the orders are told once, at the end of the whole command
            self._tell_orders(self._queue_nouns[queue.id] for queue in ordered)

    def _trim_queue(self, queue: str, agent: str) -> None:
        noun = self._queue_nouns[queue]
        self._unlink_queue(noun)
        noun = replace(noun, members=without(noun.members, agent))
        self._queue_nouns[queue] = noun
        self._link_queue(noun)
        if not is_limited(noun):
            self._set_queue(noun, steps_of(noun), False)
            self._recount(queue)
            self._learn()

    # Queues

    def _put_queue(self, command: c.PutQueue) -> None:
        queue = command.queue
        if self._queue_nouns.get(queue.id) == queue:
            self._refuse_command(command, Reason.ALREADY_SO, queue.id)
        elif self._refuse_faulty(command, queue.id, check_queue, queue, "queue"):
            return
        elif not self._steps_fit(steps_of(queue)):
            self._refuse_command(command, Reason.REQUIREMENTS_LIMIT, queue.id)
        else:
            self._take_queue(queue)
            self._set_actions(queue)
            self._rework(queue.id)
            self._tell_orders([queue])

    def _take_queue(self, queue: Queue) -> None:
        """Add or replace; its overflow rules and its order are told by whoever calls."""
        old = self._queue_nouns.get(queue.id)
        before: set[str] = set()
        if old is None:
            self._new_queue(queue.id)
        else:
            self._note_places([queue.id])
            before = self._limited_members(old)
            self._unlink_queue(old)
        self._queue_nouns[queue.id] = queue
        self._link_queue(queue)
        self._set_queue(queue, steps_of(queue), is_limited(queue))
        for agent in sorted(before ^ self._limited_members(queue)):
            self._tell_agent(self._agent_nouns[agent])
        self._recount(queue.id)
        self._learn()
        change = "added" if old is None else "changed"
        self._emit_event(e.QueueChanged(self.now_ns, queue.id, change), queue.id + change)

    def _remove_queue_command(self, command: c.RemoveQueue) -> None:
        for queue in (command.queue, command.move_to):
            if queue not in self._queue_nouns and (queue or queue is command.queue):
                self._refuse_command(command, Reason.UNKNOWN_QUEUE, queue)
                return
        for other in self._queue_nouns.values():
            if other.id != command.queue and command.queue in targets_of(other):
                detail = f"queue {other.id!r} overflows to it; let it overflow elsewhere first"
                self._refuse_command(command, Reason.QUEUE_IN_USE, command.queue, detail)
                return
        if command.move_to == command.queue:
            self._refuse_command(command, Reason.QUEUE_IN_USE, command.queue, "it cannot move to itself")
            return
        self._drop_queue(command.queue, command.move_to)

    def _drop_queue(self, queue: str, move_to: str) -> None:
        noun = self._queue_nouns.pop(queue)
        members = self._limited_members(noun)
        self._emit_event(e.QueueChanged(self.now_ns, queue, "removed"), queue + "removed")
        self._order_queue(queue, None)
        self._remove_queue(queue, move_to)
        self._unlink_queue(noun)
        for agent in sorted(members):
            self._tell_agent(self._agent_nouns[agent])

    # The whole

    def _configure_all(self, command: c.Configure) -> None:
        try:
            new = validate(command.config)
            new = replace(new, agents=tuple(own(agent) for agent in new.agents))
        except ConfigError as error:
            self._refuse_command(command, Reason.INVALID_CONFIGURATION, "", str(error))
            return
        if new == self.config:
            self._refuse_command(command, Reason.ALREADY_SO, "")
            return
        agents = {agent.id: agent for agent in new.agents}
        queues = {queue.id: queue for queue in new.queues}
        old = self._base
        self._base = new
        if not self._set_channels([(channel.id, channel.load) for channel in new.channels]):
            self._base = old
            detail = "contacts still use too many channels that would be gone; wait for their end"
            self._refuse_command(command, Reason.INVALID_CONFIGURATION, "", detail)
            return
        self._note_places(self._queue_nouns)
        self._places_noted = True  # where they were before the whole command
        self._take_settings()
        declared = set(new.skills)
        for skill in self._skill_ids_now:
            if skill not in declared:
                self._undeclare_skill(skill)
        for skill in new.skills:
            if skill not in self._skill_ids_now:
                self._add_skill(skill)
        refill(self._skill_ids_now, dict.fromkeys(new.skills))
        refill(self._group_ids_now, dict.fromkeys(new.groups))
        self._emit_event(e.Configured(self.now_ns), str(config_hash(new)))
        for queue in [queue for queue in self._queue_nouns if queue not in queues]:
            self._drop_queue(queue, "")
        for agent in [agent for agent in self._agent_nouns if agent not in agents]:
            self._drop_agent(agent)
        for noun in new.agents:
            if self._agent_nouns.get(noun.id) != noun:
                self._take_agent(noun)
        for place in new.queues:
            if self._queue_nouns.get(place.id) != place:
                self._take_queue(place)
        refill(self._agent_nouns, agents)
        refill(self._queue_nouns, queues)
        self._shifts = new.shifts
        for place in new.queues:
            self._set_actions(place)
            self._rework(place.id)
        for noun in new.agents:
            self._tell_agent(noun)
        self._tell_orders(new.queues)
        self._places_noted = False

    # Telling the core

    def _take_settings(self) -> None:
        base = self._base
        self._names = Names(
            skills=self._skill_ids_now.keys(),
            groups=self._group_ids_now.keys(),
            channels=frozenset(channel.id for channel in base.channels),
            agents=self._agent_nouns.keys(),
            queues=self._queue_nouns.keys(),
            hours=frozenset(hours.id for hours in base.hours),
            limits=base.limits,
        )
        self._set_limits(base.limits, base.not_ready_reasons, base.seed, base.idle_since_ready)
        if not self._set_channels([(channel.id, channel.load) for channel in base.channels]):
            raise InternalError("no numbers left for channels")

    def _tell_agent(self, agent: Agent) -> None:
        capacities = agent.channels or {channel.id: channel.capacity for channel in self._base.channels}
        self._set_agent(agent.id, agent.skills, self._queues_of(agent), capacities, agent.load)

    def _tell_orders(self, queues: Iterable[Queue]) -> None:
        """The configured order, and that of these queues as far as they search one."""
        ordered = any(self._strategies.get(strategy) for strategy in ORDERED)
        if ordered:
            self._order_agents(list(self._agent_nouns))
        place: dict[str, int] = {}
        for queue in queues:
            if queue.strategy in ORDERED and is_limited(queue):
                place = place or {agent: at for at, agent in enumerate(self._agent_nouns)}
                self._order_queue(queue.id, self._members_in_order(queue, place))
            else:
                self._order_queue(queue.id, None)
        self._set_searches(bool(self._strategies.get("fewest_contacts")), ordered)

    def _note_places(self, queues: Iterable[str]) -> None:
        """Keep where round robin stood, before the order changes."""
        if self._places_noted:
            return
        place: dict[str, int] = {}
        for queue in queues:
            last = self._last_matched(queue)
            if last is not None:
                place = place or {agent: at for at, agent in enumerate(self._agent_nouns)}
                noun = self._queue_nouns[queue]
                members = self._members_in_order(noun, place) if is_limited(noun) else list(place)
                if last in members:
                    self._set_next_place(queue, members.index(last))

    # Memberships

    def _all_agents(self) -> Iterable[Agent]:
        return [*self._agent_nouns.values(), *self._leaving_nouns.values()]

    def _queues_of(self, agent: Agent) -> list[str]:
        """Queues with limited members that the agent belongs to."""
        found = dict(self._queues_by_agent.get(agent.id, {}))
        for group in agent.groups:
            found.update(self._queues_by_group.get(group, {}))
        return list(found)

    def _ordered_queues(self, agent: Agent) -> list[Queue]:
        queues = [self._queue_nouns[queue] for queue in self._queues_of(agent)]
        return [queue for queue in queues if queue.strategy in ORDERED]

    def _limited_members(self, queue: Queue) -> set[str]:
        """Members of a queue that limits them; nobody in particular when it is open to all."""
        found = set(queue.members)
        for group in queue.groups:
            found.update(
                agent for agent in self._agents_by_group.get(group, ()) if agent in self._agent_nouns
            )
        return found

    def _members_in_order(self, queue: Queue, place: dict[str, int]) -> list[str]:
        named = dict.fromkeys(queue.members)
        grouped = self._limited_members(queue) - named.keys()
        return [*named, *sorted(grouped, key=place.__getitem__)]

    def _link_queue(self, queue: Queue) -> None:
        self._strategies[queue.strategy] = self._strategies.get(queue.strategy, 0) + 1
        for agent in queue.members:
            self._queues_by_agent.setdefault(agent, {})[queue.id] = None
        for group in queue.groups:
            self._queues_by_group.setdefault(group, {})[queue.id] = None

    def _unlink_queue(self, queue: Queue) -> None:
        self._strategies[queue.strategy] -= 1
        for agent in queue.members:
            self._queues_by_agent.get(agent, {}).pop(queue.id, None)
        for group in queue.groups:
            self._queues_by_group[group].pop(queue.id, None)

    def _link_agent(self, agent: Agent) -> None:
        for group in agent.groups:
            self._agents_by_group.setdefault(group, {})[agent.id] = None

    def _unlink_agent(self, agent: Agent) -> None:
        for group in agent.groups:
            self._agents_by_group[group].pop(agent.id, None)

    def _refuse_faulty(
        self,
        command: Command,
        subject: str,
        check: Callable[[Any, str, Names], None],
        noun: object,
        path: str,
    ) -> bool:
        """Refuse a noun that breaks a rule of the configuration."""
        try:
            check(noun, path, self._names)
        except ConfigError as error:
            reason = Reason(error.reason)
            named = subject if reason is Reason.INVALID_CONFIGURATION else error.subject or subject
            self._refuse_command(command, reason, named, str(error))
            return True
        return False

    def _refuse_id(self, command: Command, name: str, check: Callable[[str, str], None]) -> bool:
        """Refuse an id that no configuration would take."""
        try:
            check(name, "")
        except ConfigError as error:
            self._refuse_command(command, Reason.INVALID_CONFIGURATION, name, str(error))
            return True
        return False


def own(agent: Agent) -> Agent:
    """A copy whose dicts are nobody else's, for whoever made the agent may go on changing theirs."""
    return replace(agent, skills=dict(agent.skills), channels=dict(agent.channels))


def refill(registry: dict[str, Any], content: dict[str, Any]) -> None:
    """Replace what a registry holds; views of it stay good."""
    registry.clear()
    registry.update(content)


def steps_of(queue: Queue) -> tuple[tuple[str, int], ...]:
    """The steps of a queue as the core interns them."""
    return tuple((step.expression, step.after_ns) for step in effective_steps(queue))


def is_limited(queue: Queue) -> bool:
    """Does the queue have members of its own?"""
    return bool(queue.members or queue.groups)


def targets_of(queue: Queue) -> set[str]:
    """The queues that a queue overflows to."""
    actions = [getattr(queue, name) for name in OVERFLOWS]
    return {action.queue for action in actions if action is not None and action.to == "queue"}


def without(ids: tuple[str, ...], gone: str) -> tuple[str, ...]:
    """The ids but one."""
    return tuple(one for one in ids if one != gone)
