"""What a client can ask of the RoutingService: requests, and how to read answers. No connection, no waiting.

Owns these RPCs from the client's side; must not know those of the engine (``asking``), nor how an RPC is made.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import msgspec

from grpc_api import facade as f
from grpc_api.client.asking import Ask, ask_of
from grpc_api.convert import enum_number, write_item
from grpc_api.convert.kinds import enum_words
from grpc_api.v1 import commands_pb2, events_pb2, remarks_pb2, routing_pb2
from routing.commands import Remark
from routing.errors import UsageError

ROUTING: Final = "/huntgroup.v1.RoutingService/"
_REASONS: Final = enum_words(events_pb2.Reason.DESCRIPTOR)
_TREATMENTS: Final = enum_words(routing_pb2.TreatmentKind.DESCRIPTOR)
_RECORDING: Final = enum_words(remarks_pb2.RecordingAction.DESCRIPTOR)
_MONITORING: Final = enum_words(remarks_pb2.MonitoringMode.DESCRIPTOR)
_STANDINGS: Final = enum_words(routing_pb2.Standing.DESCRIPTOR)


def route_call(domain: str, call: f.RouteCall) -> Ask[f.Answer]:
    """Ask where a call goes."""
    return ask_of(
        f"{ROUTING}RouteCall",
        routing_pb2.RouteCallRequest(
            domain=domain,
            call_id=call.call_id,
            front_end=call.front_end,
            caller=call.caller,
            called=call.called,
            attributes=call.attributes,
            request_id=call.request_id,
            priority=call.priority,
        ),
        routing_pb2.RouteCallResponse,
        lambda answer: _answer(call.call_id, answer),
    )


def report_call(domain: str, report: f.ReportCall) -> Ask[f.Answer]:
    """Say what became of a call."""
    return ask_of(
        f"{ROUTING}ReportCall",
        routing_pb2.ReportCallRequest(
            domain=domain,
            call_id=report.call_id,
            front_end=report.front_end,
            report=cast("Any", enum_number(routing_pb2.Report, report.report)),
            agent=report.agent,
            offer=report.offer,
            request_id=report.request_id,
            endpoint=report.endpoint,
        ),
        routing_pb2.ReportCallResponse,
        lambda answer: _answer(report.call_id, answer),
    )


def sync_calls(domain: str, sync: f.SyncCalls) -> Ask[f.Synced]:
    """Say which calls there are."""
    return ask_of(
        f"{ROUTING}SyncCalls",
        routing_pb2.SyncCallsRequest(
            domain=domain,
            front_end=sync.front_end,
            calls=[cast("Any", {"call_id": one.call_id, "agent": one.agent}) for one in sync.live],
            request_id=sync.request_id,
            attempts=sync.attempts,
        ),
        routing_pb2.SyncCallsResponse,
        lambda answer: f.Synced(
            answer.revision,
            tuple(answer.lost),
            tuple(answer.unknown),
            tuple(answer.adopted),
            tuple(
                f.Answer(one.call_id, answer.revision, instructions_in(one)) for one in answer.instructions
            ),
            tuple(answer.lost_attempts),
            tuple(answer.unknown_attempts),
        ),
    )


def dial_code(domain: str, dialled: f.DialCode) -> Ask[f.CodeAnswer]:
    """Say what an agent has dialled."""
    return ask_of(
        f"{ROUTING}DialCode",
        routing_pb2.DialCodeRequest(
            domain=domain, endpoint=dialled.endpoint, code=dialled.code, request_id=dialled.request_id
        ),
        routing_pb2.DialCodeResponse,
        _code_answer,
    )


def _code_answer(answer: routing_pb2.DialCodeResponse) -> f.CodeAnswer:
    state = None
    if answer.HasField("state"):
        found = answer.state
        state = f.AgentState(answer.agent, found.logged_in, found.ready, found.reason, found.leaving)
    return f.CodeAnswer(answer.revision, answer.text, state)


def follow_request(
    domain: str, front_end: str, call_id: str, after: int | None
) -> routing_pb2.FollowCallsRequest:
    """Ask for instructions."""
    return routing_pb2.FollowCallsRequest(
        domain=domain, front_end=front_end, call_id=call_id, start_revision=after
    )


def notice_from(message: routing_pb2.FollowCallsResponse) -> f.Notice:
    """Read one item of a stream of instructions."""
    instruction = instruction_from(message.instruction) if message.HasField("instruction") else None
    return f.Notice(message.revision, message.call_id, instruction)


def _answer(call_id: str, answer: Any) -> f.Answer:
    return f.Answer(call_id, answer.revision, instructions_in(answer), refusal_in(answer))


def refusal_in(answer: Any) -> f.Refusal | None:
    """Read the refusal in an answer, if there is one."""
    if not answer.HasField("refusal"):
        return None
    found = answer.refusal
    return f.Refusal(found.command, _REASONS[found.reason], found.subject, found.detail)


def instructions_in(message: Any) -> tuple[f.Instruction, ...]:
    """Read the instructions in a message."""
    return (instruction_from(message.instruction), *map(instruction_from, message.further))


def instruction_from(message: routing_pb2.Instruction) -> f.Instruction:
    """Read an instruction.

    Raises
    ------
    UsageError
        If it is of a kind that this version does not know.
    """
    name = message.WhichOneof("do")
    if name is None:
        raise UsageError("the instruction is of a kind that is not known here; update the client")
    return _READ[name](getattr(message, name))


def handle_call(domain: str, asked: f.HandleCall) -> Ask[f.Handled]:
    """Have something done with a call in hand."""
    return ask_of(
        f"{ROUTING}HandleCall",
        routing_pb2.HandleCallRequest(
            domain=domain,
            call_id=asked.call_id,
            front_end=asked.front_end,
            request_id=asked.request_id,
            **_action_fields(asked.do),
        ),
        routing_pb2.HandleCallResponse,
        lambda answer: _handled(asked.call_id, answer, answer.obstacle),
    )


def _action_fields(do: f.Action) -> dict[str, Any]:
    fields = msgspec.structs.asdict(do)
    if isinstance(do, f.TransferAction | f.ConsultAction):
        fields["to"] = msgspec.structs.asdict(do.to)
    return {str(do.__struct_config__.tag): fields}


def place_call(domain: str, call: f.PlaceCall) -> Ask[f.Handled]:
    """Say that an agent calls somebody."""
    return ask_of(
        f"{ROUTING}PlaceCall",
        routing_pb2.PlaceCallRequest(domain=domain, **msgspec.structs.asdict(call)),
        routing_pb2.PlaceCallResponse,
        lambda answer: _handled(call.call_id, answer, ""),
    )


def remark_call(domain: str, said: f.RemarkCall) -> Ask[f.Answer]:
    """Say something about a call."""
    item = write_item(Remark(said.call_id, said.remark), "")
    return ask_of(
        f"{ROUTING}RemarkCall",
        routing_pb2.RemarkCallRequest(
            domain=domain,
            call_id=said.call_id,
            front_end=said.front_end,
            request_id=said.request_id,
            remark=item.remark.remark,
        ),
        routing_pb2.RemarkCallResponse,
        lambda answer: _answer(said.call_id, answer),
    )


def presence(domain: str, agent: str, endpoint: str) -> Ask[f.Present]:
    """Ask how an agent stands."""
    return ask_of(
        f"{ROUTING}GetPresence",
        routing_pb2.GetPresenceRequest(domain=domain, agent=agent, endpoint=endpoint),
        routing_pb2.GetPresenceResponse,
        lambda answer: f.Present(answer.revision, _presence(answer.presence)),
    )


def report_endpoint(domain: str, report: f.ReportEndpoint) -> Ask[f.EndpointAnswer]:
    """Say how a device is."""
    return ask_of(
        f"{ROUTING}ReportEndpoint",
        routing_pb2.ReportEndpointRequest(
            domain=domain,
            endpoint=report.endpoint,
            state=cast("Any", enum_number(commands_pb2.Device, report.state)),
            request_id=report.request_id,
        ),
        routing_pb2.ReportEndpointResponse,
        lambda answer: f.EndpointAnswer(answer.revision, answer.text, answer.agent),
    )


def _handled(call_id: str, answer: Any, obstacle: str) -> f.Handled:
    legs = tuple(f.Answer(one.call_id, answer.revision, instructions_in(one)) for one in answer.legs)
    found = _presence(answer.presence) if answer.HasField("presence") else None
    instructions, refusal = instructions_in(answer), refusal_in(answer)
    return f.Handled(call_id, answer.revision, instructions, refusal, legs, found, obstacle)


def _presence(message: routing_pb2.Presence) -> f.Presence:
    return f.Presence(message.agent, cast("f.Standing", _STANDINGS[message.standing]), message.reason)


_READ: Final[Mapping[str, Callable[[Any], f.Instruction]]] = {
    "wait": lambda m: f.Wait(tuple(m.queues), m.position, m.estimated_wait_ns, m.treatment, m.parent),
    "offer": lambda m: f.Offer(m.agent, m.endpoint, m.offer, m.ring_ns, m.queue, m.parent),
    "treatment": lambda m: f.Treatment(cast("Any", _TREATMENTS[m.kind]), m.queue, m.target),
    "reject": lambda m: f.Reject(m.reason, m.subject),
    "release": lambda m: f.Release(m.outcome, m.into),
    "talk": lambda m: f.Talk(m.agent, m.endpoint, m.parent, m.peer),
    "stop": lambda m: f.StopRinging(m.agent, m.offer, m.cause, m.endpoint),
    "hold": lambda m: f.Hold(m.agent, m.endpoint, m.parent),
    "conference": lambda m: f.Conference(m.agent, m.endpoint, m.parent),
    "record": lambda m: f.Record(cast("Any", _RECORDING[m.action]), m.segment, m.reason),
    "monitor": lambda m: f.Monitor(m.supervisor, cast("Any", _MONITORING[m.mode]), m.endpoint),
}
