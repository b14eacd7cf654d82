"""Claims: what a decision costs grows hardly or not at all with the size of a centre, whatever its regime.

Every figure goes to the end of the run; no time is asserted. Digests and counts are, so that speed cannot be bought
with meaning: the digest of the small centres is recorded by strategy and regime, and the large ones must come to as
many decisions as were asked for.
"""

import gc
import sys
from collections.abc import Callable
from random import Random
from statistics import median
from time import perf_counter, perf_counter_ns

import pytest
from measure import FIGURES, FULL
from pytest_benchmark.fixture import BenchmarkFixture
from regimes import REGIMES, STRATEGIES, VECTORS, Decisions, World, decide, vector

from routing import snapshot
from routing.commands import EnqueueContact, LogIn, SetNotReady, SetReady
from routing.engine import Engine
from routing.events import AgentNotReady, AgentReady, ContactEnqueued
from routing.model import Agent, Config, Limits, Queue

SMALL = 1_000
SIZES = (SMALL, 100_000, 1_000_000) if FULL else (SMALL, 5_000)
DECISIONS = 20_000 if FULL else 300
SLOW = 1_000 if FULL else 300  # decisions where each takes long

#: After the decisions of a small run, by strategy or regime; record a new one only together with the reason.
DIGESTS: dict[str, int] = {
    "longest_idle": 5119345140228274850,
    "fewest_contacts": 8014162408619592767,
    "round_robin": 18330462124490855025,
    "linear": 12253620565393001579,
    "most_skilled": 5918365167989375290,
    "least_skilled": 5366710038208577520,
    "random": 9641414929295006294,
    "least_occupied": 7639345334518926794,
    "weighted": 12616272145130481870,
    "percent_allocation": 6436445564422529878,
    "ring_all": 13696239947503403606,
    "ring_n": 9014839911525650456,
    "few": 5119345140228274850,
    "few_100": 2416047049362375444,
    "choice": 16654805914224732213,
    "wide": 10705866007108846052,
    "unique": 6421825075025264662,
    "rare": 15392647969095635844,
    "rare_unique": 16586219520825567584,
    "waiting": 5538833474028868456,
    "idle": 8354191589885326317,
    "queues": 10773866134258839937,
    "requirements": 15721113954334501903,
}
DECISIONS_OF_DIGESTS = 300


def line(what: str, measured: Decisions) -> str:
    FIGURES.append(
        f"{what}: p50 {measured.p50:,.0f} ns, p90 {measured.p90:,.0f} ns, p99 {measured.p99:,.0f} ns; "
        f"inside the engine at most {measured.net:,.0f} ns"
    )
    return what


