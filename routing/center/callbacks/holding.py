"""What call-backs hold of a customer, told and forgotten for the records of customers (``routing.customers``).

Owns these questions; must not know the records of customers.
"""

from collections.abc import Mapping
from typing import Any

from routing.center.callbacks.book import CallBackBook


class Holding:
    """The call-backs of a tenant as a holder of customers' data (`routing.customers.Holder`).

    Parameters
    ----------
    book : CallBackBook
        Whose call-backs.
    """

    name = "call_backs"

    def __init__(self, book: CallBackBook) -> None:
        self._book = book

    def held(self, customer: str, *, personal: bool) -> Mapping[str, Any]:
        """Give call-backs and dials of a customer; references to numbers masked unless `personal`."""
        promises = self._book.listed(customer=customer, most=100_000) if customer else []
        for one in () if personal else promises:
            one["number"] = "***" if one["number"] else ""
        dials = self._book.attempts(one["call_back"] for one in promises)
        return {"call_backs": promises, "attempts": dials}

    def forget(self, customer: str) -> int:
        """Take the customer's references off; open call-backs are cancelled by whoever runs the host."""
        return self._book.forget(customer)

    def call_backs(self, customer: str) -> list[tuple[int, str, str]]:
        """Give calls that are still to be made: when, by whom ("": anybody), and which."""
        return self._book.call_backs(customer)
