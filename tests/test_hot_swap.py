"""Rules that change while thousands wait: nobody is lost, clocks go on, and what is changed back is as it was.

Owns edits of queues and configurations in mid-run; must not test what a dry run says of them (``test_whatif``).
"""

from collections.abc import Iterable
from functools import cache
from random import Random
from typing import Any

import pytest
from centres import ALL_FEATURES, Centres
from machine import Alone, moves, valid_config
from msgspec.structs import replace

from routing import (
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    Configure,
    Engine,
    EnqueueContact,
    LogIn,
    LogOut,
    Overflow,
    PutAgent,
    PutQueue,
    Queue,
    Reserve,
    SetSkills,
    Step,
    Weights,
)
from routing.commands import Command
from routing.events import (
    AgentChanged,
    CommandRefused,
    Configured,
    ContactEnded,
    ContactOffered,
    ContactOverflowed,
    Event,
    OfferAccepted,
    QueueChanged,
    SpillReached,
    StepReached,
)
from routing.model import Hours, Strategy
from routing.units import HOUR, MINUTE, SECOND
from routing.whatif.picture import Picture

pytestmark = pytest.mark.once

QUEUES = 30
CONTACTS = 5_000
SPAN_NS = 30 * MINUTE
STEP_NS = 2 * HOUR
MAX_WAIT_NS = 8 * HOUR
STRATEGIES: tuple[Strategy, ...] = (
    "longest_idle",
    "fewest_contacts",
    "round_robin",
    "most_skilled",
    "linear",
    "random",
)


def queue(number: int) -> Queue:
    return Queue(
        f"q{number}",
        members=("judge", f"a{number % 10}", f"a{(number + 1) % 10}"),
        strategy=STRATEGIES[number % len(STRATEGIES)],
        ordering=("priority_age", "fifo", "service_objective", "priority_age", "deadline")[number % 5],
        tier=number % 3,
        steps=(Step("basic"), Step("", STEP_NS)),
        service_level_ns=number * SECOND,
        max_wait=Overflow("voicemail", after_ns=MAX_WAIT_NS),
    )


