"""The centre around the contact over gRPC: screen pop, call-backs, dispositions, recordings, supervision, crashes.

Owns the way from a server's settings to wings and back over the wire; must not test any wing by itself.
"""

import contextlib
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from center_site import (
    CENTER,
    TOKENS,
    answered,
    connected,
    recorded,
    serving,
    until,
    write_site,
)

from grpc_api.center.opening import Centers
from grpc_api.center.people import People
from grpc_api.client import Client
from grpc_api.facade import RouteCall
from grpc_api.running import Running
from grpc_api.settings import CustomerSettings, load_settings
from grpc_api.status import Fault
from routing import AcceptOffer, EnqueueContact, LogIn, Remark
from routing.center.callbacks.numbers import CustomerNumbers
from routing.center.supervision import refusing
from routing.commands import CloseQueue, CompleteContact
from routing.config import load
from routing.customers.masters import add_key
from routing.errors import ConfigError, HuntgroupError, UsageError
from routing.events import ContactRemarked
from routing.menus import Digits
from routing.remarks import Disposition, Signal
from routing.units import HOUR, MILLISECOND

pytestmark = pytest.mark.once

NUMBER = "+442079460018"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One server for tests that do not get into each other's way."""
    with serving(write_site(tmp_path_factory.mktemp("site"))) as (_, client):
        yield client


def test_who_calls_is_known_as_the_call_is_routed_and_shown_with_the_offer(tmp_path: Path) -> None:
    with serving(write_site(tmp_path)) as (running, client):
        client.apply(LogIn("ann"))
        client.route_call(RouteCall("c1", "pbx", caller="020 7946 0018", called="0800"))
        contact = client.get_contact("c1")
        assert re.fullmatch("c[0-9a-f]{24}", contact.customer)
        desk = running.domains["bank"].center
        assert desk is not None
        assert desk.people is not None
        records = desk.people.customers
        records.set_attributes(
            contact.customer, {"name": "Ann Smith", "town": "Leeds", "iban": "X"}, 1, "crm"
        )
        pop = client.screen_pop("c1", "ann")  # it rings
        assert (pop.customer, pop.state, pop.name, pop.attributes) == (
            contact.customer,
            "known",
            "Ann Smith",
            {"town": "Leeds"},
        )
        assert pop.numbers == ("+44********18",)
        assert (pop.contacts, pop.earlier, pop.conversation) == (0, (), "")
        client.apply(AcceptOffer("c1", "ann"))
        client.apply(Remark("c1", Signal("mood", "3")))
        assert client.screen_pop("c1", "ann").signals == {"mood": "3"}
        with pytest.raises(Fault) as caught:
            client.screen_pop("c1", "ben")
        assert caught.value.reason == "NOT_IN_HAND"
        client.apply(Remark("c1", Disposition("sold", agent="ann")))
        client.apply(CompleteContact("c1"))
        with pytest.raises(Fault) as caught:
            client.screen_pop("c1", "ann")
        assert caught.value.reason == "UNKNOWN_CONTACT"
        client.route_call(RouteCall("c2", "pbx", caller="+442079460018", called="0800"))
        again = until(lambda: (pop := client.screen_pop("c2", "ann")).contacts and pop)
        assert again.customer == contact.customer
        assert [(one.contact, one.agent) for one in again.earlier] == [("c1", "ann")]
        assert (again.last_agent, again.conversation) == ("ann", "c1")
        assert ("ann", "was shown") in {(entry.who, entry.action) for entry in records.audit()}
        assert [code.code for code in client.dispositions("help")] == ["sold"]
        assert client.dispositions("lines") == ()
    for file in (tmp_path / "data").iterdir():
        raw = file.read_bytes()
        assert b"79460018" not in raw, f"a number in {file.name}"
        assert b"Ann Smith" not in raw


