"""What supervisors do, one scenario for each: monitoring, taking part, agents, contacts, queues, messages.

Owns scenarios of the desk; must not test the table of permissions (``test_supervision_roles``) nor the log
(``test_audit_log``).
"""

import asyncio
from pathlib import Path

import pytest
from desk_play import Play
from desks import CENTRE, SETTINGS, Centre, changed, crashed, names, reason_of
from msgspec.structs import replace

from routing import (
    AcceptOffer,
    Agent,
    Channel,
    CompleteContact,
    Config,
    Configure,
    EnqueueContact,
    HoldContact,
    LogIn,
    OpenQueue,
    PutAgent,
    PutQueue,
    Queue,
    Remark,
    RequeueContact,
    SetNotReady,
)
from routing.center.supervision import (
    Announcement,
    BargeIn,
    Desk,
    Listen,
    Person,
    Supervision,
    check_supervision,
    loads_supervision,
    write_refusal,
)
from routing.commands import CancelContact, CloseQueue
from routing.errors import ConfigError, ForbiddenError, UsageError
from routing.events import (
    ContactEnded,
    ContactHandedOver,
    ContactRemarked,
    ContactRequeued,
    Event,
    LegJoined,
)
from routing.host import Host, Request
from routing.model import Overflow
from routing.remarks import Consent, Monitoring, Signal
from routing.units import MINUTE

pytestmark = pytest.mark.once

# ---------------------------------------------------------------------------------------------- monitoring


def test_listening_is_announced_and_ends_when_it_is_stopped() -> None:
    with Centre() as centre:
        centre.talking()
        done = centre.desk.listen("kim", "call-1")
        remarks = [event.remark for event in done.events if isinstance(event, ContactRemarked)]
        assert remarks == [Signal("announcement", "monitoring", "supervision"), Monitoring("kim", "listen")]
        assert [(one.supervisor, one.contact, one.mode) for one in centre.desk.monitors()] == [
            ("kim", "call-1", "listen")
        ]
        assert names(centre.desk.stop_monitoring("kim").events) == ["ContactRemarked"]
        assert centre.desk.monitors() == ()
        # announced once is enough
        assert len(centre.desk.listen("kim", "call-1").events) == 1


def test_there_is_one_mode_at_a_time_and_it_can_be_changed() -> None:
    with Centre() as centre:
        centre.do(LogIn("sue"))
        centre.talking()
        centre.talking("call-2", agent="ben")
        centre.desk.listen("kim", "call-1")
        assert reason_of(centre.desk.listen, "kim", "call-1") == "already_so"
        assert reason_of(centre.desk.whisper, "kim", "call-2") == "already_monitoring"
        centre.desk.whisper("kim", "call-1")
        assert [one.mode for one in centre.desk.monitors()] == ["whisper"]
        centre.desk.barge_in("kim", "call-1")
        assert [one.mode for one in centre.desk.monitors()] == ["barge"]
        (leg,) = centre.contact("call-1").legs
        centre.desk.listen("kim", "call-1")  # and no longer takes part
        assert centre.contact(leg) is None
        assert [(one.mode, one.leg) for one in centre.desk.monitors()] == [("listen", "")]


@pytest.mark.parametrize("end", [CompleteContact("call-1"), RequeueContact("call-1", ("sales",))])
def test_monitoring_ends_with_the_contact(end: CompleteContact | RequeueContact) -> None:
    with Centre() as centre:
        centre.talking()
        centre.desk.listen("kim", "call-1")
        centre.do(end)
        assert centre.desk.monitors() == ()
        assert reason_of(centre.desk.stop_monitoring, "kim") == "not_monitoring"


