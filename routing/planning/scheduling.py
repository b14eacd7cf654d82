"""The cheapest shifts that cover a requirement, by integer programming (HiGHS, through scipy).

Breaks are modelled as Aykin (1996) does: beside the number of agents x of each shift (type, start, length, group) there
is, for each of its breaks and each place of that break, the number u of agents who take it there, and for each break
``sum over places of u = x``. Present in a time slot are those whose shift covers it less those in a break there. So the
number of variables grows with the sum of the breaks' places, where naming whole patterns takes their product; and as
windows of breaks do not overlap, every solution can be dealt out to people, break by break.

Agents of a group with several skills are shared out over these in each slot by variables y; the requirement of a skill
is met by its single-skilled agents and shares of the others. With the numbers of agents fixed this is a transport
problem, so shares may be fractions without changing what can be covered (Bhulai, Koole & Pot 2008 start alike).

In a week with days off, w counts people by type, group and set of days worked; on each day the shifts of a type and
group are as many as the people whose set has that day.

Days that have nothing to do with each other, without days off and without a shift that passes midnight, are solved one
by one.

The solver stops only at a gap of 0 unless told otherwise, and says which gap it reached; it runs in one thread from a
fixed seed: the same input, version and platform give the same schedule.

Owns the program and its solution; must not know files, people's names (`rota`) or calls.

Sources: T. Aykin, Optimal shift scheduling with multiple break windows, Management Science 42 (1996) 591-602;
S. Bhulai, G. Koole, A. Pot, Simple methods for shift scheduling in multiskill call centers, Manufacturing & Service
Operations Management 10 (2008) 411-420; Q. Huangfu, J. A. J. Hall, Parallelizing the dual revised simplex method,
Mathematical Programming Computation 10 (2018), for HiGHS.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import gcd
from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from routing.errors import DataError, UsageError
from routing.planning.requirement import Requirement
from routing.planning.shifts import ANY_GROUP, Group, Rules, ShiftType, Span
from routing.planning.volumes import MINUTES_PER_DAY, Floats, clock

_INFINITE: Final = float("inf")
_WEEK: Final = 7
#: Gaps below this are rounding.
_NO_GAP: Final = 1e-6


class Count(NamedTuple):
    """So many agents of a group work this shift on this day (its number); ``breaks``: for each, starts with counts."""

    day: int
    type: str
    group: str
    span: Span
    agents: int
    breaks: tuple[tuple[tuple[int, int], ...], ...]


class Tour(NamedTuple):
    """So many people of a group work shifts of a type on these days (their numbers)."""

    type: str
    group: str
    days: tuple[int, ...]
    people: int


@dataclass(frozen=True, eq=False)
class Schedule:
    """Shifts that cover a requirement.

    Attributes
    ----------
    requirement : Requirement
        What was asked for.
    counts : tuple of Count
        The shifts, in order of day, start and end.
    tours : tuple of Tour
        Who works on which days; empty without days off.
    cost : float
        Of everything: paid hours, shifts, missing and superfluous hours.
    bound : float
        No schedule is cheaper than this.
    gap : float
        ``(cost - bound) / cost``; 0: it is proven that none is better.
    present : dict of str to array of float, (days, slots)
        Agents at work, by group and time slot.
    missing : dict of str to array of float, (days, intervals)
        Agents by which each skill falls short, on the mean of an interval.
    grain : int
        Minutes of a time slot.
    variables, constraints : int
        Size of the program.
    """

    requirement: Requirement
    counts: tuple[Count, ...]
    tours: tuple[Tour, ...]
    cost: float
    bound: float
    gap: float
    present: dict[str, Floats]
    missing: dict[str, Floats]
    grain: int
    variables: int
    constraints: int
    paid_hours: float = 0.0

    @property
    def proven(self) -> bool:
        """Is it proven that no schedule is cheaper?"""
        return self.gap <= _NO_GAP


def schedule(
    requirement: Requirement,
    types: Sequence[ShiftType],
    groups: Sequence[Group] = (),
    rules: Rules | None = None,
    *,
    gap: float = 0.0,
    nodes: int | None = None,
    seconds: float | None = None,
) -> Schedule:
    """Choose shifts.

    Parameters
    ----------
    requirement : Requirement
        Agents needed by skill and interval.
    types : sequence of ShiftType
        What may be worked.
    groups : sequence of Group
        Who there is; by default one group with every skill of the requirement.
    rules : Rules, optional
        By default nobody may be missing and each day is staffed by itself.
    gap : float
        Stop at a solution that is proven to be so close to the best one.
    nodes : int, optional
        Stop after so many branches, of each day that is solved by itself: a limit that gives the same result every
        time.
    seconds : float, optional
        Stop after so much time: what is found depends on the machine.

    Raises
    ------
    DataError
        No schedule keeps all rules; the message names an interval that cannot be covered, if there is one.
    UsageError
        The parts do not fit together.

    Notes
    -----
    Integer programs may take long; this one has (days x shifts x places of breaks) variables.

    Examples
    --------
    >>> from datetime import date
    >>> need = Requirement.of_day([1, 2, 2, 1], date(2026, 11, 23), first_minute=480, minutes=60)
    >>> found = schedule(need, [ShiftType("short", 480, 600, (120,), step=60)])
    >>> [(str(count.span), count.agents) for count in found.counts], found.cost, found.proven
    ([('08:00-10:00', 1), ('09:00-11:00', 1), ('10:00-12:00', 1)], 6.0, True)
    """
    rules = rules or Rules()
    groups = groups or (Group(ANY_GROUP, tuple(requirement.agents)),)
    _check(requirement, types, groups, rules)
    days = len(requirement.dates)
    overnight = any(one.last + max(one.lengths) > MINUTES_PER_DAY for one in types)
    if rules.days or overnight or days == 1:
        return _Program(requirement, types, groups, rules).solve(gap, nodes, seconds)
    limit = None if seconds is None else seconds / days
    parts = [
        _Program(requirement.only(day), types, groups, rules).solve(gap, nodes, limit) for day in range(days)
    ]
    return _joined(requirement, parts)


@dataclass
class _Rows:
    """Constraints as they are collected: coefficients by row, and the bounds of each."""

    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(self, terms: Sequence[tuple[int, float]], low: float, high: float) -> None:
        number = len(self.low)
        for column, value in terms:
            self.rows.append(number)
            self.columns.append(column)
            self.values.append(value)
        self.low.append(low)
        self.high.append(high)


@dataclass
class _Shift:
    """A shift of a day with its columns: of its agents, and of each break's places."""

    day: int
    type: ShiftType
    group: Group
    span: Span
    column: int
    breaks: list[list[tuple[int, int]]]  # (start, column)


