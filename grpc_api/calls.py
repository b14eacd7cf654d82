"""The way of every RPC: who is it, what is asked, do it, answer or say why not.

There are no interceptors: what they would do is one call in the function that gRPC calls, so the hot path pays for
nothing that it does not need. Requests come as bytes, so that one that cannot be read is refused with a reason.

Owns that way; must not know what any RPC does.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final, Protocol, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from msgspec import Struct

from grpc_api.domains import Domains, Hosted
from grpc_api.guard import EVERYBODY, NOBODY, Denied, Guard, Identity, Workers
from grpc_api.limits import WireLimits
from grpc_api.status import FULL, INVALID, Fault, abort, fault_of
from routing.errors import HuntgroupError
from routing.units import SECOND

_LOG: Final = logging.getLogger("huntgroup.server")
#: How often the caller of a stream is asked for a credential that is still good, ns.
RENEW_NS: Final = 30 * SECOND

Request = TypeVar("Request", bound=Message)
#: A ``grpc.RpcMethodHandler``, which is generic for those alone who check types.
Handler = Any


class Observer(Protocol):
    """Whoever keeps logs, figures and traces of RPCs."""

    def __call__(self, call: "Call", code: grpc.StatusCode, reason: str, elapsed_ns: int) -> None:
        """Take note that a call has ended; reason is "" for success."""
        ...


class Call:
    """One RPC under way: by whom, and about which domain."""

    __slots__ = ("commands", "context", "domain", "door", "identity", "method", "peer", "renew_ns")

    def __init__(self, door: "Door", method: str, context: grpc.ServicerContext) -> None:
        self.door = door
        self.method = method
        self.context = context
        self.identity: Identity = NOBODY  # until it is known who calls
        self.peer = ""
        self.domain = ""
        self.commands = 0
        self.renew_ns = 0

    @property
    def actor(self) -> str:
        """Who asks, for the journal."""
        return "" if self.identity is EVERYBODY else self.identity.name

    def hosted(self, domain: str) -> Hosted:
        """Give the domain, if the caller may do anything there at all; "" is the only one."""
        self.domain = domain = domain or self.door.domains.only
        identity = self.identity
        if identity.domains is not None and domain not in identity.domains:
            self.door.guard.permit_call(identity, domain, self.method)
        return self.door.domains[domain]

    def permit(
        self,
        hosted: Hosted,
        *,
        queues: Collection[str] = (),
        agents: Collection[str] = (),
        contacts: Collection[str] = (),
        groups: Collection[str] = (),
    ) -> None:
        """Raise `Denied` unless the caller may do this with these; without any: with all."""
        if not self.identity.unlimited:
            self.door.guard.permit_call(
                self.identity,
                hosted.name,
                self.method,
                queues=queues,
                agents=agents,
                contacts=contacts,
                groups=groups,
                lookup=hosted,
            )

    def permit_command(self, hosted: Hosted, command: Struct) -> None:
        """Raise `Denied` unless the caller may give this command, which a method that they may call is about to."""
        self.door.guard.permit(self.identity, hosted.name, command, hosted)

    def renew(self) -> None:
        """In a stream: raise `Denied` when the caller's credential is no longer good. Looks only now and then."""
        now = time.monotonic_ns()
        if now >= self.renew_ns:
            self.renew_ns = now + RENEW_NS
            context = self.context
            self.identity = self.door.guard.renew(
                self.identity, self.method, context.invocation_metadata(), self.peer, self.door.auth(context)
            )


