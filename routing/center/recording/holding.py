"""What recordings hold of a customer, told and forgotten for the records of customers (``routing.customers``).

Legal hold wins: what is under one is told as such, stays through an erasure, and goes once it is released.

Owns these questions; must not know the records of customers.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import to_builtins

from routing.center.recording.recordings import Recordings
from routing.center.recording.searching import Search

_PAGE: Final = 500
_HIDDEN: Final = "***"


class Holding:
    """The recordings of a tenant as a holder of customers' data.

    Parameters
    ----------
    recordings : Recordings
        Whose.
    now_ns : callable
        The time, as `routing.clock.WallClock.now_ns`.
    who : str, default "erasure"
        For the audit of recordings; that of customers names who asked.
    """

    name = "recordings"

    def __init__(self, recordings: Recordings, now_ns: Callable[[], int], *, who: str = "erasure") -> None:
        self._recordings = recordings
        self._now_ns = now_ns
        self._who = who

    def held(self, customer: str, *, personal: bool) -> Mapping[str, Any]:
        """Give all segments of a customer; where media lie is masked unless `personal`."""
        found: list[dict[str, Any]] = []
        after = (0, "")
        search = Search(customer=customer)
        while customer and (page := self._recordings.search(search, after=after, most=_PAGE)):
            for one in page:
                value = to_builtins(one)
                if value["media"] is not None and not personal:
                    value["media"]["location"] = _HIDDEN
                found.append(value)
            after = (page[-1].segment.started_ns, page[-1].segment.segment)
        held = [one["segment"]["segment"] for one in found if one["holds"]]
        return {"segments": found, "under_legal_hold": held}

    def forget(self, customer: str) -> int:
        """Have a customer's recordings purged next, but for those under legal hold; returns how many will be.

        Those under legal hold are told by `held`, and in the audit of recordings.
        """
        if not customer:
            return 0
        return self._recordings.forget(customer, at_ns=self._now_ns(), who=self._who).marked

    def call_backs(self, customer: str) -> list[tuple[int, str, str]]:
        """Nobody is called back by a recording."""
        del customer
        return []
