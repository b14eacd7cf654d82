"""Calls that a forecast may turn into: Poisson counts by interval, spread evenly within, with drawn handling times.

Owns these draws, which depend on the seed alone; must not know where the forecast comes from.
"""

import csv
from collections.abc import Sequence
from datetime import date
from typing import Final, TextIO
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from routing.config.localtime import instant_ns
from routing.errors import UsageError
from routing.simulation.calls import Call, CallLog
from routing.units import MINUTE, SECOND

#: Coefficient of variation of handling times in the data of an Israeli bank (Brown et al. 2005), about 1.2.
VARIATION: Final = 1.2


def draw_calls(
    queue: str,
    mean: npt.ArrayLike,
    day: date,
    *,
    first_minute: int = 0,
    minutes: int = 30,
    aht_s: float = 180.0,
    patience_s: float | None = None,
    variation: float = VARIATION,
    requirement: str = "",
    zone: ZoneInfo | None = None,
    seed: int = 0,
) -> list[Call]:
    """Draw the calls of a day.

    Parameters
    ----------
    queue, requirement : str
        Where the calls go and what they ask.
    mean : array-like, (intervals,)
        Calls to expect in each interval.
    day, first_minute, minutes, zone
        When the intervals are; UTC by default.
    aht_s : float
        Mean handling time, lognormal (Brown et al. 2005 found that of a bank so).
    patience_s : float, optional
        Mean of an exponential patience; by default nobody leaves.
    variation : float
        Coefficient of variation of the handling times; 0: all are alike.
    seed : int
        From 0 on.

    Examples
    --------
    >>> calls = draw_calls("help", [3.0, 0.0, 2.0], date(2026, 11, 23), first_minute=480, seed=2)
    >>> calls == draw_calls("help", [3.0, 0.0, 2.0], date(2026, 11, 23), first_minute=480, seed=2)
    True
    """
    rates = np.asarray(mean, dtype=np.float64)
    if rates.ndim != 1 or not np.isfinite(rates).all() or (rates < 0).any():
        raise UsageError("mean holds a negative or unknown number; give the calls to expect in each interval")
    if aht_s <= 0 or variation < 0 or (patience_s is not None and patience_s <= 0):
        raise UsageError(
            f"aht_s is {aht_s}, variation {variation}, patience_s {patience_s}; "
            "give times above 0 and a variation from 0"
        )
    draw = np.random.default_rng([seed, day.toordinal()])
    where = zone or ZoneInfo("UTC")
    sigma2 = float(np.log1p(variation**2))
    calls: list[Call] = []
    for interval, count in enumerate(draw.poisson(rates).tolist()):
        start_ns = instant_ns(day, first_minute + interval * minutes, where)
        at_ns = start_ns + (np.sort(draw.random(count)) * minutes * MINUTE).astype(np.int64)
        service_s = draw.lognormal(np.log(aht_s) - sigma2 / 2, np.sqrt(sigma2), count)
        stays_s = draw.exponential(patience_s or 1.0, count)
        for arrival_ns, length_s, stay_s in zip(
            at_ns.tolist(), service_s.tolist(), stays_s.tolist(), strict=True
        ):
            patience_ns = None if patience_s is None else max(1, round(stay_s * SECOND))
            calls.append(
                Call(
                    arrival_ns,
                    queue,
                    requirement,
                    service_ns=max(1, round(length_s * SECOND)),
                    patience_ns=patience_ns,
                )
            )
    return calls


def write_trace(log: CallLog, file: TextIO) -> None:
    r"""Write calls as a trace that ``huntgroup simulate`` reads; a caller without a patience never leaves.

    >>> import io
    >>> file = io.StringIO()
    >>> write_trace(as_log([[Call(5, "help", service_ns=60)]]), file)
    >>> file.getvalue()
    'arrival_ns,queue,skill,service_ns,patience_ns\n5,help,,60,inf\n'
    """
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(("arrival_ns", "queue", "skill", "service_ns", "patience_ns"))
    rows.writerows(
        (
            call.arrival_ns,
            call.queue,
            call.requirement,
            call.service_ns,
            "inf" if call.patience_ns is None else call.patience_ns,
        )
        for call in log.calls
    )


def as_log(parts: Sequence[list[Call]]) -> CallLog:
    """Put calls together as a log, in order of arrival."""
    log = CallLog("forecast", [call for part in parts for call in part])
    log.sort()
    return log
