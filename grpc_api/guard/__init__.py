"""Security of the server: identities, permissions, limits, certificates.

==============  ==========================================================================================
the door        `Guard`: ``admit`` once for each RPC, ``permit`` for each command, ``permit_call`` for the rest
who             `Identity`, `Denied`, `REASONS`, `Lookup`
settings        `GuardSettings`, `read_settings`, `check_listening`
==============  ==========================================================================================

Owns security; must not know what the server serves, nor any wire message.
"""

from grpc_api.guard.guard import Guard
from grpc_api.guard.identity import EVERYBODY, REASONS, Denied, Identity, Lookup
from grpc_api.guard.settings import GuardSettings

__all__ = ["EVERYBODY", "REASONS", "Denied", "Guard", "GuardSettings", "Identity", "Lookup"]
