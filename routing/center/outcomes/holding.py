"""What the history of outcomes holds of a customer: told with an export, forgotten with an erasure.

The rows hold codes, scores and references. Who is forgotten loses the references to notes and to what they wrote; the
texts themselves go with the customer's key. Figures stay.

Owns this face towards customers; must not know how rows are found.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from routing.history.outcomes import OutcomeHistory


class OutcomeHolding:
    """A holder of data of customers (`routing.customers.holding.Holder`).

    Parameters
    ----------
    history : OutcomeHistory
        Of the tenant.
    """

    name = "outcomes"

    def __init__(self, history: OutcomeHistory) -> None:
        self._history = history

    def held(self, customer: str, *, personal: bool) -> Mapping[str, Any]:
        """Give dispositions, surveys and answers about a customer's contacts; references only in clear."""
        found = self._history.held(customer)
        if personal:
            return found
        hidden = {"note_ref", "answer"}
        return {
            kind: [{name: "" if name in hidden else value for name, value in row.items()} for row in rows]
            for kind, rows in found.items()
        }

    def forget(self, customer: str) -> int:
        """Take references to texts off the rows about a customer; returns how many had one."""
        return self._history.forget(customer)

    def call_backs(self, customer: str) -> Sequence[tuple[int, str, str]]:  # noqa: ARG002  # of the protocol
        """Give nothing: a disposition that promises a call is kept by whoever makes it."""
        return ()
