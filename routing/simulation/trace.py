"""Reads a call trace: CSV with a header row and times in integer nanoseconds.

Columns, in any order: ``arrival_ns``; ``skill`` or ``queue`` or both; ``service_ns``; and, all optional,
``patience_ns``, ``channel``, ``priority``, ``customer``, ``attributes`` (a JSON object or ``key=value;key=value``)
and what happened: ``outcome``, ``wait_ns``, ``agent``. Other columns are reported and not read. The separator
is a comma, a semicolon or a tab, as in the header.

An empty ``service_ns`` or ``patience_ns`` means that it is not known; a patience of ``inf`` or beyond 36 years
means a caller who never leaves.

Owns this format; must not know where the text comes from or what is simulated.
"""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec

from routing.errors import DataError
from routing.simulation.calls import (
    ABANDONED,
    DIVERTED,
    MAX_ARRIVAL_NS,
    SERVED,
    BadRow,
    Call,
    CallLog,
    Placer,
    Service,
    whole_number,
)
from routing.skills import quoted, suggest
from routing.units import MAX_DURATION_NS

FORMAT = "trace"
KNOWN_OUTCOMES = frozenset((SERVED, ABANDONED, DIVERTED))
NEVER_NS = MAX_DURATION_NS
_OPTIONAL = (
    "queue",
    "skill",
    "patience_ns",
    "channel",
    "priority",
    "customer",
    "attributes",
    "outcome",
    "wait_ns",
    "agent",
)


def looks_like(line: str) -> bool:
    """Is this the header of a trace?

    >>> looks_like("arrival_ns,skill,service_ns,patience_ns")
    True
    """
    return "arrival_ns" in (name.strip().strip('"') for name in line.split(_separator(line)))


def read(lines: Iterable[str], placer: Placer) -> CallLog:
    """Read a trace; rows that break a rule are left out and reported. O(rows).

    Raises
    ------
    DataError
        The header lacks ``arrival_ns``, ``service_ns``, or both ``skill`` and ``queue``.
    """
    log = CallLog(FORMAT)
    source = iter(lines)
    skipped, header = _first_line(source)
    if not header:
        return log
    reader = csv.reader(chain((header,), source), delimiter=_separator(header))
    names = [name.strip() for name in next(reader)]
    columns = _columns(names)
    log.unread += [
        BadRow(skipped + 1, _unread(name, columns)) for name in dict.fromkeys(names) if name not in columns
    ]
    rows = _Rows(columns, len(names), placer)
    while True:
        try:
            row = next(reader)
            if row:
                call = rows.call(row)
                log.calls.append(call)
                if call.agent and call.wait_ns is not None and call.service_ns is not None:
                    start_ns = call.arrival_ns + call.wait_ns
                    log.services.append(Service(call.agent, start_ns, start_ns + call.service_ns))
        except StopIteration:
            return log
        except ValueError as error:
            log.reject(skipped + reader.line_num, str(error))
        except csv.Error as error:
            log.reject(skipped + reader.line_num, f"not CSV: {error}")


def _first_line(source: Iterator[str]) -> tuple[int, str]:
    """Skip empty lines; return how many and the first that says something ("" at the end)."""
    for number, line in enumerate(source):
        if line.strip():
            return number, line
    return 0, ""


def _separator(header: str) -> str:
    """Find what parts the names of the header."""
    return max(",;\t", key=header.count)


def _columns(names: list[str]) -> dict[str, int]:
    """Map the columns that we read to their places."""
    places = {name: place for place, name in enumerate(names)}
    for name in ("arrival_ns", "service_ns"):
        if name not in places:
            raise DataError(
                f"the header has no column {name!r} (it has {', '.join(names)}); "
                "a trace needs arrival_ns, service_ns, and skill or queue"
            )
    if "skill" not in places and "queue" not in places:
        raise DataError(
            f"the header has neither 'skill' nor 'queue' (it has {', '.join(names)}); a trace needs one"
        )
    return {name: places.get(name, -1) for name in ("arrival_ns", "service_ns", *_OPTIONAL)}


