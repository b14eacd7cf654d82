"""The command ``huntgroup``: what it prints, where, and with which exit code.

Owns tests of ``routing.cli`` through its arguments; must not test figures, which have tests of their own.
"""

import csv
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from outside import ROOT, outside

from routing import cli

SMALL = ROOT / "tests" / "data" / "small.toml"
TRACE = ROOT / "tests" / "data" / "small_trace.csv"
ANSWER = ROOT / "tests" / "data" / "small_answer.csv"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command inside this process: exit code, output, errors."""
    try:
        code = cli.main([str(argument) for argument in arguments])
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    path = tmp_path / "centre.toml"
    path.write_text('agents = [{ id = "ann" }]\nqueues = [{ id = "help" }]\n', encoding="utf-8")
    return path


def calls(tmp_path: Path, *rows: str, header: str = "arrival_ns,skill,service_ns,patience_ns") -> Path:
    path = tmp_path / "calls.csv"
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    return path


# ---------------------------------------------------------------------------------------------------- simulate


def test_a_report_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "simulate", SMALL, "--calls", TRACE)
    assert (code, err) == (0, "")
    for word in ("sales", "total", "front office", "Service level", "voicemail", "00:30", "Digest"):
        assert word in out


def test_a_report_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "simulate", SMALL, "--calls", TRACE, "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    needed = {
        "offered",
        "answered",
        "abandoned",
        "asa_s",
        "wait_mean_s",
        "wait_p90_s",
        "service_level",
        "occupancy",
    }
    assert needed <= document["total"].keys()
    assert list(document["queues"]) == ["sales", "support", "overflow", "billing"]
    assert all(needed <= queue.keys() for queue in document["queues"].values())
    assert isinstance(document["total"]["service_level"], dict)
    assert (
        document["total"]["offered"] == sum(queue["offered"] for queue in document["queues"].values()) == 500
    )
    assert document["groups"].keys() == {"front office", "back office"}
    assert len(document["agents"]) == 7
    assert document["half_hours"][0]["start"] == "1970-01-01T00:00"
    assert (document["staffing"], document["format"], document["seed"]) == ("all", "trace", 0)


def test_each_call_into_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    code, _, _ = run(capsys, "simulate", SMALL, "--calls", TRACE, "--json", "--per-call", target)
    assert code == 0
    assert target.read_bytes() == ANSWER.read_bytes()


def test_every_call_of_cc50_through_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    trace = outside("cc50/trace.csv.gz")
    code, out, _ = run(
        capsys, "simulate", ROOT / "examples" / "cc50.toml", "--calls", trace, "--json", "--per-call", target
    )
    assert code == 0
    with gzip.open(outside("cc50/answer.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        answer = list(csv.reader(file))
    with target.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == answer
    total = json.loads(out)["total"]
    assert round(total["wait_mean_s"], 6) == 3.606287
    assert round(100 * total["service_level"]["of_offered"], 4) == 92.5469


def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.TextIOWrapper(io.BytesIO(gzip.compress(TRACE.read_bytes())))
    monkeypatch.setattr(sys, "stdin", packed)
    code, out, _ = run(capsys, "simulate", SMALL, "--calls", "-", "--json")
    assert code == 0
    document = json.loads(out)
    assert (document["calls"], document["total"]["offered"]) == ("standard input", 500)


def test_bad_rows_are_told_and_good_rows_are_used(
    capsys: pytest.CaptureFixture[str], centre: Path, tmp_path: Path
) -> None:
    path = calls(tmp_path, "0,help,60,5", "x,help,60,5", "1,hlep,60,5", *(["5,help"] * 20))
    code, out, err = run(capsys, "simulate", centre, "--calls", path, "--json")
    assert code == 0
    assert json.loads(out)["total"]["offered"] == 1
    assert json.loads(out)["bad_rows"] == 22
    lines = err.splitlines()
    assert lines[0].startswith(f"huntgroup: {path}, line 3: arrival_ns is 'x'; it must be")
    assert lines[1].endswith("did you mean 'help'?; the row is left out")
    assert lines[-1] == f"huntgroup: {path}: 12 more rows are left out"
    assert len(lines) == 11


def test_columns_that_nobody_reads_are_told(
    capsys: pytest.CaptureFixture[str], centre: Path, tmp_path: Path
) -> None:
    header = "arrival_ns,skill,service_ns,patience,chanel,colour"
    path = calls(tmp_path, "0,help,60,5,voice,red", header=header)
    code, out, err = run(capsys, "simulate", centre, "--calls", path, "--json", "--to", "1970-01-01")
    assert code == 0
    assert (json.loads(out)["total"]["offered"], json.loads(out)["bad_rows"]) == (1, 0)
    assert err.splitlines() == [
        f"huntgroup: {path}, line 1: column 'patience' is not read; did you mean 'patience_ns'?",
        f"huntgroup: {path}, line 1: column 'chanel' is not read; did you mean 'channel'?",
        f"huntgroup: {path}, line 1: column 'colour' is not read",
    ]


def test_a_day_that_no_instant_reaches(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "simulate", SMALL, "--calls", TRACE, "--to", "9999-12-31")
    assert (code, err) == (2, "huntgroup: day 9999-12-31 is not in 1970..2115; give a day of these years\n")


def test_a_target_is_opened_before_the_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delattr("routing.cli.simulating.simulate")
    code, _, err = run(capsys, "simulate", SMALL, "--calls", TRACE, "--per-call", tmp_path)
    assert (code, err) == (1, f"huntgroup: {tmp_path}: Is a directory\n")


def test_no_good_row_is_an_error(capsys: pytest.CaptureFixture[str], centre: Path, tmp_path: Path) -> None:
    code, out, err = run(capsys, "simulate", centre, "--calls", calls(tmp_path, "x,help,60,5"))
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].endswith("no row could be used; see the reasons above")


def test_no_calls_make_a_sensible_report(
    capsys: pytest.CaptureFixture[str], centre: Path, tmp_path: Path
) -> None:
    path = calls(tmp_path)
    code, out, err = run(capsys, "simulate", centre, "--calls", path)
    assert (code, err) == (0, "")
    assert "There are no calls." in out
    code, out, _ = run(capsys, "simulate", centre, "--calls", path, "--json")
    assert code == 0
    assert json.loads(out)["total"]["wait_mean_s"] is None


def test_no_agents_make_a_sensible_report(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    config = tmp_path / "empty.toml"
    config.write_text('queues = [{ id = "help" }]\n', encoding="utf-8")
    target = tmp_path / "out.csv"
    path = calls(tmp_path, "0,help,60,5", "1,help,60,")
    code, out, err = run(capsys, "simulate", config, "--calls", path, "--per-call", target)
    assert (code, err) == (0, "")
    assert "waiting" in out
    assert target.read_text(encoding="utf-8").splitlines()[1:] == ["abandoned,5,-1", "waiting,4,-1"]


def test_seeds(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = [f"{number},help,60,,served,{number % 7}" for number in range(300)]
    rows += [f"{number},help,,,abandoned,{number % 11}" for number in range(300)]
    config = tmp_path / "centre.toml"
    config.write_text('agents = [{ id = "ann" }]\nqueues = [{ id = "help" }]\n', encoding="utf-8")
    path = calls(tmp_path, *rows, header="arrival_ns,skill,service_ns,patience_ns,outcome,wait_ns")

    def digest(seed: int) -> str:
        _, out, _ = run(capsys, "simulate", config, "--calls", path, "--json", "--seed", seed)
        document = json.loads(out)
        assert document["service_drawn"] == 300
        assert document["patience_drawn"] > 0
        return str(document["digest"])

    assert digest(1) == digest(1) != digest(2)


def test_days_patience_and_answers(capsys: pytest.CaptureFixture[str], centre: Path, tmp_path: Path) -> None:
    day = 86_400 * 10**9
    path = calls(tmp_path, f"0,help,{60 * 10**9},1", *(f"{day},help,{60 * 10**9},{10**9}" for _ in range(3)))
    options = (
        "--from",
        "1970-01-02",
        "--to",
        "1970-01-02",
        "--patience",
        "never",
        "--answer",
        "2s",
        "--json",
    )
    code, out, _ = run(capsys, "simulate", centre, "--calls", path, *options)
    total = json.loads(out)["total"]
    assert code == 0
    assert (total["offered"], total["answered"], total["wait_max_s"]) == (3, 3, 126)


def test_strangers_in_a_log_are_named(
    capsys: pytest.CaptureFixture[str], centre: Path, tmp_path: Path
) -> None:
    path = tmp_path / "queue_log"
    lines = [
        "100|c|help|NONE|ENTERQUEUE||1|1",
        "102|c|help|zoe|CONNECT|2|x|1",
        "132|c|help|zoe|COMPLETEAGENT|2|30|1",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    code, out, _ = run(capsys, "simulate", centre, "--calls", path, "--staffing", "log")
    assert code == 0
    assert "The log shows 1 agents whom the configuration lacks (zoe); they are left out (1 services)." in out


# ---------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        ('queues = [{ id = "help", strategie = "linear" }]', "strategie"),
        ('queues = [{ id = "help", requirement = "tech" }]', "unknown skill 'tech'"),
        ("queues = [", "line 1"),
        ("", "queues: there is none"),
    ],
)
def test_a_wrong_configuration_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, config: str, complaint: str
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(config, encoding="utf-8")
    code, out, err = run(capsys, "simulate", path, "--calls", TRACE)
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("huntgroup: " if complaint.endswith("there is none") else f"huntgroup: {path}: ")
    assert complaint in err


def test_files_that_are_not_there(capsys: pytest.CaptureFixture[str], centre: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    code, _, err = run(capsys, "simulate", tmp_path / "nowhere.toml", "--calls", TRACE)
    assert (code, err) == (1, f"huntgroup: {tmp_path / 'nowhere.toml'}: No such file or directory\n")
    code, _, err = run(capsys, "simulate", centre, "--calls", nowhere)
    assert (code, err) == (1, f"huntgroup: {nowhere}: No such file or directory\n")
    code, _, err = run(capsys, "simulate", SMALL, "--calls", TRACE, "--per-call", nowhere / "out.csv")
    assert (code, err) == (1, f"huntgroup: {nowhere / 'out.csv'}: No such file or directory\n")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("simulate",),
        ("simulate", SMALL),
        ("simulate", SMALL, "--calls", TRACE, "--staffing", "none"),
        ("simulate", SMALL, "--calls", TRACE, "--from", "yesterday"),
        ("simulate", SMALL, "--calls", TRACE, "--patience", "0s"),
        ("simulate", SMALL, "--calls", TRACE, "--answer", "8s..2s"),
        ("simulate", SMALL, "--calls", TRACE, "--seed", "x"),
        ("simulate", SMALL, "--calls", TRACE, "--from", "1970-01-02", "--to", "1970-01-01"),
        ("simulate", SMALL, "--calls", TRACE, "--to", "9999-12-31"),
        ("simulate", SMALL, "--calls", TRACE, "--from", "0001-01-01"),
        ("dance",),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: tuple[object, ...]) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "huntgroup" in err
    assert "Traceback" not in err


# ---------------------------------------------------------------------------------------------------- the rest


def test_the_demo_is_the_same_day_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "demo")
    assert (code, err) == (0, "")
    assert "A made-up day at a small bank's call centre" in out
    assert run(capsys, "demo")[1] == out
    document = json.loads(run(capsys, "demo", "--json")[1])
    assert 1200 < document["total"]["offered"] < 1650
    assert 0.02 < document["total"]["abandoned_share"] < 0.25
    assert json.loads(run(capsys, "demo", "--json", "--seed", "7")[1])["digest"] != document["digest"]


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--version")
    assert code == 0
    assert out.startswith("huntgroup ")
    code, out, _ = run(capsys, "simulate", "--help")
    assert code == 0
    assert "--per-call" in out


def test_it_runs_as_a_module_and_survives_a_closed_pipe() -> None:
    command = [sys.executable, "-m", "routing", "simulate", str(SMALL), "--calls", str(TRACE)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    assert errors == b""
    assert process.returncode in (0, 1)