def test_what_is_shown_too_late_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_key(tmp_path / "keys")
    settings = CustomerSettings(keys=str(tmp_path / "keys"), context_ns=5 * MILLISECOND)
    with contextlib.closing(People(settings, str(tmp_path / "history.db"), "bank", lambda: 7)) as people:
        goes_on, asked = threading.Event(), []

        def slow(customer: str, at_ns: int, who: str) -> Any:
            asked.append((customer, at_ns, who))
            goes_on.wait(60)

        monkeypatch.setattr(people.customers, "context", slow)
        assert [people.context(f"c{number}", "ann") for number in range(20)] == [None] * 20
        goes_on.set()
        until(lambda: people.context("last", "ann") is None and asked and asked[-1][0] == "last")
        assert len({customer for customer, _, _ in asked}) < 10, "only what was begun"


def test_a_stranger_without_number_is_routed_all_the_same(shared: Client) -> None:
    shared.apply(LogIn("ben"))
    shared.route_call(RouteCall("s1", "pbx", caller="anonymous", called="0800"))
    assert shared.get_contact("s1").customer == ""
    pop = shared.screen_pop("s1", "ben")
    assert (pop.customer, pop.state) == ("", "")


def test_call_backs_are_booked_moved_cancelled_and_dialled_by_reference(tmp_path: Path) -> None:
    with serving(write_site(tmp_path)) as (running, client):
        now_ns = time.time_ns()
        start_ns = now_ns // HOUR * HOUR + 3 * HOUR
        slots = client.call_back_slots("help", start_ns, start_ns + HOUR)
        assert slots
        assert all(slot.free for slot in slots)
        booked = client.book_call_back(
            "p1", "help", number="020 7946 0018", from_ns=start_ns, to_ns=start_ns + HOUR, confirmed=True
        )
        assert (booked.kind, booked.queue, booked.outcome, len(booked.customer)) == ("booked", "help", "", 25)
        assert [one.call_back for one in client.call_backs(queue="help")] == ["p1"]
        moved = client.move_call_back("p1", start_ns + HOUR, start_ns + 2 * HOUR, agent="ben")
        assert (moved.agent, moved.from_ns) == ("ben", start_ns + HOUR)
        over = client.cancel_call_back("p1", "the customer says no")
        assert over.outcome == "cancelled"
        assert client.call_backs(customer=booked.customer) == ()
        for wrong, reason in (
            (partial(client.cancel_call_back, "p1"), "IS_OVER"),
            (partial(client.cancel_call_back, "p9"), "UNKNOWN_CALL_BACK"),
            (partial(client.book_call_back, "p2", "nowhere", number_reference="x"), "UNKNOWN_QUEUE"),
            (partial(client.book_call_back, "p2", "help"), "NUMBER_MISSING"),
        ):
            with pytest.raises(Fault) as caught:
                wrong()
            assert caught.value.reason == reason
        client.book_call_back("soon", "help", number=NUMBER, confirmed=True)
        client.apply(LogIn("ann"))
        desk = running.domains["bank"].center
        assert desk is not None
        contact = until(
            lambda: next((one.contact for one in client.call_backs(queue="help") if one.contact), "")
        )
        client.apply(AcceptOffer(contact, "ann"))
        attempt = until(
            lambda: next((one.attempt for one in client.call_backs(queue="help") if one.attempt), "")
        )
        assert client.call_back_number(attempt) == NUMBER
        assert client.call_back_number("never") == ""
        databases = desk.centre.databases
        assert databases is not None
        until(lambda: databases.call_backs.get("p1"))
    for file in (tmp_path / "data").iterdir():
        assert b"79460018" not in file.read_bytes()


