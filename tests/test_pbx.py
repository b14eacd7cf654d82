"""A scripted exchange over gRPC alone: it does what the stream says, and its media are what the engine's state says.

Owns that the stream of instructions is enough; must not test single answers (`test_facade_hands`).
"""

import threading
import time
from collections.abc import Iterator
from random import Random

import pytest
from calling import LookClock
from handled_site import Site, site
from pbx import Pbx, rooms_of
from wandering import AGENTS, wander

from grpc_api.client import Client
from grpc_api.facade import (
    Action,
    ConsultAction,
    Destination,
    HandOverAction,
    HoldAction,
    JoinAction,
    PartAction,
    PlaceCall,
    Release,
    RetrieveAction,
    TakeOverAction,
    TransferAction,
)
from routing import LogIn, Remark
from routing.remarks import Monitoring, Recording
from routing.views import ContactView

pytestmark = pytest.mark.once

WAIT_S = 60


class Exchange:
    """An exchange that follows the stream in a thread; what it is asked for goes the other way."""

    def __init__(self, desk: Site) -> None:
        assert isinstance(desk.client, Client)
        self.desk = desk
        self.pbx = Pbx()
        self._rung: list[dict[str, list[str]]] = []  # after each instruction
        self._moved = threading.Condition()
        self._stream = desk.client.follow_calls(front_end="pbx", after=0)
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()

    def close(self) -> None:
        self._stream.close()
        self._thread.join()

    def restart(self) -> None:
        """Forget everything, and follow anew from what holds now."""
        self.close()
        assert isinstance(self.desk.client, Client)
        over, inside = self.pbx.over, self.pbx.inside
        self.pbx = Pbx(inside)
        self.pbx.over = over
        self._stream = self.desk.client.follow_calls(front_end="pbx", after=0)
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()

    def _follow(self) -> None:
        for notice in self._stream:
            with self._moved:
                if notice.instruction is not None:
                    self.pbx.hear(notice.call_id, notice.instruction)
                    self._rung.append(self.pbx.rung())
                self._moved.notify_all()

    def agree(self) -> dict[str, set[str]]:
        """Wait until media and engine say the same; give who hears whom."""
        deadline = time.monotonic() + WAIT_S
        while True:
            views: dict[str, ContactView] = self.desk.host.read(lambda engine: dict(engine.contacts))
            want = rooms_of(views)
            ringing = {
                call for call, view in views.items() if any(one.state == "ringing" for one in view.segments)
            }
            with self._moved:
                same = self.pbx.rooms() == want and set(self.pbx.rung()) == ringing
                same = same and set(self.pbx.lines) == set(views)
                if same:
                    return {call: set(room) for call, room in want.items()}
                assert time.monotonic() < deadline, (self.pbx.lines, want, ringing)
                self._moved.wait(0.05)

    def rings(self, devices: dict[str, list[str]]) -> None:
        """Wait until just these devices ring, or have rung: each is told of by itself, and none rings for long."""
        deadline = time.monotonic() + WAIT_S
        with self._moved:
            while devices not in self._rung:
                assert time.monotonic() < deadline, (self._rung, devices)
                self._moved.wait(0.05)

    def do(self, call: str, do: Action) -> dict[str, set[str]]:
        assert self.desk.do(call, do).refusal is None
        return self.agree()

    def answered(self, call: str) -> dict[str, set[str]]:
        assert self.desk.report(call, "answered").refusal is None
        return self.agree()


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with site("grpc", clock=LookClock()) as desk:
        for agent in AGENTS:
            desk.host.apply(LogIn(agent))
        made = Exchange(desk)
        yield made
        made.close()


