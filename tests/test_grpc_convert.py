"""Commands, events, nouns, views and explanations survive the wire, whole.

Owns the two directions of conversion; must not test any RPC.
"""

from contextlib import suppress
from random import Random
from types import UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

import msgspec
import pytest
from centres import ALL_FEATURES, Centres, Live
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import fields, replace

from grpc_api.convert import (
    message_type,
    read_command,
    read_event,
    read_outcome,
    reader,
    write_event,
    write_item,
    write_outcome,
    writer,
)
from grpc_api.v1 import commands_pb2, engine_pb2, events_pb2
from routing import model, views
from routing.commands import AcceptOffer, Command, EnqueueContact, LogIn, ReportDevice
from routing.engine import Engine
from routing.errors import ConfigError, UsageError
from routing.events import CommandRefused, Event, Reason
from routing.explaining import shapes
from routing.host import Outcome

pytestmark = pytest.mark.once

COMMANDS: tuple[type[Struct], ...] = get_args(Command)
EVENTS: tuple[type[Struct], ...] = get_args(Event)
SEEN: tuple[type[Struct], ...] = (
    views.AgentView,
    views.ContactView,
    views.QueueView,
    shapes.Explanation,
    model.Config,
)


def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type, its bounds left out: the wire carries whatever the engine may want to refuse."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return anything(parts[0])
    if origin in (Union, UnionType):
        return st.one_of([anything(part) for part in parts])
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is tuple:
        return st.lists(anything(parts[0]), max_size=2).map(tuple)
    if origin is dict:
        return st.dictionaries(anything(parts[0]), anything(parts[1]), max_size=2)
    if hint is int:
        return st.integers(-(2**63), 2**63 - 1)
    if hint is str:
        return st.text(st.characters(codec="utf-8"), max_size=5)
    if hint is bool:
        return st.booleans()
    if hint is type(None):
        return st.none()
    if issubclass(hint, Struct):
        return st.builds(hint, **{name: anything(kind) for name, kind in annotated(hint).items()})
    return st.sampled_from(hint)


def annotated(struct: type[Struct]) -> dict[str, Any]:
    return {name: get_type_hints(struct, include_extras=True)[name] for name in struct.__struct_fields__}


@pytest.mark.parametrize("struct", COMMANDS, ids=lambda struct: str(struct.__name__))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_command_comes_back(struct: type[Struct], data: st.DataObject) -> None:
    command = data.draw(anything(struct))
    item = commands_pb2.Item.FromString(write_item(command, "r").SerializeToString())
    assert read_command(item) == command
    assert item.request_id == "r"


@pytest.mark.parametrize("struct", EVENTS, ids=lambda struct: str(struct.__name__))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_event_comes_back(struct: type[Struct], data: st.DataObject) -> None:
    event = data.draw(anything(struct))
    assert (
        read_event(events_pb2.Event.FromString(events_pb2.Event(**write_event(event)).SerializeToString()))
        == event
    )


@pytest.mark.parametrize("struct", SEEN, ids=lambda struct: str(struct.__name__))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_is_seen_comes_back(struct: type[Struct], data: st.DataObject) -> None:
    value = data.draw(anything(struct))
    message = message_type(struct)
    assert reader(struct)(message.FromString(message(**writer(struct)(value)).SerializeToString())) == value


@pytest.mark.parametrize("struct", COMMANDS, ids=lambda struct: str(struct.__name__))
def test_what_a_sender_leaves_out_has_its_default(struct: type[Struct]) -> None:
    given_values = {"agent", "contact", "queue", "skill", "group", "attempt", "campaign"}
    plain = {field.name: "x" for field in fields(struct) if field.required and field.type is str}
    if any(field.required and field.name not in plain for field in fields(struct)):
        return  # it has parts of its own, which tests of the engine's limits look at
    assert set(plain) <= given_values | {"front_end"}
    made: Any = struct(**plain)
    name: Any = write_item(made).WhichOneof("command")
    assert read_command(commands_pb2.Item(**{name: cast("Any", plain)})) == made


def plain(events: tuple[Event, ...]) -> list[Event]:
    """Events without what is free text: it may name another one of several faults, as the wire orders no names."""
    return [replace(event, detail="") if isinstance(event, CommandRefused) else event for event in events]


def in_order(command: Command) -> Command:
    """Put the keys of dictionaries in order, as they come off the wire; which unknown skill is first depends on it."""
    ordered: Command = msgspec.json.decode(msgspec.json.encode(command, order="sorted"), type=Command)
    return ordered


@pytest.mark.parametrize("seed", range(20))
def test_a_random_shift_reads_the_same_from_the_wire(seed: int) -> None:
    """Commands that were on the wire lead to the events of those that were not; and the events come back, too."""
    centres = Centres(Random(seed), features=ALL_FEATURES)
    while True:  # a pinch of what it makes up breaks a rule
        config = centres.config()
        with suppress(ConfigError):
            here, there = Engine(config), Engine(config)
            break
    for at in range(200):
        command = in_order(centres.command(config, Live()))
        events = here.apply(command, at, request_id=f"r{at}")
        sent = commands_pb2.Item.FromString(write_item(command).SerializeToString())
        assert plain(there.apply(read_command(sent), at, request_id=f"r{at}")) == plain(events)
        outcome = Outcome(at, at, events[-1:])
        message = engine_pb2.Outcome(**write_outcome(outcome))
        assert read_outcome(engine_pb2.Outcome.FromString(message.SerializeToString())) == outcome
    assert here.digest == there.digest


@pytest.mark.parametrize("reason", Reason, ids=str)
def test_every_refusal_comes_back(reason: Reason) -> None:
    outcome = Outcome(5, 7, (CommandRefused(6, "LogIn", reason, "ann", "so"),), repeated=True)
    assert read_outcome(engine_pb2.Outcome(**write_outcome(outcome))) == outcome


def test_an_item_without_a_command_is_misuse() -> None:
    with pytest.raises(UsageError, match="holds no command"):
        read_command(commands_pb2.Item(request_id="r"))


def test_a_word_that_is_not_known_is_misuse() -> None:
    for number in (0, 99):
        item = commands_pb2.Item(report_device={"agent": "ann", "state": number})
        with pytest.raises(UsageError, match=r"ReportDevice.state is \d+.*DEVICE_IN_USE"):
            read_command(item)


@pytest.mark.parametrize(
    "command",
    [
        AcceptOffer("c", "a", 2**70),
        LogIn("\ud800"),
        ReportDevice("ann", "asleep"),  # type: ignore[arg-type]
        EnqueueContact("c", ("q",), attributes={"a": 1}),  # type: ignore[dict-item]
        "LogIn",
    ],
    ids=str,
)
def test_what_cannot_travel_is_misuse(command: Any) -> None:
    with pytest.raises(UsageError, match=r"cannot be sent|no command"):
        write_item(command)


def test_attributes_come_in_the_order_of_their_names() -> None:
    names = {f"k{number}": "v" for number in range(50)}
    sent = write_item(EnqueueContact("c", ("q",), attributes=dict(reversed(names.items()))))
    read = read_command(commands_pb2.Item.FromString(sent.SerializeToString()))
    assert isinstance(read, EnqueueContact)
    assert list(read.attributes or ()) == sorted(names)
