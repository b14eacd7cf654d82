"""Findings about where nodes lead: targets, dead ends, what cannot be reached or left, circles.

Owns these judgements; must not know texts, keys or centres.
"""

from collections.abc import Iterator

from routing.config.faults import field_path
from routing.findings import Finding
from routing.menus.exits import By, exits
from routing.menus.nodes import CallFlow, Enqueue, HangUp, Return, Transfer
from routing.menus.ways import Spot, Way, Ways, circles
from routing.words import quoted, suggest

#: A finding with the rank of its node; -1: about the flow as a whole.
Found = tuple[int, Finding]

_NOBODY: frozenset[By] = frozenset(("flow", "answer"))
_SILENT: frozenset[By] = _NOBODY | {"failure"}


def check_targets(ways: Ways) -> Iterator[Found]:
    """Look for targets that are not there, and exits without one."""
    for part, content in ways.parts.items():
        path = f"{field_path('flows', part)}.start" if part else "start"
        if content.start not in content.nodes:
            yield -1, _unknown(path, content.start, content.nodes)
    fallback = ways.flow.fallback
    if fallback and fallback not in ways.flow.nodes:
        yield -1, _unknown("fallback", fallback, ways.flow.nodes)
    elif fallback and not isinstance(ways.flow.nodes[fallback], Enqueue | Transfer | HangUp):
        yield (
            -1,
            Finding(
                "fallback-goes-on",
                "error",
                "fallback",
                f"{quoted(fallback)} does not end the call",
                "whoever lands there has gone astray in the flow and must not go on in it",
                "name a node of kind enqueue, transfer or hang_up",
            ),
        )
    for spot in ways.spots.values():
        nodes = ways.parts[spot.part].nodes
        for way in exits(spot.node):
            if way.target and way.target not in nodes:
                yield spot.rank, _unknown(spot.path(way.field), way.target, nodes)
            elif not way.target:
                yield (
                    spot.rank,
                    Finding(
                        "dead-end",
                        "error",
                        spot.path(way.field),
                        f"the exit {quoted(way.name)} leads nowhere",
                        "a call that takes it goes to the flow's fallback, or is cut off",
                        "name the node that follows, one of kind hang_up to end the call",
                    ),
                )


def _unknown(path: str, target: str, nodes: dict[str, object] | object) -> Finding:
    known = list(nodes) if isinstance(nodes, dict) else []
    return Finding(
        "unknown-target",
        "error",
        path,
        f"there is no node {quoted(target)} here{suggest(target, known)}",
        "a call that is sent there goes to the flow's fallback, or is cut off",
        "name a node of the same flow or sub-flow, or add it",
    )


def check_calls(ways: Ways) -> Iterator[Found]:
    """Look for sub-flows that are not there, call themselves, or return what nobody expects."""
    called: dict[str, set[str]] = {part: set() for part in ways.parts}
    for spot in ways.spots.values():
        if not isinstance(spot.node, CallFlow):
            continue
        if spot.node.flow not in ways.flow.flows:
            yield (
                spot.rank,
                Finding(
                    "unknown-flow",
                    "error",
                    spot.path("flow"),
                    f"there is no sub-flow {quoted(spot.node.flow)}{suggest(spot.node.flow, ways.flow.flows)}",
                    "a call that is sent there goes to the flow's fallback, or is cut off",
                    "name one of [flows], or add it",
                ),
            )
            continue
        called[spot.part].add(spot.node.flow)
        yield from _results(ways, spot, spot.node)
    for part in ways.flow.flows:
        if part in _below(called, part):
            yield (
                -1,
                Finding(
                    "recursive-flow",
                    "error",
                    field_path("flows", part),
                    f"{quoted(part)} calls itself, directly or by others",
                    "a call could go down until the limit of sub-flows within sub-flows is reached",
                    "return, and go round in the flow that called",
                ),
            )


def _below(called: dict[str, set[str]], part: str) -> set[str]:
    found: set[str] = set()
    todo = [*called[part]]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += called[one]
    return found


