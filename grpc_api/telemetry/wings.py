"""Wings for Prometheus: what each proposes and what of it waits for its database, looked at when somebody scrapes.

Owns names, labels and help texts of these; must not know any wing.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from routing.center.running import WingFigures

_LABELS: Final = ("domain", "wing")
_COUNTERS: Final = (
    ("proposals", "proposed", "Commands given in the name of a wing."),
    ("refusals", "refused", "Of these, those that the engine refused."),
    ("rows", "written", "Rows written to the database."),
    ("failures", "failures", "Attempts to write rows that failed."),
)


class WingCollector(Collector):
    """Wings of each domain."""

    def __init__(self, figures: Callable[[], Mapping[str, Mapping[str, WingFigures]]]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Give all metrics of all domains that have wings."""
        found = dict(self._figures())
        for name, field, told in _COUNTERS:
            counter = CounterMetricFamily(f"huntgroup_wing_{name}", told, labels=_LABELS)
            for domain, wings in found.items():
                for wing, figures in wings.items():
                    counter.add_metric((domain, wing), getattr(figures, field))
            yield counter
        pending = GaugeMetricFamily(
            "huntgroup_wing_pending", "Rows that wait for the database.", labels=_LABELS
        )
        for domain, wings in found.items():
            for wing, figures in wings.items():
                pending.add_metric((domain, wing), figures.pending)
        yield pending

    def describe(self) -> Iterator[Metric]:
        """Say nothing in advance."""
        return iter(())
