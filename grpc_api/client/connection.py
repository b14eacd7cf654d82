"""Channels: where to, how secured, and on whose behalf.

Owns addresses, credentials and options of connections; must not know any RPC.
"""

import os
from typing import Any

import grpc
from msgspec import Struct

from grpc_api.guard import client_credentials
from routing.units import MILLISECOND, SECOND


class Target(Struct, frozen=True):
    """A server, and how to come in.

    Parameters
    ----------
    address : str
        ``HOST:PORT``.
    token : str, default ""
        Sent with every call; over a connection without TLS it can be read by whoever is on the way.
    tls : bool, default False
        Whether the connection is secured; so it is also when ``ca`` or ``certificate`` is given.
    ca, certificate, key : path, optional
        Who signs the server's certificate; the client's own certificate and key. In PEM.
    keepalive_ns : int, default 30 s
        How often a silent server is asked if it lives.
    """

    address: str
    token: str = ""
    tls: bool = False
    ca: str | os.PathLike[str] | None = None
    certificate: str | os.PathLike[str] | None = None
    key: str | os.PathLike[str] | None = None
    keepalive_ns: int = 30 * SECOND

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What is sent with every call."""
        return (("authorization", f"Bearer {self.token}"),) if self.token else ()

    def channel(self) -> grpc.Channel:
        """Open a connection for threads."""
        credentials = self._credentials()
        if credentials is None:
            return grpc.insecure_channel(self.address, options=self._options())
        return grpc.secure_channel(self.address, credentials, options=self._options())

    def aio_channel(self) -> grpc.aio.Channel:
        """Open a connection for tasks."""
        credentials = self._credentials()
        if credentials is None:
            return grpc.aio.insecure_channel(self.address, options=self._options())
        return grpc.aio.secure_channel(self.address, credentials, options=self._options())

    def _credentials(self) -> grpc.ChannelCredentials | None:
        if self.tls or self.ca is not None or self.certificate is not None:
            return client_credentials(self.ca, self.certificate, self.key)
        return None

    def _options(self) -> list[tuple[str, Any]]:
        return [
            ("grpc.keepalive_time_ms", self.keepalive_ns // MILLISECOND),
            ("grpc.keepalive_timeout_ms", 10_000),
            ("grpc.http2.max_pings_without_data", 0),
            ("grpc.max_receive_message_length", -1),
            ("grpc.max_send_message_length", -1),
            ("grpc.enable_retries", 0),  # retries are ours, because only we know what is safe
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 2_000),
        ]
