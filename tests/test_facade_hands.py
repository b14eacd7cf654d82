"""Calls in hand through the facade, over gRPC and over HTTP on a real server: each feature a scenario.

Owns what a front-end is told to do; must not test how an instruction follows from an event (`test_facade_fold`).
"""

from collections.abc import Iterator

import pytest
from calling import LookClock
from guarded_server import entry, plain
from handled_site import CENTRE, SETTINGS, Site, site
from wired import PATIENT

from grpc_api.client import Client
from grpc_api.client.connection import Target
from grpc_api.domains import Domains, Hosted
from grpc_api.facade import (
    Answer,
    Conference,
    ConsultAction,
    Destination,
    Facade,
    HandleCall,
    Handled,
    HandOverAction,
    Hold,
    HoldAction,
    Instruction,
    JoinAction,
    Monitor,
    Offer,
    PartAction,
    PlaceCall,
    Presence,
    Record,
    Reject,
    Release,
    RemarkCall,
    ReportCall,
    RetrieveAction,
    RouteCall,
    TakeOverAction,
    Talk,
    TransferAction,
    Wait,
    followers,
)
from grpc_api.guard import Guard
from grpc_api.guard.identity import Denied, Identity
from grpc_api.guard.permission import check_call
from grpc_api.guard.tokens import new_token
from grpc_api.server import Server
from grpc_api.status import Fault
from routing import AcceptOffer, EnqueueContact, LogIn, SetNotReady
from routing.center.recording import FOLLOWER as RECORDING
from routing.center.recording import RecordingSettings, recording
from routing.center.recording import Rule as RecordingRule
from routing.center.running import FOLLOWERS, Running
from routing.errors import ClosedError, UsageError
from routing.host import Host
from routing.remarks import (
    Alert,
    CallBack,
    Consent,
    Disposition,
    Feedback,
    Monitoring,
    Note,
    Recording,
    Signal,
)

pytestmark = pytest.mark.once

DESK = "sip:ann-desk@pbx"


@pytest.fixture(params=["grpc", pytest.param("http", marks=pytest.mark.slow)])
def desk(request: pytest.FixtureRequest) -> Iterator[Site]:
    with site(request.param, clock=LookClock()) as made:
        for agent in ("ann", "ben", "cat"):
            made.host.apply(LogIn(agent))
        yield made


def first(answer: Answer | Handled) -> Instruction:
    return answer.instructions[0]


def leg(handled: Handled, place: int = 0) -> Instruction:
    return handled.legs[place].instructions[0]


def consulting(desk: Site, to: Destination | None = None) -> None:
    """Ann has c1 on hold and talks to Ben."""
    desk.talk("c1")
    desk.do("c1", ConsultAction("c1.1", to or Destination(agent="ben")))
    assert first(desk.report("c1.1", "answered")) == Talk("ben", parent="c1", peer="ann")


def test_hold_and_retrieve(desk: Site) -> None:
    desk.talk("c1")
    held = desk.do("c1", HoldAction())
    assert (first(held), held.refusal) == (Hold("ann", DESK), None)
    again = desk.do("c1", HoldAction())
    assert first(again) == Hold("ann", DESK)
    assert again.refusal is not None
    assert again.refusal.reason == "already_so"
    assert first(desk.do("c1", RetrieveAction())) == Talk("ann", DESK)
    assert desk.do("nobody", HoldAction()).refusal is not None


def test_a_repeated_request_is_the_same_one(desk: Site) -> None:
    desk.talk("c1")
    desk.do("c1", HoldAction(), "r1")
    desk.do("c1", RetrieveAction(), "r2")
    repeated = desk.do("c1", HoldAction(), "r1")
    assert (first(repeated), repeated.refusal) == (Talk("ann", DESK), None)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_blind_transfer_to_a_queue_keeps_the_age_or_not(desk: Site, keeps: bool) -> None:
    desk.talk("c1")
    before = desk.host.now_ns
    moved = desk.do("c1", TransferAction(Destination(("care",)), keep_age=keeps))
    assert isinstance(first(moved), Offer)
    (visit,) = desk.host.read(lambda engine: engine.contacts["c1"].visits)
    assert (visit.enqueued_ns <= before) is keeps
    assert first(desk.report("c1", "abandoned")) == Release("abandoned")


