"""Everything at its limit at once: what one transition may need has room, however many take part in it.

Worth most against a core built with sanitizers (``make sanitize``): a record too many is written beyond its array.

Owns the extremes; must not know how the core reserves its memory.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from routing.commands import (
    AbandonContact,
    AcceptOffer,
    CloseQueue,
    Command,
    CompleteContact,
    Configure,
    EnqueueContact,
    LogIn,
    PutQueue,
    RequeueContact,
)
from routing.engine import Engine
from routing.events import ContactOffered, Event
from routing.model import Agent, Channel, Config, Limits, Overflow, Queue, Reserve, Step

LIMITS = Limits(
    overflow_rules=255,
    queues_per_contact=64,
    overflows=255,
    expression_terms=255,
    steps=255,
    batch_contacts=1024,
)
NOBODY = Agent("nobody")


def count(events: Iterable[Event]) -> Counter[str]:
    return Counter(type(event).__name__ for event in events)


def advanced(engine: Engine, to_ns: int) -> Counter[str]:
    events = engine.advance(to_ns)
    engine._check()
    return count(events)


def told(engine: Engine, commands: Iterable[Command]) -> Counter[str]:
    """Give these commands now; count their events."""
    total: Counter[str] = Counter()
    for command in commands:
        total += count(engine.apply(command, engine.now_ns))
    engine._check()
    return total


def served(engine: Engine, commands: Iterable[Command]) -> None:
    """Give these commands, and let whoever it rings at accept at once."""
    for command in commands:
        for event in engine.apply(command, engine.now_ns):
            if isinstance(event, ContactOffered):
                engine.apply(AcceptOffer(event.contact, event.agent), engine.now_ns)


def spilling(name: str, *, when: str = "", after_ns: int = 0, **more: Any) -> Queue:
    """A queue with as many reserves as there may be."""
    reserves = tuple(Reserve(members=("nobody",), when=when, after_ns=after_ns) for _ in range(15))
    return Queue(name, members=("nobody",), reserves=reserves, **more)


def test_all_reserves_and_steps_of_all_queues_are_reached_at_once() -> None:
    """15 spills and a step in each of 64 queues, for 40 contacts at the same instant."""
    steps = (Step("", 0), *(Step("False", 5 + k) for k in range(15)))
    queues = tuple(spilling(f"q{n}", after_ns=5, steps=steps) for n in range(64))
    engine = Engine(Config(agents=(NOBODY,), queues=queues, limits=LIMITS))
    everywhere = tuple(f"q{n}" for n in range(64))
    told(engine, (EnqueueContact(f"c{n}", everywhere) for n in range(40)))
    assert advanced(engine, 5) == {"SpillReached": 40 * 64 * 15, "StepReached": 40 * 64}
    assert advanced(engine, 100) == {"StepReached": 40 * 64 * 14}


def test_all_reserves_of_all_queues_change_with_one_contact() -> None:
    """A contact that enters 64 queues turns 15 reserves on in each; so does one on its way through 256 others."""
    queues = [spilling(f"q{n}", when="not waiting > 0") for n in range(64)]
    queues += [
        spilling(f"h{n}", when="waiting == 0", no_agent=Overflow("queue", queue=f"h{n + 1}"))
        for n in range(255)
    ]
    queues.append(spilling("h255", when="waiting == 0"))
    engine = Engine(Config(agents=(NOBODY,), queues=tuple(queues), limits=LIMITS, pane_ns=1000))
    events = told(engine, [EnqueueContact("hops", (*(f"q{k}" for k in range(63)), "h0"))])
    assert (events["ContactOverflowed"], events["ReserveChanged"]) == (255, (63 + 256) * 15)
    told(engine, [AbandonContact("hops")])
    for changes in (15, 64 * 15, 0):
        events = told(engine, [EnqueueContact(f"after {changes}", tuple(f"q{k}" for k in range(64)))])
        assert events["ReserveChanged"] == changes
    assert advanced(engine, 1000) == {}


@pytest.mark.parametrize("misses", [False, True])
def test_hundreds_of_contacts_ring_at_many_agents(misses: bool) -> None:
    """All time-outs of groups are due at once; then one agent of 64 accepts, and queues close while they ring."""
    agents = tuple(
        Agent(f"a{n}", skills={"s": n + 1}, channels={"voice": 1000}, load=1000) for n in range(64)
    )
    queue = Queue(
        "q", strategy="ring_all", ring_timeout_ns=10, exclusion_ns=5, group_misses=misses, on_close="overflow"
    )
    other = Queue(
        "other", strategy="ring_n", ring_agents=64, ring_timeout_ns=10, exclusion_ns=5, wrap_up_ns=3
    )
    channels = (Channel("voice", load=7),)
    engine = Engine(
        Config(agents=agents, queues=(queue, other), channels=channels, skills=("s",), limits=LIMITS)
    )
    served(engine, (LogIn(agent.id) for agent in agents))
    contacts = [f"c{n}" for n in range(200)]
    events = told(engine, (EnqueueContact(contact, ("q", "other")) for contact in contacts))
    assert events["ContactOffered"] > 100 * 64
    assert advanced(engine, 10)["OfferMissed" if misses else "OfferWithdrawn"] >= 64
    advanced(engine, 15)
    events = told(engine, [AcceptOffer(contacts[0], engine_rings_at(engine, contacts[0]))])
    assert events["OfferWithdrawn"] == 63
    events = told(engine, [RequeueContact(contacts[1], ("other",)), AbandonContact(contacts[2])])
    assert events["OfferWithdrawn"] >= 2 * 63
    told(engine, [CloseQueue("q")])
    assert Engine.restore(engine.snapshot()).snapshot() == engine.snapshot()


def engine_rings_at(engine: Engine, contact: str) -> str:
    return engine.contacts[contact].segments[-1].agent


def test_many_reservations_end_at_once() -> None:
    """128 agents, no two alike, wait for room that nobody needs any more; each comes into a place of its own."""
    number = 128
    agents = tuple(
        Agent(f"a{n}", skills={"s": n % 50 + 1, "t": n // 50 + 1}, channels={"voice": 10})
        for n in range(number)
    )
    big = Queue("big", drain_after_ns=5)
    config = Config(agents=agents, queues=(Queue("q", strategy="fewest_contacts"), big), skills=("s", "t"))
    engine = Engine(config)
    served(engine, (LogIn(agent.id) for agent in agents))
    served(engine, (EnqueueContact(f"m{n}", ("q",), load=60) for n in range(number)))
    served(engine, (EnqueueContact(f"s{n}", ("q",), load=10) for n in range(number)))
    told(engine, (EnqueueContact(f"l{n}", ("big",), load=100) for n in range(number)))
    assert advanced(engine, 5) == {"AgentReserved": number}
    told(engine, (CompleteContact(f"m{n}") for n in range(number)))
    events = told(engine, [PutQueue(Queue("big", drain_after_ns=5, requirement="False"))])
    assert events["ReservationEnded"] == number
    assert Engine.restore(engine.snapshot()).snapshot() == engine.snapshot()


def test_many_contacts_overflow_by_the_last_of_many_rules() -> None:
    """On one tick, 600 contacts leave by the 255th rule; each has 16 steps of its own with conditions."""
    never = tuple(Overflow("queue", queue="b", after_ns=1, when="waiting < 0") for _ in range(254))
    rule = Overflow("queue", queue="b", after_ns=1, when="waiting >= 0")
    queues = (
        Queue("a", overflow=(*never, rule), members=("nobody",)),
        Queue("b", steps=tuple(Step("", k, when="waiting > 600" if k else "") for k in range(255))),
    )
    engine = Engine(Config(agents=(NOBODY,), queues=queues, limits=LIMITS, pane_ns=1000))
    steps = tuple(Step("", k, when="waiting > 600" if k else "") for k in range(16))
    told(engine, (EnqueueContact(f"c{n}", ("a",), steps=steps if n % 2 else ()) for n in range(600)))
    assert advanced(engine, 1000)["ContactOverflowed"] == 600
    told(engine, [EnqueueContact("one more", ("b",))])
    assert advanced(engine, 2000)["StepReached"] == 600 + 254


def test_a_large_batch_is_assigned() -> None:
    agents = tuple(Agent(f"a{n}", skills={"s": n % 100 + 1}) for n in range(300))
    queue = Queue("q", batch_ns=10, strategy="weighted", score="s")
    engine = Engine(Config(agents=agents, queues=(queue,), skills=("s",), limits=LIMITS))
    told(engine, (LogIn(agent.id) for agent in agents))
    told(engine, (EnqueueContact(f"c{n}", ("q",)) for n in range(400)))
    assert advanced(engine, 10) == {"ContactOffered": 300}


def test_a_queue_that_a_configuration_leaves_alone_keeps_the_steps_of_its_contacts() -> None:
    """Only an edit of the queue finds steps anew."""
    queue = Queue("q", steps=(Step("", 0), Step("", 1, when="waiting < 2")))
    config = Config(queues=(queue,))
    engine = Engine(config)
    told(engine, [EnqueueContact("a", ("q",))])
    advanced(engine, 1)
    told(engine, [EnqueueContact("b", ("q",)), Configure(Config(agents=(NOBODY,), queues=(queue,)))])
    assert engine.contacts["a"].visits[0].step == 1
    told(engine, [PutQueue(Queue("q", steps=queue.steps, tier=1))])
    assert engine.contacts["a"].visits[0].step == 0
