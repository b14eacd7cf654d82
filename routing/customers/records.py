"""Records of customers: made, found, given numbers and attributes, merged. All within a transaction that is open.

Owns these rows and what is sealed in them; must not know who asks, nor when a transaction begins.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec import json
from sqlalchemy import Connection, Row, bindparam, delete, func, select, text, update

from routing.customers.identities import Identity
from routing.customers.sealing import Key, blind
from routing.customers.shapes import State
from routing.customers.tables import CUSTOMERS, IDENTITIES, KEYS, NOTES
from routing.customers.vault import Vault, upsert
from routing.errors import UsageError
from routing.units import HOUR
from routing.words import quoted

#: Limits of one customer.
IDENTITIES_MAX: Final = 100
ATTRIBUTES_MAX: Final = 100
ATTRIBUTES_BYTES_MAX: Final = 65_536

_C: Final = CUSTOMERS.c
_I: Final = IDENTITIES.c
_N: Final = NOTES.c
_ROW: Final = select(CUSTOMERS).where(_C.domain == bindparam("domain"), _C.customer == bindparam("customer"))
_FOUND: Final = select(_I.customer).where(
    _I.domain == bindparam("domain"), _I.kind == bindparam("kind"), _I.blind == bindparam("blind")
)
_IDENTITIES: Final = select(_I.kind, _I.sealed, _I.at_ns).where(
    _I.domain == bindparam("domain"), _I.customer == bindparam("customer")
)
_ALIASES: Final = select(_C.customer).where(
    _C.domain == bindparam("domain"),
    _C.merged_into == bindparam("customer"),
    text("merged_into <> ''"),  # by the partial index
)


class Opened(NamedTuple):
    """A customer that is known, with the key."""

    customer: str
    key: Key
    row: Row[Any]


def new_reference() -> str:
    """Make an opaque reference: 96 random bits say nothing about anybody, and do not meet by chance."""
    return f"c{os.urandom(12).hex()}"


def state_of(row: Row[Any] | None) -> State:
    """Tell how a record stands."""
    if row is None:
        return "unknown"
    if row.erased_ns:
        return "erased"
    return "merged" if row.merged_into else "known"


def row_of(connection: Connection, domain: str, customer: str, *, lock: bool = False) -> Row[Any] | None:
    """Read a record; `lock` keeps others from changing it until the transaction ends."""
    query = _ROW.with_for_update() if lock else _ROW
    return connection.execute(query, {"domain": domain, "customer": customer}).first()


def resolved(connection: Connection, domain: str, customer: str, *, lock: bool = False) -> Row[Any] | None:
    """Read the record that a reference stands for now, which is another one after a merger."""
    row = row_of(connection, domain, customer, lock=lock)
    while row is not None and row.merged_into and not row.erased_ns:
        row = row_of(connection, domain, row.merged_into, lock=lock)
    return row


def opened(connection: Connection, vault: Vault, customer: str, *, lock: bool = False) -> Opened:
    """Give a customer that is known, with the key.

    Raises
    ------
    UsageError
        If there is no such customer, or it was erased.
    """
    row = resolved(connection, vault.domain, customer, lock=lock)
    key = None if row is None else vault.key(connection, row.customer)
    if row is None:
        raise UsageError(f"there is no customer {quoted(customer)}; find the reference by `customer find`")
    if row.erased_ns or key is None:
        raise UsageError(f"the customer {quoted(customer)} was erased; nothing is known of them any more")
    return Opened(row.customer, key, row)


def aliases(connection: Connection, domain: str, customer: str) -> tuple[str, ...]:
    """Name every reference that turned out to be this customer, sorted."""
    return tuple(sorted(connection.execute(_ALIASES, {"domain": domain, "customer": customer}).scalars()))


# ------------------------------------------------------------------------------------------------------ finding


def find(connection: Connection, vault: Vault, identity: Identity) -> str:
    """Name who has a number, an address or an id; "" if nobody does. O(log n)."""
    index = vault.index(connection)
    if index is None:
        return ""
    of = {"domain": vault.domain, "kind": identity.kind, "blind": blind(index, *identity)}
    return str(connection.execute(_FOUND, of).scalar() or "")


def saw(connection: Connection, domain: str, customer: str, at_ns: int) -> None:
    """Know that a customer was there."""
    connection.execute(
        update(CUSTOMERS)
        .where(_C.domain == domain, _C.customer == customer, _C.seen_ns < to_hour(at_ns))
        .values(seen_ns=to_hour(at_ns))
    )


def to_hour(at_ns: int) -> int:
    """Cut an instant to its hour: nobody writes for every call."""
    return at_ns - at_ns % HOUR


# ------------------------------------------------------------------------------------------------------- making


def create(
    connection: Connection,
    vault: Vault,
    at_ns: int,
    identities: Sequence[Identity],
    attributes: Mapping[str, str],
) -> str:
    """Make a customer; returns the reference.

    Raises
    ------
    UsageError
        If somebody else is found by one of these already.
    """
    customer = new_reference()
    vault.made_index(connection, at_ns)
    key = vault.make(connection, customer)
    row = {
        "domain": vault.domain,
        "customer": customer,
        "created_ns": at_ns,
        "seen_ns": to_hour(at_ns),
        "erased_ns": 0,
        "erased_why": "",
        "merged_into": "",
        "sealed": seal_attributes(key, vault.domain, customer, attributes),
    }
    connection.execute(CUSTOMERS.insert(), row)
    for one in identities:
        attach(connection, vault, customer, key, one, at_ns)
    return customer


def attach(
    connection: Connection, vault: Vault, customer: str, key: Key, identity: Identity, at_ns: int
) -> None:
    """Let a customer be found by one thing more; that they are already changes nothing.

    Raises
    ------
    UsageError
        If somebody else is found by it, or there are too many.
    """
    mine = select(func.count()).where(_I.domain == vault.domain, _I.customer == customer)
    if connection.execute(mine).scalar_one() >= IDENTITIES_MAX:
        raise UsageError(f"{customer} has {IDENTITIES_MAX} numbers and ids, the most there are; detach some")
    index = vault.made_index(connection, at_ns)
    hashed = blind(index, *identity)
    insert = upsert(connection, IDENTITIES).values(
        domain=vault.domain,
        kind=identity.kind,
        blind=hashed,
        customer=customer,
        at_ns=at_ns,
        sealed=key.seal(identity.value.encode(), vault.domain, customer, identity.kind),
    )
    connection.execute(insert.on_conflict_do_nothing())
    of = {"domain": vault.domain, "kind": identity.kind, "blind": hashed}
    owner = connection.execute(_FOUND, of).scalar_one()
    if owner != customer:
        raise UsageError(
            f"{identity!r} belongs to {owner}, not to {customer}; merge them, or detach it first"
        )


def detach(connection: Connection, vault: Vault, of: Opened, identity: Identity) -> bool:
    """Let a customer not be found by this any more; returns whether they were."""
    index = vault.index(connection, lock=True)
    if index is None:
        return False
    gone = delete(IDENTITIES).where(
        _I.domain == vault.domain,
        _I.kind == identity.kind,
        _I.blind == blind(index, *identity),
        _I.customer == of.customer,
    )
    return bool(connection.execute(gone).rowcount)


def identities(connection: Connection, domain: str, of: Opened) -> list[tuple[Identity, int]]:
    """Give all that a customer is found by, and since when; oldest first."""
    rows = connection.execute(_IDENTITIES, {"domain": domain, "customer": of.customer})
    found = [
        (
            Identity(row.kind, of.key.open(bytes(row.sealed), domain, of.customer, row.kind).decode()),
            row.at_ns,
        )
        for row in rows
    ]
    return sorted(found, key=lambda pair: (pair[1], tuple(pair[0])))


# --------------------------------------------------------------------------------------------------- attributes


def seal_attributes(key: Key, domain: str, customer: str, attributes: Mapping[str, str]) -> bytes:
    """Seal all attributes together, so that not even their names are told.

    Raises
    ------
    UsageError
        If there are too many, or they are too long.
    """
    data = json.encode(dict(sorted(attributes.items())))
    if len(attributes) > ATTRIBUTES_MAX or len(data) > ATTRIBUTES_BYTES_MAX:
        raise UsageError(
            f"{len(attributes)} attributes of {len(data)} bytes are more than {ATTRIBUTES_MAX} or "
            f"{ATTRIBUTES_BYTES_MAX} bytes; keep what agents need"
        )
    return key.seal(data, domain, customer, "attributes")


def attributes(domain: str, of: Opened) -> dict[str, str]:
    """Read the attributes of a customer."""
    data = of.key.open(bytes(of.row.sealed), domain, of.customer, "attributes")
    return json.decode(data, type=dict[str, str])


def set_attributes(
    connection: Connection, domain: str, of: Opened, changes: Mapping[str, str]
) -> dict[str, str]:
    """Change attributes; "" takes one away. Returns them all."""
    now = {name: value for name, value in (attributes(domain, of) | dict(changes)).items() if value}
    write_sealed(connection, domain, of.customer, seal_attributes(of.key, domain, of.customer, now))
    return now


def write_sealed(connection: Connection, domain: str, customer: str, sealed: bytes) -> None:
    """Replace the sealed attributes."""
    connection.execute(
        update(CUSTOMERS).where(_C.domain == domain, _C.customer == customer).values(sealed=sealed)
    )


# ------------------------------------------------------------------------------------------------------- moving


def reseal(connection: Connection, domain: str, of: Opened, to: str, key: Key) -> None:
    """Seal numbers and notes of a customer as those of another."""
    mine = select(IDENTITIES).where(_I.domain == domain, _I.customer == of.customer)
    for row in connection.execute(mine).all():
        value = of.key.open(bytes(row.sealed), domain, of.customer, row.kind)
        one = (_I.domain == domain, _I.kind == row.kind, _I.blind == row.blind)
        change = update(IDENTITIES).where(*one)
        connection.execute(change.values(customer=to, sealed=key.seal(value, domain, to, row.kind)))
    notes = select(_N.note, _N.sealed).where(_N.domain == domain, _N.customer == of.customer)
    for row in connection.execute(notes).all():
        value = of.key.open(bytes(row.sealed), domain, of.customer, row.note)
        change = update(NOTES).where(_N.domain == domain, _N.note == row.note)
        connection.execute(change.values(customer=to, sealed=key.seal(value, domain, to, row.note)))


def merge(connection: Connection, vault: Vault, kept: Opened, gone: Opened) -> None:
    """Know that two records are one person: numbers, notes and attributes go to the first, whose attributes win."""
    domain = vault.domain
    reseal(connection, domain, gone, kept.customer, kept.key)
    both = attributes(domain, gone) | attributes(domain, kept)
    write_sealed(connection, domain, kept.customer, seal_attributes(kept.key, domain, kept.customer, both))
    saw(connection, domain, kept.customer, gone.row.seen_ns)
    connection.execute(delete(KEYS).where(KEYS.c.domain == domain, KEYS.c.customer == gone.customer))
    connection.execute(
        update(CUSTOMERS)
        .where(_C.domain == domain, _C.merged_into == gone.customer)
        .values(merged_into=kept.customer)
    )
    connection.execute(
        update(CUSTOMERS)
        .where(_C.domain == domain, _C.customer == gone.customer)
        .values(merged_into=kept.customer, sealed=b"")
    )
