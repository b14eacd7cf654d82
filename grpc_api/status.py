"""Errors on the wire: a canonical code, and an ``ErrorInfo`` that a program can read.

Every reason of a refusal and every exception of ours has its place in one of two tables. ``ErrorInfo.reason`` is in
upper case, its domain is "huntgroup".

Owns the tables and their form on the wire, both ways; must not know any RPC.
"""

from collections.abc import Mapping
from typing import Final

import grpc
from google.protobuf.any_pb2 import Any
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from routing import errors
from routing.events import CommandRefused, Reason
from routing.units import SECOND

#: ``ErrorInfo.domain`` of everything that we report.
DOMAIN: Final = "huntgroup"

_Code = grpc.StatusCode
INVALID: Final = _Code.INVALID_ARGUMENT
MISSING: Final = _Code.NOT_FOUND
THERE: Final = _Code.ALREADY_EXISTS
STATE: Final = _Code.FAILED_PRECONDITION
FULL: Final = _Code.RESOURCE_EXHAUSTED

#: Refusals, where an RPC is one command and its refusal an error.
REFUSALS: Final[Mapping[Reason, grpc.StatusCode]] = {
    Reason.ID_EMPTY: INVALID,
    Reason.ID_TOO_LONG: INVALID,
    Reason.ALREADY_SO: THERE,
    Reason.EXISTS_WITH_DIFFERENT: THERE,
    Reason.UNKNOWN_CONTACT: MISSING,
    Reason.UNKNOWN_ATTEMPT: MISSING,
    Reason.UNKNOWN_AGENT: MISSING,
    Reason.UNKNOWN_QUEUE: MISSING,
    Reason.UNKNOWN_CHANNEL: MISSING,
    Reason.UNKNOWN_SKILL: MISSING,
    Reason.UNKNOWN_GROUP: MISSING,
    Reason.UNKNOWN_REASON: MISSING,
    Reason.NO_QUEUE: INVALID,
    Reason.TOO_MANY_QUEUES: INVALID,
    Reason.DUPLICATE_QUEUE: INVALID,
    Reason.DUPLICATE_CONTACT: INVALID,
    Reason.DUPLICATE_ATTEMPT: INVALID,
    Reason.PRIORITY_OUT_OF_RANGE: INVALID,
    Reason.CREDIT_OUT_OF_RANGE: INVALID,
    Reason.LOAD_OUT_OF_RANGE: INVALID,
    Reason.DUE_OUT_OF_RANGE: INVALID,
    Reason.ESTIMATE_OUT_OF_RANGE: INVALID,
    Reason.RESUME_OUT_OF_RANGE: INVALID,
    Reason.TOO_MANY_PREFERRED: INVALID,
    Reason.PREFER_OUT_OF_RANGE: INVALID,
    Reason.RING_OUT_OF_RANGE: INVALID,
    Reason.OUTCOME_RESERVED: INVALID,
    Reason.CONFIDENCE_OUT_OF_RANGE: INVALID,
    Reason.DETECTION_OUT_OF_RANGE: INVALID,
    Reason.BAD_REQUIREMENT: INVALID,
    Reason.BAD_STEPS: INVALID,
    Reason.TOO_MANY_ATTRIBUTES: INVALID,
    Reason.ATTRIBUTES_TOO_LARGE: INVALID,
    Reason.REMARK_TOO_LARGE: INVALID,
    Reason.INVALID_CONFIGURATION: INVALID,
    Reason.CONTACT_ENDED: STATE,
    Reason.ATTEMPT_ENDED: STATE,
    Reason.CONTACT_NOT_OFFERED: STATE,
    Reason.OFFER_IS_ANOTHER: STATE,
    Reason.CONTACT_NOT_HANDLED: STATE,
    Reason.CONTACT_NOT_WAITING: STATE,
    Reason.ATTEMPT_ANSWERED: STATE,
    Reason.AGENT_LOGGED_OUT: STATE,
    Reason.AGENT_LEAVING: STATE,
    Reason.CONTACT_IS_LEG: STATE,
    Reason.CONTACT_NOT_LEG: STATE,
    Reason.NO_LEG_JOINED: STATE,
    Reason.AGENT_NOT_IN_WRAP_UP: STATE,
    Reason.AGENT_NO_ROOM: STATE,
    Reason.DISPOSITION_REQUIRED: STATE,
    Reason.SKILL_IN_USE: STATE,
    Reason.GROUP_IN_USE: STATE,
    Reason.QUEUE_IN_USE: STATE,
    Reason.AGENTS_LIMIT: FULL,
    Reason.QUEUES_LIMIT: FULL,
    Reason.SKILLS_LIMIT: FULL,
    Reason.GROUPS_LIMIT: FULL,
    Reason.CONTACTS_LIMIT: FULL,
    Reason.ATTEMPTS_LIMIT: FULL,
    Reason.LEGS_LIMIT: FULL,
    Reason.REQUIREMENTS_LIMIT: FULL,
    Reason.LOADS_LIMIT: FULL,
    Reason.HOLDS_LIMIT: FULL,
}

