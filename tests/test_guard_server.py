"""The guard under attack, by real connections to a real gRPC server."""

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import msgspec
import pytest
from certificates import (
    AUDIENCE,
    ISSUER,
    Pair,
    authority,
    certified,
    public_pem,
    served_certificate,
    signed,
    unsigned,
    write,
)
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from guarded_server import (
    PREFACE,
    SETTINGS,
    SETTINGS_TAKEN,
    SPARE,
    WORKERS,
    Batch,
    call,
    entry,
    headers,
    plain,
    serving,
)

from grpc_api.guard import METHODS, ROLES, GuardSettings, client_credentials, read_settings
from grpc_api.guard.tokens import new_token
from routing.commands import CancelContact, EnqueueContact, LogIn
from routing.errors import ConfigError

pytestmark = pytest.mark.once

MARKER = "Zq7MARKERx9"
WAIT_S = 60  # how long a test waits for what must come


def until(condition: Any) -> bool:
    """Wait for what must come."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


# ------------------------------------------------------------------------------------------ certificates


class Site:
    """A server's certificates in files, and clients' ones."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.ca, self.client_ca = authority("servers"), authority("clients")
        self.server = certified("server", self.ca)
        write(directory, "server", self.server)
        write(directory, "ca", self.ca)
        write(directory, "clients", self.client_ca)
        self.token = new_token()

    def settings(self, **tls: Any) -> GuardSettings:
        raw = {
            "tls": {"certificate": "server.pem", "key": "server.key", "client_ca": "clients.pem", **tls},
            "tokens": [entry(self.token)],
            "certificates": [
                {"subject": "cn:gateway-1", "name": "gateway", "roles": ["front_end"], "domains": ["*"]},
                {"subject": "san:boss.example", "name": "boss", "roles": ["administrator"], "domains": ["*"]},
            ],
        }
        return read_settings(raw, self.directory)

    def client(self, port: int, pair: Pair | None = None, ca: Pair | None = None) -> grpc.Channel:
        credentials = grpc.ssl_channel_credentials(
            (ca or self.ca).pem, pair.key_pem if pair else None, pair.pem if pair else None
        )
        options = (("grpc.use_local_subchannel_pool", 1), ("grpc.ssl_target_name_override", "localhost"))
        return grpc.secure_channel(f"127.0.0.1:{port}", credentials, options)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_clients_are_known_by_their_certificates(site: Site) -> None:
    gateway = certified("gateway-1", site.client_ca)
    boss = certified("x", site.client_ca, ("boss.example",))
    with serving(site.settings(require_client_certificate=True)) as server:
        with site.client(server.port, gateway) as channel:
            assert call(channel, "GetStatus")[0] == "OK"
            assert call(channel, "PutConfiguration")[1] == "role_missing"
        with site.client(server.port, boss) as channel:
            assert call(channel, "PutConfiguration")[0] == "OK"
        with site.client(server.port, certified("stranger", site.client_ca)) as channel:
            assert call(channel, "GetStatus")[1] == "no_credentials"
            assert call(channel, "GetStatus", token=site.token)[0] == "OK"
        assert server.telemetry.calls.read()[1] == {"role_missing": 1, "no_credentials": 1}


def test_wrong_certificates_do_not_get_through_the_handshake(site: Site) -> None:
    foreign = authority("clients")  # the same name, another key
    wrong = {
        "signed by somebody else": certified("gateway-1", foreign),
        "signed by the servers' authority": certified("gateway-1", site.ca),
        "expired": certified("gateway-1", site.client_ca, days=-1),
        "none at all": None,
    }
    with serving(site.settings(require_client_certificate=True)) as server:
        for told, pair in wrong.items():
            with site.client(server.port, pair) as channel:
                assert call(channel, "GetStatus", token=site.token)[0] == "UNAVAILABLE", told
        with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            assert call(channel, "GetStatus", token=site.token)[0] == "UNAVAILABLE", "without TLS"
        with site.client(server.port, certified("gateway-1", site.client_ca), ca=foreign) as channel:
            assert call(channel, "GetStatus")[0] == "UNAVAILABLE", "the client does not trust the server"
        with site.client(server.port, certified("gateway-1", site.client_ca)) as channel:
            assert call(channel, "GetStatus")[0] == "OK"


def test_without_a_required_certificate_a_forged_one_is_nobody(site: Site) -> None:
    """TLS asks for one, but lets in who has none; a certificate of another authority must not be believed."""
    with serving(site.settings()) as server:
        with site.client(server.port) as channel:
            assert call(channel, "GetStatus")[1] == "no_credentials"
            assert call(channel, "GetStatus", token=site.token)[0] == "OK"
        with site.client(server.port, certified("gateway-1", authority("clients"))) as channel:
            assert call(channel, "GetStatus")[0] != "OK"


