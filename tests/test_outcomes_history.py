"""What came out of contacts in SQLite and in PostgreSQL: codes, first-contact resolution, feedback, customers, reports.

Owns comparisons of the database with plain recounts; must not test the wing (``test_outcomes``).
"""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as parquet
import pytest
from msgspec.structs import asdict, replace
from postgres import a_database
from test_outcomes_recount import Beside

from routing.center.outcomes import Code, Desk, Outcomes
from routing.center.outcomes.holding import OutcomeHolding
from routing.cli import main
from routing.customers import Customers, MasterKeys
from routing.customers.sealing import Key
from routing.errors import UsageError
from routing.history import History
from routing.history.outcomes import OutcomeHistory
from routing.remarks import Disposition
from routing.statistics.metrics import (
    count_codes,
    effort,
    first_contact_resolution,
    satisfaction,
    total_codes,
)
from routing.statistics.outcomes import (
    AnswerRecord,
    CodeCounts,
    DispositionRecord,
    OutcomeRecord,
    SurveyRecord,
)
from routing.statistics.shapes import ContactRecord, SegmentRecord
from routing.units import DAY, HOUR, MINUTE, SECOND

pytestmark = pytest.mark.once

WORDS = ("unresolved", "resolved", "closed", "call_back")
NOON = 1_793_620_800 * SECOND


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    sqlite = request.param == "sqlite"
    where = tmp_path_factory.mktemp("outcomes") / "history.db" if sqlite else a_database()
    with History(where) as one:
        yield one


@pytest.fixture
def history(home: History, request: pytest.FixtureRequest) -> History:
    return home.of(request.node.name)


def disposition(contact: str, at_ns: int, code: str, **changes: object) -> DispositionRecord:
    plain = DispositionRecord(
        at_ns=at_ns, number=0, contact=contact, arrived_ns=1, segment=0, queue="sales", channel="voice",
        direction="inbound", agent="ann", by="ann", code=code, resolved="", note_ref="", call_back_ns=0,
        first_ns=at_ns, known=True, automatic=False, follow_up=False, correction=False,
    )  # fmt: skip
    return replace(plain, **changes)


def answer(
    contact: str, at_ns: int, score: int | None, measure: str = "csat", **changes: object
) -> AnswerRecord:
    plain = AnswerRecord(
        at_ns, 0, contact, 1, "short", measure, measure, "sales", "ann", score, "", "counted"
    )
    return replace(plain, **changes)


def contact(name: str, arrived_ns: int, **changes: object) -> ContactRecord:
    plain = ContactRecord(
        name, "voice", 0, "sales", "sales", arrived_ns, arrived_ns + 1, arrived_ns + MINUTE, "handled", 0, 1, 0,
        (SegmentRecord("ann", "sales", arrived_ns, arrived_ns + 1, arrived_ns + MINUTE, 0, 0, False),),
    )  # fmt: skip
    return replace(plain, **changes)


def told(history: History, *records: ContactRecord) -> None:
    history.write(SimpleNamespace(queues=[], agents=[], records=records, sessions=[]))


# -------------------------------------------------------------------------------------------------------------- codes


