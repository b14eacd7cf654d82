"""What a report says beside its lines: first-contact resolution and feedback of queues, adherence of agents.

Owns which of these belongs to which report; must not know how they are shown.
"""

from typing import Any

import msgspec
from msgspec import Struct

from routing.history.history import History
from routing.history.report import Question
from routing.history.resolution import Feedback
from routing.statistics.metrics import Adherence, Resolution


class Quality(Struct, frozen=True):
    """By entry queue: resolution and feedback; by agent: adherence. What was not asked for is empty."""

    resolution: dict[str, Resolution] = {}
    feedback: dict[str, Feedback] = {}
    adherence: dict[str, Adherence] = {}


def make_quality(history: History, question: Question, days: int) -> Quality:
    """Ask a history; ``days`` is how long a customer must not come again."""
    span = (question.from_ns, question.to_ns)
    if question.by == "agent":
        return Quality(adherence=history.adherence(*span, agents=question.agents))
    return Quality(
        resolution=history.resolution(*span, days, queues=question.queues),
        feedback=history.feedback(*span, queues=question.queues),
    )


def to_builtins(quality: Quality) -> dict[str, Any]:
    """Make what JSON can say; without what is empty."""
    found: dict[str, Any] = msgspec.to_builtins(quality)
    return {name: value for name, value in found.items() if value}
