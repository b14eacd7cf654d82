"""What is counted of handling on a day of a model, beside what became of the calls.

Calls that came before the warm-up was over are not counted, nor what was done to them; calls of agents' own likewise.

Owns the places in these lists; must not know how a day is played, nor what figures are made of them.
"""

from typing import Final

from msgspec import Struct

from routing.simulation.handling_shape import Retrial
from routing.simulation.model_shape import CentreModel, Model

# By type of calls. Segments are what agents do of a contact; legs (consultations) are counted apart.
(
    ENDED,  # answered contacts that are over, and so
    TALK_NS,
    HOLD_NS,
    WRAP_UP_NS,
    HOLDS,
    TRANSFERS,
    TRANSFERRED,  # contacts, transferred or handed over at least once
    LATER_WAIT_NS,  # of transfers that were answered
    LATER_ANSWERED,
    LATER_LEFT,  # answered contacts that ended unanswered after a transfer
    CONSULTS,  # legs that were answered
    UNANSWERED,  # and that were not
    CONSULT_NS,
    CONFERENCES,
    HANDED_OVER,
    CALL_BACKS,  # accepted
    CALLED_BACK,  # and reached
    CALL_BACK_WAIT_NS,  # from accepting to the agent's call
    CALL_BACKS_DONE,  # those calls
    DISPOSED,
    RESOLVED,
    FIRST,  # disposed, of customers who were not served before
    FIRST_RESOLVED,
    CAME_AGAIN,  # calls of customers who were
) = range(24)
MEASURES: Final = 24

# By kind of calls of agents' own.
PLACED, NOT_PLACED, PLACED_NS = range(3)
OF_PLACED: Final = 3


class Tally(Struct):
    """The sums of a day: by type, by kind of calls of agents' own, and by group how long its agents were not ready."""

    types: list[list[int]]
    placed: list[list[int]]
    not_ready_ns: list[int]


def new_tally(model: Model) -> Tally:
    """Nothing yet."""
    return Tally(
        [[0] * MEASURES for _ in model.types],
        [[0] * OF_PLACED for _ in model.placed],
        [0] * len(model.groups),
    )


def has_hands(made: CentreModel) -> bool:
    """Tell whether anything in the model, or its centre, is done by those who have contacts in hand."""
    model = made.model
    return (
        any(kind.handling is not None or _remembers(kind.retrial) for kind in model.types)
        or any(group.breaks for group in model.groups)
        or bool(model.placed)
        or any(queue.disposition_required for queue in made.config.queues)
    )


def _remembers(retrial: Retrial | None) -> bool:
    return retrial is not None and (retrial.keep_place_ns > 0 or retrial.same_agent_ns > 0)
