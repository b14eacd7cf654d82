"""``huntgroup client``: the centre around the contact, as supervisors and desks have it from a terminal.

Owns these actions; must not know how an RPC is made (``client``), nor how answers are printed (``calling``).
"""

import argparse
from collections.abc import Iterable
from typing import Any, Final, get_args

from grpc_api.cli.handling import Declare
from grpc_api.client import Client
from grpc_api.client.center import Act
from routing.config.localtime import parse_moment, zone
from routing.errors import ConfigError, UsageError

_MOMENT: Final = "YYYY-MM-DDTHH:MM"
#: By what rows of the audit log are found.
_WANTED: Final = ("who", "act", "subject", "result")


def add_centering(action: Declare) -> None:
    """Declare the actions."""
    screen = action("screen", _screen, "show whose contact it is, as the agent's screen does")
    screen.add_argument("contact")
    screen.add_argument("agent")
    codes = action("dispositions", _dispositions, "list the codes of a queue")
    codes.add_argument("queue")
    _add_call_backs(action("call-back", _list_call_backs, "book, move, cancel and list call-backs"))
    _add_supervise(action("supervise", _supervise, "listen, take over, redirect a queue, post a message"))
    told = action("messages", _messages, "list the messages of the day")
    told.add_argument("agent", nargs="?", default="", help="those of the agent's groups and queues")
    told.add_argument("--queue", action="append", default=[], dest="queues")
    told.add_argument("--group", action="append", default=[], dest="groups")
    _add_recordings(action("recordings", _list_recordings, "list recordings, put them under legal hold"))
    _add_audit(action("audit", _audit, "show who did what"))
    alerts = action("alerts", _alerts, "list alerts that nobody has acknowledged")
    alerts.add_argument("queues", nargs="*", metavar="QUEUE", help="by default all")


# Call-backs


def _add_call_backs(parser: Any) -> None:
    kinds = parser.add_subparsers(title="what", required=True, metavar="WHAT")

    def kind(name: str, run: Any, text: str) -> Any:
        made = kinds.add_parser(name, help=text, description=text)
        made.set_defaults(act=run)
        return made

    book = kind("book", _book, "promise a call")
    book.add_argument(
        "call_back", nargs="?", default="", help="its id; the contact's, when its place is kept"
    )
    book.add_argument("--queue", default="")
    book.add_argument("--number", default="", help="is kept sealed with the customer's record")
    book.add_argument("--number-reference", default="", help="instead, where another system has the number")
    book.add_argument("--customer", default="", help="an opaque reference")
    book.add_argument("--agent", default="", help="who is to call")
    book.add_argument("--contact", default="", help="on which it was asked for")
    book.add_argument("--keep-place", action="store_true", help="that contact waits, and keeps its place")
    book.add_argument(
        "--confirmed", action="store_true", help="the customer has said that the number is right"
    )
    book.add_argument("--priority", type=int, default=0)
    _add_window(book, "by default as soon as may be")
    move = kind("move", _move, "give a call-back another window or agent")
    move.add_argument("call_back")
    move.add_argument("--agent", help="'' is anybody; by default as before")
    _add_window(move)
    cancel = kind("cancel", _cancel, "have nobody call")
    cancel.add_argument("call_back")
    cancel.add_argument("--reason", default="")
    listing = kind("list", _list_call_backs, "show those that are still to be made")
    listing.add_argument("--queue", default="")
    listing.add_argument("--customer", default="")
    slots = kind("slots", _slots, "show when call-backs can be promised")
    slots.add_argument("queue")
    _add_window(slots)
    number = kind("number", _number, "tell what an attempt is to dial")
    number.add_argument("attempt")


