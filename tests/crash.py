"""Kills a host again and again and looks whether anything that was acknowledged is missing.

    python tests/crash.py --seed 1 --kills 200 [--durability full|group|none] [--compact] [--at DIRECTORY]

The driver keeps a record of its own: every request and, once it was acknowledged, its outcome. After each death it
starts the host anew and repeats what was not acknowledged, under the same request ids.

Owns the driver and what it checks; must not know how a host survives.
"""

import argparse
import contextlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from crash_centre import CENTRE, Play

from routing.engine import Engine
from routing.events import Event
from routing.host import Request
from routing.journal import Envelope
from routing.journal.sqlite import SqliteJournal
from routing.replay import apply_envelope

CHILD: Final = Path(__file__).with_name("crash_child.py")
ROOT: Final = CHILD.parent.parent

_Acknowledged = list[tuple[str, int, bool, tuple[Event, ...]]]


class Child:
    """A host's process."""

    def __init__(self, journal: Path, durability: str, snapshot_every: int, keep: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(CHILD), str(journal), durability, str(snapshot_every), str(keep)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )

    def send(self, line: bytes) -> bool:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return False
        return True

    def hear(self) -> bytes | None:
        """One whole line, or None once the process is dead."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return line if line.endswith(b"\n") else None

    def ask(self, line: bytes) -> Any:
        if not self.send(line):
            return None
        answer = self.hear()
        return None if answer is None else msgspec.json.decode(answer)

    def kill(self) -> None:
        self.process.kill()

    def end(self) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(60)


class Driver:
    """Sends requests, and remembers what was acknowledged."""

    def __init__(self, seed: int, journal: Path, durability: str, *, compact: bool) -> None:
        self.rng = random.Random(f"crash {seed}")
        self.journal = journal
        self.durability = durability
        self.compact = compact
        self.play = Play(self.rng)
        self.sent = 0
        self.acknowledged: dict[str, tuple[Event, ...]] = {}
        self.unsure: list[list[Request]] = []  # sent, not acknowledged
        self.refused = ""  # the error that the last batch got, if any
        self.kills = 0
        self.deaths = {"starting": 0, "working": 0}

    def start(self) -> Child:
        return Child(
            self.journal, self.durability, self.rng.choice((20, 60, 200)), 1 if self.compact else 1000
        )

    def run(self, kills: int) -> dict[str, Any]:
        """Kill so many times; returns the state of the last, living host."""
        while self.kills < kills:
            child = self.start()
            if self.rng.random() < 0.25:
                self.live(child, 0.05 + 0.6 * self.rng.random(), starting=True)
            else:
                self.live(child, 0.005 + 0.4 * self.rng.random(), starting=False)
        child = self.start()
        first = child.hear()
        assert first is not None, "the host did not start"
        return self.finish(child)

    def finish(self, child: Child) -> dict[str, Any]:
        """Have everything acknowledged, ask for it once more, and let the host end by itself."""
        # On a slow machine all deaths may come before the first batch.
        while self.unsure or not self.acknowledged:
            assert self.step(child, repeat=bool(self.unsure))
        self.verify_alive(child)
        state: dict[str, Any] = child.ask(b"check")
        assert child.end() == 0
        return state

    def live(self, child: Child, seconds: float, *, starting: bool) -> None:
        """Let a host work until it is killed, so long after it began to start, or after it has started."""
        timer = threading.Timer(seconds, child.kill)
        if starting:
            timer.start()
        started = child.hear() is not None
        if not starting:
            assert started, "the host did not start"
            timer.start()
        if started:
            while self.unsure and self.step(child, repeat=True):
                pass
            while not self.unsure and self.step(child, repeat=False):
                pass
        timer.join()
        code = child.end()
        assert code == -signal.SIGKILL, f"the host ended by itself with {code}"
        self.kills += 1
        self.deaths["working" if started else "starting"] += 1

    def step(self, child: Child, *, repeat: bool) -> bool:
        """Send one batch and wait for its acknowledgement; False when the host died instead."""
        if repeat:
            batch = self.unsure[0]
        else:
            batch = []
            for _ in range(self.rng.choice((1, 1, 1, 3, 16, 64))):
                self.sent += 1
                batch.append(Request(self.play.draw(), f"r{self.sent}", "driver"))
            self.unsure.append(batch)
        if not child.send(msgspec.json.encode(batch)):
            return False
        line = child.hear()
        if line is None:
            return False
        if line.startswith(b"{"):
            self.refused = msgspec.json.decode(line)["error"]
            return True
        self.refused = ""
        for request_id, _, _, events in msgspec.json.decode(line, type=_Acknowledged):
            assert self.acknowledged.setdefault(request_id, events) == events
            self.play.hear(events)
        self.unsure.pop(0)
        return True

    def verify_alive(self, child: Child) -> None:
        """Ask for everything again: each request must be known, with the outcome that was acknowledged."""
        for request_id in sorted(self.acknowledged, key=lambda one: int(one[1:]))[-9_000:]:
            line = msgspec.json.encode([Request(_ANYTHING, request_id, "driver")])
            assert child.send(line)
            answer = child.hear()
            assert answer is not None
            ((_, _, repeated, events),) = msgspec.json.decode(answer, type=_Acknowledged)
            assert repeated, f"{request_id} was acknowledged and is not known"
            assert events == self.acknowledged[request_id]

    def verify_journal(self, state: dict[str, Any]) -> int:
        """Do the journal's commands again without any crash: same digest, each request exactly once."""
        journal = SqliteJournal(self.journal, read_only=True)
        journal.open()
        try:
            engine = Engine(CENTRE)
            seen: dict[str, int] = {}
            decode = msgspec.json.Decoder(Envelope).decode_lines
            for batch in journal.read(0):
                assert (batch.revision, batch.digest) == (engine.revision, engine.digest)
                for envelope in decode(batch.lines):
                    if envelope.request_id:
                        seen[envelope.request_id] = seen.get(envelope.request_id, 0) + 1
                    apply_envelope(engine, envelope)
        finally:
            journal.close()
        assert not self.acknowledged.keys() - seen.keys(), "acknowledged, and not in the journal"
        assert set(seen.values()) <= {1}, "in the journal more than once"
        assert (engine.revision, engine.digest) == (state["revision"], state["digest"])
        engine._check()
        return len(seen)


_ANYTHING: Final = Play(random.Random(0)).draw()


def crash(
    seed: int, kills: int, directory: Path, durability: str = "full", *, compact: bool = False
) -> Driver:
    """Run, verify, and return the driver."""
    driver = Driver(seed, directory / "journal.db", durability, compact=compact)
    state = driver.run(kills)
    if not compact:
        driver.verify_journal(state)
    return driver


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--durability", default="full", choices=("full", "group", "none"))
    parser.add_argument("--compact", action="store_true")
    parser.add_argument("--at", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.at) as directory:
        driver = crash(
            options.seed, options.kills, Path(directory), options.durability, compact=options.compact
        )
    print(  # noqa: T201  # a command to run by hand
        f"{driver.kills} kills ({driver.deaths}), {len(driver.acknowledged)} acknowledged, {driver.sent} sent"
    )


if __name__ == "__main__":
    main()
