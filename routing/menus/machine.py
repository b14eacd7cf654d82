"""The machine of menus: ``(flow, state, input) -> (what to play, what to wait for or how it ended, next state)``.

Pure, as the engine is: no clock, no chance, no I/O. Time comes in as an input (`TimedOut`), and so do answers to
look-ups. The same inputs give the same turns, and a state that was written and read again goes on as if it had not
been.

Total: any input to any state gives a turn. One that does not fit is ignored, but counts as a step, so that every call
comes to an outcome within ``flow.max_steps`` inputs, whatever a driver sends.

Owns how a call moves through a flow; must not know sessions, drivers or whether a flow makes sense (``linting``).
"""

from collections.abc import Mapping
from typing import Final

from routing.errors import UsageError
from routing.menus.digits import ended, problem_of
from routing.menus.entering import Walk, wait_of
from routing.menus.exits import DECLINED, FAILED, NEXT, NO_INPUT, NO_MATCH, choice_name, result_name
from routing.menus.flow import Flow, flow_version
from routing.menus.inputs import (
    Answered,
    Digits,
    Failed,
    HungUp,
    Input,
    Recorded,
    Sealed,
    Speech,
    TimedOut,
    check_input,
    check_values,
)
from routing.menus.nodes import AnyNode, Asking, CallBackOffer, Choice, Collect, LookUp, Menu, Voicemail
from routing.menus.phrases import meant
from routing.menus.texts import fill
from routing.menus.turns import Ended, Spoken, State, ToCallBack, ToMailbox, Turn, Wait

#: What the attribute of a secret holds: this, and the attribute's name.
SECRET: Final = "secret:"


def start(flow: Flow, attributes: Mapping[str, str] | None = None, language: str = "") -> Turn:
    """Let a call enter a flow.

    Parameters
    ----------
    flow : Flow
        Checked or not; one that `check` finds fault with may end calls in a dead end.
    attributes : mapping, optional
        What is known of the call, such as ``caller``; over the flow's own.
    language : str, default ""
        One of the flow's languages; any other, the flow's first.

    Raises
    ------
    UsageError
        If there are too many attributes, or one is too long.

    Notes
    -----
    O(size of the flow) for its version, which `Sessions` remembers; then O(steps).

    Examples
    --------
    >>> from routing.menus import loads_flow
    >>> flow = loads_flow('''
    ... id = "door"
    ... start = "ask"
    ... [nodes.ask]
    ... kind = "menu"
    ... say = "Press 1."
    ... choices = [{key = "1", next = "in"}]
    ... no_input = "bye"
    ... no_match = "bye"
    ... [nodes.in]
    ... kind = "enqueue"
    ... queues = ["help"]
    ... [nodes.bye]
    ... kind = "hang_up"
    ... ''', "toml")
    >>> turn = start(flow)
    >>> [spoken.text for spoken in turn.spoken], turn.wait.keys
    (['Press 1.'], ('1',))
    >>> step(flow, turn.state, Digits("1")).outcome
    ToQueue(queues=('help',), priority=0, requirement='', customer='', attributes={})
    """
    return start_as(flow, flow_version(flow), attributes, language)


def start_as(
    flow: Flow, version: str, attributes: Mapping[str, str] | None = None, language: str = ""
) -> Turn:
    """Do what `start` does where the flow's version is known. O(steps)."""
    known = {**flow.attributes, **(attributes or {})}
    check_values(known)
    spoken = language if language in flow.languages else next(iter(flow.languages), "")
    walk = Walk(flow, State(flow.id, version, language=spoken, attributes=known))
    walk.enter("", "start", flow.start)
    return walk.turn()


def step(flow: Flow, state: State, given: Input) -> Turn:
    """Give an input to a call.

    Parameters
    ----------
    flow : Flow
        The flow and version that the state names.
    state : State
        As the last turn left it.
    given : Input
        What happened. Secret digits must have been sealed (`routing.menus.seal`).

    Raises
    ------
    UsageError
        If the flow is another or another version, the input is malformed, or secret digits are not sealed.

    Notes
    -----
    O(nodes passed), plus the size of the state; at most ``flow.max_steps`` of them in the whole call.
    """
    if state.flow != flow.id:
        raise UsageError(
            f"the call is in flow {state.flow!r}, not in {flow.id!r}; give the flow it began with"
        )
    check_input(given)
    if not state.node:
        return Turn(state, ignored="ended")
    node = flow.node(state.node)
    if node is None:
        raise UsageError(
            f"flow {flow.id!r} has no node {state.node!r}; give the version {state.version} that the call began with"
        )
    walk = Walk(flow, state)
    if isinstance(given, HungUp):
        walk.end(Ended("caller"))
        return walk.turn()
    if not walk.count():
        return walk.turn()
    if 0 != getattr(given, "wait", 0) != state.wait:
        return walk.ignored("late")
    if not _take(walk, node, given):
        return walk.ignored("not_asked_for")
    return walk.turn()