def test_numbers_of_call_backs_are_kept_for_what_is_promised_and_until_it_is_over(tmp_path: Path) -> None:
    with serving(write_site(tmp_path)) as (running, client):
        desk = running.domains["bank"].center
        assert desk is not None
        assert desk.people is not None
        numbers, records = desk.people.numbers, desk.people.customers
        customer = client.book_call_back("p1", "help", number=NUMBER, request_id="r1").customer
        assert client.book_call_back("p1", "help", number=NUMBER, request_id="r1").call_back == "p1"
        other = "+442079460666"
        for name, queue, reason in (("p1", "help", "EXISTS"), ("p2", "nowhere", "UNKNOWN_QUEUE")):
            with pytest.raises(Fault) as caught:
                client.book_call_back(name, queue, number=other, customer=customer)
            assert caught.value.reason == reason
        assert numbers.resolve(f"{customer}#p1") == NUMBER
        assert numbers.resolve(f"{customer}#p2") == "", "of nothing that was promised"
        with pytest.raises(Fault):
            client.book_call_back("p3", "nowhere", number="+442079460017")
        assert records.find("number", "+442079460017") == "", "nobody was promised anything"
        for call, number in (("w1", NUMBER), ("w2", other)):
            client.apply(EnqueueContact(call, ("lines",), customer=customer))
            kept = client.book_call_back("", number=number, contact=call, keep_place=True)
            assert (kept.call_back, numbers.resolve(f"{customer}#{call}")) == (call, number)
        into = records.create(7)
        records.merge(into, customer, 8, "eve")
        for name in ("p1", "w1", "w2"):
            with contextlib.suppress(Fault):  # w1 is one with w2
                client.cancel_call_back(name)
            until(partial(is_gone, numbers, f"{customer}#{name}"))
        assert records.get(into, 9, "eve").attributes == {}
        figures = until(
            lambda: (one := desk.centre.figures()["callbacks"]).written and not one.pending and one
        )
        assert (figures.failures, figures.problem) == (0, "")

        def fails(*_: object) -> None:
            raise OSError("the records are away")

        desk.people.numbers.forget = fails  # type: ignore[assignment, method-assign]
        client.book_call_back("p4", "help", number=NUMBER)
        client.cancel_call_back("p4")
        figures = until(lambda: (one := desk.centre.figures()["callbacks"]).failures and one)
        assert figures.pending
        assert figures.problem == "OSError: the records are away"
        text = running.telemetry.render().decode()
        assert 'huntgroup_wing_pending{domain="bank",wing="callbacks"} 0.0' not in text
        del desk.people.numbers.forget
        until(lambda: not desk.centre.figures()["callbacks"].pending)


def is_gone(numbers: CustomerNumbers, reference: str) -> bool:
    return not numbers.resolve(reference)


def test_fields_that_are_none_are_said_before_anything_is_asked(shared: Client) -> None:
    for ask, problem in (
        (partial(shared.supervise, "listen", "c1", whom="kim"), "SuperviseRequest has no field 'whom'"),
        (
            partial(shared.book_call_back, "x", "help", numbr="1"),
            "has no field 'numbr'; did you mean 'number'",
        ),
        (
            partial(shared.book_call_back, "x", "help", from_ns="9:00"),
            "from_ns of BookCallBackRequest cannot be such",
        ),
        (partial(shared.audit, whom="kim"), "QueryAuditRequest has no field 'whom'"),
        (partial(shared.dispositions, "halp"), "'halp' is no queue; did you mean 'help'?"),
        (partial(shared.call_backs, queue="nowhere"), "'nowhere' is no queue; name one of the centre"),
        (partial(shared.alerts, ["help", "nope"]), "'nope' is no queue"),
        (partial(shared.supervise, "listen", "c1"), "who is '', no name of 1 to 128 characters"),
    ):
        with pytest.raises(UsageError, match=re.escape(problem)):
            ask()


def test_a_menu_books_a_call_back_once(shared: Client) -> None:
    shared.start_menu("m1", "door", caller=NUMBER)
    turn = shared.give_menu("m1", Digits("1"))
    assert (turn.done, turn.problem) == ("booked", "")
    assert shared.give_menu("m1", Digits("1")).done == "booked"
    (found,) = [one for one in shared.call_backs(queue="help") if one.kind == "booked"]
    assert found.call_back.startswith("menu-m1")
    shared.cancel_call_back(found.call_back)
    shared.start_menu("m1", "door", caller=NUMBER)  # the same call comes again, and wants another
    assert shared.give_menu("m1", Digits("1")).done == "booked"
    (again,) = [one for one in shared.call_backs(queue="help") if one.kind == "booked"]
    assert again.call_back != found.call_back
    long = "m" * 120
    shared.start_menu(long, "door", caller="+442079460020")
    assert shared.give_menu(long, Digits("1")).done == "booked"


