"""First-contact resolution and feedback: what customers thought, and whether they had to come again.

Both as ``routing.statistics.metrics`` defines them: answers are counted by the database and judged there; issues are
found by the database, since memory for every contact of a year is more than a report should take. A test compares that
with `first_contact_resolution`.

Owns these questions; must not define figures.
"""

from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Connection, and_, case, cast, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from routing.history.reading import among, rows_of, within
from routing.history.tables import CONTACTS, FEEDBACK
from routing.statistics.metrics import Recommendation, Resolution, Satisfaction, recommendation, satisfaction
from routing.statistics.metrics.ratios import share


class Feedback(Struct, frozen=True):
    """What customers answered about the contacts of an entry queue."""

    satisfaction: Satisfaction
    recommendation: Recommendation


def resolution(
    connection: Connection,
    domain: str,
    from_ns: int,
    to_ns: int,
    window_ns: int,
    until_ns: int,
    queues: Sequence[str] | None,
) -> dict[str, Resolution]:
    """Judge the issues that began in a span, by entry queue; all contacts up to ``until_ns`` are in the tables."""
    table = CONTACTS.c
    same: dict[str, Any] = {
        "partition_by": (table.customer, table.subject),
        "order_by": (table.arrived_ns, table.contact),
    }
    near = (
        select(
            table.entry_queue,
            table.arrived_ns,
            table.answered_ns,
            table.ended_ns,
            func.max(table.ended_ns).over(**same, rows=(None, -1)).label("before_ns"),
            func.lead(table.arrived_ns).over(**same).label("after_ns"),
        )
        .where(table.domain == domain, table.customer != "", table.subject != "")
        .where(table.ended_ns >= from_ns - window_ns, table.arrived_ns <= until_ns)
        .subquery()
    )
    one = near.c
    alone = or_(one.after_ns.is_(None), one.after_ns > one.ended_ns + window_ns)
    answered, judged = one.answered_ns > 0, one.ended_ns < until_ns - window_ns
    query = (
        select(
            one.entry_queue,
            func.count(),
            _count(and_(alone, answered, judged)),
            _count(~alone),
            _count(and_(alone, ~answered)),
            _count(and_(alone, answered, ~judged)),
        )
        .where(one.arrived_ns >= from_ns, one.arrived_ns < to_ns)
        .where(or_(one.before_ns.is_(None), one.before_ns + window_ns < one.arrived_ns))
        .where(*among(one.entry_queue, queues))
        .group_by(one.entry_queue)
    )
    unknown = _unknown(connection, domain, from_ns, to_ns, queues)
    found = {row[0]: row[1:] for row in rows_of(connection, query)}
    return {
        queue: _judged(*found.get(queue, (0, 0, 0, 0, 0)), unknown=unknown.get(queue, 0))
        for queue in sorted(found.keys() | unknown.keys())
    }


def newest(connection: Connection, domain: str) -> int:
    """Tell when the newest contact arrived; 0 without contacts. O(log n)."""
    table = CONTACTS.c
    query = select(func.max(table.arrived_ns)).where(table.domain == domain)
    found: int | None = connection.execute(query).scalar_one()
    return found or 0


def feedback(
    connection: Connection, domain: str, from_ns: int, to_ns: int, queues: Sequence[str] | None
) -> dict[str, Feedback]:
    """Tell what was answered in a span, by entry queue; "" where the contact is not known."""
    said, table = FEEDBACK.c, CONTACTS.c
    later = CONTACTS.alias().c
    newest_of_id = ~(
        select(later.contact)
        .where(
            later.domain == table.domain, later.contact == table.contact, later.arrived_ns > table.arrived_ns
        )
        .exists()
    )
    joined = FEEDBACK.outerjoin(
        CONTACTS, and_(table.domain == said.domain, table.contact == said.contact, newest_of_id)
    )
    queue = func.coalesce(table.entry_queue, literal("", literal_execute=True))
    query = (
        select(queue, said.csat, said.nps, func.count())
        .select_from(joined)
        .where(within(FEEDBACK, domain, from_ns, to_ns, "at_ns"), *among(table.entry_queue, queues))
        .group_by(queue, said.csat, said.nps)
        .order_by(queue)
    )
    answers: dict[str, list[tuple[int | None, int | None, int]]] = {}
    for name, csat, nps, count in rows_of(connection, query):
        answers.setdefault(name, []).append((csat, nps, count))
    return {
        name: Feedback(
            satisfaction(chain.from_iterable(repeat(csat, n) for csat, _, n in some if csat is not None)),
            recommendation(chain.from_iterable(repeat(nps, n) for _, nps, n in some if nps is not None)),
        )
        for name, some in answers.items()
    }


def _unknown(
    connection: Connection, domain: str, from_ns: int, to_ns: int, queues: Sequence[str] | None
) -> dict[str, int]:
    """Contacts of which nobody knows whose they were, or about what."""
    table = CONTACTS.c
    query = (
        select(table.entry_queue, func.count())
        .where(within(CONTACTS, domain, from_ns, to_ns, "arrived_ns"), *among(table.entry_queue, queues))
        .where(or_(table.customer == "", table.subject == ""))
        .group_by(table.entry_queue)
    )
    return dict(rows_of(connection, query))


def _judged(
    issues: int, resolved: int, repeated: int, failed: int, pending: int, *, unknown: int
) -> Resolution:
    return Resolution(
        issues=issues,
        resolved=resolved,
        repeated=repeated,
        failed=failed,
        pending=pending,
        unknown=unknown,
        share=share(resolved, issues - pending),
    )


def _count(condition: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(case((condition, 1), else_=0)), 0), BigInteger)