def test_only_what_somebody_has_in_hand_is_monitored() -> None:
    with Centre() as centre:
        assert reason_of(centre.desk.listen, "boss", "call-9") == "unknown_contact"
        centre.do(EnqueueContact("call-1", ("sales",)))
        assert reason_of(centre.desk.listen, "kim", "call-1") == "not_in_hand"
        centre.do(LogIn("ann"))
        assert reason_of(centre.desk.listen, "kim", "call-1") == "not_in_hand"  # rings
        centre.do(AcceptOffer("call-1", "ann"), HoldContact("call-1"))
        assert reason_of(centre.desk.listen, "kim", "call-1") == ""
        assert centre.desk.monitors()[0].contact == "call-1"


def test_nobody_monitors_a_leg_or_themselves() -> None:
    with Centre() as centre:
        centre.talking()
        centre.do(LogIn("ben"), EnqueueContact("call-1.1", ("sales",), parent="call-1", direction="internal"))
        centre.do(AcceptOffer("call-1.1", "ben"))
        assert reason_of(centre.desk.listen, "kim", "call-1.1") == "is_leg"
        centre.do(LogIn("sue"), EnqueueContact("call-2", ("lines",)), AcceptOffer("call-2", "sue"))
        wide = changed(SETTINGS, people=(Person("kim", ("supervisor",), queues=("*",), agent="sue"),))
        centre.desk.use(wide)
        assert reason_of(centre.desk.listen, "kim", "call-2") == "own_contact"


def test_consent_is_asked_for_where_the_law_wants_it() -> None:
    with Centre() as centre:
        centre.talking("call-1", "tech", "ben")
        listen = centre.desk.listen
        assert reason_of(listen, "boss", "call-1") == "consent_missing"
        asked = centre.desk.ask_consent("boss", "call-1")
        assert [event.remark for event in asked.events if isinstance(event, ContactRemarked)] == [
            Consent("monitoring", "asked")
        ]
        assert reason_of(listen, "boss", "call-1") == "consent_missing"
        centre.do(Remark("call-1", Consent("monitoring", "given")))
        assert [event.remark for event in listen("boss", "call-1").events] == [Monitoring("boss", "listen")]  # type: ignore[union-attr]


def test_who_is_refused_consent_has_to_stop() -> None:
    with Centre() as centre:
        centre.talking()
        centre.desk.listen("kim", "call-1")
        assert centre.supervising().due(0).proposals == ()
        centre.do(Remark("call-1", Consent("monitoring", "refused")))
        (proposal,) = centre.supervising().due(0).proposals
        assert proposal.command == Remark("call-1", Monitoring("kim", "stop"))
        assert centre.supervising().due(0).proposals == (proposal,)  # asking changes nothing
        centre.host.apply(proposal.command, request_id=proposal.request_id, actor="supervision")
        assert centre.desk.monitors() == ()
        assert centre.supervising().due(0).proposals == ()
        assert reason_of(centre.desk.whisper, "kim", "call-1") == "consent_refused"


def test_a_stop_that_comes_too_late_is_not_proposed_for_ever() -> None:
    with Centre() as centre:
        centre.talking()
        centre.desk.listen("kim", "call-1")
        centre.do(Remark("call-1", Consent("monitoring", "refused")))
        (proposal,) = centre.supervising().due(0).proposals
        bad = Remark("call-x", Monitoring("kim", "stop"))
        centre.host.apply(bad, request_id=proposal.request_id, actor="supervision")
        assert centre.supervising().due(0).proposals == ()


def test_silent_monitoring_is_where_the_settings_allow_it() -> None:
    silent = changed(SETTINGS, announcements=(Announcement("silent", queues=("sales",)),))
    with Centre(settings=silent) as centre:
        centre.talking()
        assert [event.remark for event in centre.desk.listen("kim", "call-1").events] == [  # type: ignore[union-attr]
            Monitoring("kim", "listen")
        ]
        centre.talking("call-2", "tech", "ben")
        assert len(centre.desk.listen("boss", "call-2").events) == 2  # announced, where no rule fits


