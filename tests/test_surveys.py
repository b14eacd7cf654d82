"""Surveys, feature by feature: who is asked when and how often, and what becomes of the answers.

Owns scenarios of the wing beside an engine; must not test dispositions (``test_outcomes``), nor databases.
"""

from pathlib import Path

import msgspec
import pytest
from coming_out import CENTRE, CODES, SHORT, asking, centre

from routing import (
    AcceptOffer,
    CancelContact,
    CompleteContact,
    Config,
    EndWrapUp,
    EnqueueContact,
    LogIn,
    Remark,
    UpdateContact,
)
from routing.center.outcomes import (
    Cap,
    Desk,
    Outcomes,
    OutcomeWing,
    Question,
    Rule,
    Survey,
    answers_of,
)
from routing.center.wing import Proposal
from routing.errors import UsageError
from routing.menus import Digits, HungUp, load_flow, start, step
from routing.model import Hours, Limits, OpenSpan
from routing.remarks import CallBack, Consent, Disposition, Feedback, Note, Signal, SurveyProposed
from routing.statistics.outcomes import AnswerRecord, SurveyRecord
from routing.units import DAY, HOUR, MINUTE, SECOND

ROOT = Path(__file__).resolve().parent.parent

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
