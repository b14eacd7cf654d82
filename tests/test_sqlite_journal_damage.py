"""Damaged journals: every flipped bit is found or does no harm, torn ends are cut, what is whole can be kept.

Owns damage to bytes; crashes of processes and full disks are in ``test_sqlite_journal_crash``.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from journal_samples import (
    batch_from,
    batches_up_to,
    content,
    copied,
    fill,
    flips,
    removed,
    snapshot_at,
    used,
)

from routing.errors import CorruptJournalError, HuntgroupError
from routing.journal import Durability
from routing.journal.sqlite import SqliteJournal
from routing.journal.verifying import verify
from routing.journal.wal import scan, wal_path

pytestmark = pytest.mark.once

SEED = 20


@pytest.fixture
def crashed(tmp_path: Path) -> Iterator[Path]:
    """A journal as a crash leaves it: half in the file, half in the write-ahead log."""
    path = tmp_path / "centre.journal"
    with SqliteJournal(path) as journal:
        journal.save(snapshot_at(0))
        journal.note("city", "Kassel")
        last = fill(journal, 20)
        journal.save(snapshot_at(last))
        last = fill(journal, 10, last)
    with SqliteJournal(path) as journal:
        fill(journal, 8, last)
        journal.note("hash", "17")
        yield copied(path, tmp_path / "crashed")


@pytest.fixture
def closed(crashed: Path) -> Path:
    """The same after it was opened and closed: all in the file."""
    target = copied(crashed, crashed.with_name("closed"))
    with SqliteJournal(target):
        pass
    assert not wal_path(target).exists()
    return target


def flip(path: Path, at: int, mask: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= mask
    path.write_bytes(data)


def outcome(path: Path, durability: Durability = "none") -> object:
    """What a journal holds, or "found" where it says that it is damaged; the marks count under any durability."""
    journal = SqliteJournal(path, durability)
    try:
        journal.open()
        return content(journal)
    except (HuntgroupError, OSError):
        return "found"
    finally:
        journal.close()


def test_a_crashed_journal_is_whole(crashed: Path) -> None:
    copy = copied(crashed, crashed.with_name("copy"))
    with SqliteJournal(copy) as journal:
        last = journal.reader.tail().last
        assert list(journal.read()) == batches_up_to(last)
        assert len(list(journal.read())) == 38
        assert journal.noted("hash") == "17"
        fill(journal, 5, last)
    assert verify(copy).damage == ()


@pytest.mark.parametrize("part", ["file", "header", "wal", "wal header"])
@pytest.mark.parametrize("amount", [150, pytest.param(3000, marks=pytest.mark.long)])
def test_a_flipped_bit_is_found_or_harmless(crashed: Path, part: str, amount: int) -> None:
    whole = outcome(copied(crashed, crashed.with_name("whole")))
    assert whole != "found"
    random = Random(SEED)
    file = crashed if part in ("file", "header") else wal_path(crashed)
    size = {"header": 100, "wal header": 32, "wal": used(wal_path(crashed))}.get(part, file.stat().st_size)
    found = 0
    for at, mask in flips(random, size, amount):
        copy = copied(crashed, crashed.with_name("copy"))
        flip(copy if part in ("file", "header") else wal_path(copy), at, mask)
        now = outcome(copy)
        assert now in (whole, "found"), f"bit {mask} of byte {at} of the {part}"
        found += now == "found"
        removed(copy)
    assert found > 0 or part == "header"  # the newest first page may lie in the write-ahead log


@pytest.mark.parametrize("amount", [150, pytest.param(3000, marks=pytest.mark.long)])
def test_a_flipped_bit_in_a_closed_journal_is_found_or_harmless(closed: Path, amount: int) -> None:
    whole = outcome(copied(closed, closed.with_name("whole")))
    assert whole != "found"
    for at, mask in flips(Random(SEED), closed.stat().st_size, amount):
        copy = copied(closed, closed.with_name("copy"))
        flip(copy, at, mask)
        assert outcome(copy) in (whole, "found"), f"bit {mask} of byte {at}"
        removed(copy)


def test_without_marks_damage_in_the_middle_of_the_log_is_found(crashed: Path) -> None:
    state = scan(wal_path(crashed))
    assert state is not None
    assert (state.header, state.behind) == (True, 0)
    assert 8 < state.whole < state.frames
    for at in (4, 50, 3000):  # the header, the first frame's header, its page
        copy = copied(crashed, crashed.with_name("copy"), marks=False)
        flip(wal_path(copy), at, 1)
        with pytest.raises(CorruptJournalError, match="whole transactions lie behind it") as caught:
            SqliteJournal(copy).open()
        assert "journal repair" in str(caught.value)
        assert wal_path(copy).exists()  # nothing was thrown away
        problems = SqliteJournal(copy, "group").open().problems
        assert "may be torn" in problems[0]
        removed(copy)


def test_with_marks_a_lost_end_is_found(crashed: Path) -> None:
    copy = copied(crashed, crashed.with_name("copy"))
    wal_path(copy).unlink()
    with pytest.raises(CorruptJournalError, match=r"ends at seq \d+, but seq \d+ was acknowledged"):
        SqliteJournal(copy).open()


def test_after_a_power_failure_what_was_not_synced_may_be_lost(
    crashed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under "group" the marks tell what was synced from what was not; another run of the machine counts the first."""
    path = crashed.with_name("group")
    with SqliteJournal(path, "group") as journal:
        journal.save(snapshot_at(0))
        last = fill(journal, 20)
        journal.sync()
        sure = used(wal_path(path))
        fill(journal, 5, last)
        copy = copied(path, crashed.with_name("copy"))
    wal_path(copy).write_bytes(wal_path(copy).read_bytes()[:sure])
    monkeypatch.setattr("routing.journal.locking.boot", lambda: b"another run....."[:16])
    journal = SqliteJournal(copy, "group")
    opening = journal.open()
    assert opening.last_seq == last
    assert "were written, but not yet on the disk when the machine stopped" in opening.problems[0]
    assert list(journal.read()) == batches_up_to(last)
    journal.close()
    copied(path, copy)
    copy.write_bytes(path.read_bytes())


