"""Changing keys: wrapped anew by the present master key, or new ones for everything.

Some customers at a time, each time a transaction, so that others go on meanwhile; what is cut off is taken up by the
next call.

Owns the order in which keys change; must not know master keys (``masters``).
"""

from typing import Final, NamedTuple

from sqlalchemy import Connection, select, update

from routing.customers import records
from routing.customers.sealing import Key
from routing.customers.tables import IDENTITIES, KEYS, VAULTS
from routing.customers.vault import Vault

_K: Final = KEYS.c


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
    for row in rows:
        key = vault.masters.unwrap(row.master, bytes(row.wrapped), vault.domain, row.customer)
        _write_key(connection, vault, row.customer, key)
    return len(rows)


def renew_some(connection: Connection, vault: Vault, after: str, most: int) -> list[str]:
    """Give some customers new keys and seal everything by them, in the order of references; returns whom."""
    query = select(_K.customer).where(_K.domain == vault.domain, _K.customer > after)
    some = list(connection.execute(query.order_by(_K.customer).limit(most)).scalars())
    for customer in some:
        row = records.row_of(connection, vault.domain, customer, lock=True)
        key = vault.key(connection, customer)
        if row is None or key is None:  # erased since
            continue
        of, fresh = records.Opened(customer, key, row), Key.fresh()
        records.reseal(connection, vault.domain, of, customer, fresh)
        attributes = records.attributes(vault.domain, of)
        sealed = records.seal_attributes(fresh, vault.domain, customer, attributes)
        records.write_sealed(connection, vault.domain, customer, sealed)
        _write_key(connection, vault, customer, fresh)
    return some


def renew_index(connection: Connection, vault: Vault) -> None:
    """Give the index a new key, and hash everything anew: in one transaction, so that nobody is not found meanwhile.

    About 50 us for each number.
    """
    if vault.index(connection, renew=True) is None:
        return
    fresh = Key.fresh()
    of_domain = select(IDENTITIES.c.customer).where(IDENTITIES.c.domain == vault.domain).distinct()
    for customer in list(connection.execute(of_domain).scalars()):
        of = records.opened(connection, vault, customer, lock=True)
        records.reseal(connection, vault.domain, of, customer, of.key, fresh)
    _write_index(connection, vault, fresh)


def _write_key(connection: Connection, vault: Vault, customer: str, key: Key) -> None:
    master, wrapped = vault.masters.wrap(key, vault.domain, customer)
    one = (_K.domain == vault.domain, _K.customer == customer)
    connection.execute(update(KEYS).where(*one).values(master=master, wrapped=wrapped))


def _write_index(connection: Connection, vault: Vault, key: Key) -> None:
    master, wrapped = vault.masters.wrap(key, vault.domain, "")
    of = VAULTS.c.domain == vault.domain
    connection.execute(update(VAULTS).where(of).values(master=master, wrapped=wrapped))