def plainly(rows: list[OutcomeRecord], by: tuple[str, ...], interval_ns: int) -> dict[Any, CodeCounts]:
    """Count codes with loops over everything."""
    said = [row for row in rows if isinstance(row, DispositionRecord)]

    def later(one: DispositionRecord, segment: bool) -> bool:
        return any(
            (other.at_ns, other.number) > (one.at_ns, one.number)
            and (other.contact, other.arrived_ns) == (one.contact, one.arrived_ns)
            and (not segment or other.segment == one.segment)
            for other in said
        )

    found: dict[Any, CodeCounts] = {}
    for one in said:
        fields = asdict(one) | {"start_ns": one.first_ns // interval_ns * interval_ns}
        stands = not later(one, segment=True)
        words = {word: int(stands and one.resolved == word) for word in WORDS}
        counts = CodeCounts(
            dispositions=stands,
            contacts=stands and not later(one, segment=False),
            follow_ups=stands and one.follow_up,
            automatic=stands and one.automatic,
            unknown=stands and not one.known,
            corrections=one.correction,
            **words,
        )
        key = tuple(fields[name] for name in by)
        found[key] = total_codes([found.get(key, CodeCounts()), counts])
    return {key: found[key] for key in sorted(found) if found[key] != CodeCounts()}


@pytest.mark.parametrize("seed", [3, 8])
def test_codes_are_counted_as_by_hand_under_random_runs(history: History, seed: int) -> None:
    beside = Beside(seed)
    beside.run(150)
    rows: list[Any] = [*beside.rows, *beside.wing.take()[1]]
    half = len(rows) // 2
    history.outcomes.write(rows[: half + 20])
    history.outcomes.write(rows[half:])  # some of it again, as after a crash
    for by in (("code",), ("code", "queue", "agent"), ("start_ns", "resolved"), ("channel", "by"), ()):
        expected = plainly(rows, by, 40)
        dispositions = [row for row in rows if isinstance(row, DispositionRecord)]
        assert count_codes(dispositions, by, 40) == expected
        assert dict(history.outcomes.codes(0, DAY, by=by, interval_ns=40)) == expected
    assert list(history.outcomes.dispositions(0, DAY)) == [
        row for row in rows if isinstance(row, DispositionRecord)
    ]
    assert list(history.outcomes.answers(0, DAY)) == [row for row in rows if isinstance(row, AnswerRecord)]
    last = {(row.contact, row.arrived_ns, row.survey): row for row in rows if isinstance(row, SurveyRecord)}
    assert {
        (row.contact, row.arrived_ns, row.survey): row for row in history.outcomes.surveys(0, DAY)
    } == last


def test_a_correction_changes_the_code_and_not_the_interval(history: History) -> None:
    first = disposition("c", 10 * MINUTE, "other")
    changed = replace(
        first, at_ns=3 * HOUR, code="sold", resolved="resolved", correction=True, follow_up=True
    )
    history.outcomes.write([first, disposition("d", HOUR, "other")])
    before = dict(history.outcomes.codes(0, DAY, by=("start_ns", "code")))
    history.outcomes.write([changed])
    after = dict(history.outcomes.codes(0, DAY, by=("start_ns", "code")))
    assert before == {(0, "other"): CodeCounts(1, 1), (HOUR, "other"): CodeCounts(1, 1)}
    assert after == {
        (0, "sold"): CodeCounts(1, 1, resolved=1, follow_ups=1, corrections=1),
        (HOUR, "other"): CodeCounts(1, 1),
    }
    assert [row.code for row in history.outcomes.dispositions(0, DAY, contact="c")] == ["other", "sold"]
    assert dict(history.outcomes.codes(0, DAY, queues=["help"])) == {}
    assert dict(history.outcomes.codes(0, DAY, agents=["ann"], channels=["voice"])).keys() == {
        ("other",),
        ("sold",),
    }


# ------------------------------------------------------------------------------------------------------- resolution


@pytest.mark.parametrize("seed", range(4))
def test_first_contact_resolution_by_both_rules_is_that_of_the_metrics(history: History, seed: int) -> None:
    random = Random(seed)
    records, rows, said = [], [], {}
    for number in range(150):
        arrived = random.randrange(60 * DAY)
        one = contact(
            f"c{number}", arrived, customer=random.choice(("", "k1", "k2", "k3", "k4", "k5", "k6")),
            subject=random.choice(("bill", "line", "move", "")),
            answered_ns=random.choice((0, arrived + 1, arrived + 1)), entry_queue=random.choice(("sales", "help")),
        )  # fmt: skip
        records.append(one)
        for turn in range(random.choice((0, 1, 1, 2))):
            word: Any = random.choice(("", "resolved", "closed", "unresolved", "call_back"))
            rows.append(
                disposition(
                    one.contact, one.ended_ns + turn, "x", number=number, arrived_ns=arrived, resolved=word
                )
            )
            said[one.contact, arrived] = word
    told(history, *records)
    history.outcomes.write(rows)
    for days in (1, 7):
        until = max(one.arrived_ns for one in records)
        for words, by in ((None, False), (said, True)):
            whole = history.resolution(0, 60 * DAY, days, by_disposition=by)
            expected = first_contact_resolution(records, until, window_ns=days * DAY, said=words)
            for name in ("issues", "resolved", "repeated", "failed", "pending", "unknown", "said"):
                assert sum(getattr(one, name) for one in whole.values()) == getattr(expected, name), (
                    days,
                    by,
                    name,
                )


def test_what_was_said_decides_and_return_decides_where_nothing_was(history: History) -> None:
    cases = {
        "said": (NOON + 1, "resolved"),
        "shut": (NOON + 1, "closed"),
        "open": (NOON + 1, "unresolved"),
        "call": (NOON + 1, "call_back"),
        "mute": (NOON + 1, ""),
        "missed": (0, ""),
        "mailed": (0, "resolved"),  # nobody answered; somebody saw to it afterwards
    }
    for name, (answered_ns, word) in cases.items():
        told(history, contact(name, NOON, answered_ns=answered_ns, customer=name, subject="bill"))
        if word:
            changes: dict[str, Any] = {"arrived_ns": NOON, "resolved": word, "number": sum(name.encode())}
            history.outcomes.write([disposition(name, NOON + HOUR, "x", **changes)])
    told(history, contact("again", NOON + DAY, customer="said", subject="bill"))  # though it was "resolved"
    told(history, contact("late", NOON + 30 * DAY, customer="x", subject="y"))
    by_return = history.resolution(NOON, NOON + DAY)["sales"]
    by_words = history.resolution(NOON, NOON + DAY, by_disposition=True)["sales"]
    assert (by_return.issues, by_return.resolved, by_return.repeated, by_return.failed, by_return.said) == (
        7,
        4,
        1,
        2,
        0,
    )
    assert (by_words.issues, by_words.resolved, by_words.repeated, by_words.failed, by_words.said) == (
        7,
        3,
        1,
        3,
        5,
    )
    assert by_words.share == 3 / 7


# --------------------------------------------------------------------------------------------------------- feedback


def test_feedback_by_queue_agent_code_and_interval(history: History) -> None:
    told(history, contact("a", 1), contact("b", 1, entry_queue="help"), contact("r", 1))
    rows: list[OutcomeRecord] = [
        disposition("a", 5, "sold"),
        disposition("b", 6, "other", agent="ben"),
        answer("a", 10 * MINUTE, 2),
        answer("a", 20 * MINUTE, 5),  # they think better of it: this one stands
        answer("a", 21 * MINUTE, 9, verdict="out_of_range"),
        answer("a", 22 * MINUTE, 1, verdict="late"),
        answer("b", 20 * MINUTE, 3, queue="help", agent="ben", number=1),
        answer("b", 20 * MINUTE, 10, "nps", queue="help", agent="ben", number=2),
        answer("b", 20 * MINUTE, 6, "ces", queue="help", agent="ben", number=3),
        answer("b", 20 * MINUTE, None, "text", queue="help", agent="ben", number=4),
    ]
    history.outcomes.write(rows)
    history.rate("r", csat=4, nps=9, at_ns=HOUR)
    history.rate("a", csat=1, nps=0, at_ns=HOUR)  # its csat was answered already: that one counts
    by_queue = history.feedback(0, DAY)
    assert by_queue["sales"].satisfaction == satisfaction([5, 4])
    assert by_queue["help"].effort == effort([6])
    assert (by_queue["sales"].recommendation.promoters, by_queue["sales"].recommendation.detractors) == (1, 1)
    agents = dict(history.outcomes.feedback(0, DAY, by=("agent",)))
    assert agents["ann",].satisfaction.count == 2
    assert agents["ben",].recommendation.promoters == 1
    codes = dict(history.outcomes.feedback(0, DAY, by=("code",)))
    assert {key[0]: one.satisfaction.mean for key, one in codes.items()} == {
        "": 4.0,
        "other": 3.0,
        "sold": 5.0,
    }
    parts = dict(history.outcomes.feedback(0, DAY, by=("start_ns", "queue"), interval_ns=15 * MINUTE))
    assert {key: one.satisfaction.count for key, one in parts.items()} == {
        (15 * MINUTE, "help"): 1,
        (15 * MINUTE, "sales"): 1,
        (HOUR, "sales"): 1,
    }
    asked = dict(history.outcomes.feedback(0, HOUR, by=("survey", "question")))
    assert list(asked) == [("short", "ces"), ("short", "csat"), ("short", "nps")]


def test_feedback_is_what_stands_under_random_runs(history: History) -> None:
    found = 0
    for seed in range(10, 14):
        beside = Beside(seed)
        beside.run(150)
        rows: list[Any] = [*beside.rows, *beside.wing.take()[1]]
        tenant = history.of(f"{history.domain}/{seed}")
        tenant.outcomes.write(rows)
        counted = [row for row in rows if isinstance(row, AnswerRecord) and row.verdict == "counted"]
        standing = {
            (row.contact, row.arrived_ns, row.survey, row.question): row
            for row in counted
            if row.score is not None
        }
        by_agent: dict[str, list[int]] = {}
        for row in standing.values():
            if row.measure == "csat":
                by_agent.setdefault(row.agent, []).append(row.score or 0)
        told_scores = {
            key[0]: one.satisfaction
            for key, one in tenant.outcomes.feedback(0, DAY, by=("agent",))
            if one.satisfaction.count
        }
        assert told_scores == {agent: satisfaction(scores) for agent, scores in by_agent.items()}
        found += len(told_scores)
    assert found


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (lambda it: list(it.codes(5, 1)), "the span 5..1 is none"),
        (
            lambda it: list(it.codes(0, 1, by=("wait",))),
            "by 'wait' is not known; choose of agent, by, channel, code",
        ),
        (
            lambda it: list(it.feedback(0, 1, by=("channel",))),
            "by 'channel' is not known; choose of agent, code",
        ),
        (lambda it: list(it.feedback(0, 1, interval_ns=0)), "interval_ns 0 is not above 0"),
        (lambda it: it.forget(""), "customer '' is nobody"),
    ],
)
def test_what_is_asked_is_checked(history: History, ask: Any, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        ask(history.outcomes)


# -------------------------------------------------------------------------------------------------------- customers


def test_a_customer_is_exported_and_erased(home: History) -> None:
    history = home.of("people")
    masters = MasterKeys([Key(bytes(range(32)))])
    holding = OutcomeHolding(history.outcomes)
    with Customers(
        home._database.url.render_as_string(hide_password=False), masters, "people", holders=(holding,)
    ) as people:
        ann = people.identify("number", "+442079460018", at_ns=NOON).customer
        desk = Desk(Outcomes(codes=(Code("broken", note="required"),)), people)
        said = desk.dispose(
            "c", Disposition("broken", agent="ann"), "tech", text="It smokes.", customer=ann, at_ns=NOON
        )
        assert isinstance(said.remark, Disposition)
        told(history, contact("c", NOON, customer=ann, subject="fire"))
        history.outcomes.write(
            [
                disposition("c", NOON + 1, "broken", arrived_ns=NOON, note_ref=said.remark.note_ref),
                answer("c", NOON + 2, None, "text", arrived_ns=NOON, answer="n77"),
                SurveyRecord("c", NOON, "short", "answered", "sms", "en", "sales", "ann", NOON + 2, 0, 1),
                disposition("else", NOON + 3, "broken", note_ref="n9"),
            ]
        )
        (clear,) = people.export(ann, NOON + HOUR, "eve", personal=True)["elsewhere"]["outcomes"]
        assert [row["note_ref"] for row in clear["dispositions"]] == [said.remark.note_ref]
        assert [row["answer"] for row in clear["answers"]] == ["n77"]
        assert [row["state"] for row in clear["surveys"]] == ["answered"]
        (masked,) = people.export(ann, NOON + HOUR, "eve")["elsewhere"]["outcomes"]
        assert [row["note_ref"] for row in masked["dispositions"]] == [""]
        json.dumps([clear, masked])
        assert people.erase(ann, NOON + 2 * HOUR, "eve").elsewhere == {"outcomes": 2}
    # After a crash rows are given again: what was taken off them stays so.
    history.outcomes.write(
        [
            disposition("c", NOON + 1, "broken", arrived_ns=NOON, note_ref=said.remark.note_ref),
            answer("c", NOON + 2, None, "text", arrived_ns=NOON, answer="n77"),
        ]
    )
    assert [row.answer for row in history.outcomes.answers(NOON, NOON + DAY)] == [""]
    rows = list(history.outcomes.dispositions(NOON, NOON + DAY))
    assert [(row.contact, row.note_ref) for row in rows] == [("c", ""), ("else", "n9")]
    assert sum(counts.dispositions for _, counts in history.outcomes.codes(NOON, NOON + DAY)) == 2


def test_retention_takes_old_outcomes(history: History) -> None:
    history.outcomes.write([disposition("c", 5, "x"), answer("c", 6, 4), disposition("d", DAY, "x")])
    counted = history.purge(HOUR, contacts_only=True, dry_run=True)
    assert (counted["dispositions"], counted["survey_answers"], counted["surveys"]) == (1, 1, 0)
    assert history.purge(HOUR, contacts_only=True) == counted
    assert [row.contact for row in history.outcomes.dispositions(0, 2 * DAY)] == ["d"]


# ---------------------------------------------------------------------------------------------------------- reports


@pytest.fixture
def day(tmp_path: Path) -> str:
    where = str(tmp_path / "history.db")
    with History(where) as history:
        rows: list[OutcomeRecord] = [
            disposition(f"c{n}", NOON + n * MINUTE, code, resolved=word, arrived_ns=NOON)
            for n, (code, word) in enumerate(
                [("sold", "resolved")] * 3 + [("later", "call_back"), ("odd", "")]
            )
        ]
        rows.append(replace(rows[4], at_ns=NOON + HOUR, code="sold", resolved="resolved", correction=True))
        told(history, *(contact(f"c{n}", NOON, customer=f"k{n}", subject="bill") for n in range(5)))
        history.outcomes.write([*rows, answer("c0", NOON + HOUR, 5, arrived_ns=NOON, number=1)])
    return where


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["report", "--from", "2026-11-02", *arguments]) == 0
    return capsys.readouterr().out


