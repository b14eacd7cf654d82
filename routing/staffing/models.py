"""Queues whose callers wait: Erlang C, where nobody leaves, and Erlang A, where patience is exponential.

Owns their closed figures, on top of the compiled numbers; must not know other patience (``general``) or tables.
"""

import math
from typing import ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from routing.errors import UsageError
from routing.staffing import _erlang
from routing.staffing.arrays import wanted
from routing.staffing.domain import (
    MOST,
    duration,
    erlangs,
    inner_share,
    not_negative,
    patient,
    positive,
    stable,
)
from routing.staffing.figures import Figures, Targets, Within
from routing.staffing.searching import Model, Of, most_load, percentile, real_agents


class ErlangC(Struct, frozen=True):
    """M/M/n: Poisson calls, exponential handling times, n agents, one queue in order of arrival, nobody leaves.

    Sources: Erlang 1917; Cooper, Introduction to Queueing Theory, 1981; Var(Q) from the geometric law of Q given
    that all are busy. Between whole numbers, n as in `erlang_c`.

    Parameters
    ----------
    load : float
        Erlangs: calls per unit of time, times ``aht``.
    aht : float, default 1.0
        Average handling time. Its unit is the unit of every other time.

    Raises
    ------
    UsageError
        If either is not above 0 and finite.

    Examples
    --------
    >>> queue = ErlangC.of_calls(240, per=1800, aht=190)
    >>> figures = queue.at(30, threshold=20)
    >>> round(figures.service_level(), 4), round(figures.asa, 3)
    (0.8285, 11.411)
    >>> queue.minimum_agents(Targets(service_level=0.8, threshold=20))
    30
    """

    load: float
    aht: float = 1.0

    #: Targets that this model can say anything about.
    can: ClassVar[frozenset[str]] = frozenset({"service_level", "asa", "mean_wait", "p_wait", "occupancy"})

    def __post_init__(self) -> None:
        erlangs(self.load)
        duration(self.aht, "aht")

    @classmethod
    def of_calls(cls, calls: float, per: float, aht: float) -> Self:
        """Make it of the calls in a time ``per``."""
        return cls(positive(calls, "calls") * positive(aht, "aht") / positive(per, "per"), aht)

    def loaded(self, load: float) -> Self:
        """Return the same queue with another load."""
        return replace(self, load=load)

    def least_n(self, load: float) -> float:
        """Return what the number of agents must exceed: the load."""
        return load

    def at(self, n: float, threshold: float | None = None) -> Figures:
        """Return all figures with n agents. O(sqrt(n)).

        Raises
        ------
        UsageError
            If n is not above the load.
        """
        n = erlangs(n, "n")
        stable(self.load, n, "the queue")
        waits, waits_not = _erlang.erlang_c(self.load, n)
        spare = n - self.load
        wait = waits * self.aht / spare
        queue = waits * self.load / spare
        fill = self.load / n
        free = spare / n
        within = None
        if threshold is not None:
            threshold = not_negative(threshold, "threshold")
            longer = waits * math.exp(-spare * threshold / self.aht)
            within = Within(
                threshold, waits_not + waits * -math.expm1(-spare * threshold / self.aht), 0.0, longer
            )
        return Figures(
            agents=n,
            load=self.load,
            occupancy=fill,
            p_no_wait=waits_not,
            p_wait=waits,
            p_served=1.0,
            p_abandon=0.0,
            wait=wait,
            wait_served=wait,
            wait_abandoned=0.0,
            queue=queue,
            queue_variance=waits * fill * (1.0 + fill * waits_not) / (free * free),
            in_service=self.load,
            in_system=self.load + queue,
            within=within,
        )

    def percentile(self, n: float, share: float, of: Of = Of.ALL) -> float:
        """Return the time within which this share of callers has been answered.

        >>> ErlangC(10, 180).percentile(14, 0.9)
        24.9589379...
        """
        share = inner_share(share, "share")
        if of == Of.ABANDONED:
            raise UsageError("nobody abandons in Erlang C; ask for the wait of all, or use ErlangA")
        waits = self.at(n).p_wait
        if waits <= 1.0 - share:
            return 0.0
        return math.log(waits / (1.0 - share)) * self.aht / (n - self.load)

    def minimum_agents(self, targets: Targets) -> int:
        """Find the least whole number of agents that meets all targets.

        Raises
        ------
        UsageError
            If a target asks for what the model does not know (abandonment).
        """
        return _minimum(self, targets, None)

    def real_agents(self, targets: Targets) -> float:
        """Find the least real number of agents that meets all targets, to the last digit but one.

        >>> round(ErlangC(10, 180).real_agents(Targets(asa=15)), 12)
        13.164667922857
        """
        return real_agents(self, targets, self.minimum_agents(targets))

    def maximum_load(self, n: float, targets: Targets) -> float:
        """Find the greatest load, in erlangs, at which n agents meet all targets.

        >>> queue = ErlangC(1, 180)
        >>> round(queue.maximum_load(14, Targets(service_level=0.8)), 3)
        10.868
        """
        _known(self.can, targets)
        return most_load(self, n, targets)


