"""The recording policy, feature by feature: what the wing proposes on a live host, and which segments come of it.

Owns one scenario for each rule; must not test the database (``test_recording_database``).
"""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from routing import (
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    EnqueueContact,
    LogIn,
    LogOut,
    PlaceContact,
    Preference,
    Queue,
    Remark,
    RequeueContact,
)
from routing.center.recording import (
    FOLLOWER,
    RecordingSettings,
    RecordingWing,
    Row,
    Rule,
    Segment,
    check_recording,
    load_recording,
    loads_recording,
    recording,
)
from routing.center.recording.settings import is_chosen
from routing.center.wing import Due
from routing.commands import Command, HandOver, HoldContact, JoinLeg, PartLeg, RetrieveContact
from routing.errors import ConfigError
from routing.events import CommandRefused, ContactRemarked, Event
from routing.host import Host, Settings
from routing.model import Channel, Limits
from routing.remarks import Consent, Recording
from routing.units import DAY, MINUTE, SECOND

CENTRE = Config(
    channels=(Channel("voice"), Channel("chat")),
    agents=(Agent("ann"), Agent("ben"), Agent("cat"), Agent("sue")),
    queues=(
        Queue("sales", members=("ann",)),
        Queue("tech", members=("ben",)),
        Queue("mail", members=("cat",)),
        Queue("lines", members=("sue",)),
    ),
)
PLAIN = Rule("all", consent="none", retention_days=7)


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.at_ns = 1_000 * SECOND

    def now_ns(self) -> int:
        return self.at_ns

    def not_before(self, at_ns: int) -> None:
        self.at_ns = max(self.at_ns, at_ns)


class Desk:
    """A host with the wing, whose proposals are done at once, as whoever runs wings does."""

    def __init__(self, *rules: Rule, config: Config = CENTRE, journal: Path | None = None) -> None:
        self.policy = RecordingSettings(rules)
        self.clock = Clock()
        self.said: list[str] = []
        self.rows: list[Row] = []
        self.host = Host(
            config,
            journal,
            settings=Settings(threads=False),
            clock=self.clock,
            followers={FOLLOWER: recording(self.policy)},
        )
        for agent in config.agents:
            self.host.apply(LogIn(agent.id))

    def due(self) -> Due:
        due: Due = self.host.look_now(FOLLOWER, lambda wing, now_ns: wing.due(now_ns))
        return due

    def settle(self) -> None:
        """Do what is proposed until nothing is, and note what the front-end is told."""
        for _ in range(20):
            proposals = self.due().proposals
            if not proposals:
                return
            for one in proposals:
                self._note(self.host.apply(one.command, request_id=one.request_id, actor=FOLLOWER))
        raise AssertionError(f"no end of proposals: {proposals}")

    def do(self, *commands: Command, seconds: int = 1) -> list[str]:
        """Do commands, a second after each other; give what the front-end is told by the wing meanwhile."""
        self.said = []
        for command in commands:
            self.clock.at_ns += seconds * SECOND
            self.host.tick()
            (first, *_) = self.host.apply(command)
            assert not isinstance(first, CommandRefused), first
            self.settle()
        return self.said

    def wait(self, seconds: int) -> list[str]:
        self.said = []
        self.clock.at_ns += seconds * SECOND
        self.host.pass_time()
        self.settle()
        return self.said

    def call(self, contact: str, queue: str = "sales", agent: str = "ann", **more: str) -> list[str]:
        """A customer calls and is answered."""
        return self.do(EnqueueContact(contact, (queue,), **more), AcceptOffer(contact, agent))  # type: ignore[arg-type]

    def segments(self) -> list[Segment]:
        """Take the rows, as whoever writes them does."""
        wing: RecordingWing = self.host.follower(FOLLOWER)  # type: ignore[assignment]
        number, rows = wing.take()
        self.rows += rows
        wing.confirm(number)
        return [one for one in self.rows if isinstance(one, Segment)]

    def _note(self, events: tuple[Event, ...]) -> None:
        for event in events:
            if isinstance(event, ContactRemarked) and isinstance(event.remark, Recording):
                segment = " !" if event.remark.segment else ""
                self.said.append(f"{event.contact} {event.remark.action} {event.remark.reason}{segment}")
            elif isinstance(event, ContactRemarked) and isinstance(event.remark, Consent):
                self.said.append(f"{event.contact} ask")


