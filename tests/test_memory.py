"""Memory that runs out: every allocation of the core fails once, in random runs, and nothing is lost silently.

Owns what a host may rely on after MemoryError; must not know where the core allocates.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from random import Random
from typing import TypeVar

import pytest
from centres import ALL_FEATURES, Centres
from machine import Alone, Move, answer, moves, valid_config
from msgspec.structs import replace

from routing._core import _fail_allocation
from routing.commands import AbandonContact, CloseQueue, Command, EnqueueContact, LogIn
from routing.engine import Engine, Trace
from routing.errors import InternalError, UsageError
from routing.events import ContactEnqueued, Event
from routing.model import Agent, Config, Overflow, Queue, Step

pytestmark = pytest.mark.once

T = TypeVar("T")

SEEDS = 16
STEPS = 60

#: Made of many steps, which are not undone when memory runs out between two of them. All others are done or not,
#: but for an avalanche now and then.
MAY_BREAK = {
    "Configure",
    "PutAgent",
    "PutQueue",
    "RemoveAgent",
    "RemoveQueue",
    "Resume",
    "SetSkills",
    "SyncCalls",
}


@contextmanager
def failing(nth: int, *, lasting: bool = False) -> Iterator[None]:
    """The nth allocation inside fails, and with ``lasting`` all that follow."""
    _fail_allocation(nth, lasting)
    try:
        yield
    finally:
        _fail_allocation(0)


class Survivor:
    """An engine that is made to run out of memory again and again, beside one that is not.

    ``outcomes`` counts, by type of command: "unchanged" (it had not been done), "broken" (it was broken off, and the
    engine says so), "absorbed" (an allocation failed, and the command was done all the same).
    """

    def __init__(self, config: Config, *, lasting: bool = False) -> None:
        self.lasting = lasting
        self.undisturbed = Alone(config)
        self.engine = Engine(config)
        self.outcomes: Counter[tuple[str, str]] = Counter()

    def make(self, move: Move) -> tuple[Event, ...]:
        """Let the first, the second, ... allocation fail until the move is made."""
        expected = self.undisturbed.make(move)
        name = type(move.command).__name__ if move.command else "advance"
        saved = self.engine.snapshot()
        said: tuple[Event, ...] = ()
        for nth in count(1):
            try:
                with failing(nth, lasting=self.lasting):
                    try:
                        got = answer(self.engine, move)
                    finally:
                        failures = _fail_allocation(0)
            except MemoryError:
                assert failures
                if is_broken(self.engine, move):
                    self.outcomes[name, "broken"] += 1
                    self.engine, said = Engine.restore(saved), ()
                else:
                    self.outcomes[name, "unchanged"] += 1
                    said += tuple(self.engine.advance(self.engine.now_ns))
                    self._is_unchanged_but_for_time(saved)
                continue
            self.outcomes[name, "absorbed"] += failures > 0
            break
        assert said + tuple(got) == expected
        assert self.engine.digest == self.undisturbed.compiled.digest
        self.engine._check()
        return expected

    def _is_unchanged_but_for_time(self, saved: bytes) -> None:
        self.engine._check()
        other = Engine.restore(saved)
        other.advance(self.engine.now_ns)
        assert self.engine.snapshot() == other.snapshot()

    def total(self, outcome: str) -> int:
        return sum(number for (_, kind), number in self.outcomes.items() if kind == outcome)

    def broke(self) -> set[str]:
        return {name for (name, kind), number in self.outcomes.items() if kind == "broken" and number}


def is_broken(engine: Engine, move: Move) -> bool:
    """Does the engine refuse to go on? Then it does so at every door."""
    try:
        engine.snapshot()
    except InternalError:
        pass
    except UsageError:
        return False  # events wait to be taken
    else:
        return False
    doors: tuple[Callable[[], object], ...] = (
        lambda: engine.advance(move.at_ns),
        lambda: engine.apply(LogIn("ann"), move.at_ns),
        lambda: engine.apply_many([(LogIn("ann"), move.at_ns)]),
        engine.snapshot,
    )
    for door in doors:
        with pytest.raises(InternalError, match="restore from the journal"):
            door()
    return True


def survive(config: Config, told: Iterable[Command], *, lasting: bool = False) -> Survivor:
    """Give these commands, a nanosecond apart."""
    survivor = Survivor(config, lasting=lasting)
    for at_ns, command in enumerate(told):
        survivor.make(Move(at_ns, command))
    return survivor


# --------------------------------------------------------------------------------------------- random runs


def random_run(
    seed: int,
    steps: int,
    *,
    lasting: bool = False,
    scale: int = 1,
    features: Collection[str] = ALL_FEATURES - {"batches"},
) -> Survivor:
    centres = Centres(Random(seed), scale=scale, features=features)
    survivor = Survivor(valid_config(centres), lasting=lasting)
    for move in moves(centres, survivor.undisturbed, steps):
        survivor.make(Move(move.at_ns, move.command, move.request_id))
    return survivor


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_random_run_survives(seed: int, lasting: bool) -> None:
    survivor = random_run(seed, STEPS, lasting=lasting)
    assert survivor.broke() <= MAY_BREAK


@pytest.mark.parametrize("seed", range(2))
def test_a_random_run_of_a_larger_centre_survives(seed: int) -> None:
    assert random_run(seed, 3 * STEPS, scale=8).broke() <= MAY_BREAK


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_random_run_with_batches_survives(seed: int) -> None:
    """A batch is assigned in memory of its own: any command that ends with one may be broken off, time never is."""
    survivor = random_run(seed, STEPS, lasting=seed % 2 == 1, features=ALL_FEATURES)
    assert "advance" not in survivor.broke()


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", [*range(100, 110), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(110, 140))]
)
def test_many_random_runs_survive(seed: int) -> None:
    """At length, several contacts that ring at one agent are taken back at once, which is more than is kept spare."""
    survivor = random_run(seed, 300, lasting=seed % 2 == 1, scale=1 + seed % 10)
    assert sum(survivor.outcomes[name, "broken"] for name in survivor.broke() - MAY_BREAK) <= 1


# ------------------------------------------------------------------------------------------------- growing


MANY = Config(
    agents=tuple(Agent(f"a{n}", skills={"s": n % 100 + 1}) for n in range(150)),
    queues=tuple(Queue(f"q{n}", requirement=f"s > {n % 90}", ring_timeout_ns=0) for n in range(300)),
    skills=("s",),
)


def growth() -> Iterator[Command]:
    """Everything that there is a pool for becomes more."""
    for n in range(300):
        yield EnqueueContact(f"c{n}", (f"q{n}",) if n % 3 else (f"q{n}", f"q{(n + 7) % 300}"))
    for n in range(150):
        yield LogIn(f"a{n}")
    for n in range(300):
        yield EnqueueContact(f"d{n}", (f"q{n}",))


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_growth_is_all_or_nothing(lasting: bool) -> None:
    survivor = survive(MANY, growth(), lasting=lasting)
    assert survivor.broke() == set()
    assert survivor.total("unchanged") > 10


def test_one_failure_is_absorbed_within_a_command() -> None:
    """A class with several routes takes the place kept for it."""
    config = Config(queues=(Queue("a"), Queue("b")))
    survivor = survive(config, [EnqueueContact("x", ("a", "b"))])
    assert survivor.outcomes["EnqueueContact", "absorbed"] == 1


def test_there_is_a_place_for_each_class() -> None:
    """Classes that nobody waits in any more are swept away, and a few of those are not enough for what may come."""
    queues = tuple(Queue(f"q{n}") for n in range(1500))
    engine = Engine(Config(queues=queues))
    for n in range(1500):
        engine.apply(EnqueueContact(f"c{n}", (f"q{n}",)), n)
        if n % 3 == 2:
            engine.apply(AbandonContact(f"c{n}"), n)
    assert len(engine.contacts) == 1000
    engine._check()


# ---------------------------------------------------------------------------------------- single promises


def test_closing_a_queue_is_all_or_nothing() -> None:
    config = Config(
        queues=(
            Queue("a", closed=Overflow("queue", "b"), on_close="overflow"),
            Queue("b", ring_timeout_ns=0),
        ),
    )
    told: list[Command] = [EnqueueContact(f"c{n}", ("a",)) for n in range(20)]
    survivor = survive(config, [*told, CloseQueue("a")])
    assert survivor.outcomes["CloseQueue", "unchanged"] >= 1
    assert survivor.broke() == set()


def test_events_of_timers_come_with_the_next_call() -> None:
    """Half of the timers have fired when memory runs out; nobody misses their events."""
    config = Config(queues=(Queue("a", max_wait=Overflow("disconnect", after_ns=100)),))
    engines = [Engine(config), Engine(config)]
    for engine in engines:
        for n in range(5000):
            engine.apply(EnqueueContact(f"c{n}", ("a",)), 0)
    whole, torn = engines
    with failing(1, lasting=True), pytest.raises(MemoryError, match="advance again"):
        torn.advance(100)
    assert 0 < len(torn.contacts) < 5000
    with pytest.raises(UsageError, match=r"advance\(now_ns\)"):
        torn.snapshot()
    assert torn.advance(100) == whole.advance(100)
    assert torn.snapshot() == whole.snapshot()


def test_a_command_after_the_timers_loses_nothing() -> None:
    config = Config(
        agents=(Agent("ann"),), queues=(Queue("a", max_wait=Overflow("disconnect", after_ns=100)),)
    )
    for nth in range(1, 4):
        engine = Engine(config)
        engine.apply(EnqueueContact("call", ("a",)), 0)
        engine.apply(LogIn("ann"), 0)
        plain = Engine.restore(engine.snapshot())
        with failing(nth, lasting=True):
            try:
                said = engine.apply(LogIn("ann"), 200)
            except MemoryError:
                said = ()
        said = said or engine.apply(LogIn("ann"), 200)
        assert said == plain.apply(LogIn("ann"), 200)


@pytest.mark.parametrize("at", [0, 3])
def test_a_batch_is_done_as_a_whole_or_the_engine_is_broken(at: int) -> None:
    queues = tuple(Queue(f"q{n}") for n in range(4))
    batch: list[tuple[Command, int]] = [(EnqueueContact(f"c{n}", (f"q{n}",)), n) for n in range(4)]
    batch[at] = (EnqueueContact("many", ("q0",), steps=(Step("", 0), Step("True", 5))), at)
    engine = Engine(Config(queues=queues))
    before = engine.snapshot()
    with failing(1, lasting=True), pytest.raises(MemoryError):
        engine.apply_many(batch)
    if at:
        assert is_broken(engine, Move(9, None))
    else:
        assert engine.snapshot() == before
        plain = Engine(Config(queues=queues))
        assert engine.apply_many(batch) == plain.apply_many(batch)


# --------------------------------------------------------------------------------- engines, restored engines


def attempts(make: Callable[[], T]) -> tuple[int, T]:
    """How often it fails before it comes off, one allocation after the other; and what comes of it then."""
    for nth in count(1):
        with failing(nth), suppress(MemoryError):
            made = make()
            if not _fail_allocation(0):
                return nth - 1, made
    raise AssertionError


FEWER = replace(MANY, agents=MANY.agents[:40], queues=MANY.queues[:80])


def test_an_engine_is_made_or_not() -> None:
    failed, engine = attempts(lambda: Engine(FEWER))
    assert failed > 100
    assert engine.snapshot() == Engine(FEWER).snapshot()


def test_an_engine_is_restored_or_not() -> None:
    engine = Engine(FEWER)
    engine.apply_many([(command, 0) for command in growth()])
    saved = engine.snapshot()
    failed, restored = attempts(lambda: Engine.restore(saved))
    assert failed > 100
    assert restored.snapshot() == saved
    restored._check()


def test_a_snapshot_needs_nothing_of_the_core() -> None:
    engine = Engine(MANY)
    with failing(1, lasting=True):
        saved = engine.snapshot()
    assert saved == engine.snapshot()


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_a_trace_is_run_or_the_engine_is_broken(lasting: bool) -> None:
    config = Config(
        agents=tuple(Agent(f"a{n}") for n in range(3)), queues=(Queue("a"), Queue("b", requirement="True"))
    )
    templates = [EnqueueContact("", ("a",)), EnqueueContact("", ("a", "b"), load=20, requirement="not False")]
    calls = 300

    def trace(nth: int) -> tuple[Engine, Trace | None, int]:
        engine, traced = Engine(config), None
        engine.apply_many([(LogIn(f"a{n}"), 0) for n in range(3)])
        _fail_allocation(nth, lasting)
        with suppress(MemoryError):
            traced = engine.run_trace(
                templates,
                array("I", [n % 2 for n in range(calls)]),
                array("q", range(calls)),
                array("q", [20] * calls),
                array("q", [10 + n % 200 for n in range(calls)]),
            )
        return engine, traced, _fail_allocation(0)

    plain, expected, _ = trace(0)
    broken = 0
    for nth in count(1):
        engine, traced, failures = trace(nth)
        if traced is None:
            broken += is_broken(engine, Move(10**6, None))
            continue
        assert traced == expected
        assert engine.digest == plain.digest
        engine._check()
        if failures == 0:
            break
    assert broken


def test_nothing_fails_unasked() -> None:
    with failing(0):
        (event,) = Engine(Config(queues=(Queue("a"),))).apply(EnqueueContact("call", ("a",)), 0)
    assert isinstance(event, ContactEnqueued)
    assert _fail_allocation(0) == 0
