"""The commands that add, change and remove agents.

Owns what each of them checks and does; must not know agents at work (``agents``).
"""

from msgspec.structs import replace

from reference.ground import refuse_if
from reference.state import Person
from reference.words import WordCommands
from routing import commands, events
from routing.events import Reason
from routing.model import Agent, Queue, Reserve


class PeopleCommands(WordCommands):
    """Who is configured."""

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


def without_agent(queue: Queue, agent: str) -> Queue:
    reserves = tuple(replace(one, members=without(one.members, agent)) for one in queue.reserves)
    return replace(queue, members=without(queue.members, agent), reserves=reserves)


def without(ids: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(one for one in ids if one != gone)
