"""The guard at the door of the real server, with the real protocol."""

import io
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from certificates import Pair, authority, certified, served_certificate, write
from guarded_server import PREFACE, SETTINGS, SETTINGS_TAKEN, entry, headers, plain

from grpc_api.guard import METHODS, ROLES, Guard, GuardSettings, Workers, read_settings
from grpc_api.guard.tokens import new_token
from grpc_api.telemetry import Telemetry, log_to
from routing import Agent, Config, Queue
from routing.host import Host

pytestmark = pytest.mark.once

server_module = pytest.importorskip("grpc_api.server")
domains_module = pytest.importorskip("grpc_api.domains")
engine_pb2: Any = pytest.importorskip("grpc_api.v1.engine_pb2")
routing_pb2: Any = pytest.importorskip("grpc_api.v1.routing_pb2")
dialing_pb2: Any = pytest.importorskip("grpc_api.v1.dialing_pb2")
menus_pb2: Any = pytest.importorskip("grpc_api.v1.menus_pb2")
center_pb2: Any = pytest.importorskip("grpc_api.v1.center_pb2")
commands_pb2: Any = pytest.importorskip("grpc_api.v1.commands_pb2")

CONFIG = Config(agents=(Agent("ann"), Agent("bob")), queues=(Queue("sales"), Queue("care")))
MARKER = "Zq7MARKERx9"
WAIT_S = 60  # how long a test waits for what must come
RPCS: dict[str, Any] = {
    f"/{service.full_name}/{method.name}": method
    for file in (engine_pb2, routing_pb2, dialing_pb2, menus_pb2, center_pb2)
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}


@contextmanager
def served(settings: GuardSettings, ca: Pair | None = None) -> Iterator[tuple[Any, grpc.Channel, Telemetry]]:
    with Host(CONFIG) as host:
        telemetry = Telemetry(list(METHODS), lambda: ("bank",), lambda: {"bank": host.figures()})
        domains = domains_module.Domains(domains_module.Hosted("bank", host))
        with server_module.Server(domains, guard=Guard(settings), observers=(telemetry.observe,)) as server:
            address = f"127.0.0.1:{server.port}"
            if ca is None:
                channel = grpc.insecure_channel(address)
            else:
                channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(ca.pem))
            with channel:
                yield server, channel, telemetry


def ask(
    channel: grpc.Channel, method: str, token: str = "", request: bytes | None = None, **fields: Any
) -> tuple[str, str]:
    """Call any method; give the code and all that came back with it. Of a stream, wait for its beginning alone."""
    rpc = RPCS[method]
    kind = rpc.input_type._concrete_class
    if request is None:
        known = {"domain": "bank", **fields}
        request = kind(**known).SerializeToString()
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    try:
        if method.endswith("/Session"):
            stub: Any = channel.stream_stream(method)
            call = stub(iter([request]), metadata=metadata, timeout=WAIT_S)
        elif rpc.server_streaming:
            stub = channel.unary_stream(method)
            call = stub(request, metadata=metadata, timeout=WAIT_S)
        else:
            stub = channel.unary_unary(method)
            stub(request, metadata=metadata, timeout=WAIT_S)
            return "OK", ""
        next(call, None)
        call.cancel()
    except grpc.RpcError as caught:
        error: Any = caught
        return error.code().name, f"{error.details()} {error.trailing_metadata()}"
    return "OK", ""


def test_every_rpc_has_a_row() -> None:
    ours = {method for method in METHODS if method.startswith("/huntgroup.")}
    assert ours == set(RPCS)


@pytest.mark.parametrize("role", ROLES)
def test_roles_at_every_rpc(role: str) -> None:
    token, bad = new_token(), f"hgt_{MARKER}"
    more: dict[str, dict[str, Any]] = {"agent": {"agent": "ann"}, "supervisor": {"queues": ["sales"]}}
    with served(plain(tokens=[entry(token, role, **more.get(role, {}))])) as (_, channel, _telemetry):
        for method in RPCS:
            allowed = role in METHODS[method].scopes
            code, told = ask(channel, method, token)
            assert ("ROLE_MISSING" in told) == (not allowed), (method, code, told)
            assert code != "UNAUTHENTICATED", method
            assert ask(channel, method)[0] == "UNAUTHENTICATED", method
            code, told = ask(channel, method, bad)
            assert code == "UNAUTHENTICATED"
            assert MARKER not in told


@pytest.mark.parametrize(
    ("role", "more", "method", "fields"),
    [
        ("supervisor", {"queues": ["sales"]}, "GetQueue", {"queue": "care"}),
        ("supervisor", {"queues": ["sales"]}, "ListContacts", {}),
        ("supervisor", {"queues": ["sales"]}, "GetStatistics", {}),
        ("supervisor", {"queues": ["sales"]}, "GetConfiguration", {}),
        ("supervisor", {"queues": ["sales"]}, "Watch", {}),
        ("agent", {"agent": "ann"}, "GetAgent", {"agent": "bob"}),
        ("agent", {"agent": "ann"}, "Watch", {}),
        ("read_only", {"domains": ["shop"]}, "GetStatus", {}),
        ("read_only", {"queues": ["sales"]}, "ListQueues", {}),
    ],
)
def test_reach_is_kept(role: str, more: dict[str, Any], method: str, fields: dict[str, Any]) -> None:
    token = new_token()
    with served(plain(tokens=[entry(token, role, **more)])) as (_, channel, _telemetry):
        code, told = ask(channel, f"/huntgroup.v1.EngineService/{method}", token, **fields)
        assert code == "PERMISSION_DENIED", told


