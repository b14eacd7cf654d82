"""Notes about customers: sealed texts; elsewhere only their references are told.

Owns these rows; must not know who may read them.
"""

import os
from typing import Final

from sqlalchemy import Connection, bindparam, select

from routing.customers.records import Opened
from routing.customers.shapes import Note
from routing.customers.tables import NOTES
from routing.errors import UsageError

#: Characters of one note.
MAX_CHARS: Final = 20_000
_N: Final = NOTES.c
_NEWEST: Final = (
    select(_N.note)
    .where(_N.domain == bindparam("domain"), _N.customer == bindparam("customer"))
    .order_by(_N.at_ns.desc(), _N.note)
    .limit(bindparam("most"))
)


def write(
    connection: Connection, domain: str, of: Opened, text: str, contact: str, agent: str, at_ns: int
) -> str:
    """Write a note; returns its reference.

    Raises
    ------
    UsageError
        If it is empty or too long.
    """
    if not text.strip() or len(text) > MAX_CHARS:
        raise UsageError(f"a note has 1 to {MAX_CHARS} characters, not {len(text)}; write what matters")
    note = f"n{os.urandom(12).hex()}"
    row = {
        "domain": domain,
        "note": note,
        "customer": of.customer,
        "contact": contact,
        "agent": agent,
        "at_ns": at_ns,
        "sealed": of.key.seal(text.encode(), domain, of.customer, note),
    }
    connection.execute(NOTES.insert(), row)
    return note


def references(connection: Connection, domain: str, customer: str, most: int) -> tuple[str, ...]:
    """Name the newest notes about a customer, newest first."""
    given = {"domain": domain, "customer": customer, "most": most}
    return tuple(connection.execute(_NEWEST, given).scalars())


def read(connection: Connection, domain: str, of: Opened) -> list[Note]:
    """Read all notes about a customer, oldest first."""
    mine = select(NOTES).where(_N.domain == domain, _N.customer == of.customer)
    return [
        Note(
            note=row.note,
            customer=row.customer,
            contact=row.contact,
            agent=row.agent,
            at_ns=row.at_ns,
            text=of.key.open(bytes(row.sealed), domain, of.customer, row.note).decode(),
        )
        for row in connection.execute(mine.order_by(_N.at_ns, _N.note))
    ]
