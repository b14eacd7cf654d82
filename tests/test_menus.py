"""The machine of menus: against a naive reading, resumed at every step, within its limits, leaving no secret behind.

Owns properties of the machine and of its figures; dialogues are in ``test_menus_dialogues``.
"""

from collections import Counter
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from menus_drawn import any_flows, reacted, scripts, sound_flows
from menus_naive import Naive

from routing.errors import UsageError
from routing.menus import (
    Answered,
    Digits,
    Ended,
    Flow,
    HungUp,
    Input,
    Paths,
    Recorded,
    Sealed,
    Speech,
    State,
    TimedOut,
    Turn,
    check,
    flow_version,
    outcome_name,
    start,
    step,
    waiting,
)
from routing.menus.exits import AGAIN, CALL, DEAD_END, TOO_MANY_STEPS, exits
from routing.menus.nodes import CallFlow, Collect, HangUp, Menu, Return
from routing.menus.reading import flow_from_dict
from routing.menus.turns import NAMES, Cause

ENDS = {outcome_name(Ended(cause)) for cause in get_args(Cause)} | set(NAMES.values())


def play(flow: Flow, script: list[int]) -> list[Turn]:
    """Every turn that answers the numbers, up to the end of the call or of the script."""
    turns = [start(flow)]
    wait = turns[0].wait
    for number in script:
        if turns[-1].outcome is not None or wait is None:
            break
        turns.append(step(flow, turns[-1].state, reacted(wait, number)))
        wait = turns[-1].wait or wait
    return turns


@settings(max_examples=60, deadline=None)
@given(any_flows(), scripts)
def test_the_machine_does_what_the_naive_reading_does(flow: Flow, script: list[int]) -> None:
    hold_against_naive(flow, script)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(any_flows(), scripts)
def test_and_does_so_at_length(flow: Flow, script: list[int]) -> None:
    hold_against_naive(flow, script)


def hold_against_naive(flow: Flow, script: list[int]) -> None:
    naive = Naive(flow)
    turn = start(flow)
    wait = turn.wait
    for number in [*script, None]:
        assert [spoken.text for spoken in turn.spoken] == naive.said
        entered = [move.to for move in turn.moves if move.to and move.exit not in AGAIN.values()]
        assert entered == naive.passed
        assert turn.outcome == naive.outcome
        assert turn.outcome is not None or type(wait).__name__ == naive.kind
        if turn.outcome is not None or number is None:
            break
        assert wait is not None
        happened = reacted(wait, number)
        turn = step(flow, turn.state, happened)
        wait = turn.wait or wait
        naive.give(happened)


@settings(max_examples=30, deadline=None)
@given(any_flows(), scripts)
def test_a_state_that_was_written_and_read_goes_on_alike(flow: Flow, script: list[int]) -> None:
    """Determinism, and resuming after a crash at any place: flow, state and input as bytes and back."""
    turns = play(flow, script)
    copy = msgspec.msgpack.decode(msgspec.msgpack.encode(flow), type=Flow)
    assert copy == flow
    assert flow_version(copy) == flow_version(flow) == turns[0].state.version
    assert start(copy) == turns[0]
    wait = turns[0].wait
    for before, after, number in zip(turns, turns[1:], script, strict=False):
        assert wait is not None
        state = msgspec.msgpack.decode(msgspec.msgpack.encode(before.state), type=State)
        assert waiting(copy, state) == wait
        assert step(copy, state, reacted(wait, number)) == after
        assert msgspec.json.decode(msgspec.json.encode(after), type=Turn) == after
        wait = after.wait or wait


@settings(max_examples=30, deadline=None)
@given(any_flows(), scripts)
def test_any_call_ends_within_the_limit(flow: Flow, script: list[int]) -> None:
    """Whatever comes, also what does not fit: never more inputs than ``max_steps``, nor more nodes."""
    turn = start(flow)
    wait = turn.wait
    count = 0
    while turn.outcome is None:
        assert wait is not None
        turn = step(flow, turn.state, reacted(wait, script[count % len(script)] if script else 16))
        wait = turn.wait or wait
        count += 1
        assert count <= flow.max_steps + 1
    assert turn.state.node == ""
    assert step(flow, turn.state, TimedOut()).ignored == "ended"


