"""What a dry run says: where each contact stands without a command and with it, and what that adds up to.

Owns the shape of the answer; must not know how it is found.
"""

from typing import Literal

from msgspec import Struct

from routing.events import CommandRefused, ContactOverflowed, Event
from routing.views import VisitView

Key = tuple[int, int, int, int]


class Standing(Struct, frozen=True):
    """Where a contact stands at the end of the dry run.

    Attributes
    ----------
    state : {"waiting", "offered", "handling", "ended"}
    lead_queue : str
        The queue by whose key it stands; "" unless it waits or rings.
    key : tuple of int, or None
        ``(tier, rank, enqueued_ns, seq)`` of its least visit; None unless it waits or rings.
    place : int
        Its place in the one order among all who wait or ring, 1 for the first; 0 for none.
    visits : tuple of VisitView
        Its stay in each queue: ages, step, spills.
    ringing : tuple of str
        Agents at whom it rings, in order of offers.
    reserved : str
        The agent who is kept free for it.
    reach : int
        Agents who may serve it as it stands: members whose skills, channels and load fit; whether they are there or
        busy does not count, nor do holds and the preferred-agent wait.
    present : int
        Those of them who are logged in and not leaving.
    overflows : tuple of ContactOverflowed
        Overflows since ``at_ns``, with their causes.
    outcome : str
        How it ended; "" while it lives.
    """

    state: Literal["waiting", "offered", "handling", "ended"]
    lead_queue: str = ""
    key: Key | None = None
    place: int = 0
    visits: tuple[VisitView, ...] = ()
    ringing: tuple[str, ...] = ()
    reserved: str = ""
    reach: int = 0
    present: int = 0
    overflows: tuple[ContactOverflowed, ...] = ()
    outcome: str = ""


class Change(Struct, frozen=True):
    """A contact for whom the command makes a difference.

    ``without`` is None when the contact would not be there without the command. ``passed`` counts places gained
    (below 0: lost) among those who wait or ring either way, so that nobody moves only because others end. ``gained``
    and ``lost`` are numbers of agents who may serve it.
    """

    contact: str
    differs: tuple[str, ...]  # names of fields of Standing, "place" only when `passed` is not 0
    without: Standing | None
    given: Standing
    passed: int = 0
    gained: int = 0
    lost: int = 0


class AgentChange(Struct, frozen=True):
    """An agent who becomes or ceases to be a member of queues, by whatever way; logged in, as it stands."""

    agent: str
    joins: tuple[str, ...]
    leaves: tuple[str, ...]
    logged_in: bool


class Totals(Struct, frozen=True):
    """How many contacts: all who waited or rang, and of these and new ones those of whom each line is true."""

    contacts: int
    changed: int
    offered: int  # at `at_ns`, by the command or what it makes due at once
    ended: int  # that would live without the command
    overflowed: int  # otherwise than without the command
    moved: int  # in the order, among those who wait or ring either way
    widened: int  # somebody more may serve them
    narrowed: int  # somebody less
    stranded: int  # nobody who is there may serve them any more


class DryRun(Struct, frozen=True):
    """What a command would do. ``elapsed``: what timers do before it; ``events``: the command's own; ``later``: what it
    makes due at once, and what the horizon brings.
    """

    at_ns: int
    horizon_ns: int
    refusal: CommandRefused | None
    elapsed: tuple[Event, ...]
    events: tuple[Event, ...]
    later: tuple[Event, ...]
    changes: tuple[Change, ...]  # in the order of the contacts' creation
    agents: tuple[AgentChange, ...]  # by id
    totals: Totals
