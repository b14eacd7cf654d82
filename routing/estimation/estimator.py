"""The estimator: a fold over the engine's events that says how long a contact will wait.

It keeps who waits in the order of the engine, who is at work for whom, and what the waits of the past have taught.
An estimate is made from the state when it is asked for. The estimate made when a contact came, unless it was offered at
that very instant, is held against its wait once it is answered: so weights, intervals and the calibration are
learned, and nothing that lies ahead is ever looked at.

Owns the fold and the reads; must not know where events come from, nor the engine itself.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Self

from routing import events as _e
from routing.errors import UsageError
from routing.estimation import formulas, saved
from routing.estimation.hazard import growth_of
from routing.estimation.line import Contact, Key, Line, Said, Visit, key_of
from routing.estimation.mixing import Equations, bin_of, scale_of, solve
from routing.estimation.saved import Learned, State
from routing.estimation.shapes import PREDICTORS, Calibration, Estimate, Settings
from routing.estimation.staff import Staff, View
from routing.events import Event
from routing.model import Config, Queue
from routing.units import MAX_DURATION_NS
from routing.views import AgentView, ContactView

_SIZE = len(PREDICTORS)
_START = [1.0 if name == "qlm" else 0.0 for name in PREDICTORS]
_SOLVE_EVERY = 32
_FEW_LEAVE = 50  # below so many observations a queue's patience is the centre's


class Estimator:
    """Learns from events how long contacts wait, and estimates it.

    Parameters
    ----------
    config : Config
        The centre, as it is before the first event.
    configuration : callable, optional
        Gives the present configuration (``lambda: engine.config``); asked when an event says that it changed.
        Without it changes are not followed.
    contacts : callable, optional
        Gives the engine's picture of a living contact, or None (``engine.contacts.get``); asked when one comes or its
        order changes. Without it, what events do not carry is not known: credits and due times that came with the
        contact, a priority given by a requeue; and an overflow is taken to keep the age unless its rule says not.
    settings : Settings, optional
        How fast it forgets, and what it is told.

    Examples
    --------
    >>> from routing import Agent, Engine, EnqueueContact, LogIn
    >>> from routing.units import SECOND
    >>> config = Config(agents=(Agent("ann"),), queues=(Queue("sales"),))
    >>> engine = Engine(config)
    >>> estimator = Estimator(config, settings=Settings(service_ns=60 * SECOND))
    >>> for number, command in enumerate([LogIn("ann"), *(EnqueueContact(c, ("sales",)) for c in "abc")]):
    ...     estimator.fold(engine.apply(command, number))
    >>> said = estimator.estimate("c", 3)
    >>> said.position, said.by["ql"] // SECOND
    (2, 120)
    """

    def __init__(
        self,
        config: Config,
        *,
        configuration: Callable[[], Config] | None = None,
        contacts: Callable[[str], ContactView | None] | None = None,
        settings: Settings | None = None,
    ) -> None:
        self._begin(
            config,
            configuration,
            contacts,
            State(settings or Settings(), _nothing_learned(settings or Settings()), {}, Staff()),
        )

    def _begin(
        self,
        config: Config,
        configuration: Callable[[], Config] | None,
        contacts: Callable[[str], ContactView | None] | None,
        state: State,
    ) -> None:
        self._configuration = configuration
        self._look = contacts
        self._state = state
        self._contacts = state.contacts
        self._staff = state.staff
        self._settings = state.settings
        self._keep = 1.0 - 1.0 / state.settings.memory
        self._queues: dict[str, Queue] = {}
        self._lines: dict[str, Line] = {}
        self._views: dict[str, View] = {}
        self._stale = False
        self._handlers: dict[type, Callable[..., None]] = {
            _e.ContactEnqueued: self._enqueued,
            _e.ContactOffered: self._offered,
            _e.OfferAccepted: self._accepted,
            _e.OfferRejected: self._unanswered,
            _e.OfferMissed: self._unanswered,
            _e.OfferFailed: self._unanswered,
            _e.OfferWithdrawn: self._unanswered,
            _e.ContactUpdated: self._updated,
            _e.ContactOverflowed: self._overflowed,
            _e.ContactRequeued: self._requeued,
            _e.ContactEnded: self._ended,
            _e.WrapUpStarted: self._wrap_up_started,
            _e.WrapUpEnded: self._wrap_up_ended,
            _e.AgentLoggedIn: self._logged_in,
            _e.AgentLoggedOut: self._logged_out,
            _e.LogOutPending: self._leaving,
            _e.AgentReady: self._ready,
            _e.AgentNotReady: self._not_ready,
            _e.DeviceReported: self._device,
            _e.AgentChanged: self._changed,
            _e.QueueChanged: self._changed,
            _e.Configured: self._changed,
        }
        self._configure(config)

    # Events

    def fold(self, events: Iterable[Event]) -> None:
        """Take in what happened, in order. O(log contacts) for an event; for one that lets a contact wait, a read."""
        state, handlers = self._state, self._handlers
        self._stale = True  # a change of the configuration is looked up once for all of these
        for event in events:
            fresh = state.fresh
            if fresh and (getattr(event, "contact", "") != fresh or event.at_ns != state.at_ns):
                self._settle(fresh)
            if event.at_ns > state.at_ns:
                state.at_ns = event.at_ns
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)

    def _settle(self, fresh: str) -> None:
        """Whoever came in was not offered at once: put down what is to be said of the wait."""
        self._state.fresh = ""
        contact = self._contacts.get(fresh)
        if contact is not None and contact.standing and contact.key is not None:
            contact.said = self._say(contact.lead, contact.key, self._state.at_ns)

    # Reads

    def estimate(self, contact: str, at_ns: int) -> Estimate:
        """Estimate how long a living contact has still to wait. O(queues log contacts).

        The rest of a wait is taken for that of a contact which comes now and has the same ahead of it.

        Raises
        ------
        UsageError
            If the contact is not known, or in an agent's hands, or ``at_ns`` lies before what was folded.
        """
        self._check(at_ns)
        found = self._contacts.get(contact)
        if found is None or found.in_hand:
            raise UsageError(f"contact {contact!r} does not wait; ask for one that waits or rings")
        if not found.standing or found.key is None:
            return Estimate(0, 0, 0, 0, dict.fromkeys(PREDICTORS, 0))
        position = self._lines[found.lead].before(found.key) + 1
        return _estimate(self._say(found.lead, found.key, at_ns), position)

    def estimate_new(
        self,
        queues: Iterable[str],
        at_ns: int,
        *,
        channel: str = "voice",
        priority: int = 0,
        credit_ns: int = 0,
    ) -> Estimate:
        """Estimate the wait of a contact that would come now. O(queues log contacts).

        ``channel`` is not looked at yet: agents of all channels count.

        Raises
        ------
        UsageError
            If a queue is not known, or ``at_ns`` lies before what was folded.
        """
        del channel
        self._check(at_ns)
        visit = Visit(at_ns, self._state.seq + 1)
        contact = Contact("", at_ns, priority, dict.fromkeys(queues, visit), visit, credit_ns)
        for queue in contact.visits:
            if queue not in self._queues:
                raise UsageError(
                    f"queue {queue!r} is not known; name one of {', '.join(self._queues) or 'none'}"
                )
        if not contact.visits:
            raise UsageError("no queue is named; name at least one")
        key, lead = self._least(contact)
        nobody_before = not any(self._lines[queue].before(key) for queue in contact.visits)
        if nobody_before and any(map(self._staff.idle, contact.visits)):
            return Estimate(0, 0, 0, 1, dict.fromkeys(PREDICTORS, 0))
        return _estimate(self._say(lead, key, at_ns), self._lines[lead].before(key) + 1)

    def queue(self, queue: str, at_ns: int) -> Estimate:
        """Estimate the wait of a contact of no priority that would enter the queue now; see `estimate_new`."""
        return self.estimate_new((queue,), at_ns)

    def calibration(self, queue: str = "") -> Calibration:
        """Say how well estimates at entry came true, in a queue or (by default) in the whole centre.

        Raises
        ------
        UsageError
            If the queue is not known.
        """
        if queue and queue not in self._queues and queue not in self._state.queues:
            raise UsageError(f"queue {queue!r} is not known; name one of {', '.join(self._queues) or 'none'}")
        return (self._known(queue) if queue else self._state.centre).tally.calibration()

    def weights(self, queue: str) -> dict[str, float]:
        """Give the weights by which the combination adds up the predictors for a queue now."""
        return dict(zip(PREDICTORS, self._known(queue).weights, strict=True))

    def waiting(self) -> list[tuple[str, int]]:
        """Name those who wait now, and since when, in the order in which they came; who rings is not among them."""
        return [(contact.id, contact.since_ns) for contact in self._contacts.values() if contact.standing]

    def waits(self, contact: str) -> bool:
        """Does the contact wait, and not ring? O(1)."""
        found = self._contacts.get(contact)
        return found is not None and found.standing

    def knows(self, contact: str) -> bool:
        """Is the contact alive? O(1)."""
        return contact in self._contacts

    def staffed(self, queue: str) -> bool:
        """Is anybody at work for the queue?"""
        return self._staff.staffed(queue)

    @property
    def queues(self) -> list[str]:
        """The queues there are, in configured order."""
        return list(self._queues)

    @property
    def at_ns(self) -> int:
        """The instant of the latest event."""
        return self._state.at_ns

    def take_over(
        self, agents: Mapping[str, AgentView], contacts: Mapping[str, ContactView], at_ns: int
    ) -> None:
        """Forget who waits and works, and take them from an engine's pictures; what was learned stays.

        For an engine that was at work before, or when events were missed. O(agents + contacts log contacts).

        Examples
        --------
        >>> from routing import Agent, Engine, EnqueueContact
        >>> config = Config(agents=(Agent("ann"),), queues=(Queue("sales"),))
        >>> engine = Engine(config)
        >>> _ = engine.apply(EnqueueContact("c", ("sales",)), 5)
        >>> estimator = Estimator(config)
        >>> estimator.take_over(engine.agents, engine.contacts, engine.now_ns)
        >>> estimator.waiting()
        [('c', 5)]
        """
        state = self._state
        self._contacts.clear()
        self._staff.clear()
        state.fresh = ""
        state.at_ns = max(state.at_ns, at_ns)
        for line in self._lines.values():
            line.clear()
        for agent, view in agents.items():
            self._staff.set(
                agent,
                logged_in=view.logged_in,
                ready=view.ready,
                leaving=view.leaving,
                usable=view.device == "available",
            )
            for part in view.segments:
                self._staff.take(agent, part.contact, part.accepted_ns or at_ns)
        for one in contacts.values():
            state.seq += 1
            own = Visit(one.enqueued_ns, state.seq)
            visits = {visit.queue: Visit(visit.enqueued_ns, state.seq) for visit in one.visits}
            since_ns = max((visit.entered_ns for visit in one.visits), default=one.enqueued_ns)
            contact = Contact(
                one.id, since_ns, one.priority, visits, own, one.credit_ns, one.due_ns, one.expedited
            )
            contact.in_hand = one.state == "handling"
            contact.agents = [part.agent for part in one.segments]
            self._contacts[one.id] = contact
            if one.state == "waiting":
                self._stand(contact)

    # State

    def snapshot(self) -> bytes:
        """Write down everything it knows; equal estimators write equal bytes. O(size)."""
        return saved.write(self._state)

    @classmethod
    def restore(
        cls,
        data: bytes,
        config: Config,
        *,
        configuration: Callable[[], Config] | None = None,
        contacts: Callable[[str], ContactView | None] | None = None,
    ) -> Self:
        """Make an estimator that goes on where `snapshot` was taken, under the configuration of then.

        Raises
        ------
        CorruptSnapshotError
            If the bytes are none that `snapshot` gave.
        """
        estimator = cls.__new__(cls)
        state = saved.read(data)
        staff = state.staff
        version = staff.version
        estimator._begin(config, configuration, contacts, state)
        staff.version = version
        return estimator

    # Contacts

    def _enqueued(self, event: _e.ContactEnqueued) -> None:
        state = self._state
        state.seq += 1
        own = Visit(event.at_ns, state.seq)
        contact = Contact(event.contact, event.at_ns, event.priority, dict.fromkeys(event.queues, own), own)
        self._contacts[event.contact] = contact
        self._ask(contact)
        self._stand(contact)
        state.fresh = event.contact

    def _offered(self, event: _e.ContactOffered) -> None:
        contact = self._contacts.get(event.contact)
        if contact is not None:
            self._unstand(contact)
            if event.agent not in contact.agents:
                contact.agents.append(event.agent)
        self._staff.take(event.agent, event.contact, event.at_ns)
        if self._state.fresh == event.contact:
            self._state.fresh = ""

    def _unanswered(
        self, event: _e.OfferRejected | _e.OfferMissed | _e.OfferFailed | _e.OfferWithdrawn
    ) -> None:
        contact = self._contacts.get(event.contact)
        self._staff.drop(event.agent, event.contact, event.at_ns, served=False)
        if contact is not None and event.agent in contact.agents:
            contact.agents.remove(event.agent)
            if not contact.agents:
                self._stand(contact)

    def _accepted(self, event: _e.OfferAccepted) -> None:
        self._staff.take(event.agent, event.contact, event.at_ns)
        contact = self._contacts.get(event.contact)
        if contact is None:
            return
        self._unstand(contact)
        contact.in_hand = True
        contact.agents = [event.agent]
        wait_ns = event.at_ns - contact.since_ns
        self._learn(contact, event.queue, wait_ns, event.at_ns)

    def _updated(self, event: _e.ContactUpdated) -> None:
        contact = self._contacts.get(event.contact)
        if contact is not None:
            contact.priority, contact.credit_ns = event.priority, event.credit_ns
            contact.due_ns, contact.expedited = event.due_ns, event.expedited
            self._again(contact)

    def _overflowed(self, event: _e.ContactOverflowed) -> None:
        contact = self._contacts.get(event.contact)
        if contact is None:
            return
        standing = contact.standing
        self._unstand(contact)
        left = contact.visits.pop(event.queue, contact.own)
        if event.to == "queue" and event.to_queue not in contact.visits:
            if not self._keeps_age(event):
                self._state.seq += 1
                left = Visit(event.at_ns, self._state.seq)
            contact.visits[event.to_queue] = left
        contact.said = None
        self._ask(contact)
        if standing or not contact.agents:
            self._stand(contact)
            self._state.fresh = event.contact

    def _keeps_age(self, event: _e.ContactOverflowed) -> bool:
        """Does the age go along?"""
        queue = self._queues.get(event.queue)
        if queue is None:
            return True
        rules = {
            "closed": (queue.closed,),
            "length": (queue.max_length,),
            "no_agent": (queue.no_agent,),
            "max_wait": (queue.max_wait,),
            "condition": queue.overflow,
        }.get(event.cause, ())
        fitting = [rule for rule in rules if rule is not None and rule.queue == event.to_queue]
        return all(rule.keep_age for rule in fitting)

    def _requeued(self, event: _e.ContactRequeued) -> None:
        contact = self._contacts.get(event.contact)
        if contact is None:
            return
        self._unstand(contact)
        for agent in contact.agents:
            self._staff.drop(agent, event.contact, event.at_ns, served=contact.in_hand)
        contact.agents, contact.in_hand, contact.said = [], False, None
        contact.since_ns = event.at_ns
        if not event.keep_age:
            self._state.seq += 1
            contact.own = Visit(event.at_ns, self._state.seq)
        contact.visits = dict.fromkeys(event.queues, contact.own)
        self._ask(contact)
        self._stand(contact)
        self._state.fresh = event.contact

    def _ended(self, event: _e.ContactEnded) -> None:
        contact = self._contacts.pop(event.contact, None)
        if contact is None:
            return
        if contact.standing:
            lead = contact.lead
            self._unstand(contact)
            self._left(lead, event.at_ns - contact.since_ns, ended=event.outcome == _e.Outcome.ABANDONED)
            self._learned(lead).history.moved(event.at_ns, len(self._lines[lead]))
        for agent in contact.agents:
            self._staff.drop(agent, event.contact, event.at_ns, served=contact.in_hand)

    def _wrap_up_started(self, event: _e.WrapUpStarted) -> None:
        self._staff.take(event.agent, event.contact, event.at_ns)

    def _wrap_up_ended(self, event: _e.WrapUpEnded) -> None:
        self._staff.drop(event.agent, event.contact, event.at_ns, served=True, more=True)

    # Agents

    def _logged_in(self, event: _e.AgentLoggedIn) -> None:
        self._staff.set(event.agent, logged_in=True, ready=event.ready, leaving=False, usable=True)

    def _logged_out(self, event: _e.AgentLoggedOut) -> None:
        self._staff.set(event.agent, logged_in=False, ready=False, leaving=False)

    def _leaving(self, event: _e.LogOutPending) -> None:
        self._staff.set(event.agent, leaving=True)

    def _ready(self, event: _e.AgentReady) -> None:
        self._staff.set(event.agent, ready=True)

    def _not_ready(self, event: _e.AgentNotReady) -> None:
        self._staff.set(event.agent, ready=False)

    def _device(self, event: _e.DeviceReported) -> None:
        self._staff.set(event.agent, usable=event.state == "available")

    # Configuration

    def _changed(self, event: _e.AgentChanged | _e.QueueChanged | _e.Configured) -> None:
        del event
        if self._configuration is not None and self._stale:
            self._stale = False
            self._configure(self._configuration())

    def _configure(self, config: Config) -> None:
        """Take a configuration over: who serves whom, and the order of those who wait."""
        self._queues = {queue.id: queue for queue in config.queues}
        self._staff.configure(config)
        self._views.clear()
        self._lines = {queue: Line() for queue in self._queues}
        for contact in self._contacts.values():
            contact.standing = False
            if not contact.in_hand and not contact.agents:
                self._stand(contact)

    # Lines

    def _ask(self, contact: Contact) -> None:
        """Learn from the engine's picture what events leave out."""
        picture = self._look(contact.id) if self._look is not None else None
        if picture is None:
            return
        contact.priority, contact.credit_ns = picture.priority, picture.credit_ns
        contact.due_ns, contact.expedited = picture.due_ns, picture.expedited
        if picture.visits:
            before = contact.visits
            contact.visits = {}
            for visit in picture.visits:
                known = before.get(visit.queue, contact.own)
                contact.visits[visit.queue] = (
                    known if known.enqueued_ns == visit.enqueued_ns else Visit(visit.enqueued_ns, known.seq)
                )

    def _least(self, contact: Contact) -> tuple[Key, str]:
        """Find the key by which it stands, and the queue whose key that is."""
        least: Key | None = None
        lead = ""
        for queue, visit in contact.visits.items():
            if queue in self._queues:
                key = key_of(contact, self._queues[queue], visit)
                if least is None or key < least:
                    least, lead = key, queue
        assert least is not None
        return least, lead

    def _stand(self, contact: Contact) -> None:
        """Let it stand in line, if it has a queue to wait in."""
        if contact.standing or not any(queue in self._queues for queue in contact.visits):
            return
        contact.standing = True
        contact.key, contact.lead = self._least(contact)
        for queue in contact.visits:
            line = self._lines.get(queue)
            if line is not None:
                line.put(contact.key, guest=queue != contact.lead)
        self._learned(contact.lead).history.joined(self._state.at_ns)

    def _unstand(self, contact: Contact) -> None:
        if contact.standing and contact.key is not None:
            contact.standing = False
            for queue in contact.visits:
                line = self._lines.get(queue)
                if line is not None:
                    line.remove(contact.key, guest=queue != contact.lead)

    def _again(self, contact: Contact) -> None:
        """Its order may have changed."""
        if contact.standing:
            self._unstand(contact)
            self._stand(contact)

    # Learning

    def _learned(self, queue: str) -> Learned:
        """What is known of the queue, to learn more."""
        found = self._state.queues.get(queue)
        if found is None:
            found = self._state.queues[queue] = self._new()
        return found

    def _known(self, queue: str) -> Learned:
        """What is known of the queue, to read; of one without a past, what the centre knows."""
        return self._state.queues.get(queue) or self._new()

    def _new(self) -> Learned:
        centre = self._state.centre
        found = _nothing_learned(self._settings)
        found.weights = list(centre.weights)
        found.spread.p50, found.spread.p90 = list(centre.spread.p50), list(centre.spread.p90)
        return found

    def _left(self, queue: str, wait_ns: int, *, ended: bool) -> None:
        """Somebody waits no longer, and has (not) lost patience."""
        self._learned(queue).patience.add(wait_ns, ended=ended)
        self._state.centre.patience.add(wait_ns, ended=ended)

    def _learn(self, contact: Contact, queue: str, wait_ns: int, at_ns: int) -> None:
        """A wait came to its end with an answer."""
        centre = self._state.centre
        learned = self._learned(queue)
        last = self._settings.last
        said = contact.said
        if wait_ns > 0:
            self._left(queue, wait_ns, ended=False)
            line = self._lines.get(queue)
            learned.history.moved(at_ns, len(line) if line is not None else 0)
        elif not self._lines.get(queue):
            learned.history.emptied()
        if said is not None and wait_ns > 0:
            wait = float(wait_ns)
            learned = self._learned(said.queue)
            scale = scale_of(said.mean, said.unit)
            row = [value / scale for value in said.by]
            learned.equations.add(row, wait / scale, self._keep)
            centre.equations.add(row, wait / scale, self._keep)
            shrink = float(self._settings.shrink)
            if round(centre.equations.count) % _SOLVE_EVERY == 0:
                centre.weights = solve(centre.equations, centre.equations, 0.0, centre.weights)
            count = learned.tally.total.count
            if count % _SOLVE_EVERY == 0 or count in (4, 8, 16):
                learned.weights = solve(learned.equations, centre.equations, shrink, learned.weights)
            learned.spread.add(said.bin, wait, said.mean)
            centre.spread.add(said.bin, wait, said.mean)
            scores = [*said.by, said.mean]
            learned.tally.add(scores, said.p50, said.p90, wait)
            centre.tally.add(scores, said.p50, said.p90, wait)
        self._learned(queue).history.answered(wait_ns, last)
        centre.history.answered(wait_ns, last)

    # Saying

    def _check(self, at_ns: int) -> None:
        if at_ns < self._state.at_ns:
            raise UsageError(
                f"at_ns {at_ns} is before {self._state.at_ns}, the latest event; ask for then or later"
            )

    def _say(self, queue: str, key: Key, at_ns: int) -> Said:
        """Estimate the wait of whoever stands at ``key`` in a queue."""
        settings, centre = self._settings, self._state.centre
        learned = self._known(queue)
        history = learned.history
        view = self._views.get(queue)
        if view is None or view.version != self._staff.version:
            view = self._staff.view(queue, settings.service_ns, settings.first_service_ns)
            self._views[queue] = view
        lines = self._lines
        own_line = lines[queue]
        ahead = 0.0
        for other, share in view.shared.items():
            line = lines[other]
            if line:
                ahead += share * line.own_before(key)
        own_ahead = own_line.before(key)
        head_ns = 0.0
        if own_line:
            head_ns = float(at_ns - self._contacts[own_line.all[0][4]].since_ns)
        mean_ns = (history.mean_ns * history.waits + centre.history.mean_ns * 20.0) / (history.waits + 20.0)
        patience = learned.patience if learned.patience.added >= _FEW_LEAVE else centre.patience
        leaving = 1.0 / settings.patience_ns if settings.patience_ns else patience.events_per_ns
        rate = view.rate
        plain = formulas.ql(ahead, rate)
        apart = head_ns / own_ahead if own_ahead and head_ns > 0 else mean_ns / (ahead + 1.0)
        unit = mean_ns or plain
        by = [
            plain,
            formulas.qlm(ahead, rate, leaving),
            formulas.qla(ahead, rate, apart, patience.by) if ahead and patience.events_per_ns else plain,
            float(history.les_ns),
            head_ns,
            history.last_mean_ns(),
            (own_ahead + 1) * (history.advance_ns or 1.0 / rate),
            mean_ns,
        ]
        mean = 0.0
        for weight, value in zip(learned.weights, by, strict=True):
            mean += weight * value
        place = bin_of(ahead)
        p50, p90 = learned.spread.factors(place)
        return Said(queue, by, mean, mean * p50, mean * p90, max(unit, 1.0), place)


def _nothing_learned(settings: Settings) -> Learned:
    learned = Learned(Equations(_SIZE), list(_START))
    learned.patience.growth = growth_of(settings.memory)
    return learned


def _estimate(said: Said, position: int) -> Estimate:
    values = [min(round(value), MAX_DURATION_NS) for value in (said.mean, said.p50, said.p90)]
    by = {name: min(round(value), MAX_DURATION_NS) for name, value in zip(PREDICTORS, said.by, strict=True)}
    return Estimate(values[0], values[1], max(values[1], values[2]), position, by)
