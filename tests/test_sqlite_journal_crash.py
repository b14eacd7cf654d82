"""Processes that are killed and disks that are full: what was acknowledged is there, what was not does no harm.

Owns crashes with real processes and real file systems; damage to bytes is in ``test_sqlite_journal_damage``.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from journal_samples import batch_from, batches_up_to, fill, snapshot_at

from routing.errors import JournalFullError
from routing.journal import Durability
from routing.journal.sqlite import SqliteJournal
from routing.journal.verifying import verify

pytestmark = pytest.mark.once

SAMPLES = Path(__file__).with_name("journal_samples.py")


def killed_after(seconds: float, path: Path, durability: str, seed: int) -> tuple[int, int]:
    """Let a victim write, kill it; returns where it said the log ended at first, and what it acknowledged last."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(folder for folder in sys.path if folder)}
    command = [sys.executable, str(SAMPLES), str(path), durability, str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        lines = process.stdout.read().splitlines(keepends=True)
        assert process.wait() == -signal.SIGKILL
    words, _, began = first.rpartition(b" ")
    assert words == b"open"
    said = [int(line) for line in lines if line.endswith(b"\n")]
    return int(began), max(said, default=int(began))


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.long)])
def test_a_killed_process_loses_nothing(tmp_path: Path, kills: int) -> None:
    """Killed at any instant, also while it saves and compacts, one journal through all of it."""
    path = tmp_path / "centre.journal"
    random = Random(kills)
    acknowledged = 0
    for number in range(kills):
        durability = random.choice(("full", "group", "none"))
        began, acknowledged_now = killed_after(random.random() * 0.4, path, durability, number)
        assert began >= acknowledged
        acknowledged = acknowledged_now
    with SqliteJournal(path) as journal:
        last = journal.reader.tail().last
        assert last >= acknowledged
        oldest = journal.shelf()[-1]
        batches = list(journal.read(oldest))
        assert batches == batches_up_to(last)[-len(batches) :]
        for seq in journal.shelf():
            assert journal.load(seq).seq == seq
        fill(journal, 10, last)
    assert verify(path).damage == ()


def test_killed_while_it_opens(tmp_path: Path) -> None:
    """Also the making of a journal may be broken off anywhere."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(folder for folder in sys.path if folder)}
    random = Random(5)
    for number in range(10):
        path = tmp_path / f"j{number}"
        script = (
            "import os, sys\n"
            "from routing.journal.sqlite import SqliteJournal\n"
            "os.write(1, b'.')\n"
            "for _ in range(1000):\n"
            "    with SqliteJournal(sys.argv[1]):\n"
            "        pass\n"
            "    os.unlink(sys.argv[1])\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script, path], stdout=subprocess.PIPE, env=env
        ) as process:
            assert process.stdout is not None
            assert process.stdout.read(1) == b"."
            time.sleep(random.random() * 0.05)
            process.kill()
        with SqliteJournal(path) as journal:
            assert list(journal.read()) == []
            fill(journal, 2)


# ------------------------------------------------------------------------------------------------ full disks


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "huntgroup-test", place], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"nobody may mount here: {made.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount")
@pytest.mark.parametrize("durability", ["full", "group", "none"])
def test_a_full_disk(small_disk: Path, durability: Durability) -> None:
    """Appending is refused, reading goes on, and appending goes on by itself once there is room."""
    path = small_disk / "j"
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    with SqliteJournal(path, durability) as journal:
        journal.save(snapshot_at(0))
        last = until_full(journal, 0)
        for _ in range(3):
            with pytest.raises(JournalFullError, match=r"nothing was written .*; make room"):
                journal.append(batch_from(last + 1))
        with pytest.raises(JournalFullError):
            journal.save(snapshot_at(last, 2_000_000))
        assert list(journal.read()) == batches_up_to(last)
        assert len(journal.shelf()) == 1
        ballast.unlink()
        last = fill(journal, 20, last)
        last = until_full(journal, last)
        assert list(journal.read()) == batches_up_to(last)
    with SqliteJournal(path, durability) as journal:  # still full
        assert list(journal.read()) == batches_up_to(last)
        assert list(journal.shelf()) == [0]
    assert verify(path).damage == ()


def until_full(journal: SqliteJournal, last: int) -> int:
    """Append until there is no room."""
    while True:
        batch = batch_from(last + 1)
        try:
            journal.append(batch)
        except JournalFullError:
            return last
        last += batch.count


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount")
def test_killed_on_a_full_disk(small_disk: Path) -> None:
    """The victim ends by itself, with an error that names the remedy; nothing that it acknowledged is lost."""
    path = small_disk / "j"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(folder for folder in sys.path if folder)}
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    done = subprocess.run(
        [sys.executable, SAMPLES, path, "full", "3"], capture_output=True, env=env, check=False, timeout=300
    )
    assert b"JournalFullError" in done.stderr
    acknowledged = int(done.stdout.splitlines()[-1])
    with SqliteJournal(path) as journal:
        last = journal.reader.tail().last
        assert last >= acknowledged
        oldest = journal.shelf()[-1]
        rest = list(journal.read(oldest))
        assert rest == batches_up_to(last)[-len(rest) :]
        ballast.unlink()
        fill(journal, 5, last)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount")
def test_a_read_only_disk(small_disk: Path) -> None:
    path = small_disk / "j"
    with SqliteJournal(path) as journal:
        journal.save(snapshot_at(0))
        last = fill(journal, 5)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(OSError, match=r"Read-only file system|cannot be written"):
        SqliteJournal(path).open()
    with SqliteJournal(path, read_only=True) as journal:
        assert list(journal.read()) == batches_up_to(last)
    assert verify(path).damage == ()
