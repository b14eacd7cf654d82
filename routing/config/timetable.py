"""The rules for opening hours and shifts.

Owns what a well-formed timetable is, without looking at the machine's time zone database; must not know when
it opens in nanoseconds (``calendar``).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from routing.config.localtime import MINUTES_PER_DAY, parse_clock, parse_date
from routing.config.names import Names, check_id, check_once, check_text, unknown
from routing.errors import ConfigError
from routing.model import Holiday, Hours, Shift
from routing.skills import quoted


class _Span(NamedTuple):
    """Minutes of a local day."""

    opens: int
    closes: int
    path: str


def check_hours(hours: Hours, path: str) -> None:
    """Check opening hours.

    Raises
    ------
    ConfigError
        If a time or date is misspelled, a span has no days, ends before it starts, or overlaps another.

    Examples
    --------
    >>> from routing.model import OpenSpan
    >>> check_hours(Hours("bar", (OpenSpan(("fri",), "22:00", "02:00"),)), "hours[0]")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: hours[0].weekly[0].closes: '02:00' is not after '22:00'; split it at midnight
    """
    check_id(hours.id, f"{path}.id")
    check_text(hours.timezone, f"{path}.timezone")
    by_day: dict[str, list[_Span]] = {}
    for place, weekly in enumerate(hours.weekly):
        here = f"{path}.weekly[{place}]"
        _check_days(weekly.days, here)
        span = _span(weekly.opens, weekly.closes, here)
        for day in weekly.days:
            by_day.setdefault(day, []).append(span)
    for weekday, spans in by_day.items():
        _check_apart(spans, f"on {weekday}")
    _check_holidays(hours.holidays, f"{path}.holidays")


def check_shift(shift: Shift, path: str, names: Names) -> None:
    """Check a shift; one without agents and groups is nobody's.

    Raises
    ------
    ConfigError
        If it names an unknown agent or group, has no days, or a time or date is wrong.

    Examples
    --------
    >>> check_shift(Shift("8:00", "16:00", agents=("ann",)), "shifts[0]", Names(agents={"ann"}))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: shifts[0].starts: '8:00' is no time of day; write HH:MM, as in '08:30'
    """
    for place, agent in enumerate(shift.agents):
        if agent not in names.agents:
            raise unknown("agent", agent, f"{path}.agents[{place}]", names.agents)
    for place, group in enumerate(shift.groups):
        if group not in names.groups:
            raise unknown("group", group, f"{path}.groups[{place}]", names.groups)
    if parse_clock(shift.starts, f"{path}.starts") == MINUTES_PER_DAY:
        raise ConfigError(f"{path}.starts", "'24:00' ends a day; write '00:00' and the days after")
    parse_clock(shift.ends, f"{path}.ends")
    _check_days(shift.days, path)
    check_once(shift.agents, f"{path}.agents")
    check_once(shift.groups, f"{path}.groups")
    first = parse_date(shift.from_date, f"{path}.from_date") if shift.from_date else None
    last = parse_date(shift.to_date, f"{path}.to_date") if shift.to_date else None
    if first and last and last < first:
        raise ConfigError(
            f"{path}.to_date", f"{shift.to_date!r} is before from_date {shift.from_date!r}; swap them"
        )
    check_text(shift.timezone, f"{path}.timezone")


def _check_days(days: Sequence[str], path: str) -> None:
    if not days:
        raise ConfigError(f"{path}.days", "no day is named; name at least one")
    check_once(days, f"{path}.days")


def _span(opens: str, closes: str, path: str) -> _Span:
    span = _Span(parse_clock(opens, f"{path}.opens"), parse_clock(closes, f"{path}.closes"), path)
    if span.closes <= span.opens:
        raise ConfigError(f"{path}.closes", f"{closes!r} is not after {opens!r}; split it at midnight")
    return span


def _check_apart(spans: Iterable[_Span], when: str) -> None:
    before: _Span | None = None
    for span in sorted(spans):
        if before is not None and span.opens < before.closes:
            raise ConfigError(span.path, f"overlaps {before.path} {when}; keep them apart or join them")
        before = span


def _check_holidays(holidays: Sequence[Holiday], path: str) -> None:
    by_date: dict[str, list[tuple[str, Holiday]]] = {}
    for place, holiday in enumerate(holidays):
        here = f"{path}[{place}]"
        parse_date(holiday.date, f"{here}.date")
        check_text(holiday.name, f"{here}.name")
        if bool(holiday.opens) != bool(holiday.closes):
            missing = "closes" if holiday.opens else "opens"
            raise ConfigError(f"{here}.{missing}", "is missing; give both times, or none for a day closed")
        by_date.setdefault(holiday.date, []).append((here, holiday))
    for day, entries in by_date.items():
        for here, holiday in entries:
            if not holiday.opens and len(entries) > 1:
                raise ConfigError(
                    f"{here}.date", f"{quoted(day)} is closed here and listed again; remove one of them"
                )
        _check_apart([_span(one.opens, one.closes, here) for here, one in entries if one.opens], f"on {day}")
