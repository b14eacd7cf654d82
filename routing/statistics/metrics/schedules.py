"""Did agents follow their schedules? Adherence asks at which time, conformance only how long.

Adherence: the part of the scheduled time in which the agent did what the schedule said. Conformance: the time at work,
at whatever time, divided by the time scheduled for work; it may exceed 1. Both as Genesys Cloud defines them
(docs/metrics.md has the page): with ``outside_counts`` work outside the schedule counts as an exception, in the
denominator as well.

Owns these figures; must not know where schedules come from.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from routing.errors import UsageError
from routing.statistics.metrics.ratios import share
from routing.statistics.shapes import AgentRow, Session

#: The activity of being there for contacts.
WORK: Final = "work"


class Activity(Struct, frozen=True):
    """What somebody should do, or did, from ``start_ns`` to ``end_ns``."""

    start_ns: int
    end_ns: int
    activity: str = WORK


class Adherence(Struct, frozen=True):
    """Times, and the two figures.

    Attributes
    ----------
    scheduled_ns : int
        Of the schedule, all activities.
    adherent_ns : int
        Of it: while the agent did what the schedule said.
    outside_ns : int
        At work while nothing was scheduled.
    work_scheduled_ns, worked_ns : int
        For work, and at work.
    adherence, conformance : float or None
        From 0 to 1, and from 0 on.
    """

    scheduled_ns: int
    adherent_ns: int
    outside_ns: int
    work_scheduled_ns: int
    worked_ns: int
    adherence: float | None
    conformance: float | None


def at_work(sessions: Iterable[Session]) -> list[Activity]:
    """Take every log-in of one agent as time at work.

    >>> at_work([Session("ann", 5, 9)])
    [Activity(start_ns=5, end_ns=9, activity='work')]
    """
    return [Activity(session.log_in_ns, session.log_out_ns) for session in sessions]


def adherence(
    schedule: Sequence[Activity], actual: Sequence[Activity], *, outside_counts: bool = False
) -> Adherence:
    """Compare a schedule with what an agent did. O(n log n).

    Parameters
    ----------
    schedule, actual : sequence of Activity
        Of one agent, in any order; those of one sequence must not overlap.
    outside_counts : bool, default False
        Whether work outside the schedule is held against adherence.

    Raises
    ------
    UsageError
        If activities of one sequence overlap or end before they start.

    Examples
    --------
    Sixty minutes scheduled; ten minutes late, and ten minutes longer to make up for it:

    >>> told = adherence([Activity(0, 60)], [Activity(10, 70)], outside_counts=True)
    >>> round(told.adherence, 3), told.conformance
    (0.714, 1.0)
    >>> round(adherence([Activity(0, 60)], [Activity(10, 70)]).adherence, 3)
    0.833
    """
    planned, done = _ordered(schedule, "schedule"), _ordered(actual, "actual")
    scheduled_ns = sum(span.end_ns - span.start_ns for span in planned)
    work_scheduled_ns = sum(span.end_ns - span.start_ns for span in planned if span.activity == WORK)
    worked_ns = sum(span.end_ns - span.start_ns for span in done if span.activity == WORK)
    adherent_ns = worked_inside_ns = 0
    here = there = 0
    while here < len(planned) and there < len(done):
        plan, did = planned[here], done[there]
        both_ns = max(0, min(plan.end_ns, did.end_ns) - max(plan.start_ns, did.start_ns))
        adherent_ns += both_ns if plan.activity == did.activity else 0
        worked_inside_ns += both_ns if did.activity == WORK else 0
        if plan.end_ns <= did.end_ns:
            here += 1
        else:
            there += 1
    outside_ns = worked_ns - worked_inside_ns
    return Adherence(
        scheduled_ns=scheduled_ns,
        adherent_ns=adherent_ns,
        outside_ns=outside_ns,
        work_scheduled_ns=work_scheduled_ns,
        worked_ns=worked_ns,
        adherence=_adherence(adherent_ns, scheduled_ns, outside_ns if outside_counts else 0),
        conformance=share(worked_ns, work_scheduled_ns),
    )


def adherence_by_interval(schedule: Sequence[Activity], rows: Sequence[AgentRow]) -> Adherence:
    """Compare a schedule with the counts of an agent by interval, where nothing finer was kept. O(n log n).

    An agent is at work who is logged in and not "not ready". Within an interval nobody knows when, so work is taken to
    have been where the schedule wanted it: adherence is at most that much, and time outside at least. Conformance
    is exact.

    Parameters
    ----------
    schedule : sequence of Activity
        Of one agent; only work is looked at.
    rows : sequence of AgentRow
        Of the same agent, in any order; where there is none, the agent was not logged in.

    Raises
    ------
    UsageError
        If activities or rows overlap, or rows are of several agents.

    Examples
    --------
    >>> from routing.statistics.shapes import AgentCounts
    >>> row = AgentRow(0, 60, "ann", AgentCounts(staffed_ns=50, not_ready_ns=10))
    >>> told = adherence_by_interval([Activity(0, 45), Activity(60, 75)], [row])
    >>> round(told.adherence, 3), round(told.conformance, 3)
    (0.667, 0.667)
    """
    if len({row.agent for row in rows}) > 1:
        raise UsageError(f"rows are of agents {sorted({row.agent for row in rows})}; give those of one")
    planned = [span for span in _ordered(schedule, "schedule") if span.activity == WORK]
    intervals = _ordered([Activity(row.start_ns, row.end_ns) for row in rows], "rows")
    wanted = [0] * len(intervals)
    here = there = 0
    while here < len(planned) and there < len(intervals):
        plan, interval = planned[here], intervals[there]
        wanted[there] += max(0, min(plan.end_ns, interval.end_ns) - max(plan.start_ns, interval.start_ns))
        if plan.end_ns <= interval.end_ns:
            here += 1
        else:
            there += 1
    ordered = sorted(rows, key=lambda row: (row.start_ns, row.end_ns))
    worked = [row.counts.staffed_ns - row.counts.not_ready_ns for row in ordered]
    scheduled_ns = sum(span.end_ns - span.start_ns for span in planned)
    adherent_ns = sum(map(min, worked, wanted))
    return Adherence(
        scheduled_ns=scheduled_ns,
        adherent_ns=adherent_ns,
        outside_ns=sum(worked) - adherent_ns,
        work_scheduled_ns=scheduled_ns,
        worked_ns=sum(worked),
        adherence=share(adherent_ns, scheduled_ns),
        conformance=share(sum(worked), scheduled_ns),
    )


def _adherence(adherent_ns: int, scheduled_ns: int, outside_ns: int) -> float | None:
    """1 - exceptions / scheduled, at least 0; both with the time outside where that counts."""
    if not scheduled_ns:
        return None
    whole_ns = scheduled_ns + outside_ns
    return (whole_ns - (scheduled_ns - adherent_ns) - outside_ns) / whole_ns


def _ordered(spans: Sequence[Activity], name: str) -> list[Activity]:
    ordered = sorted(spans, key=lambda span: (span.start_ns, span.end_ns))
    last_ns = None
    for span in ordered:
        if span.end_ns < span.start_ns:
            raise UsageError(f"{name}: {span} ends before it starts")
        if last_ns is not None and span.start_ns < last_ns:
            raise UsageError(
                f"{name}: {span} starts before the one before it ends at {last_ns}; cut one of them"
            )
        last_ns = span.end_ns
    return ordered
