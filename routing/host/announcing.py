"""The announcer: tells callers their place and how long it will take, and the engine how long its queues are.

It follows the host's feed with an estimator. On a schedule, counted from each contact's coming, it gives
announcements to whoever subscribed. What a contact is told never rises unless the settings say so: a place
that got worse, because somebody more urgent came, is told as it was. Now and then it publishes each queue's
estimate as a `PublishEstimate`, an ordinary command, so that what conditions read is in the journal.

A thread gathers: it wakes a few times a second, whatever happens in between, so a busy host hardly notices it.

Owns schedules and what was told; must not know how a wait is estimated, nor how a caller hears it.
"""

from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from typing import Annotated, Literal, Self

from msgspec import Meta, Struct, field

from routing.clock import Clock
from routing.commands import PublishEstimate
from routing.engine import Engine
from routing.errors import ClosedError, CompactedError, UnavailableError
from routing.estimation import Estimate, Estimator
from routing.estimation import Settings as Estimation
from routing.events import ContactEnqueued, ContactOverflowed, ContactRequeued, ContactUpdated, Event
from routing.host.host import Host
from routing.host.keeper import Keeper
from routing.host.shapes import Request
from routing.model import Config
from routing.units import MILLISECOND, MINUTE, SECOND
from routing.views import ContactView

_Pause = Annotated[int, Meta(ge=MILLISECOND, le=24 * 60 * MINUTE, title="duration")]
_Span = Annotated[int, Meta(ge=0, le=24 * 60 * MINUTE, title="duration")]
_TAKE = 5_000  # events at once
_LOOK = 200  # contacts looked at while the host waits


class Announcing(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When and how waits are told.

    ``first_ns`` after its coming a contact is told for the first time, then each ``every_ns``. ``tell``: what of the
    estimate. Up to ``fine_until_ns`` waits are rounded up to ``fine_ns``, above to ``coarse_ns``; above ``limit_ns``
    it is "more than" that. ``may_rise``: may what is told be more than what was told before? Estimates are
    published every ``publish_every_ns`` (0: never) where they moved by more than ``tolerance_ns``
    and a tenth. ``gather_ns``: how often the announcer wakes.
    """

    first_ns: _Span = field(default=10 * SECOND, name="first")
    every_ns: _Pause = field(default=60 * SECOND, name="every")
    position: bool = True
    estimate: bool = True
    tell: Literal["mean", "p50", "p90"] = "mean"
    may_rise: bool = False
    fine_ns: _Pause = field(default=10 * SECOND, name="fine")
    fine_until_ns: _Span = field(default=2 * MINUTE, name="fine_until")
    coarse_ns: _Pause = field(default=MINUTE, name="coarse")
    limit_ns: _Span = field(default=10 * MINUTE, name="limit")
    publish_every_ns: _Span = field(default=10 * SECOND, name="publish_every")
    tolerance_ns: _Span = field(default=5 * SECOND, name="tolerance")
    gather_ns: _Pause = field(default=250 * MILLISECOND, name="gather")

    def rounded(self, wait_ns: int) -> tuple[int, bool]:
        """Round a wait as it is told, and say whether it is "more than" that.

        >>> [Announcing().rounded(seconds * SECOND) for seconds in (61, 125, 700)]
        [(70000000000, False), (180000000000, False), (600000000000, True)]
        """
        if wait_ns > self.limit_ns:
            return self.limit_ns, True
        step_ns = self.fine_ns if wait_ns <= self.fine_until_ns else self.coarse_ns
        return -(-wait_ns // step_ns) * step_ns, False


class Announcement(Struct, frozen=True):
    """What a contact is to be told: ``position`` (0: not told) and ``wait_ns`` (-1: not told), or ``more_than`` it."""

    at_ns: int
    contact: str
    position: int
    wait_ns: int
    more_than: bool


class Told(Struct):
    """What a contact was told last."""

    position: int = 0
    wait_ns: int = -1
    more_than: bool = False


class Schedule:
    """Whom to tell what, and when: the announcements of an estimator's contacts.

    Parameters
    ----------
    estimator : Estimator
        Says how long they will wait.
    settings : Announcing
        When and how it is told.
    """

    def __init__(self, estimator: Estimator, settings: Announcing) -> None:
        self._estimator = estimator
        self._settings = settings
        self._due: list[tuple[int, str]] = []
        self._told: dict[str, Told] = {}

    @property
    def due_ns(self) -> int | None:
        """When somebody is to be told next."""
        return self._due[0][0] if self._due else None

    def add(self, contact: str, since_ns: int) -> None:
        """Tell this contact, which waits since then; one that is known goes on as it was. O(log contacts)."""
        if contact not in self._told:
            self._told[contact] = Told()
            heappush(self._due, (since_ns + self._settings.first_ns, contact))

    def take(self, at_ns: int) -> list[Announcement]:
        """Give the announcements that are due. O(those due, queues log contacts for each)."""
        found: list[Announcement] = []
        while self._due and self._due[0][0] <= at_ns:
            due_ns, contact = heappop(self._due)
            if not self._estimator.knows(contact):
                del self._told[contact]
                continue
            late = (at_ns - due_ns) // self._settings.every_ns
            heappush(self._due, (due_ns + (late + 1) * self._settings.every_ns, contact))
            if self._estimator.waits(contact):
                found.append(self._tell(contact, at_ns))
        return found

    def _tell(self, contact: str, at_ns: int) -> Announcement:
        settings, told = self._settings, self._told[contact]
        said = self._estimator.estimate(contact, at_ns)
        if settings.position:
            told.position = (
                said.position if settings.may_rise else min(told.position or said.position, said.position)
            )
        if settings.estimate:
            wait_ns, more_than = settings.rounded(_chosen(said, settings.tell))
            if settings.may_rise or told.wait_ns < 0 or (wait_ns, more_than) < (told.wait_ns, told.more_than):
                told.wait_ns, told.more_than = wait_ns, more_than
        return Announcement(at_ns, contact, told.position, told.wait_ns, told.more_than)


def _pictures_of(contacts: list[str], engine: Engine) -> dict[str, ContactView | None]:
    return {contact: engine.contacts.get(contact) for contact in contacts}


def _chosen(said: Estimate, tell: str) -> int:
    if tell == "mean":
        return said.wait_ns
    return said.p50_ns if tell == "p50" else said.p90_ns


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
        self._published: dict[str, int] = {}
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
            self._publish(now_ns)

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
            self._published = {queue: view.estimate_ns for queue, view in engine.queues.items()}
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

    def _publish(self, now_ns: int) -> None:
        """Publish what has moved."""
        requests: list[Request] = []
        changed: dict[str, int] = {}
        for queue in self.estimator.queues:
            known = self.estimator.staffed(queue)
            wait_ns = self.estimator.queue(queue, now_ns).wait_ns // SECOND * SECOND if known else -1
            before_ns = self._published.get(queue, -1)
            moved_ns = abs(wait_ns - before_ns)
            both_known = wait_ns >= 0 and before_ns >= 0
            if moved_ns > (max(self._settings.tolerance_ns, before_ns // 10) if both_known else 0):
                changed[queue] = wait_ns
                command = PublishEstimate(queue, wait_ns if known else None)
                requests.append(Request(command, actor="announcer"))
        if requests:
            try:
                self._host.apply_many(requests)
                self._published.update(changed)
            except ClosedError:
                raise
            except UnavailableError as error:
                self.problem = f"estimates were not published: {error}"
