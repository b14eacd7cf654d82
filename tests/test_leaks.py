"""Memory does not grow: engines live long, and many are made and thrown away.

Each case runs in a process of its own: what it does is repeated until caches and pools are as large as they get, and
after that as often again; neither the blocks of Python nor the bytes of C may have become more.

``python tests/test_leaks.py <case>`` runs one case and writes what each round left behind.

Owns cases and thresholds; must not know how the core keeps its memory.
"""

import ctypes
import gc
import os
import subprocess
import sys
from array import array
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))

from centres import ALL_FEATURES, Centres
from machine import Alone, moves, refuses, valid_config

from routing import commands
from routing._core import _fail_allocation
from routing.commands import (
    AbandonContact,
    Command,
    CompleteContact,
    EnqueueContact,
    LiveCall,
    LogIn,
    LogOut,
)
from routing.engine import Engine
from routing.errors import CorruptSnapshotError, UsageError
from routing.model import Agent, Config, Limits, Overflow, Queue, Step
from routing.statistics.fold import Settings, Statistics
from routing.statistics.quantiles import Histogram, RollingHistogram

pytestmark = pytest.mark.once

WARM_UP: Final = 4
ROUNDS: Final = 12

#: What may be left after all rounds together: caches that fill up. A leak in every tenth command leaves more.
MOST_BLOCKS: Final = 150
MOST_BYTES: Final = 4_000

SMALL: Final = Limits(remembered_contacts=20, remembered_requests=5, requirements=20, loads=4)
CENTRE: Final = Config(
    agents=tuple(Agent(f"a{n}", skills={"s": 10 * n + 1}, groups=("g",)) for n in range(6)),
    queues=(
        Queue("q0", strategy="round_robin", groups=("g",), wrap_up_ns=3, closed=Overflow("queue", "q1")),
        Queue("q1", strategy="fewest_contacts", requirement="s >= 20", priority_credits_ns=(0, 5)),
        Queue("q2", strategy="linear", members=("a0", "a1"), max_wait=Overflow("voicemail", after_ns=40)),
    ),
    skills=("s",),
    groups=("g",),
    limits=SMALL,
)
QUEUES: Final = ("q0", "q1", "q2")


# --------------------------------------------------------------------------------------------------- cases


class Long:
    """One engine that goes on and on; time goes on with it."""

    def __init__(self, config: Config = CENTRE) -> None:
        self.engine = Engine(config)
        self.now_ns = 0

    def __call__(self, command: Command, request_id: str = "") -> None:
        self.now_ns += 1
        self.engine.apply(command, self.now_ns, request_id=request_id)

    def hang_up(self) -> None:
        """Everybody leaves."""
        for contact in list(self.engine.contacts):
            self(commands.CancelContact(contact))
        for agent in self.engine.agents:
            self(LogOut(agent))


def calls() -> Callable[[], None]:
    """Calls are offered, answered, completed, requeued, given up."""
    long = Long()

    def once() -> None:
        for agent in long.engine.agents:
            long(LogIn(agent))
        for n in range(200):
            queues = QUEUES[n % 3 :] + QUEUES[: n % 2]
            long(EnqueueContact(f"c{n}", queues[:3], priority=n % 3, load=n % 4), request_id=f"r{n}")
            for contact, view in list(long.engine.contacts.items()):
                if view.state == "offered" and view.segment is not None:
                    kind = (commands.AcceptOffer, commands.RejectOffer)[n % 2]
                    long(kind(contact, view.segment.agent))
                elif view.state == "handling" and n % 5 == 0:
                    long(commands.RequeueContact(contact))
                elif view.state == "handling":
                    long(CompleteContact(contact))
            if n % 7 == 0:
                long(AbandonContact(f"c{n}"))
            if n % 40 == 0:
                live = [LiveCall(contact, f"a{n % 6}") for contact in long.engine.contacts]
                long(commands.SyncCalls("", (LiveCall(f"nobody{n}"), *live[5:])))
                long(commands.Resume(long.now_ns + 3))
        long.hang_up()

    return once


