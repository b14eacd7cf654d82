"""Call-backs in a database: rows, orders, what is held of a customer, and the command ``huntgroup callback``.

Owns tests of book, clerk, holder, numbers and command; must not test what the wing decides (``test_call_backs``).
"""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from postgres import a_database
from promising import HOUR, MINUTE, NINE, RULES, Office

from routing import LogIn
from routing.center.callbacks.book import CallBackBook, Order
from routing.center.callbacks.clerk import Clerk
from routing.center.callbacks.holding import Holding
from routing.center.callbacks.numbers import CustomerNumbers
from routing.center.callbacks.shapes import Promise
from routing.center.callbacks.wing import FOLLOWER, CallBacks
from routing.cli.calling_back import add_callback
from routing.customers import Customers, MasterKeys
from routing.customers.sealing import Key
from routing.errors import UnavailableError, UsageError

pytestmark = pytest.mark.once


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_callback(parser)
    options = parser.parse_args(arguments)
    return int(options.run(options))


def busy(path: Path | None = None) -> Office:
    """One that was dialled in vain, one that was served, one for later."""
    office = Office(path=path, logged_in=())
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "ann-smith#p1", call_back="p1", confirmed=True)
    office.do(LogIn("ann"))
    office.take("c1")
    office.end("p1/a1", "no_answer")
    office.after(MINUTE)
    office.desk.book("p2", "tech", "ben#p2", customer="ben", confirmed=True)
    office.step()
    office.take("p2/1")
    office.end("p2/a1", "person")
    office.finish("p2/1")
    office.desk.book("p3", "sales", "eve#p3", NINE + 2 * HOUR, NINE + 3 * HOUR, customer="eve", agent="ann")
    return office


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "history.db") if request.param == "sqlite" else a_database()


def test_rows_are_written_and_written_again(where: str) -> None:
    office = busy()
    with CallBackBook(where) as book:
        clerk = Clerk(office.host, book)
        rows = office.host.look(FOLLOWER, lambda wing: wing.take()[1])
        book.write(rows)  # and then the process died before it said so
        assert clerk.step() == len(rows) == 5
        assert clerk.step() == 0
        assert book.outcomes() == {"": 2, "served": 1}
        assert [one["call_back"] for one in book.listed(open_only=True)] == ["p3", "p1"]
        dials = [(one["attempt"], one["outcome"], one["agent"]) for one in book.attempts(["p1", "p2"])]
        assert dials == [("p1/a1", "no_answer", "ann"), ("p2/a1", "person", "ann")]
        mine = office.get("p1")
        found = book.get("p1")
        assert found is not None
        assert {name: found[name] for name in ("kind", "tries", "last_outcome", "place_ns", "origin")} == {
            "kind": "kept",
            "tries": 1,
            "last_outcome": "no_answer",
            "place_ns": mine.place_ns,
            "origin": "c1",
        }


def test_rows_are_neither_lost_nor_doubled_by_a_crash(tmp_path: Path) -> None:
    """Closed without a farewell, at any point between taking, writing and confirming."""
    with CallBackBook(tmp_path / "history.db") as book:
        for point in ("taken", "written", "confirmed"):
            path = tmp_path / f"{point}.journal"
            office = busy(path)
            office.host.snapshot()
            number, rows = office.host.look(FOLLOWER, lambda wing: wing.take())
            if point != "taken":
                book.write(rows)
            if point == "confirmed":
                wing = office.host.follower(FOLLOWER)
                assert isinstance(wing, CallBacks)
                wing.confirm(number)
            folder = tmp_path / point
            folder.mkdir()
            for file in tmp_path.glob(path.name + "*"):
                (folder / file.name).write_bytes(file.read_bytes())
            again = Office(RULES, None, folder / path.name, office.clock.at_ns, logged_in=())
            Clerk(again.host, book).step()
            assert book.outcomes() == {"": 2, "served": 1}
            assert len(book.attempts(["p1", "p2", "p3"])) == 2
            again.close()


def test_orders_are_obeyed_once(where: str) -> None:
    office = busy()
    with CallBackBook(where) as book:
        clerk = Clerk(office.host, book)
        book.order(Order("o1", 1, "eve", "move", "p1", from_ns=NINE + HOUR, to_ns=NINE + 2 * HOUR))
        book.order(Order("o2", 2, "eve", "confirm", "p3", number="eve#new"))
        book.order(Order("o3", 3, "eve", "cancel", "p2"))
        book.order(Order("o4", 4, "eve", "cancel", "p9"))
        book.order(Order("o4", 4, "eve", "confirm", "p3"))  # the same one twice
        clerk.step()
        assert book.orders() == []
        assert [book.answered(one) for one in ("o1", "o2", "o5")] == ["", "", None]
        assert "p2' is over (served)" in str(book.answered("o3"))
        assert "there is no call-back 'p9'" in str(book.answered("o4"))
        assert (office.get("p1").from_ns, office.get("p3").number) == (NINE + HOUR, "eve#new")
        book.order(Order("o6", 6, "eve", "cancel", "p3"))
        clerk._obey(book.orders()[0])  # obeyed, and then the process died
        clerk.step()
        assert (book.answered("o6"), office.get("p3").outcome) == ("", "cancelled")


