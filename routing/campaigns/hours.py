"""Hours of a number, as a list spells them: ``"mon-fri 09:00-12:00 17:00-20:00; sat 10:00-12:00"``.

These are wishes that come with a list (the office by day, the home in the evening). What the law allows is checked
apart from them (``routing.compliance``).

Owns this spelling and what is open when; must not know lists or rules.
"""

import re
from datetime import timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from routing.config.localtime import MINUTES_PER_DAY, instant_ns, local_date, parse_clock, zone
from routing.errors import ConfigError
from routing.words import quoted

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOW: Final = "write as in 'mon-fri 09:00-12:00 17:00-20:00; sat 10:00-12:00'"
_SPAN: Final = re.compile(r"(\d\d?:\d\d)-(\d\d?:\d\d)")
_DAY: Final = timedelta(days=1)


class Span(NamedTuple):
    """Minutes of a local day: the first included, the last not."""

    opens: int
    closes: int


Week = tuple[tuple[Span, ...], ...]  # Monday first


@lru_cache(4_096)
def parse_hours(text: str) -> Week:
    """Read hours of a week; "" is always.

    Parameters
    ----------
    text : str
        Parts, by ``;``: days (``mon``, ``mon-fri``, ``sat,sun``; none: every day), then spans ``HH:MM-HH:MM``.

    Raises
    ------
    ConfigError
        If it is spelled otherwise, or a span ends before it begins.

    Examples
    --------
    >>> parse_hours("sat,sun 10:00-12:30")[5:]
    ((Span(opens=600, closes=750),), (Span(opens=600, closes=750),))
    >>> parse_hours("evenings")
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: 'evenings' is no hours: 'evenings' is no day; write as in 'mon-fri 09:00-12:00 ...
    """
    if not text.strip():
        return ((Span(0, MINUTES_PER_DAY),),) * len(_DAYS)
    week: list[set[Span]] = [set() for _ in _DAYS]
    for part in text.split(";"):
        days, spans = set(range(len(_DAYS))), []
        for place, word in enumerate(part.split()):
            if match := _SPAN.fullmatch(word):
                spans.append(_span(text, match[1].zfill(5), match[2].zfill(5)))
            elif place == 0:
                days = _days(text, word)
            else:
                raise ConfigError("", f"{quoted(text)} is no hours: {quoted(word)} is no span; {_HOW}")
        if not spans:
            raise ConfigError("", f"{quoted(text)} is no hours: {quoted(part)} has no span; {_HOW}")
        for day in days:
            week[day].update(spans)
    return tuple(tuple(sorted(spans)) for spans in week)


def _days(text: str, word: str) -> set[int]:
    days: set[int] = set()
    for part in word.lower().split(","):
        first, _, last = part.partition("-")
        last = last or first
        for name in (first, last):
            if name not in _DAYS:
                raise ConfigError("", f"{quoted(text)} is no hours: {quoted(name)} is no day; {_HOW}")
        start, end = _DAYS.index(first), _DAYS.index(last)
        days.update(day % len(_DAYS) for day in range(start, end + 1 if end >= start else end + 8))
    return days


def _span(text: str, opens: str, closes: str) -> Span:
    span = Span(parse_clock(opens), parse_clock(closes))
    if span.opens >= span.closes:
        raise ConfigError("", f"{quoted(text)} is no hours: {opens}-{closes} ends before it begins; {_HOW}")
    return span


def opens_ns(text: str, timezone: str, at_ns: int) -> int:
    """Tell from when on it is open: the instant itself when it is open then.

    Parameters
    ----------
    text : str
        Hours, as for `parse_hours`; some span is open on some day.
    timezone : str
        Whose clock.
    at_ns : int
        The instant, ns since 1970.

    Returns
    -------
    int
        The first instant, not before ``at_ns``, at which it is open.

    Examples
    --------
    >>> from routing.units import HOUR
    >>> opens_ns("09:00-12:00", "UTC", 10 * HOUR) // HOUR, opens_ns("09:00-12:00", "UTC", 12 * HOUR) // HOUR
    (10, 33)
    """
    if not text:
        return at_ns
    week, where = parse_hours(text), zone(timezone)
    day = local_date(at_ns, where)
    for _ in range(len(_DAYS) + 1):
        for span in week[day.weekday()]:
            start, end = instant_ns(day, span.opens, where), instant_ns(day, span.closes, where)
            if at_ns < end and start < end:
                return max(at_ns, start)
        day += _DAY
    raise ConfigError("", f"{quoted(text)} is never open; {_HOW}")
