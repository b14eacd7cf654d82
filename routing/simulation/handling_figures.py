"""The figures of what is done to contacts in hand, of the sums in a ``tally``.

``aht_s`` is the mean time that an answered contact took of the agents who had it in hand: talk, hold and wrap-up of all
its segments; colleagues who were asked count apart (``consult_s``, of each leg). ``resolved_share`` is of the contacts
that were given an outcome, ``first_contact_resolution`` of those whose customer had not been served before.

Owns these definitions; must not know how days are played or added up.
"""

from collections.abc import Callable, Sequence

from routing.simulation import tally
from routing.simulation.student import Estimate, mean, ratio
from routing.units import SECOND


def handling_figures(of: Callable[[int], Sequence[int]], answered: Sequence[int]) -> dict[str, Estimate]:
    """Estimate everything.

    Parameters
    ----------
    of : callable
        Gives a measure of ``tally`` by day.
    answered : sequence of int
        Contacts that were answered, by day.
    """

    def seconds(measure: int, wholes: Sequence[int]) -> Estimate:
        return scaled(ratio(of(measure), wholes), SECOND)

    talk, hold, wrap_up = of(tally.TALK_NS), of(tally.HOLD_NS), of(tally.WRAP_UP_NS)
    disposed, consults = of(tally.DISPOSED), of(tally.CONSULTS)
    return {
        "aht_s": scaled(ratio([sum(day) for day in zip(talk, hold, wrap_up, strict=True)], answered), SECOND),
        "talk_s": seconds(tally.TALK_NS, answered),
        "hold_s": seconds(tally.HOLD_NS, answered),
        "wrap_up_s": seconds(tally.WRAP_UP_NS, answered),
        "holds": mean(of(tally.HOLDS)),
        "transfers": mean(of(tally.TRANSFERS)),
        "handed_over": mean(of(tally.HANDED_OVER)),
        "transferred_share": ratio(of(tally.TRANSFERRED), answered),
        "transfer_wait_s": seconds(tally.LATER_WAIT_NS, of(tally.LATER_ANSWERED)),
        "left_after_transfer": mean(of(tally.LATER_LEFT)),
        "consults": mean(consults),
        "consult_s": seconds(tally.CONSULT_NS, consults),
        "consults_unanswered": mean(of(tally.UNANSWERED)),
        "conferences": mean(of(tally.CONFERENCES)),
        "call_backs": mean(of(tally.CALL_BACKS)),
        "call_back_wait_s": seconds(tally.CALL_BACK_WAIT_NS, of(tally.CALL_BACKS_DONE)),
        "called_back_share": ratio(of(tally.CALLED_BACK), of(tally.CALL_BACKS_DONE)),
        "disposed_share": ratio(disposed, answered),
        "resolved_share": ratio(of(tally.RESOLVED), disposed),
        "first_contact_resolution": ratio(of(tally.FIRST_RESOLVED), of(tally.FIRST)),
        "came_again": mean(of(tally.CAME_AGAIN)),
    }


def scaled(estimate: Estimate, unit: float) -> Estimate:
    """Give an estimate in another unit.

    >>> scaled(Estimate(120.0, 6.0, 3.0, 10), 60).value
    2.0
    """
    value, half, error = (
        None if part is None else part / unit
        for part in (estimate.value, estimate.half_width, estimate.std_error)
    )
    return Estimate(value, half, error, estimate.n)