def test_a_caller_who_waits_keeps_the_place(shared: Client) -> None:
    shared.route_call(RouteCall("w1", "pbx", caller="020 7946 0019", called="0800"))
    kept = shared.book_call_back("k1", number="+442079460019", contact="w1", keep_place=True, confirmed=True)
    assert (kept.kind, kept.contact, kept.customer) == ("kept", "w1", shared.get_contact("w1").customer)


def test_signals_alert_supervisors(shared: Client) -> None:
    shared.apply(EnqueueContact("a1", ("lines",)))
    shared.apply(Remark("a1", Signal("mood", "9")))
    (alert,) = until(shared.alerts)
    assert (alert.contact, alert.code, alert.level, alert.rule) == ("a1", "angry", "critical", "angry")
    until(lambda: shared.get_contact("a1").priority == 5)
    assert shared.alerts(["help"]) == ()
    assert shared.alerts(["lines"]) == (alert,)


def test_supervision_is_judged_by_the_centres_people_and_logged(tmp_path: Path) -> None:
    with (
        serving(write_site(tmp_path, guard=True), TOKENS["front_end"]) as (running, client),
        connected(running.addresses["grpc"], TOKENS["kim"]) as kim,
        connected(running.addresses["grpc"], TOKENS["ann"]) as ann,
        connected(running.addresses["grpc"], TOKENS["ben"]) as ben,
        connected(running.addresses["grpc"], TOKENS["wall"]) as wall,
        connected(running.addresses["grpc"], TOKENS["lee"]) as lee,
    ):
        ann.apply(LogIn("ann"))
        client.route_call(RouteCall("c1", "pbx", caller="020 7946 0018", called="0800"))
        client.apply(AcceptOffer("c1", "ann"))
        assert kim.supervise("listen", "c1", why="training") is None
        assert kim.supervise("post_message", text="The new tariff is out.", queue="help") is None
        assert [one.text for one in ann.messages("ann")] == ["The new tariff is out."]
        assert [one.text for one in wall.messages(queues=["help"])] == ["The new tariff is out."]
        assert len(lee.messages(queues=["help"])) == len(lee.messages(queues=["help"], groups=["day"])) == 1
        for who, act, reason in (
            (kim, partial(kim.supervise, "listen", "c1", who="wall"), "NOT_THEMSELVES"),
            (lee, partial(lee.messages, queues=["help"], groups=["night"]), "FOREIGN_QUEUE"),
            (lee, partial(lee.messages, groups=["night"]), "FOREIGN_QUEUE"),
            (ann, partial(ann.supervise, "listen", "c1"), "UNKNOWN_PERSON"),
            (ben, partial(ben.screen_pop, "c1", "ben"), "NOT_IN_HAND"),
            (ben, partial(ben.screen_pop, "c1", "ann"), "FOREIGN_AGENT"),
            (kim, partial(kim.screen_pop, "c1", "ann"), "ROLE_MISSING"),
            (wall, partial(wall.supervise, "listen", "c1"), "ROLE_MISSING"),
            (ann, ann.audit, "ROLE_MISSING"),
            (ann, partial(ann.call_backs, queue="help"), "ROLE_MISSING"),
            (client, partial(client.recordings().__next__), "ROLE_MISSING"),
        ):
            with pytest.raises(Fault) as caught:
                act()
            assert (caught.value.code.name, caught.value.reason) == ("PERMISSION_DENIED", reason), who
        assert ann.screen_pop("c1", "ann").customer
        wanted = {("kim", "Listen", "done"), ("kim", "PostMessage", "done"), ("ann", "Listen", "denied")}
        until(lambda: wanted <= {(row.who, row.act, row.result) for row in kim.audit(who=["kim", "ann"])})
        assert {row.why for row in kim.audit(act=["Listen"], result=["done"])} == {"training"}


