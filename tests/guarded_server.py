"""A small real gRPC server behind a guard: every method of the protocol, with JSON instead of protobuf.

``Apply`` gives its commands to a real host; the other methods answer with an empty object. Everything a server of
ours must do about security is wired here as it is in the large one.

Owns that wiring for tests, and the first bytes of HTTP/2; must not know what they try.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import msgspec
from msgspec import Struct

from grpc_api.guard import (
    METHODS,
    PUBLIC,
    Denied,
    Guard,
    GuardSettings,
    Identity,
    Workers,
    check_listening,
    read_settings,
    server_credentials,
    server_options,
)
from grpc_api.guard.tls import Certificates
from grpc_api.guard.tokens import hash_token
from grpc_api.telemetry import Telemetry, Tracing
from routing import Agent, Config, Queue
from routing.commands import Command
from routing.host import Host, Request
from routing.units import SECOND

CONFIG = Config(agents=(Agent("ann"), Agent("bob")), queues=(Queue("sales"), Queue("care")))
WORKERS = 8
SPARE = 4

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
SETTINGS_TAKEN = b"\x00\x00\x00\x04\x01\x00\x00\x00\x00"


class Batch(Struct):
    """The request of ``Apply``."""

    domain: str = "bank"
    commands: tuple[Command, ...] = ()
    request_id: str = ""


class Running(Struct):
    """A server while it runs."""

    port: int
    guard: Guard
    telemetry: Telemetry
    host: Host
    certificates: Certificates | None
    workers: Workers


@contextmanager
def serving(
    settings: GuardSettings,
    tracing: Tracing | None = None,
    address: str = "127.0.0.1",
    patience_ns: int = 3600 * SECOND,
) -> Iterator[Running]:
    """Serve on a free port."""
    check_listening(settings, [f"{address}:0"])
    guard = Guard(settings)
    with Host(CONFIG) as host:
        telemetry = Telemetry(
            [*METHODS, *PUBLIC], lambda: ("bank",), lambda: {"bank": host.figures()}, tracing=tracing
        )
        workers = Workers(WORKERS, SPARE, patience_ns)
        server = grpc.server(workers, options=server_options(settings.wire))
        server.add_generic_rpc_handlers((_Handlers(guard, telemetry, host),))
        certificates = None
        if settings.tls is None:
            port = server.add_insecure_port(f"{address}:0")
        else:
            credentials, certificates = server_credentials(settings.tls)
            port = server.add_secure_port(f"{address}:0", credentials)
        server.start()
        try:
            yield Running(port, guard, telemetry, host, certificates, workers)
        finally:
            server.stop(0).wait()
            workers.shutdown()


class _Handlers(grpc.GenericRpcHandler):  # type: ignore[misc]  # gRPC has no types
    def __init__(self, guard: Guard, telemetry: Telemetry, host: Host) -> None:
        self._guard, self._telemetry, self._host = guard, telemetry, host

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        method = handler_call_details.method
        if method.endswith("/Session"):
            return grpc.stream_stream_rpc_method_handler(self._session)
        if method not in METHODS and method not in PUBLIC:
            return None
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: self._unary(method, request, context)
        )

    def _unary(self, method: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        started_ns = time.perf_counter_ns()
        metadata, peer = context.invocation_metadata(), context.peer()
        tls: Any = context.auth_context()  # lists, other than its stub says
        who, batch, code = "", Batch(), "OK"
        with self._telemetry.span(method, metadata) as span:
            try:
                identity = self._guard.admit(method, metadata, peer, tls, len(request))
                who = identity.name
                batch = msgspec.json.decode(request or b"{}", type=Batch)
                if method.endswith("/Apply"):
                    self._apply(identity, batch, peer)
                return b"{}"
            except Denied as error:
                code = error.code
                self._telemetry.denied(error.reason)
                context.set_trailing_metadata(
                    (("reason", error.reason), ("retry-ns", str(error.retry_after_ns)))
                )
                context.abort(grpc.StatusCode[code], error.message)
            except (msgspec.MsgspecError, ValueError):
                code = "INVALID_ARGUMENT"
                context.abort(
                    grpc.StatusCode.INVALID_ARGUMENT, "the message cannot be read; compare the versions"
                )
            finally:
                took_ns = time.perf_counter_ns() - started_ns
                span.describe(code, batch.domain, len(batch.commands))
                self._telemetry.ended(
                    method, code, took_ns, who, batch.domain, len(batch.commands), batch.request_id
                )
        raise AssertionError("aborted calls end before")

    def _apply(self, identity: Identity, batch: Batch, peer: str) -> None:
        self._guard.spend(identity, len(batch.commands), peer)
        for command in batch.commands:
            self._guard.permit(identity, batch.domain, command)
        self._host.apply_many(
            [Request(command, f"{batch.request_id}/{place}") for place, command in enumerate(batch.commands)]
        )

    def _session(self, requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        """Ask again at each message whether this is still somebody."""
        method = "/huntgroup.v1.EngineService/Session"
        metadata, peer = context.invocation_metadata(), context.peer()
        tls: Any = context.auth_context()
        close: Callable[[], None] = lambda: None  # noqa: E731
        try:
            identity = self._guard.admit(method, metadata, peer, tls)
            close = self._guard.open_stream(identity, peer)
            for request in requests:
                identity = self._guard.renew(identity, method, metadata, peer, tls)
                self._apply(identity, msgspec.json.decode(request, type=Batch), peer)
                yield b"{}"
        except Denied as error:
            context.set_trailing_metadata((("reason", error.reason),))
            context.abort(grpc.StatusCode[error.code], error.message)
        finally:
            close()


def call(
    channel: grpc.Channel,
    method: str = "Apply",
    request: bytes = b"{}",
    token: str = "",
    timeout_s: float = 60,
) -> tuple[str, str, str]:
    """Call a method; give code, reason and the whole of what came back."""
    name = method if method.startswith("/") else f"/huntgroup.v1.EngineService/{method}"
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    try:
        ask: Any = channel.unary_unary(name)
        ask(request, timeout=timeout_s, metadata=metadata, wait_for_ready=False)
    except grpc.RpcError as caught:
        error: Any = caught  # it is a call as well
        trailing = dict(error.trailing_metadata() or ())
        whole = f"{error.code()} {error.details()} {trailing} {error.initial_metadata()}"
        return str(error.code().name), str(trailing.get("reason", "")), whole
    return "OK", "", ""


def entry(token: str, role: str = "administrator", name: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name or role, "hash": hash_token(token), "roles": [role], "domains": ["*"], **more}


def plain(**settings: Any) -> GuardSettings:
    return read_settings({"insecure": True, **settings})


def headers(stream: int) -> bytes:
    """Make the frame that begins a call and announces a message."""

    def text(raw: bytes) -> bytes:
        return bytes([len(raw)]) + raw

    block = b"\x83\x86\x04" + text(b"/huntgroup.v1.EngineService/GetStatus") + b"\x01" + text(b"localhost")
    block += b"\x0f\x10" + text(b"application/grpc") + b"\x00" + text(b"te") + text(b"trailers")
    return len(block).to_bytes(3, "big") + b"\x01\x04" + stream.to_bytes(4, "big") + block
