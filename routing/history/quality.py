"""What a report says beside its lines: first-contact resolution and feedback, adherence of agents.

First-contact resolution stands there by both definitions: whether customers came again, and what was said of contacts.

Owns which of these belongs to which report; must not know how they are shown.
"""

from typing import Any

import msgspec
from msgspec import Struct

from routing.history.answers import Feedback
from routing.history.history import History
from routing.history.report import Question
from routing.statistics.metrics import Adherence, Resolution


class Quality(Struct, frozen=True):
    """By entry queue: resolution by both definitions and feedback; by agent: adherence; by code: feedback.

    By agent there is feedback, too, on who had the contact last. What was not asked for is empty, and so is
    ``disposed`` where nothing was said of any contact.
    """

    resolution: dict[str, Resolution] = {}
    feedback: dict[str, Feedback] = {}
    adherence: dict[str, Adherence] = {}
    disposed: dict[str, Resolution] = {}


def make_quality(history: History, question: Question, days: int) -> Quality:
    """Ask a history; ``days`` is how long a customer must not come again."""
    span = (question.from_ns, question.to_ns)
    if question.by in ("agent", "code"):
        told = history.outcomes.feedback(
            *span, by=(question.by,), queues=question.queues, agents=question.agents
        )
        feedback = {str(key[0]): one for key, one in told}
        if question.by == "code":
            return Quality(feedback=feedback)
        return Quality(adherence=history.adherence(*span, agents=question.agents), feedback=feedback)
    disposed = history.resolution(*span, days, queues=question.queues, by_disposition=True)
    return Quality(
        resolution=history.resolution(*span, days, queues=question.queues),
        feedback=history.feedback(*span, queues=question.queues),
        disposed=disposed if any(one.said for one in disposed.values()) else {},
    )


def to_builtins(quality: Quality) -> dict[str, Any]:
    """Make what JSON can say; without what is empty."""
    found: dict[str, Any] = msgspec.to_builtins(quality)
    return {name: value for name, value in found.items() if value}
