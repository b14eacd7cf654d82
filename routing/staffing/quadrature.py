"""Integrals over a piece of a line by halving it until nothing changes.

Owns the rule of Gauss and Legendre with 16 points and its refinement; must not know what is integrated.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from routing.errors import UsageError

_HALF: Final = (
    (0.09501250983763744, 0.18945061045506864),
    (0.2816035507792589, 0.18260341504492364),
    (0.45801677765722737, 0.16915651939500265),
    (0.6178762444026438, 0.1495959888165767),
    (0.755404408355003, 0.12462897125553407),
    (0.8656312023878318, 0.0951585116824926),
    (0.9445750230732326, 0.062253523938647456),
    (0.9894009349916499, 0.027152459411754176),
)
_RULE: Final = tuple((sign * node, weight) for node, weight in _HALF for sign in (-1.0, 1.0))
_DEPTH: Final = 30
_MOST: Final = 3_000  # pieces; smooth functions take some ten

Row = tuple[float, ...]


def integrate(rows: Callable[[float], Row], edges: Sequence[float], tolerance: float = 1e-13) -> list[float]:
    """Integrate several functions at once over the pieces between edges.

    A piece is halved until both halves together change none of its integrals by more than ``tolerance`` of the whole.

    Parameters
    ----------
    rows : callable
        The functions' values at a place; none may be negative.
    edges : sequence of float
        Increasing; between two of them everything should be smooth.
    tolerance : float
        Of each whole integral.

    Raises
    ------
    UsageError
        If a piece of thousands still changes: what is integrated jumps at places that are no edges, or is noise.

    Examples
    --------
    >>> integrate(lambda x: (x, x**0.5), [0.0, 1.0, 4.0])
    [8.0, 5.33333333333...]
    """
    pieces = [(low, high, _sums(rows, low, high)) for low, high in pairwise(edges) if high > low]
    if not pieces:
        return [0.0] * len(rows(edges[0]))
    rough = [sum(column) for column in zip(*(sums for _, _, sums in pieces), strict=True)]
    totals = [0.0] * len(rough)
    waiting = [(low, high, sums, 0) for low, high, sums in reversed(pieces)]
    halved = 0
    while waiting:
        halved += 1
        if halved > _MOST + len(pieces):
            raise UsageError(
                f"an integral of this model is not settled by {halved} pieces; "
                "give sizes nearer each other, or breaks() of the curve where it bends"
            )
        low, high, sums, depth = waiting.pop()
        middle = 0.5 * (low + high)
        left, right = _sums(rows, low, middle), _sums(rows, middle, high)
        fine = depth >= _DEPTH or all(
            abs(one + other - both) <= tolerance * whole
            for one, other, both, whole in zip(left, right, sums, rough, strict=True)
        )
        if fine:
            totals = [total + one + other for total, one, other in zip(totals, left, right, strict=True)]
        else:
            waiting += [(middle, high, right, depth + 1), (low, middle, left, depth + 1)]
    return totals


def _sums(rows: Callable[[float], Row], low: float, high: float) -> Row:
    half, middle = 0.5 * (high - low), 0.5 * (low + high)
    weighted = [[half * weight * value for value in rows(middle + half * node)] for node, weight in _RULE]
    return tuple(map(sum, zip(*weighted, strict=True)))
