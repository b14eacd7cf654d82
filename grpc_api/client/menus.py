"""What a client can ask of interactive menus.

Owns these RPCs from the client's side; must not know how a menu goes.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final, cast, get_args

from grpc_api.client.asking import Ask, ask_of
from grpc_api.client.routing_asks import instruction_from, refusal_in
from grpc_api.convert import reader, writer
from grpc_api.convert.kinds import enum_words
from grpc_api.convert.words import snake
from grpc_api.menus.shapes import Done, FlowBrief, Ignored, MenusSynced, MenuTurn
from grpc_api.v1 import menus_pb2
from routing.errors import UsageError
from routing.menus import HungUp, Input, Outcome, Spoken, Wait

MENUS: Final = "/huntgroup.v1.MenuService/"
_IGNORED: Final = enum_words(menus_pb2.MenuIgnored.DESCRIPTOR)
_DONE: Final = enum_words(menus_pb2.MenuDone.DESCRIPTOR)
_KINDS: Final[dict[str, Any]] = {
    snake(kind.__name__): kind for union in (Wait, Outcome) for kind in get_args(union)
}
_brief: Any = reader(FlowBrief)
_spoken: Any = reader(Spoken)


def list_flows(domain: str) -> Ask[tuple[FlowBrief, ...]]:
    """See the flows in force."""
    return ask_of(
        f"{MENUS}ListFlows",
        menus_pb2.ListFlowsRequest(domain=domain),
        menus_pb2.ListFlowsResponse,
        lambda answer: tuple(map(_brief, answer.flows)),
    )


def start_menu(
    domain: str,
    call: str,
    flow: str,
    attributes: Mapping[str, str],
    language: str,
    caller: str,
    front_end: str,
    channel: str,
    only_tell: bool,
) -> Ask[MenuTurn]:
    """Let a call enter a flow."""
    return ask_of(
        f"{MENUS}StartMenu",
        menus_pb2.StartMenuRequest(
            domain=domain,
            call=call,
            flow=flow,
            attributes=attributes,
            language=language,
            caller=caller,
            front_end=front_end,
            channel=channel,
            only_tell=only_tell,
        ),
        menus_pb2.StartMenuResponse,
        _turn,
    )


def give_menu(domain: str, call: str, given: Input) -> Ask[MenuTurn]:
    """Say what happened to a call.

    Raises
    ------
    UsageError
        If it cannot be sent.
    """
    fields: Any = {} if isinstance(given, HungUp) else writer(type(given))(given)
    try:
        told = menus_pb2.MenuInput(**{snake(type(given).__name__): fields})
    except (TypeError, ValueError, KeyError) as error:
        raise UsageError(f"{given!r} cannot be sent: {error}; give its fields the types they have") from None
    return ask_of(
        f"{MENUS}GiveMenu",
        menus_pb2.GiveMenuRequest(domain=domain, call=call, input=told),
        menus_pb2.GiveMenuResponse,
        _turn,
    )


def get_menu(domain: str, call: str, caller: str) -> Ask[MenuTurn]:
    """See where a call stands."""
    request = menus_pb2.GetMenuRequest(domain=domain, call=call, caller=caller)
    return ask_of(f"{MENUS}GetMenu", request, menus_pb2.GetMenuResponse, _turn)


def sync_menus(domain: str, front_end: str, calls: Collection[str]) -> Ask[MenusSynced]:
    """Say which calls a front-end has."""
    return ask_of(
        f"{MENUS}SyncMenus",
        menus_pb2.SyncMenusRequest(domain=domain, front_end=front_end, calls=calls),
        menus_pb2.SyncMenusResponse,
        lambda answer: MenusSynced(tuple(answer.ended), tuple(answer.unknown)),
    )


def _turn(answer: Any) -> MenuTurn:
    turn = answer.turn
    return MenuTurn(
        turn.call,
        turn.flow,
        turn.version,
        turn.language,
        tuple(map(_spoken, turn.spoken)),
        _one(turn.wait, "wait"),
        _one(turn.outcome, "outcome"),
        cast("Ignored", _IGNORED.get(turn.ignored, "")),
        turn.again,
        turn.served,
        cast("Done", _DONE.get(turn.done, "")),
        refusal_in(turn),
        turn.problem,
        tuple(map(instruction_from, turn.instructions)),
    )


def _one(message: Any, oneof: str) -> Any:
    name = message.WhichOneof(oneof)
    return None if name is None else reader(_KINDS[name])(getattr(message, name))
