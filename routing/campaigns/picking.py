"""What the hopper reads: the records that are next, by index alone, and their particulars a few dozen at a time.

Each query walks one stretch of an index and stops at its limit, so none grows with the list.

Owns these queries; must not know in which order lists are worked through (``hopper``).
"""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, func, select, text, tuple_

from routing.campaigns.tables import ATTEMPTS, NUMBERS, RECORDS
from routing.compliance.limits import Past

#: (priority, due_ns, record): in what order records of one list and queue come is that of (-priority, due_ns, record).
Key = tuple[int, int, int]


class Fetched(NamedTuple):
    """The records of a list and queue that are due, the first of them."""

    keys: list[Key]
    whole: bool  # there are no further ones
    next_due_ns: int | None  # when the next one becomes due; None: none will


class Line(NamedTuple):
    """A number of a record."""

    position: int
    number: int
    hours: str
    closed: str


class Particulars(NamedTuple):
    """What is told of a record when it is handed out."""

    list_id: str
    customer: str
    priority: int
    timezone: str
    attributes: str
    position: int
    tries: int
    agent: str
    lines: list[Line]
    past: dict[str, Past]  # by attempt


_R: Final = RECORDS.c
_QUEUE: Final = (
    _R.domain == bindparam("domain"),
    _R.list == bindparam("list"),
    _R.queue == bindparam("queue"),
    _R.priority == bindparam("priority"),
)
_DUE: Final = (
    select(_R.priority, _R.due_ns, _R.record)
    .where(*_QUEUE, _R.due_ns <= bindparam("at_ns"))
    .order_by(_R.due_ns, _R.record)
    .limit(bindparam("most"))
)
_DUE_AFTER: Final = (
    select(_R.priority, _R.due_ns, _R.record)
    .where(
        *_QUEUE,
        _R.due_ns <= bindparam("at_ns"),
        tuple_(_R.due_ns, _R.record) > tuple_(bindparam("after_ns"), bindparam("after_record")),
    )
    .order_by(_R.due_ns, _R.record)
    .limit(bindparam("most"))
)
_NEXT_DUE: Final = select(func.min(_R.due_ns)).where(*_QUEUE, _R.due_ns > bindparam("at_ns"))
_OF_RECORDS: Final[BindParameter[int]] = bindparam("records", expanding=True)
_RECORDS: Final = select(
    _R.record,
    _R.list,
    _R.customer,
    _R.priority,
    _R.timezone,
    _R.attributes,
    _R.position,
    _R.tries,
    _R.agent,
).where(_R.domain == bindparam("domain"), _R.record.in_(_OF_RECORDS))
_N: Final = NUMBERS.c
_NUMBERS: Final = (
    select(_N.record, _N.position, _N.number, _N.hours, _N.closed)
    .where(_N.domain == bindparam("domain"), _N.record.in_(_OF_RECORDS))
    .order_by(_N.record, _N.position)
)
_A: Final = ATTEMPTS.c
_PAST_COLUMNS: Final = (
    _A.attempt,
    _A.at_ns,
    _A.campaign,
    _A.number,
    _A.customer,
    _A.outcome,
    _A.abandoned,
    _A.ended_ns,
    _A.talk_ns,
)
# Names of attempts by an index alone, then the attempts by their key: SQLite would rather read all of the domain.
_PAST_NUMBERS: Final = select(*_PAST_COLUMNS).where(
    _A.domain == bindparam("domain"),
    _A.attempt.in_(
        select(_A.attempt).where(
            _A.domain == bindparam("domain"),
            _A.number.in_(bindparam("numbers", expanding=True)),
            _A.at_ns >= bindparam("since_ns"),
        )
    ),
)
_PAST_CUSTOMERS: Final = select(*_PAST_COLUMNS).where(
    _A.domain == bindparam("domain"),
    _A.attempt.in_(
        select(_A.attempt).where(
            _A.domain == bindparam("domain"),
            _A.customer.in_(bindparam("customers", expanding=True)),
            text("customer <> ''"),  # in the words of the partial index, which serves then
            _A.at_ns >= bindparam("since_ns"),
        )
    ),
)


def fetch(
    connection: Connection,
    domain: str,
    list_id: str,
    queue: int,
    priorities: Sequence[int],
    at_ns: int,
    most: int,
    after: Key | None = None,
) -> Fetched:
    """Read the records of a list and queue that are due, at most so many. O(priorities * log(records) + most).

    Parameters
    ----------
    priorities : sequence of int
        All that occur in the list, the largest first.
    after : Key, optional
        Only what comes behind this one in the order.
    """
    keys: list[Key] = []
    waits: list[int] = []
    where: dict[str, object] = {"domain": domain, "list": list_id, "queue": queue, "at_ns": at_ns}
    whole = True
    for priority in priorities:
        where["priority"] = priority
        if whole and (after is None or priority <= after[0]):
            given = {**where, "most": most - len(keys) + 1}
            if after is not None and priority == after[0]:
                given |= {"after_ns": after[1], "after_record": after[2]}
                found = connection.execute(_DUE_AFTER, given).all()
            else:
                found = connection.execute(_DUE, given).all()
            keys += [(row[0], row[1], row[2]) for row in found]
            if len(keys) > most:
                whole = False
                del keys[most:]
        wait = connection.execute(_NEXT_DUE, where).scalar()
        if wait is not None:
            waits.append(wait)
    return Fetched(keys, whole, min(waits, default=None))


def particulars(
    connection: Connection, domain: str, records: Collection[int], since_ns: int
) -> dict[int, Particulars]:
    """Read what is told of some records, with the attempts of their numbers and customers since an instant."""
    given: dict[str, object] = {"domain": domain, "records": sorted(records)}
    rows = connection.execute(_RECORDS, given).all()
    lines: dict[int, list[Line]] = {}
    numbers: set[int] = set()
    for record, position, number, hours, closed in connection.execute(_NUMBERS, given):
        lines.setdefault(record, []).append(Line(position, number, hours, closed))
        numbers.add(number)
    customers = {row[2] for row in rows} - {""}
    by_number, by_customer = _past(connection, domain, numbers, customers, since_ns)
    found: dict[int, Particulars] = {}
    for row in rows:
        mine = lines.get(row[0], [])
        past: dict[str, Past] = {}
        for line in mine:
            past |= by_number.get(line.number, {})
        past |= by_customer.get(row[2], {})
        found[row[0]] = Particulars(*row[1:], mine, past)
    return found


def _past(
    connection: Connection, domain: str, numbers: set[int], customers: set[str], since_ns: int
) -> tuple[dict[int, dict[str, Past]], dict[str, dict[str, Past]]]:
    by_number: dict[int, dict[str, Past]] = {}
    by_customer: dict[str, dict[str, Past]] = {}
    given: dict[str, object] = {"domain": domain, "since_ns": since_ns}
    if numbers:
        for row in connection.execute(_PAST_NUMBERS, {**given, "numbers": sorted(numbers)}):
            by_number.setdefault(row[3], {})[row[0]] = _one(row)
    if customers:
        for row in connection.execute(_PAST_CUSTOMERS, {**given, "customers": sorted(customers)}):
            by_customer.setdefault(row[4], {})[row[0]] = _one(row)
    return by_number, by_customer


def _one(row: Sequence[Any]) -> Past:
    _, at_ns, campaign, number, customer, outcome, abandoned, ended_ns, talk_ns = row
    return Past(at_ns, f"+{number}", campaign, customer, outcome, ended_ns, bool(abandoned), talk_ns > 0)
