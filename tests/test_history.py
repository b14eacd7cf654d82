"""The history in SQLite and in PostgreSQL: the same tests for both.

Owns tests of ``routing.history``; must not test the command (``test_report_command``).
"""

import random
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec import Struct
from msgspec.structs import replace
from outside import ROOT
from postgres import a_database
from sqlalchemy import MetaData, text

from routing.campaigns.tables import METADATA as CAMPAIGN_TABLES
from routing.center.callbacks.tables import METADATA as CALL_BACK_TABLES
from routing.center.recording.tables import METADATA as RECORDING_TABLES
from routing.center.supervision.tables import METADATA as AUDIT_TABLES
from routing.config.localtime import parse_moment
from routing.customers.tables import METADATA as CUSTOMER_TABLES
from routing.errors import DataError, UnavailableError, UsageError
from routing.history import Feedback, History, migrating
from routing.history.opening import connect, database_url, reading, writing
from routing.history.tables import AGENT_COUNTS, METADATA, OURS, QUEUE_COUNTS
from routing.statistics.metrics import (
    Activity,
    agents_total,
    first_contact_resolution,
    recommendation,
    report,
    satisfaction,
    total,
)
from routing.statistics.shapes import (
    MAXIMA,
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
END = 400 * DAY


class Rows(Struct, frozen=True):
    """What a fold hands over."""

    queues: list[QueueRow] = []
    agents: list[AgentRow] = []
    records: list[ContactRecord] = []
    sessions: list[Session] = []


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def home(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """One database for many tests."""
    where = tmp_path_factory.mktemp("history") / "history.db" if kind == "sqlite" else a_database()
    with History(where) as one:
        yield one


@pytest.fixture
def history(home: History, request: pytest.FixtureRequest) -> History:
    """A tenant of its own for each test."""
    return home.of(request.node.name)


@pytest.fixture
def where(kind: str, tmp_path: Path) -> str:
    """A database of its own."""
    return str(tmp_path / "history.db") if kind == "sqlite" else a_database()


def queue_row(number: int, queue: str = "sales", channel: str = "voice", seed: int = 0) -> QueueRow:
    draw = random.Random(f"{number} {queue} {channel} {seed}")
    counts = QueueCounts(*(draw.randrange(1 << 40) for _ in QUEUE_COUNTS))
    return QueueRow(number * Q, (number + 1) * Q, queue, channel, counts)


def agent_row(number: int, agent: str = "ann", **reasons: int) -> AgentRow:
    draw = random.Random(f"{number} {agent}")
    counts = AgentCounts(**{name: draw.randrange(1 << 40) for name in AGENT_COUNTS}, not_ready_by=reasons)
    return AgentRow(number * Q, (number + 1) * Q, agent, counts)


def record(contact: str, arrived_s: int, **changes: object) -> ContactRecord:
    at = arrived_s * SECOND
    plain = ContactRecord(
        contact, "voice", 3, "sales", "sales", at, at + 10 * SECOND, at + 70 * SECOND, "handled", 20 * SECOND, 1, 0,
        (SegmentRecord("ann", "sales", at + 5 * SECOND, at + 10 * SECOND, at + 70 * SECOND, 0, 0, False),),
    )  # fmt: skip
    return replace(plain, **changes)


def some_rows() -> Rows:
    return Rows(
        [
            queue_row(n, queue, channel)
            for n in range(4)
            for queue in ("sales", "help")
            for channel in ("voice", "chat")
        ],
        [agent_row(n, agent, lunch=5, training=n + 1) for n in range(4) for agent in ("ann", "bob")],
        [record("c1", 0), record("c2", 1200, customer="x", segments=()), record("c1", 3000, subject="bill")],
        [Session("ann", 0, HOUR), Session("bob", 5, 2 * HOUR)],
    )


def contents(history: History) -> Rows:
    return Rows(
        list(history.queue_rows(0, END)),
        list(history.agent_rows(0, END)),
        list(history.contacts(0, END)),
        list(history.sessions(0, END)),
    )


def in_order(rows: Rows) -> Rows:
    return Rows(
        sorted(rows.queues, key=lambda row: (row.start_ns, row.queue, row.channel)),
        sorted(rows.agents, key=lambda row: (row.start_ns, row.agent)),
        sorted(rows.records, key=lambda one: (one.arrived_ns, one.contact)),
        sorted(rows.sessions, key=lambda one: (one.log_in_ns, one.agent)),
    )


# ------------------------------------------------------------------------------------------------- what goes in


def test_every_field_comes_back(history: History) -> None:
    rows = some_rows()
    history.write(rows)
    assert contents(history) == in_order(rows)


def test_writing_again_changes_nothing(history: History) -> None:
    rows = some_rows()
    for _ in range(3):
        history.write(rows)
    assert contents(history) == in_order(rows)


def test_what_is_written_anew_replaces_what_was_there(history: History) -> None:
    history.write(some_rows())
    row, one = agent_row(0, "ann", meeting=9), record("c1", 0, outcome="lost", answered_ns=0, segments=())
    history.write(Rows([queue_row(0, seed=1)], [row], [one]))
    assert next(history.queue_rows(0, 1, queues=["sales"], channels=["voice"])) == queue_row(0, seed=1)
    assert next(history.agent_rows(0, 1, agents=["ann"])) == row
    assert next(history.contacts(0, 1)) == one


def test_a_customer_is_kept_when_a_record_is_made_again_from_a_journal(history: History) -> None:
    history.write(Rows(records=[record("c1", 0, customer="x", subject="bill")]))
    history.write(Rows(records=[record("c1", 0, outcome="lost")]))
    assert list(history.contacts(0, END)) == [record("c1", 0, outcome="lost", customer="x", subject="bill")]


def test_nothing_is_written_of_nothing(history: History) -> None:
    history.write(Rows())
    assert contents(history) == Rows()


def test_domains_do_not_see_each_other(home: History) -> None:
    north, south = home.of("north"), home.of("south")
    north.write(some_rows())
    south.write(Rows([queue_row(7)]))
    north.rate("c1", csat=5, at_ns=9)
    assert contents(south) == Rows([queue_row(7)])
    assert contents(north) == in_order(some_rows())
    assert south.feedback(0, END) == {}
    south.purge(END)
    assert contents(north) == in_order(some_rows())


def test_two_writers_at_once(where: str) -> None:
    """Both write the same rows, in other orders and beside rows of their own: no deadlock, nothing lost."""
    failed: list[BaseException] = []

    def work(own: str, backwards: bool) -> None:
        try:
            with History(where) as history:
                for start in range(0, 40, 8):
                    rows = [queue_row(n, queue) for n in range(start, start + 8) for queue in ("sales", own)]
                    agents = [agent_row(n, "ann", lunch=n + 1) for n in range(start, start + 8)]
                    history.write(Rows(rows[::-1] if backwards else rows, agents))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(f"own{n}", bool(n % 2))) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with History(where) as history:
        assert sum(1 for _ in history.queue_rows(0, END)) == 4 * 40
        assert [row.counts.not_ready_by["lunch"] for row in history.agent_rows(0, END)] == list(range(1, 41))


CHILD = """
import os, sys
from routing.history import History, writing
from test_history import Rows, queue_row, agent_row
upsert, left = writing.upsert, [int(sys.argv[2])]
def dying(*arguments):
    upsert(*arguments)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), 9)
writing.upsert = dying
history = History(sys.argv[1])
history.write(Rows([queue_row(0)]))
history.write(Rows([queue_row(n) for n in range(1, 50)], [agent_row(n, "ann", lunch=1) for n in range(1, 50)]))
"""


@pytest.mark.once
def test_a_writer_that_is_killed_leaves_whole_transactions(where: str) -> None:
    path = f"{Path(__file__).parent}:{Path(__file__).parent.parent}"
    done = subprocess.run(
        [sys.executable, "-c", CHILD, where, "4"],
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -9, done.stderr
    with History(where) as history:
        assert contents(history) == Rows([queue_row(0)])
        history.write(Rows([queue_row(1)]))
        assert contents(history) == Rows([queue_row(0), queue_row(1)])


# ------------------------------------------------------------------------------------------------- sums


@pytest.mark.parametrize(
    "by", [(), ("queue",), ("start_ns",), ("channel", "queue"), ("start_ns", "queue", "channel")]
)
def test_any_way_to_part_the_rows_gives_the_same_totals(history: History, by: tuple[str, ...]) -> None:
    rows = some_rows()
    history.write(rows)
    sums = [counts for _, counts in history.queue_sums(0, END, by=by)]
    for name in QUEUE_COUNTS:
        add: Callable[..., int] = max if name in MAXIMA else sum
        assert add(getattr(one, name) for one in sums) == add(
            getattr(row.counts, name) for row in rows.queues
        ), name


@pytest.mark.parametrize("by", [(), ("agent",), ("start_ns",), ("start_ns", "agent")])
def test_sums_of_agents(history: History, by: tuple[str, ...]) -> None:
    rows = some_rows()
    history.write(rows)
    sums = [counts for _, counts in history.agent_sums(0, END, by=by)]
    for name in AGENT_COUNTS:
        assert sum(getattr(one, name) for one in sums) == sum(
            getattr(row.counts, name) for row in rows.agents
        ), name
    assert sum(one.not_ready_by["training"] for one in sums) == 2 * (1 + 2 + 3 + 4)
    assert sum(one.not_ready_by["lunch"] for one in sums) == 8 * 5


@pytest.mark.parametrize("cuts", [(0, 4), (0, 1, 4), (0, 2, 3, 4), (0, 1, 2, 3, 4)])
def test_any_way_to_part_the_span_gives_the_same_totals(history: History, cuts: tuple[int, ...]) -> None:
    rows = some_rows()
    history.write(rows)
    parts = [
        counts for start, end in pairwise(cuts) for _, counts in history.queue_sums(start * Q, end * Q, by=())
    ]
    assert total(parts) == total(row.counts for row in rows.queues)
    people = [
        counts for start, end in pairwise(cuts) for _, counts in history.agent_sums(start * Q, end * Q, by=())
    ]
    assert agents_total(people) == agents_total(row.counts for row in rows.agents)


def test_spans_are_half_open_and_filters_hold(history: History) -> None:
    history.write(some_rows())
    keys = [key for key, _ in history.queue_sums(Q, 3 * Q, by=("start_ns",))]
    assert keys == [(Q,), (2 * Q,)]
    assert [key for key, _ in history.queue_sums(0, END, queues=["help"])] == [("help",)]
    assert [key for key, _ in history.queue_sums(0, END, by=("channel",), channels=["chat"])] == [("chat",)]
    assert [key for key, _ in history.agent_sums(0, END, agents=["bob"])] == [("bob",)]
    assert [one.arrived_ns for one in history.contacts(1, 3000 * SECOND)] == [1200 * SECOND]
    assert [one.contact for one in history.contacts(0, END, customer="x")] == ["c2"]
    assert list(history.contacts(0, END, queues=["help"])) == []
    assert list(history.queue_sums(0, END, queues=[])) == []


def test_by_arrival(history: History) -> None:
    """Everything of a contact stands where it arrived, for its entry queue; segments for the queue of each."""
    at = 899 * SECOND
    passed_on = (
        SegmentRecord(
            "ann", "sales", at, at + 30 * SECOND, at + 90 * SECOND, 7 * SECOND, at + 100 * SECOND, True
        ),
        SegmentRecord("bob", "help", at + 90 * SECOND, at + 95 * SECOND, at + 100 * SECOND, 0, 0, False),
    )
    gone = {"outcome": "abandoned", "answered_ns": 0, "segments": ()}
    history.write(
        Rows(
            records=[
                record("in-time", 0),
                record("passed-on", 899, answered_ns=at + 30 * SECOND, segments=passed_on),
                record("short", 10, ended_ns=14 * SECOND, **gone),
                record("long", 890, ended_ns=960 * SECOND, **gone),
                record("came-back", 900, outcome="abandoned", ended_ns=990 * SECOND, segments=(
                    SegmentRecord("ann", "sales", 905 * SECOND, 910 * SECOND, 970 * SECOND, 0, 0, True),
                )),
            ]
        )
    )  # fmt: skip
    found = dict(history.by_arrival(0, END))
    first = found[0, "sales", "voice"]
    assert (first.contacts, first.contacts_answered, first.contacts_answered_in) == (4, 2, 1)
    assert (first.contacts_handled, first.contacts_abandoned, first.contacts_transferred) == (2, 2, 1)
    assert (first.contacts_abandoned_in, first.contacts_abandoned_short) == (1, 1)
    assert (first.contact_wait_answered_ns, first.contact_wait_abandoned_ns) == (40 * SECOND, 74 * SECOND)
    assert (first.segments, first.transferred, first.talk_ns) == (2, 1, 113 * SECOND)
    assert (first.hold_ns, first.wrap_ups, first.wrap_up_ns) == (7 * SECOND, 1, 10 * SECOND)
    assert found[0, "help", "voice"] == QueueCounts(segments=1, talk_ns=5 * SECOND)
    late = found[Q, "sales", "voice"]
    assert (late.contacts, late.contacts_answered, late.contacts_abandoned_in) == (1, 1, 1)
    assert late.contact_wait_abandoned_ns == 20 * SECOND  # since it came back
    ((key, total),) = history.by_arrival(0, END, by=())
    assert (key, total.contacts, total.segments) == ((), 5, 4)
    assert dict(history.by_arrival(0, END, queues=["help"], by=("queue",))).keys() == {("help",)}
    assert [key for key, _ in history.by_arrival(Q, END, HOUR, by=("start_ns",))] == [(0,)]


# ------------------------------------------------------------------------------------------------- quality


@pytest.mark.parametrize("seed", range(3))
def test_first_contact_resolution_is_that_of_the_metrics(history: History, seed: int) -> None:
    draw, day = random.Random(seed), DAY // SECOND
    records = [
        record(
            f"c{n}",
            draw.randrange(40 * day),
            customer=draw.choice(["", "a", "b", "c"]),
            subject=draw.choice(["", "bill", "fault"]),
            answered_ns=draw.choice([0, 1]),
        )
        for n in range(60)
    ]
    records = [replace(one, ended_ns=one.arrived_ns + draw.randrange(6) * DAY) for one in records]
    history.write(Rows(records=records))
    for days, until in ((1, 40 * DAY), (7, 30 * DAY), (3, 50 * DAY)):
        known = [one for one in records if one.arrived_ns <= until]
        expected = first_contact_resolution(known, until, window_ns=days * DAY)
        assert history.resolution(0, until + 1, days, until_ns=until) == {"sales": expected}
    halves = [history.resolution(at, at + 20 * DAY).get("sales") for at in (0, 20 * DAY)]
    (whole,) = history.resolution(0, 40 * DAY).values()
    for name in ("issues", "resolved", "repeated", "failed", "pending", "unknown"):
        assert sum(getattr(half, name) for half in halves) == getattr(whole, name)
    assert history.resolution(0, END, queues=["help"]) == {}


def test_feedback(history: History) -> None:
    history.write(Rows(records=[record("c1", 0), record("c1", 90, entry_queue="help"), record("c2", 5)]))
    history.rate("c1", csat=2, at_ns=DAY)
    history.rate("c1", csat=4, at_ns=DAY + 1)  # they think better of it
    history.rate("c1", nps=9, at_ns=DAY + 2)
    history.rate("c2", nps=6, csat=3, at_ns=DAY)
    history.rate("unknown", nps=7, at_ns=DAY)
    assert history.feedback(0, END) == {
        "": Feedback(satisfaction([]), recommendation([7])),
        "help": Feedback(satisfaction([4]), recommendation([9])),
        "sales": Feedback(satisfaction([3]), recommendation([6])),
    }
    assert history.feedback(0, END, queues=["help"]).keys() == {"help"}
    assert history.feedback(0, DAY) == {}


def test_adherence(history: History) -> None:
    history.plan("ann", 0, DAY, [Activity(0, 4 * HOUR), Activity(5 * HOUR, 8 * HOUR)])
    history.plan("ann", 0, DAY, [Activity(HOUR, 4 * HOUR), Activity(5 * HOUR, 8 * HOUR)])
    history.plan("bob", 0, DAY, [Activity(0, HOUR)])
    history.write(Rows(sessions=[Session("ann", 2 * HOUR, 6 * HOUR), Session("eve", 0, HOUR)]))
    found = history.adherence(0, DAY)
    assert found.keys() == {"ann", "bob"}
    ann = found["ann"]
    assert (ann.scheduled_ns, ann.adherent_ns, ann.outside_ns) == (6 * HOUR, 3 * HOUR, HOUR)
    assert (ann.adherence, found["bob"].adherence) == (0.5, 0.0)


def test_retention(history: History) -> None:
    history.write(some_rows())
    history.rate("c1", csat=5, at_ns=100)
    history.plan("ann", 0, DAY, [Activity(0, 2 * Q)])
    only = history.purge(2 * Q, contacts_only=True, dry_run=True)
    counted = history.purge(2 * Q, dry_run=True)
    assert contents(history) == in_order(some_rows())
    said = {"dispositions": 0, "surveys": 0, "survey_answers": 0}
    assert only == {"segments": 1, "feedback": 1, **said, "contacts": 2}
    assert counted == {
        **only,
        "agent_not_ready": 8,
        "queue_intervals": 8,
        "agent_intervals": 4,
        "sessions": 0,
        "planned": 1,
    }
    assert history.purge(2 * Q) == counted
    rest, before = contents(history), in_order(some_rows())
    assert rest == Rows(before.queues[8:], before.agents[4:], before.records[2:], before.sessions)
    assert set(history.purge(2 * Q).values()) == {0}


def test_a_customer_is_forgotten(history: History) -> None:
    history.write(some_rows())
    assert history.forget("x") == 1
    assert [one.customer for one in history.contacts(0, END)] == ["", "", ""]
    assert history.forget("x") == 0


# ------------------------------------------------------------------------------------------------- the schema


def test_the_scripts_make_the_tables_of_this_version(where: str) -> None:
    with History(where) as history:
        history.open()
    engine = connect(database_url(where), create=False)
    whole = MetaData()
    for table in (
        *METADATA.tables.values(),
        *CALL_BACK_TABLES.tables.values(),
        *CAMPAIGN_TABLES.tables.values(),
        *CUSTOMER_TABLES.tables.values(),
        *AUDIT_TABLES.tables.values(),
        *RECORDING_TABLES.tables.values(),
    ):
        table.to_metadata(whole)
    assert whole.tables.keys() == OURS
    with reading(engine) as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": "huntgroup_history_version", "compare_type": True}
        )
        assert compare_metadata(context, whole) == []
    engine.dispose()


def test_a_history_of_the_first_version_is_brought_up(where: str) -> None:
    """Its rows stay what they were, and a process of that version can still write."""
    engine = connect(database_url(where), create=True)
    with writing(engine) as connection:
        migrating.upgrade(connection, "1")
    old = (
        "INSERT INTO queue_intervals (domain, start_ns, end_ns, queue, channel, entered) "
        "VALUES ('default', {}, {}, 'q', 'voice', 7)"
    )
    with writing(engine) as connection:
        connection.execute(text(old.format(0, Q)))
    with pytest.raises(UsageError, match=f"has schema version 1, this program reads {migrating.newest()}"):
        History(where, create=False).open()
    with History(where) as history:
        expected = QueueRow(0, Q, "q", "voice", QueueCounts(entered=7))
        assert list(history.queue_rows(0, END)) == [expected]
        with writing(engine) as connection:
            connection.execute(text(old.format(Q, 2 * Q)))
        assert len(list(history.queue_rows(0, END))) == 2
        history.plan("ann", 0, DAY, [Activity(0, HOUR)])
    engine.dispose()


def test_databases_of_one_process_are_made_at_once(tmp_path: Path) -> None:
    wrong: list[Exception] = []
    ready = threading.Barrier(4)

    def make(number: int) -> None:
        ready.wait(10)
        try:
            with History(tmp_path / f"{number}.db") as history:
                history.open()
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_history_of_a_newer_version_is_refused(where: str) -> None:
    with History(where) as history:
        history.open()
    engine = connect(database_url(where), create=False)
    with writing(engine) as connection:
        connection.execute(text("UPDATE huntgroup_history_version SET version_num = '99'"))
    engine.dispose()
    with pytest.raises(DataError, match="has schema version 99, which this program does not know"):
        History(where).open()


def test_tables_of_something_else_are_left_alone(where: str) -> None:
    engine = connect(database_url(where), create=True)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE contacts (name TEXT)"))
    engine.dispose()
    with pytest.raises(DataError, match=r"holds tables of something else \(contacts\)"):
        History(where).open()


# ------------------------------------------------------------------------------------------------- misuse


@pytest.mark.parametrize("create", [True, False])
def test_a_file_of_somebody_else_stays_as_it_is(tmp_path: Path, create: bool) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE theirs (name)")
    theirs.close()
    before = path.read_bytes()
    with pytest.raises(DataError, match=r"holds tables of something else \(theirs\)"):
        History(path, create=create).open()
    assert path.read_bytes() == before


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    with History(tmp_path / "history.db") as history:
        history.write(some_rows())
        engine = connect(database_url(tmp_path / "history.db"), create=False)
        with writing(engine) as connection:
            connection.execute(text("DELETE FROM contacts"))
            assert contents(history) == in_order(some_rows())
        engine.dispose()
        assert list(history.contacts(0, END)) == []


def test_a_server_that_cut_the_connection_is_connected_to_again(where: str, kind: str) -> None:
    if kind == "sqlite":
        pytest.skip("there is no server")
    with History(where) as history:
        history.write(Rows([queue_row(0)]))
        engine = connect(database_url(where), create=False)
        with writing(engine) as connection:
            others = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            )
            cut = connection.execute(text(f"{others} AND pid <> pg_backend_pid()")).all()
        engine.dispose()
        assert cut
        history.write(Rows([queue_row(1)]))
        assert list(history.queue_rows(0, END)) == [queue_row(0), queue_row(1)]


