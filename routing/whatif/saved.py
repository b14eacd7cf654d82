"""A snapshot's rows as records with names.

Owns which integer of a row is what; must not know what a contact's standing follows from.
"""

import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

from routing.commands import EnqueueContact, PlaceContact
from routing.snapshot import Saved

#: States of a contact, and of a segment.
WAITING: Final = 1
OFFERED: Final = 2
HANDLING: Final = 3
RINGING: Final = 1

Steps = tuple[tuple[str, int, str, str], ...]


class AgentRow(NamedTuple):
    """The state of an agent."""

    number: int
    logged_in: int
    leaving: int
    ready: int
    reason: int
    device: int
    idle_since: int
    stamp: int
    retry_until: int
    handled: int
    misses: int
    occupancy: int
    limit: int


class ContactRow(NamedTuple):
    """What there is one of for each contact."""

    number: int
    state: int
    enqueued: int
    seq: int
    priority: int
    steps: int
    hops: int
    target: int
    held_until: int
    credit: int
    channel: int
    load: int
    answered_in: int
    prefer_until: int
    due: int
    expedited: int
    grouped: int
    ring_until: int
    drain_at: int
    drained: int
    parent: int
    joined: int
    direction: int


class VisitRow(NamedTuple):
    """A stay in a queue; contact and queue by place."""

    contact: int
    queue: int
    enqueued: int
    seq: int
    entered: int
    step: int
    seen: int
    spills: int


class WishRow(NamedTuple):
    """A preference; the agent by number."""

    contact: int
    agent: int
    score: int
    direct: int


class SegmentRow(NamedTuple):
    """A reservation of an agent; the agent by number."""

    agent: int
    contact: int
    queue: int
    channel: int
    load: int
    state: int
    accepted: int
    offer: int
    until: int
    since: int
    due: int
    on_hold: int
    held_since: int
    disposed: int


Row = TypeVar("Row", AgentRow, ContactRow, VisitRow, WishRow, SegmentRow)


@dataclass(slots=True)
class SavedContact:
    """A contact with all that hangs on it."""

    command: EnqueueContact | PlaceContact
    row: ContactRow
    steps: Steps  # its own, if any
    channel: str
    visits: list[VisitRow] = field(default_factory=list)
    wishes: list[WishRow] = field(default_factory=list)
    ringing: list[int] = field(default_factory=list)  # numbers of agents, in order of offers


def rows(kind: type[Row], data: bytes) -> Iterator[Row]:
    """Read rows of 64-bit integers, low bytes first; O(size)."""
    numbers = array("q", data)
    if sys.byteorder == "big":
        numbers.byteswap()
    width = len(kind._fields)
    return (kind(*numbers[at : at + width]) for at in range(0, len(numbers), width))


def contacts_of(saved: Saved) -> list[SavedContact]:
    """Give the contacts of a snapshot in the order of their numbers; O(size)."""
    part = saved.contacts
    found = [
        SavedContact(
            command, row, part.steps[row.steps] if row.steps >= 0 else (), part.channels[row.channel]
        )
        for command, row in zip(part.commands, rows(ContactRow, part.rows), strict=True)
    ]
    for visit in rows(VisitRow, part.visits):
        found[visit.contact].visits.append(visit)
    for wish in rows(WishRow, part.wishes):
        found[wish.contact].wishes.append(wish)
    for segment in rows(SegmentRow, saved.segments.rows):
        if segment.state == RINGING:
            found[segment.contact].ringing.append(segment.agent)
    return found
