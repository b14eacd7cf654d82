"""The audit log: exact against a plain recount of the raw journal, over crashes, and no row changed unseen.

Owns the log; must not test who may do what (``test_supervision_roles``).
"""

import argparse
import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from desk_play import Play, flushed
from desks import CENTRE, PEOPLE, SETTINGS, Centre, Hands, changed, crashed, envelopes, reason_of
from msgspec import structs
from postgres import a_database
from sqlalchemy import text

from routing import (
    CloseQueue,
    EnqueueContact,
    LogIn,
    Remark,
    SetNotReady,
)
from routing import commands as c
from routing.center.supervision import Audited, AuditRow, Supervising, Supervision
from routing.center.supervision.chaining import Head, Logged, hash_of, linked, verify
from routing.center.supervision.log import AuditLog, Wanted
from routing.cli.auditing import add_audit
from routing.commands import Envelope, note_of
from routing.engine import Engine
from routing.errors import UsageError
from routing.events import CommandRefused
from routing.history.opening import connect, database_url
from routing.remarks import Monitoring
from routing.units import SECOND

pytestmark = pytest.mark.once

ROLES = {person.name: set(person.roles) for person in PEOPLE}
#: What nobody but supervisors and administrators may do, as the table had it when this was written.
ALWAYS = (
    *("OpenQueue", "CloseQueue", "ResetCounts", "PutSkill", "RemoveSkill", "PutGroup", "RemoveGroup"),
    *("PutAgent", "SetSkills", "RemoveAgent", "PutQueue", "RemoveQueue", "Configure"),
)


# ------------------------------------------------------------------------------- a plain recount of the journal


def state_of(engine: Engine, kind: str, subject: str) -> Any:
    """What a picture must at least say."""
    if kind == "contact":
        view = engine.contacts.get(subject)
        return view and (view.state, view.priority, [one.agent for one in view.segments])
    if kind == "agent":
        agent = engine.agents.get(subject)
        if agent is None:
            return None
        return "logged_out" if not agent.logged_in else "ready" if agent.ready else "not_ready"
    if kind == "queue":
        queue = engine.queues.get(subject)
        return queue and (queue.open, queue.waiting)
    return None


def state_in(picture: str, kind: str) -> Any:
    if not picture or kind not in ("contact", "agent", "queue"):
        return None
    shown = json.loads(picture)
    if kind == "contact":
        return shown["state"], shown.get("priority", 0), shown.get("agents", [])
    return shown["state"] if kind == "agent" else (shown["open"], shown["waiting"])


def recount(config: Any, lines: Sequence[Envelope]) -> list[dict[str, Any]]:
    """Every row that the log must have, reckoned from the raw journal and an engine of our own."""
    engine = Engine(config)
    rows = []
    for line in lines:
        engine.advance(line.at_ns)
        note = note_of(line)
        said = json.loads(note.removeprefix("supervision ")) if note.startswith("supervision ") else {}
        row = {"at_ns": line.at_ns, "seq": line.seq, "who": line.actor, "request_id": line.request_id}
        row |= {"why": said.get("why", ""), "command": "", "reason": ""}
        command = line.command
        if command is None:
            if "refused" in said:
                rows.append(
                    {**row, "act": said["operation"], "result": "denied", "reason": said["refused"]["reason"]}
                )
            elif "posted" in said:
                rows.append({**row, "act": said["operation"], "result": "done"})
            continue
        name = type(command).__name__
        known = engine.outcome(line.request_id) is not None if line.request_id else False
        kind, subject = subject_of(command)
        before = state_of(engine, kind, subject)
        events = engine.apply(command, line.at_ns, request_id=line.request_id)
        monitoring = isinstance(command, Remark) and isinstance(command.remark, Monitoring)
        wanted = name in ALWAYS or monitoring or "operation" in said
        wanted = wanted or bool(ROLES.get(line.actor, set()) & {"supervisor", "administrator"})
        if known or not wanted:
            continue
        row |= {"act": said.get("operation") or name, "command": name, "on": kind, "subject": subject}
        first = events[0]
        if isinstance(first, CommandRefused):
            rows.append({**row, "result": "refused", "reason": first.reason.value})
        else:
            after = state_of(engine, kind, subject)
            rows.append({**row, "result": "done", "before": before, "after": after})
    return rows


def subject_of(command: Any) -> tuple[str, str]:
    for field in ("contact", "leg", "queue", "agent"):
        noun = getattr(command, field, "")
        name = noun if isinstance(noun, str) else noun.id
        if name:
            return ("contact" if field == "leg" else field), name
    return "centre", ""


