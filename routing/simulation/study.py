"""From a configuration and a call log to outcomes: everything a simulation needs, put together once.

Owns the sequence (choose the days, plan who is there, complete the log, run); must not know files or reports.
"""

from collections.abc import Callable
from datetime import date
from typing import Final

from msgspec import Struct

from routing.config.localtime import instant_ns, zone
from routing.engine import Engine
from routing.errors import UsageError
from routing.model import Config
from routing.simulation.calls import CallLog
from routing.simulation.inside import fits, run_inside
from routing.simulation.plan import Plan, Staffing, make_plan
from routing.simulation.presence import AWAY_NS
from routing.simulation.result import Result
from routing.simulation.run import Answering, Machine, run
from routing.simulation.workload import Workload, complete

#: Days of these whole years can be chosen: instants start in 1970 and end in 2116.
_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 2115


class Simulation(Struct, frozen=True):
    """What was simulated, and what came out of it."""

    plan: Plan
    workload: Workload
    result: Result


def simulate(
    config: Config,
    log: CallLog,
    *,
    staffing: Staffing | None = None,
    seed: int = 0,
    mean_patience_ns: int | None = None,
    answering: Answering | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    away_ns: int = AWAY_NS,
    engine: Callable[[Config], Machine] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Simulation:
    """Simulate the calls of a log.

    Parameters
    ----------
    config : Config
        A checked configuration.
    log : CallLog
        From ``read_calls``, its calls placed in the queues of this configuration.
    staffing : {"shifts", "log", "all"}, optional
        Who is there, see ``make_plan``; by default ``shifts`` if there are any, otherwise ``all``.
    seed : int
        Of everything that is drawn: what the log does not know, and answering delays.
    mean_patience_ns : int, optional
        Replaces the callers' patience, see ``complete``.
    answering : Answering, optional
        How fast agents answer; by default at once.
    first_day, last_day : date, optional
        Leave out calls before and after these local days, both included.
    away_ns : int
        Read by staffing ``log``, see ``infer_presence``.
    engine : callable, optional
        Makes another engine than `routing.engine.Engine`.
    progress : callable, optional
        Told the number of calls that have arrived, now and then.

    Returns
    -------
    Simulation

    Raises
    ------
    DataError
        No service time is known, see ``complete``.
    UsageError
        The last day lies before the first, or one of them outside of the years 1970..2115.

    Examples
    --------
    >>> from routing.model import Agent, Queue
    >>> from routing.simulation.calls import Call
    >>> centre = Config(agents=(Agent("ann"),), queues=(Queue("help"),))
    >>> log = CallLog("", [Call(0, "help", service_ns=60), Call(10, "help", service_ns=60, patience_ns=90)])
    >>> result = simulate(centre, log).result
    >>> result.waits_ns.tolist()
    [0, 50]
    """
    chosen = _between(log, config, first_day, last_day)
    plan = make_plan(config, chosen, staffing, whole_days=bool(first_day or last_day), away_ns=away_ns)
    workload = complete(chosen.calls, seed, mean_patience_ns)
    if engine is None and fits(config, workload, plan, answering or Answering()):
        return Simulation(plan, workload, run_inside(config, workload, plan))
    result = run(
        config,
        workload,
        plan.commands,
        engine=engine or Engine,
        first_ns=plan.first_ns,
        last_ns=plan.last_ns,
        answering=answering,
        progress=progress,
    )
    return Simulation(plan, workload, result)


def _between(log: CallLog, config: Config, first_day: date | None, last_day: date | None) -> CallLog:
    """Keep what happened on the days from first to last."""
    if first_day is None and last_day is None:
        return log
    for day in filter(None, (first_day, last_day)):
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise UsageError(f"day {day} is not in {_FIRST_YEAR}..{_LAST_YEAR}; give a day of these years")
    if first_day and last_day and last_day < first_day:
        raise UsageError(f"the last day {last_day} lies before the first day {first_day}; swap them")
    where = zone(config.timezone)
    from_ns = instant_ns(first_day, 0, where) if first_day else 0
    to_ns = instant_ns(last_day, 24 * 60, where) if last_day else 2**63
    return CallLog(
        log.format,
        [call for call in log.calls if from_ns <= call.arrival_ns < to_ns],
        [service for service in log.services if from_ns <= service.start_ns < to_ns],
        log.attendance,
        log.bad_rows,
        log.bad_row_count,
        log.skipped,
        log.unread,
    )
