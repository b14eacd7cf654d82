"""Asterisk asks huntgroup: callers in a Stasis application are routed by gRPC, agents are rung, and both are bridged.

    ARI_PASSWORD=... python ari_desk.py --server 127.0.0.1:50051 --ari http://127.0.0.1:8088 --user huntgroup

One websocket for Asterisk's events and plain HTTP for what is to be done (aiohttp speaks both), one stream of
instructions from the server.

Owns an example of a gateway in its simplest form; must not know more of huntgroup than its RoutingService.
"""

import argparse
import asyncio
import logging
import os
from base64 import b64encode
from collections.abc import Coroutine
from typing import Any, Final

import aiohttp
import grpc

from grpc_api.v1 import routing_pb2 as pb
from grpc_api.v1 import routing_pb2_grpc

_LOG: Final = logging.getLogger("ari_desk")
#: Generated without types.
_STUBS: Final[Any] = routing_pb2_grpc
#: Causes (Q.850) of an agent's leg, as reports; every other is "unreachable".
_REPORTS: Final = {
    17: pb.REPORT_BUSY,
    18: pb.REPORT_NO_ANSWER,
    19: pb.REPORT_NO_ANSWER,
    21: pb.REPORT_REJECTED,
}
_BACK_OFF_S: Final = (0.05, 1.0)


