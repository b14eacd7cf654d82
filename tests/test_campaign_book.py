"""The book of campaigns beside the obvious one, driven by the same steps; and what only the real one has to do.

Owns tests of ``routing.campaigns.book``; must not test imports (``test_campaign_import``) or the command.
"""

import atexit
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace
from naive_book import NaiveBook, Number, Record
from postgres import a_database
from sqlalchemy import text

from routing.campaigns import Book, CampaignRules, Candidate, Dialled, Ended, HopperRules, Retry, RetryRules
from routing.campaigns.importing import Options, import_list
from routing.campaigns.shapes import OUTCOMES
from routing.compliance import Abandonment, Past, Planned, WindowRow, choose
from routing.compliance.rules import Rulebook
from routing.errors import UsageError
from routing.units import DAY, HOUR, MINUTE, SECOND

#: Where files cost no disk; the disk is not what is tested.
MEMORY = Path("/dev/shm")
#: 2026-11-02, a Monday, 08:00 UTC.
EIGHT = 1_793_606_400 * SECOND

NUMBERS = [f"+4420794600{n:02}" for n in range(18, 50)]
RULES = st.builds(
    CampaignRules,
    timezone=st.sampled_from(["UTC", "Asia/Tokyo"]),
    hopper=st.builds(
        HopperRules,
        order=st.sampled_from(["retry_first", "new_first"]),
        lists=st.sampled_from(["in_order", "round_robin"]),
    ),
    retry=st.builds(
        RetryRules,
        attempts=st.sampled_from([0, 3, 10]),
        per_number=st.sampled_from([0, 2]),
        busy=st.builds(Retry, after_ns=st.just(5 * MINUTE), most=st.integers(0, 2)),
        no_answer=st.builds(Retry, next_number=st.booleans(), when=st.sampled_from(["after", "other_half"])),
        machine=st.builds(Retry, when=st.sampled_from(["next_day", "other_half"]), next_number=st.booleans()),
        dispositions=st.just({"later": Retry(after_ns=HOUR), "never": Retry(then="close")}),
    ),
)
ROWS = st.lists(
    st.tuples(
        st.integers(0, 2),  # list
        st.lists(st.integers(0, len(NUMBERS) - 1), min_size=1, max_size=3, unique=True),
        st.sampled_from(["", "", "x", "y"]),
        st.integers(0, 2),  # priority
    ),
    min_size=1,
    max_size=9,
)


def csv_of(rows: list[tuple[list[str], str, int]]) -> list[str]:
    return ["number,number_2,number_3,customer,priority\n"] + [
        f"{','.join([*numbers, '', ''][:3])},{customer},{priority}\n" for numbers, customer, priority in rows
    ]


DOMAINS = count()


@cache
def one_file() -> str:
    """A database for all examples, each a tenant of its own: making the tables costs more than an example."""
    folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
    atexit.register(folder.cleanup)
    return f"{folder.name}/book.db"