def test_a_remark_on_monitoring_is_the_operation() -> None:
    with Centre() as centre:
        centre.talking()
        remark = Remark("call-1", Monitoring("kim", "listen"))
        assert reason_of(centre.desk.apply, "a-ann", remark) == "not_oneself"
        assert reason_of(centre.desk.apply, "a-ann", Remark("call-1", Monitoring("a-ann", "listen"))) == (
            "role_missing"
        )
        assert names(centre.desk.apply("kim", remark)) == ["ContactRemarked", "ContactRemarked"]
        with pytest.raises(UsageError, match="does not go with others"):
            centre.desk.apply_many("kim", [remark, remark])


# ------------------------------------------------------------------------------------------- taking part


def test_barging_in_makes_a_conference_by_one_call() -> None:
    with Centre() as centre:
        centre.do(LogIn("sue"))
        centre.talking()
        done = centre.desk.barge_in("kim", "call-1", request_id="r1", why="ticket 7")
        assert names(done.events) == [
            "ContactEnqueued",
            "ContactOffered",
            "OfferAccepted",
            "LegJoined",
            "ContactRemarked",
        ]
        assert done.refused is None
        (leg,) = centre.contact("call-1").legs
        assert centre.contact(leg).joined
        assert centre.contact(leg).segment.agent == "sue"
        (monitor,) = centre.desk.monitors()
        assert (monitor.mode, monitor.leg) == ("barge", leg)
        again = centre.desk.barge_in("kim", "call-1", request_id="r1", why="ticket 7")
        assert again.repeated
        assert again.events == done.events
        assert centre.contact("call-1").legs == (leg,)
        centre.desk.stop_monitoring("kim")
        assert centre.contact(leg) is None
        assert centre.contact("call-1").state == "handling"


def test_barging_in_through_a_queue_that_answers_by_itself() -> None:
    with Centre() as centre:
        centre.do(PutQueue(Queue("lines", members=("sue", "tom"), auto_answer=True)), LogIn("sue"))
        centre.talking()
        assert centre.desk.barge_in("kim", "call-1").refused is None
        assert len(centre.contact("call-1").legs) == 1


def test_who_barged_in_and_hangs_up_monitors_no_longer() -> None:
    with Centre() as centre:
        centre.do(LogIn("sue"))
        centre.talking()
        centre.desk.barge_in("kim", "call-1")
        centre.do(CompleteContact(centre.contact("call-1").legs[0]))
        assert centre.desk.monitors() == ()


def test_taking_over_puts_the_contact_into_the_supervisors_hands() -> None:
    with Centre() as centre:
        centre.do(LogIn("sue"))
        centre.talking()
        centre.desk.listen("kim", "call-1")
        done = centre.desk.take_over("kim", "call-1")
        assert any(isinstance(event, ContactHandedOver) for event in done.events)
        assert centre.contact("call-1").segment.agent == "sue"
        assert centre.contact("call-1").legs == ()
        assert centre.desk.monitors() == ()  # one does not monitor oneself
        assert [segment.state for segment in centre.agent("ann").segments] == ["wrap_up"]
        assert reason_of(centre.desk.take_over, "kim", "call-1") == "own_contact"


def test_taking_over_after_barging_in_uses_the_leg_there_is() -> None:
    with Centre() as centre:
        centre.do(LogIn("sue"))
        centre.talking()
        centre.desk.barge_in("kim", "call-1")
        assert names(centre.desk.take_over("kim", "call-1").events) == [
            "ContactHandedOver",
            "WrapUpStarted",
            "ContactEnded",
        ]
        assert centre.desk.monitors() == ()
        assert centre.contact("call-1").segment.agent == "sue"


def test_taking_part_needs_an_agent_who_is_free_and_a_queue_for_the_leg() -> None:
    with Centre() as centre:
        centre.talking()
        assert reason_of(centre.desk.barge_in, "boss", "call-1") == "no_agent"
        assert reason_of(centre.desk.barge_in, "kim", "call-1") == "agent_not_free"
        centre.do(LogIn("sue", ready=False, reason="lunch"))
        assert reason_of(centre.desk.take_over, "kim", "call-1") == "agent_not_free"
        centre.desk.use(changed(SETTINGS, legs="nowhere"))
        assert reason_of(centre.desk.take_over, "kim", "call-1") == "no_legs_queue"


