"""How far a day may differ from its forecast, and what its first intervals say of the rest.

Errors are taken as ``z = (sqrt(y + 1/4) - sqrt(f + 1/4)) / sqrt(f + 1/4)`` of a count y and its forecast f: the root
makes counts about equally uncertain (Brown, Cai, Zhang, Zhao & Zhao 2005) and takes a 0; the division makes busy and
quiet intervals comparable. The errors of one day go together: a busy morning is followed by a busy afternoon. Their
covariance is that of past days, drawn towards a simple one (one factor that fades over the day, and Poisson noise)
while there are few.

What is seen of a day corrects the rest by the conditional mean of a normal vector,
``z_rest = C_ro (C_oo + ridge)^-1 z_o``: little while little is seen, since much of it is noise, more as the day goes
on. That is the ratio of actual to forecast, shrunk towards 1, with weights by interval; Shen & Huang (2008) come to
it by penalised least squares on singular vectors, and Weinberg, Brown & Stroud (2007) by a Bayesian model.

Owns these formulas; must not know where forecasts come from.

Sources: L. D. Brown et al., Statistical analysis of a telephone call center: a queueing-science perspective, JASA 100
(2005); H. Shen, J. Z. Huang, Interday forecasting and intraday updating of call center arrivals, Manufacturing &
Service Operations Management 10 (2008); J. Weinberg, L. D. Brown, J. R. Stroud, Bayesian forecasting of an
inhomogeneous Poisson process with applications to call center data, JASA 102 (2007).
"""

from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from routing.planning.volumes import Floats

Places = npt.NDArray[np.intp]
_QUARTER: Final = 0.25
#: The simple covariance counts as much as so many days.
PRIOR_DAYS: Final = 10.0
PRIOR_SD: Final = 0.05  # of z: a day differs by about 10 %
PRIOR_FADE: Final = 0.98  # from one half hour to the next
RIDGE: Final = 0.25  # of an interval's variance
#: Errors are cut off at so many standard deviations before their covariance is taken.
CUT: Final = 3.0
#: From so many errors on their own quantiles are used, before that those of the normal distribution.
ENOUGH: Final = 200
ENOUGH_DAYS: Final = 20


def errors_of(actual: Floats, forecast: Floats) -> Floats:
    """Take the errors z of counts and their forecasts; NaN where either is.

    >>> errors_of(np.array([0.0, 12.0]), np.array([0.0, 6.0])).round(3).tolist()
    [0.0, 0.4]
    """
    root = np.sqrt(forecast + _QUARTER)
    return np.asarray((np.sqrt(actual + _QUARTER) - root) / root)


def counts_of(errors: Floats, forecast: Floats) -> Floats:
    """Find the counts with these errors, at least 0.

    >>> counts_of(np.array([0.4]), np.array([6.0])).round(6).tolist()
    [12.0]
    """
    root = np.sqrt(forecast + _QUARTER) * np.maximum(1.0 + errors, 0.0)
    return np.asarray(np.maximum(root * root - _QUARTER, 0.0))


def covariance(errors: Floats, forecast: Floats, minutes: int) -> Floats:
    """Estimate the covariance of a day's errors.

    Parameters
    ----------
    errors : array, (days, intervals)
        Of past days; a NaN counts as none.
    forecast : array, (intervals,)
        Of the day in question.
    minutes : int
        Length of an interval.
    """
    size = len(forecast)
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) * (minutes / 30.0)
    prior = PRIOR_SD**2 * PRIOR_FADE**distance + np.diag(_QUARTER / (forecast + _QUARTER))
    known = np.nan_to_num(errors)
    limit = CUT * np.sqrt(
        (np.square(known).sum(axis=0) + PRIOR_DAYS * np.diag(prior)) / (len(known) + PRIOR_DAYS)
    )
    known = np.clip(known, -limit, limit)
    return np.asarray((known.T @ known + PRIOR_DAYS * prior) / (len(known) + PRIOR_DAYS))


def weights(spread: Floats, seen: Places) -> Floats:
    """Find how the errors seen carry over to all: (intervals, seen).

    Parameters
    ----------
    spread : array, (intervals, intervals)
        The covariance.
    seen : array of int
        Which intervals were seen.
    """
    among = spread[np.ix_(seen, seen)]
    return np.asarray(np.linalg.solve(among + RIDGE * np.diag(np.diag(among)), spread[seen]).T)


def quantile(pool: Floats, share: float) -> float:
    """Find the quantile of standardised errors: their own if there are enough, else the normal one."""
    known = pool[~np.isnan(pool)]
    if len(known) < ENOUGH:
        return NormalDist().inv_cdf(share)
    return float(np.quantile(known, share))
