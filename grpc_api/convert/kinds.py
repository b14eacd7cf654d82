"""What a field of ours and a field of a message have to do with each other.

A struct and its message have the same fields by name. Where they differ in kind, the message says how: a literal is an
enum, a list that may also be left unsaid has a message of its own around it, and what has a default other than zero is
``optional``.

Owns the names of what differs; must not know which way anything is converted.
"""

from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from google.protobuf.message import Message
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

from grpc_api.convert.words import snake
from grpc_api.v1 import (
    commands_pb2,
    dialing_pb2,
    events_pb2,
    menus_pb2,
    nouns_pb2,
    remarks_pb2,
    statistics_pb2,
    views_pb2,
)
from routing import menus
from routing.explaining import shapes
from routing.statistics import metrics
from routing.statistics import shapes as counts
from routing.statistics.quantiles import Quantiles

#: Structs whose message is called otherwise, because another one has the name.
RENAMED: Final[Mapping[type[Struct], str]] = {
    shapes.Reason: "VerdictReason",
    shapes.Part: "ScorePart",
    shapes.Key: "OrderKey",
    shapes.Figures: "AgentFigures",
    counts.QueueCounts: "QueueTotals",
    counts.AgentCounts: "AgentTotals",
    metrics.Metrics: "QueueMetrics",
    metrics.Family: "WaitMetrics",
    metrics.ServiceLevel: "ServiceLevels",
    Quantiles: "WaitQuantiles",
    **{
        struct: f"Menu{struct.__name__}"
        for union in (menus.Input, menus.Wait, menus.Outcome)
        for struct in get_args(union)
    },
    menus.Spoken: "MenuSpoken",
}
#: Descriptors: what the library makes them of has no types that hold for all of its forms.
Field = Any
Enum = Any
_FILES: Final = (
    commands_pb2,
    dialing_pb2,
    events_pb2,
    menus_pb2,
    nouns_pb2,
    remarks_pb2,
    statistics_pb2,
    views_pb2,
)


def message_name(struct: type[Struct]) -> str:
    """Give the name of the message that stands for a struct.

    Examples
    --------
    >>> message_name(shapes.Key), message_name(shapes.Verdict)
    ('OrderKey', 'Verdict')
    """
    return RENAMED.get(struct, struct.__name__)


def message_type(struct: type[Struct]) -> type[Message]:
    """Give the class of the message that stands for a struct."""
    name = message_name(struct)
    for file in _FILES:
        if name in file.DESCRIPTOR.message_types_by_name:
            found: type[Message] = getattr(file, name)
            return found
    raise KeyError(name)


@cache
def hints(struct: type[Struct]) -> dict[str, Any]:
    """Give the types of a struct's fields, without annotations."""
    return {name: _bare(hint) for name, hint in get_type_hints(struct, include_extras=False).items()}


def defaults(struct: type[Struct]) -> dict[str, Any]:
    """Give the defaults of a struct's fields, those without left out."""
    found = {}
    for field in fields(struct):
        if field.default is not NODEFAULT:
            found[field.name] = field.default
        elif field.default_factory is not NODEFAULT:
            found[field.name] = field.default_factory()
    return found


@cache
def optional(struct: type[Struct]) -> frozenset[str]:
    """Give the fields of a struct that may be ``None``.

    Examples
    --------
    >>> sorted(optional(shapes.Figures))
    ['position', 'preference', 'score']
    """
    found = get_type_hints(struct)
    return frozenset(name for name, hint in found.items() if type(None) in get_args(hint))


def _bare(hint: Any) -> Any:
    """Take ``None`` and annotations off a type."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) in (Union, UnionType):
        parts = [part for part in get_args(hint) if part is not type(None)]
        return _bare(parts[0]) if len(parts) == 1 else hint
    return hint


def variants(hint: Any) -> dict[str, type[Struct]]:
    """Give the structs of which a field holds any, by the name that each has in the message's oneof; else nothing."""
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else ()
    return {snake(part.__name__): part for part in parts}


def inside(hint: Any) -> Any:
    """Give the type of what a tuple holds, or of the values of a dictionary; the type itself for all else."""
    origin = get_origin(hint)
    if origin is tuple:
        return _bare(get_args(hint)[0])
    return _bare(get_args(hint)[1]) if origin is dict else hint


def struct_in(hint: Any) -> type[Struct] | None:
    """Give the struct that a field holds, or holds many of."""
    found = inside(hint)
    return found if isinstance(found, type) and issubclass(found, Struct) else None


def enum_words(enum: Enum) -> dict[int, str]:
    """Give our words for the numbers of an enum; none for "unspecified".

    Examples
    --------
    >>> enum_words(commands_pb2.Device.DESCRIPTOR)
    {1: 'available', 2: 'in_use', 3: 'unreachable'}
    """
    prefix = len(enum.values[0].name) - len("UNSPECIFIED")
    return {value.number: value.name[prefix:].lower() for value in enum.values[1:]}


def is_map(field: Field) -> bool:
    """Whether the field is a dictionary."""
    kind = field.message_type
    return kind is not None and bool(kind.GetOptions().map_entry)


def wrapped(field: Field, hint: Any) -> Field | None:
    """Give the one field of the message around a list or dictionary; None where there is none."""
    kind: Any = field.message_type
    if get_origin(hint) in (tuple, dict) and not field.is_repeated and kind is not None:
        return kind.fields[0]
    return None
