"""How contacts come out: disposition codes, what follows when nobody says one, surveys and their answers.

Bottom up: ``settings`` < ``scales`` < ``codes``, ``checking`` < ``files``; ``known`` < ``asking``, ``filing`` <
``wing``; ``desk`` makes the remarks of a front-end. Rows go to a history (``routing.history.outcomes``).
"""

from routing.center.outcomes.codes import check_disposition, check_feedback, codes_of
from routing.center.outcomes.files import load_outcomes, loads_outcomes
from routing.center.outcomes.settings import Cap, Code, Default, Outcomes, Question, Rule, Survey
from routing.center.outcomes.wing import NAME, OutcomeWing, following

__all__ = [
    "NAME",
    "Cap",
    "Code",
    "Default",
    "OutcomeWing",
    "Outcomes",
    "Question",
    "Rule",
    "Survey",
    "check_disposition",
    "check_feedback",
    "codes_of",
    "following",
    "load_outcomes",
    "loads_outcomes",
]
