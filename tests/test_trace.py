"""One engine, two doors: a trace run inside the core does what the same commands do through apply."""

from __future__ import annotations

import heapq
import random
from array import array
from typing import Any, get_args

import pytest

from routing import (
    AbandonContact,
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    Engine,
    EnqueueContact,
    Limits,
    LogIn,
    Overflow,
    Queue,
    Step,
)
from routing.errors import UsageError
from routing.events import ContactEnded, ContactOffered, Event, OfferAccepted
from routing.model import Reserve, Strategy, Weights

CODES = {"handled": 0, "abandoned": 1, "diverted": 2, "rejected": 3}


class World:
    """The trace driver's rules, spelled out over `apply`."""

    def __init__(
        self, engine: Engine, service: array[int], patience: array[int], arrival: array[int]
    ) -> None:
        self.engine, self.service, self.patience, self.arrival = engine, service, patience, arrival
        self.due: list[tuple[int, int, int]] = []  # (instant, 0 completion or 1 patience, call)
        self.state = ["" for _ in arrival]
        self.outcome = array("B", bytes([255])) * len(arrival)
        self.wait = array("q", [0]) * len(arrival)
        self.agent = array("i", [-1]) * len(arrival)

    def run(self, templates: list[EnqueueContact], kind: array[int]) -> None:
        call = 0
        while True:
            while self.due and self.state[self.due[0][2]] != ("talks", "waits")[self.due[0][1]]:
                heapq.heappop(self.due)
            arrives = call < len(self.arrival) and (not self.due or self.arrival[call] < self.due[0][0])
            at = self.arrival[call] if arrives else self.due[0][0] if self.due else None
            timer = self.engine.next_due_ns
            if timer is not None and (timer <= at if at is not None else len(self.engine.contacts) > 0):
                self.follow(self.engine.advance(timer))
            elif at is None:
                return
            elif arrives:
                template = templates[kind[call]]
                command = EnqueueContact(
                    str(call),
                    template.queues,
                    template.channel,
                    template.priority,
                    template.requirement,
                    template.steps,
                )
                self.state[call] = "arrives"
                self.follow(self.engine.apply(command, at))
                if self.state[call] == "arrives" and self.patience[call] >= 0:
                    self.state[call] = "waits"
                    heapq.heappush(self.due, (at + self.patience[call], 1, call))
                call += 1
            else:
                _, leaves, who = heapq.heappop(self.due)
                self.state[who] = ""
                self.follow(
                    self.engine.apply(AbandonContact(str(who)) if leaves else CompleteContact(str(who)), at)
                )

    def follow(self, events: tuple[Event, ...]) -> None:
        queue = list(events)
        for event in queue:
            if isinstance(event, ContactOffered) and self.engine.contacts[event.contact].state == "offered":
                queue.extend(self.engine.apply(AcceptOffer(event.contact, event.agent), event.at_ns))
            elif isinstance(event, OfferAccepted):
                call = int(event.contact)
                self.state[call] = "talks"
                self.wait[call] = event.at_ns - self.arrival[call]
                self.agent[call] = int(event.agent)
                heapq.heappush(self.due, (event.at_ns + self.service[call], 0, call))
            elif isinstance(event, ContactEnded):
                call = int(event.contact)
                self.outcome[call] = CODES[event.outcome]
                if event.outcome != "handled":
                    self.wait[call] = event.at_ns - self.arrival[call]
                self.state[call] = "gone"


def centre(rng: random.Random) -> Config:
    skills = ("a", "b", "c")
    agents = tuple(
        Agent(str(i), {skill: rng.randint(1, 100) for skill in skills if rng.random() < 0.5})
        for i in range(12)
    )
    strategies = [
        "longest_idle",
        "fewest_contacts",
        "round_robin",
        "linear",
        "most_skilled",
        "least_skilled",
        "random",
    ]

    def queue(name: str, other: str) -> Queue:
        return Queue(
            name,
            strategy=rng.choice(strategies),  # type: ignore[arg-type]
            steps=(Step(rng.choice(skills)), Step("", rng.randint(50, 400))),
            wrap_up_ns=rng.choice([0, 40]),
            max_wait=rng.choice(
                [None, Overflow("queue", other, after_ns=300), Overflow("voicemail", after_ns=200)]
            ),
            max_length=rng.choice([None, Overflow("callback", length=6)]),
            tier=rng.choice([0, 0, 1]),
        )

    return Config(
        skills=skills,
        agents=agents,
        queues=(queue("p", "q"), queue("q", "p")),
        limits=Limits(remembered_contacts=0),
    )


@pytest.mark.parametrize("seed", range(25))
def test_both_doors_agree(seed: int) -> None:
    rng = random.Random(seed)
    config = centre(rng)
    calls = 400
    arrival = array("q", sorted(rng.randrange(4_000) for _ in range(calls)))
    service = array("q", [rng.randrange(200) for _ in range(calls)])
    patience = array("q", [rng.choice([-1, rng.randrange(500)]) for _ in range(calls)])
    templates = [
        EnqueueContact("-", ("p",)),
        EnqueueContact("-", ("q",), priority=2),
        EnqueueContact("-", ("q", "p"), requirement="a or c"),
    ]
    kind = array("I", [rng.randrange(3) for _ in range(calls)])
    inside, outside = Engine(config), Engine(config)
    for agent in config.agents:
        inside.apply(LogIn(agent.id), 0)
        outside.apply(LogIn(agent.id), 0)
    trace = inside.run_trace(templates, kind, arrival, service, patience)
    world = World(outside, service, patience, arrival)
    world.run(templates, kind)
    assert (trace.outcome, trace.wait_ns, trace.agent) == (world.outcome, world.wait, world.agent)
    assert (inside.digest, inside.revision) == (outside.digest, outside.revision)
    inside._check()
    assert inside.snapshot() == outside.snapshot()
    assert {0, 1} <= set(trace.outcome)


