"""The scales of questions: from where to where an answer may be.

Customer effort: "the company made it easy for me to handle my issue", from 1 (strongly disagree) to 7 (strongly agree),
is the second form of the score of M. Dixon, K. Freeman and N. Toman, Stop trying to delight your customers, Harvard
Business Review 88(7/8), 2010, which first had 1 to 5. Satisfaction is asked from 1 to 5 and recommendation from 0 to
10 (Reichheld 2003), as ``routing.statistics.metrics.surveys`` counts them.

Owns these; must not know contacts.
"""

from typing import Final, NamedTuple

from routing.center.outcomes.settings import Measure, Outcomes, Question


class Scale(NamedTuple):
    """Both ends belong to it."""

    least: int
    most: int


SCALES: Final[dict[str, Scale]] = {"csat": Scale(1, 5), "nps": Scale(0, 10), "ces": Scale(1, 7)}
_BUILT_IN: Final[dict[str, Measure]] = {"csat": "csat", "nps": "nps", "ces": "ces"}


def scale_of(question: Question) -> Scale | None:
    """Tell the scale of a question; None: its answers have no number.

    >>> scale_of(Question("q")), scale_of(Question("q", measure="choice", choices=({"": "a"}, {"": "b"})))
    (Scale(least=1, most=5), Scale(least=0, most=1))
    """
    if question.measure == "text":
        return None
    if question.measure == "choice":
        return Scale(0, len(question.choices) - 1)
    if question.measure == "score":
        if question.least is None or question.most is None:
            return None
        return Scale(question.least, question.most)
    return SCALES[question.measure]


def question_of(outcomes: Outcomes, survey: str, question: str) -> Question | None:
    """Find what an answer answers; None: nobody asks that.

    A survey of one question needs no name of it. A survey that the settings do not have is known when it, or its
    question, is called csat, nps or ces.

    >>> question_of(Outcomes(), "csat", "").measure
    'csat'
    """
    for one in outcomes.surveys:
        if one.id == survey:
            asked = [each for each in one.questions if each.id == question]
            if not question and len(one.questions) == 1:
                asked = [one.questions[0]]
            return asked[0] if asked else None
    measure = _BUILT_IN.get(question or survey)
    return None if measure is None else Question(question or survey, measure=measure)
