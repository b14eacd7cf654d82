"""What is computed from the counts: every figure a pure function, exact formulas in docs/metrics.md.

Counts add up and figures do not, so figures are always computed from the sum of the counts (`total`, `agents_total`);
``None`` stands where a denominator is 0.

Owns the list of what others use; must not know how counts come about (``fold``) or where they are kept.
"""

from routing.statistics.adding import agents_total, total
from routing.statistics.metrics.agents import AgentMetrics, agent_report
from routing.statistics.metrics.codes import count_codes, total_codes
from routing.statistics.metrics.estimates import EstimateErrors, estimate_errors
from routing.statistics.metrics.levels import (
    ServiceLevel,
    Waits,
    by_contact,
    by_visit,
    genesys_cloud,
    service_level,
)
from routing.statistics.metrics.queues import Family, Metrics, report
from routing.statistics.metrics.resolution import Resolution, first_contact_resolution
from routing.statistics.metrics.schedules import (
    Activity,
    Adherence,
    adherence,
    adherence_by_interval,
    at_work,
)
from routing.statistics.metrics.surveys import (
    Effort,
    Recommendation,
    Satisfaction,
    effort,
    recommendation,
    satisfaction,
)

__all__ = [
    "Activity",
    "Adherence",
    "AgentMetrics",
    "Effort",
    "EstimateErrors",
    "Family",
    "Metrics",
    "Recommendation",
    "Resolution",
    "Satisfaction",
    "ServiceLevel",
    "Waits",
    "adherence",
    "adherence_by_interval",
    "agent_report",
    "agents_total",
    "at_work",
    "by_contact",
    "by_visit",
    "count_codes",
    "effort",
    "estimate_errors",
    "first_contact_resolution",
    "genesys_cloud",
    "recommendation",
    "report",
    "satisfaction",
    "service_level",
    "total",
    "total_codes",
]
