"""Statistics of one centre: a fold over the events of its engine.

`Statistics` counts what `routing.statistics.shapes` names, event by event, and can say at any time how things stand
(`routing.statistics.now`), what happened since the start, and, interval by interval, what is finished. It is
deterministic: the same events give the same figures, in whatever portions the calls' outcomes are folded.

Owns what can be asked; must not know where events come from, or what is computed from counts (``metrics``).
"""

import sys
from collections.abc import Callable
from typing import Final, Self

from msgspec import Struct

from routing.errors import UsageError
from routing.model import Config, Duration
from routing.statistics._fold import Fold
from routing.statistics.now import (
    DEVICES,
    STATES,
    AgentNow,
    CentreNow,
    ChannelNow,
    GroupNow,
    QueueNow,
    Rolling,
    Waiting,
)
from routing.statistics.quantiles import Histogram, Quantiles, quantiles
from routing.statistics.saved import Saved, read, write
from routing.statistics.shapes import (
    AgentCounts,
    AgentRow,
    ContactRecord,
    QueueCounts,
    QueueRow,
    Session,
)
from routing.units import DAY, MINUTE, SECOND
from routing.words import suggest

__all__ = ["Settings", "Statistics", "Taken"]

#: What rolling figures look back.
WINDOWS: Final = (5 * MINUTE, 15 * MINUTE, 30 * MINUTE)


