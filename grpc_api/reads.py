"""Reads: one agent, contact or queue, lists of them page by page, explanations, and how the host is.

A list is read in two steps, so that the engine is never held for longer than a page takes: the ids, in order, then
the pictures of a page. The token of a page is the last id on it; so whatever lived all the time is on exactly one page.

Owns what is shown; must not know how a change is made.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from heapq import nsmallest
from typing import Any, Final, TypeVar, cast

from msgspec import Struct

from grpc_api.calls import Call
from grpc_api.convert import writer
from grpc_api.convert.kinds import enum_words
from grpc_api.domains import Hosted
from grpc_api.paging import CHUNK, last_of, parts_of, pictures_of, token_of
from grpc_api.status import INVALID, MISSING, Fault
from grpc_api.v1 import engine_pb2, views_pb2
from routing.engine import BEHAVIOUR, Engine
from routing.explaining.shapes import Explanation
from routing.views import AgentView, ContactView, QueueView

View = TypeVar("View", bound=Struct)

_contact: Any = writer(ContactView)
_agent: Any = writer(AgentView)
_queue: Any = writer(QueueView)
_explanation: Any = writer(Explanation)
_STATES: Final = enum_words(views_pb2.ContactState.DESCRIPTOR)
_HOST_STATES: Final = {word: number for number, word in enum_words(engine_pb2.HostState.DESCRIPTOR).items()}


def get_contact(call: Call, request: engine_pb2.GetContactRequest) -> engine_pb2.GetContactResponse:
    """Show a living contact."""
    hosted = call.hosted(request.domain)
    call.permit(hosted, contacts=(request.contact,))
    revision, view = _one(hosted, lambda engine: engine.contacts, request.contact, "CONTACT")
    return engine_pb2.GetContactResponse(revision=revision, contact=_contact(view))


def get_agent(call: Call, request: engine_pb2.GetAgentRequest) -> engine_pb2.GetAgentResponse:
    """Show an agent."""
    hosted = call.hosted(request.domain)
    call.permit(hosted, agents=(request.agent,))
    revision, view = _one(hosted, lambda engine: engine.agents, request.agent, "AGENT")
    return engine_pb2.GetAgentResponse(revision=revision, agent=_agent(view))


def get_queue(call: Call, request: engine_pb2.GetQueueRequest) -> engine_pb2.GetQueueResponse:
    """Show a queue."""
    hosted = call.hosted(request.domain)
    call.permit(hosted, queues=(request.queue,))
    revision, view = _one(hosted, lambda engine: engine.queues, request.queue, "QUEUE")
    return engine_pb2.GetQueueResponse(revision=revision, queue=_queue(view))


def _one(
    hosted: Hosted, views: Callable[[Engine], Mapping[str, View]], name: str, noun: str
) -> tuple[int, View]:
    revision, view = hosted.host.read(lambda engine: (engine.revision, views(engine).get(name)))
    if view is None:
        raise Fault(
            MISSING,
            f"UNKNOWN_{noun}",
            f"{noun.lower()} {name[:128]!r} is not there; list those that are",
            {"subject": name[:128]},
        )
    return revision, view


# --- Lists


def list_contacts(call: Call, request: engine_pb2.ListContactsRequest) -> engine_pb2.ListContactsResponse:
    """Show living contacts, page by page."""
    hosted = call.hosted(request.domain)
    queue, state = request.queue, request.state
    call.permit(hosted, queues=(queue,) if queue else ())
    if state and state not in _STATES:
        raise Fault(INVALID, "UNKNOWN_STATE", f"state {state} means nothing here; give a ContactState")
    wanted = _STATES.get(state)

    def fits(view: ContactView) -> bool:
        if wanted is not None and view.state != wanted:
            return False
        return (
            not queue
            or any(visit.queue == queue for visit in view.visits)
            or any(part.queue == queue for part in view.segments)
        )

    revision, views, token = _page(call, hosted, lambda engine: engine.contacts, request, fits)
    return engine_pb2.ListContactsResponse(
        revision=revision, contacts=map(_contact, views), next_page_token=token
    )


def list_agents(call: Call, request: engine_pb2.ListAgentsRequest) -> engine_pb2.ListAgentsResponse:
    """Show agents, page by page."""
    hosted = call.hosted(request.domain)
    call.permit(hosted)
    only = request.logged_in
    revision, views, token = _page(
        call, hosted, lambda engine: engine.agents, request, lambda view: view.logged_in or not only
    )
    return engine_pb2.ListAgentsResponse(revision=revision, agents=map(_agent, views), next_page_token=token)


def list_queues(call: Call, request: engine_pb2.ListQueuesRequest) -> engine_pb2.ListQueuesResponse:
    """Show queues, page by page."""
    hosted = call.hosted(request.domain)
    call.permit(hosted)
    revision, views, token = _page(call, hosted, lambda engine: engine.queues, request, lambda _: True)
    return engine_pb2.ListQueuesResponse(revision=revision, queues=map(_queue, views), next_page_token=token)


def _page(
    call: Call,
    hosted: Hosted,
    views: Callable[[Engine], Mapping[str, View]],
    request: Any,
    fits: Callable[[View], bool],
) -> tuple[int, list[View], str]:
    """Give revision, pictures and token of the page that a request asks for."""
    limits, host = call.door.limits, hosted.host
    size = min(request.page_size or limits.page_default, limits.page)
    after = last_of(request.page_token)
    ids: Iterable[str] = host.read(lambda engine: list(views(engine)))
    if after is not None:
        ids = (one for one in ids if one > after)
    found: list[View] = []
    # Without a filter the first few are enough; with one, nobody knows how far to look.
    known = list(ids)
    ordered = nsmallest(size + 1, known) if len(known) > 20 * size else sorted(known)
    exhausted = len(ordered) == len(known)
    revision, last = host.revision, after
    for part in parts_of(ordered, min(size + 1, CHUNK)):
        revision, pictures = host.read(partial(pictures_of, views, part))
        for name, view in pictures:
            if view is not None and fits(view):
                if len(found) == size:
                    return revision, found, token_of(last)
                found.append(view)
            last = name
    if exhausted:
        return revision, found, ""
    return revision, found, token_of(last)


# --- Explanations


def explain(call: Call, request: engine_pb2.ExplainRequest) -> engine_pb2.ExplainResponse:
    """Say how a contact stands, and why nobody has it."""
    hosted = call.hosted(request.domain)
    contact, agents = request.contact, list(request.agents) or None
    call.permit(hosted, contacts=(contact,))
    most = call.door.limits.verdicts
    limit = min(request.limit or most, most)

    def look(engine: Engine) -> tuple[int, Explanation]:
        for noun, name, known in (
            ("CONTACT", contact, engine.contacts),
            *(("AGENT", agent, engine.agents) for agent in agents or ()),
        ):
            if name not in known:
                raise Fault(
                    MISSING,
                    f"UNKNOWN_{noun}",
                    f"{noun.lower()} {name[:128]!r} is not there; list those that are",
                    {"subject": name[:128]},
                )
        return engine.revision, engine.explain(contact, agents=agents, limit=limit)

    revision, explanation = hosted.host.read(look)
    return engine_pb2.ExplainResponse(revision=revision, explanation=_explanation(explanation))


# --- How it is


def get_status(call: Call, request: engine_pb2.GetStatusRequest) -> engine_pb2.GetStatusResponse:
    """Say how the host is."""
    hosted = call.hosted(request.domain)
    call.permit(hosted)
    host, identity = hosted.host, call.identity
    revision, digest, now_ns = host.read(lambda engine: (engine.revision, engine.digest, engine.now_ns))
    names = call.door.domains.names
    if identity.domains is not None:
        names = [name for name in names if name in identity.domains]
    return engine_pb2.GetStatusResponse(
        revision=revision,
        state=cast("Any", _HOST_STATES[host.state]),
        digest=digest,
        now_ns=now_ns,
        behaviour=BEHAVIOUR,
        configuration_version=hosted.version(),
        domains=names,
    )
