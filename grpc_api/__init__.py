"""Huntgroup as a service: a gRPC server and client, an HTTP application, and whoever may use them.

Above all of ``routing``, which never imports it. Needs the extra ``server``.

Owns nothing itself; its packages say what they own.
"""
