"""What a client can ask of the centre around the contact.

Owns these RPCs from the client's side; must not know how anything is done.
"""

from collections.abc import Sequence
from typing import Any, Final, Literal, get_args

from grpc_api.center import shapes
from grpc_api.client.asking import Ask, Page, ask_of
from grpc_api.client.routing_asks import refusal_in
from grpc_api.convert import enum_number, reader
from grpc_api.facade import Refusal
from grpc_api.v1 import center_pb2
from routing.errors import UsageError
from routing.words import quoted, suggest

CENTER: Final = "/huntgroup.v1.CenterService/"
Act = Literal[
    "listen",
    "whisper",
    "barge_in",
    "stop_monitoring",
    "ask_consent",
    "take_over",
    "force_disconnect",
    "redirect_queue",
    "end_redirect",
    "post_message",
    "withdraw_message",
]
_call_back: Any = reader(shapes.CallBackView)
_pop: Any = reader(shapes.ScreenPop)


def screen_pop(domain: str, contact: str, agent: str) -> Ask[shapes.ScreenPop]:
    """See whose contact it is."""
    request = center_pb2.GetScreenPopRequest(domain=domain, contact=contact, agent=agent)
    return ask_of(
        f"{CENTER}GetScreenPop", request, center_pb2.GetScreenPopResponse, lambda answer: _pop(answer.pop)
    )


def dispositions(domain: str, queue: str) -> Ask[tuple[shapes.DispositionCode, ...]]:
    """See the codes of a queue."""
    request = center_pb2.ListDispositionsRequest(domain=domain, queue=queue)
    return _many("ListDispositions", request, "codes", shapes.DispositionCode)


def book_call_back(domain: str, fields: dict[str, Any]) -> Ask[shapes.CallBackView]:
    """Promise a call; ``fields`` are those of the request."""
    return _promised("BookCallBack", _request(center_pb2.BookCallBackRequest, domain, fields))


def move_call_back(domain: str, fields: dict[str, Any]) -> Ask[shapes.CallBackView]:
    """Give a call-back another window or agent."""
    return _promised("MoveCallBack", _request(center_pb2.MoveCallBackRequest, domain, fields))


def cancel_call_back(domain: str, call_back: str, reason: str, request_id: str) -> Ask[shapes.CallBackView]:
    """Have nobody call."""
    request = center_pb2.CancelCallBackRequest(
        domain=domain, call_back=call_back, reason=reason, request_id=request_id
    )
    return _promised("CancelCallBack", request)


def call_backs(domain: str, queue: str, customer: str) -> Ask[tuple[shapes.CallBackView, ...]]:
    """See what is still to be made."""
    request = center_pb2.ListCallBacksRequest(domain=domain, queue=queue, customer=customer)
    return _many("ListCallBacks", request, "call_backs", shapes.CallBackView)


def call_back_slots(
    domain: str, queue: str, from_ns: int, to_ns: int, timezone: str
) -> Ask[tuple[shapes.CallBackSlot, ...]]:
    """See when call-backs can be promised."""
    request = center_pb2.ListCallBackSlotsRequest(
        domain=domain, queue=queue, from_ns=from_ns, to_ns=to_ns, timezone=timezone
    )
    return _many("ListCallBackSlots", request, "slots", shapes.CallBackSlot)


def call_back_number(domain: str, attempt: str) -> Ask[str]:
    """Learn what an attempt is to dial."""
    request = center_pb2.GetCallBackNumberRequest(domain=domain, attempt=attempt)
    return ask_of(
        f"{CENTER}GetCallBackNumber",
        request,
        center_pb2.GetCallBackNumberResponse,
        lambda answer: str(answer.number),
    )


def recordings(
    domain: str, fields: dict[str, Any], size: int, token: str
) -> Ask[Page[shapes.RecordedSegment]]:
    """See a page of what was recorded."""
    read = reader(shapes.RecordedSegment)
    return ask_of(
        f"{CENTER}ListRecordings",
        _request(
            center_pb2.ListRecordingsRequest, domain, {**fields, "page_size": size, "page_token": token}
        ),
        center_pb2.ListRecordingsResponse,
        lambda answer: Page(answer.revision, tuple(map(read, answer.recordings)), answer.next_page_token),
    )


def hold_recordings(
    domain: str, segments: Sequence[str], matter: str, why: str, release: bool
) -> Ask[tuple[str, ...]]:
    """Put recordings under legal hold, or release them."""
    request = center_pb2.HoldRecordingsRequest(
        domain=domain, segments=segments, matter=matter, why=why, release=release
    )
    return ask_of(
        f"{CENTER}HoldRecordings",
        request,
        center_pb2.HoldRecordingsResponse,
        lambda answer: tuple(answer.asked),
    )


def supervise(domain: str, act: str, fields: dict[str, Any]) -> Ask[Refusal | None]:
    """Do what a supervisor does; gives the engine's refusal, if it was not done after all."""
    if act not in get_args(Act):
        raise UsageError(f"act {act!r} is none of {', '.join(get_args(Act))}")
    request = _request(
        center_pb2.SuperviseRequest,
        domain,
        {**fields, "act": enum_number(center_pb2.SupervisorAct, act)},
    )
    return ask_of(f"{CENTER}Supervise", request, center_pb2.SuperviseResponse, refusal_in)


def messages(
    domain: str, agent: str, queues: Sequence[str], groups: Sequence[str]
) -> Ask[tuple[shapes.DayMessage, ...]]:
    """See the messages of the day."""
    request = center_pb2.ListMessagesRequest(domain=domain, agent=agent, queues=queues, groups=groups)
    return _many("ListMessages", request, "messages", shapes.DayMessage)


def audit(domain: str, fields: dict[str, Any]) -> Ask[tuple[shapes.AuditedRow, ...]]:
    """See who did what."""
    request = _request(center_pb2.QueryAuditRequest, domain, fields)
    return _many("QueryAudit", request, "rows", shapes.AuditedRow)


def alerts(domain: str, queues: Sequence[str]) -> Ask[tuple[shapes.OpenAlert, ...]]:
    """See alerts that nobody has acknowledged."""
    request = center_pb2.ListAlertsRequest(domain=domain, queues=queues)
    return _many("ListAlerts", request, "alerts", shapes.OpenAlert)


def _request(kind: Any, domain: str, fields: dict[str, Any]) -> Any:
    """Make a request; says which field is none, or cannot be what it is to be. Values may be about somebody."""
    known = [field.name for field in kind.DESCRIPTOR.fields if field.name != "domain"]
    for name, value in fields.items():
        if name not in known:
            hint = suggest(name, known) or f"; there are {', '.join(known)}"
            raise UsageError(f"{kind.DESCRIPTOR.name} has no field {quoted(name)}{hint}")
        try:
            kind(**{name: value})
        except (TypeError, ValueError):
            raise UsageError(
                f"{name} of {kind.DESCRIPTOR.name} cannot be such a {type(value).__name__}; see center.proto"
            ) from None
    return kind(domain=domain, **fields)


def _many(method: str, request: Any, name: str, kind: Any) -> Ask[tuple[Any, ...]]:
    read = reader(kind)
    answer = getattr(center_pb2, f"{method}Response")
    return ask_of(f"{CENTER}{method}", request, answer, lambda found: tuple(map(read, getattr(found, name))))


def _promised(method: str, request: Any) -> Ask[shapes.CallBackView]:
    answer = getattr(center_pb2, f"{method}Response")
    return ask_of(f"{CENTER}{method}", request, answer, lambda found: _call_back(found.call_back))
