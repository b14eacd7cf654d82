"""``huntgroup journal``: what it says of whole, damaged and differing journals, also while a host writes.

Owns the command as seen from outside.
"""

import json
from pathlib import Path

import pytest
from journal_samples import CONFIG, Centre
from test_cli import run

from routing import BEHAVIOUR, EnqueueContact, LogIn
from routing.host import Host
from routing.journal import Batch, Checkpoint, Envelope, Header, SavedSnapshot, read
from routing.journal.sqlite import SqliteJournal
from routing.replay import recover, replay


def write(path: Path, batches: int = 60, *, other: int | None = None) -> Centre:
    """Write a journal of a centre; in batch ``other`` something else is commanded."""
    with SqliteJournal(path, "none") as journal:
        centre = Centre(journal)
        journal.note("configuration", "17")
        for number in range(batches):
            if number == other:
                centre.random.random()
                centre.batch(EnqueueContact("another", ("sales",)))
            else:
                centre.batch()
            if number in (20, 40):
                centre.snapshot()
    return centre


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write(tmp_path / "centre.journal")
    return tmp_path / "centre.journal"


def changed(path: Path, statement: str) -> None:
    with SqliteJournal(path) as journal:
        assert journal._db is not None
        journal._db.execute(statement)


def test_inspecting(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "journal", "inspect", path)
    assert (code, err) == (0, "")
    for words in (
        "schema version 1 of 1",
        "in 60 batches",
        "nobody has it open",
        "seq 0,",
        "configuration = 17",
    ):
        assert words in out
    with SqliteJournal(path) as journal:
        last = journal.reader.tail().last
        code, out, _ = run(capsys, "journal", "inspect", path, "--json")
    told = json.loads(out)
    assert (told["first_seq"], told["last_seq"], told["envelopes"], told["batches"]) == (1, last, last, 60)
    assert 0 < told["first_at_ns"] < told["last_at_ns"]
    assert len(told["snapshots"]) == 3
    assert told["snapshots"][0]["behaviour"] == BEHAVIOUR
    assert told["open_in"].isdigit()


def test_inspecting_an_empty_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SqliteJournal(tmp_path / "j"):
        pass
    code, out, _ = run(capsys, "journal", "inspect", tmp_path / "j")
    assert code == 0
    assert "empty, ends at seq 0" in out


def test_what_is_no_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "j").write_text("[1,5]\n" * 500)
    for command in ("inspect", "verify", "replay", "export", "repair"):
        code, _, err = run(capsys, "journal", command, tmp_path / "j")
        assert code == 1
        assert "j: is no SQLite file, so no journal" in err
        code, _, err = run(capsys, "journal", command, tmp_path / "none")
        assert code == 1
        assert "there is no such journal" in err


