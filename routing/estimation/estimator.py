"""The estimator: a fold over the engine's events that says how long a contact will wait.

It keeps who waits in the order of the engine, who is at work for whom, and what the waits of the past have taught.
An estimate is made from the state when it is asked for.

Owns what is asked from without; must not know where events come from, nor the engine itself, nor how anything is done
(``folding``, ``estimating``).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Self

from routing.errors import UsageError
from routing.estimation import saved
from routing.estimation.estimating import Estimating
from routing.estimation.folding import Folding
from routing.estimation.learning import Learning, nothing_learned
from routing.estimation.line import Contact, Visit
from routing.estimation.saved import State
from routing.estimation.shapes import PREDICTORS, Calibration, Estimate, Settings
from routing.estimation.staff import Staff
from routing.estimation.waiting import Waiting
from routing.events import Event
from routing.model import Config
from routing.views import AgentView, ContactView


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
    >>> from routing import Agent, Engine, EnqueueContact, LogIn, Queue
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
        given = settings or Settings()
        self._begin(config, configuration, contacts, State(given, nothing_learned(given), {}, Staff()))

    def _begin(
        self,
        config: Config,
        configuration: Callable[[], Config] | None,
        contacts: Callable[[str], ContactView | None] | None,
        state: State,
    ) -> None:
        self._state = state
        self._contacts = state.contacts
        self._staff = state.staff
        self._waiting = Waiting(state, contacts)
        self._learning = Learning(state)
        self._estimating = Estimating(state, self._waiting, self._learning)
        self._folding = Folding(state, self._waiting, self._learning, self._estimating, configuration)
        self._folding.configure(config)

    def fold(self, events: Iterable[Event]) -> None:
        """Take in what happened, in order. O(log contacts) for an event; for one that lets a contact wait, a read."""
        self._folding.fold(events)

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
        return self._estimating.estimate(found.lead, found.key, at_ns)

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
            if queue not in self._waiting.queues:
                raise UsageError(
                    f"queue {queue!r} is not known; name one of {', '.join(self._waiting.queues) or 'none'}"
                )
        if not contact.visits:
            raise UsageError("no queue is named; name at least one")
        key, lead = self._waiting.least(contact)
        assert key is not None
        nobody_before = not any(self._waiting.lines[queue].before(key) for queue in contact.visits)
        if nobody_before and any(map(self._staff.idle, contact.visits)):
            return Estimate(0, 0, 0, 1, dict.fromkeys(PREDICTORS, 0))
        return self._estimating.estimate(lead, key, at_ns)

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
        if queue and queue not in self._waiting.queues and queue not in self._state.queues:
            raise UsageError(
                f"queue {queue!r} is not known; name one of {', '.join(self._waiting.queues) or 'none'}"
            )
        return self._learning.calibration(queue)

    def weights(self, queue: str) -> dict[str, float]:
        """Give the weights by which the combination adds up the predictors for a queue now."""
        return dict(zip(PREDICTORS, self._learning.known(queue).weights, strict=True))

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
        return list(self._waiting.queues)

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
        >>> from routing import Agent, Engine, EnqueueContact, Queue
        >>> config = Config(agents=(Agent("ann"),), queues=(Queue("sales"),))
        >>> engine = Engine(config)
        >>> _ = engine.apply(EnqueueContact("c", ("sales",)), 5)
        >>> estimator = Estimator(config)
        >>> estimator.take_over(engine.agents, engine.contacts, engine.now_ns)
        >>> estimator.waiting()
        [('c', 5)]
        """
        self._folding.take_over(agents, contacts, at_ns)

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

    def _check(self, at_ns: int) -> None:
        if at_ns < self._state.at_ns:
            raise UsageError(
                f"at_ns {at_ns} is before {self._state.at_ns}, the latest event; ask for then or later"
            )
