"""Shifts against opening hours: when is a queue open with nobody there, or nobody who can do it?

Owns these checks; must not know how a week is made (``week``).
"""

from collections.abc import Callable, Iterator

from routing.lint.centre import Centre, listed
from routing.lint.finding import Finding, Severity
from routing.lint.week import Spans, Week, minus, weeks
from routing.words import quoted


def check_shifts(centre: Centre) -> Iterator[Finding]:
    """Find open hours without anybody on shift, agents on no shift, and hours that are never open or not used."""
    yield from _hours(centre)
    if not centre.config.shifts or not centre.agents:
        return
    chosen = weeks(centre)
    for place in range(len(centre.queues)):
        yield from _coverage(centre, place, chosen)
    named = centre.named(
        (agent for shift in centre.config.shifts for agent in shift.agents),
        (group for shift in centre.config.shifts for group in shift.groups),
    )
    absent = [agent.id for place, agent in enumerate(centre.agents) if place not in named]
    if absent:
        yield Finding(
            "agents-without-shift",
            "note",
            "shifts",
            f"{listed(absent)} {'is' if len(absent) == 1 else 'are'} on no shift",
            "nothing logs them in but a command",
            "put them on a shift, or go on if they come and go by themselves",
        )


def _coverage(centre: Centre, place: int, chosen: list[Week]) -> Iterator[Finding]:
    queue, members = centre.queues[place], centre.members[place]
    last = centre.steps(place)[-1][0].expression
    able = members & centre.with_room & centre.satisfying(last)
    if not members:
        return  # which has a finding of its own
    mild = not queue.hours or queue.no_agent is not None
    severity: Severity = "note" if mild else "warning"
    aside = ("" if queue.hours else "; the queue has no hours, so it counts as open all week") + (
        "" if queue.no_agent is None else "; no_agent says where its contacts go"
    )

    def uncovered(week: Week) -> Spans:
        return minus(week.open(queue.id), week.staffed(members))

    spans = _shown(chosen, uncovered)
    if spans:
        yield Finding(
            "nobody-on-shift",
            severity,
            f"queues[{place}]",
            f"{queue.id!r} is open while none of its members is on shift: {spans}",
            f"contacts wait for somebody to come{aside}",
            "put a member on shift then, close the queue, or say where its contacts go (no_agent)",
        )
    if not able:
        return

    def unskilled(week: Week) -> Spans:
        return minus(minus(week.open(queue.id), week.staffed(able)), uncovered(week))

    spans = _shown(chosen, unskilled)
    if spans:
        yield Finding(
            "nobody-skilled-on-shift",
            "warning" if queue.hours else "note",
            f"queues[{place}]",
            f"{queue.id!r} is open while members are on shift, but none who satisfies its last step "
            f"{quoted(last)}: {spans}",
            "contacts wait beside agents who may not have them, and no_agent does not help them: "
            f"it counts members whatever their skills{'' if queue.hours else '; the queue has no hours'}",
            "put such a member on shift then, or widen the last step",
        )


def _shown(chosen: list[Week], find: Callable[[Week], Spans]) -> str:
    """Write the spans of each week, once when they are the same in all."""
    texts: dict[str, Week] = {}
    for week in chosen:
        spans = find(week)
        if spans:
            texts.setdefault(week.shown(spans), week)
    if len(texts) <= 1:
        return "".join(texts)
    return " / ".join(f"{text} (week of {week.monday})" for text, week in texts.items())


def _hours(centre: Centre) -> Iterator[Finding]:
    used = {queue.hours for queue in centre.queues}
    for number, hours in enumerate(centre.config.hours):
        if hours.id not in used:
            yield Finding(
                "unused-hours",
                "note",
                f"hours[{number}]",
                f"no queue has the hours {hours.id!r}",
                "opening hours have an effect by the queues that name them",
                "name them in a queue, or remove them",
            )
        elif not hours.weekly:
            yield Finding(
                "never-open",
                "warning",
                f"hours[{number}]",
                f"the hours {hours.id!r} are open at no time but on holidays",
                "they list no weekly span",
                "add a span to weekly",
            )
