"""A flow as a picture: Graphviz's DOT, and Mermaid for pages.

Nodes show their kind and what they say; sub-flows are boxes. Values of attributes never appear, so no picture can
hold anybody's digits.

Owns the text of pictures; must not judge the flow.
"""

from collections.abc import Iterator
from typing import Final

from routing.menus.exits import Exit, exits
from routing.menus.flow import Flow, joined
from routing.menus.nodes import (
    AnyNode,
    Asking,
    Branch,
    CallBackOffer,
    CallFlow,
    Collect,
    Enqueue,
    LookUp,
    Return,
    Transfer,
    Voicemail,
)
from routing.menus.texts import in_language

_SAID_CHARS: Final = 40
#: Shape in DOT, and brackets in Mermaid.
_SHAPES: Final[dict[str, tuple[str, str, str]]] = {
    "asks": ("box", "[", "]"),
    "branches": ("diamond", "{{", "}}"),
    "ends": ("oval", "([", "])"),
    "looks up": ("parallelogram", "[/", "/]"),
    "calls": ("component", "[[", "]]"),
    "says": ("note", "(", ")"),
}


def to_dot(flow: Flow) -> str:
    r"""Draw a flow in the DOT language, for ``dot -Tsvg``. O(size).

    Examples
    --------
    >>> from routing.menus.nodes import HangUp, Prompt
    >>> flow = Flow(id="f", start="hi", nodes={"hi": Prompt(say={"": "Hi."}, next="bye"), "bye": HangUp()})
    >>> print(to_dot(flow), end="")
    digraph "f" {
      rankdir=TB; node [fontname="Helvetica", fontsize=10]; edge [fontname="Helvetica", fontsize=9];
      start [shape=point];
      start -> "hi";
      "hi" [shape=note, label="hi\nprompt\nHi."];
      "bye" [shape=oval, label="bye\nhang_up"];
      "hi" -> "bye" [label="next"];
    }
    """
    lines = [
        f"digraph {_dot(flow.id)} {{",
        '  rankdir=TB; node [fontname="Helvetica", fontsize=10]; edge [fontname="Helvetica", fontsize=9];',
        "  start [shape=point];",
        f"  start -> {_dot(flow.start)};",
    ]
    for name, part in flow.parts().items():
        inner = []
        for node_id, node in part.nodes.items():
            shape, _, _ = _SHAPES[_look(node)]
            label = "\n".join(_label(flow, node_id, node))
            inner.append(f"{_dot(joined(name, node_id))} [shape={shape}, label={_dot(label)}];")
        lines += _boxed(name, inner)
    for source, way, target in _edges(flow):
        style = ", style=dashed" if way.by == "failure" else ""
        lines.append(f"  {_dot(source)} -> {_dot(target)} [label={_dot(way.name)}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def to_mermaid(flow: Flow) -> str:
    """Draw a flow as a Mermaid flowchart. O(size).

    Examples
    --------
    >>> from routing.menus.nodes import HangUp, Prompt
    >>> flow = Flow(id="f", start="hi", nodes={"hi": Prompt(say={"": "Hi."}, next="bye"), "bye": HangUp()})
    >>> print(to_mermaid(flow), end="")
    flowchart TD
      n0("hi<br/>prompt<br/>Hi.")
      n1(["bye<br/>hang_up"])
      n0 -->|"next"| n1
    """
    lines = ["flowchart TD"]
    numbers: dict[str, str] = {}
    for name, part in flow.parts().items():
        indent = "  "
        if name:
            lines.append(f'  subgraph s{len(lines)}["{_mermaid(name)}"]')
            indent = "    "
        for node_id, node in part.nodes.items():
            number = numbers.setdefault(joined(name, node_id), f"n{len(numbers)}")
            _, left, right = _SHAPES[_look(node)]
            label = "<br/>".join(_mermaid(line) for line in _label(flow, node_id, node))
            lines.append(f'{indent}{number}{left}"{label}"{right}')
        if name:
            lines.append("  end")
    for source, way, target in _edges(flow):
        arrow = "-.->" if way.by == "failure" else "-->"
        lines.append(f'  {numbers[source]} {arrow}|"{_mermaid(way.name)}"| {numbers[target]}')
    return "\n".join(lines) + "\n"


def _edges(flow: Flow) -> Iterator[tuple[str, Exit, str]]:
    """List the edges between nodes that are there, calls of sub-flows included."""
    for name, part in flow.parts().items():
        for node_id, node in part.nodes.items():
            source = joined(name, node_id)
            if isinstance(node, CallFlow) and node.flow in flow.flows:
                called = flow.flows[node.flow]
                if called.start in called.nodes:
                    yield source, Exit("call", called.start, "flow", "flow"), joined(node.flow, called.start)
            for way in exits(node):
                if way.target in part.nodes:
                    yield source, way, joined(name, way.target)


def _boxed(name: str, inner: list[str]) -> list[str]:
    if not name:
        return [f"  {line}" for line in inner]
    head = f"  subgraph {_dot('cluster_' + name)} {{ label={_dot(name)};"
    return [head, *(f"    {line}" for line in inner), "  }"]


def _label(flow: Flow, node_id: str, node: AnyNode) -> list[str]:
    """Name, kind with what it is about, and what is said."""
    kind = str(node.__struct_config__.tag)
    match node:
        case Enqueue():
            about = ", ".join(node.queues)
        case CallBackOffer():
            about = node.queue
        case Collect():
            about = node.into + (" (secret)" if node.secret else "")
        case LookUp():
            about = node.what
        case CallFlow():
            about = node.flow
        case Return():
            about = node.result
        case Transfer():
            about = node.number
        case _:
            about = ""
    said, _ = in_language(node.say, next(iter(flow.languages), ""), "")
    short = said if len(said) <= _SAID_CHARS else said[: _SAID_CHARS - 1].rstrip() + "…"
    return [node_id, f"{kind} {about}".rstrip(), *([short] if short else [])]


def _look(node: AnyNode) -> str:
    match node:
        case Branch():
            return "branches"
        case LookUp():
            return "looks up"
        case CallFlow():
            return "calls"
        case Asking() | Voicemail():
            return "asks"
        case _ if exits(node):
            return "says"
    return "ends"


def _dot(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _mermaid(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    return " ".join(escaped.split())
