"""Interactive menus over gRPC: media servers, look-ups, what is acted upon, crashes, permissions, reloads.

Owns the way over the wire; must not test how a flow is walked.
"""

import contextlib
import io
import json
import os
import re
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from grpc_api.client import Client, Patience, Target
from grpc_api.facade import Offer
from grpc_api.guard.tokens import hash_token, new_token
from grpc_api.menus.desk import MenuDesk
from grpc_api.menus.logbook import Logbook
from grpc_api.running import Running
from grpc_api.settings import MenuSettings, load_settings
from grpc_api.status import Fault
from routing import AbandonContact, Agent, Config, EnqueueContact, LogIn, Queue
from routing.cli import main
from routing.errors import ConfigError, CorruptJournalError, JournalFullError, UsageError
from routing.host import Host
from routing.menus import (
    Answered,
    AwaitAnswer,
    AwaitInput,
    Digits,
    Ended,
    Failed,
    HungUp,
    Speech,
    TimedOut,
    ToCallBack,
    ToQueue,
)
from routing.model import Limits
from routing.units import MILLISECOND, MINUTE, SECOND

pytestmark = pytest.mark.once

DOOR = """
id = "door"
start = "hello"
languages = ["en", "de"]
attributes = {caller = "", tier = ""}
fallback = "agent"

[nodes.hello]
kind = "prompt"
say = {en = "Hello.", de = "Hallo."}
next = "open"
[nodes.open]
kind = "look_up"
what = "hours"
inputs = {queue = "help"}
results = {open = "who", closed = "closed"}
next = "main"
failed = "main"
[nodes.who]
kind = "look_up"
what = "customer"
inputs = {number = "{caller}"}
store = {customer = "customer", tier = "tier"}
next = "main"
failed = "main"
[nodes.main]
kind = "menu"
say = {en = "Press 1 for help, 2 to be called back, 3 for your balance.", de = "1, 2 oder 3."}
no_input = "agent"
no_match = "agent"
[[nodes.main.choices]]
key = "1"
next = "agent"
[[nodes.main.choices]]
key = "2"
next = "back"
[[nodes.main.choices]]
key = "3"
next = "pin"
[nodes.agent]
kind = "enqueue"
queues = ["help"]
customer = "{customer}"
attributes = {tier = "{tier}", number = "{caller}"}
[nodes.back]
kind = "call_back"
queue = "help"
number = "{caller}"
say = {en = "Press 1 to accept.", de = "1."}
decline = {key = "2", next = "agent"}
no_input = "agent"
no_match = "agent"
[nodes.pin]
kind = "collect"
say = {en = "Your PIN.", de = "PIN."}
into = "pin"
secret = true
max_digits = 4
next = "balance"
no_input = "bye"
no_match = "bye"
[nodes.balance]
kind = "look_up"
what = "balance"
inputs = {pin = "{pin}"}
store = {balance = "balance"}
next = "tell"
failed = "bye"
[nodes.tell]
kind = "answer"
say = {en = "{balance} euros.", de = "{balance} Euro."}
next = "bye"
[nodes.closed]
kind = "hang_up"
say = {en = "Closed.", de = "Zu."}
[nodes.bye]
kind = "hang_up"
"""
ROOT = Path(__file__).resolve().parent.parent
CENTRE = Config(agents=(Agent("ann"),), queues=(Queue("help", members=("ann",)), Queue("other")))
PATIENT = Patience(60 * SECOND, 20 * MILLISECOND, 100 * MILLISECOND, attempts=1_000)
TOKENS = {name: new_token() for name in ("front_end", "elsewhere", "here", "supervisor", "agent")}


