"""Calls over HTTP: route, report, look, follow, sync, dial.

Owns these addresses; must not know what they do (``grpc_api.facade``).
"""

from typing import Annotated, Final

from litestar import get, post
from litestar.params import Body, Parameter
from litestar.response import ServerSentEvent

from grpc_api.facade import Answer, CodeAnswer, DialCode, RouteCall, SyncCalls, Synced
from grpc_api.http.bodies import ANSWER, CODE, REPORT, ROUTE, SYNC, CallReport
from grpc_api.http.documenting import answers, problems
from grpc_api.http.problems import Failed
from grpc_api.http.service import ROUTING, AnyRequest, service_of
from grpc_api.http.streaming import stream
from routing.errors import UsageError
from routing.units import SECOND

Domain = Annotated[str, Parameter(description="The centre, as the server's settings name it.")]
CallId = Annotated[str, Parameter(description="The call, by the id it was routed with.")]

_TAG: Final = ("calls",)


@post(
    "/v1/{domain:str}/calls",
    status_code=200,
    tags=_TAG,
    summary="Route a call",
    responses=answers(Answer, "What to do with the call now.", ANSWER)
    | problems(400, 401, 403, 404, 413, 429, 503),
)
async def route_call(
    request: AnyRequest, domain: Domain, data: Annotated[RouteCall, Body(examples=[ROUTE])]
) -> Answer:
    """Take a call in. Repeated with the same call id it says what to do with that call now."""
    service = service_of(request)
    visitor = await service.enter(request, f"{ROUTING}RouteCall")
    facade = service.facade(domain)
    await visitor.may(domain, queues=facade.queues_of(data))
    visitor.spend()
    return await facade.route_call_async(data, actor=visitor.actor)


@post(
    "/v1/{domain:str}/calls/{call_id:str}/report",
    status_code=200,
    tags=_TAG,
    summary="Report what became of a call",
    responses=answers(Answer, "What to do with the call now.", ANSWER)
    | problems(400, 401, 403, 404, 413, 429, 503),
)
async def report_call(
    request: AnyRequest,
    domain: Domain,
    call_id: CallId,
    data: Annotated[CallReport, Body(examples=[REPORT])],
) -> Answer:
    """Take a report. One that is late, or comes twice, changes nothing; ``refusal`` then says why."""
    service = service_of(request)
    visitor = await service.enter(request, f"{ROUTING}ReportCall")
    facade = service.facade(domain)
    await visitor.may(domain, contacts=(call_id,))
    visitor.spend()
    return await facade.report_call_async(data.of(call_id), actor=visitor.actor)


@get(
    "/v1/{domain:str}/calls/{call_id:str}",
    tags=_TAG,
    summary="Ask what to do with a call, or wait until that changes",
    responses=answers(Answer, "What to do with the call now.", ANSWER)
    | problems(400, 401, 403, 404, 429, 503),
)
async def look_at_call(
    request: AnyRequest,
    domain: Domain,
    call_id: CallId,
    after: Annotated[
        int | None,
        Parameter(ge=0, description="The revision of the answer one has: wait for something newer."),
    ] = None,
    wait: Annotated[float, Parameter(ge=0, le=3600, description="How long at most, in seconds.")] = 0,
) -> Answer:
    """Say what to do with a call now; with ``after`` and ``wait``, as soon as there is something new."""
    service = service_of(request)
    visitor = await service.enter(request, f"{ROUTING}FollowCalls")
    facade = service.facade(domain)
    await visitor.may(domain, contacts=(call_id,))
    if not await facade.is_known_async(call_id):
        raise Failed(404, "unknown_contact", "the call is not known, or was forgotten; route it")
    wait_ns = min(int(wait * SECOND), service.settings.wait_ns)
    if wait_ns and after is not None:
        closed = visitor.open_stream()
        try:
            following = await facade.follow_async(call_id=call_id, start_revision=after)
            try:
                await following.take_async(wait_ns)
            finally:
                following.close()
        finally:
            closed()
    return await facade.look_async(call_id)


@get(
    "/v1/{domain:str}/calls/{call_id:str}/events",
    tags=_TAG,
    summary="Follow one call",
    media_type="text/event-stream",
    responses=problems(400, 401, 403, 404, 410, 429, 503),
)
async def follow_call(
    request: AnyRequest,
    domain: Domain,
    call_id: CallId,
    start_revision: Annotated[
        int | None, Parameter(ge=0, description="0: what holds now comes first.")
    ] = None,
) -> ServerSentEvent:
    """Stream the instructions for a call (server-sent events) until it has ended."""
    service = service_of(request)
    visitor = await service.enter(request, f"{ROUTING}FollowCalls")
    facade = service.facade(domain)
    await visitor.may(domain, contacts=(call_id,))
    return await stream(request, visitor, facade, call_id=call_id, start_revision=start_revision)


@get(
    "/v1/{domain:str}/events",
    tags=_TAG,
    summary="Follow all calls of a front-end",
    media_type="text/event-stream",
    responses=problems(400, 401, 403, 404, 410, 429, 503),
)
async def follow_calls(
    request: AnyRequest,
    domain: Domain,
    front_end: Annotated[
        str, Parameter(description="Whose calls: the front_end that they were routed with.")
    ],
    start_revision: Annotated[
        int | None,
        Parameter(
            ge=0,
            description="0: what holds now comes first. The id of the last event one has: what came after it.",
        ),
    ] = None,
) -> ServerSentEvent:
    """Stream the instructions for all calls of a front-end (server-sent events)."""
    service = service_of(request)
    visitor = await service.enter(request, f"{ROUTING}FollowCalls")
    facade = service.facade(domain)
    await visitor.may(domain)
    return await stream(request, visitor, facade, front_end=front_end, start_revision=start_revision)


@post(
    "/v1/{domain:str}/sync",
    status_code=200,
    tags=_TAG,
    summary="Say which calls a front-end has",
    responses=answers(Synced, "How that and the engine went together.")
    | problems(400, 401, 403, 404, 413, 429, 503),
)
async def sync_calls(
    request: AnyRequest, domain: Domain, data: Annotated[SyncCalls, Body(examples=[SYNC])]
) -> Synced:
    """Compare the calls of a front-end that comes back with those known here; what it has no longer is lost."""
    service = service_of(request)
    visitor = await service.enter(request, f"{ROUTING}SyncCalls")
    facade = service.facade(domain)
    await visitor.may(domain)
    visitor.spend()
    if not data.front_end:
        raise UsageError("front_end is empty; say whose calls these are")
    return await facade.sync_calls_async(data, actor=visitor.actor)


@post(
    "/v1/{domain:str}/codes",
    status_code=200,
    tags=_TAG,
    summary="Dial a code",
    responses=answers(CodeAnswer, "What to play to the agent.") | problems(400, 401, 403, 404, 413, 429, 503),
)
async def dial_code(
    request: AnyRequest, domain: Domain, data: Annotated[DialCode, Body(examples=[CODE])]
) -> CodeAnswer:
    """Let an agent log in and out, get ready and not ready, or hear their state, from their device."""
    service = service_of(request)
    visitor = await service.enter(request, f"{ROUTING}DialCode")
    facade = service.facade(domain)
    agent = facade.agent_of(data.endpoint, data.code)
    await visitor.may(domain, agents=(agent,) if agent else ())
    visitor.spend()
    return await facade.dial_code_async(data, actor=visitor.actor)


HANDLERS: Final = (route_call, report_call, look_at_call, follow_call, follow_calls, sync_calls, dial_code)
