"""From messages to our structs.

Owns this direction; must not know any RPC.
"""

from collections.abc import Callable, Iterable
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeVar, cast, get_args, get_origin

from google.protobuf.message import Message
from msgspec import Struct

from grpc_api.convert.kinds import (
    Field,
    defaults,
    enum_words,
    hints,
    inside,
    is_map,
    message_type,
    optional,
    struct_in,
    variants,
    wrapped,
)
from grpc_api.convert.words import snake
from grpc_api.v1 import commands_pb2, events_pb2
from routing.commands import Command, EnqueueContact
from routing.errors import UsageError
from routing.events import Event

T = TypeVar("T", bound=Struct)
#: Takes the message and the value that its field has.
Fix = Callable[[Any, Any], Any]
Read = Callable[[Any], Any]


@cache
def reader(struct: type[T]) -> Callable[[Any], T]:
    """Give what makes a struct of its message; a field of an enum that says nothing we know is a UsageError."""
    message: type[Message] = message_type(struct)
    by_name = message.DESCRIPTOR.fields_by_name
    known, usual = hints(struct), defaults(struct)
    names = struct.__struct_fields__
    fixes = tuple(
        (at, fix)
        for at, name in enumerate(names)
        if (fix := _fix(struct, by_name[name], known[name], usual)) is not None
    )
    get = attrgetter(*names)
    if len(names) == 1:
        if not fixes:
            return lambda found: struct(get(found))
        ((_, only),) = fixes
        return lambda found: struct(only(found, get(found)))
    if not fixes:
        return lambda found: struct(*get(found))

    def read(found: Message) -> T:
        values = list(get(found))
        for at, fix in fixes:
            values[at] = fix(found, values[at])
        return struct(*values)

    return read


def _fix(struct: type[Struct], field: Field, hint: Any, usual: dict[str, Any]) -> Fix | None:
    """Give what has to be done to the value of a field; None where it comes as it is."""
    name = field.name
    around = wrapped(field, hint)
    if around is not None:
        get, many, left_out = attrgetter(around.name), _many(struct, around, hint), usual.get(name)
        return lambda found, value: many(get(value)) if found.HasField(name) else left_out
    if is_map(field) or field.is_repeated:
        many = _many(struct, field, hint)
        return lambda _, value: many(value)
    if field.enum_type is not None:
        word = _word(struct, field, hint, usual.get(name))
        return lambda _, value: word(value)
    if variants(hint):
        return _variant(struct, field, hint)
    nested = struct_in(hint)
    if nested is not None:
        read, left_out = reader(nested), usual.get(name)
        if name in usual or left_out is None:
            return lambda found, value: read(value) if found.HasField(name) else left_out
    if field.has_presence:
        left_out = usual.get(name)
        return lambda found, value: value if found.HasField(name) else left_out
    return None


def _variant(struct: type[Struct], field: Field, hint: Any) -> Fix:
    """Give what makes whichever struct a message with a oneof holds."""
    readers = {name: reader(part) for name, part in variants(hint).items()}
    (oneof,) = field.message_type.oneofs

    def read(_: Any, value: Any) -> Any:
        name = value.WhichOneof(oneof.name)
        if name not in readers:
            raise UsageError(
                f"{struct.__name__}.{field.name} says nothing that is known here; give one of {', '.join(readers)}"
            )
        return readers[name](getattr(value, name))

    return read


def _many(struct: type[Struct], field: Field, hint: Any) -> Read:
    """Give what makes a tuple or a dictionary of a field that holds many; dictionaries in the order of their keys."""
    if get_origin(hint) is dict:
        return _sorted
    nested = struct_in(hint)
    if nested is not None:
        read = reader(nested)
        return lambda values: tuple([read(value) for value in values]) if values else ()
    if field.enum_type is not None:
        word = _word(struct, field, inside(hint), None)
        return lambda values: tuple([word(value) for value in values])
    return lambda values: tuple(values[:]) if values else ()


def _sorted(values: Any) -> dict[str, Any]:
    """Copy a dictionary, in the order of its keys: that of the wire is left to chance."""
    return dict(sorted(values.items())) if values else {}


def _word(struct: type[Struct], field: Field, hint: Any, usual: Any) -> Read:
    """Give what makes our word of a number; the default, where there is one, of "unspecified"."""
    make = hint if isinstance(hint, type) else str
    words = {number: make(word) for number, word in enum_words(field.enum_type).items()}
    if usual is not None or field.name in optional(struct):
        words[0] = usual

    def word(number: int) -> Any:
        try:
            return words[number]
        except KeyError:
            known = ", ".join(value.name for value in field.enum_type.values[1:])
            raise UsageError(
                f"{struct.__name__}.{field.name} is {number}, which means nothing here; give one of {known}"
            ) from None

    return word


def _enqueue_contact(found: Any) -> EnqueueContact:
    """Read the most frequent of the large commands; written out, because it is twice as fast as the general way."""
    steps, preferred = found.steps, found.preferred
    has = found.HasField
    return EnqueueContact(
        found.contact,
        tuple(found.queues[:]),
        found.channel if has("channel") else "voice",
        found.priority,
        found.requirement,
        _STEPS(steps) if steps else (),
        found.credit_ns,
        found.load if has("load") else None,
        found.customer,
        _sorted(found.attributes.values) if has("attributes") else None,
        found.due_ns,
        _PREFERRED(preferred) if preferred else (),
        found.prefer_ns,
        found.front_end,
        found.parent,
        _DIRECTION(found.direction),
    )


_ENQUEUE_FIELDS: Final = commands_pb2.EnqueueContact.DESCRIPTOR.fields_by_name
_DIRECTION: Final = _word(
    EnqueueContact, _ENQUEUE_FIELDS["direction"], hints(EnqueueContact)["direction"], "inbound"
)
_STEPS: Final = _many(EnqueueContact, _ENQUEUE_FIELDS["steps"], hints(EnqueueContact)["steps"])
_PREFERRED: Final = _many(EnqueueContact, _ENQUEUE_FIELDS["preferred"], hints(EnqueueContact)["preferred"])

_COMMANDS: Final[dict[str, Read]] = {
    name: reader(struct)
    for struct in get_args(Command)
    if (name := snake(struct.__name__)) in commands_pb2.Item.DESCRIPTOR.fields_by_name
}
_COMMANDS["enqueue_contact"] = _enqueue_contact
_EVENTS: Final[dict[str, Read]] = {
    name: reader(struct)
    for struct in get_args(Event)
    if (name := snake(struct.__name__)) in events_pb2.Event.DESCRIPTOR.fields_by_name
}


def read_command(item: commands_pb2.Item) -> Command:
    """Give the command of an item.

    Raises
    ------
    UsageError
        If it holds none, or one with a word that is not known here.
    """
    name = item.WhichOneof("command")
    if name is None:
        raise UsageError(
            "an item holds no command, or one that this version does not know; give each item one"
        )
    return cast("Command", _COMMANDS[name](getattr(item, name)))


def read_event(event: events_pb2.Event) -> Event | None:
    """Give an event; None for one that this version does not know."""
    name = event.WhichOneof("event")
    return None if name is None else cast("Event", _EVENTS[name](getattr(event, name)))


def read_events(events: Iterable[events_pb2.Event]) -> tuple[Event, ...]:
    """Give events, those left out that this version does not know."""
    return tuple([found for event in events if (found := read_event(event)) is not None])
