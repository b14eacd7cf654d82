"""``huntgroup show``: queues, agents, contacts, statistics or campaigns of a running server, once or again and again.

Owns the options and the tables; must not know how the server is asked (``client``).
"""

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

import msgspec
from rich.console import Console
from rich.live import Live
from rich.table import Table

from grpc_api.cli.reaching import add_reaching, target_of
from grpc_api.client import Client
from grpc_api.dialing.shapes import CampaignBrief
from grpc_api.status import Fault
from routing.cli.printing import make_console
from routing.clock import WallClock, pause_ns
from routing.durations import parse_duration
from routing.errors import ConfigError, DataError
from routing.host.pictures import AgentStatistics, QueueStatistics
from routing.units import MINUTE, SECOND
from routing.views import AgentView, ContactView, QueueView

T = TypeVar("T")

_LEAST_NS: Final = SECOND // 5

View = QueueView | AgentView | ContactView | QueueStatistics | CampaignBrief

#: What was counted, by the id of a queue or an agent; empty when the server counts nothing.
Counted = Mapping[str, QueueStatistics | AgentStatistics]


def add_show(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Show queues, agents, contacts, statistics or campaigns of a running server as a table."
    )
    parser.add_argument("noun", choices=tuple(_TABLES), help="what to show")
    parser.add_argument(
        "--server", default="127.0.0.1:50051", metavar="HOST:PORT", help="default: %(default)s"
    )
    parser.add_argument("--domain", default="", help="which centre; by default the only one")
    parser.add_argument("--watch", action="store_true", help="show it again and again, until interrupted")
    parser.add_argument(
        "--interval", type=_interval, default=2 * SECOND, metavar="DURATION", help="of --watch; default: 2s"
    )
    parser.add_argument("--times", type=_times, default=0, metavar="N", help="of --watch: stop after so many")
    parser.add_argument("--queue", default="", help="contacts or statistics of this queue only")
    parser.add_argument("--logged-in", action="store_true", help="agents who are logged in only")
    parser.add_argument("--json", action="store_true", help="print a JSON array, with --watch one a line")
    add_reaching(parser)
    parser.set_defaults(run=_show)