def requirements() -> Callable[[], None]:
    """Expressions and steps that nobody had before and nobody has afterwards."""
    long = Long()
    turn = 0

    def once() -> None:
        nonlocal turn
        for n in range(100):
            turn += 1
            steps = (Step(f"s > {turn % 97}", 0), Step(f"s < {turn % 89} or s > {turn % 83}", 5))
            long(EnqueueContact(f"c{n}", ("q0", "q1"), steps=steps, load=turn % 50))
            long(EnqueueContact(f"d{n}", ("q0",), requirement=f"not s == {turn % 101}"))
            long(AbandonContact(f"c{n}"))
            long(AbandonContact(f"d{n}"))

    return once


def edits() -> Callable[[], None]:
    """The configuration is edited and edited back, with contacts in it."""
    long = Long()
    other = Config(
        agents=CENTRE.agents[:3], queues=CENTRE.queues[:2], skills=("s", "t"), groups=("g",), limits=SMALL
    )

    def once() -> None:
        for n in range(12):
            long(LogIn("a0"))
            long(EnqueueContact(f"c{n}", ("q0", "q1")))
            long(commands.PutAgent(Agent("new", skills={"s": n + 1}, channels={"voice": 2})))
            long(commands.PutQueue(Queue("extra", members=("new", "a1"), strategy="random", tier=n)))
            long(commands.PutSkill(f"skill{n}"))
            long(commands.PutGroup(f"group{n}"))
            long(commands.SetSkills("a1", {"s": n + 1}))
            long(commands.RemoveQueue("extra", "q1"))
            long(commands.RemoveAgent("new"))
            long(commands.RemoveSkill(f"skill{n}"))
            long(commands.RemoveGroup(f"group{n}"))
            long(commands.CloseQueue("q0"))
            long(commands.OpenQueue("q0"))
            long(commands.Configure(other))
            long(commands.Configure(CENTRE))
        long.hang_up()

    return once


def refusals() -> Callable[[], None]:
    """Commands that are refused, and misuse."""
    long = Long()
    wrong: tuple[Any, ...] = (EnqueueContact("c", ["q0"]), LogIn(7), "log in", None)  # type: ignore[arg-type]

    def once() -> None:
        for n in range(100):
            long(EnqueueContact(f"c{n}", ("nowhere",)))
            long(EnqueueContact(f"c{n}", ("q0",), requirement=f"s >= {n + 200}"))
            long(EnqueueContact(f"c{n}", ("q0",), requirement=f"unknown{n}"))
            long(CompleteContact(f"nobody{n}"))
            long(LogOut("a0"))
            long(commands.RemoveQueue(f"q{n + 9}"))
            long(commands.PutAgent(Agent(f"x{n}", skills={f"unknown{n}": 1})))
            for command in wrong:
                with suppress(UsageError):
                    long(command)
            with suppress(UsageError):
                long.engine.apply(LogIn("a0"), -n)
            with suppress(UsageError):
                long.engine.apply_many([(LogIn("a0"), long.now_ns), (LogIn("a1"), 0)])

    return once


def snapshots() -> Callable[[], None]:
    """Snapshots are taken and engines made of them; each takes over from the one before."""
    long = Long()

    def once() -> None:
        for n in range(30):
            long(LogIn(f"a{n % 6}"))
            long(EnqueueContact(f"c{n}", QUEUES, steps=(Step("", 0), Step(f"s > {n % 9}", 7))))
            long.engine = Engine.restore(long.engine.snapshot())
            with suppress(CorruptSnapshotError):
                Engine.restore(long.engine.snapshot()[: 30 + n])
        long.hang_up()

    return once


def engines() -> Callable[[], None]:
    """Whole random centres, thrown away in the middle of everything."""

    def once() -> None:
        for seed in range(2):  # more would not fit the caches of expressions
            centres = Centres(Random(seed), misuse=True, features=ALL_FEATURES)
            driven = Alone(valid_config(centres))
            for move in moves(centres, driven, 60):
                driven.make(move)
        centres = Centres(Random(9), features=ALL_FEATURES)
        for _ in range(20):
            refuses(Engine, centres.config())

    return once


