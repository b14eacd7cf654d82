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
from conversation import Conversation, Place

from grpc_api.v1 import routing_pb2 as pb
from grpc_api.v1 import routing_pb2_grpc

_LOG: Final = logging.getLogger("ari_desk")
#: Generated without types.
_STUBS: Final[Any] = routing_pb2_grpc
#: Causes (Q.850) of an agent's device, as reports; every other is "unreachable".
_REPORTS: Final = {
    17: pb.REPORT_BUSY,
    18: pb.REPORT_NO_ANSWER,
    19: pb.REPORT_NO_ANSWER,
    21: pb.REPORT_REJECTED,
}
_BACK_OFF_S: Final = (0.05, 1.0)


class Ari:
    """What is asked of Asterisk; a channel or bridge that is gone is no error."""

    def __init__(self, session: aiohttp.ClientSession, app: str) -> None:
        self.session = session
        self.app = app

    async def post(self, path: str, **parameters: str) -> dict[str, Any]:
        """Have something made or done."""
        async with self.session.post(f"/ari/{path}", params=parameters) as answer:
            if answer.status >= 400:
                _LOG.warning("%s: %s", path, answer.status)
                return {"id": ""}
            found: dict[str, Any] = await answer.json() if answer.status != 204 else {}
            return found

    async def delete(self, path: str) -> None:
        """Hang up, take apart, or stop."""
        async with self.session.delete(f"/ari/{path}") as answer:
            if answer.status >= 400:
                _LOG.info("%s is gone already", path)


class Device:
    """An agent's telephone, as long as it rings or is connected."""

    def __init__(self, case: "Case", call: str, offer: pb.Offer) -> None:
        self.case = case
        self.call = call
        self.offer = offer
        self.up = False