def compare(rows: Sequence[AuditRow], expected: Sequence[dict[str, Any]]) -> None:
    assert [row.seq for row in rows] == [one["seq"] for one in expected]
    for row, one in zip(rows, expected, strict=True):
        for name, value in one.items():
            if name in ("before", "after"):
                if row.command == "Remark" and name == "after":
                    continue  # which says the remark instead
                assert state_in(getattr(row, name), row.on) == value, (row, name)
            else:
                assert getattr(row, name) == value, (row, name)


@pytest.mark.parametrize("seed", range(3))
def test_the_log_is_what_a_plain_recount_of_the_journal_finds(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "centre.journal"
    play = Play(seed)
    with Centre(path) as centre:
        for number in range(130):
            play.step(centre)
            if number == 90:
                centre.host.snapshot()
        rows = centre.take()
        compare(rows, recount(CENTRE, envelopes(crashed(path, tmp_path / "raw"))))
        assert {row.result for row in rows} == {"done", "refused", "denied"}
        assert len(rows) > 40
        state = centre.supervising().snapshot()
        with Centre(crashed(path, tmp_path / "again"), config=None, clock=centre.clock) as back:
            assert back.take() == rows  # after a crash, from the snapshot on
            assert back.supervising().snapshot() == state


def test_everything_that_names_who_may_be_logged_or_some_of_it_not() -> None:
    every = changed(SETTINGS, audit=Audited(commands=("*",), never=("LogIn",)))
    with Centre(settings=every) as centre:
        centre.talking()
        centre.host.apply(SetNotReady("ann", "lunch"))
        assert [(row.who, row.act) for row in centre.take()] == [
            ("pbx", "EnqueueContact"),
            ("pbx", "AcceptOffer"),
        ]
    none = changed(SETTINGS, audit=Audited(roles=(), commands=()))
    with Centre(settings=none) as centre:
        centre.desk.close_queue("kim", "sales")
        centre.talking("call-1", "tech", "ben")
        assert reason_of(centre.desk.listen, "wall", "call-1") == "role_missing"
        centre.desk.force_disconnect("boss", "call-1")
        assert [row.act for row in centre.take()] == ["Listen", "ForceDisconnect"]


def test_a_row_says_who_did_what_when_on_what_before_and_after_and_why() -> None:
    with Centre() as centre:
        centre.do(LogIn("ann"))
        centre.desk.set_not_ready("kim", "ann", "lunch", request_id="r7", why="ticket 7")
        (row,) = centre.take()
        assert row == AuditRow(
            at_ns=centre.host.now_ns,
            seq=centre.host.seq,
            who="kim",
            act="SetNotReady",
            command="SetNotReady",
            on="agent",
            subject="ann",
            request_id="r7",
            why="ticket 7",
            result="done",
            before='{"state":"ready"}',
            after='{"reason":"lunch","state":"not_ready"}',
        )


def test_an_operation_of_several_commands_is_one_in_the_log() -> None:
    with Centre() as centre:
        centre.do(LogIn("sue"))
        centre.talking()
        centre.desk.take_over("kim", "call-1", request_id="r", why="t1")
        rows = centre.take()
        assert {(row.act, row.why, row.at_ns) for row in rows} == {("TakeOver", "t1", centre.host.now_ns)}
        assert [(row.command, row.request_id) for row in rows] == [
            ("EnqueueContact", "r"),
            ("AcceptOffer", "r/2"),
            ("HandOver", "r/3"),
        ]
        assert json.loads(rows[-1].before)["agents"] == ["ann"]
        assert json.loads(rows[-1].after)["agents"] == ["sue"]


def test_settings_and_messages_are_logged_by_what_changed_and_never_by_what_was_said() -> None:
    with Centre() as centre:
        centre.desk.redirect_queue("boss", "sales", "tech")
        put, close = centre.take()
        assert "closed" not in json.loads(put.before)["settings"]
        assert json.loads(put.after)["settings"]["closed"] == {"to": "queue", "queue": "tech"}
        assert (json.loads(close.before)["open"], json.loads(close.after)["open"]) == (True, False)
        centre.desk.post_message("boss", "Mrs Smith has a birthday", group="north")
        row = centre.take()[-1]
        assert (row.on, row.subject) == ("group", "north")
        assert "Smith" not in row.after
        assert json.loads(row.after)["version"] == 1
        talk = EnqueueContact("call-1", ("sales",), customer="x-17", attributes={"name": "Smith"})
        centre.do(talk, actor="boss")
        assert "Smith" not in str(centre.take()[-1])
        assert "x-17" not in str(centre.take()[-1])


def test_refusals_beyond_a_limit_are_counted() -> None:
    with Centre(settings=changed(SETTINGS, refusals_per_minute=3)) as centre:
        for _ in range(10):
            assert reason_of(centre.desk.close_queue, "wall", "sales") == "role_missing"
        assert reason_of(centre.desk.close_queue, "kim", "tech") == "foreign_queue"  # others are logged
        centre.pass_time(60 * SECOND)
        assert reason_of(centre.desk.close_queue, "wall", "sales") == "role_missing"
        assert [(row.who, row.lost) for row in centre.take()] == [
            ("wall", 0),
            ("wall", 0),
            ("wall", 0),
            ("kim", 0),
            ("wall", 7),
        ]


def test_rows_that_nobody_takes_have_a_limit_and_what_is_lost_is_said() -> None:
    with Centre(settings=changed(SETTINGS, audit=Audited(most=3))) as centre:
        for _ in range(4):
            centre.desk.close_queue("boss", "sales")
            centre.desk.open_queue("boss", "sales")
        rows = centre.take()
        assert len(rows) == 3
        assert sum(row.lost for row in rows) <= 5
        supervising = centre.supervising()
        number, _ = supervising.take()
        supervising.confirm(number)
        centre.desk.close_queue("boss", "sales")
        (row,) = centre.take()
        assert sum(one.lost for one in rows) + row.lost == 5  # of eight, three were taken


def test_the_texts_of_a_row_can_be_stored_anywhere() -> None:
    with Centre() as centre:
        centre.do(CloseQueue("bad" + chr(0)), actor="boss")
        assert centre.take()[0].subject == "bad\ufffd"


# ----------------------------------------------------------------------------------------------- the database


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "history.db") if request.param == "sqlite" else a_database()


