"""What compliance costs: the ledger beside the engine whose events it counts, number sets beside Python's own sets.

Claims: counting abandoned calls for three profiles costs about as much as the engine's own work on the calls; a list of
ten million numbers that must not be called takes a tenth of the memory of a Python set.

Owns these two worlds; must not test what is counted.
"""

import random
import sys

from measure import FIGURES, FULL, Timed, side_by_side
from pytest_benchmark.fixture import BenchmarkFixture

from routing import Agent, Config, Engine, Queue
from routing.commands import (
    AcceptOffer,
    Command,
    CompleteContact,
    EndAttempt,
    EnqueueContact,
    LogIn,
    ReportAttempt,
    RequestDial,
)
from routing.compliance import Ledger, Watched
from routing.compliance.numberset import NumberSet
from routing.events import Event
from routing.units import HOUR, SECOND

AGENTS = 100
CALLS = 20_000 if FULL else 500
NUMBERS = 10_000_000 if FULL else 50_000


def commands() -> list[tuple[int, Command]]:
    """Dials that people answer, each taken at once and over a while later, ten a second."""
    told: list[tuple[int, int, Command]] = []
    for number in range(CALLS):
        start_ns, name = HOUR + number * SECOND // 10, f"a{number}"
        told += [
            (start_ns, 0, RequestDial(name, "spring")),
            (start_ns + 3 * SECOND, 1, ReportAttempt(name, "ringing")),
            (start_ns + 8 * SECOND, 2, EndAttempt(name, "person")),
            (start_ns + 8 * SECOND, 3, EnqueueContact(name, ("spring",))),
            (start_ns + 8 * SECOND, 4, AcceptOffer(name, "")),
            (start_ns + 10 * SECOND, 5, CompleteContact(name)),
        ]
    told.sort(key=lambda entry: entry[:2])
    return [(at_ns, command) for at_ns, _, command in told]


def centre() -> Engine:
    engine = Engine(
        Config(agents=tuple(Agent(f"agent-{n}") for n in range(AGENTS)), queues=(Queue("spring"),))
    )
    for number in range(AGENTS):
        engine.apply(LogIn(f"agent-{number}"), 0)
    return engine


def played() -> tuple[list[tuple[int, Command]], list[list[Event]]]:
    """The commands with the agents filled in, and what the engine said to each."""
    engine = centre()
    said: list[list[Event]] = []
    filled: list[tuple[int, Command]] = []
    for at_ns, command in commands():
        if isinstance(command, AcceptOffer):
            view = engine.contacts[command.contact]
            command = AcceptOffer(command.contact, view.segments[0].agent)
        filled.append((at_ns, command))
        said.append(list(engine.apply(command, at_ns)))
    return filled, said


def test_the_ledger_beside_the_engine(benchmark: BenchmarkFixture) -> None:
    filled, said = played()

    def counting() -> Timed:
        ledger = Ledger([Watched("spring", ("us", "uk", "canada"))])

        def run() -> None:
            for events in said:
                ledger.follow(events)
            assert ledger.standing("spring", ledger.now_ns) == (CALLS, 0)

        return run

    def routing() -> Timed:
        engine = centre()

        def run() -> None:
            for at_ns, command in filled:
                engine.apply(command, at_ns)

        return run

    side_by_side(benchmark, "ledger, three profiles", CALLS, "calls", counting, {"the engine": routing})


def test_a_do_not_call_list_is_small_and_quick(benchmark: BenchmarkFixture) -> None:
    rng = random.Random(7)
    listed = [
        10**10 + rng.randrange(200, 990) * 10**7 + rng.randrange(2_000_000, 9_999_999) for _ in range(NUMBERS)
    ]
    asked = listed[: NUMBERS // 50] + [number ^ 1 for number in listed[: NUMBERS // 50]]
    compact, plain = NumberSet(listed), set(listed)
    assert len(compact) == len(plain)

    def ask(numbers: NumberSet | set[int]) -> Timed:
        def run() -> None:
            assert sum(number in numbers for number in asked) >= len(asked) // 2

        return run

    side_by_side(
        benchmark,
        f"do-not-call list of {NUMBERS:,}",
        len(asked),
        "questions",
        lambda: ask(compact),
        {"a Python set": lambda: ask(plain)},
    )
    each = compact.bytes_held / len(compact)
    theirs = (sys.getsizeof(plain) + len(plain) * sys.getsizeof(10**10)) / len(plain)
    FIGURES.append(f"do-not-call list of {NUMBERS:,}: {each:.1f} bytes a number (a Python set: {theirs:.0f})")
    if FULL:
        assert each < theirs / 10