class Case:
    """The media of one conversation, and the one task that makes them what they ought to be."""

    def __init__(self, ari: Ari, caller: str, devices: dict[str, Device]) -> None:
        self.talk = Conversation(caller)
        self.routed = asyncio.Event()  # or given up before
        self.keys = ""
        self.consulted = 0  # how many legs were asked for
        self._ari = ari
        self._devices = devices  # all, by channel
        self._rung: dict[tuple[str, Place], str] = {}  # the channel of each offer that was rung
        self._bridges: dict[str, tuple[str, set[str]]] = {}  # id and channels, by call
        self._music = False
        self._changed = asyncio.Event()

    def look(self) -> None:
        """Something has changed: make it true."""
        self._changed.set()

    async def run(self) -> None:
        """Make true what ought to be, until the conversation is over."""
        over = False
        while not over:
            await self._changed.wait()
            self._changed.clear()
            over = self.talk.over
            await self._ring()
            await self._mix()
            await self._tidy()
        if self.talk.exit:
            await self._ari.post(
                f"channels/{self.talk.caller}/continue", context=self.talk.exit, extension="s"
            )
        else:
            await self._ari.delete(f"channels/{self.talk.caller}")

    async def _ring(self) -> None:
        for (call, place), offer in self.talk.ringing().items():
            if (call, place) in self._rung:
                continue
            rung = sum(one == call for one, _ in self._rung) + 1
            channel = self._rung[call, place] = f"{call}-{offer.offer}-{rung}"
            self._devices[channel] = Device(self, call, offer)
            seconds = max(1, offer.ring_ns // 1_000_000_000) if offer.ring_ns else -1
            await self._ari.post(
                "channels",
                endpoint=f"PJSIP/{offer.endpoint.removeprefix('sip:').partition('@')[0]}",
                app=self._ari.app,
                channelId=channel,
                originator=self.talk.caller,
                timeout=str(seconds),
            )

    async def _mix(self) -> None:
        """Connect who belongs together; a channel that is put into a bridge leaves the one where it was."""
        rooms = self.talk.rooms()
        places = {one.offer.agent: channel for channel, one in self._mine() if one.up}
        for call, room in rooms.items():
            channels = {places.get(one, "") for one in room - {self.talk.caller}} | (
                room & {self.talk.caller}
            )
            channels.discard("")
            if call not in self._bridges:
                made = (await self._ari.post("bridges", type="mixing"))["id"]
                if not made:
                    continue
                self._bridges[call] = (made, set())
            bridge, before = self._bridges[call]
            for _, others in self._bridges.values():
                others -= channels - before
            self._bridges[call] = (bridge, channels)
            if channels - before:
                await self._ari.post(
                    f"bridges/{bridge}/addChannel", channel=",".join(sorted(channels - before))
                )
            for gone in before - channels:
                if gone == self.talk.caller or gone in self._devices:
                    await self._ari.post(f"bridges/{bridge}/removeChannel", channel=gone)
        for call in self._bridges.keys() - rooms.keys():
            await self._ari.delete(f"bridges/{self._bridges.pop(call)[0]}")
        if self._music != self.talk.music():
            self._music = not self._music
            moh = f"channels/{self.talk.caller}/moh"
            await (self._ari.post(moh) if self._music else self._ari.delete(moh))

    async def _tidy(self) -> None:
        """Hang up whoever is neither rung nor takes part."""
        ringing = {(call, *place) for call, place in self.talk.ringing()}
        for channel, one in self._mine():
            rings = (one.call, one.offer.offer, one.offer.endpoint) in ringing
            if not rings and not (one.up and one.offer.agent in self.talk.agents):
                del self._devices[channel]
                await self._ari.delete(f"channels/{channel}")

    def _mine(self) -> list[tuple[str, Device]]:
        return [(channel, one) for channel, one in self._devices.items() if one.case is self]


class Desk:
    """The calls of one Asterisk."""

    def __init__(self, ari: Ari, stub: Any, domain: str) -> None:
        self._ari = ari
        self._stub = stub
        self._ours: dict[str, Any] = {"domain": domain, "front_end": ari.app}
        self.cases: dict[str, Case] = {}
        self._devices: dict[str, Device] = {}
        # A call routed while the comparison is under way would be taken for lost.
        self._compared = asyncio.Event()
        # A task that nobody holds is collected while it runs.
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until Asterisk closes the connection."""
        async with self._ari.session.ws_connect("/ari/events", params={"app": self._ari.app}) as events:
            self._spawn(self._follow())
            try:
                async for message in events:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        self._heard(message.json())
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- What Asterisk says

    def _heard(self, event: dict[str, Any]) -> None:
        channel = event.get("channel", {}).get("id", "")
        match event["type"]:
            case "StasisStart" if (device := self._devices.get(channel)) is not None:
                device.up = True
                self._spawn(self._report(device.case, device.call, pb.REPORT_ANSWERED, device.offer))
            case "StasisStart":
                made = self.cases[channel] = Case(self._ari, channel, self._devices)
                self._spawn(made.run())
                self._spawn(self._arrived(made, event["channel"]))
            case "ChannelDtmfReceived" if (device := self._devices.get(channel)) is not None:
                if device.offer.agent == device.case.talk.agent:
                    self._keyed(device.case, str(event["digit"]))
            case "ChannelDestroyed" if (case := self.cases.pop(channel, None)) is not None:
                report = pb.REPORT_ENDED if case.talk.agent else pb.REPORT_ABANDONED
                case.talk.end()
                case.look()
                self._spawn(self._gone(case, channel, report))
            case "ChannelDestroyed" if (device := self._devices.pop(channel, None)) is not None:
                self._left(device, int(event.get("cause", 0)))

    async def _arrived(self, case: Case, channel: dict[str, Any]) -> None:
        request = pb.RouteCallRequest(
            **self._ours,
            call_id=channel["id"],
            caller=channel.get("caller", {}).get("number", ""),
            called=channel.get("dialplan", {}).get("exten", ""),
            request_id=f"{channel['id']} route",
        )
        try:
            await self._compared.wait()
            if case.talk.over:  # nobody is on the line any more
                return
            answer = await self._ask(self._stub.RouteCall, request)
            self._hear(case, channel["id"], answer.revision, answer)
        finally:
            case.routed.set()

    async def _gone(self, case: Case, channel: str, report: pb.Report) -> None:
        """A caller has left: the server hears of it once it knows the call, which otherwise it would keep for ever."""
        await case.routed.wait()
        await self._report(case, channel, report)

    def _left(self, device: Device, cause: int) -> None:
        """A device has hung up, or never answered; whoever had the call ends it for the caller, too."""
        talk = device.case.talk
        if not device.up:
            report = _REPORTS.get(cause, pb.REPORT_UNREACHABLE)
            self._spawn(self._report(device.case, device.call, report, device.offer))
        elif device.offer.agent == talk.agent:
            self._spawn(self._report(device.case, talk.caller, pb.REPORT_ENDED))
        else:
            for leg in talk.legs:
                if talk.lines[leg].agent == device.offer.agent:
                    self._spawn(self._report(device.case, leg, pb.REPORT_ENDED))

    def _keyed(self, case: Case, digit: str) -> None:
        """Collect what an agent keys in; when it means something, ask for it."""
        case.keys = digit if digit == "*" else case.keys + digit
        wanted = pb.HandleCallRequest(**self._ours, call_id=case.talk.caller)
        match case.keys[:2]:
            case "*1" if case.talk.lines[case.talk.caller].kind == "hold":
                wanted.retrieve.SetInParent()
            case "*1":
                wanted.hold.SetInParent()
            case "*2" if digit == "#":
                case.consulted += 1
                wanted.consult.leg = f"{case.talk.caller}.{case.consulted}"
                wanted.consult.to.number = case.keys[2:-1]
            case "*3" if case.talk.legs:
                wanted.join.leg = case.talk.legs[-1]
            case "*4" if case.talk.legs:
                wanted.hand_over.leg = case.talk.legs[0]
            case _:
                return
        case.keys = ""
        wanted.request_id = f"{case.talk.caller} {time.monotonic_ns()}"
        self._spawn(self._handle(case, wanted))

    async def _handle(self, case: Case, wanted: pb.HandleCallRequest) -> None:
        answer = await self._ask(self._stub.HandleCall, wanted)
        for leg in answer.legs:
            self._hear(case, leg.call_id, answer.revision, leg)
        self._hear(case, wanted.call_id, answer.revision, answer)

    async def _report(self, case: Case, call: str, report: pb.Report, offer: pb.Offer | None = None) -> None:
        request = pb.ReportCallRequest(**self._ours, call_id=call, report=report)
        request.request_id = f"{call} {report}"
        if offer is not None:
            request.agent, request.offer, request.endpoint = offer.agent, offer.offer, offer.endpoint
            request.request_id += f" {offer.offer} {offer.endpoint}"
        answer = await self._ask(self._stub.ReportCall, request)
        self._hear(case, call, answer.revision, answer)

    # --- What the server says

    def _hear(self, case: Case, call: str, revision: int, answer: Any) -> None:
        case.talk.answered(call, revision, (answer.instruction, *answer.further))
        self._look(case)

    def _look(self, case: Case) -> None:
        if case.talk.over:
            self.cases.pop(case.talk.caller, None)
        case.look()

    async def _follow(self) -> None:
        """Compare calls, follow instructions; again after every break."""
        wait_s = _BACK_OFF_S[0]
        while True:
            try:
                revision = await self._compare()
                wait_s = _BACK_OFF_S[0]
                self._compared.set()
                request = pb.FollowCallsRequest(**self._ours, start_revision=revision)
                async for notice in self._stub.FollowCalls(request):
                    if (case := self._case_of(notice.call_id, notice.instruction)) is not None:
                        case.talk.told(notice.call_id, notice.revision, notice.instruction)
                        self._look(case)
            except grpc.aio.AioRpcError as error:
                _LOG.warning("the stream broke: %s", error.details())
            self._compared.clear()
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _BACK_OFF_S[1])

    async def _compare(self) -> int:
        """Say which calls are here; hear how they stand, and up to which revision that is."""
        live = [
            pb.FrontEndCall(call_id=call, agent=line.agent)
            for case in self.cases.values()
            for call, line in case.talk.lines.items()
        ]
        synced = await self._stub.SyncCalls(pb.SyncCallsRequest(**self._ours, calls=live), timeout=10)
        for case in tuple(self.cases.values()):
            case.talk.forget()
        for one in synced.instructions:
            if (whose := self._case_of(one.call_id, one.instruction)) is not None:
                self._hear(whose, one.call_id, synced.revision, one)
        return int(synced.revision)

    def _case_of(self, call: str, instruction: pb.Instruction) -> Case | None:
        """Find whose line a call is; what is said first of a leg names its parent."""
        said = getattr(instruction, str(instruction.WhichOneof("do")), None)
        known = (one for one in self.cases.values() if call in one.talk.lines)
        return self.cases.get(getattr(said, "parent", "")) or next(known, None)

    # --- Both

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("%s has failed", task, exc_info=error)

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
        await Desk(Ari(ari, given.app), _STUBS.RoutingServiceStub(channel), given.domain).run()


if __name__ == "__main__":
    asyncio.run(main())