@pytest.mark.parametrize("step", [997, pytest.param(41, marks=pytest.mark.long)])
def test_a_torn_end_leaves_what_was_before(crashed: Path, step: int) -> None:
    """Under "none", wherever a power failure tears the log, whole batches are left, and one can go on."""
    data = wal_path(crashed).read_bytes()[: used(wal_path(crashed))]
    every = batches_up_to(10_000)
    counts: set[int] = set()
    for length in range(0, len(data) + 1, step):
        copy = copied(crashed, crashed.with_name("copy"), marks=False)
        wal_path(copy).write_bytes(data[:length])
        with SqliteJournal(copy, "none") as journal:
            batches = list(journal.read())
            assert batches == every[: len(batches)]
            counts.add(len(batches))
            fill(journal, 1, journal.reader.tail().last)
        removed(copy)
    assert len(counts) > 5
    assert min(counts) >= 30


def test_torn_zeros_are_no_damage(crashed: Path) -> None:
    """File systems may leave zeros where a block had not been written."""
    data = bytearray(wal_path(crashed).read_bytes())
    copy = copied(crashed, crashed.with_name("copy"), marks=False)
    end = used(wal_path(crashed))
    data[end - 20_000 : end] = bytes(20_000)
    wal_path(copy).write_bytes(data)
    with SqliteJournal(copy) as journal:
        batches = list(journal.read())
        assert batches == batches_up_to(10_000)[: len(batches)]


def rows_changed(path: Path, *statements: str) -> Path:
    """A journal after somebody has been at its tables."""
    copy = copied(path, path.with_name("changed"))
    with SqliteJournal(copy) as journal:
        db = journal._db
        assert db is not None
        for statement in statements:
            db.execute(statement)
    return copy


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM batch WHERE seq = (SELECT seq FROM batch LIMIT 1 OFFSET 25)",
        "DELETE FROM batch WHERE seq = (SELECT max(seq) FROM batch)",
        "UPDATE batch SET at_ns = at_ns + 1 WHERE seq = (SELECT seq FROM batch LIMIT 1 OFFSET 25)",
        "UPDATE batch SET lines = replace(lines, 'null', 'nuII') WHERE seq = (SELECT max(seq) FROM batch)",
        "UPDATE batch SET digest = 1.5, lines = 5",
        "UPDATE batch SET previous = zeroblob(16) WHERE seq = (SELECT max(seq) FROM batch)",
        "INSERT INTO batch SELECT seq + 9999, count, at_ns, revision, digest, previous, sum, lines FROM batch",
        "DELETE FROM batch",
        "DELETE FROM batch WHERE seq < 9",
        "DELETE FROM identity",
        "UPDATE identity SET value = zeroblob(16)",
        "PRAGMA application_id = 5",
        "PRAGMA user_version = 99",
        "PRAGMA user_version = 0",
    ],
)
def test_changed_rows_are_found(crashed: Path, statement: str) -> None:
    changed = crashed.with_name("changed")
    with suppress(CorruptJournalError):
        rows_changed(crashed, statement)
    with pytest.raises(CorruptJournalError) as caught:
        SqliteJournal(changed).open()
    assert str(changed) in str(caught.value)


def test_two_batches_that_changed_places_are_found(crashed: Path) -> None:
    """Even with checksums of their own made to fit, they do not fit their neighbours."""
    fields = "count, at_ns, revision, digest, previous, sum, lines"
    first, second = (batch.seq for batch in batches_up_to(10_000)[32:34])
    changed = rows_changed(
        crashed,
        f"CREATE TEMP TABLE kept AS SELECT {fields} FROM batch WHERE seq = {first}",
        f"UPDATE batch SET ({fields}) = (SELECT {fields} FROM batch WHERE seq = {second}) WHERE seq = {first}",
        f"UPDATE batch SET ({fields}) = (SELECT {fields} FROM temp.kept) WHERE seq = {second}",
    )
    with pytest.raises(CorruptJournalError, match=f"seq {first} on does not match its checksum"):
        SqliteJournal(changed).open()


