"""Legal holds: set and released, each time with who, when and why.

Owns these rows; must not know transactions, nor what else would have a segment go.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, delete, exists, select, update

from routing.center.recording import auditing
from routing.center.recording.tables import DELETIONS, HOLDS, SEGMENTS
from routing.center.recording.writing import alone, insert
from routing.errors import UsageError
from routing.words import quoted

_S: Final = SEGMENTS.c
_D: Final = DELETIONS.c
_H: Final = HOLDS.c


def hold(
    connection: Connection, domain: str, segments: Sequence[str], matter: str, at_ns: int, who: str, why: str
) -> tuple[str, ...]:
    """Put segments under legal hold; returns those whose deletion had been asked for, which is withdrawn."""
    if not matter or not why:
        raise UsageError(f"matter {matter!r} or why {why!r} is empty; say what the hold is for, and why")
    alone(connection)
    query = select(_S.segment).where(_S.domain == domain, _S.segment.in_(segments))
    known = set(connection.execute(query).scalars())
    for one in segments:
        if one not in known:
            raise UsageError(
                f"there is no recording {quoted(one)} (any more); name those that `recording list` tells"
            )
    rows = [
        {"domain": domain, "segment": one, "matter": matter, "at_ns": at_ns, "who": who, "why": why}
        for one in segments
    ]
    insert(connection, HOLDS, rows)
    mine = (_D.domain == domain, _D.segment.in_(segments), _D.confirmed_ns == 0)
    asked = sorted(connection.execute(select(_D.segment).where(*mine)).scalars())
    connection.execute(delete(DELETIONS).where(*mine))
    auditing.record(connection, domain, at_ns, who, "held", segments, f"{matter}: {why}")
    auditing.record(connection, domain, at_ns, who, "withdrew the deletion of", asked, matter)
    return tuple(asked)


def release(
    connection: Connection, domain: str, segments: Sequence[str], matter: str, at_ns: int, who: str, why: str
) -> int:
    """Release segments; a customer who was erased meanwhile is forgotten now. Returns how many holds that were."""
    alone(connection)
    mine = [_H.domain == domain, _H.segment.in_(segments)]
    if matter:
        mine.append(_H.matter == matter)
    query = select(_H.segment, _H.matter).where(*mine).order_by(_H.segment, _H.matter)
    found = connection.execute(query).all()
    connection.execute(delete(HOLDS).where(*mine))
    for row in found:
        details = f"{row.matter}: {why}" if why else row.matter
        auditing.record(connection, domain, at_ns, who, "released", [row.segment], details)
    connection.execute(
        update(SEGMENTS)
        .where(
            _S.domain == domain,
            _S.segment.in_(segments),
            _S.erased,
            ~exists().where(_H.domain == _S.domain, _H.segment == _S.segment),
        )
        .values(customer="")
    )
    return len(found)
