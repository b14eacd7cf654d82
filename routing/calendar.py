"""From opening hours, holidays and shifts to instants: what a host or a simulation tells an engine, and when.

The engine never sees a calendar: it is told `OpenQueue`, `CloseQueue`, `LogIn` and `LogOut`. Local times
follow the time zone database, so days of 23 and 25 hours come out right; a time that the clock skips stands
for the jump, one that it shows twice for the first (``config.localtime``).

Windows are half-open: ``from_ns`` belongs to them, ``to_ns`` to the next one. Configurations are those that
`routing.config` has checked.

Owns the way from local time to commands; must not know an engine, a journal or the present time.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from routing.commands import CloseQueue, Command, LogIn, LogOut, OpenQueue
from routing.config.localtime import MINUTES_PER_DAY, instant_ns, local_date, parse_clock, parse_date, zone
from routing.errors import UsageError
from routing.model import Config, Day, Hours, Shift
from routing.skills import quoted, suggest
from routing.units import MAX_INSTANT_NS, SECOND

_DAYS: Final[tuple[Day, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = timedelta(days=1)
_LAST_DATE: Final = datetime.fromtimestamp(MAX_INSTANT_NS // SECOND, UTC).date()
# The order at one instant: what takes contacts comes before what gives them up.
_OPEN, _LOG_IN, _CLOSE, _LOG_OUT = range(4)
# A weekly pattern that changes at all does so within a week; some days more, for the edges.
_PATTERN_DAYS: Final = 10


class Staffed(NamedTuple):
    """An agent's stay from one log-in to the next log-out."""

    agent: str
    login_ns: int
    logout_ns: int


class _Stay(NamedTuple):
    """A stretch of time, the start included and the end not."""

    start_ns: int
    end_ns: int


def commands(
    config: Config, from_ns: int, to_ns: int, *, continuing: bool = False
) -> Iterator[tuple[int, Command]]:
    """Say what to tell an engine, in time order, from `from_ns` (included) to `to_ns` (not included).

    At `from_ns` each queue that is closed then is closed (queues start open) and each agent on shift logged in, unless
    the engine was told so before: `continuing` gives the changes alone. So the commands of a window are those of its
    first part and, continuing, of the rest.

    Shifts of one agent that overlap or touch are one stay, and so are opening times: a hand-over never produces a
    needless log-out or closing.

    At one instant the order is OpenQueue, LogIn, CloseQueue, LogOut, each in configured order: what takes
    contacts comes before what gives them up, so that neither an overflow to the night's queue nor a change of
    shift finds nobody there.

    Parameters
    ----------
    config : Config
        A checked configuration.
    from_ns, to_ns : int
        Nanoseconds since 1970 UTC, 0..MAX_INSTANT_NS.
    continuing : bool, default False
        Whether the engine was told what came before `from_ns`.

    Returns
    -------
    iterator of (int, Command)
        Instant and command.

    Raises
    ------
    UsageError
        If the window is out of range or ends before it starts.
    ConfigError
        If this machine does not know a time zone.

    Notes
    -----
    O(d (h + s) + n log n) for d days, h opening spans, s shifts and n commands.

    Examples
    --------
    >>> from routing.model import Agent
    >>> early = Shift("08:00", "12:00", agents=("ann",))
    >>> late = Shift("12:00", "17:00", agents=("ann", "bob"))
    >>> centre = Config(agents=(Agent("ann"), Agent("bob")), shifts=(early, late))
    >>> for at_ns, command in commands(centre, 0, 24 * 3600 * SECOND):
    ...     print(at_ns // (3600 * SECOND), command)
    8 LogIn(agent='ann', ready=True, reason='')
    12 LogIn(agent='bob', ready=True, reason='')
    17 LogOut(agent='ann', force=False)
    17 LogOut(agent='bob', force=False)
    """
    _check_window(from_ns, to_ns)
    planned: list[tuple[int, int, int, Command]] = []
    changes = {
        hours_id: _changes(plan.stays(from_ns, to_ns), from_ns, to_ns, None if continuing else True)
        for hours_id, plan in _plans(config).items()
    }
    for place, queue in enumerate(config.queues):
        for at_ns, opens in changes[queue.hours] if queue.hours else ():
            if opens:
                planned.append((at_ns, _OPEN, place, OpenQueue(queue.id)))
            else:
                planned.append((at_ns, _CLOSE, place, CloseQueue(queue.id)))
    for place, (agent_id, stays) in enumerate(_stays_of_agents(config, from_ns, to_ns).items()):
        for at_ns, comes in _changes(stays, from_ns, to_ns, None if continuing else False):
            if comes:
                planned.append((at_ns, _LOG_IN, place, LogIn(agent_id)))
            else:
                planned.append((at_ns, _LOG_OUT, place, LogOut(agent_id)))
    planned.sort(key=lambda entry: entry[:3])
    return ((at_ns, command) for at_ns, _, _, command in planned)


