"""All figures of a queue, of queues or of a whole centre, from one sum of counts.

Owns the figures of queues but for the definitions of service level (``levels``); must not know agents.
"""

from msgspec import Struct

from routing.errors import UsageError
from routing.statistics.metrics.levels import ServiceLevel, Waits, by_contact, by_visit, service_level
from routing.statistics.metrics.ratios import mean_s, share
from routing.statistics.quantiles import Histogram, Quantiles, quantiles
from routing.statistics.shapes import QueueCounts
from routing.units import SECOND


class Family(Struct, frozen=True):
    """Figures of waits that are over, by contact or by visit; shares from 0 to 1, times in seconds."""

    arrived: int
    offered: int
    answered: int
    abandoned: int
    flowed_out: int
    service_level: ServiceLevel
    answered_share: float | None
    abandoned_share: float | None
    abandoned_share_without_short: float | None
    asa_s: float | None
    abandoned_wait_s: float | None


class Metrics(Struct, frozen=True):
    """All figures; ``None`` where there is nothing to divide by, or where the span or a histogram was not given."""

    contacts: Family
    visits: Family
    wait_s: float | None
    wait_longest_s: float
    queue_length: float | None
    queue_length_most: int
    overflowed_share: float | None
    aht_s: float | None
    talk_s: float | None
    hold_s: float | None
    acw_s: float | None
    transferred_share: float | None
    ring_s: float | None
    offers_answered_share: float | None
    answered_waits: Quantiles | None


def report(
    counts: QueueCounts, *, span_ns: int | None = None, answered_waits: Histogram | None = None
) -> Metrics:
    """Tell all figures at once. O(1), and O(buckets) for a histogram.

    Parameters
    ----------
    counts : QueueCounts
        Of any span; of several spans, queues or channels their sum (`total`).
    span_ns : int, optional
        Length of the span, for the mean queue length; of several queues it is the one span they share.
    answered_waits : Histogram, optional
        Waits of the answered visits, for their quantiles.

    Raises
    ------
    UsageError
        If the span is not positive.

    Examples
    --------
    >>> counts = QueueCounts(answered=4, answered_in=3, wait_answered_ns=20 * SECOND, waiting_ns=30 * SECOND)
    >>> told = report(counts, span_ns=60 * SECOND)
    >>> told.visits.asa_s, told.visits.service_level.of_offered, told.queue_length, told.aht_s
    (5.0, 0.75, 0.5, None)
    """
    if span_ns is not None and span_ns <= 0:
        raise UsageError(f"span_ns {span_ns} is not positive; give the length of the span that was counted")
    ended = (
        counts.answered
        + counts.answered_elsewhere
        + counts.abandoned
        + counts.ended_elsewhere
        + counts.overflowed
        + counts.diverted
        + counts.rejected
        + counts.requeued
        + counts.cancelled
        + counts.lost
    )
    waited_ns = counts.wait_answered_ns + counts.wait_abandoned_ns + counts.wait_other_ns
    offers_over = (
        counts.answered
        + counts.offers_rejected
        + counts.offers_missed
        + counts.offers_failed
        + counts.offers_withdrawn
    )
    return Metrics(
        contacts=_family(
            counts.contacts,
            by_contact(counts),
            counts.contact_wait_answered_ns,
            counts.contact_wait_abandoned_ns,
        ),
        visits=_family(counts.entered, by_visit(counts), counts.wait_answered_ns, counts.wait_abandoned_ns),
        wait_s=mean_s(waited_ns, ended),
        wait_longest_s=counts.wait_max_ns / SECOND,
        queue_length=None if span_ns is None else counts.waiting_ns / span_ns,
        queue_length_most=counts.waiting_max,
        overflowed_share=share(counts.overflowed, ended),
        aht_s=mean_s(counts.talk_ns + counts.hold_ns + counts.wrap_up_ns, counts.segments),
        talk_s=mean_s(counts.talk_ns, counts.segments),
        hold_s=mean_s(counts.hold_ns, counts.segments),
        acw_s=mean_s(counts.wrap_up_ns, counts.wrap_ups),
        transferred_share=share(counts.transferred, counts.segments),
        ring_s=mean_s(counts.ring_ns, offers_over),
        offers_answered_share=share(counts.answered, offers_over),
        answered_waits=None if answered_waits is None else quantiles(answered_waits),
    )


def _family(arrived: int, waits: Waits, answered_ns: int, abandoned_ns: int) -> Family:
    return Family(
        arrived=arrived,
        offered=waits.offered,
        answered=waits.answered,
        abandoned=waits.abandoned,
        flowed_out=waits.flowed_out,
        service_level=service_level(waits),
        answered_share=share(waits.answered, waits.offered),
        abandoned_share=share(waits.abandoned, waits.offered),
        abandoned_share_without_short=share(
            waits.abandoned - waits.abandoned_short, waits.offered - waits.abandoned_short
        ),
        asa_s=mean_s(answered_ns, waits.answered),
        abandoned_wait_s=mean_s(abandoned_ns, waits.abandoned),
    )
