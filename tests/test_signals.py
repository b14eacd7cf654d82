"""Signals: what rules make of what is said of contacts, each wish once, and exact after a crash.

Owns the rules of `routing.center.signals`.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from naive_signals import Said, wishes

from routing import (
    AbandonContact,
    AcceptOffer,
    Agent,
    Channel,
    CompleteContact,
    Config,
    EnqueueContact,
    HoldContact,
    LogIn,
    Queue,
    Remark,
    RequeueContact,
    RetrieveContact,
    UpdateContact,
)
from routing.center.running import FOLLOWER as BELL
from routing.center.running import Running, bell
from routing.center.signals import (
    FOLLOWER,
    Alerting,
    HandedOver,
    HandOvers,
    OpenAlert,
    Rule,
    Signalling,
    Signals,
    Term,
    Way,
    check_against,
    check_signals,
    hand_on,
    hand_over,
    remarks,
    signalling,
)
from routing.center.wing import Due
from routing.commands import Command
from routing.config.shape import to_struct
from routing.errors import ConfigError, DataError
from routing.events import CommandRefused, ContactEnqueued, ContactOffered, Event
from routing.host import Host, Settings
from routing.model import Step
from routing.remarks import Acknowledged, Alert, Signal
from routing.units import MINUTE
from routing.views import ContactView

pytestmark = pytest.mark.once

CENTRE = Config(
    channels=(Channel("voice"), Channel("chat", capacity=3)),
    skills=("billing", "french"),
    agents=(Agent("ann", skills={"billing": 80}), Agent("ben", skills={"french": 60})),
    queues=(Queue("sales", ring_timeout_ns=0), Queue("leads", ring_timeout_ns=0)),
)
BY_HAND = Settings(threads=False)


class HandClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at_ns = 1_000

    def now_ns(self) -> int:
        return self.at_ns

    def not_before(self, at_ns: int) -> None:
        self.at_ns = max(self.at_ns, at_ns)


class Floor:
    """A host with the wing, whose time a test moves; wishes are applied when it says so."""

    def __init__(
        self,
        *rules: Rule,
        terms: Sequence[Term] = (),
        path: Path | None = None,
        clock: HandClock | None = None,
    ) -> None:
        self.settings = Signals(terms=tuple(terms), rules=rules)
        self.clock = clock or HandClock()
        self.path = path
        self.host = Host(
            CENTRE,
            path,
            durability="none",
            settings=BY_HAND,
            clock=self.clock,
            followers={FOLLOWER: signalling(self.settings)},
        )

    def at(self, at_ns: int, *commands: Command) -> tuple[Event, ...]:
        self.clock.at_ns = max(self.clock.at_ns, 1_000 + at_ns)
        self.host.tick()
        events: tuple[Event, ...] = ()
        for command in commands:
            events = self.host.apply(command)
        return events

    def due(self) -> Due:
        found: Due = self.host.look_now(FOLLOWER, lambda wing, now_ns: wing.due(now_ns))
        return found

    def wanted(self) -> list[Command]:
        return [one.command for one in self.due().proposals]

    def do(self) -> list[str]:
        """Apply what is wanted, as the loop of a centre does; gives the names of what came of it."""
        return [
            type(self.host.apply(one.command, request_id=one.request_id, actor=FOLLOWER)[0]).__name__
            for one in self.due().proposals
        ]

    def view(self, contact: str) -> ContactView:
        return self.host.read(lambda engine: engine.contacts[contact])

    def states(self) -> dict[str, str]:
        return self.host.read(lambda engine: {view.id: view.state for view in engine.contacts.values()})

    def alerts(self) -> list[tuple[str, str]]:
        found: tuple[OpenAlert, ...] = self.host.look(FOLLOWER, lambda wing: wing.alerts())
        return [(one.contact, one.code) for one in found]


def call(contact: str = "a", *queues: str, **more: object) -> EnqueueContact:
    return EnqueueContact(contact, queues or ("sales",), **more)  # type: ignore[arg-type]


def said(name: str, value: str = "", contact: str = "a", source: str = "") -> Remark:
    return Remark(contact, Signal(name, value, source))


# ------------------------------------------------------------------------------------------- what rules do


def test_a_rule_raises_the_priority_and_never_lowers_it() -> None:
    floor = Floor(Rule("vip", "vip", priority=7, credit_ns=50, expedite=True))
    floor.at(0, call(), call("b", priority=9))
    assert floor.wanted() == []
    floor.at(1, said("vip"), said("vip", contact="b"))
    assert floor.wanted() == [
        UpdateContact("a", priority=7, credit_ns=50, expedite=True),
        UpdateContact("b", credit_ns=50, expedite=True),
    ]
    assert floor.do() == ["ContactUpdated", "ContactUpdated"]
    view = floor.view("a")
    assert (view.priority, view.credit_ns, view.expedited) == (7, 50, True)
    assert floor.view("b").priority == 9
    assert floor.wanted() == []


def test_a_rule_changes_what_is_asked_of_agents_and_the_age_goes_along() -> None:
    floor = Floor(
        Rule("french", "french", requirement="french >= 50"),
        Rule("steps", "money", steps=(Step("billing"), Step("", 90)), queues=("leads",)),
    )
    floor.at(0, call(), call("b", "leads"))
    floor.at(30, said("french", "1"), said("money", contact="b"))
    assert floor.wanted() == [
        RequeueContact("a", keep_age=True, steps=(Step("french >= 50"),)),
        RequeueContact("b", keep_age=True, steps=(Step("billing"), Step("", 90))),
    ]
    floor.do()
    assert floor.view("a").enqueued_ns == 1_000
    assert floor.view("a").visits[0].queue == "sales"
    events = floor.at(40, LogIn("ann"))
    assert [one.contact for one in events if isinstance(one, ContactOffered)] == ["b"]
    events = floor.at(41, LogIn("ben"))
    assert [one.contact for one in events if isinstance(one, ContactOffered)] == ["a"]


def test_a_rule_sets_attributes_and_re_queues() -> None:
    floor = Floor(
        Rule("sale", "buys", attributes={"kind": "lead", "old": ""}, queues_to=("leads",), keep_age=False)
    )
    floor.at(0, call(attributes={"old": "1"}))
    floor.at(9, said("buys", "yes"))
    assert floor.do() == ["ContactUpdated", "ContactRequeued"]
    view = floor.view("a")
    assert (view.attributes, view.visits[0].queue, view.enqueued_ns) == ({"kind": "lead"}, "leads", 1_009)


def test_a_supervisor_is_alerted_acknowledges_and_is_alerted_again() -> None:
    alert = Alerting("angry", "critical", "leads")
    floor = Floor(Rule("angry", "mood <= 20", alert=alert, times=3, cool_down_ns=50))
    floor.at(0, LogIn("ann"), call(), AcceptOffer("a", "ann"), said("mood", "15"))  # in hand, too
    assert floor.wanted() == [Remark("a", Alert("angry", "critical", "leads", "angry"))]
    floor.do()
    assert floor.alerts() == [("a", "angry")]
    floor.at(60, said("mood", "10"))
    assert floor.wanted() == []  # the first is not acknowledged
    floor.at(61, Remark("a", Acknowledged("other", "sue")))
    assert floor.alerts() == [("a", "angry")]
    floor.at(62, Remark("a", Acknowledged("angry", "sue")))
    assert floor.alerts() == []
    assert floor.do() == ["ContactRemarked"]  # there was a signal since
    floor.at(63, Remark("a", Acknowledged(by="sue")), said("mood", "5"))
    assert floor.wanted() == []  # cooling down
    assert floor.due().next_ns == 1_112
    floor.at(112)
    assert floor.do() == ["ContactRemarked"]
    floor.at(300, Remark("a", Acknowledged()), said("mood", "0"))
    assert floor.wanted() == []  # three times were said
    floor.at(301, CompleteContact("a"), Remark("a", Alert("late")))
    assert floor.alerts() == []  # of who is gone, nobody alerts


def test_once_means_once_and_a_rule_does_not_start_itself() -> None:
    floor = Floor(
        Rule("once", "word", priority=3),
        Rule("thrice", "word", attributes={"seen": "1"}, times=3),
        Rule("other", "word", queues_to=("leads",), states=("waiting",)),
    )
    floor.at(0, call(), said("word"))
    assert floor.do() == ["ContactUpdated", "ContactUpdated", "ContactRequeued"]
    for _ in range(5):
        assert floor.do() == []
    floor.at(1, UpdateContact("a", attributes={"seen": ""}), said("unread"))
    assert floor.do() == []
    floor.at(2, said("word"))
    assert floor.do() == ["ContactUpdated"]
    assert floor.view("a").attributes == {"seen": "1"}


# ------------------------------------------------------------------------------------------- conditions


def test_counts_within_a_span_values_sources_and_scales() -> None:
    terms = (
        Term("angry", "keyword", ("cancel", "lawyer"), reads="count", within_ns=100),
        Term("mood", "sentiment", reads="lowest", scale=50, shift=50),
        Term("bot_says", "intent", ("refund",), sources=("bot",)),
    )
    floor = Floor(Rule("now", "angry >= 2 and mood < 30 and bot_says", priority=1), terms=terms)
    floor.at(0, call(), said("keyword", "cancel"), said("intent", "refund", source="agent"))
    floor.at(50, said("keyword", "hello"), said("sentiment", "-0.8"), said("sentiment", "0.9"))
    floor.at(101, said("keyword", "lawyer"), said("intent", "refund", source="bot"))
    assert floor.wanted() == []  # the first word is too long ago
    floor.at(201, said("keyword", "lawyer"))
    assert floor.wanted() == [UpdateContact("a", priority=1)]  # a hundred nanoseconds are within
    floor.at(202)
    assert floor.wanted() == []
    floor.at(203, said("keyword", "cancel"))
    assert floor.do() == ["ContactUpdated"]


def test_time_alone_can_make_a_condition_hold() -> None:
    terms = (Term("lately", "spoke", reads="count", within_ns=40),)
    floor = Floor(
        Rule("silent", "not lately", priority=2, after_ns=20),
        Rule("old", "spoke", priority=5, after_ns=90),
        terms=terms,
    )
    floor.at(0, call(), call("quiet"))
    floor.at(10, said("spoke"))
    assert (floor.wanted(), floor.due().next_ns) == ([], 1_020)
    floor.at(20)
    assert (floor.wanted(), floor.due().next_ns) == ([], 1_051)
    floor.at(51)
    assert floor.wanted() == [UpdateContact("a", priority=2)]  # of the quiet one nothing was ever signalled
    floor.do()
    assert floor.due().next_ns == 1_090
    floor.at(90)
    assert floor.wanted() == [UpdateContact("a", priority=5)]


def test_queues_channels_states_and_ages() -> None:
    floor = Floor(
        Rule("leads", "x", queues=("leads",), attributes={"r": "leads"}),
        Rule("chat", "x", channels=("chat",), attributes={"r": "chat"}),
        Rule("hand", "x", states=("handling",), alert=Alerting("hand")),
        Rule("young", "x", until_ns=10, attributes={"y": "1"}),
    )
    floor.at(0, call(), call("b", "leads"), call("c", channel="chat"))
    floor.at(11, said("x"), said("x", contact="b"), said("x", contact="c"))
    assert floor.wanted() == [
        UpdateContact("b", attributes={"r": "leads"}),
        UpdateContact("c", attributes={"r": "chat"}),
    ]
    floor.do()
    floor.at(12, LogIn("ann"), AcceptOffer("a", "ann"))
    assert floor.wanted() == [Remark("a", Alert("hand", rule="hand"))]


def test_what_is_too_late_is_refused_and_not_asked_for_again() -> None:
    floor = Floor(Rule("vip", "vip", priority=7))
    floor.at(0, LogIn("ann"), call(), said("vip"))
    (wish,) = floor.due().proposals
    floor.at(1, AcceptOffer("a", "ann"))
    (refused,) = floor.host.apply(wish.command, request_id=wish.request_id)
    assert isinstance(refused, CommandRefused)
    floor.at(2, RequeueContact("a", ("leads",)))
    assert floor.wanted() == []


def test_an_id_that_is_used_again_is_another_contact() -> None:
    config = replace(CENTRE, limits=replace(CENTRE.limits, remembered_contacts=0))
    clock = HandClock()
    rules = Signals(rules=(Rule("vip", "vip", priority=7),))
    with Host(config, settings=BY_HAND, clock=clock, followers={FOLLOWER: signalling(rules)}) as host:
        ids = []
        for _ in range(2):
            host.apply(call("x" * 128))
            host.apply(said("vip", contact="x" * 128))
            (wish,) = host.look_now(FOLLOWER, lambda wing, now_ns: wing.due(now_ns)).proposals
            ids.append(wish.request_id)
            assert not isinstance(host.apply(wish.command, request_id=wish.request_id)[0], CommandRefused)
            host.apply(AbandonContact("x" * 128))
            clock.at_ns += 1
        assert len(set(ids)) == 2


def test_the_latest_of_each_signal_can_be_looked_at() -> None:
    floor = Floor(Rule("vip", "vip", priority=7))
    floor.at(0, call(), said("language", "fr", source="bot"), said("mood", "4"), said("mood", "9"))
    found = floor.host.look(FOLLOWER, lambda wing: wing.signals("a"))
    assert {name: (one.value, one.source) for name, one in found.items()} == {
        "language": ("fr", "bot"),
        "mood": ("9", ""),
    }


# ------------------------------------------------------------------------------------------- side by side, and crashes


def random_rules(rng: random.Random) -> tuple[tuple[Rule, ...], tuple[Term, ...]]:
    terms = (
        Term("angry", "keyword", ("cancel", "lawyer"), reads="count", within_ns=rng.choice((0, 15, 60))),
        Term("mood", "sentiment", reads=rng.choice(("latest", "lowest", "highest")), scale=50.0, shift=50.0),
        Term("bot", "intent", ("refund",), ("bot",), within_ns=rng.choice((0, 25))),
    )
    whens = (
        "angry >= 2",
        "mood < 40 and angry",
        "bot or vip",
        "not angry and mood",
        "vip >= 5",
        "angry and not vip",
    )
    rules = []
    for number in range(rng.choice((1, 3, 5))):
        waits = rng.random() < 0.7
        rules.append(
            Rule(
                f"r{number}",
                rng.choice(whens),
                queues=rng.choice(((), (), ("leads",))),
                channels=rng.choice(((), (), ("voice",))),
                states=rng.choice(((), ("waiting",))) if waits else rng.choice(((), ("handling", "held"))),
                after_ns=rng.choice((0, 0, 30)),
                until_ns=rng.choice((0, 0, 80)),
                priority=rng.choice((None, 3, 6)) if waits else None,
                credit_ns=rng.choice((None, 40)) if waits else None,
                expedite=waits and rng.random() < 0.2,
                attributes=rng.choice(({}, {"k": "1"}, {"k": ""})) if waits else {},
                requirement=rng.choice(("", "billing")) if waits else "",
                queues_to=rng.choice(((), (), ("leads",))) if waits else (),
                keep_age=rng.random() < 0.8,
                alert=Alerting(f"c{number % 2}") if not waits or rng.random() < 0.5 else None,
                times=rng.choice((1, 1, 2, 4)),
                cool_down_ns=rng.choice((0, 20)),
            )
        )
    return tuple(rule for rule in rules if rule.updates or rule.requeues or rule.alert), terms


def random_command(rng: random.Random, views: Sequence[ContactView], number: int) -> Command:
    if not views or rng.random() < 0.15:
        return EnqueueContact(f"k{number}", (rng.choice(("sales", "leads")),), rng.choice(("voice", "chat")))
    view, draw = rng.choice(views), rng.random()
    if draw < 0.6:
        name = rng.choice(("keyword", "sentiment", "intent", "vip"))
        values = {
            "keyword": ("cancel", "lawyer", "hm"),
            "sentiment": ("-1", "-0.25", "0.7"),
            "intent": ("refund", "x"),
        }
        return said(name, rng.choice(values.get(name, ("", "7", "2"))), view.id, rng.choice(("", "bot")))
    if draw < 0.66:
        return Remark(view.id, Acknowledged(rng.choice(("", "c0", "c1")), "sue"))
    if draw < 0.7:
        return Remark(view.id, Alert(rng.choice(("c0", "own"))))
    if draw < 0.75:
        return UpdateContact(view.id, priority=rng.choice((0, 9)), attributes={"k": rng.choice(("", "2"))})
    if view.state == "offered":
        return AcceptOffer(view.id, view.segments[0].agent)
    if view.state == "handling" and draw < 0.85:
        return HoldContact(view.id)
    if view.state == "held":
        return RetrieveContact(view.id)
    if draw < 0.95:
        return LogIn(rng.choice(("ann", "ben")))
    return CompleteContact(view.id) if view.state == "handling" else AbandonContact(view.id)


def note(told: dict[str, list[Said]], command: Command, at_ns: int, request_id: str = "") -> None:
    """Write down what was said of a contact, and what was done for a rule."""
    if isinstance(command, EnqueueContact):
        told[command.contact] = []
        return
    mine = told.get(getattr(command, "contact", ""))
    if mine is None:
        return
    words = request_id.split("/")
    one = Said(at_ns, rule=words[1], number=int(words[-2]), action=words[-1]) if request_id else Said(at_ns)
    if isinstance(command, Remark):
        if isinstance(command.remark, Signal):
            one.signal = command.remark
        elif isinstance(command.remark, Acknowledged):
            one.acknowledged = command.remark.code
        elif isinstance(command.remark, Alert):
            one.alert = (command.remark.code, command.remark.rule)
    mine.append(one)


def side_by_side(seed: int, tmp_path: Path, steps: int = 70) -> int:
    """One run; gives how many wishes were done."""
    rng = random.Random(f"signals {seed}")
    rules, terms = random_rules(rng)
    floor = Floor(*rules, terms=terms, path=tmp_path / f"s{seed}")
    told: dict[str, list[Said]] = {}
    at = done = 0
    for number in range(steps):
        at += rng.choice((0, 1, 4, 11))
        floor.at(at)
        views = floor.host.read(lambda engine: list(engine.contacts.values()))
        due = floor.due()
        now = floor.clock.at_ns
        expected = {
            f"signals/{rule}/{view.id}/{first(told[view.id])}/{times}": command
            for view in views
            for rule, times, command in wishes(floor.settings, told[view.id], view, now)
        }
        got = [(one.request_id.rsplit("/", 1)[0], one.command) for one in due.proposals]
        count = sum(len(wishes(floor.settings, told[view.id], view, now)) for view in views)
        assert len(got) == count, f"seed {seed}, step {number}: {got} != {expected}"
        assert {name for name, _ in got} == set(expected), f"seed {seed}, step {number}"
        for view in views:
            mine = [command for _, _, command in wishes(floor.settings, told[view.id], view, now)]
            theirs = [command for _, command in got if getattr(command, "contact", "") == view.id]
            assert theirs == mine, f"seed {seed}, step {number}"
        if rng.random() < 0.04:
            floor = reopened(floor, tmp_path / f"s{seed}-{number}")
            if floor.states() == {view.id: view.state for view in views}:  # nothing rang that is taken back
                assert floor.due().proposals == due.proposals, f"seed {seed}, step {number}"
            continue
        if due.proposals and rng.random() < 0.5:
            for wish in due.proposals[: rng.choice((1, 2, 9))]:  # some are left for later
                floor.host.apply(wish.command, request_id=wish.request_id)
                note(told, wish.command, now, wish.request_id)
                done += 1
            continue
        command = random_command(rng, views, number)
        if not isinstance(floor.host.apply(command)[0], CommandRefused):
            note(told, command, now)
    floor.host.close()
    return done


def first(said_of_it: Sequence[Said]) -> int:
    return next((one.at_ns for one in said_of_it if one.signal is not None or one.alert is not None), 0)


def reopened(floor: Floor, path: Path) -> Floor:
    """The same centre, from its journal as it stands on the disk."""
    if floor.clock.at_ns % 2:
        floor.host.snapshot()
    assert floor.path is not None
    for file in floor.path.parent.glob(floor.path.name + "*"):
        if file.name.removeprefix(floor.path.name) in ("", "-wal", "-shm"):
            file.with_name(path.name + file.name.removeprefix(floor.path.name)).write_bytes(file.read_bytes())
    return Floor(*floor.settings.rules, terms=floor.settings.terms, path=path, clock=floor.clock)


@pytest.mark.parametrize("part", range(3))
def test_wishes_are_what_a_plain_recount_says_also_after_a_crash(part: int, tmp_path: Path) -> None:
    assert sum(side_by_side(seed, tmp_path) for seed in range(6 * part, 6 * part + 6)) > 12


@pytest.mark.long
def test_many_more_wishes(tmp_path: Path) -> None:
    assert sum(side_by_side(seed, tmp_path, 200) for seed in range(1_000, 1_100)) > 500


def test_a_centre_runs_the_rules_by_itself() -> None:
    settings = Signals(rules=(Rule("vip", "vip", priority=7, alert=Alerting("vip")),))
    followers = {FOLLOWER: signalling(settings), BELL: bell}
    with (
        Host(CENTRE, settings=BY_HAND, clock=HandClock(), followers=followers) as host,
        Running(host, (FOLLOWER,), threads=False) as running,
    ):
        host.apply(call())
        host.apply(said("vip"))
        assert [wing for wing, _ in running.step().applied] == [FOLLOWER, FOLLOWER]
        assert running.step().applied == ()
        assert host.read(lambda engine: engine.contacts["a"].priority) == 7


def test_half_of_a_firing_survives_a_crash(tmp_path: Path) -> None:
    rule = Rule("sale", "buys", priority=4, queues_to=("leads",), alert=Alerting("sale"))
    floor = Floor(rule, path=tmp_path / "one")
    floor.at(0, call(), said("buys"))
    wish = floor.due().proposals[0]
    floor.host.apply(wish.command, request_id=wish.request_id)
    left = floor.due().proposals
    assert [type(one.command).__name__ for one in left] == ["RequeueContact", "Remark"]
    back = reopened(floor, tmp_path / "two")
    assert back.due().proposals == left
    assert back.do() == ["ContactRequeued", "ContactRemarked"]
    assert back.do() == []
    floor.host.close()
    back.host.close()


def test_what_another_version_wrote_down_is_not_gone_on_with() -> None:
    floor = Floor(Rule("vip", "vip", priority=7))
    engine = floor.host.read(lambda engine: engine)
    kept = msgspec.msgpack.encode([99, {}, 5])
    for state in (kept, b"\xc1"):
        assert Signalling(engine, state, floor.settings).due(5) == Due()


# ------------------------------------------------------------------------------------------- handing over


RULES = HandOvers(
    ways=(Way(("leads",), ("buy", "upgrade"), "billing >= 50", 4), Way(("sales",))),
    fields=("order", "product"),
    value_chars=20,
    bytes_most=60,
)
CHAT = HandedOver(
    contact="chat-1",
    transcript="t/77",
    intent="buy",
    language="fr",
    fields={"order": "A-1", "name": "Ann Smith", "product": ""},
    customer="c9",
    bot="b1",
    front_end="web",
    signals={"sentiment": "0.4"},
)


def test_a_bots_chat_becomes_a_contact() -> None:
    made = hand_over(CHAT, RULES)
    assert (made.queues, made.channel, made.priority, made.requirement) == (
        ("leads",),
        "chat",
        4,
        "billing >= 50",
    )
    assert (made.customer, made.front_end) == ("c9", "web")
    assert made.attributes == {
        "bot": "b1",
        "intent": "buy",
        "language": "fr",
        "transcript": "t/77",
        "order": "A-1",
    }
    assert [one.remark for one in remarks(CHAT)][:3] == [
        Signal("intent", "buy", "b1"),
        Signal("language", "fr", "b1"),
        Signal("sentiment", "0.4", "b1"),
    ]
    with Host(CENTRE, settings=BY_HAND) as host:
        assert type(host.apply(made)[0]) is ContactEnqueued
        for remark in remarks(CHAT):
            assert not isinstance(host.apply(remark)[0], CommandRefused)


def test_what_the_customer_wants_says_where_it_goes() -> None:
    assert hand_over(replace(CHAT, intent="other"), RULES).queues == ("sales",)
    assert hand_over(replace(CHAT, intent=""), RULES).queues == ("sales",)
    with pytest.raises(DataError, match="intent 'buys' of 'chat-1' goes no way; did you mean 'buy'"):
        hand_over(replace(CHAT, intent="buys"), replace(RULES, ways=RULES.ways[:1]))


def test_what_is_too_much_is_named_and_never_shown() -> None:
    long = replace(CHAT, fields={"order": "secret " * 4})
    with pytest.raises(
        DataError, match="order of 'chat-1' has 28 characters, more than value_chars = 20"
    ) as caught:
        hand_over(long, RULES)
    assert "secret" not in str(caught.value)
    with pytest.raises(DataError, match="more than bytes_most = 60"):
        hand_over(replace(CHAT, fields={"order": "x" * 19, "product": "y" * 19}), RULES)


def test_a_chat_that_is_a_contact_already_is_handed_on_with_its_age() -> None:
    floor = Floor(
        Rule("french", "language_fr", priority=3), terms=(Term("language_fr", "language", ("fr",)),)
    )
    floor.at(0, EnqueueContact("chat-1", ("sales",), "chat"))
    for command in hand_on(CHAT, RULES):
        assert not isinstance(floor.at(50, command)[0], CommandRefused)
    view = floor.view("chat-1")
    assert (view.enqueued_ns, view.visits[0].queue, view.priority) == (1_000, "leads", 4)
    assert view.attributes["transcript"] == "t/77"
    assert floor.wanted() == []  # its priority is higher already


# ------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"terms": [{"name": "a-b", "signal": "x"}]}, "signals.terms[0].name"),
        ({"terms": [{"name": "a", "signal": "x"}, {"name": "a", "signal": "y"}]}, "signals.terms[1].name"),
        ({"rules": [{"id": "r", "when": "a >", "priority": 1}]}, "signals.rules[0].when"),
        ({"rules": [{"id": "r", "when": " ", "priority": 1}]}, "signals.rules[0].when"),
        ({"rules": [{"id": "r", "when": "a"}]}, "signals.rules[0]"),
        ({"rules": [{"id": "r", "when": "a", "priority": 1}] * 2}, "signals.rules[1].id"),
        (
            {"rules": [{"id": "r", "when": "a", "requirement": "x", "steps": [{"expression": "x"}]}]},
            "signals.rules[0].steps",
        ),
        ({"rules": [{"id": "r", "when": "a", "priority": 1, "states": ["held"]}]}, "signals.rules[0].states"),
        (
            {"rules": [{"id": "r", "when": "a", "priority": 1, "after": "2s", "until": "1s"}]},
            "signals.rules[0].until",
        ),
        ({"hand_over": {"fields": ["bot"]}}, "signals.hand_over.fields[0]"),
        ({"hand_over": {"ways": [{"queues": []}]}}, "signals.hand_over.ways[0].queues"),
        ({"hand_over": {"ways": [{"queues": ["a"]}, {"queues": ["b"]}]}}, "signals.hand_over.ways[1]"),
        (
            {
                "hand_over": {
                    "ways": [{"queues": ["a"], "intents": ["x"]}, {"queues": ["b"], "intents": ["x"]}]
                }
            },
            "signals.hand_over.ways[1].intents[0]",
        ),
    ],
)
def test_settings_that_cannot_be_meant(raw: dict[str, object], path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_signals(to_struct(raw, Signals))
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        (Signals(rules=(Rule("r", "a", priority=101),)), "signals.rules[0].priority"),
        (Signals(rules=(Rule("r", "a", priority=1, queues=("x",)),)), "signals.rules[0].queues[0]"),
        (Signals(rules=(Rule("r", "a", priority=1, channels=("fax",)),)), "signals.rules[0].channels[0]"),
        (Signals(rules=(Rule("r", "a", requirement="german"),)), "signals.rules[0].requirement"),
        (Signals(rules=(Rule("r", "a", steps=(Step("german"),)),)), "signals.rules[0].steps[0].expression"),
        (Signals(hand_over=HandOvers(ways=(Way(("x",)),))), "signals.hand_over.ways[0].queues[0]"),
        (
            Signals(hand_over=HandOvers(ways=(Way(("sales",)),), channel="sms")),
            "signals.hand_over.channel",
        ),
    ],
)
def test_settings_that_do_not_fit_the_centre(settings: Signals, path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_against(settings, CENTRE)
    assert caught.value.path == path


def test_settings_as_a_file_spells_them() -> None:
    raw = {
        "terms": [{"name": "mood", "signal": "sentiment", "within": "2m", "scale": 50, "shift": 50}],
        "rules": [
            {"id": "a", "when": "mood < 20", "alert": {"code": "angry"}, "cool_down": "1m", "times": 3}
        ],
    }
    read = to_struct(raw, Signals)
    check_signals(read)
    assert (read.terms[0].within_ns, read.rules[0].cool_down_ns) == (2 * MINUTE, MINUTE)