def test_exports_and_erasures_reach_recordings_call_backs_and_outcomes(tmp_path: Path) -> None:
    with serving(write_site(tmp_path)) as (running, client):
        answered(client, "c1")
        customer = client.get_contact("c1").customer
        from_ns = time.time_ns() // HOUR * HOUR + 3 * HOUR
        client.book_call_back(
            "p1",
            "help",
            customer=customer,
            number=NUMBER,
            from_ns=from_ns,
            to_ns=from_ns + HOUR,
            confirmed=True,
        )
        assert [one.call_back for one in client.screen_pop("c1", "ann").call_backs] == ["p1"]
        with client.watch(0, contacts=["c1"], types=[ContactRemarked]) as watch:
            assert isinstance(next(iter(watch)).event, ContactRemarked)  # it is recorded
        client.apply(Remark("c1", Disposition("sold", agent="ann", note_ref="note-7")))
        client.apply(CompleteContact("c1"))
        desk = running.domains["bank"].center
        assert desk is not None
        assert desk.people is not None
        assert desk.centre.databases is not None
        records, history = desk.people.customers, desk.centre.databases.history

        def held() -> dict[str, Any] | None:
            found = {
                name: one
                for name, (one,) in records.export(customer, 9, "eve", personal=True)["elsewhere"].items()
            }
            rows = (
                found["recordings"]["segments"],
                found["call_backs"]["call_backs"],
                found["outcomes"]["dispositions"],
            )
            return found if all(rows) else None

        found = until(held)
        assert sorted(found) == ["call_backs", "outcomes", "recordings"]
        assert [one["call_back"] for one in found["call_backs"]["call_backs"]] == ["p1"]
        assert found["outcomes"]["dispositions"][0]["note_ref"] == "note-7"
        assert [one.reference for one in records.context(customer, 9, "eve").call_backs] == ["p1"]
        assert records.erase(customer, 10, "eve").elsewhere == {
            "recordings": 1,
            "call_backs": 1,
            "outcomes": 1,
        }
        until(lambda: not client.call_backs(queue="help"))  # whoever runs the host cancels what is open
        book = desk.centre.databases.call_backs
        until(lambda: (book.get("p1") or {}).get("outcome") == "cancelled")
        assert book.listed(customer=customer) == []
        assert not any(history.outcomes.held(customer).values())


def test_commands_that_the_guard_refuses_are_in_the_audit_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusing, "MINUTE", 2**62)  # none begins meanwhile
    center = CENTER.replace("[supervision]", "[supervision]\nrefusals_per_minute = 2")
    with (
        serving(write_site(tmp_path, guard=True, center=center), TOKENS["kim"]) as (running, kim),
        connected(running.addresses["grpc"], TOKENS["ann"]) as ann,
        connected(running.addresses["grpc"], TOKENS["front_end"]) as exchange,
    ):
        for who, act in (
            (ann, LogIn("ben")),
            (ann, CloseQueue("help")),
            (ann, LogIn("ben")),  # that is one too many in this minute
            (exchange, CloseQueue("help")),
        ):
            with pytest.raises(Fault) as caught:
                who.apply(act)
            assert caught.value.code.name == "PERMISSION_DENIED"

        def refused() -> list[tuple[str, str, str, str]] | None:
            rows = [(one.who, one.act, one.subject, one.reason) for one in kim.audit(result=["denied"])]
            return rows if len(rows) > 2 else None

        assert until(refused) == [
            ("ann", "LogIn", "ben", "foreign_agent"),
            ("ann", "CloseQueue", "help", "role_missing"),
            ("front_end", "CloseQueue", "help", "role_missing"),
        ]


