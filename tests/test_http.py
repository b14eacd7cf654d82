"""The facade over HTTP, on a real host, uvicorn and loopback.

Owns addresses, bodies, streams, errors and the description; must not test what calls mean (`test_facade`).
"""

import contextlib
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from calling import CENTRE, HandClock
from certificates import Pair, authority, certified, write
from msgspec.structs import replace
from openapi_spec_validator import OpenAPIV31SpecValidator

from grpc_api.facade import Facade
from grpc_api.guard import Guard
from grpc_api.guard import read_settings as read_guard
from grpc_api.guard.tokens import hash_token, new_token
from grpc_api.http import HttpServer, make_app
from grpc_api.http.problems import problem_of
from grpc_api.settings import (
    Codes,
    DomainSettings,
    FacadeLimits,
    Http,
    Lines,
    check_against,
    read_settings,
)
from routing import LogIn, Queue
from routing.errors import (
    ClosedError,
    CompactedError,
    ConfigError,
    InternalError,
    JournalFullError,
    OverloadedError,
    UsageError,
)
from routing.host import Host, Settings
from routing.units import SECOND

WAIT_S = 60
DOMAIN = DomainSettings(codes=Codes(reasons={"1": "lunch"}), lines=Lines("support", outbound="sales"))


class Site:
    """A host, its facade, and the server before them."""

    def __init__(self, **more: Any) -> None:
        self.host = Host(CENTRE)
        self.facade = Facade(self.host, DOMAIN, more.pop("limits", None))
        self.server = HttpServer(make_app({"bank": self.facade}, **more), "127.0.0.1", 0)
        self.server.start()
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.server.port}", timeout=WAIT_S)

    def close(self) -> None:
        self.client.close()
        self.facade.close()
        self.server.stop()
        self.host.close()

    def post(self, path: str, body: object, **more: Any) -> httpx.Response:
        return self.client.post(f"/v1/bank/{path}", json=body, **more)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.client.get(f"/v1/bank/{path}", params=query)

    def route(self, call: str, called: str = "sales") -> dict[str, Any]:
        answer = self.post("calls", {"call_id": call, "front_end": "pbx", "called": called})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def report(self, call: str, what: str, **more: Any) -> dict[str, Any]:
        answer = self.post(f"calls/{call}/report", {"report": what, "front_end": "pbx", **more})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="module")
def shared() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert found["title"]
    assert found["detail"]
    return found


# -------------------------------------------------------------------------------------------------- calls


def test_a_call_from_its_beginning_to_its_end(site: Site) -> None:
    waiting = site.route("a84b4c76e66710@pbx")
    assert waiting["instructions"] == [
        {
            "type": "wait",
            "queues": ["sales"],
            "position": 1,
            "estimated_wait_ns": -1,
            "treatment": "",
            "parent": "",
        }
    ]
    assert site.post("codes", {"endpoint": "sip:ann@127.0.0.1", "code": "*45"}).json()["agent"]["ready"]
    (offer,) = site.get("calls/a84b4c76e66710@pbx").json()["instructions"]
    assert (offer["type"], offer["agent"], offer["endpoint"]) == ("offer", "ann", "sip:ann@127.0.0.1")
    answer = site.report("a84b4c76e66710@pbx", "answered", agent="ann", offer=offer["offer"])
    assert answer["instructions"] == [{"type": "talk", "agent": "ann"}]
    (ann, *_) = site.get("agents").json()["agents"]
    assert (ann["id"], ann["segments"][0]["state"]) == ("ann", "handling")
    (contact,) = site.get("contacts").json()["contacts"]
    assert (contact["id"], contact["front_end"]) == ("a84b4c76e66710@pbx", "pbx")
    for _ in range(2):
        answer = site.report("a84b4c76e66710@pbx", "ended")
        assert answer["instructions"] == [{"type": "release", "outcome": "handled"}]
    assert answer["refusal"]["reason"] == "contact_ended"
    assert site.get("contacts").json()["contacts"] == []


