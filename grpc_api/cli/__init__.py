"""Commands of ``huntgroup`` that need the extra ``server``; found by the entry points ``huntgroup.commands``.

Within: ``reaching`` < ``calling``, ``showing``, ``relaying``.

Owns that gRPC's own library is silent, unless its variable is set: what it notes on standard error (each attempt at a
handshake, say) is said once by our messages, and the log of a server is JSON. One file for each command.
"""

import os

os.environ.setdefault("GRPC_VERBOSITY", "NONE")
