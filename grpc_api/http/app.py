"""The ASGI application: every address of the HTTP face, described by OpenAPI.

Owns how it is put together; must not know who runs it (``server``).
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from litestar import Litestar
from litestar.datastructures import State
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from grpc_api.facade import Facade
from grpc_api.guard import Guard, Lookup
from grpc_api.http import calls, counts, desktops, hands, views
from grpc_api.http.problems import respond
from grpc_api.http.service import Service
from grpc_api.settings import Http

if TYPE_CHECKING:
    from grpc_api.center.desk import CenterDesk

_DESCRIPTION: Final = (
    "The facade of huntgroup for gateways: route a call, report on it, follow what to do with it. "
    "Times are nanoseconds; errors are problem details with a `reason`."
)


def make_app(
    facades: Mapping[str, Facade],
    guard: Guard | None = None,
    *,
    lookups: Mapping[str, Lookup] | None = None,
    settings: Http | None = None,
    metrics: Callable[[], bytes] | None = None,
    centers: "Mapping[str, CenterDesk] | None" = None,
) -> Litestar:
    """Make the application.

    Parameters
    ----------
    facades : mapping of str to Facade
        By the name of the domain; whoever makes them closes them.
    guard : Guard, optional
        Without one everybody may do everything.
    lookups : mapping of str to Lookup, optional
        By domain, for callers who are limited to some queues or to their own agent.
    settings : Http, optional
        Limits.
    metrics : callable, optional
        Gives the figures as Prometheus reads them, for ``/metrics``.
    centers : mapping of str to CenterDesk, optional
        By domain: wings and customers, for agents' desktops.

    Examples
    --------
    >>> app = make_app({})
    >>> sorted(app.openapi_schema.paths)[0]
    '/healthz'
    """
    settings = settings or Http()
    service = Service(facades, guard, lookups, settings, metrics, centers)

    @asynccontextmanager
    async def threads(_: Litestar) -> AsyncGenerator[None, None]:
        """Reads of the engine wait for its writer; they do so in threads of our own."""
        with ThreadPoolExecutor(settings.threads, "huntgroup-http") as pool:
            asyncio.get_running_loop().set_default_executor(pool)
            yield

    return Litestar(
        [*calls.HANDLERS, *hands.HANDLERS, *views.HANDLERS, *counts.HANDLERS, *desktops.HANDLERS],
        state=State({"service": service}),
        exception_handlers={Exception: respond},
        openapi_config=OpenAPIConfig(
            title="huntgroup",
            version="1",
            description=_DESCRIPTION,
            path="/schema",
            render_plugins=[JsonRenderPlugin()],
            use_handler_docstrings=True,
            components=Components(
                security_schemes={"token": SecurityScheme(type="http", scheme="bearer")},
            ),
            security=[{"token": []}, {}],
        ),
        request_max_body_size=settings.body_bytes,
        logging_config=None,
        lifespan=[threads],
        debug=False,
    )
