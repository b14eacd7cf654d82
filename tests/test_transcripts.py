"""Behaviour as transcripts: what is said to the engine, and below it, indented, each event of its answer.

A file in ``transcripts`` holds scenarios::

    == name
    # One line: what this shows.
    agents = [{id = "ann"}]          the configuration, in TOML
    queues = [{id = "q"}]
    --
    0 LogIn ann                      instant, command, its fields in order or by name
        AgentLoggedIn ann ready=yes reason=
    5 EnqueueContact c q priority=2  numbers are seconds, 1m30s is one minute and a half
        ...
    2m advance                       time passes, nothing else
        @25s OfferMissed ...         what happened at another instant than the command's

Tuples are written ``q1,q2``, tables ``tech:80,sales:20``, steps ``tech@0,@10s``, a text of 129 letters ``x*129``;
nouns are inline tables of TOML. ``request=r1`` stands for a request id.

A step may have a condition and a score, ``tech@10s?waiting>2~2*tech``; a preference is ``ann:5``, ``ann:5!`` a direct
one; live calls are ``c1:ann,c2``, the first with an agent.

``python tests/test_transcripts.py --write`` writes all answers anew, from the reference engine; read every change.

Owns the syntax; must not know any rule.
"""

import re
import shlex
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

import pytest
from msgspec.structs import fields
from reference import ReferenceEngine

from routing import commands, remarks
from routing.commands import Command, LiveCall
from routing.config import format_duration, loads, parse_duration
from routing.config.shape import to_config
from routing.engine import Engine
from routing.events import Event, Reason
from routing.model import Config, Preference, Step

FOLDER: Final = Path(__file__).resolve().parent / "transcripts"
FILES: Final = sorted(FOLDER.glob("*.txt"))
INDENT: Final = "    "

#: No command is refused for this: the hold that ends first makes room.
UNUSED_REASONS: Final = {Reason.HOLDS_LIMIT}


class AnyEngine(Protocol):
    def apply(self, command: Command, at_ns: int, *, request_id: str = "") -> tuple[Event, ...]: ...

    def advance(self, at_ns: int) -> tuple[Event, ...]: ...


ENGINES: Final[dict[str, Callable[[Config], AnyEngine]]] = {"reference": ReferenceEngine, "compiled": Engine}


@dataclass(frozen=True)
class Scenario:
    """One scenario: its head up to ``--``, and the lines after that."""

    name: str
    head: list[str]
    body: list[str]

    @property
    def comment(self) -> str:
        return self.head[1]

    @property
    def config(self) -> Config:
        return loads("\n".join(self.head[2:-1]), "toml")

    def play(self, make: Callable[[Config], AnyEngine]) -> list[str]:
        """Give the body again, with the answers of this engine."""
        engine = make(self.config)
        lines: list[str] = []
        for line in self.body:
            if line.startswith(INDENT):
                continue
            lines.append(line)
            if line and not line.startswith("#"):
                at_ns, answer = say(engine, line)
                lines += [INDENT + write_event(event, at_ns) for event in answer]
        return lines


def read_scenarios(file: Path) -> list[Scenario]:
    scenarios: list[Scenario] = []
    for part in re.split(r"(?m)^(?=== )", file.read_text(encoding="utf-8"))[1:]:
        lines = part.rstrip("\n").split("\n")
        end = lines.index("--") + 1
        name = f"{file.stem}/{lines[0].removeprefix('== ')}"
        scenarios.append(Scenario(name, lines[:end], lines[end:]))
    return scenarios


# Reading ---------------------------------------------------------------------------------------------------


def say(engine: AnyEngine, line: str) -> tuple[int, tuple[Event, ...]]:
    """Do what a line says."""
    time, name, *rest = line.split(maxsplit=2)
    at_ns = read_time(time)
    if name == "advance":
        return at_ns, engine.advance(at_ns)
    arguments = rest[0] if rest else ""
    kind = getattr(commands, name)
    if arguments.startswith("{"):
        return at_ns, engine.apply(kind(read_noun(name, arguments)), at_ns)
    words = [re.fullmatch(r"(?:([a-z_]+)=)?(.*)", word, re.DOTALL) for word in shlex.split(arguments)]
    names = iter(kind.__struct_fields__)
    fields = {match[1] or next(names): match[2] for match in words if match}
    request = fields.pop("request", "")
    values = dict(read_field(field, text) for field, text in fields.items())
    return at_ns, engine.apply(kind(**values), at_ns, request_id=request)


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
        case _:
            return str(value)


# Tests -----------------------------------------------------------------------------------------------------

SCENARIOS: Final = [scenario for file in FILES for scenario in read_scenarios(file)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_answers_are_these(scenario: Scenario, engine: str) -> None:
    assert scenario.play(ENGINES[engine]) == scenario.body, scenario.comment


def test_each_scenario_has_a_name_and_says_what_it_shows() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(names) == len(set(names)) >= 60
    assert [scenario.name for scenario in SCENARIOS if not re.match(r"# .+\.$", scenario.comment)] == []


def test_every_reason_is_given_somewhere() -> None:
    text = "\n".join(line for scenario in SCENARIOS for line in scenario.body)
    assert set(re.findall(r"CommandRefused \w+ reason=(\w+)", text)) == set(Reason) - UNUSED_REASONS


def test_another_answer_is_noticed() -> None:
    head = ["== x", "# Shows it.", "--"]
    right = Scenario("x", head, ["0 LogIn a", "    CommandRefused LogIn reason=unknown_agent subject=a"])
    assert right.play(ReferenceEngine) == right.body
    assert Scenario("x", head, [*right.body, "    WrapUpEnded a c"]).play(ReferenceEngine) == right.body


def rewrite(file: Path) -> None:
    parts = [[*scenario.head, *scenario.play(ReferenceEngine), ""] for scenario in read_scenarios(file)]
    file.write_text("\n".join(line for part in parts for line in part), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python tests/test_transcripts.py --write")
    for transcript in FILES:
        rewrite(transcript)
