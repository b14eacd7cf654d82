"""The customers of a tenant, whole: whoever there is (``registry``), told, exported, erased, their keys changed.

Every call is one transaction. The caller gives the instant, and names who looks at data, for the audit.

Owns the transactions of these, and the face of the wing; must not know HTTP, nor what an engine does with a reference.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from routing.customers import auditing, earlier, erasing, exporting, notes, records, rotating, scrubbing
from routing.customers.masking import masked
from routing.customers.registry import Registry
from routing.customers.rotating import Rotated
from routing.customers.shapes import (
    AuditEntry,
    CallBack,
    Context,
    Conversation,
    Customer,
    Earlier,
    Erased,
    Note,
    Purged,
    Shown,
)
from routing.errors import UsageError
from routing.units import MAX_INSTANT_NS

#: Customers that are changed in one transaction.
SOME: Final = 200
#: Contacts that are looked through for where the present conversation began, at least.
_CONVERSATION: Final = 200


class Customers(Registry):
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
    >>> from routing.customers import MasterKeys
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
    (True, False, True, 'Ann', ('+44********18',), False)
    """

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

    def erase(self, customer: str, at_ns: int, who: str, *, whole: bool = False) -> Erased:
        """Erase a customer and who turned out to be the same: the key goes, and with it all that it sealed.

        The reference stays, known as erased; journals and events that hold it replay as before. Other holders forget
        the customer first, so that a crash in between leaves nothing that nobody remembers to erase; again is harmless.
        With `whole`, the files are written anew afterwards, so that no old copy of a row is left in them (`scrub`).

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
            customer=everybody[0],
            already=already,
            contacts=gone,
            elsewhere=elsewhere,
            scrubbed=self.scrub(whole=whole),
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
        return scrubbing.scrub(self.database.ready(), whole=whole)

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
