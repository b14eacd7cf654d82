"""Real servers on loopback, and real clients for them.

Owns starting and ending both; must not test anything.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
from sip.processes import free_port

from grpc_api.client import Client, Patience
from grpc_api.domains import Domains, Hosted
from grpc_api.facade import Facade
from grpc_api.guard import Guard
from grpc_api.limits import WireLimits
from grpc_api.server import Server
from routing import Agent, Config, Queue
from routing.clock import Clock
from routing.host import Host, Settings
from routing.journal import Journal
from routing.units import SECOND

DOMAIN = "bank"
CENTRE = Config(
    name=DOMAIN,
    agents=(Agent("ann"), Agent("ben")),
    queues=(Queue("sales"), Queue("help")),
)
#: Nothing here takes long, but the machine may be busy.
PATIENT = Patience(timeout_ns=60 * SECOND)
ONCE = Patience(timeout_ns=60 * SECOND, attempts=1)


@contextmanager
def hosted(
    config: Config | None = CENTRE,
    *,
    journal: Journal | None = None,
    settings: Settings | None = None,
    listen: str = "127.0.0.1:0",
    guard: Guard | None = None,
    limits: WireLimits | None = None,
    clock: Clock | None = None,
) -> Iterator[tuple[Host, Server]]:
    """A host with its facade, and a server for it."""
    with Host(config, journal, settings=settings, clock=clock) as host, Facade(host) as facade:
        domains = Domains(Hosted(DOMAIN, host, facade))
        with Server(domains, listen, guard, limits) as server:
            yield host, server


@contextmanager
def connected(**options: Any) -> Iterator[tuple[Host, Server, Client]]:
    """The same, and a client."""
    with hosted(**options) as (host, server), Client(address(server), DOMAIN, PATIENT) as client:
        yield host, server, client


def lasting() -> str:
    """An address for one server after another: nobody who asks for any port gets it in between."""
    return f"127.0.0.1:{free_port(kind=socket.SOCK_STREAM)}"


def address(server: Server) -> str:
    return f"127.0.0.1:{server.port}"


@contextmanager
def raw(server: Server) -> Iterator[Any]:
    """A channel of bytes, for what no client of ours would send."""
    with grpc.insecure_channel(address(server)) as channel:
        yield channel
