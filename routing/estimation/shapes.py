"""What is asked of an estimator and what it answers.

Owns these shapes; must not know how anything is estimated (``formulas``, ``mixing``).
"""

from typing import Annotated, Final

from msgspec import Meta, Struct, field

from routing.units import MAX_DURATION_NS, SECOND

#: The predictors by name, in the order in which the combination weighs them.
PREDICTORS: Final = ("ql", "qlm", "qla", "les", "hol", "last_n", "avaya", "mean")

_Part = Annotated[int, Meta(ge=0, le=MAX_DURATION_NS, title="duration")]


class Settings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How fast an estimator forgets, and what it is told instead of learning it.

    ``service_ns`` and ``patience_ns``, when above 0, are the mean time for which a contact occupies its agent and the
    mean patience; the predictors QL and QLm then use these. ``last`` is the n of the last-n average. ``memory`` is
    the number of observations after which one weighs 1/e of the latest. ``shrink``: a queue's own weights count as
    much as the whole centre's after so many waits of its own. ``first_service_ns`` stands in for
    the mean service before any has ended.
    """

    service_ns: _Part = field(default=0, name="service")
    patience_ns: _Part = field(default=0, name="patience")
    last: Annotated[int, Meta(ge=1, le=1000)] = 10
    memory: Annotated[int, Meta(ge=10, le=100_000_000)] = 5_000
    shrink: Annotated[int, Meta(ge=1, le=1_000_000)] = 200
    first_service_ns: _Part = field(default=180 * SECOND, name="first_service")


class Estimate(Struct, frozen=True):
    """How long a contact has still to wait, in ns from the instant of the question.

    Attributes
    ----------
    wait_ns : int
        The mean.
    p50_ns, p90_ns : int
        It will be over by then in half, and in nine tenths, of such cases.
    position : int
        1 for the contact that goes next in the queue by which it waits; 0 for one that rings at an agent.
    by : dict
        What each predictor says, by the names of ``PREDICTORS``.
    """

    wait_ns: int
    p50_ns: int
    p90_ns: int
    position: int
    by: dict[str, int]


class Predicted(Struct, frozen=True):
    """How well one predictor did, over waits that ended with an answer; times in ns."""

    bias_ns: int  # mean of what was predicted less what came
    mean_error_ns: int  # of the absolute error
    rmse_ns: int


class Calibration(Struct, frozen=True):
    """How well the estimates made at entry came true, over contacts that waited and were answered.

    ``waits`` counts them. ``p50_held`` and ``p90_held`` are the shares of waits that were over by then; ``lately_...``
    the same with exponential forgetting (0 while nothing is known). ``by`` has the figures of each predictor and, as
    "combined", of ``Estimate.wait_ns``.
    """

    waits: int
    mean_wait_ns: int
    p50_held: float
    p90_held: float
    lately_p50_held: float
    lately_p90_held: float
    by: dict[str, Predicted]
    lately: dict[str, Predicted]
