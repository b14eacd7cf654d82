"""The section ``[guard]`` of a server's settings: who may come in, by what, and how much of it.

Owns the shape and the defaults; must not know the rules between values (``reading``).
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from grpc_api.guard.identity import Role
from routing.units import MAX_DURATION_NS, MINUTE, SECOND

Duration = Annotated[int, Meta(ge=0, le=MAX_DURATION_NS, title="duration")]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]

#: In ``domains`` or ``queues``: all there are.
ALL = "*"


class Tls(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Certificates in PEM files; all of them are read again when one has changed."""

    certificate: Name  # the server's, its issuers after it
    key: Name
    client_ca: str = ""  # who signs the certificates of clients
    require_client_certificate: bool = False
    reload_interval_ns: Annotated[int, Meta(ge=SECOND, le=MAX_DURATION_NS, title="duration")] = field(
        default=MINUTE, name="reload_interval"
    )


class Token(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A token that ``huntgroup token new`` made; only its hash is known here."""

    name: Name
    hash: str
    roles: tuple[Role, ...]
    domains: tuple[Name, ...]  # ["*"]: all
    queues: tuple[Name, ...] | None = None  # not given: none for a supervisor, else all
    agent: str = ""  # for whom, in the role "agent"
    expires: Annotated[datetime, Meta(tz=True)] | None = None
    groups: tuple[Name, ...] = ()  # of agents, beside the queues


class Certificate(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Whoever shows a client's certificate with this subject."""

    subject: Name  # "san:NAME" (one alternative name) or "cn:NAME" (the common name)
    name: Name
    roles: tuple[Role, ...]
    domains: tuple[Name, ...]
    queues: tuple[Name, ...] | None = None
    agent: str = ""
    groups: tuple[Name, ...] = ()


class Claims(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the claims of a JWT are called; dots go down into objects, as in ``realm_access.roles``."""

    name: Name = "sub"
    roles: Name = "roles"
    domains: Name = "domains"
    queues: Name = "queues"
    agent: Name = "agent"
    groups: Name = "groups"


class Jwt(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Tokens that somebody else issues and signs with a private key; we have the public ones."""

    keys: tuple[Name, ...]  # files: public keys in PEM, or a key set (JWKS) in JSON
    algorithms: tuple[Algorithm, ...]
    issuer: Name
    audience: Name
    leeway_ns: Annotated[int, Meta(ge=0, le=5 * MINUTE, title="duration")] = field(
        default=30 * SECOND, name="leeway"
    )
    claims: Claims = Claims()
    roles: dict[str, Role] = field(default_factory=dict)  # what the issuer calls our roles; empty: as we do


class Limits(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How much one client may ask for: one identity or, where nobody says who they are, one host. 0: no limit."""

    requests_per_second: Count = 0
    request_burst: Count = 0  # 0: those of one second
    commands_per_second: Count = 0
    command_burst: Count = 0
    streams: Count = 1000  # open at once
    failures_per_minute: Annotated[int, Meta(ge=1, le=1_000_000)] = 60  # of one host, to say who they are
    clients: Annotated[int, Meta(ge=16, le=10_000_000)] = (
        10_000  # who are told apart, so that memory is bounded
    )


class Wire(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one connection may cost."""

    max_message_bytes: Annotated[int, Meta(ge=1024, le=2**31 - 1)] = 4 * 1024 * 1024
    max_metadata_bytes: Annotated[int, Meta(ge=1024, le=2**20)] = 16 * 1024
    max_streams: Annotated[int, Meta(ge=1, le=2**31 - 1)] = 1000  # at once
    handshake_timeout_ns: Annotated[int, Meta(ge=1, le=MAX_DURATION_NS, title="duration")] = field(
        default=10 * SECOND, name="handshake_timeout"
    )
    keep_alive_ns: Duration = field(default=MINUTE, name="keep_alive")  # asks a silent client; 0: never
    keep_alive_timeout_ns: Annotated[int, Meta(ge=1, le=MAX_DURATION_NS, title="duration")] = field(
        default=20 * SECOND, name="keep_alive_timeout"
    )
    min_ping_interval_ns: Duration = field(default=10 * SECOND, name="min_ping_interval")
    max_connection_age_ns: Duration = field(default=0, name="max_connection_age")  # 0: for ever
    max_connection_age_grace_ns: Duration = field(default=30 * SECOND, name="max_connection_age_grace")


class GuardSettings(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The section ``[guard]``. Its defaults let nobody in."""

    insecure: bool = False  # plain connections, on loopback addresses only
    tls: Tls | None = None
    tokens: tuple[Token, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    jwt: Jwt | None = None
    limits: Limits = Limits()
    wire: Wire = Wire()

    @property
    def open(self) -> bool:
        """Whether nobody has to say who they are: by the flag alone, and while there is nothing to say it by."""
        return self.insecure and not (self.tokens or self.certificates or self.jwt)
