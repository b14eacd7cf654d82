"""Timing of the engine side by side with a baseline, so that a ratio means something on any machine.

Both are timed in turns within one run, without garbage collection, in CPU time (what else runs on the machine
counts less); of each the best round counts.

Owns how things are timed; must not know what is timed.
"""

import gc
import os
from collections.abc import Callable, Mapping
from time import process_time

from pytest_benchmark.fixture import BenchmarkFixture

#: The large size, for figures worth quoting; the small one checks that the benchmarks still work and agree.
FULL = os.environ.get("HUNTGROUP_BENCH", "") == "full"

Timed = Callable[[], object]
Prepare = Callable[[], Timed]  # builds everything fresh and returns the part that is timed

#: Lines for the end of the run.
FIGURES: list[str] = []


def timed(prepare: Prepare, clock: Callable[[], float] = process_time) -> float:
    """Seconds of one round, of the processor's time or by another clock."""
    part = prepare()
    gc.collect()
    gc.disable()
    try:
        start = clock()
        part()
        return clock() - start
    finally:
        gc.enable()


def side_by_side(
    benchmark: BenchmarkFixture,
    claim: str,
    amount: float,
    unit: str,
    engine: Prepare,
    baselines: Mapping[str, Prepare],
    clock: Callable[[], float] = process_time,
) -> dict[str, float]:
    """Time the engine with pytest-benchmark and each baseline between its rounds; returns the ratios.

    The ratio to a baseline is how many times as much the engine does in the same time. With benchmarks disabled
    everything runs once, untimed, and there are no ratios. Where a disk or another process counts, ``clock`` is
    `time.perf_counter`, also in the test's ``@pytest.mark.benchmark(timer=...)``.
    """
    rounds = 7 if FULL else 3
    seconds: dict[str, list[float]] = {name: [] for name in baselines}

    def prepare() -> tuple[tuple[Timed], dict[str, object]]:
        for name, baseline in baselines.items():
            if benchmark.enabled:
                seconds[name].append(timed(baseline, clock))
        part = engine()
        gc.collect()
        gc.disable()
        return (part,), {}

    def run(part: Timed) -> None:
        try:
            part()
        finally:
            gc.enable()

    benchmark.pedantic(run, setup=prepare, rounds=rounds)
    if benchmark.stats is None:
        return {}
    best = benchmark.stats.stats.min
    ratios = {name: min(times) / best for name, times in seconds.items()}
    benchmark.extra_info.update({f"times {name}": round(ratio, 2) for name, ratio in ratios.items()})
    benchmark.extra_info[f"{unit} per second"] = round(amount / best)
    FIGURES.append(f"{claim}: {amount / best:,.0f} {unit}/s")
    FIGURES.extend(
        f"    {ratio:.2f} times {name} ({amount / min(seconds[name]):,.0f} {unit}/s)"
        for name, ratio in ratios.items()
    )
    return ratios
