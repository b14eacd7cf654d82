"""The examples for Asterisk and FreeSWITCH, each against a scripted exchange on a real socket and a real server.

Neither exchange is packaged here; the script plays what theirs would say. Owns what the server is told by the examples;
must not know how they are written.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from aiohttp import web
from sip.processes import Process
from sip.site import ROOT, Site

from routing.events import ContactEnded, ContactEnqueued, OfferAccepted, OfferFailed

pytestmark = pytest.mark.once

CENTRE: Final = {
    "name": "exchange",
    "queues": [
        {"id": "900", "requirement": "sales", "strategy": "most_skilled", "ring_timeout": "2m"},
        {"id": "901", "members": ["bert"], "ring_timeout": "2m"},
    ],
    "agents": [{"id": "anna", "skills": {"sales": 90}}, {"id": "bert", "skills": {"sales": 80}}],
}
#: What their devices do.
BUSY, ANSWERS = "anna", "bert"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    endpoints = {name: f"sip:{name}@127.0.0.1" for name in (BUSY, ANSWERS)}
    made = Site(tmp_path, CENTRE, endpoints, http=True)
    try:
        made.start_server()
        yield made
    finally:
        made.stop()


def start(site: Site, script: Path, *options: str, before: tuple[str, ...] = ()) -> Process:
    """Start an example as its page says."""
    return Process(
        [sys.executable, *before, str(script), *options],
        site.folder / f"{script.stem}.log",
        {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
    )


async def until(what: str, ready: Callable[[], object], process: Process) -> None:
    for _ in range(3_000):
        if ready():
            return
        assert process.running, process.tail()
        await asyncio.sleep(0.02)
    raise AssertionError(f"not so in time: {what}\n{process.tail()}")


def check(site: Site) -> None:
    """The busy agent was passed over, the other one had the call, and it was handled."""
    events = site.history()[1]
    failed = [(one.agent, one.cause) for one in events if isinstance(one, OfferFailed)]
    accepted = [one.agent for one in events if isinstance(one, OfferAccepted)]
    ended = [one.outcome for one in events if isinstance(one, ContactEnded)]
    assert (failed, accepted, ended) == ([(BUSY, "busy")], [ANSWERS], ["handled"])


class Asterisk:
    """ARI as an exchange would play it: a websocket for events, HTTP for what is to be done."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.busy = {BUSY}
        self.channels: set[str] = set()
        self.bridges: dict[str, set[str]] = {}
        self.wrong: list[str] = []  # what no exchange could have done
        self._events: web.WebSocketResponse | None = None

    @property
    def ready(self) -> bool:
        return self._events is not None

    async def events(self, request: web.Request) -> web.WebSocketResponse:
        events = web.WebSocketResponse()
        await events.prepare(request)
        self._events = events
        async for _ in events:
            pass
        return events

    async def say(self, kind: str, channel: str, **more: Any) -> None:
        assert self._events is not None
        if kind == "StasisStart":
            self.channels.add(channel)
        if kind == "ChannelDestroyed":
            self._leave({channel})
        body = {"id": channel, "caller": {"number": "4711"}, "dialplan": {"exten": "900"}}
        await self._events.send_json({"type": kind, "channel": body, **more})

    def _leave(self, channels: set[str]) -> None:
        self.channels -= channels
        for bridge in self.bridges.values():
            bridge -= channels

    def _bridge(self, request: web.Request) -> None:
        """Do as a bridge does: a channel is in one of them, and in none that is not there."""
        _, _, _, bridge, do = request.path.split("/")
        channels = set(request.query["channel"].split(","))
        if bridge not in self.bridges or not channels <= self.channels:
            self.wrong.append(f"{request.path} {channels}")
        elif do == "addChannel":
            for others in self.bridges.values():
                others -= channels
            self.bridges[bridge] |= channels
        else:
            self.bridges[bridge] -= channels

    async def do(self, request: web.Request) -> web.Response:
        self.done.append(f"{request.method} {request.path}")
        if request.path == "/ari/channels":
            channel, device = request.query["channelId"], request.query["endpoint"]
            if device.removeprefix("PJSIP/") in self.busy:
                await self.say("ChannelDestroyed", channel, cause=17)
            else:
                await self.say("StasisStart", channel)
            return web.json_response({"id": channel})
        if request.path == "/ari/bridges":
            made = f"bridge-{sum(one == 'POST /ari/bridges' for one in self.done)}"
            self.bridges[made] = set()
            return web.json_response({"id": made})
        if request.path.startswith("/ari/bridges/") and request.method == "POST":
            self._bridge(request)
        elif request.path.startswith("/ari/bridges/"):
            del self.bridges[request.path.rpartition("/")[2]]
        elif request.method == "DELETE" and request.path.count("/") == 3:
            self._leave({request.path.rpartition("/")[2]})
        return web.Response(status=204)


