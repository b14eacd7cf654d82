"""Customers beside a dictionary, driven by the same steps; what is in the files; keys, erasure, two processes.

Owns tests of ``routing.customers.customers`` and below; must not test directories (``test_customer_directory``) or the
command (``test_customer_command``).
"""

import atexit
import json
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from postgres import a_database
from sqlalchemy import create_engine, text

from routing import Config, EnqueueContact, Queue
from routing.campaigns import Book
from routing.campaigns.holding import Holding
from routing.campaigns.importing import import_list
from routing.customers import Answer, Context, Customer, Customers, MasterKeys, Note
from routing.customers.earlier import conversations
from routing.customers.identities import KINDS, Identity, identity
from routing.customers.masters import add_key
from routing.customers.sealing import Key
from routing.customers.shapes import Earlier
from routing.errors import DataError, UsageError
from routing.history import History
from routing.history.database import Database
from routing.history.opening import database_url
from routing.host import Host
from routing.statistics.shapes import ContactRecord, SegmentRecord
from routing.units import DAY, HOUR, MINUTE, SECOND

MEMORY = Path("/dev/shm")
NOW = 1_793_606_400 * SECOND
MASTER = Key(bytes(range(32)))
MASTERS = MasterKeys([MASTER])
NUMBERS = [f"+4420794600{n:02}" for n in range(18, 26)]
NUMBER = NUMBERS[0]


def record(
    contact: str, customer: str, at_ns: int, *, channel: str = "voice", agent: str = "ann", took: int = MINUTE
) -> ContactRecord:
    parts = (SegmentRecord(agent, "help", at_ns, at_ns + 1, at_ns + took, 0, 0, False),) if agent else ()
    return ContactRecord(
        contact=contact, channel=channel, priority=0, entry_queue="help", queue="help", arrived_ns=at_ns,
        answered_ns=at_ns + 1 if agent else 0, ended_ns=at_ns + took, outcome="handled" if agent else "abandoned",
        service_level_ns=0, visits=1, overflows=0, segments=parts, customer=customer,
    )  # fmt: skip


def told(where: str, domain: str, *records: ContactRecord) -> None:
    with History(where, domain) as history:
        history.write(SimpleNamespace(queues=[], agents=[], records=records, sessions=[]))


# ------------------------------------------------------------------------------------------- beside a dictionary


@dataclass
class Naive:
    """One customer, plainly."""

    found_by: set[tuple[str, str]] = field(default_factory=set)
    attributes: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    heard_ns: int = 0
    noted_ns: int = -1
    stands: str = "known"
    into: str = ""


@cache
def one_file() -> str:
    folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
    atexit.register(folder.cleanup)
    return f"{folder.name}/customers.db"


DOMAINS = count()
VALUES = st.sampled_from(
    [
        *(("number", number) for number in NUMBERS[:4]),
        ("email", "ann@example.org"),
        ("chat", "ann"),
        ("external", "7"),
    ]
)


