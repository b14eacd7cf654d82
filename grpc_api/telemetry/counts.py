"""Statistics for Prometheus: queues and agents of each domain, looked at when somebody scrapes; no contact is.

Series are few by design: queues are named up to a limit, the others are in those of the centre only; agents and groups
are never named.

Owns names, labels and help texts of these; must not know how anything is counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Final

from msgspec import Struct
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from routing.errors import UsageError
from routing.host import Host
from routing.host.counting import FOLLOWER, Counting
from routing.host.pictures import (
    AgentsByState,
    CentreStatistics,
    QueueStatistics,
    centre_statistics,
    queue_statistics,
)
from routing.host.recording import Recorded, Recorder
from routing.statistics.quantiles import BOUNDS_NS, cumulative
from routing.statistics.shapes import QueueCounts
from routing.units import SECOND

_COUNTS: Final[tuple[tuple[str, tuple[str, ...], int, str], ...]] = (
    ("entered", ("entered",), 1, "Stays in the queue that began."),
    (
        "offered",
        ("answered", "abandoned", "overflowed", "diverted", "rejected"),
        1,
        "Stays that are over: answered, abandoned or flowed out.",
    ),
    ("answered", ("answered",), 1, "Stays that were answered."),
    ("answered_in_time", ("answered_in",), 1, "Stays answered within the service level of the queue."),
    ("abandoned", ("abandoned",), 1, "Stays whose caller left."),
    ("abandoned_short", ("abandoned_short",), 1, "Stays whose caller left sooner than short_abandon."),
    (
        "flowed_out",
        ("overflowed", "diverted", "rejected"),
        1,
        "Stays given up to another queue, voicemail, a call-back, or by disconnecting.",
    ),
    ("handled_contacts", ("segments",), 1, "Contacts that an agent was done with."),
    (
        "talk_seconds",
        ("talk_ns",),
        SECOND,
        "Time that agents had contacts in hand, once they were done with.",
    ),
    ("wrap_up_seconds", ("wrap_up_ns",), SECOND, "Time that agents wrapped up."),
)
_STATES: Final = ("talking", "holding", "wrap_up", "ringing", "not_ready", "engaged", "idle")
_BOUNDS: Final = tuple(repr(bound_ns / SECOND) for bound_ns in BOUNDS_NS)


class Waits(Struct, frozen=True):
    """Waits of a queue's answered visits: by bound, all, and their sum."""

    buckets: tuple[int, ...]
    count: int
    sum_ns: int


class Shown(Struct, frozen=True):
    """What is shown of a domain; ``by_channel`` has a row for each named queue and channel with anything in it."""

    centre: CentreStatistics
    queues: tuple[QueueStatistics, ...]
    by_channel: tuple[QueueStatistics, ...]
    waits: Mapping[str, Waits]
    left_out: int
    recorded: Recorded | None


def shown(host: Host, most: int, recorder: Recorder | None = None) -> Shown:
    """Look at a host that counts: the first ``most`` of its queues one by one. O(queues x channels)."""
    queues, channels, count = host.read(
        lambda engine: (
            list(islice(engine.queues, most)),
            [channel.id for channel in engine.config.channels],
            len(engine.queues),
        )
    )
    whole: list[QueueStatistics] = []
    parts: list[QueueStatistics] = []
    waits: dict[str, Waits] = {}
    for queue in queues:
        try:
            whole.append(queue_statistics(host, queue))
            found = [queue_statistics(host, queue, channel) for channel in channels]
            waits[queue] = host.look(FOLLOWER, partial(_waits, queue))
        except UsageError:  # it went while we looked
            continue
        parts += [one for one in found if len(found) == 1 or one.waiting or one.total != QueueCounts()]
    return Shown(
        centre_statistics(host),
        tuple(whole),
        tuple(parts),
        waits,
        count - len(queues),
        None if recorder is None else recorder.figures(),
    )


def _waits(queue: str, counting: Counting) -> Waits:
    waits = counting.statistics.waits_ever(queue)
    return Waits(tuple(cumulative(waits)), waits.count, waits.sum_ns)


class CountCollector(Collector):
    """Statistics of each domain."""

    def __init__(self, counted: Callable[[], Mapping[str, Shown]]) -> None:
        self._counted = counted

    def collect(self) -> Iterator[Metric]:
        """Give all metrics of all domains that count."""
        found = dict(self._counted())
        for name, fields, unit, told in _COUNTS:
            of_queue = CounterMetricFamily(
                f"huntgroup_queue_{name}", told, labels=("domain", "queue", "channel")
            )
            centre = CounterMetricFamily(
                f"huntgroup_centre_{name}", f"{told} All queues.", labels=("domain",)
            )
            for domain, one in found.items():
                for row in one.by_channel:
                    of_queue.add_metric((domain, row.queue, row.channel), _sum(row.total, fields) / unit)
                centre.add_metric((domain,), _sum(one.centre.total, fields) / unit)
            yield of_queue
            yield centre
        yield from _gauges(found)
        yield from _agents(found)
        yield _histogram(found)
        yield from _recorders(found)

    def describe(self) -> Iterator[Metric]:
        """Say nothing in advance."""
        return iter(())


