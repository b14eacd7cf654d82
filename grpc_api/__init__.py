"""huntgroup over the wire: the server, its facade for gateways, and the client.

Above all of ``routing``, which never imports it. Owns the name of the package; must not import anything, so that the
client does not load the server.
"""