class Records(RuleBasedStateMachine):
    """Both know the same customers; all that is known is compared after each step."""

    @initialize()
    def begin(self) -> None:
        self.masters = [MASTER]
        self.domain = f"d{next(DOMAINS)}"
        self.naive: dict[str, Naive] = {}
        self.at_ns = NOW
        self.opened()

    def opened(self) -> None:
        self.real = Customers(one_file(), MasterKeys(self.masters), self.domain, window_ns=HOUR)

    def teardown(self) -> None:
        if hasattr(self, "real"):
            self.real.close()

    def owner(self, value: tuple[str, str]) -> str:
        mine = (name for name, one in self.naive.items() if one.stands == "known" and value in one.found_by)
        return next(mine, "")

    def now(self, customer: str) -> str:
        while self.naive[customer].stands == "merged":
            customer = self.naive[customer].into
        return customer

    def known(self, place: int) -> str:
        """Any reference that there ever was; "" if the one it stands for is erased."""
        names = sorted(self.naive)
        self.picked = names[place % len(names)]
        now = self.now(self.picked)
        return now if self.naive[now].stands == "known" else ""

    @rule(value=VALUES)
    def identify(self, value: tuple[str, str]) -> None:
        done = self.real.identify(*value, at_ns=self.at_ns)
        owner = self.owner(value)
        assert done.new == (not owner)
        assert owner in ("", done.customer)
        if done.new:
            assert done.customer not in self.naive
            self.naive[done.customer] = Naive({value})
        self.naive[done.customer].heard_ns = self.at_ns

    @precondition(lambda self: self.naive)
    @rule(place=st.integers(0, 9), value=VALUES, off=st.booleans())
    def attach(self, place: int, value: tuple[str, str], off: bool) -> None:
        customer = self.known(place)
        if not customer:
            with pytest.raises(UsageError, match="was erased"):
                self.real.attach(self.picked, *value, self.at_ns)
        elif off:
            assert self.real.detach(self.picked, *value) == (value in self.naive[customer].found_by)
            self.naive[customer].found_by.discard(value)
        elif self.owner(value) in ("", customer):
            self.real.attach(self.picked, *value, self.at_ns)
            self.naive[customer].found_by.add(value)
        else:
            with pytest.raises(UsageError, match="belongs to"):
                self.real.attach(self.picked, *value, self.at_ns)

    @precondition(lambda self: self.naive)
    @rule(
        place=st.integers(0, 9),
        changes=st.dictionaries(
            st.sampled_from(["name", "city"]), st.text(max_size=9).map(lambda s: s.replace("\ud800", ""))
        ),
        note=st.booleans(),
    )
    def write(self, place: int, changes: dict[str, str], note: bool) -> None:
        customer = self.known(place)
        if not customer:
            return
        mine = self.naive[customer]
        mine.attributes = {name: value for name, value in (mine.attributes | changes).items() if value}
        assert self.real.set_attributes(self.picked, changes, self.at_ns, "ann") == mine.attributes
        if note:
            self.real.write_note(self.picked, f"note {self.at_ns}", self.at_ns)
            mine.notes.append(f"note {self.at_ns}")
            mine.noted_ns = self.at_ns
        self.at_ns += 1

    @precondition(lambda self: self.naive)
    @rule(place=st.integers(0, 9), other=st.integers(0, 9))
    def merge(self, place: int, other: int) -> None:
        kept, gone = self.known(place), self.known(other)
        if not kept or not gone:
            return
        self.real.merge(kept, self.picked, self.at_ns, "ann")
        if kept == gone:
            return
        into, of = self.naive[kept], self.naive[gone]
        into.found_by |= of.found_by
        into.attributes = of.attributes | into.attributes
        into.notes = sorted(into.notes + of.notes)
        into.heard_ns, into.noted_ns = max(into.heard_ns, of.heard_ns), max(into.noted_ns, of.noted_ns)
        of.stands, of.into = "merged", kept

    @precondition(lambda self: self.naive)
    @rule(place=st.integers(0, 9))
    def erase(self, place: int) -> None:
        customer = self.known(place)
        assert self.real.erase(self.picked, self.at_ns, "eve").already == (not customer)
        self.erased(customer)

    def erased(self, customer: str) -> None:
        for name in [name for name in self.naive if customer and self.now(name) == customer]:
            self.naive[name] = Naive(stands="erased")

    @rule(ago=st.sampled_from([0, HOUR, 3 * HOUR]), dry=st.booleans())
    def purge(self, ago: int, dry: bool) -> None:
        before = self.at_ns - ago
        old = [
            name
            for name, one in self.naive.items()
            if one.stands == "known" and one.heard_ns // HOUR < before // HOUR and one.noted_ns < before
        ]
        done = self.real.purge(before, self.at_ns, "eve", dry_run=dry)
        assert list(done.customers) == sorted(old)
        for name in [] if dry else old:
            self.erased(name)

    @rule(fresh=st.booleans(), new=st.booleans())
    def rotate(self, fresh: bool, new: bool) -> None:
        if new:
            self.masters = [Key.fresh(), self.masters[0]]
            self.real.close()
            self.opened()
        self.real.rotate(self.at_ns, "eve", fresh=fresh)
        self.masters = self.masters[:1]  # the others are not needed any more
        self.real.close()
        self.opened()

    @rule(by=st.sampled_from([MINUTE, HOUR, DAY]))
    def wait(self, by: int) -> None:
        self.at_ns += by

    @invariant()
    def know_alike(self) -> None:
        if not hasattr(self, "real"):
            return
        for name, one in self.naive.items():
            assert self.real.state(name) == one.stands
            now = self.now(name)
            alive = self.naive[now].stands == "known"
            assert self.real.resolve(name) == (now if alive else "")
            if one.stands == "known":
                customer = self.real.get(name, self.at_ns, "ann")
                assert set(map(tuple, customer.identities)) == one.found_by
                assert customer.attributes == one.attributes
                assert [note.text for note in self.real.notes(name, self.at_ns, "ann")] == one.notes
        for value in one_of_each():
            assert self.real.find(*value) == self.owner(value)