def test_a_leg_that_the_supervisor_has_no_room_for_is_cancelled() -> None:
    media = replace(CENTRE, channels=(Channel("voice"), Channel("chat")))
    with Centre(config=media) as centre:
        centre.do(PutAgent(Agent("sue", channels={"chat": 1})), LogIn("sue"))
        centre.talking()
        for operation in (centre.desk.barge_in, centre.desk.take_over):
            done = operation("kim", "call-1")
            assert done.refused is not None
            assert centre.contact("call-1").legs == ()
        assert centre.contact("call-1").segment.agent == "ann"
        assert centre.desk.monitors() == ()


def test_what_was_refused_is_refused_again_when_it_is_repeated() -> None:
    media = replace(CENTRE, channels=(Channel("voice"), Channel("chat")))
    with Centre(config=media) as centre:
        centre.do(PutAgent(Agent("sue", channels={"chat": 1})), LogIn("sue"))
        centre.talking()
        for request_id, operation in (("r1", centre.desk.barge_in), ("r2", centre.desk.take_over)):
            done = operation("kim", "call-1", request_id=request_id)
            again = operation("kim", "call-1", request_id=request_id)
            assert again.repeated
            assert again.refused == done.refused is not None
            assert again.events == done.events
        assert centre.desk.monitors() == ()  # nobody takes part who could not


# ------------------------------------------------------------------------------------- contacts and agents


def test_a_contact_is_disconnected_by_force_wherever_it_is() -> None:
    with Centre() as centre:
        centre.do(EnqueueContact("call-1", ("sales",)))
        centre.talking("call-2", "tech", "ben")
        for contact in ("call-1", "call-2"):
            ended = centre.desk.force_disconnect("boss", contact).events
            assert [event.outcome for event in ended if isinstance(event, ContactEnded)] == ["cancelled"]
            assert centre.contact(contact) is None


def test_an_agents_state_is_changed_for_them() -> None:
    with Centre() as centre:
        centre.talking()
        desk = centre.desk
        assert names(desk.set_not_ready("kim", "ann", "lunch", why="ticket 1")) == ["AgentNotReady"]
        assert names(desk.set_ready("kim", "ann")) == ["AgentReady"]
        assert reason_of(desk.set_not_ready, "kim", "ben") == "foreign_queue"  # who serves tech, too
        assert names(desk.log_out("kim", "ann")) == ["LogOutPending"]
        forced = names(desk.log_out("kim", "ann", force=True))
        assert forced[-1] == "AgentLoggedOut"
        assert centre.contact("call-1").state == "waiting"
        assert reason_of(desk.set_ready, "lee", "ann") == "foreign_queue"
        centre.do(LogIn("ben"))
        assert names(desk.set_not_ready("lee", "ben", "training")) == ["AgentNotReady", "OfferWithdrawn"]


def test_a_waiting_contact_is_requeued_and_put_first() -> None:
    with Centre() as centre:
        centre.do(EnqueueContact("call-1", ("sales",)), EnqueueContact("call-2", ("sales",)))
        centre.desk.reprioritise("kim", "call-2", priority=5, expedite=True)
        view = centre.contact("call-2")
        assert (view.priority, view.expedited) == (5, True)
        assert reason_of(centre.desk.requeue, "kim", "call-1", ("tech",)) == "foreign_queue"
        assert names(centre.desk.requeue("boss", "call-1", ("tech",), why="ticket 3")) == ["ContactRequeued"]
        assert [visit.queue for visit in centre.contact("call-1").visits] == ["tech"]


# --------------------------------------------------------------------------------------------------- queues


