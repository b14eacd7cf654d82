"""Quantiles of waits: p50 to p99.9 of all time, of any rolling window, of queues and nodes added up.

A quantile is nearest-rank, as in `routing.simulation.report`: the least value that a share of all values does not
exceed, so with n values the one at place ceil(share * n). What is told is at most 1/128 (0.79 %) of the value off it:
below `FLOOR_NS`, about a millisecond, at most 8.2 microseconds. A window is as exact as its panes are narrow: it covers
between ``panes - 1`` and ``panes`` of them.

`Histogram` counts values for good, `RollingHistogram` those of the last while; both add up (`merge`) without loss, and
are written as bytes (`snapshot`), the same values in any order as the same bytes.

Owns which quantiles are told and how histograms are shown to others; must not know buckets (``_quantiles``) or what is
counted.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from routing.statistics._quantiles import Histogram, RollingHistogram
from routing.units import MINUTE, SECOND

__all__ = ["BOUNDS_NS", "FLOOR_NS", "Histogram", "Quantiles", "RollingHistogram", "cumulative", "quantiles"]

#: From here on the relative error holds, unless a histogram is given another floor.
FLOOR_NS: Final = 1 << 20
#: Bounds of waits for monitoring systems that want a few fixed buckets.
BOUNDS_NS: Final = (
    *(seconds * SECOND for seconds in (1, 2, 5, 10, 15, 20, 30, 45)),
    *(minutes * MINUTE for minutes in (1, 2, 3, 5, 10, 20, 30, 60)),
)


class Quantiles(Struct, frozen=True):
    """The usual quantiles, ns; ``None`` where there is no value."""

    count: int
    p50_ns: int | None
    p75_ns: int | None
    p90_ns: int | None
    p95_ns: int | None
    p99_ns: int | None
    p999_ns: int | None
    max_ns: int | None


def quantiles(histogram: Histogram) -> Quantiles:
    """Tell the usual quantiles. O(buckets).

    >>> waits = Histogram()
    >>> for seconds in range(1, 11):
    ...     waits.add(seconds * SECOND)
    >>> told = quantiles(waits)
    >>> round(told.p50_ns / SECOND, 1), round(told.p90_ns / SECOND, 1), told.max_ns // SECOND
    (5.0, 9.1, 10)
    """
    return Quantiles(
        count=histogram.count,
        p50_ns=histogram.quantile(0.5),
        p75_ns=histogram.quantile(0.75),
        p90_ns=histogram.quantile(0.9),
        p95_ns=histogram.quantile(0.95),
        p99_ns=histogram.quantile(0.99),
        p999_ns=histogram.quantile(0.999),
        max_ns=histogram.greatest_ns,
    )


def cumulative(histogram: Histogram, bounds_ns: Iterable[int] = BOUNDS_NS) -> list[int]:
    """Count the values at most each bound, as Prometheus wants them for its ``le`` buckets. O(bounds * buckets).

    Each count is exact for a bound that is at most 1/128 off. That of ``+Inf`` is ``histogram.count``, the sum
    ``histogram.sum_ns``; both are exact.

    >>> waits = Histogram()
    >>> for seconds in (0, 1, 3, 30):
    ...     waits.add(seconds * SECOND)
    >>> cumulative(waits, (2 * SECOND, 4 * SECOND, MINUTE))
    [2, 3, 4]
    """
    return [histogram.count_at_most(bound_ns) for bound_ns in bounds_ns]
