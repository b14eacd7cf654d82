"""The host of a live engine: the only writer, its journal, its timers and its feed.

Owns the life of these, from opening to closing, and who may enter; must not know what commands do.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar, get_args

from routing.clock import Clock, WallClock, pause_ns
from routing.commands import Command, Configure
from routing.engine import BEHAVIOUR, Engine
from routing.errors import JournalFullError, UnavailableError, UsageError
from routing.events import Event
from routing.host.feed import Feed
from routing.host.following import Follower, Following, Making, keep
from routing.host.inbox import Inbox, Turn
from routing.host.keeper import Keeper
from routing.host.opening import CONFIG_NOTE, named, start
from routing.host.shapes import Figures, Outcome, Request, Settings, State
from routing.host.tally import Tally
from routing.host.writer import Writer
from routing.journal import Durability, Journal, MemoryJournal
from routing.journal.sqlite import SqliteJournal
from routing.model import Config
from routing.units import MILLISECOND, SECOND

T = TypeVar("T")

#: How long to wait before the journal is tried again when it was full, ns.
_RETRY_NS = SECOND // 4


class Host:
    """A contact centre that is alive: give it commands, from any thread or task.

    A command is stamped, written to the journal, applied, published and answered, in this order: what was answered
    survives a crash as the journal's durability says. Commands of several callers that arrive together go into the
    journal together. Timers fire by themselves.

    Parameters
    ----------
    config : Config, optional
        The centre. A new journal begins with it. An old one goes on with what it holds; when it was opened with
        another configuration last, this one takes its place by a `Configure`, while contacts wait. None: what the
        journal holds.
    journal : path or Journal, optional
        A path: an SQLite file, made if need be. None: in memory; nothing survives the process.
    durability : {"full", "group", "none"}, default "full"
        Of a journal given by its path: see ``docs/journal.md``.
    settings : Settings, optional
        Limits and habits.
    clock : Clock, optional
        Where the time comes from; by default the machine's clock without its steps backwards.
    followers : mapping of str to callable, optional
        What goes along with the engine, by name (`routing.host.following`).

    Raises
    ------
    ConfigError, UsageError
        If the configuration breaks a rule, or there is none and the journal is empty.
    JournalLockedError
        If another host has the journal open.
    CorruptJournalError, ReplayMismatchError
        If the journal cannot be read, or led to something else than it did when it was written.

    Examples
    --------
    >>> from routing import Agent, Config, LogIn, Queue
    >>> host = Host(Config(agents=(Agent("ann"),), queues=(Queue("sales"),)))
    >>> type(host.apply(LogIn("ann"))[0]).__name__
    'AgentLoggedIn'
    >>> host.close()
    """

    def __init__(
        self,
        config: Config | None = None,
        journal: str | Path | Journal | None = None,
        *,
        durability: Durability = "full",
        settings: Settings | None = None,
        clock: Clock | None = None,
        followers: Mapping[str, Making] | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self._clock = clock or WallClock()
        self._journal = _open_journal(journal, durability)
        self._writing = threading.Lock()
        self._shelving = threading.Lock()  # taken before the other
        self._inbox = Inbox(self.settings.inbox)
        self._tally = Tally()
        self._following = Following(followers or {})
        self._keeper: Keeper | None = None
        self._syncer: Keeper | None = None
        self._closed = False
        self._unsynced = False
        self._armed: int | None = None  # when the keeper wakes by itself
        try:
            self.problems = self._journal.open().problems
            self._begin(config)
        except BaseException:
            self._journal.close()
            raise
        if self.settings.threads:
            self._keeper = Keeper(self._keep, "huntgroup-keeper")
            if self.settings.sync_ns:
                self._syncer = Keeper(self._sync, "huntgroup-sync")

    # Commands

    def apply(
        self, command: Command, *, request_id: str = "", actor: str = "", note: str = ""
    ) -> tuple[Event, ...]:
        """Do one command; returns its own events when they are durable.

        Parameters
        ----------
        command : Command
            One of `routing.commands`.
        request_id : str, optional
            Repeated, the outcome of the first is given again; so a retry is safe.
        actor : str, optional
            Who asks, for the journal.
        note : str, optional
            Why, for the journal.

        Raises
        ------
        UsageError
            For misuse; nothing was written.
        OverloadedError
            If too many commands wait; ``retry_after_ns`` says when to come back.
        JournalFullError
            If there is no room for the journal; nothing was done, reads go on.
        ClosedError
            If the host drains, is closed, or has stopped. A command under way may or may not have been done: repeat
            it under its request id.
        """
        return self.apply_many([Request(command, request_id, actor, note)])[0].events

    def apply_many(self, requests: Sequence[Request]) -> list[Outcome]:
        """Do several commands at one instant, in one write; errors as for `apply`, for all of them together."""
        if not requests:
            return []
        turn = Turn(requests)
        self._inbox.put(turn)
        with self._writing:
            while not turn.done:
                self._work()
        return turn.result()

    async def apply_async(
        self, command: Command, *, request_id: str = "", actor: str = "", note: str = ""
    ) -> tuple[Event, ...]:
        """Like `apply`, for asyncio."""
        return (await self.apply_many_async([Request(command, request_id, actor, note)]))[0].events

    async def apply_many_async(self, requests: Sequence[Request]) -> list[Outcome]:
        """Like `apply_many`, for asyncio; what several tasks want goes into the journal together."""
        if not requests:
            return []
        if self._keeper is None:
            raise UsageError("this host has no threads (settings.threads); use apply")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Outcome]] = loop.create_future()

        def settle(turn: Turn) -> None:
            if future.done():  # nobody waits any more
                return
            if turn.error is not None:
                future.set_exception(turn.error)
            else:
                future.set_result(turn.result())

        def tell(turn: Turn) -> None:
            try:
                loop.call_soon_threadsafe(settle, turn)
            except RuntimeError:  # the loop is closed; nobody waits any more
                return

        self._inbox.put(Turn(requests, tell))
        self._keeper.knock()
        return await future

    def write_down(self, note: str, *, actor: str, request_id: str = "") -> int:
        """Journal something that the engine need not know, for witnesses (`routing.replay.Witness`) and auditors.

        Returns the ``seq`` of its envelope, when it is durable.

        Parameters
        ----------
        note : str
            At most 16,384 characters, nothing personal: it stays as long as the journal.
        actor, request_id : str
            Who writes it, and under which id; what is written twice stands there twice.

        Raises
        ------
        UsageError
            If it is empty or too long.
        UnavailableError
            If the host has stopped, or there is no room for the journal.

        Examples
        --------
        >>> from routing import Config
        >>> with Host(Config()) as host:
        ...     host.write_down("the fire drill is over", actor="kim")
        1
        """
        with self._writing:
            return self._writer.write_down(note, actor, request_id)

    def tick(self) -> int | None:
        """Let timers fire that are due; returns when the next one is, as an instant, or None.

        The host's own thread does this; it is for hosts without threads.
        """
        with self._writing:
            self._writer.tick()
            return self._writer.engine.next_due_ns

    # Looking

    def read(self, look: Callable[[Engine], T]) -> T:
        """Let a function look at the engine while nothing changes.

        It must be quick, must not change anything, and must not call the host, which waits for it.

        Examples
        --------
        >>> from routing import Config, Queue
        >>> with Host(Config(queues=(Queue("sales"),))) as host:
        ...     host.read(lambda engine: engine.queues["sales"].waiting)
        0
        """
        with self._writing:
            return look(self._writer.engine)

    def look(self, follower: str, look: Callable[[Any], T]) -> T:
        """Let a function look at a follower while nothing changes; as for `read`.

        Raises
        ------
        UsageError
            If the host has no follower of this name.
        """
        with self._writing:
            return look(self.follower(follower))

    def look_now(self, follower: str, look: Callable[[Any, int], T]) -> T:
        """Like `look`, and tell the function the instant until which nothing has happened but what was told.

        That is the present, or just before the next timer, should it be late.
        """
        with self._writing:
            writer = self._writer
            due = writer.engine.next_due_ns
            now = writer.engine.now_ns if writer.state == "stopped" else writer.now()
            return look(
                self.follower(follower), now if due is None else max(min(now, due - 1), writer.engine.now_ns)
            )

    def pass_time(self) -> int:
        """Journal that it is now, and let timers fire that are due; returns the instant.

        For what must be told that nothing has happened until now, such as statistics at the end of an interval.

        Raises
        ------
        UnavailableError
            If the host has stopped, or there is no room for the journal.
        """
        with self._writing:
            return self._writer.stamp()

    def has(self, follower: str) -> bool:
        """Whether there is a follower of this name."""
        return follower in self._following.by_name

    def follower(self, name: str) -> Follower:
        """Give a follower, to be touched within `look` only."""
        try:
            return self._following.by_name[name]
        except KeyError:
            raise UsageError(
                f"the host has no follower {name!r} but {', '.join(self._following.by_name) or 'none'}; "
                "name it when the host is made"
            ) from None

    @property
    def feed(self) -> Feed:
        """Events as they happen, and those of late."""
        return self._feed

    @property
    def revision(self) -> int:
        """How many events there have been."""
        return self._writer.engine.revision

    @property
    def digest(self) -> int:
        """The digest over all of them."""
        return self.read(lambda engine: engine.digest)

    @property
    def now_ns(self) -> int:
        """The instant of the latest command or tick."""
        return self._writer.engine.now_ns

    @property
    def seq(self) -> int:
        """The number of the latest envelope in the journal."""
        return self._writer.seq

    @property
    def state(self) -> State:
        """Is it serving, without room for its journal, being closed, or stopped?"""
        return self._writer.state

    @property
    def stopped_by(self) -> str:
        """What stopped it, if an error did."""
        return self._writer.stopped_by

    def figures(self) -> Figures:
        """Give the counters."""
        tally = self._tally
        return Figures(
            self.state,
            self.revision,
            tally.commands,
            tally.repeated,
            dict(tally.refusals),
            tally.events,
            tally.batches,
            tally.ticks,
            tally.snapshots,
            tally.journal_bytes,
            tuple(tally.append_ns),
            tally.append_ns_sum,
            self._inbox.waiting,
            self._inbox.overloaded,
            tally.lag_ns,
            self._feed.watches,
            self._feed.cut,
        )

    # The journal

    def snapshot(self) -> int:
        """Put the state on the journal's shelf and drop what is older than the settings keep; returns its ``seq``.

        Commands wait while the state is written down, O(its size), and go on while it is put on the shelf.
        """
        return self._snapshot(sealed=False)

    def seal(self) -> int:
        """Put the state on the shelf for good: nothing before it is ever replayed again.

        This is how a journal passes to newer rules: replayed under the old ones for the last time, it goes on from here
        under those of this version.
        """
        return self._snapshot(sealed=True)

    # The end

    def drain(self, timeout_ns: int = 10 * SECOND) -> bool:
        """Take no more commands, and do those that wait; False when they were not done in time."""
        if not self._writing.acquire(timeout=timeout_ns / 1e9):
            return False
        try:
            while self._inbox.waiting:
                self._work()
            if self._writer.state in ("serving", "full"):
                self._writer.state = "draining"
            return True
        finally:
            self._writing.release()

    def close(self) -> None:
        """Drain, take a snapshot, bring everything to the disk, and let the journal go; twice does nothing."""
        if self._closed:
            return
        self._closed = True
        self.drain()
        for keeper in (self._keeper, self._syncer):
            if keeper is not None:
                keeper.end()
        try:
            if self._writer.state == "draining" and self._writer.since_snapshot:
                self._snapshot(sealed=False)
        except UnavailableError:
            pass  # without room for a snapshot the journal is longer to read, and whole
        finally:
            with self._writing:
                self._writer.state = "stopped"
                while self._inbox.waiting:  # they are told that it is over
                    self._work()
                self._feed.close("the host was closed")
                self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Inside

    def _begin(self, config: Config | None) -> None:
        """Recover, tell the engine of the time that has passed, take over a changed configuration."""
        found: list[Event] = []
        keep = self.settings.keep_events

        def publish(events: tuple[Event, ...]) -> None:
            found.extend(events)
            if len(found) > 2 * keep:
                del found[:-keep]

        recovered = start(self._journal, config, publish, self._following)
        self.problems += recovered.problems
        engine = recovered.engine
        self._feed = Feed(engine.revision - len(found), keep)
        self._feed.publish(tuple(found))
        self._clock.not_before(engine.now_ns)
        self._writer = Writer(
            engine, self._journal, recovered.seq, self._clock, self._feed, self._tally, self._following
        )
        self._writer.since_snapshot = recovered.seq - recovered.snapshot_seq
        if engine.revision:
            self._writer.first.append(self._writer.resume)
        if config is not None and self._journal.noted(CONFIG_NOTE) != named(config):
            self._writer.first.append(partial(self._take_over, config))
        try:
            self._writer.catch_up()
        except JournalFullError as error:
            self.problems += (
                f"{error}; it starts all the same, and goes on where it was once there is room",
            )

    def _take_over(self, config: Config) -> None:
        self._writer.insert(Configure(config))
        self._journal.note(CONFIG_NOTE, named(config))

    def _work(self) -> None:
        """Do some of what waits. The lock is held."""
        turns = self._inbox.take(self.settings.batch)
        if not turns:
            return
        writer = self._writer
        writer.do(turns)
        due = writer.engine.next_due_ns
        if self._keeper is not None and (
            (due is not None and (self._armed is None or due < self._armed))
            or writer.since_snapshot >= self.settings.snapshot_every
        ):
            self._keeper.knock()
        if self._syncer is not None and not self._unsynced:
            self._unsynced = True
            self._syncer.knock()

    def _sync(self) -> int | None:
        """Bring to the disk what was written in the last few ms."""
        pause_ns(self.settings.sync_ns)
        if self._unsynced:
            self._unsynced = False
            try:
                self._journal.sync()
            except Exception as error:
                with self._writing:
                    self._writer.stop(error)
        return None

    def _snapshot(self, *, sealed: bool) -> int:
        with self._shelving:
            with self._writing:
                since = self._writer.since_snapshot
                saved = self._writer.picture(behaviour=BEHAVIOUR, sealed=sealed)
                states = self._following.states()
            try:
                keep(self._journal, saved.seq, states)
                self._journal.save(saved)
                shelf = self._journal.shelf()
                kept = 1 if sealed else self.settings.keep_snapshots
                if len(shelf) > kept:
                    self._journal.compact(shelf[kept - 1])
            except BaseException:
                self._writer.since_snapshot += since  # so that it is tried again
                raise
            self._tally.snapshots += 1
            return saved.seq

    def _keep(self) -> int | None:
        """What the keeper does: commands of tasks, timers, snapshots. Returns how long it may sleep, ns."""
        with self._writing:
            while self._inbox.waiting:
                self._work()
            writer = self._writer
            try:
                writer.tick()
            except Exception:
                if writer.state == "stopped":
                    return None
                self._armed = None
                return _RETRY_NS
            self._armed = due = writer.engine.next_due_ns
            full = writer.since_snapshot >= self.settings.snapshot_every and writer.state == "serving"
        if full:
            try:
                self._snapshot(sealed=False)
            except UnavailableError:
                return _RETRY_NS
            except Exception as error:
                with self._writing:
                    writer.stop(error)
                return None
            return 0  # commands have come in the meantime
        if due is None or writer.state == "stopped":
            return None
        return max(due - writer.now(), 0) + MILLISECOND // 10


def _open_journal(journal: str | Path | Journal | None, durability: Durability) -> Journal:
    if durability not in get_args(Durability):
        raise UsageError(f"durability {durability!r} is not known; choose {', '.join(get_args(Durability))}")
    if journal is None:
        return MemoryJournal()
    if isinstance(journal, str | Path):
        return SqliteJournal(journal, durability=durability)
    return journal
