"""Two engines side by side: one random run drives both, and everything is compared after each step.

``python tests/machine.py --seed 7 --steps 500`` repeats one run, ``--runs 1000`` goes on with the seeds after it,
``--alone`` leaves the reference out: invariants only, but many times as fast.
What fails is printed as a short list of steps: as many as possible are left out while it fails in the same way.

Owns runs and comparisons; must not know what a command does (``centres`` knows what one looks like).
"""

import argparse
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from msgspec import Struct
from msgspec.structs import fields, replace

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))

from centres import ALL_FEATURES, REQUESTS, Centres, Live
from reference import ReferenceEngine
from reference.invariants import check

from routing.commands import Command
from routing.engine import Engine
from routing.errors import ConfigError, UsageError
from routing.events import CommandRefused, Event
from routing.model import Config
from routing.views import AttemptView


@dataclass(frozen=True)
class Move:
    """One step of a run: a command, or (without one) only time. ``before`` is done to the compiled engine first."""

    at_ns: int
    command: Command | None
    request_id: str = ""
    before: str = (
        ""  # "restore": it is replaced by a copy out of its snapshot; "line up": it keeps its line-up
    )

    def __str__(self) -> str:
        words = [f"{self.at_ns:>6}", brief(self.command) if self.command else "advance"]
        if self.request_id:
            words.append(f"request={self.request_id}")
        if self.before:
            words.append(f"({self.before} before)")
        return " ".join(words)


class DifferenceError(AssertionError):
    """The two engines differ; ``what`` names the aspect, so that a shorter run can be seen to fail alike."""

    def __init__(self, what: str, expected: object, got: object) -> None:
        super().__init__(f"{what}\n  reference: {shown(expected)}\n  compiled:  {shown(got)}")
        self.what = what


class FailedRunError(AssertionError):
    """A run that failed, cut down."""


class Alone:
    """The compiled engine by itself; its invariants are checked after each move."""

    def __init__(self, config: Config) -> None:
        self.compiled = Engine(config)

    @property
    def judge(self) -> ReferenceEngine | Engine:
        """The engine in whose view the next move is chosen."""
        return self.compiled

    def make(self, move: Move) -> tuple[Event, ...]:
        """Make the move."""
        self._prepare(move)
        misuse = is_misuse(self.compiled, move)
        got = answer(self.compiled, move)
        compare("misuse", isinstance(got, str), misuse)
        self.compiled._check()
        return () if isinstance(got, str) else got

    def _prepare(self, move: Move) -> None:
        if move.before == "restore":
            saved = self.compiled.snapshot()
            restored = Engine.restore(saved)
            compare("digest after restore", self.compiled.digest, restored.digest)
            compare("snapshot after restore", saved, restored.snapshot())
            restored._check()
            self.compiled = restored
        elif move.before:
            self.compiled._keep_lineup()

    def live(self) -> Live:
        """What there is for a command to aim at."""
        contacts = self.compiled.contacts
        segments = [part for view in self.compiled.agents.values() for part in view.segments]
        return Live(
            ringing=[(s.contact, s.agent, s.offer) for s in segments if s.state == "ringing"],
            in_hand=[contact for contact, view in contacts.items() if view.state == "handling"],
            waiting=[contact for contact, view in contacts.items() if view.state == "waiting"],
            logged_in=[agent for agent, view in self.compiled.agents.items() if view.logged_in],
            now_ns=self.compiled.now_ns,
            attempts=list(self.compiled.attempts),
        )


class Pair(Alone):
    """The reference engine and the compiled one, kept in step."""

    def __init__(self, config: Config) -> None:
        self.reference = ReferenceEngine(config)
        super().__init__(config)

    @property
    def judge(self) -> ReferenceEngine | Engine:
        return self.reference

    def make(self, move: Move) -> tuple[Event, ...]:
        """Make the move in both and compare whatever can be seen."""
        self._prepare(move)
        expected = answer(self.reference, move)
        compare("misuse", isinstance(expected, str), is_misuse(self.compiled, move))
        got = answer(self.compiled, move)
        compare("events", expected, got)
        compare("next_due_ns", self.reference.next_due_ns, self.compiled.next_due_ns)
        compare("now_ns", self.reference.now_ns, self.compiled.now_ns)
        compare("revision", self.reference.revision, self.compiled.revision)
        compare("config", self.reference.config, self.compiled.config)
        compare("attempts", attempts_of(self.reference), {**self.compiled.attempts})
        self.compiled._check()
        check(self.reference)
        return () if isinstance(expected, str) else expected

    def live(self) -> Live:
        contacts = self.reference._contacts.values()
        segments = [segment for contact in contacts for segment in contact.segments]
        return Live(
            ringing=[(s.contact, s.person.id, s.offer) for s in segments if s.state == "ringing"],
            in_hand=[contact.id for contact in contacts if contact.state == "handling"],
            waiting=[contact.id for contact in contacts if contact.state == "waiting"],
            logged_in=[one.id for one in self.reference._people.values() if one.logged_in],
            now_ns=self.reference.now_ns,
            attempts=list(self.reference._attempts),
        )


