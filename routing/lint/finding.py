"""What a check of a configuration says, and in which order.

Owns the order of findings; must not know any check.
"""

import re
from typing import Final

from msgspec import Struct
from msgspec.structs import fields

from routing.findings import SEVERITIES, Finding, Severity
from routing.model import (
    Agent,
    Channel,
    Config,
    Holiday,
    Hours,
    Limits,
    OpenSpan,
    Overflow,
    Queue,
    Reserve,
    Shift,
    Step,
    Weights,
)

__all__ = ["SEVERITIES", "Finding", "Severity", "in_order"]

#: The struct that stands under a name, so that paths can be put into the order of the fields.
_INSIDE: Final[dict[str, type[Struct]]] = {
    "channels": Channel,
    "agents": Agent,
    "queues": Queue,
    "hours": Hours,
    "shifts": Shift,
    "limits": Limits,
    "steps": Step,
    "reserves": Reserve,
    "weights": Weights,
    "max_wait": Overflow,
    "no_agent": Overflow,
    "max_length": Overflow,
    "closed": Overflow,
    "overflow": Overflow,
    "weekly": OpenSpan,
    "holidays": Holiday,
}
_PART: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_STRUCTS: Final[tuple[type[Struct], ...]] = (Config, *_INSIDE.values())
_ORDERS: Final = {
    kind: {found.encode_name: place for place, found in enumerate(fields(kind))} for kind in _STRUCTS
}


def in_order(findings: list[Finding]) -> list[Finding]:
    """Sort findings by path, in the order in which a configuration has its fields, then by code.

    Examples
    --------
    >>> def at(path):
    ...     return Finding("code", "note", path, "", "", "")
    >>> paths = ("shifts[0]", "queues[10].requirement", "queues[2].steps[0].after", "queues[2].members", "")
    >>> [finding.path for finding in in_order([at(path) for path in paths])]
    ['', 'queues[2].members', 'queues[2].steps[0].after', 'queues[10].requirement', 'shifts[0]']
    """
    return sorted(findings, key=lambda found: (_key(found.path), found.code, found.message))


def _key(path: str) -> tuple[tuple[int, str], ...]:
    kind: type[Struct] | None = Config
    key: list[tuple[int, str]] = []
    for match in _PART.finditer(path):
        number, name = match[1], match[2]
        if number is not None:
            key.append((int(number), ""))
            continue
        key.append((_ORDERS[kind].get(name, 0), name) if kind is not None else (0, name))
        kind = _INSIDE.get(name) if kind is None or name in _ORDERS[kind] else None
    return tuple(key)
