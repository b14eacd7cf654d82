"""What a request over HTTP passes before it reaches a facade: which domain, who asks, may they.

Owns that; must not know addresses or bodies (``calls``, ``views``).
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Final

from litestar import Request
from litestar.datastructures import State
from msgspec import Struct

from grpc_api.facade import Facade
from grpc_api.guard import EVERYBODY, Guard, Identity, Lookup
from grpc_api.http.problems import Failed
from grpc_api.settings import Http

if TYPE_CHECKING:
    from grpc_api.center.desk import CenterDesk

AnyRequest = Request[object, object, State]

#: What a request may do is that of the RPC of the same meaning.
ROUTING: Final = "/huntgroup.v1.RoutingService/"
ENGINE: Final = "/huntgroup.v1.EngineService/"
CENTER: Final = "/huntgroup.v1.CenterService/"


class Service:
    """The facades, and the guard at their door.

    Parameters
    ----------
    facades : mapping of str to Facade
        By the name of the domain; may change while it serves.
    guard : Guard, optional
        Without one everybody may do everything.
    lookups : mapping of str to Lookup, optional
        By domain: what is known of contacts and agents, for callers who are limited to some queues.
    settings : Http, optional
        Limits.
    metrics : callable, optional
        Gives the figures as Prometheus reads them.
    centers : mapping of str to CenterDesk, optional
        By domain: wings and customers.
    """

    def __init__(
        self,
        facades: Mapping[str, Facade],
        guard: Guard | None = None,
        lookups: Mapping[str, Lookup] | None = None,
        settings: Http | None = None,
        metrics: Callable[[], bytes] | None = None,
        centers: "Mapping[str, CenterDesk] | None" = None,
    ) -> None:
        self.facades = facades
        self.guard = guard
        self.lookups = lookups or {}
        self.settings = settings or Http()
        self.metrics = metrics
        self.centers = centers or {}

    def facade(self, domain: str) -> Facade:
        """Give the facade of a domain, or fail."""
        found = self.facades.get(domain)
        if found is None:
            raise Failed(
                404, "unknown_domain", "this domain is not hosted here; ask who runs the server for its name"
            )
        return found

    async def enter(self, request: AnyRequest, method: str) -> "Visitor":
        """Let somebody in, or raise `Denied`. Before the domain is looked up, so that strangers learn no names."""
        if self.guard is None:
            return Visitor(self, EVERYBODY, "", method, ())
        peer = _peer(request)
        credentials = tuple(
            (name, value) for name, value in request.headers.multi_items() if name == "authorization"
        )
        if self.guard.open:
            identity = self.guard.admit(method, credentials, peer)
        else:
            identity = await asyncio.to_thread(self.guard.admit, method, credentials, peer)
        return Visitor(self, identity, peer, method, credentials)


def service_of(request: AnyRequest) -> Service:
    """Find the service that a request came to."""
    found: Service = request.app.state.service
    return found


class Visitor:
    """Who has been let in for one request."""

    def __init__(
        self,
        service: Service,
        identity: Identity,
        peer: str,
        method: str,
        credentials: tuple[tuple[str, str], ...],
    ) -> None:
        self.identity = identity
        self._service = service
        self._guard = service.guard
        self._peer = peer
        self._method = method
        self._credentials = credentials

    @property
    def actor(self) -> str:
        """For the journal; the front-end's own name where nobody has to say who they are."""
        return "" if self.identity is EVERYBODY else self.identity.name

    async def may(
        self,
        domain: str,
        *,
        queues: Collection[str] = (),
        agents: Collection[str] = (),
        contacts: Collection[str] = (),
    ) -> None:
        """Go on if they may do this about these nouns of the domain; raises `Denied`."""
        guard = self._guard
        if guard is None or self.identity.unlimited:
            return
        lookup = self._service.lookups.get(domain)
        await asyncio.to_thread(
            guard.permit_call,
            self.identity,
            domain,
            self._method,
            queues=queues,
            agents=agents,
            contacts=contacts,
            lookup=lookup,
        )

    async def may_give(self, domain: str, command: Struct) -> None:
        """Go on if they may give this command in the domain; raises `Denied`."""
        if self._guard is not None and not self.identity.unlimited:
            lookup = self._service.lookups.get(domain)
            await asyncio.to_thread(self._guard.permit, self.identity, domain, command, lookup)

    def spend(self) -> None:
        """Count one command."""
        if self._guard is not None:
            self._guard.spend(self.identity, 1, self._peer)

    def open_stream(self) -> Callable[[], None]:
        """Count a stream; call what is returned when it ends."""
        if self._guard is None:
            return lambda: None
        return self._guard.open_stream(self.identity, self._peer)

    async def renew(self) -> None:
        """In a stream, now and then: are they still somebody? Raises `Denied`."""
        if self._guard is not None and not self._guard.open:
            self.identity = await asyncio.to_thread(
                self._guard.renew, self.identity, self._method, self._credentials, self._peer
            )


def _peer(request: AnyRequest) -> str:
    """Name the client as gRPC does."""
    client = request.client
    if client is None:
        return "unix:"
    return (
        f"ipv6:[{client.host}]:{client.port}" if ":" in client.host else f"ipv4:{client.host}:{client.port}"
    )
