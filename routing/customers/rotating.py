"""Changing keys: wrapped anew by the present master key, or new ones for everything.

Some customers at a time, each time a transaction, so that others go on meanwhile; what is cut off is taken up by the
next call.

Owns the order in which keys change; must not know master keys (``masters``).
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import BindParameter, Connection, Update, and_, bindparam, select, update

from routing.customers.sealing import Key, blind
from routing.customers.tables import CUSTOMERS, IDENTITIES, KEYS, NOTES, VAULTS
from routing.customers.vault import Vault

_C: Final = CUSTOMERS.c
_K: Final = KEYS.c
_I: Final = IDENTITIES.c
_N: Final = NOTES.c
#: Customers whose numbers are hashed anew together.
_AT_ONCE: Final = 500
_AMONG: Final[BindParameter[str]] = bindparam("customers", expanding=True)


class Rotated(NamedTuple):
    """What a rotation did: keys wrapped anew, customers sealed by new keys, and the master key that wraps them all."""

    wrapped: int
    fresh: int
    master: str


def wrap_index(connection: Connection, vault: Vault) -> bool:
    """Wrap the key of the index by the present master key; returns whether another one had wrapped it."""
    row = connection.execute(select(VAULTS.c.master).where(VAULTS.c.domain == vault.domain)).first()
    index = vault.index(connection, renew=True)
    if row is None or index is None or row.master == vault.masters.current:
        return False
    _write_index(connection, vault, index)
    return True


def wrap_some(connection: Connection, vault: Vault, most: int) -> int:
    """Wrap the keys of some customers by the present master key; returns how many: 0 when all are."""
    rows = connection.execute(
        select(_K.customer, _K.master, _K.wrapped)
        .where(_K.domain == vault.domain, _K.master != vault.masters.current)
        .limit(most)
        .with_for_update()
    ).all()
    _write_keys(
        connection,
        vault,
        {
            row.customer: vault.masters.unwrap(row.master, bytes(row.wrapped), vault.domain, row.customer)
            for row in rows
        },
    )
    return len(rows)


def renew_some(connection: Connection, vault: Vault, after: str, most: int) -> list[str]:
    """Give some customers new keys and seal everything by them, in the order of references; returns whom.

    About 0.3 ms a customer.
    """
    domain = vault.domain
    rows = connection.execute(
        select(_K.customer, _K.master, _K.wrapped, _C.sealed)
        .join(CUSTOMERS, and_(_C.domain == _K.domain, _C.customer == _K.customer))
        .where(_K.domain == domain, _K.customer > after, _C.erased_ns == 0)
        .order_by(_K.customer)
        .limit(most)
        .with_for_update(of=CUSTOMERS)  # the row that whoever changes a customer holds, too
    ).all()
    old = {
        row.customer: vault.masters.unwrap(row.master, bytes(row.wrapped), domain, row.customer)
        for row in rows
    }
    fresh = {customer: Key.fresh() for customer in old}

    def resealed(sealed: bytes, customer: str, what: str) -> bytes:
        return fresh[customer].seal(
            old[customer].open(bytes(sealed), domain, customer, what), domain, customer, what
        )

    here = {"customers": list(old)}
    numbers = select(_I.kind, _I.blind, _I.customer, _I.sealed).where(
        _I.domain == domain, _I.customer.in_(_AMONG)
    )
    notes = select(_N.note, _N.customer, _N.sealed).where(_N.domain == domain, _N.customer.in_(_AMONG))
    changes: list[tuple[Update, list[dict[str, object]]]] = [
        (
            update(CUSTOMERS)
            .where(_C.domain == domain, _C.customer == bindparam("of"))
            .values(sealed=bindparam("to")),
            [{"of": row.customer, "to": resealed(row.sealed, row.customer, "attributes")} for row in rows],
        ),
        (
            update(IDENTITIES)
            .where(_I.domain == domain, _I.kind == bindparam("by"), _I.blind == bindparam("of"))
            .values(sealed=bindparam("to")),
            [
                {"by": row.kind, "of": row.blind, "to": resealed(row.sealed, row.customer, row.kind)}
                for row in connection.execute(numbers, here)
            ],
        ),
        (
            update(NOTES)
            .where(_N.domain == domain, _N.note == bindparam("of"))
            .values(sealed=bindparam("to")),
            [
                {"of": row.note, "to": resealed(row.sealed, row.customer, row.note)}
                for row in connection.execute(notes, here)
            ],
        ),
    ]
    for change, values in changes:
        if values:
            connection.execute(change, values)
    _write_keys(connection, vault, fresh)
    return list(old)


def renew_index(connection: Connection, vault: Vault) -> None:
    """Give the index a new key, and hash everything anew: in one transaction, so that nobody is not found meanwhile.

    About 0.1 ms for each number; who writes customers waits so long.
    """
    domain = vault.domain
    if vault.index(connection, renew=True) is None:
        return
    fresh = Key.fresh()
    change = (
        update(IDENTITIES)
        .where(_I.domain == domain, _I.kind == bindparam("by"), _I.blind == bindparam("of"))
        .values(blind=bindparam("to"))
    )
    some = (
        select(_K.customer, _K.master, _K.wrapped)
        .where(_K.domain == domain, _K.customer > bindparam("after"))
        .order_by(_K.customer)
        .limit(_AT_ONCE)
    )
    numbers = select(_I.kind, _I.blind, _I.customer, _I.sealed).where(
        _I.domain == domain, _I.customer.in_(_AMONG)
    )
    after = ""
    while keys := {
        row.customer: vault.masters.unwrap(row.master, bytes(row.wrapped), domain, row.customer)
        for row in connection.execute(some, {"after": after})
    }:
        after = max(keys)
        values = []
        for row in connection.execute(numbers, {"customers": list(keys)}):
            value = keys[row.customer].open(bytes(row.sealed), domain, row.customer, row.kind).decode()
            values.append({"by": row.kind, "of": row.blind, "to": blind(fresh, row.kind, value)})
        if values:
            connection.execute(change, values)
    _write_index(connection, vault, fresh)


def _write_keys(connection: Connection, vault: Vault, keys: Mapping[str, Key]) -> None:
    values = []
    for customer, key in keys.items():
        master, wrapped = vault.masters.wrap(key, vault.domain, customer)
        values.append({"of": customer, "by": master, "to": wrapped})
    change = (
        update(KEYS)
        .where(_K.domain == vault.domain, _K.customer == bindparam("of"))
        .values(master=bindparam("by"), wrapped=bindparam("to"))
    )
    if values:
        connection.execute(change, values)


def _write_index(connection: Connection, vault: Vault, key: Key) -> None:
    master, wrapped = vault.masters.wrap(key, vault.domain, "")
    of = VAULTS.c.domain == vault.domain
    connection.execute(update(VAULTS).where(of).values(master=master, wrapped=wrapped))
