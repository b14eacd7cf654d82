"""The nouns of a model: types of calls, groups of agents, and what stands around them.

Lists by period hold one entry (for all), one for each period, or one more for what comes after the last, when no more
calls arrive and those that are there are finished; otherwise the last entry goes on.

Owns the shape of models, but for what is done to contacts in hand (``handling_shape``); must not know their rules
(``model_checks``) or files (``model_file``).
"""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from msgspec import Meta, Struct, field

from routing.model import Config, Duration, Id
from routing.simulation.distributions import Distribution
from routing.simulation.handling_shape import Break, Handling, PlacedCalls, Retrial
from routing.units import DAY, MINUTE

T = TypeVar("T")

Numbers = tuple[Annotated[int, Meta(ge=0, le=100_000)], ...]


class Dialer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Calls out whenever a service ends: ``per_free`` numbers for each free agent of the groups ``target``.

    It dials only when at least ``least_free`` agents of the groups ``test`` are free, and at least one of ``target``;
    each number is reached with the probability ``reach`` (by period) and the calls that are reached arrive at once.
    """

    target: tuple[Id, ...]
    test: tuple[Id, ...] = ()  # empty: as target
    least_free: Annotated[int, Meta(ge=1, le=100_000)] = 1
    per_free: float = 1.0
    more: Annotated[int, Meta(ge=-1000, le=1000)] = 0  # added to what per_free gives
    reach: tuple[float, ...] = (1.0,)
    from_ns: Duration = field(default=0, name="from")
    to_ns: Duration = field(default=0, name="to")  # 0: to the end of the last period


class CallType(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A kind of calls: how they arrive, what they ask for, how long they take and wait.

    ``rates`` are calls per ``per``, by period. ``busyness``: each day all its rates are multiplied by one gamma
    factor of this shape and mean 1; ``period_busyness``: each period's rate by a factor of its own, which makes the
    numbers of a period negative binomial. 0: no such factor.
    """

    id: Id
    queue: Id
    service: tuple[Distribution, ...]
    patience: tuple[Distribution, ...] = (Distribution("never"),)
    rates: tuple[float, ...] = ()
    per_ns: Duration = field(default=MINUTE, name="per")
    busyness: float = 0.0
    period_busyness: float = 0.0
    balking: float = 0.0  # share of callers who leave at once unless served at once
    retrial: Retrial | None = None
    dialer: Dialer | None = None
    channel: str = "voice"
    priority: Annotated[int, Meta(ge=0, le=100_000_000)] = 0
    requirement: str = ""
    handling: Handling | None = None


class Group(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Agents who are alike, named after the group: ``sales-1``, ``sales-2``; ``agents`` is their number by period."""

    id: Id
    agents: Numbers
    skills: dict[str, int] = {}
    channels: dict[str, int] = {}
    cost: int = 0
    breaks: tuple[Break, ...] = ()


class Model(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A model: see the module.

    Attributes
    ----------
    period_ns, periods
        Length and number of the periods of a replication, a day for instance.
    types, groups
        Calls and agents.
    busyness : float
        Shape of a gamma factor, of mean 1, on all rates of a day; 0: none.
    warm_up_ns
        Calls that arrive before are routed and not counted.
    service_levels_ns
        Waits to count calls within; empty: of each type its queue's.
    placed
        Calls of agents' own.
    """

    types: tuple[CallType, ...]
    groups: tuple[Group, ...]
    period_ns: Duration = field(default=DAY, name="period")
    periods: Annotated[int, Meta(ge=1, le=100_000)] = 1
    name: str = ""
    busyness: float = 0.0
    warm_up_ns: Duration = field(default=0, name="warm_up")
    service_levels_ns: tuple[Duration, ...] = field(default=(), name="service_levels")
    placed: tuple[PlacedCalls, ...] = ()

    @property
    def end_ns(self) -> int:
        """When the last period is over."""
        return self.period_ns * self.periods


class CentreModel(Struct, frozen=True):
    """A model with the configuration of its centre, whose agents are those of the groups."""

    model: Model
    config: Config


def by_period(values: Sequence[T], period: int) -> T:
    """Look up a list by period: the last entry goes on.

    >>> by_period((4, 5), 0), by_period((4, 5), 7)
    (4, 5)
    """
    return values[period] if period < len(values) else values[-1]
