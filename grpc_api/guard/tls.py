"""TLS: certificates that are read again while the server runs, and what a connection may cost.

Owns credentials and options of servers and clients; must not know whom a certificate names (``credentials``).
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import grpc
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from grpc_api.guard.files import Watched
from grpc_api.guard.settings import Tls, Wire
from routing.config.faults import field_path
from routing.errors import ConfigError
from routing.units import MILLISECOND

_LOG: Final = logging.getLogger("huntgroup.guard")


class _Material(NamedTuple):
    """The content of the files at one moment, checked."""

    key: bytes
    chain: bytes
    client_ca: bytes | None

    def configuration(self) -> grpc.ServerCertificateConfiguration:
        return grpc.ssl_server_certificate_configuration([(self.key, self.chain)], self.client_ca)


class Certificates:
    """The server's certificates; each new connection gets the newest that are good. Thread-safe.

    Files are looked at as a connection comes in, at most once in ``reload_interval``. A pair that does not fit
    together, as while somebody is replacing the two files, is not taken: the old one stays, the log says why, and
    the next change is looked at again.

    Raises
    ------
    ConfigError
        If the first ones are not good.
    """

    def __init__(
        self, settings: Tls, path: str = "guard.tls", clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._settings = settings
        self._path = path
        self._lock = threading.Lock()
        files = [settings.certificate, settings.key, *filter(None, [settings.client_ca])]
        self._watched = Watched(files, settings.reload_interval_ns, clock_ns)
        self._good = _read(settings, path)
        self._served = self._good

    def credentials(self) -> grpc.ServerCredentials:
        """Give what ``grpc.Server.add_secure_port`` wants."""
        return grpc.dynamic_ssl_server_credentials(
            self._served.configuration(),
            self._fetch,
            self._settings.require_client_certificate,
        )

    def reload(self) -> bool:
        """Read the files now, as on SIGHUP; return whether they are good."""
        with self._lock:
            return self._read_again()

    def _fetch(self) -> grpc.ServerCertificateConfiguration | None:
        """Answer gRPC, which asks at each new connection: None for what it has already."""
        with self._lock:
            if self._watched.changed():
                self._read_again()
            if self._served is self._good:
                return None
            self._served = self._good
            return self._served.configuration()

    def _read_again(self) -> bool:
        try:
            found = _read(self._settings, self._path)
        except ConfigError as error:
            _LOG.error("the old certificates stay: %s", error)
            return False
        if found != self._good:
            self._good = found
            _LOG.info("the certificates were read again")
        return True


def server_credentials(settings: Tls) -> tuple[grpc.ServerCredentials, Certificates]:
    """Give the credentials of a server, and what to call ``reload`` of on SIGHUP."""
    certificates = Certificates(settings)
    return certificates.credentials(), certificates


def client_credentials(
    ca: str | os.PathLike[str] | None = None,
    certificate: str | os.PathLike[str] | None = None,
    key: str | os.PathLike[str] | None = None,
) -> grpc.ChannelCredentials:
    """Give the credentials of a client's channel.

    Parameters
    ----------
    ca : path, optional
        Who signs the server's certificate, in PEM; by default whom gRPC trusts.
    certificate, key : path, optional
        The client's own, both or none.

    Raises
    ------
    ConfigError
        If a file cannot be read, or only one of the two is given.
    """
    if (certificate is None) != (key is None):
        raise ConfigError("", "a certificate and its key belong together; give both or none")
    return grpc.ssl_channel_credentials(
        _bytes(str(ca), "ca") if ca is not None else None,
        _bytes(str(key), "key") if key is not None else None,
        _bytes(str(certificate), "certificate") if certificate is not None else None,
    )


def call_credentials(token: str) -> grpc.CallCredentials:
    """Send a token with each call of a channel; gRPC does so over TLS only."""
    return grpc.access_token_call_credentials(token)


def server_options(wire: Wire) -> list[tuple[str, int]]:
    """Give the options of a ``grpc.Server`` that keep one connection from costing more than it may.

    A connection that does not finish its handshake is closed after ``handshake_timeout``, before a thread of ours
    has heard of it; one that falls silent later is asked by keep-alive whether it lives.
    """
    options = [
        ("grpc.max_receive_message_length", wire.max_message_bytes),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_metadata_size", wire.max_metadata_bytes),
        ("grpc.absolute_max_metadata_size", wire.max_metadata_bytes),
        ("grpc.max_concurrent_streams", wire.max_streams),
        ("grpc.server_handshake_timeout_ms", _ms(wire.handshake_timeout_ns)),
        ("grpc.http2.settings_timeout", _ms(wire.handshake_timeout_ns)),  # of the handshake's last part
        ("grpc.http2.min_ping_interval_without_data_ms", _ms(wire.min_ping_interval_ns)),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.so_reuseport", 0),  # two servers must not share a port by accident
    ]
    if wire.keep_alive_ns:
        options += [
            ("grpc.keepalive_time_ms", _ms(wire.keep_alive_ns)),
            ("grpc.keepalive_timeout_ms", _ms(wire.keep_alive_timeout_ns)),
            ("grpc.http2.ping_timeout_ms", _ms(wire.keep_alive_timeout_ns)),
        ]
    if wire.max_connection_age_ns:
        options += [
            ("grpc.max_connection_age_ms", _ms(wire.max_connection_age_ns)),
            ("grpc.max_connection_age_grace_ms", _ms(wire.max_connection_age_grace_ns)),
        ]
    return options


def _ms(duration_ns: int) -> int:
    return min(max(1, duration_ns // MILLISECOND), 2**31 - 1)


# --- Files


def _read(settings: Tls, path: str) -> _Material:
    chain = _bytes(settings.certificate, field_path(path, "certificate"))
    key = _bytes(settings.key, field_path(path, "key"))
    client_ca = _bytes(settings.client_ca, field_path(path, "client_ca")) if settings.client_ca else None
    certificate = _certificates(chain, settings.certificate, field_path(path, "certificate"))[0]
    try:
        private = load_pem_private_key(key, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigError(
            field_path(path, "key"),
            f"the file {settings.key!r} has no private key in PEM without a password; correct it",
        ) from None
    as_bytes = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if private.public_key().public_bytes(*as_bytes) != certificate.public_key().public_bytes(*as_bytes):
        raise ConfigError(
            field_path(path, "key"),
            f"the file {settings.key!r} has another key than the certificate {settings.certificate!r}; "
            "replace both files",
        )
    if certificate.not_valid_after_utc <= datetime.now(UTC):
        raise ConfigError(
            field_path(path, "certificate"),
            f"the certificate {settings.certificate!r} has expired at {certificate.not_valid_after_utc:%Y-%m-%d}; "
            "replace it",
        )
    if client_ca is not None:
        _certificates(client_ca, settings.client_ca, field_path(path, "client_ca"))
    return _Material(key, chain, client_ca)


def _certificates(raw: bytes, file: str, path: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(raw)
    except ValueError:
        raise ConfigError(path, f"the file {file!r} has no certificate in PEM; correct it") from None


def _bytes(file: str, path: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise ConfigError(
            path, f"the file {file!r} cannot be read ({error.strerror}); correct the path"
        ) from None
