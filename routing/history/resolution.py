"""First-contact resolution and feedback: what customers thought, and whether they had to come again.

A contact is a *first* one if its customer had no contact about the same subject that ended within the days before it
arrived. It is *resolved* if it was handled and none about the same subject arrives within as many days after it ended,
*repeated* if one does, and *open* as long as that cannot be known yet. Contacts without a customer say nothing.
Subjects are compared as they were given; where there are none, any new contact of the customer counts as a repetition.

Owns these definitions; must not compute ratios.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import BigInteger, Connection, and_, case, cast, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from routing.events import Outcome
from routing.history.reading import among, rows_of
from routing.history.tables import CONTACTS, FEEDBACK

#: The least answers that count as satisfied, of 1 to 5, and as promoter, of 0 to 10; up to DETRACTOR_MAX: detractor.
SATISFIED_MIN: Final = 4
PROMOTER_MIN: Final = 9
DETRACTOR_MAX: Final = 6
CSAT_RANGE: Final = (1, 5)
NPS_RANGE: Final = (0, 10)


class Resolution(Struct, frozen=True):
    """First contacts of known customers that were handled, by entry queue: ``resolved + repeated + open``."""

    queue: str
    resolved: int
    repeated: int
    open: int


class Feedback(Struct, frozen=True):
    """What customers answered, by the entry queue of the contact ("" where the contact is not known)."""

    queue: str
    csat: int  # answers
    csat_sum: int  # of these, 1 to 5 each
    satisfied: int  # of these: 4 or 5
    nps: int  # answers
    promoters: int  # of these: 9 or 10
    detractors: int  # of these: 0 to 6


def resolution(
    connection: Connection,
    domain: str,
    from_ns: int,
    to_ns: int,
    window_ns: int,
    known_to_ns: int,
    queues: Sequence[str] | None,
) -> Iterator[Resolution]:
    """Count for contacts that arrived in a span; all contacts up to ``known_to_ns`` are in the tables."""
    table = CONTACTS.c
    same: dict[str, Any] = {
        "partition_by": (table.customer, table.subject),
        "order_by": (table.arrived_ns, table.contact),
    }
    near = (
        select(
            table.entry_queue,
            table.arrived_ns,
            table.ended_ns,
            table.outcome,
            func.lag(table.ended_ns).over(**same).label("before_ns"),
            func.lead(table.arrived_ns).over(**same).label("after_ns"),
        )
        .where(table.domain == domain, table.customer != "")
        .where(table.arrived_ns >= from_ns - 2 * window_ns, table.arrived_ns < to_ns + 2 * window_ns)
        .subquery()
    )
    one = near.c
    over_ns = one.ended_ns + window_ns
    repeated = one.after_ns <= over_ns
    alone = or_(one.after_ns.is_(None), one.after_ns > over_ns)
    resolved, waiting = and_(alone, over_ns <= known_to_ns), and_(alone, over_ns > known_to_ns)
    query = (
        select(one.entry_queue, _count(resolved), _count(repeated), _count(waiting))
        .where(one.arrived_ns >= from_ns, one.arrived_ns < to_ns, one.outcome == Outcome.HANDLED.value)
        .where(or_(one.before_ns.is_(None), one.before_ns + window_ns < one.arrived_ns))
        .where(*among(one.entry_queue, queues))
        .group_by(one.entry_queue)
        .order_by(one.entry_queue)
    )
    return (Resolution(*row) for row in rows_of(connection, query))


def newest(connection: Connection, domain: str) -> int:
    """Tell when the newest contact arrived; 0 without contacts. O(log n)."""
    table = CONTACTS.c
    query = select(func.max(table.arrived_ns)).where(table.domain == domain)
    found: int | None = connection.execute(query).scalar_one()
    return found or 0


def feedback(
    connection: Connection, domain: str, from_ns: int, to_ns: int, queues: Sequence[str] | None
) -> Iterator[Feedback]:
    """Add up what was answered in a span."""
    said, table = FEEDBACK.c, CONTACTS.c
    later = CONTACTS.alias().c
    newest = ~(
        select(later.contact)
        .where(
            later.domain == table.domain, later.contact == table.contact, later.arrived_ns > table.arrived_ns
        )
        .exists()
    )
    joined = FEEDBACK.outerjoin(
        CONTACTS, and_(table.domain == said.domain, table.contact == said.contact, newest)
    )
    queue = func.coalesce(table.entry_queue, literal("", literal_execute=True))
    query = (
        select(
            queue,
            _count(said.csat.is_not(None)),
            cast(func.coalesce(func.sum(said.csat), 0), BigInteger),
            _count(said.csat >= SATISFIED_MIN),
            _count(said.nps.is_not(None)),
            _count(said.nps >= PROMOTER_MIN),
            _count(said.nps <= DETRACTOR_MAX),
        )
        .select_from(joined)
        .where(said.domain == domain, said.at_ns >= from_ns, said.at_ns < to_ns)
        .where(*among(table.entry_queue, queues))
        .group_by(queue)
        .order_by(queue)
    )
    return (Feedback(*row) for row in rows_of(connection, query))


def _count(condition: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(case((condition, 1), else_=0)), 0), BigInteger)
