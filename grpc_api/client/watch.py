"""Streams from the server that go on after an interruption, for threads.

Owns where a stream stands; must not know what its messages mean beyond their revision.
"""

import threading
from collections.abc import Iterator
from typing import Any, Generic, Self, TypeVar

import grpc

from grpc_api.client.asking import ENGINE
from grpc_api.client.retrying import Attempts, Patience, fault_in
from grpc_api.client.routing_asks import ROUTING, notice_from
from grpc_api.client.shapes import Watched
from grpc_api.convert import read_event
from grpc_api.facade import Notice
from grpc_api.v1 import engine_pb2, routing_pb2

T = TypeVar("T")


class Stream(Generic[T]):
    """Iterates over what the server sends, from where it stands; comes back by itself when the server was away.

    Attributes
    ----------
    revision : int or None
        Everything up to here has been given; None before the server has said where it is.
    """

    def __init__(
        self,
        channel: grpc.Channel,
        method: str,
        request: Any,
        patience: Patience,
        metadata: tuple[tuple[str, str], ...],
    ) -> None:
        self.revision: int | None = None
        self._request = request
        self._method: Any = channel.unary_stream(method)
        self._patience = patience
        self._metadata = metadata
        self._closed = threading.Event()
        self._call: Any = None

    def close(self) -> None:
        """End it, also for whoever waits in it."""
        self._closed.set()
        call = self._call
        if call is not None:
            call.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[T]:
        attempts = Attempts(self._patience, endless=True)
        while not self._closed.is_set():
            self._resume()
            self._call = call = self._method(self._request.SerializeToString(), metadata=self._metadata)
            if self._closed.is_set():
                call.cancel()
                return
            try:
                for data in call:
                    attempts.succeeded()
                    yield from self._take(data)
                    if self._closed.is_set():
                        return
            except grpc.RpcError as error:
                if self._closed.is_set():
                    return
                pause_s = attempts.pause_s(fault_in(error))
                self._closed.wait(pause_s)
            finally:
                call.cancel()

    def _resume(self) -> None:
        """Have the request say where the stream stands."""
        if self.revision is not None:
            self._request.start_revision = self.revision
        elif self._request.HasField("start_revision"):
            self.revision = self._request.start_revision

    def _take(self, data: bytes) -> Iterator[T]:
        raise NotImplementedError


class Watch(Stream[Watched]):
    """The events of a domain, each once and in order. Raises `CompactedError` when some are no longer kept.

    Examples
    --------
    >>> from grpc_api.client import Client
    >>> from grpc_api.domains import Domains, Hosted
    >>> from grpc_api.server import Server
    >>> from routing import Agent, Config, LogIn
    >>> from routing.host import Host
    >>> with Host(Config(agents=(Agent("ann"),))) as host, Server(Domains(Hosted("bank", host))) as server:
    ...     with Client(f"127.0.0.1:{server.port}", "bank") as client, client.watch(0) as watch:
    ...         _ = client.apply(LogIn("ann"))
    ...         print(next(iter(watch)).event.agent)
    ann
    """

    def __init__(
        self,
        channel: grpc.Channel,
        request: engine_pb2.WatchRequest,
        patience: Patience,
        metadata: tuple[tuple[str, str], ...],
    ) -> None:
        super().__init__(channel, f"{ENGINE}Watch", request, patience, metadata)
        self._resume()

    def _take(self, data: bytes) -> Iterator[Watched]:
        message = engine_pb2.WatchResponse.FromString(data)
        for one in message.events:
            if self.revision is None or one.revision > self.revision:
                self.revision = one.revision
                event = read_event(one.event)
                if event is not None:
                    yield Watched(one.revision, event)
        self.revision = message.revision


class Follow(Stream[Notice]):
    """What is to be done with calls; marks of progress, which have no call, come along."""

    def __init__(
        self,
        channel: grpc.Channel,
        request: routing_pb2.FollowCallsRequest,
        patience: Patience,
        metadata: tuple[tuple[str, str], ...],
    ) -> None:
        super().__init__(channel, f"{ROUTING}FollowCalls", request, patience, metadata)
        self._resume()

    def _take(self, data: bytes) -> Iterator[Notice]:
        notice = notice_from(routing_pb2.FollowCallsResponse.FromString(data))
        yield notice
        self.revision = notice.revision
