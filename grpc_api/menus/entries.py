"""What the logbook of a domain's menus holds: the entries of sessions, and what a service knows of a call beside them.

Owns their shape; must not know what they do.
"""

from msgspec import Struct

from routing.menus import Given, Published, Started


class Opened(Struct, frozen=True, tag=True, omit_defaults=True):
    """A call comes: whose it is, and who acts on its outcome. It goes before the call's `Started`."""

    call: str
    front_end: str = ""
    channel: str = "voice"
    only_tell: bool = False
    customer: str = ""


Entry = Opened | Published | Started | Given


class Kept(Struct, frozen=True):
    """What a logbook begins with: sessions as they save themselves, and what is known of their calls."""

    sessions: bytes
    opened: tuple[Opened, ...] = ()