class Known:
    """A directory of one customer, as `routing.customers` answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.state = "found"

    def look_up(self, kind: str, value: str, *, within_ns: int) -> Any:
        assert within_ns <= SECOND
        self.asked.append((kind, value))
        known = type("Answer", (), {})()
        known.state = self.state if value == "+4930123" else "absent"
        known.customer, known.routing, known.name = "c7", {"tier": "gold"}, "Ann Smith"
        return known


def write_site(folder: Path, guard: str = "guard.insecure = true", more: str = "") -> Path:
    """A server with menus, in a folder."""
    (folder / "menus").mkdir(exist_ok=True)
    (folder / "menus" / "door.toml").write_text(DOOR, encoding="utf-8")
    (folder / "bank.toml").write_text(
        'agents = [{id = "ann"}]\nqueues = [{id = "help", members = ["ann"]}, {id = "other"}]\n',
        encoding="utf-8",
    )
    settings = folder / "server.toml"
    settings.write_text(
        'listen = "127.0.0.1:0"\ndata = "data"\nhttp.listen = ""\nmetrics.listen = "127.0.0.1:0"\n'
        'domains.bank.config = "bank.toml"\ndomains.bank.menus = "menus"\n'
        f"{guard}\n{more}",
        encoding="utf-8",
    )
    return settings


@contextlib.contextmanager
def serving(settings: Path, token: str = "") -> Iterator[tuple[Running, Client]]:
    with (
        Running(load_settings(settings)) as running,
        Client(Target(running.addresses["grpc"], token), "bank", PATIENT) as client,
    ):
        yield running, client


def desk_of(running: Running) -> MenuDesk:
    desk = running.domains["bank"].menus
    assert desk is not None
    return desk


def texts(turn: Any) -> list[str]:
    return [one.text for one in turn.spoken]


def test_a_call_goes_through_a_menu_to_an_agent(tmp_path: Path) -> None:
    with serving(write_site(tmp_path)) as (running, client):
        known = Known()
        desk_of(running).directory = known
        client.apply(LogIn("ann"))
        turn = client.start_menu("call-1", "door", caller="+4930123", front_end="media", language="de")
        assert (texts(turn), turn.language) == (["Hallo.", "1, 2 oder 3."], "de")
        assert isinstance(turn.wait, AwaitInput)
        assert turn.wait.keys == ("1", "2", "3")
        assert known.asked == [("number", "+4930123")], "asked by the server itself"
        turn = client.give_menu("call-1", Digits("1", turn.wait.wait))
        assert turn.outcome == ToQueue(("help",), customer="c7", attributes={"tier": "gold"})
        assert turn.done == "enqueued"
        assert isinstance(turn.instructions[0], Offer)
        contact = client.get_contact("call-1")
        assert (contact.customer, contact.front_end) == ("c7", "media")
        again = client.give_menu("call-1", Digits("1", 0))
        assert (again.ignored, again.done, again.again) == ("ended", "enqueued", True)
        (flow,) = client.list_flows()
        assert (flow.flow, flow.calls, flow.begun, flow.outcomes) == ("door", 0, 1, {"to a queue": 1})
        text = running.telemetry.render().decode()
        assert 'huntgroup_menu_ended_total{domain="bank",flow="door",outcome="to a queue"} 1.0' in text
    for file in (tmp_path / "data").iterdir():
        assert b"4930123" not in file.read_bytes(), "a number on the disk"
        assert b"Ann Smith" not in file.read_bytes()


def test_look_ups_that_the_server_cannot_answer_are_the_drivers(tmp_path: Path) -> None:
    """Without a directory the driver is asked who calls; digits that are secret are nowhere on the disk."""
    with serving(write_site(tmp_path)) as (_, client):
        turn = client.start_menu("call-1", "door", caller="+4930123")
        assert isinstance(turn.wait, AwaitAnswer)
        assert (turn.wait.what, turn.wait.inputs) == ("customer", {"number": "+4930123"})
        turn = client.give_menu("call-1", Failed(turn.wait.wait))
        turn = client.give_menu("call-1", Speech("what?", turn.wait.wait if turn.wait else 0))
        assert turn.wait is not None, "asked again"
        turn = client.give_menu("call-1", Digits("3", turn.wait.wait))
        assert isinstance(turn.wait, AwaitInput)
        assert turn.wait.secret
        turn = client.give_menu("call-1", Digits("9753", turn.wait.wait))
        assert isinstance(turn.wait, AwaitAnswer)
        assert (turn.wait.what, turn.wait.inputs) == ("balance", {"pin": "secret:pin"})
        turn = client.give_menu("call-1", Answered("", {"balance": "12"}, turn.wait.wait))
        assert (turn.served, turn.outcome, texts(turn)) == (True, Ended("hang_up"), ["12 euros."])
        (flow,) = client.list_flows()
        assert flow.served == 1
        raw = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir())
        assert b"9753" not in raw


def test_a_call_back_is_handed_to_the_driver_or_booked(tmp_path: Path) -> None:
    with serving(write_site(tmp_path)) as (running, client):
        desk = desk_of(running)
        desk.directory = Known()
        answers = iter(["", "it is too late"])
        desk.book = lambda *_: next(answers)
        for call, done, problem in (("c1", "booked", ""), ("c2", "refused", "it is too late")):
            client.start_menu(call, "door", caller="+4930123")
            client.give_menu(call, Digits("2"))
            turn = client.give_menu(call, Digits("1"))
            assert turn.outcome == ToCallBack("help", "+4930123")
            assert (turn.done, turn.problem) == (done, problem)
        desk.book = None
        client.start_menu("c3", "door", caller="+4930123")
        client.give_menu("c3", Digits("2"))
        turn = client.give_menu("c3", Digits("1"))
        assert (turn.outcome, turn.done) == (ToCallBack("help", "+4930123"), "")
        client.start_menu("c4", "door", only_tell=True)
        turn = client.give_menu("c4", Digits("1"))
        assert (turn.outcome, turn.done) == (
            ToQueue(("help",), attributes={"tier": "", "number": ""}),
            "",
        )
        assert not list(client.list_contacts())


def test_repeating_is_safe(tmp_path: Path) -> None:
    with serving(write_site(tmp_path)) as (running, client):
        desk_of(running).directory = Known()
        first = client.start_menu("c1", "door")
        second = client.start_menu("c1", "door")
        assert second.again
        assert (second.wait, second.spoken) == (first.wait, first.spoken)
        assert first.wait is not None
        given = client.give_menu("c1", Digits("2", first.wait.wait))
        repeated = client.give_menu("c1", Digits("2", first.wait.wait))
        assert repeated.again
        assert (repeated.wait, repeated.spoken) == (given.wait, given.spoken)
        late = client.give_menu("c1", TimedOut(99))
        assert (late.ignored, late.wait) == ("late", given.wait)
        with pytest.raises(Fault, match="no menu"):
            client.give_menu("c9", HungUp())
        with pytest.raises(Fault, match="no menu"):
            client.get_menu("c9")
        with pytest.raises(Fault, match="no flow 'dor'; did you mean"):
            client.start_menu("c2", "dor")
        with pytest.raises(UsageError, match="0-9"):
            client.give_menu("c1", Digits("x"))
        synced = client.sync_menus("media", ["c1", "c9"])
        assert (synced.ended, synced.unknown) == ((), ("c9",))


def test_what_could_not_be_done_about_an_outcome_is_done_when_it_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "door.toml").write_text(DOOR, encoding="utf-8")
    with Host(CENTRE) as host:
        desk = MenuDesk(host, str(tmp_path / "door.toml"), tmp_path / "log")
        desk.directory = Known()
        for call in ("c1", "c2", "c3"):
            turn = desk.start(call, "door", caller="+4930123")
            assert turn.wait is not None
            with monkeypatch.context() as broken:
                broken.setattr(host, "apply", failing)
                with pytest.raises(JournalFullError):
                    desk.give(call, Digits("1", turn.wait.wait))
            for _ in range(2):
                if call == "c1":
                    again = desk.give(call, Digits("1", turn.wait.wait))
                else:
                    again = desk.give(call, Digits("1")) if call == "c2" else desk.look(call)
                assert (again.done, again.again) == ("enqueued", True)
            assert call in host.read(lambda engine: list(engine.contacts))
        assert host.read(lambda engine: {one.customer for one in engine.contacts.values()}) == {"c7"}
        desk.close()


def failing(*_: Any, **__: Any) -> Any:
    raise JournalFullError("there is no room")


def test_a_repeated_input_never_gets_less_than_the_first(tmp_path: Path) -> None:
    """Asked again while the outcome is being acted upon: it is not told as left to the driver."""
    (tmp_path / "door.toml").write_text(DOOR, encoding="utf-8")
    with Host(CENTRE) as host:
        desk = MenuDesk(host, str(tmp_path / "door.toml"), tmp_path / "log")
        desk.directory = Known()
        turn = desk.start("c1", "door", caller="+4930123")
        assert turn.wait is not None
        given = Digits("1", turn.wait.wait)
        told: list[Any] = []

        def book(*_: Any) -> str:
            if not told:
                told.append(None)
                told.append(desk.give("c1", given))
            return ""

        desk.book = book
        desk.give("c1", Digits("2", turn.wait.wait))
        waits = desk.look("c1").wait
        assert waits is not None
        given = Digits("1", waits.wait)
        assert desk.give("c1", given).done == "booked"
        assert told[1].done == "booked"
        desk.close()


def test_a_call_that_comes_again_is_no_repetition(tmp_path: Path) -> None:
    (tmp_path / "door.toml").write_text(DOOR, encoding="utf-8")
    with Host(replace(CENTRE, limits=Limits(remembered_contacts=1))) as host:
        desk = MenuDesk(host, str(tmp_path / "door.toml"), tmp_path / "log")

        def comes() -> Any:
            turn = desk.start("c1", "door")
            assert turn.wait is not None
            desk.give("c1", Failed(turn.wait.wait))
            return desk.give("c1", Digits("1"))

        assert comes().done == "enqueued"
        host.apply(AbandonContact("c1"))
        turn = comes()  # its id is remembered: it does not wait again
        assert turn.refusal is not None
        assert (turn.done, turn.refusal.reason) == ("refused", "already_so")
        for other in ("x", "y"):
            host.apply(EnqueueContact(other, ("help",)))
            host.apply(AbandonContact(other))
        assert comes().done == "enqueued"
        assert host.read(lambda engine: list(engine.contacts)) == ["c1"]
        desk.close()


def test_a_front_end_that_comes_back_says_what_it_has(tmp_path: Path) -> None:
    with serving(write_site(tmp_path)) as (_, client):
        for call in ("a", "b"):
            client.start_menu(call, "door", front_end="media")
        client.start_menu("c", "door", front_end="other")
        synced = client.sync_menus("media", ["b", "new"])
        assert (synced.ended, synced.unknown) == (("a",), ("new",))
        assert client.get_menu("a").outcome == Ended("caller")
        assert client.get_menu("c").wait is not None


def test_who_may(tmp_path: Path) -> None:
    extra: dict[str, dict[str, Any]] = {
        "elsewhere": {"queues": ["other"], "roles": ["front_end"]},
        "here": {"queues": ["help"], "roles": ["front_end"]},
        "agent": {"agent": "ann"},
        "supervisor": {"queues": ["*"]},
    }
    entries = []
    for name, token in TOKENS.items():
        raw = {
            "name": name,
            "hash": hash_token(token),
            "roles": [name],
            "domains": ["bank"],
            **extra.get(name, {}),
        }
        entries.append("{" + ", ".join(f"{key} = {json.dumps(value)}" for key, value in raw.items()) + "}")
    guard = f"guard.insecure = true\nguard.tokens = [{', '.join(entries)}]"
    with serving(write_site(tmp_path, guard), TOKENS["front_end"]) as (running, client):
        client.start_menu("c1", "door")
        address = running.addresses["grpc"]
        for name, may_list in (("elsewhere", True), ("supervisor", True), ("agent", False)):
            with Client(Target(address, TOKENS[name]), "bank", PATIENT) as other:
                for ask in (
                    partial(other.start_menu, "c2", "door"),
                    partial(other.give_menu, "c1", HungUp()),
                    partial(other.get_menu, "c1"),
                ):
                    with pytest.raises(Fault) as caught:
                        ask()
                    assert caught.value.code.name == "PERMISSION_DENIED", name
                if may_list:
                    assert other.list_flows()
                else:
                    with pytest.raises(Fault):
                        other.list_flows()

        with Client(Target(address, TOKENS["here"]), "bank", PATIENT) as other:
            other.start_menu("c3", "door")
            for _ in range(2):  # also when it is over: the answer may have been lost
                assert other.give_menu("c3", HungUp()).outcome == Ended("caller")


def test_flows_are_read_again_and_wrong_ones_change_nothing(tmp_path: Path) -> None:
    settings = write_site(tmp_path)
    with serving(settings) as (running, client):
        client.start_menu("old", "door", language="en")
        file = tmp_path / "menus" / "door.toml"
        file.write_text(DOOR.replace("Hello.", "Welcome."), encoding="utf-8")
        assert running.reload() == []
        assert texts(client.start_menu("new", "door"))[0] == "Welcome."
        file.write_text(DOOR.replace('queues = ["help"]', 'queues = ["nobody"]'), encoding="utf-8")
        (problem,) = running.reload()
        assert "door.toml" in problem
        assert "nobody" in problem
        assert texts(client.start_menu("newer", "door"))[0] == "Welcome."
        file.write_text(DOOR.replace('id = "door"', 'id = "gate"'), encoding="utf-8")
        assert running.reload() == []
        with pytest.raises(Fault, match="no flow"):
            client.start_menu("late", "door")
        assert client.give_menu("old", HungUp()).outcome == Ended("caller"), (
            "calls end in the flow they began in"
        )
        assert [one.flow for one in client.list_flows()] == ["gate"]


@pytest.mark.parametrize(
    ("flows", "problem"),
    [
        ("nowhere", "there is no file and no folder .*nowhere; name one"),
        ("empty", "holds no flow"),
        ("twice", "another file"),
    ],
)
def test_wrong_settings_are_said(tmp_path: Path, flows: str, problem: str) -> None:
    settings = write_site(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "twice").mkdir()
    for name in ("one.toml", "two.toml"):
        (tmp_path / "twice" / name).write_text(DOOR, encoding="utf-8")
    text = settings.read_text(encoding="utf-8").replace('menus = "menus"', f'menus = "{flows}"')
    settings.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=problem):
        Running(load_settings(settings))


def test_a_domain_without_menus_says_so(tmp_path: Path) -> None:
    settings = write_site(tmp_path)
    text = settings.read_text(encoding="utf-8").replace('domains.bank.menus = "menus"', "")
    settings.write_text(text, encoding="utf-8")
    with serving(settings) as (_, client), pytest.raises(Fault) as caught:
        client.list_flows()
    assert caught.value.reason == "NO_MENUS"


def test_from_the_command_line(tmp_path: Path) -> None:
    with serving(write_site(tmp_path)) as (running, _):

        def client(*words: str) -> Any:
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                assert main(["client", "--server", running.addresses["grpc"], "menu", *words]) == 0
            return json.loads(out.getvalue().splitlines()[0])

        assert client("flows")["flow"] == "door"
        turn = client("start", "c1", "door", "--caller", "+4930123", "--attribute", "tier=blue")
        assert turn["wait"]["what"] == "customer"
        turn = client("give", "c1", json.dumps({"type": "Failed"}))
        assert turn["wait"]["keys"] == ["1", "2", "3"]
        assert client("get", "c1")["again"]
        assert client("give", "c1", "1")["done"] == "enqueued"
        assert client("sync", "media", "c1", "c2") == {"ended": [], "unknown": ["c1", "c2"]}
        assert main(["client", "--server", running.addresses["grpc"], "menu", "start", "c1"]) == 2


def test_the_example_takes_a_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = runpy.run_path(str(ROOT / "examples" / "menus" / "media_desk.py"), run_name="example")
    with serving(write_site(tmp_path)) as (running, client):
        for call, keys, end in (
            ("c1", "\n1\n", "the call waits for an agent: Wait"),
            ("c2", "bye\n", "hang up"),
        ):
            monkeypatch.setattr(sys, "stdin", io.StringIO(keys))
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                assert example["main"]([running.addresses["grpc"], "bank", "door", "--call", call]) == 0
            assert "play   Press 1 for help" in out.getvalue()
            assert end in out.getvalue()
        assert client.get_contact("c1").front_end == "media-desk"


# ---------------------------------------------------------------------------------------------- over a crash


@pytest.mark.slow
def test_calls_in_menus_outlast_a_server_that_is_killed(tmp_path: Path) -> None:
    settings = write_site(tmp_path)
    before: dict[str, Any] = {}
    process, address = start_server(settings)
    try:
        with Client(Target(address), "bank", PATIENT) as client:
            for number in range(5):
                call = f"c{number}"
                client.start_menu(call, "door", caller="+4930123", front_end="media")
                client.give_menu(call, Failed())
                if number % 2:
                    before[call] = client.give_menu(call, Digits("2"))
                else:
                    before[call] = client.give_menu(call, TimedOut())
            before["over"] = client.start_menu("over", "door", only_tell=True)
            client.give_menu("over", Failed())
            before["over"] = client.give_menu("over", Digits("1"))
    finally:
        end(process, signal.SIGKILL)
    logbook = tmp_path / "data" / "bank.menus"
    with logbook.open("ab") as file:
        file.write(b"0000 cut o")  # a line that was being written
    process, address = start_server(settings)
    try:
        with Client(Target(address), "bank", PATIENT) as client:
            for call, turn in before.items():
                found = client.get_menu(call, caller="+4930123")
                assert (found.wait, found.outcome, found.flow) == (turn.wait, turn.outcome, turn.flow)
                if turn.wait is not None:
                    assert texts(found) == texts(turn)[-1:], "what the node says is said again"
            turn = client.give_menu("c1", Digits("1"))
            assert turn.outcome == ToCallBack("help", "+4930123")
            turn = client.give_menu("c0", Digits("1"))
            assert (turn.done, client.get_contact("c0").front_end) == ("enqueued", "media")
            assert client.sync_menus("media", ["c2"]).ended == ("c3", "c4")
    finally:
        assert end(process, signal.SIGTERM) == 0
    assert b"4930123" not in logbook.read_bytes()


def end(process: "subprocess.Popen[bytes]", how: signal.Signals) -> int:
    with process:
        process.send_signal(how)
        process.communicate(timeout=60)
    return process.returncode


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


def test_the_logbook_is_written_anew_and_stays_small(tmp_path: Path) -> None:
    (tmp_path / "door.toml").write_text(DOOR, encoding="utf-8")
    path = tmp_path / "log"
    sizes = []
    with Host(CENTRE) as host:
        desk = MenuDesk(host, str(tmp_path / "door.toml"), path, MenuSettings(compact_every=50))
        assert oct(path.stat().st_mode)[-3:] == "600"
        desk.start("stays", "door")
        for number in range(200):
            desk.start(f"c{number}", "door", {"tier": f"mark{number:04}"})
            desk.give(f"c{number}", HungUp())
            sizes.append(path.stat().st_size)
        assert max(sizes[100:]) < 1.6 * max(sizes[:60])
        assert b"mark0000" not in path.read_bytes()
        desk._logbook.close()  # without farewell
        again = MenuDesk(host, str(tmp_path / "door.toml"), path)
        assert again.calls() == ["stays"]
        assert again.look("c199").outcome == Ended("caller")
        again.close()


def test_a_damaged_logbook_is_refused_and_a_full_disk_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "door.toml").write_text(DOOR, encoding="utf-8")
    path = tmp_path / "log"
    with Host(CENTRE) as host:
        desk = MenuDesk(host, str(tmp_path / "door.toml"), path)
        desk.start("c1", "door")
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(Exception, match="make room"):
                desk.start("c2", "door")
        assert desk.calls() == ["c1"]
        desk.give("c1", Failed())
        assert len(list(Logbook(path))) == 5  # Published, Opened, Started, the hours, and an input
        data = path.read_bytes()
        desk.close()
        lines = data.split(b"\n")
        lines[2] = lines[2][:-3] + b"xyz"
        path.write_bytes(b"\n".join(lines))
        with pytest.raises(CorruptJournalError, match="line 3"):
            MenuDesk(host, str(tmp_path / "door.toml"), path)
        path.write_bytes(b"what is this?\n{}\n")
        with pytest.raises(CorruptJournalError, match="line 1"):
            MenuDesk(host, str(tmp_path / "door.toml"), path)


def full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_call_of_which_nothing_is_heard_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "door.toml").write_text(DOOR, encoding="utf-8")
    with Host(CENTRE) as host:
        desk = MenuDesk(host, str(tmp_path / "door.toml"), tmp_path / "log", MenuSettings(idle_ns=MINUTE))
        desk.start("c1", "door")
        now = time.monotonic_ns()
        monkeypatch.setattr(time, "monotonic_ns", lambda: now + 2 * MINUTE)
        desk.start("c2", "door")
        assert desk.calls() == ["c2"]
        desk.close()


def test_a_slow_directory_lets_the_flow_go_on(tmp_path: Path) -> None:
    (tmp_path / "door.toml").write_text(DOOR, encoding="utf-8")
    with Host(CENTRE) as host:
        known = Known()
        known.state = "not_yet"
        desk = MenuDesk(host, str(tmp_path / "door.toml"), tmp_path / "log", directory=known)
        turn = desk.start("c1", "door", caller="+4930123")
        assert isinstance(turn.wait, AwaitInput)
        assert desk.give("c1", Digits("1")).outcome == ToQueue(("help",), attributes={"tier": ""})
        assert host.read(lambda engine: engine.contacts["c1"].customer) == ""
        desk.close()