def _sum(counts: QueueCounts, fields: tuple[str, ...]) -> int:
    return sum(getattr(counts, field) for field in fields)


def _gauges(found: Mapping[str, Shown]) -> Iterator[Metric]:
    waiting = GaugeMetricFamily(
        "huntgroup_queue_waiting",
        "Contacts that wait in the queue, ringing ones included.",
        labels=("domain", "queue", "channel"),
    )
    longest = GaugeMetricFamily(
        "huntgroup_queue_longest_wait_seconds",
        "How long the one has waited that has waited longest.",
        labels=("domain", "queue", "channel"),
    )
    level = GaugeMetricFamily(
        "huntgroup_queue_service_level",
        "Answered in time, of all answered and abandoned in the last 30 minutes; absent without any.",
        labels=("domain", "queue"),
    )
    contacts = GaugeMetricFamily(
        "huntgroup_centre_contacts", "Contacts that are alive, by state.", labels=("domain", "state")
    )
    centre_longest = GaugeMetricFamily(
        "huntgroup_centre_longest_wait_seconds",
        "How long the one has waited in any queue that has waited longest.",
        labels=("domain",),
    )
    centre_level = GaugeMetricFamily(
        "huntgroup_centre_service_level",
        "As huntgroup_queue_service_level, of all queues.",
        labels=("domain",),
    )
    for domain, one in found.items():
        for row in one.by_channel:
            waiting.add_metric((domain, row.queue, row.channel), row.waiting)
            longest.add_metric((domain, row.queue, row.channel), row.longest_wait_ns / SECOND)
        for row in one.queues:
            if row.recent and row.recent[-1].service_level is not None:
                level.add_metric((domain, row.queue), row.recent[-1].service_level)
        centre = one.centre
        contacts.add_metric((domain, "waiting"), centre.contacts_waiting)
        contacts.add_metric((domain, "in_hand"), centre.contacts_in_hand)
        centre_longest.add_metric((domain,), centre.longest_wait_ns / SECOND)
        if centre.recent and centre.recent[-1].service_level is not None:
            centre_level.add_metric((domain,), centre.recent[-1].service_level)
    return iter((waiting, longest, level, contacts, centre_longest, centre_level))


def _agents(found: Mapping[str, Shown]) -> Iterator[Metric]:
    of_queue = GaugeMetricFamily(
        "huntgroup_queue_agents",
        "Logged-in agents who serve the queue, by state; who serves several is counted in each.",
        labels=("domain", "queue", "state"),
    )
    of_centre = GaugeMetricFamily(
        "huntgroup_centre_agents", "Logged-in agents by state.", labels=("domain", "state")
    )
    for domain, one in found.items():
        for row in one.queues:
            if row.agents is not None:
                for state, count in _by_state(row.agents):
                    of_queue.add_metric((domain, row.queue, state), count)
        for state, count in _by_state(one.centre.agents):
            of_centre.add_metric((domain, state), count)
    return iter((of_queue, of_centre))


def _by_state(agents: AgentsByState) -> Iterable[tuple[str, int]]:
    return [(state, getattr(agents, state)) for state in _STATES]


def _histogram(found: Mapping[str, Shown]) -> Metric:
    waits = HistogramMetricFamily(
        "huntgroup_queue_wait_seconds", "How long answered stays had waited.", labels=("domain", "queue")
    )
    for domain, one in found.items():
        for queue, of in one.waits.items():
            buckets: list[tuple[str, float]] = [*zip(_BOUNDS, of.buckets, strict=True), ("+Inf", of.count)]
            waits.add_metric((domain, queue), buckets, of.sum_ns / SECOND)
    return waits


def _recorders(found: Mapping[str, Shown]) -> Iterator[Metric]:
    left_out = GaugeMetricFamily(
        "huntgroup_statistics_queues_left_out",
        "Queues beyond statistics.queues, which no series names.",
        labels=("domain",),
    )
    written = CounterMetricFamily(
        "huntgroup_statistics_written", "Rows and records written to the database.", labels=("domain",)
    )
    pending = GaugeMetricFamily(
        "huntgroup_statistics_pending", "Rows and records that wait for the database.", labels=("domain",)
    )
    lost = CounterMetricFamily(
        "huntgroup_statistics_lost",
        "Rows and records dropped because the database was away for too long.",
        labels=("domain",),
    )
    failures = CounterMetricFamily(
        "huntgroup_statistics_failures", "Tries to write that failed.", labels=("domain",)
    )
    for domain, one in found.items():
        left_out.add_metric((domain,), one.left_out)
        if one.recorded is not None:
            written.add_metric((domain,), one.recorded.written)
            pending.add_metric((domain,), one.recorded.pending)
            lost.add_metric((domain,), one.recorded.lost)
            failures.add_metric((domain,), one.recorded.failures)
    return iter((left_out, written, pending, lost, failures))
