"""The configuration of a running engine: taken at the start, edited by commands, told to the core.

Owns what each command does to the nouns, and what the core is told of it; must not know how contacts are matched
(``_core``) or how the state is written down (``snapshot``).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from msgspec.structs import replace

from routing import commands as c
from routing import events as e
from routing.commands import Command
from routing.conditions import Term
from routing.config import (
    Names,
    check_agent,
    check_id,
    check_queue,
    check_skill_id,
    config_hash,
    effective_steps,
    overflow_targets,
    validate,
)
from routing.config.shape import check_types, fold
from routing.errors import ConfigError, InternalError, UsageError
from routing.events import Reason
from routing.memberships import ORDERED, Memberships, is_limited, needs, terms_read, trimmed, without
from routing.model import Agent, Config, Queue, Shift

#: The rules of routing that this code follows; a journal names the one it was written under.
BEHAVIOUR: Final = 1


class Editor(Memberships):
    """The part of the engine that knows the configuration."""

    def __init__(self, config: Config) -> None:
        config = validate(config)
        kinds, places = fold(config.agents)
        shared = [
            (dict(kind.skills), kind.groups, dict(kind.channels), kind.load, kind.cost) for kind in kinds
        ]
        agents = [Agent(agent.id, *shared[place]) for agent, place in zip(config.agents, places, strict=True)]
        self._build(config, agents, places)
        self._set_digest(config_hash(config) ^ BEHAVIOUR)

    def _build(self, config: Config, agents: Sequence[Agent], places: Sequence[int]) -> None:
        """Start from a normalised configuration that is known to be good, with these agents instead of its own.

        Agents are the engine's own; those with the same place differ by their ids alone.
        """
        self._base = replace(config, agents=(), queues=())
        self._begin()
        self._skill_ids_now: dict[str, None] = dict.fromkeys(config.skills)
        self._group_ids_now: dict[str, None] = dict.fromkeys(config.groups)
        self._shifts: tuple[Shift, ...] = config.shifts
        self._places_noted = False
        self._order_told = False  # the core knows the configured order as it stands
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
        for queue in config.queues:
            self._tell_queue(queue, None)
        for queue in config.queues:
            self._tell_targets(queue, None)
        self._add_agents(agents, places)
        self._tell_orders(self._queue_nouns.values())

    def _add_agents(self, agents: Sequence[Agent], places: Sequence[int]) -> None:
        """Take over the first agents, of whom no two share a place that differ by more than their ids."""
        ids = [agent.id for agent in agents]
        nouns = self._agent_nouns
        nouns.update(zip(ids, agents, strict=True))
        self._new_agents(ids)
        for agent in agents:
            if agent.groups:
                self._link_agent(agent)
        told: dict[object, str] = {}
        if self._queues_by_agent:
            ways = self._queues_by_agent.get
            alike = [
                told.setdefault((place, tuple(sorted(ways(agent, {}).items()))), agent)
                for agent, place in zip(ids, places, strict=True)
            ]
        else:
            alike = [told.setdefault(place, agent) for agent, place in zip(ids, places, strict=True)]
        for first in told.values():
            self._tell_agent(nouns[first])
        self._set_agents_like(ids, alike)

    @property
    def config(self) -> Config:
        """The configuration as it stands now. O(its size)."""
        return replace(self._settings(), agents=tuple(self._agent_nouns.values()))

    def _settings(self) -> Config:
        """The configuration as it stands now, without its agents."""
        return replace(
            self._base,
            skills=tuple(self._skill_ids_now),
            groups=tuple(self._group_ids_now),
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

    def _agents_in_order(self) -> list[Agent]:
        """All agents as a snapshot lists them: in configured order, then those whose removal is pending."""
        leaving = self._leaving_nouns
        return [*self._agent_nouns.values(), *(leaving[agent] for agent in sorted(leaving))]

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
            or self._naming_group.get(group)
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
        if old is None:
            self._order_told = False
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
            if needs(queue, agent):
                self._refuse_command(
                    command,
                    Reason.QUEUE_IN_USE,
                    queue.id,
                    f"{agent!r} is its only member, or that of a reserve; give it another one first",
                )
                return
        self._drop_agent(agent)

    def _drop_agent(self, agent: str) -> None:
        """Out of the configuration at once; gone as soon as logged out."""
        noun = self._agent_nouns[agent]
        self._note_places([queue for queue in self._queue_nouns if self._last_matched(queue) == agent])
        ordered = self._ordered_queues(noun)
        self._order_told = False
        del self._agent_nouns[agent]
        self._leaving_nouns[agent] = noun
        for queue in list(self._queues_by_agent.get(agent, ())):
            self._trim_queue(queue, agent)
        self._shifts = tuple(replace(shift, agents=without(shift.agents, agent)) for shift in self._shifts)
        self._remove_agent(agent)
        if not self._places_noted:  # else the orders are told once, at the end of the whole command
            self._tell_orders(self._queue_nouns[queue.id] for queue in ordered)

    def _trim_queue(self, queue: str, agent: str) -> None:
        old = self._queue_nouns[queue]
        self._unlink_queue(old)
        noun = trimmed(old, agent)
        self._queue_nouns[queue] = noun
        self._link_queue(noun)
        if is_limited(noun) != is_limited(old) or len(noun.reserves) != len(old.reserves):
            self._tell_queue(noun, old)
            for member in self._limited_members(noun):
                self._tell_agent(self._agent_nouns[member])
            self._recount(queue)
            self._learn(queue)

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
            old = self._queue_nouns.get(queue.id)
            self._take_queue(queue)
            self._tell_targets(queue, old)
            self._rework(queue.id, True)
            self._tell_orders([queue])

    def _take_queue(self, queue: Queue) -> None:
        """Add or replace; its overflow rules and its order are told by whoever calls."""
        old = self._queue_nouns.get(queue.id)
        before: dict[str, int] = {}
        if old is None:
            self._new_queue(queue.id)
        else:
            self._note_places([queue.id])
            before = self._limited_members(old)
            self._unlink_queue(old)
        self._queue_nouns[queue.id] = queue
        watchers = self._link_queue(queue)
        self._tell_queue(queue, old)
        after = self._limited_members(queue)
        changed = {agent for agent in before.keys() | after.keys() if before.get(agent) != after.get(agent)}
        for agent in sorted(changed | watchers):
            self._tell_agent(self._agent_nouns[agent])
        self._recount(queue.id)
        self._learn(queue.id)
        change = "added" if old is None else "changed"
        self._emit_event(e.QueueChanged(self.now_ns, queue.id, change), queue.id + change)

    def _remove_queue_command(self, command: c.RemoveQueue) -> None:
        for queue in (command.queue, command.move_to):
            if queue not in self._queue_nouns and (queue or queue is command.queue):
                self._refuse_command(command, Reason.UNKNOWN_QUEUE, queue)
                return
        for other in self._queue_nouns.values():
            if other.id != command.queue and command.queue in overflow_targets(other):
                detail = f"queue {other.id!r} overflows to it; let it overflow elsewhere first"
                self._refuse_command(command, Reason.QUEUE_IN_USE, command.queue, detail)
                return
        if command.move_to == command.queue:
            self._refuse_command(command, Reason.QUEUE_IN_USE, command.queue, "it cannot move to itself")
            return
        self._drop_queue(command.queue, command.move_to)
        self._tell_searches()

    def _drop_queue(self, queue: str, move_to: str) -> None:
        noun = self._queue_nouns.pop(queue)
        members = self._limited_members(noun)
        self._emit_event(e.QueueChanged(self.now_ns, queue, "removed"), queue + "removed")
        self._order_queue(queue, None)
        self._remove_queue(queue, move_to)
        self._unlink_queue(noun)
        counted = queue in self._open_watched
        self._open_watched.pop(queue, None)
        for agent in list(self._agent_nouns) if counted else sorted(members):
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
        before = dict(self._queue_nouns)
        unstaffed = self._unstaffed()
        old = self._base
        self._base = replace(new, agents=(), queues=())
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
        edited = set()
        for place in new.queues:
            was = before.get(place.id)
            if self._queue_nouns.get(place.id) != place:
                self._take_queue(place)
                edited.add(place.id)
            elif was is not None and len(was.reserves) != len(place.reserves):  # trimmed with its last member
                edited.add(place.id)
        self._order_told = False
        refill(self._agent_nouns, agents)
        refill(self._queue_nouns, queues)
        self._shifts = new.shifts
        for place in new.queues:
            self._tell_targets(place, before.get(place.id))
            self._rework(place.id, place.id in edited)
        self._tell_agents()
        self._still_unstaffed(unstaffed)
        self._places_noted = False
        self._tell_orders(new.queues)

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
        self._capacities = {channel.id: channel.capacity for channel in base.channels}
        self._set_limits(base.limits, base.not_ready_reasons, base.seed, base.idle_since_ready)
        if not self._set_channels([(channel.id, channel.load) for channel in base.channels]):
            raise InternalError("no numbers left for channels")
        self._set_interrupts([(one.id, other) for one in base.channels for other in one.interrupts])
        self._set_resume_grace(base.resume_grace_ns)
        self._set_attempt_grace(base.attempt_grace_ns)
        self._set_not_ready_limits(base.not_ready_limits_ns, base.after_not_ready)
        self._set_panes(base.pane_ns, base.service_level_panes, base.occupancy_window_ns)

    def _tell_agent(self, agent: Agent) -> None:
        capacities = agent.channels or self._capacities
        queues = self._queues_of(agent)
        watches: list[tuple[str, str]] = []
        if self._watching:
            watches += [("group", group) for group in agent.groups]
            watches += [("queue", queue) for queue in [*queues, *self._open_watched]]
        self._set_agent(agent.id, agent.skills, queues, capacities, watches, agent.load, agent.cost)

    def _tell_agents(self) -> None:
        """Everybody; who has been told what another one like them was told is passed over."""
        nouns = list(self._agent_nouns.values())
        told: dict[tuple[int, tuple[tuple[str, int], ...]], str] = {}
        for agent, place in zip(nouns, fold(nouns)[1], strict=True):
            member = self._queues_by_agent.get(agent.id)
            like = told.setdefault((place, tuple(sorted(member.items())) if member else ()), agent.id)
            if like is agent.id or not self._is_agent_like(agent.id, like):
                self._tell_agent(agent)
        # Nobody is matched with those who leave for good, but a front-end may say that they talk to somebody.
        for agent in self._leaving_nouns.values():
            self._set_agent(agent.id, {}, {}, agent.channels or self._capacities, (), agent.load, agent.cost)

    def _tell_queue(self, queue: Queue, old: Queue | None) -> None:
        """All of a queue but what names other queues; `old` is what the core knows of it."""
        self._set_queue(queue, steps_of(queue), is_limited(queue))
        if old is None or old.reserves != queue.reserves:
            self._set_reserves(queue.id, [(reserve.after_ns, reserve.when) for reserve in queue.reserves])
        if old is None or old.shares != queue.shares:
            self._set_shares(queue.id, sorted(queue.shares.items()))
        self._keep_service_level(queue.id, Term.SERVICE_LEVEL in terms_read(queue))

    def _tell_targets(self, queue: Queue, old: Queue | None) -> None:
        """Where a queue sends contacts by itself; the targets are there by now."""
        if old is None or old.split != queue.split:
            self._set_splits(queue.id, sorted(queue.split.items()))
        self._set_actions(queue)

    def _tell_orders(self, queues: Iterable[Queue]) -> None:
        """The configured order, and that of these queues as far as they search one."""
        ordered = any(self._strategies.get(strategy) for strategy in ORDERED)
        if ordered and not self._order_told:
            self._order_agents(list(self._agent_nouns))
            self._order_told = True
        place: dict[str, int] = {}
        for queue in queues:
            if queue.strategy in ORDERED and is_limited(queue):
                place = place or {agent: at for at, agent in enumerate(self._agent_nouns)}
                self._order_queue(queue.id, self._members_in_order(queue, place))
            else:
                self._order_queue(queue.id, None)
        self._tell_searches()

    def _tell_searches(self) -> None:
        """Which orders have to be kept."""
        if self._places_noted:
            return  # in the midst of a whole configuration: what the old queues needed the new ones may need as well
        used = self._strategies.get
        ordered = any(used(strategy) for strategy in ORDERED)
        occupancy = bool(used("least_occupied") or used("occupancy"))
        self._set_searches(bool(used("fewest_contacts")), occupancy, ordered)

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

    # Refusing

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


def steps_of(queue: Queue) -> tuple[tuple[str, int, str, str], ...]:
    """The steps of a queue as the core interns them."""
    return tuple((step.expression, step.after_ns, step.when, step.score) for step in effective_steps(queue))
