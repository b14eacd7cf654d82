"""Interactive menus over gRPC: what a media server says of calls, and what it is told.

Owns these messages; must not know how a menu goes (``menus``).
"""

from typing import Any, Final

from grpc_api.calls import Call
from grpc_api.convert import enum_number, reader, writer
from grpc_api.convert.words import snake
from grpc_api.domains import Hosted
from grpc_api.facading import instruction_fields, refusal_fields
from grpc_api.menus.desk import MenuDesk
from grpc_api.menus.shapes import FlowBrief, MenuTurn
from grpc_api.status import INVALID, MISSING, STATE, Fault
from grpc_api.v1 import menus_pb2
from routing.errors import UsageError
from routing.menus import (
    Answered,
    Digits,
    Failed,
    HungUp,
    Input,
    Recorded,
    Sealed,
    Speech,
    Spoken,
    TimedOut,
)

_READ: Final[dict[str, Any]] = {
    snake(kind.__name__): reader(kind)
    for kind in (Answered, Digits, Failed, Recorded, Sealed, Speech, TimedOut)
}
_spoken: Any = writer(Spoken)
_brief: Any = writer(FlowBrief)


def list_flows(call: Call, request: menus_pb2.ListFlowsRequest) -> menus_pb2.ListFlowsResponse:
    """Show the flows in force."""
    hosted, desk = _desk(call, request.domain)
    call.permit(hosted)
    return menus_pb2.ListFlowsResponse(revision=hosted.host.revision, flows=map(_brief, desk.flows()))


def start_menu(call: Call, request: menus_pb2.StartMenuRequest) -> menus_pb2.StartMenuResponse:
    """Let a call enter a flow."""
    hosted, desk = _desk(call, request.domain)
    try:
        queues = desk.queues_of(request.flow)
    except UsageError as error:
        call.permit(hosted)  # so that nobody learns what they may not
        raise Fault(MISSING, "UNKNOWN_FLOW", str(error), {"subject": request.flow[:128]}) from None
    call.permit(hosted, queues=queues)
    turn = desk.start(
        request.call,
        request.flow,
        dict(sorted(request.attributes.items())),
        request.language,
        caller=request.caller,
        front_end=request.front_end,
        channel=request.channel or "voice",
        only_tell=request.only_tell,
    )
    return menus_pb2.StartMenuResponse(revision=hosted.host.revision, turn=turn_fields(turn))


def give_menu(call: Call, request: menus_pb2.GiveMenuRequest) -> menus_pb2.GiveMenuResponse:
    """Say what happened to a call."""
    hosted, desk = _of_call(call, request.domain, request.call)
    turn = desk.give(request.call, _input(request.input))
    return menus_pb2.GiveMenuResponse(revision=hosted.host.revision, turn=turn_fields(turn))


def get_menu(call: Call, request: menus_pb2.GetMenuRequest) -> menus_pb2.GetMenuResponse:
    """Say where a call stands."""
    hosted, desk = _of_call(call, request.domain, request.call)
    turn = desk.look(request.call, caller=request.caller)
    return menus_pb2.GetMenuResponse(revision=hosted.host.revision, turn=turn_fields(turn))


def sync_menus(call: Call, request: menus_pb2.SyncMenusRequest) -> menus_pb2.SyncMenusResponse:
    """Compare the calls of a front-end."""
    hosted, desk = _desk(call, request.domain)
    call.permit(hosted)
    if not request.front_end:
        raise Fault(INVALID, "NO_FRONT_END", "front_end is empty; say who has the calls")
    synced = desk.sync(request.front_end, request.calls)
    return menus_pb2.SyncMenusResponse(
        revision=hosted.host.revision, ended=synced.ended, unknown=synced.unknown
    )


def turn_fields(turn: MenuTurn) -> dict[str, Any]:
    """Give the fields of the message of a turn."""
    fields: dict[str, Any] = {
        "call": turn.call,
        "flow": turn.flow,
        "version": turn.version,
        "language": turn.language,
        "spoken": map(_spoken, turn.spoken),
        "again": turn.again,
        "served": turn.served,
        "problem": turn.problem,
        "instructions": map(instruction_fields, turn.instructions),
    }
    for name, one in (("wait", turn.wait), ("outcome", turn.outcome)):
        if one is not None:
            fields[name] = {snake(type(one).__name__): writer(type(one))(one)}
    if turn.ignored:
        fields["ignored"] = enum_number(menus_pb2.MenuIgnored, turn.ignored)
    if turn.done:
        fields["done"] = enum_number(menus_pb2.MenuDone, turn.done)
    if turn.refusal is not None:
        fields["refusal"] = refusal_fields(turn.refusal)
    return fields


def _input(message: menus_pb2.MenuInput) -> Input:
    name = message.WhichOneof("input")
    if name == "hung_up":
        return HungUp()
    if name is None:
        raise Fault(
            INVALID, "NO_INPUT", "the input is empty, or of a kind that is not known here; say what happened"
        )
    found: Input = _READ[name](getattr(message, name))
    return found


def _desk(call: Call, domain: str) -> tuple[Hosted, MenuDesk]:
    """Give the domain, if it has menus."""
    hosted = call.hosted(domain)
    if hosted.menus is None:
        call.permit(hosted)  # so that nobody learns what they may not
        raise Fault(STATE, "NO_MENUS", f"domain {hosted.name!r} has no menus: its settings name none")
    return hosted, hosted.menus


def _of_call(call: Call, domain: str, name: str) -> tuple[Hosted, MenuDesk]:
    """Give the domain, if the caller may touch what the menu of this call leads to."""
    hosted, desk = _desk(call, domain)
    call.permit(hosted, queues=desk.queues_of_call(name))
    if not desk.knows(name):
        raise Fault(
            MISSING,
            "UNKNOWN_CALL",
            f"call {name[:128]!r} is in no menu; start it",
            {"subject": name[:128]},
        )
    return hosted, desk
