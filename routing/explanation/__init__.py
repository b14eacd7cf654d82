"""Why the engine decided as it did: explanations of the past, from a journal.

`routing.engine.Engine.explain` explains the present; ``text`` lays both out for readers.

Within: ``decision``, ``text``.

Owns the way from a journal to a decision; must not know where journals lie.
"""

from routing.explaining.shapes import BatchDecision as BatchDecision
from routing.explaining.shapes import Decision as Decision
from routing.explaining.shapes import Earlier as Earlier
from routing.explaining.shapes import Explanation as Explanation
from routing.explaining.shapes import Figures as Figures
from routing.explaining.shapes import Key as Key
from routing.explaining.shapes import Pair as Pair
from routing.explaining.shapes import Part as Part
from routing.explaining.shapes import Reason as Reason
from routing.explaining.shapes import ReserveState as ReserveState
from routing.explaining.shapes import Verdict as Verdict
from routing.explaining.shapes import VisitExplanation as VisitExplanation
from routing.explanation.decision import explain_decision as explain_decision
