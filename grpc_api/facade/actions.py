"""What is done with a call in hand, as a front-end says it: hold, transfer, consultation, conference, calls placed.

A front-end may ask for it or report what it has done already; that is the same, for the engine does not ring back.

Owns these shapes; must not know what they mean to the engine (``handling``), nor any wire.
"""

from typing import Literal

from msgspec import Struct

from grpc_api.facade.shapes import Answer, Instruction, Refusal
from routing.commands import Device
from routing.remarks import Remarks

#: How an agent stands, as a colleague sees it.
Standing = Literal["free", "ringing", "talking", "wrapping_up", "not_ready", "away", "unknown"]


class Destination(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Whom to reach: ``queues``, an ``agent``'s own line, or what a ``number`` means. One of the three."""

    queues: tuple[str, ...] = ()
    agent: str = ""
    number: str = ""


class HoldAction(Struct, frozen=True, tag="hold", forbid_unknown_fields=True):
    """Put the call, or the leg, on hold."""


class RetrieveAction(Struct, frozen=True, tag="retrieve", forbid_unknown_fields=True):
    """Take it from hold."""


class TransferAction(Struct, frozen=True, tag="transfer", omit_defaults=True, forbid_unknown_fields=True):
    """Let the caller go on to somebody else, unannounced; without ``keep_age`` to the end of the queue."""

    to: Destination
    keep_age: bool = True


class ConsultAction(Struct, frozen=True, tag="consult", omit_defaults=True, forbid_unknown_fields=True):
    """Put the call on hold and ring somebody to talk to about it; ``leg`` is the id of the new call.

    A named agent who is not free is not rung, unless ``anyway``.
    """

    leg: str
    to: Destination
    anyway: bool = False


class JoinAction(Struct, frozen=True, tag="join", forbid_unknown_fields=True):
    """Make one conversation of the call and the leg."""

    leg: str


class PartAction(Struct, frozen=True, tag="part", forbid_unknown_fields=True):
    """Take the leg out of the conversation."""

    leg: str


class HandOverAction(Struct, frozen=True, tag="hand_over", omit_defaults=True, forbid_unknown_fields=True):
    """Give the call to the agent of the leg, or of the leg that joined first: whoever had it leaves."""

    leg: str = ""


class TakeOverAction(Struct, frozen=True, tag="take_over", forbid_unknown_fields=True):
    """Ring ``agent``, a supervisor, who has the call as soon as they answer; ``leg`` is the id of the new call."""

    leg: str
    agent: str


Action = (
    HoldAction
    | RetrieveAction
    | TransferAction
    | ConsultAction
    | JoinAction
    | PartAction
    | HandOverAction
    | TakeOverAction
)


class HandleCall(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Do something with a call in hand. ``request_id`` makes a retry the same request."""

    call_id: str
    do: Action
    front_end: str = ""
    request_id: str = ""


class PlaceCall(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An agent calls somebody: the colleague ``to`` or, without, a customer.

    ``queue`` says where it is counted; "" is what the settings say. ``leg``: the id of the colleague's call, "" for
    that of this one and ".1". A colleague who is not free is not rung, unless ``anyway``.
    """

    call_id: str
    agent: str
    front_end: str = ""
    to: str = ""
    leg: str = ""
    queue: str = ""
    anyway: bool = False
    customer: str = ""
    attributes: dict[str, str] = {}
    request_id: str = ""


class RemarkCall(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something is said about a call: see `routing.remarks`."""

    call_id: str
    remark: Remarks
    front_end: str = ""
    request_id: str = ""


class ReportEndpoint(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One of an agent's devices is in use elsewhere, cannot be reached, or is usable again."""

    endpoint: str
    state: Device
    request_id: str = ""


class Presence(Struct, frozen=True):
    """How an agent stands; ``reason``: why not ready."""

    agent: str
    standing: Standing
    reason: str = ""


class Present(Struct, frozen=True):
    """How an agent stands, as of ``revision``."""

    revision: int
    presence: Presence


class EndpointAnswer(Struct, frozen=True):
    """What came of a report on a device: the state of the ``agent`` by all devices, or why there is none.

    ``text``: available, in_use, unreachable; unknown_endpoint, nobody, or the reason of a refusal.
    """

    revision: int
    text: str
    agent: str = ""


class Handled(Struct, frozen=True):
    """What to do now with a call, as in `Answer`, and with its ``legs``.

    ``presence``: how the agent stands who was to be reached by name. One who is not free is not rung: then a call
    that was to be placed is turned away, and one in hand stays as it is, with the standing as ``obstacle``; so it is
    with a number that is turned away.
    """

    call_id: str
    revision: int
    instructions: tuple[Instruction, ...]
    refusal: Refusal | None = None
    legs: tuple[Answer, ...] = ()
    presence: Presence | None = None
    obstacle: str = ""
