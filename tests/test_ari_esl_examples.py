"""The examples for Asterisk and FreeSWITCH, each against a scripted exchange on a real socket and a real server.

Neither exchange is packaged here; the script plays what theirs would say. Owns what the server is told by the examples;
must not know how they are written.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from aiohttp import web
from sip.processes import Process, free_port
from sip.site import ROOT, Site

from routing.events import ContactEnded, OfferAccepted, OfferFailed

pytestmark = pytest.mark.once

CENTRE: Final = {
    "name": "exchange",
    "queues": [{"id": "900", "requirement": "sales", "strategy": "most_skilled", "ring_timeout": "20s"}],
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
        self._events: web.WebSocketResponse | None = None

    @property
    def ready(self) -> bool:
        return self._events is not None

    async def events(self, request: web.Request) -> web.WebSocketResponse:
        self._events = web.WebSocketResponse()
        await self._events.prepare(request)
        async for _ in self._events:
            pass
        return self._events

    async def say(self, kind: str, channel: str, **more: Any) -> None:
        assert self._events is not None
        body = {"id": channel, "caller": {"number": "4711"}, "dialplan": {"exten": "900"}}
        await self._events.send_json({"type": kind, "channel": body, **more})

    async def do(self, request: web.Request) -> web.Response:
        self.done.append(f"{request.method} {request.path}")
        if request.path == "/ari/channels":
            channel, device = request.query["channelId"], request.query["endpoint"]
            if device == f"PJSIP/{BUSY}":
                await self.say("ChannelDestroyed", channel, cause=17)
            else:
                await self.say("StasisStart", channel)
            return web.json_response({"id": channel})
        if request.path == "/ari/bridges":
            return web.json_response({"id": "bridge-1"})
        return web.Response(status=204)


def test_asterisk_routes_rings_and_bridges(site: Site) -> None:
    async def run() -> None:
        asterisk = Asterisk()
        app = web.Application()
        app.router.add_get("/ari/events", asterisk.events)
        app.router.add_route("*", "/ari/{rest:.*}", asterisk.do)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        script = ROOT / "examples" / "asterisk_ari" / "ari_desk.py"
        example = start(site, script, "--server", site.target, "--ari", f"http://127.0.0.1:{port}")
        try:
            await until("it follows the events", lambda: asterisk.ready, example)
            await asterisk.say("StasisStart", "caller-1")
            added = "POST /ari/bridges/bridge-1/addChannel"
            await until("both are bridged", lambda: added in asterisk.done, example)
            await until("it is told", lambda: site.events(OfferAccepted), example)
            await asterisk.say("ChannelDestroyed", "caller-1", cause=16)
            await until(
                "the bridge is gone", lambda: "DELETE /ari/bridges/bridge-1" in asterisk.done, example
            )
            await until("the call has ended", lambda: site.events(ContactEnded), example)
        finally:
            example.end()
            await runner.cleanup()

    site.log_in(BUSY, ANSWERS)
    asyncio.run(run())
    check(site)


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