def some_rows(count: int = 5, start: int = 0) -> list[AuditRow]:
    return [
        AuditRow(10 * number, number, f"p{number % 2}", "CloseQueue", "CloseQueue", "queue", "sales", why="t")
        for number in range(start + 1, start + count + 1)
    ]


def test_rows_are_added_once_and_chained(where: str) -> None:
    rows = some_rows()
    with AuditLog(where) as log, AuditLog(where, "other") as other:
        assert log.write(rows[:2]) == 2
        assert log.write(rows) == 3
        assert log.write(rows) == 0
        assert log.write([]) == 0
        assert other.write(rows[:1]) == 1
        assert [one.row for one in log.rows()] == rows
        assert [one.number for one in log.rows()] == [1, 2, 3, 4, 5]
        assert [one.number for one in log.rows(newest=2)] == [4, 5]
        assert [one.number for one in log.rows(Wanted(who=("p1",)))] == [1, 3, 5]
        assert [one.number for one in log.rows(Wanted(20, 40))] == [2, 3]
        assert log.verify(log.head()).problems == ()
        assert other.verify().rows == 1
        assert log.head().hash != other.head().hash
        late = AuditRow(15, 7, "p", "X")  # of another journal, or what settings log since: nothing is lost
        assert log.write([*rows, late]) == 1
        assert log.write([late, *rows]) == 0
        assert [one.row for one in log.rows()] == [*rows, late]
        assert log.verify() == verify("default", log.rows(), log.head())
        assert log.verify().problems == ()


def test_the_database_refuses_to_change_or_remove_a_row(where: str) -> None:
    with AuditLog(where) as log:
        log.write(some_rows())
        before = [*log.rows()]
    engine = connect(database_url(where), create=False)
    acts = ["UPDATE audit_log SET who = 'eve' WHERE number = 2", "DELETE FROM audit_log"]
    if engine.dialect.name == "postgresql":
        acts.append("TRUNCATE audit_log")
    for act in acts:
        with pytest.raises(Exception, match="append-only"), engine.begin() as connection:
            connection.execute(text(act))
    engine.dispose()
    with AuditLog(where) as log:
        assert [*log.rows()] == before


