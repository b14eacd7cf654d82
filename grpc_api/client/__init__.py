"""Clients of the server: `Client` for threads, `AsyncClient` for tasks.

They take and return the structs of ``routing``, and raise its exceptions; what it has none for is a
`grpc_api.status.Fault`.

Within: ``shapes`` < ``asking``, ``connection``, ``retrying`` < ``watch``, ``session`` < ``dials`` < ``sync``; ``aio``.

Owns the client's side of the wire; must not know the server.
"""

from grpc_api.client.aio import AsyncClient, AsyncSession
from grpc_api.client.connection import Target
from grpc_api.client.dials import Dials, Line
from grpc_api.client.retrying import Patience
from grpc_api.client.session import Session
from grpc_api.client.shapes import Checked, Configuration, Put, Statistics, Status, Watched
from grpc_api.client.sync import Client
from grpc_api.client.watch import Follow, Watch

__all__ = [
    "AsyncClient",
    "AsyncSession",
    "Checked",
    "Client",
    "Configuration",
    "Dials",
    "Follow",
    "Line",
    "Patience",
    "Put",
    "Session",
    "Statistics",
    "Status",
    "Target",
    "Watch",
    "Watched",
]
