"""What Kamailio's script and the sidecar say to each other, one JSON object in each frame.

Owns the types; ``route.py`` writes and reads the same by hand. Must not know what they lead to.
"""

from typing import Final

import msgspec
from msgspec import Struct

# --- From Kamailio


class Event(Struct, frozen=True, tag_field="event"):
    """Something happened."""


class _Parked(Event, frozen=True):
    call: str
    cseq: str
    index: int
    label: int
    caller: str = ""
    endpoint: str = ""
    called: str = ""


class Invite(_Parked, frozen=True, tag="invite"):
    """A caller is here and parked."""


class Parked(_Parked, frozen=True, tag="parked"):
    """All devices rung have failed; the caller is parked again."""

    code: int = 0


class Ringing(Event, frozen=True, tag="ringing"):
    """A device rings."""

    call: str
    offer: int
    agent: str


class Answered(Event, frozen=True, tag="answered"):
    """A device was answered; the talk has begun."""

    call: str
    offer: int
    agent: str
    tags: tuple[str, ...] = ()


class Failed(Event, frozen=True, tag="failed"):
    """One device failed; ``silent``: it never sent any reply."""

    call: str
    offer: int
    agent: str
    code: int
    silent: bool = False


class Cancelled(Event, frozen=True, tag="cancelled"):
    """The caller is gone, nobody having answered; or was sent elsewhere without us."""

    call: str


class Bye(Event, frozen=True, tag="bye"):
    """One of the two hung up."""

    call: str


class Missed(Event, frozen=True, tag="missed"):
    """A command came too late: the call is no longer parked."""

    call: str
    do: str


class Leg(Struct, frozen=True):
    """One device to ring, for one offer."""

    uri: str
    agent: str
    offer: int


class KnownCall(Struct, frozen=True):
    """One call of the list: what the script wrote down."""

    call: str
    state: str
    at: int = 0
    cseq: str = ""
    index: int = 0
    label: int = 0
    caller: str = ""
    endpoint: str = ""
    called: str = ""
    legs: tuple[Leg, ...] = ()
    agent: str = ""
    offer: int = 0
    tags: tuple[str, ...] = ()


class Calls(Event, frozen=True, tag="calls"):
    """Some of the calls there are."""

    calls: tuple[KnownCall, ...]


class Listed(Event, frozen=True, tag="listed"):
    """All calls have been told."""


class Pong(Event, frozen=True, tag="pong"):
    """Everything up to this ping has been read."""

    number: int


AnyEvent = Invite | Parked | Ringing | Answered | Failed | Cancelled | Bye | Missed | Calls | Listed | Pong

# --- To Kamailio


class Command(Struct, frozen=True, tag_field="do"):
    """Something to do."""


class Ping(Command, frozen=True, tag="ping"):
    """Say that everything up to here was read."""

    number: int


class ListCalls(Command, frozen=True, tag="list"):
    """Tell all calls."""


class _Resume(Command, frozen=True):
    call: str
    index: int
    label: int


class Dial(_Resume, frozen=True, tag="dial"):
    """Ring these, all at once, for at most ``ring_ms``."""

    legs: tuple[Leg, ...]
    ring_ms: int


class Treat(_Resume, frozen=True, tag="treat"):
    """Send the caller to this address for good."""

    uri: str


class ReplyFinal(_Resume, frozen=True, tag="reply_final"):
    """Turn the caller away; ``header`` is one line to add."""

    code: int
    reason: str
    header: str = ""


class FallBack(_Resume, frozen=True, tag="fall_back"):
    """Do as if there were no sidecar."""


class Progress(Command, frozen=True, tag="progress"):
    """Tell a parked caller that it goes on: 182."""

    call: str
    cseq: str


class Stop(Command, frozen=True, tag="stop"):
    """Stop ringing all devices of the call."""

    call: str
    cseq: str


class HangUp(Command, frozen=True, tag="hang_up"):
    """End a talk."""

    call: str
    tags: tuple[str, ...]


decode_event: Final = msgspec.json.Decoder(AnyEvent).decode
encode_command: Final = msgspec.json.Encoder().encode
