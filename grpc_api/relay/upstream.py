"""The relay's own watch of a domain: begins with the first who asks, comes back by itself when the server was away.

Owns this one connection; must not know who watches.
"""

import asyncio
import logging
from typing import Any, Final

import grpc

from grpc_api.client import Patience, Target
from grpc_api.client.asking import ENGINE
from grpc_api.client.retrying import Attempts, fault_in, raised
from grpc_api.convert import read_event
from grpc_api.relay.kept import Kept, Shelf
from grpc_api.status import Fault
from grpc_api.v1 import engine_pb2
from routing.units import SECOND

_LOG: Final = logging.getLogger("huntgroup.relay")


class Upstream:
    """Fills the shelf of one domain. Make it where its loop runs."""

    def __init__(self, channel: grpc.aio.Channel, target: Target, domain: str, shelf: Shelf) -> None:
        self.shelf = shelf
        self._method: Any = channel.unary_stream(f"{ENGINE}Watch")
        self._metadata = target.metadata
        self._request = engine_pb2.WatchRequest(domain=domain, progress_interval_ns=SECOND)
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._told = False
        self.task = asyncio.create_task(self._run())

    def close(self) -> None:
        """Watch no more."""
        self.task.cancel()

    async def _run(self) -> None:
        attempts = Attempts(Patience(), endless=True)
        while True:
            call = self._method(self._request.SerializeToString(), metadata=self._metadata)
            try:
                async for data in call:
                    attempts.succeeded()
                    self._told = False
                    self._take(engine_pb2.WatchResponse.FromString(data))
            except grpc.RpcError as error:
                fault = fault_in(error)
                if fault.reason in ("COMPACTED", "SLOW_CONSUMER", "MISUSE") and self.begun.done():
                    # What came in between is lost: everybody who was behind it is told so.
                    _LOG.warning("the watch begins anew: %s", fault)
                    self._request.ClearField("start_revision")
                    self.shelf.oldest = self.shelf.revision + 1
                    continue
                if not await self._can_go_on(attempts, fault):
                    return
            finally:
                call.cancel()

    async def _can_go_on(self, attempts: Attempts, fault: Fault) -> bool:
        """Wait before the next attempt; False when there is none."""
        try:
            pause_s = attempts.pause_s(fault)
        except Exception:
            self.shelf.fail(fault)
            if not self.begun.done():
                self.begun.set_exception(raised(fault))
                self.begun.exception()  # whoever waits for it has their own look
            return False
        if not self._told:
            self._told = True
            _LOG.warning("the upstream server gives no events, and is asked again and again: %s", fault)
        await asyncio.sleep(pause_s)
        return True

    def _take(self, message: engine_pb2.WatchResponse) -> None:
        shelf = self.shelf
        if not self._request.HasField("start_revision"):
            shelf.begin(message.revision)
            if not self.begun.done():
                self.begun.set_result(None)
        found = []
        for one in message.events:
            event = read_event(one.event)
            if event is not None:
                chunk = engine_pb2.WatchResponse(events=[one]).SerializeToString()
                found.append(Kept(one.revision, event, chunk))
        shelf.add(message.revision, found)
        self._request.start_revision = message.revision
