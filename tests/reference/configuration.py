"""The command that changes the configuration as a whole.

Owns the order in which everything is replaced; the rules for a configuration are those of ``routing.config``.
"""

from reference.ground import RefusedError, refuse_if
from reference.people import PeopleCommands
from routing import commands, events
from routing.config import validate
from routing.errors import ConfigError
from routing.events import Reason
from routing.model import Config


class ConfigurationCommands(PeopleCommands):
    """Everything at once."""

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