def test_a_queue_is_closed_and_opened() -> None:
    with Centre() as centre:
        assert names(centre.desk.close_queue("kim", "sales")) == ["QueueClosed"]
        assert names(centre.desk.close_queue("kim", "sales")) == ["CommandRefused"]
        assert names(centre.desk.open_queue("kim", "sales")) == ["QueueOpened"]


def waiting_in(centre: Centre, contact: str) -> list[str]:
    return [visit.queue for visit in centre.contact(contact).visits]


def test_a_queue_is_redirected_with_who_waits_and_comes_back_as_it_was() -> None:
    with Centre() as centre:
        before = centre.host.read(lambda engine: engine.config.queues)
        centre.do(EnqueueContact("call-1", ("sales",)))
        enqueued = centre.contact("call-1").visits[0].enqueued_ns
        centre.desk.redirect_queue("boss", "sales", "tech")
        centre.do(EnqueueContact("call-2", ("sales",)))
        assert waiting_in(centre, "call-1") == waiting_in(centre, "call-2") == ["tech"]
        assert centre.contact("call-1").visits[0].enqueued_ns == enqueued  # the age goes along
        (redirect,) = centre.desk.redirects()
        assert (redirect.queue, redirect.to, redirect.by, redirect.open) == ("sales", "tech", "boss", True)
        centre.desk.end_redirect("boss", "sales")
        assert centre.host.read(lambda engine: engine.config.queues) == before
        assert centre.queue("sales").open
        assert centre.desk.redirects() == ()
        centre.do(EnqueueContact("call-3", ("sales",)))
        assert waiting_in(centre, "call-3") == ["sales"]


def test_a_redirect_may_leave_who_waits_and_lead_elsewhere_later() -> None:
    with Centre() as centre:
        centre.do(EnqueueContact("call-1", ("sales",)))
        centre.desk.redirect_queue("boss", "sales", "tech", waiting=False)
        assert waiting_in(centre, "call-1") == ["sales"]
        centre.desk.redirect_queue("boss", "sales", "lines")  # those who wait since go now
        assert waiting_in(centre, "call-1") == ["lines"]
        centre.do(EnqueueContact("call-2", ("sales",)))
        assert waiting_in(centre, "call-2") == ["lines"]
        centre.desk.end_redirect("boss", "sales")
        assert centre.host.read(lambda engine: engine.config.queues)[0].closed is None


def test_a_queue_that_was_closed_stays_closed_when_its_redirect_ends() -> None:
    with Centre() as centre:
        centre.do(CloseQueue("night"))
        centre.desk.redirect_queue("boss", "night", "tech")
        centre.desk.end_redirect("boss", "night")
        assert not centre.queue("night").open
        assert centre.host.read(lambda engine: engine.config.queues)[3].closed == Overflow(to="voicemail")


def test_redirects_that_cannot_be() -> None:
    with Centre() as centre:
        redirect = centre.desk.redirect_queue
        assert reason_of(redirect, "boss", "sales", "sales") == "same_queue"
        assert reason_of(redirect, "boss", "sales", "nowhere") == "unknown_queue"
        assert reason_of(redirect, "kim", "sales", "tech") == "foreign_queue"
        assert reason_of(centre.desk.end_redirect, "kim", "sales") == "not_redirected"
        centre.do(CloseQueue("night"))
        assert reason_of(redirect, "boss", "sales", "night") == "target_closed"
        redirect("boss", "sales", "tech")
        assert reason_of(redirect, "boss", "sales", "tech") == "already_so"
        assert reason_of(redirect, "boss", "lines", "sales") == "target_redirected"


def test_a_queue_that_somebody_configures_anew_is_redirected_no_longer() -> None:
    with Centre() as centre:
        centre.desk.redirect_queue("boss", "sales", "tech")
        config: Config = centre.host.read(lambda engine: engine.config)
        sales = Queue("sales", members=("ann",))
        others = tuple(queue for queue in config.queues if queue.id != "sales")
        centre.do(Configure(changed(config, queues=(sales, *others))))
        assert centre.desk.redirects() == ()
        assert reason_of(centre.desk.end_redirect, "boss", "sales") == "not_redirected"
        centre.do(OpenQueue("sales"))


