"""`Session`: batches of commands over one connection, and what happens when a front-end goes away.

Owns the order of a session; must not know how commands are done.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc

from grpc_api.applying import apply_items
from grpc_api.calls import Call, told
from grpc_api.convert import write_outcomes
from grpc_api.domains import Hosted
from grpc_api.leases import Leases
from grpc_api.status import INVALID, Fault
from grpc_api.v1 import engine_pb2
from routing.commands import SyncCalls
from routing.errors import InternalError


class Sessions:
    """Answers `Session` for all domains of a server."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases

    def session(self, call: Call, requests: Iterator[bytes]) -> Iterator[bytes]:
        """Do batch after batch until the client ends."""
        data = next(requests, None)
        if data is None:
            raise Fault(INVALID, "NO_OPENING", "the session ended before its first message; send one")
        first = engine_pb2.SessionRequest.FromString(data)
        hosted = call.hosted(first.domain)
        self._check(call, hosted, first)
        with self._lease(hosted, first):
            opening = engine_pb2.SessionResponse(
                revision=hosted.host.revision, credits=call.door.limits.batches
            )
            yield opening.SerializeToString()
            latest = 0
            if first.items:
                latest = _in_order(first, latest)
                yield self._batch(call, hosted, first)
            for data in requests:
                request = engine_pb2.SessionRequest.FromString(data)
                if request.domain and request.domain != hosted.name:
                    raise Fault(
                        INVALID,
                        "OTHER_DOMAIN",
                        f"the session is one of domain {hosted.name!r}; open another one for other domains",
                    )
                call.renew()
                if request.items:
                    latest = _in_order(request, latest)
                    yield self._batch(call, hosted, request)
                if call.door.draining:
                    raise Fault(
                        grpc.StatusCode.UNAVAILABLE, "CLOSED", "the server is being shut down; connect anew"
                    )

    def _check(self, call: Call, hosted: Hosted, first: engine_pb2.SessionRequest) -> None:
        most = call.door.limits.lease_ns
        if not 0 <= first.lease_ns <= most:
            raise Fault(INVALID, "LEASE_OUT_OF_RANGE", f"lease_ns is {first.lease_ns}; give 0 to {most}")
        if first.lease_ns and not first.front_end:
            raise Fault(INVALID, "NO_FRONT_END", "a lease is given and no front-end; say who has the calls")
        call.permit(hosted)
        if first.lease_ns and not call.identity.unlimited:
            sync = SyncCalls(first.front_end, ())
            call.door.guard.permit(call.identity, hosted.name, sync, hosted)

    @contextmanager
    def _lease(self, hosted: Hosted, first: engine_pb2.SessionRequest) -> Iterator[None]:
        if not first.front_end:
            yield
            return
        self._leases.enter(hosted, first.front_end)
        try:
            yield
        finally:
            self._leases.leave(hosted, first.front_end, first.lease_ns)

    def _batch(self, call: Call, hosted: Hosted, request: engine_pb2.SessionRequest) -> bytes:
        """Do a batch; what stands in its way is the answer to it and no end of the session."""
        try:
            outcomes = apply_items(call, hosted, request.items)
        except InternalError:
            raise
        except Exception as error:
            fault = told(error, call.method)
            return engine_pb2.SessionResponse(
                revision=hosted.host.revision,
                sequence=request.sequence,
                credits=call.door.limits.batches,
                failure={
                    "code": fault.code.value[0],
                    "reason": fault.reason,
                    "message": fault.message,
                    "metadata": fault.metadata,
                    "retry_after_ns": fault.retry_after_ns,
                },
            ).SerializeToString()
        return engine_pb2.SessionResponse(
            revision=outcomes[-1].revision,
            sequence=request.sequence,
            outcomes=write_outcomes(outcomes),
            credits=call.door.limits.batches,
        ).SerializeToString()


def _in_order(request: engine_pb2.SessionRequest, latest: int) -> int:
    if request.sequence <= latest:
        raise Fault(
            INVALID,
            "SEQUENCE_NOT_RISING",
            f"sequence {request.sequence} comes after {latest}; give each batch a larger one, from 1 on",
        )
    return request.sequence
