"""What the logbook of a domain's menus holds: the entries of sessions, and what a service knows of a call beside them.

Owns their shape; must not know what they do.
"""

from msgspec import Struct

from routing.menus import Given, Published, Started


class Opened(Struct, frozen=True, tag=True, omit_defaults=True):
    """A call comes: whose it is, and who acts on its outcome. It goes before the call's `Started`.

    ``begun``: the host's revision, which tells the times apart that a call comes.
    """

    call: str
    front_end: str = ""
    channel: str = "voice"
    only_tell: bool = False
    customer: str = ""
    begun: int = 0


def named(opened: Opened) -> str:
    """Name this time that a call comes, for what is to be done once.

    >>> named(Opened("call-1", begun=7)), named(Opened("call-1"))
    ('call-1/7', 'call-1')
    """
    return f"{opened.call}/{opened.begun}" if opened.begun else opened.call


Entry = Opened | Published | Started | Given


class Kept(Struct, frozen=True):
    """What a logbook begins with: sessions as they save themselves, and what is known of their calls."""

    sessions: bytes
    opened: tuple[Opened, ...] = ()
