"""What a client can ask: request, method, and how to read the answer. No connection, no waiting.

Owns the RPCs from the client's side; must not know whether they are made by threads or by tasks.
"""

import itertools
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final, Generic, TypeVar, cast

from msgspec import Struct

from grpc_api.client.shapes import Checked, Configuration, Put, Statistics, Status
from grpc_api.convert import enum_number, read_events, read_outcome, reader, write_item
from grpc_api.convert.kinds import enum_words
from grpc_api.v1 import engine_pb2, views_pb2
from routing.commands import Command
from routing.config import dumps, loads
from routing.explaining.shapes import Explanation
from routing.host import Outcome, Request, State
from routing.host.pictures import (
    AgentStatistics,
    CentreStatistics,
    GroupStatistics,
    QueueStatistics,
)
from routing.lint import Finding, Severity
from routing.model import Config
from routing.views import AgentView, ContactView, QueueView

T = TypeVar("T")

ENGINE: Final = "/huntgroup.v1.EngineService/"
_STATES: Final = enum_words(engine_pb2.HostState.DESCRIPTOR)
_SEVERITIES: Final = enum_words(engine_pb2.Severity.DESCRIPTOR)


class Ask(Struct, Generic[T], frozen=True):
    """One RPC: its method, the request in bytes, and what makes a value of the answer's bytes."""

    method: str
    request: bytes
    read: Callable[[bytes], T]


class Page(Struct, Generic[T], frozen=True):
    """A page of a list; token "": the last one."""

    revision: int
    items: tuple[T, ...]
    token: str


class Ids:
    """Request ids that nobody else has: a random beginning, and a number. For any thread.

    Examples
    --------
    >>> ids = Ids()
    >>> ids() != ids()
    True
    """

    def __init__(self) -> None:
        self._prefix = secrets.token_hex(8)
        self._numbers = itertools.count(1)

    def __call__(self) -> str:
        """Give the next one."""
        return f"{self._prefix}-{next(self._numbers)}"


def requests_of(commands: Iterable[Command | Request], ids: Ids) -> list[Request]:
    """Give every command a request id that has none, so that it can be sent again without harm."""
    found = []
    for one in commands:
        if not isinstance(one, Request):
            found.append(Request(one, ids()))
        elif one.request_id:
            found.append(one)
        else:
            found.append(Request(one.command, ids()))
    return found


def items_of(requests: Sequence[Request]) -> list[Any]:
    """Write requests as items."""
    return [write_item(request.command, request.request_id) for request in requests]


def ask_of(method: str, request: Any, answer: Any, read: Callable[[Any], T]) -> Ask[T]:
    """Make an RPC of its method, its request, the kind of its answer, and what reads that."""
    parse = answer.FromString
    return Ask(method, request.SerializeToString(), lambda data: read(parse(data)))


# --- The engine


def apply(domain: str, requests: Sequence[Request]) -> Ask[list[Outcome]]:
    """Do commands."""
    return ask_of(
        f"{ENGINE}Apply",
        engine_pb2.ApplyRequest(domain=domain, items=items_of(requests)),
        engine_pb2.ApplyResponse,
        lambda answer: [read_outcome(one) for one in answer.outcomes],
    )


def get_contact(domain: str, contact: str) -> Ask[ContactView]:
    """See a contact."""
    return ask_of(
        f"{ENGINE}GetContact",
        engine_pb2.GetContactRequest(domain=domain, contact=contact),
        engine_pb2.GetContactResponse,
        lambda answer: reader(ContactView)(answer.contact),
    )


def get_agent(domain: str, agent: str) -> Ask[AgentView]:
    """See an agent."""
    return ask_of(
        f"{ENGINE}GetAgent",
        engine_pb2.GetAgentRequest(domain=domain, agent=agent),
        engine_pb2.GetAgentResponse,
        lambda answer: reader(AgentView)(answer.agent),
    )


def get_queue(domain: str, queue: str) -> Ask[QueueView]:
    """See a queue."""
    return ask_of(
        f"{ENGINE}GetQueue",
        engine_pb2.GetQueueRequest(domain=domain, queue=queue),
        engine_pb2.GetQueueResponse,
        lambda answer: reader(QueueView)(answer.queue),
    )


def list_contacts(domain: str, state: str, queue: str, size: int, token: str) -> Ask[Page[ContactView]]:
    """See a page of contacts."""
    read = reader(ContactView)
    return ask_of(
        f"{ENGINE}ListContacts",
        engine_pb2.ListContactsRequest(
            domain=domain,
            state=cast("Any", enum_number(views_pb2.ContactState, state) if state else 0),
            queue=queue,
            page_size=size,
            page_token=token,
        ),
        engine_pb2.ListContactsResponse,
        lambda answer: Page(answer.revision, tuple(map(read, answer.contacts)), answer.next_page_token),
    )


def list_agents(domain: str, logged_in: bool, size: int, token: str) -> Ask[Page[AgentView]]:
    """See a page of agents."""
    read = reader(AgentView)
    return ask_of(
        f"{ENGINE}ListAgents",
        engine_pb2.ListAgentsRequest(domain=domain, logged_in=logged_in, page_size=size, page_token=token),
        engine_pb2.ListAgentsResponse,
        lambda answer: Page(answer.revision, tuple(map(read, answer.agents)), answer.next_page_token),
    )


def list_queues(domain: str, size: int, token: str) -> Ask[Page[QueueView]]:
    """See a page of queues."""
    read = reader(QueueView)
    return ask_of(
        f"{ENGINE}ListQueues",
        engine_pb2.ListQueuesRequest(domain=domain, page_size=size, page_token=token),
        engine_pb2.ListQueuesResponse,
        lambda answer: Page(answer.revision, tuple(map(read, answer.queues)), answer.next_page_token),
    )


