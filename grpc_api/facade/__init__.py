"""The facade: a call centre in three calls, for exchanges that want no state machine.

Owns the translation between calls of a front-end and contacts of an engine; must not know gRPC or HTTP.
"""
