"""What a host's statistics show of one queue, one agent, a group, the centre: the present, counts, and figures.

Made when asked for, O(what one of them holds) each, so that the writer is held up for microseconds at a time.

Owns the shape of these pictures and how they are put together; must not know how anything is counted (``counting``).
"""

from collections.abc import Iterable
from typing import Final, Literal, cast

from msgspec import Struct

from routing.errors import UsageError
from routing.host.counting import FOLLOWER, Counting
from routing.host.host import Host
from routing.statistics.metrics import AgentMetrics, Metrics, agent_report, report
from routing.statistics.now import GroupNow, QueueNow
from routing.statistics.shapes import AgentCounts, QueueCounts

State = Literal["logged_out", "talking", "holding", "wrap_up", "ringing", "not_ready", "engaged", "idle"]
Device = Literal["available", "in_use", "unreachable"]

_STATES: Final = ("talking", "holding", "wrap_up", "ringing", "not_ready", "engaged", "idle")


class RecentVisits(Struct, frozen=True):
    """Visits that ended within the last ``span_ns``; the level is answered in time of all answered and abandoned."""

    span_ns: int
    answered: int
    answered_in: int
    abandoned: int
    abandoned_in: int
    abandoned_short: int
    service_level: float | None


class AgentsByState(Struct, frozen=True):
    """How many agents are in which state; the seven add up to ``staffed``, those by reason to ``not_ready``."""

    staffed: int
    talking: int
    holding: int
    wrap_up: int
    ringing: int
    not_ready: int
    engaged: int
    idle: int
    not_ready_by: dict[str, int]
    occupancy: float | None  # busy with contacts, of those not "not ready"


class QueueStatistics(Struct, frozen=True):
    """A queue, in all channels ("") or one. ``total``: since counting began; ``last``: the interval before this one."""

    queue: str
    channel: str
    at_ns: int
    waiting: int
    longest_wait_ns: int
    in_hand: int
    in_wrap_up: int
    agents: AgentsByState | None  # None for a single channel
    recent: tuple[RecentVisits, ...]  # 5, 15 and 30 minutes
    interval_start_ns: int
    total: QueueCounts
    interval: QueueCounts
    last: QueueCounts
    metrics: Metrics  # of the total
    interval_metrics: Metrics


class AgentStatistics(Struct, frozen=True):
    """An agent. ``total``: since counting began; ``last``: the interval before this one."""

    agent: str
    at_ns: int
    state: State
    since_ns: int  # in this state, or not ready for this reason
    log_in_ns: int  # 0: logged out
    leaving: bool
    ready: bool
    reason: str
    device: Device
    in_hand: int
    held: int
    ringing: int
    wrap_ups: int
    occupancy: float | None  # of the present interval, without the time of not ready
    total: AgentCounts
    interval: AgentCounts
    last: AgentCounts
    metrics: AgentMetrics  # of the total


class GroupStatistics(Struct, frozen=True):
    """The agents of a group."""

    group: str
    at_ns: int
    agents: AgentsByState


class CentreStatistics(Struct, frozen=True):
    """A whole centre; visits are stays in queues, contacts that wait in two of them are two."""

    at_ns: int
    contacts: int  # alive
    contacts_waiting: int
    contacts_in_hand: int
    waiting: int  # visits
    longest_wait_ns: int
    agents: AgentsByState
    recent: tuple[RecentVisits, ...]
    interval_start_ns: int
    total: QueueCounts
    metrics: Metrics


def counts_of(host: Host) -> bool:
    """Whether the host keeps statistics.

    >>> from routing import Config
    >>> with Host(Config()) as host:
    ...     counts_of(host)
    False
    """
    return host.has(FOLLOWER)


def queue_statistics(host: Host, queue: str, channel: str = "") -> QueueStatistics:
    """Show a queue. O(channels + panes + members).

    Raises
    ------
    UsageError
        If there is no such queue or channel, or the host keeps no statistics.

    Examples
    --------
    >>> from routing import Config, EnqueueContact, Queue
    >>> from routing.host.counting import counting
    >>> with Host(Config(queues=(Queue("sales"),)), followers={FOLLOWER: counting()}) as host:
    ...     _ = host.apply(EnqueueContact("call-1", ("sales",)))
    ...     shown = queue_statistics(host, "sales")
    >>> shown.waiting, shown.total.entered, shown.recent[-1].service_level
    (1, 1, None)
    """

    def look(counting: Counting, now_ns: int) -> QueueStatistics:
        counting.pass_to(now_ns)
        statistics = counting.statistics
        now = statistics.queue_now(queue, channel or None)
        total = statistics.queue(queue, channel or None)
        interval = statistics.queue_interval(queue, channel or None)
        waits = statistics.waits_ever(queue, channel or None)
        return QueueStatistics(
            queue,
            channel,
            now.at_ns,
            now.waiting,
            now.longest_wait_ns,
            now.in_hand,
            now.in_wrap_up,
            None if channel else agents_of(counting, queue),
            _recent(now),
            counting.interval_start_ns,
            total,
            interval,
            counting.last_queue(queue, channel),
            report(total, answered_waits=waits),
            report(interval),
        )

    return host.look_now(FOLLOWER, look)


