"""Interactive menus behind a service: calls in menus of one domain, for any media server.

Within: ``shapes`` < ``entries`` < ``logbook``, ``files``, ``answering`` < ``desk`` < ``opening``.

Owns the calls of a domain that are in menus, over restarts; must not know any RPC.
"""
