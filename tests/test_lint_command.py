"""``huntgroup check``: what it prints, and with which exit code.

Owns tests of the command through its arguments; must not test what is found (``test_lint``).
"""

import json
from pathlib import Path

import pytest
from outside import ROOT

from routing import cli


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    try:
        code = cli.main(["check", *(str(argument) for argument in arguments)])
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def written(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    return written(tmp_path, "clean.toml", 'agents = [{ id = "ann" }]\nqueues = [{ id = "help" }]\n')


@pytest.fixture
def warned(tmp_path: Path) -> Path:
    queues = 'queues = [{ id = "help", ring_timeout = "0s" }]\n'
    return written(tmp_path, "warned.toml", 'agents = [{ id = "ann" }]\n' + queues)


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    agents = 'agents = [{ id = "ann", skills = { tech = 50 } }]\n'
    return written(
        tmp_path, "wrong.toml", agents + 'queues = [{ id = "help", requirement = "tech >= 60" }]\n'
    )


@pytest.fixture
def invalid(tmp_path: Path) -> Path:
    return written(tmp_path, "invalid.toml", 'queues = [{ id = "help", strategi = "linear" }]\n')


def test_the_text(capsys: pytest.CaptureFixture[str], wrong: Path) -> None:
    code, out, err = run(capsys, wrong, "--ignore", "level-nobody-reaches,overtaking-bound")
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        str(wrong),
        "  error  queues[0]  nobody-can-serve",
        "    no member of 'help' satisfies any step and has room for a contact of any channel",
        "    why: a contact that brings no steps of its own can be offered to nobody, however long it waits",
        "    do:  give a member the skills and the channels, or widen the last step",
        "",
        "1 error, 0 warnings, 0 notes",
    ]


def test_exit_codes(
    capsys: pytest.CaptureFixture[str], clean: Path, warned: Path, wrong: Path, invalid: Path
) -> None:
    for files, code, strict in (
        ([clean], 0, 0),
        ([warned], 0, 1),
        ([wrong], 1, 1),
        ([invalid], 1, 1),
        ([clean, warned], 0, 1),
        ([clean, invalid], 1, 1),
    ):
        assert run(capsys, *files)[0] == code
        assert run(capsys, *files, "--strict")[0] == strict
    assert run(capsys, warned, "--strict", "--ignore", "rings-for-ever")[0] == 0


def test_files_are_told_apart_and_counted_together(
    capsys: pytest.CaptureFixture[str], clean: Path, warned: Path
) -> None:
    code, out, _ = run(capsys, clean, warned)
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == str(clean)
    assert str(warned) in lines
    assert lines[-1] == "0 errors, 1 warning, 2 notes"
    assert run(capsys, clean, "--ignore", "overtaking-bound")[1] == "0 errors, 0 warnings, 0 notes\n"


def test_json(capsys: pytest.CaptureFixture[str], warned: Path, invalid: Path) -> None:
    code, out, err = run(capsys, warned, invalid, "--json")
    assert (code, err) == (1, "")
    first, second = json.loads(out)
    assert first["file"] == str(warned)
    assert {finding["code"] for finding in first["findings"]} == {"rings-for-ever", "overtaking-bound"}
    (finding,) = second["findings"]
    assert finding == {
        "code": "invalid-configuration",
        "severity": "error",
        "path": "queues[0].strategi",
        "message": "unknown field",
        "reason": "it breaks a rule of configurations, so that nothing else could be looked at",
        "remedy": "did you mean 'strategy'?",
    }


def test_broken_syntax_is_a_finding(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = run(capsys, written(tmp_path, "broken.toml", "queues = [[["))
    assert code == 1
    assert "invalid-configuration" in out
    assert out.endswith("1 error, 0 warnings, 0 notes\n")


def test_files_that_cannot_be_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    code, out, err = run(capsys, missing)
    assert (code, out) == (1, "")
    assert err == f"huntgroup: {missing}: No such file or directory\n"
    code, _, err = run(capsys, written(tmp_path, "centre.txt", ""))
    assert code == 1
    assert "suffix" in err


def test_wrong_usage(capsys: pytest.CaptureFixture[str], clean: Path) -> None:
    assert run(capsys)[0] == 2
    assert run(capsys, clean, "--nonsense")[0] == 2
    code, _, err = run(capsys, clean, "--ignore", "rings-forever")
    assert code == 2
    assert "unknown code 'rings-forever'; did you mean 'rings-for-ever'?" in err


@pytest.mark.tree
def test_the_examples_pass_strictly(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *sorted((ROOT / "examples").glob("*.toml")), "--strict")
    assert code == 0
    assert "0 errors, 0 warnings, " in out


@pytest.mark.tree
def test_the_page_shows_what_is_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, wrong: Path
) -> None:
    monkeypatch.chdir(wrong.parent)
    wrong.rename("centre.toml")
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    _, out, _ = run(capsys, "centre.toml", "--ignore", "level-nobody-reaches,overtaking-bound")
    assert f"```\n{out}```" in page
