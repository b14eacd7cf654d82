"""The door: who is it, may they, and not too often.

Owns the order of the questions; must not know how a token or certificate is checked (``credentials``) nor what roles
may do (``roles``).
"""

import logging
import time
from collections.abc import Callable, Collection
from typing import Final

from msgspec import Struct

from grpc_api.guard.credentials import AuthContext, Credentials, Metadata, bearer_of
from grpc_api.guard.identity import EVERYBODY, NOBODY, Denied, Identity, Lookup, denied
from grpc_api.guard.limits import Buckets, Streams
from grpc_api.guard.peers import host_of
from grpc_api.guard.permission import check_call, check_command
from grpc_api.guard.roles import METHODS, PUBLIC
from grpc_api.guard.settings import GuardSettings
from routing.errors import ConfigError
from routing.units import MINUTE

_LOG: Final = logging.getLogger("huntgroup.guard")


class Guard:
    """Admits callers and permits what they ask for. Thread-safe.

    Parameters
    ----------
    settings : GuardSettings
        Checked ones; its defaults let nobody in.
    clock_ns : callable, default the monotonic clock
        For limits.
    wall_s : callable, default the time of day
        For what expires, seconds since 1970.

    Raises
    ------
    ConfigError
        If a key file cannot be used.

    Examples
    --------
    >>> guard = Guard(GuardSettings(insecure=True))
    >>> guard.admit("/huntgroup.v1.EngineService/Apply", (), "ipv4:127.0.0.1:40000").name
    'everybody'
    >>> Guard(GuardSettings()).admit("/huntgroup.v1.EngineService/Apply", (), "ipv4:127.0.0.1:40000")
    Traceback (most recent call last):
        ...
    grpc_api.guard.identity.Denied: no credential was sent; send 'authorization: Bearer TOKEN' or a client certificate
    """

    def __init__(
        self,
        settings: GuardSettings,
        *,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self._clock_ns = clock_ns
        self._wall_s = wall_s
        self._use(settings, Credentials(settings, clock_ns, wall_s))
        self._use_limits(settings)

    def _use(self, settings: GuardSettings, credentials: Credentials) -> None:
        self._credentials = credentials
        self.settings = settings
        self.open = settings.open
        self._max_bytes = settings.wire.max_message_bytes

    def _use_limits(self, settings: GuardSettings) -> None:
        limits, clock_ns = settings.limits, self._clock_ns
        self._requests = Buckets(limits.requests_per_second, limits.request_burst, limits.clients, clock_ns)
        self._commands = Buckets(limits.commands_per_second, limits.command_burst, limits.clients, clock_ns)
        self._failures = Buckets(limits.failures_per_minute, 0, limits.clients, clock_ns, MINUTE)
        self._lines = Buckets(limits.failures_per_minute, 0, limits.clients, clock_ns, MINUTE)
        self._streams = Streams(limits.streams)

    # --- Once for each call

    def admit(
        self,
        method: str,
        metadata: Metadata,
        peer: str,
        auth_context: AuthContext | None = None,
        size: int = 0,
    ) -> Identity:
        """Say who calls, if they may call this method at all and have not called too often. O(1).

        Parameters
        ----------
        method : str
            As ``/huntgroup.v1.EngineService/Apply``.
        metadata : sequence of (str, str or bytes)
            Lower-case names; "authorization" is the one that counts.
        peer : str
            As gRPC names it, such as ``ipv4:127.0.0.1:40000``.
        auth_context : mapping, optional
            What TLS knows of the client, as ``ServicerContext.auth_context()`` gives it.
        size : int, default 0
            Bytes of the request, where nobody has limited them before.

        Raises
        ------
        Denied
            "no_credentials", "bad_credentials", "expired_credentials", "unknown_method", "role_missing",
            "too_many_failures", "too_many_requests", "message_too_large".
        """
        if size > self._max_bytes:
            raise denied(
                "message_too_large", f"the message has more than {self._max_bytes} bytes; send less at once"
            )
        if self.open:
            if not self._requests.unlimited:
                self._take_request(host_of(peer))
            return EVERYBODY
        if method in PUBLIC:
            self._take_request(host_of(peer))
            return NOBODY
        identity = self._authenticate(method, metadata, peer, auth_context)
        if not self._requests.unlimited:
            self._take_request(identity.key)
        return identity

    def renew(
        self,
        identity: Identity,
        method: str,
        metadata: Metadata,
        peer: str,
        auth_context: AuthContext | None = None,
    ) -> Identity:
        """Ask again, in a stream, now and then: has the credential expired, been revoked or been given other roles?

        Counts against no limit.

        Raises
        ------
        Denied
            As for `admit`; also if the credential is now somebody else's.
        """
        if self.open or method in PUBLIC:
            return identity
        found = self._authenticate(method, metadata, peer, auth_context)
        if found.key != identity.key:
            raise denied("bad_credentials", "the credential is somebody else's by now; connect again")
        return found

    def whose(self, token: str) -> Identity:
        """Say whose a token is, without a call; counts against no limit. Raises `Denied`."""
        return self._credentials.known(token) or self._credentials.verify(token)

    def _authenticate(
        self, method: str, metadata: Metadata, peer: str, auth_context: AuthContext | None
    ) -> Identity:
        try:
            token = bearer_of(metadata)
            identity = self._credentials.known(token) if token is not None else None
            if identity is None:
                identity = self._by_something_new(token, peer, auth_context)
        except Denied as error:
            if error.code == "UNAUTHENTICATED":
                host = host_of(peer)
                if error.reason != "no_credentials":  # which took no work, and is no guess
                    self._failures.take(host)
                if not self._lines.take(host):
                    _LOG.warning("a caller from %s was turned away: %s", host, error.reason)
            raise
        rule = METHODS.get(method)
        if rule is None:
            raise denied(
                "unknown_method", "the method is not known; compare the versions of client and server"
            )
        if rule.scopes.keys().isdisjoint(identity.roles):
            raise denied(
                "role_missing",
                f"no role of {identity.name!r} may call this method; docs/security.md lists them",
            )
        return identity

    def _by_something_new(self, token: str | None, peer: str, auth_context: AuthContext | None) -> Identity:
        """Verify what takes longer, unless this host has failed at it too often."""
        if token is None:
            found = self._credentials.by_certificate(auth_context) if auth_context else None
            if found is None:
                raise denied(
                    "no_credentials",
                    "no credential was sent; send 'authorization: Bearer TOKEN' or a client certificate",
                )
            return found
        wait_ns = self._failures.wait_ns(host_of(peer))
        if wait_ns:
            raise denied("too_many_failures", "too many bad credentials from this host; wait", wait_ns)
        return self._credentials.verify(token)

    def _take_request(self, client: str) -> None:
        wait_ns = self._requests.take(client)
        if wait_ns:
            raise denied(
                "too_many_requests", "the limit of requests is reached; wait, or send batches", wait_ns
            )

    # --- For what is in the call

    def permit(self, identity: Identity, domain: str, command: Struct, lookup: Lookup | None = None) -> None:
        """Return if they may give this command in this domain.

        Parameters
        ----------
        identity : Identity
            Whom `admit` has let in.
        domain : str
            Where.
        command : Struct
            A command of ``routing.commands``.
        lookup : Lookup, optional
            For those who may touch only some queues, or only their own contacts. Without it they are refused what
            cannot be judged by the command alone.

        Raises
        ------
        Denied
            "foreign_domain", "role_missing", "foreign_queue", "foreign_agent".

        Notes
        -----
        A contact or agent that nobody knows belongs to nobody: the command is permitted, and the engine refuses it,
        or repeats what it answered to this request before. Between this answer and the command's turn a contact may
        change hands; whoever had it when the command was sent had the right to send it.
        """
        if not identity.unlimited:
            check_command(identity, domain, command, lookup)

    def permit_call(
        self,
        identity: Identity,
        domain: str,
        method: str,
        *,
        queues: Collection[str] = (),
        agents: Collection[str] = (),
        contacts: Collection[str] = (),
        groups: Collection[str] = (),
        lookup: Lookup | None = None,
    ) -> None:
        """Return if they may call this method about these nouns of this domain; without any: about all of them.

        Raises
        ------
        Denied
            As for `permit`.
        """
        if not identity.unlimited:
            check_call(identity, domain, method, queues, agents, contacts, lookup, groups)

    def spend(self, identity: Identity, commands: int, peer: str = "") -> None:
        """Count commands against their limit, before they are given.

        Raises
        ------
        Denied
            "too_many_commands".
        """
        if self._commands.unlimited:
            return
        wait_ns = self._commands.take(self._client(identity, peer), commands)
        if wait_ns:
            raise denied("too_many_commands", "the limit of commands is reached; wait", wait_ns)

    def open_stream(self, identity: Identity, peer: str = "") -> Callable[[], None]:
        """Count an open stream; call what is returned when it ends, once.

        Raises
        ------
        Denied
            "too_many_streams".
        """
        client, streams = self._client(identity, peer), self._streams
        if not streams.open(client):
            raise denied("too_many_streams", "the limit of open streams is reached; close one")
        return lambda: streams.close(client)

    def _client(self, identity: Identity, peer: str) -> str:
        return host_of(peer) if identity is EVERYBODY or identity is NOBODY else identity.key

    # --- Changes

    def reload(self, settings: GuardSettings | None = None) -> None:
        """Take new settings, or read the keys of the present ones again. Whoever is in is asked at their next call.

        Limits that have not changed go on counting where they are. Streams go on until they are asked by `renew`.

        Raises
        ------
        ConfigError
            If a key file cannot be used, or if the door would be opened to everybody, or TLS added or removed, which
            a restart alone may do; then nothing was changed.
        """
        present = self.settings
        settings = settings or present
        if settings.open != present.open:
            raise ConfigError(
                "guard", f"whether everybody may come in would change to {settings.open}; restart the server"
            )
        if (settings.tls is None) != (present.tls is None):
            raise ConfigError("guard.tls", "was added or removed; restart the server")
        self._use(settings, Credentials(settings, self._clock_ns, self._wall_s))
        if settings.limits != present.limits:
            self._use_limits(settings)
