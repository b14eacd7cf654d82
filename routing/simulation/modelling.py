"""Simulates a model for many days, in parallel processes.

Owns how days are dealt out; must not know what a day is made of.
"""

from array import array
from collections.abc import Callable
from typing import Final, NamedTuple

from routing.errors import UsageError
from routing.simulation.arrivals import Source
from routing.simulation.model_shape import CentreModel
from routing.simulation.spreading import spread
from routing.simulation.sums import Sums, count
from routing.simulation.world import play

#: So many days a process simulates at a time.
_DAYS_AT_ONCE: Final = 20


class _Days(NamedTuple):
    """Work for a process."""

    made: CentreModel
    seed: int
    first: int
    behind: int
    inside: bool


def simulate_model(
    made: CentreModel,
    days: int,
    *,
    seed: int = 0,
    jobs: int | None = None,
    inside: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Sums:
    """Simulate independent days of a model.

    Parameters
    ----------
    made : CentreModel
        From `load_model`.
    days : int
        How many, at least 1. Day ``d`` is the same whatever their number.
    seed : int, default 0
        Of all draws.
    jobs : int, optional
        Processes, see `spread`; the result does not depend on it.
    inside : bool, default True
        Take the fast way through the core where it is open; the result does not depend on it either.
    progress : callable, optional
        Told the number of days that are done.

    Returns
    -------
    Sums
        For `make_model_report`, or any figure of one's own.

    Raises
    ------
    UsageError
        For fewer than one day.

    Examples
    --------
    >>> from routing.simulation.model_file import loads_model
    >>> made = loads_model('''
    ... period = "1h"
    ... types = [{id = "call", queue = "help", rates = [1], service = {kind = "exponential", mean = "2m"}}]
    ... groups = [{id = "crew", agents = [4]}]
    ... centre.queues = [{id = "help"}]
    ... ''', "toml")
    >>> simulate_model(made, 50, jobs=1).figures()["offered"].n
    50
    """
    if days < 1:
        raise UsageError(f"days is {days}; simulate at least 1")
    tasks = [
        _Days(made, seed, first, min(first + _DAYS_AT_ONCE, days), inside)
        for first in range(0, days, _DAYS_AT_ONCE)
    ]
    found: list[array[int]] = []
    for part in spread(_simulate, tasks, jobs):
        found += part
        if progress is not None:
            progress(len(found))
    return Sums(made, found)


def _simulate(work: _Days) -> "list[array[int]]":
    source = Source(work.made.model, work.seed)
    return [
        count(work.made, play(work.made, source.day(day), inside=work.inside))
        for day in range(work.first, work.behind)
    ]
