"""``huntgroup report``: what it prints and writes, for a small centre that is made up.

Owns tests of the command, of local intervals and of exports; must not test what is stored (``test_history``).
"""

import argparse
import csv
import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet
import pytest
from msgspec import Struct
from msgspec.structs import astuple, replace
from outside import ROOT
from pyarrow import feather

from routing.cli import discovering, reporting
from routing.config.localtime import parse_moment
from routing.errors import UnavailableError, UsageError
from routing.history import History
from routing.history.local import LocalIntervals
from routing.statistics.intervals import Period
from routing.statistics.metrics import Activity
from routing.statistics.shapes import (
    AgentCounts,
    AgentRow,
    ContactRecord,
    QueueCounts,
    QueueRow,
    SegmentRecord,
    Session,
)
from routing.units import DAY, HOUR, MINUTE, SECOND

Q = 15 * MINUTE
BERLIN = ZoneInfo("Europe/Berlin")
NINE = parse_moment("2026-11-02T09:00", BERLIN)
GOLDEN = Path(__file__).parent / "golden"
DAY_OPTIONS = ("--from", "2026-11-02", "--timezone", "Europe/Berlin")


class Rows(Struct, frozen=True):
    """What a fold hands over."""

    queues: list[QueueRow] = []
    agents: list[AgentRow] = []
    records: list[ContactRecord] = []
    sessions: list[Session] = []


def queue_row(at_ns: int, queue: str, offered: int, abandoned: int, late: int = 0) -> QueueRow:
    """Some answered after five seconds, of these some late; some abandoned after a minute; a call takes two minutes."""
    answered = offered - abandoned
    counts = QueueCounts(
        entered=offered,
        answered=answered,
        answered_in=answered - late,
        abandoned=abandoned,
        wait_answered_ns=answered * 5 * SECOND,
        wait_abandoned_ns=abandoned * MINUTE,
        wait_max_ns=MINUTE + offered * SECOND,
        contacts=offered,
        contacts_answered=answered,
        contacts_answered_in=answered - late,
        contacts_handled=answered,
        contacts_abandoned=abandoned,
        contact_wait_answered_ns=answered * 5 * SECOND,
        contact_wait_abandoned_ns=abandoned * MINUTE,
        segments=answered,
        talk_ns=answered * 90 * SECOND,
        wrap_ups=answered,
        wrap_up_ns=answered * 30 * SECOND,
    )
    return QueueRow(at_ns, at_ns + Q, queue, "voice", counts)


def agent_row(at_ns: int, agent: str, calls: int, **reasons: int) -> AgentRow:
    not_ready = sum(reasons.values())
    counts = AgentCounts(
        staffed_ns=Q,
        talking_ns=calls * 90 * SECOND,
        wrap_up_ns=calls * 30 * SECOND,
        ringing_ns=calls * 4 * SECOND,
        not_ready_ns=not_ready,
        idle_ns=Q - not_ready - calls * 124 * SECOND,
        not_ready_by=reasons,
        in_hand_ns=calls * 90 * SECOND,
        offers=calls + 1,
        accepted=calls,
        missed=1,
        segments=calls,
        handled=calls,
        talk_ns=calls * 90 * SECOND,
        wrap_ups=calls,
        contact_wrap_up_ns=calls * 30 * SECOND,
    )
    return AgentRow(at_ns, at_ns + Q, agent, counts)


def the_rows() -> Rows:
    return Rows(
        [
            queue_row(NINE, "sales", 10, 2, late=3),
            queue_row(NINE + Q, "sales", 6, 0),
            queue_row(NINE + 2 * Q, "sales", 4, 1),
            queue_row(NINE + 2 * Q, "help", 5, 0),
        ],
        [
            agent_row(NINE, "ann", 4),
            agent_row(NINE, "bob", 3, lunch=5 * MINUTE),
            agent_row(NINE + Q, "ann", 6),
            agent_row(NINE + 2 * Q, "ann", 5, training=3 * MINUTE),
        ],
        [
            ContactRecord(
                "c1", "voice", 1, "sales", "sales", NINE + 14 * MINUTE, NINE + 16 * MINUTE, NINE + 18 * MINUTE,
                "handled", 20 * SECOND, 1, 0,
                (
                    SegmentRecord(
                        "ann", "sales", NINE + 15 * MINUTE, NINE + 16 * MINUTE, NINE + 18 * MINUTE, 0,
                        NINE + 19 * MINUTE, False,
                    ),
                ),
            )
        ],
        [Session("ann", NINE, NINE + 3 * Q), Session("bob", NINE, NINE + Q)],
    )  # fmt: skip


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "history.db"
    with History(path) as history:
        history.write(the_rows())
    return str(path)


