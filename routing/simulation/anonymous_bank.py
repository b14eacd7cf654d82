"""Reads the 'Anonymous Bank' call log (Guedj & Mandelbaum, Technion, 2000): 17 tab-separated columns, Latin-1.

Columns: ``vru+line, call_id, customer_id, priority, type, date (yymmdd), vru_entry, vru_exit, vru_time, q_start,
q_exit, q_time, outcome, ser_start, ser_exit, ser_time, server``; times are H:MM:SS of local time.

What the reader makes of the quirks of these files:

- PHANTOM rows are dropped; a HANG that never queued left in the voice menu and is no call to a queue. Both are
  counted in ``CallLog.skipped``.
- ``q_start`` 0:00:00 with no ``q_time`` means "did not queue": the call arrives when it leaves the menu
  (``vru_exit``) and waits 0. Otherwise it arrives at ``q_start`` and waits ``q_time``.
- A time more than twelve hours before the call entered the menu belongs to the next day (midnight wraps). Smaller
  steps back, such as a negative ``vru_time``, stay as they are: only the times named above are read.
- An answered call without service times has an unknown service time. Services shorter than 10 s or longer
  than an hour are kept: agents really were busy for so long.
- NO_SERVER means that the log does not know who served.
- Customer 0 is unknown. Rows of 16 columns have priority and type in one column, or lack the server.

Owns this format; must not know where the text comes from or what is simulated.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import Final

from routing.simulation.calls import ABANDONED, SERVED, Call, CallLog, Placer, Service
from routing.units import SECOND

FORMAT: Final = "anonymous-bank"
NOT_QUEUED: Final = "0:00:00"
NO_SERVER: Final = "NO_SERVER"
DAY_S: Final = 86_400

_EPOCH: Final = datetime(1970, 1, 1)


def looks_like(line: str) -> bool:
    """Is this the header or a row of such a log?"""
    columns = line.rstrip("\r\n").split("\t")
    return columns[0] == "vru+line" or (len(columns) in (16, 17) and columns[0].startswith("AA"))


def read(lines: Iterable[str], placer: Placer, zone: tzinfo) -> CallLog:
    """Read a log whose times are local to ``zone``; rows that break a rule are left out and reported. O(rows)."""
    log = CallLog(FORMAT)
    midnights: dict[str, tuple[int, datetime]] = {}
    for number, line in enumerate(lines, 1):
        columns = line.rstrip("\r\n").split("\t")
        if columns[0] == "vru+line" or columns == [""]:
            continue
        try:
            _read_row(_repair(columns), placer, zone, midnights, log)
        except ValueError as error:
            log.reject(number, str(error))
    return log


def _repair(columns: list[str]) -> list[str]:
    """Give a row its 17 columns."""
    if len(columns) == 16:
        both = columns[3].split()
        if len(both) == 2:
            return [*columns[:3], *both, *columns[4:]]
        return [*columns, NO_SERVER]
    if len(columns) != 17:
        raise ValueError(f"{len(columns)} columns; there must be 17, parted by tabs")
    return columns


def _read_row(
    columns: list[str], placer: Placer, zone: tzinfo, midnights: dict[str, tuple[int, datetime]], log: CallLog
) -> None:
    """Add the row's call, and the service if somebody is seen at work, to the log."""
    (
        _,
        _,
        customer,
        priority,
        kind,
        date,
        entry,
        left_menu,
        _,
        q_start,
        _,
        q_time,
        outcome,
        s_start,
        s_exit,
        s_time,
        server,
    ) = columns
    if outcome not in ("AGENT", "HANG", "PHANTOM"):
        raise ValueError(f"outcome is {outcome!r}; it must be AGENT, HANG or PHANTOM")
    if outcome == "PHANTOM":
        log.skip("phantom")
        return
    wait_s = _count(q_time, "q_time")
    queued = q_start != NOT_QUEUED or wait_s > 0
    if outcome == "HANG" and not queued:
        log.skip("left in the voice menu")
        return
    if date not in midnights:
        midnights[date] = _midnight(date, zone)
    entry_s = _clock(entry, "vru_entry")
    arrival_s = _unwrap(_clock(q_start, "q_start") if queued else _clock(left_menu, "vru_exit"), entry_s)
    service_s = None
    if outcome == "AGENT" and (s_time != "0" or s_exit != NOT_QUEUED):
        start_s = _unwrap(_clock(s_start, "ser_start"), entry_s)
        service_s = _count(s_time, "ser_time") or (_clock(s_exit, "ser_exit") - start_s) % DAY_S
        if server not in (NO_SERVER, ""):
            log.services.append(
                Service(
                    server,
                    _instant(start_s, midnights[date], zone),
                    _instant(start_s + service_s, midnights[date], zone),
                )
            )
    place = placer.place("", kind)
    level = _count(priority, "priority")
    placer.check("voice", level)
    log.calls.append(
        Call(
            _instant(arrival_s, midnights[date], zone),
            place.queue,
            place.requirement,
            "voice",
            level,
            "" if customer == "0" else customer,
            None,
            None if service_s is None else service_s * SECOND,
            wait_s * SECOND if outcome == "HANG" else None,
            SERVED if outcome == "AGENT" else ABANDONED,
            wait_s * SECOND,
            server if outcome == "AGENT" and server != NO_SERVER else "",
        )
    )


def _clock(text: str, column: str) -> int:
    """Read H:MM:SS as seconds since midnight."""
    parts = text.split(":")
    if len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts):
        hours, minutes, seconds = map(int, parts)
        if hours < 24 and minutes < 60 and seconds < 60:
            return hours * 3600 + minutes * 60 + seconds
    raise ValueError(f"{column} is {text!r}; it must be a time of day as H:MM:SS")


def _count(text: str, column: str) -> int:
    """Read a whole number that is not negative."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{column} is {text!r}; it must be a whole number")
    return int(text)


def _unwrap(clock_s: int, entry_s: int) -> int:
    """Move a time of day to the next day when it lies far before the entry of the call.

    >>> _unwrap(3, 86_390)
    86403
    >>> _unwrap(990, 1_000)
    990
    """
    return clock_s + DAY_S if clock_s < entry_s - DAY_S // 2 else clock_s


def _midnight(date: str, zone: tzinfo) -> tuple[int, datetime]:
    """Find the instant in s since 1970 at which the date (yymmdd) begins, and its local midnight."""
    if len(date) != 6 or not (date.isascii() and date.isdigit()):
        raise ValueError(f"date is {date!r}; it must be yymmdd")
    year = int(date[:2])
    local = datetime(1900 + year if year >= 70 else 2000 + year, int(date[2:4]), int(date[4:]))
    return _seconds(local, zone), local


def _instant(local_s: int, midnight: tuple[int, datetime], zone: tzinfo) -> int:
    """Turn seconds of local time since midnight into ns since 1970, over a change of the clocks too."""
    at_s = midnight[0] + local_s
    if zone.utcoffset(midnight[1]) != zone.utcoffset(midnight[1] + timedelta(seconds=local_s)):
        at_s = _seconds(midnight[1] + timedelta(seconds=local_s), zone)
    return at_s * SECOND


def _seconds(local: datetime, zone: tzinfo) -> int:
    """Count the seconds from 1970 to a local time."""
    offset = zone.utcoffset(local)
    return int((local - _EPOCH - (offset or timedelta())).total_seconds())
