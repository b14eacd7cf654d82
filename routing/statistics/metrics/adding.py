"""Sums of counts: of spans, queues, channels or agents.

Owns how two counts become one: a sum or, of a maximum, the greater; must not know what is computed from them.
"""

from collections.abc import Iterable

from msgspec.structs import fields

from routing.statistics.shapes import MAXIMA, AgentCounts, QueueCounts

_QUEUE = tuple(field.name for field in fields(QueueCounts))
_AGENT = tuple(field.name for field in fields(AgentCounts) if field.name != "not_ready_by")


def total(parts: Iterable[QueueCounts]) -> QueueCounts:
    """Add counts of queues up. O(fields) for each.

    ``waiting_max``, the most visits waiting at once, is the greatest of any part: of several queues it may have been
    more.

    >>> day = total([QueueCounts(answered=1, wait_max_ns=5), QueueCounts(answered=2, wait_max_ns=3)])
    >>> day.answered, day.wait_max_ns
    (3, 5)
    """
    sums = dict.fromkeys(_QUEUE, 0)
    for part in parts:
        for name in _QUEUE:
            value = getattr(part, name)
            sums[name] = max(sums[name], value) if name in MAXIMA else sums[name] + value
    return QueueCounts(**sums)


def agents_total(parts: Iterable[AgentCounts]) -> AgentCounts:
    """Add counts of agents up. O(fields + reasons) for each.

    >>> team = [AgentCounts(not_ready_by={"lunch": 2}), AgentCounts(not_ready_by={"lunch": 1, "mail": 4})]
    >>> agents_total(team).not_ready_by
    {'lunch': 3, 'mail': 4}
    """
    sums = dict.fromkeys(_AGENT, 0)
    reasons: dict[str, int] = {}
    for part in parts:
        for name in _AGENT:
            sums[name] += getattr(part, name)
        for reason, time_ns in part.not_ready_by.items():
            reasons[reason] = reasons.get(reason, 0) + time_ns
    made = AgentCounts(**sums)  # type: ignore[arg-type]
    made.not_ready_by = dict(sorted(reasons.items()))
    return made