def waiting(flow: Flow, state: State) -> Wait | None:
    """Say again what a call waits for, for a driver that comes back after a crash; ``None``: it has ended.

    What was spoken is not repeated; the time of the wait begins anew.
    """
    node = flow.node(state.node) if state.node else None
    return None if node is None else wait_of(flow, state, node)


def speaking(flow: Flow, state: State) -> tuple[Spoken, ...]:
    """Say again what the node says at which a call waits, for a driver that lost the answer; not what led there."""
    node = flow.node(state.node) if state.node else None
    if node is None:
        return ()
    walk = Walk(flow, state)
    walk.say(node.say, node.barge_in)
    return walk.said


def _take(walk: Walk, node: AnyNode, given: Input) -> bool:
    """Act on an input; ``False`` if the node does not wait for such."""
    match node, given:
        case (LookUp(), Answered()):
            _answer(walk, node, given)
        case (LookUp(), TimedOut() | Failed()):
            walk.leave(FAILED, node.failed)
        case (Voicemail(), Recorded()) if given.length_ns >= node.min_length_ns:
            walk.end(ToMailbox(fill(node.mailbox, walk.known()), given.reference, given.length_ns))
        case (Voicemail(), Recorded() | TimedOut()):
            walk.leave("nothing recorded", node.next)
        case (Asking(), TimedOut()):
            walk.fail(NO_INPUT)
        case (Collect(secret=True), Digits() | Speech()):
            raise UsageError(
                f"the digits of {walk.state.node!r} are secret; pass the input through seal() and keep what it returns"
            )
        case (Collect(secret=True), Sealed()):
            if given.problem:
                walk.fail(NO_MATCH)
            else:
                walk.attributes[node.into] = SECRET + node.into
                walk.leave(NEXT, node.next)
        case (Collect(), Digits()):
            digits = ended(node, given.digits)
            if problem_of(node, digits):
                walk.fail(NO_MATCH)
            else:
                walk.attributes[node.into] = digits
                walk.leave(NEXT, node.next)
        case (Collect(), Speech()):
            walk.fail(NO_MATCH)
        case (Asking(), Sealed()) if given.problem:
            walk.fail(NO_MATCH)
        case (Menu(), Digits() | Speech()):
            place = _chosen(node.choices, given, walk.state.language)
            if place < 0:
                walk.fail(NO_MATCH)
            else:
                _choose(walk, choice_name(node.choices[place]), node.choices[place])
        case (CallBackOffer(), Digits() | Speech()):
            _offered(walk, node, _chosen((node.accept, node.decline), given, walk.state.language))
        case _:
            return False
    return True


def _answer(walk: Walk, node: LookUp, given: Answered) -> None:
    for attribute, name in node.store.items():
        walk.attributes[attribute] = given.values.get(name, "")
    if given.result in node.results:
        walk.leave(result_name(given.result), node.results[given.result])
    else:
        walk.leave(NEXT, node.next)


def _chosen(choices: tuple[Choice, ...], given: Digits | Speech, language: str) -> int:
    if isinstance(given, Speech):
        return meant(choices, given.text, language)
    return next((place for place, choice in enumerate(choices) if choice.key == given.digits), -1)


def _choose(walk: Walk, name: str, choice: Choice) -> None:
    walk.assign(choice.set, choice.language)
    walk.leave(name, choice.next)


def _offered(walk: Walk, node: CallBackOffer, place: int) -> None:
    if place < 0:
        walk.fail(NO_MATCH)
    elif place == 1:
        _choose(walk, DECLINED, node.decline)
    else:
        walk.assign(node.accept.set, node.accept.language)
        walk.say(node.say_accepted, barge_in=False)
        known = walk.known()
        attributes = {name: fill(text, known) for name, text in node.attributes.items()}
        walk.end(ToCallBack(node.queue, fill(node.number, known), attributes))
