"""Sessions of menus: limits, versions, crashes, secrets.

Owns tests of ``routing.menus.sessions`` and of look-ups; must not test what menus do.
"""

import json
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from menus_drawn import any_flows, reacted, scripts, sound_flows
from outside import ROOT

from routing import EnqueueContact
from routing.calendar import is_open
from routing.commands import LogIn, PublishEstimate
from routing.config import loads
from routing.engine import Engine
from routing.errors import ConfigError, CorruptSnapshotError, OverloadedError, UsageError
from routing.events import ContactEnqueued
from routing.menus import (
    Answered,
    AwaitAnswer,
    Digits,
    Entry,
    Failed,
    Flow,
    Given,
    HungUp,
    Paths,
    QueueLookUps,
    Sealed,
    Sessions,
    Speech,
    TimedOut,
    ToQueue,
    Turn,
    flow_from_dict,
    load_flow,
    seal,
    start,
    step,
    to_dot,
    to_mermaid,
)
from routing.units import SECOND

CARD, PIN = "4111111111111111", "2357"


def menu(text: str = "Press 1.", **more: object) -> Flow:
    ask = {
        "kind": "menu",
        "say": text,
        "choices": [{"key": "1", "next": "bye"}],
        "no_input": "bye",
        "no_match": "bye",
    }
    return flow_from_dict(
        {"id": "f", "start": "ask", "nodes": {"ask": ask, "bye": {"kind": "hang_up"}}} | more
    )


def bank() -> Flow:
    return load_flow(ROOT / "examples" / "menus" / "bank.toml")


def said(turn: Turn) -> list[str]:
    return [spoken.text for spoken in turn.spoken]


def refuse(_entry: Entry) -> None:
    raise OSError(28, "no space left")


# ------------------------------------------------------------------------------------------------ the table


def test_calls_come_and_go() -> None:
    sessions = Sessions(calls=2, remembered=1)
    sessions.publish(menu())
    sessions.start("a", "f")
    sessions.start("b", "f")
    assert (len(sessions), sessions.calls(), "a" in sessions) == (2, ("a", "b"), True)
    assert repr(sessions) == "Sessions(2 calls, 1 versions of 1 flows)"
    with pytest.raises(OverloadedError, match="2 calls are in menus"):
        sessions.start("c", "f")
    with pytest.raises(UsageError, match="'a' is in flow 'f'"):
        sessions.start("a", "f")
    assert sessions.end("a").outcome is not None
    assert sessions.give("a", Digits("1")).ignored == "ended"
    with pytest.raises(UsageError, match="'a' is in no menu"):
        sessions.state("a")
    sessions.end("b")
    with pytest.raises(UsageError, match="'a' is in no menu"):
        sessions.give("a", Digits("1"))
    assert sessions.start("b", "f").wait == sessions.waiting("b")


def test_misuse_is_refused() -> None:
    sessions = Sessions()
    sessions.publish(menu())
    with pytest.raises(UsageError, match="no flow 'g'"):
        sessions.start("a", "g")
    for call in ("", "x" * 129):
        with pytest.raises(UsageError, match="is no id"):
            sessions.start(call, "f")
    with pytest.raises(UsageError, match="no text of at most"):
        sessions.start("a", "f", {"x": "y" * 5000})
    assert len(sessions) == 0


def test_a_faulty_flow_is_not_published() -> None:
    sessions = Sessions()
    version = sessions.publish(menu())
    with pytest.raises(ConfigError, match="dead-end"):
        sessions.publish(menu(nodes={"ask": {"kind": "prompt"}}))
    assert sessions.flows() == {"f": version}


def test_a_journal_that_fails_stops_everything_before_it_happens() -> None:
    with pytest.raises(OSError, match="space"):
        Sessions(journal=refuse).publish(menu())
    written: list[Entry] = []
    journal: list[Callable[[Entry], None]] = [written.append]
    sessions = Sessions(journal=lambda entry: journal[0](entry))
    sessions.publish(menu())
    before = sessions.start("a", "f").state
    journal[0] = refuse
    with pytest.raises(OSError, match="space"):
        sessions.give("a", Digits("1"))
    with pytest.raises(OSError, match="space"):
        sessions.start("b", "f")
    assert (sessions.state("a"), sessions.calls()) == (before, ("a",))


# ---------------------------------------------------------------------------------------------- versions


def test_calls_end_on_the_flow_that_they_began_with() -> None:
    sessions = Sessions()
    old = sessions.publish(menu("Old."))
    sessions.start("a", "f")
    new = sessions.publish(menu("New."))
    assert said(sessions.start("b", "f")) == ["New."]
    assert said(sessions.give("a", Digits("2"))) == ["Old."]
    assert sessions.flow("f", old) != sessions.flow("f") == sessions.flow("f", new)
    sessions = Sessions.restore(sessions.save())
    assert said(sessions.give("a", Digits("2"))) == ["Old."]
    sessions.end("a")
    with pytest.raises(UsageError, match=f"no flow 'f' {old}"):
        sessions.flow("f", old)  # nobody needs it any more
    assert sessions.publish(menu("New.")) == new