def _unread(name: str, columns: Iterable[str]) -> str:
    """Say that a column is not read, and which may have been meant.

    >>> _unread("patience", ("channel", "patience_ns"))
    "column 'patience' is not read; did you mean 'patience_ns'?"
    """
    return f"column {quoted(name)} is not read{suggest(name, columns) or suggest(f'{name}_ns', columns)}"


class _Rows:
    """Turns rows into calls; places are looked up once per pair of queue and skill."""

    def __init__(self, columns: dict[str, int], width: int, placer: Placer) -> None:
        self.at = columns
        self.width = width
        self.placer = placer
        self.places: dict[tuple[str, str], tuple[str, str]] = {}
        self.checked: set[tuple[str, int]] = set()
        self.plain = all(
            columns[name] < 0 for name in _OPTIONAL if name not in ("queue", "skill", "patience_ns")
        )

    def call(self, row: list[str]) -> Call:
        """Read one row; ``ValueError`` says what is wrong with it."""
        if len(row) != self.width:
            raise ValueError(f"{len(row)} columns; the header has {self.width}")
        at = self.at
        queue = row[at["queue"]] if at["queue"] >= 0 else ""
        skill = row[at["skill"]] if at["skill"] >= 0 else ""
        place = self.places.get((queue, skill))
        if place is None:
            place = self.places[queue, skill] = self.placer.place(queue.strip(), skill.strip())
        arrival_ns = whole_number(row[at["arrival_ns"]], "arrival_ns", MAX_ARRIVAL_NS)
        service = row[at["service_ns"]]
        service_ns = whole_number(service, "service_ns") if service else None
        patience_ns = _patience(row[at["patience_ns"]]) if at["patience_ns"] >= 0 else None
        if self.plain:
            return Call(arrival_ns, place[0], place[1], service_ns=service_ns, patience_ns=patience_ns)
        return self._full(
            row, Call(arrival_ns, place[0], place[1], service_ns=service_ns, patience_ns=patience_ns)
        )

    def _full(self, row: list[str], call: Call) -> Call:
        """Add the optional columns."""
        text = {name: row[place].strip() if place >= 0 else "" for name, place in self.at.items()}
        channel = text["channel"] or "voice"
        priority = whole_number(text["priority"] or "0", "priority")
        if (channel, priority) not in self.checked:
            self.placer.check(channel, priority)
            self.checked.add((channel, priority))
        outcome = text["outcome"]
        return Call(
            call.arrival_ns,
            call.queue,
            call.requirement,
            channel,
            priority,
            text["customer"],
            _attributes(text["attributes"]) if text["attributes"] else None,
            call.service_ns,
            call.patience_ns,
            outcome if outcome in KNOWN_OUTCOMES else "",
            whole_number(text["wait_ns"], "wait_ns") if text["wait_ns"] else None,
            text["agent"] if outcome == SERVED else "",
        )


def _patience(text: str) -> int | None:
    """Read a patience; what no caller outlives is never."""
    if not text:
        return None
    try:
        value = int(text)
    except ValueError:
        if text.strip().lower() in ("inf", "infinity", "never"):
            return NEVER_NS
        value = whole_number(text, "patience_ns", 10**20)
    if value < 0:
        raise ValueError(f"patience_ns is {text!r}; it must be a whole number of ns from 0, 'inf' or empty")
    return min(value, NEVER_NS)


def _attributes(text: str) -> dict[str, str]:
    """Read a JSON object, or ``key=value;key=value``.

    >>> _attributes('{"city": "Haifa", "visits": 3}')
    {'city': 'Haifa', 'visits': '3'}
    >>> _attributes("city=Haifa; vip=")
    {'city': 'Haifa', 'vip': ''}
    """
    if text.startswith("{"):
        try:
            found = msgspec.json.decode(text, type=dict[str, str | int | float | bool | None])
        except msgspec.MsgspecError as error:
            raise ValueError(f"attributes are no JSON object of plain values: {error}") from None
        return {
            key: value if isinstance(value, str) else msgspec.json.encode(value).decode()
            for key, value in found.items()
        }
    pairs = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        key, sign, value = part.partition("=")
        if not sign or not key.strip():
            raise ValueError(
                f"attributes have {part!r}; each must be key=value, parted by semicolons, or a JSON object"
            )
        pairs[key.strip()] = value.strip()
    return pairs
