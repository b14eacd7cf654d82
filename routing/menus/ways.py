"""What a flow's graph looks like: which node follows which, by whose doing, and what can be reached.

Sub-flows are looked at one by one; a node that calls one is followed by what is named for the results that the sub-flow
can return. So a circle through a sub-flow that is called from two places is one only if a call can really go round it.

Owns the graph; must not judge it.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from routing.config.faults import field_path
from routing.menus.exits import OVER_LIMIT, By, Exit, exits
from routing.menus.flow import Flow, SubFlow
from routing.menus.nodes import (
    AnyNode,
    CallBackOffer,
    CallFlow,
    Enqueue,
    HangUp,
    Return,
    Transfer,
    Voicemail,
)

_FINAL = (Enqueue, Transfer, HangUp, Voicemail, CallBackOffer)


class Spot(NamedTuple):
    """A node with its place in the file. ``rank`` counts nodes in the order of the file."""

    rank: int
    part: str
    name: str
    node: AnyNode

    def path(self, field: str = "") -> str:
        """Give the path in the file."""
        base = field_path("flows", self.part) + ".nodes" if self.part else "nodes"
        here = field_path(base, self.name)
        return f"{here}.{field}" if field else here


class Way(NamedTuple):
    """An exit that can be taken and leads to a node."""

    exit: Exit
    to: str


#: By part: the nodes that can be reached.
Reach = dict[str, set[str]]


class Ways:
    """The graph of a flow."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.parts: dict[str, SubFlow] = flow.parts()
        self.spots: dict[tuple[str, str], Spot] = {}
        for part, content in self.parts.items():
            for name, node in content.nodes.items():
                self.spots[part, name] = Spot(len(self.spots), part, name, node)
        self.reached = self._reach({""}, _always)

    def of_part(self, part: str) -> list[Spot]:
        """List the nodes of a part, in the order of the file."""
        return [self.spots[part, name] for name in self.parts[part].nodes]

    def live(self) -> list[Spot]:
        """List the nodes that can be reached, in the order of the file."""
        return [spot for spot in self.spots.values() if spot.name in self.reached[spot.part]]

    def ways(self, spot: Spot, reach: Reach | None = None) -> list[Way]:
        """List the ways that lead from a node to others; those of a call to a sub-flow by what it can return."""
        nodes = self.parts[spot.part].nodes
        returned = self.returned(spot.node.flow, reach) if isinstance(spot.node, CallFlow) else None
        found = []
        for way in exits(spot.node):
            counts = (
                returned is None or way.name == OVER_LIMIT or way.field.removeprefix("returns.") in returned
            )
            if counts and way.target in nodes:
                found.append(Way(way, way.target))
        return found

    def returned(self, part: str, reach: Reach | None = None) -> set[str]:
        """What a sub-flow can return."""
        names = (self.reached if reach is None else reach).get(part, set())
        nodes = (self.spots[part, name].node for name in names)
        return {node.result for node in nodes if isinstance(node, Return)}

    def ends_calls(self, part: str) -> bool:
        """Tell whether a sub-flow can end a call by itself."""
        if part not in self.parts:
            return False
        return any(isinstance(self.spots[part, name].node, _FINAL) for name in self.reached[part])

    def ends_at(self, node: AnyNode) -> bool:
        """Tell whether a call, or its way through a sub-flow, can end at a node."""
        return isinstance(node, (*_FINAL, Return))

    def lasting(self, allowed: frozenset[By]) -> dict[tuple[str, str], list[Way]]:
        """List the ways of live nodes that can be taken for ever, where only such exits are taken.

        A node with a limit is left by "over limit" for ever, and by others only so many times.
        """

        def taken(spot: Spot, way: Exit) -> bool:
            return way.by in allowed and (not spot.node.limit or way.name == OVER_LIMIT)

        reach = self._reach(set(self.parts), taken)
        return {
            (spot.part, spot.name): [way for way in self.ways(spot, reach) if taken(spot, way.exit)]
            for spot in self.live()
        }

    def _reach(self, begun: set[str], taken: Callable[[Spot, Exit], bool]) -> Reach:
        """Find what can be reached, the least fixed point: what is returned may open further ways."""
        reach: Reach = {part: set() for part in self.parts}
        grown = True
        begun = set(begun)
        while grown:
            before = sum(map(len, reach.values())), len(begun)
            for part in [part for part in self.parts if part in begun]:
                for spot in self._flood(part, reach, taken):
                    if isinstance(spot.node, CallFlow) and spot.node.flow in self.parts:
                        begun.add(spot.node.flow)
            grown = before != (sum(map(len, reach.values())), len(begun))
        return reach

    def _flood(self, part: str, reach: Reach, taken: Callable[[Spot, Exit], bool]) -> Iterable[Spot]:
        found = reach[part]
        start = self.parts[part].start
        todo = [*found, *([start] if start in self.parts[part].nodes and start not in found else [])]
        found.update(todo)
        spots = []
        while todo:
            spot = self.spots[part, todo.pop()]
            spots.append(spot)
            for way in self.ways(spot, reach):
                if way.to not in found and taken(spot, way.exit):
                    found.add(way.to)
                    todo.append(way.to)
        return spots


def _always(_spot: Spot, _way: Exit) -> bool:
    return True


def circles(ways: dict[tuple[str, str], list[Way]]) -> list[list[tuple[str, str]]]:
    """Find the strongly connected nodes that lie on a circle, by Tarjan's algorithm (1972), without recursion.

    Each circle's nodes are sorted. O(nodes + ways).

    Examples
    --------
    >>> def to(*names):
    ...     return [Way(Exit("next", name, "flow", "next"), name) for name in names]
    >>> circles({("", "a"): to("b"), ("", "b"): to("a", "c"), ("", "c"): to("c"), ("", "d"): to("a")})
    [[('', 'a'), ('', 'b')], [('', 'c')]]
    """
    numbers: dict[tuple[str, str], int] = {}
    lowest: dict[tuple[str, str], int] = {}
    open_nodes: dict[tuple[str, str], None] = {}
    found: list[list[tuple[str, str]]] = []
    for root in ways:
        if root in numbers:
            continue
        numbers[root] = lowest[root] = len(numbers)
        open_nodes[root] = None
        stack = [(root, iter(ways[root]))]
        while stack:
            node, rest = stack[-1]
            way = next(rest, None)
            if way is not None:
                to = node[0], way.to
                if to not in numbers and to in ways:
                    numbers[to] = lowest[to] = len(numbers)
                    open_nodes[to] = None
                    stack.append((to, iter(ways[to])))
                elif to in open_nodes:
                    lowest[node] = min(lowest[node], numbers[to])
                continue
            stack.pop()
            if stack:
                lowest[stack[-1][0]] = min(lowest[stack[-1][0]], lowest[node])
            if lowest[node] == numbers[node]:
                group = [node]
                while next(reversed(open_nodes)) != node:
                    group.append(open_nodes.popitem()[0])
                open_nodes.popitem()
                if len(group) > 1 or any(way.to == node[1] for way in ways[node]):
                    found.append(sorted(group))
    return sorted(found)
