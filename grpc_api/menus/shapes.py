"""What a media server is told of calls in menus, and what is shown of flows.

Owns these shapes; must not know how a menu goes.
"""

from typing import Literal

from msgspec import Struct

from grpc_api.facade import Instruction, Refusal
from routing.menus import Outcome, Spoken, Wait

Ignored = Literal["", "late", "not_asked_for", "ended"]
Done = Literal["", "enqueued", "booked", "refused"]


class MenuTurn(Struct, frozen=True):
    """What to play, and then what to wait for or how it ended: exactly one of ``wait`` and ``outcome`` is there.

    ``again``: the answer was given before, to the same input. ``served``: the menu told what the caller wanted.
    ``done``: what the server did about the outcome; "" leaves it to the driver. A call that was ``enqueued`` is one of
    the facade from now on, with these ``instructions``; ``refusal`` says why the engine refused it, ``problem`` why a
    call-back was not booked.
    """

    call: str
    flow: str = ""
    version: str = ""
    language: str = ""
    spoken: tuple[Spoken, ...] = ()
    wait: Wait | None = None
    outcome: Outcome | None = None
    ignored: Ignored = ""
    again: bool = False
    served: bool = False
    done: Done = ""
    refusal: Refusal | None = None
    problem: str = ""
    instructions: tuple[Instruction, ...] = ()


class FlowBrief(Struct, frozen=True):
    """A flow in force, and what was counted of it since the server began; ``calls`` are in it now."""

    flow: str
    version: str
    languages: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    calls: int = 0
    begun: int = 0
    ended: int = 0
    served: int = 0
    outcomes: dict[str, int] = {}


class MenusSynced(Struct, frozen=True):
    """How the calls of a front-end and those known here went together: ``ended`` it no longer has, ``unknown`` we."""

    ended: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