def agent_statistics(host: Host, agent: str) -> AgentStatistics:
    """Show an agent. O(1).

    Raises
    ------
    UsageError
        If there is no such agent, or the host keeps no statistics.
    """

    def look(counting: Counting, now_ns: int) -> AgentStatistics:
        counting.pass_to(now_ns)
        statistics = counting.statistics
        now = statistics.agent_now(agent)
        total = statistics.agent(agent)
        return AgentStatistics(
            agent,
            now.at_ns,
            now.state,
            now.since_ns,
            now.log_in_ns,
            now.leaving,
            now.ready,
            now.reason,
            cast("Device", now.device),
            now.in_hand,
            now.held,
            now.ringing,
            now.wrap_ups,
            now.occupancy,
            total,
            statistics.agent_interval(agent),
            counting.last_agent(agent),
            agent_report(total),
        )

    return host.look_now(FOLLOWER, look)


def group_statistics(host: Host, group: str) -> GroupStatistics:
    """Show a group. O(changes of state since any group was last asked for).

    Raises
    ------
    UsageError
        If no agent has this group, or the host keeps no statistics.
    """

    def look(counting: Counting, now_ns: int) -> GroupStatistics:
        counting.pass_to(now_ns)
        now = counting.statistics.group_now(group)
        return GroupStatistics(group, now.at_ns, _by_state(now))

    return host.look_now(FOLLOWER, look)


def centre_statistics(host: Host) -> CentreStatistics:
    """Show the whole centre. O(queues x channels).

    Raises
    ------
    UsageError
        If the host keeps no statistics.
    """

    def look(counting: Counting, now_ns: int) -> CentreStatistics:
        counting.pass_to(now_ns)
        now = counting.statistics.centre_now()
        total = counting.statistics.total()
        return CentreStatistics(
            now.at_ns,
            now.contacts,
            now.waiting,
            now.in_hand,
            now.visits.waiting,
            now.visits.longest_wait_ns,
            _by_state(now.agents),
            _recent(now.visits),
            counting.interval_start_ns,
            total,
            report(total),
        )

    return host.look_now(FOLLOWER, look)


def agents_of(counting: Counting, queue: str) -> AgentsByState:
    """Count the agents who serve a queue by state. O(1) for all agents or one group, else O(these)."""
    circle = counting.circle(queue)
    if circle.everybody:
        return _by_state(counting.statistics.centre_now().agents)
    if circle.group:
        return _group(counting, circle.group)
    return _summed(counting, circle.agents)


def _group(counting: Counting, group: str) -> AgentsByState:
    try:
        return _by_state(counting.statistics.group_now(group))
    except UsageError:  # nobody is in it
        return _summed(counting, ())


def _summed(counting: Counting, agents: Iterable[str]) -> AgentsByState:
    counts = dict.fromkeys(("logged_out", *_STATES), 0)
    reasons: dict[str, int] = {}
    for agent in agents:
        now = counting.statistics.agent_now(agent)
        counts[now.state] += 1
        if now.state == "not_ready":
            reasons[now.reason] = reasons.get(now.reason, 0) + 1
    staffed = sum(counts[state] for state in _STATES)
    busy = counts["talking"] + counts["holding"] + counts["wrap_up"]
    able = staffed - counts["not_ready"]
    return AgentsByState(
        staffed=staffed,
        not_ready_by=reasons,
        occupancy=busy / able if able else None,
        **{state: counts[state] for state in _STATES},
    )


def _by_state(now: GroupNow) -> AgentsByState:
    return AgentsByState(
        now.staffed,
        now.talking,
        now.holding,
        now.wrap_up,
        now.ringing,
        now.not_ready,
        now.engaged,
        now.idle,
        now.not_ready_by,
        now.occupancy,
    )


def _recent(now: QueueNow) -> tuple[RecentVisits, ...]:
    return tuple(
        RecentVisits(
            one.span_ns,
            one.answered,
            one.answered_in,
            one.abandoned,
            one.abandoned_in,
            one.abandoned_short,
            one.service_level,
        )
        for one in now.rolling
    )
