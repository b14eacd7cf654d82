"""Errors have a place each on the wire, and come back as what they were.

Owns the tables of errors; must not test RPCs.
"""

from typing import Any

import grpc
import pytest

from grpc_api.client.retrying import is_passing, raised
from grpc_api.status import (
    DOMAIN,
    EXCEPTIONS,
    REFUSALS,
    Fault,
    exception_from,
    fault_from,
    fault_of,
    fault_of_refusal,
    status_of,
)
from routing import errors
from routing.events import CommandRefused, Reason

OURS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.HuntgroupError)
]


def made(kind: type[errors.HuntgroupError]) -> errors.HuntgroupError:
    if kind in (errors.OverloadedError, errors.CompactedError):
        return kind("what, why, remedy", 7)
    if kind is errors.ConfigError:
        return errors.ConfigError("queues[2].id", "what, why, remedy")
    if kind is errors.ForbiddenError:
        return errors.ForbiddenError("lee", "CloseQueue", "role_missing", "why, remedy", "sales")
    return kind("what, why, remedy")


def received(fault: Fault) -> Any:
    """What a stub raises for a fault."""
    status = status_of(fault)
    (code,) = (code for code in grpc.StatusCode if code.value[0] == status.code)
    trailing = (("other", "x"), ("grpc-status-details-bin", status.SerializeToString()))
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(*trailing), status.message)


def test_every_reason_has_a_code() -> None:
    assert set(REFUSALS) == set(Reason)
    assert grpc.StatusCode.OK not in REFUSALS.values()


@pytest.mark.parametrize("reason", Reason, ids=str)
def test_a_refusal_names_its_reason(reason: Reason) -> None:
    fault = fault_of_refusal(CommandRefused(1, "LogIn", reason, "ann", "so it is"))
    assert (fault.code, fault.reason) == (REFUSALS[reason], reason.name)
    assert fault.metadata == {"command": "LogIn", "subject": "ann"}


def test_every_exception_of_ours_has_its_own_entry() -> None:
    assert set(EXCEPTIONS) == set(OURS)


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: str(kind.__name__))
def test_exceptions_come_back_as_they_were(kind: type[errors.HuntgroupError]) -> None:
    error = made(kind)
    back = exception_from(fault_from(received(fault_of(error))))
    expected = errors.InternalError if kind is errors.HuntgroupError else kind
    assert type(back) is expected
    assert str(back) == str(error)
    if isinstance(back, errors.OverloadedError):
        assert back.retry_after_ns == 7
    if isinstance(back, errors.CompactedError):
        assert back.oldest == 7
    if isinstance(back, errors.ConfigError):
        assert back.path == "queues[2].id"
    if isinstance(back, errors.ForbiddenError):
        assert (back.who, back.reason, back.subject) == ("lee", "role_missing", "sales")


def test_details_are_those_of_google_rpc() -> None:
    status = status_of(fault_of(errors.OverloadedError("too much", 1_500_000_000)))
    assert [detail.type_url for detail in status.details] == [
        "type.googleapis.com/google.rpc.ErrorInfo",
        "type.googleapis.com/google.rpc.RetryInfo",
    ]
    assert DOMAIN == "huntgroup"


def test_what_is_no_error_of_ours_is_not_told() -> None:
    fault = fault_of(ZeroDivisionError("a secret"))
    assert (fault.code, fault.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    assert "secret" not in str(fault)


def test_what_passes_is_tried_again() -> None:
    passing = {kind.__name__ for kind in OURS if is_passing(fault_of(made(kind)))}
    assert passing == {"OverloadedError", "ClosedError", "JournalFullError", "UnavailableError"}
    assert isinstance(raised(Fault(grpc.StatusCode.DEADLINE_EXCEEDED, "", "late")), TimeoutError)
