"""Tries a schedule on the live engine, asks for more agents where it falls short, and schedules again.

A staffing formula takes intervals one by one and queues one by one; the engine knows better: callers who wait on into
the next interval, agents who finish a call after their shift, skills that are shared. So: schedule, put the shifts into
the configuration, simulate the same drawn days with them, compare the service level of each day and skill with the
target; where a day misses it, add an agent to the intervals that miss it; and again. The best schedule of all rounds is
kept: one that meets the target, the cheapest of these; else the one with the least shortfall. Raising requirements by
simulation is how Atlason, Epelman & Henderson (2008) and Cezik & L'Ecuyer (2008) correct theirs, with cuts in the
program instead of a requirement that grows.

Owns this loop; must not know files.

Sources: J. Atlason, M. Epelman, S. Henderson, Optimizing call center staffing using simulation and analytic center
cutting-plane methods, Management Science 54 (2008); M. T. Cezik, P. L'Ecuyer, Staffing multiskill call centers via
linear programming and simulation, Management Science 54 (2008).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from routing.config.localtime import instant_ns, zone
from routing.errors import UsageError
from routing.model import Config
from routing.planning.requirement import Ints, Requirement
from routing.planning.rota import Worked, deal_out, to_config
from routing.planning.scheduling import Schedule, schedule
from routing.planning.shifts import Group, Rules, ShiftType
from routing.planning.volumes import Floats
from routing.simulation.calls import CallLog
from routing.simulation.result import SERVED_CODE, Result
from routing.simulation.study import simulate

#: Agents added where the target is missed, each round.
_STEP = 1


@dataclass(frozen=True, eq=False)
class Round:
    """One schedule, and what the simulation says of it.

    ``level`` is the share of offered calls answered in time, by skill: (days, intervals), NaN without calls; ``days``
    the same by day. ``shortfall`` adds up what the days miss of the target.
    """

    requirement: Requirement
    schedule: Schedule
    worked: tuple[Worked, ...]
    config: Config
    level: dict[str, Floats]
    days: dict[str, Floats]
    shortfall: float

    @property
    def met(self) -> bool:
        """Does every day of every skill meet the target?"""
        return self.shortfall <= 0.0


@dataclass(frozen=True, eq=False)
class Improved:
    """All rounds, and which of them is best."""

    rounds: tuple[Round, ...]
    best: Round


def improve(
    base: Config,
    logs: Sequence[CallLog],
    requirement: Requirement,
    types: Sequence[ShiftType],
    groups: Sequence[Group] = (),
    rules: Rules | None = None,
    *,
    target: float = 0.8,
    rounds: int = 8,
    skill_of: Mapping[str, str] | None = None,
    gap: float = 0.0,
    nodes: int | None = None,
    told: Callable[[Round], None] | None = None,
) -> Improved:
    """Schedule, simulate, and raise the requirement until the target is met.

    Parameters
    ----------
    base : Config
        The centre: its queues are simulated, agents and shifts come from the schedule.
    logs : sequence of CallLog
        The same days drawn with several seeds (`routing.planning.sampling`), or past ones; all rounds meet the
        same calls.
    requirement, types, groups, rules, gap, nodes
        As for `schedule`.
    target : float
        Share of the offered calls to be answered within their queue's service level, on each day.
    rounds : int
        At most so many schedules.
    skill_of : mapping of queue to skill, optional
        Whose agents a queue's calls wait for; by default the skill of the queue's name, or the only one.
    told : callable, optional
        Told each round.

    Raises
    ------
    UsageError
        A queue's skill is not known.
    DataError
        As `schedule`: also when a raised requirement needs more agents than there are.
    """
    if not 0.0 < target < 1.0 or rounds < 1 or not logs:
        raise UsageError(
            f"target is {target}, rounds {rounds}, with {len(logs)} logs; give a share between 0 and 1, "
            "at least one round and one log"
        )
    skills = {queue.id: _skill(queue.id, requirement, skill_of or {}) for queue in base.queues}
    pauses = {one.name: tuple(pause.minutes for pause in one.breaks) for one in types}
    done: list[Round] = []
    now = requirement
    for _ in range(rounds):
        found = schedule(now, types, groups, rules, gap=gap, nodes=nodes)
        worked = deal_out(found, pauses)
        config = to_config(base, worked, groups)
        counted = _Counted(now, skills, config)
        for log in logs:
            counted.add(simulate(config, log, staffing="shifts").result)
        one = counted.round(found, worked, config, target)
        done.append(one)
        if told is not None:
            told(one)
        if one.met:
            break
        more = {skill: _more(one, skill, target) for skill in now.agents}
        if not any(table.any() for table in more.values()):
            break
        now = now.raised(more)
    return Improved(tuple(done), min(done, key=lambda one: (one.shortfall, one.schedule.cost)))


class _Counted:
    """Calls offered and answered in time by skill, day and interval."""

    def __init__(self, requirement: Requirement, skills: Mapping[str, str], config: Config) -> None:
        self.requirement, self.skills = requirement, skills
        self.within_ns = {queue.id: queue.service_level_ns for queue in config.queues}
        shape = (len(requirement.dates), requirement.intervals)
        self.offered = {skill: np.zeros(shape) for skill in requirement.agents}
        self.in_time = {skill: np.zeros(shape) for skill in requirement.agents}
        self.edges = _edges(requirement, zone(config.timezone))

    def add(self, result: Result) -> None:
        """Count a simulation; calls outside of all intervals count in none."""
        size = self.requirement.intervals
        arrivals = np.array([call.arrival_ns for call in result.calls], dtype=np.int64)
        # Edges are the starts of a day's intervals and the end of its last: size + 1 for each day.
        spots = np.searchsorted(self.edges, arrivals, side="right") - 1
        for number, spot in enumerate(spots.tolist()):
            day, interval = divmod(spot, size + 1)
            if spot < 0 or interval == size:
                continue
            queue = result.calls[number].queue
            skill = self.skills[queue]
            self.offered[skill][day, interval] += 1
            answered = result.outcomes[number] == SERVED_CODE
            self.in_time[skill][day, interval] += (
                answered and result.waits_ns[number] <= self.within_ns[queue]
            )

    def round(self, found: Schedule, worked: Sequence[Worked], config: Config, target: float) -> Round:
        """Compare with the target."""
        level, days, shortfall = {}, {}, 0.0
        for skill, offered in self.offered.items():
            level[skill] = _share(self.in_time[skill], offered)
            days[skill] = _share(self.in_time[skill].sum(axis=1), offered.sum(axis=1))
            shortfall += float(np.nansum(np.maximum(target - days[skill], 0.0)))
        return Round(self.requirement, found, tuple(worked), config, level, days, shortfall)


def _edges(requirement: Requirement, where: ZoneInfo) -> Ints:
    """List the instants at which intervals start and the last of each day ends, in rising order."""
    return np.array(
        [
            instant_ns(day, requirement.first_minute + interval * requirement.minutes, where)
            for day in requirement.dates
            for interval in range(requirement.intervals + 1)
        ],
        dtype=np.int64,
    )


def _share(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0))


def _more(one: Round, skill: str, target: float) -> Ints:
    """Ask for more in the intervals that miss the target on days that do; those before them may be why."""
    late = np.nan_to_num(one.days[skill], nan=1.0) < target
    missed = (np.nan_to_num(one.level[skill], nan=1.0) < target) & late[:, None]
    return np.asarray(missed.astype(np.int64) * _STEP)


def _skill(queue: str, requirement: Requirement, skill_of: Mapping[str, str]) -> str:
    """Find the skill that a queue's calls wait for."""
    known = list(requirement.agents)
    name = skill_of.get(queue, known[0] if len(known) == 1 else queue)
    if name not in requirement.agents:
        raise UsageError(
            f"queue {queue!r} waits for {name!r}, which the requirement does not have; name its skill, one of {known}"
        )
    return name
