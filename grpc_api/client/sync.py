"""A client for threads.

Owns connections and retries of threads; must not know what the RPCs are (``asking``).
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Self, TypeVar

import grpc
import msgspec

from grpc_api import facade as f
from grpc_api.center.shapes import (
    AuditedRow,
    CallBackSlot,
    CallBackView,
    DayMessage,
    DispositionCode,
    OpenAlert,
    RecordedSegment,
    ScreenPop,
)
from grpc_api.client import asking, center, dials, menus, routing_asks
from grpc_api.client.asking import Ask, Ids, Page
from grpc_api.client.center import Act
from grpc_api.client.connection import Target
from grpc_api.client.dials import Line
from grpc_api.client.retrying import Attempts, Patience, fault_in
from grpc_api.client.session import Session
from grpc_api.client.shapes import Checked, Configuration, Put, Statistics, Status
from grpc_api.client.watch import Follow, Watch
from grpc_api.dialing.shapes import CampaignBrief, CampaignPicture
from grpc_api.dialing.shapes import State as CampaignState
from grpc_api.menus.shapes import FlowBrief, MenusSynced, MenuTurn
from routing.commands import AttemptOutcome, AttemptState, Command
from routing.events import Event
from routing.explaining.shapes import Explanation
from routing.host import Outcome, Request
from routing.host.pictures import AgentStatistics, GroupStatistics, QueueStatistics
from routing.menus import Input
from routing.model import Config
from routing.views import AgentView, ContactView, QueueView

T = TypeVar("T")


class Client:
    """A contact centre on a server, for any thread. Errors are those that an embedded host would raise.

    What fails because the server is away or busy is tried again until ``patience`` ends. That is safe: every command
    has a request id, made here unless it is given.

    Parameters
    ----------
    target : Target or str
        The server; a ``HOST:PORT`` alone is reached without TLS.
    domain : str
        Which of its centres.
    patience : Patience, optional
        How long to wait and to try.

    Examples
    --------
    >>> from grpc_api.domains import Domains, Hosted
    >>> from grpc_api.server import Server
    >>> from routing import Agent, Config, LogIn, Queue
    >>> from routing.host import Host
    >>> config = Config(agents=(Agent("ann"),), queues=(Queue("sales"),))
    >>> with Host(config) as host, Server(Domains(Hosted("bank", host))) as server:
    ...     with Client(f"127.0.0.1:{server.port}", "bank") as client:
    ...         _ = client.apply(LogIn("ann"))
    ...         client.get_agent("ann").ready
    True
    """

    def __init__(self, target: Target | str, domain: str, patience: Patience | None = None) -> None:
        self.target = target if isinstance(target, Target) else Target(target)
        self.domain = domain
        self.patience = patience or Patience()
        self.ids = Ids()
        self._channel = self.target.channel()
        self._methods: dict[str, Callable[..., Any]] = {}

    def close(self) -> None:
        """Let the connection go."""
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Commands

    def apply(self, command: Command, *, request_id: str = "", timeout_ns: int | None = None) -> Outcome:
        """Do one command."""
        return self.apply_many([Request(command, request_id)], timeout_ns=timeout_ns)[0]

    def apply_many(
        self, commands: Collection[Command | Request], *, timeout_ns: int | None = None
    ) -> list[Outcome]:
        """Do commands in order, in one write; all of them or, if this raises, none (unless it was not to be known)."""
        return self._do(asking.apply(self.domain, asking.requests_of(commands, self.ids)), timeout_ns)

    def session(self, *, front_end: str = "", lease_ns: int = 0) -> Session:
        """Open a session for batches; see `Session`."""
        return Session(
            self._channel, self.domain, self.ids, self.patience, self.target.metadata, front_end, lease_ns
        )

    # Events

    def watch(
        self,
        after: int | None = None,
        *,
        contacts: Collection[str] = (),
        agents: Collection[str] = (),
        queues: Collection[str] = (),
        types: Collection[type[Event] | str] = (),
        min_interval_ns: int = 0,
        progress_interval_ns: int = 0,
    ) -> Watch:
        """Follow events from behind this revision on (None: from now on), through interruptions; see `Watch`."""
        names = [one if isinstance(one, str) else one.__name__ for one in types]
        request = asking.watch_request(
            self.domain, after, contacts, agents, queues, names, min_interval_ns, progress_interval_ns
        )
        return Watch(self._channel, request, self.patience, self.target.metadata)

    # Reads

    def get_contact(self, contact: str) -> ContactView:
        """See a living contact."""
        return self._do(asking.get_contact(self.domain, contact))

    def get_agent(self, agent: str) -> AgentView:
        """See an agent."""
        return self._do(asking.get_agent(self.domain, agent))

    def get_queue(self, queue: str) -> QueueView:
        """See a queue."""
        return self._do(asking.get_queue(self.domain, queue))

    def list_contacts(self, *, state: str = "", queue: str = "", page_size: int = 0) -> Iterator[ContactView]:
        """See living contacts in the order of their ids; pages are fetched as they are needed."""
        return self._all(lambda token: asking.list_contacts(self.domain, state, queue, page_size, token))

    def list_agents(self, *, logged_in: bool = False, page_size: int = 0) -> Iterator[AgentView]:
        """See agents in the order of their ids."""
        return self._all(lambda token: asking.list_agents(self.domain, logged_in, page_size, token))

    def list_queues(self, *, page_size: int = 0) -> Iterator[QueueView]:
        """See queues in the order of their ids."""
        return self._all(lambda token: asking.list_queues(self.domain, page_size, token))

    def explain(self, contact: str, *, agents: Collection[str] = (), limit: int = 0) -> Explanation:
        """Ask how a living contact stands, and why each agent may or may not have it."""
        return self._do(asking.explain(self.domain, contact, agents, limit))

    def statistics(self) -> Statistics:
        """Count what there is."""
        return self._do(asking.statistics(self.domain))

    def queue_statistics(
        self, queues: Collection[str] = (), *, by_channel: bool = False, page_size: int = 0
    ) -> Iterator[QueueStatistics]:
        """See what was counted of these queues, or of all in the order of their ids; each in every channel, too."""
        return self._all(
            lambda token: asking.queue_statistics(self.domain, queues, by_channel, page_size, token)
        )

    def agent_statistics(
        self, agents: Collection[str] = (), *, page_size: int = 0
    ) -> Iterator[AgentStatistics]:
        """See what was counted of these agents, or of all in the order of their ids."""
        return self._all(lambda token: asking.agent_statistics(self.domain, agents, page_size, token))

    def group_statistics(self, groups: Collection[str]) -> tuple[GroupStatistics, ...]:
        """See how the agents of groups stand."""
        return (self._do(asking.group_statistics(self.domain, groups))).items

    def status(self) -> Status:
        """Ask how the host is."""
        return self._do(asking.status(self.domain))

    # The configuration

    def configuration(self) -> Configuration:
        """Read the configuration in force."""
        return self._do(asking.configuration(self.domain))

    def validate(self, config: Config | str) -> Checked:
        """Have a configuration, or a JSON text, looked over."""
        return self._do(asking.validate(self.domain, config))

    def put_configuration(
        self, config: Config | str, *, expected_version: str = "", request_id: str = ""
    ) -> Put:
        """Put a configuration in force; raises a `grpc_api.status.Fault` "OTHER_VERSION" if another one is by now."""
        return self._do(asking.put(self.domain, config, expected_version, request_id or self.ids()))

    # The facade

    def route_call(self, call: f.RouteCall) -> f.Answer:
        """Ask where a call goes."""
        return self._do(routing_asks.route_call(self.domain, call))

    def report_call(self, report: f.ReportCall) -> f.Answer:
        """Say what became of a call, and learn what comes next."""
        return self._do(routing_asks.report_call(self.domain, report))

    def follow_calls(self, *, front_end: str = "", call_id: str = "", after: int | None = None) -> Follow:
        """Follow what is to be done with one call, or with all of a front-end, through interruptions."""
        request = routing_asks.follow_request(self.domain, front_end, call_id, after)
        return Follow(self._channel, request, self.patience, self.target.metadata)

    def sync_calls(self, sync: f.SyncCalls) -> f.Synced:
        """Say which calls a front-end has."""
        return self._do(routing_asks.sync_calls(self.domain, sync))

    def dial_code(self, dialled: f.DialCode) -> f.CodeAnswer:
        """Say what was dialled on an agent's device."""
        if not dialled.request_id:
            dialled = f.DialCode(dialled.endpoint, dialled.code, self.ids())
        return self._do(routing_asks.dial_code(self.domain, dialled))

    def handle_call(self, asked: f.HandleCall) -> f.Handled:
        """Have something done with a call in hand: hold, transfer, consult, join, part, hand over, take over."""
        if not asked.request_id:
            asked = msgspec.structs.replace(asked, request_id=self.ids())
        return self._do(routing_asks.handle_call(self.domain, asked))

    def place_call(self, call: f.PlaceCall) -> f.Handled:
        """Say that an agent calls a customer or a colleague."""
        return self._do(routing_asks.place_call(self.domain, call))

    def remark_call(self, said: f.RemarkCall) -> f.Answer:
        """Say something about a call."""
        if not said.request_id:
            said = msgspec.structs.replace(said, request_id=self.ids())
        return self._do(routing_asks.remark_call(self.domain, said))

    def presence(self, agent: str = "", *, endpoint: str = "") -> f.Present:
        """Ask how an agent stands, or whoever is at an endpoint."""
        return self._do(routing_asks.presence(self.domain, agent, endpoint))

    def report_endpoint(self, report: f.ReportEndpoint) -> f.EndpointAnswer:
        """Say that a device is in use elsewhere, out of reach, or usable again."""
        return self._do(routing_asks.report_endpoint(self.domain, report))

    # Dialing

    def watch_dials(
        self, front_end: str, *, carriers: Collection[str] = (), known: Collection[str] = ()
    ) -> dials.Dials:
        """Follow what this front-end is to dial over these carriers (none: all), through interruptions; see `Dials`.

        ``known``: attempts that it was told of before. Nothing is asked before the first reading.
        """
        request = dials.watch_request(self.domain, front_end, carriers, known)
        return dials.Dials(self._channel, request, self.patience, self.target.metadata)

    def report_attempt(
        self, attempt: str, state: AttemptState, *, front_end: str = "", request_id: str = ""
    ) -> Line:
        """Say that an attempt rings, or that something answered."""
        ask = dials.report_attempt(self.domain, front_end, attempt, state, request_id or self.ids())
        return self._do(ask)

    def end_attempt(
        self,
        attempt: str,
        outcome: AttemptOutcome,
        *,
        front_end: str = "",
        confidence: int = 100,
        detection_ns: int = 0,
        cause: str = "",
        request_id: str = "",
    ) -> Line:
        """Say what became of an attempt, and learn what to do with the line."""
        return self._do(
            dials.end_attempt(
                self.domain,
                front_end,
                attempt,
                outcome,
                confidence,
                detection_ns,
                cause,
                request_id or self.ids(),
            )
        )

    def closing(self, agent: str) -> None:
        """Say that an agent's conversation comes to its end."""
        self._do(dials.closing(self.domain, agent))

    def skip_preview(self, contact: str) -> bool:
        """Say that an agent will not have the record called that lies before them; False: it is no preview."""
        return self._do(dials.skip_preview(self.domain, contact))

    # Campaigns

    def list_campaigns(self, *, page_size: int = 0) -> Iterator[CampaignBrief]:
        """See campaigns in the order of their ids."""
        return self._all(lambda token: dials.list_campaigns(self.domain, page_size, token))

    def get_campaign(self, campaign: str) -> CampaignPicture:
        """See all that is known of a campaign."""
        return self._do(dials.get_campaign(self.domain, campaign))

    def set_campaign_state(self, campaign: str, state: CampaignState) -> CampaignState:
        """Start, pause, drain or stop a campaign; returns what was wanted before."""
        return self._do(dials.set_campaign_state(self.domain, campaign, state))

    # Menus

    def list_flows(self) -> tuple[FlowBrief, ...]:
        """See the flows of interactive menus that are in force."""
        return self._do(menus.list_flows(self.domain))

    def start_menu(
        self,
        call: str,
        flow: str,
        attributes: Mapping[str, str] | None = None,
        *,
        language: str = "",
        caller: str = "",
        front_end: str = "",
        channel: str = "",
        only_tell: bool = False,
    ) -> MenuTurn:
        """Let a call enter a flow; repeated, learn where it stands. ``caller``, its number, is kept in memory alone."""
        return self._do(
            menus.start_menu(
                self.domain, call, flow, attributes or {}, language, caller, front_end, channel, only_tell
            )
        )

    def give_menu(self, call: str, given: Input) -> MenuTurn:
        """Say what happened to a call. Name the wait that it answers: then it is safe to repeat."""
        return self._do(menus.give_menu(self.domain, call, given))

    def get_menu(self, call: str, *, caller: str = "") -> MenuTurn:
        """Ask where a call stands, after a reconnection."""
        return self._do(menus.get_menu(self.domain, call, caller))

    def sync_menus(self, front_end: str, calls: Collection[str]) -> MenusSynced:
        """Say which calls a front-end has in menus; its others have hung up."""
        return self._do(menus.sync_menus(self.domain, front_end, calls))

    # The centre around the contact

    def screen_pop(self, contact: str, agent: str) -> ScreenPop:
        """See whose contact it is, for the screen of the agent whom it rings or who has it in hand."""
        return self._do(center.screen_pop(self.domain, contact, agent))

    def dispositions(self, queue: str) -> tuple[DispositionCode, ...]:
        """See the codes by which a contact of a queue may come out."""
        return self._do(center.dispositions(self.domain, queue))

    def book_call_back(self, call_back: str, queue: str = "", **wishes: Any) -> CallBackView:
        """Promise a call; ``wishes``: the other fields of `BookCallBackRequest`, such as ``number`` and ``from_ns``."""
        fields = {"call_back": call_back, "queue": queue, "request_id": self.ids(), **wishes}
        return self._do(center.book_call_back(self.domain, fields))

    def move_call_back(self, call_back: str, from_ns: int, to_ns: int, **wishes: Any) -> CallBackView:
        """Give a call-back another window; ``wishes``: ``agent``, ``timezone``, ``request_id``."""
        fields = {
            "call_back": call_back,
            "from_ns": from_ns,
            "to_ns": to_ns,
            "request_id": self.ids(),
            **wishes,
        }
        return self._do(center.move_call_back(self.domain, fields))

    def cancel_call_back(self, call_back: str, reason: str = "", *, request_id: str = "") -> CallBackView:
        """Have nobody call."""
        return self._do(center.cancel_call_back(self.domain, call_back, reason, request_id or self.ids()))

    def call_backs(self, *, queue: str = "", customer: str = "") -> tuple[CallBackView, ...]:
        """See call-backs that are still to be made."""
        return self._do(center.call_backs(self.domain, queue, customer))

    def call_back_slots(
        self, queue: str, from_ns: int, to_ns: int, *, timezone: str = ""
    ) -> tuple[CallBackSlot, ...]:
        """See when call-backs can be promised."""
        return self._do(center.call_back_slots(self.domain, queue, from_ns, to_ns, timezone))

    def call_back_number(self, attempt: str) -> str:
        """Learn what an attempt of a call-back is to dial; "": there is no number any more."""
        return self._do(center.call_back_number(self.domain, attempt))

    def recordings(self, *, page_size: int = 0, **wanted: Any) -> Iterator[RecordedSegment]:
        """See what was recorded, by start; ``wanted``: fields of `ListRecordingsRequest`."""
        return self._all(lambda token: center.recordings(self.domain, wanted, page_size, token))

    def hold_recordings(
        self, segments: Collection[str], matter: str, why: str, *, release: bool = False
    ) -> tuple[str, ...]:
        """Put recordings under legal hold, or release them; gives those whose deletion had been asked for."""
        return self._do(center.hold_recordings(self.domain, tuple(segments), matter, why, release))

    def supervise(self, act: Act, contact: str = "", **more: Any) -> f.Refusal | None:
        """Do what a supervisor does; ``more``: the other fields of `SuperviseRequest`."""
        fields = {"contact": contact, "request_id": self.ids(), **more}
        return self._do(center.supervise(self.domain, act, fields))

    def messages(
        self, agent: str = "", *, queues: Collection[str] = (), groups: Collection[str] = ()
    ) -> tuple[DayMessage, ...]:
        """See the messages of the day."""
        return self._do(center.messages(self.domain, agent, tuple(queues), tuple(groups)))

    def audit(self, **wanted: Any) -> tuple[AuditedRow, ...]:
        """See who did what; ``wanted``: fields of `QueryAuditRequest`."""
        return self._do(center.audit(self.domain, wanted))

    def alerts(self, queues: Collection[str] = ()) -> tuple[OpenAlert, ...]:
        """See alerts that nobody has acknowledged."""
        return self._do(center.alerts(self.domain, tuple(queues)))

    # Inside

    def _do(self, ask: Ask[T], timeout_ns: int | None = None) -> T:
        method: Any = self._methods.get(ask.method)
        if method is None:
            method = self._methods[ask.method] = self._channel.unary_unary(ask.method)
        patience = self.patience
        if timeout_ns is not None:
            patience = Patience(timeout_ns, patience.first_ns, patience.most_ns, patience.attempts)
        attempts = Attempts(patience)
        metadata = self.target.metadata
        while True:
            try:
                return ask.read(method(ask.request, timeout=attempts.left_s(), metadata=metadata))
            except grpc.RpcError as error:
                pause_s = attempts.pause_s(fault_in(error))
            time.sleep(pause_s)

    def _all(self, page: Callable[[str], Ask[Page[T]]]) -> Iterator[T]:
        token = ""
        while True:
            found = self._do(page(token))
            yield from found.items
            token = found.token
            if not token:
                return
