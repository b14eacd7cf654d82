"""Segments found and told: with who took part, pauses, where the media lie, and legal holds.

Owns these queries; must not know transactions, nor who asks.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, Select, exists, select

from routing.center.recording.shapes import Hold, Media, Part, Pause, Recorded, Segment
from routing.center.recording.tables import DELETIONS, HOLDS, MEDIA, PARTS, PAUSES, SEGMENTS
from routing.units import MAX_INSTANT_NS

_S: Final = SEGMENTS.c
_FIELDS: Final = tuple(
    name for name in Segment.__struct_fields__ if name not in ("parts", "pauses", "legal_hold")
)


class Search(Struct, frozen=True, kw_only=True):
    """Which segments are meant; what is "" or None does not matter.

    Parameters
    ----------
    contact, customer, agent, queue, direction, rule, matter : str
        Of the segment; ``agent``: took part; ``matter``: is under legal hold for it.
    from_ns, to_ns : int
        It started at or after the one, and before the other.
    held : bool, optional
        Under any legal hold, or none.
    due_ns : int, optional
        It may be purged at this instant, but for legal holds.
    """

    contact: str = ""
    customer: str = ""
    agent: str = ""
    queue: str = ""
    direction: str = ""
    rule: str = ""
    matter: str = ""
    from_ns: int = 0
    to_ns: int = MAX_INSTANT_NS
    held: bool | None = None
    due_ns: int | None = None


def find(
    connection: Connection, domain: str, search: Search, after: tuple[int, str], most: int
) -> list[Recorded]:
    """Give segments by start and id, after one of them. O(log N + those looked at)."""
    query = _matching(domain, search)
    started_ns, segment = after
    if segment:
        query = query.where(
            (_S.started_ns > started_ns) | ((_S.started_ns == started_ns) & (_S.segment > segment))
        )
    query = query.order_by(_S.started_ns, _S.segment).limit(most)
    return _whole(connection, domain, [row._mapping for row in connection.execute(query)])


def get(connection: Connection, domain: str, segments: Iterable[str]) -> list[Recorded]:
    """Give these segments, as far as they are known, by start and id."""
    query = select(SEGMENTS).where(_S.domain == domain, _S.segment.in_(list(segments)))
    query = query.order_by(_S.started_ns, _S.segment)
    return _whole(connection, domain, [row._mapping for row in connection.execute(query)])


def strays(connection: Connection, domain: str, before_ns: int) -> list[tuple[str, Media]]:
    """Give media that were reported before an instant, and belong to no segment."""
    columns = MEDIA.c
    query = (
        select(MEDIA)
        .where(
            columns.domain == domain,
            columns.at_ns < before_ns,
            ~exists().where(_S.domain == columns.domain, _S.segment == columns.segment),
        )
        .order_by(columns.at_ns, columns.segment)
    )
    return [(row.segment, _media(row)) for row in connection.execute(query)]


def _matching(domain: str, search: Search) -> Select[Any]:
    query = select(SEGMENTS).where(
        _S.domain == domain, _S.started_ns >= search.from_ns, _S.started_ns < search.to_ns
    )
    for name in ("contact", "customer", "queue", "direction", "rule"):
        value = getattr(search, name)
        if value:
            query = query.where(_S[name] == value)
    if search.agent:
        part = PARTS.c
        query = query.where(
            exists().where(part.domain == domain, part.segment == _S.segment, part.agent == search.agent)
        )
    hold = HOLDS.c
    any_hold = exists().where(hold.domain == domain, hold.segment == _S.segment)
    if search.matter:
        query = query.where(any_hold.where(hold.matter == search.matter))
    if search.held is not None:
        query = query.where(any_hold if search.held else ~any_hold)
    if search.due_ns is not None:
        query = query.where(_S.keep_until_ns <= search.due_ns)
    return query


def _whole(connection: Connection, domain: str, rows: Sequence[Any]) -> list[Recorded]:
    ids = [row["segment"] for row in rows]
    if not ids:
        return []
    parts: dict[str, list[Part]] = {}
    pauses: dict[str, list[Pause]] = {}
    holds: dict[str, list[Hold]] = {}

    def of(table: Any, *order: str) -> Iterable[Any]:
        query = select(table).where(table.c.domain == domain, table.c.segment.in_(ids))
        return connection.execute(query.order_by(table.c.segment, *(table.c[name] for name in order)))

    for row in of(PARTS, "number"):
        parts.setdefault(row.segment, []).append(Part(row.agent, row.from_ns, row.to_ns))
    for row in of(PAUSES, "number"):
        pauses.setdefault(row.segment, []).append(Pause(row.from_ns, row.to_ns, row.reason))
    for row in of(HOLDS, "at_ns", "matter"):
        holds.setdefault(row.segment, []).append(
            Hold(matter=row.matter, at_ns=row.at_ns, who=row.who, why=row.why)
        )
    media = {row.segment: _media(row) for row in of(MEDIA)}
    asked = {row.segment: row.asked_ns for row in of(DELETIONS)}
    return [
        Recorded(
            segment=Segment(
                **{name: row[name] for name in _FIELDS},
                legal_hold=row["segment"] in holds,
                parts=tuple(parts.get(row["segment"], ())),
                pauses=tuple(pauses.get(row["segment"], ())),
            ),
            media=media.get(row["segment"]),
            holds=tuple(holds.get(row["segment"], ())),
            erased=row["erased"],
            asked_ns=asked.get(row["segment"], 0),
        )
        for row in rows
    ]


def _media(row: Any) -> Media:
    return Media(location=row.location, sha256=row.sha256, size=row.bytes, at_ns=row.at_ns)