# ----------------------------------------------------------------------------------------------- crashes


@settings(max_examples=40, deadline=None)
@given(
    sound_flows(),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 999)), max_size=40),
    st.integers(0, 60),
)
def test_sessions_come_back_from_their_journal(flow: Flow, acts: list[tuple[int, int]], cut: int) -> None:
    """As bytes, from any place: the same states, and the same answers from there on."""
    journal: list[bytes] = []
    sessions = Sessions(journal=lambda entry: journal.append(msgspec.json.encode(entry)))
    sessions.publish(flow)
    turns = []
    for call, number in acts:
        turns.append(act(sessions, str(call), number))
    again = Sessions()
    entries = [msgspec.json.decode(line, type=Entry) for line in journal]
    replayed = [turn for entry in entries[:cut] if (turn := again.apply(entry)) is not None]
    assert replayed == [turn for turn in turns if turn.ignored != "ended"][: len(replayed)]
    again = Sessions.restore(again.save())
    for entry in entries[cut:]:
        again.apply(entry)
    assert again.save() == sessions.save()


def act(sessions: Sessions, call: str, number: int) -> Turn:
    if call not in sessions:
        return sessions.start(call, "sound", {"x": str(number)})
    wait = sessions.waiting(call)
    assert wait is not None
    return sessions.give(call, reacted(wait, number))


def test_entries_out_of_order_are_refused() -> None:
    entries: list[Entry] = []
    sessions = Sessions(journal=entries.append)
    sessions.publish(menu())
    sessions.start("a", "f")
    sessions.end("a")
    again = Sessions()
    for entry in (entries[1], entries[2]):
        with pytest.raises(UsageError):
            again.apply(entry)


def test_damaged_bytes_are_refused() -> None:
    sessions = Sessions()
    sessions.publish(menu())
    sessions.start("a", "f")
    whole = sessions.save()
    for broken in (b"", whole[:-3], whole.replace(b"Press", b"press"), b"\x93\x01\x02\x03"):
        with pytest.raises(CorruptSnapshotError):
            Sessions.restore(broken)


# ----------------------------------------------------------------------------------------------- secrets


@settings(max_examples=40, deadline=None)
@given(any_flows(), scripts)
def test_what_is_taken_out_of_inputs_decides_nothing(flow: Flow, script: list[int]) -> None:
    """With nothing secret, a sealed input gives the turn that the whole one gives."""
    turn = start(flow)
    wait = turn.wait
    for number in script:
        if turn.outcome is not None or wait is None:
            break
        happened = reacted(wait, number)
        sealed, secret = seal(flow, turn.state, happened)
        assert secret == ""
        after = step(flow, turn.state, happened)
        assert step(flow, turn.state, sealed) == after
        turn, wait = after, after.wait or wait


def test_secrets_are_nowhere_but_where_they_are_asked_for() -> None:
    """Not in the journal, states, saved bytes, turns, figures or pictures, nor in any repr or error."""
    entries: list[Entry] = []
    sessions, paths, seen = Sessions(journal=entries.append), Paths(), list[str]()
    sessions.publish(bank())
    turn = sessions.start("c", "bank", {"caller": "+49301234"})
    for happened in (
        Digits("1"),
        Answered("open"),
        Digits("1"),
        Speech(f"it is {CARD}"),
        Digits(CARD + "#"),
        Digits(PIN, wait=1),
        Digits("9" * 5 + PIN),
        Digits(PIN),
    ):
        paths.add("c", turn)
        turn = sessions.give("c", happened)
        seen += [repr(happened), repr(turn), repr(sessions), str(msgspec.json.encode(turn))]
    asked = turn.wait
    assert isinstance(asked, AwaitAnswer)
    assert asked.inputs == {"card": "secret:card", "pin": "secret:pin", "caller": "+49301234"}
    assert [sessions.reveal("c", asked.inputs[name]) for name in ("card", "pin")] == [CARD, PIN]
    with pytest.raises(UsageError) as caught:
        sessions.reveal("c", "secret:nothing")
    seen += [repr(entries), str(msgspec.json.encode(entries)), repr(sessions.save()), str(caught.value)]
    seen += [repr(paths.figures("bank")), to_dot(bank()), to_mermaid(bank()), repr(sessions.state("c"))]
    assert [text for text in seen if PIN in text or CARD in text] == []
    assert Sealed("late", 1) in [getattr(entry, "given", None) for entry in entries]
    with pytest.raises(UsageError, match="let the look-up fail"):
        Sessions.restore(sessions.save()).reveal("c", "secret:pin")  # gone with the process
    sessions.end("c")
    with pytest.raises(UsageError, match="nothing is kept"):
        sessions.reveal("c", "secret:pin")


