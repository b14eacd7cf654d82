"""The audit of recordings: who held, released, moved, verified, exported, erased or deleted what. Rows are only added.

Owns these rows; must not know what was done.
"""

import os
from collections.abc import Iterable
from itertools import count
from typing import Final

from sqlalchemy import Connection, select

from routing.center.recording.shapes import Entry
from routing.center.recording.tables import AUDIT
from routing.errors import UsageError

_A: Final = AUDIT.c
#: Entries of one instant that this process writes stay in their order.
_SERIAL: Final = count()


def record(
    connection: Connection,
    domain: str,
    at_ns: int,
    who: str,
    action: str,
    segments: Iterable[str],
    details: str = "",
) -> None:
    """Write an entry for each segment, in the transaction of what it tells of.

    Raises
    ------
    UsageError
        If nobody is named.
    """
    if not who:
        raise UsageError(f"who is empty; name who {action} recordings of {domain}, for the audit")
    rows = [
        {
            "domain": domain,
            "at_ns": at_ns,
            "entry": f"{next(_SERIAL):012x}{os.urandom(6).hex()}",
            "who": who,
            "action": action,
            "segment": segment,
            "details": details,
        }
        for segment in segments
    ]
    if rows:
        connection.execute(AUDIT.insert(), rows)


def entries(
    connection: Connection, domain: str, segment: str, from_ns: int, to_ns: int, most: int
) -> list[Entry]:
    """Give entries of a span, oldest first; of one segment only, if it is named."""
    query = (
        select(_A.at_ns, _A.who, _A.action, _A.segment, _A.details)
        .where(_A.domain == domain, _A.at_ns >= from_ns, _A.at_ns < to_ns)
        .order_by(_A.at_ns, _A.entry)
        .limit(most)
    )
    if segment:
        query = query.where(_A.segment == segment)
    return [Entry(**row._mapping) for row in connection.execute(query)]
