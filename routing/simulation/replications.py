"""Simulates one log under many seeds, in parallel processes, and says how sure each figure of the report is.

A seed fixes what the log does not know (see ``workload``) and how fast agents answer, so replications differ by just
that; where the log knows everything, all of them are the same and every interval is 0 wide. Two plans that are given
the same seeds meet the same callers: their differences are taken seed by seed (Law, *Simulation Modeling and Analysis*,
5th ed., 10.2.1 and 11.2: paired t, common random numbers), which is far sharper than comparing two intervals.

Owns replications, their estimates and the comparison; must not know how a plan is edited (``plans``) or drawn.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct

from routing.config.localtime import zone
from routing.errors import UsageError
from routing.model import Config
from routing.simulation.calls import CallLog
from routing.simulation.plan import Staffing
from routing.simulation.presence import AWAY_NS
from routing.simulation.report import make_report
from routing.simulation.run import Answering
from routing.simulation.spreading import spread
from routing.simulation.student import Estimate, mean
from routing.simulation.study import simulate

#: Figures by path, as ``("queues", "sales", "asa_s")``; ``None`` where there is nothing to tell.
Figures = dict[tuple[str, ...], float | None]

#: Lists of the report become tables by these keys.
_KEYS: Final = {
    "half_hours": ("start",),
    "day": ("start",),
    "overflows": ("queue", "cause", "to", "to_queue"),
}


class World(Struct, frozen=True):
    """What stands around the engine in each replication: see `simulate`."""

    staffing: Staffing | None = None
    mean_patience_ns: int | None = None
    delay_ns_min: int = 0
    delay_ns_max: int = 0
    wrap_up_ns: int = 0
    first_day: date | None = None
    last_day: date | None = None
    away_ns: int = AWAY_NS


class Compared(NamedTuple):
    """A figure of two plans, and its difference: the second less the first, seed by seed."""

    old: Estimate
    new: Estimate
    difference: Estimate


class _Seeds(NamedTuple):
    """Work for a process."""

    config: Config
    log: CallLog
    world: World
    seeds: tuple[int, ...]


def replicate(
    config: Config,
    log: CallLog,
    seeds: Sequence[int],
    world: World | None = None,
    *,
    jobs: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Figures]:
    """Simulate a log once for each seed.

    Parameters
    ----------
    config : Config
        The centre.
    log : CallLog
        Its calls placed in the centre's queues.
    seeds : sequence of int
        At least one; what a seed gives does not depend on the others.
    world : World, optional
        By default everything as in `simulate`.
    jobs : int, optional
        Processes, see `spread`; the result does not depend on it.
    progress : callable, optional
        Told the number of replications that are done.

    Returns
    -------
    list of dict
        The figures of each report, by path, in the order of the seeds.
    """
    if not seeds:
        raise UsageError("there are no seeds; give at least one")
    tasks = [_Seeds(config, log, world or World(), (seed,)) for seed in seeds]
    found: list[Figures] = []
    for part in spread(_replicate, tasks, jobs):
        found += part
        if progress is not None:
            progress(len(found))
    return found


def _replicate(work: _Seeds) -> list[Figures]:
    found = []
    world = work.world
    for seed in work.seeds:
        done = simulate(
            work.config,
            work.log,
            staffing=world.staffing,
            seed=seed,
            mean_patience_ns=world.mean_patience_ns,
            answering=Answering(world.delay_ns_min, world.delay_ns_max, world.wrap_up_ns, seed),
            first_day=world.first_day,
            last_day=world.last_day,
            away_ns=world.away_ns,
        )
        report = make_report(done.result, work.config, zone(work.config.timezone))
        found.append(flatten(msgspec.to_builtins(report)))
    return found


def flatten(document: Mapping[str, Any], path: tuple[str, ...] = ()) -> Figures:
    """List the numbers of a report by path.

    Examples
    --------
    >>> flatten({"total": {"offered": 3}, "day": [{"start": "10:00", "busy": 0.5}]})
    {('total', 'offered'): 3, ('day', '10:00', 'busy'): 0.5}
    """
    found: Figures = {}
    for name, value in document.items():
        if isinstance(value, dict):
            found |= flatten(value, (*path, name))
        elif isinstance(value, (list, tuple)):
            keys = _KEYS[name]
            for row in value:
                label = " ".join(str(row[key]) for key in keys if row[key])
                found |= flatten(row, (*path, name, label))
        elif value is None or isinstance(value, (int, float)):
            found[*path, name] = value
    return found


def estimate(replications: Sequence[Figures]) -> dict[tuple[str, ...], Estimate]:
    """Estimate each figure over the replications that have it. O(figures x replications).

    Examples
    --------
    >>> estimate([{("total", "offered"): 4}, {("total", "offered"): 6}])[("total", "offered")].value
    5.0
    """
    return {path: mean(_known(path, replications)) for path in _paths(replications)}


def compare(old: Sequence[Figures], new: Sequence[Figures]) -> dict[tuple[str, ...], Compared]:
    """Compare the replications of two plans, which had the same seeds.

    Figures that only one of the plans has (a group that the other lacks) are left out; differences are over those
    replications in which both plans have the figure.

    Raises
    ------
    UsageError
        If there are not as many of one as of the other.

    Examples
    --------
    >>> found = compare([{("asa_s",): 4.0}, {("asa_s",): 9.0}], [{("asa_s",): 3.0}, {("asa_s",): 8.0}])
    >>> found[("asa_s",)].difference.value, found[("asa_s",)].difference.half_width
    (-1.0, 0.0)
    """
    if len(old) != len(new):
        raise UsageError(
            f"{len(old)} replications against {len(new)}; simulate both plans with the same seeds"
        )
    both = _paths(new).keys()
    found = {}
    for path in _paths(old):
        if path in both:
            pairs = [(one.get(path), two.get(path)) for one, two in zip(old, new, strict=True)]
            differences = [two - one for one, two in pairs if one is not None and two is not None]
            found[path] = Compared(mean(_known(path, old)), mean(_known(path, new)), mean(differences))
    return found


def _paths(replications: Sequence[Figures]) -> dict[tuple[str, ...], None]:
    """List the paths that any replication has, in order of their first appearance."""
    return {path: None for figures in replications for path in figures}


def _known(path: tuple[str, ...], replications: Sequence[Figures]) -> list[float]:
    found = (figures.get(path) for figures in replications)
    return [value for value in found if value is not None]


def nested(figures: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    """Put figures by path back into tables within tables.

    >>> nested({("queues", "sales", "asa_s"): 4.0})
    {'queues': {'sales': {'asa_s': 4.0}}}
    """
    found: dict[str, Any] = {}
    for path, value in figures.items():
        table = found
        for name in path[:-1]:
            table = table.setdefault(name, {})
        table[path[-1]] = value
    return found
