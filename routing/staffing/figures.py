"""What a queue is like with so many agents, and what is wanted of it.

Owns the records `Figures`, `Within`, `Targets` and the definitions of the service level; must not know how figures
are found. All times are in the unit of the model's ``aht`` (seconds by custom); loads are in erlangs.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from routing.errors import UsageError
from routing.staffing.domain import inner_share, not_negative, number, positive


class Level(StrEnum):
    """The definitions of the service level that are in use.

    With S callers served within the threshold T, A who abandon within T, of N offered:
    """

    OFFERED = "offered"  #: S / N
    SERVED = "served"  #: S / all that are served
    NOT_QUICKLY_LEFT = "not-quickly-left"  #: S / (N - A)
    SETTLED = "settled"  #: (S + A) / N


_LEVELS: Final = frozenset(Level)


class Within(Struct, frozen=True):
    """What has happened to callers by the threshold, as shares of all offered.

    Attributes
    ----------
    threshold : float
        T.
    served : float
        P(served, W <= T).
    abandoned : float
        P(abandons, W <= T).
    longer : float
        P(W > T): the rest, with all digits when it is small.
    """

    threshold: float
    served: float
    abandoned: float
    longer: float


class Figures(Struct, frozen=True):
    """Steady state of a queue with its agents. W is a caller's time in queue, until served or gone.

    Attributes
    ----------
    agents, load : float
        The number of agents, and the offered load in erlangs.
    occupancy : float
        Share of the agents' time that is spent on calls.
    p_no_wait, p_wait : float
        P(W = 0) and its complement, each with all its digits.
    p_served, p_abandon : float
        Shares of the callers offered.
    wait, wait_served, wait_abandoned : float
        E[W], E[W | served] (the average speed of answer), E[W | abandons] (0 where nobody does).
    queue, queue_variance : float
        E[Q] and Var(Q) of the number in queue.
    in_service, in_system : float
        Mean number of busy agents; E[N], with the queue.
    within : Within or None
        What has happened by the threshold, if one was given.
    """

    agents: float
    load: float
    occupancy: float
    p_no_wait: float
    p_wait: float
    p_served: float
    p_abandon: float
    wait: float
    wait_served: float
    wait_abandoned: float
    queue: float
    queue_variance: float
    in_service: float
    in_system: float
    within: Within | None = None

    @property
    def asa(self) -> float:
        """The average speed of answer, E[W | served]."""
        return self.wait_served

    def service_level(self, definition: Level = Level.OFFERED) -> float:
        """Return the service level in one of its definitions.

        Raises
        ------
        UsageError
            If the figures were asked without a threshold.
        """
        past = self._past()
        found = past.served
        if definition == Level.SERVED:
            found = past.served / self.p_served
        elif definition == Level.NOT_QUICKLY_LEFT:
            rest = past.served + past.longer  # 1 - abandoned, without its cancellation
            found = past.served / rest if rest else 0.0
        elif definition == Level.SETTLED:
            found = 1.0 - past.longer
        return min(max(found, 0.0), 1.0)  # rounding may leave a last digit beyond

    @property
    def within_if_served(self) -> float:
        """P(W <= T | served)."""
        return self._past().served / self.p_served

    @property
    def within_if_abandoned(self) -> float:
        """P(W <= T | abandons).

        Raises
        ------
        UsageError
            If nobody abandons.
        """
        past = self._past()
        if self.p_abandon == 0.0:
            raise UsageError("nobody abandons here, so nothing can be said of those who do; use ErlangA")
        return past.abandoned / self.p_abandon

    def _past(self) -> Within:
        if self.within is None:
            raise UsageError(
                "no threshold was given; ask for the figures with one, as in at(n, threshold=20)"
            )
        return self.within


class Targets(Struct, frozen=True, kw_only=True):
    """What is wanted, all at once; None: not asked. At least one must be.

    Attributes
    ----------
    service_level : float, optional
        At least this share, between 0 and 1,
    threshold : float, default 20.0
        within this time,
    definition : Level, default Level.OFFERED
        counted in this way.
    asa : float, optional
        E[W | served] at most.
    mean_wait : float, optional
        E[W] of all callers at most.
    abandonment : float, optional
        P(abandon) at most.
    p_wait : float, optional
        P(W > 0) at most.
    occupancy : float, optional
        At most, for agents' sake.

    Examples
    --------
    >>> Targets(service_level=0.8, threshold=20, abandonment=0.05).asked
    ('service_level', 'abandonment')
    """

    service_level: float | None = None
    threshold: float = 20.0
    definition: Level = Level.OFFERED
    asa: float | None = None
    mean_wait: float | None = None
    abandonment: float | None = None
    p_wait: float | None = None
    occupancy: float | None = None

    def __post_init__(self) -> None:
        not_negative(self.threshold, "threshold")
        if self.definition not in _LEVELS:
            names = ", ".join(f"Level.{level.name}" for level in Level)
            raise UsageError(f"definition {self.definition!r} is unknown; it is one of {names}")
        for name in ("service_level", "abandonment", "p_wait"):
            if getattr(self, name) is not None:
                inner_share(getattr(self, name), name)
        for name in ("asa", "mean_wait"):
            if getattr(self, name) is not None:
                positive(getattr(self, name), name)
        if self.occupancy is not None and not 0.0 < number(self.occupancy, "occupancy") <= 1.0:
            raise UsageError(
                f"occupancy {self.occupancy!r} is not above 0 and at most 1; give a share such as 0.85"
            )
        if not self.asked:
            raise UsageError("nothing is asked; give at least one target, as in Targets(service_level=0.8)")

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the targets that are asked."""
        names = ("service_level", "asa", "mean_wait", "abandonment", "p_wait", "occupancy")
        return tuple(name for name in names if getattr(self, name) is not None)

    @property
    def needs_threshold(self) -> float | None:
        """The threshold, if the service level is asked."""
        return None if self.service_level is None else self.threshold

    def met_by(self, figures: Figures) -> bool:
        """Are all of them met?"""
        if self.service_level is not None and figures.service_level(self.definition) < self.service_level:
            return False
        most = (
            (self.asa, figures.wait_served),
            (self.mean_wait, figures.wait),
            (self.abandonment, figures.p_abandon),
            (self.p_wait, figures.p_wait),
            (self.occupancy, figures.occupancy),
        )
        return all(limit is None or value <= limit for limit, value in most)
