"""First-contact resolution: whether customers had to come again.

As ``routing.statistics.metrics`` defines it: issues are found by the database, since memory for every contact of a year
is more than a report should take. A test compares that with `first_contact_resolution`.

Owns this question; must not define figures.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, case, cast, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from routing.history.codes import standing
from routing.history.reading import among, rows_of, within
from routing.history.tables import CONTACTS
from routing.statistics.metrics import Resolution
from routing.statistics.metrics.ratios import share
from routing.statistics.metrics.resolution import SETTLED


def resolution(
    connection: Connection,
    domain: str,
    from_ns: int,
    to_ns: int,
    window_ns: int,
    until_ns: int,
    queues: Sequence[str] | None,
    *,
    by_disposition: bool = False,
) -> dict[str, Resolution]:
    """Judge the issues that began in a span, by entry queue; all contacts up to ``until_ns`` are in the tables.

    With ``by_disposition``, what stands of their first contacts decides, where something was said.
    """
    table = CONTACTS.c
    same: dict[str, Any] = {
        "partition_by": (table.customer, table.subject),
        "order_by": (table.arrived_ns, table.contact),
    }
    near = (
        select(
            table.contact,
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
    first = (
        select(
            one.entry_queue,
            one.answered_ns,
            one.ended_ns,
            one.after_ns,
            _said(one, domain, by_disposition=by_disposition).label("said"),
        )
        .where(one.arrived_ns >= from_ns, one.arrived_ns < to_ns)
        .where(or_(one.before_ns.is_(None), one.before_ns + window_ns < one.arrived_ns))
        .where(*among(one.entry_queue, queues))
        .subquery()
        .c
    )
    alone = or_(first.after_ns.is_(None), first.after_ns > first.ended_ns + window_ns)
    judged = first.ended_ns < until_ns - window_ns
    settled = case((first.said == "", first.answered_ns > 0), else_=first.said.in_(SETTLED))
    query = select(
        first.entry_queue,
        func.count(),
        _count(and_(alone, settled, judged)),
        _count(~alone),
        _count(and_(alone, ~settled)),
        _count(and_(alone, settled, ~judged)),
        _count(first.said != ""),
    ).group_by(first.entry_queue)
    unknown = _unknown(connection, domain, from_ns, to_ns, queues)
    found = {row[0]: row[1:] for row in rows_of(connection, query)}
    return {
        queue: _judged(*found.get(queue, (0, 0, 0, 0, 0, 0)), unknown=unknown.get(queue, 0))
        for queue in sorted(found.keys() | unknown.keys())
    }


def newest(connection: Connection, domain: str) -> int:
    """Tell when the newest contact arrived; 0 without contacts. O(log n)."""
    table = CONTACTS.c
    query = select(func.max(table.arrived_ns)).where(table.domain == domain)
    found: int | None = connection.execute(query).scalar_one()
    return found or 0


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
    issues: int, resolved: int, repeated: int, failed: int, pending: int, said: int, *, unknown: int
) -> Resolution:
    return Resolution(
        issues=issues,
        resolved=resolved,
        repeated=repeated,
        failed=failed,
        pending=pending,
        unknown=unknown,
        said=said,
        share=share(resolved, issues - pending),
    )


def _said(contact: Any, domain: str, *, by_disposition: bool) -> ColumnElement[str]:
    nothing = literal("", literal_execute=True)
    if not by_disposition:
        return nothing
    return func.coalesce(standing(contact.contact, contact.arrived_ns, domain, "resolved"), nothing)


def _count(condition: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(case((condition, 1), else_=0)), 0), BigInteger)
