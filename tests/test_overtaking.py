"""The bound of docs/overtaking.md: never broken, and nearly reached.

Owns simulations of busy centres and a brute-force model of the order; must not test other findings.
"""

from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import (
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    Engine,
    EnqueueContact,
    LogIn,
    Queue,
    UpdateContact,
)
from routing.commands import Command
from routing.events import AgentReserved, ContactEnqueued, ContactOffered, Event, ReservationEnded
from routing.lint import Overtaking, overtaking_bound
from routing.model import Channel, Limits, Ordering
from routing.units import MINUTE, SECOND

pytestmark = pytest.mark.once


@dataclass
class Busy:
    """A centre with more contacts than agents, and the greatest lateness of one that went first, by component."""

    config: Config
    random: Random
    own_credit_ns: int = 0
    expedite: bool = False  # now and then somebody who waits; they are left out of what is looked at
    waiting: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine = Engine(self.config)
        self.found = overtaking_bound(self.config, self.own_credit_ns)
        self.latest = dict.fromkeys(range(len(self.found)), -1)
        self.members = {queue.id: self._members(queue) for queue in self.config.queues}
        self.in_hand: list[str] = []

    def run(self, contacts: int, apart_ns: int) -> None:
        at_ns = 0
        for agent in self.config.agents:
            self.engine.apply(LogIn(agent.id), at_ns)
        for number in range(contacts):
            at_ns += self.random.randint(1, 2 * apart_ns)
            self._enqueue(f"c{number}", at_ns)
            if self.expedite and self.waiting and self.random.random() < 0.1:
                contact = self.random.choice(sorted(self.waiting))
                self.waiting.pop(contact)
                self._see(self.engine.apply(UpdateContact(contact, expedite=True), at_ns), at_ns)
            if self.in_hand and self.random.random() < 0.8:
                contact = self.in_hand.pop(self.random.randrange(len(self.in_hand)))
                self._see(self.engine.apply(CompleteContact(contact), at_ns), at_ns)

    def _enqueue(self, contact: str, at_ns: int) -> None:
        component = self.random.choice(self.found)
        queues = tuple(
            self.random.sample(component.queues, self.random.randint(1, min(2, len(component.queues))))
        )
        command = EnqueueContact(
            contact,
            queues,
            priority=self.random.choice((0, 0, 1, 2, 9)),
            credit_ns=self.random.choice((0, self.own_credit_ns)),
        )
        self.waiting[contact] = (at_ns, frozenset(queues))
        self._see(self.engine.apply(command, at_ns), at_ns)

    def _see(self, events: tuple[object, ...], at_ns: int) -> None:
        for event in events:
            if isinstance(event, ContactOffered):
                if event.contact in self.waiting:
                    self._compare(event)
                self.in_hand.append(event.contact)
                self._see(self.engine.apply(AcceptOffer(event.contact, event.agent), at_ns), at_ns)

    def _compare(self, event: ContactOffered) -> None:
        came_ns, queues = self.waiting.pop(event.contact)
        component = next(place for place, found in enumerate(self.found) if queues <= {*found.queues})
        for other_ns, others in self.waiting.values():
            if other_ns < came_ns and any(event.agent in self.members[queue] for queue in others):
                self.latest[component] = max(self.latest[component], came_ns - other_ns)

    def _members(self, queue: Queue) -> frozenset[str]:
        return frozenset(
            agent.id
            for agent in self.config.agents
            if agent.id in queue.members or (not queue.members and not queue.groups)
        )


def bounds(found: tuple[Overtaking, ...]) -> list[int | None]:
    return [one.bound_ns for one in found]


def random_queue(name: str, agents: list[str], random: Random) -> Queue:
    ordering: Ordering = random.choice(("priority_age", "priority_age", "fifo", "service_objective"))
    by_age = ordering == "priority_age"
    return Queue(
        name,
        members=tuple(random.sample(agents, random.randint(1, len(agents)))),
        ordering=ordering,
        priority_credits_ns=random.choice(((), (0, 3 * SECOND), (SECOND, 2 * SECOND, 20 * SECOND))),
        credit_ns=random.choice((0, 0, 8 * SECOND)) if by_age else 0,
        service_level_ns=random.choice((0, 4 * SECOND, 30 * SECOND)),
        ring_timeout_ns=MINUTE,
    )


