"""A call log in this project's own words: what every reader produces and the simulator consumes.

Owns ``Call``, ``CallLog`` and the small parsers that readers share; must not know any format (``trace``,
``anonymous_bank``, ``queue_log``), nor how a file is opened (``reading``).
"""

from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple, Protocol

from msgspec import Struct, field

from routing.units import MAX_DURATION_NS, MAX_INSTANT_NS

#: Outcomes of a call. The first two stand in logs and results alike; the log's outcome may be "" (unknown).
SERVED: Final = "served"
ABANDONED: Final = "abandoned"
DIVERTED: Final = "diverted"

#: Only so many bad rows are kept with their reason; all are counted.
BAD_ROWS_KEPT: Final = 1000
#: Arrivals lie in [0, this], so that arrival, wait, service and wrap-up never pass the engine's last instant.
MAX_ARRIVAL_NS: Final = MAX_INSTANT_NS // 2


class Call(Struct, frozen=True, gc=False):
    """One call as the log tells it.

    Attributes
    ----------
    arrival_ns : int
        When the caller asked for an agent, in ns; since 1970 or since any other zero.
    queue : str
        Id of the queue it enters.
    requirement : str
        What it asks of an agent; empty: what the queue asks.
    channel, priority, customer, attributes
        As in ``EnqueueContact``.
    service_ns : int or None
        How long an agent is busy with it; ``None``: the log does not know.
    patience_ns : int or None
        After how long in the queue the caller leaves; ``None``: the log does not know.
    outcome : str
        What the log says became of it: ``served``, ``abandoned``, ``diverted`` or "" (unknown).
    wait_ns : int or None
        How long it waited until that, if the log says so.
    agent : str
        Who served it, if the log says so.
    """

    arrival_ns: int
    queue: str
    requirement: str = ""
    channel: str = "voice"
    priority: int = 0
    customer: str = ""
    attributes: dict[str, str] | None = None
    service_ns: int | None = None
    patience_ns: int | None = None
    outcome: str = ""
    wait_ns: int | None = None
    agent: str = ""


class Service(NamedTuple):
    """Somebody was seen at work: an agent served a call from ``start_ns`` to ``end_ns``."""

    agent: str
    start_ns: int
    end_ns: int


class Attendance(NamedTuple):
    """The log itself says that an agent came (or went) at ``at_ns``."""

    agent: str
    at_ns: int
    present: bool


class BadRow(NamedTuple):
    """A row that was left out (or a column of the header), with its line number (from 1) and the reason."""

    line: int
    reason: str


class CallLog(Struct):
    """Everything a reader found.

    ``calls`` are in order of arrival (ties: as in the file) once ``sort`` was called; ``skipped`` counts rows
    that are right but no calls to a queue, by kind; ``unread`` are columns that nobody reads.
    """

    format: str
    calls: list[Call] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    attendance: list[Attendance] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    bad_row_count: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    unread: list[BadRow] = field(default_factory=list)

    def reject(self, line: int, reason: str) -> None:
        """Leave a row out. O(1); beyond the first ``BAD_ROWS_KEPT`` only the count is kept."""
        self.bad_row_count += 1
        if len(self.bad_rows) < BAD_ROWS_KEPT:
            self.bad_rows.append(BadRow(line, reason))

    def skip(self, kind: str) -> None:
        """Count a row that is no call to a queue."""
        self.skipped[kind] = self.skipped.get(kind, 0) + 1

    def sort(self) -> None:
        """Put the calls in order of arrival; calls of the same instant keep their order. O(n log n)."""
        self.calls.sort(key=lambda call: call.arrival_ns)


class Place(NamedTuple):
    """Where a call goes: the queue it enters and what it asks for (empty: what the queue asks)."""

    queue: str
    requirement: str


class Placer(Protocol):
    """What a reader must be told of the centre that takes the calls."""

    def place(self, queue: str, skill: str) -> Place:
        """Find the place of a call from the log's queue and skill; either may be empty.

        Raises
        ------
        ValueError
            With the reason why there is none.
        """

    def check(self, channel: str, priority: int) -> None:
        """Raise ``ValueError`` when no call may have this channel or priority."""


class AsNamed:
    """Takes the log at its word: the queue is called as the log calls it, or else as the skill.

    >>> AsNamed().place("", "PS")
    Place(queue='PS', requirement='')
    """

    def place(self, queue: str, skill: str) -> Place:
        """Return the queue, or a queue called like the skill."""
        return Place(queue or skill, "")

    def check(self, channel: str, priority: int) -> None:
        """Accept everything."""


def whole_number(text: str, column: str, limit: int = MAX_DURATION_NS) -> int:
    """Read a number of nanoseconds in [0, limit]; ``1e9`` and ``5.0`` are whole numbers too.

    >>> whole_number("264053802900.0", "patience_ns")
    264053802900
    >>> whole_number("-1", "service_ns")
    Traceback (most recent call last):
        ...
    ValueError: service_ns is '-1'; it must be a whole number of ns from 0 to 1152921504606846975
    """
    try:
        value = int(text)
    except ValueError:
        value = _whole_decimal(text)
    if not 0 <= value <= limit:
        raise ValueError(f"{column} is {text!r}; it must be a whole number of ns from 0 to {limit}")
    return value


def _whole_decimal(text: str) -> int:
    """Read a decimal number without a fraction, or return -1, which no column allows."""
    try:
        number = Decimal(text.strip())
        if number.is_finite() and abs(number) < 10**20 and number == number.to_integral_value():
            return int(number)
    except (InvalidOperation, ValueError):
        pass
    return -1