def traces() -> Callable[[], None]:
    """Traces are run inside the core, and some cannot be."""
    templates = [EnqueueContact("", ("q0",)), EnqueueContact("", ("q0", "q1"), requirement="s > 5", load=3)]

    def once() -> None:
        for bad in (False, False, True):
            engine = Engine(CENTRE)
            engine.apply_many([(LogIn(agent), 0) for agent in engine.agents])
            arrival = array("q", range(1, 401))
            if bad:
                arrival[7] = 0
            with suppress(UsageError):
                engine.run_trace(
                    templates,
                    array("I", [n % 2 for n in range(400)]),
                    arrival,
                    array("q", [30] * 400),
                    array("q", [n % 50 for n in range(400)]),
                )

    return once


def exhaustion() -> Callable[[], None]:
    """Memory runs out at each allocation in turn, in constructors, snapshots restored, traces and commands."""
    engine = Engine(CENTRE)
    engine.apply(EnqueueContact("c", ("q0", "q1"), requirement="s > 3"), 0)
    saved = engine.snapshot()

    def commanded() -> None:
        one = Engine.restore(saved)
        one.apply(EnqueueContact("d", QUEUES, requirement="s > 4", load=2), 1)
        one.apply(commands.PutQueue(Queue("extra", groups=("g",), strategy="linear")), 2)
        one.apply(commands.CloseQueue("q0"), 3)
        one.apply(commands.Configure(Config(queues=CENTRE.queues[:1], groups=("g",), skills=("s",))), 4)

    def once() -> None:
        for work in (commanded, traces()):
            nth = 0
            while nth == 0 or _fail_allocation(0):
                nth += 1
                _fail_allocation(nth)
                with suppress(MemoryError):
                    work()
                nth += nth // 8

    return once


def statistics() -> Callable[[], None]:
    """Everything is counted, with records and waits; taken in portions, read, written down and taken up again."""
    long = Long()
    kept = Statistics(CENTRE, Settings(interval_ns=500, wait_pane_ns=100, wait_panes=5, records=True))

    def do(command: Command) -> None:
        long.now_ns += 1
        kept.fold(long.engine.apply(command, long.now_ns))

    def once() -> None:
        nonlocal kept
        for agent in long.engine.agents:
            do(LogIn(agent))
        for n in range(200):
            do(EnqueueContact("".join(("c", str(n))), (QUEUES[n % 3 :] + QUEUES[: n % 2])[:3]))
            kept.describe(f"c{n}", f"customer{n}", "")
            for contact, view in list(long.engine.contacts.items()):
                if view.state == "offered" and view.segment is not None:
                    kind = (commands.RejectOffer, commands.AcceptOffer)[n % 4 > 0]
                    do(kind(contact, view.segment.agent))
                elif view.state == "handling":
                    do(commands.RequeueContact(contact) if n % 9 == 0 else CompleteContact(contact))
            kept.take(n % 3)
            if n % 50 == 0:
                with suppress(CorruptSnapshotError):
                    Statistics.restore(kept.snapshot()[:-1], CENTRE)
                kept = Statistics.restore(kept.snapshot(), CENTRE)
                kept.wait_quantiles("q0", panes=2)
                kept.waits_ever("q0")
        for contact in list(long.engine.contacts):
            do(commands.CancelContact(contact))
        for agent in long.engine.agents:
            do(LogOut(agent))
        kept.advance(long.now_ns + 1_000)
        long.now_ns += 1_000
        kept.take()

    return once


def histograms() -> Callable[[], None]:
    """Histograms are filled, added up, written down and thrown away; and some cannot be."""
    values = array("q", [n * n * 1_000_003 for n in range(500)])

    def once() -> None:
        rolling, whole = RollingHistogram(6, 1_000), Histogram()
        for n in range(40):
            rolling.add_many(values, n * 700)
            whole.merge(rolling.window(3))
            rolling = RollingHistogram.restore(rolling.snapshot())
            other = Histogram.restore(whole.snapshot()).copy()
            rolling.merge(rolling)
            other.quantile(0.9)
            with suppress(CorruptSnapshotError):
                RollingHistogram.restore(rolling.snapshot()[:-2])
            with suppress(UsageError):
                whole.merge(Histogram(64))
            with suppress(UsageError):
                rolling.add(-1, n)

    return once


