"""Statistics over HTTP: the centre, queues, agents.

Owns these addresses; must not know how anything is counted.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Final, TypeVar

from litestar import get
from litestar.params import Parameter

from grpc_api.http.bodies import CountedAgents, CountedCentre, CountedQueues
from grpc_api.http.calls import Domain
from grpc_api.http.documenting import answers, problems
from grpc_api.http.problems import Failed
from grpc_api.http.service import ENGINE, AnyRequest, service_of
from grpc_api.http.views import After, page
from routing.engine import Engine
from routing.errors import UsageError
from routing.host import Host
from routing.host.pictures import (
    agent_statistics,
    centre_statistics,
    counts_of,
    queue_statistics,
)

T = TypeVar("T")

_TAG: Final = ("statistics",)
_METHOD: Final = f"{ENGINE}GetStatistics"
_LIMIT: Final = 500
_USUAL: Final = 100

Limit = Annotated[int, Parameter(ge=1, le=_LIMIT, description="How many at most.")]
Queues = Annotated[
    list[str] | None,
    Parameter(description="These only; who may see only some queues has to name them."),
]
Agents = Annotated[list[str] | None, Parameter(description="These only.")]


@get(
    "/v1/{domain:str}/statistics",
    tags=_TAG,
    summary="Statistics of the centre",
    responses=answers(CountedCentre, "As of now.") | problems(400, 401, 403, 404, 429),
)
async def centre(request: AnyRequest, domain: Domain) -> CountedCentre:
    """Say how the centre stands, and what was counted since counting began."""
    host = await _host(request, domain, (), ())
    return CountedCentre(host.revision, await asyncio.to_thread(centre_statistics, host))


@get(
    "/v1/{domain:str}/statistics/queues",
    tags=_TAG,
    summary="Statistics of queues",
    responses=answers(CountedQueues, "In configured order, or as they were named.")
    | problems(400, 401, 403, 404, 429),
)
async def queues(
    request: AnyRequest, domain: Domain, queue: Queues = None, after: After = "", limit: Limit = _USUAL
) -> CountedQueues:
    """Say how queues stand, and what was counted of each since counting began and in the last two intervals."""
    host = await _host(request, domain, queue or (), ())
    found, more = await asyncio.to_thread(
        _found, host, queue, lambda engine: engine.queues, queue_statistics, after, limit
    )
    return CountedQueues(host.revision, tuple(found), more)


@get(
    "/v1/{domain:str}/statistics/agents",
    tags=_TAG,
    summary="Statistics of agents",
    responses=answers(CountedAgents, "In configured order, or as they were named.")
    | problems(400, 401, 403, 404, 429),
)
async def agents(
    request: AnyRequest, domain: Domain, agent: Agents = None, after: After = "", limit: Limit = _USUAL
) -> CountedAgents:
    """Say what agents do and since when, and what was counted of each."""
    host = await _host(request, domain, (), agent or ())
    found, more = await asyncio.to_thread(
        _found, host, agent, lambda engine: engine.agents, agent_statistics, after, limit
    )
    return CountedAgents(host.revision, tuple(found), more)


async def _host(
    request: AnyRequest, domain: str, named: "list[str] | tuple[()]", staff: "list[str] | tuple[()]"
) -> Host:
    """Let somebody in to these, or (none named) to all; give the host if it counts."""
    service = service_of(request)
    visitor = await service.enter(request, _METHOD)
    host = service.facade(domain).host
    await visitor.may(domain, queues=named, agents=staff)
    if not counts_of(host):
        raise Failed(404, "no_statistics", "this server keeps none; set statistics.enabled in its settings")
    return host


def _found(
    host: Host,
    named: list[str] | None,
    nouns: Callable[[Engine], Mapping[str, object]],
    look: Callable[[Host, str], T],
    after: str,
    limit: int,
) -> tuple[list[T], str]:
    """Look at those named, or at a page of all."""
    if named is not None and len(named) > _LIMIT:
        raise Failed(400, "too_many_names", f"more than {_LIMIT} names; ask for some at a time")
    names, more = list(named or ()), ""
    if not named:
        ids = host.read(lambda engine: list(nouns(engine)))
        chosen, more = page({one: one for one in ids}, after, limit)
        names = list(chosen)
    found: list[T] = []
    for name in names:
        try:
            found.append(look(host, name))
        except UsageError as error:
            if named:
                raise Failed(404, "unknown", str(error)) from None
    return found, more


HANDLERS: Final = (centre, queues, agents)
