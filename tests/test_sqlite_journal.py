"""The journals of a host, in memory and in SQLite: what the protocol promises, who may write, old tables, recovery.

Owns the protocol as seen from outside; damage is in ``test_sqlite_journal_damage``, crashes in
``test_sqlite_journal_crash``.
"""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journal_samples import (
    CONFIG,
    Centre,
    batch_from,
    batches_up_to,
    fill,
    snapshot_at,
)

from routing import Engine, EnqueueContact, LogIn
from routing.errors import (
    ClosedError,
    CompactedError,
    CorruptJournalError,
    FencedError,
    JournalLockedError,
    ReplayMismatchError,
    UsageError,
)
from routing.events import Event
from routing.journal import Batch, Durability, Journal, MemoryJournal, SavedSnapshot, read_batch, schema
from routing.journal.locking import holder
from routing.journal.sqlite import SqliteJournal
from routing.replay import apply_envelope, recover


@pytest.fixture(params=["memory", "full", "group", "none"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    path = tmp_path / "centre.journal"
    made: Journal = MemoryJournal() if request.param == "memory" else SqliteJournal(path, request.param)
    assert made.open().last_seq == 0
    yield made
    made.close()


# ---------------------------------------------------------------------------------------------- the protocol


def test_what_was_appended_is_read(journal: Journal) -> None:
    last = fill(journal, 300)
    every = batches_up_to(last)
    assert list(journal.read()) == every
    for after in (1, 5, every[50].seq, every[50].seq - 1, last - 1):
        assert list(journal.read(after)) == [one for one in every if one.seq + one.count > after + 1]
    assert list(journal.read(last)) == []
    journal.close()
    assert journal.open().last_seq == last
    journal.sync()
    fill(journal, 2, last)
    assert len(list(journal.read())) == 302


def test_an_unexpected_batch_is_fenced(journal: Journal) -> None:
    last = fill(journal, 3)
    for seq in (1, last, last + 2):
        with pytest.raises(FencedError, match=f"begins at (seq )?{seq}"):
            journal.append(batch_from(seq))
    assert len(list(journal.read())) == 3
    fill(journal, 1, last)


@pytest.mark.parametrize(
    "batch", [Batch(1, 0, 0, 0, 0, b""), Batch(1, 2, 0, 0, 0, b"[1,5]\n"), Batch(1, 1, 0, 0, 0, b"[1,5]")]
)
def test_a_batch_that_makes_no_sense_is_misuse(journal: Journal, batch: Batch) -> None:
    with pytest.raises(UsageError):
        journal.append(batch)


def test_the_shelf(journal: Journal) -> None:
    assert list(journal.shelf()) == []
    journal.save(snapshot_at(0))
    last = fill(journal, 30)
    big = snapshot_at(last, 5_000_000)
    journal.save(big)
    journal.save(snapshot_at(last - 1))  # in the middle of a batch, or made a while ago
    with pytest.raises(UsageError, match="ahead of the log"):
        journal.save(snapshot_at(last + 1))
    assert list(journal.shelf()) == [last, last - 1, 0]
    assert journal.load(last) == big
    smaller = snapshot_at(last, 10)
    journal.save(smaller)
    assert journal.load(last) == smaller
    with pytest.raises(CorruptJournalError, match="there is no snapshot at"):
        journal.load(last + 5)


def test_a_journal_may_begin_with_a_snapshot_of_another(journal: Journal) -> None:
    journal.save(snapshot_at(500))
    journal.close()
    assert journal.open().last_seq == 500
    with pytest.raises(FencedError):
        journal.append(batch_from(1))
    last = fill(journal, 5, 500)
    assert next(batch.seq for batch in journal.read(500)) == 501
    with pytest.raises(CompactedError) as caught:
        list(journal.read(3))
    assert caught.value.oldest == 501
    journal.close()
    assert journal.open().last_seq == last


def test_compacting(journal: Journal) -> None:
    journal.save(snapshot_at(0))
    last = fill(journal, 700)
    journal.save(snapshot_at(last))
    end = fill(journal, 40, last)
    with pytest.raises(UsageError, match="there is no snapshot at 7"):
        journal.compact(7)
    journal.compact(last)
    journal.compact(last)
    assert list(journal.shelf()) == [last]
    assert [batch.seq for batch in journal.read(last)] == [one.seq for one in batches_up_to(end)[700:]]
    with pytest.raises(CompactedError) as caught:
        list(journal.read(5))
    assert 0 < caught.value.oldest <= last + 1
    journal.close()
    assert journal.open().last_seq == end
    journal.save(snapshot_at(end))
    journal.compact(end)
    journal.close()
    assert journal.open().last_seq == end
    assert list(journal.read(end)) == []
    fill(journal, 3, end)
    assert len(list(journal.read(end))) == 3


def test_notes(journal: Journal) -> None:
    assert journal.noted("hash") is None
    journal.note("hash", "17")
    journal.note("hash", "18 – ü")
    journal.note("", "")
    assert (journal.noted("hash"), journal.noted("")) == ("18 – ü", "")
    journal.close()
    journal.open()
    assert journal.noted("hash") == "18 – ü"


def test_a_closed_journal_takes_nothing(journal: Journal) -> None:
    journal.close()
    journal.close()
    with pytest.raises(ClosedError, match="the journal is closed"):
        journal.append(batch_from(1))


LINES = st.lists(st.binary(max_size=200).map(lambda line: line.replace(b"\n", b" ")), min_size=1, max_size=30)
NUMBERS = st.integers(0, 2**62 - 1)
DIGESTS = st.integers(0, 2**64 - 1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(LINES, NUMBERS, NUMBERS, DIGESTS), max_size=8),
    st.lists(st.tuples(NUMBERS, NUMBERS, DIGESTS, st.booleans(), st.binary(max_size=5000)), max_size=3),
    st.dictionaries(st.text(), st.text(), max_size=3),
)
def test_anything_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    batches: list[tuple[list[bytes], int, int, int]],
    snapshots: list[tuple[int, int, int, bool, bytes]],
    notes: dict[str, str],
) -> None:
    notes = {
        name.encode("utf-8", "ignore").decode(): text.encode("utf-8", "ignore").decode()
        for name, text in notes.items()
    }
    path = tmp_path_factory.mktemp("anything") / "j"
    written: list[Batch] = []
    shelf: dict[int, SavedSnapshot] = {}
    with SqliteJournal(path, "none") as journal:
        seq = 1
        for lines, at_ns, revision, digest in batches:
            batch = Batch(seq, len(lines), at_ns, revision, digest, b"".join(line + b"\n" for line in lines))
            journal.append(batch)
            written.append(batch)
            seq += batch.count
        for place, (at_ns, revision, digest, sealed, body) in enumerate(snapshots):
            snapshot = SavedSnapshot(max(0, seq - 1 - place), at_ns, revision, digest, 1, sealed, body)
            journal.save(snapshot)
            shelf[snapshot.seq] = snapshot
        for name, value in notes.items():
            journal.note(name, value)
    with SqliteJournal(path, read_only=True) as journal:
        assert list(journal.read()) == written
        assert {number: journal.load(number) for number in journal.shelf()} == shelf
        assert {name: journal.noted(name) for name in notes} == notes


