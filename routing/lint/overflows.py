"""Where queues give contacts up to: circles, targets without anybody new, targets that are closed then.

Owns these checks; must not know who is on shift.
"""

from collections.abc import Iterator
from typing import NamedTuple

from routing.config import format_duration
from routing.lint.centre import Centre
from routing.lint.finding import Finding, Severity
from routing.lint.overtaking import rank_range
from routing.lint.week import ORDINARY, Spans, Week, common, minus
from routing.model import Overflow


class Edge(NamedTuple):
    """A way from one queue to another, by place."""

    start: int
    end: int
    cause: str
    path: str
    takes_ns: int
    keep_age: bool


def check_overflows(centre: Centre) -> Iterator[Finding]:
    """Find circles, and overflows that lead to nobody new or to a closed queue."""
    edges = [edge for place in range(len(centre.queues)) for edge in _edges(centre, place)]
    timed = any(queue.hours for queue in centre.queues)
    chosen = [Week(centre, ORDINARY)] if timed and edges else []
    at_once = _circles([edge for edge in edges if not edge.takes_ns])
    for circle in at_once:
        yield from _at_once(centre, circle, chosen)
    inside = {frozenset(edge.start for edge in circle) for circle in at_once}
    for circle in _circles(edges):
        if frozenset(edge.start for edge in circle) not in inside or any(edge.takes_ns for edge in circle):
            yield from _in_time(centre, circle)
    for edge in edges:
        yield from _target(centre, edge)
        for week in chosen:
            yield from _closed(centre, edge, week)


def _edges(centre: Centre, place: int) -> Iterator[Edge]:
    queue, path = centre.queues[place], f"queues[{place}]"
    actions: list[tuple[str, str, Overflow | None]] = [
        (cause, f"{path}.{cause}", getattr(queue, cause))
        for cause in ("max_wait", "no_agent", "max_length", "closed")
    ]
    actions += [
        ("overflow", f"{path}.overflow[{number}]", rule) for number, rule in enumerate(queue.overflow)
    ]
    for cause, where, action in actions:
        if action is not None and action.to == "queue" and action.queue in centre.place_of:
            end = centre.place_of[action.queue]
            yield Edge(place, end, cause, where, action.after_ns, action.keep_age)
    for target, percent in queue.split.items():
        if percent and target != queue.id and target in centre.place_of:
            yield Edge(place, centre.place_of[target], "split", f"{path}.split.{target}", 0, True)


# -- Circles -----------------------------------------------------------------------------------------------


def _circles(edges: list[Edge]) -> list[tuple[Edge, ...]]:
    """Find the shortest circle through each queue that lies on one; each circle once."""
    leaving: dict[int, list[Edge]] = {}
    for edge in edges:
        leaving.setdefault(edge.start, []).append(edge)
    found: dict[frozenset[int], tuple[Edge, ...]] = {}
    for start in sorted(leaving):
        came: dict[int, Edge] = {}
        pending, place = [start], 0
        while place < len(pending) and start not in came:
            for edge in leaving.get(pending[place], ()):
                if edge.end not in came:
                    came[edge.end] = edge
                    pending.append(edge.end)
            place += 1
        if start in came:
            circle = [came[start]]
            while circle[-1].start != start:
                circle.append(came[circle[-1].start])
            found.setdefault(frozenset(edge.start for edge in circle), tuple(reversed(circle)))
    return list(found.values())


def _at_once(centre: Centre, circle: tuple[Edge, ...], chosen: list[Week]) -> Iterator[Finding]:
    by_hours = [edge.start for edge in circle if edge.cause == "closed" and centre.queues[edge.start].hours]
    for week in chosen:
        together: Spans = ((week.start_ns, week.end_ns),)
        for place in by_hours:
            together = common(together, week.closed(centre.queues[place].id))
        if by_hours and not together:
            return  # never closed at the same time
    by_command = any(edge.cause == "closed" and not centre.queues[edge.start].hours for edge in circle)
    by_chance = any(
        edge.cause == "split" and centre.queues[edge.start].split.get(centre.queues[edge.start].id)
        for edge in circle
    )
    hops = centre.config.limits.overflows
    yield Finding(
        "overflow-loop",
        "warning" if by_command or by_chance else "error",
        circle[0].path,
        f"contacts go round at once: {_drawn(centre, circle)}",
        f"when all of this holds together, a contact that comes in is passed on until limits.overflows = {hops} "
        "hops are used up, and is then disconnected",
        "let one of them end the circle: voicemail, callback or disconnect",
    )


