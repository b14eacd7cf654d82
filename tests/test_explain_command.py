"""``huntgroup explain`` and the journal that ``huntgroup simulate`` writes for it.

Owns the command as seen from outside; what a decision holds is tested in ``test_explanation``.
"""

import json
import re
from pathlib import Path

import pytest
from outside import ROOT
from test_cli import run

from routing.replay import replay

SMALL = ROOT / "tests" / "data" / "small.toml"
TRACE = ROOT / "tests" / "data" / "small_trace.csv"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journal") / "day.jsonl"


@pytest.fixture
def journal(day: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    if not day.exists():
        code, _, err = run(capsys, "simulate", SMALL, "--calls", TRACE, "--journal", day)
        assert (code, err) == (0, "")
    return day


@pytest.mark.parametrize("more", [(), ("--answer", "2s..8s"), ("--staffing", "all", "--patience", "never")])
def test_a_journal_replays_to_the_simulation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    path = tmp_path / "day.jsonl"
    arguments = ("simulate", SMALL, "--calls", TRACE, "--json", *more)
    _, plain, _ = run(capsys, *arguments)
    code, out, err = run(capsys, *arguments, "--journal", path)
    assert (code, err) == (0, "")
    assert json.loads(out) == json.loads(plain)
    with path.open("rb") as file:
        assert f"{replay(file).digest:016x}" == json.loads(out)["digest"]


def test_an_offer(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "explain", journal, "--offer", 60)
    assert (code, err) == (0, "")
    for word in (
        "Offer 60",
        "<- chosen",
        "candidates, by fewest_contacts",
        "no room: voice 1 of 1",
        "In all",
    ):
        assert word in out


def test_as_json(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(
        capsys, "explain", journal, "--offer", 60, "--json", "--agents", "eva,ann", "--limit", 0
    )
    found = json.loads(out)
    assert code == 0
    assert (found["offer"], found["agent"]) == (60, "eva")
    assert [one["agent"] for one in found["explanation"]["verdicts"]] == ["eva", "ann"]


def test_a_contact_at_a_time(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "explain", journal, "--contact", 71, "--at", "1970-01-01T00:16:00")
    assert code == 0
    assert "Contact 71 is not offered to anybody" in out
    _, same, _ = run(capsys, "explain", journal, "--contact", 71, "--at", 960 * 10**9)
    assert same == out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--offer", 100_000), 1, "makes no offer 100000"),
        (("--contact", "nobody"), 1, "no contact 'nobody'"),
        (("--contact", 1, "--at", "noon"), 2, "is no time"),
        (("--contact", 1, "--at", "1960-01-01"), 2, "not within"),
        (("--offer", 1, "--at", "2026-01-01"), 2, "its own time"),
        (("--offer", 1, "--limit", -1), 2, "below 0"),
        (("--offer", 1, "--agents", "zoe"), 2, "'zoe' is not configured"),
        ((), 2, "required"),
    ],
)
def test_what_is_wrong(
    journal: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[object, ...],
    code: int,
    said: str,
) -> None:
    got, out, err = run(capsys, "explain", journal, *arguments)
    assert (got, out) == (code, "")
    assert said in err


def test_no_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.jsonl"
    assert run(capsys, "explain", path, "--offer", 1)[0] == 1
    path.write_bytes(b"")
    code, _, err = run(capsys, "explain", path, "--offer", 1)
    assert (code, "empty" in err) == (1, True)


def test_the_page_shows_what_is_printed(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "explaining.md").read_text(encoding="utf-8")
    shown = re.findall(r"(?ms)^```\n\$ huntgroup explain day.jsonl ([^\n]+)\n(.*?)^```", page)
    assert len(shown) == 2
    for arguments, text in shown:
        _, out, _ = run(capsys, "explain", journal, *arguments.split())
        assert [line.rstrip() for line in out.splitlines()] == text.splitlines()
