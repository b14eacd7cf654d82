"""Shows the quality of a report as aligned tables: resolution, feedback, adherence.

Owns how they look; must not know how they are reckoned.
"""

from rich.console import Group, RenderableType
from rich.table import Table

from routing.history.answers import Feedback
from routing.history.cells import NOTHING, grid, percent, spell_ns, whole
from routing.history.quality import Quality
from routing.statistics.metrics import Adherence, Resolution

_ISSUES = ("issues", "resolved", "repeated", "failed", "pending", "FCR")
_ANSWERS = ("rated", "CSAT", "satisfied", "NPS")


def render_quality(quality: Quality) -> RenderableType:
    """Lay out resolution and feedback by queue, or adherence by agent, or feedback by agent or code.

    Where something was said of contacts, resolution by that stands beside the one by who came again; effort where
    somebody was asked for it.
    """
    parts: list[RenderableType] = []
    if quality.resolution:
        parts.append(_resolution(quality))
    elif quality.feedback:
        parts.append(_feedback(quality))
    if quality.adherence:
        parts.append(_adherence(quality.adherence))
    if not parts:
        return Group("Nothing is known of quality in this span.", "")
    return Group(*(item for part in parts for item in (part, "")))


def _adherence(found: dict[str, Adherence]) -> Table:
    table = grid("Adherence", ("agent",), ("scheduled", "adherent", "outside", "adherence", "conformance"))
    for agent, one in found.items():
        times = (spell_ns(one.scheduled_ns), spell_ns(one.adherent_ns), spell_ns(one.outside_ns))
        table.add_row(agent, *times, percent(one.adherence), percent(one.conformance))
    return table


def _resolution(quality: Quality) -> Table:
    said = ("said", "FCR said") if quality.disposed else ()
    easy = _effort(quality)
    table = grid(
        "First contacts and feedback, by queue of entry",
        ("queue",),
        (*_ISSUES, *said, *_ANSWERS, *(("CES",) if easy else ())),
    )
    for queue in sorted(quality.resolution.keys() | quality.feedback.keys()):
        disposed = quality.disposed.get(queue)
        words = [NOTHING] * 2 if disposed is None else [whole(disposed.said), percent(disposed.share)]
        table.add_row(
            queue or "(unknown)",
            *_issues(quality.resolution.get(queue)),
            *(words if said else ()),
            *_answers(quality.feedback.get(queue), easy),
        )
    return table


def _feedback(quality: Quality) -> Table:
    easy = _effort(quality)
    table = grid("Feedback", ("of",), (*_ANSWERS, *(("CES",) if easy else ())))
    for name, one in sorted(quality.feedback.items()):
        table.add_row(name or "(unknown)", *_answers(one, easy))
    return table


def _effort(quality: Quality) -> bool:
    return any(one.effort.count for one in quality.feedback.values())


def _issues(one: Resolution | None) -> list[str]:
    if one is None:
        return [NOTHING] * 6
    counts = (one.issues, one.resolved, one.repeated, one.failed, one.pending)
    return [*map(whole, counts), percent(one.share)]


def _answers(one: Feedback | None, easy: bool) -> list[str]:
    if one is None:
        return [NOTHING] * (5 if easy else 4)
    csat, nps, ces = one.satisfaction, one.recommendation, one.effort
    mean = NOTHING if csat.mean is None else f"{csat.mean:.2f}"
    score = NOTHING if nps.score is None else f"{nps.score:+.0f}"
    effort = NOTHING if ces.mean is None else f"{ces.mean:.2f}"
    return [whole(csat.count), mean, percent(csat.top_share), score, *([effort] if easy else [])]
