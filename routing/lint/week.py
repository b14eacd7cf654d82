"""A week in the life of a centre: when queues are open, and when agents are on shift.

There is no present here, so weeks are chosen: an ordinary one, without holidays, in January; one in July too when
time zones meet whose clocks may change apart; and where shifts are bound by dates, the first whole week of each
stretch between these dates, `WEEKS` of them at most.

Owns the choice of weeks and the spans within one; must not judge them.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from routing.calendar import commands, staffing
from routing.commands import OpenQueue
from routing.config.localtime import instant_ns, parse_date, zone
from routing.lint.centre import Centre
from routing.model import Config
from routing.units import SECOND

#: Weeks that are looked at, at most.
WEEKS: Final = 8
#: The Monday of a week like any other.
ORDINARY: Final = date(2026, 1, 12)
_JULY: Final = date(2026, 7, 13)
_LAST: Final = date(2115, 1, 1)
_FIRST: Final = date(1970, 1, 12)
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHOWN_MOST: Final = 6

#: Half-open stretches of nanoseconds, in order and apart.
Spans = tuple[tuple[int, int], ...]


class Week:
    """One week from a Monday at midnight, by the clock of the centre."""

    def __init__(self, centre: Centre, monday: date) -> None:
        config = centre.config
        self.monday = monday
        self.where = zone(config.timezone, "timezone")
        self.start_ns = instant_ns(monday, 0, self.where)
        self.end_ns = instant_ns(monday + timedelta(days=7), 0, self.where)
        plain = tuple(replace(hours, holidays=()) for hours in config.hours)
        self._open = self._open_spans(replace(config, hours=plain, shifts=(), agents=()))
        stays: dict[str, list[tuple[int, int]]] = {}
        for stay in staffing(config, self.start_ns, self.end_ns):
            stays.setdefault(stay.agent, []).append((stay.login_ns, stay.logout_ns))
        self.on_shift = {centre.agent_places[agent]: tuple(spans) for agent, spans in stays.items()}

    def open(self, queue: str) -> Spans:
        """When a queue is open."""
        return self._open[queue]

    def closed(self, queue: str) -> Spans:
        """When it is not."""
        return minus(((self.start_ns, self.end_ns),), self._open[queue])

    def staffed(self, agents: Iterable[int]) -> Spans:
        """When one of these agents at least is on shift."""
        patterns = {self.on_shift[agent] for agent in agents if agent in self.on_shift}
        return joined(span for spans in patterns for span in spans)

    def shown(self, spans: Spans) -> str:
        """Write spans in local time, days of the same hours together.

        The centre's clock counts, as in ``Mon-Fri 18:00-20:00, Sat 09:00-13:00``.
        """
        if spans == ((self.start_ns, self.end_ns),):
            return "all week"
        by_times: dict[str, list[int]] = {}
        for start_ns, end_ns in self._by_day(spans):
            day, begins = self._clock(start_ns)
            _, ends = self._clock(end_ns)
            by_times.setdefault(f"{begins}-{'24:00' if ends == '00:00' else ends}", []).append(day)
        parts = [
            (runs[0][0], f"{', '.join(_days(*run) for run in runs)} {times}")
            for times, runs in ((times, _runs(days)) for times, days in by_times.items())
        ]
        texts = [text for _, text in sorted(parts)]
        more = len(texts) - _SHOWN_MOST
        return "; ".join(texts[:_SHOWN_MOST]) + (f"; and {more} more" if more > 0 else "")

    def _open_spans(self, config: Config) -> dict[str, Spans]:
        found: dict[str, Spans] = {queue.id: ((self.start_ns, self.end_ns),) for queue in config.queues}
        since: dict[str, int | None] = {queue.id: self.start_ns for queue in config.queues if queue.hours}
        spans: dict[str, list[tuple[int, int]]] = {queue: [] for queue in since}
        for at_ns, command in commands(config, self.start_ns, self.end_ns):
            queue: str = getattr(command, "queue")  # noqa: B009
            opened = since[queue]
            if isinstance(command, OpenQueue):
                since[queue] = at_ns
            elif opened is not None:
                since[queue] = None
                spans[queue].append((opened, at_ns))
        for queue, opened in since.items():
            if opened is not None:
                spans[queue].append((opened, self.end_ns))
            found[queue] = joined(spans[queue])
        return found

    def _by_day(self, spans: Spans) -> list[tuple[int, int]]:
        midnights = [instant_ns(self.monday + timedelta(days=day), 0, self.where) for day in range(8)]
        return [
            (max(start_ns, midnights[day]), min(end_ns, midnights[day + 1]))
            for start_ns, end_ns in spans
            for day in range(7)
            if start_ns < midnights[day + 1] and end_ns > midnights[day]
        ]

    def _clock(self, at_ns: int) -> tuple[int, str]:
        local = datetime.fromtimestamp(at_ns // SECOND, UTC).astimezone(self.where)
        return local.weekday(), f"{local:%H:%M}"


def weeks(centre: Centre) -> list[Week]:
    """Choose the weeks to look at."""
    config = centre.config
    named = [*(hours.timezone for hours in config.hours), *(shift.timezone for shift in config.shifts)]
    zones = {config.timezone, *(name for name in named if name)}
    mondays = {ORDINARY, *((_JULY,) if len(zones) > 1 else ())}
    dated = [shift for shift in config.shifts if shift.from_date or shift.to_date]
    if dated:
        edges = {parse_date(shift.from_date) for shift in dated if shift.from_date}
        edges |= {parse_date(shift.to_date) + timedelta(days=1) for shift in dated if shift.to_date}
        edges = {edge for edge in edges if _FIRST < edge < _LAST}
        mondays = {_monday_from(edge) for edge in edges}
        mondays |= {_monday_from(edge) - timedelta(days=14) for edge in edges}
    chosen = [Week(centre, monday) for monday in sorted(mondays)[:WEEKS]]
    return [week for week in chosen if week.on_shift or not dated]


def joined(spans: Iterable[tuple[int, int]]) -> Spans:
    """Join spans that overlap or touch.

    >>> joined([(5, 7), (1, 3), (3, 4), (6, 9)])
    ((1, 4), (5, 9))
    """
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def minus(spans: Spans, others: Spans) -> Spans:
    """Give what lies in the first and not in the second.

    >>> minus(((0, 10),), ((2, 3), (5, 20)))
    ((0, 2), (3, 5))
    """
    found: list[tuple[int, int]] = []
    for start, end in spans:
        for other_start, other_end in others:
            if other_end <= start or other_start >= end:
                continue
            if other_start > start:
                found.append((start, other_start))
            start = min(other_end, end)
        if start < end:
            found.append((start, end))
    return tuple(found)


def common(spans: Spans, others: Spans) -> Spans:
    """Give what lies in both.

    >>> common(((0, 4), (6, 10)), ((3, 7),))
    ((3, 4), (6, 7))
    """
    return minus(spans, minus(spans, others))


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _runs(days: Sequence[int]) -> list[tuple[int, int]]:
    """Put days in a row together."""
    runs: list[tuple[int, int]] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _days(first: int, last: int) -> str:
    return _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}"
