"""All that operators see of a server, in one object that is asked once for each call.

Owns nothing but the combination; must not know how any of it works.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import grpc
from prometheus_client.registry import Collector

from grpc_api.guard import REASONS, Identity
from grpc_api.telemetry.calls import CallCounter
from grpc_api.telemetry.counts import Shown
from grpc_api.telemetry.dials import DialingFigures
from grpc_api.telemetry.metrics import Metrics
from grpc_api.telemetry.requests import LogSettings, RequestLog
from grpc_api.telemetry.tracing import CallSpan, Tracing
from routing.host import Figures


class ObservedCall(Protocol):
    """What is seen of a call."""

    context: grpc.ServicerContext
    method: str
    identity: Identity
    domain: str
    commands: int


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
    counted : callable, optional
        Gives the statistics of each domain that keeps any.
    dialled : callable, optional
        Gives the figures of each domain that dials.
    more : collection of Collector, optional
        Other metrics.

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
        counted: Callable[[], Mapping[str, Shown]] = dict,
        dialled: Callable[[], Mapping[str, DialingFigures]] = dict,
        more: Collection[Collector] = (),
    ) -> None:
        self.calls = CallCounter(methods)
        self.log = RequestLog(log or LogSettings(), methods, domains)
        self.tracing = tracing or Tracing()
        self.tracing.domains = domains
        self._metrics = Metrics(self.calls, figures, counted, dialled, more)

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

    def observe(self, call: ObservedCall, code: grpc.StatusCode, reason: str, elapsed_ns: int) -> None:
        """Take note of a call that has ended, as an observer of the gRPC server."""
        method, domain, commands, name = call.method, call.domain, call.commands, code.name
        self.calls.record(method, name, elapsed_ns)
        if reason:
            self.denied(reason.lower())
        if self.tracing.on:
            metadata = call.context.invocation_metadata()
            self.tracing.ended(method, metadata, name, elapsed_ns, domain, commands)
        self.log.record(method, name, elapsed_ns, call.identity.name, domain, commands)

    def denied(self, reason: str) -> None:
        """Count somebody who was turned away by the guard; any other reason is not counted here."""
        if reason in REASONS:
            self.calls.denied(reason)

    def span(
        self, method: str, metadata: Sequence[tuple[str, str | bytes]]
    ) -> AbstractContextManager[CallSpan]:
        """Give what surrounds a handler."""
        return self.tracing.span(method, metadata)

    def render(self) -> bytes:
        """Write the metrics in the text format of Prometheus; its type is ``CONTENT_TYPE``."""
        return self._metrics.render()
