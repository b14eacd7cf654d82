"""Continuity: who drops and comes back gets the old place or agent; contacts of one customer are one conversation.

docs/continuity.md tells what is given to whom. `continuing` makes the wing for a host; `Owning` asks a directory before
a contact enters.

Within: ``settings``, ``people``, ``traces`` < ``wing``, ``asking``.

Owns what earlier contacts mean for one that enters; must not know who customers are.
"""

from routing.center.continuity.asking import Owning, owned
from routing.center.continuity.people import Conversation, Part
from routing.center.continuity.settings import (
    Continuity,
    Owners,
    Returning,
    check_against,
    check_continuity,
)
from routing.center.continuity.wing import FOLLOWER, Continuing, continuing

__all__ = [
    "FOLLOWER",
    "Continuing",
    "Continuity",
    "Conversation",
    "Owners",
    "Owning",
    "Part",
    "Returning",
    "check_against",
    "check_continuity",
    "continuing",
    "owned",
]
