"""Flows and inputs drawn by Hypothesis: any flow that can be read, and flows built so that they make sense.

Owns the drawing; must not know what is right.
"""

from typing import Any, Final

from hypothesis import strategies as st

from routing.menus import (
    Answered,
    AwaitAnswer,
    AwaitInput,
    AwaitRecording,
    Digits,
    Failed,
    Flow,
    HungUp,
    Input,
    Recorded,
    Speech,
    SubFlow,
    TimedOut,
    Wait,
)
from routing.menus.nodes import (
    Answer,
    AnyNode,
    Branch,
    CallBackOffer,
    CallFlow,
    Case,
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
from routing.units import SECOND

#: Comparisons, and what they mean, put down by hand.
COMPARISONS: Final = ("x == 'a'", "x in ('b', '7')", "y >= 5", "not (x or y > 1)", "language != 'de'")
PATTERNS: Final = ("", "[1-3].?", "1{2,3}|9")
TEXTS: Final[tuple[dict[str, str], ...]] = (
    {},
    {"": "x is {x}."},
    {"en": "Hello {y}", "de": "Hallo {{}}"},
    {"": "Any.", "de": "Jede."},
)
WORDS: Final = ("yes", "no", "balance")
FINAL: Final = (Enqueue, HangUp, Transfer)


class Targets:
    """Where exits lead: ``ahead`` those that a silent caller may take, ``anywhere`` those that need an answer."""

    def __init__(self, draw: Any, ahead: list[str], anywhere: list[str]) -> None:
        self._draw = draw
        self._ahead = ahead
        self._anywhere = anywhere

    def ahead(self) -> str:
        return str(self._draw(st.sampled_from(self._ahead)))

    def anywhere(self) -> str:
        return str(self._draw(st.sampled_from(self._anywhere)))


def drawn_node(draw: Any, kinds: list[type[AnyNode]], to: Targets) -> AnyNode:
    kind = draw(st.sampled_from(kinds))
    common: dict[str, Any] = {"say": draw(st.sampled_from(TEXTS)), "barge_in": draw(st.booleans())}
    if draw(st.integers(0, 4)) == 0:
        common |= {"limit": draw(st.integers(1, 2)), "over_limit": to.ahead()}
    asking = {
        "retries": draw(st.integers(0, 2)),
        "say_no_input": draw(st.sampled_from(TEXTS)),
        "no_input": to.ahead(),
        "no_match": to.ahead(),
    }
    if kind is Menu:
        choices = tuple(drawn_choice(draw, str(key), word, to) for key, word in enumerate(WORDS))
        return Menu(choices=choices[: draw(st.integers(1, 3))], **asking, **common)
    if kind is Collect:
        least = draw(st.integers(-1, 30))
        return Collect(
            into=draw(st.sampled_from("xy")),
            min_digits=1,
            max_digits=draw(st.integers(2, 4)),
            pattern=draw(st.sampled_from(PATTERNS)),
            check=draw(st.sampled_from(("", "luhn"))),
            least=least,
            most=draw(st.sampled_from((-1, 40))),
            next=to.anywhere(),
            **asking,
            **common,
        )
    if kind is CallBackOffer:
        decline = drawn_choice(draw, "2", "no", to)
        return CallBackOffer(
            queue="q", number="{x}", decline=decline, attributes={"t": "{y}"}, **asking, **common
        )
    simple: dict[type[AnyNode], dict[str, Any]] = {
        LookUp: {"what": "w", "inputs": {"x": "{x}"}, "store": {"x": "v", "y": "w"}},
        SetAttributes: {
            "attributes": {"x": "{y}", "y": "{x}7"},
            "language": draw(st.sampled_from(("", "de", "{x}"))),
        },
        Voicemail: {"mailbox": "m{y}"},
        Enqueue: {"queues": ("q",), "customer": "{x}", "attributes": {"y": "{y}"}},
        Transfer: {"number": "{x}"},
        CallFlow: {"flow": "sub", "returns": {"a": to.ahead(), "b": to.ahead()}},
        Return: {"result": draw(st.sampled_from("ab"))},
    }
    fields = simple.get(kind, {})
    if kind is LookUp:
        fields |= {"results": {"a": to.ahead()}, "next": to.ahead(), "failed": to.ahead()}
    elif kind is Branch:
        whens = draw(st.lists(st.sampled_from(COMPARISONS), max_size=2))
        fields = {"cases": tuple(Case(when=when, next=to.ahead()) for when in whens), "otherwise": to.ahead()}
    elif kind in (Prompt, Answer, SetAttributes, Voicemail):
        fields |= {"next": to.ahead()}
    made: AnyNode = kind(**fields, **common)
    return made


def drawn_choice(draw: Any, key: str, word: str, to: Targets) -> Choice:
    return Choice(
        key=key,
        phrases={"": (word,)},
        next=to.anywhere(),
        set={"x": draw(st.sampled_from(("a", "b", "{y}")))} if draw(st.booleans()) else {},
        language=draw(st.sampled_from(("", "de", "en"))),
    )


ANY_KIND: Final[list[type[AnyNode]]] = [
    Prompt,
    Menu,
    Menu,
    Collect,
    LookUp,
    SetAttributes,
    Branch,
    Answer,
    Voicemail,
    CallBackOffer,
    Enqueue,
    Transfer,
    HangUp,
    CallFlow,
]


@st.composite
def any_flows(draw: Any) -> Flow:
    """Flows that can be read, most of them nonsense: any exit leads anywhere, some nowhere."""
    names = [f"n{place}" for place in range(draw(st.integers(1, 7)))]
    to = Targets(draw, [*names, *names, "", "gone"], [*names, ""])
    nodes = {name: drawn_node(draw, ANY_KIND, to) for name in names}
    inner = Targets(draw, ["i0", "i1", "i2"], ["i0", "i1", "i2", ""])
    flows = {
        "sub": SubFlow(
            start="i0", nodes={f"i{n}": drawn_node(draw, [*ANY_KIND, Return], inner) for n in range(3)}
        )
    }
    return Flow(
        id="any",
        start="n0",
        languages=draw(st.sampled_from(((), ("en", "de")))),
        attributes={"x": "", "y": "3"},
        max_steps=draw(st.integers(1, 40)),
        fallback=draw(st.sampled_from(("", *names))),
        nodes=nodes,
        flows=flows if draw(st.booleans()) else {},
    )


@st.composite
def sound_flows(draw: Any) -> Flow:
    """Flows in which whatever takes no answer leads ahead: no errors are to be found in them."""
    nodes = drawn_part(draw, ANY_KIND, FINAL)
    sub = drawn_part(draw, [kind for kind in ANY_KIND if kind is not CallFlow], (Return, HangUp))
    results = sorted({node.result for node in sub.values() if isinstance(node, Return)})
    for name, node in nodes.items():
        if isinstance(node, CallFlow):
            returns = {result: node.returns[result] for result in results}
            nodes[name] = CallFlow(flow="sub", returns=returns, limit=node.limit, over_limit=node.over_limit)
    return Flow(
        id="sound",
        start="n0",
        languages=("en", "de"),
        attributes={"x": "", "y": "3"},
        max_steps=100_000,
        nodes=nodes,
        flows={"sub": SubFlow(start="n0", nodes=sub)},
    )


def drawn_part(draw: Any, kinds: list[type[AnyNode]], last: tuple[type[AnyNode], ...]) -> dict[str, AnyNode]:
    names = [f"n{place}" for place in range(draw(st.integers(2, 8)))]
    nodes: dict[str, AnyNode] = {}
    for place, name in enumerate(names):
        ahead = names[place + 1 :] or [""]
        chosen = kinds if place < len(names) - 1 else list(last)
        node = drawn_node(draw, chosen, Targets(draw, ahead, names))
        if place == len(names) - 1 and node.limit:
            node = drawn_last(node)
        nodes[name] = node
    return nodes


def drawn_last(node: AnyNode) -> AnyNode:
    """The last node has nothing ahead to go to over its limit."""
    match node:
        case Enqueue():
            return Enqueue(queues=node.queues)
        case Transfer():
            return Transfer(number=node.number)
        case Return():
            return Return(result=node.result)
    return HangUp()


# --- Inputs

#: What callers and drivers do; a number for each turn.
scripts = st.lists(st.integers(0, 999), max_size=60)


def reacted(wait: Wait, number: int) -> Input:
    """Make an input of a number: most of them fit, some come too late, some were not asked for."""
    if number % 29 == 28:
        return HungUp()
    if number % 17 == 16:
        return TimedOut(wait.wait + 100)
    if number % 13 == 12:
        return Recorded("r", 0) if isinstance(wait, AwaitInput) else Digits("1")
    options: list[Input]
    match wait:
        case AwaitInput():
            options = [*map(Digits, wait.keys)]
            options += [Speech(f"{word}, please") for word in wait.phrases]
            options += [Digits(text) for text in ("9", "18", "34#", "1*", "111", "00000")]
            options += [Speech("yes no"), Speech("what?"), TimedOut(), TimedOut(wait.wait)]
        case AwaitAnswer():
            options = [
                Answered("a", {"v": "a", "w": "12"}),
                Answered("a", {"v": "7"}, wait.wait),
                Answered("z"),
            ]
            options += [Failed(), TimedOut()]
        case AwaitRecording():
            options = [Recorded("r", 9 * SECOND), Recorded("r", 5), TimedOut()]
    return options[number % len(options)]
