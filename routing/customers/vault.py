"""The keys of a tenant in the database: the one of its index, and one for each customer, wrapped by a master key.

Keys of customers are unwrapped anew for each use and not kept, so that an erased one is in nobody's memory.

Owns the rows of keys; must not know what is sealed by them.
"""

import threading
from typing import Final

from sqlalchemy import Connection, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from routing.customers.masters import MasterKeys
from routing.customers.sealing import Key
from routing.customers.tables import KEYS, VAULTS
from routing.errors import InternalError

_INDEX: Final = select(VAULTS.c.master, VAULTS.c.wrapped).where(VAULTS.c.domain == bindparam("domain"))
_KEY: Final = select(KEYS.c.master, KEYS.c.wrapped).where(
    KEYS.c.domain == bindparam("domain"), KEYS.c.customer == bindparam("customer")
)


def upsert(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """Begin an insert that may say what happens to a row that is there."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


class Vault:
    """The keys of one tenant.

    Parameters
    ----------
    domain : str
        The tenant.
    masters : MasterKeys
        What unwraps them.
    """

    def __init__(self, domain: str, masters: MasterKeys) -> None:
        self.domain = domain
        self.masters = masters
        self._lock = threading.Lock()
        self._index: tuple[bytes, Key] | None = None  # as it was wrapped, and unwrapped

    def index(self, connection: Connection, *, lock: bool = False, renew: bool = False) -> Key | None:
        """Give the key of the index; none while there is no customer yet. O(1), one row is read.

        Whoever writes by it holds it (`lock`) until the transaction ends: who renews it (`renew`) waits for them.
        """
        query = _INDEX.with_for_update(read=not renew) if lock or renew else _INDEX
        row = connection.execute(query, {"domain": self.domain}).first()
        if row is None:
            return None
        wrapped = bytes(row.wrapped)
        with self._lock:
            if self._index is None or self._index[0] != wrapped:
                self._index = wrapped, self.masters.unwrap(row.master, wrapped, self.domain, "")
            return self._index[1]

    def made_index(self, connection: Connection, at_ns: int) -> Key:
        """Give the key of the index, which is made if there is none."""
        found = self.index(connection, lock=True)
        if found is None:
            master, wrapped = self.masters.wrap(Key.fresh(), self.domain, "")
            insert = upsert(connection, VAULTS).values(
                domain=self.domain, master=master, wrapped=wrapped, at_ns=at_ns
            )
            connection.execute(insert.on_conflict_do_nothing())
            found = self.index(connection, lock=True)
        if found is None:
            raise InternalError(f"the key of the index of {self.domain} was just written, and is not there")
        return found

    def make(self, connection: Connection, customer: str) -> Key:
        """Make and store the key of a new customer."""
        key = Key.fresh()
        master, wrapped = self.masters.wrap(key, self.domain, customer)
        row = {"domain": self.domain, "customer": customer, "master": master, "wrapped": wrapped}
        connection.execute(KEYS.insert(), row)
        return key

    def key(self, connection: Connection, customer: str) -> Key | None:
        """Give the key of a customer; none if it was erased, or there never was one. O(1)."""
        row = connection.execute(_KEY, {"domain": self.domain, "customer": customer}).first()
        return (
            None
            if row is None
            else self.masters.unwrap(row.master, bytes(row.wrapped), self.domain, customer)
        )
