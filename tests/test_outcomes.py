"""Dispositions and feedback, feature by feature: settings, checks, the wing beside an engine, a host that dies.

Owns scenarios; must not test databases (``test_outcomes_history``), nor draw at random (``test_outcomes_recount``).
"""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from routing import (
    AcceptOffer,
    Agent,
    CancelContact,
    CompleteContact,
    Config,
    EndWrapUp,
    Engine,
    EnqueueContact,
    HandOver,
    HoldContact,
    LogIn,
    Preference,
    Queue,
    Remark,
    RequeueContact,
    UpdateContact,
)
from routing.center.outcomes import (
    NAME,
    Cap,
    Code,
    Default,
    Desk,
    Outcomes,
    OutcomeWing,
    Question,
    Rule,
    Survey,
    answers_of,
    check_disposition,
    check_feedback,
    codes_of,
    following,
    load_outcomes,
    loads_outcomes,
)
from routing.center.outcomes.checking import check_centre
from routing.center.wing import Proposal
from routing.commands import Command
from routing.errors import ConfigError, UsageError
from routing.events import Event
from routing.host import Host, Settings
from routing.menus import Digits, HungUp, load_flow, start, step
from routing.model import Channel, Hours, Limits, OpenSpan
from routing.remarks import CallBack, Consent, Disposition, Feedback, Note, Signal, SurveyProposed
from routing.statistics.fold import Settings as FoldSettings
from routing.statistics.fold import Statistics
from routing.statistics.outcomes import AnswerRecord, DispositionRecord, SurveyRecord
from routing.units import DAY, HOUR, MINUTE, SECOND

ROOT = Path(__file__).resolve().parent.parent
CODES = (
    Code("sold", {"en": "Sold"}, "resolved", note="no"),
    Code("later", resolved="call_back", call_back="required"),
    Code("broken", resolved="unresolved", queues=("tech",), note="required"),
    Code("other", note="optional"),
    Code("none"),
    Code("old", retired=True),
)
SHORT = Survey("short", (Question("csat"),), ("en", "fr"), DAY)
CENTRE = Config(
    channels=(Channel("voice"), Channel("chat")),
    agents=(Agent("ann"), Agent("ben")),
    queues=(
        Queue("sales", wrap_up_ns=30 * SECOND),
        Queue("tech"),
        Queue("strict", disposition_required=True),
    ),
)


class Centre:
    """An engine with its wing, and a clock in seconds."""

    def __init__(self, outcomes: Outcomes, config: Config = CENTRE) -> None:
        self.engine = Engine(config)
        self.wing = OutcomeWing(self.engine, None, outcomes)
        self.outcomes = outcomes
        self.number = 0

    def at(self, s: float, *commands: Command) -> tuple[Event, ...]:
        """Let it be so many seconds, and apply commands."""
        now_ns = int(s * SECOND)
        if now_ns > self.engine.now_ns and (events := self.engine.advance(now_ns)):
            self.wing.follow(None, events)
        events = ()
        for command in commands:
            events = self.engine.apply(command, now_ns)
            self.wing.follow(command, events)
        return events

    def pass_to(self, s: float) -> None:
        """Let it be so many seconds, with nobody doing anything."""
        self.wing.follow(None, self.engine.advance(int(s * SECOND)))

    def due(self, s: float) -> tuple[Proposal, ...]:
        return self.wing.due(int(s * SECOND)).proposals

    def make(self, s: float) -> list[Any]:
        """Command what is proposed; give the remarks."""
        proposals = self.due(s)
        for proposal in proposals:
            self.at(s, proposal.command)
        return [proposal.command.remark for proposal in proposals if isinstance(proposal.command, Remark)]

    def call(self, s: float, contact: str, queue: str = "sales", customer: str = "c-1", **more: Any) -> None:
        """A call is answered by ann at once, and over after a second."""
        self.at(s, EnqueueContact(contact, (queue,), customer=customer, **more), AcceptOffer(contact, "ann"))
        self.at(s + 1, CompleteContact(contact), EndWrapUp("ann"))

    def rows(self, kind: type = DispositionRecord) -> list[Any]:
        return [row for row in self.wing.take()[1] if type(row) is kind]

    def states(self) -> list[str]:
        return [f"{row.contact} {row.state}" for row in self.rows(SurveyRecord)]


def centre(outcomes: Outcomes, config: Config = CENTRE) -> Centre:
    made = Centre(outcomes, config)
    made.at(0, LogIn("ann"))
    return made


def asking(*rules: Rule, **more: Any) -> Outcomes:
    return Outcomes(codes=CODES, surveys=(SHORT,), rules=rules, **more)