class Books(RuleBasedStateMachine):
    """Both books do the same; what they give and how records stand is compared after every step."""

    @initialize(rules=RULES, rows=ROWS)
    def begin(self, rules: CampaignRules, rows: list[tuple[int, list[int], str, int]]) -> None:
        self.domain = f"d{next(DOMAINS)}"
        self.book = self.opened()
        self.at_ns = EIGHT
        self.serial = 0
        self.held: dict[int, Candidate] = {}
        self.open: list[str] = []
        self.book.configure("c", EIGHT, rules)
        names, records = [], []
        for place in range(3):
            mine = [row for row in rows if row[0] == place]
            if mine:
                names.append(f"l{place}")
                lines = csv_of([([NUMBERS[n] for n in ns], who, priority) for _, ns, who, priority in mine])
                import_list(self.book, lines, "c", f"l{place}", EIGHT, Options(duplicates="allow"))
                records += [
                    Record(0, f"l{place}", who, priority, [Number(NUMBERS[n]) for n in ns])
                    for _, ns, who, priority in mine
                ]
        for number, one in enumerate(records, 1):
            one.id = number
        self.book.set_state("c", "running", EIGHT)
        self.naive = NaiveBook(rules, names, records)

    def teardown(self) -> None:
        if hasattr(self, "book"):
            self.book.close()

    def opened(self) -> Book:
        return Book(one_file(), self.domain, fresh_ns=0, look_ns=0, batch=2)

    @rule(most=st.integers(1, 4))
    def pick(self, most: int) -> None:
        got = self.book.next("c", self.at_ns, most)
        note(str(got))
        assert [(one.record, one.number, one.kind, one.agent) for one in got] == self.naive.next(
            self.at_ns, most
        )
        for one in got:
            mine = self.naive.reserved[int(one.record)]
            assert (one.number_ref, one.attempt_no, one.due_ns) == (
                mine.number_ref,
                mine.attempt_no,
                mine.due_ns,
            )
            numbers = {each.number for each in self.naive.records[int(one.record)].numbers}
            expected = sorted(
                Past(
                    dial.at_ns,
                    dial.candidate.number,
                    "c",
                    dial.candidate.customer,
                    done.outcome if done else "",
                    done.at_ns if done else 0,
                    done.abandoned if done else False,
                    done is not None and done.talk_ns > 0,
                )
                for dial, done in self.naive.attempts.values()
                if dial.candidate.number in numbers
                or (one.customer and dial.candidate.customer == one.customer)
            )
            assert list(one.past) == expected
            self.held[int(one.record)] = one

    @precondition(lambda self: self.held)
    @rule(
        count=st.integers(1, 4), later=st.sampled_from([0, 0, 1, HOUR]), why=st.sampled_from(["", "not_now"])
    )
    def put_back(self, count: int, later: int, why: str) -> None:
        some = list(self.held.values())[:count]
        not_before = self.at_ns + later if later else 0
        self.book.put_back(some, not_before, why)
        self.naive.put_back([int(one.record) for one in some], not_before, why)
        for one in some:
            del self.held[int(one.record)]

    @precondition(lambda self: self.held)
    @rule(count=st.integers(1, 4))
    def dial(self, count: int) -> None:
        some = list(self.held.values())[:count]
        dials = []
        for one in some:
            self.serial += 1
            dials.append(Dialled(f"a{self.serial}", one, self.at_ns))
            del self.held[int(one.record)]
        assert self.book.dialled(dials) == frozenset()
        assert self.book.dialled(dials) == frozenset()  # a second time changes nothing
        self.naive.dialled(dials)
        self.open += [one.attempt for one in dials]

    @precondition(lambda self: self.open)
    @rule(
        place=st.integers(0, 5),
        outcome=st.sampled_from(OUTCOMES),
        said=st.sampled_from(["", "", "later", "never", "else"]),
        abandoned=st.booleans(),
    )
    def end(self, place: int, outcome: str, said: str, abandoned: bool) -> None:
        attempt = self.open.pop(place % len(self.open))
        ended = Ended(
            attempt, "c", outcome, self.at_ns, disposition=said if outcome == "person" else "",  # type: ignore[arg-type]
            abandoned=abandoned and outcome == "person", talk_ns=7 if outcome == "person" and not abandoned else 0,
        )  # fmt: skip
        self.book.ended([ended])
        self.naive.ended(ended)
        self.book.ended([replace(ended, outcome="busy", abandoned=False)])

    @rule(
        number=st.integers(0, 8), later=st.sampled_from([0, MINUTE, DAY]), agent=st.sampled_from(["", "ann"])
    )
    def recall(self, number: int, later: int, agent: str) -> None:
        record = number % len(self.naive.records) + 1
        if record not in self.held and any(not one.closed for one in self.naive.records[record].numbers):
            self.book.recall(str(record), self.at_ns + later, agent)
            self.naive.recall(record, self.at_ns + later, agent)

    @rule(words=st.sets(st.sampled_from(["busy", "person", "exhausted", "not_now", "invalid"]), min_size=1))
    def recycle(self, words: set[str]) -> None:
        assert self.book.recycle("c", words, self.at_ns) == self.naive.recycle(words, self.at_ns)

    @rule(by=st.sampled_from([1, SECOND, MINUTE, 5 * MINUTE, 2 * HOUR, DAY]))
    def wait(self, by: int) -> None:
        self.at_ns += by

    @rule(state=st.sampled_from(["running", "running", "paused", "draining"]))
    def steer(self, state: str) -> None:
        self.book.set_state("c", state, self.at_ns)  # type: ignore[arg-type]
        self.naive.state = state

    @rule()
    def crash(self) -> None:
        """What was reserved is forgotten; what was dialled is known."""
        self.book.close()
        self.book = self.opened()
        self.held.clear()
        self.naive.reserved.clear()
        self.naive.turns.clear()
        assert sorted(one.attempt for one in self.book.open_attempts("c")) == sorted(self.open)

    @invariant()
    def stand_alike(self) -> None:
        if not hasattr(self, "book"):
            return
        with self.book.database.reading() as connection:
            rows = connection.execute(
                text(
                    "SELECT record, queue, due_ns, position, tries, closed, agent FROM campaign_records "
                    "WHERE domain = :domain"
                ),
                {"domain": self.domain},
            ).all()
        queues = {"closed": 0, "new": 1, "retry": 2, "recall": 3, "dialling": 4}
        assert sorted(tuple(row) for row in rows) == [
            (one.id, queues[one.stands], one.due_ns, one.position, one.tries, one.closed, one.agent)
            for one in self.naive.records.values()
        ]


