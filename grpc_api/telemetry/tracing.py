"""Traces by OpenTelemetry: a span around each call, as part of the trace that the caller began.

Without an SDK (a tracer provider set before the server starts) there is no span, and a call pays for one comparison.

Owns names and attributes of spans, which say nothing about anybody; must not know what a request contains.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

from opentelemetry import trace
from opentelemetry.trace import (
    NoOpTracerProvider,
    ProxyTracerProvider,
    SpanKind,
    Status,
    StatusCode,
    TracerProvider,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_NAMES: Final = frozenset(("traceparent", "tracestate"))
_FIELDS_MAX: Final = 512  # characters of either, as the W3C says
_NO_PROVIDERS: Final = (NoOpTracerProvider, ProxyTracerProvider)


class CallSpan:
    """What a handler may say about its call while it runs; nothing of it is about people."""

    __slots__ = ("_span",)

    def __init__(self, span: trace.Span | None) -> None:
        self._span = span

    def describe(self, code: str, domain: str = "", commands: int = 0) -> None:
        """Say how it ended (the name of a gRPC status), where (a domain that there is), with how many commands."""
        span = self._span
        if span is None:
            return
        span.set_attribute("rpc.grpc.status", code)
        if domain:
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
    """

    def __init__(self, provider: TracerProvider | None = None) -> None:
        provider = provider or trace.get_tracer_provider()
        self.on = not isinstance(provider, _NO_PROVIDERS)
        self._tracer = provider.get_tracer("huntgroup") if self.on else None
        self._propagator = TraceContextTextMapPropagator()

    def span(
        self, method: str, metadata: Sequence[tuple[str, str | bytes]]
    ) -> AbstractContextManager[CallSpan]:
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

    @contextmanager
    def _recorded(self, method: str, metadata: Sequence[tuple[str, str | bytes]]) -> Iterator[CallSpan]:
        assert self._tracer is not None
        carrier = {
            name: value
            for name, value in metadata
            if name in _NAMES and isinstance(value, str) and len(value) <= _FIELDS_MAX
        }
        service, _, name = method.strip("/").partition("/")
        with self._tracer.start_as_current_span(
            f"{service}/{name}",
            self._propagator.extract(carrier),
            kind=SpanKind.SERVER,
            attributes={"rpc.system": "grpc", "rpc.service": service, "rpc.method": name},
            record_exception=False,  # its message may be about somebody
            set_status_on_exception=False,
        ) as span:
            try:
                yield CallSpan(span)
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise
