"""Rows into tables: what is written again replaces itself, so a crash between a fold and a history loses nothing.

Rows are written in the order of their keys: two writers that meet wait for each other, and never each for the other.

Owns inserts and deletes; must not know transactions (``opening``).
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, Final, Protocol, TypeVar

from msgspec.structs import asdict
from sqlalchemy import Connection, Table, and_, bindparam, case, delete, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

from routing.history.tables import (
    AGENT_COUNTS,
    AGENT_INTERVALS,
    ANSWERS,
    CONTACT_FIELDS,
    CONTACTS,
    DISPOSITIONS,
    FEEDBACK,
    NOT_READY,
    PLANNED,
    QUEUE_COUNTS,
    QUEUE_INTERVALS,
    SEGMENT_FIELDS,
    SEGMENTS,
    SESSIONS,
    SURVEYS,
)
from routing.statistics.metrics import Activity
from routing.statistics.shapes import AgentRow, ContactRecord, QueueRow, Session

Row = dict[str, Any]
Item = TypeVar("Item")

#: What is told once, by the host, and not by a journal: nothing does not replace something.
_KEPT: Final = frozenset({"customer", "subject"})
#: What an erasure takes off a row does not come back with a row that is given again.
_TAKEN_OFF: Final = frozenset({"note_ref", "answer"})
#: Rows that are made into dicts at a time.
_AT_ONCE: Final = 5_000


class Taken(Protocol):
    """What a fold has finished since it was asked last: rows, records of contacts, and sessions."""

    @property
    def queues(self) -> Sequence[QueueRow]:
        """Intervals of queues."""
        ...

    @property
    def agents(self) -> Sequence[AgentRow]:
        """Intervals of agents."""
        ...

    @property
    def records(self) -> Sequence[ContactRecord]:
        """Contacts that are over."""
        ...

    @property
    def sessions(self) -> Sequence[Session]:
        """Log-ins that are over."""
        ...


def size(taken: Taken) -> int:
    """Count the rows and records."""
    return len(taken.queues) + len(taken.agents) + len(taken.records) + len(taken.sessions)


def write(connection: Connection, domain: str, taken: Taken) -> None:
    """Write all of it. O(n log n)."""
    _queues(connection, domain, taken.queues)
    _agents(connection, domain, taken.agents)
    _records(connection, domain, taken.records)
    sessions = [
        {"domain": domain, "agent": one.agent, "log_in_ns": one.log_in_ns, "log_out_ns": one.log_out_ns}
        for one in taken.sessions
    ]
    upsert(connection, SESSIONS, sessions)


def rate(
    connection: Connection, domain: str, contact: str, csat: int | None, nps: int | None, at_ns: int
) -> None:
    """Write what a customer said; what is not said now stays as it was."""
    insert = _insert(connection, FEEDBACK).values(
        domain=domain, contact=contact, csat=csat, nps=nps, at_ns=at_ns
    )
    said, before = insert.excluded, FEEDBACK.c
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["domain", "contact"],
            set_={
                "csat": func.coalesce(said.csat, before.csat),
                "nps": func.coalesce(said.nps, before.nps),
                "at_ns": said.at_ns,
            },
        )
    )


def plan(
    connection: Connection,
    domain: str,
    agent: str,
    start_ns: int,
    end_ns: int,
    activities: Sequence[Activity],
) -> None:
    """Write an agent's schedule between two instants, instead of what was planned there."""
    columns = PLANNED.c
    mine = and_(columns.domain == domain, columns.agent == agent)
    connection.execute(delete(PLANNED).where(mine, columns.start_ns >= start_ns, columns.start_ns < end_ns))
    upsert(connection, PLANNED, [{"domain": domain, "agent": agent} | asdict(one) for one in activities])


def forget(connection: Connection, domain: str, customer: str) -> int:
    """Take a customer's name off the contacts; returns how many those were."""
    columns = CONTACTS.c
    return connection.execute(
        update(CONTACTS)
        .where(columns.domain == domain, columns.customer == customer)
        .values(customer="", subject="")
    ).rowcount


#: What is deleted with contacts, and by what; segments and feedback before the contacts that tell their time.
_OVER: Final = select(CONTACTS.c.contact, CONTACTS.c.arrived_ns).where(
    CONTACTS.c.domain == bindparam("of"), CONTACTS.c.ended_ns < bindparam("before_ns")
)
_CONTACTS: Final[tuple[tuple[Table, ColumnElement[bool]], ...]] = (
    (SEGMENTS, tuple_(SEGMENTS.c.contact, SEGMENTS.c.arrived_ns).in_(_OVER)),
    (FEEDBACK, FEEDBACK.c.at_ns < bindparam("before_ns")),
    *((table, table.c.at_ns < bindparam("before_ns")) for table in (DISPOSITIONS, SURVEYS, ANSWERS)),
    (CONTACTS, CONTACTS.c.ended_ns < bindparam("before_ns")),
)
_INTERVALS: Final[tuple[tuple[Table, ColumnElement[bool]], ...]] = (
    (
        NOT_READY,
        tuple_(NOT_READY.c.start_ns, NOT_READY.c.agent).in_(
            select(AGENT_INTERVALS.c.start_ns, AGENT_INTERVALS.c.agent).where(
                AGENT_INTERVALS.c.domain == bindparam("of"),
                AGENT_INTERVALS.c.end_ns <= bindparam("before_ns"),
            )
        ),
    ),
    (QUEUE_INTERVALS, QUEUE_INTERVALS.c.end_ns <= bindparam("before_ns")),
    (AGENT_INTERVALS, AGENT_INTERVALS.c.end_ns <= bindparam("before_ns")),
    (SESSIONS, SESSIONS.c.log_out_ns < bindparam("before_ns")),
    (PLANNED, PLANNED.c.end_ns <= bindparam("before_ns")),
)