def test_what_an_answer_tells_unasked_is_not_kept() -> None:
    entries: list[Entry] = []
    sessions = Sessions(journal=entries.append)
    sessions.publish(bank())
    sessions.start("c", "bank")
    sessions.give("c", Digits("1"))
    sessions.give("c", Answered("open", {"boss": "Eve"}))
    sessions.give("c", Speech("My name is Eve"))
    sessions.give("c", Speech("I am Eve and lost my card"))
    sessions.give("c", Answered("known", {"minutes": "1"}, 1))
    sessions.give("c", Answered("known", {"minutes": "2", "name": "Eve"}))
    kept = [
        entry.given.values
        for entry in entries
        if isinstance(entry, Given) and isinstance(entry.given, Answered)
    ]
    assert kept == [{}, {}, {"minutes": "2"}]
    assert b"Eve" not in msgspec.json.encode(entries)
    said = [entry.given for entry in entries if isinstance(entry, Given)][2:4]
    assert said == [Sealed("speech"), Speech("card")]


def test_attributes_of_flow_and_driver_together_have_a_limit() -> None:
    entries: list[Entry] = []
    sessions = Sessions(journal=entries.append)
    sessions.publish(menu(attributes={f"a{n}": "" for n in range(60)}))
    with pytest.raises(UsageError, match="65 values are given"):
        sessions.start("c", "f", {f"b{n}": "" for n in range(5)})
    assert (len(entries), len(sessions)) == (1, 0)


# ----------------------------------------------------------------------------------------------- look-ups

CENTRE = """
agents = [{id = "ann"}]
queues = [{id = "service", hours = "office"}, {id = "other"}]
[[hours]]
id = "office"
weekly = [{days = ["mon"], opens = "09:00", closes = "17:00"}]
"""


class Directory:
    def answer(self, asked: AwaitAnswer) -> Answered | Failed:
        return Answered("known", {"customer": "c7"}, asked.wait)


def test_an_engine_answers_about_its_queues() -> None:
    config = loads(CENTRE, "toml")
    engine = Engine(config)
    answers = QueueLookUps(engine.queues, others=Directory())

    def ask(what: str, queue: str = "service") -> Answered | Failed:
        return answers.answer(AwaitAnswer(1, what, SECOND, {"queue": queue}))

    assert ask("queue") == Answered("empty", {"waiting": "0", "logged_in": "0"}, 1)
    assert ask("wait") == Answered("unknown", {}, 1)
    assert ask("customer") == Answered("known", {"customer": "c7"}, 1)
    assert ask("queue", "nowhere") == ask("hours", "") == Failed(1)
    assert QueueLookUps(engine.queues).answer(AwaitAnswer(1, "customer", SECOND)) == Failed(1)
    engine.apply(EnqueueContact("x", ("service",)), 1)
    engine.apply(LogIn("ann", ready=False), 2)
    engine.apply(PublishEstimate("service", 61 * SECOND), 3)
    assert ask("queue") == Answered("waiting", {"waiting": "1", "logged_in": "1"}, 1)
    assert ask("wait") == Answered("known", {"seconds": "61", "minutes": "2"}, 1)
    monday = 4 * 86_400 * SECOND
    for hour, result in ((8, "closed"), (9, "open")):
        now = monday + hour * 3_600 * SECOND
        timed = QueueLookUps(engine.queues, lambda queue, at_ns=now: is_open(config, queue, at_ns))  # type: ignore[misc]
        assert timed.answer(AwaitAnswer(1, "hours", SECOND, {"queue": "service"})) == Answered(result, {}, 1)


def test_a_menu_hands_a_call_to_the_engine() -> None:
    engine = Engine(loads(CENTRE, "toml"))
    sessions, answers = Sessions(), QueueLookUps(engine.queues, others=Directory())
    sessions.publish(bank())
    turn = sessions.start("c", "bank", {"caller": "+49301234"})
    keys = iter("12")
    while turn.outcome is None:
        wait = turn.wait
        turn = sessions.give(
            "c", answers.answer(wait) if isinstance(wait, AwaitAnswer) else Digits(next(keys))
        )
    outcome = turn.outcome
    assert isinstance(outcome, ToQueue)
    command = EnqueueContact("c", outcome.queues, attributes=outcome.attributes, customer=outcome.customer)
    assert any(isinstance(event, ContactEnqueued) for event in engine.apply(command, 1))
    assert json.loads(msgspec.json.encode(engine.contacts["c"].attributes)) == {
        "topic": "cards",
        "language": "en",
    }


def test_time_outs_and_hang_ups_need_no_number() -> None:
    sessions = Sessions()
    sessions.publish(menu())
    sessions.start("a", "f")
    assert said(sessions.give("a", TimedOut())) == ["Press 1."]
    assert sessions.give("a", HungUp()).outcome is not None
