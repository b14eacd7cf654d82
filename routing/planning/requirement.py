"""How many agents are needed in each interval, by skill, and the same as CSV: ``start,agents`` or ``start,SKILL,...``.

Owns this shape; must not know where the numbers come from (a staffing formula) nor how they are met.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final, TextIO

import numpy as np
import numpy.typing as npt

from routing.errors import DataError, UsageError
from routing.planning.volumes import MINUTES_PER_DAY, clock

Ints = npt.NDArray[np.int64]
#: What ``huntgroup staff --csv`` writes beside ``start`` and ``agents``.
_STAFFED: Final = ("calls", "rostered", "service_level", "asa", "p_wait", "abandoned", "occupancy")


@dataclass(frozen=True, eq=False)
class Requirement:
    """Agents needed.

    Attributes
    ----------
    dates : tuple of date
        One for each row, in rising order.
    agents : mapping of str to array of int, (days, intervals)
        By skill; one of any name if skills do not matter.
    first_minute, minutes : int
        As in ``Volumes``.

    Examples
    --------
    >>> Requirement.of_day([2, 3, 3], date(2026, 11, 23), first_minute=540).agents["agents"].tolist()
    [[2, 3, 3]]
    """

    dates: tuple[date, ...]
    agents: Mapping[str, Ints]
    first_minute: int = 0
    minutes: int = 30

    def __post_init__(self) -> None:
        if not self.agents or not self.dates:
            raise UsageError("the requirement is empty; give at least one skill and one day")
        shapes = {table.shape for table in self.agents.values()}
        shape = next(iter(shapes))
        if len(shapes) > 1 or len(shape) != 2 or shape[0] != len(self.dates) or not shape[1]:
            raise UsageError(
                f"agents has the shapes {sorted(shapes)} for {len(self.dates)} dates; give a row for each date"
            )
        if any((table < 0).any() for table in self.agents.values()):
            raise UsageError("agents holds a negative number; give counts")
        if (
            self.minutes < 1
            or self.first_minute < 0
            or self.first_minute + shape[1] * self.minutes > MINUTES_PER_DAY
        ):
            raise UsageError(
                f"{shape[1]} intervals of {self.minutes} minutes from minute {self.first_minute} on are not of one day"
            )
        if any(later <= earlier for earlier, later in pairwise(self.dates)):
            raise UsageError("the dates are not in rising order; sort them and give each once")

    @classmethod
    def of_day(
        cls,
        agents: npt.ArrayLike | Mapping[str, npt.ArrayLike],
        day: date,
        *,
        first_minute: int = 0,
        minutes: int = 30,
    ) -> "Requirement":
        """Make that of one day, from one list or from one for each skill."""
        by_skill = agents if isinstance(agents, Mapping) else {"agents": agents}
        tables = {skill: np.atleast_2d(np.asarray(row, dtype=np.int64)) for skill, row in by_skill.items()}
        return cls((day,), tables, first_minute, minutes)

    @property
    def intervals(self) -> int:
        """Of a day."""
        return int(next(iter(self.agents.values())).shape[1])

    def only(self, day: int) -> "Requirement":
        """Keep one day, by its number."""
        agents = {skill: table[day : day + 1] for skill, table in self.agents.items()}
        return Requirement(self.dates[day : day + 1], agents, self.first_minute, self.minutes)

    def raised(self, more: Mapping[str, Ints]) -> "Requirement":
        """Add to some of it."""
        tables = {
            skill: table + more[skill] if skill in more else table for skill, table in self.agents.items()
        }
        return Requirement(self.dates, tables, self.first_minute, self.minutes)


def read_requirement(file: TextIO, name: str = "the requirement") -> Requirement:
    r"""Read ``start,agents``, or a column for each skill; an interval left out needs nobody.

    What ``huntgroup staff --csv`` writes is read as it is: beside ``agents`` its other columns say nothing here.

    Raises
    ------
    DataError
        A value is no whole number from 0 on, a start is none, twice, or between two intervals.

    Examples
    --------
    >>> import io
    >>> found = read_requirement(io.StringIO("start,A,B\n2026-11-23T08:00,2,1\n2026-11-23T08:30,3,0\n"))
    >>> {skill: table.tolist() for skill, table in found.agents.items()}
    {'A': [[2, 3]], 'B': [[1, 0]]}
    >>> text = "start,calls,agents,rostered,asa\n2026-11-23T08:00,41.2,7,10,4.6\n"
    >>> {skill: table.tolist() for skill, table in read_requirement(io.StringIO(text)).agents.items()}
    {'agents': [[7]]}
    """
    rows = csv.DictReader(file)
    named = rows.fieldnames or ()
    beside = {"start", *(_STAFFED if "agents" in named else ())}
    skills = [field for field in named if field not in beside]
    if "start" not in (rows.fieldnames or ()) or not skills:
        raise DataError(f"{name}: the header is {rows.fieldnames}; it must name start and agents, or skills")
    seen: dict[datetime, list[int]] = {}
    for row in rows:
        where = f"{name}, line {rows.line_num}"
        try:
            start = datetime.fromisoformat(row["start"] or "")
        except ValueError:
            start = None
        if start is None or start.tzinfo is not None or start.second or start.microsecond:
            raise DataError(f"{where}: start is {row['start']!r}; write local time as 2026-11-23T07:00")
        if start in seen:
            raise DataError(f"{where}: {row['start']} stands twice; give each interval once")
        seen[start] = [_count(row[skill], skill, where) for skill in skills]
    if not seen:
        raise DataError(f"{name}: has no rows; give at least one interval")
    dates = tuple(sorted({start.date() for start in seen}))
    starts = sorted({start.hour * 60 + start.minute for start in seen})
    length = min((later - earlier for earlier, later in pairwise(starts)), default=30)
    odd = [minute for minute in starts if (minute - starts[0]) % length]
    if odd:
        raise DataError(
            f"{name}: {clock(odd[0])} lies between two intervals of {length} minutes; give one length"
        )
    shape = (len(dates), (starts[-1] - starts[0]) // length + 1)
    tables = {skill: np.zeros(shape, dtype=np.int64) for skill in skills}
    for start, counts in seen.items():
        spot = dates.index(start.date()), (start.hour * 60 + start.minute - starts[0]) // length
        for skill, count in zip(skills, counts, strict=True):
            tables[skill][spot] = count
    return Requirement(dates, tables, starts[0], length)


def _count(text: str | None, column: str, where: str) -> int:
    value = (text or "0").strip() or "0"
    if not value.isdecimal() or len(value) > 6:
        raise DataError(f"{where}: {column} is {text!r}; it must be a whole number from 0 on")
    return int(value)
