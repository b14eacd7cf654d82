"""Bells: which devices ring for an offer, and which comes next.

Most agents have one address, for which nothing is kept. Of others there is a round for each offer that rings.

Owns the rounds of what rings; whoever calls holds the lock of the board. Must not know calls or streams.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

from grpc_api.facade.directory import Directory, normal
from grpc_api.facade.shapes import Offer
from routing.center.devices import Cause, Moved, Round, Rung, Seats
from routing.events import ContactOffered

#: Offers that ended of late: who reads the engine a moment behind must not begin them anew.
_ENDED: Final = 10_000


class Bells:
    """What rings where.

    Parameters
    ----------
    directory : Directory
        Whose address is which, and what else there is to ring.
    seats : Seats
        Who sits where.
    """

    def __init__(self, directory: Directory, seats: Seats) -> None:
        self.directory = directory
        self.seats = seats
        self._rounds: dict[int, Round] = {}
        self._answered: dict[int, str] = {}
        self._ended: deque[int] = deque(maxlen=_ENDED)
        self._over: set[int] = set()

    def offers(self, event: ContactOffered, now_ns: int, parent: str = "") -> tuple[Offer, ...]:
        """Make the instructions to ring, for what is left of the time. O(devices)."""
        round_ = self.round(event)
        if round_ is None:
            until = event.ring_until_ns
            rest_ns = max(until - now_ns, 1) if until else 0
            return (self._offer(event, self.directory.endpoint(event.agent), rest_ns, parent),)
        rest_ns = round_.rest_ns(now_ns)
        return tuple(self._offer(event, one.address, rest_ns, parent) for one in round_.ringing)

    def made(self, event: ContactOffered, devices: Iterable[Rung], now_ns: int, parent: str) -> list[Offer]:
        """Make the instructions to ring these devices, which have just begun to."""
        round_ = self._rounds.get(event.offer)
        rest_ns = round_.rest_ns(now_ns) if round_ is not None else 1
        return [self._offer(event, one.address, rest_ns, parent) for one in devices]

    def round(self, event: ContactOffered) -> Round | None:
        """Give the round of an offer, begun with it; None where there is but one address."""
        found = self._rounds.get(event.offer)
        plan = self.directory.plan
        if found is not None or plan.is_plain(event.agent, self.seats):
            return found
        stages = plan.stages(event.agent, self.seats, event.at_ns)
        if not stages:
            return None
        found = Round(stages, event.at_ns, event.ring_until_ns)
        if event.offer not in self._over:
            self._rounds[event.offer] = found
        return found

    def failed(self, event: ContactOffered, endpoint: str, cause: Cause, now_ns: int) -> Moved | None:
        """Give up the device at an address ("": all that ring); None: there is but one, so the offer has failed."""
        round_ = self.round(event)
        if round_ is None:
            return None
        if not endpoint:
            return round_.failed("", cause, now_ns)
        device = self._at(round_, endpoint)
        return Moved() if device is None else round_.failed(device.id, cause, now_ns)

    @property
    def waiting(self) -> bool:
        """Whether anything rings of which another device may come next."""
        return bool(self._rounds)

    def overdue(self, now_ns: int) -> list[int]:
        """List the offers whose next device is due. O(rounds)."""
        return [
            offer for offer, one in self._rounds.items() if (due := one.due_ns) is not None and due <= now_ns
        ]

    def advance(self, offer: int, now_ns: int) -> Moved:
        """Let time pass for an offer."""
        round_ = self._rounds.get(offer)
        return Moved() if round_ is None else round_.advance(now_ns)

    def answered(self, event: ContactOffered, endpoint: str) -> None:
        """Take note of where an offer is about to be accepted, in case it is."""
        round_ = self.round(event)
        device = None if round_ is None else self._at(round_, endpoint)
        if device is not None:
            self._answered[event.offer] = device.address

    def taken(self, event: ContactOffered) -> str:
        """Say where the offer was accepted, which ends it: as reported, or the only device that rang."""
        round_ = self.round(event)
        endpoint = self._answered.get(event.offer, "")
        if not endpoint and round_ is not None and len(round_.ringing) == 1:
            endpoint = round_.ringing[0].address
        self.end(event.offer)
        return endpoint

    def where(self, offer: int) -> str:
        """Say where an offer that is being accepted was reported to be."""
        return self._answered.get(offer, "")

    def end(self, offer: int) -> None:
        """Forget an offer."""
        if self._rounds.pop(offer, None) is not None:
            if len(self._ended) == _ENDED:
                self._over.discard(self._ended[0])
            self._ended.append(offer)
            self._over.add(offer)
        self._answered.pop(offer, None)

    def keep(self, offers: Iterable[int]) -> None:
        """Forget all but these offers."""
        living = set(offers)
        for offer in [one for one in self._rounds if one not in living]:
            self.end(offer)

    def _at(self, round_: Round, endpoint: str) -> Rung | None:
        wanted = normal(endpoint)
        for one in round_.ringing:
            if endpoint == one.id or wanted == normal(one.address):
                return one
        return None

    def _offer(self, event: ContactOffered, endpoint: str, ring_ns: int, parent: str) -> Offer:
        return Offer(event.agent, endpoint, event.offer, ring_ns, event.queue, parent)
