"""A client for tasks.

Owns connections and retries of tasks; must not know what the RPCs are (``asking``).
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from functools import partial
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
from grpc_api.client.asking import ENGINE, Ask, Ids, Page
from grpc_api.client.center import Act
from grpc_api.client.connection import Target
from grpc_api.client.dials import Line
from grpc_api.client.retrying import Attempts, Patience, fault_in
from grpc_api.client.routing_asks import ROUTING
from grpc_api.client.session import failure_in
from grpc_api.client.shapes import Checked, Configuration, Put, Statistics, Status, Watched
from grpc_api.convert import read_event, read_outcome
from grpc_api.dialing.shapes import CampaignBrief, CampaignPicture, Dial, DialOver
from grpc_api.dialing.shapes import State as CampaignState
from grpc_api.menus.shapes import FlowBrief, MenusSynced, MenuTurn
from grpc_api.v1 import dialing_pb2, engine_pb2, routing_pb2
from routing.commands import AttemptOutcome, AttemptState, Command
from routing.errors import ClosedError
from routing.events import Event
from routing.explaining.shapes import Explanation
from routing.host import Outcome, Request
from routing.host.pictures import AgentStatistics, GroupStatistics, QueueStatistics
from routing.menus import Input
from routing.model import Config
from routing.views import AgentView, ContactView, QueueView

T = TypeVar("T")


class AsyncClient:
    """What `Client` is, for asyncio: the same methods, awaited. Make it where its loop runs.

    Parameters
    ----------
    target : Target or str
        The server; a ``HOST:PORT`` alone is reached without TLS.
    domain : str
        Which of its centres.
    patience : Patience, optional
        How long to wait and to try.
    """

    def __init__(self, target: Target | str, domain: str, patience: Patience | None = None) -> None:
        self.target = target if isinstance(target, Target) else Target(target)
        self.domain = domain
        self.patience = patience or Patience()
        self.ids = Ids()
        self._channel = self.target.aio_channel()
        self._methods: dict[str, Callable[..., Any]] = {}

    async def close(self) -> None:
        """Let the connection go."""
        await self._channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # Commands

    async def apply(
        self, command: Command, *, request_id: str = "", timeout_ns: int | None = None
    ) -> Outcome:
        """Do one command."""
        return (await self.apply_many([Request(command, request_id)], timeout_ns=timeout_ns))[0]

    async def apply_many(
        self, commands: Collection[Command | Request], *, timeout_ns: int | None = None
    ) -> list[Outcome]:
        """Do commands in order, in one write."""
        requests = asking.requests_of(commands, self.ids)
        return await self._do(asking.apply(self.domain, requests), timeout_ns)

    def session(self, *, front_end: str = "", lease_ns: int = 0) -> "AsyncSession":
        """Open a session for batches, as ``async with``."""
        return AsyncSession(self, front_end, lease_ns)

    # Events

    async def watch(
        self,
        after: int | None = None,
        *,
        contacts: Collection[str] = (),
        agents: Collection[str] = (),
        queues: Collection[str] = (),
        types: Collection[type[Event] | str] = (),
        min_interval_ns: int = 0,
        progress_interval_ns: int = 0,
    ) -> AsyncIterator[Watched]:
        """Follow events from behind this revision on (None: from now on), each once and through interruptions.

        Raises
        ------
        CompactedError
            If some are no longer kept.
        """
        names = [one if isinstance(one, str) else one.__name__ for one in types]
        request = asking.watch_request(
            self.domain, after, contacts, agents, queues, names, min_interval_ns, progress_interval_ns
        )
        place = [after]  # where it stands
        async for data in self._stream(f"{ENGINE}Watch", request, partial(_stand, request, place)):
            message = engine_pb2.WatchResponse.FromString(data)
            for one in message.events:
                if place[0] is None or one.revision > place[0]:
                    place[0] = one.revision
                    event = read_event(one.event)
                    if event is not None:
                        yield Watched(one.revision, event)
            place[0] = message.revision

    async def _stream(self, name: str, request: Any, resume: Callable[[], object]) -> AsyncIterator[bytes]:
        method: Any = self._channel.unary_stream(name)
        attempts = Attempts(self.patience, endless=True)
        while True:
            resume()
            call = method(request.SerializeToString(), metadata=self.target.metadata)
            try:
                async for data in call:
                    attempts.succeeded()
                    yield data
            except grpc.RpcError as error:
                pause_s = attempts.pause_s(fault_in(error))
                await asyncio.sleep(pause_s)
            finally:
                call.cancel()

    # Reads

    async def get_contact(self, contact: str) -> ContactView:
        """See a living contact."""
        return await self._do(asking.get_contact(self.domain, contact))

    async def get_agent(self, agent: str) -> AgentView:
        """See an agent."""
        return await self._do(asking.get_agent(self.domain, agent))

    async def get_queue(self, queue: str) -> QueueView:
        """See a queue."""
        return await self._do(asking.get_queue(self.domain, queue))

    def list_contacts(
        self, *, state: str = "", queue: str = "", page_size: int = 0
    ) -> AsyncIterator[ContactView]:
        """See living contacts in the order of their ids; pages are fetched as they are needed."""
        return self._all(lambda token: asking.list_contacts(self.domain, state, queue, page_size, token))

    def list_agents(self, *, logged_in: bool = False, page_size: int = 0) -> AsyncIterator[AgentView]:
        """See agents in the order of their ids."""
        return self._all(lambda token: asking.list_agents(self.domain, logged_in, page_size, token))

    def list_queues(self, *, page_size: int = 0) -> AsyncIterator[QueueView]:
        """See queues in the order of their ids."""
        return self._all(lambda token: asking.list_queues(self.domain, page_size, token))

    async def explain(self, contact: str, *, agents: Collection[str] = (), limit: int = 0) -> Explanation:
        """Ask how a living contact stands, and why each agent may or may not have it."""
        return await self._do(asking.explain(self.domain, contact, agents, limit))

    async def statistics(self) -> Statistics:
        """Count what there is."""
        return await self._do(asking.statistics(self.domain))

    def queue_statistics(
        self, queues: Collection[str] = (), *, by_channel: bool = False, page_size: int = 0
    ) -> AsyncIterator[QueueStatistics]:
        """See what was counted of these queues, or of all in the order of their ids; each in every channel, too."""
        return self._all(
            lambda token: asking.queue_statistics(self.domain, queues, by_channel, page_size, token)
        )

    def agent_statistics(
        self, agents: Collection[str] = (), *, page_size: int = 0
    ) -> AsyncIterator[AgentStatistics]:
        """See what was counted of these agents, or of all in the order of their ids."""
        return self._all(lambda token: asking.agent_statistics(self.domain, agents, page_size, token))

    async def group_statistics(self, groups: Collection[str]) -> tuple[GroupStatistics, ...]:
        """See how the agents of groups stand."""
        return (await self._do(asking.group_statistics(self.domain, groups))).items

    async def status(self) -> Status:
        """Ask how the host is."""
        return await self._do(asking.status(self.domain))

    # The configuration

    async def configuration(self) -> Configuration:
        """Read the configuration in force."""
        return await self._do(asking.configuration(self.domain))

    async def validate(self, config: Config | str) -> Checked:
        """Have a configuration, or a JSON text, looked over."""
        return await self._do(asking.validate(self.domain, config))

    async def put_configuration(
        self, config: Config | str, *, expected_version: str = "", request_id: str = ""
    ) -> Put:
        """Put a configuration in force; raises a `grpc_api.status.Fault` "OTHER_VERSION" if another one is by now."""
        return await self._do(asking.put(self.domain, config, expected_version, request_id or self.ids()))

    # The facade

    async def route_call(self, call: f.RouteCall) -> f.Answer:
        """Ask where a call goes."""
        return await self._do(routing_asks.route_call(self.domain, call))

    async def report_call(self, report: f.ReportCall) -> f.Answer:
        """Say what became of a call, and learn what comes next."""
        return await self._do(routing_asks.report_call(self.domain, report))

    async def follow_calls(
        self, *, front_end: str = "", call_id: str = "", after: int | None = None
    ) -> AsyncIterator[f.Notice]:
        """Follow what is to be done with one call, or with all of a front-end, through interruptions."""
        place = [after]  # where it stands
        request = routing_asks.follow_request(self.domain, front_end, call_id, after)
        async for data in self._stream(f"{ROUTING}FollowCalls", request, partial(_stand, request, place)):
            notice = routing_asks.notice_from(routing_pb2.FollowCallsResponse.FromString(data))
            yield notice
            place[0] = notice.revision

    async def sync_calls(self, sync: f.SyncCalls) -> f.Synced:
        """Say which calls a front-end has."""
        return await self._do(routing_asks.sync_calls(self.domain, sync))

    async def dial_code(self, dialled: f.DialCode) -> f.CodeAnswer:
        """Say what was dialled on an agent's device."""
        if not dialled.request_id:
            dialled = f.DialCode(dialled.endpoint, dialled.code, self.ids())
        return await self._do(routing_asks.dial_code(self.domain, dialled))

    async def handle_call(self, asked: f.HandleCall) -> f.Handled:
        """Have something done with a call in hand: hold, transfer, consult, join, part, hand over, take over."""
        if not asked.request_id:
            asked = msgspec.structs.replace(asked, request_id=self.ids())
        return await self._do(routing_asks.handle_call(self.domain, asked))

    async def place_call(self, call: f.PlaceCall) -> f.Handled:
        """Say that an agent calls a customer or a colleague."""
        return await self._do(routing_asks.place_call(self.domain, call))

    async def remark_call(self, said: f.RemarkCall) -> f.Answer:
        """Say something about a call."""
        if not said.request_id:
            said = msgspec.structs.replace(said, request_id=self.ids())
        return await self._do(routing_asks.remark_call(self.domain, said))

    async def presence(self, agent: str = "", *, endpoint: str = "") -> f.Present:
        """Ask how an agent stands, or whoever is at an endpoint."""
        return await self._do(routing_asks.presence(self.domain, agent, endpoint))

    async def report_endpoint(self, report: f.ReportEndpoint) -> f.EndpointAnswer:
        """Say that a device is in use elsewhere, out of reach, or usable again."""
        return await self._do(routing_asks.report_endpoint(self.domain, report))

    # Dialing

    async def watch_dials(
        self, front_end: str, *, carriers: Collection[str] = (), known: Collection[str] = ()
    ) -> AsyncIterator[Dial | DialOver]:
        """Follow what this front-end is to dial over these carriers (none: all), through interruptions.

        ``known``: attempts that it was told of before.
        """
        held = set(known)  # given, and not over

        def resume() -> None:
            request.known[:] = sorted(held)

        request = dials.watch_request(self.domain, front_end, carriers, known)
        async for data in self._stream(f"{dials.DIALING}WatchDials", request, resume):
            for one in dials.told(dialing_pb2.WatchDialsResponse.FromString(data), held):
                yield one

    async def report_attempt(
        self, attempt: str, state: AttemptState, *, front_end: str = "", request_id: str = ""
    ) -> Line:
        """Say that an attempt rings, or that something answered."""
        ask = dials.report_attempt(self.domain, front_end, attempt, state, request_id or self.ids())
        return await self._do(ask)

    async def end_attempt(
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
        return await self._do(
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

    async def closing(self, agent: str) -> None:
        """Say that an agent's conversation comes to its end."""
        await self._do(dials.closing(self.domain, agent))

    async def skip_preview(self, contact: str) -> bool:
        """Say that an agent will not have the record called that lies before them; False: it is no preview."""
        return await self._do(dials.skip_preview(self.domain, contact))

    # Campaigns

    def list_campaigns(self, *, page_size: int = 0) -> AsyncIterator[CampaignBrief]:
        """See campaigns in the order of their ids."""
        return self._all(lambda token: dials.list_campaigns(self.domain, page_size, token))

    async def get_campaign(self, campaign: str) -> CampaignPicture:
        """See all that is known of a campaign."""
        return await self._do(dials.get_campaign(self.domain, campaign))

    async def set_campaign_state(self, campaign: str, state: CampaignState) -> CampaignState:
        """Start, pause, drain or stop a campaign; returns what was wanted before."""
        return await self._do(dials.set_campaign_state(self.domain, campaign, state))

    # Menus

    async def list_flows(self) -> tuple[FlowBrief, ...]:
        """See the flows of interactive menus that are in force."""
        return await self._do(menus.list_flows(self.domain))

    async def start_menu(
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
        return await self._do(
            menus.start_menu(
                self.domain, call, flow, attributes or {}, language, caller, front_end, channel, only_tell
            )
        )

    async def give_menu(self, call: str, given: Input) -> MenuTurn:
        """Say what happened to a call. Name the wait that it answers: then it is safe to repeat."""
        return await self._do(menus.give_menu(self.domain, call, given))

    async def get_menu(self, call: str, *, caller: str = "") -> MenuTurn:
        """Ask where a call stands, after a reconnection."""
        return await self._do(menus.get_menu(self.domain, call, caller))

    async def sync_menus(self, front_end: str, calls: Collection[str]) -> MenusSynced:
        """Say which calls a front-end has in menus; its others have hung up."""
        return await self._do(menus.sync_menus(self.domain, front_end, calls))

    # The centre around the contact

    async def screen_pop(self, contact: str, agent: str) -> ScreenPop:
        """See whose contact it is, for the screen of the agent whom it rings or who has it in hand."""
        return await self._do(center.screen_pop(self.domain, contact, agent))

    async def dispositions(self, queue: str) -> tuple[DispositionCode, ...]:
        """See the codes by which a contact of a queue may come out."""
        return await self._do(center.dispositions(self.domain, queue))

    async def book_call_back(self, call_back: str, queue: str = "", **wishes: Any) -> CallBackView:
        """Promise a call; ``wishes``: the other fields of `BookCallBackRequest`, such as ``number`` and ``from_ns``."""
        fields = {"call_back": call_back, "queue": queue, "request_id": self.ids(), **wishes}
        return await self._do(center.book_call_back(self.domain, fields))

    async def move_call_back(self, call_back: str, from_ns: int, to_ns: int, **wishes: Any) -> CallBackView:
        """Give a call-back another window; ``wishes``: ``agent``, ``timezone``, ``request_id``."""
        fields = {
            "call_back": call_back,
            "from_ns": from_ns,
            "to_ns": to_ns,
            "request_id": self.ids(),
            **wishes,
        }
        return await self._do(center.move_call_back(self.domain, fields))

    async def cancel_call_back(
        self, call_back: str, reason: str = "", *, request_id: str = ""
    ) -> CallBackView:
        """Have nobody call."""
        return await self._do(
            center.cancel_call_back(self.domain, call_back, reason, request_id or self.ids())
        )

    async def call_backs(self, *, queue: str = "", customer: str = "") -> tuple[CallBackView, ...]:
        """See call-backs that are still to be made."""
        return await self._do(center.call_backs(self.domain, queue, customer))

    async def call_back_slots(
        self, queue: str, from_ns: int, to_ns: int, *, timezone: str = ""
    ) -> tuple[CallBackSlot, ...]:
        """See when call-backs can be promised."""
        return await self._do(center.call_back_slots(self.domain, queue, from_ns, to_ns, timezone))

    async def call_back_number(self, attempt: str) -> str:
        """Learn what an attempt of a call-back is to dial; "": there is no number any more."""
        return await self._do(center.call_back_number(self.domain, attempt))

    def recordings(self, *, page_size: int = 0, **wanted: Any) -> AsyncIterator[RecordedSegment]:
        """See what was recorded, by start; ``wanted``: fields of `ListRecordingsRequest`."""
        return self._all(lambda token: center.recordings(self.domain, wanted, page_size, token))

    async def hold_recordings(
        self, segments: Collection[str], matter: str, why: str, *, release: bool = False
    ) -> tuple[str, ...]:
        """Put recordings under legal hold, or release them; gives those whose deletion had been asked for."""
        return await self._do(center.hold_recordings(self.domain, tuple(segments), matter, why, release))

    async def supervise(self, act: Act, contact: str = "", **more: Any) -> f.Refusal | None:
        """Do what a supervisor does; ``more``: the other fields of `SuperviseRequest`."""
        fields = {"contact": contact, "request_id": self.ids(), **more}
        return await self._do(center.supervise(self.domain, act, fields))

    async def messages(
        self, agent: str = "", *, queues: Collection[str] = (), groups: Collection[str] = ()
    ) -> tuple[DayMessage, ...]:
        """See the messages of the day."""
        return await self._do(center.messages(self.domain, agent, tuple(queues), tuple(groups)))

    async def audit(self, **wanted: Any) -> tuple[AuditedRow, ...]:
        """See who did what; ``wanted``: fields of `QueryAuditRequest`."""
        return await self._do(center.audit(self.domain, wanted))

    async def alerts(self, queues: Collection[str] = ()) -> tuple[OpenAlert, ...]:
        """See alerts that nobody has acknowledged."""
        return await self._do(center.alerts(self.domain, tuple(queues)))

    # Inside

    async def _do(self, ask: Ask[T], timeout_ns: int | None = None) -> T:
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
                return ask.read(await method(ask.request, timeout=attempts.left_s(), metadata=metadata))
            except grpc.RpcError as error:
                pause_s = attempts.pause_s(fault_in(error))
            await asyncio.sleep(pause_s)

    async def _all(self, page: Callable[[str], Ask[Page[T]]]) -> AsyncIterator[T]:
        token = ""
        while True:
            found = await self._do(page(token))
            for one in found.items:
                yield one
            token = found.token
            if not token:
                return


def _stand(request: Any, place: list[int | None]) -> None:
    """Have a request say where its stream stands."""
    if place[0] is not None:
        request.start_revision = place[0]


class AsyncSession:
    """What `Session` is, for asyncio: batches over one connection, in order, sent again when it was lost."""

    def __init__(self, client: AsyncClient, front_end: str, lease_ns: int) -> None:
        self._client = client
        self._opening = engine_pb2.SessionRequest(
            domain=client.domain, front_end=front_end, lease_ns=lease_ns
        ).SerializeToString()
        self._method: Any = client._channel.stream_stream(f"{ENGINE}Session")
        self._changed = asyncio.Condition()
        self._pending: dict[int, tuple[bytes, asyncio.Future[list[Outcome]]]] = {}
        self._out: deque[bytes] = deque()
        self._sequence = 0
        self._credits = 1
        self._connection = 0
        self._closed = False
        self._error: Exception | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def apply_many(self, commands: Collection[Command | Request]) -> list[Outcome]:
        """Do a batch and wait for what becomes of it."""
        return await (await self.submit(commands))

    async def submit(self, commands: Collection[Command | Request]) -> "asyncio.Future[list[Outcome]]":
        """Send a batch; waits only while too many are under way. Await what it returns for the outcomes."""
        items = asking.items_of(asking.requests_of(commands, self._client.ids))
        future: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        if not items:
            future.set_result([])
            return future
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._pending) < self._credits or self._over())
            if self._over():
                raise self._error or ClosedError("the session is closed; open another one")
            self._sequence += 1
            data = engine_pb2.SessionRequest(sequence=self._sequence, items=items).SerializeToString()
            self._pending[self._sequence] = (data, future)
            self._out.append(data)
            self._changed.notify_all()
        return future

    async def close(self) -> None:
        """Wait for what is under way, and end."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._task is not None:
            await self._task

    # Inside

    def _over(self) -> bool:
        return self._closed or self._error is not None

    async def _run(self) -> None:
        attempts = Attempts(self._client.patience, stream=True)
        while self._error is None and not (self._closed and not self._pending):
            try:
                try:
                    await self._connect(attempts)
                except grpc.RpcError as error:
                    pause_s = attempts.pause_s(fault_in(error))
                    await asyncio.sleep(pause_s)
            except Exception as error:  # whatever it is, nobody must wait for ever
                self._error = error
        async with self._changed:
            for _, future in self._pending.values():
                if not future.done():
                    future.set_exception(self._error or ClosedError("the session is closed"))
            self._pending.clear()
            self._changed.notify_all()

    async def _connect(self, attempts: Attempts) -> None:
        self._connection += 1
        number = self._connection
        self._out = deque(data for data, _ in self._pending.values())
        call = self._method(self._requests(number), metadata=self._client.target.metadata)
        try:
            async for data in call:
                attempts.succeeded()
                await self._settle(engine_pb2.SessionResponse.FromString(data))
        finally:
            async with self._changed:
                self._connection += 1
                self._changed.notify_all()
            call.cancel()

    async def _requests(self, number: int) -> AsyncIterator[bytes]:
        yield self._opening
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._out or self._closed or self._connection != number)
                if self._connection != number or not self._out:
                    return
                data = self._out.popleft()
            yield data

    async def _settle(self, answer: engine_pb2.SessionResponse) -> None:
        async with self._changed:
            self._credits = max(answer.credits, 1)
            found = self._pending.pop(answer.sequence, None)
            self._changed.notify_all()
        if found is None or found[1].done():
            return
        if answer.HasField("failure"):
            found[1].set_exception(failure_in(answer.failure))
        else:
            found[1].set_result([read_outcome(one) for one in answer.outcomes])