# ------------------------------------------------------------------------------------------------- messages


def test_messages_of_the_day_are_versioned_and_shown_where_they_belong() -> None:
    with Centre() as centre:
        desk = centre.desk
        first = desk.post_message("boss", "system test at noon")
        assert (first.version, first.by) == (1, "boss")
        desk.post_message("kim", "new prices", queue="sales")
        desk.post_message("lee", "team meeting", group="south", until_ns=centre.clock.ns + MINUTE)
        assert [one.text for one in desk.messages(agent="ann")] == ["system test at noon", "new prices"]
        assert [one.text for one in desk.messages(agent="ben")] == [
            "system test at noon",
            "team meeting",
            "new prices",
        ]
        assert [one.text for one in desk.messages(queues=["sales"])] == ["system test at noon", "new prices"]
        assert desk.post_message("boss", "system test at noon").version == 1  # as it stands
        assert desk.post_message("boss", "system test at one").version == 2
        centre.pass_time(MINUTE)
        assert [one.text for one in desk.messages(groups=["south"])] == ["system test at one"]  # it expired
        desk.withdraw_message("boss")
        assert desk.messages() == ()
        assert reason_of(desk.withdraw_message, "boss") == "no_message"
        assert desk.post_message("boss", "again").version == 4


def test_messages_that_cannot_be() -> None:
    with Centre() as centre:
        post = centre.desk.post_message
        assert reason_of(post, "kim", "to all of you") == "foreign_queue"
        assert reason_of(post, "kim", "to them", group="north") == "foreign_queue"
        assert reason_of(post, "lee", "to them", queue="sales") == "foreign_queue"
        assert reason_of(post, "a-ann", "to them", queue="sales") == "role_missing"
        assert reason_of(post, "boss", "x", queue="nowhere") == "unknown_queue"
        assert reason_of(post, "boss", "x", group="nowhere") == "unknown_group"
        assert reason_of(post, "boss", "x", queue="sales", group="north") == "two_places"
        assert reason_of(post, "boss", " ") == "bad_text"
        assert reason_of(post, "boss", "x" * 2_001) == "bad_text"
        assert reason_of(post, "boss", "x", until_ns=1) == "expired"


# ------------------------------------------------------------------------------------------------ the whole


def test_everything_is_as_it_was_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "centre.journal"
    with Centre(path) as centre:
        centre.do(LogIn("sue"))
        centre.talking()
        centre.talking("call-2", "tech", "ben")
        centre.desk.barge_in("kim", "call-1")
        centre.host.snapshot()
        centre.do(Remark("call-2", Consent("monitoring", "given")))
        centre.desk.whisper("lee", "call-2")
        centre.do(Remark("call-2", Consent("monitoring", "refused")))
        centre.desk.redirect_queue("boss", "sales", "tech")
        centre.desk.post_message("kim", "new prices", queue="sales")
        assert reason_of(centre.desk.close_queue, "wall", "sales") == "role_missing"
        again = crashed(path, tmp_path / "again")
        shown = (
            centre.desk.monitors(),
            centre.desk.redirects(),
            centre.desk.messages(queues=["sales"]),
            centre.supervising().due(0),
            centre.take(),
        )
        state = centre.supervising().snapshot()
        assert len(centre.supervising().due(0).proposals) == 1
        with Centre(again, config=None, clock=centre.clock) as back:
            assert back.supervising().snapshot() == state
            assert (
                back.desk.monitors(),
                back.desk.redirects(),
                back.desk.messages(queues=["sales"]),
                back.supervising().due(0),
                back.take(),
            ) == shown