def newer(rng: random.Random, strategy: Strategy) -> Config:
    """A centre with the newer rules in its queues, one of which matches by this strategy."""
    groups = ("g", "h")
    agents = tuple(
        Agent(
            str(n),
            {skill: rng.randint(1, 100) for skill in "abc" if rng.random() < 0.6},
            tuple(group for group in groups if rng.random() < 0.5),
            cost=rng.randrange(9),
        )
        for n in range(12)
    )
    conditions = ["waiting > 3", "oldest > 50ns", "ready < 2", "logged_in(g) > 2", "service_level < 60"]

    def queue(name: str, other: str, **more: Any) -> Queue:
        return Queue(
            name,
            steps=(Step(rng.choice("abc"), 0, score="a + 2 * b"), Step("", 90, when=rng.choice(conditions))),
            wrap_up_ns=rng.choice([0, 40]),
            groups=rng.choice([(), ("g",)]),
            reserves=(Reserve(groups=("h",), after_ns=60), Reserve(("0", "1"), when=rng.choice(conditions))),
            overflow=(Overflow("queue", queue=other, after_ns=150, when=rng.choice(conditions)),),
            split={name: 80, other: 20} if rng.random() < 0.3 else {},
            service_level_ns=40,
            drain_after_ns=rng.choice([0, 120]),
            **more,
        )

    weighted = Weights(proficiency=3, idle=1, occupancy=2, cost=5)
    first = queue(
        "p",
        "q",
        strategy=strategy,
        weights=weighted,
        shares={"g": 3, "h": 1} if strategy == "percent_allocation" else {},
        ring_agents=3,
    )
    batch = {"strategy": "weighted", "batch_ns": 25, "weights": weighted}
    second = queue("q", "p", strategy="ring_all") if rng.random() < 0.5 else queue("q", "p", **batch)
    limits = Limits(remembered_contacts=0)
    return Config(
        skills=("a", "b", "c"),
        groups=groups,
        agents=agents,
        queues=(first, second),
        limits=limits,
        pane_ns=35,
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("strategy", get_args(Strategy))
def test_both_doors_agree_on_the_newer_rules(strategy: Strategy, seed: int) -> None:
    rng = random.Random(f"{strategy} {seed}")
    config = newer(rng, strategy)
    calls = 300
    arrival = array("q", sorted(rng.randrange(4_000) for _ in range(calls)))
    service = array("q", [rng.randrange(200) for _ in range(calls)])
    patience = array("q", [rng.randrange(900) for _ in range(calls)])
    templates = [EnqueueContact("-", ("p",)), EnqueueContact("-", ("q",)), EnqueueContact("-", ("q", "p"))]
    kind = array("I", [rng.randrange(3) for _ in range(calls)])
    inside, outside = Engine(config), Engine(config)
    for agent in config.agents:
        inside.apply(LogIn(agent.id), 0)
        outside.apply(LogIn(agent.id), 0)
    trace = inside.run_trace(templates, kind, arrival, service, patience)
    world = World(outside, service, patience, arrival)
    world.run(templates, kind)
    assert (trace.outcome, trace.wait_ns, trace.agent) == (world.outcome, world.wait, world.agent)
    assert (inside.digest, inside.revision) == (outside.digest, outside.revision)
    inside._check()
    assert inside.snapshot() == outside.snapshot()


def test_contacts_left_over_can_be_handled_by_commands() -> None:
    engine = Engine(Config(agents=(Agent("0"),), queues=(Queue("q"),)))
    one = array("q", [5])
    trace = engine.run_trace([EnqueueContact("-", ("q",))], array("I", [0]), one, one, array("q", [-1]))
    assert list(trace.outcome) == [255]
    assert engine.contacts["0"].state == "waiting"
    assert [type(event).__name__ for event in engine.apply(LogIn("0"), 9)] == [
        "AgentLoggedIn",
        "ContactOffered",
    ]


@pytest.mark.parametrize(
    ("kind", "arrival", "service", "patience", "words"),
    [
        ([0], [5, 6], [1, 1], [1, 1], "kind has 1 entries for 2 arrivals"),
        ([0, 0], [6, 5], [1, 1], [1, 1], r"arrival_ns\[1\] = 5 is before 6"),
        ([1], [5], [1], [1], r"kind\[0\] = 1 names no template"),
        ([0], [5], [-1], [1], r"service_ns\[0\] = -1"),
        ([0], [5], [1], [-2], r"patience_ns\[0\] = -2"),
    ],
)
def test_an_impossible_trace_changes_nothing(
    kind: list[int], arrival: list[int], service: list[int], patience: list[int], words: str
) -> None:
    engine = Engine(Config(queues=(Queue("q"),)))
    before = engine.snapshot()
    with pytest.raises(UsageError, match=words):
        engine.run_trace(
            [EnqueueContact("-", ("q",))],
            array("I", kind),
            array("q", arrival),
            array("q", service),
            array("q", patience),
        )
    assert engine.snapshot() == before


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (EnqueueContact("-", ("p",)), "unknown queue 'p'"),
        (EnqueueContact("-", ("q",), "fax"), "unknown channel 'fax'"),
        (EnqueueContact("-", ("q",), requirement="spanisch"), "did you mean 'spanish'"),
    ],
)
def test_an_impossible_template_changes_nothing(template: EnqueueContact, words: str) -> None:
    engine = Engine(Config(skills=("spanish",), queues=(Queue("q"),)))
    before = engine.snapshot()
    none = array("q")
    with pytest.raises(UsageError, match=words):
        engine.run_trace([template], array("I"), none, none, none)
    assert engine.snapshot() == before
