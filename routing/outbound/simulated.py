"""A front-end that dials nobody: it answers every dial by a draw, on a clock that is moved by hand.

It stands where a telephone exchange stands: it hears `DialRequested` and reports progress and outcome to a dialer, its
agents take what they are offered, talk and wrap up. Each draw has an address (`routing.simulation.draws`), so a day is
the same day whatever dials it, and hours take seconds. It is what examples, tests and rehearsals run against.

Owns the world outside: answers, talk, wrap-up, and the order of what happens; must not know how anybody paces.
"""

import heapq
import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Final, Protocol

from msgspec import Struct

from routing.commands import (
    AcceptOffer,
    AttemptOutcome,
    AttemptState,
    CompleteContact,
    EndWrapUp,
    EnqueueContact,
)
from routing.events import (
    AttemptEnded,
    ContactOffered,
    DialRequested,
    Event,
    OfferAccepted,
    WrapUpStarted,
)
from routing.host import Host
from routing.simulation.draws import mix, stream, uniform
from routing.units import MILLISECOND, SECOND

_NORMAL: Final = NormalDist()
_KIND, _RING, _TALK, _WRAP, _DETECT, _CALLER = range(6)
_HEARD: Final = frozenset({AttemptEnded, ContactOffered, DialRequested, OfferAccepted, WrapUpStarted})


class World(Struct, frozen=True):
    """How the called behave, and how long agents take. Shares are of all dials; what is left does not answer.

    Parameters
    ----------
    person, machine, busy, fax, invalid : float
        Shares of dials.
    ring_least_ns, ring_mean_ns : int, default 5 s, 8 s
        An answer comes after the first plus an exponential time of the second's mean.
    ring_most_ns : int, default 0
        Before this; 0: that time has no end, and who would answer after the ring time does not.
    no_answer_least_ns : int, default 0
        A dial that nobody answers ends evenly between this and the ring time. 0: it rings to the end.
    busy_ns : int, default 3 s
        When the other outcomes are known.
    talk_ns, talk_cv : default 120 s, 0.8
        Mean and coefficient of variation of a lognormal talk.
    wrap_ns, wrap_cv : default 20 s, 0.5
        The same of wrap-up; read when the queue's is "unlimited".
    accept_ns : int, default 0
        How long an agent lets an offer ring.
    detection_ns : int, default 0
        How long detection of machines takes after the answer.
    taken_for_machine : float, default 0
        Share of persons that detection takes for machines.
    callers_ns : int, default 0
        Callers come in, too: so long from one to the next in the mean, at random. 0: none do.
    callers_queue : str, default ""
        Where they wait, and talk as the called do.
    """

    person: float = 0.3
    machine: float = 0.0
    busy: float = 0.07
    fax: float = 0.0
    invalid: float = 0.0
    ring_least_ns: int = 5 * SECOND
    ring_mean_ns: int = 8 * SECOND
    ring_most_ns: int = 0
    no_answer_least_ns: int = 0
    busy_ns: int = 3 * SECOND
    talk_ns: int = 120 * SECOND
    talk_cv: float = 0.8
    wrap_ns: int = 20 * SECOND
    wrap_cv: float = 0.5
    accept_ns: int = 0
    detection_ns: int = 0
    taken_for_machine: float = 0.0
    callers_ns: int = 0
    callers_queue: str = ""


class HandClock:
    """A clock that stands until somebody moves it.

    >>> clock = HandClock(5)
    >>> clock.not_before(9)
    >>> clock.now_ns()
    9
    """

    def __init__(self, at_ns: int) -> None:
        self.at_ns = at_ns

    def now_ns(self) -> int:
        """Give the instant."""
        return self.at_ns

    def not_before(self, at_ns: int) -> None:
        """Move on to this instant, should it be ahead."""
        self.at_ns = max(self.at_ns, at_ns)


class Desk(Protocol):
    """What a front-end needs of a dialer."""

    def report(self, attempt: str, state: AttemptState) -> tuple[Event, ...]:
        """The attempt has come further."""
        ...

    def end(
        self, attempt: str, outcome: AttemptOutcome, *, detection_ns: int = 0, cause: str = ""
    ) -> tuple[Event, ...]:
        """The attempt is over."""
        ...

    def step(self) -> object:
        """Decide once."""
        ...