def test_certificates_are_replaced_while_serving(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    der = Encoding.DER
    with serving(site.settings(reload_interval="1s")) as server, site.client(server.port) as early:
        assert call(early, "GetStatus", token=site.token)[0] == "OK"
        renewed = certified("server", site.ca)
        write(site.directory, "server", renewed)
        assert until(lambda: served_certificate(server.port) == renewed.certificate.public_bytes(der))
        assert call(early, "GetStatus", token=site.token)[0] == "OK", "connections that are open stay"
        with site.client(server.port) as late:
            assert call(late, "GetStatus", token=site.token)[0] == "OK"

        other = certified("server", site.ca)  # only one file of the two: the pair does not fit
        (site.directory / "server.pem").write_bytes(other.pem)
        assert server.certificates is not None
        with caplog.at_level(logging.ERROR, "huntgroup.guard"):
            assert not server.certificates.reload()
        assert "the old certificates stay: guard.tls.key: the file" in caplog.text
        assert served_certificate(server.port) == renewed.certificate.public_bytes(der)
        (site.directory / "server.key").write_bytes(other.key_pem)
        assert server.certificates.reload()  # as on SIGHUP
        assert served_certificate(server.port) == other.certificate.public_bytes(der)


def test_clients_authority_is_replaced_while_serving(site: Site) -> None:
    old, successor = certified("gateway-1", site.client_ca), authority("successor")
    with serving(site.settings(require_client_certificate=True)) as server:
        write(site.directory, "clients", successor)
        assert server.certificates is not None
        assert server.certificates.reload()
        with site.client(server.port, old) as channel:
            assert call(channel, "GetStatus")[0] == "UNAVAILABLE"
        with site.client(server.port, certified("gateway-1", successor)) as channel:
            assert call(channel, "GetStatus")[0] == "OK"


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("server.key", b"", "no private key in PEM"),
        ("server.pem", b"", "no certificate in PEM"),
        ("clients.pem", b"-----BEGIN CERTIFICATE-----\nx", "no certificate in PEM"),
    ],
)
def test_a_server_does_not_start_with_bad_files(site: Site, name: str, content: bytes, problem: str) -> None:
    (site.directory / name).write_bytes(content)
    with pytest.raises(ConfigError, match=problem), serving(site.settings()):
        pass


def test_a_server_does_not_start_with_an_expired_certificate(site: Site) -> None:
    write(site.directory, "server", certified("server", site.ca, days=-1))
    with pytest.raises(ConfigError, match="has expired"), serving(site.settings()):
        pass


def test_a_server_is_not_opened_to_the_network() -> None:
    with pytest.raises(ConfigError, match="loopback"), serving(plain(), address="0.0.0.0"):
        pass


def test_the_client_side(site: Site) -> None:
    certificate, key = write(site.directory, "gw", certified("gateway-1", site.client_ca))
    with serving(site.settings(require_client_certificate=True)) as server:
        credentials = client_credentials(site.directory / "ca.pem", certificate, key)
        with grpc.secure_channel(f"localhost:{server.port}", credentials) as channel:
            assert call(channel, "GetStatus")[0] == "OK"
    with pytest.raises(ConfigError, match="belong together"):
        client_credentials(certificate=certificate)


# ---------------------------------------------------------------------------------------- tokens and roles


