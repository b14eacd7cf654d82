"""Tells from a call log who was at work when.

Some logs say when agents come and go (``CallLog.attendance``); of those agents that is believed. Of the
others a log only shows services, and from them their presence is inferred by three rules:

1. Who serves is there, and so is who served a little while ago: a gap between two services of at most ``away``
   belongs to the agent's presence, a longer one does not.
2. Nobody sits idle while a caller whom they could serve is waiting. When in a gap such a caller waits for longer than
   ``patience_with_agents``, the agent is taken to be away from the moment that caller began to wait (or from the
   end of the service, if later) until the next service.
3. Who is not in the configuration is left out, and reported.

The inference errs to both sides: it knows nothing of agents who sat idle for long and nobody came, and it takes
agents for present whose last service ended a moment before their break.

Owns these rules; must not know formats or the engine.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from msgspec import Struct, field

from routing.commands import Command, LogIn, LogOut
from routing.model import Agent, Config, Queue
from routing.simulation.calls import Call, CallLog
from routing.skills import compile_requirement
from routing.units import MINUTE, SECOND

#: Agents who served nobody for longer than this count as away.
AWAY_NS: Final = 5 * MINUTE
#: Callers may wait this long beside an agent who is there: the time to turn from one call to the next.
TURN_NS: Final = 10 * SECOND

Interval = tuple[int, int]


class Presence(Struct):
    """Who was there: ``commands`` in order of time, and agents seen in the log whom the configuration lacks."""

    commands: list[tuple[int, Command]]
    strangers: dict[str, int] = field(default_factory=dict)


def infer_presence(log: CallLog, config: Config, away_ns: int = AWAY_NS) -> Presence:
    """Turn what a log shows of its agents into log-ins and log-outs.

    Parameters
    ----------
    log : CallLog
        Its calls in order of arrival, placed in the queues of ``config``.
    config : Config
        Whose agents are wanted, and which calls each could serve.
    away_ns : int
        The longest gap between services that belongs to an agent's presence; default five minutes.

    Notes
    -----
    O(n log n) for n services, and O(calls) for each distinct set of calls that agents can serve.
    """
    agents = {agent.id: agent for agent in config.agents}
    found = Presence([])
    told = _told(log)
    services: dict[str, list[Interval]] = {}
    for name, start_ns, end_ns in log.services:
        if name not in agents:
            found.strangers[name] = found.strangers.get(name, 0) + 1
        elif name not in told:
            services.setdefault(name, []).append((start_ns, end_ns))
    queues = _Waiting(log.calls, config)
    for agent in config.agents:
        if agent.id in told:
            intervals = told[agent.id]
        elif agent.id in services:
            intervals = _inferred(sorted(services[agent.id]), queues.while_served_by(agent), away_ns)
        else:
            continue
        for start_ns, end_ns in intervals:
            found.commands.append((start_ns, LogIn(agent.id)))
            if end_ns >= 0:
                found.commands.append((end_ns, LogOut(agent.id)))
    order = {agent: place for place, agent in enumerate(agents)}
    found.commands.sort(key=lambda entry: (entry[0], isinstance(entry[1], LogIn), order[_agent(entry[1])]))
    return found


def _agent(command: Command) -> str:
    return command.agent if isinstance(command, (LogIn, LogOut)) else ""


def _told(log: CallLog) -> dict[str, list[Interval]]:
    """Collect the presence that the log tells; an end of -1 is open."""
    told: dict[str, list[Interval]] = {}
    for agent, at_ns, present in log.attendance:
        intervals = told.setdefault(agent, [])
        if present:
            intervals.append((at_ns, -1))
        elif intervals:
            intervals[-1] = (intervals[-1][0], at_ns)
    return told


def _inferred(services: list[Interval], waiting: "_Spans", away_ns: int) -> list[Interval]:
    """Join services into presence."""
    joined: list[Interval] = []
    here_ns, until_ns = services[0]
    for start_ns, end_ns in services[1:]:
        gap_ns = start_ns - until_ns
        left_ns = until_ns if gap_ns > away_ns else waiting.first_within(until_ns, start_ns, TURN_NS)
        if left_ns is not None:
            joined.append((here_ns, max(left_ns, here_ns + 1)))
            here_ns = start_ns
        until_ns = max(until_ns, end_ns)
    joined.append((here_ns, max(until_ns, here_ns + 1)))
    return joined


class _Spans:
    """Times at which at least one of some callers waited: intervals apart and in order."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self.starts_ns = array("q")
        self.ends_ns = array("q")
        for call in calls:  # in order of arrival
            if not call.wait_ns:
                continue
            end_ns = call.arrival_ns + call.wait_ns
            if self.ends_ns and call.arrival_ns <= self.ends_ns[-1]:
                self.ends_ns[-1] = max(self.ends_ns[-1], end_ns)
            else:
                self.starts_ns.append(call.arrival_ns)
                self.ends_ns.append(end_ns)

    def first_within(self, from_ns: int, to_ns: int, longer_than_ns: int) -> int | None:
        """Return when, inside [from_ns, to_ns], somebody first began to wait for longer than that; or None."""
        place = bisect_right(self.ends_ns, from_ns)
        while place < len(self.starts_ns) and self.starts_ns[place] < to_ns:
            start_ns = max(self.starts_ns[place], from_ns)
            if min(self.ends_ns[place], to_ns) - start_ns > longer_than_ns:
                return start_ns
            place += 1
        return None


class _Waiting:
    """Finds when callers waited whom a given agent could have served."""

    def __init__(self, calls: list[Call], config: Config) -> None:
        self.calls = calls
        self.queues = {queue.id: queue for queue in config.queues}
        self.kinds = sorted({(call.queue, call.requirement) for call in calls})
        self.known: dict[frozenset[tuple[str, str]], _Spans] = {}

    def while_served_by(self, agent: Agent) -> _Spans:
        """Return when somebody waited whom the agent could have served from the first."""
        mine = frozenset(
            kind
            for kind in self.kinds
            if kind[0] in self.queues and may_serve(agent, self.queues[kind[0]], kind[1])
        )
        if mine not in self.known:
            self.known[mine] = _Spans(call for call in self.calls if (call.queue, call.requirement) in mine)
        return self.known[mine]


def may_serve(agent: Agent, queue: Queue, requirement: str) -> bool:
    """May this agent serve a new contact of the queue with this requirement of its own?

    >>> may_serve(Agent("a", {"tech": 50}), Queue("help", requirement="tech >= 70"), "")
    False
    """
    member = agent.id in queue.members or any(group in queue.groups for group in agent.groups)
    if (queue.members or queue.groups) and not member:
        return False
    first = requirement or (queue.steps[0].expression if queue.steps else queue.requirement)
    return compile_requirement(first, 255).matches(agent.skills)
