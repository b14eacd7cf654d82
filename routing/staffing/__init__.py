"""How many agents a centre needs: Erlang B, C and A, any patience, callers who try again.

==============================  =======================================================================================
a single question               `ErlangC`, `ErlangA`, `ErlangG` (any curve of patience), `Retrying`: ``at(n)``,
                                ``minimum_agents``, ``real_agents``, ``maximum_load``, ``percentile``
what is wanted, what is found   `Targets` with a `Level`; `Figures` with `Within`
a loss system                   `erlang_b`, `erlang_b_lines`, `erlang_b_load`, `erlang_b_retrials`
trunks of a centre              `queue_blocking`, `queue_lines`
many intervals                  `minimum_agents`, `service_levels`, `blockings`: arrays in, arrays out
patience                        `Exponential`, `Deterministic`, `Gamma` (Erlang-k), `Lognormal`, `Hyperexponential`,
                                `Weibull`, `Empirical` (Kaplan and Meier)
large centres                   `halfin_whitt`, `garnett`, `garnett_abandonment`, `square_root_agents`
==============================  =======================================================================================

The mathematics has no units: times are floats in any unit, the same in one question (seconds by custom), loads are in
erlangs, shares from 0 to 1. They are rates and means, not instants of the engine, which counts nanoseconds.

Within: ``domain``, ``quadrature`` < ``figures``, ``curves``, ``loss``, ``limits`` < ``arrays``, ``searching`` <
``models`` < ``general`` < ``retrials``. Owns the steady state of one queue; must not know the engine, logs or
simulation.
"""

from routing.staffing.arrays import blockings, minimum_agents, service_levels
from routing.staffing.curves import (
    Curve,
    Deterministic,
    Empirical,
    Exponential,
    Gamma,
    Hyperexponential,
    Lognormal,
    Weibull,
)
from routing.staffing.figures import Figures, Level, Targets, Within
from routing.staffing.general import ErlangG
from routing.staffing.limits import garnett, garnett_abandonment, halfin_whitt, square_root_agents
from routing.staffing.loss import (
    Lines,
    erlang_b,
    erlang_b_lines,
    erlang_b_load,
    erlang_b_retrials,
    erlang_c,
    queue_blocking,
    queue_lines,
)
from routing.staffing.models import ErlangA, ErlangC
from routing.staffing.retrials import Retrying
from routing.staffing.searching import Of

__all__ = [
    "Curve",
    "Deterministic",
    "Empirical",
    "ErlangA",
    "ErlangC",
    "ErlangG",
    "Exponential",
    "Figures",
    "Gamma",
    "Hyperexponential",
    "Level",
    "Lines",
    "Lognormal",
    "Of",
    "Retrying",
    "Targets",
    "Weibull",
    "Within",
    "blockings",
    "erlang_b",
    "erlang_b_lines",
    "erlang_b_load",
    "erlang_b_retrials",
    "erlang_c",
    "garnett",
    "garnett_abandonment",
    "halfin_whitt",
    "minimum_agents",
    "queue_blocking",
    "queue_lines",
    "service_levels",
    "square_root_agents",
]
