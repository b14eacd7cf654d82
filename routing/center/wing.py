"""A wing: what goes along with an engine's host, and wants commands given because of what it sees.

Owns the protocol between wings and whoever runs them; must not know any wing, nor threads and time.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from msgspec import Struct

from routing.commands import Command
from routing.host.following import Follower

T_co = TypeVar("T_co", covariant=True)


class Proposal(Struct, frozen=True):
    """A command that a wing wants given. The same wish has the same ``request_id``, so that it is done once."""

    command: Command
    request_id: str


class Due(Struct, frozen=True):
    """What is to be commanded now, and the instant at which to ask again at the latest (None: after more events)."""

    proposals: tuple[Proposal, ...] = ()
    next_ns: int | None = None


class Wing(Follower, Protocol):
    """A follower that proposes commands.

    Asking changes nothing: a wish stays until the events of its command, or its refusal, come by in `follow`.
    """

    def due(self, now_ns: int) -> Due:
        """Say what is to be commanded at an instant; quick, since nothing else happens meanwhile."""
        ...


class Keeping(Protocol[T_co]):
    """A wing with rows for a database: they stay until it has confirmed them, also over a crash."""

    def take(self) -> tuple[int, Sequence[T_co]]:
        """Give what is to be written, the oldest first and some of it perhaps again, and a number to confirm it by."""
        ...

    def confirm(self, number: int) -> None:
        """What was taken under this number, and before, is written."""
        ...