@pytest.mark.parametrize("role", ROLES)
def test_roles_are_kept_for_every_method(role: str) -> None:
    token = new_token()
    more: dict[str, dict[str, Any]] = {"agent": {"agent": "ann"}, "supervisor": {"queues": ["sales"]}}
    with (
        serving(plain(tokens=[entry(token, role, **more.get(role, {}))])) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        for method, rule in METHODS.items():
            if method.endswith("/Session"):
                continue
            code, why, _ = call(channel, method, token=token)
            assert (code, why) == (
                ("OK", "") if role in rule.scopes else ("PERMISSION_DENIED", "role_missing")
            ), method
            assert call(channel, method)[1] == "no_credentials"
        assert call(channel, "/grpc.health.v1.Health/Check")[0] == "OK"
        assert call(channel, "/huntgroup.v1.EngineService/Shutdown", token=token)[0] == "UNIMPLEMENTED"


def test_commands_are_permitted_one_by_one() -> None:
    token = new_token()
    with (
        serving(plain(tokens=[entry(token, "agent", agent="ann")])) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        before = server.host.revision
        for commands, expected in (
            ((LogIn("bob"),), "foreign_agent"),
            ((LogIn("ann"), LogIn("bob")), "foreign_agent"),  # and nothing of it is done
            ((CancelContact("c"),), "role_missing"),
        ):
            assert (
                call(channel, request=msgspec.json.encode(Batch(commands=commands)), token=token)[1]
                == expected
            )
        assert server.host.revision == before
        assert (
            call(channel, request=msgspec.json.encode(Batch(commands=(LogIn("ann"),))), token=token)[0]
            == "OK"
        )
        assert server.host.revision > before


def test_bad_tokens_of_every_kind_say_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A marker in what is sent is in no answer and in no line of any log."""
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "key.pem").write_bytes(public_pem(key))
    jwt = {"keys": ["key.pem"], "algorithms": ["ES256"], "issuer": ISSUER, "audience": AUDIENCE}
    raw = {
        "insecure": True,
        "tokens": [entry(new_token())],
        "jwt": jwt,
        "limits": {"failures_per_minute": 1000},
    }
    good = signed(key, sub="ann")
    tokens = {
        "foreign": signed(other, sub=MARKER),
        "none": unsigned(sub=MARKER),
        "expired": signed(key, sub=MARKER, exp=1000),
        "audience": signed(key, sub="ann", aud=MARKER),
        "issuer": signed(key, sub="ann", iss=MARKER),
        "not yet": signed(key, sub=MARKER, nbf=99_999_999_999),
        "static": f"hgt_{MARKER}",
        "cut": good[:-4] + MARKER,
        "long": MARKER * 500,
        "dots": f"{MARKER}.{MARKER}.{MARKER}",
        "no role": signed(key, sub="ann", roles=[MARKER]),
    }
    with (
        caplog.at_level(logging.DEBUG),
        serving(read_settings(raw, tmp_path)) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        for told, token in tokens.items():
            code, why, whole = call(channel, "GetStatus", token=token)
            wanted = ("PERMISSION_DENIED", "role_missing") if told == "no role" else ("UNAUTHENTICATED", "")
            assert code == wanted[0], told
            assert why in (wanted[1], "bad_credentials", "expired_credentials"), told
            assert MARKER not in whole, told
            assert token not in whole, told
            assert token not in caplog.text, told
        assert call(channel, "GetStatus", token=good)[0] == "OK"
        rendered = server.telemetry.render().decode()
    assert MARKER not in caplog.text
    assert MARKER not in rendered


def test_a_revoked_token_ends_calls_and_streams() -> None:
    keep, revoke = new_token(), new_token()
    entries = [entry(keep, name="keep"), entry(revoke, name="revoke")]
    with (
        serving(plain(tokens=entries)) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        go_on = threading.Event()

        def messages() -> Iterator[bytes]:
            yield b"{}"
            go_on.wait(WAIT_S)
            yield b"{}"

        open_session: Any = channel.stream_stream("/huntgroup.v1.EngineService/Session")
        metadata = (("authorization", f"Bearer {revoke}"),)
        session = open_session(messages(), metadata=metadata, timeout=WAIT_S)
        assert next(session) == b"{}"
        server.guard.reload(plain(tokens=entries[:1]))
        go_on.set()
        with pytest.raises(grpc.RpcError) as caught:
            next(session)
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        assert call(channel, "GetStatus", token=revoke)[1] == "bad_credentials"
        assert call(channel, "GetStatus", token=keep)[0] == "OK"


# ---------------------------------------------------------------------------------------- hostile traffic


def test_oversized_and_malformed_messages() -> None:
    settings = plain(wire={"max_message_bytes": 4096, "max_metadata_bytes": 2048})
    with (
        serving(settings) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        assert call(channel, request=b" " * 4000 + b"{}")[0] == "OK"
        assert call(channel, request=b" " * 5000)[0] == "RESOURCE_EXHAUSTED"
        unknown = b'{"commands":[{"type":"Nope"}]}'
        for raw in (b"\x00\xff", b"{", unknown, b"[" * 2000, MARKER.encode(), b'{"domain":7}'):
            code, _, whole = call(channel, request=raw)
            assert code == "INVALID_ARGUMENT"
            assert MARKER not in whole
        assert call(channel, token="x" * 10_000)[0] == "RESOURCE_EXHAUSTED"  # metadata
        assert call(channel)[0] == "OK"


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00" * 20,
        PREFACE + b"\xff" * 64,
        b"\x00" * 1000,
    ],
    ids=("http1", "tls", "frames", "zeros"),
)
def test_what_is_no_http2_is_cut_off(garbage: bytes) -> None:
    with (
        serving(plain(wire={"handshake_timeout": "1s"})) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        assert until(lambda: call(channel)[0] == "OK")  # with a handshake in time
        with socket.create_connection(("127.0.0.1", server.port), WAIT_S) as raw:
            raw.settimeout(WAIT_S)
            raw.sendall(garbage)
            read_to_the_end(raw)
        assert call(channel)[0] == "OK"


def read_to_the_end(raw: socket.socket) -> None:
    """Return when the other side has closed; fail if it does not."""
    try:
        while raw.recv(4096):
            pass
    except ConnectionError:
        pass


def test_slow_clients_hold_up_nobody() -> None:
    """A hundred connections trickle the first bytes of HTTP/2; the server closes them, and serves others meanwhile."""
    settings = plain(wire={"handshake_timeout": "2s"})
    with (
        serving(settings) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        assert until(lambda: call(channel)[0] == "OK")  # with a handshake in time
        before = threading.active_count()
        slow = [socket.create_connection(("127.0.0.1", server.port), WAIT_S) for _ in range(100)]
        try:
            for place in range(len(PREFACE) // 2):
                for raw in slow:
                    with contextlib.suppress(OSError):
                        raw.sendall(PREFACE[place : place + 1])
                assert call(channel)[0] == "OK"
            assert threading.active_count() <= before + WORKERS + SPARE
            for raw in slow:
                raw.settimeout(WAIT_S)
                read_to_the_end(raw)
        finally:
            for raw in slow:
                raw.close()
        assert call(channel)[0] == "OK"


@pytest.mark.parametrize("patience_s", [1, 3600])
def test_headers_without_a_message_hold_up_nobody(patience_s: int, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody has been asked for a credential when a worker begins to wait for the message."""
    token = new_token()
    with (
        serving(plain(tokens=[entry(token)]), patience_ns=patience_s * 10**9) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
        socket.create_connection(("127.0.0.1", server.port), WAIT_S) as raw,
    ):
        raw.sendall(PREFACE + SETTINGS + SETTINGS_TAKEN)
        for place in range(5 * (WORKERS + SPARE)):
            raw.sendall(headers(2 * place + 1))
        # They take all workers, or did so while nobody was looking: then it has been said that they were let go.
        assert until(lambda: server.workers.waiting >= WORKERS or "calls were cancelled" in caplog.text)
        for _ in range(20):
            assert call(channel, "GetStatus", token=token, timeout_s=WAIT_S)[0] == "OK"
        assert until(lambda: server.workers.waiting <= (SPARE if patience_s > 1 else 0))
        assert call(channel, "GetStatus", token=token)[0] == "OK"


def test_silent_connections_are_closed() -> None:
    """Whoever has said hello and then answers no ping is gone."""
    settings = plain(wire={"keep_alive": "1s", "keep_alive_timeout": "1s"})
    with serving(settings) as server, socket.create_connection(("127.0.0.1", server.port), WAIT_S) as raw:
        raw.settimeout(WAIT_S)
        raw.sendall(PREFACE + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00")  # an empty SETTINGS frame
        read_to_the_end(raw)


def test_floods_are_refused_and_others_served() -> None:
    noisy, quiet = new_token(), new_token()
    settings = plain(
        tokens=[entry(noisy, name="noisy"), entry(quiet, name="quiet")],
        limits={"requests_per_second": 1, "request_burst": 50},
    )
    with (
        serving(settings) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
        ThreadPoolExecutor(4) as pool,
    ):
        started = time.monotonic()
        answers = list(pool.map(lambda _: call(channel, "GetStatus", token=noisy)[:2], range(400)))
        passed = answers.count(("OK", ""))
        assert 50 <= passed <= 51 + (time.monotonic() - started)
        assert answers.count(("RESOURCE_EXHAUSTED", "too_many_requests")) == 400 - passed
        assert call(channel, "GetStatus", token=quiet)[0] == "OK"


def test_a_flood_of_commands_is_refused() -> None:
    settings = plain(limits={"commands_per_second": 1, "command_burst": 64})
    flood = Batch(commands=tuple(EnqueueContact(f"c{n}", ("sales",)) for n in range(64)))
    with (
        serving(settings) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        assert call(channel, request=msgspec.json.encode(flood))[0] == "OK"
        assert call(channel, request=msgspec.json.encode(flood))[1] == "too_many_commands"
        assert call(channel, "GetStatus")[0] == "OK"


def test_streams_are_limited() -> None:
    with (
        serving(plain(limits={"streams": 2})) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        session: Any = channel.stream_stream("/huntgroup.v1.EngineService/Session")
        end = threading.Event()

        def messages() -> Iterator[bytes]:
            yield b"{}"
            end.wait(WAIT_S)

        open_ones = [session(messages(), timeout=WAIT_S) for _ in range(2)]
        assert [next(one) for one in open_ones] == [b"{}"] * 2
        with pytest.raises(grpc.RpcError) as caught:
            next(session(messages(), timeout=WAIT_S))
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        end.set()
        for one in open_ones:
            assert list(one) == []
        end.clear()
        third = session(messages(), timeout=WAIT_S)
        assert next(third) == b"{}"
        end.set()