def test_a_report_by_code(capsys: pytest.CaptureFixture[str], day: str, tmp_path: Path) -> None:
    files = [f"--{kind}={tmp_path / kind}" for kind in ("csv", "parquet", "arrow")]
    told_text = printed(
        capsys, "--database", day, "--by", "code", "--quality", *files, f"--plot={tmp_path / 'p.svg'}"
    )
    lines = [line.split() for line in told_text.splitlines()]
    assert ["later", "1", "20.0%", "1", "0", "0", "0", "1", "0", "0", "0", "0"] in lines
    assert ["sold", "4", "80.0%", "4", "4", "0", "0", "0", "0", "0", "0", "1"] in lines
    assert ["total", "5", "100.0%", "5", "4", "0", "0", "1", "0", "0", "0", "1"] in lines
    assert ["sold", "1", "5.00", "100.0%", "–"] in lines
    rows = list(csv.DictReader(StringIO((tmp_path / "csv").read_text())))
    assert [(row["code"], row["dispositions"], row["disposition_share"]) for row in rows] == [
        ("later", "1", "0.2"),
        ("sold", "4", "0.8"),
    ]
    table = parquet.read_table(tmp_path / "parquet").to_pylist()
    assert [(row["code"], row["resolved"], row["corrections"]) for row in table] == [
        ("later", 0, 0),
        ("sold", 4, 1),
    ]
    assert (tmp_path / "p.svg").read_text().count("<svg") == 1
    whole = json.loads(printed(capsys, "--database", day, "--by", "code", "--interval", "1h", "--json"))
    assert [(line["start"], line["code"], line["dispositions"]) for line in whole["lines"]] == [
        ("2026-11-02T12:00+00:00", "later", 1),
        ("2026-11-02T12:00+00:00", "sold", 4),
    ]
    nobody = printed(capsys, "--database", day, "--by", "code", "--agent", "eve")
    assert "There is nothing in this span." in nobody