def _in_time(centre: Centre, circle: tuple[Edge, ...]) -> Iterator[Finding]:
    around_ns = sum(edge.takes_ns for edge in circle)
    if not around_ns:
        return
    hops = centre.config.limits.overflows
    rounds = hops // len(circle)
    kept = all(edge.keep_age for edge in circle)
    age = "keeps its age" if kept else "begins again with no age"
    yield Finding(
        "overflow-circle",
        "warning",
        next(edge.path for edge in circle if edge.takes_ns),
        f"contacts go round every {format_duration(around_ns)}: {_drawn(centre, circle)}",
        f"a contact {age} on the way, and is disconnected after {hops} hops (limits.overflows), "
        f"that is after {format_duration(around_ns * rounds)} or a little more",
        "lead it out of the circle, or put the queues' agents into one queue with steps or reserves",
    )


def _drawn(centre: Centre, circle: tuple[Edge, ...]) -> str:
    parts = [f"{centre.queues[edge.start].id!r} -{edge.cause}-> " for edge in circle]
    return "".join(parts) + repr(centre.queues[circle[0].start].id)


# -- Targets -----------------------------------------------------------------------------------------------


def _target(centre: Centre, edge: Edge) -> Iterator[Finding]:
    if edge.start == edge.end:
        return
    mine, theirs = centre.queues[edge.start], centre.queues[edge.end]
    if edge.cause == "no_agent" and centre.members[edge.end] <= centre.members[edge.start] and centre.agents:
        yield Finding(
            "overflow-to-nobody",
            "warning",
            edge.path,
            f"no_agent leads to {theirs.id!r}, all of whose members are members of {mine.id!r}",
            f"when nobody of {mine.id!r} is logged in, nobody of {theirs.id!r} is",
            "lead it to a queue with other members, or to voicemail or callback",
        )
    if edge.cause not in ("max_wait", "overflow") or not centre.servers[edge.end]:
        return
    highest = centre.config.limits.priority
    here, there = rank_range(mine, highest), rank_range(theirs, highest)
    ahead = (
        theirs.tier < mine.tier or here is None or there is None or there[0] < here[0] or there[1] < here[1]
    )
    leads_on = theirs.max_wait is not None or theirs.no_agent is not None or theirs.overflow
    if not ahead and not leads_on and centre.servers[edge.end] <= centre.servers[edge.start]:
        yield Finding(
            "overflow-to-the-same",
            "warning",
            edge.path,
            f"{edge.cause} leads to {theirs.id!r}, where nobody serves who does not serve {mine.id!r}",
            "contacts find no more agents there and come no further ahead",
            "add members to the target, or widen the steps here instead",
        )


def _closed(centre: Centre, edge: Edge, week: Week) -> Iterator[Finding]:
    mine, theirs = centre.queues[edge.start], centre.queues[edge.end]
    if not theirs.hours or edge.start == edge.end:
        return
    then = week.open(mine.id)
    if edge.cause == "closed":
        then = week.closed(mine.id)
    missed = minus(then, week.open(theirs.id))
    if not missed:
        return
    always = missed == then
    handled = theirs.closed is not None
    severity: Severity = "warning" if always or not (handled or edge.cause == "closed") else "note"
    what = (
        "is never open when it is used"
        if always
        else f"is closed at times when it is used: {week.shown(missed)}"
    )
    yield Finding(
        "overflow-to-closed",
        severity,
        edge.path,
        f"{edge.cause} leads from {mine.id!r} to {theirs.id!r}, which {what}",
        f"a closed queue passes contacts on by its `closed` action, which is {theirs.closed.to!r}"
        if theirs.closed is not None
        else "a closed queue without a `closed` action disconnects contacts",
        "open it at these hours, or lead contacts elsewhere",
    )
