"""Schedule adherence: was who was planned to be there, there?

Owns this comparison of spans; must not know tables.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

Span = tuple[int, int]


class Adherence(Struct, frozen=True):
    """One agent over a span, ns: planned to be there, there of that, and there beside the plan."""

    agent: str
    planned_ns: int
    kept_ns: int
    beside_ns: int


def adherence(
    planned: Iterable[tuple[str, int, int]], there: Iterable[tuple[str, int, int]], from_ns: int, to_ns: int
) -> Iterator[Adherence]:
    """Compare plans with sessions, both as agent, start and end, within a span. O(n log n).

    Examples
    --------
    >>> list(adherence([("ann", 0, 100)], [("ann", 10, 90), ("ann", 95, 130)], 0, 120))
    [Adherence(agent='ann', planned_ns=100, kept_ns=85, beside_ns=20)]
    """
    plans, sessions = _by_agent(planned, from_ns, to_ns), _by_agent(there, from_ns, to_ns)
    for agent in sorted(plans.keys() | sessions.keys()):
        plan, session = merged(plans.get(agent, ())), merged(sessions.get(agent, ()))
        kept = overlap(plan, session)
        yield Adherence(agent, length(plan), kept, length(session) - kept)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Join spans that touch or overlap.

    >>> merged([(5, 9), (0, 5), (20, 30), (22, 25)])
    [(0, 9), (20, 30)]
    """
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def overlap(one: list[Span], other: list[Span]) -> int:
    """Measure what two lists of merged spans have in common.

    >>> overlap([(0, 10), (20, 30)], [(5, 25)])
    10
    """
    total = place = 0
    for start, end in one:
        while place and other[place - 1][1] > start:
            place -= 1
        while place < len(other) and other[place][0] < end:
            total += max(0, min(end, other[place][1]) - max(start, other[place][0]))
            place += 1
    return total


def length(spans: Iterable[Span]) -> int:
    """Add spans up."""
    return sum(end - start for start, end in spans)


def _by_agent(spans: Iterable[tuple[str, int, int]], from_ns: int, to_ns: int) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for agent, start, end in spans:
        cut = (max(start, from_ns), min(end, to_ns))
        if cut[0] < cut[1]:
            found.setdefault(agent, []).append(cut)
    return found
