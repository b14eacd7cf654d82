"""The facade of one domain: its calls, what is done with those in hand, and the devices of its agents.

Owns what each of these means to the engine; must not know gRPC or HTTP.
"""

import asyncio
import threading

from grpc_api.facade import codes
from grpc_api.facade.actions import (
    ConsultAction,
    Destination,
    EndpointAnswer,
    HandleCall,
    Handled,
    JoinAction,
    PartAction,
    PlaceCall,
    Presence,
    Present,
    RemarkCall,
    ReportEndpoint,
    TakeOverAction,
    TransferAction,
)
from grpc_api.facade.calls import Calls, refusal_of
from grpc_api.facade.handling import presence_of
from grpc_api.facade.shapes import Answer, CodeAnswer, DialCode, Refusal, Reject
from grpc_api.settings import DomainSettings, FacadeLimits
from routing.commands import Command, HandOver, LogIn, Remark, ReportDevice
from routing.engine import Engine
from routing.errors import UsageError
from routing.events import CommandRefused, Reason
from routing.host import Host, Outcome, Request
from routing.views import IN_HAND, AgentView, ContactView


class Facade(Calls):
    """Calls of front-ends on a live engine. For any thread; the ``_async`` twins for tasks.

    Parameters
    ----------
    host : Host
        The engine; it must outlive the facade. Made with `followers`, it knows after a crash who sits where and what
        is recorded.
    settings : DomainSettings, optional
        What numbers, endpoints, treatments and codes mean.
    limits : FacadeLimits, optional
        Of followers and of what is remembered.
    actor : str, optional
        For the journal, where the caller does not say who asks.

    Examples
    --------
    >>> from grpc_api.facade import ReportCall, RouteCall, HoldAction
    >>> from routing import Agent, Config, Queue
    >>> with Host(Config(agents=(Agent("ann"),), queues=(Queue("sales"),))) as host, Facade(host) as facade:
    ...     _ = host.apply(LogIn("ann"))
    ...     answer = facade.route_call(RouteCall("call-1", "pbx", called="sales"))
    ...     print(answer.instructions[0].endpoint)
    ...     print(facade.report_call(ReportCall("call-1", "answered")).instructions)
    ...     print(facade.handle_call(HandleCall("call-1", HoldAction())).instructions)
    sip:ann@127.0.0.1
    (Talk(agent='ann'),)
    (Hold(agent='ann'),)
    """

    def __init__(
        self,
        host: Host,
        settings: DomainSettings | None = None,
        limits: FacadeLimits | None = None,
        *,
        actor: str = "facade",
    ) -> None:
        super().__init__(host, settings, limits, actor=actor)
        self._sitting = threading.Lock()  # one sign-in or report on a device at a time

    # --- A call in hand

    def handle_call(self, asked: HandleCall, *, actor: str = "") -> Handled:
        """Do something with a call in hand, and say what to do with it and its legs now.

        What is refused changes nothing; errors are those of `Host.apply`.

        Raises
        ------
        UsageError
            If the action does not say whom to reach, or the settings have no queue for agents' own lines.
        """
        if not asked.call_id:
            raise UsageError("call_id is empty; say which call it is about")
        do = asked.do
        wanted = self._handling.commands(asked.call_id, asked.front_end, do)
        presence = self._presence_for(do)
        if isinstance(wanted, Reject):
            return self._handled(asked.call_id, None, presence, wanted.reason)
        if isinstance(do, JoinAction | PartAction) and not self._is_leg(do.leg, asked.call_id):
            kind = "JoinLeg" if isinstance(do, JoinAction) else "PartLeg"
            return self._handled(asked.call_id, Refusal(kind, Reason.CONTACT_NOT_LEG.value, do.leg))
        if isinstance(do, ConsultAction) and not do.anyway and self._is_in_the_way(presence, do.leg):
            return self._handled(asked.call_id, None, presence, presence.standing if presence else "")
        verb = f"{do.__struct_config__.tag}/{asked.call_id}"
        refusal = self._each(wanted, asked.front_end, verb, asked.request_id, actor)
        if (
            refusal is not None
            and isinstance(do, ConsultAction)
            and refusal.reason == Reason.ALREADY_SO.value
        ):
            refusal = None if refusal.command == "HoldContact" else refusal  # it was on hold before
        if isinstance(do, TakeOverAction) and refusal is None:
            self._take_over_now(asked, do, actor)
        return self._handled(asked.call_id, refusal, presence)

    async def handle_call_async(self, asked: HandleCall, *, actor: str = "") -> Handled:
        """Like `handle_call`, for asyncio."""
        return await asyncio.to_thread(self.handle_call, asked, actor=actor)

    def place_call(self, call: PlaceCall, *, actor: str = "") -> Handled:
        """Let an agent call somebody; a colleague who is not free is not rung, unless ``anyway``.

        Errors are those of `Host.apply`.

        Raises
        ------
        UsageError
            If neither the call nor the settings say in which queue it is counted.
        """
        if not call.call_id:
            raise UsageError("call_id is empty; give each call an id of its own")
        wanted = self._handling.place(call)
        presence = self.presence(call.to).presence if call.to else None
        unknown = presence is not None and presence.standing == "unknown"
        if presence is not None and (
            unknown or (not call.anyway and self._is_in_the_way(presence, call.call_id))
        ):
            reason = Reason.UNKNOWN_AGENT.value if unknown else presence.standing
            reject = Reject(reason, call.to)
            return Handled(call.call_id, self.host.revision, (reject,), presence=presence)
        refusal = self._placed(call, wanted, actor)
        if refusal is not None and not self.is_known(call.call_id):
            reject = Reject(refusal.reason, refusal.subject)
            return Handled(call.call_id, self.host.revision, (reject,), refusal, presence=presence)
        return self._handled(call.call_id, refusal, presence)

    def _placed(self, call: PlaceCall, wanted: tuple[Command, ...], actor: str) -> Refusal | None:
        """Let a call begin, with the leg of a colleague; gives the refusal."""
        owners, name, begins = self._board.fold.owners, f"place/{call.call_id}", False
        owners[call.call_id] = call.front_end
        try:
            verb = f"{name}/{type(wanted[0]).__name__}"
            outcome = self._apply(self._request(wanted[0], call.front_end, verb, call.request_id, actor))
            refusal = refusal_of(outcome)
            begins = refusal is None and not outcome.repeated
        finally:
            if not begins:
                owners.pop(call.call_id, None)
        if refusal is not None:
            return refusal
        return self._each(wanted[1:], call.front_end, name, call.request_id, actor)

    async def place_call_async(self, call: PlaceCall, *, actor: str = "") -> Handled:
        """Like `place_call`, for asyncio."""
        return await asyncio.to_thread(self.place_call, call, actor=actor)

    def remark_call(self, said: RemarkCall, *, actor: str = "") -> Answer:
        """Take note of what is said about a call, and say what to do with it now; errors are those of `Host.apply`."""
        command = Remark(said.call_id, said.remark)
        verb = f"remark/{said.call_id}"
        refusal = self._each((command,), said.front_end, verb, said.request_id, actor)
        return self.look(said.call_id, refusal)

    async def remark_call_async(self, said: RemarkCall, *, actor: str = "") -> Answer:
        """Like `remark_call`, for asyncio."""
        return await asyncio.to_thread(self.remark_call, said, actor=actor)

    def presence(self, agent: str = "", endpoint: str = "") -> Present:
        """Say how an agent stands, or whoever is at an endpoint. O(1)."""
        agent = agent or self.agent_of(endpoint)

        def look(engine: Engine) -> tuple[int, AgentView | None]:
            return engine.revision, engine.agents.get(agent) if agent else None

        revision, view = self.host.read(look)
        return Present(revision, presence_of(agent, view))

    async def presence_async(self, agent: str = "", endpoint: str = "") -> Present:
        """Like `presence`, for asyncio."""
        return await asyncio.to_thread(self.presence, agent, endpoint)

    def queues_for(self, asked: HandleCall) -> tuple[str, ...]:
        """Tell which queues an action names, for whoever asks whether it may."""
        return self._handling.queues_of(asked.do)

    def queue_for(self, call: PlaceCall) -> str:
        """Tell where a call that is placed is counted, "" for nowhere."""
        lines = self.settings.lines
        return call.queue or (lines.queue if call.to else lines.outbound)

    def _presence_for(self, do: object) -> Presence | None:
        if isinstance(do, TakeOverAction):
            return self.presence(do.agent).presence
        to: Destination | None = do.to if isinstance(do, TransferAction | ConsultAction) else None
        return self.presence(to.agent).presence if to is not None and to.agent else None

    def _is_in_the_way(self, presence: Presence | None, call_id: str) -> bool:
        """Whether somebody is not free, unless it is for a call that rings them already: then it was asked twice."""
        return presence is not None and presence.standing != "free" and not self.is_known(call_id)

    def _is_leg(self, leg: str, call_id: str) -> bool:
        """Whether it is a leg of this call, or nothing that the engine would not refuse itself."""
        view = self.host.read(lambda engine: engine.contacts.get(leg))
        return view is None or view.parent == call_id

    def _take_over_now(self, asked: HandleCall, do: TakeOverAction, actor: str) -> None:
        """Whose queue answers by itself has the call already."""
        leg = self.host.read(lambda engine: engine.contacts.get(do.leg))
        if leg is not None and leg.parent == asked.call_id and leg.state in IN_HAND:
            command = HandOver(asked.call_id, do.leg)
            self._each((command,), asked.front_end, f"take_over/{do.leg}", asked.request_id, actor)

    def _each(
        self, wanted: tuple[Command, ...], front_end: str, verb: str, request_id: str, actor: str
    ) -> Refusal | None:
        """Do commands, each unless one before was refused; gives the refusal."""
        for command in wanted:
            name = f"{verb}/{type(command).__name__}"
            refusal = refusal_of(self._apply(self._request(command, front_end, name, request_id, actor)))
            if refusal is not None:
                return refusal
        return None

    def _apply(self, request: Request) -> Outcome:
        return self.host.apply_many([request])[0]

    def _handled(
        self,
        call_id: str,
        refusal: Refusal | None = None,
        presence: Presence | None = None,
        obstacle: str = "",
    ) -> Handled:
        view: ContactView | None = self.host.read(lambda engine: engine.contacts.get(call_id))
        legs = tuple(self.look(leg) for leg in (view.legs if view is not None else ()))
        answer = self.look(call_id, refusal)
        return Handled(
            call_id, answer.revision, answer.instructions, answer.refusal, legs, presence, obstacle
        )

    # --- Devices

    def agent_of(self, endpoint: str, code: str = "") -> str:
        """Tell whose endpoint this is, or who would sign in there by this code; "" when it is nobody's."""
        seat = self._directory.seat(endpoint)
        if not seat:
            return self._directory.agent(endpoint)
        return codes.signing_in(self.settings.codes, code) or self._pump.seats.agent_at(seat)

    def report_endpoint(self, report: ReportEndpoint, *, actor: str = "") -> EndpointAnswer:
        """Take note that a device is in use, out of reach, or usable again; errors are those of `Host.apply`."""
        agent = self.agent_of(report.endpoint)
        seat = self._directory.seat(report.endpoint)
        if not agent:
            return EndpointAnswer(self.host.revision, "nobody" if seat else "unknown_endpoint")
        device = seat or self._directory.device(report.endpoint)
        with self._sitting:
            seats = self._pump.seats
            endpoints = self._directory.plan.endpoints(agent, seats)
            state = seats.together(agent, endpoints, (device, report.state)) if device else report.state
            command = ReportDevice(agent, state, device, report.state if device else "")
            verb = f"device/{agent}/{device}"
            outcome = self._apply(self._request(command, "", verb, report.request_id, actor or agent))
        first = outcome.events[0]
        if isinstance(first, CommandRefused) and first.reason is not Reason.ALREADY_SO:
            return EndpointAnswer(outcome.revision, first.reason.value, agent)
        return EndpointAnswer(outcome.revision, state, agent)

    async def report_endpoint_async(self, report: ReportEndpoint, *, actor: str = "") -> EndpointAnswer:
        """Like `report_endpoint`, for asyncio."""
        return await asyncio.to_thread(self.report_endpoint, report, actor=actor)

    def dial_code(self, dialled: DialCode, *, actor: str = "") -> CodeAnswer:
        """Do what an agent dialled, and say what to play to them; errors are those of `Host.apply`."""
        seat = self._directory.seat(dialled.endpoint)
        agent = self.agent_of(dialled.endpoint, dialled.code)
        if not agent:
            return CodeAnswer(self.host.revision, "nobody" if seat else "unknown_endpoint")
        announcement = ""
        if seat:
            announcement = self._at_seat(seat, agent, dialled, actor)
        if not announcement:
            wanted = codes.meaning(self.settings.codes, dialled.code, agent)
            if wanted == "":
                announcement = "unknown_code"
            elif not isinstance(wanted, str):
                request = self._request(wanted, "", f"code/{agent}", dialled.request_id, actor or agent)
                announcement = codes.announcement(self._apply(request).events)
        revision, view = self.host.read(lambda engine: (engine.revision, engine.agents.get(agent)))
        if view is None:
            return CodeAnswer(revision, "unknown_agent")
        state = codes.state_of(view)
        return CodeAnswer(revision, announcement or codes.standing(state), state)

    async def dial_code_async(self, dialled: DialCode, *, actor: str = "") -> CodeAnswer:
        """Like `dial_code`, for asyncio."""
        return await asyncio.to_thread(self.dial_code, dialled, actor=actor)

    def _at_seat(self, seat: str, agent: str, dialled: DialCode, actor: str) -> str:
        """Sit down or leave; "" for a code that means what it means everywhere."""
        signing_in = bool(codes.signing_in(self.settings.codes, dialled.code))
        leaving = bool(dialled.code) and dialled.code == self.settings.codes.leave_seat
        if not (signing_in or leaving):
            return ""
        verb = f"seat/{seat}/{agent}"
        with self._sitting:
            if leaving:
                return self._leave(seat, agent, verb, dialled.request_id, actor)
            if self._pump.seats.agent_at(seat) not in ("", agent):
                return "seat_taken"
            login = self._request(LogIn(agent), "", f"{verb}/in", dialled.request_id, actor or agent)
            taken = self._seated(seat, agent, "signed_in", f"{verb}/sit", dialled.request_id, actor)
            first, second = self.host.apply_many([login, taken])
        told = codes.announcement(first.events)
        if told == Reason.ALREADY_SO.value:
            told = "signed_in"
        sat = codes.announcement(second.events)
        return told if sat in ("DeviceReported", Reason.ALREADY_SO.value) else sat

    def _leave(self, seat: str, agent: str, verb: str, request_id: str, actor: str) -> str:
        request = self._seated(seat, agent, "signed_out", f"{verb}/leave", request_id, actor)
        told = codes.announcement(self._apply(request).events)
        return "signed_out" if told in ("DeviceReported", Reason.ALREADY_SO.value) else told

    def _seated(self, seat: str, agent: str, said: str, verb: str, request_id: str, actor: str) -> Request:
        seats = self._pump.seats
        endpoints = [one for one in self._directory.plan.endpoints(agent, seats) if one != seat]
        if said == "signed_in":
            endpoints.append(seat)
        command = ReportDevice(agent, seats.together(agent, endpoints), seat, said)
        return self._request(command, "", verb, request_id, actor or agent)
