"""``huntgroup client`` with calls in hand, and a whole server that is killed while agents sit at seats.

Owns these commands and that a server keeps seats; must not test what calls mean (`test_facade_hands`).
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from calling import LookClock
from handled_site import Site, site
from wired import DOMAIN, PATIENT

from grpc_api.cli.calling import add_client
from grpc_api.client import Client
from grpc_api.facade import DialCode, HandleCall, HoldAction, Offer, ReportCall, RouteCall
from routing import LogIn
from routing.errors import UsageError

pytestmark = pytest.mark.once

SERVE = (
    "import argparse, sys; from grpc_api.cli.serving import add_serve; "
    "p = argparse.ArgumentParser(); add_serve(p); o = p.parse_args(); sys.exit(o.run(o))"
)
CENTRE = 'name = "bank"\nagents = [{id = "ann"}, {id = "ben"}]\nqueues = [{id = "sales"}]\n'
SETTINGS = """
listen = "127.0.0.1:0"
http.listen = ""
metrics.listen = ""
guard.insecure = true

[domains.bank]
config = "centre.toml"
endpoints.seats = {seat-7 = "sip:207@pbx", seat-8 = "sip:208@pbx"}
codes.agents = {"11" = "ann", "12" = "ben"}
"""


def test_every_action_from_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with site("grpc", clock=LookClock()) as desk:
        assert isinstance(desk.client, Client)
        parser = argparse.ArgumentParser()
        add_client(parser)

        def say(*arguments: str) -> dict[str, Any]:
            target = ["--server", desk.client.target.address, "--domain", DOMAIN, "--timeout", "60s"]  # type: ignore[union-attr]
            options = parser.parse_args([*target, *arguments])
            assert options.run(options) == 0
            found: dict[str, Any] = json.loads(capsys.readouterr().out)
            return found

        _script(desk, say)
        with pytest.raises(UsageError, match="is no remark"):
            say("remark", "c1", "{}")
        with pytest.raises(UsageError, match="Disposition has no field 'cod'; did you mean 'code'"):
            say("remark", "c1", '{"type": "Disposition", "code": "x", "cod": "sold"}')


def _script(desk: Site, say: Any) -> None:
    def first(answer: dict[str, Any]) -> tuple[str, str]:
        one = answer["instructions"][0]
        return one["type"], one.get("agent", "")

    for agent in ("ann", "ben", "cat", "sue"):
        desk.host.apply(LogIn(agent))
    desk.talk("c1")
    assert first(say("hold", "c1")) == ("hold", "ann")
    assert first(say("retrieve", "c1")) == ("talk", "ann")
    asked = say("consult", "c1", "c1.1", "--agent", "ben", "--front-end", "pbx")
    assert first(asked["legs"][0]) == ("offer", "ben")
    say("report", "c1.1", "answered", "--endpoint", "sip:ben@127.0.0.1")
    assert first(say("join", "c1", "c1.1")["legs"][0]) == ("conference", "ben")
    assert first(say("part", "c1", "c1.1")["legs"][0]) == ("talk", "ben")
    assert first(say("hand-over", "c1", "c1.1")) == ("talk", "ben")
    assert first(say("transfer", "c1", "--queue", "care", "--reset-age")) == ("offer", "cat")
    say("report", "c1", "answered")
    assert first(say("take-over", "c1", "c1.s", "sue")["legs"][0]) == ("offer", "sue")
    assert say("presence", "sue")["presence"]["standing"] == "ringing"
    assert first(say("place", "o1", "ann")) == ("talk", "ann")
    assert first(say("place", "i1", "ben", "--to", "ann")) == ("reject", "")
    said = say("remark", "c1", '{"type": "Recording", "action": "start", "segment": "s1"}')
    assert said["instructions"][1] == {"type": "record", "action": "start", "segment": "s1"}
    assert say("device", "sip:sue-desk@pbx", "in_use")["text"] == "in_use"


@contextmanager
def served(folder: Path) -> Iterator[Client]:
    """A server in a process of its own, which is killed in the end."""
    (folder / "centre.toml").write_text(CENTRE)
    (folder / "server.toml").write_text(SETTINGS)
    child = subprocess.Popen(
        [sys.executable, "-c", SERVE, "--server", str(folder / "server.toml")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
    )
    assert child.stdout is not None
    try:
        line = child.stdout.readline()
        assert line.startswith("huntgroup serves bank: "), line
        with Client(dict(re.findall(r"(\w+)=(\S+)", line))["grpc"], "bank", PATIENT) as client:
            yield client
    finally:
        child.kill()
        child.communicate()


@pytest.mark.slow
def test_seats_and_calls_on_hold_outlive_a_server_that_is_killed(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        assert client.dial_code(DialCode("sip:207@pbx", "*4511")).announcement == "logged_in"
        client.route_call(RouteCall("c1", "pbx", called="sales"))
        client.report_call(ReportCall("c1", "answered", "pbx", endpoint="sip:207@pbx"))
        assert client.handle_call(HandleCall("c1", HoldAction(), "pbx")).refusal is None
        assert client.dial_code(DialCode("sip:208@pbx", "*4511")).announcement == "signed_in"
    with served(tmp_path) as client:
        assert client.dial_code(DialCode("sip:207@pbx", "*4512")).announcement == "seat_taken"
        assert client.get_contact("c1").state == "held"
        client.report_call(ReportCall("c1", "ended", "pbx"))
        answer = client.route_call(RouteCall("c2", "pbx", called="sales"))
        (offer,) = answer.instructions
        assert isinstance(offer, Offer)
        assert (offer.agent, offer.endpoint) == ("ann", "sip:207@pbx")
        assert client.dial_code(DialCode("sip:208@pbx", "*46")).announcement in (
            "logged_out",
            "log_out_pending",
        )
        assert client.dial_code(DialCode("sip:207@pbx", "*4512")).announcement == "logged_in"
