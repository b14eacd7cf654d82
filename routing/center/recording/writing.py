"""Rows of the fold into tables. A segment is written once; what is given again after a crash changes nothing.

Not what people did since (a legal hold that was released, a retention that was put forward), nor that it was deleted.

Owns these inserts; must not know transactions, nor when rows are given.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from msgspec.structs import asdict
from sqlalchemy import Connection, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.center.recording.shapes import Refusal, Row, Segment
from routing.center.recording.tables import DELETIONS, ERASED, HOLDS, PARTS, PAUSES, SEGMENTS

#: The matter of a legal hold that the policy set.
POLICY: Final = "policy"
#: Who it was set by.
_WING: Final = "recording"
_AT_ONCE: Final = 500
#: Of PostgreSQL's advisory locks.
_LOCK: Final = 0x68677272
_S: Final = SEGMENTS.c


def write(connection: Connection, domain: str, rows: Iterable[Row]) -> None:
    """Write rows in their order. O(n log N)."""
    for kind, some in groupby(rows, type):
        if kind is Segment:
            segments = [one for one in some if isinstance(one, Segment)]
            for start in range(0, len(segments), _AT_ONCE):
                _segments(connection, domain, segments[start : start + _AT_ONCE])
        else:
            for one in some:
                if isinstance(one, Refusal):
                    _refuse(connection, domain, one)


def alone(connection: Connection) -> None:
    """Let nobody else hold, purge, confirm or erase before this transaction is over: each looks at what others change.

    In SQLite a transaction that writes is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, but for those whose key is there."""
    if rows:
        make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(make(table).on_conflict_do_nothing(), rows)


def _segments(connection: Connection, domain: str, some: Sequence[Segment]) -> None:
    ids = [one.segment for one in some]
    known = set(
        connection.execute(select(_S.segment).where(_S.domain == domain, _S.segment.in_(ids))).scalars()
    )
    gone = DELETIONS.c
    known |= set(
        connection.execute(
            select(gone.segment).where(gone.domain == domain, gone.segment.in_(ids), gone.confirmed_ns > 0)
        ).scalars()
    )
    new = sorted(
        {one.segment: one for one in some if one.segment not in known}.values(), key=lambda one: one.segment
    )
    erased = _erased(connection, domain, {one.customer for one in new} - {""})
    insert(connection, SEGMENTS, [_row(domain, one, erased.get(one.customer, -1)) for one in new])
    insert(
        connection,
        PARTS,
        [
            {"domain": domain, "segment": one.segment, "number": number} | asdict(part)
            for one in new
            for number, part in enumerate(one.parts)
        ],
    )
    insert(
        connection,
        PAUSES,
        [
            {"domain": domain, "segment": one.segment, "number": number} | asdict(pause)
            for one in new
            for number, pause in enumerate(one.pauses)
        ],
    )
    insert(
        connection,
        HOLDS,
        [
            {
                "domain": domain,
                "segment": one.segment,
                "matter": POLICY,
                "at_ns": one.ended_ns,
                "who": _WING,
                "why": f"rule {one.rule}",
            }
            for one in new
            if one.legal_hold
        ],
    )


def _erased(connection: Connection, domain: str, customers: set[str]) -> dict[str, int]:
    if not customers:
        return {}
    columns = ERASED.c
    query = select(columns.customer, columns.at_ns).where(
        columns.domain == domain, columns.customer.in_(customers)
    )
    return {row.customer: row.at_ns for row in connection.execute(query)}


def _row(domain: str, one: Segment, erased_ns: int) -> dict[str, Any]:
    """Make the row of a segment; its customer was erased at an instant, or (-1) was not."""
    row = asdict(one)
    for name in ("parts", "pauses", "legal_hold"):
        del row[name]
    erased = one.started_ns <= erased_ns
    if erased:
        row["keep_until_ns"] = min(one.keep_until_ns, max(erased_ns, one.ended_ns))
        if not one.legal_hold:
            row["customer"] = ""
    return {"domain": domain, "erased": erased} | row


def _refuse(connection: Connection, domain: str, one: Refusal) -> None:
    """Put retention forward for what was recorded of a contact and is to be deleted when it is refused."""
    mine = (_S.domain == domain, _S.contact == one.contact)
    arrived_ns = one.arrived_ns
    if arrived_ns < 0:
        newest = select(func.max(_S.arrived_ns)).where(*mine, _S.ended_ns <= one.at_ns)
        arrived_ns = connection.execute(newest).scalar() or 0
    connection.execute(
        update(SEGMENTS)
        .where(*mine, _S.arrived_ns == arrived_ns, _S.delete_on_refusal, _S.keep_until_ns > one.at_ns)
        .values(keep_until_ns=one.at_ns, consent="refused", consent_ns=one.at_ns)
    )