def tampered(path: Path, act: str) -> None:
    """Somebody with the file in their hands drops the triggers first."""
    engine = connect(database_url(path), create=False)
    with engine.begin() as connection:
        for trigger in ("audit_log_no_update", "audit_log_no_delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        connection.execute(text(act))
    engine.dispose()


@pytest.mark.parametrize(
    ("act", "problem"),
    [
        ("UPDATE audit_log SET who = 'eve' WHERE number = 3", "row 3 was changed"),
        ("UPDATE audit_log SET after_json = '{}' WHERE number = 5", "row 5 was changed"),
        ("UPDATE audit_log SET lost = 1 WHERE number = 1", "row 1 was changed"),
        ("DELETE FROM audit_log WHERE number = 3", "row 3 is missing"),
        ("DELETE FROM audit_log WHERE number = 1", "row 1 is missing"),
        ("DELETE FROM audit_log WHERE number > 3", "rows 4 to 5 were cut off"),
        ("DELETE FROM audit_log", "rows 1 to 5 were cut off"),
        ("UPDATE audit_log SET number = 7 - number WHERE number IN (2, 5)", "row 2 "),
    ],
)
def test_verify_finds_what_was_changed_removed_reordered_or_cut_off(
    tmp_path: Path, act: str, problem: str
) -> None:
    path = tmp_path / "history.db"
    with AuditLog(path) as log:
        log.write(some_rows())
        head = log.head()
    if "7 - number" in act:  # which a key forbids half-way
        tampered(path, "UPDATE audit_log SET number = 99 WHERE number = 2")
        tampered(path, "UPDATE audit_log SET number = 2 WHERE number = 5")
        act = "UPDATE audit_log SET number = 5 WHERE number = 99"
    tampered(path, act)
    with AuditLog(path) as log:
        found = log.verify(head)
        assert any(problem in one for one in found.problems), found.problems


def test_every_single_change_of_a_chain_is_found() -> None:
    """A plain attack on every field of every row, and on the order, without a noted head where none is needed."""
    rows = [*linked("default", Head(), some_rows(6))]
    assert verify("default", rows).problems == ()
    for place, one in enumerate(rows):
        for field in AuditRow.__struct_fields__:
            value = getattr(one.row, field)
            other = value + 1 if isinstance(value, int) else value + "x"
            changed = structs.replace(one, row=structs.replace(one.row, **{field: other}))
            assert verify("default", [*rows[:place], changed, *rows[place + 1 :]]).problems
        assert verify("other", rows).problems
        if place < 5:
            assert verify("default", [*rows[:place], *rows[place + 1 :]]).problems
            swapped = [*rows]
            swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
            assert verify("default", swapped).problems
        twice = [*rows[: place + 1], one, *rows[place + 1 :]]
        assert verify("default", twice).problems
    # rewritten from a row on, as only somebody can who may write: found by a head that was noted
    forged = [structs.replace(rows[3].row, who="eve"), rows[4].row, rows[5].row]
    head = Head(3, rows[2].hash)
    rewritten = [*rows[:3], *linked("default", head, forged)]
    assert verify("default", rewritten).problems == ()
    assert verify("default", rewritten, Head(6, rows[5].hash)).problems == (
        "row 6 is another than when the head was noted: it was rewritten",
    )
    assert isinstance(rows[0], Logged)
    assert rows[0].hash == hash_of("default", 1, rows[0].row, bytes(32))


def test_a_head_is_read_as_it_is_written() -> None:
    head = [*linked("default", Head(), some_rows(2))][-1]
    assert Head.read(str(Head(2, head.hash))) == Head(2, head.hash)
    for bad in ("", "5", "x:00", "1:zz", "-1:" + "00" * 32, "1:00"):
        with pytest.raises(UsageError, match="is no head"):
            Head.read(bad)


# -------------------------------------------------------------------------------------------------- crashes


def test_no_row_is_lost_or_doubled_over_crashes(tmp_path: Path) -> None:
    random = Random(3)
    play = Play(3)
    clock = Hands()
    path = tmp_path / "journal-0"
    with AuditLog(tmp_path / "history.db") as log:
        for life in range(5):
            centre = Centre(path, config=None if life else CENTRE, clock=clock)
            for _ in range(25):
                play.step(centre)
                if random.random() < 0.1:
                    centre.host.snapshot()
                if random.random() < 0.1:
                    flushed(centre, log)
                if random.random() < 0.05:  # written, and not confirmed any more
                    log.write(centre.take())
            folder = tmp_path / f"life-{life}"
            path = crashed(path, folder)
            centre.host.close()
        with Centre(path, config=None, clock=clock) as last:
            flushed(last, log)
            assert last.supervising().pending == 0
            compare(
                [one.row for one in log.rows()], recount(CENTRE, envelopes(crashed(path, tmp_path / "raw")))
            )
        assert log.verify().problems == ()


CHILD = """
import sys
from random import Random
sys.path.insert(0, sys.argv[3])
from pathlib import Path
from desks import CENTRE, Centre
from routing.center.supervision.log import AuditLog
from routing.clock import WallClock
from desk_play import Play, flushed

path, seed = Path(sys.argv[1]), int(sys.argv[2])
play = Play(seed)
play.number = 100_000 * seed
clock = WallClock()
class Now:
    def now_ns(self): return clock.now_ns()
    def not_before(self, ns): clock.not_before(ns)
    ns = 0
with AuditLog(path.parent / "history.db") as log:
    centre = Centre(path, config=CENTRE if not path.exists() else None, clock=Now())
    print("ready", flush=True)
    for number in range(100_000):
        play.step(centre)
        print(number, flush=True)
        if number % 7 == 0:
            flushed(centre, log)
        if number % 23 == 0:
            centre.host.snapshot()
"""


@pytest.mark.slow
def test_no_row_is_lost_or_doubled_when_the_host_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "centre.journal"
    random = Random(11)
    for life in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path), str(life), str(Path(__file__).parent)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        for step in range(random.randrange(60, 160)):
            assert child.stdout.readline() == b"%d\n" % step
        time.sleep(random.random() * 0.05)
        child.send_signal(signal.SIGKILL)
        child.wait(30)
        child.stdout.close()
    with AuditLog(tmp_path / "history.db") as log, Centre(path, config=None) as last:
        flushed(last, log)
        rows = [one.row for one in log.rows()]
        assert log.verify().problems == ()
        compare(rows, recount(CENTRE, envelopes(crashed(path, tmp_path / "raw"))))
    assert len(rows) > 50


