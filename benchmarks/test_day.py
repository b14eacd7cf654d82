"""Claim: a day of calls runs through the whole engine many times as fast as through a bare event loop in plain Python.

Fifty agents, three skills, 20,000 calls: each caller is served by the longest idle agent who can, or leaves. The
engine comes to the same agent and the same wait for every call, and to the digest of the same commands one by one.
"""

import pytest
from baseline import run_trace
from measure import FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture
from scenario import GROUPS, day, trace_engine

CALLS = 400_000 if FULL else 20_000
DIGESTS = {20_000: 7038834421383518446, 400_000: 11180043385001862967}


def engine_run() -> Timed:
    """The trace, for a fresh engine."""
    engine, templates = trace_engine()
    calls = day(CALLS)
    return lambda: engine.run_trace(
        templates, calls.skill, calls.arrival_ns, calls.service_ns, calls.patience_ns
    )


def test_everybody_finds_the_same_fates() -> None:
    calls = day(CALLS)
    engine, templates = trace_engine()
    trace = engine.run_trace(templates, calls.skill, calls.arrival_ns, calls.service_ns, calls.patience_ns)
    fates = run_trace(GROUPS, calls)
    assert list(trace.agent) == fates.agent
    assert list(trace.wait_ns) == fates.wait_ns
    assert engine.digest == DIGESTS[CALLS]


@pytest.mark.benchmark(group="trace")
def test_trace(benchmark: BenchmarkFixture) -> None:
    side_by_side(
        benchmark,
        f"trace of {CALLS:,} calls, 50 agents, 3 skills",
        CALLS,
        "calls",
        engine_run,
        {"a heapq loop in plain Python": lambda: lambda: run_trace(GROUPS, day(CALLS))},
    )
