"""What supervision writes into the notes of envelopes: which operation a command belongs to and why, and what was
refused or posted without any command.

Owns this spelling; must not know who writes or reads it.
"""

from typing import Final

import msgspec
from msgspec import Struct

from routing.errors import UsageError
from routing.model import Id
from routing.words import quoted

#: In front of every note of ours; others' notes are passed over.
MARK: Final = "supervision "
#: Of a reason, in characters.
WHY_MAX: Final = 200


class Posted(Struct, frozen=True, omit_defaults=True):
    """A message of the day was posted for a queue, a group or the whole centre; an empty ``text`` withdraws it."""

    text: str = ""
    queue: str = ""
    group: str = ""
    until_ns: int = 0  # 0: until it is withdrawn or replaced


class Refused(Struct, frozen=True, omit_defaults=True):
    """Somebody was refused something: on what, and why. ``unlogged``: so many refusals before it were left out."""

    reason: str
    on: str = ""
    subject: str = ""
    unlogged: int = 0


class Said(Struct, frozen=True, omit_defaults=True):
    """A note: the operation, why, and what it is about where there is no command."""

    operation: Id = ""
    why: str = ""
    posted: Posted | None = None
    refused: Refused | None = None


_DECODER: Final = msgspec.json.Decoder(Said)


def write_note(said: Said) -> str:
    """Write a note; "" where nothing is said.

    >>> write_note(Said("TakeOver", "ticket 7")), write_note(Said())
    ('supervision {"operation":"TakeOver","why":"ticket 7"}', '')
    """
    text = msgspec.json.encode(said).decode()
    return "" if text == "{}" else MARK + text


def read_note(note: str) -> Said | None:
    """Read a note; None for one that is none of ours.

    >>> read_note('supervision {"why":"ticket 7"}').why, read_note("fire drill")
    ('ticket 7', None)
    """
    if not note.startswith(MARK):
        return None
    try:
        return _DECODER.decode(note[len(MARK) :])
    except msgspec.MsgspecError:
        return None


def check_why(why: str) -> None:
    """Raise `UsageError` if a reason is too long, or no line of text."""
    if len(why) > WHY_MAX or not why.isprintable():
        raise UsageError(
            f"why {quoted(why[:20])} is no line of at most {WHY_MAX} characters; name a ticket or a code, nothing "
            "personal"
        )