def one_of_each() -> list[tuple[str, str]]:
    return [("number", NUMBERS[0]), ("number", NUMBERS[3]), ("email", "ann@example.org"), ("chat", "ann")]


class ManyRecords(Records):
    """The same for longer."""


Records.TestCase.settings = settings(max_examples=6, stateful_step_count=12, deadline=None)
TestRecords = Records.TestCase
ManyRecords.TestCase.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
TestManyRecords = pytest.mark.slow(ManyRecords.TestCase)


# --------------------------------------------------------------------------- what only a database has to do, in both


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest) -> str:
    return one_file() if request.param == "sqlite" else a_database()


@pytest.fixture
def customers(where: str, request: pytest.FixtureRequest) -> Iterator[Customers]:
    with Customers(
        where, MASTERS, request.node.name, region="GB", window_ns=HOUR, attributes=["city"]
    ) as one:
        yield one


def test_what_an_agent_is_shown(customers: Customers, where: str) -> None:
    ann = customers.create(NOW, [("number", NUMBER)], {"name": "Ann Smith", "city": "Leeds", "iban": "DE"})
    told(
        where,
        customers.domain,
        record("old", ann, NOW - DAY, agent="ben"),
        record("mail", ann, NOW - 3 * HOUR, channel="email", took=2 * HOUR),
        record("call", ann, NOW - 30 * MINUTE, agent=""),
        record("other", "somebody else", NOW - MINUTE, agent="eve"),
    )
    note = customers.write_note(ann, "likes mornings", NOW, contact="mail", agent="ann")
    shown = customers.context(ann, NOW, "eve")
    assert [one.contact for one in shown.earlier] == ["call", "mail", "old"]
    assert (shown.contacts, shown.last_agent, shown.notes) == (3, "ann", (note,))
    assert (shown.name, shown.attributes, shown.numbers) == (
        "Ann Smith",
        {"city": "Leeds"},
        ("+44********18",),
    )
    assert shown.conversation is not None
    assert (shown.conversation.conversation, shown.conversation.channels) == ("mail", ("email", "voice"))
    assert customers.context(ann, NOW + DAY, "eve").conversation is None
    assert [one.conversation for one in customers.conversations(ann)] == ["old", "mail"]
    assert [one.action for one in customers.audit(ann)] == ["was shown", "was shown"]
    assert customers.context("nobody", NOW, "eve") == Context(customer="nobody", state="unknown")
    with pytest.raises(UsageError, match="who is empty"):
        customers.get(ann, NOW, "")
    assert len(customers.audit(ann)) == 2
    with Customers(where, MASTERS, customers.domain, numbers="full", create=False) as full:
        assert full.context(ann, NOW, "eve").numbers == (NUMBER,)