def staffing(config: Config, from_ns: int, to_ns: int) -> list[Staffed]:
    """List who is on shift when, cut to the window, by log-in and then in configured order of agents.

    Parameters
    ----------
    config : Config
        A checked configuration.
    from_ns, to_ns : int
        Nanoseconds since 1970 UTC, 0..MAX_INSTANT_NS.

    Returns
    -------
    list of (agent, login_ns, logout_ns)
        Overlapping and touching shifts of one agent are joined.

    Raises
    ------
    UsageError
        If the window is out of range or ends before it starts.
    ConfigError
        If this machine does not know a time zone.

    Notes
    -----
    O(d s + n log n) for d days, s shifts and n stays.

    Examples
    --------
    >>> from routing.model import Agent
    >>> centre = Config(agents=(Agent("ann"),), shifts=(Shift("22:00", "06:00", agents=("ann",)),))
    >>> [stay.logout_ns // (3600 * SECOND) for stay in staffing(centre, 0, 24 * 3600 * SECOND)]
    [6, 24]
    """
    _check_window(from_ns, to_ns)
    staffed = [
        Staffed(agent_id, max(stay.start_ns, from_ns), min(stay.end_ns, to_ns))
        for agent_id, stays in _stays_of_agents(config, from_ns, to_ns).items()
        for stay in stays
        if max(stay.start_ns, from_ns) < min(stay.end_ns, to_ns)
    ]
    staffed.sort(key=lambda stay: stay.login_ns)  # stable, so in configured order within an instant
    return staffed


def is_open(config: Config, queue_id: str, at_ns: int) -> bool:
    """Tell whether a queue's hours have it open at an instant; one without hours always is. O(spans).

    Raises
    ------
    UsageError
        If the queue is unknown or the instant out of range.
    ConfigError
        If this machine does not know its time zone.

    Examples
    --------
    >>> from routing.model import OpenSpan, Queue
    >>> office = Hours("office", (OpenSpan(_DAYS[:5], "09:00", "17:00"),))
    >>> centre = Config(queues=(Queue("sales", hours="office"),), hours=(office,))
    >>> [is_open(centre, "sales", hour * 3600 * SECOND) for hour in (8, 9, 17)]  # 1 January 1970: a Thursday
    [False, True, False]
    """
    _check_window(at_ns, at_ns)
    plan = _plan_of_queue(config, queue_id)
    return plan is None or any(stay.start_ns <= at_ns < stay.end_ns for stay in plan.stays(at_ns, at_ns))