class ErlangA(Struct, frozen=True):
    """M/M/n+M: as M/M/n, and each caller leaves after an exponential patience unless served. Any load is stable.

    Sources: Palm 1957; Baccelli and Hebuterne 1981; Garnett, Mandelbaum and Reiman 2002; Zeltyn and Mandelbaum 2005.
    With H(x) = patience (1 - e^(-x/patience)) the offered wait V has the density const exp(lambda H(x) - n mu x), and
    a caller waits the lesser of V and their patience. The queue is Poisson with mean lambda H(V), which gives Var(Q).

    Parameters
    ----------
    load : float
        Erlangs: calls per unit of time, times ``aht``.
    aht : float
        Average handling time.
    patience : float
        Mean patience, in the same unit.

    Examples
    --------
    >>> queue = ErlangA.of_calls(240, per=1800, aht=190, patience=300)
    >>> figures = queue.at(25, threshold=20)
    >>> round(figures.service_level(), 4), round(figures.p_abandon, 4), round(figures.occupancy, 4)
    (0.5656, 0.0765, 0.9358)
    >>> queue.minimum_agents(Targets(service_level=0.8, threshold=20))
    29
    """

    load: float
    aht: float
    patience: float

    can: ClassVar[frozenset[str]] = frozenset(
        {"service_level", "asa", "mean_wait", "abandonment", "p_wait", "occupancy"}
    )

    def __post_init__(self) -> None:
        erlangs(self.load)
        duration(self.aht, "aht")
        patient(duration(self.patience, "patience"), self.aht)

    @classmethod
    def of_calls(cls, calls: float, per: float, aht: float, patience: float) -> Self:
        """Make it of the calls in a time ``per``."""
        return cls(positive(calls, "calls") * positive(aht, "aht") / positive(per, "per"), aht, patience)

    def loaded(self, load: float) -> Self:
        """Return the same queue with another load."""
        return replace(self, load=load)

    def least_n(self, load: float) -> float:  # noqa: ARG002 - Erlang C's depends on it
        """Return what the number of agents must exceed: nothing."""
        return 0.0

    def at(self, n: float, threshold: float | None = None) -> Figures:
        """Return all figures with n agents, n above 0, whole or not. O(sqrt(n)).

        >>> ErlangA(102, 1, 1).at(100).queue_variance
        44.6138355972...
        """
        n = erlangs(n, "n")
        past = -1.0 if threshold is None else not_negative(threshold, "threshold")
        (now, waits, stay, leave, time, time_stay, time_leave, queue, spread, stays, leaves, longer) = (
            _erlang.erlang_a(self.load, n, self.aht, self.patience, past)
        )
        served = now + stay
        busy = served * self.load
        return Figures(
            agents=n,
            load=self.load,
            occupancy=min(1.0, busy / n),
            p_no_wait=now,
            p_wait=waits,
            p_served=served,
            p_abandon=leave,
            wait=time,
            wait_served=time_stay / served,
            wait_abandoned=time_leave / leave if leave else 0.0,
            queue=queue,
            queue_variance=spread,
            in_service=busy,
            in_system=queue + busy,
            within=None if threshold is None else Within(past, now + stays, leaves, longer),
        )

    def percentile(self, n: float, share: float, of: Of = Of.ALL) -> float:
        """Return the time within which this share of callers has stopped waiting. O(60 sqrt(n)).

        Parameters
        ----------
        n : float
            Agents.
        share : float
            Between 0 and 1.
        of : Of
            Of all callers, of those served, or of those who abandon.

        Examples
        --------
        >>> queue = ErlangA(102, 1, 1)
        >>> queue.percentile(100, queue.at(100, 0.1).within_if_served, Of.SERVED)
        0.1...
        """
        return waiting_percentile(self, n, share, of)

    def minimum_agents(self, targets: Targets) -> int:
        """Find the least whole number of agents that meets all targets; it may lie below the load."""
        return _minimum(self, targets, self.patience)

    def real_agents(self, targets: Targets) -> float:
        """Find the least real number of agents that meets all targets, to the last digit but one."""
        return real_agents(self, targets, self.minimum_agents(targets))

    def maximum_load(self, n: float, targets: Targets) -> float:
        """Find the greatest load, in erlangs, at which n agents meet all targets.

        >>> round(ErlangA(1, 180, 300).maximum_load(14, Targets(service_level=0.8)), 3)
        11.633
        """
        return most_load(self, n, targets)


def waiting_percentile(model: Model, n: float, share: float, of: Of) -> float:
    """Find a percentile of the wait from the figures at thresholds."""
    inner_share(share, "share")

    def tail(t: float) -> float:
        figures = model.at(n, t)
        past = figures.within
        assert past is not None
        if of == Of.ALL:
            return past.longer
        if of == Of.SERVED:
            return 1.0 - past.served / figures.p_served
        return 1.0 - figures.within_if_abandoned

    return percentile(tail, share, model.aht)


def _known(can: frozenset[str], targets: Targets) -> None:
    if unknown := [name for name in targets.asked if name not in can]:
        raise UsageError(
            f"in Erlang C nobody leaves, so {unknown[0]} says nothing; leave it out, or use ErlangA"
        )


def _minimum(model: ErlangA | ErlangC, targets: Targets, patience: float | None) -> int:
    _known(model.can, targets)
    found = _erlang.least(model.load, model.aht, -1.0 if patience is None else patience, wanted(targets))
    if found < 0:
        raise UsageError(f"more than {MOST:g} agents would be needed for {targets}; ask less")
    return found