def test_verify_tells_all_damage(crashed: Path) -> None:
    batches = batches_up_to(10_000)
    changed = rows_changed(
        crashed,
        f"UPDATE batch SET at_ns = 1 WHERE seq = {batches[5].seq}",
        f"DELETE FROM batch WHERE seq = {batches[12].seq}",
        "UPDATE piece SET body = zeroblob(10) WHERE store = 1",
        "UPDATE note SET value = 'Ulm' WHERE name = 'city'",
    )
    report = verify(changed)
    words = (
        f"from seq {batches[5].seq} on does not match",
        f"from seq {batches[13].seq} on follows seq {batches[11].seq + batches[11].count - 1}",
        "snapshot at seq 0 does not match",
        "note 'city' does not match",
    )
    assert len(report.damage) == len(words)
    for word in words:
        assert any(word in problem for problem in report.damage)
    assert (report.batches, report.snapshots, report.notes) == (36, 1, 1)


# ------------------------------------------------------------------------------------------------ repairing


def test_what_is_whole_is_kept(crashed: Path) -> None:
    """A damaged batch ends the log; what lay behind it is lost, and what was damaged is put aside."""
    batches = batches_up_to(10_000)
    changed = rows_changed(crashed, f"UPDATE batch SET at_ns = 1 WHERE seq = {batches[30].seq}")
    damaged = changed.read_bytes()
    journal = SqliteJournal(changed, accept_loss=True)
    opening = journal.open()
    last = batches[29].seq + batches[29].count - 1
    assert opening.last_seq == last
    assert f"up to seq {last}" in opening.problems[0]
    assert list(journal.read()) == batches[:30]
    assert len(journal.shelf()) == 2
    assert [journal.load(seq).body for seq in journal.shelf()][-1] == snapshot_at(0).body
    assert journal.noted("city") == "Kassel"
    fill(journal, 3, last)
    journal.close()
    assert changed.with_name("changed.damaged-1").read_bytes() == damaged
    again = SqliteJournal(changed)
    assert again.open().problems == ()
    assert list(again.read())[:31] == [*batches[:30], batch_from(last + 1)]
    again.close()


def test_damage_before_a_snapshot_costs_nothing(crashed: Path) -> None:
    batches = batches_up_to(10_000)
    changed = rows_changed(crashed, f"UPDATE batch SET at_ns = 1 WHERE seq = {batches[3].seq}")
    with SqliteJournal(changed) as journal:  # what would be replayed is whole
        last = journal.reader.tail().last
    with (
        pytest.raises(CorruptJournalError, match=r"does not match .* repair"),
        SqliteJournal(changed) as journal,
    ):
        list(journal.read())
    with SqliteJournal(changed, accept_loss=True) as journal:
        assert journal.reader.tail().last == last


def test_a_damaged_wal_can_be_accepted(crashed: Path) -> None:
    copy = copied(crashed, crashed.with_name("copy"))
    flip(wal_path(copy), used(wal_path(copy)) // 2, 1)
    with pytest.raises(CorruptJournalError, match="was acknowledged: frame"):
        SqliteJournal(copy).open()
    with SqliteJournal(copy, accept_loss=True) as journal:
        batches = list(journal.read())
        assert 30 <= len(batches) < 38
        assert batches == batches_up_to(10_000)[: len(batches)]
    assert wal_path(copy.with_name("copy.damaged-1")).exists()


def test_going_back_to_a_backup_is_said_aloud(crashed: Path) -> None:
    """An older copy in the place of the journal ends before the marks; without these it is a journal like any other."""
    backup = copied(crashed, crashed.with_name("backup"))
    with SqliteJournal(crashed) as journal:
        last = fill(journal, 3, journal.reader.tail().last)
    for ending in ("", "-wal"):
        shutil.copyfile(f"{backup}{ending}", f"{crashed}{ending}")
    with pytest.raises(CorruptJournalError, match=f"but seq {last} was acknowledged"):
        SqliteJournal(crashed).open()
    crashed.with_name("crashed.lock").unlink()
    with SqliteJournal(crashed) as journal:
        assert journal.reader.tail().last < last


def test_nothing_whole_is_said(crashed: Path) -> None:
    changed = rows_changed(crashed, "UPDATE piece SET body = zeroblob(3)")
    with pytest.raises(CorruptJournalError, match="no snapshot is whole"):
        SqliteJournal(changed, accept_loss=True).open()


@pytest.mark.parametrize("data", [b"HGSNAP" * 50, b"x" * 5000, b"SQLite format 3\0" + bytes(4080)])
def test_other_files_are_refused_and_left_alone(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(data)
    with pytest.raises(CorruptJournalError, match=r"no journal|no SQLite file|malformed|damaged"):
        SqliteJournal(path).open()
    assert path.read_bytes() == data