Books.TestCase.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
TestBooks = Books.TestCase


# --------------------------------------------------------------------------- what only a database has to do, in both


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("book") / "book.db") if request.param == "sqlite" else a_database()


@pytest.fixture
def book(where: str, request: pytest.FixtureRequest) -> Iterator[Book]:
    with Book(where, request.node.name, look_ns=0, fresh_ns=0) as one:
        yield one


def filled(book: Book, *lines: str, rules: CampaignRules | None = None) -> Book:
    book.configure("c", EIGHT, rules or CampaignRules())
    import_list(book, [f"{line}\n" for line in lines], "c", "l", EIGHT, Options(region="GB"))
    book.set_state("c", "running", EIGHT)
    return book


def test_an_attempt_through_its_life(book: Book) -> None:
    filled(book, "number,number_2,customer", "02079460018,02079460019,x", "02079460020,,x")
    (one,) = book.next("c", EIGHT, 5)  # one record of a customer at a time
    assert book.dialled([Dialled("a1", one, EIGHT, "trunk")]) == frozenset()
    assert [row.attempt for row in book.open_attempts("c")] == ["a1"]
    assert book.number_of(one.number_ref) == "+442079460018"
    (other,) = book.next("c", EIGHT + 1, 5)
    assert other.past == (Past(EIGHT, "+442079460018", "c", "x"),)
    book.ended([Ended("a1", "c", "no_answer", EIGHT + 9, cause="480")])
    book.ended([Ended("a1", "c", "person", EIGHT + 99)])
    (again,) = [one for one in book.next("c", EIGHT + 2 * MINUTE, 5) if one.customer == "x"] or [None]
    assert again is None  # the other one is reserved
    book.put_back([other], why="do_not_call")
    (again,) = book.next("c", EIGHT + 2 * MINUTE, 5)
    assert (again.number, again.attempt_no, again.past[0].outcome) == ("+442079460019", 2, "no_answer")
    status = book.status("c", EIGHT + 2 * MINUTE)
    assert (status.outcomes, status.closed, status.remaining) == ({"no_answer": 1}, {"do_not_call": 1}, 1)
    assert [one.attempts for one in book.hours("c", EIGHT, EIGHT + DAY)] == [1]
    (row,) = book.attempts("c", EIGHT, EIGHT + DAY, personal=True)
    assert (row["outcome"], row["cause"], row["number"], row["carrier"]) == (
        "no_answer",
        "480",
        442079460018,
        "trunk",
    )
    assert book.forget("x") == 2
    assert book.number_of(one.number_ref) == ""


def test_a_record_that_is_taken_elsewhere_is_not_dialled(book: Book, where: str) -> None:
    filled(book, "number", "02079460018", "02079460019")
    some = book.next("c", EIGHT, 2)
    with Book(where, book.domain) as other:
        (theirs, _) = other.next("c", EIGHT, 2)
        assert other.dialled([Dialled("b1", theirs, EIGHT)]) == frozenset()
    assert book.dialled([Dialled(f"a{n}", one, EIGHT) for n, one in enumerate(some)]) == {"a0"}
    assert sorted(one.attempt for one in book.open_attempts("c")) == ["a1", "b1"]


def test_hours_choose_the_number_and_the_time(book: Book) -> None:
    filled(
        book,
        "number,hours,number_2,hours_2,timezone",
        "02079460018,mon-fri 18:00-20:00,02079460019,mon-fri 09:00-17:00,Europe/Berlin",
    )
    assert [one.number for one in book.next("c", EIGHT, 1)] == ["+442079460019"]  # it is nine in Berlin
    with Book(str(book.database.url.render_as_string(hide_password=False)), book.domain) as fresh:
        assert fresh.next("c", EIGHT - MINUTE, 1) == []
        assert fresh.next("c", EIGHT - 1, 1) == []
        assert [one.number for one in fresh.next("c", EIGHT, 1)] == ["+442079460019"]


