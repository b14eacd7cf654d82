"""A centre with call-backs, killed again and again: every promise ends once, no dial is lost or made twice.

Owns how often it is killed and what is looked at afterwards; must not know how anything survives.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from promised_child import PROMISES

from routing.center.callbacks.book import CallBackBook
from routing.events import AttemptEnded, ContactEnqueued, DialRequested, Event
from routing.journal.sqlite import SqliteJournal
from routing.replay import replay_batch, restored

CHILD = Path(__file__).with_name("promised_child.py")
pytestmark = pytest.mark.once


def live(folder: Path, steps: int | None) -> str:
    """Run it for so many steps and kill it; None: until it ends. Gives its last line."""
    paths = os.pathsep.join([str(CHILD.parent.parent), str(CHILD.parent), os.environ.get("PYTHONPATH", "")])
    with subprocess.Popen(
        [sys.executable, str(CHILD), str(folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
        text=True,
    ) as process:
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if len(said) == steps:
                process.kill()
                break
    return said[-1]


def events_of(path: Path) -> list[Event]:
    """All that the journal leads to, from its first line."""
    events: list[Event] = []
    with SqliteJournal(path, read_only=True) as journal:
        engine = restored(journal.load(journal.shelf()[-1]))
        for batch in journal.read(0):
            replay_batch(engine, batch, 0, publish=events.extend)
    return events


def play(folder: Path, kills: int) -> None:
    random = Random(f"kills {kills}")
    for _ in range(kills):
        live(folder, random.randrange(1, 20))
    assert live(folder, None) == "done 0\n"
    events = events_of(folder / "centre.journal")
    dials = [one for one in events if isinstance(one, DialRequested)]
    ends = {one.attempt: one.outcome for one in events if isinstance(one, AttemptEnded)}
    made = Counter(one.contact for one in events if isinstance(one, ContactEnqueued))
    assert max(made.values()) == 1
    assert {one.attempt for one in dials} == ends.keys()
    with CallBackBook(folder / "history.db") as book:
        rows = book.listed(most=1_000)
        assert len(rows) == PROMISES
        assert set(book.outcomes()) == {"served", "unreached"}
        written = book.attempts(row["call_back"] for row in rows)
        assert {row["attempt"]: row["outcome"] for row in written} == ends
        for row in rows:
            mine = [ends[f"{row['call_back']}/a{number + 1}"] for number in range(row["dials"])]
            assert mine.count("person") == (row["outcome"] == "served")
            assert row["tries"] == len(mine) - mine.count("person")


def test_killed_now_and_then(tmp_path: Path) -> None:
    play(tmp_path, 2)


@pytest.mark.slow
def test_killed_often(tmp_path: Path) -> None:
    play(tmp_path, 6)
