"""A call to a menu in the terminal: what it says is printed, what is typed is keyed in, said or answered.

Where lines come from a pipe they are printed, so that what is left is a transcript; secret digits are not.

Owns the dialogue; must not know options, or how a menu works.
"""

import re
import shlex
import sys
from typing import Final

from rich.console import Console
from rich.text import Text

from routing.cli.printing import make_console
from routing.durations import format_duration, parse_duration
from routing.errors import ConfigError, UsageError
from routing.menus import (
    Answered,
    AwaitAnswer,
    AwaitInput,
    AwaitRecording,
    Digits,
    Flow,
    HungUp,
    Input,
    Outcome,
    Recorded,
    Sessions,
    Speech,
    TimedOut,
    ToCallBack,
    ToMailbox,
    ToNumber,
    ToQueue,
    Turn,
    Wait,
    outcome_name,
)
from routing.words import quoted

_CALL: Final = "you"
_KEYS: Final = re.compile(r"[0-9A-D*#]{1,65}")
_HANG_UP: Final = "hang up"


def try_flow(flow: Flow, attributes: dict[str, str], language: str) -> int:
    """Hold the dialogue until the call has ended; return the exit code."""
    console = make_console()
    sessions = Sessions()
    sessions.publish(flow)
    turn = sessions.start(_CALL, flow.id, attributes, language)
    way = [move.to for move in turn.moves if move.to]
    _say(console, turn)
    while turn.wait is not None:
        turn = sessions.give(_CALL, _ask(console, turn.wait))
        way += [move.to for move in turn.moves if move.to and move.to != move.node]
        _say(console, turn)
    if turn.outcome is not None:
        console.print(f"-> {told(turn.outcome)}", soft_wrap=True)
    console.print(f"way: {' > '.join(way)}", soft_wrap=True)
    return 0


def _say(console: Console, turn: Turn) -> None:
    for spoken in turn.spoken:
        language = f" [{spoken.language}]" if spoken.language else ""
        console.print(Text(f"menu{language}: {spoken.text}"), soft_wrap=True)


def _ask(console: Console, wait: Wait) -> Input:
    """Ask until what was typed can be understood."""
    while True:
        line = _line(console, _prompt(wait), secret=isinstance(wait, AwaitInput) and wait.secret)
        try:
            return HungUp() if line is None or line == _HANG_UP else understood(wait, line)
        except (ConfigError, UsageError) as error:
            console.print(f"  ({error})", soft_wrap=True)


def _line(console: Console, prompt: str, secret: bool) -> str | None:
    """Read a line; ``None`` at the end. A terminal shows what is typed by itself, but for secrets."""
    if sys.stdin.isatty():
        try:
            return console.input(Text(prompt), password=secret).strip()
        except EOFError:
            return None
    line = sys.stdin.readline()
    typed = line.strip()
    shown = _HANG_UP if not line else "*" * len(typed) if secret and typed != _HANG_UP else typed
    console.print(Text(prompt + shown), soft_wrap=True)
    return typed if line else None


def _prompt(wait: Wait) -> str:
    match wait:
        case AwaitAnswer():
            inputs = "".join(f" {name}={shlex.quote(value)}" for name, value in wait.inputs.items())
            return f"look-up {wait.what}{inputs} (result name=value ...): "
        case AwaitRecording():
            return f"message for {wait.mailbox} (its length, as 8s): "
    if wait.secret:
        return f"{_CALL} (up to {wait.max_digits} keys, secret): "
    if wait.keys or wait.phrases:
        return f"{_CALL} ({', '.join((*wait.keys, *map(repr, wait.phrases)))}): "
    return f"{_CALL} (up to {wait.max_digits} keys): "


def understood(wait: Wait, line: str) -> Input:
    """Make an input of a line: nothing is silence.

    Raises
    ------
    ConfigError, UsageError
        If the line cannot be understood.

    Examples
    --------
    >>> understood(AwaitAnswer(4, "customer", 0), "known customer=c7 name='Ann Lee'").values
    {'customer': 'c7', 'name': 'Ann Lee'}
    >>> understood(AwaitInput(5, 0, 0, 1), "1"), understood(AwaitInput(5, 0, 0, 1), "")
    (Digits(1 keys, wait=5), TimedOut(wait=5))
    """
    if not line:
        return TimedOut(wait.wait)
    match wait:
        case AwaitAnswer():
            return _answer(wait.wait, line)
        case AwaitRecording():
            return Recorded("try", parse_duration(line), wait.wait)
    return Digits(line, wait.wait) if _KEYS.fullmatch(line) else Speech(line, wait.wait)


def _answer(number: int, line: str) -> Answered:
    try:
        words = shlex.split(line)
    except ValueError:
        raise UsageError(f"{quoted(line)} has a quote that is not closed; close it") from None
    result = "" if not words or "=" in words[0] else words.pop(0)
    values: dict[str, str] = {}
    for word in words:
        name, found, value = word.partition("=")
        if not found:
            raise UsageError(f"{quoted(word)} is no value; write a result, and then NAME=VALUE")
        values[name] = value
    return Answered(result, values, number)


def told(outcome: Outcome) -> str:
    """Put an outcome into words.

    >>> told(ToQueue(("help",), priority=3, attributes={"topic": "cards"}))
    "to a queue: help, priority 3, topic='cards'"
    """
    match outcome:
        case ToQueue():
            parts = [", ".join(outcome.queues)]
            parts += [f"priority {outcome.priority}"] if outcome.priority else []
            parts += [f"requirement {outcome.requirement!r}"] if outcome.requirement else []
            parts += [f"customer {outcome.customer!r}"] if outcome.customer else []
            parts += _spelled(outcome.attributes)
        case ToNumber():
            parts = [outcome.number]
        case ToMailbox():
            parts = [outcome.mailbox, format_duration(outcome.length_ns)]
        case ToCallBack():
            parts = [outcome.queue, f"at {outcome.number or 'no number'}", *_spelled(outcome.attributes)]
        case _:
            return outcome_name(outcome)
    return f"{outcome_name(outcome)}: {', '.join(parts)}"


def _spelled(attributes: dict[str, str]) -> list[str]:
    return [f"{name}={value!r}" for name, value in attributes.items()]