def _results(ways: Ways, spot: Spot, node: CallFlow) -> Iterator[Found]:
    ends = [one.node for one in ways.of_part(node.flow)]
    possible = {one.result for one in ends if isinstance(one, Return)}
    for result in sorted(possible - node.returns.keys()):
        yield (
            spot.rank,
            Finding(
                "unhandled-result",
                "error",
                spot.path("returns"),
                f"{quoted(node.flow)} can return {quoted(result)}, which has no target here",
                "a call that comes back with it goes to the flow's fallback, or is cut off",
                f"name the node that follows under {quoted(result)}",
            ),
        )
    for result in sorted(node.returns.keys() - possible):
        yield (
            spot.rank,
            Finding(
                "result-never-returned",
                "warning",
                spot.path(f"returns.{result}"),
                f"{quoted(node.flow)} has no node that returns {quoted(result)}{suggest(result, possible)}",
                "no call takes this way",
                "correct the result, or remove the target",
            ),
        )


def check_reach(ways: Ways) -> Iterator[Found]:
    """Look for nodes that no call comes to, and nodes that no call comes away from."""
    for part in ways.flow.flows:
        if not ways.reached[part] and ways.parts[part].start in ways.parts[part].nodes:
            yield (
                -1,
                Finding(
                    "unused-flow",
                    "warning",
                    field_path("flows", part),
                    "no node that can be reached calls it",
                    "no call comes here",
                    "call it, or remove it",
                ),
            )
    for spot in ways.spots.values():
        begun = ways.reached[spot.part]
        if begun and spot.name not in begun and not (spot.part == "" and spot.name == ways.flow.fallback):
            yield (
                spot.rank,
                Finding(
                    "unreachable-node",
                    "warning",
                    spot.path(),
                    "no way leads here from the start",
                    "no call comes here",
                    "let an exit lead here, or remove it",
                ),
            )
    yield from _trapped(ways)


def _trapped(ways: Ways) -> Iterator[Found]:
    live = ways.live()
    follows = {(spot.part, spot.name): ways.ways(spot) for spot in live}
    before: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for (part, name), found in follows.items():
        for way in found:
            before.setdefault((part, way.to), []).append((part, name))
    free = {(spot.part, spot.name) for spot in live if _lets_go(ways, spot, follows[spot.part, spot.name])}
    todo = list(free)
    while todo:
        for one in before.get(todo.pop(), ()):
            if one not in free:
                free.add(one)
                todo.append(one)
    for spot in live:
        if (spot.part, spot.name) not in free:
            yield (
                spot.rank,
                Finding(
                    "no-way-out",
                    "error",
                    spot.path(),
                    "no way leads from here to an end",
                    "all that a caller can do is hang up",
                    "let an exit lead to a node that ends the call, or out of the sub-flow",
                ),
            )


def _lets_go(ways: Ways, spot: Spot, follows: list[Way]) -> bool:
    """Tell whether a call can end here; an exit that leads nowhere has a finding of its own."""
    node = spot.node
    if isinstance(node, CallFlow):
        return node.flow not in ways.parts or ways.ends_calls(node.flow) or not ways.reached[node.flow]
    leads = exits(node)
    return not leads or len(follows) < len(leads) or ways.ends_at(node)


def check_circles(ways: Ways) -> Iterator[Found]:
    """Look for circles that only the limit of steps ends."""
    blind: set[tuple[str, str]] = set()
    for group in circles(ways.lasting(_NOBODY)):
        blind.update(group)
        yield (
            _rank(ways, group),
            Finding(
                "loop-without-input",
                "error",
                ways.spots[_first(ways, group)].path(),
                f"{_named(group)} go round, and the caller is never asked",
                "a call that comes here stays until max_steps ends it",
                "let a node on the way wait for the caller, or give one a limit and a way out over it",
            ),
        )
    for group in circles(ways.lasting(_SILENT)):
        if blind.isdisjoint(group):
            yield (
                _rank(ways, group),
                Finding(
                    "loop-without-answer",
                    "error",
                    ways.spots[_first(ways, group)].path(),
                    f"{_named(group)} go round for a caller who says nothing, or nothing that fits",
                    "a forgotten line stays until max_steps ends it",
                    "let no_input or no_match lead out, or give a node a limit and a way out over it",
                ),
            )


def _first(ways: Ways, group: list[tuple[str, str]]) -> tuple[str, str]:
    return min(group, key=lambda one: ways.spots[one].rank)


def _rank(ways: Ways, group: list[tuple[str, str]]) -> int:
    return ways.spots[_first(ways, group)].rank


def _named(group: list[tuple[str, str]]) -> str:
    names = [quoted(name) for _, name in group]
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