def test_who_turns_out_to_be_another_has_one_history(customers: Customers, where: str) -> None:
    ann = customers.identify("number", NUMBER, NOW).customer
    again = customers.identify("email", "ann@example.org", NOW).customer
    told(where, customers.domain, record("a", ann, NOW), record("b", again, NOW + HOUR, channel="email"))
    customers.merge(ann, again, NOW, "eve")
    assert [one.contact for one in customers.contacts(again)] == ["b", "a"]
    assert customers.identify("email", "ann@example.org", NOW).customer == ann
    assert customers.get(again, NOW, "eve").also == (again,)
    held = customers.export(again, NOW, "eve", personal=True)
    assert [one["contact"] for one in held["contacts"]] == ["a", "b"]
    assert customers.erase(again, NOW, "eve").contacts == 2
    assert [customers.state(one) for one in (ann, again)] == ["erased", "erased"]
    assert customers.contacts(ann) == []


def test_an_export_has_everything_and_is_masked_unless_asked(customers: Customers, where: str) -> None:
    ann = customers.create(NOW, [("number", NUMBER), ("email", "ann@example.org")], {"name": "Ann Smith"})
    customers.write_note(ann, "likes mornings", NOW)
    told(where, customers.domain, record("a", ann, NOW))
    with History(where, customers.domain) as history:
        history.rate("a", csat=4, at_ns=NOW)
    clear = customers.export(ann, NOW, "eve", personal=True)
    shown = json.dumps(clear)
    for value in (NUMBER, "ann@example.org", "Ann Smith", "likes mornings"):
        assert value in shown
        assert value not in json.dumps(customers.export(ann, NOW, "eve"))
    assert clear["contacts"][0]["segments"][0]["agent"] == "ann"
    assert clear["contacts"][0]["feedback"]["csat"] == 4
    assert [one.details for one in customers.audit(ann)][:2] == ["in clear", "masked"]
    assert (clear["audit"][0]["who"], clear["audit"][0]["action"]) == ("eve", "exported")


def test_an_erased_customer_is_known_as_erased(customers: Customers, where: str) -> None:
    ann = customers.create(NOW, [("number", NUMBER)], {"name": "Ann Smith"})
    told(where, customers.domain, record("a", ann, NOW))
    done = customers.erase(ann, NOW + 5, "eve")
    assert (done.already, done.contacts) == (False, 1)
    assert customers.erase(ann, NOW + 6, "eve").already
    assert (customers.state(ann), customers.find("number", NUMBER)) == ("erased", "")
    assert customers.context(ann, NOW, "ben") == Context(customer=ann, state="erased")
    for look in (customers.get, customers.export, customers.notes):
        with pytest.raises(UsageError, match="was erased"):
            look(ann, NOW, "ben")
    again = customers.identify("number", NUMBER, NOW)
    assert again.new
    assert again.customer != ann
    assert [one.action for one in customers.audit(ann)] == ["erased", "erased"]
    with pytest.raises(UsageError, match="there is no customer 'nobody'"):
        customers.erase("nobody", NOW, "eve")


def test_a_purge_spares_who_was_heard_of(customers: Customers, where: str) -> None:
    old, late, noted, merged = (
        customers.identify("number", one, NOW - 9 * DAY).customer for one in NUMBERS[:4]
    )
    gone = customers.identify("chat", "x", NOW - 9 * DAY).customer
    customers.merge(merged, gone, NOW - 9 * DAY, "eve")
    told(where, customers.domain, record("a", late, NOW - DAY), record("b", gone, NOW - DAY))
    customers.write_note(noted, "asked", NOW - DAY)
    before = NOW - 2 * DAY
    assert customers.purge(before, NOW, "eve").customers == (old,)
    assert customers.state(old) == "known"
    assert customers.purge(before, NOW, "eve", dry_run=False).customers == (old,)
    assert [customers.state(one) for one in (old, late, noted, merged)] == ["erased", *["known"] * 3]
    assert customers.purge(before, NOW, "eve", dry_run=False).customers == ()


