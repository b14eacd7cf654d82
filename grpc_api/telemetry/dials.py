"""Dialing for Prometheus: campaigns and carriers of each domain, looked at when somebody scrapes.

Series are few by design: campaigns are named up to a limit, carriers are as many as are configured; no attempt, list or
number is ever named.

Owns names, labels and help texts of these; must not know how anything is counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

_OF_CAMPAIGN: Final = ("domain", "campaign")
_OF_CARRIER: Final = ("domain", "carrier")


class CampaignFigures(Struct, frozen=True):
    """A campaign: ``answered`` to ``slack`` as of the law that leaves the least room, over its window."""

    campaign: str
    running: bool
    in_flight: int
    dials: int
    outcomes: Mapping[str, int]
    answered: int
    abandoned: int
    cap: float
    slack: float


class CarrierFigures(Struct, frozen=True):
    """A carrier, since the server began."""

    carrier: str
    busy: int
    resting: bool
    begun: int
    failed: int


class DialingFigures(Struct, frozen=True):
    """What is shown of a domain that dials; ``left_out``: campaigns that are not named."""

    campaigns: tuple[CampaignFigures, ...]
    carriers: tuple[CarrierFigures, ...]
    left_out: int
    failing: bool
    front_ends: int


class DialCollector(Collector):
    """Dialing of each domain."""

    def __init__(self, dialled: Callable[[], Mapping[str, DialingFigures]]) -> None:
        self._dialled = dialled

    def collect(self) -> Iterator[Metric]:
        """Give all metrics of all domains that dial."""
        found = dict(self._dialled())
        yield from _counters(found)
        yield from _gauges(found)
        yield from _carriers(found)
        yield from _domains(found)

    def describe(self) -> Iterator[Metric]:
        """Say nothing in advance."""
        return iter(())


def _each(found: Mapping[str, DialingFigures]) -> Iterable[tuple[str, CampaignFigures]]:
    return [(domain, row) for domain, one in found.items() for row in one.campaigns]


def _counters(found: Mapping[str, DialingFigures]) -> Iterator[Metric]:
    dials = CounterMetricFamily("huntgroup_dials", "Attempts that were made.", labels=_OF_CAMPAIGN)
    outcomes = CounterMetricFamily(
        "huntgroup_dial_outcomes", "Attempts that are over, by outcome.", labels=(*_OF_CAMPAIGN, "outcome")
    )
    for domain, row in _each(found):
        dials.add_metric((domain, row.campaign), row.dials)
        for outcome, count in sorted(row.outcomes.items()):
            outcomes.add_metric((domain, row.campaign, outcome), count)
    return iter((dials, outcomes))


def _gauges(found: Mapping[str, DialingFigures]) -> Iterator[Metric]:
    def gauge(name: str, told: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(f"huntgroup_campaign_{name}", told, labels=_OF_CAMPAIGN)

    running = gauge("running", "1 if the campaign is to dial, 0 otherwise.")
    in_flight = gauge("in_flight", "Attempts that are alive.")
    answered = gauge(
        "answered", "Calls answered by a person, over the window of the law that leaves the least room."
    )
    abandoned = gauge("abandoned", "Of those, calls that were abandoned, by the same law.")
    share = gauge("abandoned_share", "Abandoned, of answered by a person; absent without any.")
    cap = gauge("abandoned_cap", "What that share may be at most.")
    slack = gauge("slack", "How many more calls may be abandoned now; below 0 the cap is broken.")
    for domain, row in _each(found):
        labels = (domain, row.campaign)
        running.add_metric(labels, row.running)
        in_flight.add_metric(labels, row.in_flight)
        answered.add_metric(labels, row.answered)
        abandoned.add_metric(labels, row.abandoned)
        if row.answered:
            share.add_metric(labels, row.abandoned / row.answered)
        cap.add_metric(labels, row.cap)
        slack.add_metric(labels, row.slack)
    return iter((running, in_flight, answered, abandoned, share, cap, slack))


def _carriers(found: Mapping[str, DialingFigures]) -> Iterator[Metric]:
    busy = GaugeMetricFamily(
        "huntgroup_carrier_busy", "Lines in use, ringing and talking together.", labels=_OF_CARRIER
    )
    resting = GaugeMetricFamily(
        "huntgroup_carrier_resting",
        "1 while the carrier rests, because too many calls failed.",
        labels=_OF_CARRIER,
    )
    begun = CounterMetricFamily(
        "huntgroup_carrier_calls", "Calls begun since the server began.", labels=_OF_CARRIER
    )
    failed = CounterMetricFamily(
        "huntgroup_carrier_failures",
        "Of those, calls that failed by the carrier's fault.",
        labels=_OF_CARRIER,
    )
    for domain, one in found.items():
        for row in one.carriers:
            labels = (domain, row.carrier)
            busy.add_metric(labels, row.busy)
            resting.add_metric(labels, row.resting)
            begun.add_metric(labels, row.begun)
            failed.add_metric(labels, row.failed)
    return iter((busy, resting, begun, failed))


def _domains(found: Mapping[str, DialingFigures]) -> Iterator[Metric]:
    left_out = GaugeMetricFamily(
        "huntgroup_campaigns_left_out",
        "Campaigns beyond dialing.campaigns, which no series names.",
        labels=("domain",),
    )
    failing = GaugeMetricFamily(
        "huntgroup_dialing_failing",
        "1 while decisions fail, as when the database is away.",
        labels=("domain",),
    )
    front_ends = GaugeMetricFamily(
        "huntgroup_dialing_front_ends", "Streams of front-ends that dial.", labels=("domain",)
    )
    for domain, one in found.items():
        left_out.add_metric((domain,), one.left_out)
        failing.add_metric((domain,), one.failing)
        front_ends.add_metric((domain,), one.front_ends)
    return iter((left_out, failing, front_ends))
