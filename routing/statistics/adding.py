"""Sums of counts: of spans, queues, channels or agents.

Owns how two counts become one: a sum or, of a maximum, the greater; must not know what is computed from them.
"""

from collections.abc import Iterable
from typing import TypeVar

from routing.statistics.shapes import MAXIMA, AgentCounts, QueueCounts

Counts = TypeVar("Counts", QueueCounts, AgentCounts)


def add(total: Counts, parts: Iterable[Counts]) -> Counts:
    """Add counts to others, which are changed and returned; of maxima the greatest stays.

    Examples
    --------
    >>> both = add(QueueCounts(), [QueueCounts(answered=2, wait_max_ns=5), QueueCounts(answered=1, wait_max_ns=7)])
    >>> both.answered, both.wait_max_ns
    (3, 7)
    """
    for part in parts:
        for name in part.__struct_fields__:
            had, more = getattr(total, name), getattr(part, name)
            if isinstance(more, dict):
                setattr(total, name, {key: had.get(key, 0) + more.get(key, 0) for key in {**had, **more}})
            else:
                setattr(total, name, max(had, more) if name in MAXIMA else had + more)
    return total


def total(parts: Iterable[QueueCounts]) -> QueueCounts:
    """Add counts of queues up. O(fields) for each.

    ``waiting_max``, the most visits waiting at once, is the greatest of any part: of several queues it may have been
    more.

    >>> day = total([QueueCounts(answered=1, wait_max_ns=5), QueueCounts(answered=2, wait_max_ns=3)])
    >>> day.answered, day.wait_max_ns
    (3, 5)
    """
    return add(QueueCounts(), parts)


def agents_total(parts: Iterable[AgentCounts]) -> AgentCounts:
    """Add counts of agents up, reasons in order of their names. O(fields + reasons) for each.

    >>> team = [AgentCounts(not_ready_by={"lunch": 2}), AgentCounts(not_ready_by={"lunch": 1, "mail": 4})]
    >>> agents_total(team).not_ready_by
    {'lunch': 3, 'mail': 4}
    """
    made = add(AgentCounts(), parts)
    made.not_ready_by = dict(sorted(made.not_ready_by.items()))
    return made