def test_campaigns_are_asked_too(where: str, request: pytest.FixtureRequest) -> None:
    with ExitStack() as stack:
        book = stack.enter_context(Book(where, request.node.name, look_ns=0, fresh_ns=0))
        holders = [Holding(book)]
        customers = stack.enter_context(Customers(where, MASTERS, request.node.name, holders=holders))
        ann = customers.identify("number", NUMBER, NOW - 9 * DAY).customer
        lines = ["number,customer,town\n", f"{NUMBERS[1]},{ann},Leeds\n"]
        import_list(book, lines, "c", "l", NOW)
        book.recall("1", NOW + HOUR, "ben")
        (promised,) = customers.context(ann, NOW, "eve").call_backs
        assert promised == (NOW + HOUR, "ben", "1")
        assert customers.purge(NOW - DAY, NOW, "eve", dry_run=False).kept == (ann,)
        (held,) = customers.export(ann, NOW, "eve", personal=True)["elsewhere"]["campaigns"]
        assert held["records"][0]["numbers"][0]["number"] == int(NUMBERS[1])
        (held,) = customers.export(ann, NOW, "eve")["elsewhere"]["campaigns"]
        assert held["records"][0]["attributes"] == "***"
        assert customers.erase(ann, NOW, "eve").elsewhere == {"campaigns": 1}
        assert book.number_of("1.0") == ""


def test_a_replay_needs_nothing_that_was_erased(customers: Customers, tmp_path: Path) -> None:
    ann = customers.identify("number", NUMBER, NOW).customer
    with Host(Config(queues=(Queue("help"),)), tmp_path / "j") as host:
        host.apply(EnqueueContact("c1", ("help",), customer=ann))
    journal = bytes_of(tmp_path / "j")
    assert ann.encode() in journal
    assert b"7946" not in journal
    customers.erase(ann, NOW, "eve")
    assert customers.state(ann) == "erased"
    with Host(None, tmp_path / "j") as again:
        assert again.read(lambda engine: engine.contacts["c1"].customer) == ann


CHILD = """
import sys
from routing.customers import Customers, MasterKeys
from routing.customers.sealing import Key
where, *numbers = sys.argv[1:]
with Customers(where, MasterKeys([Key(bytes(range(32)))]), "two") as customers:
    print("ready", flush=True)
    print(*(customers.identify("number", number, 5).customer for number in numbers))
"""


@pytest.mark.once
@pytest.mark.slow
def test_two_processes_that_meet_strangers_make_one_record_of_each(where: str) -> None:
    numbers = [f"+4420794{n:05}" for n in range(60_000, 60_040)]
    command = [sys.executable, "-c", CHILD, where, *numbers]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    assert child.stdout is not None
    with Customers(where, MASTERS, "two") as customers:
        assert child.stdout.readline() == "ready\n"
        mine = [customers.identify("number", number, 5).customer for number in numbers]
        with child.stdout:  # not `communicate`, which does not see what came with the line before
            theirs = child.stdout.read().split()
    assert child.wait(120) == 0
    assert theirs == mine
    assert len(set(mine)) == len(numbers)


@pytest.mark.slow
def test_nobody_is_lost_while_keys_change(customers: Customers, where: str) -> None:
    """Threads identify, write and erase, each over connections of its own, while all keys are renewed."""
    failed: list[BaseException] = []
    met: dict[str, set[str]] = {}
    over = threading.Event()

    def call(seed: int) -> None:
        try:
            with Customers(where, MASTERS, customers.domain) as mine:
                for n in range(30):
                    number = f"+4420794600{18 + (seed * 11 + n * 7) % 30}"
                    one = mine.identify("number", number, NOW + n * HOUR).customer
                    met.setdefault(number, set()).add(one)
                    mine.set_attributes(one, {"name": str(n)}, NOW, "ann")
                    mine.write_note(one, "asked", NOW)
                    if seed == 0 and n % 3 == 0:
                        mine.erase(mine.identify("chat", f"{n}", NOW).customer, NOW, "eve")
        except BaseException as error:
            failed.append(error)

    def change() -> None:
        try:
            while not over.is_set():
                customers.rotate(NOW, "eve", fresh=True)
        except BaseException as error:
            failed.append(error)

    callers = [threading.Thread(target=call, args=(seed,)) for seed in range(3)]
    changer = threading.Thread(target=change)
    for one in (changer, *callers):
        one.start()
    for one in callers:
        one.join()
    over.set()
    changer.join()
    assert failed == []
    for number, who in met.items():
        assert who == {customers.find("number", number)}
        assert customers.notes(min(who), NOW, "eve")[0].text == "asked"


