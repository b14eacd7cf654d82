"""Do-not-call lists: global, of a tenant, of a campaign; and reading them from text.

`Suppression` is what the rules ask; here it is held in memory, in a database elsewhere. Numbers are in E.164 form.

Owns which lists hold for a call, and how files of numbers are read; must not know the database or other rules.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal, NamedTuple, Protocol

from routing.compliance.numberset import NumberSet
from routing.errors import DataError, UsageError
from routing.words import quoted

Scope = Literal["global", "tenant", "campaign"]
SCOPES: Final[tuple[Scope, ...]] = ("global", "tenant", "campaign")
_DIGITS_MAX: Final = 15
_DIGITS_MIN: Final = 4
_PUNCTUATION: Final = str.maketrans("", "", " \t\u00a0()-./")


class Suppression(Protocol):
    """Knows which numbers must not be called."""

    def listed(self, number: str, campaign: str = "", tenant: str = "") -> str:
        """Name the list that has a number: "global", "tenant NAME" or "campaign NAME"; "" if none does."""
        ...


class DoNotCall:
    """Do-not-call lists in memory.

    A number costs about two to four bytes (`NumberSet`) and a question about a microsecond a list.

    Examples
    --------
    >>> lists = DoNotCall()
    >>> lists.add("+12125550123"), lists.add("+442079460958", "campaign", "spring")
    (True, True)
    >>> lists.listed("+12125550123"), lists.listed("+442079460958"), lists.listed("+442079460958", "spring")
    ('global', '', 'campaign spring')
    """

    def __init__(self) -> None:
        self._lists: dict[tuple[str, str], NumberSet] = {}

    def add(self, number: str, scope: Scope = "global", name: str = "") -> bool:
        """Put a number on a list; tell whether it is new.

        Parameters
        ----------
        number : str
            In E.164 form.
        scope : {"global", "tenant", "campaign"}
            Whose calls the list holds for.
        name : str
            The tenant or campaign; empty for "global".

        Raises
        ------
        UsageError
            If the scope is unknown, or has no name or one too many.
        DataError
            If the number is not in E.164 form.
        """
        return self._list(scope, name).add(as_int(number))

    def add_all(self, numbers: Iterable[int], scope: Scope = "global", name: str = "") -> int:
        """Put many numbers, as `as_int` gives them, on a list; give how many are new.

        Raises
        ------
        UsageError
            As for `add`.
        """
        return self._list(scope, name).update(numbers)

    def remove(self, number: str, scope: Scope = "global", name: str = "") -> bool:
        """Take a number off a list; tell whether it was there.

        Raises
        ------
        UsageError, DataError
            As for `add`.
        """
        return self._list(scope, name).discard(as_int(number))

    def count(self, scope: Scope = "global", name: str = "") -> int:
        """Give how many numbers a list has."""
        return len(self._list(scope, name))

    def listed(self, number: str, campaign: str = "", tenant: str = "") -> str:
        """Name the list that has a number, the widest first; "" if none does. O(1)."""
        value = as_int(number)
        for scope, name in (("global", ""), ("tenant", tenant), ("campaign", campaign)):
            numbers = self._lists.get((scope, name))
            if numbers is not None and value in numbers:
                return f"{scope} {name}" if name else scope
        return ""

    def _list(self, scope: str, name: str) -> NumberSet:
        if scope not in SCOPES:
            raise UsageError(f"unknown scope {quoted(scope)}; one of {', '.join(SCOPES)}")
        if bool(name) != (scope != "global"):
            raise UsageError(
                f"a global list has no name, but {quoted(name)} was given; leave it out"
                if name
                else f"a list of a {scope} needs its name; give one"
            )
        return self._lists.setdefault((scope, name), NumberSet())


def as_int(number: str) -> int:
    """Turn a number in E.164 form into its digits.

    Raises
    ------
    DataError
        If it is not "+" and 4 to 15 digits.

    Examples
    --------
    >>> as_int("+12125550123")
    12125550123
    """
    digits = number[1:]
    if (
        number[:1] == "+"
        and digits.isascii()
        and digits.isdigit()
        and _DIGITS_MIN <= len(digits) <= _DIGITS_MAX
    ):
        return int(digits)
    raise DataError(f"{quoted(number)} is not in E.164 form; write + and digits, as in '+12125550123'")


def _delimiter(line: str) -> str:
    """Guess what parts fields: what occurs most."""
    return max(",;\t", key=line.count)


class BadLine(NamedTuple):
    """A line that could not be read: its number from 1, and why."""

    line: int
    reason: str


class Reading:
    """Reads numbers from lines: one a line, or a column of CSV. Streams; bad lines are told, good ones are kept.

    Parameters
    ----------
    lines : iterable of str
        The text. Empty lines, and lines that begin with "#", are skipped.
    column : str, optional
        The heading of the column with the number; the first line is then the header. Without it, the first field.
    normal : callable, optional
        Makes E.164 of what is not, raising `DataError` (`routing.compliance.numbers.e164` with a region). Without it
        such lines are bad.
    most_bad : int, default 1000
        Bad lines that are remembered; all are counted in ``bad_count``.

    Attributes
    ----------
    bad : list of BadLine
        The first bad lines.
    bad_count, good_count : int
        How many of each so far.

    Examples
    --------
    >>> reading = Reading(["# ours", "+1 212 555 0123", "nobody", "+442079460958,since 2024"])
    >>> list(reading)
    [12125550123, 442079460958]
    >>> reading.bad
    [BadLine(line=3, reason="'nobody' is not in E.164 form; write + and digits, as in '+12125550123'")]
    """

    def __init__(
        self,
        lines: Iterable[str],
        column: str = "",
        normal: Callable[[str], str] | None = None,
        most_bad: int = 1000,
    ) -> None:
        self.bad: list[BadLine] = []
        self.bad_count = 0
        self.good_count = 0
        self._lines = lines
        self._column = column
        self._normal = normal
        self._most_bad = most_bad

    def __iter__(self) -> Iterator[int]:
        """Read the numbers.

        Raises
        ------
        DataError
            If the header has no such column.
        """
        place = -1 if self._column else 0
        delimiter = ","
        for number, line in enumerate(self._lines, 1):
            text = line.strip().removeprefix("\ufeff")
            if not text or text.startswith("#"):
                continue
            if place < 0 or not self._column:
                delimiter = _delimiter(text)
            fields = next(csv.reader([text], delimiter=delimiter)) if delimiter in text else [text]
            if place < 0:
                place = self._place(fields)
                continue
            try:
                value = self._value(fields[place] if place < len(fields) else "")
            except DataError as error:
                self.bad_count += 1
                if len(self.bad) < self._most_bad:
                    self.bad.append(BadLine(number, str(error)))
                continue
            self.good_count += 1
            yield value

    def _place(self, header: list[str]) -> int:
        names = [name.strip() for name in header]
        if self._column not in names:
            raise DataError(f"no column {quoted(self._column)}; the header has {', '.join(names)}")
        return names.index(self._column)

    def _value(self, text: str) -> int:
        bare = text.translate(_PUNCTUATION)
        if self._normal is not None and not bare.startswith("+"):
            return as_int(self._normal(text.strip()))
        try:
            return as_int(bare)
        except DataError:
            raise DataError(
                f"{quoted(text.strip())} is not in E.164 form; write + and digits, as in '+12125550123'"
            ) from None
