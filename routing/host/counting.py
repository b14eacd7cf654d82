"""Counting: the statistics of a host's engine, folded in the writer's turn and kept beside snapshots.

A follower (`routing.host.following`) around `routing.statistics.fold.Statistics`. Rows of intervals that are over, and
records of contacts that are, are collected here; with ``keep`` they stay, also in what is kept beside snapshots, until
somebody confirms that they are written elsewhere (`routing.host.recording`).

Owns how a fold begins, what is collected of it and what is kept; must not know who reads it.
"""

from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import astuple

from routing.commands import Command, EnqueueContact, PlaceContact
from routing.engine import Engine
from routing.errors import CorruptSnapshotError
from routing.events import (
    AgentChanged,
    Configured,
    ContactEnqueued,
    ContactPlaced,
    Event,
    GroupChanged,
    QueueChanged,
)
from routing.host.circles import Circle, circle_of
from routing.host.following import Making
from routing.model import Duration
from routing.statistics.fold import Settings as FoldSettings
from routing.statistics.fold import Statistics, Taken
from routing.statistics.metrics import total
from routing.statistics.present import present
from routing.statistics.shapes import AgentCounts, AgentRow, QueueCounts, QueueRow
from routing.units import MINUTE, SECOND

#: Under this name a host has its statistics.
FOLLOWER: Final = "statistics"
#: The attribute of a contact that its record tells as ``subject``.
SUBJECT: Final = "subject"
_FORMAT: Final = 1
_CHANGES: Final = frozenset({AgentChanged, Configured, GroupChanged, QueueChanged})