def test_a_customer_is_told_and_forgotten(where: str) -> None:
    """Exported, shown with the next offer, erased: then nobody dials, and no row names them."""
    keys = MasterKeys([Key.fresh()])
    with CallBackBook(where) as book, Customers(where, keys, holders=[Holding(book)]) as customers:
        ann = customers.create(5, [("number", "+442079460018")])
        numbers = CustomerNumbers(customers)
        office = Office(logged_in=())
        reference = numbers.refer(ann, "p1", "+44 20 7946 0018", 6)
        start = NINE + HOUR
        office.desk.book(
            "p1", "sales", reference, start, start + HOUR, customer=ann, agent="ben", confirmed=True
        )
        clerk = Clerk(office.host, book)
        clerk.step()
        context = customers.context(ann, 7, "ben")
        assert [tuple(one) for one in context.call_backs] == [(start, "ben", "p1")]
        held = customers.export(ann, 8, "eve", personal=True)["elsewhere"]["call_backs"][0]
        assert [one["number"] for one in held["call_backs"]] == [reference]
        masked = customers.export(ann, 8, "eve")["elsewhere"]["call_backs"][0]
        assert [one["number"] for one in masked["call_backs"]] == ["***"]
        assert numbers.resolve(reference) == "+442079460018"
        assert customers.erase(ann, 9, "eve").elsewhere == {"call_backs": 1}
        assert numbers.resolve(reference) == ""
        numbers.forget(reference, 9)
        clerk.step()
        office.step()
        office.wait(start + HOUR)
        assert (office.get("p1").outcome, office.dials()) == ("cancelled", [])
        found = book.get("p1")
        assert found is not None
        assert (found["customer"], found["number"], found["outcome"]) == ("", "", "cancelled")
        assert book.forget("") == 0
        assert book.call_backs("") == []


def test_a_number_that_is_used_no_more_is_forgotten(tmp_path: Path) -> None:
    with Customers(tmp_path / "history.db", MasterKeys([Key.fresh()])) as customers:
        ann = customers.create(5, [])
        numbers = CustomerNumbers(customers)
        reference = numbers.refer(ann, "p1", "+442079460018", 6)
        numbers.forget(reference, 7)
        assert (numbers.resolve(reference), numbers.resolve("nobody#p1")) == ("", "")


def test_whoever_keeps_numbers_is_told_what_is_over_until_they_have_heard_it(where: str) -> None:
    office = Office(logged_in=())
    told: list[str] = []
    away = [UnavailableError("away")]

    def over(one: Promise) -> None:
        if away:
            raise away.pop()
        told.append(one.call_back)

    with CallBackBook(where) as book:
        clerk = Clerk(office.host, book, over)
        for name in ("p1", "p2"):
            office.desk.book(name, "sales", "n")
        clerk.step()
        office.desk.cancel("p1")
        with pytest.raises(UnavailableError):
            clerk.step()
        assert told == []
        clerk.step()
        clerk.step()
        assert told == ["p1"]


def test_no_number_is_in_commands_or_events() -> None:
    office = busy()
    text = repr(office.events) + repr(office.wanted)
    assert "7946" not in text


def test_the_command_lists_shows_and_orders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    office = busy()

    def said(*arguments: str, code: int = 0) -> str:
        assert run(*arguments) == code
        return capsys.readouterr().out

    with CallBackBook("history.db") as book:
        clerk = Clerk(office.host, book)
        clerk.step()
        listed = said("list", "--timezone", "Europe/Berlin")
        assert [line.split()[0] for line in listed.splitlines()] == ["call-back", "p3", "p1", "2"]
        assert "2026-03-02T11:00" in listed
        assert "not confirmed" in listed
        assert "2 open, 1 served" in listed
        told: list[dict[str, Any]] = json.loads(said("list", "--all", "--queue", "tech", "--json"))
        assert [one["call_back"] for one in told] == ["p2"]
        assert "served" in said("list", "--all", "--customer", "ben")
        shown = said("show", "p1")
        assert [word for word in ("ann-smith", "no_answer", "kept") if word not in shown] == []
        assert said("show", "p9", code=1) == "there is no call-back p9\n"

        assert "1969" not in said("show", "p3")  # it has no place yet
        with pytest.raises(UsageError, match="is not after --from 2026-03-02T13:00; swap them"):
            run("move", "p3", "--from", "2026-03-02T13:00", "--to", "2026-03-02T12:00")

        assert "is ordered" in said("confirm", "p3", "--who", "eve")
        window = ("--from", "2026-03-02T12:00", "--to", "2026-03-02T13:00", "--timezone", "Europe/Berlin")
        assert "is ordered" in said("move", "p3", *window, "--agent", "", "--who", "eve")
        assert "not looked at yet" in said("show", "p3")
        clerk.step()
        assert "eve: move: done" in said("show", "p3")
        moved = office.get("p3")
        assert (moved.from_ns, moved.agent, moved.confirmed, moved.timezone) == (
            NINE + 3 * HOUR,
            "",
            True,
            "Europe/Berlin",
        )
        assert "is ordered" in said("cancel", "p3", "--who", "eve", "--reason", "asked")
        clerk.step()
        assert "cancelled" in said("list", "--all")
        assert said("cancel", "p3", "--who", "eve", code=1) == "p3 is over (cancelled)\n"
        assert json.loads(said("show", "p3", "--json"))["orders"][-1]["who"] == "eve"
        assert said("cancel", "p9", code=1) == "there is no call-back p9\n"
    with CallBackBook("empty.db"):
        pass
    assert said("list", "--database", "empty.db") == "there are no call-backs\n"