def test_what_the_database_refuses(home: History, kind: str) -> None:
    """A number that has no place in its column: the whole transaction is refused."""
    if kind == "sqlite":
        pytest.skip("its driver takes no such number")
    history = home.of("refused")
    with pytest.raises(DataError, match=r"refuses: .*out of range"):
        history.write(Rows([queue_row(0), replace(queue_row(1), start_ns=2**70)]))
    assert contents(history) == Rows()


def test_a_zero_character_is_stored_as_far_as_the_database_can(home: History, kind: str) -> None:
    """PostgreSQL has no text with one; it keeps no row from being written."""
    history = home.of("odd")
    history.write(Rows([queue_row(0), queue_row(1, "a\0b")]))
    found = [row.queue for row in history.queue_rows(0, END)]
    assert found == [queue_row(0).queue, "a\0b" if kind == "sqlite" else "a\ufffdb"]


def test_what_cannot_be_reached(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"there is no history .*none\.db"):
        History(tmp_path / "none.db", create=False).open()
    with pytest.raises(UnavailableError, match="there is no folder"):
        History(tmp_path / "no" / "none.db").open()
    with pytest.raises(UnavailableError, match=r"history postgresql://ann:\*\*\*@/x.* cannot be reached"):
        History(f"postgresql://ann:secret@/x?host={tmp_path}").open()
    (tmp_path / "text.db").write_text("no database at all " * 99, encoding="utf-8")
    with pytest.raises(DataError, match="file is not a database"):
        History(tmp_path / "text.db").open()
    with sqlite3.connect(tmp_path / "a.journal") as journal:
        journal.execute("CREATE TABLE batch (seq)")
        journal.execute("CREATE TABLE snapshot (seq)")
    journal.close()
    with pytest.raises(DataError, match="is the journal of a host"):
        History(tmp_path / "a.journal").open()
    empty = sqlite3.connect(tmp_path / "empty.db")
    empty.execute("PRAGMA journal_mode = WAL")
    empty.close()
    with pytest.raises(UsageError, match="is empty; name the database that a host writes"):
        History(tmp_path / "empty.db", create=False).open()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda history: history.rate("c", at_ns=1), "says nothing"),
        (lambda history: history.rate("c", csat=6, at_ns=1), r"csat 6 is not in 1\.\.5"),
        (lambda history: history.rate("c", nps=-1, at_ns=1), r"nps -1 is not in 0\.\.10"),
        (lambda history: history.resolution(0, 1, 0), r"days 0 is not in 1\.\.366"),
        (lambda history: list(history.queue_rows(5, 4)), r"the span 5\.\.4 is none"),
        (lambda history: list(history.queue_sums(0, 1, by=["agent"])), "by 'agent' is not known"),
        (lambda history: list(history.by_arrival(0, 1, 0)), "interval_ns 0 is not above 0"),
        (lambda history: history.plan("ann", 0, 5, [Activity(5, 6)]), "does not start in"),
        (
            lambda history: history.plan("ann", 0, 5, [Activity(0, 3), Activity(2, 5)]),
            "overlaps the one before",
        ),
        (lambda history: history.forget(""), "is nobody"),
        (lambda _: History("x.db", ""), "domain '' is empty"),
        (lambda _: History(":memory:"), "names no file"),
        (lambda _: History("oracle://x"), "'oracle' is no database that a history can lie in"),
    ],
)
def test_misuse(tmp_path: Path, call: Callable[[History], object], message: str) -> None:
    with History(tmp_path / "history.db") as history, pytest.raises(UsageError, match=message):
        call(history)


