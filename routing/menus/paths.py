"""Which ways calls took: a fold over turns.

Counted are moves, so nothing that a caller keyed in or said can be found here.

Owns the counts and their formulas; must not know how turns come about or when.
"""

from msgspec import Struct

from routing.menus.exits import AGAIN, NO_INPUT, NO_MATCH
from routing.menus.turns import Ended, Move, Turn, outcome_name


class NodeFigures(Struct, frozen=True):
    """What was counted at one node.

    Attributes
    ----------
    calls : int
        How many calls passed it, each once.
    entered : int
        How often it was entered; asking again does not count.
    exits : dict of str to int
        How often it was left, by exit, outcomes included.
    no_inputs, no_matches : int
        How often nothing, or nothing that fits, was keyed in or said; time-outs are the former.
    hung_up : int
        How many callers hung up here.
    """

    calls: int
    entered: int
    exits: dict[str, int]
    no_inputs: int
    no_matches: int
    hung_up: int


class PathFigures(Struct, frozen=True):
    """What was counted in one flow.

    Attributes
    ----------
    begun, ended : int
        Calls.
    served : int
        Ended calls that were served by the menu alone: they came through a node of kind "answer", and then hung up or
        were hung up on, neither gone to a queue, a number, a mailbox nor to be called back.
    outcomes : dict of str to int
        Ended calls by outcome, in words.
    nodes : dict of str to NodeFigures
        By path, sorted.
    """

    begun: int
    ended: int
    served: int
    outcomes: dict[str, int]
    nodes: dict[str, NodeFigures]

    @property
    def containment(self) -> float | None:
        """Served calls as a share of those ended; ``None`` before the first has ended."""
        return self.served / self.ended if self.ended else None


class Paths:
    """Counts turns, by flow.

    The fold needs each turn once and those of a call in order. O(moves) a turn; memory O(nodes and exits), and by call
    that is not over, the nodes that it has passed.

    Examples
    --------
    >>> from routing.menus.flow import Flow
    >>> from routing.menus.machine import start
    >>> from routing.menus.nodes import Answer, HangUp
    >>> nodes = {"tell": Answer(say={"": "We open at nine."}, next="bye"), "bye": HangUp()}
    >>> paths = Paths()
    >>> paths.add("c1", start(Flow(id="f", start="tell", nodes=nodes)))
    >>> figures = paths.figures("f")
    >>> figures.containment, figures.outcomes, figures.nodes["tell"].exits
    (1.0, {'hung up': 1}, {'next': 1})
    """

    def __init__(self) -> None:
        self._begun: dict[str, int] = {}
        self._served: dict[str, int] = {}
        self._outcomes: dict[str, dict[str, int]] = {}
        self._exits: dict[str, dict[tuple[str, str], int]] = {}
        self._entered: dict[str, dict[str, int]] = {}
        self._calls: dict[str, dict[str, int]] = {}
        self._passed: dict[str, set[str]] = {}

    def add(self, call: str, turn: Turn) -> None:
        """Count a turn; one that was ignored counts nothing."""
        flow = turn.state.flow
        for move in turn.moves:
            self._move(flow, call, move)
        if turn.outcome is None:
            return
        outcomes = self._outcomes.setdefault(flow, {})
        name = outcome_name(turn.outcome)
        outcomes[name] = outcomes.get(name, 0) + 1
        if (
            turn.state.served
            and isinstance(turn.outcome, Ended)
            and turn.outcome.cause in ("hang_up", "caller")
        ):
            self._served[flow] = self._served.get(flow, 0) + 1
        self._passed.pop(call, None)

    def forget(self, call: str) -> None:
        """Drop what is kept about a call that will have no more turns."""
        self._passed.pop(call, None)

    def flows(self) -> tuple[str, ...]:
        """List the flows of which anything was counted, sorted."""
        return tuple(sorted(self._begun))

    def figures(self, flow: str) -> PathFigures:
        """Give what was counted in a flow, all versions together. O(nodes and exits)."""
        exits: dict[str, dict[str, int]] = {}
        for (node, name), count in sorted(self._exits.get(flow, {}).items()):
            exits.setdefault(node, {})[name] = count
        entered = self._entered.get(flow, {})
        calls = self._calls.get(flow, {})
        nodes = {node: _figures(calls[node], entered[node], exits.get(node, {})) for node in sorted(entered)}
        outcomes = dict(sorted(self._outcomes.get(flow, {}).items()))
        return PathFigures(
            self._begun.get(flow, 0), sum(outcomes.values()), self._served.get(flow, 0), outcomes, nodes
        )

    def _move(self, flow: str, call: str, move: Move) -> None:
        if move.node:
            exits = self._exits.setdefault(flow, {})
            exits[move.node, move.exit] = exits.get((move.node, move.exit), 0) + 1
        else:
            self._begun[flow] = self._begun.get(flow, 0) + 1
            self._passed[call] = set()
        if not move.to or move.exit in AGAIN.values():
            return
        entered = self._entered.setdefault(flow, {})
        entered[move.to] = entered.get(move.to, 0) + 1
        passed = self._passed.setdefault(call, set())
        calls = self._calls.setdefault(flow, {})
        calls[move.to] = calls.get(move.to, 0) + (move.to not in passed)
        passed.add(move.to)


def _figures(calls: int, entered: int, exits: dict[str, int]) -> NodeFigures:
    again = {why: exits.pop(name, 0) for why, name in AGAIN.items()}
    return NodeFigures(
        calls,
        entered,
        exits,
        again[NO_INPUT] + exits.get(NO_INPUT, 0),
        again[NO_MATCH] + exits.get(NO_MATCH, 0),
        exits.get(outcome_name(Ended("caller")), 0),
    )