def next_change_ns(config: Config, queue_id: str, at_ns: int) -> int | None:
    """Tell when a queue's hours next open or close it, after an instant; None: never. O(days until then).

    Raises
    ------
    UsageError
        If the queue is unknown or the instant out of range.
    ConfigError
        If this machine does not know its time zone.

    Examples
    --------
    >>> from routing.model import OpenSpan, Queue
    >>> office = Hours("office", (OpenSpan(_DAYS[:5], "09:00", "17:00"),))
    >>> centre = Config(queues=(Queue("sales", hours="office"), Queue("fraud")), hours=(office,))
    >>> next_change_ns(centre, "sales", 10 * 3600 * SECOND) // (3600 * SECOND)
    17
    >>> next_change_ns(centre, "fraud", 0)
    """
    _check_window(at_ns, at_ns)
    plan = _plan_of_queue(config, queue_id)
    if plan is None:
        return None
    first = local_date(at_ns, plan.where) - _DAY
    last = min(max([first, *plan.holidays]), _LAST_DATE) + timedelta(days=_PATTERN_DAYS)
    horizon_ns = min(instant_ns(last, MINUTES_PER_DAY, plan.where), MAX_INSTANT_NS)
    for start_ns, end_ns in _joined(plan.days(first, last)):
        change_ns = start_ns if start_ns > at_ns else end_ns
        if change_ns > at_ns:
            return change_ns if change_ns < horizon_ns else None
    return None


class Times:
    """Hours read once, to be asked often: whether they have something open at an instant.

    Parameters
    ----------
    hours : Hours
        Checked ones.
    timezone : str, default "UTC"
        Of hours that do not say theirs.

    Raises
    ------
    ConfigError
        If this machine does not know the time zone.

    Examples
    --------
    >>> from routing.model import OpenSpan
    >>> office = Times(Hours("office", (OpenSpan(_DAYS[:5], "09:00", "17:00"),)))
    >>> [office.hold(hour * 3600 * SECOND) for hour in (8, 9, 17)]  # 1 January 1970: a Thursday
    [False, True, False]
    """

    def __init__(self, hours: Hours, timezone: str = "UTC") -> None:
        self._plan = _Plan.of(hours, timezone, hours.id)

    def hold(self, at_ns: int) -> bool:
        """Tell whether they are open at an instant. O(spans of a few days)."""
        _check_window(at_ns, at_ns)
        return any(stay.start_ns <= at_ns < stay.end_ns for stay in self._plan.stays(at_ns, at_ns))


class _Plan(NamedTuple):
    """Opening hours with their texts read."""

    where: ZoneInfo
    weekly: dict[Day, list[tuple[int, int]]]
    holidays: dict[date, list[tuple[int, int]]]

    @classmethod
    def of(cls, hours: Hours, timezone: str, path: str) -> "_Plan":
        """Read the texts; `timezone` is the centre's, `path` that of the hours."""
        weekly: dict[Day, list[tuple[int, int]]] = {day: [] for day in _DAYS}
        for span in hours.weekly:
            for day in span.days:
                weekly[day].append((parse_clock(span.opens), parse_clock(span.closes)))
        holidays: dict[date, list[tuple[int, int]]] = {}
        for holiday in hours.holidays:
            times = holidays.setdefault(parse_date(holiday.date), [])
            if holiday.opens:
                times.append((parse_clock(holiday.opens), parse_clock(holiday.closes)))
        return cls(zone(hours.timezone or timezone, f"{path}.timezone"), weekly, holidays)

    def days(self, first: date, last: date) -> Iterator[_Stay]:
        """Open stretches of each date, both included, in order."""
        for day in _dates(first, last):
            times = self.holidays.get(day)
            if times is None:
                times = self.weekly[_DAYS[day.weekday()]]
            for opens, closes in sorted(times):
                yield _Stay(instant_ns(day, opens, self.where), instant_ns(day, closes, self.where))

    def stays(self, from_ns: int, to_ns: int) -> Iterator[_Stay]:
        """Open stretches, joined, around a window; the outermost may be cut where they lie outside."""
        return _joined(
            self.days(local_date(from_ns, self.where) - _DAY, local_date(to_ns, self.where) + _DAY)
        )


def _plans(config: Config) -> dict[str, _Plan]:
    return {
        hours.id: _Plan.of(hours, config.timezone, f"hours[{place}]")
        for place, hours in enumerate(config.hours)
    }


