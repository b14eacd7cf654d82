"""What people do with the campaigns of a domain: make and steer them, their lists, who must not be called, and look.

Owns the part of the book's face that needs no memory; must not know what is picked next (``book``), nor how a query is
put.
"""

import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from routing.campaigns import steering, suppressing, telling
from routing.campaigns.rules import CampaignRules
from routing.campaigns.shapes import CampaignState, CampaignStatus, HourCounts, ListState, ListStatus
from routing.campaigns.suppressing import Scope
from routing.compliance.calls import Abandonment, WindowRow
from routing.compliance.suppression import Suppression, as_int
from routing.errors import UsageError
from routing.history.tenant import Tenant
from routing.words import quoted


class _Listed:
    """The do-not-call lists of the database, as rules ask for them."""

    def __init__(self, office: "Office", now_ns: Callable[[], int]) -> None:
        self._office = office
        self._now_ns = now_ns

    def listed(self, number: str, campaign: str = "", tenant: str = "") -> str:
        """Name the list that has a number; a tenant that is not named is that of the book. O(log rows)."""
        office, domain = self._office, tenant or self._office.domain
        with office.database.reading() as connection:
            found = suppressing.suppressed(connection, domain, campaign, [as_int(number)], self._now_ns())
        scope = found.get(as_int(number), "")
        name = {"tenant": domain, "campaign": campaign}.get(scope, "")
        return f"{scope} {name}" if name else scope