def test_verifying(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SqliteJournal(path):  # also while somebody has it open
        code, out, err = run(capsys, "journal", "verify", path, "--replay")
    assert (code, err) == (0, "")
    assert "every recorded digest was reached" in out
    changed(path, "UPDATE batch SET at_ns = at_ns + 1 WHERE seq = (SELECT seq FROM batch LIMIT 1 OFFSET 3)")
    changed(path, "UPDATE note SET value = '18'")
    code, out, err = run(capsys, "journal", "verify", path)
    assert code == 1
    assert out.count("damaged: ") == 2
    assert "2 places are damaged; restore a backup" in err
    code, out, _ = run(capsys, "journal", "verify", path, "--json")
    assert code == 1
    assert len(json.loads(out)["damage"]) == 2


def test_verifying_finds_a_digest_that_is_not_reached(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "j"
    with SqliteJournal(path) as journal:
        other_code(journal)
    code, out, _ = run(capsys, "journal", "verify", path)
    assert code == 0
    code, out, err = run(capsys, "journal", "verify", path, "--replay")
    assert code == 1
    assert "the journal has revision" in out
    assert "one place is damaged" in err


def other_code(journal: SqliteJournal) -> Centre:
    """Write as a version would that decides otherwise: from one command on, the digests are others."""
    centre = Centre(journal)
    for _ in range(10):
        centre.batch()
    centre.batch(LogIn("a1"))
    engine, seq = centre.engine, centre.writer.seq + 1
    line = centre.writer.command(None, engine.now_ns)
    journal.append(Batch(seq, 1, engine.now_ns, engine.revision + 1, engine.digest ^ 1, line))
    return centre


def test_replaying(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SqliteJournal(path, read_only=True) as journal:
        back = recover(journal)
        oldest, middle = sorted(journal.shelf())[:2]
    for options in ((), ("--from-beginning",), ("--from-snapshot", middle)):
        code, out, err = run(capsys, "journal", "replay", path, *options)
        assert (code, err) == (0, "")
        assert f"digest {back.engine.digest:016x}" in out
    assert oldest == 0
    code, out, _ = run(capsys, "journal", "replay", path, "--from-beginning", "--events")
    events = [json.loads(line) for line in out.splitlines()]
    assert len(events) == back.engine.revision
    code, out, _ = run(capsys, "journal", "replay", path, "--from-beginning", "--until", 1)
    assert "1 envelopes replayed" in out or "seq 1," in out or code == 0
    code, _, err = run(capsys, "journal", "replay", path, "--from-snapshot", 3)
    assert code == 2
    assert "there is no snapshot at seq 3; there are 0, " in err


def test_replaying_names_the_first_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "j"
    with SqliteJournal(path) as journal:
        seq = other_code(journal).writer.seq - 1
    code, _, err = run(capsys, "journal", "replay", path)
    assert code == 1
    assert f"the first difference is at seq {seq} [{seq}," in err
    assert '"type":"LogIn","agent":"a1"' in err
    assert "but the replay reaches revision" in err


def test_replaying_falls_back_to_an_older_snapshot(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(path, "UPDATE piece SET body = zeroblob(9) WHERE store = 3")
    code, out, err = run(capsys, "journal", "replay", path)
    assert code == 0
    assert "an older one is taken" in err
    assert "every recorded digest reached" in out


@pytest.mark.parametrize("other", [0, 21, 33, 59])
def test_comparing(tmp_path: Path, capsys: pytest.CaptureFixture[str], other: int) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    write(one)
    write(two, other=other)
    with SqliteJournal(one) as journal:
        seq = list(journal.read())[other].seq
    code, out, _ = run(capsys, "journal", "replay", one, "--against", two)
    assert code == 1
    assert out.startswith(f"they differ first at seq {seq}: [{seq},")
    assert '"contact":"another"' in out


def test_comparing_what_is_alike(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shorter = tmp_path / "shorter"
    write(shorter, 30)
    for other in (path, shorter):
        code, out, _ = run(capsys, "journal", "replay", path, "--against", other)
        assert (code, out) == (0, "the journals hold the same, as far as both reach\n")


def test_comparing_decisions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same commands, but one was written by code that decides otherwise."""
    one, two = tmp_path / "one", tmp_path / "two"
    with SqliteJournal(one) as journal:
        other_code(journal).batch(None)
    with SqliteJournal(two) as journal:
        centre = Centre(journal)
        for _ in range(10):
            centre.batch()
        seq = centre.writer.seq + 1
        centre.batch(LogIn("a1"))
        engine, last = centre.engine, centre.writer.seq + 1
        line = centre.writer.command(None, engine.now_ns)
        journal.append(Batch(last, 1, engine.now_ns, engine.revision, engine.digest, line))
    code, out, _ = run(capsys, "journal", "replay", one, "--against", two)
    assert code == 1
    assert f"seq {seq} to {seq} hold the same commands, but lead to revision" in out
    assert "this version agrees with two" in out


def test_nothing_is_replayed_across_a_seal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "j"
    with SqliteJournal(path) as journal:
        centre = Centre(journal)
        for _ in range(10):
            centre.batch()
        engine, seal = centre.engine, centre.writer.seq
        body = engine.snapshot()
        journal.save(SavedSnapshot(seal, engine.now_ns, engine.revision, engine.digest, 1, True, body))
        for _ in range(10):
            centre.batch()
    code, out, err = run(capsys, "journal", "replay", path, "--from-snapshot", 0)
    assert code == 0
    assert f"the replay ends at seq {seal}, where the journal was sealed" in err
    assert f"{seal} envelopes replayed" in out
    code, out, err = run(capsys, "journal", "replay", path, "--from-beginning")
    assert (code, err) == (0, "")
    assert f"from the snapshot at seq {seal}: {centre.writer.seq - seal} envelopes replayed" in out
    code, out, _ = run(capsys, "journal", "verify", path, "--replay")
    assert f"{centre.writer.seq - seal} envelopes were replayed" in out
    code, _, err = run(capsys, "journal", "export", path, "--output", tmp_path / "text")
    assert code == 0
    assert f"sealed at seq {seal}" in err


def test_exporting_text(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "day.jsonl"
    code, out, err = run(capsys, "journal", "export", path, "--output", text)
    assert (code, out, err) == (0, "", "")
    lines = text.read_bytes().splitlines(keepends=True)
    with SqliteJournal(path) as journal:
        back = recover(journal)
    assert replay(lines).snapshot() == back.engine.snapshot()
    first = next(read(lines))
    assert isinstance(first, Header)
    assert first.config.agents == CONFIG.agents
    assert len([line for line in read(lines) if isinstance(line, Envelope)]) == back.seq
    part = tmp_path / "part.jsonl"
    code, _, err = run(capsys, "journal", "export", path, "--after", 5, "--until", 17, "--output", part)
    assert code == 0
    assert "the text begins after seq 5" in err
    assert [json.loads(line)[0] for line in part.read_bytes().splitlines()[1:]] == list(range(6, 18))


def test_exporting_checkpoints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "j", 900)
    code, _, _ = run(capsys, "journal", "export", tmp_path / "j", "--output", tmp_path / "text")
    assert code == 0
    lines = (tmp_path / "text").read_bytes().splitlines(keepends=True)
    assert sum(isinstance(line, Checkpoint) for line in read(lines)) >= 2
    replay(lines)


def test_copying_while_a_host_writes(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "backup"
    with SqliteJournal(path) as journal:
        last = journal.reader.tail().last
        journal.append(Batch(last + 1, 1, 2**61, 0, 0, b"[%d,%d]\n" % (last + 1, 2**61)))
        code, _, err = run(capsys, "journal", "export", path, "--copy", copy)
        assert (code, err) == (0, "")
        with SqliteJournal(copy) as other:
            assert other.reader.tail().last == last + 1
            assert list(other.read()) == list(journal.read())
    assert sorted(file.name for file in tmp_path.glob("backup*")) == ["backup", "backup.lock"]
    code, _, err = run(capsys, "journal", "export", path, "--copy", copy)
    assert code == 2
    assert "exists; name a new file" in err


def test_repairing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "journal", "repair", path)
    assert code == 0
    assert "is whole; nothing was done" in out
    with SqliteJournal(path) as journal:
        batches = list(journal.read())
        code, _, err = run(capsys, "journal", "repair", path)
        assert code == 1
        assert "is open in process" in err
    changed(path, f"UPDATE batch SET count = 99 WHERE seq = {batches[50].seq}")
    code, out, _ = run(capsys, "journal", "repair", path)
    assert code == 0
    assert f"up to seq {batches[50].seq - 1}; the damaged journal is at" in out
    assert run(capsys, "journal", "verify", path)[0] == 0
    with SqliteJournal(path) as journal:
        assert list(journal.read(journal.shelf()[-1]))[-1] == batches[49]


@pytest.mark.parametrize("keep", [False, True])
def test_sealing(path: Path, capsys: pytest.CaptureFixture[str], keep: bool) -> None:
    with SqliteJournal(path) as journal:
        before = recover(journal).engine
        shelf = list(journal.shelf())
    code, out, _ = run(capsys, "journal", "seal", path, *(["--keep"] if keep else []))
    assert code == 0
    assert f"digest {before.digest:016x}; it goes on under behaviour {BEHAVIOUR}" in out
    with SqliteJournal(path) as journal:
        last = journal.reader.tail().last
        assert list(journal.shelf()) == [last, *(shelf if keep else [])]
        assert journal.load(last).sealed
        assert recover(journal).snapshot_seq == last
    run(capsys, "journal", "seal", path)  # sealing twice does no harm
    with Host(None, path) as host:
        assert host.digest != before.digest  # it has resumed
        host.apply(LogIn("ann"))


def test_sealing_what_a_host_has_open(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Host(None, path):
        code, _, err = run(capsys, "journal", "seal", path)
    assert code == 1
    assert "open" in err
