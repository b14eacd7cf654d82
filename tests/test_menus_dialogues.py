"""Menus as dialogues: what happens to a call, and below it, indented, what the menu answers.

A file in ``dialogues`` holds scenarios::

    == name
    # One line: what this shows.
    start = "a"                      the flow, in TOML, without its id; or "example FILE"
    --
    start caller=+4930 language=de   the call comes in
        says [de]: Hallo
        waits: keys 1,2 or 'balance' for 5s
    1                                keys; "words" in quotes are said
    silence                          a time-out; late silence: one of an earlier wait
    answer known name=value          a look-up's answer; "failed": it failed
    recorded 8s                      a message
    hang up
        -> caller hung up

Calls are held in `Sessions`, and after each line the sessions are saved, restored and given the secrets again.

``python tests/test_menus_dialogues.py --write`` writes all answers anew; read every change.

Owns the syntax; must not know any rule.
"""

import re
import shlex
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from outside import ROOT

from routing.cli.flow_trying import told
from routing.config import format_duration, parse_duration
from routing.menus import (
    Answered,
    AwaitAnswer,
    AwaitInput,
    AwaitRecording,
    Digits,
    Failed,
    Flow,
    HungUp,
    Input,
    Recorded,
    Sessions,
    Speech,
    TimedOut,
    Turn,
    Wait,
    flow_from_dict,
    load_flow,
)

FOLDER: Final = Path(__file__).resolve().parent / "dialogues"
FILES: Final = sorted(FOLDER.glob("*.txt"))
INDENT: Final = "    "


@dataclass(frozen=True)
class Scenario:
    name: str
    head: list[str]
    body: list[str]

    @property
    def flow(self) -> Flow:
        text = "\n".join(self.head[2:-1])
        if text.startswith("example "):
            return load_flow(ROOT / "examples" / text.removeprefix("example "))
        return flow_from_dict({"id": "f", **tomllib.loads(text)})

    def play(self) -> list[str]:
        flow, lines = self.flow, list[str]()
        sessions = Sessions()
        sessions.publish(flow)
        for line in self.body:
            if line.startswith(INDENT):
                continue
            lines.append(line)
            if line and not line.startswith("#"):
                lines += [INDENT + answer for answer in answers(act(sessions, flow, line))]
                restored = Sessions.restore(sessions.save())
                restored._secrets, restored._ended = sessions._secrets, sessions._ended
                sessions = restored
        return lines


def read_scenarios(file: Path) -> list[Scenario]:
    scenarios: list[Scenario] = []
    for part in re.split(r"(?m)^(?=== )", file.read_text(encoding="utf-8"))[1:]:
        lines = part.rstrip("\n").split("\n")
        end = lines.index("--") + 1
        scenarios.append(Scenario(f"{file.stem}/{lines[0].removeprefix('== ')}", lines[:end], lines[end:]))
    return scenarios


def act(sessions: Sessions, flow: Flow, line: str) -> Turn:
    word, *rest = shlex.split(line)
    if word == "start":
        given = dict(one.split("=", 1) for one in rest)
        language = given.pop("language", "")
        return sessions.start("c", flow.id, given, language)
    return sessions.give("c", understood(line, word, rest))


def understood(line: str, word: str, rest: list[str]) -> Input:
    if line.startswith('"'):
        return Speech(word)
    if line == "hang up":
        return HungUp()
    match word, rest:
        case "silence", []:
            return TimedOut()
        case "late", ["silence"]:
            return TimedOut(1_000)
        case "failed", []:
            return Failed()
        case "recorded", [length]:
            return Recorded("rec-1", parse_duration(length))
        case "answer", _:
            result = rest.pop(0) if rest and "=" not in rest[0] else ""
            return Answered(result, dict(one.split("=", 1) for one in rest))
    return Digits(line)


def answers(turn: Turn) -> list[str]:
    if turn.ignored:
        return [f"ignored: {turn.ignored}"]
    lines = [
        f"says{f' [{one.language}]' if one.language else ''}{'' if one.barge_in else '!'}: {one.text}"
        for one in turn.spoken
    ]
    if turn.wait is not None:
        return [*lines, f"waits: {waited(turn.wait)}"]
    assert turn.outcome is not None
    return [*lines, f"-> {told(turn.outcome)}{' (served)' if turn.state.served else ''}"]


def waited(wait: Wait) -> str:
    timeout = format_duration(wait.timeout_ns)
    match wait:
        case AwaitInput():
            keys = (
                f"keys {','.join(wait.keys)}"
                if wait.keys
                else f"{wait.max_digits} digits" * (not wait.phrases)
            )
            heard = " or ".join([keys] * bool(keys) + [repr(phrase) for phrase in wait.phrases])
            end = f" ending in {wait.end_key}" if wait.end_key else ""
            return f"{heard}{end}{', secret,' if wait.secret else ''} for {timeout}"
        case AwaitAnswer():
            inputs = "".join(f" {name}={value}" for name, value in wait.inputs.items())
            return f"look-up {wait.what}{inputs} for {timeout}"
        case AwaitRecording():
            return (
                f"message for {wait.mailbox} up to {format_duration(wait.max_length_ns)}, silence {timeout}"
            )


SCENARIOS: Final = [scenario for file in FILES for scenario in read_scenarios(file)]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_dialogue(scenario: Scenario) -> None:
    assert scenario.head[1].startswith("# ")
    assert scenario.play() == scenario.body


def write() -> None:
    for file in FILES:
        scenarios = read_scenarios(file)
        file.write_text(
            "\n\n".join("\n".join([*one.head, *one.play()]).rstrip("\n") for one in scenarios) + "\n",
            encoding="utf-8",
        )


if __name__ == "__main__" and "--write" in sys.argv:
    write()
