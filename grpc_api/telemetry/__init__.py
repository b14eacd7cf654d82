"""What operators see of the server: request log, metrics, traces.

==============  ==========================================================================================
together        `Telemetry`: ``ended`` once for each call, ``span`` around it, ``render`` for Prometheus
request log     `LogSettings`, `RequestLog`, `Line`, `log_to`, `JsonLines`
metrics         `CallCounter`, `Metrics`, `CONTENT_TYPE`
traces          `Tracing`, `CallSpan`
==============  ==========================================================================================

Owns all three; must not know what is served, nor any wire message.
"""

from grpc_api.telemetry.calls import CallCounter
from grpc_api.telemetry.metrics import CONTENT_TYPE, Metrics
from grpc_api.telemetry.requests import JsonLines, Line, LogSettings, RequestLog, log_to
from grpc_api.telemetry.telemetry import Telemetry
from grpc_api.telemetry.tracing import CallSpan, Tracing

__all__ = [
    "CONTENT_TYPE",
    "CallCounter",
    "CallSpan",
    "JsonLines",
    "Line",
    "LogSettings",
    "Metrics",
    "RequestLog",
    "Telemetry",
    "Tracing",
    "log_to",
]