def test_a_blind_transfer_to_an_agents_own_line(desk: Site) -> None:
    desk.talk("c1")
    moved = desk.do("c1", TransferAction(Destination(agent="cat")))
    offer = first(moved)
    assert isinstance(offer, Offer)
    assert (offer.agent, offer.queue, offer.parent) == ("cat", "lines", "")
    assert moved.presence == Presence("cat", "free")
    assert first(desk.report("c1", "answered")) == Talk("cat")


@pytest.mark.parametrize(("number", "queue"), [("200", "tech"), ("201", "lines")])
def test_a_blind_transfer_to_what_a_number_means(desk: Site, number: str, queue: str) -> None:
    desk.talk("c1")
    offer = first(desk.do("c1", TransferAction(Destination(number=number))))
    assert isinstance(offer, Offer)
    assert (offer.agent, offer.queue) == ("ben", queue)
    assert desk.host.read(lambda engine: engine.contacts["c1"].priority) == (3 if number == "200" else 0)


def test_a_number_that_is_turned_away_is_an_obstacle(desk: Site) -> None:
    desk.talk("c1")
    stayed = desk.do("c1", TransferAction(Destination(number="6661")))
    assert (first(stayed), stayed.obstacle, stayed.refusal) == (Talk("ann", DESK), "blocked", None)


def test_consultation_and_warm_transfer(desk: Site) -> None:
    desk.talk("c1")
    asked = desk.do("c1", ConsultAction("c1.1", Destination(agent="ben")))
    assert (first(asked), asked.presence) == (Hold("ann", DESK), Presence("ben", "free"))
    rings = leg(asked)
    assert isinstance(rings, Offer)
    assert (rings.agent, rings.parent) == ("ben", "c1")
    assert first(desk.report("c1.1", "answered")) == Talk("ben", parent="c1", peer="ann")
    done = desk.do("c1", HandOverAction("c1.1"))
    assert (first(done), done.legs) == (Talk("ben"), ())
    assert first(desk.report("c1.1", "ringing")) == Release("merged", "c1")
    assert first(desk.report("c1", "ended")) == Release("handled")


def test_a_consultation_with_a_queue_that_ends_without_a_transfer(desk: Site) -> None:
    desk.talk("c1")
    rings = leg(desk.do("c1", ConsultAction("c1.1", Destination(("tech",)))))
    assert isinstance(rings, Offer)
    assert rings.agent == "ben"
    desk.report("c1.1", "answered")
    assert first(desk.report("c1.1", "ended")) == Release("handled")
    assert first(desk.do("c1", RetrieveAction())) == Talk("ann", DESK)


@pytest.mark.parametrize("standing", ["talking", "not_ready", "away"])
def test_who_is_not_free_is_not_rung_unless_anyway(desk: Site, standing: str) -> None:
    desk.talk("c1")
    if standing == "talking":
        desk.talk("c2", "tech")
    elif standing == "not_ready":
        desk.host.apply(SetNotReady("ben", "lunch"))
    agent = "sue" if standing == "away" else "ben"
    to = Destination(agent=agent)
    refused = desk.do("c1", ConsultAction("c1.1", to))
    assert (first(refused), refused.obstacle) == (Talk("ann", DESK), standing)
    assert refused.legs == ()
    assert refused.presence is not None
    assert (refused.presence.standing, refused.presence.reason) == (
        standing,
        "lunch" if standing == "not_ready" else "",
    )
    insisting = desk.do("c1", ConsultAction("c1.1", to, anyway=True))
    assert first(insisting) == Hold("ann", DESK)
    waits = leg(insisting)
    assert isinstance(waits, Wait)
    assert (waits.queues, waits.parent) == (("lines",), "c1")