def test_a_leg_whose_remark_was_lost_in_a_crash_is_known_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "centre.journal"
    with Centre(path) as centre:
        centre.do(LogIn("sue"))
        centre.talking()
        apply_many = centre.host.apply_many

        def dies(requests: list[Request]) -> object:
            if isinstance(requests[0].command, Remark):
                raise KeyboardInterrupt
            return apply_many(requests)

        centre.host.apply_many = dies  # type: ignore[method-assign, assignment]
        with pytest.raises(KeyboardInterrupt):
            centre.desk.barge_in("kim", "call-1", request_id="r1")
        centre.host.apply_many = apply_many  # type: ignore[method-assign]
        with Centre(crashed(path, tmp_path / "again"), config=None, clock=centre.clock) as back:
            assert [one.mode for one in back.desk.monitors()] == ["barge"]
            done = back.desk.barge_in("kim", "call-1", request_id="r1")  # tried again: the rest of it
            assert done.repeated
            assert names(done.events)[-1] == "ContactRemarked"
            assert len(back.contact("call-1").legs) == 1


def test_no_leg_of_a_supervisor_waits(tmp_path: Path) -> None:
    """The process dies after the leg was refused to its supervisor, or the supervisor is logged out by force."""
    path = tmp_path / "centre.journal"
    media = replace(CENTRE, channels=(Channel("voice"), Channel("chat")))
    with Centre(path, config=media) as centre:
        centre.do(PutAgent(Agent("sue", channels={"chat": 1})), LogIn("sue"), LogIn("tom"))
        centre.talking()

        def dies(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        centre.host.apply = dies  # type: ignore[method-assign, assignment]
        with pytest.raises(KeyboardInterrupt):
            centre.desk.take_over("kim", "call-1")
        del centre.host.apply
        with Centre(crashed(path, tmp_path / "again"), config=None, clock=centre.clock) as back:
            (leg,) = back.contact("call-1").legs
            (proposal,) = back.supervising().due(0).proposals
            assert proposal.command == CancelContact(leg, "supervision")
            back.host.apply(proposal.command, request_id=proposal.request_id, actor="supervision")
            assert back.contact("call-1").legs == ()
            assert back.supervising().due(0).proposals == ()
    with Centre() as centre:
        centre.do(LogIn("sue"))
        centre.talking()
        centre.desk.barge_in("kim", "call-1")
        assert centre.supervising().due(0).proposals == ()
        centre.desk.log_out("boss", "sue", force=True)
        assert centre.desk.monitors() == ()
        (proposal,) = centre.supervising().due(0).proposals
        assert isinstance(proposal.command, CancelContact)


def test_who_refuses_elsewhere_writes_it_down_alike() -> None:
    with Centre() as centre:
        write_refusal(centre.host, "eve", CloseQueue("sales"), "bad_credentials", request_id="r")
        row = centre.supervising().take()[1][0]
        assert (row.who, row.act, row.subject, row.result, row.reason, row.request_id) == (
            "eve",
            "CloseQueue",
            "sales",
            "denied",
            "bad_credentials",
            "r",
        )


class Plainly:
    """Who monitors what, reckoned from the events one after the other, as one would by hand."""

    def __init__(self) -> None:
        self.by: dict[str, tuple[str, str]] = {}
        self.legs: dict[str, tuple[str, str]] = {}  # of supervisors who take part: contact, who

    def see(self, event: Event) -> None:
        if isinstance(event, ContactRemarked) and isinstance(event.remark, Monitoring):
            who, mode = event.remark.supervisor, event.remark.mode
            if mode == "stop" and self.by.get(who, ("", ""))[0] == event.contact:
                del self.by[who]
            elif mode != "stop" and event.agent:
                self.by[who] = (event.contact, mode)
        elif isinstance(event, LegJoined) and "/" in event.leg:
            who = {"sue": "kim", "tom": "lee"}[event.agent]
            self.legs[event.leg] = (event.contact, who)
            self.by[who] = (event.contact, "barge")
        elif isinstance(event, ContactEnded | ContactRequeued):
            self.by = {who: one for who, one in self.by.items() if one[0] != event.contact}
            contact, who = self.legs.pop(event.contact, ("", ""))
            if self.by.get(who) == (contact, "barge"):
                del self.by[who]
        elif isinstance(event, ContactHandedOver):
            who = {"sue": "kim", "tom": "lee"}.get(event.to_agent, "")
            if self.by.get(who, ("", ""))[0] == event.contact:
                del self.by[who]


def test_who_monitors_whom_is_what_a_plain_reckoning_says() -> None:
    modes: set[str] = set()
    for seed in range(3):
        play, plainly = Play(seed), Plainly()
        with Centre() as centre, centre.host.feed.watch(0) as watch:
            for _ in range(250):
                play.step(centre)
                for _, event in watch.take(0, 10_000).events:
                    plainly.see(event)
                found = {one.supervisor: (one.contact, one.mode) for one in centre.desk.monitors()}
                assert found == plainly.by
                modes |= {mode for _, mode in found.values()}
                living = centre.host.read(lambda engine: set(engine.contacts))
                assert {one.contact for one in centre.desk.monitors()} <= living
    assert modes == {"listen", "whisper", "barge"}


def test_tasks_have_twins_of_every_call() -> None:
    async def run(centre: Centre) -> list[str]:
        centre.talking()
        desk = centre.desk
        done = await desk.do_async("kim", Listen("call-1"))
        events = await desk.apply_async("kim", SetNotReady("ann", "training"))
        with pytest.raises(ForbiddenError, match="'wall' may not BargeIn 'call-1'"):
            await desk.do_async("wall", BargeIn("call-1"))
        return names((*done.events, *events))

    with Centre() as centre:
        assert asyncio.run(run(centre)) == ["ContactRemarked", "ContactRemarked", "AgentNotReady"]


def test_settings_that_break_a_rule_are_named() -> None:
    for text, where in (
        ('[[people]]\nname = "kim"\nroles = []', r"people\[0\].roles: is empty"),
        ('[[people]]\nname = "kim"\nroles = ["supervisor"]', r"people\[0\].queues: is missing"),
        ('[[people]]\nname = "kim"\nroles = ["agent"]', r"people\[0\].agent: is missing"),
        ('[[people]]\nname = "kim"\nroles = ["king"]', r"people\[0\].roles\[0\]"),
        ('[audit]\ncommands = ["CloseQueu"]', "did you mean 'CloseQueue'"),
        ('[[announcements]]\nduty = "maybe"', r"announcements\[0\].duty"),
    ):
        with pytest.raises(ConfigError, match=where):
            loads_supervision(text, "toml")
    twice = Person("kim", ("read_only",))
    with pytest.raises(ConfigError, match="'kim' stands twice"):
        check_supervision(Supervision((twice, twice)))
    same = (Person("kim", ("read_only",), agent="sue"), Person("lee", ("read_only",), agent="sue"))
    with pytest.raises(ConfigError, match="'sue' is two people"):
        check_supervision(Supervision(same))


def test_misuse_is_said_and_nothing_is_written() -> None:
    with Centre() as centre:
        seq = centre.host.seq
        for call in (
            lambda: centre.desk.listen("kim", "call-1", why="x" * 201),
            lambda: centre.desk.listen("", "call-1"),
            lambda: centre.desk.listen("kim", 5),  # type: ignore[arg-type]
            lambda: centre.desk.apply("kim", LogIn(5)),  # type: ignore[arg-type]
            lambda: centre.desk.apply("kim", "LogIn"),  # type: ignore[arg-type]
        ):
            with pytest.raises(UsageError):
                call()
        assert centre.host.seq == seq
        with pytest.raises(UsageError, match="no follower 'supervision'"), Host(Config()) as host:
            Desk(host, SETTINGS)
