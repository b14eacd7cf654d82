"""A dialling centre, killed again and again: who was dialled is written down, nobody is dialled before the outcome is
known, and the ledger counts what the journal tells.

Owns how often and what is looked at afterwards; must not know how anything survives.
"""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from dialled_child import CENTRE, OURS

from routing.campaigns.book import Book
from routing.compliance.accounts import Account
from routing.compliance.calls import Watched
from routing.compliance.ledger import Ledger
from routing.engine import Engine
from routing.events import AttemptEnded, ContactEnded, DialRequested, Event, OfferAccepted
from routing.journal import Envelope
from routing.journal.sqlite import SqliteJournal
from routing.replay import apply_envelope
from routing.units import SECOND

CHILD = Path(__file__).with_name("dialled_child.py")
pytestmark = pytest.mark.once


class Child:
    """The centre's process, and the lines that it has said."""

    def __init__(self, folder: Path, seed: str) -> None:
        paths = os.pathsep.join(
            [str(CHILD.parent.parent), str(CHILD.parent), os.environ.get("PYTHONPATH", "")]
        )
        self.process = subprocess.Popen(
            [sys.executable, str(CHILD), str(folder), seed],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
            text=True,
        )

    def hear(self) -> str:
        """One whole line, "" once the process is dead."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return line.rstrip("\n") if line.endswith("\n") else ""

    def end(self, *, kill: bool) -> int:
        if kill:
            self.process.kill()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(60)


def play(folder: Path, seed: int, kills: int) -> tuple[list[tuple[str, str]], Account]:
    """Kill so many times, then let it end by itself; returns who was dialled, and the ledger's account."""
    rng = Random(f"kills {seed}")
    dialled: list[tuple[str, str]] = []

    def note(line: str) -> None:
        word, attempt, number = line.split(" ")
        assert word == "dial"
        dialled.append((attempt, number))

    def begun(turn: str) -> Child:
        child = Child(folder, f"{seed} {turn}")
        while (line := child.hear()).startswith("dial "):  # before it says that it is ready
            note(line)
        assert line == "ready", "the centre did not start"
        return child

    for turn in range(kills):
        child = begun(f"{turn}")
        for _ in range(6):  # it is at work, however slow it is
            note(child.hear())
        timer = threading.Timer(0.1 + 0.7 * rng.random(), child.process.kill)
        timer.start()
        while line := child.hear():
            note(line)
        timer.join()
        assert child.end(kill=True) == -signal.SIGKILL
    child = begun("last")
    for _ in range(6):
        note(child.hear())
    assert child.process.stdin is not None
    child.process.stdin.write("drain\n")
    child.process.stdin.flush()
    while (line := child.hear()).startswith("dial "):
        note(line)
    account = msgspec.json.decode(line, type=Account)
    assert child.end(kill=False) == 0
    return dialled, account


def events_of(folder: Path) -> list[Event]:
    """Do the journal's commands again, from the first."""
    journal = SqliteJournal(folder / "journal.db", read_only=True)
    journal.open()
    engine = Engine(CENTRE)
    events: list[Event] = []
    try:
        decode = msgspec.json.Decoder(Envelope).decode_lines
        for batch in journal.read(0):
            for envelope in decode(batch.lines):
                events += engine.advance(envelope.at_ns)
                events += apply_envelope(engine, envelope)
    finally:
        journal.close()
    return events


def check(folder: Path, dialled: list[tuple[str, str]], account: Account) -> None:
    events = events_of(folder)
    requested = [event.attempt for event in events if isinstance(event, DialRequested)]
    ends = {event.attempt: event for event in events if isinstance(event, AttemptEnded)}
    with Book(folder / "campaigns.db") as book:
        rows: dict[str, Any] = {
            row["attempt"]: row for row in book.attempts("spring", 0, 2**62, personal=True)
        }
        assert not book.open_attempts("spring")
        numbers = {name: book.number_of(f"{row['record']}.{row['position']}") for name, row in rows.items()}
        audited = {entry.attempt for entry in book.audit("spring", 0, 2**62)}

    # Every attempt that was dialled is in the database, with its outcome, once.
    assert len(set(requested)) == len(requested)
    assert {name for name, _ in dialled} <= set(requested)
    unmade = {name for name, row in rows.items() if row["cause"] in ("never_requested", "not_requested")}
    assert set(requested) == rows.keys() - unmade
    assert {name: ends[name].outcome for name in requested} == {
        name: rows[name]["outcome"] for name in requested
    }
    assert all(numbers[name] == number for name, number in dialled)

    # No number is dialled again before its outcome.
    free_ns: dict[str, int] = {}
    for name, row in sorted(rows.items(), key=lambda one: (one[1]["at_ns"], one[0])):
        assert row["at_ns"] >= free_ns.get(numbers[name], 0), f"{numbers[name]} was dialled twice at once"
        free_ns[numbers[name]] = row["ended_ns"]

    # The ledger equals a recount of the journal: by a fresh one, and by hand.
    fresh = Ledger([Watched("spring", ("ours",))], {"ours": OURS})
    for event in events:
        fresh.follow([event])
    again = fresh.accounts("spring", max(events[-1].at_ns, 0) + 10 * SECOND)["ours"]
    assert (account.answered, account.abandoned) == (again.answered, again.abandoned)
    persons = {name for name, event in ends.items() if event.outcome == "person"}
    taken = {event.contact: event.at_ns for event in events if isinstance(event, OfferAccepted)}
    closed = {event.contact: event for event in events if isinstance(event, ContactEnded)}
    late = {
        name
        for name in persons
        if taken.get(name, 2**62) > ends[name].at_ns + 2 * SECOND
        and (closed[name].outcome != "abandoned" or closed[name].at_ns > ends[name].at_ns + 2 * SECOND)
    }
    assert account.abandoned == len(late)
    assert account.answered == len(persons)
    assert audited == late == {name for name, row in rows.items() if row["abandoned"]}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_some_deaths(tmp_path: Path, seed: int) -> None:
    dialled, account = play(tmp_path, seed, 3)
    assert len(dialled) > 20
    check(tmp_path, dialled, account)


@pytest.mark.long
@pytest.mark.parametrize("seed", [11, 12])
def test_many_deaths(tmp_path: Path, seed: int) -> None:
    dialled, account = play(tmp_path, seed, 30)
    check(tmp_path, dialled, account)
