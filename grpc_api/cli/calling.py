"""``huntgroup client``: RPCs of engine, routing, menus and centre from a terminal; answers are JSON, one value a line.

Owns the options and what is printed; must not know how an RPC is made (``client``).
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final, cast, get_args

import msgspec

from grpc_api import facade as f
from grpc_api.cli.centering import add_centering
from grpc_api.cli.decoding import decoded
from grpc_api.cli.handling import add_handling
from grpc_api.cli.reaching import add_reaching, target_of
from grpc_api.client import Client, Patience
from grpc_api.status import Fault
from routing.commands import Command
from routing.config import dumps, load
from routing.durations import parse_duration
from routing.errors import HuntgroupError, UnavailableError, UsageError
from routing.menus import Digits, HungUp, Input

_INPUT: Final = msgspec.json.Decoder(Input)


def add_client(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Ask a server, or tell it something. Answers are JSON, one value a line."
    parser.add_argument(
        "--server", default="127.0.0.1:50051", metavar="HOST:PORT", help="default: %(default)s"
    )
    parser.add_argument("--domain", default="", help="which centre; by default the only one")
    add_reaching(parser)
    parser.add_argument(
        "--timeout",
        default="10s",
        metavar="DURATION",
        help="for the answer, retries included; default: %(default)s",
    )
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")

    def action(name: str, run: Callable[[Client, argparse.Namespace], Iterable[Any]], text: str) -> Any:
        made = actions.add_parser(name, help=text, description=text)
        made.set_defaults(run=run_action, act=run)
        return made

    apply = action("apply", _apply, 'do commands, given as JSON: {"type": "LogIn", "agent": "ann"}')
    apply.add_argument("commands", nargs="*", metavar="JSON", help="none: lines of standard input")
    apply.add_argument("--request-id", default="", help="of a single command")
    apply.add_argument("--batch", type=int, default=0, metavar="N", help="over a session, N at a time")

    watch = action("watch", _watch, "follow events")
    watch.add_argument(
        "--after", type=int, metavar="REVISION", help="from behind it on; by default from now on"
    )
    watch.add_argument("--contact", action="append", default=[], dest="contacts")
    watch.add_argument("--agent", action="append", default=[], dest="agents")
    watch.add_argument("--queue", action="append", default=[], dest="queues")
    watch.add_argument("--type", action="append", default=[], dest="types", metavar="EVENT")
    watch.add_argument(
        "--interval", default="0s", metavar="DURATION", help="at most one message in this time"
    )
    watch.add_argument("--count", type=int, default=0, metavar="N", help="end after so many")

    get = action("get", _get, "show an agent, a contact or a queue")
    get.add_argument("noun", choices=("agent", "contact", "queue"))
    get.add_argument("id")
    listing = action("list", _list, "show all agents, contacts or queues")
    listing.add_argument("noun", choices=("agents", "contacts", "queues"))
    listing.add_argument(
        "--state", default="", choices=("waiting", "offered", "handling", "held"), help="of contacts"
    )
    listing.add_argument("--queue", default="", help="of contacts")
    listing.add_argument("--logged-in", action="store_true", help="agents who are")

    explain = action("explain", _explain, "say why nobody has a contact yet")
    explain.add_argument("contact")
    explain.add_argument("--agent", action="append", default=[], dest="agents")
    explain.add_argument("--limit", type=int, default=0, metavar="N")
    action("statistics", lambda client, _: [client.statistics()], "count what there is")
    action("status", lambda client, _: [client.status()], "say how the host is")

    config = action("config", _config, "get, check or put the configuration")
    config.add_argument("what", choices=("get", "check", "put"))
    config.add_argument("file", nargs="?", metavar="FILE", help="for check and put")
    config.add_argument("--expected", default="", metavar="VERSION", help="fail if another one is in force")

    route = action("route", _route, "say where a call goes")
    route.add_argument("call")
    route.add_argument("--called", default="", metavar="NUMBER")
    route.add_argument("--caller", default="", metavar="NUMBER")
    route.add_argument("--front-end", default="")
    route.add_argument("--priority", type=int)
    route.add_argument("--attribute", action="append", default=[], metavar="NAME=VALUE")
    report = action("report", _report, "say what became of a call")
    report.add_argument("call")
    report.add_argument("report", choices=get_args(f.Report))
    report.add_argument("--agent", default="")
    report.add_argument("--offer", type=int, default=0)
    report.add_argument("--front-end", default="")
    report.add_argument("--endpoint", default="", help="which of the agent's devices")
    follow = action("follow", _follow, "follow what is to be done with calls")
    follow.add_argument("--front-end", default="")
    follow.add_argument("--call", default="")
    follow.add_argument("--after", type=int, metavar="REVISION", help="0: begin with what holds now")
    follow.add_argument("--count", type=int, default=0, metavar="N", help="end after so many")
    sync = action("sync", _sync, "say which calls a front-end has")
    sync.add_argument("front_end")
    sync.add_argument("calls", nargs="*", metavar="CALL[=AGENT]")
    code = action("code", _code, "dial a code from an agent's device")
    code.add_argument("endpoint")
    code.add_argument("code")
    menu = action("menu", _menu, "lead a call through an interactive menu, or list the flows")
    menu.add_argument("what", choices=("flows", "start", "give", "get", "hang-up", "sync"))
    menu.add_argument("call", nargs="?", default="", help="for sync: the front-end")
    menu.add_argument("rest", nargs="*", metavar="FLOW|INPUT|CALL", help="as what is done needs it")
    menu.add_argument("--attribute", action="append", default=[], metavar="NAME=VALUE")
    menu.add_argument("--language", default="")
    menu.add_argument("--caller", default="", metavar="NUMBER", help="kept in the server's memory alone")
    menu.add_argument("--front-end", default="")
    menu.add_argument("--only-tell", action="store_true", help="leave what follows to the driver")
    add_handling(action)
    add_centering(action)


def run_action(options: argparse.Namespace) -> int:
    """Make one RPC and print what it answers."""
    target = target_of(options.server, options)
    patience = Patience(timeout_ns=parse_duration(options.timeout))
    try:
        with Client(target, options.domain, patience) as client:
            for value in options.act(client, options):
                print(msgspec.json.encode(value).decode(), flush=True)
    except Fault as fault:
        raise HuntgroupError(f"{fault.code.name} {fault.reason}: {fault.message}") from None
    except TimeoutError as error:
        raise UnavailableError(str(error)) from None
    return 0


def _apply(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    texts = options.commands or (line for line in sys.stdin if line.strip())
    if options.batch:
        yield from _batches(client, texts, options.batch)
        return
    commands = [_command(text) for text in texts]
    if options.request_id:
        if len(commands) != 1:
            raise UsageError(f"{len(commands)} commands and one request id; give one command with it")
        yield client.apply(commands[0], request_id=options.request_id)
        return
    yield from client.apply_many(commands)


def _batches(client: Client, texts: Iterable[str], size: int) -> Iterable[Any]:
    with client.session() as session:
        batch: list[Command] = []
        for text in texts:
            batch.append(_command(text))
            if len(batch) == size:
                yield from session.apply_many(batch)
                batch = []
        yield from session.apply_many(batch)


def _command(text: str) -> Command:
    return cast("Command", decoded(text, Command, "command"))


def _watch(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    with client.watch(
        options.after,
        contacts=options.contacts,
        agents=options.agents,
        queues=options.queues,
        types=options.types,
        min_interval_ns=parse_duration(options.interval),
    ) as watch:
        yield from _some(watch, options.count)


def _some(values: Iterable[Any], count: int) -> Iterable[Any]:
    for number, value in enumerate(values, 1):
        yield value
        if number == count:
            return


def _get(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    get: dict[str, Callable[[str], Any]] = {
        "agent": client.get_agent,
        "contact": client.get_contact,
        "queue": client.get_queue,
    }
    return [get[options.noun](options.id)]


def _list(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    if options.noun == "contacts":
        return client.list_contacts(state=options.state, queue=options.queue)
    if options.noun == "agents":
        return client.list_agents(logged_in=options.logged_in)
    return client.list_queues()


def _explain(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return [client.explain(options.contact, agents=options.agents, limit=options.limit)]


def _config(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    if options.what == "get":
        found = client.configuration()
        return [{"version": found.version, "config": msgspec.json.decode(dumps(found.config, "json"))}]
    if not options.file:
        raise UsageError(f"config {options.what} needs a file; name the configuration")
    config = load(options.file)
    if options.what == "check":
        return client.validate(config).findings
    return [client.put_configuration(config, expected_version=options.expected)]


def _route(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    call = f.RouteCall(
        options.call,
        options.front_end,
        options.caller,
        options.called,
        _attributes(options.attribute),
        priority=options.priority,
    )
    return [client.route_call(call)]


def _attributes(given: Iterable[str]) -> dict[str, str]:
    attributes = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise UsageError(f"{one!r} is no attribute; write NAME=VALUE")
        attributes[name] = value
    return attributes


def _menu(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    call, rest = options.call, options.rest
    if options.what == "flows":
        return client.list_flows()
    if not call:
        raise UsageError(f"menu {options.what} needs a call; name it")
    match options.what, rest:
        case "start", [flow]:
            turn = client.start_menu(
                call,
                flow,
                _attributes(options.attribute),
                language=options.language,
                caller=options.caller,
                front_end=options.front_end,
                only_tell=options.only_tell,
            )
        case "give", [text]:
            turn = client.give_menu(call, _given(text))
        case "hang-up", []:
            turn = client.give_menu(call, HungUp())
        case "get", []:
            turn = client.get_menu(call, caller=options.caller)
        case "sync", calls:
            return [client.sync_menus(call, calls)]
        case _:
            raise UsageError(
                f"menu {options.what} is not given {len(rest)} words; write 'start CALL FLOW', 'give CALL INPUT', "
                "'get CALL', 'hang-up CALL' or 'sync FRONT_END CALL...'"
            )
    return [turn]


def _given(text: str) -> Input:
    """Read an input: JSON with its type, or keys as they are pressed."""
    if not text.startswith("{"):
        return Digits(text)
    try:
        return cast("Input", _INPUT.decode(text))
    except (msgspec.DecodeError, UnicodeError) as error:
        raise UsageError(f"{text.strip()[:100]!r} is no input: {error}") from None


def _report(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    report = f.ReportCall(
        options.call,
        options.report,
        options.front_end,
        options.agent,
        options.offer,
        endpoint=options.endpoint,
    )
    return [client.report_call(report)]


def _follow(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    with client.follow_calls(
        front_end=options.front_end, call_id=options.call, after=options.after
    ) as stream:
        yield from _some((one for one in stream if one.call_id), options.count)


def _sync(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    legs = [f.LiveLeg(call, agent) for call, _, agent in (one.partition("=") for one in options.calls)]
    return [client.sync_calls(f.SyncCalls(options.front_end, tuple(legs)))]


def _code(client: Client, options: argparse.Namespace) -> Iterable[Any]:
    return [client.dial_code(f.DialCode(options.endpoint, options.code))]