#: Exceptions: code and reason. A subclass comes by its own entry.
EXCEPTIONS: Final[Mapping[type[BaseException], tuple[grpc.StatusCode, str]]] = {
    errors.UsageError: (INVALID, "MISUSE"),
    errors.ForbiddenError: (_Code.PERMISSION_DENIED, "FORBIDDEN"),
    errors.OverloadedError: (FULL, "OVERLOADED"),
    errors.ClosedError: (_Code.UNAVAILABLE, "CLOSED"),
    errors.JournalFullError: (_Code.UNAVAILABLE, "JOURNAL_FULL"),
    errors.JournalLockedError: (_Code.UNAVAILABLE, "JOURNAL_LOCKED"),
    errors.FencedError: (_Code.UNAVAILABLE, "FENCED"),
    errors.CompactedError: (_Code.OUT_OF_RANGE, "COMPACTED"),
    errors.UnavailableError: (_Code.UNAVAILABLE, "UNAVAILABLE"),
    errors.ConfigError: (INVALID, "INVALID_CONFIGURATION"),
    errors.ExpressionError: (INVALID, "INVALID_EXPRESSION"),
    errors.CorruptSnapshotError: (_Code.DATA_LOSS, "CORRUPT_SNAPSHOT"),
    errors.CorruptJournalError: (_Code.DATA_LOSS, "CORRUPT_JOURNAL"),
    errors.ReplayMismatchError: (_Code.DATA_LOSS, "REPLAY_MISMATCH"),
    errors.DataError: (INVALID, "INVALID_DATA"),
    errors.InternalError: (_Code.INTERNAL, "INTERNAL"),
    errors.HuntgroupError: (_Code.INTERNAL, "INTERNAL"),
}

#: When it is worth trying again where nobody knows better, ns.
RETRY_NS: Final = SECOND // 4


class Fault(Exception):  # noqa: N818 (it is an answer, not always an error of ours)
    """The answer to an RPC that is no success.

    Parameters
    ----------
    code : grpc.StatusCode
        The canonical code.
    reason : str
        For programs, in upper case.
    message : str
        For people: value, rule and remedy.
    metadata : mapping of str to str, optional
        What the reason speaks of.
    retry_after_ns : int, default 0
        When it is worth trying again, from now, ns; 0: no advice.
    """

    def __init__(
        self,
        code: grpc.StatusCode,
        reason: str,
        message: str,
        metadata: Mapping[str, str] | None = None,
        retry_after_ns: int = 0,
    ) -> None:
        super().__init__(code, reason, message)
        self.code = code
        self.reason = reason
        self.message = message
        self.metadata = dict(metadata or {})
        self.retry_after_ns = retry_after_ns

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


def fault_of(error: BaseException) -> Fault:
    """Say in the words of the wire what went wrong. Of what is no error of ours nothing is told but that it happened.

    Examples
    --------
    >>> fault = fault_of(errors.CompactedError("too long ago", 7))
    >>> fault.code.name, fault.reason, fault.metadata
    ('OUT_OF_RANGE', 'COMPACTED', {'oldest': '7'})
    """
    if isinstance(error, Fault):
        return error
    for kind in type(error).__mro__:
        found = EXCEPTIONS.get(kind)
        if found is not None:
            return Fault(*found, str(error), _metadata(error), _retry_after_ns(error))
    return Fault(_Code.INTERNAL, "INTERNAL", "an error of the server; its log says which")