def test_both_definitions_stand_side_by_side(capsys: pytest.CaptureFixture[str], day: str) -> None:
    with History(day) as history:
        told(history, contact("late", NOON + 20 * DAY))
    text = printed(capsys, "--database", day, "--quality")
    assert "issues  resolved  repeated  failed  pending     FCR  said  FCR said  rated" in text
    (line,) = [line.split() for line in text.splitlines() if line.startswith("sales ") and "%" in line]
    assert line[1:9] == ["5", "5", "0", "0", "0", "100.0%", "5", "80.0%"]
    document = json.loads(printed(capsys, "--database", day, "--quality", "--json"))
    assert (document["resolution"]["sales"]["share"], document["disposed"]["sales"]["share"]) == (1.0, 0.8)


def test_a_report_by_code_has_no_basis(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["report", "--database", day, "--from", "2026-11-02", "--by", "code", "--basis", "arrival"]) != 0
    )
    assert "--basis arrival is about queues; leave it out with --by code" in capsys.readouterr().err


def test_the_face_is_of_one_tenant(home: History) -> None:
    north, south = home.of("north").outcomes, home.of("south").outcomes
    assert isinstance(north, OutcomeHistory)
    north.write([disposition("c", 5, "x")])
    assert [len(list(one.dispositions(0, 10))) for one in (north, south)] == [1, 0]
