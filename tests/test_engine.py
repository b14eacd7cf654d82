"""The engine's face: what it keeps to itself, what it refuses to go on with, and what it shows."""

from array import array
from dataclasses import replace as changed
from types import MappingProxyType

import pytest
from msgspec.structs import replace

from routing import (
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    Configure,
    Engine,
    EnqueueContact,
    LogIn,
    Overflow,
    Preference,
    PutAgent,
    Queue,
    RemoveAgent,
    Step,
)
from routing.commands import Command
from routing.errors import InternalError, UsageError

CONFIG = Config(skills=("s",), agents=(Agent("ann"), Agent("ben")), queues=(Queue("sales"), Queue("back")))


def array_of(code: str, *values: int) -> "array[int]":
    return array(code, values)


def test_what_a_caller_changes_afterwards_is_their_own() -> None:
    skills = {"s": 5}
    attributes = {"language": "es"}
    engine = Engine(replace(CONFIG, agents=(Agent("ann", skills=skills), Agent("ben"))))
    engine.apply(EnqueueContact("c", ("sales",), attributes=attributes), 0)
    command = PutAgent(Agent("ben", skills=skills))
    engine.apply(command, 0)
    before = engine.snapshot()
    skills["s"] = 60
    attributes["language"] = "de"
    assert engine.snapshot() == before
    assert [agent.skills for agent in engine.config.agents] == [{"s": 5}, {"s": 5}]
    Engine.restore(before)


def test_a_configuration_that_was_broken_off_stops_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(CONFIG)

    def interrupted(_: Agent) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "_take_agent", interrupted)
    with pytest.raises(KeyboardInterrupt):
        engine.apply(Configure(replace(CONFIG, agents=(Agent("eve"),))), 1)
    with pytest.raises(InternalError, match="broken off half way; restore from the journal"):
        engine.apply(LogIn("ben"), 2)
    with pytest.raises(InternalError, match="broken off"):
        engine.snapshot()


USED: dict[str, list[Command]] = {
    "waiting": [EnqueueContact("x", ("sales",))],
    "ended": [
        LogIn("ann"),
        EnqueueContact("x", ("sales",)),
        AcceptOffer("x", "ann"),
        CompleteContact("x"),
    ],
    "leaving": [LogIn("ann"), EnqueueContact("x", ("sales",)), AcceptOffer("x", "ann"), RemoveAgent("ann")],
}


@pytest.mark.parametrize("name", USED)
def test_a_trace_needs_an_engine_without_contacts(name: str) -> None:
    engine = Engine(replace(CONFIG, queues=(Queue("sales", max_wait=Overflow(after_ns=5)), Queue("back"))))
    for command in USED[name]:
        engine.apply(command, 0)
    before = engine.snapshot()
    one = array_of("q", 100)
    with pytest.raises(UsageError, match="run a trace on one that has had none"):
        engine.run_trace([EnqueueContact("", ("sales",))], array_of("I", 0), one, one, one)
    assert engine.snapshot() == before
    engine._check()


TEMPLATE = EnqueueContact("", ("sales",))


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (replace(TEMPLATE, priority=-5), r"template.priority: -5 is not in 0..100"),
        (replace(TEMPLATE, credit_ns=-1), r"template.credit_ns: -1 is not in"),
        (replace(TEMPLATE, load=2_000_000), r"template.load: 2000000 is not in 0..1000000"),
        (replace(TEMPLATE, requirement="(("), "template.requirement: column"),
        (replace(TEMPLATE, steps=(Step("s"), Step("", 0))), "steps go by increasing age"),
        (replace(TEMPLATE, queues=("sales", "sales")), "different queues"),
        (replace(TEMPLATE, queues=()), "name 1 to 16 different queues"),
        (MappingProxyType({}), "is no EnqueueContact"),
    ],
)
def test_templates_are_held_to_the_rules_of_commands(template: EnqueueContact, words: str) -> None:
    engine = Engine(CONFIG)
    none = array_of("q")
    with pytest.raises(UsageError, match=words):
        engine.run_trace([template], array_of("I"), none, none, none)


def test_a_trace_has_a_limited_number_of_loads_and_ends_in_time() -> None:
    engine = Engine(CONFIG)
    none = array_of("q")
    with pytest.raises(UsageError, match=r"33 loads are more than limits\.loads = 32"):
        engine.run_trace(
            [replace(TEMPLATE, load=load) for load in range(33)], array_of("I"), none, none, none
        )
    late = array_of("q", 2**62 - 1)
    with pytest.raises(UsageError, match="call 0 lasts beyond"):
        engine.run_trace([TEMPLATE], array_of("I", 0), late, array_of("q", 5), array_of("q", -1))
    with pytest.raises(UsageError, match=r"service_ns is list; pass an array\('q'\)"):
        engine.run_trace([TEMPLATE], array_of("I", 0), late, [5], late)  # type: ignore[arg-type]
    assert engine.now_ns == 0


def test_a_wait_for_an_agent_who_was_removed_outlasts_a_snapshot() -> None:
    """The wait goes on to its end although nobody is left to be waited for, restored or not."""
    engine = Engine(CONFIG)
    engine.apply(LogIn("ann", ready=False), 0)
    engine.apply(EnqueueContact("c", ("sales",), preferred=(Preference("ann"),), prefer_ns=20), 1)
    engine.apply(RemoveAgent("ann"), 2)
    restored = Engine.restore(engine.snapshot())
    for one in (engine, restored):
        assert [type(event).__name__ for event in one.apply(LogIn("ben"), 5)] == ["AgentLoggedIn"]
        (offered,) = one.advance(40)
        assert (type(offered).__name__, offered.at_ns) == ("ContactOffered", 21)
    assert restored.digest == engine.digest


def test_what_is_no_snapshot_is_misuse() -> None:
    with pytest.raises(UsageError, match="NoneType is no bytes"):
        Engine.restore(None)  # type: ignore[arg-type]


def test_a_trace_and_its_result_are_plain_values() -> None:
    engine = Engine(CONFIG)
    engine.apply(LogIn("ben"), 0)
    five = array_of("q", 5)
    trace = engine.run_trace([TEMPLATE], array_of("I", 0), five, five, array_of("q", -1))
    assert trace == changed(trace, agent=array_of("i", 1))
    assert (list(trace.outcome), list(trace.wait_ns)) == ([0], [0])
