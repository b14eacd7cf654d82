"""Generated from ``protos/grpc_api/v1`` by ``make protos``; the wire package is ``huntgroup.v1``."""
