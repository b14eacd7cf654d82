"""Finds the queue and the requirement of a logged call in a configuration.

A log names a queue, a skill, or both. In this order:

1. The log names a **queue**: it must be one of the configuration. A skill named beside it becomes the requirement,
   unless it is called like the queue itself.
2. The **skill** is the name of a queue: the call enters that queue, and asks what the queue asks. When that queue
   neither asks anything nor limits its members, and the skill exists too, the call asks for the skill.
3. A queue asks for just this skill, and nothing else: the call enters the first of those.
4. The skill exists, or is an expression over skills that exist: it becomes the requirement, in the first
   queue that is open to all agents and asks nothing itself, or else in the first queue.
5. Otherwise the row is bad, and the nearest name is suggested.

Owns this rule; must not know formats or how calls are simulated.
"""

import unicodedata

from routing.errors import ConfigError, ExpressionError
from routing.model import Config, Queue
from routing.simulation.calls import Place
from routing.skills import compile_requirement, suggest


class Placement:
    """The rule above for one configuration.

    Parameters
    ----------
    config : Config
        At least one queue is needed.

    Raises
    ------
    ConfigError
        The configuration has no queue, so no call could enter anything.

    Examples
    --------
    >>> from routing.model import Agent
    >>> config = Config(agents=(Agent("a", {"tech": 80}),), queues=(Queue("sales"), Queue("help", requirement="tech")))
    >>> Placement(config).place("", "help"), Placement(config).place("", "tech")
    (Place(queue='help', requirement=''), Place(queue='help', requirement=''))
    >>> Placement(config).place("", "tech >= 70")
    Place(queue='sales', requirement='tech >= 70')
    >>> Placement(config).place("", "tehc")
    Traceback (most recent call last):
        ...
    ValueError: skill 'tehc' is neither a queue nor a skill of the configuration; did you mean 'tech'?
    """

    def __init__(self, config: Config) -> None:
        if not config.queues:
            raise ConfigError("queues", "there is none; calls need at least one queue to enter")
        self.queues = {queue.id: queue for queue in config.queues}
        self.skills = {*config.skills, *(skill for agent in config.agents for skill in agent.skills)}
        self.channels = {channel.id for channel in config.channels}
        self.priority_max = config.limits.priority
        self.asking: dict[str, str] = {}
        for queue in config.queues:
            if len(queue.steps) <= 1:
                self.asking.setdefault(
                    queue.steps[0].expression if queue.steps else queue.requirement, queue.id
                )
        self.open_to_all = next(
            (queue.id for queue in config.queues if _asks_nothing(queue)), config.queues[0].id
        )

    def place(self, queue: str, skill: str) -> Place:
        """Return queue and requirement of a call; ``ValueError`` says why it has no place."""
        skill = unicodedata.normalize("NFKC", skill)
        if queue:
            if queue not in self.queues:
                raise ValueError(f"queue {queue!r} is not in the configuration{suggest(queue, self.queues)}")
            return Place(queue, "" if skill in ("", queue) else self._requirement(skill))
        if skill in self.queues:
            explicit = _asks_nothing(self.queues[skill]) and skill in self.skills
            return Place(skill, skill if explicit else "")
        if not skill:
            raise ValueError("the row names neither a skill nor a queue")
        if skill in self.asking:
            return Place(self.asking[skill], "")
        return Place(self.open_to_all, self._requirement(skill))

    def check(self, channel: str, priority: int) -> None:
        """Raise ``ValueError`` when the configuration has no such channel or priority."""
        if channel not in self.channels:
            raise ValueError(
                f"channel {channel!r} is not in the configuration{suggest(channel, self.channels)}"
            )
        if not 0 <= priority <= self.priority_max:
            raise ValueError(f"priority is {priority}; limits.priority allows 0 to {self.priority_max}")

    def _requirement(self, skill: str) -> str:
        """Accept a skill or an expression over skills that exist."""
        if skill in self.skills:
            return skill
        try:
            names = compile_requirement(skill).names
        except ExpressionError:
            names = (skill,)
        for name in names:
            if name not in self.skills:
                known = self.skills | self.queues.keys()
                raise ValueError(
                    f"skill {name!r} is neither a queue nor a skill of the configuration{suggest(name, known)}"
                )
        return skill


def _asks_nothing(queue: Queue) -> bool:
    """Any agent may serve the queue's contacts."""
    steps = any(step.expression.strip() for step in queue.steps)
    return not (queue.requirement.strip() or steps or queue.members or queue.groups)