def test_a_number_that_nobody_has_is_a_rejection_and_no_error(site: Site) -> None:
    answer = site.route("c1", "nobody")
    assert answer["instructions"] == [{"type": "reject", "reason": "unknown_queue", "subject": "nobody"}]
    assert answer["refusal"]["command"] == "EnqueueContact"


def test_sync(site: Site) -> None:
    site.route("c1")
    site.route("c2")
    answer = site.post("sync", {"front_end": "pbx", "live": [{"call_id": "c2"}, {"call_id": "c3"}]})
    found = answer.json()
    assert (found["lost"], found["unknown"], found["adopted"]) == (["c1"], ["c3"], [])
    assert [one["call_id"] for one in found["answers"]] == ["c2"]
    assert problem(site.post("sync", {"front_end": ""}), 400)["reason"] == "misuse"


def test_lists_come_in_pages(site: Site) -> None:
    for number in range(5):
        site.route(f"c{number}")
    seen, after = [], ""
    while True:
        found = site.get("contacts", limit=2, after=after).json()
        seen += [one["id"] for one in found["contacts"]]
        after = found["next"]
        if not after:
            break
    assert sorted(seen) == [f"c{number}" for number in range(5)]
    queues = site.get("queues").json()["queues"]
    assert (queues[0]["id"], queues[0]["waiting"]) == ("sales", 5)


# ---------------------------------------------------------------------------------------- waiting for news


def test_a_long_poll_comes_back_when_there_is_news(site: Site) -> None:
    revision = site.route("c1")["revision"]
    with ThreadPoolExecutor() as pool:
        polls = [
            pool.submit(site.get, "calls/c1", after=revision, wait=WAIT_S),
            pool.submit(site.get, "calls/c1", after=revision, wait=WAIT_S),
        ]
        while site.facade._board.followers < 2:
            time.sleep(0.01)
        site.host.apply(LogIn("ann"))
        for poll in polls:
            assert poll.result(WAIT_S).json()["instructions"][0]["type"] == "offer"
    # What has come in the meantime is there at once; when nothing comes, the present is told.
    assert site.get("calls/c1", after=revision, wait=WAIT_S).json()["instructions"][0]["type"] == "offer"
    now = site.host.revision
    assert site.get("calls/c1", after=now, wait=0.05).json()["instructions"][0]["type"] == "offer"
    assert site.facade._board.followers == 0


def test_the_loop_is_not_blocked_by_those_who_wait(site: Site) -> None:
    revision = site.route("c1")["revision"]
    with ThreadPoolExecutor(40) as pool:
        polls = [pool.submit(site.get, "calls/c1", after=revision, wait=WAIT_S) for _ in range(40)]
        while site.facade._board.followers < 40:
            time.sleep(0.01)
        assert site.client.get("/healthz").json() == {"serving": True, "domains": {"bank": "serving"}}
        site.report("c1", "abandoned")
        assert all(
            poll.result(WAIT_S).json()["instructions"] == [{"type": "release", "outcome": "abandoned"}]
            for poll in polls
        )


def events(lines: Iterator[str], until: str) -> list[tuple[str, int, Any]]:
    """Read events up to the first of a type."""
    found: list[tuple[str, int, Any]] = []
    event: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
            continue
        if event:
            found.append((event["event"], int(event.get("id", -1)), json.loads(event["data"])))
            if event["event"] == until:
                return found
        event = {}
    return found


