"""``huntgroup campaign simulate`` as a user meets it: a file in, tables, JSON, CSV and a picture out.

Owns tests of ``routing.cli.campaign_simulating`` and its tables; must not test how a day is lived through.
"""

import argparse
import csv
import json
from pathlib import Path

import pytest

from routing.campaigns.book import Book
from routing.cli.campaigning import add_campaign
from routing.errors import ConfigError, DataError, UsageError
from routing.outbound.engine_days import engine_day
from routing.outbound.files import load_outbound
from routing.outbound.rehearsal import plan
from routing.outbound.supposing import Supposed, load_supposed

pytestmark = pytest.mark.once

FILE = """
[[carriers]]
id = "north"
concurrent = 40

[[campaigns]]
id = "spring"
queue = "sales"
profiles = ["us"]
caller_id = "main-number"
message = "sorry"
carriers = [{carrier = "north"}]

[simulation]
agents = 6
day = "30m"
log_in = "1m"
course = []
talk = {mean = "1m", cv = 0.5}
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "campaigns.toml"
    path.write_text(FILE)
    return str(path)


def simulate(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_campaign(parser)
    options = parser.parse_args(["simulate", *arguments, "--jobs", "1"])
    code: int = options.run(options)
    return code


def test_text(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(file, "--seeds", "3", "--records", "60", "--compare", "progressive, power:2") == 0
    out = capsys.readouterr().out
    assert "spring: predictive, 6 agents, cap 3 %; 3 days, from seed 1 on" in out
    for word in (
        "utilisation",
        "idle time of agents",
        "abandoned / answered",
        "wait until connected",
        "Worst day: seed",
        "Days above the cap of 3 %",
        "The list runs out on 3 of 3 days",
        "north",
        "power:2",
    ):
        assert word in out
    rows = [line.split() for line in out.splitlines()]
    (base,) = (row for row in rows if row[:1] == ["predictive:0.03"])
    (slow,) = (row for row in rows if row[:1] == ["progressive"])
    assert base[1].endswith("%")
    assert slow[3] == "±"


def test_json_csv_and_picture(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture, days = tmp_path / "day.svg", tmp_path / "days.csv"
    more = ("--plot", str(picture), "--csv", str(days), "--compare", "predictive:0.01")
    assert simulate(file, "--seeds", "2", "--seed", "5", "--json", "--agents", "4", *more) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["campaign"], told["mode"], told["cap"], told["days"]) == ("spring", "predictive", 0.03, 2)
    assert told["figures"]["utilisation"]["n"] == 2
    assert [day["seed"] for day in told["by_day"]] == [5, 6]
    assert told["compared"][0]["cap"] == 0.01
    assert told["carriers"][0]["carrier"] == "north"
    with days.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["way"], row["seed"]) for row in rows] == [
        ("predictive:0.03", "5"),
        ("predictive:0.03", "6"),
        ("predictive:0.01", "5"),
        ("predictive:0.01", "6"),
    ]
    assert float(rows[0]["utilisation"]) == told["by_day"][0]["utilisation"]
    assert picture.read_text(encoding="utf-8").lstrip().startswith("<?xml")


def test_measured(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path(file).write_text(FILE.replace('"30m"', '"10m"\nbreak = "0s"\nanswer_rate = 0.6'))
    made = plan(load_outbound(file), supposed=load_supposed(file))
    database = tmp_path / "campaigns.db"
    engine_day(made.outbound, made.campaign, made.supposed, 1, database=database)
    span = ("--from", "2026-11-03", "--to", "2026-11-03", "--timezone", "America/New_York")
    assert simulate(file, "--measured", str(database), *span, "--seeds", "2") == 0
    out = capsys.readouterr().out
    assert "measured: answer rate " in out
    assert "measured: talk " in out
    with Book(database) as book:
        dials = book.status("spring", 2**62).attempts
    assert f"of {dials:,} dials, hour by hour" in out
    with pytest.raises(DataError, match="too few"):
        simulate(file, "--measured", str(database), "--from", "2026-11-04", "--to", "2026-11-05")


def test_through_the_engine(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(file).write_text(FILE.replace('"30m"', '"5m"'))
    assert simulate(file, "--engine", "--agents", "3") == 0
    assert "3 agents, cap 3 %; one day, seed 1" in capsys.readouterr().out


def test_errors(file: str, tmp_path: Path) -> None:
    for arguments, message in (
        (("--compare", "preview"), "none of progressive"),
        (("--compare", "power:much"), "no number"),
        (("--compare", "progressive:2"), "none of progressive"),
        (("--seeds", "0"), "at least 1"),
        (("--plot", "day.pdf"), ".svg"),
        (("--campaign", "autumn"), "no campaign 'autumn'"),
    ):
        with pytest.raises(UsageError, match=message):
            simulate(file, *arguments)
    with pytest.raises(ConfigError, match="answer_rate"):
        simulate(file, "--answer-rate", "30")
    with pytest.raises(ConfigError, match="ratio"):
        simulate(file, "--ratio", "3")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(FILE.replace("agents = 6", "agent = 6"))
    with pytest.raises(DataError, match=r"wrong.toml: simulation.agent: unknown field"):
        simulate(str(wrong))


def test_the_example_spells_the_defaults() -> None:
    example = Path(__file__).parents[1] / "examples" / "outbound" / "rehearsal.toml"
    supposed = load_supposed(example)
    assert supposed == Supposed(records=7_000)
    assert plan(load_outbound(example), supposed=supposed).cap == 0.03
