"""What may be asked: the domain of every number that enters, with errors that name the value, the rule and the remedy.

Owns these checks; must not know any formula.
"""

import math
from typing import Final

from routing.errors import UsageError

#: Loads and numbers of agents beyond this are refused: no centre has them, and sums would take long.
MOST: Final = 1e9


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