# --------------------------------------------------------------------------------------------------- settings, checks


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (Disposition("slod"), "'slod' is no disposition code; did you mean 'sold'?"),
        (Disposition(""), "the disposition code is empty; give one"),
        (Disposition("old"), "'old' is retired; choose of 'sold', 'later', 'other', 'none'"),
        (Disposition("broken", note_ref="n"), "'broken' is no code of the queue 'sales'; choose of "),
        (
            Disposition("sold", "unresolved"),
            "'sold' means resolved, not unresolved; leave the resolution out",
        ),
        (Disposition("sold", note_ref="n"), "'sold' takes no note; leave note_ref out"),
        (Disposition("later"), "'later' needs the time of a call-back; give call_back_ns"),
        (Disposition("other", call_back_ns=5), "'other' takes no call-back; leave call_back_ns out"),
    ],
)
def test_what_is_not_the_centres_is_told_clearly(said: Disposition, problem: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_disposition(Outcomes(codes=CODES), said, "sales")
    assert str(raised.value).startswith(problem)


def test_what_is_the_centres_is_completed() -> None:
    outcomes = Outcomes(codes=CODES)
    assert check_disposition(outcomes, Disposition("sold"), "sales") == Disposition("sold", "resolved")
    late = Disposition("later", agent="ann", note_ref="n", call_back_ns=7)
    assert check_disposition(outcomes, late, "") == Disposition("later", "call_back", "ann", "n", 7)
    assert check_disposition(outcomes, Disposition("other", "closed"), "tech").resolved == "closed"
    assert check_disposition(Outcomes(), Disposition("anything"), "") == Disposition("anything")
    assert [one.code for one in codes_of(outcomes, "tech")] == ["sold", "later", "broken", "other", "none"]
    with pytest.raises(UsageError, match="'broken' needs a note"):
        check_disposition(outcomes, Disposition("broken"), "tech")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (Feedback("short", score=6), r"score 6 of 'csat' is not in 1\.\.5; ask again"),
        (Feedback("nps", score=-1), r"score -1 of 'nps' is not in 0\.\.10"),
        (Feedback("csat"), "the answer to 'csat' is empty; give a score"),
        (Feedback("long", score=3), "the survey 'long' has no question ''"),
        (Feedback("open", "why", score=3), "'why' is answered by a text"),
        (Feedback("open", "why"), "the answer to 'why' is empty; give the reference of a text"),
        (Feedback("open", "which", score=2), r"score 2 of 'which' is not in 0\.\.1"),
    ],
)
def test_what_is_no_answer_is_told_clearly(said: Feedback, problem: str) -> None:
    opened = Survey(
        "open",
        (
            Question("why", measure="text"),
            Question("which", measure="choice", choices=({"": "a"}, {"": "b"})),
        ),
    )
    with pytest.raises(UsageError, match=problem):
        check_feedback(Outcomes(surveys=(SHORT, opened)), said)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('codes = [{code = "a"}, {code = "a"}]', "codes[1].code: 'a' is there twice"),
        ('codes = [{code = "a", call_back = "required", resolved = "closed"}]', "codes[0].resolved: 'closed' does not"),
        ('codes = [{code = "a", reolved = "closed"}]', "codes[0].reolved: unknown field; did you mean 'resolved'?"),
        ('codes = [{code = "a", note = "required"}]\ndefaults = [{code = "a"}]', "defaults[0].code: 'a' needs a note"),
        ('codes = [{code = "a", queues = ["q"]}]\ndefaults = [{code = "a"}]', "defaults[0].queues: the code 'a' may"),
        ('surveys = [{id = "s", questions = []}]', "surveys[0].questions: is empty"),
        ('surveys = [{id = "s", questions = [{id = "q", measure = "score", least = 3}]}]', "surveys[0].questions[0].m"),
        ('surveys = [{id = "s", questions = [{id = "q", least = 3}]}]', "surveys[0].questions[0].least: 'csat' has a"),
        ('surveys = [{id = "s", questions = [{id = "q", measure = "choice"}]}]', "surveys[0].questions[0].choices:"),
        (
            'surveys = [{id = "s", languages = ["en"], questions = [{id = "q", text = {de = "?"}}]}]',
            "surveys[0].questions[0].text: has nothing in 'en'",
        ),
        ('rules = [{survey = "s"}]', "rules[0].survey: 's' is no survey"),
        ('surveys = [{id = "s", questions = [{id = "q"}]}]\nrules = [{survey = "s", share = 2.0}]', "rules[0].share:"),
        (
            'surveys = [{id = "s", questions = [{id = "q"}]}]\nrules = [{survey = "s", hours = "h"}]',
            "rules[0].hours: 'h' is no hours",
        ),
        (
            'surveys = [{id = "s", questions = [{id = "q"}]}]\nrules = [{survey = "s", resolutions = ["call_back"]}]',
            "rules[0].resolutions: who is to be called back",
        ),
        (
            'surveys = [{id = "s", questions = [{id = "q"}]}]\nrules = [{survey = "s", expires = "0s"}]',
            "rules[0].expires: is 0",
        ),
        ('caps = [{most = 1, span = "0s"}]', "caps[0].span:"),
        ('timezone = "Berlin"', "timezone: unknown time zone 'Berlin'"),
        ('hours = [{id = "day"}]', "hours[0].weekly: is empty"),
        (
            'hours = [{id = "day", weekly = [{days = ["mon"], opens = "20:00", closes = "08:00"}]}]',
            "hours[0].weekly[0].closes: '08:00' is not after",
        ),
    ],
)  # fmt: skip
def test_settings_are_checked(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        loads_outcomes(text, "toml")
    assert str(raised.value).startswith(problem)


def test_settings_fit_the_centre(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.yaml"
    path.write_text("codes: [{code: sold, queues: [sails]}]\n")
    with pytest.raises(
        ConfigError, match=r"codes\[0\].queues\[0\]: 'sails' is no queue of the centre; did you mean 'sales'"
    ):
        check_centre(load_outcomes(path), CENTRE)
    check_centre(Outcomes(codes=CODES, rules=()), CENTRE)
    with pytest.raises(ConfigError, match=r"rules\[0\].channels\[0\]: 'fax' is no channel"):
        check_centre(asking(Rule("short", channels=("fax",))), CENTRE)


# ------------------------------------------------------------------------------------------------------- dispositions


def test_who_set_which_code_in_which_segment() -> None:
    """A consultation, a hand-over: two segments, each with its code; the latest is the contact's."""
    one = centre(Outcomes(codes=CODES))
    one.at(0, LogIn("ben"), EnqueueContact("c", ("sales",)), AcceptOffer("c", "ann"))
    one.at(5, Remark("c", Disposition("other")))
    leg = EnqueueContact("c.1", ("tech",), parent="c", preferred=(Preference("ben", direct=True),))
    one.at(6, HoldContact("c"), leg, AcceptOffer("c.1", "ben"), HandOver("c", "c.1"))
    one.at(9, Remark("c", Disposition("sold", agent="ben")), CompleteContact("c"))
    rows = one.rows()
    assert [(row.segment, row.agent, row.by, row.code, row.queue) for row in rows] == [
        (0, "ann", "ann", "other", "sales"),
        (1, "ben", "ben", "sold", "sales"),
    ]
    assert [(row.first_ns, row.correction, row.follow_up) for row in rows] == [
        (5 * SECOND, False, False),
        (9 * SECOND, False, False),
    ]
    known = one.wing.known("c")
    assert known is not None
    assert (known.code, known.resolved) == ("sold", "resolved")


def test_a_correction_wins_and_the_history_is_kept() -> None:
    one = centre(Outcomes(codes=CODES))
    one.call(0, "c")
    one.at(2, Remark("c", Disposition("other", agent="ann")))
    one.at(90, Remark("c", Disposition("sold", agent="ann")))  # a follow-up, long after
    one.at(95, Remark("c", Disposition("broken", agent="eve", note_ref="n7")))  # of the back office
    assert [(row.agent, row.by, row.code, row.first_ns // SECOND, row.correction) for row in one.rows()] == [
        ("ann", "ann", "other", 2, False),
        ("ann", "ann", "sold", 2, True),
        ("ann", "eve", "broken", 2, True),
    ]
    assert [row.follow_up for row in one.rows()] == [True, True, True]
    assert [row.note_ref for row in one.rows()] == ["", "", "n7"]
    assert [row.known for row in one.rows()] == [
        True,
        True,
        False,
    ]  # no code of this queue: filed, and marked


def test_a_contact_that_nobody_answered_can_be_followed_up() -> None:
    one = Centre(Outcomes(codes=CODES))
    one.at(1, EnqueueContact("c", ("sales",)))
    one.at(2, Remark("c", Disposition("other")), CancelContact("c"))
    one.at(3, Remark("c", Disposition("sold", agent="ben")))
    assert [(row.segment, row.agent, row.by, row.follow_up) for row in one.rows()] == [
        (-1, "", "", False),
        (-1, "", "ben", True),
    ]


def test_an_unknown_code_is_filed_and_never_raises() -> None:
    one = centre(Outcomes(codes=CODES))
    one.call(0, "c")
    for code in ("nonsense", "old", "é" * 100):
        one.at(3, Remark("c", Disposition(code)))
    assert [row.known for row in one.rows()] == [False] * 3
    assert [row.number for row in one.rows()] == [0, 1, 2]
    one.at(4, Remark("nobody", Disposition("sold")))  # refused by the engine
    assert len(one.rows()) == 3


# ----------------------------------------------------------------------------------------------------------- defaults


def test_a_default_follows_a_wrap_up_in_which_nothing_was_said() -> None:
    outcomes = Outcomes(codes=CODES, defaults=(Default("none", ("sales",), 10 * SECOND),))
    one = centre(outcomes)
    one.at(0, EnqueueContact("c", ("sales",)), AcceptOffer("c", "ann"))
    one.at(5, CompleteContact("c"))
    assert one.due(34) == ()
    one.pass_to(36)  # the wrap-up was over at 35
    assert one.wing.due(36 * SECOND) == one.wing.due(36 * SECOND)
    assert one.wing.due(36 * SECOND).next_ns == 45 * SECOND
    (proposal,) = one.due(45)
    assert proposal == Proposal(Remark("c", Disposition("none", "", "ann")), "outcomes/default/c/0/0")
    assert one.make(45) == [Disposition("none", "", "ann")]
    assert one.due(1000) == ()
    (row,) = one.rows()
    assert (row.code, row.automatic, row.agent, row.follow_up) == ("none", True, "ann", True)
    one.at(50, Remark("c", Disposition("sold", agent="ann")))
    assert one.rows()[-1].correction
    assert not one.rows()[-1].automatic


def test_no_default_where_something_was_said_or_nothing_is_asked() -> None:
    outcomes = Outcomes(codes=CODES, defaults=(Default("none", ("sales",), 10 * SECOND),))
    one = centre(outcomes)
    one.at(0, EnqueueContact("c", ("sales",)), AcceptOffer("c", "ann"))
    one.at(5, Remark("c", Disposition("sold")), CompleteContact("c"))
    one.at(40, EnqueueContact("d", ("tech",)), AcceptOffer("d", "ann"))
    one.at(41, CompleteContact("d"))
    one.pass_to(100)
    assert one.due(1000) == ()


def test_a_default_lets_a_wrap_up_end_that_waits_for_a_disposition() -> None:
    one = centre(Outcomes(codes=CODES, defaults=(Default("none", (), MINUTE),)))
    one.at(0, EnqueueContact("c", ("strict",)), AcceptOffer("c", "ann"))
    one.at(5, CompleteContact("c"))
    assert one.due(64) == ()
    assert one.engine.agents["ann"].segments[0].state == "wrap_up"
    assert one.make(65) == [Disposition("none", "", "ann")]
    one.at(66, EndWrapUp("ann"))
    assert one.engine.agents["ann"].segments == ()


def test_a_transfer_has_a_default_for_the_first_agent_alone() -> None:
    one = centre(Outcomes(codes=CODES, defaults=(Default("none"),)))
    one.at(0, EnqueueContact("c", ("tech",)), AcceptOffer("c", "ann"))
    one.at(5, RequeueContact("c", ("sales",)), LogIn("ben"))
    assert [proposal.request_id for proposal in one.due(5)] == ["outcomes/default/c/0/0"]
    assert one.make(5) == [Disposition("none", "", "ann")]
    assert one.rows()[0].segment == 0


def test_a_default_that_is_refused_is_not_made_again() -> None:
    forgetful = Config(agents=CENTRE.agents, queues=CENTRE.queues, limits=Limits(remembered_contacts=1))
    one = centre(Outcomes(codes=CODES, defaults=(Default("none", (), HOUR),)), forgetful)
    one.call(0, "c", "tech")
    assert len(one.due(4000)) == 1
    one.call(10, "d", "tech")  # c is forgotten
    assert [proposal.request_id for proposal in one.due(4000)] == [f"outcomes/default/d/{10 * SECOND}/0"]
    small = Config(agents=CENTRE.agents, queues=CENTRE.queues, limits=Limits(remark_bytes=1))
    two = centre(Outcomes(codes=CODES, defaults=(Default("none"),)), small)
    two.call(0, "c", "tech")
    assert len(two.due(2)) == 1
    assert len(two.make(2)) == 1  # remark_too_large
    assert two.due(2) == ()


# ------------------------------------------------------------------------------------------------------------ surveys


def test_a_survey_is_proposed_once_after_its_delay() -> None:
    one = centre(asking(Rule("short", means="email", delay_ns=MINUTE)))
    one.call(0, "c", attributes={"language": "fr"})
    assert one.due(60) == ()
    assert one.wing.due(60 * SECOND).next_ns == 61 * SECOND
    (proposal,) = one.due(61)
    expected = SurveyProposed("short", "email", "fr", 61 * SECOND + DAY)
    assert proposal == Proposal(Remark("c", expected), "outcomes/survey/c/0/short")
    assert one.make(70) == [expected]
    assert one.due(10_000) == ()
    (row,) = one.rows(SurveyRecord)
    assert (row.state, row.means, row.language, row.at_ns, row.agent) == (
        "proposed",
        "email",
        "fr",
        70 * SECOND,
        "ann",
    )


def test_rules_choose_by_queue_channel_direction_outcome_and_disposition() -> None:
    long = Survey("long", (Question("nps", measure="nps"),))
    outcomes = Outcomes(
        codes=CODES,
        surveys=(SHORT, long),
        rules=(
            Rule("long", queues=("tech",), codes=("sold",)),
            Rule("short", queues=("tech",), channels=("chat",)),
            Rule("short", resolutions=("unresolved",), directions=("inbound", "outbound")),
        ),
    )
    one = centre(outcomes)
    for number, (queue, channel, code, direction) in enumerate(
        [
            ("tech", "voice", "sold", "inbound"),
            ("tech", "chat", "other", "inbound"),
            ("tech", "voice", "broken", "inbound"),
            ("sales", "voice", "sold", "inbound"),
            ("tech", "chat", "broken", "internal"),
            ("sales", "voice", "broken", "outbound"),
        ]
    ):
        one.at(
            number * 10,
            EnqueueContact(f"c{number}", (queue,), channel, customer=f"k{number}", direction=direction),  # type: ignore[arg-type]
            AcceptOffer(f"c{number}", "ann"),
            Remark(f"c{number}", Disposition(code)),
            CompleteContact(f"c{number}"),
            EndWrapUp("ann"),
        )
    one.at(70, EnqueueContact("gone", ("tech",), "chat", customer="k"), CancelContact("gone"))
    assert [(p.command.contact, p.command.remark.survey) for p in one.due(80)] == [  # type: ignore[union-attr]
        ("c0", "long"),
        ("c1", "short"),
        ("c2", "short"),
        ("c5", "short"),
    ]


def test_a_survey_waits_until_it_is_known_how_the_contact_came_out() -> None:
    one = centre(asking(Rule("short", codes=("sold",))))
    one.at(0, EnqueueContact("c", ("sales",), customer="k"), AcceptOffer("c", "ann"))
    one.at(5, CompleteContact("c"))
    assert one.due(20) == ()  # ann is in wrap-up
    one.at(21, Remark("c", Disposition("sold", agent="ann")))
    assert len(one.due(21)) == 1


def test_a_share_is_drawn_by_a_hash_and_the_same_for_ever() -> None:
    drawn = []
    for _ in range(2):
        one = centre(asking(Rule("short", share=0.3)))
        for number in range(100):
            one.call(number * 2, f"call-{number}", "tech", customer=f"k{number}")
        drawn.append([p.command.contact for p in one.due(500)])  # type: ignore[union-attr]
    assert drawn[0] == drawn[1]
    assert 20 <= len(drawn[0]) <= 40
    assert one.rows(SurveyRecord) == []  # who is not drawn makes no row


def test_quiet_hours_are_waited_for_and_too_late_is_never() -> None:
    day = Hours(
        "day", (OpenSpan(("mon", "tue", "wed", "thu", "fri"), "09:00", "20:00"),), timezone="Europe/Berlin"
    )
    one = centre(asking(Rule("short", hours="day", expires_ns=13 * HOUR), hours=(day,)))
    one.call(20 * 3600, "late")  # Thursday, 1 January 1970, 21:00 in Berlin
    assert one.wing.due(20 * HOUR + MINUTE) == type(one.wing.due(0))((), 32 * HOUR)
    one.pass_to(31 * 3600)
    assert one.due(31 * 3600) == ()
    (proposal,) = one.due(32 * 3600)  # Friday, 9:00
    assert proposal.command == Remark("late", SurveyProposed("short", "sms", "en", 20 * HOUR + SECOND + DAY))
    assert len(one.make(32 * 3600)) == 1
    one.call(44 * 3600, "weekend", customer="c-2")  # Friday, 21:00: nobody is asked before Monday
    one.pass_to(45 * 3600)
    assert one.states() == ["late proposed", "weekend expired"]
    assert one.wing.due(100 * HOUR) == type(one.wing.due(0))()


def test_caps_bound_how_often_a_customer_is_asked() -> None:
    one = centre(asking(Rule("short"), caps=(Cap(1, DAY), Cap(2, 10 * DAY))))
    one.call(0, "a", "tech")
    one.call(2, "b", "tech")
    one.call(4, "other", "tech", customer="c-2")
    assert [p.command.contact for p in one.due(6)] == ["a", "other"]  # type: ignore[union-attr]
    one.make(6)
    one.call(2 * 86400, "c", "tech")
    assert len(one.make(2 * 86400 + 1)) == 1
    one.call(4 * 86400, "d", "tech")
    assert one.make(4 * 86400 + 1) == []
    one.call(13 * 86400, "e", "tech")
    assert len(one.make(13 * 86400 + 1)) == 1
    assert one.states() == [
        "a proposed",
        "b capped",
        "other proposed",
        "c proposed",
        "d capped",
        "e proposed",
    ]


def test_strangers_and_legs_are_not_asked() -> None:
    one = centre(asking(Rule("short")))
    one.call(0, "c", "tech", customer="")
    one.at(5, LogIn("ben"), EnqueueContact("d", ("tech",), customer="k"), AcceptOffer("d", "ann"))
    one.at(6, EnqueueContact("d.1", ("tech",), parent="d", customer="k"), AcceptOffer("d.1", "ben"))
    one.at(7, CompleteContact("d.1"))
    assert one.due(10) == ()
    bold = centre(asking(Rule("short", strangers=True), caps=(Cap(0),)))
    bold.call(0, "c", "tech", customer="")
    assert len(bold.due(10)) == 1


def test_who_opted_out_is_not_asked() -> None:
    one = centre(asking(Rule("short")))
    one.call(0, "a", "tech", attributes={"no_survey": "yes"})
    one.at(
        3, EnqueueContact("b", ("tech",), customer="c-2"), UpdateContact("b", attributes={"no_survey": "1"})
    )
    one.at(4, AcceptOffer("b", "ann"), CompleteContact("b"))
    one.call(5, "c", "tech", customer="c-3")
    one.at(6, Remark("c", Consent("survey", "refused")))
    one.call(7, "d", "tech", customer="c-3")  # they refused it for good
    assert one.due(9) == ()
    one.at(9, Remark("d", Consent("survey", "given")))
    one.call(10, "e", "tech", customer="c-3")
    assert [p.command.contact for p in one.due(12)] == ["e"]  # type: ignore[union-attr]


def test_nobody_is_asked_while_a_call_back_is_open() -> None:
    one = centre(asking(Rule("short"), call_back_open_ns=5 * DAY))
    one.at(0, EnqueueContact("a", ("tech",), customer="c-1"), AcceptOffer("a", "ann"))
    one.at(1, Remark("a", Disposition("later", call_back_ns=9)), CompleteContact("a"))
    one.call(10, "b", "tech")  # another matter; the call is still owed
    one.pass_to(12)
    assert one.states() == ["a call_back", "b call_back"]
    one.at(20, EnqueueContact("c", ("tech",), customer="c-1"), AcceptOffer("c", "ann"))
    one.at(21, Remark("c", Disposition("sold")), CompleteContact("c"))  # they were spoken to
    assert [p.command.contact for p in one.due(22)] == ["c"]  # type: ignore[union-attr]
    two = centre(asking(Rule("short"), call_back_open_ns=5 * DAY))
    two.at(0, EnqueueContact("a", ("tech",), customer="c-1"), AcceptOffer("a", "ann"))
    two.at(1, Remark("a", Disposition("later", call_back_ns=9)), CompleteContact("a"))
    two.call(5 * 86400 + 2, "b", "tech")
    assert len(two.due(5 * 86400 + 4)) == 1  # nobody ever called back


def test_nobody_is_asked_while_a_call_back_is_booked() -> None:
    """Promised by itself, as the wing of call-backs does: over when it is cancelled, made, or its place was kept."""
    one = centre(asking(Rule("short")))
    one.at(0, Remark("", CallBack("p1", "book", customer="c-1")))
    one.call(1, "a", "tech")
    one.pass_to(3)
    assert one.states() == ["a call_back"]
    one.call(4, "p1/1", "tech")  # the call itself
    one.at(10, EnqueueContact("b", ("tech",), customer="c-2"), Remark("b", CallBack("p2", "keep")))
    one.at(11, AcceptOffer("b", "ann"), CompleteContact("b"))  # they had kept their place
    one.at(12, Remark("", CallBack("p3", "book", customer="c-3")), Remark("", CallBack("p3", "cancel")))
    one.call(13, "c", "tech", customer="c-3")
    asked = [proposal.request_id.split("outcomes/survey/")[1] for proposal in one.due(20)]
    assert [name.rpartition("/")[0].rpartition("/")[0] for name in asked] == ["p1/1", "b", "c"]
    again = OutcomeWing(one.engine, one.wing.snapshot(), one.outcomes)
    assert again.due(20 * SECOND) == one.wing.due(20 * SECOND)


def test_a_survey_that_is_refused_or_comes_too_late_is_dropped() -> None:
    small = Config(
        agents=CENTRE.agents, queues=CENTRE.queues, limits=Limits(remark_bytes=2, remembered_contacts=2)
    )
    one = centre(asking(Rule("short")), small)
    one.call(0, "c", "tech")
    assert len(one.make(2)) == 1
    assert one.due(3) == ()
    one.call(10, "d", "tech", customer="c-2")
    one.call(20, "e", "tech", customer="c-3")
    one.call(30, "f", "tech", customer="c-4")  # d is forgotten before anybody has asked
    one.pass_to(30 + 3 * 86400)
    assert one.states() == ["c refused", "d forgotten", "e expired", "f expired"]


def test_the_language_that_a_bot_found_is_asked_in() -> None:
    one = centre(asking(Rule("short")))
    one.at(0, EnqueueContact("c", ("tech",), customer="k"), AcceptOffer("c", "ann"))
    one.at(1, Remark("c", Signal("language", "fr")), Remark("c", Note("n")), CompleteContact("c"))
    assert one.make(2)[0].language == "fr"


# ------------------------------------------------------------------------------------------------------------ answers


def test_answers_are_judged_when_they_come() -> None:
    one = centre(asking(Rule("short")))
    one.call(0, "c", "tech")
    one.make(2)
    one.at(10, Remark("c", Feedback("short", score=9)))  # no such score
    one.at(20, Remark("c", Feedback("short", "csat", score=3)))
    one.at(30, Remark("c", Feedback("short", score=4)))  # they think better of it
    one.at(31, Remark("c", Feedback("short", "speed", score=4)), Remark("c", Feedback("nps", score=8)))
    one.at(2 * 86400, Remark("c", Feedback("short", score=1)))  # a day is over
    assert [(row.question, row.measure, row.score, row.verdict) for row in one.rows(AnswerRecord)] == [
        ("csat", "csat", 9, "out_of_range"),
        ("csat", "csat", 3, "counted"),
        ("csat", "csat", 4, "counted"),
        ("speed", "", 4, "unknown"),
        ("nps", "nps", 8, "counted"),
        ("csat", "csat", 1, "late"),
    ]
    last = one.rows(SurveyRecord)[-1]
    assert (last.state, last.answers, last.at_ns) == ("answered", 5, 2 * SECOND)
    assert {row.agent for row in one.rows(AnswerRecord)} == {"ann"}
    assert {row.queue for row in one.rows(AnswerRecord)} == {"tech"}


def test_a_menu_asks_by_telephone() -> None:
    """The example flow, driven as a media server would; its attributes become answers about the first call."""
    flow = load_flow(ROOT / "examples" / "menus" / "survey.toml")
    survey = Survey(
        "after_call",
        (
            Question("csat"),
            Question("ces", measure="ces"),
            Question("nps", measure="nps"),
            Question("why", measure="text"),
        ),
    )
    turn = start(flow, language="de")
    for keys in ("8", "4", "7", "10#"):  # 8 is out of range, and asked again
        turn = step(flow, turn.state, Digits(keys))
    remarks = answers_of(Outcomes(surveys=(survey,)), "after_call", "call-1", turn.state.attributes)
    assert [one.remark for one in remarks] == [
        Feedback("after_call", "csat", score=4),
        Feedback("after_call", "ces", score=7),
        Feedback("after_call", "nps", score=10),
    ]
    turn = step(flow, start(flow).state, Digits("5"))
    turn = step(flow, turn.state, HungUp())
    half = answers_of(Outcomes(surveys=(survey,)), "after_call", "call-1", turn.state.attributes)
    assert [one.remark for one in half] == [Feedback("after_call", "csat", score=5)]
    with pytest.raises(UsageError, match="there is no survey 'afterwards'; choose of 'after_call'"):
        answers_of(Outcomes(surveys=(survey,)), "afterwards", "call-1", {})


class Pad:
    """Notes on paper."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str, str, str]] = []

    def write_note(self, customer: str, text: str, at_ns: int, *, contact: str = "", agent: str = "") -> str:  # noqa: ARG002
        self.texts.append((customer, contact, agent, text))
        return f"n{len(self.texts)}"


def test_texts_lie_with_the_customer_and_references_in_the_journal() -> None:
    pad = Pad()
    opened = Survey("open", (Question("why", measure="text"),))
    desk = Desk(Outcomes(codes=CODES, surveys=(opened,)), pad)
    said = desk.dispose(
        "c", Disposition("broken", agent="ann"), "tech", text="It smokes.", customer="k", at_ns=5
    )
    assert said == Remark("c", Disposition("broken", "unresolved", "ann", "n1"))
    told = desk.answer("c", Feedback("open", "why"), text="Ann was kind.", customer="k", at_ns=6)
    assert told == Remark("c", Feedback("open", "why", "n2"))
    assert pad.texts == [("k", "c", "ann", "It smokes."), ("k", "c", "", "Ann was kind.")]
    with pytest.raises(UsageError, match="'sold' takes no note"):
        desk.dispose("c", Disposition("sold"), "tech", text="Nothing is written.", customer="k")
    with pytest.raises(UsageError, match="the customer of the text is not known"):
        desk.dispose("c", Disposition("other"), "tech", text="Whose?")
    assert len(pad.texts) == 2
    assert "smokes" not in msgspec.json.encode(said).decode()


# ------------------------------------------------------------------------------------------------------ what is exact


def test_figures_do_not_change_by_what_is_proposed() -> None:
    """The same day with and without defaults, surveys and answers gives the same intervals and records."""

    def day(outcomes: Outcomes, *, remarks: bool) -> object:
        one = centre(outcomes)
        statistics = Statistics(CENTRE, FoldSettings(records=True))
        told: list[Event] = []
        for number in range(20):
            s = number * 100.0
            for at, command in (
                (s, EnqueueContact(f"c{number}", ("sales",), customer=f"k{number}")),
                (s + 3, AcceptOffer(f"c{number}", "ann")),
                (s + 40, CompleteContact(f"c{number}")),
            ):
                events = one.engine.apply(command, int(at * SECOND))
                one.wing.follow(command, events)
                told += events
            told += (passed := one.engine.advance(int((s + 90) * SECOND)))
            one.wing.follow(None, passed)
            while remarks and (proposals := one.due(s + 90)):
                for proposal in proposals:
                    events = one.engine.apply(proposal.command, int((s + 90) * SECOND))
                    one.wing.follow(proposal.command, events)
                    told += events
            if remarks:
                told += one.at(s + 95, Remark(f"c{number}", Feedback("short", score=5)))
        statistics.fold(told)
        statistics.advance(HOUR)
        if remarks:
            assert len(one.rows(SurveyRecord)) == 40
            assert len(one.rows()) == 20
        taken = statistics.take()
        return taken.queues, taken.records

    outcomes = asking(Rule("short", delay_ns=MINUTE // 2), defaults=(Default("none"),))
    with_them, without = day(outcomes, remarks=True), day(outcomes, remarks=False)
    assert with_them == without


def test_rows_stay_until_they_are_confirmed_and_the_oldest_go_first() -> None:
    one = centre(Outcomes(codes=CODES, most=3))
    one.call(0, "c")
    for number in range(2):
        one.at(3 + number, Remark("c", Disposition("other")))
    number, rows = one.wing.take()
    assert len(rows) == one.wing.pending == 2
    again = OutcomeWing(one.engine, one.wing.snapshot(), one.outcomes)
    assert again.take()[1] == rows
    one.at(9, Remark("c", Disposition("sold")))
    one.wing.confirm(number)
    assert [row.code for row in one.rows()] == ["sold"]
    one.wing.confirm(number)
    assert one.wing.pending == 1
    for place in range(4):
        one.at(10 + place, Remark("c", Disposition("other")))
    assert (one.wing.pending, one.wing.lost) == (3, 2)


def test_it_begins_anew_in_the_middle_of_things() -> None:
    """A wing that is put beside an engine at work knows who has what in hand."""
    first = centre(asking(Rule("short"), defaults=(Default("none"),)))
    first.at(
        0,
        EnqueueContact("c", ("tech",), customer="k", attributes={"language": "fr"}),
        AcceptOffer("c", "ann"),
    )
    first.wing = OutcomeWing(first.engine, b"of another version", first.outcomes)
    first.at(5, CompleteContact("c"))
    assert [type(one).__name__ for one in first.make(6) + first.make(6)] == ["Disposition", "SurveyProposed"]
    assert first.rows(SurveyRecord)[0].language == "fr"


CHILD = """
import sys
from routing.host import Host, Settings
from routing.center.outcomes import NAME, following
from test_outcomes import CENTRE, CRASHING, script

host = Host(CENTRE, sys.argv[1], settings=Settings(threads=False, snapshot_every=int(sys.argv[2])),
            followers={NAME: following(CRASHING)})
for number, command in enumerate(script()):
    host.apply(command, request_id=f"r{number}")
    if number % 7 == 3:
        host.snapshot()
    if number % 5 == 4:
        taken, rows = host.look(NAME, lambda wing: wing.take())
        host.look(NAME, lambda wing: wing.confirm(taken))
        for row in rows:
            print(row.at_ns, getattr(row, "number", ""), type(row).__name__, flush=True)
print("done", flush=True)
sys.stdin.read()
"""
CRASHING = asking(Rule("short", delay_ns=HOUR), defaults=(Default("none", (), HOUR),))


def script() -> list[Command]:
    commands: list[Command] = [LogIn("ann")]
    for number in range(12):
        contact = f"c{number}"
        commands += [
            EnqueueContact(contact, ("tech",), customer=f"k{number % 5}"),
            AcceptOffer(contact, "ann"),
            CompleteContact(contact),
        ]
        if number % 2:
            commands.append(Remark(contact, Disposition("sold" if number % 3 else "later", agent="ann")))
        if number % 4 == 1:
            commands.append(Remark(contact, Feedback("short", score=number % 7)))
    return commands


@pytest.mark.once
def test_a_host_that_is_killed_loses_no_wish_and_no_row(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": "/usr/bin:/bin"}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), "1000"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    )
    assert child.stdout is not None
    confirmed: list[str] = []
    for line in child.stdout:
        if line == "done\n":
            break
        confirmed.append(line.strip())
    child.send_signal(signal.SIGKILL)
    child.communicate()
    with Host(CENTRE, path, settings=Settings(threads=False), followers={NAME: following(CRASHING)}) as host:
        rows = host.look(NAME, lambda wing: wing.take()[1])
        found = host.look(NAME, lambda wing: wing.due(host.now_ns + 2 * HOUR))
        engine_rows = [(row.at_ns, getattr(row, "number", ""), type(row).__name__) for row in rows]
    told = {tuple(line.split()) for line in confirmed}
    held = {tuple(map(str, row)) for row in engine_rows}
    assert len(told | {tuple(str(part) for part in row if part != "") for row in held}) >= 9
    dispositions = {row for row in told | held if row[-1] == "DispositionRecord"}
    answers = {row for row in told | held if row[-1] == "AnswerRecord"}
    assert (len(dispositions), len(answers)) == (6, 3)  # each remark once: keys are the same after the crash
    names = [one.request_id.split("/")[1:3] for one in found.proposals]
    defaults = [["default", f"c{number}"] for number in range(0, 12, 2)]
    assert names == defaults + [["survey", contact] for contact in ("c1", "c5", "c7", "c11")]


def test_a_host_opened_again_proposes_the_same(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    outcomes = asking(Rule("short", delay_ns=HOUR))
    with Host(CENTRE, path, settings=Settings(threads=False), followers={NAME: following(outcomes)}) as host:
        for command in script():
            host.apply(command)
        at_ns = host.now_ns + 2 * HOUR
        before = host.look(NAME, lambda wing: wing.due(at_ns))
        rows = host.look(NAME, lambda wing: wing.take()[1])
    asked = [one.request_id.split("/")[2] for one in before.proposals]
    assert asked == ["c0", "c1", "c2", "c5", "c6", "c7", "c10", "c11"]  # the others are to be called back
    with Host(CENTRE, path, settings=Settings(threads=False), followers={NAME: following(outcomes)}) as host:
        assert host.look(NAME, lambda wing: wing.due(at_ns)) == before
        assert host.look(NAME, lambda wing: wing.take()[1]) == rows
        for proposal in before.proposals:
            host.apply(proposal.command, request_id=proposal.request_id, actor=NAME)
        assert host.look(NAME, lambda wing: wing.due(at_ns)).proposals == ()