# ------------------------------------------------------------------------------------------------ the command


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_audit(parser)
    options = parser.parse_args(arguments)
    return int(options.run(options))


def test_the_log_is_listed_verified_and_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def said(*arguments: str, code: int = 0) -> str:
        assert run(*arguments) == code
        return capsys.readouterr().out

    with Centre() as centre, AuditLog("history.db") as log:
        centre.do(LogIn("ann"))
        centre.desk.set_not_ready("kim", "ann", "lunch", why="ticket 7")
        assert reason_of(centre.desk.close_queue, "wall", "sales") == "role_missing"
        flushed(centre, log)
    listed = said("list", "--changes")
    assert "ticket 7" in listed
    assert "denied role_missing" in listed
    assert '{"reason":"lunch","state":"not_ready"}' in listed
    assert "wall" not in said("list", "--who", "kim")
    assert "kim" not in said("list", "--result", "denied")
    assert "kim" in said("list", "--from", "1970-01-01", "--to", "1970-01-01")
    assert "kim" not in said("list", "--from", "1970-01-02")
    whole = said("verify", "--note", "head.txt")
    assert whole.startswith("2 rows are whole; head 2:")
    head = whole.split()[-1]
    assert said("verify", "--head", head) == whole
    lines = [json.loads(line) for line in said("export").splitlines()]
    assert [line["who"] for line in lines] == ["kim", "wall"]
    assert lines[1]["previous"] == lines[0]["hash"]
    said("export", "--format", "csv", "--output", "audit.csv", "--act", "CloseQueue")
    with Path("audit.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["who"], row["number"], row["result"]) == ("wall", "2", "denied")
    tampered(tmp_path / "history.db", "DELETE FROM audit_log WHERE number = 2")
    assert said("verify").startswith("1 rows are whole")
    assert "rows 2 to 2 were cut off" in said("verify", "--note", "head.txt", code=1)
    assert Path("head.txt").read_text().strip() == head  # what is broken is not noted
    with pytest.raises(UsageError, match="negative"):
        run("list", "--newest", "-1")


def test_supervision_is_forgotten_when_another_version_wrote_it() -> None:
    engine = Engine(CENTRE)
    fresh = Supervising(engine, None, Supervision())
    for state in (b"", b"no msgpack", b"\x80"):
        assert Supervising(engine, state, Supervision()).monitors == fresh.monitors == ()
    assert Supervising(engine, fresh.snapshot(), Supervision()).snapshot() == fresh.snapshot()
    assert c.Noted(1, 2).note == ""


def test_settings_that_log_more_after_a_crash_hold_nothing_up(tmp_path: Path) -> None:
    path = tmp_path / "centre.journal"
    with Centre(path) as centre, AuditLog(tmp_path / "history.db") as log:
        centre.do(LogIn("ann"))
        centre.desk.set_not_ready("kim", "ann", "lunch")
        flushed(centre, log)
        every = changed(SETTINGS, audit=Audited(commands=("*",)))
        again = crashed(path, tmp_path / "again")
        with Centre(again, every, config=None, clock=centre.clock) as back:
            flushed(back, log)
            back.desk.set_ready("kim", "ann")
            flushed(back, log)
        assert [one.row.act for one in log.rows()] == ["SetNotReady", "LogIn", "Resume", "SetReady"]
        assert log.verify().problems == ()
