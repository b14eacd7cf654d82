"""What goes into a host and comes out of it, its limits and its figures.

Owns these shapes; must not know how commands are done (``host``).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from routing.commands import Command
from routing.events import Event
from routing.units import MILLISECOND, SECOND

State = Literal["serving", "full", "draining", "stopped"]

_Count = Annotated[int, Meta(ge=1, le=100_000_000)]
_Duration = Annotated[int, Meta(ge=0, le=3600 * SECOND, title="duration")]


class Request(Struct, frozen=True, gc=False):
    """A command as somebody asks for it.

    ``request_id``: repeated, the outcome of the first is given again, also after a crash. ``actor``: who asks, for the
    journal; it decides nothing. ``note``: why, for the journal and for witnesses (`routing.replay.Witness`).
    """

    command: Command
    request_id: str = ""
    actor: str = ""
    note: str = ""


class Outcome(Struct, frozen=True, gc=False):
    """What became of a command; when one sees it, it is as durable as the journal is configured to be.

    ``events`` are those of the command alone: its effect and the offers that followed, or one `CommandRefused`. What
    timers did beforehand goes to the feed only. ``revision`` is what the engine had reached after it.
    """

    revision: int
    at_ns: int
    events: tuple[Event, ...]
    repeated: bool = False  # answered from memory: the request id was known


class Settings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Limits and habits of a host."""

    inbox: _Count = 10_000  # commands that may wait to be done; more are refused as overloaded
    batch: _Count = 1_024  # commands written to the journal at once, at most
    snapshot_every: _Count = 200_000  # commands from one snapshot to the next
    keep_snapshots: Annotated[int, Meta(ge=1, le=1000)] = 2  # older ones, and what they hold, are dropped
    keep_events: _Count = 200_000  # that a watch can go back
    sync_ns: _Duration = field(
        default=5 * MILLISECOND, name="sync"
    )  # from an answer to the disk, under "group"
    threads: bool = True  # False: somebody calls `Host.tick` when timers are due


class Figures(Struct, frozen=True):
    """Counters since the host was opened, and how it stands. Times in ns."""

    state: State
    revision: int
    commands: int
    repeated: int
    refusals: dict[str, int]  # by reason
    events: int
    batches: int
    ticks: int
    snapshots: int
    journal_bytes: int
    append_ns: tuple[
        int, ...
    ]  # number of batches by time to write: bucket i is below 2**(i + 12) ns, the last all else
    append_ns_sum: int
    waiting: int  # commands in the inbox
    overloaded: int  # commands refused so
    lag_ns: int  # how late the latest round of timers was
    watches: int
    watches_cut: int
