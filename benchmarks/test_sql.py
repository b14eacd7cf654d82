"""Claim: the engine routes hundreds of times as fast as a router over SQL tables, and chooses the same agents.

A thousand agents, fifty queues, load 0.9, longest idle first: the workload of ``test_cycle``. Every offer of the SQL
router is compared with the engine's.
"""

import shutil
import tempfile
from pathlib import Path

import pytest
from measure import FIGURES, FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture
from scenario import Scenario, baseline_calls, engine_commands, inside_the_core, staffed_engine, steady
from sql_router import SqlRouter

from routing.events import ContactOffered

CONTACTS = 4_000 if FULL else 1_000


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return steady(1_000, CONTACTS)


def by_sql(scenario: Scenario, path: str) -> Timed:
    """The steady part, for a router whose tables have been filled."""
    calls = baseline_calls(scenario, SqlRouter(scenario.eligible, scenario.skills, path))
    for call in calls[: scenario.warm]:
        call()
    rest = calls[scenario.warm :]

    def run() -> None:
        for call in rest:
            call()

    return run


def on_file(scenario: Scenario) -> Timed:
    """The same in a file that goes when it is done."""
    folder = tempfile.mkdtemp()
    part = by_sql(scenario, str(Path(folder) / "router.db"))

    def run() -> None:
        try:
            part()
        finally:
            shutil.rmtree(folder)

    return run


def by_engine(scenario: Scenario) -> Timed:
    engine = staffed_engine(scenario)
    commands = engine_commands(scenario)
    engine.apply_many(commands[: scenario.warm])
    rest = commands[scenario.warm :]

    def run() -> None:
        apply = engine.apply
        for command, at_ns in rest:
            apply(command, at_ns)

    return run


def inside(scenario: Scenario) -> Timed:
    """The same centre with the world inside the core, filling included."""
    engine, templates, calls = inside_the_core(scenario)
    return lambda: engine.run_trace(
        templates, calls.skill, calls.arrival_ns, calls.service_ns, calls.patience_ns
    )


@pytest.mark.parametrize("path", [":memory:", "router.db"])
def test_both_choose_the_same_agents(scenario: Scenario, path: str, tmp_path: Path) -> None:
    engine = staffed_engine(scenario)
    events = [event for outcome in engine.apply_many(engine_commands(scenario)) for event in outcome]
    offers = [(event.contact, event.agent) for event in events if isinstance(event, ContactOffered)]
    router = SqlRouter(
        scenario.eligible, scenario.skills, path if path == ":memory:" else str(tmp_path / path)
    )
    chosen: list[tuple[str, str]] = []
    for step, call in zip(scenario.steps, baseline_calls(scenario, router), strict=True):
        other = call()
        if other is not None:
            chosen.append((step.contact or other, step.agent or other))
    router.close()
    assert len(offers) > CONTACTS
    assert chosen == offers


@pytest.mark.benchmark(group="sql")
def test_against_sql(benchmark: BenchmarkFixture, scenario: Scenario) -> None:
    ratios = side_by_side(
        benchmark,
        "routing cycle, 1,000 agents, one command at a time",
        scenario.cycles,
        "cycles",
        lambda: by_engine(scenario),
        {
            "a router over SQLite in memory": lambda: by_sql(scenario, ":memory:"),
            "a router over SQLite on file": lambda: on_file(scenario),
        },
    )
    if ratios:
        FIGURES.append("    claim: 500 times")


@pytest.mark.benchmark(group="sql")
def test_against_sql_inside_the_core(benchmark: BenchmarkFixture, scenario: Scenario) -> None:
    side_by_side(
        benchmark,
        "routing cycle inside the core, 1,000 agents, wrap-up by timer",
        len(scenario.arrivals),
        "cycles",
        lambda: inside(scenario),
        {"a router over SQLite in memory": lambda: all_by_sql(scenario)},
    )


def all_by_sql(scenario: Scenario) -> Timed:
    """All of the scenario, its filling too, as the core runs it."""
    calls = baseline_calls(scenario, SqlRouter(scenario.eligible, scenario.skills))

    def run() -> None:
        for call in calls:
            call()

    return run
