"""Who serves a queue: everybody, a group, or these agents.

Owns this reading of a configuration; must not know what is done with it.
"""

from msgspec import Struct

from routing.model import Agent, Config, Queue


class Circle(Struct, frozen=True):
    """``everybody``, or all of one ``group``, or else ``agents``, in configured order."""

    everybody: bool = False
    group: str = ""
    agents: tuple[str, ...] = ()


def serves(agent: Agent, queue: Queue) -> bool:
    """Whether the agent is a member of the queue or of one of its reserves.

    Examples
    --------
    >>> serves(Agent("ann"), Queue("sales")), serves(Agent("ann"), Queue("sales", members=("ben",)))
    (True, False)
    """
    circles = [(queue.members, queue.groups), *((one.members, one.groups) for one in queue.reserves)]
    if not any(members or groups for members, groups in circles):
        return True
    return any(agent.id in members or not set(agent.groups).isdisjoint(groups) for members, groups in circles)


def circle_of(queue: Queue, config: Config) -> Circle:
    """Say who serves a queue. O(1) for everybody or one group, else O(agents).

    Examples
    --------
    >>> centre = Config(agents=(Agent("ann", groups=("sales",)), Agent("ben")))
    >>> circle_of(Queue("all"), centre).everybody, circle_of(Queue("sales", groups=("sales",)), centre).group
    (True, 'sales')
    >>> circle_of(Queue("vip", members=("ben",)), centre).agents
    ('ben',)
    """
    if not queue.reserves:
        if not queue.members and not queue.groups:
            return Circle(everybody=True)
        if not queue.members and len(queue.groups) == 1:
            return Circle(group=queue.groups[0])
    reserved = any(one.members or one.groups for one in queue.reserves)
    if not (queue.members or queue.groups or reserved):
        return Circle(everybody=True)
    return Circle(agents=tuple(agent.id for agent in config.agents if serves(agent, queue)))