def test_who_calls_is_offered_to_the_owner_of_their_account(tmp_path: Path) -> None:
    settings = write_site(tmp_path)
    text = settings.read_text(encoding="utf-8")
    known = 'region = "GB", routing = ["account_owner", "language"],'
    settings.write_text(text.replace('region = "GB",', known), encoding="utf-8")
    with serving(settings) as (running, client):
        desk = running.domains["bank"].center
        assert desk is not None
        assert desk.people is not None
        records = desk.people.customers
        customer = records.create(time.time_ns(), [("number", NUMBER)])
        records.set_attributes(customer, {"account_owner": "ben", "language": "fr"}, time.time_ns(), "crm")
        client.apply(LogIn("ann"))
        client.apply(LogIn("ben"))
        client.route_call(RouteCall("c1", "pbx", caller="020 7946 0018", called="0800", request_id="r1"))
        contact = client.get_contact("c1")
        assert (contact.customer, contact.segments[0].agent) == (customer, "ben")
        assert contact.attributes["language"] == "fr"
        assert contact.attributes["directory.owner"] == "ben"
        records.set_attributes(customer, {"account_owner": "ann"}, time.time_ns(), "crm")
        desk.people.directory.forget(customer)
        again = client.route_call(
            RouteCall("c1", "pbx", caller="020 7946 0018", called="0800", request_id="r1")
        )
        assert again.refusal is None
        assert client.get_contact("c1").segments[0].agent == "ben"
        client.route_call(RouteCall("c2", "pbx", caller="anonymous", called="0800"))
        stranger = client.get_contact("c2")
        assert (stranger.customer, stranger.segments[0].agent) == ("", "ann")


def test_who_was_erased_is_somebody_new_when_they_call_again(tmp_path: Path) -> None:
    with serving(write_site(tmp_path)) as (running, client):
        desk = running.domains["bank"].center
        assert desk is not None
        assert desk.people is not None

        def calls(call: str) -> str:
            client.route_call(RouteCall(call, "pbx", caller="020 7946 0018", called="0800"))
            return client.get_contact(call).customer

        before = calls("c1")
        desk.people.customers.erase(
            before, time.time_ns(), "eve"
        )  # as another process does, of which nobody tells
        numbers = count(2)
        after = until(lambda: (found := calls(f"c{next(numbers)}")) != before and found)
        assert (desk.people.customers.state(before), desk.people.customers.state(after)) == (
            "erased",
            "known",
        )


def test_screen_pop_and_dispositions_are_json_over_http_too(tmp_path: Path) -> None:
    settings = write_site(tmp_path, guard=True)
    text = settings.read_text(encoding="utf-8").replace('http.listen = ""', 'http.listen = "127.0.0.1:0"')
    settings.write_text(text, encoding="utf-8")
    with (
        serving(settings, TOKENS["front_end"]) as (running, client),
        connected(running.addresses["grpc"], TOKENS["ann"]) as ann,
        httpx.Client(base_url=f"http://{running.addresses['http']}/v1/bank", timeout=60) as web,
    ):

        def get(path: str, who: str = "ann", **wanted: str) -> tuple[int, dict[str, Any]]:
            answer = web.get(path, params=wanted, headers={"Authorization": f"Bearer {TOKENS[who]}"})
            return answer.status_code, answer.json()

        ann.apply(LogIn("ann"))
        client.route_call(RouteCall("c1", "pbx", caller="020 7946 0018", called="0800"))
        status, shown = get("/calls/c1/screen", agent="ann")
        assert status == 200
        assert shown["pop"] == json.loads(msgspec.json.encode(ann.screen_pop("c1", "ann")))
        assert (shown["pop"]["numbers"], shown["pop"]["state"]) == (["+44********18"], "known")
        assert get("/dispositions", queue="help")[1]["codes"] == [
            {
                "code": "sold",
                "label": {"en": "Sold"},
                "resolved": "resolved",
                "note": "optional",
                "call_back": "no",
            }
        ]
        for path, who, wanted, expected in (
            ("/calls/c1/screen", "ben", {"agent": "ben"}, (403, "not_in_hand")),
            ("/calls/c1/screen", "ben", {"agent": "ann"}, (403, "foreign_agent")),
            ("/calls/c1/screen", "kim", {"agent": "ann"}, (403, "role_missing")),
            ("/calls/c9/screen", "ann", {"agent": "ann"}, (404, "unknown_contact")),
            ("/calls/c1/screen", "ann", {}, (400, "invalid_request")),
        ):
            status, problem = get(path, who, **wanted)
            assert (status, problem["reason"]) == expected


