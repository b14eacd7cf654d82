"""Dispositions, feature by feature: settings, checks, the wing beside an engine, a host that dies.

Owns scenarios; must not test surveys (``test_surveys``) nor databases (``test_outcomes_history``), nor draw at random
(``test_outcomes_recount``).
"""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from coming_out import CENTRE, CODES, SHORT, Centre, asking, centre

from routing import (
    AcceptOffer,
    CancelContact,
    CompleteContact,
    Config,
    EndWrapUp,
    EnqueueContact,
    HandOver,
    HoldContact,
    LogIn,
    Preference,
    Remark,
    RequeueContact,
)
from routing.center.outcomes import (
    NAME,
    Default,
    Outcomes,
    OutcomeWing,
    Question,
    Rule,
    Survey,
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
from routing.model import Limits
from routing.remarks import Disposition, Feedback
from routing.statistics.fold import Settings as FoldSettings
from routing.statistics.fold import Statistics
from routing.statistics.outcomes import SurveyRecord
from routing.units import HOUR, MINUTE, SECOND

ROOT = Path(__file__).resolve().parent.parent


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