def test_conference_join_part_and_the_first_agent_leaves(desk: Site) -> None:
    consulting(desk)
    joined = desk.do("c1", JoinAction("c1.1"))
    assert (first(joined), leg(joined)) == (Talk("ann", DESK), Conference("ben", parent="c1"))
    parted = desk.do("c1", PartAction("c1.1"))
    assert leg(parted) == Talk("ben", parent="c1", peer="ann")
    desk.do("c1", JoinAction("c1.1"))
    desk.do("c1", ConsultAction("c1.2", Destination(agent="cat")))
    desk.report("c1.2", "answered")
    three = desk.do("c1", JoinAction("c1.2"))
    assert [one.instructions[0] for one in three.legs] == [
        Conference("ben", parent="c1"),
        Conference("cat", parent="c1"),
    ]
    left = desk.do("c1", HandOverAction())
    assert (first(left), leg(left)) == (Talk("ben"), Conference("cat", parent="c1"))
    other = desk.do("c2", JoinAction("c1.2"))
    assert other.refusal is not None
    assert other.refusal.reason == "contact_not_leg"
    assert first(desk.report("c1", "ended")) == Release("handled")
    assert first(desk.report("c1.2", "ringing")) == Release("handled")


def test_who_listens_to_another_leg_talks_to_the_new_agent_after_a_hand_over(desk: Site) -> None:
    consulting(desk)
    desk.do("c1", ConsultAction("c1.2", Destination(agent="cat")))
    desk.report("c1.2", "answered")
    handed = desk.do("c1", HandOverAction("c1.1"))
    assert (first(handed), leg(handed)) == (Talk("ben"), Talk("cat", parent="c1", peer="ben"))


def test_a_supervisor_takes_over_by_answering(desk: Site) -> None:
    desk.host.apply(LogIn("sue"))
    desk.talk("c1")
    asked = desk.do("c1", TakeOverAction("c1.s", "sue"))
    assert first(asked) == Talk("ann", DESK)
    assert {one.endpoint for one in asked.legs[0].instructions if isinstance(one, Offer)} == {
        "sip:sue-desk@pbx",
        "sip:sue-home@pbx",
    }
    home = "sip:sue-home@pbx"
    assert first(desk.report("c1.s", "answered", endpoint=home)) == Release("merged", "c1")
    assert first(desk.report("c1", "ringing")) == Talk("sue", home)


def test_an_outbound_call_of_an_agents_own(desk: Site) -> None:
    placed = desk.client.place_call(PlaceCall("out-1", "ann", "pbx", customer="c-77"))
    assert first(placed) == Talk("ann")
    view = desk.host.read(lambda engine: engine.contacts["out-1"])
    assert (view.direction, view.front_end, view.customer, view.segments[0].queue) == (
        "outbound",
        "pbx",
        "c-77",
        "sales",
    )
    refused = desk.client.place_call(PlaceCall("out-2", "sue", "pbx"))
    assert first(refused) == Reject("agent_logged_out", "sue")
    assert first(desk.report("out-1", "ended")) == Release("handled")


def test_an_internal_call_is_presence_aware(desk: Site) -> None:
    assert desk.client.presence("ben").presence == Presence("ben", "free")
    call = desk.client.place_call(PlaceCall("int-1", "ann", "pbx", to="ben"))
    assert (first(call), call.presence) == (Talk("ann"), Presence("ben", "free"))
    rings = leg(call)
    assert isinstance(rings, Offer)
    assert (call.legs[0].call_id, rings.agent, rings.parent) == ("int-1.1", "ben", "int-1")
    assert desk.client.presence("ben").presence == Presence("ben", "ringing")
    assert first(desk.report("int-1.1", "answered")) == Talk("ben", parent="int-1", peer="ann")
    assert desk.client.presence(endpoint=DESK).presence == Presence("ann", "talking")
    for colleague, standing in (("ben", "talking"), ("sue", "away"), ("nobody", "unknown_agent")):
        away = desk.client.place_call(PlaceCall("int-2", "cat", "pbx", to=colleague))
        assert first(away) == Reject(standing, colleague)
        assert "int-2" not in desk.host.read(lambda engine: list(engine.contacts))
    assert first(desk.report("int-1", "ended")) == Release("handled")
    assert desk.host.read(lambda engine: len(engine.contacts)) == 0