@asynccontextmanager
async def exchange(site: Site, asterisk: Asterisk) -> AsyncIterator[Process]:
    """The script of Asterisk on a socket, and the example before it."""
    app = web.Application()
    app.router.add_get("/ari/events", asterisk.events)
    app.router.add_route("*", "/ari/{rest:.*}", asterisk.do)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    script = ROOT / "examples" / "asterisk_ari" / "ari_desk.py"
    example = start(site, script, "--server", site.target, "--ari", f"http://127.0.0.1:{port}")
    try:
        await until("it follows the events", lambda: asterisk.ready, example)
        yield example
    finally:
        example.end()
        await runner.cleanup()


def test_asterisk_routes_rings_and_bridges(site: Site) -> None:
    async def run() -> None:
        asterisk = Asterisk()
        async with exchange(site, asterisk) as example:
            await asterisk.say("StasisStart", "caller-1")
            added = "POST /ari/bridges/bridge-1/addChannel"
            await until("both are bridged", lambda: added in asterisk.done, example)
            await until("it is told", lambda: site.events(OfferAccepted), example)
            await asterisk.say("ChannelDestroyed", "caller-1", cause=16)
            await until(
                "the bridge is gone", lambda: "DELETE /ari/bridges/bridge-1" in asterisk.done, example
            )
            await until("the call has ended", lambda: site.events(ContactEnded), example)

    site.log_in(BUSY, ANSWERS)
    asyncio.run(run())
    check(site)


def test_asterisk_ends_calls_of_callers_who_leave_at_once(site: Site) -> None:
    """They leave before the server has heard of their calls: none of these waits for ever."""

    async def run() -> None:
        asterisk = Asterisk()
        async with exchange(site, asterisk) as example:
            for number in range(20):
                await asterisk.say("StasisStart", f"brief-{number}")
                await asterisk.say("ChannelDestroyed", f"brief-{number}", cause=16)
            await asterisk.say("StasisStart", "caller-1")

            def calls(kind: type[ContactEnqueued | ContactEnded]) -> set[str]:
                return {one.contact for one in site.events(kind) if isinstance(one, kind)}

            await until("the last one waits", lambda: "caller-1" in calls(ContactEnqueued), example)
            await asterisk.say("ChannelDestroyed", "caller-1", cause=16)
            await until("all have ended", lambda: calls(ContactEnded) == calls(ContactEnqueued), example)

    asyncio.run(run())


