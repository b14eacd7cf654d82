"""Directories that never keep routing waiting: the guard, and a CRM that is slow, failing, garbled or gone.

Owns tests of ``routing.customers.answering``, ``webhook`` and ``embedded``; must not test the records of customers.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.clock import monotonic_ns
from routing.customers import (
    Answer,
    Answering,
    AnsweringRules,
    CustomerDirectory,
    Customers,
    Embedded,
    MasterKeys,
)
from routing.customers.breaker import Breaker
from routing.customers.cache import Cache
from routing.customers.sealing import Key
from routing.customers.webhook import BYTES_MAX, Webhook
from routing.errors import DataError, UnavailableError, UsageError
from routing.units import MILLISECOND, MINUTE, SECOND

NUMBER = "+442079460018"
ANN = Answer(state="found", customer="c1", name="Ann")
#: Of a busy machine: an answer that is there comes within this.
SOON_NS = 60 * SECOND


class Asked:
    """A source that answers when it is told to."""

    def __init__(self) -> None:
        self.questions: list[tuple[str, str]] = []
        self.futures: list[Future[Answer]] = []

    def submit(self, kind: str, value: str) -> Future[Answer]:
        self.questions.append((kind, value))
        self.futures.append(Future())
        return self.futures[-1]

    def close(self) -> None:
        self.futures.clear()


class Clock:
    now = 0

    def __call__(self) -> int:
        return self.now


RULES = AnsweringRules(
    fresh_ns=10, absent_ns=5, stale_ns=20, remembered=3, at_once=2, failures=2, open_ns=100, open_ns_max=400
)


class Desk:
    """A directory whose time and source the test holds."""

    def __init__(self) -> None:
        self.source, self.clock = Asked(), Clock()
        self.late: list[str] = []
        self.directory = Answering(
            self.source, RULES, lambda _kind, _value, one: self.late.append(one.customer), self.clock
        )

    def ask(self, value: str = NUMBER) -> Answer:
        return self.directory.look_up("number", value, within_ns=0)


def test_what_comes_late_is_kept_and_told() -> None:
    desk = Desk()
    assert desk.ask().state == "not_yet"
    assert desk.ask().state == "not_yet"
    assert len(desk.source.questions) == 1  # asked once
    desk.source.futures[0].set_result(ANN)
    assert desk.late == ["c1"]
    assert desk.ask() == ANN
    assert desk.directory.figures()[:4] == (1, 0, 2, 0)


def test_answers_grow_old_and_are_given_while_a_new_one_is_asked_for() -> None:
    desk = Desk()
    desk.ask()
    desk.source.futures[0].set_result(ANN)
    desk.clock.now = 10
    assert desk.ask() == Answer(state="found", customer="c1", name="Ann", stale=True)
    desk.clock.now = 30
    assert desk.ask().state == "not_yet"
    desk.source.futures[1].set_result(Answer(state="absent"))
    desk.clock.now = 34
    assert desk.ask().state == "absent"
    desk.clock.now = 35
    desk.ask()
    assert len(desk.source.questions) == 3


def test_a_source_that_fails_is_left_alone() -> None:
    desk = Desk()
    for place in range(2):
        assert desk.ask().state == "not_yet"
        desk.source.futures[place].set_exception(UnavailableError("down"))
    assert desk.directory.standing() == "open"
    assert desk.ask().state == "unavailable"
    assert len(desk.source.questions) == 2
    desk.clock.now = 100
    assert desk.ask().state == "not_yet"
    assert desk.ask("+442079460019").state == "unavailable"  # one to try
    desk.source.futures[2].set_result(ANN)
    assert desk.directory.standing() == "closed"
    assert desk.ask() == ANN


def test_a_number_that_cannot_be_is_no_fault_of_the_source() -> None:
    desk = Desk()
    for place in range(5):
        desk.ask("anonymous")
        desk.clock.now += 10
        if place < len(desk.source.futures):
            desk.source.futures[place].set_exception(DataError("no number"))
    assert desk.ask("anonymous").state == "not_yet"
    assert desk.directory.standing() == "closed"


def test_no_more_is_asked_at_once_than_allowed() -> None:
    desk = Desk()
    states = [desk.ask(f"+44207946001{n}").state for n in range(4)]
    assert states == ["not_yet", "not_yet", "unavailable", "unavailable"]
    assert desk.directory.figures().refused == 2
    with pytest.raises(UsageError, match="at_once 0 is below 1"):
        Answering(Asked(), AnsweringRules(at_once=0))


def test_a_source_that_raises_or_gives_up_is_no_trouble() -> None:
    class Broken(Asked):
        def submit(self, kind: str, value: str) -> Future[Answer]:
            raise RuntimeError(f"closed to {kind} {value}")

    assert Answering(Broken(), RULES).look_up("number", NUMBER, within_ns=SOON_NS).state == "unavailable"
    desk = Desk()
    desk.ask()
    desk.source.futures[0].cancel()
    desk.source.futures[0].set_running_or_notify_cancel()
    assert desk.directory.figures().failures == 1


def test_who_is_erased_is_forgotten() -> None:
    desk = Desk()
    desk.ask()
    desk.source.futures[0].set_result(ANN)
    assert (desk.directory.forget("c2"), desk.directory.forget("c1")) == (0, 1)
    assert desk.ask().state == "not_yet"


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans())))
def test_a_cache_keeps_what_was_used_last(steps: list[tuple[int, bool]]) -> None:
    cache: Cache[int, str] = Cache(3)
    naive: list[int] = []
    for key, put in steps:
        if put:
            cache.put(key, str(key), 1)
        assert (cache.get(key) is not None) == (put or key in naive)
        if put or key in naive:
            naive = [one for one in naive if one != key] + [key]
        naive = naive[-3:]
        assert len(cache) == len(naive)


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["ask", "good", "bad"]))))
def test_a_breaker_lets_one_try_and_opens_ever_longer(steps: list[tuple[int, str]]) -> None:
    breaker, now, bad = Breaker(2, 10, 40), 0, 0
    for by, what in steps:
        now += by
        if what == "good":
            breaker.succeeded()
            bad = 0
            assert breaker.standing(now) == "closed"
        elif what == "bad":
            breaker.failed(now)
            bad += 1
        elif breaker.standing(now) == "half_open":
            breaker.may_ask(now)
            assert not breaker.may_ask(now)
        else:
            assert breaker.may_ask(now) == (breaker.standing(now) == "closed")
        assert bad < 2 or breaker.standing(now) != "closed"
        assert bad >= 2 or breaker.standing(now) == "closed"
        assert breaker.standing(now + 41) != "open"


def test_many_ask_at_once_and_nobody_is_lost() -> None:
    """Threads that ask for the same few, a source that answers, fails and dawdles: every question is counted once."""

    class Busy:
        def __init__(self) -> None:
            self.threads = ThreadPoolExecutor(4)
            self.serial = count()

        def submit(self, kind: str, value: str) -> Future[Answer]:
            return self.threads.submit(self._ask, next(self.serial), f"{kind} {value}")

        def _ask(self, number: int, what: str) -> Answer:
            threading.Event().wait(number % 3 / 1000)
            if number % 5 == 4:
                raise UnavailableError(what)
            return Answer(state="found", customer=what)

        def close(self) -> None:
            self.threads.shutdown()

    late: list[str] = []
    rules = AnsweringRules(fresh_ns=MILLISECOND, stale_ns=0, remembered=5, failures=1_000_000)
    directory = Answering(Busy(), rules, lambda _kind, _value, one: late.append(one.customer))
    wrong: list[Answer] = []

    def ask(seed: int) -> None:
        for n in range(100):
            value = str((seed * 7 + n) % 12)
            got = directory.look_up("chat", value, within_ns=(seed + n) % 4 * MILLISECOND)
            if (got.state == "found") != bool(got.customer) or got.customer not in ("", f"chat {value}"):
                wrong.append(got)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    directory.close()
    assert wrong == []
    assert sum(directory.figures()[:4]) == 800
    assert (
        directory.look_up("chat", "x", within_ns=SOON_NS).state == "unavailable"
    )  # closed: refused by the source


# ---------------------------------------------------------------------------------------------------- a real server


class Crm:
    """A server that answers as the test says."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.tokens: list[str | None] = []
        self.go = threading.Event()
        self.status = 200
        self.body: bytes = json.dumps(
            {
                "customer": "crm-7",
                "routing": {"segment": "gold"},
                "name": "Ann",
                "attributes": {"town": "Leeds"},
            }
        ).encode()
        crm = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                crm.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                crm.paths.append(self.path)
                crm.tokens.append(self.headers["Authorization"])
                crm.go.wait(60)
                with suppress(OSError):  # who asked has gone
                    self.send_response(crm.status)
                    self.send_header("Content-Length", str(len(crm.body)))
                    self.send_header("Location", "/elsewhere")
                    self.end_headers()
                    self.wfile.write(crm.body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/customers"

    def close(self) -> None:
        self.go.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def crm() -> Iterator[Crm]:
    one = Crm()
    one.go.set()
    yield one
    one.close()


@contextmanager
def webhook(url: str, **more: Any) -> Iterator[Webhook]:
    one = Webhook(url, **{"timeout_ns": 60 * SECOND, **more})
    try:
        yield one
    finally:
        one.close()


def waited(condition: Callable[[], bool]) -> bool:
    end = monotonic_ns() + SOON_NS
    while not condition() and monotonic_ns() < end:
        threading.Event().wait(0.005)
    return condition()


def test_a_crm_is_asked_in_the_body_and_answers(crm: Crm) -> None:
    with webhook(crm.url, headers={"Authorization": "Bearer t"}, region="GB") as source:
        directory: CustomerDirectory = Answering(source)
        found = directory.look_up("number", "020 7946 0018", within_ns=SOON_NS)
        assert (found.state, found.customer, found.routing) == ("found", "crm-7", {"segment": "gold"})
        assert (found.name, found.attributes) == ("Ann", {"town": "Leeds"})
        assert crm.asked == [{"kind": "number", "value": NUMBER}]
        assert (crm.paths, crm.tokens) == (["/customers"], ["Bearer t"])
        crm.status = 404
        assert directory.look_up("email", "a@b.c", within_ns=SOON_NS).state == "absent"
        assert directory.look_up("number", "anonymous", within_ns=SOON_NS).state == "absent"
        assert len(crm.asked) == 2


def test_a_slow_crm_delays_nobody_and_is_heard_in_the_end(crm: Crm) -> None:
    crm.go.clear()
    late: list[Answer] = []
    with webhook(crm.url, timeout_ns=60 * SECOND) as source:
        directory = Answering(source, told=lambda _kind, _value, one: late.append(one))
        began = monotonic_ns()
        for n in range(20):
            assert (
                directory.look_up("number", f"+4420794600{18 + n}", within_ns=5 * MILLISECOND).state
                == "not_yet"
            )
        assert monotonic_ns() - began < 50 * SECOND  # while each answer takes a minute
        crm.go.set()
        assert waited(lambda: len(late) == 20)
        assert directory.look_up("number", NUMBER, within_ns=0).customer == "crm-7"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (302, b"{}"),
        (200, b""),
        (200, b"\xff\xfe{"),
        (200, b"[1, 2"),
        (200, b'{"customer": 7}'),
        (200, b'{"customer": ""}'),
        (200, b'{"name": "Ann"}'),
        (200, b'{"customer": "tel:442079460018"}'),
        (200, b'{"customer": "c", "routing": {"from": "+442079460018"}}'),
        (200, b'{"customer": "c\\n"}'),
        (200, b'{"customer": "' + b"c" * BYTES_MAX + b'"}'),
    ],
)
def test_a_garbled_answer_is_none(crm: Crm, status: int, body: bytes) -> None:
    crm.status, crm.body = status, body
    with webhook(crm.url) as source:
        with pytest.raises(UnavailableError) as why:
            source.submit("number", NUMBER).result(60)
        assert NUMBER[1:] not in str(why.value)
        assert "Ann" not in str(why.value)
    assert crm.paths == ["/customers"]  # redirects are not followed


