"""What a planner wants to know of a simulation.

**Which calls.** ``offered`` counts every call of the log; each is answered, abandoned, diverted (to voicemail
or a call-back), rejected (disconnected by a rule of a queue), refused (by the engine, on arrival) or still
waiting at the end. A call counts for the queue it entered first and for the half hour in which it arrived,
whatever happened to it later.

**Waits** run from arrival to the answer, or to the end of a call that nobody answered. ``wait_mean_s`` and
the percentiles are over all offered calls; ``asa_s`` (average speed of answer) is over answered calls only,
``waited_mean_s`` over those who waited at all. Percentiles are nearest-rank: the smallest wait that at least
p % of the calls do not exceed.

**Service level** within T (``service_level`` of the queue a call entered) is said in many ways; all usual ones are
given::

    of_offered               answered <= T / offered
    of_answered              answered <= T / answered
    without_short_abandons   answered <= T / (offered - abandoned <= T)
    with_short_abandons      (answered <= T + abandoned <= T) / offered

**Agents.** ``aht_s`` (average handling time) is service and wrap-up of an answered call. ``occupancy`` is the
time in which an agent served or wrapped up at least one contact, divided by the time logged in (until the
last contact after a log-out is finished); of a queue: that of the agents who served any of its calls,
whatever they were busy with.

What cannot be said (a mean over nothing) is ``None``.

Owns these definitions; must not know how a simulation is run or how a report is shown.
"""

import math
from array import array
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final

from msgspec import Struct

from routing.model import Config
from routing.simulation.result import (
    ABANDONED_CODE,
    DIVERTED_CODE,
    NOBODY,
    OUTCOMES,
    REFUSED_CODE,
    REJECTED_CODE,
    SERVED_CODE,
    WAITING,
    Result,
    Spans,
)
from routing.units import MINUTE, SECOND

HALF_HOUR_NS: Final = 30 * MINUTE
#: Time zones shift by multiples of this.
_QUARTER_NS: Final = 15 * MINUTE
_QUARTERS_MAX: Final = 4_000_000
_QUARTERS_A_DAY: Final = 96


class ServiceLevel(Struct, frozen=True):
    """Shares within ``threshold_s`` in the usual definitions; the threshold is ``None`` where queues differ in it."""

    threshold_s: float | None
    of_offered: float | None
    of_answered: float | None
    without_short_abandons: float | None
    with_short_abandons: float | None


class Figures(Struct, frozen=True):
    """Figures of a set of calls; all times in seconds, all shares from 0 to 1."""

    offered: int
    answered: int
    abandoned: int
    diverted: int
    rejected: int
    refused: int
    waiting: int
    abandoned_share: float | None
    service_level: ServiceLevel
    asa_s: float | None
    wait_mean_s: float | None
    wait_p50_s: float | None
    wait_p90_s: float | None
    wait_p99_s: float | None
    wait_max_s: float | None
    waited: int
    waited_mean_s: float | None
    aht_s: float | None
    occupancy: float | None


class Team(Struct, frozen=True):
    """Figures of some agents; hours are hours of one agent."""

    agents: int
    answered: int
    aht_s: float | None
    staffed_h: float
    busy_h: float
    occupancy: float | None


class HalfHour(Struct, frozen=True):
    """Figures of the calls that arrived in the half hour from ``start`` on, and of the agents in that time.

    ``start`` is local time, as ``1999-01-03T10:00`` or, where ``days`` are added up, ``10:00``. ``staffed``
    and ``busy`` are mean numbers of agents.
    """

    start: str
    days: int
    staffed: float
    busy: float
    figures: Figures


class Overflowed(Struct, frozen=True):
    """How often a queue gave a contact up, and where to."""

    queue: str
    cause: str
    to: str
    to_queue: str
    count: int


class Report(Struct, frozen=True):
    """Everything about one simulation.

    ``half_hours`` are those in which calls arrived; ``day`` adds the days up by time of day.
    """

    total: Figures
    queues: dict[str, Figures]
    groups: dict[str, Team]
    agents: dict[str, Team]
    half_hours: tuple[HalfHour, ...]
    day: tuple[HalfHour, ...]
    overflows: tuple[Overflowed, ...]