@settings(max_examples=40, deadline=None)
@given(sound_flows(), scripts)
def test_a_flow_without_errors_lets_everybody_out(flow: Flow, script: list[int]) -> None:
    """After any inputs, silence leads to an outcome that is no emergency."""
    assert [finding for finding in check(flow) if finding.severity == "error"] == []
    turn = play(flow, script)[-1]
    for _ in range(1_000):
        if turn.outcome is not None:
            break
        turn = step(flow, turn.state, TimedOut())
    assert turn.outcome is not None
    assert turn.outcome not in (Ended("dead_end"), Ended("too_many_steps"))


@settings(max_examples=40, deadline=None)
@given(any_flows(), scripts, scripts)
def test_moves_are_edges_and_figures_are_conserved(flow: Flow, one: list[int], other: list[int]) -> None:
    paths, moves = Paths(), Counter[str]()
    for place, script in enumerate((one, other, one)):
        turns = play(flow, script)
        if turns[-1].outcome is None:
            turns.append(step(flow, turns[-1].state, HungUp()))
        here = ""
        for turn in turns:
            paths.add(str(place), turn)
            for move in turn.moves:
                assert move.node == here
                here = move.to
                assert move.to or move.exit in ENDS
                if move.node and move.to and move.exit not in AGAIN.values():
                    assert is_edge(flow, move.node, move.exit, move.to)
                    moves[move.to] += 1
        moves[flow.start] += turns[0].moves[0].to == flow.start
    figures = paths.figures("any")
    assert figures.begun == figures.ended == 3 == sum(figures.outcomes.values())
    assert {node: counted.entered for node, counted in figures.nodes.items()} == dict(+moves)
    for counted in figures.nodes.values():
        assert sum(counted.exits.values()) == counted.entered
        assert counted.calls <= min(3, counted.entered)


def is_edge(flow: Flow, source: str, name: str, target: str) -> bool:
    if name in (TOO_MANY_STEPS, DEAD_END):
        return target == flow.fallback
    node = flow.node(source)
    assert node is not None
    if isinstance(node, CallFlow) and name == CALL:
        return target == f"{node.flow}/{flow.flows[node.flow].start}"
    if isinstance(node, Return):
        calls = [one for one in flow.nodes.values() if isinstance(one, CallFlow)]
        inner = [
            one for part in flow.flows.values() for one in part.nodes.values() if isinstance(one, CallFlow)
        ]
        return any(target.rpartition("/")[2] == one.returns.get(node.result) for one in calls + inner)
    return any(way.name == name and flow.beside(source, way.target) == target for way in exits(node))


# ------------------------------------------------------------------------------------------------ by hand


def menu(**more: object) -> Flow:
    raw = {
        "id": "f",
        "start": "ask",
        "nodes": {
            "ask": {
                "kind": "menu",
                "choices": [{"key": "1", "next": "bye"}],
                "no_input": "bye",
                "no_match": "bye",
            },
            "bye": {"kind": "hang_up"},
        },
    }
    return flow_from_dict(raw | more)


def test_misuse_is_refused() -> None:
    flow = menu()
    turn = start(flow)
    with pytest.raises(UsageError, match="give the flow it began with"):
        step(menu(id="g"), turn.state, TimedOut())
    with pytest.raises(UsageError, match="no node 'ask'"):
        step(Flow(id="f", start="x", nodes={"x": HangUp()}), turn.state, TimedOut())
    for wrong in (
        Digits(""),
        Digits("1 2"),
        Digits("1" * 66),
        Speech(""),
        Speech("x" * 2000),
        Answered("r", {"v": "x" * 2000}),
        Answered("r", {str(n): "" for n in range(65)}),
        Recorded("r", -1),
        "1",
    ):
        with pytest.raises(UsageError):
            step(flow, turn.state, wrong)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="65 values"):
        start(flow, {str(n): "" for n in range(65)})


