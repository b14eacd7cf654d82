"""All figures of an agent or, from the sum of their counts, of a team.

*Busy* is the time in which an agent had at least one contact in hand or in wrap-up: it is counted once, however many
contacts there were, so no figure of time exceeds 1. How many there were is ``concurrency``.

Owns the figures of agents; must not know queues.
"""

from msgspec import Struct

from routing.statistics.metrics.ratios import mean_s, share
from routing.statistics.shapes import AgentCounts
from routing.units import HOUR


class AgentMetrics(Struct, frozen=True):
    """All figures; shares from 0 to 1, times in seconds, ``None`` where there is nothing to divide by."""

    staffed_h: float
    busy_h: float
    occupancy: float | None
    occupancy_without_ringing: float | None
    utilisation: float | None
    concurrency: float | None
    idle_share: float | None
    not_ready_share: float | None
    aht_s: float | None
    talk_s: float | None
    hold_s: float | None
    acw_s: float | None
    transferred_share: float | None
    offers_answered_share: float | None
    segments_per_staffed_h: float | None


def agent_report(counts: AgentCounts) -> AgentMetrics:
    """Tell all figures at once. O(1).

    Examples
    --------
    An hour with two contacts at once for half of it, 6 minutes of wrap-up, 9 minutes idle and 15 at lunch:

    >>> from routing.units import MINUTE
    >>> told = agent_report(
    ...     AgentCounts(
    ...         staffed_ns=HOUR,
    ...         talking_ns=30 * MINUTE,
    ...         wrap_up_ns=6 * MINUTE,
    ...         idle_ns=9 * MINUTE,
    ...         not_ready_ns=15 * MINUTE,
    ...         in_hand_ns=60 * MINUTE,
    ...     )
    ... )
    >>> told.occupancy, told.utilisation, told.concurrency
    (0.8, 0.6, 2.0)
    """
    in_hand_ns = counts.talking_ns + counts.holding_ns
    busy_ns = in_hand_ns + counts.wrap_up_ns
    offers_over = counts.accepted + counts.rejected + counts.missed + counts.failed + counts.withdrawn
    return AgentMetrics(
        staffed_h=counts.staffed_ns / HOUR,
        busy_h=busy_ns / HOUR,
        occupancy=share(busy_ns, busy_ns + counts.ringing_ns + counts.idle_ns),
        occupancy_without_ringing=share(busy_ns, busy_ns + counts.idle_ns),
        utilisation=share(busy_ns, counts.staffed_ns),
        concurrency=share(counts.in_hand_ns, in_hand_ns),
        idle_share=share(counts.idle_ns, counts.staffed_ns),
        not_ready_share=share(counts.not_ready_ns, counts.staffed_ns),
        aht_s=mean_s(counts.talk_ns + counts.hold_ns + counts.contact_wrap_up_ns, counts.segments),
        talk_s=mean_s(counts.talk_ns, counts.segments),
        hold_s=mean_s(counts.hold_ns, counts.segments),
        acw_s=mean_s(counts.contact_wrap_up_ns, counts.wrap_ups),
        transferred_share=share(counts.transferred, counts.segments),
        offers_answered_share=share(counts.accepted, offers_over),
        segments_per_staffed_h=share(counts.segments * HOUR, counts.staffed_ns),
    )