def make_report(result: Result, config: Config, zone: tzinfo = UTC) -> Report:
    """Add up a result.

    Parameters
    ----------
    result : Result
        Of the simulation.
    config : Config
        That it was run with: its queues' service levels and its groups.
    zone : tzinfo
        For half hours and days.

    Notes
    -----
    O(n log n) for n calls, O(1) for each interval of an agent.
    """
    return _Sums(result, config, zone).report()


def nearest_rank(ordered: Sequence[int], percent: float) -> int | None:
    """Return the nearest-rank percentile of values in rising order: the one at place ceil(p/100 n), from 1.

    >>> nearest_rank([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90), nearest_rank([7], 50), nearest_rank([], 50)
    (9, 7, None)
    """
    if not ordered:
        return None
    return ordered[max(1, math.ceil(percent / 100 * len(ordered))) - 1]


def merged(parts: Iterable["_Tally"]) -> "_Tally":
    """Add tallies up."""
    tally = _Tally()
    for part in parts:
        tally.add(part)
    return tally


class _Tally:
    """Waits of some calls by outcome, and what is needed beside them."""

    __slots__ = (
        "abandoned_within",
        "answered_within",
        "busy_ns",
        "handled_ns",
        "staffed_ns",
        "thresholds",
        "waits",
    )

    def __init__(self) -> None:
        self.waits = [array("q") for _ in OUTCOMES]
        self.handled_ns = 0
        self.answered_within = 0
        self.abandoned_within = 0
        self.thresholds: set[int] = set()
        self.staffed_ns = 0
        self.busy_ns = 0

    def add(self, part: "_Tally") -> None:
        for mine, more in zip(self.waits, part.waits, strict=True):
            mine.extend(more)
        self.handled_ns += part.handled_ns
        self.answered_within += part.answered_within
        self.abandoned_within += part.abandoned_within
        self.thresholds |= part.thresholds

    def judge(self, threshold_ns: int) -> None:
        """Count who was answered, and who left, within the threshold."""
        self.thresholds.add(threshold_ns)
        self.answered_within = sum(wait_ns <= threshold_ns for wait_ns in self.waits[SERVED_CODE])
        self.abandoned_within = sum(wait_ns <= threshold_ns for wait_ns in self.waits[ABANDONED_CODE])

    def figures(self) -> Figures:
        counts = [len(waits) for waits in self.waits]
        offered, answered, abandoned = sum(counts), counts[SERVED_CODE], counts[ABANDONED_CODE]
        ordered = sorted(wait_ns for waits in self.waits for wait_ns in waits)
        total_ns = sum(ordered)
        waited = sum(wait_ns > 0 for wait_ns in ordered)
        within, left = self.answered_within, self.abandoned_within
        return Figures(
            offered=offered,
            answered=answered,
            abandoned=abandoned,
            diverted=counts[DIVERTED_CODE],
            rejected=counts[REJECTED_CODE],
            refused=counts[REFUSED_CODE],
            waiting=counts[WAITING],
            abandoned_share=_share(abandoned, offered),
            service_level=ServiceLevel(
                threshold_s=next(iter(self.thresholds)) / SECOND if len(self.thresholds) == 1 else None,
                of_offered=_share(within, offered),
                of_answered=_share(within, answered),
                without_short_abandons=_share(within, offered - left),
                with_short_abandons=_share(within + left, offered),
            ),
            asa_s=_mean_s(sum(self.waits[SERVED_CODE]), answered),
            wait_mean_s=_mean_s(total_ns, offered),
            wait_p50_s=_seconds(nearest_rank(ordered, 50)),
            wait_p90_s=_seconds(nearest_rank(ordered, 90)),
            wait_p99_s=_seconds(nearest_rank(ordered, 99)),
            wait_max_s=_seconds(ordered[-1] if ordered else None),
            waited=waited,
            waited_mean_s=_mean_s(total_ns, waited),
            aht_s=_mean_s(self.handled_ns, answered),
            occupancy=_share(self.busy_ns, self.staffed_ns),
        )


