"""Flows as files: read and check.

A text may be given plainly, ``say = "Hello"``, for all languages; phrases as a list.

Owns the way from a path, a text or plain data to a checked `Flow`; must not know rules (``rules``).
"""

import os
from typing import Final, get_args

from msgspec import structs

from routing.config import text
from routing.config.faults import field_path, shown
from routing.config.files import load_with
from routing.config.shape import to_struct
from routing.errors import ConfigError
from routing.menus.flow import Flow, Head, SubFlow
from routing.menus.nodes import AnyNode
from routing.menus.rules import check_rules
from routing.words import quoted, suggest

#: Every kind of node by its name in files.
KINDS: Final[dict[str, type[AnyNode]]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyNode)}
_TEXTS: Final = ("say", "say_no_input", "say_no_match", "say_accepted")


def load_flow(path: str | os.PathLike[str]) -> Flow:
    """Read and check a file: TOML, YAML or JSON.

    Raises
    ------
    ConfigError
        If anything in it is wrong; the message starts with the path of the value.
    UsageError
        If the suffix is another.
    OSError
        If the file cannot be read.
    """
    return load_with(path, loads_flow)


def loads_flow(document: str | bytes, fmt: str) -> Flow:
    """Read and check a flow given as text in "toml", "yaml" or "json".

    Examples
    --------
    >>> flow = loads_flow('''
    ... id: door
    ... start: bye
    ... nodes:
    ...   bye: {kind: hang_up, say: {en: Good-bye}}
    ... ''', "yaml")
    >>> flow.nodes["bye"].say
    {'en': 'Good-bye'}
    """
    return flow_from_dict(text.read(document, fmt))


def flow_from_dict(raw: object) -> Flow:
    """Check plain data, spelled as in a file. O(size).

    Raises
    ------
    ConfigError
        As for `load_flow`.

    Examples
    --------
    >>> flow_from_dict({"id": "f", "start": "a", "nodes": {"a": {"kind": "promt"}}})
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: nodes.a.kind: 'promt' is no kind of node; did you mean 'prompt'?
    """
    head = _table(raw, "", "a flow has an id, a start and nodes")
    nodes = _nodes(head.pop("nodes", None), "nodes")
    parts = _table(head.pop("flows", {}), "flows", "write each sub-flow as [flows.NAME]")
    flows = {name: _sub_flow(part, field_path("flows", name)) for name, part in parts.items()}
    flow = Flow(**structs.asdict(to_struct(head, Head)), nodes=nodes, flows=flows)
    check_rules(flow)
    return flow


def _sub_flow(raw: object, path: str) -> SubFlow:
    part = _table(raw, path, "a sub-flow has a start and nodes")
    nodes = _nodes(part.pop("nodes", None), f"{path}.nodes")
    for name in part:
        if name != "start":
            raise ConfigError(field_path(path, name), "unknown field; allowed are start, nodes")
    start = part.get("start")
    if not isinstance(start, str):
        raise ConfigError(f"{path}.start", "is missing; name the node at which it begins")
    return SubFlow(start=start, nodes=nodes)


def _nodes(raw: object, path: str) -> dict[str, AnyNode]:
    nodes = _table(raw, path, "write each node as [nodes.NAME]")
    return {name: _node(node, field_path(path, name)) for name, node in nodes.items()}


def _node(raw: object, path: str) -> AnyNode:
    plain = _table(raw, path, "a node has a kind")
    kind = plain.pop("kind", None)
    if not isinstance(kind, str):
        raise ConfigError(f"{path}.kind", f"is missing; a node is one of {', '.join(KINDS)}")
    if kind not in KINDS:
        hint = suggest(kind, KINDS) or f"; it must be one of {', '.join(KINDS)}"
        raise ConfigError(f"{path}.kind", f"{quoted(kind)} is no kind of node{hint}")
    for name in _TEXTS:
        if isinstance(plain.get(name), str):
            plain[name] = {"": plain[name]}
    for name in ("accept", "decline"):
        if name in plain:
            plain[name] = _choice(plain[name])
    choices = plain.get("choices")
    if isinstance(choices, list):
        plain["choices"] = [_choice(choice) for choice in choices]
    try:
        return to_struct(plain, KINDS[kind])
    except ConfigError as error:
        raise ConfigError(f"{path}.{error.path}" if error.path else path, error.problem) from None


def _choice(raw: object) -> object:
    if isinstance(raw, dict) and isinstance(raw.get("phrases"), list):
        return {**raw, "phrases": {"": raw["phrases"]}}
    return raw


def _table(raw: object, path: str, remedy: str) -> dict[str, object]:
    if raw is None:
        raise ConfigError(path, f"is missing; {remedy}")
    if not isinstance(raw, dict):
        raise ConfigError(path, f"{shown(raw)}; {remedy}")
    table: dict[str, object] = {}
    for key, value in raw.items():
        if not isinstance(key, str):
            raise ConfigError(path, f"a key is not text: {shown(key)}; put it in quotes")
        table[key] = value
    return table
