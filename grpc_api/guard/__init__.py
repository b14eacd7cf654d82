"""Security of the server: identities, permissions, limits, certificates.

==============  ==========================================================================================
the door        `Guard`: ``admit`` once for each RPC, ``permit`` for each command, ``permit_call`` for the rest
who             `Identity`, `Denied`, `REASONS`, `Lookup`
settings        `GuardSettings`, `read_settings`, `check_listening`, `hindrance`
connections     `server_credentials`, `server_options`, `client_credentials`, `call_credentials`, `Certificates`
threads         `Workers`, for ``grpc.server``
permissions     `COMMANDS`, `METHODS`, `PUBLIC`, `ROLES`
==============  ==========================================================================================

Within: ``identity``, ``files``, ``limits``, ``peers``, ``tokens`` < ``settings``, ``roles`` < ``jwts`` <
``credentials``, ``permission`` < ``guard``; ``settings`` < ``reading``, ``tls``.

Owns security; must not know what the server serves, nor any wire message.
"""

from grpc_api.guard.guard import Guard
from grpc_api.guard.identity import EVERYBODY, NOBODY, REASONS, Denied, Identity, Lookup
from grpc_api.guard.reading import check_listening, hindrance, read_settings
from grpc_api.guard.roles import COMMANDS, METHODS, PUBLIC, ROLES
from grpc_api.guard.settings import GuardSettings
from grpc_api.guard.tls import (
    Certificates,
    call_credentials,
    client_credentials,
    server_credentials,
    server_options,
)
from grpc_api.guard.workers import Workers

__all__ = [
    "COMMANDS",
    "EVERYBODY",
    "METHODS",
    "NOBODY",
    "PUBLIC",
    "REASONS",
    "ROLES",
    "Certificates",
    "Denied",
    "Guard",
    "GuardSettings",
    "Identity",
    "Lookup",
    "Workers",
    "call_credentials",
    "check_listening",
    "client_credentials",
    "hindrance",
    "read_settings",
    "server_credentials",
    "server_options",
]
