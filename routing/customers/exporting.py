"""Everything that is held of one customer, as plain values that JSON can write.

Owns what an export has; must not know who asked for it.
"""

from typing import Any, Final

from msgspec import to_builtins
from sqlalchemy import Connection

from routing.customers import auditing, earlier, notes, records
from routing.customers.masking import HIDDEN, masked, masked_attributes
from routing.customers.records import Opened
from routing.units import MAX_INSTANT_NS

#: Of the format, which only grows.
VERSION: Final = 1


def export(connection: Connection, domain: str, of: Opened, *, personal: bool) -> dict[str, Any]:
    """Gather what this database holds of a customer.

    Parameters
    ----------
    of : Opened
        Who.
    personal : bool
        In clear; otherwise values that identify people are masked.
    """
    everybody = (of.customer, *records.aliases(connection, domain, of.customer))
    attributes = records.attributes(domain, of)
    found = [
        {"kind": one.kind, "value": one.value if personal else masked(*one), "at_ns": at_ns}
        for one, at_ns in records.identities(connection, domain, of)
    ]
    return {
        "format": f"huntgroup-customer-{VERSION}",
        "domain": domain,
        "customer": of.customer,
        "also": list(everybody[1:]),
        "created_ns": of.row.created_ns,
        "seen_ns": of.row.seen_ns,
        "masked": not personal,
        "identities": found,
        "attributes": attributes if personal else masked_attributes(attributes),
        "notes": [
            to_builtins(one) | ({} if personal else {"text": HIDDEN})
            for one in notes.read(connection, domain, of)
        ],
        "contacts": earlier.whole(connection, domain, everybody),
        "audit": [
            to_builtins(one) for one in auditing.entries(connection, domain, everybody, 0, MAX_INSTANT_NS)
        ],
    }
