"""The centre around the contact over gRPC: for agents' desktops, supervisors and front-ends.

Owns these messages, and who may ask; must not know how anything is done (``center``).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import grpc

from grpc_api.calls import Call
from grpc_api.center import shapes
from grpc_api.convert import enum_number, writer
from grpc_api.convert.kinds import enum_words
from grpc_api.domains import Hosted
from grpc_api.paging import last_of, token_of
from grpc_api.status import INVALID, MISSING, STATE, Fault
from grpc_api.v1 import center_pb2, events_pb2
from routing.center.supervision import (
    AskConsent,
    BargeIn,
    EndRedirect,
    ForceDisconnect,
    Listen,
    Operation,
    PostMessage,
    RedirectQueue,
    StopMonitoring,
    TakeOver,
    Whisper,
    WithdrawMessage,
)
from routing.errors import ForbiddenError, UsageError

if TYPE_CHECKING:
    from grpc_api.center.desk import CenterDesk

_ACTS: Final = enum_words(center_pb2.SupervisorAct.DESCRIPTOR)
_call_back: Any = writer(shapes.CallBackView)
_slot: Any = writer(shapes.CallBackSlot)
_pop: Any = writer(shapes.ScreenPop)
_code: Any = writer(shapes.DispositionCode)
_segment: Any = writer(shapes.RecordedSegment)
_message: Any = writer(shapes.DayMessage)
_row: Any = writer(shapes.AuditedRow)
_alert: Any = writer(shapes.OpenAlert)

# --- Agents' desktops


def get_screen_pop(call: Call, request: center_pb2.GetScreenPopRequest) -> center_pb2.GetScreenPopResponse:
    """Show whose contact it is, to whom it rings or who has it in hand."""
    hosted, desk = _desk(call, request.domain)
    call.permit(hosted, agents=(request.agent,))
    holders = desk.holders(request.contact)
    if holders is None:
        raise Fault(
            MISSING,
            "UNKNOWN_CONTACT",
            f"contact {request.contact[:128]!r} does not live; look while it rings or is in hand",
            {"subject": request.contact[:128]},
        )
    if not request.agent or request.agent not in holders:
        raise Fault(
            grpc.StatusCode.PERMISSION_DENIED,
            "NOT_IN_HAND",
            f"it neither rings at {request.agent[:128]!r} nor is it in that agent's hands; ask when it is",
            {"subject": request.contact[:128]},
        )
    with _told():
        pop = desk.screen_pop(request.contact, request.agent)
    return center_pb2.GetScreenPopResponse(revision=hosted.host.revision, pop=_pop(pop))


def list_dispositions(
    call: Call, request: center_pb2.ListDispositionsRequest
) -> center_pb2.ListDispositionsResponse:
    """Show the codes of a queue."""
    hosted, desk = _desk(call, request.domain, "outcomes")
    call.permit(hosted, queues=(request.queue,))
    return center_pb2.ListDispositionsResponse(
        revision=hosted.host.revision, codes=map(_code, desk.dispositions(request.queue))
    )


# --- Call-backs


def book_call_back(call: Call, request: center_pb2.BookCallBackRequest) -> center_pb2.BookCallBackResponse:
    """Promise a call."""
    hosted, desk = _desk(call, request.domain, "callbacks")
    if request.keep_place:
        call.permit(hosted, contacts=(request.contact,))
    else:
        call.permit(hosted, queues=(request.queue,))
    wishes: dict[str, Any] = {
        "timezone": request.timezone,
        "confirmed": request.confirmed,
        "request_id": request.request_id,
    }
    if not request.keep_place:
        wishes |= {
            "from_ns": request.from_ns,
            "to_ns": request.to_ns,
            "contact": request.contact,
            "agent": request.agent,
            "priority": request.priority,
        }
    with _told():
        booked = desk.book(
            request.call_back,
            request.queue,
            request.number,
            request.number_reference,
            request.customer,
            keep=request.contact if request.keep_place else "",
            actor=call.actor,
            **wishes,
        )
    return center_pb2.BookCallBackResponse(revision=hosted.host.revision, call_back=_call_back(booked))


def move_call_back(call: Call, request: center_pb2.MoveCallBackRequest) -> center_pb2.MoveCallBackResponse:
    """Give a call-back another window or agent."""
    hosted, desk = _of_call_back(call, request.domain, request.call_back)
    with _told():
        moved = desk.move(
            request.call_back,
            request.from_ns,
            request.to_ns,
            agent=request.agent if request.HasField("agent") else None,
            timezone=request.timezone,
            request_id=request.request_id,
            actor=call.actor,
        )
    return center_pb2.MoveCallBackResponse(revision=hosted.host.revision, call_back=_call_back(moved))


def cancel_call_back(
    call: Call, request: center_pb2.CancelCallBackRequest
) -> center_pb2.CancelCallBackResponse:
    """Have nobody call."""
    hosted, desk = _of_call_back(call, request.domain, request.call_back)
    with _told():
        over = desk.cancel(request.call_back, request.reason, request_id=request.request_id, actor=call.actor)
    return center_pb2.CancelCallBackResponse(revision=hosted.host.revision, call_back=_call_back(over))


def list_call_backs(call: Call, request: center_pb2.ListCallBacksRequest) -> center_pb2.ListCallBacksResponse:
    """Show what is still to be made."""
    hosted, desk = _desk(call, request.domain, "callbacks")
    call.permit(hosted, queues=(request.queue,) if request.queue and not request.customer else ())
    found = desk.call_backs(request.queue, request.customer)
    return center_pb2.ListCallBacksResponse(revision=hosted.host.revision, call_backs=map(_call_back, found))


def list_call_back_slots(
    call: Call, request: center_pb2.ListCallBackSlotsRequest
) -> center_pb2.ListCallBackSlotsResponse:
    """Show when call-backs can be promised."""
    hosted, desk = _desk(call, request.domain, "callbacks")
    call.permit(hosted, queues=(request.queue,))
    with _told():
        slots = desk.slots(request.queue, request.from_ns, request.to_ns, request.timezone)
    return center_pb2.ListCallBackSlotsResponse(revision=hosted.host.revision, slots=map(_slot, slots))


def get_call_back_number(
    call: Call, request: center_pb2.GetCallBackNumberRequest
) -> center_pb2.GetCallBackNumberResponse:
    """Say what to dial."""
    hosted, desk = _desk(call, request.domain, "callbacks")
    call.permit(hosted)
    with _told():
        number = desk.number(request.attempt)
    return center_pb2.GetCallBackNumberResponse(revision=hosted.host.revision, number=number)


# --- Recordings


def list_recordings(
    call: Call, request: center_pb2.ListRecordingsRequest
) -> center_pb2.ListRecordingsResponse:
    """Show what was recorded, page by page."""
    hosted, desk = _desk(call, request.domain, "recording")
    call.permit(hosted, queues=(request.queue,) if request.queue else ())
    limits = call.door.limits
    size = min(request.page_size or limits.page_default, limits.page)
    last = last_of(request.page_token)
    at, _, name = (last or "0 ").partition(" ")
    with _told():
        found = desk.recordings(
            (int(at) if at.isdigit() else 0, name),
            size + 1,
            contact=request.contact,
            customer=request.customer,
            agent=request.agent,
            queue=request.queue,
            matter=request.matter,
            from_ns=request.from_ns,
            to_ns=request.to_ns,
        )
    more, found = len(found) > size, found[:size]
    token = token_of(f"{found[-1].started_ns} {found[-1].segment}") if more else ""
    return center_pb2.ListRecordingsResponse(
        revision=hosted.host.revision, recordings=map(_segment, found), next_page_token=token
    )


def hold_recordings(
    call: Call, request: center_pb2.HoldRecordingsRequest
) -> center_pb2.HoldRecordingsResponse:
    """Put recordings under legal hold, or release them."""
    hosted, desk = _desk(call, request.domain, "recording")
    call.permit(hosted)
    with _told():
        asked = desk.hold(
            request.segments, request.matter, call.actor or "anybody", request.why, release=request.release
        )
    return center_pb2.HoldRecordingsResponse(revision=hosted.host.revision, asked=asked)


# --- Supervision


def supervise(call: Call, request: center_pb2.SuperviseRequest) -> center_pb2.SuperviseResponse:
    """Do what a supervisor does; their own roles decide, and the log has it."""
    hosted, desk = _desk(call, request.domain, "supervision")
    call.permit(hosted)
    word = _ACTS.get(request.act, "")
    if word not in _OPERATIONS:
        raise Fault(INVALID, "UNKNOWN_ACT", f"act {request.act} means nothing here; give a SupervisorAct")
    if call.actor and request.who not in ("", call.actor):
        raise Fault(
            grpc.StatusCode.PERMISSION_DENIED,
            "NOT_THEMSELVES",
            f"{call.actor!r} may not act as {request.who[:128]!r}; leave who empty",
        )
    with _told():
        done = desk.do(call.actor or request.who, _OPERATIONS[word](request), request.request_id, request.why)
    refusal: dict[str, Any] = {}
    if done.refused is not None:
        one = done.refused
        refusal = {
            "refusal": {
                "reason": enum_number(events_pb2.Reason, one.reason.value),
                "subject": one.subject,
                "detail": one.detail,
                "command": one.command,
                "at_ns": one.at_ns,
            }
        }
    return center_pb2.SuperviseResponse(revision=hosted.host.revision, repeated=done.repeated, **refusal)


_OPERATIONS: Final[dict[str, Callable[[center_pb2.SuperviseRequest], Operation]]] = {
    "listen": lambda one: Listen(one.contact),
    "whisper": lambda one: Whisper(one.contact),
    "barge_in": lambda one: BargeIn(one.contact),
    "stop_monitoring": lambda _: StopMonitoring(),
    "ask_consent": lambda one: AskConsent(one.contact),
    "take_over": lambda one: TakeOver(one.contact),
    "force_disconnect": lambda one: ForceDisconnect(one.contact, one.reason or "forced"),
    "redirect_queue": lambda one: RedirectQueue(one.queue, one.to, not one.leave_waiting),
    "end_redirect": lambda one: EndRedirect(one.queue),
    "post_message": lambda one: PostMessage(one.text, one.queue, one.group, one.until_ns),
    "withdraw_message": lambda one: WithdrawMessage(one.queue, one.group),
}


def list_messages(call: Call, request: center_pb2.ListMessagesRequest) -> center_pb2.ListMessagesResponse:
    """Show the messages of the day."""
    hosted, desk = _desk(call, request.domain, "supervision")
    agents = (request.agent,) if request.agent else ()
    call.permit(hosted, agents=agents, queues=request.queues, groups=request.groups)
    found = desk.messages(request.agent, request.queues, request.groups)
    return center_pb2.ListMessagesResponse(revision=hosted.host.revision, messages=map(_message, found))


def query_audit(call: Call, request: center_pb2.QueryAuditRequest) -> center_pb2.QueryAuditResponse:
    """Show who did what."""
    hosted, desk = _desk(call, request.domain, "supervision")
    call.permit(hosted)
    limits = call.door.limits
    with _told():
        rows = desk.audit(
            min(request.newest or limits.page_default, limits.page),
            from_ns=request.from_ns,
            to_ns=request.to_ns,
            who=tuple(request.who),
            act=tuple(request.act),
            subject=tuple(request.subject),
            result=tuple(request.result),
        )
    return center_pb2.QueryAuditResponse(revision=hosted.host.revision, rows=map(_row, rows))


def list_alerts(call: Call, request: center_pb2.ListAlertsRequest) -> center_pb2.ListAlertsResponse:
    """Show alerts that nobody has acknowledged."""
    hosted, desk = _desk(call, request.domain, "signals")
    call.permit(hosted, queues=request.queues)
    found = desk.alerts(request.queues)
    return center_pb2.ListAlertsResponse(revision=hosted.host.revision, alerts=map(_alert, found))


# --- Inside


def _desk(call: Call, domain: str, section: str = "") -> tuple[Hosted, "CenterDesk"]:
    """Give the domain, if it has such a wing."""
    hosted = call.hosted(domain)
    desk = hosted.center
    if desk is None or (section and not desk.centre.has(section)):
        call.permit(hosted)  # so that nobody learns what they may not
        what = f"section {section!r} in its center.toml" if section else "centre in its settings"
        raise Fault(STATE, "NO_CENTER", f"domain {hosted.name!r} has no {what}; add it")
    return hosted, desk


def _of_call_back(call: Call, domain: str, call_back: str) -> tuple[Hosted, "CenterDesk"]:
    hosted, desk = _desk(call, domain, "callbacks")
    queue = desk.queue_of(call_back)
    call.permit(hosted, queues=(queue,) if queue else ())
    return hosted, desk


@contextmanager
def _told() -> Iterator[None]:
    """Say what the wings refuse: the reason is theirs."""
    try:
        yield
    except ForbiddenError as error:
        raise Fault(grpc.StatusCode.PERMISSION_DENIED, error.reason.upper(), str(error)) from None
    except UsageError as error:
        reason = str(getattr(error, "reason", ""))
        if not reason:
            raise
        raise Fault(STATE, reason.upper(), str(error)) from None
