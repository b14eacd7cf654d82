"""The book of campaigns beside the obvious one, driven by the same steps; and what only the real one has to do.

Owns tests of ``routing.campaigns.book``; must not test imports (``test_campaign_import``) or the command.
"""

import atexit
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace
from naive_book import NaiveBook, Number, Record
from sqlalchemy import text

from routing.campaigns import Book, CampaignRules, Candidate, Dialled, Ended, HopperRules, Retry, RetryRules
from routing.campaigns.importing import Options, import_list
from routing.campaigns.shapes import OUTCOMES
from routing.compliance import Past
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
