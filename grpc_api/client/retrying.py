"""When to try again, and when to give up.

Owns the pauses between attempts; must not wait itself.
"""

import random
import time
from typing import Annotated, Final

import grpc
from msgspec import Meta, Struct

from grpc_api.status import Fault, exception_from, fault_from
from routing.errors import UnavailableError
from routing.units import MILLISECOND, SECOND

_LATER: Final = frozenset(("OVERLOADED", "TOO_MANY_REQUESTS", "TOO_MANY_COMMANDS", "TOO_MANY_STREAMS"))


class Patience(Struct, frozen=True):
    """How long to wait for an answer, and how to wait between attempts.

    A pause is drawn from 0 to ``first_ns`` doubled at each attempt, at most ``most_ns``; the server's own advice goes
    before. ``timeout_ns`` is for all attempts together.
    """

    timeout_ns: Annotated[int, Meta(ge=1)] = 10 * SECOND
    first_ns: Annotated[int, Meta(ge=1)] = 50 * MILLISECOND
    most_ns: Annotated[int, Meta(ge=1)] = 2 * SECOND
    attempts: Annotated[int, Meta(ge=1)] = 100


class Attempts:
    """The attempts at one thing.

    Examples
    --------
    >>> attempts = Attempts(Patience(attempts=2))
    >>> fault = Fault(grpc.StatusCode.UNAVAILABLE, "CLOSED", "the server is being shut down")
    >>> attempts.pause_s(fault) < 0.1
    True
    >>> attempts.pause_s(fault)
    Traceback (most recent call last):
        ...
    routing.errors.ClosedError: the server is being shut down
    """

    def __init__(self, patience: Patience, *, endless: bool = False, stream: bool = False) -> None:
        self._stream = stream or endless
        self._patience = patience
        self._endless = endless
        self._until_ns = time.monotonic_ns() + patience.timeout_ns
        self._made = 0

    def left_s(self) -> float:
        """How long an answer may take, s."""
        return max((self._until_ns - time.monotonic_ns()) / 1e9, 0.001)

    def succeeded(self) -> None:
        """Begin to count anew, attempts and time."""
        self._made = 0
        self._until_ns = time.monotonic_ns() + self._patience.timeout_ns

    def pause_s(self, fault: Fault) -> float:
        """Say how long to wait before the next attempt, s; raise what stands in the way if there is none."""
        self._made += 1
        patience = self._patience
        broken_off = self._stream and fault.code is grpc.StatusCode.CANCELLED  # by a server that ends
        if not (broken_off or is_passing(fault)) or (not self._endless and self._made >= patience.attempts):
            raise raised(fault)
        most_ns = min(patience.first_ns << min(self._made - 1, 30), patience.most_ns)
        pause_ns = fault.retry_after_ns + random.randrange(most_ns)
        if not self._endless and time.monotonic_ns() + pause_ns >= self._until_ns:
            raise raised(fault)
        return pause_ns / 1e9


def is_passing(fault: Fault) -> bool:
    """Whether it may be different the next time."""
    return (
        fault.code is grpc.StatusCode.UNAVAILABLE and fault.reason not in ("FENCED", "JOURNAL_LOCKED")
    ) or fault.reason in _LATER


def raised(fault: Fault) -> Exception:
    """Give what a client raises: an exception of ``routing.errors`` where there is one, else the fault."""
    if fault.code is grpc.StatusCode.DEADLINE_EXCEEDED:  # whichever end saw it first
        return TimeoutError(f"no answer in time: {fault.message}; give it longer, or look at the server")
    if fault.reason:
        return exception_from(fault)
    if fault.code is grpc.StatusCode.UNAVAILABLE:
        return UnavailableError(
            f"the server cannot be reached: {fault.message}; is it running, is the address right, and do both ends "
            "use TLS, or neither?"
        )
    return fault


def fault_in(error: grpc.RpcError) -> Fault:
    """Read what went wrong."""
    return fault_from(error)
