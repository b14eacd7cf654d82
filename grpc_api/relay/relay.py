"""The relay: a server on asyncio, because a thousand who mostly wait are cheap there.

Owns its connections, limits and end; must not know what is kept (``kept``) nor where it comes from (``upstream``).
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any, Self

import grpc

from grpc_api.calls import told
from grpc_api.client import Target
from grpc_api.feed import wanted_by
from grpc_api.guard import (
    Guard,
    GuardSettings,
    Identity,
    check_listening,
    hindrance,
    server_credentials,
    server_options,
)
from grpc_api.limits import WireLimits
from grpc_api.relay.kept import Shelf
from grpc_api.relay.upstream import Upstream
from grpc_api.service import ENGINE
from grpc_api.status import FULL, Fault, status_of
from grpc_api.v1 import engine_pb2
from routing.errors import CompactedError, ConfigError
from routing.units import SECOND

_WATCH = f"/{ENGINE}/Watch"


class Relay:
    """Serves `Watch` of an upstream server to many. Use as ``async with``.

    Parameters
    ----------
    target : Target or str
        The upstream server.
    listen : str, default an ephemeral port on loopback
        ``HOST:PORT``.
    guard : Guard, optional
        Who may watch; by default everybody, on loopback only.
    limits : WireLimits, optional
        ``streams`` is how many may watch.
    keep : int, default 100,000
        Events of each domain that a watch can go back.
    """

    def __init__(
        self,
        target: Target | str,
        listen: str = "127.0.0.1:0",
        guard: Guard | None = None,
        limits: WireLimits | None = None,
        keep: int = 100_000,
    ) -> None:
        self.target = target if isinstance(target, Target) else Target(target)
        self.guard = guard or Guard(GuardSettings(insecure=True))
        self.limits = limits or WireLimits(streams=5_000)
        self.watches = 0
        self.port = 0
        self._listen = listen
        self._keep = keep
        self._upstreams: dict[str, Upstream] = {}
        self._draining = False
        check_listening(self.guard.settings, [listen])

    async def __aenter__(self) -> Self:
        self._channel = self.target.aio_channel()
        self._server: Any = grpc.aio.server(options=server_options(self.guard.settings.wire))
        handler: Any = grpc.unary_stream_rpc_method_handler(self._watch)
        self._server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler(ENGINE, {"Watch": handler})]
        )
        try:
            if self.guard.settings.tls is None:
                self.port = self._server.add_insecure_port(self._listen)
            else:
                credentials, _ = server_credentials(self.guard.settings.tls)
                self.port = self._server.add_secure_port(self._listen, credentials)
        except RuntimeError:
            await self._channel.close()
            raise ConfigError(
                "listen",
                f"{self._listen!r} cannot be listened on: {hindrance(self._listen)}; give another one",
            ) from None
        await self._server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._draining = True
        await self._server.stop(1)
        for upstream in self._upstreams.values():
            upstream.close()
        await self._channel.close()

    async def wait(self) -> None:
        """Wait until it is stopped."""
        await self._server.wait_for_termination()

    async def _watch(self, data: bytes, context: Any) -> AsyncIterator[bytes]:
        release: Any = None
        try:
            identity = self.guard.admit(
                _WATCH, context.invocation_metadata(), context.peer(), None, len(data)
            )
            request = engine_pb2.WatchRequest.FromString(data)
            self._permit(identity, request)
            if self.watches >= self.limits.streams:
                raise Fault(
                    FULL,
                    "TOO_MANY_STREAMS",
                    f"{self.watches} watch, which is the limit",
                    retry_after_ns=SECOND,
                )
            release = self.guard.open_stream(identity, context.peer())
            self.watches += 1
            async for message in self._follow(request):
                yield message
        except Exception as error:
            fault = told(error, _WATCH)
            await _abort(context, fault)
        finally:
            if release is not None:
                self.watches -= 1
                release()

    def _permit(self, identity: Identity, request: engine_pb2.WatchRequest) -> None:
        if not identity.unlimited:
            self.guard.permit_call(
                identity,
                request.domain,
                _WATCH,
                queues=request.queues,
                agents=request.agents,
                contacts=request.contacts,
            )

    async def _shelf(self, domain: str) -> Shelf:
        """Give the shelf of a domain; the first who asks for it waits until it is begun."""
        upstream = self._upstreams.get(domain)
        if upstream is None or upstream.task.done():
            upstream = Upstream(self._channel, self.target, domain, Shelf(self._keep))
            self._upstreams[domain] = upstream
        try:
            await asyncio.shield(upstream.begun)
        except Exception:
            if self._upstreams.get(domain) is upstream:
                del self._upstreams[domain]  # a name that is not known there must not stay here
            raise
        return upstream.shelf

    async def _follow(self, request: engine_pb2.WatchRequest) -> AsyncIterator[bytes]:
        wanted = wanted_by(request)
        shelf = await self._shelf(request.domain)
        revision = request.start_revision if request.HasField("start_revision") else shelf.revision
        shelf.check(revision)
        least_s = request.min_interval_ns / SECOND
        most_s = (request.progress_interval_ns or self.limits.progress_ns) / SECOND
        yield engine_pb2.WatchResponse(revision=revision, progress=True).SerializeToString()
        last = time.monotonic()
        while not self._draining:
            await shelf.wait(revision, max(last + most_s - time.monotonic(), 0.001))
            held_s = last + least_s - time.monotonic()
            if shelf.revision > revision and held_s > 0:
                await asyncio.sleep(held_s)
            try:
                revision, chunks = shelf.take(revision, self.limits.watch_events, wanted)
            except CompactedError as error:
                raise Fault(
                    FULL,
                    "SLOW_CONSUMER",
                    "the messages were not read in time, and what comes next is no longer kept",
                    {"oldest": str(error.oldest), "revision": str(revision)},
                ) from None
            now = time.monotonic()
            if not chunks and now < last + most_s:
                continue
            head = engine_pb2.WatchResponse(revision=revision, progress=not chunks)
            yield head.SerializeToString() + b"".join(chunks)
            last = time.monotonic()
        raise Fault(
            grpc.StatusCode.UNAVAILABLE,
            "CLOSED",
            "the relay is being shut down; watch again from your last revision",
        )


async def _abort(context: Any, fault: Fault) -> None:
    status = status_of(fault)
    with contextlib.suppress(asyncio.CancelledError):
        await context.abort(
            fault.code,
            fault.message,
            (("grpc-status-details-bin", status.SerializeToString()),),
        )