class _Sums:
    """Adds a result up once, by queue and half hour; everything else is sums of those."""

    def __init__(self, result: Result, config: Config, zone: tzinfo) -> None:
        self.result = result
        self.config = config
        self.clock = _Clock(zone)
        self.staffed = [spans.total_ns for spans in result.staffed]
        self.busy = [spans.total_ns for spans in result.busy]
        self.cells = self._tally()

    def report(self) -> Report:
        total = merged(self.cells.values())
        if not total.thresholds:
            total.thresholds = {queue.service_level_ns for queue in self.config.queues}
        total.staffed_ns, total.busy_ns = sum(self.staffed), sum(self.busy)
        answered, handled_ns = self._by_agent()
        groups: dict[str, list[int]] = {group: [] for group in self.config.groups}
        for place, agent in enumerate(self.config.agents):
            for group in agent.groups:
                groups.setdefault(group, []).append(place)
        places = range(len(self.config.agents))
        half_hours, day = self._half_hours()
        return Report(
            total=total.figures(),
            queues=self._queues(),
            groups={group: self._team(members, answered, handled_ns) for group, members in groups.items()},
            agents={
                self.config.agents[place].id: self._team([place], answered, handled_ns) for place in places
            },
            half_hours=half_hours,
            day=day,
            overflows=tuple(Overflowed(*key, count) for key, count in sorted(self.result.overflows.items())),
        )

    def _tally(self) -> dict[tuple[str, int], _Tally]:
        """Tally by queue and local half hour."""
        result, half_hour = self.result, self.clock.half_hour
        cells: dict[tuple[str, int], _Tally] = {}
        rows = zip(
            result.calls,
            result.outcomes,
            result.waits_ns,
            result.services_ns,
            result.wrap_ups_ns,
            strict=True,
        )
        for call, outcome, wait_ns, service_ns, wrap_up_ns in rows:
            key = (call.queue, half_hour(call.arrival_ns))
            cell = cells.get(key)
            if cell is None:
                cell = cells[key] = _Tally()
            cell.waits[outcome].append(wait_ns)
            cell.handled_ns += service_ns + wrap_up_ns
        thresholds = {queue.id: queue.service_level_ns for queue in self.config.queues}
        for (queue, _), cell in cells.items():
            cell.judge(thresholds.get(queue, 0))
        return cells

    def _queues(self) -> dict[str, Figures]:
        """Add up by queue: the configured ones in order."""
        tallies = {queue.id: _Tally() for queue in self.config.queues}
        for queue in self.config.queues:
            tallies[queue.id].thresholds.add(queue.service_level_ns)
        for (entered, _), cell in self.cells.items():
            tallies.setdefault(entered, _Tally()).add(cell)
        entries = (call.queue for call in self.result.calls)
        for entered, agent in set(zip(entries, self.result.agents, strict=True)):
            if agent != NOBODY:
                tallies[entered].staffed_ns += self.staffed[agent]
                tallies[entered].busy_ns += self.busy[agent]
        return {entered: tally.figures() for entered, tally in tallies.items()}

    def _by_agent(self) -> tuple[list[int], list[int]]:
        """Count the calls each agent answered, and the time spent on them."""
        result = self.result
        answered, handled_ns = [0] * len(self.staffed), [0] * len(self.staffed)
        for agent, service_ns, wrap_up_ns in zip(
            result.agents, result.services_ns, result.wrap_ups_ns, strict=True
        ):
            if agent != NOBODY:
                answered[agent] += 1
                handled_ns[agent] += service_ns + wrap_up_ns
        return answered, handled_ns

    def _team(self, places: Sequence[int], answered: list[int], handled_ns: list[int]) -> Team:
        calls = sum(answered[place] for place in places)
        staffed_ns = sum(self.staffed[place] for place in places)
        busy_ns = sum(self.busy[place] for place in places)
        return Team(
            agents=len(places),
            answered=calls,
            aht_s=_mean_s(sum(handled_ns[place] for place in places), calls),
            staffed_h=staffed_ns / (3600 * SECOND),
            busy_h=busy_ns / (3600 * SECOND),
            occupancy=_share(busy_ns, staffed_ns),
        )

    def _half_hours(self) -> tuple[tuple[HalfHour, ...], tuple[HalfHour, ...]]:
        """Add up by half hour, and by time of day."""
        by_half_hour: dict[int, list[_Tally]] = {}
        for (_, half_hour), cell in self.cells.items():
            by_half_hour.setdefault(half_hour, []).append(cell)
        staffed = self._presence(self.result.staffed)
        busy = self._presence(self.result.busy)
        by_time: dict[int, list[int]] = {}
        tallies = {}
        for half_hour, cells in sorted(by_half_hour.items()):
            tally = tallies[half_hour] = merged(cells)
            tally.staffed_ns, tally.busy_ns = staffed.get(half_hour, 0), busy.get(half_hour, 0)
            by_time.setdefault(half_hour % 48, []).append(half_hour)
        day = []
        for time, half_hours in sorted(by_time.items()):
            tally = merged(tallies[half_hour] for half_hour in half_hours)
            tally.staffed_ns = sum(staffed.get(half_hour, 0) for half_hour in half_hours)
            tally.busy_ns = sum(busy.get(half_hour, 0) for half_hour in half_hours)
            day.append(_half_hour(f"{time // 2:02}:{time % 2 * 30:02}", tally, len(half_hours)))
        return tuple(_half_hour(_name(time), tally, 1) for time, tally in tallies.items()), tuple(day)

    def _presence(self, everybody: list[Spans]) -> dict[int, int]:
        """Add up the agents' time by local half hour."""
        first = self.result.first_ns // _QUARTER_NS
        size = self.result.last_ns // _QUARTER_NS - first + 2
        if size > _QUARTERS_MAX:  # longer than a century: nobody reads that by the half hour
            return {}
        whole = array("q", bytes(8 * (size + 1)))  # changes of the number of agents there for a whole quarter
        parts = array("q", bytes(8 * (size + 1)))
        for spans in everybody:
            for start_ns, end_ns in zip(spans.starts_ns, spans.ends_ns, strict=False):
                begin, begin_ns = divmod(start_ns, _QUARTER_NS)
                end, rest_ns = divmod(end_ns, _QUARTER_NS)
                whole[begin - first] += 1
                whole[end - first] -= 1
                parts[begin - first] -= begin_ns
                parts[end - first] += rest_ns
        found: dict[int, int] = {}
        there = 0
        for quarter in range(size):
            there += whole[quarter]
            time_ns = there * _QUARTER_NS + parts[quarter]
            if time_ns:
                half_hour = self.clock.half_hour((first + quarter) * _QUARTER_NS)
                found[half_hour] = found.get(half_hour, 0) + time_ns
        return found


