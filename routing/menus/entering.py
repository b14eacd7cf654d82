"""Entering nodes, one after the other, until one waits or ends the call.

Owns what happens on the way from one wait to the next; must not know inputs (``machine``).
"""

from collections.abc import Mapping
from typing import Literal

from msgspec.structs import replace

from routing.errors import UsageError
from routing.menus.comparing import compile_comparison
from routing.menus.exits import (
    AGAIN,
    CALL,
    DEAD_END,
    NEXT,
    NO_INPUT,
    OTHERWISE,
    OVER_LIMIT,
    TOO_MANY_STEPS,
    case_name,
    lost_target,
    return_name,
    silent_target,
)
from routing.menus.flow import Flow, joined
from routing.menus.nodes import (
    Answer,
    AnyNode,
    Asking,
    Branch,
    CallBackOffer,
    CallFlow,
    Choice,
    Collect,
    Enqueue,
    HangUp,
    LookUp,
    Menu,
    Node,
    Prompt,
    Return,
    SetAttributes,
    Text,
    Transfer,
    Voicemail,
)
from routing.menus.phrases import phrases_of
from routing.menus.texts import fill, in_language
from routing.menus.turns import (
    AwaitAnswer,
    AwaitInput,
    AwaitRecording,
    Ended,
    Move,
    Outcome,
    Spoken,
    State,
    ToNumber,
    ToQueue,
    Turn,
    Wait,
    outcome_name,
)

#: Sub-flows within sub-flows, at most; `check` refuses those that call themselves.
MAX_DEPTH = 32
LANGUAGE = "language"