def test_late_and_unasked_inputs_change_nothing_but_the_count() -> None:
    flow = menu()
    first = start(flow)
    again = step(flow, first.state, TimedOut(first.state.wait))
    late = step(flow, again.state, TimedOut(first.state.wait))
    assert late.ignored == "late"
    assert late.state == msgspec.structs.replace(again.state, steps=again.state.steps + 1)
    assert step(flow, late.state, Answered()).ignored == "not_asked_for"


def test_secret_digits_are_refused_unsealed_and_never_shown() -> None:
    node = Collect(into="pin", min_digits=4, secret=True, next="bye", no_input="bye", no_match="bye")
    flow = Flow(id="f", start="pin", nodes={"pin": node, "bye": HangUp()})
    turn = start(flow)
    for spoken in (Digits("4711#"), Speech("four seven eleven")):
        with pytest.raises(UsageError) as caught:
            step(flow, turn.state, spoken)
        assert "4711" not in str(caught.value)
        assert "seven" not in str(caught.value)
        assert "4711" not in repr(spoken)
        assert "seven" not in repr(spoken)
    done = step(flow, turn.state, Sealed())
    assert done.state.attributes == {"pin": "secret:pin"}


def test_an_old_call_needs_its_own_version() -> None:
    """A flow that was replaced still serves the calls that began with it (``Sessions`` sees to that)."""
    old = menu()
    new = menu(languages=["en"])
    state = start(old).state
    assert state.version == flow_version(old) != flow_version(new)


def test_no_node_is_too_much() -> None:
    """More nodes in a row than Python has stack are passed in one turn, without recursion."""
    nodes: dict[str, dict[str, object]] = {
        f"n{place}": {"kind": "prompt", "next": f"n{place + 1}"} for place in range(1_099)
    }
    nodes["n1099"] = {"kind": "hang_up"}
    flow = flow_from_dict({"id": "f", "start": "n0", "max_steps": 2_000, "nodes": nodes})
    assert check(flow) == []
    assert start(flow).outcome == Ended("hang_up")


def test_containment_counts_those_who_were_told_and_left() -> None:
    raw = {
        "id": "f",
        "start": "tell",
        "nodes": {
            "tell": {"kind": "answer", "next": "ask"},
            "ask": {
                "kind": "menu",
                "retries": 1,
                "choices": [{"key": "1", "next": "agent"}, {"key": "2", "next": "bye"}],
                "no_input": "bye",
                "no_match": "bye",
            },
            "agent": {"kind": "enqueue", "queues": ["q"]},
            "bye": {"kind": "hang_up"},
        },
    }
    flow, paths = flow_from_dict(raw), Paths()
    ways: list[list[Input]] = [[Digits("1")], [Digits("2")], [HungUp()], [TimedOut(), TimedOut()], []]
    for call, happened in enumerate(ways):
        turn = start(flow)
        paths.add(str(call), turn)
        for one in happened:
            turn = step(flow, turn.state, one)
            paths.add(str(call), turn)
    figures = paths.figures("f")
    assert (figures.begun, figures.ended, figures.served, figures.containment) == (5, 4, 3, 0.75)
    asked = figures.nodes["ask"]
    assert (asked.calls, asked.entered, asked.no_inputs, asked.no_matches, asked.hung_up) == (5, 5, 2, 0, 1)
    assert asked.exits == {"caller hung up": 1, "key 1": 1, "key 2": 1, "no input": 1}
    assert paths.flows() == ("f",)
    paths.forget("4")


def test_menus_of_python_are_the_same_as_those_of_files() -> None:
    flow = Flow(id="f", start="a", nodes={"a": Menu(no_input="b", no_match="b"), "b": HangUp()})
    nodes = {"a": {"kind": "menu", "no_input": "b", "no_match": "b"}, "b": {"kind": "hang_up"}}
    assert flow_version(flow) == flow_version(flow_from_dict({"id": "f", "start": "a", "nodes": nodes}))
