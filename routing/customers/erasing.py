"""Erasing customers, one by one or by age: the key goes, and with it whatever was sealed by it.

The reference stays, known as erased: journals and events hold it, and their replay needs nothing else.

Owns what an erasure deletes here; must not know what others hold (``customers`` asks them).
"""

from typing import Final

from sqlalchemy import Connection, delete, exists, select, update

from routing.customers import records
from routing.customers.tables import CUSTOMERS, IDENTITIES, KEYS, NOTES
from routing.history import writing
from routing.history.tables import CONTACTS

_C: Final = CUSTOMERS.c


def erase(connection: Connection, domain: str, customer: str, at_ns: int, why: str) -> int:
    """Erase a customer and all that turned out to be the same; returns contacts that named them.

    Parameters
    ----------
    customer : str
        Who, of those that are known.
    why : str
        ``erased`` or ``purged``.
    """
    everybody = (customer, *records.aliases(connection, domain, customer))
    for table in (KEYS, IDENTITIES, NOTES):
        connection.execute(delete(table).where(table.c.domain == domain, table.c.customer.in_(everybody)))
    connection.execute(
        update(CUSTOMERS)
        .where(_C.domain == domain, _C.customer.in_(everybody))
        .values(sealed=b"", erased_ns=at_ns, erased_why=why)
    )
    return sum(writing.forget(connection, domain, one) for one in everybody)


def stale(connection: Connection, domain: str, before_ns: int, after: str, most: int) -> list[str]:
    """Name some customers of whom nothing was heard since an instant, in the order of references, after one.

    Neither were they identified, nor has any contact of theirs, or of who turned out to be them, ended since.
    """
    also = CUSTOMERS.alias("also")
    recent = exists().where(
        CONTACTS.c.domain == _C.domain,
        CONTACTS.c.customer == _C.customer,
        CONTACTS.c.ended_ns >= before_ns,
    )
    recent_also = exists().where(
        also.c.domain == _C.domain,
        also.c.merged_into == _C.customer,
        also.c.merged_into != "",
        CONTACTS.c.domain == _C.domain,
        CONTACTS.c.customer == also.c.customer,
        CONTACTS.c.ended_ns >= before_ns,
    )
    noted = exists().where(
        NOTES.c.domain == _C.domain, NOTES.c.customer == _C.customer, NOTES.c.at_ns >= before_ns
    )
    query = (
        select(_C.customer)
        .where(
            _C.domain == domain,
            _C.customer > after,
            _C.erased_ns == 0,
            _C.merged_into == "",
            _C.seen_ns < records.to_hour(before_ns),
            ~recent,
            ~recent_also,
            ~noted,
        )
        .order_by(_C.customer)
        .limit(most)
    )
    return list(connection.execute(query).scalars())