class _Clock:
    """Tells local half hours, counted from 1970; remembers what it was asked, a quarter of an hour at a time."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.known: dict[int, int] = {}

    def half_hour(self, at_ns: int) -> int:
        quarter = at_ns // _QUARTER_NS
        half_hour = self.known.get(quarter)
        if half_hour is None:
            half_hour = self.known[quarter] = (quarter + self._offset(quarter)) // 2
        return half_hour

    def _offset(self, quarter: int) -> int:
        """Return the zone's offset in quarters of an hour."""
        offset = datetime.fromtimestamp(quarter * 900, self.zone).utcoffset()
        return round(offset.total_seconds() / 900) if offset else 0


def _half_hour(start: str, tally: _Tally, days: int) -> HalfHour:
    time_ns = days * HALF_HOUR_NS
    return HalfHour(start, days, tally.staffed_ns / time_ns, tally.busy_ns / time_ns, tally.figures())


def _name(half_hour: int) -> str:
    """Write a local half hour as date and time."""
    return datetime.fromtimestamp(half_hour * 1800, UTC).strftime("%Y-%m-%dT%H:%M")


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean_s(total_ns: int, count: int) -> float | None:
    return total_ns / count / SECOND if count else None


def _seconds(time_ns: int | None) -> float | None:
    return None if time_ns is None else time_ns / SECOND
