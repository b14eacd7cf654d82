"""How transcripts are written: a command in a line, and each event of its answer in a line below.

    0 LogIn ann                      instant, command, its fields in order or by name
        AgentLoggedIn ann ready=yes reason=
    5 EnqueueContact c q priority=2  numbers are seconds, 1m30s is one minute and a half

Tuples are written ``q1,q2``, tables ``tech:80,sales:20``, steps ``tech@0,@10s``, a text of 129 letters ``x*129``;
nouns are inline tables of TOML.

A step may have a condition and a score, ``tech@10s?waiting>2~2*tech``; a preference is ``ann:5``, ``ann:5!`` a direct
one; live calls are ``c1:ann,c2``, the first with an agent.

Owns the syntax; must not know any rule, nor who answers.
"""

import re
import shlex
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import fields

from routing import commands, remarks
from routing.commands import Command, LiveCall
from routing.config import format_duration, parse_duration
from routing.config.shape import to_config
from routing.events import Event
from routing.model import Preference, Step

INDENT: Final = "    "


class Part(NamedTuple):
    """A scenario as its file has it: name, head up to ``--``, lines after that; and what the file begins with."""

    name: str
    head: list[str]
    body: list[str]
    common: Sequence[str] = ()

    @property
    def comment(self) -> str:
        return self.head[1]


def read_parts(file: Path) -> list[Part]:
    common, *texts = re.split(r"(?m)^(?=== )", file.read_text(encoding="utf-8"))
    parts: list[Part] = []
    for text in texts:
        lines = text.rstrip("\n").split("\n")
        end = lines.index("--") + 1
        name = f"{file.stem}/{lines[0].removeprefix('== ')}"
        parts.append(Part(name, lines[:end], lines[end:], common.splitlines()))
    return parts


# Reading ---------------------------------------------------------------------------------------------------


def read_command(line: str) -> tuple[Command, str]:
    """Read ``LogIn ann request=r1``: the command and its request id."""
    name, _, arguments = line.partition(" ")
    kind = getattr(commands, name)
    if arguments.startswith("{"):
        return kind(read_noun(name, arguments)), ""
    words = [re.fullmatch(r"(?:([a-z_]+)=)?(.*)", word, re.DOTALL) for word in shlex.split(arguments)]
    names = iter(kind.__struct_fields__)
    fields = {match[1] or next(names): match[2] for match in words if match}
    request = fields.pop("request", "")
    return kind(**dict(read_field(field, text) for field, text in fields.items())), request


def read_time(text: str) -> int:
    return parse_duration(text + "s" if text.isdigit() else text)


def read_noun(name: str, text: str) -> object:
    """Read the table of PutAgent, PutQueue or Configure."""
    raw = tomllib.loads(f"noun = {text}")["noun"]
    match name:
        case "PutAgent":
            return to_config({"agents": [raw]}).agents[0]
        case "PutQueue":
            return to_config({"queues": [raw]}).queues[0]
        case _:
            return to_config(raw)


def read_field(name: str, text: str) -> tuple[str, Any]:
    """Read one field of a command."""
    if run := re.fullmatch(r"(.)\*(\d+)", text):
        text = run[1] * int(run[2])
    parts = [part.strip() for part in text.split(",")] if text else []
    match name:
        case "queues":
            return name, tuple(parts)
        case "steps":
            return name, tuple(map(read_step, parts))
        case "preferred":
            return name, tuple(map(read_preference, parts))
        case "skills":
            return name, {skill: int(level) for skill, level in (part.split(":") for part in parts)}
        case "attributes":
            return name, dict(part.split(":") for part in parts)
        case "live":
            return name, tuple(LiveCall(*part.split(":")) for part in parts)
        case "attempts":
            return name, tuple(parts)
        case "priority" | "load" | "offer" | "credit_ns" | "due_ns" | "prefer_ns" | "wait_ns" | "until_ns":
            return name, int(text)
        case "ring_ns" | "detection_ns" | "confidence":
            return name, int(text)
        case "credit" | "due" | "prefer" | "wait" | "until" | "ring" | "detection":
            return f"{name}_ns", read_time(text)
        case "remark":
            return name, read_remark(text)
        case "ready" | "keep_age" | "expedite" | "force":
            return name, {"yes": True, "no": False}[text]
        case _:
            return name, text


def read_step(text: str) -> Step:
    """Read ``tech@10s``, ``tech@10s?waiting>2`` (a condition), ``tech@10s~2*tech`` (a score) or with both."""
    expression, _, rest = text.partition("@")
    after, _, rest = rest.partition("?")
    when, _, score = rest.partition("~")
    if not rest:
        after, _, score = after.partition("~")
    return Step(expression, read_time(after), when, score)


def read_remark(text: str) -> Any:
    """Read ``Disposition code=sold agent=ann``."""
    kind, *said = text.split()
    values = dict(one.split("=") for one in said)
    numbers = ("score", "from_ns", "to_ns", "priority")
    given: dict[str, Any] = {name: int(value) if name in numbers else value for name, value in values.items()}
    return getattr(remarks, kind)(**given)


def read_preference(text: str) -> Preference:
    """Read ``ann:5``, or ``ann:5!`` when it is direct."""
    agent, _, score = text.removesuffix("!").partition(":")
    return Preference(agent, int(score or 0), text.endswith("!"))


# Writing ---------------------------------------------------------------------------------------------------


def write_event(event: Event, at_ns: int) -> str:
    """Write an event: ids by place, the rest by name; not what has its default, as appended fields mostly do."""
    words = (
        [type(event).__name__]
        if event.at_ns == at_ns
        else [f"@{format_duration(event.at_ns)}", type(event).__name__]
    )
    for field in fields(event)[1:]:
        name, value = field.name, getattr(event, field.name)
        text = write_value(name, value)
        if name in ("attempt", "contact", "agent", "queue", "command"):
            words.append(text or "-")
        elif name != "detail" and value != field.default:
            words.append(f"{name.removesuffix('_ns')}={text}")
    return " ".join(words)


def write_value(name: str, value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return format_duration(value) if name.endswith("_ns") and value >= 0 else str(value)
        case tuple():
            return ",".join(value)
        case StrEnum():
            return value.value
        case str() if len(value) > 128 and len(set(value)) == 1:
            return f"{value[0]}*{len(value)}"
        case Struct():
            said = ((one.name, getattr(value, one.name), one.default) for one in fields(value))
            told = " ".join(
                f"{field}={write_value(field, at)}" for field, at, default in said if at != default
            )
            return f"'{type(value).__name__} {told}'"
        case _:
            return str(value)
