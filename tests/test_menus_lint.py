"""Findings about flows: each code by an example, and circles against all that can really happen.

Owns tests of ``routing.menus.check``; must not test how findings are printed.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outside import ROOT

from routing.config import load
from routing.menus import (
    CODES,
    Answered,
    AwaitAnswer,
    Digits,
    Ended,
    Failed,
    Flow,
    Input,
    State,
    SubFlow,
    TimedOut,
    Turn,
    check,
    load_flow,
    start,
    step,
    to_mermaid,
)
from routing.menus.nodes import AnyNode, CallFlow, Choice, HangUp, LookUp, Menu, Prompt, Return
from routing.menus.reading import flow_from_dict
from routing.model import Agent, Config, Limits, Queue

HEAD = 'id = "f"\nstart = "a"\n'
BYE = 'nodes.bye = {kind = "hang_up"}\n'
CENTRE = Config(agents=(Agent("ann", {"tech": 50}),), queues=(Queue("help"),), limits=Limits(priority=10))

#: Code, path and flow of each example.
BAD = [
    (match[1], match[2], match[3])
    for match in re.finditer(
        r"(?ms)^== ([a-z-]+) (\S+)\n(.*?)(?=^== |\Z)",
        (Path(__file__).resolve().parent / "menu_findings.txt").read_text(encoding="utf-8"),
    )
]


def found(text: str) -> list[tuple[str, str]]:
    flow = flow_from_dict(tomllib.loads(HEAD + text))
    return [(finding.code, finding.path) for finding in check(flow, CENTRE)]


@pytest.mark.parametrize(("code", "path", "text"), BAD, ids=[f"{code}-{path}" for code, path, _ in BAD])
def test_each_code(code: str, path: str, text: str) -> None:
    assert (code, path) in found(text)


def test_every_code_has_an_example_and_no_other_is_used() -> None:
    assert {code for code, _, _ in BAD} | {"invalid-flow"} == CODES.keys()


@pytest.mark.tree
def test_the_page_tells_every_code() -> None:
    page = (ROOT / "docs" / "menus.md").read_text(encoding="utf-8")
    assert set(re.findall(r"(?m)^\| `([a-z-]+)` \| (?:error|warning|note) \|", page)) == set(CODES)


def test_findings_come_in_the_order_of_the_file() -> None:
    text = "nodes.z = {kind = 'prompt'}\nnodes.a = {kind = 'prompt', next = 'z'}\nnodes.b = {kind = 'prompt'}"
    assert found(text) == [
        ("dead-end", "nodes.z.next"),
        ("unreachable-node", "nodes.b"),
        ("dead-end", "nodes.b.next"),
    ]


def test_a_sub_flow_called_twice_is_no_circle() -> None:
    """From its end one returns to whoever called, not to the first of them again."""
    text = (
        'nodes.a = {kind = "call", flow = "s", returns = {done = "b"}}\n'
        'nodes.b = {kind = "call", flow = "s", returns = {done = "bye"}}\n'
        'flows.s = {start = "p", nodes = {p = {kind = "prompt", next = "r"}, r = {kind = "return"}}}\n' + BYE
    )
    assert found(text) == []


def test_what_a_sub_flow_never_returns_is_no_way() -> None:
    text = (
        'nodes.a = {kind = "call", flow = "s", returns = {done = "bye", never = "a"}}\n'
        'flows.s = {start = "r", nodes = {r = {kind = "return"}}}\n' + BYE
    )
    assert found(text) == [("result-never-returned", "nodes.a.returns.never")]


@pytest.mark.parametrize(("silent", "codes"), [("done", []), ("again", ["loop-without-answer"])])
def test_a_circle_through_a_sub_flow_asks_what_silence_returns(silent: str, codes: list[str]) -> None:
    text = (
        'nodes.a = {kind = "call", flow = "s", returns = {done = "bye", again = "a"}}\n'
        'flows.s.start = "m"\n'
        'flows.s.nodes.m = {kind = "menu", say = "1: again, 2: done", choices = [{key = "1", next = "again"}, '
        f'{{key = "2", next = "done"}}], no_input = "{silent}", no_match = "done"}}\n'
        'flows.s.nodes.again = {kind = "return", result = "again"}\n'
        'flows.s.nodes.done = {kind = "return", result = "done"}\n' + BYE
    )
    assert [code for code, _ in found(text)] == codes


def test_a_limit_makes_a_circle_harmless() -> None:
    text = 'nodes.a = {kind = "prompt", limit = 3, next = "b", over_limit = "bye"}\n'
    assert found(text + 'nodes.b = {kind = "prompt", next = "a"}\n' + BYE) == []


@pytest.mark.tree
def test_the_picture_on_the_page_is_fresh() -> None:
    page = (ROOT / "docs" / "menus.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{to_mermaid(load_flow(ROOT / 'examples' / 'menus' / 'bank.toml'))}```" in page


@pytest.mark.tree
def test_the_example_is_clean() -> None:
    flow = load_flow(ROOT / "examples" / "menus" / "bank.toml")
    assert check(flow) == []
    assert {finding.code for finding in check(flow, load(ROOT / "examples" / "bank.toml"))} == {
        "unknown-queue"
    }


# --------------------------------------------------------------------------------------------------- circles


@st.composite
def mazes(draw: Any) -> Flow:
    """Small flows without dead ends, in which anything leads anywhere."""

    def part(names: list[str], last: AnyNode, calls: bool) -> dict[str, AnyNode]:
        nodes: dict[str, AnyNode] = {names[-1]: last}
        target = st.sampled_from(names)
        for name in names[:-1]:
            limits = (
                {"limit": draw(st.integers(1, 2)), "over_limit": draw(target)} if draw(st.booleans()) else {}
            )
            kind = draw(st.integers(0, 3 if calls else 2))
            node: AnyNode
            if kind == 0:
                node = Prompt(next=draw(target), **limits)
            elif kind == 1:
                node = LookUp(
                    what="w", results={"a": draw(target)}, next=draw(target), failed=draw(target), **limits
                )
            elif kind == 2:
                choice = Choice(key="1", next=draw(target))
                node = Menu(
                    choices=(choice,), retries=0, no_input=draw(target), no_match=draw(target), **limits
                )
            else:
                node = CallFlow(flow="s", returns={"done": draw(target)}, **limits)
            nodes[name] = node
        return nodes

    main = part([f"n{place}" for place in range(draw(st.integers(2, 5)))], HangUp(), calls=True)
    sub = part([f"i{place}" for place in range(draw(st.integers(2, 4)))], Return(), calls=False)
    flows = {"s": SubFlow(start="i0", nodes=sub)}
    return Flow(id="maze", start="n0", max_steps=300, nodes=main, flows=flows)


def runs_for_ever(flow: Flow) -> bool:
    """Try everything that drivers and hopeless callers can do; states that only differ in their counts are one."""
    open_states: set[object] = set()
    closed: set[object] = set()

    def key(state: State) -> object:
        return state.node, state.calls, tuple(sorted(state.visits.items()))

    def circles(turn: Turn) -> bool:
        if turn.outcome is not None:
            return turn.outcome == Ended("too_many_steps")
        here = key(turn.state)
        if here in open_states:
            return True
        if here in closed:
            return False
        open_states.add(here)
        state = turn.state
        asked = isinstance(turn.wait, AwaitAnswer)
        options: list[Input] = [Answered("a"), Answered(), Failed()] if asked else [TimedOut(), Digits("9")]
        found = any(circles(step(flow, state, option)) for option in options)
        open_states.discard(here)
        closed.add(here)
        return found

    return circles(start(flow))


@settings(max_examples=150, deadline=None)
@given(mazes())
def test_no_circle_is_overlooked(flow: Flow) -> None:
    codes = {finding.code for finding in check(flow)}
    told = bool(codes & {"loop-without-input", "loop-without-answer"})
    assert told or not runs_for_ever(flow)
    limited = any(node.limit for part in flow.parts().values() for node in part.nodes.values())
    assert limited or told == runs_for_ever(flow)
