"""Which campaigns and queues want the same agents, and how dials for shared agents are divided.

Owns this arithmetic; must not know events nor the compiled numbers.
"""

import math
from collections.abc import Collection, Mapping, Sequence

Circle = Collection[str] | None
#: What a campaign below its minimum of agents weighs against those that are not.
FIRST = 1_000_000


def part(mine: Circle, other: Circle, everybody: Collection[str]) -> float:
    """Return the share of another's agents who are mine, too; None: everybody. O(agents).

    Examples
    --------
    >>> part({"ann"}, {"ann", "ben"}, {"ann", "ben", "cid"}), part(None, {"ann"}, {"ann"}), part({"ann"}, {"ben"}, ())
    (0.5, 1.0, 0.0)
    """
    theirs = everybody if other is None else other
    if not theirs:
        return 1.0 if mine is None else 0.0
    if mine is None:
        return 1.0
    ours = mine if isinstance(mine, (set, frozenset)) else frozenset(mine)
    return sum(agent in ours for agent in theirs) / len(theirs)


def divided(dials: int, weight: int, weights: Sequence[int], carried: float) -> tuple[int, float]:
    """Give a campaign its part of what it might dial, and the rest of a dial to carry over.

    Examples
    --------
    >>> divided(5, 1, [1], 0.0), divided(1, 1, [1, 2], 0.0), divided(1, 1, [1, 2], 0.7)
    ((5, 0.0), (0, 0.3333333333333333), (1, 0.033333333333333215))
    """
    total = sum(weights)
    if dials <= 0 or total <= weight:
        return max(dials, 0), 0.0
    exact = dials * weight / total + carried
    whole = min(math.floor(exact + 1e-9), dials)
    return whole, min(max(exact - whole, 0.0), 1.0)


def overlaps(circles: Mapping[str, Circle], everybody: Collection[str]) -> dict[str, dict[str, float]]:
    """Return by name, and by each other name, the share of that one's agents; none where it is 0. O(names² agents)."""
    return {
        mine: {
            other: share
            for other, theirs in circles.items()
            if other != mine and (share := part(circle, theirs, everybody)) > 0.0
        }
        for mine, circle in circles.items()
    }
