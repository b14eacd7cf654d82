"""A process between a server and many who watch: it watches each domain once, and serves the events to all.

Within: ``kept`` < ``upstream`` < ``relay``.

Owns the fan-out of events; must not know engines nor hosts.
"""

from grpc_api.relay.relay import Relay

__all__ = ["Relay"]
