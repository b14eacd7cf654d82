"""Answers out of a menu: a survey by telephone leaves them in the attributes of its call, one a question.

Owns this convention; must not know how a menu is driven (``routing.menus``), nor what becomes of answers.
"""

from collections.abc import Mapping

from routing.center.outcomes.scales import scale_of
from routing.center.outcomes.settings import Outcomes
from routing.commands import Remark
from routing.errors import UsageError
from routing.remarks import Feedback
from routing.words import quoted


def answers_of(
    outcomes: Outcomes, survey: str, contact: str, attributes: Mapping[str, str]
) -> tuple[Remark, ...]:
    """Make the remarks of a survey that a menu has asked, from the attributes of its call at the end.

    An attribute with the name of a question, and digits as its value, is its answer; empty ones were not answered.
    Digits out of range are left out: the menu should have asked again.

    Parameters
    ----------
    outcomes : Outcomes
        The settings, which have the survey.
    survey : str
        Which was asked.
    contact : str
        About which contact: the one it was proposed for, not the call of the survey.
    attributes : mapping of str to str
        As the state of a menu's call has them, also of a call that was hung up half-way.

    Raises
    ------
    UsageError
        If the settings have no such survey.

    Examples
    --------
    >>> from routing.center.outcomes.settings import Question, Survey
    >>> settings = Outcomes(surveys=(Survey("s", (Question("csat"), Question("nps", measure="nps"))),))
    >>> told = answers_of(settings, "s", "call-1", {"csat": "4", "nps": ""})
    >>> [(one.remark.question, one.remark.score) for one in told]
    [('csat', 4)]
    """
    asked = next((one for one in outcomes.surveys if one.id == survey), None)
    if asked is None:
        known = ", ".join(quoted(one.id) for one in outcomes.surveys) or "none"
        raise UsageError(f"there is no survey {quoted(survey)}; choose of {known}")
    found = []
    for question in asked.questions:
        value, scale = attributes.get(question.id, ""), scale_of(question)
        digits = value.isascii() and value.isdecimal() and len(value) < 10
        if scale is not None and digits and scale.least <= int(value) <= scale.most:
            found.append(Remark(contact, Feedback(survey, question.id, score=int(value))))
    return tuple(found)
