"""Purging by retention, in two phases: media are asked to be deleted, and once they are, the metadata go.

Between the two, whatever dies, the same list is given again. What is under legal hold is in neither.

Owns these steps; must not know transactions, nor who deletes media.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, case, delete, exists, func, literal, select, update

from routing.center.recording import auditing
from routing.center.recording.shapes import Confirmed, Due, Purge
from routing.center.recording.tables import DELETIONS, HOLDS, MEDIA, OF_SEGMENTS, SEGMENTS
from routing.center.recording.writing import alone, insert

_S: Final = SEGMENTS.c
_D: Final = DELETIONS.c
_H: Final = HOLDS.c
_HELD: Final = exists().where(_H.domain == _S.domain, _H.segment == _S.segment)
_ASKED: Final = exists().where(_D.domain == _S.domain, _D.segment == _S.segment)
_LOCATION: Final = (
    select(MEDIA.c.location)
    .where(MEDIA.c.domain == _S.domain, MEDIA.c.segment == _S.segment)
    .scalar_subquery()
)
_WHY: Final = case(
    (_S.erased, literal("erased")),
    ((_S.consent == "refused") & _S.delete_on_refusal, literal("refused")),
    else_=literal("retention"),
)


def purge(connection: Connection, domain: str, now_ns: int, most: int, *, dry_run: bool) -> Purge:
    """Ask for the deletion of what may go, or only tell what that is; O(log N + what may go)."""
    if not dry_run:
        alone(connection)
    fields = (_S.segment, func.coalesce(_LOCATION, "").label("location"), _S.keep_until_ns)
    old = (_S.domain == domain, _S.keep_until_ns <= now_ns)
    fresh: Select[Any] = (
        select(*fields, _WHY.label("why"))
        .where(*old, ~_HELD, ~_ASKED)
        .order_by(_S.keep_until_ns, _S.segment)
        .limit(most + 1)
    )
    found = [Due(**row._mapping) for row in connection.execute(fresh)]
    more, found = len(found) > most, found[:most]
    asked: Select[Any] = (
        select(*fields, _D.why)
        .join(DELETIONS, (_D.domain == _S.domain) & (_D.segment == _S.segment))
        .where(_D.domain == domain, _D.confirmed_ns == 0, ~_HELD)
        .order_by(_D.asked_ns, _S.segment)
    )
    before = [Due(**row._mapping) for row in connection.execute(asked)]
    held = connection.execute(select(func.count()).select_from(SEGMENTS).where(*old, _HELD)).scalar_one()
    if not dry_run:
        insert(
            connection,
            DELETIONS,
            [
                {
                    "domain": domain,
                    "segment": one.segment,
                    "why": one.why,
                    "asked_ns": now_ns,
                    "confirmed_ns": 0,
                }
                for one in found
            ],
        )
    return Purge(due=(*before, *found), held=held, more=more, dry_run=dry_run)


def confirm(connection: Connection, domain: str, segments: Sequence[str], at_ns: int, who: str) -> Confirmed:
    """Take note that media are deleted: all that is known of these segments goes, but that they were deleted."""
    alone(connection)
    query = select(_D.segment, _D.confirmed_ns).where(_D.domain == domain, _D.segment.in_(segments))
    asked = {row.segment: row.confirmed_ns for row in connection.execute(query)}
    holds = select(_H.segment).where(_H.domain == domain, _H.segment.in_(segments))
    held = set(connection.execute(holds).scalars())
    going = [one for one in segments if asked.get(one) == 0 and one not in held]
    for table in (*OF_SEGMENTS, SEGMENTS):
        connection.execute(delete(table).where(table.c.domain == domain, table.c.segment.in_(going)))
    connection.execute(
        update(DELETIONS).where(_D.domain == domain, _D.segment.in_(going)).values(confirmed_ns=at_ns)
    )
    auditing.record(connection, domain, at_ns, who, "deleted", going)
    spite = [one for one in segments if one in held]
    auditing.record(connection, domain, at_ns, who, "confirmed in spite of a legal hold", spite)
    return Confirmed(
        deleted=tuple(one for one in segments if one in asked and one not in held),
        held=tuple(spite),
        unasked=tuple(one for one in segments if one not in asked and one not in held),
    )
