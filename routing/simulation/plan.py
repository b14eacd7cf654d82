"""Who works when in a simulation: by the configured shifts, by what the log shows, or everybody always.

Owns the choice and the span of time that it covers; must not know the driver.
"""

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Final, Literal

from msgspec import Struct, field

from routing import calendar
from routing.commands import Command, LogIn, LogOut
from routing.config.localtime import instant_ns, local_date, zone
from routing.model import Config
from routing.simulation.calls import CallLog
from routing.simulation.presence import AWAY_NS, infer_presence
from routing.units import DAY

Staffing = Literal["shifts", "log", "all"]
#: How far a plan goes on after its last day, for callers who are still waiting then.
AFTERWARDS_NS: Final = 7 * DAY


class Plan(Struct):
    """Commands in order of time, and the span that they are meant for.

    ``commands`` goes on for a week beyond ``last_ns``. ``strangers`` counts services of agents whom the log
    knows and the configuration does not.
    """

    staffing: Staffing
    first_ns: int
    last_ns: int
    commands: Iterable[tuple[int, Command]]
    strangers: dict[str, int] = field(default_factory=dict)


def make_plan(
    config: Config,
    log: CallLog,
    staffing: Staffing | None = None,
    *,
    whole_days: bool = False,
    away_ns: int = AWAY_NS,
) -> Plan:
    """Plan who is there.

    Parameters
    ----------
    config : Config
        Its queues' hours are followed in any case.
    log : CallLog
        In order of arrival.
    staffing : {"shifts", "log", "all"}, optional
        ``shifts``: agents come and go by the configured shifts; an agent without one never comes. ``log``: as
        the log shows them, see ``infer_presence``. ``all``: every agent is logged in and ready from the first
        instant to the end, idle in configured order. By default ``shifts`` if the configuration has any,
        otherwise ``all``.
    whole_days : bool
        Cover the whole local days of the first and the last call; by default only ``shifts`` does, the other
        two start with the first call.
    away_ns : int
        Read by ``log``.

    Notes
    -----
    O(days x shifts), and for ``log`` as ``infer_presence``.
    """
    chosen: Staffing = staffing or ("shifts" if config.shifts else "all")
    first_ns, last_ns = _span(config, log, whole_days or chosen == "shifts")
    if chosen == "shifts":
        return Plan(chosen, first_ns, last_ns, calendar.commands(config, first_ns, last_ns + AFTERWARDS_NS))
    strangers: dict[str, int] = {}
    if chosen == "log":
        found = infer_presence(log, config, away_ns)
        strangers = found.strangers
        people = found.commands
        if whole_days:  # who came before the first day is there from its beginning
            people = [(max(at_ns, first_ns), command) for at_ns, command in people]
        if people:
            first_ns, last_ns = min(first_ns, people[0][0]), max(last_ns, people[-1][0])
    else:
        people = [(first_ns, LogIn(agent.id)) for agent in config.agents]
    hours = _hours(config, first_ns, last_ns + AFTERWARDS_NS)
    return Plan(chosen, first_ns, last_ns, merge(hours, people, key=_instant), strangers)


def _instant(entry: tuple[int, Command]) -> int:
    return entry[0]


def _hours(config: Config, from_ns: int, to_ns: int) -> Iterator[tuple[int, Command]]:
    """Keep what the calendar says of queues."""
    if any(queue.hours for queue in config.queues):
        for at_ns, command in calendar.commands(config, from_ns, to_ns):
            if not isinstance(command, (LogIn, LogOut)):
                yield at_ns, command


def _span(config: Config, log: CallLog, whole_days: bool) -> tuple[int, int]:
    """Find the span from the first call to the last, or that of their whole local days."""
    if not log.calls:
        return 0, 0
    first_ns, last_ns = log.calls[0].arrival_ns, log.calls[-1].arrival_ns
    if not whole_days:
        return first_ns, last_ns
    where = zone(config.timezone)
    begin_ns = instant_ns(local_date(first_ns, where), 0, where)
    return max(0, begin_ns), instant_ns(local_date(last_ns, where), 24 * 60, where)
