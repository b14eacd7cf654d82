"""The door: who is it, may they, and not too often.

Owns the order of the questions; must not know how a token or certificate is checked (``tokens``, ``jwts``,
``certificates``) nor what roles may do (``roles``).
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct

from grpc_api.guard.identity import EVERYBODY, Identity, Lookup
from grpc_api.guard.settings import GuardSettings

Metadata = Sequence[tuple[str, str | bytes]]
AuthContext = Mapping[str, Sequence[bytes]]


class Guard:
    """Admits callers and permits what they ask for. Thread-safe."""

    def __init__(
        self,
        settings: GuardSettings,
        *,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._clock_ns = clock_ns
        self._wall_s = wall_s
        self.open = settings.open  # nobody has to say who they are

    def admit(
        self,
        method: str,
        metadata: Metadata,
        peer: str,
        auth_context: AuthContext | None = None,
        size: int = 0,
    ) -> Identity:
        """Say who calls, if they may call this method at all now; once for each RPC. Raises `Denied`."""
        return EVERYBODY

    def renew(
        self,
        identity: Identity,
        method: str,
        metadata: Metadata,
        peer: str,
        auth_context: AuthContext | None = None,
    ) -> Identity:
        """In a stream, ask again now and then: is this still somebody? Raises `Denied` when revoked or expired."""
        return identity

    def permit(self, identity: Identity, domain: str, command: Struct, lookup: Lookup | None = None) -> None:
        """Return if they may give this command in this domain. Raises `Denied`."""

    def permit_call(
        self,
        identity: Identity,
        domain: str,
        method: str,
        *,
        queues: Collection[str] = (),
        agents: Collection[str] = (),
        contacts: Collection[str] = (),
        lookup: Lookup | None = None,
    ) -> None:
        """Return if they may call this method about these nouns of this domain (none: about all). Raises `Denied`."""

    def spend(self, identity: Identity, commands: int, peer: str = "") -> None:
        """Count commands against their limit. Raises `Denied`."""

    def open_stream(self, identity: Identity, peer: str = "") -> Callable[[], None]:
        """Count an open stream; call what is returned when it ends. Raises `Denied`."""
        return lambda: None

    def reload(self, settings: GuardSettings | None = None) -> None:
        """Take new settings, or read the keys of the present ones again. Raises `ConfigError`, then nothing changed."""
