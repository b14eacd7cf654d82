"""``huntgroup forecast`` and ``huntgroup schedule`` as a user meets them: files in, tables, JSON and files out.

Owns tests of ``routing.cli.forecasting`` and ``routing.cli.scheduling``; must not test how anything is reckoned.
"""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from outside import outside

from routing import cli
from routing.config import load
from routing.planning.volumes import Volumes, read_volumes, write_volumes

POINTS = """[huntgroup.commands]
forecast = routing.cli.forecasting:add_forecast
schedule = routing.cli.scheduling:add_schedule
lacking_numbers = scipy.nothing_of_this_name:add
"""
SHIFTS = """
[[shifts]]
name = "day"
earliest = "09:00"
latest = "11:00"
step = "30m"
lengths = ["3h", "4h"]
breaks = [{ length = "15m", after = "1h", before = "2h", paid = true }]
"""
CENTRE = """
timezone = "Europe/Berlin"
[[queues]]
id = "help"
[[hours]]
id = "open"
[[hours.holidays]]
date = "2026-11-24"
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution whose metadata names the commands; the directory holds a history too."""
    info = tmp_path / "beside-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: beside\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    draw = np.random.default_rng(2)
    rows = draw.poisson([20, 40, 60, 50, 40, 30, 20, 10], (40, 8))
    table = Volumes.of_rows(rows, date(2026, 9, 28), first_minute=540, minutes=30)
    known = Volumes(table.dates, table.calls, 540, 30, np.full(rows.shape, 200.0))
    with (tmp_path / "history.csv").open("w", newline="") as file:
        write_volumes(known, file)
    (tmp_path / "centre.toml").write_text(CENTRE)
    (tmp_path / "shifts.toml").write_text(SHIFTS)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    try:
        code = cli.main([str(argument) for argument in arguments])
    except SystemExit as error:
        code = int(str(error.code))
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_day_is_forecast(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(
        capsys, "forecast", installed / "history.csv", "--day", "2026-11-23", "--quantiles", "5,50,95"
    )
    assert code == 0
    assert "2026-11-23" in out
    assert "95 %" in out
    assert "09:00" in out
    assert "AHT s" in out
    code, out, _ = run(
        capsys,
        *("forecast", installed / "history.csv", "--day", "2026-11-23", "--days", 7),
        *("--config", installed / "centre.toml", "--closed", "2026-11-26", "--json"),
        *("--csv", installed / "week.csv", "--plot", installed / "week.svg"),
    )
    assert code == 0
    days = json.loads(out)
    assert [day["calls"] > 0 for day in days] == [True, False, True, False, True, False, False]
    assert days[0]["quantiles"]["10"] < days[0]["calls"] < days[0]["quantiles"]["90"]
    with (installed / "week.csv").open() as file:
        written = read_volumes(file)
    assert written.calls.sum(axis=1) == pytest.approx([day["calls"] for day in days], abs=0.1)
    assert written.aht_s is not None
    assert np.nanmean(written.aht_s) == pytest.approx(200, abs=2)
    drawn = (installed / "week.svg").read_text()
    assert drawn.startswith("<svg")
    assert "polyline" in drawn


def test_the_rest_of_a_day_is_forecast(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seen = installed / "seen.csv"
    seen.write_text("start,calls\n2026-11-23T09:00,40\n2026-11-23T09:30,80\n")
    options = ("forecast", installed / "history.csv", "--day", "2026-11-23", "--json")
    before = json.loads(run(capsys, *options)[1])[0]["intervals"]
    after = json.loads(run(capsys, *options, "--observed", seen)[1])[0]["intervals"]
    assert [one["calls"] for one in after[:2]] == [40, 80]
    assert after[0]["observed"] == 40
    assert after[3]["calls"] > before[3]["calls"]
    code, _, err = run(
        capsys, "forecast", installed / "history.csv", "--day", "2026-11-25", "--observed", seen
    )
    assert code == 1
    assert "has nothing of 2026-11-25" in err


def test_a_forecast_is_staffed_and_scheduled(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day, need = installed / "day.csv", installed / "need.csv"
    run(capsys, "forecast", installed / "history.csv", "--day", "2026-11-23", "--csv", day)
    asked = ("--patience", "3m", "--service-level", "80/20", "--shrinkage", "30%")
    assert run(capsys, "staff", "--csv", day, *asked, "--output", need)[0] == 0
    code, out, err = run(
        capsys, "schedule", need, "--shifts", installed / "shifts.toml", "--gap", 5, "--json"
    )
    assert (code, err) == (0, "")
    assert {shift["group"] for shift in json.loads(out)["shifts"]} == {"agents"}


def test_what_is_neither_volumes_nor_a_log_is_told_of_both(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = installed / "wrong.csv"
    wrong.write_text("begin,calls\n2026-11-23T09:00,40\n")
    code, _, err = run(capsys, "forecast", wrong, "--day", "2026-11-24")
    assert code == 1
    assert "volumes have the columns start and calls" in err
    assert "arrival_ns" in err


def test_a_call_log_is_forecast(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = outside("anonymous_bank/january_1999.txt.gz")
    (installed / "bank.toml").write_text('timezone = "Asia/Jerusalem"\n[[queues]]\nid = "x"\n')
    code, out, _ = run(
        capsys, "forecast", log, "--config", installed / "bank.toml", "--queue", "PS", "--days", 2, "--json"
    )
    assert code == 0
    assert [day["day"] for day in json.loads(out)] == ["1999-02-01", "1999-02-02"]
    code, _, err = run(capsys, "forecast", log, "--queue", "nobody")
    assert code == 1
    assert "has no calls of nobody" in err


def test_a_schedule_is_made_and_tried(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "forecast", installed / "history.csv", "--day", "2026-11-23", "--csv", installed / "day.csv")
    rows = [
        f"2026-11-23T{9 + n // 2:02}:{n % 2 * 30:02},{agents}"
        for n, agents in enumerate((3, 5, 7, 7, 5, 4, 3, 2))
    ]
    need = installed / "need.csv"
    need.write_text("\n".join(["start,agents", *rows, ""]))
    code, out, _ = run(
        capsys,
        *("schedule", need, "--shifts", installed / "shifts.toml", "--config", installed / "centre.toml"),
        *(
            "--toml",
            installed / "out.toml",
            "--csv",
            installed / "rota.csv",
            "--calls",
            installed / "day.csv",
        ),
        *("--patience", "3m", "--seeds", 2, "--drawn", installed / "drawn.csv"),
    )
    assert code == 0
    assert "proven best" in out
    assert "Tried on the engine" in out
    config = load(installed / "out.toml")
    assert config.shifts
    assert (
        run(
            capsys,
            "simulate",
            installed / "out.toml",
            "--calls",
            installed / "drawn.csv",
            "--staffing",
            "shifts",
        )[0]
        == 0
    )
    assert len(config.agents) >= 7
    assert (
        (installed / "rota.csv")
        .read_text()
        .startswith("date,person,group,type,starts,ends,breaks\n2026-11-23,")
    )
    code, out, _ = run(capsys, "schedule", need, "--shifts", installed / "shifts.toml", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["proven"]
    assert told["met"] is None
    assert told["people"] == len(told["shifts"])


def test_what_is_wrong_is_said_in_a_line(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    need = installed / "need.csv"
    need.write_text("start,agents\n2026-11-23T08:00,3\n2026-11-23T08:30,3\n")
    for arguments, code, words in (
        (("forecast", installed / "nowhere.csv"), 1, "nowhere.csv"),
        (("forecast", installed / "history.csv", "--days", 0), 2, "--days is 0"),
        (("forecast", installed / "history.csv", "--day", "tomorrow"), 2, "is no date"),
        (("forecast", installed / "history.csv", "--quantiles", "90,10"), 2, "rising order"),
        (("forecast", installed / "history.csv", "--minutes", "45"), 2, "give a multiple"),
        (("forecast", installed / "history.csv", "--day", "2020-01-01"), 1, "no ordinary day"),
        (("schedule", need, "--shifts", installed / "shifts.toml"), 1, "no shift covers 2026-11-23 08:00"),
        (("schedule", need, "--shifts", installed / "shifts.toml", "--toml", "x"), 2, "--config"),
        (("lacking_numbers",), 2, "install huntgroup[planning]"),
    ):
        found, _, err = run(capsys, *arguments)
        assert (found, words in err) == (code, True), err
