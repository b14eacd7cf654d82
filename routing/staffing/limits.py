"""What large centres tend to: formulas with the normal distribution, and the square-root rule.

With n = load + beta sqrt(load) agents (quality- and efficiency-driven), the share that waits tends to a function
of beta. Good as a first guess and for seeing what matters; the exact figures cost little more (``models``).

Owns these limits; must not know the exact models.
"""

import math

from routing.errors import UsageError
from routing.staffing import _erlang
from routing.staffing.domain import FASTEST, MOST, erlangs, number, positive


def halfin_whitt(beta: float) -> float:
    """P(W > 0) in the limit of Erlang C (Halfin and Whitt, Operations Research 29, 1981): 1 / (1 + beta Phi / phi).

    Raises
    ------
    UsageError
        If beta is not above 0: then the queue has no steady state.

    Examples
    --------
    >>> round(halfin_whitt(1.0), 12)
    0.223361274798
    """
    return _erlang.halfin_whitt(positive(beta, "beta"))


def garnett(beta: float, patience_per_aht: float) -> float:
    """P(W > 0) in the limit of Erlang A (Garnett, Mandelbaum and Reiman, M&SOM 4, 2002), any beta.

    With h the hazard of the normal distribution, r = sqrt(patience / aht): 1 / (1 + h(r beta) / (r h(-beta))).

    >>> round(garnett(1.0, 1.0), 12), round(garnett(0.0, 4.0), 12)
    (0.158655253931, 0.666666666667)
    """
    return _erlang.garnett(_beta(beta), math.sqrt(_ratio(patience_per_aht)))


def garnett_abandonment(beta: float, patience_per_aht: float, load: float) -> float:
    """P(abandon) in the same limit: P(W > 0) times (h(r beta) - r beta) / (r sqrt(n)), n being the agents.

    >>> from routing.staffing import ErlangA
    >>> round(garnett_abandonment(0.5, 2.0, 400), 4), round(ErlangA(400, 1, 2).at(410).p_abandon, 4)
    (0.0073, 0.0075)
    """
    beta, ratio, load = _beta(beta), _ratio(patience_per_aht), erlangs(load)
    root = math.sqrt(ratio)
    n = load + beta * math.sqrt(load)
    if n <= 0.0:
        raise UsageError(f"beta {beta!r} leaves no agents at a load of {load:g}; give a greater beta")
    found = garnett(beta, ratio) * _erlang.normal_excess(root * beta) / root / math.sqrt(n)
    if found > 1.0:
        raise UsageError(
            f"the limit says nothing of a load as small as {load:g} with beta {beta:g}; use ErlangA"
        )
    return found


def square_root_agents(load: float, beta: float) -> float:
    """N = load + beta sqrt(load).

    >>> square_root_agents(100, 0.5)
    105.0
    """
    load = erlangs(load)
    return load + _beta(beta) * math.sqrt(load)


def _beta(beta: float) -> float:
    """Check beta; agents are few enough then."""
    if abs(real := number(beta, "beta")) > MOST:
        raise UsageError(f"beta {real!r} is not from {-MOST:g} to {MOST:g}; give one nearer 0")
    return real


def _ratio(patience_per_aht: float) -> float:
    """Check the ratio."""
    if (real := positive(patience_per_aht, "patience_per_aht", 1.0 / FASTEST)) < FASTEST:
        raise UsageError(f"patience_per_aht {real!r} is below {FASTEST:g}; give more")
    return real
