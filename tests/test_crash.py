"""Real processes, really killed: what was acknowledged is there afterwards, exactly once, and leads to the same digest.

A seed is repeated by ``python tests/crash.py --seed N --kills N``.

Owns how often and where; must not know what is looked at (``crash``).
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from crash import Child, Driver, crash

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("seed", "durability", "compact"),
    [(1, "full", False), (2, "group", False), (3, "none", False), (4, "full", True)],
)
def test_twenty_deaths(tmp_path: Path, seed: int, durability: str, compact: bool) -> None:
    driver = crash(seed, 5, tmp_path, durability, compact=compact)
    assert driver.acknowledged


@pytest.mark.long
@pytest.mark.parametrize(
    ("seed", "durability", "compact"),
    [(11, "full", False), (12, "group", False), (13, "group", True), (14, "full", True)],
)
def test_two_hundred_deaths(tmp_path: Path, seed: int, durability: str, compact: bool) -> None:
    driver = crash(seed, 50, tmp_path, durability, compact=compact)
    assert driver.deaths["starting"]
    assert driver.deaths["working"] > 10


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with little room, where we may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a small file system to fill can be mounted by root only")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk(small_disk: Path) -> None:
    """Commands are refused, reads go on, a death in between does no harm, and with room it goes on by itself."""
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(600_000))
    driver = Driver(5, small_disk / "journal.db", "full", compact=False)
    child = Child(driver.journal, "full", 100_000, 1000)
    assert child.hear() is not None
    while not driver.refused:
        assert driver.step(child, repeat=bool(driver.unsure))
    assert driver.refused == "JournalFullError"
    state = child.ask(b"?")
    assert state["state"] == "full"
    assert driver.acknowledged
    child.kill()
    child.end()

    child = Child(driver.journal, "full", 100_000, 1000)  # starts without room for as much as a line
    assert child.hear() is not None
    assert child.ask(b"?")["contacts"] >= 0
    ballast.unlink()
    driver.verify_journal(driver.finish(child))
    assert not driver.refused