@pytest.mark.parametrize("drip", [b"", b"H", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"])
def test_a_server_that_sends_a_byte_now_and_then_is_given_up_in_time(drip: bytes) -> None:
    """The time-out is for the whole exchange: no single read ever waits for long."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError), listener, listener.accept()[0] as peer:
            peer.recv(65_536)
            peer.sendall(drip)
            while not stop.wait(0.05):
                peer.sendall(b"T" if len(drip) < 2 else b" ")

    thread = threading.Thread(target=serve)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with webhook(url, timeout_ns=300 * MILLISECOND) as source, pytest.raises(UnavailableError):
        source.submit("number", NUMBER).result(20)
    stop.set()
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)  # given up before it came to asking: nobody is accepted any more
    thread.join()


def test_a_crm_that_is_gone_opens_the_breaker_and_comes_back(crm: Crm) -> None:
    with socket.socket() as taken:  # nobody listens there, and nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        with webhook(f"http://127.0.0.1:{taken.getsockname()[1]}/") as source:
            directory = Answering(source, AnsweringRules(failures=3, open_ns=5 * MINUTE))
            states = [
                directory.look_up("number", f"+44207946001{n}", within_ns=SOON_NS).state for n in range(6)
            ]
            assert states == ["unavailable"] * 6
            assert (directory.figures().failures, directory.standing()) == (3, "open")
    with webhook(crm.url) as source:
        directory = Answering(
            source, AnsweringRules(failures=1, open_ns=MILLISECOND, open_ns_max=MILLISECOND)
        )
        crm.status = 503
        assert directory.look_up("number", NUMBER, within_ns=SOON_NS).state == "unavailable"
        crm.status = 200
        assert waited(lambda: directory.look_up("number", NUMBER, within_ns=SOON_NS).state == "found")


def test_closing_gives_up_what_is_asked(crm: Crm) -> None:
    crm.go.clear()
    source = Webhook(crm.url, timeout_ns=60 * SECOND)
    directory = Answering(source)
    assert directory.look_up("number", NUMBER, within_ns=0).state == "not_yet"
    assert waited(lambda: len(crm.asked) == 1)
    directory.close()
    directory.close()
    assert directory.look_up("number", "+442079460019", within_ns=SOON_NS).state == "unavailable"


def test_a_crm_elsewhere_is_asked_by_https_only() -> None:
    for url in ("http://crm.example/x", "crm.example", "ftp://crm.example/", "https://", 7):
        with pytest.raises(UsageError, match=r"https://crm\.example/customers"):
            Webhook(url)  # type: ignore[arg-type]
    Webhook("https://crm.example/x").close()


# -------------------------------------------------------------------------------------------------------- embedded


def test_the_embedded_customers_are_a_directory(tmp_path: Path) -> None:
    with Customers(tmp_path / "c.db", MasterKeys([Key.fresh()])) as customers:
        source = Embedded(customers, lambda: 5 * SECOND, routing=["language"])
        directory: CustomerDirectory = Answering(source)
        found = directory.look_up("number", NUMBER, within_ns=SOON_NS)
        assert (found.state, found.routing) == ("found", {})
        customers.set_attributes(found.customer, {"language": "es", "name": "Ann"}, 6, "ann")
        again = Embedded(customers, lambda: 5, routing=["language"], create=False)
        other = Answering(again)
        assert other.look_up("number", NUMBER, within_ns=SOON_NS) == Answer(
            state="found", customer=found.customer, routing={"language": "es"}
        )
        assert other.look_up("email", "nobody@example.org", within_ns=SOON_NS).state == "absent"
        assert other.look_up("number", "anonymous", within_ns=SOON_NS).state == "absent"
        assert other.standing() == "closed"
        source.close()
        again.close()
        assert other.look_up("email", "else@example.org", within_ns=SOON_NS).state == "unavailable"