@pytest.mark.slow
def test_recordings_are_listed_and_held(tmp_path: Path) -> None:
    with serving(write_site(tmp_path)) as (running, client):
        for call in ("c1", "c2"):
            recorded(client, call)
        found = until(lambda: len(some := list(client.recordings(page_size=1))) == 2 and some)
        assert [one.contact for one in found] == ["c1", "c2"]
        figures = ("rows_total", 2), ("pending", 0)
        lines = [
            f'huntgroup_wing_{name}{{domain="bank",wing="recording"}} {much:.1f}' for name, much in figures
        ]
        until(lambda: all(line in running.telemetry.render().decode() for line in lines))
        assert (found[0].agents, found[0].queue) == (("ann",), "help")
        assert client.hold_recordings([found[0].segment], "case 7", "a letter of the court") == ()
        assert [one.contact for one in client.recordings(matter="case 7")] == ["c1"]
        client.hold_recordings([found[0].segment], "case 7", "it is over", release=True)
        assert not list(client.recordings(matter="case 7"))


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    settings = write_site(tmp_path, center='[[signals.rules]]\nid = "a"\nwhen = "mood == 1"\npriority = 1')
    with serving(settings) as (_, client):
        assert client.alerts() == ()
        for ask in (client.audit, client.messages, partial(client.call_backs, queue="help")):
            with pytest.raises(Fault) as caught:
                ask()
            assert caught.value.reason == "NO_CENTER"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        "\n".join(line for line in text.splitlines() if "center" not in line and "customers" not in line),
        encoding="utf-8",
    )
    with serving(settings) as (_, client), pytest.raises(Fault) as caught:
        client.screen_pop("c1", "ann")
    assert caught.value.reason == "NO_CENTER"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('domains.bank.center = "center.toml"', 'domains.bank.center = "nowhere.toml"', "cannot be read"),
        ('keys = "keys"', 'keys = "nokeys"', "customers.keys"),
        (
            'region = "GB"',
            'region = "Britain"',
            "customers.region: 'Britain' is no country; write two letters",
        ),
        ('statistics.database = "history.db"', "", "center.database"),
        ("guard.insecure", "domains.bank.keep_caller = true\nguard.insecure", "keep_caller"),
        ('within = "9s"', 'webhook = {url = "http://crm.example/"}', "webhook"),
    ],
)
def test_wrong_settings_are_said(tmp_path: Path, old: str, new: str, problem: str) -> None:
    settings = write_site(tmp_path)
    text = settings.read_text(encoding="utf-8")
    assert old in text
    settings.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=problem):
        Running(load_settings(settings))


