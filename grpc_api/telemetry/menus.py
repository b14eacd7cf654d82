"""Menus for Prometheus: the flows of each domain, looked at when somebody scrapes.

Series are as many as there are flows in force; no call is ever named.

Owns names, labels and help texts of these; must not know how anything is counted.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec import Struct
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

_OF_FLOW: Final = ("domain", "flow")


class FlowFigures(Struct, frozen=True):
    """A flow: calls in it now, and since the server began those begun, served by it alone, and ended by outcome."""

    flow: str
    calls: int
    begun: int
    served: int
    outcomes: Mapping[str, int]


class MenuCollector(Collector):
    """Menus of each domain."""

    def __init__(self, led: Callable[[], Mapping[str, tuple[FlowFigures, ...]]]) -> None:
        self._led = led

    def collect(self) -> Iterator[Metric]:
        """Give all metrics of all domains that have menus."""
        calls = GaugeMetricFamily("huntgroup_menu_calls", "Calls in a flow.", labels=_OF_FLOW)
        begun = CounterMetricFamily("huntgroup_menu_begun", "Calls that entered a flow.", labels=_OF_FLOW)
        served = CounterMetricFamily(
            "huntgroup_menu_served",
            "Calls that the flow told what they wanted, and that ended.",
            labels=_OF_FLOW,
        )
        ended = CounterMetricFamily(
            "huntgroup_menu_ended", "Calls that left a flow, by outcome.", labels=(*_OF_FLOW, "outcome")
        )
        for domain, flows in dict(self._led()).items():
            for one in flows:
                labels = (domain, one.flow)
                calls.add_metric(labels, one.calls)
                begun.add_metric(labels, one.begun)
                served.add_metric(labels, one.served)
                for outcome, count in sorted(one.outcomes.items()):
                    ended.add_metric((*labels, outcome), count)
        return iter((calls, begun, served, ended))

    def describe(self) -> Iterator[Metric]:
        """Say nothing in advance."""
        return iter(())
