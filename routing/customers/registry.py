"""Who there is: customers found, made, given numbers and attributes, merged.

Owns the database of customers and the transactions of these; must not know who may look, nor who asks to be forgotten.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from copy import copy
from typing import Self

from sqlalchemy import Connection

from routing.compliance.numbers import country
from routing.customers import auditing, notes, records
from routing.customers.holding import Holder
from routing.customers.identities import Identity, identity
from routing.customers.masters import MasterKeys
from routing.customers.shapes import (
    Identified,
    Shown,
    State,
)
from routing.customers.vault import Vault
from routing.errors import UsageError
from routing.history.tenant import Tenant, named
from routing.units import DAY, MAX_INSTANT_NS


class Registry(Tenant):
    """Customers as they are found and changed; `routing.customers.Customers` also tells, exports and erases them."""

    def __init__(
        self,
        where: str | os.PathLike[str],
        masters: MasterKeys,
        domain: str = "default",
        *,
        create: bool = True,
        region: str = "",
        numbers: Shown = "masked",
        attributes: Sequence[str] = (),
        window_ns: int = DAY,
        most: int = 20,
        holders: Sequence[Holder] = (),
    ) -> None:
        if numbers not in ("full", "masked", "hidden"):
            raise UsageError(f"numbers {numbers!r} is none of full, masked, hidden; choose one")
        if not 0 <= window_ns <= MAX_INSTANT_NS or most < 1:
            raise UsageError(
                f"window_ns {window_ns} is below 0 or too long, or most {most} below 1; correct it"
            )
        self.region = country(region)
        super().__init__(where, domain, create=create, overwrite=True)
        self._vault = Vault(domain, masters)
        self._numbers = numbers
        self._attributes = ("name", *attributes)
        self._window_ns = window_ns
        self._most = most
        self._holders = tuple(holders)

    def of(self, domain: str) -> Self:
        """Give the customers of another tenant in the same database; they share its connections."""
        other = copy(self)
        other.domain = named(domain)
        other._vault = Vault(domain, self._vault.masters)
        return other

    # ----------------------------------------------------------------------------------------------------- finding

    def find(self, kind: str, value: str) -> str:
        """Name who has a number, an address or an id; "" if nobody does. O(log n), about 0.5 ms.

        Raises
        ------
        UsageError, DataError
            As for `routing.customers.identities.identity`.
        """
        one = identity(kind, value, self.region)
        with self._reading() as connection:
            return records.find(connection, self._vault, one)

    def identify(self, kind: str, value: str, at_ns: int) -> Identified:
        """Find who has a number, an address or an id, and make a record where there is none.

        Two processes that meet a stranger at once make one record. O(log n); it writes for strangers, and once an hour
        for others (that they were seen).
        """
        one = identity(kind, value, self.region)
        with self._reading() as connection:
            customer = records.find(connection, self._vault, one)
            row = records.row_of(connection, self.domain, customer) if customer else None
        if row is not None and row.seen_ns >= records.to_hour(at_ns):
            return Identified(customer, False)
        with self._writing() as connection:
            self._vault.made_index(connection, at_ns)
            customer = records.find(connection, self._vault, one)
            if customer:
                records.saw(connection, self.domain, customer, at_ns)
                return Identified(customer, False)
            return self._made(connection, one, at_ns)

    def _made(self, connection: Connection, one: Identity, at_ns: int) -> Identified:
        try:
            with connection.begin_nested():
                return Identified(records.create(connection, self._vault, at_ns, [one], {}), True)
        except UsageError:  # somebody was quicker, in PostgreSQL
            return Identified(records.find(connection, self._vault, one), False)

    def state(self, customer: str) -> State:
        """Tell whether a reference is known, unknown, erased, or merged into another. O(log n)."""
        with self._reading() as connection:
            return records.state_of(records.row_of(connection, self.domain, customer))

    def resolve(self, customer: str) -> str:
        """Give the reference that one stands for after mergers; "" if it is unknown or erased."""
        with self._reading() as connection:
            row = records.resolved(connection, self.domain, customer)
            return row.customer if row is not None and not row.erased_ns else ""

    # ---------------------------------------------------------------------------------------------------- changing

    def create(
        self,
        at_ns: int,
        identities: Iterable[tuple[str, str]] = (),
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Make a customer with numbers and ids as (kind, value), and attributes; returns the reference.

        Raises
        ------
        UsageError
            If somebody else is found by one of these already; nothing is made then.
        """
        given = [identity(kind, value, self.region) for kind, value in identities]
        with self._writing() as connection:
            return records.create(connection, self._vault, at_ns, given, attributes or {})

    def attach(self, customer: str, kind: str, value: str, at_ns: int) -> None:
        """Let a customer be found by one thing more.

        Raises
        ------
        UsageError
            If somebody else is found by it; the message names who.
        """
        one = identity(kind, value, self.region)
        with self._writing() as connection:
            of = records.opened(connection, self._vault, customer, lock=True)
            records.attach(connection, self._vault, of.customer, of.key, one, at_ns)

    def detach(self, customer: str, kind: str, value: str) -> bool:
        """Let a customer not be found by this any more; returns whether they were."""
        one = identity(kind, value, self.region)
        with self._writing() as connection:
            of = records.opened(connection, self._vault, customer, lock=True)
            return records.detach(connection, self._vault, of, one)

    def set_attributes(
        self, customer: str, changes: Mapping[str, str], at_ns: int, who: str
    ) -> dict[str, str]:
        """Change attributes; "" takes one away, others stay. Returns them all. Art. 16: who corrects is audited."""
        with self._writing() as connection:
            of = records.opened(connection, self._vault, customer, lock=True)
            self._record(connection, at_ns, who, "changed", of.customer, f"{len(changes)} attributes")
            return records.set_attributes(connection, self.domain, of, changes)

    def merge(self, kept: str, gone: str, at_ns: int, who: str) -> None:
        """Know that two records are one person; the second reference stands for the first from now on.

        Attributes of the first win. Merging again changes nothing.
        """
        with self._writing() as connection:
            for one in sorted((kept, gone)):  # locked in one order, so that two mergers wait for each other
                records.row_of(connection, self.domain, one, lock=True)
            into = records.opened(connection, self._vault, kept, lock=True)
            of = records.opened(connection, self._vault, gone, lock=True)
            if into.customer != of.customer:
                self._record(connection, at_ns, who, "merged", into.customer, of.customer)
                records.merge(connection, self._vault, into, of)

    def write_note(self, customer: str, text: str, at_ns: int, *, contact: str = "", agent: str = "") -> str:
        """Write a note about a customer; returns its reference, which may stand in commands."""
        with self._writing() as connection:
            of = records.opened(connection, self._vault, customer, lock=True)
            return notes.write(connection, self.domain, of, text, contact, agent, at_ns)

    # ------------------------------------------------------------------------------------------------------ inside

    def _everybody(self, connection: Connection, customer: str) -> tuple[str, ...]:
        row = records.resolved(connection, self.domain, customer)
        name = customer if row is None else row.customer
        return (name, *records.aliases(connection, self.domain, name))

    def _record(
        self, connection: Connection, at_ns: int, who: str, action: str, customer: str, details: str = ""
    ) -> None:
        auditing.record(connection, self.domain, at_ns, who, action, customer, details)

    def _reading(self) -> AbstractContextManager[Connection]:
        return self.database.reading()

    def _writing(self) -> AbstractContextManager[Connection]:
        return self.database.writing()
