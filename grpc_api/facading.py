"""The facade over gRPC.

Owns its messages; must not know what a call or an instruction means (``facade``).
"""

from collections.abc import Iterator
from typing import Any, Final, cast

import grpc
from msgspec.structs import asdict

from grpc_api import facade as f
from grpc_api.calls import Call
from grpc_api.convert import enum_number, read_command
from grpc_api.convert.kinds import enum_words
from grpc_api.domains import Hosted
from grpc_api.feed import Pace
from grpc_api.limits import WireLimits
from grpc_api.status import FULL, INVALID, Fault
from grpc_api.v1 import commands_pb2, events_pb2, remarks_pb2, routing_pb2
from routing.commands import Device, Remark
from routing.errors import ClosedError, CompactedError

_REPORTS: Final = enum_words(routing_pb2.Report.DESCRIPTOR)
_FIELDS: Final = {
    f.Wait: "wait",
    f.Offer: "offer",
    f.Treatment: "treatment",
    f.Reject: "reject",
    f.Release: "release",
    f.Talk: "talk",
    f.StopRinging: "stop",
    f.Hold: "hold",
    f.Conference: "conference",
    f.Record: "record",
    f.Monitor: "monitor",
}
#: Words of instructions that are numbers in messages.
_WORDS: Final[dict[type[Any], tuple[str, Any]]] = {
    f.Treatment: ("kind", routing_pb2.TreatmentKind),
    f.Record: ("action", remarks_pb2.RecordingAction),
    f.Monitor: ("mode", remarks_pb2.MonitoringMode),
}
_DEVICES: Final = enum_words(commands_pb2.Device.DESCRIPTOR)


def route_call(call: Call, request: routing_pb2.RouteCallRequest) -> routing_pb2.RouteCallResponse:
    """Take a call in."""
    hosted, facade = _facade(call, request.domain)
    wanted = f.RouteCall(
        request.call_id,
        request.front_end,
        request.caller,
        request.called,
        dict(sorted(request.attributes.items())),
        request.request_id,
        request.priority if request.HasField("priority") else None,
    )
    if not call.identity.unlimited:
        call.permit(hosted, queues=facade.queues_of(wanted))
    return routing_pb2.RouteCallResponse(**answer_fields(facade.route_call(wanted, actor=call.actor)))


def report_call(call: Call, request: routing_pb2.ReportCallRequest) -> routing_pb2.ReportCallResponse:
    """Take a report on a call."""
    hosted, facade = _facade(call, request.domain)
    word = _REPORTS.get(request.report)
    if word is None:
        raise Fault(INVALID, "UNKNOWN_REPORT", f"report {request.report} means nothing here; give a Report")
    call.permit(hosted, contacts=(request.call_id,))
    report = f.ReportCall(
        request.call_id,
        cast("f.Report", word),
        request.front_end,
        request.agent,
        request.offer,
        request.request_id,
        request.endpoint,
    )
    return routing_pb2.ReportCallResponse(**answer_fields(facade.report_call(report, actor=call.actor)))


def sync_calls(call: Call, request: routing_pb2.SyncCallsRequest) -> routing_pb2.SyncCallsResponse:
    """Compare the calls of a front-end."""
    hosted, facade = _facade(call, request.domain)
    call.permit(hosted)
    live = tuple([f.LiveLeg(one.call_id, one.agent) for one in request.calls])
    wanted = f.SyncCalls(request.front_end, live, request.request_id, tuple(request.attempts))
    synced = facade.sync_calls(wanted, actor=call.actor)
    return routing_pb2.SyncCallsResponse(
        revision=synced.revision,
        lost=synced.lost,
        unknown=synced.unknown,
        adopted=synced.adopted,
        lost_attempts=synced.lost_attempts,
        unknown_attempts=synced.unknown_attempts,
        instructions=[_one_call(answer) for answer in synced.answers],
    )


def dial_code(call: Call, request: routing_pb2.DialCodeRequest) -> routing_pb2.DialCodeResponse:
    """Do what an agent has dialled."""
    hosted, facade = _facade(call, request.domain)
    dialled = f.DialCode(request.endpoint, request.code, request.request_id)
    if not call.identity.unlimited:
        agent = facade.agent_of(request.endpoint, request.code)
        call.permit(hosted, agents=(agent,) if agent else ())
    answer = facade.dial_code(dialled, actor=call.actor)
    state = answer.agent
    return routing_pb2.DialCodeResponse(
        revision=answer.revision,
        text=answer.announcement,
        agent=state.agent if state else "",
        done=answer.announcement in _DONE,
        state=None
        if state is None
        else {
            "logged_in": state.logged_in,
            "ready": state.ready,
            "reason": state.reason,
            "leaving": state.leaving,
        },
    )


