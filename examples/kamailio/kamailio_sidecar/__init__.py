"""The process between Kamailio and huntgroup: evapi on one side, gRPC on the other, asyncio in between.

``netstring`` frames, ``messages`` gives them types, ``book`` decides (no input, no output), ``link`` and ``server``
talk, ``sidecar`` joins them.
"""
