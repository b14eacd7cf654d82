"""Contacts in hand: what transcripts and random runs do not show: old snapshots, traces, and much at once.

Owns these corners; must not repeat what the transcripts promise.
"""

from array import array

import msgspec
import pytest

from routing import snapshot
from routing.commands import (
    AcceptOffer,
    CompleteContact,
    EnqueueContact,
    HandOver,
    HoldContact,
    JoinLeg,
    LogIn,
    LogOut,
    PlaceContact,
    Remark,
)
from routing.config import dumps, loads
from routing.engine import Engine
from routing.errors import ConfigError
from routing.events import AgentLoggedOut, ContactEnded, ContactRequeued, Outcome
from routing.model import Agent, Channel, Config, Limits, Queue
from routing.remarks import Feedback
from routing.units import MINUTE, SECOND

OLD_WIDTHS = {"agents": (13, 12), "contacts": (23, 20), "segments": (14, 11)}


def shift() -> Engine:
    """Ann talks, Ben wraps up, one waits; nothing that came later than snapshots of format 5."""
    engine = Engine(Config(agents=(Agent("ann"), Agent("ben")), queues=(Queue("sales", wrap_up_ns=MINUTE),)))
    told = [LogIn("ann"), LogIn("ben")]
    for number in range(3):
        told += [EnqueueContact(f"call-{number}", ("sales",))]  # type: ignore[list-item]
    told += [AcceptOffer("call-0", "ann"), AcceptOffer("call-1", "ben"), CompleteContact("call-1")]  # type: ignore[list-item]
    for at, command in enumerate(told):
        engine.apply(command, at * SECOND)
    return engine


def older(data: bytes, form: int) -> bytes:
    """The same state as a version wrote it that knew less."""
    saved = snapshot.read(data)
    for name, (now, then) in OLD_WIDTHS.items():
        holder = getattr(saved, name)
        rows = array("q", holder.rows)
        assert all(not any(rows[at + then : at + now]) for at in range(0, len(rows), now)), name
        holder.rows = b"".join(rows[at : at + then].tobytes() for at in range(0, len(rows), now))
    written = snapshot.write(saved)
    return written[:6] + form.to_bytes(2, "big") + written[8:]


@pytest.mark.parametrize("form", [4, 5])
def test_snapshots_of_before_are_read(form: int) -> None:
    engine = shift()
    restored = Engine.restore(older(engine.snapshot(), form))
    restored._check()
    assert restored.snapshot() == engine.snapshot()
    assert restored.apply(CompleteContact("call-0"), MINUTE) == engine.apply(
        CompleteContact("call-0"), MINUTE
    )


def test_a_trace_goes_the_same_when_devices_answer_by_themselves() -> None:
    """Its agents answer at once in any case."""
    found = []
    for auto_answer in (False, True):
        queues = (Queue("sales", auto_answer=auto_answer, wrap_up_ns=2 * SECOND),)
        engine = Engine(Config(agents=tuple(Agent(f"a{number}") for number in range(3)), queues=queues))
        for number in range(3):
            engine.apply(LogIn(f"a{number}"), 0)
        calls = 60
        found.append(
            engine.run_trace(
                [EnqueueContact("", ("sales",))],
                array("I", [0] * calls),
                array("q", [SECOND * number for number in range(calls)]),
                array("q", [SECOND * (2 + number % 7) for number in range(calls)]),
                array("q", [SECOND * (1 + number % 5) for number in range(calls)]),
            )
        )
        engine._check()
    assert found[0] == found[1]
    assert set(found[0].outcome) == {0, 1}


