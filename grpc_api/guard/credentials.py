"""From what a caller shows to who they are: bearer tokens and certificates.

Owns the choice between them, and the memory of tokens once verified; must not know what an identity may do.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from grpc_api.guard.files import Watched
from grpc_api.guard.identity import Identity, denied
from grpc_api.guard.jwts import Verifier, expired, make_identity
from grpc_api.guard.settings import Certificate, GuardSettings, Token
from grpc_api.guard.tokens import digest_of, digest_of_hash, is_static
from routing.errors import ConfigError
from routing.units import SECOND

Metadata = Sequence[tuple[str, str | bytes]]
AuthContext = Mapping[str, Sequence[bytes]]

_LOG: Final = logging.getLogger("huntgroup.guard")
_LOOK_NS: Final = 10 * SECOND  # how often key files are looked at
_BAD: Final = "the credential is not accepted; ask for a new one"


def bearer_of(metadata: Metadata) -> str | None:
    """Find the token in the metadata; None if no credential is there. Raises `Denied` for what is none of ours."""
    found: str | None = None
    for name, value in metadata:
        if name == "authorization":
            if found is not None or not isinstance(value, str):
                raise denied("bad_credentials", "more than one credential was sent; send one")
            scheme, _, found = value.partition(" ")
            if scheme != "Bearer" and scheme.lower() != "bearer":
                raise denied("bad_credentials", "the scheme is not known; send 'authorization: Bearer TOKEN'")
    return found


class Credentials:
    """Everything that somebody can be known by, at one moment. Thread-safe; a reload makes a new one.

    Nothing here can be used to come in: of each token only the SHA-256 is kept, of those verified as of those in the
    settings. Nor does the time of an answer tell how near a guess was. A dict compares bytes only once their keyed
    64-bit hashes are equal, so a stranger never comes to that comparison; and could he choose tokens by the first
    bytes of their SHA-256, it would bring him no nearer to a token.

    Raises
    ------
    ConfigError
        If a key file cannot be used.
    """

    def __init__(
        self,
        settings: GuardSettings,
        clock_ns: Callable[[], int],
        wall_s: Callable[[], float],
        path: str = "guard",
    ) -> None:
        self._clock_ns = clock_ns
        self._wall_s = wall_s
        self._tokens = {_digest(token): _of_token(token) for token in settings.tokens}
        self._certificates = {entry.subject: _of_certificate(entry) for entry in settings.certificates}
        self._jwt = settings.jwt
        self._path = f"{path}.jwt"
        self._verified: dict[bytes, Identity] = {}
        self._verified_max = settings.limits.clients
        self._lock = threading.Lock()
        self._watched = Watched(settings.jwt.keys if settings.jwt else (), _LOOK_NS, clock_ns)
        self._verifier = Verifier(settings.jwt, self._path, wall_s) if settings.jwt else None

    def known(self, token: str) -> Identity | None:
        """Return whose token it is, if that takes no time to tell. Raises `Denied` if it has expired."""
        identity: Identity | None = None
        if is_static(token):
            identity = self._tokens.get(digest_of(token))
        elif self._verifier is not None:
            if self._clock_ns() >= self._watched.next_look_ns:
                self.look()
            identity = self._verified.get(digest_of(token))
        if identity is not None and identity.expires_s <= self._wall_s():
            raise expired()
        return identity

    def verify(self, token: str) -> Identity:
        """Return whose token it is, by its signature. Raises `Denied`."""
        verifier = self._verifier
        if verifier is None:
            raise denied("bad_credentials", _BAD)
        identity = verifier.verify(token)
        with self._lock:
            if verifier is self._verifier:  # or its key may have been taken away meanwhile
                if len(self._verified) >= self._verified_max:
                    del self._verified[next(iter(self._verified))]
                self._verified[digest_of(token)] = identity
        return identity

    def by_certificate(self, auth_context: AuthContext) -> Identity | None:
        """Return whom a client's certificate names, which TLS has verified; None if it names nobody we know."""
        if not self._certificates:
            return None
        for kind, field in (("san:", "x509_subject_alternative_name"), ("cn:", "x509_common_name")):
            for value in auth_context.get(field, ()):
                identity = self._certificates.get(kind + value.decode("utf-8", "replace"))
                if identity is not None:
                    return identity
        return None

    def look(self) -> None:
        """Read the keys again if their files have changed; if something is wrong with them, say so and keep the old."""
        with self._lock:
            if self._jwt is None or not self._watched.changed():
                return
            try:
                self._verifier = Verifier(self._jwt, self._path, self._wall_s)
            except ConfigError as error:
                _LOG.error("the old keys of [guard.jwt] stay: %s", error)
                return
            self._verified = {}
        _LOG.info("the keys of [guard.jwt] were read again")


def _digest(token: Token) -> bytes:
    digest = digest_of_hash(token.hash)
    if digest is None:  # not repeated: somebody may have written the token itself
        raise ConfigError("guard.tokens", "a hash is none; make one with 'huntgroup token new'")
    return digest


def _of_token(token: Token) -> Identity:
    return make_identity(
        kind="token",
        name=token.name,
        roles=frozenset(token.roles),
        domains=frozenset(token.domains),
        queues=None if token.queues is None else frozenset(token.queues),
        groups=frozenset(token.groups),
        agent=token.agent,
        expires_s=token.expires.timestamp() if token.expires else float("inf"),
    )


def _of_certificate(entry: Certificate) -> Identity:
    return make_identity(
        kind="certificate",
        name=entry.name,
        roles=frozenset(entry.roles),
        domains=frozenset(entry.domains),
        queues=None if entry.queues is None else frozenset(entry.queues),
        groups=frozenset(entry.groups),
        agent=entry.agent,
    )
