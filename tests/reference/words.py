"""The commands of skills and groups, and where each is named.

Owns what they check and do; must not know agents and queues beyond the names in them.
"""

from collections.abc import Callable

from reference.conditions import rules_of
from reference.ground import RefusedError, refuse_if
from reference.queues import QueueCommands
from reference.scores import steps_of
from reference.state import Line
from routing import commands, events
from routing.conditions import compile_condition
from routing.config import check_id, check_skill_id
from routing.errors import ConfigError
from routing.events import Reason
from routing.model import Step
from routing.scores import compile_score
from routing.skills import compile_requirement


class WordCommands(QueueCommands):
    """What may be said of agents."""

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

    def _check_word(self, check: Callable[[str, str], None], word: str) -> None:
        try:
            check(word, "")
        except ConfigError:
            raise RefusedError(Reason.INVALID_CONFIGURATION, word) from None


def groups_in(line: Line) -> set[str]:
    """The groups that a queue names anywhere."""
    queue = line.queue
    named = {*queue.groups, *queue.shares}.union(*(reserve.groups for reserve in queue.reserves))
    return named.union(*(compile_condition(when, max_terms=255).groups for when in rules_of(line)))


def names_in(step: Step) -> set[str]:
    """The skills that a step names; all of it has parsed once."""
    named = set(compile_requirement(step.expression, max_terms=255).names)
    return named | {skill for skill, _ in (compile_score(step.score, max_terms=255) if step.score else ())}