class _Program:
    """The integer program of one requirement."""

    def __init__(
        self, requirement: Requirement, types: Sequence[ShiftType], groups: Sequence[Group], rules: Rules
    ) -> None:
        self.requirement = requirement
        self.types, self.groups, self.rules = types, groups, rules
        self.costs: list[float] = []
        self.whole: list[int] = []
        self.upper: list[float] = []
        self.rows = _Rows()
        self.grain = gcd(requirement.minutes, requirement.first_minute, *(one.grain for one in types))
        self.slots_a_day = requirement.intervals * requirement.minutes // self.grain
        self.present: dict[tuple[str, int, int], list[tuple[int, float]]] = {}
        self.missing: dict[tuple[str, int, int], int] = {}
        self.shifts = [
            self._shift(day, one, group, span)
            for day in range(len(requirement.dates))
            for one in types
            for group in groups
            if not one.groups or group.name in one.groups
            for span in one.spans()
        ]
        self.tours: list[tuple[Tour, int]] = []
        self._cover()
        self._limits()
        if rules.days:
            self._week()

    # -- Columns and rows -----------------------------------------------------------------------------------

    def _column(self, cost: float, *, whole: bool = True, upper: float = _INFINITE) -> int:
        self.costs.append(cost)
        self.whole.append(int(whole))
        self.upper.append(upper)
        return len(self.costs) - 1

    def _shift(self, day: int, one: ShiftType, group: Group, span: Span) -> _Shift:
        """Make the columns of a shift, and put them where they count."""
        hours = one.paid(span.end - span.start) / 60.0
        made = _Shift(day, one, group, span, self._column(hours * one.rate * group.rate + one.cost), [])
        self._at_work(made, span.start, span.end, made.column, 1.0)
        for pause in one.breaks:
            places = [(start, self._column(0.0)) for start in one.places(span, pause)]
            self.rows.add([*((column, 1.0) for _, column in places), (made.column, -1.0)], 0.0, 0.0)
            for start, column in places:
                self._at_work(made, start, start + pause.minutes, column, -1.0)
            made.breaks.append(places)
        return made

    def _at_work(self, made: _Shift, start: int, end: int, column: int, sign: float) -> None:
        """Count a column in the time slots that it covers; what passes midnight covers the next date's."""
        first = self.requirement.first_minute
        begin = self.requirement.dates[made.day]
        for minute in range(start, end, self.grain):
            later, of_day = divmod(minute, MINUTES_PER_DAY)
            slot = (of_day - first) // self.grain
            day = made.day + later
            if not 0 <= slot < self.slots_a_day or day >= len(self.requirement.dates):
                continue
            if (self.requirement.dates[day] - begin).days == later:
                self.present.setdefault((made.group.name, day, slot), []).append((column, sign))

    def _cover(self) -> None:
        """Meet the requirement in every time slot."""
        hours = self.grain / 60.0
        per_interval = self.requirement.minutes // self.grain
        for day in range(len(self.requirement.dates)):
            for slot in range(self.slots_a_day):
                shares = self._share_out(day, slot)
                for skill, table in self.requirement.agents.items():
                    need = float(table[day, slot // per_interval])
                    terms = shares[skill]
                    if self.rules.under is not None and need:
                        column = self._column(self.rules.under * hours, whole=False, upper=need)
                        self.missing[skill, day, slot] = column
                        terms = [*terms, (column, 1.0)]
                    if self.rules.over:
                        terms = [*terms, (self._column(self.rules.over * hours, whole=False), -1.0)]
                        self.rows.add(terms, need, need)
                    elif need:
                        self.rows.add(terms, need, _INFINITE)

    def _share_out(self, day: int, slot: int) -> dict[str, list[tuple[int, float]]]:
        """Share the agents present out over their skills."""
        shares: dict[str, list[tuple[int, float]]] = {skill: [] for skill in self.requirement.agents}
        for group in self.groups:
            there = self.present.get((group.name, day, slot), [])
            skills = [skill for skill in group.skills if skill in shares]
            if not there or not skills:
                continue
            if len(skills) == 1:
                shares[skills[0]] += there
                continue
            columns = [(self._column(0.0, whole=False), skill) for skill in skills]
            # With a price on superfluous agents, everybody must count somewhere.
            low = 0.0 if self.rules.over else -_INFINITE
            self.rows.add([*((column, 1.0) for column, _ in columns), *((c, -v) for c, v in there)], low, 0.0)
            for column, skill in columns:
                shares[skill].append((column, 1.0))
        return shares

    def _limits(self) -> None:
        """Keep to the numbers of agents there are, on each day."""
        for day in range(len(self.requirement.dates)):
            today = [made for made in self.shifts if made.day == day]
            limits: list[tuple[int | None, list[_Shift]]] = [
                *((one.agents, [made for made in today if made.type is one]) for one in self.types),
                *((group.agents, [made for made in today if made.group is group]) for group in self.groups),
            ]
            if not self.rules.days:
                limits.append((self.rules.agents, today))
            for limit, members in limits:
                if limit is not None and members:
                    self.rows.add([(made.column, 1.0) for made in members], -_INFINITE, float(limit))

    def _week(self) -> None:
        """Give everybody their days off."""
        size = len(self.requirement.dates)
        sets = [
            days
            for days in combinations(range(size), self.rules.days)
            if not self.rules.off_together or _together(set(range(size)) - set(days), size)
        ]
        for one in self.types:
            for group in self.groups:
                members = [made for made in self.shifts if made.type is one and made.group is group]
                if not members:
                    continue
                tours = [(days, self._column(0.0)) for days in sets]
                self.tours += [(Tour(one.name, group.name, days, 0), column) for days, column in tours]
                for day in range(size):
                    on = [(column, -1.0) for days, column in tours if day in days]
                    self.rows.add(
                        [*((made.column, 1.0) for made in members if made.day == day), *on], 0.0, 0.0
                    )
        for group in self.groups:
            if group.agents is not None:
                own = [(column, 1.0) for tour, column in self.tours if tour.group == group.name]
                self.rows.add(own, -_INFINITE, float(group.agents))
        if self.rules.agents is not None:
            self.rows.add([(column, 1.0) for _, column in self.tours], -_INFINITE, float(self.rules.agents))

    # -- Solution -------------------------------------------------------------------------------------------

    def solve(self, gap: float, nodes: int | None, seconds: float | None) -> Schedule:
        """Run the solver and read its answer."""
        rows = self.rows
        shape = (len(rows.low), len(self.costs))
        matrix = coo_array((rows.values, (rows.rows, rows.columns)), shape=shape).tocsr()
        options: dict[str, float] = {"mip_rel_gap": gap}
        if nodes is not None:
            options["node_limit"] = nodes
        if seconds is not None:
            options["time_limit"] = seconds
        answer = milp(
            np.array(self.costs),
            integrality=np.array(self.whole),
            bounds=Bounds(0.0, np.array(self.upper)),
            constraints=LinearConstraint(matrix, np.array(rows.low), np.array(rows.high)),
            options=options,
        )
        if answer.x is None:
            raise DataError(self._why(answer.status, answer.message))
        return self._read(answer.x, float(answer.fun), float(answer.mip_dual_bound))

    def _why(self, status: int, message: str) -> str:
        """Say why there is no schedule."""
        if status == 1:
            return "no schedule was found within the limit; allow more nodes or seconds, or a cost for missing agents"
        if status != 2:
            return f"the solver gave up: {message}"
        per_interval = self.requirement.minutes // self.grain
        for skill, table in self.requirement.agents.items():
            able = [group.name for group in self.groups if skill in group.skills]
            for day, interval in np.argwhere(table > 0).tolist():
                slots = range(interval * per_interval, (interval + 1) * per_interval)
                if all((name, day, slot) in self.present for name in able[:1] for slot in slots):
                    continue
                if not all(any((name, day, slot) in self.present for name in able) for slot in slots):
                    at = clock(self.requirement.first_minute + interval * self.requirement.minutes)
                    return (
                        f"no shift covers {self.requirement.dates[day]} {at}, where {table[day, interval]} agents are "
                        f"needed for {skill!r}; add shifts that do, or give a cost for missing agents"
                    )
        return (
            "no schedule keeps all rules: there are too few agents for the requirement; allow more of them, "
            "or give a cost for missing agents"
        )

    def _read(self, values: Floats, cost: float, bound: float) -> Schedule:
        """Turn the columns' values into shifts."""
        numbers = np.rint(values).astype(int)
        counts = [
            Count(
                made.day,
                made.type.name,
                made.group.name,
                made.span,
                int(numbers[made.column]),
                tuple(
                    tuple((start, int(numbers[column])) for start, column in places if numbers[column])
                    for places in made.breaks
                ),
            )
            for made in self.shifts
            if numbers[made.column]
        ]
        counts.sort()
        paid = sum(
            made.type.paid(made.span.end - made.span.start) * int(numbers[made.column])
            for made in self.shifts
        )
        shape = (len(self.requirement.dates), self.slots_a_day)
        present = {group.name: np.zeros(shape) for group in self.groups}
        for (name, day, slot), terms in self.present.items():
            present[name][day, slot] = sum(sign * numbers[column] for column, sign in terms)
        short = {skill: np.zeros(shape) for skill in self.requirement.agents}
        for (skill, day, slot), column in self.missing.items():
            short[skill][day, slot] = max(0.0, float(values[column]))
        by_interval = (shape[0], self.requirement.intervals, -1)
        missing = {skill: table.reshape(by_interval).mean(axis=2).round(6) for skill, table in short.items()}
        tours = tuple(
            tour._replace(people=int(numbers[column])) for tour, column in self.tours if numbers[column]
        )
        left = _gap(cost, bound)
        size = (len(self.costs), len(self.rows.low))
        return Schedule(
            self.requirement,
            tuple(counts),
            tours,
            cost,
            bound,
            left,
            present,
            missing,
            self.grain,
            *size,
            paid / 60.0,
        )


def _joined(requirement: Requirement, parts: Sequence[Schedule]) -> Schedule:
    """Put days that have nothing to do with each other together: costs and bounds add up."""
    cost, bound = sum(part.cost for part in parts), sum(part.bound for part in parts)
    return Schedule(
        requirement,
        tuple(count._replace(day=day) for day, part in enumerate(parts) for count in part.counts),
        (),
        cost,
        bound,
        _gap(cost, bound),
        {name: np.vstack([part.present[name] for part in parts]) for name in parts[0].present},
        {skill: np.vstack([part.missing[skill] for part in parts]) for skill in parts[0].missing},
        parts[0].grain,
        sum(part.variables for part in parts),
        sum(part.constraints for part in parts),
        sum(part.paid_hours for part in parts),
    )


def _gap(cost: float, bound: float) -> float:
    return max(0.0, (cost - bound) / abs(cost)) if cost else 0.0


def _together(off: set[int], size: int) -> bool:
    """Do the days off follow each other, round the end of the week?"""
    return any(off == {(first + step) % size for step in range(len(off))} for first in range(size))


def _check(
    requirement: Requirement, types: Sequence[ShiftType], groups: Sequence[Group], rules: Rules
) -> None:
    """Refuse what does not fit together."""
    if not types:
        raise UsageError("there are no shift types; give at least one")
    for kind, names in (("shift type", [one.name for one in types]), ("group", [one.name for one in groups])):
        if len(set(names)) < len(names):
            raise UsageError(f"a {kind} stands twice among {sorted(names)}; give each name once")
    known = {group.name for group in groups}
    for one in types:
        for name in one.groups:
            if name not in known:
                raise UsageError(
                    f"shift {one.name!r} is for group {name!r}, which is none of {sorted(known)}"
                )
        if rules.rest > MINUTES_PER_DAY - (one.last + max(one.lengths) - one.first):
            raise UsageError(
                f"shift {one.name!r} may end at minute {one.last + max(one.lengths)} and start at {one.first} the next "
                f"day, less than {rules.rest} minutes of rest; narrow its starts, or ask for less rest"
            )
    for skill, table in requirement.agents.items():
        if table.any() and not any(skill in group.skills for group in groups):
            raise UsageError(f"nobody has the skill {skill!r} that is required; give it to a group")
    if rules.days and not (rules.days <= len(requirement.dates) <= _WEEK and rules.days > 0):
        raise UsageError(
            f"everybody is to work {rules.days} of {len(requirement.dates)} days; give a requirement of one week"
        )
