"""The facade as JSON over HTTP, for dialplans that speak no gRPC.

Within: ``problems`` < ``service``, ``bodies``, ``documenting`` < ``streaming`` < ``calls`` < ``views`` < ``app``;
``protocol`` < ``server``.

Owns addresses and bodies; must not know what calls mean (``grpc_api.facade``).
"""

from grpc_api.http.app import make_app
from grpc_api.http.server import HttpServer

__all__ = ["HttpServer", "make_app"]