def warmed(regime: str, agents: int, strategy: str = "longest_idle") -> World:
    world = World(REGIMES[regime], agents, strategy=strategy)
    world.warm(max(agents // 10, 1_000))
    if regime == "queues":
        world.focus()
    return world


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_strategies_decide_as_recorded(strategy: str) -> None:
    world = warmed("few", SMALL, strategy)
    measured = decide(world, DECISIONS_OF_DIGESTS)
    world.engine._check()
    assert len(measured.times) == DECISIONS_OF_DIGESTS
    assert world.engine.digest == DIGESTS[strategy]


@pytest.mark.parametrize("regime", REGIMES)
def test_regimes_decide_as_recorded(regime: str) -> None:
    world = warmed(regime, SMALL)
    measured = decide(world, DECISIONS_OF_DIGESTS)
    world.engine._check()
    assert len(measured.times) == DECISIONS_OF_DIGESTS
    assert world.engine.digest == DIGESTS[regime]


@pytest.mark.benchmark(group="regimes")
def test_few_vectors(benchmark: BenchmarkFixture) -> None:
    """Claims a and f: up to 2,000 skill vectors, whatever the strategy; and what a strategy costs."""

    def run() -> dict[tuple[str, int], Decisions]:
        measured: dict[tuple[str, int], Decisions] = {}
        for agents in SIZES:
            world = warmed("choice", agents)
            for strategy in STRATEGIES:
                if strategy != STRATEGIES[0]:
                    world.switch(strategy)
                    world.warm(max(agents // 100, 1_000))
                measured[strategy, agents] = decide(world, DECISIONS)
            del world
            gc.collect()
        return measured

    measured = benchmark.pedantic(run, rounds=1)
    assert {len(one.times) for one in measured.values()} == {DECISIONS}
    for strategy in STRATEGIES:
        small = measured[strategy, SMALL]
        for agents in SIZES:
            one, yardstick = measured[strategy, agents], measured["longest_idle", agents]
            what = line(f"{strategy}, {agents:,} agents of 2,000 skill vectors", one)
            FIGURES.append(
                f"    {one.p50 / small.p50:.2f} times that of {SMALL:,} agents; "
                f"{one.p50 / yardstick.p50:.2f} times longest_idle, net {one.net / yardstick.net:.2f} times"
            )
            benchmark.extra_info[what] = one.figures()


@pytest.mark.benchmark(group="regimes")
@pytest.mark.parametrize(
    ("regime", "claim"),
    [
        ("unique", "b: at most 20 us at 1,000,000 agents"),
        ("rare", ""),
        ("rare_unique", ""),
        ("waiting", ""),
        ("idle", ""),
        ("queues", ""),
    ],
)
def test_regime(benchmark: BenchmarkFixture, regime: str, claim: str) -> None:
    for agents in SIZES:
        world = warmed(regime, agents)
        if agents == SIZES[-1]:
            measured = benchmark.pedantic(decide, args=(world, DECISIONS), rounds=1)
        else:
            measured = decide(world, DECISIONS)
        assert len(measured.times) == DECISIONS
        what = line(f"{REGIMES[regime].title}, {agents:,} agents", measured)
        benchmark.extra_info[what] = measured.figures()
        del world
        gc.collect()
    if claim:
        FIGURES.append(f"    claim {claim}")


@pytest.mark.benchmark(group="regimes")
@pytest.mark.parametrize("regime", ["wide", "requirements"])
def test_many_classes(benchmark: BenchmarkFixture, regime: str) -> None:
    """Claim c: 1,000 queues and 200 skills; and 5,000 requirements."""
    agents = 100_000 if FULL else SMALL
    measured = benchmark.pedantic(decide, args=(warmed(regime, agents), SLOW), rounds=1)
    assert len(measured.times) == SLOW
    benchmark.extra_info[line(f"{REGIMES[regime].title}, {agents:,} agents", measured)] = measured.figures()
    if regime == "wide":
        FIGURES.append("    claim c: p99 of at most 10 us at 100,000 agents")


@pytest.mark.benchmark(group="regimes")
def test_flip(benchmark: BenchmarkFixture) -> None:
    """Claim d: an agent in ten of many queues becomes not ready, and ready again."""
    agents, queues, flips = (50_000, 1_000, 20_000) if FULL else (2_000, 100, 500)
    random = Random(1)
    names = [f"group-{number}" for number in range(queues)]
    staff = [Agent(f"agent-{number}", groups=tuple(random.sample(names, 10))) for number in range(agents)]
    places = [Queue(f"queue-{number}", groups=(name,)) for number, name in enumerate(names)]
    engine = Engine(Config(agents=tuple(staff), queues=tuple(places)))
    engine.apply_many((LogIn(agent.id), 0) for agent in staff)
    gone = [SetNotReady(random.choice(staff).id) for _ in range(flips)]
    back = [SetReady(command.agent) for command in gone]

    def run() -> tuple[list[int], list[int]]:
        off: list[int] = []
        on: list[int] = []
        gc.disable()
        for left, came in zip(gone, back, strict=True):
            start = perf_counter_ns()
            first = engine.apply(left, 1)
            middle = perf_counter_ns()
            second = engine.apply(came, 1)
            end = perf_counter_ns()
            assert type(first[0]) is AgentNotReady
            assert type(second[0]) is AgentReady
            off.append(middle - start)
            on.append(end - middle)
        gc.enable()
        return off, on

    off, on = benchmark.pedantic(run, rounds=1)
    FIGURES.append(
        f"flip of an agent in 10 of {queues:,} queues among {agents:,}: not ready {median(off):,.0f} ns, "
        f"ready {median(on):,.0f} ns (claim d: at most 2 us)"
    )


def waiting_centre(agents: int, contacts: int) -> Engine:
    """A centre of 2,000 skill vectors; of the agents, nine in ten are at rest, and so many contacts wait."""
    random = Random(1)
    names = [f"skill_{number}" for number in range(50)]
    known = [vector(random, names) for _ in range(VECTORS)]
    staff = tuple(Agent(f"agent-{number}", skills=known[number % VECTORS]) for number in range(agents))
    places = tuple(Queue(f"queue-{number}", requirement=f"{name} >= 30") for number, name in enumerate(names))
    engine = Engine(Config(agents=staff, queues=places, limits=Limits(contacts=2_000_000)))
    engine.apply_many((LogIn(agent.id, ready=number % 10 != 0), 0) for number, agent in enumerate(staff))
    engine.apply_many((SetNotReady(agent.id), 0) for number, agent in enumerate(staff) if number % 10)
    engine.apply_many(
        (EnqueueContact(f"contact-{number}", (random.choice(places).id,)), 1) for number in range(contacts)
    )
    return engine


@pytest.mark.benchmark(group="regimes")
def test_snapshot(benchmark: BenchmarkFixture) -> None:
    """Claim e: a snapshot of 100,000 agents and 100,000 contacts that wait, and back, within a second."""
    size = 100_000 if FULL else 2_000
    engine = waiting_centre(size, size)
    gc.collect()
    gc.freeze()
    gc.disable()

    def seconds(part: Callable[[], object]) -> float:
        start = perf_counter()
        part()
        return perf_counter() - start

    try:
        start = perf_counter()
        data = engine.snapshot()
        write_s = perf_counter() - start
        start = perf_counter()
        restored = benchmark.pedantic(Engine.restore, args=(data,), rounds=1)
        restore_s = perf_counter() - start
        ids = list(engine.agents)
        dump_s = seconds(lambda: engine._dump(ids))
        read_s = seconds(lambda: snapshot.read(data))
        config = engine.config
        build_s = seconds(lambda: Engine(config))
    finally:
        gc.enable()
        gc.unfreeze()
    assert restored.digest == engine.digest
    assert restored.snapshot() == data
    FIGURES.append(
        f"snapshot of {size:,} agents and {size:,} waiting: {len(data) / 1e6:.1f} MB, written in {write_s:.2f} s, "
        f"restored in {restore_s:.2f} s (claim e: at most 1 s together at 100,000)"
    )
    FIGURES.append(
        f"    collecting the state {dump_s:.2f} s, encoding {write_s - dump_s:.2f} s; decoding {read_s:.2f} s, "
        f"checking and building {build_s:.2f} s, loading the state {restore_s - read_s - build_s:.2f} s"
    )


#: Kinds of records by what they are for.
OF_AGENTS = ("agents", "idle nodes", "other orders", "occupancy", "line-up", "orders", "types", "cells")
OF_CONTACTS = ("contacts", "contact nodes", "visits", "holds", "timers")


@pytest.mark.benchmark(group="regimes")
def test_memory(benchmark: BenchmarkFixture) -> None:
    """Claim g: at most 300 bytes for an agent and for a contact that waits, ids and eligibility bits apart."""
    agents = 1_000_000 if FULL else 10_000
    for regime in ("few", "unique"):
        plan = REGIMES[regime].plan(agents, Random(1))
        ids = sum(sys.getsizeof(agent.id) for agent in plan.agents)
        engine = Engine(Config(agents=tuple(plan.agents), queues=tuple(plan.queues)))
        engine.apply_many((LogIn(agent.id), 0) for agent in plan.agents)
        engine.apply_many((EnqueueContact(f"c-{n}", (q.id,)), 0) for n, q in enumerate(plan.queues))
        report(
            f"agent at rest, {REGIMES[regime].title}, {agents:,} agents", OF_AGENTS, engine._memory(), agents
        )
        memory = engine._memory()
        FIGURES.append(
            f"    ids {ids / agents:.0f} and their tables {memory['names of agents'][1] / agents:.0f} bytes; "
            f"eligibility of {len(plan.queues)} classes {memory['eligibility'][0] / agents:.1f} in use, "
            f"{memory['eligibility'][1] / agents:.1f} reserved"
        )
        del engine, plan
        gc.collect()
    contacts = 100_000 if FULL else 10_000
    engine = waiting_centre(1_000, 0)
    before = engine._memory()
    commands = [
        (EnqueueContact(f"contact-{number}", (f"queue-{number % 50}",)), 1) for number in range(contacts)
    ]
    outcomes = benchmark.pedantic(engine.apply_many, args=(commands,), rounds=1)
    assert all(type(events[0]) is ContactEnqueued for events in outcomes)
    after = engine._memory()
    difference = {
        kind: (after[kind][0] - before[kind][0], after[kind][1] - before[kind][1]) for kind in after
    }
    report(f"contact that waits, {contacts:,} of them", OF_CONTACTS, difference, contacts)
    command, contact = commands[0][0], commands[0][0].contact
    FIGURES.append(
        f"    id {sys.getsizeof(contact)}, command {sys.getsizeof(command)}, tables "
        f"{difference['names of contacts'][1] / contacts:.0f} bytes"
    )


def report(what: str, kinds: tuple[str, ...], memory: dict[str, tuple[int, int]], amount: int) -> None:
    used = sum(memory[kind][0] for kind in kinds) / amount
    reserved = sum(memory[kind][1] for kind in kinds) / amount
    FIGURES.append(
        f"{what}: {used:.0f} bytes in use, {reserved:.0f} reserved (claim g: at most 300, ids and bits apart)"
    )
    parts = ", ".join(
        f"{kind} {memory[kind][0] / amount:.0f} ({memory[kind][1] / amount:.0f})"
        for kind in kinds
        if memory[kind][1] >= amount
    )
    FIGURES.append(f"    {parts}")
