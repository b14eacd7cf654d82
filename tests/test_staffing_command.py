"""``huntgroup staff``: what it prints, and with which exit code.

Owns tests of the command through its arguments; must not test figures (``test_staffing``).
"""

import csv
import io
import json
from pathlib import Path

import pytest
from outside import ROOT

from routing import cli
from routing.staffing import ErlangA, ErlangC, Targets

ASKED = ("--calls", "240", "--per", "30m", "--aht", "190")


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    try:
        code = cli.main(["staff", *(str(argument) for argument in arguments)])
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_table_with_the_answer_marked(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, *ASKED, "--patience", 300, "--service-level", "80/20", "--shrinkage", "30%")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "240 calls per 30m of 3m10s: 25.33 erlangs, Erlang A"
    assert lines[1].startswith("29 agents, 42 rostered with 30% shrinkage: ")
    assert [line.split()[0] for line in lines[3:]] == [str(n) for n in range(26, 33)]
    assert [line.split()[0] for line in lines if line.rstrip().endswith("<- the answer")] == ["29"]


def test_the_page_shows_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "staffing.md").read_text(encoding="utf-8")
    command, _, shown = page.partition("$ huntgroup staff ")[2].partition("```")[0].partition("\n")
    code, out, _ = run(capsys, *command.split())
    assert code == 0
    assert [line.rstrip() for line in out.splitlines()] == shown.splitlines()


def test_json_has_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *ASKED, "--asa", "30s", "--occupancy", "85%", "--json")
    answer = json.loads(out)
    model = ErlangC.of_calls(240, 1800, 190)
    assert code == 0
    assert answer["agents"] == model.minimum_agents(Targets(asa=30, occupancy=0.85))
    row = next(row for row in answer["rows"] if row["agents"] == answer["agents"])
    assert row["wait"] == model.at(answer["agents"]).wait


def test_units_and_percent_are_read_alike(capsys: pytest.CaptureFixture[str]) -> None:
    answers = {
        run(
            capsys,
            "--calls",
            240,
            "--per",
            per,
            "--aht",
            aht,
            "--patience",
            patience,
            "--service-level",
            level,
        )[1]
        for per, aht, patience, level in (
            ("1800", "190", "300", "80/20"),
            ("30m", "3m10s", "5m", "80%/20s"),
            ("0.5h", "190.0", "300s", "0.8/20"),
        )
    }
    assert len(answers) == 1


def test_retrials_need_more(capsys: pytest.CaptureFixture[str]) -> None:
    plain = json.loads(run(capsys, *ASKED, "--patience", 60, "--abandon", "10%", "--json")[1])
    again = json.loads(
        run(capsys, *ASKED, "--patience", 60, "--abandon", "10%", "--retry", "100%", "--json")[1]
    )
    assert again["agents"] > plain["agents"]
    assert again["rows"][3]["load"] > again["erlangs"]


def test_a_day(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    day, made = tmp_path / "day.csv", tmp_path / "made.csv"
    day.write_text("start,calls,aht,patience\n08:00,120,180,\n08:30,240,,3m\n09:00,0,,\n", encoding="utf-8")
    options = ("--csv", day, "--aht", 190, "--patience", 300, "--shrinkage", 30)
    code, out, _ = run(capsys, *options)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    targets = Targets(service_level=0.8)
    wanted = [
        ErlangA.of_calls(120, 1800, 180, 300).minimum_agents(targets),
        ErlangA.of_calls(240, 1800, 190, 180).minimum_agents(targets),
        0,
    ]
    assert [int(row["agents"]) for row in rows] == wanted
    assert rows[2]["service_level"] == ""
    assert run(capsys, *options, "--output", made)[:2] == (0, "")
    assert made.read_text(encoding="utf-8") == out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "--calls is missing"),
        (("--calls", "240"), "--aht is missing"),
        ((*ASKED, "--abandon", "5%"), "nobody leaves"),
        ((*ASKED, "--retry", "50%"), "nobody leaves"),
        ((*ASKED, "--model", "a"), "--patience is missing"),
        ((*ASKED, "--shrinkage", "100%"), "leaves nobody"),
        ((*ASKED, "--service-level", "80"), "has no time"),
        ((*ASKED, "--service-level", "100/20"), "service_level 1.0"),
        ((*ASKED, "--asa", "inf"), "not a finite number"),
        ((*ASKED, "--asa", "5 parsecs"), "unknown unit"),
        ((*ASKED, "--occupancy", "150%"), "above 100%"),
        ((*ASKED, "--csv", "day.csv"), "leave out --calls"),
        ((*ASKED, "--output", "x.csv"), "--output goes with --csv"),
        (("--calls", "0", "--aht", "190"), "calls 0.0 is not above 0"),
        (("--calls", "nan", "--aht", "190"), "not a finite number"),
    ],
)
def test_wrong_usage_is_2(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert says in err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("when,calls\n8,10\n", "the column 'start' is missing"),
        ("start,calls\n8,many\n", ":2: 'many' is not a number"),
        ("start,calls\n8,10\n9\n", ":3: '' is not a number"),
        ("start,calls,aht\n8,10,\n", "the handling time is missing"),
    ],
)
def test_wrong_data_is_1(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, says: str) -> None:
    day = tmp_path / "day.csv"
    day.write_text(text, encoding="utf-8")
    options = () if "aht" in text else ("--aht", "190")
    code, out, err = run(capsys, "--csv", day, *options)
    assert (code, out) == (1, "")
    assert says in err
    assert run(capsys, "--csv", tmp_path / "none.csv", "--aht", 1)[0] == 1