def test_remarks_are_taken_and_recording_and_monitoring_are_instructions(desk: Site) -> None:
    desk.talk("c1")

    def say(remark: object) -> tuple[Instruction, ...]:
        answer = desk.client.remark_call(RemarkCall("c1", remark, "pbx"))  # type: ignore[arg-type]
        assert answer.refusal is None
        return answer.instructions[1:]

    for remark in (
        Consent("recording", "given"),
        Signal("language", "es", "bot"),
        Feedback("csat", "q1", score=5),
        Note("note-1"),
        Disposition("sold", resolved="resolved", agent="ann"),
    ):
        assert say(remark) == ()
    assert say(Recording("start", segment="s1")) == (Record("start", "s1"),)
    assert say(Recording("pause", "card", "s1")) == (Record("pause", "s1", "card"),)
    listening = Monitor("sue", "listen")
    assert say(Monitoring("sue", "listen")) == (Record("pause", "s1", "card"), listening)
    assert say(Recording("resume", segment="s1")) == (Record("start", "s1"), listening)
    assert say(Monitoring("sue", "whisper")) == (Record("start", "s1"), Monitor("sue", "whisper"))
    assert say(Monitoring("sue", "stop")) == (Record("start", "s1"),)
    assert say(Recording("stop")) == ()
    ended = desk.client.remark_call(RemarkCall("nobody", Note("n"), "pbx"))
    assert ended.refusal is not None
    assert ended.refusal.reason == "unknown_contact"


def test_where_a_policy_decides_an_exchange_obeys_it_and_asks_it() -> None:
    """Who asks names no segment, and nothing changes on the line before the policy has answered; a pause is at once."""
    settings = RecordingSettings((RecordingRule("sales", consent="given"),))
    makings = {**followers(policy=True), RECORDING: recording(settings), **FOLLOWERS}
    with (
        Host(CENTRE, followers=makings) as host,
        Facade(host, SETTINGS) as facade,
        Running(host, (RECORDING,), threads=False) as running,
    ):
        host.apply(LogIn("ann"))
        facade.route_call(RouteCall("c1", "pbx", called="sales"))
        facade.report_call(ReportCall("c1", "answered", "pbx"))

        def say(*remarks: Recording | Consent) -> list[str]:
            for remark in remarks:
                facade.remark_call(RemarkCall("c1", remark, "pbx"))
            running.step()
            return [one.action for one in facade.look("c1").instructions if isinstance(one, Record)]

        assert say(Recording("start")) == []  # asked for, and the customer has not agreed
        assert say(Consent("recording", "given")) == ["start"]
        assert say(Recording("stop")) == ["start"]  # whoever asks may not
        assert say(Recording("pause", "card")) == ["pause"]
        assert say(Recording("resume", "card")) == ["start"]
        with facade.follow(front_end="pbx", start_revision=0) as following:
            told = [one.instruction for one in following.take() if isinstance(one.instruction, Record)]
        assert [one.action for one in told] == ["start"]