# ---------------------------------------------------------------------------------------------- one writer

HOLD = """
import sys
from routing.journal.sqlite import SqliteJournal

journal = SqliteJournal(sys.argv[1])
journal.open()
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the journal open."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "centre.journal"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()
        process.wait()


def test_two_processes_never_open_one_journal(
    tmp_path: Path, other_process: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "centre.journal"
    link = tmp_path / "link"
    link.symlink_to(path)
    folder = tmp_path / "folder"
    folder.symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    names = (path, link, folder / "centre.journal", Path("centre.journal"), tmp_path / "x" / ".." / "link")
    for name in names:
        with pytest.raises(JournalLockedError, match=f"open in process {other_process.pid};"):
            SqliteJournal(name).open()
    assert holder(path) == str(other_process.pid)
    with SqliteJournal(link, read_only=True) as journal:  # looking is allowed
        assert list(journal.read()) == []
    other_process.kill()
    other_process.wait()
    assert holder(path) is None
    assert path.with_name("centre.journal.lock").exists()  # and does no harm
    with SqliteJournal(link) as journal:
        fill(journal, 3)


def test_two_in_one_process_neither(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "j") as journal:
        with pytest.raises(UsageError, match="is open already"):
            journal.open()
        with pytest.raises(JournalLockedError, match=f"process {os.getpid()};"):
            SqliteJournal(tmp_path / "j").open()
        fill(journal, 2)
    with SqliteJournal(tmp_path / "j") as journal:
        fill(journal, 2, journal.reader.tail().last)


def test_a_forked_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    script = (
        "import os, sys, time\n"
        "from routing.journal.sqlite import SqliteJournal\n"
        "journal = SqliteJournal(sys.argv[1])\n"
        "journal.open()\n"
        "if os.fork() == 0:\n"
        "    os.close(1)\n"
        "    time.sleep(600)\n"
        "os.write(1, b'forked')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path / "j"],
        stdout=subprocess.PIPE,
        env=env,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.read() == b"forked"
        parent.wait()
    try:
        with SqliteJournal(tmp_path / "j") as journal:
            fill(journal, 1)
    finally:
        os.killpg(parent.pid, 9)


def test_whoever_writes_past_the_lock_fences_the_other(tmp_path: Path) -> None:
    """Somebody has removed the lock file: the second writer goes on, the first one learns that it lost."""
    path = tmp_path / "j"
    with SqliteJournal(path) as first:
        last = fill(first, 5)
        path.with_name("j.lock").unlink()
        with SqliteJournal(path) as second:
            fill(second, 3, last)
            with pytest.raises(FencedError, match="another writer has written"):
                fill(first, 1, last)
            end = second.reader.tail().last
            second.save(snapshot_at(end))
            second.compact(end)  # the row that was in the way is gone, and still ...
            with pytest.raises(FencedError, match="another writer has written"):
                fill(first, 1, last)
            fill(second, 1, end)


def test_hard_links_are_refused(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "j"):
        pass
    (tmp_path / "k").hardlink_to(tmp_path / "j")
    with pytest.raises(UsageError, match="has 2 hard links"):
        SqliteJournal(tmp_path / "k").open()


@pytest.mark.parametrize("durability", ["full", "group"])
def test_everything_beside_appending(tmp_path: Path, durability: Durability) -> None:
    """Syncing, saving, compacting and reading from other threads while one appends."""
    with SqliteJournal(tmp_path / "j", durability) as journal:
        journal.save(snapshot_at(0))
        stop = threading.Event()
        failed: list[BaseException] = []
        compacted = 0

        def again(step: Callable[[], object]) -> Callable[[], None]:
            def run() -> None:
                try:
                    while not stop.is_set():
                        step()
                except BaseException as error:
                    failed.append(error)
                    raise

            return run

        def tidy() -> None:
            nonlocal compacted
            journal.save(snapshot_at(journal.reader.tail().last, 300_000))
            shelf = journal.shelf()
            if len(shelf) > 2:
                journal.compact(shelf[1])
                compacted += 1

        def look() -> None:
            try:
                for batch in journal.read(journal.shelf()[-1]):
                    assert batch == batch_from(batch.seq)
            except CompactedError:
                pass

        threads = [threading.Thread(target=again(step)) for step in (journal.sync, tidy, look, look)]
        for thread in threads:
            thread.start()
        last = 0
        while compacted < 5 and not failed:
            last = fill(journal, 50, last)
        stop.set()
        for thread in threads:
            thread.join()
        assert failed == []
        rest = list(journal.read(journal.shelf()[-1]))
        assert rest == batches_up_to(last)[-len(rest) :]
    with SqliteJournal(tmp_path / "j") as journal:
        assert journal.reader.tail().last == last


def test_reading_sees_when_the_past_goes(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "j", "none") as journal:
        journal.save(snapshot_at(0))
        last = fill(journal, 1000)
        reading = journal.read()
        assert next(reading).seq == 1
        journal.save(snapshot_at(last))
        journal.compact(last)
        with pytest.raises(CompactedError) as caught:
            list(reading)
        assert caught.value.oldest > 100


def test_the_file_shrinks(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with SqliteJournal(path, "none") as journal:
        last = fill(journal, 3000)
    big = path.stat().st_size
    with SqliteJournal(path, "none") as journal:
        journal.save(snapshot_at(last))
        journal.compact(last)
    assert path.stat().st_size < big / 4
    assert not path.with_name("j-wal").exists()


def test_the_write_ahead_log_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with SqliteJournal(path, "none") as journal:
        last = 0
        for _ in range(20):
            last = fill(journal, 500, last)
            assert path.with_name("j-wal").stat().st_size < 20 << 20


# ----------------------------------------------------------------------------------- versions and file systems


def test_tables_of_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "j"
    with SqliteJournal(path) as journal:
        fill(journal, 3)
    monkeypatch.setattr(schema, "VERSION", 3)
    with pytest.raises(CorruptJournalError, match="schema version 1 is not known; this version reads 3 to 3"):
        SqliteJournal(path).open()
    monkeypatch.setattr(
        schema,
        "MIGRATIONS",
        {1: ("ALTER TABLE note ADD COLUMN colour TEXT",), 2: ("CREATE TABLE more(x)", "DROP TABLE more")},
    )
    with SqliteJournal(path) as journal:
        assert len(list(journal.read())) == 3
    journal = SqliteJournal(path)
    assert journal.open().problems == ()
    journal.close()
    monkeypatch.setattr(schema, "VERSION", 1)
    with pytest.raises(CorruptJournalError, match=r"has schema version 3; .* reads up to 1; upgrade"):
        SqliteJournal(path).open()


def test_a_broken_migration_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "j"
    with SqliteJournal(path) as journal:
        fill(journal, 3)
    monkeypatch.setattr(schema, "VERSION", 2)
    monkeypatch.setattr(schema, "MIGRATIONS", {1: ("CREATE TABLE more(x)", "CREATE TABLE more(x)")})
    with pytest.raises(Exception, match="more"):
        SqliteJournal(path).open()
    monkeypatch.undo()
    with SqliteJournal(path) as journal:
        assert len(list(journal.read())) == 3


def test_another_file_of_sqlite_is_none(tmp_path: Path) -> None:
    path = tmp_path / "other"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE t(x)")
    db.close()
    for read_only in (False, True):
        with pytest.raises(CorruptJournalError, match="is a SQLite file, but no journal"):
            SqliteJournal(path, read_only=read_only).open()


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a directory"):
        SqliteJournal(tmp_path).open()
    with pytest.raises(FileNotFoundError, match="no such folder for the journal; make it first"):
        SqliteJournal(tmp_path / "none" / "j").open()
    with pytest.raises(FileNotFoundError):
        SqliteJournal(tmp_path / "j", read_only=True).open()
    with pytest.raises(UsageError, match="durability 'half' is not known"):
        SqliteJournal(tmp_path / "j", "half")  # type: ignore[arg-type]
    assert not (tmp_path / "j").exists()


def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    (tmp_path / "j").touch()
    with SqliteJournal(tmp_path / "j") as journal:
        fill(journal, 1)


def test_read_only_writes_nothing(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "j") as journal:
        last = fill(journal, 1)
    before = (tmp_path / "j").read_bytes()
    with SqliteJournal(tmp_path / "j", read_only=True) as journal:
        with pytest.raises(UsageError, match="read-only"):
            journal.append(batch_from(last + 1))
        with pytest.raises(UsageError, match="read-only"):
            journal.save(snapshot_at(0))
        with pytest.raises(UsageError, match="read-only"):
            journal.note("a", "b")
        journal.sync()
    assert (tmp_path / "j").read_bytes() == before


# ------------------------------------------------------------------------------------------------- recovery


def test_recovering(journal: Journal) -> None:
    centre = Centre(journal)
    seen: list[Event] = []
    for number in range(120):
        centre.batch()
        if number % 50 == 30:
            last = centre.snapshot()
            start = centre.engine.revision
    journal.close()
    journal.open()
    back = recover(journal, seen.extend, behaviour=1)
    assert (back.seq, back.at_ns, back.snapshot_seq) == (centre.writer.seq, centre.engine.now_ns, last)
    assert back.engine.digest == centre.engine.digest
    assert back.engine.snapshot() == centre.engine.snapshot()
    assert back.problems == ()
    assert len(seen) == back.engine.revision - start
    with pytest.raises(UsageError, match=r"follows behaviour 1, not 2; .*journal seal"):
        recover(journal, behaviour=2)


def test_a_damaged_snapshot_is_passed_over(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "j") as journal:
        centre = Centre(journal)
        for _ in range(20):
            centre.batch()
        centre.snapshot()
        for _ in range(20):
            centre.batch()
        last = centre.snapshot()
        centre.batch()
        assert journal._db is not None
        journal._db.execute("UPDATE piece SET body = zeroblob(9) WHERE store = 3")
    with SqliteJournal(tmp_path / "j") as journal:
        back = recover(journal)
        assert 0 < back.snapshot_seq < last
        assert f"the snapshot at seq {last} is damaged, an older one is taken" in back.problems[0]
        assert back.engine.snapshot() == centre.engine.snapshot()
        assert journal._db is not None
        journal._db.execute("UPDATE piece SET body = zeroblob(9)")
        with pytest.raises(CorruptJournalError, match="the snapshot at seq 0 is damaged"):
            recover(journal)


def test_a_damaged_seal_is_not_passed_over(tmp_path: Path) -> None:
    """What lies before a seal follows other rules, so going back behind it would decide otherwise."""
    with SqliteJournal(tmp_path / "j") as journal:
        centre = Centre(journal)
        centre.batch()
        engine = centre.engine
        journal.save(
            SavedSnapshot(
                centre.writer.seq, engine.now_ns, engine.revision, engine.digest, 1, True, engine.snapshot()
            )
        )
        assert journal.sealed() == centre.writer.seq
        centre.batch()
        assert recover(journal).snapshot_seq == journal.sealed()
        assert journal._db is not None
        journal._db.execute("UPDATE piece SET body = zeroblob(9) WHERE store = 2")
        with pytest.raises(CorruptJournalError, match=r"is damaged.*it was sealed"):
            recover(journal)


def test_no_snapshot_is_nothing_to_begin_with(journal: Journal) -> None:
    with pytest.raises(CorruptJournalError, match="holds no snapshot to begin with"):
        recover(journal)


def test_a_wrong_digest_is_named(journal: Journal) -> None:
    centre = Centre(journal)
    centre.batch()
    engine, seq = centre.engine, centre.writer.seq + 1
    line = centre.writer.command(None, engine.now_ns)
    journal.append(Batch(seq, 1, engine.now_ns, engine.revision, engine.digest ^ 1, line))
    with pytest.raises(ReplayMismatchError, match=f"before seq {seq} the journal has revision"):
        recover(journal)


def test_a_snapshot_in_the_middle_of_a_batch(journal: Journal) -> None:
    """Whoever saves beside appending may have seen only some of a batch."""
    centre = Centre(journal)
    commands = [LogIn("a1"), EnqueueContact("c1", ("sales",)), None, LogIn("a2")]
    centre.batch(*commands)
    half = Engine(CONFIG)
    for envelope in read_batch(next(iter(journal.read())).lines, 1)[:2]:
        apply_envelope(half, envelope)
    journal.save(SavedSnapshot(2, half.now_ns, half.revision, half.digest, 1, False, half.snapshot()))
    centre.batch()
    back = recover(journal)
    assert back.snapshot_seq == 2
    assert back.engine.snapshot() == centre.engine.snapshot()
