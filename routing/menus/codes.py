"""Every code of a finding about a flow, with its meaning in a line; docs/menus.md tells more.

Owns the words; must not know the checks.
"""

from typing import Final

#: Code to what it says. One of them, "invalid-flow", is said by the command and not by `check`.
CODES: Final[dict[str, str]] = {
    "invalid-flow": "the flow breaks a rule and cannot be read at all",
    "unknown-target": "an exit or a start leads to a node that is not there",
    "unknown-flow": "a call of a sub-flow that is not there",
    "dead-end": "an exit without a target",
    "unhandled-result": "a sub-flow returns what the node that calls it has no target for",
    "result-never-returned": "a target for a result that the sub-flow never returns",
    "recursive-flow": "a sub-flow that calls itself, directly or by others",
    "fallback-goes-on": "a fallback that does not end the call",
    "unreachable-node": "a node to which no way leads",
    "unused-flow": "a sub-flow that no reachable node calls",
    "no-way-out": "a node from which no way leads to an end",
    "loop-without-input": "nodes that follow each other in a circle, and the caller is never asked",
    "loop-without-answer": "a circle that a caller who says nothing, or nothing that fits, never leaves",
    "missing-language": "a text that is not there in each of the flow's languages",
    "unknown-language": "a language that is not one of the flow's",
    "unknown-attribute": "an attribute that nothing sets",
    "nothing-to-say": "a node that asks the caller and says nothing",
    "menu-without-choices": "a menu that nobody can answer",
    "choice-without-key": "a choice with neither key nor phrase",
    "ambiguous-key": "one key for two choices",
    "key-is-prefix": "a key with which another begins: the caller must wait",
    "ambiguous-phrase": "one phrase for two choices",
    "impossible-digits": "no digits satisfy length, pattern and range together",
    "secret-spoken": "a text that names secret digits is said",
    "secret-passed-on": "secret digits leave the flow otherwise than as the whole input of a look-up",
    "secret-compared": "a branch compares secret digits, of which it sees a reference only",
    "secret-and-plain": "an attribute that holds secret digits and is also set to plain text",
    "unknown-queue": "a queue that the centre lacks",
    "invalid-requirement": "a requirement that the centre cannot read",
    "priority-above-limit": "a priority above the centre's limit, which the engine would refuse",
}
