"""The connection to huntgroup's RoutingService: calls that are repeated until they are answered.

Owns the channel, deadlines, back-off and what may be repeated; must not know calls or Kamailio.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import grpc
from msgspec import Struct

from grpc_api.v1 import routing_pb2 as pb
from grpc_api.v1 import routing_pb2_grpc

_LOG: Final = logging.getLogger(__name__)
Answer = TypeVar("Answer")
#: Generated without types.
_STUBS: Final[Any] = routing_pb2_grpc

#: The server is away, busy or about to go: the same request may go through later. Request ids make that safe.
_LATER: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
    }
)
_BACK_OFF_S: Final = (0.02, 1.0)
_DEADLINE_S: Final = 5.0
_CHANNEL_OPTIONS: Final = (
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
)


class Access(Struct, frozen=True):
    """Where the server is, and who we are."""

    target: str = "127.0.0.1:50051"
    authority: str = ""  # file of the certificates trusted; empty: no TLS
    certificate: str = ""  # file of our own, with its key, for mutual TLS
    key: str = ""
    token: str = ""  # file of the token


class RefusedError(Exception):
    """The server will not do this, however often it is asked."""


class Server:
    """Asks of the RoutingService, each repeated with back-off while the server is away.

    ``gate`` is open once the calls have been compared. Before, the server may have withdrawn the very offer that a
    report is about, and would refuse what the comparison makes good.
    """

    def __init__(self, access: Access, gate: asyncio.Event) -> None:
        self._gate = gate
        self._channel = _channel(access)
        self._stub: Any = _STUBS.RoutingServiceStub(self._channel)
        token = Path(access.token).read_text().strip() if access.token else ""
        self._metadata = (("authorization", f"Bearer {token}"),) if token else ()

    async def route(self, request: pb.RouteCallRequest) -> pb.RouteCallResponse:
        """Where does a call go?"""
        return await self._ask(self._stub.RouteCall, request)

    async def report(self, request: pb.ReportCallRequest) -> pb.ReportCallResponse:
        """Say what became of it."""
        return await self._ask(self._stub.ReportCall, request)

    async def dial_code(self, request: pb.DialCodeRequest) -> pb.DialCodeResponse:
        """Pass a dialled code on."""
        return await self._ask(self._stub.DialCode, request)

    async def sync(self, request: pb.SyncCallsRequest) -> pb.SyncCallsResponse:
        """Compare all calls, once: who asks begins anew when it fails."""
        return await self._once(self._stub.SyncCalls, request, deadline_s=30.0)

    def follow(self, request: pb.FollowCallsRequest) -> "grpc.aio.UnaryStreamCall[Any, Any]":
        """Open the stream of instructions."""
        stream: grpc.aio.UnaryStreamCall[Any, Any] = self._stub.FollowCalls(request, metadata=self._metadata)
        return stream

    async def close(self) -> None:
        """Let the channel go."""
        await self._channel.close()

    async def _once(
        self, method: Callable[..., Awaitable[Answer]], request: object, deadline_s: float = _DEADLINE_S
    ) -> Answer:
        return await method(request, timeout=deadline_s, metadata=self._metadata)

    async def _ask(self, method: Callable[..., Awaitable[Answer]], request: object) -> Answer:
        wait_s = _BACK_OFF_S[0]
        while True:
            await self._gate.wait()
            try:
                return await self._once(method, request)
            except grpc.aio.AioRpcError as error:
                if error.code() not in _LATER:
                    raise RefusedError(f"{error.code().name}: {error.details()}") from error
            # Thousands of calls wait for the same server: they do not come back all at once.
            await asyncio.sleep(wait_s * (0.5 + random.random()))
            wait_s = min(wait_s * 2, _BACK_OFF_S[1])


def _channel(access: Access) -> grpc.aio.Channel:
    if not access.authority:
        return grpc.aio.insecure_channel(access.target, options=_CHANNEL_OPTIONS)
    credentials = grpc.ssl_channel_credentials(
        Path(access.authority).read_bytes(),
        Path(access.key).read_bytes() if access.key else None,
        Path(access.certificate).read_bytes() if access.certificate else None,
    )
    return grpc.aio.secure_channel(access.target, credentials, options=_CHANNEL_OPTIONS)
