"""Who else holds data of customers, such as campaigns: what they must tell and forget.

Owns this protocol; must not know any holder.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Holder(Protocol):
    """Whoever holds data of customers by their reference, beside the records of customers."""

    @property
    def name(self) -> str:
        """What the holder is called in exports and erasures."""
        ...

    def held(self, customer: str, *, personal: bool) -> Mapping[str, Any]:
        """Give all that is held of a customer, as values that JSON can write; masked unless `personal`."""
        ...

    def forget(self, customer: str) -> int:
        """Erase what identifies a customer; returns how many records that were. May be repeated."""
        ...

    def call_backs(self, customer: str) -> Sequence[tuple[int, str, str]]:
        """Give calls that were promised and are still to be made: when, by whom ("": anybody), reference."""
        ...
