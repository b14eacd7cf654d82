"""Answers of customers: satisfaction (CSAT), recommendation (NPS) and effort (CES).

Owns these sums; must not know contacts.
"""

from collections.abc import Iterable

from msgspec import Struct

from routing.errors import UsageError
from routing.statistics.metrics.ratios import share


class Satisfaction(Struct, frozen=True):
    """CSAT: how many answered, their mean, and the share of those in the best boxes."""

    count: int
    mean: float | None
    top_share: float | None


class Recommendation(Struct, frozen=True):
    """NPS: promoters (9 or 10), passives (7 or 8), detractors (0 to 6), and the score from -100 to 100."""

    promoters: int
    passives: int
    detractors: int
    score: float | None


class Effort(Struct, frozen=True):
    """CES: how many answered, their mean, and the share of those who found it easy."""

    count: int = 0
    mean: float | None = None
    easy_share: float | None = None


def satisfaction(scores: Iterable[int], *, best: int = 5, boxes: int = 2) -> Satisfaction:
    """Tell CSAT of scores from 1 to ``best``.

    Parameters
    ----------
    scores : iterable of int
        One of each answer.
    best : int, default 5
        The best score.
    boxes : int, default 2
        How many of the best scores count as satisfied: 2 is the top-two-box share.

    Raises
    ------
    UsageError
        If a score or the number of boxes is out of bounds.

    Examples
    --------
    >>> satisfaction([5, 4, 4, 2, 1])
    Satisfaction(count=5, mean=3.2, top_share=0.6)
    """
    if not 1 <= boxes < best:
        raise UsageError(
            f"boxes {boxes} is not from 1 to {best - 1}; with scores up to 5 the usual number is 2"
        )
    count = added = satisfied = 0
    for score in scores:
        _check(score, 1, best)
        count += 1
        added += score
        satisfied += score > best - boxes
    return Satisfaction(count=count, mean=share(added, count), top_share=share(satisfied, count))


def recommendation(scores: Iterable[int]) -> Recommendation:
    """Tell the net promoter score of scores from 0 to 10: 100 * (promoters - detractors) / answers.

    Source: F. F. Reichheld, The one number you need to grow, Harvard Business Review 81(12), 2003.

    Raises
    ------
    UsageError
        If a score is out of bounds.

    Examples
    --------
    >>> recommendation([10, 9, 8, 7, 6])
    Recommendation(promoters=2, passives=2, detractors=1, score=20.0)
    """
    promoters = passives = detractors = 0
    for score in scores:
        _check(score, 0, 10)
        promoters += score >= 9
        passives += 7 <= score <= 8
        detractors += score <= 6
    answers = promoters + passives + detractors
    return Recommendation(promoters, passives, detractors, share(100 * (promoters - detractors), answers))


def effort(scores: Iterable[int], *, best: int = 7, boxes: int = 3) -> Effort:
    """Tell the customer effort score of answers from 1 (strongly disagree that it was easy) to ``best``.

    Source: M. Dixon, K. Freeman, N. Toman, Stop trying to delight your customers, Harvard Business Review 88(7/8),
    2010, asked for effort from 1 to 5; M. Dixon, N. Toman, R. DeLisi, The Effortless Experience, 2013, ask whether it
    was made easy, from 1 to 7. Whom 5 to 7 are easy for is our count.

    Raises
    ------
    UsageError
        If a score or the number of boxes is out of bounds.

    Examples
    --------
    >>> effort([7, 6, 5, 2])
    Effort(count=4, mean=5.0, easy_share=0.75)
    """
    told = satisfaction(scores, best=best, boxes=boxes)
    return Effort(told.count, told.mean, told.top_share)


def _check(score: int, least: int, most: int) -> None:
    if type(score) is not int or not least <= score <= most:
        raise UsageError(
            f"score {score!r} is not a whole number from {least} to {most}; leave out who did not answer"
        )