def test_many_legs_that_ring_at_many_end_at_once() -> None:
    agents = tuple(Agent(f"a{number}") for number in range(60))
    queues = (Queue("sales"), Queue("all", strategy="ring_all", ring_timeout_ns=0))
    channels = (Channel("voice", capacity=64),)
    engine = Engine(Config(agents=agents, queues=queues, channels=channels, limits=Limits(legs=64)))
    engine.apply(LogIn("a0"), 0)
    engine.apply(EnqueueContact("call", ("sales",)), 0)
    engine.apply(AcceptOffer("call", "a0"), 0)
    for agent in agents[1:]:
        engine.apply(LogIn(agent.id), 1)
    for number in range(64):
        engine.apply(EnqueueContact(f"leg-{number}", ("all",), parent="call"), 2)
    assert sum(len(view.segments) for view in engine.agents.values()) == 60  # a leg rings where no other does
    engine._check()
    events = engine.apply(CompleteContact("call"), 3)
    ends = [event.outcome for event in events if isinstance(event, ContactEnded)]
    assert ends == [Outcome.CANCELLED] * 64 + [Outcome.HANDLED]
    engine._check()
    assert not engine.contacts


def test_who_has_much_in_hand_is_logged_out_at_once() -> None:
    engine = Engine(
        Config(
            agents=(Agent("ann"), Agent("ben")),
            queues=(Queue("mail", wrap_up_ns=-1, disposition_required=True),),
            channels=(Channel("email", capacity=500),),
        )
    )
    engine.apply(LogIn("ann"), 0)
    for number in range(300):
        engine.apply(EnqueueContact(f"m{number}", ("mail",), "email"), number)
        engine.apply(AcceptOffer(f"m{number}", "ann"), number)
        if number % 3 == 0:
            engine.apply(HoldContact(f"m{number}"), number)
        elif number % 3 == 1:
            engine.apply(CompleteContact(f"m{number}"), number)
    events = engine.apply(LogOut("ann", force=True), 1000)
    requeued = [event.contact for event in events if isinstance(event, ContactRequeued)]
    assert requeued == [f"m{number}" for number in range(300) if number % 3 != 1]
    assert isinstance(events[-1], AgentLoggedOut)
    engine._check()
    offered = engine.apply(LogIn("ben"), 2000)[1:]
    assert [event.contact for event in offered] == requeued  # type: ignore[union-attr]


def test_everything_in_hand_is_in_a_snapshot() -> None:
    engine = shift()
    engine.apply(LogIn("ben"), MINUTE)
    for command in (
        EnqueueContact("leg", ("sales",), parent="call-0"),
        HoldContact("call-0"),
        Remark("call-1", Feedback("csat", score=4)),
        AcceptOffer("call-2", "ben"),
        CompleteContact("call-2"),
        PlaceContact("own", "ben", "sales"),
    ):
        engine.apply(command, 10 * MINUTE)
    engine.apply(AcceptOffer("leg", "ben"), 20 * MINUTE)
    restored = Engine.restore(engine.snapshot())
    assert restored.snapshot() == engine.snapshot()
    assert restored.contacts["call-0"] == engine.contacts["call-0"]
    for last in (JoinLeg("leg"), HandOver("call-0"), CompleteContact("call-0")):
        assert restored.apply(last, 21 * MINUTE) == engine.apply(last, 21 * MINUTE)
    restored._check()


def test_limits_of_not_being_ready_are_spelled_with_units() -> None:
    written = 'not_ready_reasons = ["lunch"]\nnot_ready_limits = {lunch = "45m", missed_offers = "10m"}\n'
    config = loads(written, "toml")
    assert config.not_ready_limits_ns == {"lunch": 45 * MINUTE, "missed_offers": 10 * MINUTE}
    assert loads(dumps(config, "toml"), "toml") == config
    with pytest.raises(ConfigError, match=r"not_ready_limits\.tea: unknown reason 'tea'"):
        loads('not_ready_reasons = ["lunch"]\nnot_ready_limits = {tea = "45m"}\n', "toml")


def test_remarks_are_read_back_from_json() -> None:
    command = Remark("call-1", Feedback("csat", score=4))
    assert msgspec.json.decode(msgspec.json.encode(command), type=Remark) == command
