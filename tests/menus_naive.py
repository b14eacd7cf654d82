"""Menus done the obvious way: a program that talks, with Python's own stack for sub-flows.

It cannot be stored or resumed, and is held against the machine turn by turn.

Owns a second reading of the rules; must not share code with the machine.
"""

import re
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from routing.menus import (
    Answered,
    Digits,
    Ended,
    Failed,
    Flow,
    HungUp,
    Input,
    Outcome,
    Recorded,
    Speech,
    TimedOut,
    ToCallBack,
    ToMailbox,
    ToNumber,
    ToQueue,
)
from routing.menus.nodes import (
    Answer,
    AnyNode,
    Branch,
    CallBackOffer,
    CallFlow,
    Choice,
    Collect,
    Enqueue,
    HangUp,
    LookUp,
    Menu,
    Prompt,
    Return,
    SetAttributes,
    Transfer,
    Voicemail,
)


def means(when: str, x: str, y: str, language: str) -> bool:
    """What a drawn comparison means, put down by hand."""
    number = int(y) if y.isdigit() else None
    return {
        "x == 'a'": x == "a",
        "x in ('b', '7')": x in {"b", "7"},
        "y >= 5": number is not None and number >= 5,
        "not (x or y > 1)": not (x != "" or (number is not None and number > 1)),
        "language != 'de'": language != "de",
    }[when]


class OverError(Exception):
    """The call has ended."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


class FallError(Exception):
    """The call went astray."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


Talk = Generator[None, Input, Any]


