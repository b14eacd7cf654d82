"""``huntgroup client``: what is done with calls in hand, calls placed, remarks, presence and devices.

Owns these actions; must not know how an RPC is made (``client``), nor how answers are printed (``calling``).
"""

import argparse
from collections.abc import Callable, Iterable
from typing import Any, cast, get_args

from grpc_api import facade as f
from grpc_api.cli.decoding import decoded
from grpc_api.client import Client
from routing.commands import Device
from routing.remarks import Remarks

#: Declares an action: its name, what runs it, and a line of help.
Declare = Callable[[str, Callable[[Client, argparse.Namespace], Iterable[Any]], str], Any]


def add_handling(action: Declare) -> None:
    """Declare the actions."""
    for name, text in (("hold", "put a call on hold"), ("retrieve", "take a call from hold")):
        _of_call(action(name, _hold if name == "hold" else _retrieve, text))
    transfer = _of_call(action("transfer", _transfer, "let a caller go on to somebody else"))
    _add_destination(transfer)
    transfer.add_argument("--reset-age", action="store_true", help="to the end of the queue")
    consult = _of_call(action("consult", _consult, "put a call on hold and ring somebody about it"))
    consult.add_argument("leg", help="the id of the new call")
    _add_destination(consult)
    consult.add_argument("--anyway", action="store_true", help="also who is not free")
    for name, run, text in (
        ("join", _join, "make one conversation of a call and a leg"),
        ("part", _part, "take a leg out of the conversation"),
    ):
        _of_call(action(name, run, text)).add_argument("leg")
    over = _of_call(action("hand-over", _hand_over, "give a call to the agent of a leg"))
    over.add_argument("leg", nargs="?", default="", help="by default the one that joined first")
    take = _of_call(action("take-over", _take_over, "ring a supervisor, who then has the call"))
    take.add_argument("leg", help="the id of the new call")
    take.add_argument("agent")
    place = _of_call(action("place", _place, "say that an agent calls somebody"))
    place.add_argument("agent")
    place.add_argument("--to", default="", metavar="AGENT", help="a colleague; by default a customer")
    place.add_argument("--leg", default="", help="the id of the colleague's call")
    place.add_argument("--queue", default="", help="where it is counted")
    place.add_argument("--anyway", action="store_true", help="also a colleague who is not free")
    remark = _of_call(action("remark", _remark, "say something about a call"))
    remark.add_argument("remark", metavar="JSON", help='such as {"type": "Disposition", "code": "sold"}')
    presence = action("presence", _presence, "say how an agent stands")
    presence.add_argument("agent")
    device = action("device", _device, "say how a device is")
    device.add_argument("endpoint")
    device.add_argument("state", choices=get_args(Device))


def _of_call(parser: Any) -> Any:
    parser.add_argument("call")
    parser.add_argument("--front-end", default="")
    return parser


def _add_destination(parser: Any) -> None:
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--queue", action="append", default=[], dest="queues", help="may be repeated")
    group.add_argument("--agent", default="", help="the agent's own line")
    group.add_argument("--number", default="", help="what a number means")


def _destination(options: argparse.Namespace) -> f.Destination:
    return f.Destination(tuple(options.queues), options.agent, options.number)


def _handle(client: Client, options: argparse.Namespace, do: f.Action) -> Iterable[Any]:
    return [client.handle_call(f.HandleCall(options.call, do, options.front_end))]


def _hold(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return _handle(client, options, f.HoldAction())


def _retrieve(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return _handle(client, options, f.RetrieveAction())


def _transfer(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return _handle(client, options, f.TransferAction(_destination(options), not options.reset_age))


def _consult(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return _handle(client, options, f.ConsultAction(options.leg, _destination(options), options.anyway))


def _join(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return _handle(client, options, f.JoinAction(options.leg))


def _part(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return _handle(client, options, f.PartAction(options.leg))


def _hand_over(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return _handle(client, options, f.HandOverAction(options.leg))


def _take_over(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return _handle(client, options, f.TakeOverAction(options.leg, options.agent))


def _place(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    call = f.PlaceCall(
        options.call,
        options.agent,
        options.front_end,
        options.to,
        options.leg,
        options.queue,
        options.anyway,
    )
    return [client.place_call(call)]


def _remark(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    remark = cast("Remarks", decoded(options.remark, Remarks, "remark"))
    return [client.remark_call(f.RemarkCall(options.call, remark, options.front_end))]


def _presence(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return [client.presence(options.agent)]


def _device(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return [client.report_endpoint(f.ReportEndpoint(options.endpoint, options.state))]