def leaks_python() -> Callable[[], None]:
    """Not a case but a proof: a few objects are kept, each time."""
    kept: list[object] = []
    return lambda: kept.extend([object() for _ in range(20)])


def leaks_c() -> Callable[[], None]:
    """Not a case but a proof: a small block is lost, each time."""
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    library.malloc.argtypes = [ctypes.c_size_t]
    return lambda: library.malloc(500) and None


def leaks_engine() -> Callable[[], None]:
    """Not a case but a proof: one engine is kept, each time."""
    kept: list[Engine] = []
    return lambda: kept.append(Engine(Config()))


CASES: Final = {
    case.__name__: case
    for case in (
        calls,
        requirements,
        edits,
        refusals,
        snapshots,
        engines,
        traces,
        exhaustion,
        statistics,
        histograms,
    )
}
PROOFS: Final = {case.__name__: case for case in (leaks_python, leaks_c, leaks_engine)}


# ----------------------------------------------------------------------------------------------- measuring


class Heap(ctypes.Structure):
    """What ``mallinfo2`` of the GNU library returns."""

    _fields_ = tuple((f"f{n}", ctypes.c_size_t) for n in range(10))
    IN_BLOCKS: Final = "f7"  # uordblks
    IN_MAPS: Final = "f4"  # hblkhd


def heap_reader() -> Callable[[], int] | None:
    """A function for the bytes in use by C, or None where nobody counts them."""
    if not sys.platform.startswith("linux") or "libasan" in os.environ.get("LD_PRELOAD", ""):
        return None
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallinfo2"):
        return None
    library.mallinfo2.restype = Heap

    def used() -> int:
        heap = library.mallinfo2()
        return int(getattr(heap, Heap.IN_BLOCKS)) + int(getattr(heap, Heap.IN_MAPS))

    return used


def measure(once: Callable[[], None]) -> list[tuple[int, int]]:
    """Blocks of Python and bytes of C in use, after each round that counts."""
    bytes_in_use = heap_reader() or (lambda: 0)
    rounds = WARM_UP + ROUNDS + 1
    blocks, sizes = array("q", [0]) * rounds, array("q", [0]) * rounds  # measuring takes nothing
    for at in range(rounds):
        once()
        gc.collect()
        blocks[at], sizes[at] = sys.getallocatedblocks(), bytes_in_use()
    return list(zip(blocks, sizes, strict=True))[WARM_UP:]


def growth(name: str) -> tuple[int, int]:
    """Run a case in a fresh process; how many blocks and bytes more there are after its rounds."""
    done = subprocess.run(
        [sys.executable, Path(__file__).resolve(), name],
        cwd=Path(__file__).resolve().parent.parent,
        # Without the GNU library's caches of single threads, whose free blocks count as in use.
        env={**os.environ, "PYTHONHASHSEED": "0", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    levels = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    assert len(levels) == ROUNDS + 1
    return levels[-1][0] - levels[0][0], levels[-1][1] - levels[0][1]


@pytest.mark.parametrize("case", CASES)
def test_memory_does_not_grow(case: str) -> None:
    blocks, size = growth(case)
    assert blocks <= MOST_BLOCKS, f"{blocks} blocks of Python more after {ROUNDS} rounds"
    assert size <= MOST_BYTES, f"{size} bytes of C more after {ROUNDS} rounds"


def test_lost_objects_of_python_are_found() -> None:
    assert growth("leaks_python")[0] > MOST_BLOCKS


@pytest.mark.skipif(heap_reader() is None, reason="nobody counts the bytes of C here")
@pytest.mark.parametrize("case", ["leaks_c", "leaks_engine"])
def test_lost_blocks_of_c_are_found(case: str) -> None:
    assert growth(case)[1] > MOST_BYTES


if __name__ == "__main__":
    for level in measure({**CASES, **PROOFS}[sys.argv[1]]()):
        sys.stdout.write("{} {}\n".format(*level))
