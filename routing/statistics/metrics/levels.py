"""Service level in all usual definitions, side by side.

Everybody means "answered within T", and nobody divides by the same. Two things differ: what happens to callers who
leave, early (within T) or at once (sooner than the floor for short abandons), and whether contacts count that left the
queue by another door. The worked example in docs/metrics.md shows one day in all definitions.

What is divided are *waits that are over*, so that every level lies between 0 and 1 in every interval: a caller who
still waits when the interval ends is counted in the one in which the wait ends. ``offered`` is therefore
``answered + abandoned + flowed_out``; over a whole day it is what arrived. Cancelled and lost contacts are left out:
nobody decided to let them wait.

Owns these definitions; must not know the other figures.
"""

from msgspec import Struct

from routing.statistics.metrics.ratios import share
from routing.statistics.shapes import QueueCounts


class Waits(Struct, frozen=True):
    """How waits ended; all that service levels are computed from."""

    answered: int
    answered_in: int
    abandoned: int
    abandoned_in: int
    abandoned_short: int
    flowed_out: int

    @property
    def offered(self) -> int:
        """All waits that are over."""
        return self.answered + self.abandoned + self.flowed_out


class ServiceLevel(Struct, frozen=True):
    """Shares from 0 to 1; ``None`` where there is nothing to divide by. docs/metrics.md has formulas and sources."""

    of_offered: float | None
    of_answered: float | None
    of_answered_and_abandoned: float | None
    without_early_abandons: float | None
    with_early_abandons: float | None
    without_short_abandons: float | None
    without_abandons: float | None
    service_factor: float | None


def by_contact(counts: QueueCounts) -> Waits:
    """Look at contacts, each for the queue that it entered first, from arrival to the first answer.

    A contact that an agent put back into a queue and that left there has waited twice: it is answered and abandoned.

    >>> by_contact(QueueCounts(contacts_answered=8, contacts_answered_in=6, contacts_diverted=1)).offered
    9
    """
    return Waits(
        answered=counts.contacts_answered,
        answered_in=counts.contacts_answered_in,
        abandoned=counts.contacts_abandoned,
        abandoned_in=counts.contacts_abandoned_in,
        abandoned_short=counts.contacts_abandoned_short,
        flowed_out=counts.contacts_diverted + counts.contacts_rejected,
    )


def by_visit(counts: QueueCounts) -> Waits:
    """Look at visits, each for its own queue, from entering it.

    Visits that ended because another queue of the same contact came first (``answered_elsewhere``,
    ``ended_elsewhere``) or because the contact was moved (``requeued``) are nobody's success or failure here.

    >>> by_visit(QueueCounts(answered=8, answered_in=6, overflowed=2, answered_elsewhere=5)).offered
    10
    """
    return Waits(
        answered=counts.answered,
        answered_in=counts.answered_in,
        abandoned=counts.abandoned,
        abandoned_in=counts.abandoned_in,
        abandoned_short=counts.abandoned_short,
        flowed_out=counts.overflowed + counts.diverted + counts.rejected,
    )


def service_level(waits: Waits) -> ServiceLevel:
    """Tell the service level in all definitions.

    >>> waits = Waits(answered=80, answered_in=60, abandoned=20, abandoned_in=10, abandoned_short=5, flowed_out=0)
    >>> level = service_level(waits)
    >>> level.of_offered, level.of_answered, level.without_early_abandons, level.with_early_abandons
    (0.6, 0.75, 0.6666666666666666, 0.7)
    """
    within, offered = waits.answered_in, waits.offered
    return ServiceLevel(
        of_offered=share(within, offered),
        of_answered=share(within, waits.answered),
        of_answered_and_abandoned=share(within, waits.answered + waits.abandoned),
        without_early_abandons=share(within, offered - waits.abandoned_in),
        with_early_abandons=share(within + waits.abandoned_in, offered),
        without_short_abandons=share(within, offered - waits.abandoned_short),
        without_abandons=share(within, offered - waits.abandoned),
        service_factor=share(within, waits.answered + waits.abandoned - waits.abandoned_short),
    )


def genesys_cloud(waits: Waits, *, flow_outs: bool, short_abandons: bool, abandons: bool) -> float | None:
    """Tell the service level as Genesys Cloud does, by its three options.

    The denominator begins with answered and abandoned; flow-outs are added, short abandons or all abandons taken
    away. Short abandons are abandons, so they are taken away once at most.

    Parameters
    ----------
    waits : Waits
        By visit, as that system counts.
    flow_outs, short_abandons, abandons : bool
        "Include Flowouts", "Include Short Abandons" and "Include Abandons in Calculation".

    Examples
    --------
    >>> waits = Waits(answered=80, answered_in=60, abandoned=20, abandoned_in=10, abandoned_short=5, flowed_out=20)
    >>> genesys_cloud(waits, flow_outs=True, short_abandons=True, abandons=True)
    0.5
    >>> genesys_cloud(waits, flow_outs=False, short_abandons=False, abandons=False)
    0.75
    """
    left_out = 0 if short_abandons else waits.abandoned_short
    whole = waits.answered + waits.abandoned - (left_out if abandons else waits.abandoned)
    return share(waits.answered_in, whole + (waits.flowed_out if flow_outs else 0))
