"""FreeSWITCH asks huntgroup: parked callers are routed over HTTP, agents are rung, answered legs are bridged.

    python -m gevent.monkey esl_desk.py --server http://127.0.0.1:8080 --esl 127.0.0.1:8021

One connection to FreeSWITCH's event socket (greenswitch speaks the protocol), one greenlet for each call, which asks
for the next instruction and waits until there is one. `gevent.monkey` must come first, hence the way to start it.

Owns an example of a gateway in its simplest form; must not know more of huntgroup than its HTTP face.
"""

import argparse
import json
import logging
import os
import uuid
from typing import Any, Final

import gevent
import httpx
from greenswitch import InboundESL
from greenswitch.esl import ESLEvent

_LOG: Final = logging.getLogger("esl_desk")
#: Hangup causes of an agent's leg, as reports; every other is "unreachable".
_REPORTS: Final = {
    "USER_BUSY": "busy",
    "NO_ANSWER": "no_answer",
    "NO_USER_RESPONSE": "no_answer",
    "ALLOTTED_TIMEOUT": "no_answer",
    "CALL_REJECTED": "rejected",
}
_WAIT_S: Final = 30
_TRIES: Final = 20


class Call:
    """A caller who is parked, rings or talks."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.legs: dict[str, dict[str, Any]] = {}  # offers that ring, by the channel of the agent's leg
        self.talking = ""  # the agent's channel
        self.held = False
        self.over = False


def _place(offer: dict[str, Any]) -> tuple[int, str]:
    """What an offer is told by: its number and, where an agent has several devices, which of them."""
    return offer["offer"], offer["endpoint"]


class Desk:
    """The calls of one FreeSWITCH."""

    def __init__(self, esl: InboundESL, http: httpx.Client, domain: str, front_end: str) -> None:
        self._esl = esl
        self._http = http
        self._domain = domain
        self._front_end = front_end
        self.calls: dict[str, Call] = {}
        self._legs: dict[str, Call] = {}

    def start(self) -> None:
        """Ask for the events wanted, and say to the server which calls there are: none."""
        self._post("sync", {"front_end": self._front_end, "live": []})
        for name, handler in (
            ("CHANNEL_PARK", self._parked),
            ("CHANNEL_ANSWER", self._answered),
            ("CHANNEL_HANGUP", self._hung_up),
        ):
            self._esl.register_handle(name, handler)
        self._esl.send("event plain CHANNEL_PARK CHANNEL_ANSWER CHANNEL_HANGUP")

    # --- Events

    def _parked(self, event: ESLEvent) -> None:
        channel = event.headers["Unique-ID"]
        if channel in self._legs or channel in self.calls:
            return
        call = self.calls[channel] = Call(channel)
        caller = event.headers.get("Caller-Caller-ID-Number", "")
        called = event.headers.get("Caller-Destination-Number", "")
        # Handlers of greenswitch run one after the other: what waits for the server gets a greenlet of its own.
        gevent.spawn(self._serve, call, caller, called)

    def _answered(self, event: ESLEvent) -> None:
        leg = event.headers["Unique-ID"]
        call = self._legs.get(leg)
        if call is None or call.talking:
            return
        call.talking = leg
        offer = call.legs[leg]
        for other in [one for one in call.legs if one != leg]:
            self._end_leg(call, other)
        self._esl.send(f"bgapi uuid_bridge {call.channel} {leg}")
        gevent.spawn(self._report, call, "answered", offer)

    def _hung_up(self, event: ESLEvent) -> None:
        channel = event.headers["Unique-ID"]
        cause = event.headers.get("Hangup-Cause", "")
        if channel in self.calls:
            call = self.calls.pop(channel)
            call.over = True
            for leg in (*call.legs, call.talking):
                if leg:
                    self._end_leg(call, leg)
            gevent.spawn(self._report, call, "ended" if call.talking else "abandoned")
        elif channel in self._legs:
            call = self._legs.pop(channel)
            offer = call.legs.pop(channel, None)
            if call.talking == channel:
                self._kill(call.channel)
            elif offer is not None:
                gevent.spawn(self._report, call, _REPORTS.get(cause, "unreachable"), offer)

    # --- One call

    def _serve(self, call: Call, caller: str, called: str) -> None:
        """Do what the server says, until the call is over or talks."""
        answer = self._post(
            "calls",
            {
                "call_id": call.channel,
                "front_end": self._front_end,
                "caller": caller,
                "called": called,
                "request_id": call.channel,
            },
        )
        while not call.over:
            for instruction in answer["instructions"]:
                self._do(call, instruction)
            wanted = {_place(one) for one in answer["instructions"] if one["type"] == "offer"}
            for leg in [one for one, offer in call.legs.items() if _place(offer) not in wanted]:
                if not call.talking:
                    self._end_leg(call, leg)
            answer = self._look(call, answer["revision"])

    def _do(self, call: Call, instruction: dict[str, Any]) -> None:
        match instruction["type"]:
            case "offer":
                rings = {_place(one) for one in call.legs.values()}
                if not call.talking and _place(instruction) not in rings:
                    self._ring(call, instruction)
            case "hold" if call.talking:
                self._esl.send(f"bgapi uuid_hold {call.talking}")
                call.held = True
            case "talk" if call.held:
                self._esl.send(f"bgapi uuid_hold off {call.talking}")
                call.held = False
            case "treatment":
                call.over = True
                self.calls.pop(call.channel, None)
                self._esl.send(f"bgapi uuid_transfer {call.channel} {instruction['target']}")
            case "reject" | "release":
                call.over = True
                self._kill(call.channel)

    def _ring(self, call: Call, offer: dict[str, Any]) -> None:
        leg = str(uuid.uuid4())
        call.legs[leg] = offer
        self._legs[leg] = call
        seconds = max(1, offer["ring_ns"] // 1_000_000_000) if offer["ring_ns"] else 3_600
        options = f"origination_uuid={leg},originate_timeout={seconds},ignore_early_media=true"
        device = offer["endpoint"].removeprefix("sip:")
        self._esl.send(f"bgapi originate {{{options}}}sofia/external/{device} &park()")

    def _end_leg(self, call: Call, leg: str) -> None:
        call.legs.pop(leg, None)
        self._legs.pop(leg, None)
        self._kill(leg)

    def _kill(self, channel: str) -> None:
        self._esl.send(f"bgapi uuid_kill {channel}")

    # --- The server

    def _report(self, call: Call, what: str, offer: dict[str, Any] | None = None) -> None:
        body: dict[str, Any] = {"report": what, "front_end": self._front_end}
        body["request_id"] = f"{call.channel} {what}"
        if offer is not None:
            body |= {"agent": offer["agent"], "offer": offer["offer"], "endpoint": offer["endpoint"]}
            body["request_id"] += f" {offer['offer']} {offer['endpoint']}"
        self._post(f"calls/{call.channel}/report", body)

    def _look(self, call: Call, revision: int) -> dict[str, Any]:
        """Wait for something newer than this revision."""
        path = f"calls/{call.channel}"
        return self._ask("GET", path, params={"after": revision, "wait": _WAIT_S}, timeout=_WAIT_S + 10)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._ask("POST", path, json=body)

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """Ask, again while the server is away: request ids make that safe."""
        for attempt in range(_TRIES):
            try:
                answer = self._http.request(method, f"/v1/{self._domain}/{path}", **more)
                if answer.status_code < 500 and answer.status_code != 429:
                    answer.raise_for_status()
                    found: dict[str, Any] = answer.json()
                    return found
            except httpx.TransportError as error:
                _LOG.warning("%s: %s", path, error)
            gevent.sleep(min(0.05 * 2**attempt, 2))
        raise ConnectionError(f"{path}: no answer after {_TRIES} tries")


def main() -> None:
    """Serve until the connection to FreeSWITCH ends."""
    parser = argparse.ArgumentParser(description="FreeSWITCH's way to huntgroup")
    parser.add_argument("--server", default="http://127.0.0.1:8080")
    parser.add_argument("--esl", default="127.0.0.1:8021")
    parser.add_argument("--domain", default="default")
    parser.add_argument("--front-end", default="freeswitch")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    host, _, port = given.esl.rpartition(":")
    password = os.environ.get("ESL_PASSWORD", "ClueCon")
    with httpx.Client(base_url=given.server) as http, InboundESL(host, int(port), password) as esl:
        Desk(esl, http, given.domain, given.front_end).start()
        _LOG.info("serving %s", json.dumps({"esl": given.esl, "server": given.server}))
        while esl.connected:
            gevent.sleep(0.2)


if __name__ == "__main__":
    main()