def ask(contact: str, action: str, reason: str = "") -> Remark:
    return Remark(contact, Recording(action, reason))  # type: ignore[arg-type]


def consent(contact: str, answer: str) -> Remark:
    return Remark(contact, Consent("recording", answer))  # type: ignore[arg-type]


def lasts(one: Segment) -> int:
    return (one.ended_ns - one.started_ns) // SECOND


# --------------------------------------------------------------------------------- which contacts are recorded


def test_the_first_rule_that_fits_holds() -> None:
    rules = (
        Rule("chat", channels=("chat",), consent="none", retention_days=1),
        Rule("never", queues=("mail",), share=0, on_demand=False),
        Rule("out", directions=("outbound",), consent="none", retention_days=2),
        Rule("rest", consent="none", retention_days=3),
    )
    desk = Desk(*rules)
    assert desk.call("c1") == ["c1 start policy !"]
    assert desk.call("c2", "mail", "cat") == []
    assert desk.do(PlaceContact("c3", "sue", "lines")) == ["c3 start policy !"]
    assert desk.call("c4", "tech", "ben", channel="chat") == ["c4 start policy !"]
    desk.do(*(CompleteContact(one) for one in ("c1", "c2", "c3", "c4")))
    found = {one.contact: one for one in desk.segments()}
    assert {name: one.rule for name, one in found.items()} == {"c1": "rest", "c3": "out", "c4": "chat"}
    kept = {name: (one.keep_until_ns - one.ended_ns) // DAY for name, one in found.items()}
    assert kept == {"c1": 3, "c3": 2, "c4": 1}
    assert (found["c3"].queue, found["c3"].direction, found["c3"].channel) == ("lines", "outbound", "voice")


def test_internal_calls_are_recorded_only_where_the_policy_names_them() -> None:
    desk = Desk(PLAIN)
    assert desk.do(PlaceContact("int", "sue", "lines", direction="internal")) == []
    desk = Desk(Rule("int", directions=("internal",), consent="none"))
    assert desk.do(PlaceContact("int", "sue", "lines", direction="internal")) == ["int start policy !"]
    assert desk.call("c1") == []


def test_a_share_is_the_same_on_every_replay_and_grows_with_the_share() -> None:
    names = [f"call-{number}" for number in range(2_000)]
    chosen = [[one for one in names if is_chosen(one, share)] for share in (0.0, 0.1, 0.25, 1.0)]
    for less, more in pairwise(chosen):
        assert set(less) <= set(more)
    assert (len(chosen[0]), len(chosen[3])) == (0, 2_000)
    assert abs(len(chosen[1]) - 200) < 60
    desk = Desk(Rule("some", share=0.25, consent="none"))
    for name in names[:40]:
        assert bool(desk.call(name)) == (name in chosen[2])
        desk.do(CompleteContact(name))
    assert [one.contact for one in desk.segments()] == [one for one in names[:40] if one in chosen[2]]


def test_nothing_without_a_rule_not_even_on_demand() -> None:
    desk = Desk()
    desk.call("c1")
    assert desk.do(ask("c1", "start", "threat")) == ["c1 stop forbidden"]
    desk.do(CompleteContact("c1"))
    assert desk.segments() == []


# --------------------------------------------------------------------------------------------------- consent


def test_consent_that_must_be_given() -> None:
    desk = Desk(Rule("all"))
    assert desk.call("c1") == ["c1 ask"]
    assert desk.do(consent("c1", "given")) == ["c1 start policy !"]
    desk.do(CompleteContact("c1"))
    assert desk.call("c2") == ["c2 ask"]
    assert desk.do(consent("c2", "refused"), CompleteContact("c2")) == []
    assert desk.call("c3") == ["c3 ask"]
    desk.do(CompleteContact("c3"))
    (one,) = desk.segments()
    assert (one.contact, one.consent, lasts(one)) == ("c1", "given", 1)
    assert one.consent_ns == one.started_ns


def test_what_a_menu_asked_before_is_not_asked_again() -> None:
    desk = Desk(Rule("all"))
    said = desk.do(
        EnqueueContact("c1", ("sales",)),
        consent("c1", "asked"),
        consent("c1", "given"),
        AcceptOffer("c1", "ann"),
    )
    assert said == ["c1 start policy !"]


def test_consent_that_must_be_asked() -> None:
    """Who says nothing is recorded from the question on; who refuses is not recorded any more."""
    desk = Desk(Rule("all", consent="asked", on_refusal="stop"))
    assert desk.call("c1") == ["c1 ask", "c1 start policy !"]
    assert desk.do(consent("c1", "refused")) == ["c1 stop refused !"]
    desk.do(CompleteContact("c1"))
    (one,) = desk.segments()
    assert (one.ended_by, one.consent, one.keep_until_ns - one.ended_ns) == ("refused", "refused", 90 * DAY)


def test_an_announcement_is_played_as_recording_begins_and_once() -> None:
    desk = Desk(Rule("all", consent="announcement"))
    assert desk.call("c1") == ["c1 start announcement !"]
    assert desk.do(RequeueContact("c1", ("tech",)), AcceptOffer("c1", "ben")) == [
        "c1 stop left !",
        "c1 start policy !",
    ]
    desk.do(CompleteContact("c1"))
    assert [one.consent for one in desk.segments()] == ["announced", "announced"]


def test_no_consent_is_needed() -> None:
    desk = Desk(PLAIN)
    assert desk.call("c1") == ["c1 start policy !"]
    desk.do(CompleteContact("c1"))
    assert desk.segments()[0].consent == ""


def test_a_refusal_has_what_was_recorded_deleted_where_the_policy_says_so() -> None:
    """Also of the agents before, and when it comes after the end."""
    desk = Desk(Rule("all", consent="asked", on_refusal="delete"))
    desk.call("c1")
    assert desk.do(RequeueContact("c1", ("tech",)), AcceptOffer("c1", "ben")) == [
        "c1 stop left !",
        "c1 start policy !",
    ]
    assert desk.do(consent("c1", "refused")) == ["c1 stop refused !"]
    first, second = desk.segments()
    assert first.keep_until_ns == first.ended_ns + 90 * DAY  # the row that follows puts it forward
    assert second.keep_until_ns == second.ended_ns
    assert [(one.contact, one.arrived_ns) for one in desk.rows if not isinstance(one, Segment)] == [
        ("c1", first.arrived_ns)
    ]
    desk.call("c2")
    desk.do(CompleteContact("c2"), consent("c2", "refused"))
    assert [one.contact for one in desk.segments()] == ["c1", "c1", "c2"]
    assert desk.rows[-1].contact == "c2"
    assert desk.rows[-1].arrived_ns == -1


def test_a_refusal_may_change_nothing_where_a_law_wants_it_recorded() -> None:
    desk = Desk(Rule("all", consent="announcement", on_refusal="go_on"))
    desk.call("c1")
    assert desk.do(consent("c1", "refused")) == []
    desk.do(CompleteContact("c1"))
    (one,) = desk.segments()
    assert (one.consent, one.ended_by, one.delete_on_refusal) == ("refused", "ended", False)


def test_who_changes_their_mind_is_recorded_again() -> None:
    desk = Desk(Rule("all", consent="given"))
    desk.call("c1")
    assert desk.do(consent("c1", "refused"), consent("c1", "given"), consent("c1", "asked")) == [
        "c1 start policy !"
    ]


# ------------------------------------------------------------------------------------------------- on demand


def test_on_demand() -> None:
    desk = Desk(Rule("some", share=0, consent="none"))
    assert desk.call("c1") == []
    assert desk.do(ask("c1", "start", "threat")) == ["c1 start demand !"]
    assert desk.do(ask("c1", "stop")) == ["c1 stop asked !"]
    desk.do(ask("c1", "start"), CompleteContact("c1"))
    assert [(one.started_by, one.ended_by) for one in desk.segments()] == [
        ("demand", "asked"),
        ("demand", "ended"),
    ]


def test_on_demand_needs_consent_as_ever() -> None:
    desk = Desk(Rule("some", share=0, consent="given"))
    desk.call("c1")
    assert desk.do(ask("c1", "start")) == ["c1 ask"]
    assert desk.do(consent("c1", "given")) == ["c1 start demand !"]
    desk.do(CompleteContact("c1"))
    desk.call("c2")
    assert desk.do(consent("c2", "refused"), ask("c2", "start")) == ["c2 stop refused"]


def test_on_demand_may_be_forbidden() -> None:
    desk = Desk(Rule("some", share=0, consent="none", on_demand=False))
    desk.call("c1")
    assert desk.do(ask("c1", "start")) == ["c1 stop forbidden"]
    assert desk.due() == Due()
    desk.do(CompleteContact("c1"))
    assert desk.segments() == []


def test_asked_for_while_it_waits_it_is_recorded_once_answered() -> None:
    desk = Desk(Rule("some", share=0, consent="none"))
    said = desk.do(EnqueueContact("c1", ("sales",)), ask("c1", "start"), AcceptOffer("c1", "ann"))
    assert said == ["c1 start demand !"]


def test_an_agent_stops_what_the_policy_began_only_where_it_says_so() -> None:
    desk = Desk(PLAIN)
    desk.call("c1")
    assert desk.do(ask("c1", "stop")) == ["c1 resume forbidden !"]  # it goes on, and that is said
    assert desk.do(ask("c1", "pause", "card"), ask("c1", "stop")) == ["c1 pause forbidden !"]
    desk.do(CompleteContact("c1"))
    assert len(desk.segments()) == 1
    desk = Desk(Rule("all", consent="none", may_stop=True))
    desk.call("c1")
    assert desk.do(ask("c1", "stop")) == ["c1 stop asked !"]
    assert desk.do(ask("c1", "start")) == ["c1 start policy !"]


# -------------------------------------------------------------------------------------------- pause and hold


def test_pause_and_resume_while_card_data_is_spoken() -> None:
    desk = Desk(PLAIN)
    desk.call("c1")
    assert desk.do(ask("c1", "pause", "card")) == []  # the front-end has obeyed at once
    assert desk.host.follower(FOLLOWER).live("c1")[0].paused_ns == desk.clock.at_ns  # type: ignore[attr-defined]
    assert desk.do(ask("c1", "resume"), seconds=9) == ["c1 resume asked !"]
    desk.do(CompleteContact("c1"))
    (one,) = desk.segments()
    assert [(pause.to_ns - pause.from_ns, pause.reason) for pause in one.pauses] == [(9 * SECOND, "card")]


def test_a_pause_ends_by_itself() -> None:
    desk = Desk(Rule("all", consent="none", max_pause_ns=MINUTE))
    desk.call("c1")
    desk.do(ask("c1", "pause", "card"))
    paused_ns = desk.clock.at_ns
    assert desk.due() == Due((), paused_ns + MINUTE)
    assert desk.wait(59) == []
    assert desk.do(ask("c1", "pause", "card")) == []  # asked again, it lasts as long again
    assert desk.wait(59) == []
    assert desk.wait(1) == ["c1 resume time_out !"]
    assert desk.due() == Due()
    desk.do(CompleteContact("c1"))
    assert desk.segments()[0].pauses[0].to_ns == paused_ns + 2 * MINUTE


def test_a_pause_asked_for_before_it_starts_holds_too() -> None:
    desk = Desk(Rule("all", consent="given", max_pause_ns=MINUTE))
    desk.call("c1")
    assert desk.do(ask("c1", "pause", "card"), consent("c1", "given")) == []
    assert desk.wait(58) == []
    assert desk.wait(1) == ["c1 start policy !"]


def test_pausing_may_be_forbidden() -> None:
    desk = Desk(Rule("all", consent="none", pause=False))
    desk.call("c1")
    assert desk.do(ask("c1", "pause")) == ["c1 resume forbidden !"]
    assert desk.due() == Due()


def test_a_pause_outlasts_an_order_to_go_on_for_another_reason() -> None:
    """An agent asks for a pause in the moment in which the contact is retrieved and we say to go on."""
    desk = Desk(PLAIN)
    desk.call("c1")
    desk.do(HoldContact("c1"))
    desk.clock.at_ns += SECOND
    desk.host.apply(RetrieveContact("c1"))
    (stale,) = desk.due().proposals
    desk.host.apply(ask("c1", "pause", "card"))
    desk.host.apply(stale.command, request_id=stale.request_id)
    desk.said = []
    desk.settle()
    assert desk.said == ["c1 pause asked !"]


def test_nothing_is_recorded_on_hold_unless_the_policy_says_so() -> None:
    desk = Desk(PLAIN)
    desk.call("c1")
    assert desk.do(HoldContact("c1")) == ["c1 pause held !"]
    assert desk.wait(600) == []  # no time-out ends it
    assert desk.do(RetrieveContact("c1")) == ["c1 resume retrieved !"]
    assert desk.do(HoldContact("c1"), ask("c1", "pause", "card"), RetrieveContact("c1")) == [
        "c1 pause held !"
    ]
    assert desk.do(ask("c1", "resume")) == ["c1 resume retrieved !"]
    desk.do(CompleteContact("c1"))
    desk = Desk(Rule("all", consent="none", held="record"))
    desk.call("c1")
    assert desk.do(HoldContact("c1"), RetrieveContact("c1"), CompleteContact("c1")) == []
    assert desk.segments()[0].pauses == ()


# -------------------------------------------------------------------------- transfers, consultation, conference


def test_a_transfer_to_a_queue_with_another_policy() -> None:
    desk = Desk(
        Rule("tech", queues=("tech",), consent="none", share=0),
        Rule("rest", consent="none"),
    )
    desk.call("c1", customer="cust-9")
    assert desk.do(RequeueContact("c1", ("tech",))) == ["c1 stop left !"]
    assert desk.do(AcceptOffer("c1", "ben")) == []
    assert desk.do(RequeueContact("c1", ("mail",)), AcceptOffer("c1", "cat")) == ["c1 start policy !"]
    desk.do(CompleteContact("c1"))
    first, second = desk.segments()
    assert (first.queue, first.ended_by, [one.agent for one in first.parts]) == ("sales", "left", ["ann"])
    assert (second.queue, second.ended_by, [one.agent for one in second.parts]) == ("mail", "ended", ["cat"])
    assert (first.customer, second.customer) == ("cust-9", "cust-9")
    assert first.segment != second.segment


def leg(contact: str, agent: str, parent: str = "c1") -> EnqueueContact:
    return EnqueueContact(
        contact,
        ("lines",),
        parent=parent,
        direction="internal",
        preferred=(Preference(agent, direct=True),),
    )


def test_a_consultation_is_not_recorded_and_the_colleague_takes_over() -> None:
    desk = Desk(PLAIN)
    desk.call("c1")
    assert desk.do(HoldContact("c1"), leg("c1.1", "ben"), AcceptOffer("c1.1", "ben")) == ["c1 pause held !"]
    assert desk.do(HandOver("c1", "c1.1")) == ["c1 resume retrieved !"]
    desk.do(CompleteContact("c1"))
    (one,) = desk.segments()
    assert [part.agent for part in one.parts] == ["ann", "ben"]
    assert one.parts[0].to_ns == one.parts[1].from_ns == one.pauses[0].to_ns


def test_a_consultation_is_recorded_where_the_policy_says_so_until_it_joins() -> None:
    desk = Desk(PLAIN, Rule("legs", directions=("internal",), legs=True, consent="none"))
    desk.call("c1")
    assert desk.do(leg("c1.1", "ben"), AcceptOffer("c1.1", "ben")) == ["c1.1 start policy !"]
    assert desk.do(JoinLeg("c1.1")) == ["c1.1 stop joined !"]
    assert desk.do(PartLeg("c1.1")) == ["c1.1 start policy !"]
    desk.do(CompleteContact("c1"))
    found = [(one.contact, one.parent, one.ended_by) for one in desk.segments()]
    assert found == [("c1.1", "c1", "joined"), ("c1.1", "c1", "ended"), ("c1", "", "ended")]


def test_a_conference_is_one_recording_with_all_who_take_part() -> None:
    desk = Desk(PLAIN)
    desk.call("c1")
    desk.do(leg("c1.1", "ben"), AcceptOffer("c1.1", "ben"), JoinLeg("c1.1"))
    desk.do(leg("c1.2", "cat"), AcceptOffer("c1.2", "cat"), JoinLeg("c1.2"))
    assert desk.do(PartLeg("c1.2"), HandOver("c1"), JoinLeg("c1.2"), CompleteContact("c1.2")) == []
    desk.do(CompleteContact("c1"))
    (one,) = desk.segments()
    start = one.started_ns
    parts = [
        (part.agent, (part.from_ns - start) // SECOND, (part.to_ns - start) // SECOND) for part in one.parts
    ]
    assert parts == [("ann", 0, 8), ("ben", 3, 11), ("cat", 6, 7), ("cat", 9, 10)]


def test_a_forced_log_out_ends_the_segment() -> None:
    desk = Desk(PLAIN)
    desk.call("c1")
    assert desk.do(LogOut("ann", force=True)) == ["c1 stop left !"]


# --------------------------------------------------------------------------------------- whatever else is said


def test_what_somebody_else_starts_is_a_segment_too_and_stopped_where_it_may_not_be() -> None:
    desk = Desk(Rule("all", share=0, consent="given"))
    desk.call("c1")
    said = desk.do(Remark("c1", Recording("start", "by hand", "mine")))
    assert said == ["c1 stop not_chosen !"]
    (one,) = desk.segments()
    assert (one.segment, one.started_by, one.ended_by, one.rule) == ("mine", "by hand", "not_chosen", "all")
    desk = Desk()
    desk.call("c1")
    assert desk.do(Remark("c1", Recording("start", "by hand", "mine"))) == ["c1 stop no_rule !"]
    (one,) = desk.segments()
    assert one.keep_until_ns == one.ended_ns  # nobody may keep it
    desk = Desk(PLAIN)
    desk.call("c1")
    assert desk.do(Remark("c1", Recording("start", "by hand", "mine"))) == []
    desk.do(CompleteContact("c1"))
    assert [(one.ended_by, one.segment == "mine") for one in desk.segments()] == [
        ("replaced", False),
        ("ended", True),
    ]


def test_what_is_refused_is_not_proposed_for_ever() -> None:
    desk = Desk(PLAIN, config=replace(CENTRE, limits=Limits(remark_bytes=8)))
    desk.host.apply(EnqueueContact("c1", ("sales",)))
    desk.host.apply(AcceptOffer("c1", "ann"))
    (one,) = desk.due().proposals
    (refused,) = desk.host.apply(one.command, request_id=one.request_id)
    assert isinstance(refused, CommandRefused)
    assert desk.due() == Due()
    desk.host.apply(ask("c1", "pause"))  # something new was said
    desk.host.apply(ask("c1", "resume"))
    assert desk.due().proposals[0].request_id != one.request_id


def test_asking_changes_nothing_and_wishes_keep_their_names() -> None:
    desk = Desk(PLAIN)
    desk.host.apply(EnqueueContact("c1", ("sales",)))
    desk.host.apply(AcceptOffer("c1", "ann"))
    first = desk.due()
    assert first == desk.due()
    assert first.proposals[0].request_id.startswith("recording/start/")


def test_ids_that_are_used_again_name_other_segments() -> None:
    config = replace(CENTRE, limits=Limits(remembered_contacts=0))
    desk = Desk(PLAIN, config=config)
    for _ in range(3):
        desk.call("c1")
        desk.do(CompleteContact("c1"))
    assert len({one.segment for one in desk.segments()}) == 3


def test_rows_beyond_the_limit_are_counted_as_lost() -> None:
    desk = Desk(PLAIN)
    wing: RecordingWing = desk.host.follower(FOLLOWER)  # type: ignore[assignment]
    wing.settings = RecordingSettings((PLAIN,), most=2)
    for number in range(5):
        desk.call(f"c{number}")
        desk.do(CompleteContact(f"c{number}"))
    assert wing.lost == 3
    assert [one.contact for one in desk.segments()] == ["c3", "c4"]


# ------------------------------------------------------------------------------------------------- the settings


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[rules]]\nid='a'\nshare=2", "rules[0].share: 2.0 is not within 0..1; write a quarter"),
        ("[[rules]]\nid='a'\nmax_pause='0s'", "rules[0].max_pause: '0s' ends a pause as it begins"),
        ("[[rules]]\nid='a'\nmax_pause='2'", "rules[0].max_pause: '2' has no unit"),
        ("[[rules]]\nid='a'\nretention_days=0", "rules[0].retention_days: 0 "),
        ("[[rules]]\nid='a'\non_refusal='go_on'", "rules[0].on_refusal: 'go_on' records who refuses"),
        ("[[rules]]\nid='a'\nconsnt='none'", "rules[0].consnt: unknown field; did you mean 'consent'?"),
        ("[[rules]]\nid='a'\n[[rules]]\nid='a'\nlegs=true", "rules[1].id: 'a' is there already"),
        (
            "[[rules]]\nid='a'\n[[rules]]\nid='b'\nqueues=['q']",
            "rules[1]: 'b' is never reached: rule 'a' fits",
        ),
        ("[[rules]]\nid='a'\nconsent='maybe'", "rules[0].consent: "),
    ],
)
def test_a_wrong_policy_is_told(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as error:
        loads_recording(text, "toml")
    assert problem in str(error.value)


def test_the_policy_is_held_against_the_centre(tmp_path: Path) -> None:
    check_recording(RecordingSettings((Rule("a", queues=("sales",)),)), CENTRE)
    with pytest.raises(
        ConfigError, match=r"rules\[0\].queues\[0\]: unknown queue 'sale'; did you mean 'sales'"
    ):
        check_recording(RecordingSettings((Rule("a", queues=("sale",)),)), CENTRE)
    with pytest.raises(ConfigError, match=r"rules\[0\].channels\[0\]: unknown channel 'fax'; name one"):
        check_recording(RecordingSettings((Rule("a", channels=("fax",)),)), CENTRE)
    path = tmp_path / "policy.toml"
    path.write_text("[[recording.rules]]\nid = 'a'\nmax_pause = '90s'\n")
    assert load_recording(path).rules[0].max_pause_ns == 90 * SECOND
    path.write_text("[[recording.rules]]\nid = 'a'\nshare = -1\n")
    with pytest.raises(ConfigError, match=r"recording.rules\[0\].share"):
        load_recording(path)


def test_the_wing_needs_no_database() -> None:
    """The base install has no SQLAlchemy."""
    code = "import sys, routing.center.recording; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_who_answers_before_a_segment_was_stopped_is_in_it() -> None:
    desk = Desk(PLAIN)
    desk.call("c1")
    desk.clock.at_ns += SECOND
    desk.host.apply(RequeueContact("c1", ("tech",)))
    desk.clock.at_ns += SECOND
    desk.host.apply(AcceptOffer("c1", "ben"))
    desk.clock.at_ns += SECOND
    desk.settle()
    (one,) = desk.segments()
    assert [(part.agent, (part.to_ns - part.from_ns) // SECOND) for part in one.parts] == [
        ("ann", 1),
        ("ben", 1),
    ]
    assert (one.queue, one.ended_by) == ("sales", "left")
