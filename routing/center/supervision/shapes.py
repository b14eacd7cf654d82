"""What supervision remembers and shows: who monitors whom, messages of the day, redirected queues, rows of the log.

Owns these shapes; must not know how they come about.
"""

from typing import Literal

from msgspec import Struct

from routing.model import Queue

Mode = Literal["listen", "whisper", "barge"]
#: "done": by the engine. "refused": by the engine. "denied": at the desk, before the engine was asked.
Result = Literal["done", "refused", "denied"]


class Monitor(Struct, frozen=True, omit_defaults=True):
    """A supervisor monitors a contact; ``leg`` is theirs where they take part by one."""

    supervisor: str
    contact: str
    mode: Mode
    since_ns: int
    leg: str = ""


class Redirect(Struct, frozen=True, omit_defaults=True):
    """A queue is redirected to another. ``before`` is how it was, ``now`` how it was made; ``open``: it was."""

    queue: str
    to: str
    by: str
    since_ns: int
    before: Queue
    now: Queue
    open: bool


class Message(Struct, frozen=True, omit_defaults=True):
    """A message of the day, for a queue, a group or (neither) the centre. An empty ``text``: it was withdrawn.

    ``version`` counts at its place from 1. ``until_ns`` 0: for good.
    """

    text: str
    version: int
    by: str
    at_ns: int
    until_ns: int = 0
    queue: str = ""
    group: str = ""


class AuditRow(Struct, frozen=True, omit_defaults=True):
    """Who did what, when, on what, why, and what it changed.

    Attributes
    ----------
    at_ns, seq : int
        When, and the number of the envelope in the host's journal.
    who, act, command : str
        Who; the operation, or else the command; the command, "" where there was none.
    on, subject : str
        What sort of thing (contact, agent, queue, group, skill, centre), and which.
    request_id, why : str
        As they were given.
    result, reason : str
        `Result`, and why not.
    before, after : str
        How it stood, as JSON; "" where that is not known or nothing changed.
    lost : int
        So many rows before this one were dropped, or refusals before it left out.
    """

    at_ns: int
    seq: int
    who: str
    act: str
    command: str = ""
    on: str = ""
    subject: str = ""
    request_id: str = ""
    why: str = ""
    result: Result = "done"
    reason: str = ""
    before: str = ""
    after: str = ""
    lost: int = 0