def test_a_stream_of_a_front_end_goes_on_by_the_last_id(site: Site) -> None:
    site.route("c1")
    with site.client.stream(
        "GET", "/v1/bank/events", params={"front_end": "pbx", "start_revision": 0}
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        found = events(lines, "mark")
        instructions = [data["instruction"]["type"] for kind, _, data in found if kind == "instruction"]
        site.host.apply(LogIn("ann"))
        while "offer" not in instructions:
            found = events(lines, "mark")
            instructions += [data["instruction"]["type"] for kind, _, data in found if kind == "instruction"]
        mark = found[-1][1]
    site.report("c1", "answered")
    with site.client.stream(
        "GET", "/v1/bank/events", params={"front_end": "pbx"}, headers={"Last-Event-ID": str(mark)}
    ) as answer:
        lines, told = answer.iter_lines(), list[Any]()
        while not told or told[-1]["type"] != "talk":
            told += [data["instruction"] for kind, _, data in events(lines, "mark") if kind == "instruction"]
    assert told[-1] == {"type": "talk", "agent": "ann"}


def test_a_stream_of_one_call_ends_with_it(site: Site) -> None:
    site.route("c1")
    told: list[str] = []

    def listen() -> None:
        with site.client.stream("GET", "/v1/bank/calls/c1/events", params={"start_revision": 0}) as answer:
            for kind, _, data in events(answer.iter_lines(), "never"):
                if kind == "instruction":
                    told.append(data["instruction"]["type"])

    thread = threading.Thread(target=listen)
    thread.start()
    while not told and site.facade._board.followers < 1:
        time.sleep(0.01)
    site.report("c1", "abandoned")
    thread.join(WAIT_S)
    assert told in (["wait", "release"], ["release"])
    assert site.facade._board.followers == 0


def test_a_client_that_goes_away_leaves_nothing_behind(site: Site) -> None:
    with site.client.stream(
        "GET", "/v1/bank/events", params={"front_end": "pbx", "start_revision": 0}
    ) as answer:
        lines = answer.iter_lines()
        events(lines, "mark")
        assert site.facade._board.followers == 1
    for number in range(20):
        site.route(f"c{number}")
    deadline = time.monotonic() + WAIT_S
    while site.facade._board.followers and time.monotonic() < deadline:
        time.sleep(0.02)
    assert site.facade._board.followers == 0


def test_a_stream_says_why_it_breaks(site: Site) -> None:
    with site.client.stream(
        "GET", "/v1/bank/events", params={"front_end": "pbx", "start_revision": 0}
    ) as answer:
        lines = answer.iter_lines()
        events(lines, "mark")
        site.facade.close()
        (*_, (kind, _, data)) = events(lines, "problem")
    assert kind == "problem"
    assert (data["reason"], data["status"]) == ("closed", 503)


# ------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("path", "body", "status", "reason"),
    [
        ("calls", {"call_id": ""}, 400, "misuse"),
        ("calls", {"call_id": 5}, 400, "invalid_request"),
        ("calls", {}, 400, "invalid_request"),
        ("calls", {"call_id": "c", "secret": "hunter2"}, 400, "invalid_request"),
        ("calls/c1/report", {"report": "exploded"}, 400, "invalid_request"),
        ("calls", [1], 400, "invalid_request"),
        ("calls", {"call_id": "c" * 70_000}, 413, "content_too_large"),
        ("nothing", {}, 404, "not_found"),
        ("agents", {}, 405, "method_not_allowed"),
    ],
)
def test_errors_are_problems_with_a_reason(
    shared: Site, path: str, body: object, status: int, reason: str
) -> None:
    answer = shared.post(path, body)
    assert problem(answer, status)["reason"] == reason
    assert "hunter2" not in answer.text


def test_more_errors(shared: Site) -> None:
    assert problem(shared.client.get("/v1/nobody/queues"), 404)["reason"] == "unknown_domain"
    assert problem(shared.get("calls/ghost"), 404)["reason"] == "unknown_contact"
    assert problem(shared.get("calls/c1", wait=-1), 400)["reason"] == "invalid_request"
    assert problem(shared.get("events"), 400)["reason"] == "invalid_request"
    assert problem(shared.get("events", front_end="pbx", start_revision=10**9), 400)["reason"] == "misuse"
    answer = shared.client.get("/v1/bank/events?front_end=pbx", headers={"Last-Event-ID": "s3cret"})
    assert problem(answer, 400)["reason"] == "invalid_request"
    assert "s3cret" not in answer.text
    answer = shared.client.post(
        "/v1/bank/calls", content=b"{nonsense s3cret", headers={"content-type": "application/json"}
    )
    assert problem(answer, 400)["reason"] == "invalid_request"
    assert "s3cret" not in answer.text
    assert problem(shared.client.get("/metrics"), 404)["reason"] == "not_found"


