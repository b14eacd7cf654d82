"""Rows out of tables: as they were written, or added up.

What is added up is added by the database; every figure but the maxima is a sum, so any way to part the rows gives the
same totals.

Owns questions about single tables; must not know transactions (``opening``) or local time (``local``).
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Executable, Table, and_, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from routing.history.tables import (
    AGENT_COUNTS,
    AGENT_INTERVALS,
    CONTACT_FIELDS,
    CONTACTS,
    NOT_READY,
    PLANNED,
    QUEUE_COUNTS,
    QUEUE_INTERVALS,
    SEGMENT_FIELDS,
    SEGMENTS,
    SESSIONS,
)
from routing.statistics.shapes import (
    MAXIMA,
    AgentCounts,
    AgentRow,
    ContactRecord,
    QueueCounts,
    QueueRow,
    SegmentRecord,
    Session,
)

#: Rows that are fetched from the database at a time.
_FETCHED: Final = 2_000
#: Key of a sum: the columns it is for, in the order that was asked for.
Key = tuple[Any, ...]


def within(
    table: Table, domain: str, from_ns: int, to_ns: int, name: str = "start_ns"
) -> ColumnElement[bool]:
    """Rows of a domain whose instant lies in ``[from_ns, to_ns)``."""
    return and_(table.c.domain == domain, table.c[name] >= from_ns, table.c[name] < to_ns)


def among(column: ColumnElement[Any], names: Sequence[str] | None) -> list[ColumnElement[bool]]:
    """Rows with one of these names; all without names."""
    return [] if names is None else [column.in_(names)]


def rows_of(connection: Connection, query: Executable) -> Iterator[Any]:
    """Stream what a query finds; memory does not grow with it."""
    with connection.execution_options(yield_per=_FETCHED).execute(query) as found:
        yield from found


def domains(connection: Connection) -> list[str]:
    """Name the tenants that rows are there of, sorted. O(tenants log n): each is looked up after the one before."""
    found: set[str] = set()
    for table in (QUEUE_INTERVALS, AGENT_INTERVALS, SESSIONS, CONTACTS):
        name: str | None = connection.execute(select(func.min(table.c.domain))).scalar_one()
        while name is not None:
            found.add(name)
            query = select(func.min(table.c.domain)).where(table.c.domain > name)
            name = connection.execute(query).scalar_one()
    return sorted(found)


def queue_rows(
    connection: Connection,
    domain: str,
    from_ns: int,
    to_ns: int,
    queues: Sequence[str] | None,
    channels: Sequence[str] | None,
) -> Iterator[QueueRow]:
    """Give the rows by start, queue and channel."""
    table = QUEUE_INTERVALS.c
    query = (
        select(*(table[name] for name in ("start_ns", "end_ns", "queue", "channel", *QUEUE_COUNTS)))
        .where(within(QUEUE_INTERVALS, domain, from_ns, to_ns))
        .where(*among(table.queue, queues), *among(table.channel, channels))
        .order_by(table.start_ns, table.queue, table.channel)
    )
    for start, end, queue, channel, *counts in rows_of(connection, query):
        yield QueueRow(start, end, queue, channel, QueueCounts(*counts))


def agent_rows(
    connection: Connection, domain: str, from_ns: int, to_ns: int, agents: Sequence[str] | None
) -> Iterator[AgentRow]:
    """Give the rows by start and agent."""
    table, reasons = AGENT_INTERVALS.c, NOT_READY.c
    joined = AGENT_INTERVALS.outerjoin(
        NOT_READY,
        and_(
            reasons.domain == table.domain, reasons.start_ns == table.start_ns, reasons.agent == table.agent
        ),
    )
    columns = [table[name] for name in ("start_ns", "end_ns", "agent", *AGENT_COUNTS)]
    query = (
        select(*columns, reasons.reason, reasons.not_ready_ns)
        .select_from(joined)
        .where(within(AGENT_INTERVALS, domain, from_ns, to_ns), *among(table.agent, agents))
        .order_by(table.start_ns, table.agent, reasons.reason)
    )
    for (start, end, agent, *counts), group in groupby(rows_of(connection, query), lambda row: row[:-2]):
        by_reason = {row[-2]: row[-1] for row in group if row[-2] is not None}
        yield AgentRow(start, end, agent, agent_counts(counts, by_reason))


def contacts(
    connection: Connection,
    domain: str,
    from_ns: int,
    to_ns: int,
    queues: Sequence[str] | None,
    customer: str | None,
) -> Iterator[ContactRecord]:
    """Give the contacts that arrived in a span, by arrival."""
    table, parts = CONTACTS.c, SEGMENTS.c
    joined = CONTACTS.outerjoin(
        SEGMENTS,
        and_(
            parts.domain == table.domain,
            parts.contact == table.contact,
            parts.arrived_ns == table.arrived_ns,
        ),
    )
    width = len(CONTACT_FIELDS)
    query = (
        select(*(table[name] for name in CONTACT_FIELDS), *(parts[name] for name in SEGMENT_FIELDS))
        .select_from(joined)
        .where(within(CONTACTS, domain, from_ns, to_ns, "arrived_ns"), *among(table.entry_queue, queues))
        .order_by(table.arrived_ns, table.contact, parts.number)
    )
    if customer is not None:
        query = query.where(table.customer == customer)
    for fields, group in groupby(rows_of(connection, query), lambda row: row[:width]):
        segments = tuple(SegmentRecord(*row[width:]) for row in group if row[width] is not None)
        yield ContactRecord(**dict(zip(CONTACT_FIELDS, fields, strict=True)), segments=segments)


def sessions(
    connection: Connection, domain: str, from_ns: int, to_ns: int, agents: Sequence[str] | None
) -> Iterator[Session]:
    """Give the sessions that reach into a span, by log-in."""
    table = SESSIONS.c
    query = (
        select(table.agent, table.log_in_ns, table.log_out_ns)
        .where(table.domain == domain, table.log_in_ns < to_ns, table.log_out_ns > from_ns)
        .where(*among(table.agent, agents))
        .order_by(table.log_in_ns, table.agent)
    )
    return (Session(*row) for row in rows_of(connection, query))


def planned(
    connection: Connection, domain: str, from_ns: int, to_ns: int, agents: Sequence[str] | None
) -> Iterator[tuple[str, int, int, str]]:
    """Give agent, start, end and activity of what was planned within a span, by start."""
    table = PLANNED.c
    query = (
        select(table.agent, table.start_ns, table.end_ns, table.activity)
        .where(table.domain == domain, table.start_ns < to_ns, table.end_ns > from_ns)
        .where(*among(table.agent, agents))
        .order_by(table.start_ns, table.agent)
    )
    return (tuple(row) for row in rows_of(connection, query))


def queue_sums(
    connection: Connection,
    domain: str,
    from_ns: int,
    to_ns: int,
    by: Sequence[str],
    queues: Sequence[str] | None,
    channels: Sequence[str] | None,
) -> Iterator[tuple[Key, QueueCounts]]:
    """Add rows up for each value of the columns ``by``, in their order."""
    table = QUEUE_INTERVALS.c
    keys = [table[name] for name in by]
    query = (
        select(*keys, *(_total(table[name]) for name in QUEUE_COUNTS))
        .where(within(QUEUE_INTERVALS, domain, from_ns, to_ns))
        .where(*among(table.queue, queues), *among(table.channel, channels))
        .group_by(*keys)
        .order_by(*keys)
    )
    for row in rows_of(connection, query):
        yield tuple(row[: len(by)]), QueueCounts(*row[len(by) :])


def grain_ns(connection: Connection, domain: str, from_ns: int, to_ns: int) -> int:
    """Tell how long the longest interval of queues in a span is; 0: there is none."""
    table = QUEUE_INTERVALS.c
    query = select(func.max(table.end_ns - table.start_ns)).where(
        within(QUEUE_INTERVALS, domain, from_ns, to_ns)
    )
    found: int | None = connection.execute(query).scalar_one()
    return found or 0


def agent_sums(
    connection: Connection,
    domain: str,
    from_ns: int,
    to_ns: int,
    by: Sequence[str],
    agents: Sequence[str] | None,
) -> Iterator[tuple[Key, AgentCounts]]:
    """Add rows up for each value of the columns ``by``, in their order."""
    table = AGENT_INTERVALS.c
    keys = [table[name] for name in by]
    query = (
        select(*keys, *(_total(table[name]) for name in AGENT_COUNTS))
        .where(within(AGENT_INTERVALS, domain, from_ns, to_ns), *among(table.agent, agents))
        .group_by(*keys)
        .order_by(*keys)
    )
    reasons = _reason_sums(connection, domain, from_ns, to_ns, by, agents)
    for row in rows_of(connection, query):
        key = tuple(row[: len(by)])
        yield key, agent_counts(row[len(by) :], reasons.get(key, {}))


def agent_counts(counts: Sequence[int], reasons: dict[str, int]) -> AgentCounts:
    """Make the counts of an agent from its columns and its reasons."""
    return AgentCounts(**dict(zip(AGENT_COUNTS, counts, strict=True)), not_ready_by=reasons)


def _reason_sums(
    connection: Connection,
    domain: str,
    from_ns: int,
    to_ns: int,
    by: Sequence[str],
    agents: Sequence[str] | None,
) -> dict[Key, dict[str, int]]:
    table = NOT_READY.c
    keys = [table[name] for name in by]
    query = (
        select(*keys, table.reason, _total(table.not_ready_ns))
        .where(within(NOT_READY, domain, from_ns, to_ns), *among(table.agent, agents))
        .group_by(*keys, table.reason)
        .order_by(*keys, table.reason)
    )
    found: dict[Key, dict[str, int]] = {}
    for *key, reason, ns in rows_of(connection, query):
        found.setdefault(tuple(key), {})[reason] = ns
    return found


def _total(column: Column[int]) -> ColumnElement[int]:
    added = func.max(column) if column.name in MAXIMA else func.sum(column)
    return cast(func.coalesce(added, 0), BigInteger)