@dataclass
class Naive:
    """One call. ``said``, ``passed`` and ``kind`` tell the last turn: texts, nodes entered, what is waited for."""

    flow: Flow
    said: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    kind: str = ""
    outcome: Outcome | None = None

    def __post_init__(self) -> None:
        self.known = dict(self.flow.attributes)
        self.language = self.flow.languages[0] if self.flow.languages else ""
        self.steps = 0
        self.visits: dict[str, int] = {}
        self.talk = self.call()
        self.proceed(lambda: next(self.talk))

    def give(self, given: Input) -> None:
        self.said, self.passed = [], []
        self.proceed(lambda: self.talk.send(given))

    def proceed(self, act: Any) -> None:
        with suppress(StopIteration):
            act()

    def call(self) -> Talk:
        try:
            try:
                yield from self.part("", self.flow.nodes, self.flow.start)
            except FallError as fall:
                node = self.flow.nodes.get(self.flow.fallback)
                if isinstance(node, Enqueue | Transfer | HangUp):
                    self.passed.append(self.flow.fallback)
                    self.say(node.say)
                    self.finish(node)
                raise OverError(fall.outcome) from None
        except OverError as over:
            self.outcome, self.kind = over.outcome, ""

    # --- The way

    def part(self, prefix: str, nodes: dict[str, AnyNode], here: str) -> Talk:
        while True:
            if here not in nodes:
                raise FallError(Ended("dead_end"))
            node, path = nodes[here], prefix + here
            self.passed.append(path)
            self.tick()
            if node.limit:
                self.visits[path] = self.visits.get(path, 0) + 1
                if self.visits[path] > node.limit:
                    here = node.over_limit
                    continue
            self.say(node.say)
            if isinstance(node, Return):
                return node.result
            if isinstance(node, CallFlow):
                if node.flow not in self.flow.flows or prefix.count("/") >= 32 or self.depth >= 32:
                    raise FallError(Ended("dead_end"))
                inner = self.flow.flows[node.flow]
                self.depth += 1
                result = yield from self.part(node.flow + "/", inner.nodes, inner.start)
                self.depth -= 1
                if result not in node.returns:
                    raise FallError(Ended("dead_end"))
                here = node.returns[result]
            else:
                here = yield from self.visit(node)

    depth = 0

    def visit(self, node: AnyNode) -> Talk:
        match node:
            case Prompt() | Answer():
                return node.next
            case SetAttributes():
                self.set(node.attributes, node.language)
                return node.next
            case Branch():
                x, y = self.known.get("x", ""), self.known.get("y", "")
                held = [case.next for case in node.cases if means(case.when, x, y, self.language)]
                return held[0] if held else node.otherwise
            case LookUp():
                given = yield from self.hear("AwaitAnswer", (Answered, Failed, TimedOut))
                if not isinstance(given, Answered):
                    return node.failed
                self.known |= {name: given.values.get(key, "") for name, key in node.store.items()}
                return node.results.get(given.result, node.next)
            case Voicemail():
                given = yield from self.hear("AwaitRecording", (Recorded, TimedOut))
                if isinstance(given, Recorded) and given.length_ns >= node.min_length_ns:
                    raise OverError(ToMailbox(self.filled(node.mailbox), given.reference, given.length_ns))
                return node.next
            case Menu() | Collect() | CallBackOffer():
                return (yield from self.ask(node))
            case Enqueue() | Transfer() | HangUp():
                self.finish(node)
        raise AssertionError(node)

    def ask(self, node: Menu | Collect | CallBackOffer) -> Talk:
        for left in range(node.retries, -1, -1):
            given = yield from self.hear("AwaitInput", (Digits, Speech, TimedOut))
            silent = isinstance(given, TimedOut)
            if not silent:
                if isinstance(node, Collect):
                    digits = given.digits.rstrip("#") if isinstance(given, Digits) else ""
                    if self.fits(node, digits):
                        self.known[node.into] = digits
                        return node.next
                else:
                    choices = (node.accept, node.decline) if isinstance(node, CallBackOffer) else node.choices
                    found = self.choice(choices, given)
                    if found is not None:
                        self.set(found.set, found.language)
                        if isinstance(node, CallBackOffer) and found is node.accept:
                            self.say(node.say_accepted)
                            attributes = {name: self.filled(text) for name, text in node.attributes.items()}
                            raise OverError(ToCallBack(node.queue, self.filled(node.number), attributes))
                        return found.next
            self.say(node.say_no_input if silent else node.say_no_match)
            if left:
                self.say(node.say)
        target = node.no_input if silent else node.no_match
        return target or (node.decline.next if isinstance(node, CallBackOffer) else "")

    def choice(self, choices: tuple[Choice, ...], given: Input) -> Choice | None:
        if isinstance(given, Digits):
            return next((one for one in choices if one.key == given.digits), None)
        assert isinstance(given, Speech)
        said = re.findall(r"\w+", given.text.lower())
        found = [(len(word), one) for one in choices for word in one.phrases.get("", ()) if word in said]
        longest = [one for size, one in found if size == max(size for size, _ in found)]
        return longest[0] if len(longest) == 1 else None

    def fits(self, node: Collect, digits: str) -> bool:
        if not digits.isdigit() or not node.min_digits <= len(digits) <= node.max_digits:
            return False
        if node.pattern and not re.fullmatch(node.pattern.replace(".", "[0-9]"), digits):
            return False
        pairs = [divmod(int(d) * 2, 10) if n % 2 else (0, int(d)) for n, d in enumerate(digits[::-1])]
        if node.check and sum(tens + ones for tens, ones in pairs) % 10:
            return False
        return int(digits) >= node.least and (node.most == -1 or int(digits) <= node.most)

    def finish(self, node: Enqueue | Transfer | HangUp) -> None:
        if isinstance(node, Enqueue):
            attributes = {name: self.filled(text) for name, text in node.attributes.items()}
            customer = self.filled(node.customer)
            raise OverError(ToQueue(node.queues, node.priority, node.requirement, customer, attributes))
        raise OverError(
            ToNumber(self.filled(node.number)) if isinstance(node, Transfer) else Ended("hang_up")
        )

    # --- What is said and heard

    def hear(self, kind: str, wanted: tuple[type[Input], ...]) -> Talk:
        self.number += 1
        while True:
            self.kind = kind
            given: Input = yield
            if isinstance(given, HungUp):
                raise OverError(Ended("caller"))
            self.tick()
            if getattr(given, "wait", 0) in (0, self.number) and isinstance(given, wanted):
                return given

    number = 0

    def tick(self) -> None:
        self.steps += 1
        if self.steps > self.flow.max_steps:
            raise FallError(Ended("too_many_steps"))

    def say(self, texts: dict[str, str]) -> None:
        for language in (self.language, "", *self.flow.languages[:1]):
            if language in texts:
                self.said += [self.filled(texts[language])] if texts[language] else []
                return

    def filled(self, text: str) -> str:
        known = {**self.known, "language": self.language}
        return re.sub(r"\{\{|\}\}|\{(\w+)\}", lambda m: known.get(m[1], "") if m[1] else m[0][0], text)

    def set(self, attributes: dict[str, str], language: str) -> None:
        wanted = self.filled(language)
        self.known |= {name: self.filled(text) for name, text in attributes.items()}
        if wanted in self.flow.languages:
            self.language = wanted