@pytest.mark.parametrize(
    ("role", "more", "method", "fields"),
    [
        ("supervisor", {"queues": ["sales"]}, "GetQueue", {"queue": "sales"}),
        ("supervisor", {"queues": ["*"]}, "ListContacts", {}),
        ("supervisor", {"queues": ["*"]}, "GetStatistics", {}),
        ("agent", {"agent": "ann"}, "GetAgent", {"agent": "ann"}),
        ("read_only", {}, "GetConfiguration", {}),
        ("read_only", {"domains": ["bank"]}, "ListQueues", {}),
    ],
)
def test_what_is_within_reach(role: str, more: dict[str, Any], method: str, fields: dict[str, Any]) -> None:
    token = new_token()
    with served(plain(tokens=[entry(token, role, **more)])) as (_, channel, _telemetry):
        assert ask(channel, f"/huntgroup.v1.EngineService/{method}", token, **fields) == ("OK", "")


def test_certificates_are_replaced_on_reload(tmp_path: Path) -> None:
    """As on SIGHUP; a bad replacement changes nothing."""
    ca, token = authority("servers"), new_token()
    write(tmp_path, "server", certified("server", ca))
    raw = {"tls": {"certificate": "server.pem", "key": "server.key"}, "tokens": [entry(token)]}
    with served(read_settings(raw, tmp_path), ca) as (server, channel, _telemetry):
        status = "/huntgroup.v1.EngineService/GetStatus"
        assert ask(channel, status, token)[0] == "OK"
        first = served_certificate(server.port)
        (tmp_path / "server.key").write_bytes(b"")
        server.reload()
        assert served_certificate(server.port) == first
        write(tmp_path, "server", certified("server", ca))
        server.reload()
        assert served_certificate(server.port) != first
        assert ask(channel, status, token)[0] == "OK"
        revoked = {"tls": raw["tls"], "tokens": [entry(new_token())]}
        server.reload(read_settings(revoked, tmp_path))
        assert ask(channel, status, token)[0] == "UNAUTHENTICATED"


def test_messages_that_are_none() -> None:
    with served(plain(wire={"max_message_bytes": 4096})) as (_, channel, _telemetry):
        for method in RPCS:
            code, told = ask(channel, method, request=b"\xff\xff\xff" + MARKER.encode())
            assert code == "INVALID_ARGUMENT", (method, told)
            assert MARKER not in told
            code, _ = ask(channel, method, request=b"\x00" * 5000)
            assert code == "RESOURCE_EXHAUSTED", method


def test_nothing_about_callers_is_written() -> None:
    stream, logger = io.StringIO(), logging.getLogger("huntgroup")
    handler = log_to(stream, logging.DEBUG)
    try:
        with served(plain()) as (_, channel, telemetry):
            kind = RPCS["/huntgroup.v1.RoutingService/RouteCall"].input_type._concrete_class
            names = {field.name for field in kind.DESCRIPTOR.fields if field.type == field.TYPE_STRING}
            for method in RPCS:
                request = RPCS[method].input_type._concrete_class()
                for field in request.DESCRIPTOR.fields:
                    repeated = field.is_repeated
                    if field.type == field.TYPE_STRING and not repeated and field.name != "domain":
                        setattr(request, field.name, MARKER)
                request.domain = "bank"
                ask(channel, method, request=request.SerializeToString())
                request.domain = MARKER
                ask(channel, method, request=request.SerializeToString())
            assert names
            rendered = telemetry.render().decode()
    finally:
        logger.removeHandler(handler)
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
    assert "/RouteCall" in stream.getvalue()
    assert MARKER not in stream.getvalue()
    assert MARKER not in rendered


def test_headers_without_a_message_hold_up_nobody() -> None:
    token = new_token()
    with served(plain(tokens=[entry(token)])) as (server, channel, _telemetry):
        if not isinstance(server._pool, Workers):
            pytest.skip("the server has workers that wait for a message for ever")
        with socket.create_connection(("127.0.0.1", server.port), 60) as raw:
            raw.sendall(PREFACE + SETTINGS + SETTINGS_TAKEN)
            for place in range(400):
                raw.sendall(headers(2 * place + 1))
            end = time.monotonic() + 60
            while server._pool.waiting < 16 and time.monotonic() < end:
                time.sleep(0.02)
            for _ in range(20):
                assert ask(channel, "/huntgroup.v1.EngineService/GetStatus", token)[0] == "OK"