def fault_of_refusal(refused: CommandRefused) -> Fault:
    """Say in the words of the wire that a command was refused, where that is an error.

    Examples
    --------
    >>> str(fault_of_refusal(CommandRefused(0, "LogIn", Reason.UNKNOWN_AGENT, "ann")))
    "UNKNOWN_AGENT: LogIn was refused: unknown_agent 'ann'"
    """
    detail = f"; {refused.detail}" if refused.detail else ""
    return Fault(
        REFUSALS[refused.reason],
        refused.reason.upper(),
        f"{refused.command} was refused: {refused.reason} {refused.subject!r}{detail}",
        {"command": refused.command, "subject": refused.subject},
    )


#: What a `ForbiddenError` is made of.
_FORBIDDEN: Final = ("who", "what", "reason", "problem", "subject")


def _metadata(error: BaseException) -> dict[str, str]:
    if isinstance(error, errors.CompactedError):
        return {"oldest": str(error.oldest)}
    if isinstance(error, errors.ConfigError):
        return {"path": error.path, "cause": error.reason, "subject": error.subject}
    if isinstance(error, errors.ExpressionError):
        return {"column": str(error.column)}
    if isinstance(error, errors.ForbiddenError):
        return {name: getattr(error, name) for name in _FORBIDDEN}
    return {}


def _retry_after_ns(error: BaseException) -> int:
    if isinstance(error, errors.OverloadedError):
        return error.retry_after_ns
    return RETRY_NS if isinstance(error, errors.JournalFullError) else 0


def status_of(fault: Fault) -> Status:
    """Write a fault as a status with details."""
    info = Any()
    info.Pack(ErrorInfo(reason=fault.reason, domain=DOMAIN, metadata=fault.metadata))
    details = [info]
    if fault.retry_after_ns:
        retry = RetryInfo()
        retry.retry_delay.FromNanoseconds(fault.retry_after_ns)
        advice = Any()
        advice.Pack(retry)
        details.append(advice)
    return Status(code=fault.code.value[0], message=fault.message, details=details)


def fault_from(error: grpc.RpcError) -> Fault:
    """Read a fault from what an RPC raised; one without details, such as those of the transport, has reason ""."""
    if not isinstance(error, grpc.Call | grpc.aio.AioRpcError):
        return Fault(_Code.UNKNOWN, "", str(error))
    code, message = error.code(), error.details() or ""
    reason, metadata, retry_after_ns = "", dict[str, str](), 0
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin" or not isinstance(value, bytes):
            continue
        for detail in Status.FromString(value).details:
            if detail.Is(ErrorInfo.DESCRIPTOR):
                info = ErrorInfo()
                detail.Unpack(info)
                reason, metadata = info.reason, dict(info.metadata)
            elif detail.Is(RetryInfo.DESCRIPTOR):
                retry = RetryInfo()
                detail.Unpack(retry)
                retry_after_ns = retry.retry_delay.ToNanoseconds()
    return Fault(code, reason, message, metadata, retry_after_ns)


def exception_from(fault: Fault) -> Exception:
    """Give the exception of ours that a fault stands for, so that a client raises what an embedded engine would.

    Examples
    --------
    >>> exception_from(Fault(_Code.OUT_OF_RANGE, "COMPACTED", "too long ago", {"oldest": "7"})).oldest
    7
    """
    kind = _KINDS.get(fault.reason)
    if kind is errors.OverloadedError:
        return errors.OverloadedError(fault.message, fault.retry_after_ns)
    if kind is errors.CompactedError:
        return errors.CompactedError(fault.message, int(fault.metadata.get("oldest", "0")))
    if kind is errors.ForbiddenError:
        return errors.ForbiddenError(*(fault.metadata.get(name, "") for name in _FORBIDDEN))
    if kind is errors.ConfigError:
        path = fault.metadata.get("path", "")
        return errors.ConfigError(path, fault.message.removeprefix(f"{path}: "))
    return fault if kind is None else kind(fault.message)


_KINDS: Final[Mapping[str, type[Exception]]] = {
    reason: kind
    for kind, (_, reason) in EXCEPTIONS.items()
    if issubclass(kind, Exception) and kind is not errors.HuntgroupError
}


def abort(context: grpc.ServicerContext, fault: Fault) -> None:
    """End an RPC with a fault; raises."""
    context.abort_with_status(rpc_status.to_status(status_of(fault)))
