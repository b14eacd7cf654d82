"""What can happen to a call in a menu: the inputs of the machine.

``wait`` repeats the number of the wait that an input answers, so that one which comes too late is told from one that is
meant (0: whichever is waited for). What callers key in or say is left out of every ``repr``.

Owns the shape of inputs; must not know what they do.
"""

import re
from typing import Final, Literal

from msgspec import Struct

from routing.errors import UsageError
from routing.menus.digits import Problem

#: What an answer's values may hold, in characters each, and how many there may be.
MAX_VALUE_CHARS: Final = 1024
MAX_VALUES: Final = 64

_KEYS: Final = re.compile(r"[0-9A-D*#]{1,65}")


class Digits(Struct, frozen=True, tag=True, omit_defaults=True):
    """Keys that were pressed: 0-9, *, #, A-D.

    >>> Digits("1234", wait=3)
    Digits(4 keys, wait=3)
    """

    digits: str
    wait: int = 0

    def __repr__(self) -> str:
        return f"Digits({len(self.digits)} keys, wait={self.wait})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("keys", len(self.digits)), ("wait", self.wait)]


class Speech(Struct, frozen=True, tag=True, omit_defaults=True):
    """Words that were recognised.

    >>> Speech("my balance please")
    Speech(17 characters, wait=0)
    """

    text: str
    wait: int = 0

    def __repr__(self) -> str:
        return f"Speech({len(self.text)} characters, wait={self.wait})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("characters", len(self.text)), ("wait", self.wait)]


class Sealed(Struct, frozen=True, tag=True, omit_defaults=True):
    """Secret digits were collected; the driver keeps them. ``problem`` says what was wrong with them, if anything."""

    problem: Problem | Literal["speech", "late"] = ""
    wait: int = 0


class TimedOut(Struct, frozen=True, tag=True, omit_defaults=True):
    """The time of a wait is over: nothing was keyed in, said, recorded or answered."""

    wait: int = 0


class Answered(Struct, frozen=True, tag=True, omit_defaults=True):
    """A look-up was answered."""

    result: str = ""
    values: dict[str, str] = {}
    wait: int = 0


class Failed(Struct, frozen=True, tag=True, omit_defaults=True):
    """A look-up cannot be answered."""

    wait: int = 0


class Recorded(Struct, frozen=True, tag=True, omit_defaults=True):
    """A message was recorded; ``reference`` is the driver's name for it."""

    reference: str
    length_ns: int
    wait: int = 0


class HungUp(Struct, frozen=True, tag=True, omit_defaults=True):
    """The caller is gone."""


Input = Digits | Speech | Sealed | TimedOut | Answered | Failed | Recorded | HungUp


def check_input(given: Input) -> None:
    """Check what a driver built.

    Raises
    ------
    UsageError
        If it is no input, or holds what none may hold; digits are never quoted.

    Examples
    --------
    >>> check_input(Digits("12 34"))
    Traceback (most recent call last):
        ...
    routing.errors.UsageError: digits are not 1 to 65 of 0-9, *, #, A-D; send keys as they were pressed
    """
    match given:
        case Digits(digits=digits):
            if not _KEYS.fullmatch(_text_of(digits)):
                raise UsageError("digits are not 1 to 65 of 0-9, *, #, A-D; send keys as they were pressed")
        case Speech(text=text):
            if not _text_of(text):
                raise UsageError(
                    f"text is empty or above {MAX_VALUE_CHARS} characters; send the last sentence"
                )
        case Answered(result=result, values=values):
            check_values(values)
            check_values({"result": result})
        case Recorded(reference=reference, length_ns=length_ns):
            check_values({"reference": reference})
            if not length_ns >= 0:
                raise UsageError(f"length_ns {length_ns!r} is below 0; give nanoseconds")
        case Sealed() | TimedOut() | Failed() | HungUp():
            pass
        case _:
            raise UsageError(f"input is a {type(given).__name__}; it must be one of routing.menus.Input")


def _text_of(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= MAX_VALUE_CHARS else ""


def check_values(values: dict[str, str]) -> None:
    """Check names and texts that come from outside.

    Raises
    ------
    UsageError
        If there are too many, or one is too long or no text; values are never quoted.

    Examples
    --------
    >>> check_values({"balance": 12})
    Traceback (most recent call last):
        ...
    routing.errors.UsageError: the value of 'balance' is no text of at most 1024 characters; make it one
    """
    if len(values) > MAX_VALUES:
        raise UsageError(f"{len(values)} values are given; {MAX_VALUES} are allowed, so leave some out")
    for name, value in values.items():
        if value and not _text_of(value):
            raise UsageError(
                f"the value of {name!r} is no text of at most {MAX_VALUE_CHARS} characters; make it one"
            )