@pytest.mark.parametrize(
    ("database", "problem"),
    [("nowhere/rows.db", "there is no folder nowhere"), ("bank.toml", "not a database")],
)
def test_a_database_that_cannot_be_is_said_at_once(tmp_path: Path, database: str, problem: str) -> None:
    settings = write_site(tmp_path, more=f'center.database = "{database}"')
    with pytest.raises(HuntgroupError, match=problem.replace("nowhere", ".*nowhere")):
        Running(load_settings(settings))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[continuity]", "[continuty]", "continuty: unknown section; did you mean 'continuity'"),
        ('when = "mood == 9"', 'when = "mood =="', r"signals\.rules\[0\]"),
        ('id = "all"', 'id = "all"\nqueues = ["helf"]', r"recording\.rules\[0\]\.queues"),
        (
            'legs = "lines"',
            'legs = "lynes"',
            r"supervision\.legs: unknown queue 'lynes'; did you mean 'lines'",
        ),
        (
            'queues = ["help"]\n[[super',
            'queues = ["helf"]\n[[super',
            r"supervision\.people\[0\]\.queues\[0\]",
        ),
        ('queues = ["help"]\n\n[cont', 'queues = ["helf"]\n\n[cont', r"outcomes\.codes\[0\]\.queues\[0\]"),
        ("per_slot = 1", 'per_slot = 1\nchannel = "pigeon"', r"callbacks\.channel"),
    ],
)
def test_a_wrong_file_of_wings_is_said(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in CENTER
    settings = load_settings(write_site(tmp_path, center=CENTER.replace(old, new)))
    with pytest.raises(ConfigError, match=problem) as caught:
        Centers(settings).check("bank", load(tmp_path / "bank.toml"))
    assert caught.value.source.endswith("center.toml")


def test_the_file_of_wings_is_read_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with serving(write_site(tmp_path)) as (running, client):
        client.apply(LogIn("ann"))
        file = tmp_path / "center.toml"
        file.write_text(
            CENTER.replace('name = "kim"', 'name = "joe"').replace("priority = 5", "priority = 6")
        )
        with caplog.at_level(logging.WARNING, "huntgroup.server"):
            assert running.reload() == []
        assert "taken by the next start only: signals" in caplog.text
        with pytest.raises(Fault) as caught:
            client.supervise("end_redirect", queue="help", who="kim")
        assert caught.value.reason == "UNKNOWN_PERSON"
        file.write_text("[wrong]")
        (problem,) = running.reload()
        assert "unknown section" in problem
        with pytest.raises(Fault, match="joe"):
            client.supervise("listen", "c9", who="joe")


@pytest.mark.slow
def test_a_server_that_is_killed_goes_on_exactly(tmp_path: Path) -> None:
    """Rows are neither lost nor doubled, a promise holds, a message of the day stays, a wish is done once."""
    settings = write_site(tmp_path)
    process, address = start_server(settings)
    with ended(process), connected(address) as client:
        for number in range(3):
            recorded(client, f"c{number}")
        client.book_call_back(
            "p1", "help", number=NUMBER, from_ns=time.time_ns() + HOUR, to_ns=time.time_ns() + 3 * HOUR
        )
        client.supervise("post_message", text="Hello.", queue="help", who="kim")
        client.apply(EnqueueContact("angry", ("lines",)))
        client.apply(Remark("angry", Signal("mood", "9")))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    process, address = start_server(settings)
    with ended(process), connected(address) as client:
        found = until(lambda: len(some := list(client.recordings())) == 3 and some)
        assert sorted(one.contact for one in found) == ["c0", "c1", "c2"]
        assert [one.call_back for one in client.call_backs(queue="help")] == ["p1"]
        assert [one.text for one in client.messages(queues=["help"])] == ["Hello."]
        assert len(until(client.alerts)) == 1
        rows = until(lambda: (found := client.audit(act=["PostMessage"])) and found)
        assert len(rows) == 1
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0


@contextlib.contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    with process:
        try:
            yield
        finally:
            process.kill()


def start_server(settings: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """A server in a process of its own, and where it listens."""
    log = settings.parent / f"{time.monotonic_ns()}.log"  # a pipe that nobody reads would stop it
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "routing", "serve", "--server", str(settings)],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    for _ in range(600):
        if found := re.search(r"grpc[^0-9\n]*(127\.0\.0\.1:\d+)\s", log.read_text(encoding="utf-8")):
            return process, found[1]
        if process.poll() is not None:
            break
        time.sleep(0.1)
    process.kill()
    process.wait()
    raise AssertionError(log.read_text(encoding="utf-8"))