class Walk:
    """One turn in the making: a state's copy that changes, and what has been said and passed."""

    def __init__(self, flow: Flow, state: State) -> None:
        self.flow = flow
        self.state = state
        self.attributes = dict(state.attributes)
        self._node = state.node
        self._language = state.language
        self._calls = state.calls
        self._visits = dict(state.visits)
        self._tries = state.tries
        self._steps = state.steps
        self._served = state.served
        self._spoken: list[Spoken] = []
        self._moves: list[Move] = []
        self._outcome: Outcome | None = None

    # --- What the machine does

    def turn(self) -> Turn:
        """Finish: the state as it is now, with the wait or the outcome."""
        if self._outcome is not None:
            return Turn(self._state(""), tuple(self._spoken), None, self._outcome, tuple(self._moves))
        state = replace(self._state(self._node), wait=self.state.wait + 1)
        node = self._must(self._node)
        return Turn(state, tuple(self._spoken), wait_of(self.flow, state, node), None, tuple(self._moves))

    def ignored(self, why: Literal["late", "not_asked_for"]) -> Turn:
        """Finish without a change but for the step that was counted."""
        return Turn(replace(self.state, steps=self._steps), ignored=why)

    def count(self) -> bool:
        """Count a step; ``False`` if it was one too many, and the call has come to its end."""
        self._steps += 1
        if self._steps <= self.flow.max_steps:
            return True
        self._fall(TOO_MANY_STEPS, Ended("too_many_steps"))
        return False

    def known(self) -> dict[str, str]:
        """What placeholders and comparisons may name: the attributes and the language."""
        return {**self.attributes, LANGUAGE: self._language}

    def say(self, texts: Text, barge_in: bool) -> None:
        """Queue what is to be played, if there is anything."""
        default = next(iter(self.flow.languages), "")
        text, language = in_language(texts, self._language, default)
        if text:
            self._spoken.append(Spoken(fill(text, self.known()), language, barge_in))

    @property
    def said(self) -> tuple[Spoken, ...]:
        """What is to be played so far."""
        return tuple(self._spoken)

    def assign(self, attributes: Mapping[str, str], language: str) -> None:
        """Set attributes, all at once, and the language if the flow has it."""
        known = self.known()
        self.attributes.update({name: fill(text, known) for name, text in attributes.items()})
        wanted = fill(language, known)
        if wanted in self.flow.languages:
            self._language = wanted

    def fail(self, why: str) -> None:
        """Ask again, or leave by "no input" or "no match"."""
        node = self._must(self._node)
        assert isinstance(node, Asking)
        silent = why == NO_INPUT
        self.say(node.say_no_input if silent else node.say_no_match, node.barge_in)
        if self._tries < node.retries:
            self._tries += 1
            self._moves.append(Move(self._node, AGAIN[why], self._node))
            self.say(node.say, node.barge_in)
        else:
            self.leave(why, silent_target(node) if silent else lost_target(node))

    def leave(self, name: str, target: str) -> None:
        """Leave the present node for another of the same (sub-)flow, and go on to the next wait or the end."""
        self.enter(self._node, name, self.flow.beside(self._node, target) if target else "")

    def end(self, outcome: Outcome) -> None:
        """End the call."""
        self._moves.append(Move(self._node, outcome_name(outcome)))
        self._outcome = outcome

    def enter(self, node: str, name: str, path: str) -> None:
        """Enter a node, and those that follow it without an input."""
        way: tuple[str, str, str] | None = (node, name, path)
        while way is not None:
            way = self._pass(*way)

    # --- One node

    def _pass(self, source: str, name: str, path: str) -> tuple[str, str, str] | None:
        """Enter one node; return the way that leads out of it, if it does not wait or end."""
        node = self.flow.node(path) if path else None
        if node is None:
            self._node = source
            self._fall(DEAD_END, Ended("dead_end"))
            return None
        self._moves.append(Move(source, name, path))
        self._node, self._tries = path, 0
        if not self.count():
            return None
        if node.limit and self._visits.get(path, 0) >= node.limit:
            return self._way(OVER_LIMIT, node.over_limit)
        if node.limit:
            self._visits[path] = self._visits.get(path, 0) + 1
        self.say(node.say, node.barge_in)
        return self._act(node)

    def _act(self, node: AnyNode) -> tuple[str, str, str] | None:
        match node:
            case Prompt():
                return self._way(NEXT, node.next)
            case Answer():
                self._served = True
                return self._way(NEXT, node.next)
            case SetAttributes():
                self.assign(node.attributes, node.language)
                return self._way(NEXT, node.next)
            case Branch():
                return self._way(*self._branch(node))
            case CallFlow():
                return self._call(node)
            case Return():
                return self._return(node)
            case Enqueue() | Transfer() | HangUp():
                self._finish(node)
        return None

    def _way(self, name: str, target: str) -> tuple[str, str, str]:
        return self._node, name, self.flow.beside(self._node, target) if target else ""

    def _branch(self, node: Branch) -> tuple[str, str]:
        known = self.known()
        for place, case in enumerate(node.cases):
            if compile_comparison(case.when).holds(known):
                return case_name(place), case.next
        return OTHERWISE, node.otherwise

    def _call(self, node: CallFlow) -> tuple[str, str, str]:
        part = self.flow.flows.get(node.flow)
        if part is None or len(self._calls) >= MAX_DEPTH:
            return self._node, CALL, ""
        self._calls = (*self._calls, self._node)
        return self._node, CALL, joined(node.flow, part.start)

    def _return(self, node: Return) -> tuple[str, str, str]:
        name = return_name(node.result)
        caller = self.flow.node(self._calls[-1]) if self._calls else None
        if not isinstance(caller, CallFlow) or node.result not in caller.returns:
            return self._node, name, ""
        *outer, call = self._calls
        self._calls = tuple(outer)
        target = caller.returns[node.result]
        return self._node, name, self.flow.beside(call, target) if target else ""

    def _finish(self, node: Enqueue | Transfer | HangUp) -> None:
        known = self.known()
        match node:
            case Enqueue():
                attributes = {name: fill(text, known) for name, text in node.attributes.items()}
                customer = fill(node.customer, known)
                self.end(ToQueue(node.queues, node.priority, node.requirement, customer, attributes))
            case Transfer():
                self.end(ToNumber(fill(node.number, known)))
            case HangUp():
                self.end(Ended("hang_up"))

    def _fall(self, why: str, outcome: Ended) -> None:
        """Go to the fallback, which ends the call, or end it."""
        node = self.flow.nodes.get(self.flow.fallback)
        if not isinstance(node, Enqueue | Transfer | HangUp):
            self.end(outcome)
            return
        self._moves.append(Move(self._node, why, self.flow.fallback))
        self._node = self.flow.fallback
        self.say(node.say, node.barge_in)
        self._finish(node)

    def _must(self, path: str) -> AnyNode:
        node = self.flow.node(path)
        if node is None:
            raise UsageError(
                f"flow {self.flow.id!r} has no node {path!r}; give the version the call began with"
            )
        return node

    def _state(self, node: str) -> State:
        return replace(
            self.state,
            node=node,
            language=self._language,
            attributes=self.attributes,
            calls=self._calls,
            tries=self._tries,
            visits=self._visits,
            steps=self._steps,
            served=self._served,
        )


def wait_of(flow: Flow, state: State, node: Node) -> Wait:
    """Say what a call waits for at its node. O(choices)."""
    known = {**state.attributes, LANGUAGE: state.language}
    match node:
        case LookUp():
            inputs = {name: fill(text, known) for name, text in node.inputs.items()}
            return AwaitAnswer(state.wait, node.what, node.timeout_ns, inputs)
        case Voicemail():
            mailbox = fill(node.mailbox, known)
            return AwaitRecording(state.wait, mailbox, node.max_length_ns, node.timeout_ns, node.end_key)
        case Collect():
            times = state.wait, node.timeout_ns, node.digit_timeout_ns
            return AwaitInput(*times, node.max_digits, end_key=node.end_key, secret=node.secret)
        case Menu():
            return _choosing(node, node.choices, state)
        case CallBackOffer():
            return _choosing(node, (node.accept, node.decline), state)
    raise UsageError(
        f"node {state.node!r} of flow {flow.id!r} waits for nothing; give the flow the call began with"
    )


def _choosing(node: Asking, choices: tuple[Choice, ...], state: State) -> AwaitInput:
    keys = tuple(choice.key for choice in choices if choice.key)
    phrases = tuple(phrase for choice in choices for phrase in phrases_of(choice, state.language))
    most = max(map(len, keys), default=0)
    return AwaitInput(state.wait, node.timeout_ns, node.digit_timeout_ns, most, keys, phrases=phrases)