def test_asterisk_holds_consults_confers_and_hands_over(site: Site) -> None:
    async def run() -> None:
        asterisk = Asterisk()
        asterisk.busy = set()
        anna, bert = (
            "caller-1-1-1",
            "caller-1.1-2-1",
        )  # their channels: the call, the offer, and which device of it
        async with exchange(site, asterisk) as example:

            async def keys(digits: str) -> None:
                for digit in digits:
                    await asterisk.say("ChannelDtmfReceived", anna, digit=digit)

            async def together(*channels: str) -> None:
                await until(
                    f"{channels} are bridged", lambda: set(channels) in asterisk.bridges.values(), example
                )

            await asterisk.say("StasisStart", "caller-1")
            await together("caller-1", anna)
            await until("it is told", lambda: site.events(OfferAccepted), example)
            music = "POST /ari/channels/caller-1/moh"
            await keys("*1")
            await until("music", lambda: music in asterisk.done, example)
            await keys("*1")
            await until("no music", lambda: music.replace("POST", "DELETE") in asterisk.done, example)
            await keys("*2901#")
            await together(anna, bert)
            await keys("*3")
            await together("caller-1", anna, bert)
            await keys("*4")
            await until("anna is free", lambda: f"DELETE /ari/channels/{anna}" in asterisk.done, example)
            await together("caller-1", bert)
            assert f"DELETE /ari/channels/{bert}" not in asterisk.done
            await asterisk.say("ChannelDestroyed", "caller-1", cause=16)
            await until("the call has ended", lambda: len(site.events(ContactEnded)) == 2, example)
            await until("all are free", lambda: not asterisk.bridges and not asterisk.channels, example)
            assert asterisk.wrong == []

    site.log_in(BUSY, ANSWERS)
    asyncio.run(run())
    assert [one.outcome for one in site.history()[1] if isinstance(one, ContactEnded)] == [
        "merged",
        "handled",
    ]


class FreeSwitch:
    """The event socket as an exchange would play it."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.over = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        writer.write(b"Content-Type: auth/request\n\n")
        while command := (await self._command(reader)):
            self.commands.append(command)
            reply = "+OK accepted" if command.startswith("auth") else "+OK"
            writer.write(f"Content-Type: command/reply\nReply-Text: {reply}\n\n".encode())
            if command.startswith("bgapi originate"):
                leg = command.partition("origination_uuid=")[2].partition(",")[0]
                if f"/{BUSY}@" in command:
                    self.say("CHANNEL_HANGUP", leg, Hangup_Cause="USER_BUSY")
                else:
                    self.say("CHANNEL_ANSWER", leg)
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
        self.over.set()

    @staticmethod
    async def _command(reader: asyncio.StreamReader) -> str:
        try:
            return (await reader.readuntil(b"\n\n")).decode().strip()
        except asyncio.IncompleteReadError:
            return ""

    def say(self, event: str, channel: str, **more: str) -> None:
        headers = {"Event-Name": event, "Unique-ID": channel}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        body = "".join(f"{name}: {quote(value)}\n" for name, value in headers.items()) + "\n"
        assert self._writer is not None
        self._writer.write(f"Content-Length: {len(body)}\nContent-Type: text/event-plain\n\n{body}".encode())


def test_freeswitch_routes_rings_and_bridges(site: Site) -> None:
    async def run() -> None:
        switch = FreeSwitch()
        server = await asyncio.start_server(switch.serve, "127.0.0.1", 0)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        script = ROOT / "examples" / "freeswitch_esl" / "esl_desk.py"
        options = ("--server", f"http://{site.http}", "--esl", address)
        example = start(site, script, *options, before=("-m", "gevent.monkey"))

        def said(start: str) -> bool:
            return any(one.startswith(start) for one in switch.commands)

        try:
            await until("it wants events", lambda: said("event plain"), example)
            caller = {"Caller_Caller_ID_Number": "4711", "Caller_Destination_Number": "900"}
            switch.say("CHANNEL_PARK", "caller-1", **caller)
            await until("both are bridged", lambda: said("bgapi uuid_bridge caller-1"), example)
            await until("it is told", lambda: site.events(OfferAccepted), example)
            switch.say("CHANNEL_HANGUP", "caller-1", Hangup_Cause="NORMAL_CLEARING")
            await until("the call has ended", lambda: site.events(ContactEnded), example)
        finally:
            example.end()
            await switch.over.wait()
            server.close()
            await server.wait_closed()

    site.log_in(BUSY, ANSWERS)
    asyncio.run(run())
    check(site)