def purge(
    connection: Connection, domain: str, before_ns: int, *, contacts_only: bool, dry_run: bool
) -> dict[str, int]:
    """Delete what was over before an instant, or only count it; returns rows by table."""
    done: dict[str, int] = {}
    values = {"of": domain, "before_ns": before_ns}
    for table, over in _CONTACTS if contacts_only else (*_CONTACTS, *_INTERVALS):
        where = and_(table.c.domain == bindparam("of"), over)
        if dry_run:
            count = select(func.count()).select_from(table).where(where)
            done[table.name] = connection.execute(count, values).scalar_one()
        else:
            done[table.name] = connection.execute(delete(table).where(where), values).rowcount
    return done


def _queues(connection: Connection, domain: str, rows: Iterable[QueueRow]) -> None:
    names = ("domain", "start_ns", "end_ns", "queue", "channel", *QUEUE_COUNTS)
    counts = attrgetter(*QUEUE_COUNTS)
    for some in _sliced(sorted(rows, key=attrgetter("start_ns", "queue", "channel"))):
        upsert(
            connection,
            QUEUE_INTERVALS,
            [
                dict(
                    zip(
                        names,
                        (domain, row.start_ns, row.end_ns, row.queue, row.channel, *counts(row.counts)),
                        strict=True,
                    )
                )
                for row in some
            ],
        )


def _agents(connection: Connection, domain: str, rows: Iterable[AgentRow]) -> None:
    names = ("domain", "start_ns", "end_ns", "agent", *AGENT_COUNTS)
    counts = attrgetter(*AGENT_COUNTS)
    for some in _sliced(sorted(rows, key=attrgetter("start_ns", "agent"))):
        upsert(
            connection,
            AGENT_INTERVALS,
            [
                dict(
                    zip(
                        names, (domain, row.start_ns, row.end_ns, row.agent, *counts(row.counts)), strict=True
                    )
                )
                for row in some
            ],
        )
        reasons = [
            {
                "domain": domain,
                "start_ns": row.start_ns,
                "agent": row.agent,
                "reason": reason,
                "not_ready_ns": ns,
            }
            for row in some
            for reason, ns in sorted(row.counts.not_ready_by.items())
        ]
        keys = [{"k0": domain, "k1": row.start_ns, "k2": row.agent} for row in some]
        _replace(connection, NOT_READY, ("domain", "start_ns", "agent"), keys, reasons)


def _records(connection: Connection, domain: str, records: Iterable[ContactRecord]) -> None:
    fields, parts = attrgetter(*CONTACT_FIELDS), attrgetter(*SEGMENT_FIELDS)
    names = ("domain", *CONTACT_FIELDS)
    part_names = ("domain", "contact", "arrived_ns", "number", *SEGMENT_FIELDS)
    for some in _sliced(sorted(records, key=attrgetter("contact", "arrived_ns"))):
        upsert(connection, CONTACTS, [dict(zip(names, (domain, *fields(one)), strict=True)) for one in some])
        segments = [
            dict(zip(part_names, (domain, one.contact, one.arrived_ns, number, *parts(part)), strict=True))
            for one in some
            for number, part in enumerate(one.segments)
        ]
        keys = [{"k0": domain, "k1": one.contact, "k2": one.arrived_ns} for one in some]
        _replace(connection, SEGMENTS, ("domain", "contact", "arrived_ns"), keys, segments)


def _sliced(items: list[Item]) -> Iterator[list[Item]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


def _replace(
    connection: Connection, table: Table, key: tuple[str, ...], keys: list[Row], rows: list[Row]
) -> None:
    """Write the parts of some wholes, instead of those that they had."""
    if keys:
        where = [table.c[name] == bindparam(f"k{place}") for place, name in enumerate(key)]
        connection.execute(delete(table).where(*where), keys)
    upsert(connection, table, rows)


def _insert(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def upsert(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Write rows, each instead of the one with its key, if there is one."""
    if not rows:
        return
    key = [column.name for column in table.primary_key]
    insert = _insert(connection, table)
    others: Row = {column.name: insert.excluded[column.name] for column in table.c if column.name not in key}
    for name in _KEPT & others.keys():
        others[name] = case((others[name] == "", table.c[name]), else_=others[name])
    for name in _TAKEN_OFF & others.keys():
        others[name] = case((table.c[name] == "", ""), else_=others[name])
    connection.execute(
        insert.on_conflict_do_update(index_elements=key, set_=others)
        if others
        else insert.on_conflict_do_nothing(index_elements=key),
        rows,
    )
