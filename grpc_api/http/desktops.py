"""What agents' desktops ask of the centre, over HTTP: whose contact it is, and how it may come out.

Owns these addresses; must not know where this comes from (`grpc_api.center`).
"""

import asyncio
from typing import TYPE_CHECKING, Annotated, Final

from litestar import get
from litestar.params import Parameter

from grpc_api.center.shapes import DispositionCode, ScreenPop
from grpc_api.http.bodies import Codes, Screen
from grpc_api.http.calls import CallId, Domain
from grpc_api.http.documenting import answers, problems
from grpc_api.http.problems import Failed
from grpc_api.http.service import CENTER, AnyRequest, Visitor, service_of

if TYPE_CHECKING:
    from grpc_api.center.desk import CenterDesk

_TAG: Final = ("desktops",)


@get(
    "/v1/{domain:str}/calls/{call_id:str}/screen",
    tags=_TAG,
    summary="Show an agent whose contact it is",
    responses=answers(Screen, "What is known of the customer.") | problems(400, 401, 403, 404, 429, 503),
)
async def get_screen(
    request: AnyRequest,
    domain: Domain,
    call_id: CallId,
    agent: Annotated[str, Parameter(description="Whom it rings, or who has it in hand.")],
) -> Screen:
    """Show whose contact it is, to the agent whom it rings or who has it in hand, and to nobody else."""
    visitor, desk = await _desk(request, domain, "GetScreenPop", agents=(agent,))
    visitor.spend()

    def look() -> tuple[int, ScreenPop]:
        holders = desk.holders(call_id)
        if holders is None:
            raise Failed(
                404, "unknown_contact", "this contact does not live; look while it rings or is in hand"
            )
        if agent not in holders:
            raise Failed(
                403, "not_in_hand", "it neither rings at this agent nor is it in their hands; ask when it is"
            )
        return desk.host.revision, desk.screen_pop(call_id, agent)

    return Screen(*await asyncio.to_thread(look))


@get(
    "/v1/{domain:str}/dispositions",
    tags=_TAG,
    summary="List the codes by which contacts of a queue may come out",
    responses=answers(Codes, "In configured order.") | problems(400, 401, 403, 404, 429, 503),
)
async def list_codes(
    request: AnyRequest,
    domain: Domain,
    queue: Annotated[str, Parameter(description="The queue.")],
) -> Codes:
    """List the dispositions that are allowed, for the buttons of a screen."""
    _, desk = await _desk(request, domain, "ListDispositions", queues=(queue,))

    def look() -> tuple[int, tuple[DispositionCode, ...]]:
        return desk.host.revision, tuple(desk.dispositions(queue))

    return Codes(*await asyncio.to_thread(look))


async def _desk(
    request: AnyRequest,
    domain: str,
    method: str,
    *,
    agents: tuple[str, ...] = (),
    queues: tuple[str, ...] = (),
) -> "tuple[Visitor, CenterDesk]":
    """Let somebody in, and give the desk of the domain, or fail."""
    service = service_of(request)
    visitor = await service.enter(request, f"{CENTER}{method}")
    service.facade(domain)
    await visitor.may(domain, agents=agents, queues=queues)
    found = service.centers.get(domain)
    if found is None:
        raise Failed(404, "no_center", "this domain has no centre in its settings; add it")
    return visitor, found


HANDLERS: Final = (get_screen, list_codes)