class SimulatedFrontEnd:
    """Answers, agents and time for a host and its dialer.

    Parameters
    ----------
    host : Host
        Without threads, on `clock`.
    dialer : Desk
        The dialer on it.
    clock : HandClock
        The host's.
    world : World, optional
        How the called behave.
    seed : int, default 0
        Of all draws.
    decide_ns : int, default 500 ms
        From one decision of the dialer to the next.
    fails : callable, optional
        ``fails(carrier, at_ns)``: whether a dial over this carrier fails now.

    Attributes
    ----------
    dialled, callers : int
        Dials, and callers, so far.
    """

    def __init__(
        self,
        host: Host,
        dialer: Desk,
        clock: HandClock,
        world: World | None = None,
        *,
        seed: int = 0,
        decide_ns: int = SECOND // 2,
        fails: Callable[[str, int], bool] | None = None,
    ) -> None:
        self._host = host
        self._dialer = dialer
        self._clock = clock
        self._world = world or World()
        self._place = stream(seed, 0x6469616C)
        self._decide_ns = decide_ns
        self._fails = fails
        self._watch = host.feed.watch(
            wanted=lambda event: type(event) in _HEARD,
        )
        self._due: list[tuple[int, int, Callable[[], object]]] = []
        self._seq = 0
        self._next_ns = clock.now_ns()
        self._numbers: dict[str, int] = {}  # of attempts that are alive, or being served
        self._called = 0
        self.dialled = 0
        self.callers = 0
        if self._world.callers_ns:
            self._next_caller()

    def run(self, until_ns: int, each: Callable[[int], object] | None = None) -> None:
        """Let time pass until then; ``each`` is told every instant of a decision, just before it."""
        clock = self._clock
        while True:
            self._hear()
            at_ns = min(
                self._next_ns,
                self._due[0][0] if self._due else until_ns,
                until_ns if (due := self._host.tick()) is None else due,
            )
            if at_ns >= until_ns:
                clock.at_ns = max(clock.at_ns, until_ns)
                self._host.tick()
                self._hear()
                return
            clock.at_ns = max(clock.at_ns, at_ns)
            self._host.tick()
            while self._due and self._due[0][0] <= clock.at_ns:
                heapq.heappop(self._due)[2]()
            self._hear()
            if clock.at_ns >= self._next_ns:
                if each is not None:
                    each(clock.at_ns)
                self._dialer.step()
                self._next_ns = clock.at_ns + self._decide_ns

    def suppose(self, world: World) -> None:
        """From now on the called, and the agents, behave so."""
        self._world = world

    def call(self, contact: str, queue: str) -> None:
        """Let somebody call in, who waits as long as it takes."""
        self._called += 1
        self._numbers[contact] = -self._called
        self._host.apply(EnqueueContact(contact, (queue,)))

    # Inside

    def _hear(self) -> None:
        while self._watch.revision < self._host.revision:
            for _, event in self._watch.take(timeout_ns=0).events:
                self._one(event)

    def _one(self, event: Event) -> None:
        match event:
            case DialRequested():
                self._dial(event)
            case AttemptEnded() if event.outcome == "person":
                self._greet(event)
            case AttemptEnded():
                self._numbers.pop(event.attempt, None)
            case ContactOffered():
                self._after(self._world.accept_ns, lambda: self._accept(event))
            case OfferAccepted():
                self._talk(event.contact)
            case WrapUpStarted() if not event.until_ns:
                wrap_ns = self._long(self._world.wrap_ns, self._world.wrap_cv, _WRAP, event.contact)
                self._after(wrap_ns, lambda: self._host.apply(EndWrapUp(event.agent, event.contact)))
                self._numbers.pop(event.contact, None)
            case _:
                pass

    def _dial(self, event: DialRequested) -> None:
        world = self._world
        self.dialled += 1
        attempt = event.attempt
        self._numbers[attempt] = self.dialled
        if self._fails is not None and self._fails(event.carrier, event.at_ns):
            self._after(SECOND // 5, lambda: self._dialer.end(attempt, "congestion", cause="34"))
            return
        kind = self._unit(_KIND, attempt)
        outcome = _outcome(world, kind)
        if outcome in ("busy", "invalid"):
            self._after(world.busy_ns, lambda: self._dialer.end(attempt, outcome))
            return
        ring = self._unit(_RING, attempt)
        rings_ns = _rings_ns(world, ring)
        self._after(SECOND, lambda: self._dialer.report(attempt, "ringing"))
        if outcome == "no_answer" or rings_ns >= event.ring_ns:
            least_ns = min(world.no_answer_least_ns or event.ring_ns, event.ring_ns)
            ends_ns = least_ns + round(ring * (event.ring_ns - least_ns))
            self._after(ends_ns, lambda: self._dialer.end(attempt, "no_answer"))
            return
        if not world.detection_ns:
            self._after(rings_ns, lambda: self._dialer.end(attempt, outcome))
            return
        detected = (
            "machine"
            if outcome == "person" and self._unit(_DETECT, attempt) < world.taken_for_machine
            else outcome
        )
        self._after(rings_ns, lambda: self._dialer.report(attempt, "answered"))
        self._after(
            rings_ns + world.detection_ns,
            lambda: self._dialer.end(attempt, detected, detection_ns=world.detection_ns),
        )

    def _next_caller(self) -> None:
        pause = -math.log(1 - uniform(self._place, self.callers, _CALLER)) * self._world.callers_ns
        self._after(round(pause), self._call_in)

    def _call_in(self) -> None:
        self.callers += 1
        caller = f"caller-{self.callers}"
        self._numbers[caller] = -self.callers
        self._host.apply(EnqueueContact(caller, (self._world.callers_queue,)))
        self._next_caller()

    def _accept(self, event: ContactOffered) -> None:
        """The agent takes it, unless it has been withdrawn meanwhile."""
        contact = self._host.read(lambda engine: engine.contacts.get(event.contact))
        if contact is not None and any(one.offer == event.offer for one in contact.segments):
            self._host.apply(AcceptOffer(event.contact, event.agent, event.offer))

    def _greet(self, event: AttemptEnded) -> None:
        """A person answered: of a preview the agent is there already."""
        contact = self._host.read(lambda engine: engine.contacts.get(event.attempt))
        if contact is not None and contact.state == "handling":
            self._talk(event.attempt)

    def _talk(self, contact: str) -> None:
        if contact in self._numbers:  # otherwise a preview: the agent looks, and the call is dialled then
            talk_ns = self._long(self._world.talk_ns, self._world.talk_cv, _TALK, contact)
            self._after(talk_ns, lambda: self._complete(contact))

    def _complete(self, contact: str) -> None:
        if self._host.read(lambda engine: contact in engine.contacts):
            self._host.apply(CompleteContact(contact))

    def _after(self, duration_ns: int, act: Callable[[], object]) -> None:
        self._seq += 1
        heapq.heappush(self._due, (self._clock.now_ns() + max(duration_ns, 0), self._seq, act))

    def _unit(self, purpose: int, attempt: str) -> float:
        return uniform(self._place, self._numbers[attempt], purpose)

    def _long(self, mean_ns: int, cv: float, purpose: int, attempt: str) -> int:
        """Draw from a lognormal of this mean and coefficient of variation."""
        number = self._numbers.get(attempt, mix(len(attempt)))
        variance = math.log(1 + cv * cv)
        z = _NORMAL.inv_cdf(min(max(uniform(self._place, number, purpose), 1e-12), 1 - 1e-12))
        return max(round(mean_ns * math.exp(math.sqrt(variance) * z - variance / 2)), MILLISECOND)


def _rings_ns(world: World, share: float) -> int:
    """Give the quantile of the time to an answer."""
    most = 1.0
    if world.ring_most_ns:
        most = -math.expm1(-max(world.ring_most_ns - world.ring_least_ns, 0) / world.ring_mean_ns)
    return world.ring_least_ns + round(-math.log1p(-share * most) * world.ring_mean_ns)


def _outcome(world: World, kind: float) -> AttemptOutcome:
    choices: tuple[tuple[AttemptOutcome, float], ...] = (
        ("person", world.person),
        ("machine", world.machine),
        ("busy", world.busy),
        ("fax", world.fax),
        ("invalid", world.invalid),
    )
    for outcome, share in choices:
        if kind < share:
            return outcome
        kind -= share
    return "no_answer"