class Counted(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is counted of a host, and what is kept.

    Parameters
    ----------
    interval_ns : int, default 15 min
        Grain of rows; a divisor of a day.
    short_abandon_ns : int, default 5 s
        Whoever leaves sooner counts as a short abandon, too.
    records : bool, default False
        Records of contacts and sessions, too, which name customers.
    keep : bool, default False
        What is collected stays until it is confirmed; else only the last interval does.
    most : int, default 100,000
        Rows and records that are kept; beyond it the oldest are dropped, and counted as lost.
    """

    interval_ns: Duration = field(default=15 * MINUTE, name="interval")
    short_abandon_ns: Duration = field(default=5 * SECOND, name="short_abandon")
    records: bool = False
    keep: bool = False
    most: Annotated[int, Meta(ge=1, le=100_000_000)] = 100_000

    @property
    def fold(self) -> FoldSettings:
        """The fold's part."""
        return FoldSettings(
            interval_ns=self.interval_ns, short_abandon_ns=self.short_abandon_ns, records=self.records
        )


class _Kept(Struct, array_like=True):
    """A follower's state in a journal."""

    format: int
    settings: Counted
    fold: bytes
    pending: list[Taken]
    queues: list[QueueRow]
    agents: list[AgentRow]
    lost: int


class Counting:
    """Statistics that follow an engine.

    Parameters
    ----------
    engine : Engine
        Stands where counting begins; from then on `follow` is told what happens to it.
    state : bytes, optional
        What `snapshot` of an earlier one said when the engine stood here.
    settings : Counted, optional
        What is counted.

    Attributes
    ----------
    statistics : Statistics
        The fold; to be read within `Host.look` only.
    lost : int
        Rows and records that were dropped because nobody confirmed them in time.

    Notes
    -----
    Without a state, or with one that was written under other settings or by another version, counting begins anew with
    what the engine shows (`routing.statistics.present`).
    """

    def __init__(self, engine: Engine, state: bytes | None, settings: Counted | None = None) -> None:
        self.settings = settings or Counted()
        self._engine = engine
        self.pending: list[Taken] = []
        self.lost = 0
        self._size = 0
        self._dropped = 0  # of what was ever pending; numbers what is confirmed
        self._queues: dict[tuple[str, str], QueueRow] = {}
        self._agents: dict[str, AgentRow] = {}
        self._records = self.settings.records
        self._circles: dict[str, Circle] = {}
        kept = _read(state, self.settings) if state is not None else None
        found = None if kept is None else _restored(kept.fold, engine)
        self.statistics = found or begun(engine, self.settings.fold)
        if kept is not None:
            self.lost = kept.lost
            self._queues = {(row.queue, row.channel): row for row in kept.queues}
            self._agents = {row.agent: row for row in kept.agents}
            if self.settings.keep:
                self.pending = kept.pending
                self._size = sum(map(_size, self.pending))

    # As a follower

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """Count. O(events)."""
        self.statistics.fold(events)
        if self._circles and not _CHANGES.isdisjoint(map(type, events)):
            self._circles.clear()
        if self._records and isinstance(command, EnqueueContact | PlaceContact):
            self._describe(command, events)

    def snapshot(self) -> bytes:
        """Write the state down. O(its size)."""
        self.collect()
        kept = _Kept(
            _FORMAT,
            self.settings,
            self.statistics.snapshot(),
            self.pending,
            list(self._queues.values()),
            list(self._agents.values()),
            self.lost,
        )
        return msgspec.msgpack.encode(kept)

    def _describe(self, command: EnqueueContact | PlaceContact, events: Sequence[Event]) -> None:
        subject = (command.attributes or {}).get(SUBJECT, "")
        first = events[0]  # a refused one says nothing of the contact that is there
        if (command.customer or subject) and isinstance(first, ContactEnqueued | ContactPlaced):
            self.statistics.describe(command.contact, command.customer, subject)

    def pass_to(self, at_ns: int) -> None:
        """Say that nothing has happened until then, but not that an interval is over that the engine knows not of."""
        self.statistics.advance(self._engine.now_ns)
        self.statistics.advance(min(at_ns, self.interval_start_ns + self.settings.interval_ns - 1))

    def circle(self, queue: str) -> Circle:
        """Say who serves a queue. O(1), after a change of the configuration O(agents)."""
        known = self._circles.get(queue)
        if known is None:
            config = self._engine.config
            noun = next((one for one in config.queues if one.id == queue), None)
            known = self._circles[queue] = Circle() if noun is None else circle_of(noun, config)
        return known

    def settle(self) -> None:
        """Close intervals that are over by the engine's time."""
        self.statistics.advance(self._engine.now_ns)
        self.collect()

    # What is finished

    def collect(self) -> None:
        """Collect what the fold has finished. O(what that is)."""
        taken = self.statistics.take()
        if not any(astuple(taken)):
            return
        ends = {row.end_ns for row in taken.queues} | {row.end_ns for row in taken.agents}
        if ends:
            newest = max(ends)
            self._queues = {(row.queue, row.channel): row for row in taken.queues if row.end_ns == newest}
            self._agents = {row.agent: row for row in taken.agents if row.end_ns == newest}
        if self.settings.keep:
            self.pending.append(taken)
            self._size += _size(taken)
            while self._size > self.settings.most and len(self.pending) > 1:
                self.lost += self._drop()

    def take(self) -> tuple[int, Taken]:
        """Give all that is pending, and a number to confirm it by."""
        self.collect()
        parts = [astuple(taken) for taken in self.pending]
        whole = Taken(
            *(list(chain.from_iterable(lists)) for lists in zip(([], [], [], []), *parts, strict=True))
        )
        return self._dropped + len(self.pending), whole

    def confirm(self, number: int) -> None:
        """Forget what was pending when `take` gave this number: it is written elsewhere."""
        while self.pending and self._dropped < number:
            self._drop()

    def _drop(self) -> int:
        size = _size(self.pending.pop(0))
        self._size -= size
        self._dropped += 1
        return size

    @property
    def pending_size(self) -> int:
        """Rows and records that wait to be confirmed."""
        return self._size

    def last_queue(self, queue: str, channel: str = "") -> QueueCounts:
        """Give the counts of the interval before the present one; channel "": of all together. O(channels)."""
        channels = [channel] if channel else [one.id for one in self._engine.config.channels]
        rows = [row for one in channels if (row := self._queues.get((queue, one))) is not None]
        return total(row.counts for row in rows if row.end_ns == self.interval_start_ns)

    def last_agent(self, agent: str) -> AgentCounts:
        """Give an agent's counts of the interval before the present one. O(1)."""
        row = self._agents.get(agent)
        return row.counts if row is not None and row.end_ns == self.interval_start_ns else AgentCounts()

    @property
    def interval_start_ns(self) -> int:
        """When the present interval began."""
        now_ns, interval_ns = self.statistics.now_ns, self.settings.interval_ns
        return now_ns - now_ns % interval_ns


def counting(settings: Counted | None = None) -> Making:
    """Give what makes the follower that counts.

    Examples
    --------
    >>> from routing import Agent, Config, EnqueueContact, Queue
    >>> from routing.host import Host
    >>> with Host(Config(queues=(Queue("sales"),)), followers={FOLLOWER: counting()}) as host:
    ...     _ = host.apply(EnqueueContact("call-1", ("sales",)))
    ...     host.look(FOLLOWER, lambda counting: counting.statistics.queue_now("sales").waiting)
    1
    """
    return partial(Counting, settings=settings)


def begun(engine: Engine, settings: FoldSettings) -> Statistics:
    """Give a fold that has counted nothing yet and knows all that goes on. O((agents + contacts) log of these)."""
    events = present(engine)
    statistics = Statistics(
        engine.config,
        settings,
        configuration=lambda: engine.config,
        at_ns=events[0].at_ns if events else engine.now_ns,
    )
    statistics.fold(events)
    statistics.advance(engine.now_ns)
    statistics.forget()
    if settings.records:
        for contact in engine.contacts.values():
            statistics.describe(contact.id, contact.customer, contact.attributes.get(SUBJECT, ""))
    return statistics


def _restored(fold: bytes, engine: Engine) -> Statistics | None:
    """Give the fold that was kept; None if another version wrote it."""
    try:
        return Statistics.restore(fold, engine.config, configuration=lambda: engine.config)
    except CorruptSnapshotError:
        return None


def _read(state: bytes, settings: Counted) -> _Kept | None:
    """Read what was kept; None if it was kept by other rules."""
    try:
        kept = msgspec.msgpack.decode(state, type=_Kept)
    except msgspec.MsgspecError:
        return None
    same = (kept.settings.fold, kept.format) == (settings.fold, _FORMAT)
    return kept if same else None


def _size(taken: Taken) -> int:
    return sum(map(len, astuple(taken)))
