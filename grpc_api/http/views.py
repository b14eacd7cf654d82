"""Agents, queues and contacts over HTTP, and how the server is.

Owns these addresses; must not know how the engine keeps its state.
"""

import asyncio
from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Final, TypeVar

from litestar import Response, get
from litestar.params import Parameter

from grpc_api.http.bodies import Agents, Contacts, Health, Queues
from grpc_api.http.calls import Domain
from grpc_api.http.documenting import answers, problems
from grpc_api.http.problems import Failed
from grpc_api.http.service import ENGINE, AnyRequest, service_of
from routing.engine import Engine
from routing.views import AgentView, ContactView, QueueView

V = TypeVar("V")

_TAG: Final = ("views",)
_LIMIT: Final = 1_000

After = Annotated[str, Parameter(description="The `next` of the page before.")]
Limit = Annotated[int, Parameter(ge=1, le=_LIMIT, description="How many at most.")]


def page(views: Mapping[str, V], after: str, limit: int) -> tuple[tuple[V, ...], str]:
    """Cut a page out of pictures: those behind an id, and the id to go on from ("": that was all). O(nouns).

    An id that is gone by now begins from the start.

    >>> page({"a": 1, "b": 2, "c": 3}, "a", 1), page({"a": 1, "b": 2}, "a", 5)
    (((2,), 'b'), ((2,), ''))
    """
    ids = list(views)
    start = ids.index(after) + 1 if after and after in views else 0
    chosen = list(islice(ids, start, start + limit))
    return tuple(views[one] for one in chosen), chosen[-1] if start + limit < len(ids) else ""


@get(
    "/v1/{domain:str}/agents",
    tags=_TAG,
    summary="List agents",
    responses=answers(Agents, "In configured order.") | problems(400, 401, 403, 404, 429),
)
async def list_agents(
    request: AnyRequest, domain: Domain, after: After = "", limit: Limit = _LIMIT
) -> Agents:
    """List the agents with their state and what they have in hand."""

    def look(engine: Engine) -> tuple[int, tuple[tuple[AgentView, ...], str]]:
        return engine.revision, page(engine.agents, after, limit)

    service = service_of(request)
    visitor = await service.enter(request, f"{ENGINE}ListAgents")
    host = service.facade(domain).host
    await visitor.may(domain)
    revision, (found, more) = await asyncio.to_thread(host.read, look)
    return Agents(revision, found, more)


@get(
    "/v1/{domain:str}/queues",
    tags=_TAG,
    summary="List queues",
    responses=answers(Queues, "In configured order.") | problems(400, 401, 403, 404, 429),
)
async def list_queues(
    request: AnyRequest, domain: Domain, after: After = "", limit: Limit = _LIMIT
) -> Queues:
    """List the queues with how many wait."""

    def look(engine: Engine) -> tuple[int, tuple[tuple[QueueView, ...], str]]:
        return engine.revision, page(engine.queues, after, limit)

    service = service_of(request)
    visitor = await service.enter(request, f"{ENGINE}ListQueues")
    host = service.facade(domain).host
    await visitor.may(domain)
    revision, (found, more) = await asyncio.to_thread(host.read, look)
    return Queues(revision, found, more)


@get(
    "/v1/{domain:str}/contacts",
    tags=_TAG,
    summary="List living contacts",
    responses=answers(Contacts, "In the order in which they are kept.") | problems(400, 401, 403, 404, 429),
)
async def list_contacts(
    request: AnyRequest, domain: Domain, after: After = "", limit: Limit = _LIMIT
) -> Contacts:
    """List the contacts that wait, ring or are in hand."""

    def look(engine: Engine) -> tuple[int, tuple[tuple[ContactView, ...], str]]:
        return engine.revision, page(engine.contacts, after, limit)

    service = service_of(request)
    visitor = await service.enter(request, f"{ENGINE}ListContacts")
    host = service.facade(domain).host
    await visitor.may(domain)
    revision, (found, more) = await asyncio.to_thread(host.read, look)
    return Contacts(revision, found, more)


@get(
    "/healthz",
    tags=("server",),
    summary="Is it serving?",
    responses={
        **answers(Health, "Every domain serves."),
        503: answers(Health, "Not every domain serves.")[200],
    },
)
async def health(request: AnyRequest) -> Response[Health]:
    """Say whether every domain serves. For everybody; the names of domains only where all may know them."""
    service = service_of(request)
    states = {name: facade.host.state for name, facade in service.facades.items()}
    serving = all(state == "serving" for state in states.values())
    known: dict[str, str] = dict(states) if service.guard is None or service.guard.open else {}
    return Response(Health(serving, known), status_code=200 if serving else 503)


@get("/metrics", include_in_schema=False, media_type="text/plain; version=0.0.4; charset=utf-8")
async def metrics(request: AnyRequest) -> bytes:
    """Give the figures as Prometheus reads them."""
    service = service_of(request)
    if service.metrics is None:
        raise Failed(404, "not_found", "no figures are kept here; see the setting metrics.listen")
    await service.enter(request, f"{ENGINE}GetStatus")
    return await asyncio.to_thread(service.metrics)


HANDLERS: Final = (list_agents, list_queues, list_contacts, health, metrics)
