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

``request=r1`` stands for a request id.

``python tests/test_transcripts.py --write`` writes all answers anew, from the reference engine; read every change.

Owns how engines play scenarios; must not know any rule, nor how things are written (``transcript``).
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import pytest
from reference import ReferenceEngine
from transcript import INDENT, Part, read_command, read_parts, read_time, write_event

from routing.commands import Command
from routing.config import loads
from routing.engine import Engine
from routing.events import Event, Reason
from routing.model import Config

FOLDER: Final = Path(__file__).resolve().parent / "transcripts"
FILES: Final = sorted(FOLDER.glob("*.txt"))

#: No command is refused for this: the hold that ends first makes room.
UNUSED_REASONS: Final = {Reason.HOLDS_LIMIT}


class AnyEngine(Protocol):
    def apply(self, command: Command, at_ns: int, *, request_id: str = "") -> tuple[Event, ...]: ...

    def advance(self, at_ns: int) -> tuple[Event, ...]: ...


ENGINES: Final[dict[str, Callable[[Config], AnyEngine]]] = {"reference": ReferenceEngine, "compiled": Engine}


def play(scenario: Part, make: Callable[[Config], AnyEngine]) -> list[str]:
    """Give the body again, with the answers of this engine."""
    engine = make(loads("\n".join(scenario.head[2:-1]), "toml"))
    lines: list[str] = []
    for line in scenario.body:
        if line.startswith(INDENT):
            continue
        lines.append(line)
        if line and not line.startswith("#"):
            at_ns, answer = say(engine, line)
            lines += [INDENT + write_event(event, at_ns) for event in answer]
    return lines


def say(engine: AnyEngine, line: str) -> tuple[int, tuple[Event, ...]]:
    """Do what a line says."""
    time, what = line.split(maxsplit=1)
    at_ns = read_time(time)
    if what == "advance":
        return at_ns, engine.advance(at_ns)
    command, request = read_command(what)
    return at_ns, engine.apply(command, at_ns, request_id=request)


SCENARIOS: Final = [scenario for file in FILES for scenario in read_parts(file)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_answers_are_these(scenario: Part, engine: str) -> None:
    assert play(scenario, ENGINES[engine]) == scenario.body, scenario.comment


def test_each_scenario_has_a_name_and_says_what_it_shows() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(names) == len(set(names)) >= 60
    assert [scenario.name for scenario in SCENARIOS if not re.match(r"# .+\.$", scenario.comment)] == []


def test_every_reason_is_given_somewhere() -> None:
    text = "\n".join(line for scenario in SCENARIOS for line in scenario.body)
    assert set(re.findall(r"CommandRefused \w+ reason=(\w+)", text)) == set(Reason) - UNUSED_REASONS


def test_another_answer_is_noticed() -> None:
    head = ["== x", "# Shows it.", "--"]
    right = Part("x", head, ["0 LogIn a", "    CommandRefused LogIn reason=unknown_agent subject=a"])
    assert play(right, ReferenceEngine) == right.body
    assert play(Part("x", head, [*right.body, "    WrapUpEnded a c"]), ReferenceEngine) == right.body


def rewrite(file: Path) -> None:
    parts = [[*scenario.head, *play(scenario, ReferenceEngine), ""] for scenario in read_parts(file)]
    file.write_text("\n".join(line for part in parts for line in part), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python tests/test_transcripts.py --write")
    for transcript in FILES:
        rewrite(transcript)
