"""Erasing a customer from recordings: all of them go with the next purge, but what is under legal hold, until released.

Owns what an erasure changes here; must not know transactions, nor what others hold.
"""

from typing import Any, Final

from sqlalchemy import Connection, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.center.recording import auditing
from routing.center.recording.shapes import Forgotten
from routing.center.recording.tables import ERASED, HOLDS, SEGMENTS
from routing.center.recording.writing import alone

_S: Final = SEGMENTS.c
_HELD: Final = exists().where(HOLDS.c.domain == _S.domain, HOLDS.c.segment == _S.segment)


def forget(connection: Connection, domain: str, customer: str, at_ns: int, who: str) -> Forgotten:
    """Put the retention of a customer's recordings forward to now; those that are not held lose the reference."""
    if not customer:
        return Forgotten(marked=0, held=())
    alone(connection)
    mine = (_S.domain == domain, _S.customer == customer)
    held = sorted(connection.execute(select(_S.segment).where(*mine, _HELD)).scalars())
    free = sorted(connection.execute(select(_S.segment).where(*mine, ~_HELD)).scalars())
    soon: dict[str, Any] = {"erased": True}
    connection.execute(update(SEGMENTS).where(*mine, _S.keep_until_ns > at_ns).values(keep_until_ns=at_ns))
    connection.execute(update(SEGMENTS).where(*mine).values(soon))
    connection.execute(update(SEGMENTS).where(*mine, ~_HELD).values(customer=""))
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = make(ERASED).values(domain=domain, customer=customer, at_ns=at_ns)
    newest = row.on_conflict_do_update(
        index_elements=["domain", "customer"],
        set_={"at_ns": row.excluded.at_ns},
        where=ERASED.c.at_ns < row.excluded.at_ns,
    )
    connection.execute(newest)
    auditing.record(connection, domain, at_ns, who, "erased the customer of", free)
    auditing.record(
        connection, domain, at_ns, who, "kept in spite of an erasure", held, "it is under legal hold"
    )
    return Forgotten(marked=len(free), held=tuple(held))
