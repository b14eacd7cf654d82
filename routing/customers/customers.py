"""The customers of a tenant: identified by number, address or id; their data sealed, told, exported, erased.

Every call is one transaction. The caller gives the instant, and names who looks at data, for the audit.

Owns the transactions and the face of the wing; must not know HTTP, nor what an engine does with a reference.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from copy import copy
from typing import Any, Final, Self

from sqlalchemy import Connection

from routing.customers import auditing, earlier, erasing, exporting, notes, records, rotating, scrubbing
from routing.customers.holding import Holder
from routing.customers.identities import Identity, identity
from routing.customers.masking import masked
from routing.customers.masters import MasterKeys
from routing.customers.rotating import Rotated
from routing.customers.shapes import (
    AuditEntry,
    CallBack,
    Context,
    Conversation,
    Customer,
    Earlier,
    Erased,
    Identified,
    Note,
    Purged,
    Shown,
    State,
)
from routing.customers.vault import Vault
from routing.errors import UsageError
from routing.history.database import Database
from routing.history.opening import database_url
from routing.units import DAY, MAX_INSTANT_NS

#: Customers that are changed in one transaction.
SOME: Final = 200
#: Contacts that are looked through for where the present conversation began, at least.
_CONVERSATION: Final = 200


class Customers:
    """Customers of one tenant, in the database of the history.

    Parameters
    ----------
    where : str or path
        A file of SQLite, or the URL of a PostgreSQL.
    masters : MasterKeys
        What unwraps their keys.
    domain : str, default "default"
        The tenant.
    create : bool, default True
        Make the file and the tables, and bring them to the present schema.
    region : str, default ""
        Country of numbers without a plus, as ISO 3166 says ("GB").
    numbers : {"full", "masked", "hidden"}, default "masked"
        How a context shows numbers to an agent.
    attributes : sequence of str, default ()
        Which attributes a context shows, beside ``name``.
    window_ns : int, default one day
        How long a conversation stays open after its last contact.
    most : int, default 20
        Earlier contacts and notes that a context tells of.
    holders : sequence of Holder, default ()
        Who else holds data of customers.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from routing.customers.sealing import Key
    >>> with TemporaryDirectory() as folder:
    ...     with Customers(f"{folder}/history.db", MasterKeys([Key.fresh()]), region="GB") as customers:
    ...         first = customers.identify("number", "020 7946 0018", at_ns=5)
    ...         again = customers.identify("number", "+44 20 7946 0018", at_ns=7)
    ...         _ = customers.set_attributes(first.customer, {"name": "Ann"}, 8, who="ann")
    ...         shown = customers.context(first.customer, 9, who="ben")
    ...         erased = customers.erase(first.customer, 10, who="eve")
    ...         customers.state(first.customer), customers.find("number", "+442079460018")
    ('erased', '')
    >>> first.new, again.new, first.customer == again.customer, shown.name, shown.numbers, erased.scrubbed
    (True, False, True, 'Ann', ('+44********18',), True)
    """

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
        if not domain:
            raise UsageError("the domain is empty; name the tenant, as 'default'")
        if numbers not in ("full", "masked", "hidden"):
            raise UsageError(f"numbers {numbers!r} is none of full, masked, hidden; choose one")
        if not 0 <= window_ns <= MAX_INSTANT_NS or most < 1:
            raise UsageError(
                f"window_ns {window_ns} is below 0 or too long, or most {most} below 1; correct it"
            )
        self.domain = domain
        self.region = region
        self._database = Database(database_url(where), create=create, durable=True, overwrite=True)
        self._vault = Vault(domain, masters)
        self._numbers = numbers
        self._attributes = ("name", *attributes)
        self._window_ns = window_ns
        self._most = most
        self._holders = tuple(holders)

    @property
    def name(self) -> str:
        """Where they lie, for people; without a password."""
        return self._database.name

    def of(self, domain: str) -> "Customers":
        """Give the customers of another tenant in the same database; they share its connections."""
        if not domain:
            raise UsageError("the domain is empty; name the tenant, as 'default'")
        other = copy(self)
        other.domain = domain
        other._vault = Vault(domain, self._vault.masters)
        return other

    def open(self) -> Self:
        """Connect, and see to the tables; done by the first call otherwise."""
        self._database.ready()
        return self

    def close(self) -> None:
        """Let go of every connection; the next call connects anew."""
        self._database.close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

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

    # ----------------------------------------------------------------------------------------------------- looking

    def get(self, customer: str, at_ns: int, who: str) -> Customer:
        """Give a customer's data in clear; that is audited.

        Raises
        ------
        UsageError
            If there is no such customer, or it was erased; or nobody is named who looks.
        """
        with self._writing() as connection:
            of = records.opened(connection, self._vault, customer)
            self._record(connection, at_ns, who, "looked at", of.customer)
            return Customer(
                customer=of.customer,
                created_ns=of.row.created_ns,
                seen_ns=of.row.seen_ns,
                identities=tuple(one for one, _ in records.identities(connection, self.domain, of)),
                attributes=records.attributes(self.domain, of),
                also=records.aliases(connection, self.domain, of.customer),
            )

    def routed(self, customer: str, names: Sequence[str]) -> dict[str, str]:
        """Give those attributes of a customer that may stand in commands; nobody looks, so it is not audited."""
        if not names:
            return {}
        with self._reading() as connection:
            found = records.attributes(self.domain, records.opened(connection, self._vault, customer))
        return {name: found[name] for name in names if name in found}

    def notes(self, customer: str, at_ns: int, who: str) -> list[Note]:
        """Read the notes about a customer, oldest first; that is audited."""
        with self._writing() as connection:
            of = records.opened(connection, self._vault, customer)
            self._record(connection, at_ns, who, "read notes of", of.customer)
            return notes.read(connection, self.domain, of)

    def context(self, customer: str, at_ns: int, who: str) -> Context:
        """Give what an agent is shown with an offer (screen pop); that is audited.

        A customer who is unknown or erased has a context, too: that and earlier contacts that still name the reference.
        O(contacts of the customer).
        """
        with self._writing() as connection:
            row = records.resolved(connection, self.domain, customer)
            state = records.state_of(row)
            key = None if row is None else self._vault.key(connection, row.customer)
            name = row.customer if row is not None else customer
            everybody = (name, *records.aliases(connection, self.domain, name))
            found = earlier.contacts(connection, self.domain, everybody, max(self._most, _CONVERSATION))
            last = earlier.conversations(found, self._window_ns)[-1:]
            context: dict[str, Any] = {
                "customer": name,
                "state": state,
                "contacts": earlier.count(connection, self.domain, everybody),
                "earlier": tuple(found[: self._most]),
                "conversation": next((one for one in last if at_ns <= one.ended_ns + self._window_ns), None),
                "last_agent": next((one.agent for one in found if one.agent), ""),
            }
            if row is not None and key is not None:
                self._record(connection, at_ns, who, "was shown", name)
                context |= self._personal(connection, records.Opened(name, key, row))
        context["call_backs"] = self._call_backs(everybody)
        return Context(**context)

    def _personal(self, connection: Connection, of: records.Opened) -> dict[str, Any]:
        attributes = records.attributes(self.domain, of)
        found = [
            one.value for one, _ in records.identities(connection, self.domain, of) if one.kind == "number"
        ]
        shown: dict[Shown, Callable[[str], str]] = {"full": str, "masked": lambda one: masked("number", one)}
        show = shown.get(self._numbers)
        return {
            "name": attributes.get("name", ""),
            "attributes": {name: attributes[name] for name in self._attributes[1:] if name in attributes},
            "numbers": tuple(map(show, found)) if show else (),
            "created_ns": of.row.created_ns,
            "notes": notes.references(connection, self.domain, of.customer, self._most),
        }

    def _call_backs(self, everybody: Sequence[str]) -> tuple[CallBack, ...]:
        return tuple(
            sorted(
                CallBack(*one)
                for holder in self._holders
                for customer in everybody
                for one in holder.call_backs(customer)
            )
        )

    def contacts(self, customer: str, most: int = 1_000) -> list[Earlier]:
        """Give the newest contacts of a customer that are over, newest first, also of who turned out to be them."""
        with self._reading() as connection:
            return earlier.contacts(connection, self.domain, self._everybody(connection, customer), most)

    def conversations(self, customer: str, most: int = 1_000) -> list[Conversation]:
        """Part the newest contacts of a customer into conversations, oldest first."""
        return earlier.conversations(self.contacts(customer, most), self._window_ns)

    def audit(self, customer: str = "", from_ns: int = 0, to_ns: int = MAX_INSTANT_NS) -> list[AuditEntry]:
        """Give who did what, oldest first; with one customer's data, or anybody's ("")."""
        with self._reading() as connection:
            some = self._everybody(connection, customer) if customer else ()
            return list(auditing.entries(connection, self.domain, some, from_ns, to_ns))

    # --------------------------------------------------------------------------------------------- rights of people

    def export(self, customer: str, at_ns: int, who: str, *, personal: bool = False) -> dict[str, Any]:
        """Give everything that is held of a customer, as plain values; that is audited.

        Parameters
        ----------
        personal : bool, default False
            In clear, as the customer may ask for; otherwise masked.
        """
        with self._writing() as connection:
            of = records.opened(connection, self._vault, customer)
            details = "in clear" if personal else "masked"
            self._record(connection, at_ns, who, "exported", of.customer, details)
            found = exporting.export(connection, self.domain, of, personal=personal)
        everybody = (found["customer"], *found["also"])
        found["elsewhere"] = {
            holder.name: [dict(holder.held(one, personal=personal)) for one in everybody]
            for holder in self._holders
        }
        return found

    def erase(self, customer: str, at_ns: int, who: str) -> Erased:
        """Erase a customer and who turned out to be the same: the key goes, and with it all that it sealed.

        The reference stays, known as erased; journals and events that hold it replay as before. Other holders forget
        the customer first, so that a crash in between leaves nothing that nobody remembers to erase; again is harmless.

        Raises
        ------
        UsageError
            If there is no such customer.
        """
        with self._reading() as connection:
            row = records.resolved(connection, self.domain, customer)
            if row is None:
                raise UsageError(f"there is no customer {customer!r}; find the reference by `customer find`")
            everybody = self._everybody(connection, row.customer)
        elsewhere = {holder.name: sum(holder.forget(one) for one in everybody) for holder in self._holders}
        with self._writing() as connection:
            row = records.row_of(connection, self.domain, row.customer, lock=True)
            already = row is None or bool(row.erased_ns)
            self._record(connection, at_ns, who, "erased", everybody[0], "again" if already else "")
            gone = 0 if already else erasing.erase(connection, self.domain, everybody[0], at_ns, "erased")
        return Erased(
            customer=everybody[0], already=already, contacts=gone, elsewhere=elsewhere, scrubbed=self.scrub()
        )

    def purge(self, before_ns: int, at_ns: int, who: str, *, dry_run: bool = True) -> Purged:
        """Erase customers of whom nothing was heard since an instant; by default, only say whom.

        Nothing was heard: not identified, no contact that ended since, no note. Whoever is to be called back is kept.
        O(customers).
        """
        if not 0 <= before_ns <= at_ns:
            raise UsageError(f"before_ns {before_ns} is not in 0..{at_ns} (now); purge what is over")
        done: list[str] = []
        kept: list[str] = []
        after = ""
        while True:
            with self._reading() as connection:
                some = erasing.stale(connection, self.domain, before_ns, after, SOME)
                whole = {one: self._everybody(connection, one) for one in some}
            if not some:
                break
            after = some[-1]
            promised = {one for one in some if self._call_backs(whole[one])}
            kept += sorted(promised)
            gone = {one: others for one, others in whole.items() if one not in promised}
            done += gone if dry_run else self._purge(gone, before_ns, at_ns, who)
        scrubbed = not dry_run and bool(done) and self.scrub()
        return Purged(customers=tuple(done), kept=tuple(kept), dry_run=dry_run, scrubbed=scrubbed)

    def _purge(self, whole: Mapping[str, Sequence[str]], before_ns: int, at_ns: int, who: str) -> list[str]:
        for holder in self._holders:
            for everybody in whole.values():
                for one in everybody:
                    holder.forget(one)
        done: list[str] = []
        with self._writing() as connection:
            for one in whole:
                row = records.row_of(connection, self.domain, one, lock=True)
                # Whoever has called since they were listed stays.
                if (
                    records.state_of(row) == "known"
                    and row is not None
                    and row.seen_ns < records.to_hour(before_ns)
                ):
                    self._record(connection, at_ns, who, "purged", one)
                    erasing.erase(connection, self.domain, one, at_ns, "purged")
                    done.append(one)
        return done

    def scrub(self, *, whole: bool = False) -> bool:
        """Leave nothing of what was erased in files of the database; `routing.customers.scrubbing.scrub`."""
        return scrubbing.scrub(self._database.ready(), whole=whole)

    def rotate(self, at_ns: int, who: str, *, fresh: bool = False) -> Rotated:
        """Wrap all keys by the present master key, so that the others are not needed any more.

        Parameters
        ----------
        fresh : bool, default False
            Also give every customer and the index new keys, and seal everything anew: after a key may have leaked.
            O(customers), about half a millisecond each; what is looked up meanwhile is found.
        """
        vault = self._vault
        with self._writing() as connection:
            self._record(connection, at_ns, who, "rotated", "", "new keys" if fresh else "master key")
            wrapped = int(rotating.wrap_index(connection, vault))
        renewed, after = 0, ""
        while fresh:
            with self._writing() as connection:
                some = rotating.renew_some(connection, vault, after, SOME)
            if not some:
                with self._writing() as connection:
                    rotating.renew_index(connection, vault)
                break
            renewed += len(some)
            after = some[-1]
        while True:
            with self._writing() as connection:
                many = rotating.wrap_some(connection, vault, SOME)
            if not many:
                break
            wrapped += many
        self.scrub()
        return Rotated(wrapped, renewed, vault.masters.current)

    def walk(self) -> Iterator[str]:
        """Name every customer that is known, in the order of references."""
        after = ""
        while True:
            with self._reading() as connection:
                some = erasing.stale(connection, self.domain, MAX_INSTANT_NS, after, SOME)
            yield from some
            if not some:
                return
            after = some[-1]

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
        return self._database.reading()

    def _writing(self) -> AbstractContextManager[Connection]:
        return self._database.writing()
