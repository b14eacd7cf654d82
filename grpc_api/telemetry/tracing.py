"""Traces by OpenTelemetry: a span around each call, as part of the trace that the caller began.

Without an SDK (a tracer provider set before the server starts) there is no span, and a call pays for one comparison.

Owns names and attributes of spans, which say nothing about anybody; must not know what a request contains.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import (
    NoOpTracerProvider,
    ProxyTracerProvider,
    SpanKind,
    Status,
    StatusCode,
    TracerProvider,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

Metadata = Sequence[tuple[str, str | bytes]]

_NAMES: Final = frozenset(("traceparent", "tracestate"))
_FIELDS_MAX: Final = 512  # characters of either, as the W3C says
_NO_PROVIDERS: Final = (NoOpTracerProvider, ProxyTracerProvider)


class CallSpan:
    """What a handler may say about its call while it runs; nothing of it is about people."""

    __slots__ = ("_domains", "_span")

    def __init__(self, span: trace.Span | None, domains: Callable[[], Collection[str]] = tuple) -> None:
        self._span = span
        self._domains = domains

    def describe(self, code: str, domain: str = "", commands: int = 0) -> None:
        """Say how it ended (the name of a gRPC status), where (left out if it is no domain), with how many commands."""
        span = self._span
        if span is None:
            return
        span.set_attribute("rpc.grpc.status", code)
        if domain and domain in self._domains():
            span.set_attribute("huntgroup.domain", domain)
        if commands:
            span.set_attribute("huntgroup.commands", commands)
        if code != "OK":
            span.set_status(Status(StatusCode.ERROR))


_SILENT: Final = nullcontext(CallSpan(None))


class Tracing:
    """Makes spans if there is somebody who wants them.

    Parameters
    ----------
    provider : TracerProvider, optional
        By default the one of the process at this moment.

    Attributes
    ----------
    domains : callable
        Gives the domains that there are; any other, which a caller made up, stands in no span.
    on : bool
        Whether anybody wants spans.
    """

    def __init__(self, provider: TracerProvider | None = None) -> None:
        self.domains: Callable[[], Collection[str]] = tuple
        provider = provider or trace.get_tracer_provider()
        self.on = not isinstance(provider, _NO_PROVIDERS)
        self._tracer = provider.get_tracer("huntgroup") if self.on else None
        self._propagator = TraceContextTextMapPropagator()

    def span(self, method: str, metadata: Metadata) -> AbstractContextManager[CallSpan]:
        """Give what surrounds a handler: ``with tracing.span(method, metadata) as span: ...``.

        Parameters
        ----------
        method : str
            The full name of a method that we know.
        metadata : sequence of (str, str or bytes)
            Of it only "traceparent" and "tracestate" are read.
        """
        if self._tracer is None:
            return _SILENT
        return self._recorded(method, metadata)

    def ended(
        self,
        method: str,
        metadata: Metadata,
        code: str,
        duration_ns: int,
        domain: str = "",
        commands: int = 0,
    ) -> None:
        """Make the span of a call that has just ended: cheaper, where nothing within it makes spans of its own."""
        if self._tracer is None:
            return
        end_ns = time.time_ns()
        span = self._tracer.start_span(
            method.strip("/"),
            self._parent(metadata),
            kind=SpanKind.SERVER,
            attributes=_about(method),
            start_time=end_ns - duration_ns,
        )
        CallSpan(span, self.domains).describe(code, domain, commands)
        span.end(end_ns)

    @contextmanager
    def _recorded(self, method: str, metadata: Metadata) -> Iterator[CallSpan]:
        assert self._tracer is not None
        with self._tracer.start_as_current_span(
            method.strip("/"),
            self._parent(metadata),
            kind=SpanKind.SERVER,
            attributes=_about(method),
            record_exception=False,  # its message may be about somebody
            set_status_on_exception=False,
        ) as span:
            try:
                yield CallSpan(span, self.domains)
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise

    def _parent(self, metadata: Metadata) -> Context:
        """Read the caller's trace; nothing else that comes along, such as baggage, is taken over."""
        carrier = {
            name: value
            for name, value in metadata
            if name in _NAMES and isinstance(value, str) and len(value) <= _FIELDS_MAX
        }
        return self._propagator.extract(carrier, Context())


def _about(method: str) -> dict[str, str]:
    service, _, name = method.strip("/").partition("/")
    return {"rpc.system": "grpc", "rpc.service": service, "rpc.method": name}
