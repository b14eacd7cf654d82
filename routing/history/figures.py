"""Which figures of ``routing.statistics.metrics`` stand in a report.

Owns this choice; must not compute anything.
"""

from typing import Final, Literal

from msgspec.structs import asdict

from routing.statistics.metrics import ServiceLevel, agent_report, report
from routing.statistics.shapes import AgentCounts, QueueCounts

Figures = dict[str, float | None]
#: Whether waits are those of contacts, each for its entry queue, or of visits to queues.
Counted = Literal["contacts", "visits"]
#: The definitions of service level, by name.
LEVELS: Final = ServiceLevel.__struct_fields__

_WAITS: Final = ("answered_share", "abandoned_share", "asa_s", "abandoned_wait_s")
_WORK: Final = ("aht_s", "talk_s", "hold_s", "acw_s", "transferred_share")
_PEOPLE: Final = (
    "occupancy",
    "utilisation",
    "concurrency",
    "not_ready_share",
    "aht_s",
    "talk_s",
    "hold_s",
    "acw_s",
)


def queue_figures(counts: QueueCounts, counted: Counted, level: str) -> Figures:
    """Tell the figures of a queue or of several; ``level`` is of `LEVELS`.

    >>> queue_figures(QueueCounts(answered=3, answered_in=2, abandoned=1), "visits", "of_offered")["service_level"]
    0.5
    """
    told = report(counts)
    family = told.visits if counted == "visits" else told.contacts
    waits = {"service_level": getattr(family.service_level, level)} | {
        name: getattr(family, name) for name in _WAITS
    }
    return waits | {name: getattr(told, name) for name in _WORK}


def volumes(counts: QueueCounts, counted: Counted) -> tuple[int, int, int]:
    """Tell offered, answered and abandoned.

    >>> volumes(QueueCounts(answered=3, abandoned=1, overflowed=2), "visits")
    (6, 3, 1)
    """
    told = report(counts)
    family = told.visits if counted == "visits" else told.contacts
    return family.offered, family.answered, family.abandoned


def agent_figures(counts: AgentCounts) -> Figures:
    """Tell the figures of an agent, or of several.

    >>> agent_figures(AgentCounts(staffed_ns=100, not_ready_ns=20, talking_ns=40, idle_ns=40))["occupancy"]
    0.5
    """
    told = asdict(agent_report(counts))
    return {name: told[name] for name in _PEOPLE}
