"""Huntgroup as a service: gRPC and HTTP around live engines, and what telephone exchanges say to them.

Within: ``v1`` (generated), ``settings`` < ``facade`` < ``http``, the gRPC services < ``cli``.

Owns everything that listens; must not know how contacts are routed (``routing``), which never imports it.
"""