#: Announcements that say that it is as was asked for.
_DONE: Final = frozenset(
    (
        "logged_in",
        "logged_out",
        "log_out_pending",
        "ready",
        "not_ready",
        "already_so",
        "signed_in",
        "signed_out",
    )
)


def handle_call(call: Call, request: routing_pb2.HandleCallRequest) -> routing_pb2.HandleCallResponse:
    """Do something with a call in hand."""
    hosted, facade = _facade(call, request.domain)
    asked = f.HandleCall(request.call_id, _action(request), request.front_end, request.request_id)
    if not call.identity.unlimited:
        call.permit(hosted, queues=facade.queues_for(asked), contacts=(request.call_id,))
    handled = facade.handle_call(asked, actor=call.actor)
    return routing_pb2.HandleCallResponse(**_handled(handled), obstacle=handled.obstacle)


def place_call(call: Call, request: routing_pb2.PlaceCallRequest) -> routing_pb2.PlaceCallResponse:
    """Let an agent call somebody."""
    hosted, facade = _facade(call, request.domain)
    wanted = f.PlaceCall(
        request.call_id,
        request.agent,
        request.front_end,
        request.to,
        request.leg,
        request.queue,
        request.anyway,
        request.customer,
        dict(sorted(request.attributes.items())),
        request.request_id,
    )
    queue = facade.queue_for(wanted)
    call.permit(hosted, queues=(queue,) if queue else (), agents=(request.agent,))
    return routing_pb2.PlaceCallResponse(**_handled(facade.place_call(wanted, actor=call.actor)))


def remark_call(call: Call, request: routing_pb2.RemarkCallRequest) -> routing_pb2.RemarkCallResponse:
    """Take note of what is said about a call."""
    hosted, facade = _facade(call, request.domain)
    item = commands_pb2.Item(remark={"contact": request.call_id, "remark": request.remark})
    command = cast("Remark", read_command(item))
    call.permit(hosted, contacts=(request.call_id,))
    call.permit_command(hosted, command)
    said = f.RemarkCall(request.call_id, command.remark, request.front_end, request.request_id)
    return routing_pb2.RemarkCallResponse(**answer_fields(facade.remark_call(said, actor=call.actor)))


def get_presence(call: Call, request: routing_pb2.GetPresenceRequest) -> routing_pb2.GetPresenceResponse:
    """Say how an agent stands."""
    hosted, facade = _facade(call, request.domain)
    call.permit(hosted)
    present = facade.presence(request.agent, request.endpoint)
    return routing_pb2.GetPresenceResponse(
        revision=present.revision, presence=_presence_fields(present.presence)
    )


def report_endpoint(
    call: Call, request: routing_pb2.ReportEndpointRequest
) -> routing_pb2.ReportEndpointResponse:
    """Take a report on a device."""
    hosted, facade = _facade(call, request.domain)
    state = _DEVICES.get(request.state)
    if state is None:
        raise Fault(INVALID, "UNKNOWN_STATE", f"state {request.state} means nothing here; give a Device")
    if not call.identity.unlimited:
        agent = facade.agent_of(request.endpoint)
        call.permit(hosted, agents=(agent,) if agent else ())
    report = f.ReportEndpoint(request.endpoint, cast("Device", state), request.request_id)
    answer = facade.report_endpoint(report, actor=call.actor)
    return routing_pb2.ReportEndpointResponse(revision=answer.revision, text=answer.text, agent=answer.agent)


def _action(request: routing_pb2.HandleCallRequest) -> f.Action:
    name = request.WhichOneof("do")
    match name:
        case "hold":
            return f.HoldAction()
        case "retrieve":
            return f.RetrieveAction()
        case "transfer":
            keeps = not request.transfer.HasField("keep_age") or request.transfer.keep_age
            return f.TransferAction(_destination(request.transfer.to), keeps)
        case "consult":
            asked = request.consult
            return f.ConsultAction(asked.leg, _destination(asked.to), asked.anyway)
        case "join":
            return f.JoinAction(request.join.leg)
        case "part":
            return f.PartAction(request.part.leg)
        case "hand_over":
            return f.HandOverAction(request.hand_over.leg)
        case "take_over":
            return f.TakeOverAction(request.take_over.leg, request.take_over.agent)
        case _:
            raise Fault(INVALID, "NOTHING_TO_DO", "the request names no action; set one of `do`")


