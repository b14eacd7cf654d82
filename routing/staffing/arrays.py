"""Many intervals at once: arrays in, arrays out, without the interpreter between.

What is given may be anything with the buffer protocol whose elements are doubles (``array.array('d')``, numpy), or a
sequence of numbers; what comes back is an ``array.array``, which numpy reads without a copy (``numpy.asarray``).

Owns the way in and out; must not know any formula.
"""

from array import array
from collections.abc import Sequence
from typing import Any, Final, Protocol

from routing.errors import UsageError
from routing.staffing import _erlang
from routing.staffing.domain import MOST, duration, erlangs, not_negative, number, patient
from routing.staffing.figures import Level, Targets


class Reals(Protocol):
    """Numbers in a row: ``array.array``, ``memoryview``, numpy's arrays, lists, tuples."""

    def __len__(self) -> int:
        """How many."""

    def __getitem__(self, place: int, /) -> Any:
        """One of them."""


_LEVELS: Final = {level: place for place, level in enumerate(Level)}
_NONE: Final = memoryview(array("d"))
_UNSTABLE: Final = (
    "is 0, or has no steady state where nobody leaves; give agents above the load, patience, or leave it out"
)


def minimum_agents(
    loads: Reals, targets: Targets, *, aht: float | Reals, patience: float | Reals | None = None
) -> "array[int]":
    """Find the least whole number of agents for each load.

    Parameters
    ----------
    loads : array of n floats
        Erlangs, 0 or more; no load needs no agents.
    targets : Targets
        The same for all.
    aht : float or array of n floats
        Average handling time.
    patience : float or array of n floats, optional
        Mean patience (Erlang A); by default nobody leaves (Erlang C).

    Returns
    -------
    array of n int
        Type code "q".

    Raises
    ------
    UsageError
        If lengths differ, an element is outside its domain (the message has its place), or a target is not known to the
        model. Nothing is returned then.

    Examples
    --------
    >>> minimum_agents([0.5, 8, 47.3, 100], Targets(service_level=0.8), aht=180)
    array('q', [2, 11, 53, 107])
    >>> minimum_agents([8, 100], Targets(service_level=0.8), aht=180, patience=300)
    array('q', [11, 102])
    """
    offered = reals(loads, "loads")
    service = _alike(aht, "aht", len(offered))
    patiences = _NONE if patience is None else _alike(patience, "patience", len(offered))
    if patience is None and targets.abandonment is not None:
        raise UsageError(
            "in Erlang C nobody leaves, so abandonment says nothing; leave it out, or give patience"
        )
    found = array("q", bytes(8 * len(offered)))
    bad = _erlang.minimum(offered, service, patiences, wanted(targets), found)
    _complain(bad, "needs more than 1e9 agents; ask less", loads=offered, aht=service, patience=patiences)
    return found


def service_levels(
    loads: Reals,
    agents: Reals | float,
    threshold: float,
    *,
    aht: float | Reals,
    patience: float | Reals | None = None,
    definition: Level = Level.OFFERED,
) -> "array[float]":
    """Find the service level of each load with its agents; parameters as of `minimum_agents`.

    >>> [round(level, 4) for level in service_levels([10, 10], [13, 14], 20, aht=180)]
    [0.7956, 0.8884]
    """
    offered = reals(loads, "loads")
    servers = _alike(agents, "agents", len(offered))
    service = _alike(aht, "aht", len(offered))
    patiences = _NONE if patience is None else _alike(patience, "patience", len(offered))
    threshold = not_negative(threshold, "threshold")
    found = array("d", bytes(8 * len(offered)))
    bad = _erlang.levels(offered, servers, service, patiences, threshold, _LEVELS[definition], found)
    _complain(bad, _UNSTABLE, loads=offered, agents=servers, aht=service, patience=patiences)
    return found


def blockings(loads: Reals, lines: Reals | float) -> "array[float]":
    """Find Erlang B of each load and number of lines.

    >>> blockings([5, 20], [10, 10])
    array('d', [0.018384570336648..., 0.5379631686320...])
    """
    offered = reals(loads, "loads")
    servers = _alike(lines, "lines", len(offered))
    found = array("d", bytes(8 * len(offered)))
    _complain(_erlang.blockings(offered, servers, found), _UNSTABLE, loads=offered, lines=servers)
    return found


def reals(given: Reals, name: str) -> memoryview:
    """Return something contiguous of doubles: the very buffer if it is that, else a copy."""
    values: object = given
    try:
        view = memoryview(given)  # type: ignore[arg-type]
    except TypeError:
        pass
    else:
        if view.ndim != 1:
            raise UsageError(f"{name} has {view.ndim} dimensions; give one")
        if view.format == "d" and view.c_contiguous:
            return view
        values = view.tolist()
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise UsageError(
            f"{name} is no array of numbers but {type(given).__name__}; give a sequence of floats"
        )
    return memoryview(array("d", [number(value, f"{name}[{place}]") for place, value in enumerate(values)]))


def _alike(given: Reals | float, name: str, length: int) -> memoryview:
    """Return as many as there are loads, or the one that stands for all."""
    if isinstance(given, int | float):
        return memoryview(array("d", [number(given, name)]))
    found = reals(given, name)
    if len(found) != length:
        raise UsageError(
            f"{name} has {len(found)} elements, loads has {length}; give as many, or one number for all"
        )
    return found


def _complain(bad: int, rule: str, loads: memoryview, **others: memoryview) -> None:
    """Say what is wrong with the element at ``bad``, if that is 0 or more; ``rule``: if no value alone is."""
    if bad < 0:
        return
    load = loads[bad]
    if load:
        erlangs(load, f"loads[{bad}]")
    at = {name: values[bad if len(values) > 1 else 0] for name, values in others.items() if len(values)}
    for name, value in at.items():
        if name == "agents":
            erlangs(value, f"agents[{bad}]")
        elif name == "lines":
            not_negative(value, f"lines[{bad}]", MOST)
        else:
            duration(value, f"{name}[{bad}]")
    if "patience" in at:
        patient(at["patience"], at["aht"])
    raise UsageError(f"element {bad}, a load of {load!r} erlangs, {rule}")


def wanted(targets: Targets) -> "array[float]":
    """Lay targets out as the compiled module reads them; -1: not asked."""
    limits = (
        targets.service_level,
        targets.threshold,
        _LEVELS[targets.definition],
        targets.asa,
        targets.mean_wait,
        targets.abandonment,
        targets.p_wait,
        targets.occupancy,
    )
    return array("d", [-1.0 if limit is None else limit for limit in limits])
