"""Devices of agents through the facade: in turn and at once, seats, reach; and all of it after a crash.

Owns what a front-end may rely on; must not test the pure parts (`test_devices`).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from calling import HandClock, LookClock
from handled_site import CENTRE, SETTINGS, Site, site

from grpc_api.facade import (
    Answer,
    DialCode,
    EndpointAnswer,
    Facade,
    HandleCall,
    Instruction,
    Monitor,
    Offer,
    Record,
    Release,
    Report,
    ReportCall,
    ReportEndpoint,
    RouteCall,
    StopRinging,
    TakeOverAction,
    Talk,
    Wait,
    followers,
)
from routing import LogIn, LogOut, Remark
from routing.host import Host, Settings
from routing.remarks import Monitoring, Recording
from routing.units import SECOND

pytestmark = pytest.mark.once

ANN = ("sip:ann-desk@pbx", "sip:ann-soft@pbx", "sip:ann-mobile@pbx")
SUE = ("sip:sue-desk@pbx", "sip:sue-home@pbx")
SEAT, OTHER = "sip:207@pbx", "sip:208@pbx"


class Desk:
    """A host whose time a test sets, with seats and marks, and its facade."""

    def __init__(self, journal: Path | None = None, at_ns: int = 1_000 * SECOND) -> None:
        self.clock = HandClock(at_ns)
        settings = Settings(threads=False)
        self.host = Host(
            None if journal and journal.exists() else CENTRE,
            journal,
            clock=self.clock,
            settings=settings,
            followers=followers(),
        )
        self.facade = Facade(self.host, SETTINGS)

    def close(self) -> None:
        self.facade.close()
        self.host.close()

    def pass_time(self, duration_ns: int) -> None:
        self.clock.at_ns += duration_ns

    def code(self, endpoint: str, code: str) -> str:
        return self.facade.dial_code(DialCode(endpoint, code)).announcement

    def device(self, endpoint: str, state: str) -> EndpointAnswer:
        return self.facade.report_endpoint(ReportEndpoint(endpoint, state))  # type: ignore[arg-type]

    def route(self, call: str, called: str = "sales") -> Answer:
        return self.facade.route_call(RouteCall(call, "pbx", called=called))

    def report(self, call: str, what: Report, endpoint: str = "", agent: str = "") -> Answer:
        return self.facade.report_call(ReportCall(call, what, "pbx", agent, endpoint=endpoint))

    def state_of(self, agent: str) -> str:
        return self.host.read(lambda engine: engine.agents[agent].device)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


def rung(answer: Answer) -> list[tuple[str, int]]:
    """Endpoints that ring, and for how many seconds."""
    assert answer.instructions
    found = []
    for one in answer.instructions:
        assert isinstance(one, Offer), one
        found.append((one.endpoint, one.ring_ns // SECOND))
    return found


# ----------------------------------------------------------------------------------------------- what rings


@pytest.mark.parametrize("cause", ["no_answer", "busy", "unreachable"])
def test_the_next_device_rings_before_the_engine_hears_of_a_missed_offer(desk: Desk, cause: Report) -> None:
    desk.host.apply(LogIn("ann"))
    assert rung(desk.route("c1")) == [(ANN[0], 5)]
    before = desk.host.revision
    desk.pass_time(2 * SECOND)
    assert rung(desk.report("c1", cause, ANN[0])) == [(ANN[1], 5)]
    desk.pass_time(3 * SECOND)
    assert rung(desk.report("c1", cause, "<SIP:ann-soft@PBX>")) == [
        (ANN[2], 15)
    ]  # the last one has all the rest
    late = desk.report("c1", cause, ANN[0])
    assert rung(late) == [(ANN[2], 15)]
    assert late.refusal is not None
    assert late.refusal.reason == "offer_is_another"
    assert desk.host.revision == before
    (over,) = desk.report("c1", cause, ANN[2]).instructions
    assert isinstance(over, Wait)
    ann = desk.host.read(lambda engine: engine.agents["ann"])
    assert ann.misses == (1 if cause == "no_answer" else 0)


def test_of_devices_that_ring_together_the_engine_hears_when_the_last_one_failed(desk: Desk) -> None:
    desk.host.apply(LogIn("sue"))
    desk.host.apply(LogIn("ann"))
    desk.route("c1")
    desk.report("c1", "answered")
    asked = desk.facade.handle_call(HandleCall("c1", TakeOverAction("c1.s", "sue"), "pbx"))
    assert rung(asked.legs[0]) == [(SUE[0], 20), (SUE[1], 20)]
    assert rung(desk.report("c1.s", "busy", SUE[1])) == [(SUE[0], 20)]
    before = desk.host.revision
    assert isinstance(desk.report("c1.s", "no_answer", SUE[0]).instructions[0], Wait | Offer)
    assert desk.host.revision > before


def test_without_an_endpoint_a_report_is_about_all_that_rings(desk: Desk) -> None:
    desk.host.apply(LogIn("ann"))
    desk.route("c1")
    assert rung(desk.report("c1", "no_answer")) == [(ANN[1], 5)]
    assert rung(desk.report("c1", "no_answer", agent="ann")) == [(ANN[2], 20)]


def test_a_refusal_at_one_device_is_the_agents(desk: Desk) -> None:
    desk.host.apply(LogIn("ann"))
    desk.route("c1")
    (waits,) = desk.report("c1", "rejected", ANN[0]).instructions
    assert isinstance(waits, Wait)


def test_who_answers_talks_where_they_answered(desk: Desk) -> None:
    desk.host.apply(LogIn("ann"))
    desk.route("c1")
    desk.report("c1", "no_answer", ANN[0])
    assert desk.report("c1", "answered", ANN[1]).instructions == (Talk("ann", ANN[1]),)
    assert desk.facade.look("c1").instructions == (Talk("ann", ANN[1]),)


def test_time_alone_moves_on_and_the_stream_says_so(desk: Desk) -> None:
    desk.host.apply(LogIn("ann"))
    with desk.facade.follow(front_end="pbx") as following:
        desk.route("c1")
        told: list[Instruction | None] = []
        for number in (1, 3, 5):
            for _ in range(20):
                if len(told) < number:
                    told += [one.instruction for one in following.take(SECOND) if one.call_id]
            desk.pass_time(5 * SECOND + 1)
    assert told == [
        Offer("ann", ANN[0], 1, 5 * SECOND, "sales"),
        StopRinging("ann", 1, "no_answer", ANN[0]),
        Offer("ann", ANN[1], 1, 5 * SECOND - 1, "sales"),
        StopRinging("ann", 1, "no_answer", ANN[1]),
        Offer("ann", ANN[2], 1, 10 * SECOND - 2, "sales"),
    ]


def test_agents_with_one_address_are_as_they_always_were(desk: Desk) -> None:
    desk.host.apply(LogIn("ben"))
    assert rung(desk.route("c1", "tech")) == [("sip:ben@127.0.0.1", 20)]
    assert isinstance(desk.report("c1", "busy", "sip:ben@127.0.0.1").instructions[0], Wait)


# ---------------------------------------------------------------------------------------------------- reach


def test_an_agent_is_out_of_reach_when_all_devices_are_and_in_use_when_one_is(desk: Desk) -> None:
    desk.host.apply(LogIn("ann"))
    for endpoint in ANN[:2]:
        assert desk.device(endpoint, "unreachable").text == "available"
    assert rung(desk.route("c1")) == [(ANN[2], 20)]  # what can be reached
    assert desk.device(ANN[2], "unreachable") == EndpointAnswer(desk.host.revision, "unreachable", "ann")
    assert desk.state_of("ann") == "unreachable"
    assert desk.device(ANN[0], "in_use").text == "in_use"
    assert desk.device(ANN[0], "available").text == "available"
    assert desk.state_of("ann") == "available"
    assert desk.device("sip:nobody@elsewhere", "in_use").text == "unknown_endpoint"
    assert desk.device(SEAT, "in_use").text == "nobody"
    assert desk.device("sip:ben@127.0.0.1", "in_use").text == "agent_logged_out"
    desk.host.apply(LogIn("ben"))
    assert desk.device("sip:ben@127.0.0.1", "unreachable") == EndpointAnswer(
        desk.host.revision, "unreachable", "ben"
    )


# ---------------------------------------------------------------------------------------------------- seats


def test_an_agent_signs_in_at_any_seat_and_is_rung_there(desk: Desk) -> None:
    assert desk.code(SEAT, "*49") == "nobody"
    assert desk.code(SEAT, "*45*99") == "nobody"
    assert desk.code(SEAT, "*45*12") == "logged_in"
    assert desk.code(SEAT, "*4512") == "signed_in"  # again
    assert desk.code(SEAT, "*49") == "ready"
    assert desk.code(SEAT, "*481") == "not_ready"
    assert desk.code(SEAT, "*47") == "ready"
    assert rung(desk.route("c1", "tech")) == [(SEAT, 20)]
    assert desk.report("c1", "answered", SEAT).instructions == (Talk("ben", SEAT),)


def test_a_seat_that_is_taken_is_told_and_free_again_after_log_out(desk: Desk) -> None:
    assert desk.code(SEAT, "*4512") == "logged_in"
    assert desk.code(SEAT, "*4513") == "seat_taken"
    assert not desk.host.read(lambda engine: engine.agents["cat"].logged_in)
    assert desk.code(SEAT, "*46") == "logged_out"
    assert desk.code(SEAT, "*4513") == "logged_in"
    assert desk.facade.presence(endpoint=SEAT).presence.agent == "cat"
    desk.host.apply(LogOut("cat", force=True))
    assert desk.code(SEAT, "*49") == "nobody"


def test_several_seats_count_once_and_one_can_be_left(desk: Desk) -> None:
    assert [desk.code(SEAT, "*4512"), desk.code(OTHER, "*4512")] == ["logged_in", "signed_in"]
    ben = desk.host.read(lambda engine: engine.agents["ben"])
    assert ben.logged_in
    assert rung(desk.route("c1", "tech")) == [(SEAT, 5)]
    assert rung(desk.report("c1", "no_answer", SEAT)) == [(OTHER, 20)]
    desk.report("c1", "answered", OTHER)
    assert isinstance(desk.route("c2", "tech").instructions[0], Wait)  # one agent, one call
    assert desk.device(SEAT, "unreachable").text == "available"
    assert desk.code(SEAT, "*44") == "signed_out"
    assert desk.code(SEAT, "*44") == "nobody"
    assert desk.host.read(lambda engine: engine.agents["ben"]).logged_in
    desk.report("c1", "ended")
    assert rung(desk.facade.look("c2")) == [(OTHER, 20)]


def test_devices_of_ones_own_come_after_the_seat(desk: Desk) -> None:
    assert desk.code(SEAT, "*4511") == "logged_in"
    assert rung(desk.route("c1")) == [(SEAT, 5)]
    assert rung(desk.report("c1", "busy", SEAT)) == [(ANN[0], 5)]


# ---------------------------------------------------------------------------------------------- after a crash


@pytest.mark.parametrize("snapshot", [True, False])
def test_seats_states_recording_and_listeners_are_after_a_crash_what_they_were(
    tmp_path: Path, snapshot: bool
) -> None:
    journal = tmp_path / "bank.journal"
    desk = Desk(journal)
    desk.code(SEAT, "*4512")
    desk.code(OTHER, "*4511")
    desk.code(OTHER, "*46")
    desk.code(OTHER, "*4513")
    desk.device(OTHER, "unreachable")
    desk.route("c1", "tech")
    desk.report("c1", "answered", SEAT)
    desk.host.apply(Remark("c1", Recording("start", segment="s1")))
    if snapshot:
        desk.host.snapshot()
    desk.host.apply(Remark("c1", Recording("pause", "card")))
    desk.host.apply(Remark("c1", Monitoring("sue", "listen")))
    desk.code(SEAT, "*481")
    copy = tmp_path / "copy.journal"
    for path in tmp_path.glob("bank.journal*"):  # as it lies there when the power fails
        copy.with_name(path.name.replace("bank", "copy")).write_bytes(path.read_bytes())
    desk.close()
    again = Desk(copy, desk.clock.at_ns + SECOND)
    try:
        seats = again.facade._pump.seats
        assert (seats.agent_at("seat-7"), seats.agent_at("seat-8")) == ("ben", "cat")
        assert again.state_of("cat") == "unreachable"
        assert again.device(OTHER, "available").text == "available"
        talk, *marks = again.facade.look("c1").instructions
        assert isinstance(talk, Talk)
        assert marks == [Record("pause", "s1", "card"), Monitor("sue", "listen")]
        with again.facade.follow(front_end="pbx", start_revision=0) as following:
            told = [one.instruction for one in following.take(SECOND) if one.call_id]
        assert told == [talk, *marks]
        again.host.apply(Remark("c1", Recording("resume")))
        assert again.facade.look("c1").instructions[1:] == (Record("start", "s1"), marks[1])
        assert again.report("c1", "ended").instructions == (Release("handled"),)
        assert again.facade._pump.marks is not None
        assert again.facade._pump.marks.snapshot() == b"\x80"
    finally:
        again.close()


def test_seats_over_the_wire() -> None:
    with site("grpc", clock=LookClock()) as made:
        _sit(made)


@pytest.mark.slow
def test_seats_over_http() -> None:
    with site("http", clock=LookClock()) as made:
        _sit(made)


def _sit(made: Site) -> None:
    assert made.code(SEAT, "*4512") == "logged_in"
    assert made.code(SEAT, "*4513") == "seat_taken"
    found = made.client.report_endpoint(ReportEndpoint(SEAT, "unreachable"))
    assert (found.text, found.agent) == ("unreachable", "ben")
    assert made.client.presence("ben").presence.standing == "away"
    made.client.report_endpoint(ReportEndpoint(SEAT, "available"))
    (offer,) = made.route("c1", "tech").instructions
    assert isinstance(offer, Offer)
    assert offer.endpoint == SEAT
    assert made.report("c1", "answered", agent="ben", endpoint=SEAT).instructions == (Talk("ben", SEAT),)