def test_keys_of_two_tenants_are_two(customers: Customers, where: str) -> None:
    ann = customers.create(NOW, [("number", NUMBER)], {"name": "Ann"})
    other = customers.of("another tenant")
    assert other.find("number", NUMBER) == ""
    assert other.state(ann) == "unknown"
    other.identify("number", NUMBER, NOW)
    rows = raw(
        where,
        "SELECT blind FROM customer_identities WHERE domain IN (:a, :b)",
        a=customers.domain,
        b=other.domain,
    )
    assert len({bytes(row.blind) for row in rows}) == 2


def raw(where: str, query: str, **given: object) -> list[Any]:
    """What somebody sees or does who has the database and no key."""
    url = where if "://" in where else f"sqlite:///{where}"
    engine = create_engine(url)
    with engine.begin() as connection:
        result = connection.execute(text(query), given)
        rows = list(result) if result.returns_rows else []
    engine.dispose()
    return rows


def test_a_sealed_value_cannot_be_put_elsewhere(customers: Customers, where: str) -> None:
    ann, ben = (customers.create(NOW, [], {"name": name}) for name in ("Ann", "Ben"))
    raw(
        where,
        "UPDATE customers SET sealed = (SELECT sealed FROM customers WHERE customer = :ann) WHERE customer = :ben",
        ann=ann,
        ben=ben,
    )
    with pytest.raises(DataError, match=f"attributes of {ben} cannot be read"):
        customers.get(ben, NOW, "eve")
    raw(
        where,
        "UPDATE customer_keys SET wrapped = "
        "(SELECT wrapped FROM customer_keys WHERE customer = :ann) WHERE customer = :ben",
        ann=ann,
        ben=ben,
    )
    with pytest.raises(DataError, match=f"key of {ben} cannot be read"):
        customers.get(ben, NOW, "eve")


def test_rotation_makes_old_master_keys_useless(customers: Customers, where: str) -> None:
    ann = customers.create(NOW, [("number", NUMBER)], {"name": "Ann"})
    new = Key.fresh()
    with Customers(where, MasterKeys([new]), customers.domain) as without:
        with pytest.raises(DataError, match="is not among those given"):
            without.get(ann, NOW, "eve")
        with pytest.raises(DataError, match="is not among those given"):
            without.find("number", NUMBER)
    with Customers(where, MasterKeys([new, MASTER]), customers.domain) as both:
        before = raw(where, "SELECT blind FROM customer_identities WHERE customer = :ann", ann=ann)
        assert both.rotate(NOW, "eve")[:2] == (2, 0)
        assert both.rotate(NOW, "eve")[:2] == (0, 0)
        assert raw(where, "SELECT blind FROM customer_identities WHERE customer = :ann", ann=ann) == before
        assert both.rotate(NOW, "eve", fresh=True).fresh == 1
        assert raw(where, "SELECT blind FROM customer_identities WHERE customer = :ann", ann=ann) != before
    with Customers(where, MasterKeys([new]), customers.domain) as later:
        assert later.get(ann, NOW, "eve").attributes == {"name": "Ann"}
        assert later.find("number", NUMBER) == ann
    with pytest.raises(DataError, match="is not among those given"):
        customers.get(ann, NOW, "eve")


def test_wrong_use_is_said(customers: Customers, where: str) -> None:
    with pytest.raises(UsageError, match=r"'numbr' is none of .*did you mean 'number'"):
        customers.find("numbr", NUMBER)
    with pytest.raises(UsageError, match="a note has 1 to"):
        customers.write_note(customers.create(NOW), " ", NOW)
    with pytest.raises(UsageError, match="101 attributes"):
        customers.create(NOW, [], {str(n): "x" for n in range(101)})
    with pytest.raises(UsageError, match="before_ns"):
        customers.purge(NOW + 1, NOW, "eve")
    with pytest.raises(UsageError, match="the domain is empty"):
        Customers(where, MASTERS, "")


