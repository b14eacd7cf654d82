"""Rows of a list as they come from a CSV file, and what its columns mean.

Which column holds what is told by a mapping from our names to the file's; a column that has our name needs none.
Columns that mean nothing to us become attributes of the record.

Owns reading and columns; must not know numbers, databases, or what is done about a bad row.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from routing.errors import DataError, UsageError
from routing.words import quoted, suggest

#: Our names of columns; ``number_2``, ``hours_2`` and so on are further numbers, in the order of their figures.
SINGLE: Final = ("customer", "priority", "timezone")
_SEVERAL: Final = re.compile(r"(number|hours)(?:_([1-9][0-9]?))?")
_DELIMITERS: Final = ",;\t|"
_HOW: Final = "our columns are number, number_2, ..., hours, hours_2, ..., customer, priority, timezone"


class Line(NamedTuple):
    """A row of the file: where it begins, its fields, and why it cannot be read ("" when it can)."""

    number: int
    fields: Sequence[str]
    problem: str = ""


class Columns(NamedTuple):
    """Places of columns; -1 is a column that is not there."""

    header: tuple[str, ...]
    numbers: tuple[tuple[int, int], ...]  # places of the number and of its hours
    customer: int
    priority: int
    timezone: int
    attributes: tuple[tuple[int, str], ...]


def rows(lines: Iterable[str], delimiter: str = "") -> Iterator[Line]:
    r"""Read rows; the first is the header. Empty lines are left out; a broken row does not end the file.

    Parameters
    ----------
    lines : iterable of str
        With their line breaks; the first may begin with a byte order mark.
    delimiter : str, default ""
        Between fields; "": the one of ``, ; tab |`` that the header has most of.

    Examples
    --------
    >>> [line.fields for line in rows(['number;name\n', '\n', '"+44 20";"a;b"\n'])]
    [['number', 'name'], ['+44 20', 'a;b']]
    """
    source = iter(lines)
    skipped, first = next(
        ((place, line) for place, line in enumerate(source) if line.strip("\ufeff \t\r\n")), (0, "")
    )
    first = first.removeprefix("\ufeff")
    mark = delimiter or max(_DELIMITERS, key=first.count)
    reader = csv.reader(_again(first, source), delimiter=mark, strict=True)
    start = skipped + 1
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(start, (), f"it is no CSV ({error}); look for a quote that is not closed")
        else:
            if any(fields):
                yield Line(start, fields, "" if _readable(fields) else _UNREADABLE)
        start = skipped + reader.line_num + 1


_UNREADABLE: Final = "it has bytes that are no text in this encoding; name the right one"


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _readable(fields: Sequence[str]) -> bool:
    """Tell whether everything could be decoded; a byte that could not be stands as half a surrogate pair."""
    text = "".join(fields)
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def columns(header: Sequence[str], mapping: Mapping[str, str], keep: Sequence[str] | None = None) -> Columns:
    """Find out which column holds what.

    Parameters
    ----------
    header : sequence of str
        The first row.
    mapping : mapping
        Our name to the name in the header; names that are alike but for capitals need not be mapped.
    keep : sequence of str, optional
        Columns that become attributes; without, all that mean nothing to us.

    Raises
    ------
    DataError
        If a column is missing or stands twice.
    UsageError
        If the mapping has a name that is none of ours.

    Examples
    --------
    >>> found = columns(["Name", "Phone"], {"number": "Phone"})
    >>> found.numbers, found.attributes
    (((1, -1),), ((0, 'Name'),))
    """
    names = [name.strip() for name in header]
    twice = next((name for name in names if name and names.count(name) > 1), "")
    if twice:
        raise DataError(f"the column {quoted(twice)} stands twice in the header; rename one of them")
    places: dict[str, int] = {}
    folded = {name.casefold(): place for place, name in enumerate(names)}
    for ours, theirs in mapping.items():
        if ours not in SINGLE and not _SEVERAL.fullmatch(ours):
            raise UsageError(f"{quoted(ours)} is no column of ours{suggest(ours, SINGLE) or '; ' + _HOW}")
        place = folded.get(theirs.strip().casefold())
        if place is None:
            raise DataError(
                f"there is no column {quoted(theirs)}{suggest(theirs, names) or '; there are ' + ', '.join(names)}"
            )
        places[ours] = place
    for name, place in folded.items():
        if (name in SINGLE or _SEVERAL.fullmatch(name)) and place not in places.values():
            places.setdefault(name, place)
    numbers = _numbers(places)
    if not numbers:
        raise DataError(f"no column holds numbers; name it by number=COLUMN, there are {', '.join(names)}")
    customer, priority, timezone = (places.get(name, -1) for name in SINGLE)
    attributes = _attributes(names, set(places.values()), keep)
    return Columns(tuple(names), numbers, customer, priority, timezone, attributes)


def _numbers(places: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    ranked: list[tuple[int, int, int]] = []
    for name, place in places.items():
        match = _SEVERAL.fullmatch(name)
        if match and match[1] == "number":
            rank = int(match[2] or 1)
            hours = places.get("hours" if match[2] is None else f"hours_{match[2]}", -1)
            ranked.append((rank, place, hours))
    return tuple((place, hours) for _, place, hours in sorted(ranked))


def _attributes(
    names: Sequence[str], meant: set[int], keep: Sequence[str] | None
) -> tuple[tuple[int, str], ...]:
    if keep is None:
        return tuple((place, name) for place, name in enumerate(names) if name and place not in meant)
    unknown = next((name for name in keep if name not in names), None)
    if unknown is not None:
        raise DataError(f"there is no column {quoted(unknown)}{suggest(unknown, names)}")
    return tuple((names.index(name), name) for name in keep)