def attempts_of(reference: ReferenceEngine) -> dict[str, AttemptView]:
    """What the compiled engine is to show of the attempts that go on."""
    return {
        one.id: AttemptView(
            one.id,
            one.command.campaign,
            one.command.target,
            one.command.carrier,
            one.state,
            one.requested_ns,
            max(one.until_ns, reference._grace_until_ns),
            one.command.front_end,
            one.command.customer,
            one.command.attributes or {},
            one.command.agent,
            one.command.contact,
            one.command.ring_ns,
        )
        for one in reference._attempts.values()
    }


def answer(engine: ReferenceEngine | Engine, move: Move) -> tuple[Event, ...] | str:
    """What an engine says to a move, without the wording of refusals."""
    try:
        if move.command is None:
            return engine.advance(move.at_ns)
        events = engine.apply(move.command, move.at_ns, request_id=move.request_id)
    except UsageError:
        return "UsageError"
    return tuple(without_detail(event) for event in events)


def is_misuse(engine: Engine, move: Move) -> bool:
    """Ask the engine beforehand."""
    try:
        if move.command is not None:
            engine.check(move.command, request_id=move.request_id)
    except UsageError:
        return True
    return False


def without_detail(event: Event) -> Event:
    return replace(event, detail="") if isinstance(event, CommandRefused) else event


def compare(what: str, expected: object, got: object) -> None:
    if expected != got:
        raise DifferenceError(what, expected, got)


def shown(value: object) -> str:
    return "".join(f"\n    {one}" for one in value) if isinstance(value, tuple) else repr(value)


def valid_config(centres: Centres) -> Config:
    """A random configuration that both engines take; the few that they refuse they refuse alike."""
    while True:
        config = centres.config()
        compare("refusal of a configuration", refuses(ReferenceEngine, config), refuses(Engine, config))
        if not refuses(ReferenceEngine, config):
            return config


def refuses(engine: type[ReferenceEngine | Engine], config: Config) -> bool:
    try:
        engine(config)
    except ConfigError:
        return True
    return False


def moves(centres: Centres, driven: Alone, steps: int, *, restored: bool = False) -> Iterator[Move]:
    """The moves of a run, each made in view of the state that the one before left.

    With ``restored`` the compiled engine is replaced by a copy out of its snapshot before each of them.
    """
    random, now_ns = centres.random, 0
    for _ in range(steps):
        due_ns = driven.judge.next_due_ns
        if due_ns is not None and centres.rarely(35):
            now_ns = max(now_ns, due_ns + random.choice((-1, 0, 0, 0, 1)))
        elif centres.rarely(55):
            now_ns += random.choice((1, 1, 2, 3, 5, 30))
        before = random.choice(("restore", "line up")) if centres.rarely(3) else ""
        before = "restore" if restored else before
        if centres.rarely(6):
            yield Move(now_ns, None, before=before)
            continue
        command = centres.command(driven.judge.config, driven.live())
        yield Move(now_ns, command, random.choice(REQUESTS) if centres.rarely(8) else "", before)


def run(
    random: Random,
    steps: int,
    *,
    misuse: bool = False,
    scale: int = 1,
    label: str = "",
    driver: type[Alone] = Pair,
    features: Collection[str] = frozenset(),
    restored: bool = False,
) -> int:
    """Drive both engines (or the compiled one alone) through ``steps`` moves; return the number of events.

    Raises
    ------
    FailedRunError
        With the shortest run found that fails in the same way.
    """
    centres = Centres(random, misuse=misuse, scale=scale, features=features)
    config = valid_config(centres)
    made: list[Move] = []
    driven = driver(config)
    total = 0
    try:
        for move in moves(centres, driven, steps, restored=restored):
            made.append(move)
            total += len(driven.make(move))
    except Exception as error:
        kind = kind_of(error)
        shorter = shorten(made, lambda some: fails_alike(config, some, kind, driver))
        raise FailedRunError(report(config, shorter, label, driver)) from error
    return total


