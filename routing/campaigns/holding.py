"""What campaigns hold of a customer, told and forgotten for the records of customers (``routing.customers``).

A record's ``customer`` is what stood in the list: it is found when that is the reference of the customer. Attempts stay
with their number: limits of the law count by it, and it is the evidence that they were kept.

Owns these questions; must not know the records of customers.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select

from routing.campaigns.office import Office
from routing.campaigns.tables import ATTEMPTS, NUMBERS, QUEUES, RECALL, RECORDS

_R: Final = RECORDS.c
_N: Final = NUMBERS.c
_A: Final = ATTEMPTS.c
_PERSONAL: Final = ("number", "attributes")


class Holding:
    """The campaigns of a tenant as a holder of customers' data.

    Parameters
    ----------
    office : Office
        Whose campaigns.
    """

    name = "campaigns"

    def __init__(self, office: Office) -> None:
        self._office = office

    def held(self, customer: str, *, personal: bool) -> Mapping[str, Any]:
        """Give records, numbers and attempts of a customer; numbers and attributes masked unless `personal`."""
        domain = self._office.domain
        with self._office.database.reading() as connection:
            mine = (_R.domain == domain, _R.customer == customer, _R.customer != "")
            records = [dict(row._mapping) for row in connection.execute(select(RECORDS).where(*mine))]
            for one in records:
                one["queue"] = QUEUES[one["queue"]]
                numbers = select(_N.number, _N.hours, _N.closed, _N.tries).where(
                    _N.domain == domain, _N.record == one["record"]
                )
                one["numbers"] = [dict(row._mapping) for row in connection.execute(numbers)]
            of = (_A.domain == domain, _A.customer == customer, _A.customer != "")
            attempts = [dict(row._mapping) for row in connection.execute(select(ATTEMPTS).where(*of))]
        parts = [*records, *attempts, *(number for one in records for number in one["numbers"])]
        for one in () if personal else parts:
            one.update({name: "***" for name in _PERSONAL if name in one})
        return {"records": records, "attempts": attempts}

    def forget(self, customer: str) -> int:
        """Close a customer's records, and erase their numbers and attributes; returns how many."""
        return self._office.forget(customer) if customer else 0

    def call_backs(self, customer: str) -> list[tuple[int, str, str]]:
        """Give recalls of a customer's records: when they are due, whose, and the record."""
        with self._office.database.reading() as connection:
            of = (_R.domain == self._office.domain, _R.customer == customer, _R.customer != "")
            query = select(_R.due_ns, _R.agent, _R.record).where(*of, _R.queue == RECALL)
            return sorted((due, agent, str(record)) for due, agent, record in connection.execute(query))