def _plan_of_queue(config: Config, queue_id: str) -> _Plan | None:
    for queue in config.queues:
        if queue.id == queue_id:
            return _plans(config)[queue.hours] if queue.hours else None
    hint = suggest(queue_id, [queue.id for queue in config.queues]) or "; name a queue of the configuration"
    raise UsageError(f"unknown queue {quoted(queue_id)}{hint}")


def _stays_of_agents(config: Config, from_ns: int, to_ns: int) -> dict[str, list[_Stay]]:
    """Time on shift of each agent around a window, joined; agents in configured order."""
    members: dict[str, list[str]] = {}
    for agent in config.agents:
        for group in agent.groups:
            members.setdefault(group, []).append(agent.id)
    stays: dict[str, list[_Stay]] = {agent.id: [] for agent in config.agents}
    for place, shift in enumerate(config.shifts):
        where = zone(shift.timezone or config.timezone, f"shifts[{place}].timezone")
        times = _stays_of_shift(shift, where, from_ns, to_ns)
        named = dict.fromkeys(shift.agents)
        for group in shift.groups:
            named.update(dict.fromkeys(members.get(group, ())))
        for agent_id in named:
            stays[agent_id] += times
    return {agent_id: list(_joined(sorted(times))) for agent_id, times in stays.items()}


def _stays_of_shift(shift: Shift, where: ZoneInfo, from_ns: int, to_ns: int) -> list[_Stay]:
    """List the times of one shift around a window: a day more than can touch it, on each side."""
    starts, ends = parse_clock(shift.starts), parse_clock(shift.ends)
    if ends <= starts:
        ends += MINUTES_PER_DAY
    first = local_date(from_ns, where) - 2 * _DAY
    last = local_date(to_ns, where) + _DAY
    if shift.from_date:
        first = max(first, parse_date(shift.from_date))
    if shift.to_date:
        last = min(last, parse_date(shift.to_date))
    return [
        _Stay(instant_ns(day, starts, where), instant_ns(day, ends, where))
        for day in _dates(first, last)
        if _DAYS[day.weekday()] in shift.days
    ]


def _changes(stays: Iterable[_Stay], from_ns: int, to_ns: int, before: bool | None) -> list[tuple[int, bool]]:
    """List when stays begin (True) and end (False), given what was said `before`; None: what is true."""
    if from_ns == to_ns:
        return []
    changes = []
    was = is_now = False
    for start_ns, end_ns in stays:
        was |= start_ns < from_ns <= end_ns
        is_now |= start_ns <= from_ns < end_ns
        if from_ns < start_ns < to_ns:
            changes.append((start_ns, True))
        if from_ns < end_ns < to_ns:
            changes.append((end_ns, False))
    if is_now != (was if before is None else before):
        changes.insert(0, (from_ns, is_now))
    return changes


def _joined(stays: Iterable[_Stay]) -> Iterator[_Stay]:
    """Join stretches, ordered by start, that overlap or touch; drop those that the clock jumps over."""
    open_stay: _Stay | None = None
    for stay in stays:
        if stay.end_ns <= stay.start_ns:
            continue
        if open_stay is None:
            open_stay = stay
        elif stay.start_ns <= open_stay.end_ns:
            open_stay = _Stay(open_stay.start_ns, max(open_stay.end_ns, stay.end_ns))
        else:
            yield open_stay
            open_stay = stay
    if open_stay is not None:
        yield open_stay


def _dates(first: date, last: date) -> Iterator[date]:
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


def _check_window(from_ns: int, to_ns: int) -> None:
    for at_ns in (from_ns, to_ns):
        if type(at_ns) is not int or not 0 <= at_ns <= MAX_INSTANT_NS:
            raise UsageError(
                f"instant {at_ns!r} is not an int in 0..{MAX_INSTANT_NS}; give nanoseconds since 1970"
            )
    if to_ns < from_ns:
        raise UsageError(f"to_ns {to_ns} is before from_ns {from_ns}; swap them")
