"""Calls in hand over HTTP: what is done with them, calls placed, remarks, presence, devices.

Owns these addresses; must not know what they do (``grpc_api.facade``).
"""

from typing import Annotated, Final

from litestar import get, post
from litestar.params import Body, Parameter

from grpc_api.facade import Answer, EndpointAnswer, Handled, PlaceCall, Present, ReportEndpoint
from grpc_api.http.bodies import (
    ACTION,
    ANSWER,
    DEVICE,
    HANDLED,
    PLACE,
    REMARK,
    CallAction,
    CallRemark,
)
from grpc_api.http.calls import CallId, Domain
from grpc_api.http.documenting import answers, problems
from grpc_api.http.service import ROUTING, AnyRequest, service_of
from routing.commands import Remark

_TAG: Final = ("calls in hand",)
_AGENTS: Final = ("agents",)


@post(
    "/v1/{domain:str}/calls/{call_id:str}/handle",
    status_code=200,
    tags=_TAG,
    summary="Hold, transfer, consult, confer or hand over",
    responses=answers(Handled, "What to do with the call and its legs now.", HANDLED)
    | problems(400, 401, 403, 404, 413, 429, 503),
)
async def handle_call(
    request: AnyRequest,
    domain: Domain,
    call_id: CallId,
    data: Annotated[CallAction, Body(examples=[ACTION])],
) -> Handled:
    """Do something with a call in hand, or say that it was done: that is the same."""
    service = service_of(request)
    visitor = await service.enter(request, f"{ROUTING}HandleCall")
    facade = service.facade(domain)
    asked = data.of(call_id)
    await visitor.may(domain, queues=facade.queues_for(asked), contacts=(call_id,))
    visitor.spend()
    return await facade.handle_call_async(asked, actor=visitor.actor)


@post(
    "/v1/{domain:str}/placed",
    status_code=200,
    tags=_TAG,
    summary="Say that an agent calls somebody",
    responses=answers(Handled, "What to do with the call and its leg now.")
    | problems(400, 401, 403, 404, 413, 429, 503),
)
async def place_call(
    request: AnyRequest, domain: Domain, data: Annotated[PlaceCall, Body(examples=[PLACE])]
) -> Handled:
    """Let an agent call a customer or a colleague. A colleague who is not free is not rung, unless ``anyway``."""
    service = service_of(request)
    visitor = await service.enter(request, f"{ROUTING}PlaceCall")
    facade = service.facade(domain)
    queue = facade.queue_for(data)
    await visitor.may(domain, queues=(queue,) if queue else (), agents=(data.agent,))
    visitor.spend()
    return await facade.place_call_async(data, actor=visitor.actor)


@post(
    "/v1/{domain:str}/calls/{call_id:str}/remark",
    status_code=200,
    tags=_TAG,
    summary="Say something about a call",
    responses=answers(Answer, "What to do with the call now.", ANSWER)
    | problems(400, 401, 403, 404, 413, 429, 503),
)
async def remark_call(
    request: AnyRequest,
    domain: Domain,
    call_id: CallId,
    data: Annotated[CallRemark, Body(examples=[REMARK])],
) -> Answer:
    """Take note of a disposition, consent, recording, monitoring, signal, feedback or note."""
    service = service_of(request)
    visitor = await service.enter(request, f"{ROUTING}RemarkCall")
    facade = service.facade(domain)
    said = data.of(call_id)
    await visitor.may(domain, contacts=(call_id,))
    await visitor.may_give(domain, Remark(call_id, said.remark))
    visitor.spend()
    return await facade.remark_call_async(said, actor=visitor.actor)


@get(
    "/v1/{domain:str}/presence",
    tags=_AGENTS,
    summary="Ask how an agent stands before ringing them",
    responses=answers(Present, "How the agent stands.") | problems(400, 401, 403, 404, 429, 503),
)
async def get_presence(
    request: AnyRequest,
    domain: Domain,
    agent: Annotated[str, Parameter(description="The agent.")] = "",
    endpoint: Annotated[str, Parameter(description="Or the device that the agent is at.")] = "",
) -> Present:
    """Say whether an agent is free, talks, is not ready, or is away."""
    service = service_of(request)
    visitor = await service.enter(request, f"{ROUTING}GetPresence")
    facade = service.facade(domain)
    await visitor.may(domain)
    return await facade.presence_async(agent, endpoint)


@post(
    "/v1/{domain:str}/endpoints",
    status_code=200,
    tags=_AGENTS,
    summary="Report how a device is",
    responses=answers(EndpointAnswer, "How the agent is by all devices.")
    | problems(400, 401, 403, 404, 413, 429, 503),
)
async def report_endpoint(
    request: AnyRequest, domain: Domain, data: Annotated[ReportEndpoint, Body(examples=[DEVICE])]
) -> EndpointAnswer:
    """Take note that a device is in use elsewhere, out of reach, or usable again."""
    service = service_of(request)
    visitor = await service.enter(request, f"{ROUTING}ReportEndpoint")
    facade = service.facade(domain)
    agent = facade.agent_of(data.endpoint)
    await visitor.may(domain, agents=(agent,) if agent else ())
    visitor.spend()
    return await facade.report_endpoint_async(data, actor=visitor.actor)


HANDLERS: Final = (handle_call, place_call, remark_call, get_presence, report_endpoint)