class Office(Tenant):
    """Campaigns of one domain as people see them; `routing.campaigns.Book` is one that also dials.

    Parameters
    ----------
    where : str or path
        A file of SQLite, or the URL of a database.
    domain : str, default "default"
        The tenant.
    create : bool, default True
        Make the file and the tables, and bring them to the present schema.
    """

    def __init__(
        self, where: str | os.PathLike[str], domain: str = "default", *, create: bool = True
    ) -> None:
        super().__init__(where, domain, create=create)
        self._lock = threading.RLock()

    def _touched(self) -> None:
        """Know that what was read may have changed."""

    def configure(
        self,
        campaign: str,
        at_ns: int,
        rules: CampaignRules | None = None,
        span: tuple[int, int] | None = None,
    ) -> int:
        """Make a campaign, which is paused, or change one while it runs.

        Parameters
        ----------
        campaign : str
            Which.
        at_ns : int
            Now.
        rules : CampaignRules, optional
            Its rules from now on; without, they stay.
        span : (int, int), optional
            From when until when it runs; 0 is no limit. Without, it stays.

        Returns
        -------
        int
            Its revision, which every change raises.
        """
        if not campaign:
            raise UsageError("the campaign is empty; give it a name")
        with self._lock, self.database.writing() as connection:
            self._touched()
            return steering.configure(connection, self.domain, campaign, at_ns, rules, span)

    def set_state(self, campaign: str, state: CampaignState, at_ns: int) -> None:
        """Say what is wanted of a campaign: ``running``, ``paused``, ``stopped`` or ``draining``."""
        with self._lock, self.database.writing() as connection:
            self._touched()
            steering.set_state(connection, self.domain, campaign, state, at_ns)

    def campaigns(self) -> list[str]:
        """Name the campaigns, sorted."""
        with self.database.reading() as connection:
            return telling.campaigns(connection, self.domain)

    def domains(self) -> list[str]:
        """Name the tenants that have campaigns in this database, sorted."""
        with self.database.reading() as connection:
            return telling.domains(connection)

    def set_list(self, list_id: str, state: ListState | None = None, place: int | None = None) -> None:
        """Activate or deactivate a list, or give it another place in the order."""
        with self._lock, self.database.writing() as connection:
            self._touched()
            steering.set_list(connection, self.domain, list_id, state, place)

    def lists(self, campaign: str | None = None) -> list[ListStatus]:
        """Tell of every list how its records stand. O(records)."""
        with self.database.reading() as connection:
            return telling.lists(connection, self.domain, campaign)

    def recycle(
        self, campaign: str, outcomes: Collection[str], at_ns: int, lists: Sequence[str] | None = None
    ) -> int:
        """Take up closed records again whose last outcome, or why they were closed, is one of these.

        Their attempts are counted anew; numbers that were closed for another reason stay closed. Returns how many.
        """
        with self._lock:
            with self.database.reading() as connection:
                mine = steering.lists_of(connection, self.domain, campaign)
            unknown = set(lists or ()) - set(mine)
            if unknown:
                raise UsageError(
                    f"{quoted(min(unknown))} is no list of {quoted(campaign)}; see `campaign list`"
                )
            done = 0
            after = -1
            while True:  # a transaction for some at a time: a dialer does not wait for all
                with self.database.writing() as connection:
                    some = steering.recyclable(connection, self.domain, lists or mine, outcomes, after)
                    if not some:
                        break
                    done += steering.reopen(connection, self.domain, some, outcomes, at_ns)
                    after = some[-1]
            self._change()
            return done

    def forget(self, customer: str) -> int:
        """Erase what is known of a customer but that somebody was called; returns how many records those were."""
        with self._lock, self.database.writing() as connection:
            done = steering.forget(connection, self.domain, customer)
            steering.changed(connection, self.domain)
            self._touched()
            return done

    def suppress(
        self,
        numbers: Iterable[str],
        at_ns: int,
        *,
        scope: Scope = "tenant",
        campaign: str = "",
        until_ns: int = 0,
        source: str = "",
    ) -> None:
        """Write that some numbers (E.164) must not be called, until an instant or for ever (0)."""
        whole = [int(number.removeprefix("+")) for number in numbers]
        for start in range(0, len(whole), steering.SOME):
            with self.database.writing() as connection:
                suppressing.suppress(
                    connection,
                    suppressing.key(self.domain, scope, campaign),
                    whole[start : start + steering.SOME],
                    at_ns,
                    until_ns,
                    source,
                )

    def lift(self, numbers: Iterable[str], *, scope: Scope = "tenant", campaign: str = "") -> int:
        """Let some be called again; returns how many of them were suppressed in this scope."""
        whole = [int(number.removeprefix("+")) for number in numbers]
        with self.database.writing() as connection:
            return suppressing.lift(connection, suppressing.key(self.domain, scope, campaign), whole)

    def suppressed(self, numbers: Iterable[str], campaign: str, at_ns: int) -> dict[str, Scope]:
        """Find those (E.164) that must not be called, and the widest scope that says so."""
        whole = [int(number.removeprefix("+")) for number in numbers]
        with self.database.reading() as connection:
            found = suppressing.suppressed(connection, self.domain, campaign, whole, at_ns)
        return {f"+{number}": scope for number, scope in found.items()}

    def suppression(self, now_ns: Callable[[], int]) -> Suppression:
        """Give what a rulebook asks for do-not-call lists (`routing.compliance.rules.Rulebook`).

        Parameters
        ----------
        now_ns : callable
            Tells the instant; what is suppressed until then is not listed any more.
        """
        return _Listed(self, now_ns)

    # ---------------------------------------------------------------------------------------------------- telling

    def status(self, campaign: str, at_ns: int) -> CampaignStatus:
        """Tell how a campaign stands. O(records + attempts): a second for a million."""
        with self.database.reading() as connection:
            return telling.status(connection, self.domain, campaign, at_ns)

    def hours(self, campaign: str, from_ns: int, to_ns: int) -> list[HourCounts]:
        """Count attempts by hour of UTC."""
        with self.database.reading() as connection:
            return telling.hours(connection, self.domain, campaign, from_ns, to_ns)

    def attempts(
        self, campaign: str, from_ns: int, to_ns: int, *, personal: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Give attempts that were dialled in a span, by time; numbers and customers only if ``personal``."""
        with self.database.reading() as connection:
            yield from telling.attempts(connection, self.domain, campaign, from_ns, to_ns, personal=personal)

    def put_audit(self, entries: Iterable[Abandonment | WindowRow]) -> None:
        """Keep what a ledger found (`routing.compliance.Ledger.take`); writing it again changes nothing.

        An abandoned call is known by its attempt, a row of a window by all that it says.
        """
        with self.database.writing() as connection:
            telling.put_audit(connection, self.domain, entries)

    def audit(self, campaign: str, from_ns: int, to_ns: int) -> Iterator[Abandonment]:
        """Give the abandoned calls of a span, by time."""
        with self.database.reading() as connection:
            yield from telling.audit(connection, self.domain, campaign, from_ns, to_ns)

    def windows(self, campaign: str, from_ns: int, to_ns: int) -> Iterator[WindowRow]:
        """Give the windows that began in a span and are over, by time; rows of one window add up."""
        with self.database.reading() as connection:
            yield from telling.windows(connection, self.domain, campaign, from_ns, to_ns)

    def _change(self) -> None:
        """Let everybody notice that something changed."""
        with self.database.writing() as connection:
            steering.changed(connection, self.domain)
        self._touched()
