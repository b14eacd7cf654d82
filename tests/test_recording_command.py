"""``huntgroup recording``: what each command prints, writes and leaves alone; and what ``huntgroup customer`` reaches.

Owns tests of the command; must not test what it calls (``test_recording_database``).
"""

import argparse
import hashlib
import io
import json
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from test_recording_database import a_segment

from routing.center.recording.recordings import Recordings
from routing.cli.customering import add_customer
from routing.cli.recording import add_recording
from routing.customers import Customers, MasterKeys
from routing.customers.masters import add_key
from routing.errors import UsageError
from routing.units import DAY, SECOND

pytestmark = pytest.mark.once


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_recording(parser)
    options = parser.parse_args(arguments)
    return int(options.run(options))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database of three segments, the last of which is young."""
    monkeypatch.chdir(tmp_path)
    with Recordings("history.db") as recordings:
        recordings.write(
            [
                a_segment(1, keep_until_ns=DAY),
                a_segment(2, keep_until_ns=DAY, customer="bob"),
                a_segment(3, started_ns=5 * SECOND, ended_ns=95 * SECOND, keep_until_ns=2**61),
            ]
        )
    return tmp_path


def test_from_the_list_to_the_purge(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str, code: int = 0) -> str:
        assert run(*arguments) == code
        return capsys.readouterr().out

    media = folder / "r1.opus"
    media.write_bytes(b"what was said")
    sha = hashlib.sha256(b"what was said").hexdigest()
    assert f"13 bytes, SHA-256 {sha}" in said("report", "r1", str(media), "--location", "s3://calls/r1")
    assert "is what was recorded as r1" in said("verify", "r1", str(media))
    media.write_bytes(b"what was never said")
    assert "is NOT what was recorded" in said("verify", "r1", str(media), code=1)

    listed = said("list").splitlines()
    assert [line.split()[0] for line in listed] == ["r1", "r2", "r3"]
    assert "1m30s  c3  sales  inbound  ben,cat" in listed[2]
    assert "no media reported" in listed[1]
    assert said("list", "--customer", "bob", "--json").count("\n") == 1
    assert [line.split()[0] for line in said("list", "--due").splitlines()] == ["r1", "r2"]
    assert said("list", "--from", "1971-01-01") == ""
    assert said("list", "--strays") == ""
    shown = json.loads(said("show", "r1"))
    assert shown["media"]["location"] == "s3://calls/r1"
    assert shown["segment"]["parts"][0][0] == "ben"

    hold = ("hold", "r1", "--matter", "case 7", "--why", "a letter", "--who", "eve")
    assert said(*hold) == "1 segments are under legal hold for case 7\n"
    assert "held: case 7" in said("list", "--held")

    dry = said("purge", "--dry-run").splitlines()
    assert dry[0].split() == ["r2", "retention", "(no", "media", "reported)"]
    assert dry[1].startswith(
        "1 segments would be asked to be deleted; 1 as old are under legal hold; nothing"
    )
    assert "2 segments would be" in said("purge", "--dry-run", "--at", "2045-01-01")
    assert "r3" not in said("purge", "--dry-run", "--at", "1970-01-03")
    asked = said("purge", "--ask", "--json")
    assert json.loads(asked) == {"segment": "r2", "location": "", "why": "retention", "keep_until_ns": DAY}
    assert "deletion asked" in said("list", "--customer", "bob")
    gone = folder / "gone"
    gone.write_text("r2\nr1\nr3\n")
    told = said("purge", "--confirm", str(gone), code=1)
    assert told.splitlines() == [
        "the metadata of 1 segments are deleted",
        "r1: under legal hold; its metadata stay",
        "r3: its deletion was never asked for; nothing was changed",
    ]
    assert said("release", "r1", "--matter", "case 7", "--why", "settled") == "1 legal holds are released\n"
    said("purge", "--ask")
    assert "deletion had been asked for, and is withdrawn" in said(*hold)
    assert said("release", "r1", "--all") == "1 legal holds are released\n"

    out = folder / "out.jsonl"
    assert said("export", "--out", str(out)) == f"2 segments are in {out}\n"
    assert [json.loads(line)["segment"]["segment"] for line in out.read_text().splitlines()] == ["r1", "r3"]
    assert out.stat().st_mode & 0o777 == 0o600
    audit = said("audit", "r1")
    for word in (
        "reported",
        "verified",
        "found altered",
        "eve  held",
        "released",
        "withdrew the deletion of",
    ):
        assert word in audit
    assert json.loads(said("audit", "r2", "--json").splitlines()[-1])["action"] == "deleted"


def test_confirmations_are_read_from_a_pipe(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folder.exists()
    run("purge", "--ask")
    monkeypatch.setattr("sys.stdin", io.StringIO("r1\nr2\n"))
    assert run("purge", "--confirm", "-") == 0
    assert "the metadata of 2 segments are deleted" in capsys.readouterr().out


def test_what_is_wrong_is_said(folder: Path) -> None:
    assert folder.exists()
    for arguments, problem in (
        (("show", "r9"), "there is no recording 'r9'"),
        (("list", "--most", "0"), "--most 0 is below 1"),
        (("purge", "--ask", "--at", "2030-01-01"), "--at is for a dry run"),
        (("purge", "--ask", "--most", "0"), "--most 0 is below 1"),
        (("list", "--timezone", "Nowhere"), "--timezone"),
        (("hold", "r9", "--matter", "m", "--why", "w"), "there is no recording 'r9'"),
    ):
        with pytest.raises(UsageError, match=problem):
            run(*arguments)


def test_erasing_a_customer_by_the_command_reaches_recordings(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_key(folder / "keys")
    with (
        Customers("history.db", MasterKeys.from_file(folder / "keys")) as customers,
        Recordings("history.db") as recordings,
    ):
        ann = customers.identify("number", "+442079460018", at_ns=1).customer
        recordings.write([a_segment(7, customer=ann), a_segment(8, customer=ann)])
        recordings.hold(["r8"], "case 7", at_ns=5, who="eve", why="a letter")
    parser = argparse.ArgumentParser()
    add_customer(parser)
    options = parser.parse_args(["erase", ann, "--yes", "--keys", str(folder / "keys"), "--who", "sue"])
    assert options.run(options) == 0
    told = capsys.readouterr().out
    assert "1 records of recordings" in told
    assert "1 recordings are under legal hold: they stay" in told
    run("audit", "r8")
    assert "sue  kept in spite of an erasure" in capsys.readouterr().out


def test_it_is_an_entry_point() -> None:
    pyproject = Path(__file__).resolve().parent.parent / "pyproject.toml"
    assert 'recording = "routing.cli.recording:add_recording"' in pyproject.read_text(encoding="utf-8")
    assert entry_points(group="huntgroup.commands")
