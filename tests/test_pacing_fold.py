"""Pacing as a fold over events: modes, shared agents, blended queues, and going on after a crash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import events as _e
from routing.errors import CorruptSnapshotError, UsageError
from routing.events import Event, Outcome
from routing.pacing import Paced, Pacing, Proposal, Settings, Standing
from routing.units import SECOND

EASY = {"one": Standing(10_000, 100), "two": Standing(10_000, 100)}
S = SECOND


def everybody(queue: str) -> None:
    del queue


def staffed(*campaigns: Paced, agents: int = 4) -> Pacing:
    pacing = Pacing(campaigns, everybody, 0)
    pacing.follow(_e.AgentLoggedIn(0, f"a{number}", True, "") for number in range(agents))
    return pacing


def dial(pacing: Pacing, attempt: str, campaign: str = "one", at: int = 0, contact: str = "") -> None:
    pacing.follow([_e.DialRequested(at * S, attempt, campaign, "", "", "", contact, 25 * S, (at + 55) * S)])


def end(attempt: str, outcome: str, at: int, age: int, campaign: str = "one") -> Event:
    return _e.AttemptEnded(at * S, attempt, campaign, outcome, age * S, 100, 0, "")


def taken(contact: str, agent: str, at: int, queue: str = "sales") -> list[Event]:
    return [
        _e.ContactEnqueued(at * S, contact, (queue,), "voice", 0),
        _e.ContactOffered(at * S, contact, agent, queue, 1, 0),
        _e.OfferAccepted(at * S, contact, agent, queue, 1, 0),
    ]


def asked(pacing: Pacing, at: int = 0, running: tuple[str, ...] = ("one", "two")) -> dict[str, int]:
    return {one.campaign: one.dials for one in pacing.propose(at * S, EASY, running)}


def test_progressive_dials_once_for_each_idle_agent() -> None:
    pacing = staffed(Paced("one", "sales", mode="progressive"))
    assert asked(pacing) == {"one": 4}
    dial(pacing, "x")
    assert asked(pacing) == {"one": 3}
    pacing.follow([end("x", "person", 8, 8), *taken("x", "a0", 8)])
    assert asked(pacing, 8) == {"one": 3}
    pacing.follow([_e.AgentNotReady(9 * S, "a1", "break"), _e.AgentLoggedOut(9 * S, "a2")])
    assert asked(pacing, 9) == {"one": 1}
    assert asked(pacing, 9, ()) == {}


def test_a_person_who_waits_takes_the_next_agent() -> None:
    pacing = staffed(Paced("one", "sales", mode="progressive"), agents=2)
    dial(pacing, "x")
    pacing.follow([end("x", "person", 8, 8), _e.ContactEnqueued(8 * S, "x", ("sales",), "voice", 0)])
    assert asked(pacing, 8) == {"one": 1}
    pacing.follow([_e.ContactEnded(10 * S, "x", Outcome.ABANDONED, "sales", "")])
    assert asked(pacing, 10) == {"one": 2}


def test_power_agentless_and_preview() -> None:
    assert asked(staffed(Paced("one", "sales", mode="power", ratio=2.5))) == {"one": 10}
    pacing = staffed(Paced("one", "sales", mode="agentless", concurrent=5), agents=0)
    dial(pacing, "x")
    assert asked(pacing) == {"one": 4}
    pacing.follow([end("x", "person", 5, 5), _e.ContactEnqueued(5 * S, "x", ("sales",), "voice", 0)])
    assert asked(pacing, 5) == {"one": 4}
    pacing.follow([_e.ContactEnded(9 * S, "x", Outcome.HANDLED, "sales", "")])
    assert asked(pacing, 9) == {"one": 5}
    preview = staffed(Paced("one", "sales", mode="preview"))
    assert asked(preview) == {"one": 4}
    preview.follow(taken("p", "a0", 1))
    dial(preview, "p", at=2, contact="p")
    assert asked(preview, 2) == {"one": 3}
    assert preview.picture("one").in_flight == 1


def test_predictive_dials_more_with_slack_and_none_beyond_progressive_without() -> None:
    pacing = staffed(Paced("one", "sales"), agents=20)
    assert asked(pacing)["one"] > 20
    assert pacing.propose(0, {}, {"one"}) == [Proposal("one", 20)]
    assert pacing.propose(0, {"one": Standing(100, 3)}, {"one"}) == [Proposal("one", 20)]


def test_dials_for_shared_agents_are_divided_by_weight() -> None:
    one, two = Paced("one", "sales", mode="progressive"), Paced("two", "care", mode="progressive", weight=3)
    pacing = staffed(one, two, agents=8)
    assert asked(pacing) == {"one": 2, "two": 6}
    assert asked(pacing, running=("one",)) == {"one": 8}
    apart = {"sales": ["a0", "a1"], "care": ["a2"]}
    alone = Pacing([one, two], apart.get, 0)
    alone.follow(_e.AgentLoggedIn(0, f"a{number}", True, "") for number in range(8))
    assert asked(alone) == {"one": 2, "two": 1}
    dial(pacing, "x", "two")
    assert asked(pacing, running=("one",)) == {"one": 7}


def test_below_its_minimum_a_campaign_goes_first_and_above_its_maximum_not_at_all() -> None:
    first = Paced("one", "sales", mode="progressive", min_agents=2)
    other = Paced("two", "care", mode="progressive", max_agents=3)
    pacing = staffed(first, other, agents=8)
    assert asked(pacing)["one"] == 7  # all but what rounding leaves to carry over
    assert asked(pacing, running=("two",)) == {"two": 3}


def test_inbound_calls_for_the_same_agents_hold_dials_back() -> None:
    calm, busy = staffed(Paced("one", "sales"), agents=10), staffed(Paced("one", "sales"), agents=10)
    for number in range(120):
        busy.follow(taken(f"i{number}", "a0", number * 5, "help"))
        busy.follow([_e.ContactEnded((number * 5 + 4) * S, f"i{number}", Outcome.HANDLED, "help", "a0")])
    assert asked(busy, 600)["one"] < asked(calm, 600)["one"]
    before = asked(calm, 600)["one"]
    calm.follow(_e.ContactEnqueued(600 * S, f"w{number}", ("help",), "voice", 0) for number in range(4))
    assert asked(calm, 600)["one"] < before


def test_an_examined_answer_is_likelier_to_need_an_agent() -> None:
    pacing = staffed(Paced("one", "sales"), agents=5)
    for number in range(5):
        dial(pacing, f"x{number}")
    before = asked(pacing, 5).get("one", 0)
    pacing.follow(_e.AttemptProgressed(5 * S, f"x{number}", "one", "answered", 5 * S) for number in range(5))
    assert asked(pacing, 5).get("one", 0) <= before
    assert pacing.picture("one").in_flight == 5
    pacing.follow(end(f"x{number}", "machine", 6, 6) for number in range(5))
    assert pacing.picture("one").in_flight == 0


def test_wrap_up_keeps_an_agent_and_a_hint_is_taken() -> None:
    pacing = staffed(Paced("one", "sales", mode="progressive"), agents=1)
    pacing.follow(taken("c", "a0", 1))
    pacing.hint("a0", 20 * S)
    pacing.hint("nobody", 20 * S)
    pacing.follow(
        [
            _e.ContactEnded(30 * S, "c", Outcome.HANDLED, "sales", "a0"),
            _e.WrapUpStarted(30 * S, "a0", "c", 50 * S),
        ]
    )
    assert asked(pacing, 31) == {}
    assert pacing.picture("one").busy == 1
    pacing.follow([_e.WrapUpEnded(50 * S, "a0", "c")])
    assert asked(pacing, 50) == {"one": 1}


def test_campaigns_change_while_calls_are_up() -> None:
    pacing = staffed(Paced("one", "sales"))
    dial(pacing, "x")
    pacing.set_campaigns([Paced("two", "care", mode="progressive")])
    pacing.follow([end("x", "person", 5, 5), _e.ContactEnqueued(5 * S, "x", ("sales",), "voice", 0)])
    assert asked(pacing, 5) == {"two": 3}
    with pytest.raises(UsageError, match="no campaign 'one' is paced here"):
        pacing.picture("one")


@pytest.mark.parametrize(
    ("campaigns", "message"),
    [
        ([Paced("one", "a"), Paced("one", "b")], "given twice"),
        ([Paced("one", "a", cap=1.5)], "cap 1.5 is no share"),
        ([Paced("one", "a", weight=0)], "must be above 0"),
        ([Paced("one", "a", grace_ns=-1)], "is below 0"),
    ],
)
def test_what_cannot_be_paced_is_refused(campaigns: list[Paced], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Pacing(campaigns, everybody, 0)


names = st.sampled_from(["x", "y", "z"])
agents = st.sampled_from(["a", "b", "c"])
queues = st.sampled_from(["sales", "care", "help"])
outcomes = st.sampled_from(["person", "machine", "busy", "no_answer", "congestion", "lost"])
anything = st.one_of(
    st.builds(_e.AgentLoggedIn, st.just(0), agents, st.booleans(), st.just("")),
    st.builds(_e.AgentLoggedOut, st.just(0), agents),
    st.builds(_e.LogOutPending, st.just(0), agents),
    st.builds(_e.AgentReady, st.just(0), agents),
    st.builds(_e.AgentNotReady, st.just(0), agents, st.just("")),
    st.builds(_e.DeviceReported, st.just(0), agents, st.sampled_from(["in_use", "available"])),
    st.builds(_e.ContactEnqueued, st.just(0), names, st.tuples(queues), st.just("voice"), st.just(0)),
    st.builds(_e.ContactOffered, st.just(0), names, agents, queues, st.just(1), st.just(0)),
    st.builds(_e.OfferAccepted, st.just(0), names, agents, queues, st.just(1), st.just(0)),
    st.builds(_e.OfferMissed, st.just(0), names, agents, queues, st.just(1), st.just(1)),
    st.builds(
        _e.ContactOverflowed,
        st.just(0),
        names,
        queues,
        st.just(""),
        st.sampled_from(["queue", "voicemail"]),
        queues,
    ),
    st.builds(_e.ContactRequeued, st.just(0), names, st.tuples(queues), st.just("") | agents, st.just(True)),
    st.builds(_e.ContactEnded, st.just(0), names, st.just(Outcome.HANDLED), queues, st.just("") | agents),
    st.builds(_e.WrapUpStarted, st.just(0), agents, names, st.just(0)),
    st.builds(_e.WrapUpEnded, st.just(0), agents, names),
    st.builds(
        _e.DialRequested,
        st.just(0),
        names,
        st.sampled_from(["one", "two", "none"]),
        st.just(""),
        st.just(""),
        st.just(""),
        st.just("") | names,
        st.just(25 * S),
        st.just(55 * S),
    ),
    st.builds(_e.AttemptProgressed, st.just(0), names, st.just("one"), st.just("answered"), st.just(0)),
    st.builds(
        _e.AttemptEnded,
        st.just(0),
        names,
        st.just("one"),
        outcomes,
        st.just(0),
        st.just(0),
        st.just(0),
        st.just(""),
    ),
    st.builds(_e.Configured, st.just(0)),
)


@given(st.lists(st.tuples(st.integers(0, 20 * S), anything), max_size=40), st.integers(0, 40))
def test_whatever_happens_it_goes_on_and_after_a_crash_alike(
    steps: list[tuple[int, Event]], crash: int
) -> None:
    campaigns = [Paced("one", "sales"), Paced("two", "care", mode="power", ratio=1.5)]
    pacing, now = Pacing(campaigns, everybody, 0, Settings(rate=0.2)), 0
    other: Pacing | None = None
    for number, (later, event) in enumerate(steps):
        now += later
        fields = {name: getattr(event, name) for name in event.__struct_fields__}
        told = type(event)(**{**fields, "at_ns": now})
        if number == crash:
            other = Pacing.restore(pacing.snapshot(), campaigns, everybody)
        for one in (pacing, other):
            if one is not None:
                one.follow([told])
        said = pacing.propose(now, EASY, {"one", "two"})
        assert all(proposal.dials > 0 for proposal in said)
        if other is not None:
            assert other.propose(now, EASY, {"one", "two"}) == said
    if other is not None:
        assert other.snapshot() == pacing.snapshot()
    sight = pacing.picture("one")
    assert 0 <= sight.idle + sight.busy <= sight.staff <= 3
    assert sight.waiting >= 0


def test_what_is_no_snapshot_is_refused() -> None:
    pacing = staffed(Paced("one", "sales"))
    for data in (b"", b"x", pacing.snapshot()[:-1]):
        with pytest.raises(CorruptSnapshotError, match="no state of pacing"):
            Pacing.restore(data, [Paced("one", "sales")], everybody)
