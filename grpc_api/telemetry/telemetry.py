"""All that operators see of a server, in one object that is asked once for each call.

Owns nothing but the combination; must not know how any of it works.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager

from grpc_api.telemetry.calls import CallCounter
from grpc_api.telemetry.metrics import Metrics
from grpc_api.telemetry.requests import LogSettings, RequestLog
from grpc_api.telemetry.tracing import CallSpan, Tracing
from routing.host import Figures


class Telemetry:
    """Request log, metrics and traces. Thread-safe.

    Parameters
    ----------
    methods : collection of str
        The full names of the methods that are served.
    domains : callable
        Gives the names of the domains that there are, fast: it is asked for each line of the log.
    figures : callable
        Gives the figures of each domain's host.
    log : LogSettings, optional
        Which calls get a line in the log.
    tracing : Tracing, optional
        By default that of the process.

    Examples
    --------
    >>> telemetry = Telemetry(["/huntgroup.v1.EngineService/Apply"], tuple, dict)
    >>> telemetry.ended("/huntgroup.v1.EngineService/Apply", "OK", 250_000, commands=64)
    >>> b'huntgroup_calls_total{code="OK",method="/huntgroup.v1.EngineService/Apply"} 1.0' in telemetry.render()
    True
    """

    def __init__(
        self,
        methods: Collection[str],
        domains: Callable[[], Collection[str]],
        figures: Callable[[], Mapping[str, Figures]],
        log: LogSettings | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        self.calls = CallCounter(methods)
        self.log = RequestLog(log or LogSettings(), methods, domains)
        self.tracing = tracing or Tracing()
        self._metrics = Metrics(self.calls, figures)

    def ended(
        self,
        method: str,
        code: str,
        duration_ns: int,
        identity: str = "",
        domain: str = "",
        commands: int = 0,
        request_id: str = "",
    ) -> None:
        """Count and log a call that has ended; `code` is the name of its gRPC status."""
        self.calls.record(method, code, duration_ns)
        self.log.record(method, code, duration_ns, identity, domain, commands, request_id)

    def denied(self, reason: str) -> None:
        """Count somebody who was turned away; the call itself is counted by `ended` all the same."""
        self.calls.denied(reason)

    def span(
        self, method: str, metadata: Sequence[tuple[str, str | bytes]]
    ) -> AbstractContextManager[CallSpan]:
        """Give what surrounds a handler."""
        return self.tracing.span(method, metadata)

    def render(self) -> bytes:
        """Write the metrics in the text format of Prometheus; its type is ``CONTENT_TYPE``."""
        return self._metrics.render()
