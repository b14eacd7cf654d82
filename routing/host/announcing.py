"""The announcer: tells callers their place and how long it will take, and the engine how long its queues are.

It follows the host's feed with an estimator, on a schedule counted from each contact's coming gives announcements
to whoever subscribed, and now and then has each queue's estimate published.

A thread gathers: it wakes a few times a second, whatever happens in between, so a busy host hardly notices it.

Owns how the host is followed; must not know how a wait is estimated, what is told when (``schedule``), nor how a
caller hears it.
"""

from collections.abc import Callable
from functools import partial
from typing import Self

from routing.clock import Clock
from routing.engine import Engine
from routing.errors import ClosedError, CompactedError
from routing.estimation import Estimator
from routing.estimation import Settings as Estimation
from routing.events import ContactEnqueued, ContactOverflowed, ContactRequeued, ContactUpdated, Event
from routing.host.host import Host
from routing.host.keeper import Keeper
from routing.host.publishing import Publisher
from routing.host.schedule import Announcement, Announcing, Schedule
from routing.model import Config
from routing.views import ContactView

_TAKE = 5_000  # events at once
_LOOK = 200  # contacts looked at while the host waits


class Announcer:
    """Follows a host, tells contacts how long they will wait and the engine how long its queues are.

    Parameters
    ----------
    host : Host
        Whose contacts are told; it may have been at work for long.
    settings : Announcing, optional
        When and how.
    estimation : routing.estimation.Settings, optional
        How the estimator learns.
    learned : bytes, optional
        What `snapshot` gave before the last end: weights and rates go on from there.
    clock : Clock, optional
        By default the host's.

    Examples
    --------
    >>> from routing import Agent, Config, EnqueueContact, LogIn, Queue
    >>> with Host(Config(agents=(Agent("ann"),), queues=(Queue("sales"),))) as host:
    ...     announcer = Announcer(host, Announcing(first_ns=0))
    ...     announcer.subscribe(lambda one: print(one.contact, one.position))
    ...     for contact in ("call-1", "call-2"):
    ...         _ = host.apply(EnqueueContact(contact, ("sales",)))
    ...     announcer.step()
    call-1 1
    call-2 2
    """

    def __init__(
        self,
        host: Host,
        settings: Announcing | None = None,
        *,
        estimation: Estimation | None = None,
        learned: bytes | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._host = host
        self._settings = settings or Announcing()
        self._clock = clock or host._clock
        self._subscribers: list[Callable[[Announcement], object]] = []
        self._keeper: Keeper | None = None
        self._pictures: dict[str, ContactView | None] = {}
        config = host.read(lambda engine: engine.config)
        if learned is None:
            self.estimator = Estimator(
                config, configuration=self._config, contacts=self._picture, settings=estimation
            )
        else:
            self.estimator = Estimator.restore(
                learned, config, configuration=self._config, contacts=self._picture
            )
        self._schedule = Schedule(self.estimator, self._settings)
        self._publisher = Publisher(host, self.estimator, self._settings.tolerance_ns)
        self._publish_ns = 0
        self.problem = ""
        self._catch_up()

    def subscribe(self, listener: Callable[[Announcement], object]) -> None:
        """Give every announcement to ``listener``, from the announcer's thread; it must be quick.

        One that raises is not called again; ``problem`` says what it raised. For an iterator, subscribe the ``put``
        of a `queue.SimpleQueue`.
        """
        self._subscribers.append(listener)

    def start(self) -> Self:
        """Work from now on in a thread of its own."""
        if self._keeper is None:
            self._keeper = Keeper(self._work, "huntgroup-announcer")
        return self

    def close(self) -> None:
        """Stop; twice does nothing. The host goes on."""
        if self._keeper is not None:
            self._keeper.end()
            self._keeper = None
        self._watch.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def step(self) -> None:
        """Do what is due now: for those who have no thread.

        Raises
        ------
        ClosedError
            If the host has ended.
        """
        self._follow()
        now_ns = max(self._clock.now_ns(), self.estimator.at_ns)
        for announcement in self._schedule.take(now_ns):
            self._tell(announcement)
        if self._settings.publish_every_ns and now_ns >= self._publish_ns:
            self._publish_ns = now_ns + self._settings.publish_every_ns
            self.problem = self._publisher.publish(now_ns) or self.problem

    def snapshot(self) -> bytes:
        """Write down what the estimator has learned; not to be called while the thread works."""
        return self.estimator.snapshot()

    # Inside

    def _work(self) -> int | None:
        try:
            self.step()
        except ClosedError:
            return None
        return self._settings.gather_ns

    def _config(self) -> Config:
        return self._host.read(lambda engine: engine.config)

    def _picture(self, contact: str) -> ContactView | None:
        return self._pictures.get(contact)

    def _catch_up(self) -> None:
        """Begin with the host as it stands."""

        def look(engine: Engine) -> int:
            self.estimator.take_over(engine.agents, engine.contacts, engine.now_ns)
            self._publisher.begin({queue: view.estimate_ns for queue, view in engine.queues.items()})
            return engine.revision

        revision = self._host.read(look)
        self._watch = self._host.feed.watch(revision)
        for contact, since_ns in self.estimator.waiting():
            self._schedule.add(contact, since_ns)

    def _follow(self) -> None:
        """Fold what has happened."""
        while True:
            try:
                taken = self._watch.take(0, _TAKE)
            except CompactedError:
                self._watch.close()
                self._catch_up()
                continue
            if not taken.events:
                return
            events = [event for _, event in taken.events]
            self._look_at(events)
            self.estimator.fold(events)
            self._pictures.clear()
            for event in events:
                if isinstance(event, ContactEnqueued | ContactRequeued):
                    self._schedule.add(event.contact, event.at_ns)

    def _look_at(self, events: list[Event]) -> None:
        """Look at those contacts of which events do not say everything, a few at a time."""
        named = dict.fromkeys(
            event.contact
            for event in events
            if isinstance(event, ContactEnqueued | ContactRequeued | ContactOverflowed | ContactUpdated)
        )
        ids = list(named)
        for start in range(0, len(ids), _LOOK):
            some = ids[start : start + _LOOK]
            self._pictures.update(self._host.read(partial(_pictures_of, some)))

    def _tell(self, announcement: Announcement) -> None:
        for listener in list(self._subscribers):
            try:
                listener(announcement)
            except Exception as error:
                self._subscribers.remove(listener)
                self.problem = f"a subscriber raised {error!r} and is not told any more"


def _pictures_of(contacts: list[str], engine: Engine) -> dict[str, ContactView | None]:
    return {contact: engine.contacts.get(contact) for contact in contacts}
