"""How good told waits were: bias, mean absolute error, root mean square error, coverage.

Owns these figures; must not know how waits are estimated.
"""

import math
from collections.abc import Iterable

from msgspec import Struct

from routing.statistics.metrics.ratios import mean_s, share
from routing.units import SECOND


class EstimateErrors(Struct, frozen=True):
    """Errors are told minus actual: a positive bias is a wait that was shorter than told."""

    count: int
    bias_s: float | None
    mae_s: float | None
    rmse_s: float | None
    bounded: int
    covered_share: float | None


def estimate_errors(told: Iterable[tuple[int, int] | tuple[int, int, int | None]]) -> EstimateErrors:
    """Compare told waits with actual ones. O(n); sums are of whole numbers, so the order does not matter.

    Parameters
    ----------
    told : iterable of (estimate_ns, actual_ns) or (estimate_ns, actual_ns, p90_ns)
        The p90 is a bound that the wait was told to exceed in one of ten cases; ``None`` where none was told.

    Returns
    -------
    EstimateErrors
        ``covered_share`` is the share of waits that were at most their bound, of the ``bounded`` that had one: of good
        p90 it is 0.9.

    Examples
    --------
    >>> from routing.units import SECOND
    >>> pairs = [(10 * SECOND, 7 * SECOND, 9 * SECOND), (10 * SECOND, 14 * SECOND, 12 * SECOND)]
    >>> estimate_errors(pairs)
    EstimateErrors(count=2, bias_s=-0.5, mae_s=3.5, rmse_s=3.5355339059327378, bounded=2, covered_share=0.5)
    """
    count = error_ns = absolute_ns = squares = bounded = covered = 0
    for estimate_ns, actual_ns, *bound in told:
        error = estimate_ns - actual_ns
        count += 1
        error_ns += error
        absolute_ns += abs(error)
        squares += error * error
        if bound and bound[0] is not None:
            bounded += 1
            covered += actual_ns <= bound[0]
    return EstimateErrors(
        count=count,
        bias_s=mean_s(error_ns, count),
        mae_s=mean_s(absolute_ns, count),
        rmse_s=math.sqrt(squares / (count * SECOND * SECOND)) if count else None,
        bounded=bounded,
        covered_share=share(covered, bounded),
    )
