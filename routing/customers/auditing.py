"""The audit of customers: who looked at, changed, exported or erased whom. Rows are added, and never changed.

Owns these rows; must not know what was looked at.
"""

import os
from collections.abc import Iterator
from itertools import count
from typing import Final

from sqlalchemy import Connection, select

from routing.customers.shapes import AuditEntry
from routing.customers.tables import AUDIT
from routing.errors import UsageError

_A: Final = AUDIT.c
#: Entries of one instant that this process writes stay in their order.
_SERIAL: Final = count()


def record(
    connection: Connection, domain: str, at_ns: int, who: str, action: str, customer: str, details: str = ""
) -> None:
    """Write an entry, in the transaction of what it tells of.

    Raises
    ------
    UsageError
        If nobody is named.
    """
    if not who:
        raise UsageError(f"who is empty; name who {action} the data of {customer or domain}, for the audit")
    row = {
        "domain": domain,
        "at_ns": at_ns,
        "entry": f"{next(_SERIAL):012x}{os.urandom(6).hex()}",
        "who": who,
        "action": action,
        "customer": customer,
        "details": details,
    }
    connection.execute(AUDIT.insert(), row)


def entries(
    connection: Connection, domain: str, customers: tuple[str, ...], from_ns: int, to_ns: int
) -> Iterator[AuditEntry]:
    """Give entries of a span, oldest first; of some customers only, if any are named."""
    query = (
        select(_A.at_ns, _A.who, _A.action, _A.customer, _A.details)
        .where(_A.domain == domain, _A.at_ns >= from_ns, _A.at_ns < to_ns)
        .order_by(_A.at_ns, _A.entry)
    )
    if customers:
        query = query.where(_A.customer.in_(customers))
    for row in connection.execute(query):
        yield AuditEntry(
            at_ns=row.at_ns, who=row.who, action=row.action, customer=row.customer, details=row.details
        )
