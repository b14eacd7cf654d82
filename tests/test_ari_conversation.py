"""The picture in the example for Asterisk, beside the engine: answers and stream, in whatever order they come.

Owns that the picture is right; must not test what is made of it (``test_ari_esl_examples``).
"""

import threading
import time
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from random import Random
from typing import Any

import pytest
from calling import LookClock
from handled_site import Site, site
from pbx import rooms_of
from sip.site import ROOT
from wandering import AGENTS, wander

from grpc_api.client import Client
from grpc_api.facade import Answer, Handled, Instruction, Reject, Release
from grpc_api.facading import instruction_fields
from grpc_api.v1 import routing_pb2
from routing import LogIn
from routing.views import ContactView

pytestmark = pytest.mark.once

WAIT_S = 60


def load_conversation() -> Any:
    """The example's class; its folder is on no path."""
    spec = spec_from_file_location("conversation", ROOT / "examples" / "asterisk_ari" / "conversation.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Conversation


Conversation = load_conversation()


def message(instruction: Instruction) -> routing_pb2.Instruction:
    return routing_pb2.Instruction(**instruction_fields(instruction))


class Gateway:
    """What the example does between the server and its picture, without a telephone."""

    def __init__(self, desk: Site, random: Random) -> None:
        assert isinstance(desk.client, Client)
        self.desk, self.random = desk, random
        self.pictures: dict[str, Any] = {}
        self._late: list[tuple[Any, Answer | Handled]] = []  # and whose they are
        self._moved = threading.Condition()
        self._stream = desk.client.follow_calls(front_end="pbx", after=0)
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()

    def close(self) -> None:
        self._stream.close()
        self._thread.join()

    def _follow(self) -> None:
        for notice in self._stream:
            with self._moved:
                if notice.instruction is not None:
                    picture = self._picture(notice.call_id)
                    picture.told(notice.call_id, notice.revision, message(notice.instruction))
                self._moved.notify_all()

    def _picture(self, call: str) -> Any:
        """The picture of a call or of the leg of one; calls are named ``c1``, their legs ``c1.7``."""
        caller = call.partition(".")[0]
        if caller == call and (caller not in self.pictures or self.pictures[caller].over):
            self.pictures[caller] = Conversation(caller)
        return self.pictures[caller]

    def hear(self, said: Answer | Handled) -> None:
        """Hear an answer now or, as networks have it, after what comes next."""
        legs = said.legs if isinstance(said, Handled) else ()
        with self._moved:
            # Nobody asks for a call that is not there: of these there is nothing to draw.
            there = [one for one in (*legs, said) if not isinstance(one.instructions[0], Reject | Release)]
            new = [(self._picture(one.call_id), one) for one in there]
            late, self._late = self._late, []
            for picture, one in (*late, *new):
                if self.random.random() < 0.3:
                    self._late.append((picture, one))
                else:
                    told = [message(instruction) for instruction in one.instructions]
                    picture.answered(one.call_id, one.revision, told)

    def agree(self) -> None:
        """Wait until the pictures say what the engine does."""
        deadline = time.monotonic() + WAIT_S
        while True:
            views: dict[str, ContactView] = self.desk.host.read(lambda engine: dict(engine.contacts))
            rooms = {
                call: {call if one == "*" else one for one in room} for call, room in rooms_of(views).items()
            }
            ringing = {
                call for call, view in views.items() if any(one.state == "ringing" for one in view.segments)
            }
            with self._moved:
                alive = [one for one in self.pictures.values() if not one.over]
                drawn = {call: room for one in alive for call, room in one.rooms().items()}
                rung = {call for one in alive for call, _ in one.ringing()}
                lines = {call for one in alive for call in one.lines}
                if (drawn, rung, lines) == (rooms, ringing, set(views)):
                    return
                assert time.monotonic() < deadline, (drawn, rooms, rung, ringing, lines, set(views))
                self._moved.wait(0.05)


@pytest.fixture(params=range(3))
def gateway(request: pytest.FixtureRequest) -> Iterator[Gateway]:
    with site("grpc", clock=LookClock()) as desk:
        for agent in AGENTS:
            desk.host.apply(LogIn(agent))
        made = Gateway(desk, Random(request.param))
        yield made
        made.close()


def test_whatever_agents_do_the_picture_is_right(gateway: Gateway) -> None:
    for said in wander(gateway.desk, gateway.random, 80):
        if said is not None:
            gateway.hear(said)
        gateway.agree()