def report(database: str, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    reporting.add_report(parser)
    options = parser.parse_args(["--database", database, *arguments])
    code: int = options.run(options)
    return code


def printed(capsys: pytest.CaptureFixture[str], database: str, *arguments: str) -> str:
    assert report(database, *arguments) == 0
    return "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()).strip()


# ------------------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize("by", ["queue", "agent", "interval"])
def test_tables(capsys: pytest.CaptureFixture[str], database: str, by: str) -> None:
    golden = (GOLDEN / f"report_by_{by}.txt").read_text(encoding="utf-8")
    assert printed(capsys, database, *DAY_OPTIONS, "--by", by) == golden.strip()


def test_by_arrival(capsys: pytest.CaptureFixture[str], database: str) -> None:
    told = json.loads(
        printed(
            capsys,
            database,
            *DAY_OPTIONS,
            "--by",
            "interval",
            "--interval",
            "15m",
            "--basis",
            "arrival",
            "--json",
        )
    )
    first = told["lines"][0]
    assert (first["start"], first["contacts"], first["contacts_answered_in"]) == (
        "2026-11-02T09:00+01:00",
        1,
        0,
    )
    assert (first["asa_s"], first["aht_s"], first["service_level"]) == (120.0, 180.0, 0.0)
    assert "entered" not in first  # cannot be told by arrival


@pytest.mark.parametrize("by", ["queue", "agent", "interval"])
@pytest.mark.parametrize("interval", ["15m", "30m", "1h", "1d"])
def test_parts_add_up(capsys: pytest.CaptureFixture[str], database: str, by: str, interval: str) -> None:
    lines = json.loads(printed(capsys, database, *DAY_OPTIONS, "--by", by, "--interval", interval, "--json"))[
        "lines"
    ]
    expected = {"15m": 3, "30m": 2, "1h": 1, "1d": 1}[interval]
    assert len({line["start"] for line in lines}) == expected
    if by != "agent":
        assert sum(line["answered"] for line in lines) == 22
    if by != "queue":
        prefix = "" if by == "agent" else "agents."
        assert sum(line[f"{prefix}staffed_ns"] for line in lines) == 4 * Q
        assert sum(line[f"{prefix}not_ready_ns.lunch"] for line in lines) == 5 * MINUTE


def test_filters(capsys: pytest.CaptureFixture[str], database: str) -> None:
    options = (*DAY_OPTIONS, "--json")
    (line,) = json.loads(printed(capsys, database, *options, "--queue", "help"))["lines"]
    assert (line["queue"], line["answered"]) == ("help", 5)
    (line,) = json.loads(printed(capsys, database, *options, "--by", "agent", "--agent", "bob"))["lines"]
    assert (line["agent"], line["log_in_ns"], line["log_out_ns"]) == ("bob", NINE, NINE + Q)
    lines = json.loads(printed(capsys, database, *options, "--by", "interval", "--channel", "voice"))["lines"]
    assert not any(name.startswith("agents.") for name in lines[0])  # their time is not parted among channels
    text = printed(capsys, database, "--from", "2026-11-03")
    assert text.endswith("There is nothing in this span.")


def test_the_domain_is_the_only_one_or_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = str(tmp_path / "history.db")
    with History(path, "bank") as history:
        assert history.domains() == []
        history.write(the_rows())
    options = (*DAY_OPTIONS, "--queue", "help", "--json")
    assert json.loads(printed(capsys, path, *options))["lines"][0]["answered"] == 5
    with pytest.raises(UsageError, match="has nothing of the domain 'default'; it holds 'bank'"):
        report(path, *options, "--domain", "default")
    with History(path, "north") as history:
        history.write(Rows(sessions=the_rows().sessions))
        assert history.domains() == ["bank", "north"]
    with pytest.raises(UsageError, match="holds 'bank', 'north'; name one of them by --domain"):
        report(path, *options)
    assert json.loads(printed(capsys, path, *options, "--domain", "bank"))["lines"]


def test_names_that_nothing_has_are_told_apart_from_quiet_ones(
    capsys: pytest.CaptureFixture[str], database: str
) -> None:
    for options, said in (
        (("--queue", "seals"), "no queue of this span is 'seals'; there are 'help', 'sales'"),
        (("--by", "agent", "--agent", "amn"), "no agent of this span is 'amn'; there are 'ann', 'bob'"),
    ):
        assert report(database, *DAY_OPTIONS, *options) == 0
        told = capsys.readouterr()
        assert "There is nothing in this span." in told.out
        assert told.err == f"huntgroup: {said}\n"
    assert report(database, "--from", "2020-01-01", "--queue", "sales") == 0
    assert capsys.readouterr().err == ""


def test_quality(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = str(tmp_path / "history.db")
    rows = the_rows()
    known = replace(rows.records[0], customer="c-1", subject="bill")
    with History(path) as history:
        history.write(Rows(rows.queues, rows.agents, [known], rows.sessions))
        history.rate("c1", csat=5, nps=10, at_ns=NINE + HOUR)
        history.rate("elsewhere", nps=3, at_ns=NINE + HOUR)
        history.plan("ann", NINE, NINE + DAY, [Activity(NINE, NINE + HOUR)])
    assert printed(capsys, path, *DAY_OPTIONS, "--quality").endswith(
        """
First contacts and feedback, by queue of entry
queue      issues  resolved  repeated  failed  pending  FCR  rated  CSAT  satisfied   NPS
(unknown)       –         –         –       –        –    –      0     –          –  -100
sales           1         0         0       0        1    –      1  5.00     100.0%  +100
""".rstrip()
    )
    assert printed(capsys, path, *DAY_OPTIONS, "--by", "agent", "--quality").endswith(
        """
Adherence
agent  scheduled  adherent  outside  adherence  conformance
ann      1:00:00     45:00     0:00      75.0%        75.0%
""".rstrip()
    )
    told = json.loads(printed(capsys, path, *DAY_OPTIONS, "--quality", "--json"))
    assert told["feedback"]["sales"]["recommendation"]["score"] == 100.0
    assert told["resolution"]["sales"]["pending"] == 1
    assert "adherence" not in told
    assert printed(capsys, path, "--from", "2020-01-01", "--quality").endswith(
        "Nothing is known of quality in this span."
    )


def test_the_level_can_be_chosen(capsys: pytest.CaptureFixture[str], database: str) -> None:
    options = (*DAY_OPTIONS, "--queue", "sales", "--json", "--level")
    levels = [
        json.loads(printed(capsys, database, *options, name))["lines"][0]["service_level"]
        for name in ("of_offered", "of_answered")
    ]
    assert levels == [14 / 20, 14 / 17]


# ------------------------------------------------------------------------------------------------- files


def test_csv(capsys: pytest.CaptureFixture[str], database: str, tmp_path: Path) -> None:
    printed(capsys, database, *DAY_OPTIONS, "--csv", str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        help_, sales = csv.DictReader(file)
    assert (help_["queue"], sales["queue"], sales["channel"]) == ("help", "sales", "voice")
    assert (sales["entered"], sales["wait_answered_ns"]) == ("20", str(17 * 5 * SECOND))
    assert float(sales["service_level"]) == 14 / 20
    assert help_["abandoned_wait_s"] == ""  # nobody abandoned


@pytest.mark.parametrize("by", ["queue", "agent", "interval"])
def test_parquet_and_arrow_hold_what_json_does(
    capsys: pytest.CaptureFixture[str], database: str, tmp_path: Path, by: str
) -> None:
    files = ("--parquet", str(tmp_path / "out.parquet"), "--arrow", str(tmp_path / "out.arrow"))
    lines = json.loads(printed(capsys, database, *DAY_OPTIONS, "--by", by, "--json", *files))["lines"]
    assert pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist() == lines
    table = feather.read_table(tmp_path / "out.arrow")
    assert table.to_pylist() == lines
    types = {str(field.type) for field in table.schema}
    assert types == {"string", "int64", "double"}


@pytest.mark.parametrize("by", ["queue", "agent", "interval"])
def test_plots(capsys: pytest.CaptureFixture[str], database: str, tmp_path: Path, by: str) -> None:
    printed(capsys, database, *DAY_OPTIONS, "--by", by, "--plot", str(tmp_path / "a.svg"))
    drawn = (tmp_path / "a.svg").read_bytes()
    assert len(drawn) > 10_000
    assert b"<path" in drawn
    if by == "interval":  # the same report makes the same file
        printed(capsys, database, *DAY_OPTIONS, "--by", by, "--plot", str(tmp_path / "b.svg"))
        assert (tmp_path / "b.svg").read_bytes() == drawn
        printed(capsys, database, *DAY_OPTIONS, "--by", by, "--plot", str(tmp_path / "c.png"))
        pixels = (tmp_path / "c.png").read_bytes()
        assert pixels.startswith(b"\x89PNG")
        assert len(pixels) > 5_000


def test_nothing_is_drawn_and_written_too(
    capsys: pytest.CaptureFixture[str], database: str, tmp_path: Path
) -> None:
    names = {kind: str(tmp_path / f"out.{kind}") for kind in ("csv", "parquet", "svg")}
    printed(
        capsys, database, "--from", "2020-01-01", "--by", "interval",
        "--csv", names["csv"], "--parquet", names["parquet"], "--plot", names["svg"],
    )  # fmt: skip
    header = Path(names["csv"]).read_text(encoding="utf-8").strip().split(",")
    assert header == pyarrow.parquet.read_table(names["parquet"]).column_names
    assert Path(names["svg"]).stat().st_size > 1_000


# ------------------------------------------------------------------------------------------------- local time


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/New_York", "2026-11-01", 25),
        ("Asia/Kathmandu", "2026-06-01", 24),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("UTC", "2026-10-25", 24),
    ],
)
def test_days_are_as_long_as_they_are(zone: str, day: str, hours: float) -> None:
    where = ZoneInfo(zone)
    start, end = parse_moment(day, where), parse_moment(day, where, end=True)
    assert end - start == hours * HOUR
    quarters = range(start, end, Q)
    whole = LocalIntervals(DAY, where)
    assert {astuple(whole.of(at)) for at in quarters} == {(start, end)}
    for length in (Q, 2 * Q, HOUR):
        parts = LocalIntervals(length, where)
        intervals = [Period(*key) for key in sorted({astuple(parts.of(at)) for at in quarters})]
        assert [one.start_ns for one in intervals] == [start, *(one.end_ns for one in intervals[:-1])]
        assert intervals[-1].end_ns == end
        for one in intervals:
            local = datetime.fromtimestamp(one.start_ns // SECOND, UTC).astimezone(where)
            full = one.end_ns - one.start_ns == length
            assert not full or (local.hour * 60 + local.minute) * MINUTE % length == 0 or length == HOUR


def test_the_hour_that_is_shown_twice_is_two_hours(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    start = parse_moment("2026-10-25", BERLIN)
    with History(tmp_path / "history.db") as history:
        history.write(Rows([queue_row(start + n * Q, "sales", 1, 0) for n in range(100)]))
    options = (
        "--from",
        "2026-10-25",
        "--timezone",
        "Europe/Berlin",
        "--by",
        "interval",
        "--json",
        "--interval",
    )
    hours = json.loads(printed(capsys, str(tmp_path / "history.db"), *options, "1h"))["lines"]
    assert [line["answered"] for line in hours] == [4] * 25
    assert [line["start"][11:] for line in hours[1:4]] == ["01:00+02:00", "02:00+02:00", "02:00+01:00"]
    (day,) = json.loads(printed(capsys, str(tmp_path / "history.db"), *options, "1d"))["lines"]
    assert (day["answered"], day["end_ns"] - day["start_ns"]) == (100, 25 * HOUR)


def test_moments() -> None:
    assert parse_moment("2026-11-02 09:00", BERLIN) == parse_moment("2026-11-02T09:00", BERLIN, end=True)
    assert (
        date(2026, 11, 3)
        == datetime.fromtimestamp(parse_moment("2026-11-02", BERLIN, end=True) // SECOND, BERLIN).date()
    )
    for text in ("yesterday", "2026-11-31", "2026-11-02T25:00", "1969-01-01"):
        with pytest.raises(UsageError):
            parse_moment(text, BERLIN)


# ------------------------------------------------------------------------------------------------- misuse


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "--from is missing"),
        (("--from", "2026-11-02", "--to", "2026-11-01"), "is not after --from"),
        (("--from", "2026-11-02", "--by", "agent", "--queue", "sales"), "knows no queue or channel"),
        (("--from", "2026-11-02", "--by", "agent", "--basis", "arrival"), "is about contacts"),
        (("--from", "2026-11-02", "--agent", "ann"), "leave it out with --by queue"),
        (("--from", "2026-11-02", "--plot", "a.gif"), r"does not end in \.png or \.svg"),
        (("--from", "2026-11-02", "--csv", "no/such/folder.csv"), "there is no folder no/such"),
    ],
)
def test_misuse(database: str, arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        report(database, *arguments)


def test_rows_that_are_too_long(tmp_path: Path) -> None:
    with History(tmp_path / "history.db") as history:
        history.write(Rows([QueueRow(NINE, NINE + HOUR, "sales", "voice", QueueCounts(answered=1))]))
    with pytest.raises(UsageError, match="as long as 60 minutes"):
        report(str(tmp_path / "history.db"), *DAY_OPTIONS, "--by", "interval")


def test_no_history(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="there is no history"):
        report(str(tmp_path / "none.db"), "--from", "2026-11-02")
    assert not (tmp_path / "none.db").exists()


def test_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> Iterator[None]:
        raise ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib")

    monkeypatch.setattr(discovering, "import_module", missing)
    with pytest.raises(UsageError, match=r"--plot needs 'matplotlib'.* install huntgroup\[plot\]"):
        discovering.load("routing.history.plot", "--plot")


@pytest.mark.tree
def test_the_command_is_declared() -> None:
    points = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    assert points[discovering.GROUP]["report"] == "routing.cli.reporting:add_report"