# ---------------------------------------------------------------------------------------------- what is in the file


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A place that costs no disk, where there is one."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else tmp_path) as name:
        yield Path(name)


def bytes_of(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")))


SECRETS = [
    "Smith-Ashworth",
    "ann@example.org",
    "chat_ann_1990",
    "likes-mornings",
    "CRM-4711",
    "Nether Wallop",
]


def filled(customers: Customers, many: int) -> list[str]:
    found = []
    for n in range(many):
        number = f"+4420794{60_000 + n:05}"
        values = [("number", number), ("email", f"{n}{SECRETS[1]}"), ("chat", f"{SECRETS[2]}{n}")]
        values.append(("external", f"{SECRETS[4]}-{n}"))
        attributes = {"name": SECRETS[0], "town": SECRETS[5], "padding": "x" * (n * 37 % 900)}
        one = customers.create(NOW, values, attributes)
        customers.write_note(one, SECRETS[3] * (1 + n % 50), NOW)
        customers.context(one, NOW, "ben")
        found.append(one)
    return found


def test_nothing_stands_in_clear_in_the_files(folder: Path) -> None:
    path = folder / "c.db"
    with Customers(path, MASTERS) as customers:
        filled(customers, 40)
        while_open = bytes_of(path)
    for data in (while_open, bytes_of(path)):
        for secret in SECRETS:
            assert secret.encode() not in data
            assert secret.lower().encode() not in data
        assert b"4420794" not in data
        for n in range(40):
            assert (442_079_460_000 + n).to_bytes(6, "big") not in data


def test_what_was_erased_is_in_no_file(folder: Path) -> None:
    """Neither key nor anything that it sealed, once erased and the file written anew; nor in the log."""
    path = folder / "c.db"
    with Customers(path, MASTERS) as customers:
        everybody = filled(customers, 40)
        names = "SELECT {} FROM {} WHERE customer = :customer"
        parts = [("wrapped", "customer_keys"), ("sealed", "customers"), ("sealed", "customer_notes")]
        parts += [("sealed", "customer_identities"), ("blind", "customer_identities")]
        for customer in everybody[5:40:5]:
            values = [
                bytes(row[0])
                for column, table in parts
                for row in raw(str(path), names.format(column, table), customer=customer)
            ]
            assert len(values) == 11
            before = bytes_of(path)
            assert all(one in before for one in values if len(one) < 300)
            assert customers.erase(customer, NOW, "eve", whole=True).scrubbed
            after = bytes_of(path)
            for one in values:
                for start in range(0, len(one) - 24, 24):
                    assert one[start : start + 24] not in after
        assert customers.get(everybody[0], NOW, "eve").attributes["name"] == SECRETS[0]
        assert customers.scrub(whole=True)
    assert not (folder / "c.db-wal").exists() or not (folder / "c.db-wal").stat().st_size


def test_deletions_are_overwritten_whatever_the_library_was_built_with(folder: Path) -> None:
    database = Database(database_url(folder / "c.db"), create=True, durable=True, overwrite=True)
    for _ in range(2):  # the connection that made the tables, and the next one
        with database.writing() as connection:
            assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    database.close()


def test_a_reader_keeps_the_log_and_that_is_said(folder: Path) -> None:
    path = folder / "c.db"
    with Customers(path, MASTERS) as customers:
        ann, ben = filled(customers, 2)
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM customers").fetchone()
        assert not customers.erase(ann, NOW, "eve", whole=True).scrubbed
        reader.execute("COMMIT")
        assert customers.scrub(whole=True)
        reader.close()
        assert not customers.erase(ben, NOW, "eve").scrubbed
        assert not (folder / "c.db-wal").stat().st_size


# ------------------------------------------------------------------------------------------------ single parts


def test_conversations_follow_each_other_whatever_the_order() -> None:
    def one(name: str, at: int, end: int) -> Earlier:
        return Earlier(
            contact=name,
            channel="chat",
            queue="q",
            agent="",
            arrived_ns=at,
            answered_ns=0,
            ended_ns=end,
            outcome="x",
        )

    long, inside, edge, late = one("a", 0, 100), one("b", 10, 20), one("c", 110, 111), one("d", 122, 130)
    found = conversations([late, inside, edge, long], 10)
    assert [[each.contact for each in group.contacts] for group in found] == [["a", "b", "c"], ["d"]]
    assert found[0].ended_ns == 111
    assert conversations([], 10) == []


@given(st.binary(max_size=100), st.data())
def test_whatever_is_changed_in_a_sealed_value_is_seen(value: bytes, data: st.DataObject) -> None:
    sealed = MASTER.seal(value, "d", "c", "x")
    assert MASTER.open(sealed, "d", "c", "x") == value
    assert (len(sealed) - 28) % 32 == 0
    place = data.draw(st.integers(0, len(sealed) - 1))
    other = bytearray(sealed)
    other[place] ^= data.draw(st.integers(1, 255))
    cut = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
    for key, wrong, where in (
        (MASTER, bytes(other), ("d", "c", "x")),
        (MASTER, cut, ("d", "c", "x")),
        (MASTER, sealed, ("d", "cx", "")),
        (Key.fresh(), sealed, ("d", "c", "x")),
    ):
        with pytest.raises(DataError, match="cannot be read with its key"):
            key.open(wrong, *where)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "anonymous"), ("number", "0207946001"), ("number", ""), ("email", "ann"), ("email", "a b@c"),
     ("chat", " "), ("chat", "a\nb"), ("external", "x" * 321), ("email", "@example.com")],
)  # fmt: skip
def test_what_is_no_identity_is_refused_without_telling_it(kind: str, value: str) -> None:
    with pytest.raises(DataError) as told_why:
        identity(kind, value)
    assert not value.strip() or value not in str(told_why.value)
    assert told_why.value.__context__ is None


