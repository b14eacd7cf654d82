"""Erlang's loss formula and its inverses: lines of which none is free, and nobody waits.

Owns Erlang B, lines for a centre with a queue (M/M/n/K), and callers who try again; must not know waiting times.
"""

import math

from msgspec import Struct

from routing.errors import UsageError
from routing.staffing import _erlang
from routing.staffing.domain import LEAST, MOST, erlangs, inner_share, not_negative, share, stable


def erlang_b(load: float, n: float) -> float:
    """Share of calls that find all of n lines busy: M/M/n/n. O(sqrt(n)).

    For n between whole numbers the usual continuation,
    1/B = load times the integral over t > 0 of exp(-load t) (1 + t)^n (Jagerman, Bell Syst. Tech. J. 53, 1974).

    Parameters
    ----------
    load : float
        Erlangs, above 0.
    n : float
        Lines, 0 or more, whole or not.

    Raises
    ------
    UsageError
        Outside of that.

    Examples
    --------
    >>> erlang_b(5, 10)
    0.01838457033664813...
    >>> erlang_b(5, 10) < erlang_b(5, 9.5) < erlang_b(5, 9)
    True
    """
    return _erlang.erlang_b(erlangs(load), not_negative(n, "n", MOST))


def erlang_b_lines(load: float, blocking: float) -> int:
    """Find the least whole number of lines with at most this share of calls lost.

    >>> erlang_b_lines(10, 0.01)
    18
    """
    return int(_erlang.lines_for(erlangs(load), inner_share(blocking, "blocking")))


def erlang_b_load(n: float, blocking: float) -> float:
    """Find the load of which n lines lose this share.

    >>> round(erlang_b_load(10, 0.01), 9)
    4.461176858
    """
    n, blocking = erlangs(n, "n"), inner_share(blocking, "blocking")
    found = _erlang.load_for(n, blocking)
    if not LEAST <= found <= MOST:
        raise UsageError(
            f"{n:g} lines lose {blocking!r} at no load from {LEAST:g} to {MOST:g}; give a share that can be met"
        )
    return found


def erlang_c(load: float, n: float) -> float:
    """Share of callers who have to wait: M/M/n, nobody leaves. O(sqrt(n)).

    C = load B(n-1) / (load B(n-1) + n - load), which also says what it is between whole numbers.

    Parameters
    ----------
    load : float
        Erlangs, above 0.
    n : float
        Agents, more than the load, whole or not.

    Raises
    ------
    UsageError
        Outside of that.

    Examples
    --------
    >>> round(erlang_c(10, 14), 12)
    0.174131933595
    """
    load, n = erlangs(load), erlangs(n, "n")
    stable(load, n, "the share that waits")
    return _erlang.erlang_c(load, n)[0]


class Lines(Struct, frozen=True):
    """Lines of a loss system, as `erlang_b_retrials` finds them.

    Attributes
    ----------
    load : float
        Erlangs with the attempts that are repeated.
    blocking : float
        Share of attempts that are lost.
    lost : float
        Share of callers who are never served.
    """

    load: float
    blocking: float
    lost: float


def erlang_b_retrials(load: float, n: float, retry: float) -> Lines:
    """Let a share of the callers who are lost try again: the fixed point of L = load + retry L B(n, L).

    Repeated attempts are taken for a part of the same Poisson stream (Wilkinson 1956; Cooper, Introduction to Queueing
    Theory, 1981): good where people wait a while before they try again. L (1 - retry B) rises with L, so there
    is one solution.

    Raises
    ------
    UsageError
        If everybody tries again (retry 1) and the load is not below n: there is no steady state.

    Examples
    --------
    >>> lines = erlang_b_retrials(10, 12, 0.5)
    >>> round(lines.load, 6), abs(lines.load * (1 - 0.5 * erlang_b(lines.load, 12)) - 10) < 1e-12
    (10.821429, True)
    """
    load, n, retry = erlangs(load), erlangs(n, "n"), share(retry, "retry")
    if retry == 1.0:
        stable(load, n, "a loss system in which everybody tries again")
    low, high = load, load
    while high * (1.0 - retry * _erlang.erlang_b(high, n)) < load:
        low, high = high, high * 2.0
        if high > MOST:
            raise UsageError(
                f"load {load:g} with retry {retry:g} on {n:g} lines grows beyond {MOST:g} erlangs; give more lines"
            )
    while low < (middle := 0.5 * (low + high)) < high:
        if middle * (1.0 - retry * _erlang.erlang_b(middle, n)) < load:
            low = middle
        else:
            high = middle
    blocking = _erlang.erlang_b(high, n)
    given_up = blocking * (1.0 - retry)
    return Lines(high, blocking, given_up / (given_up + (1.0 - blocking)) if given_up else 0.0)


def queue_blocking(load: float, n: float, lines: int) -> float:
    """Share of calls that find all lines of a centre taken, by callers with n agents and in queue: M/M/n/K.

    The truncated M/M/n queue (Gross and Harris, Fundamentals of Queueing Theory, 2.6), K = ``lines`` >= n; nobody
    leaves the queue, so it is an upper bound where some do. Any load: callers beyond the lines are turned away.

    Examples
    --------
    >>> queue_blocking(10, 12, 12) == erlang_b(10, 12)
    True
    >>> round(queue_blocking(10, 12, 20), 9)
    0.019080714
    """
    load, n = erlangs(load), erlangs(n, "n")
    places = erlangs(lines, "lines") - n
    if places < 0:
        raise UsageError(f"lines {lines} is below the {n:g} agents; every agent needs a line")
    fill = load / n
    lost = _erlang.erlang_b(load, n)
    if lost < 1e-300:
        return 0.0
    below = 1.0 / lost  # of the states up to all agents busy, in units of that last one
    if fill <= 1.0:
        first = math.exp(places * math.log(fill))
        return first / (below + _geometric(fill, places))
    return 1.0 / (below * math.exp(-places * math.log(fill)) + _geometric(1.0 / fill, places, 0))


def _geometric(ratio: float, places: float, start: int = 1) -> float:
    """Sum of ratio^k, k from ``start`` to ``places`` - 1 + ``start``, for ratio <= 1."""
    if ratio == 1.0:
        return places
    whole = -math.expm1(places * math.log(ratio)) / (1.0 - ratio)
    return whole * (ratio if start else 1.0)


def queue_lines(load: float, n: float, blocking: float) -> int:
    """Find the least number of lines for a centre of n agents, so that at most this share is turned away.

    Raises
    ------
    UsageError
        If no number of lines does it: with n agents at most n erlangs can be carried.

    Examples
    --------
    >>> queue_lines(10, 12, 0.01)
    24
    """
    load, n, blocking = (
        erlangs(load),
        erlangs(n, "n"),
        inner_share(blocking, "blocking"),
    )
    if load * (1.0 - blocking) >= n:
        raise UsageError(
            f"{n:g} agents carry less than {load * (1.0 - blocking):g} erlangs, "
            "however many lines there are; give more agents"
        )
    low = high = math.ceil(n)
    step = 1
    while queue_blocking(load, n, high) > blocking:
        low, high, step = high, high + step, step * 2
        if high > MOST:
            raise UsageError(f"more than {MOST:g} lines would be needed at this load; give more agents")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if queue_blocking(load, n, middle) > blocking else (low, middle)
    return high
