"""Figures by time of arrival, from the records of contacts.

The rows of a fold count what happens in the interval in which it happens: a call that arrived at 10:29 and was
abandoned at 10:31 was offered at 10:15 and abandoned at 10:30. For a forecast, or to judge how those who called at
10:15 were served, everything has to stand where the contact arrived; records tell that once the contact is over.

Owns these sums; must not know local time.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Connection, and_, case, cast, func, literal, select, true
from sqlalchemy.sql.elements import ColumnElement

from routing.events import Outcome
from routing.history.reading import Key, among, rows_of, within
from routing.history.tables import CONTACTS, SEGMENTS
from routing.statistics.shapes import QueueCounts

_C: Final = CONTACTS.c
_S: Final = SEGMENTS.c

#: When a contact was put back into a queue from an agent's hands for the last time.
_RETURNED: Final = (
    select(_S.domain, _S.contact, _S.arrived_ns, func.max(_S.ended_ns).label("returned_ns"))
    .where(_S.transferred)
    .group_by(_S.domain, _S.contact, _S.arrived_ns)
    .subquery("returned")
)

_WITH_RETURNS: Final = CONTACTS.outerjoin(
    _RETURNED,
    and_(
        _RETURNED.c.domain == _C.domain,
        _RETURNED.c.contact == _C.contact,
        _RETURNED.c.arrived_ns == _C.arrived_ns,
    ),
)

_WITH_SEGMENTS: Final = CONTACTS.join(
    SEGMENTS,
    and_(_S.domain == _C.domain, _S.contact == _C.contact, _S.arrived_ns == _C.arrived_ns),
)


def by_arrival(
    connection: Connection,
    domain: str,
    from_ns: int,
    to_ns: int,
    interval_ns: int,
    by: Sequence[str],
    queues: Sequence[str] | None,
    channels: Sequence[str] | None,
    short_abandon_ns: int,
) -> Iterator[tuple[Key, QueueCounts]]:
    """Count contacts that arrived in a span, for their entry queue, and their segments, for the queue of each.

    Parameters
    ----------
    interval_ns : int
        With "start_ns" among ``by``: the grain of these starts.
    by : sequence of str
        Of "start_ns", "queue" and "channel".
    short_abandon_ns : int
        Whoever gave up sooner is a short abandon.

    Yields
    ------
    tuple
        The key, and counts of contacts (``contacts...``, ``contact_wait...``) and of ``segments``, ``transferred``,
        ``talk_ns``, ``hold_ns``, ``wrap_ups`` and ``wrap_up_ns``; all others are 0.
    """
    parts = (
        (_WITH_RETURNS, _C.entry_queue, _of_contacts(short_abandon_ns)),
        (_WITH_SEGMENTS, _S.queue, _of_segments()),
    )
    found: dict[Key, dict[str, int]] = {}
    for source, queue, figures in parts:
        query = (
            select(*_keys(by, queue, interval_ns), *(_total(value) for value in figures.values()))
            .select_from(source)
            .where(within(CONTACTS, domain, from_ns, to_ns, "arrived_ns"))
            .where(*among(queue, queues), *among(_C.channel, channels))
        )
        if by:
            query = query.group_by(*_keys(by, queue, interval_ns))
        for row in rows_of(connection, query):
            counts = zip(figures, row[len(by) :], strict=True)
            found.setdefault(tuple(row[: len(by)]), {}).update(counts)
    for key in sorted(found):
        yield key, QueueCounts(**found[key])


def _keys(by: Sequence[str], queue: Column[str], interval_ns: int) -> list[ColumnElement[Any]]:
    grain = literal(interval_ns, BigInteger, literal_execute=True)
    keys: Mapping[str, ColumnElement[Any]] = {
        "start_ns": _C.arrived_ns - _C.arrived_ns % grain,
        "queue": queue,
        "channel": _C.channel,
    }
    return [keys[name] for name in by]


def _of_contacts(short_abandon_ns: int) -> dict[str, ColumnElement[Any]]:
    """Conditions that are counted and times that are added up, by the field of the counts."""
    wait_ns = _C.answered_ns - _C.arrived_ns
    gave_up_ns = _C.ended_ns - func.coalesce(_RETURNED.c.returned_ns, _C.arrived_ns)
    answered = _C.answered_ns > 0
    abandoned = _C.outcome == Outcome.ABANDONED.value
    outcomes = {f"contacts_{outcome.value}": _C.outcome == outcome.value for outcome in Outcome}
    return {
        "contacts": _C.arrived_ns >= 0,
        "contacts_answered": answered,
        "contacts_answered_in": and_(answered, wait_ns <= _C.service_level_ns),
        **outcomes,
        "contacts_abandoned_in": and_(abandoned, gave_up_ns <= _C.service_level_ns),
        "contacts_abandoned_short": and_(abandoned, gave_up_ns < short_abandon_ns),
        "contacts_transferred": _RETURNED.c.returned_ns.is_not(None),
        "contact_wait_answered_ns": case((answered, wait_ns), else_=0),
        "contact_wait_abandoned_ns": case((abandoned, gave_up_ns), else_=0),
    }


def _of_segments() -> dict[str, ColumnElement[Any]]:
    wrapped = _S.wrap_up_end_ns > 0
    return {
        "segments": _S.number >= 0,
        "transferred": _S.transferred.is_(true()),
        "talk_ns": _S.ended_ns - _S.answered_ns - _S.hold_ns,
        "hold_ns": _S.hold_ns,
        "wrap_ups": wrapped,
        "wrap_up_ns": case((wrapped, _S.wrap_up_end_ns - _S.ended_ns), else_=0),
    }


def _total(value: ColumnElement[Any]) -> ColumnElement[int]:
    """Count a condition, or add a time up."""
    counted = case((value, 1), else_=0) if isinstance(value.type, Boolean) else value
    return cast(func.coalesce(func.sum(counted), 0), BigInteger)