def _interval(text: str) -> int:
    try:
        return max(parse_duration(text), _LEAST_NS)
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _times(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of times; write 1 or more")
    return int(text)


def _show(options: argparse.Namespace) -> int:
    target = target_of(options.server, options)
    console = make_console()
    try:
        with Client(target, options.domain) as client:
            _run(options, client, console)
    except Fault as fault:
        raise DataError(f"{options.server}: {fault.message} ({fault.reason or fault.code.name})") from fault
    except KeyboardInterrupt:
        if not options.watch:  # which is how watching ends
            raise
    return 0


def _run(options: argparse.Namespace, client: Client, console: Console) -> None:
    def found() -> list[View]:
        match options.noun:
            case "queues":
                return list(client.list_queues())
            case "agents":
                return list(client.list_agents(logged_in=options.logged_in))
            case "statistics":
                return list(client.queue_statistics([options.queue] if options.queue else ()))
            case "campaigns":
                return list(client.list_campaigns())
            case _:
                return list(client.list_contacts(queue=options.queue))

    def counted() -> Counted:
        match options.noun:
            case "queues":
                return {one.queue: one for one in told(client.queue_statistics())}
            case "agents":
                return {one.agent: one for one in told(client.agent_statistics())}
            case _:
                return {}

    if options.json:
        for _ in _rounds(options):
            print(msgspec.json.encode(found()).decode(), flush=True)
        return
    make = _TABLES[options.noun]
    clock = WallClock()
    if not options.watch:
        console.print(make(found(), clock.now_ns(), counted()))
        return
    with Live(console=console, auto_refresh=False, screen=console.is_terminal) as live:
        for _ in _rounds(options):
            live.update(make(found(), clock.now_ns(), counted()), refresh=True)
    if not console.is_terminal:
        console.print()  # ends the last line


def told(found: Iterable[T]) -> list[T]:
    """Give what a server has counted; nothing when it counts nothing, or this caller may not know."""
    try:
        return list(found)
    except Fault as fault:
        if fault.reason == "NO_STATISTICS" or fault.code.name in ("PERMISSION_DENIED", "UNIMPLEMENTED"):
            return []
        raise


def _rounds(options: argparse.Namespace) -> Iterable[int]:
    """Go once or, when watching, again and again with a pause between."""
    number = 0
    while True:
        yield number
        number += 1
        if not options.watch or number == options.times:
            return
        pause_ns(options.interval)


# --- Tables


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        right = column.startswith(">")
        table.add_column(column.removeprefix(">"), justify="right" if right else "left", no_wrap=True)
    return table


def queue_table(queues: Sequence[View], now_ns: int, counted: Counted) -> Table:
    """Draw queues."""
    del now_ns  # they have no age
    columns = ["queue", "state", ">waiting", ">members", ">estimate", "reserves"]
    if counted:
        columns[3:3] = [">longest", ">offered", ">answered", ">abandoned", ">level"]
    table = _table(f"{len(queues):,} queues", *columns)
    for one in queues:
        if isinstance(one, QueueView):
            row = [
                one.id,
                "open" if one.open else "closed",
                f"{one.waiting:,}",
                f"{one.members_logged_in:,}",
                "" if one.estimate_ns < 0 else brief(one.estimate_ns),
                " ".join("on" if on else "off" for on in one.reserves_on),
            ]
            if counted:
                row[3:3] = _of_queue(counted.get(one.id))
            table.add_row(*row)
    return table


def _of_queue(found: QueueStatistics | AgentStatistics | None) -> list[str]:
    """The longest wait, what was offered, answered and abandoned since counting began, the latest service level."""
    if not isinstance(found, QueueStatistics):
        return [""] * 5
    visits = found.metrics.visits
    return [
        brief(found.longest_wait_ns) if found.waiting else "",
        f"{visits.offered:,}",
        f"{visits.answered:,}",
        f"{visits.abandoned:,}",
        percent(found.recent[-1].service_level if found.recent else None),
    ]


def agent_table(agents: Sequence[View], now_ns: int, counted: Counted) -> Table:
    """Draw agents."""
    columns = ["agent", "state", "device", ">idle", ">handled", "in hand"]
    if counted:
        columns[2:2] = ["does", ">for", ">occupancy"]
    table = _table(f"{len(agents):,} agents", *columns)
    for one in agents:
        if isinstance(one, AgentView):
            idle = one.logged_in and not one.segments
            row = [
                one.id,
                standing(one),
                one.device if one.logged_in else "",
                brief(now_ns - one.idle_since_ns) if idle else "",
                f"{one.handled:,}" if one.logged_in else "",
                ", ".join(f"{part.contact} ({part.state.replace('_', '-')})" for part in one.segments),
            ]
            if counted:
                row[2:2] = _of_agent(counted.get(one.id))
            table.add_row(*row)
    return table


def _of_agent(found: QueueStatistics | AgentStatistics | None) -> list[str]:
    """What they do, for how long, and how busy they were since counting began."""
    if not isinstance(found, AgentStatistics) or found.state == "logged_out":
        return [""] * 3
    return [
        found.state.replace("_", " "),
        brief(found.at_ns - found.since_ns),
        percent(found.metrics.occupancy),
    ]


def statistics_table(queues: Sequence[View], now_ns: int, counted: Counted) -> Table:
    """Draw what was counted of queues."""
    del now_ns, counted
    table = _table(
        f"statistics of {len(queues):,} queues",
        "queue",
        ">waiting",
        ">longest",
        ">idle",
        ">talking",
        ">offered",
        ">answered",
        ">abandoned",
        ">flowed out",
        ">ASA",
        ">AHT",
        ">level",
        ">5 min",
        ">30 min",
    )
    for one in queues:
        if isinstance(one, QueueStatistics):
            visits, agents = one.metrics.visits, one.agents
            table.add_row(
                one.queue,
                f"{one.waiting:,}",
                brief(one.longest_wait_ns) if one.waiting else "",
                "" if agents is None else f"{agents.idle:,}",
                "" if agents is None else f"{agents.talking:,}",
                f"{visits.offered:,}",
                f"{visits.answered:,}",
                f"{visits.abandoned:,}",
                f"{visits.flowed_out:,}",
                seconds(visits.asa_s),
                seconds(one.metrics.aht_s),
                percent(visits.service_level.of_offered),
                *(percent(part.service_level) for part in (one.recent[:1] + one.recent[-1:])),
            )
    return table


def campaign_table(campaigns: Sequence[View], now_ns: int, counted: Counted) -> Table:
    """Draw campaigns."""
    del now_ns, counted
    table = _table(
        f"{len(campaigns):,} campaigns",
        "campaign",
        "title",
        "mode",
        "queue",
        "state",
        ">in flight",
        ">dials",
        ">persons",
        ">answered",
        ">abandoned",
        ">share",
        ">cap",
        ">slack",
    )
    for one in campaigns:
        if isinstance(one, CampaignBrief):
            table.add_row(
                one.campaign,
                one.title,
                one.mode,
                one.queue,
                one.state,
                f"{one.in_flight:,}",
                f"{one.dials:,}",
                f"{one.persons:,}",
                f"{one.answered:,}",
                f"{one.abandoned:,}",
                percent(one.share),
                percent(one.cap),
                f"{one.slack:,.1f}",
            )
    return table


def contact_table(contacts: Sequence[View], now_ns: int, counted: Counted) -> Table:
    """Draw contacts."""
    del counted  # which is about many
    table = _table(f"{len(contacts):,} contacts", "contact", "state", "queues", "agents", ">age", ">priority")
    for one in contacts:
        if isinstance(one, ContactView):
            table.add_row(
                one.id,
                one.state,
                ", ".join(visit.queue for visit in one.visits)
                or ", ".join(part.queue for part in one.segments),
                ", ".join(part.agent for part in one.segments),
                brief(now_ns - one.enqueued_ns),
                str(one.priority),
            )
    return table


def standing(agent: AgentView) -> str:
    """Say in a word or two how an agent stands."""
    if not agent.logged_in:
        return "logged out"
    if agent.leaving:
        return "leaving"
    if agent.ready:
        return "ready"
    return f"not ready ({agent.reason})" if agent.reason else "not ready"


def percent(share: float | None) -> str:
    """Write a share.

    >>> percent(0.805), percent(None)
    ('80.5 %', '')
    """
    return "" if share is None else f"{100 * share:.1f} %"


def seconds(duration_s: float | None) -> str:
    """Write a mean as a clock shows it.

    >>> seconds(75.4), seconds(None)
    ('1:15', '')
    """
    return "" if duration_s is None else brief(round(duration_s * SECOND))


def brief(duration_ns: int) -> str:
    """Write a duration as a clock shows it.

    >>> brief(75_000_000_000), brief(3_725_000_000_000), brief(-5)
    ('1:15', '1:02:05', '0:00')
    """
    seconds = max(duration_ns, 0) // SECOND
    minutes, seconds = divmod(seconds, MINUTE // SECOND)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


_TABLES: Final[dict[str, Callable[[Sequence[View], int, Counted], Table]]] = {
    "queues": queue_table,
    "agents": agent_table,
    "contacts": contact_table,
    "statistics": statistics_table,
    "campaigns": campaign_table,
}
