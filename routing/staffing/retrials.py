"""Callers who leave and try again: the load that a centre meets is more than the load that callers bring.

Owns the fixed point; must not know how a queue's figures are found.
"""

from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from routing.errors import UsageError
from routing.staffing.domain import MOST, erlangs, share
from routing.staffing.figures import Figures, Targets
from routing.staffing.general import ErlangG
from routing.staffing.models import ErlangA, ErlangC, waiting_percentile
from routing.staffing.searching import Of, most_load, real_agents, whole_agents


class Retrying(Struct, frozen=True):
    """A queue of which a share of those who abandon try again later.

    The load L that is offered, repeated attempts included, solves L = load + retry L P(abandon; L). Repeated attempts
    are taken for a part of the same Poisson stream, which is good where people wait longer before they try again than
    in queue (Aguir, Karaesmen, Aksin and Chauvet, OR Spectrum 26, 2004). L (1 - retry P) rises with L, so there is
    one solution. Figures are those of attempts; ``figures.load`` is L.

    Parameters
    ----------
    queue : ErlangA, ErlangG or ErlangC
        The queue with the load of first attempts.
    retry : float
        Share, 0 to 1, of those who abandon.

    Examples
    --------
    >>> queue = Retrying(ErlangA(25, 190, 300), retry=0.5)
    >>> figures = queue.at(25)
    >>> round(figures.load, 4), abs(figures.load * (1 - 0.5 * figures.p_abandon) - 25) < 1e-12
    (26.2268, True)
    >>> queue.minimum_agents(Targets(service_level=0.8)), queue.queue.minimum_agents(Targets(service_level=0.8))
    (29, 28)
    """

    queue: ErlangA | ErlangG | ErlangC
    retry: float

    def __post_init__(self) -> None:
        share(self.retry, "retry")

    @property
    def load(self) -> float:
        """Load of first attempts, erlangs."""
        return self.queue.load

    @property
    def aht(self) -> float:
        """Average handling time."""
        return self.queue.aht

    def loaded(self, load: float) -> Self:
        """Return the same queue with another load of first attempts."""
        return replace(self, queue=self.queue.loaded(load))

    def least_n(self, load: float) -> float:
        """Return what the number of agents must exceed: the load, if everybody comes back until served."""
        return load if self.retry == 1.0 else self.queue.least_n(load)

    def at(self, n: float, threshold: float | None = None) -> Figures:
        """Return the figures of attempts with n agents.

        Raises
        ------
        UsageError
            If everybody tries again and n is not above the load.
        """
        return self.queue.loaded(self.offered(n)).at(n, threshold)

    def lost(self, n: float) -> float:
        """Return the share of callers who are never served."""
        figures = self.at(n)
        return figures.load * figures.p_abandon * (1.0 - self.retry) / self.load

    def offered(self, n: float) -> float:
        """Return the load with repeated attempts, to the last digits.

        By the rule of false position (Illinois), which needs some ten figures of the queue.
        """
        n, first = erlangs(n, "n"), self.load
        if self.retry == 0.0 or isinstance(self.queue, ErlangC):
            return first
        if self.retry == 1.0 and n <= first:
            raise UsageError(
                f"{n:g} agents cannot serve {first:g} erlangs of callers who all try again; "
                "give more agents, or a lower retry"
            )

        def surplus(load: float) -> float:
            return load - first - self.retry * load * self.queue.loaded(load).at(n).p_abandon

        low, high = first, first * (1.0 + self.retry)
        below, above = surplus(low), surplus(high)
        while above < 0.0:
            low, below, high = high, above, high * 2.0
            if high > MOST:
                raise UsageError(
                    f"with retry {self.retry!r} the load of {first:g} grows beyond {MOST:g} erlangs; give more agents"
                )
            above = surplus(high)
        side = 0
        for _ in range(200):
            middle = high - above * (high - low) / (above - below) if above > below else low
            if not low < middle < high or high - low < 4e-16 * high:
                break
            value = surplus(middle)
            if value == 0.0:
                return middle
            if value > 0.0:
                high, above = middle, value
                below = below * 0.5 if side == 1 else below
                side = 1
            else:
                low, below = middle, value
                above = above * 0.5 if side == -1 else above
                side = -1
        return high if abs(above) < abs(below) else low

    def percentile(self, n: float, share: float, of: Of = Of.ALL) -> float:
        """Return the time within which this share of attempts has stopped waiting."""
        queue = self.queue.loaded(self.offered(n))
        return (
            queue.percentile(n, share, of)
            if isinstance(queue, ErlangC)
            else waiting_percentile(queue, n, share, of)
        )

    def minimum_agents(self, targets: Targets) -> int:
        """Find the least whole number of agents that meets all targets, for attempts."""
        return whole_agents(self, targets)

    def real_agents(self, targets: Targets) -> float:
        """Find the least real number of agents that meets all targets."""
        return real_agents(self, targets, self.minimum_agents(targets))

    def maximum_load(self, n: float, targets: Targets) -> float:
        """Find the greatest load of first attempts at which n agents meet all targets."""
        return most_load(self, n, targets)
