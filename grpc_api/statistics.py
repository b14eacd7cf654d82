"""Statistics: what there is now, what was counted, and what it amounts to.

A request names queues, agents and groups, or lists queues or agents page by page; each is looked at by itself, so that
the engine is never held for long. Without any it is told of the centre.

Owns what is shown of statistics; must not know how anything is counted.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import asdict

from grpc_api.calls import Call
from grpc_api.convert import writer
from grpc_api.domains import Hosted
from grpc_api.paging import CHUNK, first_of, parts_of, pictures_of
from grpc_api.status import INVALID, MISSING, STATE, Fault
from grpc_api.v1 import engine_pb2
from routing.engine import Engine
from routing.errors import UsageError
from routing.host.pictures import (
    AgentStatistics,
    CentreStatistics,
    GroupStatistics,
    QueueStatistics,
    agent_statistics,
    centre_statistics,
    counts_of,
    group_statistics,
    queue_statistics,
)
from routing.views import QueueView

View = TypeVar("View", bound=Struct)

_queue: Any = writer(QueueView)
_of_queue: Any = writer(QueueStatistics)
_of_agent: Any = writer(AgentStatistics)
_of_group: Any = writer(GroupStatistics)
_of_centre: Any = writer(CentreStatistics)


def get_statistics(call: Call, request: engine_pb2.GetStatisticsRequest) -> engine_pb2.GetStatisticsResponse:
    """Say what there is, or what was counted of some."""
    hosted = call.hosted(request.domain)
    queues, agents, groups = list(request.queues), list(request.agents), list(request.groups)
    named = bool(queues or agents or groups)
    if named and request.list:
        raise Fault(
            INVALID,
            "NAMED_AND_LISTED",
            "queues, agents or groups are named, and a list is asked for; choose one",
        )
    if groups or not named:
        call.permit(hosted)  # it is about more than single queues
    else:
        call.permit(hosted, queues=queues, agents=agents)
    if not named and not request.list:
        return _whole(hosted)
    if not counts_of(hosted.host):
        raise Fault(
            STATE,
            "NO_STATISTICS",
            "this server keeps no statistics; set statistics.enabled in its settings",
        )
    if named:
        most = call.door.limits.page
        if len(queues) + len(agents) + len(groups) > most:
            raise Fault(INVALID, "TOO_MANY_NAMES", f"more than {most} names; ask for some at a time")
        return _answer(hosted, queues, agents, groups, by_channel=request.by_channel)
    return _listed(call, hosted, request)


def _whole(hosted: Hosted) -> engine_pb2.GetStatisticsResponse:
    """Count what there is; a large centre is counted piece by piece, while it goes on."""
    host = hosted.host
    revision, at_ns, queues, contacts, agents = host.read(
        lambda engine: (
            engine.revision,
            engine.now_ns,
            list(engine.queues.values()),
            list(engine.contacts),
            list(engine.agents),
        )
    )
    by_state = {"waiting": 0, "offered": 0, "handling": 0, "held": 0}
    for contact in _every(hosted, contacts, lambda engine: engine.contacts):
        by_state[contact.state] += 1
    counts = dict.fromkeys(("logged_in", "ready", "available", "ringing", "handling", "held", "wrap_up"), 0)
    for agent in _every(hosted, agents, lambda engine: engine.agents):
        if agent.logged_in:
            counts["logged_in"] += 1
            counts["ready"] += agent.ready
            counts["available"] += agent.available
            for state in {part.state for part in agent.segments}:
                counts[state] += 1
    return engine_pb2.GetStatisticsResponse(
        revision=revision,
        at_ns=at_ns,
        queues=map(_queue, queues),
        contacts=by_state,
        agents={"configured": len(agents), **counts},
        figures=figures(hosted),
        centre=_of_centre(centre_statistics(host)) if counts_of(host) else None,
    )


def _listed(
    call: Call, hosted: Hosted, request: engine_pb2.GetStatisticsRequest
) -> engine_pb2.GetStatisticsResponse:
    of_queues = request.list == engine_pb2.STATISTICS_LIST_QUEUES
    if not of_queues and request.list != engine_pb2.STATISTICS_LIST_AGENTS:
        raise Fault(INVALID, "UNKNOWN_LIST", f"list {request.list} means nothing here; give a StatisticsList")
    limits = call.door.limits
    size = min(request.page_size or limits.page_default, limits.page)
    names = hosted.host.read(lambda engine: list(engine.queues if of_queues else engine.agents))
    found, token = first_of(names, size, request.page_token)
    queues, agents = (found, []) if of_queues else ([], found)
    answer = _answer(hosted, queues, agents, (), by_channel=request.by_channel, strict=False)
    answer.next_page_token = token
    return answer


def _answer(
    hosted: Hosted,
    queues: Iterable[str],
    agents: Iterable[str],
    groups: Iterable[str],
    *,
    by_channel: bool,
    strict: bool = True,
) -> engine_pb2.GetStatisticsResponse:
    """Tell of these; one that is not there is an error, or (not strict) left out: it went while we looked."""
    host = hosted.host
    channels = [""]
    if by_channel:
        channels += host.read(lambda engine: [channel.id for channel in engine.config.channels])
    of_queues = _told(
        "QUEUE", queues, lambda queue: [queue_statistics(host, queue, one) for one in channels], strict
    )
    of_agents = _told("AGENT", agents, lambda agent: [agent_statistics(host, agent)], strict)
    of_groups = _told("GROUP", groups, lambda group: [group_statistics(host, group)], strict)
    revision, at_ns = host.read(lambda engine: (engine.revision, engine.now_ns))
    return engine_pb2.GetStatisticsResponse(
        revision=revision,
        at_ns=at_ns,
        queue_statistics=map(_of_queue, of_queues),
        agent_statistics=map(_of_agent, of_agents),
        group_statistics=map(_of_group, of_groups),
    )


def _told(
    noun: str, names: Iterable[str], look: Callable[[str], Sequence[Struct]], strict: bool
) -> list[Struct]:
    found: list[Struct] = []
    for name in names:
        try:
            found += look(name)
        except UsageError:
            if strict:
                raise Fault(
                    MISSING,
                    f"UNKNOWN_{noun}",
                    f"{noun.lower()} {name[:128]!r} is not there; list those that are",
                    {"subject": name[:128]},
                ) from None
    return found


def _every(
    hosted: Hosted, names: Sequence[str], views: Callable[[Engine], Mapping[str, View]]
) -> Iterator[View]:
    for part in parts_of(names, CHUNK):
        _, pictures = hosted.host.read(partial(pictures_of, views, part))
        yield from (view for _, view in pictures if view is not None)
        time.sleep(0)  # others want to look, too


def figures(hosted: Hosted) -> dict[str, int]:
    """Give the counters and gauges of a host that are single numbers, and its refusals by reason."""
    found = asdict(hosted.host.figures())
    numbers = {name: value for name, value in found.items() if type(value) is int}
    return numbers | {f"refused_{reason}": count for reason, count in found["refusals"].items()}
