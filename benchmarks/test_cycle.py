"""Claim: with 1,000 agents, 50 skills, 50 queues and load 0.9, a whole routing cycle costs less than in plain Python.

A cycle is four commands (enqueue, accept, complete, end of wrap-up) and six events. The engine also sets and takes
back two timers, checks every type, and folds every event into its digest; the baseline does none of that.
"""

import pytest
from baseline import Router, SortedRouter
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture
from scenario import (
    Scenario,
    baseline_calls,
    engine_commands,
    inside_the_core,
    staffed_engine,
    steady,
)

from routing.events import CommandRefused, ContactOffered

CONTACTS = 60_000 if FULL else 5_000
DIGESTS = {5_000: 1862634172478806481, 60_000: 13153230653896012804}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return steady(1_000, CONTACTS)


def baseline(scenario: Scenario, kind: type[Router]) -> Timed:
    """The steady part of the scenario, for a baseline that has been through the filling."""
    calls = baseline_calls(scenario, kind(scenario.eligible, scenario.skills))
    for call in calls[: scenario.warm]:
        call()
    rest = calls[scenario.warm :]

    def run() -> None:
        for call in rest:
            call()

    return run


def engine_one_by_one(scenario: Scenario) -> Timed:
    """The same for the engine, command by command."""
    engine = staffed_engine(scenario)
    commands = engine_commands(scenario)
    engine.apply_many(commands[: scenario.warm])
    rest = commands[scenario.warm :]

    def run() -> None:
        apply = engine.apply
        for command, at_ns in rest:
            apply(command, at_ns)

    return run


def engine_at_once(scenario: Scenario) -> Timed:
    """The same for the engine, in batches of a hundred."""
    engine = staffed_engine(scenario)
    commands = engine_commands(scenario)
    engine.apply_many(commands[: scenario.warm])
    batches = [commands[start : start + 100] for start in range(scenario.warm, len(commands), 100)]

    def run() -> None:
        for batch in batches:
            engine.apply_many(batch)

    return run


def engine_inside(scenario: Scenario) -> Timed:
    """The same centre with the world inside the core, too: the same four transitions and six events a cycle."""
    engine, templates, calls = inside_the_core(scenario)
    return lambda: engine.run_trace(
        templates, calls.skill, calls.arrival_ns, calls.service_ns, calls.patience_ns
    )


def whole_baseline(scenario: Scenario) -> Timed:
    """All of the scenario, its filling too, as the core runs it; what is in hand at the end stays there."""
    calls = baseline_calls(scenario, SortedRouter(scenario.eligible, scenario.skills))

    def run() -> None:
        for call in calls:
            call()

    return run


def test_everybody_chooses_the_same_agents(scenario: Scenario) -> None:
    engine = staffed_engine(scenario)
    events = [event for outcome in engine.apply_many(engine_commands(scenario)) for event in outcome]
    assert not [event for event in events if isinstance(event, CommandRefused)]
    offers = [(event.contact, event.agent) for event in events if isinstance(event, ContactOffered)]
    assert offers == scenario.offers
    assert engine.digest == DIGESTS[CONTACTS]

    chosen = [
        (contact or step.contact, agent or step.agent)
        for step, call in zip(
            scenario.steps,
            baseline_calls(scenario, SortedRouter(scenario.eligible, scenario.skills)),
            strict=True,
        )
        for contact, agent in [(call(), None) if step.kind == "end_wrap_up" else (None, call())]
        if contact or agent
    ]
    assert chosen == scenario.offers


@pytest.mark.benchmark(group="cycle")
def test_one_by_one(benchmark: BenchmarkFixture, scenario: Scenario) -> None:
    side_by_side(
        benchmark,
        "routing cycle, 1,000 agents, one command at a time",
        scenario.cycles,
        "cycles",
        lambda: engine_one_by_one(scenario),
        {
            "plain Python, longest idle only": lambda: baseline(scenario, Router),
            "plain Python on SortedLists": lambda: baseline(scenario, SortedRouter),
        },
    )


@pytest.mark.benchmark(group="cycle")
def test_at_once(benchmark: BenchmarkFixture, scenario: Scenario) -> None:
    side_by_side(
        benchmark,
        "routing cycle, 1,000 agents, batches of 100",
        scenario.cycles,
        "cycles",
        lambda: engine_at_once(scenario),
        {"plain Python, longest idle only": lambda: baseline(scenario, Router)},
    )


@pytest.mark.benchmark(group="cycle")
def test_inside_the_core(benchmark: BenchmarkFixture, scenario: Scenario) -> None:
    side_by_side(
        benchmark,
        "routing cycle inside the core, 1,000 agents, wrap-up by timer",
        len(scenario.arrivals),
        "cycles",
        lambda: engine_inside(scenario),
        {"plain Python on SortedLists": lambda: whole_baseline(scenario)},
    )