def _book(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    from_ns, to_ns = _window(options)
    wishes = {
        name: getattr(options, name)
        for name in (
            "number",
            "number_reference",
            "customer",
            "agent",
            "contact",
            "keep_place",
            "confirmed",
            "priority",
        )
    }
    booked = client.book_call_back(
        options.call_back, options.queue, from_ns=from_ns, to_ns=to_ns, timezone=options.timezone, **wishes
    )
    return [booked]


def _move(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    wishes = {} if options.agent is None else {"agent": options.agent}
    from_ns, to_ns = _window(options)
    return [client.move_call_back(options.call_back, from_ns, to_ns, timezone=options.timezone, **wishes)]


def _cancel(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return [client.cancel_call_back(options.call_back, options.reason)]


def _list_call_backs(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return client.call_backs(queue=options.queue, customer=options.customer)


def _slots(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    from_ns, to_ns = _window(options)
    return client.call_back_slots(options.queue, from_ns, to_ns, timezone=options.timezone)


def _number(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return [client.call_back_number(options.attempt)]


# Supervision


def _add_supervise(parser: Any) -> None:
    parser.add_argument("supervisor_act", metavar="ACT", choices=get_args(Act), help=", ".join(get_args(Act)))
    parser.add_argument("contact", nargs="?", default="")
    parser.add_argument("--who", default="", help="one of the centre's people; not given with a credential")
    parser.add_argument("--queue", default="")
    parser.add_argument("--group", default="")
    parser.add_argument("--to", default="", metavar="QUEUE", help="where a queue is redirected")
    parser.add_argument("--leave-waiting", action="store_true", help="leave those where they are who wait")
    parser.add_argument("--text", default="", help="of a message")
    parser.add_argument("--until", metavar=_MOMENT, help="when a message ends; a date means its end")
    parser.add_argument("--reason", default="", help="of a forced disconnection")
    parser.add_argument("--why", default="", help="a ticket or code, for the log")
    _add_timezone(parser)


def _supervise(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    names = ("who", "queue", "group", "to", "leave_waiting", "text", "reason", "why")
    refusal = client.supervise(
        options.supervisor_act,
        options.contact,
        until_ns=_moment(options.until, options, end=True),
        **{name: getattr(options, name) for name in names},
    )
    return [{"done": refusal is None, "refusal": refusal}]


def _screen(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return [client.screen_pop(options.contact, options.agent)]


def _dispositions(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return client.dispositions(options.queue)


def _messages(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return client.messages(options.agent, queues=options.queues, groups=options.groups)


def _alerts(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return client.alerts(options.queues)


# What was recorded, and who did what


def _add_recordings(parser: Any) -> None:
    kinds = parser.add_subparsers(title="what", required=True, metavar="WHAT")
    listing = kinds.add_parser("list", help="show them, by start")
    for name in ("contact", "customer", "agent", "queue", "matter"):
        listing.add_argument(f"--{name}", default="")
    _add_window(listing, "by default all")
    for name, text in (("hold", "put them under legal hold"), ("release", "release them")):
        held = kinds.add_parser(name, help=text)
        held.set_defaults(act=_hold_recordings, release=name == "release")
        held.add_argument("segments", nargs="+", metavar="SEGMENT")
        held.add_argument("--matter", required=True, help="for what")
        held.add_argument("--why", required=True, help="for the audit")


def _list_recordings(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    from_ns, to_ns = _window(options)
    names = ("contact", "customer", "agent", "queue", "matter")
    return client.recordings(from_ns=from_ns, to_ns=to_ns, **{name: getattr(options, name) for name in names})


def _hold_recordings(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    asked = client.hold_recordings(options.segments, options.matter, options.why, release=options.release)
    return [{"deletion_asked": asked}]


def _add_audit(parser: Any) -> None:
    for name in _WANTED:
        parser.add_argument(
            f"--{name}",
            dest=f"of_{name}",
            action="append",
            default=[],
            metavar=name.upper(),
            help="may be repeated",
        )
    parser.add_argument("--newest", type=int, default=0, metavar="N", help="by default as the server has it")
    _add_window(parser, "by default all")


def _audit(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    from_ns, to_ns = _window(options)
    wanted = {name: getattr(options, f"of_{name}") for name in _WANTED}
    return client.audit(from_ns=from_ns, to_ns=to_ns, newest=options.newest, **wanted)


# Times


def _add_window(parser: Any, default: str = "") -> None:
    required = not default
    parser.add_argument("--from", dest="start", metavar=_MOMENT, required=required, help=default or None)
    parser.add_argument("--to", dest="end", metavar=_MOMENT, required=required, help="a date means its end")
    _add_timezone(parser)


def _add_timezone(parser: Any) -> None:
    parser.add_argument("--timezone", default="", help="whose clock, as Europe/Berlin; default: UTC")


def _window(options: argparse.Namespace) -> tuple[int, int]:
    """Read from when to when; 0 where it is not said."""
    from_ns, to_ns = _moment(options.start, options), _moment(options.end, options, end=True)
    if to_ns and to_ns <= from_ns:
        raise UsageError(f"--to {options.end} is not after --from {options.start}; swap them")
    return from_ns, to_ns


def _moment(text: str | None, options: argparse.Namespace, *, end: bool = False) -> int:
    if not text:
        return 0
    try:
        return parse_moment(text, zone(options.timezone or "UTC"), end=end)
    except ConfigError as error:
        raise UsageError(f"--timezone: {error}") from None