def test_no_error_of_ours_is_without_a_status() -> None:
    for error, status, reason in (
        (OverloadedError("too much", 3 * SECOND), 503, "overloaded"),
        (JournalFullError("full"), 503, "journal_full"),
        (ClosedError("closed"), 503, "closed"),
        (CompactedError("gone", 7), 410, "compacted"),
        (UsageError("no"), 400, "misuse"),
        (ConfigError("a", "b"), 400, "invalid_data"),
        (InternalError("s3cret"), 500, "internal"),
        (ZeroDivisionError("s3cret"), 500, "internal"),
    ):
        found = problem_of(error)
        assert (found.status, found.reason) == (status, reason)
        assert "s3cret" not in found.detail
    assert problem_of(CompactedError("gone", 7)).oldest == 7


def test_an_end_of_the_host_is_said() -> None:
    site = Site()
    try:
        site.host.drain()
        answer = site.post("calls", {"call_id": "c1", "called": "sales"})
        assert problem(answer, 503)["reason"] == "closed"
        assert answer.headers["retry-after"] == "1"
        health = site.client.get("/healthz")
        assert (health.status_code, health.json()["domains"]) == (503, {"bank": "draining"})
    finally:
        site.close()


def test_followers_beyond_the_limit_are_told_to_come_back() -> None:
    site = Site(limits=FacadeLimits(followers=1))
    try:
        with site.client.stream(
            "GET", "/v1/bank/events", params={"front_end": "a", "start_revision": 0}
        ) as one:
            lines = one.iter_lines()  # closing it would close the stream
            events(lines, "mark")
            answer = site.get("events", front_end="b")
            assert problem(answer, 503)["reason"] == "overloaded"
            assert answer.headers["retry-after"] == "1"
    finally:
        site.close()


# -------------------------------------------------------------------------------------------------- guard


def test_the_guard_is_asked_by_the_rpc_of_the_same_meaning() -> None:
    pbx, boss, agent = ((token, hash_token(token)) for token in (new_token(), new_token(), new_token()))
    rows = [
        {"name": "pbx", "hash": pbx[1], "roles": ["front_end"], "domains": ["bank"]},
        {"name": "boss", "hash": boss[1], "roles": ["supervisor"], "domains": ["bank"], "queues": ["*"]},
        {"name": "ann", "hash": agent[1], "roles": ["agent"], "domains": ["bank"], "agent": "ann"},
    ]
    guard = Guard(read_guard({"insecure": True, "tokens": rows}))
    site = Site(guard=guard, metrics=lambda: b"huntgroup_up 1\n")

    def ask(token: str, method: str, path: str, body: object = None) -> httpx.Response:
        return site.client.request(method, path, json=body, headers={"Authorization": f"Bearer {token}"})

    try:
        call = {"call_id": "c1", "front_end": "pbx", "called": "sales"}
        stranger = site.post("calls", call)
        assert problem(stranger, 401)["reason"] == "no_credentials"
        assert stranger.headers["www-authenticate"] == "Bearer"
        wrong = ask("s3cret", "POST", "/v1/bank/calls", call)
        assert problem(wrong, 401)["reason"] == "bad_credentials"
        assert "s3cret" not in wrong.text
        assert ask(pbx[0], "POST", "/v1/bank/calls", call).status_code == 200
        assert problem(ask(boss[0], "POST", "/v1/bank/calls", call), 403)["reason"] == "role_missing"
        assert ask(boss[0], "GET", "/v1/bank/contacts").status_code == 200
        own = {"endpoint": "sip:ann@127.0.0.1", "code": "*45"}
        other = {"endpoint": "sip:ben@127.0.0.1", "code": "*45"}
        assert ask(agent[0], "POST", "/v1/bank/codes", own).json()["announcement"] == "logged_in"
        assert problem(ask(agent[0], "POST", "/v1/bank/codes", other), 403)["reason"] == "foreign_agent"
        assert problem(site.client.get("/v1/nobody/queues"), 401)["reason"] == "no_credentials"
        assert site.client.get("/healthz").json() == {"serving": True, "domains": {}}
        assert problem(site.client.get("/metrics"), 401)
        assert ask(boss[0], "GET", "/metrics").text == "huntgroup_up 1\n"
    finally:
        site.close()


