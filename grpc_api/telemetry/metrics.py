"""Metrics for Prometheus: hosts and calls, read when somebody scrapes, so that counting costs next to nothing.

Owns names, labels and help texts (docs/operating.md lists them); must not know how anything is counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from grpc_api.telemetry.calls import FIRST_BIT, CallCounter
from grpc_api.telemetry.counts import CountCollector, Shown
from grpc_api.telemetry.dials import DialCollector, DialingFigures
from routing.host import Figures
from routing.units import SECOND

#: What `Metrics.render` gives, for the header Content-Type.
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_APPEND_FIRST_BIT: Final = 12  # as routing.host says of Figures.append_ns
_STATES: Final = ("serving", "full", "draining", "stopped")

_COUNTERS: Final = (
    ("commands", "commands", "Commands done, refused ones among them."),
    ("repeats", "repeated", "Commands answered from memory because their request id was known."),
    ("events", "events", "Events that followed commands."),
    ("batches", "batches", "Batches written to the journal."),
    ("ticks", "ticks", "Rounds of timers that were journaled."),
    ("snapshots", "snapshots", "Snapshots taken."),
    ("journal_bytes", "journal_bytes", "Bytes written to the journal."),
    ("overloads", "overloaded", "Commands turned away because the inbox was full."),
    ("watches_cut", "watches_cut", "Watches cut off because they fell behind."),
)
_GAUGES: Final = (
    ("revision", "revision", "The revision that the engine has reached.", 1),
    ("inbox_commands", "waiting", "Commands that wait to be done.", 1),
    ("watches", "watches", "Open watches.", 1),
    ("timers_lag_seconds", "lag_ns", "How late the latest round of timers was.", SECOND),
)


class HostCollector(Collector):
    """Figures of each domain's host."""

    def __init__(self, figures: Callable[[], Mapping[str, Figures]]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Give all metrics of all domains."""
        found = dict(self._figures())
        for name, field, told in _COUNTERS:
            counter = CounterMetricFamily(f"huntgroup_{name}", told, labels=("domain",))
            for domain, figures in found.items():
                counter.add_metric((domain,), getattr(figures, field))
            yield counter
        for name, field, told, unit in _GAUGES:
            gauge = GaugeMetricFamily(f"huntgroup_{name}", told, labels=("domain",))
            for domain, figures in found.items():
                gauge.add_metric((domain,), getattr(figures, field) / unit)
            yield gauge
        yield _states(found)
        yield _refusals(found)
        yield _appends(found)

    def describe(self) -> Iterator[Metric]:
        """Say nothing, so that the registry asks no host for figures before it is open."""
        return iter(())


def _states(found: Mapping[str, Figures]) -> Metric:
    states = GaugeMetricFamily(
        "huntgroup_state",
        "1 for the state that the host is in, 0 for the others.",
        labels=("domain", "state"),
    )
    for domain, figures in found.items():
        for state in _STATES:
            states.add_metric((domain, state), figures.state == state)
    return states


def _refusals(found: Mapping[str, Figures]) -> Metric:
    refusals = CounterMetricFamily(
        "huntgroup_refusals", "Commands refused by the engine, by reason.", labels=("domain", "reason")
    )
    for domain, figures in found.items():
        for reason, count in sorted(figures.refusals.items()):
            refusals.add_metric((domain, reason), count)
    return refusals


def _appends(found: Mapping[str, Figures]) -> Metric:
    appends = HistogramMetricFamily(
        "huntgroup_journal_append_seconds",
        "Time to write a batch to the journal, as durably as it is configured.",
        labels=("domain",),
    )
    for domain, figures in found.items():
        appends.add_metric(
            (domain,), buckets_of(figures.append_ns, _APPEND_FIRST_BIT), figures.append_ns_sum / SECOND
        )
    return appends


class CallCollector(Collector):
    """Calls by method and code, and how long they took."""

    def __init__(self, calls: CallCounter) -> None:
        self._calls = calls

    def collect(self) -> Iterator[Metric]:
        """Give the three metrics of calls."""
        by_method, denials = self._calls.read()
        counts = CounterMetricFamily(
            "huntgroup_calls", "Calls that have ended, by method and gRPC status.", labels=("method", "code")
        )
        times = HistogramMetricFamily(
            "huntgroup_call_seconds", "How long calls took, by method.", labels=("method",)
        )
        for method, (codes, buckets, sum_ns) in by_method.items():
            for code, count in sorted(codes.items()):
                counts.add_metric((method, code), count)
            times.add_metric((method,), buckets_of(buckets, FIRST_BIT), sum_ns / SECOND)
        yield counts
        yield times
        turned_away = CounterMetricFamily(
            "huntgroup_denials", "Callers who were turned away at the door, by reason.", labels=("reason",)
        )
        for reason, count in sorted(denials.items()):
            turned_away.add_metric((reason,), count)
        yield turned_away

    def describe(self) -> Iterator[Metric]:
        """Say nothing in advance."""
        return iter(())


def buckets_of(counts: "tuple[int, ...] | list[int]", first_bit: int) -> list[tuple[str, float]]:
    """Sum up buckets of powers of two as Prometheus has them: all up to a limit in seconds, the last without one.

    >>> buckets_of([1, 2, 3], 12)
    [('4.096e-06', 1), ('8.192e-06', 3), ('+Inf', 6)]
    """
    summed: list[tuple[str, float]] = []
    total = 0
    for place, count in enumerate(counts):
        total += count
        last = place == len(counts) - 1
        summed.append(("+Inf" if last else repr(2 ** (place + first_bit) / SECOND), total))
    return summed


class Metrics:
    """All of them in a registry of their own, so that two servers in a process do not meet."""

    def __init__(
        self,
        calls: CallCounter,
        figures: Callable[[], Mapping[str, Figures]],
        counted: Callable[[], Mapping[str, Shown]] = dict,
        dialled: Callable[[], Mapping[str, DialingFigures]] = dict,
        more: Iterable[Collector] = (),
    ) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(HostCollector(figures))
        self.registry.register(CountCollector(counted))
        self.registry.register(DialCollector(dialled))
        self.registry.register(CallCollector(calls))
        for collector in more:
            self.registry.register(collector)

    def render(self) -> bytes:
        """Write them in the text format of Prometheus."""
        return generate_latest(self.registry)
