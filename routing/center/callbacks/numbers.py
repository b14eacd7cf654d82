"""Numbers: what a reference stands for, asked by whoever dials and by nobody else.

Owns this protocol, and numbers that lie sealed with the records of customers; must not know promises. A reference is
all that commands and journals hold; when the customer is erased, it stands for nothing.
"""

from contextlib import suppress
from typing import Protocol

from routing.compliance.numbers import e164
from routing.customers import Customers
from routing.errors import UsageError

_PREFIX = "call_back:"


class Numbers(Protocol):
    """Whoever keeps numbers: the records of customers, or a CRM."""

    def refer(self, customer: str, call_back: str, number: str, at_ns: int) -> str:
        """Keep a number; returns its reference."""
        ...

    def resolve(self, reference: str) -> str:
        """Give the number; "": there is none any more, and nothing is to be dialled."""
        ...

    def forget(self, reference: str, at_ns: int) -> None:
        """Keep it no longer: the call-back is over."""
        ...


class CustomerNumbers:
    """Numbers sealed under the key of their customer, as an attribute of the record.

    Parameters
    ----------
    customers : Customers
        The records.
    who : str, default "call-backs"
        In whose name they are written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from routing.customers import MasterKeys
    >>> from routing.customers.sealing import Key
    >>> with TemporaryDirectory() as folder:
    ...     with Customers(f"{folder}/history.db", MasterKeys([Key.fresh()]), region="GB") as customers:
    ...         ann = customers.create(5, [("email", "ann@example.org")])
    ...         numbers = CustomerNumbers(customers)
    ...         reference = numbers.refer(ann, "p1", "020 7946 0018", 6)
    ...         before = numbers.resolve(reference)
    ...         _ = customers.erase(ann, 7, "eve")
    ...         before, numbers.resolve(reference), "7946" in reference
    ('+442079460018', '', False)
    """

    def __init__(self, customers: Customers, who: str = "call-backs") -> None:
        self._customers = customers
        self._who = who

    def refer(self, customer: str, call_back: str, number: str, at_ns: int) -> str:
        """Keep a number, in its one spelling; returns its reference. Raises `DataError` for one that cannot exist."""
        one = e164(number, self._customers.region)
        self._customers.set_attributes(customer, {_PREFIX + call_back: one}, at_ns, self._who)
        return f"{customer}#{call_back}"

    def resolve(self, reference: str) -> str:
        """Give the number; "": there is none any more."""
        customer, _, call_back = reference.partition("#")
        try:
            found = self._customers.routed(customer, [_PREFIX + call_back])
        except UsageError:
            return ""
        return found.get(_PREFIX + call_back, "")

    def forget(self, reference: str, at_ns: int) -> None:
        """Take the number off the record, should it be there."""
        if self.resolve(reference):
            customer, _, call_back = reference.partition("#")
            with suppress(UsageError):  # erased in this very moment
                self._customers.set_attributes(customer, {_PREFIX + call_back: ""}, at_ns, self._who)

    @staticmethod
    def is_of(reference: str, call_back: str) -> bool:
        """Tell whether a reference is to what was kept for this call-back, and for no other one.

        >>> CustomerNumbers.is_of("c1#p1", "p1"), CustomerNumbers.is_of("c1#p1", "p2")
        (True, False)
        """
        return reference.partition("#")[2] == call_back != ""
