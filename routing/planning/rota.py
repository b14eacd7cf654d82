"""From numbers of shifts to people: who works when, and the same as agents and shifts of a configuration.

People are called by their group and a number. In a week with days off the people of a tour keep their days, and on each
day the earlier shift goes to the one with the lower number; otherwise the shifts of each day are dealt out anew.
During a break an agent is logged out: a shift with one break is two shifts of the configuration.

Owns this deal; must not know how shifts were chosen.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from routing.config.files import dumps, loads
from routing.model import Agent, Config
from routing.model import Shift as Configured
from routing.planning.scheduling import Count, Schedule
from routing.planning.shifts import ANY_GROUP, Group, Span
from routing.planning.volumes import MINUTES_PER_DAY, clock

_BEST = 100


class Worked(NamedTuple):
    """One person's shift on a date, with its breaks in order; minutes from that date's midnight."""

    person: str
    group: str
    type: str
    date: date
    span: Span
    breaks: tuple[Span, ...]

    def parts(self) -> tuple[Span, ...]:
        """Name the times at work between the breaks.

        >>> [str(part) for part in Worked("a", "", "", date(2026, 1, 1), Span(480, 720), (Span(600, 615),)).parts()]
        ['08:00-10:00', '10:15-12:00']
        """
        ends = [*(pause.start for pause in self.breaks), self.span.end]
        starts = [self.span.start, *(pause.end for pause in self.breaks)]
        return tuple(Span(start, end) for start, end in zip(starts, ends, strict=True) if end > start)


def deal_out(found: Schedule, pauses: dict[str, tuple[int, ...]]) -> list[Worked]:
    """Give every shift to somebody.

    Parameters
    ----------
    found : Schedule
        From `scheduling.schedule`.
    pauses : dict of str to tuple of int
        Minutes of each break by shift type, see `lengths_of_breaks`.

    Returns
    -------
    list of Worked
        In order of date, start, end and person. O(shifts log shifts).
    """
    by_cell: dict[tuple[int, str, str], list[tuple[Span, tuple[Span, ...]]]] = defaultdict(list)
    for count in found.counts:
        by_cell[count.day, count.type, count.group] += _each(count, pauses[count.type])
    dates = found.requirement.dates
    done: list[Worked] = []
    if found.tours:
        people = _people(found)
        for (day, kind, group), shifts in sorted(by_cell.items()):
            here = [name for name, days in people[kind, group] if day in days]
            done += [
                Worked(name, group, kind, dates[day], *shift)
                for name, shift in zip(here, sorted(shifts), strict=True)
            ]
    else:
        by_group: dict[tuple[int, str], list[tuple[Span, tuple[Span, ...], str]]] = defaultdict(list)
        for (day, kind, group), shifts in by_cell.items():
            by_group[day, group] += [(*shift, kind) for shift in shifts]
        for (day, group), all_shifts in sorted(by_group.items()):
            done += [
                Worked(f"{group}-{number}", group, kind, dates[day], span, breaks)
                for number, (span, breaks, kind) in enumerate(sorted(all_shifts), 1)
            ]
    return sorted(done, key=lambda one: (one.date, one.span, one.person))


def to_config(base: Config, worked: Sequence[Worked], groups: Sequence[Group] = ()) -> Config:
    """Put people and shifts in the place of a configuration's agents and shifts, and check it.

    Parameters
    ----------
    base : Config
        Its queues, hours and limits stay. The first agent of a group there is the model of the group's people
        (skills, channels, load); without one they have the group's skills, each at 100.
    worked : sequence of Worked
        From `deal_out`.
    groups : sequence of Group
        As the schedule was made with.

    Raises
    ------
    ConfigError
        If the result breaks a rule, such as a queue whose members are named one by one.
    """
    known = {group.name: group for group in groups}
    names = sorted({(one.group, one.person) for one in worked}, key=_by_number)
    agents = tuple(_agent(base, person, group, known.get(group)) for group, person in names)
    pieces: dict[tuple[date, Span], list[str]] = defaultdict(list)
    for one in worked:
        for part in one.parts():
            later, start = divmod(part.start, MINUTES_PER_DAY)
            pieces[one.date + timedelta(days=later), Span(start, part.end - later * MINUTES_PER_DAY)].append(
                one.person
            )
    shifts = tuple(
        Configured(
            clock(span.start),
            clock(span.end if span.end <= MINUTES_PER_DAY else span.end - MINUTES_PER_DAY),
            agents=tuple(people),
            from_date=day.isoformat(),
            to_date=day.isoformat(),
        )
        for (day, span), people in sorted(pieces.items())
    )
    return loads(dumps(replace(base, agents=agents, shifts=shifts), "json"), "json")


def _each(count: Count, minutes: tuple[int, ...]) -> list[tuple[Span, tuple[Span, ...]]]:
    """Name every single shift of a count: the first agent takes the first place of each break, and so on."""
    taken = [
        [Span(start, start + length) for start, agents in places for _ in range(agents)]
        for places, length in zip(count.breaks, minutes, strict=True)
    ]
    return [(count.span, tuple(places[number] for places in taken)) for number in range(count.agents)]


def _people(found: Schedule) -> dict[tuple[str, str], list[tuple[str, tuple[int, ...]]]]:
    """Name the people of each type and group, with the days they work; numbers run through a group."""
    people: dict[tuple[str, str], list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
    numbers: dict[str, int] = defaultdict(int)
    for tour in found.tours:
        for _ in range(tour.people):
            numbers[tour.group] += 1
            people[tour.type, tour.group].append((f"{tour.group}-{numbers[tour.group]}", tour.days))
    return people


def _agent(base: Config, person: str, name: str, group: Group | None) -> Agent:
    """Make an agent after the model of the group, or by the group's skills."""
    models = [agent for agent in base.agents if name in agent.groups]
    if not models and name == ANY_GROUP:
        models = list(base.agents[:1])
    if models:
        return replace(models[0], id=person)
    skills = {skill: _BEST for skill in (group.skills if group else ()) if skill != ANY_GROUP}
    return Agent(person, skills=skills, groups=(name,) if not base.groups or name in base.groups else ())


def _by_number(name: tuple[str, str]) -> tuple[str, int]:
    group, person = name
    return group, int(person.rpartition("-")[2])