def test_a_call_that_is_placed_again_leaves_nothing_behind(
    desk: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose call it is, is noted until it begins: not for a repetition, nor when the host has stopped."""
    facade = desk.facade
    for to in ("", "ben"):
        for _ in range(3):
            placed = facade.place_call(PlaceCall(f"out-{to}", "ann", "pbx", to=to, request_id="r"))
            assert placed.refusal is None
        assert facade.report_call(ReportCall(f"out-{to}", "ended", "pbx")).instructions == (
            Release("handled"),
        )
        facade.look(f"out-{to}")  # waits until its end is known
    assert facade._board.fold.owners == {}
    monkeypatch.setattr(facade, "_apply", stopped)
    with pytest.raises(ClosedError):
        facade.place_call(PlaceCall("out-9", "ann", "pbx"))
    assert facade._board.fold.owners == {}


def stopped(_: object) -> None:
    raise ClosedError("the host has stopped")


def test_what_does_not_say_enough_is_misuse(desk: Site) -> None:
    facade = desk.facade
    desk.talk("c1")
    for do, complaint in (
        (TransferAction(Destination()), "give one of the three"),
        (ConsultAction("c1.1", Destination(("tech",), agent="ben")), "give one of the three"),
        (ConsultAction("", Destination(("tech",))), "no id"),
        (TakeOverAction("c1.s", ""), "no agent is named"),
    ):
        with pytest.raises(UsageError, match=complaint):
            facade.handle_call(HandleCall("c1", do))
    with pytest.raises(UsageError, match="call_id is empty"):
        facade.place_call(PlaceCall("", "ann"))


class Known:
    """Calls and agents, for who is limited to some."""

    def contact(self, contact: str) -> tuple[tuple[str, ...], str] | None:
        return {"c1": (("sales",), "ann"), "c2": (("tech",), "ben")}.get(contact)

    def agent(self, agent: str) -> tuple[str, ...] | None:
        return {"ann": ("sales",), "ben": ("tech",)}.get(agent)


@pytest.mark.parametrize(
    ("who", "method", "nouns", "may"),
    [
        ("agent", "HandleCall", {"contacts": ("c1",)}, True),
        ("agent", "HandleCall", {"contacts": ("c2",)}, False),
        ("agent", "HandleCall", {"contacts": ("c1",), "queues": ("tech",)}, False),
        ("agent", "RemarkCall", {"contacts": ("c2",)}, False),
        ("agent", "PlaceCall", {"agents": ("ann",), "queues": ("sales",)}, True),
        ("agent", "PlaceCall", {"agents": ("ben",), "queues": ("sales",)}, False),
        ("agent", "ReportEndpoint", {"agents": ("ann",)}, True),
        ("front_end", "HandleCall", {"contacts": ("c1",)}, True),
        ("front_end", "HandleCall", {"contacts": ("c2",)}, False),
        ("front_end", "PlaceCall", {"agents": ("ann",), "queues": ("sales",)}, True),
        ("front_end", "PlaceCall", {"agents": ("ann",), "queues": ("tech",)}, False),
        ("supervisor", "HandleCall", {"contacts": ("c1",)}, True),
        ("supervisor", "PlaceCall", {"agents": ("ann",)}, False),
        ("read_only", "HandleCall", {"contacts": ("c1",)}, False),
        ("read_only", "GetPresence", {}, True),
    ],
)
def test_who_may_do_what_with_calls_in_hand(
    who: str, method: str, nouns: dict[str, tuple[str, ...]], may: bool
) -> None:
    agent = "ann" if who == "agent" else ""
    identity = Identity(who, frozenset({who}), frozenset({"bank"}), frozenset({"sales"}), agent)
    asked = {"queues": (), "agents": (), "contacts": (), **nouns}
    try:
        check_call(identity, "bank", f"/huntgroup.v1.RoutingService/{method}", **asked, lookup=Known())
    except Denied:
        assert not may
    else:
        assert may


def test_a_remark_that_something_follows_from_needs_its_own_right() -> None:
    """What an agent may say of their calls is not whom exchanges let listen to them, nor whom nobody calls back."""
    token = new_token()
    guard = Guard(plain(tokens=[entry(token, "agent", agent="ann")]))
    with Host(CENTRE) as host, Facade(host, SETTINGS) as facade:
        for command in (LogIn("ann"), EnqueueContact("c1", ("sales",)), AcceptOffer("c1", "ann")):
            host.apply(command)
        with (
            Server(Domains(Hosted("bank", host, facade)), "127.0.0.1:0", guard) as server,
            Client(Target(f"127.0.0.1:{server.port}", token=token), "bank", PATIENT) as client,
        ):
            assert client.remark_call(RemarkCall("c1", Note("n-1"))).refusal is None
            for remark in (Monitoring("ann", "listen"), CallBack("later", "cancel"), Alert("angry")):
                with pytest.raises(Fault, match="ROLE_MISSING"):
                    client.remark_call(RemarkCall("c1", remark))