def test_a_campaign_runs_in_its_time_and_obeys(book: Book, where: str) -> None:
    filled(book, "number", "02079460018")
    book.configure("c", EIGHT, span=(EIGHT + 5, EIGHT + 9))
    assert book.next("c", EIGHT + 4, 1) == []
    assert book.next("c", EIGHT + 9, 1) == []
    with Book(where, book.domain) as other:
        other.set_state("c", "draining", EIGHT)
    assert book.next("c", EIGHT + 5, 1) == []
    assert book.state("c") == "draining"
    book.set_state("c", "running", EIGHT)
    book.set_list("l", "inactive")
    assert book.next("c", EIGHT + 5, 1) == []
    book.set_list("l", "active")
    assert len(book.next("c", EIGHT + 5, 1)) == 1
    with pytest.raises(UsageError, match=r"'runing' is not one of .* did you mean 'running'"):
        book.set_state("c", "runing", EIGHT)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="there is no campaign 'd'"):
        book.next("d", EIGHT, 1)


def test_a_recall_asked_for_in_a_conversation_comes_to_its_agent(book: Book) -> None:
    filled(book, "number", "02079460018")
    (one,) = book.next("c", EIGHT, 1)
    book.dialled([Dialled("a1", one, EIGHT)])
    book.recall(one.record, EIGHT + HOUR, "ann")
    book.ended([Ended("a1", "c", "person", EIGHT + MINUTE, talk_ns=SECOND)])
    assert book.next("c", EIGHT + HOUR - 1, 1) == []
    (again,) = book.next("c", EIGHT + HOUR, 1)
    assert (again.kind, again.agent, again.past[0].talked) == ("recall", "ann", True)
    with pytest.raises(UsageError, match="there is no record '999'"):
        book.recall("999", EIGHT)


def test_what_a_ledger_found_is_kept_once(book: Book) -> None:
    book.configure("c", EIGHT)
    found = [
        Abandonment("a1", "c", 5, 7, 9, "left_waiting", "sorry", ("uk", "us")),
        WindowRow("c", "us", 0, 10, 100, 3, 0, 0, 9, 0),
    ]
    for _ in range(2):
        book.put_audit(found)
    assert [*book.audit("c", 0, 9), *book.windows("c", 0, 9)] == found
    assert list(book.audit("c", 8, 9)) == []


def test_a_rulebook_asks_the_database(book: Book) -> None:
    filled(book, "number", "02079460018")
    rules = Rulebook(choose(["uk"]), book.suppression(lambda: EIGHT))
    assert rules.check(Planned("+442079460018", "c"), (), EIGHT + HOUR) is None
    book.suppress(["+442079460018"], EIGHT)
    refusal = rules.check(Planned("+442079460018", "c"), (), EIGHT + HOUR)
    assert refusal is not None
    assert (refusal.rule, book.domain in refusal.detail) == ("do_not_call", True)


def test_readers_and_the_dialer_share_a_book(book: Book) -> None:
    filled(book, "number", *(f"020794600{n}" for n in range(18, 48)))
    failed: list[BaseException] = []

    def look() -> None:
        try:
            for _ in range(10):
                book.status("c", EIGHT)
                book.put_audit([Abandonment("a1", "c", 5, 7, 9, "lost", "", ())])
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    for n in range(30):
        (one,) = book.next("c", EIGHT, 1)
        book.dialled([Dialled(f"a{n}", one, EIGHT)])
    thread.join()
    assert failed == []
    assert book.status("c", EIGHT).attempts == 30


CHILD = """
import os, sys
from routing.campaigns import Book, Dialled
book = Book(sys.argv[1], sys.argv[2])
book.dialled([Dialled(f"a{n}", one, 5) for n, one in enumerate(book.next("c", 5, 3))])
book.next("c", 5, 3)
os.kill(os.getpid(), 9)
"""


@pytest.mark.once
def test_a_dialer_that_is_killed_loses_no_attempt(book: Book, where: str) -> None:
    filled(book, "number", *(f"020794600{n}" for n in range(18, 28)))
    done = subprocess.run(
        [sys.executable, "-c", CHILD, where, book.domain], cwd=Path(__file__).parent.parent, check=False
    )
    assert done.returncode == -9
    assert [one.attempt for one in book.open_attempts("c")] == ["a0", "a1", "a2"]
    assert len(book.next("c", 6, 20)) == 7  # those that were only reserved come again
    book.ended([Ended(f"a{n}", "c", "lost", 9) for n in range(3)])
    assert book.open_attempts("c") == []