def kind_of(error: Exception) -> str:
    return error.what if isinstance(error, DifferenceError) else type(error).__name__


def failure_of(config: Config, some: list[Move], driver: type[Alone] = Pair) -> Exception | None:
    driven = driver(config)
    try:
        for move in some:
            driven.make(move)
    except Exception as error:  # whatever it is, it is what we look for
        return error
    return None


def fails_alike(config: Config, some: list[Move], kind: str, driver: type[Alone] = Pair) -> bool:
    found = failure_of(config, some, driver)
    return found is not None and kind_of(found) == kind


def shorten(made: list[Move], still_fails: Callable[[list[Move]], bool]) -> list[Move]:
    """Leave out ever smaller pieces of the run as long as it still fails."""
    piece = len(made) // 2
    while piece:
        start = 0
        while start < len(made):
            rest = made[:start] + made[start + piece :]
            if still_fails(rest):
                made = rest
            else:
                start += piece
        piece //= 2
    return made


def brief(value: object) -> str:
    """Python that makes the value; fields with their defaults are left out."""
    if isinstance(value, tuple):
        return f"({', '.join(map(brief, value))}{',' if len(value) == 1 else ''})"
    if not isinstance(value, Struct):
        return repr(value)
    defaults = {field.name: field.default for field in fields(value) if not field.required}
    defaults.update({field.name: {} for field in fields(value) if field.default_factory is dict})
    given = {name: getattr(value, name) for name in value.__struct_fields__}
    said = [
        f"{name}={brief(one)}" for name, one in given.items() if name not in defaults or one != defaults[name]
    ]
    return f"{type(value).__name__}({', '.join(said)})"


def report(config: Config, made: list[Move], label: str, driver: type[Alone] = Pair) -> str:
    """The configuration, the moves with their answers, the difference, and how to repeat it."""
    lines = [label, brief(config).replace(" Agent(", "\n  Agent(").replace(" Queue(", "\n  Queue("), "moves:"]
    engine = ReferenceEngine(config)
    for move in made:
        lines.append(f"  {move}")
        with suppress(Exception):
            if move.command is None:
                said = engine.advance(move.at_ns)
            else:
                said = engine.apply(move.command, move.at_ns, request_id=move.request_id)
            lines += [f"             {event}" for event in said]
    return "\n".join([*lines, str(failure_of(config, made, driver) or "")])


def main() -> None:
    parser = argparse.ArgumentParser(description="Hold the compiled engine against the obvious one.")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--steps", type=int, default=400, help="moves of one run")
    parser.add_argument("--runs", type=int, default=1, help="how many seeds")
    parser.add_argument("--scale", type=int, default=1, help="how many times as large the centres may be")
    parser.add_argument(
        "--features", default="all", help="the newer rules to draw as well: some of them, all, or none"
    )
    parser.add_argument("--alone", action="store_true", help="only the compiled engine and its invariants")
    parser.add_argument("--restored", action="store_true", help="restore a snapshot before every move")
    options = parser.parse_args()
    named = frozenset(filter(None, options.features.removeprefix("none").split(",")))
    features = ALL_FEATURES if options.features == "all" else named
    started, events, last = time.monotonic(), 0, options.seed + options.runs - 1
    how = f"--steps {options.steps} --scale {options.scale}{' --alone' * options.alone}"
    how += " --restored" * options.restored
    if features != ALL_FEATURES:
        how += f" --features {options.features}"
    sys.stdout.write(f"seeds {options.seed} to {last}, {how}\n")
    sys.stdout.flush()
    for seed in range(options.seed, last + 1):
        try:
            events += run(
                Random(seed),
                options.steps,
                misuse=seed % 2 == 1,
                scale=options.scale,
                label=f"repeat: python tests/machine.py --seed {seed} {how}",
                driver=Alone if options.alone else Pair,
                features=features,
                restored=options.restored,
            )
        except FailedRunError as error:
            sys.exit(str(error))
    lasted = time.monotonic() - started
    agree = "hold" if options.alone else "agree"
    sys.stdout.write(
        f"{options.runs} runs of {options.steps} moves {agree}: {events} events in {lasted:.1f} s\n"
    )


if __name__ == "__main__":
    main()
