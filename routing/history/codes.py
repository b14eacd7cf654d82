"""Dispositions out of the database: one by one, and counted as ``routing.statistics.metrics.codes`` counts them.

Owns these questions; must not define what counts.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, and_, case, cast, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from routing.history.reading import Key, among, rows_of, within
from routing.history.tables import DISPOSITION_FIELDS, DISPOSITIONS
from routing.statistics.outcomes import CodeCounts, DispositionRecord

#: What counts may be asked by.
KEYS: Final = frozenset({"start_ns", "code", "resolved", "queue", "channel", "direction", "agent", "by"})
_D: Final = DISPOSITIONS.c


def dispositions(
    connection: Connection,
    domain: str,
    from_ns: int,
    to_ns: int,
    contact: str | None,
) -> Iterator[DispositionRecord]:
    """Give what was said in a span, in order, with what has been corrected since."""
    query = select(*(_D[name] for name in DISPOSITION_FIELDS)).where(
        within(DISPOSITIONS, domain, from_ns, to_ns, "at_ns")
    )
    if contact is not None:
        query = query.where(_D.contact == contact)
    for row in rows_of(connection, query.order_by(_D.at_ns, _D.number)):
        yield DispositionRecord(**row._mapping)


def codes(
    connection: Connection,
    domain: str,
    from_ns: int,
    to_ns: int,
    by: Sequence[str],
    interval_ns: int,
    queues: Sequence[str] | None,
    channels: Sequence[str] | None,
    agents: Sequence[str] | None,
) -> Iterator[tuple[Key, CodeCounts]]:
    """Count segments by what stands of them, for each value of ``by``, in their order."""
    keys = [_D.first_ns - _D.first_ns % interval_ns if name == "start_ns" else _D[name] for name in by]
    stands, last = ~_later(of_segment=True), ~_later(of_segment=False)
    counts: dict[str, ColumnElement[Any]] = {
        "dispositions": stands,
        "contacts": and_(stands, last),
        **{
            word: and_(stands, _D.resolved == word)
            for word in ("unresolved", "resolved", "closed", "call_back")
        },
        "follow_ups": and_(stands, _D.follow_up),
        "automatic": and_(stands, _D.automatic),
        "unknown": and_(stands, ~_D.known),
        "corrections": _D.correction,
    }
    told = (
        select(
            *(key.label(f"k{place}") for place, key in enumerate(keys)),
            *(case((condition, 1), else_=0).label(name) for name, condition in counts.items()),
        )
        .where(within(DISPOSITIONS, domain, from_ns, to_ns, "first_ns"))
        .where(*among(_D.queue, queues), *among(_D.channel, channels), *among(_D.agent, agents))
        .subquery()
    )
    found = [told.c[f"k{place}"] for place in range(len(by))]
    query = (
        select(*found, *(cast(func.coalesce(func.sum(told.c[name]), 0), BigInteger) for name in counts))
        .group_by(*found)
        .order_by(*found)
    )
    for row in rows_of(connection, query):
        told_counts = CodeCounts(**dict(zip(counts, row[len(by) :], strict=True)))
        if told_counts != CodeCounts():
            yield tuple(row[: len(by)]), told_counts


def standing(contact: ColumnElement[str], arrived_ns: ColumnElement[int], domain: str, field: str) -> Any:
    """Give, for a row of contacts, a field of the disposition that stands of it; NULL where there is none."""
    other = DISPOSITIONS.alias().c
    return (
        select(other[field])
        .where(other.domain == domain, other.contact == contact, other.arrived_ns == arrived_ns)
        .order_by(other.at_ns.desc(), other.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def _later(*, of_segment: bool) -> ColumnElement[bool]:
    other = DISPOSITIONS.alias().c
    same = [other.domain == _D.domain, other.contact == _D.contact, other.arrived_ns == _D.arrived_ns]
    if of_segment:
        same.append(other.segment == _D.segment)
    after = or_(other.at_ns > _D.at_ns, and_(other.at_ns == _D.at_ns, other.number > _D.number))
    return select(other.at_ns).where(*same, after).exists()
