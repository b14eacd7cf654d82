"""The facade on a real host: routing, reports in any order, endings, sync, dialled codes.

Owns what a front-end may rely on; must not test streams (`test_facade_follow`) nor any wire.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from calling import CENTRE, HandClock

from grpc_api.facade import (
    Answer,
    DialCode,
    Facade,
    LiveLeg,
    Offer,
    Reject,
    Release,
    ReportCall,
    RouteCall,
    SyncCalls,
    Talk,
    Treatment,
    Wait,
)
from grpc_api.facade.shapes import Report
from grpc_api.settings import Codes, DomainSettings, Endpoints, NumberRule, Targets, Treatments
from routing import LogIn, RequeueContact
from routing.errors import UsageError
from routing.host import Host, Settings
from routing.units import SECOND

SETTINGS = DomainSettings(
    numbers=(
        NumberRule(number="900", queues=("sales",), priority=2, attributes={"line": "900"}),
        NumberRule(prefix="901", caller="666", reject="blocked"),
        NumberRule(prefix="901", queues=("support",)),
        NumberRule(pattern="77[0-9]", queues=("sales", "support"), requirement="tech"),
    ),
    endpoints=Endpoints(agents={"ben": "sip:102@10.0.0.9:5060"}),
    treatments=Treatments(
        voicemail="sip:voicemail@pbx",
        waiting="sip:music@pbx",
        queues={"support": Targets(voicemail="sip:support-voicemail@pbx")},
    ),
    codes=Codes(reasons={"1": "lunch"}),
)


class Desk:
    """A host whose time a test sets, and its facade."""

    def __init__(self, settings: DomainSettings = SETTINGS, journal: Path | None = None) -> None:
        self.clock = HandClock()
        self.host = Host(CENTRE, journal, clock=self.clock, settings=Settings(threads=False))
        self.facade = Facade(self.host, settings)

    def close(self) -> None:
        self.facade.close()
        self.host.close()

    def log_in(self, *agents: str) -> None:
        for agent in agents:
            self.host.apply(LogIn(agent))

    def pass_time(self, duration_ns: int) -> None:
        self.clock.at_ns += duration_ns
        self.host.tick()

    def route(self, call: str, called: str, caller: str = "", request_id: str = "") -> Answer:
        return self.facade.route_call(
            RouteCall(call, "pbx", caller=caller, called=called, request_id=request_id)
        )

    def report(
        self, call: str, what: Report, agent: str = "", offer: int = 0, request_id: str = ""
    ) -> Answer:
        return self.facade.report_call(ReportCall(call, what, "pbx", agent, offer, request_id))


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


def only(answer: Answer) -> object:
    (instruction,) = answer.instructions
    return instruction


def rung(answer: Answer) -> Offer:
    (offer,) = answer.instructions
    assert isinstance(offer, Offer)
    return offer


# ------------------------------------------------------------------------------------------------ routing


def test_a_call_rings_at_the_agents_endpoint_for_as_long_as_the_queue_says(desk: Desk) -> None:
    desk.log_in("ben")
    answer = desk.route("c1", "sip:900@pbx.example;user=phone")
    assert only(answer) == Offer("ben", "sip:102@10.0.0.9:5060", 1, 20 * SECOND, "sales")
    assert answer.refusal is None
    assert answer.revision == desk.host.revision


def test_nobody_there_means_waiting_with_place_and_treatment(desk: Desk) -> None:
    assert only(desk.route("c1", "900")) == Wait(("sales",), 1, -1, "sip:music@pbx")
    assert only(desk.route("c2", "900")) == Wait(("sales",), 2, -1, "sip:music@pbx")


def test_rules_set_priority_requirement_attributes_and_front_end(desk: Desk) -> None:
    desk.facade.route_call(RouteCall("c1", "pbx", called="900", attributes={"vip": "1"}))
    desk.facade.route_call(RouteCall("c2", "pbx", called="900", priority=7))
    desk.route("c3", "773")
    one, two, three = desk.host.read(lambda engine: [engine.contacts[c] for c in ("c1", "c2", "c3")])
    assert (one.priority, one.attributes, one.front_end) == (2, {"line": "900", "vip": "1"}, "pbx")
    assert two.priority == 7
    assert [visit.queue for visit in three.visits] == ["sales", "support"]
    desk.log_in("ben", "cec")  # neither has the skill
    assert isinstance(only(desk.facade.look("c3")), Wait)


def test_an_unknown_number_names_a_queue_or_is_turned_away(desk: Desk) -> None:
    assert only(desk.route("c1", "sip:support@pbx")) == Wait(("support",), 1, -1, "sip:music@pbx")
    answer = desk.route("c2", "nobody")
    assert only(answer) == Reject("unknown_queue", "nobody")
    assert answer.refusal is not None
    assert answer.refusal.reason == "unknown_queue"
    strict = Desk(DomainSettings(unmatched="reject"))
    try:
        assert only(strict.route("c1", "sales")) == Reject("unknown_number", "sales")
    finally:
        strict.close()


def test_rules_look_at_the_caller_whose_number_stays_out_of_the_journal(desk: Desk) -> None:
    assert only(desk.route("c1", "9015", caller="sip:6661@x")) == Reject("blocked", "9015")
    desk.route("c2", "9015", caller="sip:555@x")
    assert desk.host.read(lambda engine: engine.contacts["c2"].customer) == ""
    kept = Desk(DomainSettings(keep_caller=True))
    try:
        kept.route("c1", "sales", caller="sip:555@x")
        assert kept.host.read(lambda engine: engine.contacts["c1"].customer) == "555"
    finally:
        kept.close()


def test_a_ring_group_is_several_offers(desk: Desk) -> None:
    desk.log_in("ann", "ben")
    answer = desk.route("c1", "all")
    assert [one.agent for one in answer.instructions if isinstance(one, Offer)] == ["ann", "ben"]
    assert only(desk.report("c1", "answered", "ben")) == Talk("ben")


def test_a_full_queue_turns_away_and_says_so_again(desk: Desk) -> None:
    desk.route("c1", "full")
    assert only(desk.route("c2", "full")) == Reject("length", "full")
    assert only(desk.facade.look("c2")) == Reject("length", "full")
    again = desk.route("c2", "full")
    assert only(again) == Reject("length", "full")
    assert again.refusal is not None
    assert again.refusal.reason == "already_so"


@pytest.mark.parametrize("request_id", ["", "r1"])
def test_a_retry_is_told_what_holds_now(desk: Desk, request_id: str) -> None:
    assert isinstance(only(desk.route("c1", "900", request_id=request_id)), Wait)
    desk.log_in("ann")
    assert isinstance(only(desk.route("c1", "900", request_id=request_id)), Offer)
    desk.report("c1", "answered")
    assert only(desk.route("c1", "900", request_id=request_id)) == Talk("ann")
    desk.report("c1", "ended")
    assert only(desk.route("c1", "900", request_id=request_id)) == Release("handled")
    assert len(desk.host.read(lambda engine: engine.contacts)) == 0


def test_a_refused_call_is_refused_again_under_its_request(desk: Desk) -> None:
    assert only(desk.route("c1", "nobody", request_id="r1")) == Reject("unknown_queue", "nobody")
    assert only(desk.route("c1", "nobody", request_id="r1")) == Reject("unknown_queue", "nobody")


def test_other_content_under_a_known_id_changes_nothing(desk: Desk) -> None:
    desk.route("c1", "900")
    answer = desk.route("c1", "support")
    assert only(answer) == Wait(("sales",), 1, -1, "sip:music@pbx")
    assert answer.refusal is not None
    assert answer.refusal.reason == "exists_with_different"


def test_long_request_ids_of_front_ends_fit_and_stay_apart(desk: Desk) -> None:
    long = "r" * 300
    one = desk.facade.route_call(RouteCall("c1", "pbx", called="900", request_id=long))
    two = desk.facade.route_call(RouteCall("c2", "other", called="900", request_id=long))
    assert isinstance(only(one), Wait)
    assert two.refusal is None
    assert set(desk.host.read(lambda engine: engine.contacts)) == {"c1", "c2"}


def test_other_settings_hold_from_now_on(desk: Desk) -> None:
    desk.log_in("ann")
    assert only(desk.route("c1", "555")) == Reject("unknown_queue", "555")
    rule = NumberRule(number="555", queues=("sales",))
    desk.facade.use(DomainSettings(numbers=(rule,), endpoints=Endpoints("sip:{agent}@elsewhere")))
    assert rung(desk.route("c2", "555")).endpoint == "sip:ann@elsewhere"
    with desk.facade.follow(front_end="pbx", start_revision=0) as following:
        (offer, *_) = following.take(0)
    assert isinstance(offer.instruction, Offer)
    assert offer.instruction.endpoint == "sip:ann@elsewhere"


def test_a_call_without_an_id_is_misuse(desk: Desk) -> None:
    with pytest.raises(UsageError, match="call_id is empty"):
        desk.route("", "900")
    with pytest.raises(UsageError, match="call_id is empty"):
        desk.report("", "ended")


# ------------------------------------------------------------------------------------------------ reports


def test_ringing_is_only_noted(desk: Desk) -> None:
    desk.log_in("ann")
    before = desk.route("c1", "900")
    assert desk.report("c1", "ringing", "ann", 1) == before


@pytest.mark.parametrize(
    ("what", "reason"), [("no_answer", ""), ("busy", ""), ("unreachable", ""), ("rejected", "")]
)
def test_the_next_agent_is_offered_when_one_does_not_answer(desk: Desk, what: Report, reason: str) -> None:
    desk.log_in("ann", "ben")
    first = rung(desk.route("c1", "900"))
    answer = desk.report("c1", what, first.agent, first.offer)
    second = rung(answer)
    assert {first.agent, second.agent} == {"ann", "ben"}
    assert (answer.refusal.reason if answer.refusal else "") == reason
    # The same report once more is about an offer that is no more.
    late = desk.report("c1", what, first.agent, first.offer)
    assert only(late) == second
    assert late.refusal is not None
    assert late.refusal.reason == "offer_is_another"


def test_a_trunk_error_holds_the_call_for_a_moment(desk: Desk) -> None:
    desk.log_in("cec")
    desk.route("c1", "support")
    assert isinstance(only(desk.report("c1", "trunk_error")), Wait)
    desk.pass_time(2 * SECOND)
    assert isinstance(only(desk.facade.look("c1")), Offer)


def test_a_late_answer_is_fenced_off(desk: Desk) -> None:
    desk.log_in("ann", "ben")
    first = rung(desk.route("c1", "900"))
    desk.pass_time(21 * SECOND)
    second = rung(desk.facade.look("c1"))
    late = desk.report("c1", "answered", first.agent, first.offer)
    assert only(late) == second
    assert late.refusal is not None
    assert only(desk.report("c1", "answered", second.agent, second.offer)) == Talk(second.agent)
    later = desk.report("c1", "answered", first.agent, first.offer)
    assert only(later) == Talk(second.agent)


def test_an_offer_rings_for_what_is_left(desk: Desk) -> None:
    desk.log_in("ann")
    desk.route("c1", "900")
    desk.pass_time(15 * SECOND)
    desk.log_in("cec")  # so that time passes in the engine
    offer = rung(desk.facade.look("c1"))
    assert offer.ring_ns == 5 * SECOND


@pytest.mark.parametrize("request_id", ["", "bye"])
def test_duplicate_hang_ups_do_nothing_more(desk: Desk, request_id: str) -> None:
    desk.log_in("ann")
    desk.route("c1", "900")
    desk.report("c1", "answered")
    for _ in range(3):
        assert only(desk.report("c1", "ended", request_id=request_id)) == Release("handled")
    assert only(desk.report("c1", "abandoned")) == Release("handled")


@pytest.mark.parametrize("what", ["ended", "abandoned"])
def test_either_hang_up_ends_a_call_however_it_stands(desk: Desk, what: Report) -> None:
    desk.route("waits", "support")
    assert only(desk.report("waits", what)) == Release("abandoned")
    desk.log_in("ann", "ben")
    desk.route("rings", "900")
    assert only(desk.report("rings", what)) == Release("abandoned")
    desk.route("talks", "900")
    desk.report("talks", "answered")
    assert only(desk.report("talks", what)) == Release("handled")


def test_the_end_of_a_leg_that_the_call_left_behind_does_not_end_it(desk: Desk) -> None:
    desk.log_in("ann", "ben")
    first = rung(desk.route("c1", "900"))
    desk.report("c1", "no_answer", first.agent, first.offer)
    second = rung(desk.facade.look("c1"))
    desk.report("c1", "answered", second.agent, second.offer)
    stale = desk.report("c1", "ended", first.agent, first.offer)
    assert only(stale) == Talk(second.agent)
    assert stale.refusal is not None
    assert stale.refusal.reason == "offer_is_another"
    desk.host.apply(RequeueContact("c1", ("support",)))
    stale = desk.report("c1", "ended", second.agent)
    assert isinstance(only(stale), Wait)


def test_a_report_that_names_nobody_means_the_only_one(desk: Desk) -> None:
    desk.log_in("ann", "ben")
    desk.route("c1", "900")
    assert isinstance(only(desk.report("c1", "busy")), Offer)
    desk.report("c1", "ended")
    answer = desk.route("c2", "all")
    offers = [one for one in answer.instructions if isinstance(one, Offer)]
    if len(offers) > 1:
        with pytest.raises(UsageError, match="rings at 2 agents"):
            desk.report("c2", "answered")
    assert only(desk.report("c2", "answered", offer=offers[0].offer)) == Talk(offers[0].agent)


def test_reports_on_nobody_are_refused(desk: Desk) -> None:
    for what, reason in (("answered", "unknown_contact"), ("ended", "unknown_contact")):
        answer = desk.facade.report_call(ReportCall("ghost", what))  # type: ignore[arg-type]
        assert only(answer) == Release("")
        assert answer.refusal is not None
        assert answer.refusal.reason == reason


def test_a_timer_sends_to_voicemail_and_it_is_remembered(desk: Desk) -> None:
    desk.route("c1", "support")
    desk.pass_time(31 * SECOND)
    assert only(desk.facade.look("c1")) == Treatment("voicemail", "support", "sip:support-voicemail@pbx")
    answer = desk.report("c1", "abandoned")
    assert only(answer) == Treatment("voicemail", "support", "sip:support-voicemail@pbx")


def test_how_a_call_ended_is_known_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    before = Desk(journal=path)
    before.route("c1", "support")
    before.route("c2", "support")
    before.pass_time(31 * SECOND)
    before.route("c3", "support")
    before.facade.close()
    before.host._journal.close()  # as if it had been killed: no snapshot is taken
    after = Desk(journal=path)
    try:
        assert only(after.facade.look("c2")) == Treatment("voicemail", "support", "sip:support-voicemail@pbx")
        assert isinstance(only(after.facade.look("c3")), Wait)
    finally:
        after.close()


# --------------------------------------------------------------------------------------------------- sync


def test_a_front_end_that_comes_back_learns_of_all_its_calls(desk: Desk) -> None:
    desk.log_in("ann")
    desk.route("talks", "900")
    desk.report("talks", "answered")
    desk.route("waits", "900")
    desk.route("gone", "900")
    desk.route("left", "support")
    desk.pass_time(31 * SECOND)
    synced = desk.facade.sync_calls(
        SyncCalls("pbx", (LiveLeg("talks", "ann"), LiveLeg("waits"), LiveLeg("left"), LiveLeg("ghost")))
    )
    assert synced.lost == ("gone",)
    assert set(synced.unknown) == {"left", "ghost"}
    assert synced.adopted == ()
    told = {answer.call_id: only(answer) for answer in synced.answers}
    assert set(told) == {"talks", "waits", "left"}
    assert told["talks"] == Talk("ann")
    assert isinstance(told["waits"], Wait)
    assert isinstance(told["left"], Treatment)
    assert only(desk.facade.look("gone")) == Release("lost")


def test_a_call_that_talks_already_is_adopted(desk: Desk) -> None:
    desk.route("c1", "900")
    desk.host.apply(LogIn("ann", ready=False, reason="lunch"))
    synced = desk.facade.sync_calls(SyncCalls("pbx", (LiveLeg("c1", "ann"),)))
    assert synced.adopted == ("c1",)
    assert only(synced.answers[0]) == Talk("ann")


def test_a_list_that_makes_no_sense_is_misuse(desk: Desk) -> None:
    desk.route("c1", "900")
    with pytest.raises(UsageError, match="duplicate_contact"):
        desk.facade.sync_calls(SyncCalls("pbx", (LiveLeg("c1"), LiveLeg("c1"))))


# -------------------------------------------------------------------------------------------------- codes


def test_agents_dial_their_state(desk: Desk) -> None:
    def dial(endpoint: str, code: str) -> tuple[str, bool, bool, str]:
        answer = desk.facade.dial_code(DialCode(endpoint, code))
        state = answer.agent
        assert state is not None
        return answer.announcement, state.logged_in, state.ready, state.reason

    ann, ben = "sip:ann@127.0.0.1", '"Ben" <sip:102@10.0.0.9:5060;ob>'
    assert dial(ann, "*49") == ("logged_out", False, False, "")
    assert dial(ann, "*45") == ("logged_in", True, True, "")
    assert dial(ann, "*45") == ("already_so", True, True, "")
    assert dial(ann, "*481") == ("not_ready", True, False, "lunch")
    assert dial(ann, "*48*1") == ("already_so", True, False, "lunch")
    assert dial(ann, "*49") == ("not_ready", True, False, "lunch")
    assert dial(ann, "*47") == ("ready", True, True, "")
    assert dial(ann, "*489")[0] == "unknown_code"
    assert dial(ann, "")[0] == "unknown_code"
    assert dial(ben, "*45") == ("logged_in", True, True, "")
    assert dial(ben, "*46") == ("logged_out", False, False, "")
    assert dial(ben, "*47")[0] == "agent_logged_out"
    assert desk.facade.dial_code(DialCode("sip:ben@127.0.0.1", "*45")).announcement == "unknown_endpoint"
    assert desk.facade.dial_code(DialCode("sip:zoe@127.0.0.1", "*45")).announcement == "unknown_agent"
    assert desk.facade.dial_code(DialCode("sip:ann@other", "*45")).announcement == "unknown_endpoint"


def test_a_log_out_in_a_call_is_pending_and_a_retry_is_safe(desk: Desk) -> None:
    desk.log_in("ann")
    desk.route("c1", "900")
    desk.report("c1", "answered")
    out = DialCode("sip:ann@127.0.0.1", "*46", "r1")
    assert desk.facade.dial_code(out).announcement == "log_out_pending"
    again = desk.facade.dial_code(out)
    assert again.announcement == "log_out_pending"
    assert again.agent is not None
    assert again.agent.leaving
    desk.report("c1", "ended")
    assert desk.facade.dial_code(DialCode("sip:ann@127.0.0.1", "*49")).announcement == "logged_out"


# ---------------------------------------------------------------------------------------------- coroutines


def test_tasks_get_the_same_answers_as_threads() -> None:
    async def talk(facade: Facade) -> list[object]:
        said: list[object] = []
        said.append(await facade.route_call_async(RouteCall("c1", "pbx", called="900")))
        said.append(await facade.dial_code_async(DialCode("sip:ann@127.0.0.1", "*45")))
        said.append(await facade.route_call_async(RouteCall("c1", "pbx", called="900")))
        said.append(await facade.route_call_async(RouteCall("c2", "pbx", called="9015", caller="666")))
        said.append(await facade.report_call_async(ReportCall("c1", "answered")))
        said.append(await facade.report_call_async(ReportCall("c1", "ended", agent="ben")))
        said.append(await facade.report_call_async(ReportCall("c1", "abandoned")))
        said.append(await facade.report_call_async(ReportCall("c1", "answered")))
        said.append(await facade.sync_calls_async(SyncCalls("pbx", (LiveLeg("c1"),))))
        return said

    with Host(CENTRE) as host, Facade(host, SETTINGS) as facade:
        answers = asyncio.run(talk(facade))
    said = [only(answer) if isinstance(answer, Answer) else None for answer in answers]
    assert isinstance(said[0], Wait)
    assert isinstance(said[2], Offer)
    assert said[3:8] == [
        Reject("blocked", "9015"),
        Talk("ann"),
        Talk("ann"),
        Release("handled"),
        Release("handled"),
    ]
