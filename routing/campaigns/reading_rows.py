"""From a row of a file to a record: its numbers read and checked, everything else in the form in which it is stored.

Owns what makes a row good or bad, and the words for it; must not know databases.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec import json

from routing.campaigns.csv_rows import Columns, Line
from routing.campaigns.dialing_plans import NumberReader
from routing.campaigns.hours import parse_hours
from routing.config.localtime import zone
from routing.errors import ConfigError, DataError
from routing.words import quoted

_PRIORITY_MAX: Final = 1_000_000
_TEXT_MAX: Final = 200  # characters of a customer's id
_encode = json.Encoder().encode


class Read(NamedTuple):
    """A record as it will be stored; its numbers with their hours, in order."""

    line: int
    fields: Sequence[str]
    numbers: list[tuple[int, str]]
    customer: str
    priority: int
    timezone: str
    attributes: str  # JSON


class RowReader:
    """Reads the rows of one file.

    Parameters
    ----------
    columns : Columns
        Which column holds what.
    region : str
        Of numbers without a plus; "": there must be none.
    priority : int
        Of records whose row has none.

    Examples
    --------
    >>> from routing.campaigns.csv_rows import columns
    >>> reader = RowReader(columns(["number", "priority"], {}), "GB", 0)
    >>> found, notes = reader.read(Line(2, ["020 7946 0018", "5"]))
    >>> found.numbers, found.priority, notes
    ([(442079460018, '')], 5, [])
    """

    def __init__(self, columns: Columns, region: str, priority: int) -> None:
        self.columns = columns
        self._priority = priority
        self._number = NumberReader(region).read

    def read(self, line: Line) -> tuple[Read | None, list[str]]:
        """Read a row: the record, or none, and what is wrong with the row or with some of its numbers."""
        if line.problem:
            return None, [line.problem]
        fields, columns = line.fields, self.columns
        width = len(columns.header)
        if len(fields) != width:
            if len(fields) > width and any(fields[width:]):
                return None, [
                    f"it has {len(fields)} fields, the header {width}; quote what has a delimiter in it"
                ]
            fields = [*fields[:width], *[""] * (width - len(fields))]
        notes: list[str] = []
        try:
            numbers = self._numbers(fields, notes)
            if not numbers:
                return None, notes or ["it has no number"]
            return (
                Read(
                    line.number,
                    line.fields,
                    numbers,
                    _short(fields[columns.customer].strip()) if columns.customer >= 0 else "",
                    self._priority_of(fields),
                    _known_zone(fields[columns.timezone].strip()) if columns.timezone >= 0 else "",
                    _encode(
                        {name: fields[place] for place, name in columns.attributes if fields[place]}
                    ).decode()
                    if columns.attributes
                    else "{}",
                ),
                notes,
            )
        except (DataError, ConfigError) as error:
            return None, [str(error)]

    def _numbers(self, fields: Sequence[str], notes: list[str]) -> list[tuple[int, str]]:
        found: dict[int, str] = {}
        for place, hours in self.columns.numbers:
            text = fields[place]
            if not text or text.isspace():
                continue
            try:
                number = self._number(text)
            except DataError as error:
                notes.append(str(error))
                continue
            when = fields[hours].strip() if hours >= 0 else ""
            if when:
                parse_hours(when)
            found.setdefault(number, when)
        return list(found.items())

    def _priority_of(self, fields: Sequence[str]) -> int:
        text = fields[self.columns.priority].strip() if self.columns.priority >= 0 else ""
        if not text:
            return self._priority
        try:
            value = int(text)
        except ValueError:
            raise DataError(f"the priority {quoted(text)} is no whole number; correct it") from None
        if abs(value) > _PRIORITY_MAX:
            raise DataError(f"the priority {quoted(text)} is beyond {_PRIORITY_MAX}; choose a smaller one")
        return value


@lru_cache(1_024)
def _known_zone(name: str) -> str:
    if name:
        zone(name)
    return name


def _short(text: str) -> str:
    if len(text) > _TEXT_MAX:
        raise DataError(f"the customer {quoted(text)} has more than {_TEXT_MAX} characters; shorten it")
    return text
