"""Asterisk asks huntgroup: callers in a Stasis application are routed by gRPC, agents are rung, and both are bridged.

    ARI_PASSWORD=... python ari_desk.py --server 127.0.0.1:50051 --ari http://127.0.0.1:8088 --user huntgroup

One websocket for Asterisk's events and plain HTTP for what is to be done (aiohttp speaks both), one stream of
instructions from the server. What agents key in while they talk is asked of the server, too: ``*1`` hold and back,
``*2`` a number and ``#`` consult, ``*3`` conference, ``*4`` hand over.

Owns an example of a gateway in its simplest form; must not know more of huntgroup than its RoutingService.
"""

import argparse
import asyncio
import logging
import os
import time
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
    """A caller who waits, rings or talks; or a leg of such a call, which has an agent alone."""

    def __init__(self, channel: str, parent: "Call | None" = None) -> None:
        self.channel = channel
        self.parent = parent
        self.consulted: dict[str, Call] = {}  # its legs, by their ids
        self.legs: dict[str, pb.Offer] = {}  # offers that ring, by the channel of the agent's leg
        self.seen: set[tuple[int, str]] = set()
        self.talking = ""  # the agent's channel
        self.agent = ""  # and whose it is
        self.standing = ""  # talk, hold or conference
        self.bridge = ""
        self.music = False
        self.keys = ""

    def rooms(self) -> list[tuple["Call", list[str]]]:
        """Say which channels belong together, by the call whose bridge they are in."""
        joined = [leg.talking for leg in self.consulted.values() if leg.standing == "conference"]
        main = joined if self.standing == "hold" else [self.channel, *joined]
        apart = [leg for leg in self.consulted.values() if leg.standing == "talk" and leg.talking]
        if self.standing == "hold" and apart and not joined:
            return [(apart[-1], [self.talking, apart[-1].talking])]
        return [(self, [*main, self.talking])] if main else []


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
            case "ChannelDtmfReceived" if channel in self._legs:
                self._keyed(self._legs[channel], str(event["digit"]))
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
        for instruction in (answer.instruction, *answer.further):
            await self._do(call, instruction)

    async def _answered(self, call: Call, leg: str) -> None:
        if call.talking:
            return
        call.talking = leg
        offer = call.legs.pop(leg)
        call.agent = offer.agent
        for other in tuple(call.legs):
            await self._end_leg(call, other)
        if call.parent is None:
            call.standing = "talk"
            await self._mix(call)
        await self._report(call, pb.REPORT_ANSWERED, offer)

    def _keyed(self, call: Call, digit: str) -> None:
        """Collect what an agent keys in; when it means something, ask for it."""
        call = call.parent or call
        call.keys = digit if digit == "*" else call.keys + digit
        legs = list(call.consulted)
        wanted = pb.HandleCallRequest(domain=self._domain, call_id=call.channel, front_end=self._app)
        match call.keys[:2]:
            case "*1" if call.standing == "hold":
                wanted.retrieve.SetInParent()
            case "*1":
                wanted.hold.SetInParent()
            case "*2" if digit == "#":
                leg = f"{call.channel}.{len(call.seen) + len(legs)}"
                wanted.consult.CopyFrom(pb.ConsultAction(leg=leg, to=pb.Destination(number=call.keys[2:-1])))
            case "*3" if legs:
                wanted.join.leg = legs[-1]
            case "*4" if legs:
                wanted.hand_over.leg = legs[0]
            case _:
                return
        call.keys = ""
        wanted.request_id = f"{call.channel} {time.monotonic_ns()}"
        self._spawn(self._handle(call, wanted))

    async def _handle(self, call: Call, wanted: pb.HandleCallRequest) -> None:
        answer = await self._ask(self._stub.HandleCall, wanted)
        for one in answer.legs:
            for instruction in (one.instruction, *one.further):
                await self._do(self._leg_of(call, one.call_id), instruction)
        await self._do(call, answer.instruction)

    async def _gone(self, channel: str, cause: int) -> None:
        if (call := self.calls.pop(channel, None)) is not None:
            for one in (call, *call.consulted.values()):
                for leg in (*one.legs, one.talking):
                    if leg:
                        await self._end_leg(one, leg)
                if one.bridge:
                    await self._delete(f"/ari/bridges/{one.bridge}")
            await self._report(call, pb.REPORT_ENDED if call.talking else pb.REPORT_ABANDONED)
        elif (call := self._legs.pop(channel, None)) is not None:
            offer = call.legs.pop(channel, None)
            if call.talking == channel and call.parent is not None:
                call.talking = ""
                await self._report(call, pb.REPORT_ENDED)
            elif call.talking == channel:
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
                    for caller in tuple(self.calls.values())
                    for call in (caller, *caller.consulted.values())
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
                    call = self._find(notice.call_id, notice.instruction)
                    if call is not None:
                        self._spawn(self._do(call, notice.instruction))
            except grpc.aio.AioRpcError as error:
                _LOG.warning("the stream broke: %s", error.details())
            self._compared.clear()
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _BACK_OFF_S[1])

    async def _do(self, call: Call, instruction: pb.Instruction) -> None:
        match instruction.WhichOneof("do"):
            case "wait" if not call.music and not call.talking and call.parent is None:
                call.music = True
                await self._post(f"/ari/channels/{call.channel}/moh")
            case "offer" if not call.talking:
                await self._ring(call, instruction.offer)
            case "stop":
                stop = instruction.stop
                for leg, offer in tuple(call.legs.items()):
                    if offer.offer == stop.offer and stop.endpoint in ("", offer.endpoint):
                        await self._end_leg(call, leg)
            case "talk" | "hold" | "conference" as standing if call.talking:
                call.standing = standing
                await self._take(call, getattr(instruction, standing).agent)
                await self._mix(call.parent or call)
            case "release" if call.parent is not None:
                call.parent.consulted.pop(call.channel, None)
                if not instruction.release.into and call.talking:
                    await self._end_leg(call, call.talking)
                    await self._mix(call.parent)
                if call.bridge:
                    await self._delete(f"/ari/bridges/{call.bridge}")
            case "treatment":
                self.calls.pop(call.channel, None)
                target = instruction.treatment.target
                await self._post(f"/ari/channels/{call.channel}/continue", context=target, extension="s")
            case "reject" | "release" if call.channel in self.calls:
                await self._delete(f"/ari/channels/{call.channel}")

    def _find(self, call_id: str, instruction: pb.Instruction) -> Call | None:
        """Find a call, or the leg of one; an offer brings a leg that is not known yet."""
        if call_id in self.calls:
            return self.calls[call_id]
        for call in self.calls.values():
            if call_id in call.consulted or call.channel == instruction.offer.parent:
                return self._leg_of(call, call_id)
        return None

    @staticmethod
    def _leg_of(call: Call, leg: str) -> Call:
        if leg not in call.consulted:
            call.consulted[leg] = Call(leg, call)
        return call.consulted[leg]

    async def _take(self, call: Call, agent: str) -> None:
        """Another agent has the call: the one of a leg, whose device stays; that of the first agent is free."""
        if agent == call.agent:
            return
        for leg in tuple(call.consulted.values()):
            if leg.agent == agent and leg.talking:
                before, call.talking, call.agent = call.talking, leg.talking, agent
                self._legs[call.talking] = call
                leg.talking = ""
                await self._end_leg(call, before)

    async def _mix(self, call: Call) -> None:
        """Connect who belongs together, and play music to a caller who is on hold."""
        if call.channel not in self.calls or not call.talking:
            return
        if call.music and call.standing == "talk":
            call.music = False
            await self._delete(f"/ari/channels/{call.channel}/moh")
        for one, channels in call.rooms():
            if not one.bridge:
                one.bridge = (await self._post("/ari/bridges", type="mixing"))["id"]
            await self._post(f"/ari/bridges/{one.bridge}/addChannel", channel=",".join(channels))
        if call.standing == "hold" and not call.music:
            call.music = True
            if call.bridge:
                await self._post(f"/ari/bridges/{call.bridge}/removeChannel", channel=call.channel)
            await self._post(f"/ari/channels/{call.channel}/moh")

    async def _ring(self, call: Call, offer: pb.Offer) -> None:
        if (offer.offer, offer.endpoint) in call.seen:
            return
        call.seen.add((offer.offer, offer.endpoint))
        leg = f"{call.channel}-{offer.offer}-{len(call.seen)}"
        call.legs[leg] = offer
        self._legs[leg] = call
        seconds = max(1, offer.ring_ns // 1_000_000_000) if offer.ring_ns else -1
        device = offer.endpoint.removeprefix("sip:").partition("@")[0]
        await self._post(
            "/ari/channels",
            endpoint=f"PJSIP/{device}",
            app=self._app,
            channelId=leg,
            originator=(call.parent or call).channel,
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
            request.agent, request.offer, request.endpoint = offer.agent, offer.offer, offer.endpoint
            request.request_id += offer.endpoint
        answer = await self._ask(self._stub.ReportCall, request)
        if call.channel in self.calls or call.parent is not None:
            for instruction in (answer.instruction, *answer.further):
                await self._do(call, instruction)

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