def test_hold_consult_conference_hand_over_leave(exchange: Exchange) -> None:
    desk = exchange.desk
    desk.route("c1")
    assert exchange.agree() == {}
    exchange.rings({"c1": ["sip:ann-desk@pbx"]})
    assert exchange.answered("c1") == {"c1": {"*", "ann"}}
    assert exchange.do("c1", HoldAction()) == {}
    assert exchange.do("c1", RetrieveAction()) == {"c1": {"*", "ann"}}
    assert exchange.do("c1", ConsultAction("c1.1", Destination(agent="ben"))) == {}
    exchange.rings({"c1.1": ["sip:ben@127.0.0.1"]})
    assert exchange.answered("c1.1") == {"c1.1": {"ann", "ben"}}
    assert exchange.do("c1", JoinAction("c1.1")) == {"c1": {"*", "ann", "ben"}}
    assert exchange.do("c1", HoldAction()) == {"c1": {"ann", "ben"}}
    assert exchange.do("c1", ConsultAction("c1.2", Destination(agent="cat"))) == {"c1": {"ann", "ben"}}
    assert exchange.answered("c1.2") == {"c1": {"ann", "ben"}, "c1.2": {"ann", "cat"}}
    assert exchange.do("c1", JoinAction("c1.2")) == {"c1": {"*", "ann", "ben", "cat"}}
    exchange.restart()
    assert exchange.agree() == {"c1": {"*", "ann", "ben", "cat"}}
    assert exchange.do("c1", PartAction("c1.2")) == {"c1": {"*", "ann", "ben"}, "c1.2": {"ann", "cat"}}
    assert exchange.do("c1", HandOverAction()) == {"c1": {"*", "ben"}, "c1.2": {"ben", "cat"}}
    assert exchange.pbx.over == {"c1.1": Release("merged", "c1")}
    assert exchange.do("c1", HandOverAction("c1.2")) == {"c1": {"*", "cat"}}
    desk.report("c1", "ended")
    assert exchange.agree() == {}
    assert exchange.pbx.over["c1"] == Release("handled")
    assert exchange.pbx.lines == {}


def test_an_internal_call_a_take_over_and_a_blind_transfer(exchange: Exchange) -> None:
    desk = exchange.desk
    exchange.pbx.inside = ("i1",)
    desk.client.place_call(PlaceCall("i1", "ann", "pbx", to="ben"))
    exchange.agree()
    assert exchange.answered("i1.1") == {"i1.1": {"ann", "ben"}}
    desk.report("i1", "ended")
    assert exchange.agree() == {}
    desk.route("c1")
    exchange.agree()
    exchange.answered("c1")
    exchange.do("c1", TakeOverAction("c1.s", "sue"))
    exchange.rings({"c1.s": ["sip:sue-desk@pbx", "sip:sue-home@pbx"]})
    assert exchange.answered("c1.s") == {"c1": {"*", "sue"}}
    exchange.do("c1", TransferAction(Destination(agent="ben")))
    assert exchange.answered("c1") == {"c1": {"*", "ben"}}


def test_recording_and_monitoring_reach_the_exchange(exchange: Exchange) -> None:
    desk = exchange.desk
    desk.route("c1")
    exchange.agree()
    exchange.answered("c1")
    for remark in (Recording("start", segment="s1"), Monitoring("sue", "listen"), Recording("pause", "card")):
        desk.host.apply(Remark("c1", remark))

    def heard(record: str, monitors: dict[str, str]) -> None:
        deadline = time.monotonic() + WAIT_S
        line = exchange.pbx.lines["c1"]
        while (line.record, line.monitors) != (record, monitors):
            assert time.monotonic() < deadline, line
            time.sleep(0.01)

    heard("paused", {"sue": "listen"})
    exchange.restart()
    exchange.agree()
    heard("paused", {"sue": "listen"})
    desk.host.apply(Remark("c1", Recording("resume")))
    desk.host.apply(Remark("c1", Monitoring("sue", "stop")))
    heard("on", {})


@pytest.mark.parametrize("seed", range(2))
def test_whatever_agents_do_the_media_follow(exchange: Exchange, seed: int) -> None:
    for _ in wander(exchange.desk, Random(seed), 80):
        exchange.agree()
    exchange.restart()
    exchange.agree()
