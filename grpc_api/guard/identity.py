"""Who asks, and how they are turned away.

Owns the shape of an identity and of a refusal; must not know how either comes about.
"""

from typing import Final, Literal

from msgspec import Struct

from routing.center.supervision.permission import Lookup
from routing.center.supervision.roles import Role

Code = Literal["UNAUTHENTICATED", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "UNIMPLEMENTED"]


class Identity(Struct, frozen=True):
    """Somebody who may do something.

    Parameters
    ----------
    name : str
        For logs and journals; never a secret.
    roles : frozenset of str
        What they may do; see ``roles``.
    domains : frozenset of str or None, default none at all
        Where; ``None`` is everywhere.
    queues : frozenset of str or None, default none at all
        The only queues that they may touch; ``None`` is every queue.
    agent : str, default ""
        Whom they act for in the role "agent".
    key : str, default ""
        Under which their use is counted: how they showed who they are, and the name.
    expires_s : float, default never
        When their credential ends, seconds since 1970.
    unlimited : bool, default False
        Whether nothing has to be asked at all: an administrator everywhere.
    groups : frozenset of str, default none at all
        Groups of agents whom they may touch, and what these have in hand, beside ``queues``.
    """

    name: str
    roles: frozenset[str]
    domains: frozenset[str] | None = frozenset()
    queues: frozenset[str] | None = frozenset()
    agent: str = ""
    key: str = ""
    expires_s: float = float("inf")
    unlimited: bool = False
    groups: frozenset[str] = frozenset()


#: Whoever comes in when nobody has to say who they are.
EVERYBODY: Final = Identity(
    "everybody", frozenset(("administrator",)), domains=None, queues=None, key="open", unlimited=True
)
#: Whoever asks only for what needs no name, such as the health of the server.
NOBODY: Final = Identity("nobody", frozenset(), key="nobody")


class Denied(Exception):  # noqa: N818 (it is an answer, not a fault of ours)
    """The answer is no. Nothing of what the caller sent is repeated in it.

    Parameters
    ----------
    code : str
        The name of a gRPC status.
    reason : str
        One lower-case word or more, for ``ErrorInfo.reason``; a key of ``REASONS``.
    message : str
        Rule and remedy.
    retry_after_ns : int, default 0
        When it is worth trying again, from now, ns; 0 where waiting does not help.
    """

    def __init__(self, code: Code, reason: str, message: str, retry_after_ns: int = 0) -> None:
        super().__init__(code, reason, message, retry_after_ns)
        self.code = code
        self.reason = reason
        self.message = message
        self.retry_after_ns = retry_after_ns

    def __str__(self) -> str:
        return self.message


#: Every reason of a `Denied`, and its code.
REASONS: Final[dict[str, Code]] = {
    "no_credentials": "UNAUTHENTICATED",
    "bad_credentials": "UNAUTHENTICATED",
    "expired_credentials": "UNAUTHENTICATED",
    "unknown_method": "UNIMPLEMENTED",
    "role_missing": "PERMISSION_DENIED",
    "foreign_domain": "PERMISSION_DENIED",
    "foreign_queue": "PERMISSION_DENIED",
    "foreign_agent": "PERMISSION_DENIED",
    "too_many_failures": "RESOURCE_EXHAUSTED",
    "too_many_requests": "RESOURCE_EXHAUSTED",
    "too_many_commands": "RESOURCE_EXHAUSTED",
    "too_many_streams": "RESOURCE_EXHAUSTED",
    "message_too_large": "RESOURCE_EXHAUSTED",
}


def denied(reason: str, message: str, retry_after_ns: int = 0) -> Denied:
    """Make a `Denied` with the code that its reason has."""
    return Denied(REASONS[reason], reason, message, retry_after_ns)


__all__ = [
    "EVERYBODY",
    "NOBODY",
    "REASONS",
    "Code",
    "Denied",
    "Identity",
    "Lookup",
    "Role",
    "denied",
]
