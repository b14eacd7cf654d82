"""The exits of nodes: what they are called, where they lead, and who decides.

Owns the names that moves, statistics and pictures share, and the edges between nodes; must not know calls.
"""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from routing.menus.nodes import (
    Answer,
    AnyNode,
    Asking,
    Branch,
    CallBackOffer,
    CallFlow,
    Choice,
    Collect,
    LookUp,
    Menu,
    Prompt,
    SetAttributes,
    Voicemail,
)

NEXT: Final = "next"
NO_INPUT: Final = "no input"
NO_MATCH: Final = "no match"
FAILED: Final = "failed"
OTHERWISE: Final = "otherwise"
OVER_LIMIT: Final = "over limit"
DECLINED: Final = "declined"
NOTHING_RECORDED: Final = "nothing recorded"
CALL: Final = "call"
TOO_MANY_STEPS: Final = "too many steps"
DEAD_END: Final = "dead end"
#: A node that asks again is left and entered again by these, which are no edges.
AGAIN: Final = {NO_INPUT: "again: no input", NO_MATCH: "again: no match"}

#: Who decides that an exit is taken: nobody, the driver's answer, the caller, the caller's silence or mistakes.
By = Literal["flow", "answer", "caller", "failure"]


class Exit(NamedTuple):
    """One way out of a node. ``field`` is where the target stands, within the node."""

    name: str
    target: str
    by: By
    field: str


def choice_name(choice: Choice) -> str:
    """Name the exit of a choice: by its key, or by a phrase where it has none.

    >>> choice_name(Choice(key="1")), choice_name(Choice(phrases={"en": ("balance",)}))
    ('key 1', "says 'balance'")
    """
    if choice.key:
        return f"key {choice.key}"
    phrases = [phrase for listed in choice.phrases.values() for phrase in listed]
    return f"says {phrases[0]!r}" if phrases else "nothing"


def case_name(place: int) -> str:
    """Name the exit of a branch's case, counted from 1.

    >>> case_name(0)
    'case 1'
    """
    return f"case {place + 1}"


def result_name(result: str) -> str:
    """Name the exit that a look-up's result selects.

    >>> result_name("open")
    'result open'
    """
    return f"result {result}"


def return_name(result: str) -> str:
    """Name the exit of a sub-flow.

    >>> return_name("done")
    'return done'
    """
    return f"return {result}"


def exits(node: AnyNode) -> tuple[Exit, ...]:
    """List the ways out of a node within its (sub-)flow, those of calls to sub-flows by what these return.

    Examples
    --------
    >>> exits(Branch(cases=(), otherwise="menu", limit=2, over_limit="agent"))
    (Exit(name='otherwise', target='menu', by='flow', field='otherwise'), \
Exit(name='over limit', target='agent', by='flow', field='over_limit'))
    """
    return tuple(_exits(node))


def _exits(node: AnyNode) -> Iterator[Exit]:
    match node:
        case Prompt() | Answer() | SetAttributes():
            yield Exit(NEXT, node.next, "flow", "next")
        case Menu():
            for place, choice in enumerate(node.choices):
                yield Exit(choice_name(choice), choice.next, "caller", f"choices[{place}].next")
        case Collect():
            yield Exit(NEXT, node.next, "caller", "next")
        case LookUp():
            for result, target in node.results.items():
                yield Exit(result_name(result), target, "answer", f"results.{result}")
            yield Exit(NEXT, node.next, "answer", "next")
            yield Exit(FAILED, node.failed, "answer", "failed")
        case Branch():
            for place, case in enumerate(node.cases):
                yield Exit(case_name(place), case.next, "flow", f"cases[{place}].next")
            yield Exit(OTHERWISE, node.otherwise, "flow", "otherwise")
        case Voicemail():
            yield Exit(NOTHING_RECORDED, node.next, "failure", "next")
        case CallBackOffer():
            yield Exit(DECLINED, node.decline.next, "caller", "decline.next")
        case CallFlow():
            for result, target in node.returns.items():
                yield Exit(return_name(result), target, "flow", f"returns.{result}")
        case _:
            pass
    if isinstance(node, Asking):
        yield Exit(NO_INPUT, silent_target(node), "failure", "no_input")
        yield Exit(NO_MATCH, lost_target(node), "failure", "no_match")
    if node.limit:
        yield Exit(OVER_LIMIT, node.over_limit, "flow", "over_limit")


def silent_target(node: Asking) -> str:
    """Where silence leads in the end; whoever says nothing to an offer of a call-back declines it."""
    return node.no_input or (node.decline.next if isinstance(node, CallBackOffer) else "")


def lost_target(node: Asking) -> str:
    """Where input that fits nothing leads in the end."""
    return node.no_match or (node.decline.next if isinstance(node, CallBackOffer) else "")
