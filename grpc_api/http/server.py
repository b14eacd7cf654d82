"""Runs the application with uvicorn, in a thread of its own.

Owns the socket and the thread; must not know the addresses.
"""

import asyncio
import logging
import socket
import ssl
import threading
from pathlib import Path
from typing import Final, Self

import uvicorn
from litestar import Litestar

from grpc_api.http.protocol import REQUEST_S, hurried
from routing.errors import UsageError

#: How long a connection may be idle between requests, s.
_KEEP_ALIVE_S: Final = 30
_START_S: Final = 30.0


class HttpServer:
    """An application that listens.

    Parameters
    ----------
    app : Litestar
        What `make_app` made.
    host, port : str, int
        Where; port 0 takes a free one.
    certificate, key : path, optional
        PEM files for TLS.
    client_ca : path, optional
        Only clients with a certificate that this one signed may connect. Who they are is still said by tokens.
    drain_s : float, default 10
        How long requests under way may take at the end.
    connections : int, default 10,000
        At once; more are answered with 503.
    request_s : float, default 10
        How long a request may take to arrive.

    Examples
    --------
    >>> from grpc_api.http import make_app
    >>> with HttpServer(make_app({}), "127.0.0.1", 0) as server:
    ...     server.port > 0
    True
    """

    def __init__(
        self,
        app: Litestar,
        host: str,
        port: int,
        *,
        certificate: str | Path | None = None,
        key: str | Path | None = None,
        client_ca: str | Path | None = None,
        drain_s: float = 10,
        connections: int = 10_000,
        request_s: float = REQUEST_S,
    ) -> None:
        self._config = uvicorn.Config(
            app,
            host=host,
            port=port,
            http=hurried(request_s),
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=max(1, int(drain_s)),
            limit_concurrency=connections,
            h11_max_incomplete_event_size=64 * 1024,
            ssl_certfile=certificate,
            ssl_keyfile=str(key) if key else None,
            ssl_ca_certs=str(client_ca) if client_ca else None,
            ssl_cert_reqs=ssl.CERT_REQUIRED if client_ca else ssl.CERT_NONE,
            lifespan="on",
        )
        self._server = uvicorn.Server(self._config)
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="huntgroup-http", daemon=True)
        self._started = threading.Event()
        self._error: BaseException | None = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        if self._socket is None:
            raise UsageError("the server has not been started; call start() first")
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Listen; comes back when requests are answered.

        Raises
        ------
        OSError
            If the address cannot be had.
        """
        family = socket.AF_INET6 if ":" in self._config.host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((self._config.host, self._config.port))
        except OSError:
            self._socket.close()
            raise
        self._config.load()
        self._thread.start()
        self._started.wait(_START_S)
        if self._error is not None:
            raise self._error

    def reload_certificate(self) -> None:
        """Read the files of certificate and key again; connections made from now on see the new one."""
        context, config = self._config.ssl, self._config
        if isinstance(context, ssl.SSLContext) and config.ssl_certfile:
            context.load_cert_chain(config.ssl_certfile, config.ssl_keyfile)

    def stop(self) -> None:
        """Take no more requests, let those under way end, and let go of the socket."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join()
        if self._socket is not None:
            self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        async def serve() -> None:
            assert self._socket is not None
            serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
            while not self._server.started and not serving.done():
                await asyncio.sleep(0.01)
            self._started.set()
            await serving

        try:
            asyncio.run(serve())
        except BaseException as error:
            self._error = error
            logging.getLogger("huntgroup.http").error("the HTTP server stopped", exc_info=error)
        finally:
            self._started.set()