def test_nothing_personal_is_in_any_repr() -> None:
    values = [
        Identity("number", NUMBER),
        Customer(
            customer="c",
            created_ns=0,
            identities=(Identity("email", "ann@example.org"),),
            attributes={"name": "Ann S"},
        ),
        Context(customer="c", state="known", name="Ann S", numbers=(NUMBER,), attributes={"x": "Ann S"}),
        Note(note="n", customer="c", contact="", agent="", at_ns=0, text="Ann S"),
        Answer(state="found", customer="c", name="Ann S", attributes={"x": "Ann S"}),
        MASTERS,
        MASTER,
    ]
    for one in values:
        for shown in (repr(one), str(one), str(getattr(one, "__rich_repr__", list)())):
            assert "Ann S" not in shown
            assert "7946" not in shown
            assert "ann@" not in shown
            assert "\\x01\\x02" not in shown
    assert KINDS == ("number", "email", "chat", "external")


def test_files_of_master_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    with pytest.raises(UsageError, match="there is no file of master keys"):
        MasterKeys.from_file(path)
    first = add_key(path)
    second = add_key(path)
    assert MasterKeys.from_file(path).current == second != first
    assert path.stat().st_mode & 0o777 == 0o600
    name, wrapped = MasterKeys.parse(path.read_text().splitlines()[3]).wrap(MASTER, "d", "c")
    assert (name, MasterKeys.from_file(path).unwrap(name, wrapped, "d", "c").raw) == (first, MASTER.raw)
    with pytest.raises(DataError, match="key of c cannot be read"):
        MasterKeys.from_file(path).unwrap(name, wrapped, "d2", "c")
    path.chmod(0o644)
    with pytest.raises(UsageError, match="chmod o-rw"):
        MasterKeys.from_file(path)
    secret = "c2VjcmV0"
    for bad in (f"# x\n{secret}", "# nothing\n", "\u00e9" * 44):
        with pytest.raises(DataError) as told_why:
            MasterKeys.parse(bad, "f")
        assert secret not in str(told_why.value)
    both = {"HUNTGROUP_CUSTOMER_KEYS": path.read_text(), "HUNTGROUP_CUSTOMER_KEY_FILE": "nowhere"}
    assert MasterKeys.from_environment(both).current == second
    with pytest.raises(UsageError, match="there is no master key"):
        MasterKeys.from_environment({})