@cache
def crowd(contacts: int = CONTACTS) -> bytes:
    """Ten agents are busy; within half an hour, five thousand contacts (or so many) came into thirty queues."""
    agents = (
        Agent("judge", {"basic": 50}),
        *(Agent(f"a{n}", {"basic": 50}, groups=("night",)) for n in range(10)),
    )
    config = Config(
        skills=("basic", "rare"),
        agents=agents,
        queues=tuple(queue(number) for number in range(QUEUES)),
        hours=(Hours("late"),),
    )
    engine, random = Engine(config), Random(1)
    for number in range(10):
        engine.apply(LogIn(f"a{number}"), 0)
        (*_, offered) = engine.apply(EnqueueContact(f"busy{number}", (f"q{number}",)), 0)
        assert isinstance(offered, ContactOffered)
        engine.apply(AcceptOffer(offered.contact, offered.agent), 0)
    at_ns = 0
    for number in range(contacts):
        at_ns += random.randint(0, 2 * SPAN_NS // contacts)
        queues = tuple(f"q{one}" for one in random.sample(range(QUEUES), random.choice((1, 1, 2))))
        due_ns = random.choice((0, random.randint(1, 2 * HOUR)))
        engine.apply(
            EnqueueContact(f"c{number}", queues, priority=random.choice((0, 0, 1, 5)), due_ns=due_ns), at_ns
        )
    assert len(Picture(engine.snapshot()).seen) == contacts
    return engine.snapshot()


@cache
def at_first(contacts: int = CONTACTS) -> Picture:
    return Picture(crowd(contacts))


def clocks(picture: Picture) -> dict[str, list[tuple[str, int, int]]]:
    """What nobody may lose: where a contact waits, and since when."""
    return {
        name: [(visit.queue, visit.enqueued_ns, visit.entered_ns) for visit in one.standing.visits]
        for name, one in picture.seen.items()
    }


#: For each field of a queue an edit, with what has to go along; none of them ends anybody at once.
EDITS: dict[str, dict[str, Any]] = {
    "members": {"members": ("a0",)},
    "groups": {"groups": ("night",)},
    "strategy": {"strategy": "least_occupied"},
    "ordering": {"ordering": "priority_age", "priority_credits_ns": (HOUR, 0)},
    "tier": {"tier": 7},
    "priority_credits_ns": {"priority_credits_ns": (0, HOUR)},
    "requirement": {"requirement": "basic and not rare", "steps": ()},
    "steps": {"steps": (Step("rare"), Step("basic", MINUTE), Step("", HOUR))},
    "ring_timeout_ns": {"ring_timeout_ns": SECOND},
    "exclusion_ns": {"exclusion_ns": 7},
    "retry_delay_ns": {"retry_delay_ns": 7},
    "misses_to_not_ready": {"misses_to_not_ready": 7},
    "wrap_up_ns": {"wrap_up_ns": MINUTE},
    "max_handling_ns": {"max_handling_ns": 9 * HOUR},
    "max_wait": {"max_wait": Overflow("callback", after_ns=HOUR)},
    "no_agent": {"no_agent": Overflow("voicemail")},
    "max_length": {"max_length": Overflow("disconnect", length=1)},
    "closed": {"closed": Overflow("voicemail")},
    "on_close": {"on_close": "overflow"},
    "service_level_ns": {"service_level_ns": 25 * MINUTE},
    "hours": {"hours": "late"},
    "score": {"score": "3*basic", "requirement": "basic", "steps": ()},
    "credit_ns": {"credit_ns": 10 * MINUTE, "ordering": "priority_age"},
    "reserves": {
        "reserves": (Reserve(members=("a5",), after_ns=MINUTE), Reserve(members=("a6",), after_ns=HOUR))
    },
    "weights": {"strategy": "weighted", "weights": Weights(idle=4, occupancy=1)},
    "shares": {"strategy": "percent_allocation", "shares": {"night": 3}},
    "ring_agents": {"strategy": "ring_n", "ring_agents": 5},
    "group_misses": {"strategy": "ring_all", "group_misses": True},
    "split": {"split": {"q0": 40, "q29": 60}},
    "overflow": {"overflow": (Overflow("voicemail", after_ns=5 * MINUTE, when="waiting > 100000"),)},
    "batch_ns": {"strategy": "weighted", "batch_ns": SECOND},
    "drain_after_ns": {"drain_after_ns": HOUR},
    "auto_answer": {"auto_answer": True},
    "disposition_required": {"disposition_required": True},
    "keep_age": {"keep_age": False},
}


def test_every_field_is_edited() -> None:
    assert set(EDITS) == set(Queue.__struct_fields__) - {"id"}


def edited(config: Config, changes: dict[str, Any], only: Iterable[str] = ()) -> Config:
    """All queues with the changes, or only some."""
    names = set(only) or {one.id for one in config.queues}
    queues = (replace(one, **changes) if one.id in names else one for one in config.queues)
    return replace(config, queues=tuple(queues))


def check_back_and_forth(contacts: int, field: str) -> None:
    engine = Engine.restore(crowd(contacts))
    old, first = engine.config, at_first(contacts)
    named = [one for one in old.queues if one.id in ("q3", "q4", "q17")]
    puts = [PutQueue(replace(one, **EDITS[field])) for one in named]
    for there, back in (
        (puts, [PutQueue(one) for one in named]),
        ([Configure(edited(old, EDITS[field]))], [Configure(old)]),
    ):
        said = [event for command in there for event in engine.apply(command, engine.now_ns)]
        assert {type(event) for event in said} <= {Configured, QueueChanged}
        assert sum(isinstance(event, QueueChanged) for event in said) in (len(named), QUEUES)
        assert clocks(Picture(engine.snapshot())) == clocks(first)
        engine._check()
        said = [event for command in back for event in engine.apply(command, engine.now_ns)]
        assert {type(event) for event in said} <= {Configured, QueueChanged}
        assert Picture(engine.snapshot()).seen == first.seen
        engine._check()
    assert engine.config == old


@pytest.mark.parametrize("field", EDITS)
def test_an_edit_and_its_inverse(field: str) -> None:
    """Nobody ends, moves to another queue or begins anew; after the inverse everybody stands where they stood."""
    check_back_and_forth(200, field)


@pytest.mark.slow
@pytest.mark.parametrize("field", EDITS)
def test_an_edit_and_its_inverse_with_thousands(field: str) -> None:
    check_back_and_forth(CONTACTS, field)


def test_all_edits_one_after_the_other() -> None:
    """Each field of each queue is changed in turn while five thousand wait; then everything is as it was."""
    engine = Engine.restore(crowd())
    old = engine.config
    for changes in EDITS.values():
        said = engine.apply(Configure(edited(old, changes)), engine.now_ns)
        assert {type(event) for event in said} == {Configured, QueueChanged}
    engine._check()
    assert clocks(Picture(engine.snapshot())) == clocks(at_first())
    engine.apply(Configure(old), engine.now_ns)
    assert Picture(engine.snapshot()).seen == at_first().seen


@pytest.mark.parametrize(
    "field", [None, "ordering", "tier", "priority_credits_ns", "service_level_ns", "credit_ns"]
)
def test_the_order_is_that_of_the_keys(field: str | None) -> None:
    """One agent for everybody takes them one by one: by the new keys after an edit, by the old after its inverse."""
    engine = Engine.restore(crowd())
    old = engine.config
    for config in ([edited(old, EDITS[field])] if field else []) + [old]:
        engine.apply(Configure(config), engine.now_ns)
        seen = Picture(engine.snapshot()).seen
        expected = sorted(seen, key=lambda name: seen[name].standing.place)
        judged = Engine.restore(engine.snapshot())
        (*_, event) = judged.apply(LogIn("judge"), judged.now_ns)
        for name in expected[:300]:
            assert isinstance(event, ContactOffered)
            assert (event.contact, event.queue) == (name, seen[name].standing.lead_queue)
            judged.apply(AcceptOffer(name, "judge"), judged.now_ns)
            (*_, event) = judged.apply(CompleteContact(name), judged.now_ns)


def fired(events: Iterable[Event], kind: type[Any], cause: str = "") -> dict[tuple[str, str], int]:
    """When events of a kind came, by contact and queue."""
    return {
        (event.contact, event.queue): event.at_ns
        for event in events
        if isinstance(event, kind) and (not cause or event.cause == cause)
    }


def test_waits_end_by_their_own_clocks() -> None:
    """Edited up and down, in some queues only: each visit ends at its own entry plus what is in force then."""
    engine = Engine.restore(crowd())
    old, start_ns = engine.config, engine.now_ns
    entered = {
        (name, where): since for name, all_of in clocks(at_first()).items() for where, _, since in all_of
    }
    plans = [
        (start_ns, 5 * HOUR, [f"q{n}" for n in range(QUEUES)]),
        (start_ns + HOUR, 20 * MINUTE, ["q1", "q2", "q8"]),  # over already for all of them
        (start_ns + HOUR + MINUTE, HOUR + 20 * MINUTE, ["q5", "q9"]),  # over for some
        (start_ns + HOUR + 2 * MINUTE, 6 * HOUR, ["q5", "q20", "q21"]),
    ]
    expected: dict[tuple[str, str], int] = {}
    after_ns = dict.fromkeys((f"q{n}" for n in range(QUEUES)), MAX_WAIT_NS)
    config, events = old, list[Event]()
    for at_ns, wait_ns, names in [*plans, (start_ns + 9 * HOUR, MAX_WAIT_NS, [])]:
        for visit, since_ns in entered.items():
            due_ns = max(since_ns + after_ns[visit[1]], expected.get(visit, start_ns))
            if visit not in expected and due_ns <= at_ns:
                expected[visit] = due_ns
        for name in names:
            after_ns[name] = wait_ns
        if names:
            config = edited(config, {"max_wait": Overflow("voicemail", after_ns=wait_ns)}, names)
            events += engine.apply(Configure(config), at_ns)
            for visit, since_ns in entered.items():
                if visit not in expected and visit[1] in names and since_ns + wait_ns <= at_ns:
                    expected[visit] = at_ns  # past due: at once
        else:
            events += engine.advance(at_ns)
    assert fired(events, ContactOverflowed, "max_wait") == expected
    assert set(expected) == set(entered)
    ended = {event.contact: event.at_ns for event in events if isinstance(event, ContactEnded)}
    last = {
        name: max(expected[name, where] for where, *_ in all_of)
        for name, all_of in clocks(at_first()).items()
    }
    assert ended == last


def test_steps_and_spills_come_by_their_own_clocks() -> None:
    engine = Engine.restore(crowd())
    start_ns = engine.now_ns
    edits: dict[str, Any] = {
        "steps": (Step("rare"), Step("basic", 20 * MINUTE), Step("", HOUR)),
        "reserves": (Reserve(members=("a5",), after_ns=25 * MINUTE),),
    }
    events = engine.apply(Configure(edited(engine.config, edits)), start_ns)
    assert fired(events, StepReached) == fired(events, SpillReached) == {}
    events = engine.advance(start_ns + 3 * HOUR)
    since = {
        (name, where): from_ns for name, all_of in clocks(at_first()).items() for where, from_ns, _ in all_of
    }
    for kind, after_ns in ((StepReached, HOUR), (SpillReached, 25 * MINUTE)):
        due = {visit: from_ns + after_ns for visit, from_ns in since.items()}
        assert fired(events, kind) == {visit: at_ns for visit, at_ns in due.items() if at_ns > start_ns}


def test_missing_agents_count_from_when_they_left() -> None:
    """A rule that comes later counts from the instant the last member left, or the contact came."""
    engine = Engine.restore(crowd())
    start_ns = engine.now_ns
    for number in range(10):
        engine.apply(CompleteContact(f"busy{number}"), start_ns)
        engine.apply(LogOut(f"a{number}"), start_ns)
    rung = {name for name, one in Picture(engine.snapshot()).seen.items() if one.standing.state != "waiting"}
    assert rung == set()
    edits = {"no_agent": Overflow("callback", after_ns=10 * MINUTE)}
    engine.apply(Configure(edited(engine.config, edits, ["q3", "q4"])), start_ns + 4 * MINUTE)
    events = engine.advance(start_ns + HOUR)
    found = fired(events, ContactOverflowed, "no_agent")
    waited = {(name, where) for name, all_of in clocks(at_first()).items() for where, *_ in all_of}
    assert found == {visit: start_ns + 10 * MINUTE for visit in waited if visit[1] in ("q3", "q4")}


# --------------------------------------------------------------------------------------------- random edits


def edit(centres: Centres, config: Config) -> tuple[Command, Command] | None:
    """A command that changes queues or agents that are there, and its inverse."""
    kind = centres.random.randrange(4)
    skills, agents = config.skills, [agent.id for agent in config.agents]
    queues = [one.id for one in config.queues]
    if kind < 2 and queues:
        old = centres.one(config.queues)
        return PutQueue(centres.queue(old.id, skills, agents, queues)), PutQueue(old)
    if kind == 2 and agents:
        agent = centres.one(config.agents)
        new = centres.agent(agent.id, skills, [channel.id for channel in config.channels])
        return (PutAgent(new), PutAgent(agent)) if centres.rarely(50) else (
            SetSkills(agent.id, new.skills),
            SetSkills(agent.id, agent.skills),
        )  # fmt: skip
    anew = tuple(centres.queue(one, skills, agents, queues) for one in queues)
    return Configure(replace(config, queues=anew)), Configure(config)


@pytest.mark.parametrize("seed", range(12))
def test_random_edits_and_their_inverses(seed: int) -> None:
    assert check_random_edits(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(12, 100, 8))
def test_many_random_edits_and_their_inverses(first: int) -> None:
    """In some centres nobody lives long enough for an edit, but not in eight of them."""
    assert sum(check_random_edits(seed) for seed in range(first, first + 8))


def check_random_edits(seed: int) -> int:
    """Who neither overflows nor ends has the key and the clocks of before; who ends has overflowed for a cause.

    Returns how many edits were taken back again.
    """
    centres = Centres(Random(seed), features=ALL_FEATURES, scale=1 + seed % 2)
    alone = Alone(valid_config(centres))
    tried = 0
    for move in moves(centres, alone, 120):
        alone.make(move)
        engine = Engine.restore(alone.compiled.snapshot())
        engine.advance(engine.now_ns)  # what is due already
        pair = edit(centres, engine.config)
        before = Picture(engine.snapshot())
        if pair is None or not before.seen:
            continue
        events: list[Event] = []
        for command in pair:
            answer = engine.apply(command, engine.now_ns)
            events += answer
            check_nobody_is_lost(before, Picture(engine.snapshot()), events)
            if isinstance(answer[-1], CommandRefused):
                break
        else:
            tried += 1
            check_as_it_was(before, Picture(engine.snapshot()), events)
        engine._check()
    return tried


def check_nobody_is_lost(before: Picture, after: Picture, events: list[Event]) -> None:
    overflowed = {event.contact for event in events if isinstance(event, ContactOverflowed)}
    ended = {event.contact for event in events if isinstance(event, ContactEnded)}
    answered = {event.contact for event in events if isinstance(event, OfferAccepted)}  # at once
    assert before.seen.keys() - after.seen.keys() == ended | answered
    assert ended <= overflowed
    old, new = clocks(before), clocks(after)
    for name in after.seen.keys() - overflowed:
        assert new[name] == old[name]


def check_as_it_was(before: Picture, after: Picture, events: list[Event]) -> None:
    assert not any(isinstance(event, AgentChanged) and event.change == "removed" for event in events)
    overflowed = {event.contact for event in events if isinstance(event, ContactOverflowed)}
    for name in after.seen.keys() - overflowed:
        old, new = before.seen[name].standing, after.seen[name].standing
        assert (old.key, old.lead_queue) == (new.key, new.lead_queue)
