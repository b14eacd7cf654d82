"""Claim: counting everything takes little beside routing it: the cycle with statistics, against the cycle without.

The cycle is that of ``test_cycle`` (enqueue, accept, complete, end of wrap-up; six events), command by command.
"""

import pytest
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture
from scenario import Scenario, engine_commands, staffed_engine, steady

from routing.events import AgentLoggedIn, Event
from routing.statistics.fold import Statistics

CONTACTS = 60_000 if FULL else 5_000


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return steady(1_000, CONTACTS)


def routing(scenario: Scenario) -> Timed:
    """Only the engine, once it is full."""
    engine = staffed_engine(scenario)
    commands = engine_commands(scenario)
    engine.apply_many(commands[: scenario.warm])
    rest = commands[scenario.warm :]

    def run() -> None:
        apply = engine.apply
        for command, at_ns in rest:
            apply(command, at_ns)

    return run


def routing_and_counting(scenario: Scenario) -> Timed:
    """The engine, and every outcome folded at once."""
    engine = staffed_engine(scenario)
    commands = engine_commands(scenario)
    statistics = counting(scenario)
    for outcome in engine.apply_many(commands[: scenario.warm]):
        statistics.fold(outcome)
    rest = commands[scenario.warm :]

    def run() -> None:
        apply, fold = engine.apply, statistics.fold
        for command, at_ns in rest:
            fold(apply(command, at_ns))

    return run


def counting(scenario: Scenario) -> Statistics:
    """Statistics of the scenario's centre, everybody logged in."""
    statistics = Statistics(staffed_engine(scenario).config)
    statistics.fold([AgentLoggedIn(0, agent, True, "") for agent in scenario.skills])
    return statistics


def outcomes(scenario: Scenario) -> list[tuple[Event, ...]]:
    """Everything that happens, call by call."""
    return staffed_engine(scenario).apply_many(engine_commands(scenario))


def test_everything_is_counted(scenario: Scenario) -> None:
    statistics = counting(scenario)
    for outcome in outcomes(scenario):
        statistics.fold(outcome)
    total = statistics.total()
    assert statistics.misplaced == 0
    assert total.contacts == len(scenario.arrivals)
    assert total.offers == len(scenario.offers)
    assert total.entered == total.answered + statistics.centre_now().visits.waiting


@pytest.mark.benchmark(group="statistics")
def test_the_cycle(benchmark: BenchmarkFixture, scenario: Scenario) -> None:
    side_by_side(
        benchmark,
        "routing cycle with statistics, 1,000 agents, one command at a time",
        scenario.cycles,
        "cycles",
        lambda: routing_and_counting(scenario),
        {"the cycle without statistics": lambda: routing(scenario)},
    )


@pytest.mark.benchmark(group="statistics")
def test_an_event(benchmark: BenchmarkFixture, scenario: Scenario) -> None:
    """Events as a host folds them, call by call; the baseline goes over them and does nothing."""
    told = outcomes(scenario)

    def fold() -> Timed:
        statistics = counting(scenario)

        def run() -> None:
            fold = statistics.fold
            for outcome in told:
                fold(outcome)

        return run

    def look() -> Timed:
        def run() -> None:
            for outcome in told:
                for _ in outcome:
                    pass

        return run

    events = sum(map(len, told))
    side_by_side(benchmark, "events counted", events, "events", fold, {"a bare loop in Python": look})
