"""What may be asked: the domain of every number that enters, with errors that name the value, the rule and the remedy.

Owns these checks; must not know any formula.
"""

import math
from typing import Final

from routing.errors import UsageError

#: Loads and numbers of agents beyond this are refused: no centre has them, and sums would take long.
MOST: Final = 1e9
#: Loads and numbers of agents below this are refused: products of them would leave what floats can hold.
LEAST: Final = 1e-12
#: Times outside of these are refused, in whatever unit, for the same reason.
SHORTEST: Final = 1e-30
LONGEST: Final = 1e30
#: Shares below this are refused as targets: probabilities lose digits below 1e-308, and then are 0.
RAREST: Final = 1e-300
#: Mean patience is at least this many handling times, and at most one over it.
FASTEST: Final = 1e-15


def number(value: float, name: str) -> float:
    """Return the value as a float; refuse what is no finite number.

    >>> number(3, "load")
    3.0
    >>> number(float("nan"), "load")
    Traceback (most recent call last):
        ...
    routing.errors.UsageError: load nan is not a finite number; give one
    """
    if isinstance(value, bool | str | bytes):
        raise UsageError(f"{name} {value!r} is not a number; give a finite number")
    if isinstance(value, int) and value.bit_length() > 1024:
        raise UsageError(f"{name}, an integer of {value.bit_length()} bits, is no float; give less")
    try:
        real = float(value)
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"{name} {value!r} is not a number; give a finite number") from None
    if not math.isfinite(real):
        raise UsageError(f"{name} {real!r} is not a finite number; give one")
    return real


def positive(value: float, name: str, most: float = math.inf) -> float:
    """Return the value, above 0 and at most ``most``."""
    real = number(value, name)
    if real <= 0.0:
        raise UsageError(f"{name} {real!r} is not above 0; give a number above 0")
    if real > most:
        raise UsageError(f"{name} {real!r} is above {most:g}, the most that is reckoned with; give less")
    return real


def erlangs(value: float, name: str = "load") -> float:
    """Return the value, a load or a number of agents that can be reckoned with: from 1e-12 to 1e9."""
    real = positive(value, name, MOST)
    if real < LEAST:
        raise UsageError(f"{name} {real!r} is below {LEAST:g}, the least that is reckoned with; give more")
    return real


def duration(value: float, name: str) -> float:
    """Return the value, a time above 0 that can be reckoned with: from 1e-30 to 1e30 of its unit."""
    real = positive(value, name, LONGEST)
    if real < SHORTEST:
        raise UsageError(f"{name} {real!r} is below {SHORTEST:g}; give a longer time, or take a smaller unit")
    return real


def patient(patience: float, aht: float) -> None:
    """Refuse patience of a size that has nothing to do with handling times: then another model says all."""
    if patience > aht / FASTEST:
        raise UsageError(f"patience {patience:g} is beyond 1e15 handling times; use ErlangC")
    if patience < aht * FASTEST:
        raise UsageError(f"patience {patience:g} is below 1e-15 handling times; use erlang_b")


def not_negative(value: float, name: str, most: float = math.inf) -> float:
    """Return the value, 0 or more and at most ``most``."""
    real = number(value, name)
    if real < 0.0:
        raise UsageError(f"{name} {real!r} is below 0; give 0 or more")
    if real > most:
        raise UsageError(f"{name} {real!r} is above {most:g}, the most that is reckoned with; give less")
    return real


def inner_share(value: float, name: str) -> float:
    """Return the value, a share between 0 and 1, both left out."""
    real = number(value, name)
    if not 0.0 < real < 1.0:
        raise UsageError(f"{name} {real!r} is not between 0 and 1; give a share such as 0.8")
    if real < RAREST:
        raise UsageError(f"{name} {real!r} is below {RAREST:g}; give a greater share")
    return real


def share(value: float, name: str) -> float:
    """Return the value, a share from 0 to 1."""
    real = number(value, name)
    if not 0.0 <= real <= 1.0:
        raise UsageError(f"{name} {real!r} is not from 0 to 1; give a share such as 0.5")
    return real


def stable(load: float, n: float, what: str) -> None:
    """Refuse as many agents as erlangs, or fewer, where nobody leaves: the queue grows without end."""
    if n <= load:
        raise UsageError(
            f"{what} with {n:g} agents at a load of {load:g} erlangs has no limit: where nobody leaves, "
            "agents must exceed the load; give more agents, or use ErlangA"
        )
