"""Makes a log complete: how long each call keeps an agent busy, and how long its caller would wait.

What the log knows is used as it is. What it cannot know is drawn, from what it knows of other calls:

- The **service time** of a call that nobody answered comes from the service times of calls with the same queue and
  requirement (of all calls, when fewer than ``ENOUGH`` of those are known).
- The **patience** of a caller who was answered comes from the Kaplan-Meier curve of the callers with the same
  queue and requirement (of all, when fewer than ``ENOUGH`` of those left), given that it is longer than the
  wait in the log.

Draws depend only on the seed and the call's number in order of arrival, never on what is simulated: two plans
meet the same calls, so their difference is not blurred by chance (common random numbers).

Owns these draws; must not know formats or the engine.
"""

import math
from array import array
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from routing.errors import DataError, UsageError
from routing.simulation.calls import ABANDONED, Call
from routing.simulation.draws import uniform
from routing.simulation.patience import Survival, kaplan_meier
from routing.units import MAX_DURATION_NS

#: The patience of a caller who never leaves.
NEVER: Final = -1
#: Fewer observations than this say too little of a queue; then those of all queues are used.
ENOUGH: Final = 50

_SERVICE: Final = 1
_PATIENCE: Final = 2


class Workload(Struct):
    """Calls in order of arrival, with a service time and a patience for each.

    Attributes
    ----------
    calls : sequence of Call
        In order of arrival.
    service_ns, patience_ns : array of int
        One for each call; ``NEVER`` is the patience of a caller who does not leave.
    service_drawn, patience_drawn : int
        How many of them were drawn because the log does not know.
    """

    calls: Sequence[Call]
    service_ns: "array[int]"
    patience_ns: "array[int]"
    service_drawn: int = 0
    patience_drawn: int = 0


def complete(calls: Sequence[Call], seed: int = 0, mean_patience_ns: int | None = None) -> Workload:
    """Complete what a log does not know.

    Parameters
    ----------
    calls : sequence of Call
        In order of arrival.
    seed : int
        Of the draws; any integer.
    mean_patience_ns : int, optional
        Replace every caller's patience: ``NEVER`` for callers who all stay, otherwise the mean of an exponential
        distribution. By default the log decides.

    Raises
    ------
    DataError
        A service time is unknown and no call has a known one.

    Notes
    -----
    O(n log n).

    Examples
    --------
    >>> calls = [Call(0, "q", service_ns=60), Call(9, "q", patience_ns=20, outcome="abandoned", wait_ns=20)]
    >>> load = complete(calls)
    >>> load.service_ns.tolist(), load.patience_ns.tolist()
    ([60, 60], [20, 20])
    """
    load = Workload(calls, array("q"), array("q"))
    _add_services(load, seed)
    if mean_patience_ns is None:
        _add_patience(load, seed)
    elif mean_patience_ns == NEVER:
        load.patience_ns = array("q", [NEVER]) * len(calls)
    elif mean_patience_ns <= 0:
        raise UsageError(f"mean_patience_ns is {mean_patience_ns}; it must be positive, or NEVER")
    else:
        load.patience_drawn = len(calls)
        load.patience_ns = array(
            "q",
            (
                min(
                    round(-mean_patience_ns * math.log(1.0 - uniform(seed, number, _PATIENCE))),
                    MAX_DURATION_NS,
                )
                for number in range(len(calls))
            ),
        )
    return load


def _add_services(load: Workload, seed: int) -> None:
    """Fill ``service_ns``."""
    known: dict[tuple[str, str], list[int]] | None = None
    everything: list[int] = []
    add = load.service_ns.append
    for number, call in enumerate(load.calls):
        if call.service_ns is not None:
            add(call.service_ns)
            continue
        if known is None:
            known, everything = _known_services(load.calls)
        sample = known.get((call.queue, call.requirement), everything)
        sample = sample if len(sample) >= ENOUGH else everything
        add(sample[int(uniform(seed, number, _SERVICE) * len(sample))])
        load.service_drawn += 1


def _known_services(calls: Sequence[Call]) -> tuple[dict[tuple[str, str], list[int]], list[int]]:
    """Collect the known service times by queue and requirement, and all together."""
    known: dict[tuple[str, str], list[int]] = {}
    for call in calls:
        if call.service_ns is not None:
            known.setdefault((call.queue, call.requirement), []).append(call.service_ns)
    everything = [service_ns for sample in known.values() for service_ns in sample]
    if not everything:
        raise DataError(
            "no call has a known service time; at least one is needed to draw the unknown ones from"
        )
    return known, everything


def _add_patience(load: Workload, seed: int) -> None:
    """Fill ``patience_ns``."""
    curves = _curves(load.calls) if any(call.patience_ns is None for call in load.calls) else {}
    everybody = curves.get(None, Survival())
    add = load.patience_ns.append
    for number, call in enumerate(load.calls):
        if call.patience_ns is not None:
            add(call.patience_ns if call.patience_ns < MAX_DURATION_NS else NEVER)
            continue
        curve = curves.get((call.queue, call.requirement), everybody)
        beyond_ns = -1 if call.wait_ns is None else call.wait_ns
        drawn = curve.draw(uniform(seed, number, _PATIENCE), beyond_ns) if curve.times_ns else None
        add(NEVER if drawn is None else drawn)
        load.patience_drawn += bool(curve.times_ns)


def _curves(calls: Sequence[Call]) -> dict[tuple[str, str] | None, Survival]:
    """Estimate a curve for each queue and requirement with enough who left, and for all (None)."""
    seen: dict[tuple[str, str] | None, list[tuple[int, bool]]] = {None: []}
    for call in calls:
        if call.outcome and call.wait_ns is not None:
            observation = (call.wait_ns, call.outcome == ABANDONED)
            seen[None].append(observation)
            seen.setdefault((call.queue, call.requirement), []).append(observation)
    return {
        kind: kaplan_meier(observations)
        for kind, observations in seen.items()
        if kind is None or sum(left for _, left in observations) >= ENOUGH
    }
