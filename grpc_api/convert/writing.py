"""From our structs to messages.

What is made for a struct is a dictionary: the constructor of the outermost message takes nested ones and does the rest
in one go, which is much cheaper than a message for every part.

Owns this direction; must not know any RPC.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, Final, get_args

from msgspec import Struct
from msgspec.structs import asdict

from grpc_api.convert.kinds import (
    Field,
    enum_words,
    hints,
    is_map,
    message_type,
    struct_in,
    variants,
    wrapped,
)
from grpc_api.convert.words import snake
from grpc_api.v1 import commands_pb2, events_pb2
from routing.commands import Command
from routing.errors import UsageError
from routing.events import Event

Fields = dict[str, Any]
Write = Callable[[Any], Any]


@cache
def writer(struct: type[Struct]) -> Callable[[Struct], Fields]:
    """Give what makes a dictionary of fields of a struct."""
    descriptor = message_type(struct).DESCRIPTOR
    known = hints(struct)
    fixes = tuple(
        (field.name, fix)
        for field in descriptor.fields
        if (fix := _fix(field, known[field.name])) is not None
    )
    if not fixes:
        return asdict

    def write(value: Struct) -> Fields:
        found = asdict(value)
        for name, fix in fixes:
            held = found[name]
            if held is not None:
                found[name] = fix(held)
        return found

    return write


def _fix(field: Field, hint: Any) -> Write | None:
    """Give what has to be done to the value of a field; None where it goes as it is."""
    around = wrapped(field, hint)
    if around is not None:
        fix, name = _fix(around, hint), around.name
        return (lambda value: {name: value}) if fix is None else (lambda value: {name: fix(value)})
    if field.enum_type is not None:
        numbers = {word: number for number, word in enum_words(field.enum_type).items()}
        if "" in get_args(hint):  # nothing is said of it
            numbers[""] = 0
        if field.is_repeated:
            return lambda value: [numbers[one] for one in value]
        return numbers.__getitem__
    if parts := variants(hint):
        tagged = {part: (name, writer(part)) for name, part in parts.items()}

        def write_variant(value: Struct) -> Fields:
            name, write = tagged[type(value)]
            return {name: write(value)}

        return write_variant
    struct = struct_in(hint)
    if struct is None or is_map(field):
        return None
    write = writer(struct)
    if field.is_repeated:
        return lambda value: [write(one) for one in value]
    return write


def _tagged(oneof: Mapping[str, Field], union: Any) -> dict[type[Struct], tuple[str, Write]]:
    """Give name in the oneof and writer for every struct of a union."""
    return {
        struct: (snake(struct.__name__), writer(struct))
        for struct in get_args(union)
        if snake(struct.__name__) in oneof
    }


_EVENTS: Final = _tagged(events_pb2.Event.DESCRIPTOR.fields_by_name, Event)
_COMMANDS: Final = _tagged(commands_pb2.Item.DESCRIPTOR.fields_by_name, Command)


def write_event(event: Event) -> Fields:
    """Give the fields of the message ``Event`` for an event."""
    name, write = _EVENTS[type(event)]
    return {name: write(event)}


def write_events(events: Sequence[Event]) -> list[Fields]:
    """Give the fields of messages ``Event``."""
    found = []
    for event in events:
        name, write = _EVENTS[type(event)]
        found.append({name: write(event)})
    return found


def write_item(command: Command, request_id: str = "") -> commands_pb2.Item:
    """Make the message for a command.

    Raises
    ------
    UsageError
        If the command cannot travel: a wrong type, a number beyond 64 bits, half a surrogate pair in a text.

    Examples
    --------
    >>> from routing.commands import LogOut
    >>> write_item(LogOut("ann")).log_out.agent
    'ann'
    """
    try:
        name, write = _COMMANDS[type(command)]
    except KeyError:
        raise UsageError(f"{command!r} is no command; make one of those in routing.commands") from None
    try:
        return commands_pb2.Item(request_id=request_id, **{name: write(command)})
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise UsageError(
            f"{command!r} cannot be sent: {error}; give its fields the types they have"
        ) from None


def enum_number(enum: Any, word: str | StrEnum) -> int:
    """Give the number of one of our words in an enum of the wire."""
    return _numbers(enum.DESCRIPTOR)[word]


@cache
def _numbers(descriptor: Any) -> dict[str, int]:
    return {word: number for number, word in enum_words(descriptor).items()}