class Door:
    """What all RPCs of a server share.

    Parameters
    ----------
    guard : Guard
        Who may come in.
    domains : Domains
        What is hosted.
    limits : WireLimits
        How much of anything.
    observers : collection of Observer, optional
        Told of every call that has ended.
    """

    def __init__(
        self,
        guard: Guard,
        domains: Domains,
        limits: WireLimits | None = None,
        observers: Collection[Observer] = (),
    ) -> None:
        self.guard = guard
        self.domains = domains
        self.limits = limits or WireLimits()
        self.observers = tuple(observers)
        self.secure = guard.settings.tls is not None
        self.streams = Workers(self.limits.streams, thread_name_prefix="huntgroup-stream")
        self.open_streams: set[Call] = set()
        self.draining = False

    def auth(self, context: grpc.ServicerContext) -> Any:
        """Give what TLS knows of the client; None without TLS, where it is not worth asking."""
        return context.auth_context() if self.secure else None

    def unary(
        self, method: str, request: type[Request], handle: Callable[[Call, Request], Message]
    ) -> Handler:
        """Make the handler of an RPC with one request and one answer."""
        parse = request.FromString
        observe = self._observe if self.observers else None

        def behaviour(data: bytes, context: grpc.ServicerContext) -> bytes:
            started = time.perf_counter_ns()
            call = Call(self, method, context)
            try:
                self._admit(call, len(data))
                answer = handle(call, parse(data)).SerializeToString()
            except Exception as error:
                fault = told(error, method)
                if observe is not None:
                    observe(call, fault.code, fault.reason, started)
            else:
                if observe is not None:
                    observe(call, grpc.StatusCode.OK, "", started)
                return answer
            abort(context, fault)
            raise AssertionError("abort raises")

        return grpc.unary_unary_rpc_method_handler(behaviour)

    def stream(
        self, method: str, handle: Callable[[Call, Any], Iterator[bytes]], *, both_ways: bool = False
    ) -> Handler:
        """Make the handler of an RPC that answers with a stream; it has a thread of its own while it is open.

        ``handle`` is given the request as bytes, or the iterator of requests, and yields messages as bytes.
        """

        def behaviour(request: Any, context: grpc.ServicerContext) -> Iterator[bytes]:
            started = time.perf_counter_ns()
            call = Call(self, method, context)
            code, reason = grpc.StatusCode.OK, ""
            release: Callable[[], None] | None = None
            fault: Fault | None = None
            try:
                self._admit(call, 0 if both_ways else len(request))
                call.renew_ns = time.monotonic_ns() + RENEW_NS
                if self.draining:
                    raise Fault(
                        grpc.StatusCode.UNAVAILABLE, "CLOSED", "the server is being shut down; connect anew"
                    )
                if len(self.open_streams) >= self.limits.streams:
                    raise Fault(
                        FULL,
                        "TOO_MANY_STREAMS",
                        f"{self.limits.streams} streams are open, which is the limit; try again later",
                        retry_after_ns=SECOND,
                    )
                release = self._open(call)
                context.add_callback(
                    release
                )  # one that is cancelled is not resumed: it ends when it is collected
                yield from handle(call, request)
            except GeneratorExit:
                code, reason = grpc.StatusCode.CANCELLED, "CANCELLED"
                raise
            except Exception as error:
                if not context.is_active():  # nobody is left to be told
                    code, reason = grpc.StatusCode.CANCELLED, "CANCELLED"
                    return
                fault = told(error, method)
                code, reason = fault.code, fault.reason
            finally:
                if release is not None:
                    release()
                if self.observers:
                    self._observe(call, code, reason, started)
            if fault is not None:
                abort(context, fault)

        behaviour.experimental_thread_pool = self.streams  # type: ignore[attr-defined] # where gRPC looks for it
        if both_ways:
            return grpc.stream_stream_rpc_method_handler(behaviour)
        return grpc.unary_stream_rpc_method_handler(behaviour)

    def guarded(self, method: str, handler: Handler) -> Handler:
        """Put the guard before a handler that is not ours."""
        kinds = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")
        (kind,) = (kind for kind in kinds if getattr(handler, kind) is not None)
        inner = getattr(handler, kind)

        def behaviour(request: Any, *rest: Any) -> Any:
            call = Call(self, method, rest[-1])
            try:
                self._admit(call, 0)
            except Exception as error:
                abort(call.context, told(error, method))
            return inner(request, *rest)

        if getattr(inner, "experimental_non_blocking", False):
            behaviour.experimental_non_blocking = True  # type: ignore[attr-defined]
            behaviour.experimental_thread_pool = getattr(  # type: ignore[attr-defined]
                inner, "experimental_thread_pool", None
            )
        elif kind != "unary_unary":
            behaviour.experimental_thread_pool = self.streams  # type: ignore[attr-defined]
        make: Any = getattr(grpc, f"{kind}_rpc_method_handler")
        found: Handler = make(behaviour, handler.request_deserializer, handler.response_serializer)
        return found

    def _admit(self, call: Call, size: int) -> None:
        context = call.context
        left = context.time_remaining()
        if left <= 0:
            raise Fault(
                grpc.StatusCode.DEADLINE_EXCEEDED, "TOO_LATE", "the deadline passed before work had begun"
            )
        call.peer = peer = context.peer()
        call.identity = self.guard.admit(
            call.method, context.invocation_metadata(), peer, self.auth(context), size
        )

    def _open(self, call: Call) -> Callable[[], None]:
        """Count an open stream; what is returned says that it is over, and counts once."""
        release = self.guard.open_stream(call.identity, call.peer)
        self.open_streams.add(call)
        first = threading.Lock()

        def over() -> None:
            if first.acquire(blocking=False):
                self.open_streams.discard(call)
                release()

        return over

    def _observe(self, call: Call, code: grpc.StatusCode, reason: str, started: int) -> None:
        elapsed_ns = time.perf_counter_ns() - started
        for observer in self.observers:
            observer(call, code, reason, elapsed_ns)

    def close(self) -> None:
        """Let the threads go; the streams have ended by now."""
        self.streams.shutdown(wait=False, cancel_futures=True)


def told(error: BaseException, method: str) -> Fault:
    """Say what a caller is told of an error; what is a fault of ours goes to the log with its trace."""
    if isinstance(error, Denied):
        return Fault(
            grpc.StatusCode[error.code],
            error.reason.upper(),
            error.message,
            retry_after_ns=error.retry_after_ns,
        )
    if isinstance(error, DecodeError):
        return Fault(
            INVALID,
            "MALFORMED",
            "the request is no message of this kind; compare the versions of client and server",
        )
    fault = fault_of(error)
    if not isinstance(error, Fault | HuntgroupError) or fault.code is grpc.StatusCode.INTERNAL:
        _LOG.error("%s failed", method, exc_info=error)
    return fault
