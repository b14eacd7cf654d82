"""The customers of a domain: found by their number as calls are routed, shown to agents, each within its time.

Needs the packages of the extra ``customers``. What routing is told is a reference and attributes that identify nobody.

Owns these two ways to the records; must not know what lies in them, nor any RPC.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from grpc_api.settings import CustomerSettings
from routing.center.callbacks.numbers import CustomerNumbers
from routing.center.continuity import Owners, owned
from routing.commands import EnqueueContact
from routing.compliance.numbers import country
from routing.customers import Answer, Answering, Context, Customers, Embedded, Holder, MasterKeys, Webhook
from routing.customers.answering import AnsweringRules
from routing.errors import ConfigError, HuntgroupError, UsageError
from routing.model import Limits
from routing.units import SECOND

#: So long what records of one's own said is not asked anew.
_OWN_FRESH_NS: Final = 5 * SECOND


class People:
    """The customers of one domain, until `close`.

    Parameters
    ----------
    settings : CustomerSettings
        Of the domain.
    database : str
        Where the records are, unless the settings name another.
    domain : str
        The tenant.
    now_ns : callable
        The time.
    holders : sequence of Holder, optional
        Who else holds data of customers.
    owners : Owners, optional
        Which answers of the directory name an agent who is to be preferred; without it none does.
    limits : callable, optional
        Gives the limits of the centre, which what owners add keeps to.

    Attributes
    ----------
    customers : Customers
        The records.
    directory : Answering
        Who somebody is, told in time: by the records or a CRM.
    numbers : CustomerNumbers
        Numbers of call-backs, sealed with the records.

    Raises
    ------
    ConfigError
        If there are no keys, or no database, or the webhook cannot be.
    """

    def __init__(
        self,
        settings: CustomerSettings,
        database: str,
        domain: str,
        now_ns: Callable[[], int],
        *,
        holders: Sequence[Holder] = (),
        owners: Owners | None = None,
        limits: Callable[[], Limits] = Limits,
    ) -> None:
        where = settings.database or database
        if not where:
            raise ConfigError(
                "database", "is missing; name that of the customers, or one in statistics.database"
            )
        try:
            country(settings.region)
        except UsageError as error:
            raise ConfigError("region", str(error)) from None
        self.settings = settings
        self._now_ns = now_ns
        self._owners = owners
        self._limits = limits
        try:
            masters = MasterKeys.from_file(settings.keys)
        except (OSError, HuntgroupError) as error:
            raise ConfigError("keys", f"{settings.keys!r} cannot be used: {error}") from None
        self.customers = Customers(
            where,
            masters,
            domain,
            region=settings.region,
            numbers=settings.numbers,
            attributes=settings.attributes,
            holders=holders,
        )
        # Records of one's own are asked in no time, and an erasure by another process is heard of so soon.
        rules = AnsweringRules(fresh_ns=_OWN_FRESH_NS) if settings.webhook is None else AnsweringRules()
        self.directory = Answering(self._source(), rules)
        self.numbers = CustomerNumbers(self.customers)
        self._threads = ThreadPoolExecutor(4, "huntgroup-customers")

    def _source(self) -> Webhook | Embedded:
        webhook = self.settings.webhook
        if webhook is None:
            return Embedded(
                self.customers, self._now_ns, routing=self.settings.routing, create=self.settings.create
            )
        try:
            headers = {}
            if webhook.token_file:
                token = Path(webhook.token_file).read_text(encoding="utf-8").strip()
                headers = {"Authorization": f"Bearer {token}"}
            return Webhook(
                webhook.url, headers=headers, timeout_ns=webhook.timeout_ns, region=self.settings.region
            )
        except (OSError, HuntgroupError) as error:
            raise ConfigError("webhook", str(error)) from None

    def identify(self, caller: str, wanted: EnqueueContact) -> EnqueueContact:
        """Say in a command whose contact it is, if that is known in time. The number stays outside."""
        if wanted.customer:
            return wanted
        found = self.directory.look_up("number", caller, within_ns=self.settings.within_ns)
        if self._owners is not None:
            return self._owned(wanted, found, self._owners)
        if found.state != "found" or not found.customer:
            return wanted
        attributes = {**found.routing, **(wanted.attributes or {})}
        return replace(wanted, customer=found.customer, attributes=attributes or None)

    def _owned(self, wanted: EnqueueContact, found: Answer, owners: Owners) -> EnqueueContact:
        """Add what was answered, with traces, and the agent of the customer as the one to be preferred."""
        more = [name for name in found.routing if name not in owners.agents and "," not in name]
        told = replace(owners, attributes=tuple(dict.fromkeys((*owners.attributes, *more))))
        return owned(wanted, found, told, self._limits())

    def context(self, customer: str, who: str) -> Context | None:
        """Give what an agent is shown; None if the database does not say it in time."""
        asked = self._threads.submit(self.customers.context, customer, self._now_ns(), who)
        try:
            return asked.result(self.settings.context_ns / 1e9)
        except LateError:
            asked.cancel()  # what nobody waits for keeps nobody waiting, and is not audited as shown
            return None
        except HuntgroupError:
            return None

    def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown(cancel_futures=True)
        self.directory.close()
        self.customers.close()