# -------------------------------------------------------------------------------------------- description


def test_the_description_is_valid_and_complete(shared: Site) -> None:
    answer = shared.client.get("/schema/openapi.json")
    document = answer.json()
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/healthz",
        "/v1/{domain}/calls",
        "/v1/{domain}/calls/{call_id}",
        "/v1/{domain}/calls/{call_id}/report",
        "/v1/{domain}/calls/{call_id}/events",
        "/v1/{domain}/events",
        "/v1/{domain}/sync",
        "/v1/{domain}/codes",
        "/v1/{domain}/calls/{call_id}/handle",
        "/v1/{domain}/calls/{call_id}/remark",
        "/v1/{domain}/calls/{call_id}/screen",
        "/v1/{domain}/dispositions",
        "/v1/{domain}/placed",
        "/v1/{domain}/presence",
        "/v1/{domain}/endpoints",
        "/v1/{domain}/agents",
        "/v1/{domain}/queues",
        "/v1/{domain}/contacts",
        "/v1/{domain}/statistics",
        "/v1/{domain}/statistics/agents",
        "/v1/{domain}/statistics/queues",
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], f"{method} {path}"
            if method == "post":
                body = operation["requestBody"]["content"]["application/json"]["schema"]
                assert body["examples"], f"{method} {path}"
            if path != "/healthz":
                assert "application/problem+json" in operation["responses"]["401"]["content"]


def test_examples_of_the_description_work(site: Site) -> None:
    document = site.client.get("/schema/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "post":
                continue
            for one in operation["requestBody"]["content"]["application/json"]["schema"]["examples"]:
                url = path.replace("{domain}", "bank").replace("{call_id}", "a84b4c76e66710")
                answer = site.client.post(url, json=one)
                assert answer.status_code == 200, f"{url}: {answer.text}"


PAGE = (Path(__file__).parent.parent / "docs" / "gateways.md").read_text(encoding="utf-8")


def test_the_page_shows_what_happens() -> None:
    domain = read_settings("\n".join(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))).domains["bank"]
    centre = replace(CENTRE, queues=(*CENTRE.queues, Queue("lines", requirement="False")))
    check_against(domain, centre)
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    commands = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    with (
        Host(centre, clock=HandClock()) as host,  # so that what is left of the ringing is what the page says
        Facade(host, domain) as facade,
        HttpServer(make_app({"bank": facade}), "127.0.0.1", 0) as server,
    ):
        environment = {**os.environ, "HUNTGROUP": f"http://127.0.0.1:{server.port}"}
        told = []
        for command in commands:
            done = subprocess.run(
                ["sh", "-ec", command],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
                timeout=WAIT_S,
            )
            told.append(done.stdout)
        assert not [one for one in told if '"status"' in one]
        assert [json.loads(one) for one in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)] == [
            json.loads(one) for one in (*told[:2], told[6])
        ]
        assert '"talk"' in told[2]
        assert '"release"' in told[4]


# ------------------------------------------------------------------------------------------------- server


def test_a_port_that_is_taken_is_said(shared: Site) -> None:
    second = HttpServer(make_app({}), "127.0.0.1", shared.server.port)
    with pytest.raises(OSError, match="in use"):
        second.start()


