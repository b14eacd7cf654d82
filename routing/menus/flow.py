"""A whole flow: nodes, sub-flows, languages, and what tells one version from another.

Owns the shape of flows and the paths of nodes: a node of the main flow is known by its id, one of a sub-flow as
``sub-flow/node``. Must not know what nodes do.
"""

from hashlib import blake2b
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from routing.menus.nodes import AnyNode
from routing.model import Id

_ENCODE: Final = msgspec.msgpack.Encoder(order="deterministic")
_SEPARATOR: Final = "/"


class Head(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a flow has besides its nodes.

    ``languages``: the first is the default; none: texts are not by language. ``attributes`` are those that a call may
    begin with, and their values where the driver gives none. A call that enters more than ``max_steps`` nodes, or comes
    to a dead end, goes to ``fallback``, or is ended where there is none.
    """

    id: Id
    start: str
    languages: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
    max_steps: Annotated[int, Meta(ge=1, le=1_000_000)] = 500
    fallback: str = ""


class SubFlow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a flow that its nodes of kind "call" go through."""

    start: str
    nodes: dict[str, AnyNode]


class Flow(Head, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A flow; made by `routing.menus.load_flow` and its kin."""

    nodes: dict[str, AnyNode]
    flows: dict[str, SubFlow] = {}

    def node(self, path: str) -> AnyNode | None:
        """Find a node by its path; ``None`` if there is none. O(1)."""
        part, found, name = path.rpartition(_SEPARATOR)
        if not found:
            return self.nodes.get(name)
        return self.flows[part].nodes.get(name) if part in self.flows else None

    def beside(self, path: str, target: str) -> str:
        """Give the path of a target that the node at `path` names. O(1).

        Examples
        --------
        >>> flow = Flow(id="f", start="a", nodes={})
        >>> flow.beside("identify/ask", "check"), flow.beside("ask", "check")
        ('identify/check', 'check')
        """
        part, found, _ = path.rpartition(_SEPARATOR)
        return f"{part}{found}{target}"

    def parts(self) -> dict[str, SubFlow]:
        """The main flow, under "", and the sub-flows. O(sub-flows)."""
        return {"": SubFlow(start=self.start, nodes=self.nodes), **self.flows}


def joined(part: str, node: str) -> str:
    """Give the path of a node of a part ("" for the main flow).

    >>> joined("", "ask"), joined("identify", "ask")
    ('ask', 'identify/ask')
    """
    return f"{part}{_SEPARATOR}{node}" if part else node


def flow_version(flow: Flow) -> str:
    """Tell versions apart: equal flows have equal versions, on any platform. O(size).

    blake2b over sorted MessagePack, 64 bits in hexadecimal.

    Examples
    --------
    >>> one, same, other = (Flow(id="f", start=start, nodes={}) for start in "aab")
    >>> flow_version(one) == flow_version(same) != flow_version(other)
    True
    """
    return blake2b(_ENCODE.encode(flow), digest_size=8).hexdigest()