def explain(domain: str, contact: str, agents: Collection[str], limit: int) -> Ask[Explanation]:
    """Ask why nobody has a contact."""
    return ask_of(
        f"{ENGINE}Explain",
        engine_pb2.ExplainRequest(domain=domain, contact=contact, agents=agents, limit=limit),
        engine_pb2.ExplainResponse,
        lambda answer: reader(Explanation)(answer.explanation),
    )


def statistics(domain: str) -> Ask[Statistics]:
    """Count what there is."""
    return ask_of(
        f"{ENGINE}GetStatistics",
        engine_pb2.GetStatisticsRequest(domain=domain),
        engine_pb2.GetStatisticsResponse,
        lambda answer: Statistics(
            answer.revision,
            answer.at_ns,
            tuple(map(reader(QueueView), answer.queues)),
            _counts(answer.contacts),
            _counts(answer.agents),
            dict(sorted(answer.figures.items())),
            reader(CentreStatistics)(answer.centre) if answer.HasField("centre") else None,
        ),
    )


def queue_statistics(
    domain: str, queues: Collection[str], by_channel: bool, size: int, token: str
) -> Ask[Page[QueueStatistics]]:
    """See what was counted of queues: of these, or a page of all."""
    return _counted(
        engine_pb2.GetStatisticsRequest(
            domain=domain,
            queues=queues,
            list=None if queues else engine_pb2.STATISTICS_LIST_QUEUES,
            page_size=size,
            page_token=token,
            by_channel=by_channel,
        ),
        "queue_statistics",
        reader(QueueStatistics),
    )


def agent_statistics(
    domain: str, agents: Collection[str], size: int, token: str
) -> Ask[Page[AgentStatistics]]:
    """See what was counted of agents: of these, or a page of all."""
    return _counted(
        engine_pb2.GetStatisticsRequest(
            domain=domain,
            agents=agents,
            list=None if agents else engine_pb2.STATISTICS_LIST_AGENTS,
            page_size=size,
            page_token=token,
        ),
        "agent_statistics",
        reader(AgentStatistics),
    )


def group_statistics(domain: str, groups: Collection[str]) -> Ask[Page[GroupStatistics]]:
    """See how the agents of groups stand."""
    request = engine_pb2.GetStatisticsRequest(domain=domain, groups=groups)
    return _counted(request, "group_statistics", reader(GroupStatistics))


def _counted(request: engine_pb2.GetStatisticsRequest, field: str, read: Callable[[Any], T]) -> Ask[Page[T]]:
    return ask_of(
        f"{ENGINE}GetStatistics",
        request,
        engine_pb2.GetStatisticsResponse,
        lambda answer: Page(
            answer.revision, tuple(map(read, getattr(answer, field))), answer.next_page_token
        ),
    )


def _counts(message: Any) -> dict[str, int]:
    return {field.name: getattr(message, field.name) for field in message.DESCRIPTOR.fields}


def configuration(domain: str) -> Ask[Configuration]:
    """Read the configuration in force."""
    return ask_of(
        f"{ENGINE}GetConfiguration",
        engine_pb2.GetConfigurationRequest(domain=domain),
        engine_pb2.GetConfigurationResponse,
        lambda answer: Configuration(loads(answer.json, "json"), answer.version),
    )


def validate(domain: str, config: Config | str) -> Ask[Checked]:
    """Have a configuration looked over."""
    return ask_of(
        f"{ENGINE}ValidateConfiguration",
        engine_pb2.ValidateConfigurationRequest(domain=domain, json=_json(config)),
        engine_pb2.ValidateConfigurationResponse,
        lambda answer: Checked(answer.valid, answer.version, _findings(answer.findings)),
    )


def put(domain: str, config: Config | str, expected_version: str, request_id: str) -> Ask[Put]:
    """Put a configuration in force."""
    return ask_of(
        f"{ENGINE}PutConfiguration",
        engine_pb2.PutConfigurationRequest(
            domain=domain, json=_json(config), expected_version=expected_version, request_id=request_id
        ),
        engine_pb2.PutConfigurationResponse,
        lambda answer: Put(
            answer.revision, answer.version, read_events(answer.events), _findings(answer.findings)
        ),
    )


def _json(config: Config | str) -> str:
    return config if isinstance(config, str) else dumps(config, "json")


def _findings(findings: Iterable[Any]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            one.code,
            cast("Severity", _SEVERITIES[one.severity]),
            one.path,
            one.message,
            one.reason,
            one.remedy,
        )
        for one in findings
    )


def status(domain: str) -> Ask[Status]:
    """Ask how the host is."""
    return ask_of(
        f"{ENGINE}GetStatus",
        engine_pb2.GetStatusRequest(domain=domain),
        engine_pb2.GetStatusResponse,
        lambda answer: Status(
            answer.revision,
            cast("State", _STATES[answer.state]),
            answer.digest,
            answer.now_ns,
            answer.behaviour,
            answer.configuration_version,
            tuple(answer.domains),
        ),
    )


def watch_request(
    domain: str,
    after: int | None,
    contacts: Collection[str],
    agents: Collection[str],
    queues: Collection[str],
    types: Collection[str],
    min_interval_ns: int,
    progress_interval_ns: int,
) -> engine_pb2.WatchRequest:
    """Ask for events."""
    return engine_pb2.WatchRequest(
        domain=domain,
        start_revision=after,
        contacts=contacts,
        agents=agents,
        queues=queues,
        types=types,
        min_interval_ns=min_interval_ns,
        progress_interval_ns=progress_interval_ns,
    )
