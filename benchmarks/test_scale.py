"""Claim: choosing an agent among 100,000 takes little longer than among 1,000.

A decision is one `apply` that takes a contact in and offers it, timed alone, validation and events included.
"""

from statistics import median, quantiles
from time import perf_counter_ns

import pytest
from measure import FIGURES, FULL
from pytest_benchmark.fixture import BenchmarkFixture
from scenario import engine_commands, staffed_engine, steady

from routing.commands import EnqueueContact
from routing.events import ContactOffered

SMALL = 1_000
LARGE = 100_000 if FULL else 10_000
CONTACTS = 40_000 if FULL else 4_000
DIGESTS = {
    (1_000, 4_000): 1189042293221386182,
    (10_000, 4_000): 10715981664462430060,
    (1_000, 40_000): 13861931829263004537,
    (100_000, 40_000): 9880831748047737665,
}


def decisions_ns(agents: int) -> list[int]:
    """Play the scenario; returns the time of each steady command that took a contact in and offered it."""
    scenario = steady(agents, CONTACTS)
    engine = staffed_engine(scenario)
    commands = engine_commands(scenario)
    engine.apply_many(commands[: scenario.warm])
    apply = engine.apply
    times: list[int] = []
    for command, at_ns in commands[scenario.warm :]:
        start = perf_counter_ns()
        events = apply(command, at_ns)
        end = perf_counter_ns()
        if isinstance(command, EnqueueContact) and isinstance(events[-1], ContactOffered):
            times.append(end - start)
    assert engine.digest == DIGESTS[agents, CONTACTS]
    return times


@pytest.mark.benchmark(group="scale")
def test_decision(benchmark: BenchmarkFixture) -> None:
    large = benchmark.pedantic(decisions_ns, args=(LARGE,), rounds=1)
    small = decisions_ns(SMALL)
    for agents, times in ((SMALL, small), (LARGE, large)):
        p99 = quantiles(times, n=100)[98]
        FIGURES.append(f"decision among {agents:,} agents: p50 {median(times):,.0f} ns, p99 {p99:,.0f} ns")
        benchmark.extra_info[f"p50 ns, {agents} agents"] = median(times)
        benchmark.extra_info[f"p99 ns, {agents} agents"] = p99
    benchmark.extra_info["ratio of p50"] = round(median(large) / median(small), 2)