def test_connections_are_secured_by_certificates_that_reload(tmp_path: Path) -> None:
    ours, theirs = authority("ours"), authority("theirs")
    certificate, key = write(tmp_path, "server", certified("one", ours, ("127.0.0.1",)))
    server = HttpServer(make_app({}), "127.0.0.1", 0, certificate=certificate, key=key)
    with server:

        def ask(issuer: Pair) -> int:
            trusted = ssl.create_default_context(cadata=issuer.pem.decode())
            return httpx.get(
                f"https://127.0.0.1:{server.port}/healthz", verify=trusted, timeout=WAIT_S
            ).status_code

        assert ask(ours) == 200
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            ask(theirs)
        write(tmp_path, "server", certified("two", theirs, ("127.0.0.1",)))
        server.reload_certificate()
        assert ask(theirs) == 200
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{server.port}/healthz", timeout=WAIT_S)


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"POST /v1/bank/calls HT",
        b"POST /v1/bank/calls HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nContent-Type: application/json\r\n\r\n{",
    ],
)
def test_clients_that_never_finish_are_let_go_and_the_others_are_served(beginning: bytes) -> None:
    with (
        Host(CENTRE) as host,
        Facade(host) as facade,
        HttpServer(make_app({"bank": facade}), "127.0.0.1", 0, request_s=0.3) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=WAIT_S) as slow,
    ):
        slow.sendall(beginning)
        url = f"http://127.0.0.1:{server.port}/v1/bank"

        def ask(method: str, path: str, **more: Any) -> httpx.Response:
            """Ask until the request arrived in time: this machine may be slow, too."""
            deadline = time.monotonic() + WAIT_S
            while True:
                try:
                    return httpx.request(method, f"{url}/{path}", timeout=WAIT_S, **more)
                except httpx.TransportError:
                    assert time.monotonic() < deadline

        poll = ask("POST", "calls", json={"call_id": "c1", "called": "sales"}).json()
        after = {"after": poll["revision"], "wait": 1}  # longer than a request may take to arrive
        assert ask("GET", "calls/c1", params=after).status_code == 200
        with contextlib.suppress(ConnectionResetError):
            assert slow.recv(4096) == b""


def test_clients_may_have_to_show_a_certificate(tmp_path: Path) -> None:
    ours = authority("ours")
    certificate, key = write(tmp_path, "server", certified("one", ours))
    ca, _ = write(tmp_path, "ca", ours)
    mine = write(tmp_path, "client", certified("client", ours))
    trusted = ssl.create_default_context(cadata=ours.pem.decode())
    with HttpServer(make_app({}), "127.0.0.1", 0, certificate=certificate, key=key, client_ca=ca) as server:
        url = f"https://127.0.0.1:{server.port}/healthz"
        with pytest.raises(httpx.HTTPError):
            httpx.get(url, verify=trusted, timeout=WAIT_S)
        trusted.load_cert_chain(*mine)
        assert httpx.get(url, verify=trusted, timeout=WAIT_S).status_code == 200


def test_bodies_have_a_limit_of_their_own() -> None:
    site = Site(settings=Http(body_bytes=200))
    try:
        assert problem(site.post("calls", {"call_id": "c" * 300}), 413)["reason"] == "content_too_large"
        site.route("c1")
    finally:
        site.close()


def test_what_was_answered_is_in_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with (
        Host(CENTRE, path, settings=Settings()) as host,
        Facade(host) as facade,
        HttpServer(make_app({"bank": facade}), "127.0.0.1", 0) as server,
    ):
        url = f"http://127.0.0.1:{server.port}/v1/bank/calls"
        answer = httpx.post(url, json={"call_id": "c1", "called": "sales"}, timeout=WAIT_S)
        assert answer.json()["instructions"][0]["type"] == "wait"
    with Host(None, path) as again:
        assert list(again.read(lambda engine: engine.contacts)) == ["c1"]