def _destination(to: routing_pb2.Destination) -> f.Destination:
    return f.Destination(tuple(to.queues), to.agent, to.number)


def _handled(handled: f.Handled) -> dict[str, Any]:
    """Give the fields of what was done with a call and its legs."""
    first, *further = map(instruction_fields, handled.instructions)
    fields: dict[str, Any] = {"revision": handled.revision, "instruction": first, "further": further}
    if handled.refusal is not None:
        fields["refusal"] = refusal_fields(handled.refusal)
    fields["legs"] = [_one_call(leg) for leg in handled.legs]
    if handled.presence is not None:
        fields["presence"] = _presence_fields(handled.presence)
    return fields


def _one_call(answer: f.Answer) -> dict[str, Any]:
    fields = answer_fields(answer)
    fields.pop("refusal", None)
    fields.pop("revision")
    return {"call_id": answer.call_id, **fields}


def _presence_fields(presence: f.Presence) -> dict[str, Any]:
    return asdict(presence) | {"standing": enum_number(routing_pb2.Standing, presence.standing)}


class Followings:
    """Answers `FollowCalls`."""

    def __init__(self, limits: WireLimits) -> None:
        self._limits = limits

    def follow_calls(self, call: Call, data: bytes) -> Iterator[bytes]:
        """Tell what is to be done with calls until the client goes, is too slow, or the server ends."""
        request = routing_pb2.FollowCallsRequest.FromString(data)
        hosted, facade = _facade(call, request.domain)
        call.permit(hosted, contacts=(request.call_id,) if request.call_id else ())
        start = request.start_revision if request.HasField("start_revision") else None
        following = facade.follow(front_end=request.front_end, call_id=request.call_id, start_revision=start)
        pace = Pace(0, self._limits.progress_ns, self._limits.poll_ns)
        with following:
            if not call.context.add_callback(following.close):
                return
            yield _notice(f.Notice(following.revision))
            while call.context.is_active():
                try:
                    notices = following.take(pace.patience_ns())
                except CompactedError as error:
                    raise Fault(FULL, "SLOW_CONSUMER", str(error), {"oldest": str(error.oldest)}) from None
                except ClosedError as error:
                    raise Fault(grpc.StatusCode.UNAVAILABLE, "CLOSED", str(error)) from None
                if call.door.draining:
                    raise Fault(
                        grpc.StatusCode.UNAVAILABLE,
                        "CLOSED",
                        "the server is being shut down; follow again from your last revision",
                    )
                call.renew()
                due = pace.is_mark_due()
                for notice in notices:
                    if notice.call_id or due:
                        yield _notice(notice)
                        pace.sent()


def _facade(call: Call, domain: str) -> tuple[Hosted, f.Facade]:
    hosted = call.hosted(domain)
    if hosted.facade is None:
        raise Fault(
            grpc.StatusCode.FAILED_PRECONDITION,
            "NO_FACADE",
            f"domain {domain!r} has no facade; use the EngineService, or start the server with settings for it",
        )
    return hosted, hosted.facade


def answer_fields(answer: f.Answer) -> dict[str, Any]:
    """Give the fields that answers about calls have in common."""
    first, *further = map(instruction_fields, answer.instructions)
    fields: dict[str, Any] = {"revision": answer.revision, "instruction": first, "further": further}
    if answer.refusal is not None:
        fields["refusal"] = refusal_fields(answer.refusal)
    return fields


def refusal_fields(refusal: f.Refusal) -> dict[str, Any]:
    """Give the fields of the message of a refusal."""
    return asdict(refusal) | {"reason": enum_number(events_pb2.Reason, refusal.reason)}


def instruction_fields(instruction: f.Instruction) -> dict[str, Any]:
    """Give the fields of the message of an instruction."""
    fields = asdict(instruction)
    word = _WORDS.get(type(instruction))
    if word is not None:
        name, enum = word
        fields[name] = enum_number(enum, fields[name])
    return {_FIELDS[type(instruction)]: fields}


def _notice(notice: f.Notice) -> bytes:
    instruction = None if notice.instruction is None else instruction_fields(notice.instruction)
    return routing_pb2.FollowCallsResponse(
        revision=notice.revision, call_id=notice.call_id, instruction=instruction
    ).SerializeToString()
