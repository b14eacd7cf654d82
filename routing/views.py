"""What one can see of a running engine: read-only pictures of agents, contacts and queues.

A picture is a frozen struct made when it is asked for; it does not follow the engine.

Owns their shape and the mappings over them; must not know how the state is kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, Literal, TypeVar

from msgspec import Struct


class SegmentView(Struct, frozen=True):
    """One agent's work on one contact. ``until_ns``: end of ringing or wrap-up, 0 for none."""

    agent: str
    contact: str
    queue: str
    state: Literal["ringing", "handling", "wrap_up"]
    offer: int
    until_ns: int
    accepted_ns: int  # 0 while it rings
    channel: str
    load: int


class AgentView(Struct, frozen=True):
    """An agent now. ``available``: would be given a contact that fits."""

    id: str
    logged_in: bool
    leaving: bool  # logged out as soon as the work in hand is done
    ready: bool
    reason: str  # why not ready
    device: Literal["available", "in_use", "unreachable"]
    available: bool
    idle_since_ns: int
    retry_until_ns: int  # 0: no retry hold
    handled: int
    misses: int
    segments: tuple[SegmentView, ...]
    occupancy: int  # 0..10,000, as of the last change; 0 while no queue needs it


class VisitView(Struct, frozen=True):
    """A contact's stay in one queue; ``step`` counts from 0. ``spills``: reserves whose age it has reached."""

    queue: str
    enqueued_ns: int
    entered_ns: int
    step: int
    spills: tuple[int, ...]


class ContactView(Struct, frozen=True):
    """A living contact now."""

    id: str
    state: Literal["waiting", "offered", "handling"]
    channel: str
    priority: int
    customer: str
    enqueued_ns: int
    lead_queue: str  # the queue by whose key it waits; "" unless it waits
    visits: tuple[VisitView, ...]
    segment: SegmentView | None  # the first, should several ring
    held_until_ns: int  # 0: the contact as a whole is not held
    segments: tuple[SegmentView, ...]  # what rings, or is in hand
    prefer_until_ns: int  # 0: nobody but preferred agents is waited for
    due_ns: int  # 0: none
    expedited: bool
    credit_ns: int
    reserved: str  # the agent who is kept free for it
    attributes: dict[str, str]
    front_end: str  # that has it on its lines


class QueueView(Struct, frozen=True):
    """A queue now. ``waiting`` counts contacts with a visit here, ringing ones included."""

    id: str
    open: bool
    waiting: int
    members_logged_in: int
    estimate_ns: int  # as last published, -1 when it is not known
    reserves_on: tuple[bool, ...]  # by reserve; those without a condition are always on


class AttemptView(Struct, frozen=True):
    """An attempt to reach somebody, now."""

    id: str
    campaign: str
    target: str
    carrier: str
    state: Literal["dialing", "ringing", "answered"]
    requested_ns: int
    until_ns: int  # when it is lost unless something is reported
    front_end: str  # that dials
    customer: str
    attributes: dict[str, str]
    agent: str  # on whose behalf, "" for nobody's
    contact: str
    ring_ns: int


V = TypeVar("V")


class Views(Mapping[str, V], Generic[V]):
    """A read-only mapping from id to picture.

    Parameters
    ----------
    ids : callable
        Gives the ids there are now, in order.
    look : callable
        Gives the picture for an id, or ``None``.
    """

    __slots__ = ("_ids", "_look")

    def __init__(self, ids: Callable[[], Iterable[str]], look: Callable[[str], V | None]) -> None:
        self._ids = ids
        self._look = look

    def __getitem__(self, key: str) -> V:
        found = self._look(key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._ids()))

    def __len__(self) -> int:
        return len(list(self._ids()))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._look(key) is not None
