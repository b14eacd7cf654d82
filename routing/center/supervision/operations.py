"""What supervisors do beside giving single commands of the engine: operations, each of one or several commands.

Owns their shape; must not know who may do them (``roles``) nor what they consist of (``planning``).
"""

from msgspec import Struct


class Listen(Struct, frozen=True, tag=True, omit_defaults=True):
    """Listen to a contact in hand; nobody hears the supervisor."""

    contact: str


class Whisper(Struct, frozen=True, tag=True, omit_defaults=True):
    """Listen, and speak to the agent alone."""

    contact: str


class BargeIn(Struct, frozen=True, tag=True, omit_defaults=True):
    """Take part in the conversation, by a leg."""

    contact: str


class StopMonitoring(Struct, frozen=True, tag=True, omit_defaults=True):
    """Listen, whisper or take part no longer."""


class AskConsent(Struct, frozen=True, tag=True, omit_defaults=True):
    """Have the customer asked whether somebody may listen; the answer is a remark `Consent("monitoring", ...)`."""

    contact: str


class TakeOver(Struct, frozen=True, tag=True, omit_defaults=True):
    """Take the contact from its agent, who goes to wrap-up."""

    contact: str


class ForceDisconnect(Struct, frozen=True, tag=True, omit_defaults=True):
    """End a contact, wherever it is, with its legs; it counts as cancelled for this reason."""

    contact: str
    reason: str = "forced"


class RedirectQueue(Struct, frozen=True, tag=True, omit_defaults=True):
    """Close a queue and send whoever comes, and with ``waiting`` whoever waits, to another, until `EndRedirect`."""

    queue: str
    to: str
    waiting: bool = True

    @property
    def queues(self) -> tuple[str, str]:
        """Both queues."""
        return self.queue, self.to


class EndRedirect(Struct, frozen=True, tag=True, omit_defaults=True):
    """The queue is as it was before it was redirected."""

    queue: str


class PostMessage(Struct, frozen=True, tag=True, omit_defaults=True):
    """Post the message of the day for a queue, a group of agents, or without either for the whole centre.

    It takes the place of the one before it there. ``until_ns``: it is shown before this instant; 0: for good.
    """

    text: str
    queue: str = ""
    group: str = ""
    until_ns: int = 0


class WithdrawMessage(Struct, frozen=True, tag=True, omit_defaults=True):
    """Take the message of the day of a queue, of a group, or of the whole centre down."""

    queue: str = ""
    group: str = ""


Operation = (
    Listen
    | Whisper
    | BargeIn
    | StopMonitoring
    | AskConsent
    | TakeOver
    | ForceDisconnect
    | RedirectQueue
    | EndRedirect
    | PostMessage
    | WithdrawMessage
)

__all__ = [
    "AskConsent",
    "BargeIn",
    "EndRedirect",
    "ForceDisconnect",
    "Listen",
    "Operation",
    "PostMessage",
    "RedirectQueue",
    "StopMonitoring",
    "TakeOver",
    "Whisper",
    "WithdrawMessage",
]