# ------------------------------------------------------------------------------------------------- the page


@pytest.mark.tree
def test_sql_on_the_page_runs(where: str) -> None:
    page = (ROOT / "docs" / "history.md").read_text(encoding="utf-8")
    queries = re.findall(r"(?ms)^```sql\n(.*?);\n```", page)
    at = 1793574000000000000
    assert at == parse_moment("2026-11-02", ZoneInfo("Europe/Berlin"))
    row = queue_row(at // Q)
    with History(where) as history:
        history.write(Rows([row], [agent_row(at // Q, "ann", lunch=5)], [record("c1", at // SECOND + 5)]))
    engine = connect(database_url(where), create=False)
    with reading(engine) as connection:
        found = [connection.exec_driver_sql(query).all() for query in queries]
    engine.dispose()
    ((level,), (reason,), (wait,)) = found
    assert level[0] == "sales"
    assert float(level[1]) == pytest.approx(report(row.counts).visits.service_level.of_offered)
    assert (reason[:2], wait[0], float(wait[1]), wait[2]) == (("ann", "lunch"), "c1", 10.0, "ann")


@pytest.mark.tree
def test_the_page_names_every_table() -> None:
    page = (ROOT / "docs" / "history.md").read_text(encoding="utf-8")
    assert {name for name in METADATA.tables if f"`{name}`" not in page} == set()