class Settings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is counted how.

    Parameters
    ----------
    interval_ns : int, default 15 min
        Grain of rows, a divisor of a day. Intervals begin at multiples of it since the epoch (UTC); as every present
        time zone is a multiple of 15 minutes from UTC, half hours, hours and days of any zone are sums of rows.
    short_abandon_ns : int, default 5 s
        Whoever leaves sooner counts as a short abandon, too.
    pane_ns : int, default 10 s
        Grain of rolling figures.
    panes : int, default 180
        How many of them are kept: half an hour.
    wait_pane_ns : int, default 1 min
        Grain of the rolling window of waits, for quantiles.
    wait_panes : int, default 60
        How many of them are kept: an hour. 0: no waits are kept, neither of a window nor since the start.
    records : bool, default False
        Write contact records and sessions, too.
    """

    interval_ns: Duration = 15 * MINUTE
    short_abandon_ns: Duration = 5 * SECOND
    pane_ns: Duration = 10 * SECOND
    panes: int = 180
    wait_pane_ns: Duration = MINUTE
    wait_panes: int = 60
    records: bool = False


DEFAULTS: Final = Settings()


class Taken(Struct, frozen=True):
    """What was finished since the last time."""

    queues: list[QueueRow]
    agents: list[AgentRow]
    records: list[ContactRecord]
    sessions: list[Session]


class Statistics(Fold):
    """Counts of one centre.

    Parameters
    ----------
    config : Config
        Names queues, channels and agents, and the service level of each queue.
    settings : Settings, optional
        What is counted how.
    configuration : callable, optional
        Asked for the configuration in force when an event says that it changed; a host passes
        ``lambda: engine.config``. Without it groups, skills and service levels stay as they are in ``config``.
    at_ns : int, default 0
        When counting begins.

    Raises
    ------
    UsageError
        If a setting is out of its range.

    Examples
    --------
    >>> from routing.commands import AbandonContact, EnqueueContact
    >>> from routing.engine import Engine
    >>> from routing.model import Agent, Queue
    >>> engine = Engine(Config(agents=(Agent("ann"),), queues=(Queue("sales"),)))
    >>> statistics = Statistics(engine.config, configuration=lambda: engine.config)
    >>> statistics.fold(engine.apply(EnqueueContact("call-1", ("sales",)), 0))
    >>> statistics.advance(30 * SECOND)
    >>> now = statistics.queue_now("sales")
    >>> now.waiting, now.longest_wait_ns // SECOND
    (1, 30)
    >>> statistics.fold(engine.apply(AbandonContact("call-1"), 40 * SECOND))
    >>> statistics.queue("sales").abandoned, statistics.queue("sales").wait_abandoned_ns // SECOND
    (1, 40)
    """

    def __init__(
        self,
        config: Config,
        settings: Settings = DEFAULTS,
        *,
        configuration: Callable[[], Config] | None = None,
        at_ns: int = 0,
    ) -> None:
        self._open(config, settings, configuration, at_ns)
        self._read(config)
        self.stale = None

    def _open(
        self,
        config: Config,
        settings: Settings,
        configuration: Callable[[], Config] | None,
        at_ns: int,
    ) -> None:
        check(settings, at_ns)
        self.settings = settings
        self._configuration = configuration
        self._config = config
        self._begin(
            settings.interval_ns,
            settings.short_abandon_ns,
            settings.pane_ns,
            settings.panes,
            settings.wait_pane_ns,
            settings.wait_panes,
            settings.records,
            at_ns,
        )

    def _read(self, config: Config) -> None:
        for channel in config.channels:
            self._set_channel(channel.id)
        for queue in config.queues:
            self._set_queue(queue.id, queue.service_level_ns)

    def _reread(self) -> None:
        """The fold asks for this when queues may have changed."""
        self._read(self._now_config())

    def _now_config(self) -> Config:
        if self._configuration is not None:
            self._config = self._configuration()
        return self._config

    def _regroup(self) -> None:
        """Bring the groups and skills of agents up to date. O(agents), after some have changed."""
        if self.stale is not None and not self.stale:
            return
        stale = self.stale
        config = self._now_config()
        agents = {agent.id: agent for agent in config.agents}
        for name in self._agent_ids() if stale is None else sorted(stale):
            if name not in agents:
                self._set_agent(name, (), ())
        for agent in config.agents:
            if stale is None or agent.id in stale:
                self._set_agent(agent.id, agent.groups, tuple(agent.skills))
        self.stale = set()

    # Since the start

    def queue(self, queue: str, channel: str | None = None) -> QueueCounts:
        """Counts of a queue since the start, in one channel or in all. O(channels)."""
        self._must_know("queue", queue)
        if channel is not None:
            self._must_know("channel", channel)
        return self._queue_counts(queue, channel, False)

    def channel(self, channel: str) -> QueueCounts:
        """Counts of a channel since the start; of maxima the greatest of any queue. O(queues)."""
        self._must_know("channel", channel)
        return self._queue_counts(None, channel, False)

    def total(self) -> QueueCounts:
        """Counts of all queues since the start; of maxima the greatest of any queue. O(queues x channels)."""
        return self._queue_counts(None, None, False)

    def agent(self, agent: str) -> AgentCounts:
        """Counts of an agent since the start. O(1)."""
        if not self._known("agent", agent):
            self._regroup()
            self._must_know("agent", agent)
        return self._agent_counts(agent, False)

    # In the present interval

    def queue_interval(self, queue: str, channel: str | None = None) -> QueueCounts:
        """Counts of a queue in the present interval, in one channel or in all. O(channels)."""
        self._must_know("queue", queue)
        if channel is not None:
            self._must_know("channel", channel)
        return self._queue_counts(queue, channel, True)

    def agent_interval(self, agent: str) -> AgentCounts:
        """Counts of an agent in the present interval. O(1)."""
        if not self._known("agent", agent):
            self._regroup()
            self._must_know("agent", agent)
        return self._agent_counts(agent, True)

    # Waits of answered visits

    def waits(self, queue: str, channel: str | None = None, panes: int | None = None) -> Histogram:
        """Give the waits of a queue's visits that were answered lately, in one channel or in all added up.

        Parameters
        ----------
        queue : str
            The queue that they were answered from.
        channel : str, optional
            Only this channel's.
        panes : int, optional
            Only those of the newest ``panes``, the present one included; without it those of the whole window of
            ``Settings.wait_panes``.

        Returns
        -------
        Histogram
            A new one; empty when nothing was answered, or no waits are kept. O(channels x (buckets + panes)).

        Raises
        ------
        UsageError
            If the queue or channel is not known, or the window has not so many panes.
        """
        self._must_know_waits(queue, channel)
        if panes is not None and not 1 <= panes <= self.settings.wait_panes:
            raise UsageError(
                f"panes {panes} is not in 1..{self.settings.wait_panes}; name some of the window, or set wait_panes"
            )
        return self._waits(queue, channel, panes, False)

    def waits_ever(self, queue: str, channel: str | None = None) -> Histogram:
        """Give the waits of all visits answered since the start, as `waits`. O(channels x buckets)."""
        self._must_know_waits(queue, channel)
        return self._waits(queue, channel, None, True)

    def wait_quantiles(self, queue: str, channel: str | None = None, panes: int | None = None) -> Quantiles:
        """Tell the usual quantiles of `waits`."""
        return quantiles(self.waits(queue, channel, panes))

    def _must_know_waits(self, queue: str, channel: str | None) -> None:
        self._must_know("queue", queue)
        if channel is not None:
            self._must_know("channel", channel)

    # Now

    def queue_now(self, queue: str, channel: str | None = None) -> QueueNow:
        """How a queue stands, in one channel or in all. O(channels x panes)."""
        self._must_know("queue", queue)
        if channel is not None:
            self._must_know("channel", channel)
        return self._visits_now(queue, channel)

    def waiting(self, queue: str, most: int = 100) -> list[Waiting]:
        """Give the contacts that have waited in a queue longest, the oldest first. O(most x channels)."""
        self._must_know("queue", queue)
        found = sorted(self._waiting(queue, None, max(most, 0)))[: max(most, 0)]
        return [Waiting(contact, entered, self.now_ns - entered) for entered, contact in found]

    def agent_now(self, agent: str) -> AgentNow:
        """How an agent stands. O(1)."""
        if not self._known("agent", agent):
            self._regroup()
            self._must_know("agent", agent)
        state, since, logged_in, log_in, leaving, ready, reason, device, hand, held, ringing, wraps = (
            self._agent_now(agent)
        )
        counts = self._agent_counts(agent, True)
        able = counts.staffed_ns - counts.not_ready_ns
        busy = counts.talking_ns + counts.holding_ns + counts.wrap_up_ns
        return AgentNow(
            self.now_ns,
            agent,
            STATES[state],
            since,
            log_in if logged_in else 0,
            leaving,
            ready and logged_in,
            reason,
            DEVICES[device],
            hand,
            held,
            ringing,
            wraps,
            busy / able if able else None,
        )

    def group_now(self, group: str) -> GroupNow:
        """How the agents of a group stand. O(changes of state since any group was last asked for)."""
        return self._agents_now("group", group)

    def skill_now(self, skill: str) -> GroupNow:
        """How the agents with a skill stand. O(changes of state since any group was last asked for)."""
        return self._agents_now("skill", skill)

    def channel_now(self, channel: str) -> ChannelNow:
        """How a channel stands: contacts, and their visits. O(queues x panes)."""
        self._must_know("channel", channel)
        alive, in_hand = self._contacts_now(channel)
        return ChannelNow(self.now_ns, alive, alive - in_hand, in_hand, self._visits_now(None, channel))

    def centre_now(self) -> CentreNow:
        """How the whole centre stands. O(queues x panes + changes of state)."""
        alive, in_hand = self._contacts_now(None)
        visits = self._visits_now(None, None)
        return CentreNow(self.now_ns, alive, alive - in_hand, in_hand, visits, self._agents_now("centre", ""))

    def _visits_now(self, queue: str | None, channel: str | None) -> QueueNow:
        waiting, oldest, in_hand, wrapping = self._queue_now(queue, channel)
        pane_ns, panes = self.settings.pane_ns, self.settings.panes
        kept = sorted({min(max(window // pane_ns, 1), panes) for window in WINDOWS})
        rolling = tuple(Rolling(count * pane_ns, *self._rolling(queue, channel, count)) for count in kept)
        longest = self.now_ns - oldest if waiting else 0
        return QueueNow(self.now_ns, waiting, longest, in_hand, wrapping, rolling)

    def _agents_now(self, kind: str, name: str) -> GroupNow:
        self._regroup()
        found = self._tag_now(kind, name)
        if found is None:
            raise UsageError(f"no agent has the {kind} {name!r}, nor had since counting began; name another")
        (_, talking, holding, wrap_up, ringing, not_ready, engaged, idle), reasons = found
        staffed = talking + holding + wrap_up + ringing + not_ready + engaged + idle
        return GroupNow(
            self.now_ns, staffed, talking, holding, wrap_up, ringing, not_ready, engaged, idle, reasons
        )

    def _must_know(self, kind: str, name: str) -> None:
        if not self._known(kind, name):
            nouns = (
                self._config.queues if kind == "queue" else self._config.channels if kind == "channel" else ()
            )
            known = suggest(name, [noun.id for noun in nouns])
            raise UsageError(f"{kind} {name!r} is not known{known}; name one of the configuration")

    # What is finished

    def describe(self, contact: str, customer: str, subject: str) -> None:
        """Tell opaque references for the record of a contact that lives, or ended at this very instant. O(1).

        Does nothing unless records are kept.
        """
        self._describe(contact, customer, subject)

    def take(self, limit: int | None = None) -> Taken:
        """Take what is finished since the last time: rows of intervals that are over, records of what is over.

        Parameters
        ----------
        limit : int, optional
            At most so many rows and records together, rows first, the oldest first; what is left comes the next
            time. Without it, everything.

        Raises
        ------
        UsageError
            If the limit is negative.
        """
        if limit is not None and limit < 0:
            raise UsageError(f"limit {limit} is negative; give a number of rows, or none for everything")
        most = sys.maxsize if limit is None else limit
        queues, agents = self._take_rows(most)
        records, sessions = self._take_records(most - len(queues) - len(agents))
        return Taken(queues, agents, records, sessions)

    def forget(self) -> None:
        """Set every count to zero; what goes on stays as it is, with its instants. O(queues x channels + agents).

        For a fold that joins late: it folds `routing.statistics.present.present`, and counts from then on.
        """
        self._count_anew()

    # Snapshots

    def snapshot(self) -> bytes:
        """Write everything down. O(agents + living contacts + queues)."""
        settings = self.settings
        return write(
            Saved(
                settings.interval_ns,
                settings.short_abandon_ns,
                settings.pane_ns,
                settings.panes,
                settings.wait_pane_ns,
                settings.wait_panes,
                settings.records,
                *self._save(),
            )
        )

    @classmethod
    def restore(
        cls, data: bytes, config: Config, *, configuration: Callable[[], Config] | None = None
    ) -> Self:
        """Go on from a snapshot, to the last count as if counting had never stopped.

        Parameters
        ----------
        data : bytes
            What `snapshot` wrote; the settings are in it.
        config : Config
            The configuration in force when it was written: groups, skills and service levels are read from it.
        configuration : callable, optional
            As for the class.

        Raises
        ------
        CorruptSnapshotError
            If the bytes are no snapshot of statistics, a damaged one, or of another format.
        """
        saved = read(data)
        settings = Settings(
            saved.interval_ns,
            saved.short_abandon_ns,
            saved.pane_ns,
            saved.panes,
            saved.wait_pane_ns,
            saved.wait_panes,
            saved.recording,
        )
        made = cls.__new__(cls)
        made._open(config, settings, configuration, 0)
        made._load(
            saved.numbers,
            saved.names,
            saved.stories,
            saved.spans,
            saved.records,
            saved.sessions,
            saved.waits,
        )
        made._read(config)
        return made


def check(settings: Settings, at_ns: int) -> None:
    """Refuse settings that nothing can be counted by."""
    interval_ns = settings.interval_ns
    if interval_ns <= 0 or DAY % interval_ns:
        raise UsageError(f"interval_ns {interval_ns} does not divide a day; take 15, 30 or 60 minutes")
    if settings.pane_ns <= 0:
        raise UsageError(f"pane_ns {settings.pane_ns} is not positive; take 10 s")
    if not 1 <= settings.panes <= 100_000:
        raise UsageError(f"panes {settings.panes} is not in 1..100000; take 180")
    if not 1 <= settings.wait_pane_ns <= DAY:
        raise UsageError(f"wait_pane_ns {settings.wait_pane_ns} is not in 1..{DAY} (a day); take 1 min")
    if not 0 <= settings.wait_panes <= 100_000:
        raise UsageError(f"wait_panes {settings.wait_panes} is not in 0..100000; take 60, or 0 for none")
    if at_ns < 0:
        raise UsageError(f"at_ns {at_ns} is negative; instants count from 0")
