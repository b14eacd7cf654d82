"""Commands from the wire to the host and back: what `Apply` and `Session` share.

Owns the checks on the way; must not know which RPC they came by.
"""

from collections.abc import Sequence

from grpc_api.calls import Call
from grpc_api.convert import read_requests, write_outcomes
from grpc_api.domains import Hosted
from grpc_api.guard import Denied
from grpc_api.status import INVALID, Fault
from grpc_api.v1 import commands_pb2, engine_pb2
from routing.host import Outcome


def apply(call: Call, request: engine_pb2.ApplyRequest) -> engine_pb2.ApplyResponse:
    """Do the commands of a request."""
    hosted = call.hosted(request.domain)
    outcomes = apply_items(call, hosted, request.items)
    revision = outcomes[-1].revision if outcomes else hosted.host.revision
    return engine_pb2.ApplyResponse(revision=revision, outcomes=write_outcomes(outcomes))


def apply_items(call: Call, hosted: Hosted, items: Sequence[commands_pb2.Item]) -> list[Outcome]:
    """Do commands, in order, in one write.

    Raises
    ------
    Fault, Denied, HuntgroupError
        Then nothing was done, but for a ``ClosedError``, which may come too late to know.
    """
    door, count = call.door, len(items)
    if count > door.limits.commands:
        raise Fault(
            INVALID,
            "BATCH_TOO_LARGE",
            f"{count} commands came at once; send at most {door.limits.commands}",
            {"limit": str(door.limits.commands)},
        )
    call.commands += count
    guard, identity = door.guard, call.identity
    guard.spend(identity, count, call.peer)
    requests = read_requests(items, call.actor)
    if not identity.unlimited:
        for request in requests:
            try:
                guard.permit(identity, hosted.name, request.command, hosted)
            except Denied as error:
                if hosted.center is not None:
                    hosted.center.refused(call.actor, request.command, error.reason, request.request_id)
                raise
    return hosted.host.apply_many(requests)
