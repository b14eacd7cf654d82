"""Reads the file that says which shifts there may be: ``[[shifts]]``, ``[[groups]]``, ``[rules]``; TOML, YAML or JSON.

Times of day are spelled ``"08:00"``, lengths ``"8h30m"``, as everywhere. A break of ``length = "30m"`` with
``after = "3h"`` and ``before = "5h"`` lies between the third and the fifth hour of its shift.

Owns this spelling; must not know what is made of it.
"""

from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from routing.config.files import load_with
from routing.config.localtime import parse_clock
from routing.config.text import read
from routing.durations import parse_duration
from routing.errors import ConfigError, UsageError
from routing.planning.shifts import Break, Group, Rules, ShiftType
from routing.units import MINUTE


class _Break(Struct, frozen=True, forbid_unknown_fields=True):
    length: str
    after: str
    before: str
    paid: bool = False


class _Shift(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    earliest: str
    lengths: tuple[str, ...]
    latest: str = ""
    step: str = "30m"
    breaks: tuple[_Break, ...] = ()
    groups: tuple[str, ...] = ()
    rate: float = 1.0
    cost: float = 0.0
    agents: int | None = None


class _Group(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    skills: tuple[str, ...]
    agents: int | None = None
    rate: float = 1.0


class _Rules(Struct, frozen=True, forbid_unknown_fields=True):
    under: float | None = None
    over: float = 0.0
    agents: int | None = None
    days: int = 0
    off_together: bool = False
    rest: str = "0s"


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    shifts: tuple[_Shift, ...]
    groups: tuple[_Group, ...] = ()
    rules: _Rules = _Rules()


class Shifts(NamedTuple):
    """What such a file says."""

    types: tuple[ShiftType, ...]
    groups: tuple[Group, ...]
    rules: Rules


def read_shifts(text: str | bytes, fmt: str = "toml") -> Shifts:
    r"""Read the text of such a file.

    Raises
    ------
    ConfigError
        If it breaks a rule; the message starts with the path of the value.

    Examples
    --------
    >>> text = '[[shifts]]\nname = "day"\nearliest = "08:00"\nlatest = "10:00"\nlengths = ["8h30m"]\n'
    >>> read_shifts(text).types[0].lengths
    (510,)
    """
    try:
        found = msgspec.convert(read(text, fmt), _File, strict=True)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$.")
        raise ConfigError(path.rstrip("`"), f"{problem}; see docs/scheduling.md for the fields") from None
    types = tuple(_type(one, f"shifts[{number}]") for number, one in enumerate(found.shifts))
    groups = tuple(Group(one.name, one.skills, one.agents, one.rate) for one in found.groups)
    rules = found.rules
    rest = _minutes(rules.rest, "rules.rest")
    return Shifts(
        types, groups, Rules(rules.under, rules.over, rules.agents, rules.days, rules.off_together, rest)
    )


def load_shifts(path: str | Path) -> Shifts:
    """Read such a file; its name ends in .toml, .yaml, .yml or .json."""
    return load_with(path, read_shifts)


def _type(one: _Shift, path: str) -> ShiftType:
    first = parse_clock(one.earliest, f"{path}.earliest")
    breaks = tuple(
        Break(
            _minutes(pause.length, f"{path}.breaks[{number}].length"),
            _minutes(pause.after, f"{path}.breaks[{number}].after"),
            _minutes(pause.before, f"{path}.breaks[{number}].before"),
            pause.paid,
        )
        for number, pause in enumerate(one.breaks)
    )
    try:
        return ShiftType(
            one.name,
            first,
            parse_clock(one.latest, f"{path}.latest") if one.latest else first,
            tuple(_minutes(length, f"{path}.lengths") for length in one.lengths),
            _minutes(one.step, f"{path}.step"),
            breaks,
            one.groups,
            one.rate,
            one.cost,
            one.agents,
        )
    except UsageError as error:
        raise ConfigError(path, str(error)) from None


def _minutes(text: str, path: str) -> int:
    minutes, rest = divmod(parse_duration(text, path), MINUTE)
    if rest:
        raise ConfigError(path, f"{text!r} is no whole number of minutes; round it")
    return minutes