def random_centre(random: Random) -> Config:
    agents = [f"a{number}" for number in range(random.randint(1, 4))]
    queues = tuple(random_queue(f"q{number}", agents, random) for number in range(random.randint(1, 4)))
    return Config(agents=tuple(Agent(agent) for agent in agents), queues=queues)


@pytest.mark.parametrize("seed", range(40))
def test_it_is_never_broken(seed: int) -> None:
    random = Random(seed)
    own_credit_ns = random.choice((0, 0, 5 * SECOND))
    busy = Busy(random_centre(random), random, own_credit_ns=own_credit_ns, expedite=seed % 2 == 1)
    busy.run(contacts=400, apart_ns=SECOND // 4)
    for found, latest_ns in zip(busy.found, busy.latest.values(), strict=True):
        assert found.bound_ns is not None
        assert latest_ns < found.bound_ns or latest_ns == -1, found


NEAR: list[tuple[Queue, ...]] = [
    (Queue("help", priority_credits_ns=(0, 3 * SECOND, 20 * SECOND)),),
    (
        Queue("slow", ordering="service_objective", service_level_ns=15 * SECOND),
        Queue("fast", ordering="service_objective", service_level_ns=0),
    ),
    (
        Queue("plain", priority_credits_ns=()),
        Queue("dear", priority_credits_ns=(), credit_ns=12 * SECOND),
        Queue("fifo", ordering="fifo"),
    ),
]


@pytest.mark.parametrize("queues", NEAR, ids=lambda queues: queues[0].id)
def test_it_is_nearly_reached(queues: tuple[Queue, ...]) -> None:
    """Dense arrivals and queues that are never empty: some contact is overtaken by almost all of the bound."""
    tight = []
    for seed in range(5):
        busy = Busy(Config(agents=(Agent("ann"), Agent("bob")), queues=queues), Random(seed))
        busy.run(contacts=3000, apart_ns=SECOND // 10)
        (bound_ns,) = bounds(busy.found)
        assert bound_ns is not None
        assert busy.latest[0] < bound_ns
        tight.append(busy.latest[0] / bound_ns)
    assert max(tight) >= 0.99


def test_expedited_contacts_know_no_bound() -> None:
    engine = Engine(Config(agents=(Agent("ann"),), queues=(Queue("help"),)))
    engine.apply_many(
        [(LogIn("ann"), 0), (EnqueueContact("busy", ("help",)), 0), (AcceptOffer("busy", "ann"), 0)]
    )
    engine.apply_many(
        [(EnqueueContact("x", ("help",), priority=9), 1), (EnqueueContact("y", ("help",)), 60 * MINUTE)]
    )
    engine.apply(UpdateContact("y", expedite=True), 60 * MINUTE)
    (*_, offered) = engine.apply(CompleteContact("busy"), 60 * MINUTE)
    assert isinstance(offered, ContactOffered)
    assert offered.contact == "y"


def test_the_worst_case_by_hand() -> None:
    """The construction of the page: one nanosecond less than the bound overtakes, the bound itself does not."""
    queues = (Queue("slow", ordering="fifo"), Queue("fast", priority_credits_ns=(0, MINUTE)))
    config = Config(agents=(Agent("ann"),), queues=queues)
    (found,) = overtaking_bound(config)
    assert (found.bound_ns, found.overtaken, found.overtaker) == (MINUTE, "slow", "fast")
    for later_ns, first in ((MINUTE - 1, "y"), (MINUTE, "x"), (MINUTE + 1, "x")):
        engine = Engine(config)
        engine.apply(LogIn("ann"), 0)
        engine.apply(EnqueueContact("busy", ("slow",)), 0)
        engine.apply(AcceptOffer("busy", "ann"), 0)
        engine.apply(EnqueueContact("x", ("slow",)), 1)
        engine.apply(EnqueueContact("y", ("fast",), priority=1), 1 + later_ns)
        (offered,) = [
            event
            for event in engine.apply(CompleteContact("busy"), 5 * MINUTE)
            if isinstance(event, ContactOffered)
        ]
        assert offered.contact == first


@given(
    orderings=st.lists(
        st.sampled_from(("priority_age", "fifo", "service_objective")), min_size=3, max_size=3
    ),
    credits_ns=st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=3, max_size=3),
    own_ns=st.lists(st.integers(0, 9), min_size=6, max_size=6),
)
def test_against_all_pairs_of_keys(
    orderings: list[Ordering], credits_ns: list[list[int]], own_ns: list[int]
) -> None:
    """Whatever the orderings: the bound is one more than the greatest lateness that any pair of keys allows."""
    queues = tuple(
        Queue(
            f"q{place}",
            ordering=orderings[place],
            priority_credits_ns=tuple(credits_ns[place]),
            service_level_ns=own_ns[place],
            credit_ns=own_ns[3 + place],
        )
        for place in range(3)
    )
    (found,) = overtaking_bound(Config(agents=(Agent("ann"),), queues=queues))
    offsets = [rank(queue, priority) for queue in queues for priority in range(4)]
    late = [
        later_ns
        for later_ns in range(1, 60)
        if any((later_ns + second, later_ns) < (first, 0) for first in offsets for second in offsets)
    ]
    assert found.bound_ns == (max(late) + 1 if late else max(offsets) - min(offsets))
    assert found.bound_ns == max(offsets) - min(offsets)


def rank(queue: Queue, priority: int) -> int:
    """``rank - enqueued_ns``, read off docs/engine.md."""
    if queue.ordering == "fifo":
        return 0
    if queue.ordering == "service_objective":
        return queue.service_level_ns
    listed = queue.priority_credits_ns
    return -queue.credit_ns - (listed[min(priority, len(listed) - 1)] if listed else 0)


def test_components() -> None:
    agents = tuple(Agent(name) for name in "abcd")
    queues = (
        Queue("one", members=("a", "b"), priority_credits_ns=(0, 10)),
        Queue("alone", members=("d",), ordering="fifo"),
        Queue("two", members=("b", "c"), priority_credits_ns=(0, 30)),
        Queue("three", members=("c",), ordering="service_objective", service_level_ns=20),
    )
    found = overtaking_bound(Config(agents=agents, queues=queues))
    assert [(one.queues, one.agents) for one in found] == [
        (("one", "two", "three"), ("a", "b", "c")),
        (("alone",), ("d",)),
    ]
    assert bounds(found) == [50, 0]
    assert (found[0].overtaken, found[0].overtaker) == ("three", "two")


def test_agents_without_capacity_connect_nothing() -> None:
    idle = Agent("idle", channels={"voice": 0})
    queues = (Queue("one", members=("a", "idle")), Queue("two", members=("b", "idle")))
    found = overtaking_bound(Config(agents=(Agent("a"), Agent("b"), idle), queues=queues))
    assert [one.queues for one in found] == [("one",), ("two",)]


def test_priorities_that_nobody_has_do_not_count() -> None:
    queue = Queue("help", priority_credits_ns=(0, 10, 500))
    config = Config(agents=(Agent("ann"),), queues=(queue,), limits=Limits(priority=1))
    assert bounds(overtaking_bound(config)) == [10]
    assert bounds(overtaking_bound(config, own_credit_ns=7)) == [17]


@pytest.mark.parametrize(
    ("other", "word"),
    [
        (Queue("b", tier=1), "tier"),
        (Queue("b", ordering="deadline"), "deadline"),
        (Queue("b", strategy="weighted", batch_ns=0), "batches"),
        (Queue("b", drain_after_ns=5), "drain_after"),
    ],
)
def test_where_there_is_none(other: Queue, word: str) -> None:
    (found,) = overtaking_bound(Config(agents=(Agent("ann"),), queues=(Queue("a"), other)))
    assert found.bound_ns is None
    assert word in found.why
    assert bounds(overtaking_bound(Config(queues=(Queue("a"), Queue("b"))))) == [10 * MINUTE] * 2


# --------------------------------------------------------------------------------------------------- draining

CHAT_NS = 4 * MINUTE  # the longest chat
STREAM_NS = 120 * MINUTE
AGENTS = 3


@dataclass
class Stream:
    """Chats stream in faster than they are done with; visits, which take a whole agent, come in between."""

    drain_after_ns: int
    seed: int
    events: list[Event] = field(default_factory=list)

    def run(self, visits: int) -> None:
        random, queue = Random(self.seed), Queue("visits", tier=-1, drain_after_ns=self.drain_after_ns)
        config = Config(
            channels=(Channel("chat", capacity=5, load=20), Channel("visit", load=100)),
            agents=tuple(Agent(f"a{number}") for number in range(AGENTS)),
            queues=(queue, Queue("chats")),
        )
        engine = Engine(config)
        plan: list[tuple[int, str, Command]] = [
            (0, f"a{number}", LogIn(f"a{number}")) for number in range(AGENTS)
        ]
        for number in range(STREAM_NS // (10 * SECOND)):
            plan.append((number * 10 * SECOND, "", EnqueueContact(f"c{number}", ("chats",), "chat")))
        for number in range(visits):
            at_ns = random.randint(CHAT_NS, 2 * CHAT_NS)
            plan.append((at_ns, "", EnqueueContact(f"v{number}", ("visits",), "visit")))
        while plan:
            plan.sort(key=lambda planned: planned[0])
            at_ns, _, command = plan.pop(0)
            for event in engine.apply(command, at_ns):
                self.events.append(event)
                if isinstance(event, ContactOffered):
                    engine_events = engine.apply(AcceptOffer(event.contact, event.agent), at_ns)
                    assert not any(isinstance(one, ContactOffered) for one in engine_events)
                    self.events += engine_events
                    plan.append(
                        (at_ns + random.randint(CHAT_NS // 2, CHAT_NS), "", CompleteContact(event.contact))
                    )

    def waits(self) -> list[int]:
        """How long each visit waited until it was offered, in order."""
        came = {one.contact: one.at_ns for one in self.events if isinstance(one, ContactEnqueued)}
        offers = [one for one in self.events if isinstance(one, ContactOffered)]
        return [one.at_ns - came[one.contact] for one in offers if one.contact.startswith("v")]


@pytest.mark.parametrize("seed", range(3))
def test_without_draining_a_large_contact_starves(seed: int) -> None:
    """It is the first of all and nobody is ever offered to it: somebody else's chat always fits before all are done."""
    stream = Stream(0, seed)
    stream.run(visits=1)
    assert min(stream.waits()) > STREAM_NS - 3 * CHAT_NS


@pytest.mark.parametrize("visits", [1, AGENTS])
@pytest.mark.parametrize("seed", range(3))
def test_draining_bounds_the_wait(seed: int, visits: int) -> None:
    """At most `drain_after` and the longest contact in hand; nobody smaller goes to the agent who is reserved."""
    stream = Stream(MINUTE, seed)
    stream.run(visits)
    waits = stream.waits()
    assert len(waits) == visits
    assert max(waits) <= MINUTE + CHAT_NS
    reserved: dict[str, str] = {}
    ever = 0
    for event in stream.events:
        if isinstance(event, AgentReserved):
            reserved[event.agent] = event.contact
            ever += 1
        elif isinstance(event, ReservationEnded):
            assert reserved.pop(event.agent) == event.contact
        elif isinstance(event, ContactOffered):
            assert reserved.get(event.agent, event.contact) == event.contact
    assert ever >= visits
    assert reserved == {}