class Call:
    """A caller who waits, rings or talks."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.legs: dict[str, pb.Offer] = {}  # offers that ring, by the channel of the agent's leg
        self.seen: set[int] = set()
        self.talking = ""  # the agent's channel
        self.agent = ""  # and whose it is
        self.bridge = ""
        self.music = False


class Desk:
    """The calls of one Asterisk."""

    def __init__(self, ari: aiohttp.ClientSession, stub: Any, app: str, domain: str) -> None:
        self._ari = ari
        self._stub = stub
        self._app = app
        self._domain = domain
        self.calls: dict[str, Call] = {}
        self._legs: dict[str, Call] = {}
        # A call routed while the comparison is under way would be taken for lost.
        self._compared = asyncio.Event()
        # A task that nobody holds is collected while it runs.
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until Asterisk closes the connection."""
        async with self._ari.ws_connect("/ari/events", params={"app": self._app}) as events:
            following = asyncio.create_task(self._follow())
            try:
                async for message in events:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        self._heard(message.json())
            finally:
                following.cancel()
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(following, *self._tasks, return_exceptions=True)

    # --- What Asterisk says

    def _heard(self, event: dict[str, Any]) -> None:
        channel = event.get("channel", {}).get("id", "")
        match event["type"]:
            case "StasisStart" if channel in self._legs:
                self._spawn(self._answered(self._legs[channel], channel))
            case "StasisStart":
                self._spawn(self._arrived(event["channel"]))
            case "ChannelDestroyed":
                self._spawn(self._gone(channel, int(event.get("cause", 0))))

    async def _arrived(self, channel: dict[str, Any]) -> None:
        call = self.calls[channel["id"]] = Call(channel["id"])
        request = pb.RouteCallRequest(
            domain=self._domain,
            call_id=call.channel,
            front_end=self._app,
            caller=channel.get("caller", {}).get("number", ""),
            called=channel.get("dialplan", {}).get("exten", ""),
            request_id=f"{call.channel} route",
        )
        await self._compared.wait()
        answer = await self._ask(self._stub.RouteCall, request)
        await self._do(call, answer.instruction)

    async def _answered(self, call: Call, leg: str) -> None:
        if call.talking:
            return
        call.talking = leg
        offer = call.legs.pop(leg)
        call.agent = offer.agent
        for other in tuple(call.legs):
            await self._end_leg(call, other)
        bridge = await self._post("/ari/bridges", type="mixing")
        call.bridge = bridge["id"]
        if call.music:
            await self._delete(f"/ari/channels/{call.channel}/moh")
        await self._post(f"/ari/bridges/{call.bridge}/addChannel", channel=f"{call.channel},{leg}")
        await self._report(call, pb.REPORT_ANSWERED, offer)

    async def _gone(self, channel: str, cause: int) -> None:
        if (call := self.calls.pop(channel, None)) is not None:
            for leg in (*call.legs, call.talking):
                if leg:
                    await self._end_leg(call, leg)
            if call.bridge:
                await self._delete(f"/ari/bridges/{call.bridge}")
            await self._report(call, pb.REPORT_ENDED if call.talking else pb.REPORT_ABANDONED)
        elif (call := self._legs.pop(channel, None)) is not None:
            offer = call.legs.pop(channel, None)
            if call.talking == channel:
                await self._delete(f"/ari/channels/{call.channel}")
            elif offer is not None:
                await self._report(call, _REPORTS.get(cause, pb.REPORT_UNREACHABLE), offer)

    # --- What the server says

    async def _follow(self) -> None:
        """Compare calls, follow instructions; again after every break."""
        wait_s = _BACK_OFF_S[0]
        while True:
            try:
                live = [
                    pb.FrontEndCall(call_id=call.channel, agent=call.agent)
                    for call in tuple(self.calls.values())
                ]
                synced = await self._stub.SyncCalls(
                    pb.SyncCallsRequest(domain=self._domain, front_end=self._app, calls=live), timeout=10
                )
                request = pb.FollowCallsRequest(
                    domain=self._domain, front_end=self._app, start_revision=synced.revision
                )
                wait_s = _BACK_OFF_S[0]
                self._compared.set()
                async for notice in self._stub.FollowCalls(request):
                    call = self.calls.get(notice.call_id)
                    if call is not None:
                        self._spawn(self._do(call, notice.instruction))
            except grpc.aio.AioRpcError as error:
                _LOG.warning("the stream broke: %s", error.details())
            self._compared.clear()
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _BACK_OFF_S[1])

    async def _do(self, call: Call, instruction: pb.Instruction) -> None:
        match instruction.WhichOneof("do"):
            case "wait" if not call.music and not call.talking:
                call.music = True
                await self._post(f"/ari/channels/{call.channel}/moh")
            case "offer" if instruction.offer.offer not in call.seen and not call.talking:
                await self._ring(call, instruction.offer)
            case "stop":
                for leg, offer in tuple(call.legs.items()):
                    if offer.offer == instruction.stop.offer:
                        await self._end_leg(call, leg)
            case "treatment":
                self.calls.pop(call.channel, None)
                target = instruction.treatment.target
                await self._post(f"/ari/channels/{call.channel}/continue", context=target, extension="s")
            case "reject" | "release" if call.channel in self.calls:
                await self._delete(f"/ari/channels/{call.channel}")

    async def _ring(self, call: Call, offer: pb.Offer) -> None:
        call.seen.add(offer.offer)
        leg = f"{call.channel}-{offer.offer}"
        call.legs[leg] = offer
        self._legs[leg] = call
        seconds = max(1, offer.ring_ns // 1_000_000_000) if offer.ring_ns else -1
        device = offer.endpoint.removeprefix("sip:").partition("@")[0]
        await self._post(
            "/ari/channels",
            endpoint=f"PJSIP/{device}",
            app=self._app,
            channelId=leg,
            originator=call.channel,
            timeout=str(seconds),
        )

    async def _end_leg(self, call: Call, leg: str) -> None:
        call.legs.pop(leg, None)
        self._legs.pop(leg, None)
        await self._delete(f"/ari/channels/{leg}")

    async def _report(self, call: Call, report: pb.Report, offer: pb.Offer | None = None) -> None:
        request = pb.ReportCallRequest(
            domain=self._domain,
            call_id=call.channel,
            front_end=self._app,
            report=report,
            request_id=f"{call.channel} {report} {offer.offer if offer else ''}",
        )
        if offer is not None:
            request.agent, request.offer = offer.agent, offer.offer
        answer = await self._ask(self._stub.ReportCall, request)
        if call.channel in self.calls:
            await self._do(call, answer.instruction)

    # --- Both

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, method: Any, request: Any) -> Any:
        """Ask, again while the server is away: request ids make that safe."""
        wait_s = _BACK_OFF_S[0]
        while True:
            try:
                return await method(request, timeout=5)
            except grpc.aio.AioRpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                    raise
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _BACK_OFF_S[1])

    async def _post(self, path: str, **parameters: str) -> dict[str, Any]:
        async with self._ari.post(path, params=parameters) as answer:
            if answer.status >= 400:
                _LOG.warning("%s: %s", path, answer.status)
                return {"id": ""}
            found: dict[str, Any] = await answer.json() if answer.status != 204 else {}
            return found

    async def _delete(self, path: str) -> None:
        async with self._ari.delete(path) as answer:
            if answer.status >= 400:
                _LOG.info("%s is gone already", path)


async def main() -> None:
    """Serve until Asterisk closes the connection."""
    parser = argparse.ArgumentParser(description="Asterisk's way to huntgroup")
    parser.add_argument("--server", default="127.0.0.1:50051")
    parser.add_argument("--ari", default="http://127.0.0.1:8088")
    parser.add_argument("--user", default="huntgroup")
    parser.add_argument(
        "--app", default="huntgroup", help="the Stasis application, and our name at the server"
    )
    parser.add_argument("--domain", default="default")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    login = f"{given.user}:{os.environ.get('ARI_PASSWORD', '')}"
    headers = {"Authorization": f"Basic {b64encode(login.encode()).decode()}"}
    async with (
        aiohttp.ClientSession(given.ari, headers=headers) as ari,
        grpc.aio.insecure_channel(given.server) as channel,
    ):
        await Desk(ari, _STUBS.RoutingServiceStub(channel), given.app, given.domain).run()


if __name__ == "__main__":
    asyncio.run(main())
